//! `evertill-setup site check` tells an integrator what a till would find.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use tests::stand_in::{Site, StandIn};

fn check(pos_profile: &str) -> (bool, String) {
    let stand_in = StandIn::https(Site::harbour_books());
    let mut report = Vec::new();
    let good = setup::site::report(&mut stand_in.client(), pos_profile, &mut report).unwrap();
    (good, String::from_utf8(report).unwrap())
}

#[test]
fn a_site_that_is_ready_is_said_to_be_with_what_it_holds() {
    let (good, report) = check("Counter 1");
    assert!(good, "{report}");
    assert!(report.contains("Item: 201\n"), "{report}");
    assert!(report.contains("can sell and send"), "{report}");
}

#[test]
fn a_profile_that_is_not_there_is_named_with_the_remedy() {
    let (good, report) = check("Counter 9");
    assert!(!good, "{report}");
    assert!(
        report.contains("PROBLEM") && report.contains("Counter 9"),
        "{report}"
    );
    assert!(!report.contains("can sell and send"), "{report}");
}
