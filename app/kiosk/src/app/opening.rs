//! Before a till sells for the first time: its first download, and its first people.

use std::time::{Duration, Instant};

use checkout::masters::{Doctype, Employee, EmployeeRole};
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};
use slint::{ComponentHandle, ModelRc, VecModel};
use store::{ChoiceEnd, ReadStore, Role, StaffMember, StaffOfSite, StoreError};

use super::{App, lock};
use crate::screens::manager::staff::PersonNow;
use crate::staff::{self, wait_of};
use crate::staff_command::id_of;
use crate::sync::SyncState;
use crate::ui::{self, Download, EnrolStep, Level, TillWindow};

/// The longest name of somebody, in letters.
const LONGEST_NAME: usize = 60;
/// How long a new sheet lets the managers choose their PINs anew: whoever scanned it stands there, and
/// nobody is to find it open the next morning. In minutes.
const CHOICE: i64 = 15;

/// How far the first download is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Downloading {
    /// What is being read.
    pub doctype: Doctype,
    /// So much of it was read.
    pub rows: u64,
    /// All of it was.
    pub is_whole: bool,
}

/// What is seen before the till sells for the first time.
#[derive(Default)]
pub(super) struct Opening {
    /// The till had no shop when it was started; until somebody goes on.
    is_first: bool,
    downloads: Vec<Downloading>,
    /// The till has never sold: whoever is at it may choose the first PINs.
    is_new: bool,
    /// The till has other secrets than those that its PINs were hashed with.
    lost_pins: bool,
    /// The first people are choosing their PINs; until somebody goes on.
    is_choosing: bool,
    /// A new sheet lets the managers choose their PINs anew: the PINs that there were.
    forgotten: Option<Vec<String>>,
    /// Until then they may.
    choice_ends: Option<Instant>,
    /// Their time was over when the till started, and so it ended.
    choice_ended: Option<ChoiceEnd>,
    /// What lets the till take such a sheet.
    new_sheet: Option<Box<dyn Fn()>>,
}

impl Opening {
    /// `shifts` is how many the till has had.
    pub(super) fn new(
        has_shop: bool,
        shifts: u64,
        read: &ReadStore,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let choice = read.records().managers_may_choose()?;
        let mut opening = Self {
            is_first: !has_shop,
            is_new: shifts == 0,
            ..Self::default()
        };
        if let Some(choice) = choice {
            match choice_left(choice.since, now) {
                Some(left) => {
                    opening.forgotten = Some(choice.forgotten);
                    opening.choice_ends = Some(Instant::now() + left);
                }
                None => {
                    let end = how_it_ended(&read.staff()?, &choice.forgotten);
                    opening.choice_ended = Some(end);
                }
            }
        }
        Ok(opening)
    }

    /// Says what lets the till take a sheet that lets its managers choose their PINs anew.
    pub(super) fn on_new_sheet(&mut self, act: impl Fn() + 'static) {
        self.new_sheet = Some(Box::new(act));
    }

    /// Whether whoever is at the till may choose the first PINs.
    fn may_choose(&self) -> bool {
        self.is_new
    }

    /// How the time ended in which the managers could choose their PINs anew; `None` while it has
    /// not, and where there was none.
    fn choice_end(&self, staff: &[StaffMember]) -> Option<ChoiceEnd> {
        let forgotten = self.forgotten.as_ref();
        let is_over = self.choice_ends.is_some_and(|ends| ends <= Instant::now());
        match forgotten.filter(|_| is_over) {
            Some(forgotten) => Some(how_it_ended(staff, forgotten)),
            None => self.choice_ended,
        }
    }

    /// Whether somebody is about to choose a PIN, here and now.
    fn may_choose_one(&self, member: &StaffMember) -> bool {
        match (&self.forgotten, &member.phc) {
            (_, None) => true,
            (Some(forgotten), Some(phc)) => forgotten.contains(phc),
            (None, Some(_)) => false,
        }
    }
}

impl App {
    /// The step that is seen before the till sells for the first time; `None` where it may sell.
    pub(super) fn opening_step(&self) -> Option<EnrolStep> {
        if self.till.is_none() || self.opening.is_first {
            return Some(EnrolStep::Download);
        }
        let has_nobody = self.staff.iter().all(|member| member.phc.is_none());
        let is_theirs = has_nobody && self.opening.may_choose();
        if !is_theirs && !self.opening.is_choosing && self.opening.forgotten.is_none() {
            return None;
        }
        if self.manager.new_pin.is_open() {
            return Some(EnrolStep::Pin);
        }
        Some(EnrolStep::Person)
    }

