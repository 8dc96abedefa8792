//! The Sell screen: the cart on one side, what can be put into it on the other.

use std::collections::BTreeMap;
use std::rc::Rc;

use checkout::cart::{Cart, CartLine as Line, GivenDiscount, GivenLine};
use checkout::money::Money;
use checkout::quantity::Quantity;
use checkout::sale::SaleLine;
use checkout::shop::Shop;
use checkout::till::Till;
use checkout::totals::{Document, ItemTotals, Totals};
use slint::{ComponentHandle, Model, ModelRc, VecModel};

use super::{amounts, money, signed, update, words};
use crate::ui::{AmountRow, CartLine, ItemGroup, Reduction, Sell, Tile, TillWindow};

/// A row of the cart on the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CartRow {
    /// What is sold, by the line's id.
    Line(u32),
    /// What a rule gives, by its place in [`Cart::given`].
    Given(usize),
}

/// The rows of a cart in the order of the screen: each given line below the one that earned it,
/// those that the whole sale earned at the end.
pub fn cart_rows(cart: &Cart) -> Vec<CartRow> {
    let earned_by = |line: Option<u32>| {
        let given = cart.given().iter().enumerate();
        given
            .filter(move |(_, given)| given.earned_by == line)
            .map(|(place, _)| CartRow::Given(place))
    };
    let mut rows = Vec::new();
    for line in cart.lines() {
        rows.push(CartRow::Line(line.id));
        rows.extend(earned_by(Some(line.id)));
    }
    rows.extend(earned_by(None));
    rows
}

/// What the cart alone does not know of its lines and its customer, in words.
pub struct CartNotes<'a> {
    /// When a batch expires, by its name: "best before 23 Mar 2027".
    pub batch: &'a dyn Fn(&str) -> Option<String>,
    /// What a line still misses.
    pub missing: &'a dyn Fn(&Line) -> Option<String>,
    /// The customer's points and price list.
    pub customer: &'a str,
}

/// What was taken off the whole sale, in the order of the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TakenOff {
    /// The cashier's discount.
    Discount,
    /// A coupon.
    Coupon,
}

/// What of the whole sale can be put back.
pub fn taken_off(cart: &Cart) -> Vec<TakenOff> {
    let discount = cart.discount().map(|_| TakenOff::Discount);
    let coupon = cart.coupon().map(|_| TakenOff::Coupon);
    discount.into_iter().chain(coupon).collect()
}

/// The models of the Sell screen, kept so that only changed rows are repainted.
pub struct SellScreen {
    lines: Rc<VecModel<CartLine>>,
    totals: Rc<VecModel<AmountRow>>,
    tiles: Rc<VecModel<Tile>>,
    groups: Rc<VecModel<ItemGroup>>,
    reductions: Rc<VecModel<Reduction>>,
}

impl SellScreen {
    /// Connects empty models to the window.
    pub fn new(window: &TillWindow) -> Self {
        let screen = Self {
            lines: Rc::default(),
            totals: Rc::default(),
            tiles: Rc::default(),
            groups: Rc::default(),
            reductions: Rc::default(),
        };
        let sell = window.global::<Sell>();
        sell.set_lines(ModelRc::from(screen.lines.clone()));
        sell.set_totals(ModelRc::from(screen.totals.clone()));
        sell.set_tiles(ModelRc::from(screen.tiles.clone()));
        sell.set_groups(ModelRc::from(screen.groups.clone()));
        sell.set_reductions(ModelRc::from(screen.reductions.clone()));
        screen
    }

    /// Shows the cart.
    pub fn show_cart(
        &self,
        window: &TillWindow,
        till: &Till,
        selected: Option<CartRow>,
        notes: &CartNotes<'_>,
    ) {
        let (shop, cart) = (till.shop(), till.cart());
        let format = amounts(shop);
        let rows = cart_rows(cart);
        let shown = rows.iter().filter_map(|row| match row {
            CartRow::Line(id) => {
                let line = cart.lines().iter().find(|line| line.id == *id)?;
                Some(cart_line(shop, line, cart.totals_of(*id)?, notes))
            }
            CartRow::Given(place) => {
                let given = cart.given().get(*place)?;
                Some(given_line(shop, given, cart.totals_of_given().get(*place)?))
            }
        });
        update(&self.lines, shown.collect());
        let mut totals = total_rows(shop, cart);
        if let Some(open) = till.returning() {
            let amount = open.amount(shop.currency);
            totals.push(AmountRow {
                label: "Coming back".into(),
                amount: signed(format.number(amount)).into(),
                strong: false,
            });
        }
        update(&self.totals, totals);
        let reductions = taken_off(cart).into_iter();
        update(
            &self.reductions,
            reductions.map(|what| reduction(shop, cart, what)).collect(),
        );
        let place_of = |wanted: Option<CartRow>| {
            let place = rows.iter().position(|row| Some(*row) == wanted);
            place
                .and_then(|place| i32::try_from(place).ok())
                .unwrap_or(-1)
        };
        let total = cart.amount_to_pay(shop);
        let sell = window.global::<Sell>();
        sell.set_selected(place_of(selected));
        sell.set_latest(place_of(till.touched_line().map(CartRow::Line)));
        sell.set_customer(cart.customer().map_or("", |c| &c.customer_name).into());
        sell.set_customer_detail(notes.customer.into());
        sell.set_count(match cart.lines().len() {
            0 => "".into(),
            1 => "1 line".into(),
            lines => format!("{lines} lines").into(),
        });
        sell.set_total(format.number(total).into());
        sell.set_pay_amount(format.amount(total).into());
        sell.set_can_pay(!cart.is_empty());
        self.mark_tiles(cart);
    }

