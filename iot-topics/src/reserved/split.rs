//! A text cut into its levels, once, before it is compared with every line of the catalogue.

/// The most levels that are kept apart: one more than the longest pattern has, so that a text that
/// is too long shows it.
pub(crate) const MAX_LEVELS: usize = 9;

/// The levels of the text behind `$aws/`; of a longer text the first [`MAX_LEVELS`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Split<'a> {
    text: &'a str,
    levels: [&'a str; MAX_LEVELS],
    /// Where each of them starts.
    starts: [usize; MAX_LEVELS],
    /// How many there are, up to [`MAX_LEVELS`].
    count: usize,
}

impl<'a> Split<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let mut split = Self {
            text,
            levels: [""; MAX_LEVELS],
            starts: [0; MAX_LEVELS],
            count: 0,
        };
        let mut start = 0;
        let slots = split.levels.iter_mut().zip(&mut split.starts);
        for (level, (slot, at)) in text.split('/').zip(slots) {
            *slot = level;
            *at = start;
            start += level.len() + 1;
            split.count += 1;
        }
        split
    }

    /// The number of levels, at most [`MAX_LEVELS`].
    pub(crate) const fn count(&self) -> usize {
        self.count
    }

    /// A level.
    pub(crate) fn level(&self, index: usize) -> Option<&'a str> {
        self.levels().get(index).copied()
    }

    /// The levels from one on, as they stand in the text.
    pub(crate) fn rest(&self, index: usize) -> Option<&'a str> {
        self.level(index)?;
        self.text.get(self.start(index)..)
    }

    /// Where a level starts; behind the last, the end of the text.
    pub(crate) fn start(&self, index: usize) -> usize {
        let starts = self.starts.get(..self.count).unwrap_or_default();
        starts.get(index).copied().unwrap_or(self.text.len())
    }

    fn levels(&self) -> &[&'a str] {
        self.levels.get(..self.count).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_rests() {
        let split = Split::new("a//é/b");
        assert_eq!(split.count(), 4);
        assert_eq!(split.level(2), Some("é"));
        assert_eq!((split.level(4), split.rest(4)), (None, None));
        assert_eq!((split.start(0), split.start(2), split.start(3)), (0, 3, 6));
        assert_eq!(split.start(4), 7);
        assert_eq!(split.rest(1), Some("/é/b"));
        let split = Split::new("");
        assert_eq!(
            (split.count(), split.level(0), split.rest(0)),
            (1, Some(""), Some(""))
        );
    }

    #[test]
    fn long_texts_are_cut_off() {
        let split = Split::new("1/2/3/4/5/6/7/8/9/10/11");
        assert_eq!(split.count(), MAX_LEVELS);
        assert_eq!(split.level(8), Some("9"));
        assert_eq!(split.level(9), None);
        assert_eq!(split.rest(8), Some("9/10/11"));
    }
}
