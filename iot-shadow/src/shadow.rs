//! One shadow in the cloud: an operation in, an outcome out.

use core::mem;

use iot_topics::Timestamp;

use crate::document::ShadowDocument;
use crate::json::MAX_BYTES;
use crate::operation::Operation;
use crate::outcome::{Deleted, Got, Outcome, Rejected, Updated};
use crate::profile::{DeltaPolicy, Profile};
use crate::rejection::Rejection;
use crate::request::{ClientToken, Refused, UpdateRequest};

/// What no profile lets a document exceed: its state stays a text that can be read again.
const MAX_DOCUMENT_BYTES: usize = MAX_BYTES - r#"{"desired":,"reported":}"#.len();

/// A shadow of the service: classic or named, one is like the other.
///
/// Every function is total and pure: any bytes have an answer, `now` is an argument, and what is
/// rejected leaves the shadow as it was.
///
/// # Examples
///
/// ```
/// use iot_shadow::Operation::{Delete, Get, Update};
/// use iot_shadow::{Outcome, Profile, Shadow};
/// use iot_topics::Timestamp;
///
/// let (mut shadow, aws) = (Shadow::default(), Profile::aws());
/// let now = Timestamp::from_secs(1_700_000_000);
/// assert_eq!(shadow.handle(Get, b"", now, &aws).code(), 404);
///
/// let payload = br#"{"state":{"desired":{"temp":25},"reported":{"temp":20}}}"#;
/// let Outcome::Updated(updated) = shadow.handle(Update, payload, now, &aws) else {
///     panic!("is accepted");
/// };
/// assert_eq!(updated.current().version(), 1);
/// assert_eq!(updated.delta().expect("they differ").as_str(), r#"{"temp":25}"#);
///
/// assert_eq!(shadow.handle(Update, b"{", now, &aws).code(), 400);
/// assert_eq!(shadow.handle(Delete, b"", now, &aws).code(), 200);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "who keeps a shadow must keep each of these"
)]
pub enum Shadow {
    /// Never updated, or deleted too long ago for its version to count on.
    #[default]
    Absent,
    /// It has a document.
    Live(ShadowDocument),
    /// It was deleted. What it held is lost; only its version counts on for a while.
    Deleted {
        /// One higher than the version of the deleted document: what a request must name, if it
        /// names a version, and [`Profile::recreate_gap`] is that of AWS IoT.
        counter: u64,
        /// When it was deleted.
        at: Timestamp,
    },
}

impl Shadow {
    /// The document.
    #[must_use]
    pub const fn document(&self) -> Option<&ShadowDocument> {
        match self {
            Self::Live(document) => Some(document),
            _ => None,
        }
    }

