//! The report for a person.

use std::collections::BTreeMap;
use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Group, Level, Snippet};
use comfy_table::presets::NOTHING;
use comfy_table::{CellAlignment, Table};
use iot_defender::audit::{ActionType, AuditReport, Check, CheckReport, CheckRunStatus, Severity};

use super::piece::Place;
use super::proof::{Proven, Shown};
use super::remedy::remedy;
use super::run::Audited;
use crate::instant::shown;
use crate::output::{self, Failure, one_line};
use crate::words::{count, number};

pub(super) fn print(audited: &Audited) -> Result<(), Failure> {
    let mut open: Vec<&Shown> = audited.open().collect();
    open.sort_by_key(|shown| std::cmp::Reverse(shown.severity()));
    output::print_all(|out| {
        writeln!(out, "{}\n{}", head(&audited.report), table(&audited.report))?;
        for shown in &open {
            writeln!(out, "\n{}", draw(shown))?;
        }
        tail(out, audited, open.len())
    })
}

/// What was not run, what was left alone, and how much was found.
fn tail(out: &mut dyn Write, audited: &Audited, open: usize) -> io::Result<()> {
    writeln!(out)?;
    let mut not_run: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (check, lacking) in &audited.not_run {
        not_run.entry(lacking).or_default().push(check.as_str());
    }
    for (lacking, checks) in not_run {
        writeln!(out, "not run, {lacking}: {}", checks.join(", "))?;
    }
    if audited.left_alone > 0 {
        let files = count(audited.left_alone as u64, "file");
        writeln!(out, "left alone: {files} of other kinds")?;
    }
    let style = output::verdict(open == 0 && audited.unread.is_empty());
    let found = match open {
        0 => "no finding".to_owned(),
        found => count(found as u64, "finding"),
    };
    let suppressed = match audited.findings.len() - open {
        0 => String::new(),
        suppressed => format!(", {} suppressed", number(suppressed as u64)),
    };
    writeln!(out, "{style}{found}{style:#}{suppressed}")
}

fn head(report: &AuditReport) -> String {
    let (task, statistics) = (&report.task, report.statistics());
    let all = statistics.total_checks;
    let mut lines = vec![
        format!("task id               {}", task.task_id),
        format!("account               {}", task.account),
        format!("started               {}", shown(task.start)),
        format!(
            "non-compliant checks  {} of {all}",
            statistics.non_compliant_checks
        ),
        format!(
            "compliant checks      {} of {all}",
            statistics.compliant_checks
        ),
    ];
    if statistics.failed_checks > 0 {
        lines.push(format!(
            "failed checks         {} of {all}",
            statistics.failed_checks
        ));
    }
    lines.join("\n") + "\n"
}

/// In the place of a figure.
const NOT_KNOWN: &str = "-";

/// Checks that do not comply come first, the gravest first of all.
fn table(report: &AuditReport) -> String {
    let mut checks: Vec<(&Check, &CheckReport)> = report.checks.iter().collect();
    let order = |report: &CheckReport| match report.status {
        CheckRunStatus::CompletedNonCompliant => 0,
        CheckRunStatus::CompletedCompliant => 2,
        _ => 1,
    };
    checks.sort_by_key(|(check, report)| (order(report), std::cmp::Reverse(check.severity())));
    let has_suppressed = checks
        .iter()
        .any(|(_, report)| report.suppressed_resources > 0);
    let mut titles = vec!["CHECK", "SEVERITY", "NON-COMPLIANT", "OF", "SHARE"];
    if has_suppressed {
        titles.push("SUPPRESSED");
    }
    let right: Vec<usize> = (2..titles.len()).collect();
    titles.push("MITIGATION");
    let rows = checks.into_iter().map(|(check, report)| {
        let is_complete = matches!(
            report.status,
            CheckRunStatus::CompletedCompliant | CheckRunStatus::CompletedNonCompliant
        );
        let share = report.non_compliant_percent();
        let mut row = vec![
            check.to_string(),
            check.severity().to_string(),
            match report.non_compliant_resources {
                0 if !is_complete => NOT_KNOWN.to_owned(),
                known => number(known),
            },
            number(report.total_resources),
            match is_complete {
                true => share.map_or_else(String::new, |share| format!("{share} %")),
                false => NOT_KNOWN.to_owned(),
            },
        ];
        if has_suppressed {
            row.push(number(report.suppressed_resources));
        }
        row.push(match report.status {
            CheckRunStatus::CompletedNonCompliant => hint(*check),
            CheckRunStatus::CompletedCompliant => String::new(),
            status => {
                let message = report.message.as_deref().unwrap_or_default();
                format!("{status}: {}", one_line(message))
            }
        });
        row
    });
    columns(&titles, rows, &right)
}

