//! P008: which kind of rule has which clauses.

use crate::diagnostic::Applicability::{MachineApplicable, MaybeIncorrect};
use crate::diagnostic::{Code, Diagnostic};
use crate::rules::ast::{Clause, ClauseKind, Grade, Picks, Rule, RuleKind};
use crate::rules::source::{Span, Spanned};

/// How often a clause stands in a kind of rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Times {
    /// Exactly once. A rule that is `like` another may leave it out.
    Once,
    /// Exactly once, even in a rule that is `like` another.
    Always,
    /// Once or not.
    May,
    /// Once for each option.
    Each,
    /// Never.
    No,
}

use Times::{Always, Each, May, No, Once};

/// One clause a row, one kind of rule a column: assignment, default assignment, grant, never.
const TABLE: &[(&str, [Times; 4])] = &[
    ("match", [Always, May, Always, Always]),
    ("except", [May, No, May, May]),
    ("seats", [Once, Once, May, May]),
    ("home", [May, May, No, No]),
    ("workspaces", [Once, Once, May, May]),
    ("capture", [Once, Once, May, May]),
    ("option", [Each, Each, No, No]),
    ("update", [Once, Once, No, No]),
];

fn times(clause: &str, kind: RuleKind) -> Times {
    let column = match kind {
        RuleKind::Assignment => 0,
        RuleKind::Default => 1,
        RuleKind::Grant => 2,
        RuleKind::Never => 3,
    };
    let row = TABLE.iter().find(|(name, _)| *name == clause);
    row.and_then(|(_, row)| row.get(column)).copied().unwrap_or(No)
}

/// The clause that a word begins.
pub(super) fn of_word(word: &str) -> Option<&'static str> {
    TABLE.iter().find(|(name, _)| *name == word).map(|(name, _)| *name)
}

/// The clauses that a kind of rule may have.
pub(super) fn allowed(kind: RuleKind) -> Vec<&'static str> {
    TABLE.iter().map(|(name, _)| *name).filter(|name| times(name, kind) != No).collect()
}

/// Checks the clauses of a rule. `unread` are those that stand there but could not be read.
/// Clauses that are not allowed, and repetitions, are taken out.
pub(super) fn check(rule: &mut Rule, head: Span, unread: &[&'static str]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let kind = rule.kind;
    let mut kept: Vec<Clause> = Vec::with_capacity(rule.clauses.len());
    for clause in std::mem::take(&mut rule.clauses) {
        let word = clause.node.keyword();
        let how_often = times(word, kind);
        if how_often == No {
            findings.push(not_allowed(&clause, word, kind));
            continue;
        }
        match kept.iter().find(|other| same(&other.node, &clause.node)) {
            Some(first) => findings.push(repeated(&clause, first, word, kind)),
            None => {
                content(&clause, kind, &mut findings);
                kept.push(clause);
            }
        }
    }
    rule.clauses = kept;
    let missing: Vec<&str> = TABLE
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| match times(name, kind) {
            Always => true,
            Once => rule.like.is_none(),
            _ => false,
        })
        .filter(|name| !unread.contains(name))
        .filter(|name| !rule.clauses.iter().any(|clause| clause.node.keyword() == *name))
        .collect();
    if !missing.is_empty() {
        findings.push(missing_clauses(rule, head, &missing));
    }
    let gives = ["seats", "workspaces", "capture"];
    let empty = matches!(kind, RuleKind::Grant | RuleKind::Never)
        && !rule.clauses.iter().any(|clause| gives.contains(&clause.node.keyword()))
        && !unread.iter().any(|word| gives.contains(word));
    if empty {
        let does = if kind == RuleKind::Grant { "gives" } else { "forbids" };
        findings.push(
            Diagnostic::new(
                Code::P008,
                head,
                format!("{} \"{}\" {does} nothing", kind.as_str(), rule.name.node),
            )
            .label(format!("{does} nothing"))
            .help("add `seats`, `workspaces` or `capture`"),
        );
    }
    findings
}

fn same(a: &ClauseKind, b: &ClauseKind) -> bool {
    match (a, b) {
        (ClauseKind::Option { option: a, .. }, ClauseKind::Option { option: b, .. }) => a == b,
        _ => a.keyword() == b.keyword(),
    }
}

pub(super) fn article(kind: RuleKind) -> &'static str {
    match kind {
        RuleKind::Assignment => "an assignment",
        RuleKind::Default => "the default assignment",
        RuleKind::Grant => "a grant",
        RuleKind::Never => "a never",
    }
}

fn not_allowed(clause: &Clause, word: &str, kind: RuleKind) -> Diagnostic {
    let why = match (word, kind) {
        ("except", RuleKind::Default) => "it takes everybody whom no other assignment took",
        ("update", RuleKind::Grant | RuleKind::Never) => {
            "how changes are written follows from the assignment alone"
        }
        ("home", _) => "the home workspace comes from the assignment alone",
        ("option", _) => "options come from the assignment alone",
        _ => "",
    };
    let mut found = Diagnostic::new(
        Code::P008,
        clause.keyword.span,
        format!("{} has no `{word}`", article(kind)),
    )
    .label("not allowed here")
    .fix(format!("remove `{word}`"), clause.node.span, "", MaybeIncorrect);
    if !why.is_empty() {
        found = found.help(why);
    }
    found
}

