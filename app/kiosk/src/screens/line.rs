//! The sheet of one line: its price, unit, batch, serial numbers, and why it costs what it costs.

use std::rc::Rc;

use checkout::batch::BatchChoice;
use checkout::cart::{CartLine, GivenLine, PriceReason};
use checkout::masters::SerialNo;
use checkout::pricing::PriceAnswer;
use checkout::shop::Shop;
use checkout::uom::UomChoice;
use slint::{ComponentHandle, Model, ModelRc, SharedString, VecModel};

use super::{amounts, money, update, words};
use crate::ui::{Choice, Level, Line, LineSection, Reason, TillWindow};

/// The models of the sheet.
pub struct LineSheet {
    units: Rc<VecModel<Choice>>,
    batches: Rc<VecModel<Choice>>,
    serials: Rc<VecModel<Choice>>,
    reasons: Rc<VecModel<Reason>>,
}

/// What the sheet of a line offers besides its price.
#[derive(Default)]
pub struct LineChoices {
    /// The units the item is sold in; empty where there is only one.
    pub units: Vec<UomChoice>,
    /// The batches; `None` for items without.
    pub batches: Option<Vec<BatchChoice>>,
    /// The pieces that can be chosen; `None` for items without serial numbers.
    pub serial_nos: Option<Vec<SerialNo>>,
    /// How many serial numbers are missing.
    pub missing: usize,
}

impl LineSheet {
    /// Connects empty models to the window.
    pub fn new(window: &TillWindow) -> Self {
        let sheet = Self {
            units: Rc::default(),
            batches: Rc::default(),
            serials: Rc::default(),
            reasons: Rc::default(),
        };
        let line = window.global::<Line>();
        line.set_units(ModelRc::from(sheet.units.clone()));
        line.set_batches(ModelRc::from(sheet.batches.clone()));
        line.set_serials(ModelRc::from(sheet.serials.clone()));
        line.set_reasons(ModelRc::from(sheet.reasons.clone()));
        sheet
    }

    /// Shows a line that is sold.
    pub fn show(&self, window: &TillWindow, shop: &Shop, line: &CartLine, choices: &LineChoices) {
        let sheet = window.global::<Line>();
        let format = amounts(shop);
        sheet.set_editable(true);
        sheet.set_list_price(format.number(money(shop, line.price_list_rate)).into());
        sheet.set_price_list(price_list(line.reasons()).into());
        sheet.set_price(format.number(money(shop, line.rate)).into());
        sheet.set_price_changed(line.change.is_some());
        let profile = &shop.profile;
        let fixed = !profile.allow_rate_change && !profile.allow_discount_change;
        sheet.set_price_fixed(if fixed {
            "This till may not change prices.".into()
        } else {
            "".into()
        });
        sheet.set_has_units(choices.units.len() > 1);
        let unit = |choice: &UomChoice| unit_choice(shop, line, choice);
        update(&self.units, choices.units.iter().map(unit).collect());
        sheet.set_has_batches(choices.batches.is_some());
        let batches = choices.batches.iter().flatten();
        let batch = |choice: &BatchChoice| batch_choice(line, choice);
        update(&self.batches, batches.map(batch).collect());
        sheet.set_has_serials(choices.serial_nos.is_some());
        sheet.set_serials_missing(choices.missing > 0);
        let serials = choices.serial_nos.as_deref();
        update(
            &self.serials,
            serial_rows(line, serials.unwrap_or_default()),
        );
        let chosen = line.sold.serial_nos.len();
        sheet.set_serials_count(format!("{chosen} of {} chosen", chosen + choices.missing).into());
        let mut reasons = self.reasons_of(shop, line.reasons());
        let left_out = |notice: &String| Reason {
            label: notice.as_str().into(),
            level: Level::Warning,
            ..Reason::default()
        };
        reasons.extend(line.notices.iter().map(left_out));
        update(&self.reasons, reasons);
    }

