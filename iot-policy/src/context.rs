//! What is known about a connection or call: the values of the policy variables.

mod asked;

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::IpAddr;

use iot_topics::{Timestamp, TopicNameRef};

use self::asked::truth;
pub(crate) use self::asked::{Asked, HttpValue};
use crate::bytes;
use crate::certificate::{Certificate, NameField, NoValue, Pick, Side};
use crate::instant::Iso8601;
use crate::resource::{ArnScope, ResourceKind};
use crate::text::{Inline, Text};
use crate::variable::Variable;

/// The attributes of a thing, however the caller keeps them.
///
/// # Examples
///
/// ```
/// use iot_policy::{ArnScope, Attributes, Context, Thing, Unresolved, Variable};
///
/// #[derive(Debug)]
/// struct Record {
///     site: String,
/// }
///
/// impl Attributes for Record {
///     fn attribute(&self, name: &str) -> Option<&str> {
///         (name == "site").then_some(&self.site)
///     }
/// }
///
/// let record = Record { site: "berlin".into() };
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let thing = Thing::attached("lamp").with_attributes(&record);
/// let context = Context::new(&scope).with_client_id("lamp").with_thing(thing);
/// let value = |name| context.value(&Variable::parse(name));
/// assert_eq!(value("iot:Connection.Thing.Attributes[site]").unwrap(), ["berlin"]);
/// assert_eq!(value("iot:Connection.Thing.Attributes[Site]"), Err(Unresolved::NoAttribute));
/// ```
pub trait Attributes: fmt::Debug + Sync {
    /// The value of an attribute; names are compared as written.
    fn attribute(&self, name: &str) -> Option<&str>;
}

impl<K, V> Attributes for BTreeMap<K, V>
where
    K: core::borrow::Borrow<str> + Ord + fmt::Debug + Sync,
    V: AsRef<str> + fmt::Debug + Sync,
{
    fn attribute(&self, name: &str) -> Option<&str> {
        self.get(name).map(AsRef::as_ref)
    }
}

impl<K, V, const N: usize> Attributes for [(K, V); N]
where
    K: AsRef<str> + fmt::Debug + Sync,
    V: AsRef<str> + fmt::Debug + Sync,
{
    fn attribute(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(key, _)| key.as_ref() == name)
            .map(|(_, value)| value.as_ref())
    }
}

impl<K, V> Attributes for Vec<(K, V)>
where
    K: AsRef<str> + fmt::Debug + Sync,
    V: AsRef<str> + fmt::Debug + Sync,
{
    fn attribute(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(key, _)| key.as_ref() == name)
            .map(|(_, value)| value.as_ref())
    }
}

/// How a thing is tied to the certificate or identity of the connection (developer guide,
/// "Associating a thing to a connection").
///
/// # Examples
///
/// ```
/// use iot_policy::{ArnScope, Attachment, Context, Thing, Unresolved, Variable};
///
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let as_other = |attachment| {
///     let thing = Thing::attached("lamp").with_attachment(attachment);
///     Context::new(&scope).with_client_id("lamp-2").with_thing(thing).value(&Variable::ThingName)
/// };
/// assert_eq!(as_other(Attachment::Exclusive).unwrap(), ["lamp"]);
/// assert_eq!(as_other(Attachment::Attached), Err(Unresolved::ClientIdDiffers));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a thing is in one of these three relations"
)]
pub enum Attachment {
    /// The thing is in the registry, the principal is not attached to it.
    #[default]
    NotAttached,
    /// `NON_EXCLUSIVE_THING`: counts when the client id is the name of the thing.
    Attached,
    /// `EXCLUSIVE_THING`: counts whatever the client id.
    Exclusive,
}

