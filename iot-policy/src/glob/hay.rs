//! The text that is searched, in one piece or in two.

use memchr::memmem;

use crate::text::Text;

/// A text that patterns are matched against. Positions are bytes, always between two characters.
pub(super) trait Hay: Copy {
    fn len(self) -> usize;

    /// Whether `literal` stands at `at`.
    fn has(self, at: usize, literal: &str) -> bool;

    /// Where the character that starts at `at` ends; `None` at the end of the text.
    fn char_end(self, at: usize) -> Option<usize>;

    /// Where the character that ends at `end` starts; `None` at the start of the text.
    fn char_start(self, end: usize) -> Option<usize>;

    /// The first place in `from..to` at which the whole needle stands.
    fn find_in(self, finder: &memmem::Finder<'_>, from: usize, to: usize) -> Option<usize>;

    /// The text in `from..to`, in one piece or in two, each with where it ends.
    fn parts<'t>(self, from: usize, to: usize) -> impl Iterator<Item = (&'t str, usize)>
    where
        Self: 't;
}

impl Hay for &str {
    #[inline]
    fn len(self) -> usize {
        self.len()
    }

    #[inline]
    fn has(self, at: usize, literal: &str) -> bool {
        let (here, literal) = (self.as_bytes(), literal.as_bytes());
        here.get(at..).is_some_and(|here| here.starts_with(literal))
    }

    #[inline]
    fn char_end(self, at: usize) -> Option<usize> {
        self.get(at..)?.chars().next().map(|ch| at + ch.len_utf8())
    }

    #[inline]
    fn char_start(self, end: usize) -> Option<usize> {
        self.get(..end)?
            .chars()
            .next_back()
            .map(|ch| end - ch.len_utf8())
    }

    #[inline]
    fn find_in(self, finder: &memmem::Finder<'_>, from: usize, to: usize) -> Option<usize> {
        finder
            .find(self.as_bytes().get(from..to)?)
            .map(|at| from + at)
    }

    #[inline]
    fn parts<'t>(self, from: usize, to: usize) -> impl Iterator<Item = (&'t str, usize)>
    where
        Self: 't,
    {
        self.get(from..to).map(|part| (part, to)).into_iter()
    }
}

impl Hay for Text<'_> {
    fn len(self) -> usize {
        self.head.len() + self.tail.len()
    }

    fn has(self, at: usize, literal: &str) -> bool {
        let cut = self.head.len();
        if at >= cut {
            return self.tail.has(at - cut, literal);
        }
        let (here, literal) = (self.head.as_bytes().get(at..), literal.as_bytes());
        let Some(here) = here else { return false };
        match literal.split_at_checked(here.len()) {
            Some((front, back)) => here == front && self.tail.as_bytes().starts_with(back),
            None => here.starts_with(literal),
        }
    }

    fn char_end(self, at: usize) -> Option<usize> {
        let cut = self.head.len();
        if at < cut {
            self.head.char_end(at)
        } else {
            Some(self.tail.char_end(at - cut)? + cut)
        }
    }

    fn char_start(self, end: usize) -> Option<usize> {
        let cut = self.head.len();
        if end <= cut {
            self.head.char_start(end)
        } else {
            Some(self.tail.char_start(end - cut)? + cut)
        }
    }

    fn find_in(self, finder: &memmem::Finder<'_>, from: usize, to: usize) -> Option<usize> {
        let cut = self.head.len();
        if from >= cut {
            return self
                .tail
                .find_in(finder, from - cut, to - cut)
                .map(|at| at + cut);
        }
        if let Some(at) = self.head.find_in(finder, from, to.min(cut)) {
            return Some(at);
        }
        // Across the cut: at most as many places as the head has bytes, and an ARN head is short.
        let needle = finder.needle();
        let first = from.max((cut + 1).saturating_sub(needle.len()));
        let across = (first..cut).find(|at| {
            let (front, back) = needle.split_at_checked(cut - at).unwrap_or((needle, &[]));
            at + needle.len() <= to
                && self
                    .head
                    .as_bytes()
                    .get(*at..)
                    .is_some_and(|here| here.starts_with(front))
                && self.tail.as_bytes().starts_with(back)
        });
        across.or_else(|| Some(self.tail.find_in(finder, 0, to.checked_sub(cut)?)? + cut))
    }

    fn parts<'t>(self, from: usize, to: usize) -> impl Iterator<Item = (&'t str, usize)>
    where
        Self: 't,
    {
        let cut = self.head.len();
        let head = self.head.parts(from.min(cut), to.min(cut));
        let tail = self.tail.parts(from.max(cut) - cut, to.max(cut) - cut);
        head.chain(tail.map(move |(part, end)| (part, end + cut)))
    }
}
