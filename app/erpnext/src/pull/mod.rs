//! Brings the masters a sale needs.
//!
//! A cycle reads each doctype from where the last one ended, by keyset pages over (`modified`,
//! `name`), in the order in which a sale needs them; now and then it compares all names to find
//! what was deleted. A cycle that failed is taken up at the request that failed, so that every reply
//! that came through a bad line counts. Nothing has to be kept but the cursors: a machine that is
//! thrown away at any moment and made anew from the stored cursors reads on.

mod change;
mod cursor;

mod plan;
mod recipe;

mod errors;

mod feed;
mod names;
mod price_lists;
mod quiet;
mod settings;

pub use change::{PullChange, PullConfig, PullStep};
pub use cursor::{Cursor, SiteClock};

use std::collections::{BTreeSet, HashMap, VecDeque};

use checkout::masters::{Doctype, Master, PosProfile};
use serde_json::Value;

use crate::dto;
use crate::problem::Problem;
use crate::request::{Reply, Request, TransportError};
use feed::Feed;
use names::Names;
use plan::{FEEDS, filters, referring};
use price_lists::{Found, PriceLists};
use quiet::Quiet;
use recipe::recipe;
use settings::Settings;

/// Rows of a page.
const PAGE: usize = 500;
/// Rows of a page of names alone.
const NAMES_PAGE: usize = 5000;
/// After so many failures of the same request the cycle begins anew: what keeps this one from being
/// answered may not keep others, and what was read first may be old.
const PATIENCE: u32 = 12;

/// The machine. It has no clock and no socket: [`Pull::begin`] tells the time, whoever drives it
/// carries the requests.
pub struct Pull {
    config: PullConfig,
    cursors: HashMap<Doctype, Cursor>,
    quiet: Quiet,
    price_lists: PriceLists,
    /// Documents that were skipped, by doctype.
    unreadable: HashMap<&'static str, BTreeSet<String>>,
    /// Doctypes with more names than a page has.
    many: BTreeSet<Doctype>,
    /// After so many more cycles all names are compared.
    until_names: u32,
    /// Doctypes whose names were to be compared and were not: the next cycle compares them, in this
    /// order.
    uncompared: Vec<Doctype>,
    /// The cycle under way: whether it compares all names.
    cycle: Option<bool>,
    clock: Option<SiteClock>,
    profile: Option<PosProfile>,
    tasks: VecDeque<Task>,
    doing: Option<Doing>,
    /// A cycle that failed, to go on with.
    interrupted: Option<Interrupted>,
    /// Failures since the last reply.
    failures: u32,
}

/// What a cycle that failed had still to do.
struct Interrupted {
    reconcile: bool,
    tasks: VecDeque<Task>,
    doing: Doing,
}

#[derive(Clone, Copy)]
enum Task {
    Settings,
    Profile,
    Company,
    Feed(Doctype),
    /// Which price lists customers have of their own.
    PriceLists,
    Names(Doctype),
}

enum Doing {
    Settings(Settings),
    Profile,
    Company(String),
    Feed(Feed),
    PriceLists,
    Names(Names),
}

/// The names of all doctypes that a till reads its masters from: what its user must be allowed to
/// read. Settings come first.
pub fn doctypes_read() -> Vec<&'static str> {
    let masters = Doctype::ALL.iter().map(|doctype| doctype.name());
    let mut names: Vec<_> = settings::names().chain(masters).collect();
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(*name));
    names
}

/// Whether each document of a doctype is read by itself, its lists holding names only.
pub(crate) fn is_read_whole(doctype: Doctype) -> bool {
    recipe(doctype).whole
}

impl Pull {
    /// A machine that reads on from the stored cursors. `price_lists` are those that the stored
    /// customers and customer groups have of their own.
    pub fn new(
        config: PullConfig,
        cursors: impl IntoIterator<Item = (Doctype, Cursor)>,
        price_lists: impl IntoIterator<Item = String>,
    ) -> Self {
        Self {
            config,
            cursors: cursors.into_iter().collect(),
            quiet: Quiet::default(),
            price_lists: PriceLists::new(price_lists),
            unreadable: HashMap::new(),
            many: BTreeSet::new(),
            until_names: 0,
            uncompared: Vec::new(),
            cycle: None,
            clock: None,
            profile: None,
            tasks: VecDeque::new(),
            doing: None,
            interrupted: None,
            failures: 0,
        }
    }

    /// Begins a cycle, or goes on with one that failed, at the request that failed; says whether
    /// it begins. A request that fails again and again is not waited for: then a cycle begins, and
    /// reads what an unfinished one had not read.
    pub fn begin(&mut self, clock: SiteClock) -> bool {
        match self.interrupted.take() {
            Some(cycle) if self.failures < PATIENCE => {
                self.goes_on(cycle, clock);
                false
            }
            _ => {
                self.begin_anew(clock);
                true
            }
        }
    }

