//! What is normal, and for how long it must not be so.
//!
//! Source: API reference, `BehaviorCriteria`, `StatisticalThreshold`,
//! `MachineLearningDetectionConfig`.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use super::super::cidr::CidrSet;
use super::super::number::Number;
use super::super::value::{Datapoint, MetricValue};
use super::operator::{Bound, ComparisonOperator, Membership};
use super::statistic::Statistic;
use crate::words::words;

words! {
    detect:
    /// How sure a model must be: the surer, the fewer alarms.
    pub enum ConfidenceLevel {
        /// Many alarms.
        Low = "LOW",
        /// Between the others.
        Medium = "MEDIUM",
        /// Few alarms.
        High = "HIGH",
    }
}

words! {
    detect:
    /// The type of criteria, by which lists of violations can be filtered.
    pub enum CriteriaType {
        /// A fixed value.
        Static = "STATIC",
        /// A percentile of the devices of the profile.
        Statistical = "STATISTICAL",
        /// A model of what was.
        MachineLearning = "MACHINE_LEARNING",
    }
}

/// Over which time a counter is added up: 5, 10, 15, 30 or 60 minutes (API reference,
/// `BehaviorCriteria`, `durationSeconds`).
///
/// # Examples
///
/// ```
/// use iot_defender::detect::BehaviorDuration;
///
/// let duration = BehaviorDuration::from_secs(900).expect("is one of the five");
/// assert_eq!(duration, BehaviorDuration::Minutes15);
/// assert_eq!((duration.as_secs(), duration.steps()), (900, 3));
/// assert_eq!(BehaviorDuration::from_secs(60), None);
/// assert_eq!(BehaviorDuration::ALL.len(), 5);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum BehaviorDuration {
    /// 300 seconds: what a counter is added up over if nothing is said.
    #[default]
    Minutes5,
    /// 600 seconds.
    Minutes10,
    /// 900 seconds.
    Minutes15,
    /// 1800 seconds.
    Minutes30,
    /// 3600 seconds.
    Hour,
}

impl BehaviorDuration {
    /// Every duration, the shortest first.
    pub const ALL: &'static [Self] = &[
        Self::Minutes5,
        Self::Minutes10,
        Self::Minutes15,
        Self::Minutes30,
        Self::Hour,
    ];

    /// The duration of so many seconds; `None` if it is none of the five.
    #[must_use]
    pub fn from_secs(secs: u64) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|duration| u64::from(duration.as_secs()) == secs)
    }

    /// The seconds.
    #[must_use]
    pub const fn as_secs(self) -> u32 {
        match self {
            Self::Minutes5 => 300,
            Self::Minutes10 => 600,
            Self::Minutes15 => 900,
            Self::Minutes30 => 1_800,
            Self::Hour => 3_600,
        }
    }

    /// How many steps of five minutes it has.
    #[must_use]
    pub const fn steps(self) -> u32 {
        self.as_secs() / 300
    }
}

/// How many datapoints in a row raise or clear an alarm: 1 to 10, and 1 if nothing is said.
///
/// # Examples
///
/// ```
/// use iot_defender::detect::Consecutive;
///
/// assert_eq!(Consecutive::default().get(), 1);
/// assert_eq!(Consecutive::new(10).map(Consecutive::get), Some(10));
/// assert_eq!(Consecutive::new(11), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Consecutive(u8);

