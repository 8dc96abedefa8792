//! Where a scanned code goes: into what is open on the screen where it belongs there, else to the
//! till.

use checkout::codes::label::{HowMuch, Label};
use checkout::codes::{ReadCode, Symbology};
use checkout::masters::Item;
use checkout::scan::{Scanned, resolve};
use checkout::till::{Event, Sound, Stage};
use hal::msr::Stripe;
use slint::ComponentHandle;

use super::App;
use super::selling::Panel;
use crate::screens::words::Words;
use crate::ui::{self, Level, LineSection, TillWindow};

/// What a code means for the sheet that is open.
enum ForSheet {
    SerialNo(String),
    Batch(u32, String),
    Coupon,
}

impl App {
    /// Takes a code from a scanner, of whichever kind.
    pub(super) fn scanned(&mut self, code: &str) {
        self.touched();
        let Some(window) = self.window.upgrade() else {
            return;
        };
        // Of which kind it is matters for goods alone.
        let ReadCode { symbology, content } = ReadCode::of(code);
        if let Some(stripe) = Stripe::of(content) {
            return self.stripe_read(&window, stripe);
        }
        if self.scanned_by_manager(&window, content) {
            return;
        }
        if symbology == Some(Symbology::AddOn) {
            // Sent beside the code of a magazine: nothing to ask, to sell or to refuse.
            return;
        }
        if self.badge_for_approval(content) || self.badge_scanned(content) {
            return self.devices.forget_scan();
        }
        if self.for_counter(code) {
            return;
        }
        self.sales.open = false;
        self.forget_manager();
        self.leave_page_to_sell();
        let line = window.global::<ui::Line>();
        match self.for_open_sheet(&window, code) {
            Some(ForSheet::SerialNo(serial_no)) => {
                line.set_section(LineSection::Serials);
                self.serial_entered(&serial_no);
            }
            Some(ForSheet::Batch(of, batch_no)) => {
                line.set_section(LineSection::Batch);
                self.step_on(Panel::Batch, Event::BatchChosen { line: of, batch_no });
            }
            Some(ForSheet::Coupon) => self.coupon_entered(ReadCode::of(code).content),
            None => {
                // The goods themselves are at hand: nobody chooses a variant any more.
                self.selling.close_variants();
                let before = self.quantities();
                self.step(Event::Scanned(code.to_owned()));
                self.offer_weight(&before, Some(code));
            }
        }
    }

    /// A card went through a card reader. It is no code of goods, and a payment card's number is
    /// nobody's to see or to keep.
    fn stripe_read(&mut self, window: &TillWindow, stripe: Stripe<'_>) {
        self.devices.forget_scan();
        let words = match stripe {
            Stripe::PaymentCard => Words::new(
                Level::Warning,
                "That is a payment card",
                "The till looks at none of it and keeps none of it.",
                "Let the customer use the card terminal.",
            ),
            Stripe::Unreadable => Words::new(
                Level::Warning,
                "The card was not read",
                "",
                "Swipe it again, at an even speed.",
            ),
            Stripe::Badge(badge) => {
                if self.scanned_by_manager(window, badge)
                    || self.badge_for_approval(badge)
                    || self.badge_scanned(badge)
                {
                    return;
                }
                Words::new(
                    Level::Warning,
                    "This card is nobody's badge",
                    "",
                    "A manager can give it to somebody in Staff.",
                )
            }
        };
        self.devices.sound(Sound::Refused);
        self.tell(words);
    }

    /// Whether a code says how much of the goods it is.
    pub(super) fn tells_quantity(&self, code: &str) -> bool {
        let Some(till) = &self.till else { return false };
        match resolve(till.shop(), &self.read, code) {
            Ok(Some(Scanned::Barcode { label, .. })) => {
                label.how_much != HowMuch::NotSaid || label.price.is_some()
            }
            _ => false,
        }
    }

    /// A piece or a batch of the item whose line is open; and what nothing is known of, where a
    /// piece, a batch or a coupon is asked for: it is refused there, or taken where ERPNext alone
    /// knows the pieces.
    fn for_open_sheet(&self, window: &TillWindow, code: &str) -> Option<ForSheet> {
        let till = self.till.as_ref()?;
        if *till.stage() != Stage::Selling || till.cashier().is_none() {
            return None;
        }
        // What cannot be read is said when the till looks it up.
        let found = resolve(till.shop(), &self.read, code).ok()?;
        let code = ReadCode::of(code).content;
        if self.selling.asks_for_coupon(window) && found.is_none() {
            return Some(ForSheet::Coupon);
        }
        let line = self.selected_line()?;
        let is_its = |item: &Item| item.item_code == line.sold.item_code;
        let section = window.global::<ui::Line>().get_section();
        match found {
            Some(Scanned::SerialNo { item, serial_no }) if is_its(&item) => {
                Some(ForSheet::SerialNo(serial_no.name))
            }
            Some(Scanned::Batch { item, batch }) if is_its(&item) => {
                Some(ForSheet::Batch(line.id, batch.name))
            }
            // The code of the package says both, and may be that of another package to sell.
            Some(Scanned::Barcode { item, label, .. }) if is_its(&item) => {
                match (section, *label) {
                    (
                        LineSection::Serials,
                        Label {
                            serial_no: Some(serial_no),
                            ..
                        },
                    ) => Some(ForSheet::SerialNo(serial_no)),
                    (
                        LineSection::Batch,
                        Label {
                            batch_no: Some(batch_no),
                            ..
                        },
                    ) => Some(ForSheet::Batch(line.id, batch_no)),
                    _ => None,
                }
            }
            Some(_) => None,
            None => match section {
                LineSection::Serials => Some(ForSheet::SerialNo(code.to_owned())),
                LineSection::Batch => Some(ForSheet::Batch(line.id, code.to_owned())),
                _ => None,
            },
        }
    }
}