fn repeated(clause: &Clause, first: &Clause, word: &str, kind: RuleKind) -> Diagnostic {
    let what = match &clause.node.node {
        ClauseKind::Option { option, .. } => format!("`option {}`", option.node),
        _ => format!("`{word}`"),
    };
    let found = Diagnostic::new(
        Code::P008,
        clause.keyword.span,
        format!("{} has {what} once", article(kind)),
    )
    .label("the second one")
    .related(first.keyword.span, "the first one");
    match word {
        "match" => found.help("join the two conditions with `and` or `or`"),
        "except" => found.help("join the two conditions with `or`"),
        _ => found.help("put the two together"),
    }
}

fn missing_clauses(rule: &Rule, head: Span, missing: &[&str]) -> Diagnostic {
    let list = missing.join("`, `");
    let message = format!("{} \"{}\" does not say `{list}`", rule.kind.as_str(), rule.name.node);
    let mut found = Diagnostic::new(Code::P008, head, message).label(match missing {
        [_] => "one clause is missing",
        _ => "clauses are missing",
    });
    found = match rule.kind {
        RuleKind::Grant | RuleKind::Never => found.help("say whom it is about with `match`"),
        _ => found.help("say every answer on purpose: `none` is one"),
    };
    let answers: Vec<String> = missing.iter().filter_map(|word| answer(word)).collect();
    let block = rule.block.span;
    if !answers.is_empty() && block.end > block.start {
        let place = match rule.clauses.last() {
            Some(last) => last.node.span.after(),
            None => Span { end: block.start + 1, ..block }.after(),
        };
        let text: String = answers.iter().map(|answer| format!("\n  {answer}")).collect();
        found =
            found.fix("add them with the answer that changes least", place, text, MaybeIncorrect);
    }
    found
}

/// The answer that gives nothing and writes nothing.
fn answer(word: &str) -> Option<String> {
    Some(match word {
        "seats" => "seats none".to_owned(),
        "workspaces" => "workspaces { others: none }".to_owned(),
        "capture" => "capture none".to_owned(),
        "update" => "update manual".to_owned(),
        _ => return None,
    })
}

/// What a clause says must fit the kind of rule too.
fn content(clause: &Clause, kind: RuleKind, findings: &mut Vec<Diagnostic>) {
    match &clause.node.node {
        ClauseKind::Seats(picks) | ClauseKind::Capture(picks) => {
            picked(picks, clause, kind, findings);
        }
        ClauseKind::Workspaces(entries) => {
            for entry in entries {
                grade(&entry.grade, kind, findings);
            }
        }
        _ => {}
    }
}

fn picked(picks: &Picks, clause: &Clause, kind: RuleKind, findings: &mut Vec<Diagnostic>) {
    let word = clause.node.keyword();
    match (picks, kind) {
        (Picks::None(place), RuleKind::Grant | RuleKind::Never) => {
            let does = if kind == RuleKind::Grant { "gives" } else { "forbids" };
            findings.push(
                Diagnostic::new(
                    Code::P008,
                    place.span,
                    format!("{} names what it {does}; `none` changes nothing", article(kind)),
                )
                .label("not allowed here")
                .fix(
                    format!("remove `{word}`"),
                    clause.node.span,
                    "",
                    MaybeIncorrect,
                ),
            );
        }
        (Picks::All { all, except }, RuleKind::Grant) if !except.is_empty() => {
            findings.push(
                Diagnostic::new(
                    Code::P008,
                    all.span,
                    "a grant gives a list or `all`, without `except`",
                )
                .label("not allowed here")
                .help("list what it gives: a grant never takes away"),
            );
        }
        _ => {}
    }
}

fn grade(grade: &Spanned<Grade>, kind: RuleKind, findings: &mut Vec<Diagnostic>) {
    let wrong = match (&grade.node, kind) {
        (Grade::AtMost(profile), RuleKind::Assignment | RuleKind::Default | RuleKind::Grant) => {
            Some((
                format!(
                    "`at most` is a ceiling, which only a never sets; {} gives a profile",
                    article(kind)
                ),
                format!("write `{}`", profile.node),
                profile.node.clone(),
            ))
        }
        (Grade::None, RuleKind::Grant) => {
            findings.push(
                Diagnostic::new(
                    Code::P008,
                    grade.span,
                    "a grant never takes away: `none` changes nothing here",
                )
                .label("not allowed here")
                .help("leave this workspace out, or forbid it with a never"),
            );
            None
        }
        (Grade::Profile(profile), RuleKind::Never) => Some((
            "a never sets a ceiling: `none`, or `at most` and a profile".to_owned(),
            format!("write `at most {}`", profile.node),
            format!("at most {}", profile.node),
        )),
        _ => None,
    };
    if let Some((message, title, text)) = wrong {
        let applicability =
            if kind == RuleKind::Never { MaybeIncorrect } else { MachineApplicable };
        findings.push(
            Diagnostic::new(Code::P008, grade.span, message).label("not allowed here").fix(
                title,
                grade.span,
                text,
                applicability,
            ),
        );
    }
}
