//! The values of a condition, compiled.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::context::Found;
use crate::glob::Glob;
use crate::interner::{Interner, Values};
use crate::operator::{Family, Test};
use crate::text::Text;

use super::arn::{ArnPattern, is_arn};
use super::binary::{Binary, is_base64};
use super::boolean::{Boolean, boolean};
use super::date::Instant;
use super::ip::{Address, Network};
use super::null::Null;
use super::numeric::{Number, decimal};
use super::relation::Relation;
use super::string::{Exact, Folded};
use super::trace::Compared;

/// The values of a condition, in the order of the document. `None` stands for one that is not of
/// the operator's kind, such as `NumericEquals` with `abc`: it matches nothing.
#[derive(Clone, Debug)]
pub(super) enum Operands {
    Exact(Box<[Exact]>),
    Like(Box<[Glob]>),
    Folded(Box<[Folded]>),
    Numeric(Relation, Box<[Option<Number>]>),
    Date(Relation, Box<[Option<Instant>]>),
    Bool(Box<[Option<Boolean>]>),
    Binary(Box<[Option<Binary>]>),
    Network(Box<[Option<Network>]>),
    Arn(Box<[Option<ArnPattern>]>),
    Null(Null),
}

impl Operands {
    pub(super) fn compile<'p>(
        test: Test,
        values: impl Iterator<Item = &'p str>,
        variables: bool,
        interner: &mut Interner,
    ) -> Self {
        match test.family() {
            Family::String => match test {
                Test::StringLike | Test::StringNotLike => {
                    let glob = |text| Glob::compile(text, variables, interner);
                    Self::Like(values.map(glob).collect())
                }
                Test::StringEqualsIgnoreCase | Test::StringNotEqualsIgnoreCase => {
                    let folded = |text| Folded::compile(text, variables, interner);
                    Self::Folded(values.map(folded).collect())
                }
                _ => {
                    let exact = |text| Exact::compile(text, variables, interner);
                    Self::Exact(values.map(exact).collect())
                }
            },
            Family::Numeric => {
                Self::Numeric(Relation::of(test), values.map(Number::parse).collect())
            }
            Family::Date => {
                let date = |text| Instant::read(Text::whole(text));
                Self::Date(Relation::of(test), values.map(date).collect())
            }
            Family::Bool => {
                let boolean = |text| Boolean::compile(text, variables, interner);
                Self::Bool(values.map(boolean).collect())
            }
            Family::Binary => Self::Binary(values.map(Binary::parse).collect()),
            Family::IpAddress => Self::Network(values.map(Network::parse).collect()),
            Family::Arn => {
                let arn = |text| ArnPattern::compile(text, variables, interner);
                Self::Arn(values.map(arn).collect())
            }
            Family::Null => Self::Null(Null::parse(values)),
        }
    }

    /// Tells `see` how each value of the request compares.
    pub(super) fn compare(
        &self,
        found: &Found<'_>,
        values: &Values<'_>,
        see: &mut impl FnMut(Compared),
    ) {
        match (self, found) {
            // what need not go through text
            (Self::Network(networks), Found::Address(address)) => {
                let ours = Address::from(*address);
                see(first(networks, |network| network.contains(ours)));
            }
            (Self::Date(relation, dates), Found::Time(now)) => {
                let now = Instant::from_timestamp(*now);
                see(first(dates, |date| relation.allows(now.cmp(date))));
            }
            _ => found.each(|text| {
                see(self
                    .compare_text(text, values)
                    .unwrap_or(Compared::Unreadable));
            }),
        }
    }

    /// How one text compares; `None` if it is not of the operator's kind.
    fn compare_text(&self, text: Text<'_>, values: &Values<'_>) -> Option<Compared> {
        let compared = match self {
            Self::Exact(texts) => {
                Compared::at(texts.iter().position(|exact| exact.matches(text, values)))
            }
            Self::Like(globs) => {
                Compared::at(globs.iter().position(|glob| glob.matches(text, values)))
            }
            Self::Folded(texts) => {
                Compared::at(texts.iter().position(|folded| folded.matches(text, values)))
            }
            Self::Numeric(relation, numbers) => {
                let ours = decimal(text)?;
                first(numbers, |number| relation.allows(ours.compare(number)))
            }
            Self::Date(relation, dates) => {
                let ours = Instant::read(text)?;
                first(dates, |date| relation.allows(ours.cmp(date)))
            }
            Self::Bool(booleans) => {
                let ours = boolean(text)?;
                first(booleans, |boolean| boolean.matches(ours, values))
            }
            Self::Binary(binaries) => first(binaries, |binary| binary.equals(text)),
            Self::Network(networks) => {
                let ours = Address::read(text)?;
                first(networks, |network| network.contains(ours))
            }
            Self::Arn(arns) => first(arns, |arn| arn.matches(text, values)),
            Self::Null(null) => Compared::at(null.position(false)),
        };
        // two families compare without reading the whole text first
        let is_readable = match self {
            _ if compared != Compared::MatchesNone => true,
            Self::Binary(_) => is_base64(text),
            Self::Arn(_) => is_arn(text),
            _ => true,
        };
        is_readable.then_some(compared)
    }

    /// The places of the values that are not of the operator's kind.
    pub(super) fn unreadable(&self) -> Vec<usize> {
        match self {
            Self::Exact(_) | Self::Like(_) | Self::Folded(_) => Vec::new(),
            Self::Numeric(_, values) => gaps(values),
            Self::Date(_, values) => gaps(values),
            Self::Bool(values) => gaps(values),
            Self::Binary(values) => gaps(values),
            Self::Network(values) => gaps(values),
            Self::Arn(values) => gaps(values),
            Self::Null(Null(values)) => gaps(values),
        }
    }
}

/// The first value that passes.
fn first<T>(values: &[Option<T>], passes: impl Fn(&T) -> bool) -> Compared {
    let passes = |value: &Option<T>| value.as_ref().is_some_and(&passes);
    Compared::at(values.iter().position(passes))
}

fn gaps<T>(values: &[Option<T>]) -> Vec<usize> {
    let places = values.iter().zip(0..);
    places
        .filter_map(|(value, at)| value.is_none().then_some(at))
        .collect()
}
