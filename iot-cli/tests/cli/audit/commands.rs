//! The command lines of the audit whose output is kept.

/// Without `iot`, by the name of their golden file.
pub(crate) const COMMANDS: &[(&str, &str)] = &[
    ("help-audit", "audit -h"),
    ("help-audit-schedule", "audit schedule -h"),
    (
        "audit",
        "audit examples/audit --now 2022-04-20T09:30:51+09:00",
    ),
    (
        "audit-deck",
        "audit iot-cli/tests/data/audit/deck.json --now 2022-04-20T09:30:51+09:00 --task-id \
         9ccc92239f3b0c242826600841cf94dc --checks \
         REVOKED_CA_CERTIFICATE_STILL_ACTIVE_CHECK,DEVICE_CERTIFICATE_SHARED_CHECK,\
         DEVICE_CERTIFICATE_KEY_QUALITY_CHECK,CA_CERTIFICATE_KEY_QUALITY_CHECK,\
         UNAUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK,AUTHENTICATED_COGNITO_ROLE_OVERLY_PERMISSIVE_CHECK,\
         IOT_POLICY_UNRESTRICTED_CHECK,IOT_ROLE_ALIAS_OVERLY_PERMISSIVE_CHECK,\
         IOT_ROLE_ALIAS_ALLOWS_ACCESS_TO_UNUSED_SERVICES_CHECK,CA_CERT_APPROACHING_EXPIRATION_CHECK,\
         CONFLICTING_CLIENT_IDS_CHECK,DEVICE_CERT_APPROACHING_EXPIRATION_CHECK,\
         REVOKED_DEVICE_CERT_CHECK,LOGGING_DISABLED_CHECK",
    ),
    (
        "audit-suppressed",
        "audit examples/audit/policies --now 1650414651 --suppressions \
         iot-cli/tests/data/audit/suppressions.json",
    ),
    (
        "audit-json",
        "audit examples/audit/policies examples/audit/connections.jsonl --now 1650414651 --format \
         json",
    ),
    (
        "audit-sarif",
        "audit examples/audit/policies --now 1650414651 --suppressions \
         iot-cli/tests/data/audit/suppressions.json --format sarif",
    ),
    ("audit-checks", "audit checks"),
    ("audit-checks-json", "audit checks --format json"),
    (
        "audit-schedule",
        "audit schedule MONTHLY --day-of-month LAST --from 2024-02-01",
    ),
    (
        "audit-schedule-json",
        "audit schedule BIWEEKLY --day-of-week FRI --created 2022-04-20 --from 2022-04-22 --count \
         3 --format json",
    ),
    (
        "audit-schedule-wrong",
        "audit schedule MONTHLY --day-of-month 0",
    ),
];
