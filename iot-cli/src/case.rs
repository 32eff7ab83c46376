//! The test cases of `iot policy test`: one JSON object a line.

use std::collections::BTreeMap;
use std::net::IpAddr;

use iot_policy::{
    Action, ArnScope, Attachment, Certificate, ContextValues, Decision, NameField, Resource, Side,
    Variable,
};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::connection::{Connection, ThingFacts, VpcFacts};

/// One case, as written.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Case<'a> {
    pub(crate) id: String,
    pub(crate) why: Option<String>,
    /// The documents, as they stand in the line: a repeated key in one must not get lost.
    #[serde(borrow)]
    pub(crate) policies: Option<Vec<&'a RawValue>>,
    /// Files with documents, seen from the folder of the case file.
    pub(crate) policy_files: Option<Vec<String>>,
    #[serde(default)]
    context: Known,
    request: Asked,
    pub(crate) expect: Expected,
    #[serde(rename = "source")]
    _source: Option<IgnoredAny>,
    #[serde(rename = "tag")]
    _tag: Option<IgnoredAny>,
    #[serde(rename = "contested")]
    _contested: Option<IgnoredAny>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    action: String,
    resource: String,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Expected {
    Allowed,
    ImplicitDeny,
    ExplicitDeny,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Known {
    client_id: Option<String>,
    source_ip: Option<IpAddr>,
    domain_name: Option<String>,
    source_vpce: Option<String>,
    source_vpc: Option<String>,
    vpc_source_ip: Option<IpAddr>,
    connect_attributes: Option<Vec<String>>,
    last_will_topic: Option<String>,
    thing: Option<KnownThing>,
    cert: Option<KnownCertificate>,
    keys: BTreeMap<String, OneOrMany>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct KnownThing {
    name: String,
    #[serde(default)]
    attached: bool,
    #[serde(default)]
    exclusive: bool,
    type_name: Option<String>,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct KnownCertificate {
    id: Option<String>,
    serial_number: Option<String>,
    subject: BTreeMap<String, Vec<String>>,
    issuer: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl Expected {
    pub(crate) const fn of(decision: Decision) -> Self {
        match decision {
            Decision::Allowed => Self::Allowed,
            Decision::ImplicitDeny => Self::ImplicitDeny,
            Decision::ExplicitDeny => Self::ExplicitDeny,
        }
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::ImplicitDeny => "implicitDeny",
            Self::ExplicitDeny => "explicitDeny",
        }
    }
}

impl Case<'_> {
    /// The action. One that does not exist is no case: whatever is expected of it, a refusal would
    /// look right.
    pub(crate) fn action(&self) -> Result<Action<'_>, String> {
        let action = Action::parse(&self.request.action);
        let unknown = || format!("request: there is no action `{}`", self.request.action);
        action.is_known().then_some(action).ok_or_else(unknown)
    }

    /// The resource. Neither is a text that is no ARN.
    pub(crate) fn resource(&self) -> Result<Resource<'_>, String> {
        let resource = Resource::from_arn(&self.request.resource);
        let is_arn = resource.kind().is_some() || self.request.resource == "*";
        let other = || format!("request: `{}` is no ARN of AWS IoT", self.request.resource);
        is_arn.then_some(resource).ok_or_else(other)
    }

    /// Where the connection is: where the resource is.
    pub(crate) fn scope(&self) -> ArnScope {
        let scope = ArnScope::of_arn(&self.request.resource);
        scope.unwrap_or_else(|| ArnScope::new("aws", "us-east-1", "123456789012"))
    }

    /// What is known of the connection; an error names a field that certificates do not have.
    pub(crate) fn connection(&self) -> Result<Connection, String> {
        let known = &self.context;
        Ok(Connection {
            client_id: known.client_id.clone(),
            thing: known.thing.as_ref().map(KnownThing::facts),
            certificate: known
                .cert
                .as_ref()
                .map(KnownCertificate::read)
                .transpose()?,
            source_ip: known.source_ip,
            domain_name: known.domain_name.clone(),
            vpc: VpcFacts {
                source_ip: known.vpc_source_ip,
                vpc: known.source_vpc.clone(),
                endpoint: known.source_vpce.clone(),
            },
            values: known.values(),
        })
    }
}

impl Known {
    /// What is given as the value of a variable itself.
    fn values(&self) -> ContextValues {
        let mut values = ContextValues::new();
        if let Some(names) = &self.connect_attributes {
            values.insert(Variable::ConnectAttributes, names.clone());
        }
        if let Some(arn) = &self.last_will_topic {
            values.insert(Variable::LastWillTopic, vec![arn.clone()]);
        }
        if let Some(id) = self.cert.as_ref().and_then(|cert| cert.id.clone()) {
            values.insert(Variable::CertificateId, vec![id]);
        }
        let keys = self.keys.iter().map(|(name, given)| {
            let given = match given {
                OneOrMany::One(value) => vec![value.clone()],
                OneOrMany::Many(values) => values.clone(),
            };
            (Variable::parse(name), given)
        });
        values.extend(keys);
        values
    }
}

impl KnownThing {
    fn facts(&self) -> ThingFacts {
        ThingFacts {
            name: self.name.clone(),
            type_name: self.type_name.clone(),
            attributes: self.attributes.clone(),
            attachment: match (self.attached, self.exclusive) {
                (false, _) => Attachment::NotAttached,
                (true, false) => Attachment::Attached,
                (true, true) => Attachment::Exclusive,
            },
        }
    }
}

impl KnownCertificate {
    fn read(&self) -> Result<Certificate, String> {
        let mut builder = Certificate::builder();
        if let Some(number) = &self.serial_number {
            builder = builder.serial_number(number);
        }
        for (side, names) in [(Side::Subject, &self.subject), (Side::Issuer, &self.issuer)] {
            for (name, values) in names {
                let field = NameField::parse(name)
                    .ok_or_else(|| format!("cert: no certificate has a field `{name}`"))?;
                let add = |builder, value: &String| -> iot_policy::CertificateBuilder {
                    iot_policy::CertificateBuilder::name(builder, side, field, value)
                };
                builder = values.iter().fold(builder, add);
            }
        }
        Ok(builder.build())
    }
}
