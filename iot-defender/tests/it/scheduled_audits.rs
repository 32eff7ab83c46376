//! The scheduled audits of an account: requests, answers, runs, pages.

#![expect(
    clippy::unwrap_used,
    reason = "a sample that is not in its form must fail"
)]

use alloc::collections::BTreeMap;

use iot_defender::audit::{
    AuditConfiguration, Check, Date, DayOfMonth, DayOfWeek, PageSize, QueryError, RequestError,
    Schedule, ScheduleError, ScheduledAuditName, ScheduledAuditQuery, ScheduledAuditRequest,
    ScheduledAudits,
};
use iot_topics::Timestamp;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

const PREFIX: &str = "arn:aws:iot:us-east-1:123456789012";

/// Noon of a day.
fn noon(date: &str) -> Timestamp {
    let days = date.parse::<Date>().unwrap().days();
    Timestamp::from_secs(u64::from(days) * 86_400 + 43_200)
}

fn all_enabled() -> AuditConfiguration {
    let mut configuration = AuditConfiguration::new();
    configuration
        .enable(Check::ALL.iter().copied(), true)
        .unwrap();
    configuration
}

fn nightly() -> Value {
    json!({
        "scheduledAuditName": "nightly",
        "frequency": "DAILY",
        "targetCheckNames": ["LOGGING_DISABLED_CHECK"],
    })
}

fn create(audits: &mut ScheduledAudits, request: &Value, now: Timestamp) {
    let request = ScheduledAuditRequest::from_json(request).unwrap();
    audits.create(request, &all_enabled(), now).unwrap();
}

fn next_runs(audits: &ScheduledAudits, name: &str) -> Vec<String> {
    let audit = audits.get(&name.parse().unwrap()).unwrap();
    audit
        .next_runs()
        .take(3)
        .map(|run| run.to_string())
        .collect()
}

#[test]
fn each_member_is_read_by_its_rule() {
    let long = "a".repeat(129);
    for (member, value, message) in [
        (
            "scheduledAuditName",
            json!(null),
            "scheduledAuditName: not 1 to 128 characters of `A-Z a-z 0-9 _ -`",
        ),
        (
            "scheduledAuditName",
            json!(long),
            "scheduledAuditName: not 1 to 128 characters of `A-Z a-z 0-9 _ -`",
        ),
        (
            "scheduledAuditName",
            json!("a b"),
            "scheduledAuditName: not 1 to 128 characters of `A-Z a-z 0-9 _ -`",
        ),
        (
            "frequency",
            json!(null),
            "frequency: none of DAILY, WEEKLY, BIWEEKLY and MONTHLY",
        ),
        (
            "frequency",
            json!(1),
            "frequency: none of DAILY, WEEKLY, BIWEEKLY and MONTHLY",
        ),
        (
            "frequency",
            json!("MONTHLY"),
            "dayOfMonth: MONTHLY needs one of 1 to 31 or LAST",
        ),
        (
            "frequency",
            json!("BIWEEKLY"),
            "dayOfWeek: WEEKLY and BIWEEKLY need one of SUN to SAT",
        ),
        (
            "targetCheckNames",
            json!(null),
            "targetCheckNames: not a list of names of checks",
        ),
        (
            "targetCheckNames",
            json!("LOGGING_DISABLED_CHECK"),
            "targetCheckNames: not a list of names of checks",
        ),
        (
            "targetCheckNames",
            json!(["LOGGING_DISABLED_CHECK", 1]),
            "targetCheckNames: not a list of names of checks",
        ),
        ("targetCheckNames", json!([]), "targetCheckNames: empty"),
        (
            "targetCheckNames",
            json!(["logging"]),
            "targetCheckNames: no check is named `logging`",
        ),
    ] {
        let mut request = nightly();
        request[member] = value.clone();
        let error = ScheduledAuditRequest::from_json(&request).unwrap_err();
        assert_eq!(error.to_string(), message, "{member}: {value}");
        assert_eq!(error.exception(), "InvalidRequestException");
    }
    for (frequency, member, days) in [
        (
            "MONTHLY",
            "dayOfMonth",
            vec![
                json!("0"),
                json!("32"),
                json!("last"),
                json!(5),
                json!("05"),
            ],
        ),
        ("WEEKLY", "dayOfWeek", vec![json!("sun"), json!(0)]),
    ] {
        for day in days {
            let mut request = nightly();
            request["frequency"] = frequency.into();
            request[member] = day.clone();
            let error = ScheduledAuditRequest::from_json(&request).unwrap_err();
            assert!(
                error.to_string().starts_with(&format!("{member}: ")),
                "{day}"
            );
        }
    }
    for wrong in [json!([]), json!("nightly"), json!(null)] {
        let error = ScheduledAuditRequest::from_json(&wrong);
        assert_eq!(error, Err(RequestError::NotAnObject));
    }
}

