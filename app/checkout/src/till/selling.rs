//! Filling the cart.

use jiff::Zoned;

use super::changing::{Change, journal_effect};
use super::{Effect, Notice, OpenCart, Sound, Stage, Till, today};
use crate::action::{Action, JournalFact};
use crate::cart::{Addition, Cart, CartError};
use crate::codes::{ReadCode, Symbology};
use crate::quantity::Quantity;
use crate::scan::{self, Scanned};
use crate::serial_no::SerialNoError;
use crate::shift::Cashier;

/// The scans that wait while a sale is being committed; hardly a person scans more in that time.
const WAITING_SCANS: usize = 32;

impl Till {
    pub(super) fn scanned(&mut self, now: &Zoned, code: &str) -> Vec<Effect> {
        let read = ReadCode::of(code);
        if read.symbology == Some(Symbology::AddOn) {
            // The code that it stands beside came or comes by itself.
            return vec![];
        }
        if let Some(effects) = self.receipt_scanned(read.content) {
            return effects;
        }
        match self.stage {
            Stage::ShiftClosed | Stage::OpeningShift(_) => refused(Notice::OpenShiftFirst),
            Stage::Paying(_) | Stage::Refunding(_) => refused(Notice::PayingAlready),
            Stage::Counted(_) | Stage::ClosingShift(_) => refused(Notice::ClosingAlready),
            Stage::Committing(..) | Stage::CommittingReturn(_) => {
                if self.waiting.len() < WAITING_SCANS {
                    self.waiting.push_back(code.to_owned());
                } else {
                    self.scans_lost = self.scans_lost.saturating_add(1);
                }
                vec![]
            }
            // What is refused leaves the change on the screen; what is added begins the next sale.
            Stage::Done(_) | Stage::Returned(_) | Stage::Selling => self.add_scanned(now, code),
        }
    }

    fn add_scanned(&mut self, now: &Zoned, code: &str) -> Vec<Effect> {
        let scanned = match scan::resolve(&self.shop, &*self.catalog, code) {
            Ok(Some(scanned)) => scanned,
            Ok(None) => {
                return refused(match scan::why_unknown(&self.shop, code) {
                    Some(error) => Notice::Scan(error),
                    None => Notice::UnknownBarcode(ReadCode::of(code).content.to_owned()),
                });
            }
            Err(error) => return refused(Notice::Scan(error)),
        };
        match &scanned {
            Scanned::Barcode {
                item,
                barcode,
                uom,
                label,
            } => {
                let labelled = Addition::labelled(item, label);
                self.add(
                    now,
                    &Addition {
                        uom: labelled.uom.or(uom.as_deref()),
                        barcode: Some(barcode),
                        ..labelled
                    },
                )
            }
            Scanned::SerialNo { item, serial_no } => self.add(
                now,
                &Addition {
                    // A piece is one of the stock unit.
                    uom: Some(&item.stock_uom),
                    serial_no: Some(&serial_no.name),
                    ..Addition::one(item)
                },
            ),
            Scanned::Batch { item, batch } => self.add(
                now,
                &Addition {
                    batch_no: Some(&batch.name),
                    ..Addition::one(item)
                },
            ),
            Scanned::ItemCode { item } => self.add(now, &Addition::one(item)),
            Scanned::Coupon { coupon_code } => self.coupon_entered(now, Some(coupon_code)),
        }
    }

    pub(super) fn item_chosen(&mut self, now: &Zoned, item_code: &str) -> Vec<Effect> {
        if !self.at_counter() {
            return vec![];
        }
        match self.catalog.item(item_code) {
            Ok(Some(item)) => self.add(now, &Addition::one(&item)),
            Ok(None) => refused(Notice::UnknownItem(item_code.to_owned())),
            Err(error) => refused(Notice::Cart(error.into())),
        }
    }

    fn add(&mut self, now: &Zoned, addition: &Addition<'_>) -> Vec<Effect> {
        let item = addition.item;
        if item.has_variants && !item.disabled {
            let template = item.item_code.clone();
            return vec![Effect::ChooseVariant { template }];
        }
        let mut touched = None;
        let mut effects = self.change_cart(now, Change::Other, |till, cart| {
            let line = cart.add(&till.shop, &*till.catalog, today(now), addition)?;
            touched = Some(line);
            Ok(())
        });
        let Some(line) = touched else {
            return effects;
        };
        self.touched_line = touched;
        self.next_sale();
        let added = self.cart.line(line);
        if added.is_some_and(|line| line.missing_serial_nos > 0) {
            effects.push(Effect::ChooseSerialNos { line });
        }
        effects
    }

    pub(super) fn quantity_entered(&mut self, now: &Zoned, line: u32, text: &str) -> Vec<Effect> {
        let decimals = self.shop.quantity_decimals();
        let Ok(qty) = Quantity::parse(text, decimals) else {
            let text = text.to_owned();
            return refused(Notice::NotAQuantity { text, decimals });
        };
        self.edit_line(now, line, |till, cart| {
            cart.set_quantity(&till.shop, &*till.catalog, today(now), line, qty)
        })
    }

