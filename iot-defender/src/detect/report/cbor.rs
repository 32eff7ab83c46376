//! Reports and answers as CBOR (RFC 8949).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use minicbor::data::Type;
use minicbor::decode::{Decoder, Error};
use minicbor::encode::Encoder;

use super::error::{Fault, ReportErrorKind};
use super::token::{Reader, Token, Writer};

/// A map or an array that is open.
#[derive(Clone, Copy, Debug)]
struct Level {
    is_map: bool,
    /// How many are still to come; `None` up to a break. What a payload claims is only counted
    /// down, so that a length costs nothing.
    left: Option<u64>,
}

#[derive(Debug)]
pub(super) struct CborReader<'a> {
    decoder: Decoder<'a>,
    levels: Vec<Level>,
    max_depth: usize,
}

impl<'a> CborReader<'a> {
    pub(super) fn new(payload: &'a [u8], max_depth: usize) -> Self {
        Self {
            decoder: Decoder::new(payload),
            levels: Vec::new(),
            max_depth,
        }
    }

    /// Reads with the decoder, and says where that failed.
    fn take<T>(
        &mut self,
        read: impl FnOnce(&mut Decoder<'a>) -> Result<T, Error>,
    ) -> Result<T, Fault<'a>> {
        let start = self.decoder.position();
        read(&mut self.decoder).map_err(|error| {
            let reason = if error.is_end_of_input() {
                "the payload ends too early"
            } else {
                "not CBOR"
            };
            Fault::syntax(reason, start)
        })
    }

    fn open(&mut self, is_map: bool) -> Result<Token<'a>, Fault<'a>> {
        let max = self.max_depth;
        if self.levels.len() >= max {
            return Err(Fault::new(ReportErrorKind::TooDeep { max }));
        }
        let left = self.take(|it| if is_map { it.map() } else { it.array() })?;
        self.levels.push(Level { is_map, left });
        Ok(if is_map { Token::Map } else { Token::List })
    }

    /// Whether the innermost map or array goes on.
    fn more(&mut self) -> Result<bool, Fault<'a>> {
        let is_break = match self.levels.last() {
            Some(Level { left: None, .. }) => self.take(|it| it.datatype())? == Type::Break,
            _ => false,
        };
        let goes_on = match self.levels.last_mut().map(|level| &mut level.left) {
            Some(Some(0)) | None => false,
            Some(Some(left)) => {
                *left -= 1;
                true
            }
            Some(None) => !is_break,
        };
        if is_break {
            self.decoder.set_position(self.decoder.position() + 1);
        }
        if !goes_on {
            self.levels.pop();
        }
        Ok(goes_on)
    }

    /// A text in one piece or in several.
    fn text(&mut self, kind: Type) -> Result<Cow<'a, str>, Fault<'a>> {
        if kind == Type::String {
            return self.take(Decoder::str).map(Cow::Borrowed);
        }
        self.take(|it| {
            it.str_iter()?
                .collect::<Result<String, Error>>()
                .map(Cow::Owned)
        })
    }

    fn half(&mut self) -> Result<f64, Fault<'a>> {
        let at = self.decoder.position() + 1;
        let bytes = self.decoder.input().get(at..).unwrap_or_default();
        let Some(bits) = bytes.first_chunk().copied().map(u16::from_be_bytes) else {
            return Err(Fault::syntax("the payload ends too early", at));
        };
        self.decoder.set_position(at + 2);
        Ok(half(bits))
    }
}

