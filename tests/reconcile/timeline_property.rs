//! Random people through random rules, edits and batches: what must hold after every event.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use provisor::reconcile::{
    AreaName, Brake, Cause, CeilingOf, Context, Edit, Editor, Event, HandEdit, Item, Reconciled,
    Record, Target, Value, Values, Wanted, reconcile,
};
use provisor::rules::model::{Catalogue, OnMove, Settings};

use super::story::catalogue;

const SEATS: [&str; 3] = ["gong", "engage", "forecast"];
const PROFILES: [&str; 5] = ["viewer", "rep", "manager", "admin", "auditor"];
const WORKSPACES: [&str; 2] = ["global", "apac"];
const CAPTURES: [&str; 8] =
    ["calendar", "web", "phone", "email", "export", "no_record", "no_calendar", "no_email"];
const CHOICES: [&str; 2] = ["eu", "us"];

/// What may happen to one member next.
#[derive(Debug, Clone)]
struct Moment {
    event: Event,
    target: Target,
    /// The batch that the event belongs to takes from too many.
    braked: bool,
}

fn names(of: &'static [&'static str]) -> impl Strategy<Value = BTreeSet<String>> {
    subsequence(of, 0..=of.len()).prop_map(|list| list.into_iter().map(str::to_owned).collect())
}

fn profiles() -> impl Strategy<Value = BTreeMap<String, String>> {
    let some = prop::option::of(select(&PROFILES[..]));
    prop::collection::vec(some, WORKSPACES.len()).prop_map(|list| {
        let places = WORKSPACES.iter().zip(list);
        places.filter_map(|(w, p)| Some(((*w).to_owned(), p?.to_owned()))).collect()
    })
}

fn values() -> impl Strategy<Value = Values> {
    let home = prop::option::of(select(&WORKSPACES[..]).prop_map(str::to_owned));
    let consent = prop::option::of(select(&CHOICES[..]));
    (names(&SEATS), profiles(), home, names(&CAPTURES), consent).prop_map(
        |(seats, workspaces, home, capture, consent)| Values {
            seats,
            workspaces,
            home,
            capture,
            options: consent.map(|c| ("consent".into(), c.into())).into_iter().collect(),
        },
    )
}

/// Decisions as step 5 makes them, but for prerequisites, which reconcile takes as they come.
fn decision() -> impl Strategy<Value = Target> {
    let who = select(vec![("sales", false), ("support", false), ("nobody", true)]);
    let never = names(&SEATS);
    let calls = prop_oneof![3 => Just(BTreeSet::new()), 1 => names(&CAPTURES)];
    let ceiling = prop::option::of(prop::option::of(select(&PROFILES[..4])));
    let automatic = subsequence(&AreaName::ALL[..], 0..=4);
    let governs = any::<bool>();
    (who, values(), never, calls, ceiling, automatic, governs, any::<bool>()).prop_map(
        |((assignment, default), mut get, never, calls, ceiling, automatic, governs, few)| {
            let nevers = |id: String| (id, vec!["never".to_owned()]);
            let never = if few { BTreeSet::new() } else { never };
            get.seats.retain(|id| !never.contains(id));
            get.capture.retain(|id| !calls.contains(id));
            let catalogue = catalogue();
            let vetoed = excluded(&catalogue, &get.capture);
            get.capture.retain(|id| !vetoed.contains(id));
            let ceilings: BTreeMap<String, CeilingOf> = ceiling
                .map(|profile| {
                    let profile = profile.map(str::to_owned);
                    ("apac".to_owned(), CeilingOf { profile, nevers: vec!["never".to_owned()] })
                })
                .into_iter()
                .collect();
            get.workspaces.retain(|w, p| ceilings.get(w).is_none_or(|c| !is_above(p, c)));
            let options = if governs {
                BTreeMap::from([("consent".to_owned(), get.options.get("consent").cloned())])
            } else {
                BTreeMap::new()
            };
            Target::Active(Wanted {
                assignment: assignment.into(),
                default,
                seats: get.seats,
                workspaces: get.workspaces,
                home: get.home.filter(|_| governs),
                capture: get.capture,
                options,
                automatic: automatic.into_iter().collect(),
                forbidden_seats: never.into_iter().map(nevers).collect(),
                forbidden_capture: calls.into_iter().map(nevers).collect(),
                ceilings,
                ..Wanted::default()
            })
        },
    )
}

fn edit() -> impl Strategy<Value = Event> {
    let flags = |of: &'static [&'static str]| {
        prop::collection::btree_map(select(of).prop_map(str::to_owned), any::<bool>(), 0..3)
    };
    let places = prop::collection::btree_map(
        select(&WORKSPACES[..]).prop_map(str::to_owned),
        prop::option::of(select(&PROFILES[..]).prop_map(str::to_owned)),
        0..2,
    );
    let home = prop::option::of(select(&WORKSPACES[..]).prop_map(str::to_owned));
    let by = select(vec![Editor::Admin, Editor::Manager, Editor::Csv]);
    let active = prop_oneof![9 => Just(None), 1 => any::<bool>().prop_map(Some)];
    (by, flags(&SEATS), places, home, flags(&CAPTURES), active).prop_map(
        |(by, seats, workspaces, home, capture, active)| {
            let set = Edit { active, seats, workspaces, home, capture, ..Edit::default() };
            Event::HandEdit(HandEdit { by, set })
        },
    )
}

