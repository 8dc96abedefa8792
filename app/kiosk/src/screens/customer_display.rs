//! What stands on the line display in front of the customer.

use checkout::cart::Cart;
use checkout::format::AmountFormat;
use checkout::money::Money;
use checkout::quantity::Quantity;
use checkout::shop::Shop;
use checkout::till::{Settled, Stage, Till};
use hal::{DisplayLine, DisplayScreen};

use super::{amounts, money};

/// What the display says while nothing is sold.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DisplayTexts {
    /// While somebody could buy something; the company's name where it is empty.
    pub welcome: Vec<String>,
    /// While nobody sells here.
    pub closed: Vec<String>,
}

/// The screen for where the till stands.
pub fn screen(till: Option<&Till>, texts: &DisplayTexts) -> DisplayScreen {
    let Some(till) = till else {
        return closed(texts);
    };
    let (shop, cart) = (till.shop(), till.cart());
    let format = amounts(shop);
    let pair = |label: &str, amount: Money| DisplayLine::pair(label, &format.number(amount));
    match till.stage() {
        Stage::Selling if cart.is_empty() && till.returning().is_none() => match till.cashier() {
            Some(_) => welcome(shop, texts),
            None => closed(texts),
        },
        Stage::Selling => selling(till, shop, cart, &format),
        Stage::Paying(payments) | Stage::Committing(_, payments) => {
            match payments.remaining().is_positive() {
                true if payments.remaining() != payments.due() => DisplayScreen::new(
                    pair("Total", payments.due()),
                    pair("Still to pay", payments.remaining()),
                ),
                true => DisplayScreen::new(DisplayLine::new(""), pair("To pay", payments.due())),
                false => DisplayScreen::new(
                    pair("Total", payments.due()),
                    pair("Change", payments.change()),
                ),
            }
        }
        Stage::Refunding(refund) => DisplayScreen::new(
            DisplayLine::new("Goods back"),
            pair("You get", refund.due()),
        ),
        Stage::CommittingReturn(commit) => match &commit.settled {
            Settled::Paid(payments) => DisplayScreen::new(
                pair("Total", payments.due()),
                pair("Change", payments.change()),
            ),
            Settled::Refunded(refund) => DisplayScreen::new(
                DisplayLine::new("Goods back"),
                pair("You get", refund.due()),
            ),
        },
        Stage::Done(sale) => {
            let thanks = DisplayLine::new("Thank you");
            let total = pair("Total", sale.amount_to_pay);
            match sale.change_amount.is_positive() {
                true => DisplayScreen::new(total, pair("Change", sale.change_amount)),
                false => DisplayScreen::new(total, thanks),
            }
        }
        Stage::Returned(returned) => {
            let sums = returned.refunds.iter().map(|row| row.amount);
            let back = sums.fold(shop.currency.zero(), Money::plus);
            let back = match back.is_zero() {
                true => returned.change_amount,
                false => back,
            };
            DisplayScreen::new(DisplayLine::new("Thank you"), pair("You get", back))
        }
        Stage::ShiftClosed
        | Stage::OpeningShift(_)
        | Stage::Counted(_)
        | Stage::ClosingShift(_) => closed(texts),
    }
}

/// The line that was touched last, and the total so far.
fn selling(till: &Till, shop: &Shop, cart: &Cart, format: &AmountFormat) -> DisplayScreen {
    let returning = till
        .returning()
        .map_or(shop.currency.zero(), |open| open.amount(shop.currency));
    let due = cart.amount_to_pay(shop).plus(returning);
    let total = DisplayLine::pair("Total", &format.number(due));
    let line = till
        .touched_line()
        .and_then(|line| cart.lines().iter().find(|other| other.id == line))
        .or(cart.lines().last());
    let Some(line) = line else {
        return DisplayScreen::new(DisplayLine::new("Goods back"), total);
    };
    let name = match line.sold.qty == Quantity::ONE {
        true => line.sold.item_name.clone(),
        false => format!("{} {}", line.sold.qty, line.sold.item_name),
    };
    let amount = cart
        .totals_of(line.id)
        .map(|totals| format.number(money(shop, totals.amount)));
    let upper = DisplayLine::pair(&name, &amount.unwrap_or_default());
    DisplayScreen::new(upper, total)
}

fn welcome(shop: &Shop, texts: &DisplayTexts) -> DisplayScreen {
    match texts.welcome.as_slice() {
        [] => centered(&["Welcome", &shop.company.name]),
        lines => centered(lines),
    }
}

fn closed(texts: &DisplayTexts) -> DisplayScreen {
    match texts.closed.as_slice() {
        [] => centered(&["This counter", "is closed"]),
        lines => centered(lines),
    }
}

fn centered<T: AsRef<str>>(lines: &[T]) -> DisplayScreen {
    let line = |at: usize| lines.get(at).map_or("", |line| line.as_ref());
    DisplayScreen::new(DisplayLine::center(line(0)), DisplayLine::center(line(1)))
}
