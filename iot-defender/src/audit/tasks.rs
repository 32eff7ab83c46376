//! The audits of an account: those that run, and those that are kept.
//!
//! Sources: API reference, `StartOnDemandAuditTask`, `DescribeAuditTask`, `CancelAuditTask`,
//! `ListAuditTasks`; "AWS IoT Device Defender quotas" for how many run at once and how long they
//! are kept.

mod query;
mod request;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::cmp::Reverse;

use iot_topics::Timestamp;
use serde_json::{Value, json};

use super::account::AuditConfiguration;
use super::check::Check;
use super::finding::AccountId;
use super::id::AuditTaskId;
use super::report::{AuditReport, CheckErrorCode, CheckFailure, CheckReport};
use super::request::RequestError;
use super::retention::Retention;
use super::scheduled::ScheduledRun;
use super::settings::TaskHeader;
use super::task::{CheckRunStatus, TaskStatus, TaskType};
pub use query::{AuditTaskPage, AuditTaskQuery};
pub use request::OnDemandAuditRequest;

/// The audits of an account. Of those on demand at most ten run at once; those that ended are kept
/// for 90 days from their start.
///
/// It knows how far each is from what it is told: the reports of the [`Audit`](super::Audit) that
/// looks at the resources.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{
///     Audit, AuditConfiguration, AuditSettings, AuditTaskQuery, AuditTasks, Check, Logging,
///     OnDemandAuditRequest, RequestError, TaskStatus,
/// };
/// use iot_topics::Timestamp;
/// use serde_json::json;
///
/// let now = Timestamp::from_secs(1_650_414_651);
/// let mut configuration = AuditConfiguration::new();
/// configuration.enable([Check::LoggingDisabled], true)?;
/// let mut tasks = AuditTasks::new("123456789012".parse()?);
///
/// let request = json!({ "targetCheckNames": ["LOGGING_DISABLED_CHECK"] });
/// let request = OnDemandAuditRequest::from_json(&request)?;
/// let started = tasks.start_on_demand("1f0b".parse()?, &request, &configuration, now)?;
/// assert_eq!(started.to_started_json(), json!({ "taskId": "1f0b" }));
/// assert_eq!(started.statistics().waiting_for_data_collection_checks, 1);
///
/// // The audit itself, and what it tells.
/// let settings = AuditSettings::new(started.task.clone(), started.checks.keys().copied());
/// let mut audit = Audit::new(&settings, &[]);
/// audit.feed(&Logging::default());
/// assert_eq!(tasks.record(&audit.report())?, TaskStatus::InProgress);
/// assert_eq!(tasks.record(&audit.finish().0)?, TaskStatus::Completed);
/// let id = "1f0b".parse()?;
/// assert_eq!(tasks.describe(&id)?["taskStatistics"]["nonCompliantChecks"], 1);
/// let late = tasks.cancel(&id);
/// assert_eq!(late, Err(RequestError::NotRunning(TaskStatus::Completed)));
///
/// let page = AuditTaskQuery::between(now, now).list(&tasks, now)?;
/// assert_eq!(page.to_api_json(), json!({ "tasks": [
///     { "taskId": "1f0b", "taskStatus": "COMPLETED", "taskType": "ON_DEMAND_AUDIT_TASK" },
/// ] }));
/// tasks.purge(Timestamp::from_secs(1_650_414_651 + 90 * 86_400));
/// assert!(tasks.get(&id).is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditTasks {
    account: AccountId,
    tasks: BTreeMap<AuditTaskId, AuditReport>,
    /// INVARIANT: the ids of `tasks`, by when they started, the newest first; no set is empty.
    by_start: BTreeMap<Reverse<Timestamp>, BTreeSet<AuditTaskId>>,
    retention: Retention,
}

impl AuditTasks {
    /// None yet, kept for 90 days from their start.
    #[must_use]
    pub fn new(account: AccountId) -> Self {
        Self {
            account,
            tasks: BTreeMap::new(),
            by_start: BTreeMap::new(),
            retention: Retention::default(),
        }
    }

    /// With another time for which audits are kept.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{AuditTasks, Retention};
    ///
    /// let tasks = AuditTasks::new("123456789012".parse()?);
    /// assert_ne!(tasks.clone().with_retention(Retention::of_days(180)), tasks);
    /// # Ok::<(), iot_defender::audit::AccountIdError>(())
    /// ```
    #[must_use]
    pub const fn with_retention(mut self, retention: Retention) -> Self {
        self.retention = retention;
        self
    }