    fn goes_on(&mut self, cycle: Interrupted, clock: SiteClock) {
        let Interrupted {
            reconcile,
            tasks,
            doing,
        } = cycle;
        self.cycle = Some(reconcile);
        self.tasks = tasks;
        let stale = match &doing {
            Doing::Names(names) if names.is_stale(&clock) => Some(names.doctype),
            _ => None,
        };
        self.clock = Some(clock);
        match stale {
            Some(doctype) => self.leave_names(doctype),
            None => self.doing = Some(doing),
        }
    }

    /// Leaves a list of names that took too long, and those that were to follow it, to the next
    /// cycle: that one first reads what changed meanwhile, and compares this list last, so that it
    /// keeps no other from being compared. If it takes too long then, too, it waits until all names
    /// are compared again. By a list that was not read whole nothing is deleted.
    fn leave_names(&mut self, stale: Doctype) {
        self.failures = 0;
        let mut left = Vec::new();
        self.tasks.retain(|task| match task {
            Task::Names(doctype) => {
                left.push(*doctype);
                false
            }
            _ => true,
        });
        if !self.uncompared.contains(&stale) {
            left.push(stale);
        }
        self.uncompared = left;
        self.go_on();
    }

    fn begin_anew(&mut self, clock: SiteClock) {
        self.failures = 0;
        let reconcile = self.until_names == 0;
        self.cycle = Some(reconcile);
        self.clock = Some(clock);
        self.doing = None;
        self.tasks = VecDeque::from([Task::Settings, Task::Profile, Task::Company]);
        let compared = |doctype: &Doctype| {
            reconcile || recipe(*doctype).silent && !self.many.contains(doctype)
        };
        let left = |doctype: &Doctype| self.uncompared.contains(doctype);
        for doctype in FEEDS {
            if doctype == Doctype::ItemPrice && (compared(&doctype) || left(&doctype)) {
                self.tasks.push_back(Task::PriceLists);
            }
            self.tasks.push_back(Task::Feed(doctype));
        }
        // After all pages: a document that was stored before and is not among the names now is
        // really gone.
        let others = FEEDS.into_iter().filter(|d| compared(d) && !left(d));
        let names = others.chain(self.uncompared.iter().copied());
        self.tasks.extend(names.map(Task::Names));
        self.go_on();
    }

    /// Takes which names of a [`PullChange::Retain`] are not stored, and answers the doctypes that
    /// are read from their beginning for it; their stored cursors are to be forgotten. Renaming a
    /// document leaves `modified` as it was, there and where it is referred to. A document that
    /// is known to be unreadable is not asked for again.
    pub fn read_again(&mut self, doctype: Doctype, missing: &[String]) -> Vec<Doctype> {
        let known = |name: &String| {
            let unreadable = self.unreadable.get(doctype.name());
            unreadable.is_some_and(|names| names.contains(name))
        };
        if missing.iter().all(known) {
            return Vec::new();
        }
        let mut again = vec![doctype];
        again.extend(referring(doctype));
        for doctype in &again {
            self.cursors.remove(doctype);
            let queued = |task: &Task| matches!(task, Task::Feed(d) if d == doctype);
            if !self.tasks.iter().any(queued) {
                self.tasks.push_back(Task::Feed(*doctype));
            }
        }
        self.go_on();
        again
    }

    /// What to do next. Asking twice gives the same.
    pub fn next(&self) -> PullStep {
        let request = match &self.doing {
            None => None,
            Some(Doing::Settings(settings)) => settings.request(),
            Some(Doing::Profile) => Some(Request::get("POS Profile", &self.config.pos_profile)),
            Some(Doing::Company(name)) => Some(Request::get("Company", name)),
            Some(Doing::Feed(feed)) => feed.request(),
            Some(Doing::PriceLists) => self
                .profile
                .as_ref()
                .map(|profile| self.price_lists.request(profile)),
            Some(Doing::Names(names)) => names.request(),
        };
        request.map_or(PullStep::Done, PullStep::Send)
    }

    /// Takes the answer to the request of [`Pull::next`], and tells what it changes.
    pub fn on_reply(&mut self, reply: Result<Reply, TransportError>) -> Vec<PullChange> {
        let mut changes = Vec::new();
        match reply {
            Ok(reply) => {
                self.failures = 0;
                self.on_data(reply.data(), &mut changes);
            }
            Err(error) => self.on_error(&error, &mut changes),
        }
        self.note_ended(&mut changes);
        self.go_on();
        for change in &changes {
            if let PullChange::Retain { doctype, .. } = change {
                self.uncompared.retain(|left| left != doctype);
            }
            match change {
                PullChange::Page {
                    doctype,
                    cursor: Some(cursor),
                    ..
                } => {
                    self.cursors.insert(*doctype, cursor.clone());
                }
                PullChange::Retain { doctype, names } if names.len() >= NAMES_PAGE => {
                    self.many.insert(*doctype);
                }
                PullChange::Retain { doctype, .. } => {
                    self.many.remove(doctype);
                }
                PullChange::Skipped(error) => {
                    let names = self.unreadable.entry(error.doctype).or_default();
                    names.insert(error.name.clone());
                }
                _ => {}
            }
        }
        changes
    }