impl Consecutive {
    /// So many; `None` outside 1 to 10.
    #[must_use]
    pub const fn new(datapoints: u8) -> Option<Self> {
        if datapoints >= 1 && datapoints <= 10 {
            Some(Self(datapoints))
        } else {
            None
        }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl Default for Consecutive {
    fn default() -> Self {
        Self(1)
    }
}

/// What is normal: a fixed value, a percentile of the devices of the profile, or what a model
/// expects. What is not normal violates the behavior.
///
/// # Examples
///
/// ```
/// use std::collections::BTreeSet;
/// use iot_defender::detect::{Bound, Condition, CriteriaType, Datapoint, Membership};
///
/// let few = Condition::Count { bound: Bound::LessThan, limit: 128, duration: None };
/// assert_eq!(few.holds(&Datapoint::Count(127)), Some(true));
/// assert_eq!(few.holds(&Datapoint::Ports(vec![22])), None);
/// assert_eq!(few.criteria_type(), CriteriaType::Static);
///
/// let telnet = BTreeSet::from([23, 2323]);
/// let no_telnet = Condition::Ports { membership: Membership::NotIn, ports: telnet };
/// assert_eq!(no_telnet.holds(&Datapoint::Ports(vec![22, 23])), Some(false));
/// assert_eq!(no_telnet.elements(), 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    clippy::exhaustive_enums,
    reason = "whoever evaluates behaviors must know each form"
)]
pub enum Condition {
    /// A count is on the right side of a limit.
    Count {
        /// Which side.
        bound: Bound,
        /// The limit.
        limit: u64,
        /// Over which time, if it is a counter.
        duration: Option<BehaviorDuration>,
    },
    /// A number of a custom metric is on the right side of a limit.
    Number {
        /// Which side.
        bound: Bound,
        /// The limit.
        limit: Number,
        /// Without effect, as the values of a number are not added up; it is kept for the API.
        duration: Option<BehaviorDuration>,
    },
    /// All or no addresses are in a network.
    Addresses {
        /// All or none.
        membership: Membership,
        /// The networks.
        networks: CidrSet,
    },
    /// All or no ports are in a set.
    Ports {
        /// All or none.
        membership: Membership,
        /// The set.
        ports: BTreeSet<u16>,
    },
    /// All or no numbers are in a set.
    Numbers {
        /// All or none.
        membership: Membership,
        /// The set.
        numbers: BTreeSet<Number>,
    },
    /// All or no texts are in a set.
    Strings {
        /// All or none.
        membership: Membership,
        /// The set.
        strings: BTreeSet<String>,
    },
    /// A count or a number is on the right side of a percentile.
    Percentile {
        /// Which side.
        bound: Bound,
        /// The percentile.
        statistic: Statistic,
        /// Over which time, if it is a counter.
        duration: BehaviorDuration,
    },
    /// A count or a number is within what a model expects.
    Model {
        /// How sure the model must be.
        confidence: ConfidenceLevel,
    },
}

impl Condition {
    /// The type of the criteria.
    #[must_use]
    pub const fn criteria_type(&self) -> CriteriaType {
        match self {
            Self::Percentile { .. } => CriteriaType::Statistical,
            Self::Model { .. } => CriteriaType::MachineLearning,
            _ => CriteriaType::Static,
        }
    }

    /// The time over which a counter is added, if it says one.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{Condition, ConfidenceLevel};
    ///
    /// let model = Condition::Model { confidence: ConfidenceLevel::High };
    /// assert_eq!(model.duration(), None);
    /// ```
    #[must_use]
    pub const fn duration(&self) -> Option<BehaviorDuration> {
        match self {
            Self::Count { duration, .. } | Self::Number { duration, .. } => *duration,
            Self::Percentile { duration, .. } => Some(*duration),
            _ => None,
        }
    }

    /// Whether a value is normal. Of the sizes of messages the largest must be below a limit, or
    /// the smallest above it. `None` if the value is of another type, or if the value alone does
    /// not tell: a percentile needs the other devices, a model what was.
    #[must_use]
    pub fn holds(&self, value: &Datapoint) -> Option<bool> {
        Some(match (self, value) {
            (Self::Count { bound, limit, .. }, Datapoint::Count(count)) => {
                bound.holds(*count, *limit)
            }
            (Self::Count { bound, limit, .. }, Datapoint::Sizes(sizes)) => {
                bound.holds(bound.worst(*sizes), *limit)
            }
            (Self::Number { bound, limit, .. }, Datapoint::Number(number)) => {
                bound.holds(*number, *limit)
            }
            (
                Self::Addresses {
                    membership,
                    networks,
                },
                Datapoint::Addresses(items),
            ) => membership.holds(items, |item| networks.contains(**item)),
            (Self::Ports { membership, ports }, Datapoint::Ports(items)) => {
                membership.holds(items, |item| ports.contains(item))
            }
            (
                Self::Numbers {
                    membership,
                    numbers,
                },
                Datapoint::Numbers(items),
            ) => membership.holds(items, |item| numbers.contains(item)),
            (
                Self::Strings {
                    membership,
                    strings,
                },
                Datapoint::Strings(items),
            ) => membership.holds(items, |item| strings.contains(item.as_str())),
            _ => return None,
        })
    }

