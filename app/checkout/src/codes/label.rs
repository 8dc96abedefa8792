//! What the label of a package says beyond which item is in it.

use jiff::civil::Time;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use thiserror::Error;

use super::currencies;
use super::gs1::{Elements, ShortDate};
use super::gtin::Gtin;
use super::measure::Measure;

/// What a package says of itself.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Label {
    /// The batch (10).
    pub batch_no: Option<String>,
    /// The piece (21).
    pub serial_no: Option<String>,
    /// The days on it.
    pub dates: LabelDates,
    /// How much is in it.
    pub how_much: HowMuch,
    /// What all of it costs.
    pub price: Option<LabelPrice>,
}

/// The days on a package.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LabelDates {
    /// The last day that it may be used, and so sold (17, 7003).
    pub use_by: Option<ShortDate>,
    /// The last day that it should be sold (16).
    pub sell_by: Option<ShortDate>,
    /// The day up to which it is at its best (15).
    pub best_before: Option<ShortDate>,
    /// Until when on its last day it may be used (7003).
    pub use_by_time: Option<Time>,
}

/// How much is in a package.
#[derive(Clone, PartialEq, Debug, Default)]
pub enum HowMuch {
    /// What one of it holds.
    #[default]
    NotSaid,
    /// So many pieces.
    Pieces(Decimal),
    /// So much, in whatever unit it is sold by.
    InUom(Decimal),
    /// So much by weight or size, each a different measure of the same goods.
    Measured(Vec<Measure>),
}

/// What a package costs.
#[derive(Clone, PartialEq, Debug)]
pub struct LabelPrice {
    /// The amount.
    pub amount: Decimal,
    /// ISO 4217's number of its currency; `None` for the shop's.
    pub currency: Option<String>,
}

/// A code that names something else than goods.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
#[error("this code names a {title} and no goods; scan the barcode of the item itself")]
pub struct NotGoods {
    /// What GS1 calls what it names.
    pub title: &'static str,
}

impl Label {
    /// The article that a GS1 code names, and what it says of it. On the label of a case the
    /// article is what is in it.
    ///
    /// # Errors
    /// [`NotGoods`] when it names no article.
    pub fn of_elements(elements: &Elements) -> Result<(Gtin, Self), NotGoods> {
        let goods = ["01", "02", "03", "8006"];
        let named = goods.iter().find_map(|number| elements.get(number));
        let gtin = named.and_then(|number| Gtin::parse(number.get(..14)?));
        let Some(gtin) = gtin else {
            let mut titles = elements.iter().map(|element| element.identifier().title());
            let title = titles.find(|title| !title.is_empty());
            let title = title.unwrap_or("COUPON");
            return Err(NotGoods { title });
        };
        let text = |number: &str| elements.get(number).map(str::to_owned);
        let date = |number: &str| elements.get(number)?.get(..6).and_then(ShortDate::parse);
        let use_by = date("17").or_else(|| date("7003"));
        Ok((
            gtin,
            Self {
                batch_no: text("10"),
                serial_no: text("21"),
                dates: LabelDates {
                    use_by,
                    sell_by: date("16"),
                    best_before: date("15"),
                    use_by_time: time(elements).filter(|_| date("7003") == use_by),
                },
                how_much: how_much(elements),
                price: price(elements),
            },
        ))
    }

    /// Whether it says how much of something that is measured is in it, or what it costs: such a
    /// package is one of a kind.
    pub fn is_of_one_package(&self) -> bool {
        let measured = matches!(self.how_much, HowMuch::InUom(_) | HowMuch::Measured(_));
        measured || self.price.is_some()
    }
}

impl LabelDates {
    /// The day that is printed largest: until when it may be used, should be sold, is at its best.
    pub fn last(&self) -> Option<ShortDate> {
        self.use_by.or(self.best_before).or(self.sell_by)
    }

    /// Each of them.
    pub fn all(&self) -> impl Iterator<Item = ShortDate> {
        [self.use_by, self.sell_by, self.best_before]
            .into_iter()
            .flatten()
    }
}

impl LabelPrice {
    /// The amount in a currency; `None` where it is in another, or the label's currency is none.
    pub fn amount_in(&self, currency: &str) -> Option<f64> {
        let same = match &self.currency {
            None => true,
            Some(number) => currencies::letters(number) == Some(currency),
        };
        same.then(|| self.amount.to_f64()).flatten()
    }

    /// What its currency is called.
    pub fn currency_name(&self) -> &str {
        let number = self.currency.as_deref().unwrap_or_default();
        currencies::letters(number).unwrap_or(number)
    }
}

/// HHMM behind the day; none of a day is said by hours that no day has.
fn time(elements: &Elements) -> Option<Time> {
    let (hour, minute) = elements.get("7003")?.get(6..)?.split_at_checked(2)?;
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

fn how_much(elements: &Elements) -> HowMuch {
    let pieces = |number: &str| {
        let count = elements.get(number)?.parse::<u32>().ok()?;
        Some(HowMuch::Pieces(Decimal::from(count)))
    };
    let of_case = || elements.get("02").and_then(|_| pieces("37"));
    let measures = elements
        .iter()
        .filter_map(|element| Measure::of_element(element.number(), element.value()));
    let measures: Vec<Measure> = measures.collect();
    if measures.is_empty() {
        pieces("30").or_else(of_case).unwrap_or_default()
    } else {
        HowMuch::Measured(measures)
    }
}

fn price(elements: &Elements) -> Option<LabelPrice> {
    elements.iter().find_map(|element| {
        let number = element.number();
        let (kind, decimals) = number.split_at_checked(3)?;
        let (currency, digits) = match kind {
            "392" => (None, element.value()),
            "393" => {
                let (currency, digits) = element.value().split_at_checked(3)?;
                (Some(currency.to_owned()), digits)
            }
            _ => return None,
        };
        let amount =
            Decimal::try_from_i128_with_scale(digits.parse().ok()?, decimals.parse().ok()?);
        Some(LabelPrice {
            amount: amount.ok()?.normalize(),
            currency,
        })
    })
}
