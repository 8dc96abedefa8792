//! What is in the pictures of [`super::sheets`]: a cart with every kind of discount, choices,
//! reasons, variants.

use slint::{ModelRc, VecModel};

use super::shop;
use crate::ui::{
    Attribute, AttributeValue, CartLine, Cashier, Choice, Level, Reason, Reduction, SaleLine,
    TakenTender,
};

/// Name, quantity, price of one, amount.
fn line([name, quantity, detail, amount]: [&str; 4]) -> CartLine {
    CartLine {
        name: name.into(),
        item_code: "STA-003".into(),
        quantity: quantity.into(),
        uom: "Nos".into(),
        detail: detail.into(),
        amount: amount.into(),
        ..CartLine::default()
    }
}

/// A rule's discount, what it gave, a changed price, a batch, serial numbers that are missing,
/// a rule that was left out, a bundle and a line with all of it.
pub(super) fn cart() -> Vec<CartLine> {
    let mut lines = vec![
        line(["The Salt Road", "2", "7.19 each", "14.38"]),
        line(["Gift Wrap", "1", "0.00 each", "0.00"]),
        line(["Box of 12 Pencils HB", "1", "10.62 / Box", "10.62"]),
        line(["House Blend Beans", "0.350", "41.43 / Kg", "14.50"]),
        line(["E-Reader 6in", "3", "399.00 each", "1,197.00"]),
        line(["Flat White", "1", "3.80 each", "3.80"]),
        line([
            "A Field Guide to the Seabirds, Seals and Small Craft of the Northern Harbours",
            "12.500",
            "1,099.50 / Box",
            "13,743.75",
        ]),
        line([
            "Writer's Bundle (2 pens + notebook)",
            "1",
            "15.90 each",
            "15.90",
        ]),
    ];
    lines[0].was = "7.99".into();
    lines[0].discount = "−10 %".into();
    lines[1].was = "2.00".into();
    lines[1].discount = "Free".into();
    lines[1].free = true;
    lines[2].was = "11.80".into();
    lines[2].discount = "Changed".into();
    lines[2].uom = "Box".into();
    lines[3].note = "Batch HB-2611, best before 3 Dec 2026".into();
    lines[4].warning = "2 serial numbers are missing.".into();
    lines[4].note = "Serial SN-ERD-2026-0007".into();
    lines[5].warning =
        "Rule “Tenth coffee free” was left out: the till does not know earlier sales.".into();
    lines[6].was = "1,234.56".into();
    lines[6].discount = "Changed".into();
    lines[6].uom = "Box".into();
    lines[6].note = "Serial 88412, 88413, 88414, 88415, 88416, 88417, 88418, 88419".into();
    lines[7].note = "2 × Gel Pen Blue, 1 × Notebook A5 dotted".into();
    lines
}

pub(super) fn sold() -> Vec<SaleLine> {
    cart()
        .into_iter()
        .map(|line| SaleLine {
            name: line.name,
            quantity: line.quantity,
            detail: line.detail,
            was: line.was,
            discount: line.discount,
            note: line.note,
            amount: line.amount,
            free: line.free,
        })
        .collect()
}

pub(super) fn reduction(label: &str, amount: &str) -> Reduction {
    Reduction {
        label: label.into(),
        amount: amount.into(),
    }
}

fn choice(label: &str, detail: &str, amount: &str) -> Choice {
    Choice {
        label: label.into(),
        detail: detail.into(),
        amount: amount.into(),
        enabled: true,
        ..Choice::default()
    }
}

pub(super) fn units() -> Vec<Choice> {
    let mut units = vec![
        choice("Nos", "The unit of stock", "1.05"),
        choice("Box", "12 Nos", "11.80"),
        choice("Carton", "20 Box, 240 Nos", "219.00"),
        choice("Pallet", "9,600 Nos", ""),
    ];
    units[1].chosen = true;
    units[3].enabled = false;
    units[3].reason = "No price in Wholesale Selling".into();
    units
}

