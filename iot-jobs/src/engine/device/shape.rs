//! The JSON shapes of one execution on the device plane (developer guide, Jobs device MQTT and
//! HTTPS APIs, data types).

use core::ops::Range;

use super::{ExecutionView, Rejection};
use crate::World;
use crate::json::{Object, key};
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
        out.member(self.job_id_member());
        out.text(key!("status"), self.status().as_str());
        if let Some(details) = self.status_details_json() {
            out.raw(key!("statusDetails"), details);
        }
        self.stamps().write(out);
        if let Some(left) = self.approximate_seconds_before_timed_out() {
            out.number(key!("approximateSecondsBeforeTimedOut"), left);
        }
        if plane == Plane::Http {
            out.text(key!("thingName"), self.thing());
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
            (Plane::Mqtt, Some(document)) => _ = out.raw(key!("jobDocument"), &document),
            (Plane::Http, Some(document)) => _ = out.text(key!("jobDocument"), &document),
            (_, None) => {}
        }
    }

    /// JobExecutionSummary, in a text that may have others already: `last` is of the one before.
    pub(in crate::engine) fn write_summary(self, out: &mut Object, last: &mut LastStamps) {
        out.member(self.job_id_member());
        let stamps = self.stamps();
        match &last.0 {
            Some((same, place)) if *same == stamps => _ = out.again(place.clone()),
            _ => last.0 = Some((stamps, out.place(|out| stamps.write(out)))),
        }
    }

    /// JobExecutionState.
    pub(in crate::engine) fn write_state(self, out: &mut Object) {
        let details = self.status_details_json();
        write_state(self.status(), details, self.version(), out);
    }
}

/// The stamps and numbers that an execution is shown with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamps {
    pub(super) queued_at: u32,
    /// Zero before its start.
    pub(super) started_at: u32,
    pub(super) updated_at: u32,
    pub(super) version: u32,
    pub(super) number: u32,
}

/// What was written last, and where it stands. Jobs of one minute have the same stamps on a thing,
/// and those are most of the text of a list.
#[derive(Debug, Default)]
pub(in crate::engine) struct LastStamps(Option<(Stamps, Range<usize>)>);

impl Stamps {
    fn write(self, out: &mut Object) {
        out.number(key!("queuedAt"), self.queued_at);
        if self.started_at != 0 {
            out.number(key!("startedAt"), self.started_at);
        }
        out.number(key!("lastUpdatedAt"), self.updated_at);
        out.number(key!("versionNumber"), self.version);
        out.number(key!("executionNumber"), self.number);
    }
}

impl Rejection {
    /// The members of ErrorResponse, but for those of every answer.
    pub(in crate::engine) fn write(&self, out: &mut Object) {
        out.text(key!("code"), self.code().as_str());
        out.text(key!("message"), self.message());
        if let Some(state) = self.execution_state() {
            let details = state.status_details_json();
            out.object(key!("executionState"), |out| {
                write_state(state.status(), details, state.version(), out);
            });
        }
    }
}

fn write_state(status: ExecutionStatus, details: Option<&str>, version: u32, out: &mut Object) {
    out.text(key!("status"), status.as_str());
    if let Some(details) = details {
        out.raw(key!("statusDetails"), details);
    }
    out.number(key!("versionNumber"), version);
}
