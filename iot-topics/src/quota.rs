//! How much an account and a connection may do: token buckets, the published figures as named
//! presets, what one operation costs, and how to spread work so that nothing is throttled.
//!
//! Sources: general reference, "AWS IoT Core endpoints and quotas", of today and of 2020; for 2018
//! the figures that AWS then presented for device management.
//!
//! # Examples
//!
//! ```
//! use core::time::Duration;
//! use iot_topics::quota::{Operation, Quotas, Usage, plan};
//!
//! // 30,000 devices come back at once, and each subscribes to a filter.
//! let quotas = Quotas::large_region();
//! let fleet = Usage::connect().plus(Usage::subscribe(1)).times(30_000);
//! let exceeded = quotas.exceeded_by(fleet);
//! assert_eq!(exceeded[0].operation, Operation::Connect);
//!
//! // So they had better spread over ten seconds.
//! let connects = quotas.rate(Operation::Connect).unwrap();
//! assert_eq!(plan(30_000, connects), Duration::from_secs(10));
//! ```

mod bucket;
mod connection;
mod rate;
mod spread;
mod table;
mod usage;

pub use bucket::{Bucket, RetryAfter};
pub use connection::{
    ConnectionLimits, ConnectionMeter, Direction, Publish, SubscribeRefusal, Verdict,
};
pub use rate::{Paced, Rate, paced, plan};
pub use spread::spread_slot;
pub use table::{AccountLimit, Excess, Operation, Preset, Quotas, Scope};
pub use usage::{AccountMeter, Exceeded, Throttled, Usage};
