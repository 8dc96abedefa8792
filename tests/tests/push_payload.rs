//! A POS Invoice says everything that ERPNext would otherwise choose by itself.
#![recursion_limit = "256"]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use checkout::money::Money;
use checkout::totals::{self, ApplyDiscountOn, Settings};
use erpnext::push::{opening_payload, payload};
use serde_json::json;
use tests::fixtures::{coupon, give, redeem, sale, settings, settle, shift, usd, usual_sale};

#[test]
fn a_plain_sale_is_written_out_in_full() {
    let body = payload(&usual_sale(7), &settings());
    let expected = json!({
        "name": "C1-000007-7K2M9QXB",
        "kiosk_txn_id": "C1-000007-7K2M9QXB",
        "docstatus": 0,
        "is_pos": 1,
        "is_return": 0,
        "pos_profile": "Counter 1",
        "company": "Harbour Books",
        "customer": "Walk-in Customer",
        "currency": "USD",
        "conversion_rate": 1.0,
        "selling_price_list": "Standard Selling",
        "price_list_currency": "USD",
        "plc_conversion_rate": 1.0,
        "ignore_pricing_rule": 1,
        "update_stock": 1,
        "set_warehouse": "Shop - HB",
        "set_posting_time": 1,
        "posting_date": "2026-11-23",
        "posting_time": "01:01:00",
        "taxes_and_charges": "US Sales Tax 8.25 - HB",
        "tax_category": "",
        "taxes": [{
            "charge_type": "On Net Total",
            "account_head": "Sales Tax 8.25 - HB",
            "description": "Sales Tax 8.25%",
            "cost_center": "Main - HB",
            "rate": 8.25,
            "tax_amount": 0.0,
            "included_in_print_rate": 0,
            "dont_recompute_tax": 0,
        }],
        "apply_discount_on": "Grand Total",
        "additional_discount_percentage": 0.0,
        "discount_amount": 0.0,
        "items": [
            {
                "name": "C1-000007-7K2M9QXB-1",
                "item_code": "FIC-001",
                "item_name": "FIC-001",
                "qty": 2.0,
                "uom": "Nos",
                "stock_uom": "Nos",
                "conversion_factor": 1.0,
                "stock_qty": 2.0,
                "price_list_rate": 7.99,
                "rate": 7.99,
                "discount_percentage": 0.0,
                "margin_type": "",
                "margin_rate_or_amount": 0,
                "item_tax_template": "",
                "warehouse": "Shop - HB",
                "is_free_item": 0,
            },
            {
                "name": "C1-000007-7K2M9QXB-2",
                "item_code": "STA-002",
                "item_name": "STA-002",
                "qty": 1.0,
                "uom": "Box",
                "stock_uom": "Nos",
                "conversion_factor": 12.0,
                "stock_qty": 12.0,
                "price_list_rate": 13.5,
                "rate": 13.5,
                "discount_percentage": 0.0,
                "margin_type": "",
                "margin_rate_or_amount": 0,
                "item_tax_template": "",
                "warehouse": "Shop - HB",
                "is_free_item": 0,
            },
        ],
        "payments": [{
            "mode_of_payment": "Cash",
            "account": "Cash - HB",
            "amount": 40.0,
            "base_amount": 40.0,
        }],
        "paid_amount": 40.0,
        "base_paid_amount": 40.0,
        "change_amount": 8.09,
        "base_change_amount": 8.09,
        "account_for_change_amount": "Cash - HB",
        "outstanding_amount": 0,
    });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(&body[field], value, "{field}");
    }
    assert_eq!(
        body.as_object().unwrap().len(),
        expected.as_object().unwrap().len()
    );
}

