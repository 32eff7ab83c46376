//! The shape of a filter: where its wildcards stand.

use core::ops::Range;

use alloc::vec::Vec;

use super::hash::{LevelHasher, tag};
use super::levels::{MAX_LEVELS, NameLevels, split};
use super::table::Table;
use crate::filter::MatchMode;
use crate::matching::{same, without_start};

/// The most shapes that are probed one by one.
pub(super) const MAX_SHAPES: usize = 1024;

/// The most levels of an ordinary filter of AWS IoT, `#` counted.
const SHALLOW_LEVELS: usize = 8;

/// How many shapes there are within [`SHALLOW_LEVELS`]: 2 + 4 + ... + 256 without `#`, and
/// 1 + 2 + ... + 128 with it.
const SHALLOW_SHAPES: usize = 765;

/// The most deeper shapes. They leave room for all others, so that those who may subscribe to deep
/// reserved topics push nobody's filters out of the index.
pub(super) const MAX_DEEP_SHAPES: usize = MAX_SHAPES - SHALLOW_SHAPES;

/// Where the wildcards of a filter stand. Filters of one shape that match a name are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ShapeKey {
    /// Whether the last level is `#`.
    multi: bool,
    /// The number of levels, `#` not counted.
    levels: u8,
    /// Bit `i` is set when level `i` is `+`.
    singles: u16,
}

impl ShapeKey {
    /// The shape and the tag of a filter, without its `$share/<group>/`.
    ///
    /// `None` when it has more than [`MAX_LEVELS`] levels.
    pub(super) fn of(filter: &[u8], hasher: &LevelHasher) -> Option<(Self, u32)> {
        let mut shape = Self {
            multi: false,
            levels: 0,
            singles: 0,
        };
        let mut sum = 0_u64;
        let mut fits = true;
        split(filter, |position, start, end| {
            match filter.get(start..end).unwrap_or_default() {
                b"#" => {
                    shape.multi = true;
                    return false;
                }
                _ if position == MAX_LEVELS => {
                    fits = false;
                    return false;
                }
                b"+" => shape.singles |= 1 << position,
                level => sum = sum.wrapping_add(hasher.weight(position, level)),
            }
            shape.levels += 1;
            true
        });
        fits.then(|| (shape, tag(sum)))
    }

    /// The tag of the only filter of this shape that can match the name.
    #[inline]
    pub(super) fn tag_for(self, name: &NameLevels) -> u32 {
        let mut sum = name.sum(usize::from(self.levels));
        let mut singles = self.singles;
        while singles != 0 {
            sum = sum.wrapping_sub(name.weight(singles.trailing_zeros() as usize));
            singles &= singles - 1;
        }
        tag(sum)
    }

    /// Whether `filter`, which is of this shape or of another, is the one that takes the name.
    #[inline]
    pub(super) fn takes(self, filter: &[u8], name: &[u8], levels: &NameLevels) -> bool {
        let mut rest = filter;
        // Everything between two `+` is compared at once, slashes included.
        let mut from = 0;
        let mut singles = self.singles;
        while singles != 0 {
            let (start, end) = levels.span(singles.trailing_zeros() as usize);
            singles &= singles - 1;
            let literal = name.get(from..start).unwrap_or_default();
            let Some((b'+', after)) = without_start(rest, literal).and_then(<[u8]>::split_first)
            else {
                return false;
            };
            (rest, from) = (after, end);
        }
        let last = match usize::from(self.levels).checked_sub(1) {
            None => return rest == b"#",
            Some(position) => levels.span(position).1,
        };
        let literal = name.get(from..last).unwrap_or_default();
        if self.multi {
            without_start(rest, literal) == Some(b"/#")
        } else {
            same(rest, literal)
        }
    }

    /// Whether it has more than [`SHALLOW_LEVELS`].
    const fn is_deep(self) -> bool {
        self.levels as usize + self.multi as usize > SHALLOW_LEVELS
    }

    /// Where the shapes of this kind and number of levels start in [`Shapes::starts`].
    const fn group(self) -> usize {
        (self.multi as usize) * LEVEL_COUNTS + self.levels as usize
    }
}

/// A shape in use and the filters that have it.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) key: ShapeKey,
    /// Whether there is no wildcard. As the next, kept here for the look-ups, which all ask.
    pub(super) exact: bool,
    /// Whether the filters start with a wildcard, which never takes a name that starts with `$`.
    pub(super) wild: bool,
    pub(super) table: Table,
}

