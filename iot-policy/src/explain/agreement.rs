//! How far a pattern agrees with a text that it does not take.

use alloc::vec::Vec;

use super::SYNTAX;
use crate::token::{Token, tokens};

/// How far a pattern and a text agree: the longest start of the pattern that takes a start of the
/// text. Both are whole exactly if the pattern takes the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Agreement {
    /// The bytes of the pattern.
    pub(super) pattern: usize,
    /// The bytes of the text: as few as the start of the pattern takes, all if the pattern takes
    /// the text.
    pub(super) text: usize,
}

/// How many characters may still be compared in search of what stands behind a `*`. When it is
/// spent, pieces behind a `*` count as not found.
#[derive(Debug)]
pub(super) struct Budget(usize);

impl Default for Budget {
    /// More than all patterns of a policy within the limits of AWS IoT need.
    fn default() -> Self {
        Self(1 << 20)
    }
}

impl Agreement {
    /// Compares a pattern as [`PatternTrace::resolved`](crate::PatternTrace::resolved) shows it.
    /// A variable in it takes nothing.
    ///
    /// Like a glob matcher it takes the leftmost place for each piece between two `*`, so that
    /// nothing is ever gone back to. Cost: linear in both texts, and what is taken from the budget.
    pub(super) fn of(pattern: &str, text: &str, budget: &mut Budget) -> Self {
        let signs = signs(pattern);
        let mut pieces = signs.split(|sign| sign.what == What::AnyRun).peekable();
        let mut so_far = Self {
            pattern: 0,
            text: 0,
        };
        let head = pieces.next().unwrap_or_default();
        let mut is_whole = so_far.advance(head, common(head, text));
        while let Some(piece) = pieces.next().filter(|_| is_whole) {
            so_far.pattern += STAR;
            let rest = text.get(so_far.text..).unwrap_or_default();
            if pieces.peek().is_none() && is_end(piece, rest) {
                return Self {
                    pattern: pattern.len(),
                    text: text.len(),
                };
            }
            is_whole = so_far.advance(piece, search(piece, rest, budget));
        }
        so_far
    }

    /// Adds what agrees of a piece; whether that is all of it.
    fn advance(&mut self, piece: &[Sign], common: Common) -> bool {
        if let Some(last) = common.signs.checked_sub(1).and_then(|at| piece.get(at)) {
            self.pattern = last.end;
        }
        self.text += common.end;
        common.signs == piece.len()
    }
}

/// A character of a pattern.
#[derive(Clone, Copy, Debug)]
struct Sign {
    what: What,
    /// Where it ends in the pattern.
    end: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Char(char),
    AnyChar,
    AnyRun,
    /// A variable without a value.
    Nothing,
}

impl Sign {
    fn takes(&self, ch: char) -> bool {
        match self.what {
            What::Char(own) => own == ch,
            What::AnyChar => true,
            What::AnyRun | What::Nothing => false,
        }
    }
}

/// The length of `*`.
const STAR: usize = 1;

fn signs(pattern: &str) -> Vec<Sign> {
    let mut signs = Vec::new();
    let mut tokens = tokens(pattern, SYNTAX);
    while let Some(token) = tokens.next() {
        let end = pattern.len() - tokens.remaining();
        let one = |what| Sign { what, end };
        match token {
            Token::Literal(text) => {
                // The one character of an escape ends where the escape does.
                let start = end - text.len();
                signs.extend(text.char_indices().map(|(at, ch)| Sign {
                    what: What::Char(ch),
                    end: start + at + ch.len_utf8(),
                }));
            }
            Token::AnyRun => signs.push(one(What::AnyRun)),
            Token::AnyChar => signs.push(one(What::AnyChar)),
            Token::Variable { .. } => signs.push(one(What::Nothing)),
        }
    }
    signs
}

/// What agrees of a piece.
#[derive(Clone, Copy, Debug, Default)]
struct Common {
    /// How many signs from its start.
    signs: usize,
    /// Where in the text that ends.
    end: usize,
}

/// How far a piece and a text agree from the start of both.
fn common(piece: &[Sign], text: &str) -> Common {
    let mut common = Common::default();
    for (sign, ch) in piece.iter().zip(text.chars()) {
        if !sign.takes(ch) {
            break;
        }
        common.signs += 1;
        common.end += ch.len_utf8();
    }
    common
}

/// The first place that has the whole piece, or else the first of those that have most of it.
fn search(piece: &[Sign], text: &str, budget: &mut Budget) -> Common {
    let mut best = Common::default();
    let mut places = text.char_indices();
    while best.signs < piece.len()
        && budget.0 > 0
        && let Some((at, _)) = places.next()
    {
        let here = common(piece, text.get(at..).unwrap_or_default());
        budget.0 = budget.0.saturating_sub(1 + here.signs);
        if here.signs > best.signs {
            best = Common {
                signs: here.signs,
                end: at + here.end,
            };
        }
    }
    best
}

