//! Settling goods that come back: alone, or against what is sold.

use std::sync::Arc;

use jiff::Zoned;

use super::returning::posted;
use super::selling::refused;
use super::{Effect, NotSaved, Notice, ReturnCommit, Returned, Settled, Stage, Till, today};
use crate::action::Action;
use crate::cart::Approval;
use crate::loyalty::Standing;
use crate::masters::ModeOfPaymentType;
use crate::money::Money;
use crate::payment::{Payments, Refund, add_payment};
use crate::returns::{OpenReturn, ReturnRefused};
use crate::sale::{Payment, ReceiptNumber, Sale, SaleLoyalty};
use crate::shift::Cashier;

impl Till {
    /// Begins to settle the return, and the cart with it.
    pub(super) fn settle_return(&mut self, cashier: &Cashier) -> Vec<Effect> {
        let Some(open) = &self.returning else {
            return vec![];
        };
        let amount = open.amount(self.shop.currency);
        let due = self.due();
        let sets_off = !amount.is_zero() && !self.cart.is_empty();
        let can_give = self.shop.offset_mode().is_some();
        let reason = if let Err(reason) = open.check() {
            Some(reason)
        } else if open.reason().is_none() {
            Some(ReturnRefused::ReasonNeeded)
        } else if amount.is_positive() {
            Some(ReturnRefused::AboveZero(amount))
        } else if !can_give && (sets_off || due.is_negative()) {
            Some(ReturnRefused::NoRefundMode)
        } else {
            None
        };
        if let Some(reason) = reason {
            return refused(Notice::Return(reason));
        }
        let allowed = open
            .approved()
            .is_some_and(|it| amount.units >= it.amount.units);
        if self.policy.returns && !allowed {
            let receipt = open.original().receipt.as_ref();
            let action = Action::Return {
                receipt_number: receipt.map(|receipt| receipt.receipt_number.clone()),
                amount,
            };
            return self.ask(cashier, action);
        }
        self.stage = if due.is_negative() {
            Stage::Refunding(Refund::of(due.negated()))
        } else {
            Stage::Paying(Payments::of(due))
        };
        vec![self.save_cart()]
    }

    pub(super) fn return_approved(
        &mut self,
        now: &Zoned,
        approval: &Approval,
        amount: Money,
    ) -> Vec<Effect> {
        let Some(open) = &mut self.returning else {
            return refused(Notice::NothingToApprove);
        };
        open.approve(approval.clone(), amount);
        let Some(cashier) = self.cashier.clone() else {
            return vec![self.save_cart()];
        };
        self.payment_started(now, &cashier)
    }

    /// Commits the return, and the sale with it.
    pub(super) fn commit_return(
        &mut self,
        now: &Zoned,
        cashier: &Cashier,
        settled: Settled,
    ) -> Vec<Effect> {
        let Some(commit) = self.return_commit(now, cashier, settled) else {
            return refused(Notice::CustomerNeeded);
        };
        let returned = Box::new(commit.returned.clone());
        let sale = commit.sale.clone().map(Box::new);
        self.stage = Stage::CommittingReturn(Box::new(commit));
        vec![match sale {
            Some(sale) => Effect::CommitExchange { returned, sale },
            None => Effect::CommitSale(returned),
        }]
    }

    /// The return is safe, and the sale with it.
    pub(super) fn return_committed(&mut self, commit: ReturnCommit) -> Vec<Effect> {
        let ReturnCommit {
            returned,
            sale,
            settled,
        } = commit;
        let returned = Arc::new(returned);
        let sale = sale.map(Arc::new);
        let (refunds, change_amount, tenders) = match settled {
            Settled::Paid(payments) => (vec![], payments.change(), payments.tenders().to_vec()),
            Settled::Refunded(refund) => (
                refund.given().to_vec(),
                self.shop.currency.zero(),
                refund.given().to_vec(),
            ),
        };
        self.returning = None;
        self.last_sale = Some(sale.clone().unwrap_or_else(|| returned.clone()));
        self.stage = Stage::Returned(Box::new(Returned {
            returned: returned.clone(),
            sale: sale.clone(),
            refunds,
            change_amount,
        }));
        let mut effects = vec![];
        // What is only set off between the halves moves nothing.
        let cash = |row: &Payment| row.kind == ModeOfPaymentType::Cash && !row.amount.is_zero();
        if tenders.iter().any(cash) {
            effects.push(Effect::OpenDrawer);
        }
        effects.push(Effect::Print(returned));
        effects.extend(sale.map(Effect::Print));
        effects
    }

    pub(super) fn return_not_committed(
        &mut self,
        commit: &ReturnCommit,
        reason: NotSaved,
    ) -> Vec<Effect> {
        self.stage = match &commit.settled {
            Settled::Paid(payments) => Stage::Paying(payments.clone()),
            Settled::Refunded(refund) => Stage::Refunding(refund.clone()),
        };
        let scans_lost = self.forget_scans();
        let mut effects = vec![self.save_cart()];
        effects.extend(refused(Notice::SaleNotCommitted { reason, scans_lost }));
        effects
    }

