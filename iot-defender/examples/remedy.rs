//! A policy lets every sensor publish for every other. The audit finds it, a mitigation task makes
//! it blank, a narrower version follows, and a job brings the sensor its security update.
//!
//! `cargo run -p iot-defender --example remedy`

use core::error::Error;

use iot_defender::audit::{
    ActionFailure, Audit, AuditFinding, AuditSettings, Check, DocumentSource, MitigationAction,
    MitigationActions, MitigationTask, MitigationTaskRequest, PolicyVersion, RegisteredPolicy,
    TaskHeader, TaskStatus,
};
use iot_defender::remedy::{ApiCall, JobTemplate, PolicyReplacement};
use iot_jobs::{AgentEvent, Effect, Engine, JobAgent, Operation, Outcome, World};
use iot_policy::PolicyDocument;
use iot_policy::store::PolicyStore;
use iot_topics::{Timestamp, TopicFilter, TopicName};
use serde_json::{Value, json};

const PREFIX: &str = "arn:aws:iot:us-east-1:123456789012";
const WIDE: &str = r#"{
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "iot:*", "Resource": "*"}
}"#;
const NARROW: &str = r#"{
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "iot:Connect",
            "Resource": "arn:aws:iot:us-east-1:123456789012:client/${iot:Connection.Thing.ThingName}",
            "Condition": {"Bool": {"iot:Connection.Thing.IsAttached": "true"}}
        },
        {
            "Effect": "Allow",
            "Action": ["iot:Publish", "iot:Receive"],
            "Resource": [
                "arn:aws:iot:us-east-1:123456789012:topic/dt/${iot:Connection.Thing.ThingName}/*",
                "arn:aws:iot:us-east-1:123456789012:topic/$aws/things/${iot:Connection.Thing.ThingName}/jobs/*"
            ]
        }
    ]
}"#;

fn now() -> Timestamp {
    Timestamp::from_secs(1_700_000_000)
}

/// What the audit says of the policies in force.
fn audit(task: &str, store: &PolicyStore) -> Result<Vec<AuditFinding>, Box<dyn Error>> {
    let header = TaskHeader::on_demand("123456789012".parse()?, task.parse()?, now());
    let settings = AuditSettings::new(header, [Check::IotPolicyOverlyPermissive]);
    let mut audit = Audit::new(&settings, &[]);
    let mut findings = Vec::new();
    for policy in store.policies() {
        let version = policy.default_version();
        let number = u32::try_from(version.id().get())?;
        let id = PolicyVersion::new(policy.name().clone(), number);
        let policy = RegisteredPolicy::new(id, DocumentSource::Read(version.document()));
        findings.extend(audit.feed(&policy).findings);
    }
    println!("-- audit {task}: {} findings", findings.len());
    for finding in &findings {
        println!("   {}", finding.finding.reason);
    }
    Ok(findings)
}

/// What the account does with `CreatePolicyVersion`.
fn create_version(store: &mut PolicyStore, call: &ApiCall) -> Result<(), Box<dyn Error>> {
    let text = |name: &str| {
        call.arguments
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or("")
    };
    println!("   {} {}", call.operation, call.arguments);
    let name = text("policyName").parse()?;
    store.create_version(&name, text("policyDocument"), true, now())?;
    Ok(())
}

/// Carries out a mitigation task: asks what is next, does it, tells how it went.
fn mitigate(
    store: &mut PolicyStore,
    findings: Vec<AuditFinding>,
) -> Result<MitigationTask, Box<dyn Error>> {
    let mut actions = MitigationActions::new(PREFIX);
    let action = MitigationAction::from_json(&json!({
        "actionName": "Blank",
        "roleArn": "arn:aws:iam::123456789012:role/mitigate",
        "actionParams": { "replaceDefaultPolicyVersionParams": { "templateName": "BLANK_POLICY" } },
    }))?;
    actions.create(action, "action-1", now())?;
    let request = MitigationTaskRequest::from_json(&json!({
        "taskId": "remedy-1",
        "target": { "auditTaskId": "first" },
        "auditCheckToActionsMapping": { "IOT_POLICY_OVERLY_PERMISSIVE_CHECK": ["Blank"] },
        "clientRequestToken": "remedy-1",
    }))?;
    let mut task = MitigationTask::start(request, &actions, findings, now())?;
    while let Some(step) = task.start_next(|_| vec![], now()) {
        println!("-- {} as {}", step.action, step.role_arn);
        let calls = step.effect.calls();
        let done: Result<(), _> = calls
            .iter()
            .try_for_each(|call| create_version(store, call));
        let outcome = done.map_err(|error| ActionFailure::new("Failed", &error.to_string()));
        task.finish(step.key, outcome, now());
    }
    Ok(task)
}

