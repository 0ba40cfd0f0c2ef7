//! How fast people are decided, as ratios to code written for the purpose.
//!
//! `cargo bench -p provisor --bench decide` prints the ratios of one run, then criterion's own
//! figures. Every result is compared with that of the other side before anything is timed.

#![allow(
    missing_docs,
    unreachable_pub,
    clippy::all,
    clippy::restriction,
    reason = "a benchmark may panic and print"
)]

#[path = "decide/by_hand.rs"]
mod by_hand;
#[path = "decide/readers.rs"]
mod readers;
#[path = "decide/world.rs"]
mod world;

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion};
use provisor::decide::{Decision, Groups, Membership, Person, RuleSet};
use provisor::rules::check::check;
use provisor::rules::load::{Memory, load};
use serde_json::{Value, json};

use self::by_hand::{ByHand, Decided};
use self::world::ENTERPRISE;

/// As many people as fit into a cache, so that rules, not payloads, are measured.
const PEOPLE: usize = 64;

struct Case {
    name: String,
    rules: RuleSet,
    by_hand: ByHand,
    people: Vec<Value>,
    bytes: Vec<Vec<u8>>,
    /// The same people as a host may have them in memory.
    hosted: Vec<Hosted>,
}

/// What a host knows of a person without any JSON: the groups, and a user of the two attributes.
struct Hosted {
    groups: Vec<Membership>,
    user: Value,
}

impl Hosted {
    fn new(user: &Value) -> Self {
        let groups = user["groups"].as_array().unwrap().iter().map(|group| {
            Membership::named(group["display"].as_str().unwrap())
                .with_id(group["value"].as_str().unwrap())
        });
        let department = &user[ENTERPRISE]["department"];
        let user = json!({ "title": user["title"], ENTERPRISE: { "department": department } });
        Self { groups: groups.collect(), user }
    }
}

impl Case {
    fn new(count: usize, attributes: bool) -> Self {
        let described = world::rules(count, attributes);
        let text = world::text(&described);
        let tree = load(&Memory::new().with("bench.rules", text.as_str()), "bench.rules");
        let checked = check(&tree);
        let model = checked.model.unwrap_or_else(|| panic!("{:#?}", checked.diagnostics));
        let people = world::people(PEOPLE, count);
        let case = Self {
            name: format!("{count} rules{}", if attributes { " with attributes" } else { "" }),
            rules: RuleSet::new(model, tree.sources),
            by_hand: ByHand::new(&described),
            bytes: people.iter().map(|user| serde_json::to_vec(user).unwrap()).collect(),
            hosted: people.iter().map(Hosted::new).collect(),
            people,
        };
        case.assert_equal();
        case
    }

    fn assert_equal(&self) {
        let mut person = Person::new();
        let mut matched = 0;
        for (user, bytes) in self.people.iter().zip(&self.bytes) {
            let expected = self.by_hand.decide(user).unwrap();
            person.read_value(&self.rules, user, Groups::Own).unwrap();
            assert_eq!(in_bits(&self.rules.decide(&person)), expected);
            person.read_bytes(&self.rules, bytes, Groups::Own).unwrap();
            assert_eq!(in_bits(&self.rules.decide(&person)), expected);
            let hosted = Hosted::new(user);
            person.read_value(&self.rules, &hosted.user, Groups::Given(&hosted.groups)).unwrap();
            assert_eq!(in_bits(&self.rules.decide(&person)), expected);
            let (typed, lexed) = (readers::typed(bytes), readers::lexed(bytes));
            assert_eq!(typed.groups.len(), lexed.groups.len());
            assert_eq!(typed.user_name, lexed.user_name);
            matched += usize::from(expected.winner.is_some());
        }
        assert!(matched > PEOPLE / 4, "rules that nobody meets measure nothing");
    }

    /// From a tree that is there to a decision.
    fn ours(&self, person: &mut Person, n: usize) {
        person.read_value(&self.rules, &self.people[n % PEOPLE], Groups::Own).unwrap();
        black_box(&self.rules.decide(person));
    }

    /// From what a host has in memory to a decision.
    fn ours_hosted(&self, person: &mut Person, n: usize) {
        let Hosted { groups, user } = &self.hosted[n % PEOPLE];
        person.read_value(&self.rules, user, Groups::Given(groups)).unwrap();
        black_box(&self.rules.decide(person));
    }

    fn theirs_hosted(&self, n: usize) {
        let Hosted { groups, user } = &self.hosted[n % PEOPLE];
        let groups = groups.iter().filter_map(|group| group.name.as_deref());
        let department = user[ENTERPRISE]["department"].as_str();
        black_box(self.by_hand.of(groups, user["title"].as_str(), department));
    }

