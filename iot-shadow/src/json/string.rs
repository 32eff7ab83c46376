//! Strings between JSON text and characters.

use alloc::borrow::Cow;
use alloc::string::String;
use core::fmt::Write as _;

/// Where the string that starts the text ends, behind its closing quote.
pub(crate) fn string_end(text: &str) -> Option<usize> {
    let mut at = 1;
    loop {
        let rest = text.as_bytes().get(at..)?;
        let stop = rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
        at += stop + 1;
        if rest.get(stop) == Some(&b'"') {
            return Some(at);
        }
        at += 1;
    }
}

/// The characters of a canonical string with its quotes.
pub(crate) fn decode(raw: &str) -> Cow<'_, str> {
    let inner = raw
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(raw);
    if !inner.contains('\\') {
        return Cow::Borrowed(inner);
    }
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner.chars();
    while let Some(ch) = rest.next() {
        if ch != '\\' {
            out.push(ch);
            continue;
        }
        out.push(match rest.next() {
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            // Canonical text has this form for control characters alone: four digits.
            Some('u') => {
                let code = rest
                    .by_ref()
                    .take(4)
                    .filter_map(|digit| digit.to_digit(16))
                    .fold(0, |code, digit| code * 16 + digit);
                char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
            }
            Some(other) => other,
            None => break,
        });
    }
    Cow::Owned(out)
}

/// Appends a character of a string, escaped if JSON demands it, in the form that `serde_json` has.
pub(super) fn escape_char(ch: char, out: &mut String) {
    match ch {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\0'..='\u{1f}' => {
            // A `String` takes everything.
            let _ = write!(out, "\\u{:04x}", u32::from(ch));
        }
        _ => out.push(ch),
    }
}

/// Appends a string with its quotes.
pub(crate) fn escape_into(text: &str, out: &mut String) {
    out.push('"');
    let plain = |byte: u8| byte >= b' ' && !matches!(byte, b'"' | b'\\');
    if text.bytes().all(plain) {
        out.push_str(text);
    } else {
        text.chars().for_each(|ch| escape_char(ch, out));
    }
    out.push('"');
}
