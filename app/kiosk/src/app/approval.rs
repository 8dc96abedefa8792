//! A manager approves what is over a cap: who, their PIN, and why.

use checkout::action::ApprovalRequest;
use checkout::till::Event;
use slint::ComponentHandle;
use store::{Role, StaffMember};

use super::pin_entry::PinEntry;
use super::{App, lock};
use crate::screens::approval::says_why;
use crate::screens::manager::staff::countdown;
use crate::staff::{self, PinOutcome, PinPurpose};
use crate::ui::{self, Level, TillWindow};

/// The longest reason that is kept.
const LONGEST_REASON: usize = 140;

/// What waits for a manager.
#[derive(Default)]
pub(super) struct ApprovalState {
    request: Option<Box<ApprovalRequest>>,
    /// Counts the requests: a PIN's answer that comes late belongs to none that follows.
    number: u64,
    entry: PinEntry,
    reason: String,
}

impl App {
    /// The till asks for a manager.
    pub(super) fn ask_approval(&mut self, request: Box<ApprovalRequest>) {
        self.reload_staff();
        // A manager at the counter types their own PIN; so does the only one.
        let managers: Vec<_> = self.managers().collect();
        let cashier = self.till.as_ref().and_then(|till| till.cashier());
        let themself = managers
            .iter()
            .find(|manager| cashier.is_some_and(|cashier| cashier.id == manager.id));
        let only = managers.first().filter(|_| managers.len() == 1);
        let mut entry = PinEntry::default();
        entry.choose(themself.or(only).copied());
        self.approval = ApprovalState {
            request: Some(request),
            number: self.approval.number + 1,
            entry,
            reason: String::new(),
        };
        if let Some(window) = self.window.upgrade() {
            window.global::<ui::Approval>().set_reason("".into());
        }
    }

    pub(super) fn managers(&self) -> impl Iterator<Item = &StaffMember> {
        let managers = |member: &&StaffMember| member.role == Role::Manager && member.can_sign_in();
        self.staff.iter().filter(managers)
    }

    /// Whatever changes the cart drops what a manager was asked for, and the sheet with it.
    pub(super) fn keep_approval(&mut self) {
        let pending = self.till.as_ref().and_then(|till| till.approval());
        if pending != self.approval.request.as_deref() {
            self.forget_approval();
        }
    }

    /// What was asked for was dropped or carried out: nobody is asked any more.
    pub(super) fn forget_approval(&mut self) {
        self.approval = ApprovalState {
            number: self.approval.number,
            ..ApprovalState::default()
        };
    }

    pub(super) fn manager_chosen(&mut self, place: i32) {
        let place = usize::try_from(place).ok();
        let manager = place.and_then(|place| self.managers().nth(place)).cloned();
        self.approval.entry.choose(manager.as_ref());
        self.refresh();
    }

    /// A manager's badge, while one is asked for, says whose PIN follows.
    pub(super) fn badge_for_approval(&mut self, code: &str) -> bool {
        if self.approval.request.is_none() {
            return false;
        }
        let is_theirs = |manager: &&StaffMember| manager.badge.as_deref() == Some(code);
        let Some(manager) = self.managers().find(is_theirs).cloned() else {
            return false;
        };
        self.approval.entry.choose(Some(&manager));
        self.refresh();
        true
    }

    pub(super) fn approval_digit(&mut self, digit: &str) {
        self.approval.entry.digit(digit);
        self.refresh();
    }

    pub(super) fn approval_erase(&mut self) {
        self.approval.entry.erase();
        self.refresh();
    }

    pub(super) fn approval_reason(&mut self, reason: &str) {
        self.approval.reason = reason.chars().take(LONGEST_REASON).collect();
        self.refresh();
    }

    /// Has the manager's PIN looked at.
    pub(super) fn approve(&mut self) {
        if self.may_approve() {
            let mut entry = std::mem::take(&mut self.approval.entry);
            let member = entry.member(&self.staff);
            let request = self.approval.number;
            self.look_at_pin(&mut entry, member, PinPurpose::Approval { request });
            self.approval.entry = entry;
        }
        self.refresh();
    }

    fn may_approve(&self) -> bool {
        let approval = &self.approval;
        let wait = approval.entry.member(&self.staff).map(staff::wait_of);
        let request = approval.request.as_deref();
        let says_why = request.is_some_and(|request| says_why(&request.action));
        approval.request.is_some()
            && wait.is_some_and(|wait| wait.is_zero())
            && approval.entry.digits() > 0
            && !approval.entry.checking
            && (says_why || !approval.reason.trim().is_empty())
    }

    pub(super) fn approval_cancelled(&mut self) {
        self.forget_approval();
        self.step(Event::ApprovalRefused);
    }

    /// Something else is opened: as with whatever changes the cart, nobody is asked any more. The
    /// sheet would lie over it.
    pub(super) fn leave_approval(&mut self) {
        if self.approval.request.is_some() {
            self.approval_cancelled();
        }
    }

    pub(super) fn approval_pin_checked(
        &mut self,
        request: u64,
        outcome: PinOutcome,
        member: Option<StaffMember>,
    ) {
        if request != self.approval.number || self.approval.request.is_none() {
            // It was cancelled meanwhile, or the till was locked.
            return;
        }
        self.touched();
        match (outcome, member) {
            (PinOutcome::Right, Some(manager)) => {
                let reason = self.approval.reason.trim().to_owned();
                let by = lock::cashier(&manager);
                self.forget_approval();
                self.step(Event::Approved { by, reason });
            }
            (outcome, _) => {
                self.approval.entry.refused(outcome, "ask another manager");
                self.refresh();
            }
        }
    }

    /// Shows the sheet; called every second too, for the countdown.
    pub(super) fn show_approval(&self, window: &TillWindow) {
        let sheet = window.global::<ui::Approval>();
        let (Some(request), Some(till)) = (&self.approval.request, &self.till) else {
            return sheet.set_shown(false);
        };
        self.approval_screen.show(window, till.shop(), request);
        self.approval_screen
            .show_managers(self.managers().enumerate().map(lock::tile).collect());
        let entry = &self.approval.entry;
        sheet.set_chosen(entry.place(self.managers()));
        sheet.set_digits(entry.digits());
        let wait = entry.member(&self.staff).map(staff::wait_of);
        let wait = wait.unwrap_or_default();
        sheet.set_blocked(!wait.is_zero());
        sheet.set_countdown(countdown(wait).into());
        let (level, sentence) = match self.managers().next() {
            None => (Level::Warning, lock::NO_MANAGER),
            Some(_) => (
                entry.level.unwrap_or(Level::Neutral),
                entry.sentence.as_str(),
            ),
        };
        sheet.set_level(level);
        sheet.set_sentence(sentence.into());
        sheet.set_can_approve(self.may_approve());
        sheet.set_shown(true);
    }
}
