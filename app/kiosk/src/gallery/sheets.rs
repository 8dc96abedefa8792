//! The pictures of what prices a sale: discounts in the cart, the parts of a line, approvals,
//! variants and points.

use slint::ComponentHandle;

use super::goods;
use super::scenes::{disk_full, model, pay, sell};
use super::shop::row;
use crate::headless::Headless;
use crate::ui::{
    Approval, DiscountWay, Done, Level, Line, LineSection, Pay, Points, PriceWay, Sales, Sell,
    TillWindow, Variants, WholeSale, WholeSaleSection,
};

pub fn discounts(screen: &Headless, window: &TillWindow) {
    sell(screen, window);
    let sell = window.global::<Sell>();
    sell.set_lines(model(goods::cart()));
    sell.set_latest(0);
    sell.set_customer("Ada Byron".into());
    sell.set_customer_detail("430 points · Wholesale Selling".into());
    sell.set_count("8 lines".into());
    sell.set_totals(model(vec![
        row("Subtotal", "1,326.17"),
        row("Sales Tax 8.25 %", "98.46"),
    ]));
    sell.set_reductions(model(vec![
        goods::reduction("Discount 10 %", "−132.62"),
        goods::reduction("Coupon SAVE15", "−6.48"),
    ]));
    sell.set_total("1,285.53".into());
    sell.set_pay_amount("$1,285.53".into());
}

pub fn discounts_long(screen: &Headless, window: &TillWindow) {
    discounts(screen, window);
    let sell = window.global::<Sell>();
    sell.set_latest(6);
    sell.set_customer("Corner Cafe and Provisions of the Northern Harbours LLC".into());
    sell.set_customer_detail("12,430 points · Wholesale Selling".into());
    sell.set_reductions(model(vec![goods::reduction(
        "Coupon WELCOME-TO-THE-NORTHERN-HARBOURS-2026",
        "−1,132.62",
    )]));
}

pub(super) fn line(screen: &Headless, window: &TillWindow, place: i32, section: LineSection) {
    discounts(screen, window);
    window.global::<Sell>().set_selected(place);
    let line = window.global::<Line>();
    line.set_section(section);
    line.set_list_price("11.80".into());
    line.set_price_list("Wholesale Selling".into());
    line.set_price("10.62".into());
    line.set_has_units(true);
    line.set_has_scale(false);
}

pub fn price(screen: &Headless, window: &TillWindow) {
    line(screen, window, 2, LineSection::Price);
    let line = window.global::<Line>();
    line.set_price_entry("10".into());
    line.set_price_understood("11.80 → 10.62, 10 % off".into());
    line.set_can_set_price(true);
    line.set_price_changed(true);
}

pub fn price_manager(screen: &Headless, window: &TillWindow) {
    price(screen, window);
    let line = window.global::<Line>();
    line.set_price_way(PriceWay::Rate);
    line.set_price_entry("8.00".into());
    line.set_price_understood("11.80 → 8.00, 32.2 % off".into());
    line.set_price_level(Level::Warning);
    line.set_price_needs_approval(true);
    line.set_price_sentence("More than 10 % off this item needs a manager's PIN.".into());
}

pub fn price_refused(screen: &Headless, window: &TillWindow) {
    price(screen, window);
    disk_full(window);
    let line = window.global::<Line>();
    line.set_price_entry("110".into());
    line.set_price_understood("".into());
    line.set_can_set_price(false);
    line.set_price_level(Level::Bad);
    line.set_price_sentence("110 % is more than the whole price. Type 100 or less.".into());
}

pub fn price_fixed(screen: &Headless, window: &TillWindow) {
    line(screen, window, 4, LineSection::Price);
    let line = window.global::<Line>();
    line.set_has_serials(true);
    line.set_serials_missing(true);
    line.set_price("11.80".into());
    line.set_price_fixed(
        "This till may not change prices. The back office allows it in the POS Profile.".into(),
    );
}

pub fn units(screen: &Headless, window: &TillWindow) {
    line(screen, window, 2, LineSection::Unit);
    window.global::<Line>().set_units(model(goods::units()));
}

pub fn batches(screen: &Headless, window: &TillWindow) {
    line(screen, window, 3, LineSection::Batch);
    let line = window.global::<Line>();
    line.set_has_batches(true);
    line.set_batches(model(goods::batches()));
}

