//! Buckets as data.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::Bucket;
use crate::quota::rate::Rate;
use crate::time::Timestamp;

/// What is in the bucket as whole tokens and a part of the next, in thousandths or sixty
/// thousandths of one as the period has it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct BucketWire {
    rate: u64,
    period: u64,
    burst: u64,
    tokens: u64,
    part: u64,
    latest: Timestamp,
}

/// A bucket as it is, so that one who starts again gives no more than one who did not.
impl Serialize for Bucket {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let period = self.rate.period_ms();
        let tokens = self.level / u128::from(period);
        let wire = BucketWire {
            rate: self.rate.tokens(),
            period,
            burst: self.burst,
            // INVARIANT: at most the burst.
            tokens: u64::try_from(tokens).unwrap_or(self.burst),
            part: (self.level % u128::from(period)) as u64,
            latest: self.latest,
        };
        wire.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Bucket {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let wire = BucketWire::deserialize(deserializer)?;
        let rates = [Rate::per_second(wire.rate), Rate::per_minute(wire.rate)];
        let rate = rates.into_iter().find(|it| it.period_ms() == wire.period);
        let rate = rate.ok_or_else(|| D::Error::custom("`period` must be 1000 or 60000"))?;
        let mut bucket = Self::new(rate, wire.burst);
        let level = bucket.units(wire.tokens).saturating_add(wire.part.into());
        if wire.part >= wire.period || level > bucket.level {
            return Err(D::Error::custom("must hold no more than `burst`"));
        }
        bucket.level = level;
        bucket.latest = wire.latest;
        Ok(bucket)
    }
}
