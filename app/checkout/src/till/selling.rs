//! Filling the cart.

use jiff::Zoned;

use super::{Effect, Notice, OpenCart, Sound, Stage, Till, UNDO_DEPTH, WAITING_SCANS, today};
use crate::cart::{Addition, Cart, CartError};
use crate::catalog::CatalogError;
use crate::quantity::Quantity;
use crate::receipt::ReceiptReference;
use crate::scan;

impl Till {
    pub(super) fn scanned(&mut self, now: &Zoned, code: &str) -> Vec<Effect> {
        if let Ok(reference) = code.trim().parse::<ReceiptReference>() {
            return vec![Effect::Sound(Sound::Taken), Effect::ShowSale(reference)];
        }
        match self.stage {
            Stage::ShiftClosed | Stage::OpeningShift(_) => refused(Notice::OpenShiftFirst),
            Stage::Paying(_) => refused(Notice::PayingAlready),
            Stage::Committing(..) => {
                if self.waiting.len() < WAITING_SCANS {
                    self.waiting.push_back(code.to_owned());
                }
                vec![]
            }
            // What is refused leaves the change on the screen; what is added begins the next sale.
            Stage::Done(_) | Stage::Selling => self.add_scanned(now, code),
        }
    }

    fn add_scanned(&mut self, now: &Zoned, code: &str) -> Vec<Effect> {
        match self.find_scanned(now, code) {
            Ok(Some(effects)) => effects,
            Ok(None) => refused(Notice::UnknownBarcode(code.trim().to_owned())),
            Err(error) => refused(Notice::Cart(error.into())),
        }
    }

    fn find_scanned(
        &mut self,
        now: &Zoned,
        code: &str,
    ) -> Result<Option<Vec<Effect>>, CatalogError> {
        if code.len() > scan::LONGEST_CODE {
            return Ok(None);
        }
        for spelling in scan::spellings(code) {
            let Some(hit) = self.catalog.barcode(&spelling)? else {
                continue;
            };
            let Some(item) = self.catalog.item(&hit.item_code)? else {
                continue;
            };
            let addition = Addition {
                item: &item,
                uom: hit.uom.as_deref(),
                barcode: Some(&spelling),
                qty: Quantity::ONE,
            };
            return Ok(Some(self.add(now, &addition)));
        }
        // Many shops label shelves with the item code itself.
        let Some(item) = self.catalog.item(code.trim())? else {
            return Ok(None);
        };
        let addition = Addition {
            item: &item,
            uom: None,
            barcode: None,
            qty: Quantity::ONE,
        };
        Ok(Some(self.add(now, &addition)))
    }

    pub(super) fn item_chosen(&mut self, now: &Zoned, item_code: &str) -> Vec<Effect> {
        if !matches!(self.stage, Stage::Selling | Stage::Done(_)) {
            return vec![];
        }
        match self.catalog.item(item_code) {
            Ok(Some(item)) => {
                let addition = Addition {
                    item: &item,
                    uom: None,
                    barcode: None,
                    qty: Quantity::ONE,
                };
                self.add(now, &addition)
            }
            Ok(None) => refused(Notice::UnknownItem(item_code.to_owned())),
            Err(error) => refused(Notice::Cart(error.into())),
        }
    }

    fn add(&mut self, now: &Zoned, addition: &Addition<'_>) -> Vec<Effect> {
        let mut touched = None;
        let effects = self.change_cart(|till, cart| {
            let line = cart.add(&till.shop, &*till.catalog, today(now), addition)?;
            touched = Some(line);
            Ok(())
        });
        if touched.is_some() {
            self.touched_line = touched;
            self.next_sale();
        }
        effects
    }

    pub(super) fn quantity_entered(&mut self, now: &Zoned, line: u32, text: &str) -> Vec<Effect> {
        if self.stage != Stage::Selling {
            return vec![];
        }
        let decimals = self.shop.quantity_decimals();
        let Ok(qty) = Quantity::parse(text, decimals) else {
            let text = text.to_owned();
            return refused(Notice::NotAQuantity { text, decimals });
        };
        self.touched_line = Some(line);
        self.change_cart(|till, cart| {
            cart.set_quantity(&till.shop, &*till.catalog, today(now), line, qty)
        })
    }

    pub(super) fn line_removed(&mut self, line: u32) -> Vec<Effect> {
        if self.stage != Stage::Selling {
            return vec![];
        }
        self.change_cart(|till, cart| cart.remove(&till.shop, line).map(|_| ()))
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
        self.change_cart(|till, cart| {
            cart.set_customer(&till.shop, &*till.catalog, today(now), customer)
        })
    }

    pub(super) fn cart_cleared(&mut self) -> Vec<Effect> {
        if self.stage != Stage::Selling || self.cart.is_empty() {
            return vec![];
        }
        self.change_cart(|till, cart| {
            *cart = Cart::new(&till.shop);
            Ok(())
        })
    }

    pub(super) fn undone(&mut self) -> Vec<Effect> {
        if self.stage != Stage::Selling {
            return vec![];
        }
        let Some(before) = self.undo.pop_back() else {
            return vec![];
        };
        self.cart = before;
        self.touched_line = None;
        vec![self.save_cart()]
    }

    /// Changes a copy of the cart and takes it over when the change holds.
    fn change_cart(
        &mut self,
        change: impl FnOnce(&Self, &mut Cart) -> Result<(), CartError>,
    ) -> Vec<Effect> {
        let mut changed = self.cart.clone();
        match change(self, &mut changed) {
            Ok(()) => {
                if self.undo.len() == UNDO_DEPTH {
                    self.undo.pop_front();
                }
                self.undo
                    .push_back(std::mem::replace(&mut self.cart, changed));
                vec![self.save_cart(), Effect::Sound(Sound::Taken)]
            }
            Err(error) => refused(Notice::Cart(error)),
        }
    }

    pub(super) fn save_cart(&self) -> Effect {
        let payments = match &self.stage {
            Stage::Paying(payments) => Some(payments.clone()),
            _ => None,
        };
        let nothing_to_keep = self.cart.is_empty() && self.cart.customer().is_none();
        let open = OpenCart {
            cart: self.cart.clone(),
            payments,
        };
        Effect::SaveCart((!nothing_to_keep).then(|| Box::new(open)))
    }
}

pub(super) fn refused(notice: Notice) -> Vec<Effect> {
    vec![Effect::Sound(Sound::Refused), Effect::Show(notice)]
}
