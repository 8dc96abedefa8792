//! A terminal that the till is not connected to: the amount is shown, a person keys it in and says
//! what came of it.

use std::sync::Arc;

use super::super::outlet::{EventQueue, Outlet};
use super::check;
use super::under_way::UnderWay;
use crate::HalError;
use crate::vocabulary::{
    Confirmation, DeviceEvent, DeviceId, PaymentDoubt, PaymentIntent, PaymentOutcome, PaymentState,
    PaymentTerminal, TerminalStatus,
};

/// A terminal that is worked by hand. It has no thread: its events are in the queue when a call
/// returns.
pub struct StandAloneTerminal {
    id: DeviceId,
    outlet: Box<dyn Outlet + Sync>,
    under_way: UnderWay,
}

impl StandAloneTerminal {
    /// A terminal whose events go to this queue.
    pub fn new<E, const N: usize>(id: DeviceId, events: Arc<EventQueue<E, N>>) -> Self
    where
        E: From<DeviceEvent> + Send + 'static,
    {
        StandAloneTerminal {
            id,
            outlet: Box::new(events),
            under_way: UnderWay::new(),
        }
    }

    fn tell(&self, reference: &str, state: PaymentState) -> Result<(), HalError> {
        let event = DeviceEvent::Payment {
            terminal: self.id,
            reference: reference.to_owned(),
            state: Box::new(state),
        };
        let told = self.outlet.try_send(event);
        told.then_some(()).ok_or(HalError::QueueFull { max: 1 })
    }

    fn begin(
        &self,
        intent: &PaymentIntent,
        anew: bool,
        state: PaymentState,
    ) -> Result<(), HalError> {
        check(intent.amount)?;
        let was_free = self.under_way.begin(&intent.reference, anew)?;
        self.tell(&intent.reference, state).inspect_err(|_| {
            if was_free {
                self.under_way.forget(&intent.reference);
            }
        })
    }

    fn end(&self, reference: &str, outcome: PaymentOutcome) -> Result<(), HalError> {
        self.tell(reference, PaymentState::Ended(outcome))?;
        self.under_way.end();
        Ok(())
    }
}

impl PaymentTerminal for StandAloneTerminal {
    fn pay(&self, intent: PaymentIntent) -> Result<(), HalError> {
        self.begin(&intent, true, PaymentState::ToBeKeyed)
    }

    fn ask(&self, intent: PaymentIntent) -> Result<(), HalError> {
        let doubt = PaymentDoubt::NotConfirmed;
        self.begin(&intent, false, PaymentState::ToBeConfirmed(doubt))
    }

    fn cancel(&self) -> Result<(), HalError> {
        let reference = self.under_way.reference()?;
        self.end(&reference, PaymentOutcome::Aborted)
    }

    fn confirm(&self, reference: &str, confirmation: Confirmation) -> Result<(), HalError> {
        if self.under_way.reference()? != reference {
            return Err(HalError::NoPayment);
        }
        self.end(
            reference,
            match confirmation {
                Confirmation::Approved => PaymentOutcome::Approved(Box::default()),
                Confirmation::NotCharged => PaymentOutcome::NotCharged,
            },
        )
    }

    fn close_day(&self) -> Result<(), HalError> {
        Err(HalError::NotSupported {
            what: "closing the day of this terminal",
        })
    }

    fn status(&self) -> TerminalStatus {
        self.under_way.status()
    }
}
