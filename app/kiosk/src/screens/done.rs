//! The Done screen: the change, and how the receipt fares.

use std::rc::Rc;

use checkout::sale::Sale;
use checkout::shop::Shop;
use hal::Hindrance;
use slint::{ComponentHandle, ModelRc, VecModel};
use store::PrintState;

use super::{amounts, update, words};
use crate::ui::{AmountRow, Done, Level, TillWindow};

/// The models of the Done screen.
pub struct DoneScreen {
    tenders: Rc<VecModel<AmountRow>>,
}

impl DoneScreen {
    /// Connects empty models to the window.
    pub fn new(window: &TillWindow) -> Self {
        let screen = Self {
            tenders: Rc::default(),
        };
        window
            .global::<Done>()
            .set_tenders(ModelRc::from(screen.tenders.clone()));
        screen
    }

    /// Shows the sale that was just committed.
    pub fn show(&self, window: &TillWindow, shop: &Shop, sale: &Sale, receipt: ReceiptState) {
        let format = amounts(shop);
        let done = window.global::<Done>();
        let change = sale.change_amount;
        done.set_change(if change.is_zero() {
            "".into()
        } else {
            format.amount(change).into()
        });
        done.set_total(format.amount(sale.amount_to_pay).into());
        done.set_receipt_number(sale.receipt_number.to_string().into());
        update(&self.tenders, tender_rows(shop, sale));
        let (level, sentence, remedy) = receipt.words();
        done.set_receipt_level(level);
        done.set_receipt_sentence(sentence.into());
        done.set_receipt_remedy(remedy.into());
        done.set_can_reprint(receipt.can_reprint());
    }
}

/// How a sale was paid, a row a tender.
pub fn tender_rows(shop: &Shop, sale: &Sale) -> Vec<AmountRow> {
    let format = amounts(shop);
    let row = |label: &str, amount: String| AmountRow {
        label: label.into(),
        amount: amount.into(),
        strong: false,
    };
    let mut rows: Vec<AmountRow> = sale
        .payments
        .iter()
        .map(|payment| row(&payment.mode_of_payment, format.amount(payment.amount)))
        .collect();
    if sale.change_amount.is_positive() {
        rows.push(row("Change", format.amount(sale.change_amount)));
    }
    rows
}

/// How far a receipt is: what the store knows, and what holds the printer up.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ReceiptState {
    /// What the store knows.
    pub printed: PrintState,
    /// Why the printer does not print, where it does not.
    pub hindrance: Option<Hindrance>,
    /// Whether this till has a printer at all.
    pub has_printer: bool,
}

impl ReceiptState {
    fn words(self) -> (Level, String, String) {
        if !self.has_printer {
            return (
                Level::Neutral,
                "No receipt printer is set up".into(),
                "The sale is saved; the receipt can be printed later from Sales.".into(),
            );
        }
        match (self.printed, self.hindrance) {
            (PrintState::Printed, _) => (Level::Good, "Receipt printed".into(), String::new()),
            (PrintState::Unconfirmed, _) => (
                Level::Warning,
                "The printer did not confirm the receipt".into(),
                "Look whether it came out. If not, reprint it.".into(),
            ),
            (PrintState::Failed, _) => (
                Level::Bad,
                "The receipt was not printed".into(),
                "The sale is saved. Reprint it when the printer is ready.".into(),
            ),
            (PrintState::Queued | PrintState::Sending, Some(hindrance)) => {
                let words = words::printer(hindrance);
                (words.level, words.title, words.remedy)
            }
            (PrintState::Queued | PrintState::Sending, None) => {
                (Level::Busy, "Printing the receipt".into(), String::new())
            }
        }
    }

    /// Whether asking for it again makes sense: not while the first is still on its way.
    pub fn can_reprint(self) -> bool {
        self.has_printer && !matches!(self.printed, PrintState::Queued | PrintState::Sending)
    }
}
