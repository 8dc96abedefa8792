//! The thread behind Manager, Updates: it looks for newer versions and has them installed.
//!
//! Only an appliance has it ([`Updates::start`]). What it installs goes into the slot that does not
//! run; [`crate::app`] decides when, and when the box starts again.

mod source;

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::Duration;

use appliance::updates::{
    Begun, Hours, LONGEST_RELEASE, Outcome, Rauc, Release, ReleaseKey, SIGNATURE_LENGTH, Slot,
    System,
};
use erpnext::https::{Client, Roots, SiteConfig};

use crate::journal_file;
use crate::queue::{Message, Sender};
use crate::screens::words::sentence;
use source::Source;

pub use source::UpdatesConfig;

/// How often the source is asked.
const EACH: Duration = Duration::from_secs(6 * 3600);
/// How long after the start it is asked first: selling comes before.
const FIRST: Duration = Duration::from_secs(120);

/// Where a version can be taken from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offer {
    /// Which version.
    pub version: semver::Version,
    /// The length of the bundle in bytes.
    pub size: u64,
    /// What is new.
    pub notes: String,
    /// The bundle, as RAUC is told: an address or a file.
    pub bundle: String,
    /// It is on a stick.
    pub on_stick: bool,
    /// It was installed before, and the box went back from it.
    pub failed_before: bool,
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

