//! Property Setters and regional rules that change the decimals of single fields.

use checkout::totals::FieldPrecision;

use crate::case::*;

fn field(doc_type: &str, field_name: &str, precision: u8) -> FieldPrecision {
    let (doc_type, field_name) = (doc_type.to_owned(), field_name.to_owned());
    FieldPrecision {
        doc_type,
        field_name,
        precision,
    }
}

#[test]
fn a_field_with_its_own_precision_keeps_its_decimals() {
    let fields = [
        field("POS Invoice Item", "rate", 4),
        field("POS Invoice Item", "price_list_rate", 4),
        field("Sales Invoice Item", "amount", 0),
    ];
    Case::new("rate with four decimals", &[sold(3.0, 1.23456)])
        .settings(|settings| settings.field_precision = fields.to_vec())
        .rows("rate", &[1.2346])
        .rows("amount", &[3.7])
        .check(ALL);
    Case::new("tax without decimals", &[sold(1.0, 10.0)])
        .settings(|settings| {
            settings.field_precision = vec![field("Sales Taxes and Charges", "tax_amount", 0)];
        })
        .taxes(&[net(7.7)])
        .tax(&[(1.0, 1.0)])
        .pays(11.0, 0.0, 11.0)
        .check(ALL);
}

#[test]
fn a_round_off_account_is_taxed_in_whole_units() {
    Case::new("GST in whole rupees", &[sold(1.0, 103.0)])
        .settings(|settings| settings.round_off_applicable_accounts = vec!["Tax1".to_owned()])
        .taxes(&[net(5.0), net(5.0)])
        .tax(&[(5.0, 5.0), (5.15, 5.15)])
        .pays(113.15, 0.0, 113.15)
        .check(ALL);
    Case::new("converted, then in whole units", &[sold(1.0, 103.0)])
        .settings(|settings| settings.round_off_applicable_accounts = vec!["Tax1".to_owned()])
        .in_euro(1.0837)
        .taxes(&[net(5.0)])
        .field("/taxes/0/base_tax_amount", 5.0)
        .field("/taxes/0/base_tax_amount_after_discount_amount", 5.0)
        .check(ALL);
}

#[test]
fn rows_of_one_item_share_an_entry_of_the_item_wise_tax() {
    Case::new("same item twice", &[sold(1.0, 10.0), sold(2.0, 10.0)])
        .item_codes(&["TEA", "TEA"])
        .taxes(&[net(10.0)])
        .field("/taxes/0/item_wise_tax_detail/0/tax_amount", 3.0)
        .absent("/taxes/0/item_wise_tax_detail/1")
        .check(ALL);
}
