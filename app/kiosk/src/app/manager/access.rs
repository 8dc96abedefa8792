//! A manager's PIN opens what changes something, until the Manager screen is left or nobody has
//! touched it for a minute: a manager who is called away leaves nothing open behind.

use std::path::PathBuf;
use std::time::Duration;

use appliance::wireless::WirelessNetwork;
use checkout::shift::Cashier;
use store::StaffMember;

use super::super::pin_entry::PinEntry;
use super::super::{App, lock};
use crate::journal_file::Target;
use crate::screens::manager::devices::AttachedDevice;
use crate::staff::{self, PinOutcome, PinPurpose};
use crate::ui::{self, Level};

/// What a PIN opened is shut when nobody touches the screen for so long.
const QUIET: Duration = Duration::from_secs(60);

/// What is to be done when a manager has typed their PIN.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Wanted {
    /// Somebody is added.
    AddPerson,
    /// Somebody gets a PIN, by id.
    GivePin(String),
    /// Somebody's wrong PINs are forgotten.
    Unlock(String),
    /// A cashier becomes a manager, or the other way round.
    ChangeRole(String),
    /// Somebody may sign in no more, or again.
    ChangeDisabled(String),
    /// The drawer is opened to see whether it does.
    OpenDrawer,
    /// The last bytes of a device are looked at.
    Bytes(AttachedDevice),
    /// They are written to a place.
    ExportBytes(Target),
    /// The card terminal closes its day.
    CloseDay,
    /// The journal is written to a place of the list.
    Export(usize),
    /// The device set-up is written to a place.
    ExportDevices(Target),
    /// A device set-up is read, to be taken.
    ImportDevices(PathBuf),
    /// A refused document is settled by hand.
    Settle {
        /// Its id in the outbox.
        id: i64,
        /// Why.
        reason: &'static str,
    },
    /// The till takes a new enrolment sheet.
    NewSheet,
    /// A newer version is installed, or started.
    Update,
    /// The log of the box is written to a stick of the list.
    ExportLog(usize),
    /// The box is emptied.
    EmptyBox,
    /// The clock of the box is set.
    SetClock,
    /// A wireless network becomes known.
    KnowNetwork(WirelessNetwork),
}

impl Wanted {
    fn words(&self) -> &'static str {
        match self {
            Self::AddPerson => "To add a person.",
            Self::GivePin(_) => "To give somebody a PIN.",
            Self::Unlock(_) => "To let somebody try their PIN again at once.",
            Self::ChangeRole(_) => "To change what somebody may do.",
            Self::ChangeDisabled(_) => "To change who may sign in.",
            Self::OpenDrawer => "To open the cash drawer without a sale.",
            Self::Bytes(_) => "To see a device's last bytes, which have what was scanned in them.",
            Self::ExportBytes(_) => "To take a device's last bytes away.",
            Self::CloseDay => "To have the card terminal hand its payments in.",
            Self::Settle { .. } => "To settle by hand what ERPNext refused.",
            Self::NewSheet => "To give this till a new key.",
            Self::ExportDevices(_) => "To write the device set-up, with the terminal's password.",
            Self::ImportDevices(_) => "To give this till other devices.",
            Self::Update => "To install another version of this till's system.",
            Self::ExportLog(_) => "To take the log of this box away.",
            Self::EmptyBox => "To empty this box.",
            Self::SetClock => "To set the clock, whose time every sale gets.",
            Self::KnowNetwork(_) => "To have this box use another wireless network.",
            Self::Export(_) => "To write the journal, which has the shop's sales in it.",
        }
    }
}

/// Who opened what managers may do, and who is about to.
#[derive(Default)]
pub(super) struct Access {
    opened_by: Option<Cashier>,
    wanted: Option<Wanted>,
    request: u64,
    entry: PinEntry,
}

impl Access {
    /// Whether a PIN is asked for.
    pub(super) fn is_asking(&self) -> bool {
        self.wanted.is_some()
    }

    /// Who opened what managers may do, by id.
    pub(super) fn opened_by(&self) -> Option<String> {
        self.opened_by.as_ref().map(|by| by.id.clone())
    }

    /// Nobody is asked any more; what was opened stays open.
    pub(super) fn leave(&mut self) {
        *self = Self {
            opened_by: self.opened_by.take(),
            ..Self::default()
        };
    }
}

impl App {
    /// Shuts what a PIN opened where nobody is at it any more, with whatever was being typed.
    pub(super) fn shut_access(&mut self) {
        if self.manager.access.opened_by.is_some() && self.touched.elapsed() >= QUIET {
            self.manager.access.opened_by = None;
            self.place_chosen(self.manager.place);
        }
    }

    /// Does what only managers may, after a PIN where none was typed since the screen was opened, or
    /// what it opened was shut since.
    pub(super) fn as_manager(&mut self, wanted: Wanted) {
        if let Some(by) = self.manager.access.opened_by.clone() {
            return self.do_as(&by, wanted);
        }
        self.reload_staff();
        // A manager at the counter types their own PIN; so does the only one.
        let managers: Vec<_> = self.managers().collect();
        let here = self.here();
        let themself = managers
            .iter()
            .find(|manager| here.is_some_and(|here| here.id == manager.id));
        let only = managers.first().filter(|_| managers.len() == 1);
        let mut entry = PinEntry::default();
        entry.choose(themself.or(only).copied());
        self.manager.access = Access {
            opened_by: None,
            wanted: Some(wanted),
            request: self.next_request(),
            entry,
        };
        self.refresh();
    }

