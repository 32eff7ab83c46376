//! The subscription index.

use alloc::collections::BTreeMap;

use iot_topics::{FilterMap, Limits, MatchMode, TopicFilterRef, TopicNameRef};

/// A byte for mode and seed, then lines: the first byte of each is a command, the rest a text in a
/// small alphabet (other bytes are folded into it, so that filters collide).
///
/// Inserting, removing, getting, iterating, shrinking and matching answer as a plain map does that
/// is searched from end to end.
pub fn filter_map(data: &[u8]) {
    let Some((&head, script)) = data.split_first() else {
        return;
    };
    let mode = if head & 1 == 0 {
        MatchMode::Aws
    } else {
        MatchMode::Mqtt
    };
    let mut map = FilterMap::with_seed(mode, u64::from(head >> 1));
    let mut model: BTreeMap<String, u32> = BTreeMap::new();
    for (number, line) in (0_u32..).zip(script.split(|byte| *byte == b'\n').take(2000)) {
        let Some((&command, text)) = line.split_first() else {
            continue;
        };
        let folded: String = text.iter().map(|byte| fold(*byte)).collect();
        // Deep or wide on request: beyond what the hash tables take.
        let text = match command >> 6 {
            0 | 1 => folded,
            2 => "a/".repeat(usize::from(command & 31)) + &folded,
            _ => format!("$share/g{}/{folded}", number % 40),
        };
        let filter = TopicFilterRef::parse_with(&text, Limits::MQTT);
        match (command & 7, filter) {
            (0..=3, Ok(filter)) => assert_eq!(
                map.insert(filter, number),
                model.insert(text.clone(), number)
            ),
            (4, Ok(filter)) => assert_eq!(map.remove(filter), model.remove(&text)),
            (5, Ok(filter)) => assert_eq!(map.get(filter), model.get(&text)),
            (6, _) => map.shrink_to_fit(),
            (7, _) => {
                if let Ok(name) = TopicNameRef::parse_with(&text, Limits::MQTT) {
                    assert_matches(&map, &model, name);
                }
            }
            _ => {}
        }
        assert_eq!(map.len(), model.len());
    }
    let mut entries: Vec<_> = map
        .iter()
        .map(|e| (e.filter().as_str().to_owned(), *e.value()))
        .collect();
    entries.sort();
    assert!(entries.iter().map(|(text, value)| (text, value)).eq(&model));
    for name in ["a", "a/b", "/", "a/a/a", "$a/b"] {
        assert_matches(
            &map,
            &model,
            TopicNameRef::parse_with(name, Limits::MQTT).unwrap(),
        );
    }
}

fn assert_matches(map: &FilterMap<u32>, model: &BTreeMap<String, u32>, name: TopicNameRef<'_>) {
    let mut found: Vec<_> = map
        .matches(name)
        .map(|e| (e.filter().as_str(), *e.value()))
        .collect();
    found.sort_unstable();
    let expected: Vec<_> = model
        .iter()
        .filter(|(text, _)| {
            TopicFilterRef::parse_with(text, Limits::MQTT)
                .is_ok_and(|f| f.matches_with(name, map.mode()))
        })
        .map(|(text, value)| (text.as_str(), *value))
        .collect();
    assert_eq!(found, expected, "{name}");
}

fn fold(byte: u8) -> char {
    match byte % 16 {
        0..=4 => '/',
        5..=7 => 'a',
        8 | 9 => 'b',
        10..=12 => '+',
        13 => '#',
        14 => '$',
        _ => 'é',
    }
}
