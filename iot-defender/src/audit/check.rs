//! The catalogue of audit checks.
//!
//! Sources: developer guide, "Audit checks" and the page of each check; API reference,
//! `DescribeAccountAuditConfiguration`. Three generations of names are in use; all are read, the
//! one that the API returns is written.

use super::finding::{ReasonCode, ResourceType, Severity};
use super::mitigation::ActionType;
use crate::words::words;

words! {
    audit:
    /// A check of the audit, in the order of the guide.
    ///
    /// Older names are read too, and never written:
    /// `REVOKED_CA_CERT_CHECK` is [`Check::RevokedCaCertificateStillActive`].
    pub enum Check {
        /// A CA certificate that its issuer has revoked can still register devices.
        RevokedCaCertificateStillActive = "REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK"
            or "REVOKED_CA_CERT_CHECK",
        /// Two connections at once under one certificate.
        DeviceCertificateShared = "DEVICE_CERTIFICATE_SHARED_CHECK",
        /// A device's key is of a kind that can be computed from the certificate.
        DeviceCertificateKeyQuality = "DEVICE_CERTIFICATE_KEY_QUALITY_CHECK",
        /// A CA's key is of a kind that can be computed from the certificate.
        CaCertificateKeyQuality = "CA_CERTIFICATE_KEY_QUALITY_CHECK",
        /// What anyone may do by a Cognito pool.
        UnauthenticatedCognitoRoleOverlyPermissive =
            "UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK"
            or "UNAUTHENTICATED_COGNITO_IDENTITY_UNRESTRICTED_ACCESS_CHECK",
        /// What a user of a Cognito pool may do.
        AuthenticatedCognitoRoleOverlyPermissive =
            "AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK"
            or "AUTHENTICATED_COGNITO_IDENTITY_UNRESTRICTED_ACCESS_CHECK"
            or "AUTHENTICATE_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK"
            or "AUTHENTICATE_COGNITO_IDENTITY_UNRESTRICTED_ACCESS_CHECK",
        /// A policy lets a device act for another.
        IotPolicyOverlyPermissive = "IOT_POLICY_OVERLY_PERMISSIVE_CHECK"
            or "IOT_POLICY_UNRESTRICTED_CHECK",
        /// The role behind a role alias may do more than a device needs.
        IotRoleAliasOverlyPermissive = "IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK",
        /// The role behind a role alias reaches services that were not used in a year.
        IotRoleAliasAllowsAccessToUnusedServices =
            "IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK",
        /// A CA certificate expires within 30 days, or has expired.
        CaCertificateExpiring = "CA_CERTIFICATE_EXPIRING_CHECK"
            or "CA_CERT_APPROACHING_EXPIRATION_CHECK",
        /// Two connections at once with one client id.
        ConflictingClientIds = "CONFLICTING_CLIENT_IDS_CHECK",
        /// A device certificate expires soon, or has expired.
        DeviceCertificateExpiring = "DEVICE_CERTIFICATE_EXPIRING_CHECK"
            or "DEVICE_CERT_APPROACHING_EXPIRATION_CHECK",
        /// A device certificate that its issuer has revoked is still active.
        RevokedDeviceCertificateStillActive = "REVOKED_DEVICE_CERTIFICATE_STILL_ACTIVE_CHECK"
            or "REVOKED_DEVICE_CERT_CHECK",
        /// The account keeps no log of AWS IoT.
        LoggingDisabled = "LOGGING_DISABLED_CHECK",
        /// A device certificate is in use for long.
        DeviceCertificateAge = "DEVICE_CERTIFICATE_AGE_CHECK",
        /// A certificate between an active device's and the root was revoked.
        IntermediateCaRevokedForActiveDeviceCertificates =
            "INTERMEDIATE_CA_REVOKED_FOR_ACTIVE_DEVICE_CERTIFICATES_CHECK",
        /// A policy's Deny is written so that it hardly denies what was meant.
        IotPolicyPotentialMisconfiguration = "IOT_POLICY_POTENTIAL_MISCONFIGURATION_CHECK",
    }
}

