//! A bounded number of samples of a simulation of any length.

use alloc::vec::Vec;
use core::time::Duration;

use super::{Sample, ThingCounts};
use crate::EndCounts;

/// What is sampled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    pub(super) things: ThingCounts,
    pub(super) ends: EndCounts,
}

/// Samples on a grid of one minute, which becomes twice as wide whenever they are too many. While
/// nothing changes there are two samples, so that a line from each to the next shows what was.
#[derive(Debug)]
pub(super) struct Series {
    samples: Vec<(u32, State)>,
    /// Seconds between two points of the grid.
    step: u32,
    /// The first point of the grid that has not been looked at.
    next: u32,
    most: usize,
    now: State,
}

const MINUTE: u32 = 60;

/// The least number of samples that can be asked for.
const LEAST: usize = 16;

impl Series {
    pub(super) fn new(most: usize) -> Self {
        Self {
            samples: Vec::new(),
            step: MINUTE,
            next: 0,
            // The last one is off the grid.
            most: most.max(LEAST) - 1,
            now: State::default(),
        }
    }

    /// What holds from now on.
    pub(super) const fn set(&mut self, state: State) {
        self.now = state;
    }

    pub(super) const fn state(&self) -> &State {
        &self.now
    }

    /// Takes samples up to a time, at which something may change.
    pub(super) fn before(&mut self, at: u32) {
        let Some(last) = at.checked_sub(1).map(|at| at - at % self.step) else {
            return;
        };
        let first = self.next;
        if first > last {
            return;
        }
        self.push(first);
        if first < last {
            self.push(last);
        }
        self.next = last.saturating_add(self.step);
        while self.samples.len() > self.most {
            self.widen();
        }
    }

    /// All samples; the last one has this time, after which nothing has changed.
    pub(super) fn finish(mut self, at: u32) -> Vec<Sample> {
        self.before(at);
        self.samples.retain(|(before, _)| *before < at);
        self.samples.push((at, self.now));
        let sample = |(at, state): (u32, State)| Sample {
            at: Duration::from_secs(at.into()),
            things: state.things,
            ends: state.ends,
        };
        self.samples.into_iter().map(sample).collect()
    }

    fn push(&mut self, at: u32) {
        let same = |sample: &&mut (u32, State)| sample.1 == self.now;
        if let [.., before, last] = self.samples.as_mut_slice()
            && same(&before)
            && same(&last)
        {
            last.0 = at;
            return;
        }
        self.samples.push((at, self.now));
    }

    fn widen(&mut self) {
        self.step = self.step.saturating_mul(2);
        let step = self.step;
        self.samples.retain(|(at, _)| at % step == 0);
        self.next = self.next.div_ceil(step).saturating_mul(step);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(queued: u32) -> State {
        State {
            things: ThingCounts {
                queued,
                ..ThingCounts::default()
            },
            ..State::default()
        }
    }

    fn times(series: Series, end: u32) -> Vec<(u64, u32)> {
        let samples = series.finish(end).into_iter();
        samples
            .map(|sample| (sample.at.as_secs(), sample.things.queued))
            .collect()
    }

    #[test]
    fn what_stands_still_has_two_samples() {
        let mut series = Series::new(100);
        series.set(state(1));
        for at in [10, 20, 3_601] {
            series.before(at);
        }
        series.set(state(2));
        assert_eq!(
            times(series, 3_700),
            [(0, 1), (3_600, 1), (3_660, 2), (3_700, 2)]
        );
    }

    #[test]
    fn a_sample_holds_what_has_happened_at_its_second() {
        let mut series = Series::new(100);
        series.set(state(1));
        series.before(60);
        series.set(state(2));
        series.before(61);
        assert_eq!(times(series, 61), [(0, 1), (60, 2), (61, 2)]);
    }

    #[test]
    fn looking_on_after_the_end_leaves_no_samples() {
        let mut series = Series::new(100);
        series.set(state(1));
        series.before(50);
        series.set(state(2));
        series.before(86_400);
        assert_eq!(times(series, 50), [(0, 1), (50, 2)]);
    }

    #[test]
    fn samples_are_bounded_and_right() {
        for most in [0, 16, 17, 100, 500] {
            let mut series = Series::new(most);
            for minute in 0..20_000 {
                series.before(minute * 60);
                series.set(state(minute));
            }
            let times = times(series, 1_200_001);
            let right = |(at, queued): &(u64, u32)| at / 60 == u64::from(*queued);
            assert!(times.len() <= most.max(LEAST), "{most}: {}", times.len());
            assert!(
                times.len() >= most.max(LEAST) / 2 - 1,
                "{most}: {}",
                times.len()
            );
            assert!(times[..times.len() - 1].iter().all(right));
            assert!(times.is_sorted());
            assert_eq!(times[0], (0, 0));
        }
    }
}
