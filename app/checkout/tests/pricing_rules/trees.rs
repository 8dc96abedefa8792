//! For whom and where a rule holds: trees of customers, places and warehouses, partners,
//! campaigns.

use checkout::masters::{
    Customer, CustomerGroup, Master, PosPaymentMethod, PosProfile, PricingRule, Territory,
    Warehouse,
};

use super::percent;
use super::shop::Sale;

fn territory(name: &str, parent: Option<&str>) -> Master {
    Territory {
        name: name.to_owned(),
        parent_territory: parent.map(str::to_owned),
    }
    .into()
}

fn group(name: &str, parent: Option<&str>) -> Master {
    CustomerGroup {
        name: name.to_owned(),
        parent_customer_group: parent.map(str::to_owned),
        ..CustomerGroup::default()
    }
    .into()
}

fn warehouse(name: &str, parent: Option<&str>) -> Master {
    Warehouse {
        name: name.to_owned(),
        parent_warehouse: parent.map(str::to_owned),
        ..Warehouse::default()
    }
    .into()
}

fn counter() -> PosProfile {
    PosProfile {
        name: "Counter".to_owned(),
        company: "HB".to_owned(),
        selling_price_list: "Shelf".to_owned(),
        warehouse: "Front".to_owned(),
        campaign: Some("Autumn".to_owned()),
        payments: vec![PosPaymentMethod {
            mode_of_payment: "Cash".to_owned(),
            ..PosPaymentMethod::default()
        }],
        ..PosProfile::default()
    }
}

/// Ada, staff, lives in Berlin; the shop sells out of the warehouse Front.
fn ada_buys(rule: PricingRule) -> Sale {
    Sale {
        masters: vec![
            territory("World", None),
            territory("Germany", Some("World")),
            territory("Berlin", Some("Germany")),
            territory("France", Some("World")),
            group("Everybody", None),
            group("Own", Some("Everybody")),
            group("Staff", Some("Own")),
            group("Guests", Some("Everybody")),
            warehouse("All", None),
            warehouse("Shop", Some("All")),
            warehouse("Front", Some("Shop")),
            warehouse("Cellar", Some("Shop")),
            counter().into(),
        ],
        customer: Some(Customer {
            name: "Ada".to_owned(),
            customer_group: Some("Staff".to_owned()),
            territory: Some("Berlin".to_owned()),
            default_sales_partner: Some("Grace".to_owned()),
            ..Customer::default()
        }),
        ..Sale::of([rule])
    }
}

fn costs(sale: &Sale) -> f64 {
    assert_eq!(sale.sentences(&[("A", 1.0)]), [""; 0]);
    sale.amounts(&[("A", 1.0)])[0]
}

#[test]
fn a_rule_for_a_node_holds_for_all_below_it() {
    let ten = || percent("R1", 10.0);
    let set = |name: &str| Some(name.to_owned());
    type Field = fn(&mut PricingRule, Option<String>);
    let fields: [(Field, [&str; 3], &str); 3] = [
        (
            |rule, name| rule.territory = name,
            ["World", "Germany", "Berlin"],
            "France",
        ),
        (
            |rule, name| rule.customer_group = name,
            ["Everybody", "Own", "Staff"],
            "Guests",
        ),
        (
            |rule, name| rule.warehouse = name,
            ["All", "Shop", "Front"],
            "Cellar",
        ),
    ];
    for (field, above, elsewhere) in fields {
        for (name, price) in above
            .map(|name| (name, 9.0))
            .into_iter()
            .chain([(elsewhere, 10.0)])
        {
            let mut rule = ten();
            field(&mut rule, set(name));
            assert_eq!(costs(&ada_buys(rule)), price, "{name}");
        }
    }
}

#[test]
fn a_rule_for_a_partner_or_a_campaign_holds_for_theirs_alone() {
    for (partner, price) in [("Grace", 9.0), ("Linus", 10.0)] {
        let sales_partner = Some(partner.to_owned());
        let rule = PricingRule {
            sales_partner,
            ..percent("R1", 10.0)
        };
        assert_eq!(costs(&ada_buys(rule)), price, "{partner}");
    }
    for (campaign, price) in [("Autumn", 9.0), ("Spring", 10.0)] {
        let campaign = Some(campaign.to_owned());
        let rule = PricingRule {
            campaign,
            ..percent("R1", 10.0)
        };
        assert_eq!(costs(&ada_buys(rule)), price);
    }
}

#[test]
fn a_customer_without_a_territory_is_in_every_territory() {
    let mut sale = ada_buys(PricingRule {
        territory: Some("France".to_owned()),
        ..percent("R1", 10.0)
    });
    assert_eq!(costs(&sale), 10.0);
    sale.customer = Some(Customer::default());
    assert_eq!(costs(&sale), 9.0);
    // Nobody is no such customer.
    sale.customer = None;
    assert_eq!(costs(&sale), 10.0);
}

#[test]
fn a_tree_that_was_not_downloaded_is_named() {
    let mut sale = ada_buys(PricingRule {
        territory: Some("Germany".to_owned()),
        ..percent("R1", 10.0)
    });
    sale.masters
        .retain(|master| !matches!(master, Master::Territory(t) if t.name == "Germany"));
    let sentence = "pricing rule R1 was left out: it needs the tree of territories, which the till does not have";
    // Berlin's parent is Germany itself: equal names need no tree.
    assert_eq!(costs(&sale), 9.0);
    sale.rules[0].territory = Some("World".to_owned());
    assert_eq!(costs(&sale), 9.0);
    sale.rules[0].territory = Some("France".to_owned());
    assert_eq!(sale.sentences(&[("A", 1.0)]), [sentence]);
    assert_eq!(sale.amounts(&[("A", 1.0)]), [10.0]);
}

#[test]
fn a_buyer_who_was_not_downloaded_is_in_no_group_that_the_till_could_know() {
    let rule = PricingRule {
        customer_group: Some("Staff".to_owned()),
        ..percent("R1", 50.0)
    };
    let mut sale = ada_buys(rule);
    sale.customer = None;
    assert_eq!(costs(&sale), 10.0);
    // The profile's walk-in customer, of whom only the name is known.
    let stranger = Customer {
        name: "Walk-in".to_owned(),
        ..Customer::default()
    };
    sale.stranger = Some(stranger);
    let sentence = "pricing rule R1 was left out: it needs the tree of customer groups, which the till does not have";
    assert_eq!(sale.sentences(&[("A", 1.0)]), [sentence]);
    assert_eq!(sale.amounts(&[("A", 1.0)]), [10.0]);
}
