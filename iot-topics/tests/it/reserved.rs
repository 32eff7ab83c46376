//! The reserved topics: the table, the typed forms, who may publish and subscribe.

#![expect(clippy::unwrap_used, reason = "the names given here are legal")]

mod printed;
mod strategies;

use alloc::collections::BTreeMap;

use iot_topics::reserved::{
    self, BasicIngestTopic, CommandTarget, Exchange, JobSelector, JobsMessage, JobsTopic, Payload,
    PayloadFormat, ReservedTopic, ShadowMessage, ShadowTopic,
};
use iot_topics::{
    CertificateId, Limits, MatchMode, TopicErrorKind, TopicFilterRef, TopicNameRef, UnknownWord,
};
use proptest::prelude::*;

use self::printed::{PRINTED, printed_takes};
use self::strategies::{levels, reserved_topic};

#[test]
fn the_catalogue_is_what_the_guides_print() {
    let printed: BTreeMap<&str, &str> = PRINTED.iter().map(|(ops, line)| (*line, *ops)).collect();
    assert_eq!(printed.len(), PRINTED.len());
    let mut held = BTreeMap::new();
    for entry in reserved::catalogue() {
        let mut operations = String::new();
        if entry.may_publish() {
            operations.push('P');
        }
        if entry.may_subscribe() {
            operations.push('S');
        }
        if entry.is_reply() {
            operations.push('R');
        }
        assert!(!entry.source().is_empty());
        assert!(
            held.insert(entry.to_string(), operations).is_none(),
            "{entry} twice"
        );
    }
    let held: BTreeMap<&str, &str> = held.iter().map(|(line, ops)| (&**line, &**ops)).collect();
    assert_eq!(held, printed);
}

#[test]
fn uncertain_lines_say_so() {
    for entry in reserved::catalogue() {
        let outside =
            entry.to_string().contains("fleetwise") || entry.to_string().contains("greengrass");
        assert_eq!(entry.note().starts_with("uncertain"), outside, "{entry}");
    }
}

