//! The transport of a real till: HTTPS over rustls, with nothing left to the environment.

mod config;
mod connector;
mod failure;
mod pins;
mod session;
mod tls;

pub use pins::presented_pins;

pub use config::{Roots, Secret, SiteConfig, SiteError, Timeouts};

use std::io::Read;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use ureq::http;
use ureq::unversioned::transport::{Connector as _, TcpConnector};

use crate::request::{Refused, Reply, Request, Transport, TransportError};
use connector::{Names, TlsConnector};
use session::Identity;

/// A connection to one site as one user.
///
/// It follows no redirects, keeps no cookies, uses no proxy from the environment, and limits the
/// size and the time of every answer. `http://` is refused but for this machine itself.
pub struct Client {
    agent: ureq::Agent,
    config: SiteConfig,
    identity: Identity,
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
    /// [`SiteError`] when no root certificate can be read.
    pub fn new(config: SiteConfig) -> Result<Self, SiteError> {
        let tls = Arc::new(tls::client_config(&config.roots)?);
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
            .user_agent(concat!("Evertill/", env!("CARGO_PKG_VERSION")))
            .accept("application/json")
            .build();
        let connector = ().chain(TcpConnector::default()).chain(TlsConnector::new(tls));
        let agent = ureq::Agent::with_parts(settings, connector, Names::default());
        let identity = Identity::of(&config);
        Ok(Self {
            agent,
            config,
            identity,
        })
    }

    fn exchange(&self, request: &Request) -> Result<http::Response<ureq::Body>, ureq::Error> {
        let body = request.body.as_ref().map(|body| body.to_string());
        self.run(
            request.method.as_str(),
            &request.path_and_query(),
            body.as_deref(),
        )
    }

    /// `path` is from the host on, `body` is JSON.
    fn run(
        &self,
        method: &str,
        path: &str,
        body: Option<&str>,
    ) -> Result<http::Response<ureq::Body>, ureq::Error> {
        let mut builder = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.config.url));
        if let Some((name, value)) = self.identity.header() {
            builder = builder.header(name, value);
        }
        match body {
            Some(body) => {
                let builder = builder.header("content-type", "application/json");
                self.agent.run(builder.body(body)?)
            }
            None => self.agent.run(builder.body(())?),
        }
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
        if (300..400).contains(&status) {
            let location = header("location").unwrap_or_else(|| "nowhere".to_owned());
            return Err(TransportError::Redirected { status, location });
        }
        let html = header("content-type").is_some_and(|kind| kind.starts_with("text/html"));
        let retry_after = header("retry-after").and_then(|seconds| seconds.trim().parse().ok());
        let limit = self.config.max_answer;
        let mut body = Vec::new();
        // One byte more than allowed shows that there is more.
        let mut reader = answer
            .into_body()
            .into_reader()
            .take(limit.saturating_add(1));
        let read = reader.read_to_end(&mut body);
        if body.len() as u64 > limit {
            return Err(TransportError::TooLarge { limit });
        }
        read.map_err(|error| failure::of_body(&self.config.host(), error))?;
        match serde_json::from_slice::<Value>(&body) {
            Ok(body) if (200..300).contains(&status) => Ok(Reply { body }),
            Ok(body) => {
                // A day is more than any site means.
                let wait = retry_after.map(|seconds: u64| Duration::from_secs(seconds.min(86_400)));
                Err(Refused::read(status, &body, wait).into())
            }
            Err(_) if html => Err(TransportError::Html { status }),
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
        self.read(answer)
    }
}
