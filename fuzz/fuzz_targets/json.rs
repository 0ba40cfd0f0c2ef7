//! Any bytes: read, skipped and pulled alike, and what was read is written and read back.

#![no_main]

use libfuzzer_sys::fuzz_target;
use provisor::json::{Lexer, parse};

fuzz_target!(|bytes: &[u8]| {
    let read = parse(bytes);
    let skipped = Lexer::new(bytes).and_then(|mut lexer| {
        lexer.skip()?;
        lexer.finish()
    });
    match (&read, &skipped) {
        (Ok(json), Ok(())) => {
            assert_eq!(parse(json.to_string().as_bytes()).as_ref().ok(), Some(json));
            assert_eq!(parse(format!("{json:#}").as_bytes()).as_ref().ok(), Some(json));
        }
        (Err(read), Err(skipped)) => assert_eq!(read.to_string(), skipped.to_string()),
        _ => panic!("reading and skipping disagree: {read:?} {skipped:?}"),
    }
});
