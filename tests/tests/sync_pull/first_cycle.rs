//! What the first cycle brings, and what a till does without.

use checkout::masters::{Doctype, Master, SystemSettings};
use checkout::shop::Shop;
use erpnext::problem::Problem;
use serde_json::json;
use tests::fixtures::points_of_ada;
use tests::stand_in::{Site, StandIn};
use tests::sync::{Mirror, clock};

use crate::{PLENTY, Till};

#[test]
fn the_first_cycle_brings_all_that_a_sale_needs() {
    let mut till = Till::new(Site::harbour_books());
    till.cycle("2026-11-23T14:00:00");
    let mirror = &till.mirror;
    assert_eq!((&mirror.skipped, &mirror.problems), (&vec![], &vec![]));
    assert_eq!(mirror.count(Doctype::Item), 201);
    assert_eq!(mirror.count(Doctype::ItemGroup), 17);
    assert_eq!(mirror.count(Doctype::Uom), 240);
    assert_eq!(mirror.count(Doctype::Customer), 10);
    assert_eq!(
        mirror.count(Doctype::ModeOfPayment),
        2,
        "only those of the profile"
    );
    assert_eq!(
        mirror.count(Doctype::SalesTaxesAndChargesTemplate),
        7,
        "all of the company, because a tax rule may choose any"
    );
    // Corner Cafe's own list is among them.
    assert_eq!(mirror.count(Doctype::ItemPrice), 218);
    assert_eq!(till.barcodes("STA-003"), ["4001230001023", "4001230006028"]);
    let all: usize = mirror
        .masters
        .values()
        .map(|master| {
            if let Master::Item(item) = master {
                item.barcodes.len()
            } else {
                0
            }
        })
        .sum();
    assert_eq!(all, 206);
    let Some(Master::Item(bread)) = mirror.get(Doctype::Item, "BAK-001") else {
        panic!("no bread")
    };
    assert_eq!(bread.taxes[0].item_tax_template, "Reduced 5 - HB");
    let settings = mirror.get(Doctype::SystemSettings, "System Settings");
    let expected = SystemSettings {
        time_zone: "America/New_York".to_owned(),
        ..SystemSettings::default()
    };
    assert_eq!(settings, Some(&Master::SystemSettings(expected)));
    let shop = Shop::assemble("Counter 1", mirror.masters.values().cloned()).unwrap();
    assert_eq!(shop.modes_of_payment[0].account, "Cash - HB");
    assert_eq!(shop.taxes.taxes[0].rate, 8.25);
}

