//! A report on the screen.

use std::rc::Rc;

use slint::{ComponentHandle, ModelRc, VecModel};

use super::done::ReceiptState;
use super::update;
use crate::ui::{Level, PaperLine, Report, TillWindow};

/// What the screen says of a report.
pub struct ReportWords {
    /// "X report", "Shift 14 is closed".
    pub title: String,
    /// "Shift 14 so far", "Z report 14".
    pub detail: String,
    /// What else is to be known.
    pub note: String,
    /// The shift is closed.
    pub shift_closed: bool,
    /// How its printing fares; `None` while it was not asked for.
    pub printing: Option<ReceiptState>,
    /// It was printed before.
    pub printed: bool,
    /// There is a printer.
    pub has_printer: bool,
}

/// The model of the screen.
pub struct ReportScreen {
    lines: Rc<VecModel<PaperLine>>,
}

impl ReportScreen {
    /// Connects an empty model to the window.
    pub fn new(window: &TillWindow) -> Self {
        let screen = Self {
            lines: Rc::default(),
        };
        window
            .global::<Report>()
            .set_lines(ModelRc::from(screen.lines.clone()));
        screen
    }

    /// Shows a report.
    pub fn show(&self, window: &TillWindow, lines: Vec<PaperLine>, words: &ReportWords) {
        let ui = window.global::<Report>();
        update(&self.lines, lines);
        ui.set_title(words.title.as_str().into());
        ui.set_detail(words.detail.as_str().into());
        ui.set_note(words.note.as_str().into());
        ui.set_shift_closed(words.shift_closed);
        let (level, sentence, remedy) = match words.printing {
            Some(state) => state.words_of("report", "It is kept and can be printed later."),
            None if words.has_printer => (Level::Neutral, String::new(), String::new()),
            None => (
                Level::Neutral,
                "No receipt printer is set up".to_owned(),
                "The report is kept; it can be read here.".to_owned(),
            ),
        };
        ui.set_level(level);
        ui.set_sentence(sentence.into());
        ui.set_remedy(remedy.into());
        ui.set_printed(words.printed);
        ui.set_can_print(match words.printing {
            Some(state) => state.can_reprint(),
            None => words.has_printer,
        });
    }
}
