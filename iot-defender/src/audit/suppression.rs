//! Findings that nobody wants to be told of.
//!
//! Sources: developer guide, "Audit finding suppressions"; API reference,
//! `CreateAuditSuppression`.

use alloc::collections::BTreeMap;
use alloc::string::String;

use iot_topics::Timestamp;
use serde_json::{Value, json};

use super::check::Check;
use super::finding::ResourceIdentifier;
use super::seconds;

/// Until when findings are suppressed.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::SuppressedUntil;
/// use iot_topics::Timestamp;
///
/// let until = SuppressedUntil::Instant(Timestamp::from_secs(10));
/// assert!(until.is_active(Timestamp::from_secs(9)));
/// assert!(!until.is_active(Timestamp::from_secs(10)));
/// assert!(SuppressedUntil::Indefinitely.is_active(Timestamp::from_secs(10)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "there is an end or there is none")]
pub enum SuppressedUntil {
    /// Up to an instant, which is not in it.
    Instant(Timestamp),
    /// Without end.
    Indefinitely,
}

impl SuppressedUntil {
    /// Whether it has not ended.
    #[must_use]
    pub fn is_active(self, now: Timestamp) -> bool {
        match self {
            Self::Instant(end) => now < end,
            Self::Indefinitely => true,
        }
    }
}

/// A suppression of the findings of one check about one resource (developer guide, "Audit finding
/// suppressions"; API reference, `CreateAuditSuppression`).
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Check, ResourceIdentifier, Suppression};
/// use iot_topics::Timestamp;
///
/// let suppression = Suppression::from_json(&serde_json::json!({
///     "checkName": "CONFLICTING_CLIENT_IDS_CHECK",
///     "resourceIdentifier": { "clientId": "lamp-7" },
///     "suppressIndefinitely": true,
/// }))?;
/// let lamp = ResourceIdentifier::ClientId("lamp-7".into());
/// assert!(suppression.covers(Check::ConflictingClientIds, &lamp, Timestamp::from_secs(0)));
/// # Ok::<(), iot_defender::audit::SuppressionError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppression {
    check: Check,
    resource: ResourceIdentifier,
    until: SuppressedUntil,
    description: String,
}

impl Suppression {
    /// A suppression without description.
    ///
    /// # Errors
    ///
    /// [`SuppressionError::AnotherKind`]: the check is not about such a resource.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{
    ///     Check, ResourceIdentifier, SuppressedUntil, Suppression, SuppressionError,
    /// };
    ///
    /// let client = ResourceIdentifier::ClientId("lamp-7".into());
    /// let error = Suppression::new(Check::LoggingDisabled, client, SuppressedUntil::Indefinitely);
    /// assert_eq!(error, Err(SuppressionError::AnotherKind(Check::LoggingDisabled)));
    /// ```
    pub fn new(
        check: Check,
        resource: ResourceIdentifier,
        until: SuppressedUntil,
    ) -> Result<Self, SuppressionError> {
        if !suits(check, &resource) {
            return Err(SuppressionError::AnotherKind(check));
        }
        Ok(Self {
            check,
            resource,
            until,
            description: String::new(),
        })
    }

    /// Reads a suppression as the API has it. Members that it does not know are not looked at.
    ///
    /// # Errors
    ///
    /// [`SuppressionError`]: the first member that is missing or breaks its rule.
    pub fn from_json(json: &Value) -> Result<Self, SuppressionError> {
        let name = json.get("checkName").and_then(Value::as_str);
        let check = name.and_then(|name| name.parse().ok());
        let check = check.ok_or(SuppressionError::CheckName)?;
        let mut resource = json.get("resourceIdentifier").cloned().unwrap_or_default();
        if let Some(identifiers) = resource.as_object_mut() {
            identifiers.retain(|_, identifier| !identifier.is_null());
        }
        let resource =
            serde_json::from_value(resource).map_err(|_| SuppressionError::ResourceIdentifier)?;
        let indefinitely = match json.get("suppressIndefinitely") {
            None | Some(Value::Null) => false,
            Some(value) => value.as_bool().ok_or(SuppressionError::Until)?,
        };
        let until = match (json.get("expirationDate"), indefinitely) {
            (None | Some(Value::Null), true) => SuppressedUntil::Indefinitely,
            (Some(end), false) => {
                let end = seconds::read(end).ok_or(SuppressionError::Until)?;
                SuppressedUntil::Instant(end)
            }
            _ => return Err(SuppressionError::Until),
        };
        let suppression = Self::new(check, resource, until)?;
        match json.get("description") {
            None | Some(Value::Null) => Ok(suppression),
            Some(Value::String(text)) => suppression.with_description(text),
            Some(_) => Err(SuppressionError::Description),
        }
    }

