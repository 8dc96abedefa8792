//! Coupons, points and pieces that were used elsewhere while the till was offline.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use checkout::masters::{Doctype, Master};
use checkout::sale::Sale;
use erpnext::push::Outcome;
use serde_json::{Value, json};
use tests::fixtures::{
    coupon, paid_in_all, points_of_ada, redeem, rich_sale, sale, settle, shift, totals_of, usd,
    usual_sale,
};
use tests::stand_in::{Refusal, Site, StandIn};
use tests::sync::{Mirror, Outbox, clock};

const PLENTY: usize = 1000;

/// The recorded shop, where Ada Byron has 100 points.
fn stand_in() -> StandIn {
    let mut site = Site::harbour_books().with_totals(totals_of);
    site.put("Loyalty Point Entry", "opening-points", points_of_ada(100));
    StandIn::http(site)
}

fn used(stand_in: &StandIn) -> Value {
    let coupons = stand_in.site().documents("Coupon Code");
    coupons[0]["used"].clone()
}

fn carry(stand_in: &StandIn, sold: Sale) -> (Outcome, Option<Value>) {
    let mut outbox = Outbox::new(shift(), [sold]);
    assert!(outbox.carry(&mut stand_in.client(), PLENTY), "never ends");
    let end = outbox.sales()[0].end.clone().unwrap();
    (end, stand_in.site().documents("POS Invoice").pop())
}

fn booked(stand_in: &StandIn, sold: Sale) -> Value {
    match carry(stand_in, sold) {
        (Outcome::Delivered { .. }, Some(invoice)) => invoice,
        other => panic!("not booked: {other:?}"),
    }
}

fn parked(stand_in: &StandIn, sold: Sale) -> (String, String) {
    match carry(stand_in, sold).0 {
        Outcome::Parked { cause, remedy, .. } => (cause, remedy),
        other => panic!("not parked: {other:?}"),
    }
}

fn with_coupon(maximum_use: i64) -> Sale {
    let mut sold = usual_sale(1);
    sold.document.items[0].rate = 6.79;
    sold.coupon = Some(coupon(maximum_use));
    settle(&mut sold);
    sold
}

const NOTE: &str =
    "Coupon SAVE15 was taken at the till with receipt C1-000001; ERPNext did not count it.";

#[test]
fn a_sale_with_all_that_there_is_is_booked_as_it_was_sold_and_counted() {
    let stand_in = stand_in();
    let sold = rich_sale(1);
    let invoice = booked(&stand_in, sold.clone());
    assert_eq!(invoice["grand_total"], sold.totals.grand_total);
    assert_eq!(invoice["items"][4]["is_free_item"], 1);
    assert_eq!(invoice["items"][3]["serial_no"], "SER-001-S001");
    assert_eq!(invoice["loyalty_amount"], 0.5);
    assert_eq!(
        invoice["paid_amount"],
        paid_in_all(&sold),
        "the points are part of what was paid"
    );
    assert_eq!(used(&stand_in), 1.0);
    // The next pull brings what it did.
    let mut mirror = Mirror::default();
    let mut pull = mirror.pull("Counter 1");
    let client = &mut stand_in.client();
    mirror.cycle(&mut pull, clock("2026-11-23T14:00:00"), client, PLENTY);
    let Some(Master::CouponCode(coupon)) = mirror.get(Doctype::CouponCode, "SAVE15") else {
        panic!("no coupon")
    };
    assert_eq!(coupon.used, 1);
    let points = mirror.masters.values().filter_map(|master| match master {
        Master::LoyaltyPointEntry(entry) => Some(entry.loyalty_points),
        _ => None,
    });
    let mut points: Vec<_> = points.collect();
    points.sort_unstable();
    // What anything was spent with is the highest tier's: a point for 5 dollars.
    let earned = (sold.totals.grand_total / 5.0).trunc() as i64;
    assert_eq!(points, [-10, earned, 100]);
}

#[test]
fn a_coupon_that_ran_out_meanwhile_is_noted_and_the_sale_is_booked() {
    let stand_in = stand_in();
    let exhausted = json!({ "used": 1000 });
    stand_in.site().put("Coupon Code", "SAVE15", exhausted);
    let sold = with_coupon(1000);
    let invoice = booked(&stand_in, sold.clone());
    assert_eq!(invoice["coupon_code"].as_str().unwrap_or_default(), "");
    assert_eq!(invoice["remarks"], NOTE);
    assert_eq!(invoice["grand_total"], sold.totals.grand_total);
    assert_eq!(used(&stand_in), 1000);
}

#[test]
fn a_coupon_that_expired_before_the_sale_was_sent_is_noted() {
    let stand_in = stand_in();
    let expired = json!({ "valid_upto": "2026-11-22" });
    stand_in.site().put("Coupon Code", "SAVE15", expired);
    assert_eq!(booked(&stand_in, with_coupon(1000))["remarks"], NOTE);
}

