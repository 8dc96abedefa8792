//! What is asked of whoever stands at the printer, on the screens where it may be asked.

use slint::ComponentHandle;

use super::scenes::{self, Fill};
use super::{counter, devices};
use crate::headless::Headless;
use crate::screens::frame::{self, Answers};
use crate::screens::words::Words;
use crate::ui::{Done, Level, TillWindow};

/// The scenes by the names of their pictures.
pub const ALL: [(&str, Fill); 7] = [
    ("question-sell", |screen, window| {
        asked(screen, window, scenes::sell);
    }),
    ("question-done", done),
    ("question-sales", |screen, window| {
        asked(screen, window, scenes::sales_detail);
    }),
    ("question-cash", |screen, window| {
        asked(screen, window, counter::cash_out);
    }),
    ("question-manager", |screen, window| {
        asked(screen, window, devices::devices);
    }),
    ("question-lock", lock),
    ("question-never", never),
];

fn words(sentence: &str, remedy: &str) -> Words {
    let title = "Receipt C1-001043 may not have been printed";
    Words::new(Level::Warning, title, sentence, remedy)
}

fn asked(screen: &Headless, window: &TillWindow, fill: Fill) {
    fill(screen, window);
    let next = "Asked about next: C1-001044, C1-001045.";
    let words = words(next, "Look whether it came out.");
    frame::show_question(window, &words, Answers::new("Print again", "It is there"));
}

fn done(screen: &Headless, window: &TillWindow) {
    scenes::done_paper(screen, window);
    let done = window.global::<Done>();
    done.set_receipt_level(Level::Warning);
    done.set_receipt_sentence("The printer did not confirm the receipt".into());
    done.set_receipt_remedy("Look whether it came out. If not, print it again.".into());
    done.set_can_reprint(true);
    let words = words("", "Look whether it came out.");
    frame::show_question(window, &words, Answers::new("Print again", "It is there"));
}

fn lock(screen: &Headless, window: &TillWindow) {
    scenes::lock(screen, window);
    let remedy = "Look at the printer, sign in, and say whether it is there.";
    frame::show_question(window, &words("", remedy), Answers::default());
}

fn never(screen: &Headless, window: &TillWindow) {
    scenes::sell(screen, window);
    let words = Words::new(
        Level::Warning,
        "5 receipts were never printed",
        "C1-001040, C1-001041, C1-001042 and 2 more.",
        "They are from before the till was started. Without an answer they stay in Sales.",
    );
    frame::show_question(window, &words, Answers::new("Print them", "Leave them"));
}
