//! What alarms are worth.

use core::fmt;

use super::series::Series;

/// Over all series.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Score {
    /// Windows with something wrong, and those of them in which there was an alarm.
    pub(crate) windows: usize,
    pub(crate) found: usize,
    /// Points behind the probations that alarm, and those of them that are in no window.
    pub(crate) alarms: usize,
    pub(crate) false_alarms: usize,
}

impl Score {
    pub(crate) fn recall(self) -> f64 {
        self.found as f64 / self.windows as f64
    }

    pub(crate) fn precision(self) -> f64 {
        (self.alarms - self.false_alarms) as f64 / self.alarms.max(1) as f64
    }

    /// Adds a series, of whose points behind the probation it is known whether they alarm.
    pub(crate) fn add(&mut self, series: &Series, mut alarms: impl Iterator<Item = bool>) {
        let mut found = vec![false; series.windows.len()];
        for (at, _) in series.points.iter().skip(series.probation()) {
            if !alarms.next().expect("there is an answer for each point") {
                continue;
            }
            self.alarms += 1;
            let mut windows = series.windows.iter();
            let inside = windows.position(|(first, last)| first <= at && at <= last);
            match inside.and_then(|at| found.get_mut(at)) {
                Some(found) => *found = true,
                None => self.false_alarms += 1,
            }
        }
        self.windows += found.len();
        self.found += found.iter().filter(|found| **found).count();
    }
}

/// A row of the table.
impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:3} of {} windows found ({:.3}), {:5} points alarm, {:5} of them falsely: precision {:.3}",
            self.found,
            self.windows,
            self.recall(),
            self.alarms,
            self.false_alarms,
            self.precision(),
        )
    }
}

/// For each point behind the probation, series by series, how strange it is.
pub(crate) type Strangeness = Vec<Vec<f64>>;

/// The score of those that are stranger than the threshold.
pub(crate) fn above(all: &[Series], strangeness: &Strangeness, threshold: f64) -> Score {
    let mut score = Score::default();
    for (series, strange) in all.iter().zip(strangeness) {
        score.add(series, strange.iter().map(|strange| *strange > threshold));
    }
    score
}

/// The lowest threshold with no more false alarms than so many, and its score: what a rule could
/// reach if its threshold were chosen by the answers. A lower threshold finds no less.
pub(crate) fn best_within(
    all: &[Series],
    strangeness: &Strangeness,
    false_alarms: usize,
) -> (f64, Score) {
    let mut values = strangeness.concat();
    values.sort_by(f64::total_cmp);
    let holds = |value: &f64| above(all, strangeness, *value).false_alarms > false_alarms;
    let threshold = values.get(values.partition_point(holds));
    let threshold = threshold.copied().unwrap_or(f64::INFINITY);
    (threshold, above(all, strangeness, threshold))
}
