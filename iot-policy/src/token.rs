//! The parts of a pattern: literal text, wildcards, variables.

/// One part of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'p> {
    /// Text that stands for itself, `${*}`, `${?}` and `${$}` already taken off.
    Literal(&'p str),
    /// `*`: any run of characters.
    AnyRun,
    /// `?`: any one character.
    AnyChar,
    /// `${name}` or `${name, 'default'}`.
    Variable {
        name: &'p str,
        default: Option<&'p str>,
    },
}

/// What is special in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Syntax {
    /// `*` and `?` are wildcards.
    pub(crate) wildcards: bool,
    /// `${...}` is a variable or an escape.
    pub(crate) variables: bool,
}

/// Takes a pattern apart. A `$` that does not start `${...}` is literal, an unterminated `${` too
/// (IAM user guide, "Variables and tags"; decided for the unterminated one).
pub(crate) fn tokens(pattern: &str, syntax: Syntax) -> Tokens<'_> {
    let open = pattern.len() - pattern.rfind('}').map_or(0, |at| at + 1);
    Tokens {
        rest: pattern,
        open,
        syntax,
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Tokens<'p> {
    rest: &'p str,
    /// How many bytes follow the last `}`: a `${` among them is not terminated.
    open: usize,
    syntax: Syntax,
}

impl<'p> Tokens<'p> {
    /// Splits the first `at` bytes off what is left.
    fn cut(&mut self, at: usize) -> &'p str {
        let (taken, rest) = self.rest.split_at_checked(at).unwrap_or((self.rest, ""));
        self.rest = rest;
        taken
    }

    /// The token of a special character at the start of what is left, and its length.
    fn special(&self) -> Option<(Token<'p>, usize)> {
        let Syntax {
            wildcards,
            variables,
        } = self.syntax;
        let variables = variables && self.rest.len() > self.open;
        match self.rest.as_bytes() {
            [b'*', ..] if wildcards => Some((Token::AnyRun, 1)),
            [b'?', ..] if wildcards => Some((Token::AnyChar, 1)),
            [b'$', b'{', ..] if variables => {
                let inner = self.rest.get(2..)?;
                let inner = inner.get(..inner.find('}')?)?;
                Some((bracketed(inner), inner.len() + 3))
            }
            _ => None,
        }
    }
}

impl<'p> Iterator for Tokens<'p> {
    type Item = Token<'p>;

    fn next(&mut self) -> Option<Token<'p>> {
        if let Some((token, length)) = self.special() {
            self.cut(length);
            return Some(token);
        }
        let mut ahead = self.clone();
        while !ahead.rest.is_empty() && ahead.special().is_none() {
            let step = ahead.rest.chars().next().map_or(0, char::len_utf8);
            ahead.cut(step);
            let skip = ahead.rest.find(['*', '?', '$']).unwrap_or(ahead.rest.len());
            ahead.cut(skip);
        }
        let literal = self.cut(self.rest.len() - ahead.rest.len());
        (!literal.is_empty()).then_some(Token::Literal(literal))
    }
}

/// What stands between `${` and `}`.
fn bracketed(inner: &str) -> Token<'_> {
    if matches!(inner, "*" | "?" | "$") {
        return Token::Literal(inner);
    }
    if let Some((name, default)) = inner.split_once(',') {
        let default = default
            .trim()
            .strip_prefix('\'')
            .and_then(|text| text.strip_suffix('\''));
        if default.is_some() {
            return Token::Variable {
                name: name.trim(),
                default,
            };
        }
    }
    Token::Variable {
        name: inner,
        default: None,
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec;
    use alloc::vec::Vec;

    use super::*;

    fn all(pattern: &str) -> Vec<Token<'_>> {
        tokens(
            pattern,
            Syntax {
                wildcards: true,
                variables: true,
            },
        )
        .collect()
    }

    fn variable(name: &str) -> Token<'_> {
        Token::Variable {
            name,
            default: None,
        }
    }

    #[test]
    fn parts() {
        use Token::{AnyChar, AnyRun, Literal};
        for (pattern, expected) in [
            ("", vec![]),
            ("a/b", vec![Literal("a/b")]),
            ("a*?b", vec![Literal("a"), AnyRun, AnyChar, Literal("b")]),
            ("$aws/$$", vec![Literal("$aws/$$")]),
            (
                "x${*}y${?}${$}",
                vec![
                    Literal("x"),
                    Literal("*"),
                    Literal("y"),
                    Literal("?"),
                    Literal("$"),
                ],
            ),
            (
                "${iot:ClientId}/*",
                vec![variable("iot:ClientId"), Literal("/"), AnyRun],
            ),
            ("a${open*", vec![Literal("a${open"), AnyRun]),
            (
                "${a, 'x y'}",
                vec![Token::Variable {
                    name: "a",
                    default: Some("x y"),
                }],
            ),
            ("${a, x}", vec![variable("a, x")]),
            ("$(*)", vec![Literal("$("), AnyRun, Literal(")")]),
            ("${}", vec![variable("")]),
            ("é?ü", vec![Literal("é"), AnyChar, Literal("ü")]),
        ] {
            assert_eq!(all(pattern), expected, "{pattern}");
        }
    }

    #[test]
    fn syntax_switches_off() {
        let none = Syntax {
            wildcards: false,
            variables: false,
        };
        let tokens: Vec<_> = tokens("${a}*?", none).collect();
        assert_eq!(tokens, [Token::Literal("${a}*?")]);
    }
}
