//! The TLS of a till: rustls with ring, version 1.2 or 1.3, and the authorities it was given.

use std::sync::Arc;

use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore};

use super::verifier::SiteVerifier;
use super::{Pin, Roots, SiteConfig, SiteError};

/// The configuration of all connections to a site, one of whose keys is among `pins` if there are
/// any.
pub(super) fn client_config(site: &SiteConfig, pins: &[Pin]) -> Result<ClientConfig, SiteError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let roots = authorities(&site.roots)?;
    let verifier = SiteVerifier::new(roots, provider.clone(), pins.to_vec())?;
    let wrong = |error: rustls::Error| SiteError::Tls(error.to_string());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(wrong)?
        // Not less than rustls' own check: it is part of ours.
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let Some(client) = &site.client else {
        return Ok(builder.with_no_client_auth());
    };
    let (chain, key) = client.parts()?;
    builder
        .with_client_auth_cert(chain, key)
        .map_err(|error| SiteError::ClientCertificate(error.to_string()))
}

/// Whom a till believes that a certificate is genuine.
pub(super) fn authorities(roots: &Roots) -> Result<RootCertStore, SiteError> {
    let mut store = RootCertStore::empty();
    if matches!(roots, Roots::Platform | Roots::PlatformAnd(_)) {
        let found = rustls_native_certs::load_native_certs();
        store.add_parsable_certificates(found.certs);
        if store.is_empty() && matches!(roots, Roots::Platform) {
            let reasons: Vec<_> = found.errors.iter().map(ToString::to_string).collect();
            return Err(SiteError::NoRoots(reasons.join("; ")));
        }
    }
    if let Roots::PlatformAnd(own) | Roots::Only(own) = roots {
        for certificate in own {
            store
                .add(certificate.clone())
                .map_err(|error| SiteError::NoRoots(error.to_string()))?;
        }
    }
    Ok(store)
}
