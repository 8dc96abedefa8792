//! The pictures of the screen in front of the customer.

use std::path::Path;

use slint::{ComponentHandle, Image, SharedString};

use super::scenes::model;
use crate::headless::{Headless, HeadlessError};
use crate::screens::customer::picture_of;
use crate::second_screen::{OnSecondScreen, Placing};
use crate::ui::{AmountRow, Customer, CustomerLine, CustomerScene, CustomerWindow, Look, Scheme};

/// The sizes that such monitors have.
const SIZES: [(u32, u32); 4] = [(1280, 800), (1024, 600), (1920, 1080), (800, 1280)];

type Fill = fn(&CustomerWindow);

const ALL: [(&str, Fill); 9] = [
    ("customer-closed", closed),
    ("customer-welcome", welcome),
    ("customer-picture", picture),
    ("customer-goods", goods),
    ("customer-long", long),
    ("customer-exchange", exchange),
    ("customer-paying", paying),
    ("customer-done", done),
    ("customer-paid", paid),
];

/// Writes those whose names begin with `part`.
pub(super) fn write_all(screen: &Headless, out: &Path, part: &str) -> Result<usize, HeadlessError> {
    let failed = |error: slint::PlatformError| HeadlessError::Screen(error.to_string());
    let looks = [
        (Scheme::Light, 1.0, "light"),
        (Scheme::Dark, 1.0, "dark"),
        (Scheme::HighContrast, 1.0, "contrast"),
        (Scheme::Light, 1.3, "large"),
    ];
    let mut written = 0;
    for (name, fill) in ALL.iter().filter(|(name, _)| name.starts_with(part)) {
        for (width, height) in SIZES {
            screen.resize_customer(width, height);
            for (scheme, scale, look) in looks {
                let dress = |window: &CustomerWindow| {
                    let look = window.global::<Look>();
                    look.set_scheme(scheme);
                    look.set_text_scale(scale);
                    look.set_motion(false);
                    fill(window);
                };
                let window = OnSecondScreen::open(Placing::default(), CustomerWindow::new, dress);
                let _window = window.map_err(failed)?;
                screen.paint();
                let file = out.join(format!("{name}-{width}x{height}-{look}.png"));
                screen.write_customer_png(&file)?;
                written += 1;
            }
        }
    }
    Ok(written)
}

fn row(label: &str, amount: &str) -> AmountRow {
    AmountRow {
        label: label.into(),
        amount: amount.into(),
        strong: label == "Total",
    }
}

fn line(quantity: &str, name: &str, detail: &str, amount: &str) -> CustomerLine {
    CustomerLine {
        quantity: quantity.into(),
        name: name.into(),
        detail: detail.into(),
        amount: amount.into(),
        ..CustomerLine::default()
    }
}

fn closed(window: &CustomerWindow) {
    let customer = window.global::<Customer>();
    customer.set_shop_name("Harbour Books".into());
    customer.set_scene(CustomerScene::Closed);
    customer.set_greeting("This counter is closed".into());
}

fn welcome(window: &CustomerWindow) {
    closed(window);
    let customer = window.global::<Customer>();
    customer.set_scene(CustomerScene::Welcome);
    customer.set_greeting("Harbour Books".into());
    customer.set_greeting_lines(model(vec![SharedString::from("Welcome")]));
}

fn picture(window: &CustomerWindow) {
    welcome(window);
    let customer = window.global::<Customer>();
    let mut dots = slint::SharedPixelBuffer::<slint::Rgb8Pixel>::new(360, 120);
    for (at, dot) in dots.make_mut_slice().iter_mut().enumerate() {
        let (x, y) = (at % 360, at / 360);
        let wave = 60.0 + 24.0 * (x as f32 / 24.0).sin();
        *dot = match (y as f32) < wave {
            true => slint::Rgb8Pixel::new(255, 255, 255),
            false => slint::Rgb8Pixel::new(11, 99, 82),
        };
    }
    customer.set_picture(Image::from_rgb8(dots));
    customer.set_has_picture(true);
    customer.set_greeting_lines(model(vec![
        SharedString::from("Open daily 9 to 7"),
        SharedString::from("Ask us for the audiobook of any title"),
    ]));
}

