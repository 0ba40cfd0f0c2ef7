//! The brake: counting, holding, confirming, and single events in between.

use provisor::reconcile::{Brake, Context, Event, Reconciled, Record, Values, reconcile};
use provisor::rules::model::{MaxRemovals, Settings};

use super::story::{catalogue, show, target};

/// So many members of `sales`, what the rules change them to, and what happens then.
struct Batch {
    settings: Settings,
    records: Vec<Record>,
}

impl Batch {
    fn new(members: usize, sales: &str) -> Self {
        let settings = Settings { propagate_at_once: true, ..Settings::default() };
        let mut batch = Self { settings, records: Vec::new() };
        for _ in 0..members {
            let answer = batch.happen(None, &Event::Created, sales);
            batch.records.push(answer.record.unwrap());
        }
        batch
    }

    fn happen(&self, record: Option<&Record>, event: &Event, sales: &str) -> Reconciled {
        let catalogue = catalogue();
        let context = Context::new(&catalogue, &self.settings);
        let answer = reconcile(&context, record, event, &target("sales", sales));
        let again = reconcile(&context, answer.record.as_ref(), event, &target("sales", sales));
        assert_eq!(again.changes, []);
        assert_eq!(again.record, answer.record);
        answer
    }

    /// One batch over all members; answers whether the brake was on, and the first member's lines.
    fn batch(&mut self, max: MaxRemovals, event: &Event, sales: &[&str]) -> (bool, Vec<String>) {
        let catalogue = catalogue();
        let context = Context::new(&catalogue, &self.settings);
        let mut brake = Brake::new(max, self.records.len() as u64);
        let decided = |place: usize| target("sales", sales[place % sales.len()]);
        let mut answers = Vec::new();
        for (place, record) in self.records.iter().enumerate() {
            let answer = reconcile(&context, Some(record), event, &decided(place));
            brake.count(&answer);
            answers.push(answer);
        }
        if brake.is_on() {
            for (answer, record) in answers.iter_mut().zip(&self.records) {
                *answer = Brake::hold(&context, Some(record), answer.clone());
            }
        }
        self.records = answers.iter().map(|answer| answer.record.clone().unwrap()).collect();
        for (place, record) in self.records.iter().enumerate() {
            let again = reconcile(&context, Some(record), event, &decided(place));
            assert_eq!(again.changes, [], "the same batch again changes something");
            assert_eq!(again.record.as_ref(), Some(record));
        }
        (brake.is_on(), show(&answers[0]))
    }

    fn single(&mut self, event: &Event, sales: &str) -> Vec<String> {
        let answer = self.happen(Some(&self.records[0]), event, sales);
        self.records[0] = answer.record.clone().unwrap();
        show(&answer)
    }

    fn has(&self) -> &Values {
        &self.records[0].now
    }
}

const TEN: MaxRemovals = MaxRemovals::Percent(10);
const TWO: MaxRemovals = MaxRemovals::Count(2);

#[test]
fn a_batch_that_takes_from_few_is_written() {
    let mut batch = Batch::new(2, "automatic; seats gong");
    let (on, told) = batch.batch(TWO, &Event::RulesChanged, &["automatic"]);
    assert!(!on);
    assert_eq!(told, ["- seat gong  row 4"]);
}

#[test]
fn a_batch_that_takes_from_more_than_a_number_is_held_and_listed_while_additions_are_written() {
    let mut batch = Batch::new(3, "automatic; seats gong; in apac: manager; capture email");
    let changed =
        "automatic; seats engage; in apac: viewer; in global: viewer; capture calendar; home apac";
    let (on, told) = batch.batch(TWO, &Event::RulesChanged, &[changed]);
    assert!(on);
    assert_eq!(
        told,
        [
            "+ seat engage  row 4",
            "~ in global none -> viewer  row 4",
            "~ home none -> apac  row 4",
            "+ capture calendar  row 4",
            "held - seat gong  row 4",
            "held ~ in apac manager -> viewer  row 4",
            "held - capture email  row 4",
        ]
    );
    assert_eq!(
        batch.single(&Event::Confirm, changed),
        [
            "- seat gong  confirmed",
            "~ in apac manager -> viewer  confirmed",
            "- capture email  confirmed",
            "i seat engage does nothing without seat gong",
        ]
    );
    assert_eq!(batch.single(&Event::Confirm, changed), [""; 0]);
}

