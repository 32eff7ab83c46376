//! One shadow on a device: messages and local changes in, messages and events out.

mod arrival;
mod command;
mod event;
mod received;
mod tracker;
mod typed;

use alloc::format;
use alloc::string::String;
use core::time::Duration;

use iot_topics::reserved::{Exchange, ReservedTopic, ShadowMessage, ShadowTopic};
use iot_topics::{Timestamp, TopicNameRef};

use crate::id::ShadowId;
use crate::json::{Json, JsonRef};
use crate::message::Message;
use crate::operation::Operation;
use crate::patch::{diff_patch, merge_patch};
pub use command::Acknowledgement;
use command::Commands;
pub use event::{DeviceError, DeviceEvent};
use received::Received;
pub use tracker::{Action, Notice, Tracker};
pub use typed::Patch;

/// One shadow as a device keeps it in step, over a network that loses, repeats and reorders.
///
/// It does no I/O and knows no clock. The contract:
///
/// 1. On every new connection call [`DeviceShadow::connect`] and subscribe to
///    [`DeviceShadow::subscriptions`].
/// 2. Give it each message that arrives, tell it each change of the local state
///    ([`DeviceShadow::report`], [`DeviceShadow::acknowledge`]), connected or not.
/// 3. After each of these publish what [`DeviceShadow::poll_output`] gives, until that is `None`;
///    then call [`DeviceShadow::handle_timeout`] at [`DeviceShadow::poll_timeout`].
///
/// It has one request under way at a time. Reports name the version they are made for, so that
/// one that was delayed cannot undo a newer one; on a conflict the shadow is got and what then
/// still differs is sent. Answers are told from those of other clients, and of a former life of
/// this device, by their client token.
///
/// # Examples
///
/// ```
/// use iot_shadow::{DeviceEvent, DeviceShadow, Json, Operation, Profile, Shadow, ShadowId, merge_patch};
/// use iot_topics::Timestamp;
///
/// let id = ShadowId::classic("lamp".parse()?);
/// let (mut cloud, aws, now) = (Shadow::default(), Profile::aws(), Timestamp::from_secs(1));
/// let desired = br#"{"state":{"desired":{"on":true}}}"#;
/// assert_eq!(cloud.handle(Operation::Update, desired, now, &aws).code(), 200);
///
/// let mut device = DeviceShadow::new(id.clone(), 1);
/// let mut local: Json = r#"{"on":false,"rssi":-60}"#.parse().expect("is JSON");
/// device.report(&local).expect("is an object");
/// device.connect();
/// while let Some(request) = device.poll_output(now) {
///     let operation = Operation::requested_by(request.topic.message).expect("is a request");
///     let outcome = cloud.handle(operation, request.payload.as_bytes(), now, &aws);
///     for answer in outcome.publish(&id) {
///         let event = device.handle(answer.topic.message, answer.payload.as_bytes());
///         if let Ok(DeviceEvent::Delta { state, .. }) = event {
///             local = merge_patch(local.as_ref(), state.as_ref());
///             device.report(&local).expect("is an object");
///         }
///     }
/// }
/// assert!(device.is_settled());
/// let document = cloud.document().expect("was created");
/// assert_eq!(document.delta(), None);
/// assert_eq!(document.reported().expect("was reported").as_str(), r#"{"on":true,"rssi":-60}"#);
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceShadow {
    id: ShadowId,
    session: u64,
    requests: u64,
    timeout: Duration,
    tracker: Tracker,
    connected: bool,
    /// `None` from a connection, or a deletion, to the answer to the next get.
    cloud: Option<Reported>,
    /// `None` before the device has told it, or the first get has.
    local: Option<Json>,
    commands: Commands,
    waiting: Option<Waiting>,
    /// Something was missed: the shadow must be got.
    missed: bool,
    /// Nothing is sent on its own account before the local state changes.
    held: bool,
}

/// What the cloud has reported, exactly, as of a version; 0 if there is no shadow.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Reported {
    state: Json,
    version: u64,
}

/// A request that has no answer so far.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Waiting {
    token: String,
    request: Request,
    until: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Request {
    Get {
        /// The version known when it was made.
        known: Option<u64>,
    },
    Update,
}

/// How long a request waits for its answer, unless told otherwise.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The messages that a device needs. `update/documents` may be subscribed too, and is made use of.
const SUBSCRIPTIONS: [ShadowMessage; 6] = [
    ShadowMessage::Get(Exchange::Accepted),
    ShadowMessage::Get(Exchange::Rejected),
    ShadowMessage::Update(Exchange::Accepted),
    ShadowMessage::Update(Exchange::Rejected),
    ShadowMessage::Delta,
    ShadowMessage::Delete(Exchange::Accepted),
];

