//! The receipt of a sale, as lines to print on paper of any width.

mod code;
mod reference;

pub use code::{MOST_CHARACTERS, ReceiptCodeError, ReceiptKey, ScannedReceipt, receipt_code};
pub use reference::{NotAReceipt, ReceiptReference};

use crate::card::CardPayment;
use crate::cart::{PriceReason, RuleEffect};
use crate::format::AmountFormat;
use crate::money::Money;
use crate::new_customer::OF_ANOTHER_TILL;
use crate::quantity::Quantity;
use crate::sale::{Sale, SaleLine};
use crate::shop::Shop;
use crate::totals::ItemTotals;

/// Who hands out the receipt: what stands at its head and foot besides the company.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct ReceiptHead {
    /// The name over the door; the company's where it is empty.
    pub title: String,
    /// Lines under the title: address, telephone.
    pub address: Vec<String>,
    /// Lines at the end: thanks, terms of return.
    pub footer: Vec<String>,
}

/// Whether a receipt is the first of its sale.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Copy {
    /// The customer's receipt.
    Original,
    /// Printed again; says so, so that it cannot pass for a second sale.
    Duplicate,
}

/// What marks a page of which another may be on paper.
pub(crate) const DUPLICATE: &str = "DUPLICATE";

/// A receipt from top to bottom.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
pub struct Receipt {
    /// What to print, in order.
    pub parts: Vec<Part>,
}

/// A piece of a receipt.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub enum Part {
    /// A line of text, broken between words where the paper is narrow.
    Text {
        /// What it says.
        text: String,
        /// How it looks.
        look: Look,
    },
    /// Text on the left, an amount on the right.
    Pair {
        /// The left text.
        left: String,
        /// The right text.
        right: String,
        /// How it looks.
        look: Look,
    },
    /// A line across the paper.
    Rule,
    /// Empty space.
    Space,
    /// A QR code of this text.
    Qr(String),
    /// The end of the paper.
    Cut,
}

/// How a text looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize, serde::Deserialize)]
pub enum Look {
    /// Body text.
    #[default]
    Plain,
    /// Body text in the middle.
    Centered,
    /// Stronger.
    Strong,
    /// Twice as large, stronger, in the middle.
    Title,
    /// Twice as large, stronger: the total.
    Large,
}

/// Composes the receipt of a sale, with its plain reference as QR code.
pub fn compose(sale: &Sale, shop: &Shop, head: &ReceiptHead, copy: Copy) -> Receipt {
    let code = ReceiptReference::of(sale).to_string();
    compose_with_code(sale, shop, head, copy, code)
}

/// Composes the receipt of a sale with this QR code on it; see
/// [`crate::till::Till::receipt_code`].
pub fn compose_with_code(
    sale: &Sale,
    shop: &Shop,
    head: &ReceiptHead,
    copy: Copy,
    code: String,
) -> Receipt {
    let mut receipt = Receipt::default();
    receipt.head(shop, head, copy);
    receipt.of_return(sale);
    receipt.who_and_when(sale, shop);
    receipt.lines(sale, shop);
    receipt.totals(sale, shop);
    receipt.payments(sale, shop);
    receipt.foot(sale, head, code);
    receipt
}

impl Receipt {
    pub(crate) fn text(&mut self, text: impl Into<String>, look: Look) {
        self.parts.push(Part::Text {
            text: text.into(),
            look,
        });
    }

    pub(crate) fn pair(&mut self, left: impl Into<String>, right: impl Into<String>, look: Look) {
        self.parts.push(Part::Pair {
            left: left.into(),
            right: right.into(),
            look,
        });
    }

    fn head(&mut self, shop: &Shop, head: &ReceiptHead, copy: Copy) {
        let title = if head.title.is_empty() {
            &shop.company.name
        } else {
            &head.title
        };
        self.text(title, Look::Title);
        for line in &head.address {
            self.text(line, Look::Centered);
        }
        if let Some(phone) = &shop.company.phone_no {
            self.text(phone, Look::Centered);
        }
        if let Some(tax_id) = &shop.company.tax_id {
            self.text(format!("Tax ID {tax_id}"), Look::Centered);
        }
        if copy == Copy::Duplicate {
            self.parts.push(Part::Space);
            self.text(DUPLICATE, Look::Title);
        }
        self.parts.push(Part::Space);
    }

