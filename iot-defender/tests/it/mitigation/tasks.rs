//! Which findings a task works on, and how it goes on.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

use iot_defender::audit::{
    ActionFailure, ActionType, AuditFinding, Check, ExecutionStatus, Finding, MitigationEffect,
    MitigationRequestError as Error, MitigationTask, MitigationTaskQuery, MitigationTaskRequest,
    MitigationTasks, ReasonCode, RelatedResource, ResourceIdentifier, ResourceType, TaskStatus,
};
use iot_topics::{ThingName, Timestamp};
use serde_json::{Value, json};

use super::{NOW, all_actions, finding, params, resource};

const SHARED: Check = Check::DeviceCertificateShared;
const EXPIRING: Check = Check::DeviceCertificateExpiring;

fn request(target: Value, mapping: Value) -> MitigationTaskRequest {
    let mut json = json!({ "taskId": "m-1" });
    json["target"] = target;
    json["auditCheckToActionsMapping"] = mapping;
    MitigationTaskRequest::from_json(&json).unwrap()
}

fn shared(number: u8) -> AuditFinding {
    finding(
        SHARED,
        ReasonCode::CertificateSharedByMultipleDevices,
        number,
    )
}

fn past(number: u8) -> AuditFinding {
    finding(EXPIRING, ReasonCode::CertificatePastExpiration, number)
}

fn soon(number: u8) -> AuditFinding {
    finding(
        EXPIRING,
        ReasonCode::CertificateApproachingExpiration,
        number,
    )
}

fn start(
    target: Value,
    mapping: Value,
    findings: impl IntoIterator<Item = AuditFinding>,
) -> Result<MitigationTask, Error> {
    MitigationTask::start(request(target, mapping), &all_actions(), findings, NOW)
}

fn things(_: &iot_topics::CertificateId) -> Vec<ThingName> {
    vec!["lamp".parse().unwrap(), "spare-lamp".parse().unwrap()]
}

fn ids(task: &MitigationTask) -> Vec<&str> {
    task.findings()
        .map(|finding| finding.finding_id.as_str())
        .collect()
}

fn counts(task: &MitigationTask, check: Check) -> [u64; 5] {
    let statistics = &task.describe()["taskStatistics"][check.as_str()];
    ["total", "failed", "succeeded", "skipped", "canceled"]
        .map(|name| statistics[format!("{name}FindingsCount")].as_u64().unwrap())
}

const TELL: &str = "PUBLISH_FINDING_TO_SNS";
const CUT: &str = "UPDATE_DEVICE_CERTIFICATE";
const MOVE: &str = "ADD_THINGS_TO_THING_GROUP";

#[test]
fn a_target_chooses_its_findings() {
    let suppressed = || {
        let mut finding = shared(9);
        finding.is_suppressed = true;
        finding
    };
    let elsewhere = || {
        let mut finding = shared(8);
        finding.task_id = "audit-2".parse().unwrap();
        finding
    };
    let all = || {
        [
            past(3),
            shared(2),
            suppressed(),
            elsewhere(),
            soon(1),
            shared(4),
        ]
    };
    let mapping = || json!({ SHARED.as_str(): [TELL], EXPIRING.as_str(): [TELL] });

    // The findings of the audit, by check, resource and reason.
    let audit = json!({ "auditTaskId": "audit-1" });
    let task = start(audit.clone(), mapping(), all()).unwrap();
    assert_eq!(ids(&task), ["f-2", "f-4", "f-1", "f-3"]);
    assert_eq!(
        counts(&task, SHARED),
        [2, 0, 0, 0, 0],
        "nothing of the suppressed one"
    );

    // A check without actions is skipped.
    let task = start(audit, json!({ SHARED.as_str(): [TELL] }), all()).unwrap();
    assert_eq!(ids(&task), ["f-2", "f-4"]);
    assert_eq!(counts(&task, EXPIRING), [2, 0, 0, 2, 0]);

    // What the filter leaves out is skipped, other checks too.
    let filter = json!({
        "auditTaskId": "audit-1",
        "auditCheckToReasonCodeFilter": { EXPIRING.as_str(): ["CERTIFICATE_PAST_EXPIRATION"] },
    });
    let task = start(filter, mapping(), all()).unwrap();
    assert_eq!(ids(&task), ["f-3"]);
    assert_eq!(counts(&task, EXPIRING), [2, 0, 0, 1, 0]);
    assert_eq!(counts(&task, SHARED), [2, 0, 0, 2, 0]);

    // Findings by name, of whatever audit; one named twice counts once.
    let named = json!({ "findingIds": ["f-8", "f-3", "f-9", "f-3"] });
    let task = start(named, mapping(), all()).unwrap();
    assert_eq!(ids(&task), ["f-8", "f-3"]);

    let missing = start(json!({ "findingIds": ["f-3", "f-77"] }), mapping(), all());
    assert_eq!(missing, Err(Error::NoSuchFinding("f-77".parse().unwrap())));

    // Two findings of one id: the first counts.
    let twice = start(
        json!({ "auditTaskId": "audit-1" }),
        mapping(),
        [shared(2), shared(2)],
    );
    assert_eq!(ids(&twice.unwrap()), ["f-2"]);
}

