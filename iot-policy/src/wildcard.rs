//! Patterns with `*` and `?`, for callers: policy resources and actions, `StringLike` values.

use alloc::boxed::Box;
use alloc::string::String;
use core::fmt;

use crate::glob::Glob;
use crate::interner::Interner;
use crate::part::PatternPart;
use crate::token::Token;

/// A pattern in which `*` is any run of characters, `/` included, and `?` any one character
/// (Unicode scalar value); nothing else is special (IAM JSON policy elements, "Resource").
///
/// Built once, for instance from a pattern of a policy. Matching allocates nothing and takes time
/// linear in the text as long as no run between two `*` that holds a `?` has more than 2,048
/// characters, which a policy of AWS IoT cannot have; a longer one costs at worst the text times
/// the run, about 0.1 ns for a pair of characters.
///
/// # Examples
///
/// ```
/// use iot_policy::WildcardPattern;
///
/// let pattern = WildcardPattern::new("dt/*/temp?");
/// assert_eq!(pattern.as_str(), "dt/*/temp?");
/// assert!(pattern.matches("dt/berlin/roof/temp1"));
/// assert!(!pattern.matches("dt/berlin/temp"));
/// assert!(WildcardPattern::new("a[b]{c}+#").matches("a[b]{c}+#"));
/// assert!(WildcardPattern::new("*").is_universal() && !pattern.is_universal());
/// ```
#[derive(Clone)]
pub struct WildcardPattern {
    text: Box<str>,
    glob: Glob,
}

impl WildcardPattern {
    /// Compiles a pattern; every text is one.
    #[must_use]
    pub fn new(pattern: &str) -> Self {
        let glob = Glob::compile(pattern, false, &mut Interner::default());
        Self {
            text: pattern.into(),
            glob,
        }
    }

    /// Compiles a pattern of parts. A variable among them has no value, so that the pattern takes
    /// nothing: put something else in its place.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_policy::{PatternPart, WildcardPattern};
    ///
    /// let parts = [PatternPart::Literal("*/"), PatternPart::AnyChar];
    /// let pattern = WildcardPattern::from_parts(parts);
    /// assert!(pattern.matches("*/a") && !pattern.matches("b/a"));
    /// assert_eq!(pattern.as_str(), "${*}/?"); // as a policy has to write it
    /// ```
    #[must_use]
    pub fn from_parts<'p>(parts: impl IntoIterator<Item = PatternPart<'p>>) -> Self {
        let mut text = String::new();
        let tokens = parts
            .into_iter()
            .inspect(|part| part.write_to(&mut text))
            .map(Token::from);
        let glob = Glob::of_tokens(tokens, &mut Interner::default());
        Self {
            text: text.into(),
            glob,
        }
    }

    /// Whether the pattern takes the whole text.
    #[must_use]
    pub fn matches(&self, text: &str) -> bool {
        self.glob.matches_plain(text)
    }

    /// Whether the pattern is `*`, which takes every text.
    #[must_use]
    pub fn is_universal(&self) -> bool {
        self.glob.is_universal()
    }

    /// The pattern as it was written; one of parts as a document of 2012-10-17 would write it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for WildcardPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WildcardPattern({:?})", self.text)
    }
}

impl fmt::Display for WildcardPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
