//! Where fingers touch, on the screen of [`crate::vm::SCREEN`].

/// The first cashier, the PIN 2580 of the demo shop, and in.
pub const SIGN_IN: &[(u32, u32)] = &[
    (153, 200),
    (1064, 283),
    (1064, 405),
    (1064, 526),
    (1064, 648),
    (1064, 752),
];
