//! What happens because it is time.

use super::{Execution, Job, Naive};
use crate::registry::Registry;

const BATCH: u64 = 60;

/// What is due of a job, in this order at one second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Start,
    End,
    Window,
    Batch,
}

impl Naive {
    /// What was due comes in the order in which it was due, though it is late.
    pub(super) fn run_due(&mut self, world: &Registry) {
        while let Some(due) = self.next_due().filter(|due| *due <= self.now) {
            self.time_out(due);
            for job in 0..self.jobs.len() {
                while let Some((at, what)) = self.jobs[job].due()
                    && at == due
                {
                    self.run_job(job, what, world);
                }
            }
        }
        self.fill_slots();
    }

    pub(super) fn next_due(&self) -> Option<u64> {
        let jobs = self.jobs.iter().filter_map(Job::due).map(|(at, _)| at);
        let executions = self.jobs.iter().flat_map(|job| &job.executions);
        jobs.chain(executions.filter_map(Execution::deadline)).min()
    }

    fn time_out(&mut self, due: u64) {
        let jobs = 0..self.jobs.len();
        let all = jobs.flat_map(|job| {
            let executions = self.jobs[job].executions.iter();
            executions.map(move |it| (it.sequence, job, it.thing.clone(), it.number, it.deadline()))
        });
        let mut all: Vec<_> = all.filter(|it| it.4 == Some(due)).collect();
        all.sort();
        for (_, job, thing, number, _) in all {
            self.end(job, &thing, number, "TIMED_OUT");
            self.settle(job);
        }
    }

    fn run_job(&mut self, job: usize, due: Due, world: &Registry) {
        let now = self.now;
        let it = &mut self.jobs[job];
        if matches!(due, Due::Start | Due::Window) {
            it.looked = now;
        }
        let open = it.schedule.open_at(now);
        match due {
            Due::Start if open => self.start(job, world),
            Due::Start => {}
            Due::End => self.end_job(job),
            Due::Window if open != it.open => {
                if open {
                    self.open(job)
                } else {
                    self.close(job)
                }
            }
            Due::Window => {}
            Due::Batch => self.batch(job),
        }
    }

    /// Jobs that roll out, and have a slot to do so.
    fn rolling(&self) -> usize {
        self.jobs
            .iter()
            .filter(|job| job.concurrent() && job.slot)
            .count()
    }

    /// Slots that are free go to the jobs that wait for one, the oldest first.
    pub(super) fn fill_slots(&mut self) {
        for job in 0..self.jobs.len() {
            let waits = self.jobs[job].concurrent() && !self.jobs[job].slot;
            if waits && self.rolling() < self.limits.concurrent_jobs {
                self.jobs[job].slot = true;
                self.batch(job);
            }
        }
    }

    /// The rollout begins: targets become things.
    pub(super) fn start(&mut self, job: usize, world: &Registry) {
        let now = self.now;
        let full = self.rolling() >= self.limits.concurrent_jobs;
        let it = &mut self.jobs[job];
        it.started = true;
        it.open = true;
        if full && !it.schedule.windows.is_empty() {
            it.config["comment"] = "*".into(); // a text for people, not compared
            self.cancel_job(job, false);
            return;
        }
        if it.status != "IN_PROGRESS" {
            it.status = "IN_PROGRESS";
            it.updated = now;
        }
        for target in it.targets.clone() {
            let name = target.split_once('/').unwrap().1.to_owned();
            let things = if target.contains(":thinggroup/") {
                world.groups.get(&name).cloned().unwrap_or_default()
            } else {
                vec![name]
            };
            for thing in things {
                let new = it.waiting.iter().all(|(name, _)| *name != thing);
                if new && world.things.contains(&thing) {
                    it.waiting.push((thing, self.sequence));
                    self.sequence += 1;
                }
            }
        }
        self.batch(job);
        self.complete_if_done(job);
    }

    fn batch(&mut self, job: usize) {
        let now = self.now;
        let slots = self.limits.concurrent_jobs;
        let rolling = self.rolling();
        let it = &mut self.jobs[job];
        it.slot |= it.concurrent() && rolling < slots;
        if !it.slot {
            return;
        }
        let rate = it.rate();
        let things: Vec<_> = it.waiting.drain(..rate.min(it.waiting.len())).collect();
        it.next_batch = now + BATCH;
        for (thing, _) in things {
            self.queue_and_tell(job, &thing, 0, Default::default());
        }
        let it = &mut self.jobs[job];
        it.slot &= it.concurrent();
    }

