//! Card payments: from the till's intent to the terminal and back.

use std::time::Instant;

use checkout::card::{
    CardIntent, CardIntentKind, CardOutcome, CardPayment, CardPhase, LastAtTerminal, TerminalMark,
};
use checkout::till::{Event, Till};
use hal::zvt::currency;
use hal::{
    Confirmation, ErrorKind, HalError, LastReceipts, PaymentAmount, PaymentDoubt, PaymentIntent,
    PaymentKind, PaymentOutcome, PaymentState, TerminalPapers, TerminalReceipt, TerminalStatus,
    TerminalTime,
};
use jiff::civil::DateTime;
use slint::ComponentHandle;
use store::ReportJob;

use super::App;
use crate::screens::card::{self, CardView};
use crate::screens::words::sentence;
use crate::ui::{self, ScreenName, TillWindow};

/// What the terminal said last about the card payment that the till is at.
#[derive(Default)]
pub(super) struct CardState {
    state: Option<PaymentState>,
    cancelling: bool,
    /// Since when the terminal is asked and does not tell.
    unanswered: Option<Instant>,
    /// What it wants printed of a payment that moves no money.
    papers: TerminalPapers,
    /// What is to be printed, until it is made durable together with what came of the payment.
    paper: Option<ReportJob>,
}

impl App {
    /// Has the terminal do what is durable by now.
    pub(super) fn start_card(&mut self, intent: &CardIntent) {
        self.card = CardState::default();
        let begun = match self.devices.terminal() {
            // No terminal finds it without its number: a person takes it back there.
            Some(_) if is_without_number(intent) => {
                self.card.state = Some(PaymentState::ToBeKeyed);
                return;
            }
            Some(terminal) => payment_intent(intent).and_then(|it| terminal.device.pay(it)),
            // It was taken out of the configuration meanwhile.
            None => Err(HalError::NoPayment),
        };
        if let Err(error) = begun {
            let outcome = CardOutcome::NotBegun(error.to_string());
            self.card_ended(&intent.reference, outcome);
        }
    }

    /// Finds out what became of a payment from before the start.
    pub(super) fn ask_card(&mut self, intent: &CardIntent) {
        self.card = CardState::default();
        let asked = match self.devices.terminal() {
            Some(terminal) => payment_intent(intent).and_then(|it| terminal.device.ask(it)),
            None => Err(HalError::NoPayment),
        };
        if let Err(error) = asked {
            tracing::warn!("{} cannot be asked for: {error}", intent.reference);
            // A person says what became of it, by what the terminal shows.
            let doubt = PaymentDoubt::NotConfirmed;
            self.card.state = Some(PaymentState::ToBeConfirmed(doubt));
        }
    }

    /// The terminal says how far a payment is.
    pub(super) fn card_state(&mut self, reference: &str, state: PaymentState) {
        match state {
            PaymentState::ToBePrinted(papers) => {
                if self.card_intent(reference).is_some() {
                    self.card.papers = papers;
                }
            }
            PaymentState::Ended(outcome) => {
                if let Some(intent) = self.card_intent(reference) {
                    self.card.paper = match outcome.approved() {
                        Some(payment) => self.card_receipts(&intent, payment),
                        None => self.card_papers(&intent, &self.card.papers),
                    };
                    self.card_ended(reference, card_outcome(&intent, outcome));
                }
            }
            state => {
                if let PaymentState::Unknown(_) | PaymentState::Asking(_) = state {
                    self.card.unanswered.get_or_insert_with(Instant::now);
                } else {
                    self.card.unanswered = None;
                }
                self.card.state = Some(state);
                self.refresh();
            }
        }
    }

    /// The card payment that the till is at, if it is this one.
    fn card_intent(&self, reference: &str) -> Option<CardIntent> {
        let step = self.till.as_ref().and_then(Till::card)?;
        (step.intent.reference == reference).then(|| step.intent.clone())
    }

    fn card_ended(&mut self, reference: &str, outcome: CardOutcome) {
        let paper = self.card.paper.take();
        self.card = CardState {
            paper: paper.clone(),
            ..CardState::default()
        };
        self.step(Event::CardEnded {
            reference: reference.to_owned(),
            outcome,
        });
        // It was kept with the outcome, so that a power cut loses neither.
        if let Some(paper) = paper.filter(|_| self.card.paper.is_none()) {
            self.print_kept_page(paper);
        }
    }

