//! What people do in ERPNext meanwhile.

use checkout::sale::Sale;
use erpnext::push::payload;
use serde_json::{Value, json};
use tests::fixtures::{settings, totals_of};
use tests::stand_in::{Site, USER};

use tests::random::Random;

/// The items that the counter sells.
const ITEMS: &[&str] = &[
    "FIC-001", "STA-002", "STA-003", "BAT-001", "WGT-001", "SER-001",
];

pub struct Office {
    foreign: Sale,
    foreign_is_there: bool,
    foreign_is_closed: bool,
}

impl Office {
    pub fn new(foreign: Sale) -> Self {
        Self {
            foreign,
            foreign_is_there: false,
            foreign_is_closed: false,
        }
    }

    /// Does something.
    pub fn acts(&mut self, site: &mut Site, random: &mut Random) {
        match random.below(12) {
            0 => site.close("Counter 1"),
            1 => delete_a_draft(site, random),
            2 => {
                let disabled = u8::from(random.chance(600));
                site.put("Item", random.pick(ITEMS), json!({ "disabled": disabled }));
            }
            3 => {
                site.set_totals(|invoice| {
                    let mut told = totals_of(invoice);
                    let tax = told["taxes"][0]["tax_amount"].as_f64().unwrap_or(0.0);
                    told["taxes"][0]["tax_amount"] = json!(tax + 0.07);
                    told
                });
            }
            4 => site.set_totals(totals_of),
            5 => site.closing_fault = Some("The period is closed"),
            6 => site.closing_fault = None,
            7 => {
                site.worker = match random.below(3) {
                    0 => None,
                    more => Some(more as u32 * 2),
                }
            }
            8 => {
                let left = random.below(60) as f64;
                site.set_stock(random.pick(ITEMS), "Shop - HB", left);
            }
            9 => self.foreign_arrives(site),
            10 => cancel_a_closing(site, random),
            _ => self.foreign_is_closed(site),
        }
    }

    /// Whatever was changed is changed back, and the other till sends and closes.
    pub fn puts_right(&mut self, site: &mut Site) {
        for item in ITEMS {
            site.put("Item", item, json!({ "disabled": 0 }));
            site.set_stock(item, "Shop - HB", 1000.0);
        }
        site.set_totals(totals_of);
        site.closing_fault = None;
        site.worker = Some(1);
        self.foreign_is_closed(site);
    }

    fn foreign_arrives(&mut self, site: &mut Site) {
        if self.foreign_is_there {
            return;
        }
        self.foreign_is_there = true;
        let mut invoice = payload(&self.foreign, &settings());
        let told = totals_of(&invoice);
        overlay(&mut invoice, told);
        invoice["docstatus"] = json!(1);
        invoice["status"] = json!("Paid");
        invoice["owner"] = json!("kiosk2@example.com");
        let name = self.foreign.key.clone();
        site.put("POS Invoice", &name, invoice);
    }

    fn foreign_is_closed(&mut self, site: &mut Site) {
        self.foreign_arrives(site);
        if self.foreign_is_closed {
            return;
        }
        self.foreign_is_closed = true;
        let booked = json!({ "status": "Consolidated", "consolidated_invoice": "ACC-SINV-OTHER" });
        site.put("POS Invoice", &self.foreign.key, booked);
    }
}

fn overlay(invoice: &mut Value, told: Value) {
    let Value::Object(told) = told else {
        panic!("amounts are an object")
    };
    for (field, value) in told {
        match (
            invoice.get_mut(&field).and_then(Value::as_array_mut),
            &value,
        ) {
            (Some(rows), Value::Array(told)) => {
                for (row, told) in rows.iter_mut().zip(told) {
                    let told = told.as_object().unwrap().clone();
                    row.as_object_mut().unwrap().extend(told);
                }
            }
            _ => invoice[field] = value,
        }
    }
}

/// As a bookkeeper does with one that could not be consolidated, and with one that is done.
fn cancel_a_closing(site: &mut Site, random: &mut Random) {
    let closings = site.documents("POS Closing Entry");
    let of_till = closings
        .iter()
        .filter(|closing| closing["docstatus"] == 1 && closing["owner"] == USER);
    let names: Vec<_> = of_till
        .filter_map(|closing| closing["name"].as_str())
        .collect();
    if !names.is_empty() {
        site.cancel_closing(random.pick(&names));
    }
}

fn delete_a_draft(site: &mut Site, random: &mut Random) {
    let doctype = random.pick(&["POS Invoice", "POS Closing Entry", "POS Opening Entry"]);
    let documents = site.documents(doctype);
    let drafts = documents
        .iter()
        .filter(|document| document["docstatus"] == 0);
    let names: Vec<_> = drafts.filter_map(|draft| draft["name"].as_str()).collect();
    if !names.is_empty() {
        site.delete(doctype, random.pick(&names));
    }
}
