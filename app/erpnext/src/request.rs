//! One question to ERPNext and its answer, whatever carries them.

use std::fmt::Write as _;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use thiserror::Error;

use crate::https::Pin;
pub use crate::refused::Refused;

/// What a request does.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Method {
    /// Reads.
    Get,
    /// Creates, or calls a method.
    Post,
    /// Changes a document.
    Put,
    /// Deletes a document.
    Delete,
}

impl Method {
    /// As HTTP writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// One call of ERPNext's REST interface, version 1.
#[derive(Clone, PartialEq, Debug)]
pub struct Request {
    /// What it does.
    pub method: Method,
    /// From `/api/` on, percent-encoded.
    pub path: String,
    /// Parameters, not yet encoded.
    pub query: Vec<(String, String)>,
    /// The JSON body.
    pub body: Option<Value>,
}

impl Request {
    /// Reads one document with its child tables.
    pub fn get(doctype: &str, name: &str) -> Self {
        Self::new(Method::Get, resource(doctype, Some(name)))
    }

    /// Creates a document.
    pub fn insert(doctype: &str, body: Value) -> Self {
        Self {
            body: Some(body),
            ..Self::new(Method::Post, resource(doctype, None))
        }
    }

    /// Changes a document.
    pub fn update(doctype: &str, name: &str, body: Value) -> Self {
        Self {
            body: Some(body),
            ..Self::new(Method::Put, resource(doctype, Some(name)))
        }
    }

    /// Calls a method of a document.
    pub fn run(doctype: &str, name: &str, method: &str) -> Self {
        Self {
            body: Some(json!({ "run_method": method })),
            ..Self::new(Method::Post, resource(doctype, Some(name)))
        }
    }

    /// Deletes a document.
    pub fn delete(doctype: &str, name: &str) -> Self {
        Self::new(Method::Delete, resource(doctype, Some(name)))
    }

    /// Lists documents: `fields` of those that fulfil `filters`, a JSON list of conditions.
    pub fn list(doctype: &str, fields: &[&str], filters: &Value) -> Self {
        let request = Self::new(Method::Get, resource(doctype, None))
            .with("fields", json!(fields).to_string());
        match filters.as_array() {
            Some(none) if none.is_empty() => request,
            _ => request.with("filters", filters.to_string()),
        }
    }

    /// Calls a method that changes nothing.
    pub fn call(method: &str) -> Self {
        Self::new(Method::Get, format!("/api/method/{method}"))
    }

    /// Calls a method with a body, for parameters too long for an address.
    pub fn call_with(method: &str, body: Value) -> Self {
        Self {
            body: Some(body),
            ..Self::new(Method::Post, format!("/api/method/{method}"))
        }
    }

    /// The same request with one more parameter.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.query.push((key.to_owned(), value.into()));
        self
    }

    /// The path with its parameters, as it stands behind the host in an address.
    pub fn path_and_query(&self) -> String {
        let mut address = self.path.clone();
        for (place, (key, value)) in self.query.iter().enumerate() {
            address.push(if place == 0 { '?' } else { '&' });
            percent_encode(&mut address, key);
            address.push('=');
            percent_encode(&mut address, value);
        }
        address
    }

    fn new(method: Method, path: String) -> Self {
        Self {
            method,
            path,
            query: Vec::new(),
            body: None,
        }
    }
}

fn resource(doctype: &str, name: Option<&str>) -> String {
    let mut path = "/api/resource/".to_owned();
    percent_encode(&mut path, doctype);
    if let Some(name) = name {
        path.push('/');
        percent_encode(&mut path, name);
    }
    path
}

fn percent_encode(target: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            target.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(target, "%{byte:02X}");
        }
    }
}

/// The answer to a request that ERPNext carried out.
#[derive(Clone, PartialEq, Debug)]
pub struct Reply {
    /// The whole body.
    pub body: Value,
}

impl Reply {
    /// What was asked for: `data` of a resource, `message` of a method; null when there is none.
    pub fn data(&self) -> &Value {
        let found = self.body.get("data").or_else(|| self.body.get("message"));
        found.unwrap_or(&Value::Null)
    }
}

/// What carries requests: [`crate::https::Client`] on a till, a script in tests.
pub trait Transport {
    /// Sends one request and waits for its answer, never longer than the transport's time limit.
    ///
    /// # Errors
    /// [`TransportError`]. Only [`TransportError::Refused`] proves that a write did not happen;
    /// after any other the outcome is unknown and must be looked up.
    fn send(&mut self, request: &Request) -> Result<Reply, TransportError>;

    /// How far the site's clock is ahead of this machine's, by its last answer (HTTP `Date`, to
    /// the second). `None` where that is not known.
    fn site_ahead(&self) -> Option<SignedDuration> {
        None
    }
}

