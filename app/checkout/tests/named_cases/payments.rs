//! What is to pay, paid and given back, and loyalty points.

use checkout::totals::{
    Settings, amount_to_pay, base_paid_amount, change_amount, loyalty_amount,
    loyalty_points_earned, outstanding_amount, paid_amount,
};

#[test]
fn cash_above_the_total_is_given_back() {
    let settings = Settings::default();
    // M1
    assert_eq!(
        change_amount(paid_amount(&[20.0]), 17.3, 0.0, &settings),
        2.7
    );
    // M2: F1 paid with cash and card
    let paid = paid_amount(&[10.0, 0.8]);
    let to_pay = amount_to_pay(10.79, 10.8);
    assert_eq!(change_amount(paid, to_pay, 0.0, &settings), 0.0);
    assert_eq!(outstanding_amount(paid, to_pay, &settings), 0.0);
    // M5
    assert_eq!(outstanding_amount(paid_amount(&[5.0]), 8.0, &settings), 3.0);
    // The server's own value would be 0.019999999999999574.
    assert_eq!(change_amount(10.0, 9.98, 0.0, &settings), 0.02);
}

#[test]
fn the_rounded_total_is_to_pay_unless_rounding_is_disabled() {
    assert_eq!(amount_to_pay(10.5, 10.0), 10.0);
    assert_eq!(amount_to_pay(10.02, 0.0), 10.02);
    assert_eq!(amount_to_pay(-10.5, -11.0), -11.0);
}

#[test]
fn each_payment_is_converted_and_rounded() {
    let settings = Settings::default();
    assert_eq!(
        base_paid_amount(&[10.01, 10.01], 1.0837, &settings),
        2.0 * 10.85
    );
    assert_eq!(base_paid_amount(&[], 1.0837, &settings), 0.0);
}

#[test]
fn loyalty_points_pay_and_are_earned() {
    let settings = Settings::default();
    // M3
    assert_eq!(loyalty_amount(10.0, 0.05, &settings), 0.5);
    // M4: the redeemed amount counts in whole units
    assert_eq!(loyalty_points_earned(123.45, 0.5, 0.0, 10.0), 12);
    assert_eq!(loyalty_points_earned(123.45, 0.5, 20.0, 10.0), 10);
    assert_eq!(loyalty_points_earned(123.45, 0.5, 0.0, 0.0), 123);
}
