//! Fills a store with made-up people and groups for measurements, always the same ones:
//!
//! ```text
//! cargo run --release -p provisor-server --example fill -- store.db 100000 1000 [measure]
//! ```
//!
//! Everybody is in two groups; the first 100,000 are in the first group, too. With `measure`
//! single operations are timed afterwards, one at a time, each of them durable.

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use provisor_server::clock::Timestamp;
use provisor_server::id::{Id, Kind, TenantId};
use provisor_server::store::sqlite::{Options, Sqlite};
use provisor_server::store::{Member, NewResource, Store, StoreError};

const TENANT: TenantId = TenantId(1);
/// When they were all made: 2025-01-01.
const START: i64 = 1_735_689_600_000;
/// Resources of one transaction.
const CHUNK: u64 = 5_000;
/// How many are in the first group at most.
const GREATEST: u64 = 100_000;
/// How often an operation is timed.
const ROUNDS: u64 = 2_000;

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (path, users, groups, measure) = match words.as_slice() {
        [path, users, groups] => (path, users.parse()?, groups.parse()?, false),
        [path, users, groups, word] if word == "measure" => {
            (path, users.parse()?, groups.parse()?, true)
        }
        _ => return Err("give a file, a number of users, a number of groups, [measure]".into()),
    };
    let store = Store::new(Sqlite::open(Path::new(path), &Options::default())?);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let began = Instant::now();
    runtime.block_on(fill(&store, users, groups))?;
    tell(&format!("{users} users and {groups} groups in {:.1?}", began.elapsed()))?;
    if measure {
        runtime.block_on(measured(&store, users, groups))?;
    }
    Ok(())
}

async fn fill(store: &Store, users: u64, groups: u64) -> Result<(), StoreError> {
    for start in (0..groups).step_by(step()) {
        let end = (start + CHUNK).min(groups);
        store
            .write::<_, StoreError>(move |tx| {
                (start..end).try_for_each(|number| tx.insert(TENANT, &group(number)))
            })
            .await?;
    }
    for start in (0..users).step_by(step()) {
        let end = (start + CHUNK).min(users);
        store
            .write::<_, StoreError>(move |tx| {
                for number in start..end {
                    tx.insert(TENANT, &user(number))?;
                    let member = [Member { id: id(Kind::User, number), kind: Kind::User }];
                    let greatest = (number < GREATEST).then_some(0);
                    let others = [number % groups.max(1), number.wrapping_mul(7) % groups.max(1)];
                    for of in others.into_iter().chain(greatest) {
                        if groups > 0 {
                            tx.add_members(TENANT, id(Kind::Group, of), &member)?;
                        }
                    }
                }
                Ok(())
            })
            .await?;
    }
    Ok(())
}

async fn measured(store: &Store, users: u64, groups: u64) -> Result<(), Box<dyn Error>> {
    let mut times = Times::default();
    for round in 0..ROUNDS {
        let number = spread(round) % users.max(1);
        let of = id(Kind::User, number);
        let name = user_name(number).to_uppercase();
        times
            .of(
                "look up by userName",
                store.read::<_, StoreError>(move |read| read.user_named(TENANT, &name)),
            )
            .await?;
        times
            .of(
                "read by id",
                store.read::<_, StoreError>(move |read| read.resource(TENANT, Kind::User, of)),
            )
            .await?;
        times
            .of(
                "groups of a user",
                store.read::<_, StoreError>(move |read| read.groups_of(TENANT, of)),
            )
            .await?;
        let new = NewResource { at: Timestamp(START + 1), ..user(number) };
        times.of("update", store.write::<_, StoreError>(move |tx| tx.update(TENANT, &new))).await?;
        for (what, group) in
            [("add to the greatest group", 0), ("add to a small group", groups - 1)]
        {
            let member = Member { id: id(Kind::User, users + round), kind: Kind::User };
            times
                .of(
                    what,
                    store.write::<_, StoreError>(move |tx| {
                        tx.add_members(TENANT, id(Kind::Group, group), &[member])
                    }),
                )
                .await?;
        }
        let new = user(users + round);
        times.of("create", store.write::<_, StoreError>(move |tx| tx.insert(TENANT, &new))).await?;
    }
    times.tell()?;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    for line in status.lines().filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM"))
    {
        tell(line)?;
    }
    Ok(())
}

