//! Loyalty points: what a customer has, redeems and earns.

use serde_json::{Value, json};

use super::checks::number;
use super::refusal::Refusal;
use super::site::Site;

const PROGRAM: &str = "Loyalty Program";
const ENTRY: &str = "Loyalty Point Entry";

impl Site {
    /// The check of every save.
    pub(super) fn check_points(&self, invoice: &Value) -> Result<(), Refusal> {
        let points = number(invoice, "loyalty_points");
        let program = invoice["loyalty_program"].as_str().unwrap_or_default();
        if invoice["redeem_loyalty_points"] != 1 || points == 0.0 || program.is_empty() {
            return Ok(());
        }
        let customer = invoice["customer"].as_str().unwrap_or_default();
        let company = invoice["company"].as_str().unwrap_or_default();
        if points > self.points(customer, program, company).0 {
            let message = "You don't have enough Loyalty Points to redeem";
            return Err(Refusal::check("ValidationError", message));
        }
        Ok(())
    }

    /// Valid points, and all that was ever spent.
    fn points(&self, customer: &str, program: &str, company: &str) -> (f64, f64) {
        let entries = self.documents(ENTRY).into_iter().filter(|entry| {
            entry["customer"] == customer
                && entry["loyalty_program"] == program
                && entry["company"] == company
        });
        let today = self.today();
        entries.fold((0.0, 0.0), |(points, spent), entry| {
            let valid = entry["expiry_date"]
                .as_str()
                .is_none_or(|day| day >= today.as_str());
            let own = if valid {
                number(&entry, "loyalty_points")
            } else {
                0.0
            };
            (points + own, spent + number(&entry, "purchase_amount"))
        })
    }

    /// What the point of sale asks before points are redeemed.
    pub(super) fn loyalty_details(
        &self,
        customer: &str,
        program: &str,
        company: &str,
    ) -> Result<Value, Refusal> {
        let document = self.document(PROGRAM, program);
        let document = document.ok_or_else(|| Refusal::missing(PROGRAM, program))?;
        let (points, spent) = self.points(customer, program, company);
        let mut details = Value::Object(document.clone());
        for empty in ["to_date", "customer_group", "customer_territory"] {
            if details.get(empty).is_none() {
                details[empty] = Value::Null;
            }
        }
        let (tier_name, collection_factor) = tier(&details, spent);
        details["loyalty_program"] = json!(program);
        details["loyalty_points"] = json!(points as i64);
        // The sum of no rows is a whole 0.
        details["total_spent"] = if spent == 0.0 { json!(0) } else { json!(spent) };
        details["tier_name"] = json!(tier_name);
        details["collection_factor"] = json!(collection_factor);
        Ok(json!({ "message": details }))
    }

    /// The entries of a submitted invoice: what it earned, and what was redeemed with it.
    pub(super) fn book_points(&mut self, invoice: &Value) {
        let text = |field: &str| invoice[field].as_str().unwrap_or_default().to_owned();
        let program = text("loyalty_program");
        let Some(document) = self.document(PROGRAM, &program).cloned() else {
            return;
        };
        let (customer, company) = (text("customer"), text("company"));
        let grand_total = number(invoice, "grand_total");
        let eligible = grand_total - number(invoice, "loyalty_amount").trunc();
        let (_, spent) = self.points(&customer, &program, &company);
        let (_, factor) = tier(&Value::Object(document), spent + eligible);
        let mut booked = vec![((eligible / factor).trunc(), eligible, Value::Null)];
        if invoice["redeem_loyalty_points"] == 1 {
            let redeemed = -number(invoice, "loyalty_points");
            booked.push((redeemed, grand_total, json!("an older entry")));
        }
        for (points, purchase_amount, redeem_against) in booked {
            let name = self.numbered("points-");
            let entry = json!({
                "customer": customer, "loyalty_program": program, "company": company,
                "loyalty_points": points, "purchase_amount": purchase_amount,
                "posting_date": invoice["posting_date"], "expiry_date": "2027-11-23",
                "invoice_type": "POS Invoice", "invoice": invoice["name"],
                "redeem_against": redeem_against,
            });
            self.put(ENTRY, &name, entry);
        }
    }
}

/// The tier: from the highest down, the first in any case, the next ones as long as what was spent
/// is not above what they ask for. So a customer who spent anything at all is in the highest tier.
fn tier(program: &Value, spent: f64) -> (String, f64) {
    let mut tiers: Vec<_> = program["collection_rules"]
        .as_array()
        .into_iter()
        .flatten()
        .collect();
    tiers.sort_by(|a, b| number(b, "min_spent").total_cmp(&number(a, "min_spent")));
    let below =
        |(place, tier): &(usize, &&Value)| *place == 0 || spent <= number(tier, "min_spent");
    let tier = tiers.iter().enumerate().take_while(below).last();
    tier.map_or((String::new(), 1.0), |(_, tier)| {
        let name = tier["tier_name"].as_str().unwrap_or_default().to_owned();
        (name, number(tier, "collection_factor"))
    })
}
