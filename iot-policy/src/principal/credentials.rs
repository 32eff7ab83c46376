//! The credential provider: AWS credentials for devices with a certificate.
//!
//! Source: developer guide, "Authorizing direct calls to AWS services using AWS IoT Core
//! credential provider".

mod alias;
mod request;
mod response;

pub use alias::{CredentialDurations, RoleAliasError, RoleAliasSettings};
pub use request::{AttachedThing, CredentialsGrant, CredentialsRefusal, CredentialsRequest};
pub use response::{Credentials, CredentialsResponse};
