//! Metrics: what Device Defender measures of a device.
//!
//! Sources: developer guide, "Cloud-side metrics", "Device-side metrics", "Custom metrics",
//! "Scoping metrics in security profiles using dimensions", "ML Detect supported metrics".

use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use serde::{Serialize, Serializer};

use super::name::{CustomMetricName, NameError};
use crate::words::words;

words! {
    detect:
    /// A metric of AWS (developer guide, "Cloud-side metrics" and "Device-side metrics").
    /// [`unit`](Self::unit) says in what it is counted.
    pub enum AwsMetric {
        /// How large the messages are that a device sends or receives, in bytes.
        MessageByteSize = "aws:message-byte-size",
        /// Messages that a device sends.
        NumMessagesSent = "aws:num-messages-sent",
        /// Messages that a device receives.
        NumMessagesReceived = "aws:num-messages-received",
        /// Requests of a device that its policies refuse.
        NumAuthorizationFailures = "aws:num-authorization-failures",
        /// How often a device tries to connect.
        NumConnectionAttempts = "aws:num-connection-attempts",
        /// How often a device disconnects.
        NumDisconnects = "aws:num-disconnects",
        /// The addresses that a device connects from.
        SourceIpAddress = "aws:source-ip-address",
        /// How long a device has been disconnected, in minutes.
        DisconnectDuration = "aws:disconnect-duration",
        /// Bytes that a device sends, in all its protocols.
        AllBytesOut = "aws:all-bytes-out",
        /// Bytes that a device receives.
        AllBytesIn = "aws:all-bytes-in",
        /// Packets that a device sends.
        AllPacketsOut = "aws:all-packets-out",
        /// Packets that a device receives.
        AllPacketsIn = "aws:all-packets-in",
        /// How many TCP ports a device listens on.
        NumListeningTcpPorts = "aws:num-listening-tcp-ports",
        /// How many UDP ports a device listens on.
        NumListeningUdpPorts = "aws:num-listening-udp-ports",
        /// How many TCP connections a device has.
        NumEstablishedTcpConnections = "aws:num-established-tcp-connections",
        /// The TCP ports that a device listens on.
        ListeningTcpPorts = "aws:listening-tcp-ports",
        /// The UDP ports that a device listens on.
        ListeningUdpPorts = "aws:listening-udp-ports",
        /// The addresses that a device is connected to.
        DestinationIpAddresses = "aws:destination-ip-addresses",
    }
}

/// Who measures a metric.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{AwsMetric, MetricSide};
///
/// assert_eq!(AwsMetric::AllBytesOut.side(), MetricSide::Device);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the guide knows these two sides")]
pub enum MetricSide {
    /// AWS IoT Core sees it: every five minutes.
    Cloud,
    /// The device reports it.
    Device,
}

/// How the values of a metric follow each other.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{AwsMetric, MetricKind};
///
/// assert_eq!(AwsMetric::NumDisconnects.kind(), MetricKind::Counter);
/// assert_eq!(AwsMetric::ListeningTcpPorts.kind(), MetricKind::List);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "whoever evaluates a metric must know what kind it is"
)]
pub enum MetricKind {
    /// What happened since the datapoint before: values of several steps are added up.
    Counter,
    /// How it is at that time.
    Gauge,
    /// All that there are at that time.
    List,
    /// The least, the greatest and the sum of what each message has.
    MessageSize,
}

words! {
    detect:
    /// The type of a metric's values, and the member of the API's `MetricValue` that has them.
    pub enum ValueType {
        /// A whole number, not negative.
        Count = "count",
        /// Addresses and networks.
        Cidrs = "cidrs",
        /// Ports.
        Ports = "ports",
        /// A number.
        Number = "number",
        /// Numbers.
        Numbers = "numbers",
        /// Texts.
        Strings = "strings",
    }
}

impl ValueType {
    /// Whether the values are lists.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ValueType;
    ///
    /// assert!(ValueType::Ports.is_list() && !ValueType::Count.is_list());
    /// ```
    #[must_use]
    pub const fn is_list(self) -> bool {
        !matches!(self, Self::Count | Self::Number)
    }
}

