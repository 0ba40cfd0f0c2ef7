//! Ctrl-C ends a run with the report of what there is.

use std::future::Future;
use std::pin::Pin;

use provisor_judge::action::Step;
use provisor_judge::drive::{Acted, Acting, Details, Said, Source};

/// A source that can be interrupted.
pub(super) struct Interruptible<'s>(pub(super) &'s mut dyn Source);

impl Source for Interruptible<'_> {
    fn act<'a>(&'a mut self, step: &'a Step, details: &'a Details, again: bool) -> Acting<'a> {
        Box::pin(async move {
            tokio::select! {
                acted = self.0.act(step, details, again) => acted,
                _ = tokio::signal::ctrl_c() => Acted::Stop,
            }
        })
    }

    fn by_hand(&self) -> bool {
        self.0.by_hand()
    }

    fn said(&mut self) -> Pin<Box<dyn Future<Output = Said> + Send + '_>> {
        Box::pin(async move {
            tokio::select! {
                said = self.0.said() => said,
                _ = tokio::signal::ctrl_c() => Said::Stop,
            }
        })
    }
}
