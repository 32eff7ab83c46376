//! The control plane.

use alloc::collections::BTreeMap;

use serde_json::{Value, json};

use super::config::{
    Checked, INVALID, changeable, flag, is_name, members, must, no_retries, schedule, text, version,
};
use super::shapes::{arn, some};
use super::{Execution, Job, Naive};
use crate::registry::Registry;

const NOT_FOUND: &str = "ResourceNotFoundException";
const LIMIT: &str = "LimitExceededException";
const TRANSITION: &str = "InvalidStateTransitionException";

const CHANGEABLE: [&str; 6] = [
    "description",
    "presignedUrlConfig",
    "jobExecutionsRolloutConfig",
    "abortConfig",
    "timeoutConfig",
    "jobExecutionsRetryConfig",
];

fn name(arn: &str) -> String {
    arn.split_once('/').unwrap().1.to_owned()
}

impl Naive {
    pub(super) fn control(&mut self, api: &str, args: &Value, world: &Registry) -> Checked<Value> {
        members(api, args, &self.limits)?;
        match api {
            "CreateJob" => self.create(args, world),
            "UpdateJob" => self.update_job(args),
            "CancelJob" => self.cancel(args),
            "DeleteJob" => self.delete(args),
            "AssociateTargetsWithJob" => self.associate(args, world),
            "CancelJobExecution" => self.cancel_execution(args),
            "DeleteJobExecution" => self.delete_execution(args),
            "DescribeJob" => {
                let job = &self.jobs[self.known(args)?];
                let shown = self.limits.rollouts_shown;
                Ok(json!({"job": job.described(self.now, shown)}))
            }
            "DescribeJobExecution" => self.describe_execution(args),
            "GetJobDocument" => {
                let job = &self.jobs[self.known(args)?];
                Ok(json!({"document": job.config["document"]}))
            }
            "ListJobs" => self.list_jobs(args),
            "ListJobExecutionsForJob" => self.list_for_job(args),
            "ListJobExecutionsForThing" => self.list_for_thing(args, world),
            _ => Err(INVALID),
        }
    }

    fn known(&self, args: &Value) -> Checked<usize> {
        let id = text(&args["jobId"])?.ok_or(INVALID)?;
        self.find(id).ok_or(NOT_FOUND)
    }

    fn thing(args: &Value) -> Checked<&str> {
        text(&args["thingName"])?.ok_or(INVALID)
    }

    fn create(&mut self, args: &Value, world: &Registry) -> Checked<Value> {
        let id = text(&args["jobId"])?.ok_or(INVALID)?.to_owned();
        let continuous = match text(&args["targetSelection"])? {
            None | Some("SNAPSHOT") => false,
            Some("CONTINUOUS") => true,
            Some(_) => return Err(INVALID),
        };
        changeable(args, &self.limits)?;
        let schedule = schedule(
            &args["schedulingConfig"],
            &self.limits,
            continuous,
            self.now,
        )?;
        let document = text(&args["document"])?.ok_or(INVALID)?;
        must(document.len() <= self.limits.document_bytes)?;
        must(serde_json::from_str::<Value>(document).is_ok())?;
        if self.find(&id).is_some() {
            return Err("ResourceAlreadyExistsException");
        }
        let targets = self.targets(&args["targets"], world)?;
        if self.jobs.iter().filter(|job| job.active()).count() >= self.limits.active_jobs {
            return Err(LIMIT);
        }
        let now = self.now;
        let scheduled = schedule.start.is_some();
        self.jobs.push(Job {
            id: id.clone(),
            status: if scheduled {
                "SCHEDULED"
            } else {
                "IN_PROGRESS"
            },
            config: args.clone(),
            targets,
            continuous,
            created: now,
            updated: now,
            completed: None,
            forced: None,
            schedule,
            started: false,
            ended: false,
            open: !scheduled,
            waiting: Vec::new(),
            next_batch: now,
            looked: now,
            later: Vec::new(),
            executions: Vec::new(),
            numbers: BTreeMap::new(),
            notified: 0,
            slot: false,
        });
        let job = self.jobs.len() - 1;
        if !scheduled {
            self.start(job, world);
        }
        Ok(self.short(job))
    }

    fn short(&self, job: usize) -> Value {
        let job = &self.jobs[job];
        some(json!({
            "jobArn": arn("job", &job.id),
            "jobId": job.id,
            "description": job.config["description"],
        }))
    }

