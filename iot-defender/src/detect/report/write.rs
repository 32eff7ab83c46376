//! Writes a report, in either format.

use alloc::string::{String, ToString as _};
#[cfg(feature = "cbor")]
use alloc::vec::Vec;

use super::custom::{CustomMetrics, CustomValue, KINDS};
use super::json::JsonWriter;
use super::model::{
    Connection, DeviceMetrics, ListeningPort, Listing, MetricsReport, NetworkStats,
};
use super::names::{Field, Names};
use super::token::Writer;

impl MetricsReport {
    /// Writes the report as JSON, with long or short names. [`from_json`](Self::from_json) gives
    /// it back, but for what was [dropped](Self::dropped).
    ///
    /// # Examples
    ///
    /// ```
    /// use core::num::NonZeroU64;
    /// use iot_defender::detect::{MetricsReport, Names, ReportHeader};
    ///
    /// let report = MetricsReport::new(ReportHeader::new(NonZeroU64::MIN));
    /// assert_eq!(report.to_json(Names::Short), r#"{"hed":{"rid":1,"v":"1.0"},"met":{}}"#);
    /// ```
    #[must_use]
    pub fn to_json(&self, names: Names) -> String {
        let mut writer = JsonWriter::default();
        let out = &mut writer;
        Composer { out, names }.report(self);
        writer.finish()
    }

    /// Writes the report as CBOR, with long or short names. [`from_cbor`](Self::from_cbor) gives
    /// it back, but for what was [dropped](Self::dropped).
    ///
    /// # Examples
    ///
    /// ```
    /// use core::num::NonZeroU64;
    /// use iot_defender::detect::{MetricsReport, Names, ReportHeader};
    ///
    /// let report = MetricsReport::new(ReportHeader::new(NonZeroU64::MIN));
    /// let payload = report.to_cbor(Names::Short);
    /// assert_eq!(payload, b"\xA2\x63hed\xA2\x63rid\x01\x61v\x631.0\x63met\xA0");
    /// ```
    #[cfg(feature = "cbor")]
    #[must_use]
    pub fn to_cbor(&self, names: Names) -> Vec<u8> {
        let mut writer = super::cbor::CborWriter::new();
        let out = &mut writer;
        Composer { out, names }.report(self);
        writer.finish()
    }
}

struct Composer<'w, W> {
    out: &'w mut W,
    names: Names,
}

