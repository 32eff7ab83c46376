//! Lints of the document as a whole, and of lists in it.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};

use super::catalogue::LintId;
use super::finding::{At, Findings, Part, Place, Quoted, Suggestion, advice, replace};
use super::model::{Arn, Grant, Model};
use crate::document::{PolicyDocument, Version};
use crate::token::{Syntax, Token, tokens};

/// `Version`, `Id` and the `Sid`s.
pub(crate) fn check(index: usize, document: &PolicyDocument, findings: &mut Findings<'_>) {
    version(index, document, findings);
    if document.id().is_some() {
        let message = "`Id` means nothing in an AWS IoT policy";
        findings.add(
            LintId::IdIgnored,
            (index, Place::Id),
            message,
            Suggestion::Remove,
        );
    }
    let sids: BTreeSet<&str> = document
        .statements()
        .iter()
        .filter_map(|statement| statement.sid())
        .collect();
    for (at, statement) in document.statements().iter().enumerate() {
        let Some(sid) = statement.sid() else { continue };
        let is_plain = |c: char| c.is_ascii_alphanumeric();
        if !sid.is_empty() && sid.chars().all(is_plain) {
            continue;
        }
        let plain: Box<str> = sid.chars().filter(|c| is_plain(*c)).collect();
        let is_free = !plain.is_empty() && !sids.contains(&*plain);
        let suggestion = is_free.then(|| replace(plain));
        let message = format_args!("{} is not made of letters and digits alone", Quoted(sid));
        let place = Place::Statement(at, Part::Sid);
        findings.add(LintId::OddSid, (index, place), message, suggestion);
    }
}

fn version(index: usize, document: &PolicyDocument, findings: &mut Findings<'_>) {
    if document.version() == Version::V2012_10_17 {
        return;
    }
    let (place, suggestion) = match document.written_version() {
        Some(_) => (Place::Version, replace(Version::V2012_10_17.as_str())),
        None => (Place::Document, advice("add `\"Version\": \"2012-10-17\"`")),
    };
    let variable = first_variable(document);
    let written = match document.written_version() {
        Some(_) => "version 2008-10-17 knows no variables",
        None => "a document without `Version` knows no variables",
    };
    match variable {
        Some(name) => {
            let message = format_args!("{written}: `${{{}}}` is literal text", Inner(name));
            findings.add(
                LintId::VariableInOldVersion,
                (index, place),
                message,
                suggestion,
            );
        }
        None => findings.add(LintId::OldVersion, (index, place), written, suggestion),
    }
}

/// The first text in a document that would be a variable in version 2012-10-17.
fn first_variable(document: &PolicyDocument) -> Option<&str> {
    let syntax = Syntax {
        wildcards: true,
        variables: true,
    };
    let variable = |text| {
        tokens(text, syntax).find_map(|token| match token {
            Token::Variable { name, .. } => Some(name),
            _ => None,
        })
    };
    document.statements().iter().find_map(|statement| {
        let conditions = statement.conditions().iter();
        let values = conditions
            .filter(|condition| condition.operator().test().family().takes_variables())
            .flat_map(|condition| condition.values());
        statement
            .resources()
            .iter()
            .chain(values)
            .find_map(variable)
    })
}

/// A quoted text without its backticks.
struct Inner<'a>(&'a str);

impl core::fmt::Display for Inner<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let quoted = alloc::format!("{}", Quoted(self.0));
        f.write_str(quoted.trim_matches('`'))
    }
}

/// Texts that stand twice in one list.
pub(crate) fn duplicates(grant: &Grant<'_>, findings: &mut Findings<'_>) {
    let statement = grant.statement;
    let at = |part| (grant.document, Place::Statement(grant.index, part));
    let actions = statement.actions().iter();
    let lower = |text: &str| Cow::Owned(text.to_ascii_lowercase());
    list(actions.map(lower), |item| at(Part::Action(item)), findings);
    let resources = statement.resources().iter().map(Cow::Borrowed);
    list(resources, |item| at(Part::Resource(item)), findings);
    for (index, condition) in statement.conditions().iter().enumerate() {
        let values = condition.values().map(Cow::Borrowed);
        let value = |item| at(Part::Value(index, item));
        list(values, value, findings);
    }
}

fn list<'a>(
    texts: impl Iterator<Item = Cow<'a, str>>,
    at: impl Fn(usize) -> At,
    findings: &mut Findings<'_>,
) {
    let mut first = BTreeMap::new();
    for (item, text) in texts.enumerate() {
        if let Some(earlier) = first.get(&text) {
            let message = format_args!("{} stands in the list before", Quoted(&text));
            findings.add_related(
                LintId::DuplicatePattern,
                at(item),
                Some(at(*earlier)),
                message,
                Suggestion::Remove,
            );
        } else {
            first.insert(text, item);
        }
    }
}

/// Resources in another partition, Region or account than most of the document's.
pub(crate) fn foreign_scopes(model: &Model<'_>, findings: &mut Findings<'_>) {
    let mut counts: BTreeMap<(usize, Scope<'_>), usize> = BTreeMap::new();
    let scopes = || {
        model.grants.iter().flat_map(|grant| {
            let resources = grant.resources.iter().enumerate();
            resources.filter_map(move |(item, target)| {
                let scope = scope(target.arn.as_ref()?)?;
                (!target.kinds.is_empty()).then_some((grant, item, scope))
            })
        })
    };
    for (grant, _, scope) in scopes() {
        *counts.entry((grant.document, scope)).or_default() += 1;
    }
    // By document: what most resources have, the first of equals in the text.
    let mut usual: BTreeMap<usize, (usize, Scope<'_>)> = BTreeMap::new();
    for (grant, _, scope) in scopes() {
        let count = counts.get(&(grant.document, scope)).copied().unwrap_or(0);
        let best = usual.entry(grant.document).or_insert((count, scope));
        if count > best.0 {
            *best = (count, scope);
        }
    }
    for (grant, item, scope) in scopes() {
        let Some((_, usual)) = usual.get(&grant.document) else {
            continue;
        };
        let differs = |one: Option<&str>, two: Option<&str>| matches!((one, two), (Some(one), Some(two)) if one != two);
        let names = ["partition", "Region", "account"];
        let mut parts = scope.iter().zip(usual).zip(names);
        let Some(((one, two), name)) = parts.find(|((one, two), _)| differs(**one, **two)) else {
            continue;
        };
        let message = format_args!(
            "{name} {} here, {} elsewhere in the document",
            Quoted(one.unwrap_or_default()),
            Quoted(two.unwrap_or_default())
        );
        let place = Place::Statement(grant.index, Part::Resource(item));
        findings.add(LintId::ForeignScope, (grant.document, place), message, None);
    }
}

/// Partition, Region and account, as far as they are written out.
type Scope<'a> = [Option<&'a str>; 3];

fn scope<'a>(arn: &Arn<'a>) -> Option<Scope<'a>> {
    let [_, partition, _, region, account] = &arn.scope;
    let scope = [partition, region, account].map(|part| Arn::literal(part));
    scope.iter().any(Option::is_some).then_some(scope)
}
