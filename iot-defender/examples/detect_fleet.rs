//! A fleet of four lamps behind two gateways, for three quarters of an hour. What the brokers see
//! and what the lamps report goes in; out come violation events, the texts for SNS, the figures for
//! CloudWatch, the fields of the fleet index and the values that the profile exports.
//!
//! `cargo run -p iot-defender --example detect_fleet`

use core::error::Error;
use core::num::NonZeroU64;

use iot_defender::detect::{
    CloudCollector, CloudEvent, CustomMetric, CustomMetricType, CustomMetrics, CustomValue,
    Definitions, DeviceMetrics, Dimension, Engine, Intake, MeasuredOf, MetricLog, MetricsReport,
    Names, NearestRank, NetworkStats, NoModels, Number, Observation, ReceivedReport, ReportGates,
    ReportHeader, SecurityProfile, StepPart, Target, Told, fleet_index, violation_figures,
};
use iot_topics::quota::Bucket;
use iot_topics::reserved::PayloadFormat;
use iot_topics::{Timestamp, TopicNameRef};
use serde_json::{Value, json};

const START: u64 = 1_573_786_800;
const STEP: u64 = 300;
const LAMPS: [&str; 3] = ["lamp-1", "lamp-2", "lamp-3"];

/// What the account has defined, and what goes on in it.
struct Account {
    definitions: Definitions,
    engine: Engine,
    gateways: [CloudCollector; 2],
    gates: ReportGates,
    intake: Intake,
    log: MetricLog,
}

fn definitions() -> Result<Definitions, Box<dyn Error>> {
    let mut definitions = Definitions::default();
    let battery = CustomMetric::new("battery".parse()?, CustomMetricType::Number);
    definitions.create_custom_metric(battery)?;
    let own = ["dt/${iot:ClientId}/#".to_string()];
    definitions.create_dimension(Dimension::new("Own".parse()?, own)?)?;
    Ok(definitions)
}

fn profile(definitions: &Definitions) -> Result<SecurityProfile, Box<dyn Error>> {
    let request = json!({
        "securityProfileDescription": "what lamps do",
        "behaviors": [
            {
                "name": "FewForeignMessages",
                "metric": "aws:num-messages-sent",
                "metricDimension": { "dimensionName": "Own", "operator": "NOT_IN" },
                "criteria": {
                    "comparisonOperator": "less-than",
                    "value": { "count": 3 },
                    "durationSeconds": 600,
                },
                "exportMetric": true,
            },
            {
                "name": "LittleTraffic",
                "metric": "aws:all-bytes-out",
                "criteria": {
                    "comparisonOperator": "less-than-equals",
                    "value": { "count": 10_000 },
                    "consecutiveDatapointsToAlarm": 2,
                },
            },
            {
                "name": "Battery",
                "metric": "battery",
                "criteria": { "comparisonOperator": "greater-than", "value": { "number": 20.5 } },
                "suppressAlerts": true,
            },
        ],
        "alertTargets": { "SNS": {
            "alertTargetArn": "arn:aws:sns:us-east-1:123456789012:alarms",
            "roleArn": "arn:aws:iam::123456789012:role/alarms",
        } },
        "additionalMetricsToRetainV2": [
            { "metric": "aws:num-connection-attempts" },
            { "metric": "battery", "exportMetric": true },
        ],
        "metricsExportConfig": {
            "mqttTopic": "$aws/rules/lamp_metrics",
            "roleArn": "arn:aws:iam::123456789012:role/export",
        },
    });
    Ok(SecurityProfile::create(
        "Lamps".parse()?,
        &request,
        definitions,
    )?)
}

