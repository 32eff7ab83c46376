//! What holds of every task.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

use iot_defender::audit::{
    ActionFailure, AuditFinding, Check, ExecutionStatus, MitigationAction, MitigationTask,
    MitigationTaskRequest, TaskStatus,
};
use iot_defender::remedy::{Incident, JobTemplate};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use super::{NOW, all_actions, finding};

/// Findings of any checks, each with an id of its own; some suppressed, some of another audit.
fn findings() -> impl Strategy<Value = Vec<AuditFinding>> {
    let one = (select(Check::ALL), any::<bool>(), 0..10_u8, 0..10_u8);
    prop::collection::vec(one, 0..12).prop_map(|all| {
        let all = all.into_iter().zip(0..);
        all.map(|((check, last, suppressed, elsewhere), number)| {
            let codes = check.reason_codes();
            let code = if last {
                codes[codes.len() - 1]
            } else {
                codes[0]
            };
            let mut finding = finding(check, code, number);
            finding.is_suppressed = suppressed == 0;
            if elsewhere == 0 {
                finding.task_id = "audit-2".parse().unwrap();
            }
            finding
        })
        .collect()
    })
}

/// For some checks up to five of the actions that they allow.
fn request() -> impl Strategy<Value = MitigationTaskRequest> {
    let names = prop::collection::vec(any::<prop::sample::Index>(), 1..6);
    let mapping = prop::collection::btree_map(select(Check::ALL), names, 1..17);
    (mapping, any::<bool>()).prop_map(|(mapping, filtered)| {
        let checks: Vec<Check> = mapping.keys().copied().collect();
        let mapping = mapping.into_iter().map(|(check, names)| {
            let allowed = check.mitigation_actions();
            let names = names.iter().map(|index| index.get(allowed).as_str());
            (check.to_string(), names.collect())
        });
        let mapping: Map<String, Value> = mapping.collect();
        let mut target = json!({ "auditTaskId": "audit-1" });
        if filtered {
            let filter = checks.iter().map(|check| {
                let code = check.reason_codes()[0].as_str();
                (check.to_string(), json!([code]))
            });
            let filter: Map<String, Value> = filter.collect();
            target["auditCheckToReasonCodeFilter"] = filter.into();
        }
        let json = json!({
            "taskId": "m-1", "target": target, "auditCheckToActionsMapping": mapping,
        });
        MitigationTaskRequest::from_json(&json).unwrap()
    })
}

fn run(task: &mut MitigationTask, outcomes: &[Option<bool>]) {
    let mut outcomes = outcomes.iter().copied();
    while let Some(step) = task.start_next(|_| vec![], NOW) {
        let done = match outcomes.next().unwrap_or(Some(true)) {
            Some(true) => task.finish(step.key, Ok(()), NOW),
            Some(false) => task.finish(step.key, Err(ActionFailure::new("E", "")), NOW),
            None => task.cancel(NOW).is_ok(),
        };
        assert!(done);
    }
}

const WORDS: &[&str] = &[
    "taskId",
    "target",
    "auditTaskId",
    "findingIds",
    "auditCheckToReasonCodeFilter",
    "auditCheckToActionsMapping",
    "clientRequestToken",
    "LOGGING_DISABLED_CHECK",
    "LOGGING_DISABLED",
    "actionName",
    "roleArn",
    "actionParams",
    "document",
    "description",
    "${defender:id}",
    "${defender:",
    "{}",
    "a",
];

/// Any JSON, of words that requests have.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        select(WORDS).prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let members = prop::collection::btree_map(select(WORDS), inner.clone(), 0..8);
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(Value::from),
            members.prop_map(|members| {
                let members = members
                    .into_iter()
                    .map(|(name, value)| (name.to_owned(), value));
                Value::Object(members.collect())
            }),
        ]
    })
}

proptest! {
    /// Whatever comes, the answer is a request that is written as it was read, or an error.
    #[test]
    fn any_json_has_an_answer(json in any_json()) {
        if let Ok(request) = MitigationTaskRequest::from_json(&json) {
            prop_assert_eq!(MitigationTaskRequest::from_json(&request.to_json()), Ok(request));
        }
        if let Ok(action) = MitigationAction::from_json(&json) {
            prop_assert_eq!(MitigationAction::from_json(&action.to_json()), Ok(action));
        }
        let mut actions = all_actions();
        if actions.update(&json, NOW).is_err() {
            prop_assert_eq!(actions, all_actions());
        }
        if let Ok(template) = JobTemplate::from_json(&json) {
            let incident = Incident::new("lamp".parse().unwrap(), "id", "why");
            let call = template.job(&incident, super::PREFIX);
            prop_assert!(call.arguments["targets"].is_array());
        }
    }

    #[test]
    fn requests_are_read_back(request in request()) {
        prop_assert_eq!(MitigationTaskRequest::from_json(&request.to_json()), Ok(request));
    }

    #[test]
    fn tasks_end_and_their_figures_add_up(
        request in request(),
        findings in findings(),
        outcomes in prop::collection::vec(prop::option::weighted(0.97, prop::bool::weighted(0.8)), 0..60),
    ) {
        let open = findings.iter().filter(|it| !it.is_suppressed && it.task_id.as_str() == "audit-1");
        let expected = open.count();
        let mut task = MitigationTask::start(request, &all_actions(), findings, NOW).unwrap();
        run(&mut task, &outcomes);

        prop_assert_ne!(task.status(), TaskStatus::InProgress);
        prop_assert_eq!(task.end_time(), Some(NOW));
        let mut total = 0;
        for (check, counts) in task.statistics() {
            total += counts.total_findings_count;
            let parts = counts.failed_findings_count
                + counts.succeeded_findings_count
                + counts.skipped_findings_count
                + counts.canceled_findings_count;
            prop_assert_eq!(counts.total_findings_count, parts, "{}", check);
        }
        prop_assert_eq!(total, expected, "every finding of the audit that is not suppressed");

        for finding in task.findings() {
            prop_assert!(!finding.is_suppressed);
            let statuses: Vec<_> = task.executions(&finding.finding_id).map(|it| it.status).collect();
            let names: Vec<_> = task
                .executions(&finding.finding_id)
                .map(|it| it.action.action().name())
                .collect();
            prop_assert_eq!(names, task.request().actions_for(finding.finding.check));
            let mut behind = statuses.iter().skip_while(|it| **it == ExecutionStatus::Completed);
            match behind.next() {
                Some(ExecutionStatus::Failed) => {
                    prop_assert!(behind.all(|it| *it == ExecutionStatus::Skipped));
                }
                Some(first) => {
                    prop_assert_eq!(*first, ExecutionStatus::Canceled);
                    prop_assert!(behind.all(|it| *it == ExecutionStatus::Canceled));
                }
                None => {}
            }
        }
    }

    /// In whatever order the findings come, the same is done in the same order.
    #[test]
    fn the_order_is_fixed(
        request in request(),
        (findings, shuffled) in findings().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        outcomes in prop::collection::vec(prop::option::weighted(0.97, any::<bool>()), 0..60),
    ) {
        let actions = all_actions();
        let tasks = [findings, shuffled].map(|findings| {
            let mut task = MitigationTask::start(request.clone(), &actions, findings, NOW).unwrap();
            run(&mut task, &outcomes);
            task
        });
        prop_assert_eq!(&tasks[0], &tasks[1]);
        prop_assert_eq!(tasks[0].describe(), tasks[1].describe());
    }
}
