//! `profile order`: one ranking, total over the profiles in use (S304).

use std::collections::BTreeMap;

use super::collect::Collected;
use super::names::{Kind, Names, Once};
use super::report::Report;
use crate::diagnostic::{Code, Diagnostic};
use crate::rules::model::{Catalogue, ProfileId};
use crate::rules::source::Span;

/// The profiles that rules mention, each with the place of its first mention.
#[derive(Default)]
pub(super) struct ProfilesInUse {
    first: BTreeMap<ProfileId, Span>,
    /// The first place where profiles have to be compared: a grant, or `at most`.
    compared: Option<Span>,
}

impl ProfilesInUse {
    /// A rule mentions a profile; `compares` where it takes an order to know what that does.
    pub(super) fn note(&mut self, profile: ProfileId, span: Span, compares: bool) {
        self.first.entry(profile).or_insert(span);
        if compares && self.compared.is_none() {
            self.compared = Some(span);
        }
    }
}

/// Ranks the profiles of `profile order`; N102 for a second order, N101 and N102 for its names.
/// Returns its place.
pub(super) fn rank<'t>(
    from: &Collected<'t>,
    names: &mut Names<'t>,
    report: &mut Report,
    catalogue: &mut Catalogue,
) -> Option<Span> {
    report.leave();
    let mut orders = from.orders.iter();
    let order = orders.next()?;
    for second in orders {
        report.push(
            Diagnostic::new(Code::N102, second.span, "the profiles are put in order twice")
                .label("again")
                .related(order.span, "first put in order here")
                .help("keep one `profile order` that names every profile"),
        );
    }
    let mut once = Once::default();
    let mut rank = 0;
    for id in order.node {
        let Some(number) = names.find(Kind::Profile, id, report) else { continue };
        if !once.admit(id, "the profile order", report) {
            continue;
        }
        if let Some(profile) = catalogue.profiles.get_mut(number as usize) {
            profile.rank = Some(rank);
        }
        rank += 1;
    }
    Some(order.span)
}

/// S304 where profiles have to be compared and one in use has no rank.
pub(super) fn check_total(
    used: &ProfilesInUse,
    order: Option<Span>,
    catalogue: &Catalogue,
    report: &mut Report,
) {
    let Some(compared) = used.compared else { return };
    if used.first.len() < 2 || report.items_are_missing() {
        return;
    }
    report.leave();
    let why = "needed because a grant gives a profile, or a never says `at most`";
    let Some(order) = order else {
        let names: Vec<&str> = used
            .first
            .keys()
            .filter_map(|id| catalogue.profile(*id))
            .map(|profile| profile.naming.id.as_str())
            .collect();
        let message = "nothing says which of two profiles is higher: there is no `profile order`";
        report.push(
            Diagnostic::new(Code::S304, compared, message)
                .help(why)
                .help(format!("write it, lowest first: `profile order {}`", names.join(" < "))),
        );
        return;
    };
    for (id, span) in &used.first {
        let Some(profile) = catalogue.profile(*id).filter(|profile| profile.rank.is_none()) else {
            continue;
        };
        let name = &profile.naming.id;
        let message = format!("profile `{name}` is missing from the profile order");
        report.push(
            Diagnostic::new(Code::S304, *span, message)
                .related(order, "the order")
                .help(format!("put `{name}` where it belongs in `profile order`"))
                .help(why),
        );
    }
}
