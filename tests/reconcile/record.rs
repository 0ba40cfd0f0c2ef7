//! The stored form: what is written today must be read by later versions.

use provisor::reconcile::{AreaName, Event, Mode, Record};

/// Never change this text: it stands for records in databases.
const STORED: &str = r#"{
  "version": 1,
  "active": true,
  "assignment": {"name": "Sales"},
  "placed": true,
  "adopted": true,
  "now": {
    "seats": ["engage", "gong"],
    "workspaces": {"emea": "rep"},
    "home": "emea",
    "capture": ["calendar", "no_record"],
    "options": {"consent": "eu"}
  },
  "written": {"seats": ["gong"], "workspaces": {"emea": "rep"}, "home": "emea", "capture": ["calendar"]},
  "modes": {"seats": "automatic", "capture": "manual"},
  "standing": ["no_record"],
  "released": ["forecast"],
  "inert": [{"seat": "engage"}, {"workspace": "emea"}, "home", {"capture": "calendar"}, {"option": "consent"}],
  "pending": "rules",
  "held": [{"item": {"seat": "engage"}}, {"item": {"workspace": "emea"}, "becomes": {"named": "viewer"}}],
  "closed": true
}"#;

#[test]
fn a_record_of_version_1_is_read_and_written_as_it_was() {
    let record: Record = serde_json::from_str(STORED).unwrap();
    assert_eq!(record.mode(AreaName::Seats), Mode::Automatic);
    assert_eq!(record.mode(AreaName::Options), Mode::Manual);
    let written = serde_json::to_value(&record).unwrap();
    assert_eq!(written, serde_json::from_str::<serde_json::Value>(STORED).unwrap());
}

#[test]
fn the_shortest_record_is_read() {
    let record: Record = serde_json::from_str(r#"{"version": 1, "active": false}"#).unwrap();
    assert!(record.assignment.is_none() && !record.placed && !record.closed);
}

#[test]
fn a_record_of_a_later_version_or_without_one_is_refused() {
    for (text, message) in [
        (
            r#"{"version": 2, "active": true}"#,
            "a record of version 2, of which this Provisor knows only 1",
        ),
        (r#"{"active": true}"#, "missing field `version`"),
        (r#"{"version": 1, "active": true, "colour": "red"}"#, "unknown field `colour`"),
    ] {
        let error = serde_json::from_str::<Record>(text).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}

#[test]
fn events_have_a_readable_form() {
    for text in [
        r#""created""#,
        r#"{"adopted":{"seats":["gong"],"home":"emea"}}"#,
        r#"{"groupRenamed":{"formerNameListed":true}}"#,
        r#"{"handEdit":{"by":"csv","set":{"active":true,"seats":{"gong":false},"workspaces":{"emea":null}}}}"#,
        r#""confirm""#,
    ] {
        let event: Event = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&event).unwrap(), text);
    }
}
