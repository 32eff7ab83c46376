//! What becomes due: timers of executions, and the calendar of jobs.

use super::{State, Turn};
use crate::status::{Cause, ExecutionStatus};
use crate::store::NONE;

impl State {
    /// Makes sure that the timers come to an execution no later than its deadline.
    pub(super) fn arm(&mut self, id: u32) {
        let record = self.store.get(id);
        let Some((armed, deadline)) = record.and_then(|it| Some((it.armed, it.deadline()?))) else {
            return;
        };
        if armed == 0 || deadline < armed {
            self.store.change(id, |record| record.armed = deadline);
            self.store.timers.push(deadline, id);
        }
    }

    pub(super) fn next_deadline(&self) -> Option<u32> {
        let job = self.jobs.first_due().map(|(at, _)| at);
        self.store.timers.first().into_iter().chain(job).min()
    }
}

impl Turn<'_> {
    /// Runs all that is due, in the order of time; at the same second the timeouts come first, as
    /// they may abort what would roll out else.
    pub(super) fn run_due(&mut self) {
        loop {
            let timer = self.state.store.timers.first().filter(|at| *at <= self.now);
            let job = self
                .state
                .jobs
                .first_due()
                .filter(|(at, _)| *at <= self.now);
            match (timer, job) {
                (Some(at), Some((other, job))) if other < at => self.job_due(job),
                (Some(at), _) => self.time_out(at),
                (None, Some((_, job))) => self.job_due(job),
                (None, None) => {
                    let limit = self.state.limits.concurrent_jobs;
                    if !self.state.jobs.unblock(limit, self.now) {
                        return;
                    }
                }
            }
        }
    }

    /// Ends the executions whose deadline that second is, those first that were queued first.
    fn time_out(&mut self, at: u32) {
        let mut due = self.state.store.timers.take_first();
        let sequence = |id: &u32| self.state.store.get(*id).map_or(NONE, |it| it.sequence);
        due.sort_by_key(sequence);
        for id in due {
            match self.disarm(id, at) {
                Some(deadline) if deadline <= at => self.time_out_one(id),
                Some(_) => self.state.arm(id),
                None => {}
            }
        }
    }

    fn time_out_one(&mut self, id: u32) {
        let Some(record) = self.state.store.get(id) else {
            return;
        };
        let (job, before) = (record.job, self.before(record.thing));
        if !self.end(id, ExecutionStatus::TimedOut, Cause::Timer) {
            return;
        }
        self.retry(id);
        self.notify(before, true);
        self.end_event(id, ExecutionStatus::TimedOut);
        self.after_end(job);
    }

    /// Rolls out the jobs for which a slot got free, and drops what the timers hold in vain, so
    /// that the first of them tells a true deadline.
    pub(super) fn settle(&mut self) {
        self.run_due();
        while let Some((at, id)) = self.state.store.timers.peek() {
            let record = self.state.store.get(id);
            if record.is_some_and(|record| record.armed == at && record.deadline() == Some(at)) {
                break;
            }
            self.state.store.timers.pop();
            if self.disarm(id, at).is_some() {
                self.state.arm(id);
            }
        }
        self.state.store.tidy();
    }

    /// Notes that the entry of a record at that time is used up. The deadline of the record, if it
    /// has one and that entry stood for it.
    fn disarm(&mut self, id: u32, at: u32) -> Option<u32> {
        let deadline = self.state.store.change(id, |record| {
            if record.armed != at {
                return None;
            }
            record.armed = 0;
            record.deadline()
        });
        deadline.flatten()
    }

    /// Forgets jobs that are over for longer than the retention.
    pub(super) fn retain(&mut self) {
        let retention = self.state.limits.retention.as_secs();
        while let Some((at, job)) = self.state.jobs.first_over() {
            if u64::from(at).saturating_add(retention) > u64::from(self.now) {
                return;
            }
            self.forget(job);
        }
    }

    /// Takes a job and its executions out of the store, without a word.
    pub(super) fn forget(&mut self, job: u32) {
        self.state.forget_listener(job);
        if let Some(mut job) = self.state.jobs.remove(job) {
            let lists = [
                &mut job.waiting_list,
                &mut job.deferred_list,
                &mut job.executions,
            ];
            for list in lists {
                while let Some(id) = self.state.store.pop(list) {
                    self.state.store.free(id);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use iot_topics::Timestamp;
    use serde_json::json;

    use crate::engine::{Engine, Operation, StartNext, Update};
    use crate::{ExecutionStatus, NoWorld, StepTimeout, World};

    struct OnePump;

    impl World for OnePump {
        fn has_thing(&self, _: &str) -> bool {
            true
        }

        fn has_group(&self, _: &str) -> bool {
            false
        }

        fn is_member(&self, _: &str, _: &str) -> bool {
            false
        }

        fn members(&self, _: &str, _: &mut dyn FnMut(&str)) {}
    }

    #[test]
    fn a_device_cannot_fill_the_timers() {
        let mut engine = Engine::new("us-east-1", "123456789012");
        let job = json!({
            "jobId": "fw-2",
            "document": "{}",
            "targets": ["arn:aws:iot:us-east-1:123456789012:thing/pump"],
        });
        let create = Operation::Control {
            api: "CreateJob",
            arguments: &job,
        };
        let mut now = 1_700_000_000;
        let at = Timestamp::from_secs(now);
        engine.apply(create, &OnePump, &mut (), at).unwrap();
        let start = StartNext::default();
        let started = engine.start_next("pump", &start, &NoWorld, &mut (), at);
        assert!(started.unwrap().is_some());
        let mut report = Update::new(ExecutionStatus::InProgress);
        for round in 0..20_000_u32 {
            now += 1;
            report.step_timeout = Some(match round % 3 {
                0 => StepTimeout::Minutes(10_080 - round % 10_000),
                1 => StepTimeout::Minutes(1 + round % 60),
                _ => StepTimeout::Discard,
            });
            let at = Timestamp::from_secs(now);
            let updated = engine.update("pump", "fw-2", &report, &NoWorld, &mut (), at);
            assert_eq!(updated.unwrap().status(), ExecutionStatus::InProgress);
            assert!(engine.state.store.timers.len() < 70, "in round {round}");
        }
    }
}
