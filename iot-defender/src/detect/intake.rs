//! From what devices report and the cloud counts to what is told: the parts of Detect at work
//! together.
//!
//! Sources: developer guide, "AWS IoT Device Defender Detect", "Detect metrics export"; API
//! reference, `MetricToRetain`.

mod snapshot;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use iot_topics::Timestamp;

use super::baseline::{Models, Percentiles};
use super::cloud::StepPart;
use super::definitions::Definitions;
use super::dimension::{Dimension, DimensionOperator, MetricDimension};
use super::engine::{DeviceId, Engine, Reading};
use super::export::{ExportBatch, MeasuredOf, MetricLog};
use super::metric::{Metric, MetricKind};
use super::name::ProfileName;
use super::profile::{MetricsExport, SecurityProfile};
use super::report::Datapoints;
use super::value::{Datapoint, MessageSizes};
use super::violation::ViolationEvent;

/// What arrives until a step ends: reports of devices, and what the cloud counts of them. Then
/// [`step`](Self::step) lets the engine judge it, keeps the values that profiles measure, and
/// gathers what is to be sent to whom.
///
/// Of more than one datapoint of a metric of a device counters and sizes of messages are added, and
/// of others the last counts. What is not of the metric's type is passed over.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{
///     CloudCollector, CloudEvent, Definitions, DetectError, Engine, Intake, MetricLog,
///     MetricsReport, NearestRank, NoModels, Observation, SecurityProfile, Target,
/// };
/// use iot_topics::{Timestamp, TopicNameRef};
/// use serde_json::json;
///
/// let definitions = Definitions::default();
/// let profile = SecurityProfile::create("lamps".parse()?, &json!({
///     "behaviors": [{
///         "name": "Quiet",
///         "metric": "aws:num-messages-sent",
///         "criteria": { "comparisonOperator": "less-than", "value": { "count": 2 } },
///     }],
///     "alertTargets": { "SNS": { "alertTargetArn": "arn:topic", "roleArn": "arn:role" } },
///     "additionalMetricsToRetainV2": [{ "metric": "aws:all-bytes-in", "exportMetric": true }],
///     "metricsExportConfig": { "mqttTopic": "metrics", "roleArn": "arn:role" },
/// }), &definitions)?;
/// let mut engine = Engine::new();
/// engine.set_profile(&profile);
/// engine.attach("lamps", Target::All)?;
/// let lamp = engine.set_device("lamp-7", true, []);
///
/// let start = Timestamp::from_secs(600);
/// let mut gateway = CloudCollector::new(Intake::scopes(&engine, &definitions), start);
/// for _ in 0..2 {
///     let topic = TopicNameRef::parse("state").unwrap();
///     let event = CloudEvent::MessageSent { topic, bytes: 40 };
///     gateway.observe(Observation::new("lamp-7", event), start).unwrap();
/// }
/// let report = br#"{"hed":{"rid":1,"v":"1.0"},"met":{"ns":{"bi":512}}}"#;
/// let report = MetricsReport::from_json(report).unwrap();
///
/// let mut intake = Intake::default();
/// intake.take_report(lamp, report.datapoints(|_| None));
/// let part = gateway.close();
/// intake.take_cloud(&part, &mut engine);
/// let mut log = MetricLog::default();
/// let told = intake.step(&mut engine, Some(&mut log), part.end(), &mut NearestRank, &NoModels);
/// assert_eq!(told.events[0].behavior.name().as_str(), "Quiet");
/// assert_eq!(told.alerts[0].topic_arn, "arn:topic");
/// assert_eq!(told.exports[0].to.topic, "metrics");
/// assert!(intake.is_empty());
/// # Ok::<(), DetectError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Intake {
    arrived: Vec<Arrived>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Arrived {
    device: DeviceId,
    metric: Metric,
    dimension: Option<MetricDimension>,
    value: Datapoint,
}

/// What a step tells, and to whom.
///
/// # Examples
///
/// See [`Intake`].
///
/// ```
/// use iot_defender::detect::{Told, violation_figures};
///
/// let told = Told::default();
/// assert!(violation_figures(&told.events).is_empty()); // for CloudWatch
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Told {
    /// What happened to alarms, by profile, behavior and thing.
    pub events: Vec<ViolationEvent>,
    /// What subscribers are told of them, in their order.
    pub alerts: Vec<Alert>,
    /// The values that profiles export, by profile.
    pub exports: Vec<Export>,
}

/// A text for an SNS topic.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::Alert;
///
/// fn print(alert: &Alert) {
///     println!("{} as {}: {}", alert.topic_arn, alert.role_arn, alert.message);
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Alert {
    /// The topic.
    pub topic_arn: String,
    /// The role that may publish to it.
    pub role_arn: String,
    /// The [notification](ViolationEvent::notification) as JSON.
    pub message: String,
}

