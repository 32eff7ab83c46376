//! How long a policy document may be.

use alloc::boxed::Box;

use crate::error::{PolicyError, PolicyErrorKind, Position};

/// The limits that the text of a document is checked against.
///
/// # Examples
///
/// ```
/// use iot_policy::{DocumentLimits, PolicyDocument};
///
/// let resource = "x".repeat(2_048);
/// let text = format!(
///     r#"{{"Statement": [{{"Effect": "Allow", "Action": "*", "Resource": "{resource}"}}]}}"#
/// );
/// assert!(PolicyDocument::from_json(&text).is_ok()); // `DocumentLimits::DEFAULT`
/// assert!(PolicyDocument::from_json_with(&text, &DocumentLimits::AWS_IOT).is_err());
/// let text = " ".repeat(404_600) + &text;
/// assert!(PolicyDocument::from_json_with(&text, &DocumentLimits::DEFAULT).is_err());
/// assert!(PolicyDocument::from_json_with(&text, &DocumentLimits::UNLIMITED).is_ok());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct DocumentLimits {
    /// The most characters (Unicode scalars). JSON white space is not counted, wherever it stands.
    pub max_chars: usize,
    /// The most bytes, white space included.
    pub max_raw_bytes: usize,
}

impl DocumentLimits {
    /// `CreatePolicy`: 2,048 characters without white space (quota "Policy document size") in at
    /// most 404,600 bytes (API reference, `policyDocument`).
    pub const AWS_IOT: Self = Self {
        max_chars: 2_048,
        max_raw_bytes: 404_600,
    };

    /// What [`PolicyDocument::from_json`](crate::PolicyDocument::from_json) applies: 404,600
    /// bytes, any number of characters, so that an oversized document can still be looked into.
    pub const DEFAULT: Self = Self {
        max_chars: usize::MAX,
        ..Self::AWS_IOT
    };

    /// No limit.
    pub const UNLIMITED: Self = Self {
        max_chars: usize::MAX,
        max_raw_bytes: usize::MAX,
    };

    /// The characters of a text that count: Unicode scalars except space, tab, line feed and
    /// carriage return.
    ///
    /// ```
    /// # use iot_policy::DocumentLimits;
    /// assert_eq!(DocumentLimits::count_chars("{ \"Sid\": \"é x\" }\n"), 12);
    /// ```
    #[must_use]
    pub fn count_chars(text: &str) -> usize {
        // A scalar has one byte that is not a continuation byte (0b10xx_xxxx).
        let counts =
            |byte: &u8| byte & 0xC0 != 0x80 && !matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        text.as_bytes().iter().filter(|byte| counts(byte)).count()
    }

    pub(crate) fn check(&self, text: &str) -> Result<(), PolicyError> {
        let kind = if text.len() > self.max_raw_bytes {
            PolicyErrorKind::TooManyBytes {
                max: self.max_raw_bytes,
                got: text.len(),
            }
        } else if text.len() > self.max_chars && Self::count_chars(text) > self.max_chars {
            PolicyErrorKind::TooManyChars {
                max: self.max_chars,
                got: Self::count_chars(text),
            }
        } else if text.trim_start_matches([' ', '\t', '\n', '\r']).is_empty() {
            PolicyErrorKind::Empty
        } else {
            return Ok(());
        };
        Err(PolicyError::new(
            kind,
            Box::default(),
            Some(Position::of(text, 0)),
        ))
    }
}

impl Default for DocumentLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
