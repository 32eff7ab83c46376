//! Binary conditions: bytes in base64.

use alloc::boxed::Box;

use crate::text::Text;

/// The bytes of a policy value, in the standard alphabet of RFC 4648; the padding may be left off.
#[derive(Clone, Debug)]
pub(super) struct Binary(Box<[u8]>);

impl Binary {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let bytes = decode(Text::whole(text)).collect::<Option<_>>();
        bytes.map(Self)
    }

    /// Whether the text of a request, which is base64, stands for the same bytes.
    pub(super) fn equals(&self, text: Text<'_>) -> bool {
        decode(text).eq(self.0.iter().copied().map(Some))
    }
}

/// Whether the text is base64.
pub(super) fn is_base64(text: Text<'_>) -> bool {
    decode(text).all(|byte| byte.is_some())
}

/// The bytes that a text stands for; `None` where it departs from base64.
fn decode(text: Text<'_>) -> impl Iterator<Item = Option<u8>> {
    let mut text = text.bytes();
    // what is read and not given out yet: the lowest `waiting` bits of `bits`
    let (mut bits, mut waiting) = (0_u32, 0_u32);
    let mut is_over = false;
    core::iter::from_fn(move || {
        while !is_over {
            match text.next() {
                Some(byte) if byte != b'=' => {
                    let Some(sextet) = sextet(byte) else {
                        is_over = true;
                        return Some(None);
                    };
                    bits = (bits & 0xff) << 6 | sextet;
                    waiting += 6;
                    if waiting >= 8 {
                        waiting -= 8;
                        return Some(u8::try_from(bits >> waiting & 0xff).ok());
                    }
                }
                end => {
                    is_over = true;
                    if !is_end(bits & !(u32::MAX << waiting), waiting, end, &mut text) {
                        return Some(None);
                    }
                }
            }
        }
        None
    })
}

/// Whether base64 may end where `waiting` bits are left over: they must be zero, and too few for
/// another digit; `=` stands for each digit that lacks to four, or for none of them.
fn is_end(
    bits: u32,
    waiting: u32,
    padding: Option<u8>,
    text: &mut impl Iterator<Item = u8>,
) -> bool {
    let lacking = match waiting {
        0 => 0,
        2 => 1,
        4 => 2,
        _ => return false,
    };
    let padding = padding.into_iter().chain(text);
    let mut count = 0;
    for byte in padding {
        count += 1;
        if byte != b'=' || count > lacking {
            return false;
        }
    }
    bits == 0 && (count == 0 || count == lacking)
}

fn sextet(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use alloc::string::String;
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn vectors_of_rfc_4648() {
        for (text, bytes) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8=", "fo"),
            ("Zm9v", "foo"),
            ("Zm9vYg==", "foob"),
            ("Zm9vYmE=", "fooba"),
            ("Zm9vYmFy", "foobar"),
            ("Zg", "f"),
            ("Zm8", "fo"),
        ] {
            let binary = Binary::parse(text).unwrap();
            assert_eq!(&*binary.0, bytes.as_bytes(), "{text}");
            assert!(binary.equals(Text::whole(text.trim_end_matches('='))));
        }
    }

    #[test]
    fn other_texts_are_no_base64() {
        for text in [
            "Z", "Zg=", "Zg===", "Zh==", "Zm8==", "Zm9=", "Zm9v=", "Zm9v====", "=", "==", "Z=g=",
            "Zg==Zg==", "Zg= =", " Zg==", "Zg==\n", "Zm9_", "Zm9-", "Zm9*", "Zmé=", "Zm9vZ",
        ] {
            assert!(Binary::parse(text).is_none(), "{text:?}");
            assert!(!is_base64(Text::whole(text)), "{text:?}");
        }
    }

    #[test]
    fn equality_is_of_bytes() {
        let binary = Binary::parse("Zm9v").unwrap();
        for (text, expected) in [
            ("Zm9v", true),
            ("Zm9vYg==", false),
            ("Zm8=", false),
            ("", false),
            ("zm9v", false),
            ("foo!", false),
        ] {
            assert_eq!(binary.equals(Text::whole(text)), expected, "{text}");
        }
        assert!(binary.equals(Text::new("Zm", "9v")));
    }

    /// Writes the bits one by one.
    fn encode(bytes: &[u8]) -> String {
        const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let bits: Vec<usize> = bytes
            .iter()
            .flat_map(|byte| (0..8).rev().map(move |bit| usize::from(byte >> bit & 1)))
            .collect();
        let value =
            |bits: &[usize]| (0..6).fold(0, |sum, bit| sum * 2 + bits.get(bit).unwrap_or(&0));
        let mut text: String = bits
            .chunks(6)
            .map(|bits| char::from(ALPHABET[value(bits)]))
            .collect();
        while !text.len().is_multiple_of(4) {
            text.push('=');
        }
        text
    }

    proptest! {
        #[test]
        fn decoding_is_the_inverse_of_encoding(bytes: Vec<u8>) {
            let text = encode(&bytes);
            prop_assert_eq!(&*Binary::parse(&text).unwrap().0, &bytes);
            prop_assert!(is_base64(Text::whole(&text)));
        }

        #[test]
        fn only_one_text_stands_for_the_bytes(text in "[A-Da-d+/=]{0,9}") {
            if let Some(binary) = Binary::parse(&text) {
                let canonical = encode(&binary.0);
                prop_assert!(text == canonical || text == canonical.trim_end_matches('='));
            }
        }
    }
}
