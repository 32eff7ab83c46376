//! Role aliases: which role, and for how long.

use alloc::borrow::ToOwned;
use alloc::string::String;
use core::time::Duration;

/// How long credentials may be valid.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::credentials::CredentialDurations;
///
/// assert_eq!(CredentialDurations::AWS_IOT.max_seconds, 43_200);
/// assert_eq!(CredentialDurations::DECK_2018.max_seconds, 3_600);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct CredentialDurations {
    /// The least, in seconds.
    pub min_seconds: u32,
    /// The most, in seconds.
    pub max_seconds: u32,
    /// What counts where nothing is told, in seconds.
    pub default_seconds: u32,
}

impl CredentialDurations {
    /// 900 to 43,200 seconds, 3,600 by default (API reference, `CreateRoleAlias`).
    pub const AWS_IOT: Self = Self {
        min_seconds: 900,
        max_seconds: 43_200,
        default_seconds: 3_600,
    };

    /// 900 to 3,600 seconds, as a Black Belt deck of 2018 has it.
    pub const DECK_2018: Self = Self {
        max_seconds: 3_600,
        ..Self::AWS_IOT
    };
}

impl Default for CredentialDurations {
    fn default() -> Self {
        Self::AWS_IOT
    }
}

/// What `CreateRoleAlias` sets: the role behind an alias and the life of its credentials.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::credentials::{CredentialDurations, RoleAliasSettings};
///
/// let arn = "arn:aws:iam::123456789012:role/camera";
/// let durations = CredentialDurations::AWS_IOT;
/// let settings = RoleAliasSettings::new(arn, None, None, &durations)?;
/// assert_eq!((settings.role_arn(), settings.duration().as_secs()), (arn, 3_600));
/// assert!(RoleAliasSettings::new(arn, Some(43_201), None, &durations).is_err());
/// // not longer than a session of the role
/// assert!(RoleAliasSettings::new(arn, Some(7_200), Some(3_600), &durations).is_err());
/// # Ok::<(), iot_policy::principal::credentials::RoleAliasError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RoleAliasSettings {
    role_arn: String,
    seconds: u32,
}

/// Why a role alias is refused; AWS answers `InvalidRequestException`.
///
/// # Examples
///
/// ```
/// use iot_policy::principal::credentials::{
///     CredentialDurations, RoleAliasError, RoleAliasSettings,
/// };
///
/// let arn = "arn:aws:iam::123456789012:role/camera";
/// let new = |seconds, session| {
///     RoleAliasSettings::new(arn, Some(seconds), session, &CredentialDurations::AWS_IOT)
/// };
/// let error = new(600, None).unwrap_err();
/// assert_eq!(error, RoleAliasError::Duration { got: 600, min: 900, max: 43_200 });
/// let error = new(7_200, Some(3_600)).unwrap_err();
/// assert_eq!(error, RoleAliasError::RoleSession { got: 7_200, max: 3_600 });
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum RoleAliasError {
    /// The ARN of the role has not 20 to 2,048 bytes.
    #[error("the ARN of the role has {got} bytes, not 20 to 2048")]
    RoleArn {
        /// The bytes of the ARN.
        got: usize,
    },
    /// A duration out of its bounds.
    #[error("`credentialDurationSeconds` is {got}, not {min} to {max}")]
    Duration {
        /// The duration, in seconds.
        got: u32,
        /// The least, in seconds.
        min: u32,
        /// The most, in seconds.
        max: u32,
    },
    /// A duration longer than a session of the role may last.
    #[error("`credentialDurationSeconds` is {got}, a session of the role lasts {max} at most")]
    RoleSession {
        /// The duration, in seconds.
        got: u32,
        /// The longest session of the role, in seconds.
        max: u32,
    },
}

impl RoleAliasSettings {
    /// Checks the settings of an alias; `role_session` is the maximum session duration of the
    /// role, in seconds, if it is known.
    ///
    /// # Errors
    ///
    /// [`RoleAliasError`].
    pub fn new(
        role_arn: &str,
        duration_seconds: Option<u32>,
        role_session: Option<u32>,
        durations: &CredentialDurations,
    ) -> Result<Self, RoleAliasError> {
        if !(20..=2_048).contains(&role_arn.len()) {
            let got = role_arn.len();
            return Err(RoleAliasError::RoleArn { got });
        }
        let got = duration_seconds.unwrap_or(durations.default_seconds);
        let (min, max) = (durations.min_seconds, durations.max_seconds);
        if !(min..=max).contains(&got) {
            return Err(RoleAliasError::Duration { got, min, max });
        }
        if let Some(max) = role_session.filter(|max| got > *max) {
            return Err(RoleAliasError::RoleSession { got, max });
        }
        Ok(Self {
            role_arn: role_arn.to_owned(),
            seconds: got,
        })
    }

    /// The ARN of the role.
    #[must_use]
    pub fn role_arn(&self) -> &str {
        &self.role_arn
    }

    /// How long credentials are valid.
    #[must_use]
    pub fn duration(&self) -> Duration {
        Duration::from_secs(self.seconds.into())
    }
}
