//! The members of a request, checked one by one.

use alloc::collections::BTreeSet;

use iot_jobs::{Cron, Limits, Minute};
use serde_json::Value;

use super::Schedule;

pub(super) const INVALID: &str = "InvalidRequestException";

pub(super) type Checked<T = ()> = Result<T, &'static str>;

pub(super) fn must(right: bool) -> Checked {
    if right { Ok(()) } else { Err(INVALID) }
}

/// The operations with the members that they need, and those that they know beside the
/// configurations of a job.
const APIS: &[(&str, &str, &str)] = &[
    ("CreateJob", "jobId targets", "description document"),
    ("UpdateJob", "jobId", "description"),
    ("CancelJob", "jobId", "reasonCode comment force"),
    ("DeleteJob", "jobId", "force"),
    ("AssociateTargetsWithJob", "jobId targets", "comment"),
    ("DescribeJob", "jobId", ""),
    ("GetJobDocument", "jobId", ""),
    ("ListJobs", "", "status targetSelection thingGroupName"),
    ("DescribeJobExecution", "jobId thingName", "executionNumber"),
    (
        "CancelJobExecution",
        "jobId thingName",
        "force expectedVersion statusDetails",
    ),
    (
        "DeleteJobExecution",
        "jobId thingName executionNumber",
        "force",
    ),
    ("ListJobExecutionsForJob", "jobId", "status"),
    ("ListJobExecutionsForThing", "thingName", "jobId status"),
];

/// Each member is right for itself, before anything is looked for.
pub(super) fn members(api: &str, args: &Value, limits: &Limits) -> Checked {
    let (_, must_have, may_have) = APIS.iter().find(|it| it.0 == api).ok_or(INVALID)?;
    must(
        must_have
            .split_whitespace()
            .all(|name| !args[name].is_null()),
    )?;
    for name in must_have
        .split_whitespace()
        .chain(may_have.split_whitespace())
    {
        let it = &args[name];
        if it.is_null() {
            continue;
        }
        let words = it.as_str();
        let one_of = |all: &str| all.split_whitespace().any(|word| words == Some(word));
        match name {
            "jobId" => must(is_name(words.ok_or(INVALID)?, 64, false))?,
            "thingName" | "thingGroupName" => must(is_name(words.ok_or(INVALID)?, 128, true))?,
            "description" | "comment" => free_text(it, limits)?,
            "reasonCode" => reason_code(it, limits)?,
            "statusDetails" => status_details(it, limits)?,
            "force" => must(it.is_boolean())?,
            "executionNumber" => must(it.as_u64().is_some_and(|it| it > 0))?,
            "expectedVersion" => version(it).map(drop)?,
            "targets" => {
                let list = it.as_array().ok_or(INVALID)?;
                must(!list.is_empty() && list.iter().all(Value::is_string))?;
            }
            "targetSelection" => must(one_of("SNAPSHOT CONTINUOUS"))?,
            "status" if api == "ListJobs" => must(one_of(JOB_STATUSES))?,
            "status" => must(one_of(STATUSES))?,
            _ => must(words.is_some())?,
        }
    }
    Ok(())
}

const JOB_STATUSES: &str = "SCHEDULED IN_PROGRESS COMPLETED CANCELED DELETION_IN_PROGRESS";
const STATUSES: &str = "QUEUED IN_PROGRESS SUCCEEDED FAILED TIMED_OUT REJECTED REMOVED CANCELED";

/// Nothing is as good as absent.
fn optional<T>(value: &Value, read: impl Fn(&Value) -> Option<T>) -> Checked<Option<T>> {
    match value {
        Value::Null => Ok(None),
        value => read(value).map(Some).ok_or(INVALID),
    }
}

pub(super) fn text(value: &Value) -> Checked<Option<&str>> {
    match value {
        Value::Null => Ok(None),
        value => value.as_str().map(Some).ok_or(INVALID),
    }
}

pub(super) fn flag(value: &Value) -> Checked<bool> {
    Ok(optional(value, Value::as_bool)?.unwrap_or(false))
}

/// A number, or a text of digits.
pub(super) fn version(value: &Value) -> Checked<Option<u64>> {
    optional(value, |value| match value.as_str() {
        Some(text) if text.starts_with('+') => None,
        Some(text) => text.parse().ok(),
        None => value.as_u64(),
    })
}

