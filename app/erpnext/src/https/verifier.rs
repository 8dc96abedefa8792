//! Whether a certificate is the site's: a chain to an authority, and the keys that the till was
//! told of.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
};

use super::SiteError;
use super::certificate::{Parts, Pin};
use crate::request::CertificateFault;

/// rustls' own check, and ours behind it.
pub(super) struct SiteVerifier {
    /// `None` when nobody is trusted at all.
    chain: Option<Arc<WebPkiServerVerifier>>,
    roots: Arc<RootCertStore>,
    provider: Arc<CryptoProvider>,
    pins: Vec<Pin>,
}

impl fmt::Debug for SiteVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SiteVerifier")
            .field("pins", &self.pins)
            .finish_non_exhaustive()
    }
}

impl SiteVerifier {
    /// With any pins, one of the keys between the site and its authority must be among them.
    pub(super) fn new(
        roots: RootCertStore,
        provider: Arc<CryptoProvider>,
        pins: Vec<Pin>,
    ) -> Result<Self, SiteError> {
        let roots = Arc::new(roots);
        let chain = if roots.is_empty() {
            None
        } else {
            let builder =
                WebPkiServerVerifier::builder_with_provider(roots.clone(), provider.clone());
            let built = builder.build();
            Some(built.map_err(|error| SiteError::NoRoots(error.to_string()))?)
        };
        Ok(Self {
            chain,
            roots,
            provider,
            pins,
        })
    }

    /// Whether a key of the chain is pinned. For an issuer's key that means more than that its
    /// certificate was sent along, which anybody can do: the site's must be proven by it.
    fn is_pinned(&self, shown: &Shown<'_>) -> bool {
        let pinned = |pin: Pin| self.pins.contains(&pin);
        if Pin::of(shown.site).is_some_and(pinned) {
            return true;
        }
        let mut anchors = RootCertStore::empty();
        let known = self.roots.roots.iter();
        anchors
            .roots
            .extend(known.filter(|root| pinned(Pin::of_anchor(root))).cloned());
        for issuer in shown.issuers {
            if Pin::of(issuer).is_some_and(pinned) {
                // One that cannot be an anchor is none.
                let _ = anchors.add(issuer.clone().into_owned());
            }
        }
        WebPkiServerVerifier::builder_with_provider(Arc::new(anchors), self.provider.clone())
            .build()
            .is_ok_and(|by_pinned| shown.verify(&by_pinned).is_ok())
    }
}

/// What a site showed.
struct Shown<'a> {
    site: &'a CertificateDer<'a>,
    issuers: &'a [CertificateDer<'a>],
    name: &'a ServerName<'a>,
    ocsp: &'a [u8],
    now: UnixTime,
}

impl Shown<'_> {
    fn verify(&self, verifier: &WebPkiServerVerifier) -> Result<ServerCertVerified, Error> {
        verifier.verify_server_cert(self.site, self.issuers, self.name, self.ocsp, self.now)
    }
}

impl ServerCertVerifier for SiteVerifier {
    fn verify_server_cert(
        &self,
        site: &CertificateDer<'_>,
        issuers: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let shown = Shown {
            site,
            issuers,
            name,
            ocsp,
            now,
        };
        let unknown = || Err(CertificateError::UnknownIssuer.into());
        let chain = self.chain.as_ref();
        let verified = chain
            .map_or_else(unknown, |chain| shown.verify(chain))
            .map_err(|error| in_our_words(error, site, now))?;
        if !self.pins.is_empty() && !self.is_pinned(&shown) {
            return Err(faulty(CertificateFault::OtherKey(Pin::of(site))));
        }
        Ok(verified)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let algorithms = &self.provider.signature_verification_algorithms;
        algorithms.supported_schemes()
    }
}

/// The keys of those authorities that prove a chain, the site's certificate first.
pub(super) fn anchors_of(
    roots: &RootCertStore,
    chain: &[CertificateDer<'_>],
    name: &ServerName<'_>,
) -> Vec<Pin> {
    let Some((site, issuers)) = chain.split_first() else {
        return Vec::new();
    };
    let shown = Shown {
        site,
        issuers,
        name,
        ocsp: &[],
        now: UnixTime::now(),
    };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let proves = |root: &&TrustAnchor<'static>| {
        let mut alone = RootCertStore::empty();
        alone.roots.push((*root).clone());
        WebPkiServerVerifier::builder_with_provider(Arc::new(alone), provider.clone())
            .build()
            .is_ok_and(|alone| shown.verify(&alone).is_ok())
    };
    let proving = roots.roots.iter().filter(proves);
    proving.map(Pin::of_anchor).collect()
}

/// A fault on its way through rustls.
#[derive(Debug)]
struct Fault(CertificateFault);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Fault {}

fn faulty(fault: CertificateFault) -> Error {
    let error = OtherError(Arc::new(Fault(fault)));
    Error::InvalidCertificate(CertificateError::Other(error))
}

/// What rustls found, as one of our faults where there is one for it.
fn in_our_words(error: Error, site: &CertificateDer<'_>, now: UnixTime) -> Error {
    let Error::InvalidCertificate(found) = &error else {
        return error;
    };
    let now = time(now);
    let self_signed = || Parts::of(site).is_some_and(|parts| parts.is_self_signed());
    faulty(match found {
        CertificateError::ExpiredContext { not_after, .. } => CertificateFault::Expired {
            until: time(*not_after),
            now,
        },
        CertificateError::NotValidYetContext { not_before, .. } => CertificateFault::NotYetValid {
            from: time(*not_before),
            now,
        },
        CertificateError::NotValidForNameContext { presented, .. } => {
            CertificateFault::WrongName(names(presented))
        }
        CertificateError::NotValidForName => CertificateFault::WrongName(String::new()),
        // Whoever signs for himself is often called an authority, which no site may be.
        CertificateError::UnknownIssuer | CertificateError::Other(_) if self_signed() => {
            CertificateFault::SelfSigned
        }
        // A bad signature: somebody calls himself what a trusted issuer is called.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            CertificateFault::UnknownIssuer
        }
        other => CertificateFault::Other(other.to_string()),
    })
}

/// The first names of a certificate, as far as they fit a sentence.
fn names(presented: &[String]) -> String {
    let bare = |name: &String| {
        let inner = name
            .split_once('(')
            .map_or(name.as_str(), |(_, inner)| inner);
        let inner = inner.trim_end_matches(')').trim_matches('"');
        inner.chars().take(60).collect::<String>()
    };
    let first: Vec<String> = presented.iter().take(3).map(bare).collect();
    first.join(", ")
}

fn time(at: UnixTime) -> Timestamp {
    let seconds = i64::try_from(at.as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

/// Our fault, if it is what rustls passed on.
pub(super) fn fault_in(error: &CertificateError) -> CertificateFault {
    let ours = match error {
        CertificateError::Other(OtherError(inner)) => inner.downcast_ref::<Fault>(),
        _ => None,
    };
    ours.map_or_else(
        || CertificateFault::Other(error.to_string()),
        |fault| fault.0.clone(),
    )
}
