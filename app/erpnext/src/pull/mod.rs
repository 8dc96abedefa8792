//! Brings the masters a sale needs.
//!
//! A cycle reads each doctype from where the last one ended, by keyset pages over (`modified`,
//! `name`), in the order in which a sale needs them; now and then it compares all names to find
//! what was deleted. Nothing is kept but the cursors: a machine that is thrown away at any moment
//! and made anew from the stored cursors reads on.

mod cursor;
mod feed;
mod names;
mod recipe;
mod settings;

pub use cursor::{Cursor, SiteClock};

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::time::Duration;

use checkout::masters::{Doctype, Master, PosProfile};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::dto::{self, DecodeError};
use crate::problem::Problem;
use crate::request::{Reply, Request, TransportError};
use cursor::OVERLAP;
use feed::Feed;
use names::Names;
use recipe::recipe;
use settings::Settings;

/// Rows of a page.
const PAGE: usize = 500;
/// Rows of a page of names alone.
const NAMES_PAGE: usize = 5000;
/// More price lists than any shop has; a server that never says "no more" ends here.
const MOST_PRICE_LISTS: usize = 500;

/// Whose masters are read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PullConfig {
    /// The till's POS Profile.
    pub pos_profile: String,
    /// All names are compared in the first cycle and in every so many-th after it; cycles that
    /// failed do not count.
    pub reconcile_every: u32,
}

/// What to do next.
#[derive(Clone, PartialEq, Debug)]
pub enum PullStep {
    /// Send this, and give the answer to [`Pull::on_reply`].
    Send(Request),
    /// The cycle is over.
    Done,
}

/// What an answer changes.
#[derive(Clone, PartialEq, Debug)]
pub enum PullChange {
    /// Documents to insert or replace, and how far the doctype was read with them: to be stored
    /// in one transaction.
    Page {
        /// Their doctype.
        doctype: Doctype,
        /// The documents.
        masters: Vec<Master>,
        /// How far it was read; `None` where there is nothing to remember.
        cursor: Option<Cursor>,
    },
    /// All names there are: documents with others are to be deleted. Where one of these names is
    /// not stored, tell [`Pull::read_again`].
    Retain {
        /// The doctype.
        doctype: Doctype,
        /// The names.
        names: Vec<String>,
    },
    /// For a progress bar.
    Progress {
        /// What is being read.
        doctype: Doctype,
        /// Rows of it read in this cycle.
        rows: u64,
    },
    /// A document that cannot be read; the rest goes on.
    Skipped(DecodeError),
    /// A doctype that cannot be read; the rest goes on.
    Problem(Problem),
    /// The cycle ended early. Begin again after [`crate::backoff`].
    Failed {
        /// Why.
        problem: Problem,
        /// How long the site asks to wait.
        retry_after: Option<Duration>,
    },
}

