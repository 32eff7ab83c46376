//! Which authorizer is asked, and whether at all.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::fmt;

use iot_topics::{AuthorizerName, IdentError};

use super::connect::{ConnectCredentials, CredentialsError};
use super::secret::Secret;

/// A custom authorizer, as far as choosing it goes.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::authorizer::{Authorizer, AuthorizerStatus, TokenKeyName};
///
/// let open = Authorizer::new("passwords".parse()?);
/// assert!(open.token_key_name().is_none());
/// let signed = Authorizer::new("tokens".parse()?).with_signing(TokenKeyName::parse("token")?);
/// assert_eq!(signed.token_key_name().unwrap().as_str(), "token");
/// assert_eq!((signed.name().as_str(), signed.status()), ("tokens", AuthorizerStatus::Active));
/// let signed = signed.with_status(AuthorizerStatus::Inactive); // no longer asked
/// assert_eq!(signed.status(), AuthorizerStatus::Inactive);
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorizer {
    name: AuthorizerName,
    status: AuthorizerStatus,
    /// None: signing is disabled.
    signing: Option<TokenKeyName>,
}

impl Authorizer {
    /// An active authorizer with signing disabled.
    #[must_use]
    pub const fn new(name: AuthorizerName) -> Self {
        Self {
            name,
            status: AuthorizerStatus::Active,
            signing: None,
        }
    }

    /// With signing: the client must send a token under this key and the signature of the token.
    #[must_use]
    pub fn with_signing(mut self, key: TokenKeyName) -> Self {
        self.signing = Some(key);
        self
    }

    /// With this status.
    #[must_use]
    pub fn with_status(mut self, status: AuthorizerStatus) -> Self {
        self.status = status;
        self
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &AuthorizerName {
        &self.name
    }

    /// Whether it may be asked.
    #[must_use]
    pub const fn status(&self) -> AuthorizerStatus {
        self.status
    }

    /// Where the token stands; none if signing is disabled.
    #[must_use]
    pub const fn token_key_name(&self) -> Option<&TokenKeyName> {
        self.signing.as_ref()
    }
}

/// Whether an authorizer may be asked.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::authorizer::{
///     Authorizer, AuthorizerConfig, AuthorizerRefusal, AuthorizerStatus, ConnectCredentials,
/// };
///
/// let off = Authorizer::new("tokens".parse()?).with_status(AuthorizerStatus::Inactive);
/// assert_eq!(off.status(), AuthorizerStatus::Inactive);
/// let config = AuthorizerConfig::with_default("tokens".parse()?);
/// let credentials = ConnectCredentials::from_username("lamp")?;
/// let choice = config.choose(&credentials, |_| Some(&off), &|_: &Authorizer, _: &str, _: &str| true);
/// assert_eq!(choice, Err(AuthorizerRefusal::Inactive("tokens".parse()?)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the two values of the API model")]
pub enum AuthorizerStatus {
    /// `ACTIVE`.
    Active,
    /// `INACTIVE`.
    Inactive,
}

/// The key under which a token is sent: 1 to 128 of `a-z A-Z 0-9 _ -` (API model, `TokenKeyName`).
///
/// # Examples
///
/// ```
/// use iot_policy::principal::authorizer::TokenKeyName;
///
/// assert!(TokenKeyName::parse("my-token").is_ok());
/// assert!(TokenKeyName::parse("my token").is_err());
/// assert_eq!(TokenKeyName::parse("my-token")?.as_str(), "my-token");
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenKeyName(String);

impl TokenKeyName {
    /// Checks a key.
    ///
    /// # Errors
    ///
    /// [`IdentError`] when the length or a character is not allowed.
    pub fn parse(text: &str) -> Result<Self, IdentError> {
        const MAX: usize = 128;
        let allowed = |ch: char| ch.is_ascii_alphanumeric() || matches!(ch, '_' | '-');
        if text.is_empty() {
            return Err(IdentError::Empty);
        }
        if text.len() > MAX {
            let got = text.len();
            return Err(IdentError::TooLong { max: MAX, got });
        }
        match text.char_indices().find(|(_, ch)| !allowed(*ch)) {
            Some((position, ch)) => Err(IdentError::BadChar { ch, position }),
            None => Ok(Self(text.to_owned())),
        }
    }