#[test]
fn a_coupon_that_was_deleted_is_noted() {
    let stand_in = stand_in();
    stand_in.site().delete("Coupon Code", "SAVE15");
    assert_eq!(booked(&stand_in, with_coupon(1000))["remarks"], NOTE);
}

#[test]
fn a_coupon_whose_limit_was_lifted_is_refused_at_submission_and_noted() {
    let stand_in = stand_in();
    let unlimited = json!({ "maximum_use": 0 });
    stand_in.site().put("Coupon Code", "SAVE15", unlimited);
    assert_eq!(booked(&stand_in, with_coupon(1000))["remarks"], NOTE);
    assert_eq!(used(&stand_in), 0);
}

#[test]
fn a_coupon_is_not_blamed_for_what_keeps_the_sale_without_it_too() {
    let stand_in = stand_in();
    let sold = with_coupon(1000);
    let message = "Row #1: Item Code: FIC-001 is not available under warehouse Shop - HB.";
    let refusal = Refusal::new(417, "ValidationError", "Item Unavailable", message);
    stand_in.site().refuse_submit(&sold.key, refusal);
    let mut outbox = Outbox::new(shift(), [sold.clone()]);
    assert!(outbox.carry(&mut stand_in.client(), PLENTY));
    let Some(Outcome::Parked { cause, .. }) = &outbox.sales()[0].end else {
        panic!("booked: {:?}", outbox.sales()[0].end)
    };
    assert!(cause.contains("FIC-001 is not available"), "{cause}");
    // Put right, it is counted after all.
    stand_in.site().allow_submit(&sold.key);
    outbox.send_again(0);
    assert!(outbox.carry(&mut stand_in.client(), PLENTY));
    let invoice = stand_in.site().documents("POS Invoice").remove(0);
    assert_eq!(
        (&invoice["docstatus"], &invoice["coupon_code"]),
        (&json!(1), &json!("SAVE15"))
    );
    assert_eq!(used(&stand_in), 1.0);
}

#[test]
fn a_till_switched_off_at_any_request_books_a_sale_with_a_dead_coupon_once() {
    for cut in 0..14 {
        let stand_in = stand_in();
        let unlimited = json!({ "maximum_use": 0 });
        stand_in.site().put("Coupon Code", "SAVE15", unlimited);
        let sold = with_coupon(1000);
        let mut outbox = Outbox::new(shift(), [sold.clone()]);
        outbox.carry(&mut stand_in.client(), cut);
        assert!(outbox.carry(&mut stand_in.client(), PLENTY), "never ends");
        let end = &outbox.sales()[0].end;
        assert!(
            matches!(end, Some(Outcome::Delivered { .. })),
            "cut after {cut} requests: {end:?}"
        );
        let invoices = stand_in.site().documents("POS Invoice");
        assert_eq!(invoices.len(), 1, "cut after {cut} requests");
        assert_eq!(invoices[0]["grand_total"], sold.totals.grand_total);
    }
}

#[test]
fn points_that_were_spent_elsewhere_park_the_sale_until_the_customer_has_them_again() {
    let stand_in = stand_in();
    let mut sold = usual_sale(1);
    redeem(&mut sold, 60);
    stand_in
        .site()
        .put("Loyalty Point Entry", "spent-elsewhere", points_of_ada(-70));
    let (cause, remedy) = parked(&stand_in, sold.clone());
    assert_eq!(
        cause,
        "Receipt C1-000001 was paid with 60 loyalty points, but Ada Byron has only 30 in ERPNext: the others were redeemed elsewhere or expired."
    );
    assert!(remedy.contains("Loyalty Point Entry"), "{remedy}");
    assert!(stand_in.site().documents("POS Invoice").is_empty());
    stand_in
        .site()
        .put("Loyalty Point Entry", "given-back", points_of_ada(30));
    let invoice = booked(&stand_in, sold);
    assert_eq!(invoice["loyalty_points"], 60);
}

#[test]
fn a_refusal_of_something_else_does_not_blame_the_points() {
    let stand_in = stand_in();
    let mut sold = usual_sale(1);
    redeem(&mut sold, 60);
    let message = "Something else is wrong.";
    let refusal = Refusal::new(417, "ValidationError", "Message", message);
    stand_in.site().refuse_submit(&sold.key, refusal);
    let (cause, _) = parked(&stand_in, sold);
    assert!(cause.contains("Something else is wrong"), "{cause}");
}

