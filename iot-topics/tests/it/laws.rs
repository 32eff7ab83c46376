//! What holds for all filters and names: against enumeration where the world is small, against
//! the oracle where it is not.

use iot_topics::strategies::{filter_matching, topic_filter, topic_name};
use iot_topics::{
    CompiledFilter, FilterLevel, Limits, MatchMode, TopicFilter, TopicFilterRef, TopicName,
    TopicNameRef,
};
use proptest::prelude::*;

use crate::oracle;

const MODES: [MatchMode; 2] = [MatchMode::Aws, MatchMode::Mqtt];

/// All texts of up to `depth` of the levels, the empty text left out.
fn texts(levels: &[&str], depth: usize) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    let mut deepest: Vec<String> = levels.iter().map(|level| (*level).to_owned()).collect();
    for _ in 0..depth {
        all.extend(deepest.iter().filter(|text| !text.is_empty()).cloned());
        deepest = deepest
            .iter()
            .flat_map(|text| levels.iter().map(move |level| format!("{text}/{level}")))
            .collect();
    }
    all
}

fn names(depth: usize) -> Vec<String> {
    texts(&["", "a", "b", "$a"], depth)
}

fn filters(levels: &[&str], depth: usize) -> Vec<String> {
    let closed = texts(levels, depth);
    let open = texts(levels, depth - 1).into_iter().map(|text| text + "/#");
    let all = ["#".to_owned(), "/#".to_owned()];
    closed.into_iter().chain(open).chain(all).collect()
}

#[test]
fn every_small_filter_and_name_match_as_the_oracle_says() {
    let names = names(4);
    for filter_text in filters(&["", "a", "$a", "+"], 4) {
        let filter = TopicFilterRef::parse(&filter_text).unwrap();
        let compiled = CompiledFilter::new(filter);
        for name_text in &names {
            let name = TopicNameRef::parse(name_text).unwrap();
            for mode in MODES {
                let expected = oracle::matches(&filter_text, name_text, mode);
                let case = (&filter_text, name_text, mode);
                assert_eq!(filter.matches_with(name, mode), expected, "{case:?}");
                assert_eq!(compiled.matches_with(name, mode), expected, "{case:?}");
            }
        }
    }
}

/// The names that each filter takes, as bits.
fn taken(filters: &[TopicFilterRef<'_>], names: &[String], mode: MatchMode) -> Vec<Vec<u64>> {
    let bits = |filter: &TopicFilterRef<'_>| {
        let word = |names: &[String]| {
            names.iter().enumerate().fold(0_u64, |word, (bit, name)| {
                word | u64::from(oracle::matches(filter.as_str(), name, mode)) << bit
            })
        };
        names.chunks(64).map(word).collect()
    };
    filters.iter().map(bits).collect()
}

/// Names go one level deeper than filters, and have a level that no filter spells out: so what
/// holds for them holds for all names.
#[test]
fn covers_and_overlaps_are_what_enumeration_says() {
    let texts = filters(&["", "a", "$a", "+"], 4);
    let filters: Vec<_> = texts
        .iter()
        .map(|text| TopicFilterRef::parse(text).unwrap())
        .collect();
    let names = names(5);
    let (mut covering, mut overlapping) = (0, 0);
    for mode in MODES {
        let taken = taken(&filters, &names, mode);
        for (left, left_taken) in filters.iter().zip(&taken) {
            assert!(left_taken.iter().any(|word| *word != 0), "{left}");
            for (right, right_taken) in filters.iter().zip(&taken) {
                let both = || left_taken.iter().zip(right_taken);
                let covers = both().all(|(left, right)| right & !left == 0);
                let overlaps = both().any(|(left, right)| right & left != 0);
                assert_eq!(
                    left.covers_with(*right, mode),
                    covers,
                    "{left} {right} {mode:?}"
                );
                assert_eq!(
                    left.overlaps_with(*right, mode),
                    overlaps,
                    "{left} {right} {mode:?}"
                );
                covering += usize::from(covers);
                overlapping += usize::from(overlaps);
            }
        }
    }
    assert!(covering > filters.len() && overlapping > covering);
}

