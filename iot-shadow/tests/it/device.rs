//! The device's side, conversation by conversation.
#![expect(
    clippy::unwrap_used,
    reason = "what a test says must be legal, or the test fails"
)]

use core::time::Duration;

use iot_shadow::{
    Acknowledgement, DeviceError, DeviceEvent, DeviceShadow, Json, Operation, Patch, Profile,
    Shadow, ShadowId, Tracker, merge_patch,
};
use iot_topics::reserved::{Exchange, ShadowMessage};
use iot_topics::{Timestamp, TopicNameRef};
use serde::{Deserialize, Serialize};

use ShadowMessage::{Delete, Delta, Documents, Get, Update};

const ACCEPTED: Exchange = Exchange::Accepted;
const REJECTED: Exchange = Exchange::Rejected;
const NOW: Timestamp = Timestamp::from_secs(100);

fn id() -> ShadowId {
    ShadowId::classic("lamp".parse().unwrap())
}

fn json(text: &str) -> Json {
    text.parse().unwrap()
}

fn device(local: &str) -> DeviceShadow {
    let mut device = DeviceShadow::new(id(), 0xa);
    device.report(&json(local)).unwrap();
    device.connect();
    device
}

/// What it publishes, one message.
fn sent(device: &mut DeviceShadow) -> String {
    let message = device.poll_output(NOW).unwrap();
    assert_eq!(device.poll_output(NOW), None, "one request at a time");
    let topic = message.topic.to_string();
    let (_, operation) = topic.rsplit_once('/').unwrap();
    format!("{operation} {}", message.payload)
}

fn told(device: &mut DeviceShadow, message: ShadowMessage, payload: &str) -> DeviceEvent {
    device.handle(message, payload.as_bytes()).unwrap()
}

fn wish(state: &str, version: u64) -> DeviceEvent {
    DeviceEvent::Delta {
        state: json(state),
        version,
    }
}

