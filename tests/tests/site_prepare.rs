//! `evertill-setup site prepare`, `check` and `remove` on the stand-in: what a till may do before,
//! between and after.
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use erpnext::push::{CUSTOMER_KEY_FIELD, KEY_FIELD};
use erpnext::{Request, Transport, TransportError};
use serde_json::{Value, json};
use setup::site::{self, Manner, ROLE, StaffWish};
use tests::stand_in::{Site, StandIn, USER};

fn unprepared() -> StandIn {
    StandIn::http(Site::unprepared())
}

fn prepare(stand_in: &StandIn, manner: Manner) -> Result<String, setup::Error> {
    let mut said = Vec::new();
    let staff = StaffWish::default();
    site::prepare(&mut stand_in.administrator(), staff, manner, &mut said)?;
    Ok(String::from_utf8(said).unwrap())
}

fn remove(stand_in: &StandIn, force: bool, manner: Manner) -> Result<String, setup::Error> {
    let mut said = Vec::new();
    site::remove(&mut stand_in.administrator(), force, manner, &mut said)?;
    Ok(String::from_utf8(said).unwrap())
}

fn check(stand_in: &StandIn) -> (bool, String) {
    let (mut till, mut administrator) = (stand_in.client(), stand_in.administrator());
    let report = site::check(&mut till, Some(&mut administrator), "Counter 1").unwrap();
    let mut said = Vec::new();
    site::write_report(&report, false, &mut said).unwrap();
    (report.is_good(), String::from_utf8(said).unwrap())
}

/// A site that is prepared, with a till's user who has the role.
fn prepared() -> StandIn {
    let stand_in = unprepared();
    prepare(&stand_in, Manner::default()).unwrap();
    stand_in.site().grant_role(ROLE);
    stand_in
}

const DRY_RUN: Manner = Manner {
    dry_run: true,
    json: false,
};

fn writes(stand_in: &StandIn) -> usize {
    let site = stand_in.site();
    let reads = |path: &str| path.ends_with("frappe.client.get_list");
    let writes = site.requests().iter();
    writes
        .filter(|(method, path)| method != "GET" && !reads(path))
        .count()
}

#[test]
fn a_prepared_site_lets_a_till_sell_and_one_that_is_not_does_not() {
    let stand_in = unprepared();
    let (good, report) = check(&stand_in);
    assert!(!good, "{report}");
    assert!(report.contains("site prepare"), "{report}");
    prepare(&stand_in, Manner::default()).unwrap();
    let (good, report) = check(&stand_in);
    assert!(!good, "the user has no role yet: {report}");
    assert!(
        report.contains(&format!("Give the user the role {ROLE}")),
        "{report}"
    );
    stand_in.site().grant_role(ROLE);
    let (good, report) = check(&stand_in);
    assert!(good, "{report}");
    assert!(report.contains("rounding: Banker's Rounding"), "{report}");
    let mut till = stand_in.client();
    let opening = json!({
        "pos_profile": "Counter 1",
        "company": "Harbour Books",
        "user": USER,
        "docstatus": 1,
        "balance_details": [{ "mode_of_payment": "Cash", "opening_amount": 0 }],
    });
    till.send(&Request::insert("POS Opening Entry", opening))
        .unwrap();
    let customer = json!({
        "customer_name": "Grace Hopper",
        "customer_group": "Individual",
        "territory": "United States",
        CUSTOMER_KEY_FIELD: "C1-CUST-1",
    });
    let created = till.send(&Request::insert("Customer", customer)).unwrap();
    assert_eq!(created.data()[CUSTOMER_KEY_FIELD], "C1-CUST-1");
    let name = created.data()["name"].as_str().unwrap();
    let changed = till.send(&Request::update("Customer", name, json!({ "disabled": 1 })));
    assert!(changed.is_err(), "a till may change customers");
    let price = till.send(&Request::insert(
        "Item Price",
        json!({ "item_code": "FIC-001" }),
    ));
    assert!(
        matches!(&price, Err(TransportError::Refused(refused)) if refused.status == 403),
        "a till may change prices: {price:?}"
    );
    assert!(stand_in.site().keeps_ignore_pricing_rule);
}

