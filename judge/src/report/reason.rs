//! Why nothing is known of a rule.

use crate::action;
use crate::contract::Contract;
use crate::judgement::Rule;
use crate::misbehave::Misbehaviour;
use crate::run::Outcome;

/// A step that is to blame for others.
pub(super) fn blamed(outcome: &Outcome, number: usize) -> String {
    let step = outcome.steps.iter().find(|step| step.number == number);
    step.map_or_else(
        || format!("step {number}"),
        |step| format!("step {number}, {}, where it did not arrive", step.name),
    )
}

/// Why nothing is known of a rule.
pub(super) fn why_not(
    rule: &Rule,
    outcome: &Outcome,
    contract: &Contract,
    misbehaviours: &[&Misbehaviour],
) -> String {
    let (subject, name) = rule.id.split_once('/').unwrap_or((rule.id, ""));
    if let Some(what) = contract.unjudged(rule.id) {
        return format!("not known of {}, and not judged: {what}", contract.title);
    }
    match subject {
        "action" => {
            let done = outcome.steps.iter().find(|step| step.action.kind.name() == name);
            let lacks = || action::named(name).and_then(|kind| contract.lacks_action(kind));
            match done {
                Some(step) => step.skipped.clone().unwrap_or_else(|| {
                    let silent = step.silence().unwrap_or("nothing shows it");
                    format!("step {}, {}: {silent}", step.number, step.name)
                }),
                None => lacks().unwrap_or_else(|| "the run had no such action".to_owned()),
            }
        }
        "contract" => {
            format!("the contract `{}` says nothing of it, or nothing came", contract.name)
        }
        "reaction" => {
            let all =
                Misbehaviour::all().iter().filter(|one| one.judged.iter().any(|id| id == rule.id));
            let had: Vec<&Misbehaviour> = misbehaviours
                .iter()
                .copied()
                .filter(|one| one.judged.iter().any(|id| id == rule.id))
                .collect();
            let names: Vec<&str> = all.map(|one| one.id.as_str()).collect();
            if !had.is_empty() {
                never(&had, outcome)
            } else {
                format!(
                    "the run did not misbehave so; --misbehave {}",
                    names.first().copied().unwrap_or("all")
                )
            }
        }
        "auth" if rule.id.starts_with("auth/token") || rule.id == "auth/secret" => {
            "the run was without a token endpoint; --oauth shows it".to_owned()
        }
        "auth" if rule.id == "auth/tls" => "the run was without TLS; --tls shows it".to_owned(),
        _ => "the source sent no such request".to_owned(),
    }
}

/// Why misbehaviours that the run had showed nothing.
fn never(had: &[&Misbehaviour], outcome: &Outcome) -> String {
    if outcome.watched {
        return "--watch judges requests, not what follows a bad answer; --on or a run by hand shows it"
            .to_owned();
    }
    let of = |one: &Misbehaviour| {
        let mut steps = outcome.steps.iter();
        steps.find(|step| step.action.misbehaviour.is_some_and(|what| what.id == one.id))
    };
    let mut reasons: Vec<String> = had
        .iter()
        .map(|one| match of(one) {
            None => "the run ended before it".to_owned(),
            Some(step) => match &step.skipped {
                Some(why) => why.clone(),
                None if !step.came_up => step.did_not_come_up(),
                None if one.needs_tls => {
                    "no request came over the good certificate either".to_owned()
                }
                None => format!("what followed in step {} does not show it", step.number),
            },
        })
        .collect();
    reasons.dedup();
    reasons.join("; ")
}
