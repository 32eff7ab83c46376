//! Many shadows in one place.

mod list;
mod snapshot;

use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use alloc::vec::Vec;

use iot_topics::reserved::ReservedTopic;
use iot_topics::{ShadowName, ThingName, Timestamp, TopicNameRef};

use crate::document::ShadowDocument;
use crate::id::ShadowId;
use crate::message::Message;
use crate::operation::Operation;
use crate::outcome::Outcome;
use crate::profile::Profile;
use crate::rejection::Rejection;
use crate::request::{ClientToken, Refused, UpdateRequest};
use crate::shadow::{Shadow, reject};

pub use list::NamedShadows;
pub use snapshot::{RestoreError, RestoreErrorKind};

/// The shadows of many things, in memory, in the order of the names of things; of one thing the
/// classic shadow first, then the named ones by name.
///
/// # Examples
///
/// ```
/// use iot_shadow::{Profile, ShadowStore};
/// use iot_topics::{Timestamp, TopicNameRef};
///
/// let mut store = ShadowStore::new(Profile::aws());
/// let topic = TopicNameRef::parse("$aws/things/lamp/shadow/name/config/update")?;
/// let payload = br#"{"state":{"desired":{"on":true}}}"#;
/// let now = Timestamp::from_secs(7);
/// let sent = store.handle_message(topic, payload, now).expect("is a request");
/// let topics: Vec<_> = sent.iter().map(|message| message.topic.to_string()).collect();
/// assert_eq!(topics, [
///     "$aws/things/lamp/shadow/name/config/update/accepted",
///     "$aws/things/lamp/shadow/name/config/update/documents",
///     "$aws/things/lamp/shadow/name/config/update/delta",
/// ]);
///
/// let copy = ShadowStore::restore(store.snapshot().as_bytes(), Profile::aws()).expect("is one");
/// assert_eq!(copy, store);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShadowStore {
    profile: Profile,
    shadows: BTreeMap<ShadowId, Shadow>,
}

impl ShadowStore {
    /// Without shadows.
    #[must_use]
    pub const fn new(profile: Profile) -> Self {
        Self {
            profile,
            shadows: BTreeMap::new(),
        }
    }

    /// The rules that all of them follow.
    #[must_use]
    pub const fn profile(&self) -> &Profile {
        &self.profile
    }

    /// A shadow; `None` if it was never updated.
    #[must_use]
    pub fn get(&self, id: &ShadowId) -> Option<&Shadow> {
        self.shadows.get(id)
    }