    fn targets(&self, value: &Value, world: &Registry) -> Checked<Vec<String>> {
        let list = value.as_array().ok_or(INVALID)?;
        let mut targets = Vec::new();
        for it in list {
            let target = it.as_str().ok_or(INVALID)?;
            let name = [arn("thing", ""), arn("thinggroup", "")];
            let name = name.iter().find_map(|it| target.strip_prefix(it.as_str()));
            must(is_name(name.ok_or(INVALID)?, 128, true))?;
            targets.push(target.to_owned());
        }
        if list.len() > self.limits.targets {
            return Err(LIMIT);
        }
        let known = |target: &String| {
            let name = name(target);
            match target.contains(":thinggroup/") {
                true => world.groups.contains_key(&name),
                false => world.things.contains(&name),
            }
        };
        if !targets.iter().all(known) {
            return Err(NOT_FOUND);
        }
        Ok(targets)
    }

    fn update_job(&mut self, args: &Value) -> Checked<Value> {
        changeable(args, &self.limits)?;
        let job = self.known(args)?;
        let now = self.now;
        let it = &mut self.jobs[job];
        must(it.active() && CHANGEABLE.iter().any(|name| !args[*name].is_null()))?;
        let mut config = it.config.clone();
        for name in CHANGEABLE {
            let new = &args[name];
            if name == "jobExecutionsRetryConfig" && !new.is_null() {
                no_retries(&mut config[name], new)?;
            } else if !new.is_null() {
                config[name] = new.clone();
            }
        }
        it.config = config;
        it.updated = now;
        self.settle(job);
        Ok(Value::Null)
    }

    fn cancel(&mut self, args: &Value) -> Checked<Value> {
        let force = flag(&args["force"])?;
        let job = self.known(args)?;
        let it = &mut self.jobs[job];
        must(it.active())?;
        for name in ["comment", "reasonCode"] {
            it.config[name] = args[name].clone();
        }
        let answer = self.short(job);
        self.cancel_job(job, force);
        Ok(answer)
    }

    fn delete(&mut self, args: &Value) -> Checked<Value> {
        let force = flag(&args["force"])?;
        let job = self.known(args)?;
        if self.jobs[job].active() && !force {
            return Err(TRANSITION);
        }
        self.job_event(job, "deletion_in_progress");
        for it in self.jobs[job].executions.clone() {
            self.forget(job, &it.thing, it.number);
        }
        self.job_event(job, "deleted");
        self.jobs.remove(job);
        Ok(Value::Null)
    }

    /// The execution is gone.
    fn forget(&mut self, job: usize, thing: &str, number: u64) {
        let before = self.see(thing);
        let all = &mut self.jobs[job].executions;
        let at = all
            .iter()
            .position(|it| it.thing == thing && it.number == number);
        let gone = all.remove(at.unwrap());
        self.tell(thing, &before);
        // Its event tells of it once more.
        let all = &mut self.jobs[job].executions;
        all.insert(at.unwrap(), gone);
        self.execution_event(job, thing, number, "deleted");
        self.jobs[job].executions.remove(at.unwrap());
    }

    fn associate(&mut self, args: &Value, world: &Registry) -> Checked<Value> {
        let job = self.known(args)?;
        let targets = self.targets(&args["targets"], world)?;
        let it = &self.jobs[job];
        must(it.continuous && it.status == "IN_PROGRESS" && !it.ended)?;
        must(targets.iter().all(|it| it.contains(":thinggroup/")))?;
        let new: Vec<_> = targets
            .iter()
            .filter(|target| !it.targets.contains(target))
            .collect();
        if it.targets.len() + new.len() > self.limits.targets {
            return Err(LIMIT);
        }
        let now = self.now;
        let it = &mut self.jobs[job];
        it.updated = now;
        it.targets.extend(new.iter().copied().cloned());
        if !args["comment"].is_null() {
            it.config["comment"] = args["comment"].clone();
        }
        let answer = self.short(job);
        for target in new {
            for thing in world.groups[&name(target)].clone() {
                if self.jobs[job].newest(&thing).is_none() {
                    let before = self.see(&thing);
                    self.reach(job, &thing);
                    self.tell(&thing, &before);
                }
            }
        }
        Ok(answer)
    }