    /// The text.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for TokenKeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Checks the signature of a token: RSA PKCS #1 v1.5 with SHA-256 over the bytes of the token,
/// for any of the public keys of the authorizer.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::authorizer::{Authorizer, SignatureVerifier};
///
/// /// Finds the public keys of an authorizer and has the cryptography of the caller.
/// struct Keys;
///
/// impl SignatureVerifier for Keys {
///     fn verify(&self, authorizer: &Authorizer, token: &str, signature: &str) -> bool {
///         // In earnest: decode the Base64, then RSA with SHA-256 over the token's bytes.
///         authorizer.name().as_str() == "tokens" && (token, signature) == ("abc", "c2ln")
///     }
/// }
///
/// let tokens = Authorizer::new("tokens".parse()?);
/// assert!(Keys.verify(&tokens, "abc", "c2ln"));
/// // A closure does as well.
/// let nobody = |_: &Authorizer, _: &str, _: &str| false;
/// assert!(!nobody.verify(&tokens, "abc", "c2ln"));
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
pub trait SignatureVerifier {
    /// Whether `signature`, in Base64, is that of `token`.
    fn verify(&self, authorizer: &Authorizer, token: &str, signature: &str) -> bool;
}

impl<F: Fn(&Authorizer, &str, &str) -> bool> SignatureVerifier for F {
    fn verify(&self, authorizer: &Authorizer, token: &str, signature: &str) -> bool {
        self(authorizer, token, signature)
    }
}

/// What an endpoint (domain configuration) says about authorizers.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::authorizer::{
///     Authorizer, AuthorizerConfig, ConnectCredentials, TokenKeyName,
/// };
///
/// let tokens = Authorizer::new("tokens".parse()?).with_signing(TokenKeyName::parse("t")?);
/// let find = |name: &iot_topics::AuthorizerName| (name == tokens.name()).then_some(&tokens);
/// let verify = |_: &Authorizer, token: &str, signature: &str| (token, signature) == ("abc", "c2ln");
///
/// let config = AuthorizerConfig::with_default("tokens".parse()?);
/// let good = ConnectCredentials::from_username("?t=abc&x-amz-customauthorizer-signature=c2ln")?;
/// let invocation = config.choose(&good, find, &verify)?;
/// assert!(invocation.signature_verified());
/// assert_eq!(invocation.token(), Some("abc"));
///
/// let forged = ConnectCredentials::from_username("?t=abd&x-amz-customauthorizer-signature=c2ln")?;
/// assert!(config.choose(&forged, find, &verify).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct AuthorizerConfig {
    /// Asked when the client names none.
    pub default: Option<AuthorizerName>,
    /// Whether the client may name another one.
    pub allow_override: bool,
}

impl Default for AuthorizerConfig {
    /// No default; the client names one.
    fn default() -> Self {
        Self {
            default: None,
            allow_override: true,
        }
    }
}

impl AuthorizerConfig {
    /// With a default, from which the client may differ.
    #[must_use]
    pub const fn with_default(name: AuthorizerName) -> Self {
        Self {
            default: Some(name),
            allow_override: true,
        }
    }

    /// Chooses the authorizer: the one that the client names, else the default. With signing
    /// enabled the token and its signature must be there and agree.
    ///
    /// # Errors
    ///
    /// [`AuthorizerRefusal`]: the Lambda function must not be invoked and the connection is
    /// refused. A named authorizer that is of no use is never replaced by the default.
    pub fn choose<'a>(
        &self,
        credentials: &ConnectCredentials,
        find: impl FnOnce(&AuthorizerName) -> Option<&'a Authorizer>,
        verifier: &(impl SignatureVerifier + ?Sized),
    ) -> Result<Invocation<'a>, AuthorizerRefusal> {
        let named = credentials.authorizer_name();
        let name = named
            .or(self.default.as_ref())
            .ok_or(AuthorizerRefusal::NoAuthorizer)?;
        if !self.allow_override && Some(name) != self.default.as_ref() {
            return Err(AuthorizerRefusal::NoOverride(name.clone()));
        }
        let unknown = || AuthorizerRefusal::Unknown(name.clone());
        let authorizer = find(name).ok_or_else(unknown)?;
        if authorizer.status != AuthorizerStatus::Active {
            return Err(AuthorizerRefusal::Inactive(name.clone()));
        }
        let Some(key) = &authorizer.signing else {
            return Ok(Invocation {
                authorizer,
                token: None,
            });
        };
        let token = credentials.value(key.as_str())?;
        let token = token.filter(|token| (1..=MAX_TOKEN_BYTES).contains(&token.len()));
        let token = token.ok_or(AuthorizerRefusal::NoToken)?;
        let signature = credentials.signature();
        let signature = signature.filter(|text| is_signature(text));
        let signature = signature.ok_or(AuthorizerRefusal::NoSignature)?;
        if !verifier.verify(authorizer, token, signature) {
            return Err(AuthorizerRefusal::BadSignature);
        }
        Ok(Invocation {
            authorizer,
            token: Some(Secret(token.to_owned())),
        })
    }
}

