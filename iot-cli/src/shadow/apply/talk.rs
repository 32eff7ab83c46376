//! The answers to operations, as a conversation or as lines of JSON.

use std::fmt::Write;

use iot_shadow::{JsonRef, Message, Operation, Outcome, Rejection, ShadowStore, Updated};
use iot_topics::TopicNameRef;
use iot_topics::reserved::Exchange;
use serde_json::Value;

use super::super::changes::{changes, lines};
use super::line::Request;
use crate::output::{self, Format};

/// A run of operations.
#[derive(Debug, Default)]
pub(super) struct Talk {
    accepted: usize,
    pub(super) rejected: usize,
}

impl Talk {
    /// Carries out an operation and appends what is published for it.
    pub(super) fn carry_out(
        &mut self,
        request: &Request<'_>,
        store: &mut ShadowStore,
        format: Format,
        out: &mut String,
    ) {
        let id = &request.id;
        let asked = id
            .topic(request.operation.message(Exchange::Request))
            .to_string();
        let payload = request.payload.as_bytes();
        // The profile may allow fewer names than a topic can hold.
        let allowed = store.id(
            id.thing.as_str(),
            id.shadow.as_ref().map(|name| name.as_str()),
        );
        let is_human = format == Format::Human;
        let (messages, good, told) = match allowed {
            Ok(id) => {
                let outcome = store.handle(&id, request.operation, payload, request.now);
                let good = !matches!(outcome, Outcome::Rejected(_));
                let told = is_human.then(|| Told::of(&outcome));
                (outcome.publish(&id), good, told)
            }
            Err(rejection) => {
                let topic = TopicNameRef::parse(&asked).ok();
                let messages =
                    topic.and_then(|topic| store.handle_message(topic, payload, request.now));
                let told = is_human.then(|| Told::rejected(&rejection));
                (messages.unwrap_or_default(), false, told)
            }
        };
        match good {
            true => self.accepted += 1,
            false => self.rejected += 1,
        }
        match told {
            Some(told) => human(request, &asked, &messages, &told, out),
            None => messages.iter().for_each(|message| as_json(message, out)),
        }
    }

    pub(super) fn summary(&self) -> String {
        let style = output::verdict(self.rejected == 0);
        let (accepted, rejected) = (self.accepted, self.rejected);
        format!("{style}{accepted} accepted, {rejected} rejected{style:#}")
    }
}

fn as_json(message: &Message, out: &mut String) {
    let topic = Value::from(message.topic.to_string());
    let _infallible = writeln!(out, "{{\"topic\":{topic},\"payload\":{}}}", message.payload);
}

fn human(request: &Request<'_>, asked: &str, messages: &[Message], told: &Told, out: &mut String) {
    let operation = match request.operation {
        Operation::Get => "get",
        Operation::Update => "update",
        Operation::Delete => "delete",
    };
    let (line, now) = (request.line, request.now.as_secs());
    let _infallible = write!(out, "{line}. {operation} {} at {now}", request.id);
    if let Some(why) = &request.why {
        let _infallible = write!(out, ": {}", output::printable(why));
    }
    out.push('\n');
    say(">", asked, &request.payload, out);
    for message in messages {
        say("<", &message.topic.to_string(), &message.payload, out);
    }
    let style = output::verdict(told.good);
    let (first, rest) = (output::printable(&told.first), &told.rest);
    let _infallible = writeln!(out, "  = {style}{first}{style:#}");
    for line in rest {
        let _infallible = writeln!(out, "    {}", output::printable(line));
    }
    out.push('\n');
}

fn say(who: &str, topic: &str, payload: &str, out: &mut String) {
    let _infallible = writeln!(out, "  {who} {topic}");
    for line in payload.lines() {
        let _infallible = writeln!(out, "    {}", output::printable(line));
    }
}

/// What came of an operation, in words.
#[derive(Debug)]
struct Told {
    good: bool,
    first: String,
    rest: Vec<String>,
}

impl Told {
    fn of(outcome: &Outcome<'_>) -> Self {
        let good = |first: String, rest| Self {
            good: true,
            first,
            rest,
        };
        match outcome {
            Outcome::Updated(updated) => good(version(updated), effects(updated)),
            Outcome::Got(got) => {
                let first = format!("read, version {}", got.document().version());
                good(
                    first,
                    vec![difference(got.delta().map(|delta| delta.as_ref()))],
                )
            }
            Outcome::Deleted(deleted) => good(
                format!("deleted, version {}", deleted.version()),
                Vec::new(),
            ),
            Outcome::Rejected(rejected) => Self::rejected(rejected.rejection()),
        }
    }

    fn rejected(rejection: &Rejection) -> Self {
        let first = format!("rejected with {}: {rejection}", rejection.code());
        Self {
            good: false,
            first,
            rest: detail(rejection).into_iter().collect(),
        }
    }
}

fn version(updated: &Updated<'_>) -> String {
    let version = updated.current().version();
    match updated.previous() {
        Some(previous) => format!("updated, version {} -> {version}", previous.version()),
        None => format!("created, version {version}"),
    }
}

/// What changed, and what the device hears of it.
fn effects(updated: &Updated<'_>) -> Vec<String> {
    let nothing = iot_shadow::Json::empty_object();
    let before = updated
        .previous()
        .map_or_else(|| nothing.as_ref(), |before| before.state());
    let mut told: Vec<_> = lines(&changes(before, updated.current().state())).collect();
    if updated.noop() {
        told.push("no value changed".to_owned());
    }
    told.push(match updated.delta() {
        None if updated.current().has_delta() => {
            "desired and reported still differ, and the device is not told again".to_owned()
        }
        delta => difference(delta.map(|delta| delta.as_ref())),
    });
    told
}

fn difference(delta: Option<JsonRef<'_>>) -> String {
    match delta {
        Some(delta) => format!("delta {delta}"),
        None => "no delta".to_owned(),
    }
}

/// What the message of AWS IoT does not tell.
fn detail(rejection: &Rejection) -> Option<String> {
    match rejection {
        Rejection::Json(error) => Some(error.to_string()),
        Rejection::NullInArray => Some("an array holds null".to_owned()),
        Rejection::VersionConflict { requested, current } => Some(format!(
            "the request is about version {requested}, the shadow has version {current}"
        )),
        Rejection::TooLarge { bytes, max } => Some(format!(
            "the document would have {bytes} bytes, {max} are allowed"
        )),
        _ => None,
    }
}
