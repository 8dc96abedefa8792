//! What only a person at the printer can answer: each question stays on the screen until then.

use std::collections::VecDeque;
use std::sync::Arc;

use checkout::receipt::Copy;
use checkout::sale::{ReceiptNumber, Sale};
use store::{JournalKind, PrintState, ReportJob};

use super::super::App;
use crate::screens::frame::Answers;
use crate::screens::words::Words;
use crate::ui::Level;

/// The most that wait for an answer. What is older is marked in Sales.
const MOST: usize = 64;
/// The most receipts that are named.
const NAMED: usize = 3;

/// What has to be looked at.
pub(super) enum Question {
    /// The printer did not say that it printed this receipt.
    InDoubt(ReceiptNumber),
    /// Nothing of this receipt was printed.
    NotPrinted(Arc<Sale>, Copy),
    /// Nothing of these was printed before the till started, and whoever waited for them has gone.
    NeverPrinted(Vec<ReceiptNumber>),
    /// The printer did not say that it printed this report or slip.
    ReportInDoubt(Box<ReportJob>),
    /// Nothing of this report or slip was printed.
    ReportNotPrinted(Box<ReportJob>),
}

/// The questions, the oldest first.
#[derive(Default)]
pub(super) struct Questions(VecDeque<Question>);

impl Questions {
    /// Whether nobody is asked anything.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// It is printed once more, so that nobody has to say anything of it.
    pub(super) fn forget(&mut self, number: &ReceiptNumber) {
        for question in &mut self.0 {
            if let Question::NeverPrinted(numbers) = question {
                numbers.retain(|it| it != number);
            }
        }
        self.0.retain(|question| match question {
            Question::InDoubt(it) => it != number,
            Question::NotPrinted(sale, _) => sale.receipt_number != *number,
            Question::NeverPrinted(numbers) => !numbers.is_empty(),
            Question::ReportInDoubt(_) | Question::ReportNotPrinted(_) => true,
        });
    }
}

impl App {
    /// Asks when it is its turn.
    pub(super) fn ask(&mut self, question: Question) {
        let Questions(questions) = &mut self.devices.questions;
        if questions.len() >= MOST {
            questions.pop_front();
        }
        questions.push_back(question);
    }

    /// What is asked now, and what can be answered; nothing can before somebody has signed in.
    pub(in crate::app) fn question(&self) -> Option<(Words, Answers)> {
        let Questions(questions) = &self.devices.questions;
        let first = questions.front()?;
        let warning = |title: String, sentence: String, remedy: &str| {
            Words::new(Level::Warning, title, sentence, remedy)
        };
        let more = self.more_in_doubt();
        let (mut words, answers) = match first {
            Question::InDoubt(number) => (
                warning(
                    format!("Receipt {number} may not have been printed"),
                    more,
                    "Look whether it came out.",
                ),
                Answers::new("Print again", "It is there"),
            ),
            Question::NotPrinted(sale, _) => (
                warning(
                    format!("Receipt {} was not printed", sale.receipt_number),
                    more,
                    "The sale is saved.",
                ),
                Answers::new("Print again", "Leave it"),
            ),
            Question::NeverPrinted(numbers) => {
                let (remedy, answers) = match numbers.as_slice() {
                    [_] => (
                        "It is from before the till was started. Without an answer it stays in Sales.",
                        Answers::new("Print it", "Leave it"),
                    ),
                    _ => (
                        "They are from before the till was started. Without an answer they stay in Sales.",
                        Answers::new("Print them", "Leave them"),
                    ),
                };
                (
                    warning(never_printed(numbers), named(numbers), remedy),
                    answers,
                )
            }
            Question::ReportInDoubt(job) => (
                warning(
                    format!("{} may not have been printed", job.title),
                    String::new(),
                    "Look whether it came out.",
                ),
                Answers::new("Print again", "It is there"),
            ),
            Question::ReportNotPrinted(job) => (
                warning(
                    format!("{} was not printed", job.title),
                    String::new(),
                    "What it is about is saved.",
                ),
                Answers::new("Print it", "Leave it"),
            ),
        };
        if self.is_signed_in() {
            return Some((words, answers));
        }
        words.remedy = "Look at the printer, sign in, and say whether it is there.".to_owned();
        Some((words, Answers::default()))
    }