/// Whether the text ends in what the piece takes.
fn is_end(piece: &[Sign], text: &str) -> bool {
    let mut chars = text.chars().rev();
    let mut signs = piece.iter().rev();
    signs.all(|sign| chars.next().is_some_and(|ch| sign.takes(ch)))
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec;

    use proptest::prelude::*;

    use super::*;

    fn agreement(pattern: &str, text: &str) -> Agreement {
        Agreement::of(pattern, text, &mut Budget::default())
    }

    /// The definition of a glob, over characters that may be wildcards and those that may not.
    fn takes(pattern: &[(char, bool)], text: &[char]) -> bool {
        match (pattern, text) {
            ([], text) => text.is_empty(),
            ([('*', true), rest @ ..], text) => {
                (0..=text.len()).any(|skip| takes(rest, &text[skip..]))
            }
            ([('?', true), rest @ ..], [_, text @ ..]) => takes(rest, text),
            ([(ch, _), rest @ ..], [first, text @ ..]) => ch == first && takes(rest, text),
            _ => false,
        }
    }

    /// The definition of an agreement, in characters.
    fn expected(pattern: &[(char, bool)], text: &[char]) -> (usize, usize) {
        if takes(pattern, text) {
            return (pattern.len(), text.len());
        }
        let ends =
            |start: &[(char, bool)]| (0..=text.len()).find(|end| takes(start, &text[..*end]));
        (0..=pattern.len())
            .rev()
            .find_map(|length| Some((length, ends(&pattern[..length])?)))
            .unwrap()
    }

    /// As it is shown: a literal `*` or `?` is escaped.
    fn shown(pattern: &[(char, bool)]) -> String {
        let show = |(ch, wild): &(char, bool)| match (ch, wild) {
            ('*' | '?', false) => vec!['$', '{', *ch, '}'],
            _ => vec![*ch],
        };
        pattern.iter().flat_map(show).collect()
    }

    fn agrees_as_defined(pattern: &[(char, bool)], text: &[char]) -> Result<(), TestCaseError> {
        let (own, others) = expected(pattern, text);
        let expected = Agreement {
            pattern: shown(&pattern[..own]).len(),
            text: text[..others].iter().collect::<String>().len(),
        };
        let (whole, of) = (shown(pattern), text.iter().collect::<String>());
        prop_assert_eq!(agreement(&whole, &of), expected, "{} {}", whole, of);
        let is_whole = expected.pattern == whole.len() && expected.text == of.len();
        prop_assert_eq!(is_whole, takes(pattern, text));
        Ok(())
    }

    /// Every pattern over `a b * ?` and every text over `a b` up to these lengths.
    #[test]
    fn agrees_as_defined_exhaustively() {
        fn words<T: Copy>(alphabet: &[T], length: usize) -> Vec<Vec<T>> {
            let mut words = vec![vec![]];
            let mut from = 0;
            for _ in 0..length {
                let to = words.len();
                for at in from..to {
                    let longer = alphabet.iter().map(|ch| [&words[at][..], &[*ch]].concat());
                    let longer: Vec<_> = longer.collect();
                    words.extend(longer);
                }
                from = to;
            }
            words
        }
        let texts = words(&['a', 'b'], 5);
        for pattern in words(&[('a', false), ('b', false), ('*', true), ('?', true)], 5) {
            for text in &texts {
                agrees_as_defined(&pattern, text).unwrap();
            }
        }
    }

    fn pattern() -> impl Strategy<Value = Vec<(char, bool)>> {
        let sign = prop::sample::select(&['a', 'b', 'é', '*', '?'][..]);
        prop::collection::vec((sign, any::<bool>()), 0..10)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn agrees_as_defined_with_escapes(pattern in pattern(), text in "[abé*?]{0,12}") {
            agrees_as_defined(&pattern, &text.chars().collect::<Vec<_>>())?;
        }

        /// A start of the pattern agrees as far as the pattern does, or wholly.
        #[test]
        fn grows_with_the_pattern(pattern in pattern(), text in "[abé*?]{0,12}", cut in 0..10_usize) {
            let start = shown(&pattern[..cut.min(pattern.len())]);
            let whole = agreement(&shown(&pattern), &text);
            let part = agreement(&start, &text);
            prop_assert_eq!(part.pattern, whole.pattern.min(start.len()));
            // A start that takes the text takes all of it, though some of it might do.
            prop_assert!(part.text <= whole.text || part.text == text.len());
        }
    }

    #[test]
    fn a_variable_takes_nothing() {
        let expected = Agreement {
            pattern: 3,
            text: 2,
        };
        assert_eq!(agreement("a*b${x:K}", "ab${x:K}"), expected);
        assert_eq!(agreement("a*b${x:K}*", "ab"), expected);
    }

    /// Work that grows with the product of the lengths is cut off; the head is compared all the
    /// same.
    #[test]
    fn long_patterns_cost_no_more_than_the_budget() {
        let (pattern, text) = ("a".repeat(180_000), "a".repeat(100_000));
        let mut budget = Budget::default();
        for gapped in ["", "?"] {
            let pattern = alloc::format!("x*{gapped}{pattern}b*");
            let text = alloc::format!("x{text}");
            for _ in 0..10 {
                let agreement = Agreement::of(&pattern, &text, &mut budget);
                assert!(agreement.text >= 1);
            }
            assert_eq!(budget.0, 0);
        }
        let found = Agreement::of(&"*a".repeat(90_000), &text, &mut Budget::default());
        assert_eq!(found.pattern, 180_000);
        let anchored = Agreement::of(&pattern, &text, &mut budget);
        assert_eq!(anchored.text, 100_000);
    }
}
