//! The jobs of one thing, on the device: messages and results in, messages and events out.

mod answer;
mod event;
mod held;
mod reaction;
mod received;
mod record;
mod request;
mod times;

use alloc::format;
use alloc::string::String;

use iot_topics::reserved::{JobsMessage, JobsTopic, ReservedTopic};
use iot_topics::{ThingName, Timestamp, TopicFilter, TopicNameRef};

pub use event::{AgentError, AgentEvent, AgentJob, StopReason};
use held::Held;
pub use reaction::Reaction;
use received::Received;
use record::Phase;
pub use record::{ExecutionId, JobRecord, Outcome};
pub use request::AgentRequest;
use request::{Progress, Request};
pub use times::AgentTimes;

use crate::{Limits, StatusDetails, StepTimeout};

/// The jobs of one thing as its device carries them out, one after the other, over a network that
/// loses, repeats and reorders (developer guide, Programming devices to work with jobs).
///
/// It does no I/O and knows no clock. The contract:
///
/// 1. On every new connection subscribe to [`JobAgent::subscriptions`], with quality of service 1,
///    and call [`JobAgent::connect`].
/// 2. Give it each message that arrives ([`JobAgent::handle_message`]) and do what the event says.
///    Tell it how the work goes: [`JobAgent::progress`], [`JobAgent::finish`], connected or not.
/// 3. After each of these keep [`JobAgent::record`] if it has changed, before anything else;
///    publish what [`JobAgent::poll_output`] gives, until that is `None`; then call
///    [`JobAgent::handle_timeout`] at [`JobAgent::poll_timeout`].
/// 4. After a restart build it with [`JobAgent::with_record`].
///
/// Then no execution is handed out twice, and none is left in progress that this device could
/// end, whatever is lost in between. It has one request under way at a time; answers are told
/// from those to older requests by their client token. While the device is free it asks with
/// `start-next`; while it is busy it describes its own execution whenever that may have ended.
///
/// # Examples
///
/// ```
/// use iot_jobs::{AgentEvent, JobAgent, Outcome, StatusDetails};
/// use iot_topics::reserved::{Exchange, JobsMessage};
/// use iot_topics::Timestamp;
///
/// let (mut agent, now) = (JobAgent::new("pump".parse()?, 1), Timestamp::from_secs(100));
/// agent.connect();
/// agent.poll_output(now).expect("asks for a job");
/// let answer = br#"{"clientToken":"1-1","timestamp":100,"execution":{"jobId":"fw-2","status":"IN_PROGRESS",
///     "queuedAt":90,"lastUpdatedAt":100,"versionNumber":2,"executionNumber":1,"jobDocument":{}}}"#;
/// let event = agent.handle(&JobsMessage::StartNext(Exchange::Accepted), answer, now);
/// let Ok(AgentEvent::Run(job)) = event else { panic!("is handed out") };
///
/// agent.finish(&job.id, Outcome::Succeeded, None).expect("runs");
/// let report = agent.poll_output(now).expect("is the report");
/// assert_eq!(report.topic.to_string(), "$aws/things/pump/jobs/fw-2/update");
/// assert_eq!(
///     report.payload,
///     concat!(
///         r#"{"status":"SUCCEEDED","expectedVersion":2,"executionNumber":1,"#,
///         r#""includeJobExecutionState":true,"clientToken":"1-2"}"#,
///     ),
/// );
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobAgent {
    thing: ThingName,
    session: u64,
    requests: u64,
    times: AgentTimes,
    connected: bool,
    /// The execution at work, or the one before it.
    held: Option<Held>,
    /// There may be something to start.
    ask: bool,
    /// A notification came while `start-next` was under way: what that hands out may have ended.
    noticed: bool,
    waiting: Option<Waiting>,
    /// Failed requests in a row.
    failures: u32,
    /// Nothing is sent before.
    pause: Option<Timestamp>,
    /// When the service is asked even if it tells nothing.
    poll_at: Option<Timestamp>,
}

/// A request that has no answer so far.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Waiting {
    token: String,
    request: Request,
    until: Timestamp,
}

/// What follows `$aws/things/<thing>/jobs/` in the filters.
const SUBSCRIPTIONS: [&str; 7] = [
    "notify-next",
    "start-next/accepted",
    "start-next/rejected",
    "+/get/accepted",
    "+/get/rejected",
    "+/update/accepted",
    "+/update/rejected",
];

