//! The findings and actions of a task, fixed when it starts.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use iot_topics::Timestamp;

use super::{Attempt, ExecutionKey};
use crate::audit::audit_finding::AuditFinding;
use crate::audit::check::Check;
use crate::audit::id::FindingId;
use crate::audit::mitigation::actions::{DefinedAction, MitigationActions};
use crate::audit::mitigation::error::MitigationRequestError;
use crate::audit::mitigation::start::MitigationTaskRequest;
use crate::audit::mitigation::target::Choice;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    /// In their order, each with a place for each of its actions.
    findings: Vec<(AuditFinding, Vec<Attempt>)>,
    by_id: BTreeMap<FindingId, usize>,
    /// Findings that nothing is done about.
    left_out: BTreeMap<Check, usize>,
    definitions: BTreeMap<String, DefinedAction>,
}

impl Plan {
    pub(super) fn new(
        request: &MitigationTaskRequest,
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
            match request.actions_for(check).len() {
                actions @ 1.. if choice == Choice::Meant => {
                    planned.push((finding, alloc::vec![Attempt::default(); actions]));
                }
                _ => *left_out.entry(check).or_insert(0) += 1,
            }
        }
        // Stable: those that are equal keep the order of their ids.
        planned.sort_by(|(a, _), (b, _)| a.finding.cmp(&b.finding));
        let ids = planned
            .iter()
            .map(|(finding, _)| finding.finding_id.clone());
        let names = request.pairs().map(|(_, name)| name);
        let definitions = names.filter_map(|name| Some((name.clone(), actions.get(name)?.clone())));
        Ok(Self {
            by_id: ids.zip(0..).collect(),
            definitions: definitions.collect(),
            findings: planned,
            left_out,
        })
    }

    pub(super) fn findings(&self) -> impl ExactSizeIterator<Item = &AuditFinding> {
        self.findings.iter().map(|(finding, _)| finding)
    }

    pub(super) fn finding(&self, index: usize) -> Option<&AuditFinding> {
        self.findings.get(index).map(|(finding, _)| finding)
    }

    pub(super) fn index(&self, id: &FindingId) -> Option<usize> {
        self.by_id.get(id).copied()
    }

    pub(super) fn attempts(&self, index: usize) -> &[Attempt] {
        self.findings
            .get(index)
            .map_or(&[], |(_, attempts)| attempts)
    }

    pub(super) fn attempt(&mut self, key: ExecutionKey) -> Option<&mut Attempt> {
        let (_, attempts) = self.findings.get_mut(key.finding)?;
        attempts.get_mut(key.action)
    }

    /// Ends what has started.
    pub(super) fn end_open(&mut self, now: Timestamp) {
        for (_, attempts) in &mut self.findings {
            for attempt in attempts.iter_mut().filter(|it| it.start.is_some()) {
                attempt.end.get_or_insert(now);
            }
        }
    }

    pub(super) fn left_out(&self) -> impl Iterator<Item = (Check, usize)> {
        self.left_out.iter().map(|(check, count)| (*check, *count))
    }

    pub(super) fn definition(&self, name: &str) -> Option<&DefinedAction> {
        self.definitions.get(name)
    }

    /// By name.
    pub(super) fn definitions(&self) -> impl Iterator<Item = &DefinedAction> {
        self.definitions.values()
    }
}
