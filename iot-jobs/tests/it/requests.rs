//! Requests of the control plane: each member that breaks a rule is named; lists come in pages.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests ask what is right"
)]

use serde_json::{Value, json};

use crate::account::{Account, arn};

const LONG: usize = 2_029;

/// Call, the member, values that it must not have.
fn wrong() -> Vec<(&'static str, &'static str, Vec<Value>)> {
    let job_ids = || {
        vec![
            json!(null),
            json!(7),
            json!(""),
            json!("a.b"),
            json!("x".repeat(65)),
        ]
    };
    let things = || vec![json!(null), json!([]), json!("a b"), json!("x".repeat(129))];
    let flags = || vec![json!("true"), json!(1)];
    let texts = || vec![json!(7), json!("a\nb"), json!("x".repeat(LONG))];
    let numbers = || vec![json!(0), json!(-1), json!(1.5), json!("1")];
    let pages = || vec![json!(0), json!(251), json!("10"), json!(1.5)];
    let statuses = || vec![json!("DONE"), json!("queued"), json!(1)];
    let namespaces = || vec![json!(""), json!("a b"), json!(1), json!("x".repeat(129))];
    let tokens = || vec![json!(7)];
    vec![
        ("CreateJob", "jobId", job_ids()),
        (
            "CreateJob",
            "targets",
            vec![
                json!(null),
                json!([]),
                json!("arn"),
                json!([7]),
                json!(["T1"]),
                json!(["arn:aws:iot:us-east-1:210987654321:thing/T1"]),
                json!(["arn:aws:iot:eu-west-1:123456789012:thing/T1"]),
                json!([arn("thing/a b")]),
                json!([arn("job/A")]),
            ],
        ),
        (
            "CreateJob",
            "document",
            vec![json!(7), json!({}), json!(""), json!("{")],
        ),
        ("CreateJob", "description", texts()),
        ("CreateJob", "namespaceId", namespaces()),
        ("CreateJob", "targetSelection", vec![json!("ALL"), json!(1)]),
        ("CreateJob", "timeoutConfig", vec![json!(5), json!([])]),
        ("UpdateJob", "jobId", job_ids()),
        ("UpdateJob", "description", texts()),
        ("UpdateJob", "timeoutConfig", vec![json!("5")]),
        ("UpdateJob", "abortConfig", vec![json!({}), json!(7)]),
        ("CancelJob", "jobId", job_ids()),
        (
            "CancelJob",
            "reasonCode",
            vec![json!(7), json!("bad"), json!("X".repeat(129))],
        ),
        ("CancelJob", "comment", texts()),
        ("CancelJob", "force", flags()),
        ("DeleteJob", "jobId", job_ids()),
        ("DeleteJob", "force", flags()),
        ("AssociateTargetsWithJob", "jobId", job_ids()),
        (
            "AssociateTargetsWithJob",
            "targets",
            vec![json!(null), json!([]), json!([null])],
        ),
        ("AssociateTargetsWithJob", "comment", texts()),
        ("DescribeJob", "jobId", job_ids()),
        ("DescribeJob", "beforeSubstitution", flags()),
        ("GetJobDocument", "jobId", job_ids()),
        ("GetJobDocument", "beforeSubstitution", flags()),
        ("ListJobs", "status", vec![json!("QUEUED"), json!(1)]),
        ("ListJobs", "targetSelection", vec![json!("ALL")]),
        ("ListJobs", "thingGroupName", things().split_off(1)),
        ("ListJobs", "thingGroupId", vec![json!("any")]),
        ("ListJobs", "namespaceId", namespaces()),
        ("ListJobs", "maxResults", pages()),
        (
            "ListJobs",
            "nextToken",
            vec![json!(7), json!("x"), json!("")],
        ),
        ("DescribeJobExecution", "jobId", job_ids()),
        ("DescribeJobExecution", "thingName", things()),
        ("DescribeJobExecution", "executionNumber", numbers()),
        ("CancelJobExecution", "thingName", things()),
        ("CancelJobExecution", "force", flags()),
        (
            "CancelJobExecution",
            "expectedVersion",
            vec![json!("x"), json!(-1), json!(1.5)],
        ),
        (
            "CancelJobExecution",
            "statusDetails",
            vec![json!(7), json!({"a": 1}), json!({"a b": "c"})],
        ),
        ("DeleteJobExecution", "thingName", things()),
        (
            "DeleteJobExecution",
            "executionNumber",
            [vec![json!(null)], numbers()].concat(),
        ),
        ("DeleteJobExecution", "force", flags()),
        ("ListJobExecutionsForJob", "jobId", job_ids()),
        ("ListJobExecutionsForJob", "status", statuses()),
        ("ListJobExecutionsForJob", "maxResults", pages()),
        (
            "ListJobExecutionsForJob",
            "nextToken",
            vec![json!(7), json!("1"), json!("1.x")],
        ),
        ("ListJobExecutionsForThing", "thingName", things()),
        ("ListJobExecutionsForThing", "jobId", job_ids().split_off(1)),
        ("ListJobExecutionsForThing", "status", statuses()),
        ("ListJobExecutionsForThing", "maxResults", pages()),
        ("DescribeJobTemplate", "jobTemplateId", job_ids()),
        ("DeleteJobTemplate", "jobTemplateId", job_ids()),
        ("ListJobTemplates", "maxResults", pages()),
        ("ListJobTemplates", "nextToken", tokens()),
        (
            "DescribeManagedJobTemplate",
            "templateName",
            vec![json!(null), json!(""), json!("x".repeat(65))],
        ),
        (
            "DescribeManagedJobTemplate",
            "templateVersion",
            vec![json!(1)],
        ),
        (
            "ListManagedJobTemplates",
            "templateName",
            vec![json!(""), json!(7)],
        ),
        ("ListManagedJobTemplates", "maxResults", pages()),
    ]
}

