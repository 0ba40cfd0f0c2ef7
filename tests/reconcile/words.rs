//! Answers in words.

use provisor::reconcile::{
    Cause, Change, Drift, DriftKind, Item, Note, Reason, Refusal, Row, Value,
};

#[test]
fn changes_say_what_becomes_of_whom_and_why() {
    let seat = || Item::Seat("gong".into());
    let emea = || Item::Workspace("emea".into());
    let named = |name: &str| Some(Value::Named(name.into()));
    let change = |item: Item, before: Option<Value>, after: Option<Value>, cause: Cause| Change {
        area: item.area(),
        item,
        before,
        after,
        cause,
        over_hand_edit: false,
        takes: false,
        inert: false,
    };
    let mut over = change(emea(), named("rep"), named("viewer"), Cause::Row(Row::MoveToAutomatic));
    over.over_hand_edit = true;
    let mut inert = change(seat(), None, Some(Value::On), Cause::Row(Row::Creation));
    inert.inert = true;
    let two = || vec!["Works council".to_owned(), "Leavers".to_owned()];
    let lines = [
        inert,
        over,
        change(seat(), Some(Value::On), None, Cause::Never(two())),
        change(Item::Home, None, named("emea"), Cause::HandEdit),
        change(
            Item::Capture("web".into()),
            Some(Value::On),
            None,
            Cause::StandingVeto(vec!["no_record".into()]),
        ),
        change(Item::Option("consent".into()), named("eu"), None, Cause::Row(Row::SameAutomatic)),
        change(seat(), Some(Value::On), None, Cause::Released),
        change(seat(), None, Some(Value::On), Cause::BroughtBack),
        change(emea(), named("rep"), None, Cause::Confirmed),
    ];
    let text: Vec<String> = lines.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(text.join("\n"), @r"
    seat `gong`: off -> on (row 1: creation; inert)
    profile in `emea`: `rep` -> `viewer` over a hand edit (row 6: move to automatic)
    seat `gong`: on -> off (never `Works council`, `Leavers`)
    home: none -> `emea` (hand edit)
    capture `web`: on -> off (standing veto `no_record`)
    option `consent`: `eu` -> none (row 4: same assignment, automatic)
    seat `gong`: on -> off (released)
    seat `gong`: off -> on (brought back)
    profile in `emea`: `rep` -> none (confirmed)
    ");
}

#[test]
fn refusals_say_who_decides_and_what_to_do() {
    let item = || Some(Item::Capture("phone".into()));
    let names = || vec!["Works council".to_owned()];
    let lines = [
        Refusal { item: None, reason: Reason::NoRecord },
        Refusal { item: None, reason: Reason::SourceOwns },
        Refusal { item: None, reason: Reason::Deactivated },
        Refusal { item: item(), reason: Reason::Unknown },
        Refusal { item: item(), reason: Reason::ManagersMayNot },
        Refusal { item: item(), reason: Reason::Forbidden(names()) },
        Refusal { item: item(), reason: Reason::Locked("Sales managers".into()) },
        Refusal { item: item(), reason: Reason::Vetoed(vec!["no_record".into()]) },
    ];
    let text: Vec<String> =
        lines.iter().map(|refusal| format!("{refusal}\n  {}", refusal.help())).collect();
    insta::assert_snapshot!(text.join("\n"), @r"
    the source has not sent this member
      let the source send the person, or adopt the member, first
    whether a member is active is for the source to say
      activate or deactivate the person in the identity provider
    the member is deactivated
      reactivate the person in the identity provider first
    capture `phone`: the catalogue does not have this
      check the name against the catalogue of the rules
    capture `phone`: managers may not edit capture here
      ask an admin, or change `managers_edit_capture`
    capture `phone`: forbidden by never `Works council`
      change the never, or whom it matches, in the rules
    capture `phone` is locked: assignment `Sales managers` updates capture automatically
      change the assignment, or the person's groups at the source
    capture `phone`: veto `no_record` is on and excludes it
      switch the veto off first
    ");
}

#[test]
fn drift_and_notes_are_one_line_each() {
    let named = |name: &str| Some(Value::Named(name.into()));
    let drift = |kind| Drift {
        item: Item::Workspace("emea".into()),
        kind,
        now: named("viewer"),
        written: named("rep"),
        decided: None,
    };
    let seat = || Item::Seat("engage".into());
    let missing = vec![Item::Seat("gong".into()), Item::Capture("calendar".into())];
    let veto = || "no_record".to_owned();
    let text = [
        drift(DriftKind::ChangedByHand).to_string(),
        drift(DriftKind::NotApplied).to_string(),
        Note::Inert { item: seat(), missing }.to_string(),
        Note::KeptOff { item: Item::Capture("web".into()), vetoes: vec![veto()] }.to_string(),
        Note::Stands { veto: veto() }.to_string(),
        Note::NoLongerStands { veto: veto(), nevers: vec!["Duty".into()] }.to_string(),
        Note::Unknown { item: seat() }.to_string(),
    ];
    insta::assert_snapshot!(text.join("\n"), @r"
    profile in `emea`: changed by hand from `rep` to `viewer`
    profile in `emea`: not applied, none is decided
    seat `engage` does nothing without seat `gong` and capture `calendar`
    capture `web` is kept off by standing veto `no_record`
    veto `no_record` stands from now on
    veto `no_record` no longer stands: never `Duty` forbids it
    seat `engage`: the catalogue does not have this
    ");
}
