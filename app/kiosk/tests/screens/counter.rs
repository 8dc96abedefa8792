//! The counter besides selling, by finger and by keyboard: what each screen tells the till.

use kiosk::headless::Headless;
use kiosk::ui::{
    Cash, CashWay, CloseShift, Exchange, Menu, NewCustomer, Report, Return, Sales, TillWindow,
};
use slint::ComponentHandle;
use slint::platform::Key;

use super::{Heard, SIZES, show};

fn tap(screen: &Headless, window: &TillWindow, names: &[&str]) {
    for name in names {
        screen.tap_named(window, name).unwrap();
        screen.paint();
        screen.paint();
    }
}

fn press(screen: &Headless, keys: &[Key]) {
    for key in keys {
        screen.key(*key);
        screen.paint();
    }
}

#[test]
fn the_menu_opens_by_finger_and_by_key_and_what_cannot_be_done_is_not() {
    let (screen, window) = show("sell-menu", SIZES[1]);
    let heard = Heard::default();
    let menu = window.global::<Menu>();
    let note = heard.clone();
    menu.on_chosen(move |action| note.note(format!("{action:?}")));
    let (note, weak) = (heard.clone(), window.as_weak());
    menu.on_closed(move || {
        note.note("closed");
        weak.unwrap().global::<Menu>().set_shown(false);
    });
    let note = heard.clone();
    menu.on_opened(move || note.note("opened"));

    tap(&screen, &window, &["Cash out", "Close shift"]);
    assert_eq!(heard.take(), ["CashOut"], "the shift cannot be closed now");
    // The arrows stand on Cash in.
    press(
        &screen,
        &[Key::DownArrow, Key::UpArrow, Key::UpArrow, Key::Return],
    );
    assert_eq!(heard.take(), ["NewCustomer"]);
    press(&screen, &[Key::Escape, Key::F10]);
    assert_eq!(heard.take(), ["closed", "opened"]);
    tap(&screen, &window, &["Menu"]);
    assert_eq!(heard.take(), ["opened"]);
}

#[test]
fn cash_is_taken_out_by_finger_and_by_keyboard() {
    let (screen, window) = show("cash-out", SIZES[1]);
    let heard = Heard::default();
    let cash = window.global::<Cash>();
    let note = heard.clone();
    cash.on_edited(move |entry| note.note(format!("typed {entry}")));
    let note = heard.clone();
    cash.on_reason_edited(move |reason| note.note(format!("reason {reason}")));
    let note = heard.clone();
    cash.on_way_chosen(move |way| note.note(format!("{way:?}")));
    let note = heard.clone();
    cash.on_confirmed(move || note.note("confirmed"));
    let note = heard.clone();
    cash.on_closed(move || note.note("closed"));
    cash.set_entry("".into());

    tap(
        &screen,
        &window,
        &[
            "Digit 4",
            "Digit 5",
            "Reason Postage",
            "Cash in",
            "Take out",
        ],
    );
    assert_eq!(
        heard.take(),
        [
            "typed 4",
            "typed 45",
            "reason Postage",
            "CashIn",
            "confirmed"
        ]
    );
    screen.key("0");
    press(
        &screen,
        &[Key::Backspace, Key::RightArrow, Key::Return, Key::Escape],
    );
    assert_eq!(
        heard.take(),
        ["typed 450", "typed 45", "Drawer", "confirmed", "closed"]
    );
    cash.set_way(CashWay::Drawer);
    screen.paint();
    assert!(screen.tap_named(&window, "Digit 4").is_err(), "no amount");

    super::fill(&screen, &window, "cash-kept");
    let note = heard.clone();
    cash.on_reprint(move || note.note("slip"));
    tap(&screen, &window, &["Reprint slip", "Done"]);
    assert_eq!(heard.take(), ["slip", "closed"]);
}

#[test]
fn a_count_goes_from_mode_to_mode_and_closing_is_a_finger_alone() {
    let (screen, window) = show("close-count", SIZES[1]);
    let heard = Heard::default();
    let close = window.global::<CloseShift>();
    let note = heard.clone();
    close.on_edited(move |entry| note.note(format!("typed {entry}")));
    let note = heard.clone();
    close.on_row_chosen(move |row| note.note(format!("row {row}")));
    let note = heard.clone();
    close.on_row_step(move |step| note.note(format!("step {step}")));
    let note = heard.clone();
    close.on_mode_chosen(move |place| note.note(format!("mode {place}")));
    let note = heard.clone();
    close.on_method_changed(move |pieces| note.note(format!("pieces {pieces}")));
    let note = heard.clone();
    close.on_go_on(move || note.note("on"));
    let note = heard.clone();
    close.on_recount(move || note.note("recount"));
    let note = heard.clone();
    close.on_confirmed(move || note.note("confirmed"));
    let note = heard.clone();
    close.on_left(move || note.note("left"));

    tap(
        &screen,
        &window,
        &[
            "Pieces of $20",
            "Digit 7",
            "One sum",
            "Count Credit Card",
            "Next mode of payment",
        ],
    );
    assert_eq!(
        heard.take(),
        ["row 1", "typed 7", "pieces false", "mode 1", "on"]
    );
    press(&screen, &[Key::DownArrow, Key::LeftArrow]);
    screen.key("+");
    press(&screen, &[Key::Return]);
    assert_eq!(heard.take(), ["row 4", "mode 2", "step 1", "on"]);

    super::fill(&screen, &window, "close-counted");
    press(&screen, &[Key::Return, Key::Return]);
    assert!(heard.take().is_empty(), "Enter closes no shift");
    tap(
        &screen,
        &window,
        &["Count again", "Close the shift", "Back"],
    );
    assert_eq!(heard.take(), ["recount", "confirmed", "left"]);
}

