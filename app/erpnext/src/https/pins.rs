//! The public keys that a site shows, for whoever wants to recognise them later.

use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;

use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};
use ureq::http::Uri;

use super::{Pin, SiteConfig, failure, tls, verifier};
use crate::request::{TransportError, Unreachable};

/// How many certificates of a chain are read: the site's own and its issuer's.
const PINNED: usize = 2;

/// The SHA-256 of the public keys (SPKI) by which a site can be recognised: that of the certificate
/// it shows now, of its issuer's where that comes with it, and of the authority that proves them.
/// Public authorities change the keys in between at will, and many sites theirs at each renewal.
/// The chain is checked first. Empty for `http://`.
///
/// # Errors
/// Why the site cannot be reached or does not prove that it is the site.
pub fn presented_pins(site: &SiteConfig) -> Result<Vec<[u8; 32]>, TransportError> {
    let host = site.host();
    let request = |reason: String| TransportError::Request(reason);
    let uri: Uri = site.url.parse().map_err(|_| request(site.url.clone()))?;
    if uri.scheme_str() != Some("https") {
        return Ok(Vec::new());
    }
    // Whatever the till was told of: this is how it learns of the next key.
    let config = tls::client_config(site, &[]).map_err(|error| request(error.to_string()))?;
    let roots = tls::authorities(&site.roots).map_err(|error| request(error.to_string()))?;
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let name = ServerName::try_from(bare.to_owned())
        .map_err(|_| request(format!("{host} cannot be in a certificate")))?;
    let connection = ClientConnection::new(Arc::new(config), name.clone())
        .map_err(|error| failure::of(&host, ureq::Error::Rustls(error)))?;
    let socket = connect(site, bare, uri.port_u16().unwrap_or(443))?;
    let mut stream = StreamOwned::new(connection, socket);
    while stream.conn.is_handshaking() {
        stream
            .conn
            .complete_io(&mut stream.sock)
            .map_err(|error| failure::of(&host, error.into()))?;
    }
    let chain = stream.conn.peer_certificates().unwrap_or_default();
    let shown = chain.iter().take(PINNED).filter_map(|shown| Pin::of(shown));
    let mut pins: Vec<_> = shown.map(|Pin(pin)| pin).collect();
    for Pin(pin) in verifier::anchors_of(&roots, chain, &name) {
        if !pins.contains(&pin) {
            pins.push(pin);
        }
    }
    Ok(pins)
}

/// The first of the host's addresses that answers.
fn connect(site: &SiteConfig, host: &str, port: u16) -> Result<TcpStream, TransportError> {
    let unreachable = |reason| TransportError::Unreachable {
        host: host.to_owned(),
        reason,
    };
    let found = (host, port).to_socket_addrs();
    let mut last = unreachable(Unreachable::Name);
    for address in found.map_err(|_| unreachable(Unreachable::Name))? {
        match TcpStream::connect_timeout(&address, site.timeouts.connect) {
            Ok(socket) => {
                let limit = Some(site.timeouts.connect);
                let limited = socket
                    .set_read_timeout(limit)
                    .and_then(|()| socket.set_write_timeout(limit));
                limited.map_err(|error| failure::of(host, error.into()))?;
                return Ok(socket);
            }
            Err(error) => last = failure::of(host, error.into()),
        }
    }
    Err(last)
}
