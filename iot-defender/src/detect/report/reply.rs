//! What a device hears of its report.

use alloc::string::String;
#[cfg(feature = "cbor")]
use alloc::vec::Vec;

use iot_topics::Timestamp;
use iot_topics::reserved::Exchange;

use super::error::ReportError;
use super::json::JsonWriter;
use super::throttle::{Throttled, ThrottledBy};
use super::token::Writer;
use crate::words::words;

words! {
    detect:
    /// Why a report is rejected: the `ErrorCode` of the answer.
    pub enum ReportErrorCode {
        /// It is no report (developer guide, Sending metrics from devices).
        InvalidPayload = "InvalidPayload",
        /// It came too soon. AWS names no code for that; this one is ours.
        Throttled = "Throttled",
    }
}

impl ReportErrorCode {
    /// The `ErrorMessage` of the answer; if it is the account that sends too much, the answer has
    /// another. What exactly is wrong the device is not told, as with AWS: [`ReportError`] tells it
    /// to whoever runs the service.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ReportErrorCode;
    ///
    /// assert_eq!(ReportErrorCode::InvalidPayload.message(), "Malformed metrics report");
    /// ```
    #[must_use]
    pub const fn message(self) -> &'static str {
        match self {
            Self::InvalidPayload => "Malformed metrics report",
            Self::Throttled => "Metrics reports may be sent every 300 seconds",
        }
    }
}

/// The answer to a report (developer guide, "Sending metrics from devices").
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{MetricsReport, ReportReply};
/// use iot_topics::Timestamp;
/// use iot_topics::reserved::Exchange;
///
/// let now = Timestamp::from_secs(1_700_000_000);
/// let reply = ReportReply::accepted(7, now);
/// assert_eq!(reply.exchange(), Exchange::Accepted); // of the topic
/// assert_eq!(
///     reply.to_json("lamp"),
///     r#"{"thingName":"lamp","reportId":7,"status":"ACCEPTED","timestamp":1700000000000}"#,
/// );
/// let error = MetricsReport::from_json(b"").unwrap_err();
/// assert_eq!(
///     ReportReply::malformed(&error, now).to_json("lamp"),
///     concat!(
///         r#"{"thingName":"lamp","status":"REJECTED","statusDetails":{"#,
///         r#""ErrorCode":"InvalidPayload","ErrorMessage":"Malformed metrics report"},"#,
///         r#""timestamp":1700000000000}"#,
///     ),
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReportReply {
    /// Where the report could not be read, or was not, it is not known.
    report_id: Option<u64>,
    rejection: Option<Rejection>,
    at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Rejection {
    Malformed,
    Throttled(ThrottledBy),
}

impl Rejection {
    const fn code(self) -> ReportErrorCode {
        match self {
            Self::Malformed => ReportErrorCode::InvalidPayload,
            Self::Throttled(_) => ReportErrorCode::Throttled,
        }
    }

    const fn message(self) -> &'static str {
        match self {
            Self::Throttled(ThrottledBy::Account) => "The account sends too many metrics reports",
            _ => self.code().message(),
        }
    }
}

impl ReportReply {
    /// The report of that number is taken.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ReportReply;
    ///
    /// assert_eq!(ReportReply::accepted(7, Default::default()).error(), None);
    /// ```
    #[must_use]
    pub const fn accepted(report_id: u64, now: Timestamp) -> Self {
        Self {
            report_id: Some(report_id),
            rejection: None,
            at: now,
        }
    }

    /// What came is no report. The answer has the number of the report if it could be read.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{MetricsReport, ReportErrorCode, ReportReply};
    ///
    /// let error = MetricsReport::from_json(b"").unwrap_err();
    /// let reply = ReportReply::malformed(&error, Default::default());
    /// assert_eq!(reply.error(), Some(ReportErrorCode::InvalidPayload));
    /// ```
    #[must_use]
    pub const fn malformed(error: &ReportError, now: Timestamp) -> Self {
        Self {
            report_id: error.report_id(),
            rejection: Some(Rejection::Malformed),
            at: now,
        }
    }

    /// A report came too soon, and was not looked at.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{ReportErrorCode, ReportGate, ReportReply};
    /// use iot_topics::Timestamp;
    ///
    /// let mut gate = ReportGate::default();
    /// gate.accept(1, Timestamp::from_secs(600));
    /// let now = Timestamp::from_secs(899);
    /// let reply = ReportReply::throttled(gate.check(now).unwrap_err(), now);
    /// assert_eq!(reply.error(), Some(ReportErrorCode::Throttled));
    /// ```
    #[must_use]
    pub const fn throttled(throttled: Throttled, now: Timestamp) -> Self {
        Self {
            report_id: None,
            rejection: Some(Rejection::Throttled(throttled.by)),
            at: now,
        }
    }

    /// Why the report is rejected; `None` if it is accepted.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ReportReply;
    ///
    /// assert!(ReportReply::accepted(7, Default::default()).error().is_none());
    /// ```
    #[must_use]
    pub const fn error(self) -> Option<ReportErrorCode> {
        match self.rejection {
            None => None,
            Some(rejection) => Some(rejection.code()),
        }
    }

    /// Which topic it goes to: `accepted` or `rejected` behind that of the report, for which
    /// [`ReportTopic::with`](super::ReportTopic::with) is.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ReportReply;
    /// use iot_topics::reserved::Exchange;
    ///
    /// let reply = ReportReply::accepted(7, Default::default());
    /// assert_eq!(reply.exchange(), Exchange::Accepted);
    /// ```
    #[must_use]
    pub const fn exchange(self) -> Exchange {
        match self.rejection {
            None => Exchange::Accepted,
            Some(_) => Exchange::Rejected,
        }
    }

    /// The payload as JSON.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ReportReply;
    ///
    /// let payload = ReportReply::accepted(7, Default::default()).to_json("lamp");
    /// assert!(payload.contains(r#""reportId":7"#));
    /// ```
    #[must_use]
    pub fn to_json(self, thing: &str) -> String {
        let mut writer = JsonWriter::default();
        self.write(thing, &mut writer);
        writer.finish()
    }

    /// The payload as CBOR.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ReportReply;
    ///
    /// let payload = ReportReply::accepted(7, Default::default()).to_cbor("lamp");
    /// assert!(payload.starts_with(b"\xA4\x69thingName\x64lamp\x68reportId\x07"));
    /// ```
    #[cfg(feature = "cbor")]
    #[must_use]
    pub fn to_cbor(self, thing: &str) -> Vec<u8> {
        let mut writer = super::cbor::CborWriter::new();
        self.write(thing, &mut writer);
        writer.finish()
    }

    fn write(self, thing: &str, out: &mut impl Writer) {
        let optional =
            usize::from(self.report_id.is_some()) + usize::from(self.rejection.is_some());
        out.map(3 + optional);
        out.key("thingName");
        out.text(thing);
        if let Some(report_id) = self.report_id {
            out.key("reportId");
            out.unsigned(report_id);
        }
        out.key("status");
        match self.rejection {
            None => out.text("ACCEPTED"),
            Some(rejection) => {
                out.text("REJECTED");
                out.key("statusDetails");
                out.map(2);
                out.key("ErrorCode");
                out.text(rejection.code().as_str());
                out.key("ErrorMessage");
                out.text(rejection.message());
                out.end();
            }
        }
        out.key("timestamp");
        out.unsigned(self.at.as_millis());
        out.end();
    }
}
