//! What a lint found, and where.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Write};

use super::catalogue::{LintId, Severity};
use super::nearest::nearest;
use crate::document::PolicyDocument;
use crate::pointer::{push_index, push_key};

/// One finding: a suspicious part of a legal policy.
///
/// `Display` writes the severity, the id and the message.
///
/// # Examples
///
/// ```
/// use iot_policy::PolicyDocument;
/// use iot_policy::lint::{LintId, Suggestion};
///
/// let document = PolicyDocument::from_json(r#"{
///     "Version": "2012-10-17",
///     "Statement": {
///         "Effect": "Allow",
///         "Action": "iot:Publish",
///         "Resource": "arn:aws:iot:eu-west-1:123456789012:topicfilter/plant/7"
///     }
/// }"#)?;
/// let lint = &document.lints()[0];
/// assert_eq!(lint.id(), LintId::WrongResourceType);
/// assert_eq!(lint.severity(), lint.id().severity());
/// assert!(lint.message().ends_with("never matches: the actions are asked for on `topic/`"));
/// assert_eq!(lint.location().pointer(), "/Statement/Resource");
/// assert_eq!(
///     lint.suggestion(),
///     Some(&Suggestion::Replace(
///         "arn:aws:iot:eu-west-1:123456789012:topic/plant/7".into()
///     ))
/// );
/// assert!(lint.related().is_none()); // no other place is spoken of
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Lint {
    id: LintId,
    location: Location,
    message: Box<str>,
    suggestion: Option<Suggestion>,
    related: Option<Location>,
}

impl Lint {
    /// Which lint.
    #[must_use]
    pub const fn id(&self) -> LintId {
        self.id
    }

    /// How bad it is.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        self.id.severity()
    }

    /// Where.
    #[must_use]
    pub const fn location(&self) -> &Location {
        &self.location
    }

    /// What was found, about this place: lower case, no full stop, texts of the policy in
    /// backticks, shortened and without control characters.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What would mend it, where that can be told.
    #[must_use]
    pub const fn suggestion(&self) -> Option<&Suggestion> {
        self.suggestion.as_ref()
    }

    /// The other place that the message speaks of, if there is one.
    #[must_use]
    pub const fn related(&self) -> Option<&Location> {
        self.related.as_ref()
    }
}

impl fmt::Display for Lint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.severity(), self.id, self.message)
    }
}

/// A place in one of the documents that were examined.
///
/// # Examples
///
/// ```
/// use iot_policy::lint::{LintId, lint_text};
/// use iot_policy::locate_key;
///
/// let text = r#"{"Version": "2012-10-17", "Id": "lamps", "Statement": {
///     "Effect": "Allow", "Action": "iot:Connect",
///     "Resource": "arn:aws:iot:eu-west-1:123456789012:client/lamp"}}"#;
/// let lints = lint_text(text)?;
/// assert_eq!(lints[0].id(), LintId::IdIgnored);
/// let location = lints[0].location();
/// assert_eq!((location.document(), location.pointer()), (0, "/Id"));
/// assert!(!location.is_key()); // the value is meant
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Location {
    document: usize,
    pointer: Box<str>,
    is_key: bool,
}

impl Location {
    /// The index of the document among those that were given; 0 if there was one.
    #[must_use]
    pub const fn document(&self) -> usize {
        self.document
    }

    /// The JSON pointer (RFC 6901); empty for the whole document.
    /// [`locate`](crate::locate) finds the text.
    #[must_use]
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// Whether the key that the pointer names is meant, not its value:
    /// [`locate_key`](crate::locate_key) finds the text.
    #[must_use]
    pub const fn is_key(&self) -> bool {
        self.is_key
    }
}

/// What would mend a policy.
///
/// # Examples
///
/// ```
/// use iot_policy::lint::{LintId, Suggestion};
/// use iot_policy::{PolicyDocument, Statement};
///
/// let arn = "arn:aws:iot:eu-west-1:123456789012:topic/plant/7";
/// let suggestion = |statement| {
///     let document = PolicyDocument::new(vec![statement])?;
///     Ok::<_, iot_policy::PolicyError>(document.lints()[0].suggestion().cloned())
/// };
/// let typo = suggestion(Statement::allow("iot:Publsh", arn))?;
/// assert_eq!(typo, Some(Suggestion::Replace("iot:Publish".into())));
/// let twice = suggestion(Statement::allow(["iot:Publish", "iot:Publish"], arn))?;
/// assert_eq!(twice, Some(Suggestion::Remove));
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Suggestion {
    /// Put this text in the place of the string (a value or a key) at the location.
    Replace(Box<str>),
    /// Take the value, or the member, at the location away.
    Remove,
    /// Something that a program cannot do by itself, in words.
    Advice(Box<str>),
}

/// A place, in the order in which a document is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Document,
    Version,
    Id,
    Statement(usize, Part),
}

/// A place in a statement; a list item has its index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Whole,
    Sid,
    ActionKey,
    Action(usize),
    ResourceKey,
    Resource(usize),
    Conditions,
    /// The operator that the condition with this index stands under.
    Operator(usize),
    Key(usize),
    Value(usize, usize),
}

impl Place {
    fn locate(self, index: usize, document: &PolicyDocument) -> Location {
        let (pointer, is_key) = match self {
            Self::Document => (String::new(), false),
            Self::Version => ("/Version".into(), false),
            Self::Id => ("/Id".into(), false),
            Self::Statement(statement, part) => part.pointer(document, statement),
        };
        Location {
            document: index,
            pointer: pointer.into(),
            is_key,
        }
    }
}

