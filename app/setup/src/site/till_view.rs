//! A site as a till would see it.

use erpnext::dto::{EMPLOYEE_ROLE_FIELD, wrong_barcode_patterns};
use erpnext::push::{key_field_present, key_field_probe};
use erpnext::{
    Problem, Pull, PullChange, PullConfig, PullStep, Request, SiteClock, Transport, TransportError,
};
use serde_json::json;

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
                    for wrong in wrong_barcode_patterns(&masters) {
                        found.findings.push(Finding::note(
                            wrong,
                            "Correct it, or take it out. Without it the till sells everything else.",
                        ));
                    }
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
    let staff = Request::list("Employee", &["name", EMPLOYEE_ROLE_FIELD], &json!([]));
    if let Err(TransportError::Refused(_)) = transport.send(&staff.with("limit_page_length", "1")) {
        found.findings.push(Finding::note(
            "a till does not see which Employees may work at it: cashiers are set up at each till",
            "Give `evertill-setup site prepare --keep-pins-apart`, or `--share-pins`, if tills are to take the staff from ERPNext.",
        ));
    }
    if let Err(problem) = key_field_present(transport.send(&key_field_probe())) {
        found.findings.push(finding(problem));
    }
    found
}
