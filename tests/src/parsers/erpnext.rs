//! What a site, or whatever stands in its place, answers.

use std::time::Duration;

use checkout::masters::Doctype;
use checkout::shop::Shop;
use erpnext::dto::{decode_document, decode_list, merge_children};
use erpnext::https::SiteConfig;
use erpnext::push::{
    Closing, ListedInvoice, Opening, Push, PushStep, Reconciliation, key_field_present,
    opening_rule, versions_probe,
};
use erpnext::request::{Refused, Reply, Request, Transport, TransportError};
use serde_json::Value;

use super::rules::masters_with;
use crate::sync::{Mirror, clock};
use crate::{day, fixtures};

/// More requests than any machine needs for answers of a fuzzer's length.
const MANY: usize = 2_000;

/// The first line, and what comes after it.
pub(super) fn first_line(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    Some((str::from_utf8(&bytes[..end]).ok()?, &bytes[end + 1..]))
}

/// A document or a list of them, under a line with the name of the doctype.
pub fn documents(bytes: &[u8]) {
    let Some((name, rest)) = first_line(bytes) else {
        return;
    };
    let known = Doctype::ALL.iter().find(|doctype| doctype.name() == name);
    let Some(doctype) = known.copied() else {
        return;
    };
    let Ok(reply) = serde_json::from_slice::<Value>(rest) else {
        return;
    };
    let mut masters: Vec<_> = decode_list(doctype, &reply)
        .into_iter()
        .chain([decode_document(doctype, &reply)])
        .filter_map(|decoded| match decoded {
            Ok(master) => {
                assert_eq!(master.doctype(), doctype);
                Some(master)
            }
            Err(error) => {
                assert!(!error.to_string().is_empty());
                None
            }
        })
        .collect();
    for error in merge_children(&mut masters, &reply) {
        assert!(!error.to_string().is_empty());
    }
    // What is stored is read again.
    for master in &masters {
        let stored = serde_json::to_string(master).expect("a master can be stored");
        let again = serde_json::from_str(&stored).expect("a stored master can be read");
        assert_eq!(*master, again);
    }
    let _shop_or_sentence = Shop::assemble("Counter", masters_with(masters));
}

/// A refusal, under a line with its status.
pub fn refusals(bytes: &[u8]) {
    let Some((status, body)) = first_line(bytes) else {
        return;
    };
    let (Ok(status), Ok(body)) = (status.parse(), serde_json::from_slice::<Value>(body)) else {
        return;
    };
    let refused = Refused::read(status, &body, Some(Duration::from_secs(1)));
    assert!(refused.message.chars().count() <= 2_000);
    assert!(!refused.to_string().is_empty());
    let error = TransportError::Refused(refused);
    let _problem = key_field_present(Err(error));
}

/// Answers that a script gives, one after the other; when it has no more, the line is dead.
pub(super) struct Script<'a>(std::slice::Split<'a, u8, fn(&u8) -> bool>);

impl<'a> Script<'a> {
    /// An answer a line: a digit that says its status, then its body.
    pub(super) fn of(bytes: &'a [u8]) -> Self {
        Self(bytes.split(|byte| *byte == b'\n'))
    }
}

impl Transport for Script<'_> {
    fn send(&mut self, _: &Request) -> Result<Reply, TransportError> {
        let Some((kind, body)) = self.0.next().and_then(|answer| answer.split_first()) else {
            return Err(TransportError::Truncated);
        };
        let Ok(body) = serde_json::from_slice(body) else {
            return Err(TransportError::NotJson {
                status: 200,
                detail: "a fuzzer's".to_owned(),
            });
        };
        let status = match kind {
            b'1' => 401,
            b'3' => 403,
            b'4' => 404,
            b'5' => 500,
            b'7' => 417,
            b'9' => 409,
            _ => return Ok(Reply { body }),
        };
        Err(Refused::read(status, &body, None).into())
    }
}

/// Answers to a download.
pub fn pull(bytes: &[u8]) {
    let mut mirror = Mirror::default();
    let mut pull = mirror.pull("Counter 1");
    let mut script = Script::of(bytes);
    let ended = mirror.cycle(&mut pull, clock("2026-11-23T12:00:00"), &mut script, MANY);
    assert!(ended, "a dead line ends no download");
}

/// A closing of one sale.
fn closing() -> Closing {
    let (shift, sale) = (fixtures::shift(), fixtures::usual_sale(1));
    let usd = fixtures::usd;
    Closing {
        key: "C1-7K2M9QXB-Z000001".to_owned(),
        shift_number: shift.number,
        pos_opening_entry: "POS-OPE-2026-00001".to_owned(),
        company: shift.company,
        pos_profile: shift.pos_profile,
        period_end_date: shift.period_start_date,
        invoices: vec![ListedInvoice {
            pos_invoice: sale.key,
            posting_date: sale.posting_date,
            customer: "Walk-in Customer".to_owned(),
            grand_total: sale.amount_to_pay,
            is_return: false,
            return_against: None,
        }],
        payment_reconciliation: vec![Reconciliation {
            mode_of_payment: "Cash".to_owned(),
            opening_amount: usd(10_000),
            expected_amount: usd(13_191),
            closing_amount: usd(13_191),
        }],
        taxes: vec![("Sales Tax - HB".to_owned(), 8.25, usd(243))],
        grand_total: usd(3_191),
        net_total: usd(2_948),
        total_quantity: 3.0,
    }
}

/// Answers to what is being sent, under a line that says what. The first is about the site's version.
pub fn push(bytes: &[u8]) {
    let Some((sent, rest)) = first_line(bytes) else {
        return;
    };
    let mut script = Script::of(rest);
    let mut context = fixtures::context();
    if let Ok(rule) = opening_rule(script.send(&versions_probe())) {
        context.rule = rule;
    }
    let mut push = match sent {
        "opening" => Push::opening(&Opening::of(&fixtures::shift()), &context),
        "sale" => Push::sale(&fixtures::usual_sale(1), &context),
        "rich sale" => Push::sale(&fixtures::rich_sale(1), &context),
        "return" => {
            let sold = fixtures::usual_sale(1);
            Push::sale(&day::return_of(2, &sold, &[(0, 1.0)]), &context)
        }
        "customer" => {
            let made = day::new_customer(1, "Ada Byron", fixtures::shift().opened_at);
            Push::customer(&made, &context)
        }
        "closing" => Push::closing(&closing(), &context),
        _ => return,
    };
    for _ in 0..MANY {
        match push.next() {
            PushStep::Send(request) => push.on_reply(script.send(&request)),
            PushStep::Done(_) => return,
        }
    }
    panic!("a dead line ends no push");
}

/// The address of a site and a key, on two lines.
pub fn site_addresses(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let (url, key) = text.split_once('\n').unwrap_or((&text, "key:secret"));
    if let Err(error) = SiteConfig::new(url, key) {
        // Whatever is secret in it, the sentence is the same.
        let other: String = key.chars().map(another_letter).collect();
        let same = SiteConfig::new(url, &other).unwrap_err();
        assert_eq!(error.to_string(), same.to_string());
    }
}

/// Another letter of the same kind; what is no letter stays.
fn another_letter(letter: char) -> char {
    match letter {
        'z' => 'a',
        'Z' => 'A',
        'a'..='y' | 'A'..='Y' => char::from(letter as u8 + 1),
        other => other,
    }
}
