//! From the screens' callbacks to the app.

use std::rc::Rc;
use std::sync::Arc;

use checkout::till::{Event, Stage};
use slint::ComponentHandle;

use super::{App, Shared};
use crate::queue::Events;
use crate::screens::pay;
use crate::ui::{self, StatusTopic, TillWindow};

use super::{counter, wedge};

/// Connects every callback of the window, and the queue, to the app. Call once the event loop can
/// take futures.
///
/// # Errors
/// When there is no event loop.
pub fn connect(
    window: &TillWindow,
    app: &Shared,
    events: Arc<Events>,
) -> Result<(), slint::EventLoopError> {
    frame(window, app);
    lock(window, app);
    open_shift(window, app);
    sell(window, app);
    line(window, app);
    whole_sale(window, app);
    variants(window, app);
    approval(window, app);
    card(window, app);
    pay(window, app);
    points(window, app);
    after(window, app);
    counter::connect(window, app);
    super::manager::connect(window, app);
    opening(window, app);
    // The event loop keeps this future for ever; the app ends with the till it belongs to.
    let receiver = Rc::downgrade(app);
    slint::spawn_local(async move {
        loop {
            let message = events.receive().await;
            let Some(app) = receiver.upgrade() else { break };
            app.borrow_mut().message(message);
        }
    })?;
    Ok(())
}

/// Runs `act` on the app. A callback that Slint makes while the app is at work is dropped: it can
/// only be an echo of what the app itself just set.
pub(super) fn on(app: &Shared, act: impl FnOnce(&mut App)) {
    if let Ok(mut app) = app.try_borrow_mut() {
        app.touched();
        act(&mut app);
    }
}

macro_rules! callbacks {
    ($app:ident, $global:ident: $($set:ident($($argument:ident),*) => |$till:ident| $act:expr;)*) => {
        $({
            // Not held: the window outlives the till, which ends when a new sheet is scanned.
            let shared = std::rc::Rc::downgrade($app);
            $global.$set(move |$($argument),*| {
                if let Some(shared) = shared.upgrade() {
                    $crate::app::fingers::on(&shared, |$till| { $act; });
                }
            });
        })*
    };
}
pub(super) use callbacks;

fn frame(window: &TillWindow, app: &Shared) {
    let frame = window.global::<ui::Till>();
    crate::keys::install(window);
    wedge::listen(window, app);
    callbacks!(app, frame:
        on_touched() => |till| till.touched();
        on_lock() => |till| till.lock_till();
        on_show_sales() => |till| till.open_sales();
        on_back() => |till| till.close_sales();
        on_show_manager() => |till| till.manager_asked();
    );
    let bar = window.global::<ui::StatusBar>();
    callbacks!(app, bar:
        on_action(topic) => |till| match topic {
            StatusTopic::Network | StatusTopic::Unsent => till.try_again(),
            _ => {}
        };
    );
    let notice = window.global::<ui::Notice>();
    callbacks!(app, notice:
        on_dismissed() => |till| till.dismiss_notice();
        on_acted() => |till| till.question_print();
        on_other_acted() => |till| till.question_done();
    );
}

fn lock(window: &TillWindow, app: &Shared) {
    let lock = window.global::<ui::Lock>();
    callbacks!(app, lock:
        on_cashier_chosen(place) => |till| till.cashier_chosen(usize::try_from(place).unwrap_or_default());
        on_pin_digit(digit) => |till| till.pin_digit(&digit);
        on_pin_erase() => |till| till.pin_erase();
        on_pin_entered() => |till| till.pin_entered();
        on_new_sheet() => |till| till.sheet_for_pins();
    );
}

fn open_shift(window: &TillWindow, app: &Shared) {
    let screen = window.global::<ui::Shift>();
    callbacks!(app, screen:
        on_float_edited(_entry) => |till| till.refresh();
        on_method_changed(_by_denomination) => |till| till.refresh();
        on_denomination_step(place, step) => |till| till.count_denomination(place, step);
        on_open() => |till| till.open_shift();
        on_show_last_report() => |till| till.last_z_report();
    );
}

