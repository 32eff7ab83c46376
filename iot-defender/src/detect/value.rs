//! Values of metrics: as the API writes them, and as they arrive.

use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::cidr::{Cidr, address_of};
use super::metric::ValueType;
use super::number::Number;

/// A value as the API has it: an object with one member (API reference, `MetricValue`).
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{MetricValue, MetricValueError, ValueType};
/// use serde_json::json;
///
/// let value = MetricValue::from_json(&json!({ "ports": [22, 80] }))?;
/// assert_eq!(value, MetricValue::Ports(vec![22, 80]));
/// assert_eq!(value.value_type(), ValueType::Ports);
/// assert_eq!(value.elements(), 2);
/// assert_eq!(serde_json::to_value(&value).unwrap(), json!({ "ports": [22, 80] }));
/// # Ok::<(), MetricValueError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "whoever compares values must know each type"
)]
pub enum MetricValue {
    /// A whole number from 0 to 2^63 - 1.
    Count(u64),
    /// Addresses and networks.
    Cidrs(Vec<Cidr>),
    /// Ports.
    Ports(Vec<u16>),
    /// A number.
    Number(Number),
    /// Numbers.
    Numbers(Vec<Number>),
    /// Texts.
    Strings(Vec<String>),
}

impl MetricValue {
    /// Reads the API's object: one member, besides those that are null. Others are not looked at.
    ///
    /// # Errors
    ///
    /// [`MetricValueError`]: none or more than one, or one that is not of its type.
    pub fn from_json(json: &Value) -> Result<Self, MetricValueError> {
        let mut found = ValueType::ALL.iter().filter_map(|kind| {
            let member = json.get(kind.as_str())?;
            (!member.is_null()).then_some((*kind, member))
        });
        let (Some((kind, member)), None) = (found.next(), found.next()) else {
            return Err(MetricValueError::Members);
        };
        Self::read(kind, member).ok_or(MetricValueError::Type(kind))
    }

    fn read(kind: ValueType, member: &Value) -> Option<Self> {
        Some(match kind {
            ValueType::Count => Self::Count(member.as_u64().filter(|count| *count <= MAX_COUNT)?),
            ValueType::Cidrs => Self::Cidrs(each(member, |item| item.as_str()?.parse().ok())?),
            ValueType::Ports => Self::Ports(each(member, port)?),
            ValueType::Number => Self::Number(number(member)?),
            ValueType::Numbers => Self::Numbers(each(member, number)?),
            ValueType::Strings => Self::Strings(each(member, |item| Some(item.as_str()?.into()))?),
        })
    }

    /// Which member it has.
    #[must_use]
    pub const fn value_type(&self) -> ValueType {
        match self {
            Self::Count(_) => ValueType::Count,
            Self::Cidrs(_) => ValueType::Cidrs,
            Self::Ports(_) => ValueType::Ports,
            Self::Number(_) => ValueType::Number,
            Self::Numbers(_) => ValueType::Numbers,
            Self::Strings(_) => ValueType::Strings,
        }
    }

    /// How many elements it has, as the quota of a profile counts them: 1 for one number.
    #[must_use]
    pub const fn elements(&self) -> usize {
        match self {
            Self::Count(_) | Self::Number(_) => 1,
            Self::Cidrs(items) => items.len(),
            Self::Ports(items) => items.len(),
            Self::Numbers(items) => items.len(),
            Self::Strings(items) => items.len(),
        }
    }
}

impl Serialize for MetricValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        let name = self.value_type().as_str();
        match self {
            Self::Count(count) => map.serialize_entry(name, count)?,
            Self::Cidrs(items) => map.serialize_entry(name, items)?,
            Self::Ports(items) => map.serialize_entry(name, items)?,
            Self::Number(number) => map.serialize_entry(name, number)?,
            Self::Numbers(items) => map.serialize_entry(name, items)?,
            Self::Strings(items) => map.serialize_entry(name, items)?,
        }
        map.end()
    }
}

/// A count is a long of the API.
pub(crate) const MAX_COUNT: u64 = i64::MAX.unsigned_abs();

fn each<T>(list: &Value, read: impl Fn(&Value) -> Option<T>) -> Option<Vec<T>> {
    list.as_array()?.iter().map(read).collect()
}

fn port(value: &Value) -> Option<u16> {
    u16::try_from(value.as_u64()?).ok()
}

fn number(value: &Value) -> Option<Number> {
    Number::new(value.as_f64()?)
}

/// An object that is no value of a metric.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{MetricValue, MetricValueError, ValueType};
/// use serde_json::json;
///
/// let error = MetricValue::from_json(&json!({})).unwrap_err();
/// assert_eq!(error, MetricValueError::Members);
/// let error = MetricValue::from_json(&json!({ "ports": [65_536] })).unwrap_err();
/// assert_eq!(error, MetricValueError::Type(ValueType::Ports));
/// assert_eq!(error.to_string(), "`ports` is not of its type");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum MetricValueError {
    /// Not exactly one of count, cidrs, ports, number, numbers and strings.
    #[error("not exactly one of count, cidrs, ports, number, numbers and strings")]
    Members,
    /// A member that is not of its type: a count below 0 or above 2^63 - 1, a port above 65535, a
    /// text that is no address, and so on.
    #[error("`{0}` is not of its type")]
    Type(ValueType),
}

