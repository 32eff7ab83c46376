//! A list that grows without being copied.

use alloc::vec::Vec;

const CHUNK_BITS: u32 = 14;
const CHUNK: usize = 1 << CHUNK_BITS;

/// Values under the numbers in which they came, in chunks: what has been stored never moves, so
/// that growing needs no second copy and leaves no more than a chunk unused.
#[derive(Clone, Debug)]
pub(super) struct Slab<T> {
    /// All full but the last one. The first grows as any list does, as most engines need no more.
    chunks: Vec<Vec<T>>,
}

impl<T> Default for Slab<T> {
    fn default() -> Self {
        Self { chunks: Vec::new() }
    }
}

impl<T> Slab<T> {
    pub(super) fn len(&self) -> u32 {
        let full = self.chunks.len().saturating_sub(1) * CHUNK;
        let len = full + self.chunks.last().map_or(0, Vec::len);
        u32::try_from(len).unwrap_or(u32::MAX)
    }

    pub(super) fn get(&self, id: u32) -> Option<&T> {
        let (chunk, at) = place(id)?;
        self.chunks.get(chunk)?.get(at)
    }

    pub(super) fn get_mut(&mut self, id: u32) -> Option<&mut T> {
        let (chunk, at) = place(id)?;
        self.chunks.get_mut(chunk)?.get_mut(at)
    }

    /// Stores a value under the number that [`len`](Self::len) told.
    pub(super) fn push(&mut self, value: T) {
        match self.chunks.last_mut().filter(|last| last.len() < CHUNK) {
            Some(last) => last.push(value),
            None => {
                let first = self.chunks.is_empty();
                let mut chunk = Vec::with_capacity(if first { 0 } else { CHUNK });
                chunk.push(value);
                self.chunks.push(chunk);
            }
        }
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.chunks.iter_mut().flatten()
    }
}

fn place(id: u32) -> Option<(usize, usize)> {
    let id = usize::try_from(id).ok()?;
    Some((id >> CHUNK_BITS, id & (CHUNK - 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_has_its_number() {
        let mut slab = Slab::default();
        let len = 2 * u32::try_from(CHUNK).unwrap() + 3;
        for id in 0..len {
            assert_eq!((slab.len(), slab.get(id)), (id, None));
            slab.push(id * 3);
        }
        *slab.get_mut(CHUNK.try_into().unwrap()).unwrap() = 1;
        for (id, value) in (0..).zip(slab.clone().iter_mut()) {
            let right = if id as usize == CHUNK { 1 } else { id * 3 };
            assert_eq!((*value, slab.get(id)), (right, Some(&right)));
        }
        assert_eq!(
            (slab.iter_mut().count(), slab.get(len)),
            (len as usize, None)
        );
    }
}
