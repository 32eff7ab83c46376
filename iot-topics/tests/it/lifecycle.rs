//! Disconnect reasons, wills, keep-alive, presence.
#![expect(
    clippy::unwrap_used,
    reason = "functions that tests call: a failure is the test's"
)]

use core::time::Duration;

use iot_topics::lifecycle::{
    Change, DisconnectReason, KeepAlive, Presence, PresenceConfig, PresenceEvent, PresenceKind,
    PresenceTracker, WillDecision, WillWithheld, disconnect, will_decision,
};
use iot_topics::{ClientId, Timestamp};
use proptest::prelude::*;

use PresenceKind::{Connected, Disconnected};

#[test]
fn every_reason_keeps_its_text() {
    for reason in DisconnectReason::ALL.iter().copied() {
        assert_eq!(reason.as_str().parse(), Ok(reason));
        let json = serde_json::to_string(&reason).unwrap();
        assert_eq!(json, format!("\"{reason}\""));
        assert_eq!(format!("{reason:>40}").len(), 40);
        assert_eq!(
            serde_json::from_str::<DisconnectReason>(&json).unwrap(),
            reason
        );
        assert_eq!(
            reason.is_client_initiated(),
            reason.as_str() == "CLIENT_INITIATED_DISCONNECT"
        );
    }
    // An escape in the JSON text makes serde hand over a copy instead of a slice of the input.
    let escaped = r#""CLIENT\u005fERROR""#;
    assert_eq!(
        serde_json::from_str::<DisconnectReason>(escaped).unwrap(),
        DisconnectReason::ClientError
    );
    for text in [
        "",
        "NONE ",
        "none",
        "DUPLICATE_CLIENT_ID",
        "CONNECTION_LOST\0",
    ] {
        assert!(text.parse::<DisconnectReason>().is_err(), "{text:?}");
    }
    assert!(serde_json::from_str::<DisconnectReason>("null").is_err());
    assert!(serde_json::from_str::<DisconnectReason>("\"LOST\"").is_err());
}

/// The page's table, typed in again: reason, sent?, sent with `preventWillMessage`?
const WILL_TABLE: [(&str, bool, bool); 15] = [
    ("AUTH_ERROR", true, true),
    ("CLIENT_INITIATED_DISCONNECT", false, false),
    ("CLIENT_ERROR", true, true),
    ("CONNECTION_LOST", true, true),
    ("DUPLICATE_CLIENTID", true, true),
    ("FORBIDDEN_ACCESS", true, true),
    ("MQTT_KEEP_ALIVE_TIMEOUT", true, true),
    ("SERVER_ERROR", true, true),
    ("SERVER_INITIATED_DISCONNECT", true, true),
    ("API_INITIATED_DISCONNECT", true, false),
    ("THROTTLED", true, true),
    ("WEBSOCKET_TTL_EXPIRATION", true, true),
    ("CUSTOMAUTH_TTL_EXPIRATION", true, true),
    ("UNKNOWN", true, true),
    ("NONE", false, false),
];

#[test]
fn will_is_sent_by_the_table_of_reasons() {
    let reasons = DisconnectReason::ALL.iter().copied();
    assert_eq!(reasons.len(), WILL_TABLE.len());
    for ((text, sent, prevented), reason) in WILL_TABLE.into_iter().zip(reasons) {
        assert_eq!(text, reason.as_str());
        assert_eq!(will_decision(reason, true, false).is_sent(), sent, "{text}");
        assert_eq!(
            will_decision(reason, true, true).is_sent(),
            prevented,
            "{text}"
        );
        for prevent in [false, true] {
            assert_eq!(
                will_decision(reason, false, prevent),
                WillDecision::NotSent(WillWithheld::NotConnected)
            );
        }
    }
}

