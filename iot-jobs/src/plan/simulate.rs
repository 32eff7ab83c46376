//! Runs a job on a fleet that does not exist.

use alloc::string::String;
use core::fmt;
use core::time::Duration;

use iot_topics::Timestamp;
use serde_json::{Value, json};

use super::fleet::{self, Fleet};
use super::queue::{Act, Queue, Step};
use super::series::{Series, State};
use super::{Assumptions, Outcome, Plan, PlanAbort, PlanEnd, PlanError, ThingCounts};
use crate::engine::Progress;
use crate::{
    AbortConfig, Effect, Engine, ExecutionStatus, JobConfig, JobStatus, Limits, Operation, Sink,
    StartNext, Update,
};

const REGION: &str = "us-east-1";
const ACCOUNT: &str = "123456789012";
const JOB: &str = "plan";

/// The last second that the engine knows is one before the greatest; there is always one more.
const END_OF_TIME: u32 = u32::MAX - 2;

/// A job that runs on an assumed fleet, in steps, so that a caller can show how far it is;
/// [`Plan::new`] is the whole of it in one call. The job runs on the same [`Engine`] that runs jobs
/// in earnest, with devices that do what was assumed of them.
///
/// # Examples
///
/// ```
/// use iot_jobs::plan::{Assumptions, Simulation};
/// use iot_jobs::{JobConfig, Limits};
/// use iot_topics::Timestamp;
/// use serde_json::json;
///
/// let now = Timestamp::from_secs(1_709_546_400);
/// let config = json!({"jobExecutionsRolloutConfig": {"maximumPerMinute": 60}});
/// let config = JobConfig::from_json(&config, &Limits::AWS_IOT, now).unwrap();
/// let mut simulation = Simulation::new(&config, &Assumptions::new(300), Limits::AWS_IOT, now)?;
/// let mut steps = 0;
/// while simulation.advance() {
///     steps += 1;
/// }
/// assert_eq!(simulation.things().succeeded, 300);
/// assert_eq!(simulation.elapsed().as_secs(), 4 * 60);
/// assert_eq!(simulation.finish().samples.len(), 5);
/// # Ok::<(), iot_jobs::plan::PlanError>(())
/// ```
pub struct Simulation {
    engine: Engine,
    fleet: Fleet,
    desk: Desk,
    series: Series,
    created: u32,
    /// The last second that is simulated.
    horizon: u32,
    now: u32,
    changed: u32,
    started: u32,
    rolled_out: Option<u32>,
    /// A device has asked for an execution that the end of a window hides, and will ask again when
    /// it is told of it by the next one.
    missed: bool,
    stopped: bool,
    name: String,
}

impl fmt::Debug for Simulation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (elapsed, things) = (self.elapsed(), self.things());
        f.debug_struct("Simulation")
            .field("elapsed", &elapsed)
            .field("things", &things)
            .finish_non_exhaustive()
    }
}

/// What devices are told, and what they will do about it.
#[derive(Debug)]
struct Desk {
    assumptions: Assumptions,
    abort_config: Option<AbortConfig>,
    queue: Queue,
    created: u32,
    now: u32,
    retried: Retried,
    abort: Option<PlanAbort>,
}

/// Executions that ended and were followed by another one.
#[derive(Clone, Copy, Debug, Default)]
struct Retried {
    failed: u32,
    timed_out: u32,
}

