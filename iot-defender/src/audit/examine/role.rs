//! Roles that devices and apps take on: by an identity pool of Cognito, by a role alias.

use alloc::vec::Vec;

use iot_topics::Timestamp;

use super::super::check::Check;
use super::super::cognito::{CognitoRole, cognito_access, is_cognito_pool_audited};
use super::super::finding::{RelatedResource, ResourceIdentifier, ResourceType};
use super::super::role_alias::{role_alias_access, unused_service_access};
use super::super::settings::AuditSettings;
use super::{DocumentSource, Examination, Found};

/// An identity pool of Cognito and the policies of its two roles, inline and attached.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{
///     AuditSettings, Check, CognitoPool, DocumentSource, ReasonCode, TaskHeader,
/// };
/// use iot_topics::Timestamp;
///
/// let start = Timestamp::from_secs(1_650_414_651);
/// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
/// let settings = AuditSettings::new(task, Check::ALL.iter().copied());
/// let guests = [DocumentSource::Json(r#"{
///     "Version": "2012-10-17",
///     "Statement": {"Effect": "Allow", "Action": "iot:DescribeThing", "Resource": "*"}
/// }"#)];
/// let mut pool = CognitoPool::new("us-east-1:0123");
/// pool.unauthenticated = &guests;
/// assert!(pool.examine(&settings).checks.is_empty()); // nobody connected by it
/// pool.last_connection = Some(start);
/// let examination = pool.examine(&settings);
/// assert_eq!(examination.checks.len(), 2);
/// let why = examination.found[0].finding.reason_code;
/// assert_eq!(why, ReasonCode::AllowsAccessToIotAdminActions);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CognitoPool<'a> {
    /// Its id.
    pub id: &'a str,
    /// When someone last connected to AWS IoT by it, signed in or not.
    pub last_connection: Option<Timestamp>,
    /// What its role of guests may do.
    pub unauthenticated: &'a [DocumentSource<'a>],
    /// What its role of users may do.
    pub authenticated: &'a [DocumentSource<'a>],
}

impl<'a> CognitoPool<'a> {
    /// A pool without roles that nobody connected by.
    #[must_use]
    pub const fn new(id: &'a str) -> Self {
        Self {
            id,
            last_connection: None,
            unauthenticated: &[],
            authenticated: &[],
        }
    }

    /// What the two checks of Cognito roles say, if someone connected by the pool in the 31 days
    /// before the audit. If a document of a role cannot be read, nothing is said of that role.
    #[must_use]
    pub fn examine(&self, settings: &AuditSettings) -> Examination {
        let resource = ResourceIdentifier::CognitoIdentityPoolId(self.id.into());
        let mut examination = Examination::new(resource);
        if !is_cognito_pool_audited(self.last_connection, settings.task.start) {
            return examination;
        }
        for (role, sources) in [
            (CognitoRole::Unauthenticated, self.unauthenticated),
            (CognitoRole::Authenticated, self.authenticated),
        ] {
            examination.run(settings, role.check(), |about| {
                let documents = DocumentSource::read_all(sources)?;
                let access = cognito_access(role, &documents, settings.profile);
                Ok(about.access(role.check(), access))
            });
        }
        examination
    }
}

/// A role alias and the policies of its role, inline and attached.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{
///     AuditSettings, Check, DocumentSource, ResourceType, RoleAliasResource, TaskHeader,
/// };
/// use iot_topics::Timestamp;
///
/// let start = Timestamp::from_secs(1_650_414_651);
/// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
/// let settings = AuditSettings::new(task, Check::ALL.iter().copied());
/// let policies = [DocumentSource::Json(r#"{
///     "Version": "2012-10-17",
///     "Statement": {"Effect": "Allow", "Action": "kinesis:PutRecord", "Resource": "*"}
/// }"#)];
/// let alias = RoleAliasResource {
///     arn: "arn:aws:iot:us-east-1:123456789012:rolealias/camera",
///     role_arn: "arn:aws:iam::123456789012:role/camera",
///     policies: &policies,
///     services_used: &["s3"],
/// };
/// let finding = &alias.examine(&settings).found[0].finding;
/// assert_eq!(finding.reason, "Role allows access to unused services: [kinesis].");
/// assert_eq!(finding.related[0].resource_type, ResourceType::IamRole);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "without one of the four nothing can be said"
)]
pub struct RoleAliasResource<'a> {
    /// Its ARN.
    pub arn: &'a str,
    /// The ARN of its role.
    pub role_arn: &'a str,
    /// What the role may do.
    pub policies: &'a [DocumentSource<'a>],
    /// The services that the role used in the last year, by their prefixes.
    pub services_used: &'a [&'a str],
}

impl RoleAliasResource<'_> {
    /// What the two checks of role aliases say. If a document cannot be read, nothing is. The
    /// role is a related resource of each finding.
    #[must_use]
    pub fn examine(&self, settings: &AuditSettings) -> Examination {
        let resource = ResourceIdentifier::RoleAliasArn(self.arn.into());
        let mut examination = Examination::new(resource);
        let (permissive, unused) = (
            Check::IotRoleAliasOverlyPermissive,
            Check::IotRoleAliasAllowsAccessToUnusedServices,
        );
        if !settings.runs(permissive) && !settings.runs(unused) {
            return examination;
        }
        let documents = DocumentSource::read_all(self.policies);
        let documents = || documents.as_deref().map_err(Clone::clone);
        examination.run(settings, permissive, |about| {
            let access = role_alias_access(documents()?, self.services_used, settings.profile);
            Ok(self.with_role(about.access(permissive, access)))
        });
        examination.run(settings, unused, |about| {
            let access = unused_service_access(documents()?, self.services_used);
            Ok(self.with_role(about.access(unused, access)))
        });
        examination
    }

    fn with_role(&self, mut found: Vec<Found>) -> Vec<Found> {
        for found in &mut found {
            let role = ResourceIdentifier::IamRoleArn(self.role_arn.into());
            let role = RelatedResource::new(ResourceType::IamRole, role);
            found.finding.related.push(role);
        }
        found
    }
}
