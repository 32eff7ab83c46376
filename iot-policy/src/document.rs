//! A policy document as data: what the text said, nothing interpreted.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

use crate::error::PolicyError;
#[cfg(doc)]
use crate::error::PolicyErrorKind;
use crate::limits::DocumentLimits;
use crate::statement::Statement;
use crate::{check, parse, pointer, print};

/// A policy document that keeps the rules of the policy language.
///
/// A value of this type always has at least one statement, no empty list of actions or resources,
/// no `Sid` and no condition key twice; [`to_json`](Self::to_json) and
/// [`from_json`](Self::from_json) are inverse. Values are compared as written: `"iot:*"` and
/// `["iot:*"]` differ.
///
/// Source: developer guide, "AWS IoT Core policies"; IAM user guide, "Grammar of the IAM JSON
/// policy language".
///
/// # Examples
///
/// ```
/// use iot_policy::{Effect, PolicyDocument, Version};
///
/// let document = PolicyDocument::from_json(
///     r#"{
///       "Version": "2012-10-17",
///       "Statement": [{
///         "Effect": "Allow",
///         "Action": "iot:Connect",
///         "Resource": "arn:aws:iot:eu-west-1:123456789012:client/${iot:ClientId}"
///       }]
///     }"#,
/// )?;
/// assert!(document.has_variables());
/// assert_eq!((document.version(), document.id()), (Version::V2012_10_17, None));
/// assert!(!document.is_single()); // an array, though of one statement
/// let statement = &document.statements()[0];
/// assert_eq!(document.statement_pointer(0), "/Statement/0");
/// assert_eq!(statement.effect(), Effect::Allow);
/// assert!(statement.actions().iter().eq(["iot:Connect"]));
/// assert_eq!(PolicyDocument::from_json(&document.to_json())?, document);
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PolicyDocument {
    id: Option<Box<str>>,
    statements: Box<[Statement]>,
    version: Option<Version>,
    is_single: bool,
}

impl PolicyDocument {
    /// A document of version 2012-10-17.
    ///
    /// # Errors
    ///
    /// A [`PolicyError`] without a position, of kind [`EmptyArray`](PolicyErrorKind::EmptyArray)
    /// for a statement without actions or resources,
    /// [`DuplicateSid`](PolicyErrorKind::DuplicateSid) or
    /// [`DuplicateKey`](PolicyErrorKind::DuplicateKey) for a condition key that stands twice under
    /// one operator.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_policy::{PolicyDocument, Statement};
    ///
    /// let document = PolicyDocument::new(vec![Statement::allow("iot:Connect", "*")])?;
    /// assert_eq!(
    ///     document.to_json(),
    ///     r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iot:Connect","Resource":"*"}]}"#,
    /// );
    /// # Ok::<(), iot_policy::PolicyError>(())
    /// ```
    pub fn new(statements: Vec<Statement>) -> Result<Self, PolicyError> {
        let document = Self {
            id: None,
            statements: statements.into_boxed_slice(),
            version: Some(Version::V2012_10_17),
            is_single: false,
        };
        check::lists(&document)?;
        check::duplicates(&document)?;
        Ok(document)
    }

    /// The parts as the parser found them, which keeps the rules of `new` itself.
    pub(crate) const fn from_parts(
        version: Option<Version>,
        id: Option<Box<str>>,
        statements: Box<[Statement]>,
        is_single: bool,
    ) -> Self {
        Self {
            id,
            statements,
            version,
            is_single,
        }
    }

    /// Reads a document, of at most 404,600 bytes (what the AWS API transports) but without the
    /// limit of 2,048 characters: that one belongs to `CreatePolicy`, see
    /// [`DocumentLimits::AWS_IOT`].
    ///
    /// Strict: a key that is unknown or stands twice, a value of another type and text behind the
    /// document are refused. Numbers and Booleans among condition values become the text that
    /// stands in the document. Cost: one pass over the text, one allocation a string.
    ///
    /// # Errors
    ///
    /// The first rule that is broken, see [`PolicyErrorKind`].
    pub fn from_json(text: &str) -> Result<Self, PolicyError> {
        Self::from_json_with(text, &DocumentLimits::DEFAULT)
    }

