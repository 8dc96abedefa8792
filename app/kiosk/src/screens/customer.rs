//! The screen in front of the customer: from what they may see to what its window shows.

use std::rc::Rc;

use checkout::format::AmountFormat;
use checkout::money::Money;
use checkout::sale::Sale;
use checkout::shop::Shop;
use checkout::till::Till;
use qrcode::{Color, EcLevel, QrCode};
use slint::{
    ComponentHandle, ModelRc, PlatformError, Rgb8Pixel, SharedPixelBuffer, SharedString, VecModel,
};

use super::customer_view::{CustomerView, LineKind, Scene, SeenLine};
use super::{amounts, done, sell, signed, update};
use crate::config::{CustomerScreenConfig, ScreenConfig};
use crate::second_screen::OnSecondScreen;
use crate::start::dress_as;
use crate::ui::{AmountRow, Customer, CustomerLine, CustomerScene, CustomerWindow, Look};

/// The white dots around a code, in modules: without them it is not read.
const QUIET: usize = 4;

/// The customer's window and its models.
pub struct CustomerScreen {
    screen: OnSecondScreen<CustomerWindow>,
    lines: Rc<VecModel<CustomerLine>>,
    rows: Rc<VecModel<AmountRow>>,
    greeting: Rc<VecModel<SharedString>>,
    config: CustomerScreenConfig,
    /// What is shown, so that the same is not shown again.
    seen: Option<CustomerView>,
}

impl CustomerScreen {
    /// Opens the window; `picture` is shown while nothing is sold.
    ///
    /// # Errors
    /// [`PlatformError`] when the platform has no second window to give.
    pub fn open(
        config: &CustomerScreenConfig,
        screen: &ScreenConfig,
        picture: Option<slint::Image>,
    ) -> Result<Self, PlatformError> {
        let dress = |window: &CustomerWindow| {
            let look = window.global::<Look>();
            dress_as(
                &look,
                config.theme.unwrap_or(screen.theme),
                screen.text_size,
            );
            // Each frame of a movement would be a frame that the till's own screen waits for.
            look.set_motion(false);
            let customer = window.global::<Customer>();
            customer.set_has_picture(picture.is_some());
            customer.set_picture(picture.unwrap_or_default());
        };
        let screen = OnSecondScreen::open(config.placing(), CustomerWindow::new, dress)?;
        let opened = Self {
            lines: Rc::default(),
            rows: Rc::default(),
            greeting: Rc::default(),
            config: config.clone(),
            seen: None,
            screen,
        };
        let customer = opened.window().global::<Customer>();
        customer.set_lines(ModelRc::from(opened.lines.clone()));
        customer.set_rows(ModelRc::from(opened.rows.clone()));
        customer.set_greeting_lines(ModelRc::from(opened.greeting.clone()));
        Ok(opened)
    }

    /// The window, to look at it.
    pub fn window(&self) -> &CustomerWindow {
        self.screen.window()
    }

    /// Shows what the customer may see of the till.
    pub fn show(&mut self, view: CustomerView, till: Option<&Till>) {
        if self.seen.as_ref() == Some(&view) {
            return;
        }
        match till {
            Some(till) => self.show_view(&view, till),
            None => self.show_greeting(CustomerScene::Closed, None),
        }
        self.seen = Some(view);
    }

    /// Shows that the screen works, until it is shown something else.
    pub fn show_test(&mut self) {
        self.seen = None;
        let customer = self.window().global::<Customer>();
        let line = |quantity: &str, name: &str, amount: &str| CustomerLine {
            quantity: quantity.into(),
            name: name.into(),
            amount: amount.into(),
            ..CustomerLine::default()
        };
        update(
            &self.lines,
            vec![
                line("1", "Test line, nothing is sold", "0.01"),
                line("12", "ABCDEFGHIJ abcdefghij 0123456789", "1,234.56"),
            ],
        );
        update(&self.rows, Vec::new());
        customer.set_latest(1);
        customer.set_shop_name("Test".into());
        customer.set_label("Total".into());
        customer.set_amount("1,234.57".into());
        customer.set_scene(CustomerScene::Goods);
    }

    fn show_view(&self, view: &CustomerView, till: &Till) {
        let shop = till.shop();
        let format = amounts(shop);
        let customer = self.window().global::<Customer>();
        customer.set_shop_name(shop.company.name.as_str().into());
        customer.set_saved("".into());
        customer.set_has_code(false);
        let say = |label: &str, amount: Money| {
            customer.set_label(label.into());
            customer.set_amount(signed(format.amount(amount)).into());
        };
        match &view.scene {
            Scene::Closed => return self.show_greeting(CustomerScene::Closed, Some(shop)),
            Scene::Welcome => return self.show_greeting(CustomerScene::Welcome, Some(shop)),
            Scene::Goods { total } if total.is_negative() => say("You get", total.negated()),
            Scene::Goods { total } => say("Total", *total),
            Scene::ToPay { total, remaining } if remaining != total => {
                say("Still to pay", *remaining);
            }
            Scene::ToPay { total, .. } => say("To pay", *total),
            Scene::Paid { total, change } if change.is_zero() => say("Total", *total),
            Scene::Paid { change, .. } => say("Change", *change),
            Scene::GivingBack { amount } => say("You get", *amount),
            Scene::Thanks { sale } => {
                customer.set_thanks("Thank you".into());
                match sale.change_amount.is_positive() {
                    true => say("Change", sale.change_amount),
                    false => say("Paid", sale.amount_to_pay),
                }
                customer.set_saved(done::saved(shop, sale).into());
                self.show_code(till, sale);
            }
            Scene::ThanksBack { amount } => {
                customer.set_thanks("Thank you".into());
                say("You get", *amount);
            }
        }
        update(&self.rows, rows(view, till, &format));
        let lines = view.lines.iter().map(|line| row_of(line, &format));
        update(&self.lines, lines.collect());
        let latest = view.latest.and_then(|place| i32::try_from(place).ok());
        customer.set_latest(latest.unwrap_or(-1));
        customer.set_scene(match &view.scene {
            Scene::Thanks { .. } | Scene::ThanksBack { .. } => CustomerScene::Done,
            _ => CustomerScene::Goods,
        });
    }

