//! `iot shadow apply`.

mod line;
mod talk;

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use iot_shadow::ShadowStore;
use iot_topics::{ShadowName, ThingName, Timestamp};

use self::talk::Talk;
use super::profile::Rules;
use super::{STDIN, Source, clock, state};
use crate::Outcome;
use crate::output::{self, Failure, Format};

#[derive(Debug, Args)]
#[command(after_help = "An operation is one line of JSON, in one of two forms:
  {\"op\": \"update\", \"thing\": \"lamp\", \"shadow\": \"night\", \"payload\": {..}, \"now\": 1700000000}
  {\"topic\": \"$aws/things/lamp/shadow/name/night/update\", \"payload\": {..}, \"now\": 1700000000}
`op` is `update`, `get` or `delete`. `shadow` names a named shadow, the empty name is the classic \
one. `payload` is sent as it stands there; `payload_raw` is a string that is sent instead, be it \
JSON or not. `now` is in seconds since 1970, `why` is for readers. Nothing is carried out before \
every line was read.

EXIT CODES:
  0 every operation is accepted, 1 one is rejected, 2 a line or the state file cannot be used

EXAMPLES:
  iot shadow apply examples/shadow/thermostat.jsonl
  iot shadow apply examples/shadow/engine.jsonl --format json
  echo '{\"op\":\"get\"}' | iot shadow apply --thing lamp --state shadows.jsonl
  iot shadow apply requests.jsonl --profile greengrass --max-document-bytes 30720")]
pub(crate) struct Apply {
    /// The operations, one a line; `-` is standard input
    #[arg(value_name = "FILE", default_value = STDIN, hide_default_value = true)]
    file: PathBuf,
    /// Keep the shadows in this file: read if it is there, written when all is done
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// The thing of lines that name none
    #[arg(long)]
    thing: Option<ThingName>,
    /// The shadow of lines that name none [default: the classic one]
    #[arg(long)]
    shadow: Option<ShadowName>,
    /// The time of lines that tell none, in seconds since 1970 [default: that of the clock]
    #[arg(long, value_name = "SECONDS")]
    now: Option<u64>,
    #[command(flatten)]
    rules: Rules,
    /// How to print the messages: as a conversation, or each as a line of JSON
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Apply {
    pub(super) fn run(&self) -> Result<Outcome, Failure> {
        let source = Source::read(&self.file)?;
        let requests = line::read(&source, &self.defaults())?;
        let profile = self.rules.profile();
        let mut store = match &self.state {
            Some(path) => state::load(path, profile)?,
            None => ShadowStore::new(profile),
        };
        let mut talk = Talk::default();
        let mut printed = String::new();
        for request in &requests {
            talk.carry_out(request, &mut store, self.format, &mut printed);
        }
        if self.format == Format::Human {
            let _infallible = writeln!(printed, "{}", talk.summary());
        }
        // A file that cannot be written must not look as if it had been.
        if let Some(path) = &self.state {
            state::save(path, &store)?;
        }
        match self.format {
            Format::Human => output::print(printed.trim_end())?,
            Format::Json => output::print_bytes(printed.as_bytes())?,
        }
        Ok((talk.rejected == 0).into())
    }

    fn defaults(&self) -> line::Defaults {
        line::Defaults {
            thing: self.thing.clone(),
            shadow: self.shadow.clone(),
            now: self.now.map_or_else(clock, Timestamp::from_secs),
        }
    }
}
