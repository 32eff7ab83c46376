//! `iot audit checks`.

use clap::Args;
use iot_defender::audit::{ActionType, Check, ReasonCode};
use serde_json::{Value, json};

use super::human::columns;
use crate::Outcome;
use crate::output::{self, Failure, Format};

#[derive(Debug, Args)]
pub(crate) struct ChecksCommand {
    /// How to print the list
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl ChecksCommand {
    pub(super) fn run(&self) -> Result<Outcome, Failure> {
        match self.format {
            Format::Human => {
                let rows = Check::ALL.iter().map(|check| {
                    let actions = check.mitigation_actions().iter();
                    let actions: Vec<&str> = actions.map(|action| action.as_str()).collect();
                    vec![
                        check.to_string(),
                        check.severity().to_string(),
                        check.resource_type().to_string(),
                        actions.join(", "),
                    ]
                });
                let titles = ["CHECK", "SEVERITY", "RESOURCE", "MITIGATION ACTIONS"];
                output::print(columns(&titles, rows, &[]))?;
            }
            Format::Json => {
                let checks = Check::ALL.iter().map(|check| {
                    let actions = check.mitigation_actions().iter();
                    let codes = check.reason_codes().iter();
                    json!({
                        "checkName": check.as_str(),
                        "severity": check.severity().as_str(),
                        "resourceType": check.resource_type().as_str(),
                        "reasonCodes": codes.copied().map(ReasonCode::as_str).collect::<Value>(),
                        "mitigationActions": actions.copied().map(ActionType::as_str).collect::<Value>(),
                    })
                });
                output::print_json(&json!({"checks": checks.collect::<Value>()}))?;
            }
        }
        Ok(Outcome::Good)
    }
}
