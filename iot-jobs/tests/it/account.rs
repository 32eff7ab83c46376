//! An account for tests: the engine, a world of things, groups, packages and signed URLs, and what
//! was sent.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::needless_pass_by_value,
    reason = "helpers of tests ask what is right"
)]

use core::cell::Cell;

use iot_jobs::{
    ApiError, Effect, EffectKind, Engine, ManagedTemplate, Operation, PresignKind,
    PresignedUrlConfig, World,
};
use iot_topics::Timestamp;
use serde_json::{Map, Value, json};

pub(crate) const NOW: u64 = 1_709_546_400; // 2024-03-04T10:00
pub(crate) const ROLE: &str = "arn:aws:iam::123456789012:role/signer";

/// Knows every thing, the group `all` with `T1` and `T2`, and the package `app`, whose default is
/// version 2.
#[derive(Debug, Default)]
pub(crate) struct Fleet {
    pub(crate) managed: Vec<ManagedTemplate>,
    /// How often a document was read and a URL signed.
    pub(crate) read: Cell<u32>,
    pub(crate) signed: Cell<u32>,
}

impl World for Fleet {
    fn has_thing(&self, _: &str) -> bool {
        true
    }

    fn has_group(&self, group: &str) -> bool {
        group == "all"
    }

    fn is_member(&self, thing: &str, group: &str) -> bool {
        group == "all" && matches!(thing, "T1" | "T2")
    }

    fn members(&self, group: &str, each: &mut dyn FnMut(&str)) {
        if group == "all" {
            each("T1");
            each("T2");
        }
    }

    fn read_document(&self, source: &str) -> Option<String> {
        self.read.set(self.read.get() + 1);
        match source.strip_prefix("s3:")? {
            "long" => Some(format!("\"{}\"", "x".repeat(32_767))),
            text => Some(text.to_owned()),
        }
    }

    fn has_package_version(&self, package: &str, version: &str) -> bool {
        package == "app" && matches!(version, "1" | "2" | "$default") || package == "lib"
    }

    fn default_version(&self, package: &str) -> Option<String> {
        (package == "app").then(|| "2".to_owned())
    }

    fn package_attributes(&self, package: &str, version: &str) -> Option<Map<String, Value>> {
        let attributes = json!({"hash": format!("#{version}\""), "size": 7});
        let known = package == "app" && matches!(version, "1" | "2");
        known.then(|| attributes.as_object().unwrap().clone())
    }

    fn code_signature(&self, of: &str) -> Option<String> {
        (of == "job-1").then(|| "c2ln".to_owned())
    }

    fn presign(&self, kind: PresignKind, url: &str, config: &PresignedUrlConfig) -> Option<String> {
        self.signed.set(self.signed.get() + 1);
        assert_eq!(config.role_arn(), Some(ROLE));
        let seconds = config.expires_in_seconds();
        (!url.ends_with("/refused")).then(|| format!("{}:{url}:{seconds}", kind.as_str()))
    }

    fn presign_artifact(
        &self,
        package: &str,
        version: &str,
        _: &PresignedUrlConfig,
    ) -> Option<String> {
        Some(format!("artifact:{package}:{version}"))
    }

    fn managed_templates(&self) -> Vec<ManagedTemplate> {
        self.managed.clone()
    }

    fn event_id(&self, number: u64) -> String {
        format!("event-{number}")
    }
}

/// Packages with their versions.
pub(crate) type Packages = Vec<(String, Option<String>)>;

#[derive(Debug)]
pub(crate) struct Account {
    pub(crate) engine: Engine,
    pub(crate) fleet: Fleet,
    /// Topics and payloads.
    pub(crate) sent: Vec<(String, Value)>,
    /// Things and what they have got.
    pub(crate) installed: Vec<(String, Packages)>,
    pub(crate) now: u64,
}

impl Account {
    pub(crate) fn new() -> Self {
        Self {
            engine: Engine::new("us-east-1", "123456789012"),
            fleet: Fleet::default(),
            sent: Vec::new(),
            installed: Vec::new(),
            now: NOW,
        }
    }

    pub(crate) fn apply(&mut self, operation: Operation<'_>) -> Result<Value, ApiError> {
        let mut sink = |effect: Effect<'_>| {
            let payload = serde_json::from_str(&effect.payload()).unwrap();
            self.sent.push((effect.topic(), payload));
            if let EffectKind::PackageVersionsInstalled { thing, packages } = effect.kind() {
                let packages = packages.iter().map(|entry| {
                    let version = entry.version().map(str::to_owned);
                    (entry.package().to_owned(), version)
                });
                self.installed.push((thing.to_owned(), packages.collect()));
            }
        };
        let now = Timestamp::from_secs(self.now);
        self.engine.apply(operation, &self.fleet, &mut sink, now)
    }

    pub(crate) fn call(&mut self, api: &str, arguments: Value) -> Result<Value, ApiError> {
        self.apply(Operation::Control {
            api,
            arguments: &arguments,
        })
    }

    /// The exception of a refused call.
    pub(crate) fn refused(&mut self, api: &str, arguments: Value) -> &'static str {
        let shown = arguments.to_string();
        match self.call(api, arguments) {
            Ok(answer) => panic!("{api} {shown}: {answer}"),
            Err(error) => error.kind().as_str(),
        }
    }

    /// Creates a job on `T1` with these members beside.
    pub(crate) fn create(&mut self, id: &str, members: &Value) -> Result<Value, ApiError> {
        let mut arguments = json!({"jobId": id, "targets": [arn("thing/T1")]});
        for (name, value) in members.as_object().unwrap() {
            arguments[name] = value.clone();
        }
        self.call("CreateJob", arguments)
    }

    pub(crate) fn job(&mut self, id: &str) -> Value {
        self.call("DescribeJob", json!({"jobId": id})).unwrap()["job"].take()
    }

    /// Sends a request of `T1` and gives the answer.
    pub(crate) fn device(&mut self, request: &str, payload: &Value) -> Value {
        let topic = format!("$aws/things/T1/jobs/{request}");
        let payload = payload.to_string();
        let before = self.sent.len();
        let publish = Operation::Publish {
            topic: &topic,
            payload: payload.as_bytes(),
        };
        self.apply(publish).unwrap();
        self.sent[before].1.clone()
    }
}

pub(crate) fn arn(resource: &str) -> String {
    format!("arn:aws:iot:us-east-1:123456789012:{resource}")
}
