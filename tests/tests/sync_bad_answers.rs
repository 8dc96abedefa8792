//! Malformed, oversized and strange answers end a cycle with a sentence; nothing stored is lost.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use erpnext::https::Client;
use erpnext::problem::Problem;
use erpnext::request::{Request, Transport, TransportError};
use tests::stand_in::{Fault, Site, StandIn};
use tests::sync::{Mirror, clock};

const PLENTY: usize = 10_000;

#[test]
fn every_bad_answer_has_its_sentence() {
    let stand_in = StandIn::https(Site::harbour_books());
    let mut config = stand_in.config();
    config.max_answer = 2_000_000;
    let mut client = Client::new(config).unwrap();
    for (fault, sentence) in [
        (Fault::TruncateReply, "the answer was cut off"),
        (
            Fault::Garbage,
            "the answer (HTTP 200) is not JSON: EOF while parsing a list at line 1 column 14",
        ),
        (
            Fault::Html {
                status: 200,
                done: false,
            },
            "a web page (HTTP 200) came instead of an answer",
        ),
        (
            Fault::Html {
                status: 502,
                done: false,
            },
            "a web page (HTTP 502) came instead of an answer",
        ),
        (
            Fault::Redirect,
            "the site redirects (HTTP 302) to https://elsewhere.example/",
        ),
        (
            Fault::Huge(3_000_000),
            "the answer is longer than 2000000 bytes",
        ),
        (
            Fault::TooManyRequests(3),
            "ERPNext answered TooManyRequestsError (HTTP 429)",
        ),
        (
            Fault::Unauthorized,
            "ERPNext answered AuthenticationError (HTTP 401)",
        ),
    ] {
        stand_in.site().plan([Some(fault)]);
        let error = client
            .send(&Request::call("frappe.auth.get_logged_user"))
            .unwrap_err();
        assert_eq!(error.to_string(), sentence);
    }
    stand_in.site().plan([Some(Fault::DropReply)]);
    let error = client
        .send(&Request::call("frappe.auth.get_logged_user"))
        .unwrap_err();
    assert!(
        matches!(error, TransportError::Unreachable { .. }),
        "{error}"
    );
    // The client is as good as new.
    client
        .send(&Request::call("frappe.auth.get_logged_user"))
        .unwrap();
}

#[test]
fn a_bad_answer_to_any_request_of_a_cycle_costs_no_master() {
    let stand_in = StandIn::http(Site::harbour_books());
    let (mut client, now) = (stand_in.client(), clock("2026-11-23T14:00:00"));
    let mut whole = Mirror::default();
    assert!(whole.cycle(
        &mut whole.pull("Counter 1"),
        now.clone(),
        &mut client,
        PLENTY
    ));
    let requests = stand_in.site().requests().len();
    let bad = [
        Fault::DropReply,
        Fault::TruncateReply,
        Fault::Garbage,
        Fault::StrangeJson,
        Fault::Html {
            status: 200,
            done: false,
        },
        Fault::Deadlock,
    ];
    for place in 0..requests {
        let fault = bad[place % bad.len()];
        stand_in
            .site()
            .plan(std::iter::repeat_n(None, place).chain([Some(fault)]));
        let mut mirror = whole.clone();
        mirror.cycle(
            &mut mirror.pull("Counter 1"),
            now.clone(),
            &mut client,
            PLENTY,
        );
        stand_in.site().plan([]);
        assert!(
            mirror.masters.len() >= whole.masters.len(),
            "{fault:?} at request {place}"
        );
        mirror.failed.clear();
        assert!(mirror.cycle(
            &mut mirror.pull("Counter 1"),
            now.clone(),
            &mut client,
            PLENTY
        ));
        assert_eq!(mirror.failed, [], "{fault:?} at request {place}");
        assert!(
            mirror.masters == whole.masters,
            "{fault:?} at request {place}"
        );
    }
}

#[test]
fn a_wrong_key_ends_the_cycle_and_is_named() {
    let stand_in = StandIn::http(Site::harbour_books());
    let mut config = stand_in.config();
    config.key = "old-key".to_owned();
    let mut mirror = Mirror::default();
    let mut pull = mirror.pull("Counter 1");
    let mut client = Client::new(config).unwrap();
    mirror.cycle(&mut pull, clock("2026-11-23T14:00:00"), &mut client, PLENTY);
    assert_eq!(mirror.failed, [Problem::KeyRefused]);
    assert_eq!(
        mirror.failed[0].to_string(),
        "ERPNext refused the till's key"
    );
}
