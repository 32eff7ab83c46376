//! The outline of AWS's hands-on for Device Defender, on an account in memory: enable the audit,
//! schedule it, run it, mitigate what it finds, send a job to those in quarantine, run it again;
//! watch the behavior of devices, put who alarms into quarantine, say what it was; clean up.
//!
//! `cargo run -p iot-defender --example hands_on`

use core::error::Error;

use iot_defender::audit::{
    ActionFailure, Audit, AuditConfiguration, AuditFinding, AuditReport, AuditSettings,
    AuditTaskQuery, AuditTasks, CertificateSource, CertificateStatus, Check, DeviceCertificate,
    DocumentSource, LogLevel, Logging, MitigationAction, MitigationActions, MitigationTask,
    MitigationTaskQuery, MitigationTaskRequest, MitigationTasks, OnDemandAuditRequest,
    PolicyVersion, RegisteredPolicy, RequestError, ScheduledAuditRequest, ScheduledAudits,
    TaskStatus, read_checks,
};
use iot_defender::detect::{
    self, AwsMetric, Datapoint, Definitions, DetectMitigationRequest, DetectMitigationTasks,
    DetectTaskStatus, Intake, NearestRank, NoModels, SecurityProfile, Target, Verification,
    VerificationState, ViolationEventType,
};
use iot_defender::remedy::{ApiCall, JobTarget, JobTemplate};
use iot_jobs::{Effect, Engine, Operation, World};
use iot_policy::certificate_id;
use iot_policy::principal::{GroupResolver as _, StaticGroups};
use iot_policy::store::PolicyStore;
use iot_topics::{CertificateId, ThingName, Timestamp};
use serde_json::{Value, json};

const PREFIX: &str = "arn:aws:iot:us-east-1:123456789012";
const ROLE: &str = "arn:aws:iam::123456789012:role/hands-on";
/// Of `lamp-7`. It has expired by the time of the story.
const LAMP: &[u8] = include_bytes!("../tests/certificates/lamp.der");
const WIDE: &str = r#"{
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "iot:*", "Resource": "*"}
}"#;

/// What Device Defender looks at and acts on.
struct Account {
    certificate: CertificateStatus,
    policies: PolicyStore,
    groups: StaticGroups,
    logging: Logging,
    published: Vec<String>,
}

impl Account {
    fn new(now: Timestamp) -> Result<Self, Box<dyn Error>> {
        let mut policies = PolicyStore::default();
        policies.create_policy(&"Lamps".parse()?, WIDE, now)?;
        Ok(Self {
            certificate: CertificateStatus::Active,
            policies,
            groups: StaticGroups::default(),
            logging: Logging::default(),
            published: Vec::new(),
        })
    }

    /// Audits all that there is.
    fn audit(
        &self,
        settings: &AuditSettings,
    ) -> Result<(AuditReport, Vec<AuditFinding>), Box<dyn Error>> {
        let mut audit = Audit::new(settings, &[]);
        let source = CertificateSource::Der(LAMP);
        let lamp = DeviceCertificate::new(certificate_id(LAMP), self.certificate, source);
        let mut findings = audit.feed(&lamp).findings;
        for policy in self.policies.policies() {
            let version = policy.default_version();
            let number = u32::try_from(version.id().get())?;
            let id = PolicyVersion::new(policy.name().clone(), number);
            let policy = RegisteredPolicy::new(id, DocumentSource::Read(version.document()));
            findings.extend(audit.feed(&policy).findings);
        }
        findings.extend(audit.feed(&self.logging).findings);
        let (report, last) = audit.finish();
        findings.extend(last);
        Ok((report, findings))
    }

    /// `ListPrincipalThings`.
    fn things_of(certificate: &CertificateId) -> Vec<ThingName> {
        let lamp = (*certificate == certificate_id(LAMP)).then(|| "lamp-7".parse().ok());
        lamp.flatten().into_iter().collect()
    }

