//! What each picture of the gallery shows.

use std::rc::Rc;

use slint::{ComponentHandle, ModelRc, VecModel};

use super::{card, sheets, shop};
use crate::headless::Headless;
use crate::ui::{
    Done, Fault, Level, Lock, Menu, Notice, Pay, Sales, ScreenName, Sell, Shift, StatusBar,
    StatusTopic, Till, TillWindow,
};

/// Fills the window for one picture.
pub type Fill = fn(&Headless, &TillWindow);

/// The scenes of selling by the names of their pictures.
pub const ALL: [(&str, Fill); 61] = [
    ("fault-newer", fault_newer),
    ("fault-empty", fault_empty),
    ("lock", lock),
    ("lock-blocked", lock_blocked),
    ("lock-forgotten", lock_forgotten),
    ("shift", shift),
    ("shift-notice", shift_notice),
    ("shift-denominations", shift_denominations),
    ("sell", sell),
    ("sell-empty", sell_empty),
    ("sell-long", sell_long),
    ("sell-line", sell_line),
    ("sell-notice", sell_notice),
    ("sell-status", sell_status),
    ("sell-nothing", sell_nothing_found),
    ("sell-scrolled", sell_scrolled),
    ("sell-search", sell_search),
    ("pay", pay),
    ("pay-split", pay_split),
    ("pay-many", pay_many),
    ("pay-notice", pay_notice),
    ("pay-ready", pay_ready),
    ("done", done),
    ("done-card", done_card),
    ("done-paper", done_paper),
    ("sales", sales),
    ("sales-detail", sales_detail),
    ("sales-none", sales_none),
    ("sell-discounts", sheets::discounts),
    ("sell-discounts-long", sheets::discounts_long),
    ("sell-price", sheets::price),
    ("sell-price-manager", sheets::price_manager),
    ("sell-price-refused", sheets::price_refused),
    ("sell-price-fixed", sheets::price_fixed),
    ("sell-units", sheets::units),
    ("sell-batches", sheets::batches),
    ("sell-serials", sheets::serials),
    ("sell-serials-typed", sheets::serials_typed),
    ("sell-why", sheets::why),
    ("sell-why-free", sheets::why_free),
    ("sell-whole-discount", sheets::whole_discount),
    ("sell-whole-amount", sheets::whole_amount),
    ("sell-coupon", sheets::coupon),
    ("sell-coupon-typed", sheets::coupon_typed),
    ("sell-approval", sheets::approval),
    ("sell-approval-blocked", sheets::approval_blocked),
    ("sell-approval-reason", sheets::approval_reason),
    ("sell-variants", sheets::variants),
    ("sell-variants-many", sheets::variants_many),
    ("pay-card", card::waiting),
    ("pay-card-keyed", card::keyed),
    ("pay-card-unknown", card::unknown),
    ("pay-card-confirm", card::confirm),
    ("pay-card-silent", card::silent),
    ("pay-card-approval", card::approval),
    ("pay-points", sheets::points),
    ("pay-points-offline", sheets::points_offline),
    ("pay-points-sheet", sheets::points_sheet),
    ("pay-points-all", sheets::points_all),
    ("done-points", sheets::done_points),
    ("sales-discounts", sheets::sales_discounts),
];

pub(super) fn model<T: Clone + 'static>(rows: Vec<T>) -> ModelRc<T> {
    ModelRc::from(Rc::new(VecModel::from(rows)))
}

/// The frame of a day on which all is well: what the status bar says, and the till's name.
pub fn quiet_day(window: &TillWindow) {
    let till = window.global::<Till>();
    till.set_shop_name("Harbour Books".into());
    till.set_till_name("Counter 1".into());
    till.set_shift("Shift 14".into());
    till.set_cashier("Maya".into());
    till.set_clock("14:05".into());
    till.set_date("Monday 23 November 2026".into());
    crate::keys::install(window);
    window
        .global::<Menu>()
        .set_entries(model(super::counter::entries()));
    let bar = window.global::<StatusBar>();
    bar.set_printer(shop::status(
        "Receipt printer: ready",
        Level::Good,
        "Paper is loaded.",
        "",
    ));
    bar.set_scanner(shop::status(
        "Scanner: ready",
        Level::Good,
        "Last code a minute ago.",
        "",
    ));
    bar.set_network(shop::status(
        "Network: connected",
        Level::Good,
        "ERPNext answers.",
        "",
    ));
    bar.set_unsent(shop::status(
        "All sales sent",
        Level::Good,
        "Nothing is waiting.",
        "",
    ));
}

