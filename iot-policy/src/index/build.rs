//! Builds the index of a set of policies.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::ops::Range;

use crate::action::{Action, ActionSet};
use crate::condition::CompiledCondition;
use crate::document::PolicyDocument;
use crate::glob::Glob;
use crate::interner::Interner;
use crate::resource::{ResourceKind, resource_tokens, split_arn};
use crate::statement::{Effect, Patterns, Statement};
use crate::token::{Syntax, Token, tokens};

use super::{CompiledStatement, Head, Index, MANY_RULES, Negated, Node, Rule, Tail};

/// The most variables on one way through a tree; what follows is matched as a pattern. Bounds how
/// deep deciding calls itself.
const MAX_VARIABLES: usize = 8;

/// Takes statements in, gives the index.
#[derive(Debug, Default)]
pub(crate) struct Builder<'d> {
    index: IndexParts,
    interner: Interner,
    placed: Vec<Placed<'d>>,
    loose: Vec<Rule>,
}

#[derive(Debug, Default)]
struct IndexParts {
    nodes: Vec<Node>,
    keys: Vec<u8>,
    labels: Vec<u8>,
    rules: Vec<Rule>,
    negated: Vec<Negated>,
    globs: Vec<Glob>,
    statements: Vec<CompiledStatement>,
    asked: Vec<(u32, Patterns)>,
    conditions: Vec<CompiledCondition>,
}

/// A pattern on its way into a tree: ordered by tree, then by way, then as it came.
#[derive(Debug)]
struct Placed<'d> {
    kind: ResourceKind,
    prefix: &'d str,
    way: Vec<Step>,
    rule: Rule,
}

/// One step down a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Byte(u8),
    Variable(u16),
}

impl<'d> Builder<'d> {
    /// Adds the statements of a document.
    pub(crate) fn add(&mut self, document: &'d PolicyDocument) {
        for statement in document.statements() {
            self.add_statement(statement, document.has_variables());
        }
    }

    fn add_statement(&mut self, statement: &'d Statement, variables: bool) {
        let id = count(self.index.statements.len());
        let actions = Action::set_of(statement.actions());
        let first_condition = count(self.index.conditions.len());
        for condition in statement.conditions() {
            let compiled = CompiledCondition::compile(condition, variables, &mut self.interner);
            self.index.conditions.push(compiled);
        }
        if actions.meets(ActionSet::OTHER) {
            self.index.asked.push((id, statement.actions().clone()));
        }
        self.index.statements.push(CompiledStatement {
            effect: statement.effect(),
            actions,
            first_condition,
            conditions: count(statement.conditions().len()),
        });
        if statement.resources().is_negated() {
            let first_glob = count(self.index.globs.len());
            for pattern in statement.resources().iter() {
                let glob = Glob::of_tokens(resource_tokens(pattern, variables), &mut self.interner);
                self.index.globs.push(glob);
            }
            let globs = count(statement.resources().len());
            self.index.negated.push(Negated {
                statement: id,
                first_glob,
                globs,
            });
        } else {
            for pattern in statement.resources().iter() {
                self.add_pattern(id, pattern, variables);
            }
        }
    }

    fn add_pattern(&mut self, statement: u32, pattern: &'d str, variables: bool) {
        let Some((prefix, kind, name)) = literal_head(pattern) else {
            let glob = Glob::of_tokens(resource_tokens(pattern, variables), &mut self.interner);
            let tail = self.tail(glob);
            self.loose.push(Rule { statement, tail });
            return;
        };
        let mut way = Vec::with_capacity(name.len());
        let mut rest = tokens(
            name,
            Syntax {
                wildcards: true,
                variables,
            },
        );
        let mut before = rest.clone();
        let mut taken = 0;
        let tail = loop {
            match rest.next() {
                None => break Tail::END,
                Some(Token::Literal(text)) => way.extend(text.bytes().map(Step::Byte)),
                Some(Token::Variable { name, default }) if taken < MAX_VARIABLES => {
                    let id = self.interner.intern(name, default);
                    // A node tells its variable, and how many lead on from it, in 16 bits.
                    let Some(slot) = u16::try_from(id).ok().filter(|slot| *slot < u16::MAX) else {
                        let glob = Glob::of_tokens(before, &mut self.interner);
                        break self.tail(glob);
                    };
                    way.push(Step::Variable(slot));
                    taken += 1;
                }
                Some(_) => {
                    let glob = Glob::of_tokens(before, &mut self.interner);
                    break self.tail(glob);
                }
            }
            before = rest.clone();
        };
        let rule = Rule { statement, tail };
        self.placed.push(Placed {
            kind,
            prefix,
            way,
            rule,
        });
    }

