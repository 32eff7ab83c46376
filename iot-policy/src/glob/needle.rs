//! A piece between two `*`: what is searched.

use alloc::boxed::Box;
use alloc::vec::Vec;

use memchr::memmem;

use crate::interner::Resolve;

use super::hay::Hay;
use super::piece::{Atom, Piece};
use super::shift_and::ShiftAnd;

/// `?`s, a core that starts and ends with something else, `?`s.
#[derive(Clone, Debug)]
pub(super) struct Needle {
    /// The fewest bytes that the needle takes: one for each character that it names or asks for.
    min_len: usize,
    before: u32,
    core: Core,
    after: u32,
}

#[derive(Clone, Debug)]
enum Core {
    /// Nothing but `?`.
    Empty,
    Literal(Box<memmem::Finder<'static>>),
    /// Literals with `?` between them.
    Gapped(Box<Gapped>),
    /// With variables.
    Open(Piece),
}

/// A core with `?` inside: its longest literal is searched first, and what surrounds it compared.
/// Where that goes astray too often the automaton takes over, which reads each character once.
#[derive(Clone, Debug)]
struct Gapped {
    before: Piece,
    literal: memmem::Finder<'static>,
    after: Piece,
    automaton: Option<ShiftAnd>,
}

/// How often the search for a literal may go astray.
const STRAYS: usize = 4;

/// Room for a needle whose variables are filled in. A longer one is tried at each place.
const ASSEMBLED: usize = 512;

impl Needle {
    pub(super) fn new(mut atoms: Vec<Atom>) -> Self {
        let min_len = atoms.iter().map(Atom::min_len).sum();
        let after = match atoms.last() {
            Some(Atom::Chars(count)) => *count,
            _ => 0,
        };
        if after > 0 {
            atoms.pop();
        }
        let before = match atoms.first() {
            Some(Atom::Chars(count)) => *count,
            _ => 0,
        };
        if before > 0 {
            atoms.remove(0);
        }
        let core = match atoms.as_slice() {
            [] => Core::Empty,
            [Atom::Literal(text)] => Core::Literal(Box::new(finder(text))),
            atoms
                if atoms
                    .iter()
                    .all(|atom| matches!(atom, Atom::Literal(_) | Atom::Chars(_))) =>
            {
                Gapped::new(atoms).map_or_else(
                    || Core::Open(Piece::new(atoms.to_vec())),
                    |gapped| Core::Gapped(Box::new(gapped)),
                )
            }
            _ => Core::Open(Piece::new(atoms)),
        };
        Self {
            min_len,
            before,
            core,
            after,
        }
    }

    /// Where the first place in `from..to` that the needle takes ends.
    pub(super) fn find(
        &self,
        hay: impl Hay,
        from: usize,
        to: usize,
        values: &impl Resolve,
    ) -> Option<usize> {
        if to.checked_sub(from)? < self.min_len {
            return None;
        }
        let skip = |at: usize, count: u32| {
            let end = (0..count).try_fold(at, |at, _| hay.char_end(at))?;
            (end <= to).then_some(end)
        };
        let from = skip(from, self.before)?;
        let end = match &self.core {
            Core::Empty => from,
            Core::Literal(finder) => hay.find_in(finder, from, to)? + finder.needle().len(),
            Core::Gapped(gapped) => gapped.find(hay, from, to, values)?,
            Core::Open(piece) => find_open(piece, hay, from, to, values)?,
        };
        skip(end, self.after)
    }
}

impl Gapped {
    fn new(atoms: &[Atom]) -> Option<Self> {
        let length = |atom: &Atom| match atom {
            Atom::Literal(text) => text.len(),
            _ => 0,
        };
        let (at, longest) = atoms
            .iter()
            .enumerate()
            .max_by_key(|(_, atom)| length(atom))?;
        let Atom::Literal(text) = longest else {
            return None;
        };
        let pattern: Vec<Option<char>> = atoms.iter().flat_map(characters).collect();
        Some(Self {
            before: Piece::new(atoms.get(..at)?.to_vec()),
            literal: finder(text),
            after: Piece::new(atoms.get(at + 1..)?.to_vec()),
            automaton: ShiftAnd::new(&pattern),
        })
    }

    fn find(&self, hay: impl Hay, from: usize, to: usize, values: &impl Resolve) -> Option<usize> {
        let length = self.literal.needle().len();
        let mut search = from;
        let mut strays = 0;
        loop {
            let at = hay.find_in(&self.literal, search, to)?;
            let stands = self.before.backward(hay, from, at, values).is_some();
            if stands && let Some(end) = self.after.forward(hay, at + length, values) {
                // A later place would end later still.
                return (end <= to).then_some(end);
            }
            strays += 1;
            search = hay.char_end(at)?;
            if strays == STRAYS
                && let Some(automaton) = &self.automaton
            {
                return automaton.find(hay.chars(from, to));
            }
        }
    }
}

/// Searches a core with variables: filled in on the stack where that is possible.
fn find_open(
    piece: &Piece,
    hay: impl Hay,
    from: usize,
    to: usize,
    values: &impl Resolve,
) -> Option<usize> {
    let mut room = [0; ASSEMBLED];
    let mut filled = 0;
    for atom in piece.atoms() {
        let resolved;
        let parts = match atom {
            Atom::Literal(text) => [&**text, ""],
            Atom::Variable(id) => {
                resolved = values.resolve(*id)?;
                let text = resolved.text();
                [text.head, text.tail]
            }
            Atom::Chars(_) => return find_each(piece, hay, from, to, values),
        };
        for part in parts {
            let end = filled + part.len();
            if from + end > to {
                return None;
            }
            let Some(free) = room.get_mut(filled..end) else {
                return find_each(piece, hay, from, to, values);
            };
            free.copy_from_slice(part.as_bytes());
            filled = end;
        }
    }
    let needle = room.get(..filled)?;
    Some(hay.find_in(&memmem::Finder::new(needle), from, to)? + filled)
}

/// Tries a core at each place.
fn find_each(
    piece: &Piece,
    hay: impl Hay,
    from: usize,
    to: usize,
    values: &impl Resolve,
) -> Option<usize> {
    let mut at = from;
    loop {
        if let Some(end) = piece.forward(hay, at, values)
            && end <= to
        {
            return Some(end);
        }
        at = hay.char_end(at)?;
        if at > to {
            return None;
        }
    }
}

fn finder(text: &str) -> memmem::Finder<'static> {
    memmem::Finder::new(text).into_owned()
}

fn characters(atom: &Atom) -> Vec<Option<char>> {
    match atom {
        Atom::Literal(text) => text.chars().map(Some).collect(),
        Atom::Chars(count) => core::iter::repeat_n(None, *count as usize).collect(),
        Atom::Variable(_) => Vec::new(),
    }
}
