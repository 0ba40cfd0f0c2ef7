//! A scenario as its file says it. `README.md` beside the crate is the reference of the format.

mod read;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use read::RULES;

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
    /// Words to select by.
    #[serde(default)]
    pub tags: Vec<String>,
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
    /// A value that must be known, such as `page/previousCursor`; the step is left out without it.
    #[serde(default)]
    pub if_known: Option<String>,
    /// Makes an array of the body longer than a limit: pointer → number, or a template of one. Its
    /// elements are repeated in turn until there is one more than that.
    #[serde(default)]
    pub repeat: BTreeMap<String, Value>,
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
    /// What is expected; a step without an expectation must succeed.
    #[serde(default)]
    pub expect: Option<Expectation>,
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
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

/// What is expected of an answer.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expectation {
    /// The status: a number, a class such as `4xx`, or a list of them.
    pub status: Option<Statuses>,
    /// Headers by name.
    pub headers: BTreeMap<String, Matcher>,
    /// Values of the body by JSON Pointer (RFC 6901), whose segments compare as SCIM's names do.
    pub body: BTreeMap<String, Matcher>,
    /// Of requests sent at once: status → how many of the answers have it.
    pub among: BTreeMap<String, u32>,
    /// The level of this expectation where it is weaker than the scenario's.
    pub level: Option<Level>,
    /// Other answers that the RFCs permit as well.
    pub or: Vec<Expectation>,
}

/// Statuses that fit.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Statuses {
    /// One.
    Code(u16),
    /// A class, or one as text.
    Class(String),
    /// Several.
    Any(Vec<Statuses>),
}

/// What a value must be. A plain YAML value stands for `is`.
#[derive(Debug, Clone, PartialEq)]
pub enum Matcher {
    /// Equal to this; of objects, at least these members.
    Is(Value),
    /// One of the rules of [`Rule`], all of which must hold.
    Rules(Vec<Rule>),
}

/// One rule for a value.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// There or not; null, `[]` and `""` count as not there (RFC 7643, 2.5).
    Present(bool),
    /// Equal to this.
    Equals(Value),
    /// Any of these.
    OneOf(Vec<Value>),
    /// Something else than this.
    Not(Value),
    /// `string`, `number`, `integer`, `boolean`, `array`, `object`, `date-time`, `uri`.
    Type(String),
    /// Text that this regular expression finds.
    Matches(String),
    /// Equal without regard to the case of letters.
    SameText(String),
    /// An array or text of so many elements.
    Count(u64),
    /// An array or text of at least so many elements.
    AtLeast(u64),
    /// An array or text of at most so many elements.
    AtMost(u64),
    /// An array with an element of which this holds.
    Has(Value),
    /// An array without such an element.
    Lacks(Value),
    /// An array of exactly these elements in any order.
    Exactly(Vec<Value>),
    /// An array whose elements are all like this.
    Every(Value),
}