enum Request {
    Look,
    Install(Offer),
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
    /// Starts the thread; `None` where this is no appliance.
    ///
    /// # Errors
    /// What the image says wrongly of itself, or that the system has no thread to give.
    pub fn start(
        appliance: &Appliance,
        data: &Path,
        config: &UpdatesConfig,
        events: Sender,
    ) -> std::io::Result<Option<Self>> {
        let Some(rauc) = Rauc::at(&appliance.rauc) else {
            return Ok(None);
        };
        let Some(system) = System::read(&appliance.system)? else {
            return Ok(None);
        };
        let certificates = config.certificates.as_ref().map(|file| data.join(file));
        let worker = Worker {
            rauc,
            system: system.clone(),
            source: config.url.clone(),
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

    /// Has the source and the sticks looked at.
    pub fn look(&self) {
        // Full: it is about to be done.
        let _ = self.requests.try_send(Request::Look);
    }

    /// Has it installed. `false` when something else is being done.
    pub fn install(&self, offer: Offer) -> bool {
        self.requests.try_send(Request::Install(offer)).is_ok()
    }
}

struct Worker {
    rauc: Rauc,
    system: System,
    source: Option<String>,
    certificates: Option<PathBuf>,
    data: PathBuf,
    events: Sender,
}

/// Why something did not work, and what to do.
type Failure = (String, &'static str);

impl Worker {
    fn works(&self, asked: &Receiver<Request>) {
        self.tells_what_became();
        self.tells_slots();
        let mut wait = FIRST;
        loop {
            match asked.recv_timeout(wait) {
                Ok(Request::Install(offer)) => self.installs(&offer),
                Ok(Request::Look) => self.looks(true),
                Err(RecvTimeoutError::Timeout) => self.looks(false),
                Err(RecvTimeoutError::Disconnected) => return,
            }
            wait = EACH;
        }
    }

    fn tell(&self, told: UpdateTold) {
        self.events.send(Message::Update(Box::new(told)));
    }

    fn step(&self, step: UpdateStep) {
        self.tell(UpdateTold::Step(step));
    }

    fn tells_what_became(&self) {
        let Some(begun) = Begun::read(&self.data) else {
            return;
        };
        match begun.outcome(&self.system.version) {
            Outcome::Waits => self.step(UpdateStep::Installed(begun.to)),
            outcome if begun.told => tracing::debug!("{} is {outcome:?}", begun.to),
            outcome => self.tell(UpdateTold::Ended(begun, outcome)),
        }
    }

    fn tells_slots(&self) {
        match self.rauc.slots() {
            Ok(slots) => self.tell(UpdateTold::Slots(slots)),
            Err(error) => tracing::warn!("{error}"),
        }
    }

    /// `by_hand`: somebody waits for the answer. The network may be away for weeks: that alone is
    /// told to nobody who did not ask.
    fn looks(&self, by_hand: bool) {
        if by_hand {
            self.step(UpdateStep::Looking);
        }
        let on_stick = self.stick();
        let on_web = self.source.as_deref().map(|url| self.release(url));
        let newest = match (on_stick, on_web) {
            (Some(stick), Some(Ok(Some(web)))) if web.version > stick.version => Ok(Some(web)),
            (Some(stick), _) => Ok(Some(stick)),
            (None, Some(Ok(web))) => Ok(web),
            (None, Some(Err(failure))) => Err(failure),
            (None, None) => Ok(None),
        };
        match newest {
            Ok(Some(mut offer)) => {
                let begun = Begun::read(&self.data);
                offer.failed_before = begun.is_some_and(|begun| {
                    begun.to == offer.version
                        && begun.outcome(&self.system.version) == Outcome::WentBack
                });
                self.step(UpdateStep::Offered(offer));
            }
            Ok(None) => self.step(UpdateStep::UpToDate),
            Err((sentence, remedy)) if by_hand => self.step(UpdateStep::Failed(sentence, remedy)),
            Err((sentence, _)) => tracing::warn!("{sentence}"),
        }
    }

    /// What the source offers, if it is newer and for this box.
    fn release(&self, url: &str) -> Result<Option<Offer>, Failure> {
        let key = self.system.release_key.ok_or((
            "This system takes updates from USB sticks only".to_owned(),
            "Put one with a bundle in.",
        ))?;
        let source =
            Source::at(url).map_err(|problem| (problem, "Correct [updates] in till.toml."))?;
        let release = self.described(&source, key)?;
        let newer = release.version > self.system.version;
        if release.compatible != self.system.compatible {
            return Err((
                format!(
                    "The updates at {url} are for {}, not for this box",
                    release.compatible
                ),
                "Correct the address in [updates] of till.toml.",
            ));
        }
        Ok(newer.then(|| Offer {
            bundle: source.address_of(&release.bundle),
            version: release.version,
            size: release.size,
            notes: release.notes,
            on_stick: false,
            failed_before: false,
        }))
    }

    fn described(&self, source: &Source, key: ReleaseKey) -> Result<Release, Failure> {
        let setup = |error: String| (error, "Correct [updates] in till.toml.");
        let mut site =
            SiteConfig::without_key(&source.origin).map_err(|error| setup(error.to_string()))?;
        if let Some(file) = &self.certificates {
            let pem = std::fs::read(file)
                .map_err(|error| setup(format!("{}: {error}", file.display())))?;
            site.roots = Roots::from_pem(&pem).map_err(|error| setup(error.to_string()))?;
        }
        let client = Client::new(site).map_err(|error| setup(error.to_string()))?;
        let file = |name: &str, longest: usize| {
            let path = format!("{}/{name}", source.path);
            client.file(&path, longest as u64).map_err(|error| {
                (
                    format!("The updates cannot be looked at: {error}"),
                    "Check the network and the address in [updates] of till.toml.",
                )
            })
        };
        let description = file("release.json", LONGEST_RELEASE)?;
        let signature = file("release.json.sig", SIGNATURE_LENGTH)?;
        Release::read(&description, &signature, key)
            .map_err(|error| (sentence(&error.to_string()), error.remedy()))
    }

    /// The newest bundle on a stick that is newer than what runs.
    fn stick(&self) -> Option<Offer> {
        let files = journal_file::sticks_now().into_iter().flat_map(|stick| {
            let entries = std::fs::read_dir(stick.folder).into_iter().flatten();
            entries.filter_map(|entry| entry.ok().map(|entry| entry.path()))
        });
        let bundles = files.filter(|file| file.extension().is_some_and(|end| end == "raucb"));
        let offers = bundles.take(16).filter_map(|file| {
            let bundle = self.rauc.bundle(&file);
            let bundle = bundle
                .inspect_err(|error| tracing::warn!("{}: {error}", file.display()))
                .ok()?;
            let fits =
                bundle.compatible == self.system.compatible && bundle.version > self.system.version;
            fits.then(|| Offer {
                version: bundle.version,
                size: file.metadata().map_or(0, |metadata| metadata.len()),
                notes: String::new(),
                bundle: file.display().to_string(),
                on_stick: true,
                failed_before: false,
            })
        });
        offers.max_by(|one, other| one.version.cmp(&other.version))
    }

    fn installs(&self, offer: &Offer) {
        let begin = |per_cent, doing: &str| {
            self.step(UpdateStep::Installing(
                offer.clone(),
                per_cent,
                doing.to_owned(),
            ));
        };
        begin(0, "");
        let begun = Begun::new(self.system.version.clone(), offer.version.clone());
        if let Err(error) = begun.write(&self.data) {
            return self.step(UpdateStep::Failed(
                format!("The update cannot be begun: {error}"),
                "Free space on the disk, or export the journal and call for help.",
            ));
        }
        let certificates = self.certificates.as_deref().filter(|_| !offer.on_stick);
        match self.rauc.install(&offer.bundle, certificates, begin) {
            Ok(()) => {
                if let Err(error) = begun.installed().write(&self.data) {
                    // One that goes back is told as one that was cut off.
                    tracing::warn!("that an update is installed is not noted: {error}");
                }
                self.step(UpdateStep::Installed(offer.version.clone()));
            }
            Err(error) => {
                self.forgets();
                let sentence = sentence(&error.to_string());
                self.step(UpdateStep::Failed(sentence, error.remedy()));
            }
        }
        self.tells_slots();
    }

    fn forgets(&self) {
        if let Err(error) = Begun::forget(&self.data) {
            tracing::warn!("an update that was not installed is still noted: {error}");
        }
    }
}