    /// `StartOnDemandAuditTask`; its answer is [`AuditReport::to_started_json`]. The id is the
    /// caller's choice. Tasks whose time is over are dropped first. The cost is linear in the tasks
    /// that are kept.
    ///
    /// # Errors
    ///
    /// [`RequestError`]: a task that is kept has the id (`TaskExists`), a check is not enabled
    /// (`NotEnabled`), ten audits on demand run (`TooManyTasks`).
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{
    ///     AuditConfiguration, AuditTasks, Check, OnDemandAuditRequest, RequestError,
    /// };
    /// use iot_topics::Timestamp;
    ///
    /// let now = Timestamp::from_secs(1_650_414_651);
    /// let mut configuration = AuditConfiguration::new();
    /// configuration.enable([Check::LoggingDisabled], true)?;
    /// let mut tasks = AuditTasks::new("123456789012".parse()?);
    /// let request = OnDemandAuditRequest::new([Check::LoggingDisabled])?;
    /// for id in 0..10 {
    ///     tasks.start_on_demand(id.to_string().parse()?, &request, &configuration, now)?;
    /// }
    /// let one_more = tasks.start_on_demand("10".parse()?, &request, &configuration, now);
    /// assert_eq!(one_more, Err(RequestError::TooManyTasks));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn start_on_demand(
        &mut self,
        task_id: AuditTaskId,
        request: &OnDemandAuditRequest,
        configuration: &AuditConfiguration,
        now: Timestamp,
    ) -> Result<&AuditReport, RequestError> {
        self.vacate(&task_id, now)?;
        let mut running = self
            .tasks
            .values()
            .filter(|report| report.task.task_type() == TaskType::OnDemand && is_running(report));
        configuration.start_on_demand(request.checks(), running.by_ref().count())?;
        let checks = request.checks().iter();
        Ok(self.insert(AuditReport {
            task: TaskHeader::on_demand(self.account, task_id, now),
            checks: checks
                .map(|check| (*check, CheckReport::waiting()))
                .collect(),
        }))
    }

