//! The words `true` and `false`, of Boolean and `Null` conditions.

use crate::interner::{Interner, Resolve};
use crate::text::Text;

use super::string::Folded;

/// A value of a `Bool` condition.
#[derive(Clone, Debug)]
pub(super) enum Boolean {
    Word(bool),
    /// A text with variables.
    Text(Folded),
}

impl Boolean {
    pub(super) fn compile(text: &str, variables: bool, interner: &mut Interner) -> Option<Self> {
        let folded = Folded::compile(text, variables, interner);
        if folded.has_variables() {
            return Some(Self::Text(folded));
        }
        boolean(Text::whole(text)).map(Self::Word)
    }

    /// Whether this is the value of a request; a variable without a value matches nothing.
    pub(super) fn matches(&self, value: bool, values: &impl Resolve) -> bool {
        match self {
            Self::Word(word) => *word == value,
            Self::Text(folded) => folded.matches(Text::whole(word(value)), values),
        }
    }
}

/// Reads `true` or `false`, whatever the letter case.
pub(super) fn boolean(text: Text<'_>) -> Option<bool> {
    [true, false].into_iter().find(|value| {
        let parted = word(*value).split_at_checked(text.head.len());
        parted.is_some_and(|(head, tail)| {
            text.head.eq_ignore_ascii_case(head) && text.tail.eq_ignore_ascii_case(tail)
        })
    })
}

const fn word(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_two_words() {
        for (text, value) in [
            ("true", Some(true)),
            ("TRUE", Some(true)),
            ("False", Some(false)),
            ("fALSE", Some(false)),
            ("", None),
            ("1", None),
            ("0", None),
            ("yes", None),
            ("true ", None),
            ("tru", None),
            ("falſe", None), // folds to `false` in Unicode
        ] {
            assert_eq!(boolean(Text::whole(text)), value, "{text:?}");
        }
        assert_eq!(boolean(Text::new("tr", "UE")), Some(true));
        assert_eq!(boolean(Text::new("truefalse", "")), None);
        assert_eq!(boolean(Text::new("é", "e")), None);
    }
}
