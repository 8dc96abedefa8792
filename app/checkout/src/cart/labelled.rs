//! What the label of a package makes of its line.
//!
//! A weight becomes the quantity, at today's price. A price is what the customer pays for the
//! package, for it stands on it: the quantity is that price by today's price of a unit, so that the
//! stock goes down by what was sold, and the rate is the one at which ERPNext's own arithmetic
//! comes to the label's price to the cent, which is within a cent or so of the price list. Rules
//! and discounts then apply as to any list price. Where the label has both, both hold.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use super::line::{CartLine, is_sold_whole};
use super::listing::Ground;
use super::{Addition, Cart, CartError, LabelError};
use crate::codes::label::{HowMuch, Label, LabelDates, LabelPrice};
use crate::codes::measure::{Measure, is_measure};
use crate::money::Money;
use crate::pricing::conversion_factor;
use crate::quantity::Quantity;
use crate::shop::Shop;
use crate::totals::Settings;

/// How many steps of the last decimal a quantity is moved at most to meet a price to the cent. Half
/// of all packages need one, most below ten kilograms fewer than thirty; a package of 50 kilograms
/// may need 150, which is 3 per mille of it.
const MOST_STEPS: i64 = 250;
/// From how many per cent between label and price list on the cashier is told.
const NOTEWORTHY: f64 = 2.0;

/// The price that the label of a line's package says.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub(super) struct PackagePrice {
    /// What the package costs.
    pub(super) amount: f64,
    /// What one unit costs by that.
    pub(super) rate: f64,
    /// What one unit costs by the price list.
    pub(super) listed: f64,
    /// Whether the quantity was told from it, so that the two prices are one but for rounding.
    pub(super) tells_quantity: bool,
}

/// What the cashier should know of the label on a package.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(super) struct LabelRemarks {
    /// That a day is past, or ends before the evening.
    pub(super) past: Option<String>,
    /// That ERPNext says otherwise of its batch, or has none of its name.
    pub(super) batch: Option<String>,
}

impl PackagePrice {
    /// That the label's price is far from the price list's.
    pub(super) fn remark(&self, shop: &Shop, uom: &str) -> Option<String> {
        let Self {
            amount,
            rate,
            listed,
            tells_quantity,
        } = *self;
        let apart = (rate - listed).abs() * 100.0;
        let is_noteworthy = listed > 0.0 && !tells_quantity && apart > NOTEWORTHY * listed;
        let money = |value| Money::from_f64(value, shop.currency);
        is_noteworthy.then(|| {
            format!(
                "the label's {} is {} for one {uom}; the price list has {}",
                money(amount),
                money(rate),
                money(listed),
            )
        })
    }
}

impl<'a> Addition<'a> {
    /// What a label says is put in: the piece of an item with serial numbers, out of the batch of
    /// an item with batches.
    pub fn labelled(item: &'a std::sync::Arc<crate::masters::Item>, label: &'a Label) -> Self {
        let one = Self::one(item);
        let serial_no = label.serial_no.as_deref().filter(|_| item.has_serial_no);
        let in_batch = item.has_batch_no && !item.has_serial_no;
        Self {
            // A piece is one of the stock unit.
            uom: serial_no.map(|_| item.stock_uom.as_str()),
            batch_no: label.batch_no.as_deref().filter(|_| in_batch),
            serial_no,
            label: Some(label),
            ..one
        }
    }
}

impl CartLine {
    /// Takes over what a label says of how much is in the package and until when it may be sold.
    pub(super) fn take_label(
        &mut self,
        ground: Ground<'_>,
        label: &Label,
    ) -> Result<(), CartError> {
        self.is_package = label.is_of_one_package();
        let qty = match &label.how_much {
            HowMuch::NotSaid => None,
            HowMuch::Pieces(pieces) if is_measure(ground.shop, &self.sold.uom) => {
                if label.price.is_none() {
                    return Err(LabelError::Unit {
                        item_name: self.sold.item_name.clone(),
                        measure: format!("{pieces} by count"),
                        uom: self.sold.uom.clone(),
                    }
                    .into());
                }
                None
            }
            HowMuch::Pieces(pieces) => Some(*pieces),
            HowMuch::InUom(qty) => Some(*qty),
            HowMuch::Measured(measures) => self.measured(ground, measures, label)?,
        };
        if let Some(qty) = qty {
            self.sold.qty = quantity(ground.shop, self, qty)?;
        }
        self.take_dates(ground, label.dates)
    }

