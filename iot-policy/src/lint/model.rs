//! The statements of a policy as the lints read them: resources taken apart once.

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::finding::{At, Part, Place};
use super::pattern::{Atom, Budget, Pattern};
use crate::action::{Action, ActionSet};
use crate::document::PolicyDocument;
use crate::resource::ResourceKind;
use crate::statement::{Effect, Patterns, Statement};
use crate::token::{Syntax, Token, tokens};
use crate::variable::Variable;

/// The statements of documents that speak together, in order.
pub(crate) struct Model<'d> {
    pub(crate) grants: Vec<Grant<'d>>,
    variables: Vec<Symbol>,
}

/// One statement.
pub(crate) struct Grant<'d> {
    pub(crate) document: usize,
    pub(crate) index: usize,
    pub(crate) statement: &'d Statement,
    pub(crate) syntax: Syntax,
    pub(crate) actions: ActionSet,
    pub(crate) resources: Vec<Target<'d>>,
    /// The types that the resources may be of, all together.
    pub(crate) kinds: Kinds,
    /// Whether one of the resources is `*`.
    pub(crate) takes_any: bool,
    /// Whether the statement names actions that are not known: it may be for anything.
    pub(crate) names_unknown: bool,
}

impl<'d> Model<'d> {
    pub(crate) fn new(documents: &[&'d PolicyDocument]) -> Self {
        let mut symbols = Symbols::default();
        let mut grants = Vec::new();
        for (document, policy) in documents.iter().enumerate() {
            let syntax = Syntax {
                wildcards: true,
                variables: policy.has_variables(),
            };
            for (index, statement) in policy.statements().iter().enumerate() {
                let resources = statement.resources().iter();
                let resources: Vec<_> = resources
                    .map(|text| Target::new(text, syntax, &mut symbols))
                    .collect();
                let kinds = resources.iter().map(|target| target.kinds);
                grants.push(Grant {
                    document,
                    index,
                    statement,
                    syntax,
                    actions: Action::set_of(statement.actions()),
                    kinds: kinds.fold(Kinds::default(), Kinds::union),
                    takes_any: resources.iter().any(|target| target.whole.is_any()),
                    resources,
                    names_unknown: statement.actions().is_negated()
                        || statement.actions().iter().any(is_unknown),
                });
            }
        }
        let mut variables: Vec<_> = symbols.0.into_iter().collect();
        variables.sort_by_key(|(_, number)| *number);
        let symbol = |((variable, default), _): (_, u32)| (variable, default);
        Self {
            grants,
            variables: variables.into_iter().map(symbol).collect(),
        }
    }

    /// The variable with this number, and its default.
    pub(crate) fn variable(&self, number: u32) -> Option<&Symbol> {
        self.variables.get(usize::try_from(number).ok()?)
    }

    /// The statements with this effect that name the action, in the order of the documents.
    pub(crate) fn with(
        &self,
        effect: Effect,
        action: Action<'static>,
    ) -> impl Iterator<Item = &Grant<'d>> {
        self.grants
            .iter()
            .filter(move |grant| grant.statement.effect() == effect && grant.names(action))
    }
}

/// Whether a pattern of actions takes no known one.
pub(crate) fn is_unknown(pattern: &str) -> bool {
    let pattern = Patterns::from(pattern);
    !Action::known().any(|action| action.matches(&pattern))
}

