//! Paying at a card terminal: the intent before the terminal, the outcome with the cart, and
//! nothing else between the two.

use std::collections::BTreeSet;

use checkout::action::Action;
use checkout::card::{
    CardEnd, CardIntent, CardIntentKind, CardOutcome, CardPayment, CardPhase, LastAtTerminal,
    TerminalMark,
};
use checkout::payment::TenderRefused;
use checkout::receipt::{Copy, Part, ReceiptHead, compose};
use checkout::returns::ReturnSource;
use checkout::till::{Effect, Event, NotSaved, Notice, OpenCart, Resume, Sound, Stage};

use crate::shop::{BOOK, Counter, catalog, committed, profile, refusal, shop_with, usd};

const CARD: &str = "Credit Card";

/// A book in the cart that is being paid at a till with a terminal: 8.65.
fn paying() -> Counter {
    let mut counter = Counter::open();
    counter.till.set_terminal_modes(modes());
    counter.scan(BOOK);
    counter.step(Event::PaymentStarted);
    counter
}

fn modes() -> BTreeSet<String> {
    BTreeSet::from([CARD.to_owned()])
}

fn intent_of(effects: &[Effect]) -> CardIntent {
    match effects {
        [Effect::CommitCardIntent { intent, cart }] => {
            assert!(cart.is_some());
            (**intent).clone()
        }
        other => panic!("not the commit of an intent alone: {other:?}"),
    }
}

/// Begins a card payment up to where the terminal is at it.
fn begun(counter: &mut Counter, cents: Option<i64>) -> CardIntent {
    let intent = intent_of(&counter.tender(CARD, cents));
    let started = counter.step(Event::CardSaved);
    assert_eq!(started, [Effect::StartCard(Box::new(intent.clone()))]);
    intent
}

fn payment(intent: &CardIntent) -> CardPayment {
    CardPayment {
        reference: intent.reference.clone(),
        amount: intent.amount,
        mark: TerminalMark {
            terminal: Some(52_500_041),
            trace: Some(102),
            receipt_number: Some(12),
            time: None,
        },
        card_name: "girocard".to_owned(),
        card_number: "****4711".to_owned(),
        authorisation: "000714".to_owned(),
        customer_receipt: Vec::new(),
        merchant_receipt: Vec::new(),
    }
}

fn ends(counter: &mut Counter, intent: &CardIntent, outcome: CardOutcome) -> Vec<Effect> {
    counter.step(Event::CardEnded {
        reference: intent.reference.clone(),
        outcome,
    })
}

/// The outcome is durable: what is told of it, and nothing of it was told before.
fn ended(counter: &mut Counter, intent: &CardIntent, outcome: CardOutcome) -> Vec<Effect> {
    let effects = ends(counter, intent, outcome);
    assert!(
        matches!(&effects[..], [Effect::CommitCardOutcome { .. }]),
        "{effects:?}"
    );
    counter.step(Event::CardSaved)
}

/// That money moved is durable: the rest of what follows.
fn taken(counter: &mut Counter) -> Vec<Effect> {
    let mut effects = counter.step(Event::CardSaved);
    assert_eq!(effects.remove(0), Effect::Sound(Sound::Taken));
    effects
}

fn approves(counter: &mut Counter, intent: &CardIntent) -> (CardEnd, Option<OpenCart>) {
    let outcome = CardOutcome::Approved(Box::new(payment(intent)));
    let effects = ends(counter, intent, outcome);
    match &effects[..] {
        [Effect::CommitCardOutcome { end, cart }] => ((**end).clone(), cart.as_deref().cloned()),
        other => panic!("not the commit of an outcome: {other:?}"),
    }
}

