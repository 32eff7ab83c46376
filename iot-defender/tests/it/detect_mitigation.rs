//! Mitigation tasks over violations.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests that build values of parts that are legal"
)]

use iot_defender::audit::{
    ActionFailure, ActionType, MitigationAction, MitigationActions,
    MitigationRequestError as Error, Retention,
};
use iot_defender::detect::{
    AwsMetric, Datapoint, DetectMitigationExecutionQuery, DetectMitigationRequest,
    DetectMitigationTask, DetectMitigationTaskQuery, DetectMitigationTasks, DetectTaskStatus,
    Engine, ExecutionsOf, Intake, NearestRank, NoModels, Target,
};
use iot_topics::Timestamp;
use serde_json::{Value, json};

use crate::detect_query::profile;

const START: u64 = 1_573_786_800;

fn at(step: u64) -> Timestamp {
    Timestamp::from_secs(START + step * 300)
}

/// `a` and `b` are in alarm, `c` was until step 2, `x` is not in the registry. `told` is suppressed.
pub(crate) fn engine() -> Engine {
    let mut engine = Engine::new();
    let below = |name: &str, suppress: bool| {
        json!({
            "name": name,
            "metric": "aws:num-messages-sent",
            "criteria": { "comparisonOperator": "less-than", "value": { "count": 5 } },
            "suppressAlerts": suppress,
        })
    };
    let behaviors = json!([below("loud", false), below("told", true)]);
    engine.set_profile(&profile("lamps", &behaviors));
    engine.attach("lamps", Target::All).unwrap();
    let mut intake = Intake::default();
    for step in 1..=2 {
        for (name, is_registered) in [("c", true), ("b", true), ("a", true), ("x", false)] {
            let device = engine.set_device(name, is_registered, []);
            let count = if name == "c" && step == 2 { 0 } else { 9 };
            let metric = AwsMetric::NumMessagesSent.into();
            intake.take(device, metric, None, Datapoint::Count(count));
        }
        let told = intake.step(&mut engine, None, at(step), &mut NearestRank, &NoModels);
        assert_eq!(told.events.len(), if step == 1 { 8 } else { 2 });
    }
    engine
}

pub(crate) fn actions() -> MitigationActions {
    let mut actions = MitigationActions::new("arn:aws:iot:us-east-1:123456789012");
    for (name, params) in [
        (
            "Move",
            json!({ "addThingsToThingGroupParams": { "thingGroupNames": ["q", "r"], "overrideDynamicGroups": true } }),
        ),
        (
            "Also",
            json!({ "addThingsToThingGroupParams": { "thingGroupNames": ["s"] } }),
        ),
        (
            "Cut",
            json!({ "updateDeviceCertificateParams": { "action": "DEACTIVATE" } }),
        ),
    ] {
        let role = "arn:aws:iam::123456789012:role/mitigate";
        let request = json!({ "actionName": name, "roleArn": role, "actionParams": params });
        let action = MitigationAction::from_json(&request).unwrap();
        actions.create(action, name, at(0)).unwrap();
    }
    actions
}

fn request(id: &str, more: &Value) -> Value {
    let mut request = json!({
        "taskId": id,
        "target": { "securityProfileName": "lamps" },
        "actions": ["Move", "Also"],
    });
    let members = more.as_object().unwrap().clone();
    request.as_object_mut().unwrap().extend(members);
    request
}

fn start(more: &Value) -> Result<DetectMitigationTask, Error> {
    let request = DetectMitigationRequest::from_json(&request("m-1", more))?;
    DetectMitigationTask::start(request, &actions(), &engine(), at(3))
}

/// Does all that can be done, and tells of which behavior of which thing.
fn run(task: &mut DetectMitigationTask) -> Vec<(String, String)> {
    let mut done = Vec::new();
    while let Some(step) = task.start_next(at(3)) {
        done.push((step.thing.to_string(), step.action));
        assert!(task.finish(step.key, Ok(()), at(4)));
        assert!(!task.finish(step.key, Ok(()), at(4)));
    }
    done
}

