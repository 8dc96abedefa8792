//! Whatever happens on the way, each document arrives once and equal, or is parked with a reason.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::time::Duration;

use erpnext::problem::Problem;
use erpnext::push::{KEY_FIELD, Outcome, Push, key_field_present, key_field_probe};
use erpnext::request::Transport;
use serde_json::json;
use tests::fixtures::{
    context, paid_in_all, points_of_ada, rich_sale, sale, shift, totals_of, usual_sale,
};
use tests::stand_in::{Fault, Refusal, Site, StandIn};
use tests::sync::Outbox;

/// Requests of an opening and one sale: user, find, draft, submit; look up, draft, submit, read
/// back.
const REQUESTS: usize = 8;
/// More than any test needs.
const PLENTY: usize = 1000;

const FAULTS: &[Fault] = &[
    Fault::DropRequest,
    Fault::DropReply,
    Fault::TruncateReply,
    Fault::Html {
        status: 502,
        done: false,
    },
    Fault::Html {
        status: 504,
        done: true,
    },
    Fault::Html {
        status: 200,
        done: false,
    },
    Fault::Garbage,
    Fault::StrangeJson,
    Fault::TooManyRequests(2),
    Fault::Unauthorized,
    Fault::Deadlock,
    Fault::Redirect,
    Fault::Delay(Duration::from_millis(2)),
];

fn site() -> Site {
    let mut site = Site::harbour_books().with_totals(totals_of);
    site.put("Loyalty Point Entry", "opening-points", points_of_ada(100));
    site
}

/// Puts the site back to the morning; reading the recordings anew would take longer.
fn morning(stand_in: &StandIn) {
    let mut site = stand_in.site();
    for doctype in ["POS Invoice", "POS Opening Entry", "Loyalty Point Entry"] {
        for document in site.documents(doctype) {
            site.delete(doctype, document["name"].as_str().unwrap());
        }
    }
    site.put("Loyalty Point Entry", "opening-points", points_of_ada(100));
    site.put("Coupon Code", "SAVE15", json!({ "used": 0 }));
    site.plan([]);
}

/// Each sale is there once, submitted, with the amounts of its receipt, under one opening.
fn assert_all_arrived(stand_in: &StandIn, outbox: &Outbox, what: &str) {
    let openings = stand_in.site().documents("POS Opening Entry");
    assert_eq!(openings.len(), 1, "{what}: openings");
    assert_eq!(
        openings[0]["balance_details"][0]["opening_amount"], 100.0,
        "{what}: float"
    );
    let invoices = stand_in.site().documents("POS Invoice");
    assert_eq!(invoices.len(), outbox.sales().len(), "{what}: invoices");
    for pending in outbox.sales() {
        assert!(
            matches!(pending.end, Some(Outcome::Delivered { .. })),
            "{what}: {:?}",
            pending.end
        );
        let invoice = invoices
            .iter()
            .find(|invoice| invoice[KEY_FIELD] == pending.sale.key.as_str());
        let invoice =
            invoice.unwrap_or_else(|| panic!("{what}: {} is not there", pending.sale.key));
        assert_eq!(invoice["docstatus"], 1, "{what}");
        assert_eq!(
            invoice["grand_total"], pending.sale.totals.grand_total,
            "{what}"
        );
        assert_eq!(invoice["paid_amount"], paid_in_all(&pending.sale), "{what}");
        assert_eq!(
            invoice["items"].as_array().unwrap().len(),
            pending.sale.lines.len(),
            "{what}"
        );
    }
    // Coupons and points are counted once for each.
    let sales = || outbox.sales().iter().map(|pending| &pending.sale);
    let with_coupon = sales().filter(|sale| sale.coupon.is_some()).count();
    let coupons = stand_in.site().documents("Coupon Code");
    let used = coupons[0]["used"].as_f64();
    assert_eq!(used, Some(with_coupon as f64), "{what}: uses of the coupon");
    let with_points = sales().filter(|sale| sale.loyalty.is_some()).count();
    let entries = stand_in.site().documents("Loyalty Point Entry");
    let redeemed = entries
        .iter()
        .filter(|entry| entry["loyalty_points"] == -10.0);
    assert_eq!(redeemed.count(), with_points, "{what}: redeemed points");
}

