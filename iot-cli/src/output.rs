//! Formats, and messages that point into a file.

use std::ops::Range;
use std::path::Path;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use clap::ValueEnum;
use iot_policy::{PolicyError, locate};

/// How a command prints its answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Text for a person
    #[default]
    Human,
    /// JSON for a program
    Json,
}

/// Draws a place of a file with a title above and a label below it.
pub(crate) fn snippet(
    level: Level<'_>,
    id: Option<&str>,
    title: &str,
    path: &Path,
    source: &str,
    place: Range<usize>,
    label: &str,
) -> String {
    let path = path.display().to_string();
    let title = match id {
        Some(id) => level.primary_title(title).id(id),
        None => level.primary_title(title),
    };
    let annotation = AnnotationKind::Primary.span(place).label(label);
    let snippet = Snippet::source(source).path(&path).annotation(annotation);
    let report: &[Group<'_>] = &[title.element(snippet)];
    Renderer::styled().render(report).to_string()
}

/// Draws why a policy file cannot be read.
pub(crate) fn policy_error(path: &Path, source: &str, error: &PolicyError) -> String {
    let at = error.position().map(|position| position.offset);
    let place = at
        .map(|at| at..at)
        .or_else(|| locate(source, error.pointer()));
    let place = place.unwrap_or(0..0);
    let place = place.start.min(source.len())..place.end.min(source.len());
    let title = "this is not a policy";
    snippet(
        Level::ERROR,
        None,
        title,
        path,
        source,
        place,
        &error.kind().to_string(),
    )
}