    /// Starts a run of a scheduled audit, however many audits run. A check that is not enabled any
    /// more, as after the configuration was deleted, has failed from the start with the code
    /// `AUDIT_CHECK_DISABLED`. Tasks whose time is over are dropped first.
    ///
    /// # Errors
    ///
    /// [`RequestError::TaskExists`]: a task that is kept has the id. The run can be started with
    /// another.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{
    ///     AuditConfiguration, AuditTasks, Check, CheckErrorCode, Schedule, ScheduledAuditRequest,
    ///     ScheduledAudits, TaskStatus,
    /// };
    /// use iot_topics::Timestamp;
    ///
    /// let (check, now) = (Check::LoggingDisabled, Timestamp::from_secs(1_650_585_600));
    /// let mut configuration = AuditConfiguration::new();
    /// configuration.enable([check], true)?;
    /// let request = ScheduledAuditRequest::new("nightly".parse()?, Schedule::Daily, [check])?;
    /// let mut audits = ScheduledAudits::new("arn:aws:iot:us-east-1:123456789012");
    /// audits.create(request, &configuration, now)?;
    ///
    /// let deleted = AuditConfiguration::new();
    /// let run = audits.start(&"nightly".parse()?, now)?;
    /// let mut tasks = AuditTasks::new("123456789012".parse()?);
    /// let report = tasks.start_scheduled("1f0b".parse()?, &run, &deleted)?;
    /// assert_eq!(report.status(), TaskStatus::Failed);
    /// assert_eq!(report.checks[&check].error_code, Some(CheckErrorCode::AuditCheckDisabled));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn start_scheduled(
        &mut self,
        task_id: AuditTaskId,
        run: &ScheduledRun,
        configuration: &AuditConfiguration,
    ) -> Result<&AuditReport, RequestError> {
        self.vacate(&task_id, run.start)?;
        let task = TaskHeader::on_demand(self.account, task_id, run.start);
        let report = |check: &Check| {
            if configuration.is_enabled(*check) {
                return CheckReport::waiting();
            }
            let code = CheckErrorCode::AuditCheckDisabled;
            CheckReport::failed(CheckFailure::new(code, "the check is not enabled"))
        };
        let checks = run.checks.iter();
        Ok(self.insert(AuditReport {
            task: task.of_schedule(run.name.clone()),
            checks: checks.map(|check| (*check, report(check))).collect(),
        }))
    }

    /// Takes in how far an audit is, and tells its status: that of
    /// [`Audit::report`](super::Audit::report), [`Audit::finish`](super::Audit::finish) or
    /// [`Audit::cancel`](super::Audit::cancel). What is told last counts, but checks that are done
    /// stay as they are, as do those that the report does not have; checks that the task does not
    /// run are left out.
    ///
    /// # Errors
    ///
    /// [`RequestError::NoSuchTask`]: no task with that header is kept.
    /// [`RequestError::NotRunning`]: it ended before; if it was canceled, the audit may stop.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{
    ///     Audit, AuditConfiguration, AuditSettings, AuditTasks, Check, OnDemandAuditRequest,
    ///     RequestError, TaskStatus,
    /// };
    /// use iot_topics::Timestamp;
    ///
    /// let check = Check::LoggingDisabled;
    /// let mut configuration = AuditConfiguration::new();
    /// configuration.enable([check], true)?;
    /// let mut tasks = AuditTasks::new("123456789012".parse()?);
    /// let request = OnDemandAuditRequest::new([check])?;
    /// let now = Timestamp::from_secs(1_650_414_651);
    /// let report = tasks.start_on_demand("1f0b".parse()?, &request, &configuration, now)?;
    /// let settings = AuditSettings::new(report.task.clone(), [check]);
    /// let audit = Audit::new(&settings, &[]);
    ///
    /// tasks.cancel(&"1f0b".parse()?)?;
    /// let told = tasks.record(&audit.report());
    /// assert_eq!(told, Err(RequestError::NotRunning(TaskStatus::Canceled)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn record(&mut self, report: &AuditReport) -> Result<TaskStatus, RequestError> {
        let task_id = &report.task.task_id;
        let found = self.tasks.get_mut(task_id);
        let found = found.filter(|kept| kept.task == report.task);
        let kept = found.ok_or_else(|| RequestError::NoSuchTask(task_id.clone()))?;
        kept.status().check_cancel()?;
        for (check, told) in &report.checks {
            let open = kept.checks.get_mut(check);
            if let Some(open) = open.filter(|open| !open.status.is_final()) {
                open.clone_from(told);
            }
        }
        Ok(kept.status())
    }

    /// `CancelAuditTask`: checks that are not done are canceled; those that are stay as they are.
    ///
    /// # Errors
    ///
    /// [`RequestError::NoSuchTask`] and [`RequestError::NotRunning`].
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::AuditTasks;
    ///
    /// let mut tasks = AuditTasks::new("123456789012".parse()?);
    /// let error = tasks.cancel(&"1f0b".parse()?).unwrap_err();
    /// assert_eq!(error.exception(), "ResourceNotFoundException");
    /// assert_eq!(error.to_string(), "taskId: there is no task `1f0b`");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn cancel(&mut self, task_id: &AuditTaskId) -> Result<(), RequestError> {
        let found = self.tasks.get_mut(task_id);
        let report = found.ok_or_else(|| RequestError::NoSuchTask(task_id.clone()))?;
        report.status().check_cancel()?;
        for check in report.checks.values_mut() {
            if !check.status.is_final() {
                check.status = CheckRunStatus::Canceled;
            }
        }
        Ok(())
    }

    /// The task of that id, and how far it is.
    #[must_use]
    pub fn get(&self, task_id: &AuditTaskId) -> Option<&AuditReport> {
        self.tasks.get(task_id)
    }

    /// The answer of `DescribeAuditTask`: [`AuditReport::to_api_json`].
    ///
    /// # Errors
    ///
    /// [`RequestError::NoSuchTask`].
    pub fn describe(&self, task_id: &AuditTaskId) -> Result<Value, RequestError> {
        let missing = || RequestError::NoSuchTask(task_id.clone());
        let report = self.get(task_id).ok_or_else(missing)?;
        Ok(report.to_api_json())
    }

    /// All, the newest first; those of one instant by id.
    pub fn iter(&self) -> impl Iterator<Item = &AuditReport> {
        let ids = self.by_start.values().flatten();
        ids.filter_map(|task_id| self.tasks.get(task_id))
    }

    /// Drops the tasks that started so far back that they are no longer kept: 90 days and more.
    /// Those that run stay. The cost is that of what is dropped, and of old ones that run.
    pub fn purge(&mut self, now: Timestamp) {
        let old = self.by_start.iter().rev();
        let old = old.take_while(|(start, _)| !self.retention.keeps(start.0, now));
        let old = old.flat_map(|(start, ids)| ids.iter().map(|task_id| (*start, task_id.clone())));
        for (start, task_id) in old.collect::<Vec<_>>() {
            if self.tasks.get(&task_id).is_some_and(is_running) {
                continue;
            }
            self.tasks.remove(&task_id);
            if let Some(ids) = self.by_start.get_mut(&start) {
                ids.remove(&task_id);
            }
            if self.by_start.get(&start).is_some_and(BTreeSet::is_empty) {
                self.by_start.remove(&start);
            }
        }
    }

    /// Drops what is no longer kept; then nothing may have the id.
    fn vacate(&mut self, task_id: &AuditTaskId, now: Timestamp) -> Result<(), RequestError> {
        self.purge(now);
        if self.tasks.contains_key(task_id) {
            return Err(RequestError::TaskExists(task_id.clone()));
        }
        Ok(())
    }

    fn insert(&mut self, report: AuditReport) -> &AuditReport {
        let task = &report.task;
        let ids = self.by_start.entry(Reverse(task.start)).or_default();
        ids.insert(task.task_id.clone());
        let entry = self.tasks.entry(task.task_id.clone());
        entry.or_insert(report)
    }

    /// Whether it is there for who asks now: what is no longer kept may not be dropped yet.
    fn keeps(&self, report: &AuditReport, now: Timestamp) -> bool {
        self.retention.keeps(report.task.start, now) || is_running(report)
    }
}

fn is_running(report: &AuditReport) -> bool {
    report.status() == TaskStatus::InProgress
}

impl AuditReport {
    /// The answer of `StartOnDemandAuditTask`.
    ///
    /// # Examples
    ///
    /// See [`AuditTasks`].
    #[must_use]
    pub fn to_started_json(&self) -> Value {
        json!({ "taskId": self.task.task_id })
    }
}
