//! Pieces that no automaton is made for: compared with many places of the text at once.

use crate::interner::Resolve;

use super::hay::Hay;
use super::piece::{Atom, Piece};

/// Places that are compared at once.
const PLACES: usize = 128;

/// Characters of text at hand.
const ROOM: usize = 2 * PLACES;

/// How many characters are compared before it is asked whether any place is left.
const STRIDE: usize = 8;

/// Where the first place in `from..to` that the piece takes ends.
///
/// Time is at worst the length of the text times that of the piece, but a character of the piece
/// costs a few instructions for a whole block of places, and a block is left soon after none of its
/// places can be right any more.
pub(super) fn find(
    piece: &Piece,
    hay: impl Hay,
    from: usize,
    to: usize,
    values: &impl Resolve,
) -> Option<usize> {
    let min_len = piece.min_len();
    let mut start = from;
    while to.checked_sub(start)? >= min_len {
        let chars = || hay.parts(start, to).flat_map(|(part, _)| part.chars());
        let mut block = Block::new(chars());
        block.take(piece, values);
        if let Some(place) = block.first() {
            let at = start + chars().take(place).map(char::len_utf8).sum::<usize>();
            // A later place would end later still.
            return piece.forward(hay, at, values).filter(|end| *end <= to);
        }
        start += block.bytes?;
    }
    None
}

/// Places next to each other, and the text from them on.
struct Block<I> {
    /// All bits of a place are 1 while it can be right.
    alive: [u8; PLACES],
    /// The low, middle and high bytes of characters: the compiler makes wide comparisons of them.
    planes: [[u8; ROOM]; 3],
    /// Whether some character at hand needs more than the low byte.
    wide: bool,
    /// Whether no place is left, as far as is known: asked once in a while.
    over: bool,
    compared: usize,
    /// What the first place is compared with next.
    at: usize,
    rest: I,
    /// How long the characters are that the places stand at; `None` if the text ends before.
    bytes: Option<usize>,
}

/// Stands behind the end of the text. No character has these bytes, and no ASCII one the low one.
const NOTHING: u8 = 0xFF;

impl<I: Iterator<Item = char>> Block<I> {
    fn new(chars: I) -> Self {
        let mut block = Self {
            alive: [u8::MAX; PLACES],
            planes: [[NOTHING; ROOM]; 3],
            wide: false,
            over: false,
            compared: 0,
            at: 0,
            rest: chars,
            bytes: None,
        };
        block.bytes = block.fill(0, PLACES);
        block.fill(PLACES, ROOM);
        block
    }

    /// Puts text into a range of the room, and tells how many bytes it had; `None` at its end.
    fn fill(&mut self, from: usize, to: usize) -> Option<usize> {
        let mut bytes = 0;
        for at in from..to {
            let ch = self.rest.next()?;
            bytes += ch.len_utf8();
            let [low, middle, high, _] = u32::from(ch).to_le_bytes();
            self.wide |= middle | high != 0;
            for (plane, byte) in self.planes.iter_mut().zip([low, middle, high]) {
                *plane.get_mut(at)? = byte;
            }
        }
        Some(bytes)
    }

    fn take(&mut self, piece: &Piece, values: &impl Resolve) {
        for atom in piece.atoms() {
            match atom {
                Atom::Literal(text) => self.literal(text),
                Atom::Chars(count) => self.step(*count as usize),
                Atom::Variable(id) => match values.resolve(*id) {
                    Some(value) => {
                        self.literal(value.text().head);
                        self.literal(value.text().tail);
                    }
                    None => self.alive = [0; PLACES],
                },
            }
            if self.over {
                return;
            }
        }
    }

    fn literal(&mut self, text: &str) {
        for ch in text.chars() {
            self.compare(ch);
            self.step(1);
            self.compared += 1;
            if self.compared.is_multiple_of(STRIDE) {
                self.over = self.alive.iter().fold(0, |any, alive| any | alive) == 0;
            }
            if self.over {
                return;
            }
        }
    }

    #[inline]
    fn compare(&mut self, ch: char) {
        let [low, middle, high, _] = u32::from(ch).to_le_bytes();
        let compared = if ch.is_ascii() && !self.wide { 1 } else { 3 };
        let bytes = [low, middle, high];
        for (plane, byte) in self.planes.iter().zip(bytes).take(compared) {
            let text = plane.get(self.at..).and_then(|text| text.first_chunk());
            let text: &[u8; PLACES] = text.unwrap_or(&[NOTHING; PLACES]);
            for (alive, here) in self.alive.iter_mut().zip(text) {
                *alive &= if *here == byte { u8::MAX } else { 0 };
            }
        }
    }

