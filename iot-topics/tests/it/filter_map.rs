//! `FilterMap` against a list of filters that is searched from end to end.

#![expect(
    clippy::unwrap_used,
    reason = "a test's own filters and names are legal"
)]

use alloc::collections::BTreeMap;

use iot_topics::{
    FilterEntry, FilterMap, FilterMapIter, Limits, MatchMode, Matches, TopicFilter, TopicFilterRef,
    TopicNameRef,
};
use proptest::collection::vec;
use proptest::prelude::*;

fn filter(text: &str) -> TopicFilterRef<'_> {
    TopicFilterRef::parse_with(text, Limits::MQTT).unwrap()
}

fn name(text: &str) -> TopicNameRef<'_> {
    TopicNameRef::parse_with(text, Limits::MQTT).unwrap()
}

/// What a map must answer: the slowest map there is.
#[derive(Clone, Debug, Default)]
struct Model(BTreeMap<String, u32>);

impl Model {
    fn matches(&self, topic: &str, mode: MatchMode) -> Vec<(&str, u32)> {
        let entries = self.0.iter().map(|(text, value)| (text.as_str(), *value));
        let takes = |text| filter(text).matches_with(name(topic), mode);
        entries.filter(|(text, _)| takes(*text)).collect()
    }
}

fn matches<'m>(map: &'m FilterMap<u32>, topic: &str) -> Vec<(&'m str, u32)> {
    let entries = map.matches(name(topic));
    let mut found: Vec<_> = entries.map(|e| (e.filter().as_str(), *e.value())).collect();
    found.sort_unstable();
    found
}

/// Everything that can be asked of a map.
fn assert_same(map: &FilterMap<u32>, model: &Model, topics: &[String]) {
    assert_eq!(map.len(), model.0.len());
    assert_eq!(map.is_empty(), model.0.is_empty());
    assert_eq!(map.iter().len(), map.iter().count());
    let mut entries: Vec<_> = map
        .iter()
        .map(|e| (e.filter().as_str(), *e.value()))
        .collect();
    entries.sort_unstable();
    let expected: Vec<_> = model
        .0
        .iter()
        .map(|(text, value)| (text.as_str(), *value))
        .collect();
    assert_eq!(entries, expected);
    for (text, value) in &model.0 {
        assert_eq!(map.get(filter(text)), Some(value), "{text}");
    }
    for topic in topics {
        assert_eq!(
            matches(map, topic),
            model.matches(topic, map.mode()),
            "{topic}"
        );
    }
}

#[derive(Clone, Debug)]
enum Step {
    Insert(String, u32),
    Remove(String),
    Change(String, u32),
    Shrink,
    Clear,
}

fn apply(map: &mut FilterMap<u32>, model: &mut Model, step: &Step) {
    match step {
        Step::Insert(text, value) => {
            let replaced = map.insert(filter(text), *value);
            assert_eq!(replaced, model.0.insert(text.clone(), *value), "{text}");
        }
        Step::Remove(text) => {
            assert_eq!(map.remove(filter(text)), model.0.remove(text), "{text}");
        }
        Step::Change(text, value) => {
            assert_eq!(map.get(filter(text)), model.0.get(text), "{text}");
            if let Some(slot) = map.get_mut(filter(text)) {
                *slot = *value;
                model.0.insert(text.clone(), *value);
            }
        }
        Step::Shrink => map.shrink_to_fit(),
        Step::Clear => {
            map.clear();
            model.0.clear();
        }
    }
}

/// Few words and often the same ones, so that filters collide, nest and match.
fn level() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        6 => prop::sample::select(vec!["a", "b"]),
        2 => prop::sample::select(vec!["", "$", "$aws", " ", "!", "0", "-", "é", "aa", "sixteen bytes...", "longer than sixteen bytes"]),
    ]
}

fn topics(deepest: usize) -> impl Strategy<Value = String> {
    vec(level(), 1..=deepest)
        .prop_map(|levels| levels.join("/"))
        .prop_filter("a name has a character", |text| !text.is_empty())
}

