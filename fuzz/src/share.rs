//! Shared subscriptions.

use iot_topics::{Limits, MatchMode, TopicFilterRef, TopicNameRef};

use crate::input::lines;
use crate::topic_filter::{legality, matching};

/// Three lines: a share name, a filter, a topic name.
///
/// `$share/<share name>/<filter>` is legal when both parts are, comes apart into them, and takes
/// what the filter alone takes.
pub fn share(data: &[u8]) {
    let mut lines = lines(data);
    let [group, part, name] = [(); 3].map(|()| lines.next().unwrap_or_default());
    let text = format!("$share/{group}/{part}");
    legality(&text);
    for limits in [Limits::AWS_IOT, Limits::MQTT] {
        let Ok(shared) = TopicFilterRef::parse_with(&text, limits) else {
            continue;
        };
        // A share name ends at its first slash, wherever the line does.
        let rest = text.strip_prefix("$share/").unwrap();
        let (share_name, part) = rest.split_once('/').unwrap();
        assert_eq!(shared.share_name(), Some(share_name));
        assert_eq!(shared.filter_part(), part);
        assert!(share_name.chars().count() <= limits.max_share_name_chars);
        let Ok(name) = TopicNameRef::parse_with(&name, Limits::MQTT) else {
            continue;
        };
        for mode in [MatchMode::Aws, MatchMode::Mqtt] {
            matching(shared, name, mode);
            // Alone, what looks like one more share would be taken as such.
            if let Ok(alone) = TopicFilterRef::parse_with(part, limits)
                && alone.share_name().is_none()
            {
                assert_eq!(
                    shared.matches_with(name, mode),
                    alone.matches_with(name, mode)
                );
                assert!(shared.covers_with(alone, mode) && alone.covers_with(shared, mode));
            }
        }
    }
}