pub fn serials(screen: &Headless, window: &TillWindow) {
    line(screen, window, 4, LineSection::Serials);
    let line = window.global::<Line>();
    line.set_has_serials(true);
    line.set_serials_missing(true);
    line.set_serials(model(goods::serials(20)));
    line.set_serials_count("1 of 3 chosen".into());
}

pub fn serials_typed(screen: &Headless, window: &TillWindow) {
    serials(screen, window);
    let line = window.global::<Line>();
    line.set_serial_entry("SN-ERD-2026-9".into());
    line.set_serial_level(Level::Bad);
    line.set_serial_sentence("SN-ERD-2026-0007 is in this sale already. Scan another one.".into());
    screen.paint();
    // On a screen just made there is nothing to touch yet; the gallery fills it twice.
    drop(screen.tap_named(window, "Serial number"));
}

pub fn why(screen: &Headless, window: &TillWindow) {
    line(screen, window, 2, LineSection::Why);
    let line = window.global::<Line>();
    line.set_reasons(model(goods::reasons()));
}

pub fn why_free(screen: &Headless, window: &TillWindow) {
    line(screen, window, 1, LineSection::Quantity);
    let line = window.global::<Line>();
    line.set_editable(false);
    line.set_reasons(model(goods::reasons_of_free()));
}

pub fn whole_discount(screen: &Headless, window: &TillWindow) {
    discounts(screen, window);
    let whole = window.global::<WholeSale>();
    whole.set_shown(true);
    whole.set_entry("15".into());
    whole.set_understood("1,326.17 → 1,127.24, 198.93 off".into());
    whole.set_discount("10 % off: −132.62".into());
    whole.set_can_set(true);
    whole.set_needs_approval(true);
    whole.set_level(Level::Warning);
    whole.set_sentence(
        "It would take E-Reader 6in below its lowest price. That needs a manager's PIN.".into(),
    );
}

pub fn whole_amount(screen: &Headless, window: &TillWindow) {
    whole_discount(screen, window);
    disk_full(window);
    let whole = window.global::<WholeSale>();
    whole.set_way(DiscountWay::Amount);
    whole.set_entry("2000".into());
    whole.set_understood("".into());
    whole.set_discount("".into());
    whole.set_can_set(false);
    whole.set_needs_approval(false);
    whole.set_level(Level::Bad);
    whole.set_sentence("2,000.00 is more than the sale. Type 1,326.17 or less.".into());
}

pub fn coupon(screen: &Headless, window: &TillWindow) {
    discounts(screen, window);
    let whole = window.global::<WholeSale>();
    whole.set_shown(true);
    whole.set_section(WholeSaleSection::Coupon);
    whole.set_coupon("SAVE15".into());
    whole.set_coupon_detail("15 % off everything, until 31 December 2026".into());
}

pub fn coupon_typed(screen: &Headless, window: &TillWindow) {
    coupon(screen, window);
    let whole = window.global::<WholeSale>();
    whole.set_coupon("".into());
    whole.set_coupon_entry("SUMMER".into());
    whole.set_coupon_level(Level::Bad);
    whole.set_coupon_sentence("SUMMER ended on 31 August 2026. Ask for another code.".into());
    screen.paint();
    drop(screen.tap_named(window, "Coupon code"));
}

pub fn approval(screen: &Headless, window: &TillWindow) {
    price_manager(screen, window);
    let approval = window.global::<Approval>();
    approval.set_shown(true);
    approval.set_subject("Box of 12 Pencils HB".into());
    approval.set_change("11.80 → 8.00, 32.2 % off".into());
    approval.set_cap("Without a manager at most 10 % off.".into());
    approval.set_managers(model(goods::managers()));
    approval.set_chosen(0);
    approval.set_digits(3);
    approval.set_level(Level::Warning);
    approval.set_sentence("That PIN is not right. 3 tries left.".into());
    approval.set_reasons(model(
        [
            "Damaged cover",
            "Price promised",
            "Regular customer",
            "Price match",
        ]
        .map(Into::into)
        .to_vec(),
    ));
    approval.set_reason("Damaged cover".into());
    approval.set_can_approve(true);
}