fn filters(deepest: usize) -> impl Strategy<Value = String> {
    let level = prop_oneof![3 => level(), 2 => Just("+")];
    let parts = (vec(level, 1..=deepest), any::<bool>(), 0..6_u8);
    parts.prop_filter_map("a filter has a character", |(mut levels, multi, share)| {
        if multi {
            levels.pop();
            levels.push("#");
        }
        let text = levels.join("/");
        let group = ["$share/g/", "$share/h/"].get(usize::from(share));
        (!text.is_empty()).then(|| group.unwrap_or(&"").to_string() + &text)
    })
}

fn steps(deepest: usize, most: usize) -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        60 => (filters(deepest), any::<u32>()).prop_map(|(text, value)| Step::Insert(text, value)),
        30 => filters(deepest).prop_map(Step::Remove),
        10 => (filters(deepest), any::<u32>()).prop_map(|(text, value)| Step::Change(text, value)),
        1 => Just(Step::Shrink),
        1 => Just(Step::Clear),
    ];
    vec(step, 1..=most)
}

fn mode() -> impl Strategy<Value = MatchMode> {
    prop_oneof![Just(MatchMode::Aws), Just(MatchMode::Mqtt)]
}

proptest! {
    #[test]
    fn answers_as_a_search_through_a_list(
        mode in mode(),
        seed in any::<u64>(),
        steps in steps(5, 120),
        topics in vec(topics(5), 12),
    ) {
        let mut map = FilterMap::with_seed(mode, seed);
        let mut model = Model::default();
        for step in &steps {
            apply(&mut map, &mut model, step);
        }
        assert_same(&map, &model, &topics);
        // What was inserted is also what a copy and a rebuilt map hold.
        map = map.clone();
        map.shrink_to_fit();
        assert_same(&map, &model, &topics);
        for text in model.0.keys() {
            prop_assert!(map.remove(filter(text)).is_some());
        }
        assert_same(&map, &Model::default(), &topics);
    }

    /// Deeper than the levels that are hashed: the ordered part beside the tables.
    #[test]
    fn answers_for_deep_filters_too(
        mode in mode(),
        depth in 14..20_usize,
        steps in steps(4, 80),
        topics in vec(topics(4), 12),
    ) {
        let deeper = |text: &str| {
            let prefix = "a/".repeat(depth);
            match text.strip_prefix("$share/g/") {
                Some(rest) => format!("$share/g/{prefix}{rest}"),
                None => prefix + text,
            }
        };
        let mut map = FilterMap::with_mode(mode);
        let mut model = Model::default();
        for (at, step) in steps.iter().enumerate() {
            // One in three stays shallow.
            let step = match step {
                Step::Insert(text, value) if at % 3 > 0 => Step::Insert(deeper(text), *value),
                Step::Remove(text) if at % 3 > 0 => Step::Remove(deeper(text)),
                other => other.clone(),
            };
            apply(&mut map, &mut model, &step);
        }
        let topics: Vec<String> = topics
            .iter()
            .flat_map(|topic| [topic.clone(), deeper(topic)])
            .collect();
        assert_same(&map, &model, &topics);
    }
}

/// More groups than one bucket chain takes, on one filter and on its neighbours.
#[test]
fn many_groups_on_one_filter_are_all_found() {
    let mut map = FilterMap::new();
    let mut model = Model::default();
    for group in 0..500_u32 {
        for part in ["a/+", "a/b", "#"] {
            let text = format!("$share/group-{group}/{part}");
            apply(&mut map, &mut model, &Step::Insert(text, group));
        }
    }
    apply(&mut map, &mut model, &Step::Insert("a/b".into(), 1));
    let topics = ["a/b", "a", "a/b/c"].map(String::from);
    assert_same(&map, &model, &topics);
    let shared = map.matches(name("a/b")).filter(|entry| entry.is_shared());
    assert_eq!(shared.count(), 1500);
    for entry in map.matches(name("a/b")) {
        match entry.filter().share_name() {
            None => assert_eq!(
                (entry.filter().as_str(), entry.filter().filter_part()),
                ("a/b", "a/b")
            ),
            Some(group) => {
                let text = format!("$share/{group}/{}", entry.filter().filter_part());
                assert_eq!(entry.filter().as_str(), text);
            }
        }
    }
    for group in (0..500_u32).step_by(2) {
        let text = format!("$share/group-{group}/a/+");
        apply(&mut map, &mut model, &Step::Remove(text));
    }
    assert_same(&map, &model, &topics);
    map.shrink_to_fit();
    assert_same(&map, &model, &topics);
}

