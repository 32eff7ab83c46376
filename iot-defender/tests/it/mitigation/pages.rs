//! The five lists of mitigation, page by page.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

use core::cmp::Reverse;

use iot_defender::audit::{
    ActionFailure, ActionType, Check, MitigationAction, MitigationActionQuery, MitigationActions,
    MitigationExecutionQuery, MitigationTaskQuery, MitigationTaskRequest, MitigationTasks,
    QueryError, ReasonCode,
};
use iot_defender::detect::{
    DetectMitigationExecutionQuery, DetectMitigationRequest, DetectMitigationTaskQuery,
    DetectMitigationTasks,
};
use iot_topics::Timestamp;
use serde_json::{Value, json};

use super::{NOW, PREFIX, ROLE, finding, params};
use crate::detect_mitigation;

const SHARED: Check = Check::DeviceCertificateShared;

fn at(secs: u64) -> Timestamp {
    NOW.saturating_add(core::time::Duration::from_secs(secs))
}

/// Of each task its id, and when it starts.
const TASKS: [(&str, u64); 9] = [
    ("b", 7),
    ("B", 7),
    ("a", 7),
    ("z", 0),
    ("_", 3),
    ("-", 3),
    ("0", 9),
    ("00", 9),
    ("m", 5),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum List {
    Actions,
    Tasks,
    Executions,
    DetectTasks,
    DetectExecutions,
}

const LISTS: [List; 5] = [
    List::Actions,
    List::Tasks,
    List::Executions,
    List::DetectTasks,
    List::DetectExecutions,
];

impl List {
    /// What has to be said, and asks for all.
    fn question(self) -> Value {
        let time = json!({ "startTime": NOW.as_secs(), "endTime": at(99).as_secs() });
        match self {
            Self::Actions => json!({}),
            Self::Executions => json!({ "taskId": "m", "findingId": "f-1" }),
            Self::Tasks | Self::DetectTasks | Self::DetectExecutions => time,
        }
    }
}

struct Account {
    actions: MitigationActions,
    tasks: MitigationTasks,
    detect_tasks: DetectMitigationTasks,
}

impl Account {
    /// The answer of the API.
    fn ask(&self, list: List, question: &Value) -> Result<Value, QueryError> {
        Ok(match list {
            List::Actions => {
                let query = MitigationActionQuery::from_json(question)?;
                query.list(&self.actions)?.to_api_json()
            }
            List::Tasks => {
                let query = MitigationTaskQuery::from_json(question)?;
                query.list(&self.tasks)?.to_api_json()
            }
            List::Executions => {
                let query = MitigationExecutionQuery::from_json(question)?;
                query.list(&self.tasks)?.to_api_json()
            }
            List::DetectTasks => {
                let query = DetectMitigationTaskQuery::from_json(question)?;
                query.list(&self.detect_tasks)?.to_api_json()
            }
            List::DetectExecutions => {
                let query = DetectMitigationExecutionQuery::from_json(question)?;
                query.list(&self.detect_tasks)?.to_api_json()
            }
        })
    }

    /// The items of a page, and the token of the next.
    fn page(&self, list: List, question: &Value) -> (Vec<Value>, Value) {
        let mut answer = self.ask(list, question).unwrap();
        let members = answer.as_object_mut().unwrap();
        let token = members.remove("nextToken").unwrap_or_default();
        assert_eq!(members.len(), 1);
        let items = members.values_mut().next().unwrap().take();
        (items.as_array().unwrap().clone(), token)
    }

    /// All pages of this size.
    fn walk(&self, list: List, question: &Value, size: usize) -> Vec<Value> {
        let mut question = question.clone();
        question["maxResults"] = json!(size);
        let mut all = Vec::new();
        loop {
            let (items, token) = self.page(list, &question);
            assert!(items.len() == size || token.is_null() && items.len() < size);
            all.extend(items);
            question["nextToken"] = token;
            if question["nextToken"].is_null() {
                return all;
            }
        }
    }

    /// What is told, however large the pages are.
    fn told(&self, list: List, more: &Value) -> Vec<Value> {
        let mut question = list.question();
        let members = question.as_object_mut().unwrap();
        members.extend(more.as_object().unwrap().clone());
        let whole = self.walk(list, &question, 250);
        for size in 1..=whole.len() + 1 {
            assert_eq!(
                self.walk(list, &question, size),
                whole,
                "{list:?} by {size}"
            );
        }
        whole
    }

    fn names(&self, list: List, more: &Value, member: &str) -> Vec<String> {
        let name = |item: Value| item[member].as_str().unwrap().to_owned();
        self.told(list, more).into_iter().map(name).collect()
    }
}

/// Every third task of Detect and one of five of the audit still run; `m` failed in the middle.
fn account() -> Account {
    let mut actions = MitigationActions::new(PREFIX);
    let mut names = Vec::new();
    for action_type in ActionType::ALL {
        for number in [7, 10, 9] {
            let name = format!("{action_type}-{number}");
            let action = MitigationAction::new(&name, ROLE, params(*action_type)).unwrap();
            actions.create(action, &name, NOW).unwrap();
            if SHARED.allows(*action_type) {
                names.push(name);
            }
        }
    }
    names.truncate(5);

    let mut tasks = MitigationTasks::new();
    for (id, start) in TASKS {
        let request = MitigationTaskRequest::from_json(&json!({
            "taskId": id,
            "target": { "auditTaskId": "audit-1" },
            "auditCheckToActionsMapping": { SHARED.as_str(): names },
        }));
        let code = ReasonCode::CertificateSharedByMultipleDevices;
        let findings = [finding(SHARED, code, 1), finding(SHARED, code, 2)];
        let findings = findings.into_iter().filter(|_| id == "m" || id == "b");
        let task = tasks.start(request.unwrap(), &actions, findings, at(start));
        let task = task.unwrap();
        for place in 0..3 {
            let Some(step) = task
                .start_next(|_| vec![], at(20 + place))
                .filter(|_| id == "m")
            else {
                break;
            };
            let outcome = match place {
                2 => Err(ActionFailure::new("AccessDenied", "no")),
                _ => Ok(()),
            };
            assert!(task.finish(step.key, outcome, at(20 + place)));
        }
    }

    let engine = detect_mitigation::engine();
    let mut detect_tasks = DetectMitigationTasks::new();
    for (number, (id, start)) in TASKS.into_iter().enumerate() {
        let request = DetectMitigationRequest::from_json(&json!({
            "taskId": id,
            "target": { "securityProfileName": "lamps" },
            "actions": ["Move", "Also"],
        }));
        let actions = detect_mitigation::actions();
        let task = detect_tasks.start(request.unwrap(), &actions, &engine, at(start));
        let task = task.unwrap();
        while let Some(step) = task.start_next(at(start)) {
            if number % 3 == 1 && step.thing.as_str() == "b" {
                break;
            }
            assert!(task.finish(step.key, Ok(()), at(start)));
        }
    }
    Account {
        actions,
        tasks,
        detect_tasks,
    }
}

#[test]
fn actions_come_by_name() {
    let account = account();
    let listed = |more: Value| account.names(List::Actions, &more, "actionName");
    let mut names: Vec<String> = ActionType::ALL
        .iter()
        .flat_map(|it| [7, 9, 10].map(|number| format!("{it}-{number}")))
        .collect();
    names.sort();
    assert_eq!(listed(json!({})), names);
    for action_type in ActionType::ALL {
        let asked = names
            .iter()
            .filter(|it| it.starts_with(action_type.as_str()));
        let asked: Vec<String> = asked.cloned().collect();
        assert_eq!(listed(json!({ "actionType": action_type })), asked);
    }
    let first = &account.told(List::Actions, &json!({}))[0];
    let expected = json!({
        "actionName": names[0],
        "actionArn": format!("{PREFIX}:mitigationaction/{}", names[0]),
        "creationDate": 1_650_000_000.0,
    });
    assert_eq!(*first, expected);
    // As many as a page has if nothing is said.
    let (page, token) = account.page(List::Actions, &json!({ "maxResults": null }));
    assert_eq!((page.len(), token), (18, Value::Null));
}

#[test]
fn tasks_come_newest_first() {
    let account = account();
    let mut newest = TASKS;
    newest.sort_by_key(|(id, start)| (Reverse(*start), *id));
    let ids = newest.map(|(id, _)| id);
    for list in [List::Tasks, List::DetectTasks] {
        let listed = |more: Value| account.names(list, &more, "taskId");
        assert_eq!(listed(json!({})), ids);
        assert_eq!(listed(json!({ "startTime": at(7).as_secs() })), &ids[..5]);
        assert_eq!(listed(json!({ "endTime": at(3).as_secs() })), &ids[6..]);
    }
    let listed = |more: Value| account.names(List::Tasks, &more, "taskId");
    assert_eq!(listed(json!({ "taskStatus": "IN_PROGRESS" })), ["b", "m"]);
    assert_eq!(listed(json!({ "taskStatus": "COMPLETED" })).len(), 7);
    assert_eq!(listed(json!({ "findingId": "f-2" })), ["b", "m"]);
    assert_eq!(listed(json!({ "auditTaskId": "audit-1" })), ids);
    assert!(listed(json!({ "auditTaskId": "audit-2" })).is_empty());
}

#[test]
fn executions_come_by_task_violation_and_action() {
    let account = account();
    let listed = |more: Value| account.told(List::Executions, &more);
    let statuses = |more: Value| account.names(List::Executions, &more, "status");
    let all = ["COMPLETED", "COMPLETED", "FAILED", "SKIPPED", "SKIPPED"];
    assert_eq!(statuses(json!({})), all);
    assert_eq!(statuses(json!({ "actionStatus": "SKIPPED" })), &all[3..]);
    assert_eq!(statuses(json!({ "findingId": "f-2" })), ["PENDING"; 5]);
    let task = account.tasks.get(&"m".parse().unwrap()).unwrap();
    let finding_id = "f-1".parse().unwrap();
    let expected = task.executions(&finding_id).map(|it| it.to_api_json());
    assert_eq!(listed(json!({})), expected.collect::<Vec<_>>());
    for none in [json!({ "findingId": "f-77" }), json!({ "taskId": "n" })] {
        assert!(listed(none).is_empty());
    }

    let listed = |more: Value| account.told(List::DetectExecutions, &more);
    let mut ids = TASKS.map(|(id, _)| id);
    ids.sort_unstable();
    let whole: Vec<Value> = ids
        .iter()
        .flat_map(|id| {
            account
                .detect_tasks
                .get(&id.parse().unwrap())
                .unwrap()
                .executions()
        })
        .map(|it| it.to_api_json())
        .collect();
    assert!(whole.len() > 50, "{}", whole.len());
    // Those that never began are of no time.
    let began = whole
        .iter()
        .filter(|it| it.get("executionStartDate").is_some());
    let began: Vec<Value> = began.cloned().collect();
    assert!(began.len() < whole.len());
    assert_eq!(listed(json!({})), began);
    let of = |member: &str, value: &str| {
        let found = whole.iter().filter(|it| it[member] == value);
        found.cloned().collect::<Vec<_>>()
    };
    let of_task = |id: &str| json!({ "taskId": id, "startTime": null, "endTime": null });
    for id in ids {
        assert_eq!(listed(of_task(id)), of("taskId", id));
    }
    assert_eq!(listed(json!({ "thingName": "b" })), of("thingName", "b"));
    let violation = whole[0]["violationId"].as_str().unwrap();
    let asked = json!({ "violationId": violation });
    assert_eq!(listed(asked), of("violationId", violation));
    assert!(listed(of_task("n")).is_empty());
}

/// A token is good for its list, and for no other.
#[test]
fn each_list_takes_its_own_tokens() {
    let account = account();
    let mut tokens = Vec::new();
    for list in LISTS {
        let mut question = list.question();
        question["maxResults"] = json!(1);
        let (_, token) = account.page(list, &question);
        tokens.push((list, token.as_str().unwrap().to_owned()));
    }
    for (of, token) in &tokens {
        for list in LISTS {
            let mut question = list.question();
            question["nextToken"] = json!(token);
            let answer = account.ask(list, &question);
            assert_eq!(answer.is_ok(), *of == list, "{list:?} {token}");
            // Not to the letter what was given out.
            for token in [format!("{token} "), format!("{token}/")] {
                question["nextToken"] = json!(token);
                let error = account.ask(list, &question).unwrap_err();
                assert_eq!(error, QueryError::NextToken, "{list:?} {token}");
                assert_eq!(error.exception(), "InvalidRequestException");
            }
        }
    }
    // Of the same list about another finding.
    let (_, token) = &tokens[2];
    let question = json!({ "taskId": "m", "findingId": "f-2", "nextToken": token });
    assert_eq!(
        account.ask(List::Executions, &question),
        Err(QueryError::NextToken)
    );
    for token in [
        "",
        "/",
        "1",
        "é",
        "mitigationaction/",
        "mitigationaction/two words",
        "mitigationtask/1",
        "mitigationtask/-1/m",
        "mitigationtask/01/m",
        "mitigationtask/1/two words",
        "mitigationexecution/m/f-1/+1",
        "detectmitigationexecution/m/0",
        "detectmitigationexecution/m/0/00",
        "detectmitigationexecution//0/0",
    ] {
        for list in LISTS {
            let mut question = list.question();
            question["nextToken"] = json!(token);
            assert_eq!(
                account.ask(list, &question),
                Err(QueryError::NextToken),
                "{list:?} {token}"
            );
        }
    }
}

#[test]
fn pages_go_on_behind_what_is_gone() {
    let mut account = account();
    let first = |account: &Account, list: List| {
        let mut question = list.question();
        question["maxResults"] = json!(1);
        let (items, token) = account.page(list, &question);
        question["nextToken"] = token;
        question["maxResults"] = json!(250);
        let (rest, _) = account.page(list, &question);
        (items, question, rest)
    };
    let (told, question, rest) = first(&account, List::Actions);
    assert!(
        account
            .actions
            .delete(told[0]["actionName"].as_str().unwrap())
    );
    assert_eq!(account.page(List::Actions, &question).0, rest);

    let detect = [List::Tasks, List::DetectTasks, List::DetectExecutions];
    let before = detect.map(|list| (list, first(&account, list)));
    account.tasks.purge(at(90 * 86_400 + 30));
    account.detect_tasks.purge(at(90 * 86_400 + 30));
    for (list, (told, question, rest)) in before {
        let (all, _) = account.page(list, &list.question());
        let is_kept = |it: &&Value| all.iter().any(|kept| kept["taskId"] == it["taskId"]);
        assert!(
            !is_kept(&&told[0]),
            "{list:?}: what the token names is forgotten"
        );
        let rest: Vec<&Value> = rest.iter().filter(is_kept).collect();
        assert!(!rest.is_empty());
        assert_eq!(
            account.page(list, &question).0.iter().collect::<Vec<_>>(),
            rest,
            "{list:?}"
        );
    }
}

#[test]
fn questions_are_refused_by_their_member() {
    let account = account();
    let refused = |list: List, member: &'static str, value: Value| {
        let mut question = list.question();
        question[member] = value;
        let error = account.ask(list, &question).unwrap_err();
        assert_eq!(error, QueryError::Member(member), "{list:?} {question}");
    };
    for list in LISTS {
        for most in [json!(0), json!(251), json!(-1), json!(1.5), json!("25")] {
            refused(list, "maxResults", most);
        }
        let mut question = list.question();
        question["nextToken"] = json!(1);
        assert_eq!(account.ask(list, &question), Err(QueryError::NextToken));
        assert_eq!(account.ask(list, &json!([])), Err(QueryError::NotAnObject));
    }
    refused(List::Actions, "actionType", json!("TURN_OFF"));
    for list in [List::Tasks, List::DetectTasks] {
        refused(list, "startTime", Value::Null);
        refused(list, "endTime", json!("now"));
    }
    refused(List::Tasks, "taskStatus", json!("SUCCESSFUL"));
    refused(List::Tasks, "auditTaskId", json!("a_b"));
    refused(List::Tasks, "findingId", json!(""));
    refused(List::Executions, "taskId", Value::Null);
    refused(List::Executions, "findingId", json!("f/1"));
    refused(List::Executions, "actionStatus", json!("SUCCESSFUL"));
    refused(List::DetectExecutions, "violationId", json!("a_b"));
    refused(List::DetectExecutions, "thingName", json!("é".repeat(129)));
    refused(List::DetectExecutions, "startTime", json!(-1));
    for both_or_half in [
        json!({ "taskId": "m", "startTime": 0, "endTime": 1 }),
        json!({ "taskId": "m", "endTime": 1 }),
        json!({ "startTime": 0 }),
        json!({ "thingName": "b" }),
    ] {
        let answer = account.ask(List::DetectExecutions, &both_or_half);
        assert_eq!(answer, Err(QueryError::TaskOrTime), "{both_or_half}");
    }
}
