//! The compiled form of a set of policies: what deciding walks over.
//!
//! Resources that start with a literal `arn:...:<type>/` stand in one radix tree for each such
//! start. The tree goes as far as the first wildcard of a pattern; a variable is an edge of its
//! own, whose text is compared with the connection's value while walking, so that all connections
//! share the tree. A node is reached by one way at most, and a subtree is entered only if it holds
//! a statement that could still change the decision. The few other patterns are tried one by one.

mod build;

use alloc::boxed::Box;

use crate::action::{Action, ActionSet};
use crate::bytes;
use crate::condition::CompiledCondition;
use crate::glob::Glob;
use crate::interner::{Resolve, Slot, Values};
use crate::request::Request;
use crate::resource::ResourceKind;
use crate::statement::{Effect, Patterns};
use crate::text::Text;

pub(crate) use build::Builder;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Index {
    heads: Box<[Head]>,
    nodes: Box<[Node]>,
    /// For each node the byte that leads to it, if a literal does.
    keys: Box<[u8]>,
    labels: Box<[u8]>,
    /// The rules of the nodes, then the loose ones.
    rules: Box<[Rule]>,
    loose: u32,
    loose_allow: ActionSet,
    loose_deny: ActionSet,
    negated: Box<[Negated]>,
    globs: Box<[Glob]>,
    statements: Box<[CompiledStatement]>,
    /// The patterns of the statements that may be about an action that is not known, by statement.
    asked: Box<[(u32, Patterns)]>,
    conditions: Box<[CompiledCondition]>,
    slots: Box<[Slot]>,
}

/// The root of the patterns that start with `prefix` and the word for `kind`.
#[derive(Clone, Debug)]
struct Head {
    kind: ResourceKind,
    prefix: Box<str>,
    root: u32,
}

/// A place in a tree. Its children stand next to each other: first those that a byte leads to,
/// then those that a variable leads to.
#[derive(Clone, Copy, Debug, Default)]
struct Node {
    /// The bytes that follow the way into the node, in `labels`.
    label: u32,
    first_child: u32,
    /// The rules that end here, in `rules`: up to the first of the next node.
    first_rule: u32,
    label_len: u16,
    variables: u16,
    /// The variable that leads here, if one does.
    slot: u16,
    /// UTF-8 has fewer different bytes than 256.
    literals: u8,
    /// How many rules end here, at most `MANY_RULES`: then the next node tells.
    rules: u8,
    /// The actions that some statement below allows, denies.
    allow: ActionSet,
    deny: ActionSet,
}

/// So many heads are looked through one by one.
const FEW_HEADS: usize = 8;

/// As many rules as a node counts.
const MANY_RULES: u8 = u8::MAX;

/// One resource pattern of one statement, as far as it is not in the way to the node.
#[derive(Clone, Copy, Debug)]
struct Rule {
    statement: u32,
    tail: Tail,
}

/// What must follow: nothing, anything, or what a pattern takes, by its place in `globs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tail(u32);

impl Tail {
    /// Nothing.
    const END: Self = Self(u32::MAX);
    /// Anything: `*`.
    const ANY: Self = Self(u32::MAX - 1);
}

/// A statement with `NotResource`: it speaks if no pattern takes the resource.
#[derive(Clone, Copy, Debug)]
struct Negated {
    statement: u32,
    first_glob: u32,
    globs: u32,
}

#[derive(Clone, Debug)]
struct CompiledStatement {
    effect: Effect,
    actions: ActionSet,
    first_condition: u32,
    conditions: u32,
}

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Silent,
    Allowed,
    Denied,
}

impl Index {
    /// Whether some statement allows the request, and whether some denies it; stops at a denial.
    #[inline]
    pub(crate) fn decide<'a>(&'a self, request: &Request<'a>) -> Verdict {
        let action = request.action();
        let mut walk = Walk {
            index: self,
            action,
            allow: action.bit(),
            deny: action.bit(),
            silent: None,
            values: Values {
                slots: &self.slots,
                context: request.context(),
            },
        };
        walk.resource(request);
        if !walk.deny.meets(ActionSet::ALL) {
            Verdict::Denied
        } else if !walk.allow.meets(ActionSet::ALL) {
            Verdict::Allowed
        } else {
            Verdict::Silent
        }
    }
}

