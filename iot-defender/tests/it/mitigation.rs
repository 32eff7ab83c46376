//! Mitigation, from the request to the effect.
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops at the first surprise"
)]

mod laws;
mod pages;
mod remedies;
mod requests;
mod tasks;

use iot_defender::audit::{
    ActionParams, ActionType, AuditFinding, Check, LogLevel, MitigationAction, MitigationActions,
    PolicyVersion, ReasonCode, ResourceIdentifier, ResourceType,
};
use iot_topics::Timestamp;
use serde_json::json;

const PREFIX: &str = "arn:aws:iot:us-east-1:123456789012";
const ROLE: &str = "arn:aws:iam::123456789012:role/mitigate";
const NOW: Timestamp = Timestamp::from_secs(1_650_000_000);

fn params(action_type: ActionType) -> ActionParams {
    match action_type {
        ActionType::PublishFindingToSns => ActionParams::PublishFindingToSns {
            topic_arn: "arn:aws:sns:us-east-1:123456789012:findings".into(),
        },
        ActionType::UpdateDeviceCertificate => ActionParams::UpdateDeviceCertificate,
        ActionType::UpdateCaCertificate => ActionParams::UpdateCaCertificate,
        ActionType::AddThingsToThingGroup => ActionParams::AddThingsToThingGroup {
            groups: vec!["quarantine".parse().unwrap(), "suspects".parse().unwrap()],
            override_dynamic_groups: true,
        },
        ActionType::ReplaceDefaultPolicyVersion => ActionParams::ReplaceDefaultPolicyVersion,
        ActionType::EnableIotLogging => ActionParams::EnableIotLogging {
            role_arn: ROLE.into(),
            level: LogLevel::Warn,
        },
        other => panic!("{other} is none of the actions"),
    }
}

/// An action of each type, named as its type.
fn all_actions() -> MitigationActions {
    let mut actions = MitigationActions::new(PREFIX);
    for (action_type, id) in ActionType::ALL.iter().zip(1..) {
        let action = MitigationAction::new(action_type.as_str(), ROLE, params(*action_type));
        let id = format!("id-{id}");
        actions.create(action.unwrap(), &id, NOW).unwrap();
    }
    actions
}

/// A resource of the kind that the check is about.
fn resource(check: Check, number: u8) -> ResourceIdentifier {
    let certificate = || format!("{number:02x}").repeat(32).parse().unwrap();
    match check.resource_type() {
        ResourceType::DeviceCertificate => ResourceIdentifier::DeviceCertificateId(certificate()),
        ResourceType::CaCertificate => ResourceIdentifier::CaCertificateId(certificate()),
        ResourceType::IotPolicy => {
            let name = format!("policy-{number}").parse().unwrap();
            ResourceIdentifier::PolicyVersionIdentifier(PolicyVersion::new(name, 2))
        }
        ResourceType::AccountSettings => {
            ResourceIdentifier::Account("123456789012".parse().unwrap())
        }
        ResourceType::CognitoIdentityPool => {
            ResourceIdentifier::CognitoIdentityPoolId(format!("pool-{number}"))
        }
        ResourceType::ClientId => ResourceIdentifier::ClientId(format!("client-{number}")),
        ResourceType::RoleAlias => {
            ResourceIdentifier::RoleAliasArn(format!("{PREFIX}:rolealias/{number}"))
        }
        other => panic!("{other} is of no finding"),
    }
}

fn finding(check: Check, code: ReasonCode, number: u8) -> AuditFinding {
    let json = json!({
        "findingId": format!("f-{number}"),
        "taskId": "audit-1",
        "checkName": check,
        "taskStartTime": 1_649_990_000.25,
        "findingTime": 1_649_990_000.5,
        "nonCompliantResource": {
            "resourceType": check.resource_type(),
            "resourceIdentifier": resource(check, number),
        },
        "reasonForNonComplianceCode": code,
    });
    AuditFinding::from_api_json(&json).unwrap()
}
