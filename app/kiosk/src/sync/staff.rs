//! Who works at tills, and their PINs: brought from ERPNext, and shared through it.

use std::sync::Arc;

use checkout::masters::Master;
use erpnext::dto::EMPLOYEE_PIN_FIELD;
use erpnext::office::{PinShared, share_pin, text};
use erpnext::problem::Problem;
use erpnext::request::{Request, Transport, TransportError};
use store::{PinToShare, StoreError};

use super::courier::is_of_site;
use super::{Ended, Sync};
use crate::queue::Message;

/// What is known of the staff on the site since the till was started.
#[derive(Default)]
pub(super) struct StaffOnSite {
    /// Somebody was brought or is gone.
    pub(super) changed: bool,
    /// All of them were brought, and the till does not know it.
    pub(super) untold: bool,
    told: bool,
    /// The site keeps PINs apart, or the till has no shop's key, so that no other till could use
    /// its PINs: none is sent until the till is started again.
    kept_apart: bool,
}

impl StaffOnSite {
    /// All who work at tills were read to the end.
    pub(super) fn read_whole(&mut self) {
        self.untold |= std::mem::take(&mut self.changed) || !self.told;
    }
}

impl<T: Transport> Sync<T> {
    /// Says whether PINs that are chosen here may go to other tills: only those that were hashed
    /// with the key of a shop are of use there.
    pub fn sharing_pins(mut self, is_shared: bool) -> Self {
        self.staff.kept_apart = !is_shared;
        self
    }

    /// Tells the till who works at tills, once all of them are here.
    pub(super) fn tell_staff(&mut self) -> Result<(), StoreError> {
        if std::mem::take(&mut self.staff.untold) {
            self.staff.told = true;
            let masters = self.masters.small_masters()?;
            let employees = masters.into_iter().filter_map(|master| match master {
                Master::Employee(employee) => Some(employee),
                _ => None,
            });
            let employees = Arc::new(employees.collect());
            self.events.send(Message::Employees(employees));
        }
        Ok(())
    }

    /// Gives PINs that were chosen here to the other tills, where the site lets tills do that.
    /// Nothing waits for it, and a PIN that was sent twice is the same.
    pub(super) fn share_pins(&mut self) -> Result<(), Ended> {
        if self.staff.kept_apart || !self.staff.told {
            return Ok(());
        }
        for pin in self.store.call(|store| store.pins_to_share())?? {
            self.door.is_open()?;
            match self.share(&pin) {
                Ok(Some(PinShared::Shared)) => self
                    .store
                    .call(move |store| store.pin_shared(&pin.id, &pin.phc))??,
                Ok(Some(PinShared::KeptApart)) => {
                    self.staff.kept_apart = true;
                    return Ok(());
                }
                // Changed there meanwhile, or gone: the next download tells.
                Ok(Some(PinShared::Gone) | None) => {}
                Err(error) => match Problem::of_site(&error) {
                    Some(problem) if is_of_site(&problem) => {
                        self.site_fails(problem, None);
                        return Ok(());
                    }
                    _ => tracing::warn!("a PIN was not shared: {error}"),
                },
            }
        }
        Ok(())
    }

    /// `None` when the Employee was given another PIN meanwhile.
    fn share(&mut self, pin: &PinToShare) -> Result<Option<PinShared>, TransportError> {
        let request = Request::get("Employee", &pin.employee);
        let there = match self.transport.send(&request) {
            Ok(reply) => text(reply.data(), EMPLOYEE_PIN_FIELD).to_owned(),
            Err(TransportError::Refused(refused)) if refused.status == 403 => {
                return Ok(Some(PinShared::KeptApart));
            }
            Err(TransportError::Refused(refused)) if refused.status == 404 => {
                return Ok(Some(PinShared::Gone));
            }
            Err(error) => return Err(error),
        };
        if there == pin.phc {
            return Ok(Some(PinShared::Shared));
        }
        if there != pin.seen.as_deref().unwrap_or_default() {
            return Ok(None);
        }
        share_pin(&mut self.transport, &pin.employee, &pin.phc).map(Some)
    }
}
