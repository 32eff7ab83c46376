//! Why a policy document is refused.

use alloc::boxed::Box;
use core::fmt;

/// A policy document that is not legal: the rule, the place as a JSON pointer and, for a document
/// that was read from text, the position.
///
/// # Examples
///
/// ```
/// use iot_policy::{PolicyDocument, PolicyErrorKind};
///
/// let text = r#"{"Statement": {"Effect": "Allow", "Action": 7, "Resource": "*"}}"#;
/// let error = PolicyDocument::from_json(text).unwrap_err();
/// assert!(matches!(error.kind(), PolicyErrorKind::WrongType { .. }));
/// assert_eq!(error.pointer(), "/Statement/Action");
/// assert_eq!(
///     error.to_string(),
///     "expected a string or an array of strings, found a number at `/Statement/Action` \
///      (line 1, column 45)"
/// );
/// assert_eq!(error.position().unwrap().column, 45);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError {
    kind: PolicyErrorKind,
    pointer: Box<str>,
    position: Option<Position>,
}

impl PolicyError {
    pub(crate) const fn new(
        kind: PolicyErrorKind,
        pointer: Box<str>,
        position: Option<Position>,
    ) -> Self {
        Self {
            kind,
            pointer,
            position,
        }
    }

    /// The rule that was broken.
    #[must_use]
    pub const fn kind(&self) -> PolicyErrorKind {
        self.kind
    }

    /// Where, as a JSON pointer (RFC 6901); empty for the document as a whole. For a key that is
    /// unknown or repeated it names the member of that key; for a syntax error, the innermost
    /// value of the policy that the reader was in.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// Where in the text; none for a document that was built in the program.
    #[must_use]
    pub const fn position(&self) -> Option<Position> {
        self.position
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at `", self.kind)?;
        for c in self.pointer.chars() {
            // A pointer holds keys as the document spells them: keep them off the terminal.
            if c.is_control() {
                write!(f, "{}", c.escape_default())?;
            } else {
                fmt::Write::write_char(f, c)?;
            }
        }
        f.write_str("`")?;
        if let Some(position) = self.position {
            write!(f, " ({position})")?;
        }
        Ok(())
    }
}

impl core::error::Error for PolicyError {}

/// A place in a text.
///
/// # Examples
///
/// ```
/// use iot_policy::PolicyDocument;
///
/// use iot_policy::Position;
///
/// let position = PolicyDocument::from_json("{\n  5").unwrap_err().position().unwrap();
/// assert_eq!((position.line, position.column, position.offset), (2, 3, 4));
/// assert_eq!(Position::of("{\n  5", 4), position);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Position {
    /// From the start of the text, in bytes.
    pub offset: usize,
    /// The line, from 1; lines end with U+000A.
    pub line: usize,
    /// The character in the line, from 1, in Unicode scalars.
    pub column: usize,
}

impl Position {
    /// The position of the byte `offset`; past the end it is the end. Cost: O(text).
    #[must_use]
    pub fn of(text: &str, offset: usize) -> Self {
        let (mut line, mut column, mut at) = (1, 1, text.len());
        for (index, c) in text.char_indices() {
            if index + c.len_utf8() > offset {
                at = index;
                break;
            }
            if c == '\n' {
                (line, column) = (line + 1, 1);
            } else {
                column += 1;
            }
        }
        Self {
            offset: at,
            line,
            column,
        }
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)
    }
}

/// The rules that a policy document can break.
///
/// Sources are the pages of the IAM user guide "Grammar of the IAM JSON policy language" (the
/// grammar) and "IAM policy validation check reference" (the checks), and the developer guide.
///
/// # Examples
///
/// ```
/// use iot_policy::{PolicyDocument, PolicyErrorKind};
///
/// let kind = |text| PolicyDocument::from_json(text).unwrap_err().kind();
/// assert_eq!(kind("  "), PolicyErrorKind::Empty);
/// assert_eq!(kind(r#"{"Version": "2012-10-17", "Statement": {}}"#), PolicyErrorKind::Missing { key: "`Effect`" });
/// assert_eq!(kind(r#"{"Version": "2012"}"#), PolicyErrorKind::BadVersion);
/// assert_eq!(kind(r#"{"statement": []}"#), PolicyErrorKind::UnknownKey); // case sensitive
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyErrorKind {
    /// The text has no character that is not white space.
    #[error("the document is empty")]
    Empty,
    /// More characters than the limit, white space not counted.
    #[error("{got} characters without white space, the limit is {max}")]
    TooManyChars {
        /// The limit.
        max: usize,
        /// The characters that were counted.
        got: usize,
    },
    /// More bytes than the limit.
    #[error("{got} bytes, the limit is {max}")]
    TooManyBytes {
        /// The limit.
        max: usize,
        /// The bytes of the text.
        got: usize,
    },
    /// The text is not JSON.
    #[error("not JSON: {reason}")]
    Syntax {
        /// What is wrong.
        reason: &'static str,
    },
    /// Something stands behind the document.
    #[error("text after the end of the document")]
    TrailingText,
    /// A value of another JSON type.
    #[error("expected {expected}, found {found}")]
    WrongType {
        /// What may stand here.
        expected: &'static str,
        /// The JSON type that stands here.
        found: &'static str,
    },
    /// A key twice in one object (the grammar); for condition keys also when only their case
    /// differs (the checks, "Duplicate keys with different case").
    #[error("this key stands here twice")]
    DuplicateKey,
    /// A key that documents or statements do not have; keys are case sensitive.
    #[error("unknown key")]
    UnknownKey,
    /// `Principal` or `NotPrincipal`: an IoT policy is attached to its principal, like the
    /// identity policies of IAM, which must not name one (the grammar).
    #[error("a policy that is attached to its principal must not name one")]
    Principal,
    /// A key that must stand here.
    #[error("missing {key}")]
    Missing {
        /// The key, or the two of which one must stand here.
        key: &'static str,
    },
    /// Two keys that exclude each other.
    #[error("`{key}` and `{other}` exclude each other")]
    Conflict {
        /// The key without `Not`.
        key: &'static str,
        /// The key with `Not`.
        other: &'static str,
    },
    /// An empty array of actions or resources: "arrays can take one or more values" (the grammar).
    /// An empty `NotResource` would mean every resource. An empty array of statements is the blank
    /// policy that a mitigation action of Device Defender puts in the place of a policy.
    #[error("the array is empty")]
    EmptyArray,
    /// Neither `2012-10-17` nor `2008-10-17`.
    #[error("the version is neither `2012-10-17` nor `2008-10-17`")]
    BadVersion,
    /// Neither `Allow` nor `Deny`; case sensitive.
    #[error("the effect is neither `Allow` nor `Deny`")]
    BadEffect,
    /// Two statements with the same `Sid`; empty ones are not compared.
    #[error("another statement has this `Sid`")]
    DuplicateSid,
    /// A condition operator that does not exist; case sensitive.
    #[error("unknown condition operator")]
    UnknownOperator,
    /// `NullIfExists` (the checks, "Null with if exists").
    #[error("`Null` cannot be combined with `IfExists`")]
    NullIfExists,
}
