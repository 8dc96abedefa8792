//! The transport of a real till: HTTPS over rustls, with nothing left to the environment.

mod buffers;
mod certificate;
mod config;
mod connector;
mod failure;
mod other;
mod pins;
mod session;
mod tls;
mod verifier;
mod wiped;

pub use certificate::{NotAPin, Pin};
pub use config::{ClientCertificate, Roots, Secret, SiteConfig, SiteError, Timeouts};
pub use other::Answer;
pub use pins::presented_pins;

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use ureq::http;
use ureq::unversioned::transport::{Connector as _, TcpConnector};
use zeroize::Zeroizing;

use crate::request::{Refused, Reply, Request, Transport, TransportError};
use connector::{Names, TlsConnector};
use session::Identity;

/// The most of an answer's head that is read, in bytes.
const LONGEST_HEAD: usize = 32 * 1024;
/// The most of an address that is told in a sentence, in letters.
const LONGEST_LOCATION: usize = 200;

/// A connection to one site as one user.
///
/// It follows no redirect, neither within a site nor to another; keeps no cookies; uses no proxy
/// that the environment names; and limits the size of every answer, head and body, and the time of
/// every exchange from the first byte to the last, however slowly they come. `http://` is refused
/// but for this machine itself.
pub struct Client {
    agent: ureq::Agent,
    config: SiteConfig,
    identity: Identity,
    site_ahead: Option<SignedDuration>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client for a site; connects with the first request.
    ///
    /// # Errors
    /// [`SiteError`] when no root certificate can be read, or the till's own cannot be used.
    pub fn new(config: SiteConfig) -> Result<Self, SiteError> {
        let tls = Arc::new(tls::client_config(&config, &config.pins)?);
        let Timeouts { connect, answer } = config.timeouts;
        let settings = ureq::config::Config::builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .timeout_connect(Some(connect))
            .timeout_resolve(Some(connect))
            .timeout_global(Some(answer))
            // Shorter than any server keeps a connection: a request must not meet one that is
            // just being closed, because its outcome would then be unknown.
            .max_idle_age(Duration::from_secs(3))
            .max_response_header_size(LONGEST_HEAD)
            .user_agent(concat!("Evertill/", env!("CARGO_PKG_VERSION")))
            .accept("application/json")
            .build();
        let connector = ().chain(TcpConnector::default()).chain(TlsConnector::new(tls));
        let agent = ureq::Agent::with_parts(settings, connector, Names::default());
        let identity = Identity::of(&config)?;
        Ok(Self {
            agent,
            config,
            identity,
            site_ahead: None,
        })
    }

    fn exchange(&self, request: &Request) -> Result<http::Response<ureq::Body>, ureq::Error> {
        // It may hold the hash of a PIN.
        let body = request.body.as_ref();
        let body = body.map(|body| Zeroizing::new(body.to_string()));
        self.run(
            request.method.as_str(),
            &request.path_and_query(),
            body.as_ref().map(|body| body.as_str()),
        )
    }

    /// `path` is from the host on, `body` is JSON.
    fn run(
        &self,
        method: &str,
        path: &str,
        body: Option<&str>,
    ) -> Result<http::Response<ureq::Body>, ureq::Error> {
        self.run_with(method, path, body, &[])
    }

    /// The same with more headers.
    fn run_with(
        &self,
        method: &str,
        path: &str,
        body: Option<&str>,
        headers: &[(&str, &str)],
    ) -> Result<http::Response<ureq::Body>, ureq::Error> {
        let mut builder = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.config.url));
        if let Some((name, value)) = self.identity.header() {
            builder = builder.header(name, value);
        }
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        match body {
            Some(body) => {
                let builder = builder.header("content-type", "application/json");
                self.agent.run(builder.body(body)?)
            }
            None => self.agent.run(builder.body(())?),
        }
    }

    /// The body of an answer, if it is not longer than this.
    fn body(
        &self,
        answer: http::Response<ureq::Body>,
        limit: u64,
    ) -> Result<Zeroizing<Vec<u8>>, TransportError> {
        // One byte more than allowed shows that there is more.
        let mut reader = answer
            .into_body()
            .into_reader()
            .take(limit.saturating_add(1));
        let (body, read) = wiped::read_to_end(&mut reader);
        if body.len() as u64 > limit {
            return Err(TransportError::TooLarge { limit });
        }
        read.map_err(|error| failure::of_body(&self.config.host(), error))?;
        Ok(body)
    }

    /// The answer within its limits, as what ERPNext said.
    fn read(&self, answer: http::Response<ureq::Body>) -> Result<Reply, TransportError> {
        let status = answer.status().as_u16();
        let header = |name: &str| {
            answer
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        if let Some(redirected) = redirected(&answer) {
            return Err(redirected);
        }
        let html = header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
        let retry_after = header("retry-after").and_then(|seconds| seconds.trim().parse().ok());
        let body = self.body(answer, self.config.max_answer)?;
        match serde_json::from_slice::<Value>(&body) {
            Ok(body) if (200..300).contains(&status) => Ok(Reply { body }),
            Ok(body) => {
                // A day is more than any site means.
                let wait = retry_after.map(|seconds: u64| Duration::from_secs(seconds.min(86_400)));
                Err(Refused::read(status, &body, wait).into())
            }
            Err(_) if html => Err(failure::of_page(&self.config.host(), status, &body)),
            Err(error) => Err(TransportError::NotJson {
                status,
                detail: error.to_string(),
            }),
        }
    }
}

impl Transport for Client {
    fn send(&mut self, request: &Request) -> Result<Reply, TransportError> {
        let answer = self
            .exchange(request)
            .map_err(|error| failure::of(&self.config.host(), error))?;
        if let Some(site) = date_of(&answer) {
            self.site_ahead = Some(site.duration_since(Timestamp::now()));
        }
        self.read(answer)
    }

    fn site_ahead(&self) -> Option<SignedDuration> {
        self.site_ahead
    }
}

/// The error that a redirection is: none is followed.
fn redirected(answer: &http::Response<ureq::Body>) -> Option<TransportError> {
    let status = answer.status().as_u16();
    let location = answer.headers().get("location");
    let location = location.and_then(|location| location.to_str().ok());
    (300..400)
        .contains(&status)
        .then(|| TransportError::Redirected {
            status,
            location: location
                .unwrap_or("nowhere")
                .chars()
                .take(LONGEST_LOCATION)
                .collect(),
        })
}

/// When the server says that it answered.
fn date_of(answer: &http::Response<ureq::Body>) -> Option<Timestamp> {
    let date = answer.headers().get("date")?.to_str().ok()?;
    let date = jiff::fmt::rfc2822::parse(date).ok()?;
    Some(date.timestamp())
}
