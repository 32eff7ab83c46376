//! From an incident to calls, as far as the service that answers them accepts them.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use iot_defender::remedy::{GroupMove, Incident, JobTarget, JobTemplate, RemedyError};
use iot_jobs::{Effect, Engine, Operation, World};
use iot_topics::Timestamp;
use serde_json::{Value, json};

use super::PREFIX;

fn incident(reason: &str) -> Incident {
    Incident::new("lamp-7".parse().unwrap(), "v-1", reason)
}

/// A registry with every thing and group that is asked for.
struct Fleet;

impl World for Fleet {
    fn has_thing(&self, _: &str) -> bool {
        true
    }
    fn has_group(&self, _: &str) -> bool {
        true
    }
    fn is_member(&self, _: &str, _: &str) -> bool {
        false
    }
    fn members(&self, _: &str, _: &mut dyn FnMut(&str)) {}
}

fn create(engine: &mut Engine, arguments: &Value) -> Result<Value, String> {
    let api = "CreateJob";
    let operation = Operation::Control { api, arguments };
    let now = Timestamp::from_secs(1_700_000_000);
    let answer = engine.apply(operation, &Fleet, &mut |_: Effect<'_>| {}, now);
    answer.map_err(|error| error.to_string())
}

#[test]
fn the_service_takes_the_jobs_and_refuses_a_second_one() {
    let mut engine = Engine::new("us-east-1", "123456789012");
    let template = JobTemplate::from_json(&json!({
        "document": { "operation": "reboot", "because": "${defender:reason}" },
        "description": "${defender:thing} after ${defender:id}",
        "timeoutConfig": { "inProgressTimeoutInMinutes": 10 },
    }))
    .unwrap();
    // What someone else named brings no placeholder of the service in.
    let url = "${aws:iot:s3-presigned-url:https://s3.amazonaws.com/secrets/key}";
    let call = template.job(&incident(url), PREFIX);
    create(&mut engine, &call.arguments).unwrap();
    let again = template.job(&incident("another reason"), PREFIX);
    let error = create(&mut engine, &again.arguments).unwrap_err();
    assert!(error.contains("there is a job"), "{error}");

    let plain = JobTemplate::from_json(&json!({ "document": { "operation": "update" } })).unwrap();
    let things = (0..100).map(|number| JobTarget::Thing(format!("t{number}").parse().unwrap()));
    let group = JobTarget::Group("quarantine".parse().unwrap());
    let job_id = "update-1".parse().unwrap();
    let call = plain.job_for(&job_id, things.clone(), PREFIX).unwrap();
    create(&mut engine, &call.arguments).unwrap();
    let error = plain.job_for(&job_id, things.chain([group.clone()]), PREFIX);
    assert_eq!(error, Err(RemedyError::Targets));
    assert_eq!(
        plain.job_for(&job_id, [], PREFIX),
        Err(RemedyError::Targets)
    );
    let error = template.job_for(&job_id, [group.clone()], PREFIX);
    assert_eq!(error, Err(RemedyError::NoIncident));
    // Each target once.
    let call = plain
        .job_for(&"update-2".parse().unwrap(), [group.clone(), group], PREFIX)
        .unwrap();
    let expected = json!(["arn:aws:iot:us-east-1:123456789012:thinggroup/quarantine"]);
    assert_eq!(call.arguments.get("targets"), Some(&expected));
    create(&mut engine, &call.arguments).unwrap();
}

#[test]
fn templates_that_cannot_be_filled_in_are_refused() {
    for (json, expected) in [
        (json!("x"), RemedyError::NotAnObject),
        (json!({ "jobId": "a" }), RemedyError::Member("jobId")),
        (json!({ "targets": [] }), RemedyError::Member("targets")),
        (json!({ "document": [] }), RemedyError::Document),
        (json!({ "document": "[]" }), RemedyError::Document),
        (
            json!({ "document": "{\"a\": ${defender:id}}" }),
            RemedyError::Document,
        ),
        (
            json!({ "description": "${defender:why}" }),
            RemedyError::Placeholder("why".into()),
        ),
    ] {
        assert_eq!(JobTemplate::from_json(&json), Err(expected), "{json}");
    }
}

#[test]
fn a_text_as_document_stays_as_it_is() {
    let text = "{ \"operation\": \"set\",  \"of\": \"${aws:iot:parameter:x} ${defender:thing}\" }";
    let template = JobTemplate::from_json(&json!({ "document": text })).unwrap();
    let call = template.job(&incident(""), PREFIX);
    let expected = text.replace("${defender:thing}", "lamp-7");
    assert_eq!(call.arguments.get("document"), Some(&json!(expected)));
}

#[test]
fn job_ids_tell_incidents_and_templates_apart() {
    let reboot = JobTemplate::from_json(&json!({ "document": { "operation": "reboot" } })).unwrap();
    let update = JobTemplate::from_json(&json!({ "document": { "operation": "update" } })).unwrap();
    let of = |template: &JobTemplate, thing: &str, id: &str| {
        template.job_id(&Incident::new(thing.parse().unwrap(), id, "why"))
    };
    let ids = [
        of(&reboot, "ab", "c"),
        of(&reboot, "a", "bc"),
        of(&reboot, "ab", "d"),
        of(&update, "ab", "c"),
    ];
    for (index, id) in ids.iter().enumerate() {
        assert!(iot_topics::JobId::check(id).is_ok());
        assert!(!ids.iter().skip(index + 1).any(|other| other == id));
    }
    // It is kept: a job made by an older version must be found again.
    assert_eq!(
        of(&reboot, "ab", "c"),
        "defender-b822bc48dbd6cba255cc10ac3eeb1157"
    );
}

#[test]
fn a_move_is_into_one_to_ten_groups() {
    let groups = |count: usize| (0..count).map(|number| format!("g{number}").parse().unwrap());
    assert!(GroupMove::into_groups(groups(10)).is_ok());
    assert_eq!(GroupMove::into_groups(groups(11)), Err(RemedyError::Groups));
    assert_eq!(GroupMove::into_groups(groups(0)), Err(RemedyError::Groups));
}