#[test]
fn withheld_will_says_why() {
    let why = |reason, prevent| match will_decision(reason, true, prevent) {
        WillDecision::Sent => String::new(),
        WillDecision::NotSent(why) => why.to_string(),
    };
    assert_eq!(
        why(DisconnectReason::ClientInitiatedDisconnect, false),
        "the client ended the connection itself"
    );
    assert_eq!(
        why(DisconnectReason::ApiInitiatedDisconnect, true),
        "`preventWillMessage` was set"
    );
    assert_eq!(
        why(DisconnectReason::None, false),
        "the connection has not ended"
    );
}

#[test]
fn cut_or_silent_network_sends_the_will_and_goodbye_does_not() {
    // A silent network: the keep-alive time-out finds it.
    let keep_alive = KeepAlive::requested(60);
    let last_packet = Timestamp::from_secs(1_000);
    assert!(!keep_alive.is_timed_out(last_packet, Timestamp::from_millis(1_089_999)));
    assert!(keep_alive.is_timed_out(last_packet, Timestamp::from_millis(1_090_000)));
    assert!(will_decision(DisconnectReason::MqttKeepAliveTimeout, true, false).is_sent());
    assert!(will_decision(DisconnectReason::ConnectionLost, true, false).is_sent());
    assert!(!will_decision(DisconnectReason::ClientInitiatedDisconnect, true, false).is_sent());
}

#[test]
fn one_disconnect_sends_will_and_lifecycle_event() {
    let effects = |id: &str, reason, was_connected| {
        let effects = disconnect(&id.parse().unwrap(), reason, was_connected, false);
        (effects.will.is_sent(), effects.lifecycle_event)
    };
    let lost = DisconnectReason::ConnectionLost;
    assert_eq!(effects("ratchet", lost, true), (true, true));
    assert_eq!(
        effects("ratchet", DisconnectReason::ClientInitiatedDisconnect, true),
        (false, true)
    );
    // No lifecycle events for these client identifiers; the will does not care.
    assert_eq!(effects("ratchet#1", lost, true), (true, false));
    assert_eq!(effects("rat+chet", lost, true), (true, false));
    // Never connected: `connect_failed` instead. Not ended: nothing.
    assert_eq!(
        effects("ratchet", DisconnectReason::AuthError, false),
        (false, false)
    );
    assert_eq!(
        effects("ratchet", DisconnectReason::None, true),
        (false, false)
    );
}

#[test]
fn keep_alive_is_clamped() {
    for (asked, granted, vpc) in [
        (0, 1_200, 230),
        (1, 30, 30),
        (29, 30, 30),
        (30, 30, 30),
        (31, 31, 31),
        (230, 230, 230),
        (231, 231, 230),
        (1_200, 1_200, 230),
        (1_201, 1_200, 230),
        (u16::MAX, 1_200, 230),
    ] {
        assert_eq!(KeepAlive::requested(asked).as_secs(), granted, "{asked}");
        let over_vpc = KeepAlive::requested_over_vpc_endpoint(asked);
        assert_eq!(over_vpc.as_secs(), vpc, "{asked}");
    }
    assert_eq!(
        KeepAlive::requested(31).timeout(),
        Duration::from_millis(46_500)
    );
    let last = Timestamp::from_millis(u64::MAX);
    assert_eq!(KeepAlive::MAX.deadline(last), last);
}

#[test]
fn presence_waits_before_an_absence_counts() {
    let client = id("ratchet");
    let mut tracker = PresenceTracker::default();
    assert_eq!(tracker.presence(&client, at(0)), None);
    let up = tracker.observe(event(&client, Connected, 0, 10), at(10));
    assert_eq!(up, Change::Online);
    let down = tracker.observe(event(&client, Disconnected, 0, 20), at(21));
    assert_eq!(down, Change::Offline { confirm_at: at(26) });
    // A duplicate does not put the deadline off.
    let again = tracker.observe(event(&client, Disconnected, 0, 20), at(24));
    assert_eq!(again, Change::Stale);
    assert_eq!(tracker.poll_timeout(), Some(at(26)));
    assert_eq!(
        tracker.presence(&client, at(25)),
        Some(Presence::Leaving { confirm_at: at(26) })
    );
    assert_eq!(tracker.presence(&client, at(26)), Some(Presence::Offline));
    assert_eq!(tracker.confirm(at(26)), [client]);
    assert_eq!(tracker.confirm(at(99)), [], "an absence is told once");
    assert_eq!(tracker.poll_timeout(), None);
}

