//! Document discounts, rounded totals, returns and other currencies.

use checkout::totals::ApplyDiscountOn::{GrandTotal, NetTotal};

use crate::case::*;

#[test]
fn a_document_discount_is_spread_over_the_net_amounts() {
    let basket = |name| {
        Case::new(name, &[sold(1.0, 10.0), sold(2.0, 20.0), sold(3.0, 3.33)])
            .taxes(&[net(10.0)])
            .net_amounts(&[9.0, 36.0, 8.99])
            .rows("net_rate", &[9.0, 18.0, 3.0])
            .rows("amount", &[10.0, 40.0, 9.99])
            .rows("distributed_discount_amount", &[1.0, 4.0, 1.0])
            .sums(59.99, 53.99, 5.4)
            .pays(59.39, 0.0, 59.39)
    };
    basket("E1")
        .discount_percent(GrandTotal, 10.0)
        .tax(&[(6.0, 5.4)])
        .field("/discount_amount", 6.6)
        .check(ALL);
    basket("E2")
        .discount_percent(NetTotal, 10.0)
        .tax(&[(5.4, 5.4)])
        .field("/discount_amount", 6.0)
        .check(ALL);
    Case::new("E3", &[sold(1.0, 12.0), sold(1.0, 24.0)])
        .taxes(&[inclusive(net(20.0))])
        .discount(GrandTotal, 5.0)
        .net_amounts(&[8.61, 17.22])
        .rows("net_rate", &[8.61, 17.22])
        .rows("distributed_discount_amount", &[1.39, 2.78])
        .tax(&[(6.0, 5.17)])
        .sums(36.0, 25.83, 5.17)
        .pays(31.0, 0.0, 31.0)
        .check(ALL);
    Case::new("E6", &[sold(1.0, 50.0), sold(1.0, 25.0)])
        .taxes(&[net(10.0), actual(5.0)])
        .discount(GrandTotal, 10.0)
        .net_amounts(&[43.94, 21.97])
        .rows("distributed_discount_amount", &[6.06, 3.03])
        .tax(&[(7.5, 6.59), (5.0, 5.0)])
        .sums(75.0, 65.91, 11.59)
        .pays(77.5, 0.0, 77.5)
        .check(ALL);
    Case::new("E7", &[sold(1.0, 10.0), sold(2.0, 20.0)])
        .taxes(&[net(10.0)])
        .discount_percent(GrandTotal, 100.0)
        .net_amounts(&[0.0, 0.0])
        .rows("net_rate", &[0.0, 0.0])
        .rows("distributed_discount_amount", &[10.0, 40.0])
        .tax(&[(5.0, 0.0)])
        .sums(50.0, 0.0, 0.0)
        .field("/discount_amount", 55.0)
        .pays(0.0, 0.0, 0.0)
        .check(ALL);
}

