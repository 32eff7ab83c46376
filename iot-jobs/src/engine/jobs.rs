//! The jobs of the account.

use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value};

use super::document::Document;
use super::settings::Settings;
use crate::json;
use crate::status::{ExecutionStatus, JobStatus};
use crate::store::JobList;

/// A time that does not come.
pub(super) const NEVER: u32 = u32::MAX;

/// What a job is aimed at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Thing(String),
    Group(String),
}

#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) id: Box<str>,
    /// The id as the member `jobId`, which every entry of a list begins with.
    pub(super) id_member: Box<str>,
    /// The how manieth job of the account it is.
    pub(super) serial: u64,
    pub(super) continuous: bool,
    pub(super) targets: Vec<Target>,
    pub(super) document: Document,
    /// Members of the request that DescribeJob tells as they came.
    pub(super) as_given: Map<String, Value>,
    pub(super) config: Settings,
    pub(super) status: JobStatus,
    /// How it was canceled, if it was: with force or not.
    pub(super) canceled: Option<bool>,
    pub(super) reason_code: Option<Box<str>>,
    pub(super) comment: Option<Box<str>>,
    pub(super) created_at: u32,
    pub(super) updated_at: u32,
    /// When it was completed or canceled.
    pub(super) over_at: Option<u32>,
    /// Executions by status.
    counts: [u32; ExecutionStatus::ALL.len()],
    /// Things that got an execution by the rollout or by joining, retries aside.
    pub(super) notified: u64,
    pub(super) waiting: u32,
    pub(super) waiting_list: JobList,
    pub(super) executions: JobList,
    /// Things that get an execution when the next window opens.
    pub(super) deferred: u32,
    pub(super) deferred_list: JobList,
    /// When the next batch may go out, while something waits.
    pub(super) next_batch: Option<u32>,
    /// When the targets are resolved and the rollout begins; none afterwards.
    pub(super) start: Option<u32>,
    /// The end of its schedule; none after it has come.
    pub(super) end: Option<u32>,
    /// Its end has come.
    pub(super) ended: bool,
    /// When a window opens or closes next.
    pub(super) window_change: Option<u32>,
    /// Its queued executions are not shown, as no window is open.
    pub(super) hidden: bool,
}

impl Job {
    pub(super) fn new(
        id: &str,
        continuous: bool,
        targets: Vec<Target>,
        document: Document,
        as_given: Map<String, Value>,
        config: Settings,
        now: u32,
    ) -> Self {
        Self {
            id: id.into(),
            id_member: json::member("jobId", id).into(),
            serial: 0,
            continuous,
            targets,
            document,
            as_given,
            config,
            status: JobStatus::Scheduled,
            canceled: None,
            reason_code: None,
            comment: None,
            created_at: now,
            updated_at: now,
            over_at: None,
            counts: [0; ExecutionStatus::ALL.len()],
            notified: 0,
            waiting: 0,
            waiting_list: JobList::EMPTY,
            executions: JobList::EMPTY,
            deferred: 0,
            deferred_list: JobList::EMPTY,
            next_batch: None,
            start: None,
            end: None,
            ended: false,
            window_change: None,
            hidden: false,
        }
    }

    pub(super) fn count(&self, status: ExecutionStatus) -> u32 {
        let index = ExecutionStatus::ALL.iter().position(|it| *it == status);
        index
            .and_then(|index| self.counts.get(index))
            .copied()
            .unwrap_or_default()
    }

    /// Moves one execution from one counter to another.
    pub(super) fn recount(&mut self, from: Option<ExecutionStatus>, to: Option<ExecutionStatus>) {
        for ((status, count), _) in ExecutionStatus::ALL.iter().zip(&mut self.counts).zip(0..) {
            if from == Some(*status) {
                *count = count.saturating_sub(1);
            }
            if to == Some(*status) {
                *count = count.saturating_add(1);
            }
        }
    }

    /// How many executions it has, in whatever status.
    pub(super) fn executions_kept(&self) -> u32 {
        self.counts
            .iter()
            .fold(0, |sum, count| sum.saturating_add(*count))
    }

