//! The Pay screen.

use std::rc::Rc;

use checkout::masters::ModeOfPaymentType;
use checkout::money::Money;
use checkout::payment::Payments;
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
        update(&self.tenders, tender_tiles(till, remaining, saving));
        let cash = shop
            .modes_of_payment
            .iter()
            .find(|mode| mode.kind == ModeOfPaymentType::Cash);
        let open = !remaining.is_zero() && !saving;
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
        let taken = |tender: &checkout::sale::Payment| TakenTender {
            label: tender.mode_of_payment.as_str().into(),
            amount: format.amount(tender.amount).into(),
            detail: "".into(),
        };
        // Points stand above the tenders.
        let points = payments.redeemed().map(|redeemed| TakenTender {
            label: words::points(redeemed.loyalty_points).into(),
            amount: format.amount(redeemed.loyalty_amount).into(),
            detail: "".into(),
        });
        let tenders = payments.tenders().iter().map(taken);
        update(&self.taken, points.into_iter().chain(tenders).collect());
        show_entry(window, till, payments);
    }
}

/// Shows what the keypad's digits mean and gives the amount back; nothing typed is all that
/// remains.
pub fn show_entry(window: &TillWindow, till: &Till, payments: &Payments) -> Option<Money> {
    let shop = till.shop();
    let pay = window.global::<Pay>();
    let entry = pay.get_entry();
    let amount = match entry.trim() {
        "" => Some(payments.remaining()),
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

fn tender_tiles(till: &Till, remaining: Money, saving: bool) -> Vec<TenderTile> {
    let tile = |mode: &checkout::shop::TenderMode| TenderTile {
        mode: mode.mode_of_payment.as_str().into(),
        label: mode.mode_of_payment.as_str().into(),
        kind: match mode.kind {
            ModeOfPaymentType::Cash => TenderKind::Cash,
            ModeOfPaymentType::Bank => TenderKind::Card,
            ModeOfPaymentType::General | ModeOfPaymentType::Phone => TenderKind::Other,
        },
        enabled: !remaining.is_zero() && !saving,
        reason: "".into(),
    };
    till.shop().modes_of_payment.iter().map(tile).collect()
}
