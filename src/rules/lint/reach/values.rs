//! What one value can and cannot be.
//!
//! All questions about one value are false where it is absent, so only a wanted `true` can
//! contradict anything. "Contradictory" is always certain; "not contradictory" may be an
//! oversight.

use std::cmp::Ordering;

use super::atoms::{Ask, Atoms, Fixed, Point};
use super::fuel::Fuel;
use crate::scim::compare::compared;

/// A question about the value and the answer wanted.
pub(super) type Fact<'a, 'm> = (&'a Ask<'m>, bool);

/// Whether no value, and no absence, gives all these answers.
pub(super) fn contradictory(facts: &[Fact<'_, '_>], atoms: &Atoms<'_>, fuel: &mut Fuel) -> bool {
    if !fuel.spend(facts.len()) {
        return false;
    }
    let wanted = || facts.iter().filter(|(_, holds)| *holds).map(|(ask, _)| *ask);
    if wanted().next().is_none() {
        return false;
    }
    let denied = || facts.iter().filter(|(_, holds)| !*holds).map(|(ask, _)| *ask);
    if denied().any(|ask| *ask == Ask::Present) {
        return true;
    }
    if let Some(dead) = candidates_dead(facts, atoms, fuel) {
        return dead;
    }
    if fuel.spend(facts.len() * facts.len())
        && denied().any(|no| wanted().any(|yes| *yes == *no || implies(yes, no)))
    {
        return true;
    }
    both_flags(&denied().collect::<Vec<_>>())
        || texts_clash(&wanted().collect::<Vec<_>>(), fuel)
        || bounds_clash(facts, atoms, fuel)
}

