//! Any syntax tree that a rules file can have.

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;

use provisor::rules::ast::*;
use provisor::rules::source::{FileId, Span, Spanned};

fn at<T>(node: T) -> Spanned<T> {
    Spanned::new(node, Span::default())
}

/// A name; often a word of the language that is free as a name.
pub(super) fn ident() -> impl Strategy<Value = Ident> {
    let free =
        select(vec!["seats", "home", "update", "pr", "eq", "true", "match", "user", "limit", "id"]);
    prop_oneof![
        3 => "[a-z][a-zA-Z0-9_]{0,8}".prop_filter("reserved", |name| !RESERVED.contains(&name.to_lowercase().as_str())),
        1 => free.prop_map(str::to_owned),
    ]
    .prop_map(at)
}

const RESERVED: &[&str] = &[
    "all", "and", "any", "at", "directly", "everyone", "except", "group", "groups", "in", "is",
    "like", "no", "none", "not", "or", "order", "others",
];

pub(super) fn text() -> impl Strategy<Value = Text> {
    let odd = select(vec![
        "",
        "\"",
        "\\",
        "a\\/b",
        "\t\n\r",
        "é – ü",
        "😀",
        "\u{202e}x",
        "# no comment",
        "// {([",
        "'",
        "“x”",
    ]);
    prop_oneof![3 => "[A-Za-z0-9 .*?-]{0,12}", 1 => odd.prop_map(str::to_owned), 1 => any::<String>()].prop_map(at)
}

fn literal() -> impl Strategy<Value = Spanned<Literal>> {
    prop_oneof![
        4 => text().prop_map(|text| Literal::Text(text.node)),
        1 => "-?(0|[1-9][0-9]{0,5})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?".prop_map(Literal::Number),
        1 => any::<bool>().prop_map(Literal::Flag),
        1 => Just(Literal::Null),
    ]
    .prop_map(at)
}

fn path() -> impl Strategy<Value = Path> {
    let known = select(vec![
        "title",
        "name.givenName",
        "addresses.country",
        "manager.$ref",
        "department",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager.displayName",
        "acme-level",
        "prefix_in",
        "nothing",
    ]);
    known.prop_map(|path| at(path.to_owned()))
}

fn group() -> impl Strategy<Value = GroupRef> {
    let by = select(vec![GroupBy::Name, GroupBy::Id, GroupBy::ExternalId, GroupBy::Like]);
    (by, text()).prop_map(|(by, text)| GroupRef { by, text })
}

fn group_test() -> impl Strategy<Value = ExprKind> {
    let source = prop_oneof![
        vec(group(), 1..5).prop_map(GroupSource::Inline),
        ident().prop_map(GroupSource::Set),
    ]
    .prop_map(at)
    .boxed();
    let quantifier = prop_oneof![
        group().prop_map(Quantifier::One),
        source.clone().prop_map(Quantifier::Any),
        source.clone().prop_map(Quantifier::All),
        source.prop_map(Quantifier::No),
    ];
    (quantifier, of(Just(at(()))))
        .prop_map(|(quantifier, directly)| ExprKind::Group(GroupTest { quantifier, directly }))
}

fn comparison() -> impl Strategy<Value = ExprKind> {
    let ops = vec![
        Op::Is,
        Op::IsNot,
        Op::IsExactly,
        Op::IsNotExactly,
        Op::Contains,
        Op::StartsWith,
        Op::EndsWith,
        Op::Like,
        Op::AtLeast,
        Op::AtMost,
        Op::MoreThan,
        Op::LessThan,
    ];
    let plain = (path(), select(ops), literal()).prop_map(|(path, op, value)| ExprKind::Compare {
        path,
        op: at(op),
        value,
    });
    let pattern = (path(), "[a-z/.*+]{1,6}(\\\\d)?").prop_map(|(path, regex)| ExprKind::Compare {
        path,
        op: at(Op::Matches),
        value: at(Literal::Regex(regex)),
    });
    prop_oneof![3 => plain, 1 => pattern]
}