#[test]
fn batches_serial_numbers_tax_templates_and_barcodes_go_along() {
    let mut sold = sale(
        1,
        &[
            ("BAT-001", 2.0, "Nos", 1.0, 1.2),
            ("SER-001", 2.0, "Nos", 1.0, 119.0),
        ],
    );
    sold.lines[0].batch_no = Some("BAT-001-B".to_owned());
    sold.lines[0].item_tax_template = Some("Reduced 5 - HB".to_owned());
    sold.lines[1].serial_nos = vec!["SER-001-S001".to_owned(), "SER-001-S002".to_owned()];
    sold.lines[1].barcode = Some("6945000000305".to_owned());
    let items = payload(&sold, &settings())["items"].clone();
    assert_eq!(
        (&items[0]["batch_no"], &items[0]["use_serial_batch_fields"]),
        (&json!("BAT-001-B"), &json!(1))
    );
    assert_eq!(items[0]["item_tax_template"], "Reduced 5 - HB");
    assert_eq!(items[1]["serial_no"], "SER-001-S001\nSER-001-S002");
    assert_eq!(
        (&items[1]["barcode"], &items[1]["use_serial_batch_fields"]),
        (&json!("6945000000305"), &json!(1))
    );
    assert!(items[0].get("serial_no").is_none() && items[1].get("batch_no").is_none());
}

#[test]
fn a_given_item_is_a_row_of_its_own_that_is_marked_as_free() {
    let mut sold = usual_sale(1);
    give(&mut sold, "STA-003", 1.0);
    let items = payload(&sold, &settings())["items"].clone();
    assert_eq!(items.as_array().map(Vec::len), Some(3));
    let row = &items[2];
    assert_eq!(
        (&row["item_code"], &row["is_free_item"], &row["qty"]),
        (&json!("STA-003"), &json!(1), &json!(1.0))
    );
    assert_eq!(
        (&row["rate"], &row["price_list_rate"]),
        (&json!(0.0), &json!(0.0))
    );
    assert_eq!(items[0]["is_free_item"], 0);
    // Rules on rows would be looked for again when the draft is submitted.
    assert!(row.get("pricing_rules").is_none());
}

#[test]
fn a_changed_price_is_sent_as_list_price_and_rate() {
    let mut sold = usual_sale(1);
    sold.document.items[0].rate = 6.79;
    sold.document.items[1].rate = 0.0;
    sold.document.items[1].discount_percentage = 100.0;
    settle(&mut sold);
    let items = payload(&sold, &settings())["items"].clone();
    let sent = |row: &serde_json::Value| {
        ["price_list_rate", "rate", "discount_percentage"].map(|field| row[field].as_f64().unwrap())
    };
    assert_eq!(sent(&items[0]), [7.99, 6.79, 0.0]);
    // Without the percentage ERPNext would put the list price in place of a rate of 0.
    assert_eq!(sent(&items[1]), [13.5, 0.0, 100.0]);
}

#[test]
fn a_discount_that_a_manager_approved_carries_no_percentage_for_the_highest_discount_to_refuse() {
    let mut sold = usual_sale(1);
    sold.document.items[0].rate = 3.99;
    sold.lines[0].above_max_discount = true;
    sold.document.items[1].rate = 0.0;
    sold.document.items[1].discount_percentage = 100.0;
    sold.lines[1].above_max_discount = true;
    settle(&mut sold);
    let items = payload(&sold, &settings())["items"].clone();
    let sent = |row: &serde_json::Value| {
        ["price_list_rate", "rate", "discount_percentage"].map(|field| row[field].as_f64().unwrap())
    };
    assert_eq!(sent(&items[0]), [7.99, 3.99, 0.0]);
    assert_eq!(sent(&items[1]), [0.0, 0.0, 0.0]);
}

#[test]
fn a_discount_on_the_document_is_a_percentage_or_an_amount() {
    let mut sold = usual_sale(1);
    sold.document.additional_discount_percentage = 10.0;
    sold.document.apply_discount_on = Some(ApplyDiscountOn::NetTotal);
    settle(&mut sold);
    let sent = |body: &serde_json::Value| {
        let fields = [
            "apply_discount_on",
            "additional_discount_percentage",
            "discount_amount",
        ];
        fields.map(|field| body[field].clone())
    };
    // ERPNext computes the amount from the percentage, whatever amount it is told.
    assert_eq!(
        sent(&payload(&sold, &settings())),
        [json!("Net Total"), json!(10.0), json!(0.0)]
    );
    sold.document.additional_discount_percentage = 0.0;
    sold.document.discount_amount = 4.5;
    settle(&mut sold);
    assert_eq!(
        sent(&payload(&sold, &settings())),
        [json!("Net Total"), json!(0.0), json!(4.5)]
    );
}

