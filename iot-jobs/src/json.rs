//! Writes JSON text, member by member, without a tree of values in between.

use alloc::string::String;
use core::fmt::Write as _;

/// An object that is being written.
#[derive(Debug)]
pub(crate) struct Object(String);

impl Object {
    pub(crate) fn new() -> Self {
        Self("{".into())
    }

    /// A member whose value is JSON text already.
    pub(crate) fn raw(&mut self, key: &str, json: &str) -> &mut Self {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        write_string(key, &mut self.0);
        self.0.push(':');
        self.0.push_str(json);
        self
    }

    pub(crate) fn text(&mut self, key: &str, text: &str) -> &mut Self {
        self.raw(key, "");
        write_string(text, &mut self.0);
        self
    }

    pub(crate) fn number(&mut self, key: &str, number: impl Into<u64>) -> &mut Self {
        self.raw(key, "");
        // Writing to a `String` cannot fail.
        let _ = write!(self.0, "{}", number.into());
        self
    }

    pub(crate) fn flag(&mut self, key: &str, flag: bool) -> &mut Self {
        self.raw(key, if flag { "true" } else { "false" })
    }

    pub(crate) fn finish(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// An array of JSON texts.
pub(crate) fn array(items: impl IntoIterator<Item = String>) -> String {
    let mut out = String::from("[");
    for item in items {
        if out.len() > 1 {
            out.push(',');
        }
        out.push_str(&item);
    }
    out.push(']');
    out
}

/// A text as JSON.
pub(crate) fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write_string(text, &mut out);
    out
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for ch in text.chars() {
        match ch {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            ch if ch < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(ch));
            }
            ch => out.push(ch),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        let text = "a\"b\\c\nd\u{1}\u{e9}\u{1f600}";
        let mut object = Object::new();
        object.text(text, text).number("n", 7_u32).flag("f", true);
        object.raw("list", &array([string("x"), "1".into()]));
        let read: serde_json::Value = serde_json::from_str(&object.finish()).unwrap();
        let right = serde_json::json!({text: text, "n": 7, "f": true, "list": ["x", 1]});
        assert_eq!(read, right);
    }
}
