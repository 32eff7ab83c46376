//! A whole engine as bytes, and back.
//!
//! Kept is what cannot be derived: the jobs and templates, what each job has in line, its
//! executions as they were queued, each thing with its name where it comes first. Ids of records, the lists of each thing,
//! counters, timers, the calendar and the groups that jobs listen to are made anew, so that bytes
//! cannot bring an engine into a state that calls would not.

mod bytes;
mod document;
mod error;
mod executions;
mod job;
mod limits;

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use iot_topics::JobId;

use self::bytes::{Read, Reader, Writer};
pub use self::error::SnapshotError;
use self::executions::Things;
use self::job::Slots;
use super::jobs::{Jobs, NEVER};
use super::template::Template;
use super::{Engine, State};
use crate::store::{Rebuild, Store};

/// What the bytes begin with: what they are, and in which form.
const HEAD: &[u8] = b"iot-jobs\x01";

impl Engine {
    /// The engine as bytes, the same for engines that were told the same. Its limits are a part of
    /// it. An execution takes about 15 bytes, beside the name of its thing.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{Engine, Operation, World};
    /// use iot_topics::Timestamp;
    /// use serde_json::json;
    ///
    /// struct Fleet;
    /// impl World for Fleet {
    ///     fn has_thing(&self, _: &str) -> bool { true }
    ///     fn has_group(&self, _: &str) -> bool { false }
    ///     fn is_member(&self, _: &str, _: &str) -> bool { false }
    ///     fn members(&self, _: &str, _: &mut dyn FnMut(&str)) {}
    /// }
    ///
    /// let mut engine = Engine::new("us-east-1", "123456789012");
    /// let target = "arn:aws:iot:us-east-1:123456789012:thing/pump";
    /// let job = json!({"jobId": "fw-2", "targets": [target], "document": "{}"});
    /// let create = Operation::Control { api: "CreateJob", arguments: &job };
    /// engine.apply(create, &Fleet, &mut (), Timestamp::from_secs(1_700_000_000))?;
    ///
    /// let bytes = engine.snapshot();
    /// let restored = Engine::restore(&bytes).expect("is a snapshot");
    /// assert!(restored.execution("pump", "fw-2", None).is_some());
    /// assert_eq!(restored.snapshot(), bytes);
    /// # Ok::<(), iot_jobs::ApiError>(())
    /// ```
    #[must_use]
    pub fn snapshot(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.snapshot_to(&mut |piece| bytes.extend_from_slice(piece));
        bytes
    }

    /// The same, in pieces as they are made, so that a fleet need not be held twice.
    ///
    /// # Examples
    ///
    /// ```
    /// let engine = iot_jobs::Engine::new("us-east-1", "123456789012");
    /// let mut file = Vec::new();
    /// engine.snapshot_to(&mut |piece| file.extend_from_slice(piece));
    /// assert_eq!(file, engine.snapshot());
    /// ```
    pub fn snapshot_to(&self, sink: &mut dyn FnMut(&[u8])) {
        let mut out = Writer::new(sink);
        self.write(&mut out);
        out.finish();
    }

    /// The engine that a snapshot was taken of: from here on both answer alike, given the same
    /// world.
    ///
    /// # Errors
    ///
    /// Any other bytes; [`SnapshotError`] tells where and why. No count takes more memory than some
    /// times that of the bytes.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::Engine;
    ///
    /// let bytes = Engine::new("us-east-1", "123456789012").snapshot();
    /// assert!(Engine::restore(&bytes).is_ok());
    /// assert!(Engine::restore(&bytes[1..]).is_err());
    /// ```
    pub fn restore(snapshot: &[u8]) -> Result<Self, SnapshotError> {
        let mut input = Reader::new(snapshot);
        let engine = read(&mut input)?;
        input.end()?;
        Ok(engine)
    }

