//! `iot policy lint`.

mod sarif;

use std::ops::Range;
use std::path::PathBuf;

use annotate_snippets::{Annotation, AnnotationKind, Group, Level};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use iot_policy::lint::{self, LintId, Location, Severity, Suggestion, lint_texts};
use iot_policy::{Position, locate, locate_key};
use serde_json::{Value, json};

use crate::Outcome;
use crate::files;
use crate::output::{self, Failure, Place, ReportFormat};

#[derive(Debug, Args)]
#[command(after_help = "EXIT CODES:
  0 nothing is suspicious, 1 something is, 2 a file is not a policy

EXAMPLES:
  iot policy lint examples/workshop/shadow.json
  iot policy lint --together thing.json group.json
  iot policy lint 'policies/**/*.json' --format sarif > lint.sarif
  iot policy lint jitr.json --min-severity warning --allow parent-not-delivered")]
pub(crate) struct Lint {
    /// Policy files, by path or by glob
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// The policies are in force together, as those of one certificate
    #[arg(long)]
    together: bool,
    /// Leave out findings that are less severe
    #[arg(long, value_enum, default_value_t, value_name = "SEVERITY")]
    min_severity: MinSeverity,
    /// Leave out the findings of this lint; may be given several times
    #[arg(long, value_name = "LINT", value_parser = lint_id(), hide_possible_values = true)]
    allow: Vec<LintId>,
    /// How to print the findings
    #[arg(long, value_enum, default_value_t)]
    format: ReportFormat,
}

/// The least severity that is reported.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum MinSeverity {
    #[default]
    Info,
    Warning,
    Error,
}

impl From<MinSeverity> for Severity {
    fn from(least: MinSeverity) -> Self {
        match least {
            MinSeverity::Info => Self::Info,
            MinSeverity::Warning => Self::Warning,
            MinSeverity::Error => Self::Error,
        }
    }
}

/// Takes the names that the findings print.
fn lint_id() -> impl TypedValueParser<Value = LintId> {
    let names = LintId::ALL.iter().map(|id| id.as_str());
    PossibleValuesParser::new(names)
        .try_map(|name| LintId::parse(&name).ok_or("there is no such lint"))
}

/// A policy file.
struct File {
    path: String,
    text: String,
}

/// A place in a file.
struct Spot<'a> {
    file: &'a File,
    pointer: &'a str,
    range: Range<usize>,
}

/// A lint with its places looked up.
struct Finding<'a> {
    lint: &'a lint::Lint,
    spot: Spot<'a>,
    related: Option<Spot<'a>>,
}

impl Lint {
    pub(crate) fn run(self) -> Result<Outcome, Failure> {
        let paths = files::expand(&self.files)?;
        let read = |path: &PathBuf| -> Result<File, Failure> {
            let text = files::read(path)?;
            let path = path.display().to_string();
            Ok(File { path, text })
        };
        let files = paths.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let groups: Vec<&[File]> = match self.together {
            true => vec![&files],
            false => files.chunks(1).collect(),
        };
        let mut lints = Vec::new();
        for group in groups {
            lints.push((group, examine(group)?));
        }
        let (findings, left_out): (Vec<_>, Vec<_>) = lints
            .iter()
            .flat_map(|(group, lints)| lints.iter().filter_map(|lint| finding(group, lint)))
            .partition(|finding| self.reports(finding.lint));
        match self.format {
            ReportFormat::Human => human(&files, &findings, left_out.len())?,
            ReportFormat::Json => output::print_json(&as_json(&findings))?,
            ReportFormat::Sarif => output::print_json(&sarif::log(&findings))?,
        }
        Ok(findings.is_empty().into())
    }

    fn reports(&self, lint: &lint::Lint) -> bool {
        lint.severity() >= self.min_severity.into() && !self.allow.contains(&lint.id())
    }
}

fn examine(files: &[File]) -> Result<Vec<lint::Lint>, Failure> {
    let texts: Vec<&str> = files.iter().map(|file| file.text.as_str()).collect();
    lint_texts(&texts).map_err(|(index, error)| match files.get(index) {
        Some(file) => output::policy_error(file.path.as_ref(), &file.text, &error),
        None => error.to_string().into(),
    })
}

