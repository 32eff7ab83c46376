//! All that profiles are attached to, changed at once.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::super::target::Target;
use super::{Engine, visit};

impl Engine {
    /// Attaches profiles to these targets and no others. Who is meant before and after stays what it
    /// is, though another target means it; alarms of devices that no target means any more become
    /// invalid in the next step. Profiles that are not known are passed over, and so is a sixth one
    /// of a target. It looks at each device once for each profile whose targets change.
    pub(in crate::detect) fn set_targets<'t>(
        &mut self,
        wanted: impl IntoIterator<Item = (&'t str, &'t BTreeSet<Target>)>,
    ) {
        let mut changed = Vec::new();
        // First what goes, so that there is room for what comes.
        for (name, targets) in wanted {
            let Some(place) = self.names.get(name).copied() else {
                continue;
            };
            let Some(Some(machine)) = self.machines.get_mut(place as usize) else {
                continue;
            };
            if machine.targets == *targets {
                continue;
            }
            for target in machine.targets.difference(targets) {
                self.attached.detach(target, place);
            }
            machine.targets.retain(|target| targets.contains(target));
            changed.push((place, targets));
        }
        for (place, targets) in &changed {
            if let Some(Some(machine)) = self.machines.get_mut(*place as usize) {
                let attached = &mut self.attached;
                let new = targets.iter().filter(|it| attached.attach(it, *place));
                machine.targets.extend(new.cloned());
            }
        }
        for (place, _) in changed {
            if let Some(Some(machine)) = self.machines.get_mut(place as usize) {
                for (id, device) in self.devices.iter_mut() {
                    let is_about = self.attached.of(device).any(|of| of == place);
                    visit(machine, place, id, device, is_about, &mut self.ended);
                }
            }
        }
    }
}
