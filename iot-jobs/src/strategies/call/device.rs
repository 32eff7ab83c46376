//! Requests of devices.

use alloc::borrow::ToOwned as _;
use alloc::format;
use alloc::string::ToString as _;

use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::{Call, maybe, members, number, thing, words};
use crate::strategies::{execution_status, job_id, slipped, status_details};

fn step_minutes() -> impl Strategy<Value = i64> {
    prop_oneof![6 => 1..=3_i64, 2 => Just(-1_i64), 1 => -2..=10_081_i64]
}

pub(super) fn device() -> impl Strategy<Value = Call> {
    let token = || maybe(0.3, words());
    let start = (
        maybe(0.3, slipped(status_details()).boxed()),
        maybe(0.3, step_minutes()),
        token(),
    );
    let start = start.prop_map(|(details, step, token)| {
        members([
            ("statusDetails", details),
            ("stepTimeoutInMinutes", step),
            ("clientToken", token),
        ])
    });
    let describe = (maybe(0.2, number()), maybe(0.3, any::<bool>()), token());
    let describe = describe.prop_map(|(number, document, token)| {
        members([
            ("executionNumber", number),
            ("includeJobDocument", document),
            ("clientToken", token),
        ])
    });
    let get = token().prop_map(|token| members([("clientToken", token)]));
    let next = prop_oneof![3 => job_id(), 1 => Just("$next".to_owned())];
    let path = prop_oneof![
        6 => (Just("start-next".to_owned()), slipped(start).boxed()),
        10 => (job_id().prop_map(|job| format!("{job}/update")), slipped(update()).boxed()),
        3 => (next.prop_map(|job| format!("{job}/get")), slipped(describe).boxed()),
        1 => (Just("get".to_owned()), slipped(get).boxed()),
        1 => (select(ODD).prop_map(str::to_owned), Just(json!({})).boxed()),
    ];
    let payload = option::weighted(
        0.04,
        select([b"".as_slice(), b"{", b"[]", b"\xff", b"null"].to_vec()),
    );
    (thing(), path, payload).prop_map(|(thing, (path, request), raw)| Call::Publish {
        topic: format!("$aws/things/{thing}/jobs/{path}"),
        payload: raw.map_or_else(|| request.to_string().into_bytes(), <[u8]>::to_vec),
    })
}

/// Topics behind `jobs/` that are of no API.
const ODD: &[&str] = &[
    "",
    "notify",
    "A",
    "A/get/accepted",
    "$next/update",
    "a.b/get",
    "A/",
    "/get",
];

fn update() -> impl Strategy<Value = Value> {
    let status = prop_oneof![
        20 => select(["IN_PROGRESS", "SUCCEEDED", "FAILED", "FAILED", "REJECTED"].as_slice()),
        1 => execution_status().prop_map(|it| it.as_str()),
    ];
    let version = prop_oneof![
        4 => number().prop_map(Value::from),
        1 => number().prop_map(|it| it.to_string().into()),
        1 => select([json!("+1"), json!(1.5), json!(""), json!("01")].to_vec()),
    ];
    let first = (
        status,
        maybe(0.3, slipped(status_details()).boxed()),
        maybe(0.15, version),
        maybe(0.1, number()),
    );
    let second = (
        maybe(0.3, any::<bool>()),
        maybe(0.2, any::<bool>()),
        maybe(0.3, step_minutes()),
        maybe(0.3, words()),
    );
    (first, second).prop_map(|(first, second)| {
        let (status, details, version, number) = first;
        let (state, document, step, token) = second;
        members([
            ("status", Some(status.into())),
            ("statusDetails", details),
            ("expectedVersion", version),
            ("executionNumber", number),
            ("includeJobExecutionState", state),
            ("includeJobDocument", document),
            ("stepTimeoutInMinutes", step),
            ("clientToken", token),
        ])
    })
}
