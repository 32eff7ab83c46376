//! The payloads of events: keys, words, topics.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "the samples are legal, or the test fails"
)]

use iot_topics::event::{
    CertificateRegistered, Connected, Event, JobEvent, PendingCertificateStatus, lifecycle_client,
};
use iot_topics::lifecycle::DisconnectReason;
use iot_topics::reserved::{EventTopic, JobOperation, ReservedTopic};
use iot_topics::{ClientId, TopicNameRef};
use serde_json::{Value, json};

/// One sample of every kind: its name, its topic, its payload, and the keys that may be missing.
/// The shapes are those of the developer guide, the values are not.
fn samples() -> Vec<(&'static str, String, Value, &'static [&'static str])> {
    let (certificate, ca) = ("c0".repeat(32), "ca".repeat(32));
    let job = json!({
        "eventType": "JOB",
        "eventId": "5d1f0a52-77aa-4c6b-8b4e-0c54a3a0a001",
        "timestamp": 1_700_000_000,
        "operation": "completed",
        "jobId": "firmware-2",
        "status": "COMPLETED",
        "targetSelection": "SNAPSHOT",
        "targets": [
            "arn:aws:iot:eu-west-1:123456789012:thing/pump",
            "arn:aws:iot:eu-west-1:123456789012:thinggroup/hall"
        ],
        "description": "firmware of the pumps",
        "completedAt": 1_700_000_000_123_u64,
        "createdAt": 1_699_999_000_001_u64,
        "lastUpdatedAt": 1_700_000_000_124_u64,
        "jobProcessDetails": {
            "numberOfCanceledThings": 1,
            "numberOfRejectedThings": 2,
            "numberOfFailedThings": 3,
            "numberOfRemovedThings": 4,
            "numberOfSucceededThings": 5
        }
    });
    let mut cancellation = job.clone();
    let keys = cancellation.as_object_mut().unwrap();
    keys.remove("completedAt");
    keys.remove("jobProcessDetails");
    keys.remove("description");
    keys.insert("operation".into(), json!("cancellation_in_progress"));
    keys.insert("status".into(), json!("CANCELLATION_IN_PROGRESS"));
    keys.insert("targetSelection".into(), json!("CONTINUOUS"));
    keys.insert("comment".into(), json!("wrong image"));
    keys.insert("reasonCode".into(), json!("WRONG_IMAGE"));
    keys.insert("forceCanceled".into(), json!(true));

    vec![
        (
            "CertificateRegistered",
            format!("$aws/events/certificates/registered/{ca}"),
            json!({
                "certificateId": certificate,
                "caCertificateId": ca,
                "timestamp": 1_700_000_000_123_u64,
                "certificateStatus": "PENDING_ACTIVATION",
                "awsAccountId": "123456789012",
                "certificateRegistrationTimestamp": "1700000000000"
            }),
            &[],
        ),
        (
            "Connected",
            "$aws/events/presence/connected/lamp".into(),
            json!({
                "clientId": "lamp",
                "thingName": "lamp",
                "timestamp": 1_700_000_000_123_u64,
                "eventType": "connected",
                "sessionIdentifier": "6f1c0a52-1f0e-4c6b-8b4e-0c54a3a0a001",
                "principalIdentifier": certificate,
                "ipAddress": "2001:db8::7",
                "versionNumber": 0
            }),
            &["thingName"],
        ),
        (
            "Disconnected",
            "$aws/events/presence/disconnected/hall/lamp".into(),
            json!({
                "clientId": "hall/lamp",
                "timestamp": 1_700_000_001_000_u64,
                "eventType": "disconnected",
                "sessionIdentifier": "6f1c0a52-1f0e-4c6b-8b4e-0c54a3a0a001",
                "principalIdentifier": certificate,
                "clientInitiatedDisconnect": true,
                "disconnectReason": "CLIENT_INITIATED_DISCONNECT",
                "versionNumber": 7
            }),
            &[],
        ),
        (
            "ConnectFailed",
            "$aws/events/presence/connect_failed/lamp".into(),
            json!({
                "clientId": "lamp",
                "thingName": "lamp",
                "timestamp": 1_700_000_002_000_u64,
                "eventType": "connect_failed",
                "connectFailureReason": "AUTHORIZATION_FAILED",
                "principalIdentifier": certificate,
                "sessionIdentifier": "6f1c0a52-1f0e-4c6b-8b4e-0c54a3a0a002",
                "ipAddress": "192.0.2.7"
            }),
            &["thingName"],
        ),
        (
            "Subscription",
            "$aws/events/subscriptions/unsubscribed/lamp".into(),
            json!({
                "clientId": "lamp",
                "thingName": "lamp",
                "timestamp": 1_700_000_003_000_u64,
                "eventType": "unsubscribed",
                "sessionIdentifier": "6f1c0a52-1f0e-4c6b-8b4e-0c54a3a0a001",
                "principalIdentifier": certificate,
                "topics": ["hall/+/set", "$share/g/x"]
            }),
            &["thingName"],
        ),
        (
            "Job",
            "$aws/events/job/firmware-2/completed".into(),
            job,
            &["description", "completedAt", "jobProcessDetails"],
        ),
        (
            "Job",
            "$aws/events/job/firmware-2/cancellation_in_progress".into(),
            cancellation,
            &["comment", "reasonCode", "forceCanceled"],
        ),
        (
            "JobExecution",
            "$aws/events/jobExecution/firmware-2/timed_out".into(),
            json!({
                "eventType": "JOB_EXECUTION",
                "eventId": "5d1f0a52-77aa-4c6b-8b4e-0c54a3a0a002",
                "timestamp": 1_700_000_100,
                "operation": "timed_out",
                "jobId": "firmware-2",
                "thingArn": "arn:aws:iot:eu-west-1:123456789012:thing/pump",
                "status": "TIMED_OUT",
                "statusDetails": { "step": "download" },
                "executionNumber": 3,
                "forceCanceled": false
            }),
            &["statusDetails", "executionNumber", "forceCanceled"],
        ),
        (
            "CommandExecution",
            "$aws/events/commandExecution/open-valve/FAILED".into(),
            json!({
                "executionId": "2b0065c5-4cfd-49e4-9310-d5cbfdbc8554",
                "status": "FAILED",
                "statusReason": { "reasonCode": "VALVE_STUCK", "reasonDescription": "" },
                "eventType": "COMMAND_EXECUTION",
                "commandArn": "arn:aws:iot:eu-west-1:123456789012:command/open-valve",
                "targetArn": "arn:aws:iot:eu-west-1:123456789012:thing/valve",
                "timestamp": 1_700_000_000_456_u64
            }),
            &["statusReason"],
        ),
        (
            "Thing",
            "$aws/events/thing/pump/created".into(),
            json!({
                "eventType": "THING_EVENT",
                "eventId": "0001",
                "timestamp": 1_700_000_000_789_u64,
                "operation": "CREATED",
                "accountId": "123456789012",
                "thingId": "b604f69c-0001",
                "thingName": "pump",
                "versionNumber": 1,
                "thingTypeName": null,
                "attributes": { "hall": "7", "floor": "" }
            }),
            &["thingTypeName", "attributes"],
        ),
        (
            "ThingType",
            "$aws/events/thingType/pumps/updated".into(),
            json!({
                "eventType": "THING_TYPE_EVENT",
                "eventId": "0002",
                "timestamp": 1_700_000_000_789_u64,
                "operation": "UPDATED",
                "accountId": "123456789012",
                "thingTypeId": "c530ae83-0001",
                "thingTypeName": "pumps",
                "isDeprecated": true,
                "deprecationDate": 1_699_000_000_000_u64,
                "searchableAttributes": ["hall", "floor"],
                "propagatingAttributes": [
                    { "userPropertyKey": "hall", "thingAttribute": "hall" },
                    { "userPropertyKey": "client", "connectionAttribute": "iot:ClientId" }
                ],
                "description": null
            }),
            &[
                "deprecationDate",
                "searchableAttributes",
                "propagatingAttributes",
                "description",
            ],
        ),
        (
            "ThingTypeAssociation",
            "$aws/events/thingTypeAssociation/thing/pump/thingType/pumps/removed".into(),
            json!({
                "eventId": "0003",
                "eventType": "THING_TYPE_ASSOCIATION_EVENT",
                "operation": "REMOVED",
                "thingId": "b604f69c-0001",
                "thingName": "pump",
                "thingTypeName": "pumps",
                "timestamp": 1_700_000_000_789_u64
            }),
            &[],
        ),
        (
            "ThingGroup",
            "$aws/events/thingGroup/hall-7/deleted".into(),
            json!({
                "eventType": "THING_GROUP_EVENT",
                "eventId": "0004",
                "timestamp": 1_700_000_000_789_u64,
                "operation": "DELETED",
                "accountId": "123456789012",
                "thingGroupId": "8757eec8-0007",
                "thingGroupName": "hall-7",
                "versionNumber": 3,
                "parentGroupName": "plant",
                "parentGroupId": "8757eec8-0001",
                "description": "the hall in the north",
                "rootToParentThingGroups": [
                    {
                        "groupArn": "arn:aws:iot:eu-west-1:123456789012:thinggroup/plant",
                        "groupId": "8757eec8-0001"
                    }
                ],
                "attributes": { "north": "yes" },
                "dynamicGroupMappingId": null
            }),
            &[
                "parentGroupName",
                "parentGroupId",
                "description",
                "rootToParentThingGroups",
                "attributes",
                "dynamicGroupMappingId",
            ],
        ),
        (
            "ThingGroupMembership",
            "$aws/events/thingGroupMembership/thingGroup/hall:7/thing/pump/added".into(),
            json!({
                "eventType": "THING_GROUP_MEMBERSHIP_EVENT",
                "eventId": "0005",
                "timestamp": 1_700_000_000_789_u64,
                "operation": "ADDED",
                "accountId": "123456789012",
                "groupArn": "arn:aws-cn:iot:cn-north-1:123456789012:thinggroup/hall:7",
                "groupId": "8757eec8-0007",
                "thingArn": "arn:aws-cn:iot:cn-north-1:123456789012:thing/pump",
                "thingId": "b604f69c-0001",
                "membershipId": "8505ebf8-0001"
            }),
            &[],
        ),
        (
            "ThingGroupHierarchy",
            "$aws/events/thingGroupHierarchy/thingGroup/plant/childThingGroup/hall-7/added".into(),
            json!({
                "eventType": "THING_GROUP_HIERARCHY_EVENT",
                "eventId": "0006",
                "timestamp": 1_700_000_000_789_u64,
                "operation": "ADDED",
                "accountId": "123456789012",
                "thingGroupId": "8757eec8-0001",
                "thingGroupName": "plant",
                "childGroupId": "8757eec8-0007",
                "childGroupName": "hall-7"
            }),
            &[],
        ),
    ]
}

fn kind(event: &Event) -> String {
    let text = format!("{event:?}");
    text.split('(').next().unwrap_or_default().to_owned()
}

fn event_topic(text: &str) -> EventTopic {
    match ReservedTopic::parse(TopicNameRef::parse(text).unwrap()) {
        Some(ReservedTopic::Events(topic)) => topic,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_event_keeps_its_keys_and_knows_its_topic() {
    for (name, topic, payload, _) in samples() {
        let event: Event = serde_json::from_value(payload.clone()).unwrap();
        assert_eq!(kind(&event), name);
        assert_eq!(serde_json::to_value(&event).unwrap(), payload, "{name}");
        assert_eq!(event.topic().unwrap().to_string(), topic);
        // By the topic the same comes out.
        let by_topic = Event::deserialize_on(&event_topic(&topic), &payload).unwrap();
        assert_eq!(by_topic, event);
        // From text as well, where keys come one by one.
        let text = serde_json::to_string_pretty(&payload).unwrap();
        assert_eq!(serde_json::from_str::<Event>(&text).unwrap(), event);
        let mut reader = serde_json::Deserializer::from_str(&text);
        let by_topic = Event::deserialize_on(&event_topic(&topic), &mut reader).unwrap();
        assert_eq!(by_topic, event);
    }
}

#[test]
fn unknown_keys_are_dropped() {
    for (name, topic, payload, _) in samples() {
        let mut more = payload.clone();
        let keys = more.as_object_mut().unwrap();
        keys.insert("ofTomorrow".into(), json!({ "deep": [1, null] }));
        keys.insert("event_type".into(), json!("not a key of AWS"));
        let event = Event::deserialize_on(&event_topic(&topic), &more).unwrap();
        assert_eq!(serde_json::to_value(&event).unwrap(), payload, "{name}");
        assert_eq!(serde_json::from_value::<Event>(more).unwrap(), event);
    }
}

#[test]
fn a_missing_key_is_an_error_unless_it_is_optional() {
    for (name, topic, payload, optional) in samples() {
        let topic = event_topic(&topic);
        for key in payload.as_object().unwrap().keys() {
            let mut less = payload.clone();
            less.as_object_mut().unwrap().remove(key);
            let read = Event::deserialize_on(&topic, &less);
            if optional.contains(&key.as_str()) {
                let event = read.unwrap_or_else(|error| panic!("{name} without {key}: {error}"));
                let written = serde_json::to_value(&event).unwrap();
                // What is left is as it was.
                for (other, value) in less.as_object().unwrap() {
                    assert_eq!(&written[other], value, "{name} without {key}");
                }
            } else {
                let error = read.unwrap_err().to_string();
                assert_eq!(error, format!("missing field `{key}`"), "{name}");
                assert!(
                    serde_json::from_value::<Event>(less).is_err(),
                    "{name} without {key}"
                );
            }
            // No key holds a list of numbers.
            let mut wrong = payload.clone();
            wrong[key] = json!([1]);
            assert!(
                Event::deserialize_on(&topic, &wrong).is_err(),
                "{name} with a wrong {key}"
            );
        }
    }
}

#[test]
fn words_are_exact() {
    for (name, topic, payload, _) in samples() {
        let topic = event_topic(&topic);
        let words = [
            "eventType",
            "operation",
            "status",
            "certificateStatus",
            "connectFailureReason",
            "disconnectReason",
            "targetSelection",
        ];
        for key in words {
            let Some(word) = payload.get(key).and_then(Value::as_str) else {
                continue;
            };
            let other_case = if word == word.to_lowercase() {
                word.to_uppercase()
            } else {
                word.to_lowercase()
            };
            for wrong in [other_case.as_str(), "", "DESTROYED", &format!("{word} ")] {
                let mut payload = payload.clone();
                payload[key] = json!(wrong);
                let read = Event::deserialize_on(&topic, &payload);
                assert!(read.is_err(), "{name} with {key} `{wrong}`");
                assert!(serde_json::from_value::<Event>(payload).is_err());
            }
        }
    }
}

#[test]
fn the_payload_of_another_topic_is_refused() {
    let samples = samples();
    for (name, topic, _, _) in &samples {
        for (other, _, payload, _) in &samples {
            let read = Event::deserialize_on(&event_topic(topic), payload);
            assert_eq!(read.is_ok(), name == other, "{other} on {topic}");
        }
    }
}

#[test]
fn errors_name_what_is_wrong() {
    let error = |topic: &str, payload: Value| {
        Event::deserialize_on(&event_topic(topic), &payload)
            .unwrap_err()
            .to_string()
    };
    let samples = samples();
    let sample = |name: &str| {
        let found = samples.iter().find(|(kind, ..)| *kind == name);
        found
            .map(|(_, topic, payload, _)| (topic.as_str(), payload.clone()))
            .unwrap()
    };
    let (topic, mut payload) = sample("Thing");
    payload["operation"] = json!("MOVED");
    assert_eq!(
        error(topic, payload),
        "unknown variant `MOVED`, expected one of CREATED, UPDATED, DELETED"
    );
    let (topic, mut payload) = sample("Connected");
    payload["eventType"] = json!("disconnected");
    assert_eq!(
        error(topic, payload),
        "invalid value: string \"disconnected\", expected `connected`"
    );
    let (topic, mut payload) = sample("Job");
    payload["status"] = json!("CANCELED");
    assert_eq!(error(topic, payload), "`status` is not that of `operation`");
    let any = serde_json::from_value::<Event>(json!({ "eventType": "OTHER" })).unwrap_err();
    assert_eq!(
        any.to_string(),
        "not the payload of a known event of AWS IoT"
    );
}

#[test]
fn collections_may_be_null() {
    for (name, topic, mut payload, _) in samples() {
        let collections = [
            "attributes",
            "searchableAttributes",
            "propagatingAttributes",
            "rootToParentThingGroups",
        ];
        let keys = payload.as_object_mut().unwrap();
        let mut nulls = 0;
        for key in collections {
            if let Some(value) = keys.get_mut(key) {
                *value = Value::Null;
                nulls += 1;
            }
        }
        let event = Event::deserialize_on(&event_topic(&topic), &payload).unwrap();
        let written = serde_json::to_value(&event).unwrap();
        for key in [
            "attributes",
            "searchableAttributes",
            "rootToParentThingGroups",
        ] {
            if payload.get(key).is_some() {
                assert_ne!(written[key], Value::Null, "{name}");
            }
        }
        assert_eq!(written.get("propagatingAttributes"), None, "{name}");
        assert!(nulls == 0 || matches!(name, "Thing" | "ThingType" | "ThingGroup"));
    }
}

#[test]
fn jitr_event_has_exactly_the_keys_of_the_guide() {
    let event = CertificateRegistered {
        certificate_id: "11".repeat(32).parse().unwrap(),
        ca_certificate_id: "22".repeat(32).parse().unwrap(),
        timestamp: 1_700_000_000_123,
        certificate_status: PendingCertificateStatus::PendingActivation,
        aws_account_id: "123456789012".into(),
        certificate_registration_timestamp: "1700000000000".into(),
    };
    let json = serde_json::to_value(&event).unwrap();
    let mut keys: Vec<&str> = json
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    keys.sort_unstable();
    assert_eq!(
        keys,
        [
            "awsAccountId",
            "caCertificateId",
            "certificateId",
            "certificateRegistrationTimestamp",
            "certificateStatus",
            "timestamp",
        ]
    );
    assert!(json["timestamp"].is_u64());
    assert!(json["certificateRegistrationTimestamp"].is_string());
    assert_eq!(json["certificateStatus"], "PENDING_ACTIVATION");
    assert_eq!(
        serde_json::from_value::<CertificateRegistered>(json.clone()).unwrap(),
        event
    );
    // The two stamps are not interchangeable.
    for (key, wrong) in [
        ("timestamp", json!("1700000000123")),
        (
            "certificateRegistrationTimestamp",
            json!(1_700_000_000_000_u64),
        ),
        ("certificateId", json!("not a certificate")),
        ("certificateStatus", json!("ACTIVE")),
    ] {
        let mut json = json.clone();
        json[key] = wrong;
        assert!(
            serde_json::from_value::<CertificateRegistered>(json).is_err(),
            "{key}"
        );
    }
}

#[test]
fn jitr_events_go_to_the_topic_of_their_authority() {
    let event = |certificate: &str, ca: &str| -> CertificateRegistered {
        serde_json::from_value(json!({
            "certificateId": certificate.repeat(32),
            "caCertificateId": ca.repeat(32),
            "timestamp": 1,
            "certificateStatus": "PENDING_ACTIVATION",
            "awsAccountId": "123456789012",
            "certificateRegistrationTimestamp": "1"
        }))
        .unwrap()
    };
    // Two devices of one kind share a topic, two kinds do not.
    let (one, two, other) = (event("01", "aa"), event("02", "aa"), event("01", "bb"));
    assert_eq!(one.topic(), two.topic());
    assert_ne!(one.topic(), other.topic());
    assert_eq!(
        other.topic().to_string(),
        format!("$aws/events/certificates/registered/{}", "bb".repeat(32))
    );
}

#[test]
fn some_client_identifiers_have_no_lifecycle_events() {
    for (client, has) in [
        ("lamp", true),
        ("hall/lamp", true),
        ("/", true),
        ("Fühler 42", true),
        ("lamp+", false),
        ("#", false),
        ("hall/+/lamp", false),
    ] {
        let client: ClientId = client.parse().unwrap();
        assert_eq!(lifecycle_client(&client).is_some(), has, "{client}");
        let mut payload = samples()[1].2.clone();
        payload["clientId"] = json!(client.as_str());
        let event: Connected = serde_json::from_value(payload).unwrap();
        assert_eq!(event.topic().is_some(), has, "{client}");
        if let Some(topic) = event.topic() {
            assert_eq!(
                topic.to_string(),
                format!("$aws/events/presence/connected/{client}")
            );
        }
    }
}

#[test]
fn arns_that_name_something_else_have_no_topic() {
    let (_, topic, payload, _) = samples()
        .into_iter()
        .find(|(name, ..)| *name == "ThingGroupMembership")
        .unwrap();
    for (key, arn) in [
        ("groupArn", "arn:aws:iot:eu-west-1:123456789012:thing/hall"),
        ("groupArn", "arn:aws:iot:eu-west-1:123456789012:thinggroup"),
        ("groupArn", "arn:aws:iot:eu-west-1:123456789012:thinggroup/"),
        (
            "groupArn",
            "arn:aws:iot:eu-west-1:123456789012:thinggroups/hall",
        ),
        (
            "groupArn",
            "arn:aws:s3:eu-west-1:123456789012:thinggroup/hall",
        ),
        ("groupArn", "arn:aws:iot:thinggroup/hall"),
        ("thingArn", "arn:aws:iot:eu-west-1:123456789012:thing/a/b"),
        ("thingArn", "arn:aws:iot:eu-west-1:123456789012:thing/+"),
        ("thingArn", "pump"),
        ("thingArn", ""),
    ] {
        let mut payload = payload.clone();
        payload[key] = json!(arn);
        let event = Event::deserialize_on(&event_topic(&topic), &payload).unwrap();
        assert_eq!(event.topic(), None, "{arn}");
    }
}

#[test]
fn a_disconnection_is_told_beside_the_will() {
    // Both effects of one disconnection: the event, and for all reasons but the client's own
    // wish the will (which the lifecycle module decides).
    let (_, topic, payload, _) = samples()
        .into_iter()
        .find(|(name, ..)| *name == "Disconnected")
        .unwrap();
    for reason in DisconnectReason::ALL.iter().copied() {
        let mut payload = payload.clone();
        payload["disconnectReason"] = json!(reason.as_str());
        payload["clientInitiatedDisconnect"] = json!(reason.is_client_initiated());
        let event = Event::deserialize_on(&event_topic(&topic), &payload).unwrap();
        let Event::Disconnected(event) = event else {
            panic!("{event:?}")
        };
        assert_eq!(event.disconnect_reason, reason);
        assert_eq!(event.topic().unwrap().to_string(), topic);
        let tracked = event.presence_event();
        assert_eq!(tracked.client, &event.client_id);
        assert_eq!(
            tracked.kind,
            iot_topics::lifecycle::PresenceKind::Disconnected
        );
        assert_eq!(
            (tracked.version, tracked.at),
            (event.version_number, event.timestamp)
        );
    }
}

#[test]
fn each_job_operation_has_its_topic_and_status() {
    let (_, topic, payload, _) = samples()
        .into_iter()
        .find(|(name, ..)| *name == "Job")
        .unwrap();
    let Event::Job(event) = Event::deserialize_on(&event_topic(&topic), &payload).unwrap() else {
        panic!("not a job");
    };
    for operation in JobOperation::ALL.iter().copied() {
        let event = JobEvent {
            operation,
            ..event.clone()
        };
        let json = serde_json::to_value(&event).unwrap();
        assert_eq!(json["operation"], operation.as_str());
        assert_eq!(json["status"], operation.as_str().to_uppercase());
        assert_eq!(
            event.topic().to_string(),
            format!("$aws/events/job/firmware-2/{operation}")
        );
        assert_eq!(serde_json::from_value::<JobEvent>(json).unwrap(), event);
    }
    // Seconds beside milliseconds.
    assert_eq!(event.timestamp.as_millis(), 1_700_000_000_000);
    assert_eq!(event.created_at.as_millis(), 1_699_999_000_001);
}