/// Why there is no usable answer.
#[derive(Clone, PartialEq, Debug, Error)]
pub enum TransportError {
    /// No connection, or it broke.
    #[error("{host} cannot be reached: {reason}")]
    Unreachable {
        /// The site.
        host: String,
        /// What went wrong on the way.
        reason: Unreachable,
    },
    /// The site's certificate does not prove that it is the site.
    #[error("the certificate of {host} {fault}")]
    Certificate {
        /// The site.
        host: String,
        /// What is wrong with it.
        fault: CertificateFault,
    },
    /// The answer is longer than a till reads.
    #[error("the answer is longer than {limit} bytes")]
    TooLarge {
        /// The most that is read.
        limit: u64,
    },
    /// The answer ended before its end.
    #[error("the answer was cut off")]
    Truncated,
    /// The answer is not JSON.
    #[error("the answer (HTTP {status}) is not JSON: {detail}")]
    NotJson {
        /// The HTTP status.
        status: u16,
        /// Where it stops to be JSON.
        detail: String,
    },
    /// The answer is a page for people: a proxy's, a captive portal's, or another server's.
    #[error("a web page (HTTP {status}) came instead of an answer")]
    Html {
        /// The HTTP status.
        status: u16,
    },
    /// The web server does not give the file.
    #[error("the web server does not give the file (HTTP {status})")]
    NoFile {
        /// The HTTP status.
        status: u16,
    },
    /// The web server gives another part of a file than it was asked for, or the whole.
    #[error(
        "the web server does not give parts of the file as they were asked for (HTTP {status})"
    )]
    NotThePart {
        /// The HTTP status.
        status: u16,
    },
    /// The site sent the till elsewhere; it does not follow.
    #[error("the site redirects (HTTP {status}) to {location}")]
    Redirected {
        /// The HTTP status.
        status: u16,
        /// Where to.
        location: String,
    },
    /// The request cannot be put into HTTP.
    #[error("the request cannot be sent: {0}")]
    Request(String),
    /// ERPNext answered and said no.
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// What went wrong on the way to a site.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum Unreachable {
    /// Its name has no address.
    #[error("its name is not known (DNS)")]
    Name,
    /// Nothing listens there.
    #[error("nothing answers at its address")]
    Refused,
    /// It took too long.
    #[error("no answer in time")]
    Timeout,
    /// The connection broke.
    #[error("the connection broke ({0})")]
    Broken(String),
    /// The site knows only versions of TLS that are not safe any more.
    #[error("it offers no TLS of version 1.2 or later")]
    OldTls,
    /// Something listens that does not encrypt.
    #[error("what answers at its address does not speak TLS")]
    NotTls,
    /// The site's server and the till have no safe way to encrypt in common.
    #[error("no safe way to encrypt could be agreed on with it")]
    NoCommonCipher,
    /// The site wants to know who the till is, by a certificate.
    #[error("it {0}")]
    ClientCertificate(ClientFault),
    /// No TLS could be agreed on.
    #[error("no secure connection could be made ({0})")]
    Tls(String),
}

/// Why a site does not let the till in before it has even seen its key.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum ClientFault {
    /// The till shows none.
    #[error("asks for a certificate of this till")]
    Missing,
    /// The one it shows is not good enough.
    #[error("refuses this till's certificate: it is {0}")]
    Refused(&'static str),
}

/// Why a certificate is not accepted.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum CertificateFault {
    /// Signed by nobody the till trusts.
    #[error("was issued by nobody this till trusts")]
    UnknownIssuer,
    /// Signed by its own key.
    #[error("is signed by itself, which proves nothing")]
    SelfSigned,
    /// Its time is over, or the till's clock is wrong.
    #[error("expired on {}; this till's clock says {}", day(*until), day(*now))]
    Expired {
        /// When.
        until: Timestamp,
        /// By the till's clock.
        now: Timestamp,
    },
    /// Its time has not come, or the till's clock is wrong.
    #[error("is valid only from {} on; this till's clock says {}", day(*from), day(*now))]
    NotYetValid {
        /// When.
        from: Timestamp,
        /// By the till's clock.
        now: Timestamp,
    },
    /// It is another host's; the names that it is for, as far as they are known.
    #[error("belongs to another name ({0})")]
    WrongName(String),
    /// It is valid, but its key is none of those that the till was told of.
    #[error("has a key that this till was not told of ({})", pin(*.0))]
    OtherKey(Option<Pin>),
    /// Something else, in rustls' words.
    #[error("is not valid ({0})")]
    Other(String),
}

fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).date().to_string()
}

fn pin(pin: Option<Pin>) -> String {
    pin.map_or_else(|| "unreadable".to_owned(), |pin| format!("pin {pin}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_encoded_in_the_path() {
        let request = Request::get("Item Tax Template", "US ST 6.25% - HB/1");
        assert_eq!(
            request.path,
            "/api/resource/Item%20Tax%20Template/US%20ST%206.25%25%20-%20HB%2F1"
        );
        let list = Request::list("Item", &["name"], &json!([["modified", ">=", "2026"]]));
        assert!(
            list.path_and_query()
                .starts_with("/api/resource/Item?fields=%5B%22name%22%5D&filters=")
        );
    }
}