    /// Every shadow that has a document or a version that may count on, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&ShadowId, &Shadow)> {
        self.shadows.iter()
    }

    /// How many that are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shadows.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.shadows.is_empty()
    }

    /// Answers a message: all that the service publishes for it. `None` if the topic is not one on
    /// which a client asks something of a shadow. Cost: as [`ShadowStore::handle`], and a buffer
    /// for each message.
    pub fn handle_message(
        &mut self,
        topic: TopicNameRef<'_>,
        payload: &[u8],
        now: Timestamp,
    ) -> Option<Vec<Message>> {
        let ReservedTopic::Shadow(topic) = ReservedTopic::parse(topic)? else {
            return None;
        };
        let operation = Operation::requested_by(topic.message)?;
        let id = ShadowId::from(topic);
        if !self.allows(&id) {
            let refused = Refused {
                rejection: Rejection::ShadowName,
                client_token: ClientToken::of_payload(payload),
            };
            return Some(reject(operation, refused, now, &self.profile).publish(&id));
        }
        Some(self.handle(&id, operation, payload, now).publish(&id))
    }

    /// Carries out an operation. Cost: logarithmic in the shadows, linear in the payload and the
    /// document. What is rejected leaves nothing behind, not even a name.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_shadow::{Operation, Outcome, Profile, ShadowId, ShadowStore};
    /// use iot_topics::Timestamp;
    ///
    /// let mut store = ShadowStore::new(Profile::aws());
    /// let id = ShadowId::classic("lamp".parse()?);
    /// let now = Timestamp::from_secs(7);
    /// let outcome = store.handle(&id, Operation::Update, br#"{"state":{}}"#, now);
    /// assert!(matches!(outcome, Outcome::Updated(updated) if updated.current().version() == 1));
    /// # Ok::<(), iot_topics::IdentError>(())
    /// ```
    pub fn handle(
        &mut self,
        id: &ShadowId,
        operation: Operation,
        payload: &[u8],
        now: Timestamp,
    ) -> Outcome<'_> {
        if operation == Operation::Update {
            return match UpdateRequest::parse_at(payload, &self.profile, now) {
                Ok(request) => self.update(id, request, now, |_| true),
                Err(refused) => reject(operation, refused, now, &self.profile),
            };
        }
        match self.shadows.get_mut(id) {
            Some(shadow) => shadow.handle(operation, payload, now, &self.profile),
            None => {
                let refused = Refused {
                    rejection: Rejection::NotFound,
                    client_token: ClientToken::of_payload(payload),
                };
                reject(operation, refused, now, &self.profile)
            }
        }
    }

    /// Carries out a request that was parsed before, if a precondition holds: see
    /// [`Shadow::update_if`].
    pub fn update_if(
        &mut self,
        id: &ShadowId,
        request: &UpdateRequest,
        now: Timestamp,
        precondition: impl FnOnce(Option<&ShadowDocument>) -> bool,
    ) -> Outcome<'_> {
        self.update(id, request.at(now), now, precondition)
    }

    fn update(
        &mut self,
        id: &ShadowId,
        request: UpdateRequest,
        now: Timestamp,
        precondition: impl FnOnce(Option<&ShadowDocument>) -> bool,
    ) -> Outcome<'_> {
        let profile = &self.profile;
        match self.shadows.entry(id.clone()) {
            Entry::Occupied(entry) => {
                let shadow = entry.into_mut();
                shadow.update_parsed(request, now, profile, precondition)
            }
            Entry::Vacant(entry) => {
                match Shadow::Absent.next(&request, now, profile, precondition) {
                    Ok(next) => {
                        let shadow = entry.insert(Shadow::Absent);
                        shadow.commit(next, request, now, profile)
                    }
                    Err(rejection) => {
                        let refused = Refused {
                            rejection,
                            client_token: request.client_token,
                        };
                        reject(Operation::Update, refused, now, profile)
                    }
                }
            }
        }
    }

    /// Forgets the shadows that were deleted so long ago that their versions count on no more.
    /// Nothing else changes by that.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_shadow::{Operation, Profile, ShadowStore};
    /// use iot_topics::Timestamp;
    ///
    /// let mut store = ShadowStore::new(Profile::aws());
    /// let id = store.id("lamp", None)?;
    /// let at = |hours: u64| Timestamp::from_secs(hours * 3_600);
    /// store.handle(&id, Operation::Update, br#"{"state":{}}"#, at(0));
    /// store.handle(&id, Operation::Delete, b"", at(0));
    /// store.purge(at(48));
    /// assert_eq!(store.len(), 1);
    /// store.purge(at(49));
    /// assert!(store.is_empty());
    /// # Ok::<(), iot_shadow::Rejection>(())
    /// ```
    pub fn purge(&mut self, now: Timestamp) {
        let profile = self.profile;
        self.shadows.retain(|_, shadow| {
            shadow.document().is_some() || shadow.versions(now, &profile).0 > 0
        });
    }

    /// Names as texts, checked as the service does.
    ///
    /// # Errors
    ///
    /// [`Rejection::ThingName`] and [`Rejection::ShadowName`]. An empty name of a shadow means
    /// the classic one.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_shadow::{Profile, Rejection, ShadowStore};
    ///
    /// let store = ShadowStore::new(Profile::greengrass());
    /// assert_eq!(store.id("lamp", Some("config"))?.to_string(), "lamp~config");
    /// assert_eq!(store.id("lamp", Some(""))?.to_string(), "lamp");
    /// assert_eq!(store.id("a/b", None), Err(Rejection::ThingName));
    /// assert_eq!(store.id("lamp", Some("$package")), Err(Rejection::ShadowName));
    /// # Ok::<(), Rejection>(())
    /// ```
    pub fn id(&self, thing: &str, shadow: Option<&str>) -> Result<ShadowId, Rejection> {
        let thing = ThingName::parse(thing).map_err(|_| Rejection::ThingName)?;
        let shadow = shadow
            .filter(|shadow| !shadow.is_empty())
            .map(ShadowName::parse)
            .transpose()
            .map_err(|_| Rejection::ShadowName)?;
        let id = ShadowId { thing, shadow };
        match self.allows(&id) {
            true => Ok(id),
            false => Err(Rejection::ShadowName),
        }
    }

    fn allows(&self, id: &ShadowId) -> bool {
        let shadow = id.shadow.as_ref();
        self.profile.shadow_name_dollar || shadow.is_none_or(|name| !name.as_str().contains('$'))
    }
}
