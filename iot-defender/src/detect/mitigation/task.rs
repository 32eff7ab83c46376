//! Mitigation tasks: the violations that a request chose, and how far each action is.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use iot_topics::{ThingName, Timestamp};

use super::DetectTaskStatus;
use super::request::DetectMitigationRequest;
use super::target::DetectMitigationTarget;
use crate::audit::mitigation::task::Attempt;
use crate::audit::{
    ActionFailure, ActionParams, DefinedAction, ExecutionKey, MitigationActions, MitigationEffect,
    MitigationRequestError, MitigationRun, TaskStatus,
};
use crate::detect::behavior::Behavior;
use crate::detect::engine::Engine;
use crate::detect::name::ProfileName;

/// An action whose turn has come: what is to be done, in which role.
///
/// # Examples
///
/// See [`DetectMitigationTask`].
///
/// ```
/// use iot_defender::detect::DetectMitigationStep;
///
/// fn log(step: &DetectMitigationStep) -> String {
///     format!("{} on {}: {:?} as {}", step.action, step.thing, step.effect, step.role_arn)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DetectMitigationStep {
    /// What [`DetectMitigationTask::finish`] is told.
    pub key: ExecutionKey,
    /// The violation.
    pub violation_id: String,
    /// The thing.
    pub thing: ThingName,
    /// The name of the action.
    pub action: String,
    /// The role to act in.
    pub role_arn: String,
    /// What is to be done.
    pub effect: MitigationEffect,
}

/// A violation that a task works on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Chosen {
    pub(super) id: String,
    /// The thing or the client id.
    pub(super) device: String,
    /// Nothing if the device is not in the registry.
    thing: Option<ThingName>,
    pub(super) attempts: Vec<Attempt>,
}

/// A mitigation task of Detect: it tells what is to be done next, and is told how that went.
///
/// The violations are those that the engine has when the task starts, in the order of profile,
/// behavior, thing and id. The actions on a violation run in the order of the request; several
/// violations may be worked on at once. When an action fails, the later ones on that violation are
/// skipped and other violations go on; nothing is taken back. A violation that the target names and
/// the filters leave out is skipped too.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{MitigationAction, MitigationActions, MitigationRequestError};
/// use iot_defender::detect::{
///     DetectMitigationRequest, DetectMitigationTask, DetectTaskStatus, Engine,
/// };
/// use iot_topics::Timestamp;
/// use serde_json::json;
///
/// /// Puts all lamps whose alarm is on into quarantine.
/// fn quarantine(
///     engine: &Engine,
///     actions: &MitigationActions,
///     now: Timestamp,
/// ) -> Result<DetectMitigationTask, MitigationRequestError> {
///     let request = DetectMitigationRequest::from_json(&json!({
///         "taskId": "m-1",
///         "target": { "securityProfileName": "lamps" },
///         "actions": ["Quarantine"],
///         "includeOnlyActiveViolations": true,
///     }))?;
///     let mut task = DetectMitigationTask::start(request, actions, engine, now)?;
///     while let Some(step) = task.start_next(now) {
///         for call in step.effect.calls() {
///             println!("{} {}", call.operation, call.arguments);
///         }
///         task.finish(step.key, Ok(()), now);
///     }
///     Ok(task)
/// }
///
/// let now = Timestamp::from_secs(1_573_786_800);
/// let mut actions = MitigationActions::new("arn:aws:iot:us-east-1:123456789012");
/// actions.create(MitigationAction::from_json(&json!({
///     "actionName": "Quarantine",
///     "roleArn": "arn:aws:iam::123456789012:role/mitigate",
///     "actionParams": { "addThingsToThingGroupParams": { "thingGroupNames": ["quarantine"] } },
/// }))?, "1", now)?;
/// let task = quarantine(&Engine::new(), &actions, now)?;
/// assert_eq!(task.status(), DetectTaskStatus::Successful); // there was nothing to do
/// # Ok::<(), MitigationRequestError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DetectMitigationTask {
    pub(super) request: DetectMitigationRequest,
    pub(super) definitions: Vec<DefinedAction>,
    pub(super) violations: Vec<Chosen>,
    /// Violations that the target names, and that the filters leave out.
    pub(super) left_out: usize,
    pub(super) run: MitigationRun,
    pub(super) start_time: Timestamp,
    pub(super) end_time: Option<Timestamp>,
}

