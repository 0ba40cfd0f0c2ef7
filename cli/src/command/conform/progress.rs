//! How far a run is: one line on a terminal, nothing anywhere else.

use std::collections::BTreeMap;
use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use provisor_conformance::report::Verdict;

use crate::output::Output;

/// The line.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    counts: Mutex<BTreeMap<Verdict, usize>>,
}

impl Progress {
    /// Of so many things to be judged, with a word on them until the first one is done.
    pub fn new(output: &Output, all: usize, word: Option<String>) -> Self {
        let bar = ProgressBar::new(u64::try_from(all).unwrap_or(u64::MAX));
        let shown = output.err.terminal && !output.quiet;
        bar.set_draw_target(if shown {
            ProgressDrawTarget::stderr_with_hz(12)
        } else {
            ProgressDrawTarget::hidden()
        });
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len}  {wide_msg}") {
            bar.set_style(style);
        }
        bar.set_message(word.unwrap_or_default());
        Self { bar, counts: Mutex::default() }
    }

    /// One more is done.
    pub fn done(&self, id: &str, verdict: Verdict) {
        if let Ok(mut counts) = self.counts.lock() {
            *counts.entry(verdict).or_insert(0) += 1;
            let words = counts.iter().filter(|(verdict, _)| verdict.is_finding());
            let mut words: Vec<String> =
                words.map(|(verdict, count)| format!("{count} {}", verdict.as_str())).collect();
            words.push(id.to_owned());
            self.bar.set_message(words.join(", "));
        }
        self.bar.inc(1);
    }

    /// Takes the line away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
