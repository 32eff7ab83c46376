//! Questions about violations and values of metrics, answered page by page.
//!
//! Source: API reference, `ListViolationEvents`, `ListActiveViolations`, `ListMetricValues`.

mod metric_values;
mod violations;

use alloc::string::String;

use iot_topics::Timestamp;
use serde_json::Value;

use super::refusal::DetectError;
use crate::audit::seconds;
use crate::paging::PageSize;

pub use metric_values::{MetricValuePage, MetricValueQuery};
pub use violations::{
    ActiveViolationPage, ViolationEventPage, ViolationEventQuery, ViolationFilter,
};

/// A member of a question, null for none.
fn given<'v>(question: &'v Value, name: &str) -> Option<&'v Value> {
    question.get(name).filter(|value| !value.is_null())
}

/// A word or a name; none if it is not given.
fn parsed<T: core::str::FromStr>(
    question: &Value,
    name: &'static str,
) -> Result<Option<T>, DetectError> {
    let read = given(question, name).map(|value| {
        let value = value.as_str().and_then(|text| text.parse().ok());
        value.ok_or(DetectError::Member(name))
    });
    read.transpose()
}

/// The name of a thing or a client id: 1 to 128 characters.
fn device(question: &Value) -> Result<Option<String>, DetectError> {
    let name: Option<String> = parsed(question, "thingName")?;
    let is_refused = |name: &String| name.is_empty() || name.chars().nth(128).is_some();
    if name.as_ref().is_some_and(is_refused) {
        return Err(DetectError::Member("thingName"));
    }
    Ok(name)
}

/// A time that must be given.
fn time(question: &Value, name: &'static str) -> Result<Timestamp, DetectError> {
    let time = given(question, name).and_then(seconds::read);
    time.ok_or(DetectError::Member(name))
}

/// How many items, and behind which.
fn paging(question: &Value) -> Result<(PageSize, Option<String>), DetectError> {
    let size = PageSize::read(question).ok_or(DetectError::Member("maxResults"))?;
    Ok((size, parsed(question, "nextToken")?))
}
