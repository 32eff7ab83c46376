//! Numeric conditions: decimals of any length, compared exactly.

use alloc::boxed::Box;
use core::cmp::Ordering;

use crate::text::Text;

/// A number of a policy, in normal form.
///
/// Read from an optional sign, digits with at most one point among them, and an optional decimal
/// exponent: `-12`, `0.50`, `.5`, `1e-1`. Nothing is rounded: `0.1` equals `1e-1` and differs from
/// `0.1000000000000000000000001`.
#[derive(Clone, Debug)]
pub(super) struct Number {
    sign: Ordering,
    magnitude: i64,
    /// The significant digits as ASCII, without zeros at either end.
    digits: Box<[u8]>,
}

impl Number {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let decimal = Decimal::from_bytes(text.bytes())?;
        let significant = decimal
            .digits()
            .zip(1..)
            .filter(|(digit, _)| *digit != b'0');
        let len = significant.last().map_or(0, |(_, len)| len);
        Some(Self {
            sign: decimal.sign,
            magnitude: decimal.magnitude,
            digits: decimal.digits().take(len).collect(),
        })
    }
}

/// A number of a request: the digits stay where they stand, so that reading it costs one pass and
/// no memory.
pub(super) struct Decimal<B> {
    /// How the number compares with zero.
    sign: Ordering,
    /// The number is `± 0.d₁d₂… × 10^magnitude`, where `d₁` is not zero; 0 for zero.
    magnitude: i64,
    /// The text from `d₁` on; `None` for zero.
    tail: Option<B>,
}

/// Reads a number of a request.
pub(super) fn decimal(text: Text<'_>) -> Option<Decimal<impl Iterator<Item = u8> + Clone>> {
    Decimal::from_bytes(text.bytes())
}

impl<B: Iterator<Item = u8> + Clone> Decimal<B> {
    /// How this number compares with one of a policy.
    pub(super) fn compare(&self, number: &Number) -> Ordering {
        let by_sign = self.sign.cmp(&number.sign);
        let by_size = || {
            let by_magnitude = self.magnitude.cmp(&number.magnitude);
            by_magnitude.then_with(|| compare_digits(self.digits(), number.digits.iter().copied()))
        };
        by_sign.then_with(|| match self.sign {
            Ordering::Less => by_size().reverse(),
            Ordering::Equal => Ordering::Equal,
            Ordering::Greater => by_size(),
        })
    }

    fn from_bytes(bytes: B) -> Option<Self> {
        let (is_negative, mut rest) = strip_sign(bytes);
        let mut tail = None;
        let mut magnitude = 0;
        let (mut any_digit, mut behind_point) = (false, false);
        loop {
            let here = rest.clone();
            match rest.next() {
                Some(digit @ b'0'..=b'9') => {
                    any_digit = true;
                    if tail.is_none() && digit != b'0' {
                        tail = Some(here);
                    }
                    magnitude += match (tail.is_some(), behind_point) {
                        (true, false) => 1,
                        (false, true) => -1,
                        (true, true) | (false, false) => 0,
                    };
                }
                Some(b'.') if !behind_point => behind_point = true,
                Some(b'e' | b'E') if any_digit => {
                    magnitude += exponent(rest)?;
                    break;
                }
                None if any_digit => break,
                _ => return None,
            }
        }
        Some(Self {
            sign: match (&tail, is_negative) {
                (None, _) => Ordering::Equal,
                (Some(_), true) => Ordering::Less,
                (Some(_), false) => Ordering::Greater,
            },
            magnitude: if tail.is_some() { magnitude } else { 0 },
            tail,
        })
    }

    fn digits(&self) -> impl Iterator<Item = u8> + Clone {
        let tail = self.tail.clone().into_iter().flatten();
        tail.take_while(|byte| matches!(byte, b'0'..=b'9' | b'.'))
            .filter(|byte| *byte != b'.')
    }
}

/// Compares fractions of which the digits are given; missing digits are zeros.
fn compare_digits(
    mut ours: impl Iterator<Item = u8>,
    mut theirs: impl Iterator<Item = u8>,
) -> Ordering {
    loop {
        let (our, their) = (ours.next(), theirs.next());
        if our.is_none() && their.is_none() {
            return Ordering::Equal;
        }
        match our.unwrap_or(b'0').cmp(&their.unwrap_or(b'0')) {
            Ordering::Equal => {}
            unequal => return unequal,
        }
    }
}

fn strip_sign<B: Iterator<Item = u8> + Clone>(bytes: B) -> (bool, B) {
    let mut rest = bytes.clone();
    match rest.next() {
        Some(b'-') => (true, rest),
        Some(b'+') => (false, rest),
        _ => (false, bytes),
    }
}

/// Exponents reach this far: added to the length of a text they stay within an `i64`.
const MAX_EXPONENT: i64 = 999_999_999;

