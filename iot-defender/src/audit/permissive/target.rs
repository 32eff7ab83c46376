//! What of a foreign device each action may reach: the resources that no policy should open.

use super::super::key_quality::Profile;

/// An action and what to try it on: the sixth part of ARNs. U+E001 is the name of a foreign device,
/// U+E002 any other name.
pub(crate) struct Judged {
    pub(crate) action: &'static str,
    targets: &'static [&'static str],
    /// More targets, of the extended profile.
    extended: &'static [&'static str],
    is_extended: bool,
}

impl Judged {
    /// An action on things.
    pub(crate) const fn on_things(action: &'static str) -> Self {
        Self::new(action, THING)
    }

    const fn new(action: &'static str, targets: &'static [&'static str]) -> Self {
        Self {
            action,
            targets,
            extended: &[],
            is_extended: false,
        }
    }

    pub(super) fn is_of(&self, profile: Profile) -> bool {
        !self.is_extended || profile == Profile::Extended
    }

    pub(super) fn targets(&self, profile: Profile) -> impl Iterator<Item = &'static str> {
        let extended = (profile == Profile::Extended).then_some(self.extended);
        let more = extended.unwrap_or_default();
        self.targets.iter().chain(more).copied()
    }
}

/// The actions of the data plane that the guide lists, in the order of the output.
pub(super) const DATA_PLANE: &[Judged] = &[
    Judged::new("iot:Connect", &["client/\u{E001}"]),
    Judged::new("iot:Publish", PUBLISH),
    Judged {
        extended: &["topicfilter/#", "topicfilter/+/#"],
        ..Judged::new("iot:Subscribe", SUBSCRIBE)
    },
    Judged::new("iot:GetThingShadow", SHADOW),
    Judged::new("iot:UpdateThingShadow", SHADOW),
    Judged::new("iot:DeleteThingShadow", SHADOW),
    Judged::on_things("iot:DescribeJobExecution"),
    Judged::on_things("iot:GetPendingJobExecutions"),
    Judged::on_things("iot:StartNextPendingJobExecution"),
    Judged::on_things("iot:UpdateJobExecution"),
    Judged {
        is_extended: true,
        ..Judged::new("iot:RetainPublish", PUBLISH)
    },
];

const THING: &[&str] = &["thing/\u{E001}"];

/// The classic shadow and a named one.
const SHADOW: &[&str] = &["thing/\u{E001}", "thing/\u{E001}/\u{E002}"];

/// What a device writes on its own reserved topics.
const PUBLISH: &[&str] = &[
    "topic/$aws/things/\u{E001}/shadow/update",
    "topic/$aws/things/\u{E001}/shadow/get",
    "topic/$aws/things/\u{E001}/shadow/delete",
    "topic/$aws/things/\u{E001}/shadow/name/\u{E002}/update",
    "topic/$aws/things/\u{E001}/shadow/name/\u{E002}/get",
    "topic/$aws/things/\u{E001}/shadow/name/\u{E002}/delete",
    "topic/$aws/things/\u{E001}/jobs/get",
    "topic/$aws/things/\u{E001}/jobs/start-next",
    "topic/$aws/things/\u{E001}/jobs/\u{E002}/get",
    "topic/$aws/things/\u{E001}/jobs/\u{E002}/update",
];

/// What brings messages of another device's reserved topics: of one, and of all by `+` and `#`,
/// which are plain characters to a policy.
const SUBSCRIBE: &[&str] = &[
    "topicfilter/$aws/#",
    "topicfilter/$aws/things/#",
    "topicfilter/$aws/+/#",
    "topicfilter/$aws/things/\u{E001}/shadow/update",
    "topicfilter/$aws/things/\u{E001}/shadow/update/accepted",
    "topicfilter/$aws/things/\u{E001}/shadow/update/delta",
    "topicfilter/$aws/things/\u{E001}/shadow/update/documents",
    "topicfilter/$aws/things/\u{E001}/shadow/get/accepted",
    "topicfilter/$aws/things/\u{E001}/shadow/name/\u{E002}/update/delta",
    "topicfilter/$aws/things/\u{E001}/jobs/notify",
    "topicfilter/$aws/things/\u{E001}/jobs/notify-next",
    "topicfilter/$aws/things/\u{E001}/jobs/get/accepted",
    "topicfilter/$aws/things/\u{E001}/jobs/\u{E002}/get/accepted",
    "topicfilter/$aws/things/\u{E001}/shadow/#",
    "topicfilter/$aws/things/\u{E001}/jobs/#",
    "topicfilter/$aws/things/\u{E001}/#",
    "topicfilter/$aws/things/+/shadow/update",
    "topicfilter/$aws/things/+/shadow/update/accepted",
    "topicfilter/$aws/things/+/shadow/update/delta",
    "topicfilter/$aws/things/+/shadow/update/documents",
    "topicfilter/$aws/things/+/shadow/get/accepted",
    "topicfilter/$aws/things/+/shadow/name/\u{E002}/update/delta",
    "topicfilter/$aws/things/+/jobs/notify",
    "topicfilter/$aws/things/+/jobs/notify-next",
    "topicfilter/$aws/things/+/jobs/get/accepted",
    "topicfilter/$aws/things/+/jobs/\u{E002}/get/accepted",
    "topicfilter/$aws/things/+/shadow/#",
    "topicfilter/$aws/things/+/jobs/#",
    "topicfilter/$aws/things/+/#",
];