fn number(value: &Value, min: u64, max: u64) -> Checked<Option<u64>> {
    let number = optional(value, Value::as_u64)?;
    must(number.is_none_or(|it| (min..=max).contains(&it)))?;
    Ok(number)
}

fn needed<T>(value: Option<T>) -> Checked<T> {
    value.ok_or(INVALID)
}

/// An object with no other members than these.
fn object(value: &Value, members: &[&str]) -> Checked {
    let map = needed(value.as_object())?;
    must(map.keys().all(|name| members.contains(&name.as_str())))
}

/// Free text: a description or a comment.
fn free_text(value: &Value, limits: &Limits) -> Checked {
    let text = text(value)?.unwrap_or_default();
    must(text.chars().count() <= limits.text_chars && !text.chars().any(char::is_control))
}

fn reason_code(value: &Value, limits: &Limits) -> Checked {
    let text = text(value)?.unwrap_or_default();
    let right = |it: char| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_';
    must((1..=limits.reason_code_chars).contains(&text.len()) && text.chars().all(right))
}

pub(super) fn is_name(text: &str, max: usize, colon: bool) -> bool {
    let right = |it: char| it.is_ascii_alphanumeric() || "_-".contains(it) || colon && it == ':';
    (1..=max).contains(&text.len()) && text.chars().all(right)
}

pub(super) fn status_details(value: &Value, limits: &Limits) -> Checked {
    if value.is_null() {
        return Ok(());
    }
    let map = needed(value.as_object())?;
    must(map.len() <= limits.status_details)?;
    for (key, value) in map {
        let value = needed(value.as_str())?;
        let long = 1..=limits.status_detail_value_chars;
        must(is_name(key, limits.status_detail_key_chars, true))?;
        must(long.contains(&value.chars().count()) && !value.chars().any(char::is_control))?;
    }
    Ok(())
}

/// The members that a job may be created with and changed to.
pub(super) fn changeable(args: &Value, limits: &Limits) -> Checked {
    presigned(&args["presignedUrlConfig"], limits)?;
    rollout(&args["jobExecutionsRolloutConfig"], limits)?;
    abort(&args["abortConfig"])?;
    timeout(&args["timeoutConfig"], limits)?;
    retry(&args["jobExecutionsRetryConfig"], limits)
}

fn presigned(it: &Value, limits: &Limits) -> Checked {
    if it.is_null() {
        return Ok(());
    }
    object(it, &["roleArn", "expiresInSec"])?;
    let (min, max) = (limits.presigned_min_seconds, limits.presigned_max_seconds);
    number(&it["expiresInSec"], min.into(), max.into())?;
    let role = text(&it["roleArn"])?;
    must(role.is_none_or(|role| (20..=2_048).contains(&role.len())))
}

pub(super) fn rollout(it: &Value, limits: &Limits) -> Checked {
    if it.is_null() {
        return Ok(());
    }
    object(it, &["maximumPerMinute", "exponentialRate"])?;
    let top = limits.maximum_per_minute.into();
    let maximum = needed(number(&it["maximumPerMinute"], 1, top)?)?;
    let rate = &it["exponentialRate"];
    if rate.is_null() {
        return Ok(());
    }
    let members = [
        "baseRatePerMinute",
        "incrementFactor",
        "rateIncreaseCriteria",
    ];
    object(rate, &members)?;
    needed(number(&rate["baseRatePerMinute"], 1, maximum)?)?;
    let tenths = needed(rate["incrementFactor"].as_f64())? * 10.0;
    must((tenths - tenths.round()).abs() < 1e-6 && (11.0..=50.0).contains(&tenths.round()))?;
    let criteria = &rate["rateIncreaseCriteria"];
    object(
        criteria,
        &["numberOfNotifiedThings", "numberOfSucceededThings"],
    )?;
    let criteria = needed(criteria.as_object())?;
    must(criteria.len() == 1)?;
    must(
        criteria
            .values()
            .all(|it| it.as_u64().is_some_and(|it| it >= 1)),
    )
}

