//! A customer who is not known yet.

use checkout::buyer::walk_in;
use checkout::new_customer::{self, CustomerForm};
use checkout::till::Event;
use slint::{ComponentHandle, ModelRc, SharedString, VecModel};

use super::super::App;
use crate::screens::words::Words;
use crate::ui::{Level, NewCustomer, TillWindow};

/// The sheet of a new customer.
#[derive(Default)]
pub(super) struct CustomerState {
    shown: bool,
    group: String,
    groups: Vec<String>,
    refused: String,
}

impl CustomerState {
    pub(super) fn close(&mut self) {
        self.shown = false;
    }
}

impl App {
    /// Opens the sheet; `name` is what was looked for and not found.
    pub(in crate::app) fn new_customer_opened(&mut self, name: &str) {
        self.leave_approval();
        self.selling.close_sheets();
        self.counter.close_sheets();
        self.sales.open = false;
        let groups = self.customer_groups();
        let usual = self.usual_customer_group();
        self.counter.new_customer = CustomerState {
            shown: true,
            group: usual.unwrap_or_default(),
            groups,
            refused: String::new(),
        };
        if let Some(window) = self.window.upgrade() {
            let sheet = window.global::<NewCustomer>();
            sheet.set_name(name.into());
            sheet.set_mobile("".into());
            sheet.set_email("".into());
            sheet.set_tax_id("".into());
        }
        self.refresh();
    }

    fn customer_groups(&self) -> Vec<String> {
        let Some(till) = &self.till else {
            return vec![];
        };
        let groups = new_customer::groups(till.shop()).into_iter();
        groups.map(str::to_owned).collect()
    }

    /// The group that is chosen to begin with.
    fn usual_customer_group(&self) -> Option<String> {
        let shop = self.till.as_ref()?.shop();
        let walk_in = walk_in(shop, &self.read).ok().flatten();
        new_customer::usual_group(shop, walk_in.as_ref()).map(str::to_owned)
    }

    pub(in crate::app) fn new_customer_edited(&mut self) {
        self.counter.new_customer.refused.clear();
        self.refresh();
    }

    pub(in crate::app) fn new_customer_group(&mut self, group: &str) {
        group.clone_into(&mut self.counter.new_customer.group);
        self.refresh();
    }

    pub(in crate::app) fn new_customer_closed(&mut self) {
        self.counter.new_customer.close();
        self.refresh();
    }

    fn form(&self) -> Option<CustomerForm> {
        let window = self.window.upgrade()?;
        let sheet = window.global::<NewCustomer>();
        let group = &self.counter.new_customer.group;
        Some(CustomerForm {
            customer_name: sheet.get_name().into(),
            mobile_no: sheet.get_mobile().into(),
            email_id: sheet.get_email().into(),
            tax_id: sheet.get_tax_id().into(),
            customer_group: group.clone(),
        })
    }

    pub(in crate::app) fn new_customer_saved(&mut self) {
        if let Some(form) = self.form() {
            let refused = self.step_on_page(Event::CustomerEntered(form));
            self.counter.new_customer.refused = refused.unwrap_or_default();
        }
        self.refresh();
    }

    /// The customer is on the disk, and the cart is theirs.
    pub(super) fn customer_was_made(&mut self) {
        self.counter.new_customer.close();
        let customer = self.till.as_ref().and_then(|till| till.cart().customer());
        let name = customer.map(|customer| customer.customer_name.clone());
        self.reload_tiles();
        if let (Some(name), None) = (name, &self.notice) {
            self.tell(Words::new(
                Level::Good,
                format!("{name} was added"),
                "",
                "This sale is theirs.",
            ));
        }
    }

    pub(in crate::app) fn show_new_customer(&self, window: &TillWindow) {
        let sheet = window.global::<NewCustomer>();
        let state = &self.counter.new_customer;
        sheet.set_shown(state.shown);
        if !state.shown {
            return;
        }
        let groups: Vec<SharedString> = state.groups.iter().map(SharedString::from).collect();
        // Setting an equal model would take the focus from whoever has it.
        let shown = sheet.get_groups();
        if !slint::Model::iter(&shown).eq(groups.iter().cloned()) {
            sheet.set_groups(ModelRc::new(VecModel::from(groups)));
        }
        sheet.set_group(state.group.as_str().into());
        let checked = self.form().map(|form| form.checked());
        let wrong = match &checked {
            Some(Err(error)) if !sheet.get_name().trim().is_empty() => error.to_string(),
            _ => state.refused.clone(),
        };
        sheet.set_level(Level::Warning);
        sheet.set_sentence(crate::screens::words::sentence(&wrong).into());
        sheet.set_can_save(matches!(checked, Some(Ok(_))));
    }
}
