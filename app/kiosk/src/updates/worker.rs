//! The thread that looks for newer versions and has them installed.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use appliance::updates::hawkbit::Feedback;
use appliance::updates::{Begun, Outcome, Rauc, RaucError, System};

use super::fleet::{Fleet, Standing};
use super::folder::Folder;
use super::relay::Relay;
use super::{Offer, OfferedBy, UpdateStep, UpdateTold};
use crate::journal_file;
use crate::queue::{Message, Sender};
use crate::screens::words::sentence;

/// How often a folder is asked, and the sticks.
const EACH: Duration = Duration::from_secs(6 * 3600);
/// How long after the start it is asked first: selling comes before.
const FIRST: Duration = Duration::from_secs(120);
/// After how long a fleet's server is asked again that did not answer...
const AWAY: Duration = Duration::from_secs(15 * 60);
/// ... and after an update that was not installed: nobody downloads it all the time.
const RETRY: Duration = Duration::from_secs(3600);

/// Why something did not work, and what to do.
pub(super) type Failure = (String, &'static str);

/// What the thread is asked.
pub(super) enum Request {
    Look,
    Install(Offer),
}

/// Where newer versions come from besides sticks.
pub(super) enum Source {
    None,
    Folder(Folder),
    Fleet(Box<Fleet>),
}

pub(super) struct Worker {
    pub(super) rauc: Rauc,
    pub(super) system: System,
    pub(super) source: Source,
    pub(super) certificates: Option<PathBuf>,
    pub(super) data: PathBuf,
    pub(super) events: Sender,
}

impl Worker {
    pub(super) fn works(&mut self, asked: &Receiver<Request>) {
        self.tells_what_became();
        self.tells_slots();
        let mut wait = FIRST;
        loop {
            wait = match asked.recv_timeout(wait) {
                Ok(Request::Install(offer)) => self.installs(&offer),
                Ok(Request::Look) => self.looks(true),
                Err(RecvTimeoutError::Timeout) => self.looks(false),
                Err(RecvTimeoutError::Disconnected) => return,
            };
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
    /// told to nobody who did not ask. Answers when to look again.
    fn looks(&mut self, by_hand: bool) -> Duration {
        if by_hand {
            self.step(UpdateStep::Looking);
        }
        // RAUC comes up after the till: the first time it may not have been there.
        self.tells_slots();
        let on_stick = self.stick();
        let (from_source, wait) = self.asks_source();
        let newest = match (on_stick, from_source) {
            (Some(stick), Ok(Some(other))) if other.version > stick.version => Ok(Some(other)),
            (Some(stick), _) => Ok(Some(stick)),
            (None, from_source) => from_source,
        };
        let begun = Begun::read(&self.data);
        let outcome = |begun: &Begun| begun.outcome(&self.system.version);
        let installed = begun
            .as_ref()
            .filter(|begun| outcome(begun) == Outcome::Waits)
            .map(|begun| begun.to.clone());
        match (newest, installed) {
            // It is installed, and nothing newer than that is there.
            (Ok(None), Some(to)) => self.step(UpdateStep::Installed(to)),
            (Ok(Some(offer)), Some(to)) if offer.version <= to => {
                self.step(UpdateStep::Installed(to));
            }
            (Ok(Some(mut offer)), _) => {
                offer.failed_before |= begun.is_some_and(|begun| {
                    begun.to == offer.version && outcome(&begun) == Outcome::WentBack
                });
                self.step(UpdateStep::Offered(offer));
            }
            (Ok(None), None) => self.step(UpdateStep::UpToDate),
            (Err((sentence, remedy)), _) if by_hand => {
                self.step(UpdateStep::Failed(sentence, remedy));
            }
            (Err((sentence, _)), _) => tracing::warn!("{sentence}"),
        }
        wait
    }

    /// What the source offers, and when to ask it again.
    fn asks_source(&mut self) -> (Result<Option<Offer>, Failure>, Duration) {
        match &mut self.source {
            Source::None => (Ok(None), EACH),
            Source::Folder(folder) => (folder.look(&self.system), EACH),
            Source::Fleet(fleet) => {
                let slots = self.rauc.slots().unwrap_or_else(|error| {
                    tracing::warn!("{error}");
                    Vec::new()
                });
                let offer = fleet.look(&Standing {
                    system: &self.system,
                    is_good: slots.iter().any(|slot| slot.runs && slot.good),
                    begun: Begun::read(&self.data),
                });
                let wait = match &offer {
                    Ok(_) => fleet.sleep().unwrap_or(AWAY),
                    Err(_) => fleet.sleep().unwrap_or(AWAY).max(AWAY),
                };
                (offer, wait)
            }
        }
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
                from: OfferedBy::Stick(file.display().to_string()),
                failed_before: false,
            })
        });
        offers.max_by(|one, other| one.version.cmp(&other.version))
    }

    /// Answers when to look again.
    fn installs(&mut self, offer: &Offer) -> Duration {
        self.step(UpdateStep::Installing(offer.clone(), 0, String::new()));
        let (ended, wait) = match self.installed(offer) {
            Ok(()) => (UpdateStep::Installed(offer.version.clone()), AWAY),
            Err((sentence, remedy)) => (UpdateStep::Failed(sentence, remedy), RETRY),
        };
        self.step(ended);
        self.tells_slots();
        wait
    }

    fn installed(&mut self, offer: &Offer) -> Result<(), Failure> {
        let mut begun = Begun::new(self.system.version.clone(), offer.version.clone());
        let mut relay = None;
        let (bundle, certificates) = match &offer.from {
            OfferedBy::Stick(file) => (file.clone(), None),
            OfferedBy::Folder(address) => (address.clone(), self.certificates.as_deref()),
            OfferedBy::Hawkbit { action, bundle, .. } => {
                let Source::Fleet(fleet) = &mut self.source else {
                    return Err((
                        "This till belongs to no fleet any more".to_owned(),
                        "Look for updates again.",
                    ));
                };
                begun = begun.for_action(action.as_str());
                let relay = relay.insert(fleet.begins(offer, action, bundle)?);
                (relay.url().to_owned(), None)
            }
        };
        let done = self.writes(offer, begun, &bundle, certificates);
        let cut_off = relay.as_ref().and_then(Relay::failure);
        self.tells_fleet(offer, &done, cut_off.as_deref());
        match (done, cut_off) {
            (Ok(()), _) => Ok(()),
            (Err(_), Some(cut_off)) => Err((
                format!("The update was not installed: {cut_off}"),
                "The system that runs is as it was. Check the network; it is tried again.",
            )),
            (Err(Undone::Disk(error)), None) => Err((
                format!("The update cannot be begun: {error}"),
                "Free space on the disk, or export the journal and call for help.",
            )),
            (Err(Undone::Rauc(error)), None) => Err((sentence(&error.to_string()), error.remedy())),
        }
    }

    /// Has it written into the other slot, and remembers that across the start.
    fn writes(
        &self,
        offer: &Offer,
        begun: Begun,
        bundle: &str,
        certificates: Option<&std::path::Path>,
    ) -> Result<(), Undone> {
        begun.write(&self.data).map_err(Undone::Disk)?;
        let heard = |per_cent, doing: &str| {
            let doing = doing.to_owned();
            self.step(UpdateStep::Installing(offer.clone(), per_cent, doing));
        };
        if let Err(error) = self.rauc.install(bundle, certificates, heard) {
            self.forgets();
            return Err(Undone::Rauc(error));
        }
        if let Err(error) = begun.installed().write(&self.data) {
            // One that goes back is told as one that was cut off.
            tracing::warn!("that an update is installed is not noted: {error}");
        }
        Ok(())
    }

    /// Tells the fleet's server what became of an installation that it wanted. One that the network
    /// cut off goes on: the action stays open.
    fn tells_fleet(&mut self, offer: &Offer, done: &Result<(), Undone>, cut_off: Option<&str>) {
        let (OfferedBy::Hawkbit { action, .. }, Source::Fleet(fleet)) =
            (&offer.from, &mut self.source)
        else {
            return;
        };
        let version = &offer.version;
        let feedback = match (done, cut_off) {
            (Ok(()), _) => Feedback::proceeding(format!(
                "{version} is installed, and runs after the next start"
            )),
            (Err(_), Some(cut_off)) => Feedback::proceeding(format!(
                "Installing {version} was cut off ({cut_off}); it is tried again"
            )),
            (Err(Undone::Disk(error)), None) => {
                Feedback::failed(format!("Installing {version} was not begun: {error}"))
            }
            (Err(Undone::Rauc(error)), None) => Feedback::failed(format!(
                "{}. {}",
                sentence(&error.to_string()),
                error.remedy()
            )),
        };
        fleet.tells(action, &feedback);
    }

    fn forgets(&self) {
        if let Err(error) = Begun::forget(&self.data) {
            tracing::warn!("an update that was not installed is still noted: {error}");
        }
    }
}

/// Why an update was not written.
enum Undone {
    Disk(std::io::Error),
    Rauc(RaucError),
}