#[test]
fn an_undisturbed_sale_takes_four_requests_and_arrives_as_it_was_sold() {
    let stand_in = StandIn::https(site());
    let mut outbox = Outbox::new(shift(), [usual_sale(1)]);
    assert!(outbox.carry(&mut stand_in.client(), REQUESTS));
    assert_all_arrived(&stand_in, &outbox, "undisturbed");
    let invoice = stand_in.site().documents("POS Invoice").remove(0);
    assert_eq!(invoice["name"], "C1-000001-7K2M9QXB");
    assert_eq!(invoice["items"][1]["name"], "C1-000001-7K2M9QXB-2");
    assert_eq!(
        (&invoice["posting_date"], &invoice["posting_time"]),
        (&json!("2026-11-23"), &json!("1:01:00"))
    );
    assert_eq!(invoice["items"][1]["stock_qty"], 12.0);
    // Sent again, it is found and nothing is written.
    let again = Push::sale(&usual_sale(1), &context()).run(&mut stand_in.client());
    assert_eq!(
        again,
        Outcome::Delivered {
            name: "C1-000001-7K2M9QXB".to_owned(),
            remark: None,
        }
    );
    assert_eq!(stand_in.site().requests().len(), REQUESTS + 2);
}

#[test]
fn every_fault_at_every_request_leaves_each_document_once() {
    let stand_in = StandIn::https(site());
    let mut client = stand_in.client();
    for fault in FAULTS {
        for place in 0..REQUESTS {
            morning(&stand_in);
            let before = std::iter::repeat_n(None, place);
            stand_in.site().plan(before.chain([Some(*fault)]));
            let mut outbox = Outbox::new(shift(), [rich_sale(1)]);
            let what = format!("{fault:?} at request {}", place + 1);
            assert!(
                outbox.carry(&mut client, 4 * REQUESTS),
                "{what}: never ends"
            );
            assert_all_arrived(&stand_in, &outbox, &what);
        }
    }
}

#[test]
fn a_till_switched_off_between_any_two_steps_finishes_later() {
    let stand_in = StandIn::https(site());
    let mut client = stand_in.client();
    for first in 0..=REQUESTS {
        for second in 0..=REQUESTS {
            morning(&stand_in);
            let mut outbox = Outbox::new(shift(), [rich_sale(1)]);
            outbox.carry(&mut client, first);
            outbox.carry(&mut client, second);
            let what = format!("off after {first} and {second} more requests");
            assert!(outbox.carry(&mut client, PLENTY), "{what}: never ends");
            assert_all_arrived(&stand_in, &outbox, &what);
        }
    }
}

#[test]
fn a_bad_day_of_faults_and_restarts_loses_and_doubles_nothing() {
    let stand_in = StandIn::https(site());
    let mut client = stand_in.client();
    for seed in 1..=60u64 {
        morning(&stand_in);
        let mut random = Random(seed);
        let faults: Vec<_> = (0..40).map(|_| random.fault()).collect();
        stand_in.site().plan(faults);
        let sales = (1..=3).map(rich_sale);
        let mut outbox = Outbox::new(shift(), sales);
        let restarts = (0..100).any(|_| {
            let requests = 1 + random.below(9);
            outbox.carry(&mut client, requests)
        });
        assert!(restarts, "seed {seed}: never ends");
        assert_all_arrived(&stand_in, &outbox, &format!("seed {seed}"));
    }
}

struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        // Knuth's numbers; the upper bits are the random ones.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }

    fn fault(&mut self) -> Option<Fault> {
        (self.below(10) < 4).then(|| FAULTS[self.below(FAULTS.len())])
    }
}