#[test]
fn the_intent_is_durable_before_the_terminal_and_the_outcome_before_the_sale() {
    let mut counter = paying();
    let last = LastAtTerminal {
        booked: Some(TerminalMark::default()),
        declined: None,
    };
    counter.step(Event::TerminalTold(last));
    let intent = intent_of(&counter.tender(CARD, None));
    assert_eq!(intent.reference, "C1-C00001-7K2M9QXB");
    assert_eq!(intent.amount, usd(865));
    assert_eq!(intent.before, last);
    assert_eq!(counter.till.card().unwrap().phase, CardPhase::Saving);
    assert!(counter.tenders().is_empty());
    let started = counter.step(Event::CardSaved);
    assert_eq!(started, [Effect::StartCard(Box::new(intent.clone()))]);
    let (end, cart) = approves(&mut counter, &intent);
    assert_eq!(end.reference, intent.reference);
    // What would come back after a power cut has the tender in it.
    let kept = cart.unwrap().payments.unwrap();
    assert!(kept.remaining().is_zero());
    let sale = committed(&taken(&mut counter));
    assert_eq!(sale.payments[0].cards, [payment(&intent)]);
    assert_eq!(sale.payments[0].amount, usd(865));
    let effects = counter.step(Event::SaleCommitted);
    assert!(matches!(&effects[..], [Effect::Print(_)]), "{effects:?}");
    // The customer's bank asks for the numbers.
    let receipt = compose(
        &sale,
        counter.till.shop(),
        &ReceiptHead::default(),
        Copy::Original,
    );
    let texts: Vec<&str> = receipt
        .parts
        .iter()
        .filter_map(|part| match part {
            Part::Text { text, .. } => Some(text.as_str()),
            _ => None,
        })
        .collect();
    assert!(texts.contains(&"girocard ****4711"), "{texts:?}");
    let numbers = "Terminal 52500041 Trace 000102 Receipt 0012 Approval 000714";
    assert!(texts.contains(&numbers), "{texts:?}");
    assert_eq!(payment(&intent).reference_no(), "52500041-000102-0012");
}

#[test]
fn nothing_else_is_done_to_the_payment_meanwhile() {
    let mut counter = paying();
    let intent = begun(&mut counter, Some(500));
    for event in [
        Event::PaymentLeft,
        Event::TenderRemoved { place: 0 },
        Event::Completed,
        Event::PointsRedeemed(None),
        Event::Tendered {
            mode_of_payment: "Cash".to_owned(),
            amount: None,
        },
        Event::Tendered {
            mode_of_payment: CARD.to_owned(),
            amount: None,
        },
    ] {
        assert_eq!(refusal(&counter.step(event)), Notice::CardUnderWay);
    }
    // Another payment's outcome is not this one's.
    let other = CardIntent {
        reference: "C1-C00009-7K2M9QXB".to_owned(),
        ..intent.clone()
    };
    assert!(ends(&mut counter, &other, CardOutcome::Aborted).is_empty());
    // Locked in the middle: the terminal goes on.
    counter.step(Event::Locked);
    approves(&mut counter, &intent);
    assert!(taken(&mut counter).is_empty());
    counter.sign_in();
    assert_eq!(counter.tenders(), [(CARD, 500)]);
    // Said twice, it counts once.
    let again = CardOutcome::Approved(Box::new(payment(&intent)));
    assert!(ends(&mut counter, &intent, again).is_empty());
    committed(&counter.tender("Cash", None));
}

#[test]
fn what_was_not_approved_leaves_the_amount_due_and_the_next_one_has_its_own_name() {
    let mut counter = paying();
    let too_much = TenderRefused::TooMuch {
        mode_of_payment: CARD.to_owned(),
        remaining: usd(865),
    };
    let refused = refusal(&counter.tender(CARD, Some(866)));
    assert_eq!(refused, Notice::Tender(too_much));
    let mut number = 0;
    for (outcome, notice) in [
        (
            CardOutcome::Declined("the card has expired".to_owned()),
            Notice::CardDeclined("the card has expired".to_owned()),
        ),
        (CardOutcome::Aborted, Notice::CardAborted),
        (
            CardOutcome::NotBegun("not reachable".to_owned()),
            Notice::CardNotBegun("not reachable".to_owned()),
        ),
        (CardOutcome::NotCharged, Notice::CardNotCharged),
    ] {
        let intent = begun(&mut counter, None);
        number += 1;
        assert_eq!(intent.number, number);
        assert_eq!(refusal(&ended(&mut counter, &intent, outcome)), notice);
        assert!(counter.tenders().is_empty());
        assert_eq!(counter.till.card(), None);
    }
    // An intent that cannot be saved never reaches the terminal, and its number is free.
    assert_eq!(intent_of(&counter.tender(CARD, None)).number, 5);
    let full = NotSaved::DiskFull;
    let refused = refusal(&counter.step(Event::CardNotSaved(full.clone())));
    assert_eq!(refused, Notice::CardNotSaved(full));
    assert_eq!(intent_of(&counter.tender(CARD, None)).number, 5);
}