    /// Reads a document within `limits`.
    ///
    /// # Errors
    ///
    /// The first rule that is broken; the limits are looked at first.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_policy::{DocumentLimits, PolicyDocument, PolicyErrorKind};
    ///
    /// let text = format!(
    ///     r#"{{"Statement": {{"Effect": "Allow", "Action": "iot:*", "Resource": "{}"}}}}"#,
    ///     "x".repeat(2_048),
    /// );
    /// assert!(PolicyDocument::from_json(&text).is_ok());
    /// let error = PolicyDocument::from_json_with(&text, &DocumentLimits::AWS_IOT).unwrap_err();
    /// assert!(matches!(error.kind(), PolicyErrorKind::TooManyChars { max: 2_048, .. }));
    /// ```
    pub fn from_json_with(text: &str, limits: &DocumentLimits) -> Result<Self, PolicyError> {
        limits.check(text)?;
        parse::document(text)
    }

    /// Looks at the size of a text alone, as `CreatePolicy` does.
    ///
    /// # Errors
    ///
    /// [`Empty`](PolicyErrorKind::Empty), [`TooManyBytes`](PolicyErrorKind::TooManyBytes) or
    /// [`TooManyChars`](PolicyErrorKind::TooManyChars).
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_policy::{DocumentLimits, PolicyDocument};
    ///
    /// let text = "x".repeat(2_048) + "  \n";
    /// assert!(PolicyDocument::check_size(&text, &DocumentLimits::AWS_IOT).is_ok());
    /// assert!(PolicyDocument::check_size(&(text + "x"), &DocumentLimits::AWS_IOT).is_err());
    /// ```
    pub fn check_size(text: &str, limits: &DocumentLimits) -> Result<(), PolicyError> {
        limits.check(text)
    }

    /// The document as JSON without white space; [`from_json`](Self::from_json) reads it back to
    /// an equal value. Keys come in the order of the grammar, condition values as strings.
    #[must_use]
    pub fn to_json(&self) -> String {
        print::document(self)
    }

    /// The version in force: without one, 2008-10-17.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version.unwrap_or(Version::V2008_10_17)
    }

    /// The version as written.
    #[must_use]
    pub const fn written_version(&self) -> Option<Version> {
        self.version
    }

    /// Whether `${...}` is a variable. In a document of 2008-10-17, or without version, it is
    /// literal text (IAM user guide, "Variables and tags").
    #[must_use]
    pub fn has_variables(&self) -> bool {
        self.version() == Version::V2012_10_17
    }

    /// The `Id`, which has no meaning in an IoT policy.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The statements in the order of the text; at least one.
    #[must_use]
    pub const fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// Whether the one statement is written without an array.
    #[must_use]
    pub const fn is_single(&self) -> bool {
        self.is_single
    }

    /// The JSON pointer of the statement with this index: `/Statement/0`, or `/Statement` where it
    /// is written without an array.
    #[must_use]
    pub fn statement_pointer(&self, index: usize) -> String {
        let mut pointer = String::from("/Statement");
        if !self.is_single {
            pointer::push_index(&mut pointer, index);
        }
        pointer
    }
}

impl FromStr for PolicyDocument {
    type Err = PolicyError;

    fn from_str(text: &str) -> Result<Self, PolicyError> {
        Self::from_json(text)
    }
}

impl fmt::Display for PolicyDocument {
    /// Writes [`to_json`](Self::to_json).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_json())
    }
}

/// The version of the policy language.
///
/// # Examples
///
/// ```
/// use iot_policy::{PolicyDocument, Version};
///
/// let text = r#"{"Statement": {"Effect": "Allow", "Action": "iot:Connect", "Resource": "*"}}"#;
/// let document = PolicyDocument::from_json(text)?;
/// assert_eq!(document.written_version(), None);
/// assert_eq!(document.version(), Version::V2008_10_17); // what its absence means
/// assert_eq!(document.version().as_str(), "2008-10-17");
/// assert!(!document.has_variables());
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a new version of the language would change every decision"
)]
pub enum Version {
    /// `2008-10-17`, and what a document without version has: `${...}` is literal text.
    V2008_10_17,
    /// `2012-10-17`: `${...}` is a variable.
    V2012_10_17,
}

impl Version {
    /// The version as a policy writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V2008_10_17 => "2008-10-17",
            Self::V2012_10_17 => "2012-10-17",
        }
    }

    pub(crate) fn from_text(text: &str) -> Option<Self> {
        [Self::V2008_10_17, Self::V2012_10_17]
            .into_iter()
            .find(|version| version.as_str() == text)
    }
}
