//! What a code says of the sale: everything that the arithmetic needs, and whose goods they were.

use std::collections::BTreeMap;

use super::body::Head;
use super::bytes::{Reader, Writer};
use super::{ReceiptCodeError, body};
use crate::cart::MOST_LINES;
use crate::catalog::Catalog;
use crate::money::Money;
use crate::new_customer::called;
use crate::quantity::Quantity;
use crate::returns::Original;
use crate::sale::{ReturnAgainst, Sale, SaleLine, SaleLoyalty};
use crate::shop::Shop;
use crate::totals::{self, ApplyDiscountOn, ChargeType, Document, ItemRow, TaxRow};

/// More tax rows, rates or pieces of a line than this no code has.
const MOST_ROWS: u64 = 200;

// What a line says beside its item, quantity and list price.
const OTHER_UOM: u8 = 1;
const OTHER_RATE: u8 = 1 << 1;
const OTHER_TAX: u8 = 1 << 2;
const BATCH: u8 = 1 << 3;
const SERIAL_NOS: u8 = 1 << 4;
const FREE: u8 = 1 << 5;
const CONVERSION: u8 = 1 << 6;
const ALL_OFF: u8 = 1 << 7;

// What the sale says beside its lines.
const PRICE_LIST_CURRENCY: u8 = 1;
const TEMPLATE: u8 = 1 << 1;
const CATEGORY: u8 = 1 << 2;
const LOYALTY: u8 = 1 << 3;
const DISCOUNT: u8 = 1 << 4;
const ON_NET_TOTAL: u8 = 1 << 5;
const ON_GRAND_TOTAL: u8 = 1 << 6;

/// The rates of a line: its Item Tax Template and what that says.
#[derive(Clone, PartialEq, Default)]
struct LineTax {
    template: Option<String>,
    rates: BTreeMap<String, f64>,
    discounted: Option<BTreeMap<String, f64>>,
}

/// The lines of a sale; `None` for a sale that they cannot tell of in full.
pub(super) fn write(sale: &Sale, shop: &Shop) -> Option<Vec<u8>> {
    let suffix = suffix(shop);
    let mut writer = Writer::new(&suffix);
    let document = &sale.document;
    let discounted =
        document.additional_discount_percentage != 0.0 || document.discount_amount != 0.0;
    let flags = flag(sale.price_list_currency.is_some(), PRICE_LIST_CURRENCY)
        | flag(sale.taxes_and_charges.is_some(), TEMPLATE)
        | flag(sale.tax_category.is_some(), CATEGORY)
        | flag(sale.loyalty.is_some(), LOYALTY)
        | flag(discounted, DISCOUNT)
        | match document.apply_discount_on {
            Some(ApplyDiscountOn::NetTotal) => ON_NET_TOTAL,
            Some(ApplyDiscountOn::GrandTotal) => ON_GRAND_TOTAL,
            None => 0,
        };
    writer.byte(flags);
    writer.text(&sale.customer)?;
    writer.text(&sale.selling_price_list)?;
    if let Some(currency) = &sale.price_list_currency {
        writer.text(currency)?;
        writer.number(sale.plc_conversion_rate)?;
    }
    for text in [&sale.taxes_and_charges, &sale.tax_category]
        .into_iter()
        .flatten()
    {
        writer.text(text)?;
    }
    if let Some(loyalty) = &sale.loyalty {
        writer.text(&loyalty.loyalty_program)?;
        writer.count(u64::try_from(loyalty.loyalty_amount.units).ok()?);
    }
    if discounted {
        writer.number(document.additional_discount_percentage)?;
        writer.number(document.discount_amount)?;
    }
    writer.count(document.taxes.len() as u64);
    for tax in &document.taxes {
        write_tax(&mut writer, tax)?;
    }
    writer.count(sale.lines.len() as u64);
    let mut written = Written::default();
    for (line, row) in sale.lines.iter().zip(&document.items) {
        written.line(&mut writer, line, row)?;
    }
    // What was written has to say what was sold, to the last field.
    let head = body::Head::of(sale)?;
    let read = read_document(&mut Reader::new(&writer.bytes, &suffix), shop)?;
    let same = read.document == without_names(document)
        && totals::calculate(&read.document, &shop.totals_settings())
            .is_ok_and(|totals| totals.amount_to_pay() == sale.totals.amount_to_pay());
    (same && head.amount_to_pay == sale.amount_to_pay).then_some(writer.bytes)
}