words! {
    detect:
    /// The type of a custom metric.
    pub enum CustomMetricType {
        /// Texts.
        StringList = "string-list",
        /// Addresses.
        IpAddressList = "ip-address-list",
        /// Numbers.
        NumberList = "number-list",
        /// One number.
        Number = "number",
    }
}

impl CustomMetricType {
    /// The type of its values.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{CustomMetricType, ValueType};
    ///
    /// assert_eq!(CustomMetricType::IpAddressList.value_type(), ValueType::Cidrs);
    /// ```
    #[must_use]
    pub const fn value_type(self) -> ValueType {
        match self {
            Self::StringList => ValueType::Strings,
            Self::IpAddressList => ValueType::Cidrs,
            Self::NumberList => ValueType::Numbers,
            Self::Number => ValueType::Number,
        }
    }
}

/// A row of the guide's tables.
struct Row {
    metric: AwsMetric,
    unit: Option<&'static str>,
    kind: MetricKind,
    side: MetricSide,
    values: ValueType,
    ml: bool,
    dimension: bool,
}

const fn row(
    metric: AwsMetric,
    unit: &'static str,
    kind: MetricKind,
    side: MetricSide,
    ml: bool,
    dimension: bool,
) -> Row {
    Row {
        metric,
        unit: Some(unit),
        kind,
        side,
        values: ValueType::Count,
        ml,
        dimension,
    }
}

const fn list(metric: AwsMetric, side: MetricSide, values: ValueType, dimension: bool) -> Row {
    Row {
        metric,
        unit: None,
        kind: MetricKind::List,
        side,
        values,
        ml: false,
        dimension,
    }
}

/// In the order of [`AwsMetric::ALL`].
const TABLE: [Row; 18] = {
    use AwsMetric as M;
    use MetricKind::{Counter, Gauge, MessageSize};
    use MetricSide::{Cloud, Device};
    use ValueType::{Cidrs, Ports};

    [
        row(M::MessageByteSize, "bytes", MessageSize, Cloud, true, true),
        row(M::NumMessagesSent, "messages", Counter, Cloud, true, true),
        row(
            M::NumMessagesReceived,
            "messages",
            Counter,
            Cloud,
            true,
            true,
        ),
        row(
            M::NumAuthorizationFailures,
            "failures",
            Counter,
            Cloud,
            true,
            true,
        ),
        row(
            M::NumConnectionAttempts,
            "attempts",
            Counter,
            Cloud,
            true,
            false,
        ),
        row(
            M::NumDisconnects,
            "disconnects",
            Counter,
            Cloud,
            true,
            false,
        ),
        list(M::SourceIpAddress, Cloud, Cidrs, true),
        row(M::DisconnectDuration, "minutes", Gauge, Cloud, false, false),
        row(M::AllBytesOut, "bytes", Counter, Device, true, false),
        row(M::AllBytesIn, "bytes", Counter, Device, true, false),
        row(M::AllPacketsOut, "packets", Counter, Device, true, false),
        row(M::AllPacketsIn, "packets", Counter, Device, true, false),
        row(M::NumListeningTcpPorts, "ports", Gauge, Device, true, false),
        row(M::NumListeningUdpPorts, "ports", Gauge, Device, true, false),
        row(
            M::NumEstablishedTcpConnections,
            "connections",
            Gauge,
            Device,
            true,
            false,
        ),
        list(M::ListeningTcpPorts, Device, Ports, false),
        list(M::ListeningUdpPorts, Device, Ports, false),
        list(M::DestinationIpAddresses, Device, Cidrs, false),
    ]
};

const _: () = {
    let mut index = 0;
    while index < TABLE.len() {
        #[expect(clippy::indexing_slicing, reason = "the compiler evaluates it")]
        let row = &TABLE[index];
        assert!(row.metric as usize == index);
        index += 1;
    }
};

