//! The requests that make and change a scheduled audit.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use serde_json::{Map, Value, json};

use crate::audit::account::{read_target, target};
use crate::audit::check::Check;
use crate::audit::id::ScheduledAuditName;
use crate::audit::request::RequestError;
use crate::audit::schedule::Schedule;
use crate::question::given;

/// A request to create a scheduled audit: its name, when it runs, and the checks that it runs.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{
///     Check, DayOfWeek, RequestError, Schedule, ScheduleError, ScheduledAuditRequest,
/// };
/// use serde_json::json;
///
/// let mut request = json!({
///     "scheduledAuditName": "wednesdays",
///     "frequency": "WEEKLY",
///     "dayOfWeek": "WED",
///     "targetCheckNames": ["LOGGING_DISABLED_CHECK"],
/// });
/// let read = ScheduledAuditRequest::from_json(&request)?;
/// assert_eq!(read.name().as_str(), "wednesdays");
/// assert_eq!(read.schedule(), Schedule::Weekly(DayOfWeek::Wednesday));
/// assert_eq!(read.checks(), [Check::LoggingDisabled]);
/// assert_eq!(read.to_json(), request);
///
/// request["dayOfWeek"] = json!("WEDNESDAY");
/// let error = ScheduledAuditRequest::from_json(&request).unwrap_err();
/// assert_eq!(error, RequestError::Schedule(ScheduleError::DayOfWeek));
/// assert_eq!(error.exception(), "InvalidRequestException");
/// assert_eq!(error.to_string(), "dayOfWeek: WEEKLY and BIWEEKLY need one of SUN to SAT");
/// # Ok::<(), RequestError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ScheduledAuditRequest {
    name: ScheduledAuditName,
    schedule: Schedule,
    checks: Vec<Check>,
}

impl ScheduledAuditRequest {
    /// From its parts. Checks stand once each, in the order of [`Check::ALL`].
    ///
    /// # Errors
    ///
    /// [`RequestError::NoTarget`]: there is no check.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{RequestError, Schedule, ScheduledAuditRequest};
    ///
    /// let none = ScheduledAuditRequest::new("nightly".parse()?, Schedule::Daily, []);
    /// assert_eq!(none, Err(RequestError::NoTarget));
    /// # Ok::<(), iot_defender::audit::AuditIdError>(())
    /// ```
    pub fn new(
        name: ScheduledAuditName,
        schedule: Schedule,
        checks: impl IntoIterator<Item = Check>,
    ) -> Result<Self, RequestError> {
        Ok(Self {
            name,
            schedule,
            checks: target(checks)?,
        })
    }

    /// Reads the request, `scheduledAuditName` included, which the API has in the path. `null` is
    /// taken as missing; a day that the frequency does not need is not looked at, nor are members
    /// that it does not know. Tags are one of these.
    ///
    /// # Errors
    ///
    /// [`RequestError`]: the first of `NotAnObject`, `ScheduledAuditName`, `Schedule`,
    /// `TargetCheckNames`, `UnknownCheck`, `NoTarget`.
    pub fn from_json(request: &Value) -> Result<Self, RequestError> {
        let name = read_name(request)?;
        let schedule = read_schedule(request, text(request, "frequency").unwrap_or_default())?;
        let checks = read_target(request)?.ok_or(RequestError::TargetCheckNames)?;
        Self::new(name, schedule, checks)
    }

    /// The request; [`from_json`](Self::from_json) reads it back to an equal value.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut members = members(&self.name, self.schedule);
        members.insert("targetCheckNames".into(), json!(self.checks));
        members.into()
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &ScheduledAuditName {
        &self.name
    }

    /// When it runs.
    #[must_use]
    pub const fn schedule(&self) -> Schedule {
        self.schedule
    }

    /// The checks that it runs, one or more, each once and in the order of [`Check::ALL`].
    #[must_use]
    pub const fn checks(&self) -> &[Check] {
        self.checks.as_slice()
    }

    pub(super) fn apply(&mut self, update: ScheduledAuditUpdate) {
        self.schedule = update.schedule;
        if let Some(checks) = update.checks {
            self.checks = checks;
        }
    }
}

/// What an update makes of a scheduled audit.
pub(super) struct ScheduledAuditUpdate {
    pub(super) schedule: Schedule,
    /// `None` if they stay; otherwise one or more, as those of a request.
    pub(super) checks: Option<Vec<Check>>,
}

impl ScheduledAuditUpdate {
    pub(super) fn read(request: &Value, schedule: Schedule) -> Result<Self, RequestError> {
        let (week, month) = (given(request, "dayOfWeek"), given(request, "dayOfMonth"));
        let schedule = match (text(request, "frequency"), schedule) {
            (Some(frequency), _) => read_schedule(request, frequency)?,
            (None, Schedule::Weekly(_) | Schedule::Biweekly(_)) if week.is_none() => schedule,
            (None, Schedule::Monthly(_)) if month.is_none() => schedule,
            (None, schedule) => read_schedule(request, schedule.frequency().as_str())?,
        };
        let checks = read_target(request)?;
        Ok(Self { schedule, checks })
    }
}

pub(super) fn read_name(request: &Value) -> Result<ScheduledAuditName, RequestError> {
    if !request.is_object() {
        return Err(RequestError::NotAnObject);
    }
    let name = text(request, "scheduledAuditName").and_then(|name| name.parse().ok());
    name.ok_or(RequestError::ScheduledAuditName)
}

fn read_schedule(request: &Value, frequency: &str) -> Result<Schedule, RequestError> {
    let (week, month) = (text(request, "dayOfWeek"), text(request, "dayOfMonth"));
    Ok(Schedule::from_fields(frequency, week, month)?)
}

/// The text of a member. What is no text is as wrong as the empty one.
fn text<'r>(request: &'r Value, name: &str) -> Option<&'r str> {
    given(request, name).map(|value| value.as_str().unwrap_or_default())
}

/// What requests and answers tell of a scheduled audit: its name, and when it runs.
pub(super) fn members(name: &ScheduledAuditName, schedule: Schedule) -> Map<String, Value> {
    let mut members = Map::new();
    members.insert("scheduledAuditName".into(), name.as_str().into());
    members.insert("frequency".into(), schedule.frequency().as_str().into());
    if let Some(day) = schedule.day_of_week() {
        members.insert("dayOfWeek".into(), day.as_str().into());
    }
    if let Some(day) = schedule.day_of_month() {
        members.insert("dayOfMonth".into(), day.to_string().into());
    }
    members
}