/// A request that is right, for a call on the job `A`.
fn right(api: &str) -> Value {
    match api {
        "CreateJob" => json!({"jobId": "B", "targets": [arn("thing/T1")], "document": "{}"}),
        "UpdateJob" => json!({"jobId": "A", "description": "d"}),
        "AssociateTargetsWithJob" => json!({"jobId": "A", "targets": [arn("thinggroup/all")]}),
        "DeleteJob" => json!({"jobId": "A", "force": true}),
        "DeleteJobExecution" => json!({"jobId": "A", "thingName": "T1", "executionNumber": 1}),
        "DescribeJobExecution" | "CancelJobExecution" => json!({"jobId": "A", "thingName": "T1"}),
        "ListJobExecutionsForThing" => json!({"thingName": "T1"}),
        "DescribeJobTemplate" | "DeleteJobTemplate" => json!({"jobTemplateId": "t"}),
        "DescribeManagedJobTemplate" => json!({"templateName": "AWS-Reboot"}),
        "ListJobs" | "ListJobTemplates" | "ListManagedJobTemplates" => json!({}),
        _ => json!({"jobId": "A"}),
    }
}

fn account() -> Account {
    let mut account = Account::new();
    let members = json!({"document": "{}", "targetSelection": "CONTINUOUS"});
    account.create("A", &members).unwrap();
    let template = json!({"jobTemplateId": "t", "description": "d", "document": "{}"});
    account.call("CreateJobTemplate", template).unwrap();
    account
}

#[test]
fn a_wrong_member_is_named() {
    let mut refusing = account();
    let before = refusing.job("A");
    for (api, member, values) in wrong() {
        assert!(account().call(api, right(api)).is_ok(), "{api}");
        for value in values {
            let mut request = right(api);
            request[member] = value.clone();
            match refusing.call(api, request) {
                Ok(answer) => panic!("{api} `{member}` {value}: {answer}"),
                Err(error) => {
                    assert_eq!(error.kind().as_str(), "InvalidRequestException", "{api}");
                    let told = error.message().contains(&format!("`{member}"));
                    assert!(told, "{api} `{member}` {value}: {error}");
                }
            }
        }
    }
    assert_eq!(refusing.job("A"), before);
    let other = refusing.refused("CreateThing", json!({}));
    assert_eq!(other, "InvalidRequestException");
    assert_eq!(
        refusing.refused("ListJobs", json!([])),
        "InvalidRequestException"
    );
}

