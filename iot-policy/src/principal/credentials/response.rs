//! What the credential provider answers.

use alloc::string::{String, ToString};
use core::time::Duration;

use iot_topics::Timestamp;
use serde::{Serialize, Serializer};

use crate::instant::Iso8601;
use crate::principal::authorizer::Secret;

/// The answer of the credential provider, to be serialized. `Debug` shows neither the secret key
/// nor the session token.
///
/// # Examples
///
/// ```
/// use core::time::Duration;
/// use iot_policy::principal::credentials::CredentialsResponse;
/// use iot_topics::Timestamp;
///
/// let now = Timestamp::from_secs(1_700_000_000);
/// let response = CredentialsResponse::new("AKID", "key", "token", Duration::from_secs(3_600), now);
/// assert_eq!(
///     serde_json::to_string(&response)?,
///     concat!(
///         r#"{"credentials":{"accessKeyId":"AKID","secretAccessKey":"key","#,
///         r#""sessionToken":"token","expiration":"2023-11-14T23:13:20Z"}}"#,
///     ),
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CredentialsResponse {
    credentials: Credentials,
}

/// Temporary AWS credentials.
///
/// # Examples
///
/// ```
/// use core::time::Duration;
///
/// use iot_policy::principal::credentials::CredentialsResponse;
/// use iot_topics::Timestamp;
///
/// let now = Timestamp::from_secs(1_700_000_000);
/// let response = CredentialsResponse::new("AKID", "key", "token", Duration::from_secs(3_600), now);
/// let credentials = response.credentials();
/// assert_eq!(credentials.access_key_id(), "AKID");
/// assert_eq!(credentials.secret_access_key(), "key");
/// assert_eq!(credentials.session_token(), "token");
/// assert_eq!(credentials.expiration(), Timestamp::from_secs(1_700_003_600));
/// assert!(!format!("{credentials:?}").contains("token\"")); // fit for a log
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Credentials {
    access_key_id: String,
    secret_access_key: Secret,
    session_token: Secret,
    #[serde(serialize_with = "iso8601")]
    expiration: Timestamp,
}

fn iso8601<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Iso8601(*at))
}

impl CredentialsResponse {
    /// Credentials that are valid for `duration` from `now` on, written in whole seconds.
    #[must_use]
    pub fn new(
        access_key_id: &str,
        secret_access_key: &str,
        session_token: &str,
        duration: Duration,
        now: Timestamp,
    ) -> Self {
        Self {
            credentials: Credentials {
                access_key_id: access_key_id.to_string(),
                secret_access_key: Secret(secret_access_key.to_string()),
                session_token: Secret(session_token.to_string()),
                expiration: now.saturating_add(duration),
            },
        }
    }

    /// The credentials.
    #[must_use]
    pub const fn credentials(&self) -> &Credentials {
        &self.credentials
    }
}

impl Credentials {
    /// The id of the access key.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// The secret access key.
    #[must_use]
    pub fn secret_access_key(&self) -> &str {
        &self.secret_access_key.0
    }

    /// The session token.
    #[must_use]
    pub fn session_token(&self) -> &str {
        &self.session_token.0
    }

    /// When the credentials expire.
    #[must_use]
    pub const fn expiration(&self) -> Timestamp {
        self.expiration
    }
}