/// Where the value is one of a few: whether each gives a wrong answer.
fn candidates_dead(facts: &[Fact<'_, '_>], atoms: &Atoms<'_>, fuel: &mut Fuel) -> Option<bool> {
    let mut best: Option<&[Point<'_>]> = None;
    let mut best_exact = false;
    for (ask, _) in facts.iter().filter(|(_, holds)| *holds) {
        let points = match ask {
            Ask::Equal(point) => std::slice::from_ref(point),
            Ask::In(set) => atoms.points(*set).map_or(&[][..], |set| set.list.as_slice()),
            _ => continue,
        };
        // An exact value answers every question, a folded one only those without letter case.
        let exact = matches!(points, [Point::Text(text)] if text.exact);
        let better = best.is_none_or(|b| points.len() < b.len() || (exact && !best_exact));
        if better {
            (best, best_exact) = (Some(points), exact);
        }
    }
    let points = best?;
    if !fuel.spend(points.len().saturating_mul(facts.len())) {
        return Some(false);
    }
    Some(points.iter().all(|point| wrong(point, facts, atoms)))
}

/// Whether the value surely gives a wrong answer.
fn wrong(point: &Point<'_>, facts: &[Fact<'_, '_>], atoms: &Atoms<'_>) -> bool {
    facts.iter().any(|(ask, holds)| answer(ask, point, atoms).is_some_and(|known| known != *holds))
}

/// The answer that a value gives, if it is known.
pub(super) fn answer(ask: &Ask<'_>, point: &Point<'_>, atoms: &Atoms<'_>) -> Option<bool> {
    match ask {
        Ask::Present => Some(true),
        Ask::Equal(other) => equal(other, point),
        Ask::In(set) => {
            let set = atoms.points(*set)?;
            if set.contains(point) {
                return Some(true);
            }
            // Text may be in it in the other form of comparison.
            let Point::Text(text) = point else { return Some(false) };
            if text.exact {
                return Some(set.contains(&Point::Text(folded(text))));
            }
            let mixed = set.list.iter().any(|p| matches!(p, Point::Text(t) if t.exact));
            if mixed { None } else { Some(false) }
        }
        Ask::StartsWith(part) => with_text(part, point, |text, part| text.starts_with(part)),
        Ask::EndsWith(part) => with_text(part, point, |text, part| text.ends_with(part)),
        Ask::Contains(part) => with_text(part, point, |text, part| text.contains(part)),
        Ask::Above { bound, strict } => {
            let order = compare(point, bound)?;
            Some(order == Ordering::Greater || (order == Ordering::Equal && !strict))
        }
        Ask::Below { bound, strict } => {
            let order = compare(point, bound)?;
            Some(order == Ordering::Less || (order == Ordering::Equal && !strict))
        }
        Ask::Like { .. } => None,
        Ask::Matches(pattern) => {
            let Point::Text(text) = point else { return None };
            let plain = text.exact || folds_alone(&text.text) && !pattern.0.pattern.contains("(?");
            plain.then(|| pattern.0.compiled.is_match(&text.text))
        }
    }
}

/// Whether nothing but letter case folds into this text, so that a regular expression that
/// ignores letter case answers for every text with this folded form.
fn folds_alone(text: &str) -> bool {
    // What full case folding makes of ß and of the ligatures.
    text.is_ascii() && !["ss", "ff", "fi", "fl", "st"].iter().any(|pair| text.contains(pair))
}

fn equal(wanted: &Point<'_>, point: &Point<'_>) -> Option<bool> {
    match (wanted, point) {
        (Point::Text(wanted), Point::Text(text)) if wanted.exact != text.exact => {
            if text.exact {
                return Some(wanted.text == folded(text).text);
            }
            // The same letters in some other case, or really different.
            (folded(wanted).text != text.text).then_some(false)
        }
        _ => Some(wanted == point),
    }
}

fn with_text(
    part: &Fixed<'_>,
    point: &Point<'_>,
    test: impl Fn(&str, &str) -> bool,
) -> Option<bool> {
    let Point::Text(text) = point else { return None };
    match (part.exact, text.exact) {
        (false, true) => Some(test(&folded(text).text, &part.text)),
        (true, false) => None,
        _ => Some(test(&text.text, &part.text)),
    }
}

fn compare(point: &Point<'_>, bound: &Point<'_>) -> Option<Ordering> {
    Some(match (point, bound) {
        (Point::Text(text), Point::Text(bound)) => match (text.exact, bound.exact) {
            (true, false) => folded(text).text.as_ref().cmp(bound.text.as_ref()),
            (false, true) => return None,
            _ => text.text.cmp(&bound.text),
        },
        (Point::Number(number), Point::Number(bound)) => number.cmp(bound),
        (Point::Date(date), Point::Date(bound)) => date.cmp(bound),
        _ => return None,
    })
}

fn folded(text: &Fixed<'_>) -> Fixed<'static> {
    Fixed { text: compared(&text.text, false).into_owned().into(), exact: false }
}

/// Whether every value that meets the one, which does not name it whole, meets the other.
fn implies(yes: &Ask<'_>, no: &Ask<'_>) -> bool {
    let part = match no {
        Ask::StartsWith(part) | Ask::EndsWith(part) | Ask::Contains(part) => part,
        _ => return false,
    };
    let same = |text: &Fixed<'_>| text.exact == part.exact;
    match (yes, no) {
        (Ask::StartsWith(text), Ask::StartsWith(_)) => {
            same(text) && text.text.starts_with(part.text.as_ref())
        }
        (Ask::EndsWith(text), Ask::EndsWith(_)) => {
            same(text) && text.text.ends_with(part.text.as_ref())
        }
        (Ask::StartsWith(text) | Ask::EndsWith(text) | Ask::Contains(text), Ask::Contains(_)) => {
            same(text) && text.text.contains(part.text.as_ref())
        }
        _ => false,
    }
}

/// Whether a flag that is there can be neither.
fn both_flags(denied: &[&Ask<'_>]) -> bool {
    let no = |flag| denied.iter().any(|ask| **ask == Ask::Equal(Point::Flag(flag)));
    no(true) && no(false)
}

/// Two starts, or two ends, that no text has together.
fn texts_clash(wanted: &[&Ask<'_>], fuel: &mut Fuel) -> bool {
    if !fuel.spend(wanted.len() * wanted.len()) {
        return false;
    }
    wanted.iter().enumerate().any(|(at, one)| {
        wanted.iter().skip(at + 1).any(|other| match (one, other) {
            (Ask::StartsWith(a), Ask::StartsWith(b)) => {
                a.exact == b.exact
                    && !a.text.starts_with(b.text.as_ref())
                    && !b.text.starts_with(a.text.as_ref())
            }
            (Ask::EndsWith(a), Ask::EndsWith(b)) => {
                a.exact == b.exact
                    && !a.text.ends_with(b.text.as_ref())
                    && !b.text.ends_with(a.text.as_ref())
            }
            _ => false,
        })
    })
}

/// Bounds that leave nothing between them, or one value that gives a wrong answer, or no text
/// with the wanted start.
fn bounds_clash(facts: &[Fact<'_, '_>], atoms: &Atoms<'_>, fuel: &mut Fuel) -> bool {
    let mut least: Option<(&Point<'_>, bool)> = None;
    let mut most: Option<(&Point<'_>, bool)> = None;
    for (ask, holds) in facts {
        // What is not above is below, for a value that is there.
        let (is_least, bound, strict) = match (ask, holds) {
            (Ask::Above { bound, strict }, true) => (true, bound, *strict),
            (Ask::Below { bound, strict }, false) => (true, bound, !*strict),
            (Ask::Below { bound, strict }, true) => (false, bound, *strict),
            (Ask::Above { bound, strict }, false) => (false, bound, !*strict),
            _ => continue,
        };
        let (known, tighter) =
            if is_least { (&mut least, Ordering::Greater) } else { (&mut most, Ordering::Less) };
        let better = known.is_none_or(|(other, other_strict)| match compare(bound, other) {
            Some(Ordering::Equal) => strict && !other_strict,
            order => order == Some(tighter),
        });
        if better {
            *known = Some((bound, strict));
        }
    }
    if let (Some((low, low_strict)), Some((high, high_strict))) = (least, most) {
        match same_form(low, high).then(|| compare(low, high)).flatten() {
            Some(Ordering::Greater) => return true,
            Some(Ordering::Equal) if low_strict || high_strict => return true,
            Some(Ordering::Equal) => {
                return fuel.spend(facts.len()) && wrong(low, facts, atoms);
            }
            _ => {}
        }
    }
    let starts = facts.iter().filter(|(_, holds)| *holds).filter_map(|(ask, _)| match ask {
        Ask::StartsWith(start) => Some(start),
        _ => None,
    });
    let text = |bound: Option<(&'_ Point<'_>, bool)>, start: &Fixed<'_>| match bound {
        Some((Point::Text(text), _)) if text.exact == start.exact => Some(text.text.to_string()),
        _ => None,
    };
    starts.into_iter().any(|start| {
        let starts_at = start.text.as_ref();
        // Every text with that start is at or after the start itself.
        text(most, start).is_some_and(|most| most.as_str() < starts_at)
            || text(least, start)
                .is_some_and(|least| least.as_str() > starts_at && !least.starts_with(starts_at))
    })
}

fn same_form(a: &Point<'_>, b: &Point<'_>) -> bool {
    match (a, b) {
        (Point::Text(a), Point::Text(b)) => a.exact == b.exact,
        _ => true,
    }
}
