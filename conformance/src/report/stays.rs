//! What a run left behind, in words.

use super::Report;
use super::summary::many;

/// Paths that are shown; the JSON form has all of them.
const SHOWN: usize = 10;

/// The paths to show, and how many are not among them.
pub(super) fn shown(report: &Report) -> (&[String], usize) {
    let all = report.left_behind.as_slice();
    let shown = all.get(..SHOWN).unwrap_or(all);
    (shown, all.len().saturating_sub(SHOWN))
}

/// How much stayed, what nobody knows, and what to do about it; none where nothing did.
pub(super) fn told(report: &Report) -> Option<String> {
    let (known, unknown) = (report.left_behind.len(), report.may_be_left);
    let stayed = |count: usize| {
        let was = if count == 1 { "was" } else { "were" };
        format!("{} {was} left behind", many(count, "resource"))
    };
    let requests = many(unknown, "request");
    let more = format!("it is not known what {requests} left");
    let what = match (known, unknown) {
        (0, 0) => return None,
        (0, _) => format!("something may be left behind: {more}"),
        (_, 0) => stayed(known),
        (_, _) => format!("{}, and more may be: {more}", stayed(known)),
    };
    let find = match report.mark.as_str() {
        "" => String::new(),
        mark => format!("; look for `{mark}` in names"),
    };
    Some(format!("{what}{find}; `provisor conform clean` with the run's journal takes it away"))
}
