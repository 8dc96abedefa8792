//! Loyalty points: what a customer has, what a sale earns, how many of them may pay for it.
//!
//! The till goes by the program that stands on the customer. ERPNext looks at a program's
//! `auto_opt_in`, customer group and territory only when a Customer is saved, never when something
//! is sold; and whoever is in a program may redeem after its last day, though no longer earn.
//!
//! Points are counted as `get_loyalty_details` counts them: the entries of program and company up
//! to a day, for the balance those that have not expired by then, for the tier all. The server
//! counts the balance again when the sale reaches it, on its own day and not the sale's, so points
//! that were redeemed on their last day, or meanwhile at another till, can still be refused there.
//! That is why a till that has not heard from ERPNext for [`FRESH_MINUTES`] may be told a limit.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use crate::catalog::{Catalog, CatalogError};
use crate::masters::{Customer, LoyaltyPointEntry, LoyaltyProgram};
use crate::money::Money;
use crate::payment::RedeemedPoints;
use crate::shop::Shop;
use crate::totals::{loyalty_amount, loyalty_points_earned};

/// For how long downloaded points count as what ERPNext has.
pub const FRESH_MINUTES: i64 = 15;

/// What a customer has in their program.
#[derive(Clone, PartialEq, Debug)]
pub struct Standing<'s> {
    /// The program.
    pub program: &'s LoyaltyProgram,
    /// Points that can be redeemed, less those redeemed here that ERPNext does not know of yet.
    pub points: i64,
    /// What was bought in this program so far, in company currency.
    pub total_spent: f64,
    /// Points redeemed at this till that ERPNext's entries do not hold yet.
    pub redeemed_since: i64,
    /// When the points were downloaded; `None` for never.
    pub as_of: Option<Timestamp>,
}

/// How many points may pay for a sale.
#[derive(Clone, PartialEq, Debug)]
pub struct PointsOffer {
    /// At most so many.
    pub points: i64,
    /// Which are worth so much.
    pub amount: Money,
    /// Why not more.
    pub limit: PointsLimit,
}

/// Why not more points may be redeemed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Error)]
pub enum PointsLimit {
    /// The customer has no more.
    #[error("the customer has no more")]
    Balance,
    /// More would be worth more than is to be paid.
    #[error("more would be worth more than the sale")]
    AmountToPay,
    /// The till may not take more before it has synchronised.
    #[error("the till has to synchronise before it takes more points of this customer")]
    Offline,
}

/// Why points cannot be redeemed.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum LoyaltyError {
    /// Not a number of points.
    #[error("enter a whole number of points above zero")]
    NotPoints,
    /// More than may be redeemed.
    #[error("{points} points are too many, at most {most} can be used: {limit}")]
    TooMany {
        /// How many were asked for.
        points: i64,
        /// How many may be.
        most: i64,
        /// Why.
        limit: PointsLimit,
    },
    /// The program gives nothing for points.
    #[error(
        "points of \"{0}\" are worth nothing; set the Conversion Factor of that Loyalty Program in \
         ERPNext"
    )]
    Worthless(String),
    /// ERPNext could not close a shift with such a sale.
    #[error(
        "points of \"{0}\" cannot be booked; set the Expense Account of that Loyalty Program in \
         ERPNext"
    )]
    NoAccount(String),
}

impl<'s> Standing<'s> {
    /// What a customer has on a day; `None` when they are in no program, or in one that is not this
    /// company's, which the server refuses.
    ///
    /// # Errors
    /// [`CatalogError`] when points cannot be read.
    pub fn of(
        shop: &'s Shop,
        catalog: &dyn Catalog,
        customer: &Customer,
        date: Date,
    ) -> Result<Option<Self>, CatalogError> {
        let program = customer.loyalty_program.as_ref();
        let program = program.and_then(|name| shop.loyalty_programs.get(name));
        let company = &shop.company.name;
        let Some(program) = program.filter(|it| it.company.as_ref() == Some(company)) else {
            return Ok(None);
        };
        let account = catalog.loyalty(&customer.name)?;
        let counts = |entry: &&LoyaltyPointEntry| {
            entry.loyalty_program == program.name
                && entry.company.as_ref() == Some(company)
                && entry.posting_date.is_some_and(|posted| posted <= date)
        };
        let entries = || account.entries.iter().filter(counts);
        let unexpired = entries().filter(|it| it.expiry_date.is_some_and(|day| date <= day));
        let points = unexpired.fold(0_i64, |sum, it| sum.saturating_add(it.loyalty_points));
        Ok(Some(Self {
            program,
            points: points.saturating_sub(account.redeemed_since).max(0),
            total_spent: entries().map(|entry| entry.purchase_amount).sum(),
            redeemed_since: account.redeemed_since,
            as_of: account.as_of,
        }))
    }

    /// The points that a sale of this day earns when it is submitted; none outside the program's
    /// days.
    ///
    /// As the server does, from the grand total before rounding, less only the *whole* currency
    /// units of what points paid, and whole points only.
    pub fn points_earned(&self, date: Date, grand_total: f64, loyalty_amount: f64) -> i64 {
        self.points_kept(date, grand_total, loyalty_amount, 0.0)
    }

