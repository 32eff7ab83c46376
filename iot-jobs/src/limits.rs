//! The figures of the service.

use core::time::Duration;

/// The limits and defaults of the service, each a field, so that a test or an emulator of an
/// account with raised quotas can set its own.
///
/// The values are those of the API reference and of "AWS IoT Device Management endpoints and
/// quotas".
///
/// # Examples
///
/// ```
/// use iot_jobs::Limits;
///
/// assert_eq!(Limits::default(), Limits::AWS_IOT);
/// let mut small = Limits::AWS_IOT;
/// small.concurrent_jobs = 2;
/// assert_eq!(small.maximum_per_minute, 1_000);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a job document.
    pub document_bytes: usize,
    /// Levels that arrays and objects of a job document may be nested.
    pub document_depth: usize,
    /// Characters of `documentSource`.
    pub document_source_chars: usize,
    /// Targets of one job.
    pub targets: usize,
    /// Characters of a description or a comment.
    pub text_chars: usize,
    /// Characters of a reason code.
    pub reason_code_chars: usize,
    /// Pairs in `statusDetails`.
    pub status_details: usize,
    /// Characters of a key of `statusDetails`.
    pub status_detail_key_chars: usize,
    /// Characters of a value of `statusDetails`.
    pub status_detail_value_chars: usize,
    /// Minutes of an in-progress or step timer; of the former at most 65,535, whatever is here.
    pub timeout_minutes: u32,
    /// The greatest `maximumPerMinute`, and that of a job that names none.
    pub maximum_per_minute: u32,
    /// The least `incrementFactor`, in tenths.
    pub increment_factor_min_tenths: u32,
    /// The greatest `incrementFactor`, in tenths.
    pub increment_factor_max_tenths: u32,
    /// Entries of a retry configuration.
    pub retry_criteria: usize,
    /// Retries of one entry, and of all of them together; of one entry at most 15, whatever is here.
    pub retries: u32,
    /// The least `expiresInSec` of a presigned URL.
    pub presigned_min_seconds: u32,
    /// The greatest `expiresInSec`, and that of a job that names none.
    pub presigned_max_seconds: u32,
    /// Characters of the name of a document parameter.
    pub parameter_key_chars: usize,
    /// Characters of the value of a document parameter.
    pub parameter_value_chars: usize,
    /// Entries of `destinationPackageVersions`.
    pub package_versions: usize,
    /// Characters of a cron expression.
    pub cron_chars: usize,
    /// Minutes that a maintenance window is open; at most a day, whatever is here.
    pub window_minutes: u32,
    /// From now to the start, from now to the end, and from start to end, at least.
    pub schedule_lead: Duration,
    /// From now to the start, at most.
    pub schedule_start: Duration,
    /// From now to the end, at most.
    pub schedule_end: Duration,
    /// Starts that `scheduledJobRollouts` tells.
    pub rollouts_shown: usize,
    /// Entries of one page of a list.
    pub page: usize,
    /// Executions in the pending list that a thing is shown.
    pub pending_shown: usize,
    /// Executions of windowed jobs shown beyond those, while the window is open.
    pub pending_windowed_shown: usize,
    /// Jobs that are neither completed nor canceled.
    pub active_jobs: usize,
    /// Jobs that are rolling out at the same time.
    pub concurrent_jobs: usize,
    /// Job templates of the account.
    pub templates: usize,
    /// Jobs in `DELETION_IN_PROGRESS`.
    pub deleting_jobs: usize,
    /// Reads of the device plane in a second, over the account.
    pub device_reads_per_second: u32,
    /// Writes of the device plane in a second, over the account.
    pub device_writes_per_second: u32,
    /// Calls of the control plane in a second.
    pub control_calls_per_second: u32,
    /// How long a job that is over is kept.
    pub retention: Duration,
}

impl Limits {
    /// The values that AWS documents.
    pub const AWS_IOT: Self = Self {
        document_bytes: 32_768,
        document_depth: 1_000,
        document_source_chars: 1_350,
        targets: 100,
        text_chars: 2_028,
        reason_code_chars: 128,
        status_details: 10,
        status_detail_key_chars: 128,
        status_detail_value_chars: 1_024,
        timeout_minutes: 10_080,
        maximum_per_minute: 1_000,
        increment_factor_min_tenths: 11,
        increment_factor_max_tenths: 50,
        retry_criteria: 2,
        retries: 10,
        presigned_min_seconds: 60,
        presigned_max_seconds: 3_600,
        parameter_key_chars: 128,
        parameter_value_chars: 30_720,
        package_versions: 25,
        cron_chars: 256,
        window_minutes: 1_430,
        schedule_lead: Duration::from_secs(30 * 60),
        schedule_start: Duration::from_secs(365 * 86_400),
        schedule_end: Duration::from_secs(2 * 365 * 86_400),
        rollouts_shown: 7,
        page: 250,
        pending_shown: 10,
        pending_windowed_shown: 5,
        active_jobs: 100_000,
        concurrent_jobs: 500,
        templates: 100,
        deleting_jobs: 10,
        device_reads_per_second: 200,
        device_writes_per_second: 200,
        control_calls_per_second: 10,
        retention: Duration::from_secs(730 * 86_400),
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::AWS_IOT
    }
}
