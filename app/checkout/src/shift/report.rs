//! What is printed of a shift: the X report while it is open, the Z report when it is closed, and
//! slips for cash that was moved.

use std::sync::Arc;

use jiff::civil::DateTime;

use super::{CashDirection, CashMovement, Cashier, ModeTotals, Shift, ShiftClosing, ShiftTotals};
use crate::format::AmountFormat;
use crate::money::Money;
use crate::receipt::{Copy, DUPLICATE, Look, Part, Receipt, ReceiptHead};
use crate::sale::ReceiptNumber;
use crate::shop::Shop;

/// Something of a shift to be printed.
#[derive(Clone, PartialEq, Debug)]
pub enum Report {
    /// What an open shift comes to so far. It changes nothing and can be printed at any time.
    X(Box<XReport>, Copy),
    /// A closed shift.
    Z(Arc<ShiftClosing>, Copy),
    /// Cash that was moved, to be signed and put into the drawer.
    CashMovement(Arc<CashMovement>, Copy),
}

impl Report {
    /// The same, marked as a duplicate: some of it may be on paper already.
    #[must_use]
    pub fn duplicate(self) -> Self {
        match self {
            Self::X(report, _) => Self::X(report, Copy::Duplicate),
            Self::Z(closing, _) => Self::Z(closing, Copy::Duplicate),
            Self::CashMovement(movement, _) => Self::CashMovement(movement, Copy::Duplicate),
        }
    }
}

/// What an X report tells.
#[derive(Clone, PartialEq, Debug)]
pub struct XReport {
    /// The open shift.
    pub shift: Shift,
    /// What it comes to.
    pub totals: ShiftTotals,
    /// Who asked.
    pub cashier: Cashier,
    /// When, in the site's time zone.
    pub at: DateTime,
}

/// Composes a report for paper of any width.
pub fn compose(report: &Report, till: &str, shop: &Shop, head: &ReceiptHead) -> Receipt {
    let format = AmountFormat::new(&shop.currency_document, &shop.system.number_format);
    let mut page = Page {
        receipt: Receipt::default(),
        format,
    };
    page.head(shop, head);
    match report {
        Report::X(report, copy) => page.x(report, till, *copy),
        Report::Z(closing, copy) => page.z(closing, till, *copy),
        Report::CashMovement(movement, copy) => page.cash_movement(movement, till, *copy),
    }
    page.receipt.parts.push(Part::Cut);
    page.receipt
}

struct Page {
    receipt: Receipt,
    format: AmountFormat,
}

impl Page {
    fn head(&mut self, shop: &Shop, head: &ReceiptHead) {
        let title = if head.title.is_empty() {
            &shop.company.name
        } else {
            &head.title
        };
        self.receipt.text(title, Look::Centered);
        if let Some(tax_id) = &shop.company.tax_id {
            self.receipt
                .text(format!("Tax ID {tax_id}"), Look::Centered);
        }
        self.receipt.parts.push(Part::Space);
    }

    fn x(&mut self, report: &XReport, till: &str, copy: Copy) {
        self.title("X REPORT");
        if copy == Copy::Duplicate {
            self.title(DUPLICATE);
        }
        self.pair("Till", till);
        self.pair("Shift", report.shift.number.to_string());
        self.pair("Opened", minute(report.shift.period_start_date));
        self.pair("Printed", minute(report.at));
        self.pair("By", &report.cashier.name);
        self.turnover(&report.totals);
        self.taxes(&report.totals);
        for mode in &report.totals.modes {
            self.mode(mode, None);
        }
        self.rule();
        self.counts_of(&report.totals);
        self.receipt.text(
            "The shift is still open: this is no closing.",
            Look::Centered,
        );
    }

    fn z(&mut self, closing: &ShiftClosing, till: &str, copy: Copy) {
        self.title(&format!("Z REPORT {}", closing.number));
        if copy == Copy::Duplicate {
            self.title(DUPLICATE);
        }
        self.pair("Till", till);
        self.pair("Opened", minute(closing.period_start_date));
        self.pair("Closed", minute(closing.period_end_date));
        self.pair("By", &closing.cashier.name);
        self.turnover(&closing.totals);
        self.taxes(&closing.totals);
        for (mode, difference) in closing.totals.modes.iter().zip(closing.differences()) {
            let count = closing
                .counts
                .iter()
                .find(|count| count.mode_of_payment == mode.mode_of_payment);
            self.mode(
                mode,
                count.map(|count| (count.amount, difference.difference)),
            );
            for row in count.iter().flat_map(|count| &count.denominations) {
                if row.pieces > 0 {
                    let value = self.format.number(row.value);
                    let text = format!("  {} x {value}", row.pieces);
                    self.receipt.text(text, Look::Plain);
                }
            }
        }
        if let Some(manager) = &closing.approved_by {
            let reason = closing.reason.as_deref().unwrap_or_default();
            let text = format!("Differences allowed by {}: {reason}", manager.name);
            self.receipt.text(text, Look::Plain);
        }
        self.rule();
        if closing.recounts > 0 {
            self.pair("Counted again", closing.recounts.to_string());
        }
        self.counts_of(&closing.totals);
        if let Some(journal) = &closing.journal {
            self.pair("Journal entries", journal.entries.to_string());
            for half in in_groups(&journal.hash) {
                self.receipt.text(half, Look::Centered);
            }
            if let Some(key) = &journal.till_key {
                self.pair("Till key", key);
            }
        }
        self.signature(&closing.cashier.name);
    }

