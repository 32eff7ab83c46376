//! What an action does about a finding.
//!
//! Sources: developer guide, "Mitigation actions", for what each action does and which calls its
//! role must be allowed; API reference, for the members of these calls.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use iot_topics::{CertificateId, GroupName, PolicyName, ThingName};
use serde_json::json;

use super::parameters::ActionParams;
use crate::audit::audit_finding::AuditFinding;
use crate::audit::finding::{Finding, ResourceIdentifier};
use crate::audit::logging::LogLevel;
use crate::remedy::{ApiCall, PolicyReplacement};

/// What an action does about a finding, as data: the caller does it.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{ActionParams, AuditFinding, MitigationEffect};
///
/// let finding = AuditFinding::from_api_json(&serde_json::json!({
///     "findingId": "f-1",
///     "taskId": "9ccc92",
///     "checkName": "IOT_POLICY_OVERLY_PERMISSIVE_CHECK",
///     "taskStartTime": 1_650_414_651,
///     "findingTime": 1_650_414_651,
///     "nonCompliantResource": {
///         "resourceType": "IOT_POLICY",
///         "resourceIdentifier": {
///             "policyVersionIdentifier": { "policyName": "Sensors", "policyVersionId": "3" },
///         },
///     },
///     "reasonForNonComplianceCode": "ALLOWS_BROAD_ACCESS_TO_IOT_DATA_PLANE_ACTIONS",
/// }))?;
/// let action = ActionParams::ReplaceDefaultPolicyVersion;
/// let effect = MitigationEffect::of(&finding, &action, |_| vec![]).ok_or("not about a policy")?;
/// let calls = effect.calls();
/// assert_eq!(calls[0].operation, "CreatePolicyVersion");
/// assert_eq!(calls[0].arguments["policyName"], "Sensors");
///
/// // A policy has no certificate that could be made inactive.
/// let action = ActionParams::UpdateDeviceCertificate;
/// assert_eq!(MitigationEffect::of(&finding, &action, |_| vec![]), None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MitigationEffect {
    /// The finding is published to a topic of SNS.
    PublishFinding {
        /// The ARN of the topic.
        topic_arn: String,
        /// The finding as JSON, with times in milliseconds.
        message: String,
    },
    /// The device certificate becomes inactive.
    DeactivateDeviceCertificate(CertificateId),
    /// The CA certificate becomes inactive.
    DeactivateCaCertificate(CertificateId),
    /// The things of the certificate are put into groups.
    AddThingsToGroups {
        /// The things: none, if the certificate has none. Then nothing is to be done.
        things: Vec<ThingName>,
        /// The groups.
        groups: Vec<GroupName>,
        /// Whether a thing leaves dynamic groups for them, if it is in too many.
        override_dynamic_groups: bool,
    },
    /// A version without statements becomes the one in force: a policy that allows nothing.
    BlankPolicy(PolicyName),
    /// Logging is turned on.
    EnableLogging {
        /// The role that writes.
        role_arn: String,
        /// How much is logged.
        level: LogLevel,
    },
}