pub(super) fn abort(it: &Value) -> Checked {
    if it.is_null() {
        return Ok(());
    }
    object(it, &["criteriaList"])?;
    let list = needed(it["criteriaList"].as_array())?;
    must(!list.is_empty())?;
    let mut kinds = BTreeSet::new();
    for it in list {
        let members = [
            "failureType",
            "action",
            "thresholdPercentage",
            "minNumberOfExecutedThings",
        ];
        object(it, &members)?;
        let kind = needed(it["failureType"].as_str())?;
        must(["FAILED", "REJECTED", "TIMED_OUT", "ALL"].contains(&kind) && kinds.insert(kind))?;
        must(it["action"] == "CANCEL")?;
        let hundredths = needed(it["thresholdPercentage"].as_f64())? * 100.0;
        must((hundredths - hundredths.round()).abs() < 1e-6)?;
        must((1.0..=10_000.0).contains(&hundredths.round()))?;
        must(
            it["minNumberOfExecutedThings"]
                .as_u64()
                .is_some_and(|it| it >= 1),
        )?;
    }
    Ok(())
}

fn timeout(it: &Value, limits: &Limits) -> Checked {
    if it.is_null() {
        return Ok(());
    }
    object(it, &["inProgressTimeoutInMinutes"])?;
    number(
        &it["inProgressTimeoutInMinutes"],
        1,
        limits.timeout_minutes.into(),
    )?;
    Ok(())
}

fn retry(it: &Value, limits: &Limits) -> Checked {
    if it.is_null() {
        return Ok(());
    }
    object(it, &["criteriaList"])?;
    let list = needed(it["criteriaList"].as_array())?;
    must((1..=limits.retry_criteria).contains(&list.len()))?;
    let mut kinds = BTreeSet::new();
    let mut sum = 0;
    for it in list {
        object(it, &["failureType", "numberOfRetries"])?;
        let kind = needed(it["failureType"].as_str())?;
        must(["FAILED", "TIMED_OUT", "ALL"].contains(&kind) && kinds.insert(kind))?;
        sum += needed(number(&it["numberOfRetries"], 0, limits.retries.into())?)?;
    }
    must(!kinds.contains("ALL") || kinds.len() == 1)?;
    must(sum <= limits.retries.into())
}

/// The retries of a job may only be set to 0, those of a type that it has.
pub(super) fn no_retries(old: &mut Value, new: &Value) -> Checked {
    let mut changed = old.clone();
    for it in new["criteriaList"].as_array().into_iter().flatten() {
        let mut list = changed["criteriaList"].as_array_mut().into_iter().flatten();
        let own = list.find(|own| own["failureType"] == it["failureType"]);
        must(it["numberOfRetries"] == 0)?;
        own.ok_or(INVALID)?["numberOfRetries"] = 0.into();
    }
    *old = changed;
    Ok(())
}

fn minute(value: &Value) -> Checked<Option<u64>> {
    let minute = text(value)?.map(|it| Minute::parse(it).map_err(|_| INVALID));
    Ok(minute.transpose()?.map(|it| it.timestamp().as_secs()))
}

pub(super) fn schedule(
    it: &Value,
    limits: &Limits,
    continuous: bool,
    now: u64,
) -> Checked<Schedule> {
    let mut schedule = Schedule::default();
    if it.is_null() {
        return Ok(schedule);
    }
    object(
        it,
        &["startTime", "endTime", "endBehavior", "maintenanceWindows"],
    )?;
    schedule.start = minute(&it["startTime"])?;
    schedule.end = minute(&it["endTime"])?;
    let lead = limits.schedule_lead.as_secs();
    if let Some(start) = schedule.start {
        must(start >= now + lead && start <= now + limits.schedule_start.as_secs())?;
    }
    if let Some(end) = schedule.end {
        must(end >= now + lead && end <= now + limits.schedule_end.as_secs())?;
        must(schedule.start.is_none_or(|start| end >= start + lead))?;
    }
    let behavior = text(&it["endBehavior"])?;
    must(behavior.is_none() || schedule.end.is_some())?;
    schedule.behavior = behavior.unwrap_or("STOP_ROLLOUT").to_owned();
    must(["STOP_ROLLOUT", "CANCEL", "FORCE_CANCEL"].contains(&schedule.behavior.as_str()))?;
    let windows = &it["maintenanceWindows"];
    if windows.is_null() {
        return Ok(schedule);
    }
    let windows = needed(windows.as_array())?;
    must(windows.is_empty() || continuous && schedule.start.is_some())?;
    for it in windows {
        object(it, &["startTime", "durationInMinutes"])?;
        let cron = needed(text(&it["startTime"])?)?;
        must(cron.len() <= limits.cron_chars && Cron::parse(cron).is_ok())?;
        let minutes = number(&it["durationInMinutes"], 1, limits.window_minutes.into())?;
        schedule.windows.push((cron.to_owned(), needed(minutes)?));
    }
    Ok(schedule)
}
