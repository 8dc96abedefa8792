//! The Done screen: the change, and how the receipt fares.

use std::rc::Rc;

use checkout::money::Money;
use checkout::sale::Sale;
use checkout::shop::Shop;
use checkout::till::Returned;
use checkout::totals::ItemTotals;
use hal::Hindrance;
use slint::{ComponentHandle, ModelRc, VecModel};
use store::PrintState;

use super::{amounts, money, signed, update, words};
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
        done.set_refund("".into());
        done.set_refund_tender("".into());
        done.set_other_receipt("".into());
        let change = sale.change_amount;
        done.set_change(if change.is_zero() {
            "".into()
        } else {
            format.amount(change).into()
        });
        done.set_total(format.amount(sale.amount_to_pay).into());
        done.set_receipt_number(sale.receipt_number.to_string().into());
        update(&self.tenders, tender_rows(shop, sale));
        done.set_saved(saved(shop, sale).into());
        done.set_points(points(sale).into());
        show_receipt(window, receipt);
    }

    /// Shows the return that was just committed, and what was sold with it.
    pub fn show_returned(
        &self,
        window: &TillWindow,
        shop: &Shop,
        returned: &Returned,
        receipt: ReceiptState,
    ) {
        let format = amounts(shop);
        let done = window.global::<Done>();
        let back = &returned.returned;
        let sums = returned.refunds.iter().map(|row| row.amount);
        let refund = sums.fold(shop.currency.zero(), Money::plus);
        done.set_refund(if refund.is_zero() {
            "".into()
        } else {
            format.amount(refund).into()
        });
        let modes = returned
            .refunds
            .iter()
            .map(|row| row.mode_of_payment.as_str());
        done.set_refund_tender(modes.collect::<Vec<_>>().join(", ").into());
        let change = returned.change_amount;
        done.set_change(if change.is_zero() {
            "".into()
        } else {
            format.amount(change).into()
        });
        let (total, number, other) = match &returned.sale {
            Some(sale) => (
                sale.amount_to_pay.plus(back.amount_to_pay),
                &sale.receipt_number,
                back.receipt_number.to_string(),
            ),
            None => (back.amount_to_pay, &back.receipt_number, String::new()),
        };
        done.set_total(signed(format.amount(total)).into());
        done.set_receipt_number(number.to_string().into());
        done.set_other_receipt(other.into());
        let row = |label: &str, amount: Money| AmountRow {
            label: label.into(),
            amount: signed(format.amount(amount)).into(),
            strong: false,
        };
        let mut rows = Vec::new();
        if let Some(sale) = &returned.sale {
            rows.push(row("Bought", sale.amount_to_pay));
            rows.push(row("Came back", back.amount_to_pay));
        }
        let refunds = returned.refunds.iter();
        rows.extend(refunds.map(|given| row(&given.mode_of_payment, given.amount.negated())));
        if change.is_positive() {
            rows.push(row("Change", change));
        }
        update(&self.tenders, rows);
        done.set_saved("".into());
        done.set_points("".into());
        show_receipt(window, receipt);
    }
}

fn show_receipt(window: &TillWindow, receipt: ReceiptState) {
    let done = window.global::<Done>();
    let (level, sentence, remedy) = receipt.words();
    done.set_receipt_level(level);
    done.set_receipt_sentence(sentence.into());
    done.set_receipt_remedy(remedy.into());
    done.set_can_reprint(receipt.can_reprint());
}

/// How a sale was paid, a row a tender.
pub fn tender_rows(shop: &Shop, sale: &Sale) -> Vec<AmountRow> {
    let format = amounts(shop);
    let row = |label: &str, amount: String| AmountRow {
        label: label.into(),
        amount: amount.into(),
        strong: false,
    };
    let loyalty = sale
        .loyalty
        .iter()
        .filter(|loyalty| loyalty.loyalty_points > 0);
    let mut rows: Vec<AmountRow> = loyalty
        .map(|loyalty| {
            let label = words::points(loyalty.loyalty_points);
            row(&label, format.amount(loyalty.loyalty_amount))
        })
        .collect();
    let payments = sale.payments.iter();
    rows.extend(payments.map(|payment| {
        let amount = signed(format.amount(payment.amount));
        row(&payment.mode_of_payment, amount)
    }));
    if sale.change_amount.is_positive() {
        rows.push(row("Change", format.amount(sale.change_amount)));
    }
    rows
}

