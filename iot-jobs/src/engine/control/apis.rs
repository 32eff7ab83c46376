//! The calls of the control plane: their names, their members, what runs them (API reference).

use serde_json::Value;

use super::request::{Member, Request, Rule};
use crate::engine::Turn;
use crate::reject::ApiError;

/// A call.
pub(super) struct Api {
    pub(super) name: &'static str,
    pub(super) members: &'static [Member],
    pub(super) run: fn(&mut Turn<'_>, Request<'_>) -> Result<Value, ApiError>,
}

const fn must(name: &'static str, rule: Rule) -> Member {
    Member {
        name,
        required: true,
        rule,
    }
}

const fn may(name: &'static str, rule: Rule) -> Member {
    Member {
        name,
        required: false,
        rule,
    }
}

const JOB: Member = must("jobId", Rule::JobId);
const THING: Member = must("thingName", Rule::ThingName);
const TEMPLATE: Member = must("jobTemplateId", Rule::JobId);
const NAMESPACE: Member = may("namespaceId", Rule::Namespace);
const FORCE: Member = may("force", Rule::Flag);
const NUMBER: Member = may("executionNumber", Rule::Positive);
const COMMENT: Member = may("comment", Rule::FreeText);
const DESCRIPTION: Member = may("description", Rule::FreeText);
const BEFORE: Member = may("beforeSubstitution", Rule::Flag);
const TARGETS: Member = must("targets", Rule::Texts);
const PACKAGES: &str = "destinationPackageVersions";
const PAGE: [Member; 2] = [
    may("maxResults", Rule::PageSize),
    may("nextToken", Rule::Text),
];

const SELECTIONS: &[&str] = &["CONTINUOUS", "SNAPSHOT"];
const JOB_STATUSES: &[&str] = &[
    "IN_PROGRESS",
    "CANCELED",
    "COMPLETED",
    "DELETION_IN_PROGRESS",
    "SCHEDULED",
];
const STATUSES: &[&str] = &[
    "QUEUED",
    "IN_PROGRESS",
    "SUCCEEDED",
    "FAILED",
    "TIMED_OUT",
    "REJECTED",
    "REMOVED",
    "CANCELED",
];
const NO_GROUP_IDS: &str =
    "must not be given, as groups have no ids here: `thingGroupName` has the same use";

/// Configurations are read with all of their members when the call runs, and not listed.
pub(super) const APIS: &[Api] = &[
    Api {
        name: "CreateJob",
        members: &[
            JOB,
            TARGETS,
            may("document", Rule::Text),
            may("documentSource", Rule::DocumentSource),
            DESCRIPTION,
            NAMESPACE,
            may("jobTemplateArn", Rule::Arn),
            may("documentParameters", Rule::Parameters),
            may(PACKAGES, Rule::Texts),
        ],
        run: |turn, request| turn.create_job(request),
    },
    Api {
        name: "UpdateJob",
        members: &[JOB, DESCRIPTION, NAMESPACE],
        run: |turn, request| turn.update_job(request),
    },
    Api {
        name: "CancelJob",
        members: &[JOB, may("reasonCode", Rule::ReasonCode), COMMENT, FORCE],
        run: |turn, request| turn.cancel(request),
    },
    Api {
        name: "DeleteJob",
        members: &[JOB, FORCE, NAMESPACE],
        run: |turn, request| turn.delete_job(request),
    },
    Api {
        name: "AssociateTargetsWithJob",
        members: &[JOB, TARGETS, COMMENT, NAMESPACE],
        run: |turn, request| turn.associate(request),
    },
    Api {
        name: "DescribeJob",
        members: &[JOB, BEFORE],
        run: |turn, request| turn.describe_job(request),
    },
    Api {
        name: "GetJobDocument",
        members: &[JOB, BEFORE],
        run: |turn, request| turn.job_document(request),
    },
    Api {
        name: "ListJobs",
        members: &[
            may("status", Rule::Word(JOB_STATUSES)),
            may("targetSelection", Rule::Word(SELECTIONS)),
            may("thingGroupName", Rule::GroupName),
            may("thingGroupId", Rule::Unknown(NO_GROUP_IDS)),
            NAMESPACE,
            PAGE[0],
            PAGE[1],
        ],
        run: |turn, request| turn.list_jobs(request),
    },
    Api {
        name: "DescribeJobExecution",
        members: &[JOB, THING, NUMBER],
        run: |turn, request| turn.describe_execution(request),
    },
    Api {
        name: "CancelJobExecution",
        members: &[
            JOB,
            THING,
            FORCE,
            may("expectedVersion", Rule::Version),
            may("statusDetails", Rule::StatusDetails),
        ],
        run: |turn, request| turn.cancel_execution(request),
    },
    Api {
        name: "DeleteJobExecution",
        members: &[
            JOB,
            THING,
            must("executionNumber", Rule::Positive),
            FORCE,
            NAMESPACE,
        ],
        run: |turn, request| turn.delete_execution(request),
    },
    Api {
        name: "ListJobExecutionsForJob",
        members: &[JOB, may("status", Rule::Word(STATUSES)), PAGE[0], PAGE[1]],
        run: |turn, request| turn.list_executions_of_job(request),
    },
    Api {
        name: "ListJobExecutionsForThing",
        members: &[
            THING,
            may("jobId", Rule::JobId),
            may("status", Rule::Word(STATUSES)),
            NAMESPACE,
            PAGE[0],
            PAGE[1],
        ],
        run: |turn, request| turn.list_executions_of_thing(request),
    },
    Api {
        name: "CreateJobTemplate",
        members: &[
            TEMPLATE,
            must("description", Rule::FreeText),
            may("jobArn", Rule::Arn),
            may("document", Rule::Text),
            may("documentSource", Rule::DocumentSource),
            may(PACKAGES, Rule::Texts),
        ],
        run: |turn, request| turn.create_template(request),
    },
    Api {
        name: "DescribeJobTemplate",
        members: &[TEMPLATE],
        run: |turn, request| turn.describe_template(request),
    },
    Api {
        name: "ListJobTemplates",
        members: &PAGE,
        run: |turn, request| turn.list_templates(request),
    },
    Api {
        name: "DeleteJobTemplate",
        members: &[TEMPLATE],
        run: |turn, request| turn.delete_template(request),
    },
    Api {
        name: "DescribeManagedJobTemplate",
        members: &[
            must("templateName", Rule::ManagedName),
            may("templateVersion", Rule::Text),
        ],
        run: |turn, request| turn.describe_managed_template(request),
    },
    Api {
        name: "ListManagedJobTemplates",
        members: &[may("templateName", Rule::ManagedName), PAGE[0], PAGE[1]],
        run: |turn, request| turn.list_managed_templates(request),
    },
];
