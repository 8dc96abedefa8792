//! The Sales screen's own state.

use checkout::receipt::ReceiptReference;
use checkout::returns::{OpenReturn, Original};
use checkout::sale::Sale;
use slint::ComponentHandle;
use store::{SaleRecord, SaleSummary, SalesQuery};

use super::App;
use crate::screens::sales::Relation;
use crate::screens::words::Words;
use crate::ui::{self, Level, TillWindow};

/// The sales that are listed; a scanned receipt finds older ones.
const LISTED: u32 = 200;

/// What is looked at.
#[derive(Default)]
pub(super) struct SalesState {
    pub(super) open: bool,
    listed: Vec<SaleSummary>,
    chosen: Option<checkout::sale::ReceiptNumber>,
    search: String,
    /// A sale is looked for of which something comes back.
    pub(super) for_return: bool,
}

impl App {
    pub(super) fn open_sales(&mut self) {
        self.sales = SalesState {
            open: true,
            ..SalesState::default()
        };
        self.clear_sales_search();
        self.refresh();
    }

    /// Words of a receipt number, a customer, a cashier, an amount or a date were typed.
    pub(super) fn sales_search_edited(&mut self, text: &str) {
        text.clone_into(&mut self.sales.search);
        self.refresh();
    }

    fn clear_sales_search(&self) {
        if let Some(window) = self.window.upgrade() {
            window.global::<ui::Sales>().set_search("".into());
        }
    }

    pub(super) fn close_sales(&mut self) {
        self.sales = SalesState::default();
        self.refresh();
    }

    pub(super) fn sale_chosen(&mut self, place: i32) {
        let sale = usize::try_from(place)
            .ok()
            .and_then(|place| self.sales.listed.get(place));
        self.sales.chosen = sale.map(|sale| sale.receipt_number.clone());
        self.refresh();
    }

    pub(super) fn show_scanned_receipt(&mut self, reference: &ReceiptReference) {
        match self.read.records().sale_by_key(&reference.key) {
            Ok(Some(record)) => {
                self.open_sales();
                self.sales.chosen = Some(record.sale.receipt_number);
            }
            Ok(None) => {
                self.notice = Some(Words::new(
                    Level::Warning,
                    "This receipt was not made by this till",
                    "",
                    "Look for the sale at the till whose name is on the receipt.",
                ));
            }
            Err(error) => {
                self.notice = Some(Words::new(
                    Level::Bad,
                    error.to_string(),
                    "",
                    "Restart the till.",
                ));
            }
        }
    }

    /// Another document that belongs to the one that is looked at.
    pub(super) fn related_sale_chosen(&mut self, receipt_number: &str) {
        if let Ok(number) = receipt_number.parse() {
            self.sales.search.clear();
            self.clear_sales_search();
            self.sales.chosen = Some(number);
        }
        self.refresh();
    }

    /// Whether something of a sale may come back at this till now.
    fn may_come_back(&self, sale: &Sale) -> bool {
        let Some(till) = &self.till else { return false };
        if sale.is_return() || till.returning().is_some() || till.shift().is_none() {
            return false;
        }
        let returns = self.read.records().returns_of(&sale.key);
        let settings = till.shop().totals_settings();
        returns.is_ok_and(|returns| OpenReturn::of(Original::of(sale), &returns, &settings).is_ok())
    }

    /// What came back of a sale, what was sold before, the other half of an exchange.
    fn related(&self, sale: &Sale) -> Vec<(Relation, SaleRecord)> {
        let records = self.read.records();
        let mut keys = Vec::new();
        if let Some(against) = &sale.return_against {
            keys.push((Relation::Original, against.key.clone()));
        }
        match records.returns_of(&sale.key) {
            Ok(returns) => {
                let returns = returns.into_iter();
                keys.extend(returns.map(|back| (Relation::CameBack, back.key)));
            }
            Err(error) => tracing::warn!("what came back cannot be read: {error}"),
        }
        if let Some(other) = &sale.exchange {
            keys.push((Relation::Exchange, other.clone()));
        }
        let record = |(relation, key): (Relation, String)| {
            let found = records.sale_by_key(&key).ok().flatten();
            found.map(|record| (relation, record))
        };
        keys.into_iter().filter_map(record).collect()
    }

    pub(super) fn show_sales(&mut self, window: &TillWindow) {
        let Some(till) = &self.till else { return };
        let shop = till.shop().clone();
        let today = self.now().date();
        let query = SalesQuery {
            text: self.sales.search.clone(),
            before: None,
            limit: LISTED,
        };
        match self.listed(&query) {
            Ok(listed) => self.sales.listed = listed,
            Err(error) => tracing::warn!("the sales cannot be read: {error}"),
        }
        match self.read.records().day(today) {
            Ok(of_today) => {
                let listed = &self.sales.listed;
                self.sales_screen
                    .show_list(window, &shop, listed, &of_today, today);
            }
            Err(error) => tracing::warn!("the sales of today cannot be added up: {error}"),
        }
        let place = self.sales.chosen.as_ref().and_then(|chosen| {
            self.sales
                .listed
                .iter()
                .position(|sale| sale.receipt_number == *chosen)
        });
        let place = place
            .and_then(|place| i32::try_from(place).ok())
            .unwrap_or(-1);
        window.global::<ui::Sales>().set_selected(place);
        window
            .global::<ui::Sales>()
            .set_for_return(self.sales.for_return);
        let Some(chosen) = &self.sales.chosen else {
            return;
        };
        match self.read.records().sale(chosen) {
            Ok(Some(record)) => {
                let receipt = self.receipt_state(chosen);
                let related = self.related(&record.sale);
                self.sales_screen
                    .show_sale(window, &shop, &record, receipt, today);
                self.sales_screen.show_related(&shop, &related);
                let ui = window.global::<ui::Sales>();
                ui.set_can_return(self.may_come_back(&record.sale));
            }
            Ok(None) => {}
            Err(error) => tracing::warn!("receipt {chosen} cannot be read: {error}"),
        }
    }

    /// The newest sales, and below them the chosen one where it is older than all of them.
    fn listed(&self, query: &SalesQuery) -> Result<Vec<SaleSummary>, store::StoreError> {
        let records = self.read.records();
        let mut listed = records.sales(query)?;
        if query.text.trim().is_empty()
            && let (Some(chosen), Some(oldest)) = (&self.sales.chosen, listed.last())
            && chosen.number < oldest.receipt_number.number
        {
            listed.extend(records.sales(&SalesQuery {
                text: String::new(),
                before: Some(chosen.number + 1),
                limit: 1,
            })?);
        }
        Ok(listed)
    }

    pub(super) fn send_again(&mut self, receipt_number: &str) {
        if let (Some(sync), Ok(receipt_number)) = (&self.sync, receipt_number.parse()) {
            sync.send_again(receipt_number);
        }
    }
}
