//! Reads a document by its grammar: one function a rule, nothing that the grammar does not name.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::check;
use crate::document::{PolicyDocument, Version};
use crate::error::{PolicyError, PolicyErrorKind, Position};
use crate::locate::{locate, locate_key};
use crate::operator::Operator;
use crate::reader::{Failure, Key, Kind, Reader, Segment};
use crate::statement::{Condition, ConditionValues, Effect, Patterns, Statement, Texts};

type Outcome<'a, T> = Result<T, Failure<'a>>;

/// `{Version?, Id?, Statement}`.
pub(crate) fn document(text: &str) -> Result<PolicyDocument, PolicyError> {
    let mut reader = Reader::new(text, 0);
    let document = whole(&mut reader).map_err(|failure| failure.into_error(text))?;
    check::duplicates(&document).map_err(|error| {
        let member = if error.kind() == PolicyErrorKind::DuplicateKey {
            locate_key(text, error.pointer())
        } else {
            locate(text, error.pointer())
        };
        let position = member.map(|range| Position::of(text, range.start));
        PolicyError::new(error.kind(), error.pointer().into(), position)
    })?;
    Ok(document)
}

fn whole<'a>(reader: &mut Reader<'a>) -> Outcome<'a, PolicyDocument> {
    let mut turn = reader.enter(Kind::Object, "an object")?;
    let (mut version, mut id, mut statements) = (None, None, None);
    let start = reader.offset() - 1;
    while let Some(key) = reader.key(&mut turn)? {
        let member = match &*key.text {
            "Version" => fill(&mut version, &key, || self::version(reader)),
            "Id" => fill(&mut id, &key, || boxed(reader, "a string")),
            "Statement" => fill(&mut statements, &key, || statement_list(reader)),
            _ => Err(Failure::new(PolicyErrorKind::UnknownKey, key.at)),
        };
        member.map_err(|failure| failure.within(Segment::Key(key.text)))?;
    }
    let Some((statements, is_single)) = statements else {
        return Err(Failure::new(
            PolicyErrorKind::Missing { key: "`Statement`" },
            start,
        ));
    };
    reader.end()?;
    Ok(PolicyDocument::from_parts(
        version, id, statements, is_single,
    ))
}

fn version<'a>(reader: &mut Reader<'a>) -> Outcome<'a, Version> {
    one_of(reader, Version::from_text, PolicyErrorKind::BadVersion)
}

fn statement_list<'a>(reader: &mut Reader<'a>) -> Outcome<'a, (Box<[Statement]>, bool)> {
    match reader.peek()? {
        Kind::Object => Ok((Box::new([statement(reader)?]), true)),
        Kind::Array => Ok((array(reader, statement, true)?.into_boxed_slice(), false)),
        _ => reader.wrong_type("an object or an array of objects"),
    }
}

/// `{Sid?, Effect, Action | NotAction, Resource | NotResource, Condition?}`.
fn statement<'a>(reader: &mut Reader<'a>) -> Outcome<'a, Statement> {
    let mut turn = reader.enter(Kind::Object, "an object")?;
    let start = reader.offset() - 1;
    let (mut sid, mut effect, mut actions, mut resources, mut conditions) =
        (None, None, None, None, None);
    while let Some(key) = reader.key(&mut turn)? {
        let member = match &*key.text {
            "Sid" => fill(&mut sid, &key, || boxed(reader, "a string")),
            "Effect" => fill(&mut effect, &key, || self::effect(reader)),
            "Action" => patterns(&mut actions, &key, reader, false, ACTIONS),
            "NotAction" => patterns(&mut actions, &key, reader, true, ACTIONS),
            "Resource" => patterns(&mut resources, &key, reader, false, RESOURCES),
            "NotResource" => patterns(&mut resources, &key, reader, true, RESOURCES),
            "Condition" => fill(&mut conditions, &key, || self::conditions(reader)),
            "Principal" | "NotPrincipal" => Err(Failure::new(PolicyErrorKind::Principal, key.at)),
            _ => Err(Failure::new(PolicyErrorKind::UnknownKey, key.at)),
        };
        member.map_err(|failure| failure.within(Segment::Key(key.text)))?;
    }
    let missing = |key| Failure::new(PolicyErrorKind::Missing { key }, start);
    Ok(Statement::from_parts(
        sid,
        effect.ok_or_else(|| missing("`Effect`"))?,
        actions.ok_or_else(|| missing("`Action` or `NotAction`"))?,
        resources.ok_or_else(|| missing("`Resource` or `NotResource`"))?,
        conditions.unwrap_or_default(),
    ))
}

fn effect<'a>(reader: &mut Reader<'a>) -> Outcome<'a, Effect> {
    one_of(reader, Effect::from_text, PolicyErrorKind::BadEffect)
}

const ACTIONS: PolicyErrorKind = PolicyErrorKind::Conflict {
    key: "Action",
    other: "NotAction",
};
const RESOURCES: PolicyErrorKind = PolicyErrorKind::Conflict {
    key: "Resource",
    other: "NotResource",
};

