//! Parts of lines of snapshots.

use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::dimension::{DimensionOperator, MetricDimension};
use super::metric::Metric;
use super::number::Number;
use super::value::{Datapoint, MessageSizes};

/// A metric and its dimension.
#[derive(Serialize, Deserialize)]
pub(super) struct SeriesWire(String, Option<(String, DimensionOperator)>);

impl SeriesWire {
    pub(super) fn of(metric: &Metric, dimension: &Option<MetricDimension>) -> Self {
        let dimension = dimension.as_ref();
        let dimension = dimension.map(|it| (String::from(it.name.as_str()), it.operator));
        Self(metric.as_str().into(), dimension)
    }

    pub(super) fn read(&self) -> Option<(Metric, Option<MetricDimension>)> {
        let Self(metric, dimension) = self;
        let dimension = match dimension {
            None => None,
            Some((name, operator)) => Some(MetricDimension::new(name.parse().ok()?, *operator)),
        };
        Some((metric.parse().ok()?, dimension))
    }
}

/// A datapoint as it arrived.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum DatapointWire {
    Count(u64),
    /// The least, the greatest, the sum.
    Sizes(u64, u64, u64),
    Number(f64),
    Addresses(Vec<IpAddr>),
    Ports(Vec<u16>),
    Numbers(Vec<f64>),
    Strings(Vec<String>),
}

impl DatapointWire {
    pub(super) fn of(datapoint: &Datapoint) -> Self {
        match datapoint {
            Datapoint::Count(count) => Self::Count(*count),
            Datapoint::Sizes(it) => Self::Sizes(it.min(), it.max(), it.total()),
            Datapoint::Number(number) => Self::Number(number.get()),
            Datapoint::Addresses(items) => Self::Addresses(items.clone()),
            Datapoint::Ports(items) => Self::Ports(items.clone()),
            Datapoint::Numbers(items) => {
                Self::Numbers(items.iter().copied().map(Number::get).collect())
            }
            Datapoint::Strings(items) => Self::Strings(items.clone()),
        }
    }

    pub(super) fn read(self) -> Option<Datapoint> {
        Some(match self {
            Self::Count(count) => Datapoint::Count(count),
            Self::Sizes(min, max, total) => Datapoint::Sizes(MessageSizes::new(min, max, total)?),
            Self::Number(number) => Datapoint::Number(Number::new(number)?),
            Self::Addresses(items) => Datapoint::Addresses(items),
            Self::Ports(items) => Datapoint::Ports(items),
            Self::Numbers(items) => {
                let numbers: Option<Vec<Number>> = items.into_iter().map(Number::new).collect();
                Datapoint::Numbers(numbers?)
            }
            Self::Strings(items) => Datapoint::Strings(items),
        })
    }
}