    /// Goes on by characters of the text.
    #[inline]
    fn step(&mut self, count: usize) {
        self.at = self.at.saturating_add(count);
        if self.at > ROOM - PLACES {
            self.refill();
        }
    }

    #[inline(never)]
    fn refill(&mut self) {
        if let Some(beyond) = self.at.checked_sub(ROOM + 1) {
            self.rest.nth(beyond);
            self.at = ROOM;
        }
        for plane in &mut self.planes {
            plane.copy_within(self.at.., 0);
            plane
                .iter_mut()
                .skip(ROOM - self.at)
                .for_each(|byte| *byte = NOTHING);
        }
        self.fill(ROOM - self.at, ROOM);
        self.at = 0;
    }

    fn first(&self) -> Option<usize> {
        self.alive.iter().position(|alive| *alive != 0)
    }
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;
    use crate::interner::{Resolved, VariableId};
    use crate::text::Text;

    /// One value for variable 0; all others have none.
    struct One<'a>(Text<'a>);

    impl Resolve for One<'_> {
        fn resolve(&self, id: VariableId) -> Option<Resolved<'_>> {
            (id == 0).then_some(Resolved::Text(self.0))
        }
    }

    fn piece(pattern: &str) -> Piece {
        let mut atoms = Vec::new();
        for ch in pattern.chars() {
            match ch {
                '?' => Atom::push_char(&mut atoms),
                '$' => atoms.push(Atom::Variable(0)),
                '!' => atoms.push(Atom::Variable(1)),
                ch => Atom::push_literal(&mut atoms, ch.encode_utf8(&mut [0; 4])),
            }
        }
        Piece::new(atoms)
    }

    /// Tries the piece at each place.
    fn each(piece: &Piece, text: &str, from: usize, to: usize, values: &One<'_>) -> Option<usize> {
        let starts = (from..=to).filter(|at| text.is_char_boundary(*at));
        let mut ends = starts.filter_map(|at| piece.forward(text, at, values));
        ends.find(|end| *end <= to)
    }

    fn boundary(text: &str, place: usize) -> usize {
        text.char_indices()
            .nth(place)
            .map_or(text.len(), |(at, _)| at)
    }

    fn check(pattern: &str, text: &str, [from, to, cut]: [usize; 3], value: (&str, &str)) {
        let piece = piece(pattern);
        let (from, to) = (boundary(text, from), boundary(text, from + to));
        let values = One(Text::new(value.0, value.1));
        let want = each(&piece, text, from, to, &values);
        assert_eq!(
            find(&piece, text, from, to, &values),
            want,
            "{pattern} {text}"
        );
        let (head, tail) = text.split_at(boundary(text, cut));
        let text = Text::new(head, tail);
        assert_eq!(
            find(&piece, text, from, to, &values),
            want,
            "{pattern} {text:?}"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn agrees_with_trying_each_place(
            pattern in "[aé?$]{1,6}[aé\u{1F600}?$]{0,3}!?",
            text in "[aaaé\u{1F600}\u{FFFF}]{0,300}",
            window in [0..80_usize, 0..300_usize, 0..300_usize],
            value in ("[aé]{0,2}", "[aé]{0,2}"),
        ) {
            check(&pattern, &text, window, (&value.0, &value.1));
        }

        /// Pieces that need more text than is at hand at once, and what is wrong anywhere in it.
        #[test]
        fn long_pieces(
            text in "[abé]{100,400}",
            asked in prop::collection::vec(any::<bool>(), 400),
            wide in any::<bool>(),
            start in 0..100_usize,
            gap in 0..200_usize,
            wrong in 0..800_usize,
        ) {
            let text = if wide { text } else { text.replace('é', "c") };
            let mut pattern: Vec<char> = text
                .chars()
                .zip(asked)
                .map(|(ch, asked)| if asked { '?' } else { ch })
                .skip(start)
                .collect();
            let gap = gap.min(pattern.len());
            pattern[..gap].fill('?');
            if let Some(ch) = pattern.get_mut(wrong) {
                *ch = 'b';
            }
            check(&String::from_iter(pattern), &text, [start / 2, 400, 150], ("", ""));
        }
    }
}