/// Reads lines.
pub(super) fn read(
    head: &Head,
    lines: &[u8],
    shop: &Shop,
    catalog: &dyn Catalog,
) -> Result<Original, ReceiptCodeError> {
    let suffix = suffix(shop);
    let mut reader = Reader::new(lines, &suffix);
    let read = read_document(&mut reader, shop).ok_or(ReceiptCodeError::Damaged)?;
    let without_lines = || ReceiptCodeError::WithoutLines(head.receipt_number.to_string());
    // A site that rounds otherwise by now would pay another amount back.
    let totals =
        totals::calculate(&read.document, &shop.totals_settings()).map_err(|_| without_lines())?;
    let currency = head.amount_to_pay.currency;
    if Money::from_f64(totals.amount_to_pay(), currency) != head.amount_to_pay
        || read.document.currency != currency.code()
    {
        return Err(without_lines());
    }
    let customer_name = catalog.customer(&read.customer).ok().flatten();
    let named = |mut line: SaleLine| {
        if let Ok(Some(item)) = catalog.item(&line.item_code) {
            line.item_name.clone_from(&item.item_name);
            line.stock_uom.clone_from(&item.stock_uom);
        }
        line
    };
    Ok(Original {
        receipt: Some(ReturnAgainst {
            receipt_number: head.receipt_number.clone(),
            key: head.key(),
            posting_date: head.posting_date,
            posting_time: head.posting_time,
        }),
        customer_name: customer_name.map_or_else(
            || called(&read.customer).to_owned(),
            |customer| customer.customer_name,
        ),
        customer: read.customer,
        selling_price_list: read.selling_price_list,
        price_list_currency: read.price_list_currency,
        plc_conversion_rate: read.plc_conversion_rate,
        taxes_and_charges: read.taxes_and_charges,
        tax_category: read.tax_category,
        loyalty: read.loyalty.map(|(loyalty_program, paid)| SaleLoyalty {
            loyalty_program,
            loyalty_points: 0,
            loyalty_amount: Money {
                units: paid,
                currency,
            },
            loyalty_redemption_account: None,
            loyalty_redemption_cost_center: None,
            points_earned: 0,
        }),
        lines: read.lines.into_iter().map(named).collect(),
        document: with_names(read.document, shop),
        totals,
        amount_to_pay: head.amount_to_pay,
    })
}

struct Read {
    customer: String,
    selling_price_list: String,
    price_list_currency: Option<String>,
    plc_conversion_rate: f64,
    taxes_and_charges: Option<String>,
    tax_category: Option<String>,
    loyalty: Option<(String, i64)>,
    lines: Vec<SaleLine>,
    document: Document,
}

fn read_document(reader: &mut Reader<'_>, shop: &Shop) -> Option<Read> {
    let flags = reader.byte()?;
    let has = |flag: u8| flags & flag != 0;
    let customer = reader.text()?;
    let selling_price_list = reader.text()?;
    let (mut price_list_currency, mut plc_conversion_rate) = (None, 1.0);
    if has(PRICE_LIST_CURRENCY) {
        price_list_currency = Some(reader.text()?);
        plc_conversion_rate = reader.number()?;
    }
    let mut text_if = |flag: u8| {
        has(flag)
            .then(|| reader.text())
            .map_or(Some(None), |it| it.map(Some))
    };
    let taxes_and_charges = text_if(TEMPLATE)?;
    let tax_category = text_if(CATEGORY)?;
    let mut loyalty = None;
    if has(LOYALTY) {
        loyalty = Some((reader.text()?, i64::try_from(reader.count()?).ok()?));
    }
    let mut document = Document {
        currency: shop.currency.code().to_owned(),
        apply_discount_on: match (has(ON_NET_TOTAL), has(ON_GRAND_TOTAL)) {
            (true, _) => Some(ApplyDiscountOn::NetTotal),
            (_, true) => Some(ApplyDiscountOn::GrandTotal),
            _ => None,
        },
        ..Document::default()
    };
    if has(DISCOUNT) {
        document.additional_discount_percentage = reader.number()?;
        document.discount_amount = reader.number()?;
    }
    for _ in 0..up_to(reader.count()?, MOST_ROWS)? {
        document.taxes.push(read_tax(reader)?);
    }
    let mut lines = Vec::new();
    let mut written = Written::default();
    for place in 0..up_to(reader.count()?, MOST_LINES as u64)? {
        let (line, row) = written.read(reader)?;
        lines.push(SaleLine {
            place: usize::try_from(place).ok()?,
            ..line
        });
        document.items.push(row);
    }
    // Nothing is left over in a code that was written for this.
    reader.rest().is_empty().then_some(Read {
        customer,
        selling_price_list,
        price_list_currency,
        plc_conversion_rate,
        taxes_and_charges,
        tax_category,
        loyalty,
        lines,
        document,
    })
}