#[test]
fn relations_at_the_edges() {
    // wide, narrow, covers by the AWS rule, by the MQTT rule
    let cases = [
        ("#", "$aws/x", false, false),
        ("#", "$aws/#", false, false),
        ("+/x", "$aws/x", false, false),
        ("$aws/#", "$aws/+/x", true, true),
        ("a/#", "a", false, true),
        ("a/#", "a/+", true, true),
        ("a/+/#", "a/#", false, false),
        ("a/#", "a/+/#", true, true),
        ("#", "+", true, true),
        ("#", "+/#", true, true),
        ("+/#", "#", false, true),
        ("+/#", "+", false, true),
        // The empty name is none, so by the MQTT rule too `/#` takes names of two levels and more.
        ("+/+", "/#", false, false),
        ("/+/#", "/#", false, true),
        ("+/+/#", "/#", false, true),
        ("/#", "/+/#", true, true),
        // Share names play no part.
        ("$share/g/a/#", "a/b", true, true),
        ("a/#", "$share/g/a/b", true, true),
        ("#", "$share/g/a", true, true),
        ("#", "$share/g/$aws/a", false, false),
    ];
    for (wide, narrow, aws, mqtt) in cases {
        let (left, right) = (
            TopicFilterRef::parse(wide).unwrap(),
            TopicFilterRef::parse(narrow).unwrap(),
        );
        assert_eq!(left.covers(right), aws, "{wide} {narrow}");
        assert_eq!(
            left.covers_with(right, MatchMode::Mqtt),
            mqtt,
            "{wide} {narrow}"
        );
    }
}

/// Cases that matchers in wide use answer wrongly: coreMQTT's takes none of the first four, those
/// of rumqttc and mqttbytes none of the names with `$`, others drop empty levels.
#[test]
fn what_well_known_matchers_miss() {
    let cases = [
        ("a/+/#", "a/b"),
        ("+/#", "a"),
        ("+/+", "/"),
        ("+/#", "/"),
        ("$aws/#", "$aws/x"),
        ("$aws/things/+/shadow/get", "$aws/things/t/shadow/get"),
        ("a/$b/+", "a/$b/c"),
        ("a//+", "a//b"),
    ];
    for (filter, name) in cases {
        let filter = TopicFilterRef::parse(filter).unwrap();
        let name = TopicNameRef::parse(name).unwrap();
        assert!(
            filter.matches_with(name, MatchMode::Mqtt),
            "{filter} {name}"
        );
    }
    // What they take, and should not.
    for (filter, name) in [
        ("#", "$SYS/x"),
        ("+/x", "$SYS/x"),
        ("a/b", "a//b"),
        ("+", "/"),
    ] {
        let filter = TopicFilterRef::parse(filter).unwrap();
        let name = TopicNameRef::parse(name).unwrap();
        assert!(
            !filter.matches_with(name, MatchMode::Mqtt),
            "{filter} {name}"
        );
    }
}

#[test]
fn the_longest_texts_stay_linear() {
    let filter_text = ["+/"; 32_767].concat() + "+";
    let shorter_text = ["+/"; 32_766].concat() + "#";
    let name_text = ["a/"; 32_767].concat() + "a";
    let filter = TopicFilterRef::parse_with(&filter_text, Limits::MQTT).unwrap();
    let shorter = TopicFilterRef::parse_with(&shorter_text, Limits::MQTT).unwrap();
    let name = TopicNameRef::parse_with(&name_text, Limits::MQTT).unwrap();
    let compiled = CompiledFilter::new(filter);
    // Fifty rounds of anything quadratic would take minutes.
    for _ in 0..50 {
        for mode in MODES {
            assert!(filter.matches_with(name, mode));
            assert!(compiled.matches_with(name, mode));
            assert!(shorter.covers_with(filter, mode));
            assert!(!filter.covers_with(shorter, mode));
            assert!(filter.overlaps_with(shorter, mode));
        }
    }
}

#[test]
fn compiled_filters_keep_offsets_of_the_longest_text() {
    let text = format!("{}/+/#", "a".repeat(65_531));
    let filter = TopicFilterRef::parse_with(&text, Limits::MQTT).unwrap();
    let compiled = CompiledFilter::new(filter);
    assert_eq!(compiled.as_filter_ref(), filter);
    let parent = format!("{}/b", "a".repeat(65_531));
    let parent = TopicNameRef::parse_with(&parent, Limits::MQTT).unwrap();
    assert!(compiled.matches_with(parent, MatchMode::Mqtt));
    assert!(!compiled.matches(parent));
}

fn spelled(level: FilterLevel<'_>) -> &str {
    match level {
        FilterLevel::Literal(text) => text,
        FilterLevel::SingleLevel => "+",
        FilterLevel::MultiLevel => "#",
    }
}

