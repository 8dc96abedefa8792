//! The power is cut between every two steps of a card payment: the customer is never charged twice
//! and no payment is forgotten.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

use checkout::card::{CardEnd, CardIntent, CardIntentKind, CardOutcome, CardPayment, TerminalMark};
use checkout::receipt::Receipt;
use checkout::returns::ReturnSource;
use checkout::till::{Effect, Event, Stage};
use store::{JournalKind, PrintState, ReportJob, Store};

use crate::support::{Counter, INSTALLATION, SALT_ROAD, cashier, receipt};

const CARD: &str = "Card";

/// A terminal that does what it is told, once for each name.
#[derive(Default)]
struct Terminal {
    /// What it took, in cents, by reference.
    taken: BTreeMap<String, i64>,
    /// Declines the first so many.
    declines: usize,
    asked: usize,
}

impl Terminal {
    fn starts(&mut self, intent: &CardIntent) -> CardOutcome {
        assert!(
            !self.taken.contains_key(&intent.reference),
            "{} is charged twice",
            intent.reference
        );
        if self.declines > 0 {
            self.declines -= 1;
            return CardOutcome::Declined("the card has expired".to_owned());
        }
        let cents = match &intent.kind {
            CardIntentKind::Payment => intent.amount.units,
            CardIntentKind::Refund => -intent.amount.units,
            CardIntentKind::Reversal { of, .. } => {
                assert!(self.taken.contains_key(of), "{of} is not there");
                -intent.amount.units
            }
        };
        self.taken.insert(intent.reference.clone(), cents);
        approved(intent)
    }

    fn is_asked(&mut self, intent: &CardIntent) -> CardOutcome {
        self.asked += 1;
        if self.taken.contains_key(&intent.reference) {
            approved(intent)
        } else {
            CardOutcome::NotCharged
        }
    }
}

fn approved(intent: &CardIntent) -> CardOutcome {
    CardOutcome::Approved(Box::new(CardPayment {
        reference: intent.reference.clone(),
        amount: intent.amount,
        mark: TerminalMark {
            trace: u32::try_from(intent.number).ok(),
            receipt_number: u32::try_from(intent.number).ok(),
            ..TerminalMark::default()
        },
        card_name: "girocard".to_owned(),
        card_number: "****4711".to_owned(),
        authorisation: String::new(),
        customer_receipt: vec!["ZAHLUNG".to_owned()],
        merchant_receipt: Vec::new(),
    }))
}

/// What the terminal wants printed.
fn paper(end: &CardEnd) -> ReportJob {
    ReportJob {
        key: end.reference.clone(),
        title: "What the card terminal says".to_owned(),
        at: end.at,
        state: PrintState::Queued,
        page: Receipt { parts: Vec::new() },
    }
}

/// The power goes.
struct Cut;

/// One life of the till, until the power is cut before or after the so-manieth effect.
struct Life<'a> {
    counter: Counter,
    terminal: &'a mut Terminal,
    left: usize,
}

impl<'a> Life<'a> {
    fn begin(dir: &Path, terminal: &'a mut Terminal, left: usize) -> Life<'a> {
        let mut counter = Counter::open(dir);
        counter
            .till
            .set_terminal_modes(BTreeSet::from([CARD.to_owned()]));
        Life {
            counter,
            terminal,
            left,
        }
    }

    fn tick(&mut self) -> Result<(), Cut> {
        self.left = self.left.checked_sub(1).ok_or(Cut)?;
        Ok(())
    }

    /// Lets something happen, and all that follows from it.
    fn happens(&mut self, event: Event) -> Result<(), Cut> {
        let mut events = VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            for effect in self.counter.step(event) {
                self.tick()?;
                let store = &mut self.counter.store;
                match effect {
                    Effect::SaveCart(cart) => store.save_cart(cart.as_deref()).unwrap(),
                    Effect::CommitCardIntent { intent, cart } => {
                        store.commit_card_intent(&intent, cart.as_deref()).unwrap();
                        events.push_back(Event::CardSaved);
                    }
                    Effect::CommitCardOutcome { end, cart } => {
                        let paper = paper(&end);
                        store
                            .commit_card_outcome(&end, cart.as_deref(), Some(&paper))
                            .unwrap();
                        events.push_back(Event::CardSaved);
                    }
                    Effect::StartCard(intent) => events.push_back(Event::CardEnded {
                        reference: intent.reference.clone(),
                        outcome: self.terminal.starts(&intent),
                    }),
                    Effect::AskCard(intent) => events.push_back(Event::CardEnded {
                        reference: intent.reference.clone(),
                        outcome: self.terminal.is_asked(&intent),
                    }),
                    Effect::CommitSale(sale) => {
                        store.commit_sale(&sale).unwrap();
                        events.push_back(Event::SaleCommitted);
                    }
                    _ => {}
                }
                self.tick()?;
            }
        }
        Ok(())
    }

