//! A piece between two `*`: what is searched.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use memchr::memmem;

use crate::interner::Resolve;

use super::hay::Hay;
use super::piece::{Atom, Piece};
use super::places;
use super::shift_or::ShiftOr;

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

/// A core with `?` inside: one of its literals is searched first, and what surrounds it compared.
/// Where that goes astray too often, all of it is searched in a way that no text makes slow.
#[derive(Clone, Debug)]
struct Gapped {
    before: Piece,
    literal: memmem::Finder<'static>,
    after: Piece,
    /// The fewest bytes before and after the literal.
    margins: (usize, usize),
    /// How often the search may go astray: never if the core is long.
    strays: usize,
    sweep: Sweep,
}

#[derive(Clone, Debug)]
enum Sweep {
    Automaton(ShiftOr),
    /// The whole core, which is too long for an automaton.
    Places(Piece),
}

/// How often the search for a literal may go astray, and how many characters may be compared until
/// then: an automaton reads a hundred in that time.
const STRAYS: usize = 4;
const COMPARED: usize = 32;

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
        let (at, text) = choose(atoms)?;
        let (before, after) = (atoms.get(..at)?, atoms.get(at + 1..)?);
        let (before, after) = (Piece::new(before.to_vec()), Piece::new(after.to_vec()));
        let pattern: Vec<Option<char>> = atoms.iter().flat_map(characters).collect();
        Some(Self {
            margins: (before.min_len(), after.min_len()),
            strays: STRAYS.min(COMPARED.checked_div(pattern.len())?),
            before,
            literal: finder(text),
            after,
            sweep: ShiftOr::new(&pattern).map_or_else(
                || Sweep::Places(Piece::new(atoms.to_vec())),
                Sweep::Automaton,
            ),
        })
    }

    fn find(&self, hay: impl Hay, from: usize, to: usize, values: &impl Resolve) -> Option<usize> {
        let length = self.literal.needle().len();
        let last = to.checked_sub(self.margins.1)?;
        let mut search = from + self.margins.0;
        last.checked_sub(search)?;
        let mut strays = self.strays;
        loop {
            let at = hay.find_in(&self.literal, search, last)?;
            if strays == 0 {
                break;
            }
            strays -= 1;
            let stands = self.before.backward(hay, from, at, values).is_some();
            if stands && let Some(end) = self.after.forward(hay, at + length, values) {
                // A later place would end later still.
                return (end <= to).then_some(end);
            }
            search = hay.char_end(at)?;
        }
        match &self.sweep {
            Sweep::Automaton(automaton) => automaton.find(hay, from, to),
            Sweep::Places(core) => places::find(core, hay, from, to, values),
        }
    }
}

/// The literal to search first. A long one is rare in most texts; one that stands in the pattern
/// many times stands in a text that comes near it as often.
fn choose(atoms: &[Atom]) -> Option<(usize, &str)> {
    let literals = || {
        atoms
            .iter()
            .enumerate()
            .filter_map(|(at, atom)| match atom {
                Atom::Literal(text) => Some((at, &**text)),
                _ => None,
            })
    };
    let mut counts = BTreeMap::new();
    for (_, text) in literals() {
        *counts.entry(text).or_insert(0_u64) += 1;
    }
    let parts = atoms.len() as u64;
    literals().max_by_key(|(_, text)| {
        let count = counts.get(text).map_or(1, |count| *count);
        text.len() as u64 * parts / count
    })
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
            Atom::Chars(_) => return places::find(piece, hay, from, to, values),
        };
        for part in parts {
            let end = filled + part.len();
            if from + end > to {
                return None;
            }
            let Some(free) = room.get_mut(filled..end) else {
                return places::find(piece, hay, from, to, values);
            };
            free.copy_from_slice(part.as_bytes());
            filled = end;
        }
    }
    let needle = room.get(..filled)?;
    Some(hay.find_in(&memmem::Finder::new(needle), from, to)? + filled)
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
