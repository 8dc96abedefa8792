//! Rows, exclusive and inclusive taxes, charge types, row discounts and margins, weights.

use checkout::totals::{ItemRow, MarginType};

use crate::case::*;

#[test]
fn taxes_are_added_up_unrounded_and_rounded_once() {
    Case::new("A1", &[sold(3.0, 33.33)])
        .taxes(&[net(7.5)])
        .net_amounts(&[99.99])
        .tax(&[(7.5, 7.5)])
        .sums(99.99, 99.99, 7.5)
        .pays(107.49, 0.0, 107.49)
        .check(ALL);
    let half_cent = |name, cents| {
        Case::new(name, &[sold(0.5, 0.25)])
            .net_amounts(&[cents])
            .sums(cents, cents, 0.0)
            .pays(cents, 0.0, cents)
    };
    half_cent("A2", 0.13).check(LEGACY_AND_COMMERCIAL);
    half_cent("A2c", 0.12).check(BANKERS);
    let three_of_33 = |name| {
        Case::new(name, &[sold(1.0, 0.33), sold(1.0, 0.33), sold(1.0, 0.33)])
            .taxes(&[net(10.0)])
            .net_amounts(&[0.33; 3])
    };
    three_of_33("A3")
        .tax(&[(0.1, 0.1)])
        .sums(0.99, 0.99, 0.1)
        .pays(1.09, 0.0, 1.09)
        .check(ALL);
    three_of_33("A3b")
        .row_wise()
        .tax(&[(0.09, 0.09)])
        .sums(0.99, 0.99, 0.09)
        .pays(1.08, 0.0, 1.08)
        .check(ALL);
    let three_of_45 = |name| {
        Case::new(name, &[sold(1.0, 0.45), sold(1.0, 0.45), sold(1.0, 0.45)])
            .taxes(&[net(10.0)])
            .net_amounts(&[0.45; 3])
    };
    three_of_45("A3c")
        .tax(&[(0.14, 0.14)])
        .sums(1.35, 1.35, 0.14)
        .pays(1.49, 0.0, 1.49)
        .check(ALL);
    three_of_45("A3d")
        .row_wise()
        .tax(&[(0.15, 0.15)])
        .sums(1.35, 1.35, 0.15)
        .pays(1.5, 0.0, 1.5)
        .check(LEGACY_AND_COMMERCIAL);
    three_of_45("A3d")
        .row_wise()
        .tax(&[(0.12, 0.12)])
        .pays(1.47, 0.0, 1.47)
        .check(BANKERS);
}

#[test]
fn inclusive_taxes_come_out_of_the_price() {
    Case::new("B1", &[sold(3.0, 9.99)])
        .taxes(&[inclusive(net(20.0))])
        .net_amounts(&[24.98])
        .rows("net_rate", &[8.33])
        .tax(&[(5.0, 5.0)])
        .sums(29.97, 24.98, 5.0)
        .pays(29.97, 0.0, 29.97)
        .check(ALL);
    let ones = |name, count| Case::new(name, &vec![sold(1.0, 1.0); count]);
    ones("B3", 7)
        .taxes(&[inclusive(net(18.0))])
        .net_amounts(&[0.85; 7])
        .tax(&[(1.07, 1.07)])
        .sums(7.0, 5.95, 1.07)
        .pays(7.0, 0.0, 7.0)
        .check(ALL);
    // More than five cents of rounding are not hidden: the customer pays them.
    ones("B3b", 20)
        .taxes(&[inclusive(net(18.0))])
        .net_amounts(&[0.85; 20])
        .tax(&[(3.06, 3.06)])
        .sums(20.0, 17.0, 3.06)
        .pays(20.06, 0.0, 20.06)
        .check(ALL);
    Case::new("B4", &[sold(1.0, 99.0), sold(2.0, 49.5)])
        .taxes(&[inclusive(net(9.0)), inclusive(net(9.0))])
        .net_amounts(&[83.9, 83.9])
        .rows("net_rate", &[83.9, 41.95])
        .tax(&[(15.1, 15.1), (15.1, 15.1)])
        .sums(198.0, 167.8, 30.2)
        .pays(198.0, 0.0, 198.0)
        .check(ALL);
    Case::new("B5", &[sold(1.0, 100.0)])
        .taxes(&[inclusive(net(10.0)), inclusive(on_total_of(1, 5.0))])
        .net_amounts(&[86.58])
        .tax(&[(8.66, 8.66), (4.76, 4.76)])
        .sums(100.0, 86.58, 13.42)
        .pays(100.0, 0.0, 100.0)
        .check(ALL);
    Case::new("B6", &[sold(2.0, 55.0)])
        .taxes(&[inclusive(net(10.0)), net(5.0)])
        .net_amounts(&[100.0])
        .rows("net_rate", &[50.0])
        .tax(&[(10.0, 10.0), (5.0, 5.0)])
        .sums(110.0, 100.0, 15.0)
        .pays(115.0, 0.0, 115.0)
        .check(ALL);
    Case::new("B7", &[sold(6.0, 1.1)])
        .taxes(&[inclusive(per_unit(0.25)), inclusive(net(10.0))])
        .net_amounts(&[4.64])
        .rows("net_rate", &[0.77])
        .tax(&[(1.5, 1.5), (0.46, 0.46)])
        .sums(6.6, 4.64, 1.96)
        .pays(6.6, 0.0, 6.6)
        .check(ALL);
    Case::new("K1", &[sold(0.735, 12.99)])
        .taxes(&[inclusive(net(7.0))])
        .net_amounts(&[8.93])
        .rows("net_rate", &[12.15])
        .tax(&[(0.63, 0.63)])
        .sums(9.55, 8.93, 0.63)
        .pays(9.55, 0.0, 9.55)
        .check(ALL);
}

