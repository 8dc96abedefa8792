//! What a cashier changes of prices, and what a manager has to allow.

use jiff::Zoned;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::approving::Then;
use super::selling::refused;
use super::{Effect, Notice, Sound, Stage, Till, today};
use crate::action::{Action, JournalFact};
use crate::cart::{
    Cart, CartError, CartLine, DiscountChange, DocumentChange, GivenDiscount, GivenPrice, Ground,
    LineChange, PriceChange,
};
use crate::money::Money;
use crate::shift::Cashier;

/// What kind of change is made to the cart, for the journal.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Change {
    /// The price of this line.
    Price(u32),
    /// The discount on the document.
    Discount,
    /// Anything else.
    Other,
}

impl Till {
    pub(super) fn price_changed(
        &mut self,
        now: &Zoned,
        cashier: &Cashier,
        line: u32,
        change: Option<&PriceChange>,
    ) -> Vec<Effect> {
        if self.stage != Stage::Selling {
            return vec![];
        }
        let nothing_given = |line: &CartLine| line.change.is_none();
        if change.is_none() && self.cart.line(line).is_some_and(nothing_given) {
            return vec![];
        }
        let change = match change.map(|change| self.read_price(change)).transpose() {
            Ok(given) => given.map(|given| line_change(given, cashier)),
            Err(notice) => return refused(notice),
        };
        self.touched_line = Some(line);
        self.change_cart(now, Change::Price(line), |till, cart| {
            cart.change_price(&till.shop, &*till.catalog, today(now), line, change)
        })
    }

    pub(super) fn discount_changed(
        &mut self,
        now: &Zoned,
        cashier: &Cashier,
        change: Option<&DiscountChange>,
    ) -> Vec<Effect> {
        if self.stage != Stage::Selling {
            return vec![];
        }
        if change.is_some() && self.cart.is_empty() {
            return refused(Notice::CartEmpty);
        }
        if change.is_none() && self.cart.discount().is_none() {
            return vec![];
        }
        let change = match change.map(|change| self.read_discount(change)).transpose() {
            Ok(given) => given.map(|given| document_change(given, cashier)),
            Err(notice) => return refused(notice),
        };
        self.change_cart(now, Change::Discount, |till, cart| {
            cart.change_discount(&till.shop, &*till.catalog, today(now), change)
        })
    }

    /// Changes a copy of the cart and takes it over when the change holds and needs no manager.
    pub(super) fn change_cart(
        &mut self,
        now: &Zoned,
        kind: Change,
        change: impl FnOnce(&Self, &mut Cart) -> Result<(), CartError>,
    ) -> Vec<Effect> {
        if !self.at_counter() {
            return vec![];
        }
        self.pending = None;
        let mut changed = self.cart.clone();
        let above =
            change(self, &mut changed).and_then(|()| changed.above_max_discount(self.ground(now)));
        let above = match above {
            Ok(above) => above,
            Err(error) => return refused(Notice::Cart(error)),
        };
        let Some(cashier) = self.cashier.clone() else {
            // Scans that waited for a commit while the till was locked: nobody gave a discount.
            return self.take_over(changed, []);
        };
        let fact = self.fact(&changed, kind);
        if !above.is_empty() {
            return self.ask_then(&cashier, fact, above, Then::Cart(Box::new(changed)));
        }
        if kind == Change::Other {
            let facts = self.taken_along(now, &cashier, &changed);
            return self.take_over(changed, facts);
        }
        let fact = JournalFact {
            at: now.timestamp(),
            cashier,
            action: fact,
            approval: None,
            above,
        };
        self.take_over(changed, [fact])
    }

    /// What another cart in the place of this one, a step back or an empty one, does to prices
    /// that cashiers gave: it gives or takes them like the change itself, so the journal says so.
    pub(super) fn taken_along(
        &self,
        now: &Zoned,
        cashier: &Cashier,
        next: &Cart,
    ) -> Vec<JournalFact> {
        let money = |rate: f64| Money::from_f64(rate, self.shop.currency);
        let journalled = |action, approval| JournalFact {
            at: now.timestamp(),
            cashier: cashier.clone(),
            action,
            approval,
            above: Vec::new(),
        };
        let gone = |line: &&CartLine| next.line(line.id).is_none();
        let lines = next.lines().iter();
        let mut facts = Vec::new();
        for line in lines.chain(self.cart.lines().iter().filter(gone)) {
            let (before, after) = (self.cart.line(line.id), next.line(line.id));
            let change = |line: Option<&CartLine>| line.and_then(|line| line.change.clone());
            let given = change(after);
            if change(before).map(|change| change.given) == given.as_ref().map(|c| c.given) {
                continue;
            }
            // A line that comes or goes does so at what it costs without the change.
            let cost = |side: Option<&CartLine>| {
                money(side.map_or_else(|| line.rate_by_rules(), |line| line.rate))
            };
            let fact = Action::Price {
                item_code: line.sold.item_code.clone(),
                item_name: line.sold.item_name.clone(),
                uom: line.sold.uom.clone(),
                from: cost(before),
                to: cost(after),
                given: given.as_ref().map(|change| change.given),
            };
            facts.push(journalled(fact, given.and_then(|change| change.approval)));
        }
        let given = |cart: &Cart| cart.discount().map(|change| change.given);
        if given(&self.cart) != given(next) {
            let approval = next.discount().and_then(|change| change.approval.clone());
            facts.push(journalled(self.fact(next, Change::Discount), approval));
        }
        facts
    }

