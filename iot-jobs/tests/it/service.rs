//! What the engine and the naive model have in common, so that the same cases run on both.

use iot_jobs::{Effect, EffectKind, Engine, Limits, Operation};
use iot_topics::Timestamp;
use serde_json::{Value, json};

use crate::registry::Registry;

/// A service of an account. An answer is `{"ok": ..}` or `{"err": ..}`, with the ordered list of
/// what was published as `out`.
pub(crate) trait Service: Sized {
    fn new(limits: Limits, events: bool) -> Self;

    fn apply(&mut self, operation: Operation<'_>, world: &Registry, now: u64) -> Value;

    fn tick(&mut self, world: &Registry, now: u64) -> Vec<Value>;

    /// In seconds.
    fn next_deadline(&self) -> Option<u64>;

    /// Asks the control plane.
    fn ask(&mut self, api: &str, arguments: &Value, world: &Registry, now: u64) -> Value {
        let operation = Operation::Control { api, arguments };
        self.apply(operation, world, now)
    }
}

pub(crate) const REGION: &str = "us-east-1";
pub(crate) const ACCOUNT: &str = "123456789012";

/// Nothing, if it is no message of the service.
fn message(effect: &Effect<'_>) -> Option<Value> {
    if matches!(effect.kind(), EffectKind::PackageVersionsInstalled { .. }) {
        return None;
    }
    let payload = effect.payload();
    let payload = serde_json::from_str(&payload).unwrap_or(Value::String(payload));
    Some(json!({"topic": effect.topic(), "payload": payload}))
}

impl Service for Engine {
    fn new(limits: Limits, events: bool) -> Self {
        let mut engine = Self::with_limits(REGION, ACCOUNT, limits);
        engine.set_events(events);
        engine
    }

    fn apply(&mut self, operation: Operation<'_>, world: &Registry, now: u64) -> Value {
        let mut out = Vec::new();
        let mut sink = |effect: Effect<'_>| out.extend(message(&effect));
        let answer = Self::apply(self, operation, world, &mut sink, Timestamp::from_secs(now));
        match answer {
            Ok(answer) => json!({"ok": answer, "out": out}),
            Err(error) => json!({"err": error.kind().as_str(), "out": out}),
        }
    }

    fn tick(&mut self, world: &Registry, now: u64) -> Vec<Value> {
        let mut out = Vec::new();
        let mut sink = |effect: Effect<'_>| out.extend(message(&effect));
        Self::tick(self, world, &mut sink, Timestamp::from_secs(now));
        out
    }

    fn next_deadline(&self) -> Option<u64> {
        Self::next_deadline(self).map(Timestamp::as_secs)
    }
}
