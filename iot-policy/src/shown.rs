//! Texts of others in texts of ours: a control character in a topic, client id or name must not
//! look like a line of an explanation, nor move a terminal's cursor.

use core::fmt::{self, Write};

/// A formatter that writes control characters as escapes (`\n`, `\u{1b}`), and all else as it is.
pub(crate) struct Shown<'a, 'f>(pub(crate) &'a mut fmt::Formatter<'f>);

impl Write for Shown<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.find(char::is_control) {
            let (plain, special) = rest.split_at_checked(at).unwrap_or((rest, ""));
            self.0.write_str(plain)?;
            let mut chars = special.chars();
            for ch in chars.next().into_iter().flat_map(char::escape_default) {
                self.0.write_char(ch)?;
            }
            rest = chars.as_str();
        }
        self.0.write_str(rest)
    }
}