    /// Which receipts are in doubt besides the one that is asked about.
    fn more_in_doubt(&self) -> String {
        let Questions(questions) = &self.devices.questions;
        let numbers: Vec<_> = questions
            .iter()
            .skip(1)
            .filter_map(|question| match question {
                Question::InDoubt(number) => Some(number.clone()),
                Question::NotPrinted(sale, _) => Some(sale.receipt_number.clone()),
                _ => None,
            })
            .collect();
        match numbers.is_empty() {
            true => String::new(),
            false => format!("Asked about next: {}", named(&numbers)),
        }
    }

    /// It is printed again.
    pub(in crate::app) fn question_print(&mut self) {
        match self.take_question() {
            Some(Question::InDoubt(number)) => self.print_stored(&number, Copy::Duplicate),
            Some(Question::NotPrinted(sale, copy)) => self.print(sale, copy),
            Some(Question::NeverPrinted(numbers)) => {
                for number in numbers {
                    self.print_stored(&number, Copy::Original);
                }
            }
            Some(Question::ReportInDoubt(mut job)) => {
                job.page = job.page.duplicate();
                self.print_page(*job);
            }
            Some(Question::ReportNotPrinted(job)) => self.print_page(*job),
            None => {}
        }
        self.refresh();
    }

    /// It is there, or is left as it is.
    pub(in crate::app) fn question_done(&mut self) {
        match self.take_question() {
            Some(Question::InDoubt(number)) => {
                self.devices.remember(&number, PrintState::Printed);
                self.keep_seen(vec![number], PrintState::Printed);
            }
            // That they are given up is kept, so that nobody is asked again.
            Some(Question::NeverPrinted(numbers)) => self.keep_seen(numbers, PrintState::Failed),
            Some(Question::ReportInDoubt(job)) => {
                self.keep_report_seen(&job.key, PrintState::Printed);
            }
            Some(Question::ReportNotPrinted(job)) => {
                self.keep_report_seen(&job.key, PrintState::Failed);
            }
            Some(Question::NotPrinted(..)) | None => {}
        }
        self.refresh();
    }

    fn take_question(&mut self) -> Option<Question> {
        let is_there = self.is_signed_in();
        let Questions(questions) = &mut self.devices.questions;
        is_there.then(|| questions.pop_front()).flatten()
    }

    fn who_answers(&self) -> Option<String> {
        let cashier = self.till.as_ref().and_then(|till| till.cashier());
        cashier.map(|cashier| cashier.name.clone())
    }

    /// Keeps what somebody said of a report or slip, and who.
    fn keep_report_seen(&mut self, key: &str, state: PrintState) {
        let said = serde_json::json!({
            "looked_for_report": key,
            "is_there": state == PrintState::Printed,
            "answered_by": self.who_answers(),
        });
        self.put_on_record(said, "what was said of a report");
        self.report_done(key, state);
    }

    /// Keeps what somebody said of receipts, and who.
    fn keep_seen(&self, numbers: Vec<ReceiptNumber>, state: PrintState) {
        let (at, by) = ((self.clock)(), self.who_answers());
        let posted = self.store.post(move |store| {
            for number in numbers {
                let said = serde_json::json!({
                    "looked_for_receipt": number,
                    "is_there": state == PrintState::Printed,
                    "answered_by": by,
                });
                let kept = store
                    .print_job_set(&number, state, at)
                    .and_then(|()| store.journal_append(JournalKind::Program, &said, at));
                if let Err(error) = kept {
                    tracing::warn!("what was said of receipt {number} was not kept: {error}");
                }
            }
        });
        if let Err(busy) = posted {
            tracing::warn!("what was said of a receipt was not kept: {busy}");
        }
    }
}

fn never_printed(numbers: &[ReceiptNumber]) -> String {
    match numbers {
        [number] => format!("Receipt {number} was never printed"),
        several => format!("{} receipts were never printed", several.len()),
    }
}

/// `C1-000001, C1-000002 and 4 more.`
fn named(numbers: &[ReceiptNumber]) -> String {
    let names: Vec<_> = numbers
        .iter()
        .take(NAMED)
        .map(ToString::to_string)
        .collect();
    let names = names.join(", ");
    match numbers.len().saturating_sub(NAMED) {
        0 => format!("{names}."),
        more => format!("{names} and {more} more."),
    }
}
