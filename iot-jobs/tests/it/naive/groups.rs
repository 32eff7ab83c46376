//! Things come and go.

use super::shapes::arn;
use super::{Later, Naive, Used};
use crate::registry::Registry;

impl Naive {
    pub(super) fn joined(&mut self, thing: &str, group: &str) {
        let before = self.see(thing);
        for job in self.following(group) {
            self.reach(job, thing);
        }
        self.tell(thing, &before);
    }

    /// The continuous jobs that look at who is in the group.
    fn following(&self, group: &str) -> Vec<usize> {
        let group = arn("thinggroup", group);
        let follows = |job: &usize| {
            let it = &self.jobs[*job];
            let runs = it.continuous && it.started && !it.ended && it.active();
            runs && it.targets.contains(&group)
        };
        (0..self.jobs.len()).filter(follows).collect()
    }

    /// Gives the thing an execution now or with the next window, unless it has one to run or gets
    /// one then anyhow.
    pub(super) fn reach(&mut self, job: usize, thing: &str) {
        let it = &mut self.jobs[job];
        let pending = it.newest(thing).is_some_and(|it| it.pending());
        let later = it.later.iter().any(|it| it.thing == thing);
        if pending || later {
            return;
        }
        it.waiting.retain(|(name, _)| name != thing);
        if it.open {
            self.queue(job, thing, 0, Used::default());
        } else {
            it.later.push(Later {
                thing: thing.to_owned(),
                attempt: 0,
                used: Used::default(),
            });
        }
    }

    pub(super) fn left(&mut self, thing: &str, group: &str, world: &Registry) {
        let before = self.see(thing);
        let mut left = Vec::new();
        for job in self.following(group) {
            let reached = self.jobs[job].targets.iter().any(|target| {
                let name = target.split_once('/').unwrap().1;
                let members = world.groups.get(name);
                let member = members.is_some_and(|it| it.iter().any(|it| it == thing));
                *target == arn("thing", thing) || target.contains(":thinggroup/") && member
            });
            if !reached {
                let number = self.part(job, thing, "QUEUED");
                left.push((job, number));
            }
        }
        self.tell(thing, &before);
        self.parted(thing, left);
    }

    /// It hears nothing any more. What was queued first is removed first.
    pub(super) fn thing_deleted(&mut self, thing: &str) {
        let mut jobs: Vec<_> = (0..self.jobs.len())
            .map(|job| {
                let it = &self.jobs[job];
                let newest = it.newest(thing).filter(|it| it.pending());
                let waiting = it.waiting.iter().find(|(name, _)| name == thing);
                let newest = newest.map(|it| it.sequence);
                (newest.or_else(|| waiting.map(|it| it.1)), job)
            })
            .collect();
        jobs.sort_unstable();
        let mut left = Vec::new();
        for (_, job) in jobs {
            let number = self.part(job, thing, "QUEUED");
            left.push((job, number.or_else(|| self.part(job, thing, "IN_PROGRESS"))));
        }
        self.parted(thing, left);
    }

    /// The job and the thing go apart. Tells the number of the execution that was removed.
    fn part(&mut self, job: usize, thing: &str, status: &str) -> Option<u64> {
        let now = self.now;
        let it = &mut self.jobs[job];
        it.waiting.retain(|(name, _)| name != thing);
        it.later.retain(|it| it.thing != thing);
        let number = it.newest(thing).filter(|it| it.status == status)?.number;
        let it = it.execution(thing, number);
        it.status = "REMOVED";
        it.updated = now;
        it.in_progress_deadline = None;
        it.step_deadline = None;
        Some(number)
    }

    fn parted(&mut self, thing: &str, left: Vec<(usize, Option<u64>)>) {
        for (job, number) in &left {
            if let Some(number) = number {
                self.execution_event(*job, thing, *number, "removed");
            }
        }
        for (job, _) in left {
            self.settle(job);
        }
    }
}
