//! Sales and shifts of the recorded shop, computed by the till's own arithmetic.

use checkout::masters::ModeOfPaymentType;
use checkout::money::{Currency, Money};
use checkout::quantity::Quantity;
use checkout::sale::{Payment, ReceiptNumber, Sale, SaleCoupon, SaleLine, SaleLoyalty};
use checkout::shift::{Cashier, OpeningBalance, Shift};
use checkout::totals::{
    self, ApplyDiscountOn, ChargeType, Document, ItemRow, RoundingMethod, Settings, TaxRow,
};
use erpnext::push::{OpeningRule, PushContext};
use serde_json::{Value, json};

pub use crate::arithmetic::totals_of;

/// The settings of the recorded site.
pub fn settings() -> Settings {
    Settings {
        rounding_method: RoundingMethod::Bankers,
        company_currency: "USD".to_owned(),
        smallest_currency_fraction_value: 0.01,
        ..Settings::default()
    }
}

/// A first attempt.
pub fn context() -> PushContext {
    PushContext {
        settings: settings(),
        rule: OpeningRule::Any,
        today: jiff::civil::date(2026, 11, 23),
        attempt: 0,
        random: 0,
    }
}

/// An amount of the shop's currency, in cents.
pub fn usd(cents: i64) -> Money {
    Money {
        units: cents,
        currency: Currency::new("USD", 2).unwrap(),
    }
}

fn cashier() -> Cashier {
    Cashier {
        id: "1".to_owned(),
        name: "Rosa".to_owned(),
    }
}

/// A shift of Counter 1 with 100 dollars in the drawer.
pub fn shift() -> Shift {
    let balance = |mode: &str, amount| OpeningBalance {
        mode_of_payment: mode.to_owned(),
        kind: match mode {
            "Cash" => ModeOfPaymentType::Cash,
            _ => ModeOfPaymentType::Bank,
        },
        opening_amount: amount,
    };
    Shift {
        key: "C1-7K2M9QXB-S000001".to_owned(),
        number: 1,
        cashier: cashier(),
        opened_at: "2026-11-23T05:00:00Z".parse().unwrap(),
        period_start_date: "2026-11-23T00:00:00".parse().unwrap(),
        company: "Harbour Books".to_owned(),
        pos_profile: "Counter 1".to_owned(),
        balance_details: vec![balance("Cash", usd(10_000)), balance("Credit Card", usd(0))],
    }
}

/// A line: item, quantity, unit, stock units in it, price.
pub type Line<'a> = (&'a str, f64, &'a str, f64, f64);

/// A sale of Counter 1 to the walk-in customer, paid in cash to the next ten dollars.
pub fn sale(number: u64, lines: &[Line<'_>]) -> Sale {
    let row = |(item_code, qty, _, _, rate): &Line<'_>| ItemRow {
        item_code: (*item_code).to_owned(),
        qty: *qty,
        price_list_rate: *rate,
        rate: *rate,
        ..ItemRow::default()
    };
    let tax = TaxRow {
        charge_type: ChargeType::OnNetTotal,
        account_head: "Sales Tax 8.25 - HB".to_owned(),
        description: "Sales Tax 8.25%".to_owned(),
        cost_center: "Main - HB".to_owned(),
        rate: 8.25,
        ..TaxRow::default()
    };
    let document = Document {
        currency: "USD".to_owned(),
        items: lines.iter().map(row).collect(),
        taxes: vec![tax],
        ..Document::default()
    };
    let line = |(item_code, qty, uom, factor, _): &Line<'_>| SaleLine {
        item_code: (*item_code).to_owned(),
        item_name: (*item_code).to_owned(),
        qty: Quantity::from_f64(*qty),
        uom: (*uom).to_owned(),
        stock_uom: if *factor == 1.0 { *uom } else { "Nos" }.to_owned(),
        conversion_factor: *factor,
        ..SaleLine::default()
    };
    let receipt_number = ReceiptNumber {
        till: "C1".to_owned(),
        number,
    };
    let mut sale = Sale {
        key: format!("{receipt_number}-7K2M9QXB"),
        receipt_number,
        shift: shift().key,
        cashier: cashier(),
        return_against: None,
        reason: None,
        approved_by: None,
        exchange: None,
        at: "2026-11-23T06:01:00Z".parse().unwrap(),
        posting_date: "2026-11-23".parse().unwrap(),
        posting_time: "01:01:00".parse().unwrap(),
        customer: "Walk-in Customer".to_owned(),
        customer_name: "Walk-in Customer".to_owned(),
        company: "Harbour Books".to_owned(),
        pos_profile: "Counter 1".to_owned(),
        selling_price_list: "Standard Selling".to_owned(),
        set_warehouse: "Shop - HB".to_owned(),
        taxes_and_charges: Some("US Sales Tax 8.25 - HB".to_owned()),
        tax_category: None,
        account_for_change_amount: Some("Cash - HB".to_owned()),
        price_list_currency: None,
        plc_conversion_rate: 1.0,
        lines: lines.iter().map(line).collect(),
        coupon: None,
        loyalty: None,
        totals: totals::calculate(&document, &settings()).unwrap(),
        document,
        payments: Vec::new(),
        amount_to_pay: usd(0),
        paid_amount: usd(0),
        change_amount: usd(0),
    };
    settle(&mut sale);
    sale
}

