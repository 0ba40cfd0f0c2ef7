//! Progress of long work: a line on a terminal, nothing anywhere else.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::output::Output;

/// Work that is quicker than this shows nothing.
const PATIENCE: Duration = Duration::from_millis(400);

/// The progress of one piece of work.
#[derive(Debug)]
pub struct Progress {
    bar: ProgressBar,
    /// When it may be shown, if ever.
    show_at: Option<Instant>,
}

impl Progress {
    /// Progress through `bytes` of input, or through input of unknown size.
    pub fn new(output: &Output, what: &'static str, bytes: Option<u64>) -> Self {
        let bar = match bytes {
            Some(bytes) => ProgressBar::new(bytes),
            None => ProgressBar::no_length(),
        };
        bar.set_draw_target(ProgressDrawTarget::hidden());
        let template = match bytes {
            Some(_) => "{msg} {wide_bar} {bytes}/{total_bytes}, {eta} left",
            None => "{msg} {spinner} {bytes}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(what);
        // While results scroll by on the same terminal, a bar would only be in the way.
        let wanted = output.err.terminal && !output.out.terminal && !output.quiet;
        Self { bar, show_at: wanted.then(|| Instant::now() + PATIENCE) }
    }

    /// So many more bytes are done.
    pub fn advance(&mut self, bytes: u64) {
        if self.show_at.is_some_and(|at| Instant::now() >= at) {
            self.show_at = None;
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(8));
        }
        self.bar.inc(bytes);
    }

    /// Takes the line away.
    pub fn finish(self) {
        self.bar.finish_and_clear();
    }
}