/// A thing of the registry, as far as policies ask about it.
///
/// # Examples
///
/// ```
/// use iot_policy::{ArnScope, Attachment, Context, Thing, Unresolved, Variable};
///
/// let attributes = [("site", "berlin")];
/// let thing = Thing::attached("sensor-7").with_type("thermometer").with_attributes(&attributes);
/// assert_eq!(thing.name(), "sensor-7");
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let context = Context::new(&scope).with_client_id("sensor-7");
/// let value = |thing, variable: &Variable| context.with_thing(thing).value(variable);
/// assert_eq!(value(thing, &Variable::ThingTypeName).unwrap(), ["thermometer"]);
/// // Not attached: the connection has no thing, and a policy can tell.
/// let thing = thing.with_attachment(Attachment::NotAttached);
/// assert_eq!(value(thing, &Variable::ThingName), Err(Unresolved::NotAttached));
/// assert_eq!(value(thing, &Variable::ThingIsAttached).unwrap(), ["false"]);
/// assert!(value(Thing::not_attached("sensor-7"), &Variable::ThingName).is_err());
/// assert!(value(Thing::exclusive("sensor-8"), &Variable::ThingName).is_ok());
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Thing<'a> {
    name: &'a str,
    type_name: Option<&'a str>,
    attributes: Option<&'a dyn Attributes>,
    attachment: Attachment,
}

impl<'a> Thing<'a> {
    /// A thing that the principal is attached to, though not exclusively: it counts when the
    /// client id is its name.
    #[must_use]
    pub const fn attached(name: &'a str) -> Self {
        Self::of(name, Attachment::Attached)
    }

    /// The one thing that the principal is exclusively attached to: it counts whatever the client
    /// id.
    #[must_use]
    pub const fn exclusive(name: &'a str) -> Self {
        Self::of(name, Attachment::Exclusive)
    }

    /// A thing of the registry that the principal is not attached to: it does not count.
    #[must_use]
    pub const fn not_attached(name: &'a str) -> Self {
        Self::of(name, Attachment::NotAttached)
    }

    const fn of(name: &'a str, attachment: Attachment) -> Self {
        Self {
            name,
            type_name: None,
            attributes: None,
            attachment,
        }
    }

    /// Tells the thing type.
    #[must_use]
    pub const fn with_type(mut self, name: &'a str) -> Self {
        self.type_name = Some(name);
        self
    }

    /// Tells the attributes.
    #[must_use]
    pub const fn with_attributes(mut self, attributes: &'a dyn Attributes) -> Self {
        self.attributes = Some(attributes);
        self
    }

    /// Tells how the principal is attached.
    #[must_use]
    pub const fn with_attachment(mut self, attachment: Attachment) -> Self {
        self.attachment = attachment;
        self
    }

    /// The name of the thing.
    #[must_use]
    pub const fn name(&self) -> &'a str {
        self.name
    }
}

/// The features that a Connect packet asks for, the values of `iot:ConnectAttributes`.
///
/// # Examples
///
/// ```
/// use iot_policy::ConnectAttributes;
///
/// let packet = ConnectAttributes::new(false, true);
/// assert!(packet.last_will && !packet.persistent);
/// assert!(packet.names().eq(["LastWill"]));
/// // Neither: no values, over which `ForAllValues` holds and `ForAnyValue` does not.
/// assert_eq!(ConnectAttributes::new(false, false).names().count(), 0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ConnectAttributes {
    /// `PersistentConnect`: the session outlives the connection.
    pub persistent: bool,
    /// `LastWill`: the packet holds a will.
    pub last_will: bool,
}

impl ConnectAttributes {
    /// Tells both features.
    #[must_use]
    pub const fn new(persistent: bool, last_will: bool) -> Self {
        Self {
            persistent,
            last_will,
        }
    }

    /// The values of the variable.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let persistent = self.persistent.then_some("PersistentConnect");
        persistent
            .into_iter()
            .chain(self.last_will.then_some("LastWill"))
    }
}

/// Values of variables that the caller gives by name; they go before all others.
///
/// # Examples
///
/// ```
/// use iot_policy::{ArnScope, Context, ContextValues, Variable};
///
/// let mut values = ContextValues::new();
/// values.insert(Variable::parse("iot:Plant"), vec!["berlin".into()]);
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let context = Context::new(&scope).with_values(&values);
/// assert_eq!(context.value(&Variable::parse("iot:plant")).unwrap(), ["berlin"]);
/// ```
pub type ContextValues = BTreeMap<Variable, Vec<String>>;

