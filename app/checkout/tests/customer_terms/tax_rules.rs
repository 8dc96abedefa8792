//! Which template of taxes a customer's sale takes.

use checkout::catalog::MemoryCatalog;
use checkout::masters::{
    Address, AddressTaxCategoryFrom, Customer, CustomerGroup, Master, PosPaymentMethod, PosProfile,
    SalesTaxesAndChargesTemplate, SystemSettings, TaxRule, TaxRulePlace,
};
use checkout::shop::Shop;
use checkout::tax_rule::taxes_of;

use crate::dollar_shop::dollar_shop;

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn template(name: &str) -> SalesTaxesAndChargesTemplate {
    SalesTaxesAndChargesTemplate {
        name: name.to_owned(),
        company: "HB".to_owned(),
        ..SalesTaxesAndChargesTemplate::default()
    }
}

/// A rule without conditions that chooses the template of its own name.
fn rule(name: &str) -> TaxRule {
    TaxRule {
        name: name.to_owned(),
        tax_type: "Sales".to_owned(),
        sales_tax_template: some(name),
        ..TaxRule::default()
    }
}

pub fn shop_with(rules: Vec<TaxRule>, more: Vec<Master>) -> Shop {
    let group = |name: &str, parent: Option<&str>| CustomerGroup {
        name: name.to_owned(),
        parent_customer_group: parent.map(str::to_owned),
        ..CustomerGroup::default()
    };
    let mut masters = dollar_shop();
    masters.extend(rules.iter().map(|rule| template(&rule.name).into()));
    masters.extend(rules.into_iter().map(|rule| Master::from(Box::new(rule))));
    masters.extend([
        template("Profile").into(),
        group("All", None).into(),
        group("Trade", Some("All")).into(),
        group("Schools", Some("Trade")).into(),
        PosProfile {
            name: "Counter".to_owned(),
            company: "HB".to_owned(),
            selling_price_list: "Shelf".to_owned(),
            taxes_and_charges: some("Profile"),
            payments: vec![PosPaymentMethod {
                mode_of_payment: "Cash".to_owned(),
                ..PosPaymentMethod::default()
            }],
            ..PosProfile::default()
        }
        .into(),
    ]);
    masters.extend(more);
    Shop::assemble("Counter", masters).unwrap()
}

fn school() -> Customer {
    Customer {
        name: "School".to_owned(),
        customer_group: some("Schools"),
        ..Customer::default()
    }
}

fn address(state: &str) -> Address {
    Address {
        name: format!("In {state}"),
        customers: vec!["School".to_owned()],
        state: some(state),
        ..Address::default()
    }
}

fn in_state(name: &str, state: &str) -> TaxRule {
    TaxRule {
        billing: TaxRulePlace {
            state: some(state),
            ..TaxRulePlace::default()
        },
        ..rule(name)
    }
}

/// The template that the school's sale takes on the first of June.
fn chosen(shop: &Shop, customer: &Customer, addresses: Vec<Address>) -> String {
    let catalog = MemoryCatalog {
        addresses,
        ..MemoryCatalog::default()
    };
    let date = "2026-06-01".parse().unwrap();
    match taxes_of(shop, &catalog, Some(customer), date) {
        Ok(taxes) => taxes.template.name.clone(),
        Err(error) => error.to_string(),
    }
}

fn chosen_by(rules: Vec<TaxRule>) -> String {
    chosen(&shop_with(rules, vec![]), &school(), vec![])
}

#[test]
fn the_rule_that_says_most_wins_then_the_higher_priority_then_the_name() {
    let general = || rule("General");
    let of_group = || TaxRule {
        customer_group: some("Trade"),
        ..rule("Of the group")
    };
    let of_customer = || TaxRule {
        customer: some("School"),
        company: some("HB"),
        ..rule("Of the customer")
    };
    assert_eq!(chosen_by(vec![]), "Profile");
    assert_eq!(chosen_by(vec![general()]), "General");
    assert_eq!(chosen_by(vec![general(), of_group()]), "Of the group");
    let all = vec![of_customer(), of_group(), general()];
    assert_eq!(chosen_by(all), "Of the customer");
    let urgent = TaxRule {
        priority: 9,
        ..general()
    };
    // Priority only decides between rules that say equally much.
    assert_eq!(chosen_by(vec![urgent.clone(), of_group()]), "Of the group");
    let first_by_name = || rule("A");
    assert_eq!(chosen_by(vec![urgent, first_by_name()]), "General");
    assert_eq!(chosen_by(vec![general(), first_by_name()]), "A");
}

#[test]
fn a_rule_for_others_other_days_or_purchases_does_not_hold() {
    let of = |change: fn(&mut TaxRule)| {
        let mut rule = rule("Rule");
        change(&mut rule);
        chosen_by(vec![rule])
    };
    let profile = "Profile";
    assert_eq!(of(|rule| rule.customer = some("Bob")), profile);
    assert_eq!(of(|rule| rule.company = some("Other")), profile);
    assert_eq!(of(|rule| rule.customer_group = some("Elsewhere")), profile);
    assert_eq!(of(|rule| rule.tax_category = some("Export")), profile);
    assert_eq!(of(|rule| rule.tax_type = "Purchase".to_owned()), profile);
    let day = |text: &str| text.parse().ok();
    let days = |from: &str, to: &str| {
        chosen_by(vec![TaxRule {
            from_date: day(from),
            to_date: day(to),
            ..rule("Rule")
        }])
    };
    assert_eq!(days("2026-06-01", "2026-06-01"), "Rule");
    assert_eq!(days("2026-06-02", "2026-06-09"), profile);
    assert_eq!(days("2026-05-01", "2026-05-31"), profile);
}

