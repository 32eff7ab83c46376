//! The placeholders of job documents.

use alloc::borrow::ToOwned as _;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::document::DocumentTarget;

/// What a placeholder of a job document stands for.
///
/// # Examples
///
/// ```
/// use iot_jobs::{JobDocument, Limits, Package, Placeholder};
///
/// let text = r#"["${aws:iot:parameter:path}", "${aws:iot:package:app:version:$default:attributes}"]"#;
/// let document = JobDocument::parse(text, &Limits::AWS_IOT).unwrap();
/// let found: Vec<_> = document.placeholders().collect();
/// assert_eq!(found[0], &Placeholder::Parameter("path".to_owned()));
/// assert!(!found[1].is_per_device());
/// assert_eq!(found[1].package().and_then(Package::named), Some(("app", "$default")));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Placeholder {
    /// `s3-presigned-url..:URL`
    Presigned {
        /// Which of the three.
        kind: PresignKind,
        /// The URL, as it is written.
        url: String,
    },
    /// `package:N:version:V:attributes:K`
    PackageAttribute {
        /// Whose.
        package: Package,
        /// Its name.
        key: String,
    },
    /// `package:N:version:V:attributes`: all of them, as an object.
    PackageAttributes(Package),
    /// `package:N:version:V:artifact-location:s3-presigned-url`
    PackageArtifact(Package),
    /// `code-sign-signature:..`
    CodeSignSignature(String),
    /// `parameter:NAME`
    Parameter(String),
}

/// What a presigned URL is for.
///
/// # Examples
///
/// ```
/// use iot_jobs::PresignKind;
///
/// assert_eq!(PresignKind::Upload.as_str(), "s3-presigned-url-upload");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "closed: the three kinds of the service"
)]
pub enum PresignKind {
    /// To get an object; the URL is not encoded.
    Download,
    /// To get an object, also a version of it; the URL is encoded.
    DownloadV2,
    /// To put an object.
    Upload,
}

/// A package version that a placeholder names.
///
/// # Examples
///
/// ```
/// use iot_jobs::Package;
///
/// let package = Package::Named { name: "app".to_owned(), version: "1.2".to_owned() };
/// assert_eq!(package.named(), Some(("app", "1.2")));
/// assert_eq!(Package::Destination.named(), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "closed: named or not")]
pub enum Package {
    /// By its name and version, which may be `$default`.
    Named {
        /// Its name.
        name: String,
        /// Its version.
        version: String,
    },
    /// Neither is written: the one destination package version of the job.
    Destination,
}

impl PresignKind {
    /// The word in the placeholder.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Download => "s3-presigned-url",
            Self::DownloadV2 => "s3-presigned-url-v2",
            Self::Upload => "s3-presigned-url-upload",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        [Self::Download, Self::DownloadV2, Self::Upload]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

impl Package {
    /// Name and version, if they are written.
    #[must_use]
    pub fn named(&self) -> Option<(&str, &str)> {
        match self {
            Self::Named { name, version } => Some((name, version)),
            Self::Destination => None,
        }
    }
}

impl Placeholder {
    /// Whether it is filled in each time that a device gets the document, not once at creation.
    #[must_use]
    pub const fn is_per_device(&self) -> bool {
        matches!(self, Self::Presigned { .. } | Self::PackageArtifact(_))
    }

    /// The package version that it is about.
    #[must_use]
    pub const fn package(&self) -> Option<&Package> {
        match self {
            Self::PackageAttribute { package, .. }
            | Self::PackageAttributes(package)
            | Self::PackageArtifact(package) => Some(package),
            _ => None,
        }
    }
}

/// A part of a decoded string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Text(String),
    Placeholder {
        /// As it is written, with `${` and `}`.
        raw: String,
        what: Placeholder,
    },
}

impl Part {
    pub(crate) const fn placeholder(&self) -> Option<&Placeholder> {
        match self {
            Self::Text(_) => None,
            Self::Placeholder { what, .. } => Some(what),
        }
    }

    /// As the string has it.
    /// Whether an object comes in its place, and so in the place of a whole value.
    pub(crate) const fn is_object(&self) -> bool {
        matches!(self.placeholder(), Some(Placeholder::PackageAttributes(_)))
    }

    pub(crate) fn raw(&self) -> &str {
        match self {
            Self::Text(text) => text,
            Self::Placeholder { raw, .. } => raw,
        }
    }
}

/// A placeholder that is refused.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault<'t> {
    pub(crate) text: &'t str,
    pub(crate) reason: &'static str,
}

const OPEN: &str = "${aws:iot:";

/// Takes a string apart; nothing, if it has no placeholder of AWS IoT. Joined again, the parts
/// are the string.
pub(crate) fn parts(text: &str) -> Result<Option<Vec<Part>>, Fault<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, from)) = rest.find(OPEN).and_then(|at| rest.split_at_checked(at)) {
        let end = end(from).ok_or(Fault {
            text: from,
            reason: "has no end",
        })?;
        let (raw, after) = from.split_at_checked(end).unwrap_or((from, ""));
        let inner = raw
            .strip_prefix(OPEN)
            .and_then(|inner| inner.strip_suffix('}'));
        let what = read(inner.unwrap_or_default()).map_err(|reason| Fault { text: raw, reason })?;
        if !before.is_empty() {
            parts.push(Part::Text(before.to_owned()));
        }
        parts.push(Part::Placeholder {
            raw: raw.to_owned(),
            what,
        });
        rest = after;
    }
    if parts.is_empty() {
        return Ok(None);
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Ok(Some(parts))
}

