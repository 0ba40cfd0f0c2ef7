//! The syntax tree of a rules file: what was written, with every place, and no meaning yet.
//!
//! Names are not resolved and types not checked here; `check` does both. Places live in
//! [`Spanned`] alone, so `==` compares what was written and not where.

use super::source::{FileId, Spanned};

/// A name as written (`emea`, `web_conferences`).
pub type Ident = Spanned<String>;
/// A string literal, escapes decoded; the span covers the quotes.
pub type Text = Spanned<String>;

/// One file.
#[derive(Debug, Clone, PartialEq)]
pub struct File {
    /// Which file.
    pub id: FileId,
    /// The number of `provisioning N`, if the header is there.
    pub edition: Option<Spanned<u32>>,
    /// Its items in order; those that could not be read are left out (a diagnostic says so).
    pub items: Vec<Item>,
}

/// One top-level item with its `##` documentation.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// Lines of `##` directly above, without the marks.
    pub docs: Vec<Text>,
    /// The item; its span runs from its first word to its last character, without the docs.
    pub node: Spanned<ItemKind>,
}

/// What an item is.
#[derive(Debug, Clone, PartialEq)]
pub enum ItemKind {
    /// `include "path"`
    Include(Text),
    /// `use "path"`
    Use(Text),
    /// `use catalogue gong 1`
    UseCatalogue {
        /// Its name.
        name: Ident,
        /// Its version.
        version: Spanned<u32>,
    },
    /// `setting name value`
    Setting(Setting),
    /// `limit seat N [reserve N]`
    Limit {
        /// Of which seat.
        seat: Ident,
        /// How many.
        limit: Limit,
    },
    /// `seat id "Label" …`
    Seat(Seat),
    /// `profile id "Label" …`
    Profile(Profile),
    /// `profile order a < b < c`
    ProfileOrder(Vec<Ident>),
    /// `workspace id "Label" …`
    Workspace(Workspace),
    /// `capture id "Label" …`
    Capture(Capture),
    /// `option id "Label" { … }`
    Option(OptionDecl),
    /// `attribute id = "urn" : type`
    Attribute(Attribute),
    /// `set id = { … }` or `set id = groups { … }`
    Set(Set),
    /// Assignment, default assignment, grant or never.
    Rule(Rule),
    /// `user id { … }`
    Fixture(Fixture),
    /// `test "name" { … }`
    Test(Test),
    /// `prove "name" { … }`
    Prove(Prove),
}

/// `setting max_removals 20 %`
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Its name; not checked yet.
    pub name: Ident,
    /// Its values as written, one or two (`department descending`).
    pub values: Vec<Spanned<SettingValue>>,
}

/// A value of a setting, not checked yet.
#[derive(Debug, Clone, PartialEq)]
pub enum SettingValue {
    /// A word: `either`, `none`, `department`, also a dotted or URN attribute path.
    Word(String),
    /// A whole number.
    Number(u64),
    /// A whole number of per cent.
    Percent(u64),
    /// A string.
    Text(String),
}

/// `limit N [reserve N]`
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    /// How many there are.
    pub count: Spanned<u64>,
    /// How many of them are kept free.
    pub reserve: Option<Spanned<u64>>,
}

/// `seat id "Label" [as "wire"] [limit N [reserve N]] [requires …]`
#[derive(Debug, Clone, PartialEq)]
pub struct Seat {
    /// Its name in rules.
    pub id: Ident,
    /// Its name for people.
    pub label: Text,
    /// Its name in the host's API.
    pub wire: Option<Text>,
    /// How many there are.
    pub limit: Option<Limit>,
    /// What it needs.
    pub requires: Vec<Requirement>,
}

/// One entry of `requires`: `gong`, `seat gong`, `capture email`.
#[derive(Debug, Clone, PartialEq)]
pub struct Requirement {
    /// The kind, if written.
    pub kind: Option<Spanned<RequirementKind>>,
    /// The name.
    pub id: Ident,
}

/// The kind written in a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequirementKind {
    /// `seat`
    Seat,
    /// `capture`
    Capture,
}

