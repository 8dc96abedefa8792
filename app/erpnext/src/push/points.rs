//! Points that a customer paid with and that ERPNext does not find any more.

use checkout::sale::Sale;
use serde_json::Value;

use crate::request::Request;

/// What every user may call, also those who may not read loyalty programs. It counts what is
/// valid on the server's own day, as the check of an invoice does.
const METHOD: &str = "erpnext.accounts.doctype.loyalty_program.loyalty_program.get_loyalty_program_details_with_points";

/// Asks how many points the customer of a sale has; `None` for a sale without redeemed points.
pub(super) fn question(sale: &Sale) -> Option<Request> {
    let loyalty = sale.loyalty.as_ref()?;
    let question = || {
        Request::call(METHOD)
            .with("customer", &sale.customer)
            .with("loyalty_program", &loyalty.loyalty_program)
            .with("company", &sale.company)
            .with("silent", "1")
    };
    (loyalty.loyalty_points > 0).then(question)
}

/// Cause and remedy where the answer to [`question`] says that there are too few.
pub(super) fn too_few(sale: &Sale, data: &Value) -> Option<(String, String)> {
    let wanted = sale.loyalty.as_ref()?.loyalty_points;
    let has = data.get("loyalty_points")?.as_f64()?;
    if has >= wanted as f64 {
        return None;
    }
    let cause = format!(
        "Receipt {} was paid with {wanted} loyalty points, but {} has only {has} in ERPNext: the others were redeemed elsewhere or expired.",
        sale.receipt_number, sale.customer_name
    );
    let remedy = "Give the customer the missing points in ERPNext (a Loyalty Point Entry), then send the receipt again.";
    Some((cause, remedy.to_owned()))
}
