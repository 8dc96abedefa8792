//! A customer who is made at the counter.

use crate::screen::on_screen;
use crate::whole_till::{NO_SITE, SALT_ROAD, WholeTill};

#[test]
fn a_new_customer_is_typed_and_sold_to_at_once() {
    on_screen(|screen| {
        let mut till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        till.sign_in();
        till.open_shift();
        till.scan(SALT_ROAD, 1);
        till.menu("New customer");
        till.keys("Grace Hopper");
        till.tap("E-mail address");
        till.keys("grace.example.com");
        till.reads("is not an e-mail address");
        till.tap("Clear E-mail address");
        till.tap("Add customer");
        till.reads("Grace Hopper was added");
        let sale = till.pay_cash("20");
        assert_eq!(sale.customer_name, "Grace Hopper");
        till.until("the receipt names her", || {
            till.on_paper("Customer Grace Hopper") == 1
        });

        till.switch_off();
        till.switch_on(NO_SITE).unwrap();
        till.sign_in();
        till.tap("Customer");
        till.keys("hopper");
        till.tap("Grace Hopper");
        till.scan(SALT_ROAD, 1);
        let again = till.pay_cash("20");
        assert_eq!(again.customer, sale.customer);
        till.check_journal();
    });
}
