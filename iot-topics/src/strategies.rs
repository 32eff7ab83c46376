//! Strategies for property tests, here and in other crates (feature `proptest1`).
//!
//! The alphabets are small, so that independent values often meet: names and filters are made of
//! the same few levels, empty ones and `$` among them.
//!
//! # Examples
//!
//! ```
//! use iot_topics::strategies::{filter_matching, topic_name};
//! use proptest::prelude::*;
//!
//! proptest!(|(
//!     (name, filter) in topic_name().prop_flat_map(|name| (Just(name.clone()), filter_matching(&name)))
//! )| {
//!     prop_assert!(filter.as_filter_ref().matches(name.as_name_ref()));
//! });
//! ```

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::filter::{MatchMode, TopicFilter};
use crate::ident::{
    AttributeName, AttributeValue, AuthorizerName, CertificateId, ClientId, CommandClientId,
    CommandId, DeviceLocationId, ExecutionId, GroupName, JobId, LifecycleClientId, PolicyName,
    RoleAlias, RuleName, ShadowName, ShareName, StreamId, TemplateName, ThingName, ThingTypeName,
    TopicLevel,
};
use crate::name::TopicName;

/// Legal topic names of one to eight levels.
///
/// # Examples
///
/// ```
/// use iot_topics::TopicNameRef;
/// use iot_topics::strategies::topic_name;
/// use proptest::prelude::*;
///
/// proptest!(|(name in topic_name())| {
///     prop_assert_eq!(TopicNameRef::parse(name.as_str()), Ok(name.as_name_ref()));
///     prop_assert!(name.as_name_ref().levels().count() <= 8);
/// });
/// ```
pub fn topic_name() -> impl Strategy<Value = TopicName> {
    vec(literal(), 1..=8).prop_filter_map("the empty text is no name", |levels| {
        TopicName::try_from(levels.join("/")).ok()
    })
}

/// Legal topic filters of one to eight levels; about one in eight is a shared subscription.
///
/// # Examples
///
/// ```
/// use iot_topics::strategies::{topic_filter, topic_name};
/// use iot_topics::CompiledFilter;
/// use proptest::prelude::*;
///
/// proptest!(|(filter in topic_filter(), name in topic_name())| {
///     let filter = filter.as_filter_ref();
///     let compiled = CompiledFilter::new(filter);
///     prop_assert_eq!(compiled.matches(name.as_name_ref()), filter.matches(name.as_name_ref()));
/// });
/// ```
pub fn topic_filter() -> impl Strategy<Value = TopicFilter> {
    let level = prop_oneof![2 => literal(), 1 => Just("+".to_owned())];
    (share_prefix(), vec(level, 1..=8), any::<bool>()).prop_filter_map(
        "the empty text is no filter",
        |(share, mut levels, open)| {
            if let (true, Some(last)) = (open, levels.last_mut()) {
                "#".clone_into(last);
            }
            TopicFilter::try_from(share + &levels.join("/")).ok()
        },
    )
}

/// Topic filters that take `name`, by either [`MatchMode`].
///
/// # Examples
///
/// ```
/// use iot_topics::TopicName;
/// use iot_topics::strategies::filter_matching;
/// use proptest::prelude::*;
///
/// let name: TopicName = "$aws/things/a/jobs/notify".parse()?;
/// proptest!(|(filter in filter_matching(&name))| {
///     prop_assert!(filter.as_filter_ref().matches(name.as_name_ref()));
///     prop_assert!(filter.as_filter_ref().filter_part().starts_with("$aws")); // never `+/..`
/// });
/// # Ok::<(), iot_topics::TopicError>(())
/// ```
pub fn filter_matching(name: &TopicName) -> impl Strategy<Value = TopicFilter> + use<> {
    let levels: Vec<String> = name.as_name_ref().levels().map(str::to_owned).collect();
    let name = name.clone();
    let count = levels.len();
    (
        share_prefix(),
        vec(any::<bool>(), count),
        prop::option::of(0..count),
    )
        .prop_map(move |(share, wild, open)| {
            let levels = levels.iter().zip(wild);
            let mut levels: Vec<&str> = levels
                .map(|(level, wild)| if wild { "+" } else { level })
                .collect();
            if let Some(open) = open {
                levels.truncate(open);
                levels.push("#");
            }
            share + &levels.join("/")
        })
        .prop_filter_map("a leading wildcard takes no `$`", move |text| {
            let filter = TopicFilter::try_from(text).ok()?;
            let taken = |mode| {
                filter
                    .as_filter_ref()
                    .matches_with(name.as_name_ref(), mode)
            };
            (taken(MatchMode::Aws) && taken(MatchMode::Mqtt)).then_some(filter)
        })
}

fn literal() -> impl Strategy<Value = String> {
    let often = select(["", "a", "b", "ab", "$a", "$aws", "things"].as_slice());
    prop_oneof![
        8 => often.prop_map(str::to_owned),
        1 => "[a-c$é ]{0,9}",
    ]
}