impl DetectMitigationTask {
    /// A task over those violations of the engine that the request chooses. The definitions of the
    /// actions are kept: what happens to them later does not change the task.
    ///
    /// [`DetectMitigationTasks::start`](super::DetectMitigationTasks::start) does the same for an
    /// account, with its limits.
    ///
    /// The cost is a look at each event that the engine keeps and each alarm that is on.
    ///
    /// # Errors
    ///
    /// [`MitigationRequestError`]: an action does not exist or is not for violations, or there is
    /// no violation of an id.
    pub fn start(
        request: DetectMitigationRequest,
        actions: &MitigationActions,
        engine: &Engine,
        now: Timestamp,
    ) -> Result<Self, MitigationRequestError> {
        let definitions = request.definitions(actions)?;
        let found = found(&request, engine);
        let named = match &request.target {
            DetectMitigationTarget::Violations(ids) => ids.as_slice(),
            DetectMitigationTarget::Profile { .. } => &[],
        };
        if let Some(id) = named.iter().find(|id| !found.contains_key(id.as_str())) {
            return Err(MitigationRequestError::NoSuchViolation(id.clone()));
        }
        let all = found.len();
        let mut chosen: Vec<_> = found.into_iter().filter(|(_, it)| it.is_meant()).collect();
        let left_out = if named.is_empty() {
            0
        } else {
            all - chosen.len()
        };
        // Stable: those that are equal keep the order of their ids.
        chosen.sort_by_key(|(_, it)| (it.profile, it.behavior.name(), it.device, it.is_registered));
        let violations: Vec<Chosen> = chosen
            .into_iter()
            .map(|(id, it)| Chosen {
                id: id.into(),
                device: it.device.into(),
                thing: ThingName::parse(it.device)
                    .ok()
                    .filter(|_| it.is_registered),
                attempts: alloc::vec![Attempt::default(); definitions.len()],
            })
            .collect();
        let run = MitigationRun::new(violations.iter().map(|_| definitions.len()));
        let mut task = Self {
            request,
            definitions,
            violations,
            left_out,
            run,
            start_time: now,
            end_time: None,
        };
        task.note_end(now);
        Ok(task)
    }

    /// Starts the next action whose turn has come. An action waits for the one before it on the
    /// same violation, not for other violations.
    ///
    /// An action on a device that is not in the registry fails here with
    /// `InvalidRequestException`, and the next one is looked for: there is no thing to move.
    ///
    /// The cost is linear in the violations that are worked on at once.
    pub fn start_next(&mut self, now: Timestamp) -> Option<DetectMitigationStep> {
        while let Some((finding, action)) = self.run.start_next() {
            let key = ExecutionKey { finding, action };
            if let Some(attempt) = self.attempt(key) {
                attempt.start = Some(now);
            }
            let step = self.step(key);
            if step.is_some() {
                return step;
            }
            let failure = ActionFailure::new(
                "InvalidRequestException",
                "the device is not in the registry",
            );
            self.finish(key, Err(failure), now);
        }
        None
    }

    fn step(&self, key: ExecutionKey) -> Option<DetectMitigationStep> {
        let chosen = self.violations.get(key.finding)?;
        let action = self.definitions.get(key.action)?.action();
        let thing = chosen.thing.clone()?;
        let ActionParams::AddThingsToThingGroup {
            groups,
            override_dynamic_groups,
        } = action.params()
        else {
            return None;
        };
        Some(DetectMitigationStep {
            key,
            violation_id: chosen.id.clone(),
            action: action.name().to_string(),
            role_arn: action.role_arn().to_string(),
            effect: MitigationEffect::AddThingsToGroups {
                things: Vec::from([thing.clone()]),
                groups: groups.clone(),
                override_dynamic_groups: *override_dynamic_groups,
            },
            thing,
        })
    }

    fn attempt(&mut self, key: ExecutionKey) -> Option<&mut Attempt> {
        let chosen = self.violations.get_mut(key.finding)?;
        chosen.attempts.get_mut(key.action)
    }

    /// Tells how an action went that was started. `false`, and nothing changes, if it does not
    /// run: it was told before, or the task was canceled.
    pub fn finish(
        &mut self,
        key: ExecutionKey,
        outcome: Result<(), ActionFailure>,
        now: Timestamp,
    ) -> bool {
        if !self.run.finish(key.finding, key.action, outcome.is_ok()) {
            return false;
        }
        if let Some(attempt) = self.attempt(key) {
            attempt.end = Some(now);
            attempt.failure = outcome.err();
        }
        self.note_end(now);
        true
    }