#[test]
fn preparing_again_changes_nothing_and_says_so() {
    let stand_in = prepared();
    let (before, whole) = (writes(&stand_in), stand_in.site().whole());
    let said = prepare(&stand_in, Manner::default()).unwrap();
    assert_eq!(said, "The site is prepared. There was nothing to do.\n");
    assert_eq!(writes(&stand_in), before);
    assert_eq!(stand_in.site().whole(), whole);
}

#[test]
fn a_dry_run_names_every_step_and_takes_none() {
    let stand_in = unprepared();
    let said = prepare(&stand_in, DRY_RUN).unwrap();
    for step in [
        format!("would create the field {KEY_FIELD} on POS Invoice\n"),
        format!("would create the role {ROLE}\n"),
        format!("would let the role {ROLE} read, change, create and submit POS Invoice\n"),
        format!("would let the role {ROLE} read Item Price\n"),
    ] {
        assert!(said.contains(&step), "{step} is not in {said}");
    }
    assert!(
        !said.contains("Sales Invoice\nwould create the role"),
        "{said}"
    );
    assert_eq!(writes(&stand_in), 0);
    let done = prepare(
        &stand_in,
        Manner {
            dry_run: false,
            json: true,
        },
    )
    .unwrap();
    let done: Value = serde_json::from_str(&done).unwrap();
    let steps = done["steps"].as_array().unwrap();
    assert_eq!(steps.len(), said.lines().count() - 1);
}

#[test]
fn the_role_may_exactly_what_a_till_needs() {
    let stand_in = prepared();
    let site = stand_in.site();
    for rule in site.documents("Custom DocPerm") {
        if rule["role"] != ROLE {
            continue;
        }
        for right in [
            "delete", "cancel", "amend", "export", "import", "share", "report",
        ] {
            assert_eq!(rule[right], 0, "{right} in {rule}");
        }
        if rule["parent"] == "Customer" {
            assert_eq!((&rule["create"], &rule["write"]), (&json!(1), &json!(0)));
            continue;
        }
        let sent = [
            "POS Invoice",
            "POS Opening Entry",
            "POS Closing Entry",
            "Sales Invoice",
        ];
        if !sent.contains(&rule["parent"].as_str().unwrap())
            && rule["parent"] != "Serial and Batch Bundle"
        {
            assert_eq!(rule["write"], 0, "{rule}");
            assert_eq!(rule["create"], 0, "{rule}");
        }
    }
    let others = site.documents("Custom DocPerm");
    let kept = |rule: &&Value| rule["role"] == "Accounts User" && rule["write"] == 1;
    assert!(
        others.iter().filter(kept).count() > 20,
        "other roles lost their rules"
    );
}

#[test]
fn rights_and_fields_that_somebody_changed_are_put_right() {
    let stand_in = prepared();
    let whole = stand_in.site().whole();
    {
        let mut site = stand_in.site();
        let field = format!("POS Invoice-{KEY_FIELD}");
        site.put("Custom Field", &field, json!({ "unique": 0 }));
        let rule = format!("Item Price {ROLE} 0");
        site.put("Custom DocPerm", &rule, json!({ "write": 1, "create": 1 }));
        site.put("Role", ROLE, json!({ "disabled": 1 }));
    }
    let said = prepare(&stand_in, Manner::default()).unwrap();
    assert!(said.contains("read Item Price and no more"), "{said}");
    assert_eq!(said.lines().count(), 4, "{said}");
    assert_eq!(stand_in.site().whole(), whole);
}

#[test]
fn removing_leaves_a_user_who_is_more_than_a_till() {
    let stand_in = unprepared();
    let clerk = json!({ "roles": [{ "role": "Accounts User", "doctype": "Has Role" }] });
    stand_in.site().put("User", USER, clerk.clone());
    let before = stand_in.site().whole();
    prepare(&stand_in, Manner::default()).unwrap();
    let mut roles = clerk["roles"].as_array().unwrap().clone();
    roles.push(json!({ "role": ROLE, "doctype": "Has Role" }));
    stand_in.site().put("User", USER, json!({ "roles": roles }));
    assert_eq!(
        remove(&stand_in, false, DRY_RUN).unwrap().lines().last(),
        Some("Nothing was changed.")
    );
    assert!(stand_in.site().has_key_field);
    remove(&stand_in, false, Manner::default()).unwrap();
    assert_eq!(stand_in.site().whole(), before);
    let again = remove(&stand_in, false, Manner::default()).unwrap();
    assert_eq!(
        again,
        "The site holds nothing of Evertill. There was nothing to do.\n"
    );
}

