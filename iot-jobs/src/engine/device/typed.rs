//! The device plane without JSON.

use iot_topics::Timestamp;

use super::{Describe, ExecutionView, Rejection, StartNext, Update};
use crate::engine::effect::Sink;
use crate::engine::{Engine, Turn};
use crate::world::World;

/// Requests of devices as calls. They obey the rules of the requests over MQTT and HTTP, which are
/// encodings of the same; what others are told goes to the sink, the answer is the caller's.
impl Engine {
    /// Starts the first pending execution of a thing, or gives the one that runs: `None` if
    /// nothing is pending. It is safe to repeat after a reconnect (developer guide, Jobs device
    /// MQTT API operations, StartNextPendingJobExecution).
    ///
    /// # Errors
    ///
    /// [`RejectCode::InvalidRequest`](crate::RejectCode::InvalidRequest) for a step timer out of
    /// bounds.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{Engine, NoWorld, StartNext};
    /// use iot_topics::Timestamp;
    ///
    /// let mut engine = Engine::new("us-east-1", "123456789012");
    /// let now = Timestamp::from_secs(1_700_000_000);
    /// let started = engine.start_next("pump", &StartNext::default(), &NoWorld, &mut (), now)?;
    /// assert!(started.is_none());
    /// # Ok::<(), iot_jobs::Rejection>(())
    /// ```
    pub fn start_next(
        &mut self,
        thing: &str,
        request: &StartNext,
        world: &dyn World,
        sink: &mut dyn Sink,
        now: Timestamp,
    ) -> Result<Option<ExecutionView<'_>>, Rejection> {
        let started = self.device(world, sink, now, |turn| turn.start_next(thing, request))?;
        Ok(started.and_then(|id| self.view(id)))
    }

    /// Tells of one execution of a thing, or of the first pending one: `None` if there is none
    /// (developer guide, Jobs device MQTT API operations, DescribeJobExecution).
    ///
    /// # Errors
    ///
    /// If a job is named, `ResourceNotFound` and, as devices do not see what has ended,
    /// `TerminalStateReached`.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{Describe, Engine, NoWorld, RejectCode};
    /// use iot_topics::Timestamp;
    ///
    /// let mut engine = Engine::new("us-east-1", "123456789012");
    /// let now = Timestamp::from_secs(1_700_000_000);
    /// let next = engine.describe("pump", &Describe::next(), &NoWorld, &mut (), now);
    /// assert!(next.expect("is no mistake").is_none());
    /// let job = engine.describe("pump", &Describe::job("fw-2"), &NoWorld, &mut (), now);
    /// assert_eq!(job.unwrap_err().code(), RejectCode::ResourceNotFound);
    /// ```
    pub fn describe(
        &mut self,
        thing: &str,
        request: &Describe<'_>,
        world: &dyn World,
        sink: &mut dyn Sink,
        now: Timestamp,
    ) -> Result<Option<ExecutionView<'_>>, Rejection> {
        let found = self.device(world, sink, now, |turn| turn.describe(thing, request))?;
        Ok(found.and_then(|id| self.view(id)))
    }

    /// Takes the report of a device on one execution, and tells what it is like then (developer
    /// guide, Jobs device MQTT API operations, UpdateJobExecution).
    ///
    /// # Errors
    ///
    /// In this order: `InvalidRequest` for a step timer out of bounds; `InvalidStateTransition`
    /// for a status that no device may set; `ResourceNotFound`; `VersionMismatch`;
    /// `InvalidStateTransition` for an execution that has ended or is not shown. The last two
    /// tell the state.
    ///
    /// # Examples
    ///
    /// ```
    /// # use iot_jobs::{Operation, World};
    /// # struct Fleet;
    /// # impl World for Fleet {
    /// #     fn has_thing(&self, _: &str) -> bool { true }
    /// #     fn has_group(&self, _: &str) -> bool { false }
    /// #     fn is_member(&self, _: &str, _: &str) -> bool { false }
    /// #     fn members(&self, _: &str, _: &mut dyn FnMut(&str)) {}
    /// # }
    /// use iot_jobs::{Effect, Engine, ExecutionStatus, RejectCode, Update};
    /// use iot_topics::Timestamp;
    ///
    /// let mut engine = Engine::new("us-east-1", "123456789012");
    /// # let job = serde_json::json!({"jobId": "fw-2", "document": "{}",
    /// #     "targets": ["arn:aws:iot:us-east-1:123456789012:thing/pump"]});
    /// # let create = Operation::Control { api: "CreateJob", arguments: &job };
    /// let now = Timestamp::from_secs(1_700_000_000);
    /// # engine.apply(create, &Fleet, &mut (), now)?;
    /// // The job `fw-2` is queued for `pump`.
    /// let mut sent = Vec::new();
    /// let mut sink = |effect: Effect<'_>| sent.push(effect.topic());
    /// let report = Update::new(ExecutionStatus::Succeeded);
    /// let execution = engine.update("pump", "fw-2", &report, &Fleet, &mut sink, now);
    /// assert_eq!(execution.expect("is right").version(), 2);
    /// assert_eq!(sent, ["$aws/things/pump/jobs/notify", "$aws/things/pump/jobs/notify-next"]);
    ///
    /// let again = engine.update("pump", "fw-2", &report, &Fleet, &mut (), now);
    /// assert_eq!(again.unwrap_err().code(), RejectCode::InvalidStateTransition);
    /// # Ok::<(), iot_jobs::ApiError>(())
    /// ```
    pub fn update(
        &mut self,
        thing: &str,
        job: &str,
        request: &Update,
        world: &dyn World,
        sink: &mut dyn Sink,
        now: Timestamp,
    ) -> Result<ExecutionView<'_>, Rejection> {
        let id = self.device(world, sink, now, |turn| {
            let updated = turn.update(thing, job, request)?;
            turn.finish(updated);
            Ok(updated.id)
        })?;
        // What was updated just now is an execution still.
        self.view(id).ok_or(super::NO_EXECUTION)
    }

    /// The pending executions that a thing is shown, those in progress first, and each kind by
    /// when it was queued (developer guide, Jobs device MQTT API operations,
    /// GetPendingJobExecutions). At most [`Limits::pending_shown`](crate::Limits::pending_shown)
    /// and some of windowed jobs.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{Engine, NoWorld};
    /// use iot_topics::Timestamp;
    ///
    /// let mut engine = Engine::new("us-east-1", "123456789012");
    /// let now = Timestamp::from_secs(1_700_000_000);
    /// assert_eq!(engine.pending("pump", &NoWorld, &mut (), now).count(), 0);
    /// ```
    pub fn pending(
        &mut self,
        thing: &str,
        world: &dyn World,
        sink: &mut dyn Sink,
        now: Timestamp,
    ) -> impl Iterator<Item = ExecutionView<'_>> {
        let mut turn = self.turn(world, sink, now);
        turn.run_due();
        turn.settle();
        let thing = self.state.store.thing(thing);
        let shown = thing.into_iter().flat_map(|thing| self.state.shown(thing));
        shown.filter_map(|(id, _)| self.view(id))
    }

    /// One request: what is due, the request, and the end of the call.
    fn device<T>(
        &mut self,
        world: &dyn World,
        sink: &mut dyn Sink,
        now: Timestamp,
        request: impl FnOnce(&mut Turn<'_>) -> Result<T, Rejection>,
    ) -> Result<T, Rejection> {
        let mut turn = self.turn(world, sink, now);
        turn.run_due();
        let answer = request(&mut turn);
        turn.settle();
        answer
    }

    pub(in crate::engine) fn view(&self, id: u32) -> Option<ExecutionView<'_>> {
        self.state.view(id, self.now)
    }
}