    /// Shows other tiles.
    pub fn show_tiles(&self, tiles: Vec<Tile>, cart: &Cart) {
        update(&self.tiles, tiles);
        self.mark_tiles(cart);
    }

    /// Shows other group chips.
    pub fn show_groups(&self, groups: Vec<ItemGroup>) {
        update(&self.groups, groups);
    }

    /// Writes onto each tile how much of it the cart holds.
    fn mark_tiles(&self, cart: &Cart) {
        let mut held: BTreeMap<&str, Quantity> = BTreeMap::new();
        for line in cart.lines() {
            let sum = held.entry(&line.sold.item_code).or_insert(Quantity::ZERO);
            *sum = sum.plus(line.sold.qty);
        }
        for (place, mut tile) in self.tiles.iter().enumerate() {
            let quantity = held.get(tile.item_code.as_str()).map(ToString::to_string);
            let quantity = quantity.unwrap_or_default();
            if tile.quantity != quantity.as_str() {
                tile.quantity = quantity.into();
                self.tiles.set_row_data(place, tile);
            }
        }
    }
}

fn cart_line(shop: &Shop, line: &Line, row: &ItemTotals, notes: &CartNotes<'_>) -> CartLine {
    let sold = &line.sold;
    let prices = shown_prices(shop, line.price_list_rate, row.rate);
    let tag = match &line.change {
        Some(_) if prices.tag.is_empty() => "Changed".to_owned(),
        _ => prices.tag,
    };
    let warning = (notes.missing)(line).or_else(|| line.notices.first().cloned());
    CartLine {
        name: sold.item_name.as_str().into(),
        item_code: sold.item_code.as_str().into(),
        quantity: sold.qty.to_string().into(),
        uom: sold.uom.as_str().into(),
        detail: unit_price(
            shop,
            row.rate,
            &sold.uom,
            line.must_be_whole_number && sold.uom == sold.stock_uom,
        )
        .into(),
        was: prices.was.into(),
        discount: tag.into(),
        note: note(sold, notes.batch).into(),
        warning: warning.unwrap_or_default().into(),
        amount: amounts(shop).number(money(shop, row.amount)).into(),
        free: false,
    }
}

fn given_line(shop: &Shop, given: &GivenLine, row: &ItemTotals) -> CartLine {
    let sold = &given.sold;
    CartLine {
        name: sold.item_name.as_str().into(),
        item_code: sold.item_code.as_str().into(),
        quantity: sold.qty.to_string().into(),
        uom: sold.uom.as_str().into(),
        detail: unit_price(shop, row.rate, &sold.uom, sold.uom == sold.stock_uom).into(),
        discount: if row.rate == 0.0 { "Free" } else { "" }.into(),
        amount: amounts(shop).number(money(shop, row.amount)).into(),
        free: true,
        ..CartLine::default()
    }
}

/// What tells a line's price from its list price.
pub struct ShownPrices {
    /// The list price where less is asked.
    pub was: String,
    /// "\u{2212}10 %", "Free".
    pub tag: String,
}

/// What tells a rate from the list price.
pub fn shown_prices(shop: &Shop, price_list_rate: f64, rate: f64) -> ShownPrices {
    let (list, asked) = (money(shop, price_list_rate), money(shop, rate));
    if asked.units >= list.units {
        return ShownPrices {
            was: String::new(),
            tag: String::new(),
        };
    }
    ShownPrices {
        was: amounts(shop).number(list),
        tag: if asked.is_zero() {
            "Free".to_owned()
        } else {
            format!("\u{2212}{}", words::off(list, asked))
        },
    }
}