pub(super) fn fault_newer(_: &Headless, window: &TillWindow) {
    let till = window.global::<Till>();
    till.set_screen(ScreenName::Fault);
    till.set_shift("".into());
    till.set_cashier("".into());
    let fault = window.global::<Fault>();
    fault.set_level(Level::Bad);
    fault.set_title("The shop's data is newer than this program".into());
    fault.set_sentence(
        "The database was written by Evertill 0.4. This is Evertill 0.1, which cannot read it."
            .into(),
    );
    fault.set_remedy(
        "Start the newer program again, or install Evertill 0.4. Nothing in the data was changed."
            .into(),
    );
    fault.set_detail("Schema 12 found, 7 known · /var/lib/evertill/till.db".into());
    fault.set_action("Try again".into());
}

fn fault_empty(screen: &Headless, window: &TillWindow) {
    fault_newer(screen, window);
    let fault = window.global::<Fault>();
    fault.set_level(Level::Busy);
    fault.set_title("No shop data yet".into());
    fault.set_sentence("This till is fetching its items, prices and taxes from ERPNext.".into());
    fault.set_remedy(
        "Leave the network cable in. You can sell as soon as the prices are here.".into(),
    );
    fault.set_detail("".into());
    fault.set_progress(0.62);
    fault.set_progress_text("124 of 200 items, 310 prices".into());
    fault.set_action("".into());
}

pub(super) fn lock(_: &Headless, window: &TillWindow) {
    let till = window.global::<Till>();
    till.set_screen(ScreenName::Lock);
    till.set_cashier("".into());
    let lock = window.global::<Lock>();
    lock.set_cashiers(model(shop::cashiers()));
    lock.set_chosen(0);
    lock.set_digits(3);
    lock.set_level(Level::Warning);
    lock.set_sentence("That PIN is not right. 3 tries left.".into());
}

fn lock_forgotten(screen: &Headless, window: &TillWindow) {
    lock(screen, window);
    window.global::<Lock>().set_can_take_sheet(true);
    drop(screen.tap_named(window, "PIN forgotten?"));
}

fn lock_blocked(screen: &Headless, window: &TillWindow) {
    lock(screen, window);
    let lock = window.global::<Lock>();
    lock.set_cashiers(model(shop::cashiers().into_iter().take(2).collect()));
    lock.set_digits(0);
    lock.set_blocked(true);
    lock.set_countdown("0:27".into());
    lock.set_level(Level::Bad);
    lock.set_sentence("Too many wrong PINs for Maya. Wait, or ask a manager to sign in.".into());
}

fn shift(_: &Headless, window: &TillWindow) {
    let till = window.global::<Till>();
    till.set_screen(ScreenName::OpenShift);
    till.set_shift("".into());
    let shift = window.global::<Shift>();
    shift.set_entry("150".into());
    shift.set_amount("$150.00".into());
    shift.set_denominations(model(shop::denominations()));
}

pub(super) fn disk_full(window: &TillWindow) {
    let notice = window.global::<Notice>();
    notice.set_shown(true);
    notice.set_level(Level::Bad);
    notice.set_title("The disk is full.".into());
    notice.set_sentence("Nothing new can be kept, so nothing can be sold.".into());
    notice.set_remedy("Ask a manager to free space or change the disk.".into());
    notice.set_action("Try again".into());
}

fn shift_notice(screen: &Headless, window: &TillWindow) {
    shift(screen, window);
    disk_full(window);
    let shift = window.global::<Shift>();
    shift.set_entry("150.5.".into());
    shift.set_amount("".into());
    shift.set_can_open(false);
    shift.set_level(Level::Bad);
    shift.set_sentence("“150.5.” is not a sum of money. Erase the last point.".into());
}

fn shift_denominations(screen: &Headless, window: &TillWindow) {
    shift(screen, window);
    window.global::<Shift>().set_by_denomination(true);
}

pub(super) fn sell(_: &Headless, window: &TillWindow) {
    window.global::<Till>().set_screen(ScreenName::Sell);
    let sell = window.global::<Sell>();
    sell.set_tiles(model(shop::tiles()));
    sell.set_groups(model(shop::groups()));
    sell.set_lines(model(shop::cart()));
    sell.set_latest(3);
    sell.set_count("4 items".into());
    sell.set_totals(model(shop::totals()));
    sell.set_total("43.20".into());
    sell.set_pay_amount("$43.20".into());
    sell.set_can_pay(true);
}

