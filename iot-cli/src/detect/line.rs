//! One line: a report, a datapoint, or what a broker saw.

use std::borrow::Cow;
use std::net::IpAddr;

use base64ct::{Base64, Encoding as _};
use iot_defender::detect::{
    Datapoint, Definitions, DimensionName, DimensionOperator, Metric, MetricDimension, MetricKind,
};
use iot_topics::reserved::PayloadFormat;
use iot_topics::{ClientId, ThingName, Timestamp, TopicName};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::instant;

pub(super) struct Line<'a> {
    pub(super) ts: Timestamp,
    pub(super) device: Device,
    pub(super) body: Body<'a>,
}

/// A thing, or a client that is no thing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Device {
    pub(super) name: String,
    pub(super) is_registered: bool,
}

pub(super) enum Body<'a> {
    /// JSON as it stands in the line, or CBOR: what is well-formed is for the crate to say.
    Report {
        format: PayloadFormat,
        payload: Cow<'a, [u8]>,
    },
    Datapoint {
        metric: Metric,
        dimension: Option<MetricDimension>,
        value: Datapoint,
    },
    Event {
        event: Event,
        topic: Option<TopicName>,
        bytes: u64,
        source: Option<IpAddr>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Event {
    ConnectAttempt,
    Connected,
    Disconnected,
    AuthorizationFailure,
    MessageSent,
    MessageReceived,
}

impl Event {
    const fn is_message(self) -> bool {
        matches!(self, Self::MessageSent | Self::MessageReceived)
    }
}

/// As written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw<'a> {
    ts: Option<Value>,
    #[serde(borrow)]
    thing: Option<Cow<'a, str>>,
    #[serde(borrow)]
    client: Option<Cow<'a, str>>,
    #[serde(borrow, default, deserialize_with = "present")]
    report: Option<&'a RawValue>,
    #[serde(borrow)]
    cbor: Option<Cow<'a, str>>,
    #[serde(borrow)]
    metric: Option<Cow<'a, str>>,
    dimension: Option<Value>,
    value: Option<Value>,
    event: Option<Event>,
    #[serde(borrow)]
    topic: Option<Cow<'a, str>>,
    bytes: Option<u64>,
    #[serde(borrow)]
    source: Option<Cow<'a, str>>,
}

/// The report `null` is one too.
fn present<'de, D: Deserializer<'de>>(input: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(input).map(Some)
}

/// What is wrong with a line: the member that it is about, or the column of what is no JSON.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) at: At,
    pub(super) message: String,
}

#[derive(Debug)]
pub(super) enum At {
    Member(&'static str),
    Column(usize),
}

impl Wrong {
    #[expect(clippy::needless_pass_by_value, reason = "an error, or a text")]
    pub(super) fn new(member: &'static str, message: impl ToString) -> Self {
        Self {
            at: At::Member(member),
            message: message.to_string(),
        }
    }
}

/// Reads a line.
pub(super) fn read<'a>(text: &'a str, definitions: &Definitions) -> Result<Line<'a>, Wrong> {
    let raw: Raw<'a> = serde_json::from_str(text).map_err(|error| {
        let message = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        Wrong {
            at: At::Column(error.column()),
            message: message.strip_suffix(&place).unwrap_or(&message).to_owned(),
        }
    })?;
    let ts = raw.ts.as_ref();
    let ts = ts.ok_or_else(|| Wrong::new("", "has no `ts`"))?;
    let ts = instant::from_json(ts).map_err(|error| Wrong::new("/ts", error))?;
    Ok(Line {
        ts,
        device: raw.device()?,
        body: raw.body(definitions)?,
    })
}

impl<'a> Raw<'a> {
    fn device(&self) -> Result<Device, Wrong> {
        let (name, is_registered) = match (&self.thing, &self.client) {
            (Some(thing), None) => {
                ThingName::check(thing).map_err(|error| Wrong::new("/thing", error))?;
                (thing, true)
            }
            (None, Some(client)) => {
                ClientId::check(client).map_err(|error| Wrong::new("/client", error))?;
                (client, false)
            }
            _ => {
                return Err(Wrong::new(
                    "",
                    "either `thing` or `client` names the device",
                ));
            }
        };
        Ok(Device {
            name: name.clone().into_owned(),
            is_registered,
        })
    }

