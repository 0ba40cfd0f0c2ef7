//! What was expected and what came, in words.

use crate::decide::{Cause, Decision, Dropped, Item};
use crate::rules::ast::{Area, RuleKind};
use crate::rules::check::suite::{Expectation, Wanted};
use crate::rules::model::{CaptureId, Catalogue, Modes, ProfileId, SeatId, WorkspaceId};

/// "`a`, `b`", or the word for none.
pub(super) fn listed<S: AsRef<str>>(names: impl IntoIterator<Item = S>, none: &str) -> String {
    let names: Vec<String> = names.into_iter().map(|name| format!("`{}`", name.as_ref())).collect();
    if names.is_empty() { none.to_owned() } else { names.join(", ") }
}

/// What is expected: "seats `gong`".
pub(super) fn expected(expectation: &Expectation, catalogue: &Catalogue) -> String {
    let wanted = match &expectation.wanted {
        Wanted::Deactivated => "deactivated".to_owned(),
        Wanted::Assignment(name) => format!("assignment `{name}`"),
        Wanted::Seats(seats) => {
            format!("seats {}", listed(seats.iter().map(|id| seat(catalogue, *id)), "none"))
        }
        Wanted::Seat(id) => format!("seat `{}`", seat(catalogue, *id)),
        Wanted::Home(home) => format!("home {}", home_words(catalogue, *home)),
        Wanted::Workspace { workspace, profile } => profile_words(catalogue, *workspace, *profile),
        Wanted::Capture(items) => {
            format!("capture {}", listed(items.iter().map(|id| capture(catalogue, *id)), "none"))
        }
        Wanted::CaptureIncludes(items) => {
            let items = listed(items.iter().map(|id| capture(catalogue, *id)), "none");
            format!("capture to include {items}")
        }
        Wanted::Option { option, choice } => {
            let item = catalogue.option(*option);
            let choice = item
                .zip(*choice)
                .and_then(|(item, choice)| item.choices.get(choice.index()))
                .map_or_else(|| "none".to_owned(), |choice| format!("`{}`", choice.id));
            format!("option `{}` {choice}", item.map_or("", |item| item.naming.id.as_str()))
        }
        Wanted::Withheld(items) => {
            format!("withheld {}", listed(items.iter().map(|named| &named.name), "none"))
        }
        Wanted::Removed(items) => {
            format!("removed {}", listed(items.iter().map(|named| &named.name), "none"))
        }
        Wanted::Vetoed(items) => {
            format!("vetoed {}", listed(items.iter().map(|named| &named.name), "none"))
        }
        Wanted::Update(modes) => format!("update {}", modes_words(*modes)),
        Wanted::Because { kind, name, .. } => {
            format!("{} `{name}` to have a part in it", kind.as_str())
        }
    };
    if expectation.negated { format!("not {wanted}") } else { wanted }
}

/// What came instead, as the end of "but `ana` …".
pub(super) fn actual(expectation: &Expectation, decision: &Decision<'_>) -> String {
    let catalogue = &decision.model().catalogue;
    if decision.is_deactivated() {
        return "is deactivated, and nothing else is decided".to_owned();
    }
    match &expectation.wanted {
        Wanted::Deactivated => "is active".to_owned(),
        Wanted::Assignment(_) => match decision.winner() {
            Some(winner) => format!("gets `{}`", winner.head.name),
            None => "gets none".to_owned(),
        },
        Wanted::Seats(_) | Wanted::Seat(_) => {
            format!("has {}", listed(decision.seats().map(|(_, seat)| &seat.naming.id), "none"))
        }
        Wanted::Home(_) => format!("has home {}", home_words(catalogue, decision.home())),
        Wanted::Workspace { workspace, .. } => {
            format!("has {}", profile_words(catalogue, *workspace, decision.profile(*workspace)))
        }
        Wanted::Capture(_) | Wanted::CaptureIncludes(_) => {
            format!("has {}", listed(decision.captures().map(|(_, item)| &item.naming.id), "none"))
        }
        Wanted::Option { option, .. } => {
            let winner = decision.winner();
            let governed = winner.and_then(|winner| winner.options.iter().find(|o| o.0 == *option));
            let item = catalogue.option(*option);
            match governed {
                None => "has an assignment that does not govern it".to_owned(),
                Some((_, None)) => "has none".to_owned(),
                Some((_, Some(choice))) => {
                    let choice = item.and_then(|item| item.choices.get(choice.index()));
                    format!("has `{}`", choice.map_or("", |choice| choice.id.as_str()))
                }
            }
        }
        Wanted::Withheld(_) => dropped_words(decision, Cause::Withheld),
        Wanted::Removed(_) => dropped_words(decision, Cause::Removed),
        Wanted::Vetoed(_) => dropped_words(decision, Cause::Vetoed),
        Wanted::Update(_) => match decision.update() {
            Some(modes) => format!("has {}", modes_words(modes)),
            None => "has none".to_owned(),
        },
        Wanted::Because { .. } if expectation.negated => "is decided with it".to_owned(),
        Wanted::Because { kind: RuleKind::Grant, name, .. }
            if decision.grants().any(|grant| grant.head.name == *name) =>
        {
            "has nothing that it gives".to_owned()
        }
        Wanted::Because { kind: RuleKind::Never, name, .. }
            if decision.nevers().any(|never| never.head.name == *name) =>
        {
            "was given nothing that it forbids".to_owned()
        }
        Wanted::Because { .. } => "is decided without it".to_owned(),
    }
}

