//! Reads JSON member by member and notes each that breaks a rule.

use alloc::borrow::Cow;
use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::Value;

use crate::{ConfigError, Limits};

/// What has been found wrong so far.
pub(crate) struct Reader<'l> {
    pub(crate) limits: &'l Limits,
    errors: Vec<ConfigError>,
}

/// A value and the path that leads to it.
pub(crate) struct Node<'v> {
    pub(crate) path: String,
    pub(crate) value: &'v Value,
}

/// Reads to the end; the value, or the first error.
pub(crate) fn first<T>(
    limits: &Limits,
    read: impl FnOnce(&mut Reader<'_>) -> Option<T>,
) -> Result<T, ConfigError> {
    let mut reader = Reader::new(limits);
    let value = read(&mut reader);
    match (reader.errors.into_iter().next(), value) {
        (None, Some(value)) => Ok(value),
        (Some(error), _) => Err(error),
        // A reader that refuses a value has said why.
        (None, None) => Err(ConfigError::new("", None, "must be readable")),
    }
}

/// Reads to the end; all errors.
pub(crate) fn all<T>(
    limits: &Limits,
    read: impl FnOnce(&mut Reader<'_>) -> Option<T>,
) -> Vec<ConfigError> {
    let mut reader = Reader::new(limits);
    read(&mut reader);
    reader.errors
}

impl<'l> Reader<'l> {
    const fn new(limits: &'l Limits) -> Self {
        Self {
            limits,
            errors: Vec::new(),
        }
    }

    /// Notes that a value breaks a rule.
    pub(crate) fn refuse<T>(
        &mut self,
        node: &Node<'_>,
        rule: impl Into<Cow<'static, str>>,
    ) -> Option<T> {
        self.errors
            .push(ConfigError::new(node.path.clone(), Some(node.value), rule));
        None
    }

    pub(crate) fn missing<T>(
        &mut self,
        node: &Node<'_>,
        name: &str,
        rule: impl Into<Cow<'static, str>>,
    ) -> Option<T> {
        self.errors
            .push(ConfigError::new(node.path_of(name), None, rule));
        None
    }

    /// The request as a whole.
    pub(crate) fn root<'v>(&mut self, value: &'v Value) -> Option<Node<'v>> {
        self.object(Node {
            path: String::new(),
            value,
        })
    }

    pub(crate) fn object<'v>(&mut self, node: Node<'v>) -> Option<Node<'v>> {
        if node.value.is_object() {
            return Some(node);
        }
        self.refuse(&node, "must be an object")
    }

    /// A whole number in a range.
    pub(crate) fn whole(&mut self, node: &Node<'_>, min: u32, max: u32) -> Option<u32> {
        let number = node
            .value
            .as_u64()
            .and_then(|number| u32::try_from(number).ok());
        match number.filter(|number| (min..=max).contains(number)) {
            Some(number) => Some(number),
            None => self.refuse(node, format!("must be a whole number from {min} to {max}")),
        }
    }

    /// A member that must be there.
    pub(crate) fn required<'v>(&mut self, node: &Node<'v>, name: &str) -> Option<Node<'v>> {
        match node.member(name) {
            Some(member) => Some(member),
            None => self.missing(node, name, "must be given"),
        }
    }

    /// One of some words.
    pub(crate) fn word<T: Copy>(&mut self, node: &Node<'_>, words: &[(&str, T)]) -> Option<T> {
        let found = words
            .iter()
            .find(|(word, _)| node.value.as_str() == Some(word));
        if let Some((_, value)) = found {
            return Some(*value);
        }
        let names: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        let rule = match names.as_slice() {
            [only] => format!("must be `{only}`"),
            _ => format!("must be one of {}", names.join(", ")),
        };
        self.refuse(node, rule)
    }

    /// An array with so many elements.
    pub(crate) fn list<'v>(
        &mut self,
        node: &Node<'v>,
        min: usize,
        max: usize,
    ) -> Option<Vec<Node<'v>>> {
        let items = node
            .value
            .as_array()
            .filter(|items| (min..=max).contains(&items.len()));
        let Some(items) = items else {
            return self.refuse(node, format!("must be an array of {min} to {max} elements"));
        };
        let item = |(index, value)| Node {
            path: format!("{}[{index}]", node.path),
            value,
        };
        Some(items.iter().enumerate().map(item).collect())
    }
}

impl<'v> Node<'v> {
    pub(crate) fn new(path: &str, value: &'v Value) -> Self {
        Self {
            path: path.to_owned(),
            value,
        }
    }

    /// A member; `null` stands for none, as the SDKs send it.
    pub(crate) fn member(&self, name: &str) -> Option<Self> {
        let value = self.value.get(name).filter(|value| !value.is_null())?;
        Some(Self {
            path: self.path_of(name),
            value,
        })
    }

    pub(crate) fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() {
            return name.to_owned();
        }
        format!("{}.{name}", self.path)
    }
}
