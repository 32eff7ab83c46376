//! Tests of the crate as its users see it.

extern crate alloc;

mod audit_account;
mod audit_api;
mod audit_run;
#[path = "../../../iot-policy/tests/it/cases.rs"]
mod cases;
mod cases_behavior;
mod cases_certificate;
mod cases_cost;
mod cases_history;
mod cases_machinery;
mod cases_ml;
mod cases_policy;
mod cases_report;
mod cases_series;
mod cases_words;
mod cloud;
mod conformance_audit;
mod conformance_detect;
mod detect_laws;
mod detect_oracle;
mod detect_series;
mod detect_targets;
mod detect_windows;
mod history;
mod history_oracle;
mod inventory;
mod inventory_detect;
mod inventory_reports;
mod key_samples;
mod misconfiguration;
mod mitigation;
mod ml_inventory;
mod ml_laws;
mod ml_models;
mod nab;
mod openssl;
mod permissive;
mod report;
mod report_cbor;
mod report_laws;
mod suppression;
mod threats;
mod unreadable_keys;
