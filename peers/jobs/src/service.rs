//! An engine with a clock, and what is done to it.

use iot_jobs::{
    Effect, EffectKind, Engine, ExecutionStatus, JobStatus, Operation, StartNext, Update,
};
use iot_topics::Timestamp;
use serde_json::{Value, json};

use crate::fleet::{Fleet, Name, name};

pub const DOCUMENT: &str = r#"{"operation":"install","version":"2.4.1","url":"https://fw.example.com/2.4.1.bin","sha256":"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}"#;

/// What takes the messages.
pub enum Reader {
    /// Counts them.
    Count(u64),
    /// Writes topics and payloads into one text, again and again; counts the bytes.
    Write(String, u64),
    /// Makes a hash of what happened, and to whom, without a text.
    Kinds(Hash),
    /// Makes a hash of all topics and payloads.
    Texts(String, Hash),
}

/// FNV-1a.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hash(pub u64);

impl Default for Hash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hash {
    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

impl Reader {
    #[must_use]
    pub fn write() -> Self {
        Self::Write(String::with_capacity(1 << 16), 0)
    }

    #[must_use]
    pub fn texts() -> Self {
        Self::Texts(String::with_capacity(1 << 16), Hash::default())
    }

    pub fn take(&mut self, effect: Effect<'_>) {
        match self {
            Self::Count(messages) => *messages += 1,
            Self::Write(text, bytes) => {
                text.clear();
                effect.write_topic(text);
                effect.write_payload(text);
                *bytes += text.len() as u64;
            }
            Self::Kinds(hash) => hash_kind(hash, &effect),
            Self::Texts(text, hash) => {
                text.clear();
                effect.write_topic(text);
                effect.write_payload(text);
                hash.add(text.as_bytes());
            }
        }
    }
}

fn hash_kind(hash: &mut Hash, effect: &Effect<'_>) {
    match effect.kind() {
        EffectKind::Notify { thing } => {
            hash.add(b"n");
            hash.add(thing.as_bytes());
        }
        EffectKind::NotifyNext { thing, execution } => {
            hash.add(b"x");
            hash.add(thing.as_bytes());
            if let Some(execution) = execution {
                hash.add(execution.job_id().as_bytes());
                hash.add(&execution.execution_number().to_le_bytes());
            }
        }
        EffectKind::JobEvent { job, operation } => {
            hash.add(job.as_bytes());
            hash.add(operation.as_bytes());
        }
        EffectKind::ExecutionEvent { operation, .. } => hash.add(operation.as_bytes()),
        _ => hash.add(b"?"),
    }
}

pub struct Service {
    pub engine: Engine,
    pub fleet: Fleet,
    pub now: u64,
    pub reader: Reader,
}

impl Service {
    #[must_use]
    pub fn new(fleet: Fleet, reader: Reader) -> Self {
        Self {
            engine: Engine::new("us-east-1", "123456789012"),
            fleet,
            now: 1_700_000_000,
            reader,
        }
    }

    pub fn call(&mut self, api: &str, arguments: &Value) {
        let operation = Operation::Control { api, arguments };
        self.apply(operation);
    }

    pub fn apply(&mut self, operation: Operation<'_>) {
        let now = Timestamp::from_secs(self.now);
        let mut sink = |effect: Effect<'_>| self.reader.take(effect);
        let answer = self.engine.apply(operation, &self.fleet, &mut sink, now);
        answer.expect("is no mistake");
    }

    /// A job for a group, a thousand things a minute, with an in-progress timer.
    pub fn create(&mut self, job: &str, group: &str) {
        let arguments = json!({
            "jobId": job,
            "targets": [format!("arn:aws:iot:us-east-1:123456789012:thinggroup/{group}")],
            "document": DOCUMENT,
            "jobExecutionsRolloutConfig": {"maximumPerMinute": 1000},
            "timeoutConfig": {"inProgressTimeoutInMinutes": 10_080},
        });
        self.call("CreateJob", &arguments);
    }

    pub fn tick(&mut self) {
        let now = Timestamp::from_secs(self.now);
        let mut sink = |effect: Effect<'_>| self.reader.take(effect);
        self.engine.tick(&self.fleet, &mut sink, now);
    }

    /// Runs a minute.
    pub fn minute(&mut self) {
        self.now += 60;
        self.tick();
    }

    #[must_use]
    pub fn waiting(&self, job: &str) -> u32 {
        self.engine.job(job).expect("is there").waiting()
    }

    pub fn start_next(&mut self, number: u32) {
        let now = Timestamp::from_secs(self.now);
        let mut sink = |effect: Effect<'_>| self.reader.take(effect);
        let (name, start) = (name(number), StartNext::default());
        let started = self
            .engine
            .start_next(name.as_str(), &start, &self.fleet, &mut sink, now);
        assert!(started.expect("is right").is_some());
    }

    pub fn update(&mut self, job: &str, number: u32, status: ExecutionStatus) {
        let now = Timestamp::from_secs(self.now);
        let mut sink = |effect: Effect<'_>| self.reader.take(effect);
        let (name, update) = (name(number), Update::new(status));
        let engine = &mut self.engine;
        let updated = engine.update(name.as_str(), job, &update, &self.fleet, &mut sink, now);
        assert_eq!(updated.expect("is right").status(), status);
    }

    /// The same as a message, with details, and the state in the answer.
    pub fn publish_update(&mut self, job: &str, number: u32, text: &mut Request) {
        text.fill(job, name(number));
        let operation = Operation::Publish {
            topic: &text.topic,
            payload: text.payload.as_bytes(),
        };
        self.apply(operation);
    }

    /// Rolls out all that waits, a minute after the other.
    pub fn roll_out(&mut self, job: &str) {
        while self.waiting(job) > 0 {
            self.minute();
        }
    }

    /// The whole life of a job on all things: each batch starts and succeeds within its minute.
    pub fn live(&mut self, job: &str) {
        self.create(job, "all");
        let mut done = 0;
        while done < self.fleet.things {
            let notified = self.engine.job(job).expect("is there").notified();
            let notified = u32::try_from(notified).expect("are things");
            for number in done..notified {
                self.start_next(number);
            }
            for number in done..notified {
                self.update(job, number, ExecutionStatus::Succeeded);
            }
            done = notified;
            self.minute();
        }
        let job = self.engine.job(job).expect("is there");
        assert_eq!(job.status(), JobStatus::Completed);
        assert_eq!(job.count(ExecutionStatus::Succeeded), self.fleet.things);
    }
}

/// The report of a device.
pub const REPORT: &str =
    r#"{"status":"IN_PROGRESS","includeJobExecutionState":true,"clientToken":"c-0001"}"#;

/// One with all members.
pub const FULL_REPORT: &str = r#"{"status":"IN_PROGRESS","statusDetails":{"step":"download","progress":"50"},"expectedVersion":"4","executionNumber":1,"includeJobExecutionState":true,"includeJobDocument":true,"stepTimeoutInMinutes":60,"clientToken":"c-0001"}"#;

/// A message of a device, in texts that are used again.
#[derive(Debug)]
pub struct Request {
    topic: String,
    payload: String,
}

impl Request {
    fn fill(&mut self, job: &str, thing: Name) {
        self.topic.clear();
        for part in ["$aws/things/", thing.as_str(), "/jobs/", job, "/update"] {
            self.topic.push_str(part);
        }
    }

    #[must_use]
    pub fn new(payload: &str) -> Self {
        Self {
            topic: String::new(),
            payload: payload.into(),
        }
    }
}
