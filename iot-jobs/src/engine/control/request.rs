//! Checks the members of a request before anything is done with them.

use alloc::format;
use alloc::string::ToString as _;

use iot_topics::{GroupName, IdentError, JobId, ThingName};
use serde_json::{Map, Value};

use crate::engine::arguments::Arguments;
use crate::reject::ApiError;
use crate::text::{FreeText, ReasonCode, longer_than};
use crate::{ConfigError, Limits, StatusDetails};

/// A member that a call has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Member {
    pub(super) name: &'static str,
    pub(super) required: bool,
    pub(super) rule: Rule,
}

/// What holds for a member (API reference, the data types).
#[derive(Clone, Copy, Debug)]
pub(super) enum Rule {
    JobId,
    ThingName,
    GroupName,
    /// `[a-zA-Z0-9_-]+`
    Namespace,
    /// The name of a managed template, of 1 to 64 characters.
    ManagedName,
    /// Any text; what it says is checked where it is read.
    Text,
    DocumentSource,
    FreeText,
    ReasonCode,
    /// `arn:` and visible characters of ASCII, 1 to 1,600.
    Arn,
    /// An array of at least one text.
    Texts,
    Word(&'static [&'static str]),
    Flag,
    Positive,
    Version,
    PageSize,
    StatusDetails,
    /// Texts by name; names and texts are held to the template.
    Parameters,
    /// Not to be answered here, for this reason.
    Unknown(&'static str),
}

/// Characters of an ARN.
const ARN_CHARS: usize = 1_600;
/// Characters of the name of a managed template.
const MANAGED_NAME_CHARS: usize = 64;
/// Characters of a namespace; AWS names no bound.
const NAMESPACE_CHARS: usize = 128;

/// A request whose members are what the table says. `null` is taken as missing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request<'a> {
    members: &'a Map<alloc::string::String, Value>,
    whole: &'a Value,
}

impl<'a> Request<'a> {
    /// Holds a request to the table of its call; members beside those are not looked at.
    pub(super) fn check(
        table: &[Member],
        whole: &'a Value,
        limits: &Limits,
    ) -> Result<Self, ApiError> {
        let Value::Object(members) = whole else {
            return Err(ApiError::invalid("the request must be an object"));
        };
        let request = Self { members, whole };
        for member in table {
            match request.get(member.name) {
                Some(value) => {
                    let arguments = Arguments::new(members);
                    member
                        .rule
                        .check(member.name, value, arguments, limits)
                        .map_err(ApiError::invalid)?;
                }
                None if member.required => {
                    let missing = ConfigError::new(member.name, None, "must be given");
                    return Err(ApiError::invalid(missing.to_string()));
                }
                None => {}
            }
        }
        Ok(request)
    }

    /// The request as it came.
    pub(super) const fn whole(self) -> &'a Value {
        self.whole
    }

    pub(super) const fn members(self) -> &'a Map<alloc::string::String, Value> {
        self.members
    }

    pub(super) fn get(self, name: &str) -> Option<&'a Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(self, name: &str) -> Option<&'a str> {
        self.get(name)?.as_str()
    }

    /// A text that must be given, as the table says.
    pub(super) fn required(self, name: &str) -> &'a str {
        self.text(name).unwrap_or_default()
    }

    /// A flag that is down if it is not given.
    pub(super) fn flag(self, name: &str) -> bool {
        self.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    pub(super) fn version(self, name: &str) -> Option<u64> {
        Arguments::new(self.members).version(name).ok().flatten()
    }

    /// The number of an execution; one that none can have names none.
    pub(super) fn execution_number(self) -> Option<u32> {
        let number = self.get("executionNumber")?.as_u64()?;
        Some(u32::try_from(number).unwrap_or(u32::MAX))
    }

    /// How many entries a page may have.
    pub(super) fn page_size(self, limits: &Limits) -> usize {
        let asked = self.get("maxResults").and_then(Value::as_u64);
        asked
            .and_then(|size| usize::try_from(size).ok())
            .unwrap_or(limits.page)
    }
}

