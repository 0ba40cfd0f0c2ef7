//! The one file that knows pest: a piece of text to a neutral tree, or to the furthest place that
//! could be read and what was expected there, in words.

use pest::Parser;
use pest::error::{ErrorVariant, InputLocation};
use pest::iterators::Pair;

#[derive(pest_derive::Parser)]
#[grammar = "grammar/rules.pest"]
struct RulesParser;

/// Which kind of piece is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// A one-line item.
    Item,
    /// What stands before the `{` of a block.
    Head,
    /// A clause of a rule.
    Clause,
    /// A line of a fixture.
    Fixture,
    /// A line of a test.
    Test,
    /// The inside of a proof.
    Claim,
}

/// A part of the text with its parts.
#[derive(Debug)]
pub(super) struct Node<'t> {
    pub(super) kind: Kind,
    pub(super) text: &'t str,
    /// Byte of the piece where it starts.
    pub(super) start: usize,
    pub(super) children: Vec<Node<'t>>,
}

impl<'t> Node<'t> {
    /// Byte of the piece after it.
    pub(super) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// The first part of a kind.
    pub(super) fn child(&self, kind: Kind) -> Option<&Node<'t>> {
        self.children.iter().find(|child| child.kind == kind)
    }

    /// Every part of a kind.
    pub(super) fn all(&self, kind: Kind) -> impl Iterator<Item = &Node<'t>> {
        self.children.iter().filter(move |child| child.kind == kind)
    }

    /// The keyword of this spelling, if it is a part.
    pub(super) fn word(&self, word: &str) -> Option<&Node<'t>> {
        self.all(Kind::Keyword).find(|child| child.text == word)
    }

    /// The first part that is no keyword and no mark.
    pub(super) fn inner(&self) -> Option<&Node<'t>> {
        self.children.iter().find(|c| !matches!(c.kind, Kind::Keyword | Kind::Mark))
    }
}

/// Why a piece could not be read.
#[derive(Debug)]
pub(super) struct Failure {
    /// Byte of the piece up to which it could be read.
    pub(super) at: usize,
    /// What could have stood there.
    pub(super) expected: Vec<Expected>,
}

/// Something that could have stood at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Expected {
    /// What kind of thing.
    pub(super) kind: Kind,
    /// In words that a person knows, such as "a name" or "`,`".
    pub(super) words: String,
}

/// Reads one piece. The caller has bounded the nesting, so the recursion here is bounded too.
pub(super) fn parse(start: Start, text: &str) -> Result<Vec<Node<'_>>, Failure> {
    let rule = match start {
        Start::Item => Rule::item_piece,
        Start::Head => Rule::head_piece,
        Start::Clause => Rule::clause_piece,
        Start::Fixture => Rule::fixture_piece,
        Start::Test => Rule::test_piece,
        Start::Claim => Rule::claim_piece,
    };
    match RulesParser::parse(rule, text) {
        Ok(pairs) => Ok(pairs.filter(|pair| pair.as_rule() != Rule::EOI).map(node).collect()),
        Err(error) => {
            let at = match error.location {
                InputLocation::Pos(at) | InputLocation::Span((at, _)) => at,
            };
            let positives = match error.variant {
                ErrorVariant::ParsingError { positives, .. } => positives,
                ErrorVariant::CustomError { .. } => Vec::new(),
            };
            let mut expected: Vec<Expected> = Vec::new();
            for rule in positives {
                let one = Expected { kind: kind(rule), words: words(rule) };
                if !expected.contains(&one) {
                    expected.push(one);
                }
            }
            Err(Failure { at, expected })
        }
    }
}