    pub(super) fn take_over(
        &mut self,
        cart: Cart,
        facts: impl IntoIterator<Item = JournalFact>,
    ) -> Vec<Effect> {
        self.remember();
        self.cart = cart;
        // The journal first: no cut leaves a changed price without its entry.
        let journal = facts.into_iter();
        let mut effects: Vec<Effect> = journal.map(journal_effect).collect();
        effects.extend([self.save_cart(), Effect::Sound(Sound::Taken)]);
        effects
    }

    pub(super) fn ground(&self, now: &Zoned) -> Ground<'_> {
        Ground {
            shop: &self.shop,
            catalog: &*self.catalog,
            date: today(now),
        }
    }

    fn fact(&self, changed: &Cart, kind: Change) -> Action {
        let money = |rate: f64| Money::from_f64(rate, self.shop.currency);
        match kind {
            Change::Price(line) => match (self.cart.line(line), changed.line(line)) {
                (Some(before), Some(after)) => Action::Price {
                    item_code: after.sold.item_code.clone(),
                    item_name: after.sold.item_name.clone(),
                    uom: after.sold.uom.clone(),
                    from: money(before.rate),
                    to: money(after.rate),
                    given: after.change.as_ref().map(|change| change.given),
                },
                _ => Action::Other,
            },
            Change::Discount => Action::Discount {
                from: self.cart.discount().map(|change| change.given),
                to: changed.discount().map(|change| change.given),
                amount_before: self.cart.amount_to_pay(&self.shop),
                amount_after: changed.amount_to_pay(&self.shop),
            },
            Change::Other => Action::Other,
        }
    }

    pub(super) fn read_price(&self, change: &PriceChange) -> Result<GivenPrice, Notice> {
        Ok(match change {
            PriceChange::Rate(text) => GivenPrice::Rate(self.read_amount(text)?),
            // ERPNext keeps two decimals of a line's discount.
            PriceChange::DiscountPercentage(text) => {
                GivenPrice::DiscountPercentage(read_percentage(text, 2)?)
            }
            PriceChange::DiscountAmount(text) => {
                GivenPrice::DiscountAmount(self.read_amount(text)?)
            }
        })
    }

    pub(super) fn read_discount(&self, change: &DiscountChange) -> Result<GivenDiscount, Notice> {
        let (given, value, text) = match change {
            DiscountChange::Percentage(text) => {
                let percentage = read_percentage(text, self.shop.quantity_decimals())?;
                (GivenDiscount::Percentage(percentage), percentage, text)
            }
            DiscountChange::Amount(text) => {
                let amount = self.read_amount(text)?;
                (GivenDiscount::Amount(amount), amount, text)
            }
        };
        match (value == 0.0, given) {
            (false, given) => Ok(given),
            (true, GivenDiscount::Percentage(_)) => Err(Notice::NotAPercentage(text.clone())),
            (true, GivenDiscount::Amount(_)) => Err(Notice::NotAnAmount(text.clone())),
        }
    }

    fn read_amount(&self, text: &str) -> Result<f64, Notice> {
        match Money::parse(text, self.shop.currency) {
            Ok(money) if !money.is_negative() => Ok(money.to_f64()),
            _ => Err(Notice::NotAnAmount(text.to_owned())),
        }
    }
}

pub(super) fn journal_effect(fact: JournalFact) -> Effect {
    Effect::Journal(Box::new(fact))
}

pub(super) fn line_change(given: GivenPrice, by: &Cashier) -> LineChange {
    LineChange {
        given,
        by: by.clone(),
        approval: None,
    }
}

pub(super) fn document_change(given: GivenDiscount, by: &Cashier) -> DocumentChange {
    DocumentChange {
        given,
        by: by.clone(),
        approval: None,
    }
}

/// A percentage from 0 to 100 as a person typed it: `10`, `12.5` or `12,5`.
fn read_percentage(text: &str, decimals: u8) -> Result<f64, Notice> {
    let fail = || Notice::NotAPercentage(text.to_owned());
    let typed = text.trim();
    let plain = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',');
    if !typed.bytes().all(plain) {
        return Err(fail());
    }
    let value: Decimal = typed.replace(',', ".").parse().map_err(|_| fail())?;
    if value > Decimal::ONE_HUNDRED || value.normalize().scale() > u32::from(decimals) {
        return Err(fail());
    }
    value.to_f64().ok_or_else(fail)
}
