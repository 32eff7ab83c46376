//! Custom authorizers: which one is asked, what it is told, what it answers, and for how long.
//!
//! 1. [`ConnectCredentials`] reads what the client sent.
//! 2. [`AuthorizerConfig::choose`] finds the authorizer and checks the signature of the token; a
//!    bad one stops here.
//! 3. [`AuthorizerEvent`] is what the Lambda function of the authorizer is called with.
//! 4. [`AuthorizerResponse`] reads and validates its answer; an [`AuthorizerGrant`] holds the
//!    policies.
//! 5. [`AuthSession`] says when to ask again and when to disconnect.
//!
//! Sources: developer guide, "Custom authentication and authorization" and the pages below it,
//! "Custom authentication with X.509 client certificates".
//!
//! # Examples
//!
//! ```
//! use std::sync::Arc;
//!
//! use iot_policy::principal::Authority;
//! use iot_policy::principal::authorizer::{
//!     AuthSession, Authorizer, AuthorizerConfig, AuthorizerEvent, AuthorizerLimits,
//!     AuthorizerResponse, ConnectCredentials,
//! };
//! use iot_policy::{ArnScope, Context, Request};
//! use iot_topics::Timestamp;
//!
//! let now = Timestamp::from_secs(1_700_000_000);
//! let passwords = Authorizer::new("passwords".parse()?);
//! let config = AuthorizerConfig::with_default("passwords".parse()?);
//! let unsigned = |_: &Authorizer, _: &str, _: &str| false;
//!
//! let credentials = ConnectCredentials::from_username("lamp")?;
//! let invocation = config.choose(&credentials, |_| Some(&passwords), &unsigned)?;
//! let event = AuthorizerEvent::new("c0ffee", Some(&invocation))
//!     .with_mqtt(Some("lamp"), Some(b"secret"), Some("lamp-1"));
//! assert!(serde_json::to_string(&event)?.contains(r#""username":"lamp""#)); // for the Lambda
//!
//! let answer = r#"{"isAuthenticated": true, "principalId": "lamp1", "policyDocuments": [
//!     {"Statement": {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}}]}"#;
//! let grant = AuthorizerResponse::from_json(answer)?.validate(&AuthorizerLimits::AWS_IOT)?;
//! let authority = Authority::custom(Arc::new(grant.compile()));
//! let scope = ArnScope::new("aws", "us-east-1", "123456789012");
//! let context = Context::new(&scope).with_client_id("lamp-1");
//! assert!(authority.decide(&Request::connect("lamp-1", &context)).is_allowed());
//! let session = AuthSession::new(&grant, now);
//! assert_eq!(session.poll_timeout(), Timestamp::from_secs(1_700_086_400)); // a day later
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod base64;
mod choose;
mod connect;
mod event;
mod percent;
mod response;
mod secret;
mod session;

pub use choose::{
    Authorizer, AuthorizerConfig, AuthorizerRefusal, AuthorizerStatus, Invocation,
    SignatureVerifier, TokenKeyName,
};
pub use connect::{ConnectCredentials, CredentialsError};
pub use event::{AuthorizerEvent, Protocol, TlsClient};
pub(super) use percent::decode as percent_decode;
pub use response::{AuthorizerGrant, AuthorizerLimits, AuthorizerResponse, ResponseError};
pub(super) use secret::Secret;
pub use session::{AuthSession, SessionStep};
