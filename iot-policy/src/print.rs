//! A document as JSON.

use alloc::string::{String, ToString};
use core::fmt::Write;

use crate::document::PolicyDocument;
use crate::statement::{Condition, Patterns, Statement};

/// Without white space, keys in the order of the grammar.
pub(crate) fn document(document: &PolicyDocument) -> String {
    let mut out = String::from("{");
    if let Some(version) = document.written_version() {
        member(&mut out, "Version", |out| string(out, version.as_str()));
    }
    if let Some(id) = document.id() {
        member(&mut out, "Id", |out| string(out, id));
    }
    member(&mut out, "Statement", |out| {
        list(
            out,
            document.statements().iter(),
            document.is_single(),
            statement,
        );
    });
    out.push('}');
    out
}

fn statement(out: &mut String, statement: &Statement) {
    out.push('{');
    if let Some(sid) = statement.sid() {
        member(out, "Sid", |out| string(out, sid));
    }
    member(out, "Effect", |out| {
        string(out, statement.effect().as_str())
    });
    member(out, statement.action_key(), |out| {
        patterns(out, statement.actions())
    });
    member(out, statement.resource_key(), |out| {
        patterns(out, statement.resources())
    });
    if !statement.conditions().is_empty() {
        member(out, "Condition", |out| {
            conditions(out, statement.conditions())
        });
    }
    out.push('}');
}

fn patterns(out: &mut String, patterns: &Patterns) {
    list(out, patterns.iter(), patterns.is_single(), string);
}

/// Conditions of one operator stand together, so each operator is written once.
fn conditions(out: &mut String, conditions: &[Condition]) {
    out.push('{');
    for block in conditions.chunk_by(|a, b| a.operator() == b.operator()) {
        let operator = block
            .first()
            .map(|condition| condition.operator().to_string());
        member(out, &operator.unwrap_or_default(), |out| {
            out.push('{');
            for condition in block {
                member(out, condition.key(), |out| {
                    list(out, condition.values(), condition.is_single(), string);
                });
            }
            out.push('}');
        });
    }
    out.push('}');
}

/// `"key":value`, behind a comma unless it is the first member.
fn member(out: &mut String, key: &str, value: impl FnOnce(&mut String)) {
    if !out.ends_with('{') {
        out.push(',');
    }
    string(out, key);
    out.push(':');
    value(out);
}

fn list<T>(
    out: &mut String,
    items: impl Iterator<Item = T>,
    is_single: bool,
    item: impl Fn(&mut String, T),
) {
    if !is_single {
        out.push('[');
    }
    for (index, value) in items.enumerate() {
        if index > 0 {
            out.push(',');
        }
        item(out, value);
    }
    if !is_single {
        out.push(']');
    }
}

fn string(out: &mut String, text: &str) {
    out.push('"');
    let mut rest = text;
    let escaped = |c: char| matches!(c, '"' | '\\') || c.is_ascii_control();
    while let Some((plain, tail)) = rest.find(escaped).and_then(|at| rest.split_at_checked(at)) {
        out.push_str(plain);
        let mut tail = tail.chars();
        match tail.next() {
            Some(c @ ('"' | '\\')) => out.extend(['\\', c]),
            // Writing into a `String` cannot fail.
            c => drop(write!(out, "\\u{:04x}", c.map_or(0, u32::from))),
        }
        rest = tail.as_str();
    }
    out.push_str(rest);
    out.push('"');
}