#[test]
fn a_card_payment_is_taken_back_by_the_terminal_before_the_payment_is_left() {
    let mut counter = paying();
    let intent = begun(&mut counter, Some(500));
    approves(&mut counter, &intent);
    counter.step(Event::CardSaved);
    let refused = refusal(&counter.step(Event::PaymentLeft));
    assert_eq!(refused, Notice::TakeCardBackFirst);
    let reversal = intent_of(&counter.step(Event::TenderRemoved { place: 0 }));
    assert_eq!(
        reversal.kind,
        CardIntentKind::Reversal {
            of: intent.reference.clone(),
            receipt_number: Some(12)
        }
    );
    assert_eq!(reversal.amount, usd(500));
    counter.step(Event::CardSaved);
    // Until it is known, the tender stands.
    assert_eq!(counter.tenders(), [(CARD, 500)]);
    ends(
        &mut counter,
        &reversal,
        CardOutcome::Declined("no".to_owned()),
    );
    counter.step(Event::CardSaved);
    assert_eq!(counter.tenders(), [(CARD, 500)]);
    let reversal = intent_of(&counter.step(Event::TenderRemoved { place: 0 }));
    counter.step(Event::CardSaved);
    approves(&mut counter, &reversal);
    assert!(taken(&mut counter).is_empty());
    assert!(counter.tenders().is_empty());
    counter.step(Event::PaymentLeft);
    assert_eq!(counter.till.stage(), &Stage::Selling);
}

#[test]
fn a_payment_that_was_begun_before_the_start_is_asked_for_before_anything_else() {
    let mut before = paying();
    let intent = begun(&mut before, None);
    let resume = Resume {
        shift: before.till.shift().cloned(),
        shifts: 1,
        open_cart: before.till.open_cart(),
        cards: 1,
        card: Some(intent.clone()),
        ..Resume::default()
    };
    let mut counter = Counter::resumed(resume.clone());
    counter.till.set_terminal_modes(modes());
    let asked = counter.step(Event::TerminalReady);
    assert_eq!(asked, [Effect::AskCard(Box::new(intent.clone()))]);
    assert!(counter.step(Event::TerminalReady).is_empty());
    counter.sign_in();
    assert_eq!(refusal(&counter.tender("Cash", None)), Notice::CardUnderWay);
    approves(&mut counter, &intent);
    let sale = committed(&taken(&mut counter));
    assert_eq!(sale.payments[0].cards[0].reference, intent.reference);

    // The cart did not come back: the money is told of.
    let mut counter = Counter::resumed(Resume {
        open_cart: None,
        cart_lost: true,
        ..resume
    });
    counter.step(Event::TerminalReady);
    let outcome = CardOutcome::Approved(Box::new(payment(&intent)));
    let told = ended(&mut counter, &intent, outcome);
    assert_eq!(refusal(&told), Notice::CardWithoutSale(usd(865)));
}

#[test]
fn an_outcome_that_cannot_be_saved_goes_with_the_sale() {
    let mut counter = paying();
    let intent = begun(&mut counter, None);
    approves(&mut counter, &intent);
    let effects = counter.step(Event::CardNotSaved(NotSaved::DiskFull));
    let [
        Effect::Sound(Sound::Taken),
        _,
        Effect::Show(Notice::CardNotSaved(_)),
        Effect::CommitSale(sale),
    ] = &effects[..]
    else {
        panic!("{effects:?}");
    };
    assert_eq!(sale.payments[0].cards.len(), 1);
}