    fn show_greeting(&self, scene: CustomerScene, shop: Option<&Shop>) {
        let customer = self.window().global::<Customer>();
        let company = shop.map_or("", |shop| shop.company.name.as_str());
        customer.set_shop_name(company.into());
        let (said, usual): (_, &[&str]) = match scene {
            CustomerScene::Welcome => (&self.config.welcome, &[company, "Welcome"]),
            _ => (&self.config.closed, &["This counter is closed"]),
        };
        let texts: Vec<SharedString> = match said.as_slice() {
            [] => usual.iter().map(|text| SharedString::from(*text)).collect(),
            texts => texts.iter().map(SharedString::from).collect(),
        };
        let mut texts = texts.into_iter();
        customer.set_greeting(texts.next().unwrap_or_default());
        update(&self.greeting, texts.collect());
        // What was bought is the buyer's alone.
        update(&self.lines, Vec::new());
        update(&self.rows, Vec::new());
        customer.set_latest(-1);
        customer.set_label("".into());
        customer.set_amount("".into());
        customer.set_code(slint::Image::default());
        customer.set_scene(scene);
    }

    /// The code of the receipt, for a customer who takes a photograph and no paper.
    fn show_code(&self, till: &Till, sale: &Sale) {
        let code = self.config.receipt_code.then(|| till.receipt_code(sale));
        let Some(picture) = code.and_then(|code| picture_of(&code)) else {
            return;
        };
        let customer = self.window().global::<Customer>();
        customer.set_code(slint::Image::from_rgb8(picture));
        let number = &sale.receipt_number;
        let text = format!("Receipt {number}: take a photograph to bring something back.");
        customer.set_code_text(text.into());
        customer.set_has_code(true);
    }
}

/// What stands above the amount that matters.
fn rows(view: &CustomerView, till: &Till, format: &AmountFormat) -> Vec<AmountRow> {
    let (shop, cart) = (till.shop(), till.cart());
    let row = |label: &str, amount: Money| AmountRow {
        label: label.into(),
        amount: signed(format.number(amount)).into(),
        strong: false,
    };
    let paid = || view.tenders.iter().map(|(mode, amount)| row(mode, *amount));
    let total = |amount: Money| AmountRow {
        strong: true,
        ..row("Total", amount)
    };
    let goods = || {
        let mut rows = match cart.is_empty() {
            true => Vec::new(),
            false => sell::document_rows(shop, cart.document(), cart.totals()),
        };
        let back = till.returning().map(|open| open.amount(shop.currency));
        rows.extend(back.map(|amount| row("Coming back", amount)));
        rows
    };
    match &view.scene {
        Scene::Goods { .. } => goods(),
        Scene::ToPay {
            total: due,
            remaining,
        } if remaining == due => goods(),
        Scene::ToPay { total: due, .. } => std::iter::once(total(*due)).chain(paid()).collect(),
        Scene::Paid { total: due, change } => match change.is_zero() {
            true => paid().collect(),
            false => std::iter::once(total(*due)).chain(paid()).collect(),
        },
        Scene::Thanks { sale } if sale.change_amount.is_positive() => {
            std::iter::once(total(sale.amount_to_pay))
                .chain(paid())
                .collect()
        }
        _ => Vec::new(),
    }
}

fn row_of(line: &SeenLine, format: &AmountFormat) -> CustomerLine {
    CustomerLine {
        quantity: line.quantity.to_string().into(),
        name: line.name.as_str().into(),
        detail: line.detail.as_str().into(),
        was: line.was.as_str().into(),
        discount: line.tag.as_str().into(),
        amount: signed(format.number(line.amount)).into(),
        free: line.kind == LineKind::Given,
        back: line.kind == LineKind::Back,
    }
}

/// A code as a picture, a dot a module, with the white around it that readers need; `None` where
/// it says too much.
pub fn picture_of(text: &str) -> Option<SharedPixelBuffer<Rgb8Pixel>> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let width = code.width();
    let side = width + 2 * QUIET;
    let dots = u32::try_from(side).ok()?;
    let mut picture = SharedPixelBuffer::<Rgb8Pixel>::new(dots, dots);
    let (white, black) = (Rgb8Pixel::new(255, 255, 255), Rgb8Pixel::new(0, 0, 0));
    let modules = code.to_colors();
    for (at, dot) in picture.make_mut_slice().iter_mut().enumerate() {
        let place = |at: usize| at.checked_sub(QUIET).filter(|at| *at < width);
        let module = place(at / side).zip(place(at % side));
        let module = module.and_then(|(y, x)| modules.get(y * width + x));
        *dot = match module {
            Some(Color::Dark) => black,
            _ => white,
        };
    }
    Some(picture)
}
