//! A device asks for credentials.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use iot_topics::{
    AttributeName, AttributeValue, CertificateId, RoleAlias, ThingName, ThingTypeName,
};

use super::alias::RoleAliasSettings;
use crate::action::Action;
use crate::context::{Context, ContextValues};
use crate::principal::Authority;
use crate::principal::authorizer::percent_decode;
use crate::request::Request;
use crate::resource::ResourceKind;
use crate::set::Decision;
use crate::variable::Variable;

/// A call `GET /role-aliases/<alias>/credentials`, over TLS with a client certificate.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::credentials::CredentialsRequest;
///
/// let headers = [("x-amzn-iot-thingname", "camera-7")];
/// let request = CredentialsRequest::parse("/role-aliases/upload/credentials", headers)?;
/// assert_eq!(request.alias().as_str(), "upload");
/// assert_eq!(request.thing().unwrap().as_str(), "camera-7");
/// assert_eq!(request.path(), "/role-aliases/upload/credentials");
/// assert_eq!(request, CredentialsRequest::new("upload".parse().unwrap(), Some("camera-7".parse().unwrap())));
/// # Ok::<(), iot_policy::principal::credentials::CredentialsRefusal>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CredentialsRequest {
    alias: RoleAlias,
    thing: Option<ThingName>,
}

/// Why a device gets no credentials.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::credentials::{CredentialsRefusal, CredentialsRequest};
///
/// let parse = |path| CredentialsRequest::parse(path, []).unwrap_err();
/// assert_eq!(parse("/role-aliases/upload"), CredentialsRefusal::Path);
/// assert_eq!(parse("/role-aliases/up load/credentials"), CredentialsRefusal::Alias);
///
/// let headers = [(CredentialsRequest::THING_HEADER, "not a thing")];
/// let error = CredentialsRequest::parse("/role-aliases/upload/credentials", headers).unwrap_err();
/// assert_eq!((error, error.http_status()), (CredentialsRefusal::Thing, 403));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialsRefusal {
    /// The path is not `/role-aliases/<alias>/credentials`.
    #[error("the path is not `/role-aliases/<alias>/credentials`")]
    Path,
    /// The alias is not a legal one.
    #[error("the role alias is not legal")]
    Alias,
    /// The header names something that is not a thing attached to the certificate, or stands
    /// there twice.
    #[error("the thing of the header is not attached to the certificate")]
    Thing,
    /// The policies do not allow `iot:AssumeRoleWithCertificate`.
    #[error("the policies do not allow it: {0}")]
    Denied(Decision),
}

impl CredentialsRefusal {
    /// The status code of the HTTP answer. 403 is documented for the thing; the others are
    /// decided here.
    #[must_use]
    pub const fn http_status(self) -> u16 {
        match self {
            Self::Path => 404,
            Self::Alias => 400,
            Self::Thing | Self::Denied(_) => 403,
        }
    }
}

/// A thing that is attached to the certificate of a caller.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::credentials::AttachedThing;
///
/// let thing = AttachedThing::new("camera-7".parse()?)
///     .with_type("camera".parse()?)
///     .with_attributes([("hall".parse()?, "7".parse()?)].into());
/// assert_eq!(thing.name().as_str(), "camera-7");
/// # Ok::<(), iot_topics::IdentError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachedThing {
    name: ThingName,
    type_name: Option<ThingTypeName>,
    attributes: BTreeMap<AttributeName, AttributeValue>,
}

impl AttachedThing {
    /// A thing without type and attributes.
    #[must_use]
    pub const fn new(name: ThingName) -> Self {
        Self {
            name,
            type_name: None,
            attributes: BTreeMap::new(),
        }
    }

    /// With a thing type.
    #[must_use]
    pub fn with_type(mut self, name: ThingTypeName) -> Self {
        self.type_name = Some(name);
        self
    }

    /// With attributes.
    #[must_use]
    pub fn with_attributes(mut self, attributes: BTreeMap<AttributeName, AttributeValue>) -> Self {
        self.attributes = attributes;
        self
    }

    /// The name.
    #[must_use]
    pub const fn name(&self) -> &ThingName {
        &self.name
    }
}

