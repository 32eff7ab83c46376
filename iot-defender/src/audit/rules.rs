//! Policy documents as the audit reads them: which statements speak about an action, and which of
//! them count.
//!
//! The audit asks what a principal *could* do. So a condition of an Allow is taken to hold, and a
//! Deny with a condition is taken not to; but for the one condition that ties a connection to its
//! thing, `iot:Connection.Thing.IsAttached`.

mod applicable;
mod guard;
mod index;
mod lengths;
mod pattern;

use alloc::string::String;
use alloc::vec::Vec;

use iot_policy::{Effect, PolicyDocument, Statement, Version, WildcardPattern};

pub(crate) use applicable::{Applicable, Proof};
pub(crate) use guard::Guard;
pub(crate) use index::ActionIndex;
pub(crate) use lengths::Lengths;
pub(crate) use pattern::{FOREIGN, NAME, OWN, ResourcePattern};

use super::access::StatementPlace;

/// The statements of documents that speak together.
pub(crate) struct Rules<'d> {
    statements: Vec<Rule<'d>>,
}

/// A statement, its patterns compiled.
pub(crate) struct Rule<'d> {
    pub(crate) place: StatementPlace,
    statement: &'d Statement,
    /// In lower case.
    actions: Vec<WildcardPattern>,
    /// `None` for what can name nothing of AWS IoT.
    resources: Vec<Option<ResourcePattern<'d>>>,
    guard: Guard,
    /// Whether some resource of AWS IoT may be meant.
    is_about_iot: bool,
    /// Whether every resource of AWS IoT is meant.
    is_about_all: bool,
}

impl<'d> Rules<'d> {
    /// Compiles documents. Cost: linear in their text.
    pub(crate) fn new(documents: &'d [PolicyDocument]) -> Self {
        let places = documents.iter().enumerate().flat_map(|(at, document)| {
            let numbered = document.statements().iter().enumerate();
            numbered.map(move |(statement, text)| {
                let place = StatementPlace {
                    document: at,
                    statement,
                };
                Rule::new(place, text, document.version())
            })
        });
        Self {
            statements: places.collect(),
        }
    }

    /// The statements of one effect.
    pub(crate) fn with(&self, effect: Effect) -> impl Iterator<Item = &Rule<'d>> {
        self.statements
            .iter()
            .filter(move |rule| rule.statement.effect() == effect)
    }

    /// What is said about an action.
    pub(crate) fn about(&self, action: &str) -> Applicable<'_, 'd> {
        let action = action.to_ascii_lowercase();
        let is_connect = action == "iot:connect";
        let names = |rule: &&Rule<'d>| rule.names(&action);
        let counts = |rule: &&Rule<'d>| rule.guard.counts(rule.statement.effect(), is_connect);
        let of = |effect| self.with(effect).filter(names).filter(counts).collect();
        Applicable::new(of(Effect::Allow), of(Effect::Deny), is_connect)
    }
}

impl<'d> Rule<'d> {
    fn new(place: StatementPlace, statement: &'d Statement, version: Version) -> Self {
        let lower = |text: &str| WildcardPattern::new(&text.to_ascii_lowercase());
        let is_negated = statement.resources().is_negated();
        let resource = |text| ResourcePattern::new(text, version, is_negated);
        let resources: Vec<_> = statement.resources().iter().map(resource).collect();
        let mut listed = resources.iter().flatten().filter(|_| !is_negated);
        Self {
            place,
            statement,
            actions: statement.actions().iter().map(lower).collect(),
            guard: Guard::of(statement),
            is_about_iot: is_negated || listed.clone().next().is_some(),
            is_about_all: listed.any(ResourcePattern::is_universal),
            resources,
        }
    }

    /// The patterns of the actions, in lower case.
    pub(crate) fn actions(&self) -> &[WildcardPattern] {
        &self.actions
    }

    /// The actions that are written out, without wildcards; none for `NotAction`.
    pub(crate) fn literal_actions(&self) -> impl Iterator<Item = &'d str> {
        let actions = self.statement.actions();
        let is_literal = |text: &&str| !actions.is_negated() && !text.contains(['*', '?']);
        actions.iter().filter(is_literal)
    }

    /// Whether the actions stand under `NotAction`.
    pub(crate) const fn is_not_action(&self) -> bool {
        self.statement.actions().is_negated()
    }

    /// Whether the statement is about an action, given in lower case.
    pub(crate) fn names(&self, action: &str) -> bool {
        let mut listed = self.actions.iter();
        listed.any(|pattern| pattern.matches(action)) != self.is_not_action()
    }

    /// The resources that `Resource` lists, with their places; none for `NotResource`.
    pub(crate) fn listed(&self) -> impl Iterator<Item = (usize, &ResourcePattern<'d>)> {
        let resources = (!self.is_not_resource()).then_some(&self.resources);
        let numbered = resources.into_iter().flatten().enumerate();
        numbered.filter_map(|(at, resource)| Some((at, resource.as_ref()?)))
    }

    /// Whether the statement is about a resource, and by which pattern; `NotResource` has none.
    pub(crate) fn takes(&self, name: &str, is_connect: bool) -> Option<Option<usize>> {
        if self.is_not_resource() {
            let mut listed = self.resources.iter().flatten();
            return (!listed.any(|resource| resource.takes(name, is_connect))).then_some(None);
        }
        let mut listed = self.listed();
        let found = listed.find(|(_, resource)| resource.takes(name, is_connect));
        found.map(|(at, _)| Some(at))
    }

    /// The lengths of a foreign name at which the statement is about a resource. `names` are those
    /// with one character of it, two, and so on.
    fn lengths(&self, names: &[String], is_connect: bool) -> Lengths {
        let resources = self.resources.iter().flatten();
        let taken = Lengths::union(resources, |it| it.lengths(names, is_connect));
        if self.is_not_resource() {
            Lengths::ALL.but(taken)
        } else {
            taken
        }
    }

    /// The patterns, as they take whole ARNs.
    fn whole(&self, client_id: Option<&str>) -> Vec<WildcardPattern> {
        let resources = self.resources.iter().flatten();
        resources.map(|it| it.whole(client_id)).collect()
    }

    /// Whether `NotResource` lists what the statement is not about.
    const fn is_not_resource(&self) -> bool {
        self.statement.resources().is_negated()
    }

    /// Whether some resource of AWS IoT may be meant.
    pub(crate) const fn is_about_iot(&self) -> bool {
        self.is_about_iot
    }

    /// Whether the statement takes its actions away altogether, if it is a Deny.
    pub(crate) fn is_of_all(&self) -> bool {
        self.is_about_all && self.guard.counts(self.statement.effect(), false)
    }

    /// The ARN of a resource as the pattern with this place would have it.
    pub(crate) fn arn(&self, resource: Option<usize>, name: &str) -> String {
        let listed = resource.and_then(|at| self.resources.get(at)?.as_ref());
        listed.map_or_else(|| pattern::default_arn(name), |listed| listed.arn(name))
    }
}
