//! Paying: how much is due, what was tendered, what goes back.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::card::CardPayment;
use crate::masters::ModeOfPaymentType;
use crate::money::Money;
use crate::sale::Payment;
use crate::shop::TenderMode;

/// The tenders of a sale that is being paid.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Payments {
    due: Money,
    #[serde(default)]
    redeemed: Option<RedeemedPoints>,
    tenders: Vec<Payment>,
}

/// Loyalty points that the customer pays with.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RedeemedPoints {
    /// The Loyalty Program.
    pub loyalty_program: String,
    /// How many.
    pub loyalty_points: i64,
    /// What they pay.
    pub loyalty_amount: Money,
    /// The account that is booked to.
    pub loyalty_redemption_account: String,
    /// The cost center of that.
    pub loyalty_redemption_cost_center: Option<String>,
}

/// Why a tender was refused. What was tendered before stays.
#[derive(Clone, PartialEq, Eq, Debug, Error)]
pub enum TenderRefused {
    /// Nothing, or less than nothing, was tendered.
    #[error("enter an amount above zero")]
    NothingTendered,
    /// It is already paid.
    #[error("the sale is already paid")]
    NothingDue,
    /// Only cash can be given back, so only cash may exceed what is due.
    #[error("{mode_of_payment} takes at most {remaining}: change is only given for cash")]
    TooMuch {
        /// The mode of payment.
        mode_of_payment: String,
        /// What may be tendered.
        remaining: Money,
    },
    /// So much more than is due that it must be a slip of the finger.
    #[error("{amount} is far more than the {remaining} due")]
    Implausible {
        /// What was entered.
        amount: Money,
        /// What is due.
        remaining: Money,
    },
    /// More than is to be given back.
    #[error("at most {remaining} is to be given back")]
    MoreThanRefund {
        /// What may be given back.
        remaining: Money,
    },
    /// The profile does not let money be given back so.
    #[error(
        "{0} cannot give money back; choose another way, or set Allow In Returns for it in the POS \
         Profile"
    )]
    NotInReturns(String),
    /// The profile has no such way to pay.
    #[error("{0} is not a mode of payment of this till")]
    UnknownMode(String),
}

impl Payments {
    /// Nothing tendered yet of this amount.
    pub fn of(due: Money) -> Self {
        Self {
            due,
            redeemed: None,
            tenders: Vec::new(),
        }
    }

    /// What the sale costs.
    pub fn due(&self) -> Money {
        self.due
    }

    /// What was tendered so far, in order.
    pub fn tenders(&self) -> &[Payment] {
        &self.tenders
    }

    /// The points that are paid with.
    pub fn redeemed(&self) -> Option<&RedeemedPoints> {
        self.redeemed.as_ref()
    }

    /// Pays with these points in place of any before. They are no tender: ERPNext has them beside
    /// the payments of a document, and nothing is given back for them.
    pub fn redeem(&mut self, redeemed: Option<RedeemedPoints>) {
        self.redeemed = redeemed;
    }

    /// What points may pay: all that is not tendered in money.
    pub fn payable_by_points(&self) -> Money {
        let rest = self.due.minus(self.paid());
        if rest.is_negative() {
            self.due.currency.zero()
        } else {
            rest
        }
    }

    /// What is due once the points are taken off.
    fn due_in_money(&self) -> Money {
        match &self.redeemed {
            Some(redeemed) => self.due.minus(redeemed.loyalty_amount),
            None => self.due,
        }
    }

    /// The sum of what was tendered.
    pub fn paid(&self) -> Money {
        let zero = self.due.currency.zero();
        self.tenders
            .iter()
            .fold(zero, |sum, tender| sum.plus(tender.amount))
    }

    /// What is still to be tendered; never below zero.
    pub fn remaining(&self) -> Money {
        let rest = self.due_in_money().minus(self.paid());
        if rest.is_negative() {
            self.due.currency.zero()
        } else {
            rest
        }
    }

    /// What goes back to the customer.
    pub fn change(&self) -> Money {
        let over = self.paid().minus(self.due_in_money());
        if over.is_negative() {
            self.due.currency.zero()
        } else {
            over
        }
    }

    /// Takes a tender; no amount means all that remains. The same mode of payment twice makes one
    /// row, as ERPNext's payment table wants it.
    ///
    /// # Errors
    /// [`TenderRefused`] with the reason; the tenders are unchanged.
    pub fn tender(
        &mut self,
        mode: &TenderMode,
        amount: Option<Money>,
    ) -> Result<(), TenderRefused> {
        let remaining = self.remaining();
        if remaining.is_zero() {
            return Err(TenderRefused::NothingDue);
        }
        let amount = amount.unwrap_or(remaining);
        if !amount.is_positive() {
            return Err(TenderRefused::NothingTendered);
        }
        if amount.units > remaining.units {
            if mode.kind != ModeOfPaymentType::Cash {
                let mode_of_payment = mode.mode_of_payment.clone();
                return Err(TenderRefused::TooMuch {
                    mode_of_payment,
                    remaining,
                });
            }
            // No note of any currency is worth a thousand times a small purchase; a finger that
            // slips on the keypad is.
            let most = remaining.units.saturating_mul(100).max(100_000);
            if amount.units > most {
                return Err(TenderRefused::Implausible { amount, remaining });
            }
        }
        add_payment(&mut self.tenders, mode, amount);
        Ok(())
    }

