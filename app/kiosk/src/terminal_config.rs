//! The card terminal as `till.toml` names it, and starting it.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hal::zvt::Characters;
use hal::{DeviceId, HalError, PaymentTerminal, StandAloneTerminal, TerminalDevice, ZvtProfile};
use serde::{Deserialize, Serialize};

use crate::queue::Events;

/// The card terminal's number among the devices.
const TERMINAL: DeviceId = DeviceId(4);

/// The card terminal of a till.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TerminalConfig {
    /// How it is worked.
    pub kind: TerminalKind,
    /// Its address on the network, `192.168.1.60:20007`; ZVT only.
    pub address: Option<SocketAddr>,
    /// The cash register password of ZVT, six digits. It keeps a wrong till from being connected
    /// and is no secret: terminals come with 000000.
    pub password: Option<String>,
    /// What its texts are written in: `cp437`, `latin1` or `utf8`; ZVT only.
    pub characters: Option<String>,
    /// The modes of payment that are taken with it.
    pub modes_of_payment: BTreeSet<String>,
    /// A terminal that was lost in the middle of a payment is asked what became of it; after so many
    /// seconds without an answer a person may say it, with a manager. 0 for at once; ZVT only.
    pub ask_person_after_seconds: Option<u16>,
    /// Whether the shop's copy of each payment's receipt is printed, which the customer signs where
    /// the terminal wants that; yes where nothing is said. ZVT only.
    pub merchant_receipt: Option<bool>,
}

/// How a card terminal is worked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TerminalKind {
    /// The till speaks to it: ZVT over TCP.
    Zvt,
    /// A person keys the amount in and says what came of it.
    StandAlone,
}

/// A card terminal that was started.
pub struct Terminal {
    /// How it is worked.
    pub kind: TerminalKind,
    /// The device.
    pub device: Box<dyn PaymentTerminal>,
    /// The modes of payment that are taken with it.
    pub modes_of_payment: BTreeSet<String>,
    /// How long it may leave questions unanswered before a person may say what it did.
    pub ask_person_after: Duration,
    /// The shop's copy of a payment's receipt is printed.
    pub merchant_receipt: bool,
}

impl TerminalConfig {
    /// How long a terminal may be silent, where nothing is said of it.
    const ASK_PERSON_AFTER: u16 = 60;

    /// What is wrong with it, in words.
    pub(crate) fn problem(&self) -> Option<String> {
        if self.modes_of_payment.is_empty() {
            return Some(
                "[terminal] modes_of_payment must name at least one mode of payment, for example \
                 [\"Credit Card\"]"
                    .to_owned(),
            );
        }
        if self.kind == TerminalKind::Zvt && self.address.is_none() {
            return Some(
                "[terminal] kind = \"zvt\" needs address = \"192.168.1.60:20007\", as the \
                 terminal's own settings show it"
                    .to_owned(),
            );
        }
        self.profile().err()
    }

    fn profile(&self) -> Result<ZvtProfile, String> {
        let mut profile = ZvtProfile::NORMAL;
        if let Some(password) = &self.password {
            let six_digits = password.len() == 6 && password.bytes().all(|it| it.is_ascii_digit());
            profile.password = password
                .parse()
                .ok()
                .filter(|_| six_digits)
                .ok_or("[terminal] password must be six digits, for example \"000000\"")?;
        }
        if let Some(name) = &self.characters {
            profile.characters = Characters::named(name).ok_or_else(|| {
                let known = Characters::NAMES.map(|(name, _)| name).join(", ");
                format!("[terminal] characters = {name:?} is none of {known}")
            })?;
        }
        Ok(profile)
    }

    /// Starts it.
    ///
    /// # Errors
    /// [`HalError`] when its thread cannot be started.
    pub fn start(&self, events: &Arc<Events>) -> Result<Option<Terminal>, HalError> {
        let device: Box<dyn PaymentTerminal> = match (self.kind, self.address, self.profile()) {
            (TerminalKind::StandAlone, ..) => {
                Box::new(StandAloneTerminal::new(TERMINAL, events.clone()))
            }
            (TerminalKind::Zvt, Some(address), Ok(profile)) => Box::new(TerminalDevice::start(
                TERMINAL,
                address,
                profile,
                events.clone(),
            )?),
            // Refused when the configuration was read.
            (TerminalKind::Zvt, ..) => return Ok(None),
        };
        Ok(Some(Terminal {
            kind: self.kind,
            device,
            modes_of_payment: self.modes_of_payment.clone(),
            ask_person_after: Duration::from_secs(u64::from(
                self.ask_person_after_seconds
                    .unwrap_or(Self::ASK_PERSON_AFTER),
            )),
            merchant_receipt: self.merchant_receipt.unwrap_or(true),
        }))
    }
}