    fn tail(&mut self, glob: Glob) -> Tail {
        if glob.is_universal() {
            return Tail::ANY;
        }
        self.index.globs.push(glob);
        Tail(count(self.index.globs.len() - 1))
    }

    /// The finished index.
    pub(crate) fn finish(mut self) -> Index {
        self.placed
            .sort_by(|a, b| (a.kind, a.prefix, &a.way).cmp(&(b.kind, b.prefix, &b.way)));
        let placed = core::mem::take(&mut self.placed);
        let mut heads = Vec::new();
        for tree in placed.chunk_by(|a, b| (a.kind, a.prefix) == (b.kind, b.prefix)) {
            if let Some(first) = tree.first() {
                let root = self.index.tree(tree);
                heads.push(Head {
                    kind: first.kind,
                    prefix: first.prefix.into(),
                    root,
                });
            }
        }
        let loose = count(self.index.rules.len());
        let (mut loose_allow, mut loose_deny) = (ActionSet::EMPTY, ActionSet::EMPTY);
        for rule in &self.loose {
            self.index
                .add_actions(*rule, &mut loose_allow, &mut loose_deny);
        }
        self.index.rules.append(&mut self.loose);
        let IndexParts {
            nodes,
            keys,
            labels,
            rules,
            negated,
            globs,
            statements,
            asked,
            conditions,
        } = self.index;
        Index {
            heads: heads.into(),
            nodes: nodes.into(),
            keys: keys.into(),
            labels: labels.into(),
            rules: rules.into(),
            loose,
            loose_allow,
            loose_deny,
            negated: negated.into(),
            globs: globs.into(),
            statements: statements.into(),
            asked: asked.into(),
            conditions: conditions.into(),
            slots: self.interner.into_slots(),
        }
    }
}

