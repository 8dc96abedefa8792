//! Words have the room they need: none leave their control, none lie over others in a sheet.

use i_slint_backend_testing::{ElementHandle, ElementQuery};
use kiosk::gallery::{SCENES, SIZES};
use kiosk::headless::{Clock, Headless};
use kiosk::ui::TillWindow;
use slint::ComponentHandle;

use super::{controls, open};

/// A box on the screen: left, top, right, bottom.
type Area = (f32, f32, f32, f32);

fn area(element: &ElementHandle) -> Area {
    let (place, size) = (element.absolute_position(), element.size());
    (
        place.x,
        place.y,
        place.x + size.width,
        place.y + size.height,
    )
}

/// What stands below `element` and is written: its words and their box.
fn words(element: &ElementHandle) -> Vec<(String, Area)> {
    let written = |text: ElementHandle| {
        let label = text.accessible_label().unwrap_or_default().to_string();
        (!label.is_empty()).then(|| (label, area(&text)))
    };
    let texts = element
        .query_descendants()
        .match_inherits("Text")
        .find_all();
    texts.into_iter().filter_map(written).collect()
}

fn words_stay_inside_their_control(window: &TillWindow, scene: &str) {
    for control in controls(window) {
        let (left, top, right, bottom) = area(&control);
        for (word, (x, y, end, foot)) in words(&control) {
            assert!(
                x >= left - 1.0 && y >= top - 1.0 && end <= right + 1.0 && foot <= bottom + 1.0,
                "{scene}: {word:?} leaves {:?}",
                control.accessible_label().unwrap_or_default()
            );
        }
    }
}

fn words_of_a_sheet_lie_apart(sheet: &ElementHandle, scene: &str) {
    // What scrolls goes on under the edge of its list.
    let scrolling: Vec<_> = sheet
        .query_descendants()
        .match_inherits("Flickable")
        .find_all()
        .iter()
        .flat_map(words)
        .collect();
    let words: Vec<_> = words(sheet)
        .into_iter()
        .filter(|word| !scrolling.contains(word))
        .collect();
    let (.., bottom) = area(sheet);
    for (place, (word, one)) in words.iter().enumerate() {
        assert!(one.3 <= bottom + 1.0, "{scene}: {word:?} leaves the sheet");
        for (other, two) in &words[place + 1..] {
            let apart = one.0 + 1.0 >= two.2
                || two.0 + 1.0 >= one.2
                || one.1 + 1.0 >= two.3
                || two.1 + 1.0 >= one.3;
            assert!(apart, "{scene}: {word:?} lies over {other:?}");
        }
    }
}

#[test]
fn words_stay_in_their_controls_and_off_one_another() {
    let screen = Headless::install(SIZES[0].0, SIZES[0].1, Clock::Stepped).unwrap();
    let mut sheets = 0;
    for (width, height) in SIZES {
        screen.resize(width, height);
        for (scene, _) in SCENES {
            let window = open(&screen, scene);
            let scene = format!("{scene} {width}x{height}");
            words_stay_inside_their_control(&window, &scene);
            let sheet = ElementQuery::from_root(&window)
                .match_inherits("Sheet")
                .find_first();
            if let Some(sheet) = sheet {
                sheets += 1;
                words_of_a_sheet_lie_apart(&sheet, &scene);
            }
            window.hide().unwrap();
        }
    }
    assert!(sheets > 40, "only {sheets} sheets were found");
}
