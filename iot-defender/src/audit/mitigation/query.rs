//! Questions about mitigation, answered page by page.
//!
//! Source: API reference, `ListMitigationActions`, `ListAuditMitigationActionsTasks`,
//! `ListAuditMitigationActionsExecutions`.

mod actions;
mod executions;
mod tasks;

pub use actions::{MitigationActionPage, MitigationActionQuery};
pub use executions::{MitigationExecutionPage, MitigationExecutionQuery};
pub use tasks::{MitigationTaskPage, MitigationTaskQuery};
