//! Writes JSON text, member by member, without a tree of values in between.

use alloc::string::String;
use core::mem::take;
use core::ops::Range;

/// Numbers below this have two digits at most, and are not worth remembering.
const SHORT: u64 = 100;

/// The name of a member as JSON text, with the comma before it and the colon behind. Names that are
/// known beforehand need no look for what is to be escaped: see [`key`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Key {
    first: &'static str,
    other: &'static str,
}

impl Key {
    /// Only for [`key`], which makes both texts of one name.
    pub(crate) const fn new(name: &str, first: &'static str, other: &'static str) -> Self {
        let name = name.as_bytes();
        let mut rest = name;
        while let [byte, after @ ..] = rest {
            assert!(is_plain(*byte), "must need no escape");
            rest = after;
        }
        Self { first, other }
    }
}

/// A [`Key`], checked when it is compiled.
macro_rules! key {
    ($name:literal) => {
        const {
            $crate::json::Key::new(
                $name,
                concat!("\"", $name, "\":"),
                concat!(",\"", $name, "\":"),
            )
        }
    };
}
pub(crate) use key;

/// What may name a member.
pub(crate) trait Name {
    /// Writes the name up to its colon, and before it a comma, unless it is the first.
    fn write(self, first: bool, out: &mut String);
}

impl Name for Key {
    #[inline]
    fn write(self, first: bool, out: &mut String) {
        out.push_str(if first { self.first } else { self.other });
    }
}

impl Name for &str {
    fn write(self, first: bool, out: &mut String) {
        if !first {
            out.push(',');
        }
        write_string(self, out);
        out.push(':');
    }
}

/// An object that is being written, behind what the text holds already.
#[derive(Debug)]
pub(crate) struct Object {
    out: String,
    /// Whether the innermost object or array that is open is empty yet.
    empty: bool,
    /// The last number that was not short, and where it stands: messages tell the same times again
    /// and again, and to copy digits is faster than to divide.
    last: u64,
    digits: Range<usize>,
}

impl Object {
    pub(crate) fn new() -> Self {
        Self::on(String::new())
    }

    /// An object behind that text, which [`finish`](Self::finish) gives back.
    pub(crate) fn on(mut out: String) -> Self {
        out.push('{');
        Self {
            out,
            empty: true,
            last: 0,
            digits: 0..0,
        }
    }

    #[inline]
    fn key(&mut self, key: impl Name) {
        key.write(take(&mut self.empty), &mut self.out);
    }

    /// A [`member`] that was written before.
    #[inline]
    pub(crate) fn member(&mut self, member: &str) -> &mut Self {
        self.comma();
        self.out.push_str(member);
        self
    }

    /// A member whose value is JSON text.
    #[inline]
    pub(crate) fn raw(&mut self, key: impl Name, json: &str) -> &mut Self {
        self.key(key);
        self.out.push_str(json);
        self
    }

    #[inline]
    pub(crate) fn text(&mut self, key: impl Name, text: &str) -> &mut Self {
        self.key(key);
        write_string(text, &mut self.out);
        self
    }

    #[inline]
    pub(crate) fn number(&mut self, key: impl Name, number: impl Into<u64>) -> &mut Self {
        self.key(key);
        let number = number.into();
        if number < SHORT {
            write_short(number, &mut self.out);
        } else if number == self.last {
            self.out.extend_from_within(self.digits.clone());
        } else {
            self.long_number(number);
        }
        self
    }

    #[inline(never)]
    fn long_number(&mut self, number: u64) {
        let from = self.out.len();
        write_number(number, &mut self.out);
        self.last = number;
        self.digits = from..self.out.len();
    }

    pub(crate) fn flag(&mut self, key: impl Name, flag: bool) -> &mut Self {
        self.raw(key, if flag { "true" } else { "false" })
    }

    #[inline]
    pub(crate) fn object(&mut self, key: impl Name, write: impl FnOnce(&mut Self)) -> &mut Self {
        self.key(key);
        self.nested(write);
        self
    }

    /// An array of objects.
    #[inline]
    pub(crate) fn objects<T>(
        &mut self,
        key: impl Name,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) -> &mut Self {
        self.array(key, items, |this, item| {
            this.nested(|object| write(object, item));
        })
    }

    /// An array of strings.
    pub(crate) fn texts(
        &mut self,
        key: impl Name,
        items: impl IntoIterator<Item = String>,
    ) -> &mut Self {
        self.array(key, items, |this, item| write_string(&item, &mut this.out))
    }

    #[inline]
    fn array<T>(
        &mut self,
        key: impl Name,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T),
    ) -> &mut Self {
        self.open(key);
        for item in items {
            self.comma();
            write(self, item);
        }
        self.close()
    }

    /// Begins an array of objects, to which [`item`](Self::item) adds until it is
    /// [closed](Self::close).
    #[inline]
    pub(crate) fn open(&mut self, key: impl Name) -> &mut Self {
        self.key(key);
        self.out.push('[');
        self.empty = true;
        self
    }

    #[inline]
    pub(crate) fn item(&mut self, write: impl FnOnce(&mut Self)) -> &mut Self {
        self.comma();
        self.nested(write);
        self
    }

    #[inline]
    pub(crate) fn close(&mut self) -> &mut Self {
        self.out.push(']');
        self.empty = false;
        self
    }

    #[inline]
    fn comma(&mut self) {
        if !take(&mut self.empty) {
            self.out.push(',');
        }
    }

    /// Where the text stands that this writes.
    #[inline]
    pub(crate) fn place(&mut self, write: impl FnOnce(&mut Self)) -> Range<usize> {
        let from = self.out.len();
        write(self);
        from..self.out.len()
    }

    /// Writes members again that are the same as those at that [place](Self::place). Neither there
    /// nor here they may be the first of their object.
    #[inline]
    pub(crate) fn again(&mut self, place: Range<usize>) -> &mut Self {
        self.out.extend_from_within(place);
        self
    }

    #[inline]
    fn nested(&mut self, write: impl FnOnce(&mut Self)) {
        self.out.push('{');
        self.empty = true;
        write(self);
        self.out.push('}');
        self.empty = false;
    }

    pub(crate) fn finish(mut self) -> String {
        self.out.push('}');
        self.out
    }
}

