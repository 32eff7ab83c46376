//! ARN conditions: the six parts of an ARN, compared one by one.

use alloc::boxed::Box;

use memchr::memchr;

use crate::glob::Glob;
use crate::interner::{Interner, Resolve};
use crate::text::Text;
use crate::token::{Syntax, Token, tokens};

/// An ARN of a policy. A wildcard stays within its part, except in the last one, which holds all
/// that follows the fifth colon. Source: IAM user guide, "Condition operators".
#[derive(Clone, Debug)]
pub(super) enum ArnPattern {
    /// Without wildcards and variables: the parts are equal if the whole is.
    Literal(Glob),
    Parts(Box<[Glob; PARTS]>),
}

const PARTS: usize = 6;

impl ArnPattern {
    /// `None` for a text of fewer than six parts. Colons within `${...}` do not part.
    pub(super) fn compile(text: &str, variables: bool, interner: &mut Interner) -> Option<Self> {
        let parts = split(text, variables)?;
        let syntax = Syntax {
            wildcards: true,
            variables,
        };
        let is_literal = |token| matches!(token, Token::Literal(_));
        Some(if tokens(text, syntax).all(is_literal) {
            Self::Literal(Glob::compile(text, variables, interner))
        } else {
            Self::Parts(Box::new(
                parts.map(|part| Glob::compile(part, variables, interner)),
            ))
        })
    }

    /// Whether the ARN of a request matches.
    pub(super) fn matches(&self, text: Text<'_>, values: &impl Resolve) -> bool {
        let parts = match self {
            Self::Literal(glob) => return glob.matches(text, values),
            Self::Parts(parts) => parts,
        };
        let [heads @ .., last] = parts.as_ref();
        let mut rest = text;
        for head in heads {
            let Some((part, after)) = split_text(rest) else {
                return false;
            };
            if !head.matches(part, values) {
                return false;
            }
            rest = after;
        }
        last.matches(rest, values)
    }
}

/// Whether the text has six parts.
pub(super) fn is_arn(text: Text<'_>) -> bool {
    let colons = text.bytes().filter(|byte| *byte == b':');
    colons.take(PARTS - 1).count() == PARTS - 1
}

/// Parts a text at its first colon.
fn split_text(text: Text<'_>) -> Option<(Text<'_>, Text<'_>)> {
    if let Some((part, head)) = split_str(text.head) {
        return Some((Text::whole(part), Text::new(head, text.tail)));
    }
    let (part, tail) = split_str(text.tail)?;
    Some((Text::new(text.head, part), Text::whole(tail)))
}