fn exponent(bytes: impl Iterator<Item = u8> + Clone) -> Option<i64> {
    let (is_negative, rest) = strip_sign(bytes);
    let mut value = None;
    for byte in rest {
        let digit = byte.is_ascii_digit().then(|| i64::from(byte - b'0'))?;
        let sum = value.unwrap_or(0) * 10 + digit;
        value = Some(sum).filter(|sum| *sum <= MAX_EXPONENT);
        value?;
    }
    value.map(|value| if is_negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::string::String;

    use proptest::prelude::*;

    use super::*;

    fn compare(request: &str, policy: &str) -> Option<Ordering> {
        let number = Number::parse(policy)?;
        Some(decimal(Text::whole(request))?.compare(&number))
    }

    #[test]
    fn comparisons_are_exact() {
        for (request, ordering, policy) in [
            ("10", Ordering::Equal, "10"),
            ("9", Ordering::Less, "10"), // as text it would be greater
            ("0.1", Ordering::Equal, "1e-1"),
            ("0.1", Ordering::Less, "0.1000000000000000000000000000001"),
            ("9007199254740993", Ordering::Greater, "9007199254740992"), // equal as doubles
            ("1e400", Ordering::Less, "1e401"),                          // both infinite as doubles
            ("-1e400", Ordering::Greater, "-1e401"),
            ("1e-400", Ordering::Greater, "0"),
            ("-0", Ordering::Equal, "0.000"),
            ("0e999999999", Ordering::Equal, "0"),
            ("+5", Ordering::Equal, "5."),
            (".5", Ordering::Equal, "0.50"),
            ("100", Ordering::Equal, "1E+2"),
            ("0.00120", Ordering::Equal, "12e-4"),
            ("-3", Ordering::Less, "2"),
            ("3", Ordering::Greater, "-2"),
            ("-3", Ordering::Less, "-2.99"),
            ("000123.4500", Ordering::Equal, "123.45"),
            ("1.05", Ordering::Less, "1.5"),
            ("99", Ordering::Less, "100"),
        ] {
            assert_eq!(
                compare(request, policy),
                Some(ordering),
                "{request} {policy}"
            );
            assert_eq!(compare(policy, request), Some(ordering.reverse()));
        }
    }

    #[test]
    fn other_texts_are_no_numbers() {
        for text in [
            "",
            " ",
            "abc",
            " 1",
            "1 ",
            "1_000",
            "1,5",
            "--1",
            "+-1",
            "-",
            "+",
            ".",
            "-.",
            "1.2.3",
            "1e",
            "1e+",
            "e5",
            ".e5",
            "1e5.0",
            "1e1000000000",
            "1e99999999999999999999999",
            "0x10",
            "NaN",
            "inf",
            "Infinity",
            "1f",
            "٣",
            "1e-",
            "1-1",
        ] {
            assert!(Number::parse(text).is_none(), "{text:?}");
            assert!(decimal(Text::whole(text)).is_none(), "{text:?}");
        }
        assert!(Number::parse("1e0000000000000000005").is_some());
    }

    #[test]
    fn a_text_in_two_pieces_is_one_number() {
        let number = Number::parse("-12.5e1").unwrap();
        let text = "-12.50e01";
        for at in 0..=text.len() {
            let (head, tail) = text.split_at(at);
            let decimal = decimal(Text::new(head, tail)).unwrap();
            assert_eq!(decimal.compare(&number), Ordering::Equal, "{head}|{tail}");
        }
    }

    /// A number in one of its many spellings, and its exact value as an integer times 10^-12.
    fn spelled() -> impl Strategy<Value = (String, i128)> {
        let parts = (
            any::<bool>(),
            0..2_000_000_u32,
            -6..=6_i32,
            0..4_usize,
            0..4_usize,
        );
        parts.prop_map(|(negative, integer, exponent, zeros, shift)| {
            let sign = if negative { "-" } else { "" };
            let digits = format!("{}{integer}", "0".repeat(zeros));
            let (left, right) = digits.split_at(digits.len().saturating_sub(shift));
            let behind = i32::try_from(right.len()).unwrap();
            let scale = u32::try_from(12 + exponent - behind).unwrap();
            let value = i128::from(integer) * 10_i128.pow(scale);
            let value = if negative { -value } else { value };
            (format!("{sign}{left}.{right}0e{exponent}"), value)
        })
    }

    proptest! {
        #[test]
        fn order_is_that_of_exact_rationals((a, a_value) in spelled(), (b, b_value) in spelled()) {
            prop_assert_eq!(compare(&a, &b), Some(a_value.cmp(&b_value)), "{} {}", a, b);
        }

        #[test]
        fn reading_is_total_and_agrees_with_floats(text in "[-+]?[0-9.eE+-]{0,12}") {
            // a double takes the same spellings, apart from those beyond the exponent's bound
            let exact = Number::parse(&text).is_some();
            prop_assert!(!exact || text.parse::<f64>().is_ok(), "{}", text);
            let exponent = text.rsplit(['e', 'E']).next().unwrap_or("").len();
            prop_assert!(exact || exponent > 9 || text.parse::<f64>().is_err(), "{}", text);
        }
    }
}
