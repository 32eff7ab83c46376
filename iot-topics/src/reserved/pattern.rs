//! How a text is compared with the shape of a reserved topic.
//!
//! Every reserved topic starts with `$aws/`; patterns and the texts compared with them are what
//! follows.

use alloc::string::String;
use core::fmt;

use super::selector::JobSelector;
use super::split::Split;
use super::words::Exchange;
use crate::ident::{
    CertificateId, CommandClientId, CommandId, DeviceLocationId, ExecutionId, GroupName, JobId,
    LifecycleClientId, RuleName, ShadowName, StreamId, TemplateName, ThingName, ThingTypeName,
    TopicLevel,
};
use crate::limits::Limits;
use crate::name::{TopicName, TopicNameRef};

/// What all reserved topics of AWS start with.
pub(crate) const PREFIX: &str = "$aws/";

/// The levels behind `$aws/`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pattern(pub(crate) &'static [Level]);

impl Pattern {
    /// Whether a text can fit by the number of its levels and by those that are literal: cheap,
    /// and true for few patterns.
    pub(crate) fn may_fit(self, text: &Split<'_>) -> bool {
        let (length, count) = (self.0.len(), text.count());
        let rest = matches!(self.0.last(), Some(Level::Rest(_)));
        let open = text.level(count.saturating_sub(1)) == Some("#");
        let fits = count == length || open && count < length || rest && count > length;
        fits && self.0.iter().enumerate().all(|(index, level)| match level {
            Level::Literal(literal) => text
                .level(index)
                .is_none_or(|part| part == *literal || matches!(part, "+" | "#")),
            Level::Word(_) | Level::Id(_) | Level::Rest(_) => true,
        })
    }

    /// Whether the text is a name of this pattern or, as far as wildcards are allowed, a filter
    /// that takes one; `#` takes one or more levels. The error is the number of bytes up to the
    /// first level that does not fit.
    pub(crate) fn compare(self, text: &Split<'_>, wildcards: Wildcards) -> Result<(), usize> {
        for (index, level) in self.0.iter().enumerate() {
            let part = match level {
                Level::Rest(_) => text.rest(index),
                _ => text.level(index),
            };
            match (wildcards, part) {
                (Wildcards::All, Some("#")) => return Ok(()),
                (Wildcards::SingleLevel | Wildcards::All, Some("+")) => {}
                (Wildcards::All, Some(part))
                    if matches!(level, Level::Rest(_))
                        && has_wildcard_level(part)
                        && level.accepts(&shortest_match(part)) => {}
                (_, Some(part)) if level.accepts(part) => {}
                _ => return Err(text.start(index)),
            }
        }
        let rest = matches!(self.0.last(), Some(Level::Rest(_)));
        if rest || text.count() <= self.0.len() {
            Ok(())
        } else {
            Err(text.start(self.0.len()))
        }
    }

    /// The texts of a name that fits, at the levels that are not literal, in order.
    pub(crate) const fn captures(self, name: Split<'_>) -> Captures<'_> {
        Captures {
            levels: self.0,
            name,
            index: 0,
        }
    }

    /// The name with the given texts at the levels that are not literal.
    ///
    /// INVARIANT: `texts` holds one legal text for each of them; the law "parse undoes
    /// `to_topic_name`" is tested over every line of the catalogue.
    pub(crate) fn render(self, texts: &[&str]) -> TopicName {
        let mut texts = texts.iter();
        let mut name = String::from("$aws");
        for level in self.0 {
            name.push('/');
            name.push_str(match level {
                Level::Literal(text) => text,
                Level::Word(_) | Level::Id(_) | Level::Rest(_) => {
                    texts.next().copied().unwrap_or_default()
                }
            });
        }
        #[expect(
            clippy::expect_used,
            reason = "literals, words and identifiers have no wildcard and no U+0000, and together \
                      fewer bytes than the protocol allows: the longest text, a Basic Ingest \
                      topic, is counted when it is built"
        )]
        TopicNameRef::parse_with(&name, Limits::MQTT)
            .expect("the levels of a reserved topic are legal")
            .to_owned()
    }
}

/// Which wildcards of a filter take the levels of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wildcards {
    /// None: the text is a name.
    None,
    /// `+`.
    SingleLevel,
    /// `+` and `#`.
    All,
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$aws")?;
        for level in self.0 {
            match level {
                Level::Literal(text) => write!(f, "/{text}")?,
                Level::Id(id) => write!(f, "/{{{}}}", id.name())?,
                Level::Rest(id) => write!(f, "/{{{}...}}", id.name())?,
                Level::Word(words) => {
                    f.write_str("/{")?;
                    for (at, word) in words.iter().enumerate() {
                        write!(f, "{}{word}", if at == 0 { "" } else { "|" })?;
                    }
                    f.write_str("}")?;
                }
            }
        }
        Ok(())
    }
}

