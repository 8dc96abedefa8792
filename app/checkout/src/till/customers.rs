//! Customers that are made at the till.

use jiff::Zoned;

use super::changing::Change;
use super::drawer::Saving;
use super::selling::refused;
use super::{Effect, Notice, Till, today};
use crate::new_customer::{CustomerForm, NewCustomer};
use crate::shift::Cashier;

impl Till {
    pub(super) fn customer_entered(
        &mut self,
        now: &Zoned,
        cashier: &Cashier,
        form: &CustomerForm,
    ) -> Vec<Effect> {
        if !self.at_counter() {
            return refused(Notice::FinishFirst);
        }
        if self.saving.is_some() {
            return refused(Notice::StillSaving);
        }
        let form = match form.checked() {
            Ok(form) => form,
            Err(reason) => return refused(Notice::CustomerForm(reason)),
        };
        let walk_in = match crate::buyer::walk_in(&self.shop, &*self.catalog) {
            Ok(walk_in) => walk_in,
            Err(error) => return refused(Notice::Cart(error.into())),
        };
        let number = self.customers + 1;
        let customer = Box::new(NewCustomer::of(
            form,
            &self.shop,
            walk_in.as_ref(),
            self.identity.key("CUST-", number),
            number,
            now.timestamp(),
            cashier,
        ));
        self.saving = Some(Saving::Customer(customer.clone()));
        vec![Effect::CommitCustomer(customer)]
    }

    /// The customer is durable: the cart is theirs.
    pub(super) fn customer_saved(&mut self, now: &Zoned) -> Vec<Effect> {
        let Some(Saving::Customer(made)) = self.saving.take() else {
            return vec![];
        };
        self.customers = made.number;
        if !self.at_counter() {
            return vec![];
        }
        self.next_sale();
        let customer = made.customer();
        let mut effects = self.change_cart(now, Change::Other, |till, cart| {
            cart.set_customer(&till.shop, &*till.catalog, today(now), Some(customer))
        });
        if self.pending.is_none() {
            effects.extend(self.recheck_coupon(now));
        }
        effects
    }
}
