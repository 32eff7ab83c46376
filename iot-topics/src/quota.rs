//! How much an account and a connection may do: token buckets, the published figures as named
//! presets, what one operation costs, and how to spread work so that nothing is throttled.
//!
//! Sources: general reference, "AWS IoT Core endpoints and quotas", of today and of 2020; for 2018
//! the figures that AWS then presented for device management.

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