    /// The points that a sale of this day keeps when returns of it came to so much, above zero.
    pub fn points_kept(
        &self,
        date: Date,
        grand_total: f64,
        loyalty_amount: f64,
        returned: f64,
    ) -> i64 {
        let program = self.program;
        let in_time = program.from_date.is_none_or(|from| from <= date)
            && program.to_date.is_none_or(|to| date <= to);
        if !in_time {
            return 0;
        }
        let factor = self.collection_factor(grand_total - loyalty_amount.trunc());
        loyalty_points_earned(grand_total, loyalty_amount, returned, factor)
    }

    /// The factor of the tier that a sale of this amount is in.
    ///
    /// Quirk of 15.71: the tiers are walked from the highest one down while what was spent is *not
    /// above* a tier's threshold. So the highest tier is kept by whoever spent more than the second
    /// highest asks for. Newer versions walk up and ask for the threshold itself.
    fn collection_factor(&self, amount: f64) -> f64 {
        let mut tiers: Vec<_> = self.program.collection_rules.iter().collect();
        tiers.sort_by(|a, b| b.min_spent.total_cmp(&a.min_spent));
        let spent = self.total_spent + amount;
        let reached = tiers
            .iter()
            .skip(1)
            .take_while(|tier| spent <= tier.min_spent);
        let tier = reached.last().or(tiers.first());
        tier.map_or(0.0, |tier| tier.collection_factor)
    }

    /// How many points may pay for what is to be paid, whole points only. `offline_limit` is what
    /// one customer may redeem at this till since the points were downloaded, once that is longer
    /// ago than [`FRESH_MINUTES`]; `None` for no such limit.
    pub fn offer(
        &self,
        shop: &Shop,
        now: Timestamp,
        amount_to_pay: Money,
        offline_limit: Option<Money>,
    ) -> PointsOffer {
        let mut offer = (self.points, PointsLimit::Balance);
        let mut lower = |points: i64, limit| {
            if points < offer.0 {
                offer = (points, limit);
            }
        };
        lower(self.points_for(amount_to_pay), PointsLimit::AmountToPay);
        if let Some(limit) = offline_limit.filter(|_| !self.is_fresh(now)) {
            let left = limit.minus(self.worth(shop, self.redeemed_since));
            lower(self.points_for(left), PointsLimit::Offline);
        }
        let (points, limit) = offer;
        PointsOffer {
            points,
            amount: self.worth(shop, points),
            limit,
        }
    }

    /// Redeems points within the [`offer`](Self::offer).
    ///
    /// # Errors
    /// [`LoyaltyError`] with the reason.
    pub fn redeem(
        &self,
        shop: &Shop,
        now: Timestamp,
        points: i64,
        amount_to_pay: Money,
        offline_limit: Option<Money>,
    ) -> Result<RedeemedPoints, LoyaltyError> {
        let program = self.program;
        if points <= 0 {
            return Err(LoyaltyError::NotPoints);
        }
        if program.conversion_factor <= 0.0 {
            return Err(LoyaltyError::Worthless(program.name.clone()));
        }
        let Some(account) = &program.expense_account else {
            return Err(LoyaltyError::NoAccount(program.name.clone()));
        };
        let offer = self.offer(shop, now, amount_to_pay, offline_limit);
        if points > offer.points {
            return Err(LoyaltyError::TooMany {
                points,
                most: offer.points,
                limit: offer.limit,
            });
        }
        Ok(RedeemedPoints {
            loyalty_program: program.name.clone(),
            loyalty_points: points,
            loyalty_amount: self.worth(shop, points),
            loyalty_redemption_account: account.clone(),
            loyalty_redemption_cost_center: program.cost_center.clone(),
        })
    }

    /// What so many points are worth.
    pub fn worth(&self, shop: &Shop, points: i64) -> Money {
        let factor = self.program.conversion_factor;
        let amount = loyalty_amount(points as f64, factor, &shop.totals_settings());
        Money::from_f64(amount, shop.currency)
    }

    fn is_fresh(&self, now: Timestamp) -> bool {
        self.as_of.is_some_and(|as_of| {
            now.duration_since(as_of) <= SignedDuration::from_mins(FRESH_MINUTES)
        })
    }

    /// The most points that are worth no more than an amount. The server compares doubles without
    /// rounding, so that 3 points of 0.05 are more than 0.15; the same is done here.
    fn points_for(&self, amount: Money) -> i64 {
        let (amount, factor) = (amount.to_f64(), self.program.conversion_factor);
        if amount <= 0.0 || factor <= 0.0 {
            return 0;
        }
        // One more than the quotient, in case that was rounded down.
        let mut points = ((amount / factor).trunc() as i64).saturating_add(1);
        while points > 0 && points as f64 * factor > amount {
            points -= 1;
        }
        points
    }
}