    /// Carries out what a message on `get`, `update` or `delete` asks. Cost: that of reading the
    /// payload, as [`Json::parse`](crate::Json::parse), and linear in the document.
    pub fn handle(
        &mut self,
        operation: Operation,
        payload: &[u8],
        now: Timestamp,
        profile: &Profile,
    ) -> Outcome<'_> {
        match operation {
            Operation::Get => self.get(ClientToken::of_payload(payload), now, profile),
            Operation::Delete => self.delete(ClientToken::of_payload(payload), now, profile),
            Operation::Update => match UpdateRequest::parse_at(payload, profile, now) {
                Ok(request) => self.update_parsed(request, now, profile, |_| true),
                Err(refused) => reject(operation, refused, now, profile),
            },
        }
    }

    /// What a get answers.
    #[must_use]
    pub fn get(
        &self,
        client_token: Option<ClientToken>,
        now: Timestamp,
        profile: &Profile,
    ) -> Outcome<'_> {
        match self {
            Self::Live(document) => Outcome::Got(Got {
                document,
                delta: document.delta(),
                metadata_delta: profile.metadata_delta_in_get,
                client_token,
                timestamp: now,
            }),
            _ => reject(
                Operation::Get,
                Refused {
                    rejection: Rejection::NotFound,
                    client_token,
                },
                now,
                profile,
            ),
        }
    }

    /// Deletes the shadow. Its version goes on counting for the time that the profile tells.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_shadow::{Operation, Outcome, Profile, Shadow};
    /// use iot_topics::Timestamp;
    ///
    /// let (mut shadow, aws) = (Shadow::default(), Profile::aws());
    /// let now = Timestamp::from_secs(7);
    /// assert_eq!(shadow.delete(None, now, &aws).code(), 404);
    /// shadow.handle(Operation::Update, br#"{"state":{}}"#, now, &aws);
    /// assert!(matches!(shadow.delete(None, now, &aws), Outcome::Deleted(_)));
    /// assert_eq!(shadow, Shadow::Deleted { counter: 2, at: now });
    /// ```
    pub fn delete(
        &mut self,
        client_token: Option<ClientToken>,
        now: Timestamp,
        profile: &Profile,
    ) -> Outcome<'_> {
        let Self::Live(document) = self else {
            return reject(
                Operation::Delete,
                Refused {
                    rejection: Rejection::NotFound,
                    client_token,
                },
                now,
                profile,
            );
        };
        let version = document.version();
        *self = Self::Deleted {
            counter: version.saturating_add(1),
            at: now,
        };
        Outcome::Deleted(Deleted {
            version,
            client_token,
            timestamp: now,
        })
    }

    /// Carries out a request that was parsed before, if `precondition` holds for the document,
    /// which is `None` when there is none. AWS IoT has no precondition but the version: with
    /// `|_| true` this is its update.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_shadow::{Profile, Shadow, UpdateRequest};
    /// use iot_topics::Timestamp;
    ///
    /// let (mut shadow, aws) = (Shadow::default(), Profile::aws());
    /// let request = UpdateRequest::parse(br#"{"state":{"reported":{"n":1}}}"#, &aws);
    /// let request = request.expect("is legal");
    /// let now = Timestamp::from_secs(1);
    /// let create = |document: Option<&_>| document.is_none();
    /// assert_eq!(shadow.update_if(&request, now, &aws, create).code(), 200);
    /// assert_eq!(shadow.update_if(&request, now, &aws, create).code(), 412);
    /// ```
    pub fn update_if(
        &mut self,
        request: &UpdateRequest,
        now: Timestamp,
        profile: &Profile,
        precondition: impl FnOnce(Option<&ShadowDocument>) -> bool,
    ) -> Outcome<'_> {
        self.update_parsed(request.at(now), now, profile, precondition)
    }

    pub(crate) fn update_parsed(
        &mut self,
        request: UpdateRequest,
        now: Timestamp,
        profile: &Profile,
        precondition: impl FnOnce(Option<&ShadowDocument>) -> bool,
    ) -> Outcome<'_> {
        match self.next(&request, now, profile, precondition) {
            Ok(next) => self.commit(next, request, now, profile),
            Err(rejection) => reject(
                Operation::Update,
                Refused {
                    rejection,
                    client_token: request.client_token,
                },
                now,
                profile,
            ),
        }
    }

    /// The document after a request.
    pub(crate) fn next(
        &self,
        request: &UpdateRequest,
        now: Timestamp,
        profile: &Profile,
        precondition: impl FnOnce(Option<&ShadowDocument>) -> bool,
    ) -> Result<ShadowDocument, Rejection> {
        let (current, next) = self.versions(now, profile);
        if let Some(requested) = request.version.filter(|requested| *requested != current) {
            return Err(Rejection::VersionConflict { requested, current });
        }
        if !precondition(self.document()) {
            return Err(Rejection::Precondition);
        }
        let mut document = match self {
            Self::Live(document) => document.updated(request.state(), profile),
            _ => ShadowDocument::nothing().updated(request.state(), profile),
        };
        let bytes = document.size();
        let max = profile.max_document_bytes.min(MAX_DOCUMENT_BYTES);
        if bytes > max {
            return Err(Rejection::TooLarge { bytes, max });
        }
        document.set_version(next);
        Ok(document)
    }

    /// The version that a request may name, and that of the document after it.
    pub(crate) fn versions(&self, now: Timestamp, profile: &Profile) -> (u64, u64) {
        match self {
            Self::Live(document) => (document.version(), document.version().saturating_add(1)),
            Self::Deleted { counter, at } => match profile.tombstone_ttl {
                Some(ttl) if now.saturating_since(*at) <= ttl => {
                    let gap = profile.recreate_gap.max(1);
                    let current = counter.saturating_sub(1).saturating_add(gap - 1);
                    (current, current.saturating_add(1))
                }
                _ => (0, 1),
            },
            Self::Absent => (0, 1),
        }
    }

    pub(crate) fn commit(
        &mut self,
        next: ShadowDocument,
        request: UpdateRequest,
        now: Timestamp,
        profile: &Profile,
    ) -> Outcome<'_> {
        let previous = match mem::replace(self, Self::Live(next)) {
            Self::Live(previous) => Some(previous),
            _ => None,
        };
        let Self::Live(current) = self else {
            // Not reached: it was set above.
            return reject(
                Operation::Update,
                Refused {
                    rejection: Rejection::InternalFailure,
                    client_token: None,
                },
                now,
                profile,
            );
        };
        let quiet = profile.delta_policy == DeltaPolicy::OnSectionChange
            && previous
                .as_ref()
                .is_some_and(|previous| previous.state() == current.state());
        let delta = if quiet { None } else { current.delta() };
        Outcome::Updated(Updated {
            request,
            previous,
            current,
            delta,
            timestamp: now,
        })
    }
}

pub(crate) fn reject<'a>(
    operation: Operation,
    refused: Refused,
    now: Timestamp,
    profile: &Profile,
) -> Outcome<'a> {
    Outcome::Rejected(Rejected {
        operation,
        rejection: refused.rejection,
        client_token: refused.client_token,
        timestamp: profile.rejected_timestamp.then_some(now),
    })
}
