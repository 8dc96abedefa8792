//! From the callbacks of the screens besides selling to the app.

use slint::ComponentHandle;

use super::super::Shared;
use super::super::fingers::callbacks;
use crate::ui::{self, TillWindow};

/// Connects the callbacks of these screens to the app.
pub(in crate::app) fn connect(window: &TillWindow, app: &Shared) {
    menu(window, app);
    drawer(window, app);
    closing(window, app);
    returns(window, app);
}

fn menu(window: &TillWindow, app: &Shared) {
    let menu = window.global::<ui::Menu>();
    callbacks!(app, menu:
        on_opened() => |till| till.menu_opened();
        on_closed() => |till| till.menu_closed();
        on_chosen(action) => |till| till.menu_chosen(action);
    );
    let customer = window.global::<ui::NewCustomer>();
    callbacks!(app, customer:
        on_edited() => |till| till.new_customer_edited();
        on_group_chosen(group) => |till| till.new_customer_group(&group);
        on_saved() => |till| till.new_customer_saved();
        on_closed() => |till| till.new_customer_closed();
    );
}

fn drawer(window: &TillWindow, app: &Shared) {
    let cash = window.global::<ui::Cash>();
    callbacks!(app, cash:
        on_way_chosen(way) => |till| till.cash_way_chosen(way);
        on_edited(_entry) => |till| till.cash_edited();
        on_reason_edited(_reason) => |till| till.cash_edited();
        on_confirmed() => |till| till.cash_confirmed();
        on_reprint() => |till| till.slip_again();
        on_closed() => |till| till.cash_closed();
    );
    let report = window.global::<ui::Report>();
    callbacks!(app, report:
        on_print() => |till| till.report_print();
        on_closed() => |till| till.report_closed();
    );
}

fn closing(window: &TillWindow, app: &Shared) {
    let close = window.global::<ui::CloseShift>();
    callbacks!(app, close:
        on_mode_chosen(place) => |till| till.count_mode_chosen(place);
        on_method_changed(by_denomination) => |till| till.count_method_changed(by_denomination);
        on_row_chosen(row) => |till| till.count_row_chosen(row);
        on_edited(entry) => |till| till.count_edited(&entry);
        on_row_step(step) => |till| till.count_step(step);
        on_go_on() => |till| till.count_go_on();
        on_recount() => |till| till.recount();
        on_confirmed() => |till| till.closing_confirmed();
        on_left() => |till| till.count_left();
    );
}

fn returns(window: &TillWindow, app: &Shared) {
    let page = window.global::<ui::Return>();
    callbacks!(app, page:
        on_line_step(place, step) => |till| till.return_line_step(place, step);
        on_all() => |till| till.return_all();
        on_serials_opened(place) => |till| till.return_serials_opened(place);
        on_serial_toggled(place) => |till| till.return_serial_toggled(place);
        on_serials_closed() => |till| till.return_serials_closed();
        on_reason_opened() => |till| till.return_reason_opened();
        on_reason_closed() => |till| till.return_reason_closed();
        on_reason_edited(reason) => |till| till.return_reason_edited(&reason);
        on_refund() => |till| till.return_refund();
        on_exchange() => |till| till.return_exchange();
        on_left() => |till| till.return_page_left();
    );
    let block = window.global::<ui::Exchange>();
    callbacks!(app, block:
        on_opened() => |till| till.return_opened();
        on_removed() => |till| till.return_removed();
    );
}
