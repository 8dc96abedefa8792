//! Servers that are none: what they send is written byte by byte.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;
use std::time::Duration;

use erpnext::https::{Roots, SiteConfig, Timeouts};
use rustls::crypto::CryptoProvider;
use rustls::{ServerConfig, ServerConnection, Stream, SupportedProtocolVersion};
use tests::stand_in::{Authority, Identity, TOKEN};

/// Serves connections one after the other for as long as the tests run; answers with its port.
pub fn start(serve: impl Fn(&mut TcpStream) + Send + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            serve(&mut stream);
        }
    });
    port
}

/// The way to such a server, with little patience.
pub fn config(scheme: &str, port: u16) -> SiteConfig {
    let mut config = SiteConfig::new(&format!("{scheme}://localhost:{port}"), TOKEN).unwrap();
    config.roots = Roots::Only(vec![Authority::named("Ours").certificate()]);
    config.timeouts = Timeouts {
        connect: Duration::from_secs(2),
        answer: Duration::from_secs(2),
    };
    config
}

/// A site without TLS that gives this answer to whatever it is asked.
pub fn answers(answer: Vec<u8>) -> SiteConfig {
    config("http", start(move |stream| reply(stream, &answer)))
}

/// The same, and how often it was asked.
pub fn counts(answer: Vec<u8>) -> (SiteConfig, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let port = start(move |stream| {
        count.fetch_add(1, Ordering::SeqCst);
        reply(stream, &answer);
    });
    (config("http", port), asked)
}

/// How a server speaks TLS that shows this certificate.
pub fn speaks(
    provider: CryptoProvider,
    versions: &[&'static SupportedProtocolVersion],
    identity: Identity,
) -> Arc<ServerConfig> {
    let config = ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(identity.chain, identity.key)
        .unwrap();
    Arc::new(config)
}

/// Speaks TLS over every connection, and serves what is inside.
pub fn start_tls(
    config: Arc<ServerConfig>,
    serve: impl Fn(&mut Stream<'_, ServerConnection, TcpStream>) + Send + 'static,
) -> u16 {
    start(move |stream| {
        let mut connection = ServerConnection::new(config.clone()).unwrap();
        serve(&mut Stream::new(&mut connection, stream));
    })
}

/// A site that proves who it is, gives this answer to whatever it is asked, and hangs up without
/// saying so in TLS. The second hears what it was asked.
pub fn answers_over_tls(answer: Vec<u8>) -> (SiteConfig, Receiver<String>) {
    let authority = Authority::named("Ours");
    let provider = rustls::crypto::ring::default_provider();
    let identity = authority.issue("localhost", 2099);
    let (told, heard) = std::sync::mpsc::channel();
    let port = start_tls(
        speaks(provider, rustls::ALL_VERSIONS, identity),
        move |inside| {
            let mut asked = [0; 4096];
            if let Ok(read) = inside.read(&mut asked)
                && read > 0
            {
                told.send(String::from_utf8_lossy(&asked[..read]).into_owned())
                    .ok();
                inside.write_all(&answer).and_then(|()| inside.flush()).ok();
            }
        },
    );
    let mut config = config("https", port);
    config.roots = Roots::Only(vec![authority.certificate()]);
    (config, heard)
}

fn reply(stream: &mut TcpStream, answer: &[u8]) {
    let mut asked = [0; 4096];
    // A client that is gone is no longer waited for.
    if stream.read(&mut asked).is_ok_and(|read| read > 0) {
        stream.write_all(answer).ok();
    }
}

/// A server that begins with `head` and then sends `drop` again and again, slowly, until the
/// client has had enough.
pub fn drips(scheme: &str, head: &'static [u8], drop: &'static [u8]) -> SiteConfig {
    let port = start(move |stream| {
        let mut asked = [0; 4096];
        if stream.read(&mut asked).is_err() || stream.write_all(head).is_err() {
            return;
        }
        while stream.write_all(drop).is_ok() {
            std::thread::sleep(Duration::from_millis(50));
        }
    });
    config(scheme, port)
}
