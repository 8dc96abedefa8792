//! The POS Closing Entry of an opening: which invoices it takes, and what was in the drawer.

use checkout::money::Money;
use checkout::sale::Sale;
use checkout::shift::{Shift, ShiftClosing, ShiftTotals};
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::earlier_box::EarlierInvoice;
use super::survey::SurveyedInvoice;

/// A POS Closing Entry, fixed before its first attempt: however often it is sent, it takes the
/// same invoices.
///
/// Every closing is about its own invoices, as a person who makes one in ERPNext sees it: its sums
/// are theirs, and what it expects in the drawer is what the opening started with and they added.
/// The last closing of a shift carries what was counted: its differences are those of the shift,
/// whatever invoices came into other closings.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Closing {
    /// What it is called where the site takes names from outside.
    pub key: String,
    /// The number of the shift.
    pub shift_number: u64,
    /// The opening that it closes.
    pub pos_opening_entry: String,
    /// Who sells.
    pub company: String,
    /// The till's profile.
    pub pos_profile: String,
    /// When the shift ended, in the site's time zone.
    pub period_end_date: DateTime,
    /// The invoices.
    pub invoices: Vec<ListedInvoice>,
    /// Each mode of payment.
    pub payment_reconciliation: Vec<Reconciliation>,
    /// What was charged as taxes: account, rate, amount.
    pub taxes: Vec<(String, f64, Money)>,
    /// The sum of the grand totals.
    pub grand_total: Money,
    /// The sum of the net totals.
    pub net_total: Money,
    /// The sum of the quantities.
    pub total_quantity: f64,
}

/// An invoice that a closing takes.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct ListedInvoice {
    /// ERPNext's name of it.
    pub pos_invoice: String,
    /// Its day.
    pub posting_date: Date,
    /// Its customer.
    pub customer: String,
    /// What it comes to.
    pub grand_total: Money,
    /// Whether it is a return.
    pub is_return: bool,
    /// ERPNext's name of its original.
    pub return_against: Option<String>,
}

/// What one mode of payment should hold, and holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Reconciliation {
    /// The Mode of Payment.
    pub mode_of_payment: String,
    /// What the opening started with.
    pub opening_amount: Money,
    /// What should be there.
    pub expected_amount: Money,
    /// What is there.
    pub closing_amount: Money,
}

/// What a closing is made of.
pub struct ClosingParts<'a> {
    /// The shift; its balances and its profile are those of the opening.
    pub shift: &'a Shift,
    /// Which closing of the shift it is, from 1.
    pub ordinal: u32,
    /// The opening.
    pub pos_opening_entry: &'a str,
    /// The sales, each with what ERPNext says of it.
    pub sales: &'a [(Sale, SurveyedInvoice)],
    /// What the box before sent and nothing has closed. It was counted by nobody: what it should
    /// have left in the drawer is taken for what is there.
    pub earlier: &'a [EarlierInvoice],
    /// The count, in the last closing of the shift.
    pub counted: Option<&'a ShiftClosing>,
    /// When it is made, in the site's time zone, where there is no count.
    pub now: DateTime,
}

impl Closing {
    /// The closing of an opening with these sales.
    pub fn of(parts: &ClosingParts<'_>) -> Self {
        let mut totals = ShiftTotals::of(parts.shift);
        for (sale, _) in parts.sales {
            totals.add_sale(sale);
        }
        let listed = |(sale, invoice): &(Sale, SurveyedInvoice)| ListedInvoice {
            pos_invoice: invoice.name.clone(),
            posting_date: invoice.posting_date.unwrap_or(sale.posting_date),
            customer: invoice.customer.clone(),
            grand_total: Money::from_f64(sale.totals.grand_total, totals.currency()),
            is_return: invoice.is_return,
            return_against: invoice.return_against.clone(),
        };
        let key = match parts.ordinal {
            0 | 1 => format!("{}-Z", parts.shift.key),
            more => format!("{}-Z{more}", parts.shift.key),
        };
        let taxes = totals.taxes.iter();
        let mut closing = Self {
            key,
            shift_number: parts.shift.number,
            pos_opening_entry: parts.pos_opening_entry.to_owned(),
            company: parts.shift.company.clone(),
            pos_profile: parts.shift.pos_profile.clone(),
            period_end_date: parts
                .counted
                .map_or(parts.now, |counted| counted.period_end_date),
            invoices: parts.sales.iter().map(listed).collect(),
            payment_reconciliation: reconciliation(&totals, parts.counted),
            taxes: taxes
                .map(|tax| (tax.account_head.clone(), tax.rate, tax.amount))
                .collect(),
            grand_total: totals.grand_total,
            net_total: totals.net_total,
            total_quantity: totals.total_quantity.to_f64(),
        };
        for invoice in parts.earlier {
            closing.add(invoice);
        }
        closing
    }