/// What the lines so far had, which the next need not say again.
#[derive(Default)]
struct Written {
    uom: String,
    tax: LineTax,
}

impl Written {
    fn line(&mut self, writer: &mut Writer<'_>, line: &SaleLine, row: &ItemRow) -> Option<()> {
        let tax = LineTax {
            template: line.item_tax_template.clone(),
            rates: row.item_tax_rate.clone(),
            discounted: row.discounted_item_tax_rate.clone(),
        };
        let flags = flag(line.uom != self.uom, OTHER_UOM)
            | flag(
                row.rate.to_bits() != row.price_list_rate.to_bits(),
                OTHER_RATE,
            )
            | flag(tax != self.tax, OTHER_TAX)
            | flag(line.batch_no.is_some(), BATCH)
            | flag(!line.serial_nos.is_empty(), SERIAL_NOS)
            | flag(line.is_free_item, FREE)
            | flag(line.conversion_factor != 1.0, CONVERSION)
            | flag(row.discount_percentage == 100.0, ALL_OFF);
        writer.byte(flags);
        writer.text(&line.item_code)?;
        writer.number(line.qty.to_f64())?;
        writer.number(row.price_list_rate)?;
        if flags & OTHER_UOM != 0 {
            writer.text(&line.uom)?;
            self.uom.clone_from(&line.uom);
        }
        if flags & OTHER_RATE != 0 {
            writer.number(row.rate)?;
        }
        if flags & CONVERSION != 0 {
            writer.number(line.conversion_factor)?;
        }
        if flags & OTHER_TAX != 0 {
            tax.write(writer)?;
            self.tax = tax;
        }
        if let Some(batch_no) = &line.batch_no {
            writer.text(batch_no)?;
        }
        if flags & SERIAL_NOS != 0 {
            writer.count(line.serial_nos.len() as u64);
            for serial_no in &line.serial_nos {
                writer.text(serial_no)?;
            }
        }
        Some(())
    }

    fn read(&mut self, reader: &mut Reader<'_>) -> Option<(SaleLine, ItemRow)> {
        let flags = reader.byte()?;
        let has = |flag: u8| flags & flag != 0;
        let item_code = reader.text()?;
        let qty = reader.number()?;
        let price_list_rate = reader.number()?;
        if has(OTHER_UOM) {
            self.uom = reader.text()?;
        }
        let rate = if has(OTHER_RATE) {
            reader.number()?
        } else {
            price_list_rate
        };
        let conversion_factor = if has(CONVERSION) {
            reader.number().filter(|factor| *factor > 0.0)?
        } else {
            1.0
        };
        if has(OTHER_TAX) {
            self.tax = LineTax::read(reader)?;
        }
        let batch_no = if has(BATCH) {
            Some(reader.text()?)
        } else {
            None
        };
        let mut serial_nos = Vec::new();
        if has(SERIAL_NOS) {
            for _ in 0..up_to(reader.count()?, MOST_ROWS)? {
                serial_nos.push(reader.text()?);
            }
        }
        let line = SaleLine {
            item_name: item_code.clone(),
            qty: Quantity::from_f64(qty),
            uom: self.uom.clone(),
            stock_uom: self.uom.clone(),
            conversion_factor,
            item_tax_template: self.tax.template.clone(),
            batch_no,
            serial_nos,
            is_free_item: has(FREE),
            item_code: item_code.clone(),
            ..SaleLine::default()
        };
        let row = ItemRow {
            item_code,
            qty,
            price_list_rate,
            rate,
            discount_percentage: if has(ALL_OFF) { 100.0 } else { 0.0 },
            item_tax_rate: self.tax.rates.clone(),
            discounted_item_tax_rate: self.tax.discounted.clone(),
            ..ItemRow::default()
        };
        Some((line, row))
    }
}

