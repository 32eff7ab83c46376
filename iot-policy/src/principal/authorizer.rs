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
