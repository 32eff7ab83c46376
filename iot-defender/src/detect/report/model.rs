//! A report, taken apart.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::SocketAddr;
use core::num::NonZeroU64;
use core::str::FromStr;

use super::custom::{CustomMetrics, DroppedMetric};

/// What a device reports of itself (developer guide, Sending metrics from devices).
///
/// A report is a map, as JSON or as CBOR; [`Field`](super::Field) is the table of what may be in
/// it. Each field has a long and a short name, and a report may mix them. It is read strictly:
///
/// - A field of another type, or out of its range, makes the report malformed. So does a field
///   that is there twice, be it once by each of its names: which of both counts would be up to the
///   reader.
/// - What is no field at its place is ignored, whatever it holds, and even if it is there twice.
/// - A wrong value of a custom metric costs the device that value and not the report:
///   [`dropped`](Self::dropped) tells which and why. That it is an array of one object is a matter
///   of the format, and so is that no name is there twice.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::MetricsReport;
///
/// let payload = br#"{"hed":{"rid":7,"v":"1.0"},"met":{"up":{"pts":[{"pt":53}],"t":9}}}"#;
/// let report = MetricsReport::from_json(payload)?;
/// assert_eq!(report.header.report_id.get(), 7);
/// let udp = &report.metrics.as_ref().unwrap().listening_udp_ports;
/// assert_eq!(udp.as_ref().unwrap().count(), Some(9));
/// # Ok::<(), iot_defender::detect::ReportError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MetricsReport {
    /// Which report it is.
    pub header: ReportHeader,
    /// What each device can measure. A report has these, or custom metrics, or both.
    pub metrics: Option<DeviceMetrics>,
    /// What the account has declared beyond that.
    pub custom_metrics: Option<CustomMetrics>,
    /// Custom metrics that were read and are not kept, in the order of their names. They are
    /// never written.
    pub dropped: Vec<DroppedMetric>,
}

impl MetricsReport {
    /// A report of empty `metrics`.
    ///
    /// # Examples
    ///
    /// ```
    /// use core::num::NonZeroU64;
    /// use iot_defender::detect::{Datapoints, MetricsReport, ReportHeader};
    ///
    /// let report = MetricsReport::new(ReportHeader::new(NonZeroU64::MIN));
    /// assert_eq!(report.metrics, Some(Default::default()));
    /// assert_eq!(report.datapoints(|_| None), Datapoints::default());
    /// ```
    #[must_use]
    pub fn new(header: ReportHeader) -> Self {
        Self {
            header,
            metrics: Some(DeviceMetrics::default()),
            custom_metrics: None,
            dropped: Vec::new(),
        }
    }
}

/// Which report it is.
///
/// # Examples
///
/// ```
/// use core::num::NonZeroU64;
/// use iot_defender::detect::{ReportHeader, ReportVersion};
///
/// let header = ReportHeader::new(NonZeroU64::MIN);
/// assert_eq!(header.version, ReportVersion::V1_0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ReportHeader {
    /// A number that rises from report to report; the time in seconds is usual.
    pub report_id: NonZeroU64,
    /// The version of the format.
    pub version: ReportVersion,
}

impl ReportHeader {
    /// A header of the version of the guide.
    ///
    /// # Examples
    ///
    /// ```
    /// use core::num::NonZeroU64;
    /// use iot_defender::detect::ReportHeader;
    ///
    /// let id = NonZeroU64::new(1_530_304_554).unwrap();
    /// assert_eq!(ReportHeader::new(id).report_id, id);
    /// ```
    #[must_use]
    pub const fn new(report_id: NonZeroU64) -> Self {
        let version = ReportVersion::V1_0;
        Self { report_id, version }
    }
}

/// `Major.Minor`: two whole numbers of 32 bits, in digits alone.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{ReportVersion, ReportVersionError};
///
/// let version: ReportVersion = "1.0".parse()?;
/// assert_eq!(version, ReportVersion::V1_0);
/// assert_eq!(version.to_string(), "1.0");
/// assert!("1".parse::<ReportVersion>().is_err());
/// # Ok::<(), ReportVersionError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the guide: Major.Minor")]
pub struct ReportVersion {
    /// What changes when readers have to.
    pub major: u32,
    /// What changes when they need not.
    pub minor: u32,
}

impl ReportVersion {
    /// The version of the guide.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ReportVersion;
    ///
    /// assert_eq!(ReportVersion::V1_0, ReportVersion { major: 1, minor: 0 });
    /// ```
    pub const V1_0: Self = Self { major: 1, minor: 0 };
}

impl FromStr for ReportVersion {
    type Err = ReportVersionError;

    fn from_str(text: &str) -> Result<Self, ReportVersionError> {
        // `parse` would take a sign.
        let number = |text: &str| {
            let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|_| is_digits)
        };
        let (major, minor) = text.split_once('.').ok_or(ReportVersionError)?;
        match (number(major), number(minor)) {
            (Some(major), Some(minor)) => Ok(Self { major, minor }),
            _ => Err(ReportVersionError),
        }
    }
}

