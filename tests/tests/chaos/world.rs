//! A till, its site and what is between them, under one seed.

use std::cell::RefCell;
use std::ffi::OsString;
use std::sync::LazyLock;
use std::time::Duration;

use checkout::sale::Sale;
use erpnext::problem::backoff;
use erpnext::push::{OpeningRule, Outcome, PushContext};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use kiosk::sync::courier::{Books, Courier, note};
use serde_json::json;
use store::{Store, StoreError};
use tempfile::TempDir;
use tests::fixtures::{settings, totals_of};
use tests::stand_in::Site;

use super::counter::{Counter, foreign_sale};
use super::network::{Bar, CALM, Network};
use super::office::Office;
use tests::random::Random;

/// More steps than a day can take once all is well.
const PLENTY: usize = 4000;

pub struct World {
    pub network: Network,
    pub counter: Counter,
    pub shelf: Shelf,
    office: Office,
    random: Random,
    rule: OpeningRule,
    zone: TimeZone,
    /// On some days one sale never gets through: which, and how it is refused.
    barred: Option<(usize, Bar)>,
    /// How far the till's clock is from the true time.
    clock: SignedDuration,
    dir: TempDir,
}

/// The store, as long as there is power.
pub struct Shelf {
    pub store: RefCell<Option<Store>>,
    network: Network,
}

/// Why the shelf is not answered.
#[derive(Debug)]
pub enum Cut {
    Power,
    Store(StoreError),
}

impl From<StoreError> for Cut {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Books for Shelf {
    type Ended = Cut;

    fn of_store(ended: Cut) -> Result<StoreError, Cut> {
        match ended {
            Cut::Store(error) => Ok(error),
            Cut::Power => Err(ended),
        }
    }

    fn with<R: Send + 'static>(
        &self,
        task: impl FnOnce(&mut Store) -> R + Send + 'static,
    ) -> Result<R, Cut> {
        if !self.network.step() {
            return Err(Cut::Power);
        }
        Ok(task(self.store.borrow_mut().as_mut().unwrap()))
    }
}

/// The files of a till that has sold nothing yet: making their tables takes a fifth of a day.
static NEW: LazyLock<Vec<(OsString, Vec<u8>)>> = LazyLock::new(|| {
    let dir = folder();
    drop(Store::open(dir.path(), [1; 5]).unwrap());
    let files = std::fs::read_dir(dir.path()).unwrap().map(Result::unwrap);
    files
        .map(|file| (file.file_name(), std::fs::read(file.path()).unwrap()))
        .collect()
});

/// Where nothing has to outlive the machine, memory does for a disk.
fn folder() -> TempDir {
    let memory = std::path::Path::new("/dev/shm");
    let dir = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    dir.unwrap()
}

impl World {
    pub fn of(seed: u64) -> Self {
        let mut random = Random(seed);
        let zone = TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap();
        // Evenings, too, so that days end on the way.
        let morning: Timestamp = "2026-11-24T14:00:00Z".parse().unwrap();
        let now = morning + Duration::from_secs(random.below(15 * 3600));
        let mut site = Site::corner_shop().with_totals(totals_of);
        let v16 = random.chance(350);
        if v16 {
            site.version = "16.2.0";
        }
        // Version 16 takes names on another road only.
        site.honours_names = !v16 && random.chance(700);
        site.allow_negative_stock = random.chance(200);
        let foreign = foreign_sale(now, &zone);
        let network = Network::of(site, random.clone(), now, zone.clone());
        network.pass(Duration::from_secs(60));
        let dir = folder();
        for (name, bytes) in NEW.iter() {
            std::fs::write(dir.path().join(name), bytes).unwrap();
        }
        let store = Store::open(dir.path(), [1; 5]).unwrap();
        let office = Office::new(foreign.clone());
        let counter = Counter::new(&zone, &foreign);
        let shelf = Shelf {
            store: RefCell::new(Some(store)),
            network: network.clone(),
        };
        Self {
            network,
            counter,
            shelf,
            office,
            random,
            rule: if v16 {
                OpeningRule::OneOfToday
            } else {
                OpeningRule::Any
            },
            zone,
            barred: {
                // Of a stream of its own.
                let mut random = Random(seed ^ 0xBA55_ED00);
                random
                    .chance(150)
                    .then(|| (random.below(8) as usize, random.pick(&Bar::ALL)))
            },
            clock: SignedDuration::ZERO,
            dir,
        }
    }

