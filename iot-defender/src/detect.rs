//! Device Defender's Detect: what is normal for devices, and who is not.
//!
//! # From reports and messages to alarms
//!
//! 1. What is normal is said by [`SecurityProfile`]s, each a list of [`Behavior`]s. They are read from
//!    the JSON of the API, against the [`Definitions`] of the account: its custom metrics and
//!    [`Dimension`]s. [`Threat`] has ready ones; [`SecurityProfiles`] decides on the requests of an
//!    account about all of these.
//! 2. [`receive_report`] takes what a device publishes of itself: its answer, and [`Datapoints`].
//!    [`ReportGates`] does so for all things, with the quota of the account. A [`CloudCollector`]
//!    counts what one broker sees; at the end of a step it gives a [`StepPart`], and parts merge.
//! 3. [`Intake`] takes both and, at the end of a step, lets an [`Engine`] judge them. What comes out
//!    is [`Told`]: [`ViolationEvent`]s, texts for SNS, values to export. Who has datapoints already
//!    needs [`Engine::step`] alone.
//! 4. For behaviors that compare with other devices or with the past the engine asks
//!    [`Percentiles`]: [`NearestRank`], or [`FleetPercentiles`] if it has a part of the fleet; and
//!    [`Models`]: [`NoModels`], or [`TrainedModels`] from [`Training`].
//! 5. Afterwards [`ViolationFilter`], [`ViolationEventQuery`] and [`MetricValueQuery`] list,
//!    [`violation_figures`] and [`fleet_index`] tell CloudWatch and the fleet index, and
//!    [`DetectMitigationTasks`] do something about it.
//!
//! A step is five minutes and ends at a multiple of 300 seconds; time comes in as an argument.
//! [`Engine::snapshot`] and its like keep what there is over a restart. On the other side, a
//! [`ReportBuilder`] makes the reports of a device.
//!
//! # Examples
//!
//! A device reports that it sent more than it should:
//!
//! ```
//! use iot_defender::detect::{
//!     Definitions, Engine, Intake, NearestRank, NoModels, ReceivedReport, ReportGates,
//!     SecurityProfile, Target, ViolationEventType,
//! };
//! use iot_topics::Timestamp;
//! use iot_topics::reserved::PayloadFormat;
//! use serde_json::json;
//!
//! let profile = SecurityProfile::create("lamps".parse()?, &json!({ "behaviors": [{
//!     "name": "Quiet",
//!     "metric": "aws:all-bytes-out",
//!     "criteria": { "comparisonOperator": "less-than", "value": { "count": 1000 } },
//! }] }), &Definitions::default())?;
//! let mut engine = Engine::new();
//! engine.set_profile(&profile);
//! engine.attach("lamps", Target::Registered)?;
//! let lamp = engine.set_device("lamp-7", true, []);
//!
//! // On `$aws/things/lamp-7/defender/metrics/json`; no custom metrics are defined.
//! let payload = br#"{"hed":{"rid":1,"v":"1.0"},"met":{"ns":{"bo":4096}}}"#;
//! let now = Timestamp::from_secs(1_573_786_800);
//! let mut gates = ReportGates::default();
//! let received = gates.receive("lamp-7", PayloadFormat::Json, payload, |_| None, now);
//! assert_eq!(received.reply.error(), None);
//! let mut intake = Intake::default();
//! if let ReceivedReport::Accepted { datapoints, .. } = received.outcome {
//!     intake.take_report(lamp, datapoints);
//! }
//!
//! let told = intake.step(&mut engine, None, now, &mut NearestRank, &NoModels);
//! assert_eq!(told.events[0].event_type, ViolationEventType::InAlarm);
//! assert_eq!(told.events[0].thing, "lamp-7");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod baseline;
mod behavior;
mod builder;
mod bytes;
mod cidr;
mod cloud;
mod definitions;
mod dimension;
mod engine;
mod export;
mod figures;
mod history;
mod intake;
mod lines;
mod metric;
mod mitigation;
mod ml;
mod name;
mod number;
mod profile;
mod profiles;
mod quantile;
mod query;
mod refusal;
mod report;
mod series;
mod sketch;
mod target;
mod threat;
mod value;
mod violation;
mod wire;

