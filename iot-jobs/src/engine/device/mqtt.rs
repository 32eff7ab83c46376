//! Requests of devices over MQTT, and their answers.

use alloc::format;

use iot_topics::TopicNameRef;
use iot_topics::reserved::{Exchange, JobSelector, JobsMessage, JobsTopic, ReservedTopic};

use super::members::{self, Included};
use super::{Describe, Plane, Rejection, Updated};
use crate::engine::Turn;
use crate::engine::arguments::Arguments;
use crate::engine::effect::Message;
use crate::json::{Object, key};
use crate::reject::RejectCode;

const INVALID_TOPIC: Rejection =
    Rejection::new(RejectCode::InvalidTopic, "the topic stands for no request");

impl Turn<'_> {
    pub(in crate::engine) fn publish(&mut self, topic: &str, payload: &[u8]) {
        if !is_of_jobs(topic) {
            return;
        }
        let parsed = TopicNameRef::parse(topic)
            .ok()
            .and_then(ReservedTopic::parse);
        let mut answer = Object::new();
        answer.number(key!("timestamp"), self.now);
        let result = match parsed {
            Some(ReservedTopic::Jobs(jobs)) => self.request(&jobs, payload, &mut answer),
            _ => Err(INVALID_TOPIC),
        };
        match result {
            Ok(updated) => {
                self.answer(topic, "accepted", answer);
                if let Some(updated) = updated {
                    self.finish(updated);
                }
            }
            Err(rejection) => {
                rejection.write(&mut answer);
                self.answer(topic, "rejected", answer);
            }
        }
    }

    fn answer(&mut self, topic: &str, reply: &str, answer: Object) {
        let topic = format!("{topic}/{reply}");
        let payload = answer.finish();
        let (topic, payload) = (&topic, &payload);
        self.send(Message::Answer { topic, payload });
    }

    /// Does what is asked for and writes the answer; tells what is to follow that.
    fn request(
        &mut self,
        topic: &JobsTopic,
        payload: &[u8],
        answer: &mut Object,
    ) -> Result<Option<Updated>, Rejection> {
        use JobsMessage::{Describe as Get, GetPending, Notify, NotifyNext, StartNext, Update};
        if !matches!(
            topic.message,
            GetPending(Exchange::Request)
                | StartNext(Exchange::Request)
                | Get(_, Exchange::Request)
                | Update(_, Exchange::Request)
        ) {
            return Err(INVALID_TOPIC);
        }
        let members = members::read_object(payload)?;
        let members = Arguments::new(&members);
        if let Some(token) = members.text("clientToken")? {
            answer.text(key!("clientToken"), token);
        }
        let thing = topic.thing.as_str();
        match &topic.message {
            GetPending(_) => {
                self.state.write_pending(thing, answer);
                Ok(None)
            }
            StartNext(_) => {
                let request = members::start_next(members, &self.state.limits)?;
                let started = self.start_next(thing, &request)?;
                self.write_execution(started, true, answer);
                Ok(None)
            }
            Get(job, _) => {
                let request = Describe {
                    job: match job {
                        JobSelector::Next => None,
                        JobSelector::Id(job) => Some(job.as_str()),
                    },
                    execution_number: members::execution_number(members)?,
                };
                let with_document = members.flag("includeJobDocument")?.unwrap_or(true);
                let found = self.describe(thing, &request)?;
                self.write_execution(found, with_document, answer);
                Ok(None)
            }
            Update(job, _) => {
                let (request, included) = members::update(members, &self.state.limits)?;
                let updated = self.update(thing, job.as_str(), &request)?;
                self.write_updated(updated, included, answer);
                Ok(Some(updated))
            }
            Notify | NotifyNext => Err(INVALID_TOPIC),
        }
    }

    fn write_execution(&self, execution: Option<u32>, with_document: bool, answer: &mut Object) {
        let execution = execution.and_then(|id| self.state.view(id, self.now));
        if let Some(execution) = execution {
            let signer = with_document.then_some(self.world);
            answer.object(key!("execution"), |out| {
                execution.write(Plane::Mqtt, signer, out)
            });
        }
    }

    fn write_updated(&self, updated: Updated, included: Included, answer: &mut Object) {
        let Some(execution) = self.state.view(updated.id, self.now) else {
            return;
        };
        if included.state {
            answer.object(key!("executionState"), |out| execution.write_state(out));
        }
        if included.document {
            execution.write_document(Plane::Mqtt, self.world, answer);
        }
    }
}

/// `$aws/things/<anything>/jobs` and all below it.
fn is_of_jobs(topic: &str) -> bool {
    let rest = topic.strip_prefix("$aws/things/");
    let rest = rest.and_then(|rest| rest.split_once('/'));
    rest.is_some_and(|(_, rest)| rest == "jobs" || rest.starts_with("jobs/"))
}
