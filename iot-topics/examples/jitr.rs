//! Just-in-time registration: what to do when AWS IoT tells of a certificate that waits for its
//! activation. A rule on `$aws/events/certificates/registered/<caCertificateId>` hands the event to
//! a function; the function decides, the caller carries out.
//!
//! AWS IoT sends the event at every connection attempt until the certificate is active, and at
//! least once each time, so everything here can be done again without harm.
//!
//! `cargo run -p iot-topics --example jitr`

extern crate alloc;

use alloc::collections::{BTreeMap, BTreeSet};

use iot_topics::event::CertificateRegistered;
use iot_topics::{CertificateId, PolicyName};
use serde_json::{Value, json};

/// One call of the AWS IoT API.
#[derive(Clone, Debug, PartialEq)]
enum Action {
    CreatePolicy {
        name: PolicyName,
        document: Value,
    },
    AttachPolicy {
        name: PolicyName,
        target: String,
    },
    /// UpdateCertificate with the new status `ACTIVE`; by this call no other status than
    /// `ACTIVE`, `INACTIVE` and `REVOKED` can be set.
    Activate {
        certificate: CertificateId,
    },
}

/// The calls for one event, in order: a policy of the device's own, attached, and only then the
/// certificate activated, so that it never works without its policy. The same event always gives
/// the same calls.
fn actions(event: &CertificateRegistered, region: &str) -> Vec<Action> {
    let certificate = &event.certificate_id;
    let name = policy_name(certificate);
    vec![
        Action::CreatePolicy {
            name: name.clone(),
            document: policy(event, region),
        },
        Action::AttachPolicy {
            name,
            target: certificate_arn(event, region),
        },
        Action::Activate {
            certificate: certificate.clone(),
        },
    ]
}

/// `Policy_<certificate id>`: 71 of the at most 128 characters of a policy name.
#[expect(
    clippy::expect_used,
    reason = "hexadecimal digits are legal in the name of a policy"
)]
fn policy_name(certificate: &CertificateId) -> PolicyName {
    format!("Policy_{certificate}")
        .parse()
        .expect("a legal name")
}

fn certificate_arn(event: &CertificateRegistered, region: &str) -> String {
    let account = &event.aws_account_id;
    format!(
        "arn:aws:iot:{region}:{account}:cert/{}",
        event.certificate_id
    )
}

/// A device may connect under the id of its certificate and use one topic.
///
/// Subscribe is allowed for the very topic. A template that says `foo/bar/<id>/#` there, as one
/// finds it, lets the device subscribe to a filter that never takes `foo/bar/<id>`: on AWS IoT
/// `#` stands for one or more levels.
fn policy(event: &CertificateRegistered, region: &str) -> Value {
    let (id, account) = (&event.certificate_id, &event.aws_account_id);
    let arn = |resource: &str| format!("arn:aws:iot:{region}:{account}:{resource}");
    json!({
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "iot:Connect",
                "Resource": arn(&format!("client/{id}"))
            },
            {
                "Effect": "Allow",
                "Action": ["iot:Publish", "iot:Receive"],
                "Resource": arn(&format!("topic/foo/bar/{id}"))
            },
            {
                "Effect": "Allow",
                "Action": "iot:Subscribe",
                "Resource": arn(&format!("topicfilter/foo/bar/{id}"))
            }
        ]
    })
}

/// Whether a call that was refused has nevertheless reached its aim: it was done before.
fn is_done(error: &str) -> bool {
    error == "ResourceAlreadyExistsException"
}

/// An account in memory, in place of the API.
#[derive(Clone, Debug, Default, PartialEq)]
struct Account {
    policies: BTreeMap<String, Value>,
    attached: BTreeSet<(String, String)>,
    active: BTreeSet<String>,
}

