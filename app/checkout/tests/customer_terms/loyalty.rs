//! Points: what a customer has, earns and may pay with. M3 and M4 bear the names of the
//! arithmetic's description.

use std::collections::BTreeMap;

use checkout::catalog::{LoyaltyAccount, MemoryCatalog};
use checkout::loyalty::{PointsLimit, Standing};
use checkout::masters::{
    Customer, LoyaltyPointEntry, LoyaltyProgram, LoyaltyProgramCollection, Master,
};
use checkout::money::Money;
use checkout::shop::Shop;
use jiff::Timestamp;
use jiff::civil::Date;
use proptest::prelude::*;

use crate::tax_rules::shop_with;

const NOW: &str = "2026-06-01T12:00:00Z";
const TODAY: &str = "2026-06-01";

fn date(text: &str) -> Date {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn rewards() -> LoyaltyProgram {
    let tier = |tier_name: &str, min_spent, collection_factor| LoyaltyProgramCollection {
        tier_name: tier_name.to_owned(),
        min_spent,
        collection_factor,
    };
    LoyaltyProgram {
        name: "Rewards".to_owned(),
        company: Some("HB".to_owned()),
        from_date: Some(date("2026-01-01")),
        conversion_factor: 0.05,
        expense_account: Some("Loyalty - HB".to_owned()),
        cost_center: Some("Main - HB".to_owned()),
        collection_rules: vec![
            tier("Bronze", 0.0, 10.0),
            tier("Silver", 500.0, 5.0),
            tier("Gold", 1000.0, 2.0),
        ],
        ..LoyaltyProgram::default()
    }
}

fn shop(program: LoyaltyProgram) -> Shop {
    shop_with(vec![], vec![Master::from(program)])
}

fn ada() -> Customer {
    Customer {
        name: "Ada".to_owned(),
        loyalty_program: Some("Rewards".to_owned()),
        ..Customer::default()
    }
}

fn entry(loyalty_points: i64, purchase_amount: f64) -> LoyaltyPointEntry {
    LoyaltyPointEntry {
        customer: "Ada".to_owned(),
        loyalty_program: "Rewards".to_owned(),
        company: Some("HB".to_owned()),
        loyalty_points,
        purchase_amount,
        posting_date: Some(date("2026-05-01")),
        expiry_date: Some(date("2026-12-31")),
        ..LoyaltyPointEntry::default()
    }
}

fn account(entries: Vec<LoyaltyPointEntry>) -> LoyaltyAccount {
    LoyaltyAccount {
        entries,
        as_of: Some(now()),
        redeemed_since: 0,
    }
}

fn standing(shop: &Shop, account: LoyaltyAccount) -> Standing<'_> {
    let catalog = MemoryCatalog {
        loyalty: BTreeMap::from([("Ada".to_owned(), account)]),
        ..MemoryCatalog::default()
    };
    let standing = Standing::of(shop, &catalog, &ada(), date(TODAY)).unwrap();
    standing.unwrap()
}

fn usd(text: &str, shop: &Shop) -> Money {
    Money::parse(text, shop.currency).unwrap()
}

#[test]
fn the_balance_is_what_was_posted_and_has_not_expired_by_the_day() {
    let shop = shop(rewards());
    let with = |change: fn(&mut LoyaltyPointEntry)| {
        let mut entry = entry(100, 300.0);
        change(&mut entry);
        entry
    };
    let entries = vec![
        entry(40, 200.0),
        entry(-10, 0.0),
        with(|it| it.expiry_date = Some(date(TODAY))),
        with(|it| it.expiry_date = Some(date("2026-05-31"))),
        with(|it| it.expiry_date = None),
        with(|it| it.posting_date = Some(date("2026-06-02"))),
        with(|it| it.loyalty_program = "Other".to_owned()),
        with(|it| it.company = Some("Other".to_owned())),
    ];
    let account = LoyaltyAccount {
        redeemed_since: 5,
        ..account(entries)
    };
    let standing = standing(&shop, account);
    assert_eq!(standing.points, 40 - 10 + 100 - 5);
    // What expired still counts for the tier.
    assert_eq!(standing.total_spent, 200.0 + 3.0 * 300.0);
}

#[test]
fn points_count_in_a_program_of_this_company_alone() {
    let catalog = MemoryCatalog::default();
    let of = |program: LoyaltyProgram, customer: &Customer| {
        let shop = shop(program);
        Standing::of(&shop, &catalog, customer, date(TODAY))
            .unwrap()
            .is_some()
    };
    assert!(of(rewards(), &ada()));
    let theirs = LoyaltyProgram {
        company: Some("Other".to_owned()),
        ..rewards()
    };
    assert!(!of(theirs, &ada()));
    // Joining happens when a Customer is saved, not when something is sold.
    let open = LoyaltyProgram {
        auto_opt_in: true,
        ..rewards()
    };
    assert!(!of(open, &Customer::default()));
}

#[test]
fn a_sale_earns_whole_points_of_its_tier_between_the_programs_days() {
    let one_tier = LoyaltyProgram {
        to_date: Some(date("2026-06-30")),
        collection_rules: rewards().collection_rules[..1].to_vec(),
        ..rewards()
    };
    let shop_of_one = shop(one_tier);
    let new = standing(&shop_of_one, account(vec![]));
    // M4: points paid 0.50, of which the server takes off the whole dollars.
    assert_eq!(new.points_earned(date(TODAY), 123.45, 0.5), 12);
    assert_eq!(new.points_earned(date(TODAY), 130.0, 1.99), 12);
    assert_eq!(new.points_earned(date("2026-06-30"), 123.45, 0.0), 12);
    assert_eq!(new.points_earned(date("2026-07-01"), 123.45, 0.0), 0);
    assert_eq!(new.points_earned(date("2025-12-31"), 123.45, 0.0), 0);
    let shop = shop(rewards());
    let earned = |spent, grand_total| {
        let entries = vec![entry(1, spent)];
        standing(&shop, account(entries)).points_earned(date(TODAY), grand_total, 0.0)
    };
    // The server goes down from Gold as long as no more was spent than the next tier asks for.
    assert_eq!(earned(0.0, 0.0), 0);
    assert_eq!(earned(0.0, 100.0), 20);
    assert_eq!(earned(400.0, 100.0), 20);
    assert_eq!(earned(400.0, 101.0), 50);
}

