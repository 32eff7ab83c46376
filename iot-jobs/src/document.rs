//! Job documents and what is put in place of their placeholders.

use alloc::borrow::Cow;
use alloc::borrow::ToOwned as _;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use serde_json::{Map, Value};

use crate::Limits;
use crate::placeholder::{self, Fault, Package, Part, Placeholder, PresignKind};

mod scan;

/// A job document: JSON text, read once, its placeholders found.
///
/// Placeholders stand in string values; names of members are left alone. They are found in the
/// decoded string, and what replaces them is encoded again, so that a value can never break out
/// of its string. Source: developer guide, "Jobs", managing placeholders of job documents.
///
/// # Examples
///
/// ```
/// use iot_jobs::{JobDocument, Limits};
///
/// let text = r#"{"op": "copy ${HOME}"}"#;
/// let document = JobDocument::parse(text, &Limits::AWS_IOT).unwrap();
/// assert_eq!(document.text(), text);
/// assert_eq!(document.placeholders().count(), 0); // another's placeholder
///
/// assert!(JobDocument::parse(r#"{"op": "${aws:iot:unknown:x}"}"#, &Limits::AWS_IOT).is_err());
/// assert!(JobDocument::parse("{", &Limits::AWS_IOT).is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobDocument {
    text: String,
    values: Vec<StringValue>,
}

/// A string value that has a placeholder: where its token stands in the text, and its parts.
#[derive(Clone, Debug, PartialEq, Eq)]
struct StringValue {
    start: usize,
    end: usize,
    parts: Vec<Part>,
}

/// Why a text is no job document, or cannot be completed.
///
/// # Examples
///
/// ```
/// use iot_jobs::{DocumentError, JobDocument, Limits};
///
/// let error = JobDocument::parse("[1,]", &Limits::AWS_IOT).unwrap_err();
/// assert_eq!(error, DocumentError::Json { position: 3 });
/// let error = JobDocument::parse(r#"{"a": "${aws:iot:nothing}"}"#, &Limits::AWS_IOT).unwrap_err();
/// assert!(error.is_placeholder());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// More bytes than the limit.
    #[error("the document has {bytes} bytes, more than {max}")]
    TooLong {
        /// Bytes of the document.
        bytes: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// Arrays and objects are nested deeper than the limit.
    #[error("the document is nested deeper than {max} levels at byte {position}")]
    TooDeep {
        /// Levels allowed.
        max: usize,
        /// Where the level too many begins.
        position: usize,
    },
    /// Not JSON.
    #[error("the document is not JSON at byte {position}")]
    Json {
        /// Where the text stops being JSON.
        position: usize,
    },
    /// A placeholder that is not known, has no end, or breaks a rule of its kind.
    #[error("the placeholder `{placeholder}` {reason}")]
    Placeholder {
        /// The placeholder, as the decoded string has it; its first characters.
        placeholder: String,
        /// What is wrong.
        reason: &'static str,
    },
}

impl DocumentError {
    /// Whether it is `InvalidJobDocumentException`, rather than `InvalidRequestException`.
    #[must_use]
    pub const fn is_placeholder(&self) -> bool {
        matches!(self, Self::Placeholder { .. })
    }

    fn of(fault: Fault<'_>) -> Self {
        Self::Placeholder {
            placeholder: fault.text.chars().take(SHOWN).collect(),
            reason: fault.reason,
        }
    }

    fn unresolved(raw: &str, reason: &'static str) -> Self {
        Self::of(Fault { text: raw, reason })
    }
}

/// Characters of a placeholder that an error repeats.
const SHOWN: usize = 120;

/// Answers for the placeholders that are filled in when a job is created. Nothing means that
/// there is no such thing, which refuses the job.
///
/// # Examples
///
/// ```
/// use iot_jobs::{JobDocument, Limits, Package, Resolver};
/// use serde_json::{Map, Value};
///
/// struct Catalog;
/// impl Resolver for Catalog {
///     fn attributes(&mut self, package: &Package) -> Option<Map<String, Value>> {
///         assert_eq!(package.named(), Some(("app", "2")));
///         Some(Map::from_iter([("size".into(), Value::from("9 \"kB\""))]))
///     }
///     fn signature(&mut self, _of: &str) -> Option<String> {
///         None
///     }
/// }
///
/// let text = r#"{"size": "${aws:iot:package:app:version:2:attributes:size}"}"#;
/// let document = JobDocument::parse(text, &Limits::AWS_IOT).unwrap();
/// let resolved = document.resolve(&mut Catalog).unwrap();
/// assert_eq!(resolved.unsigned(), r#"{"size": "9 \"kB\""}"#);
/// ```
pub trait Resolver {
    /// The attributes of a package version.
    fn attributes(&mut self, package: &Package) -> Option<Map<String, Value>>;

