//! Goods that come back: the lines to choose from, and the block of them in the cart.

use std::rc::Rc;

use checkout::quantity::Quantity;
use checkout::returns::{OpenReturn, ReturnLine as Line};
use checkout::shop::Shop;
use checkout::till::Till;
use jiff::civil::Date;
use slint::{ComponentHandle, ModelRc, SharedString, VecModel};

use super::sell::{document_rows, unit_price};
use super::{amounts, money, signed, update};
use crate::ui::{
    AmountRow, CartLine, Choice, Exchange, Level, Return, ReturnLine, Sell, TillWindow,
};

const REASONS: [&str; 6] = [
    "Damaged",
    "Does not fit",
    "Not liked",
    "Wrong item",
    "Bought twice",
    "A gift",
];

/// What the till alone does not know of the screen.
pub struct ReturnView<'a> {
    /// Today in the site's time zone.
    pub today: Date,
    /// The row whose pieces are chosen.
    pub serials_of: Option<usize>,
    /// The sheet of the reasons is open.
    pub choosing_reason: bool,
    /// What was refused last.
    pub refused: &'a str,
}

/// The models of the screen and of the block in the cart.
pub struct ReturnScreen {
    lines: Rc<VecModel<ReturnLine>>,
    totals: Rc<VecModel<AmountRow>>,
    serials: Rc<VecModel<Choice>>,
    coming_back: Rc<VecModel<CartLine>>,
}

impl ReturnScreen {
    /// Connects the models to the window.
    pub fn new(window: &TillWindow) -> Self {
        let screen = Self {
            lines: Rc::default(),
            totals: Rc::default(),
            serials: Rc::default(),
            coming_back: Rc::default(),
        };
        let ui = window.global::<Return>();
        ui.set_lines(ModelRc::from(screen.lines.clone()));
        ui.set_totals(ModelRc::from(screen.totals.clone()));
        ui.set_serials(ModelRc::from(screen.serials.clone()));
        let reasons = REASONS.map(SharedString::from);
        ui.set_reasons(ModelRc::new(VecModel::from(reasons.to_vec())));
        let block = window.global::<Exchange>();
        block.set_lines(ModelRc::from(screen.coming_back.clone()));
        screen
    }

    /// Whether a reason is one of those that are offered.
    pub fn is_usual(reason: &str) -> bool {
        REASONS.contains(&reason)
    }

    /// Shows the lines to choose from.
    pub fn show(&self, window: &TillWindow, till: &Till, open: &OpenReturn, view: &ReturnView<'_>) {
        let shop = till.shop();
        let ui = window.global::<Return>();
        let original = open.original();
        let (title, heading) = match &original.receipt {
            Some(receipt) => {
                let date = receipt.posting_date;
                let day = if date == view.today {
                    "Today".to_owned()
                } else {
                    super::words::day(date)
                };
                let time = receipt.posting_time;
                (
                    format!("Return of {}", receipt.receipt_number),
                    format!(
                        "{day} {:02}:{:02}, {}",
                        time.hour(),
                        time.minute(),
                        original.customer_name
                    ),
                )
            }
            None => (
                "Return without a receipt".to_owned(),
                format!("At today's prices, {}", original.customer_name),
            ),
        };
        ui.set_title(title.into());
        ui.set_heading(heading.into());
        ui.set_without_receipt(original.receipt.is_none());
        let lines = open.lines();
        update(
            &self.lines,
            lines.iter().map(|line| return_line(shop, line)).collect(),
        );
        ui.set_can_all(lines.iter().any(|line| line.qty < line.left));
        let rows = if open.is_empty() {
            vec![]
        } else {
            document_rows(shop, open.document(), open.totals())
        };
        update(&self.totals, rows);
        let back = open.amount(shop.currency).negated();
        ui.set_total(amounts(shop).amount(back).into());
        self.show_serials(window, &lines, view.serials_of);
        ui.set_choosing_reason(view.choosing_reason);
        let reason = ui.get_reason();
        let missing = lines.iter().find(|line| line.missing_serial_nos > 0);
        let (level, sentence) = match (view.refused, missing) {
            ("", _) if open.is_empty() => (Level::Neutral, "Choose what comes back.".to_owned()),
            ("", Some(line)) => (
                Level::Warning,
                format!("Choose the serial numbers of {}.", line.sold.item_name),
            ),
            ("", None) if reason.trim().is_empty() => {
                (Level::Neutral, "Choose a reason.".to_owned())
            }
            ("", None) => (Level::Neutral, String::new()),
            (refused, _) => (Level::Warning, refused.to_owned()),
        };
        ui.set_level(level);
        ui.set_sentence(sentence.into());
        let complete = !open.is_empty() && missing.is_none();
        ui.set_can_exchange(complete);
        ui.set_can_refund(complete && !reason.trim().is_empty());
        ui.set_back_to_cart(!till.cart().is_empty());
    }

