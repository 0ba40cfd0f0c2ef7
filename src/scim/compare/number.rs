//! Numbers by value, whatever their spelling and size.

use std::cmp::Ordering;
use std::fmt;

/// A number, compared by value whatever its spelling: `10`, `10.0` and `1e1` are equal.
///
/// Exact for any JSON number (RFC 8259, section 6): nothing is rounded, and an exponent costs
/// the bytes it is written with, not the digits it stands for. Whole numbers of 64 bits take no
/// allocation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Number(Value);

/// Every value has one form, so that derived equality is equality by value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Value {
    /// Every whole number that fits.
    Whole(i64),
    /// Everything else.
    Other(Box<Scientific>),
}

/// `0.DIGITS × 10^exponent`, the first and the last digit not being 0.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Scientific {
    negative: bool,
    digits: String,
    exponent: Exponent,
}

/// A whole number of any size.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Exponent {
    /// Every one that fits.
    Near(i64),
    /// Everything else; digits without leading zeros.
    Far { negative: bool, digits: String },
}

impl Number {
    /// A JSON number; `None` if the text is anything else.
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(whole) = plain_whole(text.as_bytes()) {
            return Some(Self(Value::Whole(whole)));
        }
        let (negative, rest) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, power) = match rest.split_once(['e', 'E']) {
            Some((mantissa, power)) => (mantissa, Some(power)),
            None => (rest, None),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (mantissa, None),
        };
        let leading_zero = whole.len() > 1 && whole.starts_with('0');
        if !is_digits(whole) || leading_zero || fraction.is_some_and(|part| !is_digits(part)) {
            return None;
        }
        let power = match power {
            Some(power) => Exponent::parse(power)?,
            None => Exponent::Near(0),
        };
        Some(Self::from_parts(negative, whole, fraction.unwrap_or(""), power))
    }

    /// The value as a whole number, if it is one of 64 bits.
    pub fn as_i64(&self) -> Option<i64> {
        match &self.0 {
            Value::Whole(whole) => Some(*whole),
            Value::Other(_) => None,
        }
    }

    /// Whether it has no fraction.
    pub fn is_whole(&self) -> bool {
        match &self.0 {
            Value::Whole(_) => true,
            Value::Other(other) => match &other.exponent {
                Exponent::Near(point) => {
                    usize::try_from(*point).is_ok_and(|point| point >= other.digits.len())
                }
                Exponent::Far { negative, .. } => !negative,
            },
        }
    }

    fn from_parts(negative: bool, whole: &str, fraction: &str, power: Exponent) -> Self {
        let mut digits = String::with_capacity(whole.len() + fraction.len());
        digits.push_str(whole);
        digits.push_str(fraction);
        let zeros = digits.len() - digits.trim_start_matches('0').len();
        digits.drain(..zeros);
        digits.truncate(digits.trim_end_matches('0').len());
        if digits.is_empty() {
            return Self(Value::Whole(0));
        }
        let length = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let exponent = power.plus(length(whole.len()) - length(zeros));
        if let Some(whole) = small_whole(negative, &digits, &exponent) {
            return Self(Value::Whole(whole));
        }
        Self(Value::Other(Box::new(Scientific { negative, digits, exponent })))
    }
}

impl From<i64> for Number {
    fn from(whole: i64) -> Self {
        Self(Value::Whole(whole))
    }
}

impl From<u64> for Number {
    fn from(whole: u64) -> Self {
        match i64::try_from(whole) {
            Ok(small) => Self(Value::Whole(small)),
            Err(_) => Self::from_parts(false, &whole.to_string(), "", Exponent::Near(0)),
        }
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Value::Whole(left), Value::Whole(right)) => left.cmp(right),
            (Value::Other(left), Value::Other(right)) => left.cmp(right),
            (Value::Whole(left), Value::Other(right)) => right.cmp_whole(*left).reverse(),
            (Value::Other(left), Value::Whole(right)) => left.cmp_whole(*right),
        }
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A JSON number with the value: plain digits where that is short, else with an exponent.
impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Value::Whole(whole) => whole.fmt(f),
            Value::Other(other) => other.fmt(f),
        }
    }
}

impl Scientific {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.cmp_size(other),
            (true, true) => other.cmp_size(self),
        }
    }

    fn cmp_size(&self, other: &Self) -> Ordering {
        self.exponent.cmp(&other.exponent).then_with(|| self.digits.cmp(&other.digits))
    }

    /// Against a whole number of 64 bits, without allocating.
    fn cmp_whole(&self, whole: i64) -> Ordering {
        let sign = if self.negative { Ordering::Less } else { Ordering::Greater };
        if whole == 0 || (whole < 0) != self.negative {
            return sign;
        }
        let Exponent::Near(point) = self.exponent else {
            let huge = matches!(self.exponent, Exponent::Far { negative: false, .. });
            return if huge { sign } else { sign.reverse() };
        };
        // Its whole part against the number; equal whole parts leave a fraction here.
        if point <= 0 {
            return sign.reverse();
        }
        if point > 19 {
            return sign;
        }
        let mut part: u128 = 0;
        let mut digits = self.digits.bytes();
        for _ in 0..point {
            part = part * 10 + u128::from(digits.next().unwrap_or(b'0') - b'0');
        }
        match part.cmp(&u128::from(whole.unsigned_abs())) {
            Ordering::Less => sign.reverse(),
            Ordering::Greater | Ordering::Equal => sign,
        }
    }
}

