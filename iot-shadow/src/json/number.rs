//! Numbers compared by mathematical value, as text.

use alloc::string::String;
use core::cmp::Ordering;

/// Whether both are the same number. Both are numbers of JSON.
pub(super) fn same_number(a: &str, b: &str) -> bool {
    !differ_plainly(a, b) && (a == b || Decimal::new(a) == Decimal::new(b))
}

/// Whether these are different numbers for a reason that needs no arithmetic: neither has an
/// exponent, both are equally long and have the point, if any, in the same place, so that each
/// digit means the same in both, and one differs. Most numbers that differ are such.
fn differ_plainly(a: &str, b: &str) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut differ = false;
    for (a, b) in a.bytes().zip(b.bytes()) {
        let digits = a.is_ascii_digit() && b.is_ascii_digit();
        let other = a == b && matches!(a, b'.' | b'-');
        if !digits && !other {
            return false;
        }
        differ |= a != b;
    }
    differ
}

/// Whether the text is digits alone.
pub(crate) fn is_integer(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Appends a number. It stands in every message several times, so it does without `core::fmt`.
pub(crate) fn push_number(out: &mut String, number: u64) {
    let (mut digits, mut rest, mut length) = ([b'0'; MAX_DIGITS], number, 0);
    for digit in digits.iter_mut().rev() {
        *digit += (rest % 10) as u8;
        (rest, length) = (rest / 10, length + 1);
        if rest == 0 {
            break;
        }
    }
    let written = digits.get(MAX_DIGITS - length..).map(core::str::from_utf8);
    if let Some(Ok(written)) = written {
        out.push_str(written);
    }
}

/// Of `u64::MAX`.
const MAX_DIGITS: usize = 20;

/// A number as `0.digits * 10^exponent`, the digits without zeros at either end. Zero has none,
/// and neither sign nor exponent.
#[derive(Debug)]
struct Decimal<'a> {
    negative: bool,
    /// The digits before and behind the point.
    parts: [&'a str; 2],
    exponent: i64,
}

impl<'a> Decimal<'a> {
    fn new(text: &'a str) -> Self {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, written) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        // A zero in front moves the point if it stands behind it.
        let whole = whole.trim_start_matches('0');
        let shift = if whole.is_empty() {
            let digits = fraction.trim_start_matches('0');
            -length(fraction.len() - digits.len())
        } else {
            length(whole.len())
        };
        let fraction = fraction.trim_end_matches('0');
        let parts = if fraction.is_empty() {
            [whole.trim_end_matches('0'), ""]
        } else if whole.is_empty() {
            [fraction.trim_start_matches('0'), ""]
        } else {
            [whole, fraction]
        };
        if parts == ["", ""] {
            return Self {
                negative: false,
                parts,
                exponent: 0,
            };
        }
        Self {
            negative,
            parts,
            exponent: exponent(written).saturating_add(shift),
        }
    }

    fn digits(&self) -> impl Iterator<Item = u8> {
        self.parts.iter().flat_map(|part| part.bytes())
    }
}

impl PartialEq for Decimal<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.negative == other.negative
            && self.exponent == other.exponent
            // Behind the ends of `i64` exponents are no longer told apart: then only the same
            // text is the same number.
            && self.exponent.unsigned_abs() < SATURATED
            && self.digits().cmp(other.digits()) == Ordering::Equal
    }
}

/// Larger than any exponent that a text shorter than 16 MiB can shift back to.
const SATURATED: u64 = 1 << 62;

fn exponent(written: &str) -> i64 {
    let (negative, digits) = match written.strip_prefix(['+', '-']) {
        Some(digits) => (written.starts_with('-'), digits),
        None => (false, written),
    };
    let digits = digits.trim_start_matches('0');
    let value = if digits.is_empty() {
        0
    } else {
        digits.parse().unwrap_or(i64::MAX)
    };
    if negative { -value } else { value }
}

fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString as _;

    use super::*;

    #[test]
    fn written_as_fmt_does() {
        for number in [0, 9, 10, 1_700_000_000, u64::from(u32::MAX), u64::MAX] {
            let mut out = String::from("=");
            push_number(&mut out, number);
            assert_eq!(out.strip_prefix('='), Some(&*number.to_string()));
        }
    }

    #[test]
    fn equal_by_value() {
        let same = [
            &["0", "-0", "0.0", "0e5", "-0.00E-7"][..],
            &["1", "1.0", "1e0", "10e-1", "0.1e1", "0.001E+3", "100E-02"],
            &["100", "1e2", "1.00e2", "0.1e3"],
            &["-12.5", "-125e-1", "-0.0125e3", "-12.50"],
            &["1203", "1.203e3", "12.030e2"],
            &[
                "9223372036854775808",
                "9223372036854775808.0",
                "9.223372036854775808e18",
            ],
            &["1e-99999999999999999999"],
            &["1e-99999999999999999998"],
        ];
        for (i, a) in same.iter().enumerate() {
            for (j, b) in same.iter().enumerate() {
                for a in *a {
                    for b in *b {
                        assert_eq!(same_number(a, b), i == j, "{a} {b}");
                    }
                }
            }
        }
        assert!(!same_number("9007199254740992", "9007199254740993"));
        assert!(!same_number("1", "-1"));
        assert!(!same_number("12", "1.2"));
        assert!(!same_number("0.012", "0.12"));
        for (a, b) in [
            ("20.5", "20.6"),
            ("-1.5", "11.5"),
            ("2e1", "200"),
            ("1E1", "1e2"),
        ] {
            assert!(!same_number(a, b), "{a} {b}");
        }
    }
}