    /// Takes over who works here. A PIN that was hashed before the till had its present secrets
    /// opens nothing any more: it is as if that person had none.
    pub(super) fn take_staff(&mut self, mut staff: Vec<StaffMember>) {
        for member in &mut staff {
            let is_lost = |phc: &String| !appliance::pin::is_usable(phc, &self.pepper);
            if member.phc.as_ref().is_some_and(is_lost) {
                member.phc = None;
                self.opening.lost_pins = true;
            }
        }
        self.staff = staff;
    }

    /// What the Lock screen says where nobody can sign in.
    pub(super) fn nobody_can_sign_in(&self) -> &'static str {
        match (self.opening.lost_pins, self.can_take_sheet()) {
            // A sheet that anybody may have had for long is enough for the till's secrets, but not
            // for its managers' PINs.
            (true, true) => {
                "The till has new secrets, so no PIN holds any more. With one more new sheet (evertill-setup till add --replace) the managers choose theirs: PIN forgotten?"
            }
            (true, false) => {
                "The till has new secrets, so no PIN holds any more. Ask whoever set it up to give its managers new ones."
            }
            (false, _) => "Nobody can sign in yet. Ask whoever set up this till to add its staff.",
        }
    }

    /// Closes what a new sheet opened for the managers when its time is over. Called at the
    /// start and then once a second.
    pub(super) fn end_choice_in_time(&mut self) {
        let Some(end) = self.opening.choice_end(&self.staff) else {
            return;
        };
        self.end_choice(end);
        if end == ChoiceEnd::Chosen {
            return self.refresh();
        }
        let sentence = format!(
            "No manager chose a new PIN within {CHOICE} minutes, so that is over. It takes one more sheet (evertill-setup till add --replace): PIN forgotten?"
        );
        self.lock.say(Some(Level::Warning), sentence);
        self.refresh();
    }

    fn end_choice(&mut self, end: ChoiceEnd) {
        let at = (self.clock)();
        // Where it is not noted, it is asked again after the next start, or over by then.
        const UNNOTED: &str = "that managers choose their PINs no more was not noted";
        let posted = self.store.post(move |store| {
            if let Err(error) = store.managers_choose_no_more(end, at) {
                tracing::warn!("{UNNOTED}: {error}");
            }
        });
        if let Err(busy) = posted {
            tracing::warn!("{UNNOTED}: {busy}");
        }
        self.opening.forgotten = None;
        self.opening.choice_ends = None;
        self.opening.choice_ended = None;
        self.manager.new_pin.leave();
    }

    pub(super) fn downloading(&mut self, now: Downloading) {
        if !self.opening.is_first {
            return;
        }
        let downloads = &mut self.opening.downloads;
        match downloads
            .iter_mut()
            .find(|known| known.doctype == now.doctype)
        {
            Some(known) => {
                known.rows = known.rows.max(now.rows);
                known.is_whole |= now.is_whole;
            }
            None => downloads.push(now),
        }
        self.refresh();
    }

    /// Goes on from the first download.
    pub(super) fn start_selling(&mut self) {
        if self.till.is_some() {
            self.reload_staff();
            self.opening.is_first = false;
            self.opening.downloads = Vec::new();
            self.opening.is_choosing =
                self.opening.may_choose() && self.staff.iter().all(|member| member.phc.is_none());
        }
        self.refresh();
    }

    // --- the first people ------------------------------------------------------------------------

    /// ERPNext says who works at tills.
    pub(super) fn employees_arrived(&mut self, employees: &[Employee]) {
        let zone = self
            .till
            .as_ref()
            .map_or(jiff::tz::TimeZone::UTC, |till| super::zone(till.shop()));
        let of_site = employees
            .iter()
            .filter(|employee| employee.may_sign_in())
            .map(|employee| StaffOfSite {
                employee: employee.name.clone(),
                name: employee.employee_name.clone(),
                role: match employee.role {
                    Some(EmployeeRole::Manager) => Role::Manager,
                    _ => Role::Cashier,
                },
                phc: employee.pin_hash.clone(),
                is_usable: employee
                    .pin_hash
                    .as_ref()
                    .is_some_and(|phc| appliance::pin::is_usable(phc, &self.pepper)),
                badge: employee.badge.clone(),
                modified: moment(&employee.modified, &zone),
            })
            .collect::<Vec<_>>();
        let at = (self.clock)();
        let posted = staff::change(
            &self.store,
            0,
            String::new(),
            move |store| store.staff_of_site(&of_site, at).map(drop),
            self.events.clone(),
        );
        if let Err(busy) = posted {
            tracing::warn!("the staff from ERPNext was not taken over: {busy}");
        }
    }

    pub(super) fn first_person_chosen(&mut self, place: i32) {
        let place = usize::try_from(place).ok();
        let member = place
            .and_then(|place| self.first_people().nth(place))
            .cloned();
        if let Some(member) = member.filter(|member| self.opening.may_choose_one(member)) {
            let without_old = StaffMember {
                phc: None,
                ..member
            };
            let by = without_old.id.clone();
            self.ask_new_pin(without_old, &by, false);
        }
        self.refresh();
    }

    fn first_people(&self) -> impl Iterator<Item = &StaffMember> {
        let managers_only = self.opening.forgotten.is_some();
        self.staff.iter().filter(move |member| {
            !member.disabled && (!managers_only || member.role == Role::Manager)
        })
    }

    /// Nobody knows a PIN that opens what managers may do, and somebody says to have a new sheet.
    pub(super) fn sheet_for_pins(&mut self) {
        if let Some(act) = &self.opening.new_sheet {
            act();
        }
    }

    /// Whether the till can take one.
    pub(super) fn can_take_sheet(&self) -> bool {
        self.opening.new_sheet.is_some() && self.sync.is_some()
    }

    /// The person at the screen is the till's manager.
    pub(super) fn first_person_named(&mut self) {
        let Some(window) = self.window.upgrade() else {
            return;
        };
        let name = window.global::<ui::Enrol>().get_first_name();
        let name = super::capitals(&name);
        if !name.is_empty() && name.chars().count() <= LONGEST_NAME {
            let member = StaffMember::local(id_of(&name), name, Role::Manager);
            let by = member.id.clone();
            self.ask_new_pin(member, &by, true);
        }
        self.refresh();
    }

    pub(super) fn first_people_done(&mut self) {
        if self.opening.forgotten.is_some() {
            self.end_choice(ChoiceEnd::Chosen);
        }
        self.opening.is_choosing = false;
        self.manager.new_pin.leave();
        self.refresh();
    }

    // --- the screen ------------------------------------------------------------------------------

    pub(super) fn show_opening(&self, window: &TillWindow, step: EnrolStep) {
        let enrol = window.global::<ui::Enrol>();
        match step {
            EnrolStep::Person => self.show_first_people(&enrol),
            EnrolStep::Pin => self.show_new_pin(&window.global::<ui::NewPin>()),
            _ => self.show_download(&enrol),
        }
        enrol.set_step(step);
    }

    fn show_download(&self, enrol: &ui::Enrol<'_>) {
        let title = match &self.till {
            Some(till) => format!(
                "Till {} of {}",
                self.identity.prefix,
                till.shop().company.name
            ),
            None => format!("Till {}", self.identity.prefix),
        };
        enrol.set_title(title.into());
        let (level, sentence, remedy) = match (&self.sync_state, &self.no_shop) {
            (SyncState::NoSite, _) => (
                Level::Warning,
                "No ERPNext site is set up.",
                "Name it in till.toml and start the till again.",
            ),
            (SyncState::Trouble { cause, remedy, .. }, _) => {
                (Level::Warning, cause.as_str(), remedy.as_str())
            }
            (SyncState::Idle, Some(missing)) if self.till.is_none() => (
                Level::Warning,
                missing.as_str(),
                "The till goes on by itself when that is there.",
            ),
            _ => (Level::Neutral, "", ""),
        };
        enrol.set_level(level);
        enrol.set_sentence(sentence.into());
        enrol.set_remedy(remedy.into());
        let row = |now: &Downloading| Download {
            label: now.doctype.name().into(),
            count: now.rows.to_string().into(),
            level: if now.is_whole {
                Level::Good
            } else {
                Level::Busy
            },
        };
        let rows: Vec<_> = self.opening.downloads.iter().map(row).collect();
        let shown = enrol.get_downloads();
        if !slint::Model::iter(&shown).eq(rows.iter().cloned()) {
            enrol.set_downloads(ModelRc::new(VecModel::from(rows)));
        }
        enrol.set_can_start(self.till.is_some());
    }

    fn show_first_people(&self, enrol: &ui::Enrol<'_>) {
        let people = self.first_people().enumerate().map(|(place, member)| {
            let now = PersonNow {
                member,
                tile: lock::tile((place, member)),
                wait: wait_of(member),
                is_here: false,
            };
            let mut person = crate::screens::manager::staff::person(&now);
            match (&self.opening.forgotten, &member.phc) {
                (_, None) => {}
                (Some(_), Some(_)) if self.opening.may_choose_one(member) => {
                    person.state = "Choose a new PIN".into();
                    person.level = Level::Neutral;
                }
                (forgotten, Some(_)) => {
                    let chosen = forgotten.is_some();
                    person.state = if chosen { "Has a new PIN" } else { "Has a PIN" }.into();
                    person.level = Level::Good;
                }
            }
            person
        });
        let people: Vec<_> = people.collect();
        let shown = enrol.get_people();
        if !slint::Model::iter(&shown).eq(people.iter().cloned()) {
            enrol.set_people(ModelRc::new(VecModel::from(people)));
        }
        let name = enrol.get_first_name();
        enrol.set_can_name(!name.trim().is_empty() && name.chars().count() <= LONGEST_NAME);
        let is_anew = self.opening.forgotten.is_some();
        let has_chosen =
            |member: &StaffMember| member.can_sign_in() && !self.opening.may_choose_one(member);
        enrol.set_anew(is_anew);
        enrol.set_can_finish(match is_anew {
            true => self.managers().any(has_chosen),
            false => self.staff.iter().any(StaffMember::can_sign_in),
        });
        let has_manager = self.managers().next().is_some();
        let has_somebody = self.staff.iter().any(StaffMember::can_sign_in);
        let (level, sentence) = if has_somebody && !has_manager {
            (
                Level::Warning,
                "No manager has a PIN yet: nothing can be approved at this till.",
            )
        } else {
            (Level::Neutral, "")
        };
        enrol.set_level(level);
        enrol.set_sentence(sentence.into());
        enrol.set_remedy("".into());
    }
}

