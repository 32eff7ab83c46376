//! Cases about what stands around the checks: schedules, tasks, suppressions, mitigation.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a case that is not in the format must fail"
)]

use alloc::collections::BTreeMap;

use iot_defender::audit::{
    ActionParams, ActionType, Audit, AuditConfiguration, AuditSettings, Check, CheckReport,
    CheckRunStatus, Date, Examination, ExecutionStatus, Finding, MitigationAction, MitigationRun,
    RequestError, ResourceIdentifier, Schedule, ScheduleError, Suppression, TaskHeader,
    TaskStatistics, TaskStatus, read_checks,
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

/// What is asked for shows in the names of the arguments: a first configuration has a role or says
/// so, a check is disabled, or an audit is started, at once or by a schedule.
fn try_start(input: &Value) -> Result<(), RequestError> {
    let members = input.as_object().unwrap();
    let member = |words: &str| {
        let mut named = members.iter();
        let named = named.find(|(key, _)| key.to_lowercase().contains(words));
        named.map(|(_, value)| value)
    };
    let enabled = checks(member("enable").unwrap_or(&Value::Null))?;
    let role = member("role");
    let mut configuration = AuditConfiguration::new();
    if role.is_some() || member("first").is_some_and(|first| first == true) {
        let has_role = role.is_some_and(|role| role == true || role.is_string());
        configuration.enable(enabled, has_role)?;
        if input["target"].is_null() {
            return Ok(());
        }
    } else if !enabled.is_empty() {
        configuration.enable(enabled, true)?;
    }
    if let Some(check) = input["disable"].as_str() {
        let scheduled = checks(&input["scheduledTargets"])?;
        return configuration.disable(check.parse().unwrap(), scheduled);
    }
    let target = checks(&input["target"])?;
    let count = members.values().find_map(Value::as_u64).unwrap_or(0);
    let count = usize::try_from(count).unwrap();
    let is_scheduled = members.iter().any(|(key, value)| {
        let text = value.as_str().unwrap_or_default();
        (key.to_lowercase() + &text.to_lowercase()).contains("schedul")
    });
    if is_scheduled {
        return configuration.create_scheduled(&target, count);
    }
    configuration.start_on_demand(&target, count)
}

/// Names in a list, or as members with the word whether they are enabled.
fn checks(names: &Value) -> Result<Vec<Check>, RequestError> {
    let listed = names.as_array().into_iter().flatten();
    let listed = listed.map(|name| name.as_str().unwrap());
    let named = names.as_object().into_iter().flatten();
    let named = named.filter(|(_, check)| **check == true || check["enabled"] == true);
    read_checks(listed.chain(named.map(|(name, _)| name.as_str())))
}

pub(crate) fn task(case: &Value) -> Answers {
    let statuses: Vec<CheckRunStatus> = case["input"]["checks"]
        .as_array()
        .unwrap()
        .iter()
        .map(word)
        .collect();
    let statistics = TaskStatistics::of(statuses);
    let actual = json!({ "taskStatus": statistics.task_status(), "taskStatistics": statistics });
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

/// The report of an audit of one check that finds something about each of the resources, and
/// whether each finding is suppressed.
pub(crate) fn found(
    check: Check,
    resources: &[ResourceIdentifier],
    suppressions: impl IntoIterator<Item = Suppression>,
    now: Timestamp,
) -> (CheckReport, Vec<bool>) {
    let account = "123456789012".parse().unwrap();
    let task = TaskHeader::on_demand(account, "case".parse().unwrap(), now);
    let mut settings = AuditSettings::new(task, [check]);
    settings.suppressions = suppressions.into_iter().collect();
    let mut audit = Audit::new(&settings, &[]);
    let mut is_suppressed = BTreeMap::new();
    for resource in resources {
        if is_suppressed.contains_key(resource) {
            continue;
        }
        let mut examination = Examination::new(resource.clone());
        examination.checks.push(check);
        let findings = check.reason_codes().iter();
        let findings = findings.map(|why| Finding::new(check, resource.clone(), *why).into());
        examination.found.extend(findings);
        let findings = audit.take(examination).findings;
        is_suppressed.insert(resource, findings[0].is_suppressed);
    }
    let (mut report, _) = audit.finish();
    let report = report.checks.remove(&check).unwrap();
    let is_suppressed = resources.iter().map(|resource| is_suppressed[resource]);
    (report, is_suppressed.collect())
}

pub(crate) fn suppression(case: &Value) -> Answers {
    let input = &case["input"];
    let suppressions = input["suppressions"].as_array().unwrap().iter();
    let suppressions = suppressions.map(|it| Suppression::from_json(it).unwrap());
    let now = Timestamp::from_secs(input["now"].as_u64().unwrap());
    let resources: Vec<ResourceIdentifier> =
        serde_json::from_value(input["nonCompliant"].clone()).unwrap();
    let check = word(&case["check"]);
    let (report, is_suppressed) = found(check, &resources, suppressions, now);
    let actual = json!({
        "checkRunStatus": report.status,
        "checkCompliant": report.is_compliant(),
        "nonCompliantResourcesCount": report.non_compliant_resources,
        "suppressedNonCompliantResourcesCount": report.suppressed_resources,
        "isSuppressed": is_suppressed,
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
    const ROLE: &str = "arn:aws:iam::123456789012:role/mitigation";
    let input = &case["input"];
    let text = |key: &str, other| match &input[key] {
        Value::Null => other,
        given => given.as_str().unwrap_or_default(),
    };
    let read = ActionParams::from_json(&input["actionParams"]).and_then(|params| {
        MitigationAction::new(text("actionName", "a"), text("roleArn", ROLE), params)
    });
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
