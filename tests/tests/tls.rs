//! A till speaks only to a site that proves who it is, and says what is wrong when it does not.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use erpnext::https::{Client, Roots};
use erpnext::problem::Problem;
use erpnext::push::{Outcome, Push};
use erpnext::request::{CertificateFault, Request, Transport, TransportError};
use tests::fixtures;
use tests::stand_in::{Authority, Identity, Site, StandIn};

fn fault(identity: Identity, roots: Roots) -> CertificateFault {
    let site = StandIn::https_as(Site::harbour_books(), identity, roots);
    let error = site
        .client()
        .send(&Request::call("frappe.auth.get_logged_user"))
        .unwrap_err();
    assert!(
        site.site().requests().is_empty(),
        "the key was sent to a site that proved nothing"
    );
    match error {
        TransportError::Certificate { fault, host } => {
            assert_eq!(host, "localhost");
            fault
        }
        other => panic!("not a fault of the certificate: {other}"),
    }
}

#[test]
fn a_certificate_of_an_unknown_issuer_is_refused() {
    let ours = Authority::named("Ours");
    for name in ["Theirs", "Ours"] {
        let theirs = Authority::named(name);
        let roots = Roots::Only(vec![ours.certificate()]);
        let fault = fault(theirs.issue("localhost", 2099), roots);
        assert_eq!(
            fault,
            CertificateFault::UnknownIssuer,
            "issued by a stranger called {name}"
        );
    }
}

#[test]
fn an_expired_certificate_is_refused() {
    let authority = Authority::named("Ours");
    let roots = Roots::Only(vec![authority.certificate()]);
    assert_eq!(
        fault(authority.issue("localhost", 2021), roots),
        CertificateFault::Expired
    );
}

#[test]
fn a_certificate_of_another_name_is_refused() {
    let authority = Authority::named("Ours");
    let roots = Roots::Only(vec![authority.certificate()]);
    let identity = authority.issue("other.example.com", 2099);
    assert_eq!(fault(identity, roots), CertificateFault::WrongName);
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

#[test]
fn a_site_that_is_not_there_and_a_name_that_does_not_exist_keep_a_sale_for_later() {
    // Stopped at once: nothing listens there any more.
    let nobody = StandIn::http(Site::harbour_books()).config();
    let mut unknown = nobody.clone();
    unknown.url = "https://no-such-shop.invalid".to_owned();
    for config in [nobody, unknown] {
        let mut client = Client::new(config).unwrap();
        let outcome = Push::sale(&fixtures::usual_sale(1), &fixtures::context()).run(&mut client);
        let Outcome::Retry { problem, .. } = outcome else {
            panic!("not kept: {outcome:?}")
        };
        assert!(matches!(problem, Problem::Unreachable(_)), "{problem}");
        assert!(problem.is_offline());
    }
}
