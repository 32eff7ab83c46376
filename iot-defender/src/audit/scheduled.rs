//! The scheduled audits of an account.
//!
//! Sources: API reference, `CreateScheduledAudit`, `DescribeScheduledAudit`,
//! `UpdateScheduledAudit`, `DeleteScheduledAudit`, `ListScheduledAudits`; developer guide,
//! "AuditCommands: manage scheduled audits"; "AWS IoT Device Defender quotas".

mod audit;
mod query;
mod request;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Bound;

use iot_topics::Timestamp;
use serde_json::Value;

use super::account::AuditConfiguration;
use super::check::Check;
use super::id::ScheduledAuditName;
use super::request::RequestError;
use super::schedule::Date;
pub use audit::{ScheduledAudit, ScheduledRun};
pub use query::{ScheduledAuditPage, ScheduledAuditQuery};
pub use request::ScheduledAuditRequest;
use request::ScheduledAuditUpdate;

/// The scheduled audits of an account: at most five, each of another name. They know when each is
/// to run and when it last did; to run them is for the caller.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{
///     AuditConfiguration, AuditTasks, AuditWindow, Check, Overlap, ScheduledAuditRequest,
///     ScheduledAudits,
/// };
/// use iot_topics::Timestamp;
/// use serde_json::json;
///
/// let mut configuration = AuditConfiguration::new();
/// configuration.enable([Check::LoggingDisabled], true)?;
///
/// let monday = Timestamp::from_secs(1_650_240_000); // 2022-04-18
/// let request = ScheduledAuditRequest::from_json(&json!({
///     "scheduledAuditName": "wednesdays",
///     "frequency": "WEEKLY",
///     "dayOfWeek": "WED",
///     "targetCheckNames": ["LOGGING_DISABLED_CHECK"],
/// }))?;
/// let mut audits = ScheduledAudits::new("arn:aws:iot:us-east-1:123456789012");
/// let audit = audits.create(request, &configuration, monday)?;
/// assert_eq!(audit.next_run().map(|date| date.to_string()).as_deref(), Some("2022-04-20"));
///
/// // Once a day, or when `next_run` says so:
/// let mut tasks = AuditTasks::new("123456789012".parse()?);
/// let friday = Timestamp::from_secs(1_650_585_600); // the host slept on Wednesday
/// let due: Vec<_> = audits.due(friday).into_iter().map(|audit| audit.name().clone()).collect();
/// for (name, id) in due.iter().zip(["1f0b", "2c7d"]) {
///     let run = audits.start(name, friday)?;
///     let report = tasks.start_scheduled(id.parse()?, &run, &configuration)?;
///     assert_eq!(report.to_api_json()["scheduledAuditName"], "wednesdays");
///     // What has happened since the run before is what the checks of connections look at.
///     let _ = AuditWindow::of(Overlap::ConflictingClientId, run.start, run.previous_start);
/// }
/// assert!(audits.due(friday).is_empty());
/// assert_eq!(audits.next_run().map(|date| date.to_string()).as_deref(), Some("2022-04-27"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduledAudits {
    prefix: String,
    audits: BTreeMap<ScheduledAuditName, ScheduledAudit>,
}

impl ScheduledAudits {
    /// None yet. `prefix` is what the ARNs of the account begin with, up to and without the colon
    /// behind the number of the account.
    #[must_use]
    pub fn new(prefix: &str) -> Self {
        Self {
            prefix: prefix.into(),
            audits: BTreeMap::new(),
        }
    }

    /// `CreateScheduledAudit`; its answer is [`ScheduledAudit::to_arn_json`]. The date of `now` can
    /// be that of the first run.
    ///
    /// # Errors
    ///
    /// [`RequestError::ScheduledAuditExists`], [`RequestError::NotEnabled`] for the first check
    /// that the account has not enabled, [`RequestError::TooManySchedules`].
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{
    ///     AuditConfiguration, Check, RequestError, Schedule, ScheduledAuditRequest,
    ///     ScheduledAudits,
    /// };
    /// use iot_topics::Timestamp;
    ///
    /// let check = Check::LoggingDisabled;
    /// let request = ScheduledAuditRequest::new("nightly".parse()?, Schedule::Daily, [check])?;
    /// let mut audits = ScheduledAudits::new("arn:aws:iot:us-east-1:123456789012");
    /// let now = Timestamp::from_secs(1_650_585_600);
    /// let refused = audits.create(request, &AuditConfiguration::new(), now);
    /// assert_eq!(refused, Err(RequestError::NotEnabled(check)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn create(
        &mut self,
        request: ScheduledAuditRequest,
        configuration: &AuditConfiguration,
        now: Timestamp,
    ) -> Result<&ScheduledAudit, RequestError> {
        let name = request.name().clone();
        if self.audits.contains_key(&name) {
            return Err(RequestError::ScheduledAuditExists(name));
        }
        configuration.create_scheduled(request.checks(), self.audits.len())?;
        let arn = format!("{}:scheduledaudit/{name}", self.prefix);
        let audit = ScheduledAudit::new(request, arn, Date::of(now));
        Ok(self.audits.entry(name).or_insert(audit))
    }

