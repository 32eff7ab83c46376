//! Questions about violations and values of metrics, answered page by page.
//!
//! Source: API reference, `ListViolationEvents`, `ListActiveViolations`, `ListMetricValues`.

mod metric_values;
mod violations;

pub use metric_values::{MetricValuePage, MetricValueQuery};
pub use violations::{
    ActiveViolationPage, ViolationEventPage, ViolationEventQuery, ViolationFilter,
};
