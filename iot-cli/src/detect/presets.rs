//! `iot detect presets`: the ready profiles.

use std::path::PathBuf;

use clap::Args;
use iot_defender::detect::{NormalDevice, Threat};
use serde_json::{Value, json};

use super::setup;
use super::told::columns;
use crate::Outcome;
use crate::output::{self, Failure, Format};

#[derive(Debug, Args)]
#[command(
    after_help = "A list of threats for a person has a row for each metric. \
Of one threat it is the body of
CreateSecurityProfile: what the metrics are held to is what --normal says of a device, a JSON object
of figures for five minutes (messagesSent, messagesReceived, messageBytes, authorizationFailures,
connectionAttempts, disconnects, minutesDisconnected, bytesOut, bytesIn, packetsOut, packetsIn,
tcpConnections), for an hour (bytesOutHourly, bytesInHourly, packetsOutHourly, packetsInHourly), and
of lists (tcpPorts, udpPorts, sources, destinations). A figure that is left out is that of a small
sensor; of a list that is left out nothing is known, and no behavior is about it.

EXAMPLES:
  iot detect presets
  iot detect presets ransomware --normal examples/detect/normal.json > ransomware.json"
)]
pub(super) struct PresetsCommand {
    /// Print the profile of this threat [default: list all threats]
    threat: Option<Threat>,
    /// What is normal of a device: JSON [default: a small sensor]
    #[arg(long, value_name = "FILE", requires = "threat")]
    normal: Option<PathBuf>,
    /// How to print the list
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

impl PresetsCommand {
    pub(super) fn run(&self) -> Result<Outcome, Failure> {
        let normal = match &self.normal {
            Some(path) => setup::read_normal(path)?,
            None => NormalDevice::default(),
        };
        match (self.threat, self.format) {
            (Some(threat), _) => {
                let mut request = threat.request(&normal);
                if let Some(members) = request.as_object_mut() {
                    members.insert("securityProfileName".to_owned(), threat.as_str().into());
                }
                output::print_json(&request)?;
            }
            (None, Format::Json) => {
                let threats = Threat::ALL.iter().map(|threat| {
                    let metrics: Vec<_> = threat.metrics().map(|it| it.as_str()).collect();
                    json!({ "threat": threat.as_str(), "metrics": metrics })
                });
                output::print_json(&threats.collect::<Value>())?;
            }
            (None, Format::Human) => {
                let rows = Threat::ALL.iter().flat_map(|threat| {
                    let metrics = threat.metrics().enumerate();
                    metrics.map(move |(index, metric)| {
                        let name = if index == 0 { threat.as_str() } else { "" };
                        let side = metric.side().to_owned();
                        [
                            name.to_owned(),
                            metric.to_string(),
                            side_word(side).to_owned(),
                        ]
                    })
                });
                output::print(columns(["THREAT", "METRIC", "SEEN BY"], rows))?;
            }
        }
        Ok(Outcome::Good)
    }
}

const fn side_word(side: iot_defender::detect::MetricSide) -> &'static str {
    use iot_defender::detect::MetricSide;

    match side {
        MetricSide::Cloud => "the broker",
        MetricSide::Device => "the device",
    }
}
