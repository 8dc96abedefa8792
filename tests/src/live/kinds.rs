//! Every kind of sale that a till makes.

use checkout::card::{CardPayment, TerminalMark};
use checkout::masters::ModeOfPaymentType;
use checkout::sale::{Payment, Sale};
use checkout::totals::ApplyDiscountOn;

use crate::fixtures::{coupon, give, redeem, sale, settle, usd, usual_sale};

/// A kind: what it is called, and one of it with this number.
pub(super) type Kind = (&'static str, fn(u64) -> Sale);

/// The kinds that need nothing but a number.
pub(super) static KINDS: [Kind; 16] = [
    ("cash with change", usual_sale),
    ("card and cash", by_card_and_cash),
    ("card", by_card),
    ("a batch", of_a_batch),
    ("a weight", |number| {
        sale(number, &[("WGT-001", 0.385, "Kg", 1.0, 22.0)])
    }),
    ("a discount on the total", discounted),
    ("something given away", with_a_gift),
    ("a coupon", with_a_coupon),
    ("another price", |number| {
        let mut sold = sale(number, &[("FIC-003", 1.0, "Nos", 1.0, 12.0)]);
        sold.document.items[0].rate = 9.5;
        settle(&mut sold);
        sold
    }),
    ("a bundle", |number| {
        sale(number, &[("BUN-001", 1.0, "Nos", 1.0, 6.0)])
    }),
    ("a service", |number| {
        sale(
            number,
            &[
                ("SRV-WRAP", 1.0, "Nos", 1.0, 2.0),
                ("GIF-001", 1.0, "Nos", 1.0, 14.0),
            ],
        )
    }),
    ("no tax", |number| {
        taxed("CHD-001", "Zero Rated - HB", 0.0, number)
    }),
    ("a lower tax", |number| {
        taxed("BAK-001", "Reduced 5 - HB", 2.0, number)
    }),
    ("a variant", |number| {
        sale(number, &[("TSHIRT-M-BLU", 2.0, "Nos", 1.0, 19.5)])
    }),
    // The points of the first are spent with the second.
    ("points earned", |number| {
        let mut sold = sale(number, &[("NF-001", 5.0, "Nos", 1.0, 19.99)]);
        redeem(&mut sold, 0);
        sold
    }),
    ("points spent", |number| {
        let mut sold = sale(number, &[("FIC-004", 2.0, "Nos", 1.0, 11.49)]);
        redeem(&mut sold, 5);
        sold
    }),
];

/// A piece with its serial number.
pub(super) fn of_a_piece(number: u64, serial_no: String) -> Sale {
    let mut sold = sale(number, &[("SER-001", 1.0, "Nos", 1.0, 119.0)]);
    sold.lines[0].serial_nos = vec![serial_no];
    sold
}

/// Gives the card payments of a sale a name that no other has.
pub(super) fn name_cards(sale: &mut Sale) {
    let key = sale.key.clone();
    let cards = sale.payments.iter_mut().flat_map(|row| &mut row.cards);
    for (place, card) in cards.enumerate() {
        card.reference = format!("{key}-{}", place + 1);
        // As terminals count.
        card.mark.trace = u32::try_from(sale.receipt_number.number).ok();
    }
}

fn card(cents: i64) -> Payment {
    Payment {
        mode_of_payment: "Credit Card".to_owned(),
        kind: ModeOfPaymentType::Bank,
        account: "Credit Card Clearing - HB".to_owned(),
        amount: usd(cents),
        cards: vec![CardPayment {
            reference: String::new(),
            amount: usd(cents),
            mark: TerminalMark {
                terminal: Some(65_000_001),
                receipt_number: Some(7),
                ..TerminalMark::default()
            },
            card_name: "Visa".to_owned(),
            card_number: "************1234".to_owned(),
            authorisation: "004711".to_owned(),
            customer_receipt: Vec::new(),
            merchant_receipt: Vec::new(),
        }],
    }
}

fn by_card(number: u64) -> Sale {
    let mut sold = sale(number, &[("FIC-002", 1.0, "Nos", 1.0, 9.99)]);
    sold.payments = vec![card(sold.amount_to_pay.units)];
    sold.paid_amount = sold.amount_to_pay;
    sold.change_amount = usd(0);
    sold
}

fn by_card_and_cash(number: u64) -> Sale {
    let mut sold = sale(number, &[("FIC-002", 2.0, "Nos", 1.0, 9.99)]);
    sold.payments[0].amount = sold.payments[0].amount.minus(usd(500));
    sold.payments.push(card(500));
    sold
}

fn of_a_batch(number: u64) -> Sale {
    let mut sold = sale(number, &[("BAT-001", 2.0, "Nos", 1.0, 1.2)]);
    sold.lines[0].batch_no = Some("BAT-001-B".to_owned());
    sold
}

fn discounted(number: u64) -> Sale {
    let mut sold = usual_sale(number);
    sold.document.apply_discount_on = Some(ApplyDiscountOn::GrandTotal);
    sold.document.additional_discount_percentage = 10.0;
    settle(&mut sold);
    sold
}

fn with_a_gift(number: u64) -> Sale {
    let mut sold = sale(number, &[("STA-003", 2.0, "Nos", 1.0, 1.25)]);
    give(&mut sold, "STA-003", 1.0);
    sold
}

fn with_a_coupon(number: u64) -> Sale {
    let mut sold = usual_sale(number);
    sold.document.items[0].rate = 6.79;
    sold.coupon = Some(coupon(1000));
    settle(&mut sold);
    sold
}

fn taxed(item_code: &str, template: &str, rate: f64, number: u64) -> Sale {
    let mut sold = sale(number, &[(item_code, 3.0, "Nos", 1.0, 4.99)]);
    sold.lines[0].item_tax_template = Some(template.to_owned());
    let rates = &mut sold.document.items[0].item_tax_rate;
    rates.insert("Sales Tax 8.25 - HB".to_owned(), rate);
    settle(&mut sold);
    sold
}
