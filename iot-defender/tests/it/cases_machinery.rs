//! Cases about what stands around the checks: schedules, tasks, suppressions, mitigation.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a case that is not in the format must fail"
)]

use iot_defender::audit::{
    ActionParams, ActionType, AuditConfiguration, AuditTask, Check, CheckOutcome, CheckRunStatus,
    Date, ExecutionStatus, MitigationRun, RequestError, ResourceIdentifier, Schedule,
    ScheduleError, Suppression, TaskStatistics, TaskStatus, read_checks,
};
use iot_topics::Timestamp;
use serde_json::{Value, json};

use crate::cases::Answers;
use crate::cases_words::{answer, word};

fn read_schedule(schedule: &Value) -> Result<Schedule, ScheduleError> {
    Schedule::from_fields(
        schedule["frequency"].as_str().unwrap_or_default(),
        schedule["dayOfWeek"].as_str(),
        schedule["dayOfMonth"].as_str(),
    )
}

pub(crate) fn schedule(case: &Value) -> Answers {
    let input = &case["input"];
    let date = |key: &str| word::<Date>(&input[key]);
    let schedule = read_schedule(&input["schedule"]).unwrap();
    let runs = schedule.runs_after(date("createdDate"), date("afterDate"));
    let asked = case["expect"]["nextRunDates"].as_array().unwrap().len();
    let dates: Vec<_> = runs.take(asked).map(|date| date.to_string()).collect();
    answer(case, json!({ "nextRunDates": dates }))
}

pub(crate) fn schedule_validation(case: &Value) -> Answers {
    let read = read_schedule(&case["input"]["schedule"]);
    answer(case, json!({ "valid": read.is_ok() }))
}

pub(crate) fn start(case: &Value) -> Answers {
    outcome(case, try_start(&case["input"]))
}

fn outcome(case: &Value, result: Result<(), RequestError>) -> Answers {
    let actual = match result {
        Ok(()) => json!({ "ok": true }),
        Err(error) => json!({ "ok": false, "error": error.exception() }),
    };
    answer(case, actual)
}

fn try_start(input: &Value) -> Result<(), RequestError> {
    let enabled = checks(&input["enabled"])?;
    let mut configuration = AuditConfiguration::new();
    if input["firstConfiguration"] == true {
        configuration.enable(enabled.iter().copied(), input["roleArn"].is_string())?;
    } else if !enabled.is_empty() {
        configuration.enable(enabled, true)?;
    }
    if let Some(check) = input["disable"].as_str() {
        let scheduled = checks(&input["scheduledTargets"])?;
        return configuration.disable(check.parse().unwrap(), scheduled);
    }
    let count = |words: &str| {
        let members = input.as_object().unwrap().iter();
        let mut counts = members.filter(|(key, _)| key.to_lowercase().contains(words));
        let count = counts.find_map(|(_, count)| count.as_u64());
        usize::try_from(count.unwrap_or(0)).unwrap()
    };
    let target = checks(&input["target"])?;
    let existing = count("schedule");
    if existing > 0 {
        return configuration.create_scheduled(&target, existing);
    }
    configuration.start_on_demand(&target, count("running").max(count("demand")))
}

fn checks(names: &Value) -> Result<Vec<Check>, RequestError> {
    let names = names.as_array().into_iter().flatten();
    read_checks(names.map(|name| name.as_str().unwrap()))
}

pub(crate) fn task(case: &Value) -> Answers {
    let statuses: Vec<CheckRunStatus> = case["input"]["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(word)
        .collect();
    let mut task = AuditTask::new(Check::ALL.iter().copied().take(statuses.len()));
    for (check, status) in Check::ALL.iter().zip(&statuses) {
        assert!(task.advance(*check, *status));
    }
    let statistics = TaskStatistics::of(statuses);
    assert_eq!(task.statistics(), statistics);
    let actual = json!({ "taskStatus": task.status(), "taskStatistics": statistics });
    answer(case, actual)
}

pub(crate) fn task_cancel(case: &Value) -> Answers {
    let status: TaskStatus = word(&case["input"]["taskStatus"]);
    let actual = match status.check_cancel() {
        Ok(()) => json!({ "taskStatus": TaskStatus::Canceled, "ok": true }),
        Err(error) => json!({ "error": error.exception(), "ok": false }),
    };
    answer(case, actual)
}

pub(crate) fn suppression(case: &Value) -> Answers {
    let input = &case["input"];
    let suppressions = input["suppressions"].as_array().unwrap().iter();
    let suppressions: Vec<_> = suppressions
        .map(|suppression| Suppression::from_json(suppression).unwrap())
        .collect();
    let findings: Vec<ResourceIdentifier> =
        serde_json::from_value(input["nonCompliant"].clone()).unwrap();
    let now = Timestamp::from_secs(input["now"].as_u64().unwrap());
    let outcome = CheckOutcome::new(word(&case["check"]), &findings, &suppressions, now);
    let actual = json!({
        "checkRunStatus": outcome.status(),
        "checkCompliant": outcome.status() == CheckRunStatus::CompletedCompliant,
        "nonCompliantResourcesCount": outcome.non_compliant_resources,
        "suppressedNonCompliantResourcesCount": outcome.suppressed_resources,
        "isSuppressed": outcome.is_suppressed,
    });
    answer(case, actual)
}

pub(crate) fn suppression_validation(case: &Value) -> Answers {
    let read = Suppression::from_json(&case["input"]["suppression"]);
    answer(case, json!({ "valid": read.is_ok() }))
}

pub(crate) fn mitigation_map(case: &Value) -> Answers {
    let check: Check = word(&case["check"]);
    let (allowed, denied): (Vec<&ActionType>, Vec<_>) = ActionType::ALL
        .iter()
        .partition(|action: &&ActionType| check.allows(**action));
    answer(case, json!({ "allowed": allowed, "denied": denied }))
}

pub(crate) fn mitigation_params(case: &Value) -> Answers {
    let read = ActionParams::from_json(&case["input"]["actionParams"]);
    answer(case, json!({ "valid": read.is_ok() }))
}

pub(crate) fn mitigation_task(case: &Value) -> Answers {
    let input = &case["input"];
    let actions = input["actions"].as_array().unwrap().len();
    let outcomes = input["outcomesPerFinding"].as_array().unwrap();
    let mut run = MitigationRun::new(outcomes.iter().map(|_| actions));
    while let Some((finding, action)) = run.start_next() {
        match outcomes[finding][action].as_str().unwrap() {
            "CANCEL" => assert!(run.cancel()),
            outcome => assert!(run.finish(finding, action, outcome == "OK")),
        }
    }
    let executions = |finding| run.executions(finding).collect::<Vec<ExecutionStatus>>();
    let executions: Vec<_> = (0..outcomes.len()).map(executions).collect();
    let actual = json!({
        "executions": executions,
        "taskStatus": run.status(),
        "statistics": run.statistics(),
    });
    answer(case, actual)
}
