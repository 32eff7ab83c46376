//! The store of retained messages.

use alloc::collections::BTreeMap;
use core::time::Duration;

use iot_topics::retained::{
    RetainOutcome, RetainRefusal, RetainedConfig, RetainedMode, RetainedStore,
};
use iot_topics::{Limits, MatchMode, Timestamp, TopicFilterRef, TopicNameRef};

use crate::input::{Bytes, choose};
use crate::topics_oracle as oracle;

type Store = RetainedStore<Vec<u8>>;

/// A line for the configuration (the mode, the most messages, the seconds of idle expiry), then a
/// line for each call: its letter, the seconds to wait, a topic and what else it takes.
///
/// The store answers as a plain map does that looks at every message at every call.
pub fn retained_store(data: &[u8]) {
    let mut lines = data.split(|byte| *byte == b'\n').map(Bytes::new);
    let Some(mut first) = lines.next() else {
        return;
    };
    let mut config = RetainedConfig::AWS_IOT;
    let modes = [(b'a', RetainedMode::Aws), (b'm', RetainedMode::Mqtt311)];
    config.mode = choose(&modes, first.byte());
    config.max_messages = usize::from(first.byte() % 16);
    config.idle_expiry = Duration::from_secs(first.byte().into());
    let mut store = Store::new(config);
    let mut model = Model {
        config,
        messages: BTreeMap::new(),
    };
    let mut now = Timestamp::from_secs(1_700_000_000);
    for mut line in lines {
        let call = line.byte();
        now = now.saturating_add(Duration::from_secs(line.byte().into()));
        model.drop_expired(now);
        match call {
            b'p' => publish(&mut store, &mut model, None, line, now),
            b'e' => {
                let expiry = Duration::from_secs(line.byte().into());
                publish(&mut store, &mut model, Some(expiry), line, now);
            }
            b'g' => get(&mut store, &mut model, &line.text(), now),
            _ => subscribe(&mut store, &mut model, &line.text(), now),
        }
        // What is gone is gone for `iter` before any call has dropped it.
        let listed: Vec<_> = store
            .iter(now)
            .map(|(name, it)| (name.as_str(), it))
            .collect();
        let known = model.messages.iter();
        let known: Vec<_> = known
            .map(|(name, it)| (name.as_str(), &it.payload))
            .collect();
        assert_eq!(listed, known);
        assert_eq!(store.len(now), known.len());
        let next = model.messages.values().map(|it| it.gone_at(&config)).min();
        assert_eq!(store.poll_timeout(), next);
    }
}

struct Model {
    config: RetainedConfig,
    messages: BTreeMap<String, Message>,
}

struct Message {
    payload: Vec<u8>,
    touched: Timestamp,
    expires: Option<Timestamp>,
}

impl Message {
    fn gone_at(&self, config: &RetainedConfig) -> Timestamp {
        let idle = self.touched.saturating_add(config.idle_expiry);
        self.expires.map_or(idle, |at| at.min(idle))
    }
}

impl Model {
    fn drop_expired(&mut self, now: Timestamp) {
        let config = self.config;
        self.messages
            .retain(|_, message| message.gone_at(&config) > now);
    }
}

fn publish(
    store: &mut Store,
    model: &mut Model,
    expiry: Option<Duration>,
    line: Bytes<'_>,
    now: Timestamp,
) {
    let text = line.text();
    let (name, payload) = text.split_once(' ').unwrap_or((&text, ""));
    let Ok(topic) = TopicNameRef::parse_with(name, Limits::MQTT) else {
        return;
    };
    let payload = payload.as_bytes().to_vec();
    let outcome = match expiry {
        Some(expiry) => store.publish_with_expiry(topic, payload.clone(), expiry, now),
        None => store.publish(topic, payload.clone(), now),
    };
    let max = model.config.max_messages;
    let expected = if name.starts_with('$') {
        RetainOutcome::Refused(RetainRefusal::ReservedTopic)
    } else if payload.is_empty() {
        let existed = model.messages.remove(name).is_some();
        RetainOutcome::Deleted { existed }
    } else if model.messages.len() >= max {
        RetainOutcome::Refused(RetainRefusal::StoreFull { max })
    } else {
        let seconds = expiry.map(|it| Duration::from_secs(it.as_secs().clamp(1, 604_800)));
        let message = Message {
            payload,
            touched: now,
            expires: seconds.map(|it| now.saturating_add(it)),
        };
        let replaced = model.messages.insert(name.to_owned(), message).is_some();
        RetainOutcome::Stored { replaced }
    };
    // A message can be gone the instant it comes: without idle expiry nothing is kept.
    model.drop_expired(now);
    assert_eq!(outcome, expected, "{name:?}");
}

fn get(store: &mut Store, model: &mut Model, name: &str, now: Timestamp) {
    let Ok(topic) = TopicNameRef::parse_with(name, Limits::MQTT) else {
        return;
    };
    let expected = model.messages.get_mut(name).map(|message| {
        message.touched = now;
        &message.payload
    });
    assert_eq!(store.get(topic, now), expected);
}

fn subscribe(store: &mut Store, model: &mut Model, text: &str, now: Timestamp) {
    let Ok(filter) = TopicFilterRef::parse_with(text, Limits::MQTT) else {
        return;
    };
    let mode = model.config.mode;
    let is_sent = |name: &str| match mode {
        _ if filter.share_name().is_some() => false,
        RetainedMode::Aws => text == name,
        RetainedMode::Mqtt311 => oracle::matches(text, name, MatchMode::Mqtt),
    };
    let mut expected = Vec::new();
    for (name, message) in &mut model.messages {
        if is_sent(name) {
            message.touched = now;
            let left = message.expires.map(|at| at.saturating_since(now).as_secs());
            expected.push((name.as_str(), &message.payload, left));
        }
    }
    let sent = store.on_subscribe(filter, now);
    assert!(sent.iter().all(|delivery| delivery.retain));
    let sent = sent.iter();
    let sent: Vec<_> = sent
        .map(|it| (it.name.as_str(), it.payload, it.expires_in))
        .collect();
    assert_eq!(sent, expected, "{text:?}");
}
