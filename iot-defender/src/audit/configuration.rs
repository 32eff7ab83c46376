//! The settings of checks.
//!
//! Source: API reference, `AuditCheckConfiguration`: names and values are texts.

use core::fmt;
use core::str::FromStr;
use core::time::Duration;

use super::check::Check;
use crate::words::words;

words! {
    audit:
    /// The name of a setting.
    pub enum ConfigName {
        /// From which age on a device certificate is a finding.
        CertAgeThresholdInDays = "CERT_AGE_THRESHOLD_IN_DAYS",
        /// How long before its end a device certificate is a finding.
        CertExpirationThresholdInDays = "CERT_EXPIRATION_THRESHOLD_IN_DAYS",
    }
}

impl ConfigName {
    /// The check that has the setting. The check of CA certificates has none: its threshold is 30
    /// days.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{Check, ConfigName};
    ///
    /// let name = ConfigName::CertAgeThresholdInDays;
    /// assert_eq!(name.check(), Check::DeviceCertificateAge);
    /// ```
    #[must_use]
    pub const fn check(self) -> Check {
        match self {
            Self::CertAgeThresholdInDays => Check::DeviceCertificateAge,
            Self::CertExpirationThresholdInDays => Check::DeviceCertificateExpiring,
        }
    }

    /// What holds if nothing is set.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::audit::{ConfigName, Days};
    ///
    /// let name = ConfigName::CertExpirationThresholdInDays;
    /// assert_eq!(name.default_value(), Days::EXPIRATION_DEFAULT);
    /// ```
    #[must_use]
    pub const fn default_value(self) -> Days {
        match self {
            Self::CertAgeThresholdInDays => Days::AGE_DEFAULT,
            Self::CertExpirationThresholdInDays => Days::EXPIRATION_DEFAULT,
        }
    }
}

/// A threshold in days: 30 to 3652.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{ConfigError, Days};
///
/// assert_eq!("30".parse(), Ok(Days::EXPIRATION_DEFAULT));
/// assert_eq!("3653".parse::<Days>(), Err(ConfigError::OutOfRange));
/// assert_eq!("030".parse::<Days>().map(Days::get), Ok(30));
/// assert_eq!("30 days".parse::<Days>(), Err(ConfigError::NotANumber));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Days(u16);

impl Days {
    /// The age that is a finding, unless another is set.
    pub const AGE_DEFAULT: Self = Self(365);
    /// The time before the end that is a finding, unless another is set.
    pub const EXPIRATION_DEFAULT: Self = Self(30);

    /// A threshold of so many days; `None` outside 30 to 3652.
    #[must_use]
    pub const fn new(days: u16) -> Option<Self> {
        if days >= 30 && days <= 3652 {
            Some(Self(days))
        } else {
            None
        }
    }

    /// The number of days.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }

    /// As a time: a day has 86 400 seconds.
    ///
    /// # Examples
    ///
    /// ```
    /// use core::time::Duration;
    /// use iot_defender::audit::Days;
    ///
    /// assert_eq!(Days::EXPIRATION_DEFAULT.duration(), Duration::from_secs(2_592_000));
    /// assert_eq!(Days::new(29), None);
    /// ```
    #[must_use]
    pub const fn duration(self) -> Duration {
        Duration::from_secs(self.0 as u64 * 86_400)
    }
}

impl fmt::Display for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl FromStr for Days {
    type Err = ConfigError;

    fn from_str(text: &str) -> Result<Self, ConfigError> {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits || text.len() > 64 {
            return Err(ConfigError::NotANumber);
        }
        let days = text.parse().ok().and_then(Self::new);
        days.ok_or(ConfigError::OutOfRange)
    }
}

/// A setting that a check does not have.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::ConfigError;
///
/// assert_eq!(ConfigError::OutOfRange.to_string(), "the days are not 30 to 3652");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// No setting has that name.
    #[error("no setting has that name")]
    UnknownName,
    /// The check does not have that setting.
    #[error("the check does not have that setting")]
    AnotherCheck,
    /// The value is not a number in digits of at most 64 characters.
    #[error("the value is not a number in digits")]
    NotANumber,
    /// The value is out of range.
    #[error("the days are not 30 to 3652")]
    OutOfRange,
}

/// The threshold that the settings of a check say: pairs of name and value, as the API has them.
/// `None` for a check that has no setting.
///
/// # Errors
///
/// [`ConfigError`]: a name or value that the check does not have.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Check, ConfigError, Days, threshold};
///
/// let check = Check::DeviceCertificateAge;
/// let days = threshold(check, [("CERT_AGE_THRESHOLD_IN_DAYS", "400")]);
/// assert_eq!(days, Ok(Days::new(400)));
/// assert_eq!(threshold(check, []), Ok(Some(Days::AGE_DEFAULT)));
/// let wrong = threshold(Check::LoggingDisabled, [("CERT_AGE_THRESHOLD_IN_DAYS", "400")]);
/// assert_eq!(wrong, Err(ConfigError::AnotherCheck));
/// ```
pub fn threshold<'a>(
    check: Check,
    settings: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<Option<Days>, ConfigError> {
    let mut days = match check {
        Check::CaCertificateExpiring => Some(Days::EXPIRATION_DEFAULT),
        _ => {
            let mut names = ConfigName::ALL.iter();
            names
                .find(|name| name.check() == check)
                .map(|name| name.default_value())
        }
    };
    for (name, value) in settings {
        let name: ConfigName = name.parse().map_err(|_| ConfigError::UnknownName)?;
        if name.check() != check {
            return Err(ConfigError::AnotherCheck);
        }
        days = Some(value.parse()?);
    }
    Ok(days)
}