impl<W: Writer> Composer<'_, W> {
    fn report(&mut self, report: &MetricsReport) {
        let MetricsReport {
            header,
            metrics,
            custom_metrics,
            dropped: _,
        } = report;
        self.object([true, metrics.is_some(), custom_metrics.is_some()]);
        self.key(Field::Header);
        self.object([true, true]);
        self.unsigned(Field::ReportId, Some(header.report_id.get()));
        self.text(Field::Version, Some(&header.version.to_string()));
        self.out.end();
        self.optional(Field::Metrics, metrics.as_ref(), Self::metrics);
        self.optional(Field::CustomMetrics, custom_metrics.as_ref(), Self::custom);
        self.out.end();
    }

    fn metrics(&mut self, metrics: &DeviceMetrics) {
        let DeviceMetrics {
            established_connections,
            listening_tcp_ports,
            listening_udp_ports,
            network_stats,
        } = metrics;
        self.object([
            established_connections.is_some(),
            listening_tcp_ports.is_some(),
            listening_udp_ports.is_some(),
            network_stats.is_some(),
        ]);
        let connections = established_connections.as_ref();
        self.optional(Field::TcpConnections, connections, |this, connections| {
            this.object([true]);
            this.key(Field::EstablishedConnections);
            this.listing(Field::Connections, connections, Self::connection);
            this.out.end();
        });
        self.optional(
            Field::ListeningTcpPorts,
            listening_tcp_ports.as_ref(),
            Self::ports,
        );
        self.optional(
            Field::ListeningUdpPorts,
            listening_udp_ports.as_ref(),
            Self::ports,
        );
        self.optional(Field::NetworkStats, network_stats.as_ref(), Self::stats);
        self.out.end();
    }

    fn connection(&mut self, connection: &Connection) {
        let Connection {
            remote_addr,
            local_port,
            local_interface,
        } = connection;
        self.object([true, local_port.is_some(), local_interface.is_some()]);
        // Without scope and flow, which a report has not.
        let remote_addr = Connection::new(*remote_addr).remote_addr.to_string();
        self.text(Field::RemoteAddr, Some(&remote_addr));
        self.unsigned(Field::LocalPort, *local_port);
        self.text(Field::LocalInterface, local_interface.as_deref());
        self.out.end();
    }

    fn ports(&mut self, ports: &Listing<ListeningPort>) {
        self.listing(Field::Ports, ports, |this, listening| {
            let ListeningPort { port, interface } = listening;
            this.object([port.is_some(), interface.is_some()]);
            this.unsigned(Field::Port, port.map(u64::from));
            this.text(Field::Interface, interface.as_deref());
            this.out.end();
        });
    }

    fn stats(&mut self, stats: &NetworkStats) {
        let NetworkStats {
            bytes_in,
            bytes_out,
            packets_in,
            packets_out,
        } = *stats;
        let counters = [
            (Field::BytesIn, bytes_in),
            (Field::BytesOut, bytes_out),
            (Field::PacketsIn, packets_in),
            (Field::PacketsOut, packets_out),
        ];
        self.object(counters.map(|(_, counter)| counter.is_some()));
        for (field, counter) in counters {
            self.unsigned(field, counter);
        }
        self.out.end();
    }

    fn custom(&mut self, metrics: &CustomMetrics) {
        self.out.map(metrics.len());
        for (name, value) in metrics.iter() {
            self.out.key(name.as_str());
            self.out.list(1);
            self.out.map(1);
            let kind = KINDS.iter().find(|(_, kind)| *kind == value.metric_type());
            self.out.key(kind.map_or("", |(key, _)| key));
            match value {
                CustomValue::Number(number) => self.out.number(number.get()),
                CustomValue::Numbers(numbers) => {
                    self.list(numbers, |this, number| this.out.number(number.get()));
                }
                CustomValue::Strings(texts) => {
                    self.list(texts, |this, text| this.out.text(text));
                }
                CustomValue::Addresses(addresses) => {
                    self.list(addresses, |this, address| {
                        this.out.text(&address.to_string())
                    });
                }
            }
            self.out.end();
            self.out.end();
        }
        self.out.end();
    }

    fn listing<T>(&mut self, items: Field, listing: &Listing<T>, write: fn(&mut Self, &T)) {
        self.object([listing.items.is_some(), listing.total.is_some()]);
        self.optional(items, listing.items.as_deref(), |this, items| {
            this.list(items, write)
        });
        self.unsigned(Field::Total, listing.total);
        self.out.end();
    }

    fn list<T>(&mut self, items: &[T], write: fn(&mut Self, &T)) {
        self.out.list(items.len());
        for item in items {
            write(self, item);
        }
        self.out.end();
    }

    /// Begins an object of those members that are there.
    fn object<const N: usize>(&mut self, is_there: [bool; N]) {
        self.out
            .map(is_there.into_iter().filter(|is_there| *is_there).count());
    }

    fn key(&mut self, field: Field) {
        self.out.key(field.name(self.names));
    }

    fn optional<T: ?Sized>(
        &mut self,
        field: Field,
        value: Option<&T>,
        write: impl FnOnce(&mut Self, &T),
    ) {
        if let Some(value) = value {
            self.key(field);
            write(self, value);
        }
    }

    fn unsigned(&mut self, field: Field, number: Option<u64>) {
        self.optional(field, number.as_ref(), |this, number| {
            this.out.unsigned(*number)
        });
    }

    fn text(&mut self, field: Field, text: Option<&str>) {
        self.optional(field, text, |this, text| this.out.text(text));
    }
}