/// Connected, got and in step at version 5.
fn settled(local: &str) -> DeviceShadow {
    let mut device = device(local);
    assert_eq!(sent(&mut device), r#"get {"clientToken":"a-1"}"#);
    let answer = format!(r#"{{"state":{{"reported":{local}}},"version":5,"clientToken":"a-1"}}"#);
    let event = told(&mut device, Get(ACCEPTED), &answer);
    assert_eq!(event, DeviceEvent::Synced { version: 5 });
    assert!(device.is_settled());
    device
}

#[test]
fn a_delta_with_the_version_of_an_accepted_update_is_carried_out() {
    let mut device = settled(r#"{"on":false}"#);
    let accepted = r#"{"state":{"desired":{"on":true}},"version":6}"#;
    assert_eq!(
        told(&mut device, Update(ACCEPTED), accepted),
        DeviceEvent::Nothing
    );
    let delta = r#"{"version":6,"state":{"on":true}}"#;
    assert_eq!(told(&mut device, Delta, delta), wish(r#"{"on":true}"#, 6));
    assert_eq!(
        told(&mut device, Delta, delta),
        DeviceEvent::Nothing,
        "comes twice"
    );
    device.report(&json(r#"{"on":true}"#)).unwrap();
    assert_eq!(
        sent(&mut device),
        r#"update {"state":{"reported":{"on":true}},"version":6,"clientToken":"a-2"}"#,
    );
    let accepted = r#"{"state":{"reported":{"on":true}},"version":7,"clientToken":"a-2"}"#;
    let event = told(&mut device, Update(ACCEPTED), accepted);
    assert_eq!(event, DeviceEvent::Reported { version: 7 });
    assert!(device.is_settled());
}

#[test]
fn a_delta_that_overtakes_its_accepted_costs_no_conflict() {
    let mut device = settled(r#"{"on":false}"#);
    let delta = r#"{"version":6,"state":{"on":true}}"#;
    assert_eq!(told(&mut device, Delta, delta), wish(r#"{"on":true}"#, 6));
    device.report(&json(r#"{"on":true}"#)).unwrap();
    assert!(sent(&mut device).contains(r#""version":6"#));
    let accepted = r#"{"state":{"desired":{"on":true}},"version":6}"#;
    told(&mut device, Update(ACCEPTED), accepted);
    let accepted = r#"{"state":{"reported":{"on":true}},"version":7,"clientToken":"a-2"}"#;
    told(&mut device, Update(ACCEPTED), accepted);
    assert!(device.is_settled());
}

#[test]
fn what_changed_offline_is_reported_after_the_get() {
    let mut device = settled(r#"{"level":1,"on":true}"#);
    device.disconnect();
    device.report(&json(r#"{"level":2}"#)).unwrap();
    device.report(&json(r#"{"level":3}"#)).unwrap();
    assert_eq!(device.poll_output(NOW), None);
    device.connect();
    assert_eq!(sent(&mut device), r#"get {"clientToken":"a-2"}"#);
    // What was kept for the device waits for the get.
    let old = r#"{"version":6,"state":{"level":9}}"#;
    assert_eq!(told(&mut device, Delta, old), DeviceEvent::Nothing);
    let answer = r#"{"state":{"desired":{"level":1},"reported":{"level":1,"on":true}},
        "version":8,"clientToken":"a-2"}"#;
    told(&mut device, Get(ACCEPTED), answer);
    assert_eq!(
        sent(&mut device),
        r#"update {"state":{"reported":{"level":3,"on":null}},"version":8,"clientToken":"a-3"}"#,
    );
}

#[test]
fn a_conflict_is_followed_by_a_get_and_a_retry() {
    let mut device = settled(r#"{"n":1}"#);
    device.report(&json(r#"{"n":2}"#)).unwrap();
    sent(&mut device);
    let conflict = r#"{"code":409,"message":"Version conflict","clientToken":"a-2"}"#;
    assert_eq!(
        told(&mut device, Update(REJECTED), conflict),
        DeviceEvent::Nothing
    );
    assert_eq!(sent(&mut device), r#"get {"clientToken":"a-3"}"#);
    let answer = r#"{"state":{"desired":{"m":1},"reported":{"n":1},"delta":{"m":1}},
        "version":9,"clientToken":"a-3"}"#;
    assert_eq!(
        told(&mut device, Get(ACCEPTED), answer),
        wish(r#"{"m":1}"#, 9)
    );
    assert_eq!(
        sent(&mut device),
        r#"update {"state":{"reported":{"n":2}},"version":9,"clientToken":"a-4"}"#,
    );
}

#[test]
fn without_a_shadow_the_whole_state_is_published() {
    let mut device = device(r#"{"a":{"b":1},"c":[1]}"#);
    sent(&mut device);
    let absent =
        r#"{"code":404,"message":"No shadow exists with name: 'lamp'","clientToken":"a-1"}"#;
    assert_eq!(
        told(&mut device, Get(REJECTED), absent),
        DeviceEvent::Absent
    );
    assert_eq!(
        sent(&mut device),
        r#"update {"state":{"reported":{"a":{"b":1},"c":[1]}},"clientToken":"a-2"}"#,
    );
    let accepted =
        r#"{"state":{"reported":{"a":{"b":1},"c":[1]}},"version":1,"clientToken":"a-2"}"#;
    told(&mut device, Update(ACCEPTED), accepted);
    assert!(device.is_settled());
}

#[test]
fn a_shadow_made_while_the_404_was_on_its_way_is_got() {
    let mut device = device("{}");
    sent(&mut device);
    told(&mut device, Delta, r#"{"version":1,"state":{"on":true}}"#);
    let absent = r#"{"code":404,"message":"","clientToken":"a-1"}"#;
    assert_eq!(
        told(&mut device, Get(REJECTED), absent),
        DeviceEvent::Nothing
    );
    assert_eq!(sent(&mut device), r#"get {"clientToken":"a-2"}"#);
}

#[test]
fn an_answer_that_was_overtaken_is_asked_for_again() {
    let mut device = device("{}");
    sent(&mut device);
    told(&mut device, Delta, r#"{"version":7,"state":{"on":true}}"#);
    let answer = r#"{"state":{},"version":6,"clientToken":"a-1"}"#;
    assert_eq!(
        told(&mut device, Get(ACCEPTED), answer),
        DeviceEvent::Nothing
    );
    sent(&mut device);
    let answer =
        r#"{"state":{"desired":{"on":true},"delta":{"on":true}},"version":7,"clientToken":"a-2"}"#;
    assert_eq!(
        told(&mut device, Get(ACCEPTED), answer),
        wish(r#"{"on":true}"#, 7)
    );
}

#[test]
fn a_version_below_that_of_before_the_get_is_a_new_count() {
    let mut device = settled("{}");
    device.connect();
    sent(&mut device);
    let answer = r#"{"state":{"reported":{"x":1}},"version":1,"clientToken":"a-2"}"#;
    assert_eq!(
        told(&mut device, Get(ACCEPTED), answer),
        DeviceEvent::Synced { version: 1 }
    );
    assert_eq!(device.tracker(), Tracker::new(Some(1), None));
    assert!(sent(&mut device).contains(r#""reported":{"x":null}},"version":1"#));
}

#[test]
fn a_deleted_shadow_stays_away_until_the_state_changes() {
    let mut device = settled(r#"{"on":true}"#);
    let deleted = r#"{"version":5,"timestamp":1}"#;
    assert_eq!(
        told(&mut device, Delete(ACCEPTED), deleted),
        DeviceEvent::Deleted { version: 5 }
    );
    device.report(&json(r#"{"on":true}"#)).unwrap();
    assert!(device.is_settled());
    assert_eq!(device.poll_output(NOW), None);
    // A delta from before it, late: the device asks, and leaves it at that.
    assert_eq!(
        told(&mut device, Delta, r#"{"version":5,"state":{"on":false}}"#),
        DeviceEvent::Nothing
    );
    sent(&mut device);
    told(
        &mut device,
        Get(REJECTED),
        r#"{"code":404,"message":"","clientToken":"a-2"}"#,
    );
    assert_eq!(device.poll_output(NOW), None);
    device.report(&json(r#"{"on":false}"#)).unwrap();
    sent(&mut device);
    told(
        &mut device,
        Get(REJECTED),
        r#"{"code":404,"message":"","clientToken":"a-3"}"#,
    );
    assert_eq!(
        sent(&mut device),
        r#"update {"state":{"reported":{"on":false}},"clientToken":"a-4"}"#,
    );
}

#[test]
fn a_deleted_shadow_that_others_make_again_is_kept_in_step() {
    let mut device = settled(r#"{"on":true}"#);
    told(&mut device, Delete(ACCEPTED), r#"{"version":5}"#);
    told(
        &mut device,
        Update(ACCEPTED),
        r#"{"state":{"desired":{"on":true}},"version":7}"#,
    );
    sent(&mut device);
    let answer =
        r#"{"state":{"desired":{"on":true},"delta":{"on":true}},"version":7,"clientToken":"a-2"}"#;
    // The device is so already, and says it.
    assert_eq!(
        told(&mut device, Get(ACCEPTED), answer),
        DeviceEvent::Synced { version: 7 }
    );
    assert_eq!(
        sent(&mut device),
        r#"update {"state":{"reported":{"on":true}},"version":7,"clientToken":"a-3"}"#,
    );
}

#[test]
fn an_answer_that_does_not_come_is_not_waited_for() {
    let mut device = settled(r#"{"n":1}"#).with_timeout(Duration::from_secs(3));
    device.report(&json(r#"{"n":2}"#)).unwrap();
    sent(&mut device);
    assert_eq!(device.poll_timeout(), Some(Timestamp::from_secs(103)));
    device.handle_timeout(Timestamp::from_millis(102_999));
    assert_eq!(device.poll_output(NOW), None);
    device.handle_timeout(Timestamp::from_secs(103));
    assert_eq!(sent(&mut device), r#"get {"clientToken":"a-3"}"#);
    // It was carried out after all: nothing is left to report.
    let answer = r#"{"state":{"reported":{"n":2.0}},"version":6,"clientToken":"a-3"}"#;
    told(&mut device, Get(ACCEPTED), answer);
    assert!(device.is_settled());
}

#[test]
fn a_refused_update_is_not_repeated_before_the_state_changes() {
    let mut device = settled("{}");
    device.report(&json(r#"{"n":1}"#)).unwrap();
    sent(&mut device);
    let refused = r#"{"code":413,"message":"too large","clientToken":"a-2"}"#;
    let event = DeviceEvent::Rejected {
        code: 413,
        message: "too large".into(),
    };
    assert_eq!(told(&mut device, Update(REJECTED), refused), event);
    device.report(&json(r#"{"n":1}"#)).unwrap();
    assert_eq!(device.poll_output(NOW), None);
    device.report(&json(r#"{"n":2}"#)).unwrap();
    assert!(sent(&mut device).starts_with("update "));
}

#[test]
fn a_throttled_update_is_made_again_after_the_timeout() {
    let mut device = settled("{}");
    device.report(&json(r#"{"n":1}"#)).unwrap();
    sent(&mut device);
    let throttled = r#"{"code":429,"message":"","clientToken":"a-2"}"#;
    let event = told(&mut device, Update(REJECTED), throttled);
    assert!(matches!(event, DeviceEvent::Rejected { code: 429, .. }));
    assert_eq!(device.poll_output(NOW), None);
    device.handle_timeout(device.poll_timeout().unwrap());
    assert!(sent(&mut device).starts_with("get "));
}

#[test]
fn answers_to_others_change_nothing() {
    let mut device = device("{}");
    sent(&mut device);
    let before = device.clone();
    for (message, payload) in [
        (
            Get(ACCEPTED),
            r#"{"state":{},"version":9,"clientToken":"b-1"}"#,
        ),
        (Get(ACCEPTED), r#"{"state":{},"version":9}"#),
        (Get(REJECTED), r#"{"code":404,"message":""}"#),
        (
            Update(REJECTED),
            r#"{"code":409,"message":"","clientToken":"a-1"}"#,
        ),
        (Get(Exchange::Request), r#"{"clientToken":"a-1"}"#),
    ] {
        assert_eq!(told(&mut device, message, payload), DeviceEvent::Nothing);
        assert_eq!(device, before);
    }
}

#[test]
fn what_the_service_does_not_publish_changes_nothing() {
    let mut device = device("{}");
    sent(&mut device);
    let before = device.clone();
    let wrong = |name| Err(DeviceError::Member { name });
    for (message, payload, error) in [
        (Delta, r#"{"state":{}}"#, wrong("version")),
        (Delta, r#"{"state":{},"version":-1}"#, wrong("version")),
        (Delta, r#"{"state":{},"version":"1"}"#, wrong("version")),
        (Delta, r#"{"state":null,"version":1}"#, wrong("state")),
        (Delta, "[]", wrong("version")),
        (Update(ACCEPTED), r#"{"version":1}"#, wrong("state")),
        (
            Update(ACCEPTED),
            r#"{"state":1,"version":1}"#,
            wrong("state"),
        ),
        (
            Update(ACCEPTED),
            r#"{"state":{"reported":1},"version":1}"#,
            wrong("reported"),
        ),
        (
            Update(ACCEPTED),
            r#"{"state":{"desired":[]},"version":1}"#,
            wrong("desired"),
        ),
        (Documents, r#"{"current":null}"#, wrong("current")),
        (Documents, r#"{"current":{"state":{}}}"#, wrong("version")),
        (
            Get(ACCEPTED),
            r#"{"state":{"delta":null},"version":1}"#,
            wrong("delta"),
        ),
        (Delete(ACCEPTED), "{}", wrong("version")),
        (Get(REJECTED), r#"{"message":""}"#, wrong("code")),
        (Get(REJECTED), r#"{"code":70000}"#, wrong("code")),
    ] {
        assert_eq!(
            device.handle(message, payload.as_bytes()),
            error,
            "{payload}"
        );
        assert_eq!(device, before);
    }
    assert!(matches!(
        device.handle(Delta, b"\xff"),
        Err(DeviceError::Json(_))
    ));
    for topic in [
        "$aws/things/lamp/shadow/name/x/update/delta",
        "$aws/things/l/shadow/get",
        "t",
    ] {
        let topic = TopicNameRef::parse(topic).unwrap();
        assert_eq!(device.handle_message(topic, b"{}"), Err(DeviceError::Topic));
    }
    assert_eq!(device, before);
}

#[test]
fn documents_tell_what_was_missed() {
    let mut device = settled(r#"{"n":1}"#);
    let documents = r#"{"previous":null,"current":{"state":{"reported":{"n":7}},"version":9}}"#;
    assert_eq!(
        told(&mut device, Documents, documents),
        DeviceEvent::Nothing
    );
    assert_eq!(
        sent(&mut device),
        r#"update {"state":{"reported":{"n":1}},"version":9,"clientToken":"a-2"}"#,
    );
}

#[test]
fn a_gap_is_closed_by_a_get() {
    let mut device = settled(r#"{"n":1}"#);
    told(
        &mut device,
        Update(ACCEPTED),
        r#"{"state":{"desired":{"n":3}},"version":7}"#,
    );
    assert!(!device.is_settled());
    assert_eq!(sent(&mut device), r#"get {"clientToken":"a-2"}"#);
}

#[test]
fn others_may_clear_what_is_reported() {
    for state in ["null", r#"{"reported":null}"#, r#"{"reported":{"n":null}}"#] {
        let mut device = settled(r#"{"n":1}"#);
        let accepted = format!(r#"{{"state":{state},"version":6}}"#);
        told(&mut device, Update(ACCEPTED), &accepted);
        assert!(
            sent(&mut device).contains(r#"{"reported":{"n":1}},"version":6"#),
            "{state}"
        );
    }
}

/// Got at version 5 with these desired and nothing reported.
fn commanded(desired: &str) -> (DeviceShadow, Json) {
    let mut device = device("{}");
    sent(&mut device);
    let answer = format!(
        r#"{{"state":{{"desired":{desired},"delta":{desired}}},"version":5,"clientToken":"a-1"}}"#
    );
    match told(&mut device, Get(ACCEPTED), &answer) {
        DeviceEvent::Delta { state, .. } => Some((device, state)),
        _ => None,
    }
    .unwrap()
}

#[test]
fn each_member_has_its_own_answer() {
    let desired = r#"{"a/b":{"c":1,"d":{"id":7},"e":{}},"f":[1],"g":0}"#;
    let (mut device, delta) = commanded(desired);
    let mut asked = Vec::new();
    device.acknowledge(&delta, |path, _| {
        asked.push(path.to_owned());
        match path {
            "/a~1b" => Acknowledgement::PerMember,
            "/a~1b/d" => Acknowledgement::Finished,
            "/g" => Acknowledgement::Refused,
            _ => Acknowledgement::Applied,
        }
    });
    assert_eq!(
        asked,
        ["/a~1b", "/a~1b/c", "/a~1b/d", "/a~1b/e", "/f", "/g"]
    );
    assert_eq!(
        sent(&mut device),
        concat!(
            r#"update {"state":{"reported":{"a/b":{"c":1,"e":{}},"f":[1]},"#,
            r#""desired":{"a/b":{"d":null}}},"version":5,"clientToken":"a-2"}"#,
        ),
    );
}

#[test]
fn a_finished_command_is_not_delivered_again_before_it_is_gone() {
    let (mut device, delta) = commanded(r#"{"cmd":{"id":7}}"#);
    device.acknowledge(&delta, |_, _| Acknowledgement::Finished);
    sent(&mut device);
    // Another key: the delta still has the command.
    told(
        &mut device,
        Update(ACCEPTED),
        r#"{"state":{"desired":{"x":1}},"version":6}"#,
    );
    let delta = r#"{"version":6,"state":{"cmd":{"id":7},"x":1}}"#;
    assert_eq!(told(&mut device, Delta, delta), wish(r#"{"x":1}"#, 6));
    // The update lost the race; after the get it still takes the command back.
    told(
        &mut device,
        Update(REJECTED),
        r#"{"code":409,"clientToken":"a-2"}"#,
    );
    sent(&mut device);
    let answer = r#"{"state":{"desired":{"cmd":{"id":7},"x":1},"delta":{"cmd":{"id":7},"x":1}},
        "version":6,"clientToken":"a-3"}"#;
    assert_eq!(
        told(&mut device, Get(ACCEPTED), answer),
        wish(r#"{"x":1}"#, 6)
    );
    assert_eq!(
        sent(&mut device),
        r#"update {"state":{"desired":{"cmd":null}},"version":6,"clientToken":"a-4"}"#,
    );
    let accepted = r#"{"state":{"desired":{"cmd":null}},"version":7,"clientToken":"a-4"}"#;
    told(&mut device, Update(ACCEPTED), accepted);
    // Now the same is a new command.
    told(
        &mut device,
        Update(ACCEPTED),
        r#"{"state":{"desired":{"cmd":{"id":7}}},"version":8}"#,
    );
    let delta = r#"{"version":8,"state":{"cmd":{"id":7},"x":1}}"#;
    assert_eq!(
        told(&mut device, Delta, delta),
        wish(r#"{"cmd":{"id":7},"x":1}"#, 8)
    );
}

#[test]
fn a_new_command_is_not_taken_back_for_an_old_one() {
    let (mut device, delta) = commanded(r#"{"cmd":{"id":7},"deep":{"cmd":1}}"#);
    device.acknowledge(&delta, |path, _| match path {
        "/deep" => Acknowledgement::PerMember,
        _ => Acknowledgement::Finished,
    });
    let accepted = r#"{"state":{"desired":{"cmd":{"id":8},"deep":{"cmd":2}}},"version":6}"#;
    told(&mut device, Update(ACCEPTED), accepted);
    assert!(device.is_settled());
    let delta = r#"{"version":6,"state":{"cmd":{"id":8},"deep":{"cmd":2}}}"#;
    let event = told(&mut device, Delta, delta);
    assert_eq!(event, wish(r#"{"cmd":{"id":8},"deep":{"cmd":2}}"#, 6));

    // The same with the delta before the accepted.
    let (mut device, first) = commanded(r#"{"cmd":{"id":7},"deep":{"cmd":1}}"#);
    device.acknowledge(&first, |path, _| match path {
        "/deep" => Acknowledgement::PerMember,
        _ => Acknowledgement::Finished,
    });
    let event = told(&mut device, Delta, delta);
    assert_eq!(event, wish(r#"{"cmd":{"id":8},"deep":{"cmd":2}}"#, 6));
    assert!(device.is_settled());
}

#[test]
fn the_first_get_tells_a_device_that_has_not_reported_what_it_is() {
    let mut device = DeviceShadow::new(id(), 0xa);
    device.acknowledge(&json(r#"{"early":1}"#), |_, _| Acknowledgement::Applied);
    assert_eq!(device.local(), None);
    device.connect();
    sent(&mut device);
    let answer = r#"{"state":{"desired":{"on":true},"reported":{"n":1},"delta":{"on":true}},
        "version":5,"clientToken":"a-1"}"#;
    assert_eq!(
        told(&mut device, Get(ACCEPTED), answer),
        wish(r#"{"on":true}"#, 5)
    );
    assert_eq!(device.local().unwrap().as_str(), r#"{"n":1}"#);
    device.acknowledge(&json(r#"{"on":true}"#), |_, _| Acknowledgement::Applied);
    assert!(sent(&mut device).contains(r#""reported":{"on":true}}"#));
}

#[test]
fn the_topics_of_a_named_shadow_are_its_own() {
    let named = ShadowId::named("lamp".parse().unwrap(), "x".parse().unwrap());
    let mut device = DeviceShadow::new(named, 1);
    device.connect();
    let request = device.poll_output(NOW).unwrap();
    assert_eq!(
        request.topic.to_string(),
        "$aws/things/lamp/shadow/name/x/get"
    );
    let mut cloud = Shadow::default();
    let aws = Profile::aws();
    let outcome = cloud.handle(Operation::Get, request.payload.as_bytes(), NOW, &aws);
    let mut payload = String::new();
    let rejected = Get(REJECTED);
    outcome.write(rejected, &id(), &mut payload);
    let topic = TopicNameRef::parse("$aws/things/lamp/shadow/name/x/get/rejected").unwrap();
    let event = device.handle_message(topic, payload.as_bytes());
    assert_eq!(event, Ok(DeviceEvent::Absent));
    assert!(device.is_settled(), "nothing to create");
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Typed {
    #[serde(skip_serializing_if = "Patch::is_keep")]
    n: Patch<u8>,
    loud: Patch<bool>,
}

#[test]
fn a_typed_member_is_missing_null_or_a_value() {
    let read = |text: &str| json(text).deserialize::<Typed>().unwrap();
    assert_eq!(read("{}").n, Patch::Keep);
    assert_eq!(read(r#"{"n":null}"#).n, Patch::Clear);
    assert_eq!(read(r#"{"n":7}"#).n, Patch::Set(7));
    assert!(json(r#"{"n":"7"}"#).deserialize::<Typed>().is_err());
    // Without `skip_serializing_if` a member to keep is refused: null would delete it.
    assert!(Json::from_serialize(&Typed::default()).is_err());
    let loud = Typed {
        loud: Patch::Clear,
        n: Patch::Keep,
    };
    assert_eq!(
        Json::from_serialize(&loud).unwrap().as_str(),
        r#"{"loud":null}"#
    );
    let merged = merge_patch(
        json(r#"{"loud":true,"n":1}"#).as_ref(),
        Json::from_serialize(&loud).unwrap().as_ref(),
    );
    assert_eq!(merged.as_str(), r#"{"n":1}"#);
}
