//! Asks a person to act at the source, and listens to what they say.

use std::future::Future;
use std::pin::Pin;

use tokio::sync::mpsc::Receiver;

use super::{Acted, Acting, Details, Said, Source};
use crate::action::Step;

/// A person at a terminal.
pub struct Guided {
    say: Box<dyn Fn(&str) + Send>,
    lines: Receiver<String>,
    number: usize,
    of: usize,
}

impl Guided {
    /// `say` tells the person something; `lines` are what they type. There are `of` steps.
    pub fn new(say: impl Fn(&str) + Send + 'static, lines: Receiver<String>, of: usize) -> Self {
        Self { say: Box::new(say), lines, number: 0, of }
    }
}

impl Source for Guided {
    fn act<'a>(&'a mut self, step: &'a Step, _details: &'a Details, again: bool) -> Acting<'a> {
        // What was typed before is about steps before.
        while self.lines.try_recv().is_ok() {}
        if again {
            (self.say)("  It did not arrive. Let the source run its next cycle, if it has cycles.");
        } else {
            self.number += 1;
            let trouble = step
                .misbehaviour
                .map_or_else(String::new, |one| format!("\n  (meanwhile: {})", one.title));
            (self.say)(&format!("{} of {}: {}{trouble}", self.number, self.of, step.asks));
        }
        (self.say)(
            "  Waiting for it to arrive. Enter: it is done; s: the source cannot do this; q: stop.",
        );
        Box::pin(async { Acted::Waits })
    }

    fn by_hand(&self) -> bool {
        true
    }

    fn said(&mut self) -> Pin<Box<dyn Future<Output = Said> + Send + '_>> {
        Box::pin(async {
            match self.lines.recv().await.as_deref().map(str::trim) {
                Some("s" | "skip") => Said::Skip,
                Some("q" | "quit") => Said::Stop,
                Some(_) => Said::Next,
                // Nobody is there any more: what comes by itself decides.
                None => std::future::pending().await,
            }
        })
    }
}
