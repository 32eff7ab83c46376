//! What the engine asks its caller.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use serde_json::{Map, Value};

use crate::{ManagedTemplate, PresignKind, PresignedUrlConfig};

/// What is around the service: the registry, and what job documents refer to. The engine asks for
/// things and groups while a job is created, while its rollout starts and when a thing joins or
/// leaves a group; by then the answers must tell the new state.
///
/// Only the registry must be there. A world that says nothing of documents, packages and URLs has
/// none, and a job that needs some is refused.
///
/// # Examples
///
/// ```
/// use iot_jobs::World;
///
/// struct OneGroup(Vec<String>);
///
/// impl World for OneGroup {
///     fn has_thing(&self, thing: &str) -> bool {
///         self.0.iter().any(|name| name == thing)
///     }
///     fn has_group(&self, group: &str) -> bool {
///         group == "all"
///     }
///     fn is_member(&self, thing: &str, group: &str) -> bool {
///         group == "all" && self.has_thing(thing)
///     }
///     fn members(&self, group: &str, each: &mut dyn FnMut(&str)) {
///         if group == "all" {
///             self.0.iter().for_each(|name| each(name));
///         }
///     }
/// }
/// assert!(OneGroup(vec!["pump".into()]).is_member("pump", "all"));
/// ```
pub trait World {
    /// Whether there is such a thing.
    fn has_thing(&self, thing: &str) -> bool;

    /// Whether there is such a group, static or dynamic.
    fn has_group(&self, group: &str) -> bool;

    /// Whether the thing is in the group or in a child group of it.
    fn is_member(&self, thing: &str, group: &str) -> bool;

    /// Tells the things of the group and of its child groups, in the order of the rollout. A
    /// thing may come twice.
    fn members(&self, group: &str, each: &mut dyn FnMut(&str));

    /// The text that a `documentSource` leads to; nothing, if it cannot be read. It is asked for
    /// once, when a job or a job template is created.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{NoWorld, World};
    ///
    /// assert_eq!(NoWorld.read_document("https://s3.amazonaws.com/bucket/key"), None);
    /// ```
    fn read_document(&self, source: &str) -> Option<String> {
        let _ = source;
        None
    }

    /// Whether a version of a package may be named in `destinationPackageVersions`. A world without
    /// a catalog takes every name.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{NoWorld, World};
    ///
    /// assert!(NoWorld.has_package_version("app", "1.2"));
    /// ```
    fn has_package_version(&self, package: &str, version: &str) -> bool {
        let _ = (package, version);
        true
    }

    /// The version that `$default` stands for; nothing, if the package has none. Then the word is
    /// handed on as it is.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{NoWorld, World};
    ///
    /// assert_eq!(NoWorld.default_version("app"), None);
    /// ```
    fn default_version(&self, package: &str) -> Option<String> {
        let _ = package;
        None
    }

    /// The attributes of a package version, for the placeholders of a job document; asked for when
    /// a job is created.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{NoWorld, World};
    ///
    /// assert_eq!(NoWorld.package_attributes("app", "1.2"), None);
    /// ```
    fn package_attributes(&self, package: &str, version: &str) -> Option<Map<String, Value>> {
        let _ = (package, version);
        None
    }

    /// A code signature, for the placeholders of a job document; asked for when a job is created.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{NoWorld, World};
    ///
    /// assert_eq!(NoWorld.code_signature("signer-job"), None);
    /// ```
    fn code_signature(&self, of: &str) -> Option<String> {
        let _ = of;
        None
    }

    /// Signs a URL of S3 with the role and for the time that the configuration names; asked for
    /// each time that a device gets the document. Without an answer the device gets none.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{Limits, NoWorld, PresignKind, PresignedUrlConfig, World};
    /// use serde_json::json;
    ///
    /// let config = PresignedUrlConfig::from_json(&json!({}), &Limits::AWS_IOT).unwrap();
    /// let url = "https://s3.amazonaws.com/bucket/key";
    /// assert_eq!(NoWorld.presign(PresignKind::Download, url, &config), None);
    /// ```
    fn presign(&self, kind: PresignKind, url: &str, config: &PresignedUrlConfig) -> Option<String> {
        let _ = (kind, url, config);
        None
    }

    /// A signed URL of the artifact of a package version, as [`presign`](Self::presign) has it.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{Limits, NoWorld, PresignedUrlConfig, World};
    /// use serde_json::json;
    ///
    /// let config = PresignedUrlConfig::from_json(&json!({}), &Limits::AWS_IOT).unwrap();
    /// assert_eq!(NoWorld.presign_artifact("app", "1.2", &config), None);
    /// ```
    fn presign_artifact(
        &self,
        package: &str,
        version: &str,
        config: &PresignedUrlConfig,
    ) -> Option<String> {
        let _ = (package, version, config);
        None
    }

    /// Managed templates beside [those that are built in](ManagedTemplate::all). One of the same
    /// name and version goes before a built-in one.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{NoWorld, World};
    ///
    /// assert!(NoWorld.managed_templates().is_empty());
    /// ```
    fn managed_templates(&self) -> Vec<ManagedTemplate> {
        Vec::new()
    }

    /// The `eventId` of the event of this number; they count from 1.
    ///
    /// # Examples
    ///
    /// ```
    /// use iot_jobs::{NoWorld, World};
    ///
    /// assert_eq!(NoWorld.event_id(7), "7");
    /// ```
    fn event_id(&self, number: u64) -> String {
        number.to_string()
    }
}

/// A registry without things and groups.
///
/// # Examples
///
/// ```
/// use iot_jobs::{NoWorld, World};
///
/// assert!(!NoWorld.has_thing("pump"));
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "there is nothing in it to add")]
pub struct NoWorld;

impl World for NoWorld {
    fn has_thing(&self, _: &str) -> bool {
        false
    }

    fn has_group(&self, _: &str) -> bool {
        false
    }

    fn is_member(&self, _: &str, _: &str) -> bool {
        false
    }

    fn members(&self, _: &str, _: &mut dyn FnMut(&str)) {}
}