    /// How many counts, addresses, ports and so on it has, for the quota of a profile.
    #[must_use]
    pub fn elements(&self) -> usize {
        match self {
            Self::Count { .. } | Self::Number { .. } => 1,
            Self::Addresses { networks, .. } => networks.as_slice().len(),
            Self::Ports { ports, .. } => ports.len(),
            Self::Numbers { numbers, .. } => numbers.len(),
            Self::Strings { strings, .. } => strings.len(),
            Self::Percentile { .. } | Self::Model { .. } => 0,
        }
    }

    /// The operator and the value of fixed criteria.
    fn fixed(&self) -> Option<(ComparisonOperator, MetricValue)> {
        let (membership, value) = match self {
            Self::Count { bound, limit, .. } => {
                return Some((bound.operator(), MetricValue::Count(*limit)));
            }
            Self::Number { bound, limit, .. } => {
                return Some((bound.operator(), MetricValue::Number(*limit)));
            }
            Self::Addresses {
                membership,
                networks,
            } => (
                *membership,
                MetricValue::Cidrs(networks.as_slice().to_vec()),
            ),
            Self::Ports { membership, ports } => (*membership, MetricValue::Ports(sorted(ports))),
            Self::Numbers {
                membership,
                numbers,
            } => (*membership, MetricValue::Numbers(sorted(numbers))),
            Self::Strings {
                membership,
                strings,
            } => (*membership, MetricValue::Strings(sorted(strings))),
            Self::Percentile { .. } | Self::Model { .. } => return None,
        };
        let operator = ComparisonOperator::of_list(membership, value.value_type());
        Some((operator, value))
    }
}

fn sorted<T: Clone>(set: &BTreeSet<T>) -> Vec<T> {
    set.iter().cloned().collect()
}

/// The criteria of a behavior (API reference, `BehaviorCriteria`).
///
/// # Examples
///
/// ```
/// use iot_defender::detect::{Bound, Condition, Consecutive, Criteria};
/// use serde_json::json;
///
/// let condition = Condition::Count { bound: Bound::LessThan, limit: 128, duration: None };
/// let criteria = Criteria::new(condition);
/// assert_eq!(criteria.to_alarm, Consecutive::default());
/// assert_eq!(
///     serde_json::to_value(&criteria).unwrap(),
///     json!({
///         "comparisonOperator": "less-than",
///         "value": { "count": 128 },
///         "consecutiveDatapointsToAlarm": 1,
///         "consecutiveDatapointsToClear": 1,
///     })
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Criteria {
    /// What is normal.
    pub condition: Condition,
    /// So many violations in a row are an alarm.
    pub to_alarm: Consecutive,
    /// So many normal datapoints in a row end it.
    pub to_clear: Consecutive,
}

impl Criteria {
    /// Criteria by which one datapoint gives an alarm, and one ends it.
    #[must_use]
    pub const fn new(condition: Condition) -> Self {
        Self {
            condition,
            to_alarm: Consecutive(1),
            to_clear: Consecutive(1),
        }
    }
}

impl Serialize for Criteria {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some((operator, value)) = self.condition.fixed() {
            map.serialize_entry("comparisonOperator", &operator)?;
            map.serialize_entry("value", &value)?;
        }
        match &self.condition {
            Condition::Percentile {
                bound, statistic, ..
            } => {
                map.serialize_entry("comparisonOperator", &bound.operator())?;
                map.serialize_entry("statisticalThreshold", &One("statistic", statistic))?;
            }
            Condition::Model { confidence } => {
                map.serialize_entry("mlDetectionConfig", &One("confidenceLevel", confidence))?;
            }
            _ => {}
        }
        if let Some(duration) = self.condition.duration() {
            map.serialize_entry("durationSeconds", &duration.as_secs())?;
        }
        map.serialize_entry("consecutiveDatapointsToAlarm", &self.to_alarm.0)?;
        map.serialize_entry("consecutiveDatapointsToClear", &self.to_clear.0)?;
        map.end()
    }
}

/// An object with one member.
struct One<'a, T>(&'static str, &'a T);

impl<T: Serialize> Serialize for One<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.0, self.1)?;
        map.end()
    }
}