impl JobAgent {
    /// The agent of a thing that has no execution and is not connected.
    ///
    /// `session` goes into the client tokens. It must be one that no other client of this thing
    /// uses, and that this device did not use before: a random number, or a count of starts that
    /// is kept through them. With the name of the thing it also decides how long pauses are, so
    /// that a fleet does not come back all at once.
    #[must_use]
    pub fn new(thing: ThingName, session: u64) -> Self {
        Self {
            thing,
            session,
            requests: 0,
            times: AgentTimes::default(),
            connected: false,
            held: None,
            ask: true,
            noticed: false,
            waiting: None,
            failures: 0,
            pause: None,
            poll_at: None,
        }
    }

    /// The same with other times to wait. Step timers beyond 10,080 minutes become that.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{AgentTimes, JobAgent};
    /// use iot_topics::Timestamp;
    ///
    /// let mut times = AgentTimes::default();
    /// times.start_minutes = Some(30);
    /// let mut agent = JobAgent::new("pump".parse()?, 1).with_times(times);
    /// agent.connect();
    /// let request = agent.poll_output(Timestamp::from_secs(1)).expect("asks for a job");
    /// assert_eq!(request.payload, r#"{"stepTimeoutInMinutes":30,"clientToken":"1-1"}"#);
    /// # Ok::<(), iot_topics::IdentError>(())
    /// ```
    #[must_use]
    pub fn with_times(mut self, times: AgentTimes) -> Self {
        self.times = times;
        let most = Limits::AWS_IOT.timeout_minutes;
        self.times.start_minutes = times.start_minutes.map(|minutes| minutes.clamp(1, most));
        self
    }

    /// The same with the record that was kept before a restart: the application gets
    /// [`AgentEvent::Resume`] for what it worked on, if that is still there, and what it had
    /// ended is reported.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{JobAgent, JobRecord};
    /// use iot_topics::Timestamp;
    ///
    /// let kept = br#"{"jobId":"fw-2","executionNumber":1,"queuedAt":90,"phase":"running"}"#;
    /// let record = JobRecord::from_json(kept).expect("was kept");
    /// let mut agent = JobAgent::new("pump".parse()?, 2).with_record(record);
    /// agent.connect();
    /// let request = agent.poll_output(Timestamp::from_secs(200)).expect("asks about it");
    /// assert_eq!(request.topic.to_string(), "$aws/things/pump/jobs/fw-2/get");
    /// # Ok::<(), iot_topics::IdentError>(())
    /// ```
    #[must_use]
    pub fn with_record(mut self, record: JobRecord) -> Self {
        self.held = Some(Held::kept(record));
        self
    }

    /// What to keep through a restart, once there was an execution. If it differs from what is
    /// kept, it must be kept before anything else is done: before the work begins, and before the
    /// next output.
    ///
    /// # Examples
    ///
    /// ```
    /// assert_eq!(iot_jobs::JobAgent::new("pump".parse()?, 1).record(), None);
    /// # Ok::<(), iot_topics::IdentError>(())
    /// ```
    #[must_use]
    pub fn record(&self) -> Option<&JobRecord> {
        self.held.as_ref().map(|held| &held.record)
    }

    /// The topic filters to subscribe to on every new connection, before anything is published:
    /// seven, as one packet may subscribe to eight (AWS IoT Core quotas).
    ///
    /// # Examples
    ///
    /// ```
    /// let agent = iot_jobs::JobAgent::new("pump".parse()?, 1);
    /// let filters: Vec<_> = agent.subscriptions().map(|filter| filter.to_string()).collect();
    /// assert_eq!(filters.len(), 7);
    /// assert_eq!(filters[0], "$aws/things/pump/jobs/notify-next");
    /// assert_eq!(filters[5], "$aws/things/pump/jobs/+/update/accepted");
    /// # Ok::<(), iot_topics::IdentError>(())
    /// ```
    pub fn subscriptions(&self) -> impl Iterator<Item = TopicFilter> {
        // No name of a thing makes a filter too long.
        SUBSCRIPTIONS.iter().filter_map(|last| {
            let filter = format!("$aws/things/{}/jobs/{last}", self.thing);
            filter.parse().ok()
        })
    }

    /// A connection is there. The next output asks for a job, or about the one at work.
    pub fn connect(&mut self) {
        self.disconnect();
        self.connected = true;
        self.ask = true;
        self.failures = 0;
        if let Some(held) = &mut self.held {
            held.verify = true;
        }
    }

