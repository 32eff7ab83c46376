//! `Null` conditions: whether a key has a value.

use alloc::boxed::Box;

use crate::text::Text;

use super::boolean::boolean;

/// The values of a `Null` condition: `true` asks that the key has no value, `false` that it has
/// one. Other words ask for nothing that can be.
#[derive(Clone, Debug)]
pub(super) struct Null(pub(super) Box<[Option<bool>]>);

impl Null {
    pub(super) fn parse<'p>(values: impl Iterator<Item = &'p str>) -> Self {
        Self(values.map(|value| boolean(Text::whole(value))).collect())
    }

    /// The place of the first value that asks for what is.
    pub(super) fn position(&self, is_absent: bool) -> Option<usize> {
        self.0.iter().position(|value| *value == Some(is_absent))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_alternatives() {
        for (values, absent, present) in [
            (&["true"][..], Some(0), None),
            (&["false"], None, Some(0)),
            (&["TRUE"], Some(0), None),
            (&["true", "false"], Some(0), Some(1)),
            (&["maybe", "", "true", "true"], Some(2), None),
            (&["1"], None, None),
            (&[], None, None),
        ] {
            let null = Null::parse(values.iter().copied());
            assert_eq!(null.position(true), absent, "{values:?}");
            assert_eq!(null.position(false), present, "{values:?}");
        }
    }
}