fn finding<'a>(files: &'a [File], lint: &'a lint::Lint) -> Option<Finding<'a>> {
    Some(Finding {
        lint,
        spot: spot(files, lint.location())?,
        related: lint.related().and_then(|related| spot(files, related)),
    })
}

fn spot<'a>(files: &'a [File], location: &'a Location) -> Option<Spot<'a>> {
    let file = files.get(location.document())?;
    let pointer = location.pointer();
    let range = match location.is_key() {
        true => locate_key(&file.text, pointer),
        false => locate(&file.text, pointer),
    };
    let range = range.unwrap_or_default();
    Some(Spot {
        file,
        pointer,
        range,
    })
}

impl Spot<'_> {
    /// First line and column, last line and column after the end; columns in Unicode scalars.
    fn lines(&self) -> (Position, Position) {
        let text = &self.file.text;
        (
            Position::of(text, self.range.start),
            Position::of(text, self.range.end),
        )
    }

    fn json(&self) -> Value {
        let (start, end) = self.lines();
        json!({
            "file": self.file.path,
            "pointer": self.pointer,
            "line": start.line,
            "column": start.column,
            "endLine": end.line,
            "endColumn": end.column,
        })
    }
}

fn human(files: &[File], findings: &[Finding<'_>], left_out: usize) -> Result<(), Failure> {
    for finding in findings {
        output::print(format_args!("{}\n", draw(finding)))?;
    }
    let style = output::verdict(findings.is_empty());
    let found = match findings.len() {
        0 => "nothing suspicious".to_owned(),
        found => count(found, "finding"),
    };
    let of = count(files.len(), "file");
    // Who reads it later does not see the arguments.
    let left_out = match left_out {
        0 => String::new(),
        left_out => format!(", {left_out} left out"),
    };
    output::print(format_args!("{style}{found}{style:#} in {of}{left_out}"))
}

fn count(number: usize, of: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {of}{plural}")
}

fn draw(finding: &Finding<'_>) -> String {
    let (lint, spot) = (finding.lint, &finding.spot);
    let level = match lint.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let mut snippet = output::snippet(&Place {
        path: &spot.file.path,
        source: &spot.file.text,
        range: spot.range.clone(),
        label: lint.id().title(),
    });
    let mut elsewhere = None;
    if let Some(related) = &finding.related {
        if std::ptr::eq(related.file, spot.file) {
            snippet = snippet.annotation(context(related));
        } else {
            elsewhere = Some(output::snippet(&Place {
                path: &related.file.path,
                source: &related.file.text,
                range: related.range.clone(),
                label: RELATED,
            }));
        }
    }
    let title = level.primary_title(lint.message()).id(lint.id().as_str());
    let mut group: Group<'_> = title.element(snippet);
    if let Some(snippet) = elsewhere {
        group = group.element(snippet);
    }
    if let Some(suggestion) = lint.suggestion() {
        group = group.element(Level::HELP.message(advice(suggestion)));
    }
    let source = format!("{} ({})", lint.id().explanation(), lint.id().source());
    output::render(group.element(Level::NOTE.message(source)))
}

const RELATED: &str = "the other place";

fn context<'a>(spot: &Spot<'a>) -> Annotation<'a> {
    AnnotationKind::Context
        .span(spot.range.clone())
        .label(RELATED)
}

/// A suggestion in words.
fn advice(suggestion: &Suggestion) -> String {
    match suggestion {
        Suggestion::Replace(text) => format!("write {} instead", quoted(text)),
        Suggestion::Remove => "take it away".to_owned(),
        Suggestion::Advice(text) => text.to_string(),
        _ => String::new(),
    }
}

/// The text as a string of JSON.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}

fn as_json(findings: &[Finding<'_>]) -> Value {
    let findings = findings.iter().map(|finding| {
        let lint = finding.lint;
        let suggestion = lint.suggestion();
        let replacement = match suggestion {
            Some(Suggestion::Replace(text)) => Some(&**text),
            _ => None,
        };
        json!({
            "id": lint.id().as_str(),
            "severity": lint.severity().as_str(),
            "message": lint.message(),
            "source": lint.id().source(),
            "location": finding.spot.json(),
            "related": finding.related.as_ref().map(Spot::json),
            "suggestion": suggestion.map(advice),
            "replacement": replacement,
        })
    });
    json!({"findings": findings.collect::<Vec<_>>()})
}
