//! Policies that speak together, compiled.

use alloc::boxed::Box;
use alloc::sync::Arc;
use core::fmt;

use crate::document::PolicyDocument;
use crate::index::{Builder, Index, Verdict};
use crate::request::Request;

/// The answer to a request, as TestAuthorization names it.
///
/// # Examples
///
/// ```
/// use iot_policy::Decision;
///
/// assert!(Decision::Allowed.is_allowed() && !Decision::ImplicitDeny.is_allowed());
/// assert_eq!(Decision::ImplicitDeny.as_str(), "IMPLICIT_DENY");
/// // Two questions that must both be allowed.
/// assert_eq!(Decision::Allowed.worst(Decision::ImplicitDeny), Decision::ImplicitDeny);
/// assert_eq!(Decision::ExplicitDeny.worst(Decision::ImplicitDeny), Decision::ExplicitDeny);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a caller must face all three")]
pub enum Decision {
    /// Some statement allows the request and none denies it.
    Allowed,
    /// No statement allows the request and none denies it.
    ImplicitDeny,
    /// Some statement denies the request, whatever the others say.
    ExplicitDeny,
}

impl Decision {
    /// Whether the request may be carried out.
    #[must_use]
    pub const fn is_allowed(self) -> bool {
        matches!(self, Self::Allowed)
    }

    /// `ALLOWED`, `IMPLICIT_DENY`, `EXPLICIT_DENY`: the wire strings of TestAuthorization.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "ALLOWED",
            Self::ImplicitDeny => "IMPLICIT_DENY",
            Self::ExplicitDeny => "EXPLICIT_DENY",
        }
    }

    /// The worse of two answers: a refusal of either is a refusal of both.
    #[must_use]
    pub fn worst(self, other: Self) -> Self {
        self.max(other)
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<Verdict> for Decision {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Denied => Self::ExplicitDeny,
            Verdict::Allowed => Self::Allowed,
            Verdict::Silent => Self::ImplicitDeny,
        }
    }
}

/// A set of policies, compiled once and shared by every connection that they apply to.
///
/// A connection costs its [`Context`](crate::Context) alone. [`decide`](Self::decide) allocates
/// nothing and takes about as long for a hundred statements as for four: it walks one tree over
/// the resource patterns, by the characters of the requested resource.
///
/// # Examples
///
/// ```
/// use iot_policy::{ArnScope, Context, Decision, PolicyDocument, PolicySet, Request};
/// use iot_topics::TopicNameRef;
///
/// let document = PolicyDocument::from_json(r#"{
///     "Version": "2012-10-17",
///     "Statement": {
///         "Effect": "Allow",
///         "Action": "iot:Publish",
///         "Resource": "arn:aws:iot:us-east-1:123456789012:topic/dt/${iot:ClientId}/*"
///     }
/// }"#)?;
/// let policies = PolicySet::compile([("Sensors", document)]);
///
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let context = Context::new(&scope).with_client_id("sensor-7");
/// let own = TopicNameRef::parse("dt/sensor-7/temp")?;
/// assert_eq!(policies.decide(&Request::publish(own, &context)), Decision::Allowed);
/// let other = TopicNameRef::parse("dt/sensor-8/temp")?;
/// assert_eq!(policies.decide(&Request::publish(other, &context)), Decision::ImplicitDeny);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct PolicySet {
    policies: Box<[NamedPolicy]>,
    index: Index,
}

/// A policy of a set.
///
/// # Examples
///
/// ```
/// use iot_policy::{PolicyDocument, PolicySet, Statement};
///
/// let document = PolicyDocument::new(vec![Statement::allow("iot:Connect", "*")])?;
/// let policies = PolicySet::compile([("Sensors", document.clone())]);
/// let policy = &policies.policies()[0];
/// assert_eq!((policy.name(), policy.document()), ("Sensors", &document));
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPolicy {
    name: Box<str>,
    document: Arc<PolicyDocument>,
}

impl NamedPolicy {
    /// The name that was given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The document.
    #[must_use]
    pub fn document(&self) -> &PolicyDocument {
        &self.document
    }
}

impl PolicySet {
    /// Compiles policies; their order does not alter a decision. Cost: linear in the documents, up
    /// to the sorting of their patterns.
    #[must_use]
    pub fn compile<N, D>(policies: impl IntoIterator<Item = (N, D)>) -> Self
    where
        N: Into<Box<str>>,
        D: Into<Arc<PolicyDocument>>,
    {
        let named = |(name, document): (N, D)| NamedPolicy {
            name: name.into(),
            document: document.into(),
        };
        let policies: Box<[NamedPolicy]> = policies.into_iter().map(named).collect();
        let mut builder = Builder::default();
        for policy in &policies {
            builder.add(&policy.document);
        }
        let index = builder.finish();
        Self { policies, index }
    }

    /// Decides a request: any matching Deny, else any matching Allow, else nothing allows it
    /// (developer guide, "AWS IoT Core policies"; IAM user guide, "Policy evaluation logic").
    ///
    /// Allocates nothing.
    #[must_use]
    pub fn decide(&self, request: &Request<'_>) -> Decision {
        self.index.decide(request).into()
    }

    /// The policies, in the order they were given.
    #[must_use]
    pub const fn policies(&self) -> &[NamedPolicy] {
        &self.policies
    }
}
