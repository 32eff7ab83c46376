//! From lines to steps of five minutes.

use std::collections::BTreeMap;

use iot_defender::detect::{
    CloudCollector, CloudEvent, CustomMetricType, Datapoint, Metric, MetricDimension, Observation,
    ReceivedReport, ReportGate, receive_report,
};
use iot_topics::reserved::PayloadFormat;
use iot_topics::{Timestamp, TopicName};

use super::line::{Body, Device, Event, Line, Wrong};
use super::setup::Setup;
use crate::instant::shown;

/// A datapoint of a device.
pub(super) struct Measured {
    pub(super) device: Device,
    pub(super) metric: Metric,
    pub(super) dimension: Option<MetricDimension>,
    pub(super) value: Datapoint,
}

/// What came in five minutes.
pub(super) struct Step {
    pub(super) end: Timestamp,
    pub(super) values: Vec<Measured>,
}

/// Puts lines together. What a device or a broker tells counts in the step that ends next, and a
/// datapoint of the very end in the step that ends then.
pub(super) struct Feed<'s> {
    setup: &'s Setup,
    /// Of clients, and of things: they may share names.
    collectors: [Option<CloudCollector>; 2],
    gates: BTreeMap<Device, ReportGate>,
    /// Of the step that is open.
    values: Vec<Measured>,
    /// That step: its end, in steps since 1970.
    open: Option<u64>,
    /// Steps since the last line.
    silent: u64,
}

const STEP: u64 = 300_000;

/// As long as what a broker saw is remembered: 14 days.
const MEMORY: u64 = 14 * 288;

impl<'s> Feed<'s> {
    pub(super) const fn new(setup: &'s Setup) -> Self {
        Self {
            setup,
            collectors: [None, None],
            gates: BTreeMap::new(),
            values: Vec::new(),
            open: None,
            silent: 0,
        }
    }

    /// The next step that is over when a line of that time comes; none if its step is open.
    pub(super) fn over_by(&mut self, ts: Timestamp) -> Option<Step> {
        let step = ts.as_millis().div_ceil(STEP);
        let open = *self.open.get_or_insert(step);
        if step <= open {
            return None;
        }
        if self.silent > MEMORY {
            self.collectors = [None, None];
            self.open = Some(step);
            return None;
        }
        self.close()
    }

    /// Ends the step that is open, if one is, and opens the next.
    pub(super) fn close(&mut self) -> Option<Step> {
        let open = self.open?;
        let end = Timestamp::from_millis(open.saturating_mul(STEP));
        for (place, is_registered) in [(0, false), (1, true)] {
            if let Some(collector) = self.collectors.get(place).and_then(Option::as_ref)
                && collector.end() <= end
            {
                self.count(place, is_registered);
            }
        }
        self.open = Some(open.saturating_add(1));
        self.silent = self.silent.saturating_add(1);
        let values = std::mem::take(&mut self.values);
        Some(Step { end, values })
    }

    /// Takes what a broker saw by the end of its step.
    fn count(&mut self, place: usize, is_registered: bool) {
        let Some(Some(collector)) = self.collectors.get_mut(place) else {
            return;
        };
        let part = collector.close();
        for point in part.datapoints() {
            let metric = point.metric.into();
            if self.setup.asks_for(&metric, point.dimension) {
                let name = point.device.to_owned();
                self.values.push(Measured {
                    device: Device {
                        name,
                        is_registered,
                    },
                    metric,
                    dimension: point.dimension.cloned(),
                    value: point.value,
                });
            }
        }
    }

    /// Takes a line when [`Self::over_by`] has given all steps before it. Tells what of it was left
    /// out.
    pub(super) fn take(&mut self, line: Line<'_>) -> Result<Vec<String>, Wrong> {
        let step = line.ts.as_millis().div_ceil(STEP);
        let open = self.open.unwrap_or(step);
        if step < open {
            let end = Timestamp::from_millis(step.saturating_mul(STEP));
            let message = format!("too late: its five minutes ended at {}", shown(end));
            return Err(Wrong::new("/ts", message));
        }
        self.silent = 0;
        let Line { ts, device, body } = line;
        match body {
            Body::Report { format, payload } => {
                return self.report(ts, &device, format, &payload);
            }
            Body::Datapoint {
                metric,
                dimension,
                value,
            } => self.values.push(Measured {
                device,
                metric,
                dimension,
                value,
            }),
            Body::Event {
                event,
                topic,
                bytes,
                source,
            } => {
                let topic = topic.as_ref().map(TopicName::as_name_ref);
                let event = match (event, topic) {
                    (Event::ConnectAttempt, _) => CloudEvent::ConnectAttempt,
                    (Event::Connected, _) => CloudEvent::Connected,
                    (Event::Disconnected, _) => CloudEvent::Disconnected,
                    (Event::MessageSent, Some(topic)) => CloudEvent::MessageSent { topic, bytes },
                    (Event::MessageReceived, Some(topic)) => {
                        CloudEvent::MessageReceived { topic, bytes }
                    }
                    (_, topic) => CloudEvent::AuthorizationFailure { topic },
                };
                let mut seen = Observation::new(&device.name, event);
                seen.source = source;
                self.observe(seen, device.is_registered, ts);
            }
        }
        Ok(Vec::new())
    }

    fn observe(&mut self, seen: Observation<'_>, is_registered: bool, ts: Timestamp) {
        let place = usize::from(is_registered);
        let setup = self.setup;
        let Some(slot) = self.collectors.get_mut(place) else {
            return;
        };
        let collector = slot.get_or_insert_with(|| CloudCollector::new(setup.scopes(), ts));
        if collector.observe(seen, ts).is_err() {
            // The instant between two steps is of the second.
            self.count(place, is_registered);
            if let Some(Some(collector)) = self.collectors.get_mut(place) {
                let _now = collector.observe(seen, ts);
            }
        }
    }

    fn report(
        &mut self,
        ts: Timestamp,
        device: &Device,
        format: PayloadFormat,
        payload: &[u8],
    ) -> Result<Vec<String>, Wrong> {
        let gate = self.gates.entry(device.clone()).or_default();
        let definitions = &self.setup.definitions;
        let declared = |name: &str| -> Option<CustomMetricType> {
            Some(definitions.custom_metric(name)?.metric_type())
        };
        let received = receive_report(gate, format, payload, declared, ts);
        let is_cbor = format == PayloadFormat::Cbor;
        let member = if is_cbor { "/cbor" } else { "/report" };
        let (datapoints, is_rising) = match received.outcome {
            ReceivedReport::Accepted {
                datapoints,
                is_rising,
            } => (datapoints, is_rising),
            ReceivedReport::Malformed(error) => return Err(Wrong::new(member, error)),
            ReceivedReport::Throttled(throttled) => return Err(Wrong::new(member, throttled)),
        };
        let dropped = datapoints.dropped.iter();
        let mut notes: Vec<_> = dropped.map(|it| format!("custom metric {it}")).collect();
        if !is_rising {
            notes.push("the number of the report is not greater than that before".to_owned());
        }
        for (metric, value) in datapoints.values {
            self.values.push(Measured {
                device: device.clone(),
                metric,
                dimension: None,
                value,
            });
        }
        Ok(notes)
    }
}
