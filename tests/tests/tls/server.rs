//! Servers that are none: what they send is written byte by byte.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use erpnext::https::{Roots, SiteConfig, Timeouts};
use tests::stand_in::{Authority, TOKEN};

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