#[test]
fn reconnect_calls_the_absence_off() {
    let client = id("ratchet");
    let mut tracker = PresenceTracker::default();
    tracker.observe(event(&client, Disconnected, 3, 20), at(20));
    let back = tracker.observe(event(&client, Connected, 7, 22), at(22));
    assert_eq!(back, Change::Online, "versions may skip");
    assert_eq!(tracker.poll_timeout(), None);
    assert_eq!(tracker.confirm(at(60)), []);
    assert_eq!(tracker.presence(&client, at(60)), Some(Presence::Online));
}

#[test]
fn version_starts_over_after_a_long_absence() {
    let client = id("ratchet");
    let mut tracker = PresenceTracker::default();
    tracker.observe(event(&client, Disconnected, 9, 1_000), at(1_000));
    let late = tracker.observe(event(&client, Connected, 8, 900), at(1_001));
    assert_eq!(late, Change::Stale);
    let back = tracker.observe(event(&client, Connected, 0, 4_600), at(4_600));
    assert_eq!(back, Change::Online);
    // The old epoch is over, whatever its version.
    let old = tracker.observe(event(&client, Connected, 9, 950), at(4_601));
    assert_eq!(old, Change::Stale);

    // A persistent session that expires after a minute.
    let mut config = PresenceConfig::AWS_IOT;
    config.reset_after = Duration::from_secs(60);
    let mut tracker = PresenceTracker::new(config);
    tracker.observe(event(&client, Disconnected, 9, 1_000), at(1_000));
    let back = tracker.observe(event(&client, Connected, 0, 1_061), at(1_061));
    assert_eq!(back, Change::Online);
}

#[test]
fn version_counts_up_to_half_the_reset_time_and_the_clock_from_there() {
    let client = id("ratchet");
    let mut tracker = PresenceTracker::default();
    tracker.observe(event(&client, Disconnected, 9, 1_000), at(1_000));
    let within = tracker.observe(event(&client, Connected, 0, 2_799), at(2_799));
    assert_eq!(within, Change::Stale);
    let beyond = tracker.observe(event(&client, Connected, 0, 2_800), at(2_800));
    assert_eq!(beyond, Change::Online);

    // No reset time at all: still the version decides between events of one instant.
    let mut config = PresenceConfig::AWS_IOT;
    config.reset_after = Duration::ZERO;
    let mut tracker = PresenceTracker::new(config);
    tracker.observe(event(&client, Connected, 3, 10), at(10));
    let down = tracker.observe(event(&client, Disconnected, 3, 10), at(10));
    assert_eq!(down, Change::Offline { confirm_at: at(15) });
}

#[test]
fn event_from_the_future_does_not_shut_the_tracker() {
    let client = id("ratchet");
    let mut tracker = PresenceTracker::default();
    tracker.observe(event(&client, Disconnected, 5, 9_999_999), at(100));
    let back = tracker.observe(event(&client, Connected, 6, 101), at(102));
    assert_eq!(back, Change::Online);
    assert_eq!(tracker.silent(Duration::from_secs(1), at(200)).count(), 1);
}

#[test]
fn time_does_not_run_backwards() {
    let client = id("ratchet");
    let mut tracker = PresenceTracker::default();
    tracker.observe(event(&client, Connected, 1, 100), at(100));
    let down = tracker.observe(event(&client, Disconnected, 1, 100), at(50));
    assert_eq!(
        down,
        Change::Offline {
            confirm_at: at(105)
        }
    );
    tracker.heard(&client, at(10));
    assert_eq!(tracker.silent(Duration::ZERO, at(10)).count(), 0);
}

