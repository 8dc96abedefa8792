//! The Pay screen.

use std::rc::Rc;

use checkout::format::AmountFormat;
use checkout::masters::ModeOfPaymentType;
use checkout::money::Money;
use checkout::payment::{Payments, Refund};
use checkout::sale::Payment;
use checkout::shop::TenderMode;
use checkout::till::Till;
use slint::{ComponentHandle, ModelRc, VecModel};

use super::{amounts, update, words};
use crate::ui::{Level, Pay, SuggestedNote, TakenTender, TenderKind, TenderTile, TillWindow};

/// The models of the Pay screen.
pub struct PayScreen {
    tenders: Rc<VecModel<TenderTile>>,
    notes: Rc<VecModel<SuggestedNote>>,
    taken: Rc<VecModel<TakenTender>>,
}

impl PayScreen {
    /// Connects empty models to the window.
    pub fn new(window: &TillWindow) -> Self {
        let screen = Self {
            tenders: Rc::default(),
            notes: Rc::default(),
            taken: Rc::default(),
        };
        let pay = window.global::<Pay>();
        pay.set_tenders(ModelRc::from(screen.tenders.clone()));
        pay.set_notes(ModelRc::from(screen.notes.clone()));
        pay.set_taken(ModelRc::from(screen.taken.clone()));
        screen
    }

    /// Shows what is due and how it can be paid.
    pub fn show(&self, window: &TillWindow, till: &Till, payments: &Payments, saving: bool) {
        let shop = till.shop();
        let format = amounts(shop);
        let pay = window.global::<Pay>();
        pay.set_refund(false);
        let remaining = payments.remaining();
        pay.set_due(format.amount(payments.due()).into());
        let none_if_zero = |money: Money| {
            if money.is_zero() {
                "".into()
            } else {
                format.amount(money).into()
            }
        };
        pay.set_remaining(none_if_zero(remaining));
        pay.set_change(none_if_zero(payments.change()));
        pay.set_customer(
            till.cart()
                .customer()
                .map_or("", |c| &c.customer_name)
                .into(),
        );
        pay.set_can_complete(remaining.is_zero() && !saving);
        let open = !remaining.is_zero() && !saving;
        let tiles = shop.modes_of_payment.iter();
        update(&self.tenders, tiles.map(|mode| tile(mode, open)).collect());
        let cash = shop
            .modes_of_payment
            .iter()
            .find(|mode| mode.kind == ModeOfPaymentType::Cash);
        let cash = cash
            .filter(|_| open)
            .map(|mode| mode.mode_of_payment.as_str());
        pay.set_exact_mode(cash.unwrap_or_default().into());
        pay.set_exact_amount(format.amount(remaining).into());
        let note = |sum: Money| SuggestedNote {
            label: format.amount(sum).into(),
            amount: sum.number().into(),
            mode: cash.unwrap_or_default().into(),
        };
        let sums = payments.suggestions().into_iter().skip(1).take(4);
        update(
            &self.notes,
            if cash.is_some() {
                sums.map(note).collect()
            } else {
                vec![]
            },
        );
        let taken = |tender: &Payment| taken_row(&format, tender);
        // Points stand above the tenders.
        let points = payments.redeemed().map(|redeemed| TakenTender {
            label: words::points(redeemed.loyalty_points).into(),
            amount: format.amount(redeemed.loyalty_amount).into(),
            detail: "".into(),
        });
        let tenders = payments.tenders().iter().map(taken);
        update(&self.taken, points.into_iter().chain(tenders).collect());
        show_entry(window, till, remaining);
    }

    /// Shows what is given back and how that can be done.
    pub fn show_refund(&self, window: &TillWindow, till: &Till, refund: &Refund, saving: bool) {
        let shop = till.shop();
        let format = amounts(shop);
        let pay = window.global::<Pay>();
        pay.set_refund(true);
        let remaining = refund.remaining();
        pay.set_due(format.amount(refund.due()).into());
        pay.set_remaining(if remaining.is_zero() {
            "".into()
        } else {
            format.amount(remaining).into()
        });
        pay.set_change("".into());
        let customer = till.returning().map(|open| open.original());
        let walk_in = shop.profile.customer.as_ref();
        let customer = customer
            .filter(|original| Some(&original.customer) != walk_in)
            .map_or("", |original| &original.customer_name);
        pay.set_customer(customer.into());
        pay.set_can_complete(remaining.is_zero() && !saving);
        let open = !remaining.is_zero() && !saving;
        let tiles = shop.modes_of_payment.iter().map(|mode| {
            let shown = tile(mode, open && mode.allow_in_returns);
            TenderTile {
                reason: if mode.allow_in_returns {
                    "".into()
                } else {
                    "Gives no money back".into()
                },
                ..shown
            }
        });
        update(&self.tenders, tiles.collect());
        let usual = shop.offset_mode().filter(|_| open);
        let usual = usual.map_or("", |mode| &mode.mode_of_payment);
        pay.set_exact_mode(usual.into());
        pay.set_exact_amount(format.amount(remaining).into());
        update(&self.notes, vec![]);
        let given = refund.given().iter();
        update(
            &self.taken,
            given.map(|row| taken_row(&format, row)).collect(),
        );
        show_entry(window, till, remaining);
    }
}

fn taken_row(format: &AmountFormat, row: &Payment) -> TakenTender {
    TakenTender {
        label: row.mode_of_payment.as_str().into(),
        amount: format.amount(row.amount).into(),
        detail: "".into(),
    }
}

/// Shows what the keypad's digits mean and gives the amount back; nothing typed is all that
/// remains.
pub fn show_entry(window: &TillWindow, till: &Till, remaining: Money) -> Option<Money> {
    let shop = till.shop();
    let pay = window.global::<Pay>();
    let entry = pay.get_entry();
    let amount = match entry.trim() {
        "" => Some(remaining),
        text => Money::parse(text, shop.currency).ok(),
    };
    match amount {
        Some(amount) => {
            pay.set_amount(amounts(shop).amount(amount).into());
            pay.set_level(Level::Neutral);
            pay.set_sentence("".into());
        }
        None => {
            pay.set_level(Level::Warning);
            pay.set_sentence("This is not an amount of money. Correct it to go on.".into());
        }
    }
    amount
}

fn tile(mode: &TenderMode, enabled: bool) -> TenderTile {
    TenderTile {
        mode: mode.mode_of_payment.as_str().into(),
        label: mode.mode_of_payment.as_str().into(),
        kind: tender_kind(mode.kind),
        enabled,
        reason: "".into(),
    }
}

/// What a mode of payment's tile draws.
pub fn tender_kind(kind: ModeOfPaymentType) -> TenderKind {
    match kind {
        ModeOfPaymentType::Cash => TenderKind::Cash,
        ModeOfPaymentType::Bank => TenderKind::Card,
        ModeOfPaymentType::General | ModeOfPaymentType::Phone => TenderKind::Other,
    }
}