    /// A code signature.
    fn signature(&mut self, of: &str) -> Option<String>;
}

/// Signs URLs, each time that a device gets a document. Nothing refuses it the document.
///
/// # Examples
///
/// ```
/// use iot_jobs::{
///     DocumentTarget, JobDocument, Limits, Package, PresignKind, Presigner, Resolver,
/// };
/// use serde_json::{Map, Value};
///
/// struct Nothing;
/// impl Resolver for Nothing {
///     fn attributes(&mut self, _package: &Package) -> Option<Map<String, Value>> {
///         None
///     }
///     fn signature(&mut self, _of: &str) -> Option<String> {
///         None
///     }
/// }
///
/// struct Signer;
/// impl Presigner for Signer {
///     fn presign(&mut self, kind: PresignKind, url: &str) -> Option<String> {
///         Some(format!("signed:{}:{url}", kind.as_str()))
///     }
///     fn artifact(&mut self, _package: &Package) -> Option<String> {
///         None
///     }
/// }
///
/// let text = r#"{"u": "${aws:iot:s3-presigned-url-upload:https://b.s3.amazonaws.com/${thingName}}"}"#;
/// let document = JobDocument::parse(text, &Limits::AWS_IOT).unwrap();
/// assert!(document.needs_role());
/// let document = document.resolve(&mut Nothing).unwrap();
/// assert!(document.needs_signing());
/// assert_eq!(document.unsigned(), text);
///
/// let target = DocumentTarget { thing_name: "T1", job_id: "A", execution_number: 1 };
/// let told = document.for_device(&target, &mut Signer).unwrap();
/// assert_eq!(told, r#"{"u": "signed:s3-presigned-url-upload:https://b.s3.amazonaws.com/T1"}"#);
/// ```
pub trait Presigner {
    /// A URL of S3 that is good for a while.
    fn presign(&mut self, kind: PresignKind, url: &str) -> Option<String>;

    /// A URL of the artifact of a package version that is good for a while.
    fn artifact(&mut self, package: &Package) -> Option<String>;
}

/// The execution that a document is for.
///
/// # Examples
///
/// ```
/// use iot_jobs::DocumentTarget;
///
/// let target = DocumentTarget { thing_name: "T1", job_id: "A", execution_number: 1 };
/// assert_eq!(target.job_id, "A");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "the three inner placeholders of an upload"
)]
pub struct DocumentTarget<'a> {
    /// `${thingName}`
    pub thing_name: &'a str,
    /// `${jobId}`
    pub job_id: &'a str,
    /// `${executionNumber}`
    pub execution_number: u64,
}

impl JobDocument {
    /// Reads a document, in one pass over its bytes and without recursion.
    ///
    /// # Errors
    ///
    /// Too long, too deep, not JSON, or a placeholder of AWS IoT that is not known, has no end or
    /// breaks a rule of its kind.
    pub fn parse(text: &str, limits: &Limits) -> Result<Self, DocumentError> {
        if text.len() > limits.document_bytes {
            return Err(DocumentError::TooLong {
                bytes: text.len(),
                max: limits.document_bytes,
            });
        }
        let mut values = Vec::new();
        scan::string_values(text, limits.document_depth, &mut |value| {
            let decoded = value.text;
            if let Some(parts) = placeholder::parts(&decoded).map_err(DocumentError::of)? {
                if parts.len() > 1
                    && let Some(all) = parts.iter().find(|part| part.is_object())
                {
                    return Err(DocumentError::unresolved(all.raw(), WHOLE));
                }
                values.push(StringValue {
                    start: value.start,
                    end: value.end,
                    parts,
                });
            }
            Ok(())
        })?;
        Ok(Self {
            text: text.to_owned(),
            values,
        })
    }

    /// The text as it was given.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The placeholders, from the first to the last.
    pub fn placeholders(&self) -> impl Iterator<Item = &Placeholder> {
        self.values
            .iter()
            .flat_map(|value| &value.parts)
            .filter_map(Part::placeholder)
    }

