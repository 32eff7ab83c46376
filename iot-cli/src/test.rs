//! `iot policy test`.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use clap::Args;
use iot_policy::{PolicyDocument, PolicySet, Request};
use serde_json::{Value, json};

use crate::Outcome;
use crate::case::{Case, Expected};
use crate::files::{self, Documents};
use crate::output::{self, Failure, Format};

#[derive(Debug, Args)]
#[command(
    after_help = "A case is one line of JSON: the policies, who asks, what is asked for, and what must come of it.

EXIT CODES:
  0 all cases pass, 1 one fails, 2 a file cannot be read or has no case

EXAMPLES:
  iot policy test examples/workshop/cases.jsonl
  iot policy test 'policies/**/*.jsonl' --format json"
)]
pub(crate) struct Test {
    /// Files of cases, by path or by glob
    #[arg(required = true, value_name = "CASES.jsonl")]
    files: Vec<String>,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What came of a case.
struct Ran {
    id: String,
    line: usize,
    why: Option<String>,
    expected: Expected,
    actual: Expected,
    explanation: String,
}

impl Ran {
    fn passed(&self) -> bool {
        self.expected == self.actual
    }
}

impl Test {
    pub(crate) fn run(self) -> Result<Outcome, Failure> {
        let mut documents = Documents::default();
        let mut files = Vec::new();
        for path in files::expand(&self.files)? {
            let ran = run_file(&path, &mut documents)?;
            files.push((path, ran));
        }
        let good = files.iter().flat_map(|(_, ran)| ran).all(Ran::passed);
        match self.format {
            Format::Human => files
                .iter()
                .try_for_each(|(path, ran)| output::print(human(path, ran).trim_end()))?,
            Format::Json => {
                let files: Vec<_> = files.iter().map(|(path, ran)| as_json(path, ran)).collect();
                output::print_json(&json!({"passed": good, "files": files}))?;
            }
        }
        Ok(good.into())
    }
}

fn run_file(path: &Path, documents: &mut Documents) -> Result<Vec<Ran>, Failure> {
    let text = files::read(path)?;
    let mut seen = BTreeMap::new();
    let mut all = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let number = index + 1;
        let at = |message: String| format!("{}:{number}: {message}", path.display());
        let case: Case<'_> = serde_json::from_str(line).map_err(|error| at(in_line(&error)))?;
        if let Some(first) = seen.insert(case.id.clone(), number) {
            return Err(at(format!("the id `{}` is that of line {first} too", case.id)).into());
        }
        let ran = run_case(path, number, &case, documents);
        all.push(ran.map_err(|failure| match failure {
            Failure::Message(message) => Failure::Message(at(message)),
            drawing => drawing,
        })?);
    }
    if all.is_empty() {
        return Err(format!("{}: there is no case in it", path.display()).into());
    }
    Ok(all)
}

/// The message of the reader, whose only line is ours.
fn in_line(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let place = format!(" at line 1 column {}", error.column());
    match message.strip_suffix(&place) {
        Some(message) => format!("column {}: {message}", error.column()),
        None => message,
    }
}

fn run_case(
    path: &Path,
    line: usize,
    case: &Case<'_>,
    documents: &mut Documents,
) -> Result<Ran, Failure> {
    let policies = PolicySet::compile(policies(path, case, documents)?);
    let scope = case.scope();
    let connection = case.connection()?;
    let context = connection.context(&scope);
    let request = Request::new(case.action()?, case.resource()?, &context);
    let response = policies.evaluate(&request);
    Ok(Ran {
        id: case.id.clone(),
        line,
        why: case.why.clone(),
        expected: case.expect,
        actual: Expected::of(response.decision()),
        explanation: response.explain().to_string(),
    })
}

/// The documents in the line, then those of the files that it names.
fn policies(
    path: &Path,
    case: &Case<'_>,
    documents: &mut Documents,
) -> Result<Vec<(String, PolicyDocument)>, Failure> {
    if case.policies.is_none() && case.policy_files.is_none() {
        return Err(format!("`{}` has neither `policies` nor `policyFiles`", case.id).into());
    }
    let mut all = Vec::new();
    for (index, text) in case.policies.iter().flatten().enumerate() {
        let document = PolicyDocument::from_json(text.get())
            .map_err(|error| format!("policies/{index}: {error}"))?;
        all.push((format!("policy {}", index + 1), document));
    }
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    for file in case.policy_files.iter().flatten() {
        all.push(documents.get(&folder.join(file))?);
    }
    Ok(all)
}

fn human(path: &Path, ran: &[Ran]) -> String {
    let failed = ran.iter().filter(|ran| !ran.passed()).count();
    let (passed, style) = (ran.len() - failed, output::verdict(failed == 0));
    let file = path.display().to_string();
    let file = output::printable(&file);
    let mut text = format!("{file}: {style}{passed} passed, {failed} failed{style:#}\n");
    for ran in ran.iter().filter(|ran| !ran.passed()) {
        let red = output::verdict(false);
        let (expected, actual) = (ran.expected.as_str(), ran.actual.as_str());
        let id = output::printable(&ran.id);
        let _infallible = writeln!(
            text,
            "  {id} (line {}): expected {expected}, {red}actual {actual}{red:#}",
            ran.line
        );
        let why = ran.why.iter().map(|why| format!("why: {why}"));
        let lines = ran.explanation.lines().map(str::to_owned).chain(why);
        for line in lines {
            let _infallible = writeln!(text, "    {}", output::printable(&line));
        }
    }
    text
}

fn as_json(path: &Path, ran: &[Ran]) -> Value {
    let failed = ran.iter().filter(|ran| !ran.passed()).count();
    let cases = ran.iter().map(|ran| {
        json!({
            "id": ran.id,
            "line": ran.line,
            "passed": ran.passed(),
            "expected": ran.expected.as_str(),
            "actual": ran.actual.as_str(),
            "explanation": ran.explanation,
            "why": ran.why,
        })
    });
    json!({
        "file": path.display().to_string(),
        "passed": ran.len() - failed,
        "failed": failed,
        "cases": cases.collect::<Vec<_>>(),
    })
}
