//! A rate that grows by factors of one decimal, without rounding.

use alloc::vec::Vec;

/// Decimal digits, the last first; each factor adds one behind the point.
pub(super) struct Rate {
    digits: Vec<u8>,
    places: usize,
}

impl From<u32> for Rate {
    fn from(whole: u32) -> Self {
        let mut rate = Self {
            digits: Vec::new(),
            places: 0,
        };
        rate.push(u64::from(whole));
        rate
    }
}

impl Rate {
    /// Multiplies by so many tenths.
    pub(super) fn multiply_tenths(&mut self, tenths: u32) {
        let mut carry = 0;
        for digit in &mut self.digits {
            carry += u64::from(*digit) * u64::from(tenths);
            *digit = (carry % 10) as u8;
            carry /= 10;
        }
        self.push(carry);
        self.places += 1;
    }

    /// The whole part, at most the greatest number.
    pub(super) fn floor(&self) -> u32 {
        let whole = self.digits.iter().skip(self.places).rev();
        whole.fold(0_u32, |whole, digit| {
            whole.saturating_mul(10).saturating_add(u32::from(*digit))
        })
    }

    fn push(&mut self, mut whole: u64) {
        while whole > 0 {
            self.digits.push((whole % 10) as u8);
            whole /= 10;
        }
    }
}
