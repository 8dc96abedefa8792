//! Two shifts at a counter: fifty sales of every kind with what comes back of them, closed with
//! coins missing; then a short one, in which something of the first comes back.

use checkout::card::{CardIntent, CardIntentKind, LastAtTerminal};
use checkout::sale::Sale;
use checkout::shift::{CashDirection, CashMovement, Shift};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use store::Store;

use super::kinds::{KINDS, name_cards, of_a_piece};
use crate::day::{closing_of, new_customer, return_of, shift_at, sold_in};
use crate::fixtures::{sale, usd, usual_sale};

/// So many sales the long shift has besides what comes back.
const SALES: usize = 50;
/// So many of them are to customers who were made at the till, and of pieces, if there are any.
const SPECIAL: usize = 2;

/// What was sold.
pub(super) struct Sold {
    /// How many receipts there are.
    pub(super) receipts: u64,
    /// Of how many kinds they are.
    pub(super) kinds: usize,
}

/// Sells both shifts, the last half an hour ago; of an item with serial numbers the first of these
/// pieces.
pub(super) fn sell(
    store: &mut Store,
    pieces: Vec<String>,
    now: Timestamp,
    zone: &TimeZone,
) -> Result<Sold, String> {
    let mut counter = Counter {
        zone,
        at: now - SignedDuration::from_mins(100),
        shift: shift_at(1, now, zone),
        sales: Vec::new(),
        cards: 0,
        store,
    };
    counter.opens(1);
    let mut kinds = KINDS.len() + 1;
    let mut pieces = pieces.into_iter().take(SPECIAL);
    for number in 1..=SPECIAL as u64 {
        counter.meets(number);
        if let Some(serial_no) = pieces.next() {
            counter.sells(of_a_piece(counter.next(), serial_no));
            kinds += usize::from(number == 1);
        }
    }
    for (_, make) in KINDS.iter().cycle() {
        if counter.sales.len() >= SALES {
            break;
        }
        counter.sells(make(counter.next()));
    }
    counter.moves_cash();
    kinds += counter.takes_back()?;
    counter.closes(-5);

    counter.opens(2);
    counter.sells(usual_sale(counter.next()));
    let earlier = counter.sale_of("FIC-003")?;
    counter.sells(return_of(counter.next(), &earlier, &[(0, 1.0)]));
    counter.sells(usual_sale(counter.next()));
    counter.closes(0);
    Ok(Sold {
        receipts: counter.sales.len() as u64,
        kinds: kinds + 1,
    })
}

struct Counter<'a> {
    zone: &'a TimeZone,
    at: Timestamp,
    shift: Shift,
    sales: Vec<Sale>,
    cards: u64,
    store: &'a mut Store,
}

