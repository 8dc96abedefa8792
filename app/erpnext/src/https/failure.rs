//! ureq's, rustls' and the system's errors in our words.

use std::io;

use rustls::CertificateError;
use ureq::Error;

use crate::request::{CertificateFault, TransportError, Unreachable};

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
        Error::Protocol(_) | Error::LargeResponseHeader(..) => TransportError::NotJson {
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
    let host = host.to_owned();
    let rustls::Error::InvalidCertificate(certificate) = error else {
        return TransportError::Unreachable {
            host,
            reason: Unreachable::Tls(error.to_string()),
        };
    };
    let fault = match certificate {
        // A bad signature: somebody calls himself what a trusted issuer is called.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            CertificateFault::UnknownIssuer
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            CertificateFault::Expired
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            CertificateFault::NotYetValid
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateFault::WrongName
        }
        other => CertificateFault::Other(other.to_string()),
    };
    TransportError::Certificate { host, fault }
}
