//! Patterns with `*`, `?` and variables, compiled.
//!
//! A pattern is cut at its `*`. The piece before the first one is compared from the front, the
//! piece behind the last one from the end; each piece between two of them is searched from left to
//! right, and the first place found is always right, so that nothing is ever tried twice. Time is
//! linear in the text: literal pieces are searched with `memmem`, pieces with `?` with a
//! bit-parallel automaton. Nothing is allocated while matching.

mod hay;
mod needle;
mod piece;
mod shift_and;

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::interner::{Interner, Values};
use crate::text::Text;
use crate::token::{Syntax, Token, tokens};

use hay::Hay;
use needle::Needle;
use piece::{Atom, Piece};

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(crate) struct Glob {
    /// Before the first `*`, or the whole pattern.
    head: Piece,
    /// From the first `*` on.
    rest: Option<Box<Rest>>,
}

#[derive(Clone, Debug)]
struct Rest {
    /// Between two `*`.
    middle: Box<[Needle]>,
    /// Behind the last `*`.
    last: Piece,
}

impl Glob {
    /// Compiles a pattern in which `*` and `?` are wildcards, and `${...}` a variable if
    /// `variables` says so.
    pub(crate) fn compile(pattern: &str, variables: bool, interner: &mut Interner) -> Self {
        Self::of_tokens(tokens(pattern, Syntax { wildcards: true, variables }), interner)
    }

    /// Compiles a text in which only `${...}` is special.
    pub(crate) fn template(text: &str, variables: bool, interner: &mut Interner) -> Self {
        Self::of_tokens(tokens(text, Syntax { wildcards: false, variables }), interner)
    }

    pub(crate) fn of_tokens<'p>(
        tokens: impl Iterator<Item = Token<'p>>,
        interner: &mut Interner,
    ) -> Self {
        let mut pieces = Vec::new();
        let mut atoms = Vec::new();
        for token in tokens {
            match token {
                Token::AnyRun => pieces.push(core::mem::take(&mut atoms)),
                Token::AnyChar => Atom::push_char(&mut atoms),
                Token::Literal(text) => Atom::push_literal(&mut atoms, text),
                Token::Variable { name, default } => {
                    atoms.push(interner.intern(name, default).map_or(Atom::Never, Atom::Variable));
                }
            }
        }
        let last = Piece::new(atoms);
        let mut pieces = pieces.into_iter();
        let Some(head) = pieces.next() else {
            return Self { head: last, rest: None };
        };
        let middle = pieces.filter(|atoms| !atoms.is_empty()).map(Needle::new).collect();
        Self { head: Piece::new(head), rest: Some(Box::new(Rest { middle, last })) }
    }

    /// Whether the pattern is `*` alone (or `**`, ...): it takes every text.
    pub(crate) fn is_universal(&self) -> bool {
        self.head.is_empty()
            && self.rest.as_ref().is_some_and(|rest| rest.middle.is_empty() && rest.last.is_empty())
    }

    /// Whether the pattern takes the whole text. A variable without a value matches nothing.
    pub(crate) fn matches(&self, text: Text<'_>, values: &Values<'_>) -> bool {
        if text.head.is_empty() {
            self.matches_hay(text.tail, values)
        } else {
            self.matches_hay(text, values)
        }
    }

    fn matches_hay(&self, text: impl Hay, values: &Values<'_>) -> bool {
        let Some(from) = self.head.forward(text, 0, values) else {
            return false;
        };
        let Some(rest) = &self.rest else {
            return from == text.len();
        };
        let Some(to) = rest.last.backward(text, from, text.len(), values) else {
            return false;
        };
        rest.middle
            .iter()
            .try_fold(from, |from, needle| needle.find(text, from, to, values))
            .is_some()
    }
}