    fn do_as(&mut self, by: &Cashier, wanted: Wanted) {
        match wanted {
            Wanted::AddPerson => self.add_person(),
            Wanted::GivePin(id) => self.give_pin(by, &id),
            Wanted::Unlock(id) => self.unlock(by, &id),
            Wanted::ChangeRole(id) => self.change_role(by, &id),
            Wanted::ChangeDisabled(id) => self.change_disabled(by, &id),
            Wanted::OpenDrawer => self.test_drawer(by),
            Wanted::Bytes(device) => self.open_bytes(device),
            Wanted::ExportBytes(target) => self.export_bytes(by, target),
            Wanted::CloseDay => self.close_terminal_day(by),
            Wanted::Export(place) => self.export_journal(by, place),
            Wanted::ExportDevices(target) => self.export_devices(target),
            Wanted::ImportDevices(file) => self.read_devices(by, file),
            Wanted::Settle { id, reason } => self.settle(by, id, reason),
            Wanted::NewSheet => self.new_sheet(by),
            Wanted::Update => self.update_now(by),
            Wanted::ExportLog(place) => self.export_log(by, place),
            Wanted::EmptyBox => self.empty_box(),
            Wanted::SetClock => self.set_clock(),
            Wanted::KnowNetwork(network) => self.know_network(by, &network),
        }
        self.refresh();
    }

    pub(super) fn access_manager(&mut self, place: i32) {
        let place = usize::try_from(place).ok();
        let manager = place.and_then(|place| self.managers().nth(place)).cloned();
        self.manager.access.entry.choose(manager.as_ref());
        self.refresh();
    }

    /// A badge was scanned while a manager is asked for.
    pub(super) fn manager_badge(&mut self, code: &str) {
        let manager = self
            .managers()
            .find(|manager| manager.badge.as_deref() == Some(code));
        match manager.cloned() {
            Some(manager) => self.manager.access.entry.choose(Some(&manager)),
            None => self
                .manager
                .access
                .entry
                .say(Some(Level::Warning), "This is no manager's badge."),
        }
        self.refresh();
    }

    pub(super) fn access_digit(&mut self, digit: &str) {
        self.manager.access.entry.digit(digit);
        self.refresh();
    }

    pub(super) fn access_erase(&mut self) {
        self.manager.access.entry.erase();
        self.refresh();
    }

    pub(super) fn access_entered(&mut self) {
        let mut entry = std::mem::take(&mut self.manager.access.entry);
        let member = entry.member(&self.staff);
        let request = self.manager.access.request;
        self.look_at_pin(&mut entry, member, PinPurpose::Manage { request });
        self.manager.access.entry = entry;
        self.refresh();
    }

    pub(super) fn access_left(&mut self) {
        self.manager.access.leave();
        self.refresh();
    }

    pub(in crate::app) fn access_checked(
        &mut self,
        request: u64,
        outcome: PinOutcome,
        member: Option<StaffMember>,
    ) {
        if request != self.manager.access.request || !self.manager.open {
            // It was left meanwhile, or the till was locked.
            return;
        }
        self.touched();
        match (outcome, member, self.manager.access.wanted.take()) {
            (PinOutcome::Right, Some(manager), Some(wanted)) => {
                let by = lock::cashier(&manager);
                self.manager.access = Access {
                    opened_by: Some(by.clone()),
                    ..Access::default()
                };
                self.do_as(&by, wanted);
            }
            (outcome, _, wanted) => {
                let access = &mut self.manager.access;
                access.wanted = wanted;
                access.entry.refused(outcome, "ask another manager");
                self.refresh();
            }
        }
    }

    pub(super) fn show_access(&self, manager: &ui::Manager<'_>) {
        let access = &self.manager.access;
        let opened = access.opened_by.as_ref().map_or_else(String::new, |by| {
            format!(
                "Opened by {} until you leave, or for a quiet minute",
                by.name
            )
        });
        manager.set_opened_by(opened.into());
        let Some(wanted) = &access.wanted else {
            return manager.set_asking(false);
        };
        manager.set_asking_for(wanted.words().into());
        self.manager_screen
            .show_managers(self.managers().enumerate().map(lock::tile).collect());
        let entry = &access.entry;
        manager.set_chosen(entry.place(self.managers()));
        manager.set_digits(entry.digits());
        let wait = entry.member(&self.staff).map(staff::wait_of);
        let wait = wait.unwrap_or_default();
        manager.set_blocked(!wait.is_zero());
        manager.set_countdown(crate::screens::manager::staff::countdown(wait).into());
        let (level, sentence) = match self.managers().next() {
            None => (Level::Warning, lock::NO_MANAGER),
            Some(_) => (
                entry.level.unwrap_or(Level::Neutral),
                entry.sentence.as_str(),
            ),
        };
        manager.set_level(level);
        manager.set_sentence(sentence.into());
        manager.set_asking(true);
    }
}