impl AwsMetric {
    const fn row(self) -> &'static Row {
        #[expect(
            clippy::indexing_slicing,
            reason = "the table has a row for each variant, in their order"
        )]
        &TABLE[self as usize]
    }

    /// What its values count: the word of the guide. Lists have no unit.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::AwsMetric;
    ///
    /// assert_eq!(AwsMetric::AllBytesIn.unit(), Some("bytes"));
    /// assert_eq!(AwsMetric::SourceIpAddress.unit(), None);
    /// ```
    #[must_use]
    pub const fn unit(self) -> Option<&'static str> {
        self.row().unit
    }

    /// How its values follow each other: whether they are added up over a duration, or stand for
    /// their time alone.
    #[must_use]
    pub const fn kind(self) -> MetricKind {
        self.row().kind
    }

    /// Who measures it: AWS IoT Core, or the device itself.
    #[must_use]
    pub const fn side(self) -> MetricSide {
        self.row().side
    }

    /// The type of its values.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{AwsMetric, ValueType};
    ///
    /// assert_eq!(AwsMetric::ListeningUdpPorts.value_type(), ValueType::Ports);
    /// assert_eq!(AwsMetric::NumDisconnects.value_type(), ValueType::Count);
    /// ```
    #[must_use]
    pub const fn value_type(self) -> ValueType {
        self.row().values
    }

    /// Whether ML Detect learns it.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::AwsMetric;
    ///
    /// let learnt = AwsMetric::ALL.iter().filter(|metric| metric.supports_ml());
    /// assert_eq!(learnt.count(), 13);
    /// ```
    #[must_use]
    pub const fn supports_ml(self) -> bool {
        self.row().ml
    }

    /// Whether a dimension may select what of it counts.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::AwsMetric;
    ///
    /// assert!(AwsMetric::MessageByteSize.supports_dimension());
    /// assert!(!AwsMetric::NumDisconnects.supports_dimension());
    /// ```
    #[must_use]
    pub const fn supports_dimension(self) -> bool {
        self.row().dimension
    }

    /// Whether a behavior can only say that it is less than something.
    pub(crate) const fn is_only_bounded_above(self) -> bool {
        matches!(self, Self::DisconnectDuration)
    }
}

/// A metric of AWS, or one of the account.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{AwsMetric, Metric, MetricError};
///
/// assert_eq!("aws:num-disconnects".parse(), Ok(Metric::Aws(AwsMetric::NumDisconnects)));
/// let battery: Metric = "battery".parse()?;
/// assert_eq!(battery.as_str(), "battery");
/// assert!("aws:num-cats".parse::<Metric>().is_err());
/// # Ok::<(), MetricError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a metric is AWS's or it is not")]
pub enum Metric {
    /// A metric of AWS.
    Aws(AwsMetric),
    /// A custom metric.
    Custom(CustomMetricName),
}

impl Metric {
    /// The name.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        match self {
            Self::Aws(metric) => metric.as_str(),
            Self::Custom(name) => name.as_str(),
        }
    }
}

impl From<AwsMetric> for Metric {
    fn from(metric: AwsMetric) -> Self {
        Self::Aws(metric)
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Metric {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl FromStr for Metric {
    type Err = MetricError;

    fn from_str(name: &str) -> Result<Self, MetricError> {
        if let Ok(metric) = name.parse() {
            return Ok(Self::Aws(metric));
        }
        match CustomMetricName::parse(name) {
            Ok(custom) => Ok(Self::Custom(custom)),
            Err(NameError::Reserved) => Err(MetricError::Unknown(name.into())),
            Err(error) => Err(MetricError::Name(error)),
        }
    }
}

/// A text that names no metric.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Metric, MetricError};
///
/// let error = "aws:num-cats".parse::<Metric>().unwrap_err();
/// assert_eq!(error, MetricError::Unknown("aws:num-cats".into()));
/// assert_eq!(error.to_string(), "there is no metric `aws:num-cats`");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum MetricError {
    /// AWS has no metric of that name, or the account none.
    #[error("there is no metric `{0}`")]
    Unknown(String),
    /// No metric can have that name.
    #[error("metric: {0}")]
    Name(NameError),
}