fn patterns<'a>(
    slot: &mut Option<Patterns>,
    key: &Key<'a>,
    reader: &mut Reader<'a>,
    is_negated: bool,
    conflict: PolicyErrorKind,
) -> Outcome<'a, ()> {
    if slot
        .as_ref()
        .is_some_and(|seen| seen.is_negated() != is_negated)
    {
        return Err(Failure::new(conflict, key.at));
    }
    fill(slot, key, || {
        let texts = match reader.peek()? {
            Kind::String => Texts::One(boxed(reader, "a string")?),
            Kind::Array => {
                let texts = array(reader, |reader| boxed(reader, "a string"), false)?;
                Texts::Many(texts.into_boxed_slice())
            }
            _ => return reader.wrong_type("a string or an array of strings"),
        };
        Ok(Patterns::from_texts(texts, is_negated))
    })
}

/// `{operator: {key: value | [value, ...]}}`. Empty objects ask for nothing: the policy checks of
/// IAM suggest to remove them but take them.
fn conditions<'a>(reader: &mut Reader<'a>) -> Outcome<'a, Vec<Condition>> {
    let mut turn = reader.enter(Kind::Object, "an object")?;
    let mut conditions = Vec::new();
    // At most one entry an operator that exists, so looking through it costs no more than that.
    let mut seen: Vec<Operator> = Vec::new();
    while let Some(key) = reader.key(&mut turn)? {
        let block = match key.text.parse::<Operator>() {
            Ok(operator) if seen.contains(&operator) => {
                Err(Failure::new(PolicyErrorKind::DuplicateKey, key.at))
            }
            Ok(operator) => {
                seen.push(operator);
                block(reader, operator, &mut conditions)
            }
            Err(error) => Err(Failure::new(error.into(), key.at)),
        };
        block.map_err(|failure| failure.within(Segment::Key(key.text)))?;
    }
    Ok(conditions)
}

/// The keys of one operator; whether one stands twice is looked at later, for all at once.
fn block<'a>(
    reader: &mut Reader<'a>,
    operator: Operator,
    conditions: &mut Vec<Condition>,
) -> Outcome<'a, ()> {
    let mut turn = reader.enter(Kind::Object, "an object")?;
    while let Some(key) = reader.key(&mut turn)? {
        let texts = match reader.peek() {
            Ok(Kind::Array) => array(
                reader,
                |reader| value(reader, "a string, a number or a Boolean"),
                true,
            )
            .map(|texts| Texts::Many(texts.into_boxed_slice())),
            Ok(_) => {
                value(reader, "a string, a number, a Boolean or an array of these").map(Texts::One)
            }
            Err(failure) => Err(failure),
        };
        match texts {
            Ok(texts) => {
                conditions.push(Condition::new(operator, key.text, ConditionValues(texts)))
            }
            Err(failure) => return Err(failure.within(Segment::Key(key.text))),
        }
    }
    Ok(())
}

fn value<'a>(reader: &mut Reader<'a>, expected: &'static str) -> Outcome<'a, Box<str>> {
    match reader.peek()? {
        Kind::String => Ok(reader.string()?.into()),
        Kind::Number | Kind::Bool => Ok(reader.scalar()?.into()),
        _ => reader.wrong_type(expected),
    }
}

fn array<'a, T>(
    reader: &mut Reader<'a>,
    mut item: impl FnMut(&mut Reader<'a>) -> Outcome<'a, T>,
    may_be_empty: bool,
) -> Outcome<'a, Vec<T>> {
    let mut turn = reader.enter(Kind::Array, "an array")?;
    let start = reader.offset() - 1;
    let mut items = Vec::new();
    while reader.item(&mut turn)? {
        let index = Segment::Index(items.len());
        items.push(item(reader).map_err(|failure| failure.within(index))?);
    }
    if items.is_empty() && !may_be_empty {
        return Err(Failure::new(PolicyErrorKind::EmptyArray, start));
    }
    Ok(items)
}

fn one_of<'a, T>(
    reader: &mut Reader<'a>,
    from_text: impl FnOnce(&str) -> Option<T>,
    refusal: PolicyErrorKind,
) -> Outcome<'a, T> {
    let (text, at) = string(reader, "a string")?;
    from_text(&text).ok_or_else(|| Failure::new(refusal, at))
}

fn boxed<'a>(reader: &mut Reader<'a>, expected: &'static str) -> Outcome<'a, Box<str>> {
    string(reader, expected).map(|(text, _)| text.into())
}

/// A string and its offset.
fn string<'a>(
    reader: &mut Reader<'a>,
    expected: &'static str,
) -> Outcome<'a, (Cow<'a, str>, usize)> {
    if reader.peek()? != Kind::String {
        return reader.wrong_type(expected);
    }
    let at = reader.offset();
    Ok((reader.string()?, at))
}

/// Reads the value of a key into its place, unless something is there.
fn fill<'a, T>(
    slot: &mut Option<T>,
    key: &Key<'a>,
    read: impl FnOnce() -> Outcome<'a, T>,
) -> Outcome<'a, ()> {
    if slot.is_some() {
        return Err(Failure::new(PolicyErrorKind::DuplicateKey, key.at));
    }
    *slot = Some(read()?);
    Ok(())
}