impl Rule {
    fn check(
        self,
        name: &str,
        value: &Value,
        members: Arguments<'_>,
        limits: &Limits,
    ) -> Result<(), alloc::string::String> {
        let refuse = |rule: alloc::string::String| {
            Err(ConfigError::new(name, Some(value), rule).to_string())
        };
        let text =
            |allowed: &dyn Fn(&str) -> bool, rule: &dyn Fn() -> alloc::string::String| match value
                .as_str()
            {
                Some(text) if allowed(text) => Ok(()),
                _ => refuse(rule()),
            };
        let ident = |check: fn(&str) -> Result<(), IdentError>, chars: &str, max: u32| {
            let rule = || format!("must be 1 to {max} characters of {chars}");
            text(&|text| check(text).is_ok(), &rule)
        };
        let wrong = |error: ConfigError| error.to_string();
        match self {
            Self::JobId => ident(JobId::check, "a-z, A-Z, 0-9, _ and -", 64),
            Self::ThingName => ident(ThingName::check, "a-z, A-Z, 0-9, :, _ and -", 128),
            Self::GroupName => ident(GroupName::check, "a-z, A-Z, 0-9, :, _ and -", 128),
            Self::Namespace => text(
                &|text| {
                    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
                    is_of(text, NAMESPACE_CHARS) && text.chars().all(allowed)
                },
                &|| format!("must be 1 to {NAMESPACE_CHARS} characters of a-z, A-Z, 0-9, _ and -"),
            ),
            Self::ManagedName => text(&|text| is_of(text, MANAGED_NAME_CHARS), &|| {
                format!("must be a string of 1 to {MANAGED_NAME_CHARS} characters")
            }),
            Self::Text => members.text(name).map(drop),
            Self::DocumentSource => {
                let max = limits.document_source_chars;
                text(&|text| is_of(text, max), &|| {
                    format!("must be a string of 1 to {max} characters")
                })
            }
            Self::FreeText => {
                let text = members.text(name)?.unwrap_or_default();
                FreeText::parse(name, text, limits).map(drop).map_err(wrong)
            }
            Self::ReasonCode => {
                let text = members.text(name)?.unwrap_or_default();
                let code = ReasonCode::parse(name, text, limits);
                code.map(drop).map_err(wrong)
            }
            Self::Arn => text(
                &|text| {
                    let visible = |byte: u8| byte.is_ascii_graphic();
                    text.starts_with("arn:") && is_of(text, ARN_CHARS) && text.bytes().all(visible)
                },
                &|| format!("must be an ARN of at most {ARN_CHARS} characters"),
            ),
            Self::Texts => {
                let items = value.as_array().filter(|items| !items.is_empty());
                match items.map(|items| items.iter().position(|item| !item.is_string())) {
                    Some(None) => Ok(()),
                    Some(Some(index)) => Err(format!("`{name}[{index}]` must be a string")),
                    None => refuse("must be an array of at least one string".into()),
                }
            }
            Self::Word(words) => text(&|text| words.contains(&text), &|| {
                format!("must be one of {}", words.join(", "))
            }),
            Self::Flag => members.flag(name).map(drop),
            Self::Positive => members.positive(name).map(drop),
            Self::Version => members.version(name).map(drop),
            Self::PageSize => {
                let max = limits.page;
                let size = value.as_u64().and_then(|size| usize::try_from(size).ok());
                match size.filter(|size| (1..=max).contains(size)) {
                    Some(_) => Ok(()),
                    None => refuse(format!("must be a whole number from 1 to {max}")),
                }
            }
            Self::StatusDetails => {
                let details = StatusDetails::from_json(name, value, limits);
                details.map(drop).map_err(wrong)
            }
            Self::Parameters => match value.as_object() {
                Some(map) => match map.iter().find(|(_, value)| !value.is_string()) {
                    Some((key, _)) => Err(format!("`{name}.{key}` must be a string")),
                    None => Ok(()),
                },
                None => refuse("must be an object".into()),
            },
            Self::Unknown(reason) => refuse(reason.into()),
        }
    }
}

/// Whether a text has one to so many characters.
fn is_of(text: &str, max: usize) -> bool {
    !text.is_empty() && !longer_than(text, max)
}