/// A legal name of any length.
fn name(text: &str) -> TopicNameRef<'_> {
    TopicNameRef::parse_with(text, Limits::MQTT).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn parse_undoes_to_topic_name(topic in reserved_topic()) {
        let text = topic.to_topic_name();
        prop_assert_eq!(ReservedTopic::parse(text.as_name_ref()), Some(topic.clone()));
        prop_assert_eq!(topic.to_string(), text.as_str());
        // The line says the same as the type, and no other line takes the name.
        let entry = reserved::classify(text.as_str()).unwrap();
        prop_assert_eq!(entry.to_string(), topic.entry().to_string());
        prop_assert_eq!(entry.may_publish(), topic.may_publish());
        prop_assert_eq!(entry.may_subscribe(), topic.may_subscribe());
        prop_assert_eq!(entry.is_reply(), topic.is_reply());
        let takers = PRINTED.iter().filter(|(_, line)| printed_takes(line, text.as_str()));
        prop_assert_eq!(takers.map(|(_, line)| *line).collect::<Vec<_>>(), vec![entry.to_string()]);
        match entry.payload() {
            Payload::Json => prop_assert_eq!(topic.payload_format(), Some(PayloadFormat::Json)),
            Payload::NamedByTopic => {
                let format = topic.payload_format().unwrap();
                prop_assert!(text.as_str().split('/').any(|level| level == format.as_str()));
            }
            _ => prop_assert_eq!(topic.payload_format(), None),
        }
    }

    #[test]
    fn to_topic_name_undoes_parse(text in near_catalogue()) {
        // On texts near the catalogue: typed form and line agree on what there is.
        let Ok(name) = TopicNameRef::parse(&text) else { return Ok(()) };
        match (ReservedTopic::parse(name), reserved::classify(&text)) {
            (Some(topic), Some(entry)) => {
                prop_assert_eq!(topic.to_string(), text.as_str());
                prop_assert_eq!(entry.may_publish(), reserved::may_publish(&text));
                prop_assert_eq!(reserved::check_publish(name).is_ok(), entry.may_publish());
                prop_assert!(PRINTED.iter().any(|(_, line)| printed_takes(line, &text)));
            }
            (None, None) => {
                prop_assert_eq!(reserved::may_publish(&text), !text.starts_with('$'));
            }
            (topic, entry) => prop_assert!(false, "{:?} but {:?}", topic, entry),
        }
    }

    #[test]
    fn a_filter_of_a_subscribable_topic_is_subscribable(
        topic in reserved_topic(),
        plus in any::<u16>(),
        cut in 1_usize..10,
    ) {
        // Replace levels by `+`, and the tail by `#`; the first level stays.
        let text = topic.to_topic_name();
        let mut levels: Vec<&str> = text.as_str().split('/').collect();
        for (at, level) in levels.iter_mut().enumerate().skip(1) {
            if plus & (1 << (at % 16)) != 0 {
                *level = "+";
            }
        }
        let multi_level = cut < levels.len();
        if multi_level {
            levels.truncate(cut);
            levels.push("#");
        }
        let text = levels.join("/");
        let filter = TopicFilterRef::parse_with(&text, Limits::MQTT).unwrap();
        prop_assert!(filter.matches(topic.to_topic_name().as_name_ref()));
        let location = matches!(topic, ReservedTopic::DeviceLocation(_));
        if topic.may_subscribe() && !(location && multi_level) {
            prop_assert_eq!(reserved::check_subscribe(filter), Ok(()));
        } else if let Err(error) = reserved::check_subscribe(filter) {
            // It takes a topic of the catalogue, so it is not unknown.
            prop_assert_eq!(error.kind(), TopicErrorKind::ReservedNotSubscribable);
        }
    }

    #[test]
    fn an_unknown_filter_takes_no_topic_of_the_catalogue(
        topic in reserved_topic(),
        filter in near_catalogue(),
    ) {
        let Ok(filter) = TopicFilterRef::parse(&filter) else { return Ok(()) };
        if let Err(error) = reserved::check_subscribe(filter) {
            prop_assert!(error.position() <= filter.as_str().len());
            if filter.matches(topic.to_topic_name().as_name_ref()) {
                prop_assert_eq!(error.kind(), TopicErrorKind::ReservedNotSubscribable);
                let location = matches!(topic, ReservedTopic::DeviceLocation(_));
                prop_assert!(!topic.may_subscribe() || location);
            }
        }
    }

    #[test]
    fn without_a_dollar_all_is_allowed(text in levels()) {
        prop_assume!(!text.starts_with('$'));
        if let Ok(name) = TopicNameRef::parse(&text) {
            prop_assert_eq!(reserved::check_publish(name), Ok(()));
            prop_assert_eq!(reserved::check_retain(name), Ok(()));
            prop_assert_eq!(ReservedTopic::parse(name), None);
        }
        if let Ok(filter) = TopicFilterRef::parse(&text) {
            prop_assert_eq!(reserved::check_subscribe(filter), Ok(()));
        }
    }

    #[test]
    fn any_text_has_an_answer(text in any::<String>()) {
        prop_assert!(!reserved::may_publish(&text) || TopicNameRef::parse(&text).is_ok());
        prop_assert!(!reserved::may_subscribe(&text) || TopicFilterRef::parse(&text).is_ok());
        let dollar = format!("$aws/{text}");
        prop_assert!(!reserved::may_publish(&dollar) || reserved::classify(&dollar).is_some());
    }

    #[test]
    fn catalogue_names_are_exempt_from_the_slash_limit(topic in reserved_topic()) {
        let text = topic.to_topic_name();
        let parsed = TopicNameRef::parse(text.as_str());
        if text.as_str().len() <= Limits::AWS_IOT.max_bytes
            && !matches!(topic, ReservedTopic::BasicIngest(_))
        {
            prop_assert!(parsed.is_ok(), "{:?}", parsed);
            prop_assert!(TopicFilterRef::parse(text.as_str()).is_ok());
        }
    }
}