/// More shapes than are probed one by one; the names match some in either part of the map.
#[test]
fn more_shapes_than_are_indexed_are_all_found() {
    let mut map = FilterMap::with_mode(MatchMode::Mqtt);
    let mut model = Model::default();
    for mask in 0..1_u32 << 11 {
        let level = |bit: u32| if mask >> bit & 1 == 1 { "+" } else { "a" };
        let text: Vec<&str> = (0..11).map(level).collect();
        let step = Step::Insert(text.join("/"), mask);
        apply(&mut map, &mut model, &step);
    }
    let topic = ["a"; 11].join("/");
    assert_eq!(map.matches(name(&topic)).count(), 1 << 11);
    let topics = [topic.clone(), topic.replacen('a', "b", 3), topic + "/a"];
    assert_same(&map, &model, &topics);
}

#[test]
fn the_rules_for_wildcards_hold_at_the_edges() {
    let cases = [
        ("#", "a", true, true),
        ("#", "/", true, true),
        ("#", "$aws/x", false, false),
        ("+", "$aws", false, false),
        ("+/x", "$aws/x", false, false),
        ("$aws/#", "$aws", false, true),
        ("$aws/#", "$aws/x", true, true),
        ("$aws/+/x", "$aws//x", true, true),
        ("a/#", "a", false, true),
        ("a/#", "a/", true, true),
        ("a/+/#", "a/b", false, true),
        ("+/#", "a", false, true),
        ("+/+", "/", true, true),
        ("+", "", false, false),
        ("/+", "/", true, true),
        ("/", "/", true, true),
        ("a//b", "a//b", true, true),
        ("a/+/b", "a//b", true, true),
        ("a/b", "a/b/", false, false),
        ("a/+", "a", false, false),
        ("a/$b/#", "a/$b/c", true, true),
        ("a/+", "a/$b", true, true),
    ];
    for (text, topic, aws, mqtt) in cases {
        let Ok(topic) = TopicNameRef::parse(topic) else {
            continue;
        };
        for (mode, expected) in [(MatchMode::Aws, aws), (MatchMode::Mqtt, mqtt)] {
            let mut map = FilterMap::with_mode(mode);
            map.insert(filter(text), ());
            assert_eq!(
                map.matches(topic).count() == 1,
                expected,
                "{text} {topic} {mode:?}"
            );
        }
    }
}

/// Every name and filter of a small world: the index and the ordered part give one answer.
#[test]
fn a_small_world_from_end_to_end() {
    let mut filters = vec![String::new()];
    let mut names = vec![String::new()];
    for _ in 0..3 {
        let longer = |texts: &[String], levels: &[&str]| -> Vec<String> {
            let pairs = texts
                .iter()
                .flat_map(|text| levels.iter().map(move |level| format!("{text}/{level}")));
            pairs.collect()
        };
        filters.extend(longer(&filters, &["a", "+", ""]));
        names.extend(longer(&names, &["a", "b", "", "$"]));
    }
    let filters: Vec<String> = filters
        .iter()
        .flat_map(|text| {
            [
                text.clone(),
                format!("{text}/#"),
                text.trim_start_matches('/').into(),
            ]
        })
        .filter(|text| !text.is_empty())
        .collect();
    for mode in [MatchMode::Aws, MatchMode::Mqtt] {
        let (mut map, mut deep) = (FilterMap::with_mode(mode), FilterMap::with_mode(mode));
        let mut model = Model::default();
        let below = "x/".repeat(16);
        for (number, text) in (0..).zip(&filters) {
            map.insert(filter(text), number);
            deep.insert(filter(&format!("{below}{text}")), number);
            model.0.insert(text.clone(), number);
        }
        for topic in names.iter().filter(|text| !text.is_empty()) {
            let expected = model.matches(topic, mode);
            assert_eq!(matches(&map, topic), expected, "{topic}");
            // Below other levels a `$` is nothing special.
            if !topic.starts_with('$') {
                let found = matches(&deep, &format!("{below}{topic}"));
                let found: Vec<_> = found
                    .into_iter()
                    .map(|(text, value)| (text.strip_prefix(&below).unwrap(), value))
                    .collect();
                assert_eq!(found, expected, "{topic}");
            }
        }
    }
}

