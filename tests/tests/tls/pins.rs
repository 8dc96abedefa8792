//! Pins: besides being valid, a certificate must have a key that the till was told of.

use erpnext::https::{Pin, Roots, presented_pins};
use erpnext::request::CertificateFault;
use rcgen::KeyPair;
use tests::stand_in::{Authority, Identity, Site, StandIn};

use crate::{ask, fault_of, problem};

/// What a till with these pins, which trusts these authorities, makes of a site.
fn met(identity: Identity, trusted: &[&Authority], pins: &[Pin]) -> Result<(), CertificateFault> {
    let roots = trusted.iter().map(|authority| authority.certificate());
    let roots = Roots::Only(roots.collect());
    let site = StandIn::https_as(Site::harbour_books(), identity, roots);
    let mut config = site.config();
    config.pins = pins.to_vec();
    match ask(config) {
        Ok(_) => Ok(()),
        Err(error) => {
            let sent = !site.site().requests().is_empty();
            assert!(!sent, "the key was sent to a site that is not the till's");
            Err(fault_of(error))
        }
    }
}

#[test]
fn a_renewed_certificate_with_the_same_key_or_the_next_one_is_good_and_any_other_is_not() {
    let authority = Authority::named("Ours");
    let (key, next) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
    let issue = |key: &KeyPair, until| authority.issue_for(key, "localhost", 2020, until);
    // The key that will be used next is told before it is.
    let pins = [issue(&key, 2098).pin(), issue(&next, 2098).pin()];
    for (key, until) in [(&key, 2098), (&key, 2099), (&next, 2099)] {
        met(issue(key, until), &[&authority], &pins).unwrap();
    }
    let reissued = authority.issue("localhost", 2099);
    let found = CertificateFault::OtherKey(Some(reissued.pin()));
    assert_eq!(met(reissued, &[&authority], &pins), Err(found));
}

#[test]
fn a_re_issued_key_is_told_with_its_pin_and_how_to_learn_whether_it_is_right() {
    let authority = Authority::named("Ours");
    let identity = authority.issue("localhost", 2099);
    let pin = identity.pin();
    let roots = Roots::Only(vec![authority.certificate()]);
    let site = StandIn::https_as(Site::harbour_books(), identity, roots);
    let mut config = site.config();
    config.pins = vec![Pin([1; 32])];
    // What `evertill-setup site check` prints, whatever the till was told before.
    assert_eq!(presented_pins(&config).unwrap(), [pin.0, authority.pin().0]);
    let (cause, remedy) = problem(config);
    let told = format!("has a key that this till was not told of (pin {pin})");
    assert!(cause.contains(&told), "{cause}");
    assert!(remedy.contains("site check"), "{remedy}");
}

#[test]
fn the_key_of_an_issuer_may_be_pinned_if_it_is_what_proves_the_site() {
    let root = Authority::named("Root");
    let between = root.vouches_for("Between");
    let site = || between.issue("localhost", 2099);
    for pin in [root.pin(), between.pin(), site().pin()] {
        let met = met(site(), &[&root], &[pin]);
        let expected = pin == root.pin() || pin == between.pin();
        assert_eq!(
            met.is_ok(),
            expected,
            "each certificate has a key of its own"
        );
    }
    // Another authority that tills trust issues one for the same name, and sends ours along.
    let other = Authority::named("Other");
    for ours in [between.certificate(), root.certificate()] {
        let forged = other.issue("localhost", 2099).with(ours);
        let found = CertificateFault::OtherKey(Some(forged.pin()));
        let pins = [root.pin(), between.pin()];
        assert_eq!(met(forged, &[&root, &other], &pins), Err(found));
    }
}

#[test]
fn a_pinned_key_does_not_make_up_for_a_certificate_that_is_not_valid() {
    let authority = Authority::named("Ours");
    let old = authority.issue("localhost", 2021);
    let pins = [old.pin(), authority.pin()];
    let fault = met(old, &[&authority], &pins).unwrap_err();
    assert!(matches!(fault, CertificateFault::Expired { .. }), "{fault}");
    let own = Identity::self_signed("localhost");
    let pins = [own.pin()];
    assert_eq!(
        met(own, &[&authority], &pins),
        Err(CertificateFault::SelfSigned)
    );
}
