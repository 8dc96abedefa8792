//! Whatever keeps a till from its site has its sentence, and what to do about it.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Duration;

use erpnext::https::{Roots, SiteConfig};
use erpnext::request::{CertificateFault, ClientFault, TransportError, Unreachable};
use flate2::Compression;
use flate2::write::GzEncoder;
use rustls::crypto::CryptoProvider;
use rustls::crypto::ring::cipher_suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256;
use rustls::crypto::ring::default_provider;
use rustls::version::TLS12;
use tests::stand_in::{Authority, Identity, Site, StandIn};

use crate::server::{self, answers_over_tls};
use crate::{ask, fault, problem};

const AGAIN: &str = "Check the network. The till tries again by itself and sends everything.";
const NO_WAY: &str = "ERPNext cannot be reached";

/// The error itself, and as the till's screen has it: the cause and the remedy.
fn told(config: SiteConfig) -> [String; 3] {
    let error = ask(config.clone()).unwrap_err();
    let (cause, remedy) = problem(config);
    [error.to_string(), cause, remedy]
}

/// A server that begins every connection with these bytes, whatever it is told.
fn says(bytes: &'static [u8]) -> SiteConfig {
    let port = server::start(move |stream| {
        let mut asked = [0; 4096];
        if stream.read(&mut asked).is_ok() {
            stream.write_all(bytes).ok();
        }
    });
    server::config("https", port)
}

#[test]
fn nobody_at_the_address() {
    // Nothing listens there any more.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = closed.local_addr().unwrap().port();
    drop(closed);
    let [error, cause, remedy] = told(server::config("https", port));
    assert_eq!(
        error,
        "localhost cannot be reached: nothing answers at its address"
    );
    assert_eq!([cause.as_str(), remedy.as_str()], [NO_WAY, AGAIN]);
}

#[test]
fn a_name_that_does_not_exist() {
    let mut config = server::config("https", 443);
    config.url = "https://no-such-shop.invalid".to_owned();
    let [error, cause, remedy] = told(config);
    assert_eq!(
        error,
        "no-such-shop.invalid cannot be reached: its name is not known (DNS)"
    );
    assert_eq!(cause, NO_WAY);
    assert!(remedy.contains("cable or Wi-Fi"), "{remedy}");
}

#[test]
fn a_connection_that_is_reset() {
    let port = server::start(|stream| {
        // Closed while something lies there unread, which Linux answers with a reset.
        let mut first = [0; 1];
        let _ = stream.peek(&mut first);
    });
    let [error, cause, remedy] = told(server::config("https", port));
    assert!(error.contains("the connection broke ("), "{error}");
    assert_eq!([cause.as_str(), remedy.as_str()], [NO_WAY, AGAIN]);
}

#[test]
fn a_server_that_says_nothing() {
    let port = server::start(|stream| {
        // Until the till has given it up.
        let mut asked = [0; 4096];
        while stream.read(&mut asked).is_ok_and(|read| read > 0) {}
    });
    let mut config = server::config("https", port);
    config.timeouts.connect = Duration::from_millis(300);
    config.timeouts.answer = Duration::from_millis(600);
    let [error, cause, remedy] = told(config);
    assert_eq!(error, "localhost cannot be reached: no answer in time");
    assert_eq!([cause.as_str(), remedy.as_str()], [NO_WAY, AGAIN]);
}

#[test]
fn plain_http_on_the_port() {
    let [error, cause, remedy] = told(says(b"HTTP/1.1 400 Bad Request\r\n\r\n"));
    assert_eq!(
        error,
        "localhost cannot be reached: what answers at its address does not speak TLS"
    );
    assert_eq!(cause, error);
    assert_eq!(remedy, "Check the site's address and port.");
}

#[test]
fn no_cipher_in_common() {
    // Ciphers for RSA alone, and a certificate with another key.
    let authority = Authority::named("Ours");
    let provider = CryptoProvider {
        cipher_suites: vec![TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256],
        ..default_provider()
    };
    let offered = server::speaks(provider, &[&TLS12], authority.issue("localhost", 2099));
    let port = server::start_tls(offered, |inside| {
        let _refused = inside.read(&mut [0; 16]);
    });
    let mut config = server::config("https", port);
    config.roots = Roots::Only(vec![authority.certificate()]);
    // What servers say that know only old ciphers, and one that finds all of ours too weak.
    let old = says(&[0x15, 3, 3, 0, 2, 2, 40]);
    let strict = says(&[0x15, 3, 3, 0, 2, 2, 71]);
    for config in [config, old, strict] {
        let [error, cause, remedy] = told(config);
        assert_eq!(
            error,
            "localhost cannot be reached: no safe way to encrypt could be agreed on with it"
        );
        assert_eq!(cause, error);
        assert!(remedy.contains("TLS 1.3, or 1.2 with ECDHE"), "{remedy}");
    }
}

#[test]
fn tls_that_breaks_off() {
    // An internal error of the server.
    let [error, cause, remedy] = told(says(&[0x15, 3, 3, 0, 2, 2, 80]));
    assert!(
        error.contains("no secure connection could be made"),
        "{error}"
    );
    assert_eq!(cause, error);
    assert!(remedy.contains("TLS of the site's server"), "{remedy}");
}

