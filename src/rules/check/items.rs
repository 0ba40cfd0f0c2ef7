//! The catalogue: seats, profiles, workspaces, capture items and options with what they need.

use std::collections::{HashMap, HashSet};

use super::collect::Collected;
use super::cycles;
use super::names::{Kind, Names, Once};
use super::report::Report;
use crate::diagnostic::{Applicability, Code, Diagnostic, Edit};
use crate::rules::ast::{
    Capture, Ident, Limit, Requirement, RequirementKind, Seat, Text, Workspace,
};
use crate::rules::model::{
    CaptureId, CaptureItem, Catalogue, ChoiceId, Naming, OptionId, OptionItem, ProfileId,
    ProfileItem, SeatId, SeatItem, WorkspaceId, WorkspaceItem,
};
use crate::rules::source::{FileId, Span};

/// The catalogue and quick ways to look into it.
pub(super) struct Items {
    pub(super) catalogue: Catalogue,
    /// What `seats all` means.
    pub(super) all_seats: Vec<SeatId>,
    /// What `capture all` means: no vetoes.
    pub(super) all_captures: Vec<CaptureId>,
    choices: HashMap<(OptionId, String), ChoiceId>,
    /// Per workspace the profiles that exist there; `None` means all.
    offered: Vec<Option<HashSet<ProfileId>>>,
}

impl Items {
    /// The choice of an option by name.
    pub(super) fn choice(&self, option: OptionId, name: &str) -> Option<ChoiceId> {
        self.choices.get(&(option, name.to_owned())).copied()
    }

    /// Whether a profile exists in a workspace.
    pub(super) fn offers(&self, workspace: WorkspaceId, profile: ProfileId) -> bool {
        let offered = self.offered.get(workspace.index()).and_then(Option::as_ref);
        offered.is_none_or(|profiles| profiles.contains(&profile))
    }
}

/// Builds the catalogue: N101, N102, P008 for limits in the wrong place, and S304 for layers,
/// cycles and vetoes. `built_in` are the files of built-in catalogues.
pub(super) fn build<'t>(
    from: &Collected<'t>,
    built_in: &HashSet<FileId>,
    names: &mut Names<'t>,
    report: &mut Report,
) -> Items {
    let mut catalogue = Catalogue::default();
    seats(from, names, report, &mut catalogue);
    limits(from, built_in, names, report, &mut catalogue);
    profiles(from, names, report, &mut catalogue);
    captures(from, names, report, &mut catalogue);
    let offered = workspaces(from, names, report, &mut catalogue);
    let choices = options(from, report, &mut catalogue);
    let all_seats = (0_u32..).take(catalogue.seats.len()).map(SeatId).collect();
    let captures = (0_u32..).zip(&catalogue.captures).filter(|(_, item)| !item.is_veto());
    let all_captures = captures.map(|(number, _)| CaptureId(number)).collect();
    Items { catalogue, all_seats, all_captures, choices, offered }
}

fn seats<'t>(
    from: &Collected<'t>,
    names: &mut Names<'t>,
    report: &mut Report,
    catalogue: &mut Catalogue,
) {
    let mut wires = Wires::new("seats");
    for seat in &from.seats {
        report.enter(format!("seat {}", seat.id.node));
        wires.admit(&seat.id, seat.wire.as_ref(), report);
        let requires = requirements(&seat.requires, &seat.id, Layer::Seat, names, report).seats;
        if let Some(limit) = &seat.limit {
            check_reserve(limit, report);
        }
        catalogue.seats.push(SeatItem {
            naming: naming(&seat.id, &seat.label, seat.wire.as_ref()),
            limit: seat.limit.as_ref().map(|limit| limit.count.node),
            reserve: reserve_of(seat.limit.as_ref()),
            requires,
        });
    }
    let edges: Vec<Vec<u32>> = catalogue
        .seats
        .iter()
        .map(|seat| seat.requires.iter().map(|required| required.0).collect())
        .collect();
    let nodes: Vec<&Ident> = from.seats.iter().map(|seat| &seat.id).collect();
    report_cycles(&edges, &nodes, report);
}

