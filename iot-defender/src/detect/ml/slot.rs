//! Seasons: the hours that are compared with each other.

use core::fmt;

use iot_topics::Timestamp;

use crate::words::words;

words! {
    detect:
    /// How finely a model cuts time: by the hour of the week, by the hour of the day, or not at all.
    pub enum Season {
        /// 168 slots: Mondays from 13:00 to 14:00, and so on.
        HourOfWeek = "hourOfWeek",
        /// 24 slots: each day from 13:00 to 14:00, and so on.
        HourOfDay = "hourOfDay",
        /// One slot.
        All = "all",
    }
}

impl Season {
    /// The finest one of which the slot has enough datapoints: [`Slot::MIN_POINTS`]. They are given
    /// from the finest season to the coarsest; that of all hours needs none.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::Season;
    ///
    /// assert_eq!(Season::finest([500, 4_000, 90_000]), Season::HourOfWeek);
    /// assert_eq!(Season::finest([499, 4_000, 90_000]), Season::HourOfDay);
    /// assert_eq!(Season::finest([0, 0, 0]), Season::All);
    /// ```
    #[must_use]
    pub const fn finest([week, day, _]: [u64; 3]) -> Self {
        if week >= Slot::MIN_POINTS {
            Self::HourOfWeek
        } else if day >= Slot::MIN_POINTS {
            Self::HourOfDay
        } else {
            Self::All
        }
    }
}

/// The hours of a season that are compared with each other, in UTC.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Season, Slot};
/// use iot_topics::Timestamp;
///
/// let at = Timestamp::from_secs(1_573_786_800); // Friday, 15 November 2019, 03:00:00
/// assert_eq!(Slot::of(Season::HourOfWeek, at).to_string(), "Fridays 03:00 to 04:00 UTC");
/// assert_eq!(Slot::of(Season::HourOfDay, at).to_string(), "any day 03:00 to 04:00 UTC");
/// assert_eq!(Slot::of(Season::All, at), Slot::ALL);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot {
    season: Season,
    /// From Monday 00:00, or from midnight.
    hour: u8,
}

const HOUR: u64 = 3_600;
const DAY_HOURS: u64 = 24;
const WEEK_HOURS: u64 = 7 * DAY_HOURS;
/// The epoch began on a Thursday.
const FROM_MONDAY: u64 = 3 * DAY_HOURS;
const DAYS: [&str; 7] = [
    "Mondays",
    "Tuesdays",
    "Wednesdays",
    "Thursdays",
    "Fridays",
    "Saturdays",
    "Sundays",
];

impl Slot {
    /// The only slot of its season.
    pub const ALL: Self = Self {
        season: Season::All,
        hour: 0,
    };
    /// How many datapoints of the fleet a slot needs, unless it is [`Slot::ALL`].
    pub const MIN_POINTS: u64 = 500;

    /// That of a time.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Season, Slot};
    /// use iot_topics::Timestamp;
    ///
    /// let thursday = Slot::of(Season::HourOfWeek, Timestamp::from_secs(0));
    /// assert_eq!(thursday.hour(), 72);
    /// ```
    #[must_use]
    pub const fn of(season: Season, at: Timestamp) -> Self {
        let hours = at.as_secs() / HOUR;
        let hour = match season {
            Season::HourOfWeek => (hours + FROM_MONDAY) % WEEK_HOURS,
            Season::HourOfDay => hours % DAY_HOURS,
            Season::All => 0,
        };
        // INVARIANT: below 168.
        Self {
            season,
            hour: hour as u8,
        }
    }

    /// The slot of that number, if the season has it: below 168, 24, or 1.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Season, Slot};
    ///
    /// assert_eq!(Slot::new(Season::HourOfDay, 23).map(Slot::hour), Some(23));
    /// assert_eq!(Slot::new(Season::HourOfDay, 24), None);
    /// ```
    #[must_use]
    pub const fn new(season: Season, hour: u8) -> Option<Self> {
        let end = match season {
            Season::HourOfWeek => WEEK_HOURS,
            Season::HourOfDay => DAY_HOURS,
            Season::All => 1,
        };
        if (hour as u64) < end {
            Some(Self { season, hour })
        } else {
            None
        }
    }

    /// How fine it is.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Season, Slot};
    ///
    /// assert_eq!(Slot::ALL.season(), Season::All);
    /// ```
    #[must_use]
    pub const fn season(self) -> Season {
        self.season
    }

    /// Its number: hours from Monday 00:00 UTC, or from 00:00 UTC; 0 for [`Slot::ALL`].
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::Slot;
    ///
    /// assert_eq!(Slot::ALL.hour(), 0);
    /// ```
    #[must_use]
    pub const fn hour(self) -> u8 {
        self.hour
    }
}

/// As it stands behind "on".
impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (day, hour) = (self.hour / 24, self.hour % 24);
        let days = match self.season {
            Season::HourOfWeek => DAYS.get(usize::from(day)).copied().unwrap_or_default(),
            Season::HourOfDay => "any day",
            Season::All => return f.write_str("any day"),
        };
        write!(f, "{days} {hour:02}:00 to {:02}:00 UTC", hour + 1)
    }
}
