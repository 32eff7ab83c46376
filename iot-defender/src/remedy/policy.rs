//! New versions of policies.

use alloc::string::String;

use iot_policy::PolicyDocument;
use iot_topics::PolicyName;
use serde_json::json;

use super::call::ApiCall;

/// A version of a policy that takes the place of the one in force, which stays as an older
/// version.
///
/// # Examples
///
/// ```
/// use iot_defender::remedy::PolicyReplacement;
/// use iot_policy::{PolicyDocument, Statement};
///
/// let blank = PolicyReplacement::blank("Sensors".parse()?);
/// assert_eq!(blank.document(), r#"{"Version":"2012-10-17","Statement":[]}"#);
/// assert_eq!(blank.policy().as_str(), "Sensors");
///
/// let arn = "arn:aws:iot:us-east-1:123456789012:client/${iot:Connection.Thing.ThingName}";
/// let narrow = PolicyDocument::new(vec![Statement::allow("iot:Connect", arn)])?;
/// let call = PolicyReplacement::new("Sensors".parse()?, &narrow).call();
/// assert_eq!(call.operation, "CreatePolicyVersion");
/// assert_eq!(call.arguments["setAsDefault"], true);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PolicyReplacement {
    policy: PolicyName,
    document: String,
}

/// What the template `BLANK_POLICY` is taken for: no statement, so that nothing is allowed and
/// other policies of the device go on as before. The guide does not show it.
const BLANK_POLICY: &str = r#"{"Version":"2012-10-17","Statement":[]}"#;

impl PolicyReplacement {
    /// The document takes the place of the policy's version in force.
    #[must_use]
    pub fn new(policy: PolicyName, document: &PolicyDocument) -> Self {
        Self {
            policy,
            document: document.to_json(),
        }
    }

    /// A version without statements, as the mitigation action `REPLACE_DEFAULT_POLICY_VERSION`
    /// makes it.
    #[must_use]
    pub fn blank(policy: PolicyName) -> Self {
        Self {
            policy,
            document: BLANK_POLICY.into(),
        }
    }

    /// The policy.
    #[must_use]
    pub const fn policy(&self) -> &PolicyName {
        &self.policy
    }

    /// The document, as JSON.
    #[must_use]
    pub const fn document(&self) -> &str {
        self.document.as_str()
    }

    /// The call: `CreatePolicyVersion`. It fails where the policy has five versions; one that is
    /// not in force must be deleted then.
    #[must_use]
    pub fn call(&self) -> ApiCall {
        let arguments = json!({
            "policyName": self.policy.as_str(),
            "policyDocument": self.document,
            "setAsDefault": true,
        });
        ApiCall::iot("CreatePolicyVersion", arguments)
    }
}
