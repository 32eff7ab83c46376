//! `iot topic match`, `iot topic check`, `iot topic classify`.

mod classify;

use annotate_snippets::Level;
use clap::{Args, Subcommand, ValueEnum};
use iot_topics::{Limits, MatchMode, TopicError, TopicFilterRef, TopicNameRef, reserved};
use serde_json::{Value, json};

use crate::Outcome;
use crate::output::{self, Failure, Format, Place};

#[derive(Debug, Subcommand)]
pub(crate) enum TopicCommand {
    /// Tell whether a topic filter takes a topic name
    Match(Match),
    /// Check a topic name or topic filter against every rule
    Check(Check),
    /// Tell which reserved topic a name is, and who may use it
    Classify(classify::Classify),
}

impl TopicCommand {
    pub(crate) fn run(self) -> Result<Outcome, Failure> {
        match self {
            Self::Match(command) => command.run(),
            Self::Check(command) => command.run(),
            Self::Classify(command) => command.run(),
        }
    }
}

/// Whose rules count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Rules {
    /// Those of AWS IoT Core
    #[default]
    Aws,
    /// Those of the MQTT specification alone
    Mqtt,
}

impl Rules {
    const fn limits(self) -> Limits {
        match self {
            Self::Aws => Limits::AWS_IOT,
            Self::Mqtt => Limits::MQTT,
        }
    }

    const fn mode(self) -> MatchMode {
        match self {
            Self::Aws => MatchMode::Aws,
            Self::Mqtt => MatchMode::Mqtt,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::Mqtt => "mqtt",
        }
    }

    const fn other(self) -> Self {
        match self {
            Self::Aws => Self::Mqtt,
            Self::Mqtt => Self::Aws,
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = "EXIT CODES:
  0 it does, 1 it does not, 2 one of them is not legal

EXAMPLES:
  iot topic match 'plant/+/temp' plant/7/temp
  iot topic match 'plant/#' plant              # no: AWS IoT wants a level below
  iot topic match 'plant/#' plant --mode mqtt  # yes")]
pub(crate) struct Match {
    /// The topic filter
    filter: String,
    /// The topic name
    name: String,
    /// Whose rules count: to AWS IoT Core `a/#` does not take `a`
    #[arg(long, value_enum, default_value_t)]
    mode: Rules,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Match {
    fn run(self) -> Result<Outcome, Failure> {
        let limits = self.mode.limits();
        let filter = TopicFilterRef::parse_with(&self.filter, limits)
            .map_err(|error| refused(&self.filter, FILTER, error))?;
        let name = TopicNameRef::parse_with(&self.name, limits)
            .map_err(|error| refused(&self.name, NAME, error))?;
        let answer = |rules: Rules| filter.matches_with(name, rules.mode());
        let matches = answer(self.mode);
        match self.format {
            Format::Json => output::print_json(&json!({
                "filter": self.filter,
                "name": self.name,
                "mode": self.mode.as_str(),
                "matches": matches,
            }))?,
            Format::Human => {
                let style = output::verdict(matches);
                let words = |matches| match matches {
                    true => "match",
                    false => "no match",
                };
                output::print(format_args!("{style}{}{style:#}", words(matches)))?;
                let other = self.mode.other();
                if answer(other) != matches {
                    let (mode, words) = (other.as_str(), words(!matches));
                    output::print(format_args!("with `--mode {mode}` the answer is: {words}"))?;
                }
            }
        }
        Ok(matches.into())
    }
}

#[derive(Debug, Args)]
#[command(
    after_help = "Without `--name` or `--filter` the text is checked as both.

EXIT CODES:
  0 legal as what was asked for, or as one of the two; 1 not

EXAMPLES:
  iot topic check plant/7/temp
  iot topic check --filter '$share/workers/plant/#'
  iot topic check --name --retain '$aws/things/lamp/shadow/update'
  iot topic check --filter a/b/c/d/e/f/g/h/i --limits mqtt"
)]
pub(crate) struct Check {
    /// The topic name or topic filter
    text: String,
    /// Check it as a topic filter, which clients subscribe to
    #[arg(long, conflicts_with = "name")]
    filter: bool,
    /// Check it as a topic name, which clients publish to
    #[arg(long)]
    name: bool,
    /// The message has RETAIN
    #[arg(long, requires = "name")]
    retain: bool,
    /// Whose rules count; those of MQTT know no reserved topics
    #[arg(long, value_enum, default_value_t)]
    limits: Rules,
    /// How to print the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl Check {
    fn run(self) -> Result<Outcome, Failure> {
        let mut answers = Vec::new();
        if !self.filter {
            answers.push((NAME, self.as_name()));
        }
        if !self.name {
            answers.push((FILTER, self.as_filter()));
        }
        match self.format {
            Format::Human => answers
                .iter()
                .try_for_each(|(role, answer)| output::print(self.line(role, answer)))?,
            Format::Json => output::print_json(&self.json(&answers))?,
        }
        Ok(answers.iter().any(|(_, answer)| answer.is_ok()).into())
    }

    fn as_name(&self) -> Result<(), TopicError> {
        let name = TopicNameRef::parse_with(&self.text, self.limits.limits())?;
        if self.limits == Rules::Aws {
            reserved::check_publish(name)?;
            if self.retain {
                reserved::check_retain(name)?;
            }
        }
        Ok(())
    }

    fn as_filter(&self) -> Result<(), TopicError> {
        let filter = TopicFilterRef::parse_with(&self.text, self.limits.limits())?;
        if self.limits == Rules::Aws {
            reserved::check_subscribe(filter)?;
        }
        Ok(())
    }

    fn line(&self, role: &str, answer: &Result<(), TopicError>) -> String {
        match answer {
            Ok(()) => {
                let style = output::verdict(true);
                let text = output::printable(&self.text);
                format!("{style}ok{style:#}: `{text}` is a legal {role}")
            }
            Err(error) => drawing(&self.text, role, *error),
        }
    }

    fn json(&self, answers: &[(&str, Result<(), TopicError>)]) -> Value {
        let answers = answers.iter().map(|(role, answer)| {
            let error = answer.err();
            json!({
                "as": role,
                "legal": answer.is_ok(),
                "error": error.map(|error| error.kind().to_string()),
                "position": error.map(|error| error.position()),
            })
        });
        json!({
            "text": self.text,
            "limits": self.limits.as_str(),
            "answers": answers.collect::<Vec<_>>(),
        })
    }
}

const NAME: &str = "topic name";
const FILTER: &str = "topic filter";

/// A topic name of the command line, within the limits of AWS IoT Core.
pub(crate) fn name(text: &str) -> Result<TopicNameRef<'_>, Failure> {
    TopicNameRef::parse(text).map_err(|error| refused(text, NAME, error))
}

/// A topic filter of the command line, within the limits of AWS IoT Core.
pub(crate) fn filter(text: &str) -> Result<TopicFilterRef<'_>, Failure> {
    TopicFilterRef::parse(text).map_err(|error| refused(text, FILTER, error))
}

fn refused(text: &str, role: &str, error: TopicError) -> Failure {
    Failure::Drawing(drawing(text, role, error))
}

fn drawing(text: &str, role: &str, error: TopicError) -> String {
    let at = error.position();
    let end = text.get(at..).and_then(|rest| rest.chars().next());
    output::draw(
        Level::ERROR,
        &format!("refused as a {role}"),
        &Place {
            path: role,
            source: text,
            range: at..at + end.map_or(0, char::len_utf8),
            label: &error.kind().to_string(),
        },
    )
}