#[test]
fn what_is_not_there_is_not_found() {
    let job = json!({"jobId": "B"});
    let execution = json!({"jobId": "B", "thingName": "T1", "executionNumber": 1});
    let other = json!({"jobId": "A", "thingName": "T9", "executionNumber": 1});
    let number = json!({"jobId": "A", "thingName": "T1", "executionNumber": 2});
    let cases = [
        ("UpdateJob", json!({"jobId": "B", "description": "d"})),
        ("CancelJob", job.clone()),
        ("DeleteJob", job.clone()),
        ("DescribeJob", job.clone()),
        ("GetJobDocument", job.clone()),
        ("ListJobExecutionsForJob", job),
        (
            "AssociateTargetsWithJob",
            json!({"jobId": "B", "targets": [arn("thinggroup/all")]}),
        ),
        (
            "AssociateTargetsWithJob",
            json!({"jobId": "A", "targets": [arn("thinggroup/no")]}),
        ),
        ("DescribeJobExecution", execution.clone()),
        ("DescribeJobExecution", other.clone()),
        ("DescribeJobExecution", number.clone()),
        ("CancelJobExecution", execution.clone()),
        ("CancelJobExecution", other.clone()),
        ("DeleteJobExecution", execution),
        ("DeleteJobExecution", other),
        ("DeleteJobExecution", number),
    ];
    let mut account = account();
    for (api, request) in cases {
        let shown = request.to_string();
        assert_eq!(
            account.refused(api, request),
            "ResourceNotFoundException",
            "{api} {shown}"
        );
    }
}

/// Both are wrong, the member and the job that it is for.
#[test]
fn members_are_checked_before_the_job() {
    let cases = [
        ("UpdateJob", json!({"timeoutConfig": 5})),
        ("UpdateJob", json!({"description": "\n"})),
        ("CancelJob", json!({"reasonCode": "bad"})),
        ("DeleteJob", json!({"force": 1})),
        ("AssociateTargetsWithJob", json!({"targets": []})),
        (
            "CancelJobExecution",
            json!({"thingName": "T1", "expectedVersion": true}),
        ),
        (
            "DescribeJobExecution",
            json!({"thingName": "T1", "executionNumber": "1"}),
        ),
        ("ListJobExecutionsForJob", json!({"maxResults": 0})),
    ];
    let mut account = account();
    for (api, mut request) in cases {
        request["jobId"] = "B".into();
        assert_eq!(
            account.refused(api, request),
            "InvalidRequestException",
            "{api}"
        );
    }
    let nothing = account.refused("UpdateJob", json!({"jobId": "B"}));
    assert_eq!(nothing, "ResourceNotFoundException");
}

#[test]
fn members_that_a_call_does_not_have_are_ignored() {
    let mut account = account();
    let update = json!({
        "jobId": "A", "description": "d", "targetSelection": "ALL",
        "schedulingConfig": {"startTime": "yesterday"},
    });
    assert_eq!(account.call("UpdateJob", update), Ok(Value::Null));
    let retried = json!({"jobId": "A", "thingName": "T1", "executionNumber": 7});
    assert_eq!(account.call("CancelJobExecution", retried), Ok(Value::Null));
}

#[test]
fn too_many_targets() {
    let mut account = account();
    let targets: Vec<_> = (0..101).map(|it| arn(&format!("thing/T{it}"))).collect();
    let request = json!({"jobId": "B", "document": "{}", "targets": targets});
    assert_eq!(
        account.refused("CreateJob", request),
        "LimitExceededException"
    );
    let request = json!({"jobId": "B", "document": "{}", "targets": targets[1..]});
    account.call("CreateJob", request).unwrap();
}

/// Follows the pages of a list; how many there were, and all entries.
fn all(account: &mut Account, api: &str, mut request: Value, list: &str) -> (usize, Vec<Value>) {
    let (mut pages, mut entries) = (0, Vec::new());
    loop {
        let page = account.call(api, request.clone()).unwrap();
        entries.extend(page[list].as_array().unwrap().iter().cloned());
        pages += 1;
        match page.get("nextToken") {
            Some(token) => request["nextToken"] = token.clone(),
            None => return (pages, entries),
        }
    }
}