/// What list prices would have cost more: "Saved $4.32".
pub fn saved(shop: &Shop, sale: &Sale) -> String {
    let rows = sale.totals.items.iter();
    let off = |row: &ItemTotals| (row.price_list_rate - row.rate).max(0.0) * row.qty;
    let on_lines: f64 = rows.map(off).sum();
    let saved = money(shop, on_lines + sale.totals.discount_amount);
    if saved.is_positive() {
        format!("Saved {}", amounts(shop).amount(saved))
    } else {
        String::new()
    }
}

/// The points of a sale: "21 points earned, 200 used".
pub fn points(sale: &Sale) -> String {
    let Some(loyalty) = &sale.loyalty else {
        return String::new();
    };
    let earned = (loyalty.points_earned > 0)
        .then(|| format!("{} earned", words::points(loyalty.points_earned)));
    let used = (loyalty.loyalty_points > 0)
        .then(|| format!("{} used", words::points(loyalty.loyalty_points)));
    let parts: Vec<_> = earned.into_iter().chain(used).collect();
    parts.join(", ")
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
        self.words_of(
            "receipt",
            "The sale is saved; the receipt can be printed later from Sales.",
        )
    }

    /// How a thing of this name fares; `kept` says what is so without a printer.
    pub fn words_of(self, thing: &str, kept: &str) -> (Level, String, String) {
        if !self.has_printer {
            return (
                Level::Neutral,
                "No receipt printer is set up".into(),
                kept.to_owned(),
            );
        }
        let named = words::sentence(thing);
        match (self.printed, self.hindrance) {
            (PrintState::Printed, _) => (Level::Good, format!("{named} printed"), String::new()),
            (PrintState::Unconfirmed, _) => (
                Level::Warning,
                format!("The printer did not confirm the {thing}"),
                "Look whether it came out. If not, print it again.".into(),
            ),
            (PrintState::Failed, _) => (
                Level::Bad,
                format!("The {thing} was not printed"),
                "Print it again when the printer is ready; nothing else is lost.".into(),
            ),
            (PrintState::Queued | PrintState::Sending, Some(hindrance)) => {
                let words = words::printer(hindrance);
                (words.level, words.title, words.remedy)
            }
            (PrintState::Queued | PrintState::Sending, None) => {
                (Level::Busy, format!("Printing the {thing}"), String::new())
            }
        }
    }

    /// Of two receipts that belong together the one that is worse off.
    pub fn or_worse(self, other: Self) -> Self {
        let rank = |state: PrintState| match state {
            PrintState::Printed => 0,
            PrintState::Queued => 1,
            PrintState::Sending => 2,
            PrintState::Unconfirmed => 3,
            PrintState::Failed => 4,
        };
        match rank(other.printed) > rank(self.printed) {
            true => other,
            false => self,
        }
    }

    /// Whether asking for it again makes sense: not while the first is still on its way.
    pub fn can_reprint(self) -> bool {
        self.has_printer && !matches!(self.printed, PrintState::Queued | PrintState::Sending)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_exchange_the_receipt_that_is_worse_off_is_told() {
        let is = |printed| ReceiptState {
            printed,
            hindrance: None,
            has_printer: true,
        };
        use PrintState::{Failed, Printed, Queued, Sending, Unconfirmed};
        for (one, other, told) in [
            (Printed, Unconfirmed, Unconfirmed),
            (Unconfirmed, Printed, Unconfirmed),
            (Sending, Unconfirmed, Unconfirmed),
            (Unconfirmed, Failed, Failed),
            (Printed, Queued, Queued),
            (Printed, Printed, Printed),
        ] {
            assert_eq!(is(one).or_worse(is(other)).printed, told);
        }
    }
}