/// Where a placeholder ends that begins the text: behind the brace that closes it, as `${` inside
/// of it have theirs.
fn end(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut before = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' if before == b'$' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && byte == b'}' {
            return Some(at + 1);
        }
        before = byte;
    }
    None
}

/// What is between `${aws:iot:` and `}`.
fn read(inner: &str) -> Result<Placeholder, &'static str> {
    let (kind, rest) = inner.split_once(':').ok_or("is not known")?;
    if rest.is_empty() {
        return Err("names nothing");
    }
    if let Some(kind) = PresignKind::parse(kind) {
        if kind == PresignKind::Upload {
            check_upload(rest)?;
        } else if rest.contains("${") {
            return Err("has a placeholder within it, which only an upload may have");
        }
        return Ok(Placeholder::Presigned {
            kind,
            url: rest.to_owned(),
        });
    }
    match kind {
        "package" => read_package(rest),
        "code-sign-signature" => Ok(Placeholder::CodeSignSignature(rest.to_owned())),
        "parameter" if rest.chars().all(is_parameter_char) => {
            Ok(Placeholder::Parameter(rest.to_owned()))
        }
        "parameter" => Err("has a character that no parameter has"),
        _ => Err("is not known"),
    }
}

pub(crate) const fn is_parameter_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

/// `N:version:V:attributes:K` and the like.
fn read_package(rest: &str) -> Result<Placeholder, &'static str> {
    let (name, rest) = rest.split_once(":version:").ok_or("has no `:version:`")?;
    let (version, rest) = rest
        .split_once(':')
        .ok_or("asks for nothing of the package")?;
    let package = match (name.is_empty(), version.is_empty()) {
        (true, true) => Package::Destination,
        (false, false) if version == NULL => return Err("must not have the version `$null`"),
        (false, false) if is_package(name) && (version == DEFAULT || is_version(version)) => {
            Package::Named {
                name: name.to_owned(),
                version: version.to_owned(),
            }
        }
        (false, false) => return Err("has a name or version that no package has"),
        _ => return Err("must have both name and version, or neither"),
    };
    match rest {
        "attributes" => Ok(Placeholder::PackageAttributes(package)),
        "artifact-location:s3-presigned-url" => Ok(Placeholder::PackageArtifact(package)),
        _ => match rest.strip_prefix("attributes:") {
            Some(key) if !key.is_empty() => Ok(Placeholder::PackageAttribute {
                package,
                key: key.to_owned(),
            }),
            _ => Err("asks for something that no package has"),
        },
    }
}

/// The version that a package has made its default.
pub(crate) const DEFAULT: &str = "$default";
/// The version of a package that is not installed any more.
pub(crate) const NULL: &str = "$null";

/// 1 to 128 characters (API reference, CreatePackage).
pub(crate) fn is_package(text: &str) -> bool {
    is_name(text, 128)
}

/// 1 to 64 characters (API reference, CreatePackageVersion).
pub(crate) fn is_version(text: &str) -> bool {
    is_name(text, 64)
}

fn is_name(text: &str, max: usize) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=max).contains(&text.len()) && text.chars().all(allowed)
}

/// The inner placeholders of an upload.
const INNER: [&str; 3] = ["${thingName}", "${jobId}", "${executionNumber}"];

/// Each inner placeholder at most twice.
const INNER_MAX: usize = 2;

/// Inner placeholders are known, few, and stand in the key, never in the bucket.
fn check_upload(url: &str) -> Result<(), &'static str> {
    let (_, rest) = url.split_once("://").ok_or("has no URL")?;
    let (host, path) = rest.split_once('/').ok_or("has no key")?;
    // Path style has the bucket first in the path, the other style in the host.
    let in_path = host.starts_with("s3.") || host.starts_with("s3-");
    let key = if in_path {
        let (bucket, key) = path.split_once('/').ok_or("has no key")?;
        if bucket.contains("${") {
            return Err("must not have a placeholder in the bucket");
        }
        key
    } else {
        path
    };
    if host.contains("${") {
        return Err("must not have a placeholder in the bucket");
    }
    let counts = INNER.map(|inner| key.matches(inner).count());
    if counts.iter().any(|count| *count > INNER_MAX) {
        return Err("has an inner placeholder more than twice");
    }
    if key.matches("${").count() != counts.iter().sum::<usize>() {
        return Err("has an inner placeholder that is not known");
    }
    Ok(())
}

/// The URL of an upload with its inner placeholders filled in, in one pass: what a name holds is
/// not looked at again.
pub(crate) fn upload_url(url: &str, target: &DocumentTarget<'_>) -> String {
    let number = target.execution_number.to_string();
    let values = [target.thing_name, target.job_id, number.as_str()];
    let mut filled = String::new();
    let mut rest = url;
    while let Some((before, from)) = rest.find("${").and_then(|at| rest.split_at_checked(at)) {
        filled += before;
        let known = INNER
            .iter()
            .zip(values)
            .find_map(|(inner, value)| from.strip_prefix(inner).map(|after| (value, after)));
        let (value, after) =
            known.unwrap_or_else(|| from.split_at_checked(2).unwrap_or((from, "")));
        filled += value;
        rest = after;
    }
    filled + rest
}