struct OneSensor;

impl World for OneSensor {
    fn has_thing(&self, thing: &str) -> bool {
        thing == "sensor-7"
    }
    fn has_group(&self, _: &str) -> bool {
        false
    }
    fn is_member(&self, _: &str, _: &str) -> bool {
        false
    }
    fn members(&self, _: &str, _: &mut dyn FnMut(&str)) {}
}

/// The job service, and the messages on their way to the sensor.
struct Jobs {
    engine: Engine,
    filters: Vec<TopicFilter>,
    inbox: Vec<(TopicName, String)>,
}

impl Jobs {
    fn apply(&mut self, operation: Operation<'_>) -> Result<Value, Box<dyn Error>> {
        let Self {
            engine,
            filters,
            inbox,
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
        Ok(engine.apply(operation, &OneSensor, &mut sink, now())?)
    }

    fn call(&mut self, api: &str, arguments: &Value) -> Result<Value, Box<dyn Error>> {
        self.apply(Operation::Control { api, arguments })
    }

    /// The sensor connects and carries out what waits for it: the documents of its jobs.
    fn sensor_runs(&mut self) -> Result<Vec<Value>, Box<dyn Error>> {
        let mut agent = JobAgent::new("sensor-7".parse()?, 1);
        self.filters = agent.subscriptions().collect();
        agent.connect();
        let mut done = Vec::new();
        loop {
            while let Some(request) = agent.poll_output(now()) {
                let (topic, payload) = (request.topic.to_string(), request.payload.as_bytes());
                self.apply(Operation::Publish {
                    topic: &topic,
                    payload,
                })?;
            }
            if self.inbox.is_empty() {
                return Ok(done);
            }
            let (topic, payload) = self.inbox.remove(0);
            let event = agent.handle_message(topic.as_name_ref(), payload.as_bytes(), now())?;
            if let AgentEvent::Run(job) = event {
                agent.finish(&job.id, Outcome::Succeeded, None)?;
                done.push(job.document);
            }
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut store = PolicyStore::default();
    store.create_policy(&"Sensors".parse()?, WIDE, now())?;

    let findings = audit("first", &store)?;
    let finding = findings.first().ok_or("the policy is wide")?.clone();
    let task = mitigate(&mut store, findings)?;
    println!("   {}", task.describe());
    assert_eq!(task.status(), TaskStatus::Completed);
    assert!(audit("second", &store)?.is_empty());

    println!("-- what the sensors do need");
    let narrow = PolicyDocument::from_json(NARROW)?;
    let replacement = PolicyReplacement::new("Sensors".parse()?, &narrow);
    create_version(&mut store, &replacement.call())?;
    assert!(audit("third", &store)?.is_empty());

    println!("-- the sensor may have been reached: it gets its security update");
    let update = JobTemplate::from_json(&json!({
        "document": {
            "operation": "security-update",
            "version": "4.2.1",
            "because": "${defender:reason}",
        },
        "description": "after finding ${defender:id}",
        "timeoutConfig": { "inProgressTimeoutInMinutes": 30 },
    }))?;
    let incident = finding.incident("sensor-7".parse()?);
    let call = update.job(&incident, PREFIX);
    println!("   {} {}", call.operation, call.arguments);
    let mut jobs = Jobs {
        engine: Engine::new("us-east-1", "123456789012"),
        filters: Vec::new(),
        inbox: Vec::new(),
    };
    jobs.call(call.operation, &call.arguments)?;
    assert!(
        jobs.call(call.operation, &call.arguments).is_err(),
        "once is enough"
    );
    let done = jobs.sensor_runs()?;
    println!("   the sensor has done {done:?}");
    let because =
        "IOT_POLICY_OVERLY_PERMISSIVE_CHECK: ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS";
    let expected =
        json!({ "operation": "security-update", "version": "4.2.1", "because": because });
    assert_eq!(done, [expected]);
    let described = jobs.call("DescribeJob", &json!({ "jobId": update.job_id(&incident) }))?;
    assert_eq!(described.pointer("/job/status"), Some(&json!("COMPLETED")));
    Ok(())
}

#[test]
fn the_story_goes_as_told() -> Result<(), Box<dyn Error>> {
    main()
}