/// Names and filters of which most levels are words of the catalogue.
fn near_catalogue() -> impl Strategy<Value = String> {
    let mutated =
        (reserved_topic(), 1_usize..9, strategies::level()).prop_map(|(topic, at, with)| {
            let name = topic.to_topic_name();
            let mut levels: Vec<&str> = name.as_str().split('/').collect();
            match levels.get_mut(at) {
                Some(level) => *level = &with,
                None => levels.push(&with),
            }
            levels.join("/")
        });
    prop_oneof![3 => mutated, 1 => levels()]
}

#[test]
fn shadow_topics_of_the_sdks() {
    let thing = || "ratchet".parse().unwrap();
    for (topic, text) in [
        (
            ShadowTopic::update(thing()),
            "$aws/things/ratchet/shadow/update",
        ),
        (ShadowTopic::get(thing()), "$aws/things/ratchet/shadow/get"),
        (
            ShadowTopic::delete(thing()),
            "$aws/things/ratchet/shadow/delete",
        ),
        (
            ShadowTopic::new(thing(), ShadowMessage::Delta),
            "$aws/things/ratchet/shadow/update/delta",
        ),
    ] {
        assert_eq!(topic.to_string(), text);
        assert_eq!(ReservedTopic::parse(name(text)), Some(topic.into()));
    }
    // A `{thingName}` that is none.
    for text in [
        "$aws/things//shadow/update",
        "$aws/things/rat chet/shadow/update",
        "$aws/things/ratchet/x/shadow/update",
        "$aws/things/$ratchet/shadow/update",
        "$aws/things/ratchet/shadow/update/",
        "$aws/things/ratchet/shadow/Update",
        "$aws/things/ratchet/shadow/name/update",
        "/$aws/things/ratchet/shadow/update",
    ] {
        assert_eq!(ReservedTopic::parse(name(text)), None, "{text}");
        assert_eq!(reserved::may_publish(text), text.starts_with('/'), "{text}");
    }
    let long = "t".repeat(129);
    assert!(reserved::classify(&format!("$aws/things/{long}/shadow/get")).is_none());
}

#[test]
fn a_test_client_can_update_the_desired_state() {
    // What the workshop does from the MQTT test client: the topic is publishable, and its answers
    // and the delta can be subscribed to.
    assert!(reserved::may_publish("$aws/things/ratchet/shadow/update"));
    for filter in [
        "$aws/things/ratchet/shadow/update/accepted",
        "$aws/things/ratchet/shadow/update/delta",
        "$aws/things/ratchet/shadow/#",
        "$aws/things/+/shadow/update/#",
    ] {
        assert!(reserved::may_subscribe(filter), "{filter}");
        assert!(!reserved::may_publish(filter), "{filter}");
    }
}

#[test]
fn the_jobs_test_subscription_takes_every_jobs_topic() {
    let filter = TopicFilterRef::parse("$aws/things/+/jobs/#").unwrap();
    assert_eq!(reserved::check_subscribe(filter), Ok(()));
    let thing = || "pump".parse().unwrap();
    let job = || "firmware-2".parse::<iot_topics::JobId>().unwrap();
    for topic in [
        JobsTopic::notify(thing()),
        JobsTopic::notify_next(thing()),
        JobsTopic::get_pending(thing()),
        JobsTopic::start_next(thing()),
        JobsTopic::describe(thing(), JobSelector::Next),
        JobsTopic::describe(thing(), job()),
        JobsTopic::update(thing(), job()),
        JobsTopic {
            thing: thing(),
            message: JobsMessage::Update(job(), Exchange::Rejected),
        },
    ] {
        let text = topic.to_topic_name();
        assert!(filter.matches(text.as_name_ref()), "{text}");
        assert_eq!(ReservedTopic::parse(text.as_name_ref()), Some(topic.into()));
    }
    // The prefix alone is no topic of the service.
    assert!(reserved::classify("$aws/things/pump/jobs/firmware-2").is_none());
    assert!(!reserved::may_publish("$aws/things/pump/jobs/firmware-2"));
    // `$next` is asked about, never updated.
    assert!(!reserved::may_publish("$aws/things/pump/jobs/$next/update"));
    assert!(reserved::may_publish("$aws/things/pump/jobs/$next/get"));
}