/// `profile id "Label" [requires …]`
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Its name in rules.
    pub id: Ident,
    /// Its name for people.
    pub label: Text,
    /// Its name in the host's API.
    pub wire: Option<Text>,
    /// What it needs.
    pub requires: Vec<Requirement>,
}

/// `workspace id "Label" [as …] [profiles rep as "7001", …]`
#[derive(Debug, Clone, PartialEq)]
pub struct Workspace {
    /// Its name in rules.
    pub id: Ident,
    /// Its name for people.
    pub label: Text,
    /// Its name in the host's API.
    pub wire: Option<Text>,
    /// The profiles that exist there; `None` means all.
    pub offers: Option<Vec<Offer>>,
}

/// A profile that exists in a workspace.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// The profile.
    pub profile: Ident,
    /// Its name in the host's API, in this workspace.
    pub wire: Option<Text>,
}

/// `capture id "Label" [as …] [requires … | excludes …]`
#[derive(Debug, Clone, PartialEq)]
pub struct Capture {
    /// Its name in rules.
    pub id: Ident,
    /// Its name for people.
    pub label: Text,
    /// Its name in the host's API.
    pub wire: Option<Text>,
    /// What it needs.
    pub requires: Vec<Requirement>,
    /// What it switches off: not empty in a veto.
    pub excludes: Vec<Ident>,
}

/// `option id "Label" [as …] { eu "EU" as "9", us "US" }`
#[derive(Debug, Clone, PartialEq)]
pub struct OptionDecl {
    /// Its name in rules.
    pub id: Ident,
    /// Its name for people.
    pub label: Text,
    /// Its name in the host's API.
    pub wire: Option<Text>,
    /// Its choices.
    pub choices: Vec<Choice>,
}

/// A choice of an option.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// Its name in rules.
    pub id: Ident,
    /// Its name for people.
    pub label: Text,
    /// Its name in the host's API.
    pub wire: Option<Text>,
}

/// `attribute id = "URN:path" : [list] text [exact] [{ values }]`
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// Its name in rules.
    pub id: Ident,
    /// Where it is in the payload.
    pub path: Text,
    /// Whether it has several values.
    pub list: bool,
    /// What its values are.
    pub kind: Spanned<AttributeKind>,
    /// `exact`: letter case counts (text only).
    pub exact: Option<Spanned<()>>,
    /// The values that it can have, if declared.
    pub values: Option<Vec<Spanned<Literal>>>,
}

/// The type word of a declared attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeKind {
    /// `text`
    Text,
    /// `flag`
    Flag,
    /// `number`
    Number,
    /// `date`
    Date,
}

/// `set id = { … }` or `set id = groups { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Set {
    /// Its name.
    pub id: Ident,
    /// What is in it.
    pub members: SetMembers,
}

/// What a set holds.
#[derive(Debug, Clone, PartialEq)]
pub enum SetMembers {
    /// Values.
    Values(Vec<Spanned<Literal>>),
    /// Groups.
    Groups(Vec<GroupRef>),
}

/// An assignment, default assignment, grant or never.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Which of the four.
    pub kind: RuleKind,
    /// Its name.
    pub name: Text,
    /// Its name before.
    pub formerly: Option<Text>,
    /// The assignment whose clauses it takes over.
    pub like: Option<Text>,
    /// Its clauses in the order written; broken ones are left out.
    pub clauses: Vec<Clause>,
    /// The `{` … `}` with both braces.
    pub block: Spanned<()>,
}

/// Which kind of rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RuleKind {
    /// `assignment`
    Assignment,
    /// `default assignment`
    Default,
    /// `grant`
    Grant,
    /// `never`
    Never,
}

impl RuleKind {
    /// As written: `default assignment`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Assignment => "assignment",
            Self::Default => "default assignment",
            Self::Grant => "grant",
            Self::Never => "never",
        }
    }
}