#[test]
fn a_coupon_is_counted_by_erpnext_where_it_can_be_and_noted_where_it_cannot() {
    let mut sold = usual_sale(1);
    assert!(payload(&sold, &settings()).get("coupon_code").is_none());
    sold.coupon = Some(coupon(1000));
    assert_eq!(payload(&sold, &settings())["coupon_code"], "SAVE15");
    // ERPNext lets no invoice be submitted with a coupon that has no limit.
    sold.coupon = Some(coupon(0));
    let body = payload(&sold, &settings());
    assert_eq!(body["coupon_code"], "");
    assert_eq!(
        body["remarks"],
        "Coupon SAVE15 was taken at the till with receipt C1-000001; ERPNext did not count it."
    );
}

#[test]
fn points_pay_beside_the_payments() {
    let mut sold = usual_sale(1);
    redeem(&mut sold, 38);
    let body = payload(&sold, &settings());
    assert_eq!(
        [
            "redeem_loyalty_points",
            "loyalty_program",
            "loyalty_points",
            "loyalty_amount",
            "loyalty_redemption_account",
            "loyalty_redemption_cost_center",
        ]
        .map(|field| body[field].clone()),
        [
            json!(1),
            json!("Harbour Rewards"),
            json!(38),
            json!(1.9),
            json!("Loyalty Expense - HB"),
            json!("Main - HB"),
        ]
    );
    // 31.91 due, 1.90 of it in points, 40 in cash.
    assert_eq!(body["payments"][0]["amount"], 40.0);
    assert_eq!(
        (&body["paid_amount"], &body["base_paid_amount"]),
        (&json!(41.9), &json!(41.9))
    );
    assert_eq!(body["change_amount"], 9.99);
    // A customer who only earns is in the program all the same.
    redeem(&mut sold, 0);
    let body = payload(&sold, &settings());
    assert_eq!(body["loyalty_program"], "Harbour Rewards");
    assert!(body.get("redeem_loyalty_points").is_none());
    assert_eq!(sold.change_amount, usd(809));
}

#[test]
fn a_price_list_in_another_currency_says_its_rate() {
    let mut sold = usual_sale(1);
    sold.price_list_currency = Some("EUR".to_owned());
    sold.plc_conversion_rate = 1.0837;
    let body = payload(&sold, &settings());
    assert_eq!(
        (&body["price_list_currency"], &body["plc_conversion_rate"]),
        (&json!("EUR"), &json!(1.0837))
    );
    assert_eq!(
        (&body["currency"], &body["conversion_rate"]),
        (&json!("USD"), &json!(1.0))
    );
}

#[test]
fn another_currency_carries_company_amounts_rounded_as_the_site_rounds() {
    let mut sold = usual_sale(1);
    sold.document.currency = "EUR".to_owned();
    sold.document.conversion_rate = 1.0837;
    sold.document.apply_discount_on = Some(ApplyDiscountOn::NetTotal);
    sold.document.additional_discount_percentage = 5.0;
    let settings = Settings {
        company_currency: "USD".to_owned(),
        ..settings()
    };
    sold.totals = totals::calculate(&sold.document, &settings).unwrap();
    sold.change_amount = Money {
        units: 333,
        ..sold.change_amount
    };
    let body = payload(&sold, &settings);
    assert_eq!(
        (&body["currency"], &body["conversion_rate"]),
        (&json!("EUR"), &json!(1.0837))
    );
    assert_eq!(body["payments"][0]["base_amount"], 43.35);
    assert_eq!(
        (&body["base_paid_amount"], &body["base_change_amount"]),
        (&json!(43.35), &json!(3.61))
    );
    assert_eq!(
        (
            &body["apply_discount_on"],
            &body["additional_discount_percentage"]
        ),
        (&json!("Net Total"), &json!(5.0))
    );
}

#[test]
fn an_opening_belongs_to_the_user_of_the_key_and_starts_with_the_float() {
    assert_eq!(
        opening_payload(&shift(), "kiosk@example.com", shift().period_start_date),
        json!({
            "period_start_date": "2026-11-23 00:00:00",
            "posting_date": "2026-11-23",
            "user": "kiosk@example.com",
            "pos_profile": "Counter 1",
            "company": "Harbour Books",
            "balance_details": [
                { "mode_of_payment": "Cash", "opening_amount": 100.0 },
                { "mode_of_payment": "Credit Card", "opening_amount": 0.0 },
            ],
            "docstatus": 1,
        })
    );
}