impl IndexParts {
    /// Builds the tree of sorted patterns, breadth first, so that siblings stand side by side, and
    /// the rules of all nodes in the order of the nodes. Gives its root.
    fn tree(&mut self, placed: &[Placed<'_>]) -> u32 {
        let root = self.nodes.len();
        self.push_node(0, 0);
        let mut queue = VecDeque::from([(root, 0..placed.len(), 0)]);
        while let Some((node, range, depth)) = queue.pop_front() {
            let items = placed.get(range.clone()).unwrap_or_default();
            let children = self.fill(node, items, depth);
            for (child, within, depth) in children {
                let range = range.start + within.start..range.start + within.end;
                queue.push_back((child, range, depth));
            }
        }
        self.spread_actions(root);
        count(root)
    }

    /// Gives a node its label and rules and makes its children; tells the patterns of each, as a
    /// range of `items`, and how many of their steps then are done.
    fn fill(
        &mut self,
        node: usize,
        items: &[Placed<'_>],
        depth: usize,
    ) -> Vec<(usize, Range<usize>, usize)> {
        let mut label = common_bytes(items, depth);
        // A longer label goes on in a child.
        label.truncate(u16::MAX.into());
        let label_len = u16::try_from(label.len()).unwrap_or_default();
        let after = depth + label.len();
        let first_label = count(self.labels.len());
        self.labels.extend_from_slice(&label);
        let first_rule = count(self.rules.len());
        let ended = items
            .iter()
            .take_while(|item| item.way.len() == after)
            .count();
        self.rules
            .extend(items.iter().take(ended).map(|item| item.rule));
        let first_child = self.nodes.len();
        let (mut literals, mut variables) = (0, 0);
        let mut children = Vec::new();
        let mut start = ended;
        while let Some(step) = items
            .get(start)
            .and_then(|item| item.way.get(after))
            .copied()
        {
            let rest = items.get(start..).unwrap_or_default();
            let same = rest
                .iter()
                .take_while(|item| item.way.get(after) == Some(&step))
                .count();
            children.push((self.nodes.len(), start..start + same, after + 1));
            // `Byte` is before `Variable` in the order of steps, so the literals come first.
            match step {
                Step::Byte(key) => {
                    self.push_node(key, 0);
                    literals += 1;
                }
                Step::Variable(slot) => {
                    self.push_node(0, slot);
                    variables += 1;
                }
            }
            start += same;
        }
        if let Some(node) = self.nodes.get_mut(node) {
            node.label = first_label;
            node.label_len = label_len;
            node.first_child = count(first_child);
            node.literals = literals;
            node.variables = variables;
            node.first_rule = first_rule;
            node.rules = u8::try_from(ended).unwrap_or(MANY_RULES);
        }
        children
    }

    fn push_node(&mut self, key: u8, slot: u16) {
        self.nodes.push(Node {
            slot,
            ..Node::default()
        });
        self.keys.push(key);
    }

    /// Tells each node the actions of all rules below it. Children come after their parent.
    fn spread_actions(&mut self, root: usize) {
        for at in (root..self.nodes.len()).rev() {
            let Some(node) = self.nodes.get(at).copied() else {
                continue;
            };
            let (mut allow, mut deny) = (ActionSet::EMPTY, ActionSet::EMPTY);
            let next = self.nodes.get(at + 1);
            let end = next.map_or(self.rules.len(), |next| next.first_rule as usize);
            let rules = self.rules.get(node.first_rule as usize..end);
            for rule in rules.unwrap_or_default() {
                self.add_actions(*rule, &mut allow, &mut deny);
            }
            let children = u32::from(node.literals) + u32::from(node.variables);
            for child in super::slice(&self.nodes, node.first_child, children) {
                allow = allow.union(child.allow);
                deny = deny.union(child.deny);
            }
            if let Some(node) = self.nodes.get_mut(at) {
                (node.allow, node.deny) = (allow, deny);
            }
        }
    }

    fn add_actions(&self, rule: Rule, allow: &mut ActionSet, deny: &mut ActionSet) {
        if let Some(statement) = self.statements.get(rule.statement as usize) {
            let set = if statement.effect == Effect::Allow {
                allow
            } else {
                deny
            };
            *set = set.union(statement.actions);
        }
    }
}

/// The bytes that all patterns have from `depth` on: what the first and the last of sorted ways
/// share, all between them share.
fn common_bytes(items: &[Placed<'_>], depth: usize) -> Vec<u8> {
    let first = items
        .first()
        .and_then(|item| item.way.get(depth..))
        .unwrap_or_default();
    let last = items
        .last()
        .and_then(|item| item.way.get(depth..))
        .unwrap_or_default();
    let common = first.iter().zip(last).map_while(|pair| match pair {
        (Step::Byte(a), Step::Byte(b)) if a == b => Some(*a),
        _ => None,
    });
    common.collect()
}

/// Takes a pattern apart that starts with a literal `arn:...:<type>/`.
fn literal_head(pattern: &str) -> Option<(&str, ResourceKind, &str)> {
    let (prefix, part) = split_arn(pattern)?;
    let (kind, name) = ResourceKind::strip(part)?;
    (!prefix.contains(['*', '?'])).then_some((prefix, kind, name))
}

/// A place or number in a table. More than fit in 32 bits would need 4 GiB of policies: such a
/// place points at nothing.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
