//! What is kept of a metric of a device: when its datapoints came, and the newest hour of counters.

/// A time that has not been.
pub(super) const NEVER: u32 = u32::MAX;

/// When datapoints of a metric came, in steps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Track {
    /// The first.
    pub(super) first: u32,
    /// The newest.
    pub(super) last: u32,
    /// The place of the newest among those of its step.
    pub(super) touch: u32,
}

impl Track {
    pub(super) const EMPTY: Self = Self {
        first: NEVER,
        last: NEVER,
        touch: NEVER,
    };

    /// Whether a window of so many steps that ends now lies behind the first datapoint.
    pub(super) const fn covers(&self, window: u32, now: u32) -> bool {
        self.first != NEVER && now.saturating_sub(self.first) + 1 >= window
    }

    /// Whether the newest datapoint is in a window of so many steps that ends now.
    pub(super) const fn is_within(&self, window: usize, now: u32) -> bool {
        self.last != NEVER && (now.saturating_sub(self.last) as usize) < window
    }
}

/// Adds to the counter of a step. `last` is the step of the datapoint before; what lies between is
/// zero.
pub(super) fn add(ring: &mut [u64], last: u32, now: u32, count: u64) {
    let steps = ring.len() as u32;
    let Some(slot) = now.checked_rem(steps) else {
        return;
    };
    if last == NEVER || now.saturating_sub(last) >= steps {
        ring.fill(0);
    } else {
        for step in last.saturating_add(1)..=now {
            if let Some(slot) = ring.get_mut((step % steps) as usize) {
                *slot = 0;
            }
        }
    }
    if let Some(slot) = ring.get_mut(slot as usize) {
        *slot = slot.saturating_add(count);
    }
}

/// The sum of the window that ends now, at most of the whole ring.
pub(super) fn sum(ring: &[u64], window: u32, now: u32) -> u64 {
    let steps = ring.len() as u32;
    let slots = (0..window.min(steps)).filter_map(|back| {
        let step = now.checked_sub(back)?;
        ring.get((step % steps) as usize)
    });
    slots.fold(0, |sum, count| sum.saturating_add(*count))
}

/// Copies what two rings of different lengths share, and gives the first step from which on the new
/// one knows all.
pub(super) fn copy(old: &[u64], new: &mut [u64], track: &Track) -> u32 {
    new.fill(0);
    if track.last == NEVER {
        return NEVER;
    }
    let (have, want) = (old.len() as u32, new.len() as u32);
    for back in 0..have.min(want) {
        let Some(step) = track.last.checked_sub(back) else {
            break;
        };
        let count = old.get((step % have) as usize);
        if let (Some(count), Some(slot)) = (count, new.get_mut((step % want) as usize)) {
            *slot = *count;
        }
    }
    if want <= have {
        return track.first;
    }
    track.first.max((track.last + 1).saturating_sub(have))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_older_than_the_ring_is_gone() {
        let mut ring = [0; 3];
        add(&mut ring, NEVER, 10, 4);
        add(&mut ring, 10, 11, 5);
        assert_eq!(sum(&ring, 3, 11), 9);
        assert_eq!(sum(&ring, 1, 11), 5);
        add(&mut ring, 11, 13, 1);
        assert_eq!(sum(&ring, 3, 13), 6);
        add(&mut ring, 13, 16, 2);
        assert_eq!(sum(&ring, 3, 16), 2);
        add(&mut ring, 16, 16, u64::MAX);
        assert_eq!(sum(&ring, 3, 16), u64::MAX);
    }

    #[test]
    fn a_longer_ring_begins_with_what_the_shorter_knew() {
        let mut old = [0; 2];
        add(&mut old, NEVER, 10, 4);
        add(&mut old, 10, 11, 5);
        add(&mut old, 11, 12, 6);
        let track = Track {
            first: 10,
            last: 12,
            touch: NEVER,
        };
        let mut new = [9; 6];
        assert_eq!(copy(&old, &mut new, &track), 11);
        assert_eq!(sum(&new, 6, 12), 11);
        assert_eq!(copy(&new.clone(), &mut old, &track), 10);
        assert_eq!(sum(&old, 2, 12), 11);
    }
}