#[test]
fn every_charge_type_counts() {
    Case::new("C1", &[sold(1.0, 19.99)])
        .taxes(&[net(5.0), on_total_of(1, 9.975)])
        .net_amounts(&[19.99])
        .tax(&[(1.0, 1.0), (2.09, 2.09)])
        .sums(19.99, 19.99, 3.09)
        .pays(23.08, 0.0, 23.08)
        .check(ALL);
    Case::new("C2", &[sold(1.0, 200.0)])
        .taxes(&[net(12.0), on_amount_of(1, 2.0)])
        .net_amounts(&[200.0])
        .tax(&[(24.0, 24.0), (0.48, 0.48)])
        .sums(200.0, 200.0, 24.48)
        .pays(224.48, 0.0, 224.48)
        .check(ALL);
    Case::new("C3", &[sold(1.0, 10.0), sold(1.0, 10.0), sold(1.0, 10.0)])
        .taxes(&[actual(10.0), on_total_of(1, 10.0)])
        .net_amounts(&[10.0; 3])
        .tax(&[(10.0, 10.0), (4.0, 4.0)])
        .sums(30.0, 30.0, 14.0)
        .pays(44.0, 0.0, 44.0)
        .check(ALL);
    Case::new("C4", &[sold(2.5, 4.0)])
        .taxes(&[per_unit(0.15)])
        .net_amounts(&[10.0])
        .tax(&[(0.38, 0.38)])
        .sums(10.0, 10.0, 0.38)
        .pays(10.38, 0.0, 10.38)
        .check(ALL);
}

#[test]
fn item_tax_templates_override_the_rate_of_their_account() {
    Case::new(
        "C5",
        &[
            sold(1.0, 10.0),
            taxed_at(5.0, sold(1.0, 10.0)),
            taxed_at(0.0, sold(1.0, 10.0)),
        ],
    )
    .taxes(&[net(20.0)])
    .net_amounts(&[10.0; 3])
    .tax(&[(2.5, 2.5)])
    .field("/taxes/0/item_wise_tax_detail/1/tax_rate", 5.0)
    .field("/taxes/0/item_wise_tax_detail/1/tax_amount", 0.5)
    .sums(30.0, 30.0, 2.5)
    .pays(32.5, 0.0, 32.5)
    .check(ALL);
    Case::new(
        "C6",
        &[
            sold(1.0, 11.9),
            taxed_at(7.0, sold(1.0, 10.7)),
            taxed_at(0.0, sold(1.0, 5.0)),
        ],
    )
    .taxes(&[inclusive(net(19.0))])
    .net_amounts(&[10.0, 10.0, 5.0])
    .rows("net_rate", &[10.0, 10.0, 5.0])
    .tax(&[(2.6, 2.6)])
    .sums(27.6, 25.0, 2.6)
    .pays(27.6, 0.0, 27.6)
    .check(ALL);
}