    /// The connection is gone. What is to be reported is kept, and sent on the next one; no answer
    /// to what was sent on this one counts any more.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::JobAgent;
    /// use iot_topics::Timestamp;
    ///
    /// let (mut agent, now) = (JobAgent::new("pump".parse()?, 1), Timestamp::from_secs(1));
    /// agent.connect();
    /// assert!(agent.poll_output(now).is_some());
    /// agent.disconnect();
    /// assert_eq!((agent.poll_output(now), agent.poll_timeout()), (None, None));
    /// agent.connect();
    /// let again = agent.poll_output(now).expect("asks anew");
    /// assert_eq!(again.payload, r#"{"clientToken":"1-2"}"#);
    /// # Ok::<(), iot_topics::IdentError>(())
    /// ```
    pub fn disconnect(&mut self) {
        self.connected = false;
        self.pause = None;
        self.poll_at = None;
        if let Some(waiting) = self.waiting.take() {
            self.put_back(waiting.request);
        }
    }

    /// Reports that an execution goes on: status details, which replace those before, and a step
    /// timer, if there is something to say about them. What was not sent yet is sent with it.
    /// Status details are within the limits by their type.
    ///
    /// # Errors
    ///
    /// [`AgentError::NotRunning`] if it is not the execution at work, [`AgentError::StepTimeout`].
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{AgentError, JobAgent, JobRecord, Limits, StatusDetails, StepTimeout};
    /// # fn main() -> Result<(), Box<dyn core::error::Error>> {
    /// let kept = br#"{"jobId":"fw-2","executionNumber":1,"queuedAt":90,"phase":"running"}"#;
    /// let record = JobRecord::from_json(kept)?;
    /// let id = record.id().clone();
    /// let mut agent = JobAgent::new("pump".parse()?, 2).with_record(record);
    ///
    /// let details = StatusDetails::from_pairs([("progress", "50%")], &Limits::AWS_IOT)?;
    /// agent.progress(&id, Some(details), Some(StepTimeout::Minutes(5)))?;
    /// let error = agent.progress(&id, None, Some(StepTimeout::Minutes(0)));
    /// assert_eq!(error, Err(AgentError::StepTimeout { minutes: 0 }));
    /// # Ok(()) }
    /// ```
    pub fn progress(
        &mut self,
        id: &ExecutionId,
        details: Option<StatusDetails>,
        step: Option<StepTimeout>,
    ) -> Result<(), AgentError> {
        if let Some(StepTimeout::Minutes(minutes)) = step
            && !(1..=Limits::AWS_IOT.timeout_minutes).contains(&minutes)
        {
            return Err(AgentError::StepTimeout { minutes });
        }
        let held = self.running(id)?;
        held.report(Progress { details, step });
        Ok(())
    }

    /// Reports the end of an execution. It is sent until the service has it, or has ended the
    /// execution by itself; then comes [`AgentEvent::Finished`] or [`AgentEvent::Stop`], and the
    /// next execution.
    ///
    /// # Errors
    ///
    /// [`AgentError::NotRunning`] if it is not the execution at work.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{AgentError, JobAgent, JobRecord, Outcome};
    /// # fn main() -> Result<(), Box<dyn core::error::Error>> {
    /// let kept = br#"{"jobId":"fw-2","executionNumber":1,"queuedAt":90,"phase":"running"}"#;
    /// let record = JobRecord::from_json(kept)?;
    /// let id = record.id().clone();
    /// let mut agent = JobAgent::new("pump".parse()?, 2).with_record(record);
    /// agent.finish(&id, Outcome::Succeeded, None)?;
    /// assert_eq!(agent.record().and_then(JobRecord::outcome), Some(Outcome::Succeeded));
    /// let again = agent.finish(&id, Outcome::Failed, None);
    /// assert_eq!(again, Err(AgentError::NotRunning { id }));
    /// # Ok(()) }
    /// ```
    pub fn finish(
        &mut self,
        id: &ExecutionId,
        outcome: Outcome,
        details: Option<StatusDetails>,
    ) -> Result<(), AgentError> {
        let held = self.running(id)?;
        // What was not reported of the way there is still worth to be known.
        let details = details.or_else(|| held.progress.take()?.details);
        held.progress = None;
        held.record.phase = Phase::Ended { outcome, details };
        Ok(())
    }

