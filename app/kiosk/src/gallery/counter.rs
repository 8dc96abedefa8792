//! The pictures of what is done at the counter besides selling: the menu, cash in and out,
//! reports, the end of a shift, returns, exchanges and new customers.

use slint::{ComponentHandle, SharedString};

use super::scenes::{Fill, disk_full, model, pay, sales_detail, sell};
use super::sheets::approval;
use super::shop::{self, row};
use super::takings;
use crate::headless::Headless;
use crate::ui::{
    Approval, Cash, CashWay, CloseShift, CounterAction, Done, Exchange, Level, Menu, MenuEntry,
    NewCustomer, Notice, Pay, Report, Return, Sales, ScreenName, Sell, Till, TillWindow,
};

/// These scenes by the names of their pictures.
pub const ALL: [(&str, Fill); 35] = [
    ("sell-menu", menu),
    ("sales-menu", menu_on_sales),
    ("cash-out", cash_out),
    ("cash-refused", cash_refused),
    ("cash-typed", cash_typed),
    ("cash-drawer", cash_drawer),
    ("cash-approval", cash_approval),
    ("cash-kept", cash_kept),
    ("cash-kept-paper", cash_kept_paper),
    ("close-count", close_count),
    ("close-sum", close_sum),
    ("close-card", close_card),
    ("close-counted", close_counted),
    ("close-approval", close_approval),
    ("report-x", report_x),
    ("report-z", report_z),
    ("report-z-paper", report_z_paper),
    ("return", goods_return),
    ("return-begun", return_begun),
    ("return-reason", return_reason),
    ("return-reason-typed", return_reason_typed),
    ("return-serials", return_serials),
    ("return-approval", return_approval),
    ("sell-exchange", exchange),
    ("sell-exchange-back", exchange_back),
    ("sell-collecting", collecting),
    ("pay-refund", pay_refund),
    ("done-refund", done_refund),
    ("done-exchange", done_exchange),
    ("sales-returned", sales_returned),
    ("sales-for-return", sales_for_return),
    ("sales-search", sales_search),
    ("sell-customer", customer),
    ("sell-customer-refused", customer_refused),
    ("sell-customer-typed", customer_typed),
];

fn words(texts: &[&str]) -> slint::ModelRc<SharedString> {
    model(texts.iter().map(|text| SharedString::from(*text)).collect())
}

pub fn entries() -> Vec<MenuEntry> {
    let entry = |action, label: &str, detail: &str| MenuEntry {
        action,
        label: label.into(),
        detail: detail.into(),
        enabled: true,
    };
    vec![
        entry(
            CounterAction::GoodsReturn,
            "Return",
            "Money back, or an exchange",
        ),
        entry(
            CounterAction::NewCustomer,
            "New customer",
            "A name is enough",
        ),
        entry(CounterAction::CashIn, "Cash in", "Change, a float"),
        entry(CounterAction::CashOut, "Cash out", "The bank, a bill"),
        entry(CounterAction::OpenDrawer, "Open drawer", "Without a sale"),
        entry(CounterAction::XReport, "X report", "The shift so far"),
        MenuEntry {
            enabled: false,
            ..entry(
                CounterAction::CloseShift,
                "Close shift",
                "Something is in the cart. Sell it or empty the cart first.",
            )
        },
    ]
}

fn menu(screen: &Headless, window: &TillWindow) {
    sell(screen, window);
    let menu = window.global::<Menu>();
    menu.set_focused(2);
    menu.set_shown(true);
}

fn menu_on_sales(screen: &Headless, window: &TillWindow) {
    sales_detail(screen, window);
    let menu = window.global::<Menu>();
    menu.set_shown(true);
}

pub(super) fn cash_out(_: &Headless, window: &TillWindow) {
    window.global::<Till>().set_screen(ScreenName::Cash);
    let cash = window.global::<Cash>();
    cash.set_way(CashWay::CashOut);
    cash.set_entry("50".into());
    cash.set_amount("$50.00".into());
    cash.set_reasons(words(&[
        "To the bank",
        "To the safe",
        "Supplier paid",
        "Postage",
        "Cleaning",
        "Wages advance",
    ]));
    cash.set_reason("To the bank".into());
    cash.set_can_confirm(true);
}

