//! The audits of an account: how they start, go on and end, and their list.

#![expect(
    clippy::unwrap_used,
    reason = "a sample that is not in its form must fail"
)]

use core::time::Duration;

use iot_defender::audit::{
    Audit, AuditConfiguration, AuditReport, AuditSettings, AuditTaskId, AuditTaskQuery, AuditTasks,
    Check, CheckErrorCode, CheckRunStatus, Logging, OnDemandAuditRequest, PageSize, QueryError,
    RequestError, Retention, Schedule, ScheduledAuditRequest, ScheduledAudits, ScheduledRun,
    TaskHeader, TaskStatus, TaskType,
};
use iot_topics::Timestamp;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

const DAY: u64 = 86_400;
const NOW: Timestamp = Timestamp::from_secs(1_650_000_000);
const PAIR: [Check; 2] = [Check::ConflictingClientIds, Check::LoggingDisabled];

fn enabled(checks: &[Check]) -> AuditConfiguration {
    let mut configuration = AuditConfiguration::new();
    configuration.enable(checks.iter().copied(), true).unwrap();
    configuration
}

fn tasks() -> AuditTasks {
    AuditTasks::new("123456789012".parse().unwrap())
}

fn id(id: &str) -> AuditTaskId {
    id.parse().unwrap()
}

fn behind(seconds: u64) -> Timestamp {
    NOW.saturating_add(Duration::from_secs(seconds))
}

fn start<'t>(tasks: &'t mut AuditTasks, name: &str, at: Timestamp) -> &'t AuditReport {
    let request = OnDemandAuditRequest::new(PAIR).unwrap();
    let started = tasks.start_on_demand(id(name), &request, &enabled(&PAIR), at);
    started.unwrap()
}

/// A run of a scheduled audit of these checks.
fn run(checks: &[Check], at: Timestamp) -> ScheduledRun {
    let request =
        ScheduledAuditRequest::new("nightly".parse().unwrap(), Schedule::Daily, checks.to_vec());
    let mut audits = ScheduledAudits::new("arn:aws:iot:us-east-1:123456789012");
    audits
        .create(request.unwrap(), &enabled(checks), at)
        .unwrap();
    audits.start(&"nightly".parse().unwrap(), at).unwrap()
}

fn settings(report: &AuditReport) -> AuditSettings {
    AuditSettings::new(report.task.clone(), report.checks.keys().copied())
}

fn statuses(report: &AuditReport) -> Vec<CheckRunStatus> {
    report.checks.values().map(|check| check.status).collect()
}

#[test]
fn a_request_is_a_list_of_names() {
    for (request, error) in [
        (json!([]), RequestError::NotAnObject),
        (json!({}), RequestError::TargetCheckNames),
        (
            json!({ "targetCheckNames": null }),
            RequestError::TargetCheckNames,
        ),
        (
            json!({ "targetCheckNames": {} }),
            RequestError::TargetCheckNames,
        ),
        (
            json!({ "targetCheckNames": [1] }),
            RequestError::TargetCheckNames,
        ),
        (json!({ "targetCheckNames": [] }), RequestError::NoTarget),
        (
            json!({ "targetCheckNames": ["LOGGING_DISABLED_CHECK", "X"] }),
            RequestError::UnknownCheck("X".into()),
        ),
    ] {
        let refused = OnDemandAuditRequest::from_json(&request).unwrap_err();
        assert_eq!(refused.exception(), "InvalidRequestException");
        assert_eq!(refused, error, "{request}");
    }
}

#[test]
fn ten_on_demand_run_at_once_and_any_number_of_scheduled() {
    let configuration = enabled(&PAIR);
    let request = OnDemandAuditRequest::new(PAIR).unwrap();
    let mut tasks = tasks();
    for number in 0..12 {
        let run = run(&PAIR, NOW);
        let name = format!("scheduled-{number}");
        tasks
            .start_scheduled(id(&name), &run, &configuration)
            .unwrap();
    }
    for number in 0..10 {
        start(&mut tasks, &number.to_string(), NOW);
    }
    let refused = tasks.start_on_demand(id("ten"), &request, &configuration, NOW);
    let refused = refused.unwrap_err();
    assert_eq!(refused.exception(), "LimitExceededException");

    // One that ends makes room, in whatever way it ends.
    tasks.cancel(&id("3")).unwrap();
    start(&mut tasks, "ten", NOW);
    let report = tasks.get(&id("4")).unwrap();
    let settings = settings(report);
    let ended = Audit::new(&settings, &[]).finish().0;
    assert_eq!(tasks.record(&ended), Ok(TaskStatus::Completed));
    start(&mut tasks, "eleven", NOW);
    let full = tasks.start_on_demand(id("twelve"), &request, &configuration, NOW);
    assert_eq!(full, Err(RequestError::TooManyTasks));
}