#[test]
fn the_odd_cent_goes_to_the_row_where_it_arises() {
    Case::new("E4", &[sold(1.0, 10.0), sold(1.0, 10.0), sold(1.0, 10.0)])
        .discount(NetTotal, 1.0)
        .net_amounts(&[9.67, 9.66, 9.67])
        .rows("net_rate", &[9.67, 9.66, 9.67])
        .rows("distributed_discount_amount", &[0.33, 0.32, 0.33])
        .sums(30.0, 29.0, 0.0)
        .pays(29.0, 0.0, 29.0)
        .check(ALL);
    let cents = [1.98, 1.97, 1.98, 1.98, 1.97, 1.98, 1.98];
    Case::new("E5", &vec![sold(1.0, 1.99); 7])
        .taxes(&[net(7.25)])
        .discount(GrandTotal, 0.1)
        .net_amounts(&cents)
        .rows("net_rate", &cents)
        .tax(&[(1.01, 1.0)])
        .sums(13.93, 13.84, 1.0)
        .pays(14.84, 0.0, 14.84)
        .check(ALL);
    let mixed = || {
        Case::new("E8", &[sold(1.0, 4.99), sold(2.0, 3.49), sold(3.0, 0.99)])
            .taxes(&[inclusive(net(5.0))])
            .discount_percent(GrandTotal, 15.0)
            .net_amounts(&[4.04, 5.65, 2.41])
            .rows("distributed_discount_amount", &[0.71, 1.0, 0.42])
            .field("/discount_amount", 2.24)
            .pays(12.7, 0.0, 12.7)
    };
    mixed()
        .rows("net_rate", &[4.04, 2.83, 0.8])
        .tax(&[(0.71, 0.61)])
        .sums(14.94, 12.1, 0.61)
        .check(LEGACY_AND_COMMERCIAL);
    // Half a cent in the tax and in a net rate goes to the even cent; what is paid is the same.
    mixed()
        .rows("net_rate", &[4.04, 2.82, 0.8])
        .tax(&[(0.71, 0.6)])
        .sums(14.94, 12.1, 0.6)
        .check(BANKERS);
    Case::new(
        "K2",
        &[
            sold(1.0, 2.49),
            taxed_at(7.0, sold(2.0, 1.19)),
            taxed_at(7.0, sold(0.512, 8.9)),
            sold(1.0, 14.99),
        ],
    )
    .taxes(&[inclusive(net(19.0))])
    .discount_percent(GrandTotal, 10.0)
    .net_amounts(&[1.88, 2.0, 3.83, 11.34])
    .rows("net_rate", &[1.88, 1.0, 7.48, 11.34])
    .tax(&[(3.24, 2.92)])
    .sums(24.42, 19.05, 2.92)
    .field("/discount_amount", 2.44)
    .pays(21.98, 0.0, 21.98)
    .check(ALL);
}

/// Seen on a live server: the tax row's total and the grand total may differ by a cent.
#[test]
fn the_last_tax_total_may_differ_from_the_grand_total() {
    Case::new("S15", &[sold(1.0, 140.0)])
        .taxes(&[net(8.25)])
        .discount_percent(GrandTotal, 10.0)
        .tax(&[(11.55, 10.4)])
        .field("/taxes/0/total", 136.4)
        .field("/grand_total", 136.39)
        .check(BANKERS);
}

#[test]
fn the_total_is_rounded_to_the_coins_there_are() {
    Case::new("F1", &[sold(1.0, 10.02)])
        .smallest(0.05)
        .taxes(&[net(7.7)])
        .net_amounts(&[10.02])
        .tax(&[(0.77, 0.77)])
        .sums(10.02, 10.02, 0.77)
        .pays(10.79, 0.01, 10.8)
        .check(ALL);
    let ten_fifty = |name| {
        Case::new(name, &[sold(1.0, 10.5)])
            .net_amounts(&[10.5])
            .sums(10.5, 10.5, 0.0)
    };
    ten_fifty("F2")
        .smallest(0.0)
        .pays(10.5, -0.5, 10.0)
        .check(LEGACY_AND_BANKERS);
    ten_fifty("F2")
        .smallest(0.0)
        .pays(10.5, 0.5, 11.0)
        .check(COMMERCIAL);
    ten_fifty("F3")
        .smallest(1.0)
        .pays(10.5, -0.5, 10.0)
        .check(ALL);
    Case::new("F4", &[sold(-1.0, 10.5)])
        .smallest(1.0)
        .returned()
        .net_amounts(&[-10.5])
        .sums(-10.5, -10.5, 0.0)
        .pays(-10.5, -0.5, -11.0)
        .check(ALL);
    Case::new("F5", &[sold(1.0, 10.02)])
        .smallest(0.05)
        .settings(|settings| settings.disable_rounded_total = true)
        .sums(10.02, 10.02, 0.0)
        .pays(10.02, 0.0, 0.0)
        .check(ALL);
    let three_decimals = || {
        Case::new("F6", &[sold(3.0, 1.2345)])
            .precision(3)
            .smallest(0.001)
            .taxes(&[net(5.0)])
    };
    three_decimals()
        .rows("rate", &[1.235])
        .net_amounts(&[3.705])
        .tax(&[(0.185, 0.185)])
        .sums(3.705, 3.705, 0.185)
        .pays(3.89, 0.0, 3.89)
        .check(LEGACY_AND_COMMERCIAL);
    three_decimals()
        .net_amounts(&[3.702])
        .tax(&[(0.185, 0.185)])
        .pays(3.887, 0.0, 3.887)
        .check(BANKERS);
    Case::new("F7", &[sold(3.0, 133.4)])
        .precision(0)
        .smallest(1.0)
        .taxes(&[inclusive(net(10.0))])
        .rows("rate", &[133.0])
        .net_amounts(&[363.0])
        .rows("net_rate", &[121.0])
        .tax(&[(36.0, 36.0)])
        .sums(399.0, 363.0, 36.0)
        .pays(399.0, 0.0, 399.0)
        .check(ALL);
}

