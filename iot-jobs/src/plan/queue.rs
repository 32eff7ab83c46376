//! What devices will do, and when.

use alloc::collections::BinaryHeap;
use core::cmp::Reverse;

/// Something that a device does of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Act {
    /// Asks for its next execution, or rejects it.
    PickUp,
    /// Reports how it went.
    Report,
}

/// In the order of time; within a second in the order of things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Step {
    pub(super) at: u32,
    pub(super) thing: u32,
    /// The number of the execution, which retries bring to eleven at most.
    pub(super) attempt: u8,
    pub(super) act: Act,
}

// Each device has one in the queue, and a binary heap at most as many free places again.
const _: () = assert!(size_of::<Step>() == 12);

#[derive(Debug, Default)]
pub(super) struct Queue(BinaryHeap<Reverse<Step>>);

impl Queue {
    pub(super) fn push(&mut self, step: Step) {
        self.0.push(Reverse(step));
    }

    /// When the next step is.
    pub(super) fn first(&self) -> Option<u32> {
        self.0.peek().map(|Reverse(step)| step.at)
    }

    /// Takes the next step of this second or of one before it; what is twice in the queue is done
    /// once.
    pub(super) fn pop(&mut self, now: u32) -> Option<Step> {
        self.first().filter(|at| *at <= now)?;
        let Reverse(step) = self.0.pop()?;
        while self.0.peek() == Some(&Reverse(step)) {
            self.0.pop();
        }
        Some(step)
    }
}
