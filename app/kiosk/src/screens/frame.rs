//! What every screen has around it: status bar, notice, fault.

use checkout::shop::Shop;
use hal::{DrawerState, Paper, PortState, PrinterStatus};
use slint::ComponentHandle;
use store::OutboxSummary;

use super::manager::devices::NamedScanner;
use super::words::{self, Words};
use crate::sync::SyncState;
use crate::ui::{Fault, Level, Notice, Status, StatusBar, TillWindow};

/// Says something to the cashier, or takes it back.
pub fn show_notice(window: &TillWindow, words: Option<&Words>) {
    let notice = window.global::<Notice>();
    notice.set_shown(words.is_some());
    if let Some(words) = words {
        notice.set_level(words.level);
        notice.set_title(words.title.as_str().into());
        notice.set_sentence(words.sentence.as_str().into());
        notice.set_remedy(words.remedy.as_str().into());
        offer(window, Answers::default(), false);
    }
}

/// What can be answered to a question; empty texts where nothing can.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Answers {
    /// What has something done.
    act: &'static str,
    /// What leaves it as it is.
    leave: &'static str,
}

impl Answers {
    /// Two answers.
    pub const fn new(act: &'static str, leave: &'static str) -> Self {
        Self { act, leave }
    }
}

/// Asks the cashier something. It stays until it is answered.
pub fn show_question(window: &TillWindow, words: &Words, answers: Answers) {
    show_notice(window, Some(words));
    offer(window, answers, true);
}

fn offer(window: &TillWindow, answers: Answers, stays: bool) {
    let notice = window.global::<Notice>();
    notice.set_action(answers.act.into());
    notice.set_other_action(answers.leave.into());
    notice.set_stays(stays);
}

/// Why no selling is possible, with what small print may help whoever is called.
pub fn show_fault(window: &TillWindow, words: &Words, detail: &str, progress: Option<(f32, &str)>) {
    let fault = window.global::<Fault>();
    fault.set_level(words.level);
    fault.set_title(words.title.as_str().into());
    fault.set_sentence(words.sentence.as_str().into());
    fault.set_remedy(words.remedy.as_str().into());
    fault.set_detail(detail.into());
    let (share, text) = progress.unwrap_or((-1.0, ""));
    fault.set_progress(share);
    fault.set_progress_text(text.into());
    fault.set_action("".into());
}

/// The receipt printer in the status bar; `None` where the till has none.
pub fn show_printer(window: &TillWindow, printer: Option<&PrinterStatus>) {
    let ready =
        |level, sentence: &str, remedy: &str| status(level, "Receipt printer", sentence, remedy);
    let shown = match printer {
        None => ready(
            Level::Neutral,
            "No receipt printer is set up.",
            "Receipts are kept and can be printed later from Sales.",
        ),
        Some(printer) => match printer.hindrance() {
            Some(hindrance) => {
                let words = words::printer(hindrance);
                Status {
                    title: words.title.into(),
                    ..ready(words.level, "", &words.remedy)
                }
            }
            None if printer.paper == Paper::NearEnd => ready(
                Level::Warning,
                "The paper is nearly used up.",
                "Have a new roll at hand.",
            ),
            None => match (printer.line, printer.warning, printer.drawer) {
                (None, Some(warning), _) => {
                    let (sentence, remedy) = words::printer_warning(warning);
                    ready(Level::Warning, sentence, remedy)
                }
                (Some(fault), ..) => {
                    let (sentence, remedy) = words::disturbed("It prints, but ", fault);
                    ready(Level::Warning, &sentence, &remedy)
                }
                (None, None, DrawerState::Open) => {
                    ready(Level::Good, "Ready. The cash drawer is open.", "")
                }
                (None, None, _) => ready(Level::Good, "Ready.", ""),
            },
        },
    };
    window.global::<StatusBar>().set_printer(shown);
}

