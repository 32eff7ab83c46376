//! All lints, one table.

use core::fmt;

/// How bad it is.
///
/// # Examples
///
/// ```
/// use iot_policy::lint::{LintId, Severity};
///
/// assert!(Severity::Info < Severity::Warning && Severity::Warning < Severity::Error);
/// assert_eq!(Severity::Warning.as_str(), "warning");
/// let errors = LintId::ALL.iter().filter(|id| id.severity() == Severity::Error);
/// assert!(errors.count() < LintId::ALL.len());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "the levels of SARIF: note, warning, error"
)]
pub enum Severity {
    /// Worth knowing; may well be meant.
    Info,
    /// Probably not what was meant.
    Warning,
    /// Certainly not what was meant: a part of the policy has no effect, or another one than it
    /// says.
    Error,
}

impl Severity {
    /// `info`, `warning` or `error`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

macro_rules! lints {
    ($($name:ident $id:literal $severity:ident $title:literal [$source:literal] $explanation:literal;)*) => {
        /// One kind of suspicious policy.
        ///
        /// # Examples
        ///
        /// ```
        /// use iot_policy::lint::{LintId, Severity};
        ///
        /// let id = LintId::parse("wrong-resource-type").unwrap();
        /// assert_eq!(id, LintId::WrongResourceType);
        /// assert_eq!(id.severity(), Severity::Error);
        /// assert_eq!(id.source(), "developer guide, AWS IoT Core action resources");
        /// assert_eq!(id.as_str(), "wrong-resource-type");
        /// assert!(id.title().starts_with("a resource of a type"));
        /// assert!(id.explanation().contains("`topicfilter/`"));
        /// assert!(LintId::ALL.contains(&id));
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum LintId {
            $(
                #[doc = concat!("`", $id, "`: ", $title, ".")]
                #[doc = ""]
                #[doc = $explanation]
                $name,
            )*
        }

        impl LintId {
            /// Every lint, in the order in which findings at one place are reported.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            const fn row(self) -> &'static Row {
                match self {
                    $(Self::$name => &Row {
                        id: $id,
                        severity: Severity::$severity,
                        title: $title,
                        source: $source,
                        explanation: $explanation,
                    },)*
                }
            }
        }
    };
}

struct Row {
    id: &'static str,
    severity: Severity,
    title: &'static str,
    source: &'static str,
    explanation: &'static str,
}

impl LintId {
    /// The name for configuration files and reports: `wrong-resource-type`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().id
    }

    /// The lint of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|id| id.as_str() == text)
    }

    /// How bad it is.
    #[must_use]
    pub const fn severity(self) -> Severity {
        self.row().severity
    }

    /// The lint in a few words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        self.row().title
    }

    /// The page of the documentation that the rule follows.
    #[must_use]
    pub const fn source(self) -> &'static str {
        self.row().source
    }

    /// Why it matters.
    #[must_use]
    pub const fn explanation(self) -> &'static str {
        self.row().explanation
    }
}

impl fmt::Display for LintId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

