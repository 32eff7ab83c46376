//! The variables of a policy set, each once.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::context::{Context, Found};
use crate::text::{Inline, Text};
use crate::variable::Variable;

/// A variable as a pattern refers to it: a place in the table.
pub(crate) type VariableId = u16;

/// One `${name}` or `${name, 'default'}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) variable: Variable,
    pub(crate) default: Option<Box<str>>,
}

/// The table in the making.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interner {
    slots: Vec<Slot>,
}

impl Interner {
    /// The id of a variable; `None` when 65,535 different ones are in use, more than a policy set
    /// within any limit holds: such a variable has no value.
    pub(crate) fn intern(&mut self, name: &str, default: Option<&str>) -> Option<VariableId> {
        let variable = Variable::parse(name);
        let same = |slot: &Slot| slot.variable == variable && slot.default.as_deref() == default;
        let at = self.slots.iter().position(same).unwrap_or_else(|| {
            self.slots.push(Slot {
                variable,
                default: default.map(Into::into),
            });
            self.slots.len() - 1
        });
        VariableId::try_from(at).ok()
    }

    pub(crate) fn into_slots(self) -> Box<[Slot]> {
        self.slots.into_boxed_slice()
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
            None => self.resolve_any(self.slots.get(usize::from(id))?),
        }
    }
}

impl<'a> Values<'a> {
    /// The text of a variable that is compared most often.
    #[inline]
    pub(crate) fn often(&self, id: VariableId) -> Option<&'a str> {
        self.context
            .often(&self.slots.get(usize::from(id))?.variable)
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
