//! Who signs the URLs of a job document, and for how long.

use alloc::borrow::ToOwned as _;
use alloc::string::String;

use serde_json::{Map, Value};

use super::PRESIGNED;
use super::read::{self, Node, Reader};
use crate::{ConfigError, Limits};

/// `presignedUrlConfig`: the role that signs, and how long a URL is good.
///
/// # Examples
///
/// ```
/// use iot_jobs::{Limits, PresignedUrlConfig};
/// use serde_json::json;
///
/// let config = json!({"roleArn": "arn:aws:iam::123456789012:role/signer", "expiresInSec": 60});
/// let presigned = PresignedUrlConfig::from_json(&config, &Limits::AWS_IOT).unwrap();
/// assert_eq!(presigned.role_arn(), Some("arn:aws:iam::123456789012:role/signer"));
/// assert_eq!(presigned.expires_in_seconds(), 60);
/// assert_eq!(presigned.to_json(), config);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresignedUrlConfig {
    role_arn: Option<String>,
    expires_in_seconds: u32,
}

impl PresignedUrlConfig {
    /// Reads the JSON of the API.
    ///
    /// # Errors
    ///
    /// A role that is no text of 20 to 2,048 characters, or not 60 to 3,600 seconds.
    pub fn from_json(value: &Value, limits: &Limits) -> Result<Self, ConfigError> {
        read::first(limits, |reader| {
            Self::read(&Node::new(PRESIGNED, value), reader)
        })
    }

    /// `roleArn`
    #[must_use]
    pub fn role_arn(&self) -> Option<&str> {
        self.role_arn.as_deref()
    }

    /// `expiresInSec`; 3,600, if it is not given.
    #[must_use]
    pub const fn expires_in_seconds(&self) -> u32 {
        self.expires_in_seconds
    }

    /// The JSON of the API.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut map = Map::new();
        if let Some(role) = &self.role_arn {
            map.insert(ROLE.into(), role.as_str().into());
        }
        map.insert(EXPIRES.into(), self.expires_in_seconds.into());
        Value::Object(map)
    }

    pub(super) fn read(node: &Node<'_>, reader: &mut Reader<'_>) -> Option<Self> {
        let node = reader.object(Node::new(&node.path, node.value))?;
        let role = node.member(ROLE).map(|role| {
            let text = role
                .value
                .as_str()
                .filter(|text| (20..=2_048).contains(&text.chars().count()));
            match text {
                Some(text) => Some(text.to_owned()),
                None => reader.refuse(&role, "must be a string of 20 to 2048 characters"),
            }
        });
        let (min, max) = (
            reader.limits.presigned_min_seconds,
            reader.limits.presigned_max_seconds,
        );
        let expires = node
            .member(EXPIRES)
            .map_or(Some(max), |node| reader.whole(&node, min, max));
        Some(Self {
            role_arn: role.map_or(Some(None), |role| role.map(Some))?,
            expires_in_seconds: expires?,
        })
    }
}

const ROLE: &str = "roleArn";
const EXPIRES: &str = "expiresInSec";
