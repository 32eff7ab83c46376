//! The topics of AWS IoT itself.

use iot_topics::reserved::{self, CatalogueEntry, ReservedTopic};
use iot_topics::{Limits, MatchMode, TopicErrorKind, TopicFilterRef, TopicNameRef};

use crate::input::lines;

/// Two lines, a name and a filter; then a line of the catalogue by its number, as a byte, and the
/// texts that take the places of its identifiers.
///
/// A name of the catalogue is what comes out of its typed form again, and follows the line that it
/// is said to follow. Who may publish and subscribe is told the same way by all that can be asked.
pub fn reserved_topic(data: &[u8]) {
    let mut lines = lines(data);
    let [name, filter, number] = [(); 3].map(|()| lines.next().unwrap_or_default());
    read(&name);
    subscribe(&filter, &name);

    let count = reserved::catalogue().count();
    let number = number.bytes().next().map_or(0, usize::from) % count;
    let entry = reserved::catalogue().nth(number).unwrap();
    let texts: Vec<_> = lines.collect();
    let built = filled(entry, &texts);
    read(&built);
    subscribe(&filter, &built);
    let is_whole = !texts.iter().any(|text| text.contains('/'));
    if let Some(found) = reserved::classify(&built).filter(|_| is_whole) {
        assert_eq!(found.to_string(), entry.to_string(), "{built}");
    }
}

/// The line with texts for its identifiers, and the first of each choice of words.
fn filled(entry: &CatalogueEntry, texts: &[impl AsRef<str>]) -> String {
    let mut texts = texts.iter().map(AsRef::as_ref);
    let pattern = entry.to_string();
    let level = |level: &str| match hole(level) {
        Some(words) if words.contains('|') => words.split('|').next().unwrap_or_default().into(),
        Some(_) => texts.next().unwrap_or("a").to_owned(),
        None => level.to_owned(),
    };
    let levels: Vec<String> = pattern.split('/').map(level).collect();
    levels.join("/")
}

/// What stands between the brackets of `{...}`.
fn hole(level: &str) -> Option<&str> {
    level.strip_prefix('{')?.strip_suffix('}')
}

fn read(text: &str) {
    let Ok(name) = TopicNameRef::parse_with(text, Limits::MQTT) else {
        assert!(!reserved::may_publish(text), "{text:?}");
        return;
    };
    let topic = ReservedTopic::parse(name);
    let entry = reserved::classify(text);
    let published = reserved::check_publish(name);
    assert_eq!(reserved::check_retain(name).is_ok(), !text.starts_with('$'));
    assert!(published.is_ok() || text.starts_with('$'), "{text}");
    match (&topic, entry) {
        (Some(topic), Some(entry)) => {
            assert_eq!(topic.to_topic_name().as_name_ref(), name);
            assert_eq!(topic.to_string(), text);
            assert!(follows(&entry.to_string(), text), "{text} {entry}");
            assert_eq!(topic.entry().to_string(), entry.to_string());
            assert_eq!(topic.may_publish(), entry.may_publish());
            assert_eq!(topic.may_subscribe(), entry.may_subscribe());
            assert_eq!(published.is_ok(), entry.may_publish(), "{text}");
            // Neither depth nor Basic Ingest's prefix keeps a client from what it may do.
            let is_short = text.len() <= Limits::AWS_IOT.max_bytes;
            if is_short && !text.starts_with("$aws/rules/") {
                assert_eq!(reserved::may_publish(text), entry.may_publish(), "{text}");
                assert_eq!(
                    reserved::may_subscribe(text),
                    entry.may_subscribe(),
                    "{text}"
                );
            }
        }
        (None, None) => {
            if let Err(error) = published {
                assert_eq!(error.kind(), TopicErrorKind::ReservedUnknown);
                assert!(text.is_char_boundary(error.position()), "{text} {error}");
            }
        }
        _ => panic!("{text}: {topic:?}, {entry:?}"),
    }
    assert_eq!(
        reserved::may_publish(text),
        published.is_ok() && TopicNameRef::parse(text).is_ok(),
    );
}

/// A second reading of a line, but for the identifiers: any text is one.
fn follows(pattern: &str, name: &str) -> bool {
    let mut levels = name.split('/');
    for part in pattern.split('/') {
        let Some(level) = levels.next() else {
            return false;
        };
        let fits = match hole(part) {
            Some(rest) if rest.ends_with("...") => return true,
            Some(words) if words.contains('|') => words.split('|').any(|word| word == level),
            Some(_) => true,
            None => part == level,
        };
        if !fits {
            return false;
        }
    }
    levels.next().is_none()
}

fn subscribe(text: &str, name: &str) {
    let Ok(filter) = TopicFilterRef::parse_with(text, Limits::MQTT) else {
        assert!(!reserved::may_subscribe(text), "{text:?}");
        return;
    };
    let answer = reserved::check_subscribe(filter);
    assert_eq!(
        reserved::may_subscribe(text),
        answer.is_ok() && TopicFilterRef::parse(text).is_ok(),
    );
    match answer {
        Ok(()) => {}
        Err(error) => {
            assert!(filter.filter_part().starts_with('$'), "{text}");
            assert!(text.is_char_boundary(error.position()), "{text} {error}");
        }
    }
    // A filter that takes a name which clients may subscribe to is not refused.
    let Ok(name) = TopicNameRef::parse_with(name, Limits::MQTT) else {
        return;
    };
    let Some(entry) = reserved::classify(name.as_str()) else {
        return;
    };
    let takes = filter.matches_with(name, MatchMode::Aws);
    // Device Location allows `+` alone.
    let is_barred =
        filter.filter_part().contains('#') && entry.to_string().contains("device_location");
    if takes && entry.may_subscribe() && !is_barred {
        assert_eq!(answer, Ok(()), "{text} takes {name}");
    }
}

#[cfg(test)]
mod tests {
    /// Each line is within reach: some text that an identifier can be makes a topic of it.
    #[test]
    fn every_line_makes_a_topic() {
        for entry in super::reserved::catalogue() {
            let certificate = "0".repeat(64);
            let topic = |text: &str| super::filled(entry, &[text; 4]);
            let topics = ["a", &certificate].map(topic);
            let is_topic = |name: &String| super::reserved::classify(name).is_some();
            assert!(topics.iter().any(is_topic), "{entry}: {topics:?}");
            topics.iter().for_each(|name| super::read(name));
        }
    }
}
