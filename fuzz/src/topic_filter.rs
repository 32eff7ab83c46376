//! Topic filters: which texts are one, what they take, and how two of them relate.

use iot_topics::{
    CompiledFilter, FilterLevel, Limits, MatchMode, TopicErrorKind, TopicFilter, TopicFilterRef,
    TopicNameRef, reserved,
};

use crate::input::lines;
use crate::topics_oracle as oracle;

const MODES: [MatchMode; 2] = [MatchMode::Aws, MatchMode::Mqtt];

/// Three lines: a filter, a name, another filter.
///
/// Both filters are legal or not as a second reading of the rules says. They take the name as a
/// naive matcher does, compiled or not, and by both rules for `#`. `covers` and `overlaps` never
/// contradict what the two filters say of the name.
pub fn topic_filter(data: &[u8]) {
    let mut lines = lines(data);
    let [wide, name, narrow] = [(); 3].map(|()| lines.next().unwrap_or_default());
    for text in [&wide, &narrow] {
        legality(text);
    }
    let filter = |text| TopicFilterRef::parse_with(text, Limits::MQTT);
    let (wide, narrow) = (filter(&wide), filter(&narrow));
    let name = TopicNameRef::parse_with(&name, Limits::MQTT);
    for mode in MODES {
        for filter in [wide, narrow].into_iter().flatten() {
            alone(filter, mode);
            if let Ok(name) = name {
                matching(filter, name, mode);
            }
        }
        if let (Ok(wide), Ok(narrow)) = (wide, narrow) {
            pair(wide, narrow, name.ok(), mode);
            pair(narrow, wide, name.ok(), mode);
        }
    }
}

/// As the rules are read here, a text is a filter or has an error.
pub(crate) fn legality(text: &str) {
    for limits in [Limits::AWS_IOT, Limits::MQTT] {
        match TopicFilterRef::parse_with(text, limits) {
            Ok(filter) => {
                assert!(is_legal(text, limits, true), "taken: {text:?}");
                assert_eq!(filter.as_str(), text);
                assert_eq!(filter.to_owned().as_filter_ref(), filter);
                assert_eq!(filter.filter_part(), oracle::filter_part(text));
                let levels: Vec<_> = filter.levels().map(spelled).collect();
                assert_eq!(levels.join("/"), filter.filter_part());
                let has_wildcard = levels.contains(&"+") || levels.contains(&"#");
                assert_eq!(filter.has_wildcard(), has_wildcard);
            }
            Err(error) => {
                assert!(!is_legal(text, limits, false), "refused: {text:?}: {error}");
                assert!(error.position() <= text.len(), "{error}");
                if let TopicErrorKind::TooLong { max, got }
                | TopicErrorKind::TooManySlashes { max, got } = error.kind()
                {
                    assert!(got > max, "{error}");
                }
            }
        }
    }
    let by_ref = TopicFilterRef::parse(text).map(TopicFilterRef::to_owned);
    assert_eq!(text.parse::<TopicFilter>(), by_ref);
    assert_eq!(TopicFilter::try_from(text.to_owned()), by_ref);
}

fn spelled<'a>(level: FilterLevel<'a>) -> &'a str {
    match level {
        FilterLevel::Literal(text) => text,
        FilterLevel::SingleLevel => "+",
        FilterLevel::MultiLevel => "#",
    }
}

/// `when_deep` is the answer for a filter that is deeper than the limit, if it starts as the topics
/// of the catalogue do and nothing is known of what it takes: some of those are exempt.
fn is_legal(text: &str, limits: Limits, when_deep: bool) -> bool {
    let is_shared = text.strip_prefix("$share").is_some_and(|rest| {
        // Nothing else may follow: `$shared` is a level like any other.
        rest.is_empty() || rest.starts_with('/')
    });
    let part = match text.splitn(3, '/').collect::<Vec<_>>().as_slice() {
        [_, group, part] if is_shared => {
            let chars = group.chars().count();
            let is_group = (1..=limits.max_share_name_chars).contains(&chars);
            if !is_group || group.contains(['+', '#', '\0']) {
                return false;
            }
            part
        }
        _ if is_shared => return false,
        _ => text,
    };
    let mut levels = part.split('/').rev();
    let last = levels.next().unwrap_or_default();
    let is_plain = |level: &str| level == "+" || !level.contains(['+', '#', '\0']);
    let has_depth = || {
        if part.matches('/').count() <= limits.max_slashes {
            return true;
        }
        // Clients publish to Basic Ingest and do not subscribe to it.
        if !part.starts_with("$aws/") || part.starts_with("$aws/rules/") {
            return false;
        }
        when_deep
            || TopicFilterRef::parse_with(part, Limits::MQTT)
                .is_ok_and(|filter| reserved::check_subscribe(filter).is_ok())
    };
    !part.is_empty()
        && text.len() <= Limits::MQTT.max_bytes
        && part.len() <= limits.max_bytes
        && has_depth()
        && (last == "#" || is_plain(last))
        && levels.all(is_plain)
}

fn alone(filter: TopicFilterRef<'_>, mode: MatchMode) {
    assert!(filter.covers_with(filter, mode), "{filter}");
    assert!(filter.overlaps_with(filter, mode), "{filter}");
    // A filter without wildcards is a name, and takes that one.
    if let Ok(name) = TopicNameRef::parse_with(filter.filter_part(), Limits::MQTT) {
        assert!(filter.matches_with(name, mode), "{filter}");
    }
}

pub(crate) fn matching(filter: TopicFilterRef<'_>, name: TopicNameRef<'_>, mode: MatchMode) {
    let matches = filter.matches_with(name, mode);
    let naive = oracle::matches(filter.as_str(), name.as_str(), mode);
    assert_eq!(matches, naive, "{filter} {name} {mode:?}");
    let compiled = CompiledFilter::new(filter);
    assert_eq!(compiled.as_filter_ref(), filter);
    assert_eq!(compiled.matches_with(name, mode), naive, "{filter} {name}");
}

fn pair(
    wide: TopicFilterRef<'_>,
    narrow: TopicFilterRef<'_>,
    name: Option<TopicNameRef<'_>>,
    mode: MatchMode,
) {
    let covers = wide.covers_with(narrow, mode);
    let overlaps = wide.overlaps_with(narrow, mode);
    assert_eq!(
        overlaps,
        narrow.overlaps_with(wide, mode),
        "{wide} {narrow}"
    );
    assert!(overlaps || !covers, "{wide} covers {narrow}");
    let Some(name) = name else { return };
    let (by_wide, by_narrow) = (
        wide.matches_with(name, mode),
        narrow.matches_with(name, mode),
    );
    assert!(by_wide || !by_narrow || !covers, "{wide} {narrow} {name}");
    assert!(overlaps || !by_wide || !by_narrow, "{wide} {narrow} {name}");
}
