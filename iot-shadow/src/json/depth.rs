//! How deep a value is, and whether an array in it holds null.

use super::string::string_end;

/// What AWS IoT limits in a section of a request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Keys and indices on the longest path; a scalar, `{}` and `[]` add nothing.
    pub(crate) depth: usize,
    /// Whether an array holds null, at any depth.
    pub(crate) null_in_array: bool,
}

/// Reads the shape of a canonical text. Cost: linear.
pub(crate) fn shape(text: &str) -> Shape {
    let mut shape = Shape::default();
    let (mut depth, mut arrays) = (0_usize, 0_usize);
    let mut rest = text;
    while let Some(first) = rest.bytes().next() {
        let length = match first {
            b'"' => string_end(rest).unwrap_or(rest.len()),
            b'{' | b'[' if !matches!(rest.as_bytes().get(1), Some(b'}' | b']')) => {
                arrays += usize::from(first == b'[');
                depth += 1;
                shape.depth = shape.depth.max(depth);
                1
            }
            b'{' | b'[' => 2,
            b'}' | b']' => {
                arrays = arrays.saturating_sub(usize::from(first == b']'));
                depth = depth.saturating_sub(1);
                1
            }
            b'n' => {
                shape.null_in_array |= arrays > 0;
                4
            }
            _ => 1,
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    shape
}
