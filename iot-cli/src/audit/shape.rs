//! The JSON of resources, as the AWS CLI prints them, and what tells one from another.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// A value that stays text until it is known what it is.
pub(super) type Raw<'a> = Option<&'a RawValue>;

/// The members by which an object is told from others. Those of no interest are left out.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Head<'a> {
    #[serde(borrow, rename = "Statement")]
    pub(super) statement: Raw<'a>,
    #[serde(borrow)]
    pub(super) policy_document: Raw<'a>,
    #[serde(borrow)]
    certificate_pem: Raw<'a>,
    #[serde(borrow)]
    certificate_id: Raw<'a>,
    #[serde(borrow)]
    creation_date: Raw<'a>,
    #[serde(borrow)]
    status: Raw<'a>,
    #[serde(borrow)]
    pub(super) certificate_description: Raw<'a>,
    #[serde(borrow, alias = "IdentityPoolId")]
    identity_pool_id: Raw<'a>,
    #[serde(borrow)]
    role_alias: Raw<'a>,
    #[serde(borrow)]
    role_alias_arn: Raw<'a>,
    #[serde(borrow)]
    pub(super) role_alias_description: Raw<'a>,
    #[serde(borrow)]
    default_log_level: Raw<'a>,
    #[serde(borrow)]
    disable_all_logs: Raw<'a>,
    #[serde(borrow)]
    log_level: Raw<'a>,
    #[serde(borrow)]
    role_arn: Raw<'a>,
    #[serde(borrow)]
    pub(super) account: Raw<'a>,
    #[serde(borrow)]
    pub(super) certificates: Raw<'a>,
    #[serde(borrow)]
    pub(super) ca_certificates: Raw<'a>,
    #[serde(borrow)]
    pub(super) issuer_certificates: Raw<'a>,
    #[serde(borrow)]
    pub(super) revocation_lists: Raw<'a>,
    #[serde(borrow)]
    pub(super) policies: Raw<'a>,
    #[serde(borrow)]
    pub(super) identity_pools: Raw<'a>,
    #[serde(borrow)]
    pub(super) roles: Raw<'a>,
    #[serde(borrow)]
    pub(super) role_aliases: Raw<'a>,
    #[serde(borrow)]
    pub(super) logging: Raw<'a>,
    #[serde(borrow)]
    pub(super) connections: Raw<'a>,
}

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A document that stands for a policy, or for a part of a role.
    Document,
    Policy,
    Certificate,
    Pool,
    Role,
    RoleAlias,
    Logging,
    Inventory,
}

impl Head<'_> {
    /// The first kind whose members are there.
    pub(super) fn kind(&self) -> Option<Kind> {
        let has = |members: &[&Raw<'_>]| members.iter().any(|member| member.is_some());
        // `roles` is a member of identity pools too, and `policies` one of roles.
        let kinds = [
            (Kind::Document, has(&[&self.statement])),
            (Kind::Policy, has(&[&self.policy_document])),
            (Kind::Pool, has(&[&self.identity_pool_id])),
            (
                Kind::RoleAlias,
                has(&[
                    &self.role_alias,
                    &self.role_alias_arn,
                    &self.role_alias_description,
                ]),
            ),
            (
                Kind::Logging,
                has(&[
                    &self.default_log_level,
                    &self.disable_all_logs,
                    &self.log_level,
                ]),
            ),
            (
                Kind::Role,
                self.role_arn.is_some() && self.policies.is_some(),
            ),
            (
                Kind::Certificate,
                has(&[
                    &self.certificate_pem,
                    &self.certificate_id,
                    &self.certificate_description,
                    &self.creation_date,
                    &self.status,
                ]),
            ),
            (
                Kind::Inventory,
                has(&[
                    &self.account,
                    &self.certificates,
                    &self.ca_certificates,
                    &self.issuer_certificates,
                    &self.revocation_lists,
                    &self.policies,
                    &self.identity_pools,
                    &self.roles,
                    &self.role_aliases,
                    &self.logging,
                    &self.connections,
                ]),
            ),
        ];
        kinds.iter().find(|(_, is)| *is).map(|(kind, _)| *kind)
    }
}

/// `CertificateDescription` and `CACertificateDescription`, as far as an audit looks at them.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Certificate {
    pub(super) certificate_id: Option<String>,
    pub(super) certificate_arn: Option<String>,
    pub(super) status: Option<String>,
    pub(super) creation_date: Option<Value>,
    pub(super) certificate_pem: Option<String>,
    pub(super) ca_certificate_id: Option<String>,
}

/// The answers of GetPolicy and GetPolicyVersion.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Policy<'a> {
    pub(super) policy_name: Option<String>,
    pub(super) default_version_id: Option<String>,
    pub(super) policy_version_id: Option<String>,
    pub(super) is_default_version: Option<bool>,
    #[serde(borrow)]
    pub(super) policy_document: &'a RawValue,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pool<'a> {
    #[serde(alias = "IdentityPoolId")]
    pub(super) identity_pool_id: String,
    pub(super) last_connection_date: Option<Value>,
    #[serde(borrow, alias = "Roles", default)]
    pub(super) roles: PoolRoles<'a>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct PoolRoles<'a> {
    #[serde(borrow)]
    pub(super) unauthenticated: Raw<'a>,
    #[serde(borrow)]
    pub(super) authenticated: Raw<'a>,
}

/// A role with its policies: inline and attached ones alike.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Role<'a> {
    pub(super) role_arn: String,
    #[serde(borrow)]
    pub(super) policies: Vec<&'a RawValue>,
}

/// `RoleAliasDescription`, and what the account knows of the role.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RoleAlias<'a> {
    pub(super) role_alias_arn: String,
    pub(super) role_arn: String,
    #[serde(borrow)]
    pub(super) policies: Option<Vec<&'a RawValue>>,
    pub(super) services_used_last_year: Option<Vec<String>>,
}

/// The answers of GetLoggingOptions and GetV2LoggingOptions.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Logging {
    pub(super) role_arn: Option<String>,
    pub(super) log_level: Option<String>,
    pub(super) default_log_level: Option<String>,
    pub(super) disable_all_logs: Option<bool>,
}

/// A lifecycle event of a connection, in the words of AWS IoT or in short ones.
///
/// A text that is missing is empty here, since serde borrows none that is optional.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event<'a> {
    #[serde(borrow)]
    pub(super) event_type: Cow<'a, str>,
    #[serde(borrow, default)]
    pub(super) client_id: Cow<'a, str>,
    #[serde(borrow, default, alias = "principalIdentifier")]
    pub(super) principal: Cow<'a, str>,
    #[serde(borrow, default, alias = "sessionIdentifier")]
    pub(super) session: Cow<'a, str>,
    /// Milliseconds.
    pub(super) timestamp: Option<u64>,
    /// Seconds, or a text.
    pub(super) ts: Option<Value>,
    #[serde(borrow, default)]
    pub(super) disconnect_reason: Cow<'a, str>,
}
