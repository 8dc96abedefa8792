//! The end of a day at Harbour Books, and what came back, as text that is ready to be shown.

use crate::ui::{
    CartLine, Choice, CountedMode, Level, PaperLine, PaperLook, Related, ReturnLine, TenderKind,
};

const MODES: [(&str, TenderKind, &str); 3] = [
    ("Cash", TenderKind::Cash, "$254.30"),
    ("Credit Card", TenderKind::Card, "$412.85"),
    ("Gift Voucher", TenderKind::Other, "$45.00"),
];

/// The modes of payment of which the first so many were counted.
pub fn modes(counted: usize) -> Vec<CountedMode> {
    let mode = |(place, (mode, kind, amount)): (usize, &(&str, TenderKind, &str))| CountedMode {
        mode: (*mode).into(),
        kind: *kind,
        counted: if place < counted {
            (*amount).into()
        } else {
            "".into()
        },
        ..CountedMode::default()
    };
    MODES.iter().enumerate().map(mode).collect()
}

pub fn compared() -> Vec<CountedMode> {
    let mut modes = modes(3);
    let told = [
        ("$256.30", "2.00 short", Level::Warning),
        ("$412.85", "As expected", Level::Good),
        ("$45.00", "As expected", Level::Good),
    ];
    for (mode, (expected, difference, level)) in modes.iter_mut().zip(told) {
        mode.expected = expected.into();
        mode.difference = difference.into();
        mode.level = level;
    }
    modes
}

fn text(look: PaperLook, left: &str) -> PaperLine {
    PaperLine {
        look,
        left: left.into(),
        right: "".into(),
    }
}

fn pair(look: PaperLook, left: &str, right: &str) -> PaperLine {
    PaperLine {
        right: right.into(),
        ..text(look, left)
    }
}

fn report(title: &str, closed: bool) -> Vec<PaperLine> {
    use PaperLook::{Centered, Large, Plain, Rule, Space, Strong, Title};
    let mut lines = vec![
        text(Title, "Harbour Books"),
        text(Centered, "14 Quay Street, Portland ME"),
        text(Space, ""),
        text(Title, title),
        text(Space, ""),
        pair(Plain, "Till C1", "Shift 14"),
        pair(Plain, "Opened by Maya", "2026-11-23 08:57"),
    ];
    if closed {
        lines.push(pair(Plain, "Closed by Maya", "2026-11-23 18:04"));
    }
    lines.extend([
        text(Rule, ""),
        pair(Plain, "Sales 42", "1,204.75"),
        pair(Plain, "Returns 2", "−42.60"),
        pair(Plain, "Receipts", "C1-000083 to C1-000126"),
        text(Rule, ""),
        pair(Plain, "Sales Tax 8.25 %", "88.57"),
        pair(Plain, "Net", "1,073.58"),
        pair(Large, "Total", "$1,162.15"),
        text(Rule, ""),
        text(Strong, "Cash"),
        pair(Plain, "Float", "150.00"),
        pair(Plain, "Taken", "156.30"),
        pair(Plain, "Cash out", "−50.00"),
        pair(Strong, "Expected", "256.30"),
    ]);
    if closed {
        lines.extend([
            pair(Plain, "Counted", "254.30"),
            pair(Strong, "Difference", "−2.00"),
        ]);
    }
    lines.extend([
        text(Rule, ""),
        pair(Strong, "Credit Card", "412.85"),
        pair(Strong, "Gift Voucher", "45.00"),
        text(Rule, ""),
        pair(Plain, "Drawer opened without a sale", "1"),
    ]);
    if closed {
        lines.push(pair(Plain, "Journal", "entry 391"));
        lines.push(text(Centered, "All receipt numbers are there"));
    }
    lines
}

pub fn x_report() -> Vec<PaperLine> {
    report("X REPORT", false)
}

pub fn z_report() -> Vec<PaperLine> {
    report("Z REPORT 14", true)
}

/// What the receipt has, with one line of each kind.
pub fn returned() -> Vec<ReturnLine> {
    let line = |name: &str, detail: &str, known: &str, quantity: &str, amount: &str| ReturnLine {
        name: name.into(),
        detail: detail.into(),
        known: known.into(),
        quantity: quantity.into(),
        amount: amount.into(),
        can_less: !amount.is_empty(),
        can_more: amount.is_empty(),
        ..ReturnLine::default()
    };
    vec![
        line(
            "The Salt Road",
            "7.99 each",
            "2 sold, 1 back already",
            "1",
            "−7.99",
        ),
        line("The Lantern House", "12.50 each", "1 sold", "1", "−12.50"),
        ReturnLine {
            reason: "All of it is back".into(),
            can_more: false,
            ..line("Flat White", "3.80 each", "1 sold", "0", "")
        },
        ReturnLine {
            has_serials: true,
            serials: "0 of 2".into(),
            ..line("E-Reader 6in", "129.00 each", "2 sold", "0", "")
        },
        line("House Blend Beans", "41.43 / Kg", "0.350 sold", "0", ""),
        line(
            "A Field Guide to the Seabirds, Seals and Small Craft of the Northern Harbours",
            "39.95 each",
            "12 sold, 3 back already",
            "0",
            "",
        ),
    ]
}

pub fn nothing_chosen() -> Vec<ReturnLine> {
    let mut lines = returned();
    for line in &mut lines {
        line.quantity = "0".into();
        line.amount = "".into();
        line.can_less = false;
        line.can_more = line.reason.is_empty();
    }
    lines
}

pub fn pieces() -> Vec<Choice> {
    let piece = |label: &str, chosen| Choice {
        label: label.into(),
        chosen,
        enabled: true,
        ..Choice::default()
    };
    vec![piece("SER-001-S004", true), piece("SER-001-S007", false)]
}

pub fn coming_back() -> Vec<CartLine> {
    let line = |name: &str, quantity: &str, amount: &str| CartLine {
        name: name.into(),
        quantity: quantity.into(),
        amount: amount.into(),
        ..CartLine::default()
    };
    vec![
        line("The Salt Road", "1", "−7.99"),
        line("The Lantern House", "1", "−12.50"),
    ]
}

pub fn related() -> Vec<Related> {
    let related = |number: &str, label: &str, detail: &str, amount: &str| Related {
        receipt_number: number.into(),
        label: label.into(),
        detail: detail.into(),
        amount: amount.into(),
    };
    vec![
        related(
            "C1-000123",
            "Came back,",
            "1 × The Salt Road · accepted by ERPNext",
            "−$8.65",
        ),
        related(
            "C1-000124",
            "Exchanged for,",
            "Waiting to be sent",
            "$21.02",
        ),
    ]
}
