//! A site that refuses the key or talks nonsense: the till says so and sells on.

use std::iter::repeat_n;
use std::time::{Duration, Instant};

use erpnext::https::{Client, SiteConfig};
use kiosk::demo::{PIN, STAFF};
use kiosk::staff_command;
use kiosk::start::Link;
use store::Role;
use tests::fixtures::totals_of;
use tests::stand_in::{Fault, Site, StandIn};

use crate::screen::on_screen;
use crate::whole_till::WholeTill;

fn site() -> StandIn {
    StandIn::https(Site::harbour_books().with_totals(totals_of))
}

#[test]
fn a_refused_key_is_said_and_what_is_sold_meanwhile_arrives_with_the_right_one() {
    on_screen(|screen| {
        let stand_in = site();
        let mut wrong = SiteConfig::new(&stand_in.url(), "till-key:mistyped").unwrap();
        wrong.roots = stand_in.config().roots;
        let wrong = Link::Site(Client::new(wrong).unwrap());
        let mut till = WholeTill::of_the_demo_shop(screen, wrong);
        till.sign_in();
        till.open_shift();
        till.sell_a_book();
        till.until("the status bar says why", || {
            till.network() == "ERPNext refused the till's key."
        });
        till.until("shift and sale wait", || till.unsent() == "2");
        // A site that refuses is asked seldom: not several times a second, as long as it lasts.
        let asked = || stand_in.site().requests().len();
        let before = asked();
        let look = Instant::now();
        till.until("some time has passed", || {
            look.elapsed() > Duration::from_millis(1500)
        });
        let more = asked() - before;
        assert!(more <= 5, "asked {more} times in a second and a half");
        assert_eq!(till.network(), "ERPNext refused the till's key.");
        assert_eq!(stand_in.site().documents("POS Invoice").len(), 0);

        till.switch_off();
        till.switch_on(Link::Site(stand_in.client())).unwrap();
        till.until("all is sent", || till.unsent().is_empty());
        assert_eq!(stand_in.site().documents("POS Invoice").len(), 1);
        assert_eq!(stand_in.site().documents("POS Opening Entry").len(), 1);
    });
}

#[test]
fn nonsense_from_the_site_changes_nothing_and_doubles_nothing() {
    on_screen(|screen| {
        let stand_in = site();
        let till = WholeTill::of_the_demo_shop(screen, Link::Site(stand_in.client()));
        till.sign_in();
        till.open_shift();
        till.until("the shift is sent", || till.unsent().is_empty());
        for fault in [
            Fault::Garbage,
            Fault::TruncateReply,
            Fault::StrangeJson,
            Fault::Html {
                status: 200,
                done: true,
            },
            Fault::DropReply,
        ] {
            let before = till.sales().len();
            stand_in.site().plan(repeat_n(Some(fault), 3));
            till.sell_a_book();
            assert_eq!(till.sales().len(), before + 1);
            till.until(&format!("all is sent after {fault:?}"), || {
                if till.network() != "Connected. All is up to date." {
                    // As the cashier may, at any time.
                    till.try_now();
                }
                till.unsent().is_empty()
            });
        }
        let sold = till.sales().len();
        assert_eq!(stand_in.site().documents("POS Invoice").len(), sold);
        let all = stand_in.site().documents("POS Invoice");
        assert!(all.iter().all(|invoice| invoice["docstatus"] == 1));
        till.check_journal();
    });
}

#[test]
fn a_till_without_its_shop_says_what_it_waits_for_and_then_starts_to_sell() {
    on_screen(|screen| {
        let stand_in = site();
        stand_in.site().plan(repeat_n(Some(Fault::Garbage), 10_000));
        let staff_only = |folder: &mut kiosk::start::Folder| {
            staff_command::put(folder, STAFF[0], Role::Manager, PIN).unwrap();
        };
        let link: Link<Client> = Link::Site(stand_in.client());
        let till = WholeTill::prepared(screen, link, staff_only);
        till.reads("The till downloads what it sells");
        till.until("it says why", || till.sees("is not ERPNext"));
        stand_in.site().plan([]);
        till.try_now();
        till.reads("Prices and taxes are here");
        till.tap("Start selling");
        till.sign_in();
        till.open_shift();
        till.sell_a_book();
        till.until("all is sent", || till.unsent().is_empty());
        assert_eq!(stand_in.site().documents("POS Invoice").len(), 1);
    });
}
