//! What the fuzz targets assert.
//!
//! A function for each target, from any bytes to nothing: it panics where the crates are wrong.
//! `cargo fuzz run <target>` searches for such bytes. What it found, and seeds for it to start
//! from, are in `regressions/<target>/` and `seeds/<target>/`; `cargo test` gives each of these
//! files to its target.
#![expect(
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a target tells by a panic what it found"
)]

extern crate alloc;

mod certificate_der;
mod defender_certificate;
mod defender_history;
mod defender_policy;
mod detect_kept;
mod detect_reports;
mod detect_series;
mod filter_map;
mod input;
mod jobs_inputs;
mod jobs_operations;
mod jobs_snapshot;
mod policy_evaluate;
mod policy_parse;
mod presence_tracker;
mod quota_bucket;
mod reserved_topic;
mod retained_store;
mod shadow_json;
mod shadow_operations;
mod shadow_snapshot;
mod share;
mod topic_filter;
mod topic_name;
mod wildcard;

pub use certificate_der::certificate_der;
pub use defender_certificate::defender_certificate;
pub use defender_history::defender_history;
pub use defender_policy::defender_policy;
pub use detect_kept::detect_kept;
pub use detect_reports::detect_reports;
pub use detect_series::detect_series;
pub use filter_map::filter_map;
pub use jobs_inputs::jobs_inputs;
pub use jobs_operations::jobs_operations;
pub use jobs_snapshot::jobs_snapshot;
pub use policy_evaluate::policy_evaluate;
pub use policy_parse::policy_parse;
pub use presence_tracker::presence_tracker;
pub use quota_bucket::quota_bucket;
pub use reserved_topic::reserved_topic;
pub use retained_store::retained_store;
pub use shadow_json::shadow_json;
pub use shadow_operations::shadow_operations;
pub use shadow_snapshot::shadow_snapshot;
pub use share::share;
pub use topic_filter::topic_filter;
pub use topic_name::topic_name;
pub use wildcard::wildcard;

/// The naive answers that the tests of iot-topics have.
#[path = "../../iot-topics/tests/it"]
mod topics_it {
    #[allow(dead_code, reason = "not all answers are asked for here")]
    pub(crate) mod oracle;
}

/// The second reading of the policy language that the tests of iot-policy have.
#[path = "../../iot-policy/tests/it"]
mod policy_it {
    pub(crate) mod engine;
    #[allow(unused_imports, reason = "not all of its names are asked for here")]
    pub(crate) mod oracle;
}

/// The second reading of the shadow service that the tests of iot-shadow have, and the laws.
#[path = "../../iot-shadow/tests/it"]
mod shadow_it {
    pub(crate) mod engine;
    pub(crate) mod oracle;
    pub(crate) mod sound;
    pub(crate) mod written;
}

/// The slow reading of a history that the tests of iot-defender have.
#[path = "../../iot-defender/tests/it"]
mod defender_it {
    pub(crate) mod history_oracle;
}

/// What the tests of iot-jobs see of an engine, and a plain reading of cron.
#[path = "../../iot-jobs/tests/it"]
mod jobs_it {
    pub(crate) mod observe;
    #[allow(dead_code, reason = "not all answers are asked for here")]
    pub(crate) mod oracle;
    pub(crate) mod registry;
    pub(crate) mod service;
}

use jobs_it::{registry, service}; // where `observe` and `service` look for them
use policy_it::oracle; // where `engine` looks for it
use topics_it::oracle as topics_oracle;

/// A fuzz target: any bytes in.
pub type Target = fn(&[u8]);

/// All targets by name.
pub const TARGETS: &[(&str, Target)] = &[
    ("certificate_der", certificate_der),
    ("defender_certificate", defender_certificate),
    ("defender_history", defender_history),
    ("defender_policy", defender_policy),
    ("detect_kept", detect_kept),
    ("detect_reports", detect_reports),
    ("detect_series", detect_series),
    ("filter_map", filter_map),
    ("jobs_inputs", jobs_inputs),
    ("jobs_operations", jobs_operations),
    ("jobs_snapshot", jobs_snapshot),
    ("policy_evaluate", policy_evaluate),
    ("policy_parse", policy_parse),
    ("presence_tracker", presence_tracker),
    ("quota_bucket", quota_bucket),
    ("reserved_topic", reserved_topic),
    ("retained_store", retained_store),
    ("shadow_json", shadow_json),
    ("shadow_operations", shadow_operations),
    ("shadow_snapshot", shadow_snapshot),
    ("share", share),
    ("topic_filter", topic_filter),
    ("topic_name", topic_name),
    ("wildcard", wildcard),
];

/// The examples of the workspace's README.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