fn sell(window: &TillWindow, app: &Shared) {
    let sell = window.global::<ui::Sell>();
    callbacks!(app, sell:
        on_tile_pressed(item_code) => |till| till.tile_pressed(&item_code);
        on_group_chosen(key) => |till| till.group_chosen(&key);
        on_search_edited(text) => |till| till.search_edited(&text);
        on_search_accepted(text) => |till| till.search_accepted(&text);
        on_line_selected(place) => |till| till.line_selected(place);
        on_line_step(place, step) => |till| till.line_step(place, step);
        on_line_quantity(place, quantity) => |till| till.line_quantity(place, &quantity);
        on_line_removed(place) => |till| till.line_removed(place);
        on_undo() => |till| till.undo();
        on_reduction_removed(place) => |till| till.reduction_removed(place);
        on_cart_cleared() => |till| till.clear_cart();
        on_customer_pressed() => |till| till.customer_pressed();
        on_pay() => |till| till.start_payment();
    );
}

fn line(window: &TillWindow, app: &Shared) {
    let line = window.global::<ui::Line>();
    callbacks!(app, line:
        on_section_chosen(_section) => |till| till.refresh();
        on_price_edited(_way, _entry) => |till| till.refresh();
        on_price_set(way, entry) => |till| till.price_set(way, &entry);
        on_price_reset() => |till| till.price_reset();
        on_unit_chosen(place) => |till| till.unit_chosen(place);
        on_batch_chosen(place) => |till| till.batch_chosen(place);
        on_serial_toggled(place) => |till| till.serial_toggled(place);
        on_serial_entered(text) => |till| till.serial_entered(&text);
        on_weight_taken(action) => |till| till.weight_taken(&action);
        on_scale_zeroed() => |till| till.scale_zeroed();
        on_tare_taken() => |till| till.tare_taken();
        on_tare_cleared() => |till| till.tare_cleared();
    );
}

fn whole_sale(window: &TillWindow, app: &Shared) {
    let sheet = window.global::<ui::WholeSale>();
    callbacks!(app, sheet:
        on_opened() => |till| till.whole_sale_opened();
        on_closed() => |till| till.whole_sale_closed();
        on_edited(_way, _entry) => |till| till.refresh();
        on_discount_set(way, entry) => |till| till.discount_set(way, &entry);
        on_discount_removed() => |till| till.discount_removed();
        on_coupon_entered(text) => |till| till.coupon_entered(&text);
        on_coupon_removed() => |till| till.coupon_removed();
    );
}

fn variants(window: &TillWindow, app: &Shared) {
    let sheet = window.global::<ui::Variants>();
    callbacks!(app, sheet:
        on_value_chosen(attribute, value) => |till| till.variant_value(attribute, value);
        on_add() => |till| till.variant_added();
        on_closed() => |till| till.variants_closed();
    );
}

fn card(window: &TillWindow, app: &Shared) {
    let sheet = window.global::<ui::CardPay>();
    callbacks!(app, sheet:
        on_cancelled() => |till| till.card_cancelled();
        on_confirmed(approved) => |till| till.card_answered(approved);
        on_asked() => |till| till.card_asked_again();
    );
}

fn approval(window: &TillWindow, app: &Shared) {
    let sheet = window.global::<ui::Approval>();
    callbacks!(app, sheet:
        on_manager_chosen(place) => |till| till.manager_chosen(place);
        on_pin_digit(digit) => |till| till.approval_digit(&digit);
        on_pin_erase() => |till| till.approval_erase();
        on_reason_edited(reason) => |till| till.approval_reason(&reason);
        on_approved() => |till| till.approve();
        on_cancelled() => |till| till.approval_cancelled();
    );
}

fn opening(window: &TillWindow, app: &Shared) {
    let enrol = window.global::<ui::Enrol>();
    callbacks!(app, enrol:
        on_start() => |till| till.start_selling();
        on_person_chosen(place) => |till| till.first_person_chosen(place);
        on_name_edited() => |till| till.refresh();
        on_named() => |till| till.first_person_named();
        on_finished() => |till| till.first_people_done();
    );
}