#[test]
fn the_number_of_levels_tells_a_job_called_get() {
    let parse = |text| match ReservedTopic::parse(name(text)) {
        Some(ReservedTopic::Jobs(topic)) => topic.message,
        other => panic!("{other:?}"),
    };
    let get = || "get".parse::<iot_topics::JobId>().unwrap();
    assert_eq!(
        parse("$aws/things/t/jobs/get/get"),
        JobsMessage::Describe(get().into(), Exchange::Request)
    );
    assert_eq!(
        parse("$aws/things/t/jobs/get/get/accepted"),
        JobsMessage::Describe(get().into(), Exchange::Accepted)
    );
    assert_eq!(
        parse("$aws/things/t/jobs/get/accepted"),
        JobsMessage::GetPending(Exchange::Accepted)
    );
    assert_eq!(
        parse("$aws/things/t/jobs/get/update"),
        JobsMessage::Update(get(), Exchange::Request)
    );
}

#[test]
fn each_certificate_authority_has_its_own_registration_topic() {
    let topic = |digit: &str| {
        let ca: CertificateId = digit.repeat(64).parse().unwrap();
        ReservedTopic::from(reserved::EventTopic::CertificateRegistered { ca })
    };
    let (one, two) = (topic("1"), topic("2"));
    assert_eq!(
        one.to_string(),
        format!("$aws/events/certificates/registered/{}", "1".repeat(64))
    );
    assert_ne!(one.to_topic_name(), two.to_topic_name());
    for topic in [one, two] {
        assert_eq!(
            ReservedTopic::parse(topic.to_topic_name().as_name_ref()),
            Some(topic.clone())
        );
        assert!(topic.may_subscribe() && !topic.may_publish());
    }
    // An id of another length is no certificate.
    assert!(!reserved::may_subscribe(
        "$aws/events/certificates/registered/1111"
    ));
    assert!(reserved::may_subscribe(
        "$aws/events/certificates/registered/+"
    ));
}

#[test]
fn filters_that_may_be_subscribed_to() {
    for (filter, expected) in [
        ("#", Ok(())),
        ("+/things/x", Ok(())),
        ("$aws/#", Ok(())),
        ("$aws/+/+/shadow/#", Ok(())),
        ("$aws/things/+/jobs/#", Ok(())),
        ("$aws/things/t/jobs/notify", Ok(())),
        ("$aws/events/#", Ok(())),
        ("$aws/events/presence/+/#", Ok(())),
        ("$aws/events/presence/connected/a/b/+", Ok(())),
        ("$aws/events/commandExecution/+/#", Ok(())),
        (
            "$aws/iotwireless/events/join/+/lorawan/wireless_devices/+/+",
            Ok(()),
        ),
        (
            "$aws/device_location/+/get_position_estimate/accepted",
            Ok(()),
        ),
        ("$aws/device_location/+/get_position_estimate/+", Ok(())),
        // Only to publish to.
        (
            "$aws/rules/#",
            Err((TopicErrorKind::ReservedNotSubscribable, 0)),
        ),
        (
            "$aws/rules/r/+/x",
            Err((TopicErrorKind::ReservedNotSubscribable, 0)),
        ),
        (
            "$aws/+/x",
            Err((TopicErrorKind::ReservedNotSubscribable, 0)),
        ),
        (
            "$aws/things/+/jobs/+/update",
            Err((TopicErrorKind::ReservedNotSubscribable, 0)),
        ),
        (
            "$aws/device_location/#",
            Err((TopicErrorKind::ReservedNotSubscribable, 0)),
        ),
        (
            "$aws/device_location/+/get_position_estimate/#",
            Err((TopicErrorKind::ReservedNotSubscribable, 0)),
        ),
        // No such topic; the position is where the catalogue ends.
        ("$SYS/#", Err((TopicErrorKind::ReservedUnknown, 0))),
        ("$", Err((TopicErrorKind::ReservedUnknown, 0))),
        ("$aws", Err((TopicErrorKind::ReservedUnknown, 0))),
        ("$awsome/#", Err((TopicErrorKind::ReservedUnknown, 0))),
        ("$aws/", Err((TopicErrorKind::ReservedUnknown, 5))),
        (
            "$aws/thing/+/shadow/get",
            Err((TopicErrorKind::ReservedUnknown, 5)),
        ),
        (
            "$aws/things/+/shadow/set",
            Err((TopicErrorKind::ReservedUnknown, 21)),
        ),
        (
            "$aws/things/+/shadow/get/accepted/x",
            Err((TopicErrorKind::ReservedUnknown, 34)),
        ),
        // AWS: `#` takes one or more levels, and behind `notify` there is none.
        (
            "$aws/things/+/tunnels/notify/#",
            Err((TopicErrorKind::ReservedUnknown, 29)),
        ),
    ] {
        let parsed = TopicFilterRef::parse(filter).unwrap();
        let answer = reserved::check_subscribe(parsed).map_err(|e| (e.kind(), e.position()));
        assert_eq!(answer, expected, "{filter}");
        assert_eq!(
            reserved::may_subscribe(filter),
            expected.is_ok(),
            "{filter}"
        );
    }
}

