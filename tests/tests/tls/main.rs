//! A till speaks only to a site that proves who it is, and says what is wrong when it does not; and
//! nobody at the other end can keep it waiting or fill it up.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod bounds;
mod certificates;
mod client_certificate;
mod pins;
mod sentences;
mod server;
mod wiped;

use erpnext::Reply;
use erpnext::https::{Client, Roots, SiteConfig};
use erpnext::push::{Outcome, Push};
use erpnext::request::{CertificateFault, Request, Transport, TransportError};
use tests::fixtures;
use tests::stand_in::{Identity, Site, StandIn};

/// What comes of asking a site who the till is.
fn ask(config: SiteConfig) -> Result<Reply, TransportError> {
    Client::new(config)
        .unwrap()
        .send(&Request::call("frappe.auth.get_logged_user"))
}

/// What is wrong with the certificate of a site, by tills that trust these.
fn fault(identity: Identity, roots: Roots) -> CertificateFault {
    let site = StandIn::https_as(Site::harbour_books(), identity, roots);
    let error = ask(site.config()).unwrap_err();
    assert!(
        site.site().requests().is_empty(),
        "the key was sent to a site that proved nothing"
    );
    fault_of(error)
}

fn fault_of(error: TransportError) -> CertificateFault {
    match error {
        TransportError::Certificate { fault, host } => {
            assert_eq!(host, "localhost");
            fault
        }
        other => panic!("not a fault of the certificate: {other}"),
    }
}

/// The problem as the till sees it, with the remedy.
fn problem(config: SiteConfig) -> (String, String) {
    let mut client = Client::new(config).unwrap();
    let outcome = Push::sale(&fixtures::usual_sale(1), &fixtures::context()).run(&mut client);
    let Outcome::Retry { problem, .. } = outcome else {
        panic!("the sale is not kept for later: {outcome:?}")
    };
    assert!(problem.is_offline());
    (problem.to_string(), problem.remedy())
}

#[test]
fn a_trusted_site_answers_and_the_same_connection_serves_again() {
    let site = StandIn::https(Site::harbour_books());
    let mut client = site.client();
    for _ in 0..3 {
        let reply = client
            .send(&Request::call("frappe.auth.get_logged_user"))
            .unwrap();
        assert_eq!(reply.data(), tests::stand_in::USER);
    }
}
