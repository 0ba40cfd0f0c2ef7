//! Any bytes: reading, skipping and pulling judge alike, `serde_json` judges and understands
//! likewise, and what was read is written and read back.

#![no_main]

use libfuzzer_sys::fuzz_target;
use provisor::ErrorKind;
use provisor::json::{Json, Lexer, Value, parse};

fuzz_target!(|bytes: &[u8]| {
    let read = parse(bytes);
    let expected = read.as_ref().err().map(ToString::to_string);
    for other in [take(bytes, |lexer| lexer.skip()), take(bytes, pull), take(bytes, dip)] {
        assert_eq!(other, expected);
    }
    if let Ok(json) = &read {
        assert_eq!(parse(json.to_string().as_bytes()).as_ref().ok(), Some(json));
        assert_eq!(parse(format!("{json:#}").as_bytes()).as_ref().ok(), Some(json));
    }
    let too_deep = read.as_ref().is_err_and(|error| error.kind() == ErrorKind::Limit);
    // The byte order mark is ours.
    let plain = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    match (&read, serde_json::from_slice::<serde_json::Value>(plain)) {
        (Ok(ours), Ok(theirs)) => {
            let value = serde_json::Value::try_from(ours).expect("their numbers fit 64 bits");
            assert_eq!(value, theirs);
            let back = Json::try_from(theirs).expect("as deep as before");
            assert_eq!(serde_json::Value::try_from(&back).ok(), Some(value));
        }
        (Ok(_), Err(theirs)) => {
            // serde_json has its own limits on numbers and, one level lower, on nesting.
            let why = theirs.to_string();
            assert!(why.contains("out of range") || why.contains("recursion limit"), "{why}");
        }
        (Err(ours), Ok(_)) => assert!(too_deep, "refused: {ours}"),
        (Err(_), Err(_)) => {}
    }
});

/// Takes the whole text in some way; the error in words.
fn take(
    bytes: &[u8],
    value: impl FnOnce(&mut Lexer<'_>) -> Result<(), provisor::Error>,
) -> Option<String> {
    let taken = Lexer::new(bytes).and_then(|mut lexer| {
        value(&mut lexer)?;
        lexer.finish()
    });
    taken.err().map(|error| error.to_string())
}

/// Value by value, to the last.
fn pull(lexer: &mut Lexer<'_>) -> Result<(), provisor::Error> {
    match lexer.value()? {
        Value::Array => {
            while lexer.next_element()? {
                pull(lexer)?;
            }
        }
        Value::Object => {
            while let Some(key) = lexer.next_key()? {
                assert!(key.plain().is_none_or(|plain| plain == key.decode()));
                pull(lexer)?;
            }
        }
        Value::String(text) => assert_eq!(text.decode_in(&mut String::new()), text.decode()),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    Ok(())
}

/// The first value of each object and array alone; what is left of it is skipped.
fn dip(lexer: &mut Lexer<'_>) -> Result<(), provisor::Error> {
    let more = match lexer.value()? {
        Value::Array => lexer.next_element()?,
        Value::Object => lexer.next_key()?.is_some(),
        _ => return Ok(()),
    };
    if !more {
        return Ok(());
    }
    dip(lexer)?;
    lexer.leave()
}