#[test]
fn an_approved_discount_passes_the_highest_discount_of_its_item() {
    let stand_in = stand_in();
    stand_in
        .site()
        .put("Item", "FIC-001", json!({ "max_discount": 20.0 }));
    let mut sold = usual_sale(1);
    sold.document.items[0].rate = 0.0;
    sold.document.items[0].discount_percentage = 100.0;
    sold.lines[0].above_max_discount = true;
    settle(&mut sold);
    let invoice = booked(&stand_in, sold.clone());
    assert_eq!(invoice["grand_total"], sold.totals.grand_total);
    // The same without approval is what the check is for.
    let mut refused = usual_sale(2);
    refused.document.items[0].rate = 0.0;
    refused.document.items[0].discount_percentage = 100.0;
    settle(&mut refused);
    let (cause, _) = parked(&stand_in, refused);
    assert!(
        cause.contains("Maximum discount for Item FIC-001"),
        "{cause}"
    );
}

#[test]
fn a_piece_that_was_sold_elsewhere_and_a_batch_that_expired_park_the_sale() {
    let stand_in = stand_in();
    let piece = |number| {
        let mut sold = sale(number, &[("SER-001", 1.0, "Nos", 1.0, 119.0)]);
        sold.lines[0].serial_nos = vec!["SER-001-S001".to_owned()];
        sold
    };
    booked(&stand_in, piece(1));
    let (cause, remedy) = parked(&stand_in, piece(2));
    assert!(cause.contains("SER-001-S001 is not present"), "{cause}");
    assert!(remedy.contains("serial number"), "{remedy}");
    let expired = json!({ "expiry_date": "2026-11-22" });
    stand_in.site().put("Batch", "BAT-001-B", expired);
    let mut sold = sale(3, &[("BAT-001", 1.0, "Nos", 1.0, 1.2)]);
    sold.lines[0].batch_no = Some("BAT-001-B".to_owned());
    let (cause, _) = parked(&stand_in, sold);
    assert!(cause.contains("BAT-001-B has already expired"), "{cause}");
}

#[test]
fn a_batch_that_holds_too_little_parks_the_sale() {
    let stand_in = stand_in();
    let bread = |number| {
        let mut sold = sale(number, &[("BAT-001", 2.0, "Nos", 1.0, 1.2)]);
        sold.lines[0].batch_no = Some("BAT-001-B".to_owned());
        sold
    };
    let three = json!({ "batch_qty": 3.0 });
    stand_in.site().put("Batch", "BAT-001-B", three);
    booked(&stand_in, bread(1));
    // The shift is not closed, so the batch still says 3.
    let (cause, remedy) = parked(&stand_in, bread(2));
    assert!(cause.contains("has negative stock"), "{cause}");
    assert!(remedy.contains("Correct the stock"), "{remedy}");
}

#[test]
fn another_piece_or_batch_than_left_the_shop_is_not_booked() {
    for (other, field) in [
        (json!({ "serial_no": "SER-001-S005" }), "serial_no"),
        (json!({ "batch_no": "BAT-001-A" }), "batch_no"),
    ] {
        let site = Site::harbour_books().with_totals(move |invoice| {
            let mut told = totals_of(invoice);
            told["items"][0][field] = other[field].clone();
            told
        });
        let stand_in = StandIn::http(site);
        let mut sold = sale(1, &[("SER-001", 1.0, "Nos", 1.0, 119.0)]);
        sold.lines[0].serial_nos = vec!["SER-001-S001".to_owned()];
        sold.lines[0].batch_no = Some("BAT-001-B".to_owned());
        let (cause, _) = parked(&stand_in, sold);
        let words = format!("the {} of line 1", field.replace('_', " "));
        assert!(cause.contains(&words), "{cause}");
        let invoices = stand_in.site().documents("POS Invoice");
        assert_eq!(invoices[0]["docstatus"], 0, "only a draft");
    }
}

#[test]
fn several_pieces_are_the_same_however_erpnext_writes_them() {
    let site = Site::harbour_books().with_totals(|invoice| {
        let mut told = totals_of(invoice);
        told["items"][0]["serial_no"] = json!("SER-001-S002, SER-001-S001\n");
        told
    });
    let stand_in = StandIn::http(site);
    let mut sold = sale(1, &[("SER-001", 2.0, "Nos", 1.0, 119.0)]);
    sold.lines[0].serial_nos = vec!["SER-001-S001".to_owned(), "SER-001-S002".to_owned()];
    booked(&stand_in, sold);
}

#[test]
fn a_sale_of_nothing_needs_a_payment_row_all_the_same() {
    let stand_in = stand_in();
    let nothing = |number| {
        let mut sold = sale(number, &[("FIC-001", 1.0, "Nos", 1.0, 0.0)]);
        sold.payments[0].amount = usd(0);
        sold.paid_amount = usd(0);
        sold.change_amount = usd(0);
        sold
    };
    let invoice = booked(&stand_in, nothing(1));
    assert_eq!(
        (&invoice["grand_total"], &invoice["paid_amount"]),
        (&json!(0.0), &json!(0.0))
    );
    let mut without = nothing(2);
    without.payments.clear();
    let (cause, _) = parked(&stand_in, without);
    assert!(cause.contains("At least one mode of payment"), "{cause}");
}