#[test]
fn a_stock_refusal_is_parked_with_the_words_of_erpnext_and_goes_through_once_it_is_put_right() {
    let stand_in = StandIn::http(site());
    let key = usual_sale(1).key;
    let message = "Row #1: Item Code: <strong>FIC-001</strong> is not available under warehouse <strong>Shop - HB</strong>.";
    stand_in.site().refuse_submit(
        &key,
        Refusal::new(417, "ValidationError", "Item Unavailable", message),
    );
    let mut outbox = Outbox::new(shift(), [usual_sale(1), usual_sale(2)]);
    assert!(outbox.carry(&mut stand_in.client(), PLENTY));
    let Some(Outcome::Parked { cause, remedy, .. }) = outbox.sales()[0].end.clone() else {
        panic!("not parked: {:?}", outbox.sales()[0].end)
    };
    assert_eq!(
        cause,
        "Receipt C1-000001 was refused by ERPNext: Row #1: Item Code: FIC-001 is not available under warehouse Shop - HB. It lies in ERPNext as the draft C1-000001-7K2M9QXB."
    );
    assert!(remedy.contains("send it again"), "{remedy}");
    assert!(remedy.contains("submit or delete that draft"), "{remedy}");
    assert!(
        matches!(outbox.sales()[1].end, Some(Outcome::Delivered { .. })),
        "the next one waited"
    );
    stand_in.site().allow_submit(&key);
    outbox.send_again(0);
    assert!(outbox.carry(&mut stand_in.client(), PLENTY));
    assert_all_arrived(&stand_in, &outbox, "put right");
}

#[test]
fn other_totals_are_never_booked_and_the_draft_is_corrected_when_the_cause_is_gone() {
    for honours_names in [true, false] {
        correct_draft(honours_names);
    }
}

fn correct_draft(honours_names: bool) {
    let stand_in = StandIn::http(Site::harbour_books().with_totals(|invoice| {
        let mut told = totals_of(invoice);
        told["taxes"][0]["tax_amount"] = json!(9.99);
        told
    }));
    stand_in.site().honours_names = honours_names;
    let mut outbox = Outbox::new(shift(), [usual_sale(1)]);
    assert!(outbox.carry(&mut stand_in.client(), PLENTY));
    let Some(Outcome::Parked { cause, .. }) = &outbox.sales()[0].end else {
        panic!("booked: {:?}", outbox.sales()[0].end)
    };
    assert!(
        cause.contains(
            "the amount of tax 1 (Sales Tax 8.25 - HB) is 2.43 on the receipt and 9.99 in ERPNext"
        ),
        "{cause}"
    );
    let draft = stand_in.site().documents("POS Invoice").remove(0);
    let draft = draft["name"].as_str().unwrap();
    let lies = format!("It lies in ERPNext as the draft {draft}.");
    assert!(cause.ends_with(&lies), "{cause}");
    assert_eq!(stand_in.site().documents("POS Invoice")[0]["docstatus"], 0);
    let taken = std::mem::replace(&mut *stand_in.site(), site());
    stand_in.site().honours_names = honours_names;
    for doctype in ["POS Invoice", "POS Opening Entry"] {
        for document in taken.documents(doctype) {
            stand_in.site().put(
                doctype,
                document["name"].as_str().unwrap(),
                document.clone(),
            );
        }
    }
    outbox.send_again(0);
    assert!(outbox.carry(&mut stand_in.client(), PLENTY));
    assert_all_arrived(&stand_in, &outbox, "corrected");
}

#[test]
fn a_missing_permission_for_pricing_rules_is_named() {
    let stand_in = StandIn::http(site());
    stand_in.site().keeps_ignore_pricing_rule = false;
    let mut outbox = Outbox::new(shift(), [usual_sale(1)]);
    assert!(outbox.carry(&mut stand_in.client(), PLENTY));
    let Some(Outcome::Parked { cause, remedy, .. }) = &outbox.sales()[0].end else {
        panic!("booked")
    };
    assert!(
        cause
            .contains("whether pricing rules are left out is yes on the receipt and no in ERPNext"),
        "{cause}"
    );
    assert!(remedy.contains("level 1"), "{remedy}");
}