/// Computes a sale anew whose document or points were changed, paid in cash to the next ten
/// dollars.
pub fn settle(sale: &mut Sale) {
    sale.totals = totals::calculate(&sale.document, &settings()).unwrap();
    let due = Money::from_f64(sale.totals.amount_to_pay(), usd(0).currency);
    let points = sale.loyalty.as_ref().map(|loyalty| loyalty.loyalty_amount);
    let rest = due.minus(points.unwrap_or(usd(0)));
    let paid = usd(rest.units.div_euclid(1000) * 1000 + 1000);
    sale.payments = vec![Payment {
        mode_of_payment: "Cash".to_owned(),
        kind: ModeOfPaymentType::Cash,
        account: "Cash - HB".to_owned(),
        amount: paid,
        cards: Vec::new(),
    }];
    sale.amount_to_pay = due;
    sale.paid_amount = paid;
    sale.change_amount = paid.minus(rest);
}

/// Two paperbacks and a pencil box.
pub fn usual_sale(number: u64) -> Sale {
    sale(
        number,
        &[
            ("FIC-001", 2.0, "Nos", 1.0, 7.99),
            ("STA-002", 1.0, "Box", 12.0, 13.5),
        ],
    )
}

/// Adds a row that a pricing rule gave, at no price.
pub fn give(sale: &mut Sale, item_code: &str, qty: f64) {
    sale.document.items.push(ItemRow {
        item_code: item_code.to_owned(),
        qty,
        ..ItemRow::default()
    });
    sale.lines.push(SaleLine {
        item_code: item_code.to_owned(),
        item_name: item_code.to_owned(),
        qty: Quantity::from_f64(qty),
        uom: "Nos".to_owned(),
        stock_uom: "Nos".to_owned(),
        conversion_factor: 1.0,
        is_free_item: true,
        ..SaleLine::default()
    });
    settle(sale);
}

/// The recorded coupon, with this limit.
pub fn coupon(maximum_use: i64) -> SaleCoupon {
    SaleCoupon {
        name: "SAVE15".to_owned(),
        coupon_code: "SAVE15".to_owned(),
        maximum_use,
    }
}

/// Lets Ada Byron pay with so many points, a twentieth of a dollar each.
pub fn redeem(sale: &mut Sale, points: i64) {
    sale.customer = "Ada Byron".to_owned();
    sale.customer_name = "Ada Byron".to_owned();
    sale.loyalty = Some(SaleLoyalty {
        loyalty_program: "Harbour Rewards".to_owned(),
        loyalty_points: points,
        loyalty_amount: usd(points * 5),
        loyalty_redemption_account: Some("Loyalty Expense - HB".to_owned()),
        loyalty_redemption_cost_center: Some("Main - HB".to_owned()),
        points_earned: 0,
    });
    settle(sale);
}

/// A sale with all that there is: a coupon, a given item, a batch, a serial number, a discount on
/// the document, and 10 points of Ada Byron. Each number has its own serial number, up to 6.
pub fn rich_sale(number: u64) -> Sale {
    let mut sold = sale(
        number,
        &[
            ("FIC-001", 2.0, "Nos", 1.0, 7.99),
            ("STA-003", 2.0, "Nos", 1.0, 1.25),
            ("BAT-001", 2.0, "Nos", 1.0, 1.2),
            ("SER-001", 1.0, "Nos", 1.0, 119.0),
        ],
    );
    sold.document.items[0].rate = 6.79;
    sold.coupon = Some(coupon(1000));
    sold.lines[2].batch_no = Some("BAT-001-B".to_owned());
    sold.lines[3].serial_nos = vec![format!("SER-001-S{number:03}")];
    sold.document.apply_discount_on = Some(ApplyDiscountOn::GrandTotal);
    sold.document.additional_discount_percentage = 5.0;
    give(&mut sold, "STA-003", 1.0);
    redeem(&mut sold, 10);
    sold
}

/// What was handed over and what was paid with points: POS Invoice.paid_amount once submitted.
pub fn paid_in_all(sale: &Sale) -> f64 {
    let points = sale.loyalty.as_ref().map(|loyalty| loyalty.loyalty_amount);
    sale.paid_amount.plus(points.unwrap_or(usd(0))).to_f64()
}

/// Points of Ada Byron as the site has them.
pub fn points_of_ada(points: i64) -> Value {
    json!({
        "customer": "Ada Byron", "loyalty_program": "Harbour Rewards",
        "company": "Harbour Books", "loyalty_points": points, "purchase_amount": 0.0,
        "posting_date": "2026-11-01", "expiry_date": "2027-11-01", "invoice": null,
    })
}
