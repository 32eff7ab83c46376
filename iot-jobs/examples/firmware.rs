//! A pump carries out two jobs: new settings, whose last report is answered into the void, and new
//! firmware, which ends with a restart. The service is the engine of this crate.
//!
//! `cargo run -p iot-jobs --example firmware`

use core::error::Error;

use iot_jobs::{
    AgentEvent, AgentJob, Effect, Engine, JobAgent, JobRecord, Limits, Operation, Outcome,
    StatusDetails, StepTimeout, World,
};
use iot_topics::{Timestamp, TopicFilter, TopicName};
use serde_json::{Value, json};

struct OnePump;

impl World for OnePump {
    fn has_thing(&self, thing: &str) -> bool {
        thing == "pump"
    }
    fn has_group(&self, _: &str) -> bool {
        false
    }
    fn is_member(&self, _: &str, _: &str) -> bool {
        false
    }
    fn members(&self, _: &str, _: &mut dyn FnMut(&str)) {}
}

/// The service, and the messages on their way to the pump.
struct Cloud {
    engine: Engine,
    inbox: Vec<(TopicName, String)>,
    filters: Vec<TopicFilter>,
    now: Timestamp,
}

impl Cloud {
    fn apply(&mut self, operation: Operation<'_>) -> Result<Value, Box<dyn Error>> {
        let Self {
            engine,
            inbox,
            filters,
            now,
        } = self;
        let mut sink = |effect: Effect<'_>| {
            let Ok(topic) = effect.topic().parse::<TopicName>() else {
                return;
            };
            let name = topic.as_name_ref();
            if filters.iter().any(|it| it.as_filter_ref().matches(name)) {
                inbox.push((topic, effect.payload()));
            }
        };
        Ok(engine.apply(operation, &OnePump, &mut sink, *now)?)
    }

    fn create(&mut self, job: &str, document: &str) -> Result<(), Box<dyn Error>> {
        let arguments = json!({
            "jobId": job,
            "targets": ["arn:aws:iot:us-east-1:123456789012:thing/pump"],
            "document": document,
        });
        let api = "CreateJob";
        self.apply(Operation::Control {
            api,
            arguments: &arguments,
        })?;
        Ok(())
    }

    fn status(&mut self, job: &str) -> Result<String, Box<dyn Error>> {
        let arguments = json!({"jobId": job});
        let api = "DescribeJob";
        let answer = self.apply(Operation::Control {
            api,
            arguments: &arguments,
        })?;
        let status = answer.pointer("/job/status").and_then(|it| it.as_str());
        Ok(status.unwrap_or("gone").to_owned())
    }
}

/// What the pump keeps through a restart.
#[derive(Default)]
struct Flash {
    firmware: u32,
    record: Option<String>,
    starts: u64,
}

impl Flash {
    fn keep(&mut self, agent: &JobAgent) {
        self.record = agent.record().map(JobRecord::to_json);
    }
}

/// Whether the document has that member.
fn says(job: &AgentJob, name: &str, value: &Value) -> bool {
    job.document.get(name) == Some(value)
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut cloud = Cloud {
        engine: Engine::new("us-east-1", "123456789012"),
        inbox: Vec::new(),
        filters: Vec::new(),
        now: Timestamp::from_secs(1_700_000_000),
    };
    cloud.create("settings-7", r#"{"operation":"set","interval":60}"#)?;
    cloud.create("fw-2", r#"{"operation":"update","version":2}"#)?;

    let mut flash = Flash::default();
    let mut lose_next_report = true;
    let mut begun = Vec::new();

    'power: loop {
        flash.starts += 1;
        println!("-- the pump starts for the {}. time", flash.starts);
        let mut agent = JobAgent::new("pump".parse()?, flash.starts);
        if let Some(record) = &flash.record {
            agent = agent.with_record(JobRecord::from_json(record.as_bytes())?);
        }
        cloud.inbox.clear();
        cloud.filters = agent.subscriptions().collect();
        agent.connect();
        loop {
            while let Some(request) = agent.poll_output(cloud.now) {
                let topic = request.topic.to_string();
                println!("-> {topic} {}", request.payload);
                let payload = request.payload.as_bytes();
                cloud.apply(Operation::Publish {
                    topic: &topic,
                    payload,
                })?;
                if lose_next_report && request.payload.contains("SUCCEEDED") {
                    println!("   (the answer is lost)");
                    cloud.inbox.clear();
                    lose_next_report = false;
                }
            }
            if cloud.inbox.is_empty() {
                // Nothing to do before the agent has something to do.
                let Some(until) = agent.poll_timeout() else {
                    break 'power;
                };
                cloud.now = until;
                agent.handle_timeout(until);
                continue;
            }
            let (topic, payload) = cloud.inbox.remove(0);
            println!("<- {topic} {payload}");
            let name = topic.as_name_ref();
            let event = agent.handle_message(name, payload.as_bytes(), cloud.now)?;
            flash.keep(&agent); // before any work
            match event {
                AgentEvent::Run(job) if says(&job, "operation", &json!("update")) => {
                    begun.push(job.id.to_string());
                    let details =
                        StatusDetails::from_pairs([("step", "restart")], &Limits::AWS_IOT)?;
                    agent.progress(&job.id, Some(details), Some(StepTimeout::Minutes(10)))?;
                    flash.firmware = 2;
                }
                AgentEvent::Reported { .. } => continue 'power, // into the new firmware
                AgentEvent::Run(job) => {
                    begun.push(job.id.to_string());
                    agent.finish(&job.id, Outcome::Succeeded, None)?;
                }
                AgentEvent::Resume(job) => {
                    let installed = says(&job, "version", &json!(flash.firmware));
                    let outcome = if installed {
                        Outcome::Succeeded
                    } else {
                        Outcome::Failed
                    };
                    agent.finish(&job.id, outcome, None)?;
                }
                AgentEvent::Finished { id, outcome } => println!("   {id} {}", outcome.status()),
                AgentEvent::Idle => break 'power,
                _ => {}
            }
            flash.keep(&agent);
        }
    }

    assert_eq!(begun, ["settings-7#1", "fw-2#1"], "each is begun once");
    for job in ["settings-7", "fw-2"] {
        assert_eq!(cloud.status(job)?, "COMPLETED");
    }
    println!("-- nothing is pending");
    Ok(())
}
