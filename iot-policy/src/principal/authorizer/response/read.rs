//! Reads the answer of an authorizer, with the reader of policies: what it takes does not hang on
//! the features of a general JSON parser, and a document stays the text that was written.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use serde::de::IgnoredAny;

use super::{AuthorizerResponse, DISCONNECT, REFRESH};
use crate::error::{PolicyError, PolicyErrorKind, Position};
use crate::reader::{Failure, Key, Kind, Reader, Segment};

pub(super) fn response(text: &str) -> Result<AuthorizerResponse, PolicyError> {
    // The reader passes over what it does not know; this one sees that it is JSON throughout.
    serde_json::from_str::<IgnoredAny>(text).map_err(|error| syntax(text, &error))?;
    whole(text).map_err(|failure| failure.into_error(text))
}

/// Where serde_json stopped, as this crate tells it.
fn syntax(text: &str, error: &serde_json::Error) -> PolicyError {
    let kind = PolicyErrorKind::Syntax {
        reason: "the text is not one JSON value",
    };
    let before = text
        .split_inclusive('\n')
        .take(error.line().saturating_sub(1));
    let offset = before.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
    PolicyError::new(kind, Box::default(), Some(Position::of(text, offset)))
}

type Outcome<'a, T> = Result<T, Failure<'a>>;

fn whole(text: &str) -> Outcome<'_, AuthorizerResponse> {
    let mut reader = Reader::new(text, 0);
    let mut turn = reader.enter(Kind::Object, "an object")?;
    let mut response = AuthorizerResponse::default();
    let mut seen: Vec<&'static str> = Vec::new();
    while let Some(key) = reader.key(&mut turn)? {
        let known = MEMBERS.into_iter().find(|member| *member == key.text);
        let member = match known {
            None => reader.skip(),
            Some(name) if seen.contains(&name) => duplicate(&key),
            Some(name) => {
                seen.push(name);
                member(&mut reader, name, text, &mut response)
            }
        };
        member.map_err(|failure| failure.within(Segment::Key(key.text)))?;
    }
    reader.end()?;
    if seen.contains(&IS_AUTHENTICATED) {
        Ok(response)
    } else {
        let key = "`isAuthenticated`";
        Err(Failure::new(PolicyErrorKind::Missing { key }, 0))
    }
}

const IS_AUTHENTICATED: &str = "isAuthenticated";
const PRINCIPAL_ID: &str = "principalId";
const POLICY_DOCUMENTS: &str = "policyDocuments";
const MEMBERS: [&str; 5] = [
    IS_AUTHENTICATED,
    PRINCIPAL_ID,
    POLICY_DOCUMENTS,
    REFRESH,
    DISCONNECT,
];

fn duplicate<'a>(key: &Key<'a>) -> Outcome<'a, ()> {
    Err(Failure::new(PolicyErrorKind::DuplicateKey, key.at))
}

fn member<'a>(
    reader: &mut Reader<'a>,
    name: &'static str,
    text: &'a str,
    response: &mut AuthorizerResponse,
) -> Outcome<'a, ()> {
    let kind = reader.peek()?;
    match (name, kind) {
        (IS_AUTHENTICATED, Kind::Bool) => response.is_authenticated = reader.scalar()? == "true",
        (IS_AUTHENTICATED, _) => return reader.wrong_type("a Boolean"),
        (_, Kind::Null) => drop(reader.scalar()?),
        (PRINCIPAL_ID, Kind::String) => response.principal_id = Some(reader.string()?.into()),
        (PRINCIPAL_ID, _) => return reader.wrong_type("a string"),
        (POLICY_DOCUMENTS, _) => response.policy_documents = documents(reader, text)?,
        (REFRESH, _) => response.refresh_after_in_seconds = Some(integer(reader)?),
        (_, _) => response.disconnect_after_in_seconds = Some(integer(reader)?),
    }
    Ok(())
}

fn documents<'a>(reader: &mut Reader<'a>, text: &'a str) -> Outcome<'a, Vec<String>> {
    let mut turn = reader.enter(Kind::Array, "an array")?;
    let mut documents = Vec::new();
    while reader.item(&mut turn)? {
        let index = Segment::Index(documents.len());
        let document = document(reader, text).map_err(|failure| failure.within(index))?;
        documents.push(document.into_owned());
    }
    Ok(documents)
}

fn document<'a>(reader: &mut Reader<'a>, text: &'a str) -> Outcome<'a, Cow<'a, str>> {
    match reader.peek()? {
        Kind::String => reader.string(),
        Kind::Object => {
            let start = reader.offset();
            reader.skip()?;
            let whole = text.get(start..reader.offset());
            Ok(Cow::Borrowed(whole.unwrap_or_default()))
        }
        _ => reader.wrong_type("an object or a string"),
    }
}

/// A number that is written as a whole one.
fn integer<'a>(reader: &mut Reader<'a>) -> Outcome<'a, i64> {
    const EXPECTED: &str = "a whole number";
    if reader.peek()? != Kind::Number {
        return reader.wrong_type(EXPECTED);
    }
    let at = reader.offset();
    let found = "a number";
    let expected = EXPECTED;
    reader
        .scalar()?
        .parse()
        .map_err(|_| Failure::new(PolicyErrorKind::WrongType { expected, found }, at))
}
