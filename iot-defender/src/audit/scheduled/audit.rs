//! One scheduled audit, and its runs.

use alloc::string::String;
use alloc::vec::Vec;

use iot_topics::Timestamp;
use serde_json::{Map, Value, json};

use super::request::{ScheduledAuditRequest, ScheduledAuditUpdate, members};
use crate::audit::check::Check;
use crate::audit::id::ScheduledAuditName;
use crate::audit::schedule::{Date, Schedule};

/// A scheduled audit as an account has it: with its ARN and its runs.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{
///     AuditConfiguration, Check, DayOfMonth, Schedule, ScheduledAuditRequest, ScheduledAudits,
/// };
/// use iot_topics::Timestamp;
///
/// let check = Check::LoggingDisabled;
/// let mut configuration = AuditConfiguration::new();
/// configuration.enable([check], true)?;
/// let schedule = Schedule::Monthly(DayOfMonth::LAST);
/// let request = ScheduledAuditRequest::new("monthly".parse()?, schedule, [check])?;
/// let mut audits = ScheduledAudits::new("arn:aws:iot:us-east-1:123456789012");
/// let audit = audits.create(request, &configuration, Timestamp::from_secs(1_650_585_600))?;
///
/// assert_eq!(audit.arn(), "arn:aws:iot:us-east-1:123456789012:scheduledaudit/monthly");
/// assert_eq!((audit.name().as_str(), audit.schedule()), ("monthly", schedule));
/// assert_eq!((audit.checks(), audit.last_start()), (&[check][..], None));
/// assert_eq!(audit.created().to_string(), "2022-04-22");
/// let runs: Vec<_> = audit.next_runs().take(2).map(|date| date.to_string()).collect();
/// assert_eq!(runs, ["2022-04-30", "2022-05-31"]);
/// assert_eq!(audit.describe()["dayOfMonth"], "LAST");
/// assert_eq!(audit.to_arn_json()["scheduledAuditArn"], audit.arn());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduledAudit {
    definition: ScheduledAuditRequest,
    arn: String,
    created: Date,
    /// Since when it has this schedule: no run of it is before.
    since: Date,
    last_start: Option<Timestamp>,
}

impl ScheduledAudit {
    pub(super) const fn new(definition: ScheduledAuditRequest, arn: String, created: Date) -> Self {
        Self {
            definition,
            arn,
            created,
            since: created,
            last_start: None,
        }
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &ScheduledAuditName {
        self.definition.name()
    }

    /// Its ARN.
    #[must_use]
    pub const fn arn(&self) -> &str {
        self.arn.as_str()
    }

    /// When it runs.
    #[must_use]
    pub const fn schedule(&self) -> Schedule {
        self.definition.schedule()
    }

    /// The checks that it runs, one or more, in the order of [`Check::ALL`].
    #[must_use]
    pub const fn checks(&self) -> &[Check] {
        self.definition.checks()
    }

    /// The date on which it was created.
    #[must_use]
    pub const fn created(&self) -> Date {
        self.created
    }

    /// When it last started; `None` if it never did.
    #[must_use]
    pub const fn last_start(&self) -> Option<Timestamp> {
        self.last_start
    }

    /// The dates of its runs behind the date of its last start, ascending; without one, since it
    /// was created, or since its schedule became what it is. The first can be past: then it is
    /// overdue.
    pub fn next_runs(&self) -> impl Iterator<Item = Date> {
        let ran = self.last_start.map(Date::of);
        let from = ran.map_or(self.since, |ran| ran.max(self.since));
        let runs = self.schedule().runs_from(self.created, from);
        runs.skip_while(move |run| Some(*run) <= ran)
    }

    /// The first of [`next_runs`](Self::next_runs); `None` behind the year 9999.
    ///
    /// # Examples
    ///
    /// See [`ScheduledAudits`](crate::audit::ScheduledAudits).
    #[must_use]
    pub fn next_run(&self) -> Option<Date> {
        self.next_runs().next()
    }

    /// The answer of `DescribeScheduledAudit`.
    #[must_use]
    pub fn describe(&self) -> Value {
        let mut members = self.members();
        members.insert("targetCheckNames".into(), json!(self.checks()));
        members.into()
    }

    /// The answer of `CreateScheduledAudit` and `UpdateScheduledAudit`.
    #[must_use]
    pub fn to_arn_json(&self) -> Value {
        json!({ "scheduledAuditArn": self.arn })
    }

    /// `ScheduledAuditMetadata`, of which `ListScheduledAudits` has a list.
    pub(super) fn members(&self) -> Map<String, Value> {
        let mut members = members(self.name(), self.schedule());
        members.insert("scheduledAuditArn".into(), self.arn.as_str().into());
        members
    }

    pub(super) fn update(&mut self, update: ScheduledAuditUpdate, today: Date) {
        if update.schedule != self.schedule() {
            self.since = self.since.max(today);
        }
        self.definition.apply(update);
    }

    /// A clock that goes back does not bring back runs that were made.
    pub(super) fn start(&mut self, now: Timestamp) -> ScheduledRun {
        let previous_start = self.last_start;
        self.last_start = self.last_start.max(Some(now));
        ScheduledRun {
            name: self.name().clone(),
            checks: self.checks().into(),
            start: now,
            previous_start,
        }
    }
}

/// A run of a scheduled audit, for
/// [`AuditTasks::start_scheduled`](crate::audit::AuditTasks::start_scheduled).
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{AuditWindow, Overlap, ScheduledRun};
///
/// /// What the check of client ids looks at: the connections since the run before.
/// fn window(run: &ScheduledRun) -> AuditWindow {
///     AuditWindow::of(Overlap::ConflictingClientId, run.start, run.previous_start)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ScheduledRun {
    /// The name of the scheduled audit.
    pub name: ScheduledAuditName,
    /// The checks to run.
    pub checks: Vec<Check>,
    /// When it starts.
    pub start: Timestamp,
    /// When the run before it started, if there was one.
    pub previous_start: Option<Timestamp>,
}
