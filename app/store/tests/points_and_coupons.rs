//! Points and coupons that were used here count before ERPNext counts them.

use checkout::catalog::{Catalog, CouponUses};
use checkout::masters::{Doctype, LoyaltyPointEntry, Master};
use checkout::sale::{Sale, SaleCoupon, SaleLoyalty};

use crate::support::{at, ledger::Ledger};

fn entry(name: &str, customer: &str, loyalty_points: i64) -> Master {
    LoyaltyPointEntry {
        name: name.into(),
        customer: customer.into(),
        loyalty_points,
        ..LoyaltyPointEntry::default()
    }
    .into()
}

fn redeems(customer: &str, loyalty_points: i64) -> impl FnOnce(&mut Sale) {
    move |sale| {
        sale.customer = customer.into();
        sale.loyalty = Some(SaleLoyalty {
            loyalty_program: "Readers".into(),
            loyalty_points,
            loyalty_amount: sale.amount_to_pay.currency.zero(),
            loyalty_redemption_account: None,
            loyalty_redemption_cost_center: None,
            points_earned: 3,
        });
    }
}

#[test]
fn points_redeemed_here_are_gone_until_erpnext_lists_them_as_gone() {
    let mut ledger = Ledger::open();
    let account = |ledger: &Ledger, customer: &str| ledger.reader.loyalty(customer).unwrap();
    assert_eq!(account(&ledger, "ADA"), Default::default());
    ledger.masters.pull_begins(at(1));
    let entries = [
        entry("L-1", "ADA", 430),
        entry("L-2", "BO", 5),
        entry("L-3", "ADA", -30),
    ];
    ledger.masters.apply(&entries).unwrap();
    assert_eq!(account(&ledger, "ADA").as_of, None, "not all was read yet");
    ledger.masters.pulled(Doctype::LoyaltyPointEntry).unwrap();

    ledger.sells(at(10), redeems("ADA", 100));
    ledger.sells(at(11), redeems("ADA", 0));
    ledger.delivers(at(20));
    ledger.sells(at(21), redeems("ADA", 7));
    let mut ledger = ledger.reopened();
    let ada = account(&ledger, "ADA");
    let points: Vec<i64> = ada
        .entries
        .iter()
        .map(|entry| entry.loyalty_points)
        .collect();
    assert_eq!(points.iter().sum::<i64>(), 400);
    assert_eq!((ada.as_of, ada.redeemed_since), (Some(at(1)), 107));
    assert_eq!(account(&ledger, "BO").redeemed_since, 0);

    ledger.masters.pull_begins(at(30));
    ledger.masters.apply(&[entry("L-4", "ADA", -100)]).unwrap();
    ledger.masters.pulled(Doctype::LoyaltyPointEntry).unwrap();
    let ada = account(&ledger, "ADA");
    assert_eq!((ada.as_of, ada.redeemed_since), (Some(at(30)), 7));
    ledger.delivers(at(40));
    assert_eq!(
        account(&ledger, "ADA").redeemed_since,
        7,
        "delivered after the download began"
    );

    let names = ["L-1", "L-4"].map(str::to_owned);
    let doctype = Doctype::LoyaltyPointEntry;
    assert_eq!(ledger.masters.retain(doctype, &names).unwrap().deleted, 2);
    assert_eq!(account(&ledger, "ADA").entries.len(), 2);
    assert!(account(&ledger, "BO").entries.is_empty());
}

#[test]
fn a_coupon_is_counted_with_the_sale_and_as_unsent_until_erpnext_counted_it() {
    let mut ledger = Ledger::open();
    let takes = |sale: &mut Sale| {
        sale.coupon = Some(SaleCoupon {
            name: "Save fifteen".into(),
            coupon_code: "SAVE15".into(),
            maximum_use: 3,
        });
    };
    let uses = |ledger: &Ledger| {
        let CouponUses { all, unsent } = ledger.reader.coupon_uses("SAVE15").unwrap();
        (all, unsent)
    };
    assert_eq!(uses(&ledger), (0, 0));
    ledger.sells(at(10), takes);
    ledger.sells(at(11), |_| {});
    ledger.sells(at(12), takes);
    assert_eq!(uses(&ledger), (2, 2));
    ledger.delivers(at(20));
    let mut ledger = ledger.reopened();
    assert_eq!(uses(&ledger), (2, 2), "its number of uses is from before");
    ledger.masters.pull_begins(at(30));
    ledger.masters.pulled(Doctype::CouponCode).unwrap();
    assert_eq!(uses(&ledger), (2, 0));
    ledger.sells(at(40), takes);
    assert_eq!(uses(&ledger), (3, 1));
}
