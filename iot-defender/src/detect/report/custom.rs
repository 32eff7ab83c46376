//! Custom metrics in a report: one wrong value costs the device that value, not the report.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::{self, Write as _};
use core::net::IpAddr;

use super::error::{Fault, ReportErrorKind};
use super::token::{Reader, Token};
use crate::detect::metric::CustomMetricType;
use crate::detect::name::{CustomMetricName, NameError};
use crate::detect::number::Number;
use crate::detect::value::Datapoint;

/// How many digits a number may have.
const MAX_DIGITS: usize = 15;

/// The value of a custom metric as a report can have it (developer guide, "Custom metrics").
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{CustomMetricType, CustomValue, Number};
///
/// let value = CustomValue::Number(Number::from(21));
/// assert_eq!(value.metric_type(), CustomMetricType::Number);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a report has these four kinds")]
pub enum CustomValue {
    /// One number (`number`).
    Number(Number),
    /// Numbers (`number_list`).
    Numbers(Vec<Number>),
    /// Texts of `A-Z a-z 0-9 : _ - / .` (`string_list`).
    Strings(Vec<String>),
    /// Addresses (`ip_list`).
    Addresses(Vec<IpAddr>),
}

impl CustomValue {
    /// The type of metric that has such values.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{CustomMetricType, CustomValue};
    ///
    /// let value = CustomValue::Strings(vec!["door/1".into()]);
    /// assert_eq!(value.metric_type(), CustomMetricType::StringList);
    /// ```
    #[must_use]
    pub const fn metric_type(&self) -> CustomMetricType {
        match self {
            Self::Number(_) => CustomMetricType::Number,
            Self::Numbers(_) => CustomMetricType::NumberList,
            Self::Strings(_) => CustomMetricType::StringList,
            Self::Addresses(_) => CustomMetricType::IpAddressList,
        }
    }

    /// Whether AWS IoT would keep it: numbers of at most 15 digits, counted from the first that is
    /// not zero; texts of `A-Z a-z 0-9 : _ - / .` alone.
    ///
    /// # Errors
    ///
    /// [`CustomFault::Number`] or [`CustomFault::Text`]. Addresses are always kept.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{CustomFault, CustomValue};
    ///
    /// assert_eq!(CustomValue::Strings(vec!["a:b_c-d/e.f".into()]).check(), Ok(()));
    /// let value = CustomValue::Strings(vec!["two words".into()]);
    /// assert_eq!(value.check(), Err(CustomFault::Text));
    /// ```
    pub fn check(&self) -> Result<(), CustomFault> {
        match self {
            Self::Number(number) => check_number(*number),
            Self::Numbers(numbers) => numbers.iter().copied().try_for_each(check_number),
            Self::Strings(texts) => texts.iter().try_for_each(|text| check_text(text)),
            Self::Addresses(_) => Ok(()),
        }
    }
}

impl From<CustomValue> for Datapoint {
    fn from(value: CustomValue) -> Self {
        match value {
            CustomValue::Number(number) => Self::Number(number),
            CustomValue::Numbers(numbers) => Self::Numbers(numbers),
            CustomValue::Strings(texts) => Self::Strings(texts),
            CustomValue::Addresses(addresses) => Self::Addresses(addresses),
        }
    }
}

/// Digits from the first that is not zero, as the number is written without an exponent. These 15
/// are what every `f64` gives back as it was written.
fn check_number(number: Number) -> Result<(), CustomFault> {
    struct Digits(usize);

    impl fmt::Write for Digits {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            for byte in text.bytes() {
                let is_leading_zero = byte == b'0' && self.0 == 0;
                self.0 += usize::from(byte.is_ascii_digit() && !is_leading_zero);
            }
            Ok(())
        }
    }

    let mut digits = Digits(0);
    // It takes all that is written to it.
    let _ = write!(digits, "{}", number.get());
    if digits.0 > MAX_DIGITS {
        return Err(CustomFault::Number);
    }
    Ok(())
}

fn check_text(text: &str) -> Result<(), CustomFault> {
    let is_kept = |byte: u8| byte.is_ascii_alphanumeric() || b":_-/.".contains(&byte);
    if text.bytes().all(is_kept) {
        Ok(())
    } else {
        Err(CustomFault::Text)
    }
}

