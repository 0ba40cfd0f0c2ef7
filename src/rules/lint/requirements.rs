//! S301 and S303: what is given without what it needs.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::Lint;
use super::words::{context, either, joined, listed, rule};
use crate::diagnostic::{Applicability, Code, Diagnostic, Diagnostics};
use crate::rules::ast::RuleKind;
use crate::rules::model::{CaptureId, Catalogue, ProfileId, RuleHead, SeatId, WorkspaceId};

/// A seat or a capture item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Item {
    Seat(SeatId),
    Capture(CaptureId),
}

/// What one rule gives.
struct Given<'a> {
    head: &'a RuleHead,
    items: Vec<Item>,
    profiles: Vec<(WorkspaceId, ProfileId)>,
}

pub(super) fn check(lint: &Lint<'_>, found: &mut Diagnostics) {
    let grants: Vec<Given<'_>> = lint
        .model
        .grants
        .iter()
        .map(|grant| Given {
            head: &grant.head,
            items: items(&grant.seats, &grant.captures),
            profiles: grant.workspaces.clone(),
        })
        .collect();
    let granted: HashSet<Item> = grants.iter().flat_map(|given| &given.items).copied().collect();
    // A grant adds to an assignment, so what it needs may come from any of them.
    let mut anywhere = granted.clone();
    for assignment in &lint.model.assignments {
        let items = items(&assignment.seats, &assignment.captures);
        anywhere.extend(items.iter().copied());
        let profiles =
            assignment.workspaces.iter().enumerate().filter_map(|(at, profile)| {
                Some((WorkspaceId(u32::try_from(at).ok()?), (*profile)?))
            });
        let given = Given { head: &assignment.head, items, profiles: profiles.collect() };
        check_rule(lint, &given, &granted, found);
    }
    for given in &grants {
        check_rule(lint, given, &anywhere, found);
    }
}

fn check_rule(
    lint: &Lint<'_>,
    given: &Given<'_>,
    elsewhere: &HashSet<Item>,
    found: &mut Diagnostics,
) {
    let catalogue = &lint.model.catalogue;
    let own: HashSet<Item> = given.items.iter().copied().collect();
    let missing =
        missing(catalogue, given, |item| own.contains(&item) || elsewhere.contains(&item));
    for (needed, items) in &missing {
        found.push(withheld(lint, given, *needed, items));
    }
    let mut places: BTreeMap<SeatId, Vec<(WorkspaceId, ProfileId)>> = BTreeMap::new();
    for (workspace, profile) in &given.profiles {
        for seat in catalogue.profile(*profile).into_iter().flat_map(|item| &item.requires) {
            let item = Item::Seat(*seat);
            if !own.contains(&item) && !elsewhere.contains(&item) {
                places.entry(*seat).or_default().push((*workspace, *profile));
            }
        }
    }
    for (seat, places) in &places {
        let reported = missing.contains_key(&Item::Seat(*seat));
        found.extend(powerless(lint, given, *seat, places, reported));
    }
}

/// What the items need, directly or through others, and is nowhere; with the items that need it.
fn missing(
    catalogue: &Catalogue,
    given: &Given<'_>,
    there: impl Fn(Item) -> bool,
) -> BTreeMap<Item, Vec<Item>> {
    let mut missing: BTreeMap<Item, Vec<Item>> = BTreeMap::new();
    if given.items.iter().all(|item| requires(catalogue, *item).all(&there)) {
        return missing;
    }
    for item in &given.items {
        let mut seen: BTreeSet<Item> = BTreeSet::new();
        let mut open: Vec<Item> = vec![*item];
        while let Some(next) = open.pop() {
            // What is given elsewhere in the rule answers for its own requirements.
            for needed in requires(catalogue, next).filter(|needed| !there(*needed)) {
                if seen.insert(needed) {
                    open.push(needed);
                    missing.entry(needed).or_default().push(*item);
                }
            }
        }
    }
    missing
}

/// S301
fn withheld(lint: &Lint<'_>, given: &Given<'_>, needed: Item, items: &[Item]) -> Diagnostic {
    let catalogue = &lint.model.catalogue;
    let head = given.head;
    let names: Vec<&str> = items.iter().map(|item| id(catalogue, *item)).collect();
    let first = items.first().map_or(head.span, |item| place(catalogue, head, *item));
    let (kind, keyword) = match needed {
        Item::Seat(_) => ("seat", "seats"),
        Item::Capture(_) => ("capture item", "capture"),
    };
    let needed = id(catalogue, needed);
    let mut diagnostic = Diagnostic::new(
        Code::S301,
        first,
        format!(
            "{} gives {}, but {} gives {kind} `{needed}`, which {} needs: people whom it matches {}",
            rule(head),
            listed(&names),
            if head.kind == RuleKind::Grant { "no rule" } else { "neither it nor any grant" },
            either(names.len(), "it", "each of them"),
            match names.len() {
                1 => "do not get it",
                2 => "get neither",
                _ => "get none of them",
            },
        ),
    )
    .label(format!("needs {kind} `{needed}`"))
    .context(context(head))
    .help(add_or_leave_out(head, keyword, needed, &names));
    for item in items.iter().skip(1).take(4) {
        diagnostic = diagnostic.related(place(catalogue, head, *item), "so does this");
    }
    let diagnostic = with_origin(lint, diagnostic, head);
    with_addition(lint, diagnostic, head, keyword, needed)
}

