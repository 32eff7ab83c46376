//! The gates of all things, and the quota that they share.

mod snapshot;

use alloc::boxed::Box;
use alloc::collections::BTreeMap;

use iot_topics::Timestamp;
use iot_topics::quota::{Bucket, Rate};
use iot_topics::reserved::PayloadFormat;

use super::intake::{Received, ReceivedReport, receive_report};
use super::reply::ReportReply;
use super::throttle::{ReportGate, Throttled, ThrottledBy};
use crate::detect::metric::CustomMetricType;

/// The gate of each thing of an account, and, if it is asked for, the quota of all their reports.
///
/// A thing has a gate from its first accepted report on, so that what is no report takes no memory.
///
/// Only accepted reports count for the quota: a device takes one of them every five minutes, whatever
/// it sends, and cannot use up what the others need.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{ReceivedReport, ReportGates, ThrottledBy};
/// use iot_topics::Timestamp;
/// use iot_topics::quota::{Bucket, Rate};
/// use iot_topics::reserved::PayloadFormat;
///
/// // One report a second, for this example.
/// let mut gates = ReportGates::with_quota(Bucket::of(Rate::per_second(1)));
/// let payload = br#"{"hed":{"rid":7,"v":"1.0"},"met":{"ns":{"bi":512}}}"#;
/// let now = Timestamp::from_secs(600);
/// let mut send = |thing, now| {
///     let received = gates.receive(thing, PayloadFormat::Json, payload, |_| None, now);
///     match received.outcome {
///         ReceivedReport::Throttled(throttled) => Some((throttled.by, throttled.retry_at)),
///         _ => None,
///     }
/// };
/// assert_eq!(send("lamp-7", now), None);
/// let later = Timestamp::from_secs(601);
/// assert_eq!(send("lamp-8", now), Some((ThrottledBy::Account, later)));
/// assert_eq!(send("lamp-8", later), None);
/// assert_eq!(send("lamp-7", later), Some((ThrottledBy::Gap, Timestamp::from_secs(900))));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportGates {
    // INVARIANT: a report went through each.
    gates: BTreeMap<Box<str>, ReportGate>,
    quota: Option<Bucket>,
}

impl ReportGates {
    /// The reports of devices that an account may send ("AWS IoT Device Defender endpoints and
    /// quotas"): 3,500 a second.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ReportGates;
    /// use iot_topics::quota::Bucket;
    ///
    /// let gates = ReportGates::with_quota(Bucket::of(ReportGates::QUOTA));
    /// assert_eq!(gates.quota().map(Bucket::burst), Some(3_500));
    /// ```
    pub const QUOTA: Rate = Rate::per_second(3_500);

    /// Gates that let no more reports through, all together, than a bucket gives. By default there
    /// is no such quota.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ReportGates;
    /// use iot_topics::quota::Bucket;
    ///
    /// let aws = ReportGates::with_quota(Bucket::of(ReportGates::QUOTA));
    /// assert_ne!(aws, ReportGates::default());
    /// ```
    #[must_use]
    pub const fn with_quota(quota: Bucket) -> Self {
        Self {
            gates: BTreeMap::new(),
            quota: Some(quota),
        }
    }

    /// The quota of all reports, as it stands.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(iot_defender::detect::ReportGates::default().quota(), None);
    /// ```
    #[must_use]
    pub const fn quota(&self) -> Option<&Bucket> {
        self.quota.as_ref()
    }

    /// The gate of a thing; a new one if no report of it was accepted.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ReportGates;
    ///
    /// assert_eq!(ReportGates::default().gate("lamp-7").last(), None);
    /// ```
    #[must_use]
    pub fn gate(&self, thing: &str) -> ReportGate {
        self.gates.get(thing).copied().unwrap_or_default()
    }

    /// Forgets a thing: when it reported, and the number of its last report.
    ///
    /// # Examples
    ///
    /// ```
    /// let mut gates = iot_defender::detect::ReportGates::default();
    /// gates.forget("lamp-7");
    /// assert_eq!(gates.gate("lamp-7").last(), None);
    /// ```
    pub fn forget(&mut self, thing: &str) {
        self.gates.remove(thing);
    }

    /// Takes what arrives on the topic of reports of a thing, as [`receive_report`] does: the gate of
    /// the thing first, then the quota, then the payload. Only an accepted report changes anything.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{ReportErrorCode, ReportGates};
    /// use iot_topics::reserved::PayloadFormat;
    ///
    /// let mut gates = ReportGates::default();
    /// let now = Default::default();
    /// let received = gates.receive("lamp-7", PayloadFormat::Json, b"?", |_| None, now);
    /// assert_eq!(received.reply.error(), Some(ReportErrorCode::InvalidPayload));
    /// assert_eq!(gates, ReportGates::default());
    /// ```
    pub fn receive(
        &mut self,
        thing: &str,
        format: PayloadFormat,
        payload: &[u8],
        declared: impl Fn(&str) -> Option<CustomMetricType>,
        now: Timestamp,
    ) -> Received {
        let mut gate = self.gate(thing);
        if gate.check(now).is_ok()
            && let Some(quota) = &self.quota
            && let Err(wait) = quota.check(1, now)
        {
            let wait = wait.duration().unwrap_or(core::time::Duration::MAX);
            let throttled = Throttled {
                by: ThrottledBy::Account,
                retry_at: now.saturating_add(wait),
            };
            return Received {
                outcome: ReceivedReport::Throttled(throttled),
                reply: ReportReply::throttled(throttled, now),
            };
        }
        let received = receive_report(&mut gate, format, payload, declared, now);
        if matches!(received.outcome, ReceivedReport::Accepted { .. }) {
            if let Some(place) = self.gates.get_mut(thing) {
                *place = gate;
            } else {
                self.gates.insert(thing.into(), gate);
            }
            // INVARIANT: there is a token, as was looked at above.
            let _taken = self.quota.as_mut().map(|quota| quota.try_take(1, now));
        }
        received
    }
}
