//! Jobs, without their executions.

use alloc::format;

use iot_topics::{GroupName, JobId, ThingName, Timestamp};
use serde_json::Value;

use super::bytes::{Read, Reader, Writer};
use super::document;
use crate::config::JobConfig;
use crate::engine::jobs::{Job, Target};
use crate::engine::settings::Settings;
use crate::status::JobStatus;
use crate::{FreeText, Limits, ReasonCode, TargetSelection};

const STATUSES: [JobStatus; 4] = [
    JobStatus::Scheduled,
    JobStatus::InProgress,
    JobStatus::Canceled,
    JobStatus::Completed,
];

/// Which of the queues for the slots of concurrent jobs a job is in.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slots {
    pub(super) rolling: bool,
    pub(super) blocked: bool,
}

pub(super) fn write(job: &Job, slots: Slots, out: &mut Writer<'_>) {
    out.text(&job.id);
    out.number(job.serial);
    let status = STATUSES.iter().position(|it| *it == job.status);
    out.count(status.unwrap_or_default());
    for flag in [
        job.continuous,
        job.ended,
        job.hidden,
        slots.rolling,
        slots.blocked,
    ] {
        out.flag(flag);
    }
    out.option(job.canceled, Writer::flag);
    out.option(job.reason_code.as_deref(), Writer::text);
    out.option(job.comment.as_deref(), Writer::text);
    out.count(job.targets.len());
    for target in &job.targets {
        let (is_group, name) = match target {
            Target::Thing(name) => (false, name),
            Target::Group(name) => (true, name),
        };
        out.flag(is_group);
        out.text(name);
    }
    out.number(job.created_at);
    out.object(&job.as_given);
    document::write(&job.document, out);
    out.number(job.updated_at);
    out.number(job.notified);
    for time in [
        job.over_at,
        job.next_batch,
        job.start,
        job.end,
        job.window_change,
    ] {
        out.option(time, Writer::number);
    }
}

pub(super) fn read(
    input: &mut Reader<'_>,
    limits: &Limits,
    sequence: u32,
    now: u32,
) -> Read<(Job, Slots)> {
    let id = input.text()?;
    input.hold(JobId::check(id).is_ok(), "must be the id of a job")?;
    let serial = input.number()?;
    let status = input.whole::<usize>()?;
    let Some(&status) = STATUSES.get(status) else {
        return input.refuse("must be the status of a job");
    };
    let [continuous, ended, hidden, rolling, blocked] = [
        input.flag()?,
        input.flag()?,
        input.flag()?,
        input.flag()?,
        input.flag()?,
    ];
    let canceled = input.option(Reader::flag)?;
    input.hold(
        canceled.is_some() == (status == JobStatus::Canceled),
        "must tell how a job was canceled, if it was",
    )?;
    let reason_code = input.option(Reader::text)?;
    let is_code = |code| ReasonCode::parse("", code, limits).is_ok();
    input.hold(reason_code.is_none_or(is_code), "must be a reason code")?;
    let comment = input.option(Reader::text)?;
    let is_free = |text| FreeText::parse("", text, limits).is_ok();
    input.hold(comment.is_none_or(is_free), "must be a comment")?;
    let count = input.count()?;
    let targets = (0..count).map(|_| target(input)).collect::<Read<_>>()?;
    let created_at = time(input, now)?;
    let as_given = input.object()?;
    let selection = if continuous {
        TargetSelection::Continuous
    } else {
        TargetSelection::Snapshot
    };
    let mut request = as_given.clone();
    request.insert("targetSelection".into(), selection.as_str().into());
    let at = Timestamp::from_secs(created_at.into());
    let config = match JobConfig::from_json(&Value::Object(request), limits, at) {
        Ok(config) => Settings(config),
        Err(error) => return input.refuse(format!("must be the members of a job: {error}")),
    };
    let document = document::read(input)?;
    let mut job = Job::new(
        id, continuous, targets, document, as_given, config, created_at,
    );
    job.serial = serial;
    job.status = status;
    job.canceled = canceled;
    job.reason_code = reason_code.map(Into::into);
    job.comment = comment.map(Into::into);
    job.ended = ended;
    job.hidden = hidden;
    job.updated_at = time(input, now)?;
    job.notified = input.number()?;
    let queued = u64::from(sequence);
    input.hold(
        job.notified <= queued,
        "must be as many as were queued at most",
    )?;
    job.over_at = input.option(|input| time(input, now))?;
    job.next_batch = input.option(Reader::whole)?;
    job.start = input.option(Reader::whole)?;
    job.end = input.option(Reader::whole)?;
    job.window_change = input.option(Reader::whole)?;
    Ok((job, Slots { rolling, blocked }))
}

/// Holds a job to what is true of each between two calls.
pub(super) fn check(job: &Job, slots: Slots) -> Result<(), &'static str> {
    use crate::status::ExecutionStatus::{InProgress, Queued};
    let active = job.status.is_active();
    let pending = job.count(Queued) + job.count(InProgress);
    let executions: u32 = job.executions_kept();
    let idle = job.waiting == 0 && job.deferred == 0;
    let windowed = job.is_windowed();
    let rules = [
        (
            active == job.over_at.is_none(),
            "must be over at some time, or active",
        ),
        (
            active || (idle && job.start.is_none()),
            "must have nothing in line, as it is over",
        ),
        (
            job.status != JobStatus::Completed || pending == 0,
            "must have nothing pending, as it is completed",
        ),
        (
            job.start.is_none() || (job.status == JobStatus::Scheduled && idle && executions == 0),
            "must have nothing yet, as it has not started",
        ),
        (
            job.status != JobStatus::Scheduled || job.start.is_some() || windowed,
            "must have a start, as it is scheduled",
        ),
        (
            !job.hidden || (windowed && job.status == JobStatus::Scheduled),
            "must show its executions",
        ),
        (
            !job.ended || (idle && job.end.is_none()),
            "must have nothing in line after its end",
        ),
        (
            job.deferred == 0 || windowed,
            "must have maintenance windows, as something waits for one",
        ),
        (
            !slots.rolling || job.is_rolling_out(),
            "must roll out, as it has a slot",
        ),
        (
            !job.is_rolling_out() || job.next_batch.is_some() || slots.blocked,
            "must have a time for its next batch",
        ),
    ];
    match rules.iter().find(|(holds, _)| !holds) {
        Some((_, rule)) => Err(rule),
        None => Ok(()),
    }
}

fn target(input: &mut Reader<'_>) -> Read<Target> {
    let is_group = input.flag()?;
    let name = input.text()?;
    let (valid, target) = if is_group {
        (GroupName::check(name), Target::Group(name.into()))
    } else {
        (ThingName::check(name), Target::Thing(name.into()))
    };
    input.hold(valid.is_ok(), "must be the name of a target")?;
    Ok(target)
}

/// A time that has come.
fn time(input: &mut Reader<'_>, now: u32) -> Read<u32> {
    let time = input.whole()?;
    input.hold(time <= now, "must be a time that has come")?;
    Ok(time)
}