    /// Shows a line that a rule gave: why it is there.
    pub fn show_given(&self, window: &TillWindow, shop: &Shop, given: &GivenLine) {
        let sheet = window.global::<Line>();
        sheet.set_editable(false);
        sheet.set_section(LineSection::Why);
        let mut reasons = self.reasons_of(shop, &given.sold.reasons);
        if reasons.is_empty() {
            reasons = self.reasons_of(shop, &[PriceReason::GivenBy(given.rule.clone())]);
        }
        update(&self.reasons, reasons);
    }

    /// The unit in this row.
    pub fn unit(&self, place: i32) -> Option<String> {
        label(&self.units, place)
    }

    /// The batch in this row.
    pub fn batch(&self, place: i32) -> Option<String> {
        label(&self.batches, place)
    }

    /// The serial number in this row.
    pub fn serial_no(&self, place: i32) -> Option<String> {
        label(&self.serials, place)
    }

    fn reasons_of(&self, shop: &Shop, reasons: &[PriceReason]) -> Vec<Reason> {
        let format = amounts(shop);
        let reason = |reason| words::reason(reason, &format, shop.currency);
        reasons.iter().map(reason).collect()
    }
}

/// What a row is called, which is the name of what it chooses.
fn label(choices: &VecModel<Choice>, place: i32) -> Option<String> {
    let choice = choices.row_data(usize::try_from(place).ok()?)?;
    Some(choice.label.into())
}

/// The list that a line's price came from.
fn price_list(reasons: &[PriceReason]) -> &str {
    let mut lists = reasons.iter().filter_map(|reason| match reason {
        PriceReason::ListPrice { price_list, .. } => Some(price_list.as_str()),
        _ => None,
    });
    lists.next().unwrap_or_default()
}

fn unit_choice(shop: &Shop, line: &CartLine, choice: &UomChoice) -> Choice {
    let (amount, reason) = match &choice.price {
        PriceAnswer::Found(found) => {
            let price = money(shop, found.price_list_rate);
            (amounts(shop).number(price), String::new())
        }
        _ => (String::new(), "No price".to_owned()),
    };
    let stock_uom = &line.sold.stock_uom;
    let detail = if choice.uom == *stock_uom {
        String::new()
    } else {
        let factor = checkout::quantity::Quantity::from_f64(choice.conversion_factor);
        format!("1 {} = {factor} {stock_uom}", choice.uom)
    };
    Choice {
        label: choice.uom.as_str().into(),
        detail: detail.into(),
        amount: amount.into(),
        chosen: choice.uom == line.sold.uom,
        enabled: reason.is_empty(),
        reason: reason.into(),
    }
}

fn batch_choice(line: &CartLine, choice: &BatchChoice) -> Choice {
    let expiry = choice.expiry_date;
    let left = checkout::quantity::Quantity::from_f64(choice.left);
    Choice {
        label: choice.batch_no.as_str().into(),
        detail: expiry.map_or_else(SharedString::default, |date| {
            format!("Best before {}", words::day(date)).into()
        }),
        amount: format!("{left} left").into(),
        chosen: line.sold.batch_no.as_ref() == Some(&choice.batch_no),
        enabled: choice.refused.is_none(),
        reason: choice
            .refused
            .as_ref()
            .map(|refused| words::sentence(&refused.to_string()).into())
            .unwrap_or_default(),
    }
}

/// The pieces that can be ticked; those that were typed and are on no list stand first.
fn serial_rows(line: &CartLine, known: &[SerialNo]) -> Vec<Choice> {
    let is_known = |name: &String| known.iter().any(|piece| piece.name == *name);
    let typed = line.sold.serial_nos.iter().filter(|name| !is_known(name));
    let names = typed.chain(known.iter().map(|piece| &piece.name));
    let row = |name: &String| Choice {
        chosen: line.sold.serial_nos.contains(name),
        label: name.as_str().into(),
        enabled: true,
        ..Choice::default()
    };
    names.map(row).collect()
}