#[test]
fn what_a_frequency_does_not_need_is_not_looked_at() {
    let mut request = nightly();
    request["dayOfWeek"] = json!("someday");
    request["dayOfMonth"] = json!(32);
    request["tags"] = json!([{ "Key": "team", "Value": "lamps" }]);
    let read = ScheduledAuditRequest::from_json(&request).unwrap();
    assert_eq!(read.schedule(), Schedule::Daily);
    assert_eq!(read.to_json(), nightly());
}

#[test]
fn checks_are_read_by_all_their_names_and_written_by_the_newest() {
    let mut request = nightly();
    request["targetCheckNames"] = json!([
        "LOGGING_DISABLED_CHECK",
        "REVOKED_CA_CERT_CHECK",
        "REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK",
    ]);
    let mut audits = ScheduledAudits::new(PREFIX);
    create(&mut audits, &request, noon("2022-04-22"));
    assert_eq!(
        audits.describe(&"nightly".parse().unwrap()),
        Ok(json!({
            "scheduledAuditName": "nightly",
            "scheduledAuditArn": "arn:aws:iot:us-east-1:123456789012:scheduledaudit/nightly",
            "frequency": "DAILY",
            "targetCheckNames": [
                "REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK", "LOGGING_DISABLED_CHECK",
            ],
        }))
    );
}

#[test]
fn a_name_is_given_once_and_five_at_most() {
    let now = noon("2022-04-22");
    let mut audits = ScheduledAudits::new(PREFIX);
    for name in ["a", "b", "c", "d", "e"] {
        let mut request = nightly();
        request["scheduledAuditName"] = name.into();
        create(&mut audits, &request, now);
    }
    let again = |audits: &mut ScheduledAudits, name: &str| {
        let check = [Check::LoggingDisabled];
        let request =
            ScheduledAuditRequest::new(name.parse().unwrap(), Schedule::Daily, check).unwrap();
        let error = audits.create(request, &all_enabled(), now).unwrap_err();
        (error.exception(), error.to_string())
    };
    assert_eq!(
        again(&mut audits, "c"),
        (
            "ResourceAlreadyExistsException",
            "scheduledAuditName: there is a scheduled audit `c` already".into()
        )
    );
    assert_eq!(
        again(&mut audits, "f"),
        (
            "LimitExceededException",
            "there are 5 scheduled audits already".into()
        )
    );
    audits.delete(&"c".parse().unwrap()).unwrap();
    let left: Vec<_> = audits.iter().map(|audit| audit.name().as_str()).collect();
    assert_eq!(left, ["a", "b", "d", "e"]);
    let gone = audits.delete(&"c".parse().unwrap()).unwrap_err();
    assert_eq!(gone.exception(), "ResourceNotFoundException");
}

