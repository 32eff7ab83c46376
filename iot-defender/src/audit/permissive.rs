//! Overly permissive policies: does a policy let its principal reach what is another device's?
//!
//! Source: developer guide, "IoT policies overly permissive": its examples, all of which come out
//! as it says. The rule behind them is ours: an action is broad if an Allow, and no Deny without
//! conditions, takes the client id, a topic, a topic filter or the thing of a device whose name
//! the policy cannot know. A prefix or suffix beside a wildcard is no fault, `????????` is one.

mod target;

use alloc::string::String;
use alloc::vec::Vec;
use core::slice;

use iot_policy::PolicyDocument;

use super::access::{Access, Reached, Witness};
use super::finding::ReasonCode;
use super::key_quality::Profile;
use super::rules::{Applicable, FOREIGN, NAME, Proof, Rules};
pub(crate) use target::Judged;

/// The longest name of a thing.
const MAX_NAME: usize = 128;

/// What of other devices a policy lets its principal reach over the data plane, `None` if nothing:
/// the check `IOT_POLICY_OVERLY_PERMISSIVE_CHECK`.
///
/// All examples of the guide come out as it says (developer guide, "IoT policies overly
/// permissive"). The rule behind them is ours: an action is broad if an Allow, and no Deny without
/// conditions, takes the client id, a topic, a topic filter or the thing of a device whose name the
/// policy cannot know. A prefix or suffix beside a wildcard is no fault, `????????` is one.
///
/// Actions come in the order of the guide; with the extended profile, which also looks at
/// `iot:RetainPublish` and at the filters `#` and `+/#`, that one is last. `iot:Receive` is never
/// a fault. Every action has a [`Witness`]. Another Deny without conditions never adds anything.
///
/// Cost: some 60 matches a resource pattern and as many more for each `?`. Where a Deny with
/// `NotResource` leaves what is of some accounts only, an account that suits them all is looked for
/// with 8 million matches an action; if they do not suffice, which takes a document many times the
/// size of a policy of AWS IoT, the action counts as within reach and has no witness.
///
/// # Examples
///
/// ```
/// use iot_defender::audit::{Profile, broad_data_plane_access};
/// use iot_policy::PolicyDocument;
///
/// let document = PolicyDocument::from_json(r#"{
///     "Version": "2012-10-17",
///     "Statement": {
///         "Effect": "Allow",
///         "Action": ["iot:Publish", "iot:Receive"],
///         "Resource": "arn:aws:iot:us-east-1:123456789012:topic/*"
///     }
/// }"#)?;
/// let access = broad_data_plane_access(&document, Profile::Aws).unwrap();
/// assert_eq!(access.actions.len(), 1);
/// assert_eq!(access.actions[0].action, "iot:Publish");
/// # Ok::<(), iot_policy::PolicyError>(())
/// ```
#[must_use]
pub fn broad_data_plane_access(document: &PolicyDocument, profile: Profile) -> Option<Access> {
    let rules = Rules::new(slice::from_ref(document));
    data_plane(&rules, profile)
}

/// The same for documents that speak together.
pub(crate) fn data_plane(rules: &Rules<'_>, profile: Profile) -> Option<Access> {
    let judged = target::DATA_PLANE.iter().filter(|it| it.is_of(profile));
    let reached = judged.filter_map(|it| broad(rules, it, profile));
    Access::of(
        ReasonCode::AllowsBroadAccessToIotDataPlaneActions,
        reached.collect(),
    )
}

/// Whether an action reaches a foreign device, and how.
pub(crate) fn broad(rules: &Rules<'_>, judged: &Judged, profile: Profile) -> Option<Reached> {
    let about = rules.about(judged.action);
    if about.is_silent() {
        return None;
    }
    let most = (about.most_single_wildcards() + 1).min(MAX_NAME);
    judged.targets(profile).find_map(|target| {
        if most == 1 || !target.contains(FOREIGN) {
            about.granted(target)?;
            return reach(&about, judged.action, target, 1);
        }
        let names: Vec<_> = (1..=most).map(|length| filled(target, length)).collect();
        let granted = about.granted_lengths(&names);
        let granted = names.iter().enumerate().filter(|(at, _)| granted.has(*at));
        let mut granted = granted.map(|(at, name)| (at + 1, name));
        granted.find_map(|(length, name)| reach(&about, judged.action, name, length))
    })
}

/// How a target that is granted is reached: in some account, unless it is denied in each.
fn reach(about: &Applicable<'_, '_>, action: &str, target: &str, length: usize) -> Option<Reached> {
    let name = readable(about, target, length);
    let (rule, resource, proof) = about.granted_arn(&name)?;
    let arn = match proof {
        Proof::Arn(arn) => Some(arn),
        Proof::Refuted => return None,
        Proof::Open => None,
    };
    let witness = arn.map(|arn| Witness {
        action: action.into(),
        arn,
        resource,
    });
    Some(Reached {
        action: action.into(),
        statement: Some(rule.place),
        witness,
    })
}

/// The target with names that a device could have, still granted.
fn readable(about: &Applicable<'_, '_>, target: &str, length: usize) -> String {
    let is_granted = |name: &String| about.granted(name).is_some();
    let one = String::from(FOREIGN).repeat(length);
    let with = |foreign: &str, name: &str| {
        let target = target.replace(&one, foreign);
        target.replace(NAME, name)
    };
    let words = about.words();
    if let Some([foreign, other]) = words.spoken {
        let spoken = with(foreign, other);
        if is_granted(&spoken) {
            return spoken;
        }
    }
    // A character that stands in no pattern is treated as the private one was.
    let plain = words.plain.map(String::from);
    let plain = plain.map(|text| with(&text.repeat(length), &text));
    plain.filter(is_granted).unwrap_or_else(|| target.into())
}

fn filled(target: &str, length: usize) -> String {
    target.replace(FOREIGN, &String::from(FOREIGN).repeat(length))
}