#[test]
fn a_task_over_nothing_is_completed() {
    let mapping = json!({ SHARED.as_str(): [TELL] });
    let mut task = start(json!({ "auditTaskId": "audit-1" }), mapping, []).unwrap();
    assert_eq!(
        (task.status(), task.end_time()),
        (TaskStatus::Completed, Some(NOW))
    );
    assert_eq!(task.describe()["taskStatistics"], json!({}));
    assert_eq!(task.start_next(things, NOW), None);
    assert_eq!(
        task.cancel(NOW),
        Err(Error::NotRunning(TaskStatus::Completed))
    );
}

/// The guide: if an action fails, those behind it on the finding are skipped; others go on.
#[test]
fn a_failure_skips_the_rest_of_its_finding() {
    let mapping = json!({ SHARED.as_str(): [TELL, MOVE, CUT] });
    let findings = [shared(1), shared(2)];
    let mut task = start(json!({ "auditTaskId": "audit-1" }), mapping, findings).unwrap();
    let at = |secs: u64| Timestamp::from_secs(1_650_000_000 + secs);

    let mut log = Vec::new();
    let mut clock = 0;
    while let Some(step) = task.start_next(things, at(clock)) {
        assert_eq!(step.role_arn, super::ROLE);
        log.push(format!("{} {}", step.finding_id, step.action));
        let fails = step.finding_id.as_str() == "f-1" && step.action == MOVE;
        let failure = ActionFailure::new("ResourceNotFoundException", "no group `quarantine`");
        let outcome = if fails { Err(failure) } else { Ok(()) };
        clock += 1;
        assert!(task.finish(step.key, outcome.clone(), at(clock)));
        assert!(!task.finish(step.key, outcome, at(clock)), "told before");
    }
    let expected = [
        "f-1 PUBLISH_FINDING_TO_SNS",
        "f-1 ADD_THINGS_TO_THING_GROUP",
        "f-2 PUBLISH_FINDING_TO_SNS",
        "f-2 ADD_THINGS_TO_THING_GROUP",
        "f-2 UPDATE_DEVICE_CERTIFICATE",
    ];
    assert_eq!(log, expected);
    assert_eq!(
        (task.status(), task.end_time()),
        (TaskStatus::Failed, Some(at(5)))
    );
    assert_eq!(counts(&task, SHARED), [2, 1, 1, 0, 0]);

    let finding_id = "f-1".parse().unwrap();
    let executions = task.executions(&finding_id);
    let executions: Value = executions.map(|it| it.to_api_json()).collect();
    let member = |action, id, status| {
        json!({
            "taskId": "m-1", "findingId": "f-1", "actionName": action, "actionId": id, "status": status,
        })
    };
    let mut told = member(TELL, "id-1", "COMPLETED");
    told["startTime"] = 1_650_000_000.0.into();
    told["endTime"] = 1_650_000_001.0.into();
    let mut moved = member(MOVE, "id-4", "FAILED");
    moved["startTime"] = 1_650_000_001.0.into();
    moved["endTime"] = 1_650_000_002.0.into();
    moved["errorCode"] = "ResourceNotFoundException".into();
    moved["message"] = "no group `quarantine`".into();
    let cut = member(CUT, "id-2", "SKIPPED");
    assert_eq!(executions, json!([told, moved, cut]));
    let unknown = "f-77".parse().unwrap();
    assert_eq!(task.executions(&unknown).count(), 0);
}

