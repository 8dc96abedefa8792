//! The TLS of a till: rustls with ring, version 1.2 or 1.3, and the authorities it was given.

use std::sync::Arc;

use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore};

use super::{Roots, SiteError};

pub(super) fn client_config(roots: &Roots) -> Result<ClientConfig, SiteError> {
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
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13, &TLS12])
        .map_err(|error| SiteError::Tls(error.to_string()))?;
    Ok(builder.with_root_certificates(store).with_no_client_auth())
}
