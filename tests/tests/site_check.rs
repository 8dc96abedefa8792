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

#[test]
fn a_wrong_barcode_pattern_is_named_with_the_remedy_and_keeps_no_till_from_selling() {
    let stand_in = StandIn::https(Site::harbour_books());
    let patterns = serde_json::json!({ "evertill_barcode_patterns": "21IIIIIWWWWWC, 22IIIIIXC" });
    stand_in.site().put("Company", "Harbour Books", patterns);
    let mut report = Vec::new();
    let good = setup::site::report(&mut stand_in.client(), "Counter 1", &mut report).unwrap();
    let report = String::from_utf8(report).unwrap();
    assert!(good, "{report}");
    assert!(
        report.contains("NOTE: \"22IIIIIXC\" is no pattern of a scale's codes"),
        "{report}"
    );
    assert!(
        report.contains("Till Barcode Patterns of the Company"),
        "{report}"
    );
    assert!(
        !report.contains("\"21IIIIIWWWWWC\" is no pattern"),
        "{report}"
    );
}