#[test]
fn what_cannot_start_changes_nothing() {
    let mut tasks = tasks();
    start(&mut tasks, "1", NOW);
    let before = tasks.clone();
    let request = OnDemandAuditRequest::new(PAIR).unwrap();
    let one = enabled(&PAIR[1..]);
    let refused = tasks.start_on_demand(id("2"), &request, &one, NOW);
    assert_eq!(refused, Err(RequestError::NotEnabled(PAIR[0])));
    let again = tasks.start_on_demand(id("1"), &request, &enabled(&PAIR), NOW);
    let again = again.unwrap_err();
    assert_eq!(again, RequestError::TaskExists(id("1")));
    assert_eq!(again.exception(), "InternalFailureException");
    let again = tasks.start_scheduled(id("1"), &run(&PAIR, NOW), &one);
    assert_eq!(again, Err(RequestError::TaskExists(id("1"))));
    assert_eq!(tasks, before);
}

#[test]
fn a_task_goes_on_as_it_is_told() {
    let mut tasks = tasks();
    let report = start(&mut tasks, "1", NOW);
    let settings = settings(report);
    let mut audit = Audit::new(&settings, &[]);
    audit.feed(&Logging::default());
    assert_eq!(tasks.record(&audit.report()), Ok(TaskStatus::InProgress));
    assert_eq!(
        statuses(tasks.get(&id("1")).unwrap()),
        [
            CheckRunStatus::WaitingForDataCollection,
            CheckRunStatus::InProgress
        ]
    );
    let (ended, _) = audit.finish();
    assert_eq!(tasks.record(&ended), Ok(TaskStatus::Completed));
    assert_eq!(tasks.get(&id("1")), Some(&ended));
    assert_eq!(tasks.describe(&id("1")), Ok(ended.to_api_json()));

    // It stays so.
    let late = tasks.record(&Audit::new(&settings, &[]).report());
    assert_eq!(late, Err(RequestError::NotRunning(TaskStatus::Completed)));
    let late = tasks.cancel(&id("1")).unwrap_err();
    assert_eq!(late.exception(), "InvalidRequestException");
    assert_eq!(tasks.get(&id("1")), Some(&ended));
}

#[test]
fn the_report_of_another_task_is_not_taken() {
    let mut tasks = tasks();
    let header = start(&mut tasks, "1", NOW).task.clone();
    let mut others = [header.clone(), header.clone(), header];
    others[0].task_id = id("2");
    others[1].start = behind(1);
    others[2].scheduled_audit = "nightly".parse().ok();
    for header in others {
        let missing = RequestError::NoSuchTask(header.task_id.clone());
        let settings = AuditSettings::new(header, PAIR);
        let report = Audit::new(&settings, &[]).finish().0;
        assert_eq!(tasks.record(&report), Err(missing));
    }
    assert_eq!(
        tasks.get(&id("1")).unwrap().status(),
        TaskStatus::InProgress
    );
    let gone = tasks.describe(&id("2")).unwrap_err();
    assert_eq!(gone.exception(), "ResourceNotFoundException");
}

#[test]
fn checks_that_are_done_outlast_a_cancel() {
    let mut tasks = tasks();
    let report = start(&mut tasks, "1", NOW);
    let settings = settings(report);
    let mut audit = Audit::new(&settings, &[]);
    audit.feed(&Logging::default());
    audit.complete(Check::LoggingDisabled);
    tasks.record(&audit.report()).unwrap();
    tasks.cancel(&id("1")).unwrap();
    let canceled = tasks.get(&id("1")).unwrap();
    assert_eq!(
        statuses(canceled),
        [
            CheckRunStatus::Canceled,
            CheckRunStatus::CompletedNonCompliant
        ]
    );
    assert_eq!(canceled, &audit.cancel(), "as the audit itself tells it");
    let again = tasks.cancel(&id("1"));
    assert_eq!(again, Err(RequestError::NotRunning(TaskStatus::Canceled)));
}

