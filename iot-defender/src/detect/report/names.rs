//! The fields of a report: both their names, and where they stand.

use core::fmt;

/// Which of the two names of its fields a report uses. A report may mix them, field by field.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Field, Names};
///
/// assert_eq!(Field::NetworkStats.name(Names::Long), "network_stats");
/// assert_eq!(Field::NetworkStats.name(Names::Short), "ns");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the guide gives each field two names"
)]
pub enum Names {
    /// `network_stats`, `bytes_in`, ...
    #[default]
    Long,
    /// `ns`, `bi`, ...
    Short,
}

/// An object within a report.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Field, ReportPlace};
///
/// assert_eq!(Field::find(ReportPlace::Header, "rid"), Some(Field::ReportId));
/// assert_eq!(Field::find(ReportPlace::Metrics, "rid"), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ReportPlace {
    /// The report itself.
    Root,
    /// `header`.
    Header,
    /// `metrics`.
    Metrics,
    /// `tcp_connections`.
    TcpConnections,
    /// `established_connections`.
    EstablishedConnections,
    /// One of `connections`.
    Connection,
    /// `listening_tcp_ports` and `listening_udp_ports`.
    ListeningPorts,
    /// One of `ports`.
    ListeningPort,
    /// `network_stats`.
    NetworkStats,
}

/// The enum, and the table behind it.
macro_rules! fields {
    ($($(#[$meta:meta])* $field:ident = $long:literal, $short:literal, [$($place:ident),+];)+) => {
        /// A field of a report (developer guide, Sending metrics from devices).
        ///
        /// # Examples
        ///
        /// ```
        /// use iot_defender::detect::{Field, Names, ReportPlace};
        ///
        /// for field in Field::ALL.iter().copied() {
        ///     for place in field.places() {
        ///         for names in [Names::Long, Names::Short] {
        ///             assert_eq!(Field::find(*place, field.name(names)), Some(field));
        ///         }
        ///     }
        /// }
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Field {
            $($(#[$meta])* #[doc = concat!("(`", $long, "`, `", $short, "`)")] $field,)+
        }

        impl Field {
            /// Every field, in the order of the guide.
            ///
            /// # Examples
            ///
            /// ```
            /// assert_eq!(iot_defender::detect::Field::ALL.len(), 22);
            /// ```
            pub const ALL: &'static [Self] = &[$(Self::$field),+];

            const fn row(self) -> Row {
                match self {
                    $(Self::$field => ($long, $short, &[$(ReportPlace::$place),+]),)+
                }
            }
        }
    };
}

type Row = (&'static str, &'static str, &'static [ReportPlace]);

fields! {
    /// Number and version of the report.
    Header = "header", "hed", [Root];
    /// What the device measured of itself.
    Metrics = "metrics", "met", [Root];
    /// What the account has declared beyond that.
    CustomMetrics = "custom_metrics", "cmet", [Root];
    /// A number that rises from report to report; the time in seconds is usual.
    ReportId = "report_id", "rid", [Header];
    /// `Major.Minor`.
    Version = "version", "v", [Header];
    /// TCP connections by state.
    TcpConnections = "tcp_connections", "tc", [Metrics];
    /// Those of state `ESTABLISHED`.
    EstablishedConnections = "established_connections", "ec", [TcpConnections];
    /// All of them, or a sample.
    Connections = "connections", "cs", [EstablishedConnections];
    /// `ip:port` of the other side.
    RemoteAddr = "remote_addr", "rad", [Connection];
    /// The port on the device.
    LocalPort = "local_port", "lp", [Connection];
    /// The interface on the device.
    LocalInterface = "local_interface", "li", [Connection];
    /// TCP ports that the device listens on.
    ListeningTcpPorts = "listening_tcp_ports", "tp", [Metrics];
    /// UDP ports that the device listens on.
    ListeningUdpPorts = "listening_udp_ports", "up", [Metrics];
    /// All of them, or a sample.
    Ports = "ports", "pts", [ListeningPorts];
    /// A port.
    Port = "port", "pt", [ListeningPort];
    /// The interface it is open on.
    Interface = "interface", "if", [ListeningPort];
    /// How many there are, listed or not.
    Total = "total", "t", [EstablishedConnections, ListeningPorts];
    /// Traffic since the report before.
    NetworkStats = "network_stats", "ns", [Metrics];
    /// Bytes received.
    BytesIn = "bytes_in", "bi", [NetworkStats];
    /// Bytes sent.
    BytesOut = "bytes_out", "bo", [NetworkStats];
    /// Packets received.
    PacketsIn = "packets_in", "pi", [NetworkStats];
    /// Packets sent.
    PacketsOut = "packets_out", "po", [NetworkStats];
}

impl Field {
    /// The name on the wire.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Field, Names};
    ///
    /// assert_eq!(Field::RemoteAddr.name(Names::Short), "rad");
    /// ```
    #[must_use]
    pub const fn name(self, names: Names) -> &'static str {
        let (long, short, _) = self.row();
        match names {
            Names::Long => long,
            Names::Short => short,
        }
    }

    /// The objects that it may be a member of.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Field, ReportPlace};
    ///
    /// assert_eq!(Field::Port.places(), [ReportPlace::ListeningPort]);
    /// ```
    #[must_use]
    pub const fn places(self) -> &'static [ReportPlace] {
        self.row().2
    }

    /// The field of that object with that name, long or short. Case counts.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Field, ReportPlace};
    ///
    /// assert_eq!(Field::find(ReportPlace::Root, "met"), Some(Field::Metrics));
    /// assert_eq!(Field::find(ReportPlace::Root, "Metrics"), None);
    /// ```
    #[must_use]
    pub fn find(place: ReportPlace, key: &str) -> Option<Self> {
        let is_named = |field: &&Self| {
            let (long, short, places) = field.row();
            (key == long || key == short) && places.contains(&place)
        };
        Self::ALL.iter().find(is_named).copied()
    }
}

impl fmt::Display for Field {
    /// Writes the long name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name(Names::Long))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_object_has_a_name_twice() {
        for (index, field) in Field::ALL.iter().enumerate() {
            for other in &Field::ALL[index + 1..] {
                let together = other
                    .places()
                    .iter()
                    .any(|place| field.places().contains(place));
                let names = [Names::Long, Names::Short];
                let alike = names
                    .iter()
                    .any(|a| names.iter().any(|b| field.name(*a) == other.name(*b)));
                assert!(!(together && alike), "{field} and {other}");
            }
        }
    }
}