    fn running(&mut self, id: &ExecutionId) -> Result<&mut Held, AgentError> {
        let held = self.held.as_mut();
        held.filter(|held| held.is_running() && held.id() == id)
            .ok_or_else(|| AgentError::NotRunning { id: id.clone() })
    }

    /// Which thing.
    #[must_use]
    pub const fn thing(&self) -> &ThingName {
        &self.thing
    }

    /// Whether it is connected, has no execution, waits for nothing and has nothing to send: as
    /// far as this device can know, nothing is pending.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::JobAgent;
    /// use iot_topics::reserved::{Exchange, JobsMessage};
    /// use iot_topics::Timestamp;
    ///
    /// let (mut agent, now) = (JobAgent::new("pump".parse()?, 1), Timestamp::from_secs(1));
    /// agent.connect();
    /// agent.poll_output(now).expect("asks for a job");
    /// assert!(!agent.is_idle());
    /// let nothing = JobsMessage::StartNext(Exchange::Accepted);
    /// agent.handle(&nothing, br#"{"clientToken":"1-1"}"#, now).expect("is an answer");
    /// assert!(agent.is_idle());
    /// # Ok::<(), iot_topics::IdentError>(())
    /// ```
    #[must_use]
    pub fn is_idle(&self) -> bool {
        let busy = self.held.as_ref().is_some_and(Held::is_busy);
        self.connected && !busy && !self.ask && self.waiting.is_none() && self.pause.is_none()
    }

    /// The next message to publish, if there is one. At most one request waits for its answer.
    pub fn poll_output(&mut self, now: Timestamp) -> Option<AgentRequest> {
        if !self.connected || self.waiting.is_some() || self.pause.is_some() {
            return None;
        }
        let requests = self.requests.saturating_add(1);
        let token = format!("{:x}-{requests:x}", self.session);
        let thing = self.thing.clone();
        let (request, topic, payload) = match self.held.as_mut().filter(|held| held.is_busy()) {
            Some(held) => {
                let request = held.due()?;
                let job = held.id().job.clone();
                let topic = match request {
                    Request::Describe => JobsTopic::describe(thing, job),
                    _ => JobsTopic::update(thing, job),
                };
                let payload = held.send(&request, &token);
                (request, topic, payload)
            }
            None if self.ask => {
                (self.ask, self.noticed) = (false, false);
                let payload = request::start_next(self.times.start_minutes, &token);
                (Request::StartNext, JobsTopic::start_next(thing), payload)
            }
            None => return None,
        };
        self.requests = requests;
        self.waiting = Some(Waiting {
            token,
            request,
            until: now.saturating_add(self.times.answer),
        });
        Some(AgentRequest { topic, payload })
    }

    /// When to call [`JobAgent::handle_timeout`] next.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::JobAgent;
    /// use iot_topics::Timestamp;
    ///
    /// let mut agent = JobAgent::new("pump".parse()?, 1);
    /// agent.connect();
    /// assert_eq!(agent.poll_timeout(), None);
    /// agent.poll_output(Timestamp::from_secs(100)).expect("asks for a job");
    /// assert_eq!(agent.poll_timeout(), Some(Timestamp::from_secs(110)));
    /// # Ok::<(), iot_topics::IdentError>(())
    /// ```
    #[must_use]
    pub fn poll_timeout(&self) -> Option<Timestamp> {
        let until = self.waiting.as_ref().map(|waiting| waiting.until);
        let times = [until, self.pause, self.poll_at];
        times.into_iter().flatten().min()
    }

    /// Gives up a request whose time has run out, and makes a pause; ends a pause; asks the
    /// service when it was silent for long. Harmless before that time.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::JobAgent;
    /// use iot_topics::Timestamp;
    ///
    /// let mut agent = JobAgent::new("pump".parse()?, 1);
    /// agent.connect();
    /// agent.poll_output(Timestamp::from_secs(100)).expect("asks for a job");
    /// agent.handle_timeout(Timestamp::from_secs(110));
    /// assert_eq!(agent.poll_output(Timestamp::from_secs(110)), None); // a pause
    /// let until = agent.poll_timeout().expect("ends");
    /// assert!(until >= Timestamp::from_secs(120) && until <= Timestamp::from_secs(130));
    /// agent.handle_timeout(until);
    /// assert!(agent.poll_output(until).is_some());
    /// # Ok::<(), iot_topics::IdentError>(())
    /// ```
    pub fn handle_timeout(&mut self, now: Timestamp) {
        if let Some(waiting) = self.waiting.take_if(|waiting| waiting.until <= now) {
            self.put_back(waiting.request);
            self.back_off(now);
        }
        self.pause.take_if(|until| *until <= now);
        if self.poll_at.take_if(|at| *at <= now).is_some() {
            match self.held.as_mut().filter(|held| held.is_busy()) {
                Some(held) => held.verify = true,
                None => self.ask = true,
            }
        }
    }

