//! Reads a report, in either format.

use alloc::borrow::{Cow, ToOwned as _};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::SocketAddr;
use core::num::NonZeroU64;

use iot_topics::reserved::PayloadFormat;

use super::custom::{self, CustomFault, CustomMetrics, CustomValue, DroppedMetric};
use super::error::{Fault, ReportError, ReportErrorKind};
use super::json::JsonReader;
use super::model::{
    Connection, DeviceMetrics, ListeningPort, Listing, MetricsReport, NetworkStats, ReportHeader,
    ReportVersion,
};
use super::names::{Field, ReportPlace};
use super::token::{Reader, Token};

/// How large and how deep a payload may be.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::ReportLimits;
///
/// assert_eq!(ReportLimits::AWS_IOT.max_bytes, 128 * 1024);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ReportLimits {
    /// Bytes of the payload.
    pub max_bytes: usize,
    /// Objects and arrays within each other. A report needs 6; beyond that is only what is
    /// ignored.
    pub max_depth: usize,
}

impl ReportLimits {
    /// The largest payload that AWS IoT Core takes ("AWS IoT Core endpoints and quotas", publish
    /// payload size), and 32 levels, which is our choice.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ReportLimits;
    ///
    /// assert_eq!(ReportLimits::default(), ReportLimits::AWS_IOT);
    /// ```
    pub const AWS_IOT: Self = Self {
        max_bytes: 128 * 1024,
        max_depth: 32,
    };
}

impl Default for ReportLimits {
    fn default() -> Self {
        Self::AWS_IOT
    }
}

impl MetricsReport {
    /// Reads a report that is JSON, within [`ReportLimits::AWS_IOT`].
    ///
    /// Linear in the payload; what is kept takes at most about 60 bytes for each of its bytes.
    ///
    /// # Errors
    ///
    /// [`ReportError`]: what is wrong first, and where. Custom metrics with wrong values are no
    /// error, [`dropped`](Self::dropped) has them.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::MetricsReport;
    ///
    /// let long = br#"{"header":{"report_id":1,"version":"1.0"},"metrics":{}}"#;
    /// let short = br#"{"hed":{"rid":1,"v":"1.0"},"met":{"of_others":[true]}}"#;
    /// assert_eq!(MetricsReport::from_json(long)?, MetricsReport::from_json(short)?);
    /// # Ok::<(), iot_defender::detect::ReportError>(())
    /// ```
    pub fn from_json(payload: &[u8]) -> Result<Self, ReportError> {
        Self::parse(PayloadFormat::Json, payload, ReportLimits::AWS_IOT)
    }

    /// Reads a report that is CBOR (RFC 8949) within [`ReportLimits::AWS_IOT`]: the maps of the
    /// JSON form, with their keys as text strings. Lengths may be indefinite. A tag makes a value
    /// of no field.
    ///
    /// # Errors
    ///
    /// As [`from_json`](Self::from_json).
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::MetricsReport;
    ///
    /// // {"hed": {"rid": 1, "v": "1.0"}, "met": {}}
    /// let payload = b"\xA2\x63hed\xA2\x63rid\x01\x61v\x631.0\x63met\xA0";
    /// assert_eq!(MetricsReport::from_cbor(payload)?.header.report_id.get(), 1);
    /// # Ok::<(), iot_defender::detect::ReportError>(())
    /// ```
    #[cfg(feature = "cbor")]
    pub fn from_cbor(payload: &[u8]) -> Result<Self, ReportError> {
        Self::parse(PayloadFormat::Cbor, payload, ReportLimits::AWS_IOT)
    }

    /// Reads a report of the format that its topic names, within limits.
    ///
    /// # Errors
    ///
    /// As [`from_json`](Self::from_json). [`ReportErrorKind::FormatNotBuilt`] for CBOR without the
    /// feature `cbor`.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{MetricsReport, ReportErrorKind, ReportLimits};
    /// use iot_topics::reserved::PayloadFormat;
    ///
    /// let mut limits = ReportLimits::AWS_IOT;
    /// limits.max_bytes = 3;
    /// let error = MetricsReport::parse(PayloadFormat::Json, b"null", limits).unwrap_err();
    /// assert_eq!(*error.kind(), ReportErrorKind::TooLarge { max: 3 });
    /// ```
    pub fn parse(
        format: PayloadFormat,
        payload: &[u8],
        limits: ReportLimits,
    ) -> Result<Self, ReportError> {
        let ReportLimits {
            max_bytes: max,
            max_depth,
        } = limits;
        let refuse = |kind| Err(Fault::new(kind).into_error(None));
        if payload.len() > max {
            return refuse(ReportErrorKind::TooLarge { max });
        }
        match format {
            PayloadFormat::Json => match JsonReader::new(payload, max_depth) {
                Ok(reader) => Parser::read(reader),
                Err(fault) => Err(fault.into_error(None)),
            },
            #[cfg(feature = "cbor")]
            PayloadFormat::Cbor => Parser::read(super::cbor::CborReader::new(payload, max_depth)),
            _ => refuse(ReportErrorKind::FormatNotBuilt),
        }
    }
}