/// The values of the policy variables for one connection or call.
///
/// A `Context` borrows everything and costs nothing to build, so that a broker keeps only what
/// it knows anyway, and makes one for each packet.
///
/// # Examples
///
/// ```
/// use iot_policy::{ArnScope, Certificate, ConnectAttributes, Context, Thing, Unresolved, Variable};
/// use iot_topics::{Timestamp, TopicNameRef};
///
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let context = Context::new(&scope).with_client_id("sensor-7").with_thing(Thing::attached("sensor-8"));
///
/// assert_eq!(context.value(&Variable::ClientId).unwrap(), ["sensor-7"]);
/// // the thing counts only if the client id is its name
/// assert_eq!(context.value(&Variable::ThingName), Err(Unresolved::ClientIdDiffers));
/// let certificate = Certificate::builder().serial_number("2587").build();
/// let context = Context::new(&scope)
///     .with_certificate(&certificate)
///     .with_source_ip("203.0.113.7".parse()?)
///     .with_domain_name("iot.example.com")
///     .with_connect_attributes(ConnectAttributes::new(false, true))
///     .with_last_will_topic(TopicNameRef::parse("lost/sensor-7")?)
///     .with_cognito_identity("us-east-1:12345678-abcd-1234-abcd-1234567890ab")
///     .with_time(Timestamp::from_secs(1_700_000_000))
///     .with_secure_transport(true);
/// assert_eq!(context.client_id(), None);
/// for (name, value) in [
///     ("iot:Certificate.SerialNumber", "2587"),
///     ("aws:SourceIp", "203.0.113.7"),
///     ("iot:DomainName", "iot.example.com"),
///     ("iot:ConnectAttributes", "LastWill"),
///     ("iot:LastWillTopic", "arn:aws:iot:us-east-1:123456789012:topic/lost/sensor-7"),
///     ("cognito-identity.amazonaws.com:sub", "us-east-1:12345678-abcd-1234-abcd-1234567890ab"),
///     ("aws:CurrentTime", "2023-11-14T22:13:20Z"),
///     ("aws:EpochTime", "1700000000"),
///     ("aws:SecureTransport", "true"),
/// ] {
///     assert_eq!(context.value(&Variable::parse(name)).unwrap(), [value]);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    scope: &'a ArnScope,
    client_id: Option<&'a str>,
    thing: Option<Thing<'a>>,
    certificate: Option<&'a Certificate>,
    values: Option<&'a ContextValues>,
    peer: Peer<'a>,
    connect: Option<ConnectAttributes>,
    last_will_topic: Option<&'a str>,
    cognito_identity: Option<&'a str>,
    now: Option<Timestamp>,
    secure_transport: Option<bool>,
    asked: Asked<'a>,
}

/// Where the packet came from and went to.
#[derive(Clone, Copy, Debug, Default)]
struct Peer<'a> {
    source_ip: Option<IpAddr>,
    vpc: Option<VpcPeer<'a>>,
    domain_name: Option<&'a str>,
}

/// What is known of a connection that came over a VPC endpoint.
///
/// # Examples
///
/// ```
/// use iot_policy::{ArnScope, Context, Unresolved, Variable, VpcPeer};
///
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let peer = VpcPeer::new(Some("10.0.3.7".parse()?), None, Some("vpce-0123456789abcdef0"));
/// let context = Context::new(&scope).with_vpc_peer(peer);
/// assert_eq!(context.value(&Variable::VpcSourceIp).unwrap(), ["10.0.3.7"]);
/// assert_eq!(context.value(&Variable::SourceVpce).unwrap(), ["vpce-0123456789abcdef0"]);
/// assert_eq!(context.value(&Variable::SourceIp), Err(Unresolved::OtherRoute));
/// # Ok::<(), core::net::AddrParseError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct VpcPeer<'a> {
    /// `aws:VpcSourceIp`.
    pub source_ip: Option<IpAddr>,
    /// `aws:SourceVpc`.
    pub vpc: Option<&'a str>,
    /// `aws:SourceVpce`.
    pub endpoint: Option<&'a str>,
}

