//! How a box becomes a till: its sheet is held to the scanner and opened with its code, or somebody
//! signs in to ERPNext once. What follows, the first download and the first people, is the till's.
//!
//! Everything here runs on the screen's thread; what takes time ([`sheet`], [`office`]) has threads
//! of its own and answers through the queue.

mod fingers;
mod office;
mod renewal;
mod scanners;
mod settle;
mod sheet;
mod show;

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use appliance::enrolment::{EnrolmentCode, EnrolmentError, Sheet};
use appliance::wireless::{WirelessError, WirelessNetwork};
use erpnext::https::Secret;
use erpnext::office::PosProfileOfTill;
use hal::DeviceEvent;
use slint::ComponentHandle;
use zeroize::Zeroizing;

use crate::config::ScannerConfig;
use crate::preset::Preset;
use crate::queue::{Events, Message, Sender};
use crate::screens::words::{Words, whole_sentence as sentence};
use crate::start::StartError;
use crate::ui::{self, EnrolStep, Level, ScreenName, TillWindow};
use crate::wireless;

use office::Office;
use scanners::Scanners;

pub use office::OfficeDone;
pub use renewal::{Renewal, RenewalReason};
pub use sheet::SheetDone;

/// The letters of a code.
const CODE_LETTERS: usize = 10;
/// A till that nobody gives a new sheet for so long goes on as it was: it sends nothing meanwhile.
const LONELY: Duration = Duration::from_secs(300);
/// The longest password.
const LONGEST_PASSWORD: usize = 256;
/// The longest text that is kept of a sheet that is typed or scanned.
const LONGEST_SHEET: usize = 5_000;

/// What other threads tell.
#[derive(Clone, Debug)]
pub enum EnrolDone {
    /// Of the sheet.
    Sheet(SheetDone),
    /// Of the office.
    Office(OfficeDone),
}

/// Why enrolling did not go on, for the screen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failure {
    /// What is the matter.
    pub sentence: String,
    /// What to do.
    pub remedy: String,
}

/// A box that is being enrolled.
pub struct Enrol {
    window: slint::Weak<TillWindow>,
    data: PathBuf,
    preset: Preset,
    events: Arc<Events>,
    sender: Sender,
    scanners: Scanners,
    step: EnrolStep,
    said: Option<Words>,
    sheet: Option<Sheet>,
    /// The scanner that read the sheet.
    scanner: Option<ScannerConfig>,
    code: Zeroizing<String>,
    password: Zeroizing<String>,
    office: Option<Office>,
    /// At which site, and as whom.
    signed_in: String,
    profiles: Vec<PosProfileOfTill>,
    chosen: Option<usize>,
    /// The box is a till that takes a new sheet.
    renewal: Option<Renewal>,
    /// When somebody did something here.
    touched: Instant,
    /// Called once, when the box is a till, or nobody wants to scan a new sheet any more.
    done: Option<Box<dyn FnOnce()>>,
}

/// A box that is being enrolled, as the screen's callbacks share it. Dropping it ends it.
pub struct Enrolling {
    state: Rc<RefCell<Enrol>>,
    _timer: slint::Timer,
}

impl Drop for Enrolling {
    fn drop(&mut self) {
        if let Ok(state) = self.state.try_borrow() {
            state.sender.close();
        }
    }
}

/// Shows the Enrol screen; `done` is called when the box is a till and can be started as one.
///
/// # Errors
/// [`StartError`] when the preset cannot be used or there is no event loop.
pub fn start(
    window: &TillWindow,
    data: &std::path::Path,
    done: impl FnOnce() + 'static,
) -> Result<Enrolling, StartError> {
    begin(window, data, Preset::read(data)?, None, Box::new(done))
}