/// What the catalogue tells of a check.
struct Row {
    severity: Severity,
    resource: ResourceType,
    reasons: &'static [ReasonCode],
    /// In the order of [`ActionType::ALL`].
    actions: &'static [ActionType],
}

const SNS: &[ActionType] = &[ActionType::PublishFindingToSns];
const DEVICE: &[ActionType] = &[
    ActionType::PublishFindingToSns,
    ActionType::UpdateDeviceCertificate,
    ActionType::AddThingsToThingGroup,
];
const CA: &[ActionType] = &[
    ActionType::PublishFindingToSns,
    ActionType::UpdateCaCertificate,
];
const POLICY: &[ActionType] = &[
    ActionType::PublishFindingToSns,
    ActionType::ReplaceDefaultPolicyVersion,
];
const LOGGING: &[ActionType] = &[
    ActionType::PublishFindingToSns,
    ActionType::EnableIotLogging,
];

const WEAK_KEYS: &[ReasonCode] = &[ReasonCode::KeyCve2017_15361, ReasonCode::KeyCve2008_0166];
const DATES: &[ReasonCode] = &[
    ReasonCode::CertificateApproachingExpiration,
    ReasonCode::CertificatePastExpiration,
];
const ROLE: &[ReasonCode] = &[
    ReasonCode::AllowsBroadAccessToUsedServices,
    ReasonCode::AllowsAccessToSecurityAuditingServices,
    ReasonCode::AllowsBroadAccessToIotThingAdminReadActions,
    ReasonCode::AllowsAccessToIotNonThingAdminActions,
    ReasonCode::AllowsAccessToIotThingAdminWriteActions,
    ReasonCode::AllowsBroadAccessToIotDataPlaneActions,
];

const fn row(
    severity: Severity,
    resource: ResourceType,
    reasons: &'static [ReasonCode],
    actions: &'static [ActionType],
) -> Row {
    Row {
        severity,
        resource,
        reasons,
        actions,
    }
}

impl Check {
    const fn row(self) -> Row {
        use ReasonCode as Why;
        use ResourceType as Of;
        use Severity::{Critical, High, Low, Medium};

        match self {
            Self::RevokedCaCertificateStillActive => row(
                Critical,
                Of::CaCertificate,
                &[Why::CertificateRevokedByIssuer],
                CA,
            ),
            Self::DeviceCertificateShared => row(
                Critical,
                Of::DeviceCertificate,
                &[Why::CertificateSharedByMultipleDevices],
                DEVICE,
            ),
            Self::DeviceCertificateKeyQuality => {
                row(Critical, Of::DeviceCertificate, WEAK_KEYS, DEVICE)
            }
            Self::CaCertificateKeyQuality => row(Critical, Of::CaCertificate, WEAK_KEYS, CA),
            Self::UnauthenticatedCognitoRoleOverlyPermissive => row(
                Critical,
                Of::CognitoIdentityPool,
                &[
                    Why::AllowsAccessToIotAdminActions,
                    Why::AllowsBroadAccessToIotDataPlaneActions,
                ],
                SNS,
            ),
            // The guide's text makes the data plane a fault, its list of codes forgets it.
            Self::AuthenticatedCognitoRoleOverlyPermissive => row(
                Critical,
                Of::CognitoIdentityPool,
                &[
                    Why::AllowsBroadAccessToIotThingAdminReadActions,
                    Why::AllowsAccessToIotNonThingAdminActions,
                    Why::AllowsAccessToIotThingAdminWriteActions,
                    Why::AllowsBroadAccessToIotDataPlaneActions,
                ],
                SNS,
            ),
            Self::IotPolicyOverlyPermissive => row(
                Critical,
                Of::IotPolicy,
                &[Why::AllowsBroadAccessToIotDataPlaneActions],
                POLICY,
            ),
            Self::IotRoleAliasOverlyPermissive => row(Critical, Of::RoleAlias, ROLE, SNS),
            Self::IotRoleAliasAllowsAccessToUnusedServices => row(
                Medium,
                Of::RoleAlias,
                &[Why::AllowsAccessToUnusedServices],
                SNS,
            ),
            Self::CaCertificateExpiring => row(Medium, Of::CaCertificate, DATES, CA),
            Self::ConflictingClientIds => row(
                High,
                Of::ClientId,
                &[Why::DuplicateClientIdAcrossConnections],
                SNS,
            ),
            Self::DeviceCertificateExpiring => row(Medium, Of::DeviceCertificate, DATES, DEVICE),
            Self::RevokedDeviceCertificateStillActive => row(
                Medium,
                Of::DeviceCertificate,
                &[Why::CertificateRevokedByIssuer],
                DEVICE,
            ),
            Self::LoggingDisabled => {
                row(Low, Of::AccountSettings, &[Why::LoggingDisabled], LOGGING)
            }
            Self::DeviceCertificateAge => row(
                Low,
                Of::DeviceCertificate,
                &[Why::CertificatePastAgeThreshold],
                DEVICE,
            ),
            Self::IntermediateCaRevokedForActiveDeviceCertificates => row(
                Critical,
                Of::DeviceCertificate,
                &[Why::IntermediateCaRevokedByIssuer],
                DEVICE,
            ),
            Self::IotPolicyPotentialMisconfiguration => row(
                Medium,
                Of::IotPolicy,
                &[
                    Why::PolicyContainsMqttWildcardsInDenyStatement,
                    Why::TopicFiltersIntendedToDenyAllowedUsingWildcards,
                ],
                POLICY,
            ),
        }
    }