fn cash_refused(screen: &Headless, window: &TillWindow) {
    cash_out(screen, window);
    disk_full(window);
    let cash = window.global::<Cash>();
    cash.set_entry("1250".into());
    cash.set_amount("$1,250.00".into());
    cash.set_reason("".into());
    cash.set_can_confirm(false);
    cash.set_level(Level::Warning);
    cash.set_sentence("Choose or type a reason.".into());
}

fn cash_typed(screen: &Headless, window: &TillWindow) {
    cash_out(screen, window);
    screen.paint();
    drop(screen.tap_named(window, "Another reason"));
}

fn cash_drawer(screen: &Headless, window: &TillWindow) {
    cash_out(screen, window);
    let cash = window.global::<Cash>();
    cash.set_way(CashWay::Drawer);
    cash.set_entry("".into());
    cash.set_amount("".into());
    cash.set_reasons(words(&["Change wanted", "Sorting the drawer", "Key stuck"]));
    cash.set_reason("Change wanted".into());
}

fn cash_approval(screen: &Headless, window: &TillWindow) {
    cash_out(screen, window);
    let subject = |window: &TillWindow| {
        let sheet = window.global::<Approval>();
        sheet.set_subject("Cash out".into());
        sheet.set_change("$50.00, To the bank".into());
        sheet.set_cap("Cash taken out of the drawer needs a manager's PIN.".into());
        sheet.set_reason_given(true);
    };
    approval(screen, window);
    window.global::<Till>().set_screen(ScreenName::Cash);
    subject(window);
}

fn cash_kept(screen: &Headless, window: &TillWindow) {
    cash_out(screen, window);
    let cash = window.global::<Cash>();
    cash.set_kept(true);
    cash.set_done_title("$50.00".into());
    cash.set_done_detail("To the bank".into());
    cash.set_slip_level(Level::Good);
    cash.set_slip_sentence("Slip printed".into());
    cash.set_can_reprint(true);
}

fn cash_kept_paper(screen: &Headless, window: &TillWindow) {
    cash_kept(screen, window);
    let cash = window.global::<Cash>();
    cash.set_slip_level(Level::Bad);
    cash.set_slip_sentence("Receipt printer: out of paper".into());
    cash.set_slip_remedy("Put in a new roll; the slip prints by itself.".into());
    cash.set_can_reprint(false);
}

fn close_count(_: &Headless, window: &TillWindow) {
    window.global::<Till>().set_screen(ScreenName::CloseShift);
    let close = window.global::<CloseShift>();
    close.set_title("Close shift 14".into());
    close.set_modes(model(takings::modes(1)));
    close.set_chosen(0);
    close.set_has_denominations(true);
    close.set_by_denomination(true);
    close.set_denominations(model(shop::denominations()));
    close.set_row(3);
    close.set_amount("$254.30".into());
    close.set_next_mode("Credit Card".into());
    close.set_can_go_on(true);
    close.set_note("3 documents wait to be sent to ERPNext. They are sent by themselves.".into());
}

fn close_sum(screen: &Headless, window: &TillWindow) {
    close_count(screen, window);
    let close = window.global::<CloseShift>();
    close.set_by_denomination(false);
    close.set_hint("Type how much cash is in the drawer, the float included.".into());
    close.set_entry("254.3.".into());
    close.set_amount("".into());
    close.set_modes(model(takings::modes(0)));
    close.set_can_go_on(false);
    close.set_level(Level::Warning);
    close.set_sentence("This is not an amount of money. Correct it to go on.".into());
}

fn close_card(screen: &Headless, window: &TillWindow) {
    close_count(screen, window);
    let close = window.global::<CloseShift>();
    close.set_chosen(2);
    close.set_has_denominations(false);
    close.set_by_denomination(false);
    close.set_modes(model(takings::modes(3)));
    close.set_hint("Type what Gift Voucher came to: the sum of its slips.".into());
    close.set_entry("45".into());
    close.set_amount("$45.00".into());
    close.set_last(true);
}

fn close_counted(screen: &Headless, window: &TillWindow) {
    close_count(screen, window);
    let close = window.global::<CloseShift>();
    close.set_counted(true);
    close.set_modes(model(takings::compared()));
    close.set_headline("$2.00 short".into());
    close.set_headline_level(Level::Warning);
    close.set_recounts("Counted twice".into());
    close.set_level(Level::Warning);
    close.set_sentence("Closing cannot be undone.".into());
    close.set_report(model(takings::z_report()));
}