    /// The quantity of a measure, in the line's unit or another that the item is sold by. `None`
    /// where the price of the package is all that matters, because it is sold by the piece.
    fn measured(
        &mut self,
        ground: Ground<'_>,
        measures: &[Measure],
        label: &Label,
    ) -> Result<Option<Decimal>, CartError> {
        let shop = ground.shop;
        let item = self.item(ground)?;
        let others = [item.sales_uom.as_ref(), Some(&item.stock_uom)];
        let mut uoms = vec![self.sold.uom.clone()];
        uoms.extend(others.into_iter().flatten().cloned());
        for uom in uoms {
            let mut found = measures.iter();
            let Some(qty) = found.find_map(|measure| measure.in_uom(shop, &uom)) else {
                continue;
            };
            if uom != self.sold.uom {
                self.must_be_whole_number = is_sold_whole(shop, &uom);
                self.sold.conversion_factor = conversion_factor(ground.catalog, shop, &item, &uom)?;
                self.sold.uom = uom;
            }
            return Ok(Some(qty));
        }
        if label.price.is_some() && self.must_be_whole_number {
            return Ok(None);
        }
        Err(LabelError::Unit {
            item_name: item.item_name.clone(),
            measure: measures
                .first()
                .map(ToString::to_string)
                .unwrap_or_default(),
            uom: self.sold.uom.clone(),
        }
        .into())
    }

    /// Refuses what must not be used any more, and remarks on what the cashier should look at.
    fn take_dates(&mut self, ground: Ground<'_>, dates: LabelDates) -> Result<(), CartError> {
        let today = ground.date;
        let item_name = || self.sold.item_name.clone();
        let seen = |date: crate::codes::gs1::ShortDate| date.seen_on(today);
        if let Some(date) = dates.use_by.map(seen).filter(|date| *date < today) {
            let item_name = item_name();
            return Err(LabelError::Expired { item_name, date }.into());
        }
        let Some(last) = dates.last().map(seen) else {
            return Ok(());
        };
        self.sold.expiry_date = Some(last);
        let past = |date: Option<_>| date.map(seen).filter(|date| *date < today);
        let ends_today = dates.use_by.map(seen) == Some(today);
        self.label_remarks.past = if let Some(time) = dates.use_by_time.filter(|_| ends_today) {
            let (hour, minute) = (time.hour(), time.minute());
            Some(format!(
                "the package may be used until {hour:02}:{minute:02} today; look at the clock"
            ))
        } else if let Some(date) = past(dates.sell_by) {
            Some(format!(
                "the package was to be sold until {date}; look at the goods and tell the customer"
            ))
        } else {
            past(dates.best_before)
                .map(|date| format!("the package was at its best before {date}; tell the customer"))
        };
        let batch = match &self.sold.batch_no {
            // Where the package is of another batch, its day says nothing of this one.
            Some(batch_no) if self.label_remarks.batch.is_none() => {
                ground.catalog.batch(batch_no)?
            }
            _ => None,
        };
        if let Some(batch) = batch
            && let Some(expiry) = batch.expiry_date
            && !dates.all().any(|date| seen(date) == expiry)
        {
            let batch_no = batch.name;
            self.label_remarks.batch = Some(format!(
                "the package says {last}, but batch {batch_no} is good until {expiry} in ERPNext; \
                 check the label"
            ));
        }
        Ok(())
    }

    /// Takes in another package: keeps the earlier of both days, and what was remarked last.
    pub(super) fn merge_label(&mut self, other: &Self) {
        let days = [self.sold.expiry_date, other.sold.expiry_date];
        self.sold.expiry_date = days.into_iter().flatten().min();
        let (own, new) = (&mut self.label_remarks, &other.label_remarks);
        own.past = new.past.clone().or(own.past.take());
        own.batch = new.batch.clone().or(own.batch.take());
    }
}