    fn return_commit(
        &self,
        now: &Zoned,
        cashier: &Cashier,
        settled: Settled,
    ) -> Option<ReturnCommit> {
        let open = self.returning.as_ref()?;
        let currency = self.shop.currency;
        let amount = open.amount(currency);
        let (payments, refund) = match &settled {
            Settled::Paid(payments) => (Some(payments), None),
            Settled::Refunded(refund) => (None, Some(refund)),
        };
        let back = amount.negated();
        let offset = match refund {
            Some(refund) => back.minus(refund.due()),
            None => back,
        };
        let mut rows: Vec<Payment> = refund.map_or_else(Vec::new, |it| it.given().to_vec());
        let mode = self.shop.offset_mode();
        match mode {
            Some(mode) if rows.is_empty() || !offset.is_zero() => {
                add_payment(&mut rows, mode, offset);
            }
            Some(_) => {}
            // Goods that were given for nothing come back for nothing.
            None => rows.extend(super::paying::nothing_paid(&self.shop, currency.zero())),
        }
        for row in &mut rows {
            row.amount = row.amount.negated();
        }
        let number = self.next_receipt_number();
        let mut returned = self.returned(now, cashier, open, number, rows)?;
        if self.cart.is_empty() {
            return Some(ReturnCommit {
                returned,
                sale: None,
                settled,
            });
        }
        let nothing = Payments::of(currency.zero());
        let mut sale = self.sale(now, cashier, payments.unwrap_or(&nothing))?;
        sale.receipt_number.number += 1;
        sale.key = self.sale_key(&sale.receipt_number);
        sale.amount_to_pay = self.cart.amount_to_pay(&self.shop);
        let mut rows = payments.map_or_else(Vec::new, |payments| payments.tenders().to_vec());
        match mode {
            Some(mode) if rows.is_empty() || !offset.is_zero() => {
                add_payment(&mut rows, mode, offset);
                sale.payments = rows;
                sale.paid_amount = sale.paid_amount.plus(offset);
            }
            _ => {}
        }
        sale.exchange = Some(returned.key.clone());
        returned.exchange = Some(sale.key.clone());
        Some(ReturnCommit {
            returned,
            sale: Some(sale),
            settled,
        })
    }

    fn returned(
        &self,
        now: &Zoned,
        cashier: &Cashier,
        open: &OpenReturn,
        receipt_number: ReceiptNumber,
        payments: Vec<Payment>,
    ) -> Option<Sale> {
        let shop = &self.shop;
        let original = open.original();
        let amount = open.amount(shop.currency);
        let posted = posted(now, original);
        Some(Sale {
            key: self.sale_key(&receipt_number),
            receipt_number,
            shift: self.shift.as_ref()?.key.clone(),
            cashier: cashier.clone(),
            return_against: original.receipt.clone(),
            reason: open.reason().map(str::to_owned),
            approved_by: open.approved().map(|it| it.approval.by.clone()),
            exchange: None,
            at: now.timestamp(),
            posting_date: posted.date(),
            posting_time: posted.time(),
            customer: original.customer.clone(),
            customer_name: original.customer_name.clone(),
            company: shop.company.name.clone(),
            pos_profile: shop.profile.name.clone(),
            selling_price_list: original.selling_price_list.clone(),
            set_warehouse: shop.profile.warehouse.clone(),
            taxes_and_charges: original.taxes_and_charges.clone(),
            tax_category: original.tax_category.clone(),
            account_for_change_amount: shop.profile.account_for_change_amount.clone(),
            price_list_currency: original.price_list_currency.clone(),
            plc_conversion_rate: original.plc_conversion_rate,
            lines: open.sale_lines(),
            // A coupon that was used stays used.
            coupon: None,
            loyalty: self.returned_points(now, open),
            document: open.document().clone(),
            totals: open.totals().clone(),
            payments,
            amount_to_pay: amount,
            paid_amount: amount,
            change_amount: shop.currency.zero(),
        })
    }

    /// What becomes of points. ERPNext counts what the sale earned anew and keeps what it was paid
    /// with: it takes no return that is settled in points, so all of it is given back in money.
    fn returned_points(&self, now: &Zoned, open: &OpenReturn) -> Option<SaleLoyalty> {
        let original = open.original();
        let sold = original.loyalty.as_ref()?;
        let buyer = self.catalog.customer(&original.customer).ok().flatten();
        let earned = buyer.as_ref().and_then(|buyer| {
            let standing = Standing::of(&self.shop, &*self.catalog, buyer, today(now)).ok()??;
            let date = original.receipt.as_ref()?.posting_date;
            let paid = sold.loyalty_amount.to_f64();
            let total = original.totals.grand_total;
            let after = |returned: f64| standing.points_kept(date, total, paid, returned);
            let before = open.returned_before();
            Some(after(before - open.totals().grand_total) - after(before))
        });
        Some(SaleLoyalty {
            loyalty_program: sold.loyalty_program.clone(),
            loyalty_points: 0,
            loyalty_amount: self.shop.currency.zero(),
            loyalty_redemption_account: None,
            loyalty_redemption_cost_center: None,
            points_earned: earned.unwrap_or_default(),
        })
    }
}
