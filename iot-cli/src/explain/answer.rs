//! The answer of `iot policy explain`, for people and for programs.

use std::fmt::Write;

use iot_policy::{Cause, ClientEffect, Outcome, Response, StatementTrace};
use iot_topics::TopicError;
use serde_json::{Value, json};

use crate::output::{self, Failure, Format};

/// What is answered to one operation.
#[derive(Debug)]
pub(super) struct Answer<'a> {
    pub(super) operation: &'static str,
    pub(super) subject: &'a str,
    pub(super) outcome: Outcome<'a>,
    /// The requests behind it.
    pub(super) checks: Vec<Response<'a>>,
}

impl Answer<'_> {
    pub(super) const fn is_allowed(&self) -> bool {
        self.outcome.is_allowed()
    }

    fn effect(&self) -> Option<ClientEffect> {
        self.outcome.refusal().map(iot_policy::Refusal::effect)
    }

    /// Why the topic is refused whatever the policies say.
    fn topic_error(&self) -> Option<TopicError> {
        match self.outcome.refusal()?.cause() {
            Cause::Topic { error, .. } => Some(error),
            _ => None,
        }
    }

    fn human(&self, verbose: bool) -> String {
        let mut text = String::new();
        for check in &self.checks {
            let explanation = check.explain();
            let words = match verbose {
                true => format!("{explanation:#}"),
                false => explanation.to_string(),
            };
            let words = output::explanation(check.decision(), &words);
            let _infallible = writeln!(text, "{words}");
        }
        if self.topic_error().is_some()
            && let Some(refusal) = self.outcome.refusal()
        {
            let red = output::verdict(false);
            let cause = refusal.cause().to_string();
            let cause = output::printable(&cause);
            let _infallible = writeln!(text, "{red}REFUSED{red:#} whatever they say: {cause}");
        }
        if let Some(effect) = self.effect() {
            let _infallible = writeln!(text, "what the client sees: {effect}");
        }
        text
    }

    fn json(&self) -> Value {
        json!({
            "operation": self.operation,
            "subject": self.subject,
            "allowed": self.is_allowed(),
            "authDecision": self.outcome.decision().as_str(),
            "checks": self.checks.iter().map(check).collect::<Vec<_>>(),
            "clientEffect": self.effect().map(effect),
            "reservedTopic": self.topic_error().map(|error| error.kind().to_string()),
        })
    }
}

/// Prints all answers.
pub(super) fn print(answers: &[Answer<'_>], format: Format, verbose: bool) -> Result<(), Failure> {
    match format {
        Format::Human => {
            let texts: Vec<_> = answers.iter().map(|answer| answer.human(verbose)).collect();
            output::print(texts.concat().trim_end())
        }
        Format::Json => output::print_json(&json!({
            "allowed": answers.iter().all(Answer::is_allowed),
            "operations": answers.iter().map(Answer::json).collect::<Vec<_>>(),
        })),
    }
}

fn effect(effect: ClientEffect) -> Value {
    json!({
        "summary": effect.to_string(),
        "reasonCode": effect.reason_code().map(iot_policy::ReasonCode::as_u8),
        "closesConnection": effect.closes_connection(),
    })
}

fn check(response: &Response<'_>) -> Value {
    let missing = response.missing_context();
    let missing: Vec<_> = missing
        .map(|(name, why)| (name.to_string(), why.to_string()))
        .collect();
    json!({
        "action": response.action(),
        "resource": response.resource(),
        "authDecision": response.decision().as_str(),
        "reason": response.explain().to_string(),
        "missingContextValues": missing.iter().map(|(name, _)| name).collect::<Vec<_>>(),
        "missingContextReasons": missing.iter().map(|(name, why)| json!({
            "name": name,
            "reason": why,
        })).collect::<Vec<_>>(),
        "statements": response.statements().iter().map(statement).collect::<Vec<_>>(),
    })
}

fn statement(trace: &StatementTrace<'_>) -> Value {
    json!({
        "policy": trace.policy(),
        "pointer": trace.pointer(),
        "effect": trace.effect().as_str(),
        "matches": trace.matches(),
        "actionMatches": trace.action_matches(),
        "resourceMatches": trace.resource_matches(),
        "conditionsHold": trace.conditions_hold(),
        "resources": trace.resources().iter().map(|pattern| json!({
            "pattern": pattern.pattern(),
            "resolved": pattern.resolved(),
            "matches": pattern.matches(),
        })).collect::<Vec<_>>(),
        "conditions": trace.conditions().iter().map(|condition| json!({
            "holds": condition.holds(),
            "reason": condition.to_string(),
        })).collect::<Vec<_>>(),
    })
}
