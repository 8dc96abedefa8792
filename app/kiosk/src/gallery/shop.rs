//! A day at Harbour Books, as text that is ready to be shown.

use crate::ui::{
    AmountRow, CartLine, Cashier, Denomination, ItemGroup, JourneyStep, Level, SaleLine, SaleRow,
    Status, StepState, SuggestedNote, TakenTender, TenderKind, TenderTile, Tile,
};

pub(super) const GROUPS: [(&str, &str); 8] = [
    ("", "All"),
    ("Fiction", "Fiction"),
    ("Non-Fiction", "Non-Fiction"),
    ("Children", "Children"),
    ("Cafe", "Cafe"),
    ("Coffee Beans", "Coffee Beans"),
    ("Stationery", "Stationery"),
    ("Gifts", "Gifts"),
];

/// Name, group (index into [`GROUPS`]), price.
const ITEMS: [(&str, i32, &str); 40] = [
    ("The Salt Road", 1, "7.99"),
    ("The Lantern House", 1, "9.49"),
    ("The Tide Year", 1, "12.00"),
    ("The Harbour Atlas", 2, "48.00"),
    ("Flat White", 4, "3.80"),
    ("House Blend Beans", 5, "14.50"),
    ("Box of 12 Pencils HB", 6, "6.25"),
    ("Gel Pen Blue", 6, "1.95"),
    ("Writer's Bundle (2 pens + notebook)", 6, "15.90"),
    ("Salt the Seal #1", 3, "5.99"),
    ("Winter the Seal #6", 3, "5.99"),
    ("Croissant", 4, "2.90"),
    ("Cheese Scone", 4, "3.20"),
    ("Harbour T-Shirt, medium, blue", 7, "19.00"),
    ("E-Reader 6in", 7, "1,234.56"),
    (
        "A Field Guide to the Seabirds, Seals and Small Craft of the Northern Harbours",
        2,
        "39.95",
    ),
    ("Honey Jar 250g", 7, "8.75"),
    ("Blueberry Muffin", 4, "3.10"),
    ("Carrot Cake Slice", 4, "4.25"),
    ("Washi Tape", 6, "3.40"),
    ("Watercolour Set", 6, "22.80"),
    ("Pain au Chocolat", 4, "3.10"),
    ("Sparkling Water 500ml", 4, "1.80"),
    ("Oat Milk 1L", 4, "2.60"),
    ("Harbour the Seal #5", 3, "5.99"),
    ("Granite the Seal #17", 3, "5.99"),
    ("Cartographer the Seal #7", 3, "5.99"),
    ("Sold Out Classic", 1, "11.00"),
    ("Withdrawn Title", 1, ""),
    ("Espresso Roast Beans 1kg", 5, "42.00"),
    ("Decaf Beans 250g", 5, "15.20"),
    ("Gift Wrap", 7, "2.00"),
    ("Tote Bag, natural cotton", 7, "12.50"),
    ("Tide the Seal #13", 3, "5.99"),
    ("Signal the Seal #10", 3, "5.99"),
    ("Navigation for Beginners", 2, "27.50"),
    ("Knots and Splices", 2, "18.20"),
    ("Orange Juice", 4, "3.50"),
    ("AA Batteries 4-pack", 7, "6.99"),
    ("USB-C Cable", 7, "9.90"),
];

pub(super) fn tiles() -> Vec<Tile> {
    let tile = |(index, (name, group, price)): (usize, &(&str, i32, &str))| Tile {
        item_code: format!("ITM-{index:03}").into(),
        name: (*name).into(),
        price: (*price).into(),
        note: if price.is_empty() {
            "No price in Standard Selling".into()
        } else {
            "".into()
        },
        quantity: match index {
            0 => "2".into(),
            4 => "1".into(),
            6 => "12".into(),
            _ => "".into(),
        },
        tone: *group,
        enabled: !price.is_empty(),
    };
    ITEMS.iter().enumerate().map(tile).collect()
}

pub(super) fn groups() -> Vec<ItemGroup> {
    let group = |(index, (key, label)): (usize, &(&str, &str))| ItemGroup {
        key: (*key).into(),
        label: (*label).into(),
        tone: i32::try_from(index)
            .ok()
            .filter(|tone| *tone > 0)
            .unwrap_or(-1),
    };
    GROUPS.iter().enumerate().map(group).collect()
}

fn line(name: &str, quantity: &str, detail: &str, amount: &str) -> CartLine {
    CartLine {
        name: name.into(),
        item_code: "FIC-001".into(),
        quantity: quantity.into(),
        uom: "Nos".into(),
        detail: detail.into(),
        amount: amount.into(),
        ..CartLine::default()
    }
}

/// A usual sale: four lines, one with a discount.
pub(super) fn cart() -> Vec<CartLine> {
    let mut lines = vec![
        line("The Salt Road", "2", "7.99 each", "15.98"),
        line("Flat White", "1", "3.80 each", "3.80"),
        line("Box of 12 Pencils HB", "1", "6.25 / Box", "5.63"),
        line("House Blend Beans", "0.350", "41.43 / Kg", "14.50"),
    ];
    lines[2].discount = "−10 %".into();
    lines[2].item_code = "STA-003".into();
    lines[2].uom = "Box".into();
    lines[3].note = "Batch HB-2611".into();
    lines
}

