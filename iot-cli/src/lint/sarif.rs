//! Findings as SARIF 2.1.0.

use iot_policy::lint::{LintId, Severity, Suggestion};
use serde_json::{Value, json};
use serde_sarif::sarif::{
    ArtifactChange, ArtifactContent, ArtifactLocation, Fix, Location, Message,
    MultiformatMessageString, PhysicalLocation, PropertyBag, Region, Replacement,
    ReportingConfiguration, ReportingDescriptor, Result as SarifResult, ResultLevel, Run, Sarif,
    Tool, ToolComponent,
};

use super::{Finding, Spot, advice, quoted};
use crate::output::Failure;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// The log of one run, with every lint as a rule.
pub(super) fn log(findings: &[Finding<'_>]) -> Result<Value, Failure> {
    let driver = ToolComponent::builder()
        .name("iot policy lint")
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .rules(LintId::ALL.iter().map(|id| rule(*id)).collect::<Vec<_>>())
        .build();
    let run = Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .column_kind(json!("unicodeCodePoints"))
        .results(findings.iter().map(result).collect::<Vec<_>>())
        .build();
    let log = Sarif::builder()
        .schema(SCHEMA)
        .version(json!("2.1.0"))
        .runs(vec![run])
        .build();
    serde_json::to_value(log).map_err(|error| Failure::from(format!("SARIF: {error}")))
}

fn rule(id: LintId) -> ReportingDescriptor {
    let text = |text: &str| MultiformatMessageString::builder().text(text).build();
    let level = ReportingConfiguration::builder()
        .level(json!(level(id.severity())))
        .build();
    let source = PropertyBag::builder()
        .additional_properties([("source".to_owned(), json!(id.source()))])
        .build();
    ReportingDescriptor::builder()
        .id(id.as_str())
        .short_description(text(id.title()))
        .full_description(text(id.explanation()))
        .help(text(&format!(
            "{} Source: {}.",
            id.explanation(),
            id.source()
        )))
        .default_configuration(level)
        .properties(source)
        .build()
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
        .deleted_region(region(spot))
        .inserted_content(ArtifactContent::builder().text(quoted(text)).build())
        .build();
    ArtifactChange::builder()
        .artifact_location(artifact(spot))
        .replacements(vec![replacement])
        .build()
}

fn message(text: &str) -> Message {
    Message::builder().text(text).build()
}

fn location(spot: &Spot<'_>) -> Location {
    let place = PhysicalLocation::builder()
        .artifact_location(artifact(spot))
        .region(region(spot))
        .build();
    Location::builder().physical_location(place).build()
}

fn artifact(spot: &Spot<'_>) -> ArtifactLocation {
    ArtifactLocation::builder()
        .uri(uri(&spot.file.path))
        .build()
}

fn region(spot: &Spot<'_>) -> Region {
    let (start, end) = spot.lines();
    let number = |number| i64::try_from(number).unwrap_or(i64::MAX);
    Region::builder()
        .start_line(number(start.line))
        .start_column(number(start.column))
        .end_line(number(end.line))
        .end_column(number(end.column))
        .build()
}

/// A path as a URI reference (RFC 3986): `/` between the parts, other bytes escaped where they
/// must be. What is absolute gets its scheme.
fn uri(path: &str) -> String {
    let path = path.replace(std::path::MAIN_SEPARATOR, "/");
    let scheme = if path.starts_with('/') { "file://" } else { "" };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let escape = |byte: u8| match plain(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    scheme.to_owned() + &path.bytes().map(escape).collect::<String>()
}
