//! `iot audit`, `iot audit schedule`, `iot audit checks`.

mod catalogue;
mod events;
mod human;
mod inventory;
mod item;
mod json;
mod pem;
mod piece;
mod progress;
mod proof;
mod reader;
mod remedy;
mod run;
mod sarif;
mod schedule;
mod settings;
mod shape;
mod text;
mod unread;

use clap::{Args, Subcommand};

use crate::Outcome;
use crate::output::Failure;

#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    arg_required_else_help = true,
    after_help = AFTER_HELP,
)]
pub(crate) struct AuditCommand {
    #[command(subcommand)]
    other: Option<Other>,
    #[command(flatten)]
    run: settings::RunArgs,
}

#[derive(Debug, Subcommand)]
enum Other {
    /// Tell on which dates a scheduled audit runs
    Schedule(schedule::ScheduleCommand),
    /// List the checks: severity, what they look at, the mitigation actions that they allow
    Checks(catalogue::ChecksCommand),
}

impl AuditCommand {
    pub(crate) fn run(self) -> Result<Outcome, Failure> {
        match self.other {
            Some(Other::Schedule(command)) => command.run(),
            Some(Other::Checks(command)) => command.run(),
            None => run::run(&self.run),
        }
    }
}

const AFTER_HELP: &str =
    "A folder is read with all that is below it. JSON is told apart by its members, \
which are those that the AWS CLI prints; objects stand alone or in a list:
  policyDocument; or a bare document         a policy; a bare one has the name of its file
  certificatePem, status, creationDate       a certificate; if its ARN has `:cacert/`, of a CA
  status or creationDate without a PEM       what the registry knows of the certificate with this
                                             certificateId, or else with this name of a file
  identityPoolId, roles, lastConnectionDate  an identity pool of Cognito
  roleAliasArn, roleArn, policies,
  servicesUsedLastYear                       a role alias
  roleArn, policies                          a role, for pools and aliases that name it
  defaultLogLevel, logLevel, disableAllLogs  the logging of the account
  account, certificates, caCertificates,
  issuerCertificates, revocationLists,
  policies, identityPools, roles,            an inventory: lists of resources, or of paths of
  roleAliases, logging, connections          files as seen from it
Certificates and revocation lists are PEM or DER: .pem .crt .cer .der .crl. Those in a folder `ca`
are of registered CAs, those in `issuers` of other issuers. The documents in roles/NAME/ are those
of the role NAME. A .jsonl is a log of lifecycle events in order of time: eventType `connected` or
`disconnected`, clientId, principalIdentifier, sessionIdentifier, timestamp in milliseconds, and
disconnectReason; or, in short, principal, session, and ts in seconds.

What cannot be read is told, and the exit code is 2. Without --checks, those checks run that have
something to look at.

EXIT CODES:
  0 nothing found of the severity of --fail-on or above, 1 something found, 2 bad input

EXAMPLES:
  iot audit examples/audit
  iot audit 'policies/**/*.json' --format sarif > audit.sarif
  iot audit fleet --profile extended --suppressions suppressions.json --fail-on high
  iot audit schedule MONTHLY --day-of-month LAST";
