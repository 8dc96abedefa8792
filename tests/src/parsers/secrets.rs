//! What opens something: hashes of PINs, which a site hands on and a thief may have written, sheets
//! and their codes, fingerprints, certificates.

use std::sync::LazyLock;

use appliance::enrolment::{EnrolmentCode, Sheet};
use appliance::keys::ShopKey;
use appliance::pin::{Pepper, Verification, verify_pin};
use appliance::updates::ReleaseKey;
use erpnext::https::{ClientCertificate, Pin, Roots};
use rustls::pki_types::CertificateDer;
use store::{Fingerprint, NotedHead};

/// The same on every machine, so that a hash in the corpus is of this pepper.
static PEPPER: LazyLock<Pepper> = LazyLock::new(|| Pepper::new([7; 32].into()));

/// A PHC string.
pub fn pin_hashes(bytes: &[u8]) {
    let phc = String::from_utf8_lossy(bytes);
    match verify_pin("2581", &phc, &PEPPER) {
        // The corpus has one of 2580.
        Ok(verification) => assert_eq!(verification, Verification::Wrong),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    assert!(!matches!(
        verify_pin("no digits", &phc, &PEPPER),
        Ok(Verification::Verified)
    ));
}

/// The scanned code of an enrolment sheet, and below it the code that is typed.
pub fn enrolment_sheets(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (scan, typed) = text.split_once('\n').unwrap_or((&text, &text));
    match Sheet::read(scan) {
        Ok(sheet) => {
            assert!(Sheet::is_meant(scan));
            // As a keyboard with Caps Lock on sends it.
            assert_eq!(Sheet::read(&scan.to_ascii_lowercase()).ok(), Some(sheet));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    if let Ok(code) = EnrolmentCode::typed(typed) {
        let again = EnrolmentCode::typed(&code.show()).expect("a code that is shown can be typed");
        assert_eq!(again.show(), code.show());
    }
}

/// The pin of a certificate and the fingerprint of a journal's key, as somebody copied them.
pub fn fingerprints(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(pin) = text.parse::<Pin>() {
        assert_eq!(pin.to_string().parse(), Ok(pin));
    }
    if let Ok(fingerprint) = text.parse::<Fingerprint>() {
        assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint));
    }
    assert!(NotedHead::new(0, &text).is_err(), "no entry has this hash");
    let upper = text.to_ascii_uppercase();
    assert_eq!(
        NotedHead::new(1, &text).is_ok(),
        NotedHead::new(1, &upper).is_ok()
    );
    if let Some(key) = ShopKey::from_text(&text) {
        assert!(ShopKey::from_text(&key.to_text()).is_some());
    }
    // The key of releases has as many digits as a pin.
    if ReleaseKey::from_text(&text).is_some() {
        assert!(text.trim().parse::<Pin>().is_ok());
    }
}

/// A certificate, or a file of certificates and keys.
pub fn certificates(bytes: &[u8]) {
    let certificate = CertificateDer::from(bytes);
    assert_eq!(Pin::of(&certificate), Pin::of(&certificate.into_owned()));
    if let Ok(roots) = Roots::from_pem(bytes) {
        assert!(matches!(roots, Roots::PlatformAnd(own) if !own.is_empty()));
    }
    if let Err(error) = ClientCertificate::from_pem(bytes) {
        assert!(!error.to_string().is_empty());
    }
}