#[test]
fn a_return_is_computed_anew_and_not_the_sale_negated() {
    Case::new("G1", &[sold(-3.0, 33.33)])
        .returned()
        .taxes(&[net(7.5)])
        .net_amounts(&[-99.99])
        .tax(&[(-7.5, -7.5)])
        .sums(-99.99, -99.99, -7.5)
        .pays(-107.49, 0.0, -107.49)
        .check(ALL);
    Case::new("G2", &[sold(-1.0, 12.0), sold(-1.0, 24.0)])
        .returned()
        .taxes(&[inclusive(net(20.0))])
        .discount(GrandTotal, -5.0)
        .net_amounts(&[-8.61, -17.22])
        .rows("net_rate", &[8.61, 17.22])
        .rows("distributed_discount_amount", &[-1.39, -2.78])
        .tax(&[(-6.0, -5.17)])
        .sums(-36.0, -25.83, -5.17)
        .pays(-31.0, 0.0, -31.0)
        .check(ALL);
    let half_cent = |cents| {
        Case::new("G3", &[sold(-0.5, 0.25)])
            .returned()
            .net_amounts(&[cents])
            .sums(cents, cents, 0.0)
            .pays(cents, 0.0, cents)
    };
    half_cent(-0.12).check(LEGACY_AND_BANKERS);
    half_cent(-0.13).check(COMMERCIAL);
    // A return without a quantity gives back one rate.
    Case::new("no quantity", &[sold(0.0, 4.0)])
        .returned()
        .net_amounts(&[-4.0])
        .check(ALL);
}

#[test]
fn base_amounts_are_converted_and_rounded() {
    Case::new("H1", &[sold(3.0, 9.99)])
        .in_euro(1.0837)
        .taxes(&[net(20.0)])
        .net_amounts(&[29.97])
        .tax(&[(5.99, 5.99)])
        .sums(29.97, 29.97, 5.99)
        .field("/base_net_total", 32.48)
        .field("/base_grand_total", 38.97)
        .field("/base_rounded_total", 38.97)
        .pays(35.96, 0.0, 35.96)
        .check(ALL);
    Case::new("H2", &[sold(3.0, 9.99), sold(1.0, 5.01)])
        .in_euro(1.0837)
        .taxes(&[inclusive(net(20.0))])
        .discount_percent(GrandTotal, 5.0)
        .net_amounts(&[23.73, 3.97])
        .rows("net_rate", &[7.91, 3.97])
        .rows("distributed_discount_amount", &[1.25, 0.21])
        .tax(&[(5.83, 5.54)])
        .sums(34.98, 27.7, 5.54)
        .field("/discount_amount", 1.75)
        .field("/base_net_total", 30.02)
        .field("/base_grand_total", 36.01)
        .field("/base_rounded_total", 36.01)
        .pays(33.23, 0.0, 33.23)
        .check(ALL);
    // In the company's own currency there is no rate but 1.
    Case::new("own currency", &[sold(3.0, 9.99)])
        .in_currency("USD", 1.0837)
        .pays(29.97, 0.0, 29.97)
        .field("/conversion_rate", 1.0)
        .field("/base_grand_total", 29.97)
        .check(ALL);
}
