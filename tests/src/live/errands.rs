//! What the customers of two shifts want: every kind of sale, and what comes back of them.

/// What a customer brings to the counter, and how they pay it; no amount is all that remains.
pub(super) struct Errand {
    /// What it is called in what is printed.
    pub(super) kind: &'static str,
    /// Who buys; `None` for nobody in particular.
    pub(super) customer: Option<&'static str>,
    /// Item codes and quantities, as they are typed.
    pub(super) goods: &'static [(&'static str, &'static str)],
    /// The unit of the first line.
    pub(super) uom: Option<&'static str>,
    /// The batch of the first line.
    pub(super) batch: Option<&'static str>,
    /// What one unit of the first line costs, by the cashier.
    pub(super) rate: Option<&'static str>,
    /// Per cent off the whole, by the cashier.
    pub(super) discount: Option<&'static str>,
    /// A coupon.
    pub(super) coupon: Option<&'static str>,
    /// Points that are paid with.
    pub(super) points: Option<i64>,
    /// Modes of payment, with amounts in cents.
    pub(super) tenders: &'static [(&'static str, Option<i64>)],
}

const CASH: Errand = Errand {
    kind: "cash",
    customer: None,
    goods: &[],
    uom: None,
    batch: None,
    rate: None,
    discount: None,
    coupon: None,
    points: None,
    tenders: &[("Cash", None)],
};

/// The kinds that need nothing but the shop.
pub(super) static ERRANDS: [Errand; 17] = [
    Errand {
        kind: "cash with change",
        goods: &[("FIC-001", "1"), ("MIS-003", "1")],
        tenders: &[("Cash", Some(5_000))],
        ..CASH
    },
    Errand {
        kind: "card and cash",
        goods: &[("FIC-004", "2")],
        tenders: &[("Credit Card", Some(500)), ("Cash", None)],
        ..CASH
    },
    Errand {
        kind: "card",
        goods: &[("FIC-002", "1")],
        tenders: &[("Credit Card", None)],
        ..CASH
    },
    Errand {
        kind: "a batch",
        goods: &[("BAT-001", "2")],
        batch: Some("BAT-001-B"),
        ..CASH
    },
    Errand {
        kind: "a weight",
        goods: &[("WGT-001", "0.385")],
        ..CASH
    },
    Errand {
        kind: "a discount on the whole",
        goods: &[("FIC-005", "2")],
        discount: Some("10"),
        ..CASH
    },
    Errand {
        kind: "a rule's discount",
        goods: &[("GIF-001", "1")],
        ..CASH
    },
    Errand {
        kind: "a rule's gift",
        goods: &[("STA-003", "2")],
        ..CASH
    },
    Errand {
        kind: "a coupon",
        goods: &[("FIC-001", "1")],
        coupon: Some("SAVE15"),
        ..CASH
    },
    Errand {
        kind: "another price",
        goods: &[("FIC-003", "1")],
        rate: Some("9.50"),
        ..CASH
    },
    Errand {
        kind: "another unit",
        goods: &[("STA-002", "1")],
        uom: Some("Box"),
        ..CASH
    },
    Errand {
        kind: "a bundle",
        goods: &[("BUN-001", "1")],
        ..CASH
    },
    Errand {
        kind: "a service",
        goods: &[("SRV-WRAP", "1"), ("NF-002", "1")],
        ..CASH
    },
    Errand {
        kind: "no tax",
        goods: &[("CHD-001", "3")],
        ..CASH
    },
    Errand {
        kind: "a lower tax",
        goods: &[("BAK-001", "3")],
        ..CASH
    },
    Errand {
        kind: "a variant",
        goods: &[("TSHIRT-M-BLU", "2")],
        ..CASH
    },
    Errand {
        kind: "points earned",
        customer: Some("Ada Byron"),
        goods: &[("NF-001", "2")],
        ..CASH
    },
];

/// Some of the points that were earned, once ERPNext has given them.
pub(super) const POINTS: Errand = Errand {
    kind: "points spent",
    customer: Some("Ada Byron"),
    goods: &[("FIC-004", "1")],
    points: Some(5),
    ..CASH
};

/// Another price list.
pub(super) const WHOLESALE: Errand = Errand {
    kind: "wholesale",
    customer: Some("Corner Cafe LLC"),
    goods: &[("STA-004", "2")],
    tenders: &[("Credit Card", None)],
    ..CASH
};

/// A piece with a serial number; the cashier is asked which.
pub(super) const PIECE: Errand = Errand {
    kind: "a piece with its serial number",
    goods: &[("SER-001", "1")],
    tenders: &[("Credit Card", None)],
    ..CASH
};

/// For somebody who is not known yet.
pub(super) const NEWCOMER: Errand = Errand {
    kind: "a customer made at the till",
    goods: &[("FIC-005", "1")],
    ..CASH
};

/// Comes back without its receipt.
pub(super) const WITHOUT_RECEIPT: Errand = Errand {
    kind: "a return without a receipt",
    goods: &[("TSHIRT-M-BLU", "1")],
    ..CASH
};

/// Taken in exchange.
pub(super) const IN_EXCHANGE: Errand = Errand {
    kind: "an exchange",
    goods: &[("NF-001", "1")],
    ..CASH
};
