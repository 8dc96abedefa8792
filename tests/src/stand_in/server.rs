//! The sockets: a thread that accepts, one for each connection.

use std::io::{BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

use erpnext::https::{Client, Roots, SiteConfig, Timeouts};
use rustls::pki_types::CertificateRevocationListDer;
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use servers::http::{self, Asked};

use super::fault::Fault;
use super::{ADMIN_TOKEN, Authority, Identity, Site, TOKEN};

/// A running stand-in; stops when dropped.
pub struct StandIn {
    address: SocketAddr,
    scheme: &'static str,
    roots: Roots,
    site: Arc<Mutex<Site>>,
    stop: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
}

impl StandIn {
    /// Over plain HTTP on the loopback.
    pub fn http(site: Site) -> Self {
        let nobody = Authority::named("Nobody").certificate();
        Self::start(site, None, Roots::Only(vec![nobody]))
    }

    /// Over TLS, with a certificate that its clients trust.
    pub fn https(site: Site) -> Self {
        let authority = Authority::named("Authority of the stand-in");
        let roots = Roots::Only(vec![authority.certificate()]);
        Self::start(site, Some(authority.issue("localhost", 2099)), roots)
    }

    /// Over TLS with any certificate, and clients that trust `roots`.
    pub fn https_as(site: Site, identity: Identity, roots: Roots) -> Self {
        Self::start(site, Some(identity), roots)
    }

    /// The same, and only tills that show a certificate of this authority are let in, unless it
    /// was revoked.
    pub fn https_for_tills(
        site: Site,
        identity: Identity,
        roots: Roots,
        tills: &Authority,
        revoked: Option<CertificateRevocationListDer<'static>>,
    ) -> Self {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut trusted = RootCertStore::empty();
        trusted.add(tills.certificate()).unwrap();
        let clients =
            WebPkiClientVerifier::builder_with_provider(Arc::new(trusted), provider.clone())
                .with_crls(revoked)
                .allow_unknown_revocation_status()
                .build()
                .unwrap();
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_client_cert_verifier(clients)
            .with_single_cert(identity.chain, identity.key)
            .unwrap();
        Self::serve_with(site, Some(Arc::new(config)), roots)
    }

    fn start(site: Site, identity: Option<Identity>, roots: Roots) -> Self {
        let tls = identity.map(|identity| {
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let builder = ServerConfig::builder_with_provider(provider);
            let builder = builder
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth();
            Arc::new(
                builder
                    .with_single_cert(identity.chain, identity.key)
                    .unwrap(),
            )
        });
        Self::serve_with(site, tls, roots)
    }

    fn serve_with(site: Site, tls: Option<Arc<ServerConfig>>, roots: Roots) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let site = Arc::new(Mutex::new(site));
        let stop = Arc::new(AtomicBool::new(false));
        let accepting = std::thread::spawn({
            let (site, stop) = (Arc::clone(&site), Arc::clone(&stop));
            move || {
                for stream in listener.incoming().map_while(Result::ok) {
                    if stop.load(Ordering::SeqCst) {
                        return;
                    }
                    let (site, tls) = (Arc::clone(&site), tls.clone());
                    std::thread::spawn(move || connection(stream, tls, &site));
                }
            }
        });
        Self {
            address,
            scheme,
            roots,
            site,
            stop,
            accepting: Some(accepting),
        }
    }

    /// What the stand-in holds, to look at or to change.
    pub fn site(&self) -> MutexGuard<'_, Site> {
        self.site.lock().unwrap()
    }

    /// The address of the site.
    pub fn url(&self) -> String {
        format!("{}://localhost:{}", self.scheme, self.address.port())
    }

    /// The till's configuration for it.
    pub fn config(&self) -> SiteConfig {
        let mut config = SiteConfig::new(&self.url(), TOKEN).unwrap();
        config.roots = self.roots.clone();
        config.timeouts = Timeouts {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(20),
        };
        config
    }

    /// The client of the site's System Manager.
    pub fn administrator(&self) -> Client {
        let mut config = SiteConfig::new(&self.url(), ADMIN_TOKEN).unwrap();
        config.roots = self.roots.clone();
        Client::new(config).unwrap()
    }

    /// The till's client.
    pub fn client(&self) -> Client {
        Client::new(self.config()).unwrap()
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}

