//! Strategies for property tests, here and in other crates (feature `proptest1`).
//!
//! The alphabets are small, so that independent values often meet. Keys are awkward ones: empty,
//! with dots, quotes, backslashes and control characters, and such that sort on either side of a
//! quote. Numbers are written in all ways that JSON has.
//!
//! # Examples
//!
//! ```
//! use iot_shadow::{delta, merge_patch, strategies::section};
//! use proptest::prelude::*;
//!
//! proptest!(|(desired in section(), reported in section())| {
//!     if let Some(open) = delta(desired.as_ref(), reported.as_ref()) {
//!         let reported = merge_patch(reported.as_ref(), open.as_ref());
//!         prop_assert_eq!(delta(desired.as_ref(), reported.as_ref()), None);
//!     }
//! });
//! ```

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::json::Json;
use crate::operation::Operation;
use crate::profile::{
    DeltaPolicy, EmptyObjects, EmptySection, NullInArrays, Profile, UnknownMember,
};

/// Keys, as JSON text: some of them are the same in other words.
///
/// # Examples
///
/// ```
/// use iot_shadow::strategies::key;
/// use proptest::prelude::*;
///
/// proptest!(|(key in key())| {
///     prop_assert!(key.starts_with('"') && key.parse::<iot_shadow::Json>().is_ok());
/// });
/// ```
pub fn key() -> impl Strategy<Value = String> {
    let others = select(KEYS);
    let often = select([r#""a""#, r#""b""#].as_slice());
    prop_oneof![1 => often, 1 => others].prop_map(str::to_owned)
}

const KEYS: &[&str] = &[
    r#""""#,
    r#""\u0061""#,
    r#""a!""#,
    r##""a#""##,
    r#""a\"""#,
    r#""a\\""#,
    r#""a.b""#,
    r#""a/~b""#,
    r#""$a""#,
    r#""\n""#,
    r#""\u000A""#,
    r#""\u0001""#,
    "\"\u{7f}\"",
    r#""é""#,
    r#""e\u0301""#,
    r#""𝄞""#,
    r#""\uD834\udd1e""#,
    r#""timestamp""#,
    r#""desired""#,
    r#""state""#,
];

/// Numbers as JSON text, in all ways to write them, small and large; many are equal to others.
///
/// # Examples
///
/// ```
/// use iot_shadow::strategies::number;
/// use proptest::prelude::*;
///
/// proptest!(|(number in number())| {
///     prop_assert!(number.parse::<iot_shadow::Json>().is_ok());
/// });
/// ```
pub fn number() -> impl Strategy<Value = String> {
    let near = ("-?", select(NUMBERS)).prop_map(|(sign, digits)| sign + digits);
    prop_oneof![
        4 => near,
        1 => "-?(0|[1-9][0-9]{0,2})(\\.[0-9]{1,3})?([eE][+-]?0{0,2}[0-9]{1,2})?",
        1 => "-?[1-9][0-9]{15,22}(\\.0{1,2})?",
    ]
}

const NUMBERS: &[&str] = &[
    "0",
    "0.0",
    "0e9",
    "1",
    "1.0",
    "1e0",
    "10e-1",
    "0.1E+1",
    "2",
    "20E-01",
    "9007199254740992",
    "9007199254740993",
    "9007199254740993.0",
    "18446744073709551615",
    "18446744073709551616",
    "18446744073709551617",
    "1.8446744073709551616e19",
    "1e-400000000000000000000",
    "1e300",
];

/// Numbers that `serde_json` writes as it read them, whatever its features.
///
/// # Examples
///
/// ```
/// use iot_shadow::strategies::exact_number;
/// use proptest::prelude::*;
///
/// proptest!(|(number in exact_number())| {
///     let read: serde_json::Value = serde_json::from_str(&number).expect("is JSON");
///     prop_assert_eq!(read.to_string(), number);
/// });
/// ```
pub fn exact_number() -> impl Strategy<Value = String> {
    select(EXACT_NUMBERS).prop_map(str::to_owned)
}

const EXACT_NUMBERS: &[&str] = &[
    "0",
    "0.0",
    "-0.0",
    "1",
    "1.0",
    "-1",
    "2",
    "2.5",
    "9007199254740992",
    "9007199254740992.0",
    "9007199254740993",
    "-9223372036854775808",
    "18446744073709551615",
];

/// JSON texts of any shape, with white space, escapes that need not be and keys that come twice.
///
/// # Examples
///
/// ```
/// use iot_shadow::strategies::json_text;
/// use proptest::prelude::*;
///
/// proptest!(|(text in json_text())| {
///     prop_assert!(text.parse::<iot_shadow::Json>().is_ok());
/// });
/// ```
pub fn json_text() -> impl Strategy<Value = String> {
    value(number().boxed(), NULLS_ANYWHERE)
}

/// JSON of any shape.
///
/// # Examples
///
/// ```
/// use iot_shadow::strategies::json;
/// use proptest::prelude::*;
///
/// proptest!(|(json in json())| {
///     prop_assert_eq!(json.as_str().parse::<iot_shadow::Json>(), Ok(json));
/// });
/// ```
pub fn json() -> impl Strategy<Value = Json> {
    json_text().prop_filter_map("a text is JSON", |text| text.parse().ok())
}

/// Objects without null at any depth: what a section of a shadow can be.
///
/// # Examples
///
/// ```
/// use iot_shadow::strategies::section;
/// use proptest::prelude::*;
///
/// proptest!(|(section in section())| {
///     prop_assert!(section.as_ref().is_object());
/// });
/// ```
pub fn section() -> impl Strategy<Value = Json> {
    object(number().boxed(), NO_NULLS).prop_filter_map("a text is JSON", |text| text.parse().ok())
}

/// Objects with nulls, but none in an array: what a section of a request can be.
///
/// # Examples
///
/// ```
/// use iot_shadow::strategies::{patch, section};
/// use proptest::prelude::*;
///
/// proptest!(|(section in section(), patch in patch())| {
///     let merged = iot_shadow::merge_patch(section.as_ref(), patch.as_ref());
///     let again = iot_shadow::merge_patch(merged.as_ref(), patch.as_ref());
///     prop_assert_eq!(again, merged);
/// });
/// ```
pub fn patch() -> impl Strategy<Value = Json> {
    object(number().boxed(), NULL_MEMBERS)
        .prop_filter_map("a text is JSON", |text| text.parse().ok())
}

/// Payloads of updates. Most are legal; each check of AWS IoT refuses some.
///
/// # Examples
///
/// ```
/// use iot_shadow::strategies::{number, request};
/// use proptest::prelude::*;
///
/// proptest!(|(payload in request(number()))| {
///     let read = iot_shadow::UpdateRequest::parse(payload.as_bytes(), &iot_shadow::Profile::aws());
///     if let Err(refused) = read {
///         prop_assert!((400..500).contains(&refused.rejection.code()));
///     }
/// });
/// ```
pub fn request(number: impl Strategy<Value = String> + 'static) -> impl Strategy<Value = String> {
    let number = number.boxed();
    let section = prop_oneof![
        20 => object(number.clone(), NULL_MEMBERS),
        2 => Just("null".to_owned()),
        1 => object(number.clone(), NULLS_ANYWHERE),
        1 => (1..12_usize, any::<bool>()).prop_map(|(levels, array)| deep(levels, array)),
        1 => (0..9_000_usize).prop_map(|length| format!("{{\"long\":\"{}\"}}", "x".repeat(length))),
        1 => scalar(number.clone()),
    ]
    .boxed();
    let [desired, reported] = ["desired", "reported"].map(|name| {
        let member = section
            .clone()
            .prop_map(move |value| format!("\"{name}\":{value}"));
        option::weighted(0.7, member)
    });
    let unknown = option::weighted(0.03, select([r#""delta":{}"#, r#""x":1"#].as_slice()))
        .prop_map(|member| member.map(str::to_owned));
    let sections = (desired, reported, unknown)
        .prop_map(|(desired, reported, unknown)| [desired, reported, unknown])
        .prop_shuffle()
        .prop_map(|members| braces(members.into_iter().flatten()))
        .boxed();
    let state = prop_oneof![
        30 => sections,
        1 => Just("null".to_owned()),
        1 => value(number.clone(), NULLS_ANYWHERE),
    ];
    let members = (
        option::weighted(0.97, state.prop_map(|state| format!("\"state\":{state}"))),
        option::weighted(0.2, version()),
        option::weighted(0.5, client_token()),
        option::weighted(
            0.1,
            Just("\"metadata\":{\"desired\":{\"a\":{}}}".to_owned()),
        ),
    );
    let members = members.prop_map(|(state, version, token, other)| [state, version, token, other]);
    let whole = members
        .prop_shuffle()
        .prop_map(|members| braces(members.into_iter().flatten()))
        .boxed();
    prop_oneof![
        30 => whole.clone(),
        1 => value(number, NULLS_ANYWHERE),
        1 => (whole, 0..40_usize).prop_map(|(text, cut)| {
            let length = text.chars().count().saturating_sub(cut + 1);
            text.chars().take(length).collect()
        }),
    ]
}

/// Operations with their payloads, and how long after the one before each comes: mostly seconds,
/// now and then as long as AWS IoT keeps the version of what was deleted.
///
/// # Examples
///
/// ```
/// use iot_shadow::strategies::{number, operations, profile};
/// use proptest::prelude::*;
///
/// let start = iot_topics::Timestamp::from_secs(1_700_000_000);
/// proptest!(|(profile in profile(), operations in operations(number()))| {
///     let (mut shadow, mut now) = (iot_shadow::Shadow::default(), start);
///     for (operation, payload, pause) in operations {
///         now = now.saturating_add(pause);
///         let before = shadow.clone();
///         let code = shadow.handle(operation, &payload, now, &profile).code();
///         prop_assert!(code == 200 || shadow == before);
///     }
/// });
/// ```
pub fn operations(
    number: impl Strategy<Value = String> + 'static,
) -> impl Strategy<Value = Vec<(Operation, Vec<u8>, Duration)>> {
    let request = request(number).prop_map(String::into_bytes).boxed();
    let other = prop_oneof![
        4 => Just(Vec::new()),
        3 => client_token().prop_map(|token| braces([token]).into_bytes()),
        2 => request.clone(),
        1 => vec(any::<u8>(), 0..8),
    ]
    .boxed();
    let payload = prop_oneof![
        40 => request,
        1 => vec(any::<u8>(), 0..8),
    ];
    let call = prop_oneof![
        8 => (Just(Operation::Update), payload),
        2 => (Just(Operation::Get), other.clone()),
        1 => (Just(Operation::Delete), other),
    ];
    let pause = prop_oneof![
        9 => (0..4_000_u64).prop_map(Duration::from_millis),
        1 => select([172_799, 172_800, 172_801].as_slice()).prop_map(Duration::from_secs),
    ];
    let step = (call, pause).prop_map(|((operation, payload), pause)| (operation, payload, pause));
    vec(step, 1..24)
}

/// Profiles: each option is as in AWS IoT in half of them.
///
/// # Examples
///
/// ```
/// use iot_shadow::strategies::profile;
/// use proptest::prelude::*;
///
/// proptest!(|(profile in profile())| {
///     prop_assert!(profile.max_depth > 0);
/// });
/// ```
pub fn profile() -> impl Strategy<Value = Profile> {
    let sizes = (
        select([8_usize, 8, 6, 5, 2].as_slice()),
        select([8_192_usize, 8_192, 30_720, 64].as_slice()),
        select([Some(172_800), Some(172_800), Some(0), None].as_slice()),
        select([2_u64, 2, 1, 5].as_slice()),
    );
    (sizes, any::<[bool; 8]>()).prop_map(|((depth, bytes, ttl, gap), on)| {
        let [
            changes,
            prune,
            clear,
            timestamp,
            metadata,
            nulls,
            ignore,
            dollar,
        ] = on;
        let mut profile = Profile::aws();
        profile.max_depth = depth;
        profile.max_document_bytes = bytes;
        profile.tombstone_ttl = ttl.map(Duration::from_secs);
        profile.recreate_gap = gap;
        if changes {
            profile.delta_policy = DeltaPolicy::OnSectionChange;
        }
        if prune {
            profile.empty_objects = EmptyObjects::Prune;
        }
        if clear {
            profile.empty_section = EmptySection::Clear;
        }
        if nulls {
            profile.null_in_arrays = NullInArrays::Keep;
        }
        if ignore {
            profile.unknown_state_member = UnknownMember::Ignore;
        }
        profile.rejected_timestamp = timestamp;
        profile.metadata_delta_in_get = metadata;
        profile.shadow_name_dollar = dollar;
        profile
    })
}

/// Where null may stand.
#[derive(Clone, Copy)]
struct Nulls {
    members: u32,
    elements: u32,
}

const NO_NULLS: Nulls = Nulls {
    members: 0,
    elements: 0,
};
const NULL_MEMBERS: Nulls = Nulls {
    members: 1,
    elements: 0,
};
const NULLS_ANYWHERE: Nulls = Nulls {
    members: 1,
    elements: 1,
};

fn scalar(number: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    prop_oneof![
        4 => number,
        1 => any::<bool>().prop_map(|value| format!("{value}")),
        1 => key(),
    ]
}

fn value(number: BoxedStrategy<String>, nulls: Nulls) -> impl Strategy<Value = String> {
    let leaf = element(scalar(number.clone()).boxed(), nulls.members);
    prop_oneof![
        3 => leaf,
        1 => array(number.clone(), nulls),
        2 => object(number, nulls),
    ]
}

/// Members may be objects of objects, and arrays.
fn object(number: BoxedStrategy<String>, nulls: Nulls) -> impl Strategy<Value = String> {
    let scalar = scalar(number.clone()).boxed();
    let leaf = prop_oneof![
        4 => element(scalar, nulls.members),
        1 => array(number, nulls),
    ];
    let value = leaf.prop_recursive(3, 24, 4, |value| members(value.boxed()));
    members(value.boxed())
}

fn members(value: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    let member =
        (key(), value, space()).prop_map(|(key, value, space)| format!("{key}:{space}{value}"));
    (vec(member, 0..5), space()).prop_map(|(members, space)| {
        let text = members.join(&format!("{space},"));
        format!("{{{space}{text}}}")
    })
}

fn array(number: BoxedStrategy<String>, nulls: Nulls) -> impl Strategy<Value = String> {
    // A member of an object in an array is in the array too.
    let leaf = element(scalar(number).boxed(), nulls.elements);
    let element = leaf.prop_recursive(2, 8, 3, |value| {
        let value = value.boxed();
        prop_oneof![members(value.clone()), elements(value)]
    });
    elements(element.boxed())
}

fn elements(value: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    (vec(value, 0..4), space())
        .prop_map(|(elements, space)| format!("[{space}{}]", elements.join(",")))
}

fn element(value: BoxedStrategy<String>, nulls: u32) -> BoxedStrategy<String> {
    match nulls {
        0 => value,
        _ => prop_oneof![3 => value, 1 => Just("null".to_owned())].boxed(),
    }
}

fn space() -> impl Strategy<Value = &'static str> {
    select(["", "", "", " ", "\t\r\n"].as_slice())
}

fn version() -> impl Strategy<Value = String> {
    const WRONG: &[&str] = &["null", "\"1\"", "1.0", "-1", "1e0", "18446744073709551615"];
    let wrong = select(WRONG).prop_map(str::to_owned);
    let version = (0..6_u8).prop_map(|version| format!("{version}"));
    prop_oneof![6 => version, 1 => wrong].prop_map(|version| format!("\"version\":{version}"))
}

fn client_token() -> impl Strategy<Value = String> {
    let token = prop_oneof![
        4 => key(),
        1 => (60..68_usize).prop_map(|length| format!("\"{}\"", "t".repeat(length))),
        1 => (30..34_usize).prop_map(|length| format!("\"{}\"", "é".repeat(length))),
        1 => select(["7", "null", "[\"t\"]"].as_slice()).prop_map(str::to_owned),
    ];
    token.prop_map(|token| format!("\"clientToken\":{token}"))
}

/// A section of that many levels.
fn deep(levels: usize, array: bool) -> String {
    let (open, close) = if array { ("[", "]") } else { ("{\"a\":", "}") };
    let (open, close) = (open.repeat(levels - 1), close.repeat(levels - 1));
    format!("{{\"a\":{open}1{close}}}")
}

fn braces(members: impl IntoIterator<Item = String>) -> String {
    let members: Vec<String> = members.into_iter().collect();
    format!("{{{}}}", members.join(","))
}