pub use crate::paging::PageSize;
pub use baseline::{Band, BehaviorRef, Models, NearestRank, NoModels, Percentiles};
pub use behavior::Behavior;
pub use behavior::criteria::{
    BehaviorDuration, Condition, ConfidenceLevel, Consecutive, Criteria, CriteriaType,
};
pub use behavior::operator::{Bound, ComparisonOperator, Membership};
pub use behavior::statistic::Statistic;
pub use behavior::validation::{BehaviorError, BehaviorFault};
pub use builder::{CounterRule, DeviceSample, ReportBuilder, TrafficCounters};
pub use cidr::{Cidr, CidrError, CidrSet, address_of};
pub use cloud::{
    CloudCollector, CloudDatapoint, CloudEvent, MergeError, Observation, StepIsOver, StepPart,
    StepPartError,
};
pub use definitions::{CustomMetric, Definitions};
pub use dimension::{
    BoundDimension, Dimension, DimensionError, DimensionOperator, DimensionType, MetricDimension,
};
pub use engine::{DeviceId, Engine, Reading, SeriesId, SnapshotError};
pub use export::{ExportBatch, MeasuredOf, MetricLog};
pub use figures::{IndexedViolations, ViolationFigures, fleet_index, violation_figures};
pub use intake::{Alert, Export, Intake, Told};
pub use metric::{
    AwsMetric, CustomMetricType, Metric, MetricError, MetricKind, MetricSide, ValueType,
};
pub use mitigation::{
    DetectExecutionStatus, DetectMitigationExecution, DetectMitigationExecutionPage,
    DetectMitigationExecutionQuery, DetectMitigationRequest, DetectMitigationStatistics,
    DetectMitigationStep, DetectMitigationTarget, DetectMitigationTask, DetectMitigationTaskPage,
    DetectMitigationTaskQuery, DetectMitigationTasks, DetectTaskStatus, ExecutionsOf,
};
pub use ml::{
    Baseline, Explanation, Model, ModelLifecycle, ModelStatus, Season, Slot, TrainedModels,
    Training, TrainingAttempt, TrainingError, TrainingSummary, ValueKind,
};
pub use name::{BehaviorName, CustomMetricName, DimensionName, NameError, ProfileName};
pub use number::Number;
pub use profile::{
    AlertTarget, MetricToRetain, MetricsExport, ProfileUpdate, SecurityProfile, read_behaviors,
};
pub use profiles::{DefinedProfile, SecurityProfiles, Validation};
pub use quantile::{Quantile, nearest_rank};
pub use query::{
    ActiveViolationPage, MetricValuePage, MetricValueQuery, ViolationEventPage,
    ViolationEventQuery, ViolationFilter,
};
pub use refusal::DetectError;
pub use report::{
    Connection, CustomFault, CustomMetrics, CustomValue, Datapoints, DeviceMetrics, DroppedMetric,
    Field, ListeningPort, Listing, MetricsReport, Names, NetworkStats, Received, ReceivedReport,
    ReportError, ReportErrorCode, ReportErrorKind, ReportGate, ReportGates, ReportHeader,
    ReportLimits, ReportPlace, ReportReply, ReportTopic, ReportVersion, ReportVersionError,
    Throttled, ThrottledBy, receive_report,
};
pub use series::DeviceSeries;
pub use sketch::{FleetPercentiles, Sketch, SketchError};
pub use target::{Target, TargetArn};
pub use threat::{NormalDevice, Threat};
pub use value::{Datapoint, MessageSizes, MetricValue, MetricValueError};
pub use violation::{
    ActiveViolation, ListedEvent, Notification, Verification, VerificationState, ViolationEvent,
    ViolationEventType, ViolationId, ViolationSource, violation_id,
};