/// Values that a profile exports.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::Export;
///
/// fn payload(export: &Export) -> (&str, String) {
///     (&export.to.topic, serde_json::to_string(&export.batch).expect("is plain JSON"))
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Export {
    /// The profile.
    pub profile: ProfileName,
    /// Where to.
    pub to: MetricsExport,
    /// The values, which are all in version 1: none is told twice.
    pub batch: ExportBatch,
}

impl Intake {
    /// What a [collector](super::CloudCollector) must count for the profiles of an engine: each
    /// dimension that they measure by, with its operator. Dimensions that are not defined are left
    /// out.
    #[must_use]
    pub fn scopes(
        engine: &Engine,
        definitions: &Definitions,
    ) -> Vec<(Dimension, DimensionOperator)> {
        let metrics = engine.profiles().flat_map(SecurityProfile::metrics);
        let mut named: Vec<_> = metrics.filter_map(|(_, dimension)| dimension).collect();
        named.sort_unstable();
        named.dedup();
        let defined = named.into_iter().filter_map(|named| {
            let dimension = definitions.dimension(named.name.as_str())?;
            Some((dimension.clone(), named.operator))
        });
        defined.collect()
    }

    /// Takes what the report of a device says of metrics.
    pub fn take_report(&mut self, device: DeviceId, datapoints: Datapoints) {
        for (metric, value) in datapoints.values {
            self.take(device, metric, None, value);
        }
    }

    /// Takes what the cloud counted in a step. A name is the thing of that name, or else the device
    /// that is not in the registry: if the engine does not know it, it does from now on. Whoever
    /// sees names that come once lets go of them with [`Engine::remove_device`].
    pub fn take_cloud(&mut self, part: &StepPart, engine: &mut Engine) {
        let mut last: Option<(&str, DeviceId)> = None;
        for datapoint in part.datapoints() {
            let name = datapoint.device;
            let device = match last {
                Some((known, device)) if known == name => device,
                _ => {
                    let known = engine.device(name, true);
                    let known = known.or_else(|| engine.device(name, false));
                    known.unwrap_or_else(|| engine.set_device(name, false, []))
                }
            };
            last = Some((name, device));
            let dimension = datapoint.dimension.cloned();
            self.take(device, datapoint.metric.into(), dimension, datapoint.value);
        }
    }

    /// Takes one datapoint of a device.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{AwsMetric, Datapoint, Engine, Intake};
    ///
    /// let lamp = Engine::new().set_device("lamp-7", true, []);
    /// let mut intake = Intake::default();
    /// intake.take(lamp, AwsMetric::NumDisconnects.into(), None, Datapoint::Ports(vec![22]));
    /// assert!(intake.is_empty()); // these are no disconnects
    /// intake.take(lamp, AwsMetric::NumDisconnects.into(), None, Datapoint::Count(1));
    /// assert!(!intake.is_empty());
    /// ```
    pub fn take(
        &mut self,
        device: DeviceId,
        metric: Metric,
        dimension: Option<MetricDimension>,
        value: Datapoint,
    ) {
        if fits(&metric, &value) {
            self.arrived.push(Arrived {
                device,
                metric,
                dimension,
                value,
            });
        }
    }

    /// Whether nothing has arrived since the last step.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.arrived.is_empty()
    }

    /// Ends the step that ended last before `now`: [`Engine::step`] with all that arrived, which is
    /// forgotten here. The log, if there is one, keeps each value that a profile of the device
    /// measures, by a behavior or a retained metric; the exports are of those among them that the
    /// profile exports.
    ///
    /// A step ends once: until a later one ends nothing happens, and what arrived stays for that.
    ///
    /// The cost is that of sorting what arrived, of the step, and for each value of a look at the
    /// metrics of its profiles. Once a day the log is looked through for what is too old.
    #[must_use = "what happened is told once"]
    pub fn step(
        &mut self,
        engine: &mut Engine,
        mut log: Option<&mut MetricLog>,
        now: Timestamp,
        percentiles: &mut dyn Percentiles,
        models: &dyn Models,
    ) -> Told {
        let end = Timestamp::from_secs(now.as_secs() / STEP * STEP);
        let before = engine.newest_step();
        if end <= before {
            return Told::default();
        }
        let arrived = merged(core::mem::take(&mut self.arrived));
        let readings = arrived.iter().filter_map(|it| {
            Some(Reading {
                device: it.device,
                series: engine.series(&it.metric, it.dimension.as_ref())?,
                value: &it.value,
            })
        });
        let readings: Vec<Reading<'_>> = readings.collect();
        let events = engine.step(now, &readings, percentiles, models);
        let exports = keep(&arrived, engine, log.as_deref_mut(), end);
        if let Some(log) = log
            && before.as_secs() / DAY < end.as_secs() / DAY
        {
            log.expire(end);
        }
        Told {
            alerts: events
                .iter()
                .filter_map(|event| alert(event, engine))
                .collect(),
            events,
            exports,
        }
    }
}

