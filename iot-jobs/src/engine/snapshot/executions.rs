//! The executions of a job, in the order in which they were queued, and what it has in line. Their
//! ids, and the lists of each thing, are made anew.

use alloc::vec;
use alloc::vec::Vec;

use iot_topics::ThingName;

use super::bytes::{Read, Reader, Writer};
use crate::StatusDetails;
use crate::engine::State;
use crate::engine::jobs::Job;
use crate::status::ExecutionStatus;
use crate::store::{NONE, Rebuild, Record, RecordState, Retries, Store};

/// The first byte of an execution: its status, in the order of `ExecutionStatus::ALL`, or one of
/// these. Where there are status details, a bit is added.
const FORCE_CANCELED: u8 = 8;
const DELETED: u8 = 9;
const WITH_DETAILS: u8 = 0x10;
/// No more executions.
const END: u8 = 0xff;

/// What is common to the executions of a job: what the last one told.
struct Last {
    sequence: u32,
    queued_at: u32,
}

impl Last {
    const fn new(job: &Job) -> Self {
        Self {
            sequence: 0,
            queued_at: job.created_at,
        }
    }
}

/// Things by the order in which they come: the first time with their names.
pub(super) struct Things<'a> {
    store: &'a Store,
    /// One more than the place of each, by id.
    places: Vec<u32>,
    come: u32,
}

impl<'a> Things<'a> {
    pub(super) fn of(store: &'a Store) -> Self {
        Self {
            store,
            places: vec![0; store.things()],
            come: 0,
        }
    }

    fn write(&mut self, thing: u32, out: &mut Writer<'_>) {
        let place = usize::try_from(thing).ok();
        let Some(place) = place.and_then(|thing| self.places.get_mut(thing)) else {
            return;
        };
        out.number(*place);
        if *place == 0 {
            self.come += 1;
            *place = self.come;
            out.text(self.store.name(thing));
        }
    }
}

pub(super) fn write(state: &State, job: &Job, things: &mut Things<'_>, out: &mut Writer<'_>) {
    let mut last = Last::new(job);
    for (id, record) in state.store.of_job(job.executions) {
        if record.state != RecordState::Gone {
            write_one(record, state.store.details(id), &mut last, things, out);
        }
    }
    out.byte(END);
    let in_line = |list, state_is: RecordState| {
        let records = state.store.of_job(list).map(|(_, record)| record);
        records.filter(move |record| record.state == state_is)
    };
    out.number(job.waiting);
    for record in in_line(job.waiting_list, RecordState::Waiting) {
        things.write(record.thing, out);
    }
    out.number(job.deferred);
    for record in in_line(job.deferred_list, RecordState::Deferred) {
        things.write(record.thing, out);
        out.byte(record.retries.to_byte());
    }
}

fn write_one(
    record: &Record,
    details: Option<&str>,
    last: &mut Last,
    things: &mut Things<'_>,
    out: &mut Writer<'_>,
) {
    let status = |status| ExecutionStatus::ALL.iter().position(|it| *it == status);
    let state = match record.state {
        RecordState::Is(is) => status(is).and_then(|index| u8::try_from(index).ok()),
        RecordState::ForceCanceled => Some(FORCE_CANCELED),
        // That it is hidden is told of the job.
        RecordState::Hidden => {
            status(ExecutionStatus::Queued).and_then(|index| u8::try_from(index).ok())
        }
        RecordState::Deleted | RecordState::Gone | RecordState::Waiting | RecordState::Deferred => {
            None
        }
    };
    let details = details.filter(|_| state.is_some());
    let bit = details.map_or(0, |_| WITH_DETAILS);
    out.byte(state.unwrap_or(DELETED) | bit);
    out.number(record.sequence.wrapping_sub(last.sequence));
    last.sequence = record.sequence;
    things.write(record.thing, out);
    out.number(record.number);
    if state.is_none() {
        return;
    }
    out.number(record.version);
    out.number(record.queued_at.wrapping_sub(last.queued_at));
    last.queued_at = record.queued_at;
    let started = match record.started_at {
        0 => 0,
        at => u64::from(at.wrapping_sub(record.queued_at)) + 1,
    };
    out.number(started);
    out.number(record.updated_at.wrapping_sub(record.queued_at));
    out.byte(record.retries.to_byte());
    if record.is(ExecutionStatus::InProgress) {
        out.number(record.in_progress_minutes);
        out.number(record.step_deadline);
    }
    if let Some(details) = details {
        out.text(details);
    }
}

