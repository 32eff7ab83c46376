//! Policies as the registry has them.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use iot_policy::{PolicyDocument, PolicyError};

use super::super::check::Check;
use super::super::finding::{PolicyVersion, ResourceIdentifier};
use super::super::misconfiguration::potential_misconfigurations;
use super::super::permissive::broad_data_plane_access;
use super::super::settings::AuditSettings;
use super::{Examination, Found, Proof};

/// A policy document as the caller has it.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::DocumentSource;
/// use iot_policy::PolicyDocument;
///
/// let text = r#"{
///     "Version": "2012-10-17",
///     "Statement": {"Effect": "Deny", "Action": "iot:*", "Resource": "*"}
/// }"#;
/// let document = PolicyDocument::from_json(text)?;
/// assert_ne!(DocumentSource::Json(text), DocumentSource::Read(&document));
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "it is read or it is not")]
pub enum DocumentSource<'a> {
    /// Its text.
    Json(&'a str),
    /// What the text says.
    Read(&'a PolicyDocument),
}

impl<'a> DocumentSource<'a> {
    fn read(self) -> Result<Cow<'a, PolicyDocument>, PolicyError> {
        match self {
            Self::Json(text) => PolicyDocument::from_json(text).map(Cow::Owned),
            Self::Read(document) => Ok(Cow::Borrowed(document)),
        }
    }

    /// All of them, or the error of the first that is none.
    pub(super) fn read_all(sources: &[Self]) -> Result<Vec<PolicyDocument>, PolicyError> {
        let documents = sources.iter().map(|source| source.read());
        documents.map(|read| read.map(Cow::into_owned)).collect()
    }
}

/// A policy in its default version. Other versions are not looked at: they have no effect.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{
///     AuditSettings, Check, DocumentSource, PolicyVersion, RegisteredPolicy, TaskHeader,
/// };
/// use iot_topics::Timestamp;
///
/// let start = Timestamp::from_secs(1_650_414_651);
/// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
/// let settings = AuditSettings::new(task, [Check::IotPolicyOverlyPermissive]);
/// let text = r#"{
///     "Version": "2012-10-17",
///     "Statement": {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}
/// }"#;
/// let version = PolicyVersion::new("Sensors".parse()?, 1);
/// let policy = RegisteredPolicy::new(version, DocumentSource::Json(text));
/// let finding = &policy.examine(&settings).found[0].finding;
/// assert_eq!(
///     finding.reason,
///     "Policy allows broad access to IoT data plane actions: [iot:Connect].",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RegisteredPolicy<'a> {
    /// Its name and default version.
    pub version: PolicyVersion,
    /// What that version says.
    pub document: DocumentSource<'a>,
}

impl<'a> RegisteredPolicy<'a> {
    /// From the two.
    #[must_use]
    pub const fn new(version: PolicyVersion, document: DocumentSource<'a>) -> Self {
        Self { version, document }
    }

    /// What the checks of policies say: overly permissive, potentially misconfigured. The text is
    /// read once.
    #[must_use]
    pub fn examine(&self, settings: &AuditSettings) -> Examination {
        let resource = ResourceIdentifier::PolicyVersionIdentifier(self.version.clone());
        let mut examination = Examination::new(resource);
        let (permissive, misconfigured) = (
            Check::IotPolicyOverlyPermissive,
            Check::IotPolicyPotentialMisconfiguration,
        );
        if !settings.runs(permissive) && !settings.runs(misconfigured) {
            return examination;
        }
        let document = self.document.read();
        let document = || document.as_deref().map_err(Clone::clone);
        examination.run(settings, permissive, |about| {
            let access = broad_data_plane_access(document()?, settings.profile);
            Ok(about.access(permissive, access))
        });
        examination.run(settings, misconfigured, |about| {
            let ways = potential_misconfigurations(document()?)?.into_iter();
            let found = ways.map(|way| Found {
                finding: way.finding(about.resource.clone()),
                proof: Some(Proof::Misconfiguration(way)),
            });
            Ok(found.collect())
        });
        examination
    }
}
