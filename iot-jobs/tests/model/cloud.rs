//! The engine, with what the model asks of it.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "what the model asks for is legal, and what the engine writes is JSON"
)]

use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use core::hash::{Hash, Hasher};

use iot_jobs::{Effect, Engine, ExecutionStatus, JobStatus, Operation, World};
use iot_topics::Timestamp;
use serde_json::Value;

use crate::network::Packet;

pub(crate) const THING: &str = "t";

struct OneThing;

impl World for OneThing {
    fn has_thing(&self, thing: &str) -> bool {
        thing == THING
    }
    fn has_group(&self, _: &str) -> bool {
        false
    }
    fn is_member(&self, _: &str, _: &str) -> bool {
        false
    }
    fn members(&self, _: &str, _: &mut dyn FnMut(&str)) {}
}

/// Ended executions: how, and at which version.
type Ends = BTreeMap<(String, u32), (ExecutionStatus, u32)>;

/// Two are the same if all that they keep is.
#[derive(Clone, Debug)]
pub(crate) struct Cloud {
    engine: Arc<Engine>,
    text: Arc<str>,
    ends: Arc<Ends>,
    /// An execution was another after its end.
    pub(crate) unmade: bool,
    pub(crate) now: u64,
}

impl PartialEq for Cloud {
    fn eq(&self, other: &Self) -> bool {
        (&self.text, self.unmade, self.now) == (&other.text, other.unmade, other.now)
    }
}

impl Eq for Cloud {}

impl Hash for Cloud {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.text, self.unmade, self.now).hash(state);
    }
}

/// At most so many jobs, with so many executions each.
const JOBS: [&str; 3] = ["a", "b", "c"];
const NUMBERS: u32 = 2;

impl Cloud {
    pub(crate) fn new() -> Self {
        let mut cloud = Self {
            engine: Arc::new(Engine::new("us-east-1", "123456789012")),
            text: "".into(),
            ends: Arc::default(),
            unmade: false,
            now: 1_700_000_000,
        };
        cloud.change(&[], |_, _, _| {});
        cloud
    }

    pub(crate) fn time(&self) -> Timestamp {
        Timestamp::from_secs(self.now)
    }

    /// Changes the engine, and gives what it sends. What is deleted on purpose has not ended.
    fn change(
        &mut self,
        deleted: &[&str],
        change: impl FnOnce(&mut Engine, &mut dyn FnMut(Effect<'_>), Timestamp),
    ) -> Vec<Packet> {
        let mut sent = Vec::new();
        let mut sink = |effect: Effect<'_>| {
            sent.push(Packet {
                is_request: false,
                topic: effect.topic(),
                payload: effect.payload(),
            });
        };
        let now = self.time();
        change(Arc::make_mut(&mut self.engine), &mut sink, now);
        self.text = format!("{:?}", self.engine).into();
        let ends = self.ended();
        let stands = |(id, end): (&(String, u32), &(ExecutionStatus, u32))| {
            deleted.contains(&id.0.as_str()) || ends.get(id) == Some(end)
        };
        self.unmade |= !self.ends.iter().all(stands);
        self.ends = Arc::new(ends);
        sent
    }

    pub(crate) fn control(&mut self, api: &str, arguments: &Value) -> Vec<Packet> {
        let deleted = match api {
            "DeleteJob" => arguments["jobId"].as_str(),
            _ => None,
        };
        self.change(deleted.as_slice(), |engine, mut sink, now| {
            let operation = Operation::Control { api, arguments };
            engine.apply(operation, &OneThing, &mut sink, now).unwrap();
        })
    }

    pub(crate) fn publish(&mut self, packet: &Packet) -> Vec<Packet> {
        let (topic, payload) = (packet.topic.as_str(), packet.payload.as_bytes());
        self.change(&[], |engine, mut sink, now| {
            let operation = Operation::Publish { topic, payload };
            engine.apply(operation, &OneThing, &mut sink, now).unwrap();
        })
    }

    pub(crate) fn tick(&mut self) -> Vec<Packet> {
        self.change(&[], |engine, mut sink, now| {
            engine.tick(&OneThing, &mut sink, now);
        })
    }

    pub(crate) fn next_deadline(&self) -> Option<u64> {
        self.engine.next_deadline().map(Timestamp::as_secs)
    }

    pub(crate) fn job_status(&self, job: &str) -> Option<JobStatus> {
        self.engine.job(job).map(|job| job.status())
    }

    fn ended(&self) -> Ends {
        let executions = JOBS
            .into_iter()
            .flat_map(|job| (1..=NUMBERS).map(move |number| (job, number)));
        let end = |(job, number): (&str, u32)| {
            let execution = self.engine.execution(THING, job, Some(number))?;
            let is_end = execution.status().is_terminal();
            is_end.then(|| {
                (
                    (job.to_owned(), number),
                    (execution.status(), execution.version()),
                )
            })
        };
        executions.filter_map(end).collect()
    }

    /// The pending executions of the thing, as the service shows them.
    pub(crate) fn pending(&self) -> Vec<Value> {
        let mut all = Vec::new();
        let mut sink = |effect: Effect<'_>| {
            let lists: Value = serde_json::from_str(&effect.payload()).unwrap();
            for list in ["inProgressJobs", "queuedJobs"] {
                all.extend(lists[list].as_array().unwrap().iter().cloned());
            }
        };
        let topic = format!("$aws/things/{THING}/jobs/get");
        let operation = Operation::Publish {
            topic: &topic,
            payload: b"",
        };
        Engine::clone(&self.engine)
            .apply(operation, &OneThing, &mut sink, self.time())
            .unwrap();
        all
    }
}