/// `limit seat N [reserve N]`, for seats of built-in catalogues: others say it themselves.
fn limits<'t>(
    from: &Collected<'t>,
    built_in: &HashSet<FileId>,
    names: &mut Names<'t>,
    report: &mut Report,
    catalogue: &mut Catalogue,
) {
    let mut first: HashMap<u32, Span> = HashMap::new();
    for (number, seat) in from.seats.iter().enumerate() {
        if let (Ok(number), Some(limit)) = (u32::try_from(number), &seat.limit) {
            first.insert(number, limit.count.span);
        }
    }
    for item in &from.limits {
        let (id, limit) = item.node;
        report.enter(format!("limit {}", id.node));
        let Some(number) = names.find(Kind::Seat, id, report) else { continue };
        check_reserve(limit, report);
        if let Some(earlier) = first.insert(number, limit.count.span) {
            let message = format!("the limit of seat `{}` is given twice", id.node);
            report.push(
                Diagnostic::new(Code::N102, limit.count.span, message)
                    .label("again")
                    .related(earlier, "first given here")
                    .help("keep the one that holds and remove the other"),
            );
            continue;
        }
        if let Some(seat) = from.seats.get(number as usize)
            && !built_in.contains(&seat.id.span.file)
        {
            report.push(limit_apart(item.span, seat, limit));
            continue;
        }
        if let Some(seat) = catalogue.seats.get_mut(number as usize) {
            seat.limit = Some(limit.count.node);
            seat.reserve = reserve_of(Some(limit));
        }
    }
}

/// P008: the limit of a seat whose declaration can say it.
fn limit_apart(span: Span, seat: &Seat, limit: &Limit) -> Diagnostic {
    let reserve = limit.reserve.as_ref().map(|reserve| format!(" reserve {}", reserve.node));
    let words = format!("limit {}{}", limit.count.node, reserve.unwrap_or_default());
    let message = format!("the limit of seat `{}` stands apart from its declaration", seat.id.node);
    let finding = Diagnostic::new(Code::P008, span, message)
        .label("only for seats of a built-in catalogue")
        .related(seat.id.span, "declared here")
        .help(format!("write `{words}` there, before `requires` if it has any"));
    if seat.id.span.file != span.file {
        // Other rules may use that file too.
        return finding;
    }
    let label = seat.wire.as_ref().unwrap_or(&seat.label).span;
    finding.fix_edits(
        "move the limit into the declaration",
        vec![
            Edit { span: label.after(), text: format!(" {words}") },
            Edit { span, text: String::new() },
        ],
        Applicability::MachineApplicable,
    )
}

fn profiles<'t>(
    from: &Collected<'t>,
    names: &mut Names<'t>,
    report: &mut Report,
    catalogue: &mut Catalogue,
) {
    let mut wires = Wires::new("profiles");
    for profile in &from.profiles {
        report.enter(format!("profile {}", profile.id.node));
        wires.admit(&profile.id, profile.wire.as_ref(), report);
        let requires =
            requirements(&profile.requires, &profile.id, Layer::Profile, names, report).seats;
        catalogue.profiles.push(ProfileItem {
            naming: naming(&profile.id, &profile.label, profile.wire.as_ref()),
            requires,
            rank: None,
        });
    }
}

fn captures<'t>(
    from: &Collected<'t>,
    names: &mut Names<'t>,
    report: &mut Report,
    catalogue: &mut Catalogue,
) {
    let mut wires = Wires::new("capture items");
    for capture in &from.captures {
        report.enter(format!("capture {}", capture.id.node));
        wires.admit(&capture.id, capture.wire.as_ref(), report);
        let required = requirements(&capture.requires, &capture.id, Layer::Capture, names, report);
        let excludes = excluded(capture, from, names, report);
        catalogue.captures.push(CaptureItem {
            naming: naming(&capture.id, &capture.label, capture.wire.as_ref()),
            requires_seats: required.seats,
            requires_captures: required.captures,
            excludes,
        });
    }
    let edges: Vec<Vec<u32>> = catalogue
        .captures
        .iter()
        .map(|item| item.requires_captures.iter().map(|required| required.0).collect())
        .collect();
    let nodes: Vec<&Ident> = from.captures.iter().map(|capture| &capture.id).collect();
    report_cycles(&edges, &nodes, report);
}

/// What a veto switches off: capture items that are no vetoes.
fn excluded<'t>(
    capture: &'t Capture,
    from: &Collected<'t>,
    names: &mut Names<'t>,
    report: &mut Report,
) -> Vec<CaptureId> {
    let mut once = Once::default();
    let mut list = Vec::new();
    let name = &capture.id.node;
    if let (Some(required), false) = (capture.requires.first(), capture.excludes.is_empty()) {
        let message = format!("`{name}` is a veto, so it cannot require anything");
        report.push(
            Diagnostic::new(Code::S304, required.id.span, message)
                .help("a veto protects somebody whatever else they have: remove its `requires`"),
        );
    }
    for id in &capture.excludes {
        let Some(number) = names.find_other(Kind::Capture, id, name, report) else { continue };
        if !once.admit(id, "what this veto excludes", report) {
            continue;
        }
        let other = from.captures.get(number as usize);
        if other.is_some_and(|other| !other.excludes.is_empty()) {
            let message = format!("`{name}` excludes `{}`, which is itself a veto", id.node);
            report.push(
                Diagnostic::new(Code::S304, id.span, message)
                    .help("a veto excludes only items that capture something"),
            );
            continue;
        }
        list.push(CaptureId(number));
    }
    list.sort_unstable();
    list
}