    /// What the account does when it is called.
    fn apply(&mut self, call: &ApiCall, now: Timestamp) -> Result<(), Box<dyn Error>> {
        println!("      {} {}", call.operation, call.arguments);
        let text = |name: &str| {
            let text = call.arguments.get(name).and_then(Value::as_str);
            text.ok_or_else(|| format!("no {name}"))
        };
        match call.operation {
            "UpdateCertificate" => self.certificate = text("newStatus")?.parse()?,
            "AddThingToThingGroup" => {
                let thing = text("thingName")?.parse()?;
                self.groups
                    .add_thing(thing, text("thingGroupName")?.parse()?);
            }
            "CreatePolicyVersion" => {
                let name = text("policyName")?.parse()?;
                let document = text("policyDocument")?;
                self.policies.create_version(&name, document, true, now)?;
            }
            "SetV2LoggingOptions" => {
                let level: LogLevel = text("defaultLogLevel")?.parse()?;
                self.logging.fine_grained.has_role = text("roleArn").is_ok();
                self.logging.fine_grained.default_level = Some(level);
            }
            "Publish" => self.published.push(text("Message")?.into()),
            other => return Err(format!("{other} is not part of the story").into()),
        }
        Ok(())
    }
}

/// One action of each kind that the story needs.
fn actions(now: Timestamp) -> Result<MitigationActions, Box<dyn Error>> {
    let mut actions = MitigationActions::new(PREFIX);
    for (name, params) in [
        (
            "Tell",
            json!({ "publishFindingToSnsParams": { "topicArn": "arn:aws:sns:us-east-1:123456789012:findings" } }),
        ),
        (
            "Quarantine",
            json!({ "addThingsToThingGroupParams": { "thingGroupNames": ["quarantine"] } }),
        ),
        (
            "Cut",
            json!({ "updateDeviceCertificateParams": { "action": "DEACTIVATE" } }),
        ),
        (
            "Blank",
            json!({ "replaceDefaultPolicyVersionParams": { "templateName": "BLANK_POLICY" } }),
        ),
        (
            "Log",
            json!({ "enableIoTLoggingParams": { "roleArnForLogging": ROLE, "logLevel": "WARN" } }),
        ),
    ] {
        let request = json!({ "actionName": name, "roleArn": ROLE, "actionParams": params });
        let created = actions.create(MitigationAction::from_json(&request)?, name, now)?;
        println!("   {}", created.arn());
    }
    Ok(actions)
}

/// Does what a task asks for, one action after the other, and tells it how that went.
fn carry_out(task: &mut MitigationTask, account: &mut Account, now: Timestamp) {
    while let Some(step) = task.start_next(Account::things_of, now) {
        println!("   {} on {}", step.action, step.finding_id);
        let calls = step.effect.calls();
        let done = calls.iter().try_for_each(|call| account.apply(call, now));
        let outcome = done.map_err(|error| ActionFailure::new("Failed", &error.to_string()));
        task.finish(step.key, outcome, now);
    }
    println!("   {}", task.describe());
}

/// A registry for the job: the members of the quarantine group.
struct Registry<'a>(&'a StaticGroups);

impl World for Registry<'_> {
    fn has_thing(&self, thing: &str) -> bool {
        thing == "lamp-7"
    }
    fn has_group(&self, group: &str) -> bool {
        group == "quarantine"
    }
    fn is_member(&self, thing: &str, group: &str) -> bool {
        let Ok(thing) = thing.parse() else {
            return false;
        };
        self.0
            .groups_of(&thing)
            .iter()
            .any(|it| it.as_str() == group)
    }
    fn members(&self, group: &str, visit: &mut dyn FnMut(&str)) {
        if self.is_member("lamp-7", group) {
            visit("lamp-7");
        }
    }
}