#[derive(Default)]
struct Times {
    rows: Vec<(&'static str, Vec<Duration>)>,
}

impl Times {
    async fn of<T>(
        &mut self,
        what: &'static str,
        work: impl Future<Output = Result<T, StoreError>>,
    ) -> Result<(), StoreError> {
        let began = Instant::now();
        work.await?;
        let took = began.elapsed();
        match self.rows.iter_mut().find(|(name, _)| *name == what) {
            Some((_, times)) => times.push(took),
            None => self.rows.push((what, vec![took])),
        }
        Ok(())
    }

    fn tell(mut self) -> Result<(), Box<dyn Error>> {
        for (what, times) in &mut self.rows {
            times.sort_unstable();
            let at = |percent: usize| times.get(times.len() * percent / 100).copied();
            let [half, most, all] =
                [at(50), at(99), times.last().copied()].map(Option::unwrap_or_default);
            tell(&format!("{what:28} p50 {half:>10.1?}  p99 {most:>10.1?}  max {all:>10.1?}"))?;
        }
        Ok(())
    }
}

fn user_name(number: u64) -> String {
    format!("Person{number}@example.com")
}

fn user(number: u64) -> NewResource {
    let user_name = user_name(number);
    let (given, family) = (format!("Given{}", number % 977), format!("Family{}", number % 10_007));
    let external = format!("00u{number:016x}");
    let display = format!("{given} {family}");
    let active = !number.is_multiple_of(50);
    let body = format!(
        r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"externalId":"{external}","userName":"{user_name}","name":{{"givenName":"{given}","familyName":"{family}"}},"displayName":"{display}","title":"Engineer {}","active":{active},"emails":[{{"value":"{user_name}","type":"work","primary":true}}],"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{{"employeeNumber":"{number}","department":"Department {}"}}}}"#,
        number % 7,
        number % 40,
    );
    NewResource {
        id: id(Kind::User, number),
        kind: Kind::User,
        body,
        emails: vec![user_name.clone()],
        user_name: Some(user_name),
        display_name: Some(display),
        external_id: Some(external),
        active: Some(active),
        at: Timestamp(START + i64::try_from(number).unwrap_or(0)),
    }
}

fn group(number: u64) -> NewResource {
    let display = format!("Group {number}");
    NewResource {
        id: id(Kind::Group, number),
        kind: Kind::Group,
        body: format!(
            r#"{{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"{display}"}}"#
        ),
        user_name: None,
        display_name: Some(display),
        external_id: None,
        active: None,
        emails: Vec::new(),
        at: Timestamp(START),
    }
}

/// As a UUID of version 7 of its moment would be, but always the same.
fn id(kind: Kind, number: u64) -> Id {
    let (variant, millis) = match kind {
        Kind::User => (0x8000_0000_0000_0000_u128, 1_735_689_600_000 + u128::from(number)),
        Kind::Group => (0x9000_0000_0000_0000, 1_735_000_000_000 + u128::from(number)),
    };
    let rest = u128::from(spread(number) & 0x0fff_ffff_ffff_ffff);
    Id::from_bytes(((millis << 80) | (0x7000 << 64) | variant | rest).to_be_bytes())
}

/// Numbers that look like chance.
fn spread(number: u64) -> u64 {
    let mixed = (number ^ (number >> 31)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 3
}

fn step() -> usize {
    usize::try_from(CHUNK).unwrap_or(usize::MAX)
}

fn tell(line: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{line}")
}