/// Reads the executions of a job into the store, and counts them.
pub(super) fn read(
    input: &mut Reader<'_>,
    state: &State,
    rebuild: &mut Rebuild,
    now: u32,
    (number, job): (u32, &mut Job),
) -> Read<()> {
    rebuild.next_job();
    let mut last = Last::new(job);
    loop {
        let first = input.byte()?;
        if first == END {
            break;
        }
        let read = read_one(input, state, rebuild, now, &mut last, first)?;
        let (mut record, details) = read;
        record.job = number;
        if job.hidden && record.is(ExecutionStatus::Queued) {
            record.state = RecordState::Hidden;
        }
        job.recount(None, record.status());
        if let Err(rule) = rebuild.add(record, details, &mut job.executions) {
            return input.refuse(rule);
        }
    }
    job.waiting = input.whole()?;
    for _ in 0..job.waiting {
        let record = Record::waiting(thing(input, rebuild)?, number);
        if let Err(rule) = rebuild.add(record, None, &mut job.waiting_list) {
            return input.refuse(rule);
        }
    }
    job.deferred = input.whole()?;
    for _ in 0..job.deferred {
        let mut record = Record::waiting(thing(input, rebuild)?, number);
        record.state = RecordState::Deferred;
        record.retries = Retries::from_byte(input.byte()?);
        if let Err(rule) = rebuild.add(record, None, &mut job.deferred_list) {
            return input.refuse(rule);
        }
    }
    Ok(())
}

/// A thing that has come before, or that comes with its name.
fn thing(input: &mut Reader<'_>, rebuild: &mut Rebuild) -> Read<u32> {
    let place: usize = input.whole()?;
    if place == 0 {
        let name = input.text()?;
        input.hold(
            ThingName::check(name).is_ok(),
            "must be the name of a thing",
        )?;
        return match rebuild.thing(name) {
            Ok(thing) => Ok(thing),
            Err(rule) => input.refuse(rule),
        };
    }
    input.hold(place <= rebuild.things(), "must be a thing that has come")?;
    Ok(u32::try_from(place - 1).unwrap_or(NONE))
}

fn read_one<'a>(
    input: &mut Reader<'a>,
    state: &State,
    rebuild: &mut Rebuild,
    now: u32,
    last: &mut Last,
    first: u8,
) -> Read<(Record, Option<&'a str>)> {
    let status = ExecutionStatus::ALL.get(usize::from(first & !WITH_DETAILS));
    let kind = match (status, first & !WITH_DETAILS) {
        (Some(status), _) => RecordState::Is(*status),
        (None, FORCE_CANCELED) => RecordState::ForceCanceled,
        (None, DELETED) if first == DELETED => RecordState::Deleted,
        (None, _) => return input.refuse("must be the state of an execution"),
    };
    let step = input.whole::<u32>()?;
    let sequence = last.sequence.checked_add(step);
    let sequence = sequence.filter(|it| step > 0 && *it <= state.sequence);
    let Some(sequence) = sequence else {
        return input.refuse("must lead to a later place among the executions");
    };
    last.sequence = sequence;
    let mut record = Record::waiting(thing(input, rebuild)?, 0);
    record.state = kind;
    record.sequence = sequence;
    record.number = input.whole()?;
    input.hold(record.number > 0, "must be the number of an execution")?;
    if kind == RecordState::Deleted {
        return Ok((record, None));
    }
    record.version = input.whole()?;
    input.hold(record.version > 0, "must be the version of an execution")?;
    record.queued_at = after(input, last.queued_at, now)?;
    last.queued_at = record.queued_at;
    let started: u64 = input.number()?;
    if let Some(since) = started.checked_sub(1) {
        let since = u32::try_from(since).ok();
        let at = since.and_then(|since| record.queued_at.checked_add(since));
        let Some(at) = at.filter(|at| (1..=now).contains(at)) else {
            return input.refuse("must be a time that has come");
        };
        record.started_at = at;
    }
    record.updated_at = after(input, record.queued_at, now)?;
    record.retries = Retries::from_byte(input.byte()?);
    if record.is(ExecutionStatus::InProgress) {
        input.hold(
            record.started_at > 0,
            "must have started, as it is in progress",
        )?;
        record.in_progress_minutes = input.whole()?;
        record.step_deadline = input.whole()?;
    }
    let mut details = None;
    if first & WITH_DETAILS != 0 {
        let text = input.text()?;
        let parsed = serde_json::from_str(text).ok();
        let parsed = parsed.and_then(|it| StatusDetails::from_json("", &it, &state.limits).ok());
        let same = parsed.is_some_and(|details| details.to_text() == text);
        input.hold(same, "must be status details")?;
        details = Some(text);
    }
    Ok((record, details))
}

/// A time some seconds after another, that has come.
fn after(input: &mut Reader<'_>, before: u32, now: u32) -> Read<u32> {
    let seconds = input.whole()?;
    match before.checked_add(seconds).filter(|at| *at <= now) {
        Some(at) => Ok(at),
        None => input.refuse("must be a time that has come"),
    }
}