/// Authorization failures of a lamp, and what comes of them.
fn detect(
    account: &mut Account,
    actions: &MitigationActions,
    start: Timestamp,
) -> Result<(), Box<dyn Error>> {
    println!("-- a security profile for all things");
    let request = json!({ "behaviors": [{
        "name": "Authorization",
        "metric": "aws:num-authorization-failures",
        "criteria": {
            "comparisonOperator": "less-than",
            "value": { "count": 5 },
            "durationSeconds": 300,
        },
    }] });
    let profile = SecurityProfile::create("lamps".parse()?, &request, &Definitions::default())?;
    let mut engine = detect::Engine::new();
    engine.set_profile(&profile);
    engine.attach("lamps", Target::Registered)?;
    let device = engine.set_device("lamp-8", true, []);
    let mut intake = Intake::default();

    println!("-- somebody tries the key of lamp-8");
    let mut tasks = DetectMitigationTasks::new();
    let mut violations = Vec::new();
    for (step, failures) in (1..).zip([0, 1, 9, 12, 0]) {
        let now = Timestamp::from_secs(start.as_secs() + step * 300);
        let metric = AwsMetric::NumAuthorizationFailures.into();
        intake.take(device, metric, None, Datapoint::Count(failures));
        let told = intake.step(&mut engine, None, now, &mut NearestRank, &NoModels);
        for event in told.events {
            println!("   {}", serde_json::to_string(&event.notification())?);
            if event.event_type == ViolationEventType::InAlarm {
                let request = DetectMitigationRequest::from_json(&json!({
                    "taskId": "hands-on-detect",
                    "target": { "violationIds": [event.violation_id] },
                    "actions": ["Quarantine"],
                    "includeOnlyActiveViolations": true,
                }))?;
                let task = tasks.start(request, actions, &engine, now)?;
                while let Some(step) = task.start_next(now) {
                    let mut calls = step.effect.calls().into_iter();
                    calls.try_for_each(|call| account.apply(&call, now))?;
                    task.finish(step.key, Ok(()), now);
                }
                println!("   {}", task.describe());
                assert_eq!(task.status(), DetectTaskStatus::Successful);
                violations.push(event.violation_id);
            }
        }
    }
    let groups = account.groups.groups_of(&"lamp-8".parse()?);
    assert!(groups.iter().any(|group| group.as_str() == "quarantine"));

    println!("-- it was an attack");
    let [violation] = &violations[..] else {
        return Err("one violation was expected".into());
    };
    let attack = Verification::new(VerificationState::TruePositive, Some("a stolen key"))?;
    engine.verify(violation, attack)?;
    for event in engine.events() {
        println!("   {}", serde_json::to_string(&event)?);
    }
    assert!(engine.active_violations().is_empty());
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let at = |hours: u64| Timestamp::from_secs(4_000_000_000 + hours * 3_600);
    let mut account = Account::new(at(0))?;

    println!("-- enable the audit");
    let checks = read_checks([
        "DEVICE_CERTIFICATE_EXPIRING_CHECK",
        "IOT_POLICY_OVERLY_PERMISSIVE_CHECK",
        "LOGGING_DISABLED_CHECK",
    ])?;
    let mut configuration = AuditConfiguration::new();
    configuration.enable(checks.iter().copied(), true)?;

    println!("-- schedule it");
    let mut scheduled = ScheduledAudits::new(PREFIX);
    let weekly = ScheduledAuditRequest::from_json(&json!({
        "scheduledAuditName": "sundays",
        "frequency": "WEEKLY",
        "dayOfWeek": "SUN",
        "targetCheckNames": checks,
    }))?;
    let weekly = scheduled.create(weekly, &configuration, at(0))?;
    println!("   {}", weekly.describe());
    let runs: Vec<_> = weekly.next_runs().take(3).collect();
    for run in &runs {
        println!("   runs on {run}");
    }
    assert_eq!(runs.len(), 3);
    assert!(scheduled.due(at(0)).is_empty());

    println!("-- run it on demand");
    let mut audits = AuditTasks::new("123456789012".parse()?);
    let all_checks = OnDemandAuditRequest::new(checks.iter().copied())?;
    let started =
        audits.start_on_demand("hands-on-1".parse()?, &all_checks, &configuration, at(1))?;
    println!("   {}", started.to_started_json());
    let settings = AuditSettings::new(started.task.clone(), checks.iter().copied());
    let (report, findings) = account.audit(&settings)?;
    assert_eq!(audits.record(&report)?, TaskStatus::Completed);
    println!("   {}", report.to_api_json());
    assert_eq!(report.statistics().non_compliant_checks, 3);

    println!("-- mitigation actions");
    let mut actions = actions(at(2))?;

    println!("-- mitigate");
    let mut tasks = MitigationTasks::new();
    let request = json!({
        "taskId": "hands-on",
        "target": { "auditTaskId": "hands-on-1" },
        "auditCheckToActionsMapping": {
            "DEVICE_CERTIFICATE_EXPIRING_CHECK": ["Tell", "Quarantine"],
            "IOT_POLICY_OVERLY_PERMISSIVE_CHECK": ["Tell", "Blank"],
            "LOGGING_DISABLED_CHECK": ["Log"],
        },
        "clientRequestToken": "hands-on",
    });
    let request = MitigationTaskRequest::from_json(&request)?;
    let task = tasks.start(request, &actions, findings.iter().cloned(), at(3))?;
    carry_out(task, &mut account, at(3));
    assert_eq!(task.status(), TaskStatus::Completed);
    assert_eq!(account.published.len(), 2);

    println!("-- a job for all in quarantine");
    let update = JobTemplate::from_json(&json!({
        "document": { "operation": "renew-certificate" },
        "targetSelection": "CONTINUOUS",
    }))?;
    let group = JobTarget::Group("quarantine".parse()?);
    let call = update.job_for(&"renew-1".parse()?, [group], PREFIX)?;
    let mut engine = Engine::new("us-east-1", "123456789012");
    let operation = Operation::Control {
        api: call.operation,
        arguments: &call.arguments,
    };
    let mut told = Vec::new();
    let mut sink = |effect: Effect<'_>| told.push(effect.topic().to_string());
    engine.apply(operation, &Registry(&account.groups), &mut sink, at(4))?;
    println!("   {told:?}");
    assert!(
        told.iter()
            .any(|topic| topic == "$aws/things/lamp-7/jobs/notify-next")
    );

    println!("-- it has its new certificate: the old one is made inactive");
    let expiring = |it: &&AuditFinding| it.finding.check == Check::DeviceCertificateExpiring;
    let finding = findings.iter().find(expiring).ok_or("it has expired")?;
    let request = json!({
        "taskId": "hands-on-cut",
        "target": { "findingIds": [finding.finding_id] },
        "auditCheckToActionsMapping": { "DEVICE_CERTIFICATE_EXPIRING_CHECK": ["Cut"] },
    });
    let request = MitigationTaskRequest::from_json(&request)?;
    let task = tasks.start(request, &actions, [finding.clone()], at(5))?;
    carry_out(task, &mut account, at(5));
    assert_eq!(account.certificate, CertificateStatus::Inactive);
    let all = MitigationTaskQuery::between(at(0), at(5));
    println!("   {}", all.list(&tasks)?.to_api_json());

    println!("-- run it again");
    let started =
        audits.start_on_demand("hands-on-2".parse()?, &all_checks, &configuration, at(6))?;
    let settings = AuditSettings::new(started.task.clone(), checks.iter().copied());
    let (report, findings) = account.audit(&settings)?;
    audits.record(&report)?;
    println!("   {}", audits.describe(&"hands-on-2".parse()?)?);
    assert!(findings.is_empty());
    assert_eq!(report.statistics().compliant_checks, 3);
    let listed = AuditTaskQuery::between(at(0), at(6)).list(&audits, at(6))?;
    println!("   {}", listed.to_api_json());
    assert_eq!(listed.tasks.len(), 2);

    detect(&mut account, &actions, at(7))?;

    println!("-- clean up");
    for name in ["Tell", "Quarantine", "Cut", "Blank", "Log"] {
        assert!(actions.delete(name));
    }
    let used = Check::LoggingDisabled;
    let refused = configuration.disable(used, scheduled.checks());
    assert_eq!(refused, Err(RequestError::Scheduled(used)));
    scheduled.delete(&"sundays".parse()?)?;
    for check in checks {
        configuration.disable(check, scheduled.checks())?;
    }
    Ok(())
}

#[test]
fn the_story_goes_as_told() -> Result<(), Box<dyn Error>> {
    main()
}
