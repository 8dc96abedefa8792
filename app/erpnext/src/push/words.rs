//! What fields of a POS Invoice are called where a shop's manager reads of them.

use super::KEY_FIELD;

/// Fields that are yes or no.
pub(super) const FLAGS: &[&str] = &[
    "ignore_pricing_rule",
    "included_in_print_rate",
    "is_free_item",
    "is_pos",
    "is_return",
    "redeem_loyalty_points",
    "update_stock",
];

/// What a field is called, of a row of a table or, where that has no name, of the whole document. A
/// field without words of its own is called as ERPNext calls it.
pub(super) fn of(table: &str, field: &str) -> String {
    let of_row = !table.is_empty();
    let words = match field {
        KEY_FIELD => "the key of the receipt",
        "account" => "the account",
        "account_for_change_amount" => "the account that the change is booked on",
        "account_head" => "the account",
        "additional_discount_percentage" => "the discount on the whole in percent",
        "base_grand_total" => "the total in the company's currency",
        "base_net_total" => "the total without taxes in the company's currency",
        "base_rounded_total" => "the rounded total in the company's currency",
        "charge_type" => "what the tax is calculated on",
        "conversion_factor" => "how many stock units the unit has",
        "conversion_rate" => "the exchange rate",
        "discount_amount" if !of_row => "the discount on the whole",
        "discount_amount" => "the discount",
        "grand_total" => "the total",
        "ignore_pricing_rule" => "whether pricing rules are left out",
        "included_in_print_rate" => "whether the price includes it",
        "is_free_item" => "whether it is free",
        "is_pos" => "whether it was sold at a till",
        "is_return" => "whether goods came back",
        "items" => "the number of lines",
        "loyalty_amount" => "what was paid with points",
        "loyalty_points" => "the number of points",
        "net_amount" => "the amount without taxes",
        "net_total" => "the total without taxes",
        "outstanding_amount" => "what is left to be paid",
        "payments" => "the number of payments",
        "pos_invoice_item" => "the line of the sale that comes back",
        "posting_date" => "the day",
        "posting_time" => "the time",
        "price_list_rate" => "the price of the price list",
        "pricing_rules" => "the pricing rule",
        "qty" => "the quantity",
        "rate" if table == "items" => "the price",
        "redeem_loyalty_points" => "whether points were paid with",
        "return_against" => "the receipt that is returned",
        "rounding_adjustment" => "what rounding adds",
        "tax_amount_after_discount_amount" => "the amount after the discount",
        "tax_amount" => "the amount",
        "taxes" => "the number of taxes",
        "taxes_and_charges" => "the tax template",
        "total" if of_row => "the total with it",
        "total" => "the sum of the lines",
        "total_qty" => "the sum of the quantities",
        "total_taxes_and_charges" => "the sum of the taxes",
        "uom" => "the unit",
        "update_stock" => "whether the stock is changed",
        other => return format!("the {}", other.replace('_', " ")),
    };
    words.to_owned()
}
