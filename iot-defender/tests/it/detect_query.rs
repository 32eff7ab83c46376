//! Violations, alarms and values, page by page; and what an intake makes of what arrives.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests that build values of parts that are legal"
)]

use iot_defender::detect::{
    AwsMetric, Datapoint, Definitions, DetectError, Engine, Intake, MeasuredOf, MessageSizes,
    Metric, MetricLog, MetricValue, MetricValueQuery, NearestRank, NoModels, SecurityProfile,
    Target, Told, Verification, VerificationState, ViolationEventQuery, ViolationFilter,
};
use iot_topics::Timestamp;
use serde_json::{Value, json};

const START: u64 = 1_573_786_800;
const STEP: u64 = 300;

fn at(step: u64) -> Timestamp {
    Timestamp::from_secs(START + step * STEP)
}

fn below(name: &str, metric: &str, count: u64, suppress: bool) -> Value {
    json!({
        "name": name,
        "metric": metric,
        "criteria": { "comparisonOperator": "less-than", "value": { "count": count } },
        "suppressAlerts": suppress,
    })
}

pub(crate) fn profile(name: &str, behaviors: &Value) -> SecurityProfile {
    let request = json!({
        "behaviors": behaviors,
        "additionalMetricsToRetainV2": [{ "metric": "aws:all-bytes-in", "exportMetric": true }],
        "metricsExportConfig": { "mqttTopic": "metrics", "roleArn": "arn:role" },
        "alertTargets": { "SNS": { "alertTargetArn": "arn:topic", "roleArn": "arn:role" } },
    });
    SecurityProfile::create(name.parse().unwrap(), &request, &Definitions::default()).unwrap()
}

/// Twelve things in two profiles, of which each violates all for three steps, then no more but the
/// first two.
fn account() -> (Engine, Vec<String>) {
    let mut engine = Engine::new();
    let sent = "aws:num-messages-sent";
    let many = json!({
        "name": "share",
        "metric": sent,
        "criteria": {
            "comparisonOperator": "less-than",
            "statisticalThreshold": { "statistic": "p0" },
            "durationSeconds": 300,
        },
    });
    engine.set_profile(&profile(
        "one",
        &json!([below("loud", sent, 5, false), many]),
    ));
    engine.set_profile(&profile("two", &json!([below("told", sent, 5, true)])));
    engine.attach("one", Target::All).unwrap();
    engine.attach("two", Target::Registered).unwrap();
    let mut intake = Intake::default();
    let mut told = Vec::new();
    for step in 1..=6 {
        for thing in 0..12 {
            let device = engine.set_device(&format!("thing/{thing:02}"), thing != 3, []);
            let count = if step <= 3 || thing < 2 { 9 } else { 1 };
            let metric = AwsMetric::NumMessagesSent.into();
            intake.take(device, metric, None, Datapoint::Count(count));
        }
        let step = intake.step(&mut engine, None, at(step), &mut NearestRank, &NoModels);
        told.extend(step.events);
    }
    let ids = told.into_iter().map(|event| event.violation_id).collect();
    (engine, ids)
}

fn events(engine: &Engine, mut query: ViolationEventQuery) -> Vec<Value> {
    let mut all = Vec::new();
    loop {
        let page = query.list(engine).unwrap();
        assert!(page.events.len() <= query.filter.max_results.get().into());
        assert!(page.next_token.is_none() || !page.events.is_empty());
        all.extend(page.events.iter().map(|event| json!(event)));
        match page.next_token {
            None => return all,
            token => query.filter.next_token = token,
        }
    }
}

fn alarms(engine: &Engine, mut filter: ViolationFilter) -> Vec<Value> {
    let mut all = Vec::new();
    loop {
        let page = filter.list(engine).unwrap();
        all.extend(page.violations.iter().map(|violation| json!(violation)));
        match page.next_token {
            None => return all,
            token => filter.next_token = token,
        }
    }
}