/// A member of an object, as JSON text.
pub(crate) fn member(key: &str, text: &str) -> String {
    let mut out = String::new();
    key.write(true, &mut out);
    write_string(text, &mut out);
    out
}

const fn is_plain(byte: u8) -> bool {
    byte >= b' ' && byte != b'"' && byte != b'\\'
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    // All of them, as that is done many at a time.
    let plain = text.bytes().fold(true, |all, byte| all & is_plain(byte));
    if plain {
        out.push_str(text);
    } else {
        text.chars().for_each(|ch| write_char(ch, out));
    }
    out.push('"');
}

fn write_char(ch: char, out: &mut String) {
    match ch {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        ch if ch < ' ' => {
            let code = u32::from(ch);
            out.push_str("\\u00");
            let digits = [code >> 4, code & 0xf].map(|digit| char::from_digit(digit, 16));
            out.extend(digits.into_iter().flatten());
        }
        ch => out.push(ch),
    }
}

/// As `Display` does, in a third of the time: four digits at a time, which is at most five times.
fn write_number(number: u64, out: &mut String) {
    let (before, group) = (number / 10_000, number % 10_000);
    if before > 0 {
        write_number(before, out);
    }
    if before > 0 || group >= 1_000 {
        out.push(digit(group / 1_000));
    }
    if before > 0 || group >= SHORT {
        out.push(digit(group / 100));
        out.push(digit(group / 10));
        out.push(digit(group));
    } else {
        write_short(group, out);
    }
}

#[inline]
fn write_short(number: u64, out: &mut String) {
    if number >= 10 {
        out.push(digit(number / 10));
    }
    out.push(digit(number));
}

/// The last digit.
fn digit(number: u64) -> char {
    char::from(b'0' + u8::try_from(number % 10).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use alloc::format;
    use alloc::vec::Vec;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        let text = "a\"b\\c\nd\u{1}\u{1f}\u{e9}\u{1f600}";
        let mut object = Object::on("before ".into());
        object
            .text(text, text)
            .number("n", 7_u32)
            .flag("f", true)
            .object("none", |_| {})
            .object("inner", |inner| _ = inner.flag("g", false).flag("h", true))
            .texts("texts", ["x".into(), text.into()])
            .texts("no texts", [])
            .objects("objects", [1_u64, 2], |object, n| _ = object.number("n", n));
        let written = object.finish();
        let written = written.strip_prefix("before ").unwrap();
        let read: serde_json::Value = serde_json::from_str(written).unwrap();
        let right = serde_json::json!({
            text: text, "n": 7, "f": true,
            "none": {}, "inner": {"g": false, "h": true},
            "texts": ["x", text], "no texts": [],
            "objects": [{"n": 1}, {"n": 2}],
        });
        assert_eq!(read, right);
    }

    #[test]
    fn what_is_written_again_is_the_same() {
        let mut object = Object::on("\u{e9}".into());
        object.number(key!("a"), 1_700_000_000_u32);
        object.number(key!("b"), 1_700_000_000_u32);
        object
            .number("c", 1_700_000_001_u32)
            .number(key!("d"), 7_u32);
        object.number(key!("e"), 1_700_000_001_u32);
        object
            .member(&member("m", "\""))
            .object("first", |out| _ = out.member(&member("m", "")));
        let place =
            object.place(|out| _ = out.text(key!("x"), "\u{e9}\n").number(key!("y"), 42_u32));
        object.open(key!("list")).item(|out| {
            out.flag(key!("f"), true).again(place);
        });
        object
            .item(|out| _ = out.number(key!("g"), 1_700_000_001_u32))
            .close();
        object.open("none").close().flag("last", true);
        let right = concat!(
            "\u{e9}{\"a\":1700000000,\"b\":1700000000,\"c\":1700000001,\"d\":7,\"e\":1700000001,",
            "\"m\":\"\\\"\",\"first\":{\"m\":\"\"},",
            "\"x\":\"\u{e9}\\n\",\"y\":42,",
            "\"list\":[{\"f\":true,\"x\":\"\u{e9}\\n\",\"y\":42},{\"g\":1700000001}],",
            "\"none\":[],\"last\":true}",
        );
        assert_eq!(object.finish(), right);
    }

    proptest! {
        #[test]
        fn numbers_are_the_same_after_any_others(numbers in vec(prop_oneof![0..200_u64, 0..200_000_u64, 0..=u64::MAX], 0..20)) {
            let mut object = Object::new();
            for number in numbers.iter().flat_map(|number| [number, number, &7]) {
                object.number(key!("n"), *number);
            }
            let right: Vec<_> = numbers
                .iter()
                .flat_map(|number| [number, number, &7])
                .map(|number| format!("\"n\":{number}"))
                .collect();
            prop_assert_eq!(object.finish(), format!("{{{}}}", right.join(",")));
        }
    }

    #[test]
    fn numbers_are_as_they_are_displayed() {
        for number in [
            0,
            9,
            10,
            99,
            100,
            999,
            1_000,
            9_999,
            10_000,
            10_001,
            1_000_000,
            1_234_567_890,
            u64::MAX,
        ] {
            let mut object = Object::new();
            object.number(key!("n"), number);
            assert_eq!(object.finish(), format!("{{\"n\":{number}}}"));
        }
    }
}
