//! `iot detect`, `iot detect train`, `iot detect presets`.

mod chart;
mod feed;
mod input;
mod judge;
mod line;
mod models;
mod plot;
mod presets;
mod request;
mod run;
mod setup;
mod told;
mod train;

use clap::{Args, Subcommand};

use crate::Outcome;
use crate::output::Failure;

#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    arg_required_else_help = true,
    after_help = AFTER_HELP,
)]
pub(crate) struct DetectCommand {
    #[command(subcommand)]
    other: Option<Other>,
    #[command(flatten)]
    run: run::RunArgs,
}

#[derive(Debug, Subcommand)]
enum Other {
    /// Judge what arrives: the same as `iot detect` without a word behind it
    #[command(arg_required_else_help = true, after_help = AFTER_HELP)]
    Run(run::RunArgs),
    /// Learn from the past what is normal, for ML behaviors
    Train(train::TrainCommand),
    /// List the threats that there are ready profiles for, or print the profile of one
    Presets(presets::PresetsCommand),
}

impl DetectCommand {
    pub(crate) fn run(self) -> Result<Outcome, Failure> {
        match self.other {
            Some(Other::Run(run)) => run.run(),
            Some(Other::Train(command)) => command.run(),
            Some(Other::Presets(command)) => command.run(),
            None => self.run.run(),
        }
    }
}

const AFTER_HELP: &str = "A line is a JSON object of one of these kinds, with `ts`, its time: \
seconds since 1970 or a text
like `2022-04-20T09:30:51Z`. `thing` names a device of the registry, `client` one that is not in it:
  {\"ts\": 1700000000, \"thing\": \"lamp\", \"report\": {\"header\": {..}, \"metrics\": {..}}}
  {\"ts\": 1700000000, \"thing\": \"lamp\", \"cbor\": \"omZoZWFkZXKi..\"}
  {\"ts\": 1700000000, \"thing\": \"lamp\", \"metric\": \"aws:all-bytes-out\", \"value\": 4096}
  {\"ts\": 1700000000, \"client\": \"c-7\", \"event\": \"message-sent\", \"topic\": \"a/b\", \"bytes\": 90}
A report is what the device publishes, in JSON, or in CBOR as base64, which encode(*, 'base64') of a
rule makes of it; it is taken or rejected as AWS IoT does it. A value is a number, a list, or for
aws:message-byte-size also {\"min\": .., \"max\": .., \"total\": ..}; `dimension` may name what it is
scoped to: \"Auth\" or {\"dimensionName\": \"Auth\", \"operator\": \"NOT_IN\"}. Events are connect-attempt,
connected, disconnected, authorization-failure, message-sent and message-received; messages have
`topic` and `bytes`, a failure may have `topic`, and all of them `source`, the address of the
device. What they count is told every five minutes.

Lines come in the order of time, as far as steps of five minutes go: one whose step is over is not
taken. A line that is not taken is told, and the exit code is 2; the others are judged nevertheless.
Devices that are silent for more than 14 days count as not connected.

A profile is a request of CreateSecurityProfile: securityProfileName [default: that of the file],
behaviors, and so on. Beside these members there may be
  targets        what it is attached to: ARNs, or all, registered, unregistered [default: all]
  customMetrics  requests of CreateCustomMetric
  dimensions     requests of CreateDimension
  groups         of each thing group the things that are in it, or in a group below it
A file may also have the last three alone.

EXIT CODES:
  0 no violation, 1 one or more, 2 bad input

EXAMPLES:
  iot detect -p examples/detect/lamps.json examples/detect/lamps.jsonl
  iot detect --threat impersonation --threat cloud-abuse broker.jsonl --format sns
  tail -f reports.jsonl | iot detect -p 'profiles/*.json' --models models.json
  iot detect -p lamps.json lamps.jsonl --metric aws:num-messages-sent --chart sent.svg";