/// Why the value of a custom metric is not kept. The report is accepted all the same.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{CustomFault, MetricsReport};
///
/// let payload = br#"{"hed":{"rid":1,"v":"1.0"},"cmet":{"load":[{"number":"high"}]}}"#;
/// let report = MetricsReport::from_json(payload)?;
/// assert_eq!(report.dropped[0].name, "load");
/// assert_eq!(report.dropped[0].fault, CustomFault::Number);
/// assert_eq!(report.dropped[0].to_string(), "`load`: not a number of at most 15 digits");
/// # Ok::<(), iot_defender::detect::ReportError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum CustomFault {
    /// The account has declared no metric of that name.
    #[error("not declared")]
    Undeclared,
    /// No metric can have that name.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The metric is declared with another type.
    #[error("`{found}` instead of `{declared}`")]
    OtherType {
        /// The type of the value.
        found: CustomMetricType,
        /// The type of the metric.
        declared: CustomMetricType,
    },
    /// None of `number`, `number_list`, `string_list` and `ip_list`.
    #[error("none of `number`, `number_list`, `string_list` and `ip_list`")]
    Kind,
    /// A list was expected.
    #[error("not a list")]
    List,
    /// Not a number, not a finite one, or one of more than 15 digits.
    #[error("not a number of at most 15 digits")]
    Number,
    /// Not a text, or one of other characters.
    #[error("not a text of `A-Z a-z 0-9 : _ - / .`")]
    Text,
    /// Not the address of a host, IPv4 or IPv6.
    #[error("not an IP address")]
    Address,
}

/// A custom metric of a report that is not kept.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{CustomFault, DroppedMetric};
///
/// let dropped = DroppedMetric { name: "ghost".into(), fault: CustomFault::Undeclared };
/// assert_eq!(dropped.to_string(), "`ghost`: not declared");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a name, and why it is left out")]
pub struct DroppedMetric {
    /// The name, as the report has it.
    pub name: String,
    /// Why.
    pub fault: CustomFault,
}

impl fmt::Display for DroppedMetric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: {}", self.name, self.fault)
    }
}

/// The custom metrics of a report, by name. All of their values are such as AWS IoT keeps.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{CustomFault, CustomMetrics, CustomValue, Number};
///
/// let mut metrics = CustomMetrics::default();
/// metrics.insert("load".parse()?, CustomValue::Number(Number::from(3)))?;
/// let odd = CustomValue::Strings(vec!["naïve".into()]);
/// assert_eq!(metrics.insert("words".parse()?, odd), Err(CustomFault::Text));
/// assert_eq!(metrics.len(), 1);
/// # Ok::<(), CustomFault>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CustomMetrics(BTreeMap<CustomMetricName, CustomValue>);

impl CustomMetrics {
    /// Adds a metric, in place of one of the same name.
    ///
    /// # Errors
    ///
    /// As [`CustomValue::check`].
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{CustomFault, CustomMetrics, CustomValue, Number};
    ///
    /// let mut metrics = CustomMetrics::default();
    /// let third = CustomValue::Number(Number::new(1.0 / 3.0).unwrap()); // 16 digits
    /// assert_eq!(metrics.insert("share".parse()?, third), Err(CustomFault::Number));
    /// # Ok::<(), CustomFault>(())
    /// ```
    pub fn insert(
        &mut self,
        name: CustomMetricName,
        value: CustomValue,
    ) -> Result<(), CustomFault> {
        value.check()?;
        self.0.insert(name, value);
        Ok(())
    }

    /// The value of a metric.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{CustomFault, CustomMetrics, CustomValue, Number};
    ///
    /// let mut metrics = CustomMetrics::default();
    /// metrics.insert("load".parse()?, CustomValue::Number(Number::from(3)))?;
    /// assert_eq!(metrics.get("load"), Some(&CustomValue::Number(Number::from(3))));
    /// assert_eq!(metrics.get("battery"), None);
    /// # Ok::<(), CustomFault>(())
    /// ```
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&CustomValue> {
        self.0.get(name)
    }

    /// All metrics, in the order of their names.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::MetricsReport;
    ///
    /// let payload = br#"{"hed":{"rid":1,"v":"1.0"},
    ///     "cmet":{"load":[{"number":3}],"battery":[{"number":80}]}}"#;
    /// let metrics = MetricsReport::from_json(payload)?.custom_metrics.expect("are there");
    /// let names: Vec<_> = metrics.iter().map(|(name, _)| name.as_str()).collect();
    /// assert_eq!(names, ["battery", "load"]);
    /// # Ok::<(), iot_defender::detect::ReportError>(())
    /// ```
    #[must_use]
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&CustomMetricName, &CustomValue)> {
        self.0.iter()
    }

    /// How many there are.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{CustomFault, CustomMetrics, CustomValue, Number};
    ///
    /// let mut metrics = CustomMetrics::default();
    /// for load in [3, 4] {
    ///     metrics.insert("load".parse()?, CustomValue::Number(Number::from(load)))?;
    /// }
    /// assert_eq!(metrics.len(), 1);
    /// # Ok::<(), CustomFault>(())
    /// ```
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(iot_defender::detect::CustomMetrics::default().is_empty());
    /// ```
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What a report says under each name; those that are not kept, too.
    pub(super) fn keep(
        read: BTreeMap<Cow<'_, str>, Result<CustomValue, CustomFault>>,
    ) -> (Self, Vec<DroppedMetric>) {
        let mut kept = Self::default();
        let mut dropped = Vec::new();
        for (name, value) in read {
            let insert = |value| kept.insert(CustomMetricName::parse(&name)?, value);
            if let Err(fault) = value.and_then(insert) {
                let name = name.into_owned();
                dropped.push(DroppedMetric { name, fault });
            }
        }
        (kept, dropped)
    }
}

