//! Reports as a device makes them, so that firmware can be tested against them.

use alloc::vec::Vec;
use core::num::NonZeroU64;

use iot_topics::Timestamp;

use super::report::{
    Connection, CustomMetrics, DeviceMetrics, ListeningPort, Listing, MetricsReport, NetworkStats,
    ReportHeader,
};

/// What the operating system counts since it started. What it does not count is `None`.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::TrafficCounters;
///
/// let mut counters = TrafficCounters::default();
/// counters.bytes_in = Some(1_000);
/// assert_eq!(counters.packets_in, None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct TrafficCounters {
    /// Bytes received.
    pub bytes_in: Option<u64>,
    /// Bytes sent.
    pub bytes_out: Option<u64>,
    /// Packets received.
    pub packets_in: Option<u64>,
    /// Packets sent.
    pub packets_out: Option<u64>,
}

/// What a device sees of itself at one time.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{DeviceSample, ListeningPort};
///
/// let mut sample = DeviceSample::default();
/// sample.listening_tcp_ports = Some(vec![ListeningPort::new(22)]);
/// assert!(sample.connections.is_none());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeviceSample {
    /// What has been counted up to now.
    pub counters: Option<TrafficCounters>,
    /// All established TCP connections.
    pub connections: Option<Vec<Connection>>,
    /// All TCP ports that it listens on.
    pub listening_tcp_ports: Option<Vec<ListeningPort>>,
    /// All UDP ports that it listens on.
    pub listening_udp_ports: Option<Vec<ListeningPort>>,
    /// Custom metrics. A report has the block if there is one.
    pub custom_metrics: CustomMetrics,
}

/// What it means that a counter is less than it was.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::CounterRule;
///
/// assert_eq!(CounterRule::Resets.delta(100, 130), 30);
/// assert_eq!(CounterRule::Resets.delta(100, 7), 7);
/// assert_eq!(CounterRule::Wraps32.delta(u64::from(u32::MAX) - 9, 7), 17);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a counter begins again for one of these two reasons"
)]
pub enum CounterRule {
    /// It began again at zero, as behind a restart: at least what it counts now came since.
    /// Counters of 64 bits do not run over in practice.
    #[default]
    Resets,
    /// It has 32 bits and ran over, once. A restart looks the same, and then up to 4 GiB are told
    /// that never were. Higher bits of a counter do not count.
    Wraps32,
}

impl CounterRule {
    /// How much came since.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::CounterRule;
    ///
    /// assert_eq!(CounterRule::Wraps32.delta(5, 5), 0);
    /// ```
    #[must_use]
    pub const fn delta(self, before: u64, now: u64) -> u64 {
        match self {
            Self::Resets => match now.checked_sub(before) {
                Some(delta) => delta,
                None => now,
            },
            Self::Wraps32 => (now as u32).wrapping_sub(before as u32) as u64,
        }
    }
}

/// Makes the reports of one device from what it sees of itself: counters become deltas, long lists
/// are sampled and keep their total, the numbers of the reports rise.
///
/// The agent of AWS for Python does so (AWS IoT Device Defender agent SDK): the first sample has
/// nothing to be set against and is not sent, and lists have at most 50 items.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{DeviceSample, Names, ReportBuilder, TrafficCounters};
/// use iot_topics::Timestamp;
///
/// let mut builder = ReportBuilder::new();
/// let mut sample = |bytes_in, at| {
///     let mut counters = TrafficCounters::default();
///     counters.bytes_in = Some(bytes_in);
///     let mut sample = DeviceSample::default();
///     sample.counters = Some(counters);
///     builder.report(sample, |_| 0, Timestamp::from_secs(at))
/// };
/// assert_eq!(sample(1_000, 600), None);
/// let report = sample(1_250, 900).unwrap();
/// assert_eq!(
///     report.to_json(Names::Short),
///     r#"{"hed":{"rid":900,"v":"1.0"},"met":{"ns":{"bi":250}}}"#,
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportBuilder {
    max_items: usize,
    rule: CounterRule,
    /// The counters of the sample before, if there was one.
    before: Option<TrafficCounters>,
    last_id: u64,
}