/// The machine. It has no clock and no socket: [`Pull::begin`] tells the time, whoever drives it
/// carries the requests.
pub struct Pull {
    config: PullConfig,
    cursors: HashMap<Doctype, Cursor>,
    /// For how long a cursor has been the newest: first and last cycle that saw it.
    quiet: HashMap<Doctype, (Cursor, Timestamp, Timestamp)>,
    /// The price lists that customers and their groups have of their own.
    own_price_lists: BTreeSet<String>,
    /// Documents that were skipped, by doctype.
    unreadable: HashMap<&'static str, BTreeSet<String>>,
    /// After so many more cycles all names are compared.
    until_names: u32,
    /// The cycle under way: whether it compares all names.
    cycle: Option<bool>,
    clock: Option<SiteClock>,
    profile: Option<PosProfile>,
    tasks: VecDeque<Task>,
    doing: Option<Doing>,
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

/// Whether each document of a doctype is read by itself, its lists holding names only.
pub(crate) fn is_read_whole(doctype: Doctype) -> bool {
    recipe(doctype).whole
}

/// What a till reads, in the order in which a sale needs it.
const FEEDS: [Doctype; 14] = [
    Doctype::Currency,
    Doctype::ModeOfPayment,
    Doctype::PriceList,
    Doctype::SalesTaxesAndChargesTemplate,
    Doctype::ItemTaxTemplate,
    Doctype::Uom,
    Doctype::UomConversionFactor,
    Doctype::ItemGroup,
    Doctype::CustomerGroup,
    Doctype::PricingRule,
    Doctype::CouponCode,
    Doctype::Item,
    Doctype::ItemPrice,
    Doctype::Customer,
];

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
            quiet: HashMap::new(),
            own_price_lists: price_lists.into_iter().collect(),
            unreadable: HashMap::new(),
            until_names: 0,
            cycle: None,
            clock: None,
            profile: None,
            tasks: VecDeque::new(),
            doing: None,
        }
    }

    /// Begins a cycle; what an unfinished one had not read is read now.
    pub fn begin(&mut self, clock: SiteClock) {
        let reconcile = self.until_names == 0;
        self.cycle = Some(reconcile);
        self.clock = Some(clock);
        self.doing = None;
        self.tasks = VecDeque::from([Task::Settings, Task::Profile, Task::Company]);
        for doctype in FEEDS {
            if doctype == Doctype::ItemPrice && reconcile {
                self.tasks.push_back(Task::PriceLists);
            }
            self.tasks.push_back(Task::Feed(doctype));
        }
        if reconcile {
            // After all pages: a document that was stored before and is not among the names now
            // is really gone.
            self.tasks.extend(FEEDS.map(Task::Names));
        }
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
            Some(Doing::PriceLists) => Some(self.price_lists_request()),
            Some(Doing::Names(names)) => names.request(),
        };
        request.map_or(PullStep::Done, PullStep::Send)
    }

    /// Takes the answer to the request of [`Pull::next`], and tells what it changes.
    pub fn on_reply(&mut self, reply: Result<Reply, TransportError>) -> Vec<PullChange> {
        let mut changes = Vec::new();
        match reply {
            Ok(reply) => self.on_data(reply.data(), &mut changes),
            Err(error) => self.on_error(&error, &mut changes),
        }
        self.go_on();
        for change in &changes {
            match change {
                PullChange::Page {
                    doctype,
                    cursor: Some(cursor),
                    ..
                } => {
                    self.cursors.insert(*doctype, cursor.clone());
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
                self.note_price_lists(changes);
            }
            Some(Doing::PriceLists) => {
                let row = data.get(0).and_then(|row| row.get("default_price_list"));
                let found = row.and_then(Value::as_str).map(str::to_owned);
                let new = found.is_some_and(|list| self.own_price_lists.insert(list));
                if data.as_array().is_some_and(Vec::is_empty) {
                    self.doing = None;
                } else if !new || self.own_price_lists.len() > MOST_PRICE_LISTS {
                    self.leave_price_lists();
                }
            }
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

    fn note_price_lists(&mut self, changes: &[PullChange]) {
        for change in changes {
            let PullChange::Page { masters, .. } = change else {
                continue;
            };
            for master in masters {
                let list = match master {
                    Master::CustomerGroup(group) => &group.default_price_list,
                    Master::Customer(customer) => &customer.default_price_list,
                    _ => continue,
                };
                self.own_price_lists.extend(list.clone());
            }
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

    fn on_error(&mut self, error: &TransportError, changes: &mut Vec<PullChange>) {
        let refused = match (Problem::of_site(error), error) {
            (None, TransportError::Refused(refused)) => refused,
            (Some(problem), TransportError::Refused(refused)) => {
                return self.fail(problem, refused.retry_after, changes);
            }
            (Some(problem), _) => return self.fail(problem, None, changes),
            (None, _) => {
                return self.fail(unexpected("the site", error.to_string()), None, changes);
            }
        };
        let about = |doctype: &str| match refused.status {
            403 => Problem::Forbidden {
                action: "read",
                doctype: doctype.to_owned(),
            },
            _ => unexpected(doctype, refused.to_string()),
        };
        match &mut self.doing {
            None => {}
            Some(Doing::Settings(settings)) => match refused.status {
                // What the till's user may not read keeps its default.
                403 | 404 => settings.skip(changes),
                // What the site cannot tell now keeps what it was.
                _ => {
                    let problem = about(settings.reading());
                    self.fail(problem, refused.retry_after, changes);
                }
            },
            Some(Doing::Profile) => {
                let problem = match refused.status {
                    404 => Problem::ProfileMissing(self.config.pos_profile.clone()),
                    _ => about("POS Profile"),
                };
                self.fail(problem, None, changes);
            }
            Some(Doing::Company(_)) => {
                changes.push(PullChange::Problem(about("Company")));
                self.doing = None;
            }
            Some(Doing::Feed(feed)) => {
                if refused.status == 404 && feed.on_missing_document(changes) {
                    return;
                }
                if refused.status != 403 || !recipe(feed.doctype).optional {
                    changes.push(PullChange::Problem(about(feed.doctype.name())));
                }
                let doctype = feed.doctype;
                self.doing = None;
                // What cannot be listed cannot be compared.
                self.do_not_compare(doctype);
            }
            // Reported when the customers themselves are read.
            Some(Doing::PriceLists) => self.leave_price_lists(),
            Some(Doing::Names(names)) => {
                changes.push(PullChange::Problem(about(names.doctype.name())));
                self.doing = None;
            }
        }
    }

    fn fail(&mut self, problem: Problem, wait: Option<Duration>, changes: &mut Vec<PullChange>) {
        self.doing = None;
        self.tasks.clear();
        self.cycle = None;
        changes.push(PullChange::Failed {
            problem,
            retry_after: wait,
        });
    }

    /// Begins tasks until one has a request.
    fn go_on(&mut self) {
        while self.next() == PullStep::Done {
            if let Some(Doing::Feed(feed)) = self.doing.take() {
                self.note_quiet(&feed);
            }
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

    fn start(&self, task: Task) -> Option<Doing> {
        let clock = self.clock.as_ref()?;
        Some(match task {
            Task::Settings => Doing::Settings(Settings::default()),
            Task::Profile => Doing::Profile,
            Task::Company => Doing::Company(self.profile.as_ref()?.company.clone()),
            Task::PriceLists => Doing::PriceLists,
            Task::Feed(doctype) => {
                let stored = self.cursors.get(&doctype);
                let settled = stored.is_some_and(|cursor| self.is_settled(doctype, cursor, clock));
                Doing::Feed(Feed::new(
                    doctype,
                    self.filters(doctype)?,
                    stored,
                    clock,
                    settled,
                ))
            }
            Task::Names(doctype) => Doing::Names(Names::new(doctype, self.filters(doctype)?)),
        })
    }

    /// What of a doctype the till's profile needs.
    fn filters(&self, doctype: Doctype) -> Option<Vec<Value>> {
        let profile = self.profile.as_ref()?;
        Some(match doctype {
            Doctype::ModeOfPayment => {
                let modes: Vec<_> = profile
                    .payments
                    .iter()
                    .map(|row| &row.mode_of_payment)
                    .collect();
                vec![json!(["name", "in", modes])]
            }
            Doctype::SalesTaxesAndChargesTemplate => {
                let name = profile.taxes_and_charges.as_deref()?;
                vec![json!(["name", "=", name])]
            }
            Doctype::ItemTaxTemplate => vec![json!(["company", "=", profile.company])],
            Doctype::PriceList => vec![json!(["selling", "=", 1])],
            Doctype::ItemPrice => vec![json!(["price_list", "in", self.price_lists(profile)])],
            _ => Vec::new(),
        })
    }

    fn price_lists(&self, profile: &PosProfile) -> BTreeSet<String> {
        [&profile.selling_price_list]
            .into_iter()
            .chain(&self.own_price_lists)
            .filter(|list| !list.is_empty())
            .cloned()
            .collect()
    }

    /// One customer whose price list is not known yet; with none of them left, all are known.
    fn price_lists_request(&self) -> Request {
        let known = self
            .profile
            .as_ref()
            .map(|profile| self.price_lists(profile));
        let known = known.unwrap_or_default();
        let filters = json!([
            ["default_price_list", "is", "set"],
            ["default_price_list", "not in", known],
        ]);
        Request::list("Customer", &["name", "default_price_list"], &filters)
            .with("order_by", "name asc")
            .with("limit_start", "0")
            .with("limit_page_length", "1")
    }

    /// Whether the rows behind a cursor were read again long enough after it became the newest:
    /// then no slow transaction is left that could slip in behind it.
    fn is_settled(&self, doctype: Doctype, cursor: &Cursor, clock: &SiteClock) -> bool {
        let quiet = self
            .quiet
            .get(&doctype)
            .filter(|(known, ..)| known == cursor);
        let long = quiet.is_some_and(|(_, first, last)| last.duration_since(*first) >= OVERLAP);
        let set_back = || {
            let newest = cursor.modified.parse().ok()?;
            cursor::set_back_since(newest, clock)
        };
        long && set_back().is_none()
    }

    fn note_quiet(&mut self, feed: &Feed) {
        let (Some(cursor), Some(clock)) = (feed.cursor(), &self.clock) else {
            return;
        };
        let first = match self.quiet.get(&feed.doctype) {
            Some((known, first, _)) if *known == cursor => *first,
            _ => clock.now,
        };
        self.quiet.insert(feed.doctype, (cursor, first, clock.now));
    }
}

/// The doctypes of which a till keeps references to documents of this one.
fn referring(doctype: Doctype) -> &'static [Doctype] {
    match doctype {
        Doctype::PriceList => &[
            Doctype::CustomerGroup,
            Doctype::ItemPrice,
            Doctype::Customer,
        ],
        Doctype::ItemTaxTemplate => &[Doctype::ItemGroup, Doctype::Item],
        Doctype::Uom => &[
            Doctype::UomConversionFactor,
            Doctype::Item,
            Doctype::ItemPrice,
        ],
        Doctype::ItemGroup => &[Doctype::Item],
        Doctype::CustomerGroup => &[Doctype::Customer],
        Doctype::Item | Doctype::Customer => &[Doctype::ItemPrice],
        _ => &[],
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
