//! What else a day at a counter has: shifts, returns, customers who were made there, and the count
//! at the end.

use checkout::money::Money;
use checkout::new_customer::NewCustomer;
use checkout::quantity::Quantity;
use checkout::returns::row_name;
use checkout::sale::{ReceiptNumber, ReturnAgainst, Sale};
use checkout::shift::{Count, Shift, ShiftClosing, ShiftTotals};
use checkout::totals;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::fixtures::{self, settings};

/// The installation that the keys of the fixtures name.
pub const INSTALLATION: &str = "7K2M9QXB";

/// The shift of this number, opened at a time.
pub fn shift_at(number: u64, at: Timestamp, zone: &TimeZone) -> Shift {
    let local = at.to_zoned(zone.clone()).datetime();
    Shift {
        key: format!("C1-{INSTALLATION}-S{number:06}"),
        number,
        opened_at: at,
        period_start_date: local
            .date()
            .at(local.hour(), local.minute(), local.second(), 0),
        ..fixtures::shift()
    }
}

/// Makes a sale one of a shift, sold at a time.
pub fn sold_in(sale: &mut Sale, shift: &Shift, at: Timestamp, zone: &TimeZone) {
    let local = at.to_zoned(zone.clone()).datetime();
    sale.shift.clone_from(&shift.key);
    sale.at = at;
    sale.posting_date = local.date();
    sale.posting_time = local.time();
}

/// A return of rows of a sale, each by its place from 0 and with how much comes back; refunded in
/// cash.
pub fn return_of(number: u64, original: &Sale, back: &[(usize, f64)]) -> Sale {
    let mut returned = original.clone();
    returned.receipt_number = ReceiptNumber {
        till: "C1".to_owned(),
        number,
    };
    returned.key = format!("{}-{INSTALLATION}", returned.receipt_number);
    returned.return_against = Some(ReturnAgainst {
        receipt_number: original.receipt_number.clone(),
        key: original.key.clone(),
        posting_date: original.posting_date,
        posting_time: original.posting_time,
    });
    returned.reason = Some("Changed their mind".to_owned());
    // Whichever till sold them, they come back at this one.
    returned
        .pos_profile
        .clone_from(&fixtures::shift().pos_profile);
    returned.exchange = None;
    returned.coupon = None;
    returned.loyalty = None;
    returned.document.is_return = true;
    returned.document.items.clear();
    returned.lines.clear();
    for (place, qty) in back {
        let mut line = original.lines[*place].clone();
        let mut row = original.document.items[*place].clone();
        line.qty = Quantity::from_f64(-qty);
        line.returns = Some(row_name(&original.key, place + 1));
        line.place = returned.lines.len();
        row.qty = -qty;
        returned.lines.push(line);
        returned.document.items.push(row);
    }
    returned.totals = totals::calculate(&returned.document, &settings()).unwrap();
    let due = Money::from_f64(
        returned.totals.amount_to_pay(),
        original.amount_to_pay.currency,
    );
    returned.payments.truncate(1);
    returned.payments[0].amount = due;
    returned.amount_to_pay = due;
    returned.paid_amount = due;
    returned.change_amount = due.currency.zero();
    returned
}

/// A customer who was made at the till.
pub fn new_customer(number: u64, customer_name: &str, at: Timestamp) -> NewCustomer {
    NewCustomer {
        key: format!("C1-{INSTALLATION}-C{number:06}"),
        number,
        customer_name: customer_name.to_owned(),
        mobile_no: Some(format!("555-{number:04}")),
        email_id: None,
        tax_id: None,
        customer_group: Some("Individual".to_owned()),
        territory: Some("All Territories".to_owned()),
        at,
        cashier: fixtures::shift().cashier,
    }
}

/// The closing of a shift whose cash was counted with this difference, in cents.
pub fn closing_of(
    shift: &Shift,
    totals: ShiftTotals,
    cash_difference: i64,
    at: Timestamp,
    zone: &TimeZone,
) -> ShiftClosing {
    let cash = totals.mode_of_payment("Cash").unwrap().expected();
    let counted = cash.plus(fixtures::usd(cash_difference));
    ShiftClosing {
        key: format!("C1-{INSTALLATION}-Z{:06}", shift.number),
        shift: shift.key.clone(),
        number: shift.number,
        cashier: shift.cashier.clone(),
        approved_by: None,
        reason: None,
        closed_at: at,
        period_start_date: shift.period_start_date,
        period_end_date: at.to_zoned(zone.clone()).datetime(),
        company: shift.company.clone(),
        pos_profile: shift.pos_profile.clone(),
        totals,
        counts: vec![Count {
            mode_of_payment: "Cash".to_owned(),
            amount: counted,
            denominations: Vec::new(),
        }],
        recounts: 0,
        journal: None,
    }
}
