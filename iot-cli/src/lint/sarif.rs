//! Findings as SARIF 2.1.0.

use iot_policy::lint::{LintId, Severity, Suggestion};
use serde::Serialize;
use serde_json::json;
use serde_sarif::sarif::{
    ArtifactChange, ArtifactContent, Fix, Location, Replacement, ReportingDescriptor,
    Result as SarifResult, ResultLevel,
};

use super::{Finding, Spot, advice, quoted};
use crate::sarif::{self, Rule, artifact, message, region};

/// The log of one run, with every lint as a rule.
pub(super) fn log(findings: &[Finding<'_>]) -> impl Serialize {
    let rules = LintId::ALL.iter().map(|id| rule(*id)).collect();
    let results = || findings.iter().map(result);
    sarif::log("iot policy lint", rules, results)
}

fn rule(id: LintId) -> ReportingDescriptor {
    let rule = Rule {
        id: id.as_str(),
        title: id.title(),
        explanation: id.explanation(),
        help: &format!("{} Source: {}.", id.explanation(), id.source()),
        level: level(id.severity()),
        properties: vec![("source".to_owned(), json!(id.source()))],
    };
    rule.descriptor()
}

const fn level(severity: Severity) -> ResultLevel {
    match severity {
        Severity::Error => ResultLevel::Error,
        Severity::Warning => ResultLevel::Warning,
        Severity::Info => ResultLevel::Note,
    }
}

fn result(finding: &Finding<'_>) -> SarifResult {
    let lint = finding.lint;
    let index = LintId::ALL.iter().position(|id| *id == lint.id());
    let mut result = SarifResult::builder()
        .message(message(lint.message()))
        .rule_id(lint.id().as_str())
        .level(level(lint.severity()))
        .locations(vec![location(&finding.spot)])
        .build();
    result.rule_index = index.and_then(|index| i64::try_from(index).ok());
    result.related_locations = finding
        .related
        .as_ref()
        .map(|related| vec![location(related)]);
    if let Some(suggestion @ Suggestion::Replace(text)) = lint.suggestion() {
        let fix = Fix::builder()
            .description(message(&advice(suggestion)))
            .artifact_changes(vec![replace(&finding.spot, text)])
            .build();
        result.fixes = Some(vec![fix]);
    }
    result
}

fn replace(spot: &Spot<'_>, text: &str) -> ArtifactChange {
    let replacement = Replacement::builder()
        .deleted_region(region(&spot.lines().into()))
        .inserted_content(ArtifactContent::builder().text(quoted(text)).build())
        .build();
    ArtifactChange::builder()
        .artifact_location(artifact(&spot.file.path))
        .replacements(vec![replacement])
        .build()
}

fn location(spot: &Spot<'_>) -> Location {
    sarif::location(&spot.file.path, Some(&spot.lines().into()))
}