impl Counter<'_> {
    fn next(&self) -> u64 {
        self.sales.len() as u64 + 1
    }

    /// A minute later, in whole seconds as people count them.
    fn tick(&mut self) -> Timestamp {
        self.at += SignedDuration::from_mins(1);
        self.at
    }

    fn opens(&mut self, number: u64) {
        let at = self.tick();
        let shift = shift_at(number, at, self.zone);
        let key = format!("C1-{}-S{number:06}", self.store.installation());
        self.shift = Shift { key, ..shift };
        self.store.commit_shift(&self.shift).unwrap();
    }

    fn sells(&mut self, mut sold: Sale) {
        self.belongs(&mut sold);
        self.pays_by_card(&sold);
        self.store.commit_sale(&sold).unwrap();
        self.sales.push(sold);
    }

    /// Makes a sale one of this till and shift.
    fn belongs(&mut self, sold: &mut Sale) {
        let at = self.tick();
        sold_in(sold, &self.shift, at, self.zone);
        let place = sold.receipt_number.clone();
        sold.key = format!("{place}-{}", self.store.installation());
        name_cards(sold);
    }

    fn pays_by_card(&mut self, sold: &Sale) {
        for card in sold.payments.iter().flat_map(|row| &row.cards) {
            self.cards += 1;
            let intent = CardIntent {
                number: self.cards,
                reference: card.reference.clone(),
                kind: CardIntentKind::Payment,
                mode_of_payment: "Credit Card".to_owned(),
                amount: card.amount,
                shift: self.shift.key.clone(),
                cashier: self.shift.cashier.clone(),
                at: self.at,
                local: self.at.to_zoned(self.zone.clone()).datetime(),
                before: LastAtTerminal::default(),
            };
            self.store.commit_card_intent(&intent, None).unwrap();
        }
    }

    /// Somebody new buys.
    fn meets(&mut self, number: u64) {
        let at = self.tick();
        let installation = self.store.installation().to_owned();
        let mut customer = new_customer(number, &format!("Jo Lee {installation}"), at);
        customer.key = format!("C1-{installation}-C{number:06}");
        self.store.commit_customer(&customer).unwrap();
        let mut sold = sale(self.next(), &[("FIC-005", 1.0, "Nos", 1.0, 8.75)]);
        sold.customer = customer.key;
        sold.customer_name = customer.customer_name;
        self.sells(sold);
    }

    fn moves_cash(&mut self) {
        let at = self.tick();
        let movement = CashMovement {
            key: format!("C1-{}-CASH-1", self.store.installation()),
            number: 1,
            shift: self.shift.key.clone(),
            cashier: self.shift.cashier.clone(),
            approved_by: None,
            at,
            posting: at.to_zoned(self.zone.clone()).datetime(),
            mode_of_payment: "Cash".to_owned(),
            direction: CashDirection::Out,
            amount: usd(5_000),
            reason: "The bank".to_owned(),
        };
        self.store.commit_cash_movement(&movement).unwrap();
    }

    /// One row of a sale, a whole one, a batch, a piece, goods without a receipt, and goods for
    /// others. Answers of how many kinds that is.
    fn takes_back(&mut self) -> Result<usize, String> {
        let usual = self.sales.iter().find(|sold| {
            sold.lines.len() == 2 && sold.coupon.is_none() && sold.lines[0].item_code == "FIC-001"
        });
        let usual = usual.cloned().ok_or("no usual sale")?;
        self.sells(return_of(self.next(), &usual, &[(0, 1.0)]));
        let whole = self.sale_of("CHD-001")?;
        self.sells(return_of(self.next(), &whole, &[(0, 3.0)]));
        let batch = self.sale_of("BAT-001")?;
        self.sells(return_of(self.next(), &batch, &[(0, 1.0)]));
        let mut kinds = 5;
        if let Ok(piece) = self.sale_of("SER-001") {
            kinds += 1;
            self.sells(return_of(self.next(), &piece, &[(0, 1.0)]));
        }
        let mut without = return_of(self.next(), &self.sale_of("TSHIRT-M-BLU")?, &[(0, 1.0)]);
        without.return_against = None;
        without.lines[0].returns = None;
        without.approved_by = Some(self.shift.cashier.clone());
        self.sells(without);

        let mut back = return_of(self.next(), &self.sale_of("GIF-001")?, &[(1, 1.0)]);
        let mut taken = usual_sale(self.next() + 1);
        self.belongs(&mut back);
        self.belongs(&mut taken);
        back.exchange = Some(taken.key.clone());
        taken.exchange = Some(back.key.clone());
        self.store.commit_exchange(&back, &taken).unwrap();
        self.sales.extend([back, taken]);
        Ok(kinds)
    }

    /// The first sale with this item in it.
    fn sale_of(&self, item_code: &str) -> Result<Sale, String> {
        let mut sales = self.sales.iter().filter(|sold| !sold.is_return());
        let found = sales.find(|sold| sold.lines.iter().any(|line| line.item_code == item_code));
        found
            .cloned()
            .ok_or_else(|| format!("no sale of {item_code}"))
    }

    /// Closes with so many cents too many in the drawer.
    fn closes(&mut self, difference: i64) {
        let at = self.tick();
        let totals = self.store.records().shift_totals(&self.shift).unwrap();
        let mut closing = closing_of(&self.shift, totals, difference, at, self.zone);
        closing.key = format!("C1-{}-Z{:06}", self.store.installation(), self.shift.number);
        self.store.commit_closing(&closing).unwrap();
    }
}
