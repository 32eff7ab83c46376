//! The devices of a slot as bytes, and back.

use alloc::vec::Vec;

use super::{Baseline, Fleet};
use crate::detect::Number;
use crate::detect::bytes::{Reader, Wrong, number};
use crate::detect::ml::device::DeviceBaseline;
use crate::detect::ml::level::LEVELS;

impl Fleet {
    /// The same for the same devices, in whatever order they came.
    pub(in crate::detect::ml) fn write(&self, bytes: &mut Vec<u8>) {
        number(bytes, self.devices);
        number(bytes, self.points);
        let mut baselines: Vec<&DeviceBaseline> = self.baselines.iter().collect();
        baselines.sort_unstable();
        number(bytes, baselines.len() as u64);
        let put = |bytes: &mut Vec<u8>, it: Number| bytes.extend(it.get().to_le_bytes());
        for device in baselines {
            put(bytes, device.median);
            put(bytes, device.below);
            put(bytes, device.above);
            for (low, high) in device.guards {
                put(bytes, low);
                put(bytes, high);
            }
        }
        let mut pool = self.pool.clone();
        pool.sort_unstable();
        number(bytes, pool.len() as u64);
        for value in pool {
            put(bytes, value);
        }
    }

    /// What [`write`](Self::write) wrote, and nothing else. The memory is that of the bytes: what
    /// they say of numbers to come is only counted down.
    pub(in crate::detect::ml) fn read(reader: &mut Reader<'_>) -> Result<Self, Wrong> {
        const MIN: u64 = Baseline::MIN_DEVICE_POINTS as u64;

        let devices = reader.number()?;
        let points = reader.number()?;
        let own = reader.number()?;
        let pooled = devices.checked_sub(own).filter(|_| devices > 0);
        let Some(pooled) = pooled else {
            return reader.refuse("must be no more devices than there are");
        };
        let mut baselines: Vec<DeviceBaseline> = Vec::new();
        for _ in 0..own {
            let device = device(reader)?;
            let is_next = baselines.last().is_none_or(|before| *before <= device);
            reader.hold(is_next, "must be a device that is not below the one before")?;
            baselines.push(device);
        }
        let values = reader.number()?;
        // Each has one value at least, and too few for figures of its own.
        let most = pooled.saturating_mul(MIN - 1);
        let is_pool = (pooled..=most).contains(&values);
        reader.hold(is_pool, "must be as many values as so many devices have")?;
        let rest = points.checked_sub(values);
        let is_sum = rest.is_some_and(|rest| match own {
            0 => rest == 0,
            own => rest >= own.saturating_mul(MIN),
        });
        reader.hold(is_sum, "must be values that are counted")?;
        let mut pool: Vec<Number> = Vec::new();
        for _ in 0..values {
            let value = value(reader)?;
            let is_next = pool.last().is_none_or(|before| *before <= value);
            reader.hold(is_next, "must be a value that is not below the one before")?;
            pool.push(value);
        }
        Ok(Self {
            devices,
            points,
            baselines,
            pool,
        })
    }
}

fn device(reader: &mut Reader<'_>) -> Result<DeviceBaseline, Wrong> {
    let median = value(reader)?;
    let below = spread(reader)?;
    let above = spread(reader)?;
    let mut guards = [(median, median); LEVELS.len()];
    // Each holds those before it, and all the median.
    let mut inner = (median, median);
    for guard in &mut guards {
        let low = value(reader)?;
        reader.hold(low <= inner.0, "must be a limit below those before it")?;
        let high = value(reader)?;
        reader.hold(high >= inner.1, "must be a limit above those before it")?;
        inner = (low, high);
        *guard = inner;
    }
    Ok(DeviceBaseline {
        median,
        below,
        above,
        guards,
    })
}

fn spread(reader: &mut Reader<'_>) -> Result<Number, Wrong> {
    let spread = value(reader)?;
    reader.hold(!spread.is_negative(), "must be a spread from 0 on")?;
    Ok(spread)
}

fn value(reader: &mut Reader<'_>) -> Result<Number, Wrong> {
    let bits = reader.raw()?;
    // Zero has one form.
    let read = Number::new(f64::from_le_bytes(bits)).filter(|it| it.get().to_le_bytes() == bits);
    match read {
        Some(value) => Ok(value),
        None => reader.refuse("must be a number that is finite, and no minus zero"),
    }
}