#[test]
fn the_first_cycle_brings_what_prices_pieces_and_points_depend_on() {
    let mut site = Site::harbour_books();
    site.put(
        "Address",
        "Cafe-Billing",
        json!({ "address_type": "Billing", "city": "Portland", "links": [
        { "link_doctype": "Supplier", "link_name": "Corner Cafe LLC" },
        { "link_doctype": "Customer", "link_name": "Corner Cafe LLC" },
    ] }),
    );
    site.put("Tax Rule", "Maine", json!({ "tax_type": "Sales", "sales_tax_template": "US ST 6% - HB", "billing_state": "Maine", "priority": 2 }));
    site.put("Tax Rule", "Buying", json!({ "tax_type": "Purchase" }));
    site.put("Currency Exchange", "2026-11-20-EUR-USD", json!({ "date": "2026-11-20", "from_currency": "EUR", "to_currency": "USD", "exchange_rate": 1.0837, "for_selling": 1 }));
    site.put("Loyalty Point Entry", "points", points_of_ada(12));
    let mut till = Till::new(site);
    till.cycle("2026-11-23T14:00:00");
    let mirror = &till.mirror;
    assert_eq!((&mirror.skipped, &mirror.problems), (&vec![], &vec![]));
    let Some(Master::Address(address)) = mirror.get(Doctype::Address, "Cafe-Billing") else {
        panic!("no address")
    };
    assert_eq!(address.customers, ["Corner Cafe LLC"]);
    let Some(Master::TaxRule(rule)) = mirror.get(Doctype::TaxRule, "Maine") else {
        panic!("no tax rule")
    };
    assert_eq!(
        (rule.billing.state.as_deref(), rule.priority),
        (Some("Maine"), 2)
    );
    let Some(Master::Item(shirt)) = mirror.get(Doctype::Item, "TSHIRT-M-BLU") else {
        panic!("no shirt")
    };
    let attributes = shirt.attributes.iter();
    let attributes: Vec<_> = attributes
        .map(|row| (row.attribute.as_str(), row.attribute_value.as_str()))
        .collect();
    assert_eq!(attributes, [("Size", "Medium"), ("Colour", "Blue")]);
    let Some(Master::ProductBundle(bundle)) = mirror.get(Doctype::ProductBundle, "BUN-001") else {
        panic!("no bundle")
    };
    assert_eq!(bundle.items[0].item_code, "STA-001");
    let Some(Master::Batch(batch)) = mirror.get(Doctype::Batch, "BAT-001-B") else {
        panic!("no batch")
    };
    assert_eq!((batch.item.as_str(), batch.batch_qty), ("BAT-001", 30.0));
    let Some(Master::LoyaltyProgram(program)) =
        mirror.get(Doctype::LoyaltyProgram, "Harbour Rewards")
    else {
        panic!("no program")
    };
    assert_eq!(program.collection_rules.len(), 2);
    for (doctype, count) in [
        (Doctype::TaxRule, 1),
        (Doctype::Territory, 2),
        (Doctype::Warehouse, 3),
        (Doctype::CurrencyExchange, 1),
        (Doctype::LoyaltyPointEntry, 1),
        (Doctype::SerialNo, 30),
        (Doctype::Batch, 10),
    ] {
        assert_eq!(mirror.count(doctype), count, "{}", doctype.name());
    }
    // A price is known before the long lists have come.
    let place = |doctype| {
        mirror
            .ended
            .iter()
            .position(|ended| *ended == doctype)
            .unwrap()
    };
    for later in [
        Doctype::Address,
        Doctype::Batch,
        Doctype::SerialNo,
        Doctype::LoyaltyPointEntry,
    ] {
        assert!(place(Doctype::ItemPrice) < place(later), "{}", later.name());
    }
}

#[test]
fn a_till_does_without_the_lists_that_its_user_may_often_not_read() {
    let closed = [
        Doctype::UomConversionFactor,
        Doctype::TaxRule,
        Doctype::LoyaltyProgram,
        Doctype::Address,
        Doctype::Batch,
        Doctype::SerialNo,
        Doctype::LoyaltyPointEntry,
    ];
    let mut till = Till::new(Site::harbour_books());
    let names = closed.iter().map(|doctype| doctype.name().to_owned());
    till.stand_in.site().forbidden.extend(names);
    till.cycle("2026-11-23T14:00:00");
    assert_eq!(till.mirror.problems, []);
    assert_eq!(till.mirror.count(Doctype::Customer), 10);
    for doctype in closed {
        assert_eq!(till.mirror.count(doctype), 0);
        assert!(
            !till.mirror.ended.contains(&doctype),
            "{} was not read",
            doctype.name()
        );
    }
}

#[test]
fn a_profile_that_does_not_exist_ends_the_cycle_with_its_name() {
    let stand_in = StandIn::http(Site::harbour_books());
    let mut mirror = Mirror::default();
    let mut pull = mirror.pull("Counter 9");
    mirror.cycle(
        &mut pull,
        clock("2026-11-23T14:00:00"),
        &mut stand_in.client(),
        PLENTY,
    );
    assert_eq!(
        mirror.failed,
        [Problem::ProfileMissing("Counter 9".to_owned())]
    );
}