/// A device gets credentials of this role.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::Authority;
/// use iot_policy::principal::credentials::{
///     CredentialDurations, CredentialsRequest, RoleAliasSettings,
/// };
/// use iot_policy::{ArnScope, Context, ContextValues, PolicyDocument, PolicySet, Statement, Variable};
/// use std::sync::Arc;
///
/// let alias = "arn:aws:iot:us-east-1:123456789012:rolealias/upload";
/// let allow = PolicyDocument::new(vec![Statement::allow("iot:AssumeRoleWithCertificate", alias)])?;
/// let authority = Authority::certificate(Arc::new(PolicySet::compile([("Roles", allow)])));
/// let arn = "arn:aws:iam::123456789012:role/camera";
/// let settings = RoleAliasSettings::new(arn, Some(900), None, &CredentialDurations::AWS_IOT)?;
/// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
/// let (context, id) = (Context::new(&scope), "00".repeat(32).parse()?);
///
/// let request = CredentialsRequest::new("upload".parse()?, None); // without the header
/// let values = ContextValues::new();
/// let grant = request.authorize(&settings, &id, &authority, context, values, |_| None)?;
/// assert_eq!((grant.role_arn.as_str(), grant.duration.as_secs()), (arn, 900));
/// assert_eq!(grant.role_values[&Variable::CredentialsCertificateId], [id.as_str()]);
/// assert!(!grant.role_values.contains_key(&Variable::CredentialsThingName));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CredentialsGrant {
    /// The ARN of the role to assume.
    pub role_arn: String,
    /// How long the credentials are valid.
    pub duration: Duration,
    /// The variables `credentials-iot:ThingName`, `credentials-iot:ThingTypeName` and
    /// `credentials-iot:AwsCertificateId`, for the IAM policies of the role alone.
    pub role_values: ContextValues,
}

impl CredentialsRequest {
    /// The header that names the thing.
    pub const THING_HEADER: &'static str = "x-amzn-iot-thingname";

    /// A request for an alias, with the thing that the header names.
    #[must_use]
    pub const fn new(alias: RoleAlias, thing: Option<ThingName>) -> Self {
        Self { alias, thing }
    }

    /// Reads a request: its path, with the alias percent-encoded or not, and its headers, whose
    /// names compare without regard to letter case.
    ///
    /// # Errors
    ///
    /// [`CredentialsRefusal`]; a header that cannot name a thing is
    /// [`Thing`](CredentialsRefusal::Thing).
    pub fn parse<'a>(
        path: &str,
        headers: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, CredentialsRefusal> {
        let alias = path
            .strip_prefix("/role-aliases/")
            .and_then(|rest| rest.strip_suffix("/credentials"))
            .ok_or(CredentialsRefusal::Path)?;
        let alias = percent_decode(alias).ok_or(CredentialsRefusal::Alias)?;
        let alias = RoleAlias::parse(&alias).map_err(|_| CredentialsRefusal::Alias)?;
        let mut things = headers
            .into_iter()
            .filter(|(name, _)| name.eq_ignore_ascii_case(Self::THING_HEADER))
            .map(|(_, value)| ThingName::parse(value.trim()));
        let thing = things.next().transpose();
        let thing = thing.map_err(|_| CredentialsRefusal::Thing)?;
        match things.next() {
            Some(_) => Err(CredentialsRefusal::Thing),
            None => Ok(Self { alias, thing }),
        }
    }