impl DeviceShadow {
    /// The shadow of a device that is not connected.
    ///
    /// `session` goes into the client tokens. It must be one that no other client of this shadow
    /// uses, and that this device did not use before: a random number, or a count of starts that
    /// is kept through them.
    #[must_use]
    pub fn new(id: ShadowId, session: u64) -> Self {
        Self {
            id,
            session,
            requests: 0,
            timeout: TIMEOUT,
            tracker: Tracker::default(),
            connected: false,
            cloud: None,
            local: None,
            commands: Commands::default(),
            waiting: None,
            missed: false,
            held: false,
        }
    }

    /// The same with another time to wait for an answer, which is also the pause before a request
    /// is made again. Without this it is 10 seconds.
    ///
    /// # Examples
    ///
    /// ```
    /// use core::time::Duration;
    /// use iot_shadow::{DeviceShadow, ShadowId};
    /// use iot_topics::Timestamp;
    ///
    /// let device = DeviceShadow::new(ShadowId::classic("lamp".parse()?), 1);
    /// let mut device = device.with_timeout(Duration::from_secs(3));
    /// device.connect();
    /// device.poll_output(Timestamp::from_secs(100)).expect("gets the shadow");
    /// assert_eq!(device.poll_timeout(), Some(Timestamp::from_secs(103)));
    /// # Ok::<(), iot_topics::IdentError>(())
    /// ```
    #[must_use]
    pub fn with_timeout(self, timeout: Duration) -> Self {
        Self { timeout, ..self }
    }

    /// The topics to subscribe to on every new connection, before anything is published.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_shadow::{DeviceShadow, ShadowId};
    ///
    /// let device = DeviceShadow::new(ShadowId::classic("lamp".parse()?), 1);
    /// let topics: Vec<_> = device.subscriptions().map(|topic| topic.to_string()).collect();
    /// assert_eq!(topics.len(), 6);
    /// assert_eq!(topics[4], "$aws/things/lamp/shadow/update/delta");
    /// # Ok::<(), iot_topics::IdentError>(())
    /// ```
    pub fn subscriptions(&self) -> impl Iterator<Item = ShadowTopic> {
        SUBSCRIPTIONS
            .into_iter()
            .map(|message| self.id.topic(message))
    }

    /// A connection is there. The next output gets the shadow; messages before its answer are
    /// not acted on, since what a persistent session has kept may be long out of date.
    pub fn connect(&mut self) {
        self.disconnect();
        self.connected = true;
        self.held = false;
    }

    /// The connection is gone. Local changes are kept, and sent after the next one is there.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_shadow::{DeviceShadow, ShadowId};
    /// use iot_topics::Timestamp;
    ///
    /// let mut device = DeviceShadow::new(ShadowId::classic("lamp".parse()?), 1);
    /// device.connect();
    /// device.disconnect();
    /// device.report(&r#"{"on":true}"#.parse().expect("is JSON")).expect("is an object");
    /// assert_eq!(device.poll_output(Timestamp::from_secs(1)), None);
    /// device.connect();
    /// let get = device.poll_output(Timestamp::from_secs(2)).expect("gets the shadow first");
    /// assert_eq!(get.topic.to_string(), "$aws/things/lamp/shadow/get");
    /// # Ok::<(), iot_topics::IdentError>(())
    /// ```
    pub fn disconnect(&mut self) {
        self.connected = false;
        self.cloud = None;
        self.waiting = None;
        self.missed = false;
    }

    /// Tells the whole local state. What differs of it from what the cloud has goes out with the
    /// next output, as the smallest merge patch; nothing, if nothing differs. A member that is
    /// null counts as one that is missing. Cost: linear.
    ///
    /// # Errors
    ///
    /// [`DeviceError::State`] if it is no object.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_shadow::{DeviceError, DeviceShadow, Json, ShadowId};
    ///
    /// let mut device = DeviceShadow::new(ShadowId::classic("lamp".parse()?), 1);
    /// let json = |text: &str| text.parse::<Json>().expect("is JSON");
    /// assert_eq!(device.report(&json(r#"{"on":true,"level":null}"#)), Ok(()));
    /// assert_eq!(device.local().expect("was told").as_str(), r#"{"on":true}"#);
    /// assert_eq!(device.report(&json("[]")), Err(DeviceError::State));
    /// # Ok::<(), iot_topics::IdentError>(())
    /// ```
    pub fn report(&mut self, local: &Json) -> Result<(), DeviceError> {
        if !local.as_ref().is_object() {
            return Err(DeviceError::State);
        }
        let local = merge_patch(Json::empty_object().as_ref(), local.as_ref());
        self.change(local);
        Ok(())
    }

