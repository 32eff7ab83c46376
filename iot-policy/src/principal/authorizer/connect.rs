//! What a client sends to a custom authorizer.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use iot_topics::AuthorizerName;

use super::percent;
use super::secret::Secret;

const NAME: &str = "x-amz-customauthorizer-name";
const SIGNATURE: &str = "x-amz-customauthorizer-signature";

/// The authorizer that a client asks for, its token and the signature of the token.
///
/// Over MQTT they stand behind the user name, as the query of a URL:
/// `user?x-amz-customauthorizer-name=...&x-amz-customauthorizer-signature=...&<key>=<token>`.
/// Over HTTP and WebSocket they are headers or query parameters. Keys compare without regard to
/// ASCII letter case, as HTTP headers do. Names and values of a query are percent-decoded, once;
/// a `+` stands for itself, so that a signature that was sent as it is arrives whole.
///
/// `Debug` shows no values.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::authorizer::ConnectCredentials;
///
/// let credentials = ConnectCredentials::from_username(
///     "lamp?x-amz-customauthorizer-name=tokens&x-amz-customauthorizer-signature=a%2Bb%3D%3D&t=secret",
/// )?;
/// assert_eq!(credentials.username(), Some("lamp"));
/// assert_eq!(credentials.authorizer_name().unwrap().as_str(), "tokens");
/// assert_eq!(credentials.signature(), Some("a+b=="));
/// assert_eq!(credentials.value("t")?, Some("secret"));
/// # Ok::<(), iot_policy::principal::authorizer::CredentialsError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectCredentials {
    username: Option<String>,
    authorizer_name: Option<AuthorizerName>,
    entries: Vec<(String, Secret)>,
}

/// Credentials that cannot be read without doubt: refused before any authorizer is asked.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::authorizer::{ConnectCredentials, CredentialsError};
///
/// let error = ConnectCredentials::from_username("lamp?t=100%").unwrap_err();
/// assert_eq!(error, CredentialsError::PercentEncoding { at: 0 });
/// let credentials = ConnectCredentials::from_username("lamp?t=abc&T=abd")?;
/// let error = credentials.value("t").unwrap_err();
/// assert!(matches!(error, CredentialsError::GivenTwice(_)));
/// # Ok::<(), CredentialsError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// A `%` without two hexadecimal digits, or bytes that are not UTF-8.
    #[error("bad percent-encoding in the parameter at byte {at}")]
    PercentEncoding {
        /// Where the parameter starts in the query.
        at: usize,
    },
    /// A key twice: which value counts is not documented.
    #[error("`{}` is given twice", .0.escape_debug())]
    GivenTwice(String),
    /// The name of the authorizer is not legal.
    #[error("the name of the authorizer is not legal: {0}")]
    AuthorizerName(iot_topics::IdentError),
}

impl ConnectCredentials {
    /// Reads the user name of an MQTT CONNECT packet. What precedes the first `?` is the user's
    /// name, taken as it stands.
    ///
    /// # Errors
    ///
    /// [`CredentialsError`].
    pub fn from_username(username: &str) -> Result<Self, CredentialsError> {
        let (name, query) = username.split_once('?').unwrap_or((username, ""));
        let entries = parameters(query)?;
        Self::new((!name.is_empty()).then(|| name.to_owned()), entries)
    }

    /// Reads the headers and the query of an HTTP request; a leading `?` is passed over.
    ///
    /// # Errors
    ///
    /// [`CredentialsError`].
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_policy::principal::authorizer::ConnectCredentials;
    ///
    /// let headers = [("Host", "example.com"), ("X-Amz-CustomAuthorizer-Name", "tokens")];
    /// let credentials = ConnectCredentials::from_http(headers, "?qos=1&token=secret")?;
    /// assert_eq!(credentials.authorizer_name().unwrap().as_str(), "tokens");
    /// assert_eq!(credentials.value("token")?, Some("secret"));
    /// # Ok::<(), iot_policy::principal::authorizer::CredentialsError>(())
    /// ```
    pub fn from_http<'a>(
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
        query: &str,
    ) -> Result<Self, CredentialsError> {
        let header =
            |(name, value): (&str, &str)| (name.to_owned(), Secret(value.trim().to_owned()));
        let mut entries: Vec<_> = headers.into_iter().map(header).collect();
        entries.extend(parameters(query.strip_prefix('?').unwrap_or(query))?);
        Self::new(None, entries)
    }

    fn new(
        username: Option<String>,
        entries: Vec<(String, Secret)>,
    ) -> Result<Self, CredentialsError> {
        let mut credentials = Self {
            username,
            authorizer_name: None,
            entries,
        };
        credentials.value(SIGNATURE)?;
        let name = credentials.value(NAME)?;
        let name = name.map(AuthorizerName::parse).transpose();
        credentials.authorizer_name = name.map_err(CredentialsError::AuthorizerName)?;
        Ok(credentials)
    }

    /// What stands before the parameters in an MQTT user name.
    #[must_use]
    pub fn username(&self) -> Option<&str> {
        self.username.as_deref()
    }

    /// The authorizer that the client asks for, if it names one.
    #[must_use]
    pub const fn authorizer_name(&self) -> Option<&AuthorizerName> {
        self.authorizer_name.as_ref()
    }

    /// The signature of the token, in Base64.
    #[must_use]
    pub fn signature(&self) -> Option<&str> {
        // `new` has seen that there is one at most.
        self.value(SIGNATURE).ok().flatten()
    }

    /// The value of a key, such as the token under the token key name of the authorizer.
    ///
    /// # Errors
    ///
    /// [`CredentialsError::GivenTwice`].
    pub fn value(&self, key: &str) -> Result<Option<&str>, CredentialsError> {
        let mut values = self
            .entries
            .iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(key))
            .map(|(_, value)| value.0.as_str());
        match (values.next(), values.next()) {
            (_, Some(_)) => Err(CredentialsError::GivenTwice(key.to_owned())),
            (value, None) => Ok(value),
        }
    }
}

fn parameters(query: &str) -> Result<Vec<(String, Secret)>, CredentialsError> {
    let mut at = 0;
    let mut entries = Vec::new();
    for parameter in query.split('&') {
        let error = CredentialsError::PercentEncoding { at };
        at += parameter.len() + 1;
        if parameter.is_empty() {
            continue;
        }
        let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let decoded = percent::decode(key).zip(percent::decode(value));
        let (key, value) = decoded.ok_or(error)?;
        entries.push((key, Secret(value)));
    }
    Ok(entries)
}
