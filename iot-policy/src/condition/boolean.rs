//! The words `true` and `false`, of Boolean and `Null` conditions.

use crate::interner::Interner;
use crate::text::Text;

use super::string::Folded;

/// Compiles a value of a `Bool` condition: one of the words, or a text with variables.
pub(super) fn operand(text: &str, variables: bool, interner: &mut Interner) -> Option<Folded> {
    let folded = Folded::compile(text, variables, interner);
    (folded.has_variables() || boolean(Text::whole(text)).is_some()).then_some(folded)
}

/// Reads `true` or `false`, whatever the letter case.
pub(super) fn boolean(text: Text<'_>) -> Option<bool> {
    [true, false]
        .into_iter()
        .find(|value| is_word(text, word(*value)))
}

/// The word for a value.
pub(super) const fn word(value: bool) -> &'static str {
    if value { "true" } else { "false" }
}

fn is_word(text: Text<'_>, word: &str) -> bool {
    text.len() == word.len()
        && text
            .bytes()
            .zip(word.bytes())
            .all(|(ours, theirs)| ours.eq_ignore_ascii_case(&theirs))
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
    }
}