fn node(pair: Pair<'_, Rule>) -> Node<'_> {
    let rule = pair.as_rule();
    let text = pair.as_str();
    let start = pair.as_span().start();
    Node { kind: kind(rule), text, start, children: pair.into_inner().map(node).collect() }
}

/// What a person calls what a rule of the grammar reads. Keywords are their own names.
fn words(rule: Rule) -> String {
    if let Some((_, _, words)) = TABLE.iter().find(|(row, _, _)| *row == rule) {
        return (*words).to_owned();
    }
    let name = format!("{rule:?}");
    match name.strip_prefix("kw_") {
        Some("external_id") => "`externalId`".to_owned(),
        Some(word) => format!("`{word}`"),
        None => "something else".to_owned(),
    }
}

/// One row a rule: what it is called in the tree, and by people.
macro_rules! kinds {
    ($($kind:ident $(= $rule:ident $words:literal)+;)+) => {
        /// What a [`Node`] is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Kind {
            /// A word of the language.
            Keyword,
            $(#[doc = concat!($($words, ". "),+)] $kind,)+
        }

        const TABLE: &[(Rule, Kind, &str)] = &[$($((Rule::$rule, Kind::$kind, $words),)+)+];

        fn kind(rule: Rule) -> Kind {
            match rule {
                $($(Rule::$rule)|+ => Kind::$kind,)+
                _ => Kind::Keyword,
            }
        }
    };
}

kinds! {
    End = EOI "the end of the line";
    Header = header "`provisioning 1`";
    Include = include "`include`";
    UseFile = use_file "`use`";
    UseCatalogue = use_catalogue "`use catalogue`";
    Setting = setting "a setting";
    Percent = percent "a percentage";
    SettingWord = setting_word "a word";
    Limit = limit "a limit";
    Seat = seat "a seat";
    Quota = quota "`limit`";
    Reserve = reserve "`reserve`";
    Profile = profile "a profile";
    ProfileOrder = profile_order "a profile order";
    Workspace = workspace "a workspace";
    Offers = offers "`profiles`";
    Offer = offer "the name of a profile";
    Capture = capture "a capture item";
    Option = option "an option";
    Choice = choice "a choice";
    Label = label "a name in double quotes";
    Wire = wire "`as`";
    Requires = requires "`requires`";
    Requirement = requirement "the name of what is needed";
    Excludes = excludes "`excludes`";
    Attribute = attribute "an attribute";
    AttributeType = attribute_type "`text`, `flag`, `number` or `date`";
    Set = set "a set";
    Values = values "values in braces";
    GroupList = group_list "groups in braces";
    RuleHead = rule_head "a rule";
    WhichRule = rule_kind "a kind of rule";
    Formerly = formerly "`formerly`";
    LikeRule = like_rule "`like`";
    MatchClause = match_clause "`match`";
    ExceptClause = except_clause "`except`";
    SeatsClause = seats_clause "`seats`";
    HomeClause = home_clause "`home`";
    WorkspacesClause = workspaces_clause "`workspaces`";
    WorkspaceEntry = workspace_entry "a workspace";
    Grade = grade "a profile, `none` or `at most` with a profile";
    CaptureClause = capture_clause "`capture`";
    OptionClause = option_clause "`option`";
    UpdateClause = update_clause "`update`";
    Update = update "`automatic` or `manual`";
    Area = area "`seats`, `workspaces`, `capture` or `options`";
    Picks = picks "names, `all` or `none`";
    Condition = condition "a condition";
    Conjunction = conjunction "a condition";
    Negation = negation "a condition";
    Parenthesis = parenthesis "a condition in parentheses";
    GroupTest = group_test "a test of a group";
    Quantifier = quantifier "`any`, `all` or `no`";
    GroupRef = group_ref "a group in double quotes";
    AttributeTest = attribute_test "a test of an attribute";
    Element = element "`[`";
    Membership = membership "`is in`";
    Presence = presence "`is present`";
    Comparison = comparison "an operator such as `is`";
    Operator = operator "an operator such as `is`";
    OpIsNotExactly = op_is_not_exactly "`is not exactly`";
    OpIsExactly = op_is_exactly "`is exactly`";
    OpIsNot = op_is_not "`is not`";
    OpIs = op_is "`is`";
    OpStartsWith = op_starts_with "`starts with`";
    OpEndsWith = op_ends_with "`ends with`";
    OpContains = op_contains "`contains`";
    OpLike = op_like "`like`";
    OpMatches = op_matches "`matches`";
    OpAtLeast = op_at_least "`at least`";
    OpAtMost = op_at_most "`at most`";
    OpMoreThan = op_more_than "`more than`";
    OpLessThan = op_less_than "`less than`";
    FixtureHead = fixture_head "a fixture";
    GroupsLine = groups_line "`groups`";
    Sign = sign "`+` or `-`";
    FixtureGroup = fixture_group "a group in double quotes";
    GroupId = group_id "`id`";
    GroupExternalId = group_external_id "`externalId`";
    AttributeLine = attribute_line "an attribute and its value";
    FixtureElement = fixture_element "an element in brackets";
    ElementPart = element_part "a sub-attribute and its value";
    TestHead = test_head "a test";
    GivenLine = given_line "`given`";
    ExpectLine = expect_line "`expect`";
    Outcome = outcome "what is expected, such as `seats gong`";
    OutAssignment = out_assignment "`assignment`";
    OutSeats = out_seats "`seats`";
    OutSeat = out_seat "`seat`";
    OutHome = out_home "`home`";
    OutWorkspace = out_workspace "`workspace`";
    OutCapture = out_capture "`capture`";
    OutOption = out_option "`option`";
    OutWithheld = out_withheld "`withheld`";
    OutRemoved = out_removed "`removed`";
    OutVetoed = out_vetoed "`vetoed`";
    OutBecause = out_because "`because`";
    ProveHead = prove_head "a proof";
    Claim = claim "`every user where` or `no user where`";
    Ident = ident "a name";
    Path = path "an attribute";
    Value = value "a value";
    Text = string "text in double quotes";
    Regex = regex "a pattern between slashes";
    Number = number "a number";
    Integer = integer "a whole number";
    Mark = comma "`,`" = colon "`:`" = equals "`=`" = less "`<`" = percent_sign "`%`"
        = open_brace "`{`" = close_brace "`}`" = open_paren "`(`" = close_paren "`)`"
        = open_bracket "`[`" = close_bracket "`]`";
}
