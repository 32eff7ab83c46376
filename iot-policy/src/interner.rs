//! The variables of a policy set, each once.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::context::{Context, Found};
use crate::text::{Inline, Text};
use crate::variable::Variable;

/// A variable as a pattern refers to it: a place in the table.
pub(crate) type VariableId = u32;

/// One `${name}` or `${name, 'default'}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Slot {
    pub(crate) variable: Variable,
    pub(crate) default: Option<Box<str>>,
}

/// The table in the making.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interner {
    ids: BTreeMap<Slot, VariableId>,
}

impl Interner {
    /// The id of a variable.
    pub(crate) fn intern(&mut self, name: &str, default: Option<&str>) -> VariableId {
        let slot = Slot {
            variable: Variable::parse(name),
            default: default.map(Into::into),
        };
        let next = self.ids.len();
        // Texts of more than 4 GiB would be needed for more variables.
        *self
            .ids
            .entry(slot)
            .or_insert_with(|| u32::try_from(next).unwrap_or(u32::MAX))
    }

    pub(crate) fn into_slots(self) -> Box<[Slot]> {
        let mut slots: Vec<_> = self.ids.into_iter().collect();
        slots.sort_unstable_by_key(|(_, id)| *id);
        slots.into_iter().map(|(slot, _)| slot).collect()
    }
}

/// The table together with the values of one request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Values<'a> {
    pub(crate) slots: &'a [Slot],
    pub(crate) context: &'a Context<'a>,
}

/// Where the text of a variable comes from.
pub(crate) trait Resolve {
    /// The text that stands for a variable; `None` if it has no value.
    fn resolve(&self, id: VariableId) -> Option<Resolved<'_>>;
}

/// For patterns without variables.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoValues;

impl Resolve for NoValues {
    fn resolve(&self, _: VariableId) -> Option<Resolved<'_>> {
        None
    }
}

impl Resolve for Values<'_> {
    #[inline]
    fn resolve(&self, id: VariableId) -> Option<Resolved<'_>> {
        match self.often(id) {
            Some(text) => Some(Resolved::Text(Text::whole(text))),
            None => self.resolve_any(self.slots.get(id as usize)?),
        }
    }
}

impl<'a> Values<'a> {
    /// The text of a variable that is compared most often.
    #[inline]
    pub(crate) fn often(&self, id: VariableId) -> Option<&'a str> {
        self.context.often(&self.slots.get(id as usize)?.variable)
    }

    #[inline(never)]
    fn resolve_any(&self, slot: &'a Slot) -> Option<Resolved<'a>> {
        match self.context.single(&slot.variable) {
            Ok(Found::Text(text)) => Some(Resolved::Text(text)),
            Ok(Found::Inline(inline)) => Some(Resolved::Inline(inline)),
            Ok(_) => None,
            Err(why) if why.is_refusal() => None,
            Err(_) => slot
                .default
                .as_deref()
                .map(|text| Resolved::Text(Text::whole(text))),
        }
    }
}

/// The text of a variable.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Resolved<'a> {
    Text(Text<'a>),
    Inline(Inline),
}

impl Resolved<'_> {
    pub(crate) fn text(&self) -> Text<'_> {
        match self {
            Self::Text(text) => *text,
            Self::Inline(inline) => Text::whole(inline.as_str()),
        }
    }
}