    /// What is to be kept together with what came of a card payment.
    pub(super) fn take_card_paper(&mut self) -> Option<ReportJob> {
        self.card.paper.take()
    }

    /// Nothing of this is for the cashier: what is on the screen stays.
    pub(super) fn terminal_told(&mut self, status: &TerminalStatus) {
        let now = self.now();
        if let Some(till) = &mut self.till {
            let told = Event::TerminalTold(last_at_terminal(&status.last));
            let _nothing = till.step(&now, told);
        }
        self.refresh();
    }

    pub(super) fn card_cancelled(&mut self) {
        self.card.cancelling = true;
        let by_hand = self.card.state == Some(PaymentState::ToBeKeyed);
        match self.devices.terminal().map(|it| it.device.cancel()) {
            // The terminal was told nothing of it.
            Some(Err(error)) if by_hand && error.kind() == ErrorKind::Payment => {
                let step = self.till.as_ref().and_then(Till::card);
                if let Some(reference) = step.map(|step| step.intent.reference.clone()) {
                    return self.card_ended(&reference, CardOutcome::Aborted);
                }
            }
            Some(Err(error)) => {
                tracing::warn!("the card payment was not cancelled: {error}");
                self.card.cancelling = false;
            }
            Some(Ok(())) | None => {}
        }
        self.refresh();
    }

    /// A person says what the terminal did. Where it is still asked, a manager stands by that.
    pub(super) fn card_answered(&mut self, approved: bool) {
        let step = self.till.as_ref().and_then(Till::card);
        let Some(reference) = step.map(|step| step.intent.reference.clone()) else {
            return;
        };
        match &self.card.state {
            Some(PaymentState::Unknown(_) | PaymentState::Asking(_)) => {
                if self.may_person_say() {
                    self.step(Event::CardConfirmed { approved });
                }
            }
            _ => self.confirm_card(&reference, approved),
        }
    }

    /// Whether the terminal has been silent for so long that a person is asked instead.
    fn may_person_say(&self) -> bool {
        let waits = self.devices.terminal().map(|it| it.ask_person_after);
        let silent = self.card.unanswered.zip(waits);
        silent.is_some_and(|(since, after)| since.elapsed() >= after)
    }

    /// Whether a person is asked as soon as a terminal has been silent for long.
    pub(super) fn is_terminal_silent(&self) -> bool {
        self.card.unanswered.is_some()
    }

    /// What a person says becomes what came of a card payment.
    pub(super) fn confirm_card(&mut self, reference: &str, approved: bool) {
        let Some(step) = self.till.as_ref().and_then(Till::card) else {
            return;
        };
        let intent = step.intent.clone();
        if intent.reference != reference {
            return;
        }
        let confirmation = if approved {
            Confirmation::Approved
        } else {
            Confirmation::NotCharged
        };
        let told = match self.devices.terminal() {
            Some(terminal) => terminal.device.confirm(&intent.reference, confirmation),
            None => Err(HalError::NoPayment),
        };
        match told {
            Ok(()) => {}
            // No terminal knows of it: what the person says is all there is.
            Err(error) if error.kind() == ErrorKind::Payment => {
                let outcome = match confirmation {
                    Confirmation::Approved => PaymentOutcome::Approved(Box::default()),
                    Confirmation::NotCharged => PaymentOutcome::NotCharged,
                };
                self.card_ended(&intent.reference, card_outcome(&intent, outcome));
            }
            Err(error) => tracing::warn!("the terminal did not hear the answer: {error}"),
        }
    }

    pub(super) fn card_asked_again(&mut self) {
        let Some(step) = self.till.as_ref().and_then(Till::card) else {
            return;
        };
        let intent = step.intent.clone();
        self.ask_card(&intent);
        self.refresh();
    }

