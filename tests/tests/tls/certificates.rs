//! What can be wrong with a certificate, each in a sentence of its own.

use erpnext::https::Roots;
use erpnext::request::CertificateFault;
use tests::stand_in::{Authority, Identity, Site, StandIn};

use crate::{ask, fault, problem};

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
fn a_certificate_that_vouches_for_itself_is_called_so() {
    let roots = || Roots::Only(vec![Authority::named("Ours").certificate()]);
    for identity in [
        Identity::self_signed("localhost"),
        Identity::self_signed_authority("localhost"),
    ] {
        assert_eq!(fault(identity, roots()), CertificateFault::SelfSigned);
    }
    // Even to tills that were told to trust it: no site is an authority.
    let identity = Identity::self_signed_authority("localhost");
    let trusted = Roots::Only(vec![identity.certificate()]);
    assert_eq!(fault(identity, trusted), CertificateFault::SelfSigned);
    let site = Identity::self_signed("localhost");
    let site = StandIn::https_as(Site::harbour_books(), site, roots());
    let (cause, remedy) = problem(site.config());
    assert!(cause.contains("is signed by itself"), "{cause}");
    assert!(remedy.contains("authority"), "{remedy}");
}

#[test]
fn a_certificate_out_of_its_time_is_refused_with_its_time_and_the_tills() {
    let authority = Authority::named("Ours");
    let roots = || Roots::Only(vec![authority.certificate()]);
    let old = fault(authority.issue("localhost", 2021), roots());
    assert!(matches!(old, CertificateFault::Expired { .. }), "{old}");
    let old = old.to_string();
    assert!(
        old.starts_with("expired on 2021-12-31; this till's clock says 2"),
        "{old}"
    );

    // As it looks to a till whose clock fell back.
    let key = rcgen::KeyPair::generate().unwrap();
    let early = authority.issue_for(&key, "localhost", 2090, 2099);
    let site = StandIn::https_as(Site::harbour_books(), early, roots());
    let (cause, remedy) = problem(site.config());
    assert!(
        cause.contains("is valid only from 2090-01-01 on"),
        "{cause}"
    );
    assert_eq!(remedy, "Set the till's clock.");
}

#[test]
fn a_certificate_of_another_name_is_refused_with_that_name() {
    let authority = Authority::named("Ours");
    let roots = Roots::Only(vec![authority.certificate()]);
    let identity = authority.issue("other.example.com", 2099);
    let named = CertificateFault::WrongName("other.example.com".to_owned());
    assert_eq!(fault(identity, roots), named);
}

#[test]
fn a_chain_over_an_authority_in_between_is_good() {
    let root = Authority::named("Root");
    let between = root.vouches_for("Between");
    let roots = Roots::Only(vec![root.certificate()]);
    let site = StandIn::https_as(
        Site::harbour_books(),
        between.issue("localhost", 2099),
        roots,
    );
    ask(site.config()).unwrap();
}