#[test]
fn a_percentage_counts_active_members_and_never_fewer_than_five_members() {
    for (members, losing, on) in [(20, 5, false), (20, 6, true), (100, 10, false), (100, 11, true)]
    {
        let mut brake = Brake::new(TEN, members);
        let mut batch = Batch::new(1, "automatic; seats gong");
        let losses = batch.single(&Event::Updated, "automatic");
        assert_eq!(losses, ["- seat gong  row 4"]);
        let lost = Batch::new(1, "automatic; seats gong");
        let lost = lost.happen(Some(&lost.records[0]), &Event::Updated, "automatic");
        (0..losing).for_each(|_| brake.count(&lost));
        assert_eq!(brake.is_on(), on, "{losing} of {members}");
        assert_eq!(brake.losing(), losing);
    }
}

#[test]
fn a_percentage_of_a_fraction_of_a_member_rounds_down() {
    assert_eq!(Brake::new(TEN, 79).allowed(), Some(7));
    assert_eq!(Brake::new(MaxRemovals::Percent(150), u64::MAX).allowed(), Some(u64::MAX));
}

#[test]
fn max_removals_none_never_holds() {
    let mut batch = Batch::new(9, "automatic; seats gong");
    assert!(!batch.batch(MaxRemovals::None, &Event::Apply, &["automatic"]).0);
    assert!(batch.has().seats.is_empty());
}

#[test]
fn max_removals_0_holds_the_first() {
    let mut batch = Batch::new(1, "automatic; seats gong");
    assert!(batch.batch(MaxRemovals::Count(0), &Event::Apply, &["automatic"]).0);
}

#[test]
fn members_who_only_gain_do_not_count() {
    let mut batch = Batch::new(4, "automatic; in apac: viewer; option consent: eu; home apac");
    let gain = "automatic; seats gong; in apac: admin; option consent: us; home emea";
    let loss = "automatic; option consent: eu; home apac";
    let (on, _) = batch.batch(TWO, &Event::GroupDeleted, &[gain, loss]);
    assert!(!on, "two of four lose a profile");
}

#[test]
fn capture_items_that_a_never_forbids_count_and_are_not_held() {
    let mut batch = Batch::new(3, "automatic; seats gong; capture phone, email");
    let (on, told) = batch.batch(
        TWO,
        &Event::RulesChanged,
        &["automatic; never cost: seat gong; never calls: capture phone"],
    );
    assert!(on);
    assert_eq!(
        told,
        [
            "- capture phone  never calls",
            "held - seat gong  never cost",
            "held - capture email  row 4",
        ]
    );
}

#[test]
fn what_is_held_survives_single_events_and_their_nevers() {
    let mut batch = Batch::new(3, "automatic; seats gong, engage; capture email");
    let cut = "automatic; never cost: seat engage";
    batch.batch(TWO, &Event::RulesChanged, &[cut]);
    let told =
        batch.single(&Event::Updated, "automatic; capture calendar; never cost: seat engage");
    assert_eq!(
        told,
        [
            "+ capture calendar  row 4",
            "held - seat engage  never cost",
            "held - seat gong  row 4",
            "held - capture email  row 4",
        ]
    );
    let told = batch
        .single(&Event::Updated, "automatic; never mail: capture email; never cost: seat engage");
    assert_eq!(
        told,
        [
            "- capture calendar  row 4",
            "- capture email  never mail",
            "held - seat engage  never cost",
            "held - seat gong  row 4",
        ]
    );
}

#[test]
fn what_is_wanted_again_is_no_longer_held() {
    let mut batch = Batch::new(3, "automatic; seats gong");
    batch.batch(TWO, &Event::RulesChanged, &["automatic"]);
    assert_eq!(batch.single(&Event::Updated, "automatic; seats gong"), [""; 0]);
    assert_eq!(batch.records[0].held, []);
    assert_eq!(batch.single(&Event::Updated, "automatic"), ["- seat gong  row 4"]);
}

#[test]
fn what_becomes_of_a_held_profile_follows_later_decisions() {
    let mut batch = Batch::new(3, "automatic; in apac: admin");
    batch.batch(TWO, &Event::RulesChanged, &["automatic"]);
    batch.single(&Event::Updated, "automatic; in apac: viewer");
    assert_eq!(
        batch.single(&Event::Confirm, "automatic; in apac: viewer"),
        ["~ in apac admin -> viewer  confirmed"]
    );
}

#[test]
fn a_removal_that_was_due_once_is_still_confirmed_in_a_manual_area() {
    let mut batch = Batch::new(3, "automatic; seats gong");
    batch.settings.propagate_at_once = true;
    let moved = target("support", "manual");
    let catalogue = catalogue();
    let context = Context::new(&catalogue, &batch.settings);
    let record = batch.records[0].clone();
    let answer = reconcile(&context, Some(&record), &Event::Apply, &moved);
    assert_eq!(show(&answer), ["- seat gong  row 7"]);
    let held = Brake::hold(&context, Some(&record), answer).record.unwrap();
    let kept = reconcile(&context, Some(&held), &Event::Updated, &moved);
    assert_eq!(show(&kept), [""; 0]);
    let confirmed = reconcile(&context, kept.record.as_ref(), &Event::Confirm, &moved);
    assert_eq!(show(&confirmed), ["- seat gong  confirmed"]);
}