lints! {
    // The document.
    PolicyTooLong "policy-too-long" Error "more characters than AWS IoT accepts"
        ["AWS General Reference, AWS IoT Core endpoints and quotas"]
        "`CreatePolicy` refuses a document of more than 2,048 characters, white space not counted.";
    VariableInOldVersion "variable-in-old-version" Error "policy variables without version 2012-10-17"
        ["IAM user guide, IAM JSON policy elements: Version"]
        "Without `\"Version\": \"2012-10-17\"` the text `${...}` is not a variable but stands for itself, so that the pattern matches nothing.";
    OldVersion "old-version" Info "version missing or old"
        ["IAM user guide, IAM JSON policy elements: Version"]
        "A document without version has version 2008-10-17, in which `${...}` is literal text: a variable that is added later will not work.";
    IdIgnored "id-ignored" Info "`Id` has no meaning"
        ["IAM user guide, IAM JSON policy elements: Id"]
        "`Id` belongs to the resource policies of some services; AWS IoT policies have a name instead.";
    OddSid "odd-sid" Info "`Sid` with other characters than letters and digits"
        ["IAM user guide, IAM JSON policy elements: Sid"]
        "IAM takes only the letters `A` to `Z` and `a` to `z` and digits in a `Sid`.";
    EmptyCondition "empty-condition" Info "a condition block that asks nothing"
        ["IAM user guide, IAM JSON policy elements: Condition"]
        "An empty `Condition`, or an operator without keys, always holds: the statement applies without condition.";

    // Actions.
    UnknownAction "unknown-action" Warning "an action that the documentation does not list"
        ["developer guide, AWS IoT Core policy actions"]
        "No request of a device carries the action, so that it allows or denies nothing. Actions of the IoT control plane belong into IAM policies.";
    JobActionPrefix "job-action-prefix" Warning "a job action with the prefix `iot:`"
        ["developer guide, Authorizing users and cloud services to use AWS IoT Jobs"]
        "The job data plane asks for actions with the prefix `iotjobsdata:`; older pages print `iot:`.";
    ActionWithoutResource "action-without-resource" Error "an action without a resource of its type"
        ["developer guide, AWS IoT Core action resources"]
        "A request for the action carries one type of resource, and the statement lists none of that type: the action has no effect.";
    NotActionAllow "not-action-allow" Warning "`NotAction` under Allow"
        ["IAM user guide, IAM JSON policy elements: NotAction"]
        "`NotAction` under Allow grants every other action, also those that AWS adds later.";
    RetainOnReserved "retain-on-reserved" Warning "RetainPublish on reserved topics"
        ["developer guide, MQTT"]
        "AWS IoT does not retain messages on topics that start with `$`.";

    // Resources.
    MalformedArn "malformed-arn" Error "not the ARN of an AWS IoT resource"
        ["developer guide, AWS IoT Core action resources"]
        "A resource is `*` or `arn:<partition>:iot:<region>:<account>:<type>/<name>`; no request carries anything else.";
    UnknownResourceType "unknown-resource-type" Error "a type of resource that no request carries"
        ["developer guide, AWS IoT Core action resources"]
        "Requests carry `client`, `topic`, `topicfilter`, `thing` or `rolealias`, in lower case.";
    WrongResourceType "wrong-resource-type" Error "a resource of a type that the actions never ask for"
        ["developer guide, AWS IoT Core action resources"]
        "Each action asks for one type of resource: Connect for `client/`, Publish and Receive for `topic/`, Subscribe for `topicfilter/`. A resource of another type never matches.";
    MqttWildcardInTopic "mqtt-wildcard-in-topic" Error "`+` or `#` in a topic name"
        ["developer guide, Using wildcard characters in MQTT and AWS IoT Core policies"]
        "In a policy `+` and `#` stand for themselves, and no topic name holds them: the resource never matches. The wildcards of policies are `*` and `?`.";
    MqttWildcardInDeny "mqtt-wildcard-in-deny" Warning "`+` or `#` under Deny"
        ["developer guide, IoT policy potentially misconfigured"]
        "In a policy `+` and `#` stand for themselves: only that very filter is denied, not the topics that it takes. Audit reason POLICY_CONTAINS_MQTT_WILDCARDS_IN_DENY_STATEMENT.";
    ImpossibleFilter "impossible-filter" Error "a pattern that no legal topic filter fits"
        ["developer guide, MQTT topics"]
        "`+` must be a whole level, `#` a whole level and the last one: no client can send such a filter.";
    SubscribeToEverything "subscribe-to-everything" Warning "Subscribe on every topic filter"
        ["developer guide, IoT policies overly permissive"]
        "The pattern allows the filter `#` and every other, those of other devices too.";
    PublishToReserved "publish-to-reserved" Warning "Publish on a reserved topic that clients do not publish to"
        ["developer guide, Reserved topics"]
        "Topics that start with `$` belong to AWS IoT: a publish to one that is not meant for it can end the connection.";
    SubscribeToReserved "subscribe-to-reserved" Warning "Subscribe on reserved topics that bring nothing"
        ["developer guide, Reserved topics"]
        "The filter takes only topics that start with `$` and that clients do not subscribe to, or none that exists.";
    ForeignScope "foreign-scope" Warning "another Region, account or partition than the rest"
        ["developer guide, AWS IoT Core action resources"]
        "A connection is to one Region of one account; resources of others never match there.";
    DuplicatePattern "duplicate-pattern" Info "the same text twice in a list"
        ["IAM user guide, Grammar of the IAM JSON policy language"]
        "The second one has no effect, and counts towards the size of the document.";
    NotResourceAllow "not-resource-allow" Info "`NotResource` under Allow"
        ["IAM user guide, IAM JSON policy elements: NotResource"]
        "`NotResource` under Allow grants every other resource, not only those next to the listed ones.";
    EscapeWithParentheses "escape-with-parentheses" Warning "an escape with parentheses"
        ["IAM user guide, IAM policy elements: Variables and tags"]
        "`${*}`, `${?}` and `${$}` stand for the characters themselves. With parentheses, as one page of the developer guide prints them, they are ordinary text and wildcards.";
    ClientIdInConnect "client-id-in-connect" Warning "Connect with any client id"
        ["developer guide, Basic AWS IoT Core policy variables"]
        "`client/${iot:ClientId}` compares the client id with itself: a device may connect as any other, and as `+` or `#`.";

    // Variables.
    UnknownVariable "unknown-variable" Warning "a variable that the documentation does not list"
        ["developer guide, AWS IoT Core policy variables"]
        "A variable without a value makes the pattern match nothing.";
    OldVariableName "old-variable-name" Warning "an old name of a variable"
        ["developer guide, Thing policy variables"]
        "`iot:Thing.ThingName` stands in old samples only; the variable is `iot:Connection.Thing.ThingName`.";
    MisplacedVariable "misplaced-variable" Warning "a variable where none is replaced"
        ["IAM user guide, IAM policy elements: Variables and tags"]
        "Variables are replaced in the sixth part of a resource and in the values of string, ARN and Boolean operators. Elsewhere `${...}` stands for itself.";
    UnterminatedVariable "unterminated-variable" Warning "`${` without `}`"
        ["IAM user guide, IAM policy elements: Variables and tags"]
        "Without its closing brace the text is no variable but stands for itself.";
    VariableWithoutValue "variable-without-value" Error "a variable that can never have a value here"
        ["developer guide, AWS IoT Core policy variables"]
        "Some variables have a value for some requests only, or only in the role policies of the credentials provider; those with several values stand in conditions only. Elsewhere the pattern matches nothing.";
    VariableOverHttp "variable-over-http" Warning "a variable of the MQTT connection for an HTTP call"
        ["developer guide, Thing policy variables"]
        "The client id and the thing of the connection are known over MQTT only; the action is an HTTP call.";
    VariableInNotResource "variable-in-not-resource" Warning "an exception that goes away with its variable"
        ["IAM user guide, IAM policy elements: Variables and tags"]
        "When the variable has no value the pattern in `NotResource` matches nothing, so that the statement allows that resource too.";

    // Conditions.
    UnknownConditionKey "unknown-condition-key" Warning "a condition key that the documentation does not list"
        ["developer guide, AWS IoT Core policy variables"]
        "A key without a value fails positive operators and passes negated ones.";
    KeyNeverPresent "key-never-present" Warning "a condition key that the actions never have"
        ["developer guide, Connect policy examples"]
        "The key has a value for some actions only, `iot:LastWillTopic` and `iot:ConnectAttributes` for Connect: for others the condition has the same answer every time.";
    UnreadableValue "unreadable-value" Error "a value that is not of the operator's kind"
        ["IAM user guide, IAM JSON policy elements: Condition operators"]
        "No request ever matches the value, so that a positive operator holds less often, a negated one more often than it seems.";
    OperatorForKey "operator-for-key" Warning "an operator that does not suit the key"
        ["IAM user guide, IAM JSON policy elements: Condition operators"]
        "Addresses are compared with `IpAddress`, instants with the date operators, ARNs with `ArnLike`: by another operator the values never match.";
    QuantifierMissing "quantifier-missing" Info "a key of several values without `ForAnyValue` or `ForAllValues`"
        ["IAM user guide, Single-valued vs. multivalued context keys"]
        "IAM wants one of the two in front of the operator; here the condition holds when any of the values matches.";
    ForAllValuesAllow "for-all-values-allow" Warning "`ForAllValues` under Allow"
        ["IAM user guide, Single-valued vs. multivalued context keys"]
        "`ForAllValues` holds when the request has no value for the key, so that the statement then allows.";
    WildcardInEquals "wildcard-in-equals" Warning "`*` with an operator that compares whole texts"
        ["IAM user guide, IAM JSON policy elements: Condition operators"]
        "`StringEquals` and its relatives take `*` as itself; `StringLike` knows wildcards.";
    EmptyValues "empty-values" Warning "a condition without values"
        ["IAM user guide, IAM JSON policy elements: Condition operators"]
        "Nothing equals one of no values: a positive operator never holds, a negated one always does.";

    // Relations between statements.
    ReceiveMissing "receive-missing" Info "Subscribe, but no Receive at all"
        ["developer guide, Publish/Subscribe policy examples"]
        "A message is delivered only if `iot:Receive` is allowed on its topic. Without it subscribing succeeds and nothing arrives, unless another policy of the connection allows it.";
    SubscribeMissing "subscribe-missing" Info "Receive, but no Subscribe at all"
        ["developer guide, Publish/Subscribe policy examples"]
        "Without a subscription only direct messages and replies arrive, unless another policy of the connection allows `iot:Subscribe`.";
    SubscribeWithoutReceive "subscribe-without-receive" Warning "a subscription whose messages may not be received"
        ["developer guide, Publish/Subscribe policy examples"]
        "A message is delivered only if `iot:Receive` is allowed on its topic, and it is on none that these filters take: subscribing succeeds and nothing arrives.";
    ReceiveWithoutSubscribe "receive-without-subscribe" Warning "topics that no allowed filter delivers"
        ["developer guide, Publish/Subscribe policy examples"]
        "Receive alone delivers nothing but direct messages: no filter that may be subscribed to takes these topics.";
    ParentNotDelivered "parent-not-delivered" Warning "`x/#` does not deliver `x`"
        ["developer guide, MQTT topics"]
        "On AWS IoT the filter `x/#` takes what is below `x`, not `x` itself, unlike in the MQTT specification.";
    DenyWalkedRound "deny-walked-round" Warning "a denied filter that a wider filter replaces"
        ["developer guide, IoT policy potentially misconfigured"]
        "Denying Subscribe denies filters by their text. A wider filter that is allowed delivers the same topics, unless Receive is denied on them. Audit reason TOPIC_FILTERS_INTENDED_TO_DENY_ALLOWED_USING_WILDCARDS.";
    DenyLostWithoutValue "deny-lost-without-value" Warning "a Deny that goes away with its variable"
        ["IAM user guide, IAM policy elements: Variables and tags"]
        "When the variable has no value the resource matches nothing and denies nothing, while an Allow without the variable still stands.";
    RetainWithoutPublish "retain-without-publish" Warning "RetainPublish without Publish"
        ["developer guide, Retained message policy examples"]
        "A retained message needs `iot:Publish` and `iot:RetainPublish` on its topic; neither includes the other.";
    OverruledStatement "overruled-statement" Warning "an Allow that a Deny takes back as a whole"
        ["IAM user guide, Policy evaluation logic"]
        "A Deny without condition covers all that the statement allows.";
    RedundantStatement "redundant-statement" Info "a statement that another one includes"
        ["IAM user guide, Policy evaluation logic"]
        "Another statement of the same effect covers it, so that it changes nothing.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_kebab_case_and_unique() {
        for (index, id) in LintId::ALL.iter().enumerate() {
            assert_eq!(LintId::parse(id.as_str()), Some(*id));
            assert_eq!(*id as usize, index);
            let kebab = |c: char| c.is_ascii_lowercase() || c == '-';
            assert!(id.as_str().chars().all(kebab), "{id}");
            let style = |text: &str| !text.is_empty() && !text.ends_with(['.', ' ']);
            assert!(style(id.title()) && style(id.source()), "{id}");
            assert!(id.explanation().ends_with('.'), "{id}");
            // The name of the variant, in kebab case.
            let name = alloc::format!("{id:?}").to_ascii_lowercase();
            assert_eq!(id.as_str().replace('-', ""), name);
        }
        assert_eq!(LintId::parse("no-such-lint"), None);
    }
}