impl Account {
    fn call(&mut self, action: &Action) -> Result<(), &'static str> {
        match action {
            Action::CreatePolicy { name, document } => {
                if self.policies.contains_key(name.as_str()) {
                    return Err("ResourceAlreadyExistsException");
                }
                self.policies.insert(name.to_string(), document.clone());
            }
            Action::AttachPolicy { name, target } => {
                if !self.policies.contains_key(name.as_str()) {
                    return Err("ResourceNotFoundException");
                }
                self.attached.insert((name.to_string(), target.clone()));
            }
            Action::Activate { certificate } => {
                self.active.insert(certificate.to_string());
            }
        }
        Ok(())
    }

    fn handle(&mut self, event: &CertificateRegistered, region: &str) -> Result<(), &'static str> {
        for action in actions(event, region) {
            match self.call(&action) {
                Err(error) if !is_done(error) => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let payload = json!({
        "certificateId": "c0".repeat(32),
        "caCertificateId": "ca".repeat(32),
        "timestamp": 1_700_000_000_123_u64,
        "certificateStatus": "PENDING_ACTIVATION",
        "awsAccountId": "123456789012",
        "certificateRegistrationTimestamp": "1700000000000"
    });
    let event: CertificateRegistered = serde_json::from_value(payload)?;
    println!("on {}", event.topic());
    for action in actions(&event, "us-east-1") {
        match action {
            Action::CreatePolicy { name, document } => println!("create {name}: {document:#}"),
            Action::AttachPolicy { name, target } => println!("attach {name} to {target}"),
            Action::Activate { certificate } => println!("activate {certificate}"),
        }
    }

    // The device tries twice before the certificate is active: two events, one outcome.
    let mut account = Account::default();
    for attempt in 1..=2 {
        account.handle(&event, "us-east-1")?;
        let (policies, active) = (account.policies.len(), account.active.len());
        println!("attempt {attempt}: {policies} policy, {active} active certificate");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use iot_topics::{TopicFilterRef, TopicNameRef};

    fn event(digit: &str) -> CertificateRegistered {
        serde_json::from_value(json!({
            "certificateId": digit.repeat(64),
            "caCertificateId": "ca".repeat(32),
            "timestamp": 1,
            "certificateStatus": "PENDING_ACTIVATION",
            "awsAccountId": "123456789012",
            "certificateRegistrationTimestamp": "1"
        }))
        .unwrap()
    }

    #[test]
    fn three_calls_in_order() {
        let id = "7".repeat(64);
        let calls = actions(&event("7"), "us-east-1");
        let [create, attach, activate] = calls.as_slice() else {
            panic!("{calls:?}");
        };
        let policy = format!("Policy_{id}");
        assert_eq!(policy.len(), 71);
        assert!(matches!(create, Action::CreatePolicy { name, .. } if name.as_str() == policy));
        let arn = format!("arn:aws:iot:us-east-1:123456789012:cert/{id}");
        assert!(matches!(
            attach,
            Action::AttachPolicy { name, target } if name.as_str() == policy && *target == arn
        ));
        assert!(matches!(activate, Action::Activate { certificate } if certificate.as_str() == id));
    }

    #[test]
    fn an_event_that_comes_again_changes_nothing() {
        let mut account = Account::default();
        account.handle(&event("7"), "us-east-1").unwrap();
        let once = account.clone();
        assert_eq!(
            (once.policies.len(), once.attached.len(), once.active.len()),
            (1, 1, 1)
        );
        account.handle(&event("7"), "us-east-1").unwrap();
        assert_eq!(account, once);
        account.handle(&event("8"), "us-east-1").unwrap();
        assert_eq!(account.active.len(), 2);
    }

    #[test]
    fn a_call_that_failed_before_is_made_up_for() {
        // The first attempt died behind CreatePolicy.
        let mut account = Account::default();
        account.call(&actions(&event("7"), "us-east-1")[0]).unwrap();
        account.handle(&event("7"), "us-east-1").unwrap();
        assert_eq!(account.active.len(), 1);
        assert!(is_done("ResourceAlreadyExistsException"));
        assert!(!is_done("ThrottlingException"));
    }

    #[test]
    fn the_device_receives_what_it_subscribes_to() {
        let name = TopicNameRef::parse("foo/bar/7").unwrap();
        assert!(TopicFilterRef::parse("foo/bar/7").unwrap().matches(name));
        assert!(!TopicFilterRef::parse("foo/bar/7/#").unwrap().matches(name));
    }
}
