//! The credential provider: AWS credentials for devices with a certificate.
//!
//! Source: developer guide, "Authorizing direct calls to AWS services using AWS IoT Core
//! credential provider".
//!
//! # Examples
//!
//! ```
//! use iot_policy::principal::credentials::{
//!     CredentialDurations, CredentialsRequest, RoleAliasSettings,
//! };
//!
//! // What an account has set up, and what a device asks for.
//! let arn = "arn:aws:iam::123456789012:role/camera";
//! let alias = RoleAliasSettings::new(arn, None, None, &CredentialDurations::AWS_IOT)?;
//! let headers = [("x-amzn-iot-thingname", "camera-7")];
//! let request = CredentialsRequest::parse("/role-aliases/upload/credentials", headers)?;
//! assert_eq!((request.alias().as_str(), alias.role_arn()), ("upload", arn));
//! // `CredentialsRequest::authorize` decides it.
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod alias;
mod request;
mod response;

pub use alias::{CredentialDurations, RoleAliasError, RoleAliasSettings};
pub use request::{AttachedThing, CredentialsGrant, CredentialsRefusal, CredentialsRequest};
pub use response::{Credentials, CredentialsResponse};
