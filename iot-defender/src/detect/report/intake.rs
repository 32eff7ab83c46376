//! A report from its arrival to the answer.

use iot_topics::Timestamp;
use iot_topics::reserved::PayloadFormat;

use super::datapoints::Datapoints;
use super::error::ReportError;
use super::model::MetricsReport;
use super::parse::ReportLimits;
use super::reply::ReportReply;
use super::throttle::{ReportGate, Throttled};
use crate::detect::metric::CustomMetricType;

/// What came of a payload on the topic of reports.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{ReceivedReport, ReportGate, receive_report};
/// use iot_topics::Timestamp;
/// use iot_topics::reserved::PayloadFormat;
///
/// let mut gate = ReportGate::default(); // one for each thing
/// let payload = br#"{"hed":{"rid":7,"v":"1.0"},"met":{"ns":{"bi":512}}}"#;
/// let now = Timestamp::from_secs(600);
/// let received = receive_report(&mut gate, PayloadFormat::Json, payload, |_| None, now);
/// let ReceivedReport::Accepted { datapoints, is_rising } = &received.outcome else { panic!() };
/// assert!(*is_rising && datapoints.values.len() == 1);
/// assert_eq!(received.reply.error(), None);
///
/// let soon = receive_report(&mut gate, PayloadFormat::Json, b"", |_| None, now);
/// assert!(matches!(soon.outcome, ReceivedReport::Throttled(_)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there is no fourth outcome")]
pub enum ReceivedReport {
    /// A report.
    Accepted {
        /// What it says of metrics.
        datapoints: Datapoints,
        /// Whether its number is greater than that of the report before: [`ReportGate`] tells
        /// what that means.
        is_rising: bool,
    },
    /// No report.
    Malformed(ReportError),
    /// Too soon; it was not looked at.
    Throttled(Throttled),
}

/// What came of a payload, and what to tell the device.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{ReportErrorCode, ReportGate, receive_report};
/// use iot_topics::reserved::PayloadFormat;
///
/// let gate = &mut ReportGate::default();
/// let received = receive_report(gate, PayloadFormat::Json, b"?", |_| None, Default::default());
/// assert_eq!(received.reply.error(), Some(ReportErrorCode::InvalidPayload));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the outcome and the answer")]
pub struct Received {
    /// What came of it.
    pub outcome: ReceivedReport,
    /// The answer.
    pub reply: ReportReply,
}

/// Takes what arrives on the [topic of reports](super::ReportTopic) of a thing: the gate of that thing first, then the
/// payload, within [`ReportLimits::AWS_IOT`]. Only an accepted report changes the gate.
///
/// `declared` gives the type that the account has declared for a custom metric, by its name; `None`
/// if it has no such metric.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{ReportGate, receive_report};
/// use iot_topics::reserved::PayloadFormat;
///
/// let mut gate = ReportGate::default();
/// receive_report(&mut gate, PayloadFormat::Json, b"?", |_| None, Default::default());
/// assert_eq!(gate, ReportGate::default());
/// ```
pub fn receive_report(
    gate: &mut ReportGate,
    format: PayloadFormat,
    payload: &[u8],
    declared: impl Fn(&str) -> Option<CustomMetricType>,
    now: Timestamp,
) -> Received {
    let (outcome, reply) = match gate.check(now) {
        Err(throttled) => (
            ReceivedReport::Throttled(throttled),
            ReportReply::throttled(throttled, now),
        ),
        Ok(()) => match MetricsReport::parse(format, payload, ReportLimits::AWS_IOT) {
            Ok(report) => {
                let report_id = report.header.report_id.get();
                let accepted = ReceivedReport::Accepted {
                    datapoints: report.datapoints(declared),
                    is_rising: gate.accept(report_id, now),
                };
                (accepted, ReportReply::accepted(report_id, now))
            }
            Err(error) => {
                let reply = ReportReply::malformed(&error, now);
                (ReceivedReport::Malformed(error), reply)
            }
        },
    };
    Received { outcome, reply }
}
