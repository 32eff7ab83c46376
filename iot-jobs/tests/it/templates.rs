//! Job templates, own and managed, and the jobs that are made from them.
#![expect(clippy::unwrap_used, reason = "helpers of tests ask what is right")]

use iot_jobs::{DocumentParameter, ManagedTemplate, TextPattern};
use serde_json::{Value, json};

use crate::account::{Account, NOW, ROLE, arn};

const DOWNLOAD: &str = "arn:aws:iot:us-east-1::jobtemplate/AWS-Download-File:1.0";

/// All that a template carries.
fn full() -> Value {
    json!({
        "jobTemplateId": "full",
        "description": "carries all",
        "document": r#"{"a": "b"}"#,
        "presignedUrlConfig": {"roleArn": ROLE, "expiresInSec": 90},
        "jobExecutionsRolloutConfig": {"maximumPerMinute": 50},
        "abortConfig": {"criteriaList": [{
            "failureType": "ALL", "action": "CANCEL",
            "thresholdPercentage": 20, "minNumberOfExecutedThings": 1,
        }]},
        "timeoutConfig": {"inProgressTimeoutInMinutes": 5},
        "jobExecutionsRetryConfig": {"criteriaList": [{"failureType": "FAILED", "numberOfRetries": 1}]},
        "maintenanceWindows": [{"startTime": "cron(0 22 * * ? *)", "durationInMinutes": 60}],
        "destinationPackageVersions": [arn("package/app/version/1")],
    })
}

fn create(account: &mut Account, template: &Value) {
    let answer = account.call("CreateJobTemplate", template.clone()).unwrap();
    let id = template["jobTemplateId"].as_str().unwrap();
    let arn = arn(&format!("jobtemplate/{id}"));
    assert_eq!(answer, json!({"jobTemplateArn": arn, "jobTemplateId": id}));
}

#[test]
fn a_template_is_told_as_it_was_made() {
    let mut account = Account::new();
    create(&mut account, &full());
    let id = json!({"jobTemplateId": "full"});
    let mut expected = full();
    expected["jobTemplateArn"] = arn("jobtemplate/full").into();
    expected["createdAt"] = NOW.into();
    let told = account.call("DescribeJobTemplate", id.clone()).unwrap();
    assert_eq!(told, expected);
    assert_eq!(
        account.refused("CreateJobTemplate", full()),
        "ConflictException"
    );
    assert_eq!(
        account.call("DeleteJobTemplate", id.clone()),
        Ok(json!(null))
    );
    for api in ["DescribeJobTemplate", "DeleteJobTemplate"] {
        assert_eq!(
            account.refused(api, id.clone()),
            "ResourceNotFoundException"
        );
    }
}

#[test]
fn a_job_takes_what_its_request_does_not_say() {
    let mut account = Account::new();
    create(&mut account, &full());
    let template = arn("jobtemplate/full");
    let request = json!({
        "jobTemplateArn": template, "targetSelection": "CONTINUOUS",
        "timeoutConfig": {}, "schedulingConfig": {"startTime": "2024-03-04T11:00"},
    });
    let answer = account.create("A", &request).unwrap();
    assert_eq!(answer["description"], "carries all");
    let job = account.job("A");
    let same = [
        "description",
        "presignedUrlConfig",
        "jobExecutionsRolloutConfig",
        "abortConfig",
        "jobExecutionsRetryConfig",
        "destinationPackageVersions",
    ];
    for member in same {
        assert_eq!(job[member], full()[member], "{member}");
    }
    assert_eq!(job["timeoutConfig"], json!({}));
    assert_eq!(job["jobTemplateArn"], template);
    assert_eq!(job["status"], "SCHEDULED");
    let windows = &job["schedulingConfig"]["maintenanceWindows"];
    assert_eq!(*windows, full()["maintenanceWindows"]);
    let document = account.call("GetJobDocument", json!({"jobId": "A"}));
    assert_eq!(document.unwrap()["document"], full()["document"]);
    // A copy: the template may go.
    account
        .call("DeleteJobTemplate", json!({"jobTemplateId": "full"}))
        .unwrap();
    assert_eq!(account.job("A"), job);
    let request = json!({"jobTemplateArn": template});
    let error = account.create("B", &request).unwrap_err();
    assert_eq!(error.kind().as_str(), "ResourceNotFoundException");
}

