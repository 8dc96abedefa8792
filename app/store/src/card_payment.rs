//! Card payments: what a terminal is to do is durable before it hears of it, and what came of it is
//! durable together with the cart that it paid for.

use checkout::card::{CardEnd, CardIntent, CardIntentKind, CardOutcome};
use checkout::sale::Sale;
use checkout::till::OpenCart;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde_json::json;

use crate::column::{count, from_json, to_json};
use crate::commit::{Store, check_next, must_be_open, put_cart};
use crate::error::{Result, StoreError};
use crate::journal::{self, JournalKind};
use crate::report_job::{self, ReportJob};

impl Store {
    /// Makes a card payment's intent durable, with its journal entry and the cart it is for. Only
    /// then may a terminal hear of it.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when the number is not the next one, the shift is not open, or
    /// an earlier card payment has not ended; otherwise what the disk refuses.
    pub fn commit_card_intent(
        &mut self,
        intent: &CardIntent,
        cart: Option<&OpenCart>,
    ) -> Result<()> {
        let write = self.write()?;
        check_next(&write, "card_payment", intent.number)?;
        must_be_open(&write, &intent.shift)?;
        if let Some(open) = open_card(&write)? {
            return Err(StoreError::Inconsistent(format!(
                "card payment {} has not ended",
                open.reference
            )));
        }
        write
            .prepare_cached(
                "INSERT INTO card_payment (number, reference, shift, body) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![
                count(intent.number),
                intent.reference,
                intent.shift,
                to_json(intent)?
            ])?;
        let kind = match &intent.kind {
            CardIntentKind::Payment => "payment",
            CardIntentKind::Refund => "refund",
            CardIntentKind::Reversal { .. } => "reversal",
        };
        let mut facts = json!({
            "reference": intent.reference,
            "begun": kind,
            "mode_of_payment": intent.mode_of_payment,
            "amount": intent.amount,
            "cashier": intent.cashier.name,
        });
        if let CardIntentKind::Reversal { of, .. } = &intent.kind {
            facts["of"] = json!(of);
        }
        journal::append(&write, JournalKind::Card, &facts, intent.at)?;
        put_cart(&write, cart)?;
        Ok(write.commit()?)
    }

    /// Makes it durable what became of a card payment, with its journal entry, the cart that it paid
    /// for, and what the terminal wants printed: the terminal says each of them once. What was said
    /// before is not said again.
    ///
    /// # Errors
    /// [`StoreError::Inconsistent`] when no such payment was begun or it ended otherwise; otherwise what the disk refuses.
    pub fn commit_card_outcome(
        &mut self,
        end: &CardEnd,
        cart: Option<&OpenCart>,
        paper: Option<&ReportJob>,
    ) -> Result<()> {
        let write = self.write()?;
        end_card(&write, end)?;
        put_cart(&write, cart)?;
        if let Some(paper) = paper {
            report_job::put(&write, paper)?;
        }
        Ok(write.commit()?)
    }
}

fn end_card(write: &Transaction<'_>, end: &CardEnd) -> Result<()> {
    let before = state_of(write, &end.reference)?;
    let approved = matches!(end.outcome, CardOutcome::Approved(_));
    let state = if approved { "approved" } else { "not approved" };
    if before == state {
        return Ok(());
    }
    if before != "open" {
        return Err(StoreError::Inconsistent(format!(
            "card payment {} has ended as {before}",
            end.reference
        )));
    }
    write
        .prepare_cached("UPDATE card_payment SET state = ?2, outcome = ?3 WHERE reference = ?1")?
        .execute(params![end.reference, state, to_json(end)?])?;
    let mut facts = json!({ "reference": end.reference });
    match &end.outcome {
        CardOutcome::Approved(payment) => {
            facts["ended"] = json!("approved");
            facts["amount"] = json!(payment.amount);
            facts["card"] = json!(payment.card_number);
            facts["reference_no"] = json!(payment.reference_no());
        }
        CardOutcome::Declined(reason) => {
            facts["ended"] = json!("declined");
            facts["reason"] = json!(reason);
        }
        CardOutcome::Aborted => facts["ended"] = json!("broken off"),
        CardOutcome::NotBegun(reason) => {
            facts["ended"] = json!("not begun");
            facts["reason"] = json!(reason);
        }
        CardOutcome::NotCharged => facts["ended"] = json!("not charged"),
    }
    journal::append(write, JournalKind::Card, &facts, end.at)?;
    Ok(())
}

/// Binds the card payments of a sale to it: each belongs to one sale. One whose outcome could not
/// be stored before ends here.
pub(crate) fn book(write: &Transaction<'_>, sale: &Sale) -> Result<()> {
    for card in sale.payments.iter().flat_map(|row| &row.cards) {
        end_card(
            write,
            &CardEnd {
                reference: card.reference.clone(),
                outcome: CardOutcome::Approved(Box::new(card.clone())),
                at: sale.at,
            },
        )?;
        write
            .prepare_cached("UPDATE card_payment SET sale = ?2 WHERE reference = ?1")?
            .execute([&card.reference, &sale.key])?;
    }
    Ok(())
}

fn state_of(write: &Connection, reference: &str) -> Result<String> {
    let state = write
        .prepare_cached("SELECT state FROM card_payment WHERE reference = ?1")?
        .query_row([reference], |row| row.get(0))
        .optional()?;
    state.ok_or_else(|| StoreError::Inconsistent(format!("no card payment {reference} was begun")))
}

/// The card payment of which nobody knows yet what became.
pub(crate) fn open_card(till: &Connection) -> Result<Option<CardIntent>> {
    let body: Option<String> = till
        .prepare_cached("SELECT body FROM card_payment WHERE state = 'open'")?
        .query_row([], |row| row.get(0))
        .optional()?;
    body.map(|body| from_json(&body, "an open card payment"))
        .transpose()
}