impl<'a> VpcPeer<'a> {
    /// A peer behind a VPC endpoint.
    #[must_use]
    pub const fn new(
        source_ip: Option<IpAddr>,
        vpc: Option<&'a str>,
        endpoint: Option<&'a str>,
    ) -> Self {
        Self {
            source_ip,
            vpc,
            endpoint,
        }
    }
}

/// Why a variable has no value.
///
/// # Examples
///
/// ```
/// use iot_policy::{ArnScope, Context, Thing, Unresolved, Variable};
///
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let http = Context::new(&scope).with_thing(Thing::attached("lamp"));
/// assert_eq!(http.value(&Variable::ThingName), Err(Unresolved::NoClientId));
/// let mqtt = http.with_client_id("lamp");
/// assert_eq!(mqtt.value(&Variable::ThingTypeName), Err(Unresolved::NoThingType));
/// assert_eq!(mqtt.value(&Variable::CertificateId), Err(Unresolved::NoCertificate));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Unresolved {
    /// The caller did not tell it.
    #[error("no value was given")]
    NotGiven,
    /// Over HTTP there is no client id, so no thing either.
    #[error("the call has no client id, as over HTTP")]
    NoClientId,
    /// No thing is attached to the principal.
    #[error("the connection has no thing")]
    NoThing,
    /// The thing is not the exclusive one and the client id is not its name.
    #[error("the client id differs from the thing name")]
    ClientIdDiffers,
    /// The thing is in the registry, but the principal is not attached to it.
    #[error("the thing is not attached to the principal")]
    NotAttached,
    /// The thing has no type.
    #[error("the thing has no type")]
    NoThingType,
    /// The thing has no attribute of that name.
    #[error("the thing has no such attribute")]
    NoAttribute,
    /// The client did not show a certificate.
    #[error("the connection has no certificate")]
    NoCertificate,
    /// The certificate has the value not, or has one that is not substituted.
    #[error("{0}")]
    Certificate(NoValue),
    /// The peer came over a VPC endpoint, where `aws:SourceIp` has no value, or the other way round.
    #[error("the peer came another way")]
    OtherRoute,
    /// Only a Connect request has the value.
    #[error("only Connect has it")]
    NotOnConnect,
    /// The Connect request has no will.
    #[error("the Connect has no will")]
    NoWill,
    /// Several values: for conditions only.
    #[error("several values, for conditions only")]
    SeveralValues,
    /// Has a value only in the IAM policies of a role alias.
    #[error("it has a value in role policies only")]
    RolePoliciesOnly,
    /// Not a variable of the developer guide, and the caller gave no value.
    #[error("no such variable")]
    Unknown,
}

impl Unresolved {
    /// Whether there is a value that AWS IoT does not substitute: a default does not replace it.
    pub(crate) const fn is_refusal(self) -> bool {
        match self {
            Self::Certificate(why) => !matches!(
                why,
                NoValue::NotInCertificate | NoValue::IndexOutOfRange { .. }
            ),
            Self::SeveralValues => true,
            _ => false,
        }
    }
}

