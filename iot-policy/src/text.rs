//! A text in two pieces, so that an ARN need not be assembled to be compared.

/// The text `head` + `tail`. A request's resource is its ARN head (shared by all requests of an
/// account) followed by the topic, client id or thing name.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Text<'a> {
    pub(crate) head: &'a str,
    pub(crate) tail: &'a str,
}

impl<'a> Text<'a> {
    pub(crate) const fn new(head: &'a str, tail: &'a str) -> Self {
        Self { head, tail }
    }

    pub(crate) const fn whole(text: &'a str) -> Self {
        Self {
            head: "",
            tail: text,
        }
    }

    pub(crate) const fn len(self) -> usize {
        self.head.len() + self.tail.len()
    }

    pub(crate) fn chars(self) -> impl Iterator<Item = char> + Clone + 'a {
        self.head.chars().chain(self.tail.chars())
    }

    pub(crate) fn bytes(self) -> impl DoubleEndedIterator<Item = u8> + Clone + 'a {
        self.head.bytes().chain(self.tail.bytes())
    }

    /// Whether both texts hold the same bytes.
    pub(crate) fn equals(self, other: Text<'_>) -> bool {
        if self.head.is_empty() && other.head.is_empty() {
            return self.tail == other.tail;
        }
        self.len() == other.len() && self.bytes().eq(other.bytes())
    }
}

impl PartialEq<str> for Text<'_> {
    fn eq(&self, other: &str) -> bool {
        self.equals(Text::whole(other))
    }
}

/// Room for the text of an address, a number or a boolean.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inline {
    bytes: [u8; Self::ROOM],
    len: usize,
}

impl Inline {
    /// The longest IPv6 text has 45 bytes.
    const ROOM: usize = 48;

    pub(crate) fn format(value: impl core::fmt::Display) -> Self {
        let mut inline = Self {
            bytes: [0; Self::ROOM],
            len: 0,
        };
        let written = core::fmt::Write::write_fmt(&mut inline, format_args!("{value}"));
        if written.is_err() {
            inline.len = 0;
        }
        inline
    }

    pub(crate) fn as_str(&self) -> &str {
        self.bytes
            .get(..self.len)
            .and_then(|bytes| core::str::from_utf8(bytes).ok())
            .unwrap_or("")
    }
}

impl core::fmt::Write for Inline {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        let end = self.len + text.len();
        let room = self.bytes.get_mut(self.len..end).ok_or(core::fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}
