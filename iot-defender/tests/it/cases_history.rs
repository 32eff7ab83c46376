//! Cases about connections that are open at once.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a case that is not in the format must fail"
)]

use iot_defender::audit::{AuditWindow, Connection, ConnectionHistory, Overlap};
use iot_topics::Timestamp;
use serde_json::{Value, json};

use crate::cases::Answers;
use crate::cases_certificate::told;
use crate::cases_words::answer;

pub(crate) fn shared(case: &Value) -> Answers {
    let names = ["certificateId", "clientId", "certificates"];
    overlaps(case, Overlap::SharedCertificate, names)
}

pub(crate) fn client_ids(case: &Value) -> Answers {
    let names = ["clientId", "principal", "clientIds"];
    overlaps(case, Overlap::ConflictingClientId, names)
}

fn overlaps(case: &Value, overlap: Overlap, [key, user, found]: [&str; 3]) -> Answers {
    let input = &case["input"];
    let start = seconds(&input["taskStart"]).unwrap();
    let previous = (input["taskType"] == "SCHEDULED_AUDIT_TASK")
        .then(|| seconds(&input["previousTaskStart"]))
        .flatten();
    let mut history = ConnectionHistory::new(overlap, AuditWindow::of(overlap, start, previous));
    let mut events = Vec::new();
    for (session, id) in input["sessions"].as_array().unwrap().iter().zip(0..) {
        let text = |name: &str| session[name].as_str().unwrap_or_default().to_owned();
        let connection = Connection::new(text(key), text(user), format!("{id}"));
        let connected = seconds(&session["connect"]).unwrap();
        events.push((connected, None, connection.clone()));
        if let Some(at) = seconds(&session["disconnect"]) {
            events.push((
                at,
                Some(session["reason"] == "DUPLICATE_CLIENTID"),
                connection,
            ));
        }
    }
    events.sort_by_key(|(at, ..)| *at);
    for (at, end, connection) in events {
        match end {
            None => history.connect(connection, at),
            Some(duplicate) => history.disconnect(connection, at, duplicate),
        }
    }
    let findings = history.findings();
    let codes = overlap.check().reason_codes();
    let mut actual = told(case, true, if findings.is_empty() { &[] } else { codes });
    actual[found] = json!(findings.keys().collect::<Vec<_>>());
    answer(case, actual)
}

fn seconds(value: &Value) -> Option<Timestamp> {
    value.as_u64().map(Timestamp::from_secs)
}