    fn on_data(&mut self, data: &Value, changes: &mut Vec<PullChange>) {
        match &mut self.doing {
            None => {}
            Some(Doing::Settings(settings)) => settings.on_data(data, changes),
            Some(Doing::Profile) => self.on_profile(data, changes),
            Some(Doing::Company(_)) => self.on_company(data, changes),
            Some(Doing::Feed(feed)) => {
                feed.on_data(data, changes);
                self.price_lists.note(changes);
            }
            Some(Doing::PriceLists) => match self.price_lists.on_data(data) {
                Found::One => {}
                Found::All => self.doing = None,
                Found::Unclear => self.leave_price_lists(),
            },
            Some(Doing::Names(names)) => names.on_data(data, changes),
        }
    }

    fn on_profile(&mut self, data: &Value, changes: &mut Vec<PullChange>) {
        match dto::decode_document(Doctype::PosProfile, data) {
            Ok(Master::PosProfile(profile)) => {
                self.profile = Some(profile.clone());
                self.doing = None;
                replace_all(profile.into(), changes);
            }
            Ok(_) => self.doing = None,
            Err(error) => {
                // Nothing can be chosen without it.
                let problem = unexpected("POS Profile", error.to_string());
                self.fail(problem, None, changes);
            }
        }
    }

    fn on_company(&mut self, data: &Value, changes: &mut Vec<PullChange>) {
        self.doing = None;
        match dto::decode_document(Doctype::Company, data) {
            Ok(company) => replace_all(company, changes),
            Err(error) => changes.push(PullChange::Skipped(error)),
        }
    }

    /// Not all price lists are known, so nothing tells which prices are gone.
    fn leave_price_lists(&mut self) {
        self.doing = None;
        self.do_not_compare(Doctype::ItemPrice);
    }

    fn do_not_compare(&mut self, doctype: Doctype) {
        self.tasks
            .retain(|task| !matches!(task, Task::Names(d) if *d == doctype));
    }

    fn note_ended(&mut self, changes: &mut Vec<PullChange>) {
        let Some(Doing::Feed(feed)) = &self.doing else {
            return;
        };
        if !feed.ended() {
            return;
        }
        if let (Some(cursor), Some(clock)) = (feed.cursor(), &self.clock) {
            self.quiet.note(feed.doctype, cursor, feed.began, clock.now);
        }
        changes.push(PullChange::Ended {
            doctype: feed.doctype,
        });
    }

    /// Begins tasks until one has a request.
    fn go_on(&mut self) {
        while self.is_idle() {
            self.doing = None;
            let Some(task) = self.tasks.pop_front() else {
                self.until_names = match self.cycle.take() {
                    Some(true) => self.config.reconcile_every.max(1) - 1,
                    Some(false) => self.until_names.saturating_sub(1),
                    None => return,
                };
                return;
            };
            self.doing = self.start(task);
        }
    }

    /// Whether nothing has a request: what [`Pull::next`] tells, without making it.
    fn is_idle(&self) -> bool {
        match &self.doing {
            None => true,
            Some(Doing::Settings(settings)) => settings.is_done(),
            Some(Doing::Profile | Doing::Company(_)) => false,
            Some(Doing::Feed(feed)) => feed.is_done(),
            Some(Doing::PriceLists) => self.profile.is_none(),
            Some(Doing::Names(names)) => names.is_done(),
        }
    }

    fn start(&self, task: Task) -> Option<Doing> {
        let clock = self.clock.as_ref()?;
        Some(match task {
            Task::Settings => Doing::Settings(Settings::default()),
            Task::Profile => Doing::Profile,
            Task::Company => Doing::Company(self.profile.as_ref()?.company.clone()),
            Task::PriceLists => Doing::PriceLists,
            Task::Feed(doctype) => {
                let stored = self.cursors.get(&doctype);
                let settled =
                    stored.is_some_and(|cursor| self.quiet.is_settled(doctype, cursor, clock));
                Doing::Feed(Feed::new(
                    doctype,
                    self.filters(doctype)?,
                    stored,
                    clock,
                    settled,
                ))
            }
            Task::Names(doctype) => {
                Doing::Names(Names::new(doctype, self.filters(doctype)?, clock.now))
            }
        })
    }

    fn filters(&self, doctype: Doctype) -> Option<Vec<Value>> {
        let profile = self.profile.as_ref()?;
        let price_lists = self.price_lists.with(profile);
        Some(filters(doctype, profile, &price_lists))
    }
}

/// The only document of its kind that this till needs.
fn replace_all(master: Master, changes: &mut Vec<PullChange>) {
    let (doctype, names) = (master.doctype(), vec![master.name().to_owned()]);
    changes.push(PullChange::Page {
        doctype,
        masters: vec![master],
        cursor: None,
    });
    changes.push(PullChange::Retain { doctype, names });
}

fn unexpected(doctype: &str, detail: String) -> Problem {
    Problem::Unexpected {
        doctype: doctype.to_owned(),
        detail,
    }
}