/// API model, `Token`.
const MAX_TOKEN_BYTES: usize = 6_144;
/// API model, `TokenSignature`.
const MAX_SIGNATURE_BYTES: usize = 2_560;

/// `[A-Za-z0-9+/]+={0,2}` (API model, `TokenSignature`).
fn is_signature(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    let digit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    (1..=MAX_SIGNATURE_BYTES).contains(&text.len())
        && padding <= 2
        && !digits.is_empty()
        && digits.bytes().all(digit)
}

/// The authorizer to ask, and what was found out before.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::authorizer::{Authorizer, AuthorizerConfig, ConnectCredentials};
///
/// // Signing is disabled: the Lambda function gets the password, no token.
/// let passwords = Authorizer::new("passwords".parse()?);
/// let config = AuthorizerConfig::with_default("passwords".parse()?);
/// let credentials = ConnectCredentials::from_username("lamp")?;
/// let verify = |_: &Authorizer, _: &str, _: &str| false;
/// let invocation = config.choose(&credentials, |_| Some(&passwords), &verify)?;
/// assert_eq!(invocation.authorizer().name().as_str(), "passwords");
/// assert_eq!(invocation.token(), None);
/// assert!(!invocation.signature_verified());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation<'a> {
    authorizer: &'a Authorizer,
    /// Only ever a token whose signature was verified.
    token: Option<Secret>,
}

impl Invocation<'_> {
    /// The authorizer.
    #[must_use]
    pub const fn authorizer(&self) -> &Authorizer {
        self.authorizer
    }

    /// The token; none if signing is disabled.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_ref().map(|token| token.0.as_str())
    }

    /// Whether the signature of the token was verified; false if signing is disabled.
    #[must_use]
    pub const fn signature_verified(&self) -> bool {
        self.token.is_some()
    }
}

/// Why no authorizer is asked.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::authorizer::{
///     Authorizer, AuthorizerConfig, AuthorizerRefusal, ConnectCredentials, TokenKeyName,
/// };
///
/// let tokens = Authorizer::new("tokens".parse()?).with_signing(TokenKeyName::parse("t")?);
/// let find = |name: &iot_topics::AuthorizerName| (name == tokens.name()).then_some(&tokens);
/// let verify = |_: &Authorizer, _: &str, _: &str| false;
/// let config = AuthorizerConfig::with_default("tokens".parse()?);
/// let refusal = |username| {
///     let credentials = ConnectCredentials::from_username(username)?;
///     config.choose(&credentials, find, &verify).map(drop)
/// };
/// let other = refusal("?x-amz-customauthorizer-name=other"); // the default does not step in
/// assert_eq!(other, Err(AuthorizerRefusal::Unknown("other".parse()?)));
/// assert_eq!(refusal("?t=abc"), Err(AuthorizerRefusal::NoSignature));
/// let forged = refusal("?t=abc&x-amz-customauthorizer-signature=c2ln");
/// assert_eq!(forged, Err(AuthorizerRefusal::BadSignature));
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorizerRefusal {
    /// The client names none and there is no default.
    #[error("no authorizer is named and there is no default")]
    NoAuthorizer,
    /// The client names one that is not the default, which the endpoint does not allow.
    #[error("the endpoint does not allow to name authorizer `{0}`")]
    NoOverride(AuthorizerName),
    /// There is no authorizer of that name.
    #[error("there is no authorizer `{0}`")]
    Unknown(AuthorizerName),
    /// The authorizer is inactive.
    #[error("authorizer `{0}` is inactive")]
    Inactive(AuthorizerName),
    /// Signing is enabled, and there is no token of 1 to 6,144 bytes.
    #[error("the token is missing or too long")]
    NoToken,
    /// Signing is enabled, and there is no signature of 1 to 2,560 Base64 characters.
    #[error("the signature of the token is missing or malformed")]
    NoSignature,
    /// The signature is not that of the token.
    #[error("the signature is not that of the token")]
    BadSignature,
    /// The token is given twice.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
}
