//! Where each error points, and what the limits count.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use iot_topics::{IdentError, Limits, ShareName, TopicErrorKind, TopicFilterRef, TopicNameRef};

fn name_error(text: &str) -> (TopicErrorKind, usize) {
    let error = TopicNameRef::parse(text).unwrap_err();
    (error.kind(), error.position())
}

fn filter_error(text: &str) -> (TopicErrorKind, usize) {
    let error = TopicFilterRef::parse(text).unwrap_err();
    (error.kind(), error.position())
}

#[test]
fn errors_of_names_point_at_the_byte() {
    assert_eq!(name_error(""), (TopicErrorKind::Empty, 0));
    assert_eq!(name_error("é/+"), (TopicErrorKind::WildcardInName, 3));
    assert_eq!(name_error("a/b#"), (TopicErrorKind::WildcardInName, 3));
    assert_eq!(name_error("a\0"), (TopicErrorKind::Nul, 1));
    assert_eq!(
        name_error("/a/b/c/d/e/f/g/h"),
        (TopicErrorKind::TooManySlashes { max: 7, got: 8 }, 14)
    );
    assert_eq!(
        name_error(&"é".repeat(129)),
        (TopicErrorKind::TooLong { max: 256, got: 258 }, 256)
    );
}

#[test]
fn errors_of_filters_point_at_the_byte() {
    assert_eq!(filter_error(""), (TopicErrorKind::Empty, 0));
    assert_eq!(filter_error("a/b+"), (TopicErrorKind::MisplacedPlus, 3));
    assert_eq!(filter_error("++"), (TopicErrorKind::MisplacedPlus, 0));
    assert_eq!(filter_error("a/+b"), (TopicErrorKind::MisplacedPlus, 2));
    assert_eq!(filter_error("a#"), (TopicErrorKind::MisplacedHash, 1));
    assert_eq!(filter_error("#/"), (TopicErrorKind::MisplacedHash, 0));
    assert_eq!(filter_error("+#"), (TopicErrorKind::MisplacedPlus, 0));
    assert_eq!(filter_error("a/\0"), (TopicErrorKind::Nul, 2));
    assert_eq!(
        filter_error("+/+/+/+/+/+/+/+/+/#"),
        (TopicErrorKind::TooManySlashes { max: 7, got: 9 }, 15)
    );
}

#[test]
fn errors_of_shared_filters_point_at_the_byte_of_the_whole_text() {
    assert_eq!(filter_error("$share"), (TopicErrorKind::ShareNoGroup, 6));
    assert_eq!(filter_error("$share/"), (TopicErrorKind::ShareNoGroup, 7));
    assert_eq!(filter_error("$share//a"), (TopicErrorKind::ShareNoGroup, 7));
    assert_eq!(filter_error("$share/g"), (TopicErrorKind::ShareNoFilter, 8));
    assert_eq!(
        filter_error("$share/g/"),
        (TopicErrorKind::ShareNoFilter, 9)
    );
    assert_eq!(
        filter_error("$share/g+/a"),
        (TopicErrorKind::ShareBadGroup, 8)
    );
    assert_eq!(filter_error("$share/#"), (TopicErrorKind::ShareBadGroup, 7));
    assert_eq!(filter_error("$share/g\0/a"), (TopicErrorKind::Nul, 8));
    assert_eq!(
        filter_error("$share/é/a/b#"),
        (TopicErrorKind::MisplacedHash, 13)
    );
    assert_eq!(filter_error("$share/g/\0"), (TopicErrorKind::Nul, 9));
    assert_eq!(
        filter_error(&format!("$share/g/{}", "/".repeat(8))),
        (TopicErrorKind::TooManySlashes { max: 7, got: 8 }, 16)
    );
    assert_eq!(
        filter_error(&format!("$share/g/{}", "x".repeat(257))),
        (TopicErrorKind::TooLong { max: 256, got: 257 }, 9 + 256)
    );
}