/// Members of a job made from the full template, and what is wrong with them.
#[test]
fn a_template_does_not_go_around_the_rules() {
    let start = json!({"startTime": "2024-03-04T11:00"});
    let cases = [
        (json!({}), "schedulingConfig.maintenanceWindows"),
        (
            json!({"schedulingConfig": start}),
            "schedulingConfig.maintenanceWindows",
        ),
        (
            json!({"targetSelection": "CONTINUOUS"}),
            "schedulingConfig.maintenanceWindows",
        ),
        (
            json!({"targetSelection": "CONTINUOUS", "schedulingConfig": start, "documentParameters": {}}),
            "documentParameters",
        ),
        (
            json!({"targetSelection": "CONTINUOUS", "schedulingConfig": start, "abortConfig": {}}),
            "abortConfig.criteriaList",
        ),
    ];
    let mut account = Account::new();
    create(&mut account, &full());
    for (mut members, names) in cases {
        members["jobTemplateArn"] = arn("jobtemplate/full").into();
        let error = account.create("A", &members).unwrap_err();
        assert_eq!(error.kind().as_str(), "InvalidRequestException");
        assert!(error.message().contains(names), "{members}: {error}");
    }
    // A request with windows of its own has no others.
    let windows = json!([{"startTime": "cron(0 1 * * ? *)", "durationInMinutes": 5}]);
    let schedule = json!({"startTime": "2024-03-04T11:00", "maintenanceWindows": windows});
    let members = json!({
        "jobTemplateArn": arn("jobtemplate/full"),
        "targetSelection": "CONTINUOUS", "schedulingConfig": schedule,
        "document": "{}", "timeoutConfig": null,
    });
    account.create("A", &members).unwrap();
    let job = account.job("A");
    assert_eq!(job["schedulingConfig"]["maintenanceWindows"], windows);
    assert_eq!(job["timeoutConfig"], full()["timeoutConfig"]);
    let document = account.call("GetJobDocument", json!({"jobId": "A"}));
    assert_eq!(document.unwrap()["document"], "{}");
}

