//! Card terminals: one that speaks ZVT over TCP, and one that is worked by hand.
//!
//! A connection to a ZVT terminal lasts as long as one order. One that is kept open for a day goes
//! stale without anybody noticing, and a payment that is sent into it is a payment nobody knows of.

mod day;
mod notes;
mod stand_alone;
mod talk;
mod under_way;
mod worker;

use std::net::SocketAddr;
use std::sync::Arc;

pub use stand_alone::StandAloneTerminal;
use under_way::UnderWay;
use worker::Worker;

use super::common::{Common, DeviceThread, Orders};
use super::outlet::EventQueue;
use crate::traffic::Recording;
use crate::vocabulary::{
    Confirmation, DeviceEvent, DeviceId, PaymentIntent, PaymentTerminal, TerminalStatus,
};
use crate::zvt::ZvtProfile;
use crate::zvt::fields::to_bcd;
use crate::{HalError, PaymentAmount};

/// What is being done when it fails to start.
const STARTING: &str = "starting a card terminal";
/// The most orders that wait: one payment, and what is said about it meanwhile.
const MAX_ORDERS: usize = 4;

/// Starts terminals that speak ZVT.
#[derive(Debug)]
pub struct TerminalDevice;

/// A running terminal; dropping it stops the device and joins its thread. A payment that is under
/// way then is asked for after the next start ([`PaymentTerminal::ask`]).
pub struct TerminalHandle {
    shared: Arc<Shared>,
    thread: DeviceThread,
}

#[derive(Debug, Clone)]
enum Order {
    Pay(PaymentIntent),
    Ask(PaymentIntent),
    Cancel,
    Confirm(String, Confirmation),
    CloseDay,
}

struct Shared {
    common: Arc<Common>,
    orders: Orders<Order, MAX_ORDERS>,
    under_way: UnderWay,
}

impl TerminalDevice {
    /// Starts a terminal. It need not be there yet: it is looked for until it is.
    ///
    /// # Errors
    /// `System` when no thread can be started.
    pub fn start<E, const N: usize>(
        id: DeviceId,
        address: SocketAddr,
        profile: ZvtProfile,
        events: Arc<EventQueue<E, N>>,
    ) -> Result<TerminalHandle, HalError>
    where
        E: From<DeviceEvent> + Send + 'static,
    {
        let shared = Arc::new(Shared {
            common: Common::new(STARTING)?,
            orders: Orders::new(),
            under_way: UnderWay::new(),
        });
        let worker = Worker::new(id, address, profile, Box::new(events), shared.clone());
        let thread = DeviceThread::start(STARTING, ("terminal", id), &shared.common, worker)?;
        Ok(TerminalHandle { shared, thread })
    }
}

impl TerminalHandle {
    fn order(&self, order: Order) -> Result<(), HalError> {
        self.thread.running()?;
        let given = self.shared.orders.give(order);
        self.shared.common.bell.ring();
        given
    }

    /// Gives an order that occupies the terminal until it has ended.
    fn occupy(&self, reference: &str, anew: bool, order: Order) -> Result<(), HalError> {
        let was_free = self.shared.under_way.begin(reference, anew)?;
        self.order(order).inspect_err(|_| {
            if was_free {
                self.shared.under_way.forget(reference);
            }
        })
    }
}

impl PaymentTerminal for TerminalHandle {
    fn pay(&self, intent: PaymentIntent) -> Result<(), HalError> {
        check(intent.amount)?;
        let reference = intent.reference.clone();
        self.occupy(&reference, true, Order::Pay(intent))
    }

    fn ask(&self, intent: PaymentIntent) -> Result<(), HalError> {
        check(intent.amount)?;
        let reference = intent.reference.clone();
        self.occupy(&reference, false, Order::Ask(intent))
    }

    fn cancel(&self) -> Result<(), HalError> {
        self.shared.under_way.reference()?;
        self.order(Order::Cancel)
    }

    fn confirm(&self, reference: &str, confirmation: Confirmation) -> Result<(), HalError> {
        if self.shared.under_way.reference()? != reference {
            return Err(HalError::NoPayment);
        }
        self.order(Order::Confirm(reference.to_owned(), confirmation))
    }

    fn close_day(&self) -> Result<(), HalError> {
        self.occupy(day::CLOSING, false, Order::CloseDay)
    }

    fn status(&self) -> TerminalStatus {
        self.shared.under_way.status()
    }

    fn traffic(&self) -> Option<Recording> {
        Some(self.thread.traffic())
    }
}

fn check(amount: PaymentAmount) -> Result<(), HalError> {
    let fits = amount.units > 0 && to_bcd::<6>(amount.units).is_some();
    let currency = to_bcd::<2>(u64::from(amount.currency)).is_some();
    (fits && currency)
        .then_some(())
        .ok_or(HalError::InvalidAmount)
}
