//! A site that has everything a till can be asked for: the recorded one, with a cap on some
//! discounts, fresh batches, the attributes of every variant, and points on an account.

use serde_json::{Value, json};
use tests::fixtures::totals_of;
use tests::stand_in::{Site, StandIn};

/// The stand-in for a shop with rules, coupons, batches, pieces, variants and points.
pub fn full_site() -> StandIn {
    let mut site = Site::harbour_books().with_totals(totals_of);
    site.put("Item", "ELE-001", json!({ "max_discount": 15.0 }));
    for (batch, expiry_date) in [("BAT-003-A", "2041-01-01"), ("BAT-003-B", "2040-01-01")] {
        site.put("Batch", batch, json!({ "expiry_date": expiry_date }));
    }
    for size in ["Small", "Medium", "Large"] {
        for colour in ["Red", "Blue"] {
            let code = format!(
                "TSHIRT-{}-{}",
                size[..1].to_uppercase(),
                colour[..3].to_uppercase()
            );
            let attribute =
                |name: &str, value: &str| json!({ "attribute": name, "attribute_value": value });
            let attributes = [attribute("Size", size), attribute("Colour", colour)];
            site.put("Item", &code, json!({ "attributes": attributes }));
        }
    }
    site.put("Loyalty Point Entry", "points-1", points("Ada Byron", 430));
    StandIn::https(site)
}

/// Points that were earned on the day the site was recorded and last for ever.
fn points(customer: &str, loyalty_points: i64) -> Value {
    json!({
        "customer": customer,
        "loyalty_program": "Harbour Rewards",
        "company": "Harbour Books",
        "loyalty_points": loyalty_points,
        "purchase_amount": 4_300.0,
        "posting_date": "2026-11-23",
        "expiry_date": "2040-01-01",
    })
}
