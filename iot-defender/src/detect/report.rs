//! What a device reports of itself.
//!
//! A report is a map, as JSON or as CBOR. [`Field`] is the table of what may be in it: each field
//! has a long and a short name, and a report may mix them. [`MetricsReport`] reads strictly:
//!
//! - A field of another type, or out of its range, makes the report malformed. So does a field that
//!   is there twice, be it once by each of its names: which of both counts would be up to the
//!   reader.
//! - What is no field at its place is ignored, whatever it holds, and even if it is there twice.
//! - A wrong value of a custom metric costs the device that value and not the report:
//!   [`MetricsReport::dropped`] tells which and why. That it is an array of one object is a matter
//!   of the format, and so is a repeated name.
//!
//! Sources: developer guide, "Sending metrics from devices", "Custom metrics", "Device-side
//! metrics"; "AWS IoT Device Defender endpoints and quotas".

#[cfg(feature = "cbor")]
mod cbor;
mod custom;
mod datapoints;
mod error;
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
pub use self::intake::{Received, ReceivedReport, receive_report};
pub use self::model::{
    Connection, DeviceMetrics, ListeningPort, Listing, MetricsReport, NetworkStats, ReportHeader,
    ReportVersion, ReportVersionError,
};
pub use self::names::{Field, Names, ReportPlace};
pub use self::parse::ReportLimits;
pub use self::reply::{ReportErrorCode, ReportReply};
pub use self::throttle::{ReportGate, Throttled};
pub use self::topic::ReportTopic;