#[test]
fn rules_that_an_administrator_made_outlive_the_removal() {
    let stand_in = prepared();
    stand_in.site().put(
        "Custom DocPerm",
        "copy of standard Customer",
        json!({ "delete": 0 }),
    );
    remove(&stand_in, false, Manner::default()).unwrap();
    let left = stand_in.site().documents("Custom DocPerm");
    assert_eq!(left.len(), 1, "{left:?}");
    assert_eq!(left[0]["parent"], "Customer");
}

#[test]
fn unfinished_work_of_tills_keeps_a_site_from_being_cleared() {
    let stand_in = prepared();
    let sale = json!({ KEY_FIELD: "C1-1", "docstatus": 1, "status": "Paid" });
    stand_in.site().put("POS Invoice", "POS-1", sale);
    let shift = json!({ "user": USER, "docstatus": 1, "pos_profile": "Counter 1" });
    stand_in.site().put("POS Opening Entry", "POS-OPE-1", shift);
    let before = writes(&stand_in);
    let refused = remove(&stand_in, false, Manner::default()).unwrap_err();
    assert!(refused.to_string().contains("POS-1"), "{refused}");
    assert!(refused.to_string().contains("POS-OPE-1"), "{refused}");
    assert!(refused.remedy().contains("--force"), "{}", refused.remedy());
    assert_eq!(writes(&stand_in), before);
    remove(&stand_in, true, Manner::default()).unwrap();
    assert!(!stand_in.site().has_key_field);
}

#[test]
fn a_field_of_somebody_else_with_the_name_is_left_alone_and_named() {
    let stand_in = unprepared();
    let field = format!("POS Invoice-{KEY_FIELD}");
    stand_in
        .site()
        .put("Custom Field", &field, json!({ "fieldtype": "Link" }));
    let refused = prepare(&stand_in, Manner::default()).unwrap_err();
    assert!(refused.to_string().contains("type Link"), "{refused}");
    assert_eq!(writes(&stand_in), 0);
}

#[test]
fn a_key_that_is_no_system_manager_is_told_which_key_to_use() {
    let stand_in = unprepared();
    let (staff, manner) = (StaffWish::default(), Manner::default());
    let refused = site::prepare(&mut stand_in.client(), staff, manner, &mut Vec::new());
    let refused = refused.unwrap_err();
    assert!(
        refused.remedy().contains("System Manager"),
        "{refused}: {}",
        refused.remedy()
    );
}

#[test]
fn a_refusal_half_way_is_told_and_doing_it_again_does_the_rest() {
    let stand_in = prepared();
    let field = format!("POS Invoice-{KEY_FIELD}");
    let owner = json!({ "owner": "Administrator" });
    stand_in.site().put("Custom Field", &field, owner);
    let refused = remove(&stand_in, false, Manner::default()).unwrap_err();
    assert!(
        refused.to_string().contains("Administrator account"),
        "{refused}"
    );
    assert!(refused.remedy().contains("what is left"), "{refused}");
    let owner = json!({ "owner": tests::stand_in::ADMIN });
    stand_in.site().put("Custom Field", &field, owner);
    remove(&stand_in, false, Manner::default()).unwrap();
    assert!(stand_in.site().documents("Custom Field").is_empty());
}

#[test]
fn version_16_gets_the_key_on_sales_invoices_too() {
    let stand_in = unprepared();
    stand_in.site().version = "16.1.0";
    let said = prepare(&stand_in, Manner::default()).unwrap();
    let field = format!("create the field {KEY_FIELD} on Sales Invoice");
    assert!(said.contains(&field), "{said}");
}