#[test]
fn an_update_changes_what_it_names() {
    let now = noon("2022-04-22"); // a Friday
    let mut audits = ScheduledAudits::new(PREFIX);
    create(&mut audits, &nightly(), now);
    let update = |audits: &mut ScheduledAudits, mut members: Value| {
        members["scheduledAuditName"] = json!("nightly");
        let updated = audits.update(&members, &all_enabled(), now);
        updated.map(|audit| (audit.schedule(), audit.checks().len()))
    };
    let weekly = Schedule::Weekly;
    for (members, expected) in [
        (json!({}), Ok((Schedule::Daily, 1))),
        // A day without a frequency, where none is needed.
        (json!({ "dayOfWeek": "MON" }), Ok((Schedule::Daily, 1))),
        (
            json!({ "frequency": "WEEKLY" }),
            Err(ScheduleError::DayOfWeek),
        ),
        (
            json!({ "frequency": "WEEKLY", "dayOfWeek": "MON" }),
            Ok((weekly(DayOfWeek::Monday), 1)),
        ),
        (
            json!({ "dayOfWeek": "TUE" }),
            Ok((weekly(DayOfWeek::Tuesday), 1)),
        ),
        (json!({ "dayOfWeek": "DAY" }), Err(ScheduleError::DayOfWeek)),
        (
            json!({ "dayOfMonth": "7" }),
            Ok((weekly(DayOfWeek::Tuesday), 1)),
        ),
        // The day goes with the frequency, also with the one that there is.
        (
            json!({ "frequency": "WEEKLY" }),
            Err(ScheduleError::DayOfWeek),
        ),
        (
            json!({ "frequency": "BIWEEKLY", "dayOfWeek": null }),
            Err(ScheduleError::DayOfWeek),
        ),
        (
            json!({ "targetCheckNames": ["LOGGING_DISABLED_CHECK", "REVOKED_CA_CERT_CHECK"] }),
            Ok((weekly(DayOfWeek::Tuesday), 2)),
        ),
        (
            json!({ "frequency": "MONTHLY", "dayOfMonth": "31", "targetCheckNames": null }),
            Ok((Schedule::Monthly(DayOfMonth::new(31).unwrap()), 2)),
        ),
        (
            json!({ "dayOfMonth": "LAST" }),
            Ok((Schedule::Monthly(DayOfMonth::LAST), 2)),
        ),
        (
            json!({ "frequency": "ONCE" }),
            Err(ScheduleError::Frequency),
        ),
        (json!({ "frequency": "DAILY" }), Ok((Schedule::Daily, 2))),
    ] {
        let expected = expected.map_err(RequestError::from);
        assert_eq!(update(&mut audits, members.clone()), expected, "{members}");
    }

    let mut refused = |members| update(&mut audits, members).unwrap_err();
    assert_eq!(
        refused(json!({ "targetCheckNames": [] })),
        RequestError::NoTarget
    );
    let unknown = refused(json!({ "targetCheckNames": ["X"], "dayOfMonth": "1" }));
    assert_eq!(unknown, RequestError::UnknownCheck("X".into()));

    let other = audits.update(
        &json!({ "scheduledAuditName": "weekly" }),
        &all_enabled(),
        now,
    );
    assert_eq!(other.unwrap_err().exception(), "ResourceNotFoundException");
}

#[test]
fn only_checks_that_are_enabled_can_be_named() {
    let now = noon("2022-04-22");
    let mut configuration = AuditConfiguration::new();
    configuration
        .enable([Check::LoggingDisabled], true)
        .unwrap();
    let mut audits = ScheduledAudits::new(PREFIX);
    let request = ScheduledAuditRequest::from_json(&nightly()).unwrap();
    audits.create(request, &configuration, now).unwrap();
    let update = json!({
        "scheduledAuditName": "nightly",
        "frequency": "WEEKLY",
        "dayOfWeek": "SUN",
        "targetCheckNames": ["LOGGING_DISABLED_CHECK", "CONFLICTING_CLIENT_IDS_CHECK"],
    });
    let before = audits.clone();
    let refused = audits.update(&update, &configuration, now);
    assert_eq!(
        refused,
        Err(RequestError::NotEnabled(Check::ConflictingClientIds))
    );
    assert_eq!(audits, before, "nothing is changed");

    // The checks of an audit stay enabled; without new names they are not asked for again.
    let schedule_alone = json!({ "scheduledAuditName": "nightly", "frequency": "DAILY" });
    assert!(
        audits
            .update(&schedule_alone, &AuditConfiguration::new(), now)
            .is_ok()
    );
    assert!(audits.checks().into_iter().eq([Check::LoggingDisabled]));
}

