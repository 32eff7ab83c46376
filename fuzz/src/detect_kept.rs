//! What Detect keeps over a restart, and what machines send each other.

use iot_defender::detect::{
    CloudCollector, Engine, Intake, MetricLog, ReportGates, SecurityProfiles, Sketch,
    SnapshotError, Training,
};

/// From bytes to the bytes of what they were taken for.
type Restore = fn(&[u8]) -> Result<String, SnapshotError>;

const TEXTS: [Restore; 6] = [
    |data| Ok(Engine::restore(data)?.snapshot()),
    |data| Ok(CloudCollector::restore(data)?.snapshot()),
    |data| Ok(Intake::restore(data)?.snapshot()),
    |data| Ok(MetricLog::restore(data)?.snapshot()),
    |data| Ok(ReportGates::restore(data)?.snapshot()),
    |data| Ok(SecurityProfiles::restore(data)?.snapshot()),
];

/// Any bytes have an answer: what breaks a rule is told with its place. What is taken is written so
/// that it is taken again for the same; of bytes there are no others that are taken.
pub fn detect_kept(data: &[u8]) {
    for restore in TEXTS {
        match restore(data) {
            Ok(text) => assert_eq!(restore(text.as_bytes()), Ok(text)),
            Err(error) => {
                let lines = data.split(|byte| *byte == b'\n').count();
                assert!((1..=lines + 1).contains(&error.line()), "{error}");
            }
        }
    }
    match Sketch::from_bytes(data) {
        Ok(sketch) => assert_eq!(sketch.to_bytes(), data),
        Err(error) => assert!(error.offset() <= data.len(), "{error}"),
    }
    match Training::from_bytes(data) {
        Ok(training) => {
            assert_eq!(training.to_bytes(), data);
            let mut twice = training.clone();
            twice.merge(training);
            let again = Training::from_bytes(&twice.to_bytes()).map(Training::finish);
            assert_eq!(again, Ok(twice.finish()));
        }
        Err(error) => assert!(error.offset() <= data.len(), "{error}"),
    }
}