/// A step, and a day, in seconds.
const STEP: u64 = 300;
const DAY: u64 = 86_400;

fn fits(metric: &Metric, value: &Datapoint) -> bool {
    let is_count = matches!(value, Datapoint::Count(_) | Datapoint::Sizes(_));
    match metric {
        Metric::Aws(metric) => {
            metric.value_type() == value.value_type()
                && (metric.kind() == MetricKind::MessageSize
                    || !matches!(value, Datapoint::Sizes(_)))
        }
        Metric::Custom(_) => !is_count,
    }
}

/// One datapoint for each metric of each device.
fn merged(mut arrived: Vec<Arrived>) -> Vec<Arrived> {
    // Stable: of what is not added the last stays the last.
    arrived.sort_by(|one, other| one.of().cmp(&other.of()));
    arrived.dedup_by(|later, before| {
        let is_same = later.of() == before.of();
        if is_same {
            let value = core::mem::replace(&mut later.value, Datapoint::Count(0));
            add(&before.metric, &mut before.value, value);
        }
        is_same
    });
    arrived
}

fn add(metric: &Metric, before: &mut Datapoint, later: Datapoint) {
    let sizes = |value: &Datapoint| match value {
        Datapoint::Sizes(sizes) => Some(*sizes),
        Datapoint::Count(bytes) => Some(MessageSizes::of(*bytes)),
        _ => None,
    };
    let kind = match metric {
        Metric::Aws(metric) => metric.kind(),
        Metric::Custom(_) => MetricKind::Gauge,
    };
    *before = match (kind, &*before, later) {
        (MetricKind::Counter, Datapoint::Count(before), Datapoint::Count(later)) => {
            Datapoint::Count(before.saturating_add(later))
        }
        (MetricKind::MessageSize, before, later) => match (sizes(before), sizes(&later)) {
            (Some(before), Some(later)) => Datapoint::Sizes(before.and(later)),
            _ => later,
        },
        (_, _, later) => later,
    };
}

impl Arrived {
    const fn of(&self) -> (DeviceId, &Metric, &Option<MetricDimension>) {
        (self.device, &self.metric, &self.dimension)
    }
}

/// Puts values into the log, and those that are exported into batches.
fn keep(
    arrived: &[Arrived],
    engine: &Engine,
    mut log: Option<&mut MetricLog>,
    end: Timestamp,
) -> Vec<Export> {
    let mut batches: BTreeMap<&ProfileName, (&MetricsExport, ExportBatch)> = BTreeMap::new();
    for of_device in arrived.chunk_by(|one, other| one.device == other.device) {
        let Some(device) = of_device.first().map(|first| first.device) else {
            continue;
        };
        let Some((name, _)) = engine.name_of(device) else {
            continue;
        };
        let profiles = engine.profiles_of(device);
        for it in of_device {
            let (metric, dimension) = (&it.metric, it.dimension.as_ref());
            let mut measured = profiles.iter().flat_map(|profile| profile.metrics());
            if !measured.any(|wanted| wanted == (metric, dimension)) {
                continue;
            }
            let of = MeasuredOf::new(name, metric.clone(), it.dimension.clone());
            for profile in &profiles {
                if let Some(to) = profile.export()
                    && profile.is_exported(metric, dimension)
                {
                    let empty = || (to, ExportBatch::default());
                    let (_, batch) = batches.entry(profile.name()).or_insert_with(empty);
                    batch.push(of.clone(), end, 1, &it.value);
                }
            }
            if let Some(log) = &mut log {
                log.push(&of, end, &it.value);
            }
        }
    }
    let exports = batches.into_iter().map(|(profile, (to, batch))| Export {
        profile: profile.clone(),
        to: to.clone(),
        batch,
    });
    exports.collect()
}

/// Nobody is told of a profile that is gone.
fn alert(event: &ViolationEvent, engine: &Engine) -> Option<Alert> {
    let profile = engine.profile(event.profile.as_str())?;
    let target = profile.alert_target().filter(|_| event.is_notified())?;
    // INVARIANT: numbers, texts, and maps with texts as keys.
    let message = serde_json::to_string(&event.notification()).unwrap_or_default();
    Some(Alert {
        topic_arn: target.topic_arn.clone(),
        role_arn: target.role_arn.clone(),
        message,
    })
}