fn workspaces<'t>(
    from: &Collected<'t>,
    names: &mut Names<'t>,
    report: &mut Report,
    catalogue: &mut Catalogue,
) -> Vec<Option<HashSet<ProfileId>>> {
    let mut wires = Wires::new("workspaces");
    let mut offered = Vec::new();
    for workspace in &from.workspaces {
        report.enter(format!("workspace {}", workspace.id.node));
        wires.admit(&workspace.id, workspace.wire.as_ref(), report);
        let offers = offers(workspace, from, names, report);
        offered.push(offers.as_ref().map(|list| list.iter().map(|(id, _)| *id).collect()));
        catalogue.workspaces.push(WorkspaceItem {
            naming: naming(&workspace.id, &workspace.label, workspace.wire.as_ref()),
            offers,
        });
    }
    offered
}

fn offers<'t>(
    workspace: &'t Workspace,
    from: &Collected<'t>,
    names: &mut Names<'t>,
    report: &mut Report,
) -> Option<Vec<(ProfileId, Option<String>)>> {
    let mut once = Once::default();
    let mut wires = Wires::new("profiles of this workspace");
    let mut list = Vec::new();
    for offer in workspace.offers.as_ref()? {
        let id = &offer.profile;
        let Some(number) = names.find(Kind::Profile, id, report) else { continue };
        if !once.admit(id, "the profiles of this workspace", report) {
            continue;
        }
        let declared = from.profiles.get(number as usize).and_then(|p| p.wire.as_ref());
        wires.admit(id, offer.wire.as_ref().or(declared), report);
        list.push((ProfileId(number), offer.wire.as_ref().map(|wire| wire.node.clone())));
    }
    list.sort_by_key(|(id, _)| *id);
    Some(list)
}

fn options(
    from: &Collected<'_>,
    report: &mut Report,
    catalogue: &mut Catalogue,
) -> HashMap<(OptionId, String), ChoiceId> {
    let mut choices = HashMap::new();
    let mut wires = Wires::new("options");
    for (number, option) in (0_u32..).zip(&from.options) {
        report.enter(format!("option {}", option.id.node));
        wires.admit(&option.id, option.wire.as_ref(), report);
        let mut once = Once::default();
        let mut inner = Wires::new("choices of this option");
        let mut item = OptionItem {
            naming: naming(&option.id, &option.label, option.wire.as_ref()),
            choices: Vec::new(),
        };
        for choice in &option.choices {
            if !once.admit(&choice.id, "the choices of this option", report) {
                continue;
            }
            inner.admit(&choice.id, choice.wire.as_ref(), report);
            let id = ChoiceId(u32::try_from(item.choices.len()).unwrap_or(u32::MAX));
            choices.insert((OptionId(number), choice.id.node.clone()), id);
            item.choices.push(naming(&choice.id, &choice.label, choice.wire.as_ref()));
        }
        catalogue.options.push(item);
    }
    choices
}

/// Whose `requires` it is: that decides what a bare name means and what may be required.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layer {
    Seat,
    Profile,
    Capture,
}

#[derive(Default)]
struct Required {
    seats: Vec<SeatId>,
    captures: Vec<CaptureId>,
}

fn requirements<'t>(
    list: &'t [Requirement],
    own: &Ident,
    layer: Layer,
    names: &mut Names<'t>,
    report: &mut Report,
) -> Required {
    let mut required = Required::default();
    let mut seats = Once::default();
    let mut captures = Once::default();
    for requirement in list {
        let id = &requirement.id;
        let kind = match (requirement.kind.as_ref().map(|kind| kind.node), layer) {
            (None, Layer::Capture) => RequirementKind::Capture,
            (None, Layer::Seat | Layer::Profile) => RequirementKind::Seat,
            (Some(kind), _) => kind,
        };
        if kind == RequirementKind::Capture && layer != Layer::Capture {
            report.push(wrong_layer(requirement, layer));
            continue;
        }
        if requirement.kind.is_none() && is_of_other_layer(id, layer, names) {
            let finding = Diagnostic::new(
                Code::N101,
                id.span,
                format!("no capture item is called `{}`, but a seat is", id.node),
            );
            report.push(finding.fix(
                format!("write `seat {}`", id.node),
                id.span,
                format!("seat {}", id.node),
                Applicability::MachineApplicable,
            ));
            continue;
        }
        match kind {
            RequirementKind::Seat => {
                let found = match layer {
                    Layer::Seat => names.find_other(Kind::Seat, id, &own.node, report),
                    Layer::Profile | Layer::Capture => names.find(Kind::Seat, id, report),
                };
                let Some(number) = found else { continue };
                if seats.admit(id, "the seats that it requires", report) {
                    required.seats.push(SeatId(number));
                }
            }
            RequirementKind::Capture => {
                let found = names.find_other(Kind::Capture, id, &own.node, report);
                let Some(number) = found else { continue };
                if captures.admit(id, "the capture items that it requires", report) {
                    required.captures.push(CaptureId(number));
                }
            }
        }
    }
    required.seats.sort_unstable();
    required.captures.sort_unstable();
    required
}