/// A condition as the parser nests it: `or` over `and` over `not`.
pub(super) fn condition() -> impl Strategy<Value = Expr> {
    let values = prop_oneof![
        vec(literal(), 1..5).prop_map(ValueSource::Values),
        ident().prop_map(ValueSource::Set),
    ]
    .prop_map(at);
    let leaf = prop_oneof![
        4 => comparison(),
        2 => group_test(),
        1 => (path(), any::<bool>()).prop_map(|(path, present)| ExprKind::Present { path, present }),
        1 => (path(), any::<bool>(), values).prop_map(|(path, negated, values)| ExprKind::In { path, negated, values }),
    ]
    .prop_map(at);
    leaf.prop_recursive(4, 24, 4, |inner| {
        let operand = prop_oneof![
            3 => inner.clone().prop_map(operand),
            1 => inner.clone().prop_map(|inner| at(ExprKind::Not(Box::new(operand(inner))))),
            1 => (path(), inner.clone()).prop_map(|(path, inner)| at(ExprKind::Element { path, inner: Box::new(inner) })),
        ]
        .boxed();
        let and = vec(operand.clone(), 2..5).prop_map(|parts| at(ExprKind::And(parts))).boxed();
        prop_oneof![
            operand.clone(),
            and.clone(),
            vec(prop_oneof![operand, and], 2..4).prop_map(|parts| at(ExprKind::Or(parts))),
        ]
    })
}

/// A condition that may stand beside `and`.
fn operand(inner: Expr) -> Expr {
    match inner.node {
        ExprKind::Or(_) | ExprKind::And(_) => at(ExprKind::Paren(Box::new(inner))),
        _ => inner,
    }
}

fn or_none() -> impl Strategy<Value = OrNone<Ident>> {
    of(ident()).prop_map(|name| name.map_or(OrNone::None(at(())), OrNone::Some))
}

fn names() -> impl Strategy<Value = Vec<Ident>> {
    vec(ident(), 1..6)
}

fn picks(kind: RuleKind) -> BoxedStrategy<Picks> {
    let list = names().prop_map(Picks::List);
    let all = Just(Picks::All { all: at(()), except: Vec::new() });
    let most = names().prop_map(|except| Picks::All { all: at(()), except });
    let none = Just(Picks::None(at(())));
    match kind {
        RuleKind::Grant => prop_oneof![list, all].boxed(),
        RuleKind::Never => prop_oneof![list, all, most].boxed(),
        _ => prop_oneof![list, all, most, none].boxed(),
    }
}

fn entries(kind: RuleKind) -> impl Strategy<Value = Vec<WorkspaceEntry>> {
    let grade = match kind {
        RuleKind::Grant => ident().prop_map(Grade::Profile).boxed(),
        RuleKind::Never => prop_oneof![Just(Grade::None), ident().prop_map(Grade::AtMost)].boxed(),
        _ => prop_oneof![Just(Grade::None), ident().prop_map(Grade::Profile)].boxed(),
    };
    vec(
        (of(ident()), grade).prop_map(|(workspace, grade)| WorkspaceEntry {
            workspace: at(workspace.map(|name| name.node)),
            grade: at(grade),
        }),
        1..5,
    )
}

fn update() -> impl Strategy<Value = Update> {
    (any::<bool>(), vec(select(Area::ALL.to_vec()), 0..4)).prop_map(|(automatic, except)| Update {
        automatic,
        except: except.into_iter().map(at).collect(),
    })
}

fn docs() -> impl Strategy<Value = Vec<Text>> {
    vec("( [a-z#]{1,3}|[a-zA-Z`#.]{0,12})".prop_map(|line| at(line.trim_end().to_owned())), 0..3)
}