/// What an administrator may have set, and the words by which the check tells of it.
#[test]
fn settings_that_hurt_are_named_with_a_remedy() {
    let cases = [
        (
            "Currency",
            "USD",
            json!({ "smallest_currency_fraction_value": 0 }),
            "PROBLEM: the currency USD has no Smallest",
        ),
        (
            "System Settings",
            "System Settings",
            json!({ "rounding_method": null }),
            "PROBLEM: System Settings do not say how",
        ),
        (
            "System Settings",
            "System Settings",
            json!({ "enable_scheduler": 0 }),
            "PROBLEM: the scheduler of the site is off",
        ),
        (
            "Stock Settings",
            "Stock Settings",
            json!({ "allow_negative_stock": 1 }),
            "NOTE: Stock Settings allow negative stock",
        ),
        (
            "POS Settings",
            "POS Settings",
            json!({ "invoice_type": "Sales Invoice" }),
            "PROBLEM: POS Settings keep",
        ),
        (
            "Selling Settings",
            "Selling Settings",
            json!({ "validate_selling_price": 1 }),
            "NOTE: Selling Settings check the selling price",
        ),
        (
            "Custom Field",
            "POS Invoice-shelf",
            json!({ "dt": "POS Invoice", "fieldname": "shelf", "reqd": 1, "default": null }),
            "PROBLEM: every POS Invoice must have the field shelf",
        ),
        (
            "Company",
            "Harbour Books",
            json!({ "default_cash_account": null }),
            "has no Account for Change Amount",
        ),
        (
            "POS Opening Entry",
            "POS-OPE-9",
            json!({ "user": "cashier@example.com", "pos_profile": "Counter 1", "docstatus": 1 }),
            "NOTE: cashier@example.com has the POS Opening Entry POS-OPE-9",
        ),
        (
            "POS Profile",
            "Counter 1",
            json!({ "customer": null, "account_for_change_amount": null }),
            "PROBLEM: POS Profile \"Counter 1\" has no customer",
        ),
        (
            "POS Profile",
            "Counter 1",
            json!({ "taxes_and_charges": null }),
            "NOTE: POS Profile \"Counter 1\" has no Sales Taxes",
        ),
        (
            "POS Profile",
            "Counter 1",
            json!({ "disable_rounded_total": 1 }),
            "NOTE: POS Profile \"Counter 1\" and Global Defaults differ",
        ),
        (
            "Mode of Payment",
            "Cash",
            json!({ "accounts": [] }),
            "PROBLEM: the mode of payment Cash has no account of Harbour Books",
        ),
        (
            "Mode of Payment",
            "Cash",
            json!({ "enabled": 0 }),
            "PROBLEM: the mode of payment Cash of",
        ),
        (
            "Customer",
            "Ada Byron",
            json!({ "default_currency": "EUR" }),
            "NOTE: 1 customers are billed in another currency",
        ),
        (
            "User",
            USER,
            json!({ "roles": [{ "role": ROLE }, { "role": "System Manager" }] }),
            "has the role System Manager",
        ),
        (
            "User Permission",
            "up-1",
            json!({ "user": USER, "allow": "Warehouse", "for_value": "Shop - HB" }),
            "NOTE: kiosk@example.com has User Permissions (Warehouse Shop - HB)",
        ),
        (
            "Custom DocPerm",
            "Item Price Evertill Till 0",
            json!({ "write": 1 }),
            "keep the rates of sales as prices",
        ),
        (
            "Custom DocPerm",
            "POS Invoice Evertill Till 1",
            json!({ "write": 0 }),
            "PROBLEM: kiosk@example.com may not change fields of level 1",
        ),
        (
            "Custom DocPerm",
            "Sales Invoice Evertill Till 0",
            json!({ "submit": 0 }),
            "PROBLEM: kiosk@example.com may not submit Sales Invoice",
        ),
    ];
    let stand_in = prepared();
    for (doctype, name, change, _) in &cases {
        stand_in.site().put(doctype, name, change.clone());
    }
    let (good, report) = check(&stand_in);
    assert!(!good, "{report}");
    for (.., words) in cases {
        assert!(report.contains(words), "{words:?} is not in {report}");
    }
}

#[test]
fn a_walk_in_customer_who_is_disabled_is_named() {
    let stand_in = prepared();
    let change = json!({ "disabled": 1 });
    stand_in.site().put("Customer", "Walk-in Customer", change);
    let (good, report) = check(&stand_in);
    assert!(
        !good && report.contains("PROBLEM: Walk-in Customer"),
        "{report}"
    );
}