    fn write(&self, out: &mut Writer<'_>) {
        let state = &self.state;
        out.raw(HEAD);
        out.number(self.now);
        out.text(&state.region);
        out.text(&state.account);
        out.flag(state.events);
        out.number(state.events_sent);
        out.number(state.sequence);
        limits::write(&state.limits, out);
        out.count(state.templates.len());
        for (id, template) in &state.templates {
            out.text(id);
            out.number(template.created_at);
            out.text(&template.document);
            out.object(&template.members);
        }
        out.number(state.store.occupied());
        let mut things = Things::of(&state.store);
        out.number(state.jobs.created());
        out.count(state.jobs.len());
        for (number, job) in state.jobs.oldest_first() {
            let (rolling, blocked) = state.jobs.slots(number);
            job::write(job, Slots { rolling, blocked }, out);
            executions::write(state, job, &mut things, out);
        }
    }
}

fn read(input: &mut Reader<'_>) -> Read<Engine> {
    let head = input.raw(HEAD.len());
    input.hold(head == Ok(HEAD), "must be a snapshot of iot-jobs in form 1")?;
    let now = input.whole()?;
    input.hold(now < NEVER, "must be a time that comes")?;
    let (region, account) = (input.text()?, input.text()?);
    let events = input.flag()?;
    let events_sent = tally(input)?;
    let sequence = input.whole()?;
    let mut state = State {
        region: region.into(),
        account: account.into(),
        limits: limits::read(input)?,
        events,
        store: Store::default(),
        jobs: Jobs::default(),
        sequence,
        events_sent,
        listeners: BTreeMap::new(),
        templates: read_templates(input, now)?,
    };
    let things = input.count()?;
    let mut rebuild = Rebuild::of(things);
    state.jobs = Jobs::having_created(tally(input)?);
    let mut after = None;
    for _ in 0..input.count()? {
        let (mut job, slots) = job::read(input, &state.limits, sequence, now)?;
        let number = state.jobs.next_number();
        executions::read(input, &state, &mut rebuild, now, (number, &mut job))?;
        if let Err(rule) = job::check(&job, slots) {
            return input.refuse(rule);
        }
        let in_order = after < Some(job.serial) && job.serial < state.jobs.created();
        input.hold(in_order, "must be the end of a job that was created later")?;
        after = Some(job.serial);
        let new = state.jobs.number(&job.id).is_none();
        input.hold(new, "must be the end of a job with an id of its own")?;
        state.jobs.put(job, (slots.rolling, slots.blocked));
    }
    let all = rebuild.things() == things;
    input.hold(all, "must be the end of as many things as were announced")?;
    state.store = match rebuild.finish() {
        Ok(store) => store,
        Err(rule) => return input.refuse(rule),
    };
    state.arm_all();
    state.listen_all();
    Ok(Engine { state, now })
}

/// How often something has happened, which can go on happening.
fn tally(input: &mut Reader<'_>) -> Read<u64> {
    let tally = input.number()?;
    input.hold(tally <= u64::MAX / 2, "must be less than half of 64 bits")?;
    Ok(tally)
}

fn read_templates(input: &mut Reader<'_>, now: u32) -> Read<BTreeMap<Box<str>, Template>> {
    let mut templates = BTreeMap::<Box<str>, Template>::new();
    for _ in 0..input.count()? {
        let id = input.text()?;
        input.hold(JobId::check(id).is_ok(), "must be the id of a job template")?;
        let last = templates.last_key_value();
        let in_order = last.is_none_or(|(last, _)| **last < *id);
        input.hold(in_order, "must come later in the order of ids")?;
        let created_at = input.whole()?;
        input.hold(created_at <= now, "must be a time that has come")?;
        let document = input.text()?.into();
        let members = input.object()?;
        let template = Template {
            created_at,
            document,
            members,
        };
        templates.insert(id.into(), template);
    }
    Ok(templates)
}

impl State {
    /// Sets the timer of each execution that runs.
    fn arm_all(&mut self) {
        let running: Vec<u32> = self.store.with_deadline().collect();
        running.into_iter().for_each(|id| self.arm(id));
    }

    /// Lets the jobs hear of their groups that go on with things that join.
    fn listen_all(&mut self) {
        let active = self.jobs.iter().filter(|(_, job)| job.status.is_active());
        let active: Vec<u32> = active.map(|(number, _)| number).collect();
        active.into_iter().for_each(|number| self.listen(number));
    }
}
