//! `iot jobs check`, `iot jobs plan`, `iot jobs cron`.

mod chart;
mod check;
mod cron;
mod delay;
mod plan;
mod request;
mod table;

use clap::Subcommand;

use crate::Outcome;
use crate::output::Failure;

#[derive(Debug, Subcommand)]
pub(crate) enum JobsCommand {
    /// Find every error in the configuration of a job
    Check(check::Check),
    /// Simulate a rollout: when it is done, when it aborts, how many devices are broken by then
    Plan(Box<plan::PlanCommand>),
    /// Tell when a cron expression fires, and when its maintenance window is open
    Cron(cron::CronCommand),
}

impl JobsCommand {
    pub(crate) fn run(self) -> Result<Outcome, Failure> {
        match self {
            Self::Check(command) => command.run(),
            Self::Plan(command) => command.run(),
            Self::Cron(command) => command.run(),
        }
    }
}
