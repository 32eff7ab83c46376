//! What the Lambda function of an authorizer answers.

mod read;

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;

use iot_topics::CertificateId;
use serde::Serialize;

use crate::document::PolicyDocument;
use crate::error::PolicyError;
use crate::limits::DocumentLimits;
use crate::principal::effective::EffectivePolicies;
use crate::set::PolicySet;

/// The answer of an authorizer as it was given, not yet found good. Serialized it is the answer
/// of `TestInvokeAuthorizer`.
///
/// # Examples
///
/// ```
/// use core::time::Duration;
/// use iot_policy::principal::authorizer::{AuthorizerLimits, AuthorizerResponse};
///
/// let response = AuthorizerResponse::from_json(r#"{
///     "isAuthenticated": true,
///     "principalId": "lamp1",
///     "refreshAfterInSeconds": 300,
///     "policyDocuments": [{
///         "Version": "2012-10-17",
///         "Statement": [{"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}]
///     }]
/// }"#)?;
/// let grant = response.validate(&AuthorizerLimits::AWS_IOT)?;
/// assert_eq!(grant.documents().len(), 1);
/// assert_eq!(grant.disconnect_after(), Duration::from_secs(86_400));
/// # Ok::<(), iot_policy::principal::authorizer::ResponseError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AuthorizerResponse {
    /// Whether the client may connect.
    pub is_authenticated: bool,
    /// Who the client is, for the logs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub principal_id: Option<String>,
    /// The policies, each the text of a document.
    pub policy_documents: Vec<String>,
    /// After how long the policies are asked for again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_after_in_seconds: Option<i64>,
    /// After how long the connection ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disconnect_after_in_seconds: Option<i64>,
}

/// Why the answer of an authorizer lets nobody in.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::authorizer::{AuthorizerLimits, AuthorizerResponse, ResponseError};
///
/// let error = |text| {
///     let response = AuthorizerResponse::from_json(text)?;
///     response.validate(&AuthorizerLimits::AWS_IOT).map(drop)
/// };
/// let no = error(r#"{"isAuthenticated": false}"#);
/// assert_eq!(no, Err(ResponseError::NotAuthenticated));
/// let soon = error(
///     r#"{"isAuthenticated": true, "principalId": "lamp1", "refreshAfterInSeconds": 60}"#,
/// );
/// assert_eq!(
///     soon.unwrap_err().to_string(),
///     "`refreshAfterInSeconds` is 60, not 300 to 86400", // refused, not clamped
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResponseError {
    /// Not JSON, or a member is of another type, twice there, or missing.
    #[error("the answer is malformed: {0}")]
    Malformed(#[source] PolicyError),
    /// `isAuthenticated` is false.
    #[error("the client is not authenticated")]
    NotAuthenticated,
    /// `principalId` is missing or not 1 to 128 letters and digits.
    #[error("`principalId` is not 1 to 128 letters and digits")]
    PrincipalId,
    /// With `CUSTOM_AUTH_X509`, `principalId` is not the id of the certificate.
    #[error("`principalId` is not the id of the certificate")]
    OtherPrincipal,
    /// Too many documents.
    #[error("{got} policy documents, the limit is {max}")]
    TooManyDocuments {
        /// The limit.
        max: usize,
        /// The documents that were returned.
        got: usize,
    },
    /// A document is not a policy, or too long. The place is one in the document.
    #[error("policy document {index}: {error}")]
    Document {
        /// Which one, from 0.
        index: usize,
        /// What is wrong.
        #[source]
        error: PolicyError,
    },
    /// A time that is too short or too long.
    #[error("`{key}` is {got}, not {min} to {max}")]
    OutOfRange {
        /// The member.
        key: &'static str,
        /// Its value, in seconds.
        got: i64,
        /// The least, in seconds.
        min: u32,
        /// The most, in seconds.
        max: u32,
    },
}

/// What an answer must keep to.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::authorizer::AuthorizerLimits;
///
/// assert_eq!(AuthorizerLimits::AWS_IOT.max_documents, 10);
/// assert_eq!(AuthorizerLimits::AWS_IOT.max_seconds, 86_400);
/// assert_eq!(AuthorizerLimits::INVOCATION_TIMEOUT.as_secs(), 5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct AuthorizerLimits {
    /// The most documents.
    pub max_documents: usize,
    /// How long a document may be.
    pub document: DocumentLimits,
    /// The least for both times, in seconds.
    pub min_seconds: u32,
    /// The most for both times, in seconds, and what counts where one is not told.
    pub max_seconds: u32,
}

impl AuthorizerLimits {
    /// Developer guide, "Defining your Lambda function": 10 documents of 2,048 characters, 300 to
    /// 86,400 seconds.
    pub const AWS_IOT: Self = Self {
        max_documents: 10,
        document: DocumentLimits::AWS_IOT,
        min_seconds: 300,
        max_seconds: 86_400,
    };

    /// How long the Lambda function may take (developer guide, "Troubleshooting your
    /// authorizers"); a later answer is a failure.
    pub const INVOCATION_TIMEOUT: Duration = Duration::from_secs(5);
}

impl Default for AuthorizerLimits {
    fn default() -> Self {
        Self::AWS_IOT
    }
}

impl AuthorizerResponse {
    /// Reads an answer. A policy document may be a JSON object, as in the samples of the
    /// developer guide, or a string that holds one, as in `TestInvokeAuthorizer`. `null` for a
    /// member other than `isAuthenticated` is as good as its absence; other members are passed
    /// over, as the guide's own sample has one.
    ///
    /// # Errors
    ///
    /// [`ResponseError::Malformed`], with the place in the answer.
    pub fn from_json(text: &str) -> Result<Self, ResponseError> {
        read::response(text).map_err(ResponseError::Malformed)
    }

