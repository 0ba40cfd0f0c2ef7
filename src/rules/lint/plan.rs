//! S306: more than the plan allows.

use super::Lint;
use super::words::either;
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::rules::model::{Plan, Settings};

/// What a plan allows at most.
#[derive(Debug, Clone, Copy)]
struct Limits {
    assignments: u64,
    workspaces: u64,
    profiles: u64,
}

/// The plans of edition 1, as in contracts before March 2025; newer ones set the single limits.
const PLANS: &[(Plan, &str, Limits)] = &[
    (Plan::GongCoaching, "gong_coaching", SMALL),
    (Plan::GongProfessional, "gong_professional", SMALL),
    (
        Plan::GongEnterprise,
        "gong_enterprise",
        Limits { assignments: 200, workspaces: 200, profiles: 200 },
    ),
];

const SMALL: Limits = Limits { assignments: 8, workspaces: 3, profiles: 10 };

pub(super) fn check(lint: &Lint<'_>, found: &mut Diagnostics) {
    let settings = &lint.model.settings;
    let catalogue = &lint.model.catalogue;
    if let Some(limit) =
        limit(settings, "max_assignments", settings.max_assignments, |l| l.assignments)
    {
        let assignments = &lint.model.assignments;
        if let Some(over) = assignments.get(limit.most) {
            let last = format!("`{}`", over.head.name);
            found.push(limit.exceeded("assignments", assignments.len(), over.head.span, &last));
        }
    }
    if let Some(limit) =
        limit(settings, "max_workspaces", settings.max_workspaces, |l| l.workspaces)
    {
        let workspaces = &catalogue.workspaces;
        if let Some(over) = workspaces.get(limit.most) {
            let last = format!("`{}`", over.naming.id);
            found.push(limit.exceeded("workspaces", workspaces.len(), over.naming.span, &last));
        }
    }
    if let Some(limit) = limit(settings, "max_profiles", settings.max_profiles, |l| l.profiles) {
        for workspace in &catalogue.workspaces {
            let offers = workspace.offers.as_ref().map_or(catalogue.profiles.len(), Vec::len);
            let id = &workspace.naming.id;
            let over = match &workspace.offers {
                Some(offers) => offers.get(limit.most).map(|(profile, _)| profile.index()),
                None => Some(limit.most),
            };
            let over = over.and_then(|at| catalogue.profiles.get(at));
            if let Some(over) = over.filter(|_| offers > limit.most) {
                let last = format!("`{}`", over.naming.id);
                let what = format!("profiles in workspace `{id}`");
                found.push(limit.exceeded(&what, offers, workspace.naming.span, &last));
            }
        }
    }
}

/// A limit and where it comes from.
struct Limit {
    most: usize,
    from: String,
}

/// The limit of a setting, or else of the plan.
fn limit(
    settings: &Settings,
    name: &str,
    single: Option<u64>,
    of: impl Fn(&Limits) -> u64,
) -> Option<Limit> {
    let (most, from) = match single {
        Some(most) => (most, format!("setting `{name}`")),
        None => {
            let (_, plan, limits) = PLANS.iter().find(|(plan, ..)| Some(*plan) == settings.plan)?;
            (of(limits), format!("plan `{plan}`"))
        }
    };
    Some(Limit { most: usize::try_from(most).unwrap_or(usize::MAX), from })
}

impl Limit {
    fn exceeded(
        &self,
        what: &str,
        count: usize,
        span: crate::rules::source::Span,
        first_over: &str,
    ) -> Diagnostic {
        let beyond = count - self.most;
        let rest = match beyond - 1 {
            0 => String::new(),
            more => format!(" and {more} after it"),
        };
        let message = format!(
            "{count} {what}, but {} allows {}: {first_over}{rest} {} no room",
            self.from,
            self.most,
            either(beyond, "has", "have"),
        );
        Diagnostic::new(Code::S306, span, message)
            .label(format!("one more than {}", self.most))
            .help("join or remove some, or correct the setting if the contract allows more")
    }
}