/// Thirty lines, long names and large sums among them.
pub(super) fn long_cart() -> Vec<CartLine> {
    (0..30)
        .map(|index| {
            let (name, _, price) = ITEMS[index];
            let mut line = line(
                name,
                "1",
                "each",
                if price.is_empty() { "0.00" } else { price },
            );
            line.detail = format!("{} each", line.amount).into();
            if index == 29 {
                line.quantity = "12.500".into();
                line.discount = "−15 %".into();
                line.note = "Serial 88412, 88413, 88414".into();
                line.name = ITEMS[15].0.into();
                line.amount = "1,234.56".into();
            }
            line
        })
        .collect()
}

pub(super) fn row(label: &str, amount: &str) -> AmountRow {
    AmountRow {
        label: label.into(),
        amount: amount.into(),
        strong: false,
    }
}

pub(super) fn totals() -> Vec<AmountRow> {
    vec![row("Subtotal", "39.91"), row("Sales Tax 8.25 %", "3.29")]
}

pub(super) fn long_totals() -> Vec<AmountRow> {
    vec![
        row("Subtotal", "2,947.20"),
        row("Discount SAVE15", "−442.08"),
        row("State Tax 6.25 %", "156.57"),
        row("City Tax 2 %", "50.10"),
        row("Rounding", "0.01"),
    ]
}

pub(super) fn cashiers() -> Vec<Cashier> {
    [
        ("Maya", "MA", "Cashier"),
        ("Jonas Lindqvist", "JL", "Cashier"),
        ("Priya Raghunathan", "PR", "Manager"),
        ("Sam", "SA", "Cashier"),
        ("Ada Byron", "AB", "Manager"),
        ("Maximiliana Featherstonehaugh", "MF", "Cashier"),
    ]
    .into_iter()
    .zip(0..)
    .map(|((name, initials, role), tone)| Cashier {
        name: name.into(),
        initials: initials.into(),
        role: role.into(),
        tone,
    })
    .collect()
}

pub(super) fn status(title: &str, level: Level, sentence: &str, remedy: &str) -> Status {
    Status {
        level,
        title: title.into(),
        sentence: sentence.into(),
        remedy: remedy.into(),
        ..Status::default()
    }
}

pub(super) fn tenders(offline: bool) -> Vec<TenderTile> {
    [
        ("Cash", TenderKind::Cash),
        ("Credit Card", TenderKind::Card),
        ("Gift Voucher", TenderKind::Other),
        ("Check", TenderKind::Other),
    ]
    .into_iter()
    .map(|(mode, kind)| {
        let enabled = !(offline && kind == TenderKind::Card);
        TenderTile {
            mode: mode.into(),
            label: mode.into(),
            kind,
            enabled,
            reason: if enabled {
                "".into()
            } else {
                "Needs the network".into()
            },
        }
    })
    .collect()
}

pub(super) fn notes(amounts: [&str; 4]) -> Vec<SuggestedNote> {
    amounts
        .into_iter()
        .map(|amount| SuggestedNote {
            label: format!("${amount}").into(),
            amount: amount.into(),
            mode: "Cash".into(),
        })
        .collect()
}

pub(super) fn taken(count: usize) -> Vec<TakenTender> {
    [
        ("Gift Voucher", "$10.00", "Card ending 4471"),
        ("Cash", "$20.00", ""),
        ("Credit Card", "$5.00", "Approved 118203"),
        ("Check", "$4.20", ""),
        ("Gift Voucher", "$2.00", "Card ending 9012"),
        ("Cash", "$1.00", ""),
    ]
    .into_iter()
    .take(count)
    .map(|(label, amount, detail)| TakenTender {
        label: label.into(),
        amount: amount.into(),
        detail: detail.into(),
    })
    .collect()
}

pub(super) fn denominations() -> Vec<Denomination> {
    [
        ("$50", "1", "50.00"),
        ("$20", "3", "60.00"),
        ("$10", "2", "20.00"),
        ("$5", "2", "10.00"),
        ("$1", "8", "8.00"),
        ("25 ¢", "6", "1.50"),
        ("10 ¢", "4", "0.40"),
        ("5 ¢", "2", "0.10"),
        ("1 ¢", "0", "0.00"),
    ]
    .into_iter()
    .map(|(label, count, amount)| Denomination {
        label: label.into(),
        count: count.into(),
        amount: amount.into(),
    })
    .collect()
}

pub(super) fn sales() -> Vec<SaleRow> {
    (0..42)
        .map(|index| {
            let (journey, journey_level) = match index {
                0 => ("Waiting", Level::Busy),
                1 => ("Needs attention", Level::Bad),
                2 => ("Not printed", Level::Warning),
                _ => ("Accepted", Level::Good),
            };
            let price = if index == 1 {
                "43.20"
            } else {
                ITEMS[index % 28].2
            };
            SaleRow {
                receipt_number: format!("C1-{:06}", 1042 - index).into(),
                time: format!("{}:{:02}", 17 - index / 5, 59 - (index * 11) % 60).into(),
                total: format!("${price}").into(),
                tenders: if index % 3 == 1 {
                    "Cash, Credit Card"
                } else {
                    "Cash"
                }
                .into(),
                customer: if index % 4 == 2 {
                    "Corner Cafe LLC"
                } else {
                    ""
                }
                .into(),
                journey: journey.into(),
                journey_level,
            }
        })
        .collect()
}

pub(super) fn sale_lines() -> Vec<SaleLine> {
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

pub(super) fn journey() -> Vec<JourneyStep> {
    [
        ("Printed", "17:59", StepState::Done),
        ("Sent", "18:00", StepState::Done),
        ("Accepted", "Refused by ERPNext", StepState::Failed),
    ]
    .into_iter()
    .map(|(label, detail, state)| JourneyStep {
        label: label.into(),
        detail: detail.into(),
        state,
    })
    .collect()
}
