#![no_std]
#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

extern crate alloc;

mod agent;
mod civil;
mod config;
mod cron;
mod decimal;
mod document;
mod engine;
mod error;
mod json;
mod limits;
mod managed;
mod package;
mod placeholder;
pub mod plan;
mod reject;
mod status;
mod store;
#[cfg(feature = "proptest1")]
pub mod strategies;
mod template;
mod text;
mod world;

pub use agent::{
    AgentError, AgentEvent, AgentJob, AgentRequest, AgentTimes, ExecutionId, JobAgent, JobRecord,
    Outcome, Reaction, StopReason,
};
pub use civil::{CivilError, Minute};
pub use config::JobConfig;
pub use config::abort::{AbortConfig, AbortCriterion, AbortFailure, EndCounts};
pub use config::presigned::PresignedUrlConfig;
pub use config::retry::{RetryConfig, RetryCriterion, RetryEnd, RetryFailure};
pub use config::rollout::{ExponentialRate, RateIncrease, RolloutConfig};
pub use config::schedule::{EndBehavior, MaintenanceWindow, Opening, SchedulingConfig};
pub use config::selection::TargetSelection;
pub use config::timeout::{StepTimeout, TimeoutConfig};
pub use cron::{Cron, CronError};
pub use decimal::{Decimal, IncrementFactor, Percentage};
pub use document::{
    DocumentError, DocumentTarget, JobDocument, Presigner, ResolvedDocument, Resolver,
};
pub use engine::{
    Describe, Effect, EffectKind, Engine, ExecutionState, ExecutionView, HttpAnswer, HttpApi,
    HttpRequest, JobView, Operation, Rejection, Sink, SnapshotError, StartNext, Update,
};
pub use error::ConfigError;
pub use limits::Limits;
pub use managed::{DocumentParameter, ManagedTemplate, TextPattern, fill_parameters};
pub use package::PackageVersion;
pub use placeholder::{Package, Placeholder, PresignKind};
pub use reject::{ApiError, ApiErrorKind, RejectCode};
pub use status::{Cause, ExecutionStatus, JobStatus, TRANSITIONS, Transition};
pub use template::with_template;
pub use text::{FreeText, ReasonCode, StatusDetails};
pub use world::{NoWorld, World};
