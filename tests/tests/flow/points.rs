//! Points: what a customer has, pays with and earns.

use kiosk::start::Link;

use crate::counter::full_site;
use crate::screen::on_screen;
use crate::whole_till::{SALT_ROAD, WholeTill};

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
