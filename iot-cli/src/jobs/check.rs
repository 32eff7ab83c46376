//! `iot jobs check`.

use std::path::{Path, PathBuf};

use clap::Args;
use iot_topics::Timestamp;
use serde_json::{Value, json};

use super::request::{Problem, Request};
use crate::Outcome;
use crate::files;
use crate::output::{self, Failure, Format};
use crate::source::{STDIN, clock};
use crate::words::{count, time};

#[derive(Debug, Args)]
#[command(
    after_help = "A file holds the JSON of a CreateJob request, as `aws iot create-job --cli-input-json` takes it, or \
as much of it as there is: the configurations, the document, the targets.

EXIT CODES:
  0 the service would take every request, 1 a field breaks a rule, 2 a file holds no JSON

EXAMPLES:
  iot jobs check examples/jobs/careful.json
  iot jobs check 'jobs/*.json' --format json
  iot jobs check - --now 2024-03-04T10:00 < job.json"
)]
pub(crate) struct Check {
    /// Files, by path or by glob; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// The time at which the jobs are created: a schedule must begin after it [default: that of
    /// the clock]
    #[arg(long, value_name = "TIME", value_parser = time)]
    now: Option<Timestamp>,
    /// How to print the errors
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Check {
    pub(super) fn run(&self) -> Result<Outcome, Failure> {
        let now = self.now.unwrap_or_else(clock);
        let mut paths = Vec::new();
        for file in &self.files {
            match file.as_str() {
                STDIN => paths.push(PathBuf::from(STDIN)),
                file => paths.extend(files::expand(&[file.to_owned()])?),
            }
        }
        let read = |path: &PathBuf| -> Result<(Request, Vec<Problem>), Failure> {
            let request = Request::read(Path::new(path))?;
            let problems = request.problems(now);
            Ok((request, problems))
        };
        let checked: Vec<_> = paths.iter().map(read).collect::<Result<_, _>>()?;
        let errors: usize = checked.iter().map(|(_, problems)| problems.len()).sum();
        match self.format {
            Format::Human => {
                for (request, problems) in &checked {
                    for problem in problems {
                        output::print(format_args!("{}\n", problem.draw(&request.source)))?;
                    }
                }
                let style = output::verdict(errors == 0);
                let found = match errors {
                    0 => "no error".to_owned(),
                    errors => count(errors as u64, "error"),
                };
                let of = count(checked.len() as u64, "file");
                output::print(format_args!("{style}{found}{style:#} in {of}"))?;
            }
            Format::Json => {
                let files = checked.iter().map(|(request, problems)| {
                    let source = &request.source;
                    let errors = problems.iter().map(|problem| problem.json(source));
                    json!({"file": source.path, "errors": errors.collect::<Value>()})
                });
                output::print_json(&json!({"files": files.collect::<Value>()}))?;
            }
        }
        Ok((errors == 0).into())
    }
}
