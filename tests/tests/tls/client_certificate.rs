//! A site may want to see a certificate of the till.

use erpnext::https::{ClientCertificate, Roots, SiteConfig, SiteError};
use erpnext::request::{ClientFault, TransportError, Unreachable};
use tests::stand_in::{Authority, Site, StandIn};

use crate::server;
use crate::{ask, problem};

struct Shop {
    tills: Authority,
    site: StandIn,
}

impl Shop {
    /// A site that lets tills of its authority in, but for number 7.
    fn new() -> Self {
        let (authority, tills) = (Authority::named("Sites"), Authority::named("Tills"));
        let roots = Roots::Only(vec![authority.certificate()]);
        let identity = authority.issue("localhost", 2099);
        let revoked = Some(tills.revokes(7));
        let shop = Site::harbour_books();
        let site = StandIn::https_for_tills(shop, identity, roots, &tills, revoked);
        Self { tills, site }
    }

    fn config(&self, pem: Option<&str>) -> SiteConfig {
        let mut config = self.site.config();
        config.client = pem.map(|pem| ClientCertificate::from_pem(pem.as_bytes()).unwrap());
        config
    }

    fn fault(&self, pem: Option<&str>) -> ClientFault {
        match ask(self.config(pem)) {
            Err(TransportError::Unreachable {
                reason: Unreachable::ClientCertificate(fault),
                ..
            }) => fault,
            other => panic!("not about the till's certificate: {other:?}"),
        }
    }
}

#[test]
fn a_till_with_a_certificate_is_let_in_and_one_without_is_told() {
    let shop = Shop::new();
    let pem = shop.tills.issue_to_till("till-1", 1, 2099);
    ask(shop.config(Some(&pem))).unwrap();
    assert_eq!(shop.fault(None), ClientFault::Missing);
    let (cause, remedy) = problem(shop.config(None));
    assert_eq!(
        cause,
        "localhost cannot be reached: it asks for a certificate of this till"
    );
    assert!(remedy.contains("client_certificate"), "{remedy}");
}

#[test]
fn a_certificate_that_the_site_does_not_take_is_told_with_the_reason() {
    let shop = Shop::new();
    let revoked = shop.tills.issue_to_till("till-7", 7, 2099);
    assert_eq!(shop.fault(Some(&revoked)), ClientFault::Refused("revoked"));
    let old = shop.tills.issue_to_till("till-2", 2, 2021);
    assert_eq!(shop.fault(Some(&old)), ClientFault::Refused("expired"));
    let stranger = Authority::named("Strangers").issue_to_till("till-3", 3, 2099);
    let unknown = ClientFault::Refused("issued by nobody the site trusts");
    assert_eq!(shop.fault(Some(&stranger)), unknown);
}

#[test]
fn what_nginx_says_about_a_certificate_is_understood() {
    for (page, fault) in [
        ("No required SSL certificate was sent", ClientFault::Missing),
        (
            "The SSL certificate error",
            ClientFault::Refused("not accepted"),
        ),
    ] {
        let body = format!("<html><head><title>400 {page}</title></head></html>");
        let answer = format!(
            "HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let site = server::answers(answer.into_bytes());
        let error = ask(site).unwrap_err();
        let expected = Unreachable::ClientCertificate(fault);
        assert!(
            matches!(&error, TransportError::Unreachable { reason, .. } if *reason == expected),
            "{error}"
        );
    }
}

#[test]
fn a_file_without_a_certificate_or_its_key_is_refused_before_it_is_used() {
    let pem = Authority::named("Tills").issue_to_till("till-1", 1, 2099);
    let key = pem.find("-----BEGIN PRIVATE KEY").unwrap();
    for (part, missing) in [
        ("", "no certificate"),
        (&pem[..key], "no private key"),
        (&pem[key..], "no certificate"),
    ] {
        let error = ClientCertificate::from_pem(part.as_bytes()).unwrap_err();
        assert!(matches!(error, SiteError::ClientCertificate(_)));
        assert!(error.to_string().contains(missing), "{error}");
    }
    let shown = format!("{:?}", ClientCertificate::from_pem(pem.as_bytes()).unwrap());
    assert_eq!(shown, "ClientCertificate(…)");
}