#[test]
fn silent_devices_are_listed() {
    let (quiet, chatty, gone) = (id("quiet"), id("chatty"), id("gone"));
    let mut tracker = PresenceTracker::default();
    tracker.observe(event(&quiet, Connected, 0, 0), at(0));
    tracker.observe(event(&chatty, Connected, 0, 0), at(0));
    tracker.observe(event(&gone, Connected, 0, 0), at(0));
    tracker.observe(event(&gone, Disconnected, 0, 40), at(41));
    tracker.heard(&chatty, at(100));
    let silent = |secs, now| -> Vec<(&str, Timestamp)> {
        tracker
            .silent(Duration::from_secs(secs), at(now))
            .map(|(id, heard)| (id.as_str(), heard))
            .collect()
    };
    assert_eq!(silent(60, 100), [("quiet", at(0))]);
    // Connected or not: what counts is when it was last heard.
    assert_eq!(silent(60, 101), [("gone", at(40)), ("quiet", at(0))]);
    assert_eq!(silent(100, 100), [], "exactly the limit is not longer");
}

#[test]
fn status_checks_count_against_silence_alone() {
    let client = id("checks-in");
    let mut tracker = PresenceTracker::default();
    tracker.heard(&client, at(10));
    assert_eq!(
        tracker.presence(&client, at(10)),
        None,
        "says nothing of the connection"
    );
    for day in 1..=3 {
        assert_eq!(tracker.silent(HOUR, at(10 + day * 86_400)).count(), 1);
        tracker.heard(&client, at(10 + day * 86_400));
        assert_eq!(tracker.silent(HOUR, at(10 + day * 86_400)).count(), 0);
    }
    assert!(tracker.forget(&client));
    assert!(!tracker.forget(&client));
    assert_eq!(tracker.silent(Duration::ZERO, at(9_999_999)).count(), 0);
}

#[test]
fn forgotten_absence_is_not_confirmed() {
    let client = id("scrapped");
    let mut tracker = PresenceTracker::default();
    tracker.observe(event(&client, Disconnected, 0, 0), at(0));
    assert!(tracker.forget(&client));
    assert_eq!(tracker.poll_timeout(), None);
    assert_eq!(tracker.confirm(at(60)), []);
}

/// A connection of a generated history: pause before it (with a start over if it is an hour or
/// more), length, version step, whether it has ended.
#[derive(Clone, Debug)]
struct Life {
    pause: u64,
    length: u64,
    step: u64,
}

/// The events of a client that AWS could send, in true order.
fn history(lives: &[Life], ended: bool) -> Vec<(PresenceKind, u64, u64)> {
    let mut events = Vec::new();
    let (mut version, mut clock) = (0, 0);
    for (index, life) in lives.iter().enumerate() {
        clock += life.pause;
        version = if index == 0 || life.pause >= 3_600 {
            0
        } else {
            version + life.step
        };
        events.push((Connected, version, clock));
        clock += life.length;
        if ended || index + 1 < lives.len() {
            events.push((Disconnected, version, clock));
        }
    }
    events
}

fn lives() -> impl Strategy<Value = Vec<Life>> {
    let pause = prop_oneof![0..60_u64, 0..3_000_u64, 3_600..20_000_u64];
    let length = prop_oneof![0..5_u64, 0..50_000_u64];
    let life = (pause, length, 1..4_u64).prop_map(|(pause, length, step)| Life {
        pause,
        length,
        step,
    });
    prop::collection::vec(life, 1..8)
}

