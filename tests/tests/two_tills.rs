//! Goods that one till sold come back at another: for whoever bought them, as often as they were
//! sold, and without holding anything up while the other till has not sent.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use checkout::new_customer::NewCustomer;
use checkout::sale::{ReceiptNumber, Sale};
use erpnext::push::{OpeningRule, Outcome, Push, payload};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use store::SendState;
use tests::day::{new_customer, return_of, shift_at};
use tests::fixtures::{context, sale, settings, shift, totals_of};
use tests::stand_in::{Site, StandIn};
use tests::sync::Outbox;
use tests::till_box::{TillBox, at, zone};

const MORNING: &str = "2026-11-23T09:00:00";

/// The invoice of this name.
fn invoice(site: &StandIn, name: &str) -> Value {
    let all = site.site().documents("POS Invoice");
    let found = all.into_iter().find(|invoice| invoice["name"] == name);
    found.unwrap()
}

fn shop() -> StandIn {
    let mut site = Site::corner_shop().with_totals(totals_of);
    site.allow_negative_stock = true;
    StandIn::http(site)
}

/// The same at the shop's other till.
fn at_other_till(mut sold: Sale) -> Sale {
    sold.receipt_number = ReceiptNumber {
        till: "C2".to_owned(),
        number: sold.receipt_number.number,
    };
    sold.key = format!("{}-0THERT1L", sold.receipt_number);
    sold
}

fn delivered(outcome: Outcome) -> String {
    match outcome {
        Outcome::Delivered { name, .. } => name,
        other => panic!("{other:?}"),
    }
}

fn sells(site: &StandIn, sold: &[Sale]) {
    let mut outbox = Outbox::new(shift(), sold.to_vec());
    assert!(outbox.carry(&mut site.client(), 1000));
    for pending in outbox.sales() {
        assert!(matches!(pending.end, Some(Outcome::Delivered { .. })));
    }
}

fn sends(till: &TillBox, site: &StandIn, from: Timestamp, hours: i64) {
    let until = from + SignedDuration::from_hours(hours);
    till.sends(&mut site.client(), site, OpeningRule::Any, from, until);
}

#[test]
fn goods_of_a_customer_whom_another_till_made_come_back_for_that_customer() {
    for renamed in [false, true] {
        let site = shop();
        let mut client = site.client();
        let made: NewCustomer = new_customer(1, "Grace Hopper", at(MORNING));
        let name = delivered(Push::customer(&made, &context()).run(&mut client));
        assert_ne!(name, made.key);
        let mut sold = sale(1, &[("FIC-001", 2.0, "Nos", 1.0, 7.99)]);
        sold.customer.clone_from(&name);
        sells(&site, &[sold.clone()]);
        let name = if renamed {
            let invoice = json!({ "customer": "Grace M. Hopper" });
            site.site().put("POS Invoice", &sold.key, invoice);
            let customer = json!({ "customer_name": "Grace M. Hopper" });
            site.site().put("Customer", "Grace M. Hopper", customer);
            "Grace M. Hopper".to_owned()
        } else {
            name
        };
        // The receipt's code tells the other till what this till called her.
        let mut back = at_other_till(return_of(2, &sold, &[(0, 1.0)]));
        back.customer.clone_from(&made.key);
        let outcome = Push::sale(&back, &context()).run(&mut client);
        let booked = delivered(outcome);
        let booked = invoice(&site, &booked);
        assert_eq!(booked["customer"], name.as_str());
        assert_eq!(booked["return_against"], sold.key.as_str());
    }
}

#[test]
fn what_came_back_at_one_till_does_not_come_back_at_another() {
    let site = shop();
    let sold = sale(1, &[("FIC-001", 2.0, "Nos", 1.0, 7.99)]);
    sells(&site, &[sold.clone(), return_of(2, &sold, &[(0, 2.0)])]);
    let again = at_other_till(return_of(3, &sold, &[(0, 1.0)]));
    let outcome = Push::sale(&again, &context()).run(&mut site.client());
    let Outcome::Parked { cause, remedy, .. } = outcome else {
        panic!("{outcome:?}")
    };
    assert!(
        cause.starts_with(
            "Receipt C2-000003 was refused by ERPNext: Item FIC-001 has already been returned."
        ),
        "{cause}"
    );
    assert!(
        remedy.starts_with("Look for the other return of this receipt in ERPNext"),
        "{remedy}"
    );
    let booked = site.site().documents("POS Invoice");
    let returns = booked
        .iter()
        .filter(|one| one["is_return"] == 1 && one["docstatus"] == 1);
    assert_eq!(returns.count(), 1);
}

