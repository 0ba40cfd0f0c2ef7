//! A signal ends a run with the report of what there is.

use std::future::Future;
use std::pin::Pin;

use provisor_judge::action::Step;
use provisor_judge::drive::{Acted, Acting, Details, Said, Source};
use tokio::sync::watch;

use super::super::signal::Signals;

/// Whether somebody wants the run to end. It listens from the start: a signal that comes while
/// nobody waits for one is not lost.
#[derive(Debug, Clone)]
pub(super) struct Interrupts(watch::Receiver<bool>);

impl Interrupts {
    /// Begins to listen; within a runtime.
    pub(super) fn listen() -> Self {
        let (sender, receiver) = watch::channel(false);
        let mut signals = Signals::listen();
        tokio::spawn(async move {
            signals.came().await;
            // Nobody listens any more when the run is over.
            let _ = sender.send(true);
            sender.closed().await;
        });
        Self(receiver)
    }

    /// Ends when one has come.
    pub(super) async fn came(&mut self) {
        if self.0.wait_for(|came| *came).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Whether one has come.
    pub(super) fn is_there(&self) -> bool {
        *self.0.borrow()
    }
}

/// A source that can be interrupted.
pub(super) struct Interruptible<'s> {
    pub(super) source: &'s mut dyn Source,
    pub(super) interrupts: Interrupts,
}

impl Source for Interruptible<'_> {
    fn act<'a>(&'a mut self, step: &'a Step, details: &'a Details, again: bool) -> Acting<'a> {
        Box::pin(async move {
            tokio::select! {
                biased;
                () = self.interrupts.came() => Acted::Stop,
                acted = self.source.act(step, details, again) => acted,
            }
        })
    }

    fn by_hand(&self) -> bool {
        self.source.by_hand()
    }

    fn said(&mut self) -> Pin<Box<dyn Future<Output = Said> + Send + '_>> {
        Box::pin(async move {
            tokio::select! {
                biased;
                () = self.interrupts.came() => Said::Stop,
                said = self.source.said() => said,
            }
        })
    }

    fn only_read(&mut self, requests: usize) {
        self.source.only_read(requests);
    }
}
