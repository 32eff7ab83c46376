//! What could not be read, and which checks do not see it.

use iot_defender::audit::Check;

use crate::output::Failure;

#[derive(Debug)]
pub(super) struct Unread {
    pub(super) failure: Failure,
    pub(super) lost: Lost,
}

/// What is lost with something that could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// The audit counts it as a resource that cannot be read, or it is no resource of an audit.
    Nothing,
    /// It may have been any resource.
    Anything,
    /// A certificate of any kind, or a revocation list.
    Certificates,
    Device,
    Authority,
    Issuer,
    RevocationList,
    Policy,
    Pool,
    Role,
    RoleAlias,
    Logging,
    Connections,
}

impl Lost {
    /// The checks that would have looked at it.
    pub(super) const fn checks(self) -> &'static [Check] {
        use Check as C;

        match self {
            Self::Nothing => &[],
            Self::Anything => Check::ALL,
            Self::Certificates => &[
                C::RevokedCaCertificateStillActive,
                C::CaCertificateKeyQuality,
                C::CaCertificateExpiring,
                C::DeviceCertificateKeyQuality,
                C::DeviceCertificateExpiring,
                C::DeviceCertificateAge,
                C::RevokedDeviceCertificateStillActive,
                C::IntermediateCaRevokedForActiveDeviceCertificates,
            ],
            Self::Device => &[
                C::DeviceCertificateKeyQuality,
                C::DeviceCertificateExpiring,
                C::DeviceCertificateAge,
                C::RevokedDeviceCertificateStillActive,
                C::IntermediateCaRevokedForActiveDeviceCertificates,
            ],
            // It may be an issuer between a device certificate and a root.
            Self::Authority => &[
                C::RevokedCaCertificateStillActive,
                C::CaCertificateKeyQuality,
                C::CaCertificateExpiring,
                C::IntermediateCaRevokedForActiveDeviceCertificates,
            ],
            Self::Issuer => &[C::IntermediateCaRevokedForActiveDeviceCertificates],
            Self::RevocationList => &[
                C::RevokedCaCertificateStillActive,
                C::RevokedDeviceCertificateStillActive,
                C::IntermediateCaRevokedForActiveDeviceCertificates,
            ],
            Self::Policy => &[
                C::IotPolicyOverlyPermissive,
                C::IotPolicyPotentialMisconfiguration,
            ],
            Self::Pool => &[
                C::UnauthenticatedCognitoRoleOverlyPermissive,
                C::AuthenticatedCognitoRoleOverlyPermissive,
            ],
            Self::Role => &[
                C::UnauthenticatedCognitoRoleOverlyPermissive,
                C::AuthenticatedCognitoRoleOverlyPermissive,
                C::IotRoleAliasOverlyPermissive,
                C::IotRoleAliasAllowsAccessToUnusedServices,
            ],
            Self::RoleAlias => &[
                C::IotRoleAliasOverlyPermissive,
                C::IotRoleAliasAllowsAccessToUnusedServices,
            ],
            Self::Logging => &[C::LoggingDisabled],
            Self::Connections => &[C::DeviceCertificateShared, C::ConflictingClientIds],
        }
    }
}
