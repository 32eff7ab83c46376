//! When executions time out.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Records by second. An entry may be stale, as the deadline of a record moves and ends without
/// it: the record knows the truth. A record has at most one entry at or before its deadline that it
/// counts on, so that a device cannot fill the queue by moving its deadline to and fro.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timers(BTreeMap<u32, Vec<u32>>);

impl Timers {
    pub(crate) fn push(&mut self, at: u32, record: u32) {
        self.0.entry(at).or_default().push(record);
    }

    /// The first second that has entries.
    pub(crate) fn first(&self) -> Option<u32> {
        self.0.first_key_value().map(|(at, _)| *at)
    }

    /// The last entry of the first second.
    pub(crate) fn peek(&self) -> Option<(u32, u32)> {
        let (at, records) = self.0.first_key_value()?;
        Some((*at, *records.last()?))
    }

    /// Takes what [`peek`](Self::peek) shows.
    pub(crate) fn pop(&mut self) {
        let Some(mut first) = self.0.first_entry() else {
            return;
        };
        first.get_mut().pop();
        if first.get().is_empty() {
            first.remove();
        }
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// Takes all entries of the first second.
    pub(crate) fn take_first(&mut self) -> Vec<u32> {
        self.0
            .pop_first()
            .map(|(_, records)| records)
            .unwrap_or_default()
    }
}