/// A till with a sale of its own and a return of goods of the other, its shift closed.
fn till_with_foreign_return(foreign: &Sale, opened: Timestamp) -> TillBox {
    let till = TillBox::new(1);
    let shift = shift_at(1, opened, &zone());
    till.opens(&shift);
    till.sells(&shift, &mut sale(1, &[("FIC-001", 1.0, "Nos", 1.0, 7.99)]));
    till.sells(&shift, &mut return_of(2, foreign, &[(0, 1.0)]));
    till.closes(&shift, 0);
    till
}

/// The other till's sale arrives, and its shift is closed.
fn arrives(site: &StandIn, foreign: &Sale) {
    let mut invoice = payload(foreign, &settings());
    let told = totals_of(&invoice);
    for (field, value) in told.as_object().unwrap() {
        if !value.is_array() {
            invoice[field.as_str()] = value.clone();
        }
    }
    invoice["docstatus"] = json!(1);
    invoice["status"] = json!("Consolidated");
    invoice["consolidated_invoice"] = json!("ACC-SINV-OTHER");
    invoice["owner"] = json!("kiosk2@example.com");
    site.site().put("POS Invoice", &foreign.key, invoice);
}

fn closed(site: &StandIn) -> usize {
    let closings = site.site().documents("POS Closing Entry");
    let done = |closing: &&Value| closing["status"] == "Submitted";
    closings.iter().filter(done).count()
}

#[test]
fn a_return_waits_for_the_till_that_sold_the_goods_and_the_closing_does_not() {
    let site = shop();
    let foreign = at_other_till(sale(7, &[("FIC-001", 3.0, "Nos", 1.0, 7.99)]));
    let opened = at(MORNING);
    let till = till_with_foreign_return(&foreign, opened);
    sends(&till, &site, opened, 5);
    assert_eq!(closed(&site), 1, "{:#?}", till.unsent());
    let waits = till.unsent();
    assert_eq!(waits.len(), 1);
    let SendState::HeldUp { cause, remedy, .. } = &waits[0].sent else {
        panic!("{waits:#?}")
    };
    assert!(cause.contains("C2-000007"), "{cause}");
    assert!(remedy.contains("C2-000007"), "{remedy}");
    // The other till was away for a day: nobody has to touch anything.
    arrives(&site, &foreign);
    sends(&till, &site, opened + SignedDuration::from_hours(24), 1);
    assert_eq!(till.unsent(), []);
    assert_eq!(closed(&site), 2);
    let all = site.site().documents("POS Invoice");
    assert!(all.iter().all(|one| one["status"] == "Consolidated"));
}

#[test]
fn a_return_of_what_was_settled_by_hand_says_what_to_do() {
    let site = shop();
    let (till, opened) = (TillBox::new(1), at(MORNING));
    let shift = shift_at(1, opened, &zone());
    till.opens(&shift);
    let mut sold = sale(1, &[("FIC-001", 1.0, "Nos", 1.0, 7.99)]);
    sold.customer = "Nobody".to_owned();
    till.sells(&shift, &mut sold);
    let mut back = return_of(2, &sold, &[(0, 1.0)]);
    till.sells(&shift, &mut back);
    sends(&till, &site, opened, 1);
    assert!(till.parked(&sold.receipt_number).is_some());
    let later = opened + SignedDuration::from_hours(1);
    till.settles("C1-000001", "Booked in ERPNext by hand", later);
    sends(&till, &site, later, 1);
    let (cause, remedy) = till.parked(&back.receipt_number).unwrap();
    assert!(
        cause.contains("C1-000001, which was settled by hand"),
        "{cause}"
    );
    assert!(
        remedy.starts_with("Book the return in ERPNext by hand"),
        "{remedy}"
    );
}