#[test]
fn a_server_that_stumbles_keeps_the_sale_for_later() {
    let stand_in = StandIn::http(site());
    let key = usual_sale(1).key;
    let stumble = Refusal::new(
        500,
        "OperationalError",
        "Message",
        "MySQL server has gone away",
    );
    stand_in.site().refuse_submit(&key, stumble);
    let mut outbox = Outbox::new(shift(), [usual_sale(1)]);
    assert!(
        !outbox.carry(&mut stand_in.client(), 50),
        "ended: {:?}",
        outbox.sales()[0].end
    );
    stand_in.site().allow_submit(&key);
    assert!(outbox.carry(&mut stand_in.client(), PLENTY));
    assert_all_arrived(&stand_in, &outbox, "the server is back");
}

#[test]
fn a_key_that_is_booked_with_other_amounts_is_parked_and_left_alone() {
    let stand_in = StandIn::http(site());
    let mut first = Outbox::new(shift(), [usual_sale(1)]);
    assert!(first.carry(&mut stand_in.client(), PLENTY));
    let other = sale(1, &[("FIC-001", 1.0, "Nos", 1.0, 7.99)]);
    let outcome = Push::sale(&other, &context()).run(&mut stand_in.client());
    let Outcome::Parked { cause, .. } = outcome else {
        panic!("not parked: {outcome:?}")
    };
    assert!(
        cause.starts_with(
            "Receipt C1-000001 is booked in ERPNext as C1-000001-7K2M9QXB, but the number of lines is 1"
        ),
        "{cause}"
    );
    assert_all_arrived(&stand_in, &first, "left alone");
}

#[test]
fn a_shift_that_was_closed_in_erpnext_is_opened_again_and_the_sale_follows() {
    let stand_in = StandIn::http(site());
    let mut outbox = Outbox::new(shift(), [usual_sale(1)]);
    outbox.carry(&mut stand_in.client(), 4);
    stand_in.site().close("Counter 1");
    assert!(outbox.carry(&mut stand_in.client(), PLENTY));
    let profile = "Counter 1".to_owned();
    assert_eq!(
        outbox.problems,
        [Problem::OpeningMissing {
            pos_profile: profile
        }]
    );
    assert!(matches!(
        outbox.sales()[0].end,
        Some(Outcome::Delivered { .. })
    ));
    assert_eq!(stand_in.site().documents("POS Opening Entry").len(), 2);
}

#[test]
fn masters_that_vanished_park_the_sale_with_what_is_missing() {
    for (item, customer, wanted) in [
        (
            "NOPE-1",
            "Walk-in Customer",
            "has item NOPE-1, which is not in ERPNext any more",
        ),
        (
            "DIS-001",
            "Walk-in Customer",
            "has item DIS-001, which is disabled in ERPNext now",
        ),
        (
            "FIC-001",
            "Nobody",
            "was sold to customer Nobody, who is not in ERPNext any more",
        ),
    ] {
        let stand_in = StandIn::http(site());
        let mut sold = sale(1, &[(item, 1.0, "Nos", 1.0, 5.0)]);
        sold.customer = customer.to_owned();
        let mut outbox = Outbox::new(shift(), [sold]);
        assert!(outbox.carry(&mut stand_in.client(), PLENTY));
        let Some(Outcome::Parked { cause, .. }) = &outbox.sales()[0].end else {
            panic!("{item}: {:?}", outbox.sales()[0].end)
        };
        assert!(cause.contains(wanted), "{cause}");
        assert!(stand_in.site().documents("POS Invoice").is_empty());
    }
}

