//! The shape of the public surface: what every type can do, and that serde checks.

#![expect(clippy::expect_used, reason = "helpers of tests")]

use alloc::collections::BTreeSet;
use core::borrow::Borrow;
use core::fmt::{Debug, Display};
use core::hash::Hash;
use core::str::FromStr;
use std::collections::HashSet;

use iot_topics::{
    AttributeName, AttributeValue, AuthorizerName, CertificateId, ClientId, CommandClientId,
    CommandId, CompiledFilter, DeviceLocationId, ExecutionId, FilterLevel, FilterLevels, GroupName,
    IdentError, JobId, Levels, LifecycleClientId, Limits, MatchMode, PolicyName, RoleAlias,
    RuleName, ShadowName, ShareName, StreamId, TemplateName, ThingName, ThingTypeName, Timestamp,
    TopicError, TopicErrorKind, TopicFilter, TopicFilterRef, TopicLevel, TopicName, TopicNameRef,
    UnknownWord, event, reserved,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

const fn is_shareable<T: Send + Sync + Debug + Unpin + 'static>() {}

const fn is_error<T: core::error::Error + Clone + Eq + Send + Sync + 'static>() {}

/// Every way into the type and out of it.
trait Text<E>:
    FromStr<Err = E>
    + for<'a> TryFrom<&'a str, Error = E>
    + TryFrom<String, Error = E>
    + Into<String>
    + AsRef<str>
    + Borrow<str>
    + Display
    + Clone
    + Ord
    + Hash
    + Serialize
    + DeserializeOwned
{
}

impl<E, T> Text<E> for T where
    T: FromStr<Err = E>
        + for<'a> TryFrom<&'a str, Error = E>
        + TryFrom<String, Error = E>
        + Into<String>
        + AsRef<str>
        + Borrow<str>
        + Display
        + Clone
        + Ord
        + Hash
        + Serialize
        + DeserializeOwned
{
}

macro_rules! each {
    ($check:ident: $($name:ty),* $(,)?) => { $($check::<$name>();)* };
}

#[test]
fn everything_can_be_shared_and_shown() {
    each!(is_shareable:
        AttributeName, AttributeValue, AuthorizerName, CertificateId, ClientId, CommandId,
        CompiledFilter, DeviceLocationId, FilterLevel<'static>, FilterLevels<'static>, GroupName,
        IdentError, JobId, Levels<'static>, Limits, MatchMode, PolicyName, RoleAlias, RuleName,
        ShadowName, ShareName, StreamId, TemplateName, ThingName, ThingTypeName, Timestamp,
        TopicError, TopicErrorKind, TopicFilter, TopicFilterRef<'static>, TopicName,
        TopicNameRef<'static>, CommandClientId, ExecutionId, LifecycleClientId, TopicLevel,
        reserved::ReservedTopic, reserved::CatalogueEntry, reserved::JobSelector, event::Event,
    );
    each!(is_error: IdentError, TopicError, TopicErrorKind, UnknownWord);
}

/// The text goes in and out unchanged by every way, and `wrong` by none.
fn check_text<T: Text<E> + Debug, E: Debug>(good: &str, wrong: &str) {
    let value = T::try_from(good).expect(good);
    assert_eq!(T::try_from(good.to_owned()).expect(good), value);
    assert_eq!(good.parse::<T>().expect(good), value);
    assert_eq!(value.to_string(), good);
    assert_eq!(format!("{value:>90}"), format!("{good:>90}"));
    assert_eq!(AsRef::<str>::as_ref(&value), good);
    assert_eq!(Borrow::<str>::borrow(&value), good);
    assert_eq!(Into::<String>::into(value.clone()), good);
    let json = serde_json::to_string(&value).expect("a text");
    assert_eq!(json, serde_json::to_string(good).expect("a text"));
    assert_eq!(serde_json::from_str::<T>(&json).expect("as written"), value);

    assert!(T::try_from(wrong).is_err());
    assert!(T::try_from(wrong.to_owned()).is_err());
    assert!(wrong.parse::<T>().is_err());
    let json = serde_json::to_string(wrong).expect("a text");
    assert!(serde_json::from_str::<T>(&json).is_err());
    assert!(serde_json::from_str::<T>("7").is_err());
}

#[test]
fn texts_are_checked_by_every_way_in() {
    check_text::<TopicName, _>("a//\u{e9}", "a/+");
    check_text::<TopicFilter, _>("$share/g/a/+/#", "$share/g");
    let most = |count: usize| ("a".repeat(count), "a".repeat(count + 1));
    macro_rules! longest {
        ($($name:ty, $count:literal;)*) => {
            $(let (good, wrong) = most($count); check_text::<$name, IdentError>(&good, &wrong);)*
        };
    }
    longest! {
        ThingName, 128; ThingTypeName, 128; GroupName, 128; AttributeName, 128;
        AttributeValue, 800; ShadowName, 64; ClientId, 128; JobId, 64; StreamId, 128;
        TemplateName, 36; CommandId, 64; DeviceLocationId, 128; RuleName, 128; RoleAlias, 128;
        AuthorizerName, 128; PolicyName, 128; CertificateId, 64; ShareName, 128; ExecutionId, 64;
        LifecycleClientId, 128; CommandClientId, 128; TopicLevel, 128;
    }
}

/// The prefix is of the first two characters, and counted.
#[test]
fn a_certificate_id_may_begin_with_0x() {
    let id = |prefix: &str| format!("{prefix}{}", "b".repeat(64 - prefix.len()));
    for good in ["", "0x", "00"].map(id) {
        check_text::<CertificateId, IdentError>(&good, &format!("{good}b"));
    }
    for wrong in ["0X", "x", "1x", "00x", "0xx", "a0x"].map(id) {
        assert!(CertificateId::parse(&wrong).is_err(), "{wrong}");
    }
    assert!(CertificateId::parse(&format!("0x{}", "b".repeat(64))).is_err());
}

/// Every ASCII character alone, in the middle of a name: exactly those of the pattern pass.
#[test]
fn characters_are_those_of_the_api_model() {
    fn allowed<T: FromStr>(repeat: usize) -> String {
        let text = |ch: char| format!("a{}", ch.to_string().repeat(repeat));
        let passes = |ch: &char| text(*ch).parse::<T>().is_ok();
        ('\0'..='\u{ff}').filter(passes).collect()
    }
    let alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let with = |more: &str| {
        let mut all: Vec<char> = alphanumeric.chars().chain(more.chars()).collect();
        all.sort_unstable();
        all.into_iter().collect::<String>()
    };
    assert_eq!(allowed::<ThingName>(1), with(":_-"));
    assert_eq!(allowed::<ThingTypeName>(1), with(":_-"));
    assert_eq!(allowed::<GroupName>(1), with(":_-"));
    assert_eq!(allowed::<AttributeName>(1), with("_.,@/:#-"));
    assert_eq!(allowed::<AttributeValue>(1), with("_.,@/:#=[]-"));
    assert_eq!(allowed::<ShadowName>(1), with("$:_-"));
    assert_eq!(allowed::<JobId>(1), with("_-"));
    assert_eq!(allowed::<StreamId>(1), with("_-"));
    assert_eq!(allowed::<TemplateName>(1), with("_-"));
    assert_eq!(allowed::<CommandId>(1), with("_-"));
    assert_eq!(allowed::<DeviceLocationId>(1), with("-"));
    assert_eq!(allowed::<RuleName>(1), with("_"));
    assert_eq!(allowed::<RoleAlias>(1), with("_=,@-"));
    assert_eq!(allowed::<AuthorizerName>(1), with("_=,@-"));
    assert_eq!(allowed::<PolicyName>(1), with("_+=,.@-"));
    assert_eq!(allowed::<CertificateId>(63), "0123456789ABCDEFabcdef");
    assert_eq!(allowed::<ClientId>(1).chars().count(), 255); // all but U+0000
    assert_eq!(allowed::<ShareName>(1).chars().count(), 252); // nor `/`, `+`, `#`
    assert_eq!(allowed::<ExecutionId>(1), with("_-"));
    assert_eq!(allowed::<LifecycleClientId>(1).chars().count(), 253); // nor `+`, `#`
    assert_eq!(allowed::<CommandClientId>(1).chars().count(), 252); // nor `/`, `+`, `#`
    assert_eq!(allowed::<TopicLevel>(1).chars().count(), 252);
    assert!(LifecycleClientId::check("$c").is_err() && CommandClientId::check("$c").is_err());
    assert!(TopicLevel::check("$c").is_ok());
}

#[test]
fn lengths_have_a_least() {
    assert_eq!(ThingName::check(""), Err(IdentError::Empty));
    assert_eq!(AttributeValue::check(""), Ok(()));
    assert_eq!(CertificateId::check(""), Err(IdentError::Empty));
    assert_eq!(
        CertificateId::check(&"0".repeat(63)),
        Err(IdentError::TooShort { min: 64, got: 63 })
    );
    assert_eq!(
        ClientId::check("$c"),
        Err(IdentError::BadChar {
            ch: '$',
            position: 0
        })
    );
    assert_eq!(
        ClientId::check(&"\u{e9}".repeat(65)),
        Err(IdentError::TooLong { max: 128, got: 130 })
    );
}

#[test]
fn views_and_owned_convert_into_each_other() {
    let name = TopicName::try_from("a/b").expect("legal");
    let view = TopicNameRef::from(&name);
    assert_eq!(TopicName::from(view), name);
    assert_eq!(<&str>::from(view), "a/b");
    assert_eq!(TopicNameRef::try_from("a/b").expect("legal"), view);
    assert_eq!(serde_json::to_string(&view).expect("a text"), r#""a/b""#);

    let filter = TopicFilter::try_from("$share/g/a/+").expect("legal");
    let view = TopicFilterRef::from(&filter);
    assert_eq!(TopicFilter::from(view), filter);
    assert_eq!(<&str>::from(view), "$share/g/a/+");
    assert_eq!(CompiledFilter::from(view).as_filter_ref(), view);
    assert_eq!(CompiledFilter::from(view).to_string(), view.to_string());
    assert_eq!(
        serde_json::to_string(&view).expect("a text"),
        r#""$share/g/a/+""#
    );
}

/// `Borrow<str>` promises that a map of filters can be asked with a text.
#[test]
fn filters_are_ordered_and_hashed_as_their_texts() {
    let texts = ["$share/g/b", "a/+", "a", "$share/h/a"];
    let sorted: BTreeSet<TopicFilter> = texts.iter().map(|t| t.parse().expect(t)).collect();
    let hashed: HashSet<TopicFilter> = sorted.iter().cloned().collect();
    for text in texts {
        assert!(sorted.contains(text) && hashed.contains(text));
    }
    let order: Vec<&str> = sorted.iter().map(TopicFilter::as_str).collect();
    assert!(order.is_sorted());
    assert!(sorted.iter().map(TopicFilter::as_filter_ref).is_sorted());
}

#[test]
fn timestamps_are_milliseconds_in_json() {
    let at = Timestamp::from_secs(1_700_000_000);
    assert_eq!(
        serde_json::to_string(&at).expect("a number"),
        "1700000000000"
    );
    assert_eq!(
        serde_json::from_str::<Timestamp>("1700000000000").expect("a number"),
        at
    );
    assert!(serde_json::from_str::<Timestamp>("-1").is_err());
}

#[test]
fn messages_name_the_rule_and_the_place() {
    let message = |text: &str| TopicFilterRef::parse(text).expect_err(text).to_string();
    assert_eq!(message(""), "the text is empty at byte 0");
    assert_eq!(
        message("$share/g"),
        "`$share/<group>` needs a topic filter at byte 8"
    );
    assert_eq!(
        message("a/b/c/d/e/f/g/h/i"),
        "8 slashes exceed the limit of 7 at byte 15"
    );
    let error = ThingName::parse("a\u{1}").expect_err("a control character");
    assert_eq!(error.to_string(), r"`\u{1}` is not allowed at byte 1");
}