/// One decision on its way.
struct Walk<'a> {
    index: &'a Index,
    action: Action<'a>,
    /// The action, until an Allow was found that matches: no further one could change anything.
    allow: ActionSet,
    /// The action, until a Deny was found that matches.
    deny: ActionSet,
    /// The last statement whose conditions failed: its other patterns need not be tried.
    silent: Option<u32>,
    values: Values<'a>,
}

impl<'a> Walk<'a> {
    fn resource(&mut self, request: &Request<'a>) {
        let index = self.index;
        let resource = request.resource();
        let text = resource.text;
        if let Some(kind) = resource.kind {
            let prefix = text
                .head
                .as_bytes()
                .get(..resource.prefix)
                .unwrap_or_default();
            if let Some(head) = index.head(kind, prefix) {
                self.tree(head.root, text.tail, text.tail.as_bytes());
            }
        }
        if self.wants(index.loose_allow, index.loose_deny) {
            for rule in index.rules.get(index.loose as usize..).unwrap_or_default() {
                self.rule(*rule, text);
            }
        }
        for negated in &index.negated {
            self.negated(*negated, text);
        }
    }

    /// Whether such statements could still change the decision.
    #[inline]
    const fn wants(&self, allow: ActionSet, deny: ActionSet) -> bool {
        allow.meets(self.allow) || deny.meets(self.deny)
    }

    /// Walks a subtree with what is left of the name.
    fn tree(&mut self, mut place: u32, name: &'a str, mut rest: &'a [u8]) {
        let index = self.index;
        while let Some(node) = index.nodes.get(place as usize) {
            if !self.wants(node.allow, node.deny) {
                return;
            }
            let label = slice(&index.labels, node.label, node.label_len.into());
            let Some(after) = bytes::strip_prefix(rest, label) else {
                return;
            };
            rest = after;
            if node.rules > 0 {
                self.rules(index.rules_of(place, node), name, rest);
            }
            let next = match (node.literals, node.variables) {
                (0, 0) => None,
                (_, 0) => self.literal(node, rest),
                (0, 1) => self.variable(node.first_child, rest),
                _ => self.fork(node, name, rest),
            };
            let Some(next) = next else { return };
            (place, rest) = next;
        }
    }

    /// Walks all children but the last one that stand for what follows, and tells the last. There
    /// can be several only where a variable leads on, so the depth of the calls is bounded by the
    /// builder's `MAX_VARIABLES`.
    fn fork(&mut self, node: &Node, name: &'a str, rest: &'a [u8]) -> Option<(u32, &'a [u8])> {
        let first = node.first_child + u32::from(node.literals);
        let variables = first..first + u32::from(node.variables);
        let mut last = self.literal(node, rest);
        for child in variables {
            if let Some(next) = self.variable(child, rest)
                && let Some((child, rest)) = last.replace(next)
            {
                self.tree(child, name, rest);
            }
        }
        last
    }

    /// The child that the next byte leads to, and what follows that byte.
    #[inline]
    fn literal(&self, node: &Node, rest: &'a [u8]) -> Option<(u32, &'a [u8])> {
        let (byte, after) = rest.split_first()?;
        let keys = slice(&self.index.keys, node.first_child, node.literals.into());
        let at = bytes::position(keys, *byte)?;
        Some((node.first_child + at, after))
    }

    /// The child that a variable leads to, and what follows the text of the variable, if the name
    /// goes on with it.
    #[inline]
    fn variable(&self, child: u32, rest: &'a [u8]) -> Option<(u32, &'a [u8])> {
        let slot = self.index.nodes.get(child as usize)?.slot;
        let slot = slot.into();
        if let Some(text) = self.values.often(slot) {
            return Some((child, bytes::strip_prefix(rest, text.as_bytes())?));
        }
        let value = self.values.resolve(slot)?;
        let Text { head, tail } = value.text();
        let rest = bytes::strip_prefix(rest, head.as_bytes())?;
        Some((child, bytes::strip_prefix(rest, tail.as_bytes())?))
    }

