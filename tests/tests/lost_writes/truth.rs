//! What must be true after a power cut, known from what the program said and the printer printed.

use std::collections::BTreeMap;

use checkout::till::{OpenCart, Resume};
use kiosk::demo::{Intention, Told};
use store::{JournalKind, PrintState, SalesQuery, Store};

/// What is durable, as far as somebody outside knows.
#[derive(Clone, Debug, Default)]
pub struct Truth {
    receipts: u64,
    shifts: u64,
    cart: Option<OpenCart>,
    /// What was being done, when nobody said any more whether it became durable.
    intention: Option<Intention>,
}

impl Truth {
    pub fn receipts(&self) -> u64 {
        self.receipts
    }

    /// Follows what one life of the program said. Its first words tell what it took up again,
    /// which must be all that there was.
    pub fn follow(&mut self, told: Vec<Told>) -> Result<(), String> {
        for told in told {
            match told {
                Told::Started { receipts, cart } => {
                    same("receipts of the till that started", receipts, self.receipts)?;
                    let cart = cart.map(|cart| *cart);
                    same("the cart on its screen", &cart, &self.cart)?;
                }
                Told::Intends(intention) => self.intention = Some(intention),
                Told::Kept(cart) => {
                    self.cart = cart.map(|cart| *cart);
                    self.intention = None;
                }
                Told::ShiftOpened => {
                    self.shifts += 1;
                    self.intention = None;
                }
                Told::Sold(number) => {
                    same("the number of a sale", number, self.receipts + 1)?;
                    self.receipts = number;
                    self.cart = None;
                    self.intention = None;
                }
            }
        }
        Ok(())
    }

    /// Compares with what was found on the disk, and knows it from then on.
    pub fn check(&mut self, store: &Store, paper: &[u64]) -> Result<(), String> {
        let found = store.resume().map_err(|error| error.to_string())?;
        self.check_counts(&found)?;
        if !self.allows(found.open_cart.as_ref()) {
            return Err(format!(
                "the open cart is another than was kept last:\n{:?}\ninstead of\n{:?}\nbefore {:?}",
                found.open_cart, self.cart, self.intention
            ));
        }
        check_records(store, &found, paper)?;
        *self = Self {
            receipts: found.receipts,
            shifts: found.shifts,
            cart: found.open_cart,
            intention: None,
        };
        Ok(())
    }

    /// What was said to be durable is; of what was under way it may have become so.
    fn check_counts(&self, found: &Resume) -> Result<(), String> {
        let completing = self.intention == Some(Intention::Complete);
        let opening = self.intention == Some(Intention::OpenShift);
        for (what, found, known, one_more) in [
            ("sales", found.receipts, self.receipts, completing),
            ("shifts", found.shifts, self.shifts, opening),
        ] {
            if found != known && !(one_more && found == known + 1) {
                return Err(format!("{found} {what} on the disk, {known} were durable"));
            }
        }
        if found.cart_lost {
            return Err("the open cart cannot be read".to_owned());
        }
        Ok(())
    }

    fn allows(&self, found: Option<&OpenCart>) -> bool {
        if found == self.cart.as_ref() {
            return true;
        }
        let cart = |open: Option<&OpenCart>| open.map(|open| open.cart.clone());
        match &self.intention {
            Some(Intention::Scan(_)) => {
                let (before, after) = (goods(self.cart.as_ref()), goods(found));
                let sum = |goods: &BTreeMap<String, f64>| goods.values().sum::<f64>();
                let kept = before
                    .iter()
                    .all(|(item, qty)| after.get(item).is_some_and(|after| after >= qty));
                kept && sum(&after) == sum(&before) + 1.0
            }
            Some(Intention::Pay) => cart(found) == cart(self.cart.as_ref()),
            // Sold, or paid in full and about to be.
            Some(Intention::Complete) => found.is_none() || cart(found) == cart(self.cart.as_ref()),
            Some(Intention::OpenShift) | None => false,
        }
    }
}

fn same<T: PartialEq + std::fmt::Debug>(what: &str, found: T, known: T) -> Result<(), String> {
    if found == known {
        return Ok(());
    }
    Err(format!("{what}: {found:?} instead of {known:?}"))
}

/// What is sold of each item, without what rules give.
fn goods(open: Option<&OpenCart>) -> BTreeMap<String, f64> {
    let mut goods = BTreeMap::new();
    for line in open.iter().flat_map(|open| open.cart.lines()) {
        if !line.sold.is_free_item {
            *goods.entry(line.sold.item_code.clone()).or_default() += line.sold.qty.to_f64();
        }
    }
    goods
}

/// Sales, numbers, paper, journal and outbox agree.
fn check_records(store: &Store, found: &Resume, paper: &[u64]) -> Result<(), String> {
    let failed = |error: store::StoreError| error.to_string();
    let records = store.records();
    let query = SalesQuery {
        limit: u32::MAX,
        ..SalesQuery::default()
    };
    let sales = records.sales(&query).map_err(failed)?;
    let numbers: Vec<u64> = sales
        .iter()
        .rev()
        .map(|sale| sale.receipt_number.number)
        .collect();
    let all: Vec<u64> = (1..=found.receipts).collect();
    same("receipt numbers", &numbers, &all)?;
    for number in paper {
        if !numbers.contains(number) {
            return Err(format!("receipt {number} is on paper without its sale"));
        }
    }
    for sale in &sales {
        let record = records.sale(&sale.receipt_number).map_err(failed)?;
        let record = record.ok_or_else(|| format!("{} has no body", sale.receipt_number))?;
        let on_paper = paper.contains(&sale.receipt_number.number);
        if record.printed == PrintState::Printed && !on_paper {
            return Err(format!(
                "{} counts as printed and is not",
                sale.receipt_number
            ));
        }
    }
    if let Err(broken) = records.journal_verify().map_err(failed)? {
        return Err(format!("the journal is broken: {broken}"));
    }
    let entries = records.journal_entries(0, u32::MAX).map_err(failed)?;
    let of_sales = entries
        .iter()
        .filter(|entry| entry.kind == JournalKind::Sale);
    same(
        "sales in the journal",
        of_sales.count() as u64,
        found.receipts,
    )?;
    let unsent = records.outbox_summary().map_err(failed)?.unsent;
    same("the outbox", unsent, found.receipts + found.shifts)
}