    /// Shows the terminal's sheet over the screen, whatever it is, while there is a card payment
    /// and somebody to see it.
    pub(super) fn show_card(&self, window: &TillWindow, screen: ScreenName) {
        let sheet = window.global::<ui::CardPay>();
        let till = self.till.as_ref().filter(|_| {
            !matches!(
                screen,
                ScreenName::Lock | ScreenName::Enrol | ScreenName::Fault
            )
        });
        let Some((till, step)) = till.and_then(|till| Some((till, till.card()?))) else {
            sheet.set_shown(false);
            return;
        };
        // Being made durable takes a moment; a sheet that flashes by tells nobody anything.
        let at_terminal = matches!(step.phase, CardPhase::UnderWay | CardPhase::Asked);
        let terminal = self.devices.terminal();
        self.show_approval(window);
        card::show(
            window,
            till.shop(),
            &CardView {
                intent: &step.intent,
                state: self.card.state.as_ref().filter(|_| at_terminal),
                cancelling: self.card.cancelling,
                can_ask: terminal.is_some(),
                hindrance: terminal.and_then(|it| it.device.status().hindrance),
                may_person_say: self.may_person_say(),
            },
        );
    }
}

/// Whether it takes back a payment that nobody knows the terminal's number of: a person said that
/// it went well.
fn is_without_number(intent: &CardIntent) -> bool {
    let kind = &intent.kind;
    matches!(kind, CardIntentKind::Reversal { receipt_number, .. } if receipt_number.is_none())
}

fn payment_intent(intent: &CardIntent) -> Result<PaymentIntent, HalError> {
    let units = u64::try_from(intent.amount.units).map_err(|_| HalError::InvalidAmount)?;
    let currency = currency::number(intent.amount.currency.code());
    Ok(PaymentIntent {
        reference: intent.reference.clone(),
        kind: match &intent.kind {
            CardIntentKind::Payment => PaymentKind::Payment,
            CardIntentKind::Refund => PaymentKind::Refund,
            CardIntentKind::Reversal { receipt_number, .. } => PaymentKind::Reversal {
                receipt_number: receipt_number.ok_or(HalError::NotSupported {
                    what: "taking back a card payment that has no number",
                })?,
            },
        },
        amount: PaymentAmount {
            units,
            currency: currency.ok_or(HalError::InvalidAmount)?,
        },
        started: terminal_time(intent.local),
        before: LastReceipts {
            booked: intent.before.booked.map(receipt),
            declined: intent.before.declined.map(receipt),
        },
    })
}

/// Parts of a date are small and never below zero.
fn terminal_time(at: DateTime) -> TerminalTime {
    let small = |number: i8| number.unsigned_abs();
    TerminalTime {
        month: small(at.month()),
        day: small(at.day()),
        hour: small(at.hour()),
        minute: small(at.minute()),
        second: small(at.second()),
    }
}

fn receipt(mark: TerminalMark) -> TerminalReceipt {
    TerminalReceipt {
        terminal: mark.terminal,
        trace: mark.trace,
        receipt_number: mark.receipt_number,
        time: mark
            .time
            .map(|[month, day, hour, minute, second]| TerminalTime {
                month,
                day,
                hour,
                minute,
                second,
            }),
    }
}

fn mark(receipt: TerminalReceipt) -> TerminalMark {
    TerminalMark {
        terminal: receipt.terminal,
        trace: receipt.trace,
        receipt_number: receipt.receipt_number,
        time: receipt
            .time
            .map(|time| [time.month, time.day, time.hour, time.minute, time.second]),
    }
}

fn last_at_terminal(last: &LastReceipts) -> LastAtTerminal {
    LastAtTerminal {
        booked: last.booked.map(mark),
        declined: last.declined.map(mark),
    }
}

fn card_outcome(intent: &CardIntent, outcome: PaymentOutcome) -> CardOutcome {
    match outcome {
        PaymentOutcome::Approved(payment) => CardOutcome::Approved(Box::new(CardPayment {
            reference: intent.reference.clone(),
            amount: intent.amount,
            mark: mark(payment.receipt),
            card_name: payment.card_name,
            card_number: payment.card_number,
            authorisation: payment.authorisation,
            customer_receipt: payment.customer_receipt,
            merchant_receipt: payment.merchant_receipt,
        })),
        PaymentOutcome::Declined { reason, .. } => CardOutcome::Declined(reason),
        PaymentOutcome::Aborted => CardOutcome::Aborted,
        PaymentOutcome::NotBegun(hindrance) => {
            let remedy = sentence(hindrance.remedy());
            CardOutcome::NotBegun(format!("the terminal is not ready: {hindrance}. {remedy}"))
        }
        PaymentOutcome::NotCharged => CardOutcome::NotCharged,
    }
}
