//! How long an answer of an authorizer holds.

use iot_topics::Timestamp;
use iot_topics::lifecycle::DisconnectReason;

use super::response::{AuthorizerGrant, ResponseError};

/// A connection that a custom authorizer let in.
///
/// The instant of disconnection is fixed by the first answer; a later answer moves the next
/// refresh alone (developer guide, "Defining your Lambda function"). Until a refresh is answered
/// the policies at hand count.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::authorizer::{
///     AuthSession, AuthorizerLimits, AuthorizerResponse, SessionStep,
/// };
/// use iot_topics::Timestamp;
/// use iot_topics::lifecycle::DisconnectReason;
///
/// let text = r#"{"isAuthenticated": true, "principalId": "lamp1",
///     "refreshAfterInSeconds": 300, "disconnectAfterInSeconds": 400}"#;
/// let grant = AuthorizerResponse::from_json(text)?.validate(&AuthorizerLimits::AWS_IOT)?;
/// let mut session = AuthSession::new(&grant, Timestamp::from_secs(1_000));
///
/// assert_eq!(session.poll(Timestamp::from_secs(1_299)), SessionStep::KeepGoing);
/// assert_eq!(session.poll_timeout(), Timestamp::from_secs(1_300));
/// assert_eq!(session.poll(Timestamp::from_secs(1_300)), SessionStep::Refresh);
/// session.refresh(Ok(&grant), Timestamp::from_secs(1_301));
/// let end = SessionStep::Disconnect(DisconnectReason::CustomauthTtlExpiration);
/// assert_eq!(session.poll(Timestamp::from_secs(1_400)), end);
/// # Ok::<(), iot_policy::principal::authorizer::ResponseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthSession {
    disconnect_at: Timestamp,
    refresh_at: Timestamp,
    /// The last answer was none, or refused the client.
    failed: bool,
}

/// What to do with a connection.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::authorizer::{
///     AuthSession, AuthorizerLimits, AuthorizerResponse, ResponseError, SessionStep,
/// };
/// use iot_topics::Timestamp;
///
/// let text = r#"{"isAuthenticated": true, "principalId": "lamp1", "refreshAfterInSeconds": 300}"#;
/// let grant = AuthorizerResponse::from_json(text)?.validate(&AuthorizerLimits::AWS_IOT)?;
/// let mut session = AuthSession::new(&grant, Timestamp::from_secs(0));
/// let now = Timestamp::from_secs(300);
/// assert_eq!(session.poll(now), SessionStep::Refresh);
/// let refused = session.refresh(Err(&ResponseError::NotAuthenticated), now);
/// assert!(matches!(refused, SessionStep::Disconnect(_)));
/// # Ok::<(), ResponseError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a caller must face all three")]
pub enum SessionStep {
    /// Nothing before [`AuthSession::poll_timeout`].
    KeepGoing,
    /// Ask the authorizer again and tell [`AuthSession::refresh`] what it answers.
    Refresh,
    /// Close the connection.
    Disconnect(DisconnectReason),
}

impl AuthSession {
    /// A connection that was let in at `now`.
    #[must_use]
    pub const fn new(grant: &AuthorizerGrant, now: Timestamp) -> Self {
        Self {
            disconnect_at: now.saturating_add(grant.disconnect_after()),
            refresh_at: now.saturating_add(grant.refresh_after()),
            failed: false,
        }
    }

    /// What is to be done at `now`. The end of the connection goes before a refresh.
    #[must_use]
    pub fn poll(&self, now: Timestamp) -> SessionStep {
        if self.failed {
            SessionStep::Disconnect(DisconnectReason::AuthError)
        } else if now >= self.disconnect_at {
            SessionStep::Disconnect(DisconnectReason::CustomauthTtlExpiration)
        } else if now >= self.refresh_at {
            SessionStep::Refresh
        } else {
            SessionStep::KeepGoing
        }
    }

    /// When to poll next.
    #[must_use]
    pub fn poll_timeout(&self) -> Timestamp {
        self.disconnect_at.min(self.refresh_at)
    }

    /// Takes a later answer of the authorizer. A refusal ends the connection for good, as does an
    /// answer that never came: an authorizer that fails must not prolong a permission.
    pub fn refresh(
        &mut self,
        answer: Result<&AuthorizerGrant, &ResponseError>,
        now: Timestamp,
    ) -> SessionStep {
        match answer {
            Ok(grant) => self.refresh_at = now.saturating_add(grant.refresh_after()),
            Err(_) => self.failed = true,
        }
        self.poll(now)
    }

    /// Tells that the authorizer was asked again and did not answer within
    /// [`INVOCATION_TIMEOUT`](super::AuthorizerLimits::INVOCATION_TIMEOUT).
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_policy::principal::authorizer::{
    ///     AuthSession, AuthorizerLimits, AuthorizerResponse, SessionStep,
    /// };
    /// use iot_topics::Timestamp;
    ///
    /// let text = r#"{"isAuthenticated": true, "principalId": "lamp1", "refreshAfterInSeconds": 300}"#;
    /// let grant = AuthorizerResponse::from_json(text)?.validate(&AuthorizerLimits::AWS_IOT)?;
    /// let mut session = AuthSession::new(&grant, Timestamp::from_secs(0));
    /// session.no_answer();
    /// let now = Timestamp::from_secs(305);
    /// assert!(matches!(session.poll(now), SessionStep::Disconnect(_)));
    /// # Ok::<(), iot_policy::principal::authorizer::ResponseError>(())
    /// ```
    pub const fn no_answer(&mut self) {
        self.failed = true;
    }
}
