//! Patterns with `*`, `?` and variables, compiled.
//!
//! A pattern is cut at its `*`. The piece before the first one is compared from the front, the
//! piece behind the last one from the end; each piece between two of them is searched from left to
//! right, and the first place found is always right, so that no star is ever gone back to. Nothing is
//! allocated while matching.
//!
//! Time, measured on texts made to be slow (one core of a server of 2026):
//!
//! - pieces of literals are searched with `memmem`: linear, at most 1.5 ns a byte of text;
//! - pieces with `?` of up to 2,048 characters by a bit-parallel automaton, which reads the text
//!   once: 0.7 ns a byte up to 64 characters, 1.0 up to 128, 1.3 up to 256, 2.0 up to 512, 7 to 10
//!   above, and at most some 150 ns more for what is compared before that;
//! - longer ones, and those with both variables and `?`, at many places at once: at worst the
//!   length of the text times that of the piece. 4,000 characters take 1 ms on a text of 8,000
//!   bytes, 90,000 take 1 s on 180,000, and up to three times that if the text is not ASCII.
//!
//! A piece that is longer than the text is not searched.

mod hay;
mod needle;
mod piece;
mod places;
mod shift_or;

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::interner::{Interner, NoValues, Resolve};
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
        Self::of_tokens(
            tokens(
                pattern,
                Syntax {
                    wildcards: true,
                    variables,
                },
            ),
            interner,
        )
    }

    /// Compiles a text in which only `${...}` is special.
    pub(crate) fn template(text: &str, variables: bool, interner: &mut Interner) -> Self {
        Self::of_tokens(
            tokens(
                text,
                Syntax {
                    wildcards: false,
                    variables,
                },
            ),
            interner,
        )
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
                    atoms.push(Atom::Variable(interner.intern(name, default)));
                }
            }
        }
        let last = Piece::new(atoms);
        let mut pieces = pieces.into_iter();
        let Some(head) = pieces.next() else {
            return Self {
                head: last,
                rest: None,
            };
        };
        let middle = pieces
            .filter(|atoms| !atoms.is_empty())
            .map(Needle::new)
            .collect();
        Self {
            head: Piece::new(head),
            rest: Some(Box::new(Rest { middle, last })),
        }
    }

    /// Whether the pattern is `*` alone (or `**`, ...): it takes every text.
    pub(crate) fn is_universal(&self) -> bool {
        self.head.is_empty()
            && self
                .rest
                .as_ref()
                .is_some_and(|rest| rest.middle.is_empty() && rest.last.is_empty())
    }

    /// Whether the pattern takes the whole text. A variable without a value matches nothing.
    pub(crate) fn matches(&self, text: Text<'_>, values: &impl Resolve) -> bool {
        if text.head.is_empty() {
            self.matches_hay(text.tail, values)
        } else {
            self.matches_hay(text, values)
        }
    }

    /// Whether the pattern, which has no variable, takes the whole text.
    pub(crate) fn matches_plain(&self, text: &str) -> bool {
        self.matches_hay(text, &NoValues)
    }

    fn matches_hay(&self, text: impl Hay, values: &impl Resolve) -> bool {
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

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::String;
    use alloc::vec;

    use proptest::prelude::*;

    use super::*;
    use crate::context::Context;
    use crate::resource::ArnScope;

    /// The definition: `*` is any run, `?` any one character.
    fn oracle(pattern: &[char], text: &[char]) -> bool {
        match (pattern, text) {
            ([], text) => text.is_empty(),
            (['*', rest @ ..], text) => (0..=text.len()).any(|skip| oracle(rest, &text[skip..])),
            (['?', rest @ ..], [_, text @ ..]) => oracle(rest, text),
            ([ch, rest @ ..], [first, text @ ..]) => ch == first && oracle(rest, text),
            _ => false,
        }
    }

    fn expected(pattern: &str, text: &str) -> bool {
        let pattern: Vec<char> = pattern.chars().collect();
        let text: Vec<char> = text.chars().collect();
        oracle(&pattern, &text)
    }

    fn glob(pattern: &str) -> Glob {
        Glob::compile(pattern, false, &mut Interner::default())
    }

    /// Every pattern over `a b * ?` and every text over `a b` up to these lengths.
    #[test]
    fn agrees_with_the_oracle_exhaustively() {
        fn words(alphabet: &str, length: usize) -> Vec<String> {
            let mut words = vec![String::new()];
            let mut from = 0;
            for _ in 0..length {
                let to = words.len();
                for at in from..to {
                    for ch in alphabet.chars() {
                        words.push(format!("{}{ch}", words[at]));
                    }
                }
                from = to;
            }
            words
        }
        let texts = words("ab", 5);
        for pattern in words("ab*?", 5) {
            let glob = glob(&pattern);
            for text in &texts {
                assert_eq!(
                    glob.matches_plain(text),
                    expected(&pattern, text),
                    "{pattern} {text}"
                );
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        /// Longer ones, with characters of several bytes; the text in one piece and cut anywhere.
        #[test]
        fn agrees_with_the_oracle(
            pattern in "[ab*?é漢]{0,14}",
            text in "[abé漢]{0,20}",
            cut in 0..20_usize,
        ) {
            let scope = ArnScope::new("aws", "us-east-1", "123456789012");
            let context = Context::new(&scope);
            let values = crate::interner::Values { slots: &[], context: &context };
            let glob = glob(&pattern);
            let want = expected(&pattern, &text);
            prop_assert_eq!(glob.matches_plain(&text), want);
            let cut = text.char_indices().nth(cut).map_or(text.len(), |(at, _)| at);
            let (head, tail) = text.split_at(cut);
            prop_assert_eq!(glob.matches(Text::new(head, tail), &values), want);
        }

        /// The automaton of one, two and four words, and the way into it after strays.
        #[test]
        fn long_gapped_pieces(
            core in "a[ab?]{0,150}b",
            text in "[ab]{0,400}",
            front in "[ab]{0,3}",
        ) {
            let pattern = format!("{front}*{core}*");
            prop_assert_eq!(glob(&pattern).matches_plain(&text), expected_star(&pattern, &text));
        }
    }

    /// The same as `expected`, by dynamic programming: for longer texts.
    fn expected_star(pattern: &str, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let mut reached = vec![false; text.len() + 1];
        reached[0] = true;
        for ch in pattern.chars() {
            let mut next = vec![false; text.len() + 1];
            for at in 0..=text.len() {
                next[at] = if ch == '*' {
                    reached[at] || at > 0 && next[at - 1]
                } else {
                    at > 0 && reached[at - 1] && (ch == '?' || ch == text[at - 1])
                };
            }
            reached = next;
        }
        reached[text.len()]
    }
}
