//! What both formats have in common: a pull reader, and a writer.
//!
//! The fields of a report fix what may stand at each place, so nothing builds a tree of values,
//! and what is ignored costs no memory. The readers keep the open objects and arrays in a stack of
//! their own: neither they nor what skips recurses.

use alloc::borrow::Cow;

use super::error::Fault;

/// A value, or the begin of one.
#[derive(Debug)]
pub(super) enum Token<'a> {
    /// An object; its keys follow.
    Map,
    /// An array; its items follow.
    List,
    Text(Cow<'a, str>),
    /// A whole number of 64 bits, written as one.
    Unsigned(u64),
    /// Any other number: negative, too large, or with a fraction. Not finite only where the format
    /// has that, or where it is beyond what `f64` can tell.
    Number(f64),
    /// A tag of CBOR; the value it is on follows.
    #[cfg_attr(not(feature = "cbor"), expect(dead_code, reason = "JSON has no tags"))]
    Tagged,
    /// What no field of a report can be, already passed over.
    Other(&'static str),
}

impl Token<'_> {
    pub(super) const fn found(&self) -> &'static str {
        match self {
            Self::Map => "an object",
            Self::List => "an array",
            Self::Text(_) => "a string",
            Self::Unsigned(_) | Self::Number(_) => "a number",
            Self::Tagged => "a tagged value",
            Self::Other(found) => found,
        }
    }
}

/// Reads a payload from its front. Behind each key and for each item a value has to be read.
pub(super) trait Reader<'a> {
    fn value(&mut self) -> Result<Token<'a>, Fault<'a>>;

    /// The next key of the innermost object; none at its end, which is left behind.
    fn key(&mut self) -> Result<Option<Cow<'a, str>>, Fault<'a>>;

    /// Whether the innermost array has another item; its end is left behind.
    fn item(&mut self) -> Result<bool, Fault<'a>>;

    /// Refuses anything behind the one value of a payload.
    fn end(&mut self) -> Result<(), Fault<'a>>;

    /// How many objects and arrays are open.
    fn depth(&self) -> usize;

    /// Whether the innermost of these is an object.
    fn is_in_map(&self) -> bool;

    /// Passes over a value.
    fn skip(&mut self) -> Result<(), Fault<'a>> {
        let outside = self.depth();
        let token = self.value()?;
        self.finish(&token, outside)
    }

    /// Passes over the rest of a value that began with this token, so many levels deep.
    fn finish(&mut self, token: &Token<'a>, outside: usize) -> Result<(), Fault<'a>> {
        let mut is_tag = matches!(token, Token::Tagged);
        while is_tag || self.depth() > outside {
            let is_value = is_tag
                || if self.is_in_map() {
                    self.key()?.is_some()
                } else {
                    self.item()?
                };
            if is_value {
                is_tag = matches!(self.value()?, Token::Tagged);
            }
        }
        Ok(())
    }
}

/// Writes a payload. Each object says how many members come, each array how many items.
pub(super) trait Writer {
    fn map(&mut self, members: usize);
    fn list(&mut self, items: usize);
    fn key(&mut self, key: &str);
    fn text(&mut self, text: &str);
    fn unsigned(&mut self, number: u64);
    /// A finite number.
    fn number(&mut self, number: f64);
    /// The end of the innermost object or array.
    fn end(&mut self);
}