#[test]
fn due_are_those_whose_date_has_come_the_longest_overdue_first() {
    let mut audits = ScheduledAudits::new(PREFIX);
    for (name, frequency, week, month) in [
        ("b-fridays", "WEEKLY", "FRI", ""),
        ("a-fridays", "WEEKLY", "FRI", ""),
        ("thursdays", "BIWEEKLY", "THU", ""),
        ("last", "MONTHLY", "", "LAST"),
    ] {
        let request = json!({
            "scheduledAuditName": name, "frequency": frequency, "dayOfWeek": week,
            "dayOfMonth": month, "targetCheckNames": ["LOGGING_DISABLED_CHECK"],
        });
        create(&mut audits, &request, noon("2022-04-20"));
    }
    let due = |audits: &ScheduledAudits, date: &str| {
        let due = audits.due(noon(date)).into_iter();
        let due: Vec<_> = due.map(|audit| audit.name().to_string()).collect();
        due.join(" ")
    };
    assert_eq!(due(&audits, "2022-04-20"), "");
    assert_eq!(audits.next_run(), "2022-04-21".parse().ok());
    assert_eq!(due(&audits, "2022-04-21"), "thursdays");
    assert_eq!(due(&audits, "2022-04-22"), "thursdays a-fridays b-fridays");
    assert_eq!(
        due(&audits, "2022-05-10"),
        "thursdays a-fridays b-fridays last"
    );

    // A run takes the place of all that were missed.
    let now = noon("2022-05-10");
    for name in ["thursdays", "last"] {
        let run = audits.start(&name.parse().unwrap(), now).unwrap();
        assert_eq!((run.start, run.previous_start), (now, None));
    }
    assert_eq!(due(&audits, "2022-05-10"), "a-fridays b-fridays");
    assert_eq!(
        next_runs(&audits, "thursdays"),
        ["2022-05-19", "2022-06-02", "2022-06-16"]
    );
    assert_eq!(
        next_runs(&audits, "last"),
        ["2022-05-31", "2022-06-30", "2022-07-31"]
    );
    let later = noon("2022-05-31");
    let run = audits.start(&"last".parse().unwrap(), later).unwrap();
    assert_eq!((run.start, run.previous_start), (later, Some(now)));
    let gone = audits.start(&"none".parse().unwrap(), later).unwrap_err();
    assert_eq!(gone.exception(), "ResourceNotFoundException");
}

#[test]
fn another_schedule_runs_from_the_update_on_and_not_twice_a_day() {
    let mut audits = ScheduledAudits::new(PREFIX);
    let mut request = nightly();
    request["frequency"] = json!("MONTHLY");
    request["dayOfMonth"] = json!("31");
    create(&mut audits, &request, noon("2022-04-01"));
    let name: ScheduledAuditName = "nightly".parse().unwrap();

    // No run of it was before it was daily.
    let daily = json!({ "scheduledAuditName": "nightly", "frequency": "DAILY" });
    let today = noon("2022-04-20");
    audits.update(&daily, &all_enabled(), today).unwrap();
    assert_eq!(
        next_runs(&audits, "nightly"),
        ["2022-04-20", "2022-04-21", "2022-04-22"]
    );

    // An update that leaves the schedule alone keeps what is overdue.
    let checks = json!({
        "scheduledAuditName": "nightly", "frequency": "DAILY",
        "targetCheckNames": ["CONFLICTING_CLIENT_IDS_CHECK"],
    });
    audits
        .update(&checks, &all_enabled(), noon("2022-04-23"))
        .unwrap();
    assert_eq!(next_runs(&audits, "nightly")[0], "2022-04-20");

    audits.start(&name, noon("2022-04-23")).unwrap();
    let saturdays = json!({
        "scheduledAuditName": "nightly", "frequency": "BIWEEKLY", "dayOfWeek": "SAT",
    });
    audits
        .update(&saturdays, &all_enabled(), noon("2022-04-23"))
        .unwrap();
    // It has run on this Saturday; the weeks are counted from the first of the creation.
    assert_eq!(
        next_runs(&audits, "nightly"),
        ["2022-04-30", "2022-05-14", "2022-05-28"]
    );

    // A clock that goes back does not bring back a run.
    audits.start(&name, noon("2022-05-14")).unwrap();
    audits.start(&name, noon("2022-05-01")).unwrap();
    assert_eq!(next_runs(&audits, "nightly")[0], "2022-05-28");
}

#[test]
fn the_last_day_of_the_calendar_is_due_once() {
    let end = Timestamp::from_millis(u64::MAX);
    let mut audits = ScheduledAudits::new(PREFIX);
    create(&mut audits, &nightly(), end);
    assert_eq!(audits.due(end).len(), 1);
    audits.start(&"nightly".parse().unwrap(), end).unwrap();
    assert!(audits.due(end).is_empty());
    assert_eq!(audits.next_run(), None);
}

