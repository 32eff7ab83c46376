//! The rules that span a whole document, for documents from text and from the program alike.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cmp::Ordering;

use crate::document::PolicyDocument;
use crate::error::{PolicyError, PolicyErrorKind};
use crate::pointer;
use crate::statement::{Condition, Statement};

/// Refuses empty lists in statements. The parser does this while it reads.
pub(crate) fn lists(document: &PolicyDocument) -> Result<(), PolicyError> {
    for (index, statement) in document.statements().iter().enumerate() {
        let key = if statement.actions().is_empty() {
            statement.action_key()
        } else if statement.resources().is_empty() {
            statement.resource_key()
        } else {
            continue;
        };
        let mut pointer = document.statement_pointer(index);
        pointer::push_key(&mut pointer, key);
        return Err(refusal(PolicyErrorKind::EmptyArray, pointer));
    }
    Ok(())
}

/// Refuses condition keys that stand twice under one operator, then a `Sid` that stands twice.
///
/// Cost: O(n log n), so that a hostile document gains nothing.
pub(crate) fn duplicates(document: &PolicyDocument) -> Result<(), PolicyError> {
    for (index, statement) in document.statements().iter().enumerate() {
        if let Some(condition) = condition_keys(statement) {
            let mut pointer = document.statement_pointer(index);
            pointer.push_str("/Condition");
            pointer::push_key(&mut pointer, &condition.operator().to_string());
            pointer::push_key(&mut pointer, condition.key());
            return Err(refusal(PolicyErrorKind::DuplicateKey, pointer));
        }
    }
    match sids(document.statements()) {
        Some(index) => {
            let pointer = document.statement_pointer(index) + "/Sid";
            Err(refusal(PolicyErrorKind::DuplicateSid, pointer))
        }
        None => Ok(()),
    }
}

/// The first condition with the operator and key of an earlier one.
pub(crate) fn condition_keys(statement: &Statement) -> Option<&Condition> {
    first_repeat(statement.conditions().iter(), condition_order)
}

/// The index of the first statement with the `Sid` of an earlier one. An empty `Sid` says as much
/// as none: tools write one into every statement.
pub(crate) fn sids(statements: &[Statement]) -> Option<usize> {
    let indexed = statements.iter().enumerate();
    let named = indexed.filter(|(_, statement)| statement.sid().is_some_and(|sid| !sid.is_empty()));
    first_repeat(named, |(_, a), (_, b)| a.sid().cmp(&b.sid())).map(|(index, _)| index)
}

fn refusal(kind: PolicyErrorKind, pointer: String) -> PolicyError {
    PolicyError::new(kind, pointer.into_boxed_str(), None)
}

/// The first item that equals an earlier one.
fn first_repeat<T: Copy>(
    items: impl Iterator<Item = T>,
    order: impl Fn(&T, &T) -> Ordering,
) -> Option<T> {
    let mut sorted: Vec<(usize, T)> = items.enumerate().collect();
    // Stable: of equal items the earlier one stays in front.
    sorted.sort_by(|(_, a), (_, b)| order(a, b));
    let pairs = sorted.iter().zip(sorted.iter().skip(1));
    let repeats = pairs.filter(|((_, a), (_, b))| order(a, b).is_eq());
    let first = repeats
        .map(|(_, later)| later)
        .min_by_key(|(index, _)| *index);
    first.map(|(_, item)| *item)
}

fn condition_order(a: &&Condition, b: &&Condition) -> Ordering {
    a.operator()
        .cmp(&b.operator())
        .then_with(|| key_order(a.key(), b.key()))
}

/// Orders condition keys. Their case does not matter, except that of an attribute name in
/// `iot:Connection.Thing.Attributes[name]`.
fn key_order(a: &str, b: &str) -> Ordering {
    let end = |key: &str| key.find('[').unwrap_or(key.len());
    let (a, a_rest) = a.split_at(end(a));
    let (b, b_rest) = b.split_at(end(b));
    let lower = |byte: u8| byte.to_ascii_lowercase();
    let names = a.bytes().map(lower).cmp(b.bytes().map(lower));
    names.then_with(|| a_rest.cmp(b_rest))
}