/// What a variable was found to hold.
pub(crate) enum Found<'a> {
    Text(Text<'a>),
    Inline(Inline),
    Address(IpAddr),
    /// The text is ISO 8601.
    Time(Timestamp),
    Connect(ConnectAttributes),
    Names(&'a Certificate, Side, NameField),
    Keys(&'a Certificate),
    Strings(&'a [String]),
}

impl<'a> Found<'a> {
    const fn str(text: &'a str) -> Self {
        Self::Text(Text::whole(text))
    }

    /// Calls `see` with each value.
    #[inline]
    pub(crate) fn each(&self, mut see: impl FnMut(Text<'_>)) {
        let mut whole = |text: &str| see(Text::whole(text));
        match self {
            Self::Text(text) => see(*text),
            Self::Inline(inline) => whole(inline.as_str()),
            Self::Address(address) => whole(Inline::format(address).as_str()),
            Self::Time(now) => whole(Inline::format(Iso8601(*now)).as_str()),
            Self::Connect(attributes) => attributes.names().for_each(whole),
            Self::Names(certificate, side, field) => {
                certificate.list(*side, *field).for_each(whole);
            }
            Self::Keys(certificate) => certificate.available_keys().for_each(whole),
            Self::Strings(values) => values.iter().for_each(|value| whole(value)),
        }
    }
}

impl<'a> Context<'a> {
    /// A context in which no variable has a value.
    #[must_use]
    pub const fn new(scope: &'a ArnScope) -> Self {
        Self {
            scope,
            client_id: None,
            thing: None,
            certificate: None,
            values: None,
            peer: Peer {
                source_ip: None,
                vpc: None,
                domain_name: None,
            },
            connect: None,
            last_will_topic: None,
            cognito_identity: None,
            now: None,
            secure_transport: None,
            asked: Asked::Anything,
        }
    }

    /// The MQTT client id; leave it out for an HTTP call.
    #[must_use]
    pub const fn with_client_id(mut self, client_id: &'a str) -> Self {
        self.client_id = Some(client_id);
        self
    }

    /// The thing that the registry has for the client id, or the exclusive thing of the principal.
    /// Whether it counts for this connection is decided here, by the rule of the developer guide.
    #[must_use]
    pub const fn with_thing(mut self, thing: Thing<'a>) -> Self {
        self.thing = Some(thing);
        self
    }

    /// The client certificate.
    #[must_use]
    pub const fn with_certificate(mut self, certificate: &'a Certificate) -> Self {
        self.certificate = Some(certificate);
        self
    }

    /// The address of the peer, not over a VPC endpoint.
    #[must_use]
    pub const fn with_source_ip(mut self, address: IpAddr) -> Self {
        self.peer.source_ip = Some(address);
        self
    }

    /// The peer, over a VPC endpoint: `aws:SourceIp` then has no value.
    #[must_use]
    pub const fn with_vpc_peer(mut self, peer: VpcPeer<'a>) -> Self {
        self.peer.vpc = Some(peer);
        self
    }

    /// The endpoint (server name) that the client connected to.
    #[must_use]
    pub const fn with_domain_name(mut self, name: &'a str) -> Self {
        self.peer.domain_name = Some(name);
        self
    }

    /// The features that a Connect packet asks for.
    #[must_use]
    pub const fn with_connect_attributes(mut self, attributes: ConnectAttributes) -> Self {
        self.connect = Some(attributes);
        self
    }

    /// The topic of the will in a Connect packet.
    #[must_use]
    pub const fn with_last_will_topic(mut self, topic: TopicNameRef<'a>) -> Self {
        self.last_will_topic = Some(topic.as_str());
        self
    }

    /// The Cognito identity.
    #[must_use]
    pub const fn with_cognito_identity(mut self, id: &'a str) -> Self {
        self.cognito_identity = Some(id);
        self
    }

    /// The instant of the request, for `aws:CurrentTime` and `aws:EpochTime`.
    #[must_use]
    pub const fn with_time(mut self, now: Timestamp) -> Self {
        self.now = Some(now);
        self
    }

    /// Whether the connection is over TLS.
    #[must_use]
    pub const fn with_secure_transport(mut self, secure: bool) -> Self {
        self.secure_transport = Some(secure);
        self
    }

    /// Values by variable; they go before what the other methods told. Nothing that a client can
    /// choose may be put here: a client id given here is not the one that the thing is found by.
    #[must_use]
    pub const fn with_values(mut self, values: &'a ContextValues) -> Self {
        self.values = Some(values);
        self
    }

    /// The context of one request of an operation: with the values that such a request has, and
    /// without those that it has not, whoever gave them.
    #[inline]
    pub(crate) const fn narrowed(&self, asked: Asked<'a>) -> Self {
        let (client_id, thing, connect, last_will_topic) = match asked {
            Asked::Connect {
                client_id,
                attributes,
                will,
            } => (Some(client_id), self.thing, Some(attributes), will),
            Asked::Will { client_id } => (Some(client_id), self.thing, None, None),
            Asked::Http(_) => (None, None, None, None),
            Asked::Anything | Asked::Message => (self.client_id, self.thing, None, None),
        };
        Self {
            client_id,
            thing,
            connect,
            last_will_topic,
            asked,
            ..*self
        }
    }

    /// The partition, Region and account.
    #[must_use]
    pub const fn scope(&self) -> &'a ArnScope {
        self.scope
    }

    /// The MQTT client id.
    #[must_use]
    pub const fn client_id(&self) -> Option<&'a str> {
        self.client_id
    }

    /// The thing of the connection: the exclusive one, or an attached one whose name is the
    /// client id (developer guide, "Associating a thing to a connection").
    ///
    /// # Errors
    ///
    /// [`Unresolved`] says why the connection has none.
    #[inline]
    pub fn thing(&self) -> Result<&Thing<'a>, Unresolved> {
        let client_id = self.client_id.ok_or(Unresolved::NoClientId)?;
        let thing = self.thing.as_ref().ok_or(Unresolved::NoThing)?;
        match thing.attachment {
            Attachment::Exclusive => Ok(thing),
            _ if !bytes::equal(thing.name.as_bytes(), client_id.as_bytes()) => {
                Err(Unresolved::ClientIdDiffers)
            }
            Attachment::Attached => Ok(thing),
            Attachment::NotAttached => Err(Unresolved::NotAttached),
        }
    }

    /// The values of a variable, as text. For tools: deciding does not need it.
    ///
    /// # Errors
    ///
    /// [`Unresolved`] says why the variable has no value.
    pub fn value(&self, variable: &Variable) -> Result<Vec<String>, Unresolved> {
        let mut values = Vec::new();
        let found = self.find(variable)?;
        found.each(|text| values.push(text.chars().collect()));
        Ok(values)
    }

    /// The value of a variable, if it is one that is compared most often and has one. Others are
    /// for [`single`](Self::single), which knows all.
    #[inline]
    pub(crate) fn often(&self, variable: &Variable) -> Option<&'a str> {
        if self.values.is_some() {
            return None;
        }
        match variable {
            Variable::ClientId => self.client_id,
            Variable::ThingName => self.thing().ok().map(|thing| thing.name),
            _ => None,
        }
    }

    /// The one value of a variable that stands in a resource or in a condition value.
    pub(crate) fn single(&self, variable: &Variable) -> Result<Found<'a>, Unresolved> {
        match self.find(variable)? {
            _ if variable.is_multi_valued() => Err(Unresolved::SeveralValues),
            found @ (Found::Text(_) | Found::Inline(_)) => Ok(found),
            Found::Address(address) => Ok(Found::Inline(Inline::format(address))),
            Found::Time(now) => Ok(Found::Inline(Inline::format(Iso8601(now)))),
            Found::Strings([]) => Err(Unresolved::NotGiven),
            Found::Strings([value]) => Ok(Found::str(value)),
            _ => Err(Unresolved::SeveralValues),
        }
    }

    /// What a variable holds; an empty set of values is not an error.
    pub(crate) fn find(&self, variable: &Variable) -> Result<Found<'a>, Unresolved> {
        let given = self.values.and_then(|values| values.get(variable));
        if let Some(values) = given
            && !self.asked.settles(variable)
        {
            return Ok(match values.as_slice() {
                [value] => Found::str(value),
                values => Found::Strings(values),
            });
        }
        let text = |value: Option<&'a str>| value.map(Found::str).ok_or(Unresolved::NotGiven);
        match variable {
            Variable::ClientId => self.client_id.map(Found::str).ok_or(Unresolved::NoClientId),
            Variable::ThingName => Ok(Found::str(self.thing()?.name)),
            Variable::ThingTypeName => self
                .thing()?
                .type_name
                .map(Found::str)
                .ok_or(Unresolved::NoThingType),
            Variable::ThingAttribute(name) => {
                let attributes = self.thing()?.attributes.ok_or(Unresolved::NoAttribute)?;
                attributes
                    .attribute(name)
                    .map(Found::str)
                    .ok_or(Unresolved::NoAttribute)
            }
            Variable::ThingIsAttached => match self.thing() {
                Ok(_) => Ok(Found::str("true")),
                Err(Unresolved::NoClientId) => Err(Unresolved::NoClientId),
                Err(_) => Ok(Found::str("false")),
            },
            Variable::SourceIp => match self.peer {
                Peer { vpc: Some(_), .. } => Err(Unresolved::OtherRoute),
                Peer { source_ip, .. } => address(source_ip),
            },
            Variable::VpcSourceIp => address(self.vpc()?.source_ip),
            Variable::SourceVpc => text(self.vpc()?.vpc),
            Variable::SourceVpce => text(self.vpc()?.endpoint),
            Variable::DomainName => text(self.peer.domain_name),
            Variable::CurrentTime => self.now.map(Found::Time).ok_or(Unresolved::NotGiven),
            Variable::EpochTime => {
                let now = self.now.ok_or(Unresolved::NotGiven)?;
                Ok(Found::Inline(Inline::format(now.as_secs())))
            }
            Variable::SecureTransport => text(self.secure_transport.map(truth)),
            Variable::CertificateId => {
                let id = self.certificate()?.id().ok_or(Unresolved::NotGiven)?;
                Ok(Found::str(id.as_str()))
            }
            Variable::CertificateSerialNumber => {
                let serial = self.certificate()?.serial_number();
                serial.map(Found::str).map_err(Unresolved::Certificate)
            }
            Variable::CertificateAvailableKeys => Ok(Found::Keys(self.certificate()?)),
            Variable::CertificateName(name) => {
                let certificate = self.certificate()?;
                match name.pick {
                    Pick::List if certificate.list(name.side, name.field).len() == 0 => {
                        Err(Unresolved::Certificate(NoValue::NotInCertificate))
                    }
                    Pick::List => Ok(Found::Names(certificate, name.side, name.field)),
                    _ => certificate
                        .get(*name)
                        .map(Found::str)
                        .map_err(Unresolved::Certificate),
                }
            }
            Variable::ConnectAttributes => self
                .connect
                .map(Found::Connect)
                .ok_or(Unresolved::NotOnConnect),
            Variable::LastWillTopic => {
                let why = match self.connect {
                    Some(_) => Unresolved::NoWill,
                    None => Unresolved::NotOnConnect,
                };
                let topic = self.last_will_topic.ok_or(why)?;
                Ok(Found::Text(Text::new(
                    self.scope.head(ResourceKind::Topic),
                    topic,
                )))
            }
            Variable::CognitoIdentity => text(self.cognito_identity),
            Variable::JobId | Variable::Topic | Variable::IncludeSocketInformation => {
                text(self.asked.value(variable))
            }
            Variable::CredentialsThingName
            | Variable::CredentialsThingTypeName
            | Variable::CredentialsCertificateId => Err(Unresolved::RolePoliciesOnly),
            Variable::Other(_) => Err(Unresolved::Unknown),
        }
    }

    fn certificate(&self) -> Result<&'a Certificate, Unresolved> {
        self.certificate.ok_or(Unresolved::NoCertificate)
    }

    fn vpc(&self) -> Result<VpcPeer<'a>, Unresolved> {
        self.peer.vpc.ok_or(Unresolved::OtherRoute)
    }
}

fn address<'a>(address: Option<IpAddr>) -> Result<Found<'a>, Unresolved> {
    address
        .map(|address| Found::Address(address.to_canonical()))
        .ok_or(Unresolved::NotGiven)
}