/// The key in a report of each kind of value.
pub(super) const KINDS: [(&str, CustomMetricType); 4] = [
    ("number", CustomMetricType::Number),
    ("number_list", CustomMetricType::NumberList),
    ("string_list", CustomMetricType::StringList),
    ("ip_list", CustomMetricType::IpAddressList),
];

type Read<'a, T> = Result<Result<T, CustomFault>, Fault<'a>>;

/// Reads `[{KIND: value}]`.
pub(super) fn read<'a>(reader: &mut impl Reader<'a>) -> Read<'a, CustomValue> {
    const ONE: Fault<'_> = Fault::out_of_range("an array of one object");

    let token = reader.value()?;
    if !matches!(token, Token::List) {
        return Err(Fault::wrong_type("an array", token.found()));
    }
    if !reader.item()? {
        return Err(ONE);
    }
    let token = reader.value()?;
    if !matches!(token, Token::Map) {
        return Err(Fault::wrong_type("an object", token.found()).within_item(0));
    }
    let mut found = None;
    while let Some(key) = reader.key()? {
        let kind = KINDS.iter().find(|(name, _)| *name == key);
        let read = match kind {
            Some(_) if found.is_some() => Err(Fault::new(ReportErrorKind::Repeated)),
            Some((_, kind)) => value(*kind, reader).map(|value| found = Some(value)),
            None => reader.skip(),
        };
        read.map_err(|fault| fault.within_key(key).within_item(0))?;
    }
    if reader.item()? {
        return Err(ONE);
    }
    Ok(found.unwrap_or(Err(CustomFault::Kind)))
}

fn value<'a>(kind: CustomMetricType, reader: &mut impl Reader<'a>) -> Read<'a, CustomValue> {
    Ok(match kind {
        CustomMetricType::Number => number(reader)?.map(CustomValue::Number),
        CustomMetricType::NumberList => list(reader, number)?.map(CustomValue::Numbers),
        CustomMetricType::StringList => list(reader, text)?.map(CustomValue::Strings),
        CustomMetricType::IpAddressList => list(reader, address)?.map(CustomValue::Addresses),
    })
}

/// Behind the first item that is wrong the others are only passed over.
fn list<'a, R: Reader<'a>, T>(reader: &mut R, read: fn(&mut R) -> Read<'a, T>) -> Read<'a, Vec<T>> {
    let outside = reader.depth();
    let token = reader.value()?;
    if !matches!(token, Token::List) {
        reader.finish(&token, outside)?;
        return Ok(Err(CustomFault::List));
    }
    let mut items = Ok(Vec::new());
    while reader.item()? {
        let item = read(reader)?;
        if let Ok(read) = &mut items {
            match item {
                Ok(item) => read.push(item),
                Err(fault) => items = Err(fault),
            }
        }
    }
    Ok(items)
}

/// Reads one value; what is no such value is passed over.
fn scalar<'a, T>(
    reader: &mut impl Reader<'a>,
    fault: CustomFault,
    take: impl FnOnce(&Token<'a>) -> Option<T>,
) -> Read<'a, T> {
    let outside = reader.depth();
    let token = reader.value()?;
    reader.finish(&token, outside)?;
    Ok(take(&token).ok_or(fault))
}

fn number<'a>(reader: &mut impl Reader<'a>) -> Read<'a, Number> {
    scalar(reader, CustomFault::Number, |token| match token {
        Token::Unsigned(number) => Some(Number::from_count(*number)),
        Token::Number(number) => Number::new(*number),
        _ => None,
    })
}

fn text<'a>(reader: &mut impl Reader<'a>) -> Read<'a, String> {
    scalar(reader, CustomFault::Text, |token| match token {
        Token::Text(text) => Some(text.clone().into_owned()),
        _ => None,
    })
}

fn address<'a>(reader: &mut impl Reader<'a>) -> Read<'a, IpAddr> {
    scalar(reader, CustomFault::Address, |token| match token {
        Token::Text(text) => text.parse().ok(),
        _ => None,
    })
}
