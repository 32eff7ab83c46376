//! The texts and values of filters, packed into chunks.

use alloc::vec::Vec;

/// The longest text, with its `$share/<group>/`, that is stored here.
pub(super) const MAX_TEXT: usize = 4096;
/// The size of a full chunk: what 16 bits can address.
const CHUNK: usize = 1 << 16;
/// How many chunks 16 bits can number.
const MAX_CHUNKS: usize = 1 << 16;
/// At most one record starts in each such part of a chunk, and its value has the part's number.
const PART: usize = 32;
/// In the length of a record: two bytes with the length of `$share/<group>/` follow.
const SHARED: u16 = 1 << 15;

/// Records, packed: the length and the text of each filter, and beside them the values.
///
/// Where a value lies follows from where its record lies, so that both can be fetched at once.
///
/// A log: records are added at the end of the active chunk and never moved in place. A full chunk
/// of which more than half has been removed becomes a victim, whose other records the owner adds
/// again elsewhere. So at most about half the space is dead.
#[derive(Clone, Debug)]
pub(super) struct Arena<V> {
    chunks: Vec<Chunk<V>>,
    active: usize,
    free: Vec<u16>,
    victims: Vec<u16>,
}

/// A part of an arena.
#[derive(Clone, Debug)]
pub(super) struct Chunk<V> {
    bytes: Vec<u8>,
    values: Vec<Option<V>>,
    /// How many bytes the records whose values were taken keep from others.
    dead: usize,
}

impl<V> Chunk<V> {
    const EMPTY: Self = Self {
        bytes: Vec::new(),
        values: Vec::new(),
        dead: 0,
    };

    fn is_sparse(&self) -> bool {
        self.dead * 2 > self.end()
    }

    /// Where the next record starts: at the end, but in a part of its own.
    fn end(&self) -> usize {
        self.bytes.len().max(self.values.len() * PART)
    }

    fn push(&mut self, text: &[u8], start: u16, value: V) {
        let offset = self.end();
        let size = size(text, start);
        grow(&mut self.bytes, offset + size, CHUNK);
        grow(&mut self.values, offset / PART + 1, CHUNK / PART);
        self.bytes.resize(offset, 0);
        // INVARIANT: at most `MAX_TEXT`, which leaves the upper bit free.
        let length = text.len() as u16;
        if start == 0 {
            self.bytes.extend_from_slice(&length.to_le_bytes());
        } else {
            let length = length | SHARED;
            self.bytes.extend_from_slice(&length.to_le_bytes());
            self.bytes.extend_from_slice(&start.to_le_bytes());
        }
        self.bytes.extend_from_slice(text);
        self.values.resize_with(offset / PART, || None);
        self.values.push(Some(value));
    }

    /// The entries, each with the offset of its record.
    pub(super) fn iter(&self) -> ChunkIter<'_, V> {
        ChunkIter {
            chunk: self,
            offset: 0,
        }
    }

    /// Gives all entries away, each with the offset of its record.
    pub(super) fn drain(mut self, mut each: impl FnMut(usize, Record<'_>, V)) {
        let mut offset = 0;
        while let Some(record) = Record::at(&self.bytes, offset) {
            if let Some(value) = self.values.get_mut(offset / PART).and_then(Option::take) {
                each(offset, record, value);
            }
            offset = record.next(offset);
        }
    }
}

/// The entries of a chunk, in the order in which they were added.
#[derive(Debug)]
pub(super) struct ChunkIter<'a, V> {
    chunk: &'a Chunk<V>,
    offset: usize,
}

impl<V> Clone for ChunkIter<'_, V> {
    fn clone(&self) -> Self {
        Self { ..*self }
    }
}

impl<'a, V> Iterator for ChunkIter<'a, V> {
    type Item = (Record<'a>, &'a V);

    fn next(&mut self) -> Option<(Record<'a>, &'a V)> {
        loop {
            let record = Record::at(&self.chunk.bytes, self.offset)?;
            let value = self.chunk.values.get(self.offset / PART)?;
            self.offset = record.next(self.offset);
            if let Some(value) = value {
                return Some((record, value));
            }
        }
    }
}

/// Makes room for `needed` elements in all; at least twice the room there is, up to `most`.
fn grow<T>(elements: &mut Vec<T>, needed: usize, most: usize) {
    if needed > elements.capacity() {
        let target = (elements.capacity() * 2).min(most).max(needed);
        elements.reserve_exact(target - elements.len());
    }
}

/// A stored filter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'a> {
    /// The whole text, UTF-8.
    pub(super) text: &'a [u8],
    /// Where the filter behind `$share/<group>/` starts.
    pub(super) start: u16,
}

impl<'a> Record<'a> {
    #[inline]
    fn at(bytes: &'a [u8], offset: usize) -> Option<Self> {
        let (length, rest) = bytes.get(offset..)?.split_first_chunk::<2>()?;
        let length = u16::from_le_bytes(*length);
        let (start, rest) = if length & SHARED == 0 {
            (0, rest)
        } else {
            let (start, rest) = rest.split_first_chunk::<2>()?;
            (u16::from_le_bytes(*start), rest)
        };
        let text = rest.get(..usize::from(length & !SHARED))?;
        Some(Self { text, start })
    }

    /// Where the record behind this one starts, which itself starts at `offset`.
    fn next(&self, offset: usize) -> usize {
        let end = offset + size(self.text, self.start);
        end.max((offset / PART + 1) * PART)
    }

    /// The filter without its `$share/<group>/`.
    #[inline]
    pub(super) fn filter_part(&self) -> &'a [u8] {
        self.text.get(usize::from(self.start)..).unwrap_or_default()
    }
}

