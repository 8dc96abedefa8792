//! The screens by themselves: what a finger, a keyboard and assistive technology find there.
#![cfg(feature = "demo")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

mod counter;
mod fit;
mod sheets;
mod under_a_finger;

use std::cell::RefCell;
use std::rc::Rc;

use i_slint_backend_testing::ElementHandle;
use kiosk::gallery::{self, SIZES};
use kiosk::headless::{Clock, Headless, HeadlessError};
use kiosk::ui::{CartLine, Done, Lock, Look, Pay, Sell, Till, TillWindow};
use slint::platform::Key;
use slint::{ComponentHandle, ModelRc, SharedString, VecModel};

/// A window on a screen in memory, showing one scene of the gallery.
fn show(scene: &str, (width, height): (u32, u32)) -> (Headless, TillWindow) {
    let screen = Headless::install(width, height, Clock::Stepped).unwrap();
    let window = open(&screen, scene);
    (screen, window)
}

fn open(screen: &Headless, scene: &str) -> TillWindow {
    let window = TillWindow::new().unwrap();
    window.global::<Look>().set_motion(false);
    gallery::quiet_day(&window);
    window.show().unwrap();
    fill(screen, &window, scene);
    window
}

/// Shows another scene in a window.
fn fill(screen: &Headless, window: &TillWindow, scene: &str) {
    let (_, fill) = gallery::scenes()
        .find(|(name, _)| *name == scene)
        .expect("a scene of the gallery");
    for _ in 0..2 {
        fill(screen, window);
        screen.paint();
    }
}

/// What the callbacks were given, in order.
#[derive(Clone, Default)]
struct Heard(Rc<RefCell<Vec<String>>>);

impl Heard {
    fn note(&self, words: impl Into<String>) {
        self.0.borrow_mut().push(words.into());
    }

    fn take(&self) -> Vec<String> {
        self.0.take()
    }
}

#[test]
fn a_finger_rings_up_edits_and_goes_to_pay() {
    let (screen, window) = show("sell", SIZES[0]);
    let heard = Heard::default();
    let sell = window.global::<Sell>();
    let note = heard.clone();
    sell.on_tile_pressed(move |code| note.note(format!("tile {code}")));
    let note = heard.clone();
    sell.on_group_chosen(move |key| note.note(format!("group {key}")));
    let (note, weak) = (heard.clone(), window.as_weak());
    sell.on_line_selected(move |index| {
        note.note(format!("line {index}"));
        weak.unwrap().global::<Sell>().set_selected(index);
    });
    let note = heard.clone();
    sell.on_line_quantity(move |index, text| note.note(format!("quantity {index} {text}")));
    let note = heard.clone();
    sell.on_pay(move || note.note("pay"));
    let note = heard.clone();
    window.global::<Till>().on_lock(move || note.note("lock"));

    for name in [
        "The Salt Road",
        "Cafe",
        "Line Flat White",
        "Digit 1",
        "Digit 2",
        "Set quantity",
        "Close line",
        "Lock",
        "Pay",
    ] {
        screen.tap_named(&window, name).unwrap();
        screen.paint();
        screen.paint();
    }
    assert_eq!(
        heard.take(),
        [
            "tile ITM-000",
            "group Cafe",
            "line 1",
            "quantity 1 12",
            "line -1",
            "lock",
            "pay"
        ]
    );
    let absent = screen.tap_named(&window, "Digit 1");
    assert!(
        matches!(absent, Err(HeadlessError::Absent(_))),
        "the editor is closed: {absent:?}"
    );
}