    fn open(&mut self, job: usize) {
        let now = self.now;
        let things = self.things_of(job);
        let before: Vec<_> = things.iter().map(|thing| self.see(thing)).collect();
        let it = &mut self.jobs[job];
        it.open = true;
        it.status = "IN_PROGRESS";
        it.updated = now;
        for (thing, before) in things.iter().zip(&before) {
            self.tell(thing, before);
        }
        for later in core::mem::take(&mut self.jobs[job].later) {
            self.queue_and_tell(job, &later.thing, later.attempt, later.used);
        }
        if self.jobs[job].next_batch <= now {
            self.batch(job);
        }
    }

    fn close(&mut self, job: usize) {
        let now = self.now;
        let things = self.things_of(job);
        let before: Vec<_> = things.iter().map(|thing| self.see(thing)).collect();
        let it = &mut self.jobs[job];
        it.open = false;
        it.slot = false;
        it.status = "SCHEDULED";
        it.updated = now;
        for (thing, before) in things.iter().zip(&before) {
            self.tell(thing, before);
        }
    }

    /// The things with a pending execution of the job, in the order of these.
    fn things_of(&self, job: usize) -> Vec<String> {
        let pending = self.jobs[job].executions.iter().filter(|it| it.pending());
        pending.map(|it| it.thing.clone()).collect()
    }

    fn end_job(&mut self, job: usize) {
        let now = self.now;
        let it = &mut self.jobs[job];
        it.waiting.clear();
        it.later.clear();
        it.slot = false;
        let closed = it.started && !it.open;
        it.started = true;
        match it.schedule.behavior.as_str() {
            "CANCEL" => self.cancel_executions(job, false),
            "FORCE_CANCEL" => self.cancel_executions(job, true),
            _ => {}
        }
        let things = self.things_of(job);
        let before: Vec<_> = things.iter().map(|thing| self.see(thing)).collect();
        let it = &mut self.jobs[job];
        it.ended = true;
        if closed {
            it.status = "IN_PROGRESS";
            it.updated = now;
        }
        for (thing, before) in things.iter().zip(&before) {
            self.tell(thing, before);
        }
        self.settle(job);
    }
}

impl Job {
    /// When it has something to do next, and what.
    fn due(&self) -> Option<(u64, Due)> {
        if !self.active() {
            return None;
        }
        let windowed = !self.schedule.windows.is_empty();
        let change = || match (windowed, self.started) {
            (true, _) => self.schedule.next_change(self.looked),
            (false, false) => self.schedule.start,
            (false, true) => None,
        };
        let change = if self.ended { None } else { change() };
        let what = if self.started {
            Due::Window
        } else {
            Due::Start
        };
        let end = self.schedule.end.filter(|_| !self.ended);
        let batch = (self.concurrent() && self.slot).then_some(self.next_batch);
        let all = [
            change.map(|at| (at, what)),
            end.map(|at| (at, Due::End)),
            batch.map(|at| (at, Due::Batch)),
        ];
        all.into_iter().flatten().min()
    }

    /// Things of the next batch.
    fn rate(&self) -> usize {
        let rollout = &self.config["jobExecutionsRolloutConfig"];
        let maximum = rollout["maximumPerMinute"].as_u64().unwrap_or(1_000);
        let exponential = &rollout["exponentialRate"];
        let Some(base) = exponential["baseRatePerMinute"].as_u64() else {
            return maximum as usize;
        };
        let criteria = &exponential["rateIncreaseCriteria"];
        let steps = match criteria["numberOfNotifiedThings"].as_u64() {
            Some(threshold) => self.notified / threshold,
            None => self.count("SUCCEEDED") / criteria["numberOfSucceededThings"].as_u64().unwrap(),
        };
        let tenths = (exponential["incrementFactor"].as_f64().unwrap() * 10.0).round() as u128;
        let (mut top, mut bottom) = (u128::from(base), 1);
        for _ in 0..steps {
            if top / bottom >= u128::from(maximum) {
                break;
            }
            top *= tenths;
            bottom *= 10;
        }
        (top / bottom).min(u128::from(maximum)) as usize
    }
}
