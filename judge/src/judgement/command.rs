//! How the command of a source ends: whoever starts it knows nothing else.

use super::{Basis, Episode, Level, Log, Rule, came_up, taken};
use crate::drive::Ended;

pub(super) static RULES: &[&Rule] = &[&ENDS_WELL, &ENDS_IN_TIME, &TELLS];

const fn should(id: &'static str, [title, why, fix]: [&'static str; 3]) -> Rule {
    Rule { id, level: Level::Should, covers: &[], fault: None, title, why, fix }
}

static ENDS_WELL: Rule = should(
    "command/ends-well",
    [
        "a command whose change arrived ends with 0",
        "a scheduler takes it for failed, and starts it again or wakes somebody",
        "end with 0 when everything was answered well, and with something else only if not",
    ],
);
static ENDS_IN_TIME: Rule = should(
    "command/ends-in-time",
    [
        "a command ends by itself when it is done",
        "whatever waits for it waits for ever, and the next change with it",
        "close connections and end; start services in the background, or give --timeout more seconds",
    ],
);
static TELLS: Rule = should(
    "command/tells",
    [
        "a command whose change did not arrive ends with something else than 0",
        "the change is lost, and nobody hears of it",
        "end with another code than 0 when an answer was no success and the change was given up",
    ],
);

/// Judges how the command of a step ended. After a bad answer every end is right but one: without
/// a word about a change that is not there.
pub fn ending(episode: &Episode<'_>, ended: Ended, basis: &Basis<'_>) -> Log {
    let mut log = Log::default();
    log.at_step(episode.step);
    let Some(what) = episode.action.misbehaviour else {
        // Who did nothing has shown nothing by coming to an end.
        if ended == Ended::Late {
            let found = "it went on until it was ended";
            log.found(&ENDS_IN_TIME, "time", "the end of the command", found);
        } else if episode.arrived() {
            log.looked(&ENDS_IN_TIME);
            log.check(&ENDS_WELL, ended == Ended::Well, "exit code", "0", || "another".to_owned());
        }
        return taken(log, basis);
    };
    if came_up(episode) && !what.needs_tls && !episode.arrived() && episode.blocked.is_none() {
        log.check(&TELLS, ended != Ended::Well, "exit code", "another than 0", || "0".to_owned());
    }
    taken(log, basis)
}

#[cfg(test)]
mod tests {
    use provisor::scim::schema::Schemas;

    use super::*;
    use crate::action::{Step, plan};
    use crate::contract;
    use crate::exchange::Exchange;
    use crate::judgement::{Lack, lacks};
    use crate::misbehave::Misbehaviour;
    use crate::provider::State;

    fn broken(action: &Step, lacks: &[Lack], ended: Ended) -> Vec<&'static str> {
        let contract = contract::built_in("rfc7644").unwrap();
        let met = Exchange { meddled: Some("x".to_owned()), ..Exchange::default() };
        let state = State::default();
        let quiet = Episode::quiet(action, &state, &state);
        let episode = Episode { exchanges: &[met], lacks, ..quiet };
        let schemas = Schemas::standard();
        ending(&episode, ended, &Basis { contract: &contract, schemas: &schemas }).broken()
    }

    #[test]
    fn a_command_that_hangs_or_fails_for_nothing_is_told() {
        let step = plan(|_| false, &[], 0).remove(0);
        assert_eq!(broken(&step, &[], Ended::Late), ["command/ends-in-time"]);
        assert_eq!(broken(&step, &[], Ended::Badly), ["command/ends-well"]);
        assert!(broken(&step, &[], Ended::Well).is_empty());
    }

    #[test]
    fn what_is_lost_is_not_passed_over_in_silence() {
        let bad = Misbehaviour::find("not-implemented").unwrap();
        let step = plan(|_| false, &[bad], 0).remove(3);
        let contract = contract::built_in("rfc7644").unwrap();
        let schemas = Schemas::standard();
        let basis = Basis { contract: &contract, schemas: &schemas };
        let state = State::default();
        let lost = lacks(&step, &state, &state, &basis);
        assert_eq!(broken(&step, &lost, Ended::Well), ["command/tells"]);
        assert!(broken(&step, &lost, Ended::Badly).is_empty());
        assert!(broken(&step, &[], Ended::Badly).is_empty());
    }
}