/// A rule with the clauses that its kind wants, in some order.
fn rule() -> impl Strategy<Value = Rule> {
    let kind =
        select(vec![RuleKind::Assignment, RuleKind::Default, RuleKind::Grant, RuleKind::Never]);
    kind.prop_flat_map(|kind| {
        let assigns = matches!(kind, RuleKind::Assignment | RuleKind::Default);
        let mut clauses = vec![
            picks(kind).prop_map(ClauseKind::Seats).boxed(),
            picks(kind).prop_map(ClauseKind::Capture).boxed(),
            entries(kind).prop_map(ClauseKind::Workspaces).boxed(),
        ];
        if kind == RuleKind::Default {
            clauses.push(Just(ClauseKind::Match(Match::Everyone(at(())))).boxed());
        } else {
            clauses
                .push(condition().prop_map(|it| ClauseKind::Match(Match::Condition(it))).boxed());
            clauses.push(condition().prop_map(ClauseKind::Except).boxed());
        }
        if assigns {
            clauses.push(ident().prop_map(ClauseKind::Home).boxed());
            clauses.push(update().prop_map(ClauseKind::Update).boxed());
            clauses.push(
                (ident(), or_none())
                    .prop_map(|(option, choice)| ClauseKind::Option { option, choice })
                    .boxed(),
            );
        }
        let clause = clauses
            .into_iter()
            .map(|kind| {
                (docs(), kind)
                    .prop_map(|(docs, kind)| Clause { docs, node: at(kind), keyword: at(()) })
                    .boxed()
            })
            .collect::<Vec<_>>();
        let link = if assigns { of(text()).boxed() } else { Just(None).boxed() };
        (text(), link.clone(), link, clause.prop_shuffle()).prop_map(
            move |(name, formerly, like, clauses)| Rule {
                kind,
                name,
                formerly,
                like,
                clauses,
                block: at(()),
            },
        )
    })
}

fn requirements() -> impl Strategy<Value = Vec<Requirement>> {
    let kind = of(select(vec![RequirementKind::Seat, RequirementKind::Capture]));
    vec((kind, ident()).prop_map(|(kind, id)| Requirement { kind: kind.map(at), id }), 0..4)
}

fn limit() -> impl Strategy<Value = Limit> {
    (any::<u64>(), of(any::<u64>()))
        .prop_map(|(count, reserve)| Limit { count: at(count), reserve: reserve.map(at) })
}

fn declaration() -> BoxedStrategy<ItemKind> {
    let naming = || (ident(), text(), of(text()));
    let choice = naming().prop_map(|(id, label, wire)| Choice { id, label, wire });
    let offer = (ident(), of(text())).prop_map(|(profile, wire)| Offer { profile, wire });
    let value = prop_oneof![
        select(vec!["none", "no", "assignment", "department", "name.familyName", "at_once"])
            .prop_map(|word| SettingValue::Word(word.to_owned())),
        any::<u64>().prop_map(SettingValue::Number),
        any::<u64>().prop_map(SettingValue::Percent),
        text().prop_map(|text| SettingValue::Text(text.node)),
    ];
    let kind = select(vec![
        AttributeKind::Text,
        AttributeKind::Flag,
        AttributeKind::Number,
        AttributeKind::Date,
    ]);
    let members = prop_oneof![
        vec(literal(), 1..6).prop_map(SetMembers::Values),
        vec(group(), 1..6).prop_map(SetMembers::Groups),
    ];
    prop_oneof![
        text().prop_map(ItemKind::Include),
        text().prop_map(ItemKind::Use),
        (ident(), any::<u32>())
            .prop_map(|(name, version)| ItemKind::UseCatalogue { name, version: at(version) }),
        (ident(), vec(value.prop_map(at), 1..3))
            .prop_map(|(name, values)| ItemKind::Setting(Setting { name, values })),
        (ident(), limit()).prop_map(|(seat, limit)| ItemKind::Limit { seat, limit }),
        (naming(), of(limit()), requirements()).prop_map(|((id, label, wire), limit, requires)| {
            ItemKind::Seat(Seat { id, label, wire, limit, requires })
        }),
        (naming(), requirements()).prop_map(|((id, label, wire), requires)| ItemKind::Profile(
            Profile { id, label, wire, requires }
        )),
        names().prop_map(ItemKind::ProfileOrder),
        (naming(), of(vec(offer, 1..4))).prop_map(|((id, label, wire), offers)| {
            ItemKind::Workspace(Workspace { id, label, wire, offers })
        }),
        (naming(), requirements(), vec(ident(), 0..4)).prop_map(
            |((id, label, wire), requires, excludes)| {
                ItemKind::Capture(Capture { id, label, wire, requires, excludes })
            }
        ),
        (naming(), vec(choice, 1..5)).prop_map(|((id, label, wire), choices)| ItemKind::Option(
            OptionDecl { id, label, wire, choices }
        )),
        (ident(), text(), any::<bool>(), kind, any::<bool>(), of(vec(literal(), 1..4))).prop_map(
            |(id, path, list, kind, exact, values)| {
                let text = kind == AttributeKind::Text;
                let exact = (exact && text).then(|| at(()));
                let values = values.filter(|_| text);
                ItemKind::Attribute(Attribute { id, path, list, kind: at(kind), exact, values })
            }
        ),
        (ident(), members).prop_map(|(id, members)| ItemKind::Set(Set { id, members })),
    ]
    .boxed()
}

