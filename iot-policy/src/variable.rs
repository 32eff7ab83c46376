//! Policy variables and condition keys: the names that a policy may use.

use alloc::boxed::Box;
use core::cmp::Ordering;
use core::fmt;
use core::hash::{Hash, Hasher};

use crate::certificate::{NameVariable, Pick};

/// A policy variable, which is a condition key too.
///
/// Names are compared without regard to letter case (IAM user guide, "Variables and tags"); the
/// name of a thing attribute is compared as written.
///
/// # Examples
///
/// ```
/// use iot_policy::Variable;
///
/// let variable = Variable::parse("iot:connection.thing.thingname");
/// assert_eq!(variable, Variable::ThingName);
/// assert_eq!(variable.to_string(), "iot:Connection.Thing.ThingName");
/// assert!(!Variable::parse("iot:Nonsense").is_known());
/// assert_eq!(Variable::parse("iot:Nonsense"), Variable::parse("IOT:nonsense"));
/// assert!(Variable::ConnectAttributes.is_multi_valued()); // in conditions only
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Variable {
    /// `aws:SourceIp`: the address of the peer; has no value over a VPC endpoint.
    SourceIp,
    /// `aws:VpcSourceIp`: the address of the peer, over a VPC endpoint.
    VpcSourceIp,
    /// `aws:SourceVpc`.
    SourceVpc,
    /// `aws:SourceVpce`.
    SourceVpce,
    /// `aws:CurrentTime`: the instant the caller gave, in ISO 8601.
    CurrentTime,
    /// `aws:EpochTime`: the instant the caller gave, in seconds.
    EpochTime,
    /// `aws:SecureTransport`.
    SecureTransport,
    /// `iot:ClientId`: the MQTT client identifier; has no value over HTTP.
    ClientId,
    /// `iot:DomainName`: the endpoint that the client connected to.
    DomainName,
    /// `iot:Connection.Thing.ThingName`.
    ThingName,
    /// `iot:Connection.Thing.ThingTypeName`.
    ThingTypeName,
    /// `iot:Connection.Thing.Attributes[<name>]`.
    ThingAttribute(Box<str>),
    /// `iot:Connection.Thing.IsAttached`: `true` or `false`.
    ThingIsAttached,
    /// `iot:CertificateId`: 64 hexadecimal digits.
    CertificateId,
    /// `iot:Certificate.SerialNumber`.
    CertificateSerialNumber,
    /// `iot:Certificate.AvailableKeys`: the names of the certificate variables that have a value.
    CertificateAvailableKeys,
    /// `iot:Certificate.<side>.<field>[.<index> | .List]`.
    CertificateName(NameVariable),
    /// `iot:ConnectAttributes`: `PersistentConnect`, `LastWill`; on Connect only.
    ConnectAttributes,
    /// `iot:LastWillTopic`: the ARN of the will topic; on Connect only.
    LastWillTopic,
    /// `iot:Topic`: the topic of a direct message.
    Topic,
    /// `iot:JobId`: the job of an HTTP request of the job data plane.
    JobId,
    /// `iot:IncludeSocketInformation`: `true` or `false`, of an HTTP request for a connection.
    IncludeSocketInformation,
    /// `cognito-identity.amazonaws.com:sub`: the id of the Cognito identity.
    CognitoIdentity,
    /// `credentials-iot:ThingName`: has a value only in the IAM policies of a role alias.
    CredentialsThingName,
    /// `credentials-iot:ThingTypeName`: likewise.
    CredentialsThingTypeName,
    /// `credentials-iot:AwsCertificateId`: likewise.
    CredentialsCertificateId,
    /// A name that is not in the tables of the developer guide.
    Other(OtherName),
}

/// The name of a variable that the developer guide does not know; letter case does not count when
/// two are compared.
///
/// # Examples
///
/// ```
/// use iot_policy::Variable;
///
/// let Variable::Other(name) = Variable::parse("iot:Plant") else { panic!("known") };
/// let Variable::Other(same) = Variable::parse("IOT:PLANT") else { panic!("known") };
/// assert_eq!(name, same);
/// assert_eq!((name.as_str(), same.as_str()), ("iot:Plant", "IOT:PLANT")); // as written
/// ```
#[derive(Clone)]
pub struct OtherName(Box<str>);

impl OtherName {
    /// The name as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn folded(&self) -> impl Iterator<Item = u8> {
        self.0.bytes().map(|byte| byte.to_ascii_lowercase())
    }
}

