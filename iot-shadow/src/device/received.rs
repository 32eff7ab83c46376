//! Reads the messages of the service.

use alloc::borrow::Cow;

use iot_topics::reserved::{Exchange, ShadowMessage};

use super::event::DeviceError;
use crate::json::JsonRef;
use crate::operation::Operation;

/// A message of the service that has all that it must have.
#[derive(Debug)]
pub(super) enum Received<'a> {
    Delta {
        version: u64,
        state: JsonRef<'a>,
    },
    Updated {
        version: u64,
        desired: Change<'a>,
        reported: Change<'a>,
        token: Token<'a>,
    },
    Documents {
        version: u64,
        state: JsonRef<'a>,
    },
    Got {
        version: u64,
        state: JsonRef<'a>,
        token: Token<'a>,
    },
    Deleted {
        version: u64,
    },
    Rejected {
        operation: Operation,
        code: u16,
        message: Cow<'a, str>,
        token: Token<'a>,
    },
    /// A request, of this device or another client.
    Request,
}

pub(super) type Token<'a> = Option<Cow<'a, str>>;

/// What an update does to a section.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change<'a> {
    None,
    Clear,
    Merge(JsonRef<'a>),
}

impl<'a> Received<'a> {
    pub(super) fn read(message: ShadowMessage, root: JsonRef<'a>) -> Result<Self, DeviceError> {
        use ShadowMessage::{Delete, Delta, Documents, Get, Update};
        let version = |from: JsonRef<'a>| number(from, "version");
        let token = || root.get("clientToken").and_then(JsonRef::as_string);
        Ok(match message {
            Get(Exchange::Request) | Update(Exchange::Request) | Delete(Exchange::Request) => {
                Self::Request
            }
            Delta => Self::Delta {
                version: version(root)?,
                state: object(root, "state")?,
            },
            Update(Exchange::Accepted) => {
                let state = root.get("state").ok_or_else(|| wrong("state"))?;
                Self::Updated {
                    version: version(root)?,
                    desired: change(state, "desired")?,
                    reported: change(state, "reported")?,
                    token: token(),
                }
            }
            Documents => {
                let current = object(root, "current")?;
                Self::Documents {
                    version: version(current)?,
                    state: snapshot(current)?,
                }
            }
            Get(Exchange::Accepted) => Self::Got {
                version: version(root)?,
                state: snapshot(root)?,
                token: token(),
            },
            Delete(Exchange::Accepted) => Self::Deleted {
                version: version(root)?,
            },
            Get(Exchange::Rejected) => Self::rejected(Operation::Get, root, token())?,
            Update(Exchange::Rejected) => Self::rejected(Operation::Update, root, token())?,
            Delete(Exchange::Rejected) => Self::rejected(Operation::Delete, root, token())?,
        })
    }

    fn rejected(
        operation: Operation,
        root: JsonRef<'a>,
        token: Token<'a>,
    ) -> Result<Self, DeviceError> {
        Ok(Self::Rejected {
            operation,
            code: number(root, "code")?,
            message: root
                .get("message")
                .and_then(JsonRef::as_string)
                .unwrap_or_default(),
            token,
        })
    }
}

const fn wrong(name: &'static str) -> DeviceError {
    DeviceError::Member { name }
}

fn number<T: core::str::FromStr>(from: JsonRef<'_>, name: &'static str) -> Result<T, DeviceError> {
    let number = from.get(name).and_then(|value| value.as_str().parse().ok());
    number.ok_or_else(|| wrong(name))
}

fn object<'a>(from: JsonRef<'a>, name: &'static str) -> Result<JsonRef<'a>, DeviceError> {
    let member = from.get(name).filter(|value| value.is_object());
    member.ok_or_else(|| wrong(name))
}

/// The member `state` of a whole document: each of its sections is an object.
fn snapshot(from: JsonRef<'_>) -> Result<JsonRef<'_>, DeviceError> {
    let state = object(from, "state")?;
    for name in ["desired", "reported", "delta"] {
        if state.get(name).is_some_and(|section| !section.is_object()) {
            return Err(wrong(name));
        }
    }
    Ok(state)
}

/// What the state of a request does to a section: null in place of it clears both.
fn change<'a>(state: JsonRef<'a>, name: &'static str) -> Result<Change<'a>, DeviceError> {
    if state.is_null() {
        return Ok(Change::Clear);
    }
    if !state.is_object() {
        return Err(wrong("state"));
    }
    match state.get(name) {
        None => Ok(Change::None),
        Some(section) if section.is_null() => Ok(Change::Clear),
        Some(section) if section.is_object() => Ok(Change::Merge(section)),
        Some(_) => Err(wrong(name)),
    }
}