impl MitigationEffect {
    /// What the action does about a finding; `None` if the resource of the finding is not of the
    /// kind that the action is for. `things_of` tells the things of a certificate
    /// (`ListPrincipalThings`) and is asked only for a move into groups.
    #[must_use]
    pub fn of(
        finding: &AuditFinding,
        action: &ActionParams,
        things_of: impl FnOnce(&CertificateId) -> Vec<ThingName>,
    ) -> Option<Self> {
        let resource = &finding.finding.resource.resource_identifier;
        Some(match action {
            ActionParams::PublishFindingToSns { topic_arn } => Self::PublishFinding {
                topic_arn: topic_arn.clone(),
                message: finding.to_sns_json().to_string(),
            },
            ActionParams::UpdateDeviceCertificate => {
                Self::DeactivateDeviceCertificate(device_certificate(&finding.finding)?)
            }
            ActionParams::UpdateCaCertificate => match resource {
                ResourceIdentifier::CaCertificateId(id) => {
                    Self::DeactivateCaCertificate(id.clone())
                }
                _ => return None,
            },
            ActionParams::AddThingsToThingGroup {
                groups,
                override_dynamic_groups,
            } => Self::AddThingsToGroups {
                things: things_of(&device_certificate(&finding.finding)?),
                groups: groups.clone(),
                override_dynamic_groups: *override_dynamic_groups,
            },
            ActionParams::ReplaceDefaultPolicyVersion => match resource {
                ResourceIdentifier::PolicyVersionIdentifier(version) => {
                    Self::BlankPolicy(version.policy_name.clone())
                }
                _ => return None,
            },
            ActionParams::EnableIotLogging { role_arn, level } => match resource {
                ResourceIdentifier::Account(_) => Self::EnableLogging {
                    role_arn: role_arn.clone(),
                    level: *level,
                },
                _ => return None,
            },
        })
    }

    /// The calls of AWS that do it, in their order. The first that fails ends them.
    #[must_use]
    pub fn calls(&self) -> Vec<ApiCall> {
        match self {
            Self::PublishFinding { topic_arn, message } => {
                let arguments = json!({ "TopicArn": topic_arn, "Message": message });
                Vec::from([ApiCall::sns("Publish", arguments)])
            }
            Self::DeactivateDeviceCertificate(id) => {
                let arguments = json!({ "certificateId": id.as_str(), "newStatus": "INACTIVE" });
                Vec::from([ApiCall::iot("UpdateCertificate", arguments)])
            }
            Self::DeactivateCaCertificate(id) => {
                let arguments = json!({ "certificateId": id.as_str(), "newStatus": "INACTIVE" });
                Vec::from([ApiCall::iot("UpdateCACertificate", arguments)])
            }
            Self::AddThingsToGroups {
                things,
                groups,
                override_dynamic_groups,
            } => {
                let add = |thing: &ThingName, group: &GroupName| {
                    let arguments = json!({
                        "thingName": thing.as_str(),
                        "thingGroupName": group.as_str(),
                        "overrideDynamicGroups": override_dynamic_groups,
                    });
                    ApiCall::iot("AddThingToThingGroup", arguments)
                };
                let of_thing = |thing| groups.iter().map(move |group| add(thing, group));
                things.iter().flat_map(of_thing).collect()
            }
            Self::BlankPolicy(policy) => {
                Vec::from([PolicyReplacement::blank(policy.clone()).call()])
            }
            Self::EnableLogging { role_arn, level } => {
                let arguments = json!({
                    "roleArn": role_arn,
                    "defaultLogLevel": level,
                    "disableAllLogs": false,
                });
                Vec::from([ApiCall::iot("SetV2LoggingOptions", arguments)])
            }
        }
    }
}

/// The certificate that a finding is about, or, where it is about the certificate's issuer, the
/// one that is related.
fn device_certificate(finding: &Finding) -> Option<CertificateId> {
    let related = finding.related.iter().map(|it| &it.resource_identifier);
    let mut all = core::iter::once(&finding.resource.resource_identifier).chain(related);
    match &finding.resource.resource_identifier {
        ResourceIdentifier::DeviceCertificateId(_)
        | ResourceIdentifier::DeviceCertificateArn(_)
        | ResourceIdentifier::IssuerCertificateIdentifier(_) => all.find_map(certificate_id),
        _ => None,
    }
}

fn certificate_id(resource: &ResourceIdentifier) -> Option<CertificateId> {
    match resource {
        ResourceIdentifier::DeviceCertificateId(id) => Some(id.clone()),
        ResourceIdentifier::DeviceCertificateArn(arn) => {
            let (_, id) = arn.rsplit_once(":cert/")?;
            CertificateId::parse(id).ok()
        }
        _ => None,
    }
}