/// Whatever the size of a page and the filter: all pages together are what the filter leaves of all.
#[test]
fn pages_are_parts_of_the_whole() {
    let (mut engine, ids) = account();
    let state = VerificationState::TruePositive;
    for id in ids.iter().step_by(3) {
        engine
            .verify(id, Verification::new(state, None).unwrap())
            .unwrap();
    }
    let all: Vec<Value> = engine.events().map(|event| json!(event)).collect();
    let active: Vec<Value> = engine
        .active_violations()
        .iter()
        .map(|it| json!(it))
        .collect();
    assert!(
        all.len() > 50 && active.len() > 5,
        "{} {}",
        all.len(),
        active.len()
    );
    let filters = [
        json!({}),
        json!({ "thingName": "thing/03" }),
        json!({ "thingName": "nobody" }),
        json!({ "securityProfileName": "two" }),
        json!({ "behaviorCriteriaType": "STATISTICAL" }),
        json!({ "behaviorCriteriaType": "MACHINE_LEARNING" }),
        json!({ "listSuppressedAlerts": true }),
        json!({ "listSuppressedAlerts": false }),
        json!({ "verificationState": "TRUE_POSITIVE" }),
        json!({ "verificationState": "UNKNOWN", "securityProfileName": "one" }),
    ];
    let is_asked = |filter: &Value, found: &Value| {
        let kind = if found["behavior"]["name"] == "share" {
            "STATISTICAL"
        } else {
            "STATIC"
        };
        let is_suppressed = found["behavior"]["suppressAlerts"] == true;
        let given = |name: &str, value: &Value| filter.get(name).is_none_or(|it| it == value);
        given("thingName", &found["thingName"])
            && given("securityProfileName", &found["securityProfileName"])
            && given("behaviorCriteriaType", &json!(kind))
            && given("listSuppressedAlerts", &json!(is_suppressed))
            && given("verificationState", &found["verificationState"])
    };
    for filter in &filters {
        for size in [1, 2, 7, 25, 250] {
            let mut question = filter.clone();
            question["maxResults"] = json!(size);
            let (from, to) = (at(1), at(4));
            question["startTime"] = json!(from.as_secs());
            question["endTime"] = json!(to.as_secs());
            let query = ViolationEventQuery::from_json(&question).unwrap();
            let is_in_time = |event: &&Value| {
                (from.as_secs()..=to.as_secs())
                    .contains(&event["violationEventTime"].as_u64().unwrap())
            };
            let expected = all
                .iter()
                .filter(is_in_time)
                .filter(|it| is_asked(filter, it));
            let expected: Vec<Value> = expected.cloned().collect();
            assert_eq!(events(&engine, query), expected, "{question}");

            let asked = ViolationFilter::from_json(&question).unwrap();
            let expected = active.iter().filter(|it| is_asked(filter, it));
            let expected: Vec<Value> = expected.cloned().collect();
            assert_eq!(alarms(&engine, asked), expected, "{question}");
        }
    }
}

/// A token goes on right when old events are dropped, and when an alarm ends.
#[test]
fn tokens_outlive_what_they_name() {
    let (mut engine, _) = account();
    let mut query = ViolationEventQuery::new(at(0), at(9));
    let first = query.list(&engine).unwrap();
    assert_eq!(first.events.len(), 25);
    let rest: Vec<Value> = engine.events().skip(25).map(|event| json!(event)).collect();
    query.filter.next_token = first.next_token;
    engine.keep_events(30);
    let mut filter = ViolationFilter::default();
    filter.max_results = iot_defender::detect::PageSize::new(1).unwrap();
    let alarm = filter.list(&engine).unwrap();
    let next = engine.active_violations()[1].violation_id.to_string();
    filter.next_token = alarm.next_token;
    // The first alarm becomes invalid.
    let device = engine.device("thing/00", true).unwrap();
    engine.remove_device(device);
    drop(engine.step(at(7), &[], &mut NearestRank, &NoModels));
    assert_eq!(engine.events().count(), 30);
    let shown = events(&engine, query);
    assert!(rest.ends_with(&shown[..shown.len() - 3]));
    assert_eq!(
        filter.list(&engine).unwrap().violations[0].violation_id,
        next
    );
}