    /// Takes what a card terminal took.
    ///
    /// # Errors
    /// As [`Payments::tender`].
    pub fn tender_card(
        &mut self,
        mode: &TenderMode,
        card: CardPayment,
    ) -> Result<(), TenderRefused> {
        self.tender(mode, Some(card.amount))?;
        add_card(&mut self.tenders, mode, card);
        Ok(())
    }

    /// Forgets a card payment that the terminal took back; false when there is none of this
    /// reference.
    pub fn take_card_back(&mut self, reference: &str) -> bool {
        let is_it = |card: &CardPayment| card.reference == reference;
        let Some(place) = self
            .tenders
            .iter()
            .position(|row| row.cards.iter().any(is_it))
        else {
            return false;
        };
        if let Some(row) = self.tenders.get_mut(place) {
            if let Some(card) = row.cards.iter().position(is_it) {
                let card = row.cards.remove(card);
                row.amount = row.amount.minus(card.amount);
            }
            if !row.amount.is_positive() {
                self.tenders.remove(place);
            }
        }
        true
    }

    /// Gives a tender back; nothing happens when there is none at this place.
    pub fn remove(&mut self, place: usize) {
        if place < self.tenders.len() {
            self.tenders.remove(place);
        }
    }

    /// Amounts a customer is likely to hand over in cash for what remains: the exact amount, then
    /// the next sums that notes make. At most five, ascending.
    pub fn suggestions(&self) -> Vec<Money> {
        let remaining = self.remaining();
        let unit = 10i64.pow(u32::from(remaining.currency.decimals()));
        let mut sums = vec![remaining];
        for note in [1, 5, 10, 20, 50, 100, 200, 500, 1000] {
            let note = note * unit;
            let up = remaining.units.div_euclid(note) + i64::from(remaining.units % note != 0);
            let sum = Money {
                units: up * note,
                ..remaining
            };
            if sums.len() < 5 && sums.last().is_none_or(|last| last.units < sum.units) {
                sums.push(sum);
            }
        }
        sums
    }
}

/// What is given back to a customer, by mode of payment.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Refund {
    due: Money,
    given: Vec<Payment>,
}

impl Refund {
    /// Nothing given back yet of this amount, which is above zero.
    pub fn of(due: Money) -> Self {
        Self {
            due,
            given: Vec::new(),
        }
    }

    /// What is to be given back, above zero.
    pub fn due(&self) -> Money {
        self.due
    }

    /// What is given back so far, in order; amounts above zero.
    pub fn given(&self) -> &[Payment] {
        &self.given
    }

    /// What is still to be given back.
    pub fn remaining(&self) -> Money {
        let given = self.given.iter().map(|payment| payment.amount);
        self.due
            .minus(given.fold(self.due.currency.zero(), Money::plus))
    }

    /// Gives back through a mode of payment; no amount means all that remains.
    ///
    /// # Errors
    /// [`TenderRefused`] with the reason; what was given back is unchanged.
    pub fn give(&mut self, mode: &TenderMode, amount: Option<Money>) -> Result<(), TenderRefused> {
        let remaining = self.remaining();
        if !mode.allow_in_returns {
            return Err(TenderRefused::NotInReturns(mode.mode_of_payment.clone()));
        }
        let amount = amount.unwrap_or(remaining);
        if !amount.is_positive() {
            return Err(TenderRefused::NothingTendered);
        }
        if amount.units > remaining.units {
            return Err(TenderRefused::MoreThanRefund { remaining });
        }
        add_payment(&mut self.given, mode, amount);
        Ok(())
    }

    /// Takes what a card terminal gave back.
    ///
    /// # Errors
    /// As [`Refund::give`].
    pub fn give_card(&mut self, mode: &TenderMode, card: CardPayment) -> Result<(), TenderRefused> {
        self.give(mode, Some(card.amount))?;
        add_card(&mut self.given, mode, card);
        Ok(())
    }

    /// Takes one back; nothing happens when there is none at this place.
    pub fn remove(&mut self, place: usize) {
        if place < self.given.len() {
            self.given.remove(place);
        }
    }
}

/// Adds to the row of a mode of payment; ERPNext wants one row for each.
pub(crate) fn add_payment(rows: &mut Vec<Payment>, mode: &TenderMode, amount: Money) {
    match rows
        .iter_mut()
        .find(|row| row.mode_of_payment == mode.mode_of_payment)
    {
        Some(row) => row.amount = row.amount.plus(amount),
        None => rows.push(Payment {
            mode_of_payment: mode.mode_of_payment.clone(),
            kind: mode.kind,
            account: mode.account.clone(),
            amount,
            cards: Vec::new(),
        }),
    }
}

/// Adds what a terminal did to the row of its mode of payment.
fn add_card(rows: &mut [Payment], mode: &TenderMode, card: CardPayment) {
    let row = rows
        .iter_mut()
        .find(|row| row.mode_of_payment == mode.mode_of_payment);
    if let Some(row) = row {
        row.cards.push(card);
    }
}
