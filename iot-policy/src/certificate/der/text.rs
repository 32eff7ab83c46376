//! Text out of the values of a certificate.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::{Ipv4Addr, Ipv6Addr};

use der::asn1::Any;
use der::{Tag, Tagged};

/// The text of an attribute's value; `None` if it is none.
///
/// `PrintableString` is taken for ASCII, since names in use break its smaller alphabet (`@`, `*`,
/// `_`), and `TeletexString` for Latin-1, as everyone reads it.
pub(super) fn read(value: &Any) -> Option<Cow<'_, str>> {
    let bytes = value.value();
    match value.tag() {
        Tag::Utf8String => core::str::from_utf8(bytes).ok().map(Cow::Borrowed),
        Tag::PrintableString | Tag::Ia5String | Tag::NumericString | Tag::VisibleString => {
            ascii(bytes).map(Cow::Borrowed)
        }
        Tag::TeletexString => Some(bytes.iter().copied().map(char::from).collect()),
        Tag::BmpString => utf16(bytes).map(Cow::Owned),
        _ => None,
    }
}

/// The bytes as text, if they are ASCII.
pub(super) fn ascii(bytes: &[u8]) -> Option<&str> {
    let text = core::str::from_utf8(bytes).ok();
    text.filter(|text| text.is_ascii())
}

/// An address of 4 or 16 bytes.
pub(super) fn address(bytes: &[u8]) -> Option<String> {
    let v4 = <[u8; 4]>::try_from(bytes).map(|octets| Ipv4Addr::from(octets).to_string());
    let v6 = || <[u8; 16]>::try_from(bytes).map(|octets| Ipv6Addr::from(octets).to_string());
    v4.or_else(|_| v6()).ok()
}

/// The bytes in lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16);
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(digit).collect()
}

/// A two's complement number, most significant byte first, in decimal. Quadratic: for serial
/// numbers, which have 21 bytes at most.
pub(super) fn decimal(bytes: &[u8]) -> String {
    let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    // Least significant digit first.
    let mut digits: Vec<u8> = Vec::new();
    for byte in bytes {
        // Of a negative number the complement, to which one is added below.
        let byte = if negative { !byte } else { *byte };
        shift_in(&mut digits, 256, byte.into());
    }
    if negative {
        shift_in(&mut digits, 1, 1);
    }
    if digits.is_empty() {
        digits.push(0);
    }
    let sign = negative.then_some('-');
    let digits = digits.iter().rev().map(|digit| char::from(b'0' + digit));
    sign.into_iter().chain(digits).collect()
}

/// `digits * factor + carry`.
fn shift_in(digits: &mut Vec<u8>, factor: u16, mut carry: u16) {
    for digit in digits.iter_mut() {
        let value = u16::from(*digit) * factor + carry;
        *digit = (value % 10) as u8;
        carry = value / 10;
    }
    while carry > 0 {
        digits.push((carry % 10) as u8);
        carry /= 10;
    }
}

fn utf16(bytes: &[u8]) -> Option<String> {
    let (units, []) = bytes.as_chunks::<2>() else {
        return None;
    };
    let units = units.iter().map(|unit| u16::from_be_bytes(*unit));
    char::decode_utf16(units).collect::<Result<_, _>>().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn any(tag: Tag, bytes: &[u8]) -> Any {
        Any::new(tag, bytes).unwrap()
    }

    #[test]
    fn string_types() {
        let read = |tag, bytes: &[u8]| read(&any(tag, bytes)).map(Cow::into_owned);
        assert_eq!(read(Tag::Utf8String, "dév".as_bytes()), Some("dév".into()));
        assert_eq!(read(Tag::Utf8String, b"d\xe9v"), None);
        assert_eq!(read(Tag::PrintableString, b"a_b@c*"), Some("a_b@c*".into()));
        assert_eq!(read(Tag::PrintableString, b"d\xe9v"), None);
        assert_eq!(read(Tag::Ia5String, b"\x80"), None);
        assert_eq!(read(Tag::NumericString, b"12"), Some("12".into()));
        assert_eq!(read(Tag::VisibleString, b"x"), Some("x".into()));
        assert_eq!(read(Tag::TeletexString, b"d\xe9v"), Some("dév".into()));
        assert_eq!(read(Tag::BmpString, b"\x00d\x20\xac"), Some("d€".into()));
        assert_eq!(read(Tag::BmpString, b"\xd8\x34\xdd\x1e"), Some("𝄞".into()));
        assert_eq!(read(Tag::BmpString, b"\xd8\x34"), None);
        assert_eq!(read(Tag::BmpString, b"\x00a\x00"), None);
        assert_eq!(read(Tag::OctetString, b"a"), None);
    }

    #[test]
    fn decimal_is_that_of_the_integers() {
        for number in [
            0i128,
            1,
            -1,
            9,
            10,
            127,
            128,
            -128,
            -129,
            255,
            256,
            -256,
            i128::MAX,
            i128::MIN,
        ] {
            assert_eq!(decimal(&number.to_be_bytes()), number.to_string());
        }
        assert_eq!(decimal(&[]), "0");
        assert_eq!(decimal(&[0x80]), "-128");
    }

    #[test]
    fn addresses() {
        assert_eq!(address(&[10, 0, 0, 1]).as_deref(), Some("10.0.0.1"));
        let v6 = [0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
        assert_eq!(address(&v6).as_deref(), Some("2001:db8::1"));
        assert_eq!(address(&[10, 0, 0, 0, 255, 0, 0, 0]), None);
    }
}