/// S303
fn powerless(
    lint: &Lint<'_>,
    given: &Given<'_>,
    seat: SeatId,
    places: &[(WorkspaceId, ProfileId)],
    reported: bool,
) -> Option<Diagnostic> {
    let catalogue = &lint.model.catalogue;
    let head = given.head;
    let seat = &catalogue.seat(seat)?.naming.id;
    let named: Vec<String> = places
        .iter()
        .filter_map(|(workspace, profile)| {
            let workspace = &catalogue.workspace(*workspace)?.naming.id;
            Some(format!("`{}` in `{workspace}`", catalogue.profile(*profile)?.naming.id))
        })
        .collect();
    let (workspace, _) = places.first()?;
    let workspace = catalogue.workspace(*workspace)?.naming.id.as_str();
    let listed = head
        .places
        .iter()
        .any(|place| place.keyword == "workspaces" && place.item.as_deref() == Some(workspace));
    let entry = if listed { workspace } else { "others" };
    let diagnostic = Diagnostic::new(
        Code::S303,
        head.place("workspaces", Some(entry)),
        format!(
            "{} gives profile {}, but {} gives seat `{seat}`, which {} needs: people get no profile there",
            rule(head),
            joined(&named),
            if head.kind == RuleKind::Grant { "no rule" } else { "neither it nor any grant" },
            either(named.len(), "it", "each"),
        ),
    )
    .label(format!("needs seat `{seat}`"))
    .context(context(head))
    .help(format!(
        "add `{seat}` to `seats` of {}, or give a profile that needs no seat",
        rule(head)
    ));
    let diagnostic = with_origin(lint, diagnostic, head);
    // With S301 about the same seat one addition mends both.
    Some(if reported { diagnostic } else { with_addition(lint, diagnostic, head, "seats", seat) })
}

fn add_or_leave_out(head: &RuleHead, keyword: &str, needed: &str, names: &[&str]) -> String {
    format!("add `{needed}` to `{keyword}` of {}, or leave out {}", rule(head), listed(names))
}

/// Says whose line it is, where the rule takes it over with `like`.
fn with_origin(lint: &Lint<'_>, diagnostic: Diagnostic, head: &RuleHead) -> Diagnostic {
    let Some(other) = lint.taken_over_from(head, diagnostic.span) else { return diagnostic };
    let from = format!("{} `{}`", other.kind.as_str(), other.name.node);
    diagnostic.related(head.span, format!("{} takes this over from {from}", rule(head)))
}

fn with_addition(
    lint: &Lint<'_>,
    diagnostic: Diagnostic,
    head: &RuleHead,
    keyword: &str,
    item: &str,
) -> Diagnostic {
    match lint.addition(head, keyword, item) {
        Some((span, text)) => diagnostic.fix(
            format!("add `{item}` to `{keyword}`"),
            span,
            text,
            // It may cost a licence: a person should look.
            Applicability::MaybeIncorrect,
        ),
        None => diagnostic,
    }
}

fn requires(catalogue: &Catalogue, item: Item) -> impl Iterator<Item = Item> {
    let (seats, captures) = match item {
        Item::Seat(id) => (catalogue.seat(id).map(|item| &item.requires), None),
        Item::Capture(id) => {
            let item = catalogue.capture(id);
            (item.map(|item| &item.requires_seats), item.map(|item| &item.requires_captures))
        }
    };
    let seats = seats.into_iter().flatten().map(|id| Item::Seat(*id));
    seats.chain(captures.into_iter().flatten().map(|id| Item::Capture(*id)))
}

fn items(seats: &[SeatId], captures: &[CaptureId]) -> Vec<Item> {
    let captures = captures.iter().map(|id| Item::Capture(*id));
    seats.iter().map(|id| Item::Seat(*id)).chain(captures).collect()
}

fn id(catalogue: &Catalogue, item: Item) -> &str {
    match item {
        Item::Seat(id) => catalogue.seat(id).map_or("", |item| &item.naming.id),
        Item::Capture(id) => catalogue.capture(id).map_or("", |item| &item.naming.id),
    }
}

fn place(catalogue: &Catalogue, head: &RuleHead, item: Item) -> crate::rules::source::Span {
    let keyword = match item {
        Item::Seat(_) => "seats",
        Item::Capture(_) => "capture",
    };
    head.place(keyword, Some(id(catalogue, item)))
}