#[test]
fn templates_that_are_refused() {
    let invalid = "InvalidRequestException";
    let cases = [
        (json!({"jobTemplateId": null}), invalid, "jobTemplateId"),
        (json!({"jobTemplateId": "a.b"}), invalid, "jobTemplateId"),
        (
            json!({"jobTemplateId": "x".repeat(65)}),
            invalid,
            "jobTemplateId",
        ),
        (json!({"description": null}), invalid, "description"),
        (
            json!({"description": "x".repeat(2_029)}),
            invalid,
            "description",
        ),
        (json!({"document": null}), invalid, "document"),
        (json!({"document": "{"}), invalid, "byte 1"),
        (
            json!({"documentSource": "s3:{}"}),
            invalid,
            "documentSource",
        ),
        (
            json!({"document": null, "documentSource": "s3:long"}),
            "LimitExceededException",
            "32768",
        ),
        (json!({"jobArn": arn("job/A")}), invalid, "jobArn"),
        (
            json!({"document": null, "jobArn": "arn:job"}),
            invalid,
            "jobArn",
        ),
        (
            json!({"document": null, "jobArn": arn("job/A")}),
            "ResourceNotFoundException",
            "no job `A`",
        ),
        (
            json!({"document": r#""${aws:iot:parameter:x}""#}),
            "InvalidJobDocumentException",
            "parameter:x",
        ),
        (
            json!({"document": r#""${aws:iot:x}""#}),
            "InvalidJobDocumentException",
            "aws:iot:x",
        ),
        (json!({"timeoutConfig": 5}), invalid, "timeoutConfig"),
        (
            json!({"maintenanceWindows": {}}),
            invalid,
            "maintenanceWindows",
        ),
        (
            json!({"maintenanceWindows": [{"startTime": "cron(0 22 * * ? *)", "durationInMinutes": 0}]}),
            invalid,
            "maintenanceWindows[0].durationInMinutes",
        ),
        (
            json!({"destinationPackageVersions": ["x"]}),
            invalid,
            "destinationPackageVersions[0]",
        ),
    ];
    let mut account = Account::new();
    for (change, kind, names) in cases {
        let mut template = full();
        for (name, value) in change.as_object().unwrap() {
            template[name] = value.clone();
        }
        let error = account.call("CreateJobTemplate", template).unwrap_err();
        assert_eq!(error.kind().as_str(), kind, "{change}: {error}");
        assert!(error.message().contains(names), "{change}: {error}");
    }
    let listed = account.call("ListJobTemplates", json!({})).unwrap();
    assert_eq!(listed, json!({"jobTemplates": []}));
}

#[test]
fn an_account_has_a_hundred_templates_in_pages() {
    let mut account = Account::new();
    let template = |id: &str| json!({"jobTemplateId": id, "description": "d", "document": "{}"});
    for index in 0..100 {
        create(&mut account, &template(&format!("t{index}")));
    }
    let more = account.refused("CreateJobTemplate", template("more"));
    assert_eq!(more, "LimitExceededException");
    let mut ids = Vec::new();
    let mut request = json!({"maxResults": 33});
    let mut pages = 0;
    loop {
        let page = account.call("ListJobTemplates", request.clone()).unwrap();
        for summary in page["jobTemplates"].as_array().unwrap() {
            let id = summary["jobTemplateId"].as_str().unwrap();
            let arn = arn(&format!("jobtemplate/{id}"));
            let told = json!({
                "jobTemplateArn": arn, "jobTemplateId": id, "description": "d", "createdAt": NOW,
            });
            assert_eq!(*summary, told);
            ids.push(id.to_owned());
        }
        pages += 1;
        request["nextToken"] = page["nextToken"].clone();
        if request["nextToken"].is_null() {
            break;
        }
    }
    let mut expected: Vec<_> = (0..100).map(|index| format!("t{index}")).collect();
    expected.sort();
    assert_eq!((ids, pages), (expected, 4));
}

#[test]
fn a_template_from_a_job() {
    let mut account = Account::new();
    let members = json!({
        "jobTemplateArn": DOWNLOAD,
        "documentParameters": {"downloadUrl": "https://example.com/a", "filePath": "/a"},
        "targetSelection": "CONTINUOUS",
        "timeoutConfig": {"inProgressTimeoutInMinutes": 5},
        "schedulingConfig": {
            "startTime": "2024-03-04T11:00",
            "maintenanceWindows": full()["maintenanceWindows"],
        },
    });
    account.create("A", &members).unwrap();
    let template = json!({
        "jobTemplateId": "t", "description": "mine", "jobArn": arn("job/A"),
        "timeoutConfig": {"inProgressTimeoutInMinutes": 9},
    });
    create(&mut account, &template);
    let told = account.call("DescribeJobTemplate", json!({"jobTemplateId": "t"}));
    let told = told.unwrap();
    assert_eq!(told["description"], "mine");
    assert_eq!(told["timeoutConfig"], template["timeoutConfig"]);
    assert_eq!(told["maintenanceWindows"], full()["maintenanceWindows"]);
    let document = account
        .call("GetJobDocument", json!({"jobId": "A"}))
        .unwrap();
    assert_eq!(told["document"], document["document"]);
    assert!(!told["document"].as_str().unwrap().contains("parameter"));
    assert_eq!(told["jobTemplateArn"], arn("jobtemplate/t"));
    for member in ["jobArn", "documentParameters", "schedulingConfig"] {
        assert_eq!(told.get(member), None, "{member}");
    }
}

#[test]
fn a_managed_template_takes_parameters() {
    let mut account = Account::new();
    let url = "${aws:iot:s3-presigned-url:https://s3.amazonaws.com/b/k}";
    let parameters = json!({"downloadUrl": url, "filePath": "/a\"b"});
    let mut members = json!({"jobTemplateArn": DOWNLOAD, "documentParameters": parameters});
    // A parameter may bring a URL to sign, and then a role is needed.
    let error = account.create("A", &members).unwrap_err();
    assert!(error.message().contains("roleArn"), "{error}");
    members["presignedUrlConfig"] = json!({"roleArn": ROLE});
    let answer = account.create("A", &members).unwrap();
    assert_eq!(
        answer["description"],
        "A managed job template for downloading a file."
    );
    let told = account.device("start-next", &json!({}));
    let step = &told["execution"]["jobDocument"]["steps"][0]["action"];
    let signed = "s3-presigned-url:https://s3.amazonaws.com/b/k:3600";
    assert_eq!(step["input"]["args"], json!([signed, "/a\"b"]));
    assert_eq!(
        (&step["runAsUser"], &step["input"]["path"]),
        (&json!(""), &json!(""))
    );
    let job = account.job("A");
    assert_eq!(job["documentParameters"], parameters);
    assert_eq!(job["jobTemplateArn"], DOWNLOAD);
    let before = json!({"jobId": "A", "beforeSubstitution": true});
    let before = account.call("GetJobDocument", before).unwrap();
    let template = ManagedTemplate::find("AWS-Download-File").unwrap();
    assert_eq!(before["document"], template.document());
}

#[test]
fn managed_templates_that_are_refused() {
    let invalid = "InvalidRequestException";
    let given = json!({"downloadUrl": "u", "filePath": "p"});
    let managed = |name: &str| format!("arn:aws:iot:us-east-1::jobtemplate/{name}");
    let cases = [
        (
            json!({"jobTemplateArn": managed("AWS-Download-File")}),
            invalid,
            "documentParameters.downloadUrl",
        ),
        (
            json!({"jobTemplateArn": DOWNLOAD, "documentParameters": {"downloadUrl": "u", "filePath": "p", "x": "y"}}),
            invalid,
            "documentParameters.x",
        ),
        (
            json!({"jobTemplateArn": DOWNLOAD, "documentParameters": {"downloadUrl": 7}}),
            invalid,
            "documentParameters.downloadUrl",
        ),
        (
            json!({"jobTemplateArn": DOWNLOAD, "documentParameters": []}),
            invalid,
            "documentParameters",
        ),
        (
            json!({"jobTemplateArn": DOWNLOAD, "documentParameters": given, "document": "{}"}),
            invalid,
            "documentParameters",
        ),
        (
            json!({"document": "{}", "documentParameters": given}),
            invalid,
            "documentParameters",
        ),
        (
            json!({"jobTemplateArn": managed("AWS-Reboot:2.0")}),
            "ResourceNotFoundException",
            "2.0",
        ),
        (
            json!({"jobTemplateArn": managed("AWS-Nothing:1.0")}),
            "ResourceNotFoundException",
            "Nothing",
        ),
        (
            json!({"jobTemplateArn": "AWS-Reboot"}),
            invalid,
            "jobTemplateArn",
        ),
        (
            json!({"jobTemplateArn": "arn:aws:iot:eu-west-1::jobtemplate/AWS-Reboot:1.0"}),
            invalid,
            "jobTemplateArn",
        ),
        (
            json!({"jobTemplateArn": arn("job/A")}),
            invalid,
            "jobTemplateArn",
        ),
        (json!({"jobTemplateArn": 7}), invalid, "jobTemplateArn"),
    ];
    let mut account = Account::new();
    for (members, kind, names) in cases {
        let error = account.create("A", &members).unwrap_err();
        assert_eq!(error.kind().as_str(), kind, "{members}: {error}");
        assert!(error.message().contains(names), "{members}: {error}");
    }
}

#[test]
fn managed_templates_are_told_and_listed() {
    let mut account = Account::new();
    for template in ManagedTemplate::all() {
        let name = template.name();
        let request = json!({"templateName": name, "templateVersion": "1.0"});
        let told = account.call("DescribeManagedJobTemplate", request).unwrap();
        assert_eq!(told["document"], template.document());
        assert_eq!(told["environments"], json!(["LINUX"]));
        for parameter in told["documentParameters"].as_array().unwrap() {
            let texts = ["key", "description", "regex", "example"];
            assert!(
                texts.iter().all(|name| parameter[name] != ""),
                "{parameter}"
            );
        }
    }
    let nothing = json!({"templateName": "AWS-Nothing"});
    let refused = account.refused("DescribeManagedJobTemplate", nothing);
    assert_eq!(refused, "ResourceNotFoundException");
    let names = |page: &Value| -> Vec<String> {
        let all = page["managedJobTemplates"].as_array().unwrap().iter();
        all.map(|it| {
            it["templateArn"]
                .as_str()
                .unwrap()
                .rsplit('/')
                .next()
                .unwrap()
                .to_owned()
        })
        .collect()
    };
    let all = account.call("ListManagedJobTemplates", json!({})).unwrap();
    assert_eq!(names(&all).len(), 8);
    assert_eq!(all.get("nextToken"), None);
    let first = account.call("ListManagedJobTemplates", json!({"maxResults": 5}));
    let first = first.unwrap();
    let second = json!({"maxResults": 5, "nextToken": first["nextToken"]});
    let second = account.call("ListManagedJobTemplates", second).unwrap();
    assert_eq!([names(&first), names(&second)].concat(), names(&all));
    let one = json!({"templateName": "AWS-Reboot"});
    let one = account.call("ListManagedJobTemplates", one).unwrap();
    assert_eq!(names(&one), ["AWS-Reboot:1.0"]);
}

/// The world may know more of them, and later versions.
#[test]
fn the_latest_version_is_the_default() {
    let mut account = Account::new();
    let word = || DocumentParameter::new("word", TextPattern::parse("(.){0,3}").unwrap(), false);
    for version in ["9.0", "10.0"] {
        let document = format!(r#"["{version}", "${{aws:iot:parameter:word}}"]"#);
        let template = ManagedTemplate::new("AWS-Reboot", document, vec![word()]);
        account.fleet.managed.push(template.with_version(version));
    }
    let documents = [("", "10.0"), (":9.0", "9.0"), (":10.0", "10.0")];
    for (index, (version, expected)) in documents.into_iter().enumerate() {
        let arn = format!("arn:aws:iot:us-east-1::jobtemplate/AWS-Reboot{version}");
        let members = json!({"jobTemplateArn": arn, "documentParameters": {"word": "a\"b"}});
        let id = format!("A{index}");
        account.create(&id, &members).unwrap();
        let document = account
            .call("GetJobDocument", json!({"jobId": id}))
            .unwrap();
        let document: Value = serde_json::from_str(document["document"].as_str().unwrap()).unwrap();
        assert_eq!(document, json!([expected, "a\"b"]));
    }
    let listed = account.call("ListManagedJobTemplates", json!({})).unwrap();
    assert_eq!(listed["managedJobTemplates"].as_array().unwrap().len(), 10);
}
