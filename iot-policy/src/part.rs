//! The parts of a pattern, for tools that reason about what a pattern takes.

use alloc::string::String;

use crate::document::Version;
use crate::token::{Syntax, Token, tokens};

/// One part of a pattern: a run of plain text, a wildcard or a variable.
///
/// For tools that ask what a pattern would take if its variables stood for something else: take
/// the pattern apart, replace the parts, and build a
/// [`WildcardPattern`](crate::WildcardPattern::from_parts) of them.
///
/// # Examples
///
/// ```
/// use iot_policy::{PatternPart, Version, WildcardPattern};
///
/// let pattern = "client/${iot:ClientId}-*";
/// let anyone = PatternPart::of(pattern, Version::V2012_10_17).map(|part| match part {
///     PatternPart::Variable { .. } => PatternPart::Literal("mallory"),
///     part => part,
/// });
/// assert!(WildcardPattern::from_parts(anyone).matches("client/mallory-1"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the policy language is closed; a new part would change every decision"
)]
pub enum PatternPart<'p> {
    /// Text that stands for itself, `${*}`, `${?}` and `${$}` already taken off.
    Literal(&'p str),
    /// `*`: any run of characters.
    AnyRun,
    /// `?`: any one character.
    AnyChar,
    /// `${name}` or `${name, 'default'}`.
    Variable {
        /// What stands in front of the comma, as written.
        name: &'p str,
        /// What stands for the variable if it has no value.
        default: Option<&'p str>,
    },
}

impl<'p> PatternPart<'p> {
    /// Takes a pattern apart, in its order. In a document of 2008-10-17 there are no variables and
    /// no escapes: `${` is plain text (IAM user guide, "Variables and tags"). Of an ARN, give the
    /// sixth part alone: the others have no variables.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_policy::{PatternPart, Version};
    ///
    /// let parts: Vec<_> = PatternPart::of("topic/${*}?", Version::V2012_10_17).collect();
    /// let expected = [
    ///     PatternPart::Literal("topic/"),
    ///     PatternPart::Literal("*"),
    ///     PatternPart::AnyChar,
    /// ];
    /// assert_eq!(parts, expected);
    /// ```
    pub fn of(pattern: &'p str, version: Version) -> impl Iterator<Item = Self> + Clone {
        let syntax = Syntax {
            wildcards: true,
            variables: version == Version::V2012_10_17,
        };
        tokens(pattern, syntax).map(Self::from)
    }

    /// Adds the part as a document of 2012-10-17 would write it.
    pub(crate) fn write_to(self, text: &mut String) {
        match self {
            Self::Literal(literal) => {
                for ch in literal.chars() {
                    match ch {
                        '*' | '?' => text.extend(["${", if ch == '*' { "*" } else { "?" }, "}"]),
                        '{' if text.ends_with('$') => text.push_str("{$}{"),
                        _ => text.push(ch),
                    }
                }
            }
            Self::AnyRun => text.push('*'),
            Self::AnyChar => text.push('?'),
            Self::Variable { name, default } => {
                text.extend(["${", name]);
                if let Some(default) = default {
                    text.extend([", '", default, "'"]);
                }
                text.push('}');
            }
        }
    }
}

impl<'p> From<Token<'p>> for PatternPart<'p> {
    fn from(token: Token<'p>) -> Self {
        match token {
            Token::Literal(text) => Self::Literal(text),
            Token::AnyRun => Self::AnyRun,
            Token::AnyChar => Self::AnyChar,
            Token::Variable { name, default } => Self::Variable { name, default },
        }
    }
}

impl<'p> From<PatternPart<'p>> for Token<'p> {
    fn from(part: PatternPart<'p>) -> Self {
        match part {
            PatternPart::Literal(text) => Self::Literal(text),
            PatternPart::AnyRun => Self::AnyRun,
            PatternPart::AnyChar => Self::AnyChar,
            PatternPart::Variable { name, default } => Self::Variable { name, default },
        }
    }
}