#[test]
fn share_names_are_counted_in_characters() {
    let most = "é".repeat(128);
    let too_many = "é".repeat(129);
    let text = format!("$share/{most}/a");
    let filter = TopicFilterRef::parse(&text).unwrap();
    assert_eq!(filter.share_name(), Some(most.as_str()));
    assert!(ShareName::check(&most).is_ok());
    assert_eq!(
        ShareName::check(&too_many),
        Err(IdentError::TooManyChars { max: 128, got: 129 })
    );
    let text = format!("$share/{too_many}/a");
    assert_eq!(
        filter_error(&text),
        (TopicErrorKind::ShareBadGroup, 7 + 256)
    );
    assert!(TopicFilterRef::parse_with(&text, Limits::MQTT).is_ok());
}

#[test]
fn only_a_first_level_of_share_is_a_shared_subscription() {
    for text in ["$shared/g/a", "$SHARE/g/a", "a/$share/g/b", "$share1"] {
        let filter = TopicFilterRef::parse(text).unwrap();
        assert_eq!((filter.share_name(), filter.filter_part()), (None, text));
    }
    let nested = TopicFilterRef::parse("$share/g/$share/h/a").unwrap();
    assert_eq!(nested.share_name(), Some("g"));
    assert_eq!(nested.filter_part(), "$share/h/a");
}

#[test]
fn the_prefix_of_a_shared_filter_is_not_counted() {
    let deep = format!("$share/{}/{}", "g".repeat(128), "a/b/c/d/e/f/g/#");
    assert!(TopicFilterRef::parse(&deep).is_ok());
    let long = format!("$share/{}/{}", "é".repeat(128), "x".repeat(256));
    assert!(TopicFilterRef::parse(&long).is_ok());
}

#[test]
fn the_prefix_of_basic_ingest_is_not_counted() {
    let rule = "r".repeat(128);
    let deep = format!("$aws/rules/{rule}/a/b/c/d/e/f/g/h");
    assert!(TopicNameRef::parse(&deep).is_ok());
    assert!(TopicNameRef::parse(&format!("$aws/rules/{rule}/{}", "x".repeat(256))).is_ok());
    let start = "$aws/rules/r/".len();
    assert_eq!(
        name_error("$aws/rules/r/a/b/c/d/e/f/g/h/i"),
        (
            TopicErrorKind::TooManySlashes { max: 7, got: 8 },
            start + 15
        )
    );
    assert_eq!(
        name_error(&format!("$aws/rules/r/{}", "x".repeat(257))),
        (TopicErrorKind::TooLong { max: 256, got: 257 }, start + 256)
    );
    // A text that is no rule name makes an ordinary, counted topic; so does a filter.
    assert_eq!(
        name_error("$aws/rules/r-1/a/b/c/d/e/f"),
        (TopicErrorKind::TooManySlashes { max: 7, got: 8 }, 24)
    );
    assert_eq!(
        filter_error("$aws/rules/r/a/b/c/d/e/#"),
        (TopicErrorKind::TooManySlashes { max: 7, got: 8 }, 22)
    );
}

/// No limits of the caller's let a text pass that MQTT cannot carry, uncounted prefixes or not.
#[test]
fn the_protocol_bounds_every_text() {
    let mut none = Limits::MQTT;
    none.max_bytes = usize::MAX;
    let too_long = (
        TopicErrorKind::TooLong {
            max: 65_535,
            got: 65_536,
        },
        65_535,
    );
    for start in ["", "$aws/rules/r/", "$share/g/"] {
        let mut text = start.to_owned() + &"x".repeat(65_535 - start.len());
        assert!(TopicNameRef::parse_with(&text, none).is_ok());
        assert!(TopicFilterRef::parse_with(&text, none).is_ok());
        text.push('x');
        let error = TopicNameRef::parse_with(&text, none).unwrap_err();
        assert_eq!((error.kind(), error.position()), too_long);
        let error = TopicFilterRef::parse_with(&text, none).unwrap_err();
        assert_eq!((error.kind(), error.position()), too_long);
    }
}
