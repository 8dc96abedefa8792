//! The till's state machine: everything a cashier and a scanner can do to one till.
//!
//! [`Till::step`] takes the time and one [`Event`] and answers with [`Effect`]s for the world to
//! carry out, in order. Results come back only as events. The same events, times and catalog give
//! the same effects.

mod effect;
mod event;

mod changing;
mod coupons;
mod preview;
mod selling;

mod paying;
mod points;

pub use effect::{Effect, Notice, OpenCart, Sound};
pub use event::{Event, NotSaved};
pub use points::CustomerPoints;
pub use preview::{DiscountPreview, PricePreview};

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Zoned;
use jiff::civil::Date;
use rust_decimal::Decimal;

use changing::Pending;

use crate::cart::Cart;
use crate::catalog::Catalog;
use crate::money::Money;
use crate::payment::Payments;
use crate::sale::{ReceiptNumber, Sale};
use crate::shift::{Cashier, OpeningBalance, Shift};
use crate::shop::Shop;

/// The steps back that a cart remembers.
const UNDO_DEPTH: usize = 20;

/// Which till this is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TillIdentity {
    /// The prefix of its receipt numbers.
    pub prefix: String,
    /// What tells this installation from any before it with the same prefix: eight characters,
    /// drawn at random when the data folder was made.
    pub installation: String,
}

/// What a till takes up again after a start.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Resume {
    /// How many receipts were committed; the next carries the number after it.
    pub receipts: u64,
    /// How many shifts were opened.
    pub shifts: u64,
    /// The shift that is open.
    pub shift: Option<Shift>,
    /// The cart that was open.
    pub open_cart: Option<OpenCart>,
    /// There was an open cart, and it cannot be read.
    pub cart_lost: bool,
}

/// Where the till stands. Whoever is signed in or not, this stays: locking a till in the middle
/// of a sale loses nothing.
#[derive(Clone, PartialEq, Debug)]
pub enum Stage {
    /// No shift is open.
    ShiftClosed,
    /// A shift is being committed.
    OpeningShift(Box<Shift>),
    /// The cart is being filled.
    Selling,
    /// The cart is being paid.
    Paying(Payments),
    /// The sale is being committed.
    Committing(Box<Sale>, Payments),
    /// The sale is safe; change is shown until the next one begins.
    Done(Arc<Sale>),
}

/// A till.
pub struct Till {
    identity: TillIdentity,
    shop: Arc<Shop>,
    next_shop: Option<Arc<Shop>>,
    catalog: Box<dyn Catalog>,
    cashier: Option<Cashier>,
    shift: Option<Shift>,
    stage: Stage,
    cart: Cart,
    undo: VecDeque<Cart>,
    pending: Option<Pending>,
    offline_limit: Option<Decimal>,
    touched_line: Option<u32>,
    last_sale: Option<Arc<Sale>>,
    receipts: u64,
    shifts: u64,
    waiting: VecDeque<String>,
    cart_lost: bool,
}

impl Till {
    /// A till as it stands after a start: locked, with its shift and its open cart.
    pub fn new(
        identity: TillIdentity,
        shop: Arc<Shop>,
        catalog: Box<dyn Catalog>,
        resume: Resume,
    ) -> Self {
        let kept = resume.open_cart.is_some();
        // The numbers of a cart in another currency would be taken for amounts of this one.
        let ours = |open: &OpenCart| open.cart.document().currency == shop.currency.code();
        let open_cart = resume.open_cart.filter(ours);
        let cart_lost = resume.cart_lost || (kept && open_cart.is_none());
        let (cart, stage) = match (&resume.shift, open_cart) {
            (None, open) => (open.map(|open| open.cart), Stage::ShiftClosed),
            (
                Some(_),
                Some(OpenCart {
                    cart,
                    payments: Some(payments),
                }),
            ) => (Some(cart), Stage::Paying(payments)),
            (Some(_), open) => (open.map(|open| open.cart), Stage::Selling),
        };
        Self {
            cart: cart.unwrap_or_else(|| Cart::new(&shop)),
            identity,
            shop,
            next_shop: None,
            catalog,
            cashier: None,
            shift: resume.shift,
            stage,
            undo: VecDeque::new(),
            pending: None,
            offline_limit: None,
            touched_line: None,
            last_sale: None,
            receipts: resume.receipts,
            shifts: resume.shifts,
            waiting: VecDeque::new(),
            cart_lost,
        }
    }