#[test]
fn typed_money_reaches_the_tender_as_typed() {
    let (screen, window) = show("pay", SIZES[1]);
    let heard = Heard::default();
    let pay = window.global::<Pay>();
    let note = heard.clone();
    pay.on_entry_edited(move |entry| note.note(format!("typed {entry}")));
    let note = heard.clone();
    pay.on_tender(move |mode, amount| note.note(format!("{mode} {amount}")));
    let note = heard.clone();
    pay.on_exact(move |mode| note.note(format!("exact {mode}")));

    for name in [
        "Digit 2",
        "Decimal separator",
        "Digit 5",
        "Erase",
        "Credit Card",
        "Cash given $50.00",
        "Exact cash",
    ] {
        screen.tap_named(&window, name).unwrap();
        screen.paint();
    }
    assert_eq!(
        heard.take(),
        [
            "typed 2",
            "typed 2.",
            "typed 2.5",
            "typed 2.",
            "Credit Card 2.",
            "Cash 50.00",
            "exact Cash"
        ]
    );
}

#[test]
fn a_hardware_keyboard_signs_in() {
    let (screen, window) = show("lock", SIZES[0]);
    let heard = Heard::default();
    let lock = window.global::<Lock>();
    let note = heard.clone();
    lock.on_pin_digit(move |digit| note.note(digit));
    let note = heard.clone();
    lock.on_pin_erase(move || note.note("erase"));
    let note = heard.clone();
    lock.on_pin_entered(move || note.note("enter"));
    let note = heard.clone();
    lock.on_cashier_chosen(move |index| note.note(format!("cashier {index}")));

    let keys: [SharedString; 6] = [
        "4".into(),
        "x".into(),
        Key::Backspace.into(),
        "7".into(),
        Key::DownArrow.into(),
        Key::Return.into(),
    ];
    for key in keys {
        screen.key(key);
        screen.paint();
    }
    assert_eq!(heard.take(), ["4", "erase", "7", "cashier 1", "enter"]);
}

#[test]
fn typing_anywhere_on_sell_searches_and_a_keyboard_scanner_ends_with_enter() {
    let (screen, window) = show("sell", SIZES[2]);
    let heard = Heard::default();
    let note = heard.clone();
    window
        .global::<Sell>()
        .on_search_accepted(move |text| note.note(text));
    for key in "5012345678900".chars() {
        screen.key(key);
    }
    screen.key(Key::F1);
    screen.key(Key::Return);
    screen.paint();
    assert_eq!(heard.take(), ["5012345678900"]);
}

#[test]
fn a_key_that_rust_takes_does_nothing_else() {
    let (screen, window) = show("done", SIZES[0]);
    let heard = Heard::default();
    let note = heard.clone();
    window
        .global::<Done>()
        .on_next_sale(move || note.note("next"));
    window.global::<Till>().on_key_pressed(|_| true);
    screen.key(Key::Return);
    assert!(heard.take().is_empty());
    window.global::<Till>().on_key_pressed(|_| false);
    screen.key(Key::Return);
    assert_eq!(heard.take(), ["next"]);
}

#[test]
fn the_latest_line_is_scrolled_into_view_and_only_the_cart_is_repainted() {
    let (screen, window) = show("sell", SIZES[0]);
    let lines = Rc::new(VecModel::<CartLine>::default());
    window
        .global::<Sell>()
        .set_lines(ModelRc::from(lines.clone()));
    window.global::<Sell>().set_latest(-1);
    screen.paint();
    screen.paint();
    for index in 0..30 {
        lines.push(CartLine {
            name: format!("Book {index}").into(),
            ..CartLine::default()
        });
        window.global::<Sell>().set_latest(index);
        screen.paint();
        let painted = screen.paint();
        assert!(painted.is_none(), "one frame is enough for line {index}");
    }
    let line = ElementHandle::find_by_accessible_label(&window, "Line Book 29")
        .next()
        .unwrap();
    let (top, bottom) = (
        line.absolute_position().y,
        line.absolute_position().y + line.size().height,
    );
    assert!(
        top > 100.0 && bottom < 600.0,
        "the line lies from {top} to {bottom}"
    );

    lines.push(CartLine {
        name: "Book 30".into(),
        ..CartLine::default()
    });
    window.global::<Sell>().set_latest(30);
    let painted = screen.paint().expect("the new line is painted");
    let left = painted.bounding_box_origin().x;
    assert!(left >= 848, "the catalogue was repainted from x = {left}");
}