    fn tenders(&mut self, cents: Option<i64>) -> Result<(), Cut> {
        let currency = self.counter.till.shop().currency;
        self.happens(Event::Tendered {
            mode_of_payment: CARD.to_owned(),
            amount: cents.map(|units| checkout::money::Money { units, currency }),
        })
    }

    /// Takes the book back that was sold for cash: two dollars to a card, the rest to it as well.
    fn gives_back(&mut self) -> Result<(), Cut> {
        self.counter.waits(600);
        self.happens(Event::TerminalReady)?;
        let records = self.counter.store.records();
        if records.sale(&receipt(2)).unwrap().is_some() {
            return Ok(());
        }
        let sale = records.sale(&receipt(1)).unwrap().unwrap().sale;
        if self.counter.till.returning().is_none() {
            let source = ReturnSource::Key(sale.key.clone());
            self.happens(Event::ReturnStarted(source))?;
        }
        if self.counter.till.stage() == &Stage::Selling {
            self.happens(Event::ReturnAll)?;
            self.happens(Event::ReturnReason("torn".to_owned()))?;
            self.happens(Event::PaymentStarted)?;
            self.tenders(Some(200))?;
        }
        // Some are declined.
        for _ in 0..4 {
            if !matches!(self.counter.till.stage(), Stage::Refunding(_)) {
                break;
            }
            self.tenders(None)?;
            self.happens(Event::Completed)?;
        }
        Ok(())
    }

    /// Sells one book: two dollars by card, taken back, and all of it by card again.
    fn sells(&mut self) -> Result<(), Cut> {
        self.happens(Event::TerminalReady)?;
        if self
            .counter
            .store
            .records()
            .sale(&receipt(1))
            .unwrap()
            .is_some()
        {
            return Ok(());
        }
        if self.counter.till.cart().is_empty() {
            self.happens(Event::Scanned(SALT_ROAD.to_owned()))?;
        }
        if self.counter.till.stage() == &Stage::Selling {
            self.happens(Event::PaymentStarted)?;
            self.tenders(Some(200))?;
            if matches!(self.counter.till.stage(), Stage::Paying(it) if !it.tenders().is_empty()) {
                self.happens(Event::TenderRemoved { place: 0 })?;
            }
        }
        // Some are declined.
        for _ in 0..4 {
            if !matches!(self.counter.till.stage(), Stage::Paying(_)) {
                break;
            }
            self.tenders(None)?;
            self.happens(Event::Completed)?;
        }
        Ok(())
    }
}

