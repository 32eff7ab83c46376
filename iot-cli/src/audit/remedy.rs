//! What to do about a finding, in words.

use iot_defender::audit::{Check, ReasonCode};

/// What to change so that the check has nothing to find.
pub(super) const fn remedy(check: Check, code: ReasonCode) -> &'static str {
    use Check as C;

    match code {
        ReasonCode::PolicyContainsMqttWildcardsInDenyStatement => {
            return "write `*` for `+` and `#`: to a policy these are plain characters";
        }
        ReasonCode::TopicFiltersIntendedToDenyAllowedUsingWildcards => {
            return "deny `iot:Receive` on the topics too, or allow only the filters that are meant";
        }
        ReasonCode::AllowsAccessToSecurityAuditingServices => {
            return "take the services that watch over the account out of the role";
        }
        ReasonCode::AllowsBroadAccessToUsedServices => {
            return "name the actions that the devices call in the place of all of a service";
        }
        _ => {}
    }
    match check {
        C::IotPolicyOverlyPermissive => {
            "name what is the device's own: `${iot:Connection.Thing.ThingName}`, and on Connect the \
             condition that `iot:Connection.Thing.IsAttached` is true"
        }
        C::IotRoleAliasOverlyPermissive
        | C::UnauthenticatedCognitoRoleOverlyPermissive
        | C::AuthenticatedCognitoRoleOverlyPermissive => {
            "allow the role only what its devices or users need, on their own resources"
        }
        C::IotRoleAliasAllowsAccessToUnusedServices => {
            "take the services that nobody used for a year out of the role"
        }
        C::IotPolicyPotentialMisconfiguration => "say what the Deny is meant to deny",
        C::DeviceCertificateShared => {
            "give each device its own certificate, then deactivate the shared one"
        }
        C::ConflictingClientIds => {
            "give each device its own client id, as a rule the name of its thing"
        }
        C::DeviceCertificateKeyQuality => {
            "make a new key on the device, register its certificate and revoke the old one"
        }
        C::CaCertificateKeyQuality => {
            "register a CA certificate with a new key, issue the device certificates anew, and \
             deactivate the old one"
        }
        C::DeviceCertificateExpiring => {
            "issue and register a new certificate, switch the device to it, then deactivate this one"
        }
        C::CaCertificateExpiring => {
            "register a new CA certificate before this one ends, then deactivate it"
        }
        C::DeviceCertificateAge => "rotate the certificate: it need not have ended for that",
        C::RevokedDeviceCertificateStillActive => {
            "deactivate the certificate, or make it REVOKED, if the device is not to connect"
        }
        C::RevokedCaCertificateStillActive => {
            "deactivate the CA certificate, and look at the device certificates that it issued"
        }
        C::IntermediateCaRevokedForActiveDeviceCertificates => {
            "find out why the CA was revoked; issue the certificate anew by another, and deactivate \
             this one"
        }
        C::LoggingDisabled => "turn logging on, with a role that may write it",
        _ => "see the page of the check",
    }
}
