#![no_std]
#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

extern crate alloc;

mod action;
mod authorization;
mod bytes;
mod certificate;
mod check;
mod condition;
mod context;
mod document;
mod error;
mod evaluate;
mod explain;
mod glob;
mod index;
mod instant;
mod interner;
mod limits;
pub mod lint;
mod locate;
mod operation;
mod operator;
mod parse;
mod part;
mod pointer;
pub mod principal;
mod print;
mod reader;
mod request;
mod resource;
mod set;
mod shown;
mod statement;
pub mod store;
#[cfg(feature = "proptest1")]
pub mod strategies;
mod text;
mod token;
mod variable;
mod wildcard;

pub use action::Action;
pub use authorization::{ActionType, AuthInfo, AuthResult, Denied, PolicyNames};
#[cfg(feature = "x509")]
pub use certificate::{
    Algorithm, CertificateError, CertificateErrorKind, Curve, KeyKind, PublicKey, RevocationList,
    RevokedCertificate, RsaKey, SignatureHash, X509Certificate, certificate_id,
};
pub use certificate::{
    Certificate, CertificateBuilder, NameField, NameVariable, NoValue, Pick, Side,
};
pub use condition::{Compared, ConditionTrace, RequestValue};
pub use context::{
    Attachment, Attributes, ConnectAttributes, Context, ContextValues, Thing, Unresolved, VpcPeer,
};
pub use document::{PolicyDocument, Version};
pub use error::{PolicyError, PolicyErrorKind, Position};
pub use evaluate::{PatternTrace, Response, StatementTrace, UnresolvedVariable};
pub use explain::{Explanation, NearMiss};
pub use limits::DocumentLimits;
pub use locate::{locate, locate_key};
pub use operation::{
    Authorize, Cause, Check, Checks, ClientEffect, ConnectRequest, HttpCall, Operation, Outcome,
    ProtocolVersion, PublishRequest, Qos, ReasonCode, Refusal, ShadowPath, SubscribeOutcomes,
    SubscribeRequest, Will,
};
pub use operator::{Family, Operator, OperatorError, Quantifier, Test};
pub use part::PatternPart;
pub use request::Request;
pub use resource::{ArnScope, Resource, ResourceKind};
pub use set::{Decision, NamedPolicy, PolicySet};
pub use statement::{Condition, ConditionValues, Effect, Patterns, Statement};
pub use variable::{OtherName, Variable};
pub use wildcard::WildcardPattern;