    /// Tells what became of a delta, member by member: `outcome` gets the path as a JSON pointer,
    /// and the value. What was applied goes into the local state, and one update reports it and
    /// takes finished commands back. A delta can also be carried out without this, by
    /// [`DeviceShadow::report`]. Cost: linear.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_shadow::Acknowledgement::{Applied, Finished};
    /// use iot_shadow::{DeviceShadow, ShadowId};
    /// use iot_topics::Timestamp;
    /// use iot_topics::reserved::{Exchange, ShadowMessage};
    ///
    /// let mut device = DeviceShadow::new(ShadowId::classic("lamp".parse()?), 1);
    /// let now = Timestamp::from_secs(1);
    /// device.connect();
    /// assert_eq!(device.poll_output(now).expect("is a get").payload, r#"{"clientToken":"1-1"}"#);
    /// let answer = br#"{"state":{"desired":{"on":true,"test":7},"delta":{"on":true,"test":7}},
    ///     "version":3,"clientToken":"1-1"}"#;
    /// let event = device.handle(ShadowMessage::Get(Exchange::Accepted), answer);
    /// let Ok(iot_shadow::DeviceEvent::Delta { state, .. }) = event else { panic!("there is one") };
    /// device.acknowledge(&state, |path, _| match path {
    ///     "/test" => Finished,
    ///     _ => Applied,
    /// });
    /// assert_eq!(
    ///     device.poll_output(now).expect("is an update").payload,
    ///     r#"{"state":{"reported":{"on":true},"desired":{"test":null}},"version":3,"clientToken":"1-2"}"#,
    /// );
    /// # Ok::<(), iot_topics::IdentError>(())
    /// ```
    pub fn acknowledge(
        &mut self,
        delta: &Json,
        mut outcome: impl FnMut(&str, JsonRef<'_>) -> Acknowledgement,
    ) {
        let (applied, commands) = command::sort(delta.as_ref(), &mut outcome);
        self.held &= commands.is_empty();
        self.commands.extend(commands);
        let local = match &self.local {
            Some(local) => merge_patch(local.as_ref(), applied.as_ref()),
            // No delta was given out before there was a local state.
            None => return,
        };
        self.change(local);
    }

    fn change(&mut self, local: Json) {
        self.held &= self.local.as_ref() == Some(&local);
        self.local = Some(local);
    }

    /// Which shadow.
    #[must_use]
    pub const fn id(&self) -> &ShadowId {
        &self.id
    }

    /// The local state as far as it is known: what was told last, with what was acknowledged
    /// since; before that what the cloud had reported when the shadow was got.
    #[must_use]
    pub const fn local(&self) -> Option<&Json> {
        self.local.as_ref()
    }

    /// The versions seen.
    #[must_use]
    pub const fn tracker(&self) -> Tracker {
        self.tracker
    }

    /// Whether nothing is under way and nothing is to be sent: as far as this device can know,
    /// the cloud has the local state reported.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.connected && self.waiting.is_none() && !self.must_get() && self.update().is_none()
    }

    /// The next message to publish, if there is one. At most one request waits for its answer.
    /// Cost: linear in the local state.
    pub fn poll_output(&mut self, now: Timestamp) -> Option<Message> {
        if !self.connected || self.waiting.is_some() {
            return None;
        }
        let (request, operation, rest) = if self.must_get() {
            let known = self.tracker.known();
            (Request::Get { known }, Operation::Get, String::from("{"))
        } else {
            let mut rest = self.update()?;
            rest.push(',');
            (Request::Update, Operation::Update, rest)
        };
        self.requests = self.requests.wrapping_add(1);
        let token = format!("{:x}-{:x}", self.session, self.requests);
        let payload = format!("{rest}\"clientToken\":\"{token}\"}}");
        self.waiting = Some(Waiting {
            token,
            request,
            until: now.saturating_add(self.timeout),
        });
        Some(Message {
            topic: self.id.topic(operation.message(Exchange::Request)),
            payload,
        })
    }

    /// When to call [`DeviceShadow::handle_timeout`] next.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_shadow::{DeviceShadow, ShadowId};
    /// use iot_topics::Timestamp;
    ///
    /// let mut device = DeviceShadow::new(ShadowId::classic("lamp".parse()?), 1);
    /// device.connect();
    /// assert_eq!(device.poll_timeout(), None);
    /// device.poll_output(Timestamp::from_secs(100)).expect("gets the shadow");
    /// assert_eq!(device.poll_timeout(), Some(Timestamp::from_secs(110)));
    /// # Ok::<(), iot_topics::IdentError>(())
    /// ```
    #[must_use]
    pub const fn poll_timeout(&self) -> Option<Timestamp> {
        match &self.waiting {
            Some(waiting) => Some(waiting.until),
            None => None,
        }
    }

