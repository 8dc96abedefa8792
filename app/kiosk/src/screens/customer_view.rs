//! What the customer may see of where the till stands. The line display and the screen in front of
//! the customer are both made from it, so that they never say different things, and neither can
//! show what is the cashier's own.

use std::sync::Arc;

use checkout::cart::Cart;
use checkout::money::Money;
use checkout::quantity::Quantity;
use checkout::sale::{Payment, Sale};
use checkout::shop::Shop;
use checkout::till::{Settled, Stage, Till};

use super::money;
use super::sell::{CartRow, cart_rows, shown_prices, unit_price};

/// What the customer sees.
#[derive(Clone, PartialEq, Debug)]
pub struct CustomerView {
    /// Where the sale is.
    pub scene: Scene,
    /// What comes back, then what is sold, in the order of the receipt.
    pub lines: Vec<SeenLine>,
    /// The line that was touched last, by its place among the lines.
    pub latest: Option<usize>,
    /// What was paid or given back so far, by mode of payment; amounts above zero.
    pub tenders: Vec<(String, Money)>,
}

/// Where the sale is, as far as the customer is concerned.
#[derive(Clone, PartialEq, Debug)]
pub enum Scene {
    /// Nobody sells here.
    Closed,
    /// Somebody could be served.
    Welcome,
    /// The goods so far; below zero where more comes back than is sold.
    Goods {
        /// What they come to.
        total: Money,
    },
    /// The goods are being paid.
    ToPay {
        /// What they come to.
        total: Money,
        /// What is still to be paid, above zero.
        remaining: Money,
    },
    /// They are paid, and the sale is about to be safe.
    Paid {
        /// What they come to.
        total: Money,
        /// What goes back.
        change: Money,
    },
    /// Money is being given back.
    GivingBack {
        /// So much.
        amount: Money,
    },
    /// The sale is safe.
    Thanks {
        /// The sale.
        sale: Arc<Sale>,
    },
    /// The return is safe, and what was sold with it.
    ThanksBack {
        /// What the customer gets.
        amount: Money,
    },
}

/// How a line came to be there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LineKind {
    /// It is sold.
    Sold,
    /// A rule gave it with the line above.
    Given,
    /// It comes back.
    Back,
}

/// A line of the sale.
#[derive(Clone, PartialEq, Debug)]
pub struct SeenLine {
    /// How it came to be there.
    pub kind: LineKind,
    /// How much.
    pub quantity: Quantity,
    /// What.
    pub name: String,
    /// The price of one ("7.99 each").
    pub detail: String,
    /// The list price where less is asked; or empty.
    pub was: String,
    /// "\u{2212}10 %", "Free"; or empty.
    pub tag: String,
    /// What it costs; below zero where it comes back.
    pub amount: Money,
}

impl CustomerView {
    fn of_scene(scene: Scene) -> Self {
        Self {
            scene,
            lines: Vec::new(),
            latest: None,
            tenders: Vec::new(),
        }
    }

    /// What there is to see of a till; `None` is one that has no shop yet.
    pub fn of(till: Option<&Till>) -> Self {
        let Some(till) = till else {
            return Self::of_scene(Scene::Closed);
        };
        let nothing = till.cart().is_empty() && till.returning().is_none();
        match till.stage() {
            Stage::Selling if nothing && till.cashier().is_some() => Self::of_scene(Scene::Welcome),
            Stage::Selling if nothing => Self::of_scene(Scene::Closed),
            Stage::Selling => Self::goods(till, Scene::Goods { total: till.due() }, &[]),
            Stage::Paying(payments) | Stage::Committing(_, payments) => {
                let (total, remaining) = (payments.due(), payments.remaining());
                let scene = match remaining.is_positive() {
                    true => Scene::ToPay { total, remaining },
                    false => Scene::Paid {
                        total,
                        change: payments.change(),
                    },
                };
                Self::goods(till, scene, payments.tenders())
            }
            Stage::Refunding(refund) => {
                let amount = refund.due();
                Self::goods(till, Scene::GivingBack { amount }, &[])
            }
            Stage::CommittingReturn(commit) => {
                let scene = match &commit.settled {
                    Settled::Paid(payments) => Scene::Paid {
                        total: payments.due(),
                        change: payments.change(),
                    },
                    Settled::Refunded(refund) => Scene::GivingBack {
                        amount: refund.due(),
                    },
                };
                Self::goods(till, scene, &[])
            }
            Stage::Done(sale) => Self {
                tenders: tenders(&sale.payments),
                ..Self::of_scene(Scene::Thanks { sale: sale.clone() })
            },
            Stage::Returned(returned) => {
                let sums = returned.refunds.iter().map(|row| row.amount);
                let back = sums.fold(till.shop().currency.zero(), Money::plus);
                let amount = match back.is_zero() {
                    true => returned.change_amount,
                    false => back,
                };
                Self::of_scene(Scene::ThanksBack { amount })
            }
            Stage::ShiftClosed
            | Stage::OpeningShift(_)
            | Stage::Counted(_)
            | Stage::ClosingShift(_) => Self::of_scene(Scene::Closed),
        }
    }

