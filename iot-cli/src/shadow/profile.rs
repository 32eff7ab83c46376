//! Whose rules a shadow follows, as arguments.

use clap::{Args, ValueEnum};
use iot_shadow::{DeltaPolicy, Profile};

/// The rules of the shadow service.
#[derive(Debug, Args)]
pub(super) struct Rules {
    /// Whose rules count
    #[arg(long, value_enum, default_value_t)]
    profile: Preset,
    /// Bytes of `desired` and `reported` together that are allowed [default: that of the profile]
    #[arg(long, value_name = "BYTES")]
    max_document_bytes: Option<usize>,
    /// Levels of a section that are allowed [default: that of the profile]
    #[arg(long, value_name = "LEVELS")]
    max_depth: Option<usize>,
    /// When a delta is published [default: that of the profile]
    #[arg(long, value_enum, value_name = "POLICY")]
    delta_policy: Option<Told>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Preset {
    /// Those of AWS IoT Core
    #[default]
    Aws,
    /// Those of the local shadow service of AWS IoT Greengrass
    Greengrass,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Told {
    /// After every accepted update that leaves a difference
    WheneverDiffers,
    /// Only if that update changed the value of a section
    OnSectionChange,
}

impl Rules {
    pub(super) fn profile(&self) -> Profile {
        let mut profile = match self.profile {
            Preset::Aws => Profile::aws(),
            Preset::Greengrass => Profile::greengrass(),
        };
        if let Some(bytes) = self.max_document_bytes {
            profile.max_document_bytes = bytes;
        }
        if let Some(levels) = self.max_depth {
            profile.max_depth = levels;
        }
        match self.delta_policy {
            None => {}
            Some(Told::WheneverDiffers) => profile.delta_policy = DeltaPolicy::WheneverDiffers,
            Some(Told::OnSectionChange) => profile.delta_policy = DeltaPolicy::OnSectionChange,
        }
        profile
    }
}
