//! Which devices a security profile is about.
//!
//! Sources: API reference, `AttachSecurityProfile`; developer guide, "AWS IoT Device Defender
//! Detect", targets.

use alloc::format;
use alloc::string::String;
use core::fmt;
use core::str::FromStr;

use iot_topics::GroupName;
use serde::{Serialize, Serializer};

use super::refusal::DetectError;

/// What a profile is attached to (API reference, `AttachSecurityProfile`).
///
/// # Examples
///
/// ```
/// use iot_defender::detect::Target;
///
/// assert!(Target::Unregistered.matches(false, []));
/// assert!(!Target::Registered.matches(false, []));
/// let group = Target::Group("lamps".parse().unwrap());
/// assert!(group.matches(true, ["lamps"]));
/// assert!(!group.matches(true, ["pumps"]));
/// assert_eq!(group.to_string(), "group:lamps");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the guide knows these four")]
pub enum Target {
    /// All devices.
    All,
    /// Those in the registry.
    Registered,
    /// Those that are not in the registry.
    Unregistered,
    /// Those in a thing group.
    Group(GroupName),
}

impl Target {
    /// Whether a device is meant. `groups` are those that a thing is in, parents of them
    /// included; a device that is not in the registry is in none.
    pub fn matches<'g>(
        &self,
        is_registered: bool,
        groups: impl IntoIterator<Item = &'g str>,
    ) -> bool {
        match self {
            Self::All => true,
            Self::Registered => is_registered,
            Self::Unregistered => !is_registered,
            Self::Group(name) => {
                is_registered && groups.into_iter().any(|group| group == name.as_str())
            }
        }
    }
}

impl Target {
    /// Reads what [`Display`](fmt::Display) writes.
    pub(super) fn read(text: &str) -> Option<Self> {
        Some(match text {
            "all" => Self::All,
            "registered" => Self::Registered,
            "unregistered" => Self::Unregistered,
            group => Self::Group(GroupName::parse(group.strip_prefix("group:")?).ok()?),
        })
    }

    /// Its ARN in the account whose ARNs begin so.
    pub(super) fn arn(&self, prefix: &str) -> String {
        match self {
            Self::All => format!("{prefix}:all/things"),
            Self::Registered => format!("{prefix}:all/registered-things"),
            Self::Unregistered => format!("{prefix}:all/unregistered-things"),
            Self::Group(name) => format!("{prefix}:thinggroup/{name}"),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.pad("all"),
            Self::Registered => f.pad("registered"),
            Self::Unregistered => f.pad("unregistered"),
            Self::Group(name) => write!(f, "group:{name}"),
        }
    }
}

/// The ARN of a target: `arn:<partition>:iot:<region>:<account>:` and `all/things`,
/// `all/registered-things`, `all/unregistered-things` or `thinggroup/<name>`.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{DetectError, Target, TargetArn};
///
/// let text = "arn:aws:iot:us-east-1:123456789012:all/registered-things";
/// let arn: TargetArn = text.parse()?;
/// assert_eq!(*arn.target(), Target::Registered);
/// assert_eq!(arn.as_str(), text);
/// assert!("arn:aws:iot:us-east-1:123456789012:thing/t".parse::<TargetArn>().is_err());
/// # Ok::<(), DetectError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TargetArn {
    text: String,
    target: Target,
}

impl TargetArn {
    /// What it names.
    #[must_use]
    pub const fn target(&self) -> &Target {
        &self.target
    }

    /// The text.
    #[must_use]
    pub const fn as_str(&self) -> &str {
        self.text.as_str()
    }
}

impl FromStr for TargetArn {
    type Err = DetectError;

    fn from_str(text: &str) -> Result<Self, DetectError> {
        let target = read(text).ok_or_else(|| DetectError::Target(text.into()))?;
        Ok(Self {
            text: text.into(),
            target,
        })
    }
}

fn read(arn: &str) -> Option<Target> {
    let mut parts = arn.splitn(6, ':');
    let mut part = || parts.next();
    let is_arn = part()? == "arn";
    let partition = part()?;
    let is_iot = part()? == "iot";
    let region = part()?;
    let account = part()?;
    let resource = part()?;
    let word = |text: &str| {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !text.is_empty() && text.bytes().all(allowed)
    };
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let is_partition = partition == "aws" || partition.starts_with("aws-") && word(partition);
    if !(is_arn && is_partition && is_iot && word(region) && is_account) {
        return None;
    }
    match resource {
        "all/things" => Some(Target::All),
        "all/registered-things" => Some(Target::Registered),
        "all/unregistered-things" => Some(Target::Unregistered),
        group => {
            let name = group.strip_prefix("thinggroup/")?;
            GroupName::parse(name).ok().map(Target::Group)
        }
    }
}

impl fmt::Display for TargetArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl Serialize for TargetArn {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}