impl fmt::Display for Scientific {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.negative {
            f.write_str("-")?;
        }
        let length = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
        match &self.exponent {
            Exponent::Near(point) if (-5..=0).contains(point) => {
                write!(f, "0.{:0>zeros$}{}", "", self.digits, zeros = point.unsigned_abs() as usize)
            }
            Exponent::Near(point) if *point > 0 && *point <= 21 => {
                let (whole, fraction) =
                    self.digits.split_at_checked(*point as usize).unwrap_or((&self.digits, ""));
                write!(f, "{whole}")?;
                let zeros = (*point - length).max(0) as usize;
                write!(f, "{:0>zeros$}", "")?;
                if fraction.is_empty() { Ok(()) } else { write!(f, ".{fraction}") }
            }
            other => {
                let (first, rest) = self.digits.split_at_checked(1).unwrap_or(("0", ""));
                let point = if rest.is_empty() { "" } else { "." };
                write!(f, "{first}{point}{rest}e{}", other.plus(-1))
            }
        }
    }
}

impl Exponent {
    /// `[+-]? DIGITS`, leading zeros allowed.
    fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix(['+', '-']) {
            Some(digits) => (text.starts_with('-'), digits),
            None => (false, text),
        };
        if !is_digits(digits) {
            return None;
        }
        Some(Self::from_digits(negative, digits))
    }

    fn from_digits(negative: bool, digits: &str) -> Self {
        let digits = digits.trim_start_matches('0');
        let small = if digits.len() <= 18 {
            digits.bytes().fold(0_i64, |sum, digit| sum * 10 + i64::from(digit - b'0'))
        } else {
            return Self::Far { negative, digits: digits.to_owned() };
        };
        Self::Near(if negative { -small } else { small })
    }

    /// The sum with a small number (the length of a text).
    fn plus(&self, shift: i64) -> Self {
        match self {
            // Both are at most 10^18 apart from a shift of some bytes: no overflow, and a sum
            // that left the range of `Near` takes the other form.
            Self::Near(near) => {
                let sum = i128::from(*near) + i128::from(shift);
                Self::from_digits(sum < 0, &sum.unsigned_abs().to_string())
            }
            Self::Far { negative, digits } => {
                let grows = (shift < 0) == *negative;
                let digits = shifted(digits, shift.unsigned_abs(), grows);
                Self::from_digits(*negative, &digits)
            }
        }
    }
}

impl Ord for Exponent {
    fn cmp(&self, other: &Self) -> Ordering {
        let rank = |exponent: &Self| match exponent {
            Self::Far { negative: true, .. } => -1,
            Self::Near(_) => 0,
            Self::Far { negative: false, .. } => 1,
        };
        match (self, other) {
            (Self::Near(left), Self::Near(right)) => left.cmp(right),
            (
                Self::Far { negative, digits: left },
                Self::Far { negative: other_negative, digits: right },
            ) if negative == other_negative => {
                let size = left.len().cmp(&right.len()).then_with(|| left.cmp(right));
                if *negative { size.reverse() } else { size }
            }
            _ => rank(self).cmp(&rank(other)),
        }
    }
}

impl PartialOrd for Exponent {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for Exponent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Near(near) => near.fmt(f),
            Self::Far { negative, digits } => {
                write!(f, "{}{digits}", if *negative { "-" } else { "" })
            }
        }
    }
}

/// The common case: at most 18 digits and nothing else.
fn plain_whole(text: &[u8]) -> Option<i64> {
    let (negative, digits) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, text),
    };
    let leading_zero = digits.len() > 1 && digits.first() == Some(&b'0');
    if digits.is_empty() || digits.len() > 18 || leading_zero {
        return None;
    }
    let mut whole = 0_i64;
    for byte in digits {
        if !byte.is_ascii_digit() {
            return None;
        }
        whole = whole * 10 + i64::from(byte - b'0');
    }
    Some(if negative { -whole } else { whole })
}

/// The value if it is a whole number of 64 bits.
fn small_whole(negative: bool, digits: &str, exponent: &Exponent) -> Option<i64> {
    let Exponent::Near(point) = exponent else { return None };
    let places = usize::try_from(*point).ok().filter(|places| *places <= 19)?;
    if digits.len() > places {
        return None;
    }
    let mut whole: i128 = 0;
    for digit in digits.bytes().chain(std::iter::repeat(b'0')).take(places) {
        whole = whole * 10 + i128::from(digit - b'0');
    }
    i64::try_from(if negative { -whole } else { whole }).ok()
}

/// A long decimal number plus or minus a short one; the long one is the greater.
fn shifted(long: &str, mut short: u64, grows: bool) -> String {
    let mut digits: Vec<u8> = long.bytes().rev().map(|byte| byte - b'0').collect();
    let mut carry = 0_u8;
    for digit in &mut digits {
        let step = (short % 10) as u8 + carry;
        short /= 10;
        if grows {
            let sum = *digit + step;
            (*digit, carry) = (sum % 10, sum / 10);
        } else if *digit >= step {
            (*digit, carry) = (*digit - step, 0);
        } else {
            (*digit, carry) = (*digit + 10 - step, 1);
        }
        if short == 0 && carry == 0 {
            break;
        }
    }
    if grows && carry > 0 {
        digits.push(carry);
    }
    digits.iter().rev().map(|digit| char::from(b'0' + digit)).collect()
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
