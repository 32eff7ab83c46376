//! Equality of canonical texts: byte by byte but for numbers.

use super::number::same_number;
use super::string::string_end;

/// Whether both texts are the same JSON. Cost: linear.
///
/// Both are canonical, so what is the same has the same tokens in the same order, and only numbers
/// can be written in more than one way.
pub(super) fn same(a: &str, b: &str) -> bool {
    a == b || same_otherwise(a, b)
}

/// Whether two texts that differ are the same JSON all the same.
pub(super) fn same_otherwise(a: &str, b: &str) -> bool {
    match (a.as_bytes().first(), b.as_bytes().first()) {
        (Some(b'-' | b'0'..=b'9'), Some(b'-' | b'0'..=b'9')) => same_number(a, b),
        (Some(b'{'), Some(b'{')) | (Some(b'['), Some(b'[')) => same_tokens(a, b).is_some(),
        _ => false,
    }
}

/// `Some` if they are.
fn same_tokens(mut a: &str, mut b: &str) -> Option<()> {
    while let (Some(first), Some(other)) = (a.bytes().next(), b.bytes().next()) {
        let length = match (first, other) {
            (b'-' | b'0'..=b'9', b'-' | b'0'..=b'9') => {
                let (number, rest) = split_number(a);
                let (others, others_rest) = split_number(b);
                if !same_number(number, others) {
                    return None;
                }
                (a, b) = (rest, others_rest);
                continue;
            }
            (b'"', b'"') => string_end(a)?,
            _ => 1,
        };
        let (token, rest) = a.split_at_checked(length)?;
        b = b.strip_prefix(token)?;
        a = rest;
    }
    (a.is_empty() && b.is_empty()).then_some(())
}

fn split_number(text: &str) -> (&str, &str) {
    let end = text
        .bytes()
        .position(|byte| !matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9'));
    text.split_at_checked(end.unwrap_or(text.len()))
        .unwrap_or((text, ""))
}