pub(super) fn batches() -> Vec<Choice> {
    let mut batches = vec![
        choice("HB-2610", "Best before 1 Nov 2026", "4.2 Kg left"),
        choice("HB-2611", "Best before 3 Dec 2026", "18 Kg left"),
        choice("HB-2612", "Best before 20 Dec 2026", "40 Kg left"),
        choice("HOUSE-BLEND-2027-01-LOT-0007", "No date", "12.5 Kg left"),
        choice("HB-2609", "Best before 3 Feb 2027", "0 Kg left"),
    ];
    batches[0].enabled = false;
    batches[0].reason = "Expired 22 days ago".into();
    batches[1].chosen = true;
    batches[4].enabled = false;
    batches[4].reason = "None left".into();
    batches
}

pub(super) fn serials(count: usize) -> Vec<Choice> {
    (1..=count)
        .map(|number| {
            let mut serial = choice(&format!("SN-ERD-2026-{number:04}"), "", "");
            serial.chosen = number == 7;
            if number == 3 {
                serial.enabled = false;
                serial.reason = "In another line".into();
            }
            serial
        })
        .collect()
}

fn reason(label: &str, detail: &str, amount: &str, level: Level) -> Reason {
    Reason {
        label: label.into(),
        detail: detail.into(),
        amount: amount.into(),
        level,
    }
}

pub(super) fn reasons() -> Vec<Reason> {
    vec![
        reason(
            "Price list Wholesale Selling",
            "Box of 12, valid since 1 November 2026",
            "11.80",
            Level::Neutral,
        ),
        reason("10 % Gifts", "Rule PRLE-0001", "−1.18", Level::Neutral),
        reason(
            "Changed by Maya",
            "Approved by Noor: damaged cover",
            "8.00",
            Level::Neutral,
        ),
        reason(
            "Tenth box free was left out",
            "Rule PRLE-0009 counts earlier sales, which this till does not know.",
            "",
            Level::Warning,
        ),
        reason(
            "Discount 10 % on the whole sale",
            "Given by Maya",
            "−0.80",
            Level::Neutral,
        ),
    ]
}

pub(super) fn reasons_of_free() -> Vec<Reason> {
    vec![reason(
        "Free with 2 × The Salt Road",
        "Rule PRLE-0004: buy two books, get the wrap",
        "0.00",
        Level::Neutral,
    )]
}

pub(super) fn managers() -> Vec<Cashier> {
    shop::cashiers()
        .into_iter()
        .filter(|cashier| cashier.role == "Manager")
        .collect()
}

fn attribute(label: &str, values: &[(&str, &str)], chosen: usize) -> Attribute {
    let value = |(index, (label, reason)): (usize, &(&str, &str))| AttributeValue {
        label: (*label).into(),
        chosen: index == chosen,
        enabled: reason.is_empty(),
        reason: (*reason).into(),
    };
    let values: VecModel<AttributeValue> = values.iter().enumerate().map(value).collect();
    Attribute {
        label: label.into(),
        values: ModelRc::new(values),
    }
}

pub(super) fn attributes() -> Vec<Attribute> {
    vec![
        attribute(
            "Size",
            &[("Small", ""), ("Medium", ""), ("Large", "Not in Blue")],
            1,
        ),
        attribute("Colour", &[("Blue", ""), ("Red", ""), ("Green", "")], 0),
    ]
}

pub(super) fn many_attributes() -> Vec<Attribute> {
    let sizes = attribute(
        "Size",
        &[
            ("Extra Small", ""),
            ("Small", ""),
            ("Medium", ""),
            ("Large", ""),
            ("Extra Large", ""),
            ("2XL", ""),
            ("3XL", "Not in Storm Grey"),
            ("4XL", "Not in Storm Grey"),
        ],
        2,
    );
    let colours = attribute(
        "Colour",
        &[
            ("Storm Grey", ""),
            ("Signal Orange", ""),
            ("Harbour Blue", "Not in Medium"),
            ("Lighthouse White", ""),
            ("Kelp Green", ""),
            ("Midnight", ""),
            ("Sand", ""),
            ("Coral", "Not in Medium"),
        ],
        usize::MAX,
    );
    let linings = attribute("Lining", &[("Fleece", ""), ("None", "")], usize::MAX);
    vec![sizes, colours, linings]
}

pub(super) fn taken_points() -> TakenTender {
    TakenTender {
        label: "Loyalty points".into(),
        amount: "$10.00".into(),
        detail: "200 points".into(),
    }
}
