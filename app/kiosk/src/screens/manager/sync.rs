//! What has not reached ERPNext yet, why, and what to do.

use checkout::format::AmountFormat;
use checkout::money::Money;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use slint::ComponentHandle;
use store::{OutboxLine, OutboxSummary, SendState, UnsentKind};

use super::settle::is_refused;
use super::{ManagerScreen, lasted, moment};
use crate::screens::{update, words, written_sum};
use crate::sync::SyncState;
use crate::ui::{self, Level, TillWindow};

/// What the place is shown from.
pub struct Unsent<'a> {
    /// How much in all.
    pub summary: &'a OutboxSummary,
    /// By kind.
    pub kinds: &'a [UnsentKind],
    /// The documents that are listed.
    pub lines: &'a [OutboxLine],
    /// The document that is looked at, by its id.
    pub chosen: Option<i64>,
    /// It is about to be settled by hand: the reason, where one is chosen.
    pub settling: Option<Option<usize>>,
    /// How the connection is.
    pub state: &'a SyncState,
    /// Whether a new enrolment sheet can be scanned here.
    pub can_renew: bool,
    /// When ERPNext answered last.
    pub last_contact: Option<Timestamp>,
    /// How amounts are written; `None` while the till has no shop.
    pub format: Option<AmountFormat>,
    /// Now.
    pub now: Timestamp,
    /// The site's zone.
    pub zone: TimeZone,
}

impl ManagerScreen {
    /// Shows the place.
    pub fn show_sync(&self, window: &TillWindow, unsent: &Unsent<'_>) {
        let sync = window.global::<ui::Sync>();
        let summary = unsent.summary;
        sync.set_level(match (summary.unsent, summary.parked) {
            (0, _) => Level::Good,
            (_, 0) => Level::Busy,
            _ => Level::Bad,
        });
        sync.set_title(title(summary).into());
        sync.set_value(unsent.written(&summary.unsent_value).into());
        let age = summary.oldest.map_or_else(String::new, |oldest| {
            format!(
                "The oldest has waited for {}, since it was made {}.",
                lasted(unsent.now.duration_since(oldest)),
                moment(oldest, unsent.now, &unsent.zone)
            )
        });
        sync.set_age(age.into());
        update(
            &self.kinds,
            unsent.kinds.iter().map(|kind| unsent.kind(kind)).collect(),
        );
        let in_words = unsent.kinds.iter().map(in_words).collect::<Vec<_>>();
        sync.set_kinds_text(in_words.join(", ").into());
        update(
            &self.unsent,
            unsent.lines.iter().map(|line| unsent.row(line)).collect(),
        );
        let more = summary.unsent.saturating_sub(unsent.lines.len() as u64);
        sync.set_more(match more {
            0 => "".into(),
            more => format!("and {more} more, which follow them").into(),
        });
        let (level, contact, remedy) = contact(unsent.state);
        sync.set_contact_level(level);
        sync.set_contact(contact.into());
        sync.set_contact_remedy(remedy.into());
        let last = unsent.last_contact.map_or_else(String::new, |at| {
            format!(
                "ERPNext answered last {}.",
                moment(at, unsent.now, &unsent.zone)
            )
        });
        sync.set_last_contact(last.into());
        let has_site = *unsent.state != SyncState::NoSite;
        sync.set_can_retry_all(has_site);
        let wants = matches!(
            unsent.state,
            SyncState::Trouble {
                new_sheet: true,
                ..
            }
        );
        sync.set_new_sheet_wanted(wants && unsent.can_renew);
        sync.set_settling(false);
        let Some(line) = unsent.show_detail(&sync, has_site) else {
            return;
        };
        sync.set_can_settle(is_refused(line));
        if let Some(reason) = unsent.settling.filter(|_| is_refused(line)) {
            self.show_settling(&sync, line, reason);
        }
    }
}

