//! Questions of the API, read member by member. A null stands for nothing.

use alloc::string::String;
use core::str::FromStr;

use iot_topics::Timestamp;
use serde_json::Value;

use crate::audit::seconds;
use crate::paging::PageSize;

/// The name of a member that is missing or breaks its rule.
pub(crate) struct Malformed(pub(crate) &'static str);

/// A member, if it is given.
pub(crate) fn given<'v>(question: &'v Value, name: &str) -> Option<&'v Value> {
    question.get(name).filter(|value| !value.is_null())
}

/// A word or a name; none if it is not given.
pub(crate) fn parsed<T: FromStr>(
    question: &Value,
    name: &'static str,
) -> Result<Option<T>, Malformed> {
    let read = given(question, name).map(|value| {
        let value = value.as_str().and_then(|text| text.parse().ok());
        value.ok_or(Malformed(name))
    });
    read.transpose()
}

/// A word or a name that must be given.
pub(crate) fn needed<T: FromStr>(question: &Value, name: &'static str) -> Result<T, Malformed> {
    parsed(question, name)?.ok_or(Malformed(name))
}

/// The name of a thing or a client id: 1 to 128 characters.
pub(crate) fn device(question: &Value) -> Result<Option<String>, Malformed> {
    let name: Option<String> = parsed(question, "thingName")?;
    let is_refused = |name: &String| name.is_empty() || name.chars().nth(128).is_some();
    if name.as_ref().is_some_and(is_refused) {
        return Err(Malformed("thingName"));
    }
    Ok(name)
}

/// A time that must be given.
pub(crate) fn time(question: &Value, name: &'static str) -> Result<Timestamp, Malformed> {
    let time = given(question, name).and_then(seconds::read);
    time.ok_or(Malformed(name))
}

/// How many items, and behind which.
pub(crate) fn paging(question: &Value) -> Result<(PageSize, Option<String>), Malformed> {
    let size = PageSize::read(question).ok_or(Malformed("maxResults"))?;
    Ok((size, parsed(question, "nextToken")?))
}
