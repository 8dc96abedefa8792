//! What a card terminal wants printed besides the customer's part of a receipt: the shop's copies, and
//! both papers of what moved no money or was taken back.

use checkout::card::{CardIntent, CardIntentKind};
use checkout::receipt::{Look, Part, Receipt};
use hal::CardPayment;
use store::{PrintState, ReportJob};

use super::super::App;
use crate::screens::amounts;

impl App {
    /// What is printed once money has moved. The customer's paper of a payment is part of the
    /// receipt of the sale; nothing else prints that of one that was taken back.
    pub(in crate::app) fn print_card_receipts(
        &mut self,
        intent: &CardIntent,
        payment: &CardPayment,
    ) {
        let keeps = self.devices.terminal().is_none_or(|it| it.merchant_receipt);
        let (customer, merchant) = (&payment.customer_receipt, &payment.merchant_receipt);
        match intent.kind {
            CardIntentKind::Reversal { .. } => self.print_card_papers(intent, customer, merchant),
            CardIntentKind::Payment | CardIntentKind::Refund if keeps => {
                self.print_card_papers(intent, &[], merchant);
            }
            CardIntentKind::Payment | CardIntentKind::Refund => {}
        }
    }

    /// Prints what a terminal says of a card payment, one paper after the other. It waits for the
    /// printer as reports do, also over a restart: the terminal says it once.
    pub(in crate::app) fn print_card_papers(
        &mut self,
        intent: &CardIntent,
        customer: &[String],
        merchant: &[String],
    ) {
        let Some(till) = self.till.as_ref().filter(|_| self.has_printer()) else {
            return;
        };
        let mut parts = Vec::new();
        for lines in [merchant, customer] {
            if lines.is_empty() {
                continue;
            }
            let lines = lines.iter().map(|line| text(line));
            parts.extend(lines);
            parts.extend([Part::Rule, text(&intent.reference), Part::Cut]);
        }
        if parts.is_empty() {
            return;
        }
        let amount = amounts(till.shop()).amount(intent.amount);
        let job = ReportJob {
            key: format!("card terminal {}", intent.reference),
            title: format!("What the card terminal says of {amount}"),
            at: (self.clock)(),
            state: PrintState::Queued,
            page: Receipt { parts },
        };
        self.print_page(job);
    }
}

fn text(line: &str) -> Part {
    Part::Text {
        text: line.to_owned(),
        look: Look::Plain,
    }
}
