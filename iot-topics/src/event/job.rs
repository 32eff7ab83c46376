//! Events of jobs.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::wire::payload;
use crate::ident::JobId;
use crate::reserved::{EventTopic, JobExecutionOperation, JobOperation};
use crate::time::Timestamp;
use crate::words::words;

payload! {
    /// Something happened to a job (developer guide, Jobs events).
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::Timestamp;
    /// use iot_topics::event::{JobEvent, TargetSelection};
    /// use iot_topics::reserved::JobOperation;
    ///
    /// let event = JobEvent {
    ///     event_id: "e-1".into(),
    ///     timestamp: Timestamp::from_secs(1_700_000_000),
    ///     operation: JobOperation::Canceled,
    ///     job_id: "firmware-2".parse()?,
    ///     target_selection: TargetSelection::Snapshot,
    ///     targets: vec!["arn:aws:iot:eu-west-1:123456789012:thing/pump".into()],
    ///     description: None,
    ///     completed_at: None,
    ///     created_at: Timestamp::from_millis(1_699_999_000_001),
    ///     last_updated_at: Timestamp::from_millis(1_700_000_000_124),
    ///     job_process_details: None,
    ///     comment: None,
    ///     reason_code: None,
    ///     force_canceled: None,
    /// };
    /// let json = serde_json::to_value(&event)?;
    /// assert_eq!(json["status"], "CANCELED");
    /// assert_eq!(json["timestamp"], 1_700_000_000); // seconds
    /// assert_eq!(json["createdAt"], 1_699_999_000_001_u64); // milliseconds
    /// assert_eq!(event.topic().to_string(), "$aws/events/job/firmware-2/canceled");
    /// # Ok::<(), Box<dyn core::error::Error>>(())
    /// ```
    pub struct JobEvent: "JOB" {
        /// Unique.
        pub event_id: String,
        /// When; seconds on the wire.
        #[serde(with = "super::wire::seconds")]
        pub timestamp: Timestamp,
        /// What happened. The payload has a `status` besides, the same word in upper case: it is
        /// written, and a payload that contradicts itself is refused.
        #[serde(flatten, with = "operation_and_status")]
        pub operation: JobOperation,
        /// The job.
        pub job_id: JobId,
        /// Whether things that join a target group later run the job too.
        pub target_selection: TargetSelection,
        /// The ARNs of the things and thing groups that the job was made for.
        pub targets: Vec<String>,
        /// What the creator says about the job.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub description: Option<String>,
        /// When the job was completed; milliseconds on the wire.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub completed_at: Option<Timestamp>,
        /// When the job was created; milliseconds on the wire.
        pub created_at: Timestamp,
        /// When the job was last changed; milliseconds on the wire.
        pub last_updated_at: Timestamp,
        /// How its executions ended; with `completed`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub job_process_details: Option<JobProcessDetails>,
        /// What was said with the cancellation or deletion.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub comment: Option<String>,
        /// Why the job was canceled; not on the page, seen in events.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub reason_code: Option<String>,
        /// Whether running executions were canceled too; not on the page, seen in events.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub force_canceled: Option<bool>,
    }
}

impl JobEvent {
    /// The topic of the event.
    #[must_use]
    pub fn topic(&self) -> EventTopic {
        EventTopic::Job {
            job: self.job_id.clone(),
            operation: self.operation,
        }
    }
}

words! {
    event:
    /// Whether a job stays open for things that join its target groups later.
    pub enum TargetSelection {
        /// The members are fixed when the job starts.
        Snapshot = "SNAPSHOT",
        /// Things that join later run it too.
        Continuous = "CONTINUOUS",
    }
}

/// How the executions of a job ended, in numbers of things.
///
/// # Examples
///
/// ```
/// use iot_topics::event::JobProcessDetails;
///
/// let details: JobProcessDetails = serde_json::from_str(r#"{
///     "numberOfCanceledThings": 0,
///     "numberOfRejectedThings": 0,
///     "numberOfFailedThings": 3,
///     "numberOfRemovedThings": 1,
///     "numberOfSucceededThings": 996
/// }"#)?;
/// assert_eq!(details.number_of_failed_things, 3);
/// assert_eq!(details.number_of_timed_out_things, None); // an event as the page shows it
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::exhaustive_structs,
    reason = "who sends such an event writes every key, and wants to hear of a new one"
)]
pub struct JobProcessDetails {
    /// Canceled.
    pub number_of_canceled_things: u64,
    /// Refused by the device.
    pub number_of_rejected_things: u64,
    /// Failed.
    pub number_of_failed_things: u64,
    /// Removed from the targets.
    pub number_of_removed_things: u64,
    /// Succeeded.
    pub number_of_succeeded_things: u64,
    /// Timed out; not on the page, which is older than time-outs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_of_timed_out_things: Option<u64>,
}