impl fmt::Display for ReportVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// A text that is no version.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{ReportVersion, ReportVersionError};
///
/// assert_eq!("1.0.0".parse::<ReportVersion>(), Err(ReportVersionError));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("not a version like `1.0`")]
#[expect(clippy::exhaustive_structs, reason = "there is nothing more to tell")]
pub struct ReportVersionError;

/// What each device can measure. All of it is optional.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{DeviceMetrics, MetricsReport};
///
/// let payload = br#"{"hed":{"rid":7,"v":"1.0"},"met":{"tp":{"pts":[{"pt":22}]}}}"#;
/// let metrics: DeviceMetrics = MetricsReport::from_json(payload)?.metrics.expect("are there");
/// assert_eq!(metrics.listening_tcp_ports.expect("is there").count(), Some(1));
/// assert_eq!(metrics.listening_udp_ports, None);
/// # Ok::<(), iot_defender::detect::ReportError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceMetrics {
    /// `established_connections` of `tcp_connections`.
    pub established_connections: Option<Listing<Connection>>,
    /// TCP ports that the device listens on.
    pub listening_tcp_ports: Option<Listing<ListeningPort>>,
    /// UDP ports that the device listens on.
    pub listening_udp_ports: Option<Listing<ListeningPort>>,
    /// Traffic since the report before.
    pub network_stats: Option<NetworkStats>,
}

/// A list of a report, and how many items there are on the device. Agents shorten long lists and keep the total, so that a list
/// of fewer items is usual; one of more is not refused either.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{ListeningPort, Listing};
///
/// let all = Listing::of(vec![ListeningPort::new(22), ListeningPort::new(80)]);
/// assert_eq!(all.total, Some(2));
/// let untold = Listing { total: None, ..all };
/// assert_eq!(untold.count(), Some(2));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "as the guide has it")]
pub struct Listing<T> {
    /// All of them, or a sample.
    pub items: Option<Vec<T>>,
    /// How many there are.
    pub total: Option<u64>,
}

impl<T> Listing<T> {
    /// All that there are.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::Listing;
    ///
    /// assert_eq!(Listing::of(vec!["a", "b"]).count(), Some(2));
    /// ```
    #[must_use]
    pub fn of(items: Vec<T>) -> Self {
        let total = Some(items.len() as u64);
        let items = Some(items);
        Self { items, total }
    }

    /// How many there are: the total if it is told, else those that are listed; `None` if neither
    /// is there.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{ListeningPort, Listing};
    ///
    /// let sample = Listing { items: Some(vec![ListeningPort::new(22)]), total: Some(99) };
    /// assert_eq!(sample.count(), Some(99));
    /// ```
    #[must_use]
    pub fn count(&self) -> Option<u64> {
        let listed = || Some(self.items.as_ref()?.len() as u64);
        self.total.or_else(listed)
    }
}

/// An established TCP connection.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::Connection;
///
/// let connection = Connection::new("[2001:db8::1]:8883".parse().unwrap());
/// assert_eq!(connection.remote_addr.port(), 8883);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Connection {
    /// The other side.
    pub remote_addr: SocketAddr,
    /// The port on the device. The guide only says that it is not negative.
    pub local_port: Option<u64>,
    /// The interface on the device.
    pub local_interface: Option<String>,
}

impl Connection {
    /// A connection to that address. Of an IPv6 address neither scope nor flow is kept, as the
    /// wire has neither.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::Connection;
    ///
    /// let connection = Connection::new("192.0.2.1:443".parse().unwrap());
    /// assert_eq!(connection.local_port, None);
    /// ```
    #[must_use]
    pub const fn new(remote_addr: SocketAddr) -> Self {
        Self {
            remote_addr: SocketAddr::new(remote_addr.ip(), remote_addr.port()),
            local_port: None,
            local_interface: None,
        }
    }
}

/// A port that the device listens on.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::ListeningPort;
///
/// assert_eq!(ListeningPort::new(22).port, Some(22));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ListeningPort {
    /// The port, from 1. The guide does not require it; an entry without one still counts.
    pub port: Option<u16>,
    /// The interface it is open on.
    pub interface: Option<String>,
}

impl ListeningPort {
    /// A port, on an interface that is not told.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ListeningPort;
    ///
    /// assert_eq!(ListeningPort::new(22).interface, None);
    /// ```
    #[must_use]
    pub const fn new(port: u16) -> Self {
        Self {
            port: Some(port),
            interface: None,
        }
    }
}

/// Traffic since the report before. Fields that the device does not tell are `None`, which is not
/// the same as 0.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{MetricsReport, NetworkStats};
///
/// let payload = br#"{"hed":{"rid":7,"v":"1.0"},"met":{"ns":{"bi":512,"po":0}}}"#;
/// let metrics = MetricsReport::from_json(payload)?.metrics.expect("are there");
/// let stats: NetworkStats = metrics.network_stats.expect("are there");
/// assert_eq!((stats.bytes_in, stats.bytes_out), (Some(512), None));
/// assert_eq!(stats.packets_out, Some(0));
/// # Ok::<(), iot_defender::detect::ReportError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct NetworkStats {
    /// Bytes received.
    pub bytes_in: Option<u64>,
    /// Bytes sent.
    pub bytes_out: Option<u64>,
    /// Packets received.
    pub packets_in: Option<u64>,
    /// Packets sent.
    pub packets_out: Option<u64>,
}