fn split_str(text: &str) -> Option<(&str, &str)> {
    let at = memchr(b':', text.as_bytes())?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// Parts a policy value at the first five colons outside of variables.
fn split(text: &str, variables: bool) -> Option<[&str; PARTS]> {
    let mut rest = text;
    let mut next = || {
        let at = colon(rest, variables)?;
        let (part, after) = (rest.get(..at)?, rest.get(at + 1..)?);
        rest = after;
        Some(part)
    };
    let [a, b, c, d, e] = [next()?, next()?, next()?, next()?, next()?];
    Some([a, b, c, d, e, rest])
}

/// Where the first colon outside of variables is.
fn colon(text: &str, mut variables: bool) -> Option<usize> {
    let mut from = 0;
    loop {
        let rest = text.get(from..)?;
        let at = rest.find([':', '$'])?;
        let here = rest.get(at..)?;
        if here.starts_with(':') {
            return Some(from + at);
        }
        let is_variable = variables && here.starts_with("${");
        let end = is_variable.then(|| here.find('}')).flatten();
        // no later variable ends where this one does not
        variables &= !is_variable || end.is_some();
        from += at + end.unwrap_or(0) + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interner::NoValues;

    fn matches(pattern: &str, text: &str) -> Option<bool> {
        let pattern = ArnPattern::compile(pattern, true, &mut Interner::default())?;
        let whole = pattern.matches(Text::whole(text), &NoValues);
        for at in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
            let (head, tail) = text.split_at(at);
            assert_eq!(pattern.matches(Text::new(head, tail), &NoValues), whole);
        }
        Some(whole)
    }

    #[test]
    fn parts_are_compared_one_by_one() {
        for (pattern, text, expected) in [
            ("arn:aws:iot:r:1:topic/a", "arn:aws:iot:r:1:topic/a", true),
            ("arn:aws:iot:r:1:topic/a", "arn:aws:iot:r:1:topic/b", false),
            ("arn:aws:iot:r:1:topic/a", "arn:aws:iot:r:1:topic/", false),
            (
                "arn:aws:iot:r:1:topic/*",
                "arn:aws:iot:r:1:topic/a/b:c",
                true,
            ),
            ("arn:aws:iot:*:1:topic/a", "arn:aws:iot:r:1:topic/a", true),
            ("arn:aws:iot:*:1:topic/a", "arn:aws:iot::1:topic/a", true),
            // the star would have to run over colons
            (
                "arn:aws:s:*:111:f/*",
                "arn:aws:s:r:999:store/abc:111:f/d",
                false,
            ),
            ("arn:*:topic/a:::", "arn:aws:iot:r:1:topic/a", false),
            ("arn:aws:iot:?:1:topic/?", "arn:aws:iot:r:1:topic/é", true),
            ("arn:aws:iot:?:1:topic/?", "arn:aws:iot:rr:1:topic/a", false),
            ("*:*:*:*:*:*", "arn:aws:iot:r:1:topic/a", true),
            ("*:*:*:*:*:*", ":::::", true),
            ("*:*:*:*:*:*", "::::", false),
            (":::::", ":::::", true),
            ("arn:aws:iot:r:1:a:b:*", "arn:aws:iot:r:1:a:b:c:d", true),
            ("arn:aws:iot:r:1:a:?", "arn:aws:iot:r:1:a", false),
            ("ARN:aws:iot:r:1:t*", "arn:aws:iot:r:1:topic", false),
            ("arn:aws:iot:r:1:${*}${?}${$}", "arn:aws:iot:r:1:*?$", true),
            ("arn:aws:iot:r:1:${*}", "arn:aws:iot:r:1:x", false),
            ("arn:aws:iot:r:1:${*}*", "arn:aws:iot:r:1:*x", true),
            (
                "arn:aws:iot:r:1:${nothing}",
                "arn:aws:iot:r:1:${nothing}",
                false,
            ),
            ("arn:aws:iot:r:1:${open*", "arn:aws:iot:r:1:${open:x", true),
        ] {
            assert_eq!(matches(pattern, text), Some(expected), "{pattern} {text}");
        }
    }

    #[test]
    fn fewer_than_six_parts_are_no_arn() {
        for text in [
            "",
            "*",
            "arn:aws:iot:*",
            "::::",
            "a:b:c:d:${e:f}",
            "${a:b:c:d:e:f:g}",
        ] {
            assert_eq!(matches(text, "arn:aws:iot:r:1:t"), None, "{text}");
        }
        assert!(is_arn(Text::new("a:b:c", ":d:e:f:g")));
        assert!(!is_arn(Text::whole("a:b:c:d:e")));
    }

    #[test]
    fn colons_within_variables_do_not_part() {
        let split = |text| split(text, true);
        assert_eq!(
            split("a:${b:c, 'd:e'}f:$:g:${*}:${open:h").unwrap(),
            ["a", "${b:c, 'd:e'}f", "$", "g", "${*}", "${open:h"],
        );
        assert_eq!(split("a:b:c:d:e:f:g").unwrap().last(), Some(&"f:g"));
        assert_eq!(
            super::split("a:${b:c}:d:e:f", false).unwrap().last(),
            Some(&"f")
        );
    }

    #[test]
    fn parting_is_linear() {
        // a minute if each of these were searched to the end of the text
        for unit in ["${", "$", "${}", "${a}", "$:"] {
            let text = unit.repeat(2_000_000);
            assert_eq!(colon(&text, true).is_some(), unit == "$:");
        }
    }
}