    /// `UpdateScheduledAudit`: reads the request, `scheduledAuditName` included, which the API has
    /// in the path; its answer is [`ScheduledAudit::to_arn_json`]. What the request leaves out, or
    /// has as `null`, stays. With a frequency comes the day that it needs, also if it had that
    /// day before; a day alone goes with the frequency that there is, and is not looked at if that
    /// needs none. Members that it does not know are not looked at.
    ///
    /// A schedule that becomes another one runs from the date of `now` on, and not twice on that
    /// date; every other week is counted from the creation still. Audits that run go on as they
    /// were started.
    ///
    /// # Errors
    ///
    /// [`RequestError`]: `NotAnObject`, `ScheduledAuditName`, `NoSuchScheduledAudit`, then the
    /// first of `Schedule`, `TargetCheckNames`, `NoTarget`, `UnknownCheck`, `NotEnabled`. Nothing
    /// is changed then.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{
    ///     AuditConfiguration, Check, Schedule, ScheduleError, ScheduledAuditRequest,
    ///     ScheduledAudits,
    /// };
    /// use iot_topics::Timestamp;
    /// use serde_json::json;
    ///
    /// let (check, now) = (Check::LoggingDisabled, Timestamp::from_secs(1_650_585_600));
    /// let mut configuration = AuditConfiguration::new();
    /// configuration.enable([check], true)?;
    /// let request = ScheduledAuditRequest::new("nightly".parse()?, Schedule::Daily, [check])?;
    /// let mut audits = ScheduledAudits::new("arn:aws:iot:us-east-1:123456789012");
    /// audits.create(request, &configuration, now)?;
    ///
    /// let half = json!({ "scheduledAuditName": "nightly", "frequency": "MONTHLY" });
    /// let error = audits.update(&half, &configuration, now).unwrap_err();
    /// assert_eq!(error, ScheduleError::DayOfMonth.into());
    ///
    /// let update = json!({
    ///     "scheduledAuditName": "nightly", "frequency": "MONTHLY", "dayOfMonth": "LAST",
    /// });
    /// let updated = audits.update(&update, &configuration, now)?;
    /// assert_eq!(updated.checks(), [check]);
    /// assert_eq!(updated.next_run().unwrap().to_string(), "2022-04-30");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn update(
        &mut self,
        request: &Value,
        configuration: &AuditConfiguration,
        now: Timestamp,
    ) -> Result<&ScheduledAudit, RequestError> {
        let name = request::read_name(request)?;
        let found = self.audits.get_mut(&name);
        let audit = found.ok_or(RequestError::NoSuchScheduledAudit(name))?;
        let update = ScheduledAuditUpdate::read(request, audit.schedule())?;
        if let Some(checks) = &update.checks {
            configuration.target(checks)?;
        }
        audit.update(update, Date::of(now));
        Ok(audit)
    }

    /// `DeleteScheduledAudit`. Audits that run go on.
    ///
    /// # Errors
    ///
    /// [`RequestError::NoSuchScheduledAudit`].
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{RequestError, ScheduledAudits};
    ///
    /// let mut audits = ScheduledAudits::new("arn:aws:iot:us-east-1:123456789012");
    /// let error = audits.delete(&"nightly".parse()?).unwrap_err();
    /// assert_eq!(error, RequestError::NoSuchScheduledAudit("nightly".parse()?));
    /// assert_eq!(error.exception(), "ResourceNotFoundException");
    /// # Ok::<(), iot_defender::audit::AuditIdError>(())
    /// ```
    pub fn delete(&mut self, name: &ScheduledAuditName) -> Result<ScheduledAudit, RequestError> {
        let deleted = self.audits.remove(name);
        deleted.ok_or_else(|| RequestError::NoSuchScheduledAudit(name.clone()))
    }

    /// The scheduled audit of that name.
    #[must_use]
    pub fn get(&self, name: &ScheduledAuditName) -> Option<&ScheduledAudit> {
        self.audits.get(name)
    }

    /// The answer of `DescribeScheduledAudit`.
    ///
    /// # Errors
    ///
    /// [`RequestError::NoSuchScheduledAudit`].
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::ScheduledAudits;
    ///
    /// let audits = ScheduledAudits::new("arn:aws:iot:us-east-1:123456789012");
    /// let error = audits.describe(&"nightly".parse()?).unwrap_err();
    /// assert_eq!(error.to_string(), "scheduledAuditName: there is no scheduled audit `nightly`");
    /// # Ok::<(), iot_defender::audit::AuditIdError>(())
    /// ```
    pub fn describe(&self, name: &ScheduledAuditName) -> Result<Value, RequestError> {
        let found = self.audits.get(name);
        let missing = || RequestError::NoSuchScheduledAudit(name.clone());
        found.map(ScheduledAudit::describe).ok_or_else(missing)
    }

    /// All, by name.
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &ScheduledAudit> {
        self.audits.values()
    }

    /// The checks that a scheduled audit runs: those that
    /// [`AuditConfiguration::disable`] has to be told.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{
    ///     AuditConfiguration, Check, RequestError, Schedule, ScheduledAuditRequest,
    ///     ScheduledAudits,
    /// };
    /// use iot_topics::Timestamp;
    ///
    /// let check = Check::LoggingDisabled;
    /// let mut configuration = AuditConfiguration::new();
    /// configuration.enable([check], true)?;
    /// let mut audits = ScheduledAudits::new("arn:aws:iot:us-east-1:123456789012");
    /// let request = ScheduledAuditRequest::new("nightly".parse()?, Schedule::Daily, [check])?;
    /// audits.create(request, &configuration, Timestamp::from_secs(0))?;
    ///
    /// let refused = configuration.disable(check, audits.checks());
    /// assert_eq!(refused, Err(RequestError::Scheduled(check)));
    /// audits.delete(&"nightly".parse()?)?;
    /// configuration.disable(check, audits.checks())?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn checks(&self) -> BTreeSet<Check> {
        let checks = self.iter().flat_map(|audit| audit.checks().iter());
        checks.copied().collect()
    }

    /// The date of the next run of any, which can be past if it was not started yet; `None` if
    /// there is none. Until that date nothing is [`due`](Self::due).
    #[must_use]
    pub fn next_run(&self) -> Option<Date> {
        self.iter().filter_map(ScheduledAudit::next_run).min()
    }

    /// Those whose next run is on the date of `now` or was before it: the longest overdue first,
    /// those of one date by name. However many runs an audit has missed, it is due once.
    #[must_use]
    pub fn due(&self, now: Timestamp) -> Vec<&ScheduledAudit> {
        let today = Date::of(now);
        let runs = self
            .iter()
            .filter_map(|audit| Some((audit.next_run()?, audit)));
        let mut due: Vec<_> = runs.filter(|(run, _)| *run <= today).collect();
        due.sort_by_key(|(run, _)| *run);
        due.into_iter().map(|(_, audit)| audit).collect()
    }

    /// Notes that a run of the audit starts `now`, due or not: the next is behind this date.
    ///
    /// # Errors
    ///
    /// [`RequestError::NoSuchScheduledAudit`].
    pub fn start(
        &mut self,
        name: &ScheduledAuditName,
        now: Timestamp,
    ) -> Result<ScheduledRun, RequestError> {
        let found = self.audits.get_mut(name);
        let missing = || RequestError::NoSuchScheduledAudit(name.clone());
        Ok(found.ok_or_else(missing)?.start(now))
    }

    /// Those behind a name, by name.
    fn behind(&self, last: Option<&ScheduledAuditName>) -> impl Iterator<Item = &ScheduledAudit> {
        let from = last.map_or(Bound::Unbounded, Bound::Excluded);
        let rest = self.audits.range((from, Bound::Unbounded));
        rest.map(|(_, audit)| audit)
    }
}
