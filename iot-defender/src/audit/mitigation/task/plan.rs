//! What a task does, fixed when it starts: the request, the findings and the actions.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use iot_topics::{CertificateId, ThingName};

use super::MitigationStep;
use crate::audit::audit_finding::AuditFinding;
use crate::audit::check::Check;
use crate::audit::id::FindingId;
use crate::audit::mitigation::actions::{DefinedAction, MitigationActions};
use crate::audit::mitigation::effect::MitigationEffect;
use crate::audit::mitigation::error::MitigationRequestError;
use crate::audit::mitigation::executions::ExecutionKey;
use crate::audit::mitigation::start::MitigationTaskRequest;
use crate::audit::mitigation::target::Choice;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    request: MitigationTaskRequest,
    /// In their order.
    findings: Vec<AuditFinding>,
    by_id: BTreeMap<FindingId, usize>,
    /// Findings that nothing is done about.
    left_out: BTreeMap<Check, usize>,
    definitions: BTreeMap<String, DefinedAction>,
}

impl Plan {
    pub(super) fn new(
        request: MitigationTaskRequest,
        actions: &MitigationActions,
        findings: impl IntoIterator<Item = AuditFinding>,
    ) -> Result<Self, MitigationRequestError> {
        let mut chosen = BTreeMap::new();
        for finding in findings {
            let choice = request.target().choice(&finding);
            if choice != Choice::Outside && !chosen.contains_key(&finding.finding_id) {
                chosen.insert(finding.finding_id.clone(), (finding, choice));
            }
        }
        let mut ids = request.target().finding_ids().iter();
        if let Some(id) = ids.find(|id| !chosen.contains_key(*id)) {
            return Err(MitigationRequestError::NoSuchFinding(id.clone()));
        }

        let mut left_out = BTreeMap::new();
        let mut planned = Vec::new();
        let open = chosen.into_values().filter(|(it, _)| !it.is_suppressed);
        for (finding, choice) in open {
            let check = finding.finding.check;
            if choice == Choice::Meant && !request.actions_for(check).is_empty() {
                planned.push(finding);
            } else {
                *left_out.entry(check).or_insert(0) += 1;
            }
        }
        // Stable: those that are equal keep the order of their ids.
        planned.sort_by(|a, b| a.finding.cmp(&b.finding));
        let ids = planned.iter().map(|finding| finding.finding_id.clone());
        let names = request.pairs().map(|(_, name)| name);
        let definitions = names.filter_map(|name| Some((name.clone(), actions.get(name)?.clone())));
        Ok(Self {
            by_id: ids.zip(0..).collect(),
            definitions: definitions.collect(),
            findings: planned,
            left_out,
            request,
        })
    }

    pub(super) const fn request(&self) -> &MitigationTaskRequest {
        &self.request
    }

    pub(super) fn findings(&self) -> impl ExactSizeIterator<Item = &AuditFinding> {
        self.findings.iter()
    }

    /// How many actions there are for each finding.
    pub(super) fn action_counts(&self) -> impl Iterator<Item = usize> {
        let checks = self.findings().map(|finding| finding.finding.check);
        checks.map(|check| self.request.actions_for(check).len())
    }

    pub(super) fn index(&self, id: &FindingId) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    pub(super) fn finding_id(&self, index: usize) -> Option<&FindingId> {
        self.findings.get(index).map(|it| &it.finding_id)
    }

    /// The action that comes at this place.
    pub(super) fn action(&self, key: ExecutionKey) -> Option<&DefinedAction> {
        let check = self.findings.get(key.finding)?.finding.check;
        let name = self.request.actions_for(check).get(key.action)?;
        self.definitions.get(name)
    }

    /// What is to be done; nothing, if the finding has no resource that the action is for.
    pub(super) fn step(
        &self,
        key: ExecutionKey,
        things_of: impl FnOnce(&CertificateId) -> Vec<ThingName>,
    ) -> Option<MitigationStep> {
        let finding = self.findings.get(key.finding)?;
        let action = self.action(key)?.action();
        Some(MitigationStep {
            key,
            finding_id: finding.finding_id.clone(),
            action: action.name().to_string(),
            role_arn: action.role_arn().to_string(),
            effect: MitigationEffect::of(finding, action.params(), things_of)?,
        })
    }

    pub(super) fn left_out(&self) -> impl Iterator<Item = (Check, usize)> {
        self.left_out.iter().map(|(check, count)| (*check, *count))
    }

    /// By name.
    pub(super) fn definitions(&self) -> impl Iterator<Item = &DefinedAction> {
        self.definitions.values()
    }
}