/// A clause with its documentation.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// Lines of `##` directly above.
    pub docs: Vec<Text>,
    /// The clause; its span starts at its keyword.
    pub node: Spanned<ClauseKind>,
    /// The keyword alone.
    pub keyword: Spanned<()>,
}

/// What a clause says.
#[derive(Debug, Clone, PartialEq)]
pub enum ClauseKind {
    /// `match everyone` or `match CONDITION`
    Match(Match),
    /// `except CONDITION`, also behind `match` on its line
    Except(Expr),
    /// `seats …`
    Seats(Picks),
    /// `home workspace`
    Home(Ident),
    /// `workspaces { … }`
    Workspaces(Vec<WorkspaceEntry>),
    /// `capture …`
    Capture(Picks),
    /// `option id choice` or `option id none`
    Option {
        /// Which option.
        option: Ident,
        /// The choice.
        choice: OrNone<Ident>,
    },
    /// `update automatic except capture`
    Update(Update),
}

impl ClauseKind {
    /// The keyword: `match`.
    pub fn keyword(&self) -> &'static str {
        match self {
            Self::Match(_) => "match",
            Self::Except(_) => "except",
            Self::Seats(_) => "seats",
            Self::Home(_) => "home",
            Self::Workspaces(_) => "workspaces",
            Self::Capture(_) => "capture",
            Self::Option { .. } => "option",
            Self::Update(_) => "update",
        }
    }
}

/// What `match` says.
#[derive(Debug, Clone, PartialEq)]
pub enum Match {
    /// `everyone`
    Everyone(Spanned<()>),
    /// A condition.
    Condition(Expr),
}

/// Something, or `none` written out.
#[derive(Debug, Clone, PartialEq)]
pub enum OrNone<T> {
    /// `none`
    None(Spanned<()>),
    /// Something.
    Some(T),
}

/// What `seats` and `capture` give or forbid.
#[derive(Debug, Clone, PartialEq)]
pub enum Picks {
    /// `none`
    None(Spanned<()>),
    /// `all [except …]`
    All {
        /// The word `all`.
        all: Spanned<()>,
        /// What is left out.
        except: Vec<Ident>,
    },
    /// A list.
    List(Vec<Ident>),
}

/// `emea: rep`, `others: none`, `apac: at most viewer`
#[derive(Debug, Clone, PartialEq)]
pub struct WorkspaceEntry {
    /// The workspace; `None` stands for `others`.
    pub workspace: Spanned<Option<String>>,
    /// What it gets.
    pub grade: Spanned<Grade>,
}

/// What stands behind a workspace.
#[derive(Debug, Clone, PartialEq)]
pub enum Grade {
    /// `none`
    None,
    /// A profile.
    Profile(Ident),
    /// `at most profile`
    AtMost(Ident),
}

/// `update automatic except capture`
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    /// `automatic` rather than `manual`.
    pub automatic: bool,
    /// The areas with the other mode.
    pub except: Vec<Spanned<Area>>,
}

/// An area that the update mode governs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Area {
    /// Seats.
    Seats,
    /// Workspace profiles and home.
    Workspaces,
    /// Capture items.
    Capture,
    /// Options.
    Options,
}

impl Area {
    /// All four, in order.
    pub const ALL: [Self; 4] = [Self::Seats, Self::Workspaces, Self::Capture, Self::Options];

    /// As written: `seats`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Seats => "seats",
            Self::Workspaces => "workspaces",
            Self::Capture => "capture",
            Self::Options => "options",
        }
    }
}

/// A condition with its place.
pub type Expr = Spanned<ExprKind>;

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// Two or more joined by `or`.
    Or(Vec<Expr>),
    /// Two or more joined by `and`.
    And(Vec<Expr>),
    /// `not …`
    Not(Box<Expr>),
    /// `( … )`, kept as written.
    Paren(Box<Expr>),
    /// `in group …` and its relatives.
    Group(GroupTest),
    /// `addresses[ … ]`
    Element {
        /// The complex attribute.
        path: Path,
        /// What one element must meet.
        inner: Box<Expr>,
    },
    /// `is present`, `is not present`, `is absent`, `pr`
    Present {
        /// The attribute.
        path: Path,
        /// `is present` rather than `is absent`.
        present: bool,
    },
    /// `is [not] in { … }` or a set
    In {
        /// The attribute.
        path: Path,
        /// `is not in`.
        negated: bool,
        /// The values.
        values: Spanned<ValueSource>,
    },
    /// `title starts with "…"`
    Compare {
        /// The attribute.
        path: Path,
        /// The comparison.
        op: Spanned<Op>,
        /// What it is compared with.
        value: Spanned<Literal>,
    },
}