fn sell_empty(screen: &Headless, window: &TillWindow) {
    sell(screen, window);
    let sell = window.global::<Sell>();
    sell.set_lines(ModelRc::default());
    sell.set_latest(-1);
    sell.set_count("".into());
    sell.set_totals(ModelRc::default());
    sell.set_total("0.00".into());
    sell.set_can_pay(false);
    sell.set_undo_text("Removed House Blend Beans".into());
    sell.set_group("Cafe".into());
}

fn sell_long(screen: &Headless, window: &TillWindow) {
    sell(screen, window);
    let sell = window.global::<Sell>();
    sell.set_lines(model(shop::long_cart()));
    sell.set_latest(29);
    sell.set_count("30 items".into());
    sell.set_totals(model(shop::long_totals()));
    sell.set_total("12,345.67".into());
    sell.set_pay_amount("$12,345.67".into());
    sell.set_customer("Corner Cafe and Provisions LLC".into());
    sell.set_undo_text("Removed A Field Guide to the Seabirds, Seals and Small Craft".into());
}

fn sell_line(screen: &Headless, window: &TillWindow) {
    sell(screen, window);
    let sell = window.global::<Sell>();
    sell.set_selected(2);
    sell.set_quantity_error("Quantity must be a whole number for Box.".into());
}

fn sell_notice(screen: &Headless, window: &TillWindow) {
    sell(screen, window);
    let notice = window.global::<Notice>();
    notice.set_shown(true);
    notice.set_level(Level::Warning);
    notice.set_title("Receipt printer: cover open.".into());
    notice.set_remedy("Close it; the receipt prints by itself.".into());
    let bar = window.global::<StatusBar>();
    bar.set_printer(shop::status(
        "Receipt printer: cover open",
        Level::Warning,
        "",
        "",
    ));
}

fn sell_status(screen: &Headless, window: &TillWindow) {
    sell(screen, window);
    let bar = window.global::<StatusBar>();
    let mut network = shop::status(
        "Network: no connection",
        Level::Warning,
        "The cable is out or the router is off. The till sells on regardless.",
        "Check the cable at the back. Sales are sent by themselves when it is back.",
    );
    network.action = "Try now".into();
    bar.set_network(network);
    let mut unsent = shop::status("3 sales not sent", Level::Busy, "", "");
    unsent.value = "3".into();
    bar.set_unsent(unsent);
    bar.set_printer(shop::status(
        "Receipt printer: not found",
        Level::Bad,
        "",
        "",
    ));
    bar.set_open(StatusTopic::Network);
}

fn sell_nothing_found(screen: &Headless, window: &TillWindow) {
    sell(screen, window);
    let sell = window.global::<Sell>();
    sell.set_tiles(ModelRc::default());
    sell.set_search("almanach".into());
    sell.set_no_tiles("Nothing is called “almanach”. Try fewer letters, or another group.".into());
    let notice = window.global::<Notice>();
    notice.set_shown(true);
    notice.set_level(Level::Bad);
    notice.set_title("Unknown barcode 5012345678900.".into());
    notice.set_sentence("No item of this shop has it.".into());
    notice.set_remedy(
        "Find the item by name, or ask a manager to add the barcode in ERPNext.".into(),
    );
}

fn sell_scrolled(screen: &Headless, window: &TillWindow) {
    sell_long(screen, window);
    let sell = window.global::<Sell>();
    sell.set_latest(12);
    sell.set_undo_text("".into());
    sell.set_totals(model(shop::totals()));
}

fn sell_search(screen: &Headless, window: &TillWindow) {
    sell(screen, window);
    let tiles = shop::tiles()
        .into_iter()
        .filter(|tile| tile.name.contains("Sea"))
        .collect();
    window.global::<Sell>().set_search("sea".into());
    window.global::<Sell>().set_tiles(model(tiles));
    screen.paint();
    // On a screen just made there is nothing to touch yet; the gallery fills it twice.
    drop(screen.tap_named(window, "Search"));
}

pub(super) fn pay(screen: &Headless, window: &TillWindow) {
    sell(screen, window);
    window.global::<Till>().set_screen(ScreenName::Pay);
    let pay = window.global::<Pay>();
    pay.set_due("$43.20".into());
    pay.set_remaining("$43.20".into());
    pay.set_amount("$43.20".into());
    pay.set_tenders(model(shop::tenders(false)));
    pay.set_notes(model(shop::notes(["44.00", "45.00", "50.00", "100.00"])));
    pay.set_exact_mode("Cash".into());
    pay.set_exact_amount("$43.20".into());
}

