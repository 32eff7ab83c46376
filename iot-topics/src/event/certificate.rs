//! Just-in-time registration.

use alloc::string::String;

use serde::{Deserialize, Serialize};

use crate::ident::CertificateId;
use crate::reserved::EventTopic;

/// A certificate was registered automatically, or one that waits for its activation was presented
/// again: AWS IoT sends this at every connection attempt until the certificate is activated
/// (developer guide, Register a client certificate when the client connects to AWS IoT
/// just-in-time registration).
///
/// # Examples
///
/// ```
/// use iot_topics::event::CertificateRegistered;
///
/// let event: CertificateRegistered = serde_json::from_str(r#"{
///     "certificateId": "1111111111111111111111111111111111111111111111111111111111111111",
///     "caCertificateId": "2222222222222222222222222222222222222222222222222222222222222222",
///     "timestamp": 1700000000123,
///     "certificateStatus": "PENDING_ACTIVATION",
///     "awsAccountId": "123456789012",
///     "certificateRegistrationTimestamp": "1700000000000"
/// }"#)?;
/// assert!(event.topic().to_string().starts_with("$aws/events/certificates/registered/2222"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    clippy::exhaustive_structs,
    reason = "who sends such an event writes every key, and wants to hear of a new one"
)]
pub struct CertificateRegistered {
    /// The certificate that the device presented.
    pub certificate_id: CertificateId,
    /// The certificate of the authority that signed it.
    pub ca_certificate_id: CertificateId,
    /// When, as a number; the page does not name the unit.
    pub timestamp: u64,
    /// The status, always the same.
    pub certificate_status: PendingCertificateStatus,
    /// The account.
    pub aws_account_id: String,
    /// When the certificate was registered, as a text.
    pub certificate_registration_timestamp: String,
}

impl CertificateRegistered {
    /// The topic of the event: that of the authority, so that a rule can tell kinds of devices by
    /// who signed their certificates.
    #[must_use]
    pub fn topic(&self) -> EventTopic {
        EventTopic::CertificateRegistered {
            ca: self.ca_certificate_id.clone(),
        }
    }
}

crate::words::words! {
    event:
    /// The status of a certificate that was registered automatically.
    pub enum PendingCertificateStatus {
        /// It waits for its activation.
        PendingActivation = "PENDING_ACTIVATION",
    }
}