impl Simulation {
    /// Creates the job.
    ///
    /// # Errors
    ///
    /// [`PlanError::TooManyThings`]; [`PlanError::Refused`], if the engine refuses the job, as it
    /// does when the configuration was read with other limits or for another time.
    pub fn new(
        config: &JobConfig,
        assumptions: &Assumptions,
        mut limits: Limits,
        now: Timestamp,
    ) -> Result<Self, PlanError> {
        if assumptions.things > Assumptions::MAX_THINGS {
            return Err(PlanError::TooManyThings);
        }
        // The job is asked for its counters after its end.
        limits.retention = Duration::MAX;
        let created = u32::try_from(now.as_secs()).unwrap_or(END_OF_TIME);
        let created = created.min(END_OF_TIME);
        let horizon = u32::try_from(assumptions.horizon.as_secs()).unwrap_or(u32::MAX);
        let mut simulation = Self {
            engine: Engine::with_limits(REGION, ACCOUNT, limits),
            fleet: Fleet {
                things: assumptions.things,
            },
            desk: Desk {
                assumptions: assumptions.clone(),
                abort_config: config.abort.clone(),
                queue: Queue::default(),
                created,
                now: created,
                retried: Retried::default(),
                abort: None,
            },
            series: Series::new(assumptions.samples),
            created,
            horizon: created.saturating_add(horizon).min(END_OF_TIME),
            now: created,
            changed: created,
            started: 0,
            rolled_out: None,
            missed: false,
            stopped: false,
            name: String::new(),
        };
        simulation.engine.set_events(true);
        let request = request(config);
        let api = "CreateJob";
        simulation.engine.apply(
            Operation::Control {
                api,
                arguments: &request,
            },
            &simulation.fleet,
            &mut simulation.desk,
            timestamp(created),
        )?;
        simulation.act_until(created);
        simulation.note();
        Ok(simulation)
    }

    /// Goes on to the next second at which something happens, and lets it happen; whether there was
    /// one before the horizon.
    ///
    /// Costs a few microseconds for each device that does something then, and for each that is
    /// told something.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::plan::{Assumptions, Simulation};
    /// use iot_jobs::{JobConfig, Limits};
    /// use iot_topics::Timestamp;
    /// use serde_json::json;
    ///
    /// let now = Timestamp::from_secs(1_709_546_400);
    /// let config = JobConfig::from_json(&json!({}), &Limits::AWS_IOT, now).unwrap();
    /// let mut simulation = Simulation::new(&config, &Assumptions::new(7), Limits::AWS_IOT, now)?;
    /// assert!(!simulation.advance()); // all done at once
    /// # Ok::<(), iot_jobs::plan::PlanError>(())
    /// ```
    pub fn advance(&mut self) -> bool {
        let Some(at) = self.next() else {
            return false;
        };
        if at > self.horizon {
            self.stopped = true;
            return false;
        }
        self.now = at;
        self.desk.now = at;
        self.series.before(at - self.created);
        if self.deadline().is_some_and(|deadline| deadline <= at) {
            self.engine.tick(&self.fleet, &mut self.desk, timestamp(at));
        }
        self.act_until(at);
        self.note();
        true
    }

    /// Where the things are now.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::plan::{Assumptions, Simulation};
    /// use iot_jobs::{JobConfig, Limits};
    /// use iot_topics::Timestamp;
    /// use serde_json::json;
    ///
    /// let now = Timestamp::from_secs(1_709_546_400);
    /// let config = JobConfig::from_json(&json!({}), &Limits::AWS_IOT, now).unwrap();
    /// let simulation = Simulation::new(&config, &Assumptions::new(1_007), Limits::AWS_IOT, now)?;
    /// let things = simulation.things();
    /// assert_eq!((things.succeeded, things.waiting), (1_000, 7)); // after the first minute's batch
    /// # Ok::<(), iot_jobs::plan::PlanError>(())
    /// ```
    #[must_use]
    pub const fn things(&self) -> ThingCounts {
        self.series.state().things
    }

    /// The time since the creation of the job.
    ///
    /// # Examples
    ///
    /// ```
    /// use core::time::Duration;
    /// use iot_jobs::plan::{Assumptions, Simulation};
    /// use iot_jobs::{JobConfig, Limits};
    /// use iot_topics::Timestamp;
    /// use serde_json::json;
    ///
    /// let now = Timestamp::from_secs(1_709_546_400);
    /// let config = JobConfig::from_json(&json!({}), &Limits::AWS_IOT, now).unwrap();
    /// let mut simulation = Simulation::new(&config, &Assumptions::new(1_007), Limits::AWS_IOT, now)?;
    /// simulation.advance();
    /// assert_eq!(simulation.elapsed(), Duration::from_secs(60));
    /// # Ok::<(), iot_jobs::plan::PlanError>(())
    /// ```
    #[must_use]
    pub const fn elapsed(&self) -> Duration {
        self.since(self.now)
    }

