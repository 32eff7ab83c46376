//! Many shadows in one place: messages, HTTP, lists, snapshots.
#![expect(
    clippy::expect_used,
    reason = "functions that tests call: a failure is the test's"
)]

use iot_shadow::strategies::{number, operations, profile};
use iot_shadow::{
    HttpRequest, Operation, Profile, Rejection, RestoreErrorKind, Shadow, ShadowStore,
    UpdateRequest,
};
use iot_topics::{Timestamp, TopicNameRef};
use proptest::collection::vec;
use proptest::{prop_assert_eq, proptest};

const NOW: Timestamp = Timestamp::from_secs(1_700_000_000);

fn after(hours: u64) -> Timestamp {
    Timestamp::from_secs(NOW.as_secs() + hours * 3_600)
}

/// `topic payload` of each message that answers one.
fn sent(store: &mut ShadowStore, topic: &str, payload: &str) -> Option<Vec<String>> {
    let topic = TopicNameRef::parse(topic).ok()?;
    let messages = store.handle_message(topic, payload.as_bytes(), NOW)?;
    let text = messages
        .into_iter()
        .map(|message| format!("{} {}", message.topic, message.payload));
    Some(text.collect())
}

fn filled() -> ShadowStore {
    let mut store = ShadowStore::new(Profile::aws());
    for (thing, shadow, payload) in [
        (
            "b",
            None,
            r#"{"state":{"reported":{"n":1,"list":[1,{"x":[]}]}}}"#,
        ),
        (
            "a",
            Some("$package"),
            r#"{"state":{"desired":{"k\n\"":{"d":{}}}}}"#,
        ),
        ("a", Some("config"), r#"{"state":{}}"#),
        (
            "a",
            None,
            r#"{"state":{"desired":{"on":true},"reported":{"on":false}}}"#,
        ),
        ("a", Some("gone"), r#"{"state":{}}"#),
    ] {
        let id = store.id(thing, shadow).expect("is a name");
        let outcome = store.handle(&id, Operation::Update, payload.as_bytes(), NOW);
        assert_eq!(outcome.code(), 200);
    }
    let gone = store.id("a", Some("gone")).expect("is a name");
    assert_eq!(store.handle(&gone, Operation::Delete, b"", NOW).code(), 200);
    store
}

#[test]
fn only_requests_have_answers() {
    let mut store = filled();
    let before = store.clone();
    for topic in [
        "a",
        "$aws/things/a/shadow",
        "$aws/things/a/shadow/update/accepted",
        "$aws/things/a/shadow/update/delta",
        "$aws/things/a/jobs/get",
        "$aws/things/a/shadow/name/x/y/get",
    ] {
        assert_eq!(sent(&mut store, topic, "{}"), None, "{topic}");
    }
    assert_eq!(store, before);
    assert_eq!(
        sent(
            &mut store,
            "$aws/things/a/shadow/name/config/get",
            r#"{"clientToken":"t"}"#
        ),
        Some(vec![
            "$aws/things/a/shadow/name/config/get/accepted \
             {\"state\":{},\"metadata\":{},\"version\":1,\"timestamp\":1700000000,\
             \"clientToken\":\"t\"}"
                .into()
        ]),
    );
    assert_eq!(store, before);
}

#[test]
fn what_is_rejected_leaves_no_name_behind() {
    let mut store = ShadowStore::new(Profile::aws());
    for (operation, payload) in [
        (Operation::Get, ""),
        (Operation::Delete, ""),
        (Operation::Update, "{"),
        (Operation::Update, r#"{"state":{},"version":3}"#),
    ] {
        let id = store.id("a", None).expect("is a name");
        assert_ne!(
            store.handle(&id, operation, payload.as_bytes(), NOW).code(),
            200
        );
        assert!(store.is_empty());
    }
    let request = UpdateRequest::parse(br#"{"state":{}}"#, store.profile()).expect("is legal");
    let id = store.id("a", None).expect("is a name");
    assert_eq!(store.update_if(&id, &request, NOW, |_| false).code(), 412);
    assert!(store.is_empty());
    let outcome = store.update_if(&id, &request, NOW, |document| document.is_none());
    assert_eq!(outcome.code(), 200);
    assert_eq!(store.len(), 1);
}

#[test]
fn shadows_come_in_order() {
    let store = filled();
    let ids: Vec<_> = store.iter().map(|(id, _)| id.to_string()).collect();
    assert_eq!(ids, ["a", "a~$package", "a~config", "a~gone", "b"]);
    let gone = store.id("a", Some("gone")).expect("is a name");
    assert_eq!(
        store.get(&gone),
        Some(&Shadow::Deleted {
            counter: 2,
            at: NOW
        }),
    );
}

#[test]
fn forgetting_the_deleted_changes_no_version() {
    for hours in [0, 47, 48, 49, 1_000] {
        let (mut kept, mut purged) = (filled(), filled());
        purged.purge(after(hours));
        assert_eq!(purged.len(), if hours <= 48 { 5 } else { 4 });
        let id = kept.id("a", Some("gone")).expect("is a name");
        let payload = br#"{"state":{}}"#;
        let versions = [&mut kept, &mut purged].map(|store| {
            store.handle(&id, Operation::Update, payload, after(hours));
            let shadow = store.get(&id).expect("was updated");
            shadow.document().expect("was updated").version()
        });
        assert_eq!(versions, [if hours <= 48 { 3 } else { 1 }; 2]);
    }
}

#[test]
fn snapshots_are_restored() {
    let store = filled();
    let text = store.snapshot();
    let copy = ShadowStore::restore(text.as_bytes(), Profile::aws()).expect("is one");
    assert_eq!(copy, store);
    assert_eq!(copy.snapshot(), text);
    let empty = ShadowStore::new(Profile::aws());
    let copy = ShadowStore::restore(empty.snapshot().as_bytes(), Profile::aws());
    assert_eq!(copy.expect("is one"), empty);
}

#[test]
fn snapshots_have_the_time_of_an_empty_array() {
    let mut store = ShadowStore::new(Profile::aws());
    let id = store.id("a", None).expect("is a name");
    let payload = br#"{"state":{"reported":{"list":[],"lists":[[],{"x":[]}]}}}"#;
    assert_eq!(
        store.handle(&id, Operation::Update, payload, NOW).code(),
        200
    );
    let copy = ShadowStore::restore(store.snapshot().as_bytes(), Profile::aws()).expect("is one");
    let document = copy.get(&id).and_then(Shadow::document).expect("is there");
    let times: Vec<_> = document.leaves().map(|leaf| leaf.timestamp()).collect();
    assert_eq!(times, [NOW, NOW]);
    assert_eq!(copy, store);
}

#[test]
fn snapshots_have_what_is_as_deep_as_a_request_may_be() {
    let mut profile = Profile::aws();
    profile.max_depth = usize::MAX;
    for (open, close) in [("{\"k\":", "}"), ("[", "]")] {
        let payload = |levels: usize| {
            let (open, close) = (open.repeat(levels), close.repeat(levels));
            format!(r#"{{"state":{{"desired":{{"v":{open}1{close}}}}}}}"#)
        };
        let mut store = ShadowStore::new(profile);
        let id = store.id("a", None).expect("is a name");
        let mut code = |payload: String| {
            let outcome = store.handle(&id, Operation::Update, payload.as_bytes(), NOW);
            outcome.code()
        };
        // Three levels are around it, and 127 is what a text may have.
        assert_eq!((code(payload(125)), code(payload(124))), (400, 200));
        let copy = ShadowStore::restore(store.snapshot().as_bytes(), profile).expect("is one");
        assert_eq!(copy, store);
    }
}

/// Shadows that took operations come back as they were, and in the same bytes.
#[test]
fn snapshots_are_exact() {
    let names = [("a", None), ("a", Some("n")), ("b", None)];
    let run = (operations(number()), profile());
    let runs = vec(0..names.len(), 1..16);
    proptest!(|((operations, profile) in run, places in runs)| {
        let mut store = ShadowStore::new(profile);
        let mut now = NOW;
        for ((operation, payload, pause), place) in operations.iter().zip(places.iter().cycle()) {
            now = now.saturating_add(*pause);
            let (thing, shadow) = names[*place];
            let id = store.id(thing, shadow).expect("is a name");
            store.handle(&id, *operation, payload, now);
            let text = store.snapshot();
            let copy = ShadowStore::restore(text.as_bytes(), profile).expect("is one");
            prop_assert_eq!(&copy, &store);
            prop_assert_eq!(copy.snapshot(), text);
        }
    });
}

#[test]
fn what_is_no_snapshot_is_refused_by_its_line() {
    let head = r#"{"iot-shadow":2}"#;
    let live = "{\"thing\":\"a\",\"version\":1,\"times\":[]}\n{}";
    for (text, line, kind) in [
        (String::new(), 1, "is not the head of a snapshot"),
        (live.into(), 1, "is not the head of a snapshot"),
        (
            format!("{head}\n\n{{"),
            3,
            "text ends in the middle of a value at byte 1",
        ),
        (format!("{head}\n[]"), 2, "names no thing and shadow"),
        (
            format!("{head}\n{}", live.replace("\"a\"", "\"a\",\"shadow\":null")),
            2,
            "names no thing and shadow",
        ),
        (
            format!("{head}\n{live}\n{live}"),
            4,
            "stands behind a shadow that comes later",
        ),
        (
            format!(
                "{head}\n{}",
                r#"{"thing":"a","deleted":{"counter":-1,"at":0}}"#
            ),
            2,
            "has neither a document nor a version that counts on",
        ),
        (
            format!("{head}\n{}", live.replace('1', "1.0")),
            2,
            "has neither a document nor a version that counts on",
        ),
        (
            format!("{head}\n{}", live.replace('1', "0")),
            3,
            "version is 0",
        ),
        (
            format!(
                "{head}\n{}",
                live.replace("[]}\n{}", "[7]}\n{\"delta\":{\"a\":1}}")
            ),
            3,
            "state is no object of `desired` and `reported`, each an object with members",
        ),
        (
            format!(
                "{head}\n{}",
                live.replace("[]}\n{}", "[7]}\n{\"desired\":{\"a\":null}}")
            ),
            3,
            "value at `/desired/a` is null",
        ),
        (
            format!(
                "{head}\n{}",
                live.replace("[]}\n{}", "[7]}\n{\"desired\":{\"b\":1,\"a\":{}}}")
            ),
            3,
            "is not in the form in which a snapshot has it",
        ),
        (
            format!(
                "{head}\n{}",
                live.replace("[]}\n{}", "[7,8]}\n{\"desired\":{\"a\":[]}}")
            ),
            3,
            "has not a time for each leaf of the state",
        ),
        (
            format!("{head}\n{}", live.replace("[]", "[4294967296]")),
            2,
            "has not a time for each leaf of the state",
        ),
        (
            format!("{head}\n{}", live.replace("\n{}", "")),
            3,
            "text ends in the middle of a value at byte 0",
        ),
    ] {
        let error = ShadowStore::restore(text.as_bytes(), Profile::aws()).expect_err(&text);
        assert_eq!(
            (error.line(), error.kind().to_string().as_str()),
            (line, kind),
            "{text}"
        );
    }
    let error = ShadowStore::restore(b"\xff", Profile::aws()).expect_err("is not text");
    assert_eq!(error.kind(), &RestoreErrorKind::Header);
}

#[test]
fn http_does_what_the_topics_do() {
    let mut store = filled();
    let mut ask = |method: &str, target: &str, body: &str| {
        let answer = store.handle_http(method, target, body.as_bytes(), NOW)?;
        Some((answer.status, answer.error, answer.messages.len()))
    };
    let ok = |messages| Some((200, None, messages));
    let failed = |status, error| Some((status, Some(error), 0));
    assert_eq!(ask("GET", "/things/a/shadow", ""), ok(1));
    assert_eq!(ask("POST", "/things/a/shadow", r#"{"state":{}}"#), ok(3));
    assert_eq!(
        ask("POST", "/things/c/shadow?name=x", r#"{"state":{}}"#),
        ok(2)
    );
    assert_eq!(ask("DELETE", "/things/c/shadow?name=x", ""), ok(1));
    assert_eq!(
        ask("GET", "/things/c/shadow?name=x", ""),
        failed(404, "ResourceNotFoundException")
    );
    assert_eq!(
        ask("GET", "/things/a/shadow?x=1&name=%24package", ""),
        ok(1)
    );
    assert_eq!(
        ask("POST", "/things/a/shadow", "{"),
        failed(400, "InvalidRequestException")
    );
    assert_eq!(
        ask("POST", "/things/a/shadow", r#"{"state":{},"version":9}"#),
        failed(409, "ConflictException"),
    );
    assert_eq!(
        ask("PATCH", "/things/a/shadow", ""),
        failed(405, "MethodNotAllowedException")
    );
    for target in [
        "/things//shadow",
        "/things/a%2/shadow",
        "/things/a%ff/shadow",
        "/things/a%2Fb/shadow",
    ] {
        assert_eq!(
            ask("GET", target, ""),
            failed(400, "InvalidRequestException"),
            "{target}"
        );
    }
    for target in [
        "/things/a/b/shadow",
        "/things/a",
        "/shadow",
        "things/a/shadow",
        "",
    ] {
        assert_eq!(ask("GET", target, ""), None, "{target}");
    }
    let list = "/api/things/shadow/ListNamedShadowsForThing/a";
    for (query, code) in [
        ("", 200),
        ("?pageSize=100", 200),
        ("?pageSize=0", 400),
        ("?pageSize=x", 400),
        ("?nextToken=b~x", 400),
    ] {
        let status = ask("GET", &format!("{list}{query}"), "").map(|(status, ..)| status);
        assert_eq!(status, Some(code), "{query}");
    }
    assert_eq!(
        ask("POST", list, ""),
        failed(405, "MethodNotAllowedException")
    );
}

/// However a parameter is spelled, and never one of two.
#[test]
fn http_parameters_are_told_once() {
    let read = |query: &str| {
        let target = format!("/things/a/shadow{query}");
        match HttpRequest::parse("GET", &target).expect("is the service's") {
            Ok(HttpRequest::Shadow { shadow, .. }) => Ok(shadow.map(|name| name.into_owned())),
            Ok(_) => Ok(None),
            Err(rejection) => Err(rejection),
        }
    };
    let named = |name: &str| Ok(Some(name.to_owned()));
    assert_eq!(read(""), Ok(None));
    assert_eq!(read("?name=x"), named("x"));
    assert_eq!(read("?a&n%61me=%78&b=c"), named("x"));
    assert_eq!(read("?name"), named(""));
    assert_eq!(read("?Name=x"), Ok(None));
    for query in [
        "?name=x&name=y",
        "?name=x&n%61me=x",
        "?name&name=x",
        "?name=%2",
    ] {
        assert_eq!(read(query), Err(Rejection::ShadowName), "{query}");
    }
    let list = "/api/things/shadow/ListNamedShadowsForThing/a?pageSize=1&pageSize=2";
    assert_eq!(
        HttpRequest::parse("GET", list),
        Some(Err(Rejection::PageSize))
    );
}

/// Also where there is no shadow of that name to refuse it.
#[test]
fn http_answers_echo_the_token() {
    let mut store = ShadowStore::new(Profile::aws());
    for (method, target, code) in [
        ("GET", "/things/a/shadow", 404),
        ("DELETE", "/things/a/shadow", 404),
        ("POST", "/things/a/shadow", 400),
        ("POST", "/things/a%2Fb/shadow", 400),
        ("POST", "/things/a/shadow?name=b%20c", 400),
        ("PATCH", "/things/a/shadow", 405),
    ] {
        let mut ask = |body: &str| {
            let answer = store.handle_http(method, target, body.as_bytes(), NOW);
            let answer = answer.expect("is a request of the service");
            assert_eq!(answer.status, code, "{method} {target}");
            answer.body
        };
        let echoed = ask(r#"{"clientToken":"t"}"#);
        assert!(echoed.ends_with(r#"","clientToken":"t"}"#), "{echoed}");
        for body in ["", r#"{"clientToken":"t""#, r#"{"clientToken":7}"#] {
            let silent = ask(body);
            assert!(!silent.contains("clientToken\":"), "{silent}");
        }
    }
}

#[test]
fn lists_go_on_where_they_ended_though_shadows_come_and_go() {
    let mut store = ShadowStore::new(Profile::aws());
    let names: Vec<_> = (0..60).map(|at| format!("s{at:02}")).collect();
    for name in &names {
        let id = store.id("a", Some(name)).expect("is a name");
        store.handle(&id, Operation::Update, br#"{"state":{}}"#, NOW);
    }
    let thing = "a".parse().expect("is a name");
    let (mut listed, mut token, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = store
            .list_named(&thing, None, token.as_deref(), NOW)
            .expect("is legal");
        listed.extend(page.results.iter().map(ToString::to_string));
        pages += 1;
        // The last of the page goes before the next is asked for.
        if let Some(last) = page.results.last() {
            let id = store.id("a", Some(last.as_str())).expect("is a name");
            store.handle(&id, Operation::Delete, b"", NOW);
        }
        token = page.next_token;
        if token.is_none() {
            break;
        }
    }
    assert_eq!((listed, pages), (names, 3));
    let others = "b".parse().expect("is a name");
    for wrong in ["", "a~", "a~s00", "b", "b~a/b"] {
        let page = store.list_named(&others, None, Some(wrong), NOW);
        assert_eq!(page, Err(Rejection::NextToken), "{wrong}");
    }
    let page = store
        .list_named(&others, None, None, NOW)
        .expect("is legal");
    assert_eq!(page.to_json(), r#"{"results":[],"timestamp":1700000000}"#);
}

#[test]
fn names_with_a_dollar_are_refused_where_the_profile_says_so() {
    let mut store = ShadowStore::new(Profile::greengrass());
    let topic = "$aws/things/a/shadow/name/$package/update";
    let answer = sent(&mut store, topic, r#"{"state":{},"clientToken":"t"}"#);
    assert_eq!(
        answer,
        Some(vec![format!(
            "{topic}/rejected {{\"code\":400,\"message\":\"Invalid shadow name\",\
                     \"timestamp\":1700000000,\"clientToken\":\"t\"}}"
        )]),
    );
    assert!(store.is_empty());
}
