//! Text, numbers and instants compare by what they mean.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};

use proptest::prelude::*;
use provisor::scim::compare::{Instant, Number, compared, compared_in, nfc, text_equal};

fn number(text: &str) -> Number {
    Number::parse(text).unwrap_or_else(|| panic!("`{text}` is a number"))
}

fn instant(text: &str) -> Instant {
    Instant::parse(text).unwrap_or_else(|| panic!("`{text}` is an instant"))
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn text_folds_fully_and_normalizes() {
    for (left, right) in [
        ("Straße", "STRASSE"),
        ("\u{c9}", "e\u{301}"),
        ("\u{212a}elvin", "kelvin"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("ﬃ", "FFI"),
        ("\u{1fb3}\u{301}", "\u{391}\u{301}\u{399}"),
        ("İ", "i\u{307}"),
        ("Ꭰ", "ꭰ"),
    ] {
        assert_eq!(compared(left, false), compared(right, false), "{left} and {right}");
        assert!(text_equal(left, right, false), "{left} and {right}");
        assert!(!text_equal(left, right, true), "{left} and {right}, exact");
    }
    assert_ne!(compared("ı", false), compared("I", false), "no locale: dotless i stays itself");
    assert!(!text_equal("Ana", "ana", true));
    assert!(text_equal("\u{e9}", "e\u{301}", true), "exact text is still normalized");
    assert!(!text_equal(" a", "a", false), "nothing is trimmed");
}

#[test]
fn every_character_folds_to_a_form_that_folds_to_itself() {
    for character in '\0'..=char::MAX {
        let text = character.to_string();
        let once = compared(&text, false);
        let twice = compared(&once, false);
        assert_eq!(once, twice, "U+{:04X}", u32::from(character));
    }
}

#[test]
fn numbers_are_equal_by_value() {
    for (left, right) in [
        ("10", "10.0"),
        ("10", "1e1"),
        ("10", "100E-1"),
        ("0", "-0.00e99"),
        ("-1.5e+3", "-1500"),
        ("9223372036854775807", "9223372036854775807.000"),
        ("9223372036854775808", "9.223372036854775808e18"),
        ("-9223372036854775808", "-922337203685477580.8e1"),
        ("0.1", "1e-1"),
        ("1e99999999999999999999", "10e99999999999999999998"),
        ("1e-99999999999999999999", "0.1e-99999999999999999998"),
        ("1e1000000000000000000", "0.1e1000000000000000001"),
        ("1e999999999999999999", "0.01e1000000000000000001"),
        ("0e99999999999999999999", "0"),
    ] {
        assert_eq!(number(left), number(right), "{left} and {right}");
        assert_eq!(hash(&number(left)), hash(&number(right)), "{left} and {right}");
    }
}

#[test]
fn numbers_are_ordered_by_value() {
    let ascending = [
        "-1e99999999999999999999",
        "-1e400",
        "-9223372036854775809",
        "-9223372036854775808.5",
        "-9223372036854775808",
        "-10",
        "-1.5",
        "-1",
        "-0.5",
        "-1e-99999999999999999999",
        "0",
        "1e-99999999999999999999",
        "1e-400",
        "0.1",
        "0.10000000000000000000000000001",
        "1",
        "1.5",
        "2",
        "10",
        "9007199254740992",
        "9007199254740993",
        "9223372036854775807",
        "9223372036854775807.5",
        "9223372036854775808",
        "1e19",
        "1e400",
        "2e400",
        "1e99999999999999999999",
        "1e100000000000000000000",
    ];
    for (at, left) in ascending.iter().enumerate() {
        for (other, right) in ascending.iter().enumerate() {
            assert_eq!(number(left).cmp(&number(right)), at.cmp(&other), "{left} and {right}");
        }
    }
}

#[test]
fn a_number_of_a_million_digits_and_a_huge_exponent_are_read_at_once() {
    let long = "9".repeat(1_000_000);
    assert!(number(&long) < number(&format!("1e{long}")));
    assert!(number(&format!("-1e{long}")) < number(&format!("1e-{long}")));
    assert_eq!(number(&format!("10e{long}")), number(&format!("1e1{}", "0".repeat(1_000_000))));
}

#[test]
fn what_is_no_json_number_is_refused() {
    for text in [
        "", "-", "+1", "01", "-01", "1.", ".5", "0x10", "1e", "1e+", "1e1.5", "NaN", "Infinity",
        " 1", "1 ", "1_000", "--1", "1-", "1e1e1", "1.5.5", "٣", "00", "1.e1", "1.5é",
    ] {
        assert_eq!(Number::parse(text), None, "`{text}`");
    }
}

#[test]
fn numbers_are_printed_as_json_numbers() {
    for (written, printed) in [
        ("1e1", "10"),
        ("-0", "0"),
        ("1.50", "1.5"),
        ("0.00012", "0.00012"),
        ("12e19", "120000000000000000000"),
        ("12e20", "1.2e21"),
        ("-1e-9", "-1e-9"),
        ("123.456e0", "123.456"),
        ("1e99999999999999999999", "1e99999999999999999999"),
    ] {
        assert_eq!(number(written).to_string(), printed, "{written}");
        assert_eq!(number(printed), number(written));
    }
    assert_eq!(Number::from(u64::MAX), number("18446744073709551615"));
    assert!(number("1e400").is_whole() && !number("1.5").is_whole() && !number("1e-1").is_whole());
}

#[test]
fn spellings_of_one_instant_are_equal() {
    for (left, right) in [
        ("2011-05-13T04:42:34Z", "2011-05-13T04:42:34.000Z"),
        ("2011-05-13T04:42:34Z", "2011-05-13T06:42:34+02:00"),
        ("2011-05-13T04:42:34Z", "2011-05-13T04:42:34"),
        ("2011-05-13T24:00:00Z", "2011-05-14T00:00:00Z"),
        ("2011-12-31T24:00:00.0Z", "2012-01-01"),
        ("2011-05-13", "2011-05-13T00:00:00Z"),
        ("2011-05-13+02:00", "2011-05-12T22:00:00Z"),
        ("1970-01-01T00:00:00-00:00", "1970-01-01T14:00:00+14:00"),
    ] {
        assert_eq!(instant(left), instant(right), "{left} and {right}");
    }
    assert_eq!(instant("1970-01-01T00:00:00.5Z").as_nanoseconds(), 500_000_000);
    assert_eq!(instant("1969-12-31T23:59:59.9999999999Z").as_nanoseconds(), -1);
    assert!(instant("2011-05-13T04:42:34.1Z") < instant("2011-05-13T04:42:34.12Z"));
    assert!(instant("-0001-01-01") < instant("0000-01-01"));
    assert_eq!(instant("2012-02-29T23:30:00-01:00").to_string(), "2012-03-01T00:30:00Z");
}

#[test]
fn what_is_no_date_time_is_refused() {
    for text in [
        "",
        "2011",
        "2011-05",
        "2011-5-13",
        "2011-02-29",
        "2011-13-01",
        "2011-05-13T",
        "2011-05-13T04",
        "2011-05-13T04:42",
        "2011-05-13 04:42:34Z",
        "2011-05-13T04:42:34.Z",
        "2011-05-13T25:00:00Z",
        "2011-05-13T24:00:01Z",
        "2011-05-13T24:00:00.000000001Z",
        "2011-05-13T04:60:00Z",
        "2011-05-13T04:42:60Z",
        "2011-05-13T04:42:34+2:00",
        "2011-05-13T04:42:34+0200",
        "2011-05-13T04:42:34+15:00",
        "2011-05-13T04:42:34+14:01",
        "2011-05-13T04:42:34Zx",
        "20110513T044234Z",
        "2011-05-13T04:42:34é",
        "１９７０-01-01",
        "12011-05-13",
        "+2011-05-13",
        "2011-05-13T04:42:34z",
    ] {
        assert_eq!(Instant::parse(text), None, "`{text}`");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn comparing_twice_is_comparing_once(text in "\\PC{0,12}", exact: bool) {
        let once = compared(&text, exact).into_owned();
        prop_assert_eq!(compared(&once, exact), once.as_str());
        prop_assert_eq!(nfc(&once), once.as_str());
    }

    #[test]
    fn the_ascii_path_agrees_with_the_general_one(text in "[ -~]{0,12}", exact: bool) {
        // A character that folding leaves alone pushes the text onto the general path.
        let general = format!("{text}\u{4e00}");
        let expected = compared(&general, exact);
        prop_assert_eq!(format!("{}\u{4e00}", compared(&text, exact)), expected);
    }

    #[test]
    fn the_buffer_and_the_borrowed_forms_agree(left in "\\PC{0,8}", right in "\\PC{0,8}", exact: bool) {
        let mut buffer = String::from("left over");
        prop_assert_eq!(compared_in(&left, exact, &mut buffer), compared(&left, exact));
        let equal = compared(&left, exact) == compared(&right, exact);
        prop_assert_eq!(text_equal(&left, &right, exact), equal);
    }

    #[test]
    fn whole_numbers_compare_as_integers(left: i64, right: i64) {
        let (a, b) = (number(&left.to_string()), number(&right.to_string()));
        prop_assert_eq!(a.cmp(&b), left.cmp(&right));
        prop_assert_eq!(a, number(&format!("{left}.000e0")));
    }

    #[test]
    fn floating_numbers_compare_as_their_values(left in any::<f64>(), right in any::<f64>()) {
        prop_assume!(left.is_finite() && right.is_finite());
        let (a, b) = (number(&format!("{left:e}")), number(&format!("{right}")));
        prop_assert_eq!(a.partial_cmp(&b), left.partial_cmp(&right));
        prop_assert_eq!(number(&a.to_string()), a);
    }

    #[test]
    fn shifting_the_point_and_the_exponent_together_changes_nothing(
        digits in "[1-9][0-9]{0,30}", shift in 0_usize..40, power in -60_i64..60,
    ) {
        let plain = number(&format!("{digits}e{power}"));
        let moved = number(&format!("{digits}{}e{}", "0".repeat(shift), power - shift as i64));
        prop_assert_eq!(&plain, &moved);
        prop_assert_eq!(hash(&plain), hash(&moved));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,24}") {
        let _ = Number::parse(&text);
        let _ = Instant::parse(&text);
    }
}
