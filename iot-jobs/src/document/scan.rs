//! Checks JSON text and finds its string values, without recursion: `serde_json` reads 127 levels
//! and a job document may have 1,000.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use super::DocumentError;

/// A string value: its token in the text, with the quotes, and what it says.
pub(super) struct Found<'t> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) text: Cow<'t, str>,
}

/// Goes through a JSON text; names of members are checked, but not told.
pub(super) fn string_values(
    text: &str,
    max_depth: usize,
    tell: &mut impl FnMut(Found<'_>) -> Result<(), DocumentError>,
) -> Result<(), DocumentError> {
    let mut scan = Scan { text, at: 0 };
    // The open arrays and objects, by the byte that closes each.
    let mut open: Vec<u8> = Vec::new();
    loop {
        // A value.
        scan.blanks();
        match scan.peek() {
            Some(bracket @ (b'{' | b'[')) => {
                if open.len() == max_depth {
                    return Err(DocumentError::TooDeep {
                        max: max_depth,
                        position: scan.at,
                    });
                }
                scan.at += 1;
                scan.blanks();
                let close = if bracket == b'{' { b'}' } else { b']' };
                if scan.peek() == Some(close) {
                    scan.at += 1;
                } else {
                    open.push(close);
                    scan.name(close)?;
                    continue;
                }
            }
            Some(b'"') => {
                let start = scan.at;
                let text = scan.string()?;
                tell(Found {
                    start,
                    end: scan.at,
                    text,
                })?;
            }
            Some(b't') => scan.word("true")?,
            Some(b'f') => scan.word("false")?,
            Some(b'n') => scan.word("null")?,
            _ => scan.number()?,
        }
        // What follows a value.
        loop {
            scan.blanks();
            let Some(&close) = open.last() else {
                return if scan.peek().is_none() {
                    Ok(())
                } else {
                    scan.error()
                };
            };
            match scan.peek() {
                Some(b',') => {
                    scan.at += 1;
                    scan.name(close)?;
                    break;
                }
                Some(byte) if byte == close => {
                    scan.at += 1;
                    open.pop();
                }
                _ => return scan.error(),
            }
        }
    }
}

struct Scan<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Scan<'t> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn error<T>(&self) -> Result<T, DocumentError> {
        Err(DocumentError::Json { position: self.at })
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn word(&mut self, word: &str) -> Result<(), DocumentError> {
        if self
            .text
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(word))
        {
            self.at += word.len();
            return Ok(());
        }
        self.error()
    }

    /// In an object: the name of the next member, and the colon.
    fn name(&mut self, close: u8) -> Result<(), DocumentError> {
        if close == b']' {
            return Ok(());
        }
        self.blanks();
        self.string()?;
        self.blanks();
        self.word(":")
    }

    fn string(&mut self) -> Result<Cow<'t, str>, DocumentError> {
        let start = self.at;
        self.word("\"")?;
        let mut plain = true;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => {
                    plain = false;
                    // Whatever it is, it is not the end.
                    self.at += 2;
                }
                Some(0..=0x1f) | None => return self.error(),
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        let token = self.text.get(start..self.at).unwrap_or_default();
        if plain {
            let inner = token
                .strip_prefix('"')
                .and_then(|rest| rest.strip_suffix('"'));
            return Ok(Cow::Borrowed(inner.unwrap_or_default()));
        }
        let decoded = serde_json::from_str::<String>(token);
        decoded
            .map(Cow::Owned)
            .map_err(|_| DocumentError::Json { position: start })
    }

    fn number(&mut self) -> Result<(), DocumentError> {
        self.skip(b"-");
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits()?,
        }
        if self.skip(b".") {
            self.digits()?;
        }
        if self.skip(b"eE") {
            self.skip(b"+-");
            self.digits()?;
        }
        Ok(())
    }

    fn skip(&mut self, any: &[u8]) -> bool {
        let found = self.peek().is_some_and(|byte| any.contains(&byte));
        self.at += usize::from(found);
        found
    }

    fn digits(&mut self) -> Result<(), DocumentError> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start {
            self.error()
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;
    use proptest::prelude::*;

    fn scan(text: &str, depth: usize) -> Result<Vec<String>, DocumentError> {
        let mut found = Vec::new();
        string_values(text, depth, &mut |value| {
            assert_eq!(
                serde_json::from_str::<String>(text.get(value.start..value.end).unwrap()).unwrap(),
                value.text
            );
            found.push(value.text.to_string());
            Ok(())
        })?;
        Ok(found)
    }

    #[test]
    fn names_are_no_values() {
        let text = r#" {"a": ["b", {"c\n": "d\u0041"}], "e": -1.5e+3, "f": [], "g": {}} "#;
        assert_eq!(scan(text, 9).unwrap(), ["b", "dA"]);
    }

    #[test]
    fn a_thousand_levels_and_no_more() {
        let nested = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert_eq!(scan(&nested(1_000), 1_000), Ok(Vec::new()));
        let deep = DocumentError::TooDeep {
            max: 1_000,
            position: 1_000,
        };
        assert_eq!(scan(&nested(1_001), 1_000), Err(deep));
    }

    proptest! {
        /// `serde_json` is the oracle; numbers are small enough for it to hold.
        #[test]
        fn takes_what_is_json(text in r#"[\[\]{}:, "\\/ntu0a1e.+-]{0,12}|[\[{]("[ab\\n]{0,3}"|[:,0-9.eE-]|true|null|\[|\]|\{|\}){0,9}"#) {
            let json = serde_json::from_str::<serde_json::Value>(&text).is_ok();
            prop_assert_eq!(scan(&text, 100).is_ok(), json, "{}", text);
        }
    }
}
