//! Resources as the API names them.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString as _};
use core::fmt;
use core::str::FromStr;

use iot_topics::{CertificateId, PolicyName, Timestamp};
use serde::{Deserialize, Serialize};

use crate::words::words;

words! {
    audit:
    /// What kind of resource a finding is about.
    pub enum ResourceType {
        /// A device certificate.
        DeviceCertificate = "DEVICE_CERTIFICATE",
        /// A registered CA certificate.
        CaCertificate = "CA_CERTIFICATE",
        /// A version of a policy.
        IotPolicy = "IOT_POLICY",
        /// A pool of Cognito identities.
        CognitoIdentityPool = "COGNITO_IDENTITY_POOL",
        /// An MQTT client id.
        ClientId = "CLIENT_ID",
        /// The account.
        AccountSettings = "ACCOUNT_SETTINGS",
        /// A role alias.
        RoleAlias = "ROLE_ALIAS",
        /// A role of IAM.
        IamRole = "IAM_ROLE",
        /// The certificate of an issuer that is not registered.
        IssuerCertificate = "ISSUER_CERTIFICATE",
    }
}

/// Which resource: exactly one identifier, as `ResourceIdentifier` of the API has it.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::ResourceIdentifier;
///
/// let text = r#"{"policyVersionIdentifier":{"policyName":"p","policyVersionId":"2"}}"#;
/// let identifier: ResourceIdentifier = serde_json::from_str(text)?;
/// assert_eq!(serde_json::to_string(&identifier)?, text);
/// assert!(serde_json::from_str::<ResourceIdentifier>(r#"{"clientId":"a","account":"123456789012"}"#).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum ResourceIdentifier {
    /// A device certificate.
    DeviceCertificateId(CertificateId),
    /// A device certificate, by its ARN.
    DeviceCertificateArn(String),
    /// A CA certificate.
    CaCertificateId(CertificateId),
    /// A certificate by its subject, id and serial number.
    IssuerCertificateIdentifier(IssuerCertificate),
    /// A pool of Cognito identities.
    CognitoIdentityPoolId(String),
    /// An MQTT client id.
    ClientId(String),
    /// A version of a policy.
    PolicyVersionIdentifier(PolicyVersion),
    /// A role alias.
    RoleAliasArn(String),
    /// A role of IAM.
    IamRoleArn(String),
    /// The account.
    Account(AccountId),
}

impl ResourceIdentifier {
    /// What kind of resource it names.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{ResourceIdentifier, ResourceType};
    ///
    /// let identifier = ResourceIdentifier::ClientId("lamp-7".into());
    /// assert_eq!(identifier.resource_type(), ResourceType::ClientId);
    /// ```
    #[must_use]
    pub const fn resource_type(&self) -> ResourceType {
        match self {
            Self::DeviceCertificateId(_) | Self::DeviceCertificateArn(_) => {
                ResourceType::DeviceCertificate
            }
            Self::CaCertificateId(_) => ResourceType::CaCertificate,
            Self::IssuerCertificateIdentifier(_) => ResourceType::IssuerCertificate,
            Self::CognitoIdentityPoolId(_) => ResourceType::CognitoIdentityPool,
            Self::ClientId(_) => ResourceType::ClientId,
            Self::PolicyVersionIdentifier(_) => ResourceType::IotPolicy,
            Self::RoleAliasArn(_) => ResourceType::RoleAlias,
            Self::IamRoleArn(_) => ResourceType::IamRole,
            Self::Account(_) => ResourceType::AccountSettings,
        }
    }
}

/// A version of a policy.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{PolicyVersion, ResourceIdentifier};
///
/// let version = PolicyVersion::new("p".parse()?, 2);
/// assert_eq!(version.policy_version_id, 2);
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct PolicyVersion {
    /// The policy.
    pub policy_name: PolicyName,
    /// Its version, from 1. On the wire a text of digits.
    #[serde(with = "digits")]
    pub policy_version_id: u32,
}

impl PolicyVersion {
    /// Version `policy_version_id` of `policy_name`.
    #[must_use]
    pub const fn new(policy_name: PolicyName, policy_version_id: u32) -> Self {
        Self {
            policy_name,
            policy_version_id,
        }
    }
}