/// The mitigation actions that change something.
fn hint(check: Check) -> String {
    let actions = check.mitigation_actions().iter();
    let actions = actions.filter(|action| **action != ActionType::PublishFindingToSns);
    let actions: Vec<&str> = actions.map(|action| action.as_str()).collect();
    match actions.is_empty() {
        true => "by hand".to_owned(),
        false => actions.join(", "),
    }
}

/// Rows below titles, without lines between.
pub(super) fn columns(
    titles: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
    right: &[usize],
) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING);
    table.set_header(titles.iter().copied());
    for row in rows {
        table.add_row(row);
    }
    for (at, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, 2));
        if right.contains(&at) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    let lines = table.to_string();
    let lines: Vec<_> = lines.lines().map(str::trim_end).collect();
    lines.join("\n")
}

/// Statements of one finding that are drawn.
const MOST_PLACES: usize = 4;
/// Witnesses of one finding that are told.
const MOST_WITNESSES: usize = 12;

fn draw(shown: &Shown) -> String {
    let severity = shown.severity();
    let (level, word) = match severity {
        Severity::Critical => (Level::ERROR, "critical"),
        Severity::High => (Level::ERROR, "high"),
        Severity::Medium => (Level::WARNING, "medium"),
        _ => (Level::INFO, "low"),
    };
    let finding = &shown.finding.finding;
    let title = one_line(&shown.title()).into_owned();
    let title = level.with_name(word).primary_title(title);
    let mut group = Group::with_title(title.id(finding.check.as_str()));
    let drawn = shown.proofs.get(..MOST_PLACES).unwrap_or(&shown.proofs);
    let mut notes = Vec::new();
    for proofs in drawn.chunk_by(|a, b| a.piece.is_beside(&b.piece)) {
        match snippet(proofs) {
            Some(snippet) => group = group.element(snippet),
            None => notes.extend(proofs.iter().map(|proof| {
                let (line, column) = proof.piece.lines().start;
                format!("in {}:{line}:{column}: {}", proof.piece.path(), proof.label)
            })),
        }
    }
    match shown.proofs.len().saturating_sub(MOST_PLACES) {
        0 => {}
        more => notes.push(format!("{more} more places are in the JSON")),
    }
    match (&shown.place, shown.proofs.is_empty()) {
        (Some(Place::Text(piece)), true) => {
            let (line, _) = piece.lines().start;
            notes.push(format!("in {}:{line}", piece.path()));
        }
        (Some(place), true) => notes.push(format!("in {}", place.path())),
        _ => {}
    }
    notes.push(format!("reason code {}", finding.reason_code));
    let witnesses: Vec<&str> = shown.witnesses().map(|it| it.text.as_str()).collect();
    let told = witnesses.iter().take(MOST_WITNESSES);
    notes.extend(told.map(|text| format!("proof: {text}")));
    match witnesses.len().saturating_sub(MOST_WITNESSES) {
        0 => {}
        more => notes.push(format!("{more} more proofs are in the JSON")),
    }
    notes.extend(shown.facts());
    for note in notes {
        group = group.element(Level::NOTE.message(one_line(&note).into_owned()));
    }
    let help = remedy(finding.check, finding.reason_code);
    let group = group.element(Level::HELP.message(help));
    let actions = finding.check.mitigation_actions().iter();
    let actions: Vec<&str> = actions.map(|action| action.as_str()).collect();
    let actions = format!("mitigation actions: {}", actions.join(", "));
    output::render(group.element(Level::HELP.message(actions)))
}

/// Places of one file; none if their lines are too long to be drawn.
fn snippet(proofs: &[Proven]) -> Option<Snippet<'_, annotate_snippets::Annotation<'_>>> {
    let piece = &proofs.first()?.piece;
    let (text, line, marks) = piece.window(proofs.iter().map(|proof| &proof.piece))?;
    let annotations = proofs.iter().zip(marks).map(|(proof, mark)| {
        let annotation = AnnotationKind::Primary.span(mark);
        annotation.label(one_line(&proof.label).into_owned())
    });
    let snippet = Snippet::source(text).line_start(line);
    let snippet = snippet.path(one_line(piece.path()));
    Some(snippet.annotations(annotations))
}