pub fn approval_blocked(screen: &Headless, window: &TillWindow) {
    approval(screen, window);
    disk_full(window);
    let approval = window.global::<Approval>();
    approval.set_subject(
        "A Field Guide to the Seabirds, Seals and Small Craft of the Northern Harbours".into(),
    );
    approval.set_digits(0);
    approval.set_can_approve(false);
    approval.set_blocked(true);
    approval.set_countdown("0:27".into());
    approval.set_level(Level::Bad);
    approval.set_sentence("Too many wrong PINs for Priya Raghunathan. Wait.".into());
}

pub fn approval_reason(screen: &Headless, window: &TillWindow) {
    approval(screen, window);
    let approval = window.global::<Approval>();
    approval.set_reason("Water stain on the".into());
    approval.set_level(Level::Neutral);
    approval.set_sentence("".into());
    screen.paint();
    drop(screen.tap_named(window, "Another reason"));
}

pub fn variants(screen: &Headless, window: &TillWindow) {
    sell(screen, window);
    let variants = window.global::<Variants>();
    variants.set_shown(true);
    variants.set_title("Harbour T-Shirt".into());
    variants.set_attributes(model(goods::attributes()));
    variants.set_item_name("Harbour T-Shirt, medium, blue".into());
    variants.set_item_code("TSHIRT-M-BLU".into());
    variants.set_price("19.00".into());
    variants.set_can_add(true);
}

pub fn variants_many(screen: &Headless, window: &TillWindow) {
    variants(screen, window);
    let variants = window.global::<Variants>();
    variants.set_title("Weatherproof Harbour Jacket with Detachable Hood and Lining".into());
    variants.set_attributes(model(goods::many_attributes()));
    variants.set_item_name("".into());
    variants.set_item_code("".into());
    variants.set_price("".into());
    variants.set_sentence("Choose a colour and a lining.".into());
    variants.set_can_add(false);
}

pub fn points(screen: &Headless, window: &TillWindow) {
    pay(screen, window);
    let pay = window.global::<Pay>();
    pay.set_customer("Ada Byron".into());
    pay.set_taken(model(vec![goods::taken_points()]));
    pay.set_remaining("$33.20".into());
    pay.set_amount("$33.20".into());
    pay.set_exact_amount("$33.20".into());
    let points = window.global::<Points>();
    points.set_offered(true);
    points.set_enabled(true);
    points.set_balance("430 points, worth $21.50".into());
    points.set_offer("Use up to $17.30".into());
}

pub fn points_offline(screen: &Headless, window: &TillWindow) {
    points(screen, window);
    window.global::<Pay>().set_taken(model(Vec::new()));
    let points = window.global::<Points>();
    points.set_enabled(false);
    points.set_balance("12,430 points, worth $621.50".into());
    points.set_offer("ERPNext was last asked 3 days ago; points can be used again online.".into());
}

pub fn points_sheet(screen: &Headless, window: &TillWindow) {
    points(screen, window);
    let points = window.global::<Points>();
    points.set_shown(true);
    points.set_entry("200".into());
    points.set_understood("200 points".into());
    points.set_worth("$10.00".into());
    points.set_sentence(
        "Offline, one customer can use at most $25.00 until the till has asked ERPNext again."
            .into(),
    );
    points.set_level(Level::Warning);
}

pub fn points_all(screen: &Headless, window: &TillWindow) {
    points_sheet(screen, window);
    let points = window.global::<Points>();
    points.set_entry("".into());
    points.set_understood("346 points".into());
    points.set_worth("$17.30".into());
    points.set_sentence("".into());
}

pub fn done_points(screen: &Headless, window: &TillWindow) {
    super::scenes::done_paper(screen, window);
    let done = window.global::<Done>();
    done.set_saved("The customer saved $139.10".into());
    done.set_points("43 points earned, 473 in all".into());
}

pub fn sales_discounts(screen: &Headless, window: &TillWindow) {
    super::scenes::sales_detail(screen, window);
    let sales = window.global::<Sales>();
    sales.set_lines(model(goods::sold()));
    sales.set_totals(model(vec![
        row("Subtotal", "1,326.17"),
        row("Discount 10 %", "−132.62"),
        row("Coupon SAVE15", "−6.48"),
        row("Sales Tax 8.25 %", "98.46"),
    ]));
    sales.set_total("$1,285.53".into());
    sales.set_points("43 points earned, 200 used".into());
    sales.set_sentence("".into());
    sales.set_remedy("".into());
}
