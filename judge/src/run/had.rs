//! What a product wants and the source does not have: it cannot be told to send it.

use super::Done;
use crate::exchange::Exchange;
use crate::judgement::{Finding, Log, value};

/// Takes out what is said of values that a person does not have at that step: nobody's manager,
/// or a title that the plan took away.
pub(super) fn without_what_nobody_has(log: &mut Log, exchanges: &[Exchange], steps: &[Done]) {
    log.findings.retain(|finding| {
        let wants = ["contract/wanted", "contract/required"].contains(&finding.rule.id);
        !wants || has(finding, exchanges, steps) != Some(false)
    });
}

/// `None`: it is not known whom it is about.
fn has(finding: &Finding, exchanges: &[Exchange], steps: &[Done]) -> Option<bool> {
    let exchange = exchanges.iter().find(|one| Some(one.number) == finding.exchange)?;
    let action = &steps.iter().find(|step| step.number == exchange.step)?.action;
    let name = value(&exchange.request.body.value()?, "userName")?;
    let mut people = action.after.people.values().chain(action.before.people.values());
    let person = people.find(|one| one.user_name.eq_ignore_ascii_case(&name))?;
    // What the directory does not have somebody at a source of their own may have.
    Some(person.has(&finding.place).unwrap_or(action.by_hand))
}
