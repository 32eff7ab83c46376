//! The order in which a request was written, read a second time as naively as it can be said.
#![expect(
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "what is not so must fail"
)]

use iot_shadow::{Json, UpdateRequest};

/// A value with its order. Leaves are tokens: strings without needless escapes, numbers as they
/// were written.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Written {
    Leaf(String),
    Array(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl Written {
    /// Reads what is known to be JSON.
    pub(crate) fn read(text: &str) -> Self {
        let tokens = tokens(text);
        let mut rest = tokens.iter().map(String::as_str).peekable();
        let read = value(&mut rest);
        assert_eq!(rest.next(), None, "{text}");
        read
    }

    pub(crate) fn text(&self) -> String {
        self.print(&|leaf| leaf.to_owned())
    }

    /// The metadata of a request that was made then.
    fn times(&self, time: u64) -> String {
        self.print(&|_| format!("{{\"timestamp\":{time}}}"))
    }

    fn print(&self, leaf: &dyn Fn(&str) -> String) -> String {
        match self {
            Self::Leaf(token) => leaf(token),
            Self::Array(elements) => {
                let elements = elements.iter().map(|element| element.print(leaf));
                format!("[{}]", elements.collect::<Vec<_>>().join(","))
            }
            Self::Object(members) => {
                let members = members.iter();
                let members = members.map(|(key, value)| format!("{key}:{}", value.print(leaf)));
                format!("{{{}}}", members.collect::<Vec<_>>().join(","))
            }
        }
    }

    /// The same, but each object in the order of its keys.
    fn sorted(&self) -> Self {
        match self {
            Self::Leaf(token) => Self::Leaf(token.clone()),
            Self::Array(elements) => Self::Array(elements.iter().map(Self::sorted).collect()),
            Self::Object(members) => {
                let members = members.iter();
                let members = members.map(|(key, value)| (key.clone(), value.sorted()));
                let mut members: Vec<_> = members.collect();
                members.sort_by(|(a, _), (b, _)| a[1..a.len() - 1].cmp(&b[1..b.len() - 1]));
                Self::Object(members)
            }
        }
    }

    fn member(&self, name: &str) -> Option<&Self> {
        let Self::Object(members) = self else {
            return None;
        };
        let mut members = members.iter();
        let found = members.find(|(key, _)| *key == format!("\"{name}\""));
        found.map(|(_, value)| value)
    }

    /// The state of a request that was accepted; its unknown members are left out.
    fn state(request: &str) -> Self {
        let mut state = Self::read(request).member("state").unwrap().clone();
        if let Self::Object(sections) = &mut state {
            sections.retain(|(key, _)| [r#""desired""#, r#""reported""#].contains(&key.as_str()));
        }
        state
    }
}

/// White space is gone, and strings are as `serde_json` writes them.
fn tokens(text: &str) -> Vec<String> {
    let (mut tokens, mut rest) = (Vec::new(), text.trim_start());
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '{' | '}' | '[' | ']' | ',' | ':' => 1,
            '"' => {
                let mut escaped = false;
                let quote = rest.char_indices().skip(1).find(|(_, ch)| {
                    let ends = *ch == '"' && !escaped;
                    escaped = *ch == '\\' && !escaped;
                    ends
                });
                quote.unwrap().0 + 1
            }
            _ => {
                let ends = |ch: char| ch.is_ascii_whitespace() || "{}[],:".contains(ch);
                rest.find(ends).unwrap_or(rest.len())
            }
        };
        let token = &rest[..end];
        tokens.push(match first {
            '"' => {
                let string: String = serde_json::from_str(token).unwrap();
                serde_json::to_string(&string).unwrap()
            }
            _ => token.to_owned(),
        });
        rest = rest[end..].trim_start();
    }
    tokens
}

fn value<'a>(rest: &mut core::iter::Peekable<impl Iterator<Item = &'a str>>) -> Written {
    match rest.next().unwrap() {
        "[" => {
            let mut elements = Vec::new();
            while rest.peek() != Some(&"]") {
                elements.push(value(rest));
                rest.next_if_eq(&",");
            }
            rest.next();
            Written::Array(elements)
        }
        "{" => {
            let mut members: Vec<(String, Written)> = Vec::new();
            while rest.peek() != Some(&"}") {
                let key = rest.next().unwrap();
                assert_eq!(rest.next(), Some(":"));
                let value = value(rest);
                match members.iter_mut().find(|(known, _)| known == key) {
                    Some((_, known)) => *known = value,
                    None => members.push((key.to_owned(), value)),
                }
                rest.next_if_eq(&",");
            }
            rest.next();
            Written::Object(members)
        }
        leaf => Written::Leaf(leaf.to_owned()),
    }
}

/// What a request tells of its state is what was written, and canonical it is the other one.
pub(crate) fn tells_as_written(request: &UpdateRequest, payload: &[u8]) {
    let payload = str::from_utf8(payload).unwrap();
    let (state, written) = (Written::state(payload), request.state_as_written());
    assert_eq!(written, state.text(), "{payload}");
    assert_eq!(request.state().as_str(), state.sorted().text(), "{payload}");
    let canonical: Json = written.parse().unwrap();
    assert_eq!(canonical.as_str(), request.state().as_str(), "{payload}");
}

/// The message on `update/accepted` has the state and its metadata in the order of the request.
pub(crate) fn echoes_as_written(accepted: &str, payload: &[u8], time: u64) {
    let payload = str::from_utf8(payload).unwrap();
    let state = Written::state(payload);
    let start = format!(
        "{{\"state\":{},\"metadata\":{},\"version\":",
        state.text(),
        state.times(time)
    );
    assert!(accepted.starts_with(&start), "{accepted} {payload}");
}