    /// Whether a URL is to be signed, of S3 or of the artifact of a package, for which the job must
    /// have a role.
    #[must_use]
    pub fn needs_role(&self) -> bool {
        self.placeholders().any(Placeholder::is_per_device)
    }

    /// Whether a package is left open, for which the job must have exactly one destination
    /// package version.
    ///
    /// ```
    /// use iot_jobs::{JobDocument, Limits};
    ///
    /// let text = r#"{"v": "${aws:iot:package::version::attributes:size}"}"#;
    /// assert!(JobDocument::parse(text, &Limits::AWS_IOT).unwrap().needs_destination());
    /// ```
    #[must_use]
    pub fn needs_destination(&self) -> bool {
        self.placeholders()
            .any(|found| found.package() == Some(&Package::Destination))
    }

    /// Fills in what is filled in at the creation of a job. What a resolver answers is text; no
    /// placeholder is looked for in it.
    ///
    /// # Errors
    ///
    /// A placeholder that the resolver has no answer for, all attributes of a package inside a
    /// longer string, or a parameter, as only managed templates have them.
    pub fn resolve(&self, resolver: &mut impl Resolver) -> Result<ResolvedDocument, DocumentError> {
        let mut resolved = ResolvedDocument { pieces: Vec::new() };
        let mut at = 0;
        for value in &self.values {
            resolved.push_json(self.text.get(at..value.start).unwrap_or_default());
            at = value.end;
            if let [
                Part::Placeholder {
                    raw,
                    what: Placeholder::PackageAttributes(package),
                },
            ] = value.parts.as_slice()
            {
                let attributes = resolver.attributes(package);
                let attributes =
                    attributes.ok_or_else(|| DocumentError::unresolved(raw, UNKNOWN))?;
                resolved.push_json(&Value::Object(attributes).to_string());
                continue;
            }
            let mut parts = Vec::new();
            for part in &value.parts {
                match part.placeholder() {
                    Some(found) if !found.is_per_device() => {
                        let text = fill(found, resolver);
                        parts.push(Part::Text(
                            text.map_err(|reason| DocumentError::unresolved(part.raw(), reason))?,
                        ));
                    }
                    _ => parts.push(part.clone()),
                }
            }
            resolved.push_value(parts);
        }
        resolved.push_json(self.text.get(at..).unwrap_or_default());
        Ok(resolved)
    }

    /// Fills in the parameters of a managed template and gives the text, in which placeholders of
    /// other kinds, also those that a value brings, are left as they are.
    ///
    /// ```
    /// use iot_jobs::{JobDocument, Limits};
    ///
    /// let text = r#"{"path": "${aws:iot:parameter:path}", "user": "${aws:iot:parameter:user}"}"#;
    /// let document = JobDocument::parse(text, &Limits::AWS_IOT).unwrap();
    /// let given = [("path".to_owned(), "C:\\tmp".to_owned())].into();
    /// assert_eq!(document.with_parameters(&given), r#"{"path": "C:\\tmp", "user": ""}"#);
    /// ```
    #[must_use]
    pub fn with_parameters(&self, given: &BTreeMap<String, String>) -> String {
        let mut text = String::new();
        let mut at = 0;
        for value in &self.values {
            text += self.text.get(at..value.start).unwrap_or_default();
            at = value.end;
            let mut whole = String::new();
            for part in &value.parts {
                match part.placeholder() {
                    Some(Placeholder::Parameter(name)) => {
                        whole += given.get(name).map(String::as_str).unwrap_or_default();
                    }
                    _ => whole += part.raw(),
                }
            }
            text += &Value::from(whole).to_string();
        }
        text + self.text.get(at..).unwrap_or_default()
    }
}

const UNKNOWN: &str = "names nothing that there is";
const WHOLE: &str = "must be the whole of a value";

/// The text for a placeholder that is filled in at creation.
fn fill(found: &Placeholder, resolver: &mut impl Resolver) -> Result<String, &'static str> {
    match found {
        Placeholder::PackageAttribute { package, key } => {
            let attributes = resolver.attributes(package).ok_or(UNKNOWN)?;
            match attributes.get(key).ok_or(UNKNOWN)? {
                Value::String(text) => Ok(text.clone()),
                other => Ok(other.to_string()),
            }
        }
        Placeholder::PackageAttributes(_) => Err(WHOLE),
        Placeholder::CodeSignSignature(of) => resolver.signature(of).ok_or(UNKNOWN),
        Placeholder::Parameter(_) => Err("is for managed templates alone"),
        Placeholder::Presigned { .. } | Placeholder::PackageArtifact(_) => Err("is for a device"),
    }
}

