//! The sheet for the whole sale: its discount and its coupon.

use checkout::shop::Shop;
use checkout::till::Till;
use slint::ComponentHandle;

use super::sell::{cashiers_discount_holds, off};
use super::{amounts, words};
use crate::ui::{TillWindow, WholeSale};

/// Shows what holds for the whole sale.
pub fn show(window: &TillWindow, till: &Till) {
    let (shop, cart) = (till.shop(), till.cart());
    let sheet = window.global::<WholeSale>();
    sheet.set_discount_fixed(if shop.profile.allow_discount_change {
        "".into()
    } else {
        "This till may not give discounts.".into()
    });
    let discount = cart.discount().map(|discount| {
        let label = words::given_discount(discount.given, &amounts(shop), shop.currency);
        if cashiers_discount_holds(cart) {
            format!("{label}: {}", off(shop, cart.totals().discount_amount))
        } else {
            format!("{label}: a rule's goes before it")
        }
    });
    sheet.set_discount(discount.unwrap_or_default().into());
    let coupon = cart.coupon();
    sheet.set_coupon(coupon.map_or("", |coupon| &coupon.coupon_code).into());
    let detail = coupon.map(|coupon| {
        let rule = coupon.pricing_rule.as_deref();
        what_it_does(shop, &coupon.name, rule, coupon.takes_effect)
    });
    sheet.set_coupon_detail(detail.unwrap_or_default().into());
}

/// "Coupon SAVE15 Fiction, until 31 Dec 2027".
fn what_it_does(shop: &Shop, name: &str, rule: Option<&str>, takes_effect: bool) -> String {
    let rule = rule.and_then(|rule| shop.pricing_rules.get(rule));
    let title = rule
        .map(|rule| rule.title.as_str())
        .filter(|title| !title.is_empty());
    let until = shop
        .coupon_codes
        .get(name)
        .and_then(|coupon| coupon.valid_upto);
    let until = until.map(|date| format!("until {}", words::day(date)));
    let nothing = (!takes_effect).then(|| "nothing in the cart for it yet".to_owned());
    let parts = [title.map(str::to_owned), until, nothing];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    parts.join(", ")
}
