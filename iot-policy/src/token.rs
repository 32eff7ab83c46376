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

impl Tokens<'_> {
    /// How many bytes of the pattern are still to be read.
    pub(crate) const fn remaining(&self) -> usize {
        self.rest.len()
    }
}

/// The token of a special character at the start of a text, and its length. `closed` tells whether
/// a `}` follows somewhere.
fn special(text: &str, syntax: Syntax, closed: bool) -> Option<(Token<'_>, usize)> {
    match text.as_bytes() {
        [b'*', ..] if syntax.wildcards => Some((Token::AnyRun, 1)),
        [b'?', ..] if syntax.wildcards => Some((Token::AnyChar, 1)),
        [b'$', b'{', inner @ ..] if syntax.variables && closed => {
            let length = memchr::memchr(b'}', inner)?;
            let inner = text.get(2..length + 2)?;
            Some((bracketed(inner), length + 3))
        }
        _ => None,
    }
}

impl<'p> Iterator for Tokens<'p> {
    type Item = Token<'p>;

    fn next(&mut self) -> Option<Token<'p>> {
        let mut at = 0;
        loop {
            let here = self.rest.get(at..)?;
            let skip = memchr::memchr3(b'*', b'?', b'$', here.as_bytes());
            let next = at + skip.unwrap_or(here.len());
            let (literal, rest) = self.rest.split_at_checked(next)?;
            let special = special(rest, self.syntax, rest.len() > self.open);
            if special.is_some() || rest.is_empty() {
                if !literal.is_empty() {
                    self.rest = rest;
                    return Some(Token::Literal(literal));
                }
                let (token, length) = special?;
                self.rest = rest.get(length..).unwrap_or_default();
                return Some(token);
            }
            at = next + 1;
        }
    }
}

/// What stands between `${` and `}`.
fn bracketed(inner: &str) -> Token<'_> {
    if matches!(inner, "*" | "?" | "$") {
        return Token::Literal(inner);
    }
    // The name of a thing attribute may hold a comma, but no quote.
    let quoted = inner.trim_end().strip_suffix('\'').and_then(|inner| {
        inner.match_indices(',').find_map(|(comma, _)| {
            let (name, default) = inner.split_at_checked(comma)?;
            let default = default.strip_prefix(',')?.trim_start().strip_prefix('\'')?;
            Some((name, default))
        })
    });
    if let Some((name, default)) = quoted {
        return Token::Variable {
            // White space in front of the name is part of it, as it is without a default.
            name: name.trim_end(),
            default: Some(default),
        };
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
            (
                "${a \t,\n'x ' }",
                vec![Token::Variable {
                    name: "a",
                    default: Some("x "),
                }],
            ),
            (
                "${ a, 'x'}",
                vec![Token::Variable {
                    name: " a",
                    default: Some("x"),
                }],
            ),
            (
                "${a[x,y], 'z, 'q'}",
                vec![Token::Variable {
                    name: "a[x,y]",
                    default: Some("z, 'q"),
                }],
            ),
            ("${a,'}${a,'b}", vec![variable("a,'"), variable("a,'b")]),
            ("${ a}${a }", vec![variable(" a"), variable("a ")]),
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