/// Why an item does not stand: "`gong` was removed by never `N`".
pub(super) fn why(dropped: &Dropped<'_>, catalogue: &Catalogue) -> String {
    let item = item(catalogue, dropped.item);
    let nevers = listed(dropped.nevers.iter().map(|head| &head.name), "none");
    match dropped.cause {
        Cause::Removed => format!("{item} is removed by never {nevers}"),
        Cause::Vetoed => {
            let vetoes = listed(dropped.vetoes.iter().map(|id| capture(catalogue, *id)), "none");
            format!("{item} is switched off by {vetoes}")
        }
        Cause::Withheld => {
            let missing: Vec<String> =
                dropped.missing.iter().map(|missing| self::item(catalogue, *missing)).collect();
            format!("{item} is withheld: it needs {}", missing.join(" and "))
        }
        Cause::Lowered => {
            let to = dropped.lowered_to.map_or("none", |profile| profile_id(catalogue, profile));
            format!("{item} is lowered to `{to}` by never {nevers}")
        }
    }
}

fn dropped_words(decision: &Decision<'_>, cause: Cause) -> String {
    let catalogue = &decision.model().catalogue;
    let dropped = decision.dropped();
    let items = dropped.iter().filter(|dropped| dropped.cause == cause);
    let names: Vec<String> = items.map(|dropped| item(catalogue, dropped.item)).collect();
    let names = if names.is_empty() { "nothing".to_owned() } else { names.join(", ") };
    format!("has {names} {}", cause.as_str())
}

fn item(catalogue: &Catalogue, item: Item) -> String {
    match item {
        Item::Seat(id) => format!("seat `{}`", seat(catalogue, id)),
        Item::Capture(id) => format!("`{}`", capture(catalogue, id)),
        Item::Profile(workspace, profile) => profile_words(catalogue, workspace, Some(profile)),
    }
}

fn home_words(catalogue: &Catalogue, home: Option<WorkspaceId>) -> String {
    match home {
        Some(home) => format!("`{}`", workspace(catalogue, home)),
        None => "none".to_owned(),
    }
}

fn profile_words(catalogue: &Catalogue, place: WorkspaceId, profile: Option<ProfileId>) -> String {
    let place = workspace(catalogue, place);
    match profile {
        Some(profile) => format!("`{}` in workspace `{place}`", profile_id(catalogue, profile)),
        None => format!("no profile in workspace `{place}`"),
    }
}

/// As the `update` clause says it: `automatic except capture`.
fn modes_words(modes: Modes) -> String {
    let automatic = Area::ALL.iter().filter(|area| modes.get(**area)).count();
    let mostly = automatic * 2 >= Area::ALL.len();
    let others: Vec<&str> = Area::ALL
        .iter()
        .filter(|area| modes.get(**area) != mostly)
        .map(|area| area.as_str())
        .collect();
    let word = if mostly { "automatic" } else { "manual" };
    if others.is_empty() { word.to_owned() } else { format!("{word} except {}", others.join(", ")) }
}

fn seat(catalogue: &Catalogue, id: SeatId) -> &str {
    catalogue.seat(id).map_or("", |seat| &seat.naming.id)
}

fn capture(catalogue: &Catalogue, id: CaptureId) -> &str {
    catalogue.capture(id).map_or("", |item| &item.naming.id)
}

fn workspace(catalogue: &Catalogue, id: WorkspaceId) -> &str {
    catalogue.workspace(id).map_or("", |item| &item.naming.id)
}

fn profile_id(catalogue: &Catalogue, id: ProfileId) -> &str {
    catalogue.profile(id).map_or("", |item| &item.naming.id)
}