    /// Says what it is for: at most 1000 characters, each a visible one or a space.
    ///
    /// # Errors
    ///
    /// [`SuppressionError::Description`].
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Check, ResourceIdentifier, SuppressedUntil, Suppression};
    ///
    /// let client = ResourceIdentifier::ClientId("lamp-7".into());
    /// let check = Check::ConflictingClientIds;
    /// let suppression = Suppression::new(check, client, SuppressedUntil::Indefinitely)?;
    /// let suppression = suppression.with_description("a test bench")?;
    /// assert_eq!(suppression.description(), "a test bench");
    /// assert_eq!(suppression.until(), SuppressedUntil::Indefinitely);
    /// # Ok::<(), iot_defender::audit::SuppressionError>(())
    /// ```
    pub fn with_description(mut self, text: &str) -> Result<Self, SuppressionError> {
        // `[\p{Graph}\x20]*`
        let is_unseen = |ch: char| ch.is_control() || ch.is_whitespace() && ch != ' ';
        if text.chars().nth(1000).is_some() || text.contains(is_unseen) {
            return Err(SuppressionError::Description);
        }
        self.description = text.into();
        Ok(self)
    }

    /// As DescribeAuditSuppression tells it, which [`from_json`](Self::from_json) reads back.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::Suppression;
    /// use serde_json::json;
    ///
    /// let json = json!({
    ///     "checkName": "CONFLICTING_CLIENT_IDS_CHECK",
    ///     "resourceIdentifier": {"clientId": "lamp-7"},
    ///     "expirationDate": 1_650_414_651.0,
    ///     "description": "a test bench",
    /// });
    /// assert_eq!(Suppression::from_json(&json)?.to_json(), json);
    /// # Ok::<(), iot_defender::audit::SuppressionError>(())
    /// ```
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut json = json!({
            "checkName": self.check,
            "resourceIdentifier": self.resource,
        });
        if let Some(members) = json.as_object_mut() {
            let (name, end) = match self.until {
                SuppressedUntil::Instant(end) => ("expirationDate", seconds::write(end)),
                SuppressedUntil::Indefinitely => ("suppressIndefinitely", Value::Bool(true)),
            };
            members.insert(name.into(), end);
            if !self.description.is_empty() {
                members.insert("description".into(), self.description.as_str().into());
            }
        }
        json
    }

    /// The check whose findings it is about.
    #[must_use]
    pub const fn check(&self) -> Check {
        self.check
    }

    /// The resource that it is about.
    #[must_use]
    pub const fn resource(&self) -> &ResourceIdentifier {
        &self.resource
    }

    /// Until when.
    #[must_use]
    pub const fn until(&self) -> SuppressedUntil {
        self.until
    }

    /// What it is for.
    #[must_use]
    pub const fn description(&self) -> &str {
        self.description.as_str()
    }

    /// Whether findings of the check about the resource are suppressed by it now. Another version
    /// of a policy is another resource.
    #[must_use]
    pub fn covers(&self, check: Check, resource: &ResourceIdentifier, now: Timestamp) -> bool {
        self.check == check && self.resource == *resource && self.until.is_active(now)
    }
}

/// Whether a check is about resources that are named so.
fn suits(check: Check, resource: &ResourceIdentifier) -> bool {
    use ResourceIdentifier as By;

    let intermediate = check == Check::IntermediateCaRevokedForActiveDeviceCertificates;
    match resource {
        By::DeviceCertificateArn(_) | By::IssuerCertificateIdentifier(_) => intermediate,
        By::IamRoleArn(_) => false,
        _ => resource.resource_type() == check.resource_type(),
    }
}

/// The suppressions of an account, to be looked up: for a check and a resource the one that lasts
/// longest.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{
///     Check, ResourceIdentifier, SuppressedUntil, Suppression, Suppressions,
/// };
/// use iot_topics::Timestamp;
///
/// let lamp = ResourceIdentifier::ClientId("lamp-7".into());
/// let (check, until) = (Check::ConflictingClientIds, SuppressedUntil::Indefinitely);
/// let suppression = Suppression::new(check, lamp.clone(), until)?;
/// let suppressions: Suppressions = [suppression].into_iter().collect();
/// assert!(suppressions.cover(check, &lamp, Timestamp::from_secs(0)));
/// # Ok::<(), iot_defender::audit::SuppressionError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suppressions {
    until: BTreeMap<Check, BTreeMap<ResourceIdentifier, SuppressedUntil>>,
}

impl Suppressions {
    /// Whether findings of the check about the resource are suppressed now. The cost is
    /// logarithmic in the number of suppressions.
    #[must_use]
    pub fn cover(&self, check: Check, resource: &ResourceIdentifier, now: Timestamp) -> bool {
        let of_check = self.until.get(&check);
        let until = of_check.and_then(|of_check| of_check.get(resource));
        until.is_some_and(|until| until.is_active(now))
    }
}

impl FromIterator<Suppression> for Suppressions {
    fn from_iter<I: IntoIterator<Item = Suppression>>(suppressions: I) -> Self {
        let mut all = Self::default();
        all.extend(suppressions);
        all
    }
}

impl Extend<Suppression> for Suppressions {
    fn extend<I: IntoIterator<Item = Suppression>>(&mut self, suppressions: I) {
        for Suppression {
            check,
            resource,
            until,
            ..
        } in suppressions
        {
            let of_check = self.until.entry(check).or_default();
            let known = of_check.entry(resource).or_insert(until);
            *known = until.max(*known);
        }
    }
}

/// A suppression that cannot be.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Suppression, SuppressionError};
///
/// let error = Suppression::from_json(&serde_json::json!({})).unwrap_err();
/// assert_eq!(error, SuppressionError::CheckName);
/// assert_eq!(error.to_string(), "checkName: no check is named so");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum SuppressionError {
    /// No such check.
    #[error("checkName: no check is named so")]
    CheckName,
    /// Not one identifier in its form.
    #[error("resourceIdentifier: not exactly one identifier in its form")]
    ResourceIdentifier,
    /// An identifier of a kind that the check is not about.
    #[error("resourceIdentifier: `{0}` is about another kind of resource")]
    AnotherKind(Check),
    /// Not one of an end and none.
    #[error("expirationDate: exactly one of it and a true suppressIndefinitely")]
    Until,
    /// A description that is too long or has control characters.
    #[error("description: more than 1000 characters, or a control character")]
    Description,
}
