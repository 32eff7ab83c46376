//! What an audit has counted for one check.

use alloc::format;
use alloc::string::{String, ToString as _};

use super::super::examine::ResourceError;
use super::super::finding::ResourceIdentifier;
use super::super::report::{CheckFailure, CheckReport};
use super::super::task::CheckRunStatus;

#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) total: u64,
    non_compliant: u64,
    suppressed: u64,
    unreadable: u64,
    /// Of the resources that could not be read the first by name, and why.
    first: Option<(ResourceIdentifier, String)>,
    failure: Option<CheckFailure>,
    /// Why there may be more resources than those that were seen.
    gap: Option<CheckFailure>,
    /// No other resource will come.
    pub(super) is_complete: bool,
}

impl Tally {
    /// A resource does not comply.
    pub(super) fn find(&mut self, is_suppressed: bool) {
        let count = if is_suppressed {
            &mut self.suppressed
        } else {
            &mut self.non_compliant
        };
        *count = count.saturating_add(1);
    }

    /// A resource cannot be read.
    pub(super) fn skip(&mut self, resource: &ResourceIdentifier, error: &ResourceError) {
        self.unreadable = self.unreadable.saturating_add(1);
        let known = self.first.as_ref();
        if known.is_none_or(|(first, _)| resource < first) {
            self.first = Some((resource.clone(), error.to_string()));
        }
    }

    /// Of several failures the first in order is told, whichever comes first in time.
    pub(super) fn fail(&mut self, failure: CheckFailure) {
        keep_first(&mut self.failure, failure);
    }

    /// A resource is not here. Of several reasons the first in order is told.
    pub(super) fn miss(&mut self, gap: CheckFailure) {
        keep_first(&mut self.gap, gap);
    }

    pub(super) fn merge(&mut self, other: Self) {
        let sums = [
            (&mut self.total, other.total),
            (&mut self.non_compliant, other.non_compliant),
            (&mut self.suppressed, other.suppressed),
            (&mut self.unreadable, other.unreadable),
        ];
        for (own, more) in sums {
            *own = own.saturating_add(more);
        }
        self.is_complete |= other.is_complete;
        self.first = [self.first.take(), other.first].into_iter().flatten().min();
        if let Some(failure) = other.failure {
            self.fail(failure);
        }
        if let Some(gap) = other.gap {
            self.miss(gap);
        }
    }

    pub(super) fn status_so_far(&self) -> CheckRunStatus {
        if self.failure.is_some() || self.is_complete {
            self.status_at_end()
        } else if self.total == 0 {
            CheckRunStatus::WaitingForDataCollection
        } else {
            CheckRunStatus::InProgress
        }
    }

    /// A check that could not read all does not say that all complies.
    pub(super) fn status_at_end(&self) -> CheckRunStatus {
        if self.failure.is_some() {
            CheckRunStatus::Failed
        } else if self.non_compliant > 0 {
            CheckRunStatus::CompletedNonCompliant
        } else if self.unreadable > 0 || self.gap.is_some() {
            CheckRunStatus::Failed
        } else {
            CheckRunStatus::CompletedCompliant
        }
    }

    pub(super) fn report(&self, status: CheckRunStatus) -> CheckReport {
        // What is known by name is told before what is not.
        let gap = self.gap.as_ref().filter(|_| self.unreadable == 0);
        let failure = self.failure.as_ref().or(gap);
        let unreadable = || {
            let (resource, error) = self.first.as_ref()?;
            // INVARIANT: an identifier is text and numbers, which always are JSON.
            let resource = serde_json::to_string(resource).unwrap_or_default();
            let text = match self.unreadable {
                1 => format!("a resource cannot be read: {resource}: {error}"),
                many => {
                    format!("{many} resources cannot be read, the first is {resource}: {error}")
                }
            };
            Some(CheckReport::shortened(&text))
        };
        CheckReport {
            status,
            total_resources: self.total,
            non_compliant_resources: self.non_compliant,
            suppressed_resources: self.suppressed,
            unreadable_resources: self.unreadable,
            error_code: failure.and_then(|failure| failure.code),
            message: failure
                .map(|failure| failure.message.clone())
                .or_else(unreadable),
        }
    }
}

fn keep_first(first: &mut Option<CheckFailure>, failure: CheckFailure) {
    *first = Some(match first.take() {
        Some(known) => known.min(failure),
        None => failure,
    });
}