impl PartialEq for OtherName {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Eq for OtherName {}

impl PartialOrd for OtherName {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for OtherName {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded().cmp(other.folded())
    }
}

impl Hash for OtherName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.folded().for_each(|byte| state.write_u8(byte));
        state.write_u8(0xFF); // no byte of a text: names that follow each other stay apart
    }
}

impl fmt::Debug for OtherName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The variables without a parameter, by the name that the developer guide prints.
const NAMES: &[(&str, Variable)] = &[
    ("aws:SourceIp", Variable::SourceIp),
    ("aws:VpcSourceIp", Variable::VpcSourceIp),
    ("aws:SourceVpc", Variable::SourceVpc),
    ("aws:SourceVpce", Variable::SourceVpce),
    ("aws:CurrentTime", Variable::CurrentTime),
    ("aws:EpochTime", Variable::EpochTime),
    ("aws:SecureTransport", Variable::SecureTransport),
    ("iot:ClientId", Variable::ClientId),
    ("iot:DomainName", Variable::DomainName),
    ("iot:Connection.Thing.ThingName", Variable::ThingName),
    (
        "iot:Connection.Thing.ThingTypeName",
        Variable::ThingTypeName,
    ),
    ("iot:Connection.Thing.IsAttached", Variable::ThingIsAttached),
    ("iot:CertificateId", Variable::CertificateId),
    (
        "iot:Certificate.SerialNumber",
        Variable::CertificateSerialNumber,
    ),
    (
        "iot:Certificate.AvailableKeys",
        Variable::CertificateAvailableKeys,
    ),
    ("iot:ConnectAttributes", Variable::ConnectAttributes),
    ("iot:LastWillTopic", Variable::LastWillTopic),
    ("iot:Topic", Variable::Topic),
    ("iot:JobId", Variable::JobId),
    (
        "iot:IncludeSocketInformation",
        Variable::IncludeSocketInformation,
    ),
    (
        "cognito-identity.amazonaws.com:sub",
        Variable::CognitoIdentity,
    ),
    ("credentials-iot:ThingName", Variable::CredentialsThingName),
    (
        "credentials-iot:ThingTypeName",
        Variable::CredentialsThingTypeName,
    ),
    (
        "credentials-iot:AwsCertificateId",
        Variable::CredentialsCertificateId,
    ),
];

/// Appears in old samples of the developer guide only; read as `iot:Connection.Thing.ThingName`.
const OLD_THING_NAME: &str = "iot:Thing.ThingName";
const ATTRIBUTES: &str = "iot:Connection.Thing.Attributes[";

impl Variable {
    /// Reads a name. Every text is a variable: an unknown one never has a value unless the caller
    /// gives it one.
    #[must_use]
    pub fn parse(name: &str) -> Self {
        if let Some((_, variable)) = NAMES
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
        {
            return variable.clone();
        }
        if name.eq_ignore_ascii_case(OLD_THING_NAME) {
            return Self::ThingName;
        }
        let attribute = strip_prefix_ignore_case(name, ATTRIBUTES)
            .and_then(|rest| rest.strip_suffix(']'))
            .filter(|attribute| !attribute.is_empty());
        if let Some(attribute) = attribute {
            return Self::ThingAttribute(attribute.into());
        }
        match NameVariable::parse(name) {
            Some(variable) => Self::CertificateName(variable),
            None => Self::Other(OtherName(name.into())),
        }
    }

    /// Whether the developer guide knows the name.
    #[must_use]
    pub const fn is_known(&self) -> bool {
        !matches!(self, Self::Other(_))
    }

    /// Whether the variable holds a set of values: such a one stands in conditions only.
    #[must_use]
    pub const fn is_multi_valued(&self) -> bool {
        match self {
            Self::ConnectAttributes | Self::CertificateAvailableKeys => true,
            Self::CertificateName(variable) => matches!(variable.pick, Pick::List),
            _ => false,
        }
    }
}

fn strip_prefix_ignore_case<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(rest)
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ThingAttribute(name) => write!(f, "{ATTRIBUTES}{name}]"),
            Self::CertificateName(variable) => variable.fmt(f),
            Self::Other(name) => f.write_str(name.as_str()),
            known => NAMES
                .iter()
                .find(|(_, variable)| variable == known)
                .map_or(Ok(()), |(name, _)| f.write_str(name)),
        }
    }
}

impl From<&str> for Variable {
    fn from(name: &str) -> Self {
        Self::parse(name)
    }
}
