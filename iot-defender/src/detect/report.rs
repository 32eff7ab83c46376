//! What a device reports of itself.
//!
//! Sources: developer guide, "Sending metrics from devices", "Custom metrics", "Device-side
//! metrics"; "AWS IoT Device Defender endpoints and quotas".

#[cfg(feature = "cbor")]
mod cbor;
mod custom;
mod datapoints;
mod error;
mod gates;
mod intake;
mod json;
mod model;
mod names;
mod parse;
mod reply;
mod throttle;
mod token;
mod topic;
mod write;

pub use self::custom::{CustomFault, CustomMetrics, CustomValue, DroppedMetric};
pub use self::datapoints::Datapoints;
pub use self::error::{ReportError, ReportErrorKind};
pub use self::gates::ReportGates;
pub use self::intake::{Received, ReceivedReport, receive_report};
pub use self::model::{
    Connection, DeviceMetrics, ListeningPort, Listing, MetricsReport, NetworkStats, ReportHeader,
    ReportVersion, ReportVersionError,
};
pub use self::names::{Field, Names, ReportPlace};
pub use self::parse::ReportLimits;
pub use self::reply::{ReportErrorCode, ReportReply};
pub use self::throttle::{ReportGate, Throttled, ThrottledBy};
pub use self::topic::ReportTopic;