    /// Takes one event and says what the world must do, in order.
    pub fn step(&mut self, now: &Zoned, event: Event) -> Vec<Effect> {
        let effects = self.take(now, event);
        self.move_to_next_shop();
        effects
    }

    fn take(&mut self, now: &Zoned, event: Event) -> Vec<Effect> {
        match event {
            Event::SignedIn(cashier) => {
                self.cashier = Some(cashier);
                let lost = std::mem::take(&mut self.cart_lost);
                lost.then_some(Effect::Show(Notice::CartLost))
                    .into_iter()
                    .collect()
            }
            Event::Locked => {
                self.cashier = None;
                self.pending = None;
                vec![]
            }
            Event::ShopChanged(shop) => {
                self.next_shop = Some(shop);
                vec![]
            }
            // What was set going before the till was locked still ends.
            Event::ShiftSaved => self.shift_saved(),
            Event::ShiftNotSaved(reason) => self.shift_not_saved(reason),
            Event::SaleCommitted => self.sale_committed(now),
            Event::SaleNotCommitted(reason) => self.sale_not_committed(reason),
            Event::CartNotSaved(reason) => vec![Effect::Show(Notice::CartNotSaved(reason))],
            event => match &self.cashier {
                None => locked(&event),
                Some(cashier) => {
                    let cashier = cashier.clone();
                    self.cashier_does(now, &cashier, event)
                }
            },
        }
    }

    /// A shop in the same currency is taken over at once. One in another currency waits until no
    /// amount of the old one is left on the counter.
    fn move_to_next_shop(&mut self) {
        let Some(next) = self.next_shop.take() else {
            return;
        };
        let idle =
            matches!(self.stage, Stage::ShiftClosed | Stage::Selling) && self.cart.is_empty();
        if next.currency == self.shop.currency {
            self.shop = next;
        } else if idle {
            self.shop = next;
            self.cart = Cart::new(&self.shop);
            self.undo.clear();
            self.pending = None;
        } else {
            self.next_shop = Some(next);
        }
    }

    fn cashier_does(&mut self, now: &Zoned, cashier: &Cashier, event: Event) -> Vec<Effect> {
        match event {
            Event::Scanned(code) => self.scanned(now, &code),
            Event::ItemChosen { item_code } => self.item_chosen(now, &item_code),
            Event::QuantityEntered { line, text } => self.quantity_entered(now, line, &text),
            Event::QuantityStepped { line, steps } => self.quantity_stepped(now, line, steps),
            Event::UomChosen { line, uom } => self.uom_chosen(now, line, &uom),
            Event::BatchChosen { line, batch_no } => self.batch_chosen(now, line, &batch_no),
            Event::SerialNosChosen { line, serial_nos } => {
                self.serial_nos_chosen(now, line, &serial_nos)
            }
            Event::PriceChanged { line, change } => {
                self.price_changed(now, cashier, line, change.as_ref())
            }
            Event::DiscountChanged(change) => self.discount_changed(now, cashier, change.as_ref()),
            Event::CouponEntered(code) => self.coupon_entered(now, code.as_deref()),
            Event::Approved { by, reason } => self.approved(now, by, &reason),
            Event::ApprovalRefused => self.approval_refused(),
            Event::PointsRedeemed(points) => self.points_redeemed(now, cashier, points),
            Event::LineRemoved { line } => self.line_removed(now, line),
            Event::CustomerChosen(name) => self.customer_chosen(now, name.as_deref()),
            Event::CartCleared => self.cart_cleared(now),
            Event::Undone => self.undone(now, cashier),
            Event::ShiftOpened { opening_amount } => {
                self.shift_opened(now, cashier, opening_amount)
            }
            Event::PaymentStarted => self.payment_started(now),
            Event::PaymentLeft => self.payment_left(),
            Event::Tendered {
                mode_of_payment,
                amount,
            } => self.tendered(now, cashier, &mode_of_payment, amount),
            Event::TenderRemoved { place } => self.tender_removed(place),
            Event::Completed => self.completed(now, cashier),
            Event::NextSale => self.next_sale(),
            // Handled in `step`, whoever is signed in.
            Event::SignedIn(_)
            | Event::Locked
            | Event::ShopChanged(_)
            | Event::ShiftSaved
            | Event::ShiftNotSaved(_)
            | Event::SaleCommitted
            | Event::SaleNotCommitted(_)
            | Event::CartNotSaved(_) => vec![],
        }
    }

