//! The ids of tasks and findings, and the names of scheduled audits.
//!
//! Source: API reference, `AuditTask`, `AuditFinding`, `ScheduledAuditMetadata`.

use alloc::string::String;
use core::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::check::Check;
use super::finding::{AccountId, ReasonCode, ResourceIdentifier};

/// A text of letters, digits and a few marks, from 1 to so many characters.
macro_rules! id {
    ($(#[$meta:meta])* $name:ident, 1..=$most:literal, $marks:pat, $good:literal, not $bad:literal) => {
        $(#[$meta])*
        ///
        /// # Examples
        ///
        /// ```
        #[doc = concat!("use iot_defender::audit::", stringify!($name), ";")]
        ///
        #[doc = concat!("let id: ", stringify!($name), " = ", stringify!($good), ".parse()?;")]
        #[doc = concat!("assert_eq!(id.as_str(), ", stringify!($good), ");")]
        #[doc = concat!("assert!(", stringify!($bad), ".parse::<", stringify!($name), ">().is_err());")]
        /// # Ok::<(), iot_defender::audit::AuditIdError>(())
        /// ```
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub const fn as_str(&self) -> &str {
                self.0.as_str()
            }
        }

        impl TryFrom<String> for $name {
            type Error = AuditIdError;

            fn try_from(text: String) -> Result<Self, AuditIdError> {
                let legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, $marks);
                if (1..=$most).contains(&text.len()) && text.bytes().all(legal) {
                    Ok(Self(text))
                } else {
                    Err(AuditIdError { most: $most })
                }
            }
        }

        impl core::str::FromStr for $name {
            type Err = AuditIdError;

            fn from_str(text: &str) -> Result<Self, AuditIdError> {
                String::from(text).try_into()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

id! {
    /// The id of an audit: 1 to 40 of `a-z A-Z 0-9 -` (API model, `AuditTaskId`).
    AuditTaskId, 1..=40, b'-', "9ccc92239f3b0c242826600841cf94dc", not "task_1"
}
id! {
    /// The id of a finding: 1 to 128 of `a-z A-Z 0-9 _ -` (API model, `FindingId`).
    FindingId, 1..=128, b'_' | b'-', "b1d8c3b3cd9f4a3ab8d3b6a2e3f0a1c2", not "a/b"
}
id! {
    /// The name of a scheduled audit: 1 to 128 of `a-z A-Z 0-9 _ -` (API model,
    /// `ScheduledAuditName`).
    ScheduledAuditName, 1..=128, b'_' | b'-', "every_night", not "every night"
}

id! {
/// The id of a mitigation task, which the caller of the API chooses: 1 to 128 of
    /// `a-z A-Z 0-9 _ -` (API model, `MitigationActionsTaskId`).
    MitigationTaskId, 1..=128, b'_' | b'-', "after_audit-7", not "after audit"
}
id! {
    /// What tells one request from all others: 1 to 64 of `a-z A-Z 0-9 _ -` (API model,
    /// `ClientRequestToken`).
    ClientRequestToken, 1..=64, b'_' | b'-', "1f0b_7", not "1f0b/7"
}

/// A text that is no id, or no name, of the audit.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::AuditTaskId;
///
/// let error = "no/id".parse::<AuditTaskId>().unwrap_err();
/// assert_eq!(error.to_string(), "not 1 to 40 letters, digits and the marks that are allowed");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not 1 to {most} letters, digits and the marks that are allowed")]
pub struct AuditIdError {
    most: usize,
}

/// What tells one finding from all others: the account, the audit, and one reason of one check
/// about one resource.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Check, FindingId, FindingKey, ReasonCode, ResourceIdentifier};
///
/// let account = "123456789012".parse()?;
/// let resource = ResourceIdentifier::Account(account);
/// let monday = "monday".parse()?;
/// let tuesday = "tuesday".parse()?;
/// let key = |task_id| FindingKey {
///     account,
///     task_id,
///     check: Check::LoggingDisabled,
///     resource: &resource,
///     reason_code: ReasonCode::LoggingDisabled,
/// };
/// assert_ne!(FindingId::of_task(&key(&monday)), FindingId::of_task(&key(&tuesday)));
/// assert_eq!(FindingId::of_resource(&key(&monday)), FindingId::of_resource(&key(&tuesday)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(
    clippy::exhaustive_structs,
    reason = "an id function has to see all of it"
)]
pub struct FindingKey<'a> {
    /// The account.
    pub account: AccountId,
    /// The audit.
    pub task_id: &'a AuditTaskId,
    /// The check.
    pub check: Check,
    /// What does not comply.
    pub resource: &'a ResourceIdentifier,
    /// Why.
    pub reason_code: ReasonCode,
}

impl FindingId {
    /// An id of its own in each audit, as AWS gives it: the first 32 hexadecimal digits of a
    /// SHA-256 over the whole key. The same key has the same id, on whatever machine.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Check, FindingId, FindingKey, ReasonCode, ResourceIdentifier};
    ///
    /// let account = "123456789012".parse()?;
    /// let id = FindingId::of_task(&FindingKey {
    ///     account,
    ///     task_id: &"monday".parse()?,
    ///     check: Check::LoggingDisabled,
    ///     resource: &ResourceIdentifier::Account(account),
    ///     reason_code: ReasonCode::LoggingDisabled,
    /// });
    /// assert_eq!(id.as_str().len(), 32);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of_task(key: &FindingKey<'_>) -> Self {
        Self::hash(key, key.task_id.as_str())
    }

    /// An id that a finding keeps from audit to audit: the same without the audit. With it
    /// findings can be followed over time, as pull requests and ticket systems want it; what AWS
    /// takes for one finding are then several with one id.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{AuditSettings, FindingId, TaskHeader};
    /// use iot_topics::Timestamp;
    ///
    /// let start = Timestamp::from_secs(1_650_414_651);
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
    /// let mut settings = AuditSettings::new(task, []);
    /// settings.finding_id = FindingId::of_resource;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn of_resource(key: &FindingKey<'_>) -> Self {
        // No audit has the empty id.
        Self::hash(key, "")
    }

    fn hash(key: &FindingKey<'_>, task: &str) -> Self {
        let mut hash = Sha256::new();
        // INVARIANT: a name of letters and digits to text cannot fail; with the kind of
        // identifier in front no two resources have one text.
        let resource = serde_json::to_string(key.resource).unwrap_or_default();
        let account = String::from(key.account);
        let parts = [
            &account,
            task,
            key.check.as_str(),
            &resource,
            key.reason_code.as_str(),
        ];
        for part in parts {
            // The length in front keeps the parts apart.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let digest: [u8; 32] = hash.finalize().into();
        let digits = digest.iter().take(16);
        let digits = digits.flat_map(|byte| [byte >> 4, byte & 15]);
        Self(
            digits
                .filter_map(|digit| char::from_digit(digit.into(), 16))
                .collect(),
        )
    }
}