    /// A bad day: selling goes on while everything else goes wrong. Then all is put right, and what
    /// is left is sent.
    pub fn lives(&mut self) {
        let weather = [CALM, 60, 200, 450][self.random.below(4) as usize];
        self.network.set_weather(weather);
        let acts = 6 + self.random.below(18);
        let mut done = 0;
        while done < acts {
            self.network
                .pass(Duration::from_secs(self.random.below(240)));
            if self.random.chance(20) {
                self.network
                    .pass(Duration::from_secs(3600 * (1 + self.random.below(20))));
            }
            if self.random.chance(30) {
                let hours = self.random.below(72) as i64 - 36;
                self.clock = SignedDuration::from_hours(hours);
            }
            if self.random.chance(120) {
                let (office, random) = (&mut self.office, &mut self.random);
                self.network.site(|site| office.acts(site, random));
            }
            if self.random.chance(250) {
                self.network.set_fuse(Some(self.random.below(14)));
            }
            if self.random.chance(450) {
                done += 1;
                let now = self.till_now();
                let (counter, random) = (&mut self.counter, &mut self.random);
                let mut store = self.shelf.store.borrow_mut();
                counter.acts(store.as_mut().unwrap(), now, random);
                if let Some((_, bar)) = self.barred
                    && let Some(sale) = self.barred_sale()
                {
                    self.network.bar(Some((sale.key.clone(), bar)));
                }
            } else {
                self.sends();
            }
            self.restarts();
        }
        // The till looks at what it has closed when it closes: the last shift ends after all that
        // is done in the office.
        let now = self.till_now();
        if let Some(store) = self.shelf.store.borrow_mut().as_mut() {
            if !self.counter.is_open() {
                self.counter.acts(store, now, &mut self.random);
            }
            self.counter.closes(store, now, &mut self.random);
        }
        for _ in 0..self.random.below(40) {
            self.sends();
            self.restarts();
        }
        self.is_put_right();
    }

    fn is_put_right(&mut self) {
        self.network.set_fuse(None);
        self.network.set_weather(CALM);
        self.network.settle();
        self.clock = SignedDuration::ZERO;
        let office = &mut self.office;
        self.network.site(|site| office.puts_right(site));
        let reasons = self.parked();
        for (label, cause, remedy) in reasons {
            assert!(
                !cause.is_empty() && !remedy.is_empty(),
                "{label} is parked without a reason"
            );
        }
        self.all_but_the_barred_lands();
        self.network.bar(None);
        for step in 0..PLENTY {
            self.sends();
            if step % 8 != 0 {
                continue;
            }
            let now = self.till_now();
            let unsent = self.shelf.with(move |store| {
                store.outbox_unpark_all(now).unwrap();
                store.records().outbox_summary().unwrap().unsent
            });
            if unsent.unwrap() == 0 {
                return;
            }
        }
        let store = self.shelf.store.borrow();
        for entry in self
            .network
            .site(|site| site.documents("POS Opening Entry"))
        {
            println!(
                "{} {} {} {}",
                entry["name"], entry["pos_profile"], entry["status"], entry["period_start_date"]
            );
        }
        for closing in self
            .network
            .site(|site| site.documents("POS Closing Entry"))
        {
            println!(
                "{} {} {}",
                closing["name"], closing["status"], closing["pos_opening_entry"]
            );
        }
        for shift in 1..=self.counter.shifts {
            let key = format!("C1-7K2M9QXB-S{shift:06}");
            for opening in store.as_ref().unwrap().pos_openings_of(&key).unwrap() {
                println!(
                    "{} {} {:?} {:?} counted {}",
                    opening.erpnext_name,
                    opening.shift.pos_profile,
                    opening.state,
                    opening.closing_name,
                    opening.counted
                );
            }
        }
        let left = store.as_ref().unwrap().records().outbox_entries(100);
        panic!("never all sent: {:#?}", left.unwrap());
    }

    fn barred_sale(&self) -> Option<&Sale> {
        self.counter.sales.get(self.barred?.0)
    }

