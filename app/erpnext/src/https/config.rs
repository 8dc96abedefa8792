//! Where a site is and how a till proves who it is.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;
use ureq::http::Uri;
use zeroize::Zeroizing;

use super::Pin;

/// The longest token that is taken, in bytes.
const LONGEST_TOKEN: usize = 1024;

/// A secret: wiped when dropped, never shown.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Whom the till believes that a certificate is genuine.
#[derive(Clone, Debug)]
pub enum Roots {
    /// The authorities the operating system trusts.
    Platform,
    /// Those, and the ones given.
    PlatformAnd(Vec<CertificateDer<'static>>),
    /// Only those given.
    Only(Vec<CertificateDer<'static>>),
}

impl Roots {
    /// The platform's authorities and those of a file in PEM format.
    ///
    /// # Errors
    /// [`SiteError::NoRoots`] when the file holds no certificate, or something that is not one.
    pub fn from_pem(pem: &[u8]) -> Result<Self, SiteError> {
        let wrong = |reason: String| SiteError::NoRoots(reason);
        let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        let own = read.map_err(|error| wrong(error.to_string()))?;
        if own.is_empty() {
            return Err(wrong(
                "the file holds no certificate in PEM format".to_owned(),
            ));
        }
        Ok(Self::PlatformAnd(own))
    }
}

/// The certificate that a till shows to a site which asks for one, with its key. Never shown.
#[derive(Clone)]
pub struct ClientCertificate(Zeroizing<Vec<u8>>);

impl ClientCertificate {
    /// A certificate, its issuers if the site needs them, and its key, all in PEM format in any
    /// order.
    ///
    /// # Errors
    /// [`SiteError::ClientCertificate`] when one of them is missing.
    pub fn from_pem(pem: &[u8]) -> Result<Self, SiteError> {
        let certificate = Self(Zeroizing::new(pem.to_vec()));
        certificate.parts()?;
        Ok(certificate)
    }

    pub(super) fn parts(
        &self,
    ) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), SiteError> {
        let wrong = |reason: String| SiteError::ClientCertificate(reason);
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.0).collect();
        let chain = chain.map_err(|error| wrong(error.to_string()))?;
        if chain.is_empty() {
            return Err(wrong("it holds no certificate in PEM format".to_owned()));
        }
        let key = PrivateKeyDer::from_pem_slice(&self.0)
            .map_err(|_| wrong("it holds no private key in PEM format".to_owned()))?;
        Ok((chain, key))
    }
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientCertificate(…)")
    }
}

/// How long to wait.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Timeouts {
    /// For the address of a name, and for a connection with TLS.
    pub connect: Duration,
    /// For a whole exchange, to the last byte of the answer.
    pub answer: Duration,
}

impl Default for Timeouts {
    /// 10 seconds to connect; 90 for an answer, because ERPNext itself gives up on a locked row
    /// after 50 and a proxy after 60 to 120.
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(90),
        }
    }
}

/// A site and a till's way in.
#[derive(Clone, Debug)]
pub struct SiteConfig {
    /// `https://host[:port]`, without a path.
    pub url: String,
    /// The API key of the till's user.
    pub key: String,
    /// Its API secret.
    pub secret: Secret,
    /// The whole of `Authorization` for a server that is no ERPNext, in the place of the key.
    pub authorization: Option<Secret>,
    /// Whose certificates count.
    pub roots: Roots,
    /// With any given, the site's key or that of one of its issuers must be among them, besides
    /// the certificate being valid. Several, so that the next key can be told before it is used.
    pub pins: Vec<Pin>,
    /// What the till shows when the site asks for a certificate.
    pub client: Option<ClientCertificate>,
    /// How long to wait.
    pub timeouts: Timeouts,
    /// The longest answer in bytes that is read.
    pub max_answer: u64,
}

/// What is wrong with a site's address, key or certificates.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum SiteError {
    /// Not an address.
    #[error("{0:?} is not the address of a site; it looks like https://shop.example.com")]
    Address(String),
    /// Not encrypted.
    #[error("{0:?} is not encrypted; use https:// (http:// is only for this machine itself)")]
    NotEncrypted(String),
    /// Not a key and a secret.
    #[error("the key must be written as KEY:SECRET, as ERPNext generated them")]
    Key,
    /// Not a token.
    #[error("the token must be one word of letters, digits and signs")]
    Token,
    /// No authority to trust.
    #[error(
        "no root certificate could be read: {0}; install the package ca-certificates, or give the site's own issuer"
    )]
    NoRoots(String),
    /// The till's own certificate or its key.
    #[error(
        "the till's own certificate cannot be used: {0}; give a file with the certificate and its key in PEM format"
    )]
    ClientCertificate(String),
    /// The TLS library could not be set up.
    #[error("TLS cannot be set up: {0}")]
    Tls(String),
}