    /// The path of the request; [`parse`](Self::parse) reads it back.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/role-aliases/{}/credentials", self.alias)
    }

    /// The alias.
    #[must_use]
    pub const fn alias(&self) -> &RoleAlias {
        &self.alias
    }

    /// The thing that the header names. Its groups count for the caller's policies
    /// ([`EffectivePolicies::of_principal`](crate::principal::EffectivePolicies::of_principal)).
    #[must_use]
    pub const fn thing(&self) -> Option<&ThingName> {
        self.thing.as_ref()
    }

    /// Decides the request: the thing of the header must be attached to the certificate, and the
    /// policies must allow `iot:AssumeRoleWithCertificate` on `rolealias/<alias>`.
    ///
    /// `attached` looks a thing up and returns it only if it is attached to the caller's
    /// certificate. The context needs no client id and no thing: the variables
    /// `iot:Connection.Thing.*` get their values from the thing of the header. They, and
    /// `values`, take the place of values that the context itself was given
    /// ([`Context::with_values`]).
    ///
    /// # Errors
    ///
    /// [`CredentialsRefusal`].
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_policy::principal::Authority;
    /// use iot_policy::principal::credentials::{
    ///     AttachedThing, CredentialDurations, CredentialsRequest, RoleAliasSettings,
    /// };
    /// use iot_policy::{ArnScope, Context, ContextValues, PolicyDocument, PolicySet, Variable};
    /// use std::sync::Arc;
    ///
    /// let document = PolicyDocument::from_json(r#"{"Version": "2012-10-17", "Statement": {
    ///     "Effect": "Allow",
    ///     "Action": "iot:AssumeRoleWithCertificate",
    ///     "Resource": "arn:aws:iot:us-east-1:123456789012:rolealias/${iot:Connection.Thing.ThingTypeName}"
    /// }}"#)?;
    /// let authority = Authority::certificate(Arc::new(PolicySet::compile([("Roles", document)])));
    /// let arn = "arn:aws:iam::123456789012:role/camera";
    /// let alias = RoleAliasSettings::new(arn, None, None, &CredentialDurations::AWS_IOT)?;
    ///
    /// let scope = ArnScope::new("aws", "us-east-1", "123456789012");
    /// let headers = [("x-amzn-iot-thingname", "camera-7")];
    /// let request = CredentialsRequest::parse("/role-aliases/camera/credentials", headers)?;
    /// let id = "00".repeat(32).parse()?;
    /// let thing = AttachedThing::new("camera-7".parse()?).with_type("camera".parse()?);
    /// let find = |name: &_| (name == thing.name()).then(|| thing.clone());
    /// let grant = request.authorize(
    ///     &alias, &id, &authority, Context::new(&scope), ContextValues::new(), find,
    /// )?;
    /// assert_eq!(grant.role_arn, arn);
    /// assert_eq!(grant.role_values[&Variable::CredentialsThingName], ["camera-7"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn authorize(
        &self,
        alias: &RoleAliasSettings,
        certificate: &CertificateId,
        authority: &Authority,
        context: Context<'_>,
        mut values: ContextValues,
        attached: impl FnOnce(&ThingName) -> Option<AttachedThing>,
    ) -> Result<CredentialsGrant, CredentialsRefusal> {
        let one = |text: &str| Vec::from([text.to_owned()]);
        let mut role_values = ContextValues::new();
        role_values.insert(
            Variable::CredentialsCertificateId,
            one(certificate.as_str()),
        );
        values.insert(Variable::CertificateId, one(certificate.as_str()));
        if let Some(name) = &self.thing {
            let thing = attached(name).filter(|thing| thing.name == *name);
            let thing = thing.ok_or(CredentialsRefusal::Thing)?;
            role_values.insert(Variable::CredentialsThingName, one(name.as_str()));
            values.insert(Variable::ThingName, one(name.as_str()));
            values.insert(Variable::ThingIsAttached, one("true"));
            if let Some(type_name) = &thing.type_name {
                let type_name = type_name.as_str();
                role_values.insert(Variable::CredentialsThingTypeName, one(type_name));
                values.insert(Variable::ThingTypeName, one(type_name));
            }
            for (name, value) in &thing.attributes {
                let variable = Variable::ThingAttribute(name.as_str().into());
                values.insert(variable, one(value.as_str()));
            }
        }
        let context = context.with_values(&values);
        let request = Request::on(
            Action::ASSUME_ROLE_WITH_CERTIFICATE,
            ResourceKind::RoleAlias,
            self.alias.as_str(),
            &context,
        );
        match authority.decide(&request) {
            Decision::Allowed => Ok(CredentialsGrant {
                role_arn: alias.role_arn().to_owned(),
                duration: alias.duration(),
                role_values,
            }),
            decision => Err(CredentialsRefusal::Denied(decision)),
        }
    }
}