impl Cart {
    /// Takes over the price on a label: the quantity where none is known, and the rate.
    pub(super) fn price_by_label(
        &self,
        ground: Ground<'_>,
        line: &mut CartLine,
        label: Option<&Label>,
    ) -> Result<(), CartError> {
        let Some((label, price)) = label.and_then(|label| Some((label, label.price.as_ref()?)))
        else {
            return Ok(());
        };
        let shop = ground.shop;
        let item_name = || line.sold.item_name.clone();
        let amount = amount_of(shop, line, price)?;
        let settings = shop.totals_settings();
        let mut priced = line.clone();
        self.list_price(ground, &mut priced)?;
        let listed = priced.listed;
        let is_told = match &label.how_much {
            HowMuch::NotSaid => false,
            HowMuch::Pieces(_) => !is_measure(shop, &line.sold.uom),
            HowMuch::InUom(_) | HowMuch::Measured(_) => true,
        };
        let by_price = !is_told && !line.must_be_whole_number;
        let near = if by_price {
            if listed <= 0.0 {
                let item_name = item_name();
                return Err(LabelError::NoUnitPrice { item_name }.into());
            }
            quantity(shop, line, decimal(amount / listed))?
        } else {
            line.sold.qty
        };
        // A weight is moved only where no rate comes to the price; pieces never are.
        let most_steps = if line.must_be_whole_number {
            0
        } else {
            MOST_STEPS
        };
        let fitted = fit(
            &settings,
            shop.quantity_decimals(),
            amount,
            listed,
            near,
            most_steps,
        );
        let Some((qty, rate)) = fitted else {
            return Err(LabelError::Unreachable {
                item_name: item_name(),
                amount: Money::from_f64(amount, shop.currency),
            }
            .into());
        };
        line.sold.qty = qty;
        line.package_price = Some(PackagePrice {
            amount,
            rate,
            listed,
            tells_quantity: by_price,
        });
        Ok(())
    }
}

fn amount_of(shop: &Shop, line: &CartLine, price: &LabelPrice) -> Result<f64, CartError> {
    let item_name = line.sold.item_name.clone();
    let ours = shop.currency.code();
    let Some(amount) = price.amount_in(ours) else {
        return Err(LabelError::Currency {
            item_name,
            currency: price.currency_name().to_owned(),
            ours: ours.to_owned(),
        }
        .into());
    };
    if amount <= 0.0 {
        return Err(LabelError::Nothing { item_name }.into());
    }
    if amount >= 1e9 {
        return Err(LabelError::TooMuch { item_name }.into());
    }
    Ok(shop.totals_settings().flt(amount))
}

/// A quantity with as many decimals as the shop counts in.
fn quantity(shop: &Shop, line: &CartLine, qty: Decimal) -> Result<Quantity, CartError> {
    let item_name = line.sold.item_name.clone();
    let decimals = u32::from(shop.quantity_decimals());
    let qty = qty.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero);
    match Quantity::from_decimal(qty) {
        qty if qty <= Quantity::ZERO => Err(LabelError::Nothing { item_name }.into()),
        qty if qty >= Quantity::from(1_000_000) => Err(LabelError::TooMuch { item_name }.into()),
        qty => Ok(qty),
    }
}

fn decimal(value: f64) -> Decimal {
    Decimal::try_from(value).unwrap_or(Decimal::MAX)
}

/// The quantity nearest to one, and the rate, whose amount is the one asked for as ERPNext rounds
/// it; the price list's own rate where that does it.
fn fit(
    settings: &Settings,
    decimals: u8,
    amount: f64,
    listed: f64,
    near: Quantity,
    most_steps: i64,
) -> Option<(Quantity, f64)> {
    let coin = 10f64.powi(-i32::from(settings.currency_precision));
    let meets = |qty: f64, rate: f64| (settings.flt(rate * qty) - amount).abs() < coin / 4.0;
    let away = |step: i64| {
        [step, -step]
            .into_iter()
            .take(if step == 0 { 1 } else { 2 })
    };
    for step in (0..=most_steps).flat_map(away) {
        let moved = Quantity::from_decimal(Decimal::new(step, u32::from(decimals)));
        let qty = near.plus(moved);
        if qty <= Quantity::ZERO {
            continue;
        }
        let number = qty.to_f64();
        if step == 0 && meets(number, listed) {
            return Some((qty, listed));
        }
        let rate = settings.flt(amount / number);
        let rates = [rate, settings.flt(rate + coin), settings.flt(rate - coin)];
        if let Some(rate) = rates
            .into_iter()
            .find(|rate| *rate > 0.0 && meets(number, *rate))
        {
            return Some((qty, rate));
        }
    }
    None
}
