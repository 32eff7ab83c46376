//! What an authenticated Amazon Cognito identity must be allowed twice.

use crate::action::Action;

/// The actions for which the IAM policy of the role *and* the AWS IoT policy of the identity must
/// allow; every other action is for the IAM policy alone (developer guide, "Authorization with
/// Amazon Cognito identities" and "IAM identity-based policies").
const BOTH: [Action<'static>; 7] = [
    Action::CONNECT,
    Action::PUBLISH,
    Action::SUBSCRIBE,
    Action::RECEIVE,
    Action::GET_THING_SHADOW,
    Action::UPDATE_THING_SHADOW,
    Action::DELETE_THING_SHADOW,
];

pub(super) fn asks_both(action: Action<'_>) -> bool {
    BOTH.contains(&action)
}