    /// What has come out so far: all, if [`advance`](Self::advance) found nothing more to do.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::plan::{Assumptions, PlanEnd, Simulation};
    /// use iot_jobs::{JobConfig, Limits};
    /// use iot_topics::Timestamp;
    /// use serde_json::json;
    ///
    /// let now = Timestamp::from_secs(1_709_546_400);
    /// let config = JobConfig::from_json(&json!({}), &Limits::AWS_IOT, now).unwrap();
    /// let simulation = Simulation::new(&config, &Assumptions::new(7), Limits::AWS_IOT, now)?;
    /// assert_eq!(simulation.finish().end, PlanEnd::Completed);
    /// # Ok::<(), iot_jobs::plan::PlanError>(())
    /// ```
    #[must_use]
    pub fn finish(self) -> Plan {
        let status = self.engine.progress(JOB).map(|progress| progress.status);
        let end = match status {
            Some(JobStatus::Completed) => PlanEnd::Completed,
            Some(JobStatus::Canceled) => PlanEnd::Canceled,
            _ if self.stopped => PlanEnd::Horizon,
            _ => PlanEnd::Open,
        };
        let State { things, ends } = *self.series.state();
        let retried = self.desk.retried;
        Plan {
            end,
            ended: self.since(self.changed),
            rolled_out: self.rolled_out.map(|at| self.since(at)),
            things,
            ends,
            started: self.started,
            retries: u64::from(retried.failed) + u64::from(retried.timed_out),
            samples: self.series.finish(self.changed - self.created),
            abort: self.desk.abort,
        }
    }

    /// When something happens next. As long as nothing more can come of the devices and of the
    /// rollout, windows open and close in vain: then it is the end of the schedule, if there is one.
    fn next(&self) -> Option<u32> {
        let device = self.desk.queue.first();
        let progress = self.engine.progress(JOB)?;
        let idle = device.is_none() && !self.missed && !self.engine.has_timers();
        if idle && progress.is_quiet() {
            return progress.end.map(seconds);
        }
        device.into_iter().chain(self.deadline()).min()
    }

    fn deadline(&self) -> Option<u32> {
        self.engine.next_deadline().map(seconds)
    }

    /// Lets the devices do what they do by then.
    fn act_until(&mut self, at: u32) {
        while let Some(step) = self.desk.queue.pop(at) {
            let Step { thing, attempt, .. } = step;
            let outcome = self.desk.assumptions.outcome(thing, attempt.into());
            match (step.act, outcome) {
                (Act::PickUp, Outcome::Rejection) => self.report(step, ExecutionStatus::Rejected),
                (Act::PickUp, _) => self.pick_up(step, outcome),
                (Act::Report, Outcome::Success) => self.report(step, ExecutionStatus::Succeeded),
                (Act::Report, _) => self.report(step, ExecutionStatus::Failed),
            }
        }
    }

    /// A device asks for its next execution. It gets none if that was canceled meanwhile, or is
    /// hidden by the end of a window.
    fn pick_up(&mut self, step: Step, outcome: Outcome) {
        let (now, request) = (timestamp(self.now), StartNext::default());
        let (engine, desk) = (&mut self.engine, &mut self.desk);
        fleet::name(step.thing, &mut self.name);
        let started = engine.start_next(&self.name, &request, &self.fleet, desk, now);
        let started = started.ok().flatten().and_then(|next| next.started_at());
        if started != Some(now) {
            self.miss();
            return;
        }
        if step.attempt == 1 {
            self.started += 1;
        }
        if outcome != Outcome::Silence {
            let takes = desk.assumptions.duration(step.thing, step.attempt.into());
            let at = self.now.saturating_add(takes);
            let act = Act::Report;
            desk.queue.push(Step { at, act, ..step });
        }
    }

    /// A device tells how it went. What has timed out meanwhile stays so.
    fn report(&mut self, step: Step, status: ExecutionStatus) {
        let (engine, desk) = (&mut self.engine, &mut self.desk);
        let mut request = Update::new(status);
        request.execution_number = Some(step.attempt.into());
        fleet::name(step.thing, &mut self.name);
        let now = timestamp(self.now);
        let updated = engine.update(&self.name, JOB, &request, &self.fleet, desk, now);
        if updated.is_err() {
            self.miss();
        }
    }