impl ReportBuilder {
    /// At most 50 items a list, and counters that [reset](CounterRule::Resets).
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::ReportBuilder;
    ///
    /// assert_eq!(ReportBuilder::new(), ReportBuilder::default());
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Self {
            max_items: 50,
            rule: CounterRule::Resets,
            before: None,
            last_id: 0,
        }
    }

    /// With lists of at most so many items.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{DeviceSample, ListeningPort, ReportBuilder};
    ///
    /// let mut builder = ReportBuilder::new().with_max_items(2);
    /// builder.report(DeviceSample::default(), |_| 0, Default::default());
    /// let mut sample = DeviceSample::default();
    /// sample.listening_udp_ports = Some((1..=9).map(ListeningPort::new).collect());
    /// let report = builder.report(sample, |_| 0, Default::default()).unwrap();
    /// let udp = report.metrics.unwrap().listening_udp_ports.unwrap();
    /// assert_eq!(udp.items, Some(vec![ListeningPort::new(1), ListeningPort::new(2)]));
    /// assert_eq!(udp.total, Some(9));
    /// ```
    #[must_use]
    pub const fn with_max_items(mut self, max_items: usize) -> Self {
        self.max_items = max_items;
        self
    }

    /// With another rule for counters that are less than they were.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{CounterRule, ReportBuilder};
    ///
    /// let builder = ReportBuilder::new().with_counters(CounterRule::Wraps32);
    /// assert_ne!(builder, ReportBuilder::new());
    /// ```
    #[must_use]
    pub const fn with_counters(mut self, rule: CounterRule) -> Self {
        self.rule = rule;
        self
    }

    /// The report of a sample; `None` for the first one, which only begins the counters.
    ///
    /// A counter that the sample before did not have is left out. The number of the report is the
    /// time in seconds, or one more than the last if that is not greater.
    ///
    /// Where a list is too long, `draw` chooses: it is asked for a number below its argument, once
    /// for each item as long as some are wanted, and chooses the item if what it says is less than
    /// how many still are. A random number below the argument makes every choice equally likely; 0
    /// takes the first items. The order of the items stays.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{DeviceSample, ReportBuilder};
    /// use iot_topics::Timestamp;
    ///
    /// let mut builder = ReportBuilder::new();
    /// let now = Timestamp::from_secs(900);
    /// assert!(builder.report(DeviceSample::default(), |_| 0, now).is_none());
    /// let ids = [(); 2].map(|()| {
    ///     let report = builder.report(DeviceSample::default(), |_| 0, now);
    ///     report.unwrap().header.report_id.get()
    /// });
    /// assert_eq!(ids, [900, 901]);
    /// ```
    #[must_use]
    pub fn report(
        &mut self,
        sample: DeviceSample,
        mut draw: impl FnMut(usize) -> usize,
        now: Timestamp,
    ) -> Option<MetricsReport> {
        let DeviceSample {
            counters,
            connections,
            listening_tcp_ports,
            listening_udp_ports,
            custom_metrics,
        } = sample;
        let counted = counters.unwrap_or_default();
        let before = self.before.replace(counted)?;
        let next_id = self.last_id.saturating_add(1).max(now.as_secs());
        let report_id = NonZeroU64::new(next_id)?;
        self.last_id = next_id;

        let delta = |before: Option<u64>, now: Option<u64>| Some(self.rule.delta(before?, now?));
        let network_stats = counters.map(|_| NetworkStats {
            bytes_in: delta(before.bytes_in, counted.bytes_in),
            bytes_out: delta(before.bytes_out, counted.bytes_out),
            packets_in: delta(before.packets_in, counted.packets_in),
            packets_out: delta(before.packets_out, counted.packets_out),
        });
        let max = self.max_items;
        let metrics = DeviceMetrics {
            established_connections: connections.map(|it| listing(it, max, &mut draw)),
            listening_tcp_ports: listening_tcp_ports.map(|it| listing(it, max, &mut draw)),
            listening_udp_ports: listening_udp_ports.map(|it| listing(it, max, &mut draw)),
            network_stats,
        };
        let mut report = MetricsReport::new(ReportHeader::new(report_id));
        report.metrics = Some(metrics);
        report.custom_metrics = (!custom_metrics.is_empty()).then_some(custom_metrics);
        Some(report)
    }
}

impl Default for ReportBuilder {
    fn default() -> Self {
        Self::new()
    }
}

/// At most so many of the items, and how many there are.
fn listing<T>(items: Vec<T>, max: usize, draw: &mut impl FnMut(usize) -> usize) -> Listing<T> {
    let total = items.len();
    if total <= max {
        return Listing::of(items);
    }
    let mut wanted = max;
    let mut left = total;
    let chosen = items.into_iter().filter(|_| {
        let is_chosen = wanted > 0 && (left <= wanted || draw(left) < wanted);
        left -= 1;
        wanted -= usize::from(is_chosen);
        is_chosen
    });
    Listing {
        items: Some(chosen.collect()),
        total: Some(total as u64),
    }
}
