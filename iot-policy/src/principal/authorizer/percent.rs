//! Percent-encoding (RFC 3986, 2.1).

use alloc::string::String;
use alloc::vec::Vec;

/// Decodes `%XX`; `+` stands for itself. None for a `%` without two hexadecimal digits, and for
/// bytes that are not UTF-8.
pub(in crate::principal) fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = (rest.next()?, rest.next()?);
            bytes.push(digit(digits.0)? << 4 | digit(digits.1)?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn digit(byte: u8) -> Option<u8> {
    let value = char::from(byte).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_once() {
        for (text, decoded) in [
            ("", Some("")),
            ("a+b/c==", Some("a+b/c==")),
            ("%2B%2f%3D", Some("+/=")),
            ("%C3%BC", Some("ü")),
            ("ü", Some("ü")),
            ("%2541", Some("%41")),
            ("%", None),
            ("%4", None),
            ("%+4", None),
            ("%G0", None),
            ("%FF", None),
        ] {
            assert_eq!(decode(text).as_deref(), decoded, "{text}");
        }
    }
}
