//! The report for a program: the shapes of the API, and what it does not have.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::piece::{Piece, Place};
use super::proof::Shown;
use super::remedy::remedy;
use super::run::Audited;
use crate::output::Listed;

/// The members by name; the findings are made while they are printed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report<F: Serialize> {
    findings: F,
    not_run: Map<String, Value>,
    task: Value,
    unreadable: Value,
}

pub(super) fn report(audited: &Audited) -> impl Serialize {
    let report = &audited.report;
    let mut task = report.to_api_json();
    if let Some(members) = task.as_object_mut() {
        members.insert("taskId".into(), json!(report.task.task_id));
    }
    let not_run = audited.not_run.iter();
    let not_run = not_run.map(|(check, lacking)| (check.to_string(), json!(lacking)));
    let unread = audited.unread.iter().map(|unread| unread.failure.text());
    Report {
        findings: Listed(|| audited.findings.iter().map(finding)),
        not_run: not_run.collect(),
        task,
        unreadable: unread.collect(),
    }
}

fn finding(shown: &Shown) -> Value {
    let mut value = shown.finding.to_api_json();
    let finding = &shown.finding.finding;
    let statements = shown.proofs.iter().map(|proof| {
        let witnesses = proof.witnesses.iter().map(|witness| witness.json.clone());
        json!({
            "location": place(&proof.piece),
            "what": proof.label,
            "witnesses": witnesses.collect::<Value>(),
        })
    });
    let actions = finding.check.mitigation_actions().iter();
    let more = [
        ("location", shown.place.as_ref().map(location).into()),
        ("statements", statements.collect()),
        ("remedy", remedy(finding.check, finding.reason_code).into()),
        (
            "mitigationActions",
            actions.map(|action| action.as_str()).collect(),
        ),
    ];
    if let Some(members) = value.as_object_mut() {
        members.extend(more.map(|(key, value): (&str, Value)| (key.to_owned(), value)));
    }
    value
}

fn location(of: &Place) -> Value {
    match of.piece() {
        Some(piece) => place(piece),
        None => json!({"file": of.path()}),
    }
}

fn place(piece: &Piece) -> Value {
    let lines = piece.lines();
    json!({
        "file": piece.path(),
        "line": lines.start.0,
        "column": lines.start.1,
        "endLine": lines.end.0,
        "endColumn": lines.end.1,
    })
}
