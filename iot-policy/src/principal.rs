//! Whose policies apply.
//!
//! A connection is of a [`Principal`]. From a [`PolicyStore`](crate::store::PolicyStore) and a
//! [`GroupResolver`] come its [`EffectivePolicies`]; compiled, they are the [`Authority`] that
//! answers its requests. [`authorizer`] has the custom authorizers, [`credentials`] the
//! credential provider.
//!
//! Sources: developer guide, "AWS IoT Core policies", "Authorization with Amazon Cognito
//! identities", "Thing groups", "Custom authentication with X.509 client certificates".
//!
//! # Examples
//!
//! ```
//! use std::sync::Arc;
//!
//! use iot_policy::principal::{Authority, EffectivePolicies, Principal, StaticGroups};
//! use iot_policy::store::PolicyStore;
//! use iot_policy::{ArnScope, Context, Request};
//! use iot_topics::Timestamp;
//!
//! let mut store = PolicyStore::default();
//! let text = r#"{"Statement": {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}}"#;
//! store.create_policy(&"Lamps".parse()?, text, Timestamp::from_secs(1_700_000_000))?;
//! let principal = Principal::Certificate("00".repeat(32).parse()?);
//! store.attach(&"Lamps".parse()?, &principal.target().ok_or("no target")?)?;
//!
//! // A device connects: whose policies, compiled, answer.
//! let scope = ArnScope::new("aws", "us-east-1", "123456789012");
//! let context = Context::new(&scope).with_client_id("lamp");
//! let groups = StaticGroups::default();
//! let policies =
//!     EffectivePolicies::of_connection(store.current(), &principal, &context, &groups)?;
//! let authority = Authority::certificate(Arc::new(policies.compile()));
//! assert!(authority.decide(&Request::connect("lamp", &context)).is_allowed());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod authorizer;
mod cognito;
pub mod credentials;
mod effective;
mod groups;
mod shared;

use alloc::sync::Arc;

use iot_topics::CertificateId;

pub use effective::{
    EffectivePolicies, EffectivePoliciesResponse, EffectivePolicy, EffectivePolicyEntry,
    PolicySetKey, Via,
};
pub use groups::{GroupError, GroupResolver, StaticGroups};
pub use shared::SharedSets;

use crate::action::Action;
use crate::operation::Authorize;
use crate::request::Request;
use crate::set::{Decision, PolicySet};
use crate::store::{CognitoIdentityId, PolicyTarget};

/// Who connects or calls.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::Principal;
///
/// let device = Principal::Certificate("00".repeat(32).parse()?);
/// assert!(device.target().is_some());
/// assert!(Principal::Iam.target().is_none());
/// let custom = Principal::Custom { certificate: None };
/// assert!(custom.target().is_none()); // its policies come from the authorizer
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "each kind has rules of its own that a caller must face"
)]
pub enum Principal {
    /// A device with an X.509 certificate.
    Certificate(CertificateId),
    /// An authenticated Amazon Cognito identity: has an IAM role and AWS IoT policies.
    CognitoAuthenticated(CognitoIdentityId),
    /// An unauthenticated Amazon Cognito identity: has an IAM role alone.
    CognitoUnauthenticated,
    /// An IAM user or role.
    Iam,
    /// Someone whom a custom authorizer knows.
    Custom {
        /// The certificate, where the endpoint asks for both (`CUSTOM_AUTH_X509`).
        certificate: Option<CertificateId>,
    },
}

impl Principal {
    /// What AWS IoT policies of this principal are attached to; none if it cannot have any.
    #[must_use]
    pub fn target(&self) -> Option<PolicyTarget> {
        effective::own(self).map(|(target, _)| target)
    }
}

/// What kind of policies a set holds.
///
/// # Examples
///
/// ```
/// use iot_policy::Action;
/// use iot_policy::principal::{Authority, Source};
/// use std::sync::Arc;
///
/// let authority = Authority::cognito_authenticated(Arc::default(), Arc::default());
/// let sources = |action| authority.consulted(action).map(|(source, _)| source).collect::<Vec<_>>();
/// assert_eq!(sources(Action::PUBLISH), [Source::Iam, Source::Iot]);
/// assert_eq!(sources(Action::LIST_RETAINED_MESSAGES), [Source::Iam]); // for IAM alone
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Source {
    /// IAM policies of a user or role.
    Iam,
    /// AWS IoT policies, attached or returned by a custom authorizer.
    Iot,
}

