//! The thread behind Manager, Updates: it looks for newer versions and has them installed.
//!
//! Only an appliance has it ([`Updates::start`]). What it installs goes into the slot that does not
//! run; [`crate::app`] decides when, and when the box starts again.

mod fleet;
mod folder;
mod hawkbit_config;
mod relay;
mod source;
mod worker;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};

use appliance::updates::hawkbit::{ActionId, Address};
use appliance::updates::{Begun, Hours, Outcome, Rauc, Slot, System};

use crate::queue::Sender;
use fleet::Fleet;
use folder::Folder;
use worker::{Request, Source, Worker};

pub use hawkbit_config::{FleetTill, HawkbitConfig};
pub use source::UpdatesConfig;

/// A version that can be installed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offer {
    /// Which version.
    pub version: semver::Version,
    /// The length of the bundle in bytes.
    pub size: u64,
    /// What is new.
    pub notes: String,
    /// Where its bundle is.
    pub from: OfferedBy,
    /// It was installed before, and the box went back from it.
    pub failed_before: bool,
}

/// Where a bundle is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OfferedBy {
    /// At this address of a folder on the web.
    Folder(String),
    /// This file on a stick.
    Stick(String),
    /// hawkBit has assigned it to this till.
    Hawkbit {
        /// Which assignment.
        action: ActionId,
        /// Where its bundle lies.
        bundle: Address,
        /// Its maintenance window is not open.
        held: bool,
    },
}

impl Offer {
    /// It is on a stick: nobody but a person decides.
    pub fn on_stick(&self) -> bool {
        matches!(self.from, OfferedBy::Stick(_))
    }

    /// Whoever offers it does not want it installed yet.
    pub fn is_held(&self) -> bool {
        matches!(self.from, OfferedBy::Hawkbit { held: true, .. })
    }
}

/// What an update is at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum UpdateStep {
    /// Nobody has looked yet.
    Unknown,
    /// The source is being asked.
    Looking,
    /// There is nothing newer.
    UpToDate,
    /// This can be installed.
    Offered(Offer),
    /// It is being installed: per cent, and what is being done.
    Installing(Offer, u8, String),
    /// It is installed; the box starts with it next.
    Installed(semver::Version),
    /// It did not work: why, and what to do.
    Failed(String, &'static str),
}

/// What the thread tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum UpdateTold {
    /// The two systems on the disk.
    Slots(Vec<Slot>),
    /// What became of the update before this start.
    Ended(Begun, Outcome),
    /// A step.
    Step(UpdateStep),
}

/// The thread, as the event loop has it.
pub struct Updates {
    /// The system that runs.
    pub system: System,
    /// When newer versions are installed by themselves.
    pub hours: Option<Hours>,
    /// Where the appliance has its things.
    pub appliance: Appliance,
    requests: SyncSender<Request>,
}

/// Where an appliance has what updates need.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Appliance {
    /// The folder with what the image says of itself.
    pub system: PathBuf,
    /// The program.
    pub rauc: PathBuf,
    /// The folder of the log.
    pub log: PathBuf,
    /// The folder of what is asked of the first program.
    pub state: PathBuf,
}

impl Appliance {
    /// Whether the till runs on one.
    pub fn is_here(&self) -> bool {
        self.state.is_dir()
    }
}

impl Default for Appliance {
    fn default() -> Self {
        Self {
            system: "/etc/evertill".into(),
            rauc: "/usr/bin/rauc".into(),
            log: "/data/log".into(),
            state: "/data/state".into(),
        }
    }
}

impl Updates {
    /// Starts the thread; `None` where this is no appliance. `till` is what the till is to hawkBit,
    /// where that is configured.
    ///
    /// # Errors
    /// What the image says wrongly of itself, or that the system has no thread to give.
    pub fn start(
        appliance: &Appliance,
        data: &Path,
        config: &UpdatesConfig,
        till: Option<FleetTill>,
        events: Sender,
    ) -> std::io::Result<Option<Self>> {
        let Some(rauc) = Rauc::at(&appliance.rauc) else {
            return Ok(None);
        };
        let Some(system) = System::read(&appliance.system)? else {
            return Ok(None);
        };
        let certificates = config.certificates.as_ref().map(|file| data.join(file));
        let source = match (till, &config.url) {
            (Some(till), _) => Source::Fleet(Box::new(Fleet::new(till, certificates.clone()))),
            (None, Some(url)) => Source::Folder(Folder::new(url, certificates.clone())),
            (None, None) => Source::None,
        };
        let mut worker = Worker {
            rauc,
            system: system.clone(),
            source,
            certificates,
            data: data.to_owned(),
            events,
        };
        // One that waits is enough: a second look, or a second tap, asks for the same.
        let (requests, asked) = sync_channel(1);
        std::thread::Builder::new()
            .name("updates".into())
            .spawn(move || worker.works(&asked))?;
        Ok(Some(Self {
            system,
            hours: config.hours(),
            appliance: appliance.clone(),
            requests,
        }))
    }

    /// Has the source and the sticks looked at. `false` when something else is asked for already.
    pub fn look(&self) -> bool {
        self.requests.try_send(Request::Look).is_ok()
    }

    /// Has it installed. `false` when something else is being done.
    pub fn install(&self, offer: Offer) -> bool {
        self.requests.try_send(Request::Install(offer)).is_ok()
    }
}