proptest! {
    #[test]
    fn filters_match_as_the_oracle_says(filter in topic_filter(), name in topic_name()) {
        for mode in MODES {
            let expected = oracle::matches(filter.as_str(), name.as_str(), mode);
            let compiled = CompiledFilter::new(filter.as_filter_ref());
            prop_assert_eq!(filter.as_filter_ref().matches_with(name.as_name_ref(), mode), expected);
            prop_assert_eq!(compiled.matches_with(name.as_name_ref(), mode), expected);
        }
    }

    #[test]
    fn filters_made_for_a_name_take_it(
        (name, left, right) in topic_name().prop_flat_map(|name| {
            (Just(name.clone()), filter_matching(&name), filter_matching(&name))
        })
    ) {
        for mode in MODES {
            prop_assert!(oracle::matches(left.as_str(), name.as_str(), mode));
            let compiled = CompiledFilter::new(left.as_filter_ref());
            prop_assert!(compiled.matches_with(name.as_name_ref(), mode));
            prop_assert!(left.as_filter_ref().overlaps_with(right.as_filter_ref(), mode));
        }
    }

    #[test]
    fn what_covers_takes_it_all(wide in topic_filter(), narrow in topic_filter(), name in topic_name()) {
        let (wide, narrow, name) = (wide.as_filter_ref(), narrow.as_filter_ref(), name.as_name_ref());
        for mode in MODES {
            let (by_wide, by_narrow) = (wide.matches_with(name, mode), narrow.matches_with(name, mode));
            prop_assert!(!wide.covers_with(narrow, mode) || !by_narrow || by_wide);
            prop_assert!(wide.overlaps_with(narrow, mode) || !by_narrow || !by_wide);
            prop_assert!(!wide.covers_with(narrow, mode) || wide.overlaps_with(narrow, mode));
            prop_assert_eq!(wide.overlaps_with(narrow, mode), narrow.overlaps_with(wide, mode));
            prop_assert!(wide.covers_with(wide, mode));
        }
    }

    #[test]
    fn printing_undoes_parsing(filter in topic_filter(), name in topic_name()) {
        prop_assert_eq!(&filter.to_string().parse::<TopicFilter>().unwrap(), &filter);
        prop_assert_eq!(&name.to_string().parse::<TopicName>().unwrap(), &name);
        let filter = filter.as_filter_ref();
        prop_assert_eq!(oracle::filter_part(filter.as_str()), filter.filter_part());
        let levels: Vec<_> = filter.levels().map(spelled).collect();
        prop_assert_eq!(levels.join("/"), filter.filter_part());
        let whole = match filter.share_name() {
            Some(group) => format!("$share/{group}/{}", filter.filter_part()),
            None => filter.filter_part().to_owned(),
        };
        prop_assert_eq!(whole, filter.as_str());
    }

    /// Any text in, an answer out: legal by a second reading of the rules, or an error that points
    /// into the text.
    #[test]
    fn any_text_is_a_name_or_an_error(text in "[a+#/$\0é]{0,12}|.{0,300}") {
        let legal = !text.is_empty()
            && text.len() <= 256
            && text.matches('/').count() <= 7
            && !text.contains(['+', '#', '\0']);
        match TopicNameRef::parse(&text) {
            Ok(name) => prop_assert!(legal && name.as_str() == text),
            Err(error) => prop_assert!(!legal && error.position() <= text.len(), "{}", error),
        }
    }

    #[test]
    fn any_text_is_a_filter_or_an_error(text in "([$]share/)?[a+#/$\0é]{0,12}|.{0,300}") {
        let part = oracle::filter_part(&text);
        let group_is_legal = match text.strip_prefix("$share") {
            Some(rest) if rest.is_empty() || rest.starts_with('/') => {
                let mut levels = text.splitn(3, '/').skip(1);
                let group = levels.next().unwrap_or_default();
                let has_filter = levels.next().is_some();
                let chars = group.chars().count();
                (1..=128).contains(&chars) && !group.contains(['+', '#', '\0']) && has_filter
            }
            _ => true,
        };
        let levels: Vec<&str> = part.split('/').collect();
        let (last, first) = levels.split_last().unwrap();
        let level_is_legal = |level: &&str| *level == "+" || !level.contains(['+', '#', '\0']);
        let legal = group_is_legal
            && !part.is_empty()
            && part.len() <= 256
            && levels.len() <= 8
            && first.iter().all(level_is_legal)
            && (*last == "#" || level_is_legal(last));
        match TopicFilterRef::parse(&text) {
            Ok(filter) => prop_assert!(legal && filter.as_str() == text, "{}", text),
            Err(error) => prop_assert!(!legal && error.position() <= text.len(), "{} {}", text, error),
        }
    }
}