fn close_approval(screen: &Headless, window: &TillWindow) {
    close_counted(screen, window);
    approval(screen, window);
    window.global::<Till>().set_screen(ScreenName::CloseShift);
    let sheet = window.global::<Approval>();
    sheet.set_subject("Close shift 14".into());
    sheet.set_change("$2.00 short".into());
    sheet.set_cap("Without a manager at most 1.00 may differ.".into());
}

fn report_x(_: &Headless, window: &TillWindow) {
    window.global::<Till>().set_screen(ScreenName::Report);
    let report = window.global::<Report>();
    report.set_title("X report".into());
    report.set_detail("Shift 14 so far".into());
    report.set_lines(model(takings::x_report()));
}

fn report_z(screen: &Headless, window: &TillWindow) {
    report_x(screen, window);
    window.global::<Till>().set_shift("".into());
    let report = window.global::<Report>();
    report.set_title("Shift 14 is closed".into());
    report.set_detail("Z report 14".into());
    report.set_lines(model(takings::z_report()));
    report.set_shift_closed(true);
    report.set_printed(true);
    report.set_level(Level::Good);
    report.set_sentence("Z report printed".into());
    report.set_note("3 documents wait to be sent to ERPNext. They are sent by themselves.".into());
}

fn report_z_paper(screen: &Headless, window: &TillWindow) {
    report_z(screen, window);
    let report = window.global::<Report>();
    report.set_printed(false);
    report.set_can_print(false);
    report.set_level(Level::Bad);
    report.set_sentence("Receipt printer: out of paper".into());
    report.set_remedy("Put in a new roll; the report prints by itself.".into());
}

fn goods_return(_: &Headless, window: &TillWindow) {
    window.global::<Till>().set_screen(ScreenName::GoodsReturn);
    let page = window.global::<Return>();
    page.set_title("Return of C1-000012".into());
    page.set_heading("23 Nov 2026 14:02, Maya, Walk-in customer".into());
    page.set_lines(model(takings::returned()));
    page.set_at(0);
    page.set_can_all(true);
    page.set_totals(model(vec![
        row("Goods", "−20.49"),
        row("Sales Tax 8.25 %", "−1.69"),
    ]));
    page.set_total("$22.18".into());
    page.set_reasons(words(&[
        "Damaged",
        "Does not fit",
        "Not liked",
        "Wrong item",
        "Bought twice",
        "Gift",
    ]));
    page.set_reason("Not liked".into());
    page.set_can_refund(true);
    page.set_can_exchange(true);
}

fn return_begun(screen: &Headless, window: &TillWindow) {
    goods_return(screen, window);
    let page = window.global::<Return>();
    page.set_lines(model(takings::nothing_chosen()));
    page.set_totals(slint::ModelRc::default());
    page.set_total("$0.00".into());
    page.set_reason("".into());
    page.set_can_refund(false);
    page.set_can_exchange(false);
    page.set_sentence("Choose what comes back.".into());
    disk_full(window);
}

fn return_reason(screen: &Headless, window: &TillWindow) {
    goods_return(screen, window);
    window.global::<Return>().set_choosing_reason(true);
}

fn return_reason_typed(screen: &Headless, window: &TillWindow) {
    return_reason(screen, window);
    screen.paint();
    drop(screen.tap_named(window, "Another reason"));
}

fn return_serials(screen: &Headless, window: &TillWindow) {
    goods_return(screen, window);
    let page = window.global::<Return>();
    page.set_serials_of(3);
    page.set_serials_count("1 of 2 comes back".into());
    page.set_serials(model(takings::pieces()));
}

fn return_approval(screen: &Headless, window: &TillWindow) {
    goods_return(screen, window);
    approval(screen, window);
    window.global::<Till>().set_screen(ScreenName::GoodsReturn);
    let sheet = window.global::<Approval>();
    sheet.set_subject("Return without receipt".into());
    sheet.set_change("$22.18 by Cash".into());
    sheet.set_cap("Without the receipt a manager has to allow it.".into());
}

fn exchange(screen: &Headless, window: &TillWindow) {
    sell(screen, window);
    let exchange = window.global::<Exchange>();
    exchange.set_title("Coming back · C1-000012".into());
    exchange.set_lines(model(takings::coming_back()));
    exchange.set_total("−22.18".into());
    let sell = window.global::<Sell>();
    sell.set_total("21.02".into());
    sell.set_pay_amount("$21.02".into());
}

