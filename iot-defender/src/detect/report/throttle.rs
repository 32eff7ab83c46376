//! How often a device may report.

use core::time::Duration;

use iot_topics::Timestamp;

/// Lets a report of a device through every 300 seconds ("AWS IoT Device Defender endpoints and
/// quotas": a device may send a report every 5 minutes), and notes whether their numbers rise.
///
/// The time counts from the last report that was accepted: a device that sends more often is heard
/// every fifth minute, and one whose reports are malformed may send a better one at once. A clock
/// that runs backwards stands still.
///
/// The guide wants numbers that rise, and names no consequence. [`accept`](Self::accept) tells
/// whether this one did and takes the report either way: were it refused, one report with the
/// largest number, which any device that may publish for the thing can send, would silence the
/// thing for good.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{ReportGate, Throttled, ThrottledBy};
/// use iot_topics::Timestamp;
///
/// let start = Timestamp::from_secs(1_573_786_800);
/// let mut gate = ReportGate::default();
/// assert_eq!(gate.check(start), Ok(()));
/// assert!(gate.accept(7, start));
///
/// let retry_at = Timestamp::from_secs(1_573_787_100);
/// let early = gate.check(Timestamp::from_secs(1_573_787_099));
/// assert_eq!(early, Err(Throttled { by: ThrottledBy::Gap, retry_at }));
/// assert_eq!(gate.check(retry_at), Ok(()));
/// assert!(!gate.accept(7, retry_at)); // the same number again
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ReportGate {
    last: Option<(Timestamp, u64)>,
}

impl ReportGate {
    /// The least time between two reports of a device.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(iot_defender::detect::ReportGate::GAP.as_secs(), 300);
    /// ```
    pub const GAP: Duration = Duration::from_secs(300);

    /// A gate through which a report went at that time, the last one of the device.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ReportGate;
    /// use iot_topics::Timestamp;
    ///
    /// let gate = ReportGate::since(Timestamp::from_secs(600), 41);
    /// assert!(gate.check(Timestamp::from_secs(700)).is_err());
    /// ```
    #[must_use]
    pub const fn since(at: Timestamp, report_id: u64) -> Self {
        let last = Some((at, report_id));
        Self { last }
    }

    /// Whether a report may come now.
    ///
    /// # Errors
    ///
    /// [`Throttled`]: less than [`GAP`](Self::GAP) after the last one.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ReportGate;
    ///
    /// assert!(ReportGate::default().check(Default::default()).is_ok());
    /// ```
    pub fn check(&self, now: Timestamp) -> Result<(), Throttled> {
        match self.last {
            Some((at, _)) if now.saturating_since(at) < Self::GAP => {
                let retry_at = at.saturating_add(Self::GAP);
                let by = ThrottledBy::Gap;
                Err(Throttled { by, retry_at })
            }
            _ => Ok(()),
        }
    }

    /// When the last report went through, and its number.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ReportGate;
    ///
    /// let gate = ReportGate::since(Default::default(), 41);
    /// assert_eq!(gate.last(), Some((Default::default(), 41)));
    /// ```
    #[must_use]
    pub const fn last(&self) -> Option<(Timestamp, u64)> {
        self.last
    }

    /// Takes a report, and says whether its number is greater than that of the one before; of the
    /// first one it is.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ReportGate;
    ///
    /// let mut gate = ReportGate::default();
    /// assert!(gate.accept(1, Default::default()));
    /// ```
    pub fn accept(&mut self, report_id: u64, now: Timestamp) -> bool {
        let (latest, is_rising) = match self.last {
            Some((at, last)) => (at.max(now), report_id > last),
            None => (now, true),
        };
        self.last = Some((latest, report_id));
        is_rising
    }
}

/// Which quota stops a report.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{ReportGate, ThrottledBy};
///
/// let gate = ReportGate::since(Default::default(), 41);
/// assert_eq!(gate.check(Default::default()).unwrap_err().by, ThrottledBy::Gap);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "reports have these two quotas")]
pub enum ThrottledBy {
    /// The time between two reports of a device.
    Gap,
    /// The reports of all devices of the account in a second.
    Account,
}

/// A report that came too soon.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Throttled, ThrottledBy};
/// use iot_topics::Timestamp;
///
/// let retry_at = Timestamp::from_secs(900);
/// let throttled = Throttled { by: ThrottledBy::Gap, retry_at };
/// assert_eq!(throttled.to_string(), "too soon after the report before, again from 900000 ms");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{}, again from {} ms", .by.text(), .retry_at.as_millis())]
#[expect(clippy::exhaustive_structs, reason = "there is nothing more to tell")]
pub struct Throttled {
    /// Of what there was too much.
    pub by: ThrottledBy,
    /// When the next report may come; of the quota of the account, if no other device takes what
    /// there is by then.
    pub retry_at: Timestamp,
}

impl ThrottledBy {
    const fn text(self) -> &'static str {
        match self {
            Self::Gap => "too soon after the report before",
            Self::Account => "too many reports of the account",
        }
    }
}
