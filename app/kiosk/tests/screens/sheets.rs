//! The sheets by finger and by keyboard: what each tells the till.

use kiosk::headless::Headless;
use kiosk::ui::{
    Approval, Line, LineSection, Points, PriceWay, Sell, TillWindow, Variants, WholeSale,
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

fn press(screen: &Headless, keys: &str) {
    for key in keys.chars() {
        screen.key(key);
        screen.paint();
    }
}

#[test]
fn a_price_is_typed_in_one_of_three_ways_and_taken_back() {
    let (screen, window) = show("sell-price", SIZES[1]);
    let heard = Heard::default();
    let line = window.global::<Line>();
    let note = heard.clone();
    line.on_price_edited(move |way, entry| note.note(format!("{way:?} {entry}")));
    let note = heard.clone();
    line.on_price_set(move |way, entry| note.note(format!("set {way:?} {entry}")));
    let note = heard.clone();
    line.on_price_reset(move || note.note("list price"));
    line.set_price_entry("".into());

    tap(
        &screen,
        &window,
        &[
            "New price",
            "Digit 8",
            "Decimal separator",
            "Digit 5",
            "Erase",
            "Off each",
            "Set price",
            "Back to list price",
        ],
    );
    assert_eq!(
        heard.take(),
        [
            "Rate ",
            "Rate 8",
            "Rate 8.",
            "Rate 8.5",
            "Rate 8.",
            "Amount 8.",
            "set Amount 8.",
            "list price"
        ]
    );
    line.set_price_way(PriceWay::Percentage);
    line.set_price_entry("".into());
    press(&screen, "12");
    screen.key(Key::Return);
    assert_eq!(
        heard.take(),
        ["Percentage 1", "Percentage 12", "set Percentage 12"]
    );
    line.set_can_set_price(false);
    screen.key(Key::Return);
    assert!(heard.take().is_empty(), "what is refused cannot be set");
}

#[test]
fn arrows_lead_through_the_sections_that_a_line_has() {
    let (screen, window) = show("sell-serials", SIZES[0]);
    let line = window.global::<Line>();
    let mut seen = Vec::new();
    for _ in 0..5 {
        screen.key(Key::RightArrow);
        screen.paint();
        seen.push(line.get_section());
    }
    assert_eq!(
        seen,
        [
            LineSection::Why,
            LineSection::Quantity,
            LineSection::Price,
            LineSection::Unit,
            LineSection::Serials
        ]
    );
    screen.key(Key::LeftArrow);
    assert_eq!(line.get_section(), LineSection::Unit);
}

#[test]
fn units_batches_and_serial_numbers_are_chosen_by_name() {
    let heard = Heard::default();
    let (screen, window) = show("sell-units", SIZES[0]);
    let note = heard.clone();
    let line = window.global::<Line>();
    line.on_unit_chosen(move |index| note.note(format!("unit {index}")));
    let note = heard.clone();
    line.on_batch_chosen(move |index| note.note(format!("batch {index}")));
    let note = heard.clone();
    line.on_serial_toggled(move |index| note.note(format!("serial {index}")));
    let note = heard.clone();
    line.on_serial_entered(move |text| note.note(format!("typed {text}")));
    // There is no price for a pallet.
    tap(&screen, &window, &["Carton", "Pallet"]);

    super::fill(&screen, &window, "sell-batches");
    // HB-2610 has expired.
    tap(&screen, &window, &["HB-2610", "HB-2612"]);

    super::fill(&screen, &window, "sell-serials");
    tap(&screen, &window, &["SN-ERD-2026-0003", "SN-ERD-2026-0004"]);
    press(&screen, "SN-9");
    screen.key(Key::Return);
    assert_eq!(
        heard.take(),
        ["unit 2", "batch 2", "serial 3", "typed SN-9"]
    );

    window.global::<Line>().set_serial_entry("".into());
    tap(
        &screen,
        &window,
        &["Serial number", "Key s", "Key n", "Erase", "Add"],
    );
    assert_eq!(heard.take(), ["typed s"]);
}

#[test]
fn a_free_line_shows_why_it_is_there_and_nothing_else() {
    let (screen, window) = show("sell-why-free", SIZES[2]);
    assert!(screen.tap_named(&window, "Quantity").is_err());
    assert!(
        screen
            .tap_named(&window, "Free with 2 × The Salt Road")
            .is_ok()
    );
    let heard = Heard::default();
    let note = heard.clone();
    let sell = window.global::<Sell>();
    sell.on_line_quantity(move |_, text| note.note(text));
    let note = heard.clone();
    sell.on_line_selected(move |index| note.note(format!("line {index}")));
    press(&screen, "5");
    screen.key(Key::Return);
    assert_eq!(heard.take(), ["line -1"]);
}

#[test]
fn a_discount_and_a_coupon_for_the_whole_sale_are_given_and_taken_back() {
    let (screen, window) = show("sell-discounts", SIZES[0]);
    let heard = Heard::default();
    let whole = window.global::<WholeSale>();
    let (note, weak) = (heard.clone(), window.as_weak());
    whole.on_opened(move || {
        note.note("opened");
        weak.unwrap().global::<WholeSale>().set_shown(true);
    });
    let note = heard.clone();
    whole.on_discount_set(move |way, entry| note.note(format!("{way:?} {entry}")));
    let note = heard.clone();
    whole.on_coupon_entered(move |code| note.note(format!("coupon {code}")));
    let note = heard.clone();
    whole.on_closed(move || note.note("closed"));
    let note = heard.clone();
    window
        .global::<Sell>()
        .on_reduction_removed(move |index| note.note(format!("removed {index}")));
    whole.set_can_set(true);

    tap(
        &screen,
        &window,
        &[
            "Remove Coupon SAVE15",
            "Discount and coupon",
            "Amount off",
            "Digit 5",
            "Give discount",
            "Coupon",
        ],
    );
    press(&screen, "Save15");
    screen.key(Key::Return);
    screen.key(Key::Escape);
    assert_eq!(
        heard.take(),
        ["removed 1", "opened", "Amount 5", "coupon Save15", "closed"]
    );
}

#[test]
fn a_manager_approves_with_a_reason_and_a_pin_while_the_total_stays_in_sight() {
    let (screen, window) = show("sell-approval", SIZES[1]);
    let heard = Heard::default();
    let approval = window.global::<Approval>();
    let note = heard.clone();
    approval.on_manager_chosen(move |index| note.note(format!("manager {index}")));
    let note = heard.clone();
    approval.on_pin_digit(move |digit| note.note(digit));
    let note = heard.clone();
    approval.on_pin_erase(move || note.note("erase"));
    let note = heard.clone();
    approval.on_reason_edited(move |reason| note.note(reason));
    let note = heard.clone();
    approval.on_approved(move || note.note("approved"));
    let note = heard.clone();
    approval.on_cancelled(move || note.note("cancelled"));

    tap(
        &screen,
        &window,
        &[
            "Total",
            "Reason Price match",
            "Cashier Ada Byron",
            "Digit 4",
            "Erase",
            "Approve",
        ],
    );
    assert_eq!(
        heard.take(),
        ["Price match", "manager 1", "4", "erase", "approved"]
    );
    press(&screen, "27");
    screen.key(Key::Return);
    screen.key(Key::Escape);
    assert_eq!(heard.take(), ["2", "7", "approved", "cancelled"]);

    tap(
        &screen,
        &window,
        &["Clear Another reason", "Another reason"],
    );
    press(&screen, "Old");
    assert_eq!(heard.take(), ["", "O", "Ol", "Old"]);
    approval.set_can_approve(false);
    tap(&screen, &window, &["Done", "Approve"]);
    assert!(heard.take().is_empty(), "a PIN and a reason are needed");
}

#[test]
fn a_variant_is_chosen_by_its_attributes() {
    let (screen, window) = show("sell-variants", SIZES[2]);
    let heard = Heard::default();
    let variants = window.global::<Variants>();
    let note = heard.clone();
    variants.on_value_chosen(move |attribute, value| note.note(format!("{attribute} {value}")));
    let note = heard.clone();
    variants.on_add(move || note.note("add"));
    let note = heard.clone();
    variants.on_closed(move || note.note("closed"));
    // Large is not made in blue.
    tap(
        &screen,
        &window,
        &["Size Large", "Size Small", "Colour Red", "Add variant"],
    );
    screen.key(Key::Return);
    screen.key(Key::Escape);
    assert_eq!(heard.take(), ["0 0", "1 1", "add", "add", "closed"]);
}

#[test]
fn points_pay_all_they_may_or_as_many_as_are_typed() {
    let (screen, window) = show("pay-points", SIZES[0]);
    let heard = Heard::default();
    let points = window.global::<Points>();
    let weak = window.as_weak();
    points.on_opened(move || weak.unwrap().global::<Points>().set_shown(true));
    let note = heard.clone();
    points.on_edited(move |entry| note.note(format!("typed {entry}")));
    let note = heard.clone();
    points.on_redeemed(move |entry| note.note(format!("use {entry}")));
    tap(&screen, &window, &["Loyalty points", "Use points"]);
    press(&screen, "20");
    screen.key(Key::Backspace);
    screen.key(Key::Return);
    assert_eq!(
        heard.take(),
        ["use ", "typed 2", "typed 20", "typed 2", "use 2"]
    );
}
