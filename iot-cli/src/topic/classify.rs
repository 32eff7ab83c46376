//! `iot topic classify`.

use clap::Args;
use iot_topics::TopicErrorKind;
use iot_topics::reserved::{self, Payload, ReservedTopic};
use serde_json::{Value, json};

use super::NAME;
use crate::Outcome;
use crate::output::{self, Failure, Format};

#[derive(Debug, Args)]
#[command(after_help = "EXIT CODES:
  0 an ordinary topic, or one of the catalogue of reserved topics
  1 a topic that starts with `$` and is not in the catalogue
  2 not a legal topic name

EXAMPLES:
  iot topic classify '$aws/things/lamp/shadow/update/delta'
  iot topic classify '$aws/things/lamp/jobs/$next/get' --format json")]
pub(crate) struct Classify {
    /// The topic name
    topic: String,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Classify {
    pub(super) fn run(self) -> Result<Outcome, Failure> {
        let name = super::name(&self.topic)?;
        let topic = ReservedTopic::parse(name);
        let publish = reserved::check_publish(name).err();
        let unknown = publish.filter(|error| error.kind() == TopicErrorKind::ReservedUnknown);
        match (self.format, topic, unknown) {
            (Format::Json, topic, _) => {
                output::print_json(&as_json(&self.topic, topic.as_ref(), unknown.is_some()))?;
            }
            (Format::Human, Some(topic), _) => output::print(lines(&self.topic, &topic))?,
            (Format::Human, None, Some(error)) => {
                output::print(super::drawing(&self.topic, NAME, error))?;
            }
            (Format::Human, None, None) => {
                let text = output::printable(&self.topic);
                let rows = format!("kind       {ORDINARY}\n  publish    yes\n  subscribe  yes");
                output::print(format_args!("{text}\n  {rows}"))?;
            }
        }
        Ok(unknown.is_none().into())
    }
}

const ORDINARY: &str = "ordinary";

fn lines(name: &str, topic: &ReservedTopic) -> String {
    let entry = topic.entry();
    let yes = |yes| if yes { "yes" } else { "no" };
    let mut rows = vec![
        ("kind".to_owned(), kind(topic).to_owned()),
        ("pattern".to_owned(), entry.to_string()),
    ];
    let pattern = entry.to_string();
    let captures = captures(&pattern, name);
    rows.extend(captures.map(|(id, value)| (id.to_owned(), value.to_owned())));
    rows.push(("publish".to_owned(), yes(entry.may_publish()).to_owned()));
    rows.push((
        "subscribe".to_owned(),
        yes(entry.may_subscribe()).to_owned(),
    ));
    if entry.is_reply() {
        rows.push((
            "reply".to_owned(),
            "to the client that asked, subscribed or not".to_owned(),
        ));
    }
    rows.push(("payload".to_owned(), payload(topic).to_owned()));
    rows.push(("source".to_owned(), entry.source().to_owned()));
    if !entry.note().is_empty() {
        rows.push(("note".to_owned(), entry.note().to_owned()));
    }
    let width = rows.iter().map(|(key, _)| key.len()).max().unwrap_or(0);
    let rows = rows
        .iter()
        .map(|(key, value)| format!("\n  {key:width$}  {value}"));
    output::printable(&(name.to_owned() + &rows.collect::<String>())).into_owned()
}

fn as_json(name: &str, topic: Option<&ReservedTopic>, unknown: bool) -> Value {
    let Some(topic) = topic else {
        let kind = if unknown { "unknown" } else { ORDINARY };
        let allowed = !unknown;
        return json!({"topic": name, "kind": kind, "publish": allowed, "subscribe": allowed});
    };
    let entry = topic.entry();
    let pattern = entry.to_string();
    let ids: serde_json::Map<String, Value> = captures(&pattern, name)
        .map(|(id, value)| (id.to_owned(), value.into()))
        .collect();
    json!({
        "topic": name,
        "kind": kind(topic),
        "pattern": pattern,
        "ids": ids,
        "publish": entry.may_publish(),
        "subscribe": entry.may_subscribe(),
        "reply": entry.is_reply(),
        "payload": payload(topic),
        "source": entry.source(),
        "note": Some(entry.note()).filter(|note| !note.is_empty()),
    })
}

/// What stands in the topic where the pattern has `{id}` or `{id...}`.
fn captures<'a>(pattern: &'a str, name: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let mut start = 0;
    let levels = pattern.split('/').zip(name.split('/').map(move |level| {
        let rest = name.get(start..).unwrap_or_default();
        start += level.len() + 1;
        (level, rest)
    }));
    levels.filter_map(|(pattern, (level, rest))| {
        let id = pattern.strip_prefix('{')?.strip_suffix('}')?;
        match id.strip_suffix("...") {
            Some(id) => Some((id, rest)),
            None if id.contains('|') => None,
            // `{jobId or $next}`
            None => Some((id.split(' ').next()?, level)),
        }
    })
}

fn payload(topic: &ReservedTopic) -> &'static str {
    match (topic.payload_format(), topic.entry().payload()) {
        (Some(format), _) => format.as_str(),
        (None, Payload::Protobuf) => "protobuf",
        (None, _) => "any",
    }
}

fn kind(topic: &ReservedTopic) -> &'static str {
    match topic {
        ReservedTopic::Shadow(_) => "shadow",
        ReservedTopic::Jobs(_) => "jobs",
        ReservedTopic::Commands(_) => "commands",
        ReservedTopic::Provisioning(_) => "provisioning",
        ReservedTopic::Defender(_) => "defender",
        ReservedTopic::Streams(_) => "streams",
        ReservedTopic::Tunnels(_) => "tunnels",
        ReservedTopic::DeviceLocation(_) => "device location",
        ReservedTopic::BasicIngest(_) => "basic ingest",
        ReservedTopic::SiteWise(_) => "sitewise",
        ReservedTopic::Events(_) => "events",
        ReservedTopic::Wireless(_) => "wireless",
        ReservedTopic::FleetWise(_) => "fleetwise",
        ReservedTopic::Greengrass(_) => "greengrass",
        _ => "reserved",
    }
}
