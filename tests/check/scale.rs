//! Limits, and time in proportion to the text.

use std::fmt::Write;
use std::time::{Duration, Instant};

use provisor::diagnostic::Severity;
use provisor::limits;

use super::{checked_rules, lines};

/// The findings of a text that is too long to be a file of the corpus.
fn check(rules: &str) -> Vec<String> {
    let (tree, checked) = checked_rules(rules);
    assert_eq!(checked.model.is_none(), checked.diagnostics.count(Severity::Error) > 0);
    lines(&tree, &checked)
}

fn repeated(count: usize, one: impl Fn(usize) -> String) -> String {
    let mut out = String::new();
    for number in 0..count {
        writeln!(out, "{}", one(number)).unwrap();
    }
    out
}

#[test]
fn a_rule_has_so_many_conditions() {
    let grant = |count: usize| {
        let conditions = vec!["title is \"AE\""; count].join(" or ");
        format!("grant \"A\" {{\n match {conditions}\n seats gong\n}}")
    };
    assert_eq!(check(&grant(limits::CONDITIONS_PER_RULE)), [""; 0]);
    let found = check(&grant(limits::CONDITIONS_PER_RULE + 1));
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("P007") && found[0].contains("more than 1000 conditions"));
}

#[test]
fn a_list_counts_as_one_condition_and_a_set_has_its_own_limit() {
    let set = |count: usize| {
        let values = (0..count).map(|n| format!("\"{n}\"")).collect::<Vec<_>>().join(",");
        format!("set s = {{ {values} }}\ngrant \"A\" {{\n match title is in s\n seats gong\n}}")
    };
    assert_eq!(check(&set(limits::CONDITIONS_PER_RULE + 1)), [""; 0]);
    let found = check(&set(limits::SET_ENTRIES + 1));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].contains("P007") && found[0].contains("100001 entries"), "{found:?}");
}

#[test]
fn a_rule_set_has_so_many_rules() {
    let rules = repeated(limits::RULES, |n| {
        format!("grant \"{n}\" {{\n match in group \"{n}\"\n seats gong\n}}")
    });
    let found = check(&rules);
    assert_eq!(found.len(), 1, "{:?}", found.first());
    assert!(found[0].contains("P007") && found[0].contains("more than 20000 rules"));
}

/// Texts that a careless checker would take quadratic time for; each is in proportion here.
#[test]
fn time_is_in_proportion_to_the_text() {
    let like_chain = repeated(1_500, |n| {
        let like = if n == 0 { "Everyone else".to_owned() } else { (n - 1).to_string() };
        format!("assignment \"{n}\" like \"{like}\" {{\n match in group \"{n}\"\n}}")
    });
    let requires = repeated(1_500, |n| {
        let requires = if n == 0 { "gong".to_owned() } else { format!("s{}", n - 1) };
        format!("seat s{n} \"S\" requires {requires}")
    });
    let unknown = repeated(1_500, |n| {
        format!("grant \"{n}\" {{\n match unknown{n}Attribute is \"x\"\n seats unknownSeat{n}\n}}")
    });
    let same_set = format!(
        "set s = {{ {} }}\n{}",
        (0..5_000).map(|n| format!("\"{n}\"")).collect::<Vec<_>>().join(","),
        repeated(1_000, |n| format!("grant \"{n}\" {{\n match title is in s\n seats gong\n}}")),
    );
    let fixtures = repeated(1_000, |n| {
        let like = if n == 0 { String::new() } else { format!(" like u{}", n - 1) };
        format!(
            "user u{n}{like} {{ title \"{n}\" }}\ntest \"{n}\" {{ given u{n}\n expect deactivated }}"
        )
    });
    for (name, text) in [
        ("like", like_chain),
        ("requires", requires),
        ("unknown", unknown),
        ("set", same_set),
        ("fixtures", fixtures),
    ] {
        let start = Instant::now();
        let found = check(&text);
        let took = start.elapsed();
        // Seconds would be the quadratic ones, even in a debug build on a busy machine.
        assert!(took < Duration::from_secs(20), "{name}: {took:?}, {} findings", found.len());
        eprintln!("{name}: {took:?}, {} findings", found.len());
    }
}

/// A believable rule set: groups, attributes, sets, workspaces.
fn believable(rules: usize) -> String {
    repeated(rules, |n| match n % 4 {
        0 => format!(
            "assignment \"Sales {n}\" {{\n  match in any group sales_emea and in group \"G {n}\"\n    \
             and title starts with \"Account {n}\"\n  except in group \"Leave {n}\"\n  seats gong, engage\n  \
             home emea\n  workspaces {{ emea: rep, others: none }}\n  capture calendar, email\n  \
             update automatic\n}}"
        ),
        1 => format!(
            "assignment \"Like {n}\" like \"Sales {}\" {{\n  match in group \"H {n}\" or (department \
             is \"D {n}\" and addresses[country is in dach])\n}}",
            n - 1
        ),
        2 => format!(
            "grant \"Pilot {n}\" {{\n  match employeeNumber matches /R{n}[0-9]+/ and segment is \
             \"SMB\"\n  seats forecast\n}}"
        ),
        _ => format!(
            "never \"Contractors {n}\" {{\n  match userType is \"C{n}\" or in group like \"Ext {n} *\"\n  \
             capture web_conferences\n}}"
        ),
    })
}

/// `cargo test --release --test all how_long -- --ignored --nocapture`
#[test]
#[ignore = "prints times of an optimised build"]
fn how_long_checking_takes() {
    for rules in [200, 2_000, 19_999] {
        let text = believable(rules);
        let start = Instant::now();
        let (tree, checked) = checked_rules(&text);
        let both = start.elapsed();
        assert!(checked.model.is_some(), "{:?}", lines(&tree, &checked).first());
        let start = Instant::now();
        provisor::rules::check::check(&tree);
        let check = start.elapsed();
        eprintln!(
            "{rules} rules, {} bytes: read and check {both:?}, check alone {check:?}",
            text.len()
        );
    }
}