#[test]
fn questions_are_refused_by_their_member() {
    let engine = Engine::new();
    let time = json!({ "startTime": 0, "endTime": 1.5 });
    let with = |name: &str, value: Value| {
        let mut question = time.clone();
        question[name] = value;
        question
    };
    for (name, value) in [
        ("maxResults", json!(0)),
        ("maxResults", json!(251)),
        ("maxResults", json!("25")),
        ("nextToken", json!(1)),
        ("thingName", json!("")),
        ("thingName", json!("é".repeat(129))),
        ("securityProfileName", json!("two words")),
        ("behaviorCriteriaType", json!("static")),
        ("listSuppressedAlerts", json!("true")),
        ("verificationState", json!("MAYBE")),
        ("startTime", json!(-1)),
        ("endTime", Value::Null),
    ] {
        let error = ViolationEventQuery::from_json(&with(name, value.clone())).unwrap_err();
        assert_eq!(error.exception(), "InvalidRequestException");
        assert!(
            error.to_string().starts_with(name),
            "{name} {value}: {error}"
        );
    }
    for token in ["", "1", "-1", "x"] {
        let query = ViolationEventQuery::from_json(&with("nextToken", json!(token))).unwrap();
        assert_eq!(query.list(&engine), Err(DetectError::Member("nextToken")));
    }
    for token in ["", "p/b/2/t", "p/b/1"] {
        let filter = ViolationFilter::from_json(&with("nextToken", json!(token))).unwrap();
        assert_eq!(filter.list(&engine), Err(DetectError::Member("nextToken")));
    }
}

#[test]
fn values_come_page_by_page() {
    let metric: Metric = AwsMetric::AllBytesIn.into();
    let of = MeasuredOf::new("lamp", metric, None);
    let mut log = MetricLog::default();
    for step in 0..10 {
        log.push(&of, at(step), &Datapoint::Count(step));
    }
    let mut query = MetricValueQuery::from_json(&json!({
        "thingName": "lamp",
        "metricName": "aws:all-bytes-in",
        "dimensionValueOperator": "NOT_IN",
        "startTime": at(2).as_secs(),
        "endTime": at(8).as_secs(),
        "maxResults": 3,
    }))
    .unwrap();
    assert_eq!(query.of, of);
    let mut pages = Vec::new();
    loop {
        let page = query.list(&log).unwrap();
        pages.push(
            page.values
                .iter()
                .map(|(_, value)| (*value).clone())
                .collect::<Vec<_>>(),
        );
        if page.next_token.is_none() {
            break;
        }
        query.next_token = page.next_token;
    }
    let counts = |counts: &[u64]| -> Vec<MetricValue> {
        counts
            .iter()
            .map(|count| MetricValue::Count(*count))
            .collect()
    };
    assert_eq!(
        pages,
        [counts(&[2, 3, 4]), counts(&[5, 6, 7]), counts(&[8])]
    );
    query.next_token = Some("soon".into());
    assert_eq!(query.list(&log), Err(DetectError::Member("nextToken")));
    for (name, value) in [
        ("thingName", Value::Null),
        ("metricName", json!("aws:num-cats")),
        ("dimensionName", json!("two words")),
        ("dimensionValueOperator", json!("OUT")),
        ("startTime", Value::Null),
    ] {
        let mut question = json!({
            "thingName": "lamp", "metricName": "battery", "startTime": 0, "endTime": 1,
        });
        question[name] = value;
        assert_eq!(
            MetricValueQuery::from_json(&question),
            Err(DetectError::Member(name))
        );
    }
}

fn step(intake: &mut Intake, engine: &mut Engine, log: &mut MetricLog, number: u64) -> Told {
    intake.step(engine, Some(log), at(number), &mut NearestRank, &NoModels)
}

