//! The package versions that a job brings to a thing.

use alloc::string::String;

use crate::placeholder::{DEFAULT, NULL, is_package, is_version};

/// An entry of `destinationPackageVersions`: what is installed on a thing when the job has
/// succeeded there.
///
/// Source: developer guide, "Preparing AWS IoT jobs" of the software package catalog.
///
/// # Examples
///
/// ```
/// use iot_jobs::PackageVersion;
///
/// let entry = PackageVersion::parse("package/app/version/1.2").unwrap();
/// assert_eq!((entry.package(), entry.version()), ("app", Some("1.2")));
/// let gone = PackageVersion::parse("package/app/version/$null").unwrap();
/// assert_eq!(gone.version(), None);
/// assert_eq!(PackageVersion::parse("package/a b/version/1"), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PackageVersion {
    package: String,
    version: String,
}

impl PackageVersion {
    /// Reads the end of an ARN, from `package/` on.
    #[must_use]
    pub fn parse(resource: &str) -> Option<Self> {
        let (package, version) = resource.strip_prefix("package/")?.split_once("/version/")?;
        let known = matches!(version, DEFAULT | NULL) || is_version(version);
        (is_package(package) && known).then(|| Self {
            package: package.into(),
            version: version.into(),
        })
    }

    /// The name of the package.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.package
    }

    /// The version; nothing, if the package is not on the thing any more, which is written
    /// `$null`. It may be `$default`, if the world did not know which that is.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        (self.version != NULL).then_some(self.version.as_str())
    }

    /// Whether it is the default version, whichever that is.
    ///
    /// ```
    /// use iot_jobs::PackageVersion;
    ///
    /// assert!(PackageVersion::parse("package/app/version/$default").unwrap().is_default());
    /// ```
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.version == DEFAULT
    }

    /// The same package in another version.
    pub(crate) fn at(&self, version: String) -> Self {
        Self {
            package: self.package.clone(),
            version,
        }
    }
}

impl core::fmt::Display for PackageVersion {
    /// The end of the ARN.
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "package/{}/version/{}", self.package, self.version)
    }
}
