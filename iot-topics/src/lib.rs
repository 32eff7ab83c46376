#![no_std]
#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

extern crate alloc;

mod compiled;
mod error;
#[cfg(feature = "serde")]
pub mod event;
mod filter;
mod filter_map;
mod ident;
pub mod lifecycle;
mod limits;
mod matching;
mod name;
pub mod quota;
mod relation;
pub mod reserved;
pub mod retained;
mod share;
mod text;
mod time;
mod words;

#[cfg(feature = "proptest1")]
pub mod strategies;

pub use compiled::CompiledFilter;
pub use error::{TopicError, TopicErrorKind};
pub use filter::{FilterLevel, FilterLevels, MatchMode, TopicFilter, TopicFilterRef};
pub use filter_map::{FilterEntry, FilterMap, FilterMapIter, Matches};
pub use ident::{
    AttributeName, AttributeValue, AuthorizerName, CertificateId, ClientId, CommandClientId,
    CommandId, DeviceLocationId, ExecutionId, GroupName, IdentError, JobId, LifecycleClientId,
    PolicyName, RoleAlias, RuleName, ShadowName, ShareName, StreamId, TemplateName, ThingName,
    ThingTypeName, TopicLevel,
};
pub use limits::Limits;
pub use name::{Levels, TopicName, TopicNameRef};
pub use time::Timestamp;
pub use words::UnknownWord;
