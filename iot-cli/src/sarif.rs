//! What every SARIF 2.1.0 log of this command has in common.

use iot_policy::Position;
use serde::Serialize;
use serde_json::{Value, json};
use serde_sarif::sarif::{
    ArtifactLocation, Invocation, Location, Message, MultiformatMessageString, Notification,
    PhysicalLocation, PropertyBag, Region, ReportingConfiguration, ReportingDescriptor,
    Result as SarifResult, ResultLevel, Tool, ToolComponent,
};

use crate::output::Listed;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

/// A log, whose members stand in the order of their names. The results are made while they are
/// printed, so that a log may have more of them than memory.
#[derive(Serialize)]
pub(crate) struct Log<R: Serialize> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    runs: [Run<R>; 1],
    version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<R: Serialize> {
    column_kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    invocations: Option<[Value; 1]>,
    results: R,
    tool: Value,
}

/// The log of one run of a command, with all of its rules.
pub(crate) fn log<I: Iterator<Item = SarifResult>>(
    command: &str,
    rules: Vec<ReportingDescriptor>,
    results: impl Fn() -> I,
) -> Log<impl Serialize> {
    let driver = ToolComponent::builder()
        .name(command)
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .rules(rules)
        .build();
    let run = Run {
        column_kind: "unicodeCodePoints",
        invocations: None,
        // By way of a value, which has its members in the order of their names.
        results: Listed(move || results().map(|result| json!(result))),
        tool: json!(Tool::builder().driver(driver).build()),
    };
    Log {
        schema: SCHEMA,
        runs: [run],
        version: "2.1.0",
    }
}

impl<R: Serialize> Log<R> {
    /// With what the command could not do, and that it could not.
    pub(crate) fn with_notifications(mut self, texts: &[String]) -> Self {
        let notifications = texts.iter().map(|text| {
            Notification::builder()
                .level(json!(ResultLevel::Error))
                .message(message(text))
                .build()
        });
        let invocation = Invocation::builder()
            .execution_successful(texts.is_empty())
            .tool_execution_notifications(notifications.collect::<Vec<_>>())
            .build();
        for run in &mut self.runs {
            run.invocations = Some([json!(invocation)]);
        }
        self
    }
}

/// A rule in the words of its catalogue.
pub(crate) struct Rule<'a> {
    pub(crate) id: &'a str,
    pub(crate) title: &'a str,
    pub(crate) explanation: &'a str,
    pub(crate) help: &'a str,
    pub(crate) level: ResultLevel,
    /// What the format has no member for.
    pub(crate) properties: Vec<(String, Value)>,
}

impl Rule<'_> {
    pub(crate) fn descriptor(self) -> ReportingDescriptor {
        let text = |text: &str| MultiformatMessageString::builder().text(text).build();
        let level = ReportingConfiguration::builder()
            .level(json!(self.level))
            .build();
        let properties = PropertyBag::builder()
            .additional_properties(
                self.properties
                    .into_iter()
                    .collect::<std::collections::BTreeMap<_, _>>(),
            )
            .build();
        ReportingDescriptor::builder()
            .id(self.id)
            .short_description(text(self.title))
            .full_description(text(self.explanation))
            .help(text(self.help))
            .default_configuration(level)
            .properties(properties)
            .build()
    }
}

pub(crate) fn message(text: &str) -> Message {
    Message::builder().text(text).build()
}

/// A place in a file: line and column of the first character and of that behind the last, from 1;
/// columns in Unicode scalars.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lines {
    pub(crate) start: (usize, usize),
    pub(crate) end: (usize, usize),
}

impl From<(Position, Position)> for Lines {
    fn from((start, end): (Position, Position)) -> Self {
        Self {
            start: (start.line, start.column),
            end: (end.line, end.column),
        }
    }
}

/// A file as a whole, or a place in it.
pub(crate) fn location(path: &str, place: Option<&Lines>) -> Location {
    let mut physical = PhysicalLocation::builder()
        .artifact_location(artifact(path))
        .build();
    physical.region = place.map(region);
    Location::builder().physical_location(physical).build()
}

pub(crate) fn artifact(path: &str) -> ArtifactLocation {
    ArtifactLocation::builder().uri(uri(path)).build()
}

pub(crate) fn region(lines: &Lines) -> Region {
    let number = |number| i64::try_from(number).unwrap_or(i64::MAX);
    Region::builder()
        .start_line(number(lines.start.0))
        .start_column(number(lines.start.1))
        .end_line(number(lines.end.0))
        .end_column(number(lines.end.1))
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