#[test]
fn no_more_points_are_offered_than_there_are_or_than_the_sale_costs() {
    let shop = shop(rewards());
    let standing = standing(&shop, account(vec![entry(430, 0.0)]));
    let offer = |amount: &str| standing.offer(&shop, now(), usd(amount, &shop), None);
    let all = offer("36.00");
    assert_eq!((all.points, all.limit), (430, PointsLimit::Balance));
    assert_eq!(all.amount.to_string(), "21.50 USD");
    let some = offer("17.32");
    assert_eq!((some.points, some.limit), (346, PointsLimit::AmountToPay));
    // Three points of 0.05 are 0.15000000000000002 to the server, more than the sale.
    assert_eq!(offer("0.15").points, 2);
    assert_eq!(offer("0.04").points, 0);
    // M3
    let amount = usd("36.00", &shop);
    let redeemed = standing.redeem(&shop, now(), 10, amount, None).unwrap();
    assert_eq!(redeemed.loyalty_amount.to_string(), "0.50 USD");
    assert_eq!(redeemed.loyalty_redemption_account, "Loyalty - HB");
    let refused = |points| {
        let result = standing.redeem(&shop, now(), points, amount, None);
        result.unwrap_err().to_string()
    };
    assert_eq!(
        refused(431),
        "431 points are too many, at most 430 can be used: the customer has no more"
    );
    assert_eq!(refused(0), "enter a whole number of points above zero");
}

#[test]
fn a_till_that_has_not_heard_from_erpnext_for_a_while_takes_points_up_to_its_limit() {
    let shop = shop(rewards());
    let standing_of = |as_of: Option<&str>, redeemed_since| {
        let account = LoyaltyAccount {
            entries: vec![entry(1000, 0.0)],
            as_of: as_of.map(|text| text.parse().unwrap()),
            redeemed_since,
        };
        standing(&shop, account)
    };
    let offer = |as_of, redeemed_since, limit: Option<&str>| {
        let limit = limit.map(|text| usd(text, &shop));
        let standing = standing_of(as_of, redeemed_since);
        let offer = standing.offer(&shop, now(), usd("40.00", &shop), limit);
        (offer.points, offer.limit)
    };
    let quarter_past = Some("2026-06-01T11:45:00Z");
    let earlier = Some("2026-06-01T11:44:59Z");
    let all = (800, PointsLimit::AmountToPay);
    assert_eq!(offer(quarter_past, 0, Some("5.01")), all);
    assert_eq!(offer(earlier, 0, None), all);
    assert_eq!(offer(earlier, 0, Some("5.01")), (100, PointsLimit::Offline));
    assert_eq!(offer(None, 0, Some("5.01")), (100, PointsLimit::Offline));
    // What this till took since then counts.
    assert_eq!(offer(earlier, 60, Some("5.01")), (40, PointsLimit::Offline));
    assert_eq!(offer(earlier, 200, Some("5.01")), (0, PointsLimit::Offline));
    let limit = Some(usd("5.01", &shop));
    let refused = standing_of(earlier, 0).redeem(&shop, now(), 101, usd("40.00", &shop), limit);
    assert_eq!(
        refused.unwrap_err().to_string(),
        "101 points are too many, at most 100 can be used: the till has to synchronise before it \
         takes more points of this customer"
    );
}

#[test]
fn points_that_are_worth_nothing_or_cannot_be_booked_name_the_program_to_correct() {
    let refused = |program: LoyaltyProgram| {
        let shop = shop(program);
        let standing = standing(&shop, account(vec![entry(430, 0.0)]));
        let amount = usd("36.00", &shop);
        let result = standing.redeem(&shop, now(), 1, amount, None);
        result.unwrap_err().to_string()
    };
    let worthless = LoyaltyProgram {
        conversion_factor: 0.0,
        ..rewards()
    };
    assert_eq!(
        refused(worthless),
        "points of \"Rewards\" are worth nothing; set the Conversion Factor of that Loyalty \
         Program in ERPNext"
    );
    let unbooked = LoyaltyProgram {
        expense_account: None,
        ..rewards()
    };
    assert!(refused(unbooked).contains("Expense Account"));
}

proptest! {
    #[test]
    fn what_is_offered_can_be_redeemed_and_one_point_more_cannot(
        points in 0_i64..5_000,
        factor in prop::sample::select(vec![0.01, 0.05, 0.07, 0.1, 0.333, 1.0, 2.5]),
        cents in 0_i64..20_000,
    ) {
        let program = LoyaltyProgram {
            conversion_factor: factor,
            ..rewards()
        };
        let shop = shop(program);
        let standing = standing(&shop, account(vec![entry(points, 0.0)]));
        let amount = Money::from_f64(cents as f64 / 100.0, shop.currency);
        let offer = standing.offer(&shop, now(), amount, None);
        prop_assert!(offer.amount.units <= amount.units);
        let redeem = |points| standing.redeem(&shop, now(), points, amount, None);
        prop_assert_eq!(redeem(offer.points).is_ok(), offer.points > 0);
        prop_assert!(redeem(offer.points + 1).is_err());
    }
}
