//! What the customers of the day want.

/// What a customer brings to the counter, and how they pay it; no amount is all that remains.
pub struct Errand {
    pub customer: Option<&'static str>,
    pub goods: &'static [(&'static str, &'static str)],
    /// Per cent off the whole sale, by the cashier.
    pub discount: Option<&'static str>,
    pub coupon: Option<&'static str>,
    pub points: Option<i64>,
    pub tenders: &'static [(&'static str, Option<i64>)],
}

pub const PLAIN: Errand = Errand {
    customer: None,
    goods: &[],
    discount: None,
    coupon: None,
    points: None,
    tenders: &[],
};

pub const DAY: [Errand; 4] = [
    Errand {
        goods: &[("FIC-001", "1"), ("MIS-003", "1")],
        tenders: &[("Cash", Some(2000))],
        ..PLAIN
    },
    Errand {
        goods: &[("FIC-004", "2"), ("BAT-001", "1")],
        tenders: &[("Credit Card", Some(500)), ("Cash", None)],
        ..PLAIN
    },
    Errand {
        customer: Some("Grace Fielding"),
        goods: &[("FIC-005", "3")],
        tenders: &[("Credit Card", None)],
        ..PLAIN
    },
    // A rule's discount, a gift, a coupon, a discount on all of it, and points.
    Errand {
        customer: Some("Ada Byron"),
        goods: &[("GIF-002", "1"), ("STA-003", "2"), ("FIC-001", "1")],
        discount: Some("5"),
        coupon: Some("SAVE15"),
        points: Some(100),
        tenders: &[("Cash", None)],
    },
];
/// Still in the cart when the day's story ends.
pub const LEFT_OPEN: Errand = Errand {
    customer: Some("Jonas Brandt"),
    goods: &[("FIC-006", "1"), ("MIS-001", "4")],
    discount: Some("10"),
    coupon: Some("SAVE15"),
    ..PLAIN
};