/// The sizes of the messages of a device in one step, in bytes: a datapoint of
/// [`MessageByteSize`](super::AwsMetric::MessageByteSize).
///
/// # Examples
///
/// ```
/// use iot_defender::detect::MessageSizes;
///
/// let sizes = MessageSizes::of(10).and(MessageSizes::of(2000));
/// assert_eq!((sizes.min(), sizes.max(), sizes.total()), (10, 2000, 2010));
/// assert_eq!(MessageSizes::new(10, 2000, 2010), Some(sizes));
/// assert_eq!(MessageSizes::new(10, 9, 19), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MessageSizes {
    min: u64,
    max: u64,
    total: u64,
}

impl MessageSizes {
    /// The sizes of one message.
    #[must_use]
    pub const fn of(bytes: u64) -> Self {
        Self {
            min: bytes,
            max: bytes,
            total: bytes,
        }
    }

    /// The smallest, the largest and the sum of all, in bytes; `None` if the smallest is larger
    /// than the largest, or the largest larger than the sum.
    #[must_use]
    pub const fn new(min: u64, max: u64, total: u64) -> Option<Self> {
        if min > max || max > total {
            return None;
        }
        Some(Self { min, max, total })
    }

    /// The sizes of both lots of messages, taken together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            min: self.min.min(other.min),
            max: self.max.max(other.max),
            total: self.total.saturating_add(other.total),
        }
    }

    /// The bytes of the smallest message.
    #[must_use]
    pub const fn min(self) -> u64 {
        self.min
    }

    /// The bytes of the largest message.
    #[must_use]
    pub const fn max(self) -> u64 {
        self.max
    }

    /// The bytes of all messages.
    #[must_use]
    pub const fn total(self) -> u64 {
        self.total
    }
}

/// The value of a metric of one device in one step.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Datapoint, MetricValue, ValueType};
/// use serde_json::json;
///
/// let read = |kind, json| Datapoint::from_json(kind, &json);
/// assert_eq!(read(ValueType::Count, json!(3)), Some(Datapoint::Count(3)));
/// assert_eq!(read(ValueType::Count, json!(-3)), None);
/// let peers = read(ValueType::Cidrs, json!(["10.1.2.3:443"])).unwrap();
/// assert_eq!(peers.value_type(), ValueType::Cidrs);
/// assert_eq!(serde_json::to_value(peers.to_value()).unwrap(), json!({ "cidrs": ["10.1.2.3"] }));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "whoever evaluates datapoints must know each type"
)]
pub enum Datapoint {
    /// A count, or how much a counter grew.
    Count(u64),
    /// The sizes of messages.
    Sizes(MessageSizes),
    /// A number.
    Number(Number),
    /// Addresses.
    Addresses(Vec<IpAddr>),
    /// Ports.
    Ports(Vec<u16>),
    /// Numbers.
    Numbers(Vec<Number>),
    /// Texts.
    Strings(Vec<String>),
}

impl Datapoint {
    /// Reads the plain value of a metric: a number, a list, or an object with `min`, `max` and
    /// `total`, the sizes of messages. Ports behind addresses are dropped. `None` if it is not of
    /// the type.
    #[must_use]
    pub fn from_json(kind: ValueType, json: &Value) -> Option<Self> {
        Some(match kind {
            ValueType::Count if json.is_object() => {
                let member = |name| json.get(name).and_then(Value::as_u64);
                let sizes = MessageSizes::new(member("min")?, member("max")?, member("total")?);
                Self::Sizes(sizes?)
            }
            ValueType::Count => Self::Count(json.as_u64()?),
            ValueType::Number => Self::Number(number(json)?),
            ValueType::Cidrs => Self::Addresses(each(json, |item| address_of(item.as_str()?))?),
            ValueType::Ports => Self::Ports(each(json, port)?),
            ValueType::Numbers => Self::Numbers(each(json, number)?),
            ValueType::Strings => Self::Strings(each(json, |item| Some(item.as_str()?.into()))?),
        })
    }

    /// The type of the metrics that have such values.
    #[must_use]
    pub const fn value_type(&self) -> ValueType {
        match self {
            Self::Count(_) | Self::Sizes(_) => ValueType::Count,
            Self::Number(_) => ValueType::Number,
            Self::Addresses(_) => ValueType::Cidrs,
            Self::Ports(_) => ValueType::Ports,
            Self::Numbers(_) => ValueType::Numbers,
            Self::Strings(_) => ValueType::Strings,
        }
    }

    /// As the API writes it. Of the sizes of messages it is the count of their sum, in bytes.
    #[must_use]
    pub fn to_value(&self) -> MetricValue {
        match self {
            Self::Count(count) => MetricValue::Count((*count).min(MAX_COUNT)),
            Self::Sizes(sizes) => MetricValue::Count(sizes.total.min(MAX_COUNT)),
            Self::Number(number) => MetricValue::Number(*number),
            Self::Addresses(items) => {
                MetricValue::Cidrs(items.iter().copied().map(Cidr::from).collect())
            }
            Self::Ports(items) => MetricValue::Ports(items.clone()),
            Self::Numbers(items) => MetricValue::Numbers(items.clone()),
            Self::Strings(items) => MetricValue::Strings(items.clone()),
        }
    }
}