    /// The same, marked at its head as a duplicate: some of it may be on paper already.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        let is_mark = |part: &Part| matches!(part, Part::Text { text, look: Look::Title } if text == DUPLICATE);
        if self.parts.iter().any(is_mark) {
            return self.clone();
        }
        let mut duplicate = Self::default();
        duplicate.text(DUPLICATE, Look::Title);
        duplicate.parts.extend(self.parts.iter().cloned());
        duplicate
    }

    /// Says that goods came back, so that the receipt cannot pass for one of a sale.
    fn of_return(&mut self, sale: &Sale) {
        if !sale.is_return() {
            return;
        }
        self.text("RETURN", Look::Title);
        match &sale.return_against {
            Some(against) => self.pair(
                format!("Of receipt {}", against.receipt_number),
                against.posting_date.to_string(),
                Look::Plain,
            ),
            None => self.text("Without a receipt", Look::Plain),
        }
        if let Some(reason) = &sale.reason {
            self.text(format!("Reason: {reason}"), Look::Plain);
        }
        if let Some(manager) = &sale.approved_by {
            self.text(format!("Allowed by {}", manager.name), Look::Plain);
        }
        self.parts.push(Part::Space);
    }

    fn who_and_when(&mut self, sale: &Sale, shop: &Shop) {
        let when = format!(
            "{} {:02}:{:02}",
            sale.posting_date,
            sale.posting_time.hour(),
            sale.posting_time.minute()
        );
        self.pair(
            format!("Receipt {}", sale.receipt_number),
            when,
            Look::Plain,
        );
        self.pair(
            format!("Served by {}", sale.cashier.name),
            format!("Till {}", sale.receipt_number.till),
            Look::Plain,
        );
        if Some(&sale.customer) != shop.profile.customer.as_ref() {
            let customer = match sale.customer_name.as_str() {
                OF_ANOTHER_TILL => OF_ANOTHER_TILL.to_owned(),
                name => format!("Customer {name}"),
            };
            self.text(customer, Look::Plain);
        }
        self.parts.push(Part::Rule);
    }

    fn lines(&mut self, sale: &Sale, shop: &Shop) {
        for (row, line) in sale.receipt_lines() {
            if let Some(item) = sale.totals.items.get(row) {
                self.line(line, item, shop);
            }
        }
        self.parts.push(Part::Rule);
    }

    fn line(&mut self, line: &SaleLine, item: &ItemTotals, shop: &Shop) {
        let written = |value: f64| number(shop, value);
        self.pair(&line.item_name, written(item.amount), Look::Plain);
        let mut notes = Vec::new();
        let one = line.qty == Quantity::ONE || line.qty == Quantity::ONE.negated();
        let pieces = one && line.uom == line.stock_uom;
        if !pieces {
            notes.push(format!(
                "{} {} x {}",
                line.qty,
                line.uom,
                written(item.rate)
            ));
        }
        notes.extend(line.contents.clone());
        if !line.serial_nos.is_empty() {
            notes.push(format!("Serial no. {}", line.serial_nos.join(", ")));
        }
        notes.extend(on_package(line));
        let rules = rule_names(line);
        let before = item.price_list_rate * item.qty;
        if line.is_free_item {
            notes.push(match rules {
                Some(rules) if item.amount == 0.0 => format!("free: {rules}"),
                Some(rules) => rules,
                None => "free".to_owned(),
            });
        } else if item.discount_amount > 0.0 && item.qty > 0.0 && before > item.amount {
            let was = written(item.price_list_rate);
            let saved = written(before - item.amount);
            notes.push(match rules {
                Some(rules) => format!("was {was}, you save {saved}: {rules}"),
                None => format!("was {was}, you save {saved}"),
            });
        }
        for note in notes {
            self.text(format!("  {note}"), Look::Plain);
        }
    }

    fn totals(&mut self, sale: &Sale, shop: &Shop) {
        let totals = &sale.totals;
        let written = |value: f64| number(shop, value);
        let inclusive = sale
            .document
            .taxes
            .iter()
            .any(|tax| tax.included_in_print_rate);
        self.pair("Subtotal", written(totals.total), Look::Plain);
        // ERPNext's `discount_amount` is taken from the total after taxes or before them. The one
        // on paper is what makes the lines above and the taxes below come to the total.
        let taxes = sale.document.taxes.iter().zip(&totals.taxes);
        let added: f64 = taxes
            .filter(|(tax, _)| !tax.included_in_print_rate)
            .map(|(_, row)| row.tax_amount_after_discount_amount)
            .sum();
        let discount = Money::from_f64(totals.total + added - totals.grand_total, shop.currency);
        if totals.discount_amount != 0.0 && !discount.is_zero() {
            let percentage = sale.document.additional_discount_percentage;
            let name = if percentage == 0.0 {
                "Discount".to_owned()
            } else {
                format!("Discount {percentage} %")
            };
            self.pair(name, written(-discount.to_f64()), Look::Plain);
        }
        for (tax, row) in sale.document.taxes.iter().zip(&totals.taxes) {
            if row.tax_amount_after_discount_amount != 0.0 {
                let name = if tax.included_in_print_rate && inclusive {
                    format!("incl. {}", tax.description)
                } else {
                    tax.description.clone()
                };
                self.pair(
                    name,
                    written(row.tax_amount_after_discount_amount),
                    Look::Plain,
                );
            }
        }
        if totals.rounding_adjustment != 0.0 {
            self.pair("Rounding", written(totals.rounding_adjustment), Look::Plain);
        }
        if let Some(coupon) = &sale.coupon {
            self.text(format!("Coupon {}", coupon.coupon_code), Look::Plain);
        }
        let name = if sale.is_return() { "Refund" } else { "Total" };
        self.pair(name, amount(shop, sale.amount_to_pay), Look::Large);
        self.parts.push(Part::Space);
    }

    fn payments(&mut self, sale: &Sale, shop: &Shop) {
        let loyalty = sale.loyalty.as_ref();
        if let Some(redeemed) = loyalty.filter(|loyalty| loyalty.loyalty_points > 0) {
            let left = format!("{} points", redeemed.loyalty_points);
            self.pair(left, amount(shop, redeemed.loyalty_amount), Look::Plain);
        }
        for payment in sale
            .payments
            .iter()
            .filter(|payment| !payment.amount.is_zero())
        {
            self.pair(
                &payment.mode_of_payment,
                amount(shop, payment.amount),
                Look::Plain,
            );
            for card in &payment.cards {
                self.card(card);
            }
        }
        if sale.change_amount.is_positive() {
            self.pair("Change", amount(shop, sale.change_amount), Look::Strong);
        }
        if let Some(earned) = loyalty.filter(|loyalty| loyalty.points_earned > 0) {
            let text = format!("{} points earned", earned.points_earned);
            self.text(text, Look::Plain);
        }
        if let Some(lost) = loyalty.filter(|loyalty| loyalty.points_earned < 0) {
            let text = format!("{} points taken back", lost.points_earned.unsigned_abs());
            self.text(text, Look::Plain);
        }
        self.parts.push(Part::Space);
    }

    /// What the customer may need when they ask their bank: the terminal's own receipt where it
    /// sent one, else its numbers.
    fn card(&mut self, card: &CardPayment) {
        if !card.customer_receipt.is_empty() {
            self.parts.push(Part::Space);
            for line in &card.customer_receipt {
                match line.trim() {
                    "" => self.parts.push(Part::Space),
                    text => self.text(text, Look::Centered),
                }
            }
            self.parts.push(Part::Space);
            return;
        }
        let number = |name: &str, number: Option<u32>, digits: usize| {
            number.map(|number| format!("{name} {number:0digits$}"))
        };
        let of_card = [card.card_name.as_str(), card.card_number.as_str()];
        let of_terminal = [
            number("Terminal", card.mark.terminal, 8),
            number("Trace", card.mark.trace, 6),
            number("Receipt", card.mark.receipt_number, 4),
            Some(format!("Approval {}", card.authorisation))
                .filter(|_| !card.authorisation.is_empty()),
        ];
        let of_card = of_card.map(str::to_owned).into_iter();
        let lines = [
            of_card.filter(|part| !part.is_empty()).collect::<Vec<_>>(),
            of_terminal.into_iter().flatten().collect::<Vec<_>>(),
        ];
        for line in lines.iter().filter(|line| !line.is_empty()) {
            self.text(line.join(" "), Look::Plain);
        }
    }

    fn foot(&mut self, sale: &Sale, head: &ReceiptHead, code: String) {
        for line in &head.footer {
            self.text(line, Look::Centered);
        }
        self.parts.push(Part::Space);
        if let Some(other) = sale.exchange.as_deref().and_then(number_in_key) {
            let text = format!("Exchanged with receipt {other}");
            self.text(text, Look::Centered);
        }
        self.parts.push(Part::Qr(code));
        self.text(sale.receipt_number.to_string(), Look::Centered);
        self.parts.push(Part::Cut);
    }
}