#[test]
fn a_task_is_described_as_the_api_does() {
    let mapping = json!({ SHARED.as_str(): [CUT, TELL] });
    let target = json!({ "findingIds": ["f-1"] });
    let mut task = start(target.clone(), mapping.clone(), [shared(1)]).unwrap();
    let statistics = |succeeded: u64| {
        json!({ SHARED.as_str(): {
            "totalFindingsCount": 1,
            "failedFindingsCount": 0,
            "succeededFindingsCount": succeeded,
            "skippedFindingsCount": 0,
            "canceledFindingsCount": 0,
        } })
    };
    let definition = |name: &str, id: &str, action_type| {
        json!({
            "name": name, "id": id, "roleArn": super::ROLE,
            "actionParams": params(action_type).to_json(),
        })
    };
    let mut expected = json!({
        "taskStatus": "IN_PROGRESS",
        "startTime": 1_650_000_000.0,
        "taskStatistics": statistics(0),
        "target": target,
        "auditCheckToActionsMapping": mapping,
        "actionsDefinition": [
            definition(TELL, "id-1", ActionType::PublishFindingToSns),
            definition(CUT, "id-2", ActionType::UpdateDeviceCertificate),
        ],
    });
    assert_eq!(task.describe(), expected);
    while let Some(step) = task.start_next(things, NOW) {
        assert!(task.finish(step.key, Ok(()), NOW));
    }
    expected["taskStatus"] = "COMPLETED".into();
    expected["endTime"] = 1_650_000_000.0.into();
    expected["taskStatistics"] = statistics(1);
    assert_eq!(task.describe(), expected);
}

#[test]
fn canceling_keeps_what_is_done() {
    let mapping = json!({ SHARED.as_str(): [TELL, CUT] });
    let findings = [shared(1), shared(2), shared(3)];
    let mut task = start(json!({ "auditTaskId": "audit-1" }), mapping, findings).unwrap();
    for _ in 0..2 {
        let step = task.start_next(things, NOW).unwrap();
        assert!(task.finish(step.key, Ok(()), NOW));
    }
    let running = task.start_next(things, NOW).unwrap();
    let later = Timestamp::from_secs(1_650_000_060);
    task.cancel(later).unwrap();
    assert!(!task.finish(running.key, Ok(()), later));
    assert_eq!(task.start_next(things, later), None);
    assert_eq!(
        (task.status(), task.end_time()),
        (TaskStatus::Canceled, Some(later))
    );
    assert_eq!(counts(&task, SHARED), [3, 0, 1, 0, 2]);

    let finding_id = "f-2".parse().unwrap();
    let executions: Vec<_> = task.executions(&finding_id).collect();
    assert_eq!(executions[0].status, ExecutionStatus::Canceled);
    assert_eq!(
        (executions[0].start_time, executions[0].end_time),
        (Some(NOW), Some(later))
    );
    assert_eq!(
        (executions[1].start_time, executions[1].end_time),
        (None, None)
    );
}

