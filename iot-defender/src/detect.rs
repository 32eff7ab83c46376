//! Device Defender's Detect: what is normal for devices, and who is not.
//!
//! # Examples
//!
//! ```
//! use iot_defender::detect::{AwsMetric, MetricSide};
//!
//! let metric: AwsMetric = "aws:num-authorization-failures".parse().expect("AWS has it");
//! assert_eq!(metric.side(), MetricSide::Cloud);
//! assert!(metric.supports_ml() && metric.supports_dimension());
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