/// The receipt number in the key of a sale.
fn number_in_key(key: &str) -> Option<&str> {
    key.rsplit_once('-').map(|(number, _installation)| number)
}

/// What the package said of its batch and of its last day.
fn on_package(line: &SaleLine) -> Option<String> {
    match (&line.batch_on_package, line.expiry_date) {
        (Some(batch_no), Some(date)) => Some(format!("Batch {batch_no}, good until {date}")),
        (Some(batch_no), None) => Some(format!("Batch {batch_no}")),
        (None, Some(date)) => Some(format!("Good until {date}")),
        (None, None) => None,
    }
}

/// What the rules of a line are called by people, or their keys.
fn rule_names(line: &SaleLine) -> Option<String> {
    let names: Vec<&str> = line
        .reasons
        .iter()
        .filter_map(|reason| match reason {
            PriceReason::Rule(rule) | PriceReason::GivenBy(rule) => Some(rule),
            PriceReason::ListPrice { .. } | PriceReason::Label { .. } | PriceReason::Changed(_) => {
                None
            }
        })
        .filter(|rule| rule.effects != [RuleEffect::Gives] || line.is_free_item)
        .map(|rule| match rule.title.as_str() {
            "" => rule.name.as_str(),
            title => title,
        })
        .collect();
    let changed = line
        .reasons
        .iter()
        .any(|reason| matches!(reason, PriceReason::Changed(_)));
    // The cashier's change stands in the place of what the rules took off.
    (!names.is_empty() && !changed).then(|| names.join(", "))
}

fn format_of(shop: &Shop) -> AmountFormat {
    AmountFormat::new(&shop.currency_document, &shop.system.number_format)
}

fn number(shop: &Shop, value: f64) -> String {
    format_of(shop).number(Money::from_f64(value, shop.currency))
}

fn amount(shop: &Shop, money: Money) -> String {
    format_of(shop).amount(money)
}
