//! Why something costs what it costs, in words.

use checkout::cart::{
    AboveMaxDiscount, AppliedRule, GivenDiscount, GivenPrice, LineChange, PriceReason, RuleEffect,
};
use checkout::format::AmountFormat;
use checkout::loyalty::PointsLimit;
use checkout::money::{Currency, Money};
use checkout::totals::MarginType;
use jiff::civil::Date;

use crate::ui::{Level, Reason};

/// A percentage with what it takes: `10 %`, `12.5 %`, `33.33 %`.
pub fn per_cent(percentage: f64) -> String {
    let text = format!("{percentage:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{text} %")
}

/// A day as people write it: `23 Mar 2027`.
pub fn day(date: Date) -> String {
    date.strftime("%-d %b %Y").to_string()
}

/// `1 point`, `430 points`.
pub fn points(count: i64) -> String {
    match count {
        1 => "1 point".to_owned(),
        count => format!("{count} points"),
    }
}

/// Why no more points can be used.
pub fn points_limit(limit: PointsLimit) -> String {
    match limit {
        PointsLimit::Balance => "The customer has no more points.",
        PointsLimit::AmountToPay => "More points would be worth more than the sale.",
        PointsLimit::Offline => {
            "ERPNext was not reached for a while: more points of this customer can be used when it is."
        }
    }
    .to_owned()
}

/// `11.80 → 8.00, 32.2 % off`.
pub fn from_to(format: &AmountFormat, from: Money, to: Money) -> String {
    let numbers = format!("{} → {}", format.number(from), format.number(to));
    if to.units < from.units && from.is_positive() {
        format!("{numbers}, {} off", off(from, to))
    } else {
        numbers
    }
}

/// How much less one amount is than another, in the roundest per cent that gives just that: 6.79
/// instead of 7.99 is what 15 % off makes of it, and not 15.02 %.
pub fn off(from: Money, to: Money) -> String {
    let exact = (from.units - to.units) as f64 / from.units as f64 * 100.0;
    let rounded = |decimals: i32| {
        let scale = 10f64.powi(decimals);
        (exact * scale).round() / scale
    };
    let gives_it = |percentage: &f64| {
        let left = from.units as f64 * (1.0 - percentage / 100.0);
        left.round() as i64 == to.units
    };
    let roundest = (0..=2).map(rounded).find(gives_it);
    per_cent(roundest.unwrap_or(exact))
}

/// What may be given without a manager; empty where nobody has to be asked.
pub fn needs_manager(above: &[AboveMaxDiscount]) -> String {
    let Some(first) = above.first() else {
        return String::new();
    };
    let (name, asked) = (&first.item_name, per_cent(first.discount_percentage));
    let most = per_cent(first.max_discount);
    let others = match above.len() {
        1 => String::new(),
        2 => " One more line is below its limit too.".to_owned(),
        lines => format!(" {} more lines are below their limits too.", lines - 1),
    };
    format!("{name} would be {asked} off; without a manager at most {most}.{others}")
}

/// A cashier's discount on the whole sale: `Discount 10 %`, `Discount 5.00`.
pub fn given_discount(given: GivenDiscount, format: &AmountFormat, currency: Currency) -> String {
    match given {
        GivenDiscount::Percentage(percentage) => format!("Discount {}", per_cent(percentage)),
        GivenDiscount::Amount(amount) => {
            format!(
                "Discount {}",
                format.number(Money::from_f64(amount, currency))
            )
        }
    }
}

/// One step from the list price to what is asked.
pub fn reason(reason: &PriceReason, format: &AmountFormat, currency: Currency) -> Reason {
    let money = |value: f64| format.number(Money::from_f64(value, currency));
    match reason {
        PriceReason::ListPrice {
            price_list,
            price_list_rate,
            item_price,
        } => Reason {
            label: format!("Price list {price_list}").into(),
            detail: match item_price {
                Some(_) => "".into(),
                None => "This list has no price for it".into(),
            },
            amount: money(*price_list_rate).into(),
            level: Level::Neutral,
        },
        PriceReason::Label { amount, rate } => Reason {
            label: format!("The package's label says {}", money(*amount)).into(),
            detail: "One unit by that".into(),
            amount: money(*rate).into(),
            level: Level::Neutral,
        },
        PriceReason::Rule(rule) => Reason {
            label: rule_label(rule, &money).into(),
            detail: format!("Rule {}", rule.name).into(),
            amount: "".into(),
            level: Level::Good,
        },
        PriceReason::GivenBy(rule) => Reason {
            label: format!("Free with {}", title(rule)).into(),
            detail: format!("Rule {}", rule.name).into(),
            amount: "".into(),
            level: Level::Good,
        },
        PriceReason::Changed(change) => Reason {
            label: changed_label(change, &money).into(),
            detail: match &change.approval {
                Some(approval) => {
                    format!("Approved by {}: {}", approval.by.name, approval.reason).into()
                }
                None => "".into(),
            },
            amount: "".into(),
            level: Level::Neutral,
        },
    }
}

fn title(rule: &AppliedRule) -> &str {
    if rule.title.is_empty() {
        &rule.name
    } else {
        &rule.title
    }
}

/// The rule's own title, and what it does where the title does not say.
fn rule_label(rule: &AppliedRule, money: &impl Fn(f64) -> String) -> String {
    let effect = |effect: &RuleEffect| match effect {
        RuleEffect::Rate(rate) => format!("price {}", money(*rate)),
        RuleEffect::DiscountPercentage(percentage) => format!("{} off", per_cent(*percentage)),
        RuleEffect::DiscountAmount(amount) => format!("{} off", money(*amount)),
        RuleEffect::Margin {
            margin_type: MarginType::Percentage,
            margin_rate_or_amount,
        } => format!("{} margin", per_cent(*margin_rate_or_amount)),
        RuleEffect::Margin {
            margin_type: MarginType::Amount,
            margin_rate_or_amount,
        } => format!("{} margin", money(*margin_rate_or_amount)),
        RuleEffect::Gives => "gives goods".to_owned(),
    };
    let effects: Vec<_> = rule.effects.iter().map(effect).collect();
    if effects.is_empty() {
        title(rule).to_owned()
    } else {
        format!("{}: {}", title(rule), effects.join(", "))
    }
}

fn changed_label(change: &LineChange, money: &impl Fn(f64) -> String) -> String {
    let by = &change.by.name;
    match change.given {
        GivenPrice::Rate(rate) => format!("{by} set the price to {}", money(rate)),
        GivenPrice::DiscountPercentage(percentage) => {
            format!("{by} gave {} off", per_cent(percentage))
        }
        GivenPrice::DiscountAmount(amount) => format!("{by} gave {} off", money(amount)),
    }
}