impl Unsent<'_> {
    fn written(&self, value: &[Money]) -> String {
        let format = self.format.as_ref();
        format.map_or_else(String::new, |format| written_sum(format, value))
    }

    fn kind(&self, kind: &UnsentKind) -> ui::UnsentKind {
        ui::UnsentKind {
            label: plural(kind.doctype).into(),
            count: kind.documents.to_string().into(),
            amount: self.written(&kind.value).into(),
        }
    }

    fn row(&self, line: &OutboxLine) -> ui::UnsentRow {
        let (state, level) = state(&line.sent);
        ui::UnsentRow {
            label: label(line).into(),
            kind: line.doctype.into(),
            state: state.into(),
            level,
            amount: self.written(line.amount.as_slice()).into(),
            age: lasted(self.now.duration_since(line.made_at)).into(),
        }
    }

    /// Shows the document that is looked at, and answers with it.
    fn show_detail(&self, sync: &ui::Sync<'_>, has_site: bool) -> Option<&OutboxLine> {
        let place = self
            .lines
            .iter()
            .position(|line| Some(line.id) == self.chosen);
        let selected = place.and_then(|place| i32::try_from(place).ok());
        sync.set_selected(selected.unwrap_or(-1));
        let line = place.and_then(|place| self.lines.get(place))?;
        sync.set_heading(label(line).into());
        let made = format!("Made {}.", moment(line.made_at, self.now, &self.zone));
        let detail = match self.written(line.amount.as_slice()) {
            amount if amount.is_empty() => format!("{}. {made}", line.doctype),
            amount => format!("{}, {amount}. {made}", line.doctype),
        };
        sync.set_detail(detail.into());
        let (cause, remedy, waits_for) = self.why(&line.sent);
        sync.set_cause(words::whole_sentence(&cause).into());
        sync.set_remedy(remedy.into());
        sync.set_waits_for(waits_for.into());
        sync.set_can_retry(has_site);
        Some(line)
    }

    /// Why it was not sent, what to do, and what it waits for.
    fn why(&self, sent: &SendState) -> (String, String, String) {
        let none = String::new;
        match sent {
            SendState::Waiting {
                cause: None,
                not_before: None,
                ..
            } => (
                none(),
                none(),
                "It waits for its turn and is sent by itself.".to_owned(),
            ),
            SendState::Waiting {
                attempts,
                cause,
                remedy,
                not_before,
            } => {
                let tried = match attempts {
                    0 => String::new(),
                    1 => "Tried once. ".to_owned(),
                    attempts => format!("Tried {attempts} times. "),
                };
                let next = match not_before {
                    Some(at) if *at > self.now => {
                        format!("It is tried again {}.", moment(*at, self.now, &self.zone))
                    }
                    _ => "It is tried again when its turn comes.".to_owned(),
                };
                (
                    cause.clone().unwrap_or_default(),
                    if remedy.is_empty() {
                        "Nothing needs to be done: it is tried again by itself.".to_owned()
                    } else {
                        remedy.clone()
                    },
                    format!("{tried}{next}"),
                )
            }
            SendState::HeldUp {
                cause,
                remedy,
                behind,
            } => (
                cause.clone(),
                remedy.clone(),
                match behind {
                    Some(behind) => {
                        let what = in_sentence(&called(behind.doctype, &behind.label));
                        format!("It waits for {what}, and is sent after it.")
                    }
                    None => "It waits for that, and goes on by itself.".to_owned(),
                },
            ),
            SendState::Parked { cause, remedy, .. } => (
                cause.clone(),
                remedy.clone(),
                "It stays here until ERPNext takes it, or a manager settles it by hand. When that was seen to, try it again."
                    .to_owned(),
            ),
            SendState::Delivered { erpnext_name, .. } => {
                (none(), none(), format!("ERPNext has it as {erpnext_name}."))
            }
            SendState::Settled { by, reason, .. } => {
                (none(), none(), format!("{by} settled it by hand: {reason}"))
            }
        }
    }
}

fn title(summary: &OutboxSummary) -> String {
    let documents = match summary.unsent {
        0 => return "Nothing is left to send".to_owned(),
        1 => "1 document waits".to_owned(),
        unsent => format!("{unsent} documents wait"),
    };
    match summary.parked {
        0 => documents,
        1 => format!("{documents}, 1 needs a person"),
        parked => format!("{documents}, {parked} need a person"),
    }
}

fn contact(state: &SyncState) -> (Level, &str, &str) {
    match state {
        SyncState::NoSite => (
            Level::Neutral,
            "This till is not connected to an ERPNext site.",
            "",
        ),
        SyncState::Starting => (Level::Busy, "Connecting.", ""),
        SyncState::Idle => (Level::Good, "Connected. All is up to date.", ""),
        SyncState::Busy(doing) => (Level::Busy, doing, ""),
        SyncState::Trouble { cause, remedy, .. } => (Level::Warning, cause, remedy),
    }
}

/// What people call a document.
pub fn label(line: &OutboxLine) -> String {
    called(line.doctype, &line.label)
}

/// The same from its parts.
pub fn called(doctype: &str, label: &str) -> String {
    match doctype {
        "POS Invoice" => format!("Receipt {label}"),
        "POS Opening Entry" => format!("Opening of shift {label}"),
        "POS Closing Entry" => format!("Closing of shift {label}"),
        "Customer" => format!("Customer {label}"),
        other => format!("{other} {label}"),
    }
}

/// The same within a sentence: `the opening of shift 3`.
pub fn in_sentence(called: &str) -> String {
    match called.split_once(' ') {
        Some((first @ ("Opening" | "Closing"), rest)) => {
            format!("the {} {rest}", first.to_lowercase())
        }
        Some((first, rest)) => format!("{} {rest}", first.to_lowercase()),
        None => called.to_owned(),
    }
}

fn plural(doctype: &str) -> &str {
    match doctype {
        "POS Invoice" => "Receipts",
        "POS Opening Entry" => "Shift openings",
        "POS Closing Entry" => "Shift closings",
        "Customer" => "New customers",
        other => other,
    }
}

/// `2 receipts`
fn in_words(kind: &UnsentKind) -> String {
    let many = plural(kind.doctype).to_lowercase();
    match kind.documents {
        1 => format!("1 {}", many.strip_suffix('s').unwrap_or(&many)),
        documents => format!("{documents} {many}"),
    }
}

fn state(sent: &SendState) -> (&'static str, Level) {
    match sent {
        SendState::Waiting { cause: None, .. } => ("Waits for its turn", Level::Busy),
        SendState::Waiting { .. } => ("Could not be sent yet", Level::Warning),
        SendState::HeldUp {
            behind: Some(behind),
            ..
        } if behind.parked => ("Waits for one that was refused", Level::Warning),
        SendState::HeldUp { behind: None, .. } => ("Waits for something else", Level::Warning),
        SendState::HeldUp { .. } => ("Waits for another document", Level::Warning),
        SendState::Parked { .. } => ("Refused by ERPNext", Level::Bad),
        SendState::Delivered { .. } => ("Accepted", Level::Good),
        SendState::Settled { .. } => ("Settled by hand", Level::Neutral),
    }
}
