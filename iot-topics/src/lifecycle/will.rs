//! Whether the end of a connection publishes its will.

use super::reason::DisconnectReason;
use crate::ident::ClientId;

/// What a [`DisconnectReason`] means for the will.
///
/// # Examples
///
/// ```
/// use iot_topics::lifecycle::{DisconnectReason, WillRule};
///
/// assert_eq!(DisconnectReason::ConnectionLost.will_rule(), WillRule::Sent);
/// assert_eq!(DisconnectReason::AuthError.will_rule(), WillRule::SentIfConnected);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WillRule {
    /// The will is sent.
    Sent,
    /// The will is sent if the client was connected before the error.
    SentIfConnected,
    /// The will is sent unless the `DeleteConnection` call had `preventWillMessage`.
    SentUnlessPrevented,
    /// The client said goodbye: the will is discarded.
    Discarded,
    /// The connection has not ended.
    Kept,
}

impl DisconnectReason {
    /// The row of the table in "Lifecycle events" for this reason.
    ///
    /// `UNKNOWN` and `NONE` are not in that table. `UNKNOWN` counts as any other loss of a
    /// connection, since "MQTT" has the will sent in every case but the client's DISCONNECT;
    /// `NONE` says that nothing ended.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_topics::lifecycle::{DisconnectReason, WillRule};
    ///
    /// let goodbye = DisconnectReason::ClientInitiatedDisconnect;
    /// assert_eq!(goodbye.will_rule(), WillRule::Discarded);
    /// let kicked = DisconnectReason::ApiInitiatedDisconnect;
    /// assert_eq!(kicked.will_rule(), WillRule::SentUnlessPrevented);
    /// ```
    #[must_use]
    pub const fn will_rule(self) -> WillRule {
        match self {
            Self::AuthError => WillRule::SentIfConnected,
            Self::ClientInitiatedDisconnect => WillRule::Discarded,
            Self::ClientError => WillRule::Sent,
            Self::ConnectionLost => WillRule::Sent,
            Self::DuplicateClientId => WillRule::Sent,
            Self::ForbiddenAccess => WillRule::SentIfConnected,
            Self::MqttKeepAliveTimeout => WillRule::Sent,
            Self::ServerError => WillRule::Sent,
            Self::ServerInitiatedDisconnect => WillRule::Sent,
            Self::ApiInitiatedDisconnect => WillRule::SentUnlessPrevented,
            Self::Throttled => WillRule::Sent,
            Self::WebsocketTtlExpiration => WillRule::Sent,
            Self::CustomauthTtlExpiration => WillRule::Sent,
            Self::Unknown => WillRule::Sent,
            Self::None => WillRule::Kept,
        }
    }
}

/// Whether a will is sent, and if not, why.
///
/// # Examples
///
/// ```
/// use iot_topics::lifecycle::{DisconnectReason, WillDecision, WillWithheld, will_decision};
///
/// let reason = DisconnectReason::ApiInitiatedDisconnect;
/// assert!(will_decision(reason, true, false).is_sent());
/// let prevented = will_decision(reason, true, true);
/// assert_eq!(prevented, WillDecision::NotSent(WillWithheld::Prevented));
/// assert!(!prevented.is_sent());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the will is sent or not, callers must face both"
)]
pub enum WillDecision {
    /// The will is published now; with will retain set, it is retained too.
    Sent,
    /// The will is not published.
    NotSent(WillWithheld),
}

impl WillDecision {
    /// Whether the will is published.
    #[must_use]
    pub const fn is_sent(self) -> bool {
        matches!(self, Self::Sent)
    }
}

/// Why a will is not sent. `Display` says it in words.
///
/// # Examples
///
/// ```
/// use iot_topics::lifecycle::{DisconnectReason, WillDecision, WillWithheld, will_decision};
///
/// let decision = will_decision(DisconnectReason::ClientInitiatedDisconnect, true, false);
/// let WillDecision::NotSent(why) = decision else { panic!("sent") };
/// assert_eq!(why, WillWithheld::ClientDisconnected);
/// assert_eq!(why.to_string(), "the client ended the connection itself");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum WillWithheld {
    /// The client ended the connection itself; its will is discarded.
    #[error("the client ended the connection itself")]
    ClientDisconnected,
    /// The client was never connected, so the broker never took its will.
    #[error("the client was not connected")]
    NotConnected,
    /// `DeleteConnection` was called with `preventWillMessage`.
    #[error("`preventWillMessage` was set")]
    Prevented,
    /// The connection has not ended: the will stays with it.
    #[error("the connection has not ended")]
    NotEnded,
}