#[test]
fn a_wildcard_in_a_client_identifier_needs_one_that_fits() {
    let fits = |client: &str| {
        let filter = format!("$aws/events/presence/connected/{client}");
        let parsed = TopicFilterRef::parse(&filter).unwrap();
        let answer = reserved::check_subscribe(parsed);
        if let Err(error) = answer {
            assert_eq!(error.kind(), TopicErrorKind::ReservedUnknown, "{filter}");
            assert_eq!(error.position(), filter.len() - client.len(), "{filter}");
        }
        answer.is_ok()
    };
    // 128 bytes are the most, and a wildcard may stand for none.
    let long = |bytes| "x".repeat(bytes);
    for client in ["+", "#", "+/+", "+/#", "/+", "a/+/b", "+/$x", "a//#"] {
        assert!(fits(client), "{client}");
    }
    for client in [
        format!("{}/+", long(127)),
        format!("+/{}", long(127)),
        format!("+/{}/#", long(126)),
    ] {
        assert!(fits(&client), "{client}");
    }
    for client in [
        "$x/+".into(),
        "$/#".into(),
        format!("{}/+", long(128)),
        format!("{}/#", long(128)),
        format!("+/{}", long(128)),
        format!("+/{}/#", long(127)),
    ] {
        assert!(!fits(&client), "{client}");
    }
    // Nor are there so deep ones: such a filter is not exempt from the slash limit either.
    let mut limits = Limits::AWS_IOT;
    limits.max_bytes = 1_000;
    for (levels, exempt) in [(129, true), (130, false)] {
        let client = vec!["+"; levels].join("/");
        let filter = format!("$aws/events/presence/connected/{client}");
        let parsed = TopicFilterRef::parse_with(&filter, limits);
        assert_eq!(parsed.is_ok(), exempt, "{levels}");
    }
    let deep = format!("$aws/events/presence/connected/$x{}", "/+".repeat(5));
    let error = TopicFilterRef::parse(&deep).unwrap_err();
    assert!(matches!(
        error.kind(),
        TopicErrorKind::TooManySlashes { max: 7, got: 9 }
    ));
}

#[test]
fn a_shared_subscription_is_judged_by_its_filter() {
    assert!(reserved::may_subscribe("$share/workers/plant/#"));
    assert!(reserved::may_subscribe("$share/workers/$aws/events/#"));
    assert!(!reserved::may_subscribe("$share/workers/$aws/rules/#"));
    assert!(!reserved::may_subscribe("$share/workers"));
    let filter = TopicFilterRef::parse("$share/workers/$aws/thing/x").unwrap();
    let error = reserved::check_subscribe(filter).unwrap_err();
    assert_eq!(error.kind(), TopicErrorKind::ReservedUnknown);
    assert_eq!(error.position(), "$share/workers/$aws/".len());
    // To a name there is no `$share`.
    assert!(!reserved::may_publish("$share/workers/plant/1"));
}

