//! A scenario as its file says it. `README.md` beside the crate is the reference of the format.

mod expectation;
mod feature;
mod rule;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use expectation::{Choice, Expectation, Statuses, Took};
pub use feature::Feature;
pub use rule::{Matcher, RULES, Rule, TYPES};

/// One scenario: what is sent, what must come back, and what must not have changed.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its id: the path of its file under the corpus without the ending, written out.
    pub id: String,
    /// What a conforming server does, in one line.
    pub title: String,
    /// Why it matters, to a person whose server failed it.
    pub why: String,
    /// The strongest level among its expectations.
    pub level: Level,
    /// Requirements of `requirements.tsv` that a failure would break; at least one.
    pub covers: Vec<String>,
    /// What the server must offer; without it the scenario does not apply.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// What the server must not offer: how it refuses what it does not have.
    #[serde(default)]
    pub without: Vec<Need>,
    /// Attributes of User beyond the usual ones that its schema must have; without one of them
    /// the scenario does not apply. A provider may support a subset (RFC 7644, 3.1).
    #[serde(default)]
    pub attributes: Vec<String>,
    /// Dialects in which it is judged; by the letter of the RFCs where none is named.
    #[serde(default)]
    pub dialects: Vec<String>,
    /// Scenarios that no server passes which passes this one: the wish of a provider against the
    /// letter, or against another provider's.
    #[serde(default)]
    pub contradicts: Vec<String>,
    /// Scenarios that ask the same one by one. Where one of them fails, this one is blocked by it:
    /// a fault is one finding.
    #[serde(default)]
    pub repeats: Vec<String>,
    /// Words to select by.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Whatever makes resources waits for it, and is blocked where it fails.
    #[serde(default)]
    pub gate: bool,
    /// Features that it tries in the plainest way. It is played before what uses them, which is
    /// blocked by it where it fails.
    #[serde(default)]
    pub probes: Vec<Feature>,
    /// Attributes of User chosen by their characteristics, by the name that templates use: `${NAME}`
    /// is the attribute's name. Without one that fits the scenario does not apply.
    #[serde(default)]
    pub picks: BTreeMap<String, Pick>,
    /// Resources that are there before the first step, by name.
    #[serde(default)]
    pub given: BTreeMap<String, Fixture>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// Names of resources that must be the same after the last step as before the first.
    #[serde(default)]
    pub unchanged: Vec<String>,
    /// What to change in a server that fails.
    pub fix: String,
}

impl Scenario {
    /// The requirements that a difference of a step breaks, where the scenario says which.
    pub(crate) fn breaks(&self, step: usize) -> Vec<String> {
        self.expected(step).map(|one| one.breaks.clone()).unwrap_or_default()
    }

    /// Whether it compares how long answers take.
    pub(crate) fn measures(&self) -> bool {
        self.steps.iter().any(|step| step.took.is_some())
    }

    /// What a step expects, by its number.
    pub(crate) fn expected(&self, step: usize) -> Option<&Expectation> {
        step.checked_sub(1).and_then(|place| self.steps.get(place))?.expect.as_ref()
    }
}

/// How strongly the RFCs ask for something (RFC 2119).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// MUST, SHALL, REQUIRED, or stated as a fact: a failure is `fail`.
    Must,
    /// SHOULD: a failure is `warn`.
    Should,
    /// MAY: what the server chose is reported.
    May,
}

/// Something that a server may or may not have, read from its discovery documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// A `/Users` endpoint.
    Users,
    /// A `/Groups` endpoint.
    Groups,
    /// PATCH.
    Patch,
    /// Filters.
    Filter,
    /// Sorting.
    Sort,
    /// Bulk requests.
    Bulk,
    /// ETags.
    Etag,
    /// Changing passwords.
    ChangePassword,
    /// Pages by cursor (RFC 9865).
    Cursor,
    /// Pages by index.
    IndexPages,
    /// The enterprise extension of User.
    Enterprise,
    /// `/Me`.
    Me,
    /// `POST …/.search`.
    Search,
    /// A second token of another tenant, given by the operator.
    SecondTenant,
    /// A token that may only read, given by the operator.
    ReadOnlyToken,
}

