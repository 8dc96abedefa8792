//! The Manager screen's own state: which place is open, and what a manager's PIN has opened.

mod access;
mod clock;
mod device_setup;
mod devices;
mod fingers;
mod new_pin;
mod places;
mod settle;
mod staff;
mod terminal_day;
mod updates;
mod upkeep;

use appliance::wireless::WirelessNetwork;
use checkout::shift::Cashier;
use checkout::till::Sound;
use slint::ComponentHandle;

use super::App;
use crate::screens::manager::journal::JournalState;
use crate::staff::StaffChanged;
use crate::ui::{self, Place, TillWindow};

pub(super) use fingers::connect;

use access::Access;
use devices::DevicesPlace;
use new_pin::NewPin;
use staff::StaffPlace;
use upkeep::UpkeepState;

pub(super) use updates::UpdatesState;

/// Facts about the till that do not change while it runs.
#[derive(Clone, Debug, Default)]
pub struct AboutTill {
    /// The POS Profile.
    pub pos_profile: String,
    /// The site's address; `None` where there is none.
    pub site: Option<String>,
    /// The data folder.
    pub data: std::path::PathBuf,
}

/// What is looked at.
pub(super) struct ManagerState {
    pub(super) open: bool,
    place: Place,
    about: AboutTill,
    access: Access,
    /// The document that is looked at, by its id in the outbox.
    unsent: Option<i64>,
    /// It is about to be settled by hand: the place of the reason, once it is chosen.
    settling: Option<Option<usize>>,
    staff: StaffPlace,
    pub(super) new_pin: NewPin,
    journal: JournalState,
    devices: DevicesPlace,
    upkeep: UpkeepState,
    /// What was held to the scanner while Devices was open.
    scanned: Option<String>,
    /// Counts what was asked of other threads: an answer that comes late belongs to none that
    /// follows.
    requests: u64,
    /// What lets the till take a new enrolment sheet; this till ends with it.
    new_sheet: Option<Box<dyn Fn()>>,
    /// What starts the till again on its data folder; this till ends with it.
    restart: Option<Box<dyn Fn()>>,
}

impl ManagerState {
    pub(super) fn new(about: AboutTill) -> Self {
        Self {
            open: false,
            place: Place::Sync,
            about,
            access: Access::default(),
            unsent: None,
            settling: None,
            staff: StaffPlace::default(),
            new_pin: NewPin::default(),
            journal: JournalState::default(),
            devices: DevicesPlace::default(),
            upkeep: UpkeepState::default(),
            scanned: None,
            requests: 0,
            new_sheet: None,
            restart: None,
        }
    }
}

/// The longest code that Devices shows.
const LONGEST_SHOWN: usize = 300;

impl App {
    /// Opens the screen, or leaves it where it is open.
    pub(super) fn manager_asked(&mut self) {
        if self.manager.open {
            return self.close_manager();
        }
        if self.is_signed_in() {
            self.leave_approval();
            self.reload_staff();
            self.manager.open = true;
            self.place_chosen(self.manager.place);
        }
    }

    /// Says what lets the till take a new enrolment sheet: what a manager asks for, and what anybody
    /// may where no manager knows their PIN. They are called while the app is at work, so they may
    /// end it only later.
    pub fn on_new_sheet(&mut self, by_manager: impl Fn() + 'static, for_pins: impl Fn() + 'static) {
        self.manager.new_sheet = Some(Box::new(by_manager));
        self.opening.on_new_sheet(for_pins);
    }

    /// Says what starts the till again on its data folder, with what its configuration says then.
    /// As with [`App::on_new_sheet`], it may end the app only later.
    pub fn on_restart(&mut self, act: impl Fn() + 'static) {
        self.manager.restart = Some(Box::new(act));
    }

    /// The till takes a new sheet: an open cart, the shift and what was not sent stay as they are.
    fn new_sheet(&mut self, by: &Cashier) {
        let fact = serde_json::json!({ "new_sheet_asked_by": by.id });
        self.put_on_record(fact, "that a new sheet was asked for");
        if let Some(act) = &self.manager.new_sheet {
            act();
        }
    }

