//! Why a payload is no report.

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write as _};

use super::names::Field;

/// What is wrong with a report, and where.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{MetricsReport, ReportErrorKind};
///
/// let payload = br#"{"hed":{"rid":7,"v":"1.0"},"met":{"ns":{"bi":-1}}}"#;
/// let error = MetricsReport::from_json(payload).unwrap_err();
/// assert_eq!(error.to_string(), "not a whole number from 0 to 2^64 - 1 at `/met/ns/bi`");
/// assert!(matches!(error.kind(), ReportErrorKind::OutOfRange { .. }));
/// assert_eq!((error.path(), error.report_id()), ("/met/ns/bi", Some(7)));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportError {
    kind: ReportErrorKind,
    path: String,
    report_id: Option<u64>,
}

impl ReportError {
    /// The rule that is broken.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{MetricsReport, ReportErrorKind};
    ///
    /// let error = MetricsReport::from_json(b"[]").unwrap_err();
    /// let expected = ReportErrorKind::WrongType { expected: "an object", found: "an array" };
    /// assert_eq!(*error.kind(), expected);
    /// ```
    #[must_use]
    pub const fn kind(&self) -> &ReportErrorKind {
        &self.kind
    }

    /// The place in the report as a JSON pointer (RFC 6901), in the names that the report uses;
    /// empty for the report as a whole.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::MetricsReport;
    ///
    /// let payload = br#"{"header":{"report_id":7,"version":1.0},"metrics":{}}"#;
    /// assert_eq!(MetricsReport::from_json(payload).unwrap_err().path(), "/header/version");
    /// ```
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The number of the report, if it was read before what is wrong: an answer can name it.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::MetricsReport;
    ///
    /// let error = MetricsReport::from_json(br#"{"hed":{"rid":7,"v":"1.0"}}"#).unwrap_err();
    /// assert_eq!(error.report_id(), Some(7));
    /// ```
    #[must_use]
    pub const fn report_id(&self) -> Option<u64> {
        self.report_id
    }
}

impl fmt::Display for ReportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)?;
        if !self.path.is_empty() {
            write!(f, " at `{}`", self.path)?;
        }
        Ok(())
    }
}

impl core::error::Error for ReportError {}

/// The rules that a report can break. AWS answers each with `InvalidPayload`.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{MetricsReport, ReportErrorKind};
///
/// let both = br#"{"header":{"report_id":1,"version":"1.0"},"metrics":{},"met":{}}"#;
/// let error = MetricsReport::from_json(both).unwrap_err();
/// assert_eq!(*error.kind(), ReportErrorKind::Repeated);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ReportErrorKind {
    /// More bytes than [`ReportLimits`](super::ReportLimits) allow.
    #[error("more than {max} bytes")]
    TooLarge {
        /// How many are allowed.
        max: usize,
    },
    /// Objects and arrays within each other beyond [`ReportLimits`](super::ReportLimits).
    #[error("nested more than {max} deep")]
    TooDeep {
        /// How many levels are allowed.
        max: usize,
    },
    /// A format that the crate was built without.
    #[error("this format is not built in")]
    FormatNotBuilt,
    /// Not JSON, or not CBOR.
    #[error("{reason} at byte {position}")]
    Syntax {
        /// What is wrong with it.
        reason: &'static str,
        /// Where, from 0.
        position: usize,
    },
    /// A value of another type than the field has.
    #[error("{found} instead of {expected}")]
    WrongType {
        /// The type of the field.
        expected: &'static str,
        /// The type of the value.
        found: &'static str,
    },
    /// A value of the right type that the field cannot have.
    #[error("not {rule}")]
    OutOfRange {
        /// What the field can have.
        rule: &'static str,
    },
    /// A field that must be there.
    #[error("no `{field}`")]
    Missing {
        /// The field.
        field: Field,
    },
    /// Neither `metrics` nor `custom_metrics`.
    #[error("neither `metrics` nor `custom_metrics`")]
    NoMetrics,
    /// A field or a custom metric that is there twice, be it once by its long and once by its
    /// short name. Readers that take the first, or the last, would disagree about it.
    #[error("given twice")]
    Repeated,
}

/// An error on its way out; each level that it passes adds its part of the path.
#[derive(Debug)]
pub(super) struct Fault<'a> {
    kind: ReportErrorKind,
    /// Innermost first.
    path: Vec<Segment<'a>>,
}

#[derive(Debug)]
enum Segment<'a> {
    Key(Cow<'a, str>),
    Index(usize),
}

impl<'a> Fault<'a> {
    pub(super) const fn new(kind: ReportErrorKind) -> Self {
        let path = Vec::new();
        Self { kind, path }
    }

    pub(super) const fn syntax(reason: &'static str, position: usize) -> Self {
        Self::new(ReportErrorKind::Syntax { reason, position })
    }

    pub(super) const fn wrong_type(expected: &'static str, found: &'static str) -> Self {
        Self::new(ReportErrorKind::WrongType { expected, found })
    }

    pub(super) const fn out_of_range(rule: &'static str) -> Self {
        Self::new(ReportErrorKind::OutOfRange { rule })
    }

    pub(super) fn within_key(mut self, key: Cow<'a, str>) -> Self {
        self.path.push(Segment::Key(key));
        self
    }

    pub(super) fn within_item(mut self, index: usize) -> Self {
        self.path.push(Segment::Index(index));
        self
    }

    pub(super) fn into_error(self, report_id: Option<u64>) -> ReportError {
        let mut path = String::new();
        for segment in self.path.iter().rev() {
            path.push('/');
            match segment {
                Segment::Key(key) => key.chars().for_each(|ch| match ch {
                    '~' => path.push_str("~0"),
                    '/' => path.push_str("~1"),
                    ch => path.push(ch),
                }),
                // A `String` takes all that is written to it.
                Segment::Index(index) => {
                    let _ = write!(path, "{index}");
                }
            }
        }
        let kind = self.kind;
        ReportError {
            kind,
            path,
            report_id,
        }
    }
}
