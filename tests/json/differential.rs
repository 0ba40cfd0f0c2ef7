//! Against serde_json: the same texts are JSON, with the same meaning.
//!
//! Known differences: serde_json allows 127 levels, refuses numbers beyond the range of 64 bits
//! of floating point and refuses a byte order mark. The texts below stay within these.

use proptest::prelude::*;
use provisor::json::{Json, Lexer, parse};

fn agree(bytes: &[u8]) -> Result<(), TestCaseError> {
    let ours = parse(bytes);
    let theirs = serde_json::from_slice::<serde_json::Value>(bytes);
    if theirs.as_ref().is_err_and(|error| error.to_string().contains("out of range")) {
        return Ok(());
    }
    prop_assert_eq!(
        ours.is_ok(),
        theirs.is_ok(),
        "{:?}: {:?} but {:?}",
        String::from_utf8_lossy(bytes),
        ours,
        theirs
    );
    let skipped = Lexer::new(bytes).and_then(|mut lexer| {
        lexer.skip()?;
        lexer.finish()
    });
    prop_assert_eq!(
        skipped.err().map(|error| error.to_string()),
        ours.as_ref().err().map(ToString::to_string),
        "skipping {:?}",
        String::from_utf8_lossy(bytes)
    );
    if let (Ok(ours), Ok(theirs)) = (ours, theirs) {
        prop_assert_eq!(serde_json::Value::try_from(&ours).unwrap(), theirs);
    }
    Ok(())
}

/// Texts that are nearly JSON.
fn near_json() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\"a\"", "\"b\":", "1", "-", "0", ".5", "e9",
        "true", "fals", "null", " ", "\n", "\\u", "d83d", "\\ude00", "\u{e9}", "\t", "\u{0}", "01",
    ]);
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn valid_texts_mean_the_same(json in super::tree::any_json()) {
        agree(json.to_string().as_bytes())?;
    }

    #[test]
    fn texts_with_one_changed_byte_are_judged_alike(
        json in super::tree::any_json(),
        place: prop::sample::Index,
        byte in prop_oneof![any::<u8>(), prop::sample::select(b"\"\\{}[],:0-.eEtfnu 1".to_vec())],
    ) {
        let mut bytes = json.to_string().into_bytes();
        *place.get_mut(&mut bytes) = byte;
        agree(&bytes)?;
    }

    #[test]
    fn nearly_json_is_judged_alike(bytes in near_json()) {
        agree(&bytes)?;
    }

    #[test]
    fn any_bytes_are_judged_alike(bytes in prop::collection::vec(any::<u8>(), 0..20)) {
        agree(&bytes)?;
    }

    #[test]
    fn a_cut_text_is_refused(json in super::tree::any_json(), at: prop::sample::Index) {
        let text = format!("[{json}]");
        let cut = at.index(text.len());
        prop_assert!(parse(&text.as_bytes()[..cut]).is_err());
        prop_assert!(text.parse::<Json>().is_ok());
    }
}
