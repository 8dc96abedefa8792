//! The pure domain of the till: scan, cart, prices, totals, payment, sale, receipt.