    /// Takes a message that arrived, and tells what it means to the application.
    ///
    /// # Errors
    ///
    /// As [`JobAgent::handle`], and [`AgentError::Topic`] if it is about something else.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{AgentEvent, JobAgent};
    /// use iot_topics::{Timestamp, TopicNameRef};
    ///
    /// let (mut agent, now) = (JobAgent::new("pump".parse()?, 1), Timestamp::from_secs(1));
    /// agent.connect();
    /// agent.poll_output(now).expect("asks for a job");
    /// let topic = TopicNameRef::parse("$aws/things/pump/jobs/start-next/accepted").expect("is a name");
    /// let late = agent.handle_message(topic, br#"{"clientToken":"0-7"}"#, now);
    /// assert_eq!(late, Ok(AgentEvent::Nothing)); // answers a request of a former life
    /// let event = agent.handle_message(topic, br#"{"clientToken":"1-1"}"#, now);
    /// assert_eq!(event, Ok(AgentEvent::Idle));
    /// # Ok::<(), iot_topics::IdentError>(())
    /// ```
    pub fn handle_message(
        &mut self,
        topic: TopicNameRef<'_>,
        payload: &[u8],
        now: Timestamp,
    ) -> Result<AgentEvent, AgentError> {
        match ReservedTopic::parse(topic) {
            Some(ReservedTopic::Jobs(topic)) if topic.thing == self.thing => {
                self.handle(&topic.message, payload, now)
            }
            _ => Err(AgentError::Topic),
        }
    }

    /// Takes a message about jobs of this thing whose topic was read before. Cost: linear in the
    /// payload.
    ///
    /// # Errors
    ///
    /// [`AgentError::Json`] and [`AgentError::Member`] if it is none that the service publishes.
    /// That changes nothing; a request that it was to answer is made again in its time.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{AgentError, JobAgent};
    /// use iot_topics::reserved::JobsMessage;
    /// use iot_topics::Timestamp;
    ///
    /// let mut agent = JobAgent::new("pump".parse()?, 1);
    /// let event = agent.handle(&JobsMessage::NotifyNext, b"{", Timestamp::from_secs(1));
    /// assert_eq!(event, Err(AgentError::Json));
    /// # Ok::<(), iot_topics::IdentError>(())
    /// ```
    pub fn handle(
        &mut self,
        message: &JobsMessage,
        payload: &[u8],
        now: Timestamp,
    ) -> Result<AgentEvent, AgentError> {
        Ok(match Received::read(message, payload)? {
            Received::Head(head) => {
                self.on_head(head.as_ref());
                AgentEvent::Nothing
            }
            Received::Answer { token, answer } => self.on_answer(&token, answer, now),
            Received::Other => AgentEvent::Nothing,
        })
    }

    /// What was sent has no answer, or none that counts: it is to be sent again.
    fn put_back(&mut self, request: Request) {
        match (request, &mut self.held) {
            (Request::StartNext, _) => self.ask = true,
            (request, Some(held)) => held.put_back(request),
            (_, None) => {}
        }
    }

    /// A request has failed: nothing is sent for a while.
    fn back_off(&mut self, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        let pause = self.times.pause(self.failures, self.seed());
        self.pause = Some(now.saturating_add(pause));
    }

    /// A request has its answer.
    fn calm(&mut self, now: Timestamp) {
        self.failures = 0;
        let silence = self.times.silence(self.seed());
        self.poll_at = silence.map(|silence| now.saturating_add(silence));
    }

    /// Another number for each thing, life and request (FNV-1a).
    fn seed(&self) -> u64 {
        let numbers = [self.session, self.requests].map(u64::to_le_bytes);
        let name = self.thing.as_str().bytes();
        name.chain(numbers.into_iter().flatten())
            .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            })
    }
}
