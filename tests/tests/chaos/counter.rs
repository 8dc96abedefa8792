//! What happens at the counter, whatever becomes of the network.

use checkout::masters::ModeOfPaymentType;
use checkout::money::Money;
use checkout::sale::{Payment, ReceiptNumber, Sale};
use checkout::shift::{CashDirection, CashMovement, Shift, ShiftClosing};
use checkout::totals::ApplyDiscountOn;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use store::Store;
use tests::day::{INSTALLATION, closing_of, new_customer, return_of, shift_at, sold_in};
use tests::fixtures::{coupon, give, sale, settle, usd, usual_sale};

use tests::random::Random;

/// A counter and all that was committed at it.
pub struct Counter {
    zone: TimeZone,
    shift: Option<Shift>,
    pub shifts: u64,
    pub sales: Vec<Sale>,
    pub closings: Vec<ShiftClosing>,
    pub customers: Vec<String>,
    pub movements: Vec<CashMovement>,
    /// How many pieces with serial numbers were sold.
    pieces: u64,
    /// A sale of another till, whose goods may come back here.
    foreign: Sale,
    foreign_left: f64,
}

impl Counter {
    pub fn new(zone: &TimeZone, foreign: &Sale) -> Self {
        Self {
            zone: zone.clone(),
            shift: None,
            shifts: 0,
            sales: Vec::new(),
            closings: Vec::new(),
            customers: Vec::new(),
            movements: Vec::new(),
            pieces: 0,
            foreign: foreign.clone(),
            foreign_left: foreign.document.items[0].qty,
        }
    }

    pub fn is_open(&self) -> bool {
        self.shift.is_some()
    }

    /// Something happens.
    pub fn acts(&mut self, store: &mut Store, now: Timestamp, random: &mut Random) {
        let Some(shift) = self.shift.clone() else {
            self.shifts += 1;
            let shift = shift_at(self.shifts, now, &self.zone);
            store.commit_shift(&shift).unwrap();
            self.shift = Some(shift);
            return;
        };
        match random.below(100) {
            0..60 => {
                let mut sold = self.sells(random);
                self.commits(store, &shift, &mut sold, now);
            }
            60..72 => {
                if let Some(mut back) = self.takes_back(now, random) {
                    self.commits(store, &shift, &mut back, now);
                }
            }
            72..80 => self.exchanges(store, &shift, now, random),
            80..88 => self.meets_somebody(store, &shift, now, random),
            88..92 => self.moves_cash(store, &shift, now, random),
            _ => self.closes(store, now, random),
        }
    }

    fn next_number(&self) -> u64 {
        self.sales.len() as u64 + 1
    }

    fn sells(&mut self, random: &mut Random) -> Sale {
        let number = self.next_number();
        match random.below(8) {
            0 => {
                let mut sold = sale(number, &[("BAT-001", 2.0, "Nos", 1.0, 1.2)]);
                sold.lines[0].batch_no = Some("BAT-001-B".to_owned());
                sold
            }
            1 => sale(number, &[("WGT-001", 0.385, "Kg", 1.0, 22.0)]),
            2 => {
                let mut sold = usual_sale(number);
                sold.document.apply_discount_on = Some(ApplyDiscountOn::GrandTotal);
                sold.document.additional_discount_percentage = 10.0;
                settle(&mut sold);
                sold
            }
            3 => {
                let mut sold = sale(number, &[("STA-003", 2.0, "Nos", 1.0, 1.25)]);
                give(&mut sold, "STA-003", 1.0);
                sold
            }
            4 => {
                let mut sold = usual_sale(number);
                sold.document.items[0].rate = 6.79;
                sold.coupon = Some(coupon(1000));
                settle(&mut sold);
                sold
            }
            5 if self.pieces < 6 => {
                self.pieces += 1;
                let mut sold = sale(number, &[("SER-001", 1.0, "Nos", 1.0, 119.0)]);
                sold.lines[0].serial_nos = vec![format!("SER-001-S{:03}", self.pieces)];
                sold
            }
            6 => {
                let mut sold = usual_sale(number);
                let by_card = Payment {
                    mode_of_payment: "Credit Card".to_owned(),
                    kind: ModeOfPaymentType::Bank,
                    account: "Bank - HB".to_owned(),
                    amount: usd(500),
                    cards: Vec::new(),
                };
                sold.payments[0].amount = sold.payments[0].amount.minus(usd(500));
                sold.payments.push(by_card);
                sold
            }
            _ => usual_sale(number),
        }
    }