#[test]
fn a_list_tells_all_but_the_checks() {
    let mut audits = ScheduledAudits::new(PREFIX);
    let now = noon("2022-04-22");
    create(&mut audits, &nightly(), now);
    let last = json!({
        "scheduledAuditName": "last", "frequency": "MONTHLY", "dayOfMonth": "LAST",
        "targetCheckNames": ["LOGGING_DISABLED_CHECK"],
    });
    create(&mut audits, &last, now);
    let one = ScheduledAuditQuery::from_json(&json!({ "maxResults": 1 })).unwrap();
    let page = one.list(&audits).unwrap();
    let token = page.next_token.clone().unwrap();
    assert_eq!(
        page.to_api_json(),
        json!({
            "scheduledAudits": [{
                "scheduledAuditName": "last",
                "scheduledAuditArn": "arn:aws:iot:us-east-1:123456789012:scheduledaudit/last",
                "frequency": "MONTHLY",
                "dayOfMonth": "LAST",
            }],
            "nextToken": token,
        })
    );
    for (question, error) in [
        (json!({ "maxResults": 0 }), QueryError::Member("maxResults")),
        (
            json!({ "maxResults": 251 }),
            QueryError::Member("maxResults"),
        ),
        (json!({ "nextToken": 1 }), QueryError::NextToken),
        (json!([]), QueryError::NotAnObject),
    ] {
        assert_eq!(ScheduledAuditQuery::from_json(&question), Err(error));
    }
    for wrong in [
        "",
        "last",
        "scheduledaudit/",
        "scheduledaudit/a/b",
        "audittask/1/a",
        "monday.1",
    ] {
        let mut query = ScheduledAuditQuery::default();
        query.next_token = Some(wrong.into());
        assert_eq!(query.list(&audits), Err(QueryError::NextToken), "{wrong}");
    }
}

fn schedule() -> impl Strategy<Value = Schedule> {
    let week = select(DayOfWeek::ALL);
    prop_oneof![
        Just(Schedule::Daily),
        week.clone().prop_map(Schedule::Weekly),
        week.prop_map(Schedule::Biweekly),
        (1_u8..=31).prop_map(|day| Schedule::Monthly(DayOfMonth::new(day).unwrap())),
        Just(Schedule::Monthly(DayOfMonth::LAST)),
    ]
}

fn request() -> impl Strategy<Value = ScheduledAuditRequest> {
    let checks = subsequence(Check::ALL, 1..=Check::ALL.len());
    ("[a-zA-Z0-9_-]{1,128}", schedule(), checks).prop_map(|(name, schedule, checks)| {
        ScheduledAuditRequest::new(name.parse().unwrap(), schedule, checks).unwrap()
    })
}

const WORDS: &[&str] = &[
    "scheduledAuditName",
    "frequency",
    "dayOfWeek",
    "dayOfMonth",
    "targetCheckNames",
    "LOGGING_DISABLED_CHECK",
    "DAILY",
    "WEEKLY",
    "MONTHLY",
    "SUN",
    "LAST",
    "31",
    "nightly",
];

fn any_request() -> impl Strategy<Value = Value> {
    let word = prop_oneof![
        8 => select(WORDS).prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<i64>().prop_map(Value::from),
        1 => ".*".prop_map(Value::from),
    ];
    let value = prop_oneof![
        3 => word.clone(),
        1 => prop::collection::vec(word.clone(), 0..4).prop_map(Value::from),
    ];
    let members = prop::collection::btree_map(select(WORDS), value.clone(), 0..8);
    prop_oneof![
        9 => members.prop_map(|members| {
            let mut members: BTreeMap<_, _> = members;
            // Otherwise hardly any would come so far as to be looked at.
            members.entry("scheduledAuditName").or_insert_with(|| json!("nightly"));
            json!(members)
        }),
        1 => value,
    ]
}

