//! A piece of a pattern without `*`: what is compared at one place.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::interner::{Resolve, VariableId};
use crate::text::Text;

use super::hay::Hay;

/// One part of a piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Atom {
    Literal(Box<str>),
    /// As many `?` in a row.
    Chars(u32),
    Variable(VariableId),
}

impl Atom {
    /// Adds text, joined with the text before it.
    pub(super) fn push_literal(atoms: &mut Vec<Self>, text: &str) {
        if let Some(Self::Literal(before)) = atoms.last_mut() {
            let mut joined = core::mem::take(before).into_string();
            joined.push_str(text);
            *before = joined.into_boxed_str();
        } else {
            atoms.push(Self::Literal(text.into()));
        }
    }

    /// Adds one `?`.
    pub(super) fn push_char(atoms: &mut Vec<Self>) {
        if let Some(Self::Chars(count)) = atoms.last_mut() {
            *count = count.saturating_add(1);
        } else {
            atoms.push(Self::Chars(1));
        }
    }

    /// The fewest bytes that the part takes.
    pub(super) fn min_len(&self) -> usize {
        match self {
            Self::Literal(text) => text.len(),
            Self::Chars(count) => *count as usize,
            Self::Variable(_) => 0,
        }
    }

    /// Where the part that starts at `at` ends, if it stands there.
    #[inline]
    fn forward(&self, hay: impl Hay, at: usize, values: &impl Resolve) -> Option<usize> {
        match self {
            Self::Literal(text) => hay.has(at, text).then(|| at + text.len()),
            Self::Chars(count) => (0..*count).try_fold(at, |at, _| hay.char_end(at)),
            Self::Variable(id) => {
                let value = values.resolve(*id)?;
                let Text { head, tail } = value.text();
                let end = at + head.len();
                (hay.has(at, head) && hay.has(end, tail)).then(|| end + tail.len())
            }
        }
    }

    /// Where the part that ends at `end` starts, if it stands there.
    #[inline]
    fn backward(&self, hay: impl Hay, end: usize, values: &impl Resolve) -> Option<usize> {
        match self {
            Self::Literal(text) => {
                let at = end.checked_sub(text.len())?;
                hay.has(at, text).then_some(at)
            }
            Self::Chars(count) => (0..*count).try_fold(end, |end, _| hay.char_start(end)),
            Self::Variable(id) => {
                let value = values.resolve(*id)?;
                let Text { head, tail } = value.text();
                let middle = end.checked_sub(tail.len())?;
                let at = middle.checked_sub(head.len())?;
                (hay.has(middle, tail) && hay.has(at, head)).then_some(at)
            }
        }
    }
}

/// Parts that follow each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Piece(Box<[Atom]>);

impl Piece {
    pub(super) fn new(atoms: Vec<Atom>) -> Self {
        Self(atoms.into_boxed_slice())
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The fewest bytes that the piece takes.
    pub(super) fn min_len(&self) -> usize {
        self.0.iter().map(Atom::min_len).sum()
    }

    pub(super) fn atoms(&self) -> &[Atom] {
        &self.0
    }

    /// Where the piece that starts at `at` ends, if it stands there.
    #[inline]
    pub(super) fn forward(&self, hay: impl Hay, at: usize, values: &impl Resolve) -> Option<usize> {
        self.0
            .iter()
            .try_fold(at, |at, atom| atom.forward(hay, at, values))
    }

    /// Where the piece that ends at `end` starts, if it stands there and not before `floor`.
    #[inline]
    pub(super) fn backward(
        &self,
        hay: impl Hay,
        floor: usize,
        end: usize,
        values: &impl Resolve,
    ) -> Option<usize> {
        let at = self
            .0
            .iter()
            .rev()
            .try_fold(end, |end, atom| atom.backward(hay, end, values))?;
        (at >= floor).then_some(at)
    }
}
