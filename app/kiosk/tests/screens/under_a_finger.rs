//! What happens on a screen while a finger lies on it takes nothing from under the finger.

use i_slint_backend_testing::ElementQuery;
use kiosk::gallery::SIZES;
use kiosk::headless::{Clock, Headless};
use kiosk::ui::{CartLine, Level, Lock, Notice, Sell, TillWindow};
use slint::platform::{PointerEventButton, WindowEvent};
use slint::{ComponentHandle, LogicalPosition, Model, ModelRc, VecModel};

use super::{Heard, open, show};

const BUTTON: PointerEventButton = PointerEventButton::Left;

/// Puts a finger on what has this name, has something happen, and lifts the finger.
fn tap_while(screen: &Headless, window: &TillWindow, name: &str, happens: impl FnOnce()) {
    let wanted = name.to_owned();
    let control = ElementQuery::from_root(window)
        .match_predicate(move |element| element.accessible_label().as_deref() == Some(&wanted))
        .find_first()
        .unwrap();
    let (place, size) = (control.absolute_position(), control.size());
    let position = LogicalPosition::new(place.x + size.width / 2.0, place.y + size.height / 2.0);
    let window = window.window();
    window.dispatch_event(WindowEvent::PointerMoved { position });
    window.dispatch_event(WindowEvent::PointerPressed {
        position,
        button: BUTTON,
    });
    screen.paint();
    happens();
    screen.paint();
    window.dispatch_event(WindowEvent::PointerReleased {
        position,
        button: BUTTON,
    });
    window.dispatch_event(WindowEvent::PointerExited);
    screen.paint();
}

fn notice(window: &TillWindow) {
    let notice = window.global::<Notice>();
    notice.set_title("Receipt C1-000005 may not have been printed".into());
    notice.set_remedy("Look whether it came out.".into());
    notice.set_level(Level::Warning);
    notice.set_action("Print again".into());
    notice.set_shown(true);
}

#[test]
fn a_notice_that_comes_takes_no_name_and_no_goods_from_under_a_finger() {
    let screen = Headless::install(SIZES[0].0, SIZES[0].1, Clock::Stepped).unwrap();
    for size in SIZES {
        screen.resize(size.0, size.1);
        let window = open(&screen, "lock");
        let heard = Heard::default();
        let lock = window.global::<Lock>();
        let note = heard.clone();
        lock.on_cashier_chosen(move |index| note.note(format!("cashier {index}")));
        let first = lock.get_cashiers().row_data(0).unwrap().name;
        tap_while(&screen, &window, &first, || notice(&window));
        assert_eq!(heard.take(), ["cashier 0"], "{size:?}");
        window.hide().unwrap();

        let window = open(&screen, "sell");
        let heard = Heard::default();
        let note = heard.clone();
        let sell = window.global::<Sell>();
        sell.on_tile_pressed(move |code| note.note(format!("tile {code}")));
        tap_while(&screen, &window, "The Salt Road", || notice(&window));
        assert_eq!(heard.take(), ["tile ITM-000"], "{size:?}");
        window.hide().unwrap();
    }
}

#[test]
fn a_line_that_is_scanned_takes_no_other_line_from_under_a_finger() {
    let (screen, window) = show("sell", SIZES[0]);
    let heard = Heard::default();
    let sell = window.global::<Sell>();
    let note = heard.clone();
    sell.on_line_selected(move |index| note.note(format!("line {index}")));
    let mut lines: Vec<CartLine> = sell.get_lines().iter().take(3).collect();
    sell.set_lines(ModelRc::new(VecModel::from(lines.clone())));
    screen.paint();
    lines.push(lines[0].clone());
    let model = sell.get_lines();
    let added = lines[3].clone();
    tap_while(&screen, &window, "Line Flat White", move || {
        let model = model.as_any().downcast_ref::<VecModel<CartLine>>().unwrap();
        model.push(added);
    });
    assert_eq!(heard.take(), ["line 1"]);
}