fn connection(stream: TcpStream, tls: Option<Arc<ServerConfig>>, site: &Mutex<Site>) {
    // A client that forgets to close does not keep the thread for ever.
    let _ = stream.set_read_timeout(Some(Duration::from_secs(30)));
    let _ = stream.set_nodelay(true);
    match tls {
        Some(config) => {
            let Ok(connection) = ServerConnection::new(config) else {
                return;
            };
            serve(StreamOwned::new(connection, stream), site);
        }
        None => serve(stream, site),
    }
}

fn serve<S: Read + Write>(stream: S, site: &Mutex<Site>) {
    let mut stream = BufReader::new(stream);
    while let Some(asked) = http::read(&mut stream) {
        if answer(&asked, stream.get_mut(), site).is_none() {
            return;
        }
    }
}

/// Answers a request, with the fault that is planned for it; `None` closes the connection.
fn answer(asked: &Asked, stream: &mut impl Write, site: &Mutex<Site>) -> Option<()> {
    let fault = site.lock().ok()?.next_fault();
    let json = [("Content-Type", "application/json")];
    let done = !matches!(
        fault,
        Some(
            Fault::DropRequest
                | Fault::Html { done: false, .. }
                | Fault::Garbage
                | Fault::StrangeJson
                | Fault::TooManyRequests(_)
                | Fault::Unauthorized
                | Fault::Deadlock
                | Fault::ServerError
                | Fault::Redirect
                | Fault::Huge(_)
        )
    );
    let mut cookie = None;
    let (status, body) = if done {
        let mut site = site.lock().ok()?;
        if let Some(file) = site.file(asked) {
            return http::write(stream, 200, &[], file, 0).ok();
        }
        let (status, body) = site.answer(asked);
        cookie = site.sign_ins.cookie.take();
        (status, body.to_string().into_bytes())
    } else {
        (0, Vec::new())
    };
    let cookie = cookie.as_deref().map(|cookie| ("Set-Cookie", cookie));
    let answered: Vec<_> = json.into_iter().chain(cookie).collect();
    let error = |exc_type: &str| format!(r#"{{"exc_type":"{exc_type}"}}"#).into_bytes();
    let mut write = |status, headers: &[(&str, &str)], body: &[u8], cut| {
        http::write(stream, status, headers, body, cut).ok()
    };
    match fault {
        None => write(status, &answered, &body, 0),
        Some(Fault::DropRequest | Fault::DropReply) => None,
        Some(Fault::TruncateReply) => {
            write(status, &json, &body, 1 + body.len() / 2);
            None
        }
        Some(Fault::Html { status, .. }) => {
            let page = b"<!DOCTYPE html><html><body><h1>Sorry</h1></body></html>";
            write(
                status,
                &[("Content-Type", "text/html; charset=utf-8")],
                page,
                0,
            )
        }
        Some(Fault::Garbage) => write(200, &json, b"{\"data\": [1, 2", 0),
        Some(Fault::StrangeJson) => write(200, &json, b"{\"data\": 7}", 0),
        Some(Fault::TooManyRequests(seconds)) => {
            let wait = seconds.to_string();
            let headers = [json[0], ("Retry-After", wait.as_str())];
            write(429, &headers, &error("TooManyRequestsError"), 0)
        }
        Some(Fault::Unauthorized) => write(401, &json, &error("AuthenticationError"), 0),
        Some(Fault::Deadlock) => write(500, &json, &error("QueryDeadlockError"), 0),
        Some(Fault::ServerError) => write(500, &json, &error("OperationalError"), 0),
        Some(Fault::Redirect) => write(302, &[("Location", "https://elsewhere.example/")], b"", 0),
        Some(Fault::Delay(time)) => {
            std::thread::sleep(time);
            write(status, &answered, &body, 0)
        }
        Some(Fault::Huge(bytes)) => write(200, &json, &vec![b' '; bytes], 0),
    }
}