    pub(super) fn close_manager(&mut self) {
        self.forget_manager();
        self.refresh();
    }

    /// Leaves the screen: what a PIN opened is shut, what was typed is wiped.
    pub(super) fn forget_manager(&mut self) {
        let checking = self.manager.journal.checking;
        let exporting = self.manager.journal.exporting;
        self.manager = ManagerState {
            place: self.manager.place,
            requests: self.manager.requests,
            new_sheet: self.manager.new_sheet.take(),
            restart: self.manager.restart.take(),
            upkeep: self.manager.upkeep.anew(),
            journal: JournalState {
                checking,
                exporting,
                ..JournalState::default()
            },
            ..ManagerState::new(std::mem::take(&mut self.manager.about))
        };
    }

    pub(super) fn place_chosen(&mut self, place: Place) {
        let manager = &mut self.manager;
        manager.place = place;
        manager.access.leave();
        manager.new_pin.leave();
        manager.staff = StaffPlace::default();
        manager.scanned = None;
        manager.settling = None;
        manager.devices = DevicesPlace::default();
        if place == Place::Devices {
            self.look_for_devices();
        }
        if place == Place::About {
            self.upkeep_opened();
        }
        let manager = &mut self.manager;
        if place == Place::Journal {
            manager.journal.targets = crate::journal_file::targets(&manager.about.data);
        }
        self.refresh();
    }

    /// Whether a scan was taken here: a badge names a manager, Devices shows what was read, and
    /// somebody new gets their badge.
    pub(super) fn scanned_by_manager(&mut self, window: &TillWindow, code: &str) -> bool {
        if !self.manager.open {
            return false;
        }
        if self.manager.access.is_asking() {
            self.devices.forget_scan();
            self.manager_badge(code);
            return true;
        }
        match self.manager.place {
            Place::Devices => {
                self.devices.sound(Sound::Taken);
                if let Some(network) = WirelessNetwork::read(code) {
                    self.network_scanned(network);
                    return true;
                }
                self.manager.scanned = Some(code.chars().take(LONGEST_SHOWN).collect());
                self.refresh();
                true
            }
            Place::Staff => {
                let theirs = self.staff_badge(window, code);
                if theirs {
                    self.devices.forget_scan();
                }
                theirs
            }
            _ => false,
        }
    }

    pub(super) fn staff_changed(&mut self, changed: StaffChanged) {
        self.reload_staff();
        // A new PIN may have to reach the other tills.
        if let Some(sync) = &self.sync {
            sync.sold();
        }
        self.new_pin_taken(changed);
        self.refresh();
    }

    /// Once a second while the screen is open.
    pub(super) fn manager_tick(&mut self) {
        self.shut_access();
        if self.manager.place == Place::Devices {
            self.look_for_devices();
        }
    }

    /// The scale told something, as it does many times a second.
    pub(super) fn manager_weight(&self, window: &TillWindow) {
        if self.manager.place == Place::Devices {
            self.show_devices_place(window);
        }
    }

    /// Another number for what is asked of other threads.
    fn next_request(&mut self) -> u64 {
        self.manager.requests += 1;
        self.manager.requests
    }

    /// Who is signed in.
    fn here(&self) -> Option<&Cashier> {
        self.till.as_ref().and_then(|till| till.cashier())
    }

    /// Shows the screen; called every second too, for ages and countdowns.
    pub(super) fn show_manager(&self, window: &TillWindow) {
        let manager = window.global::<ui::Manager>();
        manager.set_place(self.manager.place);
        self.manager_screen.show_places(
            self.outbox.unsent,
            self.outbox.parked,
            self.update_badge(),
        );
        self.show_access(&manager);
        match self.manager.place {
            Place::Sync => self.show_sync_place(window),
            Place::Staff => self.show_staff_place(window),
            Place::Devices => self.show_devices_place(window),
            Place::Journal => self.show_journal_place(window),
            Place::Updates => self.show_updates_place(),
            Place::About => {
                self.show_about_place();
                self.show_upkeep(window);
            }
        }
    }
}
