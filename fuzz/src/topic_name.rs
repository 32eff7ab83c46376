//! Topic names: which texts are one.

use iot_topics::{Limits, TopicErrorKind, TopicName, TopicNameRef, reserved};

/// A text is a topic name or has an error, as a second reading of the rules says; a name is its
/// text and its levels, and all ways to read it agree.
pub fn topic_name(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    for limits in [Limits::AWS_IOT, Limits::MQTT] {
        match TopicNameRef::parse_with(&text, limits) {
            Ok(name) => {
                assert!(is_legal(&text, limits), "taken: {text:?}");
                assert_eq!(name.as_str(), text);
                assert_eq!(name.levels().collect::<Vec<_>>().join("/"), text);
                assert_eq!(name.is_reserved(), text.starts_with('$'));
                assert_eq!(name.to_owned().as_name_ref(), name);
            }
            Err(error) => {
                assert!(!is_legal(&text, limits), "refused: {text:?}: {error}");
                assert!(error.position() <= text.len(), "{error}");
                if let TopicErrorKind::TooLong { max, got }
                | TopicErrorKind::TooManySlashes { max, got } = error.kind()
                {
                    assert!(got > max, "{error}");
                }
            }
        }
    }
    let owned: Result<TopicName, _> = text.parse();
    let by_ref = TopicNameRef::parse(&text).map(TopicNameRef::to_owned);
    assert_eq!(owned, by_ref);
    assert_eq!(TopicName::try_from(text.as_ref().to_owned()), by_ref);
    if let Ok(name) = owned {
        let json = serde_json::to_string(&name).unwrap();
        assert_eq!(serde_json::from_str::<TopicName>(&json).unwrap(), name);
    } else {
        let json = serde_json::to_string(&text).unwrap();
        assert!(serde_json::from_str::<TopicName>(&json).is_err());
    }
}

fn is_legal(text: &str, limits: Limits) -> bool {
    let ingested = without_basic_ingest(text);
    let counted = ingested.unwrap_or(text);
    // The catalogue has topics that are deeper than the limit.
    let is_deep = ingested.is_none() && reserved::classify(text).is_some();
    !text.is_empty()
        && text.len() <= Limits::MQTT.max_bytes
        && !text.contains(['+', '#', '\0'])
        && counted.len() <= limits.max_bytes
        && (is_deep || counted.matches('/').count() <= limits.max_slashes)
}

/// What stands behind `$aws/rules/<rule>/`.
fn without_basic_ingest(text: &str) -> Option<&str> {
    let (rule, rest) = text.strip_prefix("$aws/rules/")?.split_once('/')?;
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    ((1..=128).contains(&rule.len()) && rule.bytes().all(is_word)).then_some(rest)
}