/// How many bytes a record takes.
const fn size(text: &[u8], start: u16) -> usize {
    text.len() + if start == 0 { 2 } else { 4 }
}

impl<V> Arena<V> {
    pub(super) const fn new() -> Self {
        Self {
            chunks: Vec::new(),
            active: 0,
            free: Vec::new(),
            victims: Vec::new(),
        }
    }

    /// Adds a record and answers its position; gives the value back when all 65,536 chunks are
    /// full or the text is too long.
    pub(super) fn push(&mut self, text: &[u8], start: u16, value: V) -> Result<u32, V> {
        if text.len() > MAX_TEXT {
            return Err(value);
        }
        let size = size(text, start);
        let full = |chunk: &Chunk<V>| chunk.end() + size > CHUNK;
        if self.chunks.get(self.active).is_none_or(full) && !self.open_chunk() {
            return Err(value);
        }
        let Some(chunk) = self.chunks.get_mut(self.active) else {
            return Err(value);
        };
        let position = position(self.active, chunk.end());
        chunk.push(text, start, value);
        Ok(position)
    }

    #[inline]
    pub(super) fn get(&self, position: u32) -> Option<Record<'_>> {
        let (chunk, offset) = parts(position);
        Record::at(&self.chunks.get(chunk)?.bytes, offset)
    }

    #[inline]
    pub(super) fn value(&self, position: u32) -> Option<&V> {
        let (chunk, offset) = parts(position);
        self.chunks.get(chunk)?.values.get(offset / PART)?.as_ref()
    }

    pub(super) fn value_mut(&mut self, position: u32) -> Option<&mut V> {
        let (chunk, offset) = parts(position);
        let values = &mut self.chunks.get_mut(chunk)?.values;
        values.get_mut(offset / PART)?.as_mut()
    }

    /// Takes the value of a record, which is dead from then on.
    pub(super) fn remove(&mut self, position: u32) -> Option<V> {
        let (index, offset) = parts(position);
        let end = self.get(position)?.next(offset);
        let chunk = self.chunks.get_mut(index)?;
        let value = chunk.values.get_mut(offset / PART)?.take()?;
        let was_sparse = chunk.is_sparse();
        chunk.dead += end - offset;
        if index != self.active && chunk.is_sparse() && !was_sparse {
            self.victims.push(index as u16);
        }
        Some(value)
    }

    /// A chunk that is to be emptied, and its number. It is no longer in the arena.
    pub(super) fn take_victim(&mut self) -> Option<(usize, Chunk<V>)> {
        let index = self.victims.pop()?;
        let chunk = self.chunks.get_mut(usize::from(index))?;
        let chunk = core::mem::replace(chunk, Chunk::EMPTY);
        self.free.push(index);
        Some((usize::from(index), chunk))
    }

    /// All entries, in the order in which they are stored.
    pub(super) fn iter(&self) -> ArenaIter<'_, V> {
        ArenaIter {
            chunks: self.chunks.iter(),
            entries: None,
        }
    }

    /// Gives all entries away, in the order in which they are stored.
    pub(super) fn drain(self, mut each: impl FnMut(Record<'_>, V)) {
        for chunk in self.chunks {
            chunk.drain(|_, record, value| each(record, value));
        }
    }

    pub(super) fn shrink_to_fit(&mut self) {
        self.chunks.shrink_to_fit();
        if let Some(chunk) = self.chunks.get_mut(self.active) {
            chunk.bytes.shrink_to_fit();
            chunk.values.shrink_to_fit();
        }
        self.free.shrink_to_fit();
        self.victims.shrink_to_fit();
    }

    /// The bytes of all chunks, their free ends too, without the values.
    #[cfg(test)]
    pub(super) fn room(&self) -> usize {
        self.chunks.iter().map(|chunk| chunk.bytes.capacity()).sum()
    }

    fn open_chunk(&mut self) -> bool {
        let fresh = match self.free.pop() {
            Some(index) => usize::from(index),
            None if self.chunks.len() >= MAX_CHUNKS => return false,
            None => {
                if self.chunks.len() == self.chunks.capacity() {
                    self.chunks.reserve_exact((self.chunks.len() / 8).max(4));
                }
                self.chunks.push(Chunk::EMPTY);
                self.chunks.len() - 1
            }
        };
        let full = core::mem::replace(&mut self.active, fresh);
        if full != fresh && self.chunks.get(full).is_some_and(Chunk::is_sparse) {
            self.victims.push(full as u16);
        }
        true
    }
}

/// The entries of an arena.
#[derive(Debug)]
pub(super) struct ArenaIter<'a, V> {
    chunks: core::slice::Iter<'a, Chunk<V>>,
    entries: Option<ChunkIter<'a, V>>,
}

impl<V> Clone for ArenaIter<'_, V> {
    fn clone(&self) -> Self {
        Self {
            chunks: self.chunks.clone(),
            entries: self.entries.clone(),
        }
    }
}

impl<'a, V> Iterator for ArenaIter<'a, V> {
    type Item = (Record<'a>, &'a V);

    fn next(&mut self) -> Option<(Record<'a>, &'a V)> {
        loop {
            if let Some(entry) = self.entries.as_mut().and_then(Iterator::next) {
                return Some(entry);
            }
            self.entries = Some(self.chunks.next()?.iter());
        }
    }
}

/// The position of a record, as 16 bits of chunk and 16 bits of offset.
#[inline]
pub(super) const fn position(chunk: usize, offset: usize) -> u32 {
    ((chunk as u32) << 16) | offset as u32
}

#[inline]
const fn parts(position: u32) -> (usize, usize) {
    ((position >> 16) as usize, (position & 0xffff) as usize)
}