#[test]
fn a_held_seat_counts_as_gone_where_a_ceiling_lowers_a_profile() {
    let batch = Batch::new(1, "automatic; seats gong; in apac: admin");
    let catalogue = catalogue();
    let context = Context::new(&catalogue, &batch.settings);
    let record = batch.records[0].clone();
    let moved = target("support", "manual; in apac: admin");
    let answer = reconcile(&context, Some(&record), &Event::Apply, &moved);
    assert_eq!(show(&answer), ["- seat gong  row 7"]);
    let held = Brake::hold(&context, Some(&record), answer).record.unwrap();
    let juniors = target("support", "manual; never juniors: in apac at most rep");
    let lowered = reconcile(&context, Some(&held), &Event::Updated, &juniors);
    assert_eq!(show(&lowered), ["~ in apac admin -> none  never juniors"]);
}

#[test]
fn what_is_held_is_no_hand_edit_later() {
    let mut batch = Batch::new(3, "automatic; seats gong");
    batch.batch(TWO, &Event::RulesChanged, &["automatic"]);
    batch.single(&Event::Confirm, "automatic");
    assert_eq!(batch.single(&Event::Updated, "automatic; seats gong"), ["+ seat gong  row 4"]);
}

#[test]
fn a_hand_edit_neither_writes_what_is_held_nor_forgets_it() {
    let mut batch = Batch::new(3, "manual; seats gong; capture email");
    let cut = "manual; capture email; never cost: seat gong";
    batch.batch(TWO, &Event::RulesChanged, &[cut]);
    assert_eq!(batch.records[0].held.len(), 1);
    let edit =
        serde_json::json!({"handEdit": {"by": "admin", "set": {"capture": {"email": false}}}});
    let edit: Event = serde_json::from_value(edit).unwrap();
    assert_eq!(batch.single(&edit, cut), ["- capture email  by hand"]);
    assert!(batch.has().seats.contains("gong"));
    assert_eq!(batch.single(&Event::Confirm, cut), ["- seat gong  confirmed"]);
}

#[test]
fn a_held_seat_is_released_by_deactivation_and_confirmed_meanwhile() {
    let mut batch = Batch::new(3, "automatic; seats gong, engage; capture email");
    batch.batch(TWO, &Event::RulesChanged, &["automatic; seats gong"]);
    assert_eq!(
        batch.single(&Event::Updated, "off"),
        ["- seat engage  released", "- seat gong  released"]
    );
    assert_eq!(batch.single(&Event::Confirm, "off"), ["- capture email  confirmed"]);
    assert_eq!(batch.records[0].released.iter().collect::<Vec<_>>(), ["gong"]);
}

#[test]
fn single_person_events_never_count() {
    let batch = [Event::RulesChanged, Event::GroupDeleted, Event::Apply];
    assert!(batch.iter().all(Event::counts_for_brake));
    assert!(Event::GroupRenamed { former_name_listed: false }.counts_for_brake());
    let single = [Event::Created, Event::Updated, Event::GroupsChanged, Event::Deleted];
    assert!(!single.iter().any(Event::counts_for_brake));
}

#[test]
fn a_deactivation_within_a_batch_is_neither_counted_nor_held() {
    let mut batch = Batch::new(3, "automatic; seats gong");
    let (on, told) = batch.batch(MaxRemovals::Count(0), &Event::Apply, &["off"]);
    assert!(!on);
    assert_eq!(told, ["- seat gong  released"]);
}

#[test]
fn some_of_what_is_held_can_be_confirmed_and_the_rest_stays_held() {
    let seat = |id: &str| provisor::reconcile::Item::Seat(id.to_owned());
    for (state, taken) in [("automatic", "- seat engage  confirmed"), ("off", "")] {
        let mut batch = Batch::new(3, "automatic; seats gong, engage");
        batch.batch(TWO, &Event::RulesChanged, &["automatic"]);
        batch.single(&Event::Updated, state);
        let catalogue = catalogue();
        let context = Context::new(&catalogue, &batch.settings);
        let (before, target) = (&batch.records[0], target("sales", state));
        let chosen = Brake::confirm(&context, before, &target, |item| *item == seat("engage"));
        assert_eq!(show(&chosen).concat(), taken);
        let after = chosen.record.unwrap();
        assert_eq!(
            after.held,
            before.held.iter().filter(|h| h.item == seat("gong")).cloned().collect::<Vec<_>>()
        );
        assert_eq!(after.now.seats.contains("gong"), before.now.seats.contains("gong"));
        assert_eq!(after.released.contains("gong"), before.released.contains("gong"));
    }
}