fn pay_split(screen: &Headless, window: &TillWindow) {
    pay(screen, window);
    let pay = window.global::<Pay>();
    pay.set_tenders(model(shop::tenders(true)));
    pay.set_taken(model(shop::taken(1)));
    pay.set_notes(model(shop::notes(["34.00", "35.00", "40.00", "50.00"])));
    pay.set_remaining("$33.20".into());
    pay.set_entry("20".into());
    pay.set_amount("$20.00".into());
    pay.set_exact_amount("$33.20".into());
    pay.set_customer("Ada Byron".into());
    pay.set_sentence(
        "Credit cards need the network, which is down. Take cash or a voucher.".into(),
    );
    pay.set_level(Level::Warning);
}

fn pay_many(screen: &Headless, window: &TillWindow) {
    pay(screen, window);
    let pay = window.global::<Pay>();
    pay.set_due("$12,345.67".into());
    pay.set_remaining("$12,303.47".into());
    pay.set_amount("$12,303.47".into());
    pay.set_exact_amount("$12,303.47".into());
    pay.set_taken(model(shop::taken(6)));
    pay.set_notes(model(Vec::new()));
    let mut tenders = shop::tenders(false);
    tenders.extend(shop::tenders(true));
    pay.set_tenders(model(tenders));
}

fn pay_notice(screen: &Headless, window: &TillWindow) {
    pay_split(screen, window);
    disk_full(window);
}

fn pay_ready(screen: &Headless, window: &TillWindow) {
    pay(screen, window);
    let pay = window.global::<Pay>();
    pay.set_remaining("".into());
    pay.set_amount("".into());
    pay.set_change("$6.80".into());
    pay.set_taken(model(shop::taken(2)));
    pay.set_can_complete(true);
}

fn done(_: &Headless, window: &TillWindow) {
    window.global::<Till>().set_screen(ScreenName::Done);
    let done = window.global::<Done>();
    done.set_change("$6.80".into());
    done.set_total("$43.20".into());
    done.set_receipt_number("C1-001043".into());
    done.set_tenders(model(vec![
        shop::row("Cash", "$50.00"),
        shop::row("Change", "$6.80"),
    ]));
    done.set_receipt_level(Level::Good);
    done.set_receipt_sentence("Receipt printed.".into());
}

fn done_card(screen: &Headless, window: &TillWindow) {
    done(screen, window);
    let done = window.global::<Done>();
    done.set_change("".into());
    done.set_tenders(model(vec![
        shop::row("Gift Voucher", "$10.00"),
        shop::row("Credit Card", "$33.20"),
    ]));
    done.set_receipt_level(Level::Busy);
    done.set_receipt_sentence("Printing the receipt.".into());
}

pub(super) fn done_paper(screen: &Headless, window: &TillWindow) {
    done(screen, window);
    let done = window.global::<Done>();
    done.set_change("$1,234.56".into());
    done.set_total("$765.44".into());
    done.set_tenders(model(vec![
        shop::row("Cash", "$2,000.00"),
        shop::row("Change", "$1,234.56"),
    ]));
    done.set_receipt_level(Level::Bad);
    done.set_receipt_sentence("Receipt not printed: the printer is out of paper.".into());
    done.set_receipt_remedy(
        "Put in a new roll; the receipt prints by itself. The sale is safe.".into(),
    );
}

fn sales(_: &Headless, window: &TillWindow) {
    window.global::<Till>().set_screen(ScreenName::Sales);
    let sales = window.global::<Sales>();
    sales.set_rows(model(shop::sales()));
    sales.set_summary("42 sales today, $1,204.75".into());
}

pub(super) fn sales_detail(screen: &Headless, window: &TillWindow) {
    sales(screen, window);
    let sales = window.global::<Sales>();
    sales.set_selected(1);
    sales.set_receipt_number("C1-001041".into());
    sales.set_heading("Today 17:48 · Maya · Corner Cafe LLC".into());
    sales.set_lines(model(shop::sale_lines()));
    sales.set_totals(model(shop::totals()));
    sales.set_tenders(model(vec![
        shop::row("Cash", "$50.00"),
        shop::row("Change", "−$6.80"),
    ]));
    sales.set_total("$43.20".into());
    sales.set_journey(model(shop::journey()));
    sales.set_sentence("ERPNext refused it: the item “Sold Out Classic” is disabled.".into());
    sales.set_can_send_again(true);
    sales.set_remedy("Ask the back office to enable the item, then send the sale again.".into());
}

fn sales_none(screen: &Headless, window: &TillWindow) {
    sales(screen, window);
    let sales = window.global::<Sales>();
    sales.set_rows(ModelRc::default());
    sales.set_summary("No sales today".into());
}
