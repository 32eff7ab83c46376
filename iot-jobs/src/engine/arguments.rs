//! Reads the members of a request. A member that is `null` is taken as missing.

use alloc::format;

use serde_json::{Map, Value};

/// What is wrong with a member, naming it.
pub(super) type Wrong = alloc::string::String;

#[derive(Clone, Copy, Debug)]
pub(super) struct Arguments<'a>(&'a Map<alloc::string::String, Value>);

impl<'a> Arguments<'a> {
    pub(super) const fn new(members: &'a Map<alloc::string::String, Value>) -> Self {
        Self(members)
    }

    pub(super) fn get(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(self, name: &str) -> Result<Option<&'a str>, Wrong> {
        self.read(name, Value::as_str, "a string")
    }

    pub(super) fn flag(self, name: &str) -> Result<Option<bool>, Wrong> {
        self.read(name, Value::as_bool, "true or false")
    }

    /// A whole number of at least one.
    pub(super) fn positive(self, name: &str) -> Result<Option<u64>, Wrong> {
        let positive = |value: &Value| value.as_u64().filter(|number| *number > 0);
        self.read(name, positive, "a whole number above 0")
    }

    /// A version: a whole number, or a text of digits, as some of the examples of the developer
    /// guide show.
    pub(super) fn version(self, name: &str) -> Result<Option<u64>, Wrong> {
        let version = |value: &Value| match value {
            Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => {
                // More digits than fit are a version that nothing has.
                (!text.is_empty()).then(|| text.parse().unwrap_or(u64::MAX))
            }
            _ => value.as_u64(),
        };
        self.read(name, version, "a whole number")
    }

    fn read<T>(
        self,
        name: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
        kind: &str,
    ) -> Result<Option<T>, Wrong> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        match read(value) {
            Some(value) => Ok(Some(value)),
            None => Err(format!("`{name}` must be {kind}")),
        }
    }
}