fn fixture_group() -> impl Strategy<Value = FixtureGroup> {
    (text(), of(text()), of(text()), any::<bool>(), of(text())).prop_map(
        |(name, id, external_id, indirectly, formerly)| FixtureGroup {
            name,
            id,
            external_id,
            indirectly,
            formerly,
        },
    )
}

fn fixture_line() -> impl Strategy<Value = Spanned<FixtureLine>> {
    let change = select(vec![GroupChange::Set, GroupChange::Add, GroupChange::Remove]);
    let element = vec((path(), literal()), 1..4);
    let value = prop_oneof![
        Just(FixtureValue::None),
        vec(literal(), 1..4).prop_map(FixtureValue::Values),
        vec(element, 1..3).prop_map(FixtureValue::Elements),
    ];
    prop_oneof![
        (change, vec(fixture_group(), 0..4))
            .prop_map(|(change, groups)| FixtureLine::Groups { change, groups }),
        (path(), value).prop_map(|(path, value)| FixtureLine::Attribute { path, value }),
    ]
    .prop_map(at)
}

fn outcome() -> BoxedStrategy<Outcome> {
    let some = || vec(ident(), 0..4);
    prop_oneof![
        Just(Outcome::Deactivated),
        text().prop_map(Outcome::Assignment),
        some().prop_map(Outcome::Seats),
        ident().prop_map(Outcome::Seat),
        or_none().prop_map(Outcome::Home),
        (ident(), or_none())
            .prop_map(|(workspace, profile)| Outcome::Workspace { workspace, profile }),
        some().prop_map(|items| Outcome::Capture { includes: false, items }),
        names().prop_map(|items| Outcome::Capture { includes: true, items }),
        (ident(), or_none()).prop_map(|(option, choice)| Outcome::Option { option, choice }),
        some().prop_map(Outcome::Withheld),
        some().prop_map(Outcome::Removed),
        some().prop_map(Outcome::Vetoed),
        update().prop_map(Outcome::Update),
        text().prop_map(Outcome::Because),
    ]
    .boxed()
}

fn test_item() -> BoxedStrategy<ItemKind> {
    let expect =
        (any::<bool>(), outcome()).prop_map(|(negated, outcome)| at(Expect { negated, outcome }));
    prop_oneof![
        (ident(), of(ident()), vec(fixture_line(), 0..5))
            .prop_map(|(id, like, lines)| ItemKind::Fixture(Fixture { id, like, lines })),
        (text(), ident(), vec(fixture_line(), 0..3), vec(expect, 1..4)).prop_map(
            |(name, given, with, expects)| ItemKind::Test(Test { name, given, with, expects })
        ),
        (text(), any::<bool>(), condition(), outcome()).prop_map(
            |(name, every, condition, outcome)| ItemKind::Prove(Prove {
                name,
                every,
                condition,
                outcome
            })
        ),
    ]
    .boxed()
}

/// A whole file.
pub(super) fn file() -> impl Strategy<Value = File> {
    let item =
        prop_oneof![2 => declaration(), 2 => rule().prop_map(ItemKind::Rule), 1 => test_item()];
    let item = (docs(), item).prop_map(|(docs, kind)| Item { docs, node: at(kind) });
    vec(item, 0..6).prop_map(|items| File { id: FileId(0), edition: Some(at(1)), items })
}