/// Shows the Enrol screen of a till that takes a new sheet; `done` is called when it has one and
/// can be started again, and when somebody leaves the screen.
///
/// # Errors
/// As [`start`].
pub fn renew(
    window: &TillWindow,
    data: &std::path::Path,
    renewal: Renewal,
    done: impl FnOnce() + 'static,
) -> Result<Enrolling, StartError> {
    let preset = Preset::of_till(&renewal.config);
    begin(window, data, preset, Some(renewal), Box::new(done))
}

fn begin(
    window: &TillWindow,
    data: &std::path::Path,
    preset: Preset,
    renewal: Option<Renewal>,
    done: Box<dyn FnOnce()>,
) -> Result<Enrolling, StartError> {
    crate::start::dress(window, &preset.config().screen);
    crate::keys::install(window);
    // A till that ran before listened for scanners that are keyboards; here the screen does.
    window.global::<ui::Till>().on_key_pressed(|_| false);
    let events = Arc::new(Events::new());
    let state = Rc::new(RefCell::new(Enrol {
        window: window.as_weak(),
        data: data.to_owned(),
        scanners: Scanners::new(&preset.config().scanners),
        preset,
        sender: Sender::new(events.clone()),
        events: events.clone(),
        step: EnrolStep::Sheet,
        said: None,
        sheet: None,
        scanner: None,
        code: Zeroizing::default(),
        password: Zeroizing::default(),
        office: None,
        signed_in: String::new(),
        profiles: Vec::new(),
        chosen: None,
        renewal,
        touched: Instant::now(),
        done: Some(done),
    }));
    fingers::connect(window, &state, events)?;
    state.borrow_mut().tick();
    let timer = slint::Timer::default();
    let ticking = Rc::clone(&state);
    let each_second = Duration::from_secs(1);
    timer.start(slint::TimerMode::Repeated, each_second, move || {
        if let Ok(mut state) = ticking.try_borrow_mut() {
            state.tick();
        }
    });
    window.global::<ui::Till>().set_screen(ScreenName::Enrol);
    Ok(Enrolling {
        state,
        _timer: timer,
    })
}

impl Enrol {
    fn message(&mut self, message: Message) {
        match message {
            Message::Device(DeviceEvent::Scanned { scanner, code }) => {
                if let Some(text) = code.text() {
                    self.scanner = self.scanners.config(scanner);
                    let text = text.to_owned();
                    self.sheet_read(&text);
                }
            }
            Message::Device(DeviceEvent::ScanRejected { .. }) => self.say(
                Level::Warning,
                "That code was not read whole.",
                "Hold the scanner further away, so that it sees all of the code.",
            ),
            Message::Enrol(EnrolDone::Sheet(done)) => self.sheet_done(done),
            Message::Enrol(EnrolDone::Office(done)) => self.office_done(done),
            _ => {}
        }
        self.refresh();
    }

    /// Once a second: scanners that were plugged in.
    fn tick(&mut self) {
        if self.step == EnrolStep::Sheet || self.step == EnrolStep::Code {
            self.scanners.look(&self.events);
            if self.touched.elapsed() > LONELY && !self.is_typing() {
                self.leave();
            }
        }
        self.refresh();
    }

    /// Whether somebody types the sheet's text, which takes longer than [`LONELY`].
    fn is_typing(&self) -> bool {
        self.window.upgrade().is_some_and(|window| {
            let enrol = window.global::<ui::Enrol>();
            enrol.get_typing() || !enrol.get_sheet_text().is_empty()
        })
    }

    fn say(&mut self, level: Level, sentence: impl Into<String>, remedy: impl Into<String>) {
        self.said = Some(Words::new(level, "", sentence, remedy));
    }

    fn fail(&mut self, step: EnrolStep, failure: Failure) {
        self.step = step;
        self.say(Level::Bad, failure.sentence, failure.remedy);
    }

    fn work(&mut self, doing: &str) {
        self.step = EnrolStep::Working;
        self.say(Level::Busy, doing, "");
    }

    // --- the sheet -------------------------------------------------------------------------------