impl Part {
    fn pointer(self, document: &PolicyDocument, index: usize) -> (String, bool) {
        let mut pointer = document.statement_pointer(index);
        let Some(statement) = document.statements().get(index) else {
            return (pointer, false);
        };
        let mut is_key = false;
        let item = |pointer: &mut String, is_single: bool, item: usize| {
            if !is_single {
                push_index(pointer, item);
            }
        };
        match self {
            Self::Whole => {}
            Self::Sid => push_key(&mut pointer, "Sid"),
            Self::ActionKey => {
                push_key(&mut pointer, statement.action_key());
                is_key = true;
            }
            Self::Action(at) => {
                push_key(&mut pointer, statement.action_key());
                item(&mut pointer, statement.actions().is_single(), at);
            }
            Self::ResourceKey => {
                push_key(&mut pointer, statement.resource_key());
                is_key = true;
            }
            Self::Resource(at) => {
                push_key(&mut pointer, statement.resource_key());
                item(&mut pointer, statement.resources().is_single(), at);
            }
            Self::Conditions => push_key(&mut pointer, "Condition"),
            Self::Operator(at) | Self::Key(at) | Self::Value(at, _) => {
                push_key(&mut pointer, "Condition");
                if let Some(condition) = statement.conditions().get(at) {
                    push_key(&mut pointer, &condition.operator().to_string());
                    is_key = !matches!(self, Self::Value(..));
                    if !matches!(self, Self::Operator(_)) {
                        push_key(&mut pointer, condition.key());
                    }
                    if let Self::Value(_, value) = self {
                        item(&mut pointer, condition.is_single(), value);
                    }
                }
            }
        }
        (pointer, is_key)
    }
}

/// Collects findings and puts them in order.
#[derive(Debug)]
pub(crate) struct Findings<'a> {
    documents: &'a [&'a PolicyDocument],
    found: Vec<((usize, Place, LintId), Lint)>,
    /// How many bytes of text there is room for.
    room: usize,
    /// How many misspelt names may still be compared with the known ones.
    guesses: usize,
}

/// The place of a finding: the index of the document, and where in it.
pub(crate) type At = (usize, Place);

impl<'a> Findings<'a> {
    pub(crate) const fn new(documents: &'a [&'a PolicyDocument]) -> Self {
        Self {
            documents,
            found: Vec::new(),
            room: ROOM,
            guesses: GUESSES,
        }
    }

    pub(crate) fn add(
        &mut self,
        id: LintId,
        at: At,
        message: impl fmt::Display,
        suggestion: impl Into<Option<Suggestion>>,
    ) {
        self.add_related(id, at, None, message, suggestion);
    }

    pub(crate) fn add_related(
        &mut self,
        id: LintId,
        at: At,
        related: Option<At>,
        message: impl fmt::Display,
        suggestion: impl Into<Option<Suggestion>>,
    ) {
        if self.room == 0 {
            return;
        }
        let locate = |(index, place): At| {
            let document = self.documents.get(index)?;
            Some(place.locate(index, document))
        };
        let Some(location) = locate(at) else { return };
        let suggestion = suggestion.into();
        let mended = match &suggestion {
            Some(Suggestion::Replace(text) | Suggestion::Advice(text)) => text.len(),
            Some(Suggestion::Remove) | None => 0,
        };
        let related = related.and_then(locate);
        let pointers = core::iter::once(&location).chain(&related);
        let pointers: usize = pointers.map(|location| location.pointer.len()).sum();
        self.room = self.room.saturating_sub(pointers + mended + ENTRY);
        let lint = Lint {
            id,
            location,
            message: message.to_string().into(),
            suggestion,
            related,
        };
        self.found.push(((at.0, at.1, id), lint));
    }

    /// The known name that was probably meant.
    pub(crate) fn guess(
        &mut self,
        name: &str,
        known: impl Iterator<Item = String>,
    ) -> Option<String> {
        self.guesses = self.guesses.checked_sub(1)?;
        nearest(name, known)
    }

    /// The findings by document, place and lint.
    pub(crate) fn into_lints(mut self) -> Vec<Lint> {
        // Stable: two findings of one lint at one place stay in the order in which they came.
        self.found.sort_by_key(|(key, _)| *key);
        self.found.into_iter().map(|(_, lint)| lint).collect()
    }
}

/// How many bytes of pointers and suggestions are reported at most: a hostile document can have a
/// long key in front of thousands of bad values. Documents within the limits of AWS IoT leave most
/// of it.
const ROOM: usize = 1 << 23;
/// What the message of a finding counts for.
const ENTRY: usize = 512;
/// More misspelt names than a document within the limits of AWS IoT has room for.
const GUESSES: usize = 500;

pub(crate) fn replace(text: impl Into<Box<str>>) -> Suggestion {
    Suggestion::Replace(text.into())
}

pub(crate) fn advice(text: impl Into<Box<str>>) -> Suggestion {
    Suggestion::Advice(text.into())
}

/// A text of the policy in a message: in backticks, at most 120 characters of it, no control
/// characters.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const MOST: usize = 120;
        f.write_char('`')?;
        let mut chars = self.0.chars();
        for c in chars.by_ref().take(MOST) {
            if c.is_control() {
                write!(f, "{}", c.escape_default())?;
            } else {
                f.write_char(c)?;
            }
        }
        f.write_str(if chars.next().is_some() { "…`" } else { "`" })
    }
}