    pub(super) fn quantity_stepped(&mut self, now: &Zoned, line: u32, steps: i32) -> Vec<Effect> {
        self.edit_line(now, line, |till, cart| {
            cart.step(&till.shop, &*till.catalog, today(now), line, steps)
        })
    }

    pub(super) fn uom_chosen(&mut self, now: &Zoned, line: u32, uom: &str) -> Vec<Effect> {
        self.edit_line(now, line, |till, cart| {
            cart.set_uom(&till.shop, &*till.catalog, today(now), line, uom)
        })
    }

    pub(super) fn batch_chosen(&mut self, now: &Zoned, line: u32, batch_no: &str) -> Vec<Effect> {
        self.edit_line(now, line, |till, cart| {
            cart.set_batch(&till.shop, &*till.catalog, today(now), line, batch_no)
        })
    }

    pub(super) fn serial_nos_chosen(
        &mut self,
        now: &Zoned,
        line: u32,
        serial_nos: &[String],
    ) -> Vec<Effect> {
        self.edit_line(now, line, |till, cart| {
            cart.set_serial_nos(&till.shop, &*till.catalog, today(now), line, serial_nos)
        })
    }

    pub(super) fn line_removed(&mut self, now: &Zoned, line: u32) -> Vec<Effect> {
        self.edit_line(now, line, |till, cart| {
            let removed = cart.remove(&till.shop, &*till.catalog, today(now), line);
            removed.map(|_| ())
        })
    }

    fn edit_line(
        &mut self,
        now: &Zoned,
        line: u32,
        change: impl FnOnce(&Self, &mut Cart) -> Result<(), CartError>,
    ) -> Vec<Effect> {
        self.touched_line = Some(line);
        let mut effects = self.change_cart(now, Change::Other, change);
        let pieces_left_over = effects.iter().any(|effect| {
            let too_many = |error: &SerialNoError| matches!(error, SerialNoError::TooMany { .. });
            matches!(effect, Effect::Show(Notice::Cart(CartError::SerialNo(error))) if too_many(error))
        });
        if pieces_left_over {
            // Which piece goes back to the shelf is for the cashier to say.
            effects.push(Effect::ChooseSerialNos { line });
        }
        effects
    }

    pub(super) fn customer_chosen(&mut self, now: &Zoned, name: Option<&str>) -> Vec<Effect> {
        if self.stage != Stage::Selling {
            return vec![];
        }
        let customer = match name.map(|name| (name, self.catalog.customer(name))) {
            None => None,
            Some((_, Ok(Some(customer)))) => Some(customer),
            Some((name, Ok(None))) => return refused(Notice::UnknownCustomer(name.to_owned())),
            Some((_, Err(error))) => return refused(Notice::Cart(error.into())),
        };
        let mut effects = self.change_cart(now, Change::Other, |till, cart| {
            cart.set_customer(&till.shop, &*till.catalog, today(now), customer)
        });
        if self.pending.is_none() {
            effects.extend(self.recheck_coupon(now));
        }
        effects
    }

    pub(super) fn cart_cleared(&mut self, now: &Zoned, cashier: &Cashier) -> Vec<Effect> {
        if self.stage != Stage::Selling || self.cart.is_empty() {
            return vec![];
        }
        let fact = JournalFact {
            at: now.timestamp(),
            cashier: cashier.clone(),
            action: Action::CartDiscarded {
                lines: self.cart.lines().len(),
                amount: self.cart.amount_to_pay(&self.shop),
            },
            approval: None,
            above: Vec::new(),
        };
        let mut effects = vec![journal_effect(fact)];
        effects.extend(self.change_cart(now, Change::Other, |till, cart| {
            *cart = Cart::new(&till.shop);
            Ok(())
        }));
        effects
    }

    pub(super) fn undone(&mut self, now: &Zoned, cashier: &Cashier) -> Vec<Effect> {
        if self.stage != Stage::Selling {
            return vec![];
        }
        let Some((before, returning)) = self.undo.pop_back() else {
            return vec![];
        };
        let facts = self.taken_along(now, cashier, &before);
        let mut effects: Vec<Effect> = facts.into_iter().map(journal_effect).collect();
        self.cart = before;
        self.returning = returning;
        self.pending = None;
        self.touched_line = None;
        effects.push(self.save_cart());
        effects
    }

    pub(super) fn save_cart(&self) -> Effect {
        Effect::SaveCart(self.open_cart().map(Box::new))
    }

    /// What a restart takes up again; `None` where nothing was begun.
    pub fn open_cart(&self) -> Option<OpenCart> {
        if self.cart.is_untouched() && self.returning.is_none() {
            return None;
        }
        let payments = match &self.stage {
            Stage::Paying(payments) => Some(payments.clone()),
            _ => None,
        };
        let refund = match &self.stage {
            Stage::Refunding(refund) => Some(refund.clone()),
            _ => None,
        };
        Some(OpenCart {
            cart: self.cart.clone(),
            payments,
            returning: self.returning.clone(),
            refund,
        })
    }
}

pub(super) fn refused(notice: Notice) -> Vec<Effect> {
    vec![Effect::Sound(Sound::Refused), Effect::Show(notice)]
}
