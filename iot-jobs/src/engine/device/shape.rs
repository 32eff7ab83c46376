//! The JSON shapes of one execution on the device plane (developer guide, Jobs device MQTT and
//! HTTPS APIs, data types).

use iot_topics::Timestamp;

use super::{ExecutionView, Rejection};
use crate::World;
use crate::json::Object;
use crate::status::ExecutionStatus;

/// How a request came, as some members differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum Plane {
    /// The document is an object.
    Mqtt,
    /// The document is a string, and the thing is named.
    Http,
}

impl ExecutionView<'_> {
    /// JobExecution, with the document if there is who signs its URLs.
    pub(in crate::engine) fn write(
        self,
        plane: Plane,
        signer: Option<&dyn World>,
        out: &mut Object,
    ) {
        out.text("jobId", self.job_id());
        out.text("status", self.status().as_str());
        if let Some(details) = self.status_details_json() {
            out.raw("statusDetails", details);
        }
        self.write_stamps(out);
        if let Some(left) = self.approximate_seconds_before_timed_out() {
            out.number("approximateSecondsBeforeTimedOut", left);
        }
        if plane == Plane::Http {
            out.text("thingName", self.thing());
        }
        if let Some(world) = signer {
            self.write_document(plane, world, out);
        }
    }

    /// The document, if its URLs can be signed.
    pub(in crate::engine) fn write_document(
        self,
        plane: Plane,
        world: &dyn World,
        out: &mut Object,
    ) {
        match (plane, self.device_document(world)) {
            (Plane::Mqtt, Some(document)) => _ = out.raw("jobDocument", &document),
            (Plane::Http, Some(document)) => _ = out.text("jobDocument", &document),
            (_, None) => {}
        }
    }

    /// JobExecutionSummary.
    pub(in crate::engine) fn write_summary(self, out: &mut Object) {
        out.text("jobId", self.job_id());
        self.write_stamps(out);
    }

    /// JobExecutionState.
    pub(in crate::engine) fn write_state(self, out: &mut Object) {
        let details = self.status_details_json();
        write_state(self.status(), details, self.version(), out);
    }

    fn write_stamps(self, out: &mut Object) {
        out.number("queuedAt", self.queued_at().as_secs());
        if let Some(started_at) = self.started_at().map(Timestamp::as_secs) {
            out.number("startedAt", started_at);
        }
        out.number("lastUpdatedAt", self.last_updated_at().as_secs());
        out.number("versionNumber", self.version());
        out.number("executionNumber", self.execution_number());
    }
}

impl Rejection {
    /// The members of ErrorResponse, but for those of every answer.
    pub(in crate::engine) fn write(&self, out: &mut Object) {
        out.text("code", self.code().as_str());
        out.text("message", self.message());
        if let Some(state) = self.execution_state() {
            let details = state.status_details_json();
            out.object("executionState", |out| {
                write_state(state.status(), details, state.version(), out);
            });
        }
    }
}

fn write_state(status: ExecutionStatus, details: Option<&str>, version: u32, out: &mut Object) {
    out.text("status", status.as_str());
    if let Some(details) = details {
        out.raw("statusDetails", details);
    }
    out.number("versionNumber", version);
}