    /// Tries the rules of a node, with what is left of the name.
    fn rules(&mut self, rules: &[Rule], name: &str, rest: &[u8]) {
        for rule in rules {
            match rule.tail {
                Tail::ANY => self.statement(rule.statement),
                Tail::END if rest.is_empty() => self.statement(rule.statement),
                Tail::END => {}
                Tail(_) => {
                    let tail = name.get(name.len() - rest.len()..).unwrap_or_default();
                    self.rule(*rule, Text::whole(tail));
                }
            }
        }
    }

    fn rule(&mut self, rule: Rule, text: Text<'_>) {
        let matches = match rule.tail {
            Tail::END => text.len() == 0,
            Tail::ANY => true,
            Tail(glob) => {
                self.may_speak(rule.statement)
                    && self
                        .index
                        .globs
                        .get(glob as usize)
                        .is_some_and(|glob| glob.matches(text, &self.values))
            }
        };
        if matches {
            self.statement(rule.statement);
        }
    }

    fn negated(&mut self, negated: Negated, text: Text<'_>) {
        let globs = slice(&self.index.globs, negated.first_glob, negated.globs);
        if self.may_speak(negated.statement)
            && !globs.iter().any(|glob| glob.matches(text, &self.values))
        {
            self.statement(negated.statement);
        }
    }

    /// Whether the statement is about the action and could still change the decision.
    fn may_speak(&self, statement: u32) -> bool {
        if self.silent == Some(statement) {
            return false;
        }
        let none = ActionSet::EMPTY;
        self.index
            .statements
            .get(statement as usize)
            .is_some_and(|statement| match statement.effect {
                Effect::Allow => self.wants(statement.actions, none),
                Effect::Deny => self.wants(none, statement.actions),
            })
    }

    /// Whether a statement names the action, which is not one of the known ones.
    fn names_action(&self, statement: u32) -> bool {
        let asked = &self.index.asked;
        let at = asked.binary_search_by_key(&statement, |(statement, _)| *statement);
        let patterns = at.ok().and_then(|at| asked.get(at));
        patterns.is_some_and(|(_, patterns)| self.action.matches(patterns))
    }

    /// Lets a statement speak whose resource matches.
    fn statement(&mut self, at: u32) {
        if !self.may_speak(at) {
            return;
        }
        let Some(statement) = self.index.statements.get(at as usize) else {
            return;
        };
        if !self.action.is_known() && !self.names_action(at) {
            return;
        }
        let conditions = slice(
            &self.index.conditions,
            statement.first_condition,
            statement.conditions,
        );
        if !conditions
            .iter()
            .all(|condition| condition.holds(&self.values))
        {
            self.silent = Some(at);
            return;
        }
        match statement.effect {
            Effect::Allow => self.allow = ActionSet::EMPTY,
            Effect::Deny => (self.allow, self.deny) = (ActionSet::EMPTY, ActionSet::EMPTY),
        }
    }
}

impl Index {
    /// The head of a type behind a prefix. Most sets have one for each type; a set for many
    /// accounts has more, in order.
    #[inline]
    fn head(&self, kind: ResourceKind, prefix: &[u8]) -> Option<&Head> {
        if self.heads.len() <= FEW_HEADS {
            let is_it =
                |head: &&Head| head.kind == kind && bytes::equal(head.prefix.as_bytes(), prefix);
            return self.heads.iter().find(is_it);
        }
        let key = |head: &Head| (head.kind, head.prefix.as_bytes()).cmp(&(kind, prefix));
        let at = self.heads.binary_search_by(key).ok()?;
        self.heads.get(at)
    }

    /// The rules that end at a node.
    fn rules_of(&self, place: u32, node: &Node) -> &[Rule] {
        if node.rules < MANY_RULES {
            return slice(&self.rules, node.first_rule, node.rules.into());
        }
        let next = self.nodes.get(place as usize + 1);
        let end = next.map_or(self.loose, |next| next.first_rule);
        slice(&self.rules, node.first_rule, end - node.first_rule)
    }
}

#[inline]
fn slice<T>(of: &[T], first: u32, count: u32) -> &[T] {
    let first = first as usize;
    of.get(first..first + count as usize).unwrap_or_default()
}