/// A bare name of a capture item's `requires` that only a seat has.
fn is_of_other_layer(id: &Ident, layer: Layer, names: &Names<'_>) -> bool {
    layer == Layer::Capture
        && names.peek(Kind::Capture, &id.node).is_none()
        && names.peek(Kind::Seat, &id.node).is_some()
}

fn wrong_layer(requirement: &Requirement, layer: Layer) -> Diagnostic {
    let whose = if layer == Layer::Seat { "a seat" } else { "a profile" };
    let from = requirement.kind.as_ref().map_or(requirement.id.span, |kind| kind.span);
    Diagnostic::new(
        Code::S304,
        from.to(requirement.id.span),
        format!("{whose} cannot require a capture item (`{}`)", requirement.id.node),
    )
    .help("seats and profiles require seats; capture items require seats and capture items")
}

/// How many members of a circle a message names.
const SHOWN_MEMBERS: usize = 6;

fn report_cycles(edges: &[Vec<u32>], nodes: &[&Ident], report: &mut Report) {
    for cycle in cycles::find(edges) {
        let members: Vec<&&Ident> = cycle.iter().filter_map(|n| nodes.get(*n as usize)).collect();
        let Some(first) = members.first() else { continue };
        let name = &first.node;
        let message = if members.len() == 1 {
            format!("`{name}` requires itself, so nobody can ever have it")
        } else {
            let mut way: Vec<String> = Vec::new();
            for id in members.iter().skip(1).take(SHOWN_MEMBERS) {
                way.push(format!("`{}`", id.node));
            }
            if members.len() > SHOWN_MEMBERS + 1 {
                way.push("…".to_owned());
            }
            let way = way.join(", which requires ");
            format!("`{name}` requires {way}, which requires `{name}`: nobody can ever have them")
        };
        let mut finding = Diagnostic::new(Code::S304, first.span, message);
        for id in members.iter().skip(1).take(SHOWN_MEMBERS) {
            finding = finding.related(id.span, format!("`{}` is declared here", id.node));
        }
        report.leave();
        report.push(finding.help("remove one of these `requires`"));
    }
}

fn check_reserve(limit: &Limit, report: &mut Report) {
    let Some(reserve) = limit.reserve.as_ref().filter(|r| r.node > limit.count.node) else {
        return;
    };
    let message = format!(
        "{} seats cannot be kept free of {}: nobody would get one",
        reserve.node, limit.count.node
    );
    report.push(
        Diagnostic::new(Code::S304, reserve.span, message)
            .related(limit.count.span, "the limit")
            .help("`reserve` is the part of the limit that is kept free"),
    );
}

fn reserve_of(limit: Option<&Limit>) -> u64 {
    limit.and_then(|limit| limit.reserve.as_ref()).map_or(0, |reserve| reserve.node)
}

fn naming(id: &Ident, label: &Text, wire: Option<&Text>) -> Naming {
    Naming {
        id: id.node.clone(),
        label: label.node.clone(),
        wire: wire.map(|wire| wire.node.clone()),
        span: id.span,
    }
}

/// Names in the host's API, each of which one item of a kind may have. An item without `as` goes
/// by its own name.
struct Wires<'t> {
    what: &'static str,
    seen: HashMap<&'t str, Span>,
}

impl<'t> Wires<'t> {
    fn new(what: &'static str) -> Self {
        Self { what, seen: HashMap::new() }
    }

    fn admit(&mut self, id: &'t Ident, wire: Option<&'t Text>, report: &mut Report) {
        let (name, span) = wire.map_or((&id.node, id.span), |wire| (&wire.node, wire.span));
        if let Some(first) = self.seen.insert(name, span) {
            let message = format!("two {} have the name `{name}` in the host's API", self.what);
            report.push(
                Diagnostic::new(Code::N102, span, message)
                    .label("again")
                    .related(first, "first here")
                    .help("give each its own name with `as \"…\"`"),
            );
        }
    }
}
