//! What holds for an agent whatever it is told, by whomever.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "names and topics that are legal, and what must be there"
)]

use iot_jobs::{AgentEvent, ExecutionId, JobAgent, JobRecord, Outcome};
use iot_topics::{Timestamp, TopicNameRef};
use proptest::prelude::*;
use serde_json::{Value, json};

#[derive(Clone, Debug)]
enum Step {
    /// The latest request is answered, or one of before.
    Answer(u64, Value),
    Notify(Value),
    Bytes(&'static str, Vec<u8>),
    Progress,
    Finish(Outcome),
    Wait,
    Connect,
    Disconnect,
    Restart,
}

const TOPICS: [&str; 7] = [
    "notify-next",
    "start-next/accepted",
    "start-next/rejected",
    "a/get/accepted",
    "a/get/rejected",
    "a/update/accepted",
    "a/update/rejected",
];

fn execution() -> impl Strategy<Value = Value> {
    let status = prop::sample::select(vec![
        "IN_PROGRESS",
        "IN_PROGRESS",
        "QUEUED",
        "CANCELED",
        "SUCCEEDED",
    ]);
    (status, "[ab]", 1..3_u64, 1..4_u64, 7..9_u64).prop_map(|(status, job, number, version, at)| {
        json!({"jobId": job, "executionNumber": number, "versionNumber": version, "status": status,
            "queuedAt": at, "jobDocument": {}})
    })
}

fn body() -> impl Strategy<Value = Value> {
    let code = prop::sample::select(vec![
        "VersionMismatch",
        "InvalidStateTransition",
        "ResourceNotFound",
        "TerminalStateReached",
        "InvalidRequest",
        "RequestThrottled",
    ]);
    let some = || prop::option::of(execution());
    prop_oneof![
        3 => some().prop_map(|it| json!({"execution": it, "executionState": it})),
        1 => Just(json!({})),
        2 => (code, some()).prop_map(|(code, it)| json!({"code": code, "executionState": it})),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let topic = prop::sample::select(TOPICS.to_vec());
    let bytes = prop::collection::vec(any::<u8>(), 0..9);
    let notice = prop::option::of(execution());
    prop_oneof![
        12 => (prop_oneof![4 => Just(0), 1 => 0..3_u64], body()).prop_map(|(ago, body)| Step::Answer(ago, body)),
        2 => notice.prop_map(|it| Step::Notify(json!({"execution": it}))),
        1 => (topic, bytes).prop_map(|(topic, bytes)| Step::Bytes(topic, bytes)),
        2 => Just(Step::Progress),
        3 => prop::sample::select(Outcome::ALL.to_vec()).prop_map(Step::Finish),
        4 => Just(Step::Wait),
        1 => Just(Step::Connect),
        1 => Just(Step::Disconnect),
        1 => Just(Step::Restart),
    ]
}

/// An agent with its application.
struct Device {
    agent: JobAgent,
    now: Timestamp,
    starts: u64,
    connected: bool,
    requests: u64,
    /// The topic of the latest request.
    asked: Option<String>,
    work: Option<ExecutionId>,
    begun: Vec<JobRecord>,
}

impl Device {
    fn new() -> Self {
        Self {
            agent: JobAgent::new("t".parse().unwrap(), 1),
            now: Timestamp::from_secs(1),
            starts: 1,
            connected: false,
            requests: 0,
            asked: None,
            work: None,
            begun: Vec::new(),
        }
    }

    fn hear(&mut self, topic: &str, payload: &[u8]) {
        let before = self.agent.clone();
        let name = TopicNameRef::parse(topic).unwrap();
        match self.agent.handle_message(name, payload, self.now) {
            Err(_) => assert_eq!(self.agent, before, "an error changes nothing"),
            Ok(AgentEvent::Run(job)) => {
                let record = self.agent.record().unwrap();
                assert_eq!((&job.id, record.outcome()), (record.id(), None));
                assert_eq!(self.work, None, "one beside another");
                assert_ne!(self.begun.last(), Some(record), "the same twice");
                self.begun.push(record.clone());
                self.work = Some(job.id);
            }
            Ok(AgentEvent::Resume(job)) => {
                assert_eq!(self.work, None, "resumed once");
                self.work = Some(job.id);
            }
            Ok(AgentEvent::Stop { id, .. }) => {
                self.work.take_if(|work| *work == id);
                assert!(self.agent.record().unwrap().is_over());
            }
            Ok(AgentEvent::Finished { id, outcome }) => {
                assert_ne!(
                    self.work.as_ref(),
                    Some(&id),
                    "finished by the application alone"
                );
                let record = self.agent.record().unwrap();
                assert_eq!((record.id(), record.outcome()), (&id, Some(outcome)));
                assert!(record.is_over());
            }
            Ok(AgentEvent::Idle) => assert!(self.agent.is_idle()),
            Ok(_) => {}
        }
    }

    fn act(&mut self, step: Step) {
        match step {
            Step::Answer(ago, mut body) => {
                let Some(asked) = self.asked.clone() else {
                    return;
                };
                let count = self.requests.saturating_sub(ago);
                body["clientToken"] = format!("{:x}-{count:x}", self.starts).into();
                let reply = if body.get("code").is_some() {
                    "rejected"
                } else {
                    "accepted"
                };
                self.hear(&format!("{asked}/{reply}"), body.to_string().as_bytes());
            }
            Step::Notify(body) => {
                self.hear(
                    "$aws/things/t/jobs/notify-next",
                    body.to_string().as_bytes(),
                );
            }
            Step::Bytes(topic, bytes) => self.hear(&format!("$aws/things/t/jobs/{topic}"), &bytes),
            Step::Progress => {
                if let Some(id) = &self.work {
                    self.agent.progress(id, None, None).unwrap();
                }
            }
            Step::Finish(outcome) => {
                if let Some(id) = self.work.take() {
                    self.agent.finish(&id, outcome, None).unwrap();
                    assert!(self.agent.finish(&id, outcome, None).is_err());
                }
            }
            Step::Wait => {
                if let Some(until) = self.agent.poll_timeout() {
                    self.now = until;
                    self.agent.handle_timeout(until);
                }
            }
            Step::Connect => {
                self.agent.connect();
                self.connected = true;
            }
            Step::Disconnect => {
                self.agent.disconnect();
                self.connected = false;
            }
            Step::Restart => {
                self.starts += 1;
                let agent = JobAgent::new("t".parse().unwrap(), self.starts);
                let kept = self.agent.record().map(JobRecord::to_json);
                self.agent = match kept {
                    Some(kept) => agent.with_record(JobRecord::from_json(kept.as_bytes()).unwrap()),
                    None => agent,
                };
                (self.connected, self.work, self.requests) = (false, None, 0);
                self.asked = None;
            }
        }
        self.publish();
    }

    fn publish(&mut self) {
        let Some(request) = self.agent.poll_output(self.now) else {
            return;
        };
        assert!(self.connected);
        assert_eq!(self.agent.poll_output(self.now), None, "one at a time");
        self.requests += 1;
        self.asked = Some(request.topic.to_string());
        let payload: Value = serde_json::from_str(&request.payload).unwrap();
        let token = format!("{:x}-{:x}", self.starts, self.requests);
        assert_eq!(payload["clientToken"], token);
    }
}

proptest! {
    #[test]
    fn an_agent_keeps_its_promises(steps in prop::collection::vec(step(), 0..60)) {
        let mut device = Device::new();
        for step in steps {
            device.act(step);
            if device.connected {
                // It can always be said when it does something by itself.
                prop_assert!(device.agent.poll_timeout().is_some());
            } else {
                prop_assert_eq!(device.agent.poll_timeout(), None);
            }
        }
    }

    /// However it got there, a service that answers as it should gets it going again: it ends what
    /// it has, and then asks for the next.
    #[test]
    fn an_agent_comes_to_the_end_of_its_work(steps in prop::collection::vec(step(), 0..60)) {
        let mut device = Device::new();
        for step in steps {
            device.act(step);
        }
        device.act(Step::Connect);
        for _ in 0..20 {
            if device.agent.is_idle() {
                return Ok(());
            }
            let body = match device.asked.as_deref() {
                Some(asked) if asked.ends_with("/start-next") => json!({}),
                Some(asked) if asked.ends_with("/get") => {
                    json!({"code": "TerminalStateReached"})
                }
                _ => json!({}),
            };
            device.act(Step::Answer(0, body));
            device.act(Step::Finish(Outcome::Succeeded));
            if device.agent.poll_timeout().is_some_and(|until| until.as_secs() < device.now.as_secs() + 1_000) {
                device.act(Step::Wait);
            }
        }
        prop_assert!(device.agent.is_idle(), "{:?}", device.agent);
    }
}