impl Account {
    fn new() -> Result<Self, Box<dyn Error>> {
        let definitions = definitions()?;
        let mut engine = Engine::new();
        engine.set_profile(&profile(&definitions)?);
        engine.attach("Lamps", Target::All)?;
        for lamp in LAMPS {
            engine.set_device(lamp, true, []);
        }
        let scopes = Intake::scopes(&engine, &definitions);
        let gateway = CloudCollector::new(scopes, Timestamp::from_secs(START));
        Ok(Self {
            definitions,
            engine,
            gateways: [gateway.clone(), gateway],
            gates: ReportGates::with_quota(Bucket::of(ReportGates::QUOTA)),
            intake: Intake::default(),
            log: MetricLog::default(),
        })
    }

    /// A broker tells what it sees, 100 seconds into a step.
    fn see(
        &mut self,
        gateway: usize,
        step: u64,
        device: &str,
        event: CloudEvent<'_>,
    ) -> Result<(), Box<dyn Error>> {
        let seen = Observation::new(device, event).from([192, 0, 2, 7].into());
        let at = Timestamp::from_secs(START + step * STEP + 100);
        let gateway = self.gateways.get_mut(gateway).ok_or("no such gateway")?;
        Ok(gateway.observe(seen, at)?)
    }

    /// A device reports, 200 seconds into a step.
    fn report(
        &mut self,
        step: u64,
        device: &'static str,
        bytes_out: u64,
        battery: f64,
    ) -> Result<(), Box<dyn Error>> {
        let number = NonZeroU64::new(step + 1).ok_or("from 1")?;
        let mut report = MetricsReport::new(ReportHeader::new(number));
        let mut stats = NetworkStats::default();
        stats.bytes_out = Some(bytes_out);
        let mut metrics = DeviceMetrics::default();
        metrics.network_stats = Some(stats);
        report.metrics = Some(metrics);
        let mut custom = CustomMetrics::default();
        let battery = Number::new(battery).ok_or("is finite")?;
        custom.insert("battery".parse()?, CustomValue::Number(battery))?;
        report.custom_metrics = Some(custom);
        let payload = report.to_json(Names::Short);

        let declared = |name: &str| {
            let custom = self.definitions.custom_metric(name);
            custom.map(CustomMetric::metric_type)
        };
        let now = Timestamp::from_secs(START + step * STEP + 200);
        let format = PayloadFormat::Json;
        let gates = &mut self.gates;
        let received = gates.receive(device, format, payload.as_bytes(), declared, now);
        let ReceivedReport::Accepted { datapoints, .. } = received.outcome else {
            return Err(received.reply.to_json(device).into());
        };
        let device = self.engine.device(device, true).ok_or("is registered")?;
        self.intake.take_report(device, datapoints);
        Ok(())
    }

    /// Ends a step: the parts of the gateways are merged, and all is judged.
    fn end(&mut self) -> Result<Told, Box<dyn Error>> {
        let [mut part, other] = self.gateways.each_mut().map(CloudCollector::close);
        // The other gateway sends its part as text.
        part.merge(&StepPart::from_json(&other.to_json())?)?;
        self.intake.take_cloud(&part, &mut self.engine);
        Ok(self.intake.step(
            &mut self.engine,
            Some(&mut self.log),
            part.end(),
            &mut NearestRank,
            &NoModels,
        ))
    }
}