#[test]
fn a_scheduled_audit_fails_at_checks_that_are_not_enabled_any_more() {
    let mut tasks = tasks();
    let run = run(&PAIR, NOW);
    let half = enabled(&PAIR[1..]);
    let report = tasks.start_scheduled(id("1"), &run, &half).unwrap();
    assert_eq!(report.task.task_type(), TaskType::Scheduled);
    assert_eq!(
        statuses(report),
        [
            CheckRunStatus::Failed,
            CheckRunStatus::WaitingForDataCollection
        ]
    );
    // Also if the audit looks at them all the same.
    let settings = settings(report);
    let ended = Audit::new(&settings, &[]).finish().0;
    assert_eq!(tasks.record(&ended), Ok(TaskStatus::Completed));
    let json = tasks.describe(&id("1")).unwrap();
    let details = &json["auditDetails"]["CONFLICTING_CLIENT_IDS_CHECK"];
    assert_eq!(details["checkRunStatus"], "FAILED");
    assert_eq!(
        details["errorCode"],
        CheckErrorCode::AuditCheckDisabled.as_str()
    );
    assert_eq!(details["message"], "the check is not enabled");
    assert_eq!(json["scheduledAuditName"], "nightly");
}

#[test]
fn what_ended_is_kept_for_ninety_days_from_its_start() {
    let mut tasks = tasks();
    for (name, day) in [("old", 0), ("stuck", 0), ("young", 1)] {
        start(&mut tasks, name, behind(day * DAY));
    }
    for name in ["old", "young"] {
        tasks.cancel(&id(name)).unwrap();
    }
    let kept = |tasks: &AuditTasks| {
        let kept = tasks.iter().map(|report| report.task.task_id.to_string());
        kept.collect::<Vec<_>>().join(" ")
    };
    tasks.purge(behind(90 * DAY - 1));
    assert_eq!(kept(&tasks), "young old stuck");

    // Whoever asks in time does not see what is over, though it is not dropped yet.
    let mut query = AuditTaskQuery::between(NOW, behind(DAY));
    let listed = |query: &AuditTaskQuery, tasks: &AuditTasks, now| {
        let listed = query.list(tasks, now).unwrap().tasks.into_iter();
        listed
            .map(|report| report.task.task_id.to_string())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let now = behind(90 * DAY);
    assert_eq!(listed(&query, &tasks, behind(DAY)), "young old stuck");
    assert_eq!(listed(&query, &tasks, now), "young stuck");
    query.status = Some(TaskStatus::InProgress);
    assert_eq!(listed(&query, &tasks, now), "stuck");

    tasks.purge(now);
    assert_eq!(kept(&tasks), "young stuck");
    // The id is free again.
    start(&mut tasks, "old", now);
    tasks.purge(behind(91 * DAY));
    assert_eq!(kept(&tasks), "old stuck");

    let fresh = self::tasks().with_retention(Retention::of_days(7));
    let mut week = fresh.clone();
    for name in ["1", "2"] {
        start(&mut week, name, NOW);
        week.cancel(&id(name)).unwrap();
    }
    assert_ne!(week, fresh);
    week.purge(behind(7 * DAY));
    assert_eq!(week, fresh, "nothing of them is left");
}

#[test]
fn a_question_is_read_by_its_rules() {
    let question = |member: &str, value: Value| {
        let mut question = json!({ "startTime": 1_650_000_000, "endTime": 1_650_000_001.25 });
        question[member] = value;
        AuditTaskQuery::from_json(&question)
    };
    let read = question("taskStatus", json!(null)).unwrap();
    assert_eq!(
        read,
        AuditTaskQuery::between(NOW, Timestamp::from_millis(1_650_000_001_250))
    );
    for (member, value) in [
        ("startTime", json!(null)),
        ("startTime", json!("2022-04-15")),
        ("endTime", json!(-1)),
        ("taskType", json!("SCHEDULED__AUDIT_TASK")),
        ("taskStatus", json!("SUCCESSFUL")),
        ("taskStatus", json!(["FAILED"])),
        ("maxResults", json!(0)),
        ("maxResults", json!(251)),
        ("maxResults", json!("25")),
    ] {
        let Err(QueryError::Member(named)) = question(member, value.clone()) else {
            panic!("{member}: {value}");
        };
        assert_eq!(named, member);
    }
    assert_eq!(question("nextToken", json!(7)), Err(QueryError::NextToken));
    assert_eq!(
        AuditTaskQuery::from_json(&json!([])),
        Err(QueryError::NotAnObject)
    );
}

#[test]
fn only_tokens_of_the_list_are_taken() {
    let mut tasks = tasks();
    for name in ["a", "b"] {
        start(&mut tasks, name, NOW);
    }
    let mut query = AuditTaskQuery::between(NOW, NOW);
    query.max_results = PageSize::new(1).unwrap();
    let page = query.list(&tasks, NOW).unwrap();
    let token = page.next_token.clone().unwrap();
    assert_eq!(page.to_api_json()["nextToken"], json!(token));
    query.next_token = Some(token.clone());
    let last = query.list(&tasks, NOW).unwrap();
    assert_eq!(
        last.to_api_json(),
        json!({ "tasks": [
            { "taskId": "b", "taskStatus": "IN_PROGRESS", "taskType": "ON_DEMAND_AUDIT_TASK" },
        ] })
    );
    // Still, though the time begins before what is kept by now.
    assert!(query.list(&tasks, behind(91 * DAY)).is_ok());

    let millis = NOW.as_millis();
    for wrong in [
        String::new(),
        "7".into(),
        "monday.b1d8c3b3".into(),
        "scheduledaudit/nightly".into(),
        format!("audittask/{millis}"),
        format!("audittask/{millis}/"),
        format!("audittask/{millis}/a/b"),
        format!("audittask/+{millis}/a"),
        format!("audittask/0{millis}/a"),
        "audittask/99999999999999999999999/a".into(),
        format!("profile/behavior/0/{token}"),
        // Of another time than the one that is asked for.
        format!("audittask/{}/a", millis + 1),
    ] {
        query.next_token = Some(wrong.clone());
        assert_eq!(
            query.list(&tasks, NOW),
            Err(QueryError::NextToken),
            "{wrong}"
        );
    }
}

#[test]
fn a_time_that_ends_before_it_begins_has_nothing() {
    let mut tasks = tasks();
    start(&mut tasks, "a", NOW);
    let query = AuditTaskQuery::between(behind(1), NOW);
    assert!(query.list(&tasks, NOW).unwrap().tasks.is_empty());
}

/// When it started, whether by a schedule, and how it ended.
type Made = (u64, bool, TaskStatus);

fn made() -> impl Strategy<Value = Vec<Made>> {
    let one = (0_u64..6, any::<bool>(), select(TaskStatus::ALL));
    prop::collection::vec(one, 0..40)
}

/// Tasks, each of an id of its own, with no more running on demand than may.
fn fleet(made: &[Made]) -> AuditTasks {
    let mut tasks = tasks();
    let configuration = enabled(&PAIR);
    let mut open = 0;
    for ((start_time, scheduled, end), number) in made.iter().zip(0..) {
        let (task_id, at) = (id(&format!("{:02}", number * 7 % 41)), behind(*start_time));
        let report = if *scheduled {
            let run = run(&PAIR, at);
            let report = tasks.start_scheduled(task_id, &run, &configuration);
            report.unwrap()
        } else {
            let request = OnDemandAuditRequest::new(PAIR).unwrap();
            let report = tasks.start_on_demand(task_id, &request, &configuration, at);
            report.unwrap()
        };
        let task_id = report.task.task_id.clone();
        let settings = settings(report);
        let mut audit = Audit::new(&settings, &[]);
        let end = match end {
            TaskStatus::InProgress if !scheduled && open == 9 => TaskStatus::Completed,
            end => *end,
        };
        match end {
            TaskStatus::InProgress => open += usize::from(!scheduled),
            TaskStatus::Canceled => tasks.cancel(&task_id).unwrap(),
            _ => {
                for check in PAIR {
                    if end == TaskStatus::Failed {
                        let code = CheckErrorCode::InsufficientPermissions;
                        audit.fail(check, iot_defender::audit::CheckFailure::new(code, ""));
                    }
                }
                assert_eq!(tasks.record(&audit.finish().0), Ok(end));
            }
        }
    }
    tasks
}

fn ids(reports: &[&AuditReport]) -> Vec<AuditTaskId> {
    let ids = reports.iter().map(|report| report.task.task_id.clone());
    ids.collect()
}

proptest! {
    /// The pages are the whole: what an oracle takes and sorts. So they are though new tasks start
    /// between them.
    #[test]
    fn pages_are_the_whole(
        made in made(),
        (from, to) in (0_u64..6, 0_u64..7),
        task_type in prop::option::of(select(TaskType::ALL)),
        status in prop::option::of(select(TaskStatus::ALL)),
        size in 1_u64..12,
        grows in any::<bool>(),
    ) {
        let mut tasks = fleet(&made);
        let mut query = AuditTaskQuery::between(behind(from), behind(to));
        query.task_type = task_type;
        query.status = status;
        query.max_results = PageSize::new(size).unwrap();

        let mut expected: Vec<_> = tasks
            .iter()
            .filter(|it| (behind(from)..=behind(to)).contains(&it.task.start))
            .filter(|it| task_type.is_none_or(|asked| asked == it.task.task_type()))
            .filter(|it| status.is_none_or(|asked| asked == it.status()))
            .map(|it| (core::cmp::Reverse(it.task.start), it.task.task_id.clone()))
            .collect();
        expected.sort();
        let expected: Vec<_> = expected.into_iter().map(|(_, task_id)| task_id).collect();

        let mut seen = vec![];
        for number in 0.. {
            let page = query.list(&tasks, behind(7)).unwrap();
            prop_assert!(page.tasks.len() <= usize::from(query.max_results.get()));
            prop_assert!(page.next_token.is_none() || !page.tasks.is_empty());
            seen.extend(ids(&page.tasks));
            let token = page.next_token;
            if grows {
                let run = run(&PAIR, behind(8 + number));
                let task_id = id(&format!("new-{number}"));
                tasks.start_scheduled(task_id, &run, &enabled(&PAIR)).unwrap();
            }
            match token {
                None => break,
                token => query.next_token = token,
            }
        }
        prop_assert_eq!(seen, expected);
    }

    /// A token tells the next page even if its task, and all before it, are dropped; what is left
    /// behind it is told.
    #[test]
    fn tokens_survive_what_is_dropped(made in made(), size in 1_u64..12, gone in 0_u64..7) {
        let mut tasks = fleet(&made);
        let mut query = AuditTaskQuery::between(NOW, behind(6));
        query.max_results = PageSize::new(size).unwrap();
        let first = query.list(&tasks, behind(6)).unwrap();
        let before = ids(&first.tasks);
        let Some(token) = first.next_token else { return Ok(()) };
        let later = behind(90 * DAY + gone);
        tasks.purge(later);
        let left: Vec<_> = tasks
            .iter()
            .map(|report| report.task.task_id.clone())
            .filter(|task_id| !before.contains(task_id))
            .collect();
        query.next_token = Some(token);
        query.max_results = PageSize::new(250).unwrap();
        let rest = query.list(&tasks, later).unwrap();
        prop_assert_eq!(ids(&rest.tasks), left);
    }

    #[test]
    fn requests_are_read_back(checks in subsequence(Check::ALL, 1..=17)) {
        let request = OnDemandAuditRequest::new(checks).unwrap();
        prop_assert_eq!(OnDemandAuditRequest::from_json(&request.to_json()), Ok(request));
    }

    /// Whatever token comes, there is an answer, and a page is never more than what is asked for.
    #[test]
    fn any_token_has_an_answer(made in made(), token in "(audittask/)?[0-9/a.+-]{0,20}") {
        let tasks = fleet(&made);
        let mut query = AuditTaskQuery::between(Timestamp::from_secs(0), behind(6));
        query.next_token = Some(token);
        match query.list(&tasks, NOW) {
            Err(error) => prop_assert_eq!(error, QueryError::NextToken),
            Ok(page) => prop_assert!(page.tasks.iter().all(|it| query.takes(it))),
        }
    }

    /// A task ends once, and checks of it too, whatever is told in whatever order.
    #[test]
    fn an_end_is_an_end(steps in prop::collection::vec(0_u8..6, 0..20)) {
        let mut tasks = tasks();
        let header: TaskHeader = start(&mut tasks, "1", NOW).task.clone();
        let settings = AuditSettings::new(header, PAIR);
        for step in steps {
            let before = tasks.get(&id("1")).unwrap().clone();
            let mut audit = Audit::new(&settings, &[]);
            let outcome = match step {
                0 => tasks.cancel(&id("1")).map(|()| TaskStatus::Canceled),
                1 => tasks.record(&audit.finish().0),
                2 => tasks.record(&audit.cancel()),
                3 | 4 => {
                    audit.complete(PAIR[usize::from(step - 3)]);
                    tasks.record(&audit.report())
                }
                _ => {
                    audit.feed(&Logging::default());
                    tasks.record(&audit.report())
                }
            };
            let after = tasks.get(&id("1")).unwrap();
            if before.status() == TaskStatus::InProgress {
                prop_assert_eq!(outcome, Ok(after.status()));
            } else {
                prop_assert_eq!(outcome, Err(RequestError::NotRunning(before.status())));
                prop_assert_eq!(after, &before);
            }
            for (check, was) in &before.checks {
                if was.status.is_final() {
                    prop_assert_eq!(&after.checks[check], was);
                }
            }
        }
    }
}
