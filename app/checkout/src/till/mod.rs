//! The till's state machine: everything a cashier and a scanner can do to one till.
//!
//! [`Till::step`] takes the time and one [`Event`] and answers with [`Effect`]s for the world to
//! carry out, in order. Results come back only as events. The same events, times and catalog give
//! the same effects.

mod effect;
mod event;
mod policy;
mod stage;

mod approving;

mod drawer;
mod shifts;

mod changing;
mod coupons;
mod customers;
mod preview;
mod selling;

mod card;
mod paying;
mod points;

mod receipts;
mod returning;
mod settling;

pub use effect::{Effect, Notice, OpenCart, Sound};
pub use event::{Event, NotSaved};
pub use points::CustomerPoints;
pub use policy::Policy;
pub use preview::{DiscountPreview, PricePreview};
pub use stage::{Resume, ReturnCommit, Returned, Settled, Stage, TillIdentity};

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use jiff::Zoned;
use jiff::civil::Date;
use rust_decimal::Decimal;

use approving::Pending;
use drawer::Saving;

use crate::card::{CardPhase, CardStep, LastAtTerminal};
use crate::cart::Cart;
use crate::catalog::Catalog;
use crate::money::Currency;
use crate::receipt::ReceiptKey;
use crate::returns::OpenReturn;
use crate::sale::{ReceiptNumber, Sale};
use crate::shift::{Cashier, Shift, ShiftClosing, ShiftTotals};
use crate::shop::Shop;

/// The steps back that a cart remembers.
const UNDO_DEPTH: usize = 20;