#[test]
fn a_site_that_chooses_names_itself_takes_each_sale_once_by_its_key() {
    let stand_in = StandIn::http(site());
    stand_in.site().honours_names = false;
    // The reply to the draft is lost.
    stand_in
        .site()
        .plan([None, None, None, None, None, Some(Fault::DropReply)]);
    let mut outbox = Outbox::new(shift(), [usual_sale(1)]);
    assert!(outbox.carry(&mut stand_in.client(), PLENTY));
    assert_all_arrived(&stand_in, &outbox, "own names");
    let end = outbox.sales()[0].end.clone();
    assert_eq!(
        end,
        Some(Outcome::Delivered {
            name: "ACC-PSINV-2026-00001".to_owned(),
            remark: None,
        })
    );
}

#[test]
fn nothing_is_sent_to_a_site_without_the_unique_field() {
    let stand_in = StandIn::http(site());
    let mut client = stand_in.client();
    assert_eq!(key_field_present(client.send(&key_field_probe())), Ok(()));
    stand_in.site().has_key_field = false;
    let problem = key_field_present(client.send(&key_field_probe())).unwrap_err();
    assert_eq!(problem, Problem::KeyFieldMissing);
    assert!(problem.remedy().contains(KEY_FIELD));
    // The field vanished between the probe and the sale.
    let outcome = Push::sale(&usual_sale(1), &context()).run(&mut client);
    assert!(
        matches!(
            outcome,
            Outcome::Retry {
                problem: Problem::KeyFieldMissing,
                ..
            }
        ),
        "{outcome:?}"
    );
    assert!(stand_in.site().documents("POS Invoice").is_empty());
}

#[test]
fn a_site_that_asks_to_wait_is_waited_for() {
    let stand_in = StandIn::http(site());
    stand_in.site().plan([Some(Fault::TooManyRequests(120))]);
    let outcome = Push::sale(&usual_sale(1), &context()).run(&mut stand_in.client());
    let wait = Duration::from_secs(120);
    assert_eq!(
        outcome,
        Outcome::Retry {
            problem: Problem::Busy { status: 429 },
            after: wait
        }
    );
    stand_in.site().plan([Some(Fault::Unauthorized)]);
    let outcome = Push::sale(&usual_sale(1), &context()).run(&mut stand_in.client());
    assert!(
        matches!(
            outcome,
            Outcome::Retry {
                problem: Problem::KeyRefused,
                ..
            }
        ),
        "{outcome:?}"
    );
}

#[test]
fn what_only_the_document_itself_meets_is_told_from_what_the_network_meets() {
    let stand_in = StandIn::http(site());
    let doctype = || "POS Invoice".to_owned();
    let page = |status| Fault::Html {
        status,
        done: false,
    };
    for (fault, problem) in [
        (
            Fault::Redirect,
            Problem::Intercepted {
                doctype: doctype(),
                status: 302,
            },
        ),
        (
            page(200),
            Problem::Intercepted {
                doctype: doctype(),
                status: 200,
            },
        ),
        (
            page(504),
            Problem::Stalled {
                doctype: doctype(),
                status: 504,
            },
        ),
        (
            Fault::Deadlock,
            Problem::Stalled {
                doctype: doctype(),
                status: 500,
            },
        ),
    ] {
        // Before anything is known the same says nothing about the sale.
        stand_in.site().plan([Some(fault)]);
        let outcome = Push::sale(&usual_sale(1), &context()).run(&mut stand_in.client());
        let Outcome::Retry { problem: early, .. } = outcome else {
            panic!("{fault:?}: {outcome:?}")
        };
        assert!(early.is_offline(), "{fault:?}: {early:?}");
        stand_in.site().plan([None, Some(fault)]);
        let outcome = Push::sale(&usual_sale(1), &context()).run(&mut stand_in.client());
        let Outcome::Retry { problem: own, .. } = outcome else {
            panic!("{fault:?}: {outcome:?}")
        };
        assert_eq!(own, problem);
        assert!(!own.is_offline());
    }
}