    /// Gives up a request whose time has run out. Nobody knows whether the service has carried it
    /// out, so that the shadow is got next. Harmless before that time.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_shadow::{DeviceShadow, ShadowId};
    /// use iot_topics::Timestamp;
    ///
    /// let mut device = DeviceShadow::new(ShadowId::classic("lamp".parse()?), 1);
    /// device.connect();
    /// let first = device.poll_output(Timestamp::from_secs(100)).expect("gets the shadow");
    /// assert_eq!(device.poll_output(Timestamp::from_secs(109)), None);
    /// device.handle_timeout(Timestamp::from_secs(110));
    /// let again = device.poll_output(Timestamp::from_secs(110)).expect("gets it again");
    /// assert_eq!(again.topic, first.topic);
    /// assert_ne!(again.payload, first.payload, "with another token");
    /// # Ok::<(), iot_topics::IdentError>(())
    /// ```
    pub fn handle_timeout(&mut self, now: Timestamp) {
        if self.poll_timeout().is_some_and(|until| until <= now) {
            self.waiting = None;
            self.missed = true;
        }
    }

    /// Takes a message that arrived, and tells what it means to the application.
    ///
    /// # Errors
    ///
    /// As [`DeviceShadow::handle`], and [`DeviceError::Topic`] if it is about something else.
    pub fn handle_message(
        &mut self,
        topic: TopicNameRef<'_>,
        payload: &[u8],
    ) -> Result<DeviceEvent, DeviceError> {
        match ReservedTopic::parse(topic) {
            Some(ReservedTopic::Shadow(topic))
                if topic.thing == self.id.thing && topic.shadow == self.id.shadow =>
            {
                self.handle(topic.message, payload)
            }
            _ => Err(DeviceError::Topic),
        }
    }

    /// Takes a message about this shadow whose topic was read before. Cost: linear in the payload
    /// and the state.
    ///
    /// # Errors
    ///
    /// [`DeviceError::Json`] and [`DeviceError::Member`] if it is none that the service publishes.
    /// That changes nothing.
    pub fn handle(
        &mut self,
        message: ShadowMessage,
        payload: &[u8],
    ) -> Result<DeviceEvent, DeviceError> {
        let root = Json::parse(payload)?;
        Ok(match Received::read(message, root.as_ref())? {
            Received::Request => DeviceEvent::Nothing,
            Received::Delta { version, state } => self.on_delta(version, state),
            Received::Updated {
                version,
                desired,
                reported,
                token,
            } => self.on_updated(version, desired, reported, &token),
            Received::Documents { version, state } => self.on_documents(version, state),
            Received::Got {
                version,
                state,
                token,
            } => self.on_got(version, state, &token),
            Received::Deleted { version } => self.on_deleted(version),
            Received::Rejected {
                operation,
                code,
                message,
                token,
            } => match self.on_rejected(operation, code, &token) {
                Some(event) => event,
                None => DeviceEvent::Rejected {
                    code,
                    message: message.into_owned(),
                },
            },
        })
    }

    /// Whether the shadow must be got before anything else is sent.
    const fn must_get(&self) -> bool {
        self.missed || (self.cloud.is_none() && !self.held)
    }

    /// The update that is due, but for its token and closing brace.
    fn update(&self) -> Option<String> {
        let cloud = self.cloud.as_ref().filter(|_| !self.held)?;
        let local = self.local.as_ref().unwrap_or(&cloud.state);
        let patch = diff_patch(cloud.state.as_ref(), local.as_ref());
        let mut out = String::from("{\"state\":{");
        if !patch.as_ref().is_empty_object() {
            out.push_str("\"reported\":");
            out.push_str(patch.as_str());
        }
        if !self.commands.is_empty() {
            out.push_str(if out.ends_with('{') { "" } else { "," });
            out.push_str("\"desired\":");
            self.commands.write_nulls(&mut out);
        }
        if out.ends_with("\"state\":{") {
            return None;
        }
        out.push('}');
        // What is known covers more than `cloud` only for a moment, when a delta has overtaken
        // its `accepted`: no reason to run into a conflict.
        if let Some(known) = self.tracker.known() {
            out.push_str(&format!(",\"version\":{known}"));
        }
        Some(out)
    }
}