#[test]
fn publishing_and_retaining() {
    for (text, expected) in [
        ("plant/7", Ok(())),
        ("a/$aws/things", Ok(())),
        ("$aws/things/t/shadow/name/n/update", Ok(())),
        ("$aws/rules/r", Ok(())),
        ("$aws/rules/r/a//b", Ok(())),
        ("$aws/rules/r//", Ok(())),
        ("$aws/rules/r/", Err((TopicErrorKind::ReservedUnknown, 13))),
        (
            "$aws/rules/r-1/a",
            Err((TopicErrorKind::ReservedUnknown, 11)),
        ),
        ("$aws/rules", Err((TopicErrorKind::ReservedUnknown, 10))),
        (
            "$aws/things/t/shadow/update/delta",
            Err((TopicErrorKind::ReservedNotPublishable, 0)),
        ),
        (
            "$aws/events/presence/connected/c",
            Err((TopicErrorKind::ReservedNotPublishable, 0)),
        ),
        (
            "$SYS/broker/version",
            Err((TopicErrorKind::ReservedUnknown, 0)),
        ),
        (
            "$aws/things/t/shadow",
            Err((TopicErrorKind::ReservedUnknown, 20)),
        ),
    ] {
        let answer = reserved::check_publish(name(text)).map_err(|e| (e.kind(), e.position()));
        assert_eq!(answer, expected, "{text}");
        let retained = reserved::check_retain(name(text)).map_err(|e| e.kind());
        let dollar = text.starts_with('$');
        assert_eq!(retained.is_err(), dollar, "{text}");
        assert!(!dollar || retained == Err(TopicErrorKind::RetainOnReserved));
    }
}

#[test]
fn deep_reserved_topics_are_exempt_from_the_slash_limit() {
    for text in [
        // 8 slashes each.
        "$aws/commands/things/t/executions/e/response/accepted/json",
        "$aws/commands/things/+/executions/+/response/accepted/json",
        "$aws/commands/clients/+/executions/+/response/+/#",
        "$aws/iotwireless/events/proximity/beacon_lost/sidewalk/wireless_devices/wireless_device_id/7",
        "$aws/iotwireless/events/proximity/+/sidewalk/wireless_devices/+/+",
        // A client identifier with slashes.
        "$aws/events/presence/connected/a/b/c/d/e/f",
    ] {
        let filter = TopicFilterRef::parse(text);
        assert_eq!(filter.map_err(|e| e.kind()).map(|f| f.as_str()), Ok(text));
        assert_eq!(
            TopicNameRef::parse(text).is_ok(),
            !text.contains(['+', '#']),
            "{text}"
        );
        assert!(reserved::may_subscribe(text), "{text}");
    }
    for text in [
        "$aws/commands/things/t/executions/e/response/accepted/xml",
        "$aws/commands/things/t/executions/e/response/accepted/json/x",
        "$aws/things/t/shadow/a/b/c/d/e",
        "a/b/c/d/e/f/g/h/i",
        "$SYS/b/c/d/e/f/g/h/i",
    ] {
        let kind = TopicErrorKind::TooManySlashes {
            max: 7,
            got: text.matches('/').count(),
        };
        assert_eq!(
            TopicFilterRef::parse(text).unwrap_err().kind(),
            kind,
            "{text}"
        );
        assert_eq!(
            TopicNameRef::parse(text).unwrap_err().kind(),
            kind,
            "{text}"
        );
    }
    // Bytes are counted.
    let long = "t".repeat(128);
    let text = format!("$aws/events/thingGroupMembership/thingGroup/{long}/thing/{long}/added");
    assert!(matches!(
        TopicNameRef::parse(&text).unwrap_err().kind(),
        TopicErrorKind::TooLong { max: 256, .. }
    ));
    assert!(ReservedTopic::parse(name(&text)).is_some());
}