    /// Looks whether the answer lets the client in, and reads its policies. All or nothing: a
    /// document that cannot be read could have held a Deny.
    ///
    /// # Errors
    ///
    /// [`ResponseError`]; each of them means that the client is refused or disconnected.
    pub fn validate(&self, limits: &AuthorizerLimits) -> Result<AuthorizerGrant, ResponseError> {
        if !self.is_authenticated {
            return Err(ResponseError::NotAuthenticated);
        }
        let principal_id = self.principal_id.as_deref().unwrap_or_default();
        let plain = principal_id.bytes().all(|b| b.is_ascii_alphanumeric());
        if !plain || !(1..=128).contains(&principal_id.len()) {
            return Err(ResponseError::PrincipalId);
        }
        let (max, got) = (limits.max_documents, self.policy_documents.len());
        if got > max {
            return Err(ResponseError::TooManyDocuments { max, got });
        }
        let document = |(index, text): (usize, &String)| {
            PolicyDocument::from_json_with(text, &limits.document)
                .map(Arc::new)
                .map_err(|error| ResponseError::Document { index, error })
        };
        let documents = self.policy_documents.iter().enumerate().map(document);
        Ok(AuthorizerGrant {
            principal_id: principal_id.to_owned(),
            documents: documents.collect::<Result<_, _>>()?,
            disconnect_after: seconds(DISCONNECT, self.disconnect_after_in_seconds, limits)?,
            refresh_after: seconds(REFRESH, self.refresh_after_in_seconds, limits)?,
        })
    }
}

const DISCONNECT: &str = "disconnectAfterInSeconds";
const REFRESH: &str = "refreshAfterInSeconds";

fn seconds(
    key: &'static str,
    value: Option<i64>,
    limits: &AuthorizerLimits,
) -> Result<Duration, ResponseError> {
    let (min, max) = (limits.min_seconds, limits.max_seconds);
    let Some(got) = value else {
        return Ok(Duration::from_secs(max.into()));
    };
    let in_range = u32::try_from(got).ok().filter(|s| (min..=max).contains(s));
    let error = ResponseError::OutOfRange { key, got, min, max };
    in_range
        .map(|seconds| Duration::from_secs(seconds.into()))
        .ok_or(error)
}

/// An answer that lets the client in.
///
/// Without `refreshAfterInSeconds` the policies are kept for as long as a connection can last.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::EffectivePolicies;
/// use iot_policy::principal::authorizer::{AuthorizerLimits, AuthorizerResponse};
///
/// let text = r#"{"isAuthenticated": true, "principalId": "lamp1"}"#;
/// let grant = AuthorizerResponse::from_json(text)?.validate(&AuthorizerLimits::AWS_IOT)?;
/// assert!(grant.compile().policies().is_empty());
/// // With CUSTOM_AUTH_X509 the policies of the certificate count as well.
/// let id = "00".repeat(32).parse().unwrap();
/// assert!(grant.check_certificate(&id).is_err()); // its answer would name the certificate
/// let of_certificate = EffectivePolicies::default();
/// assert!(grant.compile_with(&of_certificate).policies().is_empty());
/// assert_eq!(grant.principal_id(), "lamp1");
/// assert!(grant.documents().is_empty());
/// assert_eq!(grant.refresh_after(), grant.disconnect_after()); // never asked again
/// # Ok::<(), iot_policy::principal::authorizer::ResponseError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthorizerGrant {
    principal_id: String,
    documents: Vec<Arc<PolicyDocument>>,
    disconnect_after: Duration,
    refresh_after: Duration,
}

impl AuthorizerGrant {
    /// Who the client is, for the logs.
    #[must_use]
    pub fn principal_id(&self) -> &str {
        &self.principal_id
    }

    /// The policies.
    #[must_use]
    pub const fn documents(&self) -> &[Arc<PolicyDocument>] {
        self.documents.as_slice()
    }

    /// After how long the connection ends, from its start.
    #[must_use]
    pub const fn disconnect_after(&self) -> Duration {
        self.disconnect_after
    }

    /// After how long the authorizer is asked again.
    #[must_use]
    pub const fn refresh_after(&self) -> Duration {
        self.refresh_after
    }

    /// With `CUSTOM_AUTH_X509` the answer must name the certificate (developer guide, "Custom
    /// authentication with X.509 client certificates").
    ///
    /// # Errors
    ///
    /// [`ResponseError::OtherPrincipal`].
    pub fn check_certificate(&self, id: &CertificateId) -> Result<(), ResponseError> {
        if self.principal_id == id.as_str() {
            Ok(())
        } else {
            Err(ResponseError::OtherPrincipal)
        }
    }

    /// Compiles the policies, named `authorizer[0]`, `authorizer[1]`, ...
    #[must_use]
    pub fn compile(&self) -> PolicySet {
        self.compile_with(&EffectivePolicies::default())
    }

    /// Compiles the policies together with those of a certificate: with `CUSTOM_AUTH_X509`
    /// *the permission is a collection of all policies*.
    #[must_use]
    pub fn compile_with(&self, certificate: &EffectivePolicies) -> PolicySet {
        let returned = self.documents.iter().enumerate();
        // No policy of a store has brackets in its name.
        let returned = returned
            .map(|(index, document)| (format!("authorizer[{index}]"), Arc::clone(document)));
        let attached = certificate.named();
        let attached = attached.map(|(name, document)| (name.to_owned(), document));
        PolicySet::compile(attached.chain(returned))
    }
}