    /// Whether all has been rolled out and everything has ended.
    pub(super) fn is_done(&self) -> bool {
        self.start.is_none()
            && self.waiting == 0
            && self.deferred == 0
            && self.count(ExecutionStatus::Queued) == 0
            && self.count(ExecutionStatus::InProgress) == 0
    }

    /// Whether joins, leaves and retries still count for it.
    pub(super) const fn is_open(&self) -> bool {
        self.status.is_active() && !self.ended
    }

    pub(super) fn is_windowed(&self) -> bool {
        self.config.is_windowed()
    }

    /// Whether one of its windows is open: it is scheduled between them.
    pub(super) fn is_in_window(&self) -> bool {
        self.is_windowed() && self.status == JobStatus::InProgress && !self.ended
    }

    /// When something of its own becomes due.
    fn wake(&self) -> Option<u32> {
        if !self.status.is_active() {
            return None;
        }
        let batch = self.next_batch.filter(|_| self.is_rolling_out());
        let times = [self.start, self.end, self.window_change, batch];
        times.into_iter().flatten().filter(|at| *at != NEVER).min()
    }

    /// Whether all targets are resolved and nothing waits for its turn.
    pub(super) const fn is_rolled_out(&self) -> bool {
        self.start.is_none() && self.waiting == 0
    }