impl Shape {
    const fn new(key: ShapeKey) -> Self {
        Self {
            key,
            exact: key.singles == 0 && !key.multi,
            wild: key.singles & 1 != 0 || (key.multi && key.levels == 0),
            table: Table::new(),
        }
    }
}

/// The shapes in use, at most [`MAX_SHAPES`] of which [`MAX_DEEP_SHAPES`] are deep.
#[derive(Clone, Debug)]
pub(super) struct Shapes {
    /// In the order of their keys: first those without `#`, by number of levels.
    shapes: Vec<Shape>,
    /// Where each group of shapes starts, and at the end the number of shapes.
    starts: [u16; 2 * LEVEL_COUNTS + 1],
}

impl Shapes {
    pub(super) const fn new() -> Self {
        Self {
            shapes: Vec::new(),
            starts: [0; 2 * LEVEL_COUNTS + 1],
        }
    }

    /// The shape at a place.
    #[inline]
    pub(super) fn at(&self, place: u16) -> Option<&Shape> {
        self.shapes.get(usize::from(place))
    }

    /// The shapes at some places given by [`Shapes::for_levels`].
    #[inline]
    pub(super) fn between(&self, start: u16, end: u16) -> &[Shape] {
        let places = usize::from(start)..usize::from(end);
        self.shapes.get(places).unwrap_or_default()
    }

    pub(super) fn get(&self, key: ShapeKey) -> Option<&Shape> {
        self.shapes.get(self.position(key).ok()?)
    }

    pub(super) fn get_mut(&mut self, key: ShapeKey) -> Option<&mut Shape> {
        let position = self.position(key).ok()?;
        self.shapes.get_mut(position)
    }

    /// The shape, added when it is new; `None` for a deep one when there are too many.
    pub(super) fn get_or_add(&mut self, key: ShapeKey) -> Option<&mut Shape> {
        let position = match self.position(key) {
            Ok(position) => position,
            Err(_) if key.is_deep() && self.deep() >= MAX_DEEP_SHAPES => return None,
            Err(position) => {
                self.shapes.insert(position, Shape::new(key));
                self.count_again();
                position
            }
        };
        self.shapes.get_mut(position)
    }

    /// Drops the shape when no filter has it any longer.
    pub(super) fn remove_if_empty(&mut self, key: ShapeKey) {
        if let Ok(position) = self.position(key)
            && self
                .shapes
                .get(position)
                .is_some_and(|shape| shape.table.is_empty())
        {
            self.shapes.remove(position);
            self.count_again();
        }
    }

    /// The places of the shapes without and with `#` that can match a name of so many levels.
    #[inline]
    pub(super) fn for_levels(&self, count: usize, mode: MatchMode) -> [Range<u16>; 2] {
        let start = |group| self.starts.get(group).copied().unwrap_or_default();
        let deepest = match mode {
            MatchMode::Aws => count.saturating_sub(1),
            MatchMode::Mqtt => count,
        };
        let fixed = if count <= MAX_LEVELS {
            start(count)..start(count + 1)
        } else {
            0..0
        };
        let multi = start(LEVEL_COUNTS)..start(LEVEL_COUNTS + deepest.min(MAX_LEVELS) + 1);
        [fixed, multi]
    }

    /// Gives back space that is not in use; the records of entries for which a table has no room
    /// any longer are added to `rejected`.
    pub(super) fn shrink_to_fit(&mut self, rejected: &mut Vec<u32>) {
        self.shapes.shrink_to_fit();
        for shape in &mut self.shapes {
            shape.table.shrink_to_fit(rejected);
        }
    }

    #[inline]
    fn position(&self, key: ShapeKey) -> Result<usize, usize> {
        self.shapes.binary_search_by_key(&key, |shape| shape.key)
    }

    /// How many deep shapes are in use.
    fn deep(&self) -> usize {
        let start = |group| self.starts.get(group).copied().map_or(0, usize::from);
        let between = |from, to| start(to).saturating_sub(start(from));
        // Each group of shapes, without `#` and with it, ends with the deep ones.
        between(SHALLOW_LEVELS + 1, LEVEL_COUNTS)
            + between(LEVEL_COUNTS + SHALLOW_LEVELS, 2 * LEVEL_COUNTS)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.shapes.len()
    }

    fn count_again(&mut self) {
        for (group, start) in self.starts.iter_mut().enumerate() {
            let count = self
                .shapes
                .partition_point(|shape| shape.key.group() < group);
            // INVARIANT: at most `MAX_SHAPES`, so the cast keeps the value.
            *start = count as u16;
        }
    }
}

/// A filter of the index has 0 to 16 levels before its `#`, if any.
const LEVEL_COUNTS: usize = MAX_LEVELS + 1;