fn moment() -> impl Strategy<Value = Moment> {
    let event = prop_oneof![
        2 => Just(Event::Created),
        2 => values().prop_map(Event::Adopted),
        6 => Just(Event::Updated),
        3 => Just(Event::GroupsChanged),
        1 => Just(Event::GroupDeleted),
        1 => any::<bool>().prop_map(|former_name_listed| Event::GroupRenamed { former_name_listed }),
        4 => Just(Event::RulesChanged),
        2 => Just(Event::Apply),
        1 => Just(Event::Deleted),
        8 => edit(),
        2 => Just(Event::Confirm),
    ];
    let target = prop_oneof![6 => decision(), 1 => Just(Target::Deactivated)];
    (event, target, any::<bool>()).prop_map(|(event, target, braked)| Moment {
        event,
        target,
        braked,
    })
}

fn settings() -> impl Strategy<Value = Settings> {
    let on_move = select(vec![OnMove::Either, OnMove::Target, OnMove::Always]);
    (on_move, any::<[bool; 7]>()).prop_map(|(on_move, flags)| {
        let [adopt, always, releases, at_once, store, by_name, managers] = flags;
        Settings {
            on_move,
            on_adopt_apply: adopt,
            reactivate_always: always,
            deactivate_releases_seats: releases,
            propagate_at_once: at_once,
            withheld_store: store,
            group_identity_name: by_name,
            managers_edit_capture: managers,
            ..Settings::default()
        }
    })
}

fn excluded(catalogue: &Catalogue, capture: &BTreeSet<String>) -> BTreeSet<String> {
    let on = catalogue.captures.iter().filter(|item| capture.contains(&item.naming.id));
    let ids = on.flat_map(|item| item.excludes.iter());
    ids.map(|id| catalogue.capture(*id).unwrap().naming.id.clone()).collect()
}

/// In the order of `PROFILES`; the last is outside the profile order, so above every ceiling.
fn is_above(profile: &str, ceiling: &CeilingOf) -> bool {
    let rank = |profile: &str| PROFILES.iter().position(|p| *p == profile).unwrap();
    ceiling.profile.as_ref().is_none_or(|highest| rank(profile) > rank(highest))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_laws_of_the_life_cycle_hold_after_every_event(
        settings in settings(),
        moments in prop::collection::vec(moment(), 1..14),
    ) {
        let catalogue = catalogue();
        let context = Context::new(&catalogue, &settings);
        let mut record: Option<Record> = None;
        for Moment { event, target, braked } in moments {
            let mut answer = reconcile(&context, record.as_ref(), &event, &target);
            if braked && event.counts_for_brake() {
                answer = Brake::hold(&context, record.as_ref(), answer);
            }
            let again = reconcile(&context, answer.record.as_ref(), &event, &target);
            prop_assert_eq!(&again.changes, &vec![], "twice changes something: {:?}", event);
            prop_assert_eq!(&again.record, &answer.record, "twice differs: {:?}", event);

            refused_edits_change_nothing(record.as_ref(), &answer)?;
            changes_tell_the_difference(record.as_ref(), &event, &answer)?;
            if let Some(after) = &answer.record {
                let stored = serde_json::to_string(after).unwrap();
                prop_assert_eq!(&serde_json::from_str::<Record>(&stored).unwrap(), after);
                standing_vetoes_stay(record.as_ref(), &event, &target, after)?;
                if let Target::Active(wanted) = &target
                    && answer.refusals.is_empty() && after.active {
                        nothing_forbidden_survives(wanted, after)?;
                        automatic_areas_equal_the_decision(&catalogue, &settings, &event, wanted, after)?;
                    }
            }
            record = answer.record;
        }
    }
}

fn refused_edits_change_nothing(
    before: Option<&Record>,
    answer: &Reconciled,
) -> Result<(), TestCaseError> {
    if !answer.refusals.is_empty() {
        prop_assert_eq!(answer.record.as_ref(), before);
        prop_assert!(answer.changes.is_empty() && answer.held.is_empty());
    }
    Ok(())
}