    fn cancel_execution(&mut self, args: &Value) -> Checked<Value> {
        let force = flag(&args["force"])?;
        let version = version(&args["expectedVersion"])?;
        let details = &args["statusDetails"];
        let job = self.known(args)?;
        let thing = Self::thing(args)?;
        let it = self.jobs[job].newest(thing).ok_or(NOT_FOUND)?.clone();
        if version.is_some_and(|version| version != it.version) {
            return Err("VersionConflictException");
        }
        if !it.pending() || it.status == "IN_PROGRESS" && !force {
            return Err(TRANSITION);
        }
        let own = self.jobs[job].execution(thing, it.number);
        own.forced = force;
        if !details.is_null() {
            own.details = Some(details.clone());
        }
        self.end(job, thing, it.number, "CANCELED");
        self.settle(job);
        Ok(Value::Null)
    }

    fn numbered(&self, args: &Value, needed: bool) -> Checked<(usize, Execution)> {
        let number = match &args["executionNumber"] {
            Value::Null if needed => return Err(INVALID),
            Value::Null => None,
            number => Some(number.as_u64().filter(|it| *it > 0).ok_or(INVALID)?),
        };
        let job = self.known(args)?;
        let thing = Self::thing(args)?;
        let it = &self.jobs[job];
        let mut all = it.executions.iter();
        let found = match number {
            None => it.newest(thing),
            Some(number) => all.find(|it| it.thing == thing && it.number == number),
        };
        Ok((job, found.ok_or(NOT_FOUND)?.clone()))
    }

    fn delete_execution(&mut self, args: &Value) -> Checked<Value> {
        let force = flag(&args["force"])?;
        let (job, it) = self.numbered(args, true)?;
        if it.status == "IN_PROGRESS" && !force {
            return Err(TRANSITION);
        }
        self.forget(job, &it.thing, it.number);
        self.settle(job);
        Ok(Value::Null)
    }

    fn describe_execution(&self, args: &Value) -> Checked<Value> {
        let (job, it) = self.numbered(args, false)?;
        let mut execution = self.execution_shape(&self.jobs[job], &it, false);
        execution["thingArn"] = arn("thing", &it.thing).into();
        execution["forceCanceled"] = it.forced.into();
        execution["statusDetails"] = match it.details {
            Some(details) => json!({"detailsMap": details}),
            None => json!({}),
        };
        Ok(json!({"execution": execution}))
    }

    fn list_jobs(&self, args: &Value) -> Checked<Value> {
        let (status, selection) = (text(&args["status"])?, text(&args["targetSelection"])?);
        let group = text(&args["thingGroupName"])?.map(|name| arn("thinggroup", name));
        let jobs = self.jobs.iter().rev();
        let jobs = jobs.filter(|job| status.is_none_or(|it| it == job.status));
        let jobs = jobs.filter(|job| selection.is_none_or(|it| it == job.selection()));
        let jobs = jobs.filter(|job| group.as_ref().is_none_or(|it| job.targets.contains(it)));
        let jobs: Vec<Value> = jobs.map(Job::listed).collect();
        Ok(json!({"jobs": jobs}))
    }

    fn list_for_job(&self, args: &Value) -> Checked<Value> {
        let job = self.known(args)?;
        let status = text(&args["status"])?;
        let all = self.jobs[job].executions.iter();
        let mut all: Vec<_> = all
            .filter(|it| status.is_none_or(|word| word == it.status))
            .collect();
        all.sort_by_key(|it| core::cmp::Reverse((it.updated, it.sequence)));
        let all = all.into_iter();
        let all = all.map(
            |it| json!({"thingArn": arn("thing", &it.thing), "jobExecutionSummary": it.listed()}),
        );
        Ok(json!({"executionSummaries": all.collect::<Vec<_>>()}))
    }

    fn list_for_thing(&self, args: &Value, world: &Registry) -> Checked<Value> {
        let thing = Self::thing(args)?;
        let status = text(&args["status"])?;
        if !world.things.iter().any(|it| it == thing) {
            return Err(NOT_FOUND);
        }
        let id = text(&args["jobId"])?;
        let all = self
            .jobs
            .iter()
            .filter(|job| id.is_none_or(|id| id == job.id));
        let all = all.flat_map(|job| job.executions.iter().map(move |it| (job, it)));
        let all = all.filter(|(_, it)| it.thing == thing);
        let mut all: Vec<_> = all
            .filter(|(_, it)| status.is_none_or(|word| word == it.status))
            .collect();
        all.sort_by_key(|(_, it)| core::cmp::Reverse((it.updated, it.sequence)));
        let all = all.into_iter();
        let all = all.map(|(job, it)| json!({"jobId": job.id, "jobExecutionSummary": it.listed()}));
        Ok(json!({"executionSummaries": all.collect::<Vec<_>>()}))
    }
}