/// A till.
pub struct Till {
    identity: TillIdentity,
    shop: Arc<Shop>,
    next_shop: Option<Arc<Shop>>,
    catalog: Box<dyn Catalog>,
    cashier: Option<Cashier>,
    shift: Option<Shift>,
    totals: Option<ShiftTotals>,
    last_closing: Option<Arc<ShiftClosing>>,
    /// How often the shift was counted and left open.
    counts_left: u32,
    stage: Stage,
    cart: Cart,
    returning: Option<OpenReturn>,
    undo: VecDeque<(Cart, Option<OpenReturn>)>,
    pending: Option<Pending>,
    saving: Option<Saving>,
    policy: Policy,
    receipt_key: Option<ReceiptKey>,
    offline_limit: Option<Decimal>,
    touched_line: Option<u32>,
    last_sale: Option<Arc<Sale>>,
    receipts: u64,
    shifts: u64,
    cash_movements: u64,
    drawer_openings: u64,
    customers: u64,
    cards: u64,
    card: Option<CardStep>,
    /// What is told of the card payment as soon as its outcome is durable.
    card_told: Vec<Effect>,
    terminal_modes: BTreeSet<String>,
    last_at_terminal: LastAtTerminal,
    waiting: VecDeque<String>,
    /// How many found no place there.
    scans_lost: usize,
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
        let (cart, returning, stage) = match open_cart {
            None => (None, None, Stage::Selling),
            Some(open) => {
                let stage = match (open.payments, open.refund) {
                    (Some(payments), _) => Stage::Paying(payments),
                    (None, Some(refund)) => Stage::Refunding(refund),
                    (None, None) => Stage::Selling,
                };
                (Some(open.cart), open.returning, stage)
            }
        };
        let totals = match (&resume.shift, resume.totals) {
            (Some(shift), None) => Some(ShiftTotals::of(shift)),
            (_, totals) => totals,
        };
        Self {
            cart: cart.unwrap_or_else(|| Cart::new(&shop)),
            identity,
            shop,
            next_shop: None,
            catalog,
            cashier: None,
            stage: if resume.shift.is_some() {
                stage
            } else {
                Stage::ShiftClosed
            },
            shift: resume.shift,
            totals,
            last_closing: None,
            counts_left: resume.counts,
            returning,
            undo: VecDeque::new(),
            pending: None,
            saving: None,
            policy: Policy::default(),
            receipt_key: None,
            offline_limit: None,
            touched_line: None,
            last_sale: None,
            receipts: resume.receipts,
            shifts: resume.shifts,
            cash_movements: resume.cash_movements,
            drawer_openings: resume.drawer_openings,
            customers: resume.customers,
            cards: resume.cards,
            card: resume.card.map(|intent| CardStep {
                intent,
                phase: CardPhase::Kept,
            }),
            card_told: vec![],
            terminal_modes: BTreeSet::new(),
            last_at_terminal: LastAtTerminal::default(),
            waiting: VecDeque::new(),
            scans_lost: 0,
            cart_lost,
        }
    }

    /// Tells the till what needs a manager.
    pub fn set_policy(&mut self, policy: Policy) {
        self.policy = policy;
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
            Event::ReceiptsBeginAbove(number) => {
                self.receipts = self.receipts.max(number);
                vec![]
            }
            // What was set going before the till was locked still ends.
            Event::ShiftSaved => self.shift_saved(),
            Event::ShiftNotSaved(reason) => self.shift_not_saved(reason),
            Event::ClosingSaved { journal } => self.closing_saved(journal),
            Event::ClosingNotSaved(reason) => self.closing_not_saved(reason),
            Event::CashMovementSaved => self.cash_movement_saved(),
            Event::DrawerOpeningSaved => self.drawer_opening_saved(),
            Event::CustomerSaved => self.customer_saved(now),
            Event::NotSaved(reason) => self.not_saved(reason),
            Event::SaleCommitted => self.sale_committed(now),
            Event::SaleNotCommitted(reason) => self.sale_not_committed(reason),
            Event::CartNotSaved(reason) => vec![Effect::Show(Notice::CartNotSaved(reason))],
            Event::TerminalTold(last) => self.terminal_told(last),
            Event::TerminalReady => self.terminal_ready(),
            Event::CardSaved => self.card_saved(now),
            Event::CardNotSaved(reason) => self.card_not_saved(now, reason),
            Event::CardEnded { reference, outcome } => self.card_ended(now, &reference, outcome),
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
        let idle = matches!(self.stage, Stage::ShiftClosed | Stage::Selling)
            && self.cart.is_empty()
            && self.returning.is_none();
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
            Event::CustomerEntered(form) => self.customer_entered(now, cashier, &form),
            Event::CartCleared => self.cart_cleared(now, cashier),
            Event::Undone => self.undone(now, cashier),
            Event::ShiftOpened { opening_amount } => {
                self.shift_opened(now, cashier, opening_amount)
            }
            Event::CashMoved {
                direction,
                amount,
                reason,
            } => self.cash_moved(now, cashier, direction, amount, &reason),
            Event::DrawerOpened { reason } => self.drawer_opened(now, cashier, &reason),
            Event::ReportAsked => self.report_asked(now, cashier),
            Event::ShiftCounted(counts) => self.shift_counted(now, cashier, counts),
            Event::CountLeft => self.count_left(),
            Event::ShiftClosingConfirmed => self.closing_confirmed(now, cashier),
            Event::ReturnStarted(source) => self.return_started(now, source),
            Event::ReturnWithoutReceipt => self.return_without_receipt(cashier),
            Event::ReturnLineSet { row, qty } => self.return_line_set(row, qty),
            Event::ReturnSerialNosChosen { row, serial_nos } => {
                self.return_serial_nos(row, &serial_nos)
            }
            Event::ReturnAll => self.return_all(),
            Event::ReturnReason(reason) => self.return_reason(&reason),
            Event::ReturnLeft => self.return_left(),
            Event::PaymentStarted => self.payment_started(now, cashier),
            Event::PaymentLeft => self.payment_left(),
            Event::Tendered {
                mode_of_payment,
                amount,
            } => self.tendered(now, cashier, &mode_of_payment, amount),
            Event::TenderRemoved { place } => self.tender_removed(now, cashier, place),
            Event::CardConfirmed { approved } => self.card_confirmed(cashier, approved),
            Event::Completed => self.completed(now, cashier),
            Event::NextSale => self.next_sale(),
            // Handled in `step`, whoever is signed in.
            Event::SignedIn(_)
            | Event::Locked
            | Event::ReceiptsBeginAbove(_)
            | Event::ShopChanged(_)
            | Event::ShiftSaved
            | Event::ShiftNotSaved(_)
            | Event::ClosingSaved { .. }
            | Event::ClosingNotSaved(_)
            | Event::CashMovementSaved
            | Event::DrawerOpeningSaved
            | Event::CustomerSaved
            | Event::NotSaved(_)
            | Event::SaleCommitted
            | Event::SaleNotCommitted(_)
            | Event::CartNotSaved(_)
            | Event::TerminalTold(_)
            | Event::TerminalReady
            | Event::CardSaved
            | Event::CardNotSaved(_)
            | Event::CardEnded { .. } => vec![],
        }
    }

    /// Whether the cart can be filled.
    fn at_counter(&self) -> bool {
        matches!(
            self.stage,
            Stage::Selling | Stage::Done(_) | Stage::Returned(_)
        )
    }

    fn shift_currency(&self) -> Option<Currency> {
        self.totals.as_ref().map(ShiftTotals::currency)
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
