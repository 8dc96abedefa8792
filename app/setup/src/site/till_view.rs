//! A site as a till would see it.

use erpnext::push::{key_field_present, key_field_probe};
use erpnext::{Problem, Pull, PullChange, PullConfig, PullStep, SiteClock, Transport};

use super::{Finding, Report};

/// Reads all that a till reads, keeping nothing.
pub(super) fn look(transport: &mut (impl Transport + ?Sized), pos_profile: &str) -> Report {
    let mut found = Report::default();
    let finding = |problem: Problem| Finding::must(problem.to_string(), problem.remedy());
    let config = PullConfig {
        pos_profile: pos_profile.to_owned(),
        reconcile_every: u32::MAX,
    };
    let mut pull = Pull::new(config, [], []);
    pull.begin(SiteClock {
        now: jiff::Timestamp::now(),
        time_zone: jiff::tz::TimeZone::UTC,
    });
    while let PullStep::Send(request) = pull.next() {
        let reply = transport.send(&request);
        for change in pull.on_reply(reply) {
            match change {
                PullChange::Page {
                    doctype, masters, ..
                } => {
                    *found.masters.entry(doctype.name()).or_default() += masters.len();
                }
                PullChange::Skipped(error) => found.skipped.push(error.to_string()),
                PullChange::Problem(problem) | PullChange::Failed { problem, .. } => {
                    found.findings.push(finding(problem));
                }
                PullChange::Retain { .. }
                | PullChange::Ended { .. }
                | PullChange::Progress { .. } => {}
            }
        }
    }
    if let Err(problem) = key_field_present(transport.send(&key_field_probe())) {
        found.findings.push(finding(problem));
    }
    found
}
