//! What was counted of one device in one step.

use alloc::vec;
use alloc::vec::Vec;

use iot_topics::Timestamp;

use super::sources::Sources;
use crate::detect::value::MessageSizes;

/// What a topic can decide about: for all topics, or for those of a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) sent: u64,
    pub(super) received: u64,
    pub(super) failures: u64,
    pub(super) sizes: Option<MessageSizes>,
    pub(super) sources: Sources,
}

impl Cell {
    pub(super) const EMPTY: Self = Self {
        sent: 0,
        received: 0,
        failures: 0,
        sizes: None,
        sources: Sources::EMPTY,
    };

    fn merge(&mut self, other: &Self) {
        add(&mut self.sent, other.sent);
        add(&mut self.received, other.received);
        add(&mut self.failures, other.failures);
        self.sizes = match (self.sizes, other.sizes) {
            (Some(a), Some(b)) => Some(a.and(b)),
            (a, b) => a.or(b),
        };
        self.sources.merge(&other.sources);
    }

    /// Keeps the memory of the sources.
    fn clear(&mut self) {
        self.sources.clear();
        let sources = core::mem::replace(&mut self.sources, Sources::EMPTY);
        *self = Self {
            sources,
            ..Self::EMPTY
        };
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Tally {
    /// Anything at all was seen in the step.
    pub(super) is_seen: bool,
    /// Connections that are open at the end of the step.
    pub(super) open: u64,
    /// The end of the last connection, of all that are known.
    pub(super) disconnected: Option<Timestamp>,
    pub(super) attempts: u64,
    pub(super) disconnects: u64,
    /// That of all topics first, then those of the scopes.
    pub(super) cells: Vec<Cell>,
}

impl Tally {
    pub(super) fn new(scopes: usize) -> Self {
        Self {
            is_seen: false,
            open: 0,
            disconnected: None,
            attempts: 0,
            disconnects: 0,
            cells: vec![Cell::EMPTY; scopes + 1],
        }
    }

    /// Sums, unions, the least and the greatest: in whatever order, the result is the same. Both
    /// have the same scopes.
    pub(super) fn merge(&mut self, other: &Self) {
        self.is_seen |= other.is_seen;
        add(&mut self.open, other.open);
        self.disconnected = self.disconnected.max(other.disconnected);
        add(&mut self.attempts, other.attempts);
        add(&mut self.disconnects, other.disconnects);
        for (cell, other) in self.cells.iter_mut().zip(&other.cells) {
            cell.merge(other);
        }
    }

    /// Begins the next step.
    pub(super) fn clear(&mut self) {
        self.is_seen = false;
        self.attempts = 0;
        self.disconnects = 0;
        self.cells.iter_mut().for_each(Cell::clear);
    }
}

/// Saturates, which keeps sums the same in any order.
pub(super) fn add(sum: &mut u64, more: u64) {
    *sum = sum.saturating_add(more);
}
