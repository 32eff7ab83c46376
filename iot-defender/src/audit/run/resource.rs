//! The kinds of resources that go into an audit one by one.

use super::super::examine::{
    CognitoPool, DeviceCertificate, Examination, RegisteredPolicy, RoleAliasResource,
};
use super::super::logging::Logging;
use super::super::settings::AuditSettings;

/// A resource that goes into an audit.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Logging, Resource};
///
/// let logging = Logging::default();
/// assert_eq!(Resource::from(&logging), Resource::Logging(&logging));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resource<'a> {
    /// A device certificate.
    DeviceCertificate(&'a DeviceCertificate<'a>),
    /// A policy.
    Policy(&'a RegisteredPolicy<'a>),
    /// An identity pool of Cognito.
    CognitoPool(&'a CognitoPool<'a>),
    /// A role alias.
    RoleAlias(&'a RoleAliasResource<'a>),
    /// The logging of the account.
    Logging(&'a Logging),
}

macro_rules! resource {
    ($($variant:ident($of:ty)),+) => {
        $(impl<'a> From<&'a $of> for Resource<'a> {
            fn from(resource: &'a $of) -> Self {
                Self::$variant(resource)
            }
        })+
    };
}

resource!(
    DeviceCertificate(DeviceCertificate<'a>),
    Policy(RegisteredPolicy<'a>),
    CognitoPool(CognitoPool<'a>),
    RoleAlias(RoleAliasResource<'a>),
    Logging(Logging)
);

impl Resource<'_> {
    /// What the checks of an audit say about it.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{AuditSettings, Check, Logging, Resource, TaskHeader};
    /// use iot_topics::Timestamp;
    ///
    /// let start = Timestamp::from_secs(1_650_414_651);
    /// let task = TaskHeader::on_demand("123456789012".parse()?, "monday".parse()?, start);
    /// let settings = AuditSettings::new(task, [Check::LoggingDisabled]);
    /// let logging = Logging::default();
    /// let examination = Resource::from(&logging).examine(&settings);
    /// assert_eq!(examination, logging.examine(&settings));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn examine(&self, settings: &AuditSettings) -> Examination {
        match self {
            Self::DeviceCertificate(resource) => resource.examine(settings),
            Self::Policy(resource) => resource.examine(settings),
            Self::CognitoPool(resource) => resource.examine(settings),
            Self::RoleAlias(resource) => resource.examine(settings),
            Self::Logging(resource) => resource.examine(settings),
        }
    }
}
