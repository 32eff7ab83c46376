//! What a metric normally is, learnt from the fleet: a robust band for each hour.
//!
//! **This is not the algorithm of AWS**, which is not published. What surrounds it is as
//! documented: one model for each behavior, 14 days and 25,000 datapoints to build it, a refresh
//! each day, three confidence levels of which `HIGH` gives the fewest alarms, and the three states
//! of a model (developer guide, "ML Detect"; API reference, `BehaviorModelTrainingSummary`). The
//! band itself is ours: [`Baseline`] tells how it is made.

mod baseline;
mod device;
mod explain;
mod level;
mod model;
mod slot;
mod status;
mod store;
mod train;

pub use baseline::{Baseline, ValueKind};
pub use explain::Explanation;
pub use model::Model;
pub use slot::{Season, Slot};
pub use status::{ModelLifecycle, ModelStatus, TrainingAttempt, TrainingSummary};
pub use store::TrainedModels;
pub use train::{Training, TrainingError};
