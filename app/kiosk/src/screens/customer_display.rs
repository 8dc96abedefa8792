//! What stands on the line display in front of the customer.

use checkout::format::AmountFormat;
use checkout::money::Money;
use checkout::quantity::Quantity;
use checkout::shop::Shop;
use hal::{DisplayLine, DisplayScreen};

use super::amounts;
use super::customer_view::{CustomerView, Scene};

/// What the display says while nothing is sold.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DisplayTexts {
    /// While somebody could buy something; the company's name where it is empty.
    pub welcome: Vec<String>,
    /// While nobody sells here.
    pub closed: Vec<String>,
}

/// The screen for what the customer may see.
pub fn screen(view: &CustomerView, shop: Option<&Shop>, texts: &DisplayTexts) -> DisplayScreen {
    let Some(shop) = shop else {
        return closed(texts);
    };
    let format = amounts(shop);
    let pair = |label: &str, amount: Money| DisplayLine::pair(label, &format.number(amount));
    let paid = |total: Money, change: Money| {
        DisplayScreen::new(pair("Total", total), pair("Change", change))
    };
    match &view.scene {
        Scene::Closed => closed(texts),
        Scene::Welcome => welcome(shop, texts),
        Scene::Goods { total } => DisplayScreen::new(latest(view, &format), pair("Total", *total)),
        Scene::ToPay { total, remaining } if remaining != total => {
            DisplayScreen::new(pair("Total", *total), pair("Still to pay", *remaining))
        }
        Scene::ToPay { total, .. } => {
            DisplayScreen::new(DisplayLine::new(""), pair("To pay", *total))
        }
        Scene::Paid { total, change } => paid(*total, *change),
        Scene::GivingBack { amount } => {
            DisplayScreen::new(DisplayLine::new("Goods back"), pair("You get", *amount))
        }
        Scene::Thanks { sale } if sale.change_amount.is_positive() => {
            paid(sale.amount_to_pay, sale.change_amount)
        }
        Scene::Thanks { sale } => {
            let thanks = DisplayLine::new("Thank you");
            DisplayScreen::new(pair("Total", sale.amount_to_pay), thanks)
        }
        Scene::ThanksBack { amount } => {
            DisplayScreen::new(DisplayLine::new("Thank you"), pair("You get", *amount))
        }
    }
}

/// The line that was touched last.
fn latest(view: &CustomerView, format: &AmountFormat) -> DisplayLine {
    let Some(line) = view.latest_line() else {
        return DisplayLine::new("Goods back");
    };
    let name = match line.quantity == Quantity::ONE {
        true => line.name.clone(),
        false => format!("{} {}", line.quantity, line.name),
    };
    DisplayLine::pair(&name, &format.number(line.amount))
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