    /// Between windows, what a device did not get now comes with the next one.
    fn miss(&mut self) {
        let status = self.engine.progress(JOB).map(|progress| progress.status);
        self.missed |= status == Some(JobStatus::Scheduled);
    }

    /// Takes down where things are.
    fn note(&mut self) {
        let Some(progress) = self.engine.progress(JOB) else {
            return;
        };
        if progress.status != JobStatus::Scheduled {
            self.missed = false;
        }
        let state = State {
            things: self.desk.things(&progress),
            ends: progress.ends,
        };
        if state != *self.series.state() {
            self.changed = self.now;
            self.series.set(state);
        }
        if self.rolled_out.is_none() && progress.notified >= self.fleet.things.into() {
            self.rolled_out = Some(self.now);
        }
    }

    const fn since(&self, at: u32) -> Duration {
        Duration::from_secs((at - self.created) as u64)
    }
}

impl Desk {
    /// Counts things by their last execution.
    fn things(&self, progress: &Progress) -> ThingCounts {
        let ends = &progress.ends;
        let small = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let things = self.assumptions.things;
        ThingCounts {
            waiting: things.saturating_sub(small(progress.notified)),
            queued: progress.queued,
            in_progress: progress.in_progress,
            succeeded: progress.succeeded,
            failed: small(ends.failed).saturating_sub(self.retried.failed),
            timed_out: small(ends.timed_out).saturating_sub(self.retried.timed_out),
            rejected: small(ends.rejected),
            canceled: progress.canceled,
        }
    }

    /// A job is being canceled: by whom else than by its abort criteria?
    fn note_abort(&mut self, progress: &Progress) {
        let config = self.abort_config.as_ref();
        let fired = config.and_then(|config| config.fires(&progress.ends));
        if let Some(criterion) = fired {
            self.abort = Some(PlanAbort {
                at: Duration::from_secs(u64::from(self.now - self.created)),
                criterion: *criterion,
                things: self.things(progress),
                ends: progress.ends,
            });
        }
    }
}

impl Sink for Desk {
    fn send(&mut self, effect: Effect<'_>) {
        if let Some(progress) = effect.cancellation() {
            self.note_abort(&progress);
        }
        let Some(next) = effect.next_execution() else {
            return;
        };
        match next.retried {
            Some(ExecutionStatus::Failed) => self.retried.failed += 1,
            Some(ExecutionStatus::TimedOut) => self.retried.timed_out += 1,
            _ => {}
        }
        let thing = next.thing;
        if self.assumptions.outcome(thing, next.number) == Outcome::Absence {
            return;
        }
        // A device that a window has hidden its execution from may be there when it is shown again.
        let offline = self.assumptions.pickup(thing, next.number);
        let at = next.queued_at.saturating_add(offline).max(self.now);
        self.queue.push(Step {
            at,
            thing,
            attempt: u8::try_from(next.number).unwrap_or(u8::MAX),
            act: Act::PickUp,
        });
    }
}

impl Progress {
    /// Nothing will come of the rollout any more.
    const fn is_quiet(&self) -> bool {
        self.has_begun && self.waiting == 0
    }
}

/// The request that creates the job.
fn request(config: &JobConfig) -> Value {
    let mut request = json!({
        "jobId": JOB,
        "targets": [alloc::format!("arn:aws:iot:{REGION}:{ACCOUNT}:thinggroup/{}", fleet::GROUP)],
        "document": "{}",
        "targetSelection": config.selection.as_str(),
        "jobExecutionsRolloutConfig": config.rollout.to_json(),
        "timeoutConfig": config.timeout.to_json(),
        "schedulingConfig": config.schedule.to_json(),
    });
    let abort = config.abort.as_ref().map(AbortConfig::to_json);
    let retry = config.retry.as_ref().map(crate::RetryConfig::to_json);
    if let Value::Object(members) = &mut request {
        let given = [("abortConfig", abort), ("jobExecutionsRetryConfig", retry)];
        for (name, value) in given {
            members.extend(value.map(|value| (name.into(), value)));
        }
    }
    request
}

const fn timestamp(seconds: u32) -> Timestamp {
    Timestamp::from_secs(seconds as u64)
}

fn seconds(time: Timestamp) -> u32 {
    u32::try_from(time.as_secs()).unwrap_or(u32::MAX)
}
