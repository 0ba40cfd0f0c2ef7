//! Asks a person to act at the source, and listens to what they say.

use std::future::Future;
use std::pin::Pin;

use tokio::sync::mpsc::Receiver;

use super::{Acted, Acting, Details, Said, Source};
use crate::action::Step;

/// What a person can say.
const KEYS: &str = "Enter: it is done; s: the source cannot do this; q: stop.";

/// A person at a terminal.
pub struct Guided {
    say: Box<dyn Fn(&str) + Send + Sync>,
    lines: Receiver<String>,
    number: usize,
    of: usize,
}

impl Guided {
    /// `say` tells the person something; `lines` are what they type. There are `of` steps.
    pub fn new(
        say: impl Fn(&str) + Send + Sync + 'static,
        lines: Receiver<String>,
        of: usize,
    ) -> Self {
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
        (self.say)(&format!("  Waiting for it to arrive. {KEYS}"));
        Box::pin(async { Acted::Waits })
    }

    fn by_hand(&self) -> bool {
        true
    }

    fn said(&mut self) -> Pin<Box<dyn Future<Output = Said> + Send + '_>> {
        Box::pin(async {
            loop {
                match self.lines.recv().await.as_deref().map(str::trim) {
                    Some("") => return Said::Next,
                    Some("s" | "skip") => return Said::Skip,
                    // Without anybody who answers there is nobody to ask.
                    Some("q" | "quit") | None => return Said::Stop,
                    Some(other) => (self.say)(&format!("  {other:?} is no answer. {KEYS}")),
                }
            }
        })
    }

    fn only_read(&mut self, requests: usize) {
        let came = if requests == 1 {
            "1 request came, and it changes nothing".to_owned()
        } else {
            format!("{requests} requests came, and none of them changes anything")
        };
        (self.say)(&format!("  {came}. Still waiting. {KEYS}"));
    }
}