/// The document of a job: complete, but for URLs that are signed for each device.
///
/// # Examples
///
/// ```
/// use iot_jobs::{JobDocument, Limits, Package, ResolvedDocument, Resolver};
/// use serde_json::{Map, Value};
///
/// struct Nothing;
/// impl Resolver for Nothing {
///     fn attributes(&mut self, _package: &Package) -> Option<Map<String, Value>> {
///         None
///     }
///     fn signature(&mut self, _of: &str) -> Option<String> {
///         None
///     }
/// }
///
/// let document = JobDocument::parse(r#"{"op": "reboot"}"#, &Limits::AWS_IOT).unwrap();
/// let resolved: ResolvedDocument = document.resolve(&mut Nothing).unwrap();
/// assert!(!resolved.needs_signing());
/// assert_eq!(resolved.unsigned(), r#"{"op": "reboot"}"#); // borrowed, not copied
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedDocument {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// JSON text.
    Json(String),
    /// A string value with a placeholder for a device.
    Value(Vec<Part>),
}

impl ResolvedDocument {
    /// What it is made of.
    pub(crate) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// A document of pieces, if they are JSON together, and the fewest that say the same.
    pub(crate) fn from_pieces(pieces: Vec<Piece>) -> Option<Self> {
        let placeholders = |part: &Part| part.placeholder().is_some();
        let mut fewest = pieces.iter().all(|piece| match piece {
            Piece::Json(_) => true,
            Piece::Value(parts) => parts.iter().any(placeholders),
        });
        fewest &= !pieces
            .windows(2)
            .any(|pair| matches!(pair, [Piece::Json(_), Piece::Json(_)]));
        let document = Self { pieces };
        let valid = scan::string_values(&document.unsigned(), usize::MAX, &mut |_| Ok(()));
        (fewest && valid.is_ok()).then_some(document)
    }

    /// Whether devices get different texts.
    #[must_use]
    pub fn needs_signing(&self) -> bool {
        self.pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Value(_)))
    }

    /// The text for one device. Without placeholders it is borrowed.
    ///
    /// # Errors
    ///
    /// A placeholder that the signer has no answer for.
    pub fn for_device(
        &self,
        target: &DocumentTarget<'_>,
        signer: &mut impl Presigner,
    ) -> Result<Cow<'_, str>, DocumentError> {
        self.join(|raw, found| {
            let signed = match found {
                Placeholder::Presigned {
                    kind: PresignKind::Upload,
                    url,
                } => signer.presign(PresignKind::Upload, &placeholder::upload_url(url, target)),
                Placeholder::Presigned { kind, url } => signer.presign(*kind, url),
                Placeholder::PackageArtifact(package) => signer.artifact(package),
                _ => None,
            };
            signed.ok_or_else(|| DocumentError::unresolved(raw, "cannot be signed"))
        })
    }

    /// The text with the placeholders of URLs as they are, as `GetJobDocument` shows it.
    #[must_use]
    pub fn unsigned(&self) -> Cow<'_, str> {
        let Ok::<_, core::convert::Infallible>(text) = self.join(|raw, _| Ok(raw.to_owned()));
        text
    }

    fn join<E>(
        &self,
        mut fill: impl FnMut(&str, &Placeholder) -> Result<String, E>,
    ) -> Result<Cow<'_, str>, E> {
        if let [Piece::Json(text)] = self.pieces.as_slice() {
            return Ok(Cow::Borrowed(text));
        }
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Json(json) => text += json,
                Piece::Value(parts) => {
                    let mut value = String::new();
                    for part in parts {
                        match part {
                            Part::Text(plain) => value += plain,
                            Part::Placeholder { raw, what } => value += &fill(raw, what)?,
                        }
                    }
                    text += &Value::from(value).to_string();
                }
            }
        }
        Ok(Cow::Owned(text))
    }

    fn push_json(&mut self, json: &str) {
        match self.pieces.last_mut() {
            Some(Piece::Json(text)) => text.push_str(json),
            _ => self.pieces.push(Piece::Json(json.to_owned())),
        }
    }

    fn push_value(&mut self, parts: Vec<Part>) {
        if parts.iter().any(|part| part.placeholder().is_some()) {
            self.pieces.push(Piece::Value(parts));
            return;
        }
        let text: String = parts.iter().map(Part::raw).collect();
        self.push_json(&Value::from(text).to_string());
    }
}