impl LineTax {
    fn write(&self, writer: &mut Writer<'_>) -> Option<()> {
        writer.byte(flag(self.template.is_some(), 1) | flag(self.discounted.is_some(), 2));
        if let Some(template) = &self.template {
            writer.text(template)?;
        }
        write_rates(writer, &self.rates)?;
        match &self.discounted {
            Some(rates) => write_rates(writer, rates),
            None => Some(()),
        }
    }

    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let flags = reader.byte()?;
        Some(Self {
            template: if flags & 1 != 0 {
                Some(reader.text()?)
            } else {
                None
            },
            rates: read_rates(reader)?,
            discounted: if flags & 2 != 0 {
                Some(read_rates(reader)?)
            } else {
                None
            },
        })
    }
}

fn write_rates(writer: &mut Writer<'_>, rates: &BTreeMap<String, f64>) -> Option<()> {
    writer.count(rates.len() as u64);
    for (account, rate) in rates {
        writer.text(account)?;
        writer.number(*rate)?;
    }
    Some(())
}

fn read_rates(reader: &mut Reader<'_>) -> Option<BTreeMap<String, f64>> {
    let mut rates = BTreeMap::new();
    for _ in 0..up_to(reader.count()?, MOST_ROWS)? {
        let account = reader.text()?;
        rates.insert(account, reader.number()?);
    }
    Some(rates)
}

const CHARGE_TYPES: [ChargeType; 5] = [
    ChargeType::Actual,
    ChargeType::OnNetTotal,
    ChargeType::OnPreviousRowAmount,
    ChargeType::OnPreviousRowTotal,
    ChargeType::OnItemQuantity,
];

fn write_tax(writer: &mut Writer<'_>, tax: &TaxRow) -> Option<()> {
    let kind = CHARGE_TYPES
        .iter()
        .position(|kind| *kind == tax.charge_type)?;
    writer.byte(
        u8::try_from(kind).ok()?
            | flag(tax.included_in_print_rate, 1 << 3)
            | flag(tax.row_id.is_some(), 1 << 4)
            | flag(tax.tax_amount != 0.0, 1 << 5)
            | flag(tax.dont_recompute_tax, 1 << 6),
    );
    writer.text(&tax.account_head)?;
    writer.number(tax.rate)?;
    if let Some(row_id) = tax.row_id {
        writer.count(u64::from(row_id));
    }
    if tax.tax_amount != 0.0 {
        writer.number(tax.tax_amount)?;
    }
    Some(())
}

fn read_tax(reader: &mut Reader<'_>) -> Option<TaxRow> {
    let flags = reader.byte()?;
    let has = |bit: u8| flags & 1 << bit != 0;
    Some(TaxRow {
        charge_type: *CHARGE_TYPES.get(usize::from(flags & 7))?,
        included_in_print_rate: has(3),
        dont_recompute_tax: has(6),
        account_head: reader.text()?,
        rate: reader.number()?,
        row_id: if has(4) {
            Some(u32::try_from(reader.count()?).ok()?)
        } else {
            None
        },
        tax_amount: if has(5) { reader.number()? } else { 0.0 },
        ..TaxRow::default()
    })
}

/// What no arithmetic needs is left out of a code.
fn without_names(document: &Document) -> Document {
    let mut document = document.clone();
    for tax in &mut document.taxes {
        tax.description = String::new();
        tax.cost_center = String::new();
    }
    document
}

/// What the shop calls the taxes of these accounts now.
fn with_names(mut document: Document, shop: &Shop) -> Document {
    for tax in &mut document.taxes {
        let mut known = shop.taxes.taxes.iter().chain(
            shop.tax_templates
                .values()
                .flat_map(|template| &template.taxes),
        );
        if let Some(row) = known.find(|row| row.account_head == tax.account_head) {
            tax.description.clone_from(&row.description);
            tax.cost_center = row.cost_center.clone().unwrap_or_default();
        }
    }
    document
}

/// What the names of a company's accounts and templates end in.
fn suffix(shop: &Shop) -> String {
    match shop.company.abbr.as_str() {
        "" => String::new(),
        abbr => format!(" - {abbr}"),
    }
}

fn flag(set: bool, flag: u8) -> u8 {
    if set { flag } else { 0 }
}

fn up_to(count: u64, most: u64) -> Option<u64> {
    (count <= most).then_some(count)
}