impl Grant<'_> {
    pub(crate) fn names(&self, action: Action<'static>) -> bool {
        self.actions.meets(action.bit())
    }

    pub(crate) fn is_conditional(&self) -> bool {
        !self.statement.conditions().is_empty()
    }

    /// The known actions that the statement names.
    pub(crate) fn known_actions(&self) -> impl Iterator<Item = Action<'static>> {
        Action::known().filter(|action| self.names(*action))
    }

    /// Whether wildcards reach further than the known actions, or some action is not known.
    pub(crate) fn names_other(&self) -> bool {
        self.actions.meets(ActionSet::OTHER)
    }

    /// Whether the statement names known actions only, and all of them pass.
    pub(crate) fn names_only(&self, test: impl FnMut(Action<'static>) -> bool) -> bool {
        let mut actions = self.known_actions().peekable();
        !self.names_other() && actions.peek().is_some() && actions.all(test)
    }

    /// Where the statement names the action.
    pub(crate) fn action_place(&self, action: Action<'static>) -> At {
        let takes = |pattern| action.matches(&Patterns::from(pattern));
        let actions = self.statement.actions();
        let item = actions.iter().position(takes);
        let part = match item {
            Some(item) if !actions.is_negated() => Part::Action(item),
            _ => Part::ActionKey,
        };
        (self.document, Place::Statement(self.index, part))
    }

    pub(crate) fn resource_place(&self, item: usize) -> At {
        let part = Part::Resource(item);
        (self.document, Place::Statement(self.index, part))
    }

    /// The resources of `Resource` (none for `NotResource`) that may be of this type.
    pub(crate) fn targets(&self, kind: ResourceKind) -> impl Iterator<Item = (usize, &Target<'_>)> {
        let targets = self.resources.iter().enumerate();
        let is_listed = !self.statement.resources().is_negated();
        targets.filter(move |(_, target)| is_listed && target.kinds.contains(kind))
    }
}

/// A resource of a policy.
#[derive(Debug)]
pub(crate) struct Target<'d> {
    pub(crate) text: &'d str,
    pub(crate) whole: Pattern,
    /// The types of resource that requests carry and the pattern may match.
    pub(crate) kinds: Kinds,
    /// The parts, if the text has six.
    pub(crate) arn: Option<Arn<'d>>,
    /// What precedes the type, and the name behind it, where the type is written out.
    pub(crate) named: Option<Named>,
}

/// A resource whose type is written out.
#[derive(Debug)]
pub(crate) struct Named {
    pub(crate) kind: ResourceKind,
    /// `arn:<partition>:iot:<region>:<account>:`.
    pub(crate) scope: Pattern,
    pub(crate) atoms: Vec<Atom>,
    pub(crate) name: Pattern,
}

impl<'d> Target<'d> {
    fn new(text: &'d str, syntax: Syntax, symbols: &mut Symbols) -> Self {
        let atoms = symbols.atoms(tokens(text, syntax));
        let whole = Pattern::glob(&atoms);
        let arn = Arn::split(text, syntax);
        let named = arn.as_ref().and_then(|arn| {
            let (kind, name) = arn.kind_and_name()?;
            let name = symbols.atoms(name.into_iter());
            let scope = atoms.split_at_checked(atoms.len() - name.len())?.0;
            let scope = scope.get(..scope.len() - kind.as_str().len() - 1)?;
            Some(Named {
                kind,
                scope: Pattern::glob(scope),
                name: Pattern::glob(&name),
                atoms: name,
            })
        });
        let kinds = Kinds::of(&whole, arn.as_ref(), symbols);
        Self {
            text,
            whole,
            kinds,
            arn,
            named,
        }
    }

    /// The resource, if its type is written out as this one.
    pub(crate) fn named(&self, kind: ResourceKind) -> Option<&Named> {
        self.named.as_ref().filter(|named| named.kind == kind)
    }
}

/// The six parts of an ARN.
#[derive(Debug)]
pub(crate) struct Arn<'d> {
    /// `arn`, partition, service, Region, account.
    pub(crate) scope: [Vec<Token<'d>>; 5],
    pub(crate) resource: Vec<Token<'d>>,
}

