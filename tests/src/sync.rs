//! What a till does with its machines, without a till: an outbox that is carried to the site, and
//! a mirror of the masters.

use std::collections::{BTreeMap, HashMap, HashSet};

use checkout::masters::{Doctype, Master};
use checkout::sale::Sale;
use checkout::shift::Shift;
use erpnext::dto::DecodeError;
use erpnext::problem::Problem;
use erpnext::pull::{Cursor, Pull, PullChange, PullConfig, PullStep, SiteClock};
use erpnext::push::{Opening, Outcome, Push, PushContext, PushStep};
use erpnext::request::Transport;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::fixtures;

/// Documents of one shift on their way.
pub struct Outbox {
    shift: Shift,
    opened: bool,
    sales: Vec<Pending>,
    /// All problems on the way, in order.
    pub problems: Vec<Problem>,
}

/// A sale and how its push ended.
pub struct Pending {
    /// The sale.
    pub sale: Sale,
    /// `None` as long as it is on its way.
    pub end: Option<Outcome>,
    attempts: u32,
}

impl Outbox {
    /// A shift with its sales, none of them sent.
    pub fn new(shift: Shift, sales: impl IntoIterator<Item = Sale>) -> Self {
        let pending = |sale| Pending {
            sale,
            end: None,
            attempts: 0,
        };
        Self {
            shift,
            opened: false,
            sales: sales.into_iter().map(pending).collect(),
            problems: Vec::new(),
        }
    }

    /// Sends at most so many requests and then throws the machine at work away, as a power cut
    /// does; what ended stays. `true` when all have ended.
    pub fn carry(&mut self, transport: &mut impl Transport, most: usize) -> bool {
        let mut left = most;
        loop {
            let place = self.sales.iter().position(|pending| pending.end.is_none());
            let (push, place) = match place {
                _ if !self.opened => {
                    let opening = Opening::of(&self.shift);
                    (Push::opening(&opening, &self.context(0)), None)
                }
                None => return true,
                Some(place) => {
                    let pending = &self.sales[place];
                    (
                        Push::sale(&pending.sale, &self.context(pending.attempts)),
                        Some(place),
                    )
                }
            };
            let Some(outcome) = drive(push, transport, &mut left) else {
                return false;
            };
            match (outcome, place) {
                (Outcome::Retry { problem, .. }, place) => {
                    if matches!(problem, Problem::OpeningMissing { .. }) {
                        self.opened = false;
                    }
                    self.problems.push(problem);
                    if let Some(place) = place {
                        self.sales[place].attempts += 1;
                    }
                }
                (Outcome::Delivered { .. }, None) => self.opened = true,
                (Outcome::Parked { cause, .. }, None) => panic!("the opening was parked: {cause}"),
                (end, Some(place)) => self.sales[place].end = Some(end),
            }
        }
    }

    /// The sales and how they ended.
    pub fn sales(&self) -> &[Pending] {
        &self.sales
    }

    /// Sends a parked sale again, as a person would.
    pub fn send_again(&mut self, place: usize) {
        self.sales[place].end = None;
    }

    fn context(&self, attempt: u32) -> PushContext {
        PushContext {
            attempt,
            ..fixtures::context()
        }
    }
}

fn drive(mut push: Push, transport: &mut impl Transport, left: &mut usize) -> Option<Outcome> {
    loop {
        match push.next() {
            PushStep::Done(outcome) => return Some(outcome),
            PushStep::Send(_) if *left == 0 => return None,
            PushStep::Send(request) => {
                *left -= 1;
                push.on_reply(transport.send(&request));
            }
        }
    }
}

/// What a till has stored of its site.
#[derive(Clone, Default)]
pub struct Mirror {
    /// The documents.
    pub masters: BTreeMap<(Doctype, String), Master>,
    /// How far each doctype was read.
    pub cursors: HashMap<Doctype, Cursor>,
    /// Documents that could not be read.
    pub skipped: Vec<DecodeError>,
    /// Doctypes that could not be read.
    pub problems: Vec<Problem>,
    /// Doctypes that were read to their end, in order.
    pub ended: Vec<Doctype>,
    /// Rows that the site sent.
    pub rows: usize,
    /// The ends of cycles that failed.
    pub failed: Vec<Problem>,
}

impl Mirror {
    /// A machine that reads on from here.
    pub fn pull(&self, pos_profile: &str) -> Pull {
        let config = PullConfig {
            pos_profile: pos_profile.to_owned(),
            reconcile_every: 10,
        };
        let own = self.masters.values().filter_map(|master| match master {
            Master::Customer(customer) => customer.default_price_list.clone(),
            Master::CustomerGroup(group) => group.default_price_list.clone(),
            _ => None,
        });
        Pull::new(config, self.cursors.clone(), own)
    }

    /// Runs a cycle with at most so many requests; `true` when it came to its end.
    pub fn cycle(
        &mut self,
        pull: &mut Pull,
        clock: SiteClock,
        transport: &mut impl Transport,
        most: usize,
    ) -> bool {
        pull.begin(clock);
        for _ in 0..most {
            let PullStep::Send(request) = pull.next() else {
                return true;
            };
            for change in pull.on_reply(transport.send(&request)) {
                self.apply(pull, change);
            }
        }
        pull.next() == PullStep::Done
    }

    fn apply(&mut self, pull: &mut Pull, change: PullChange) {
        match change {
            PullChange::Page {
                doctype,
                masters,
                cursor,
            } => {
                self.rows += masters.len();
                for master in masters {
                    self.masters
                        .insert((doctype, master.name().to_owned()), master);
                }
                if let Some(cursor) = cursor {
                    self.cursors.insert(doctype, cursor);
                }
            }
            PullChange::Retain { doctype, names } => {
                let there: HashSet<&String> = names.iter().collect();
                self.masters
                    .retain(|(own, name), _| *own != doctype || there.contains(name));
                let missing: Vec<String> = names
                    .into_iter()
                    .filter(|name| self.get(doctype, name).is_none())
                    .collect();
                for again in pull.read_again(doctype, &missing) {
                    self.cursors.remove(&again);
                }
            }
            PullChange::Ended { doctype } => self.ended.push(doctype),
            PullChange::Progress { .. } => {}
            PullChange::Skipped(error) => self.skipped.push(error),
            PullChange::Problem(problem) => self.problems.push(problem),
            PullChange::Failed { problem, .. } => self.failed.push(problem),
        }
    }

    /// How many documents there are of a doctype.
    pub fn count(&self, doctype: Doctype) -> usize {
        self.masters
            .keys()
            .filter(|(own, _)| *own == doctype)
            .count()
    }

    /// One document.
    pub fn get(&self, doctype: Doctype, name: &str) -> Option<&Master> {
        self.masters.get(&(doctype, name.to_owned()))
    }
}

/// The site's clock at a time of the recorded day; New York, as the site.
pub fn clock(local: &str) -> SiteClock {
    let local: jiff::civil::DateTime = local.parse().unwrap();
    let zone = TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap();
    let now = local.to_zoned(zone).unwrap().timestamp();
    clock_in("EST5EDT,M3.2.0,M11.1.0", now)
}

/// A clock in a zone of a POSIX rule.
pub fn clock_in(rule: &str, now: Timestamp) -> SiteClock {
    SiteClock {
        now,
        time_zone: TimeZone::posix(rule).unwrap(),
    }
}
