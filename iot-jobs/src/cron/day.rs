//! Which days of a month an expression names.

/// The one of the two day fields that is not `?`. Sets have a bit for each value: days of the
/// month from bit 1, days of the week from bit 0, which is Sunday.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Days {
    /// Days of the month.
    pub(super) of_month: u32,
    /// `L` in the day of month.
    pub(super) last: bool,
    /// `nW`: the weekday nearest to each of these days.
    pub(super) nearest: u32,
    /// `LW`: the last weekday of the month.
    pub(super) last_weekday: bool,
    /// Days of the week.
    pub(super) of_week: u8,
    /// `dL`: the last of these days of the week in the month.
    pub(super) last_of_week: u8,
    /// `d#k`: day of the week and number from 1.
    pub(super) nth: Option<(u8, u8)>,
}

impl Days {
    /// The days of a month with so many days that begins on that day of the week. Bit 1 is the
    /// first.
    pub(super) fn of(self, length: u8, first_weekday: u8) -> u32 {
        let month = (u32::MAX >> (31 - length)) & !1;
        let weekday = |day: u8| (first_weekday + day - 1) % 7;
        let mut days = self.of_month;
        if self.last {
            days |= 1 << length;
        }
        if self.last_weekday {
            // Friday, if the month ends on a Saturday or Sunday.
            days |= 1
                << match weekday(length) {
                    6 => length - 1,
                    0 => length - 2,
                    _ => length,
                };
        }
        for day in 1..=length {
            let of_week = 1 << weekday(day);
            if self.nearest & (1 << day) != 0 {
                days |= 1 << nearest(day, weekday(day), length);
            }
            if self.of_week & of_week != 0 || self.last_of_week & of_week != 0 && day + 7 > length {
                days |= 1 << day;
            }
            if self.nth == Some((weekday(day), day.div_ceil(7))) {
                days |= 1 << day;
            }
        }
        days & month
    }
}

/// The weekday nearest to a day, without leaving its month.
const fn nearest(day: u8, weekday: u8, length: u8) -> u8 {
    match weekday {
        6 if day == 1 => 3,
        6 => day - 1,
        0 if day == length => day - 2,
        0 => day + 1,
        _ => day,
    }
}
