//! The crate's README says what is so.

use std::path::Path;

use provisor_clients::action::ROWS;
use provisor_clients::field::Field;
use provisor_clients::provider::Provider;
use provisor_clients::script::Script;

fn text() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}

#[test]
fn its_script_can_be_played() {
    let text = text();
    let script = text.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    let script = Script::read(script).unwrap();
    assert_eq!(script.actions.len(), 7);
}

#[test]
fn it_names_every_action_field_and_client() {
    let text = text();
    for row in ROWS {
        assert!(text.contains(&format!("`{}`", row.name)), "{}", row.name);
    }
    for field in Field::ALL {
        assert!(text.contains(&format!("`{field}`")), "{field}");
    }
    for provider in Provider::ALL {
        let name = provider.name();
        let family = name.split('-').next().unwrap();
        let named = [format!("`{name}`"), format!("`{family}-*`")];
        assert!(named.iter().any(|one| text.contains(one)), "{name}");
    }
}
