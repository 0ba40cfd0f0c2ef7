//! Text forms of values: dateTime, Base64, URIs, names and paths.

use jiff::civil::Date;

/// xsd:dateTime (XML Schema part 2, 3.2.7): date and time, seconds included.
pub(super) fn is_date_time(text: &str) -> bool {
    let Some((date, rest)) = text.split_once('T') else { return false };
    let zone_at = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
    let (time, zone) = rest.split_at(zone_at);
    is_date(date) && is_time(time) && is_zone(zone)
}

fn is_date(text: &str) -> bool {
    let text = text.strip_prefix('-').unwrap_or(text);
    let mut parts = text.split('-');
    let (Some(year), Some(month), Some(day), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let four = year.len() == 4 || (year.len() > 4 && !year.starts_with('0'));
    if !four || !digits(year) || !two(month) || !two(day) {
        return false;
    }
    // Leap years repeat every 400 years; so a year beyond jiff's has the days of one within.
    let year = year.bytes().fold(0_u32, |sum, digit| (sum * 10 + u32::from(digit - b'0')) % 400);
    let year = i16::try_from(year + 2000).unwrap_or(2000);
    matches!((month.parse(), day.parse()), (Ok(month), Ok(day)) if Date::new(year, month, day).is_ok())
}

fn is_time(text: &str) -> bool {
    let (whole, fraction) = match text.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (text, None),
    };
    let mut parts = whole.split(':');
    let (Some(hour), Some(minute), Some(second), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let midnight =
        whole == "24:00:00" && fraction.is_none_or(|part| part.bytes().all(|digit| digit == b'0'));
    let within = below(hour, 24) && below(minute, 60) && below(second, 60);
    (within || midnight) && fraction.is_none_or(|part| !part.is_empty() && digits(part))
}

fn is_zone(text: &str) -> bool {
    if text.is_empty() || text == "Z" {
        return true;
    }
    let offset = text.strip_prefix(['+', '-']).and_then(|offset| offset.split_once(':'));
    offset.is_some_and(|(hour, minute)| {
        (below(hour, 14) && below(minute, 60)) || (hour == "14" && minute == "00")
    })
}

fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn two(text: &str) -> bool {
    text.len() == 2 && digits(text)
}

fn below(text: &str, limit: u8) -> bool {
    two(text) && text.parse::<u8>().is_ok_and(|number| number < limit)
}

/// Base64 (RFC 4648, 4); padding may be left out (RFC 7643, 2.3.6).
pub(super) fn is_base64(text: &str) -> bool {
    let data = text.trim_end_matches('=');
    let padding = text.len() - data.len();
    let alphabet = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    data.bytes().all(alphabet)
        && data.len() % 4 != 1
        && (padding == 0 || (data.len() + padding).is_multiple_of(4) && padding <= 2)
}

/// A URI reference (RFC 3986, 4.1), as far as its characters tell.
pub(super) fn is_uri(text: &str) -> bool {
    let bytes = text.as_bytes();
    let escape = |at: usize| {
        let hex = bytes.get(at + 1..at + 3);
        hex.is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit))
    };
    bytes.iter().enumerate().all(|(at, byte)| match byte {
        b'%' => escape(at),
        b'<' | b'>' | b'"' | b'{' | b'}' | b'|' | b'\\' | b'^' | b'`' => false,
        byte => byte.is_ascii_graphic(),
    })
}

/// A language tag by its form (RFC 5646, 2.1): subtags of one to eight letters and digits, the
/// first of letters alone. Underscores between them are permitted too (RFC 7643, 4.1.1).
pub(super) fn is_language_tag(text: &str) -> bool {
    let subtag = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let mut parts = text.split(['-', '_']);
    parts
        .next()
        .is_some_and(|first| subtag(first) && first.bytes().all(|b| b.is_ascii_alphabetic()))
        && parts.all(subtag)
}

/// A list of languages as Accept-Language has it (RFC 9110, 12.5.4): tags or `*`, each with a
/// weight or without.
pub(super) fn is_language_list(text: &str) -> bool {
    text.split(',').all(|one| {
        let mut parts = one.split(';').map(str::trim);
        let tag = parts.next().unwrap_or_default();
        let weight = parts.next().is_none_or(is_weight);
        (tag == "*" || is_language_tag(tag)) && weight && parts.next().is_none()
    })
}

/// From `q=0` to `q=1`, with three decimals at most (RFC 9110, 12.4.2).
fn is_weight(text: &str) -> bool {
    let Some(number) = text.strip_prefix("q=").or_else(|| text.strip_prefix("Q=")) else {
        return false;
    };
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    decimals.len() <= 3
        && digits(decimals)
        && (whole == "0" || whole == "1" && decimals.bytes().all(|digit| digit == b'0'))
}

/// The scheme and authority of an absolute URI, where it has one.
pub(super) fn origin(uri: &str) -> Option<&str> {
    let after = uri.find("://")? + 3;
    let end = uri.get(after..)?.find(['/', '?', '#']).map_or(uri.len(), |at| after + at);
    uri.get(..end)
}

/// ATTRNAME (RFC 7643, 2.1), and `$ref`, which the RFC uses against its own grammar.
pub(super) fn is_name(text: &str) -> bool {
    text == "$ref"
        || text.starts_with(|first: char| first.is_ascii_alphabetic())
            && text.chars().all(|one| one.is_ascii_alphanumeric() || matches!(one, '$' | '-' | '_'))
}

/// PATH (RFC 7644, 3.5.2): `[URI:]name[.part]` or `[URI:]name[filter][.part]`. Filters are looked
/// at only as far as brackets and quotation marks go.
pub(super) fn is_path(text: &str) -> bool {
    let (before, filter, after) = match text.split_once('[') {
        None => (text, None, ""),
        Some((before, rest)) => match filter_end(rest).and_then(|end| rest.split_at_checked(end)) {
            Some((filter, after)) => (before, Some(filter), after.get(1..).unwrap_or_default()),
            None => return false,
        },
    };
    let name = match before.rfind(':') {
        Some(colon) => {
            let (uri, name) = before.split_at(colon);
            if !is_uri(uri) || !uri.contains(':') {
                return false;
            }
            name.get(1..).unwrap_or_default()
        }
        None => before,
    };
    let part = |text: &str| text.strip_prefix('.').is_some_and(is_name);
    match filter {
        Some(filter) => {
            !filter.trim().is_empty() && is_name(name) && (after.is_empty() || part(after))
        }
        None => match name.split_once('.') {
            Some((name, part)) => is_name(name) && is_name(part),
            None => is_name(name),
        },
    }
}

/// Where the bracket of a filter closes, outside quotation marks.
fn filter_end(text: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, one) in text.char_indices() {
        match one {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ']' if !quoted => return Some(at),
            '[' if !quoted => return None,
            _ => {}
        }
    }
    None
}
