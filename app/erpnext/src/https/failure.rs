//! ureq's, rustls' and the system's errors in our words.

use std::io;

use rustls::{AlertDescription, InvalidMessage, PeerIncompatible};
use ureq::Error;

use super::verifier::fault_in;
use crate::request::{ClientFault, TransportError, Unreachable};

/// Why an exchange has no answer.
pub(super) fn of(host: &str, error: Error) -> TransportError {
    let unreachable = |reason| TransportError::Unreachable {
        host: host.to_owned(),
        reason,
    };
    match error {
        Error::HostNotFound => unreachable(Unreachable::Name),
        Error::Timeout(_) => unreachable(Unreachable::Timeout),
        Error::Io(error) => of_io(host, &error),
        Error::Rustls(error) => of_tls(host, &error),
        Error::Tls(error) => unreachable(Unreachable::Tls(error.to_owned())),
        Error::ConnectionFailed => unreachable(Unreachable::Refused),
        Error::LargeResponseHeader(_, limit) => TransportError::TooLarge {
            limit: limit as u64,
        },
        Error::Protocol(_) => TransportError::NotJson {
            status: 0,
            detail: error.to_string(),
        },
        Error::Http(_) | Error::BadUri(_) => TransportError::Request(error.to_string()),
        other => unreachable(Unreachable::Broken(other.to_string())),
    }
}

/// Why an answer could not be read to its end.
pub(super) fn of_body(host: &str, error: io::Error) -> TransportError {
    match Error::from(error) {
        Error::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            TransportError::Truncated
        }
        Error::Protocol(_) => TransportError::Truncated,
        error => of(host, error),
    }
}

/// What nginx says in a page, because it agrees on TLS first and asks afterwards.
pub(super) fn of_page(host: &str, status: u16, body: &[u8]) -> TransportError {
    let page = String::from_utf8_lossy(body.get(..2048).unwrap_or(body));
    let fault = if page.contains("No required SSL certificate was sent") {
        ClientFault::Missing
    } else if page.contains("The SSL certificate error") {
        ClientFault::Refused("not accepted")
    } else {
        return TransportError::Html { status };
    };
    TransportError::Unreachable {
        host: host.to_owned(),
        reason: Unreachable::ClientCertificate(fault),
    }
}

fn of_io(host: &str, error: &io::Error) -> TransportError {
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<rustls::Error>());
    if let Some(tls) = inner {
        return of_tls(host, tls);
    }
    let reason = match error.kind() {
        io::ErrorKind::ConnectionRefused
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable
        | io::ErrorKind::NetworkDown
        | io::ErrorKind::AddrNotAvailable => Unreachable::Refused,
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Unreachable::Timeout,
        _ => Unreachable::Broken(error.to_string()),
    };
    TransportError::Unreachable {
        host: host.to_owned(),
        reason,
    }
}

fn of_tls(host: &str, error: &rustls::Error) -> TransportError {
    use AlertDescription as Alert;
    let host = host.to_owned();
    let refused = |why| Unreachable::ClientCertificate(ClientFault::Refused(why));
    let reason = match error {
        rustls::Error::InvalidCertificate(certificate) => {
            let fault = fault_in(certificate);
            return TransportError::Certificate { host, fault };
        }
        rustls::Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13)
        | rustls::Error::AlertReceived(Alert::ProtocolVersion) => Unreachable::OldTls,
        rustls::Error::PeerIncompatible(_)
        | rustls::Error::AlertReceived(Alert::HandshakeFailure | Alert::InsufficientSecurity) => {
            Unreachable::NoCommonCipher
        }
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => Unreachable::NotTls,
        // These come after the site has proven itself: they are about the till's certificate.
        rustls::Error::AlertReceived(Alert::CertificateRequired | Alert::NoCertificate) => {
            Unreachable::ClientCertificate(ClientFault::Missing)
        }
        rustls::Error::AlertReceived(Alert::CertificateRevoked) => refused("revoked"),
        rustls::Error::AlertReceived(Alert::CertificateExpired) => refused("expired"),
        rustls::Error::AlertReceived(Alert::UnknownCA) => {
            refused("issued by nobody the site trusts")
        }
        rustls::Error::AlertReceived(
            Alert::BadCertificate
            | Alert::CertificateUnknown
            | Alert::UnsupportedCertificate
            | Alert::AccessDenied
            | Alert::DecryptError,
        ) => refused("not accepted"),
        other => Unreachable::Tls(other.to_string()),
    };
    TransportError::Unreachable { host, reason }
}