    /// Takes an invoice of another box along.
    fn add(&mut self, earlier: &EarlierInvoice) {
        let currency = self.grand_total.currency;
        let money = |amount: f64| Money::from_f64(amount, currency);
        let invoice = &earlier.invoice;
        self.invoices.push(ListedInvoice {
            pos_invoice: invoice.name.clone(),
            posting_date: invoice
                .posting_date
                .unwrap_or_else(|| self.period_end_date.date()),
            customer: invoice.customer.clone(),
            grand_total: money(earlier.grand_total),
            is_return: invoice.is_return,
            return_against: invoice.return_against.clone(),
        });
        self.grand_total = self.grand_total.plus(money(earlier.grand_total));
        self.net_total = self.net_total.plus(money(earlier.net_total));
        self.total_quantity += earlier.total_quantity;
        for (account_head, rate, amount) in &earlier.taxes {
            let amount = money(*amount);
            let mut taxes = self.taxes.iter_mut();
            match taxes.find(|(account, own, _)| account == account_head && own == rate) {
                Some((.., sum)) => *sum = sum.plus(amount),
                None => self.taxes.push((account_head.clone(), *rate, amount)),
            }
        }
        for (mode_of_payment, amount) in &earlier.payments {
            let amount = money(*amount);
            let mut rows = self.payment_reconciliation.iter_mut();
            match rows.find(|row| row.mode_of_payment == *mode_of_payment) {
                Some(row) => {
                    row.expected_amount = row.expected_amount.plus(amount);
                    row.closing_amount = row.closing_amount.plus(amount);
                }
                None => self.payment_reconciliation.push(Reconciliation {
                    mode_of_payment: mode_of_payment.clone(),
                    opening_amount: currency.zero(),
                    expected_amount: amount,
                    closing_amount: amount,
                }),
            }
        }
    }

    /// As it is kept between attempts.
    pub fn written(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what [`Closing::written`] wrote.
    pub fn read(written: &str) -> Option<Self> {
        serde_json::from_str(written).ok()
    }

    /// What each mode of payment holds afterwards, as far as this till's documents tell: what
    /// another opening of the same shift starts with.
    pub fn balances(&self) -> impl Iterator<Item = (&str, Money)> {
        self.payment_reconciliation
            .iter()
            .map(|row| (row.mode_of_payment.as_str(), row.expected_amount))
    }

    /// For sentences.
    pub(super) fn what(&self) -> String {
        format!("The closing of shift {}", self.shift_number)
    }
}

fn reconciliation(totals: &ShiftTotals, counted: Option<&ShiftClosing>) -> Vec<Reconciliation> {
    let mut rows: Vec<_> = totals
        .modes
        .iter()
        .map(|mode| Reconciliation {
            mode_of_payment: mode.mode_of_payment.clone(),
            opening_amount: mode.opening,
            expected_amount: mode.expected(),
            closing_amount: mode.expected(),
        })
        .collect();
    let Some(counted) = counted else {
        return rows;
    };
    for mode in &counted.totals.modes {
        let name = &mode.mode_of_payment;
        let found = rows.iter().position(|row| row.mode_of_payment == *name);
        let zero = totals.currency().zero();
        let place = found.unwrap_or_else(|| {
            rows.push(Reconciliation {
                mode_of_payment: name.clone(),
                opening_amount: zero,
                expected_amount: zero,
                closing_amount: zero,
            });
            rows.len() - 1
        });
        let row = &mut rows[place];
        // Cash that was put in or taken out is in no invoice.
        let moved = mode.cash_in.minus(mode.cash_out);
        row.expected_amount = row.expected_amount.plus(moved);
        let of_mode = counted.differences().into_iter();
        let difference = of_mode
            .filter(|difference| difference.mode_of_payment == *name)
            .fold(zero, |sum, one| sum.plus(one.difference));
        row.closing_amount = row.expected_amount.plus(difference);
    }
    rows
}

/// The POS Closing Entry as a draft. Version 16 has another table for the invoices: each drops
/// what it does not know, so the same rows are sent as both, and no version takes the closing for
/// one without invoices.
pub(super) fn closing_payload(closing: &Closing, user: &str, start: DateTime) -> Value {
    let invoice = |row: &ListedInvoice| {
        json!({
            "pos_invoice": row.pos_invoice,
            "posting_date": row.posting_date.to_string(),
            "customer": row.customer,
            "grand_total": row.grand_total.to_f64(),
            "is_return": u8::from(row.is_return),
            "return_against": row.return_against,
        })
    };
    let invoices: Vec<_> = closing.invoices.iter().map(invoice).collect();
    let mode = |row: &Reconciliation| {
        json!({
            "mode_of_payment": row.mode_of_payment,
            "opening_amount": row.opening_amount.to_f64(),
            "expected_amount": row.expected_amount.to_f64(),
            "closing_amount": row.closing_amount.to_f64(),
            "difference": row.closing_amount.minus(row.expected_amount).to_f64(),
        })
    };
    let tax = |(account_head, rate, amount): &(String, f64, Money)| json!({ "account_head": account_head, "rate": rate, "amount": amount.to_f64() });
    let zero = closing.grand_total.currency.zero();
    let taxes = closing.taxes.iter();
    let all_taxes = taxes
        .clone()
        .fold(zero, |sum, (.., amount)| sum.plus(*amount));
    let end = closing.period_end_date.max(start);
    json!({
        "name": closing.key,
        "docstatus": 0,
        "pos_opening_entry": closing.pos_opening_entry,
        "pos_profile": closing.pos_profile,
        "company": closing.company,
        "user": user,
        "period_start_date": start.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        "period_end_date": end.strftime("%Y-%m-%d %H:%M:%S").to_string(),
        "posting_date": end.date().to_string(),
        "posting_time": end.strftime("%H:%M:%S").to_string(),
        "pos_transactions": invoices,
        "pos_invoices": invoices,
        "payment_reconciliation": closing.payment_reconciliation.iter().map(mode).collect::<Vec<_>>(),
        "taxes": taxes.map(tax).collect::<Vec<_>>(),
        "grand_total": closing.grand_total.to_f64(),
        "net_total": closing.net_total.to_f64(),
        "total_quantity": closing.total_quantity,
        "total_taxes_and_charges": all_taxes.to_f64(),
    })
}
