//! How far a long work is, on a terminal.

use std::cell::Cell;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar on standard error, if that is a terminal.
pub(super) struct Progress {
    bar: ProgressBar,
    done: Cell<u64>,
    /// Steps between two looks at the bar.
    glance: u64,
}

impl Progress {
    pub(super) fn new(steps: usize, what: &str) -> Self {
        let steps = u64::try_from(steps).unwrap_or(u64::MAX);
        let bar = ProgressBar::new(steps);
        let template = format!("{{wide_bar}} {{human_pos}} of {{human_len}} {what}");
        let style = ProgressStyle::with_template(&template);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self {
            bar,
            done: Cell::new(0),
            glance: (steps / 1_000).max(1),
        }
    }

    pub(super) fn step(&self) {
        self.advance(1);
    }

    pub(super) fn advance(&self, steps: usize) {
        let before = self.done.get();
        let done = before.saturating_add(u64::try_from(steps).unwrap_or(u64::MAX));
        self.done.set(done);
        if before / self.glance != done / self.glance {
            self.bar.set_position(done);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