    /// How grave a finding of the check is.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Check, Severity};
    ///
    /// assert_eq!(Check::ConflictingClientIds.severity(), Severity::High);
    /// ```
    #[must_use]
    pub const fn severity(self) -> Severity {
        self.row().severity
    }

    /// What kind of resource the check is about.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Check, ResourceType};
    ///
    /// assert_eq!(Check::CaCertificateExpiring.resource_type(), ResourceType::CaCertificate);
    /// ```
    #[must_use]
    pub const fn resource_type(self) -> ResourceType {
        self.row().resource
    }

    /// The reasons that AWS gives in findings of the check, in the order of output. The extended
    /// profile has more; see [`ReasonCode::is_extended`].
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Check, ReasonCode};
    ///
    /// assert_eq!(Check::LoggingDisabled.reason_codes(), [ReasonCode::LoggingDisabled]);
    /// ```
    #[must_use]
    pub const fn reason_codes(self) -> &'static [ReasonCode] {
        self.row().reasons
    }

    /// The mitigation actions that can be applied to findings of the check (developer guide,
    /// "Mitigation actions"), in the order of [`ActionType::ALL`]. The guide has no row for the
    /// age of certificates: it has the actions of the other checks of device certificates.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{ActionType, Check};
    ///
    /// let allowed = Check::LoggingDisabled.mitigation_actions();
    /// assert_eq!(allowed, [ActionType::PublishFindingToSns, ActionType::EnableIotLogging]);
    /// ```
    #[must_use]
    pub const fn mitigation_actions(self) -> &'static [ActionType] {
        self.row().actions
    }

    /// Whether findings of the check can be mitigated by such an action.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{ActionType, Check};
    ///
    /// assert!(Check::CaCertificateExpiring.allows(ActionType::UpdateCaCertificate));
    /// assert!(!Check::CaCertificateExpiring.allows(ActionType::UpdateDeviceCertificate));
    /// ```
    #[must_use]
    pub fn allows(self, action: ActionType) -> bool {
        self.mitigation_actions().contains(&action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_names_are_read_and_not_written() {
        for (older, canonical) in [
            (
                "REVOKED_CA_CERT_CHECK",
                "REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK",
            ),
            (
                "IOT_POLICY_UNRESTRICTED_CHECK",
                "IOT_POLICY_OVERLY_PERMISSIVE_CHECK",
            ),
            (
                "AUTHENTICATE_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK",
                "AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK",
            ),
        ] {
            assert_eq!(older.parse().map(Check::as_str), Ok(canonical));
        }
        assert_eq!(Check::ALL.len(), 17);
    }

    #[test]
    fn actions_are_in_the_order_of_the_catalogue_of_actions() {
        for check in Check::ALL {
            assert!(check.mitigation_actions().is_sorted(), "{check}");
            assert!(check.allows(ActionType::PublishFindingToSns), "{check}");
        }
    }
}
