//! The report as SARIF 2.1.0: checks are rules, findings results.

use std::collections::BTreeMap;

use iot_defender::audit::{ActionType, Check, Severity};
use serde::Serialize;
use serde_json::json;
use serde_sarif::sarif::{
    Location, ReportingDescriptor, Result as SarifResult, ResultLevel, Suppression,
};

use super::piece::Place;
use super::proof::Shown;
use super::remedy::remedy;
use super::run::Audited;
use crate::sarif::{self, Rule, message};

/// The fingerprint's name: its last part is the version of how it is made.
const FINGERPRINT: &str = "findingId/v1";

pub(super) fn log(audited: &Audited) -> impl Serialize {
    let rules = Check::ALL.iter().map(|check| rule(*check)).collect();
    let results = || audited.findings.iter().map(|shown| result(shown, audited));
    let unread = audited.unread.iter().map(|unread| unread.failure.text());
    let failed = audited.report.checks.iter().filter_map(|(check, report)| {
        let message = report.message.as_deref()?;
        Some(format!("{check}: {message}"))
    });
    let notifications: Vec<String> = unread.chain(failed).collect();
    sarif::log("iot audit", rules, results).with_notifications(&notifications)
}

fn rule(check: Check) -> ReportingDescriptor {
    let codes = check.reason_codes();
    let texts: Vec<&str> = codes.iter().map(|code| code.text()).collect();
    let helps = codes.iter().map(|code| remedy(check, *code));
    let mut help: Vec<&str> = helps.collect();
    help.dedup();
    let actions = check
        .mitigation_actions()
        .iter()
        .copied()
        .map(ActionType::as_str);
    let title = title(check);
    let rule = Rule {
        id: check.as_str(),
        title: &title,
        explanation: &texts.join(" "),
        help: &help.join("; "),
        level: level(check.severity()),
        properties: vec![
            ("severity".to_owned(), json!(check.severity())),
            (
                "security-severity".to_owned(),
                json!(score(check.severity())),
            ),
            ("tags".to_owned(), json!(["security"])),
            ("mitigationActions".to_owned(), actions.collect()),
        ],
    };
    rule.descriptor()
}

/// `Iot policy overly permissive`
fn title(check: Check) -> String {
    let words = check
        .as_str()
        .strip_suffix("_CHECK")
        .unwrap_or(check.as_str());
    let words = words.replace('_', " ").to_lowercase();
    let mut chars = words.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars).collect()
}

const fn level(severity: Severity) -> ResultLevel {
    match severity {
        Severity::Critical | Severity::High => ResultLevel::Error,
        Severity::Medium => ResultLevel::Warning,
        _ => ResultLevel::Note,
    }
}

/// What code scanning of GitHub sorts by: above 9 is critical, from 7 high, from 4 medium.
const fn score(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.0",
        _ => "2.0",
    }
}

fn result(shown: &Shown, audited: &Audited) -> SarifResult {
    let finding = &shown.finding.finding;
    let mut statements = shown.proofs.iter().map(|proof| {
        let place = proof.piece.lines();
        sarif::location(proof.piece.path(), Some(&place))
    });
    let own = || shown.place.as_ref().map(location);
    let first = statements.next().or_else(own);
    let mut text = shown.title();
    for line in shown
        .witnesses()
        .map(|witness| witness.text.clone())
        .chain(shown.facts())
    {
        text += "\n";
        text += &line;
    }
    text += &format!("\nRemedy: {}.", remedy(finding.check, finding.reason_code));
    let fingerprint = [(FINGERPRINT.to_owned(), shown.finding.finding_id.to_string())];
    let mut result = SarifResult::builder()
        .message(message(&text))
        .rule_id(finding.check.as_str())
        .level(level(shown.severity()))
        .locations(first.into_iter().collect::<Vec<_>>())
        .partial_fingerprints(BTreeMap::from(fingerprint))
        .build();
    let index = Check::ALL.iter().position(|check| *check == finding.check);
    result.rule_index = index.and_then(|index| i64::try_from(index).ok());
    let more: Vec<Location> = statements.collect();
    result.related_locations = (!more.is_empty()).then_some(more);
    if shown.finding.is_suppressed {
        let mut suppression = Suppression::builder().kind(json!("external")).build();
        suppression.justification = description(shown, audited);
        result.suppressions = Some(vec![suppression]);
    }
    result
}

/// What the suppression says it is for.
fn description(shown: &Shown, audited: &Audited) -> Option<String> {
    let finding = &shown.finding.finding;
    let resource = &finding.resource.resource_identifier;
    let now = audited.report.task.start;
    let mut suppressions = audited.suppressions.iter();
    let covering = suppressions.find(|it| it.covers(finding.check, resource, now))?;
    let text = covering.description();
    (!text.is_empty()).then(|| text.to_owned())
}

fn location(place: &Place) -> Location {
    let lines = place.piece().map(super::piece::Piece::lines);
    sarif::location(place.path(), lines.as_ref())
}