fn points(window: &TillWindow, app: &Shared) {
    let sheet = window.global::<ui::Points>();
    callbacks!(app, sheet:
        on_opened() => |till| till.points_opened();
        on_edited(_entry) => |till| till.refresh();
        on_redeemed(entry) => |till| till.points_redeemed(&entry);
        on_closed() => |till| till.points_closed();
    );
}

fn pay(window: &TillWindow, app: &Shared) {
    let pay = window.global::<ui::Pay>();
    callbacks!(app, pay:
        on_entry_edited(_entry) => |till| till.refresh();
        on_tender(mode, amount) => |till| till.tender(&mode, &amount);
        on_exact(mode) => |till| till.tender(&mode, "");
        on_tender_removed(place) => |till| till.tender_removed(place);
        on_complete() => |till| till.step(Event::Completed);
        on_cancelled() => |till| till.step(Event::PaymentLeft);
    );
}

fn after(window: &TillWindow, app: &Shared) {
    let done = window.global::<ui::Done>();
    callbacks!(app, done:
        on_next_sale() => |till| till.step(Event::NextSale);
        on_reprint(number) => |till| till.reprint_done(&number);
    );
    let sales = window.global::<ui::Sales>();
    callbacks!(app, sales:
        on_chosen(place) => |till| till.sale_chosen(place);
        on_search_edited(text) => |till| till.sales_search_edited(&text);
        on_reprint(number) => |till| till.reprint(&number);
        on_send_again(number) => |till| till.send_again(&number);
        on_related_chosen(number) => |till| till.related_sale_chosen(&number);
        on_return_goods(number) => |till| till.return_of(&number);
        on_return_without_receipt() => |till| till.return_without_receipt();
    );
}

impl App {
    pub(super) fn try_again(&mut self) {
        if let Some(sync) = &self.sync {
            sync.try_again();
        }
    }

    fn dismiss_notice(&mut self) {
        if self.notice.take().is_none() {
            self.dismiss_drawer_notice();
        }
        self.refresh();
    }

    fn count_denomination(&mut self, place: i32, step: i32) {
        if let Ok(place) = usize::try_from(place) {
            self.shift_screen.count(place, step);
        }
        self.refresh();
    }

    fn open_shift(&mut self) {
        let (Some(window), Some(till)) = (self.window.upgrade(), &self.till) else {
            return;
        };
        if let Some(opening_amount) = self.shift_screen.show(&window, till.shop()) {
            self.step(Event::ShiftOpened { opening_amount });
        }
    }

    fn start_payment(&mut self) {
        if let Some(window) = self.window.upgrade() {
            window.global::<ui::Pay>().set_entry("".into());
        }
        self.selling.close_sheets();
        if self.is_collecting() {
            self.take_back();
        } else if self.reason_is_missing() {
            self.ask_for_reason();
        } else {
            self.step(Event::PaymentStarted);
        }
    }

    pub(super) fn clear_pay_entry(&self) {
        if let Some(window) = self.window.upgrade() {
            window.global::<ui::Pay>().set_entry("".into());
        }
    }

    fn tender(&mut self, mode_of_payment: &str, typed: &str) {
        let (Some(window), Some(till)) = (self.window.upgrade(), &self.till) else {
            return;
        };
        let amount = match typed.trim() {
            "" => None,
            typed => match checkout::money::Money::parse(typed, till.shop().currency) {
                Ok(amount) => Some(amount),
                Err(_) => {
                    let remaining = match till.stage() {
                        Stage::Paying(payments) => payments.remaining(),
                        Stage::Refunding(refund) => refund.remaining(),
                        _ => return,
                    };
                    pay::show_entry(&window, till, remaining);
                    return;
                }
            },
        };
        window.global::<ui::Pay>().set_entry("".into());
        self.step(Event::Tendered {
            mode_of_payment: mode_of_payment.to_owned(),
            amount,
        });
    }
}