/// Writing the changes into what the member had gives what the record says.
fn changes_tell_the_difference(
    before: Option<&Record>,
    event: &Event,
    answer: &Reconciled,
) -> Result<(), TestCaseError> {
    let Some(after) = &answer.record else { return Ok(()) };
    let open = before.filter(|record| !record.closed || *record == after);
    let mut now = match (open, event) {
        (Some(record), _) => record.now.clone(),
        (None, Event::Adopted(found)) => found.clone(),
        (None, _) => Values::default(),
    };
    for change in &answer.changes {
        prop_assert_eq!(&now.get(&change.item), &change.before);
        prop_assert_ne!(&change.before, &change.after);
        if let Cause::Row(row) = change.cause {
            let writes = [1, 2, 3, 4, 6, 7, 8, 12].contains(&row.number());
            prop_assert!(writes, "a row that keeps has changed something: {change:?}");
        }
        now.set(&change.item, change.after.clone());
    }
    prop_assert_eq!(&now, &after.now);
    Ok(())
}

fn standing_vetoes_stay(
    before: Option<&Record>,
    event: &Event,
    target: &Target,
    after: &Record,
) -> Result<(), TestCaseError> {
    let forbidden = |veto: &String| match target {
        Target::Active(wanted) => wanted.forbidden_capture.contains_key(veto),
        Target::Deactivated => false,
    };
    let switched_off = |veto: &String| match event {
        Event::HandEdit(edit) => edit.set.capture.get(veto) == Some(&false),
        _ => false,
    };
    for veto in before.filter(|record| !record.closed).into_iter().flat_map(|r| &r.standing) {
        let stands = after.standing.contains(veto);
        prop_assert!(stands || forbidden(veto) || switched_off(veto), "{veto} was dropped");
    }
    for veto in &after.standing {
        prop_assert!(after.now.capture.contains(veto), "{veto} stands and is off");
    }
    Ok(())
}

fn nothing_forbidden_survives(wanted: &Wanted, after: &Record) -> Result<(), TestCaseError> {
    let held = |item: Item| after.held.iter().any(|held| held.item == item);
    for seat in wanted.forbidden_seats.keys() {
        let gone = !after.now.seats.contains(seat);
        prop_assert!(gone || held(Item::Seat(seat.clone())), "seat {seat} is forbidden");
    }
    for id in wanted.forbidden_capture.keys() {
        prop_assert!(!after.now.capture.contains(id), "capture {id} is forbidden");
    }
    for (workspace, ceiling) in &wanted.ceilings {
        let above = after.now.workspaces.get(workspace).is_some_and(|p| is_above(p, ceiling));
        prop_assert!(!above || held(Item::Workspace(workspace.clone())), "above the ceiling");
    }
    Ok(())
}

fn automatic_areas_equal_the_decision(
    catalogue: &Catalogue,
    settings: &Settings,
    event: &Event,
    wanted: &Wanted,
    after: &Record,
) -> Result<(), TestCaseError> {
    let waits = matches!(event, Event::HandEdit(_) | Event::Confirm | Event::Deleted)
        || after.pending.is_some()
        || *event == Event::RulesChanged && !settings.propagate_at_once
        || matches!(event, Event::GroupRenamed { former_name_listed: true });
    if waits {
        return Ok(());
    }
    let protected = excluded(catalogue, &after.standing);
    for area in &wanted.automatic {
        let items: BTreeSet<Item> = after.now.items().chain(decided_items(wanted)).collect();
        for item in items.into_iter().filter(|item| item.area() == *area) {
            let mut expected = decided(wanted, &item);
            match &item {
                Item::Capture(id) if after.standing.contains(id) => expected = Some(Value::On),
                Item::Capture(id) if protected.contains(id) => expected = None,
                Item::Home if wanted.home.is_none() => continue,
                Item::Option(id) if !wanted.options.contains_key(id) => continue,
                _ => {}
            }
            let now = after.now.get(&item);
            // What requires a protected item is kept off with it, unless stored inert.
            let dependent = now.is_none()
                && !settings.withheld_store
                && matches!(&item, Item::Capture(id)
                    if (id == "web" && protected.contains("calendar"))
                        || (id == "export" && protected.contains("email")));
            let held = after.held.iter().any(|held| held.item == item);
            prop_assert!(
                now == expected || dependent || held,
                "{item:?} is {now:?}, not {expected:?}"
            );
        }
    }
    Ok(())
}

fn decided_items(wanted: &Wanted) -> impl Iterator<Item = Item> {
    let values = Values {
        seats: wanted.seats.clone(),
        workspaces: wanted.workspaces.clone(),
        home: wanted.home.clone(),
        capture: wanted.capture.clone(),
        options: wanted.options.iter().filter_map(|(o, c)| Some((o.clone(), c.clone()?))).collect(),
    };
    values.items().collect::<Vec<_>>().into_iter()
}

fn decided(wanted: &Wanted, item: &Item) -> Option<Value> {
    match item {
        Item::Seat(id) => wanted.seats.contains(id).then_some(Value::On),
        Item::Capture(id) => wanted.capture.contains(id).then_some(Value::On),
        Item::Workspace(id) => wanted.workspaces.get(id).cloned().map(Value::Named),
        Item::Home => wanted.home.clone().map(Value::Named),
        Item::Option(id) => wanted.options.get(id).cloned().flatten().map(Value::Named),
    }
}
