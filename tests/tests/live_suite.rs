//! `make test-live` finds its way: driven against the stand-in, over TLS as it is with a real site.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::process::{Command, Output};

use erpnext::https::Roots;
use tests::fixtures::totals_of;
use tests::stand_in::{ADMIN_TOKEN, Authority, Site, StandIn};

const SETTINGS: [&str; 3] = ["ERPNEXT_URL", "ERPNEXT_ADMIN_KEY", "ERPNEXT_CERTIFICATES"];

/// A site that no till ever sold for, and what the suite makes of it.
fn live(site: Site) -> (StandIn, Output) {
    let authority = Authority::named("Ours");
    let roots = Roots::Only(vec![authority.certificate()]);
    let stand_in = StandIn::https_as(site, authority.issue("localhost", 2099), roots);
    let folder = tempfile::tempdir().unwrap();
    let certificates = folder.path().join("ours.pem");
    std::fs::write(&certificates, authority.certificate_pem()).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_live"))
        .env(SETTINGS[0], stand_in.url())
        .env(SETTINGS[1], ADMIN_TOKEN)
        .env(SETTINGS[2], certificates)
        .output()
        .unwrap();
    (stand_in, output)
}

fn shop() -> Site {
    let mut site = Site::unprepared();
    // Now, as on a real site: the till sells as the clock is.
    let now = jiff::Timestamp::now().in_tz("America/New_York").unwrap();
    site.set_clock(now.datetime());
    site
}

#[test]
fn without_a_site_it_says_what_is_missing() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_live"));
    for name in SETTINGS {
        command.env_remove(name);
    }
    let output = command.env(SETTINGS[1], ADMIN_TOKEN).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("ERPNEXT_URL") && !said.contains("ADMIN_KEY"),
        "{said}"
    );
}

#[test]
fn against_a_site_that_behaves_it_succeeds_and_leaves_nothing_behind() {
    let (stand_in, output) = live(shop().with_totals(totals_of));
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for done in [
        "site prepare:",
        "till add:",
        "is used up",
        "site check: a till can sell",
        "the shop is downloaded",
        "shift 1 is closed",
        "shift 2 is closed",
        "site remove:",
    ] {
        assert!(said.contains(done), "{done}: {said}");
    }
    // Every receipt is looked at, and all of them are there.
    let invoices = stand_in.site().documents("POS Invoice");
    let booked = said.matches(" is booked once").count();
    assert!(booked >= 57, "{said}");
    assert_eq!(invoices.len(), booked);
    assert!(
        invoices
            .iter()
            .all(|invoice| invoice["status"] == "Consolidated")
    );
    assert_eq!(stand_in.site().documents("Custom Field").len(), 0);
}

#[test]
fn against_a_site_that_books_other_amounts_it_fails_with_the_difference() {
    let (_, output) = live(shop().with_totals(|invoice| {
        let mut told = totals_of(invoice);
        told["grand_total"] = 1.0.into();
        told
    }));
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("on the receipt and 1 in ERPNext"), "{said}");
}