impl<'a> Reader<'a> for CborReader<'a> {
    fn value(&mut self) -> Result<Token<'a>, Fault<'a>> {
        let kind = self.take(|it| it.datatype())?;
        Ok(match kind {
            Type::Map | Type::MapIndef => self.open(true)?,
            Type::Array | Type::ArrayIndef => self.open(false)?,
            Type::String | Type::StringIndef => Token::Text(self.text(kind)?),
            Type::U8 | Type::U16 | Type::U32 | Type::U64 => {
                Token::Unsigned(self.take(Decoder::u64)?)
            }
            Type::I8 | Type::I16 | Type::I32 | Type::I64 | Type::Int => {
                Token::Number(i128::from(self.take(Decoder::int)?) as f64)
            }
            Type::F16 => Token::Number(self.half()?),
            Type::F32 => Token::Number(self.take(Decoder::f32)?.into()),
            Type::F64 => Token::Number(self.take(Decoder::f64)?),
            Type::Tag => {
                self.take(Decoder::tag)?;
                Token::Tagged
            }
            Type::Bool => {
                self.take(Decoder::bool)?;
                Token::Other("a Boolean")
            }
            Type::Null => {
                self.take(Decoder::null)?;
                Token::Other("null")
            }
            Type::Undefined => {
                self.take(Decoder::undefined)?;
                Token::Other("undefined")
            }
            Type::Simple => {
                self.take(Decoder::simple)?;
                Token::Other("a simple value")
            }
            Type::Bytes | Type::BytesIndef => {
                self.take(|it| it.bytes_iter()?.try_for_each(|bytes| bytes.map(drop)))?;
                Token::Other("a byte string")
            }
            Type::Break | Type::Unknown(_) => {
                return Err(Fault::syntax("expected a value", self.decoder.position()));
            }
        })
    }

    fn key(&mut self) -> Result<Option<Cow<'a, str>>, Fault<'a>> {
        if !self.more()? {
            return Ok(None);
        }
        match self.take(|it| it.datatype())? {
            kind @ (Type::String | Type::StringIndef) => self.text(kind).map(Some),
            _ => Err(Fault::syntax(
                "a key that is no text",
                self.decoder.position(),
            )),
        }
    }

    fn item(&mut self) -> Result<bool, Fault<'a>> {
        self.more()
    }

    fn end(&mut self) -> Result<(), Fault<'a>> {
        let position = self.decoder.position();
        if position < self.decoder.input().len() {
            return Err(Fault::syntax("something behind the end", position));
        }
        Ok(())
    }

    fn depth(&self) -> usize {
        self.levels.len()
    }

    fn is_in_map(&self) -> bool {
        self.levels.last().is_some_and(|level| level.is_map)
    }
}

/// The number of 16 bits: one of sign, five of exponent, ten of fraction (RFC 8949, Appendix D).
fn half(bits: u16) -> f64 {
    let fraction = f64::from(bits & 0x3FF);
    let magnitude = match (bits >> 10) & 0x1F {
        0 => fraction / f64::from(1_u32 << 24),
        31 if fraction == 0.0 => f64::INFINITY,
        31 => f64::NAN,
        // The largest exponent is 30, that is 2^15.
        exponent => (fraction + 1024.0) * f64::from(1_u32 << exponent) / f64::from(1_u32 << 25),
    };
    if bits >> 15 == 1 {
        -magnitude
    } else {
        magnitude
    }
}

#[derive(Debug)]
pub(super) struct CborWriter(Encoder<Vec<u8>>);

impl CborWriter {
    pub(super) fn new() -> Self {
        Self(Encoder::new(Vec::new()))
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0.into_writer()
    }
}

// A vector takes all that is written to it, so that there is no error to look at.
impl Writer for CborWriter {
    fn map(&mut self, members: usize) {
        let _ = self.0.map(members as u64);
    }

    fn list(&mut self, items: usize) {
        let _ = self.0.array(items as u64);
    }

    fn key(&mut self, key: &str) {
        self.text(key);
    }

    fn text(&mut self, text: &str) {
        let _ = self.0.str(text);
    }

    fn unsigned(&mut self, number: u64) {
        let _ = self.0.u64(number);
    }

    fn number(&mut self, number: f64) {
        let _ = self.0.f64(number);
    }

    fn end(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::half;

    #[test]
    fn halves_are_those_of_the_rfc() {
        // RFC 8949, Appendix A.
        let cases = [
            (0x0000, 0.0),
            (0x3C00, 1.0),
            (0x3E00, 1.5),
            (0x7BFF, 65504.0),
            (0x0001, 5.960464477539063e-8),
            (0x0400, 0.00006103515625),
            (0xC400, -4.0),
            (0x7C00, f64::INFINITY),
            (0xFC00, f64::NEG_INFINITY),
        ];
        for (bits, number) in cases {
            assert_eq!(half(bits), number, "{bits:#06x}");
        }
        assert!(half(0x7E00).is_nan());
        assert!(half(0x8000).is_sign_negative());
    }
}