    /// Goods of an earlier sale come back, or of another till's; none of a sale that lies ahead by
    /// a clock that was set back: the till refuses that.
    fn takes_back(&mut self, now: Timestamp, random: &mut Random) -> Option<Sale> {
        let number = self.next_number();
        let now = now.to_zoned(self.zone.clone()).datetime();
        let lies_ahead = |sold: &Sale| sold.posting_date.to_datetime(sold.posting_time) > now;
        if random.chance(250) && self.foreign_left > 0.0 && !lies_ahead(&self.foreign) {
            self.foreign_left -= 1.0;
            return Some(return_of(number, &self.foreign, &[(0, 1.0)]));
        }
        let is_back = |original: &Sale| {
            self.sales.iter().any(|other| {
                let against = other.return_against.as_ref();
                against.is_some_and(|against| against.key == original.key)
            })
        };
        let fresh: Vec<_> = self
            .sales
            .iter()
            .filter(|sold| !sold.is_return() && !is_back(sold) && !lies_ahead(sold))
            .collect();
        if fresh.is_empty() {
            return None;
        }
        let original: &Sale = random.pick(&fresh);
        let qty = original.document.items[0].qty;
        let mut rows = vec![(0, if qty > 1.0 { 1.0 } else { qty })];
        if original.lines.len() > 1 && random.chance(500) {
            rows = original
                .document
                .items
                .iter()
                .enumerate()
                .map(|(place, row)| (place, row.qty))
                .collect();
        }
        Some(return_of(number, original, &rows))
    }

    fn exchanges(&mut self, store: &mut Store, shift: &Shift, now: Timestamp, random: &mut Random) {
        let Some(mut back) = self.takes_back(now, random) else {
            return;
        };
        let mut sold = usual_sale(back.receipt_number.number + 1);
        sold.customer.clone_from(&back.customer);
        sold.customer_name.clone_from(&back.customer_name);
        back.exchange = Some(sold.key.clone());
        sold.exchange = Some(back.key.clone());
        for half in [&mut back, &mut sold] {
            sold_in(half, shift, now, &self.zone);
        }
        store.commit_exchange(&back, &sold).unwrap();
        self.sales.extend([back, sold]);
    }

    fn meets_somebody(
        &mut self,
        store: &mut Store,
        shift: &Shift,
        now: Timestamp,
        random: &mut Random,
    ) {
        let number = self.customers.len() as u64 + 1;
        let name = random.pick(&["Rosa Delgado", "Jo Lee"]);
        let customer = new_customer(number, name, now);
        store.commit_customer(&customer).unwrap();
        self.customers.push(customer.key.clone());
        let mut sold = usual_sale(self.next_number());
        sold.customer = customer.key;
        sold.customer_name = customer.customer_name;
        self.commits(store, shift, &mut sold, now);
    }

    fn moves_cash(
        &mut self,
        store: &mut Store,
        shift: &Shift,
        now: Timestamp,
        random: &mut Random,
    ) {
        let number = self.movements.len() as u64 + 1;
        let direction = random.pick(&[CashDirection::In, CashDirection::Out]);
        let movement = CashMovement {
            key: format!("C1-{INSTALLATION}-CASH-{number}"),
            number,
            shift: shift.key.clone(),
            cashier: shift.cashier.clone(),
            approved_by: None,
            at: now,
            posting: now.to_zoned(self.zone.clone()).datetime(),
            mode_of_payment: "Cash".to_owned(),
            direction,
            amount: usd(1 + random.below(9000) as i64),
            reason: "The bank".to_owned(),
        };
        store.commit_cash_movement(&movement).unwrap();
        self.movements.push(movement);
    }

    /// The shift ends, counted with a difference; before it began, if the clock was set back.
    pub fn closes(&mut self, store: &mut Store, now: Timestamp, random: &mut Random) {
        let Some(shift) = self.shift.take() else {
            return;
        };
        let totals = store.records().shift_totals(&shift).unwrap();
        let expected = totals.mode_of_payment("Cash").unwrap().expected().units;
        let difference = (random.below(1000) as i64 - 500).max(-expected.max(0));
        let difference = if expected < 0 { -expected } else { difference };
        let closing = closing_of(&shift, totals, difference, now, &self.zone);
        store.commit_closing(&closing).unwrap();
        self.closings.push(closing);
    }

    fn commits(&mut self, store: &mut Store, shift: &Shift, sold: &mut Sale, now: Timestamp) {
        sold_in(sold, shift, now, &self.zone);
        // Seldom the till is given another profile in the middle of a shift.
        if self.sales.len() % 17 == 16 {
            sold.pos_profile = "Counter 3".to_owned();
        }
        store.commit_sale(sold).unwrap();
        self.sales.push(sold.clone());
    }
}

/// A sale of the shop's other till.
pub fn foreign_sale(now: Timestamp, zone: &TimeZone) -> Sale {
    let mut sold = sale(1, &[("FIC-001", 3.0, "Nos", 1.0, 7.99)]);
    sold.receipt_number = ReceiptNumber {
        till: "C2".to_owned(),
        number: 1,
    };
    sold.key = "C2-000001-0THERT1L".to_owned();
    sold.pos_profile = "Counter 2".to_owned();
    let local = now.to_zoned(zone.clone()).datetime();
    sold.posting_date = local.date();
    sold.posting_time = local.time();
    sold
}

/// What a sale's cash and cards are worth: by mode of payment, less what was given back.
pub fn takings(sale: &Sale, mode_of_payment: &str) -> Money {
    let paid = sale.payments.iter();
    let paid = paid.filter(|payment| payment.mode_of_payment == mode_of_payment);
    let paid = paid.fold(usd(0), |sum, payment| sum.plus(payment.amount));
    match sale.change_payment() {
        Some(payment) if payment.mode_of_payment == mode_of_payment => {
            paid.minus(sale.change_amount)
        }
        _ => paid,
    }
}
