//! String conditions but `StringLike`, which is a compiled pattern.

use alloc::boxed::Box;

use crate::glob::Glob;
use crate::interner::{Interner, Resolve, VariableId};
use crate::text::Text;
use crate::token::{Syntax, Token, tokens};

/// A text with variables that is compared as it is.
#[derive(Clone, Debug)]
pub(super) enum Exact {
    Literal(Box<str>),
    Template(Glob),
}

impl Exact {
    pub(super) fn compile(text: &str, variables: bool, interner: &mut Interner) -> Self {
        if variables && text.contains("${") {
            Self::Template(Glob::template(text, variables, interner))
        } else {
            Self::Literal(text.into())
        }
    }

    /// Whether this is the text of a request; a variable without a value matches nothing.
    pub(super) fn matches(&self, text: Text<'_>, values: &impl Resolve) -> bool {
        match self {
            Self::Literal(literal) => text.equals(Text::whole(literal)),
            Self::Template(template) => template.matches(text, values),
        }
    }
}

/// A text with variables that is compared without regard to letter case.
#[derive(Clone, Debug)]
pub(super) struct Folded(Box<[Part]>);

#[derive(Clone, Debug)]
enum Part {
    Literal(Box<str>),
    Variable(VariableId),
}

impl Folded {
    pub(super) fn compile(text: &str, variables: bool, interner: &mut Interner) -> Self {
        let syntax = Syntax {
            wildcards: false,
            variables,
        };
        let part = |token| match token {
            Token::Literal(text) => Part::Literal(text.into()),
            Token::Variable { name, default } => Part::Variable(interner.intern(name, default)),
            // Never with this syntax.
            Token::AnyRun => Part::Literal("*".into()),
            Token::AnyChar => Part::Literal("?".into()),
        };
        Self(tokens(text, syntax).map(part).collect())
    }

    /// Whether there is a variable in it.
    pub(super) fn has_variables(&self) -> bool {
        let is_literal = |part| matches!(part, &Part::Literal(_));
        !self.0.iter().all(is_literal)
    }

    /// Whether this is the text of a request; a variable without a value matches nothing.
    pub(super) fn matches(&self, text: Text<'_>, values: &impl Resolve) -> bool {
        let mut rest = text.chars();
        let mut take = |text: Text<'_>| {
            text.chars()
                .all(|ch| rest.next().is_some_and(|ours| is_same(ours, ch)))
        };
        let parts_match = self.0.iter().all(|part| match part {
            Part::Literal(text) => take(Text::whole(text)),
            Part::Variable(id) => values.resolve(*id).is_some_and(|value| take(value.text())),
        });
        parts_match && rest.next().is_none()
    }
}

#[inline]
fn is_same(ours: char, theirs: char) -> bool {
    ours == theirs || fold(ours) == fold(theirs)
}

/// Takes letter case off one character, by itself: `ß` stays one character and differs from `ss`,
/// `K` (kelvin sign) becomes `k`.
fn fold(ch: char) -> char {
    if ch.is_ascii() {
        return ch.to_ascii_lowercase();
    }
    let upper = only(ch.to_uppercase()).unwrap_or(ch);
    only(upper.to_lowercase()).unwrap_or(upper)
}

/// The one character, where a mapping gives one.
fn only(mut chars: impl Iterator<Item = char>) -> Option<char> {
    let first = chars.next();
    first.filter(|_| chars.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interner::NoValues;

    fn matches(policy: &str, request: &str) -> bool {
        let folded = Folded::compile(policy, true, &mut Interner::default());
        let whole = folded.matches(Text::whole(request), &NoValues);
        for at in (0..=request.len()).filter(|at| request.is_char_boundary(*at)) {
            let (head, tail) = request.split_at(at);
            assert_eq!(folded.matches(Text::new(head, tail), &NoValues), whole);
        }
        whole
    }

    #[test]
    fn letter_case_does_not_count() {
        for (policy, request, expected) in [
            ("", "", true),
            ("EXAMPLE.com", "example.COM", true),
            ("example.com", "example.co", false),
            ("example.co", "example.com", false),
            ("ÄÖÜ", "äöü", true),
            ("ΣΊΣΥΦΟΣ", "σίσυφος", true), // both small sigmas
            ("ς", "σ", true),
            ("straße", "STRASSE", false), // one character is never two
            ("ß", "ẞ", true),
            ("ﬁ", "fi", false),
            ("\u{212a}", "k", true),  // kelvin sign
            ("i", "ı", true),         // dotless i has the capital I
            ("é", "e\u{301}", false), // no normalisation
            ("a*", "aXYZ", false),
            ("a${*}", "A*", true),
            ("A${?}${$}", "a?$", true),
            ("${nothing}", "${nothing}", false),
            ("${nothing}", "", false),
        ] {
            assert_eq!(matches(policy, request), expected, "{policy} {request}");
        }
    }

    #[test]
    fn exact_texts() {
        for (policy, request, expected) in [
            ("", "", true),
            ("a", "", false),
            ("a", "A", false),
            ("a*", "a*", true),
            ("a*", "ab", false),
            ("${*}${?}${$}x", "*?$x", true),
            ("$x${", "$x${", true),
            ("${nothing}", "${nothing}", false),
        ] {
            let exact = Exact::compile(policy, true, &mut Interner::default());
            for at in 0..=request.len() {
                let (head, tail) = request.split_at(at);
                let matches = exact.matches(Text::new(head, tail), &NoValues);
                assert_eq!(matches, expected, "{policy} {request}");
            }
        }
    }

    #[test]
    fn without_variables_all_is_literal() {
        let folded = Folded::compile("${aws:SourceIp}${*}", false, &mut Interner::default());
        assert!(!folded.has_variables());
        assert!(folded.matches(Text::whole("${AWS:sourceip}${*}"), &NoValues));
        let folded = Folded::compile("${aws:SourceIp}", true, &mut Interner::default());
        assert!(folded.has_variables());
    }
}