impl SiteConfig {
    /// A site with the usual times and limits and the platform's authorities; `key_and_secret`
    /// is `key:secret`.
    ///
    /// # Errors
    /// [`SiteError`] when the address or the key cannot be one, or the address is not encrypted
    /// though it leaves this machine.
    pub fn new(url: &str, key_and_secret: &str) -> Result<Self, SiteError> {
        let (key, secret) = key_and_secret
            .trim()
            .split_once(':')
            .ok_or(SiteError::Key)?;
        let word =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        let site = Self::without_key(url)?;
        if !word(key) || !word(secret) {
            return Err(SiteError::Key);
        }
        Ok(Self {
            key: key.to_owned(),
            secret: Secret::new(secret),
            ..site
        })
    }

    /// A server that is no ERPNext and knows the till by a token; `scheme` is its word for such a
    /// token in `Authorization`.
    ///
    /// # Errors
    /// Those of the address, and [`SiteError::Token`].
    pub fn with_token(url: &str, scheme: &str, token: &str) -> Result<Self, SiteError> {
        let site = Self::without_key(url)?;
        let token = token.trim();
        let word = |text: &str| {
            (1..=LONGEST_TOKEN).contains(&text.len())
                && text.bytes().all(|byte| byte.is_ascii_graphic())
        };
        if !word(scheme) || !word(token) {
            return Err(SiteError::Token);
        }
        // Room from the start: a text that grows leaves copies behind.
        let mut both = Zeroizing::new(String::with_capacity(scheme.len() + 1 + token.len()));
        both.push_str(scheme);
        both.push(' ');
        both.push_str(token);
        Ok(Self {
            authorization: Some(Secret(both)),
            ..site
        })
    }

    /// The same without a key: a [`super::Client`] of it is nobody until somebody signs in.
    ///
    /// # Errors
    /// Those of the address.
    pub fn without_key(url: &str) -> Result<Self, SiteError> {
        let url = url.trim().trim_end_matches('/');
        let wrong = || SiteError::Address(url.to_owned());
        let uri: Uri = url.parse().map_err(|_| wrong())?;
        let host = uri
            .host()
            .filter(|host| !host.is_empty())
            .ok_or_else(wrong)?;
        let plain_path = uri.path().trim_matches('/').is_empty() && uri.query().is_none();
        let plain_authority = uri
            .authority()
            .is_some_and(|part| !part.as_str().contains('@'));
        if !plain_path || !plain_authority {
            return Err(wrong());
        }
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if is_loopback(host) => {}
            Some("http") => return Err(SiteError::NotEncrypted(url.to_owned())),
            _ => return Err(wrong()),
        }
        Ok(Self {
            url: url.to_owned(),
            key: String::new(),
            secret: Secret::new(""),
            authorization: None,
            roots: Roots::Platform,
            pins: Vec::new(),
            client: None,
            timeouts: Timeouts::default(),
            // ERPNext's own limit for a body.
            max_answer: 25 * 1024 * 1024,
        })
    }

    pub(super) fn host(&self) -> String {
        let host = |uri: Uri| uri.host().map(str::to_owned);
        self.url
            .parse()
            .ok()
            .and_then(host)
            .unwrap_or_else(|| self.url.clone())
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || bare
            .parse::<IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_would_send_the_key_in_the_clear_are_refused() {
        for right in [
            "https://shop.example.com",
            "https://shop.example.com:8443/",
            "http://127.0.0.1:8000",
            "http://localhost",
            "http://[::1]:8000",
        ] {
            SiteConfig::new(right, "k:s").unwrap();
        }
        let refused = SiteConfig::new("http://shop.example.com", "k:s").unwrap_err();
        assert!(matches!(refused, SiteError::NotEncrypted(_)));
        for wrong in [
            "",
            "shop",
            "ftp://shop",
            "https://",
            "https://a@b",
            "https://shop/app",
            "http://127.0.0.1.example.com",
        ] {
            assert!(
                SiteConfig::new(wrong, "k:s").is_err(),
                "{wrong:?} was taken as a site"
            );
        }
        for wrong in ["", ":", "key", ":s", "k:", "k:s\r\nX: y"] {
            assert_eq!(
                SiteConfig::new("https://shop", wrong).unwrap_err(),
                SiteError::Key
            );
        }
    }

    #[test]
    fn a_secret_is_never_shown() {
        let config = SiteConfig::new("https://shop", "key:topsecret").unwrap();
        assert!(!format!("{config:?}").contains("topsecret"));
        let config = SiteConfig::with_token("https://fleet", "TargetToken", "topsecret\n").unwrap();
        assert!(!format!("{config:?}").contains("topsecret"));
        for wrong in ["", "two words", "a\r\nX: y"] {
            let refused = SiteConfig::with_token("https://fleet", "TargetToken", wrong);
            assert_eq!(refused.unwrap_err(), SiteError::Token);
        }
    }
}