proptest! {
    #[test]
    fn any_order_and_duplicates_give_the_true_state(
        (lives, ended, order) in (lives(), any::<bool>()).prop_flat_map(|(lives, ended)| {
            let count = history(&lives, ended).len();
            // Each event at least once, in any order, with up to eight copies more.
            let order = prop::collection::vec(0..count, 0..8).prop_flat_map(move |extra| {
                let all: Vec<usize> = (0..count).chain(extra).collect();
                Just(all).prop_shuffle()
            });
            (Just(lives), Just(ended), order)
        }),
        confirm_early in any::<bool>(),
    ) {
        let client = id("ratchet");
        let events = history(&lives, ended);
        let &(kind, version, secs) = events.last().unwrap();
        let arrival = at(secs + 1);

        let mut tracker = PresenceTracker::default();
        let mut told = 0;
        for index in order {
            let (kind, version, secs) = events[index];
            let change = tracker.observe(event(&client, kind, version, secs), arrival);
            prop_assert_eq!(change == Change::Online, kind == Connected && change != Change::Stale);
            // Once the last event is in, everything else is stale.
            let again = tracker.observe(event(&client, kind, version, secs), arrival);
            prop_assert_eq!(again, Change::Stale);
            if confirm_early {
                told += tracker.confirm(arrival).len();
            }
        }
        prop_assert_eq!(told, 0, "nothing is confirmed within the wait");

        // The last of all leaves nothing to change.
        let again = tracker.observe(event(&client, kind, version, secs), arrival);
        prop_assert_eq!(again, Change::Stale);
        let heard: Vec<_> = tracker.silent(Duration::ZERO, at(secs + 9)).map(|(_, t)| t).collect();
        prop_assert_eq!(heard, vec![at(secs)]);

        let confirm_at = at(secs + 6);
        let expected = if kind == Connected {
            Presence::Online
        } else {
            Presence::Leaving { confirm_at }
        };
        prop_assert_eq!(tracker.presence(&client, arrival), Some(expected));
        let due = (kind == Disconnected).then_some(confirm_at);
        prop_assert_eq!(tracker.poll_timeout(), due);
        prop_assert_eq!(tracker.confirm(confirm_at).len(), usize::from(due.is_some()));
        prop_assert_eq!(tracker.confirm(at(u64::MAX)).len(), 0);
    }

    #[test]
    fn any_events_keep_the_deadlines_in_step(
        steps in prop::collection::vec(
            (0..3_usize, any::<bool>(), 0..4_u64, 0..8_000_u64, 0..8_000_u64, 0..4_u8),
            0..60,
        ),
    ) {
        let clients = [id("a"), id("b"), id("c")];
        let mut tracker = PresenceTracker::default();
        for (who, up, version, event_at, now, act) in steps {
            let client = &clients[who];
            let kind = if up { Connected } else { Disconnected };
            match act {
                0 => {
                    tracker.confirm(at(now));
                }
                1 => {
                    tracker.forget(client);
                }
                _ => {
                    tracker.observe(event(client, kind, version, event_at), at(now));
                }
            }
            let leaving = clients
                .iter()
                .filter_map(|client| match tracker.presence(client, at(0)) {
                    Some(Presence::Leaving { confirm_at }) => Some(confirm_at),
                    _ => None,
                })
                .min();
            // A deadline that has passed stays until `confirm` tells it; one ahead is the least.
            match (tracker.poll_timeout(), leaving) {
                (Some(next), Some(leaving)) => prop_assert!(next <= leaving),
                (None, Some(_)) => prop_assert!(false, "a deadline got lost"),
                (_, None) => {}
            }
        }
        let offline = clients
            .iter()
            .filter(|client| matches!(tracker.presence(client, at(9_999)), Some(Presence::Offline)))
            .count();
        prop_assert!(tracker.confirm(at(9_999)).len() <= offline);
        prop_assert_eq!(tracker.poll_timeout(), None);
    }
}

const HOUR: Duration = Duration::from_secs(3_600);

fn at(secs: u64) -> Timestamp {
    Timestamp::from_secs(secs)
}

fn id(text: &str) -> ClientId {
    text.parse().unwrap()
}

fn event(client: &ClientId, kind: PresenceKind, version: u64, secs: u64) -> PresenceEvent<'_> {
    PresenceEvent {
        client,
        kind,
        version,
        at: at(secs),
    }
}
