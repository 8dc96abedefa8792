//! What the scale says to a line that is sold by weight.

use checkout::cart::CartLine;
use checkout::codes::measure::{MassUnit, Measure};
use checkout::quantity::Quantity;
use checkout::shop::Shop;
use checkout::weighing::weighed;
use hal::{PortState, ScaleHindrance, ScaleProtocol, ScaleStatus, Weight, WeightUnit};
use rust_decimal::Decimal;
use slint::ComponentHandle;

use super::words;
use crate::ui::{Level, Line, TillWindow};

/// What a line hears of the scale.
#[derive(Clone, PartialEq, Debug)]
pub struct Weighing {
    /// The weight as the scale shows it.
    pub weight: String,
    /// What it is in the line's unit, why there is none, and what to do.
    pub sentence: String,
    /// How that is.
    pub level: Level,
    /// What would be taken.
    pub qty: Option<Quantity>,
    /// What the button that takes it says; empty where nothing is to be taken.
    pub action: String,
    /// The scale is not at rest.
    pub waits: bool,
    /// A tare is taken off.
    pub net: bool,
}

/// What the status of a scale means for a line. `adds`: more of what is on the line is weighed, and
/// comes to it.
pub fn weighing(shop: &Shop, line: &CartLine, status: &ScaleStatus, adds: bool) -> Weighing {
    let nothing = Weighing {
        weight: "\u{2013}".to_owned(),
        sentence: String::new(),
        level: Level::Neutral,
        qty: None,
        action: String::new(),
        waits: false,
        net: false,
    };
    let Some(weight) = status.weight() else {
        return match status.hindrance() {
            Some(ScaleHindrance::InMotion) => Weighing {
                weight: "\u{2026}".to_owned(),
                sentence: "Not at rest yet.".to_owned(),
                level: Level::Busy,
                waits: true,
                ..nothing
            },
            Some(hindrance) => {
                let (level, matter, remedy) = words::scale(hindrance);
                Weighing {
                    sentence: format!("{matter} {remedy} Or type the weight."),
                    level,
                    ..nothing
                }
            }
            None => nothing,
        };
    };
    let told = Weighing {
        weight: weight.to_string(),
        net: weight.net,
        ..nothing
    };
    let tare = if weight.net {
        "The tare is taken off. "
    } else {
        ""
    };
    if weight.is_zero() {
        return Weighing {
            sentence: format!("{tare}Put the goods on the scale, or type the weight."),
            ..told
        };
    }
    match weighed(shop, line, &measure(weight)) {
        Ok(qty) => {
            let (has, uom) = (line.sold.qty, &line.sold.uom);
            let is_taken = !adds && has == qty;
            let sentence = match (adds, is_taken) {
                (true, _) => format!("It comes to the {has} {uom} of before."),
                (false, true) => "The line has this weight.".to_owned(),
                (false, false) if has == Quantity::ONE => String::new(),
                (false, false) => format!("It takes the place of {has} {uom}."),
            };
            Weighing {
                sentence: format!("{tare}{sentence}").trim_end().to_owned(),
                level: if is_taken {
                    Level::Good
                } else {
                    Level::Neutral
                },
                qty: Some(if adds { has.plus(qty) } else { qty }),
                action: match (is_taken, adds) {
                    (true, _) => String::new(),
                    (false, true) => format!("Add {qty} {uom}"),
                    (false, false) => format!("Take {qty} {uom}"),
                },
                ..told
            }
        }
        Err(error) => Weighing {
            sentence: format!("{}.", words::sentence(&error.to_string())),
            level: Level::Warning,
            ..told
        },
    }
}

/// A weight as the shop counts.
fn measure(weight: Weight) -> Measure {
    let value = Decimal::new(i64::from(weight.digits), u32::from(weight.decimals));
    let unit = match weight.unit {
        WeightUnit::Gram => MassUnit::Gram,
        WeightUnit::Kilogram => MassUnit::Kilogram,
        WeightUnit::Ounce => MassUnit::Ounce,
        WeightUnit::Pound => MassUnit::Pound,
    };
    Measure::mass(value, unit)
}

/// Shows it in the line's sheet; `None` where no scale has anything to say to the line.
pub fn show(window: &TillWindow, weighing: Option<(&Weighing, PortState, ScaleProtocol)>) {
    let line = window.global::<Line>();
    line.set_has_scale(weighing.is_some());
    let Some((weighing, port, protocol)) = weighing else {
        return;
    };
    line.set_weight(weighing.weight.as_str().into());
    line.set_weight_sentence(weighing.sentence.as_str().into());
    line.set_weight_level(weighing.level);
    line.set_weight_action(weighing.action.as_str().into());
    line.set_weight_waits(weighing.waits);
    let is_there = port == PortState::Open;
    line.set_can_zero(is_there && protocol.zero().is_some());
    line.set_can_tare(is_there && protocol.tare().is_some());
    line.set_can_clear_tare(is_there && weighing.net && protocol.clear_tare().is_some());
}