/// Batch, day on the package, serial numbers and contents of a line.
pub fn note(sold: &SaleLine, best_before: &dyn Fn(&str) -> Option<String>) -> String {
    let batch = sold.batch_no.as_ref().map(|batch| {
        let best_before = best_before(batch);
        let best_before = best_before.map(|text| format!(", {text}"));
        format!("Batch {batch}{}", best_before.unwrap_or_default())
    });
    let serial_nos = match sold.serial_nos.as_slice() {
        [] => None,
        [only] => Some(format!("Serial number {only}")),
        several => Some(format!("Serial numbers {}", several.join(", "))),
    };
    let on_package = sold
        .expiry_date
        .map(|date| format!("On the package: {}", words::day(date)));
    let parts = [batch, on_package, serial_nos, sold.contents.clone()];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    parts.join("\n")
}

fn reduction(shop: &Shop, cart: &Cart, what: TakenOff) -> Reduction {
    let format = amounts(shop);
    let (label, amount) = match (what, cart.discount(), cart.coupon()) {
        (TakenOff::Discount, Some(discount), _) => {
            let label = words::given_discount(discount.given, &format, shop.currency);
            if cashiers_discount_holds(cart) {
                (label, off(shop, cart.totals().discount_amount))
            } else {
                (format!("{label} (a rule's goes before it)"), String::new())
            }
        }
        (TakenOff::Coupon, _, Some(coupon)) if coupon.takes_effect => {
            (format!("Coupon {}", coupon.coupon_code), String::new())
        }
        (TakenOff::Coupon, _, Some(coupon)) => (
            format!("Coupon {} (nothing here for it yet)", coupon.coupon_code),
            String::new(),
        ),
        (TakenOff::Discount | TakenOff::Coupon, ..) => (String::new(), String::new()),
    };
    Reduction {
        label: label.into(),
        amount: amount.into(),
    }
}

/// An amount that is taken off: "\u{2212}4.32".
pub fn off(shop: &Shop, amount: f64) -> String {
    let taken: Money = money(shop, amount);
    format!("\u{2212}{}", amounts(shop).number(taken))
}

/// The price of one unit: "7.99 each" for pieces, "28.50 / Kg" for the rest.
pub fn unit_price(shop: &Shop, rate: f64, uom: &str, pieces: bool) -> String {
    let rate = amounts(shop).number(money(shop, rate));
    if pieces {
        format!("{rate} each")
    } else {
        format!("{rate} / {uom}")
    }
}

/// Subtotal, a rule's discount, taxes and rounding, without the total itself. The cashier's
/// discount stands among what can be put back.
fn total_rows(shop: &Shop, cart: &Cart) -> Vec<AmountRow> {
    let mut rows = document_rows(shop, cart.document(), cart.totals());
    if cashiers_discount_holds(cart) {
        rows.retain(|row| row.label != DISCOUNT);
    }
    rows
}

const DISCOUNT: &str = "Discount";

/// Whether the discount on the document is the cashier's: a rule on the whole sale goes before it.
pub fn cashiers_discount_holds(cart: &Cart) -> bool {
    let document = cart.document();
    match cart.discount().map(|discount| discount.given) {
        Some(GivenDiscount::Percentage(given)) => document.additional_discount_percentage == given,
        Some(GivenDiscount::Amount(given)) => {
            document.additional_discount_percentage == 0.0 && document.discount_amount == given
        }
        None => false,
    }
}

/// Subtotal, discount, taxes and rounding of a document, without the total itself.
pub fn document_rows(shop: &Shop, document: &Document, totals: &Totals) -> Vec<AmountRow> {
    let format = amounts(shop);
    let row = |label: String, value: f64| AmountRow {
        label: label.into(),
        amount: signed(format.number(money(shop, value))).into(),
        strong: false,
    };
    let mut rows = vec![row("Subtotal".into(), totals.total)];
    if totals.discount_amount != 0.0 {
        rows.push(AmountRow {
            amount: off(shop, totals.discount_amount).into(),
            ..row(DISCOUNT.into(), 0.0)
        });
    }
    for (tax, amounts) in document.taxes.iter().zip(&totals.taxes) {
        if amounts.tax_amount_after_discount_amount != 0.0 {
            let label = if tax.included_in_print_rate {
                format!("incl. {}", tax.description)
            } else {
                tax.description.clone()
            };
            rows.push(row(label, amounts.tax_amount_after_discount_amount));
        }
    }
    if totals.rounding_adjustment != 0.0 {
        rows.push(row("Rounding".into(), totals.rounding_adjustment));
    }
    rows
}