impl<'d> Arn<'d> {
    /// Splits at the first five colons that are literal text.
    fn split(text: &'d str, syntax: Syntax) -> Option<Self> {
        let mut scope: [Vec<Token<'d>>; 5] = Default::default();
        let mut parts = scope.iter_mut();
        let mut part = parts.next();
        let mut resource = Vec::new();
        for token in tokens(text, syntax) {
            let mut left = Some(token);
            while let (Some(filling), Some(Token::Literal(text))) = (part.as_mut(), left) {
                let Some((before, behind)) = text.split_once(':') else {
                    break;
                };
                if !before.is_empty() {
                    filling.push(Token::Literal(before));
                }
                part = parts.next();
                left = (!behind.is_empty()).then_some(Token::Literal(behind));
            }
            match (part.as_mut(), left) {
                (Some(filling), Some(token)) => filling.push(token),
                (None, Some(token)) => resource.push(token),
                (_, None) => {}
            }
        }
        part.is_none().then_some(Self { scope, resource })
    }

    /// The type, if it is a known one that is written out, and the name.
    fn kind_and_name(&self) -> Option<(ResourceKind, Vec<Token<'d>>)> {
        let (Token::Literal(first), rest) = self.resource.split_first()? else {
            return None;
        };
        let (kind, name) = ResourceKind::strip(first)?;
        let name = (!name.is_empty()).then_some(Token::Literal(name));
        Some((kind, name.into_iter().chain(rest.iter().copied()).collect()))
    }

    /// Whether the parts before the resource may be those of AWS IoT.
    fn is_of_iot(&self) -> bool {
        let [arn, partition, service, region, account] = &self.scope;
        let may_be = |part, text| Self::literal(part).is_none_or(|literal| literal == text);
        may_be(arn, "arn")
            && may_be(service, "iot")
            && ![partition, region, account].into_iter().any(Vec::is_empty)
    }

    /// A part that is written out.
    pub(crate) fn literal(part: &[Token<'d>]) -> Option<&'d str> {
        match part {
            [] => Some(""),
            [Token::Literal(text)] => Some(text),
            _ => None,
        }
    }
}

/// A set of types of resource.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kinds(u8);

impl Kinds {
    /// The types that the ARN of a request may have so that the pattern matches it.
    fn of(whole: &Pattern, arn: Option<&Arn<'_>>, symbols: &mut Symbols) -> Self {
        // A handful of short patterns: linear in the text.
        let budget = &mut Budget::new(usize::MAX);
        let is_plain = |arn: &Arn<'_>| arn.scope.iter().all(|part| Arn::literal(part).is_some());
        if let Some(arn) = arn {
            let mut kinds = Self::default();
            if arn.is_of_iot() {
                let resource = Pattern::glob(&symbols.atoms(arn.resource.iter().copied()));
                kinds = Self::starting(&Pattern::empty(), &resource, budget);
            }
            if is_plain(arn) || !kinds.is_empty() {
                return kinds;
            }
        }
        // A `*` may run over colons: compare with the ARN as a whole.
        Self::starting(&gaps("arn:*:iot:*:*:"), whole, budget)
    }

    /// The types that may follow `scope` in a text of the pattern.
    fn starting(scope: &Pattern, pattern: &Pattern, budget: &mut Budget) -> Self {
        let takes = |kind: &ResourceKind| {
            let mut request = scope.clone();
            request.append(&Pattern::literal(kind.as_str()));
            request.append(&gaps("/*"));
            pattern.overlaps(&request, budget)
        };
        let kinds = ResourceKind::ALL.into_iter().filter(takes);
        kinds.fold(Self::default(), Self::with)
    }

    const fn with(self, kind: ResourceKind) -> Self {
        Self(self.0 | 1 << kind as u8)
    }

    const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn contains(self, kind: ResourceKind) -> bool {
        self.0 & (1 << kind as u8) != 0
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// A pattern of literal text and `*`.
fn gaps(text: &str) -> Pattern {
    let atom = |c| {
        if c == '*' {
            Atom::AnyRun
        } else {
            Atom::Char(c)
        }
    };
    Pattern::glob(&text.chars().map(atom).collect::<Vec<_>>())
}

/// Numbers for variables. One with a default is another variable than one without: it has a value
/// where the other has none.
#[derive(Debug, Default)]
struct Symbols(BTreeMap<Symbol, u32>);

/// A variable and its default.
pub(crate) type Symbol = (Variable, Option<Box<str>>);

impl Symbols {
    fn atoms<'d>(&mut self, tokens: impl Iterator<Item = Token<'d>>) -> Vec<Atom> {
        let mut atoms = Vec::new();
        for token in tokens {
            match token {
                Token::Literal(text) => atoms.extend(text.chars().map(Atom::Char)),
                Token::AnyChar => atoms.push(Atom::AnyChar),
                Token::AnyRun => atoms.push(Atom::AnyRun),
                Token::Variable { name, default } => {
                    let next = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
                    let key = (Variable::parse(name), default.map(Into::into));
                    atoms.push(Atom::Variable(*self.0.entry(key).or_insert(next)));
                }
            }
        }
        atoms
    }
}