    /// A sale that never gets through is parked in the end, and holds up nothing but the returns of
    /// its goods.
    fn all_but_the_barred_lands(&mut self) {
        let Some(barred) = self.barred_sale() else {
            return;
        };
        let of_barred = |sale: &&Sale| {
            let against = sale.return_against.as_ref();
            sale.key == barred.key || against.is_some_and(|one| one.key == barred.key)
        };
        let stays = self.counter.sales.iter().filter(of_barred);
        let stays: Vec<_> = stays.map(|sale| sale.receipt_number.to_string()).collect();
        for step in 0..PLENTY {
            self.sends();
            // Looking at all that is left takes longer than sending some of it.
            if step % 8 != 0 {
                continue;
            }
            let now = self.till_now();
            let stay = stays.clone();
            let left = self.shelf.with(move |store| {
                let mut lines = store.records().outbox_entries(1000).unwrap();
                let waits = lines
                    .iter()
                    .any(|line| line.label == stay[0] && !is_parked(line));
                lines.retain(|line| !stay.contains(&line.label));
                for line in lines.iter().filter(|line| is_parked(line)) {
                    store.outbox_unpark(line.id, now).unwrap();
                }
                lines.len() + usize::from(waits)
            });
            if left.unwrap() == 0 {
                return;
            }
        }
        let store = self.shelf.store.borrow();
        let left = store.as_ref().unwrap().records().outbox_entries(100);
        panic!("{stays:?} keep others back: {:#?}", left.unwrap());
    }

    fn parked(&self) -> Vec<(String, String, String)> {
        let store = self.shelf.store.borrow();
        let lines = store.as_ref().unwrap().records().outbox_entries(1000);
        let parked = lines
            .unwrap()
            .into_iter()
            .filter_map(|line| match line.sent {
                store::SendState::Parked { cause, remedy, .. } => Some((line.label, cause, remedy)),
                _ => None,
            });
        parked.collect()
    }

    fn till_now(&self) -> Timestamp {
        self.network.now().checked_add(self.clock).unwrap()
    }

    /// The till sends one document, or lets time go by until one is due.
    fn sends(&mut self) {
        match self.sends_one() {
            Ok(true) | Err(Cut::Power) => {}
            Ok(false) => {
                let now = self.till_now();
                let next = self.shelf.with(move |store| store.outbox_next_time(now));
                let wait = match next {
                    Ok(Ok(Some(time))) => time.duration_since(now).max(SignedDuration::ZERO),
                    _ => SignedDuration::ZERO,
                };
                let wait = Duration::try_from(wait).unwrap();
                self.network
                    .pass(wait.min(Duration::from_secs(900)) + Duration::from_millis(20));
            }
            Err(Cut::Store(error)) => panic!("the store: {error}"),
        }
    }

    fn sends_one(&mut self) -> Result<bool, Cut> {
        let now = self.till_now();
        let next = self.shelf.with(move |store| store.outbox_next(now))??;
        let Some(entry) = next else {
            return Ok(false);
        };
        let site_now = self.network.now().to_zoned(self.zone.clone()).datetime();
        let context = PushContext {
            settings: settings(),
            rule: self.rule,
            today: site_now.date(),
            attempt: entry.attempts,
            random: self.random.number(),
        };
        let own = backoff(context.attempt, context.random);
        let mut transport = self.network.clone();
        let courier = Courier::new(&self.shelf, &mut transport, context, now, site_now);
        let outcome = { courier }.carry(&entry)?;
        if std::env::var_os("CHAOS_SEED").is_some() {
            println!("{} {}: {outcome:?}", self.network.now(), label(&entry));
        }
        if let Outcome::Parked { cause, .. } = &outcome {
            assert!(!cause.contains("cannot be sent by the till"), "{cause}");
        }
        if let Outcome::Retry { problem, after } = &outcome {
            assert!(*after >= own, "{problem}: {after:?} is sooner than {own:?}");
            assert!(!problem.to_string().is_empty() && !problem.remedy().is_empty());
        }
        note(&self.shelf, &entry, &outcome, now)?;
        Ok(true)
    }

    /// After a cut the till starts again: it knows what is in the store and nothing else.
    fn restarts(&mut self) {
        if !self.network.is_dead() {
            return;
        }
        self.network.set_fuse(None);
        let mut store = self.shelf.store.borrow_mut();
        if self.random.chance(100) {
            *store = None;
            *store = Some(Store::open(self.dir.path(), [1; 5]).unwrap());
        }
        // As the sync does when it begins.
        store.as_mut().unwrap().outbox_retry_now().unwrap();
    }
}

fn is_parked(line: &store::OutboxLine) -> bool {
    matches!(line.sent, store::SendState::Parked { .. })
}

fn label(entry: &store::OutboxEntry) -> String {
    use store::OutboxDocument as D;
    match &entry.document {
        D::Customer(customer) => customer.key.clone(),
        D::Shift(shift) => shift.key.clone(),
        D::Sale(sale) => sale.key.clone(),
        D::Closing(closing) => closing.key.clone(),
        D::LateClosing(shift) => json!(["late", shift.key]).to_string(),
    }
}