    fn cash_movement(&mut self, movement: &CashMovement, till: &str, copy: Copy) {
        self.title(match movement.direction {
            CashDirection::In => "CASH IN",
            CashDirection::Out => "CASH OUT",
        });
        if copy == Copy::Duplicate {
            self.title(DUPLICATE);
        }
        self.pair("Till", till);
        self.pair("No.", movement.number.to_string());
        self.pair("When", minute(movement.posting));
        self.pair("By", &movement.cashier.name);
        if let Some(manager) = &movement.approved_by {
            self.pair("Allowed by", &manager.name);
        }
        self.rule();
        self.receipt.text(&movement.reason, Look::Plain);
        let amount = self.format.amount(movement.amount);
        self.receipt
            .pair(&movement.mode_of_payment, amount, Look::Large);
        self.signature(&movement.cashier.name);
    }

    fn turnover(&mut self, totals: &ShiftTotals) {
        self.rule();
        let sales = counted(totals.sales.count, "sale");
        self.amount(&sales, totals.sales.amount);
        if totals.returns.count > 0 {
            let returns = counted(totals.returns.count, "return");
            self.amount(&returns, totals.returns.amount);
        }
        let all = totals.sales.amount.plus(totals.returns.amount);
        let all = self.format.amount(all);
        self.receipt.pair("Total", all, Look::Strong);
        if !totals.discounts.is_zero() {
            self.amount("Discounts in it", totals.discounts.negated());
        }
        if !totals.loyalty_amount.is_zero() {
            self.amount("Paid with points", totals.loyalty_amount);
        }
    }

    fn taxes(&mut self, totals: &ShiftTotals) {
        self.rule();
        self.amount("Net", totals.net_total);
        for tax in &totals.taxes {
            let name = if tax.rate == 0.0 {
                tax.account_head.clone()
            } else {
                format!("{} {} %", tax.account_head, tax.rate)
            };
            self.amount(&name, tax.amount);
        }
        if !totals.rounding_adjustment.is_zero() {
            self.amount("Rounding", totals.rounding_adjustment);
        }
        self.rule();
    }

    fn mode(&mut self, mode: &ModeTotals, counted: Option<(Money, Money)>) {
        self.receipt.text(&mode.mode_of_payment, Look::Strong);
        let rows = [
            ("  Opening", mode.opening),
            ("  Paid", mode.paid),
            ("  Change", mode.change.negated()),
            ("  Cash in", mode.cash_in),
            ("  Cash out", mode.cash_out.negated()),
        ];
        for (name, amount) in rows {
            if !amount.is_zero() {
                self.amount(name, amount);
            }
        }
        self.amount("  Expected", mode.expected());
        if let Some((amount, difference)) = counted {
            self.amount("  Counted", amount);
            let difference = self.format.number(difference);
            self.receipt.pair("  Difference", difference, Look::Strong);
        }
    }

    fn counts_of(&mut self, totals: &ShiftTotals) {
        if totals.drawer_openings > 0 {
            let times = totals.drawer_openings.to_string();
            self.pair("Drawer opened without a sale", times);
        }
        let documents = totals.sales.count + totals.returns.count;
        match (&totals.first_receipt, &totals.last_receipt) {
            (Some(first), Some(last)) => {
                self.pair("First receipt", first.to_string());
                self.pair("Last receipt", last.to_string());
                let text = if gapless(first, last, documents) {
                    format!("{}, none missing", counted(documents, "receipt"))
                } else {
                    format!("{}, some are missing", counted(documents, "receipt"))
                };
                self.receipt.text(text, Look::Plain);
            }
            _ => self.receipt.text("No receipts", Look::Plain),
        }
        self.receipt.parts.push(Part::Space);
    }

    fn signature(&mut self, name: &str) {
        self.receipt.parts.push(Part::Space);
        self.receipt.parts.push(Part::Space);
        self.rule();
        self.receipt.text(name, Look::Centered);
    }

    fn title(&mut self, text: &str) {
        self.receipt.text(text, Look::Title);
    }

    fn rule(&mut self) {
        self.receipt.parts.push(Part::Rule);
    }

    fn pair(&mut self, left: &str, right: impl Into<String>) {
        self.receipt.pair(left, right, Look::Plain);
    }

    fn amount(&mut self, left: &str, amount: Money) {
        let amount = self.format.number(amount);
        self.receipt.pair(left, amount, Look::Plain);
    }
}

/// Whether so many receipts leave no number out.
fn gapless(first: &ReceiptNumber, last: &ReceiptNumber, documents: u64) -> bool {
    last.number.checked_sub(first.number).map(|gap| gap + 1) == Some(documents)
}

/// `1 sale`, `2 sales`.
fn counted(count: u64, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    }
}

fn minute(at: DateTime) -> String {
    format!("{} {:02}:{:02}", at.date(), at.hour(), at.minute())
}

/// A hash in lines that fit the narrowest paper.
fn in_groups(hash: &str) -> Vec<String> {
    let characters: Vec<char> = hash.chars().collect();
    let line = |line: &[char]| {
        let groups: Vec<String> = line.chunks(4).map(|group| group.iter().collect()).collect();
        groups.join(" ")
    };
    characters.chunks(24).map(line).collect()
}