    /// In progress with things that wait for their turn.
    pub(super) fn is_rolling_out(&self) -> bool {
        self.status == JobStatus::InProgress && self.waiting > 0
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Jobs {
    /// By number; a number is never used again, so that the order is that of creation.
    all: Vec<Option<Box<Job>>>,
    /// How many jobs there have ever been.
    created: u64,
    by_id: BTreeMap<Box<str>, u32>,
    by_number: BTreeSet<u32>,
    wakes: BTreeSet<(u32, u32)>,
    /// Where each job stands in `wakes`.
    awake: BTreeMap<u32, u32>,
    /// Jobs that are over, by when.
    over: BTreeSet<(u32, u32)>,
    /// Jobs that roll out, at most as many as the limit.
    rolling: BTreeSet<u32>,
    /// Jobs that would, if there were a slot; the oldest comes first.
    blocked: BTreeSet<u32>,
    /// How many jobs have maintenance windows.
    windowed: usize,
}

impl Jobs {
    /// No jobs, after so many have been.
    pub(super) fn having_created(created: u64) -> Self {
        Self {
            created,
            ..Self::default()
        }
    }

    /// How many jobs there have ever been.
    pub(super) const fn created(&self) -> u64 {
        self.created
    }

    /// The number that the next job gets.
    pub(super) fn next_number(&self) -> u32 {
        u32::try_from(self.all.len()).unwrap_or(crate::store::NONE)
    }

    /// Takes a new job, which is the next of the account.
    pub(super) fn insert(&mut self, mut job: Job) -> u32 {
        job.serial = self.created;
        self.created = self.created.saturating_add(1);
        let number = self.next_number();
        self.by_id.insert(job.id.clone(), number);
        self.by_number.insert(number);
        self.windowed += usize::from(job.is_windowed());
        self.all.push(Some(Box::new(job)));
        number
    }

    /// Takes a job of a snapshot, with its places in the queues for slots; the oldest come first.
    pub(super) fn put(&mut self, job: Job, (rolling, blocked): (bool, bool)) {
        let (created, serial, over_at) = (self.created, job.serial, job.over_at);
        let number = self.insert(job);
        self.created = created;
        if let Some(job) = self.get_mut(number) {
            job.serial = serial;
        }
        if rolling {
            self.rolling.insert(number);
        }
        if blocked {
            self.blocked.insert(number);
        }
        if let Some(at) = over_at {
            self.over.insert((at, number));
        }
        self.note(number);
    }

    /// Whether a job has a slot among those that roll out, and whether it is in line for one.
    pub(super) fn slots(&self, number: u32) -> (bool, bool) {
        let (rolling, blocked) = (&self.rolling, &self.blocked);
        (rolling.contains(&number), blocked.contains(&number))
    }

    pub(super) fn len(&self) -> usize {
        self.by_number.len()
    }

    pub(super) fn remove(&mut self, number: u32) -> Option<Box<Job>> {
        let slot = self.all.get_mut(usize::try_from(number).ok()?)?;
        let job = slot.take()?;
        self.by_id.remove(&job.id);
        self.by_number.remove(&number);
        self.windowed -= usize::from(job.is_windowed());
        if let Some(at) = self.awake.remove(&number) {
            self.wakes.remove(&(at, number));
        }
        if let Some(at) = job.over_at {
            self.over.remove(&(at, number));
        }
        self.rolling.remove(&number);
        self.blocked.remove(&number);
        Some(job)
    }

    pub(super) fn number(&self, id: &str) -> Option<u32> {
        self.by_id.get(id).copied()
    }

    pub(super) fn get(&self, number: u32) -> Option<&Job> {
        self.all.get(usize::try_from(number).ok()?)?.as_deref()
    }

    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut Job> {
        self.all
            .get_mut(usize::try_from(number).ok()?)?
            .as_deref_mut()
    }

    pub(super) fn id(&self, number: u32) -> &str {
        self.get(number).map_or("", |job| &job.id)
    }

    pub(super) fn is_active(&self, number: u32) -> bool {
        self.get(number).is_some_and(|job| job.status.is_active())
    }

    /// Jobs that are neither completed nor canceled.
    pub(super) fn active(&self) -> usize {
        self.by_id.len() - self.over.len()
    }

    /// Newest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, &Job)> {
        let newest_first = self.by_number.iter().rev();
        newest_first.filter_map(|number| Some((*number, self.get(*number)?)))
    }

    pub(super) fn oldest_first(&self) -> impl Iterator<Item = (u32, &Job)> {
        let numbers = self.by_number.iter();
        numbers.filter_map(|number| Some((*number, self.get(*number)?)))
    }

    /// Notes when a job becomes due; to be called after each change to one.
    pub(super) fn note(&mut self, number: u32) {
        let wake = self.get(number).and_then(Job::wake);
        if !self.get(number).is_some_and(Job::is_rolling_out) {
            self.rolling.remove(&number);
        }
        let before = match wake {
            Some(at) => self.awake.insert(number, at),
            None => self.awake.remove(&number),
        };
        if before != wake {
            if let Some(at) = before {
                self.wakes.remove(&(at, number));
            }
            if let Some(at) = wake {
                self.wakes.insert((at, number));
            }
        }
    }

    /// How many jobs roll out.
    pub(super) fn concurrent(&self) -> usize {
        self.rolling.len()
    }

    /// Takes one of the slots for jobs that roll out, or waits for one. Whether it has one.
    pub(super) fn take_slot(&mut self, number: u32, limit: usize) -> bool {
        let has = self.rolling.contains(&number) || self.rolling.len() < limit;
        if has {
            self.rolling.insert(number);
        } else {
            self.blocked.insert(number);
            if let Some(job) = self.get_mut(number) {
                job.next_batch = None;
            }
        }
        has
    }

    /// Gives free slots to the jobs that wait for them, whose rollout then is due. Tells whether
    /// there was one.
    pub(super) fn unblock(&mut self, limit: usize, now: u32) -> bool {
        let mut any = false;
        while self.rolling.len() < limit {
            let Some(number) = self.blocked.pop_first() else {
                break;
            };
            if let Some(job) = self.get_mut(number).filter(|job| job.is_rolling_out()) {
                job.next_batch = Some(now);
                self.rolling.insert(number);
                self.note(number);
                any = true;
            }
        }
        any
    }

    pub(super) const fn any_windowed(&self) -> bool {
        self.windowed > 0
    }

    /// Notes that a job is over.
    pub(super) fn close(&mut self, number: u32, now: u32) {
        if let Some(job) = self.get_mut(number) {
            job.over_at = Some(now);
            job.updated_at = now;
            self.over.insert((now, number));
        }
    }

    /// The job that becomes due first, and when.
    pub(super) fn first_due(&self) -> Option<(u32, u32)> {
        self.wakes.first().copied()
    }

    /// The job that is over for the longest time, and since when.
    pub(super) fn first_over(&self) -> Option<(u32, u32)> {
        self.over.first().copied()
    }
}