/// Counters and sizes are added over a step, of others the last counts, and all is judged, kept and
/// exported as one value.
#[test]
fn a_step_has_one_value_of_each_metric() {
    let mut engine = Engine::new();
    let behaviors = json!([
        below("loud", "aws:num-messages-sent", 5, false),
        below("large", "aws:message-byte-size", 100, false),
        below("busy", "aws:num-established-tcp-connections", 3, false),
    ]);
    engine.set_profile(&profile("one", &behaviors));
    engine.attach("one", Target::Registered).unwrap();
    let lamp = engine.set_device("lamp", true, []);
    let stranger = engine.set_device("stranger", false, []);
    let (mut intake, mut log) = (Intake::default(), MetricLog::default());
    for device in [lamp, stranger] {
        for (metric, value) in [
            (AwsMetric::NumMessagesSent, Datapoint::Count(3)),
            (AwsMetric::MessageByteSize, Datapoint::Count(70)),
            (AwsMetric::NumEstablishedTcpConnections, Datapoint::Count(9)),
            (AwsMetric::AllBytesIn, Datapoint::Count(u64::MAX)),
            (AwsMetric::NumMessagesSent, Datapoint::Count(2)),
            (
                AwsMetric::MessageByteSize,
                Datapoint::Sizes(MessageSizes::of(80)),
            ),
            (AwsMetric::NumEstablishedTcpConnections, Datapoint::Count(2)),
            (AwsMetric::AllBytesIn, Datapoint::Count(1)),
            (AwsMetric::AllBytesOut, Datapoint::Count(1)),
            // Not of the type.
            (
                AwsMetric::NumMessagesSent,
                Datapoint::Sizes(MessageSizes::of(80)),
            ),
        ] {
            intake.take(device, metric.into(), None, value);
        }
    }
    let told = step(&mut intake, &mut engine, &mut log, 1);
    let names: Vec<_> = told
        .events
        .iter()
        .map(|event| event.behavior.name().as_str())
        .collect();
    assert_eq!(names, ["loud"]);
    assert_eq!(told.alerts.len(), 1);
    let values = |metric: AwsMetric, thing: &str| {
        let of = MeasuredOf::new(thing, metric.into(), None);
        let values = log
            .values(&of, at(0)..=at(9))
            .map(|(_, value)| value.clone());
        values.collect::<Vec<_>>()
    };
    assert_eq!(
        values(AwsMetric::NumMessagesSent, "lamp"),
        [MetricValue::Count(5)]
    );
    assert_eq!(
        values(AwsMetric::MessageByteSize, "lamp"),
        [MetricValue::Count(150)]
    );
    assert_eq!(
        values(AwsMetric::NumEstablishedTcpConnections, "lamp"),
        [MetricValue::Count(2)]
    );
    // Retained, though no behavior is about it; and what nobody asked for is not.
    let most = MetricValue::Count(i64::MAX as u64);
    assert_eq!(values(AwsMetric::AllBytesIn, "lamp"), [most]);
    assert!(values(AwsMetric::AllBytesOut, "lamp").is_empty());
    // The profile is not about the stranger.
    assert!(values(AwsMetric::AllBytesIn, "stranger").is_empty());
    let [export] = told.exports.as_slice() else {
        panic!("one profile exports")
    };
    let batch = json!(export.batch);
    assert_eq!(batch["metrics"].as_array().unwrap().len(), 1);
    assert_eq!(batch["metrics"][0]["name"], "aws:all-bytes-in");

    // The step is over: what comes for it late is of the next.
    intake.take(
        lamp,
        AwsMetric::NumMessagesSent.into(),
        None,
        Datapoint::Count(4),
    );
    assert_eq!(step(&mut intake, &mut engine, &mut log, 1), Told::default());
    assert_eq!(step(&mut intake, &mut engine, &mut log, 0), Told::default());
    assert!(!intake.is_empty());
    intake.take(
        lamp,
        AwsMetric::NumMessagesSent.into(),
        None,
        Datapoint::Count(4),
    );
    let told = step(&mut intake, &mut engine, &mut log, 2);
    assert!(told.events.is_empty(), "still 8");
    assert!(told.exports.is_empty());
    assert!(intake.is_empty());

    // Nobody hears of a profile that is gone; but what became of its alarms is told.
    engine.remove_profile("one");
    let told = step(&mut intake, &mut engine, &mut log, 3);
    assert_eq!((told.events.len(), told.alerts.len()), (1, 0));
    // Each day the log lets go of what is older than 14 days.
    drop(step(&mut intake, &mut engine, &mut log, 3 + 20 * 288));
    assert_eq!(log, MetricLog::default());
}
