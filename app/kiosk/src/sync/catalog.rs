//! A catalogue that is damaged is downloaded again: nothing in it is this till's alone.

use erpnext::request::{Request, Transport};
use store::{StoreError, StoreErrorKind};

use super::{Sync, Trouble, pull};

const DAMAGED: &str = "What this till knows of ERPNext is damaged on its disk";

/// An empty catalogue is being filled.
pub(super) fn comes_again() -> Trouble {
    Trouble {
        cause: DAMAGED.to_owned(),
        remedy: "It is being downloaded again by itself. What was sold is not touched.".to_owned(),
        new_sheet: false,
    }
}

impl<T: Transport> Sync<T> {
    /// Something stored cannot be written or read.
    pub(super) fn store_fails(&mut self, error: StoreError) {
        if error.kind() != StoreErrorKind::Corrupt {
            return self.disk_fails(&error);
        }
        match self.masters.check() {
            Err(damage) if damage.kind() == StoreErrorKind::Corrupt => self.catalog_fails(damage),
            _ => self.disk_fails(&error),
        }
    }

    /// The catalogue is damaged. It is emptied only when ERPNext answers: until then the till sells
    /// with what can still be read.
    pub(super) fn catalog_fails(&mut self, damage: StoreError) {
        tracing::warn!("{damage}");
        let greeting = Request::call("frappe.auth.get_logged_user");
        if self.transport.send(&greeting).is_err() {
            self.disk.fail(None);
            self.troubles.catalog = Some(Trouble {
                cause: DAMAGED.to_owned(),
                remedy: "It is downloaded again by itself as soon as ERPNext answers. Until then the till sells with what can still be read."
                    .to_owned(),
                new_sheet: false,
            });
            self.damage = Some(damage);
        } else if let Err(error) = self.masters.begin_anew() {
            self.disk_fails(&error);
        } else {
            self.pull = pull::from_nothing(&self.pos_profile);
            self.disk.end();
            self.pulling.end();
            self.troubles.catalog = Some(comes_again());
        }
        self.say(self.troubles.state());
    }
}
