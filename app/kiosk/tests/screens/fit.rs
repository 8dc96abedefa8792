//! Everything on the screens has a name and the room it needs: controls for fingers, words inside
//! their controls and off one another.

use i_slint_backend_testing::{AccessibleRole, ElementHandle, ElementQuery};
use kiosk::gallery::{SIZES, scenes};
use kiosk::headless::{Clock, Headless};
use kiosk::ui::TillWindow;
use slint::ComponentHandle;

use super::open;

/// A box on the screen: left, top, right, bottom.
type Area = (f32, f32, f32, f32);

/// The scenes without chips or tiles that scroll out of their panel.
const STILL: [&str; 18] = [
    "sell-price",
    "sell-price-refused",
    "sell-units",
    "sell-whole-discount",
    "sell-coupon",
    "sell-approval",
    "sell-approval-blocked",
    "sell-variants",
    "pay-points",
    "pay-points-sheet",
    "lock",
    "shift",
    "sell-line",
    "pay",
    "pay-ready",
    "done",
    "done-paper",
    "fault-newer",
];

/// A button or a field, its name and where it is.
struct Control {
    element: ElementHandle,
    name: String,
    area: Area,
}

fn controls(window: &TillWindow) -> Vec<Control> {
    let of = |role| {
        ElementQuery::from_root(window)
            .match_accessible_role(role)
            .find_all()
    };
    let mut found = of(AccessibleRole::Button);
    found.extend(of(AccessibleRole::TextInput));
    let control = |element: ElementHandle| Control {
        name: element.accessible_label().unwrap_or_default().into(),
        area: area(&element),
        element,
    };
    found.into_iter().map(control).collect()
}

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

fn each_has_a_name_and_is_large_enough_for_a_finger(controls: &[Control], scene: &str) {
    assert!(
        controls.len() >= 4,
        "{scene} shows {} controls",
        controls.len()
    );
    for Control { name, area, .. } in controls {
        assert!(
            !name.is_empty(),
            "{scene}: a control at {area:?} has no name"
        );
        let (width, height) = (area.2 - area.0, area.3 - area.1);
        // The status bar is 40 high by design; its touch areas reach below it.
        let least = if area.1 < 40.0 { 40.0 } else { 55.9 };
        assert!(
            width >= 55.9 && height >= least,
            "{scene}: {name:?} is {width}x{height}"
        );
    }
}

fn none_lies_over_another(controls: &[Control], scene: &str, (width, height): (u32, u32)) {
    // The cart's rows scroll under its head.
    let stays = |control: &&Control| !control.name.starts_with("Line ");
    let controls: Vec<_> = controls.iter().filter(stays).collect();
    for (place, Control { name, area, .. }) in controls.iter().enumerate() {
        let (left, top, right, bottom) = *area;
        assert!(
            left >= 0.0 && top >= 0.0 && right <= width as f32 && bottom <= height as f32,
            "{scene}: {name} is partly off the screen"
        );
        for other in &controls[place + 1..] {
            let (other_left, other_top, other_right, other_bottom) = other.area;
            let apart = left >= other_right
                || other_left >= right
                || top >= other_bottom
                || other_top >= bottom;
            assert!(apart, "{scene}: {name} lies over {}", other.name);
        }
    }
}

fn words_stay_inside_their_control(controls: &[Control], scene: &str) {
    for Control {
        element,
        name,
        area: (left, top, right, bottom),
    } in controls
    {
        for (word, (x, y, end, foot)) in words(element) {
            assert!(
                x >= left - 1.0 && y >= top - 1.0 && end <= right + 1.0 && foot <= bottom + 1.0,
                "{scene}: {word:?} leaves {name:?}"
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

// One pass for all of it: filling and painting the scenes is what takes time.
#[test]
fn controls_have_names_and_room_for_fingers_and_words_stay_in_them() {
    let screen = Headless::install(SIZES[0].0, SIZES[0].1, Clock::Stepped).unwrap();
    let (mut sheets, mut cards, mut still) = (0, 0, 0);
    for size in SIZES {
        screen.resize(size.0, size.1);
        for (name, _) in scenes() {
            let window = open(&screen, name);
            let scene = format!("{name} {}x{}", size.0, size.1);
            let controls = controls(&window);
            each_has_a_name_and_is_large_enough_for_a_finger(&controls, &scene);
            if STILL.contains(&name) {
                still += 1;
                none_lies_over_another(&controls, &scene, size);
            }
            words_stay_inside_their_control(&controls, &scene);
            let sheet = ElementQuery::from_root(&window)
                .match_inherits("Sheet")
                .find_first();
            if let Some(sheet) = sheet {
                sheets += 1;
                words_of_a_sheet_lie_apart(&sheet, &scene);
            }
            let devices = ElementQuery::from_root(&window)
                .match_inherits("DeviceCard")
                .find_all();
            for card in devices {
                cards += 1;
                words_of_a_sheet_lie_apart(&card, &scene);
                let (left, _, right, _) = area(&card);
                for (word, (from, _, to, _)) in words(&card) {
                    assert!(
                        from >= left && to <= right,
                        "{scene}: {word:?} leaves its card"
                    );
                }
            }
            window.hide().unwrap();
        }
    }
    assert!(sheets > 40, "only {sheets} sheets were found");
    assert!(cards >= 8 * SIZES.len(), "only {cards} devices were found");
    assert_eq!(still, STILL.len() * SIZES.len(), "a scene has another name");
}