#[test]
fn what_a_terminal_did_that_never_answers_is_said_by_a_person_and_approved_by_a_manager() {
    let mut counter = paying();
    // There is no card payment to say anything about.
    assert!(
        counter
            .step(Event::CardConfirmed { approved: true })
            .is_empty()
    );
    let intent = begun(&mut counter, None);
    let asked = counter.step(Event::CardConfirmed { approved: true });
    let [Effect::AskApproval(request)] = &asked[..] else {
        panic!("no manager is asked: {asked:?}");
    };
    let action = Action::CardConfirmed {
        reference: intent.reference.clone(),
        kind: CardIntentKind::Payment,
        mode_of_payment: CARD.to_owned(),
        amount: usd(865),
        approved: true,
    };
    assert_eq!(request.action, action);
    // The manager says no: it is asked on, and nothing was booked.
    assert!(counter.step(Event::ApprovalRefused).is_empty());
    assert_eq!(counter.till.card().unwrap().phase, CardPhase::UnderWay);
    counter.step(Event::CardConfirmed { approved: true });
    let approved = counter.approve("");
    let [
        Effect::Journal(fact),
        Effect::ConfirmCard {
            reference,
            approved: true,
        },
    ] = &approved[..]
    else {
        panic!("{approved:?}");
    };
    assert_eq!(reference, &intent.reference);
    assert_eq!(fact.action, action);
    assert_eq!(fact.approval.as_ref().unwrap().by.name, "Noor");
    approves(&mut counter, &intent);
    committed(&taken(&mut counter));

    // The terminal answers while the manager is asked: what it says counts, and nobody is asked.
    let mut counter = paying();
    let intent = begun(&mut counter, None);
    counter.step(Event::CardConfirmed { approved: true });
    assert!(counter.till.approval().is_some());
    ends(&mut counter, &intent, CardOutcome::NotCharged);
    assert!(counter.till.approval().is_none());
    assert_eq!(refusal(&counter.approve("")), Notice::NothingToApprove);
    counter.step(Event::CardSaved);
    assert!(counter.tenders().is_empty());
}

#[test]
fn money_goes_back_to_a_card_before_the_return_is_made() {
    let mut allows = profile();
    for method in &mut allows.payments {
        method.allow_in_returns = true;
    }
    let mut counter = Counter::open_in(shop_with([allows.into()]), catalog());
    counter.till.set_terminal_modes(modes());
    counter.scan(BOOK);
    counter.step(Event::PaymentStarted);
    let intent = begun(&mut counter, None);
    approves(&mut counter, &intent);
    let sale = committed(&taken(&mut counter));
    counter.step(Event::SaleCommitted);
    let mut counter = counter.restarted(catalog(), &[&sale]);
    counter.till.set_terminal_modes(modes());
    let number = sale.receipt_number.clone();
    counter.step(Event::ReturnStarted(ReturnSource::Receipt(number)));
    counter.step(Event::ReturnAll);
    counter.step(Event::ReturnReason("torn".to_owned()));
    counter.step(Event::PaymentStarted);
    let given = |counter: &Counter| match counter.till.stage() {
        Stage::Refunding(refund) => refund.given().len(),
        other => panic!("no money is given back: {other:?}"),
    };
    // More than is due is refused before the terminal hears of it.
    refusal(&counter.tender(CARD, Some(866)));
    let refund = begun(&mut counter, None);
    assert_eq!(refund.kind, CardIntentKind::Refund);
    assert_eq!(refund.amount, usd(865));
    let outcome = CardOutcome::Declined("no such card".to_owned());
    let refused = refusal(&ended(&mut counter, &refund, outcome));
    assert_eq!(refused, Notice::CardDeclined("no such card".to_owned()));
    assert_eq!(given(&counter), 0);
    // A part to the card: it does not come back from there, the rest is cash.
    let refund = begun(&mut counter, Some(500));
    let (_, cart) = approves(&mut counter, &refund);
    assert_eq!(cart.unwrap().refund.unwrap().remaining(), usd(365));
    assert!(taken(&mut counter).is_empty());
    let refused = refusal(&counter.step(Event::TenderRemoved { place: 0 }));
    assert_eq!(refused, Notice::CardRefunded);
    let returned = committed(&counter.tender("Cash", None));
    assert!(returned.is_return());
    let card = returned.payments.iter().find(|it| !it.cards.is_empty());
    let card = card.expect("the card is not among the payments");
    assert_eq!(card.amount, usd(-500));
    assert_eq!(card.cards, [payment(&refund)]);
    counter.step(Event::SaleCommitted);
    // All that the card terminal moved is among what the shift expects of it.
    let totals = counter.till.shift_totals().unwrap();
    assert_eq!(totals.mode_of_payment(CARD).unwrap().expected(), usd(365));
}