struct Parser<R> {
    reader: R,
    /// As soon as it is known.
    report_id: Option<NonZeroU64>,
}

impl<'a, R: Reader<'a>> Parser<R> {
    fn read(reader: R) -> Result<MetricsReport, ReportError> {
        let mut this = Self {
            reader,
            report_id: None,
        };
        let read = this.report();
        read.map_err(|fault| fault.into_error(this.report_id.map(NonZeroU64::get)))
    }

    fn report(&mut self) -> Result<MetricsReport, Fault<'a>> {
        let (mut header, mut metrics, mut custom) = (None, None, None);
        self.object(ReportPlace::Root, |this, field| {
            match field {
                Field::Header => header = Some(this.header()?),
                Field::Metrics => metrics = Some(this.metrics()?),
                _ => custom = Some(this.custom_metrics()?),
            }
            Ok(())
        })?;
        self.reader.end()?;
        let header = header.ok_or_else(|| missing(Field::Header))?;
        if metrics.is_none() && custom.is_none() {
            return Err(Fault::new(ReportErrorKind::NoMetrics));
        }
        let (custom_metrics, dropped) = custom.unzip();
        Ok(MetricsReport {
            header,
            metrics,
            custom_metrics,
            dropped: dropped.unwrap_or_default(),
        })
    }

    fn header(&mut self) -> Result<ReportHeader, Fault<'a>> {
        let mut version = None;
        self.object(ReportPlace::Header, |this, field| {
            match field {
                Field::ReportId => {
                    let id = NonZeroU64::new(this.unsigned()?);
                    let id = id.ok_or(Fault::out_of_range("greater than 0"))?;
                    this.report_id = Some(id);
                }
                _ => version = Some(this.version()?),
            }
            Ok(())
        })?;
        Ok(ReportHeader {
            report_id: self.report_id.ok_or_else(|| missing(Field::ReportId))?,
            version: version.ok_or_else(|| missing(Field::Version))?,
        })
    }

    fn version(&mut self) -> Result<ReportVersion, Fault<'a>> {
        let parsed = self.text()?.parse();
        parsed.map_err(|_| Fault::out_of_range("a version like `1.0`"))
    }

    fn metrics(&mut self) -> Result<DeviceMetrics, Fault<'a>> {
        let mut metrics = DeviceMetrics::default();
        self.object(ReportPlace::Metrics, |this, field| {
            match field {
                Field::TcpConnections => {
                    metrics.established_connections = this.tcp_connections()?
                }
                Field::ListeningTcpPorts => {
                    metrics.listening_tcp_ports = Some(this.listening_ports()?);
                }
                Field::ListeningUdpPorts => {
                    metrics.listening_udp_ports = Some(this.listening_ports()?);
                }
                _ => metrics.network_stats = Some(this.network_stats()?),
            }
            Ok(())
        })?;
        Ok(metrics)
    }

    fn tcp_connections(&mut self) -> Result<Option<Listing<Connection>>, Fault<'a>> {
        let mut established = None;
        self.object(ReportPlace::TcpConnections, |this, _| {
            let listing = this.listing(ReportPlace::EstablishedConnections, Self::connection)?;
            established = Some(listing);
            Ok(())
        })?;
        Ok(established)
    }

    fn connection(&mut self) -> Result<Connection, Fault<'a>> {
        let (mut remote_addr, mut local_port, mut local_interface) = (None, None, None);
        self.object(ReportPlace::Connection, |this, field| {
            match field {
                Field::RemoteAddr => remote_addr = Some(this.remote_addr()?),
                Field::LocalPort => local_port = Some(this.unsigned()?),
                _ => local_interface = Some(this.owned_text()?),
            }
            Ok(())
        })?;
        Ok(Connection {
            remote_addr: remote_addr.ok_or_else(|| missing(Field::RemoteAddr))?,
            local_port,
            local_interface,
        })
    }

    fn remote_addr(&mut self) -> Result<SocketAddr, Fault<'a>> {
        let text = self.text()?;
        // A scope is not of the address, and not of the form of the guide.
        let parsed = text.parse().ok().filter(|_| !text.contains('%'));
        parsed.ok_or(Fault::out_of_range("`ip:port`"))
    }

    fn listening_ports(&mut self) -> Result<Listing<ListeningPort>, Fault<'a>> {
        self.listing(ReportPlace::ListeningPorts, Self::listening_port)
    }

    fn listening_port(&mut self) -> Result<ListeningPort, Fault<'a>> {
        let (mut port, mut interface) = (None, None);
        self.object(ReportPlace::ListeningPort, |this, field| {
            match field {
                Field::Port => {
                    let read = u16::try_from(this.unsigned()?)
                        .ok()
                        .filter(|port| *port > 0);
                    port = Some(read.ok_or(Fault::out_of_range("a port from 1 to 65535"))?);
                }
                _ => interface = Some(this.owned_text()?),
            }
            Ok(())
        })?;
        Ok(ListeningPort { port, interface })
    }

    fn network_stats(&mut self) -> Result<NetworkStats, Fault<'a>> {
        let mut stats = NetworkStats::default();
        self.object(ReportPlace::NetworkStats, |this, field| {
            let counter = match field {
                Field::BytesIn => &mut stats.bytes_in,
                Field::BytesOut => &mut stats.bytes_out,
                Field::PacketsIn => &mut stats.packets_in,
                _ => &mut stats.packets_out,
            };
            *counter = Some(this.unsigned()?);
            Ok(())
        })?;
        Ok(stats)
    }

    fn custom_metrics(&mut self) -> Result<(CustomMetrics, Vec<DroppedMetric>), Fault<'a>> {
        let mut read: BTreeMap<Cow<'a, str>, Result<CustomValue, CustomFault>> = BTreeMap::new();
        self.enter_map()?;
        while let Some(name) = self.reader.key()? {
            let value = if read.contains_key(&name) {
                Err(Fault::new(ReportErrorKind::Repeated))
            } else {
                custom::read(&mut self.reader)
            };
            match value {
                Ok(value) => drop(read.insert(name, value)),
                Err(fault) => return Err(fault.within_key(name)),
            }
        }
        Ok(CustomMetrics::keep(read))
    }

    /// A list and its total.
    fn listing<T>(
        &mut self,
        place: ReportPlace,
        read: fn(&mut Self) -> Result<T, Fault<'a>>,
    ) -> Result<Listing<T>, Fault<'a>> {
        let (mut items, mut total) = (None, None);
        self.object(place, |this, field| {
            match field {
                Field::Total => total = Some(this.unsigned()?),
                _ => items = Some(this.list(read)?),
            }
            Ok(())
        })?;
        Ok(Listing { items, total })
    }

    /// Reads the fields of an object, each once, and passes over what else it has.
    fn object(
        &mut self,
        place: ReportPlace,
        mut read: impl FnMut(&mut Self, Field) -> Result<(), Fault<'a>>,
    ) -> Result<(), Fault<'a>> {
        self.enter_map()?;
        let mut seen = 0_u32;
        while let Some(key) = self.reader.key()? {
            let field = Field::find(place, &key);
            let bit = field.map_or(0, |field| 1 << field as u32);
            let done = match field {
                Some(_) if seen & bit != 0 => Err(Fault::new(ReportErrorKind::Repeated)),
                Some(field) => read(self, field),
                None => self.reader.skip(),
            };
            done.map_err(|fault| fault.within_key(key))?;
            seen |= bit;
        }
        Ok(())
    }

    fn list<T>(
        &mut self,
        read: fn(&mut Self) -> Result<T, Fault<'a>>,
    ) -> Result<Vec<T>, Fault<'a>> {
        let token = self.reader.value()?;
        if !matches!(token, Token::List) {
            return Err(Fault::wrong_type("an array", token.found()));
        }
        let mut items = Vec::new();
        while self.reader.item()? {
            items.push(read(self).map_err(|fault| fault.within_item(items.len()))?);
        }
        Ok(items)
    }

    fn enter_map(&mut self) -> Result<(), Fault<'a>> {
        match self.reader.value()? {
            Token::Map => Ok(()),
            token => Err(Fault::wrong_type("an object", token.found())),
        }
    }

    fn text(&mut self) -> Result<Cow<'a, str>, Fault<'a>> {
        match self.reader.value()? {
            Token::Text(text) => Ok(text),
            token => Err(Fault::wrong_type("a string", token.found())),
        }
    }

    fn owned_text(&mut self) -> Result<String, Fault<'a>> {
        self.text().map(|text| text.as_ref().to_owned())
    }

    fn unsigned(&mut self) -> Result<u64, Fault<'a>> {
        match self.reader.value()? {
            Token::Unsigned(number) => Ok(number),
            Token::Number(_) => Err(Fault::out_of_range("a whole number from 0 to 2^64 - 1")),
            token => Err(Fault::wrong_type("a number", token.found())),
        }
    }
}

const fn missing<'a>(field: Field) -> Fault<'a> {
    Fault::new(ReportErrorKind::Missing { field })
}
