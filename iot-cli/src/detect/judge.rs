//! Lets the engine judge steps, and keeps what a chart shows.

use std::collections::BTreeMap;

use iot_defender::detect::{
    BehaviorName, BehaviorRef, DeviceId, Engine, NearestRank, Number, Percentiles, ProfileName,
    Reading, Statistic, TrainedModels, ViolationEvent,
};

use super::feed::Step;
use super::line::Device;
use super::plot::Plot;
use super::setup::Setup;
use crate::output::Failure;

pub(super) struct Judge<'s> {
    setup: &'s Setup,
    pub(super) engine: Engine,
    pub(super) models: TrainedModels,
    pub(super) plot: Option<Plot<'s>>,
    devices: BTreeMap<Device, DeviceId>,
}

/// The exact percentile, and what it was in this step.
#[derive(Debug, Default)]
struct Recorded(BTreeMap<(ProfileName, BehaviorName), Number>);

impl Percentiles for Recorded {
    fn percentile(
        &mut self,
        of: BehaviorRef<'_>,
        statistic: Statistic,
        values: &mut [Number],
    ) -> Option<Number> {
        let found = NearestRank.percentile(of, statistic, values)?;
        let of = (of.profile.clone(), of.behavior.clone());
        self.0.insert(of, found);
        Some(found)
    }
}

impl<'s> Judge<'s> {
    pub(super) fn new(
        setup: &'s Setup,
        models: TrainedModels,
        plot: Option<Plot<'s>>,
    ) -> Result<Self, Failure> {
        Ok(Self {
            setup,
            engine: setup.engine()?,
            models,
            plot,
            devices: BTreeMap::new(),
        })
    }

    /// How many devices there were.
    pub(super) fn devices(&self) -> usize {
        self.devices.len()
    }

    pub(super) fn step(&mut self, step: &Step) -> Vec<ViolationEvent> {
        let mut arrived = Vec::with_capacity(step.values.len());
        for measured in &step.values {
            let device = match self.devices.get(&measured.device) {
                Some(device) => *device,
                None => self.join(&measured.device),
            };
            let dimension = measured.dimension.as_ref();
            // What no behavior is about is not judged.
            if let Some(series) = self.engine.series(&measured.metric, dimension) {
                arrived.push(Reading {
                    device,
                    series,
                    value: &measured.value,
                });
            }
        }
        let mut percentiles = Recorded::default();
        let events = self
            .engine
            .step(step.end, &arrived, &mut percentiles, &self.models);
        if let Some(plot) = &mut self.plot {
            let percentile = |profile: &ProfileName, behavior: &BehaviorName| {
                let of = (profile.clone(), behavior.clone());
                percentiles.0.get(&of).copied()
            };
            plot.step(step, &events, percentile, &self.models);
        }
        events
    }

    fn join(&mut self, device: &Device) -> DeviceId {
        let groups = self.setup.groups(&device.name, device.is_registered);
        let id = self
            .engine
            .set_device(&device.name, device.is_registered, groups);
        self.devices.insert(device.clone(), id);
        id
    }
}
