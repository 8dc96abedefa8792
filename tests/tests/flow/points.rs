//! Points: what a customer has, pays with and earns.

use checkout::masters::LoyaltyPointEntry;
use kiosk::demo::prepare;
use kiosk::start::Link;

use crate::counter::full_site;
use crate::screen::on_screen;
use crate::whole_till::{NO_SITE, SALT_ROAD, WholeTill};

#[test]
fn a_customer_pays_with_points_and_earns_others() {
    on_screen(|screen| {
        let site = full_site();
        let till = WholeTill::of_the_demo_shop(screen, Link::Site(site.client()));
        till.sign_in();
        till.open_shift();
        for _ in 0..5 {
            till.scan(SALT_ROAD, 1);
        }
        till.tap("Customer");
        till.tap("Ada Byron");
        till.reads("430 points");
        till.pay();
        till.tap("Loyalty points");
        till.reads("430 points, worth $21.50");
        till.keys("9999");
        till.reads("The customer has no more points");
        for _ in 0..4 {
            till.press(slint::platform::Key::Backspace);
        }
        till.keys("200");
        till.tap("Use points");
        till.reads("Remove 200 points $10.00");
        // Given back and used again.
        till.tap("Remove 200 points $10.00");
        till.until("they are back", || !till.sees("Remove 200 points"));
        till.tap("Loyalty points");
        till.keys("200");
        till.tap("Use points");
        till.keys("50");
        till.tap("Cash");
        let sale = till.done();
        let loyalty = sale.loyalty.clone().unwrap();
        assert_eq!(loyalty.loyalty_points, 200);
        assert!(loyalty.points_earned > 0);
        till.reads("200 points used");
        till.until("all is sent", || till.unsent().is_empty());
        let invoice = site.site().documents("POS Invoice").remove(0);
        assert_eq!(invoice["docstatus"], 1);
        assert_eq!(invoice["redeem_loyalty_points"], 1);
        assert_eq!(invoice["loyalty_points"], 200);
        // The site's own account of it comes back and says the same.
        till.try_now();
        till.tap("Next sale");
        till.tap("Customer");
        till.tap("Ada Byron");
        let left = 430 - 200 + loyalty.points_earned;
        till.reads(&format!("{left} points"));
    });
}

#[test]
fn while_the_site_is_not_reached_points_pay_up_to_a_limit_for_each_customer() {
    on_screen(|screen| {
        let more = LoyaltyPointEntry {
            name: "more-points".to_owned(),
            customer: "Ada Byron".to_owned(),
            loyalty_program: "Harbour Rewards".to_owned(),
            company: Some("Harbour Books".to_owned()),
            loyalty_points: 400,
            purchase_amount: 4_000.0,
            posting_date: Some("2026-11-23".parse().unwrap()),
            expiry_date: Some("2040-01-01".parse().unwrap()),
            invoice: None,
        };
        let mut till = WholeTill::prepared(screen, NO_SITE, |folder| {
            prepare(folder).unwrap();
            folder.masters().apply(&[more.into()]).unwrap();
        });
        till.switch_off();
        till.config.loyalty.offline_limit = Some("25.00".parse().unwrap());
        till.switch_on(NO_SITE).unwrap();
        till.sign_in();
        till.open_shift();
        let for_ada = || {
            for _ in 0..5 {
                till.scan(SALT_ROAD, 1);
            }
            till.tap("Customer");
            till.tap("Ada Byron");
            till.reads("Ada Byron");
            till.pay();
        };
        for_ada();
        till.reads("Use up to $25.00");
        till.tap("Loyalty points");
        till.reads("830 points, worth $41.50");
        till.keys("501");
        till.reads("ERPNext was not reached for a while");
        till.press(slint::platform::Key::Backspace);
        till.keys("0");
        till.tap("Use points");
        till.reads("Remove 500 points $25.00");
        till.tap("Exact cash");
        assert_eq!(till.done().loyalty.unwrap().loyalty_points, 500);
        till.tap("Next sale");
        // What is left of them waits until ERPNext has said how many there are.
        for_ada();
        till.reads("ERPNext was not reached for a while");
        assert!(!till.sees("Use up to"));
        till.tap("Exact cash");
        assert_eq!(till.done().loyalty.unwrap().loyalty_points, 0);
    });
}
