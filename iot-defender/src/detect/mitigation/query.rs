//! Questions about mitigation, answered page by page.
//!
//! Source: API reference, `ListDetectMitigationActionsTasks` and
//! `ListDetectMitigationActionsExecutions`.

mod executions;
mod tasks;

pub use executions::{DetectMitigationExecutionPage, DetectMitigationExecutionQuery, ExecutionsOf};
pub use tasks::{DetectMitigationTaskPage, DetectMitigationTaskQuery};