/// An attribute path as written, such as `name.givenName` or a URN with dots; not resolved.
pub type Path = Spanned<String>;

/// Values that `is in` looks at.
#[derive(Debug, Clone, PartialEq)]
pub enum ValueSource {
    /// `{ "a", "b" }`
    Values(Vec<Spanned<Literal>>),
    /// A set by name.
    Set(Ident),
}

/// A comparison, in words or as a SCIM operator: both give the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    /// `is`, `eq`
    Is,
    /// `is not`, `ne`
    IsNot,
    /// `is exactly`
    IsExactly,
    /// `is not exactly`
    IsNotExactly,
    /// `contains`, `co`
    Contains,
    /// `starts with`, `sw`
    StartsWith,
    /// `ends with`, `ew`
    EndsWith,
    /// `like` with `*` and `?`
    Like,
    /// `matches /…/`
    Matches,
    /// `at least`, `ge`
    AtLeast,
    /// `at most`, `le`
    AtMost,
    /// `more than`, `gt`
    MoreThan,
    /// `less than`, `lt`
    LessThan,
}

impl Op {
    /// In words: `starts with`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::IsNot => "is not",
            Self::IsExactly => "is exactly",
            Self::IsNotExactly => "is not exactly",
            Self::Contains => "contains",
            Self::StartsWith => "starts with",
            Self::EndsWith => "ends with",
            Self::Like => "like",
            Self::Matches => "matches",
            Self::AtLeast => "at least",
            Self::AtMost => "at most",
            Self::MoreThan => "more than",
            Self::LessThan => "less than",
        }
    }

    /// As a SCIM operator, where there is one (RFC 7644, 3.4.2.2).
    pub fn scim(self) -> Option<&'static str> {
        Some(match self {
            Self::Is => "eq",
            Self::IsNot => "ne",
            Self::Contains => "co",
            Self::StartsWith => "sw",
            Self::EndsWith => "ew",
            Self::AtLeast => "ge",
            Self::AtMost => "le",
            Self::MoreThan => "gt",
            Self::LessThan => "lt",
            Self::IsExactly | Self::IsNotExactly | Self::Like | Self::Matches => return None,
        })
    }
}

/// A literal.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// A string, escapes decoded.
    Text(String),
    /// A JSON number as written.
    Number(String),
    /// `true` or `false`
    Flag(bool),
    /// `null`
    Null,
    /// `/…/`: the pattern between the slashes, with `\/` turned into `/`.
    Regex(String),
}

/// `in group "A"`, `in any group S directly`, …
#[derive(Debug, Clone, PartialEq)]
pub struct GroupTest {
    /// How many of which groups.
    pub quantifier: Quantifier,
    /// `directly`: nested membership does not count.
    pub directly: Option<Spanned<()>>,
}

/// How many of which groups.
#[derive(Debug, Clone, PartialEq)]
pub enum Quantifier {
    /// `in group …`
    One(GroupRef),
    /// `in any group …`
    Any(Spanned<GroupSource>),
    /// `in all groups …`
    All(Spanned<GroupSource>),
    /// `in no group …`
    No(Spanned<GroupSource>),
}

/// Groups of a test.
#[derive(Debug, Clone, PartialEq)]
pub enum GroupSource {
    /// `{ "A", id "g-1" }`
    Inline(Vec<GroupRef>),
    /// A set by name.
    Set(Ident),
}

/// A group named in rules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupRef {
    /// By what it is named.
    pub by: GroupBy,
    /// The name, id or pattern.
    pub text: Text,
}