fn share_prefix() -> impl Strategy<Value = String> {
    prop_oneof![
        7 => Just(String::new()),
        1 => "[a-b$é]{1,3}".prop_map(|group| format!("$share/{group}/")),
    ]
}

macro_rules! ident_strategies {
    ($($(#[doc = $doc:literal])* $function:ident, $name:ident, $pattern:literal;)*) => {
        $(
            $(#[doc = $doc])*
            ///
            /// # Examples
            ///
            /// ```
            #[doc = concat!("use iot_topics::", stringify!($name), ";")]
            #[doc = concat!("use iot_topics::strategies::", stringify!($function), ";")]
            /// use proptest::prelude::*;
            ///
            #[doc = concat!("proptest!(|(name in ", stringify!($function), "())| {")]
            #[doc = concat!("    prop_assert!(", stringify!($name), "::check(name.as_str()).is_ok());")]
            /// });
            /// ```
            pub fn $function() -> impl Strategy<Value = $name> {
                $pattern.prop_filter_map("not a name of this kind", |text| {
                    $name::try_from(text).ok()
                })
            }
        )*

        #[cfg(test)]
        mod tests {
            use super::*;

            /// The patterns are those of the API model: none of their texts is refused.
            mod patterns {
                use super::*;

                proptest! {
                    $(
                        #[test]
                        fn $function(text in $pattern) {
                            prop_assert!($name::check(&text).is_ok());
                        }
                    )*
                }
            }
        }
    };
}

ident_strategies! {
    /// Thing names.
    thing_name, ThingName, "[a-c:_-]{1,6}|[a-zA-Z0-9:_-]{1,128}";
    /// Thing type names.
    thing_type_name, ThingTypeName, "[a-c:_-]{1,6}|[a-zA-Z0-9:_-]{1,128}";
    /// Thing group names.
    group_name, GroupName, "[a-c:_-]{1,6}|[a-zA-Z0-9:_-]{1,128}";
    /// Attribute names.
    attribute_name, AttributeName, "[a-zA-Z0-9_.,@/:#-]{1,128}";
    /// Attribute values.
    attribute_value, AttributeValue, "[a-zA-Z0-9_.,@/:#=\\[\\]-]{0,800}";
    /// Shadow names.
    shadow_name, ShadowName, "[$a-c:_-]{1,6}|[$a-zA-Z0-9:_-]{1,64}";
    /// Client identifiers.
    client_id, ClientId, "[a-c+#*?/{}:é][a-c$+#*?/{}:é]{0,6}|[!-#%-~][ -~]{0,127}";
    /// Job ids.
    job_id, JobId, "[a-c_-]{1,6}|[a-zA-Z0-9_-]{1,64}";
    /// Stream ids.
    stream_id, StreamId, "[a-c_-]{1,6}|[a-zA-Z0-9_-]{1,128}";
    /// Names of provisioning templates.
    template_name, TemplateName, "[0-9A-Za-z_-]{1,36}";
    /// Command ids.
    command_id, CommandId, "[a-c_-]{1,6}|[a-zA-Z0-9_-]{1,64}";
    /// Ids under which devices ask for their location.
    device_location_id, DeviceLocationId, "[a-zA-Z0-9-]{1,128}";
    /// Names of rules.
    rule_name, RuleName, "[a-c_]{1,6}|[a-zA-Z0-9_]{1,128}";
    /// Role aliases.
    role_alias, RoleAlias, "[a-zA-Z0-9_=,@-]{1,128}";
    /// Names of custom authorizers.
    authorizer_name, AuthorizerName, "[a-zA-Z0-9_=,@-]{1,128}";
    /// Names of policies.
    policy_name, PolicyName, "[a-zA-Z0-9_+=,.@-]{1,128}";
    /// Certificate ids.
    certificate_id, CertificateId, "[0-9a-f]{64}|[0-9a-fA-F]{64}|0x[0-9a-f]{62}";
    /// Ids of command executions.
    execution_id, ExecutionId, "[a-c_-]{1,6}|[a-zA-Z0-9_-]{1,64}";
    /// Client identifiers that have lifecycle events.
    lifecycle_client_id, LifecycleClientId, "[a-c*?/{}:é][a-c$*?/{}:é]{0,6}|[!%-*,-~][ -\"$-*,-~]{0,127}";
    /// Client identifiers that can be a level of a command topic.
    command_client_id, CommandClientId, "[a-c*?{}:é][a-c$*?{}:é]{0,6}|[!%-*,-.0-~][ -\"$-*,-.0-~]{0,127}";
    /// Levels of reserved topics.
    topic_level, TopicLevel, "[a-c$é]{1,4}|[ -\"$-*,-.0-~]{1,128}";
    /// Share names.
    share_name, ShareName, "[a-c$é]{1,4}|[ -\"$-*,-.0-~é]{1,128}";
}