/// Decides whether the will of a connection is sent that ended for `reason`, by the table in
/// "Lifecycle events" ([`DisconnectReason::will_rule`]).
///
/// `was_connected`: the client had an accepted connection. Without one no will is ever sent: the
/// broker takes a will with the CONNECT that it accepts. `prevent_will_message`: the parameter of
/// the `DeleteConnection` API; it counts for `API_INITIATED_DISCONNECT` alone.
///
/// # Examples
///
/// ```
/// use iot_topics::lifecycle::{DisconnectReason, WillDecision, WillWithheld, will_decision};
///
/// let lost = will_decision(DisconnectReason::ConnectionLost, true, false);
/// assert_eq!(lost, WillDecision::Sent);
///
/// let refused = will_decision(DisconnectReason::AuthError, false, false);
/// assert_eq!(refused, WillDecision::NotSent(WillWithheld::NotConnected));
/// ```
#[must_use]
pub const fn will_decision(
    reason: DisconnectReason,
    was_connected: bool,
    prevent_will_message: bool,
) -> WillDecision {
    if !was_connected {
        return WillDecision::NotSent(WillWithheld::NotConnected);
    }
    match reason.will_rule() {
        WillRule::Discarded => WillDecision::NotSent(WillWithheld::ClientDisconnected),
        WillRule::Kept => WillDecision::NotSent(WillWithheld::NotEnded),
        WillRule::SentUnlessPrevented if prevent_will_message => {
            WillDecision::NotSent(WillWithheld::Prevented)
        }
        WillRule::Sent | WillRule::SentIfConnected | WillRule::SentUnlessPrevented => {
            WillDecision::Sent
        }
    }
}

/// What the end of one connection brings about.
///
/// # Examples
///
/// ```
/// use iot_topics::lifecycle::{DisconnectReason, WillDecision, disconnect};
///
/// let client = "ratchet+1".parse()?; // with `+` there are no lifecycle events
/// let effects = disconnect(&client, DisconnectReason::ConnectionLost, true, false);
/// assert_eq!((effects.will, effects.lifecycle_event), (WillDecision::Sent, false));
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct DisconnectEffects {
    /// Whether the will is sent.
    pub will: WillDecision,
    /// Whether a message goes to `$aws/events/presence/disconnected/<clientId>`.
    pub lifecycle_event: bool,
}

/// What the end of a connection brings about: its will, its lifecycle event, both or neither. A
/// will carries what the client set at CONNECT; the event, the reason.
///
/// There is a lifecycle event for every end of an accepted connection, unless the client
/// identifier holds `#` or `+` ("Lifecycle events"). The parameters are those of
/// [`will_decision`].
///
/// # Examples
///
/// ```
/// use iot_topics::ClientId;
/// use iot_topics::lifecycle::{DisconnectReason, disconnect};
///
/// let ratchet: ClientId = "ratchet".parse()?;
/// let effects = disconnect(&ratchet, DisconnectReason::MqttKeepAliveTimeout, true, false);
/// assert!(effects.will.is_sent() && effects.lifecycle_event);
///
/// let effects = disconnect(&ratchet, DisconnectReason::ClientInitiatedDisconnect, true, false);
/// assert!(!effects.will.is_sent() && effects.lifecycle_event);
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[must_use]
pub fn disconnect(
    client: &ClientId,
    reason: DisconnectReason,
    was_connected: bool,
    prevent_will_message: bool,
) -> DisconnectEffects {
    DisconnectEffects {
        will: will_decision(reason, was_connected, prevent_will_message),
        lifecycle_event: was_connected
            && reason != DisconnectReason::None
            && !client.as_str().contains(['#', '+']),
    }
}