proptest! {
    #[test]
    fn requests_are_read_back(request in request()) {
        prop_assert_eq!(ScheduledAuditRequest::from_json(&request.to_json()), Ok(request));
    }

    /// Whatever comes, the answer is what is described then, or an error that changed nothing.
    #[test]
    fn any_json_has_an_answer(json in any_request()) {
        let now = noon("2022-04-22");
        if let Ok(request) = ScheduledAuditRequest::from_json(&json) {
            prop_assert_eq!(ScheduledAuditRequest::from_json(&request.to_json()), Ok(request));
        }
        let mut audits = ScheduledAudits::new(PREFIX);
        create(&mut audits, &nightly(), now);
        let before = audits.clone();
        if audits.update(&json, &all_enabled(), now).is_err() {
            prop_assert_eq!(audits, before);
        }
    }

    /// To create one, and to update another to the same, is described as the same; and what is
    /// described can be created.
    #[test]
    fn create_describe_update(request in request(), other in request()) {
        let now = noon("2022-04-22");
        let (name, configuration) = (request.name().clone(), all_enabled());
        let mut created = ScheduledAudits::new(PREFIX);
        created.create(request.clone(), &configuration, now).unwrap();
        let described = created.describe(&name).unwrap();
        prop_assert_eq!(ScheduledAuditRequest::from_json(&described), Ok(request.clone()));

        let mut updated = ScheduledAudits::new(PREFIX);
        let other =
            ScheduledAuditRequest::new(name.clone(), other.schedule(), other.checks().to_vec());
        updated.create(other.unwrap(), &configuration, now).unwrap();
        updated.update(&request.to_json(), &configuration, now).unwrap();
        prop_assert_eq!(updated.describe(&name).unwrap(), described);
        prop_assert_eq!(&updated, &created);

        // Again, or with nothing, changes nothing.
        updated.update(&request.to_json(), &configuration, now).unwrap();
        updated.update(&json!({ "scheduledAuditName": name }), &configuration, now).unwrap();
        prop_assert_eq!(updated, created);
    }

    /// Who asks each day, and starts what is due, starts on the dates of the schedule.
    #[test]
    fn runs_are_started_on_their_dates(schedule in schedule(), first in 0_u32..20_000) {
        let created = Date::EPOCH.plus(first);
        let at = |date: Date| Timestamp::from_secs(u64::from(date.days()) * 86_400);
        let request =
            ScheduledAuditRequest::new("x".parse().unwrap(), schedule, [Check::LoggingDisabled]);
        let mut audits = ScheduledAudits::new(PREFIX);
        audits.create(request.unwrap(), &all_enabled(), at(created)).unwrap();
        let mut started = vec![];
        for day in 0..100 {
            let today = created.plus(day);
            let due: Vec<_> = audits.due(at(today)).iter().map(|audit| audit.name().clone()).collect();
            for name in due {
                let run = audits.start(&name, at(today)).unwrap();
                prop_assert_eq!(run.previous_start, started.last().copied().map(at));
                started.push(today);
            }
        }
        let expected = schedule.runs_from(created, created);
        let expected: Vec<_> = expected.take_while(|run| *run < created.plus(100)).collect();
        prop_assert_eq!(started, expected);
    }

    /// The pages are the whole, though what a token names is deleted between them.
    #[test]
    fn pages_are_the_whole(
        names in prop::collection::btree_set("[a-zA-Z0-9_-]{1,4}", 0..=5),
        size in 1_u64..4,
        deletes in any::<bool>(),
    ) {
        let mut audits = ScheduledAudits::new(PREFIX);
        for name in &names {
            let mut request = nightly();
            request["scheduledAuditName"] = name.as_str().into();
            create(&mut audits, &request, noon("2022-04-22"));
        }
        let mut query = ScheduledAuditQuery::default();
        query.max_results = PageSize::new(size).unwrap();
        let mut seen = vec![];
        loop {
            let page = query.list(&audits).unwrap();
            let listed: Vec<_> = page.audits.iter().map(|audit| audit.name().clone()).collect();
            prop_assert!(listed.len() <= usize::from(query.max_results.get()));
            let token = page.next_token;
            prop_assert!(token.is_none() || !listed.is_empty());
            if deletes {
                for name in &listed {
                    audits.delete(name).unwrap();
                }
            }
            seen.extend(listed.iter().map(ToString::to_string));
            match token {
                None => break,
                token => query.next_token = token,
            }
        }
        prop_assert!(seen.iter().eq(names.iter()));
    }
}
