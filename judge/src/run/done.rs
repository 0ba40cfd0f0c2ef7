//! A step that is over, and what is said of it.

use crate::action::Step;
use crate::drive::Ended;
use crate::judgement::Log;
use crate::judgement::hygiene::Cost;
use crate::preview::Gets;

/// What is said of a change that came when the judge started the command once more.
const SECOND: &str = "arrived only in the second run";

/// A step that is over.
#[derive(Debug, Clone)]
pub struct Done {
    /// Its number, from 1: that of its exchanges.
    pub number: usize,
    /// Its name.
    pub name: String,
    /// What it was about.
    pub action: Step,
    /// Whether what it wants is there.
    pub arrived: bool,
    /// Why the source did not do it.
    pub skipped: Option<String>,
    /// What the source said of a failure.
    pub complaint: Option<String>,
    /// What the provider lacks of what the step wants.
    pub lacks: Option<String>,
    /// The earlier step whose fault it is that nothing arrived.
    pub blocked: Option<usize>,
    /// Whether what the judge does badly came about, if it does anything.
    pub came_up: bool,
    /// What the command ended with, if there was one.
    pub ended: Option<Ended>,
    /// Whether all that the source sent was refused for its token.
    pub strange: bool,
    /// Whether it arrived only when the command ran a second time after it had ended well.
    pub second: bool,
    /// What it cost.
    pub cost: Cost,
    /// Whose entitlements changed, and to what.
    pub gets: Vec<Gets>,
}

impl Done {
    /// What came of it, in a few words.
    pub fn words(&self, log: &Log) -> String {
        if let Some(why) = &self.skipped {
            return format!("not exercised: {why}");
        }
        let silence = self.silence().map(|words| format!(": {words}")).unwrap_or_default();
        let arrived = match (&self.lacks, self.blocked) {
            (None, _) if self.second => SECOND.to_owned(),
            (None, _) => "arrived".to_owned(),
            (Some(_), _) if self.wants_nothing() && self.came_up && self.cost.requests == 0 => {
                return "nothing was sent, as it should be".to_owned();
            }
            (Some(_), Some(step)) => format!("blocked by step {step}{silence}"),
            (Some(lacks), None) if self.came_up && silence.is_empty() && !self.is_found_in(log) => {
                format!("did not arrive: {lacks}")
            }
            (Some(_), None) => format!("did not arrive{silence}"),
        };
        if self.came_up {
            arrived
        } else {
            format!("{arrived}, and the misbehaviour did not come up: {}", self.did_not_come_up())
        }
    }

    /// What a report has to say of it, since no rule does: what came of it, in the words of its
    /// line.
    pub fn note(&self, log: &Log) -> Option<String> {
        let unsaid = self.lacks.is_some() && self.blocked.is_none() && !self.wants_nothing();
        let has_note = !self.came_up || self.second || unsaid && !self.is_found_in(log);
        let has_note = has_note && self.skipped.is_none();
        has_note.then(|| format!("step {}, {}: {}", self.number, self.name, self.words(log)))
    }

    /// That the source did nothing that could have brought it about, in the same words everywhere.
    pub fn silence(&self) -> Option<&'static str> {
        match (self.arrived, self.cost.requests, self.cost.writes) {
            (true, ..) => None,
            (false, 0, _) => Some("the source sent nothing"),
            _ if self.strange => {
                Some("the source was refused with 401; its token is not the judge's")
            }
            (false, _, 0) => Some("the source only read"),
            _ => None,
        }
    }

    fn is_found_in(&self, log: &Log) -> bool {
        log.findings.iter().any(|one| one.step == self.number)
    }

    /// Whether nothing is to arrive: the certificate is not good.
    pub fn wants_nothing(&self) -> bool {
        self.action.misbehaviour.is_some_and(|one| one.needs_tls)
    }

    /// Why what the judge does badly did not come up.
    pub fn did_not_come_up(&self) -> String {
        match self.action.misbehaviour.and_then(|one| one.meets_words()) {
            Some(words) => format!("the source never sent {words}"),
            None => "the source did not connect".to_owned(),
        }
    }
}
