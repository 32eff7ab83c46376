//! What has arrived as text, and back.

use alloc::string::String;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::{Arrived, Intake, fits};
use crate::detect::SnapshotError;
use crate::detect::engine::DeviceId;
use crate::detect::lines::{Lines, Writer, text_of};
use crate::detect::wire::{DatapointWire, SeriesWire};

/// The first line: what this is, and in which form.
const HEADER: &str = r#"{"iot-defender-intake":1}"#;

/// How many lines follow.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    arrived: usize,
}

/// The device, the metric, the value.
#[derive(Serialize, Deserialize)]
struct ArrivedLine((u32, u32), SeriesWire, DatapointWire);

impl Intake {
    /// What has arrived since the last step as text, a line for each datapoint, in the order in
    /// which they came.
    ///
    /// Take it with the snapshots of the [engine](crate::detect::Engine::snapshot), whose ids of
    /// devices it has, of the [log](crate::detect::MetricLog::snapshot), and of the
    /// [gates](crate::detect::ReportGates::snapshot), with nothing between them: then who starts
    /// again tells what it would have told.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_defender::detect::{AwsMetric, Datapoint, Engine, Intake};
    ///
    /// let lamp = Engine::new().set_device("lamp-7", true, []);
    /// let mut intake = Intake::default();
    /// intake.take(lamp, AwsMetric::NumDisconnects.into(), None, Datapoint::Count(1));
    /// assert_eq!(Intake::restore(intake.snapshot().as_bytes())?, intake);
    /// # Ok::<(), iot_defender::detect::SnapshotError>(())
    /// ```
    #[must_use]
    pub fn snapshot(&self) -> String {
        text_of(|sink| self.snapshot_to(sink))
    }

    /// The same, line by line.
    ///
    /// # Examples
    ///
    /// ```
    /// let intake = iot_defender::detect::Intake::default();
    /// let mut file = String::new();
    /// intake.snapshot_to(&mut |line| file.push_str(line));
    /// assert_eq!(file, intake.snapshot());
    /// ```
    pub fn snapshot_to(&self, sink: &mut dyn FnMut(&str)) {
        let mut out = Writer::new(HEADER, sink);
        out.line(&Head {
            arrived: self.arrived.len(),
        });
        for it in &self.arrived {
            let series = SeriesWire::of(&it.metric, &it.dimension);
            let value = DatapointWire::of(&it.value);
            out.line(&ArrivedLine(it.device.parts(), series, value));
        }
    }

    /// What had arrived when a snapshot was taken.
    ///
    /// # Errors
    ///
    /// [`SnapshotError`]: any other text; it tells the line. The cost is linear in the text.
    ///
    /// # Examples
    ///
    /// ```
    /// assert!(iot_defender::detect::Intake::restore(b"something else").is_err());
    /// ```
    pub fn restore(snapshot: &[u8]) -> Result<Self, SnapshotError> {
        let mut lines = Lines::new(HEADER, snapshot)?;
        let head: Head = lines.next("must be a count")?;
        let mut arrived = Vec::new();
        for _ in 0..head.arrived {
            let line: ArrivedLine = lines.next("must be a datapoint of a device")?;
            let it = lines.hold(read(line), "must be a value of its metric")?;
            arrived.push(it);
        }
        lines.end()?;
        Ok(Self { arrived })
    }
}

fn read(ArrivedLine(device, series, value): ArrivedLine) -> Option<Arrived> {
    let (metric, dimension) = series.read()?;
    let value = value.read()?;
    fits(&metric, &value).then(|| Arrived {
        device: DeviceId::of_parts(device),
        metric,
        dimension,
        value,
    })
}
