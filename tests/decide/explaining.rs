//! Why a decision is as it is: every rule that could matter, condition by condition.

use provisor::decide::{CondForm, CondTrace, Explanation, Membership, RuleTrace};

use super::told::{DEFAULT, person, rules};

const RULES: &str = r#"
set sales_emea = groups { "Sales - EMEA", "Sales - DACH", externalId "g-0193" }

never "seats for contractors" {
  match   userType is "Contractor" or in group like "Ext - *"
  seats   all
}

assignment "Nearly" {
  match in group "Sales - EMEA" and title is present and not userType is "Contractor"
  seats none
  workspaces { others: none }
  capture none
  update manual
}

assignment "EMEA account executives" {
  match   in any group sales_emea
          and title starts with "Account Executive"   # of any grade
  except  in group "Sales on leave"
  seats   gong
  workspaces { emea: rep, global: viewer }
  capture calendar, web
  update  automatic
}

assignment "Somebody in Germany" {
  match addresses[type is "work" and country is "DE"] or level more than 3
  seats none
  workspaces { others: none }
  capture none
  update manual
}

grant "Elsewhere" {
  match in group "Nowhere"
  seats forecast
}
"#;

const BERT: &str = r#"{
  "userName": "bert@ext.acme.com", "title": "Account Executive II", "userType": "Contractor",
  "addresses": [{"type": "home", "country": "FR"}, {"type": "work", "country": "DE"}],
  "urn:acme:params:scim:schemas:1.0:User": {"level": 2.5}
}"#;

fn bert() -> Vec<Membership> {
    vec![Membership::named("Sales - EMEA").with_id("g-17"), Membership::named("All staff")]
}

#[track_caller]
fn check(user: &str, groups: &[Membership], expected: &str) {
    let rules = rules(&format!("{RULES}{DEFAULT}"));
    let person = person(&rules, user, Some(groups));
    let found = told(&rules.explain(&person));
    let expected: Vec<_> = expected.lines().map(str::trim_end).collect();
    let indent = expected
        .iter()
        .filter(|line| !line.is_empty())
        .map(|line| line.len() - line.trim_start().len());
    let indent = indent.min().unwrap_or(0);
    let expected: Vec<_> =
        expected.iter().filter(|l| !l.is_empty()).map(|line| &line[indent..]).collect();
    assert_eq!(found.lines().collect::<Vec<_>>(), expected, "\n{found}");
}

fn told(explanation: &Explanation<'_>) -> String {
    explanation.rules.iter().map(rule).collect()
}

fn rule(trace: &RuleTrace<'_>) -> String {
    let verdict = match (trace.won, trace.matched) {
        (true, _) => "won",
        (false, true) => "matched",
        (false, false) => "did not match",
    };
    let mut text = format!("{} {:?}: {verdict}\n", trace.kind.as_str(), trace.name);
    if trace.with_deleted_groups {
        text += "  with deleted groups\n";
    }
    condition(&trace.matches, 1, "", &mut text);
    if let Some(except) = &trace.except {
        condition(except, 1, "except ", &mut text);
    }
    text
}

fn condition(trace: &CondTrace<'_>, depth: usize, before: &str, text: &mut String) {
    let mut seen: Vec<_> = trace.groups.iter().map(|name| (*name).to_owned()).collect();
    seen.extend(trace.values.iter().map(ToString::to_string));
    if trace.more > 0 {
        seen.push(format!("and {} more", trace.more));
    }
    if let Some(element) = trace.element {
        seen.push(format!("element {element}"));
    }
    let seen = if seen.is_empty() { String::new() } else { format!(" ({})", seen.join(", ")) };
    let words = match trace.form {
        CondForm::All => "all of",
        CondForm::Any => "any of",
        CondForm::Not => "not",
        _ => &trace.words,
    };
    *text += &format!("{}{before}{words}: {}{seen}\n", "  ".repeat(depth), trace.held);
    for part in &trace.parts {
        condition(part, depth + 1, "", text);
    }
}

#[test]
fn winner_matching_and_nearly_matching_rules_are_traced_with_values() {
    check(
        BERT,
        &bert(),
        r#"
        assignment "Nearly": did not match
          all of: false
            in group "Sales - EMEA": true (Sales - EMEA)
            title is present: true ("Account Executive II")
            not: false
              userType is "Contractor": true ("Contractor")
        assignment "EMEA account executives": won
          all of: true
            in any group sales_emea: true (Sales - EMEA)
            title starts with "Account Executive": true ("Account Executive II")
          except in group "Sales on leave": false
        assignment "Somebody in Germany": matched
          any of: true
            addresses[type is "work" and country is "DE"]: true (element 2)
              all of: true
                type is "work": true ("work")
                country is "DE": true ("DE")
            level more than 3: false (2.5)
        never "seats for contractors": matched
          any of: true
            userType is "Contractor": true ("Contractor")
            in group like "Ext - *": false
        "#,
    );
}

#[test]
fn an_element_that_fails_is_shown_by_the_first() {
    check(
        r#"{"addresses": [{"type": "home", "country": "DE"}, {"type": "work"}],
            "urn:acme:params:scim:schemas:1.0:User": {"level": 4}}"#,
        &[],
        r#"
        assignment "Somebody in Germany": won
          any of: true
            addresses[type is "work" and country is "DE"]: false (element 1)
              all of: false
                type is "work": false ("home")
                country is "DE": true ("DE")
            level more than 3: true (4)
        "#,
    );
}

#[test]
fn at_most_eight_groups_are_shown_and_the_rest_is_counted() {
    let groups: Vec<_> = (0..11).map(|n| Membership::named(format!("Ext - {n}"))).collect();
    check(
        r#"{"addresses": []}"#,
        &groups,
        r#"
        default assignment "Everyone else": won
          everyone: true
        never "seats for contractors": matched
          any of: true
            userType is "Contractor": false
            in group like "Ext - *": true (Ext - 0, Ext - 1, Ext - 2, Ext - 3, Ext - 4, Ext - 5, Ext - 6, Ext - 7, and 3 more)
        "#,
    );
}

#[test]
fn any_rule_can_be_asked_about_by_name() {
    let rules = rules(&format!("{RULES}{DEFAULT}"));
    let person = person(&rules, BERT, Some(&bert()));
    let trace = rules.explain_rule(&person, "Elsewhere").unwrap();
    assert_eq!(rule(&trace), "grant \"Elsewhere\": did not match\n  in group \"Nowhere\": false\n");
    assert!(rules.explain_rule(&person, "no such rule").is_none());
}

#[test]
fn as_json_it_has_places_words_and_values() {
    let rules = rules(&format!("{RULES}{DEFAULT}"));
    let person = person(&rules, BERT, Some(&bert()));
    let explanation = rules.explain(&person);
    insta::assert_snapshot!(
        "explanation",
        serde_json::to_string_pretty(&explanation.rules).unwrap()
    );
}