#[test]
fn a_report_is_printed_again_and_left() {
    let (screen, window) = show("report-z", SIZES[2]);
    let heard = Heard::default();
    let report = window.global::<Report>();
    let note = heard.clone();
    report.on_print(move || note.note("print"));
    let note = heard.clone();
    report.on_closed(move || note.note("closed"));
    tap(&screen, &window, &["Print report", "Leave report"]);
    screen.key("p");
    press(&screen, &[Key::Escape]);
    assert_eq!(heard.take(), ["print", "closed", "print", "closed"]);
}

#[test]
fn goods_come_back_line_by_line_with_a_reason() {
    let (screen, window) = show("return", SIZES[1]);
    let heard = Heard::default();
    let page = window.global::<Return>();
    let note = heard.clone();
    page.on_line_step(move |line, step| note.note(format!("line {line} {step}")));
    let note = heard.clone();
    page.on_all(move || note.note("all"));
    let note = heard.clone();
    page.on_serials_opened(move |line| note.note(format!("pieces {line}")));
    let note = heard.clone();
    page.on_serial_toggled(move |place| note.note(format!("piece {place}")));
    let note = heard.clone();
    page.on_reason_opened(move || note.note("why"));
    let note = heard.clone();
    page.on_reason_edited(move |reason| note.note(format!("reason {reason}")));
    let note = heard.clone();
    page.on_reason_closed(move || note.note("said"));
    let note = heard.clone();
    page.on_refund(move || note.note("refund"));
    let note = heard.clone();
    page.on_exchange(move || note.note("exchange"));
    let note = heard.clone();
    page.on_left(move || note.note("left"));

    tap(
        &screen,
        &window,
        &[
            "One fewer The Salt Road",
            "One more The Salt Road",
            "All of it",
            "Serial numbers of E-Reader 6in",
            "Reason of the return",
            "Exchange",
            "Refund",
            "Leave return",
        ],
    );
    assert_eq!(
        heard.take(),
        [
            "line 0 -1",
            "all",
            "pieces 3",
            "why",
            "exchange",
            "refund",
            "left"
        ],
        "no more than was sold comes back"
    );
    page.set_at(1);
    press(&screen, &[Key::UpArrow]);
    screen.key("-");
    screen.key("a");
    press(&screen, &[Key::Return, Key::Escape]);
    assert_eq!(heard.take(), ["line 0 -1", "all", "refund", "left"]);

    super::fill(&screen, &window, "return-reason");
    tap(&screen, &window, &["Reason Damaged"]);
    assert_eq!(heard.take(), ["reason Damaged", "said"]);

    super::fill(&screen, &window, "return-serials");
    tap(&screen, &window, &["SER-001-S007"]);
    assert_eq!(heard.take(), ["piece 1"]);
}

#[test]
fn a_return_in_the_cart_is_opened_and_taken_out() {
    let (screen, window) = show("sell-exchange", SIZES[1]);
    let heard = Heard::default();
    let block = window.global::<Exchange>();
    let note = heard.clone();
    block.on_opened(move || note.note("opened"));
    let note = heard.clone();
    block.on_removed(move || note.note("removed"));
    tap(
        &screen,
        &window,
        &["Coming back · C1-000012", "Remove return"],
    );
    assert_eq!(heard.take(), ["opened", "removed"]);
}

#[test]
fn sales_are_searched_and_one_of_them_returned() {
    let (screen, window) = show("sales-for-return", SIZES[0]);
    let heard = Heard::default();
    let sales = window.global::<Sales>();
    let note = heard.clone();
    sales.on_search_edited(move |text| note.note(format!("search {text}")));
    let note = heard.clone();
    sales.on_return_goods(move |number| note.note(format!("return {number}")));
    let note = heard.clone();
    sales.on_return_without_receipt(move || note.note("no receipt"));
    let note = heard.clone();
    sales.on_related_chosen(move |number| note.note(number));
    tap(
        &screen,
        &window,
        &[
            "Return goods",
            "Came back, C1-000123",
            "Without a receipt",
            "Clear Search sales",
        ],
    );
    assert_eq!(
        heard.take(),
        ["return C1-001041", "C1-000123", "no receipt", "search "]
    );
    // Letters begin a search wherever the focus is.
    screen.key("4");
    screen.key("3");
    press(&screen, &[Key::Backspace, Key::Escape, Key::Return]);
    assert_eq!(
        heard.take(),
        [
            "search 4",
            "search 43",
            "search 4",
            "search ",
            "return C1-001041"
        ]
    );
}

#[test]
fn a_new_customer_is_typed_on_the_screen_with_capitals() {
    let (screen, window) = show("sell-customer", SIZES[1]);
    let heard = Heard::default();
    let sheet = window.global::<NewCustomer>();
    sheet.set_name("".into());
    let note = heard.clone();
    sheet.on_saved(move || note.note("saved"));
    let note = heard.clone();
    sheet.on_group_chosen(move |group| note.note(group));
    tap(&screen, &window, &["Group Wholesale", "Customer name"]);
    tap(
        &screen,
        &window,
        &["Capital", "Key A", "Key d", "Key a", "Done"],
    );
    assert_eq!(sheet.get_name(), "Ada", "one capital, then small letters");
    tap(&screen, &window, &["Add customer"]);
    assert_eq!(heard.take(), ["Wholesale", "saved"]);
    assert_eq!(sheet.get_mobile(), "+1 207 555 0199");
}
