//! Reports as CBOR: what is refused, what is ignored, and that a length is only a claim.
#![cfg(feature = "cbor")]
use iot_defender::detect::{
    CustomFault, CustomValue, MetricsReport, Number, ReportErrorKind, ReportReply,
};
use iot_topics::Timestamp;

const HEAD: &[u8] = b"\x63hed\xA2\x63rid\x07\x61v\x631.0";

fn read(payload: &[u8]) -> Result<MetricsReport, ReportErrorKind> {
    MetricsReport::from_cbor(payload).map_err(|error| *error.kind())
}

fn with_metrics(metrics: &[u8]) -> Result<MetricsReport, ReportErrorKind> {
    read(&[b"\xA2", HEAD, b"\x63met", metrics].concat())
}

fn with_bytes_in(value: &[u8]) -> Result<MetricsReport, ReportErrorKind> {
    with_metrics(&[b"\xA1\x62ns\xA1\x62bi", value].concat())
}

fn with_number(value: &[u8]) -> Result<MetricsReport, ReportErrorKind> {
    let custom = b"\x64cmet\xA1\x61n\x81\xA1\x66number";
    read(&[b"\xA2", HEAD, custom, value].concat())
}

#[test]
fn lengths_may_be_open_and_texts_in_pieces() {
    let metrics = b"\x7F\x62me\x61t\xFF\xBF\x62ns\xBF\x62bi\x1B\0\0\0\0\0\0\0\x05\xFF\xFF\xFF";
    let open = read(&[b"\xBF", HEAD, metrics].concat());
    assert!(open.is_ok());
    assert_eq!(open, with_bytes_in(b"\x05"));
}

#[test]
fn values_of_other_types_are_refused() {
    for number in [
        &b"\x20"[..],                            // -1
        b"\x3B\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", // -2^64
        b"\xF9\x3C\0",                           // 1.0, of 16, 32 and 64 bits
        b"\xFA\x3F\x80\0\0",
        b"\xFB\x3F\xF0\0\0\0\0\0\0",
    ] {
        let rule = "a whole number from 0 to 2^64 - 1";
        let wrong = Err(ReportErrorKind::OutOfRange { rule });
        assert_eq!(with_bytes_in(number), wrong, "{number:x?}");
    }
    for (value, found) in [
        (&b"\xC1\x05"[..], "a tagged value"),
        (b"\x41\x05", "a byte string"),
        (b"\x5F\x41\x05\xFF", "a byte string"),
        (b"\xF4", "a Boolean"),
        (b"\xF6", "null"),
        (b"\xF7", "undefined"),
        (b"\xE0", "a simple value"),
        (b"\x80", "an array"),
    ] {
        let expected = "a number";
        let wrong = Err(ReportErrorKind::WrongType { expected, found });
        assert_eq!(with_bytes_in(value), wrong, "{value:x?}");
    }
}

#[test]
fn anything_is_ignored_where_no_field_is() {
    let plain = with_metrics(b"\xA0");
    assert!(plain.is_ok());
    for value in [
        &b"\xC1\xC2\x42\x01\x02"[..],
        b"\xD9\xD9\xF7\xA1\x61a\xC0\x80",
        b"\x5F\x41\x05\x42\x01\x02\xFF",
        b"\x9F\xBF\xFF\x80\xFF",
        b"\xF9\x7E\0",
        b"\xF8\xFF",
        b"\x38\xFF",
        b"\x7F\xFF",
    ] {
        let ignored = with_metrics(&[b"\xA1\x61x", value].concat());
        assert_eq!(ignored, plain, "{value:x?}");
    }
}