/// The scanners in the status bar, each with its name; none where the till has none. Of several the
/// first that is not ready is told.
pub fn show_scanners(window: &TillWindow, scanners: &[NamedScanner]) {
    let waiting = scanners.iter().find(|it| it.port != PortState::Open);
    let shown = match (waiting, scanners.len()) {
        (None, 0) => status(
            Level::Neutral,
            "Scanner",
            "No scanner is set up.",
            "Items can be tapped or searched; a keyboard scanner types into the search.",
        ),
        (None, 1) => status(Level::Good, "Scanner", "Ready.", ""),
        (None, several) => status(
            Level::Good,
            "Scanners",
            &format!("All {several} are ready."),
            "",
        ),
        (Some(NamedScanner { name, port, .. }), _) => {
            let (title, remedy) = words::device_port(name, *port);
            let level = if *port == PortState::Opening {
                Level::Busy
            } else {
                Level::Bad
            };
            status(level, &title, "", &remedy)
        }
    };
    window.global::<StatusBar>().set_scanner(shown);
}

/// The connection to ERPNext in the status bar.
pub fn show_network(window: &TillWindow, sync: &SyncState) {
    let always = "Selling goes on; everything is kept and sent later.";
    let shown = match sync {
        SyncState::NoSite => status(
            Level::Neutral,
            "ERPNext",
            "This till is not connected to an ERPNext site.",
            "What is sold is kept on this till.",
        ),
        SyncState::Starting => status(Level::Busy, "ERPNext", "Connecting.", ""),
        SyncState::Idle => status(Level::Good, "ERPNext", "Connected. All is up to date.", ""),
        SyncState::Busy(doing) => status(Level::Busy, "ERPNext", doing, ""),
        SyncState::Trouble { cause, remedy, .. } => {
            let remedy = if remedy.is_empty() { always } else { remedy };
            Status {
                action: "Try now".into(),
                ..status(Level::Warning, "ERPNext", cause, remedy)
            }
        }
    };
    window.global::<StatusBar>().set_network(shown);
}

/// What has not reached ERPNext yet, in the status bar.
pub fn show_unsent(window: &TillWindow, shop: Option<&Shop>, summary: &OutboxSummary) {
    let documents = documents(shop, summary);
    let wait = if summary.unsent == 1 { "waits" } else { "wait" };
    let shown = match (summary.unsent, summary.parked) {
        (0, _) => status(Level::Good, "Unsent", "Nothing is left to send.", ""),
        (unsent, 0) => Status {
            value: unsent.to_string().into(),
            ..status(
                Level::Busy,
                "Unsent",
                &format!("{documents} {wait} to be sent."),
                "Nothing is lost: it is kept on this till and sent by itself.",
            )
        },
        (unsent, parked) => {
            let refused = match (parked, summary.parked_shifts) {
                (1, 1) => "the opening of a shift, and its sales wait for it".to_owned(),
                (parked, 0) => parked.to_string(),
                (parked, 1) => format!("{parked}, among them the opening of a shift"),
                (parked, shifts) => format!("{parked}, among them the openings of {shifts} shifts"),
            };
            Status {
                value: unsent.to_string().into(),
                action: "Send again".into(),
                ..status(
                    Level::Bad,
                    "Unsent",
                    &format!("{documents} {wait}; ERPNext refused {refused}."),
                    "Nothing is lost. Each sale in Sales says what to do; then send again.",
                )
            }
        }
    };
    window.global::<StatusBar>().set_unsent(shown);
}

/// `2 documents worth $34.60`, without a worth where no sale is among them.
fn documents(shop: Option<&Shop>, summary: &OutboxSummary) -> String {
    let count = match summary.unsent {
        1 => "1 document".to_owned(),
        unsent => format!("{unsent} documents"),
    };
    match shop {
        Some(shop) if !summary.unsent_value.is_empty() => {
            let worth = super::written_sum(&super::amounts(shop), &summary.unsent_value);
            format!("{count} worth {worth}")
        }
        _ => count,
    }
}

fn status(level: Level, title: &str, sentence: &str, remedy: &str) -> Status {
    Status {
        level,
        value: "".into(),
        title: title.into(),
        sentence: sentence.into(),
        remedy: remedy.into(),
        action: "".into(),
    }
}
