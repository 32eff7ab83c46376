//! What a metric normally is, learnt from the fleet: a robust band for each hour.
//!
//! **This is not the algorithm of AWS**, which is not published. What surrounds it is as
//! documented: one model for each behavior, 14 days and 25,000 datapoints to build it, a refresh
//! each day, three confidence levels of which `HIGH` gives the fewest alarms, and the three states
//! of a model (developer guide, "ML Detect"; API reference, `BehaviorModelTrainingSummary`). The
//! band itself is ours:
//!
//! 1. The datapoints of the last 14 days are put into [`Slot`]s: each hour of the week, each hour
//!    of the day, and all. A datapoint is judged by the finest of its slots that has
//!    [`Slot::MIN_POINTS`] of them.
//! 2. In a slot each device with [`Baseline::MIN_DEVICE_POINTS`] of them has a median, a spread above
//!    and a spread below it: 1.4826 times the median distance of the values on that side, or the
//!    distance of its 90 % (10 %) quantile divided by 1.2816, whichever is larger. Both are the
//!    standard deviation if the values are normally distributed. Other devices are pooled.
//! 3. The fleet has the median of the medians; and as its scale above (below) the median of the
//!    spreads, the distance of the 75 % (25 %) quantile of the medians divided by 0.6745, or a
//!    floor, whichever is largest. The floor is 5 % of the median, and 1 if values are whole.
//! 4. The upper limit is the median and so many scales, or what half of the devices reach with a
//!    quantile of their own, whichever is higher; the lower is mirrored. The scales and quantiles
//!    are 3.5 and 99 % for `LOW`, 5 and 99.9 % for `MEDIUM`, 7 and 99.99 % for `HIGH`.
//!
//! Median and median distance, and the cut at 3.5, are those of Iglewicz and Hoaglin (How to detect
//! and handle outliers, 1993) and of Leys and others (Detecting outliers, 2013). One scale for each
//! side is for skewed metrics. The quantiles admit bursts that most devices show. As everything is
//! a median over devices, a quarter of them may be compromised while the model learns, half as far
//! as the centre is concerned. Only sorting and `+ - * / max` is used, so that a model has the same
//! bits on any machine, and the order of the devices does not matter.

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
