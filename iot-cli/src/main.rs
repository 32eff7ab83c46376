//! The command `iot`: explain, lint, test and audit AWS IoT policies, topics, shadows, jobs and fleets
//! offline.
//!
//! Exit codes: 0 allowed or clean, 1 denied or findings, 2 bad input.
#![expect(
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "a binary with files and terminals has nothing to do without std"
)]

mod audit;
mod case;
mod connection;
mod detect;
mod explain;
mod files;
mod instant;
mod jobs;
mod lint;
mod output;
mod sarif;
mod shadow;
mod source;
mod test;
mod topic;
mod words;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

/// Explain, lint, test and audit AWS IoT policies, topics, shadows, jobs and fleets offline
#[derive(Debug, Parser)]
#[command(
    name = "iot",
    version,
    arg_required_else_help = true,
    after_help = "EXIT CODES:
  0 allowed, matching or clean; 1 denied, not matching or findings; 2 bad input

EXAMPLES:
  iot policy explain publish device/ratchet/data --client-id ratchet -p minimal.json
  iot policy lint 'policies/*.json'
  iot policy test cases.jsonl
  iot topic match 'plant/+/temp' plant/7/temp
  iot shadow apply examples/shadow/thermostat.jsonl
  iot jobs plan examples/jobs/deck.json --things 300000
  iot audit examples/audit
  iot detect --threat exfiltration reports.jsonl"
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Questions about policies
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Questions about topic names and topic filters
    #[command(subcommand)]
    Topic(topic::TopicCommand),
    /// Replay and explain what the shadow service does
    #[command(subcommand)]
    Shadow(shadow::ShadowCommand),
    /// Check job configurations, and plan rollouts
    #[command(subcommand)]
    Jobs(jobs::JobsCommand),
    /// Tell what an audit of Device Defender would find in certificates, policies, roles and connections
    Audit(Box<audit::AuditCommand>),
    /// Find devices that do not behave as they should, by reports, datapoints and events of brokers
    Detect(Box<detect::DetectCommand>),
    /// Print the completions of a shell
    #[command(
        after_help = "EXAMPLES:\n  iot completions bash > ~/.local/share/bash-completion/completions/iot"
    )]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Subcommand)]
enum PolicyCommand {
    /// Tell whether policies allow an operation, and why
    Explain(Box<explain::Explain>),
    /// Find what is suspicious in policies
    Lint(lint::Lint),
    /// Run test cases: requests, and what the policies must answer
    Test(test::Test),
}

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Allowed, or without findings.
    Good,
    /// Denied, or with findings.
    Bad,
}

impl From<bool> for Outcome {
    fn from(good: bool) -> Self {
        match good {
            true => Self::Good,
            false => Self::Bad,
        }
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Command::Policy(PolicyCommand::Explain(command)) => command.run(),
        Command::Policy(PolicyCommand::Lint(command)) => command.run(),
        Command::Policy(PolicyCommand::Test(command)) => command.run(),
        Command::Topic(command) => command.run(),
        Command::Shadow(command) => command.run(),
        Command::Jobs(command) => command.run(),
        Command::Audit(command) => command.run(),
        Command::Detect(command) => command.run(),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "iot", &mut script);
            output::print_bytes(&script).map(|()| Outcome::Good)
        }
    };
    match outcome {
        Ok(Outcome::Good) => ExitCode::SUCCESS,
        Ok(Outcome::Bad) => ExitCode::from(1),
        Err(failure) => {
            failure.print();
            ExitCode::from(2)
        }
    }
}
