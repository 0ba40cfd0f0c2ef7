//! Commands from which nothing comes: what they said is the reason, not the product.

use provisor_judge::action::Step;
use provisor_judge::drive::{Acted, Acting, Details, Source};
use provisor_judge::provider::Provider;
use provisor_judge::run::Outcome;

use crate::exit::Failure;
use crate::output::{Output, shown};

/// Failures without a request after which the others are not tried: each may take a while.
const ENOUGH: usize = 3;

/// A source that is given up when its commands fail and nothing comes.
pub(super) struct Heard<'a, S> {
    pub(super) source: S,
    pub(super) provider: &'a Provider,
    pub(super) failed: usize,
}

impl<S: Source> Source for Heard<'_, S> {
    fn act<'a>(&'a mut self, step: &'a Step, details: &'a Details, again: bool) -> Acting<'a> {
        Box::pin(async move {
            if self.failed >= ENOUGH && self.provider.recorder().is_empty() {
                return Acted::Stop;
            }
            let acted = self.source.act(step, details, again).await;
            self.failed +=
                usize::from(matches!(acted, Acted::Failed(_) | Acted::Late(_) | Acted::Unable(_)));
            acted
        })
    }
}

/// Why nothing could be judged, if not one request came.
pub(super) fn told(outcome: &Outcome, provider: &Provider, output: &Output) -> Option<Failure> {
    // A command that could not run was tried.
    let tried = outcome.steps.iter().any(|step| step.skipped.is_none() || step.complaint.is_some());
    if !provider.recorder().is_empty() || !tried {
        return None;
    }
    let complaint = outcome.steps.iter().find_map(|step| step.complaint.as_deref());
    if output.quiet
        && let Some(complaint) = complaint
    {
        // Without the lines of the steps nobody has seen it.
        output.complain(&shown(complaint));
    }
    let failure = Failure::new("no request reached the judge").why(match complaint {
        None => "the command ended well, and did nothing".to_owned(),
        Some(complaint) => complaint.to_owned(),
    });
    let missing = provider.recorder().missing();
    Some(if missing.broken > 0 {
        failure.help(format!(
            "something else than HTTP came; the base URL begins with {}",
            if provider.ca_pem().is_some() { "https" } else { "http, and the source speaks TLS?" }
        ))
    } else if provider.ca_pem().is_some() && provider.recorder().connections() > 0 {
        failure.help("a connection came and ended; does the source trust SCIM_CA_FILE?")
    } else {
        failure
            .help("does the command start by hand, and does it push to the URL in SCIM_BASE_URL?")
    })
}