#[test]
fn jobs_are_listed_newest_first_by_what_is_asked() {
    let mut account = Account::new();
    let group = json!([arn("thinggroup/all")]);
    let start = json!({"startTime": "2024-03-04T11:00"});
    let jobs = [
        ("a", json!({"targets": group})),
        (
            "b",
            json!({"targets": group, "targetSelection": "CONTINUOUS"}),
        ),
        (
            "c",
            json!({"targets": group, "schedulingConfig": start, "namespaceId": "gg"}),
        ),
        ("d", json!({"schedulingConfig": start})),
        (
            "e",
            json!({"jobTemplateArn": "arn:aws:iot:us-east-1::jobtemplate/AWS-Reboot:1.0"}),
        ),
    ];
    for (id, mut members) in jobs {
        if id != "e" {
            members["document"] = "{}".into();
        }
        account.create(id, &members).unwrap();
    }
    account.call("CancelJob", json!({"jobId": "a"})).unwrap();
    let cases = [
        (json!({}), "edcba"),
        (json!({"status": "SCHEDULED"}), "dc"),
        (json!({"status": "CANCELED"}), "a"),
        (json!({"status": "DELETION_IN_PROGRESS"}), ""),
        (json!({"targetSelection": "CONTINUOUS"}), "b"),
        (json!({"thingGroupName": "all"}), "cba"),
        (json!({"thingGroupName": "all", "status": "SCHEDULED"}), "c"),
        (json!({"thingGroupName": "other"}), ""),
        (json!({"namespaceId": "gg"}), "c"),
    ];
    for (asked, expected) in cases {
        for size in [1, 2, 250] {
            let mut request = asked.clone();
            request["maxResults"] = size.into();
            let (pages, found) = all(&mut account, "ListJobs", request, "jobs");
            let ids: String = found
                .iter()
                .map(|job| job["jobId"].as_str().unwrap())
                .collect();
            assert_eq!(ids, expected, "{asked}");
            assert_eq!(pages, expected.len().div_ceil(size).max(1), "{asked}");
        }
    }
    assert_eq!(account.job("c")["namespaceId"], "gg");
    let executions = json!({"thingName": "T1", "namespaceId": "gg"});
    let found = account.call("ListJobExecutionsForThing", executions);
    assert_eq!(found.unwrap()["executionSummaries"], json!([]));
}

#[test]
fn executions_are_listed_in_pages() {
    let mut account = Account::new();
    for index in 0..7 {
        let targets: Vec<_> = (0..5).map(|it| arn(&format!("thing/T{it}"))).collect();
        let members = json!({"document": "{}", "targets": targets});
        account.create(&format!("J{index}"), &members).unwrap();
        account.now += 1;
    }
    for size in [1, 3, 250] {
        let request = json!({"thingName": "T3", "maxResults": size});
        let (pages, found) = all(
            &mut account,
            "ListJobExecutionsForThing",
            request,
            "executionSummaries",
        );
        let ids: Vec<_> = found
            .iter()
            .map(|it| it["jobId"].as_str().unwrap())
            .collect();
        assert_eq!(ids, ["J6", "J5", "J4", "J3", "J2", "J1", "J0"]);
        assert_eq!(pages, 7_usize.div_ceil(size));
        let request = json!({"jobId": "J2", "maxResults": size, "status": "QUEUED"});
        let (pages, found) = all(
            &mut account,
            "ListJobExecutionsForJob",
            request,
            "executionSummaries",
        );
        let arns: Vec<_> = found.iter().map(|it| it["thingArn"].clone()).collect();
        let expected: Vec<_> = (0..5)
            .rev()
            .map(|it| json!(arn(&format!("thing/T{it}"))))
            .collect();
        assert_eq!(arns, expected);
        assert_eq!(pages, 5_usize.div_ceil(size));
    }
}

#[test]
fn targets_are_processed_until_the_rollout_is_over() {
    let mut account = Account::new();
    let targets = json!([arn("thing/T1"), arn("thing/T2")]);
    let members = json!({
        "document": "{}", "targets": targets,
        "jobExecutionsRolloutConfig": {"maximumPerMinute": 1},
        "schedulingConfig": {"startTime": "2024-03-04T11:00"},
    });
    account.create("A", &members).unwrap();
    let mut steps = Vec::new();
    for seconds in [0, 3_600, 60] {
        account.now += seconds;
        let job = account.job("A");
        let processing = job["jobProcessDetails"]["processingTargets"].clone();
        steps.push((
            job["status"].clone(),
            job["isConcurrent"].clone(),
            processing,
        ));
    }
    let expected = [
        (json!("SCHEDULED"), json!(false), targets.clone()),
        (json!("IN_PROGRESS"), json!(true), targets),
        (json!("IN_PROGRESS"), json!(false), json!(null)),
    ];
    assert_eq!(steps, expected);
}
