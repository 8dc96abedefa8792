//! `make test-live` finds its way: driven once against the stand-in.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::process::{Command, Output};

use tests::fixtures::totals_of;
use tests::stand_in::{Site, StandIn, TOKEN};

fn live(url: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_live"));
    for name in ["ERPNEXT_URL", "ERPNEXT_KEY", "ERPNEXT_ADMIN_KEY"] {
        command.env_remove(name);
    }
    if let Some(url) = url {
        command.env("ERPNEXT_URL", url);
    }
    command
        .env("ERPNEXT_KEY", TOKEN)
        .env("ERPNEXT_ADMIN_KEY", TOKEN)
        .output()
        .unwrap()
}

#[test]
fn without_a_site_it_says_what_is_missing() {
    let output = live(None);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("ERPNEXT_URL") && !said.contains("ERPNEXT_KEY"),
        "{said}"
    );
}

#[test]
fn against_a_site_that_behaves_it_succeeds() {
    let stand_in = StandIn::http(Site::harbour_books().with_totals(totals_of));
    let output = live(Some(&stand_in.url()));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for number in 1..=9 {
        let booked = format!("receipt C1-00000{number} is booked once");
        assert!(said.contains(&booked), "{said}");
    }
}

#[test]
fn against_a_site_that_books_other_amounts_it_fails_with_the_difference() {
    let stand_in = StandIn::http(Site::harbour_books().with_totals(|invoice| {
        let mut told = totals_of(invoice);
        told["grand_total"] = 1.0.into();
        told
    }));
    let output = live(Some(&stand_in.url()));
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("on the receipt and 1 in ERPNext"), "{said}");
}
