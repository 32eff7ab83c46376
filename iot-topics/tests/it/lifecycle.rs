//! Disconnect reasons, wills, keep-alive, presence.

use iot_topics::lifecycle::DisconnectReason;

#[test]
fn every_reason_keeps_its_text() {
    for reason in DisconnectReason::ALL {
        assert_eq!(reason.as_str().parse(), Ok(reason));
        let json = serde_json::to_string(&reason).unwrap();
        assert_eq!(json, format!("\"{reason}\""));
        assert_eq!(
            serde_json::from_str::<DisconnectReason>(&json).unwrap(),
            reason
        );
        assert_eq!(
            reason.is_client_initiated(),
            reason.as_str() == "CLIENT_INITIATED_DISCONNECT"
        );
    }
    // An escape in the JSON text makes serde hand over a copy instead of a slice of the input.
    let escaped = r#""CLIENT\u005fERROR""#;
    assert_eq!(
        serde_json::from_str::<DisconnectReason>(escaped).unwrap(),
        DisconnectReason::ClientError
    );
    for text in [
        "",
        "NONE ",
        "none",
        "DUPLICATE_CLIENT_ID",
        "CONNECTION_LOST\0",
    ] {
        assert!(text.parse::<DisconnectReason>().is_err(), "{text:?}");
    }
    assert!(serde_json::from_str::<DisconnectReason>("null").is_err());
    assert!(serde_json::from_str::<DisconnectReason>("\"LOST\"").is_err());
}
