//! The document of a job inside the engine: complete but for URLs, which are signed for each
//! device that gets it.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value};

use super::jobs::Job;
use crate::placeholder::DEFAULT;
use crate::{
    DocumentError, DocumentTarget, JobDocument, Package, PackageVersion, PresignKind,
    PresignedUrlConfig, Presigner, ResolvedDocument, Resolver, World,
};

#[derive(Clone, Debug)]
pub(super) struct Document {
    /// As it was given, if that is another text than the one filled in.
    given: Option<Box<str>>,
    filled: ResolvedDocument,
    /// What is installed once an execution has succeeded.
    packages: Vec<PackageVersion>,
}

impl Document {
    /// Fills in a document; `given` is its text, `text` the same after its parameters.
    pub(super) fn new(
        given: &str,
        document: &JobDocument,
        packages: Vec<PackageVersion>,
        world: &dyn World,
    ) -> Result<Self, DocumentError> {
        let packages: Vec<_> = packages
            .into_iter()
            .map(|entry| entry.resolved(world))
            .collect();
        let mut catalog = Catalog {
            world,
            packages: &packages,
        };
        let filled = document.resolve(&mut catalog)?;
        let changed = filled.unsigned() != given;
        Ok(Self {
            given: changed.then(|| given.into()),
            filled,
            packages,
        })
    }

    /// What it is made of.
    pub(super) fn parts(&self) -> (Option<&str>, &ResolvedDocument, &[PackageVersion]) {
        (self.given.as_deref(), &self.filled, &self.packages)
    }

    /// Takes [`parts`](Self::parts) back.
    pub(super) const fn from_parts(
        given: Option<Box<str>>,
        filled: ResolvedDocument,
        packages: Vec<PackageVersion>,
    ) -> Self {
        Self {
            given,
            filled,
            packages,
        }
    }

    /// As the caller gave it.
    pub(super) fn given(&self) -> Cow<'_, str> {
        match &self.given {
            Some(given) => Cow::Borrowed(given),
            None => self.filled.unsigned(),
        }
    }

    /// Without signed URLs, for people.
    pub(super) fn unsigned(&self) -> Cow<'_, str> {
        self.filled.unsigned()
    }

    pub(super) fn needs_role(&self) -> bool {
        self.filled.needs_signing()
    }

    pub(super) fn packages(&self) -> &[PackageVersion] {
        &self.packages
    }
}

impl PackageVersion {
    /// With the version that `$default` stands for, if the world knows it.
    fn resolved(self, world: &dyn World) -> Self {
        match world.default_version(self.package()) {
            Some(version) if self.is_default() => self.at(version),
            _ => self,
        }
    }
}

impl Job {
    /// The document as a device gets it; nothing, if a URL cannot be signed.
    pub(super) fn device_document(
        &self,
        thing_name: &str,
        execution_number: u32,
        world: &dyn World,
    ) -> Option<Cow<'_, str>> {
        let target = DocumentTarget {
            thing_name,
            job_id: &self.id,
            execution_number: execution_number.into(),
        };
        let mut signer = Signer { job: self, world };
        self.document.filled.for_device(&target, &mut signer).ok()
    }
}

/// Which version a placeholder means: of several destinations none is that of an open one.
fn version_of<'a>(
    package: &'a Package,
    destinations: &'a [PackageVersion],
) -> Option<(&'a str, &'a str)> {
    let Some((name, version)) = package.named() else {
        return match destinations {
            [only] => Some((only.package(), only.version()?)),
            _ => None,
        };
    };
    let destination = destinations.iter().find(|entry| entry.package() == name);
    match destination.and_then(PackageVersion::version) {
        Some(resolved) if version == DEFAULT => Some((name, resolved)),
        _ => Some((name, version)),
    }
}

/// Answers from the world for the packages of a job.
struct Catalog<'a> {
    world: &'a dyn World,
    packages: &'a [PackageVersion],
}

impl Resolver for Catalog<'_> {
    fn attributes(&mut self, package: &Package) -> Option<Map<String, Value>> {
        let (package, version) = version_of(package, self.packages)?;
        if version == DEFAULT
            && let Some(version) = self.world.default_version(package)
        {
            return self.world.package_attributes(package, &version);
        }
        self.world.package_attributes(package, version)
    }

    fn signature(&mut self, of: &str) -> Option<String> {
        self.world.code_signature(of)
    }
}

/// Signs for one job.
struct Signer<'a> {
    job: &'a Job,
    world: &'a dyn World,
}

impl Signer<'_> {
    fn config(&self) -> Option<&PresignedUrlConfig> {
        self.job.config.0.presigned.as_ref()
    }
}

impl Presigner for Signer<'_> {
    fn presign(&mut self, kind: PresignKind, url: &str) -> Option<String> {
        self.world.presign(kind, url, self.config()?)
    }

    fn artifact(&mut self, package: &Package) -> Option<String> {
        let (package, version) = version_of(package, &self.job.document.packages)?;
        self.world
            .presign_artifact(package, version, self.config()?)
    }
}