#[test]
fn row_discounts_and_margins_make_the_rate() {
    let untaxed = |name, row: ItemRow, total| {
        Case::new(name, &[row])
            .net_amounts(&[total])
            .sums(total, total, 0.0)
            .pays(total, 0.0, total)
    };
    untaxed("D1", discounted(10.0, priced(3.0, 9.99, 8.99)), 26.97)
        .rows("discount_amount", &[1.0])
        .check(ALL);
    untaxed("D2", discounted(10.0, priced(3.0, 9.99, 0.0)), 26.97)
        .rows("rate", &[8.99])
        .rows("discount_amount", &[1.0])
        .check(ALL);
    untaxed("D3", discounted(33.3333, priced(1.0, 150.0, 0.0)), 100.01)
        .rows("rate", &[100.01])
        .rows("discount_amount", &[49.99])
        .check(LEGACY_AND_COMMERCIAL);
    untaxed("D3", discounted(33.3333, priced(1.0, 150.0, 0.0)), 100.0).check(BANKERS);
    Case::new("D4", &[discounted(100.0, sold(2.0, 9.99))])
        .taxes(&[net(10.0)])
        .net_amounts(&[0.0])
        .rows("rate", &[0.0])
        .rows("discount_amount", &[9.99])
        .tax(&[(0.0, 0.0)])
        .sums(0.0, 0.0, 0.0)
        .pays(0.0, 0.0, 0.0)
        .check(ALL);
    untaxed("D5", priced(2.0, 10.0, 12.0), 24.0)
        .rows("discount_amount", &[-2.0])
        .check(ALL);
    untaxed(
        "D6",
        with_margin(MarginType::Percentage, 10.0, sold(2.0, 10.0)),
        22.0,
    )
    .rows("rate", &[11.0])
    .check(ALL);
    untaxed(
        "D7",
        discounted(5.0, with_margin(MarginType::Amount, 2.0, sold(1.0, 10.0))),
        11.4,
    )
    .rows("rate", &[11.4])
    .rows("discount_amount", &[0.6])
    .check(ALL);
    untaxed("D8", sold(3.0, 1.23456), 3.69)
        .rows("rate", &[1.23])
        .check(ALL);
}

/// The rules of P5, P6 and P15 were also applied by a live server.
#[test]
fn a_pricing_rule_overrides_the_rate_and_the_margin() {
    let row = |name, row: ItemRow, rate| Case::new(name, &[row]).rows("rate", &[rate]);
    row(
        "I1",
        by_pricing_rule(discounted(12.5, sold(2.0, 9.95))),
        8.71,
    )
    .rows("discount_amount", &[1.24])
    .net_amounts(&[17.42])
    .pays(17.42, 0.0, 17.42)
    .check(ALL);
    row(
        "P5",
        by_pricing_rule(discounted(12.345, sold(1.0, 1000.0))),
        876.6,
    )
    .rows("discount_percentage", &[12.34])
    .check(BANKERS);
    let amount_off = ItemRow {
        discount_amount: 1.1,
        ..sold(2.0, 9.95)
    };
    row("P6", by_pricing_rule(amount_off.clone()), 8.85)
        .net_amounts(&[17.7])
        .check(ALL);
    row("P6 without a rule", amount_off, 9.95)
        .net_amounts(&[19.9])
        .check(ALL);
    let margin = with_margin(MarginType::Percentage, 10.0, sold(1.0, 10.0));
    row("P15", by_pricing_rule(discounted(5.0, margin)), 10.45)
        .rows("rate_with_margin", &[11.0])
        .rows("discount_amount", &[0.55])
        .check(ALL);
    let rebated = discounted(10.0, priced(1.0, 10.0, 8.5));
    row("a rule's percentage", by_pricing_rule(rebated.clone()), 9.0).check(ALL);
    row("a cashier's rate", rebated, 8.5).check(ALL);
    let no_margin = ItemRow {
        margin_rate_or_amount: 5.0,
        ..priced(1.0, 10.0, 12.0)
    };
    row("a rule without a margin", by_pricing_rule(no_margin), 12.0)
        .rows("margin_rate_or_amount", &[0.0])
        .check(ALL);
}
