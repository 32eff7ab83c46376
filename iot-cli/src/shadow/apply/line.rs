//! The operations of `iot shadow apply`: one JSON object a line.

use std::borrow::Cow;

use iot_policy::locate;
use iot_shadow::{Operation, ShadowId};
use iot_topics::reserved::ReservedTopic;
use iot_topics::{ShadowName, ThingName, Timestamp, TopicNameRef};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::super::Source;
use crate::output::Failure;

/// What is asked of a shadow.
pub(super) struct Request<'a> {
    pub(super) line: usize,
    pub(super) operation: Operation,
    pub(super) id: ShadowId,
    pub(super) payload: Cow<'a, str>,
    pub(super) now: Timestamp,
    pub(super) why: Option<Cow<'a, str>>,
}

/// What counts where a line is silent.
pub(super) struct Defaults {
    pub(super) thing: Option<ThingName>,
    pub(super) shadow: Option<ShadowName>,
    pub(super) now: Timestamp,
}

/// One operation, as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line<'a> {
    op: Option<Op>,
    #[serde(borrow)]
    topic: Option<Cow<'a, str>>,
    #[serde(borrow)]
    thing: Option<Cow<'a, str>>,
    #[serde(borrow)]
    shadow: Option<Cow<'a, str>>,
    /// As it stands in the line: what AWS IoT makes of a repeated key or of a long number is not
    /// for another parser to decide.
    #[serde(borrow, default, deserialize_with = "present")]
    payload: Option<&'a RawValue>,
    payload_raw: Option<String>,
    now: Option<u64>,
    #[serde(borrow)]
    why: Option<Cow<'a, str>>,
}

/// The payload `null` is one too.
fn present<'de, D: Deserializer<'de>>(input: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(input).map(Some)
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Op {
    Update,
    Get,
    Delete,
}

/// What is wrong with a line, and the member that it is about.
struct Wrong {
    pointer: &'static str,
    message: String,
}

impl Wrong {
    fn new(pointer: &'static str, message: impl Into<String>) -> Self {
        Self {
            pointer,
            message: message.into(),
        }
    }
}

/// All operations of a text.
pub(super) fn read<'a>(
    source: &'a Source,
    defaults: &Defaults,
) -> Result<Vec<Request<'a>>, Failure> {
    let mut requests = Vec::new();
    let mut start = 0;
    for (text, number) in source.text.split_inclusive('\n').zip(1..) {
        let line = text.trim_end_matches(['\n', '\r']);
        if !line.trim().is_empty() {
            requests.push(request(source, line, start, number, defaults)?);
        }
        start += text.len();
    }
    Ok(requests)
}

fn request<'a>(
    source: &Source,
    text: &'a str,
    start: usize,
    number: usize,
    defaults: &Defaults,
) -> Result<Request<'a>, Failure> {
    // Serde would take the items of an array for the members in their order.
    if text.trim_start().starts_with('[') {
        return Err(source.failure(TITLE, start..start + text.len(), "is no JSON object"));
    }
    let line: Line<'a> = serde_json::from_str(text).map_err(|error| {
        let at = start + error.column().saturating_sub(1);
        let message = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        let message = message.strip_suffix(&place).unwrap_or(&message);
        source.failure(TITLE, at..at, message)
    })?;
    line.request(number, defaults).map_err(|wrong| {
        let range = locate(text, wrong.pointer).unwrap_or(0..1);
        source.failure(
            TITLE,
            start + range.start..start + range.end,
            &wrong.message,
        )
    })
}

const TITLE: &str = "this is no operation on a shadow";

impl<'a> Line<'a> {
    fn request(self, line: usize, defaults: &Defaults) -> Result<Request<'a>, Wrong> {
        let (operation, id) = match (&self.op, &self.topic) {
            (Some(op), None) => ((*op).into(), self.id(defaults)?),
            (None, Some(topic)) => self.asked_on(topic)?,
            _ => return Err(Wrong::new("", "either `op` or `topic` tells what is asked")),
        };
        let payload = match (self.payload, self.payload_raw) {
            (Some(_), Some(_)) => {
                let message = "`payload` and `payload_raw` exclude each other";
                return Err(Wrong::new("/payload_raw", message));
            }
            (Some(payload), None) => Cow::Borrowed(payload.get()),
            (None, raw) => Cow::Owned(raw.unwrap_or_default()),
        };
        Ok(Request {
            line,
            operation,
            id,
            payload,
            now: self.now.map_or(defaults.now, Timestamp::from_secs),
            why: self.why,
        })
    }

    fn id(&self, defaults: &Defaults) -> Result<ShadowId, Wrong> {
        let thing = match &self.thing {
            Some(thing) => {
                ThingName::parse(thing).map_err(|error| Wrong::new("/thing", error.to_string()))?
            }
            None => defaults.thing.clone().ok_or_else(|| {
                Wrong::new("", "names no `thing`, and there is no `--thing` either")
            })?,
        };
        let shadow = match self.shadow.as_deref() {
            Some("") => None,
            Some(shadow) => Some(
                ShadowName::parse(shadow)
                    .map_err(|error| Wrong::new("/shadow", error.to_string()))?,
            ),
            None => defaults.shadow.clone(),
        };
        Ok(ShadowId { thing, shadow })
    }

    fn asked_on(&self, topic: &str) -> Result<(Operation, ShadowId), Wrong> {
        for (pointer, member) in [("/thing", &self.thing), ("/shadow", &self.shadow)] {
            if member.is_some() {
                return Err(Wrong::new(pointer, "`topic` names the shadow already"));
            }
        }
        let wrong = |message: String| Wrong::new("/topic", message);
        let name = TopicNameRef::parse(topic).map_err(|error| wrong(error.to_string()))?;
        let Some(ReservedTopic::Shadow(topic)) = ReservedTopic::parse(name) else {
            return Err(wrong("is no topic of a shadow".to_owned()));
        };
        match Operation::requested_by(topic.message) {
            Some(operation) => Ok((operation, topic.into())),
            None => Err(wrong("is a topic on which the service answers".to_owned())),
        }
    }
}

impl From<Op> for Operation {
    fn from(op: Op) -> Self {
        match op {
            Op::Update => Self::Update,
            Op::Get => Self::Get,
            Op::Delete => Self::Delete,
        }
    }
}