#[test]
fn each_way_to_refuse_a_tills_certificate() {
    let refused = ClientFault::Refused;
    for (alert, expected) in [
        (41, ClientFault::Missing),
        (116, ClientFault::Missing),
        (42, refused("not accepted")),
        (43, refused("not accepted")),
        (44, refused("revoked")),
        (45, refused("expired")),
        (46, refused("not accepted")),
        (48, refused("issued by nobody the site trusts")),
        (49, refused("not accepted")),
        (51, refused("not accepted")),
    ] {
        let port = server::start(move |stream| {
            let mut asked = [0; 4096];
            if stream.read(&mut asked).is_ok() {
                stream.write_all(&[0x15, 3, 3, 0, 2, 2, alert]).ok();
            }
        });
        let config = server::config("https", port);
        let is_missing = expected == ClientFault::Missing;
        match ask(config.clone()).unwrap_err() {
            TransportError::Unreachable {
                reason: Unreachable::ClientCertificate(fault),
                ..
            } => assert_eq!(fault, expected, "alert {alert}"),
            other => panic!("alert {alert}: {other}"),
        }
        let (_, remedy) = problem(config);
        let begins = if is_missing { "Give" } else { "Issue a new" };
        assert!(remedy.starts_with(begins), "alert {alert}: {remedy}");
        assert!(remedy.contains("client_certificate in till.toml"));
    }
}

#[test]
fn each_certificate_that_proves_nothing() {
    let ours = Authority::named("Ours");
    let trusted = || Roots::Only(vec![ours.certificate()]);
    let stranger = Authority::named("Strangers").issue("localhost", 2099);
    let for_tills = Identity::from_pem(&ours.issue_to_till("localhost", 1, 2099));
    for (identity, cause_has, remedy_has) in [
        (
            stranger,
            "was issued by nobody this till trusts",
            "Install a certificate that this till trusts",
        ),
        (
            ours.issue("other.example.com", 2099),
            "belongs to another name (other.example.com)",
            "Use the address that the certificate names.",
        ),
        (
            ours.issue("localhost", 2021),
            "expired on 2021-12-31",
            "Renew the site's certificate, or set the till's clock",
        ),
        (for_tills, "is not valid (", "Install a certificate"),
    ] {
        let site = StandIn::https_as(Site::harbour_books(), identity, trusted());
        let (cause, remedy) = problem(site.config());
        assert!(
            cause.starts_with("the certificate of localhost ") && cause.contains(cause_has),
            "{cause}"
        );
        assert!(remedy.contains(remedy_has), "{cause}: {remedy}");
        assert!(site.site().requests().is_empty(), "the key was sent");
    }
}

#[test]
fn a_certificate_for_another_purpose_is_not_a_sites() {
    let ours = Authority::named("Ours");
    let for_tills = Identity::from_pem(&ours.issue_to_till("localhost", 1, 2099));
    let fault = fault(for_tills, Roots::Only(vec![ours.certificate()]));
    assert!(matches!(fault, CertificateFault::Other(_)), "{fault}");
}

#[test]
fn an_answer_that_is_cut_off() {
    let cut =
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"me";
    let [error, cause, remedy] = told(answers_over_tls(cut.to_vec()).0);
    assert_eq!(error, "the answer was cut off");
    assert_eq!([cause.as_str(), remedy.as_str()], [NO_WAY, AGAIN]);
}

#[test]
fn an_answer_without_measure() {
    let (length, limit) = (3_000, 1_000);
    let body = "x".repeat(length);
    for head in [
        format!("Content-Length: {length}\r\n\r\n{body}"),
        format!("Transfer-Encoding: chunked\r\n\r\n{length:x}\r\n{body}\r\n0\r\n\r\n"),
    ] {
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{head}");
        let (mut config, _asked) = answers_over_tls(answer.into_bytes());
        config.max_answer = limit;
        let [error, cause, remedy] = told(config);
        assert_eq!(error, "the answer is longer than 1000 bytes");
        assert!(cause.ends_with(&error), "{cause}");
        assert!(remedy.contains("Check the site's address"), "{remedy}");
    }
}

#[test]
fn an_answer_that_is_compressed_though_nobody_asked_for_it() {
    let mut body = GzEncoder::new(Vec::new(), Compression::default());
    body.write_all(br#"{"message":"kiosk@example.com"}"#)
        .unwrap();
    let body = body.finish().unwrap();
    let mut answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
        body.len()
    )
    .into_bytes();
    answer.extend(body);
    let (config, asked) = answers_over_tls(answer);
    let [error, cause, _] = told(config);
    assert!(
        error.starts_with("the answer (HTTP 200) is not JSON"),
        "{error}"
    );
    assert!(cause.ends_with(&error), "{cause}");
    let asked = asked.recv().unwrap().to_lowercase();
    assert!(asked.contains("authorization: token "), "{asked}");
    assert!(!asked.contains("gzip") && !asked.contains("br,"), "{asked}");
}

#[test]
fn a_redirection_to_another_origin() {
    let (elsewhere, visits) = answers_over_tls(b"HTTP/1.1 200 OK\r\n\r\n{}".to_vec());
    let answer = format!(
        "HTTP/1.1 301 Moved Permanently\r\nLocation: {}\r\nContent-Length: 0\r\n\r\n",
        elsewhere.url
    );
    let [error, cause, remedy] = told(answers_over_tls(answer.into_bytes()).0);
    assert_eq!(
        error,
        format!("the site redirects (HTTP 301) to {}", elsewhere.url)
    );
    assert!(cause.ends_with(&error), "{cause}");
    assert!(
        remedy.contains("the address that the site answers at"),
        "{remedy}"
    );
    assert!(visits.try_recv().is_err(), "the key was sent elsewhere");
}