    fn theirs(&self, n: usize) {
        black_box(self.by_hand.decide(&self.people[n % PEOPLE]));
    }

    /// From bytes to a decision.
    fn from_bytes(&self, person: &mut Person, n: usize) {
        person.read_bytes(&self.rules, &self.bytes[n % PEOPLE], Groups::Own).unwrap();
        black_box(&self.rules.decide(person));
    }

    fn typed(&self, n: usize) {
        black_box(readers::typed(&self.bytes[n % PEOPLE]));
    }

    fn lexed(&self, n: usize) {
        black_box(readers::lexed(&self.bytes[n % PEOPLE]));
    }
}

/// A decision in the form of the hand-written side.
fn in_bits(decision: &Decision<'_>) -> Decided {
    let number = |name: &str| name.strip_prefix('r').and_then(|n| n.parse::<u32>().ok());
    let winner = decision.winner().unwrap();
    Decided {
        winner: number(&winner.head.name),
        others: decision.also_matching().filter_map(|rule| number(&rule.head.name)).collect(),
        grants: decision.grants().filter_map(|rule| number(&rule.head.name)).collect(),
        nevers: decision.nevers().filter_map(|rule| number(&rule.head.name)).collect(),
        seats: decision.seats().map(|(id, _)| 1 << id.0).sum(),
        captures: decision.captures().map(|(id, _)| 1 << id.0).sum(),
        workspaces: std::array::from_fn(|place| {
            let workspace = provisor::rules::model::WorkspaceId(place as u32);
            decision.profile(workspace).map(|profile| profile.index())
        }),
    }
}

/// Nanoseconds of one call: the best of many short rounds, which other load disturbs least.
fn time(mut call: impl FnMut(usize)) -> f64 {
    const ROUND: usize = 512;
    (0..ROUND).for_each(&mut call);
    let mut best = f64::MAX;
    for _ in 0..60 {
        let start = Instant::now();
        (0..ROUND).for_each(&mut call);
        best = best.min(start.elapsed().as_nanos() as f64 / ROUND as f64);
    }
    best
}

fn ratios(cases: &[Case]) {
    let row = |name: &str, what: &str, ours: f64, theirs: f64| {
        println!("{name:<30} {what:<34} {ours:>8.0} ns {theirs:>8.0} ns {:>6.2}×", ours / theirs);
    };
    println!("{:<30} {:<34} {:>11} {:>11} {:>7}", "", "", "provisor", "other", "ratio");
    for case in cases {
        let mut person = Person::new();
        let ours = time(|n| case.ours(&mut person, n));
        let theirs = time(|n| case.theirs(n));
        row(&case.name, "tree → decision : by hand", ours, theirs);
        let ours = time(|n| case.ours_hosted(&mut person, n));
        let theirs = time(|n| case.theirs_hosted(n));
        row(&case.name, "host's data → decision : by hand", ours, theirs);
        person.read_value(&case.rules, &case.people[0], Groups::Own).unwrap();
        let decide = time(|_| {
            black_box(&case.rules.decide(black_box(&person)));
        });
        row(&case.name, "person → decision : by hand", decide, theirs);
        let bytes = time(|n| case.from_bytes(&mut person, n));
        let typed = time(|n| case.typed(n));
        row(&case.name, "bytes → decision : only serde", bytes, typed);
        let lexed = time(|n| case.lexed(n));
        row(&case.name, "bytes → decision : only our lexer", bytes, lexed);
    }
}

fn criterion(cases: &[Case]) {
    let mut criterion = Criterion::default()
        .configure_from_args()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_millis(900));
    for case in cases {
        let mut group = criterion.benchmark_group(&case.name);
        let mut person = Person::new();
        let mut n = 0;
        let mut bench = |name: &str, mut call: Box<dyn FnMut(usize) + '_>| {
            group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
                bencher.iter(|| {
                    n += 1;
                    call(n);
                });
            });
        };
        bench("tree to decision", Box::new(|n| case.ours(&mut person, n)));
        bench("by hand", Box::new(|n| case.theirs(n)));
        bench("bytes to decision", Box::new(|n| case.from_bytes(&mut person, n)));
        bench("only reading, serde_json", Box::new(|n| case.typed(n)));
        bench("only reading, our lexer", Box::new(|n| case.lexed(n)));
        group.finish();
    }
    criterion.final_summary();
}

fn main() {
    let sizes = [10, 200, 10_000];
    let cases: Vec<_> = [false, true]
        .into_iter()
        .flat_map(|attributes| sizes.map(|count| Case::new(count, attributes)))
        .collect();
    // A profiler wants one thing alone.
    if !std::env::args().any(|argument| argument == "--profile-time") {
        ratios(&cases);
    }
    criterion(&cases);
}
