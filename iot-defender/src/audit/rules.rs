//! Policy documents as the audit reads them: which statements speak about an action, and which of
//! them count.
//!
//! The audit asks what a principal *could* do. So a condition of an Allow is taken to hold, and a
//! Deny with a condition is taken not to; but for the one condition that ties a connection to its
//! thing, `iot:Connection.Thing.IsAttached`.

mod guard;
mod pattern;

use alloc::string::String;
use alloc::vec::Vec;

use iot_policy::{Effect, PolicyDocument, Statement, Version, WildcardPattern};

pub(crate) use guard::Guard;
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
        Applicable {
            allows: of(Effect::Allow),
            denies: of(Effect::Deny),
            is_connect,
        }
    }
}

impl<'d> Rule<'d> {
    fn new(place: StatementPlace, statement: &'d Statement, version: Version) -> Self {
        let lower = |text: &str| WildcardPattern::new(&text.to_ascii_lowercase());
        let is_negated = statement.resources().is_negated();
        let resource = |text| ResourcePattern::new(text, version, is_negated);
        Self {
            place,
            statement,
            actions: statement.actions().iter().map(lower).collect(),
            resources: statement.resources().iter().map(resource).collect(),
            guard: Guard::of(statement),
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
        let resources = (!self.statement.resources().is_negated()).then_some(&self.resources);
        let numbered = resources.into_iter().flatten().enumerate();
        numbered.filter_map(|(at, resource)| Some((at, resource.as_ref()?)))
    }

    /// Whether the statement is about a resource, and by which pattern; `NotResource` has none.
    pub(crate) fn takes(&self, name: &str, is_connect: bool) -> Option<Option<usize>> {
        if self.statement.resources().is_negated() {
            let mut listed = self.resources.iter().flatten();
            return (!listed.any(|resource| resource.takes(name, is_connect))).then_some(None);
        }
        let mut listed = self.listed();
        let found = listed.find(|(_, resource)| resource.takes(name, is_connect));
        found.map(|(at, _)| Some(at))
    }

    /// Whether the statement is about this very ARN.
    fn takes_arn(&self, arn: &str, client_id: Option<&str>) -> bool {
        let mut resources = self.resources.iter().flatten();
        resources.any(|it| it.takes_arn(arn, client_id)) != self.statement.resources().is_negated()
    }

    /// Whether some resource of AWS IoT may be meant.
    pub(crate) fn is_about_iot(&self) -> bool {
        self.statement.resources().is_negated() || self.listed().next().is_some()
    }

    /// Whether every resource of AWS IoT is meant.
    fn is_about_all(&self) -> bool {
        self.listed().any(|(_, resource)| resource.is_universal())
    }

    /// The ARN of a resource as the pattern with this place would have it.
    pub(crate) fn arn(&self, resource: Option<usize>, name: &str) -> String {
        let listed = resource.and_then(|at| self.resources.get(at)?.as_ref());
        listed.map_or_else(|| pattern::default_arn(name), |listed| listed.arn(name))
    }
}

/// The statements about one action that count.
pub(crate) struct Applicable<'r, 'd> {
    allows: Vec<&'r Rule<'d>>,
    denies: Vec<&'r Rule<'d>>,
    is_connect: bool,
}

impl<'r, 'd> Applicable<'r, 'd> {
    /// The Allow statement that lets the action be done on a resource that no Deny names, and its
    /// pattern. `name` is the sixth part of the ARN. Cost: one match a pattern.
    pub(crate) fn granted(&self, name: &str) -> Option<(&'r Rule<'d>, Option<usize>)> {
        let takes = |rule: &Rule<'d>| rule.takes(name, self.is_connect);
        let found = self
            .allows
            .iter()
            .find_map(|rule| Some((*rule, takes(rule)?)))?;
        let is_denied = self.denies.iter().any(|rule| takes(rule).is_some());
        (!is_denied).then_some(found)
    }

    /// What [`granted`](Self::granted) finds, with an ARN of the resource. Denies of all that is
    /// not of some account leave only ARNs of that account, and may leave none.
    pub(crate) fn granted_arn(&self, name: &str) -> Option<(&'r Rule<'d>, Option<usize>, String)> {
        let (rule, resource) = self.granted(name)?;
        let client_id = name.strip_prefix("client/").filter(|_| self.is_connect);
        let excepting = self
            .denies
            .iter()
            .filter(|deny| deny.statement.resources().is_negated());
        let exceptions = excepting
            .clone()
            .flat_map(|deny| deny.resources.iter().flatten())
            .filter(|it| it.takes(name, self.is_connect));
        let own = rule.arn(resource, name);
        if excepting
            .clone()
            .all(|deny| !deny.takes_arn(&own, client_id))
        {
            return Some((rule, resource, own));
        }
        let mut arns = exceptions.map(|it| it.arn(name)).filter(|arn| {
            rule.takes_arn(arn, client_id)
                && excepting
                    .clone()
                    .all(|deny| !deny.takes_arn(arn, client_id))
        });
        arns.next().map(|arn| (rule, resource, arn))
    }

    /// The first Allow that is about AWS IoT, unless a Deny takes the action away altogether.
    pub(crate) fn granted_somewhere(&self) -> Option<&'r Rule<'d>> {
        let is_denied = self.denies.iter().any(|rule| rule.is_about_all());
        let mut allows = self.allows.iter().copied();
        allows.find(|rule| !is_denied && rule.is_about_iot())
    }

    /// The Deny statements that hold whatever the request.
    pub(crate) fn denies(&self) -> impl Iterator<Item = &'r Rule<'d>> {
        self.denies.iter().copied()
    }

    /// Whether nothing is allowed, whatever the resource.
    pub(crate) const fn is_silent(&self) -> bool {
        self.allows.is_empty()
    }

    /// The most `?` of one pattern: a name with one character more is not told from a longer one.
    pub(crate) fn most_single_wildcards(&self) -> usize {
        let rules = self.allows.iter().chain(&self.denies);
        let resources = rules.flat_map(|rule| rule.resources.iter().flatten());
        resources
            .map(ResourcePattern::single_wildcards)
            .max()
            .unwrap_or(0)
    }

    /// Whether a text stands nowhere in the resources: no pattern has it in mind, not even as what
    /// stands for a variable without a value.
    pub(crate) fn is_fresh(&self, word: &str) -> bool {
        let mut rules = self.allows.iter().chain(&self.denies);
        !rules.any(|rule| {
            let mut texts = rule.statement.resources().iter();
            texts.any(|text| text.contains(word))
        })
    }
}