fn some_lines() -> Vec<CustomerLine> {
    vec![
        line("1", "The Salt Road", "7.99 each", "7.99"),
        CustomerLine {
            was: "13.90".into(),
            discount: "\u{2212}10 %".into(),
            ..line("2", "The Lantern House", "12.50 each", "25.00")
        },
        CustomerLine {
            free: true,
            discount: "Free".into(),
            ..line("1", "Bookmark, linen", "", "0.00")
        },
        line("0.455", "Coffee beans, house blend", "28.50 / Kg", "12.97"),
    ]
}

fn goods(window: &CustomerWindow) {
    let customer = window.global::<Customer>();
    customer.set_shop_name("Harbour Books".into());
    customer.set_scene(CustomerScene::Goods);
    customer.set_lines(model(some_lines()));
    customer.set_latest(3);
    customer.set_rows(model(vec![
        row("Subtotal", "45.96"),
        row("Sales Tax 8.25 %", "3.79"),
    ]));
    customer.set_label("Total".into());
    customer.set_amount("$49.75".into());
}

fn long(window: &CustomerWindow) {
    goods(window);
    let customer = window.global::<Customer>();
    let mut lines: Vec<_> = (0..5).flat_map(|_| some_lines()).collect();
    lines.push(line(
        "12",
        "Complete Illustrated Encyclopaedia of Lighthouses of the Northern Atlantic Coast, third edition",
        "1,149.00 each",
        "13,788.00",
    ));
    customer.set_latest(20);
    customer.set_lines(model(lines));
    customer.set_rows(model(vec![
        row("Subtotal", "14,017.80"),
        row("Discount", "\u{2212}1,400.00"),
        row("incl. State sales tax on printed matter 8.25 %", "1,156.47"),
        row("Rounding", "0.03"),
    ]));
    customer.set_amount("$13,774.30".into());
}

fn exchange(window: &CustomerWindow) {
    goods(window);
    let customer = window.global::<Customer>();
    let mut lines = some_lines();
    lines.truncate(1);
    let back = |quantity: &str, name: &str, amount: &str| CustomerLine {
        back: true,
        ..line(quantity, name, "", amount)
    };
    lines.insert(0, back("2", "The Lantern House", "\u{2212}25.00"));
    lines.insert(0, back("1", "Tide Tables 2027", "\u{2212}4.50"));
    customer.set_latest(2);
    customer.set_lines(model(lines));
    customer.set_rows(model(vec![
        row("Subtotal", "7.99"),
        row("Sales Tax 8.25 %", "0.66"),
        row("Coming back", "\u{2212}31.93"),
    ]));
    customer.set_label("You get".into());
    customer.set_amount("$23.28".into());
}

fn paying(window: &CustomerWindow) {
    goods(window);
    let customer = window.global::<Customer>();
    customer.set_rows(model(vec![
        row("Total", "49.75"),
        row("Gift Voucher", "20.00"),
        row("Credit Card", "10.00"),
    ]));
    customer.set_label("Still to pay".into());
    customer.set_amount("$19.75".into());
}

fn done(window: &CustomerWindow) {
    goods(window);
    let customer = window.global::<Customer>();
    customer.set_scene(CustomerScene::Done);
    customer.set_thanks("Thank you".into());
    customer.set_label("Change".into());
    customer.set_amount("$4.29".into());
    customer.set_saved("Saved $2.78".into());
    customer.set_rows(model(vec![row("Total", "35.71"), row("Cash", "40.00")]));
    let code = "EVT1:C1-000123:7f3a91c2d4:QmFzZTY0dXJsLWxpa2UtdGV4dC1vZi1hLXNpZ25lZC1yZWNlaXB0LXdpdGgtbGluZXM";
    if let Some(picture) = picture_of(code) {
        customer.set_code(Image::from_rgb8(picture));
        customer.set_has_code(true);
    }
    customer.set_code_text("Receipt C1-000123: take a photograph to bring something back.".into());
}

fn paid(window: &CustomerWindow) {
    done(window);
    let customer = window.global::<Customer>();
    customer.set_has_code(false);
    customer.set_saved("".into());
    customer.set_label("Paid".into());
    customer.set_amount("$35.71".into());
    customer.set_rows(model(vec![]));
}
