//! `iot shadow explain`.

mod answer;
mod leaf;
mod subject;

use std::path::PathBuf;

use clap::Args;
use iot_topics::{ShadowName, ThingName, Timestamp};

use self::subject::Subject;
use super::{STDIN, Source};
use crate::Outcome;
use crate::output::{Failure, Format};

#[derive(Debug, Args)]
#[command(
    after_help = "FILE holds a document as a get answers it: `state`, and perhaps `metadata`, `version` and \
`timestamp`; or the shadows that `iot shadow apply --state` keeps, of which `--thing` and \
`--shadow` name one. A delta in the file does not count: it is made anew of `desired` and \
`reported`.

EXIT CODES:
  0 there is no delta, 1 there is one, 2 the file cannot be used

EXAMPLES:
  iot shadow explain examples/shadow/thermostat.json
  iot shadow explain shadows.jsonl --thing lamp --shadow night --now 1700000000
  aws iot-data get-thing-shadow --thing-name lamp /dev/stdout | iot shadow explain -"
)]
pub(crate) struct Explain {
    /// The document, or the state of `apply`; `-` is standard input
    #[arg(value_name = "FILE", default_value = STDIN, hide_default_value = true)]
    file: PathBuf,
    /// The thing whose shadow it is
    #[arg(long)]
    thing: Option<ThingName>,
    /// The shadow, if it is a named one
    #[arg(long, requires = "thing")]
    shadow: Option<ShadowName>,
    /// The time to tell ages at, in seconds since 1970 [default: that of the document, or else of the clock]
    #[arg(long, value_name = "SECONDS")]
    now: Option<u64>,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Explain {
    pub(super) fn run(&self) -> Result<Outcome, Failure> {
        let source = Source::read(&self.file)?;
        let id = self.thing.clone().map(|thing| iot_shadow::ShadowId {
            thing,
            shadow: self.shadow.clone(),
        });
        let mut subject = Subject::read(&source, id)?;
        if let Some(now) = self.now {
            subject.now = Timestamp::from_secs(now);
        }
        let delta = subject.delta();
        let leaves = leaf::leaves(&subject);
        answer::print(&subject, &leaves, delta.as_ref(), self.format)?;
        Ok(delta.is_none().into())
    }
}
