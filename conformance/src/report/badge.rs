//! A badge for a README: as data for shields.io, or as a picture.

use serde_json::json;

use super::{Redacted, Verdict};

/// The JSON that shields.io reads as an "endpoint".
pub fn endpoint(report: &Redacted) -> String {
    let (message, color) = says(report);
    let badge = json!({
        "schemaVersion": 1,
        "label": LABEL,
        "message": message,
        "color": color.name,
        "isError": color.name == RED.name,
    });
    format!("{badge:#}\n")
}

/// A picture that needs nothing from elsewhere.
pub fn svg(report: &Redacted) -> String {
    let (message, color) = says(report);
    let (left, right) = (width(LABEL), width(&message));
    let all = left + right;
    let (label_at, message_at) = (left / 2, left + right / 2);
    let hex = color.hex;
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{all}" height="20" role="img" aria-label="{LABEL}: {message}">
<title>{LABEL}: {message}</title>
<clipPath id="r"><rect width="{all}" height="20" rx="3"/></clipPath>
<g clip-path="url(#r)"><rect width="{left}" height="20" fill="#444"/><rect x="{left}" width="{right}" height="20" fill="{hex}"/></g>
<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11"><text x="{label_at}" y="14">{LABEL}</text><text x="{message_at}" y="14">{message}</text></g>
</svg>
"##
    )
}

const LABEL: &str = "SCIM 2.0";

/// A colour as shields.io calls it, and as it is; white text on it can be read.
struct Color {
    name: &'static str,
    hex: &'static str,
}

const GREEN: Color = Color { name: "brightgreen", hex: "#187a3c" };
const YELLOW: Color = Color { name: "yellow", hex: "#8a6100" };
const RED: Color = Color { name: "red", hex: "#b3261e" };
const GREY: Color = Color { name: "lightgrey", hex: "#6b6b6b" };

fn says(report: &Redacted) -> (String, Color) {
    let counts = report.counts();
    let count = |verdict| counts.get(&verdict).copied().unwrap_or(0);
    let (fail, warn, pass) = (count(Verdict::Fail), count(Verdict::Warn), count(Verdict::Pass));
    let known = report.known_failures();
    let unknown = !report.ran() || count(Verdict::Blocked) > 0;
    match (fail, warn, pass) {
        (0, _, _) if unknown => ("not fully tested".to_owned(), GREY),
        (0, _, _) if known > 0 => (format!("{pass} pass, {known} waived"), YELLOW),
        (0, 0, 0) => ("not tested".to_owned(), GREY),
        (0, 0, _) => (format!("{pass} pass"), GREEN),
        (0, _, _) => (format!("{pass} pass, {warn} warn"), YELLOW),
        (_, _, _) => (format!("{fail} fail, {pass} pass"), RED),
    }
}

/// Pixels of a text of this font, near enough, with its margins.
fn width(text: &str) -> usize {
    let tenths: usize = text
        .chars()
        .map(|c| match c {
            'i' | 'l' | '.' | ',' | ' ' | 'f' | 't' | 'I' => 38,
            'M' | 'm' | 'w' => 98,
            'A'..='Z' => 75,
            _ => 66,
        })
        .sum();
    tenths.div_ceil(10) + 14
}
