//! What a card terminal wants printed besides the customer's part of a receipt: the shop's copies, and
//! both papers of what moved no money or was taken back.

use checkout::card::{CardIntent, CardIntentKind};
use checkout::receipt::{Look, Part, Receipt};
use hal::{CardPayment, TerminalPapers};
use store::{PrintState, ReportJob};

use super::super::App;
use crate::screens::amounts;

impl App {
    /// What is to be printed once money has moved. The customer's paper of a payment is part of the
    /// receipt of the sale; nothing else prints that of one that was taken back.
    pub(in crate::app) fn card_receipts(
        &self,
        intent: &CardIntent,
        payment: &CardPayment,
    ) -> Option<ReportJob> {
        let keeps = self.devices.terminal().is_none_or(|it| it.merchant_receipt);
        let mut papers = TerminalPapers {
            customer: payment.customer_receipt.clone(),
            merchant: payment.merchant_receipt.clone(),
        };
        if !matches!(intent.kind, CardIntentKind::Reversal { .. }) {
            papers.customer.clear();
            if !keeps {
                papers.merchant.clear();
            }
        }
        self.card_papers(intent, &papers)
    }

    /// What a terminal says of a card payment, one paper after the other; `None` when it says
    /// nothing. It waits for the printer as reports do, also over a restart: the terminal says it
    /// once.
    pub(in crate::app) fn card_papers(
        &self,
        intent: &CardIntent,
        papers: &TerminalPapers,
    ) -> Option<ReportJob> {
        let till = self.till.as_ref().filter(|_| self.has_printer())?;
        let mut parts = Vec::new();
        for lines in [&papers.merchant, &papers.customer] {
            if lines.is_empty() {
                continue;
            }
            let lines = lines.iter().map(|line| text(line));
            parts.extend(lines);
            parts.extend([Part::Rule, text(&intent.reference), Part::Cut]);
        }
        if parts.is_empty() {
            return None;
        }
        let amount = amounts(till.shop()).amount(intent.amount);
        Some(ReportJob {
            key: format!("card terminal {}", intent.reference),
            title: format!("What the card terminal says of {amount}"),
            at: (self.clock)(),
            state: PrintState::Queued,
            page: Receipt { parts },
        })
    }
}

fn text(line: &str) -> Part {
    Part::Text {
        text: line.to_owned(),
        look: Look::Plain,
    }
}
