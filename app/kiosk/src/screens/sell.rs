//! The Sell screen: the cart on one side, what can be put into it on the other.

use std::collections::BTreeMap;
use std::rc::Rc;

use checkout::cart::Cart;
use checkout::quantity::Quantity;
use checkout::shop::Shop;
use checkout::till::Till;
use slint::{ComponentHandle, Model, ModelRc, VecModel};

use super::{amounts, money, update};
use crate::ui::{AmountRow, CartLine, ItemGroup, Sell, Tile, TillWindow};

/// The models of the Sell screen, kept so that only changed rows are repainted.
pub struct SellScreen {
    lines: Rc<VecModel<CartLine>>,
    totals: Rc<VecModel<AmountRow>>,
    tiles: Rc<VecModel<Tile>>,
    groups: Rc<VecModel<ItemGroup>>,
}

impl SellScreen {
    /// Connects empty models to the window.
    pub fn new(window: &TillWindow) -> Self {
        let screen = Self {
            lines: Rc::default(),
            totals: Rc::default(),
            tiles: Rc::default(),
            groups: Rc::default(),
        };
        let sell = window.global::<Sell>();
        sell.set_lines(ModelRc::from(screen.lines.clone()));
        sell.set_totals(ModelRc::from(screen.totals.clone()));
        sell.set_tiles(ModelRc::from(screen.tiles.clone()));
        sell.set_groups(ModelRc::from(screen.groups.clone()));
        screen
    }

    /// Shows the cart.
    pub fn show_cart(&self, window: &TillWindow, till: &Till, selected: Option<u32>) {
        let (shop, cart) = (till.shop(), till.cart());
        let format = amounts(shop);
        update(&self.lines, cart_lines(shop, cart));
        update(&self.totals, total_rows(shop, cart));
        let place_of = |id: Option<u32>| {
            let place = cart.lines().iter().position(|line| Some(line.id) == id);
            place
                .and_then(|place| i32::try_from(place).ok())
                .unwrap_or(-1)
        };
        let total = cart.amount_to_pay(shop);
        let sell = window.global::<Sell>();
        sell.set_selected(place_of(selected));
        sell.set_latest(place_of(till.touched_line()));
        sell.set_customer(cart.customer().map_or("", |c| &c.customer_name).into());
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

fn cart_lines(shop: &Shop, cart: &Cart) -> Vec<CartLine> {
    let format = amounts(shop);
    let written = |value: f64| format.number(money(shop, value));
    let line_of = |(line, row): (&checkout::cart::CartLine, &checkout::totals::ItemTotals)| {
        let percentage = row.discount_percentage;
        CartLine {
            name: line.sold.item_name.as_str().into(),
            item_code: line.sold.item_code.as_str().into(),
            quantity: line.sold.qty.to_string().into(),
            uom: line.sold.uom.as_str().into(),
            detail: unit_price(
                shop,
                row.rate,
                &line.sold.uom,
                line.must_be_whole_number && line.sold.uom == line.sold.stock_uom,
            )
            .into(),
            discount: if percentage > 0.0 {
                format!("-{percentage}%").into()
            } else {
                "".into()
            },
            amount: written(row.amount).into(),
            ..CartLine::default()
        }
    };
    cart.lines()
        .iter()
        .zip(&cart.totals().items)
        .map(line_of)
        .collect()
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

/// Subtotal, discount, taxes and rounding of a document, without the total itself.
pub fn total_rows(shop: &Shop, cart: &Cart) -> Vec<AmountRow> {
    document_rows(shop, cart.document(), cart.totals())
}

/// The same for a document that is not in the cart any more.
pub fn document_rows(
    shop: &Shop,
    document: &checkout::totals::Document,
    totals: &checkout::totals::Totals,
) -> Vec<AmountRow> {
    let format = amounts(shop);
    let row = |label: String, value: f64| AmountRow {
        label: label.into(),
        amount: format.number(money(shop, value)).into(),
        strong: false,
    };
    let mut rows = vec![row("Subtotal".into(), totals.total)];
    if totals.discount_amount != 0.0 {
        rows.push(row("Discount".into(), -totals.discount_amount));
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