    /// `CancelDetectMitigationActionsTask`: what is not done is skipped, what is done stays.
    ///
    /// # Errors
    ///
    /// [`MitigationRequestError::HasEnded`].
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::MitigationRequestError;
    /// use iot_defender::detect::{DetectMitigationTask, DetectTaskStatus};
    /// use iot_topics::Timestamp;
    ///
    /// /// Ends what runs for more than an hour.
    /// fn supervise(
    ///     task: &mut DetectMitigationTask,
    ///     now: Timestamp,
    /// ) -> Result<(), MitigationRequestError> {
    ///     let runs = task.status() == DetectTaskStatus::InProgress;
    ///     if runs && now.saturating_since(task.start_time()).as_secs() > 3_600 {
    ///         task.cancel(now)?;
    ///         assert_eq!(task.end_time(), Some(now));
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub fn cancel(&mut self, now: Timestamp) -> Result<(), MitigationRequestError> {
        if !self.run.cancel() {
            return Err(MitigationRequestError::HasEnded);
        }
        let attempts = self.violations.iter_mut().flat_map(|it| &mut it.attempts);
        for attempt in attempts.filter(|it| it.start.is_some()) {
            attempt.end.get_or_insert(now);
        }
        self.note_end(now);
        Ok(())
    }

    fn note_end(&mut self, now: Timestamp) {
        if self.status() != DetectTaskStatus::InProgress {
            self.end_time.get_or_insert(now);
        }
    }

    /// What started it.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::DetectMitigationTask;
    ///
    /// fn id(task: &DetectMitigationTask) -> &str {
    ///     task.request().task_id.as_str()
    /// }
    /// ```
    #[must_use]
    pub const fn request(&self) -> &DetectMitigationRequest {
        &self.request
    }

    /// How far it is: failed, if an action failed on any violation.
    #[must_use]
    pub const fn status(&self) -> DetectTaskStatus {
        match self.run.status() {
            TaskStatus::InProgress => DetectTaskStatus::InProgress,
            TaskStatus::Completed => DetectTaskStatus::Successful,
            TaskStatus::Failed => DetectTaskStatus::Failed,
            TaskStatus::Canceled => DetectTaskStatus::Canceled,
        }
    }

    /// When it started.
    #[must_use]
    pub const fn start_time(&self) -> Timestamp {
        self.start_time
    }

    /// When it ended; `None` while it runs.
    #[must_use]
    pub const fn end_time(&self) -> Option<Timestamp> {
        self.end_time
    }
}

/// A violation of the engine that the target means.
struct Violation<'e> {
    profile: &'e ProfileName,
    behavior: &'e Behavior,
    device: &'e str,
    is_registered: bool,
    is_active: bool,
    is_in_time: bool,
    request: &'e DetectMitigationRequest,
}

impl Violation<'_> {
    /// Whether the filters leave it in.
    fn is_meant(&self) -> bool {
        self.is_in_time
            && (self.is_active || !self.request.only_active)
            && (!self.behavior.suppress_alerts || self.request.takes_suppressed())
    }
}

fn found<'e>(
    request: &'e DetectMitigationRequest,
    engine: &'e Engine,
) -> BTreeMap<&'e str, Violation<'e>> {
    let mut found: BTreeMap<&str, Violation<'_>> = BTreeMap::new();
    let is_aimed_at = |id: &str, profile: &ProfileName, behavior: &Behavior| match &request.target {
        DetectMitigationTarget::Violations(ids) => ids.iter().any(|named| named == id),
        DetectMitigationTarget::Profile {
            profile: of,
            behavior: named,
        } => of == profile && named.as_ref().is_none_or(|named| named == behavior.name()),
    };
    let is_in_time = |time: Timestamp| {
        let occurred = request.occurred.as_ref();
        occurred.is_none_or(|occurred| occurred.contains(&time))
    };
    for event in engine.events().map(|listed| listed.event) {
        if !is_aimed_at(&event.violation_id, &event.profile, &event.behavior) {
            continue;
        }
        let violation = found
            .entry(&event.violation_id)
            .or_insert_with(|| Violation {
                profile: &event.profile,
                behavior: &event.behavior,
                device: &event.thing,
                is_registered: event.is_registered,
                is_active: false,
                is_in_time: false,
                request,
            });
        violation.is_in_time |= is_in_time(event.time);
    }
    for active in engine.active_violations() {
        if !is_aimed_at(active.violation_id, active.profile, active.behavior) {
            continue;
        }
        let violation = found
            .entry(active.violation_id)
            .or_insert_with(|| Violation {
                profile: active.profile,
                behavior: active.behavior,
                device: active.thing,
                is_registered: active.is_registered,
                is_active: true,
                is_in_time: false,
                request,
            });
        violation.is_active = true;
        // Its first event may be too old to be kept.
        violation.is_in_time |= is_in_time(active.start);
    }
    found
}