/// By what a group is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum GroupBy {
    /// `"Sales"`: its displayName.
    Name,
    /// `id "…"`
    Id,
    /// `externalId "…"`
    ExternalId,
    /// `like "Sales*"`
    Like,
}

/// `user id [like id] { … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Fixture {
    /// Its name.
    pub id: Ident,
    /// The fixture whose lines it takes over.
    pub like: Option<Ident>,
    /// Its lines.
    pub lines: Vec<Spanned<FixtureLine>>,
}

/// A line of a fixture, also behind `with` in a test.
#[derive(Debug, Clone, PartialEq)]
pub enum FixtureLine {
    /// `groups [+|-] …`
    Groups {
        /// How the list changes.
        change: GroupChange,
        /// Which groups.
        groups: Vec<FixtureGroup>,
    },
    /// `title "…"`, `nickName none`, `addresses [ … ], [ … ]`
    Attribute {
        /// The attribute.
        path: Path,
        /// Its value.
        value: FixtureValue,
    },
}

/// How a `groups` line changes the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupChange {
    /// The list is this (empty for `none`).
    Set,
    /// These are added.
    Add,
    /// These are taken away.
    Remove,
}

/// A group of a fixture.
#[derive(Debug, Clone, PartialEq)]
pub struct FixtureGroup {
    /// Its name.
    pub name: Text,
    /// `id "…"`
    pub id: Option<Text>,
    /// `externalId "…"`
    pub external_id: Option<Text>,
    /// `indirectly`
    pub indirectly: bool,
    /// `formerly "…"`
    pub formerly: Option<Text>,
}

/// The value of a fixture's attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum FixtureValue {
    /// `none`
    None,
    /// One value or several.
    Values(Vec<Spanned<Literal>>),
    /// Complex elements.
    Elements(Vec<Vec<(Path, Spanned<Literal>)>>),
}

/// `test "name" { given … expect … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// Its name.
    pub name: Text,
    /// The fixture.
    pub given: Ident,
    /// Its changes for this test.
    pub with: Vec<Spanned<FixtureLine>>,
    /// What is expected.
    pub expects: Vec<Spanned<Expect>>,
}

/// `expect [not] OUTCOME`
#[derive(Debug, Clone, PartialEq)]
pub struct Expect {
    /// `not`
    pub negated: bool,
    /// What.
    pub outcome: Outcome,
}

/// What a test expects or a proof claims.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// `deactivated`
    Deactivated,
    /// `assignment "name"`
    Assignment(Text),
    /// `seats a, b` or `seats none`: exactly these
    Seats(Vec<Ident>),
    /// `seat a`: this among others
    Seat(Ident),
    /// `home emea` or `home none`
    Home(OrNone<Ident>),
    /// `workspace emea rep` or `… none`
    Workspace {
        /// Which workspace.
        workspace: Ident,
        /// The profile there.
        profile: OrNone<Ident>,
    },
    /// `capture a, b`, `capture none`: exactly these; `capture includes a`: these among others
    Capture {
        /// `includes`: others may stand too.
        includes: bool,
        /// The items.
        items: Vec<Ident>,
    },
    /// `option consent eu` or `… none`
    Option {
        /// Which option.
        option: Ident,
        /// The choice.
        choice: OrNone<Ident>,
    },
    /// `withheld a, b` or `withheld none`: seats, capture items or profiles, exactly these
    Withheld(Vec<Ident>),
    /// `removed …`
    Removed(Vec<Ident>),
    /// `vetoed …`
    Vetoed(Vec<Ident>),
    /// `update automatic except capture`
    Update(Update),
    /// `because "name"`: this rule had a part in the decision
    Because(Text),
}

/// `prove "name" { every user where ( … ) has … }`
#[derive(Debug, Clone, PartialEq)]
pub struct Prove {
    /// Its name.
    pub name: Text,
    /// `every user` rather than `no user`.
    pub every: bool,
    /// Which users.
    pub condition: Expr,
    /// What they have.
    pub outcome: Outcome,
}