    fn body(self, definitions: &Definitions) -> Result<Body<'a>, Wrong> {
        let metric = self.metric.is_some() || self.value.is_some() || self.dimension.is_some();
        let message = self.topic.is_some() || self.bytes.is_some() || self.source.is_some();
        match (self.report, &self.cbor, metric, self.event, message) {
            (Some(report), None, false, None, false) => Ok(Body::Report {
                format: PayloadFormat::Json,
                payload: report.get().as_bytes().into(),
            }),
            (None, Some(text), false, None, false) => {
                let payload = Base64::decode_vec(text);
                Ok(Body::Report {
                    format: PayloadFormat::Cbor,
                    payload: payload
                        .map_err(|_| Wrong::new("/cbor", "not base64"))?
                        .into(),
                })
            }
            (None, None, true, None, false) => self.datapoint(definitions),
            (None, None, false, Some(event), _) => self.event(event),
            _ => Err(Wrong::new(
                "",
                "either a `report`, in JSON or as `cbor`, a `metric` with its `value`, or an `event`",
            )),
        }
    }

    fn datapoint(self, definitions: &Definitions) -> Result<Body<'a>, Wrong> {
        let name = self.metric.unwrap_or_default();
        let metric: Metric = name.parse().map_err(|error| Wrong::new("/metric", error))?;
        let Some(kind) = definitions.value_type(&metric) else {
            return Err(Wrong::new(
                "/metric",
                format!("there is no custom metric `{metric}`"),
            ));
        };
        let Some(value) = self.value else {
            return Err(Wrong::new("", "has no `value`"));
        };
        let read = Datapoint::from_json(kind, &value).filter(|read| match (read, &metric) {
            (Datapoint::Sizes(_), Metric::Aws(metric)) => metric.kind() == MetricKind::MessageSize,
            _ => true,
        });
        let wrong = || {
            Wrong::new(
                "/value",
                format!("not a value of `{metric}`: {}", form(kind)),
            )
        };
        let value = read.ok_or_else(wrong)?;
        let dimension = self.dimension.as_ref().map(dimension).transpose()?;
        if let Some(dimension) = &dimension {
            if definitions.dimension(dimension.name.as_str()).is_none() {
                let message = format!("there is no dimension `{}`", dimension.name);
                return Err(Wrong::new("/dimension", message));
            }
            if !matches!(&metric, Metric::Aws(metric) if metric.supports_dimension()) {
                let message = format!("`{metric}` has no dimensions");
                return Err(Wrong::new("/dimension", message));
            }
        }
        Ok(Body::Datapoint {
            metric,
            dimension,
            value,
        })
    }

    fn event(self, event: Event) -> Result<Body<'a>, Wrong> {
        let topic = self.topic.as_deref().map(TopicName::try_from).transpose();
        let topic = topic.map_err(|error| Wrong::new("/topic", error))?;
        if event.is_message() && (topic.is_none() || self.bytes.is_none()) {
            return Err(Wrong::new("/event", "a message has a `topic` and `bytes`"));
        }
        if topic.is_some() && !event.is_message() && event != Event::AuthorizationFailure {
            return Err(Wrong::new("/topic", "such an event has no topic"));
        }
        if self.bytes.is_some() && !event.is_message() {
            return Err(Wrong::new("/bytes", "such an event has no size"));
        }
        let source = self.source.as_deref().map(str::parse).transpose();
        let not_one = |_| Wrong::new("/source", "not an IP address");
        Ok(Body::Event {
            event,
            topic,
            bytes: self.bytes.unwrap_or_default(),
            source: source.map_err(not_one)?,
        })
    }
}

fn dimension(json: &Value) -> Result<MetricDimension, Wrong> {
    let wrong = |error: iot_defender::detect::DimensionError| Wrong::new("/dimension", error);
    match json {
        Value::String(name) => {
            let name = DimensionName::parse(name).map_err(|error| wrong(error.into()))?;
            Ok(MetricDimension::new(name, DimensionOperator::In))
        }
        Value::Object(_) => MetricDimension::from_json(json).map_err(wrong),
        _ => Err(Wrong::new("/dimension", "neither a name nor an object")),
    }
}

/// What values look like.
const fn form(kind: iot_defender::detect::ValueType) -> &'static str {
    use iot_defender::detect::ValueType;

    match kind {
        ValueType::Count => "a whole number from 0 on",
        ValueType::Cidrs => "a list of addresses",
        ValueType::Ports => "a list of ports",
        ValueType::Number => "a number",
        ValueType::Numbers => "a list of numbers",
        ValueType::Strings => "a list of texts",
        _ => "another type",
    }
}