    fn goods(till: &Till, scene: Scene, paid: &[Payment]) -> Self {
        let (shop, cart) = (till.shop(), till.cart());
        let mut lines = back(till, shop);
        let coming_back = lines.len();
        let rows = cart_rows(cart);
        lines.extend(rows.iter().filter_map(|row| seen(shop, cart, *row)));
        let touched = till.touched_line().map(CartRow::Line);
        let place = |wanted: Option<CartRow>| rows.iter().position(|row| Some(*row) == wanted);
        let last = || cart.lines().last().map(|line| CartRow::Line(line.id));
        let latest = place(touched).or_else(|| place(last()));
        Self {
            scene,
            lines,
            latest: latest.map(|place| place + coming_back),
            tenders: tenders(paid),
        }
    }

    /// The line that was touched last.
    pub fn latest_line(&self) -> Option<&SeenLine> {
        self.lines.get(self.latest?)
    }
}

fn tenders(payments: &[Payment]) -> Vec<(String, Money)> {
    let of = |payment: &Payment| (payment.mode_of_payment.clone(), payment.amount);
    let paid = payments
        .iter()
        .filter(|payment| payment.amount.is_positive());
    paid.map(of).collect()
}

fn back(till: &Till, shop: &Shop) -> Vec<SeenLine> {
    let lines = till.returning().map(|open| open.lines());
    let coming = lines.unwrap_or_default().into_iter();
    coming
        .filter(|line| line.qty > Quantity::ZERO)
        .map(|line| SeenLine {
            kind: LineKind::Back,
            quantity: line.qty,
            name: line.sold.item_name.clone(),
            detail: String::new(),
            was: String::new(),
            tag: String::new(),
            amount: money(shop, line.amount),
        })
        .collect()
}

fn seen(shop: &Shop, cart: &Cart, row: CartRow) -> Option<SeenLine> {
    match row {
        CartRow::Line(id) => {
            let line = cart.lines().iter().find(|line| line.id == id)?;
            let totals = cart.totals_of(id)?;
            let sold = &line.sold;
            let prices = shown_prices(shop, line.price_list_rate, totals.rate);
            let pieces = line.must_be_whole_number && sold.uom == sold.stock_uom;
            Some(SeenLine {
                kind: LineKind::Sold,
                quantity: sold.qty,
                name: sold.item_name.clone(),
                detail: unit_price(shop, totals.rate, &sold.uom, pieces),
                was: prices.was,
                tag: prices.tag,
                amount: money(shop, totals.amount),
            })
        }
        CartRow::Given(place) => {
            let given = cart.given().get(place)?;
            let totals = cart.totals_of_given().get(place)?;
            let free = totals.rate == 0.0;
            Some(SeenLine {
                kind: LineKind::Given,
                quantity: given.sold.qty,
                name: given.sold.item_name.clone(),
                detail: String::new(),
                was: String::new(),
                tag: if free { "Free" } else { "" }.to_owned(),
                amount: money(shop, totals.amount),
            })
        }
    }
}