    fn sheet_read(&mut self, text: &str) {
        if !matches!(self.step, EnrolStep::Sheet | EnrolStep::Code) {
            return;
        }
        self.touched = Instant::now();
        if let Some(network) = WirelessNetwork::read(text) {
            return self.network_read(network);
        }
        match Sheet::read(text) {
            Ok(sheet) => {
                self.sheet = Some(sheet);
                self.code = Zeroizing::default();
                self.said = None;
                self.step = EnrolStep::Code;
            }
            Err(error) => {
                let failure = failure_of(&error);
                self.say(Level::Warning, failure.sentence, failure.remedy);
            }
        }
    }

    /// The code of a wireless network. At a till that takes a new sheet anybody may stand; there a
    /// manager makes it known.
    fn network_read(&mut self, network: Result<WirelessNetwork, WirelessError>) {
        let words = match network {
            Ok(network) if self.renewal.is_none() => {
                wireless::know(&network, &self.preset.config().appliance)
            }
            Ok(_) => Words::new(
                Level::Warning,
                "That is the code of a wireless network, and not the sheet.",
                "",
                "A manager makes the network known: scan it in Manager, Devices.",
            ),
            Err(error) => wireless::refused(error),
        };
        self.say(words.level, words.title, words.remedy);
    }

    fn begin_again(&mut self) {
        self.step = EnrolStep::Sheet;
        self.said = None;
        self.sheet = None;
        self.code = Zeroizing::default();
        self.password = Zeroizing::default();
        // Dropping it signs out.
        self.office = None;
        self.profiles = Vec::new();
        self.chosen = None;
    }

    fn code_typed(&mut self, letter: &str) {
        let one = letter.len() == 1 && letter.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if self.step == EnrolStep::Code && one && self.code.len() < CODE_LETTERS {
            // Growing would leave copies of the first letters behind in memory.
            if self.code.is_empty() {
                self.code.reserve_exact(CODE_LETTERS);
            }
            self.code.push_str(&letter.to_ascii_uppercase());
            self.said = None;
        }
    }

    fn code_entered(&mut self) {
        let Some(sheet) = self.sheet.clone().filter(|_| self.step == EnrolStep::Code) else {
            return;
        };
        match EnrolmentCode::typed(&self.code) {
            Ok(code) => {
                let job = sheet::Job {
                    sheet,
                    code,
                    data: self.data.clone(),
                    preset: self.preset.clone(),
                    scanner: self.scanner.clone(),
                    renewal: self.renewal.clone(),
                };
                match sheet::start(job, self.sender.clone()) {
                    Ok(()) => self.work("Opening the sheet."),
                    Err(error) => self.fail(EnrolStep::Code, no_thread(&error)),
                }
            }
            Err(error) => {
                let failure = failure_of(&error);
                self.fail(EnrolStep::Code, failure);
            }
        }
    }

    fn sheet_done(&mut self, done: SheetDone) {
        match done {
            SheetDone::Asking => self.work("Asking ERPNext whether this sheet is still good."),
            SheetDone::WrongCode(failure) => {
                self.code = Zeroizing::default();
                self.fail(EnrolStep::Code, failure);
            }
            SheetDone::TryAgain(failure) => self.fail(EnrolStep::Code, failure),
            SheetDone::Useless(failure) => {
                self.begin_again();
                self.fail(EnrolStep::Sheet, failure);
            }
            SheetDone::Enrolled => self.enrolled(),
        }
    }

    // --- signing in ------------------------------------------------------------------------------

    fn sign_in_wanted(&mut self) {
        if self.renewal.is_some() {
            return;
        }
        self.begin_again();
        self.step = EnrolStep::SignIn;
    }

    fn password_typed(&mut self, text: &str) {
        if self.password.is_empty() {
            self.password.reserve_exact(LONGEST_PASSWORD);
        }
        if self.password.len() + text.len() <= LONGEST_PASSWORD {
            self.password.push_str(text);
        }
        self.said = None;
    }