/// Characteristics of an attribute (RFC 7643, 7); those that are named must be so.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Pick {
    /// `string`, `boolean` and so on.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Several values.
    pub multi_valued: Option<bool>,
    /// Compared with regard to the case of letters.
    pub case_exact: Option<bool>,
    /// A value must be there.
    pub required: Option<bool>,
    /// `readWrite`, `immutable`, …
    pub mutability: Option<String>,
    /// `default`, `always`, …
    pub returned: Option<String>,
    /// `none`, `server`, `global`.
    pub uniqueness: Option<String>,
}

/// A resource to make before the steps.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase", deny_unknown_fields)]
pub enum Fixture {
    /// A user with a name of its own; the attributes given here besides.
    User(Value),
    /// A group with a name of its own; `members` are names of fixtures before it.
    Group(Value),
}

/// A request and what is expected of the answer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What this step does, for the report; the request line where it is missing.
    #[serde(default)]
    pub name: Option<String>,
    /// `METHOD /path?query`, templates filled in. What stands behind the method is sent as it is
    /// under the base URI, save that blanks are encoded.
    pub send: String,
    /// Headers besides those that every request has; null leaves one of those out.
    #[serde(default)]
    pub headers: BTreeMap<String, Option<String>>,
    /// A JSON body.
    #[serde(default)]
    pub body: Option<Value>,
    /// A body of exactly these characters, for what is not JSON.
    #[serde(default)]
    pub raw: Option<String>,
    /// What the server must offer for this step; the step is left out without it.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// A value that must be known, such as `page/previousCursor`; the step is left out without it.
    #[serde(default)]
    pub if_known: Option<String>,
    /// A value that must not be known; the step is left out where it is.
    #[serde(default)]
    pub unless_known: Option<String>,
    /// Makes an array of the body longer than a limit: pointer → number, or a template of one. Its
    /// elements are repeated in turn until there is one more than that.
    #[serde(default)]
    pub repeat: BTreeMap<String, Value>,
    /// Puts an element of an array of the body there so often: pointer to the element → number, or
    /// a template of one. `@{turn}` in it is the number of each, from 1.
    #[serde(default)]
    pub copies: BTreeMap<String, Value>,
    /// Makes the body one byte longer than this, by blanks at its end: a number, or a template.
    #[serde(default)]
    pub larger_than: Option<Value>,
    /// Reads page after page; the answer is the last one with the resources of all pages.
    #[serde(default)]
    pub walk: Option<Walk>,
    /// With which credential; `main` where none is named.
    #[serde(default)]
    pub credential: Credential,
    /// The name under which later steps refer to the answer's resource; `NAME:headers` is an
    /// object of its headers, whose names are in lower case.
    #[serde(rename = "as", default)]
    pub name_as: Option<String>,
    /// The same, where a refusal is an answer as well: nothing is kept of it, and the steps behind
    /// go on. Without this the scenario ends there.
    #[serde(default)]
    pub keep: Option<String>,
    /// The name under which expectations refer to the milliseconds that its answer took; of
    /// several steps of one name it is the least.
    #[serde(default)]
    pub took: Option<String>,
    /// What is expected; a step without an expectation must succeed.
    #[serde(default)]
    pub expect: Option<Expectation>,
    /// What the server may choose between: the first answer that fits is reported as its choice,
    /// none of them as a finding of level `may`.
    #[serde(default)]
    pub chosen: Vec<Choice>,
    /// Seconds to wait before it is sent.
    #[serde(default)]
    pub wait: Option<f64>,
    /// Seconds within which the answer must become what is expected; until then it is sent again.
    #[serde(default)]
    pub within: Option<f64>,
    /// Repeats the request so often at once, for races; expectations hold for the answers
    /// together (see [`Expectation::among`]).
    #[serde(default)]
    pub at_once: Option<u32>,
}

/// How pages follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Walk {
    /// By `startIndex`, which moves on by the number of resources that came (RFC 7644, 3.4.2.4).
    Index,
    /// By `cursor`, until there is no `nextCursor` (RFC 9865, 2).
    Cursor,
}

/// Whose token a request bears.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Credential {
    /// The token of this run.
    #[default]
    Main,
    /// None.
    None,
    /// One that no server gave out.
    Invalid,
    /// That of another tenant.
    SecondTenant,
    /// One that may only read.
    ReadOnly,
}

impl Credential {
    /// Who deletes what this one made: itself, where it is somebody.
    pub(crate) fn for_deleting(self) -> Self {
        match self {
            Self::SecondTenant => Self::SecondTenant,
            _ => Self::Main,
        }
    }
}
