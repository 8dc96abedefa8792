//! Nobody at the other end can keep a till waiting, fill it up or send it elsewhere.

use std::io::{Read, Write};
use std::process::Command;
use std::sync::atomic::Ordering;
use std::time::Duration;

use erpnext::https::Roots;
use erpnext::request::{TransportError, Unreachable};
use rustls::version::{TLS12, TLS13};
use rustls::{ProtocolVersion, SupportedProtocolVersion};
use tests::stand_in::{Authority, Site, StandIn};

use crate::server::{self, answers, counts, drips};
use crate::{ask, problem};

fn unreachable(error: TransportError) -> Unreachable {
    match error {
        TransportError::Unreachable { reason, .. } => reason,
        other => panic!("an answer came: {other}"),
    }
}

#[test]
fn a_server_that_knows_only_old_tls_or_none_is_told_apart() {
    // A ServerHello of TLS 1.1, and the alert that others send instead.
    let mut hello = vec![0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0, 0x2f, 0]);
    for old in [hello, vec![0x15, 3, 2, 0, 2, 2, 70]] {
        let port = server::start(move |stream| {
            let mut asked = [0; 4096];
            if stream.read(&mut asked).is_ok() {
                stream.write_all(&old).ok();
            }
        });
        let config = server::config("https", port);
        assert_eq!(
            unreachable(ask(config.clone()).unwrap_err()),
            Unreachable::OldTls
        );
        let (cause, remedy) = problem(config);
        assert!(
            cause.ends_with("it offers no TLS of version 1.2 or later"),
            "{cause}"
        );
        assert!(remedy.contains("TLS 1.2"), "{remedy}");
    }
    let port = server::start(|stream| {
        let mut asked = [0; 4096];
        if stream.read(&mut asked).is_ok() {
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").ok();
        }
    });
    let config = server::config("https", port);
    assert_eq!(unreachable(ask(config).unwrap_err()), Unreachable::NotTls);
}

/// The version that is spoken with a site which offers these, over which it was asked something.
fn spoken(versions: &[&'static SupportedProtocolVersion]) -> ProtocolVersion {
    let authority = Authority::named("Ours");
    let provider = rustls::crypto::ring::default_provider();
    let offered = server::speaks(provider, versions, authority.issue("localhost", 2099));
    let (told, heard) = std::sync::mpsc::channel();
    let port = server::start_tls(offered, move |inside| {
        let mut asked = [0; 4096];
        if inside.read(&mut asked).is_ok_and(|read| read > 0) {
            told.send(inside.conn.protocol_version().unwrap()).ok();
        }
    });
    let mut config = server::config("https", port);
    config.roots = Roots::Only(vec![authority.certificate()]);
    // The site hangs up: only that it was asked matters.
    ask(config).unwrap_err();
    heard.recv_timeout(Duration::from_secs(10)).unwrap()
}

#[test]
fn the_newest_tls_that_a_site_offers_is_spoken() {
    assert_eq!(spoken(&[&TLS12, &TLS13]), ProtocolVersion::TLSv1_3);
    assert_eq!(spoken(&[&TLS13]), ProtocolVersion::TLSv1_3);
    assert_eq!(spoken(&[&TLS12]), ProtocolVersion::TLSv1_2);
}

#[test]
fn a_server_that_goes_on_for_ever_is_given_up() {
    for (scheme, head, drop) in [
        ("http", &b"HTTP/1.1 200 OK\r\n"[..], &b"X-More: x\r\n"[..]),
        (
            "http",
            b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n",
            b" ",
        ),
        (
            "http",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
            b"1\r\n \r\n",
        ),
        ("http", b"", b"H"),
        // The beginning of a handshake that never ends.
        ("https", &[0x16, 3, 3, 0x3f, 0xff, 2, 0, 0x3f, 0xfb], &[3]),
    ] {
        let error = ask(drips(scheme, head, drop)).unwrap_err();
        let given_up = match &error {
            TransportError::Unreachable { reason, .. } => *reason == Unreachable::Timeout,
            // It ran out of patience for the head before it ran out of time.
            TransportError::TooLarge { .. } | TransportError::NotJson { .. } => {
                head.is_empty() || drop.starts_with(b"X-More")
            }
            _ => false,
        };
        assert!(given_up, "{scheme} {drop:?}: {error}");
    }
}

#[test]
fn a_head_without_measure_is_not_read_to_its_end() {
    let mut answer = b"HTTP/1.1 200 OK\r\n".to_vec();
    for _ in 0..100 {
        answer.extend_from_slice(b"X-Long: ");
        answer.extend([b'x'; 1000]);
        answer.extend_from_slice(b"\r\n");
    }
    answer.extend_from_slice(b"Content-Length: 2\r\n\r\n{}");
    let error = ask(answers(answer)).unwrap_err();
    assert_eq!(error, TransportError::TooLarge { limit: 32 * 1024 });
}

#[test]
fn no_redirect_is_followed_neither_within_the_site_nor_to_another() {
    let (elsewhere, visits) = counts(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".to_vec());
    for location in ["/login", &elsewhere.url] {
        let answer =
            format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
        let (site, asked) = counts(answer.into_bytes());
        let error = ask(site.clone()).unwrap_err();
        let told = TransportError::Redirected {
            status: 302,
            location: location.to_owned(),
        };
        assert_eq!(error, told);
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        let (cause, remedy) = problem(site);
        assert!(cause.contains(location), "{cause}");
        assert!(remedy.contains("Give the till the address"), "{remedy}");
    }
    assert_eq!(visits.load(Ordering::SeqCst), 0);
    let long = format!(
        "HTTP/1.1 301 Moved\r\nLocation: https://{}\r\nContent-Length: 0\r\n\r\n",
        "x".repeat(5000)
    );
    let error = ask(answers(long.into_bytes())).unwrap_err().to_string();
    assert!(error.len() < 300, "{error}");
}

/// Runs itself again with proxies in the environment, which only a new process can have.
#[test]
fn a_proxy_that_the_environment_names_is_not_used() {
    const INSIDE: &str = "EVERTILL_TEST_SITE";
    if let Ok(url) = std::env::var(INSIDE) {
        let mut config = StandIn::http(Site::harbour_books()).config();
        config.url = url;
        ask(config).unwrap();
        return;
    }
    let site = StandIn::http(Site::harbour_books());
    let (proxy, asked) = counts(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n".to_vec());
    let mut again = Command::new(std::env::current_exe().unwrap());
    again
        .args([
            "--exact",
            "bounds::a_proxy_that_the_environment_names_is_not_used",
        ])
        .env(INSIDE, site.url());
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"] {
        again
            .env(name, &proxy.url)
            .env(name.to_lowercase(), &proxy.url);
    }
    for name in ["NO_PROXY", "no_proxy"] {
        again.env_remove(name);
    }
    let output = again.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    assert_eq!(site.site().requests().len(), 1);
}