fn exchange_back(screen: &Headless, window: &TillWindow) {
    exchange(screen, window);
    let sell = window.global::<Sell>();
    sell.set_lines(model(shop::cart().into_iter().take(1).collect()));
    sell.set_latest(0);
    sell.set_total("4.88".into());
    sell.set_pay_amount("$4.88".into());
    window.global::<Exchange>().set_gives_back(true);
}

fn collecting(screen: &Headless, window: &TillWindow) {
    sell(screen, window);
    let exchange = window.global::<Exchange>();
    exchange.set_collecting(true);
    exchange.set_title("Coming back without a receipt: scan or tap it".into());
}

fn pay_refund(screen: &Headless, window: &TillWindow) {
    pay(screen, window);
    let pay = window.global::<Pay>();
    pay.set_refund(true);
    pay.set_due("$22.18".into());
    pay.set_remaining("$22.18".into());
    pay.set_amount("$22.18".into());
    pay.set_notes(slint::ModelRc::default());
    pay.set_exact_amount("$22.18".into());
}

fn done_refund(_: &Headless, window: &TillWindow) {
    window.global::<Till>().set_screen(ScreenName::Done);
    let done = window.global::<Done>();
    done.set_refund("$22.18".into());
    done.set_refund_tender("Cash".into());
    done.set_total("−$22.18".into());
    done.set_receipt_number("C1-000124".into());
    done.set_tenders(model(vec![row("Cash", "−$22.18")]));
    done.set_receipt_level(Level::Good);
    done.set_receipt_sentence("Receipt printed".into());
}

fn done_exchange(screen: &Headless, window: &TillWindow) {
    done_refund(screen, window);
    let done = window.global::<Done>();
    done.set_refund("".into());
    done.set_other_receipt("C1-000123".into());
    done.set_change("$3.98".into());
    done.set_total("$21.02".into());
    done.set_tenders(model(vec![
        row("Coming back", "−$22.18"),
        row("Bought", "$43.20"),
        row("Cash", "$25.00"),
        row("Change", "$3.98"),
    ]));
}

fn sales_returned(screen: &Headless, window: &TillWindow) {
    sales_detail(screen, window);
    let sales = window.global::<Sales>();
    sales.set_sentence("".into());
    sales.set_remedy("".into());
    sales.set_can_send_again(false);
    sales.set_can_return(true);
    sales.set_related(model(takings::related()));
}

fn sales_for_return(screen: &Headless, window: &TillWindow) {
    sales_returned(screen, window);
    window.global::<Sales>().set_for_return(true);
    window.global::<Sales>().set_search("salt".into());
    let notice = window.global::<Notice>();
    notice.set_shown(true);
    notice.set_level(Level::Bad);
    notice.set_title("Not a receipt of this shop.".into());
    notice.set_remedy("Look at its head; without a receipt a manager has to allow it.".into());
}

fn sales_search(screen: &Headless, window: &TillWindow) {
    sales_returned(screen, window);
    window.global::<Sales>().set_search("salt".into());
    screen.paint();
    drop(screen.tap_named(window, "Search sales"));
}

fn customer(screen: &Headless, window: &TillWindow) {
    sell(screen, window);
    let sheet = window.global::<NewCustomer>();
    sheet.set_shown(true);
    sheet.set_name("Grace Hopper".into());
    sheet.set_mobile("+1 207 555 0199".into());
    sheet.set_email("grace@example.com".into());
    sheet.set_groups(words(&[
        "Commercial",
        "Government",
        "Individual",
        "Non Profit",
        "Wholesale",
    ]));
    sheet.set_group("Individual".into());
    sheet.set_can_save(true);
}

fn customer_refused(screen: &Headless, window: &TillWindow) {
    customer(screen, window);
    let sheet = window.global::<NewCustomer>();
    sheet.set_email("grace.example.com".into());
    sheet.set_can_save(false);
    sheet.set_level(Level::Warning);
    sheet.set_sentence(
        "“grace.example.com” is not an e-mail address. Correct it or empty it.".into(),
    );
}

fn customer_typed(screen: &Headless, window: &TillWindow) {
    customer(screen, window);
    screen.paint();
    drop(screen.tap_named(window, "Customer name"));
}