/// One level of a pattern.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Level {
    /// This text.
    Literal(&'static str),
    /// One of these words.
    Word(&'static [&'static str]),
    /// An identifier.
    Id(Id),
    /// An identifier that takes all remaining levels, at least one; only at the end.
    Rest(Id),
}

impl Level {
    fn accepts(self, text: &str) -> bool {
        match self {
            Self::Literal(literal) => literal == text,
            Self::Word(words) => words.contains(&text),
            Self::Id(id) | Self::Rest(id) => id.accepts(text),
        }
    }
}

/// The kinds of identifiers in reserved topics.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Id {
    CaCertificate,
    CommandClient,
    Command,
    DeviceLocation,
    Execution,
    Group,
    Job,
    JobOrNext,
    Level(&'static str),
    LifecycleClient,
    Rule,
    Shadow,
    Stream,
    Template,
    Thing,
    ThingType,
    Topic,
}

impl Id {
    const fn name(self) -> &'static str {
        match self {
            Self::CaCertificate => "caCertificateId",
            Self::CommandClient | Self::LifecycleClient => "clientId",
            Self::Command => "commandId",
            Self::DeviceLocation => "deviceId",
            Self::Execution => "executionId",
            Self::Group => "thingGroupName",
            Self::Job => "jobId",
            Self::JobOrNext => "jobId or $next",
            Self::Level(name) => name,
            Self::Rule => "ruleName",
            Self::Shadow => "shadowName",
            Self::Stream => "streamId",
            Self::Template => "templateName",
            Self::Thing => "thingName",
            Self::ThingType => "thingTypeName",
            Self::Topic => "topic",
        }
    }

    fn accepts(self, text: &str) -> bool {
        match self {
            Self::CaCertificate => CertificateId::check(text).is_ok(),
            Self::CommandClient => CommandClientId::check(text).is_ok(),
            Self::Command => CommandId::check(text).is_ok(),
            Self::DeviceLocation => DeviceLocationId::check(text).is_ok(),
            Self::Execution => ExecutionId::check(text).is_ok(),
            Self::Group => GroupName::check(text).is_ok(),
            Self::Job => JobId::check(text).is_ok(),
            Self::JobOrNext => text == JobSelector::NEXT || JobId::check(text).is_ok(),
            Self::Level(_) => TopicLevel::check(text).is_ok(),
            Self::LifecycleClient => LifecycleClientId::check(text).is_ok(),
            Self::Rule => RuleName::check(text).is_ok(),
            Self::Shadow => ShadowName::check(text).is_ok(),
            Self::Stream => StreamId::check(text).is_ok(),
            Self::Template => TemplateName::check(text).is_ok(),
            Self::Thing => ThingName::check(text).is_ok(),
            Self::ThingType => ThingTypeName::check(text).is_ok(),
            Self::Topic => TopicNameRef::parse_with(text, Limits::MQTT).is_ok(),
        }
    }
}

fn has_wildcard_level(text: &str) -> bool {
    text.split('/').any(|level| matches!(level, "+" | "#"))
}

/// The shortest text that the levels of a filter take, with nothing in place of each wildcard. No
/// identifier asks for more than one character, so one that the filter takes exists exactly if
/// this text is one.
fn shortest_match(filter: &str) -> String {
    let mut text = String::with_capacity(filter.len());
    for (index, level) in filter.split('/').enumerate() {
        if index > 0 {
            text.push('/');
        }
        if !matches!(level, "+" | "#") {
            text.push_str(level);
        }
    }
    if text.is_empty() {
        text.push('x');
    }
    text
}

/// The texts that an entry leaves open, in the order of its pattern.
#[derive(Clone, Debug)]
pub(crate) struct Captures<'a> {
    levels: &'static [Level],
    name: Split<'a>,
    index: usize,
}

impl<'a> Captures<'a> {
    /// The next text, as the type that its level stands for.
    pub(crate) fn take<T: core::str::FromStr>(&mut self) -> Option<T> {
        self.next()?.parse().ok()
    }

    /// The next text, as an answer.
    pub(crate) fn take_reply(&mut self) -> Option<Exchange> {
        Exchange::from_reply_level(self.next()?)
    }

    /// The last text, as an answer; the request when there is none.
    pub(crate) fn take_exchange(&mut self) -> Option<Exchange> {
        self.next()
            .map_or(Some(Exchange::Request), Exchange::from_reply_level)
    }
}

impl<'a> Iterator for Captures<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        loop {
            let index = self.index;
            let level = self.levels.get(index)?;
            self.index += 1;
            match level {
                Level::Literal(_) => {}
                Level::Word(_) | Level::Id(_) => return self.name.level(index),
                Level::Rest(_) => return self.name.rest(index),
            }
        }
    }
}
