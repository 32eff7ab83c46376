//! The command `iot`: explain, lint and test AWS IoT policies and topics offline.
//!
//! Exit codes: 0 allowed or clean, 1 denied or findings, 2 bad input.

mod connection;
mod explain;
mod files;
mod output;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

/// Explain, lint and test AWS IoT policies and topics offline.
#[derive(Debug, Parser)]
#[command(name = "iot", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Questions about policies
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Print the completions of a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Subcommand)]
enum PolicyCommand {
    /// Tell whether policies allow an operation, and why
    Explain(explain::Explain),
}

/// How a command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Allowed, or without findings.
    Good,
    /// Denied, or with findings.
    Bad,
}

/// What keeps a command from its work.
type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        Command::Policy(PolicyCommand::Explain(command)) => command.run(),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "iot", &mut std::io::stdout());
            Ok(Outcome::Good)
        }
    };
    match outcome {
        Ok(Outcome::Good) => ExitCode::SUCCESS,
        Ok(Outcome::Bad) => ExitCode::from(1),
        Err(failure) => {
            anstream::eprintln!("{failure}");
            ExitCode::from(2)
        }
    }
}