/// A number that stands on the wire as a text of digits.
mod digits {
    use alloc::string::String;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &u32, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let value = digits.then(|| text.parse().ok()).flatten();
        value.ok_or_else(|| serde::de::Error::custom("policyVersionId: not digits"))
    }
}

/// A certificate of an issuer that is not registered. A member that is not known is empty, and
/// absent on the wire.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::IssuerCertificate;
///
/// let issuer = IssuerCertificate::new("cn=Sub", &"6d48e3d0".repeat(8), "10");
/// assert_eq!(issuer.issuer_certificate_serial_number, "10");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct IssuerCertificate {
    /// The subject, at most 1000 characters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub issuer_certificate_subject: String,
    /// Its id, at most 64 hexadecimal digits: in findings the SHA-256 of its DER.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub issuer_id: String,
    /// The serial number: in findings in decimal, and whole. The API allows 20 characters, which
    /// is less than the serial number of a certificate may have.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub issuer_certificate_serial_number: String,
}

impl IssuerCertificate {
    /// From its parts.
    #[must_use]
    pub fn new(subject: &str, id: &str, serial_number: &str) -> Self {
        Self {
            issuer_certificate_subject: subject.into(),
            issuer_id: id.into(),
            issuer_certificate_serial_number: serial_number.into(),
        }
    }
}

/// The number of an account: twelve digits.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{AccountId, AccountIdError};
///
/// let account: AccountId = "012345678901".parse()?;
/// assert_eq!(account.to_string(), "012345678901");
/// assert_eq!("1234".parse::<AccountId>(), Err(AccountIdError));
/// # Ok::<(), AccountIdError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId(u64);

/// A text that is not twelve digits.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::AccountIdError;
///
/// assert_eq!(AccountIdError.to_string(), "the number of an account is not twelve digits");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the number of an account is not twelve digits")]
#[expect(clippy::exhaustive_structs, reason = "there is one way to be wrong")]
pub struct AccountIdError;

impl FromStr for AccountId {
    type Err = AccountIdError;

    fn from_str(text: &str) -> Result<Self, AccountIdError> {
        let digits = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = digits.then(|| text.parse().ok()).flatten();
        number.map(Self).ok_or(AccountIdError)
    }
}

impl TryFrom<String> for AccountId {
    type Error = AccountIdError;

    fn try_from(text: String) -> Result<Self, AccountIdError> {
        text.parse()
    }
}

impl From<AccountId> for String {
    fn from(account: AccountId) -> Self {
        account.to_string()
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

macro_rules! resource {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[non_exhaustive]
        pub struct $name {
            /// Its kind.
            pub resource_type: ResourceType,
            /// Which one.
            pub resource_identifier: ResourceIdentifier,
            /// Facts about it, by the API's keys. Instants are epoch milliseconds in digits.
            #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
            pub additional_info: BTreeMap<String, String>,
        }

        impl $name {
            /// Without facts about it.
            #[must_use]
            pub const fn new(
                resource_type: ResourceType,
                resource_identifier: ResourceIdentifier,
            ) -> Self {
                Self { resource_type, resource_identifier, additional_info: BTreeMap::new() }
            }
        }
    };
}

resource! {
    /// The resource that a finding is about.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{NonCompliantResource, ResourceIdentifier, ResourceType};
    ///
    /// let identifier = ResourceIdentifier::ClientId("lamp-7".into());
    /// let resource = NonCompliantResource::new(ResourceType::ClientId, identifier);
    /// assert!(resource.additional_info.is_empty());
    /// ```
    NonCompliantResource
}

resource! {
    /// A resource that has to do with a finding.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{RelatedResource, ResourceIdentifier, ResourceType};
    ///
    /// let identifier = ResourceIdentifier::ClientId("lamp-7".into());
    /// let related = RelatedResource::new(ResourceType::ClientId, identifier);
    /// assert_eq!(related.resource_type, ResourceType::ClientId);
    /// ```
    RelatedResource
}

/// An instant as the facts about resources have it.
pub(super) fn millis(instant: Timestamp) -> String {
    instant.as_millis().to_string()
}