fn id_of(thing: &str, behavior: &str) -> String {
    let engine = engine();
    let mut events = engine.events().map(|listed| listed.event);
    let found = events.find(|it| it.thing == thing && it.behavior.name().as_str() == behavior);
    found.unwrap().violation_id.clone()
}

#[test]
fn filters_choose_violations() {
    let things = |more: Value| -> Vec<String> {
        let mut task = start(&more).unwrap();
        let mut things: Vec<String> = run(&mut task).into_iter().map(|(thing, _)| thing).collect();
        things.dedup();
        things
    };
    assert_eq!(things(json!({})), ["a", "b", "c"]);
    assert_eq!(
        things(json!({ "includeOnlyActiveViolations": true })),
        ["a", "b"]
    );
    // Of both behaviors, in their order.
    let both = things(json!({ "includeSuppressedAlerts": true }));
    assert_eq!(both, ["a", "b", "c", "a", "b", "c"]);
    let none = json!({ "securityProfileName": "lamps", "behaviorName": "told" });
    assert!(things(json!({ "target": none })).is_empty());
    let other = json!({ "securityProfileName": "pumps" });
    assert!(things(json!({ "target": other })).is_empty());
    let range = |from: u64, to: u64| json!({ "startTime": START + 300 * from, "endTime": START + 300 * to });
    assert_eq!(
        things(json!({ "violationEventOccurrenceRange": range(2, 2) })),
        ["c"]
    );
    assert!(things(json!({ "violationEventOccurrenceRange": range(3, 9) })).is_empty());
    assert_eq!(
        things(json!({ "violationEventOccurrenceRange": range(0, 1) })),
        ["a", "b", "c"]
    );
}

/// Who names a violation means it, unless a filter says otherwise: then it is skipped.
#[test]
fn named_violations_are_done_or_skipped() {
    let ids = [id_of("a", "told"), id_of("c", "loud"), id_of("a", "told")];
    let named = |more: Value| {
        let mut more = more;
        more["target"] = json!({ "violationIds": ids });
        let mut task = start(&more).unwrap();
        let done = run(&mut task).len();
        assert_eq!(task.status(), DetectTaskStatus::Successful);
        (done, json!(task.statistics()))
    };
    let counts = |executed: usize, skipped: usize| {
        (
            executed,
            json!({ "actionsExecuted": executed, "actionsSkipped": skipped, "actionsFailed": 0 }),
        )
    };
    assert_eq!(named(json!({})), counts(4, 0));
    assert_eq!(
        named(json!({ "includeSuppressedAlerts": false })),
        counts(2, 2)
    );
    assert_eq!(
        named(json!({ "includeOnlyActiveViolations": true })),
        counts(2, 2)
    );
}