#[test]
fn a_rule_for_a_place_looks_at_the_address_that_bills_go_to() {
    let shop = shop_with(
        vec![in_state("New York", "New York"), in_state("Ohio", "Ohio")],
        vec![],
    );
    let sale = |addresses| chosen(&shop, &school(), addresses);
    let primary = |state| Address {
        is_primary_address: true,
        ..address(state)
    };
    assert_eq!(sale(vec![address("ohio")]), "Ohio");
    assert_eq!(sale(vec![address("New York"), primary("Ohio")]), "Ohio");
    assert_eq!(sale(vec![address("Texas")]), "Profile");
    let left = Address {
        disabled: true,
        ..primary("Ohio")
    };
    assert_eq!(sale(vec![left, address("New York")]), "New York");
    // The server asks for no place where there is no address, so the first by name holds.
    assert_eq!(sale(vec![]), "New York");
}

#[test]
fn goods_go_to_the_marked_or_shipping_address_and_may_decide_about_the_tax_category() {
    let shipped = TaxRule {
        shipping: TaxRulePlace {
            state: some("Ohio"),
            ..TaxRulePlace::default()
        },
        ..rule("Shipped to Ohio")
    };
    let export = TaxRule {
        tax_category: some("Export"),
        ..rule("Export")
    };
    let settings = SystemSettings {
        determine_address_tax_category_from: AddressTaxCategoryFrom::ShippingAddress,
        ..SystemSettings::default()
    };
    let shipping = |state: &str, tax_category: Option<&str>| Address {
        address_type: "Shipping".to_owned(),
        tax_category: tax_category.map(str::to_owned),
        ..address(state)
    };
    let rules = vec![shipped, export];
    let by_bill = shop_with(rules.clone(), vec![]);
    let by_goods = shop_with(rules, vec![settings.into()]);
    let both = |tax_category| {
        let bill = Address {
            is_primary_address: true,
            ..address("Texas")
        };
        vec![bill, shipping("Ohio", tax_category)]
    };
    let plain = both(None);
    assert_eq!(chosen(&by_bill, &school(), plain), "Shipped to Ohio");
    let exported = both(Some("Export"));
    assert_eq!(
        chosen(&by_bill, &school(), exported.clone()),
        "Shipped to Ohio"
    );
    assert_eq!(chosen(&by_goods, &school(), exported), "Export");
    let exporter = Customer {
        tax_category: some("Export"),
        ..school()
    };
    assert_eq!(chosen(&by_bill, &exporter, vec![]), "Export");
}

#[test]
fn a_disabled_template_means_no_rule_and_a_missing_or_foreign_one_is_said() {
    let second = || TaxRule {
        priority: -1,
        ..rule("Second")
    };
    let with = |template: Vec<Master>| shop_with(vec![rule("Rule"), second()], template);
    let disabled = SalesTaxesAndChargesTemplate {
        disabled: true,
        ..template("Rule")
    };
    let shop = with(vec![disabled.into()]);
    assert_eq!(chosen(&shop, &school(), vec![]), "Profile");
    let foreign = SalesTaxesAndChargesTemplate {
        company: "Other".to_owned(),
        ..template("Rule")
    };
    let shop = with(vec![foreign.into()]);
    assert_eq!(
        chosen(&shop, &school(), vec![]),
        "Tax Rule \"Rule\" asks for the taxes \"Rule\" of another company; correct it in ERPNext"
    );
    let missing = TaxRule {
        sales_tax_template: some("Not here"),
        ..rule("Rule")
    };
    let shop = shop_with(vec![missing], vec![]);
    assert_eq!(
        chosen(&shop, &school(), vec![]),
        "Tax Rule \"Rule\" asks for the taxes \"Not here\", which this till does not have; let it \
         synchronise, or choose other taxes there in ERPNext"
    );
}

#[test]
fn the_profiles_tax_category_is_the_documents_but_chooses_no_rule() {
    let export = TaxRule {
        tax_category: some("Export"),
        ..rule("Export")
    };
    let mut shop = shop_with(vec![export, rule("General")], vec![]);
    shop.profile.tax_category = some("Export");
    let date = "2026-06-01".parse().unwrap();
    let of = |customer: Option<&Customer>| {
        let taxes = taxes_of(&shop, &MemoryCatalog::default(), customer, date).unwrap();
        (taxes.template.name.clone(), taxes.tax_category)
    };
    // The server chooses the rule by the customer's category and only then takes the profile's.
    assert_eq!(of(Some(&school())), ("General".to_owned(), some("Export")));
    assert_eq!(of(None), ("Profile".to_owned(), some("Export")));
    let own = Customer {
        tax_category: some("Domestic"),
        ..school()
    };
    assert_eq!(of(Some(&own)), ("Profile".to_owned(), some("Domestic")));
}

#[test]
fn a_walk_in_customer_who_was_not_downloaded_is_in_no_group_and_at_no_place() {
    let trade = TaxRule {
        customer_group: some("Trade"),
        ..rule("Trade")
    };
    let shop = shop_with(vec![trade, in_state("Ohio", "Ohio")], vec![]);
    let walk_in = Customer {
        name: "Walk-in".to_owned(),
        ..Customer::default()
    };
    assert_eq!(chosen(&shop, &walk_in, vec![]), "Profile");
    // One who is known to be in no group is in all of them to the server, and everywhere.
    let catalog = MemoryCatalog {
        customers: vec![walk_in.clone()],
        ..MemoryCatalog::default()
    };
    let date = "2026-06-01".parse().unwrap();
    let taxes = taxes_of(&shop, &catalog, Some(&walk_in), date).unwrap();
    assert_eq!(taxes.template.name, "Ohio");
}
