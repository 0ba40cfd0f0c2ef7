//! Any text: a filter or PATCH path that is read prints to one that reads the same, and every
//! filter that fits a resource type answers.

#![no_main]

use libfuzzer_sys::fuzz_target;
use provisor::json::Json;
use provisor::scim::filter::{self, Options, Policy};
use provisor::scim::patch_path;
use provisor::scim::schema::Schemas;

fuzz_target!(|text: &str| {
    let schemas = Schemas::standard();
    for options in [Options::strict(), Options::lenient(), Options::tolerant()] {
        match filter::parse(text, &schemas, options) {
            Ok(filter) => {
                let again = filter::parse(&filter.to_string(), &schemas, options);
                assert!(again.is_ok_and(|again| again == filter), "printing changes {filter:?}");
                if let Ok(checked) = filter.validate(&schemas, "User", Policy::default()) {
                    let _ = checked.matches(&Json::Null);
                }
            }
            Err(error) => assert!(error.offset().is_some_and(|at| text.is_char_boundary(at))),
        }
        if let Ok(path) = patch_path::parse(text, &schemas, options) {
            let again = patch_path::parse(&path.to_string(), &schemas, options);
            assert!(again.is_ok_and(|again| again == path), "printing changes {path:?}");
        }
    }
});