/// Findings do not wait for one another.
#[test]
fn several_findings_are_worked_on_at_once() {
    let mapping = json!({ SHARED.as_str(): [TELL, CUT] });
    let findings = [shared(1), shared(2)];
    let mut task = start(json!({ "auditTaskId": "audit-1" }), mapping, findings).unwrap();
    let first = task.start_next(things, NOW).unwrap();
    let second = task.start_next(things, NOW).unwrap();
    assert_ne!(first.finding_id, second.finding_id);
    assert_eq!(
        task.start_next(things, NOW),
        None,
        "both wait for their first action"
    );
    assert_eq!(task.status(), TaskStatus::InProgress);
    assert!(task.finish(second.key, Ok(()), NOW));
    let third = task.start_next(things, NOW).unwrap();
    assert_eq!((third.finding_id, &*third.action), (second.finding_id, CUT));
}

/// Deactivation, quarantine, a blank policy, logging, publication: the deck's six actions.
#[test]
fn each_action_makes_the_calls_that_its_role_is_for() {
    let device = json!({ "certificateId": "01".repeat(32), "newStatus": "INACTIVE" });
    let add = |thing: &str, group: &str| {
        let arguments = json!({
            "thingName": thing, "thingGroupName": group, "overrideDynamicGroups": true,
        });
        ("AddThingToThingGroup", arguments)
    };
    let mut applied = 0;
    for check in Check::ALL {
        for action_type in check.mitigation_actions() {
            let finding = finding(*check, check.reason_codes()[0], 1);
            let expected = match action_type {
                ActionType::PublishFindingToSns => {
                    let message = finding.to_sns_json().to_string();
                    assert!(message.contains(r#""findingTime":1649990000500"#));
                    let topic = "arn:aws:sns:us-east-1:123456789012:findings";
                    vec![("Publish", json!({ "TopicArn": topic, "Message": message }))]
                }
                ActionType::UpdateDeviceCertificate => vec![("UpdateCertificate", device.clone())],
                ActionType::UpdateCaCertificate => vec![("UpdateCACertificate", device.clone())],
                ActionType::AddThingsToThingGroup => vec![
                    add("lamp", "quarantine"),
                    add("lamp", "suspects"),
                    add("spare-lamp", "quarantine"),
                    add("spare-lamp", "suspects"),
                ],
                ActionType::ReplaceDefaultPolicyVersion => {
                    let blank = r#"{"Version":"2012-10-17","Statement":[]}"#;
                    let arguments = json!({
                        "policyName": "policy-1", "policyDocument": blank, "setAsDefault": true,
                    });
                    vec![("CreatePolicyVersion", arguments)]
                }
                _ => {
                    let arguments = json!({
                        "roleArn": super::ROLE, "defaultLogLevel": "WARN", "disableAllLogs": false,
                    });
                    vec![("SetV2LoggingOptions", arguments)]
                }
            };
            let mapping = json!({ check.as_str(): [action_type.as_str()] });
            let mut task = start(json!({ "findingIds": ["f-1"] }), mapping, [finding]).unwrap();
            let step = task.start_next(things, NOW).unwrap();
            let calls = step.effect.calls().into_iter();
            let calls: Vec<_> = calls.map(|call| (call.operation, call.arguments)).collect();
            assert_eq!(calls, expected, "{check} {action_type}");
            applied += 1;
        }
    }
    assert_eq!(applied, 35);
}

#[test]
fn a_certificate_is_found_by_id_arn_or_through_its_issuer() {
    let certificate: iot_topics::CertificateId = "01".repeat(32).parse().unwrap();
    let by_arn =
        |id: &str| ResourceIdentifier::DeviceCertificateArn(format!("{}:cert/{id}", super::PREFIX));
    let check = Check::IntermediateCaRevokedForActiveDeviceCertificates;
    let code = ReasonCode::IntermediateCaRevokedByIssuer;
    let issuer = iot_defender::audit::IssuerCertificate::new("CN=Sub", "ab", "10");
    let issuer = ResourceIdentifier::IssuerCertificateIdentifier(issuer);
    let about = |resource: &ResourceIdentifier| {
        let mut finding = finding(check, code, 1);
        finding.finding = Finding::new(check, resource.clone(), code);
        finding
    };
    let mut through_issuer = about(&issuer);
    let related = RelatedResource::new(ResourceType::DeviceCertificate, resource(SHARED, 1));
    through_issuer.finding.related.push(related);
    let effect = |finding: &AuditFinding| {
        let params = params(ActionType::UpdateDeviceCertificate);
        MitigationEffect::of(finding, &params, things)
    };
    let cut = Some(MitigationEffect::DeactivateDeviceCertificate(
        certificate.clone(),
    ));
    assert_eq!(effect(&about(&resource(SHARED, 1))), cut);
    assert_eq!(effect(&about(&by_arn(certificate.as_str()))), cut);
    assert_eq!(effect(&through_issuer), cut);
    assert_eq!(effect(&about(&by_arn("7"))), None);
    assert_eq!(effect(&about(&issuer)), None);
    assert_eq!(effect(&about(&resource(Check::LoggingDisabled, 1))), None);
    // Each other kind of action, on an account or a client id.
    for action_type in &ActionType::ALL[1..] {
        let other = Check::ConflictingClientIds;
        let finding = about(&resource(other, 1));
        let params = params(*action_type);
        let effect = MitigationEffect::of(&finding, &params, things);
        assert_eq!(effect, None, "{action_type}");
    }
}

/// A finding without the resource that the action is for fails, and what is behind is skipped.
#[test]
fn an_action_without_a_resource_fails() {
    let mut odd = shared(1);
    let arn = ResourceIdentifier::DeviceCertificateArn("arn:aws:iot:::cert/7".into());
    odd.finding.resource.resource_identifier = arn;
    let mapping = json!({ SHARED.as_str(): [CUT, TELL] });
    let target = json!({ "auditTaskId": "audit-1" });
    let mut task = start(target, mapping, [odd, shared(2)]).unwrap();
    let mut done = Vec::new();
    while let Some(step) = task.start_next(things, NOW) {
        done.push(step.finding_id.to_string());
        assert!(task.finish(step.key, Ok(()), NOW));
    }
    assert_eq!(done, ["f-2", "f-2"]);
    assert_eq!(counts(&task, SHARED), [2, 1, 1, 0, 0]);
    let finding_id = "f-1".parse().unwrap();
    let first = task.executions(&finding_id).next().unwrap();
    assert_eq!(first.failure.unwrap().code(), "InvalidRequestException");
}

/// Each with a name of its own, and one finding to work on.
fn numbered(number: usize, token: Option<&str>) -> MitigationTaskRequest {
    let json = json!({
        "taskId": format!("m-{number}"),
        "target": { "auditTaskId": "audit-1" },
        "auditCheckToActionsMapping": { SHARED.as_str(): [TELL] },
        "clientRequestToken": token,
    });
    MitigationTaskRequest::from_json(&json).unwrap()
}

#[test]
fn ten_tasks_run_at_once() {
    let (actions, mut tasks) = (all_actions(), MitigationTasks::new());
    for number in 0..10 {
        tasks
            .start(numbered(number, None), &actions, [shared(1)], NOW)
            .unwrap();
    }
    let error = tasks
        .start(numbered(10, None), &actions, [shared(1)], NOW)
        .unwrap_err();
    assert_eq!(error, Error::TooManyTasks);
    assert_eq!(error.exception(), "LimitExceededException");
    tasks.cancel(&"m-3".parse().unwrap(), NOW).unwrap();
    assert!(
        tasks
            .start(numbered(10, None), &actions, [shared(1)], NOW)
            .is_ok()
    );
    let error = tasks.cancel(&"m-3".parse().unwrap(), NOW).unwrap_err();
    assert_eq!(error, Error::NotRunning(TaskStatus::Canceled));
    let error = tasks.cancel(&"m-77".parse().unwrap(), NOW).unwrap_err();
    assert_eq!(error.exception(), "ResourceNotFoundException");
}

#[test]
fn ids_and_tokens_are_used_once_while_the_task_is_kept() {
    let day = |days: u64| Timestamp::from_secs(1_650_000_000 + days * 86_400);
    let (actions, mut tasks) = (all_actions(), MitigationTasks::new());
    tasks
        .start(numbered(1, Some("t-1")), &actions, [], NOW)
        .unwrap();
    tasks
        .start(numbered(2, Some("t-2")), &actions, [shared(1)], NOW)
        .unwrap();
    let mut refused = |request, now| {
        let error = tasks.start(request, &actions, [], now).unwrap_err();
        assert_eq!(error.exception(), "TaskAlreadyExistsException");
        error
    };
    let error = refused(numbered(3, Some("t-1")), day(89));
    assert_eq!(error, Error::TokenExists("t-1".parse().unwrap()));
    let error = refused(numbered(1, Some("t-3")), day(89));
    assert_eq!(error, Error::TaskExists("m-1".parse().unwrap()));
    // One that runs is kept however long.
    let error = refused(numbered(3, Some("t-2")), day(900));
    assert_eq!(error, Error::TokenExists("t-2".parse().unwrap()));
    assert!(tasks.get(&"m-1".parse().unwrap()).is_none());
    assert!(
        tasks
            .start(numbered(1, Some("t-1")), &actions, [], day(900))
            .is_ok()
    );
}

#[test]
fn tasks_are_listed_newest_first() {
    let at = |secs: u64| Timestamp::from_secs(1_650_000_000 + secs);
    let (actions, mut tasks) = (all_actions(), MitigationTasks::new());
    tasks.start(numbered(1, None), &actions, [], at(0)).unwrap();
    tasks
        .start(numbered(2, None), &actions, [shared(1)], at(10))
        .unwrap();
    tasks
        .start(numbered(3, None), &actions, [], at(10))
        .unwrap();
    let mut slow = shared(5);
    slow.task_id = "audit-9".parse().unwrap();
    let json = json!({
        "taskId": "m-4",
        "target": { "findingIds": ["f-5"] },
        "auditCheckToActionsMapping": { SHARED.as_str(): [TELL] },
    });
    let request = MitigationTaskRequest::from_json(&json).unwrap();
    tasks
        .start(request, &actions, [slow], at(20))
        .unwrap()
        .cancel(at(99))
        .unwrap();

    let list = |query: &MitigationTaskQuery| -> Vec<String> {
        let listed = query.list(&tasks).unwrap().to_api_json();
        let listed = listed["tasks"].as_array().unwrap().iter();
        listed
            .map(|task| task["taskId"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = MitigationTaskQuery::between(at(0), at(99));
    assert_eq!(list(&all), ["m-4", "m-2", "m-3", "m-1"]);
    assert_eq!(
        list(&MitigationTaskQuery::between(at(0), at(98))),
        ["m-2", "m-3", "m-1"]
    );
    assert_eq!(
        list(&MitigationTaskQuery::between(at(1), at(99))),
        ["m-4", "m-2", "m-3"]
    );
    let by = |change: fn(&mut MitigationTaskQuery)| {
        let mut query = all.clone();
        change(&mut query);
        list(&query)
    };
    assert_eq!(
        by(|it| it.status = Some(TaskStatus::Completed)),
        ["m-3", "m-1"]
    );
    assert_eq!(by(|it| it.audit_task_id = "audit-9".parse().ok()), ["m-4"]);
    assert_eq!(
        by(|it| it.audit_task_id = "audit-1".parse().ok()),
        ["m-2", "m-3", "m-1"]
    );
    assert_eq!(by(|it| it.finding_id = "f-1".parse().ok()), ["m-2"]);
    let first = &all.list(&tasks).unwrap().to_api_json()["tasks"][0];
    let expected =
        json!({ "taskId": "m-4", "startTime": 1_650_000_020.0, "taskStatus": "CANCELED" });
    assert_eq!(first, &expected);
}