/// A map that is filled and emptied for a long time: all paths of moving and reusing space.
#[test]
fn churn_keeps_every_answer() {
    let mut map = FilterMap::with_mode(MatchMode::Aws);
    let mut model = Model::default();
    let mut state = 1_u64;
    let mut random = move |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) % below
    };
    for round in 0..30_000_u32 {
        let device = random(4000);
        let text = match random(10) {
            0 => format!("plant/+/device-{device}/state"),
            1 => format!("plant/{}/device-{device}/#", device % 7),
            2 => format!("$share/g{}/plant/{}/device-{device}", random(3), device % 7),
            _ => format!("plant/{}/device-{device}/state", device % 7),
        };
        // The map grows and shrinks in waves.
        let step = if random(10) < 3 + u64::from(round / 5000 % 2) * 4 {
            Step::Insert(text, round)
        } else {
            Step::Remove(text)
        };
        apply(&mut map, &mut model, &step);
        if round % 5000 == 4999 {
            let topics: Vec<_> = (0..20)
                .map(|device| format!("plant/{}/device-{device}/state", device % 7))
                .collect();
            assert_same(&map, &model, &topics);
        }
    }
}

#[test]
fn maps_can_be_shared_between_threads() {
    const fn is_shareable<T: Send + Sync + Clone + core::fmt::Debug>() {}
    is_shareable::<FilterMap<u32>>();
    is_shareable::<FilterEntry<'_, u32>>();
    is_shareable::<Matches<'_, '_, u32>>();
    is_shareable::<FilterMapIter<'_, u32>>();
}

#[test]
fn iteration_is_in_the_order_of_insertion_until_a_removal() {
    let texts = ["b", "a/#", "a", "+", "$share/g/a", "c/d"];
    let mut map = FilterMap::new();
    for text in texts {
        map.insert(filter(text), ());
    }
    map.insert(filter("a"), ());
    let order: Vec<_> = (&map)
        .into_iter()
        .map(|entry| entry.filter().as_str())
        .collect();
    assert_eq!(order, texts);
    assert_eq!(
        format!("{:?}", map.iter().next().unwrap()),
        r#"FilterEntry { filter: "b", value: () }"#
    );
}

#[test]
fn the_longest_texts_and_deepest_levels_are_taken() {
    let mut map = FilterMap::with_mode(MatchMode::Mqtt);
    let mut model = Model::default();
    let long = "x".repeat(65_535);
    let deep = "/".repeat(65_535);
    let wide = format!("{}#", "+/".repeat(32_767));
    for (value, text) in (0..).zip([&long, &deep, &wide]) {
        apply(&mut map, &mut model, &Step::Insert(text.clone(), value));
    }
    let short: TopicFilter = "x/#".parse().unwrap();
    apply(
        &mut map,
        &mut model,
        &Step::Insert(short.as_str().into(), 9),
    );
    let topics = [long, deep, "x".into(), "x/y".into()];
    assert_same(&map, &model, &topics);
    for text in model.0.clone().keys() {
        apply(&mut map, &mut model, &Step::Remove(text.clone()));
    }
    assert_same(&map, &model, &topics);
}