/// The lamps work; one of them is taken over, and somebody comes who is not in the registry.
fn live(account: &mut Account, step: u64) -> Result<(), Box<dyn Error>> {
    for (place, lamp) in LAMPS.into_iter().enumerate() {
        if step == 0 {
            account.see(place % 2, step, lamp, CloudEvent::ConnectAttempt)?;
            account.see(place % 2, step, lamp, CloudEvent::Connected)?;
        }
        let topic = format!("dt/{lamp}/state");
        let topic = TopicNameRef::parse(&topic)?;
        let event = CloudEvent::MessageSent { topic, bytes: 40 };
        account.see(place % 2, step, lamp, event)?;
        let bytes = if lamp == "lamp-2" && (3..6).contains(&step) {
            900_000
        } else {
            800
        };
        let battery = if lamp == "lamp-3" && step == 7 {
            20.5
        } else {
            80.0
        };
        account.report(step, lamp, bytes, battery)?;
    }
    let topic = TopicNameRef::parse("dt/lamp-1/state")?;
    let event = CloudEvent::MessageSent { topic, bytes: 40 };
    match step {
        // Two at each gateway, which only together are too many.
        4 => {
            for gateway in [0, 0, 1, 1] {
                account.see(gateway, step, "lamp-2", event)?;
            }
        }
        5 | 6 => {
            for _ in 0..3 {
                account.see(1, step, "stranger", event)?;
            }
        }
        _ => {}
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut account = Account::new()?;
    let mut happened = Vec::new();
    let (mut alerts, mut exported) = (0, 0);
    for step in 0..9 {
        live(&mut account, step)?;
        let told = account.end()?;
        for event in &told.events {
            println!(
                "-- step {step}: {} {} {}",
                event.thing,
                event.behavior.name(),
                event.event_type
            );
            let (thing, behavior) = (event.thing.clone(), event.behavior.name().to_string());
            happened.push((step, thing, behavior, event.event_type.as_str()));
        }
        for ((profile, behavior), figures) in violation_figures(&told.events) {
            println!(
                "   CloudWatch {profile} {behavior}: {:?}",
                figures.metrics()
            );
        }
        for alert in &told.alerts {
            println!("   SNS {}", alert.message);
            let text: Value = serde_json::from_str(&alert.message)?;
            let time = text.get("violationEventTime").and_then(Value::as_u64);
            assert_eq!(time, Some((START + (step + 1) * STEP) * 1_000));
        }
        for export in &told.exports {
            exported += export.batch.len();
        }
        alerts += told.alerts.len();
        if step == 8 {
            let last = told.exports.first().ok_or("the last step exports")?;
            println!(
                "-- to {}: {}",
                last.to.topic,
                serde_json::to_string(&last.batch)?
            );
        }
    }
    let expected = [
        (4, "lamp-2", "FewForeignMessages", "in-alarm"),
        (4, "lamp-2", "LittleTraffic", "in-alarm"),
        (6, "lamp-2", "FewForeignMessages", "alarm-cleared"),
        (6, "stranger", "FewForeignMessages", "in-alarm"),
        (6, "lamp-2", "LittleTraffic", "alarm-cleared"),
        (7, "lamp-3", "Battery", "in-alarm"),
        (8, "lamp-3", "Battery", "alarm-cleared"),
    ];
    let happened: Vec<_> = happened
        .iter()
        .map(|(step, thing, behavior, what)| (*step, thing.as_str(), behavior.as_str(), *what))
        .collect();
    assert_eq!(happened, expected);
    // Nobody is told of the battery.
    assert_eq!(alerts, 5);
    // Of each lamp the foreign messages and the battery; the stranger's messages while he was seen.
    assert_eq!(exported, 9 * 3 * 2 + 2);

    println!("-- the fleet index");
    let events = account.engine.events().map(|listed| listed.event);
    let index = fleet_index(events, account.engine.active_violations());
    for (thing, fields) in &index {
        println!("   {thing}: {}", serde_json::to_string(fields)?);
    }
    // The stranger is no thing.
    assert_eq!(
        index.keys().map(String::as_str).collect::<Vec<_>>(),
        ["lamp-2", "lamp-3"]
    );
    assert_eq!(account.engine.active_violations().len(), 1);

    println!("-- kept though no behavior is about it");
    let attempts = "aws:num-connection-attempts".parse()?;
    let of = MeasuredOf::new("lamp-1", attempts, None);
    let times = Timestamp::from_secs(START)..=Timestamp::from_secs(START + 9 * STEP);
    let values: Vec<_> = account.log.values(&of, times).collect();
    println!("   {}", serde_json::to_string(&values)?);
    assert_eq!(values.len(), 9);
    Ok(())
}

#[test]
fn the_story_goes_as_told() -> Result<(), Box<dyn Error>> {
    main()
}