#[test]
fn a_command_goes_to_a_thing_or_to_a_client() {
    let target = |text| match ReservedTopic::parse(name(text)) {
        Some(ReservedTopic::Commands(topic)) => Some(topic.target),
        _ => None,
    };
    assert_eq!(
        target("$aws/commands/things/valve/executions/e/request"),
        Some(CommandTarget::Thing("valve".parse().unwrap()))
    );
    assert_eq!(
        target("$aws/commands/clients/va lve/executions/e/request"),
        Some(CommandTarget::Client("va lve".parse().unwrap()))
    );
    assert_eq!(
        target("$aws/commands/things/va lve/executions/e/request"),
        None
    );
    assert_eq!(
        target("$aws/commands/groups/valve/executions/e/request"),
        None
    );
}

#[test]
fn basic_ingest_topics_are_within_the_limits() {
    let build = |topic: &str| {
        let topic = TopicNameRef::parse_with(topic, Limits::MQTT).unwrap();
        BasicIngestTopic::new("r".parse().unwrap(), Some(topic.to_owned()))
    };
    let prefix = "$aws/rules/r/".len();
    for topic in [
        "t".repeat(256),
        "a/b/c/d/e/f/g/h".into(),
        "$aws/rules/q/d/e/f/g/h".into(),
    ] {
        let built = build(&topic).unwrap();
        assert_eq!(built.rule().as_str(), "r");
        assert_eq!(built.topic().map(|topic| topic.as_str()), Some(&*topic));
        assert!(
            reserved::may_publish(built.to_topic_name().as_str()),
            "{topic}"
        );
    }
    // Only the first three levels are free.
    let nested = "$aws/rules/q/d/e/f/g/h/i";
    assert!(TopicNameRef::parse(nested).is_ok());
    let error = build(nested).unwrap_err();
    let kind = TopicErrorKind::TooManySlashes { max: 7, got: 8 };
    assert_eq!((error.kind(), error.position()), (kind, prefix + 22));
    let nested = format!("$aws/rules/q/{}", "t".repeat(256));
    assert!(TopicNameRef::parse(&nested).is_ok());
    let kind = TopicErrorKind::TooLong { max: 256, got: 269 };
    assert_eq!(build(&nested).unwrap_err().kind(), kind);
    // What has other limits is read all the same.
    let long = format!("$aws/rules/r/{}", "t".repeat(1_000));
    let long = TopicNameRef::parse_with(&long, Limits::MQTT).unwrap();
    let read = ReservedTopic::parse(long).unwrap();
    assert_eq!(read.to_topic_name().as_name_ref(), long);
}

#[test]
fn wildcards_take_reserved_topics_only_behind_a_literal_dollar() {
    let update = ShadowTopic::update("t".parse().unwrap()).to_topic_name();
    for (filter, matches) in [
        ("#", false),
        ("+/things/t/shadow/update", false),
        ("$aws/#", true),
        ("$aws/+/t/+/update", true),
    ] {
        let filter = TopicFilterRef::parse(filter).unwrap();
        for mode in [MatchMode::Aws, MatchMode::Mqtt] {
            assert_eq!(
                filter.matches_with(update.as_name_ref(), mode),
                matches,
                "{filter}"
            );
        }
    }
}

#[test]
fn every_word_keeps_its_text() {
    macro_rules! each {
        ($($words:ident),* $(,)?) => {$(
            for word in reserved::$words::ALL {
                assert_eq!(word.as_str().parse(), Ok(*word));
                assert_eq!(word.to_string(), word.as_str());
                let json = serde_json::to_string(word).unwrap();
                assert_eq!(json, format!("\"{word}\""));
                assert_eq!(serde_json::from_str::<reserved::$words>(&json).unwrap(), *word);
                let longer = format!("{word} ");
                assert_eq!(longer.parse::<reserved::$words>(), Err(UnknownWord));
                assert!(serde_json::from_str::<reserved::$words>("\"\"").is_err());
            }
        )*};
    }
    each!(
        CommandExecutionStatus,
        EventCategory,
        FleetWiseDownload,
        FleetWiseUpload,
        GreengrassVersion,
        JobExecutionOperation,
        JobOperation,
        MembershipChange,
        PayloadFormat,
        PresenceKind,
        RegistryOperation,
        ShadowNotice,
        ShadowOperation,
        StreamRequest,
        StreamResponse,
        SubscriptionKind,
        WirelessNetwork,
    );
}