/// What the task says of itself from its start to its end.
#[test]
fn a_task_tells_how_far_it_is() {
    let (engine, actions) = (engine(), actions());
    let more = json!({ "clientRequestToken": "t", "includeOnlyActiveViolations": true });
    let read = DetectMitigationRequest::from_json(&request("m-1", &more)).unwrap();
    let mut tasks = DetectMitigationTasks::new();
    let task = tasks.start(read.clone(), &actions, &engine, at(3)).unwrap();
    assert_eq!(task.describe()["taskSummary"]["taskStatus"], "IN_PROGRESS");
    assert_eq!(task.describe()["taskSummary"].get("taskEndTime"), None);

    let first = task.start_next(at(3)).unwrap();
    assert_eq!((first.thing.as_str(), &*first.action), ("a", "Move"));
    let calls = first.effect.calls();
    let groups: Vec<_> = calls
        .iter()
        .map(|call| &call.arguments["thingGroupName"])
        .collect();
    assert_eq!(groups, ["q", "r"]);
    assert!(
        calls
            .iter()
            .all(|call| call.operation == "AddThingToThingGroup")
    );
    assert!(task.finish(
        first.key,
        Err(ActionFailure::new("AccessDenied", "no")),
        at(4)
    ));
    // The second action on `a` is skipped, `b` goes on, and `x` is no thing.
    let second = task.start_next(at(4)).unwrap();
    assert_eq!((second.thing.as_str(), &*second.action), ("b", "Move"));
    assert_eq!(task.start_next(at(5)), None);
    let of_task = DetectMitigationExecutionQuery::new(ExecutionsOf::Task("m-1".parse().unwrap()));
    let listed = of_task.list(&tasks).unwrap().to_api_json();
    let statuses: Vec<_> = listed["actionsExecutions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            (
                it["thingName"].as_str().unwrap(),
                it["actionName"].as_str().unwrap(),
                it["status"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        statuses,
        [
            ("a", "Move", "FAILED"),
            ("a", "Also", "SKIPPED"),
            ("b", "Move", "IN_PROGRESS"),
            ("x", "Move", "FAILED"),
            ("x", "Also", "SKIPPED"),
        ]
    );
    let failed = &listed["actionsExecutions"][0];
    assert_eq!(
        *failed,
        json!({
            "taskId": "m-1",
            "violationId": id_of("a", "loud"),
            "actionName": "Move",
            "thingName": "a",
            "executionStartDate": at(3).as_secs() as f64,
            "executionEndDate": at(4).as_secs() as f64,
            "status": "FAILED",
            "errorCode": "AccessDenied",
            "message": "no",
        })
    );
    let mut of_time = DetectMitigationExecutionQuery::new(ExecutionsOf::Time {
        from: at(4),
        to: at(4),
    });
    let count =
        |query: &DetectMitigationExecutionQuery| query.list(&tasks).unwrap().executions.len();
    assert_eq!(count(&of_time), 1);
    of_time.thing = Some("a".into());
    assert_eq!(count(&of_time), 0);
    let mut of_violation = of_task;
    of_violation.violation_id = Some(id_of("b", "loud"));
    assert_eq!(count(&of_violation), 1);

    let task = tasks.get_mut(&read.task_id).unwrap();
    task.cancel(at(6)).unwrap();
    assert_eq!(task.cancel(at(6)), Err(Error::HasEnded));
    assert!(!task.finish(second.key, Ok(()), at(7)));
    assert_eq!(task.end_time(), Some(at(6)));
    let list = |from, to| {
        let page = DetectMitigationTaskQuery::between(from, to).list(&tasks);
        page.unwrap().to_api_json()
    };
    let summary = &list(at(3), at(6))["tasks"][0];
    let definitions = ["Move", "Also"].map(|name| {
        let action = actions.get(name).unwrap().action();
        json!({
            "name": name,
            "id": name,
            "roleArn": action.role_arn(),
            "actionParams": action.params().to_json(),
        })
    });
    assert_eq!(
        *summary,
        json!({
            "taskId": "m-1",
            "taskStatus": "CANCELED",
            "taskStartTime": at(3).as_secs() as f64,
            "taskEndTime": at(6).as_secs() as f64,
            "target": { "securityProfileName": "lamps" },
            "onlyActiveViolationsIncluded": true,
            "suppressedAlertsIncluded": false,
            "actionsDefinition": definitions,
            "taskStatistics": { "actionsExecuted": 0, "actionsSkipped": 4, "actionsFailed": 2 },
        })
    );
    assert_eq!(list(at(3), at(5)), json!({ "tasks": [] }));
    assert_eq!(list(at(4), at(9)), json!({ "tasks": [] }));
}

#[test]
fn five_tasks_run_and_no_id_or_token_is_used_again() {
    let (engine, actions) = (engine(), actions());
    let mut tasks = DetectMitigationTasks::new().with_retention(Retention::of_days(90));
    let mut start = |id: &str, token: &str, now| {
        let request = request(id, &json!({ "clientRequestToken": token }));
        let request = DetectMitigationRequest::from_json(&request).unwrap();
        tasks.start(request, &actions, &engine, now).map(|task| {
            if id == "m-1" {
                run(task);
            }
        })
    };
    assert_eq!(start("m-1", "t-1", at(3)), Ok(()));
    for number in 2..=6 {
        assert_eq!(
            start(&format!("m-{number}"), &format!("t-{number}"), at(4)),
            Ok(())
        );
    }
    let error = start("m-7", "t-7", at(4)).unwrap_err();
    assert_eq!(
        (error.exception(), error),
        ("LimitExceededException", Error::TooManyDetectTasks)
    );
    let error = start("m-1", "t-7", at(4)).unwrap_err();
    assert_eq!(error.exception(), "TaskAlreadyExistsException");
    assert_eq!(error, Error::TaskExists("m-1".parse().unwrap()));
    let error = start("m-7", "t-1", at(4)).unwrap_err();
    assert_eq!(error, Error::TokenExists("t-1".parse().unwrap()));
    // 90 days after its end it is forgotten; those that run are not.
    let late = at(4 + 90 * 288);
    assert_eq!(start("m-1", "t-1", late), Err(Error::TooManyDetectTasks));
    let page = DetectMitigationTaskQuery::between(at(0), late).list(&tasks);
    assert_eq!(page.unwrap().tasks.len(), 5);
    let missing = "m-9".parse().unwrap();
    assert_eq!(
        tasks.cancel(&missing, late),
        Err(Error::NoSuchTask(missing.clone()))
    );
    assert_eq!(tasks.cancel(&"m-2".parse().unwrap(), late), Ok(()));
}

#[test]
fn requests_are_refused_by_the_rule_that_they_break() {
    let ids = |count: usize| json!({ "violationIds": vec![id_of("a", "loud"); count] });
    let over = "a".repeat(129);
    for (more, expected) in [
        (json!({ "taskId": "m 1" }), Error::TaskId),
        (json!({ "target": null }), Error::ViolationTarget),
        (json!({ "target": {} }), Error::ViolationTarget),
        (
            json!({ "target": { "behaviorName": "loud" } }),
            Error::ViolationTarget,
        ),
        (
            json!({ "target": { "violationIds": ["a"], "securityProfileName": "p" } }),
            Error::ViolationTarget,
        ),
        (json!({ "target": ids(0) }), Error::ViolationIds),
        (json!({ "target": ids(26) }), Error::ViolationIds),
        (
            json!({ "target": { "violationIds": ["a_b"] } }),
            Error::ViolationIds,
        ),
        (
            json!({ "target": { "violationIds": [over] } }),
            Error::ViolationIds,
        ),
        (
            json!({ "target": { "violationIds": [1] } }),
            Error::ViolationIds,
        ),
        (
            json!({ "target": { "violationIds": ["none"] } }),
            Error::NoSuchViolation("none".into()),
        ),
        (
            json!({ "target": { "securityProfileName": "a b" } }),
            Error::Member("target.securityProfileName"),
        ),
        (
            json!({ "target": { "securityProfileName": "p", "behaviorName": "" } }),
            Error::Member("target.behaviorName"),
        ),
        (json!({ "actions": [] }), Error::Actions),
        (json!({ "actions": vec!["Move"; 6] }), Error::Actions),
        (json!({ "actions": [1] }), Error::Actions),
        (
            json!({ "actions": ["Nothing"] }),
            Error::NoSuchActionToRun("Nothing".into()),
        ),
        (
            json!({ "actions": ["Cut"] }),
            Error::NotForViolations {
                action: "Cut".into(),
                action_type: ActionType::UpdateDeviceCertificate,
            },
        ),
        (
            json!({ "violationEventOccurrenceRange": { "startTime": 1 } }),
            Error::Member("violationEventOccurrenceRange"),
        ),
        (
            json!({ "includeOnlyActiveViolations": 1 }),
            Error::Member("includeOnlyActiveViolations"),
        ),
        (
            json!({ "includeSuppressedAlerts": "no" }),
            Error::Member("includeSuppressedAlerts"),
        ),
        (
            json!({ "clientRequestToken": "" }),
            Error::ClientRequestToken,
        ),
    ] {
        let error = start(&more).unwrap_err();
        assert_eq!(error, expected, "{more}");
        assert_eq!(error.exception(), "InvalidRequestException", "{more}");
    }
    assert_eq!(
        DetectMitigationRequest::from_json(&json!([])),
        Err(Error::NotAnObject)
    );
    assert!(start(&json!({ "target": ids(25), "actions": vec!["Move"; 5] })).is_ok());
}