    fn show_serials(&self, window: &TillWindow, lines: &[Line<'_>], row: Option<usize>) {
        let ui = window.global::<Return>();
        let place = row.and_then(|row| lines.iter().position(|line| line.row == row));
        let shown = place.and_then(|place| i32::try_from(place).ok());
        let line = place.and_then(|place| lines.get(place));
        if let Some(line) = line {
            let piece = |serial_no: &&str| Choice {
                label: (*serial_no).into(),
                chosen: line.serial_nos.iter().any(|chosen| chosen == serial_no),
                enabled: true,
                ..Choice::default()
            };
            update(
                &self.serials,
                line.serial_nos_left.iter().map(piece).collect(),
            );
            let (chosen, all) = (line.serial_nos.len(), line.serial_nos_left.len());
            ui.set_serials_count(format!("{chosen} of {all} come back").into());
        }
        ui.set_serials_of(shown.unwrap_or(-1));
    }

    /// Shows the block of what comes back above the cart, and what is due in all. To be called
    /// after the cart was shown.
    pub fn show_block(&self, window: &TillWindow, till: &Till, collecting: bool) {
        let (shop, block) = (till.shop(), window.global::<Exchange>());
        let format = amounts(shop);
        block.set_collecting(collecting);
        let sell = window.global::<Sell>();
        let Some(open) = till.returning() else {
            update(&self.coming_back, vec![]);
            block.set_gives_back(false);
            block.set_total("".into());
            let title = if collecting {
                "No receipt: scan or tap what comes back"
            } else {
                ""
            };
            return block.set_title(title.into());
        };
        block.set_title(match &open.original().receipt {
            Some(receipt) => format!("Coming back · {}", receipt.receipt_number).into(),
            None => "Coming back · no receipt".into(),
        });
        let amount = open.amount(shop.currency);
        block.set_total(signed(format.number(amount)).into());
        let coming = open
            .lines()
            .into_iter()
            .filter(|line| line.qty > Quantity::ZERO);
        let row = |line: Line<'_>| CartLine {
            name: line.sold.item_name.as_str().into(),
            quantity: line.qty.to_string().into(),
            amount: signed(format.number(money(shop, line.amount))).into(),
            ..CartLine::default()
        };
        update(&self.coming_back, coming.map(row).collect());
        let due = till.due();
        let gives_back = due.is_negative();
        block.set_gives_back(gives_back);
        let shown = if gives_back { due.negated() } else { due };
        sell.set_total(format.number(shown).into());
        sell.set_pay_amount(format.amount(shown).into());
        sell.set_can_pay(!till.cart().is_empty() || !open.is_empty());
    }
}

fn return_line(shop: &Shop, line: &Line<'_>) -> ReturnLine {
    let sold = line.sold;
    let format = amounts(shop);
    let back = sold.qty.to_f64() - line.left.to_f64();
    let known = if back > 0.0 {
        let back = Quantity::from_f64(back);
        format!("{} sold, {back} back already", sold.qty)
    } else {
        format!("{} sold", sold.qty)
    };
    let has_serials = !sold.serial_nos.is_empty();
    let nothing = line.qty == Quantity::ZERO;
    ReturnLine {
        name: sold.item_name.as_str().into(),
        detail: unit_price(shop, line.rate, &sold.uom, sold.uom == sold.stock_uom).into(),
        known: known.into(),
        quantity: line.qty.to_string().into(),
        amount: if nothing {
            "".into()
        } else {
            signed(format.number(money(shop, line.amount))).into()
        },
        reason: if line.left == Quantity::ZERO {
            "all of it is back".into()
        } else {
            "".into()
        },
        can_less: !nothing,
        can_more: line.qty < line.left,
        has_serials,
        serials: if has_serials {
            format!(
                "{} of {}",
                line.serial_nos.len(),
                line.serial_nos_left.len()
            )
            .into()
        } else {
            "".into()
        },
        serials_missing: line.missing_serial_nos > 0,
    }
}