    fn sign_in(&mut self, address: &str, user: &str) {
        if self.password.is_empty() || self.step != EnrolStep::SignIn {
            return;
        }
        let password = Secret::new(std::mem::take(&mut *self.password));
        let wanted = office::SignIn {
            url: whole_address(address),
            user: user.trim().to_owned(),
            password,
        };
        match Office::start(
            self.data.clone(),
            self.preset.clone(),
            wanted,
            self.sender.clone(),
        ) {
            Ok(office) => {
                self.office = Some(office);
                self.work("Signing in.");
            }
            Err(error) => self.fail(EnrolStep::SignIn, no_thread(&error)),
        }
    }

    fn profile_chosen(&mut self, place: usize) {
        self.chosen = Some(place).filter(|place| *place < self.profiles.len());
        self.said = None;
        let till = self.chosen_till().map(str::to_owned);
        if let (Some(till), Some(office)) = (till, &self.office) {
            office.look(till);
        }
    }

    /// The user of the box that the chosen profile is another till's of.
    fn chosen_till(&self) -> Option<&str> {
        let profile = self.profiles.get(self.chosen?)?;
        profile.till.as_deref()
    }

    fn enrol_profile(&mut self, prefix: &str) {
        let chosen = self.chosen.and_then(|place| self.profiles.get(place));
        if let (Some(profile), Some(office)) = (chosen.cloned(), &self.office) {
            office.enrol(profile, prefix.trim().to_owned());
            self.work("Making the till's user in ERPNext.");
        }
    }

    fn office_done(&mut self, done: OfficeDone) {
        match done {
            OfficeDone::SignedIn { who, profiles } => {
                self.signed_in = who;
                self.profiles = profiles;
                self.chosen = None;
                self.said = None;
                self.step = EnrolStep::Profile;
            }
            OfficeDone::NotSignedIn(failure) => {
                self.office = None;
                self.fail(EnrolStep::SignIn, failure);
            }
            OfficeDone::LeftOpen { user, sentences } => {
                let is_asked =
                    self.step == EnrolStep::Profile && self.chosen_till() == Some(user.as_str());
                if let (true, [first, rest @ ..]) = (is_asked, sentences.as_slice()) {
                    self.say(Level::Warning, first.clone(), rest.join(" "));
                }
            }
            OfficeDone::NotEnrolled(failure) => self.fail(EnrolStep::Profile, failure),
            OfficeDone::Enrolled => self.enrolled(),
        }
    }

    /// Nobody wants to scan a new sheet any more.
    fn leave(&mut self) {
        let waits = matches!(self.step, EnrolStep::Sheet | EnrolStep::Code);
        if self.renewal.is_some() && waits {
            self.enrolled();
        }
    }

    // --- done ------------------------------------------------------------------------------------

    fn enrolled(&mut self) {
        self.begin_again();
        self.work("Starting the till.");
        // The till opens the scanner's port itself.
        self.scanners.stop();
        if let Some(done) = self.done.take() {
            done();
        }
    }
}

/// An address as people type it: `erp.example.com` is `https://erp.example.com`.
fn whole_address(typed: &str) -> String {
    let typed = typed.trim().trim_end_matches('/');
    if typed.contains("://") {
        typed.to_owned()
    } else {
        format!("https://{typed}")
    }
}

/// An error whose text ends with its remedy after a semicolon, in two sentences.
fn failure_of(error: &EnrolmentError) -> Failure {
    let text = error.to_string();
    let (what, remedy) = text.split_once("; ").unwrap_or((&text, ""));
    Failure {
        sentence: sentence(what),
        remedy: sentence(remedy),
    }
}

fn no_thread(error: &std::io::Error) -> Failure {
    Failure {
        sentence: format!("The machine cannot do this now: {error}."),
        remedy: "Restart it and try again.".to_owned(),
    }
}
