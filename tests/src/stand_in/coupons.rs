//! Coupons: who may use them, and how often they were used.

use serde_json::{Value, json};

use super::checks::number;
use super::refusal::Refusal;
use super::site::Site;

const COUPON: &str = "Coupon Code";

impl Site {
    /// The check of every save: the server's own day decides, whatever day the invoice has.
    pub(super) fn check_coupon(&self, invoice: &Value) -> Result<(), Refusal> {
        let Some((name, coupon)) = self.coupon(invoice)? else {
            return Ok(());
        };
        let today = self.today();
        let day = |field: &str| coupon[field].as_str().map(str::to_owned);
        let said = if day("valid_from").is_some_and(|from| from > today) {
            "Sorry, this coupon code's validity has not started".to_owned()
        } else if day("valid_upto").is_some_and(|upto| upto < today) {
            "Sorry, this coupon code's validity has expired".to_owned()
        } else if number(&coupon, "maximum_use") > 0.0 && is_used_up(&coupon) {
            "Sorry, this coupon code is no longer valid".to_owned()
        } else if invoice["docstatus"] == 1 && is_used_up(&coupon) {
            // Also where there is no limit: 0 uses are not below a limit of 0.
            let used = number(&coupon, "used");
            format!("{name} Coupon used are {used}. Allowed quantity is exhausted")
        } else {
            return Ok(());
        };
        Err(Refusal::check("ValidationError", &said))
    }

    /// Counts the coupon of a submitted invoice.
    pub(super) fn count_coupon(&mut self, invoice: &Value) {
        if let Ok(Some((name, coupon))) = self.coupon(invoice) {
            self.put(
                COUPON,
                &name,
                json!({ "used": number(&coupon, "used") + 1.0 }),
            );
        }
    }

    fn coupon(&self, invoice: &Value) -> Result<Option<(String, Value)>, Refusal> {
        let name = invoice["coupon_code"].as_str().unwrap_or_default();
        if name.is_empty() {
            return Ok(None);
        }
        match self.document(COUPON, name) {
            Some(coupon) => Ok(Some((name.to_owned(), Value::Object(coupon.clone())))),
            None => {
                let message = format!("Could not find Coupon Code: {name}");
                Err(Refusal::check("LinkValidationError", &message))
            }
        }
    }
}

fn is_used_up(coupon: &Value) -> bool {
    number(coupon, "used") >= number(coupon, "maximum_use")
}
