//! Instants of dateTime values.

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::Offset;

const SECOND: i128 = 1_000_000_000;
const DAY: i64 = 24 * 60 * 60;

/// An instant, in nanoseconds of Unix time.
///
/// Two spellings of one instant are equal: `2011-05-13T04:42:34Z` and
/// `2011-05-13T06:42:34.000+02:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i128);

impl Instant {
    /// An xsd:dateTime (RFC 7643, 2.3.5) of the years -9999 to 9999; a date alone is its
    /// midnight, and without a zone it is UTC. `24:00:00` is the midnight that ends the day.
    /// A fraction may have any number of digits; those after the ninth are not looked at.
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = Cursor { text };
        let year_sign = if rest.eat('-') { -1 } else { 1 };
        let year = i16::try_from(rest.digits(4)?).ok()? * year_sign;
        let month = rest.after('-')?;
        let day = rest.after('-')?;
        let (mut hour, mut minute, mut second, mut nanosecond) = (0, 0, 0, 0);
        if rest.eat('T') {
            hour = i8::try_from(rest.digits(2)?).ok()?;
            minute = rest.after(':')?;
            second = rest.after(':')?;
            if rest.eat('.') {
                nanosecond = rest.fraction()?;
            }
        }
        let offset = rest.zone()?;
        let ends_day = hour == 24;
        if ends_day && (minute, second, nanosecond) != (0, 0, 0) {
            return None;
        }
        let hour = if ends_day { 0 } else { hour };
        let local = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
        let mut seconds = Offset::UTC.to_timestamp(local).ok()?.as_second() - offset;
        if ends_day {
            seconds += DAY;
        }
        Some(Self(i128::from(seconds) * SECOND + i128::from(nanosecond)))
    }

    /// An instant of Unix time.
    pub fn from_nanoseconds(nanoseconds: i128) -> Self {
        Self(nanoseconds)
    }

    /// Nanoseconds since 1970-01-01T00:00:00Z.
    pub fn as_nanoseconds(self) -> i128 {
        self.0
    }
}

/// In UTC with `Z`; nanoseconds of Unix time where the year has more than four digits.
impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_nanosecond(self.0) {
            Ok(timestamp) => timestamp.fmt(f),
            Err(_) => self.0.fmt(f),
        }
    }
}

struct Cursor<'a> {
    text: &'a str,
}

impl Cursor<'_> {
    fn eat(&mut self, wanted: char) -> bool {
        match self.text.strip_prefix(wanted) {
            Some(rest) => {
                self.text = rest;
                true
            }
            None => false,
        }
    }

    /// Exactly so many digits.
    fn digits(&mut self, count: usize) -> Option<u32> {
        let (digits, rest) = self.text.split_at_checked(count)?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        self.text = rest;
        digits.parse().ok()
    }

    /// Two digits behind a mark.
    fn after(&mut self, mark: char) -> Option<i8> {
        if !self.eat(mark) {
            return None;
        }
        i8::try_from(self.digits(2)?).ok()
    }

    /// One or more digits of a fraction, as nanoseconds.
    fn fraction(&mut self) -> Option<i64> {
        let rest = self.text.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = self.text.get(..self.text.len() - rest.len())?;
        if digits.is_empty() {
            return None;
        }
        self.text = rest;
        let nine = digits.bytes().chain(std::iter::repeat(b'0')).take(9);
        Some(nine.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0')))
    }

    /// Nothing, `Z` or an offset of at most 14 hours, then the end; in seconds east.
    fn zone(&mut self) -> Option<i64> {
        let mut seconds = 0;
        if !self.text.is_empty() && !self.eat('Z') {
            let sign = if self.eat('-') {
                -1
            } else if self.eat('+') {
                1
            } else {
                return None;
            };
            let hours = i64::from(self.digits(2)?);
            let minutes = i64::from(self.after(':')?);
            if minutes > 59 || hours * 60 + minutes > 14 * 60 {
                return None;
            }
            seconds = sign * (hours * 60 + minutes) * 60;
        }
        self.text.is_empty().then_some(seconds)
    }
}