    fn shift_opened(
        &mut self,
        now: &Zoned,
        cashier: &Cashier,
        opening_amount: Money,
    ) -> Vec<Effect> {
        if self.stage != Stage::ShiftClosed {
            return vec![];
        }
        if opening_amount.is_negative() {
            return vec![Effect::Show(Notice::FloatBelowZero)];
        }
        let number = self.shifts + 1;
        let modes = &self.shop.modes_of_payment;
        let float_goes_to = modes
            .iter()
            .position(|mode| mode.kind == crate::masters::ModeOfPaymentType::Cash)
            .unwrap_or(0);
        let balance_of = |(place, mode): (usize, &crate::shop::TenderMode)| OpeningBalance {
            mode_of_payment: mode.mode_of_payment.clone(),
            opening_amount: if place == float_goes_to {
                opening_amount
            } else {
                self.shop.currency.zero()
            },
        };
        let shift = Box::new(Shift {
            key: format!(
                "{}-S{number:05}-{}",
                self.identity.prefix, self.identity.installation
            ),
            number,
            cashier: cashier.clone(),
            opened_at: now.timestamp(),
            period_start_date: now.datetime(),
            company: self.shop.company.name.clone(),
            pos_profile: self.shop.profile.name.clone(),
            balance_details: modes.iter().enumerate().map(balance_of).collect(),
        });
        self.stage = Stage::OpeningShift(shift.clone());
        vec![Effect::CommitShift(shift)]
    }

    fn shift_saved(&mut self) -> Vec<Effect> {
        if let Stage::OpeningShift(shift) = &self.stage {
            self.shifts = shift.number;
            self.shift = Some((**shift).clone());
            self.stage = Stage::Selling;
        }
        vec![]
    }

    fn shift_not_saved(&mut self, reason: NotSaved) -> Vec<Effect> {
        if matches!(self.stage, Stage::OpeningShift(_)) {
            self.stage = Stage::ShiftClosed;
        }
        vec![Effect::Show(Notice::ShiftNotSaved(reason))]
    }

    fn next_receipt_number(&self) -> ReceiptNumber {
        ReceiptNumber {
            till: self.identity.prefix.clone(),
            number: self.receipts + 1,
        }
    }

    /// Where the till stands.
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// Who is signed in.
    pub fn cashier(&self) -> Option<&Cashier> {
        self.cashier.as_ref()
    }

    /// The open shift.
    pub fn shift(&self) -> Option<&Shift> {
        self.shift.as_ref()
    }

    /// The cart.
    pub fn cart(&self) -> &Cart {
        &self.cart
    }

    /// The line that was touched last, to be highlighted.
    pub fn touched_line(&self) -> Option<u32> {
        self.touched_line
    }

    /// Whether [`Event::Undone`] would change anything.
    pub fn can_undo(&self) -> bool {
        !self.undo.is_empty()
    }

    /// The last sale since the start, whose change stays on the screen for a while.
    pub fn last_sale(&self) -> Option<&Arc<Sale>> {
        self.last_sale.as_ref()
    }

    /// The shop the till sells for.
    pub fn shop(&self) -> &Arc<Shop> {
        &self.shop
    }

    /// Which till it is.
    pub fn identity(&self) -> &TillIdentity {
        &self.identity
    }
}

/// A locked till tells a scan what to do first and ignores the rest.
fn locked(event: &Event) -> Vec<Effect> {
    match event {
        Event::Scanned(_) => {
            vec![
                Effect::Sound(Sound::Refused),
                Effect::Show(Notice::SignInFirst),
            ]
        }
        _ => vec![],
    }
}

fn today(now: &Zoned) -> Date {
    now.date()
}
