//! The violation events of the past 30 days.
//!
//! Sources: API reference, `ListViolationEvents`; "AWS IoT Device Defender quotas".

use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::string::String;
use core::time::Duration;

use iot_topics::Timestamp;

use super::violation::{ListedEvent, Verification, ViolationEvent};

/// How long violations are kept.
pub(super) const RETENTION: Duration = Duration::from_secs(30 * 86_400);

/// Events in the order of their time, and what people say of their violations.
#[derive(Clone, Debug)]
pub(super) struct History {
    events: VecDeque<ViolationEvent>,
    /// How many were in front of them.
    dropped: u64,
    /// Of each violation with an event in the list, how many it has.
    counts: BTreeMap<String, usize>,
    /// At most so many are kept.
    most: usize,
    /// Of those of which something is said.
    verifications: BTreeMap<String, Verification>,
}

impl History {
    pub(super) const EMPTY: Self = Self {
        events: VecDeque::new(),
        dropped: 0,
        counts: BTreeMap::new(),
        most: usize::MAX,
        verifications: BTreeMap::new(),
    };

    /// Keeps events, which are not older than those before.
    pub(super) fn extend(&mut self, events: &[ViolationEvent]) {
        for event in events {
            *self.counts.entry(event.violation_id.clone()).or_default() += 1;
            self.events.push_back(event.clone());
        }
    }

    /// At most so many are kept from the next step on.
    pub(super) const fn set_most(&mut self, most: usize) {
        self.most = most;
    }

    /// Drops what is older than 30 days or too many. What is said of the alarms that are on stays.
    pub(super) fn expire(&mut self, now: Timestamp, active: &BTreeSet<String>) {
        let is_old = |event: &ViolationEvent| now.saturating_since(event.time) > RETENTION;
        while self.events.len() > self.most || self.events.front().is_some_and(is_old) {
            let Some(event) = self.events.pop_front() else {
                return;
            };
            self.dropped += 1;
            let Some(count) = self.counts.get_mut(&event.violation_id) else {
                continue;
            };
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&event.violation_id);
                if !active.contains(&event.violation_id) {
                    self.verifications.remove(&event.violation_id);
                }
            }
        }
    }

    /// The same again: events that are not older than those before, behind so many that are gone.
    pub(super) fn restore(most: usize, dropped: u64, events: &[ViolationEvent]) -> Self {
        let mut history = Self {
            most,
            dropped,
            ..Self::EMPTY
        };
        history.extend(events);
        history
    }

    pub(super) const fn most(&self) -> usize {
        self.most
    }

    pub(super) const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// What is said of violations, by their ids.
    pub(super) const fn verifications(&self) -> &BTreeMap<String, Verification> {
        &self.verifications
    }

    /// The events, the oldest first.
    pub(super) fn events(&self) -> impl DoubleEndedIterator<Item = ListedEvent<'_>> {
        self.events.iter().map(|event| self.listed(event))
    }

    fn listed<'a>(&'a self, event: &'a ViolationEvent) -> ListedEvent<'a> {
        ListedEvent {
            event,
            verification: self.verification(&event.violation_id),
        }
    }

    /// The events from that number on, counted from the first that ever was, and from that time on,
    /// each with its number. `None` if there were not so many.
    pub(super) fn events_from(
        &self,
        number: u64,
        start: Timestamp,
    ) -> Option<impl Iterator<Item = (u64, ListedEvent<'_>)>> {
        let skipped = number.saturating_sub(self.dropped);
        let skipped = usize::try_from(skipped).ok()?;
        if skipped > self.events.len() {
            return None;
        }
        let in_time = self.events.partition_point(|event| event.time < start);
        let skipped = skipped.max(in_time);
        let rest = self.events.range(skipped..);
        let first = self.dropped + skipped as u64;
        Some((first..).zip(rest.map(|event| self.listed(event))))
    }

    pub(super) fn verification(&self, id: &str) -> &Verification {
        self.verifications.get(id).unwrap_or(Verification::UNKNOWN)
    }

    /// Whether an event of the violation is kept.
    pub(super) fn contains(&self, id: &str) -> bool {
        self.counts.contains_key(id)
    }

    /// Says what a violation is.
    pub(super) fn verify(&mut self, id: &str, verification: Verification) {
        self.verifications.insert(id.into(), verification);
    }
}
