//! `iot shadow apply`, `iot shadow diff`, `iot shadow explain`.

mod apply;
mod changes;
mod diff;
mod explain;
mod profile;
mod state;

use clap::Subcommand;
use iot_shadow::{Json, JsonError};

use crate::Outcome;
use crate::output::Failure;
use crate::source::{STDIN, Source, clock};

#[derive(Debug, Subcommand)]
pub(crate) enum ShadowCommand {
    /// Carry out operations on shadows and print the messages that AWS IoT publishes
    Apply(apply::Apply),
    /// Print the smallest merge patch that turns one JSON object into another
    Diff(diff::Diff),
    /// Tell leaf by leaf why a shadow has a delta, or has none
    Explain(explain::Explain),
}

impl ShadowCommand {
    pub(crate) fn run(self) -> Result<Outcome, Failure> {
        match self {
            Self::Apply(command) => command.run(),
            Self::Diff(command) => command.run(),
            Self::Explain(command) => command.run(),
        }
    }
}

impl Source {
    /// The text as JSON.
    fn json(&self) -> Result<Json, Failure> {
        Json::parse(self.text.as_bytes()).map_err(|error| self.no_json(error))
    }

    fn no_json(&self, error: JsonError) -> Failure {
        let at = error.position();
        let label = error.kind().to_string();
        self.failure("this JSON cannot be used", at..at, &label)
    }
}