payload! {
    /// A job execution ended, or was deleted (developer guide, Jobs events).
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::event::{JobExecutionEvent, JobExecutionEventStatus};
    /// use iot_topics::reserved::JobExecutionOperation;
    ///
    /// let event: JobExecutionEvent = serde_json::from_str(r#"{
    ///     "eventType": "JOB_EXECUTION",
    ///     "eventId": "e-1",
    ///     "timestamp": 1700000000,
    ///     "operation": "deleted",
    ///     "jobId": "firmware-2",
    ///     "thingArn": "arn:aws:iot:eu-west-1:123456789012:thing/pump",
    ///     "status": "QUEUED",
    ///     "statusDetails": {}
    /// }"#)?;
    /// assert_eq!(event.operation, JobExecutionOperation::Deleted);
    /// assert_eq!(event.status, JobExecutionEventStatus::Queued); // as it was before
    /// assert_eq!(event.timestamp.as_secs(), 1_700_000_000);
    /// assert_eq!(event.topic().to_string(), "$aws/events/jobExecution/firmware-2/deleted");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub struct JobExecutionEvent: "JOB_EXECUTION" {
        /// Unique.
        pub event_id: String,
        /// When; seconds on the wire.
        #[serde(with = "super::wire::seconds")]
        pub timestamp: Timestamp,
        /// What happened.
        pub operation: JobExecutionOperation,
        /// The job.
        pub job_id: JobId,
        /// The ARN of the thing.
        pub thing_arn: String,
        /// The status of the execution: the operation in upper case, but for `deleted`, where it
        /// is the one before.
        pub status: JobExecutionEventStatus,
        /// What the device reported.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub status_details: Option<BTreeMap<String, String>>,
        /// Which execution of the job on this thing; not on the page, seen in events.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub execution_number: Option<u64>,
        /// Whether it was canceled while it ran; not on the page, seen in events.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub force_canceled: Option<bool>,
    }
}

impl JobExecutionEvent {
    /// The topic of the event.
    #[must_use]
    pub fn topic(&self) -> EventTopic {
        EventTopic::JobExecution {
            job: self.job_id.clone(),
            operation: self.operation,
        }
    }
}

words! {
    event:
    /// The status of a job execution, as its events tell it.
    pub enum JobExecutionEventStatus {
        /// Waiting; only where a waiting execution was deleted.
        Queued = "QUEUED",
        /// Running; only where a running execution was deleted.
        InProgress = "IN_PROGRESS",
        /// The device reported success.
        Succeeded = "SUCCEEDED",
        /// The device reported failure.
        Failed = "FAILED",
        /// The device refused it.
        Rejected = "REJECTED",
        /// It was canceled.
        Canceled = "CANCELED",
        /// The thing left the targets.
        Removed = "REMOVED",
        /// A timer ran out.
        TimedOut = "TIMED_OUT",
        /// It was deleted.
        Deleted = "DELETED",
    }
}

/// `operation` and the `status` that repeats it.
mod operation_and_status {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::reserved::JobOperation;

    #[derive(Serialize, Deserialize)]
    struct OperationAndStatus {
        operation: JobOperation,
        #[serde(with = "crate::event::wire::upper")]
        status: JobOperation,
    }

    pub(super) fn serialize<S: Serializer>(
        operation: &JobOperation,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let pair = OperationAndStatus {
            operation: *operation,
            status: *operation,
        };
        pair.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<JobOperation, D::Error> {
        let OperationAndStatus { operation, status } =
            OperationAndStatus::deserialize(deserializer)?;
        if operation != status {
            return Err(D::Error::custom("`status` is not that of `operation`"));
        }
        Ok(operation)
    }
}