/// How long the managers may still choose their PINs anew, which they may since then; `None` where
/// that is over. A clock that was set right in between may have gone back a little; one that went
/// back further tells nothing.
fn choice_left(since: Timestamp, now: Timestamp) -> Option<Duration> {
    let choice = SignedDuration::from_mins(CHOICE);
    let gone = now.duration_since(since);
    let left = choice - gone.max(SignedDuration::ZERO);
    let is_open = gone > -choice && left > SignedDuration::ZERO;
    Duration::try_from(left).ok().filter(|_| is_open)
}

/// How a time ended in which the managers could choose other PINs than those.
fn how_it_ended(staff: &[StaffMember], forgotten: &[String]) -> ChoiceEnd {
    let has_chosen = staff.iter().any(|member| {
        let other = |phc: &String| !forgotten.contains(phc);
        member.role == Role::Manager && !member.disabled && member.phc.as_ref().is_some_and(other)
    });
    match has_chosen {
        true => ChoiceEnd::Chosen,
        false => ChoiceEnd::Lapsed,
    }
}

/// When a document was changed, as ERPNext writes it in its own zone; the beginning of time where
/// that cannot be read, so that what was chosen here counts as newer.
fn moment(modified: &str, zone: &jiff::tz::TimeZone) -> Timestamp {
    let read: Option<DateTime> = modified.replacen(' ', "T", 1).parse().ok();
    read.and_then(|at| zone.to_timestamp(at).ok())
        .unwrap_or(Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_for_new_pins_ends_also_for_a_clock_that_went_back() {
        let since = Timestamp::UNIX_EPOCH;
        let left = |minutes| choice_left(since, since + SignedDuration::from_mins(minutes));
        let minutes = |minutes: u64| Some(Duration::from_secs(60 * minutes));
        assert_eq!(left(0), minutes(15));
        assert_eq!(left(10), minutes(5));
        assert_eq!(left(15), None);
        assert_eq!(left(24 * 60), None);
        assert_eq!(left(-2), minutes(15), "it was set right by the site's");
        assert_eq!(left(-24 * 60), None, "it tells nothing");
    }
}