/// Cuts the power at each place of what `lives` does, has it go on twice, and looks at what was stored
/// with `check`: the store, what moved at the terminal and where it was cut. `before` comes first, with
/// power.
fn cut_anywhere(
    before: impl Fn(&Path),
    lives: impl Fn(Life<'_>) -> Result<(), Cut>,
    check: impl Fn(&Store, i64, usize),
) {
    let mut cut = 0;
    let mut asked = 0;
    loop {
        let dir = tempfile::tempdir().unwrap();
        before(dir.path());
        let mut terminal = Terminal {
            declines: 1,
            ..Terminal::default()
        };
        let whole = lives(Life::begin(dir.path(), &mut terminal, cut)).is_ok();
        // The next life has power to the end; a third one finds nothing to do.
        for _ in 0..2 {
            assert!(lives(Life::begin(dir.path(), &mut terminal, 10_000)).is_ok());
        }
        let store = Store::open(dir.path(), INSTALLATION).unwrap();
        check(&store, terminal.taken.values().sum(), cut);
        assert!(store.resume().unwrap().card.is_none());
        let journal = store.records().journal_entries(0, 1_000).unwrap();
        let ended = journal.iter().filter(|it| it.body.get("ended").is_some());
        let papers = store.reports_pending().unwrap().len();
        assert_eq!(papers, ended.count(), "a paper is lost, cut at {cut}");
        store.records().journal_verify().unwrap().unwrap();
        asked += terminal.asked;
        cut += 1;
        if whole {
            break;
        }
    }
    assert!(cut > 20, "only {cut} places to cut at");
    assert!(asked > 3, "the terminal was asked {asked} times");
}

#[test]
fn a_cut_anywhere_charges_nobody_twice_and_forgets_no_payment() {
    let check = |store: &Store, taken: i64, cut| {
        let sale = store.records().sale(&receipt(1)).unwrap();
        let sale = sale.expect("the sale was not made").sale;
        assert_eq!(taken, sale.amount_to_pay.units, "cut at {cut}");
        let cards = sale.payments[0].cards.iter();
        let booked: i64 = cards.map(|it| it.amount.units).sum();
        assert_eq!(booked, taken, "cut at {cut}");
        assert_eq!(sale.payments[0].amount.units, taken);
    };
    cut_anywhere(|_| {}, |mut life| life.sells(), check);
}

#[test]
fn a_cut_anywhere_gives_nobody_money_twice_and_forgets_none_that_was_given() {
    let sells = |folder: &Path| {
        Counter::open(folder).sells(SALT_ROAD);
    };
    let check = |store: &Store, given: i64, cut| {
        let sold = store.records().sale(&receipt(1)).unwrap();
        let sold = sold.expect("the sale was not made").sale;
        let back = store.records().sale(&receipt(2)).unwrap();
        let back = back.unwrap_or_else(|| panic!("the return was not made, cut at {cut}"));
        let back = back.sale;
        assert_eq!(given, -sold.amount_to_pay.units, "cut at {cut}");
        assert_eq!(back.amount_to_pay.units, given, "cut at {cut}");
        let booked = back.payments.iter().flat_map(|it| &it.cards);
        let booked: i64 = booked.map(|it| it.amount.units).sum();
        assert_eq!(booked, -given, "cut at {cut}");
    };
    cut_anywhere(sells, |mut life| life.gives_back(), check);
}

#[test]
fn what_a_terminal_did_is_kept_for_good_and_belongs_to_one_sale() {
    let dir = tempfile::tempdir().unwrap();
    let mut terminal = Terminal::default();
    let mut life = Life::begin(dir.path(), &mut terminal, 10_000);
    assert!(life.sells().is_ok());
    let store = &mut life.counter.store;
    let sale = store.records().sale(&receipt(1)).unwrap().unwrap().sale;
    let kinds = store.records().journal_entries(0, 100).unwrap();
    let cards = kinds.iter().filter(|it| it.kind == JournalKind::Card);
    // Begun and ended: two dollars, taken back, all of it.
    assert_eq!(cards.count(), 6);
    // The same card payment in another sale.
    let mut again = sale.clone();
    again.receipt_number = receipt(2);
    again.key = "C1-000002-AAAAAAAA".to_owned();
    assert!(store.commit_sale(&again).is_err());
    assert!(store.records().sale(&receipt(2)).unwrap().is_none());
    // An intent while another has not ended.
    let intent = CardIntent {
        number: 4,
        reference: "C1-C00004-AAAAAAAA".to_owned(),
        kind: CardIntentKind::Payment,
        mode_of_payment: CARD.to_owned(),
        amount: sale.amount_to_pay,
        shift: sale.shift.clone(),
        cashier: cashier(),
        at: sale.at,
        local: sale.posting_date.to_datetime(sale.posting_time),
        before: Default::default(),
    };
    store.commit_card_intent(&intent, None).unwrap();
    let next = CardIntent {
        number: 5,
        reference: "C1-C00005-AAAAAAAA".to_owned(),
        ..intent.clone()
    };
    assert!(store.commit_card_intent(&next, None).is_err());
    assert_eq!(store.resume().unwrap().card, Some(intent));
}