#[test]
fn bytes_that_are_not_cbor_are_refused() {
    for payload in [
        &b""[..],
        b"\xA1",
        b"\xA1\x63he",
        b"\xA1\x61\xFF\x00", // not UTF-8
        b"\xBF\x61a\xFF",    // a key without a value
        b"\xA1\x01\x02",     // a key that is no text
        b"\xFF",             // a break
        b"\xBF\x61a\x01",    // no break
        b"\xA1\x61x\x1C",    // reserved
        b"\xA1\x61x\xFC",
        b"\xA1\x61x\xF9\x01",      // half a half
        b"\xA1\x61x\x7F\x41a\xFF", // bytes in a text, and the other way round
        b"\xA1\x61x\x5F\x61a\xFF",
        b"\xA1\x61x\x7F\x7F\xFF\xFF", // a text in pieces, in a text in pieces
        b"\xA1\x61x\xC1",             // a tag on nothing
    ] {
        let refused = read(payload);
        let is_syntax = matches!(refused, Err(ReportErrorKind::Syntax { .. }));
        assert!(is_syntax, "{payload:x?}: {refused:?}");
    }
    let behind = read(&[b"\xA2", HEAD, b"\x63met\xA0\0"].concat());
    let (reason, position) = ("something behind the end", 22);
    assert_eq!(behind, Err(ReportErrorKind::Syntax { reason, position }));
}

#[test]
fn depth_is_bounded() {
    let nested = |levels: usize| {
        let lists = b"\x81".repeat(levels);
        with_metrics(&[b"\xA1\x61x", &lists[..], b"\0"].concat())
    };
    assert!(nested(30).is_ok());
    assert_eq!(nested(31), Err(ReportErrorKind::TooDeep { max: 32 }));
    assert_eq!(nested(100_000), Err(ReportErrorKind::TooDeep { max: 32 }));
    // Tags are within nothing.
    let tags = b"\xC1".repeat(100_000);
    assert!(with_metrics(&[b"\xA1\x61x", &tags[..], b"\0"].concat()).is_ok());
}

/// Nothing is reserved for what is not there.
#[test]
fn huge_lengths_cost_nothing() {
    const CUSTOM: &[u8] = b"\xA1\x64cmet\xA1\x61n\x81\xA1";
    for kind in [0x5B, 0x7B, 0x9B, 0xBB_u8] {
        let huge = [kind, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF];
        for (front, back) in [
            (&b""[..], &b"\x61a\x01"[..]),
            (b"\xA1\x61x", b""),
            (b"\xA1\x63met\xA1\x62tp\xA1\x63pts", b"\xA0\xA0"),
            (&[CUSTOM, b"\x6Bnumber_list"].concat(), b"\x01\x02"),
            (&[CUSTOM, b"\x6Bstring_list\x82"].concat(), b"a"),
        ] {
            let payload = [front, &huge, back].concat();
            assert!(read(&payload).is_err(), "{payload:x?}");
        }
    }
}

#[test]
fn custom_numbers_may_be_of_any_width() {
    for number in [
        &b"\xF9\x3E\0"[..],
        b"\xFA\x3F\xC0\0\0",
        b"\xFB\x3F\xF8\0\0\0\0\0\0",
    ] {
        let custom = with_number(number).unwrap().custom_metrics.unwrap();
        let value = CustomValue::Number(Number::new(1.5).unwrap());
        assert_eq!(custom.get("n"), Some(&value));
    }
    // Infinity, none, and a decimal fraction, which is tagged.
    for number in [
        &b"\xF9\x7C\0"[..],
        b"\xFB\x7F\xF8\0\0\0\0\0\0",
        b"\xC4\x82\x20\x0F",
    ] {
        let report = with_number(number).unwrap();
        assert_eq!(report.dropped[0].fault, CustomFault::Number, "{number:x?}");
    }
}

#[test]
fn an_answer_is_a_map_of_the_same_members() {
    let error = MetricsReport::from_json(br#"{"hed":{"rid":7,"v":"1.0"}}"#).unwrap_err();
    let reply = ReportReply::malformed(&error, Timestamp::from_secs(1));
    let expected = b"\xA5\x69thingName\x64lamp\x68reportId\x07\x66status\x68REJECTED\
        \x6DstatusDetails\xA2\x69ErrorCode\x6EInvalidPayload\
        \x6CErrorMessage\x78\x18Malformed metrics report\x69timestamp\x19\x03\xE8";
    assert_eq!(reply.to_cbor("lamp"), expected);
}