/// The compiled policies of a connection and how they are put together. Two pointers; clones share
/// the sets.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::Authority;
/// use iot_policy::{Action, ArnScope, Context, Decision, PolicyDocument, PolicySet, Request};
/// use std::sync::Arc;
///
/// let text = r#"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;
/// let all = Arc::new(PolicySet::compile([("All", PolicyDocument::from_json(text)?)]));
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let context = Context::new(&scope).with_client_id("app");
/// let connect = Request::connect("app", &context);
///
/// // A role that may do everything is not enough: the identity needs an AWS IoT policy too.
/// let authority = Authority::cognito_authenticated(Arc::clone(&all), Arc::default());
/// assert_eq!(authority.decide(&connect), Decision::ImplicitDeny);
/// let authority = Authority::cognito_authenticated(Arc::clone(&all), all);
/// assert_eq!(authority.decide(&connect), Decision::Allowed);
/// // The other principals have policies of one kind.
/// let open = Arc::new(PolicySet::compile([("All", PolicyDocument::from_json(text)?)]));
/// for (authority, sets) in [
///     (Authority::certificate(Arc::clone(&open)), 1),
///     (Authority::custom(Arc::clone(&open)), 1),
///     (Authority::cognito_unauthenticated(Arc::clone(&open)), 1),
///     (Authority::iam(open), 1),
///     (Authority::none(), 0),
/// ] {
///     assert_eq!(authority.consulted(Action::CONNECT).count(), sets);
///     assert_eq!(authority.decide(&connect).is_allowed(), sets == 1);
/// }
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Authority {
    /// Asked for every action.
    iam: Option<Arc<PolicySet>>,
    /// Asked for every action, beside `iam` only for those that need both.
    iot: Option<Arc<PolicySet>>,
}

impl Authority {
    /// Allows nothing: for a connection whose policies cannot be told.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            iam: None,
            iot: None,
        }
    }

    /// A device with a certificate: its policies and those of its thing's groups.
    #[must_use]
    pub const fn certificate(policies: Arc<PolicySet>) -> Self {
        Self {
            iam: None,
            iot: Some(policies),
        }
    }

    /// Someone whom a custom authorizer knows: the documents that it returned, with
    /// `CUSTOM_AUTH_X509` in one set with the policies of the certificate, see
    /// [`AuthorizerGrant::compile_with`](authorizer::AuthorizerGrant::compile_with).
    #[must_use]
    pub const fn custom(policies: Arc<PolicySet>) -> Self {
        Self::certificate(policies)
    }

    /// An authenticated Cognito identity: `iot:Connect`, `Publish`, `Subscribe`, `Receive`,
    /// `GetThingShadow`, `UpdateThingShadow` and `DeleteThingShadow` must be allowed by the IAM
    /// policies of the role and by the AWS IoT policies of the identity, any other action by the
    /// former. Without an AWS IoT policy `iot` is empty, and these actions are refused.
    #[must_use]
    pub const fn cognito_authenticated(role: Arc<PolicySet>, iot: Arc<PolicySet>) -> Self {
        Self {
            iam: Some(role),
            iot: Some(iot),
        }
    }

    /// An unauthenticated Cognito identity: the IAM policies of the role.
    #[must_use]
    pub const fn cognito_unauthenticated(role: Arc<PolicySet>) -> Self {
        Self::iam(role)
    }

    /// An IAM user or role.
    #[must_use]
    pub const fn iam(policies: Arc<PolicySet>) -> Self {
        Self {
            iam: Some(policies),
            iot: None,
        }
    }

    /// Decides a request: the worst answer of the sets that are asked. Allocates nothing.
    #[must_use]
    pub fn decide(&self, request: &Request<'_>) -> Decision {
        self.consulted(request.action())
            .map(|(_, set)| set.decide(request))
            .reduce(Decision::worst)
            .unwrap_or(Decision::ImplicitDeny)
    }

    /// The sets that are asked about an action; all of them must allow it, and there must be one.
    pub fn consulted(&self, action: Action<'_>) -> impl Iterator<Item = (Source, &PolicySet)> {
        let iot_counts = self.iam.is_none() || cognito::asks_both(action);
        let iot = self.iot.as_deref().filter(|_| iot_counts);
        let iam = self.iam.as_deref().map(|set| (Source::Iam, set));
        iam.into_iter().chain(iot.map(|set| (Source::Iot, set)))
    }
}

/// So that a broker asks it packet by packet: see [`Authorize`].
impl Authorize for Authority {
    fn decide(&self, request: &Request<'_>) -> Decision {
        Self::decide(self, request)
    }
}
