//! Paying with points.

use checkout::loyalty::{PointsLimit, Standing};
use checkout::payment::Payments;
use checkout::shop::Shop;
use checkout::till::{CustomerPoints, Event, Stage, Till};
use slint::ComponentHandle;

use super::App;
use super::selling::Panel;
use crate::screens::amounts;
use crate::screens::points::{self, PointsWords};
use crate::screens::words;
use crate::ui::{self, Level, TillWindow};

/// What was done with points so far.
#[derive(Default)]
pub(super) struct PointsState {
    shown: bool,
}

impl PointsState {
    /// The sheet is of one payment only.
    pub(super) fn close(&mut self) {
        self.shown = false;
    }
}

impl App {
    pub(super) fn points_opened(&mut self) {
        self.points.shown = true;
        self.clear_points();
    }

    pub(super) fn points_closed(&mut self) {
        self.points.close();
        self.refresh();
    }

    fn clear_points(&mut self) {
        if let Some(window) = self.window.upgrade() {
            window.global::<ui::Points>().set_entry("".into());
        }
        self.refresh();
    }

    /// Takes the typed points; nothing typed is all that may be used.
    pub(super) fn points_redeemed(&mut self, entry: &str) {
        let points = match entry.trim() {
            "" => self.customer_points().map(|points| points.offer.points),
            typed => typed.parse().ok(),
        };
        if let Some(points) = points
            && self.step_on(Panel::Points, Event::PointsRedeemed(Some(points)))
        {
            self.points.close();
            self.clear_points();
        }
    }

    /// A row of what was taken is given back; the points stand above the tenders.
    pub(super) fn tender_removed(&mut self, place: i32) {
        let stage = self.till.as_ref().map(Till::stage);
        let redeemed = match stage {
            Some(Stage::Paying(payments)) => payments.redeemed().is_some(),
            _ => false,
        };
        let place = usize::try_from(place).unwrap_or(usize::MAX);
        match (redeemed, place) {
            (true, 0) => self.step(Event::PointsRedeemed(None)),
            (true, place) => self.step(Event::TenderRemoved { place: place - 1 }),
            (false, place) => self.step(Event::TenderRemoved { place }),
        }
    }

    /// What the customer of this sale has, and how much of it may be used.
    fn customer_points(&self) -> Option<CustomerPoints> {
        let till = self.till.as_ref()?;
        till.customer_points(&self.now()).unwrap_or_else(|error| {
            tracing::warn!("the customer's points cannot be read: {error}");
            None
        })
    }

    /// What the cart's customer has; `None` where there is none, or no program.
    pub(super) fn standing<'a>(&self, till: &'a Till) -> Option<Standing<'a>> {
        let customer = till.cart().customer()?;
        match Standing::of(till.shop(), &self.read, customer, self.now().date()) {
            Ok(standing) => standing,
            Err(error) => {
                tracing::warn!("the points of {} cannot be read: {error}", customer.name);
                None
            }
        }
    }

    pub(super) fn show_points(&self, window: &TillWindow, payments: &Payments) {
        let words = self.till.as_ref().and_then(|till| {
            let standing = self.standing(till)?;
            let asked = Asked {
                points: self.customer_points()?,
                entry: window.global::<ui::Points>().get_entry().trim().to_owned(),
                refused: self.selling.refused(Panel::Points),
                used: payments.redeemed().is_some(),
            };
            Some(asked.in_words(till.shop(), &standing))
        });
        points::show(window, words, self.points.shown);
    }
}

/// What is asked of a customer's points.
struct Asked<'a> {
    points: CustomerPoints,
    /// What was typed.
    entry: String,
    refused: &'a str,
    /// Some are used for this sale already.
    used: bool,
}

impl Asked<'_> {
    fn in_words(&self, shop: &Shop, standing: &Standing<'_>) -> PointsWords {
        let format = amounts(shop);
        let CustomerPoints {
            points,
            worth,
            offer,
            ..
        } = &self.points;
        let typed = match self.entry.as_str() {
            "" => Some(offer.points),
            typed => typed.parse::<i64>().ok(),
        };
        let (level, sentence) = match (self.refused, typed) {
            ("", None) => (Level::Warning, "Enter a whole number of points.".to_owned()),
            ("", Some(points)) if points > offer.points => {
                (Level::Warning, words::points_limit(offer.limit))
            }
            ("", Some(_)) if offer.limit == PointsLimit::Offline => {
                (Level::Neutral, words::points_limit(offer.limit))
            }
            ("", Some(_)) => (Level::Neutral, String::new()),
            (refused, _) => (Level::Warning, refused.to_owned()),
        };
        let worth_of = |points| format.amount(standing.worth(shop, points));
        PointsWords {
            balance: format!(
                "{}, worth {}",
                words::points(*points),
                format.amount(*worth)
            ),
            offer: if self.used {
                "Already used for this sale".to_owned()
            } else if offer.points > 0 {
                format!("Use up to {}", format.amount(offer.amount))
            } else {
                words::points_limit(offer.limit)
            },
            enabled: offer.points > 0 && !self.used,
            understood: typed.map(words::points).unwrap_or_default(),
            worth: typed.map(worth_of).unwrap_or_default(),
            sentence,
            level,
            can_redeem: typed.is_some_and(|typed| (1..=offer.points).contains(&typed)),
        }
    }
}
