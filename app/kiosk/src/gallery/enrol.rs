//! The pictures of a box that becomes a till.

use slint::ComponentHandle;

use super::manager::person;
use super::scenes::{Fill, model};
use crate::headless::Headless;
use crate::ui::{
    Cashier, Choice, Download, Enrol, EnrolStep, Level, NewPin, ScreenName, Till, TillWindow,
};

/// The scenes by the names of their pictures.
pub const ALL: [(&str, Fill); 15] = [
    ("enrol-sheet", sheet),
    ("enrol-sheet-damaged", sheet_damaged),
    ("enrol-typed", typed),
    ("enrol-code", code),
    ("enrol-code-wrong", code_wrong),
    ("enrol-working", working),
    ("enrol-sign-in", sign_in),
    ("enrol-sign-in-refused", sign_in_refused),
    ("enrol-profile", profile),
    ("enrol-download", download),
    ("enrol-download-ready", download_ready),
    ("enrol-download-trouble", download_trouble),
    ("enrol-people", people),
    ("enrol-first", first),
    ("enrol-pin", pin),
];

fn step(window: &TillWindow, step: EnrolStep) {
    let till = window.global::<Till>();
    till.set_screen(ScreenName::Enrol);
    till.set_till_name("Evertill".into());
    till.set_shift("".into());
    till.set_cashier("".into());
    let enrol = window.global::<Enrol>();
    enrol.set_step(step);
    enrol.set_typing(false);
    enrol.set_sheet_text("".into());
    enrol.set_renewing("".into());
    enrol.set_anew(false);
    say(window, Level::Neutral, "", "");
}

fn say(window: &TillWindow, level: Level, sentence: &str, remedy: &str) {
    let enrol = window.global::<Enrol>();
    enrol.set_level(level);
    enrol.set_sentence(sentence.into());
    enrol.set_remedy(remedy.into());
}

pub(super) fn sheet(_: &Headless, window: &TillWindow) {
    step(window, EnrolStep::Sheet);
    let enrol = window.global::<Enrol>();
    enrol.set_scanner_level(Level::Good);
    enrol.set_scanner("A scanner is ready.".into());
}

fn sheet_damaged(screen: &Headless, window: &TillWindow) {
    sheet(screen, window);
    let enrol = window.global::<Enrol>();
    enrol.set_scanner_level(Level::Busy);
    enrol.set_scanner(
        "No scanner was found yet. Plug one in; one that works as a keyboard is ready at once."
            .into(),
    );
    enrol.set_sheet_text("EVT1:K7QM29XW4T".into());
    say(
        window,
        Level::Warning,
        "The enrolment sheet was not read whole.",
        "Scan it again, or print it anew and larger.",
    );
}

fn typed(_: &Headless, window: &TillWindow) {
    step(window, EnrolStep::Sheet);
    let enrol = window.global::<Enrol>();
    enrol.set_typing(true);
    enrol.set_sheet_text("EVT1:GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ".into());
}

fn code(_: &Headless, window: &TillWindow) {
    step(window, EnrolStep::Code);
    let enrol = window.global::<Enrol>();
    let letters = ["K", "7", "Q", "M", "2", "9", "", "", "", ""];
    enrol.set_code_letters(model(letters.map(Into::into).to_vec()));
    enrol.set_code_length(6);
    enrol.set_can_open(false);
}

fn code_wrong(screen: &Headless, window: &TillWindow) {
    code(screen, window);
    let enrol = window.global::<Enrol>();
    enrol.set_code_letters(model([""; 10].map(Into::into).to_vec()));
    enrol.set_code_length(0);
    say(
        window,
        Level::Bad,
        "The code does not open this sheet.",
        "Type it again, and check that it was told with this very sheet.",
    );
}

fn working(_: &Headless, window: &TillWindow) {
    step(window, EnrolStep::Working);
    say(
        window,
        Level::Busy,
        "Asking ERPNext whether this sheet is still good.",
        "",
    );
}

fn sign_in(_: &Headless, window: &TillWindow) {
    step(window, EnrolStep::SignIn);
    let enrol = window.global::<Enrol>();
    enrol.set_address("erp.harbourbooks.example".into());
    enrol.set_user("office@harbourbooks.example".into());
    enrol.set_password_length(14);
    enrol.set_can_sign_in(true);
}

fn sign_in_refused(screen: &Headless, window: &TillWindow) {
    sign_in(screen, window);
    let enrol = window.global::<Enrol>();
    enrol.set_password_length(0);
    enrol.set_can_sign_in(false);
    say(
        window,
        Level::Bad,
        "ERPNext does not let office@harbourbooks.example in: Invalid login credentials.",
        "Check the user and the password; ERPNext says in its Activity Log who tried.",
    );
}

fn choice(label: &str, detail: &str, chosen: bool) -> Choice {
    Choice {
        label: label.into(),
        detail: detail.into(),
        amount: "".into(),
        chosen,
        enabled: true,
        reason: "".into(),
    }
}

fn profile(_: &Headless, window: &TillWindow) {
    step(window, EnrolStep::Profile);
    let enrol = window.global::<Enrol>();
    enrol.set_site("erp.harbourbooks.example, as office@harbourbooks.example".into());
    enrol.set_profiles(model(vec![
        choice("Counter 1", "Harbour Books, Stores - HB", false),
        choice("Counter 2", "Harbour Books, Stores - HB", true),
        choice(
            "Counter 3",
            "Replaces till-c3@erp.harbourbooks.example: that box sells no more",
            false,
        ),
        choice("Event booth", "Harbour Books, Van - HB", false),
    ]));
    enrol.set_has_chosen(true);
    enrol.set_prefix("C2".into());
    enrol.set_can_enrol(true);
    enrol.set_enrol_text("Make this till C2".into());
}

fn row(label: &str, count: &str, level: Level) -> Download {
    Download {
        label: label.into(),
        count: count.into(),
        level,
    }
}

fn download(_: &Headless, window: &TillWindow) {
    step(window, EnrolStep::Download);
    window.global::<Till>().set_till_name("C2".into());
    let enrol = window.global::<Enrol>();
    enrol.set_title("Till C2".into());
    enrol.set_can_start(false);
    enrol.set_downloads(model(vec![
        row("System Settings", "1", Level::Good),
        row("Company", "1", Level::Good),
        row("Currency", "3", Level::Good),
        row("Mode of Payment", "4", Level::Good),
        row("Price List", "3", Level::Good),
        row("Sales Taxes and Charges Template", "8", Level::Good),
        row("Item Group", "24", Level::Good),
        row("Item", "12400", Level::Busy),
    ]));
}

fn download_ready(screen: &Headless, window: &TillWindow) {
    download(screen, window);
    let enrol = window.global::<Enrol>();
    enrol.set_title("Till C2 of Harbour Books".into());
    enrol.set_can_start(true);
    enrol.set_downloads(model(vec![
        row("Item Group", "24", Level::Good),
        row("Item", "24310", Level::Good),
        row("Item Price", "48620", Level::Good),
        row("Customer", "1200", Level::Busy),
    ]));
}

fn download_trouble(screen: &Headless, window: &TillWindow) {
    download(screen, window);
    window.global::<Enrol>().set_downloads(model(vec![]));
    say(
        window,
        Level::Warning,
        "ERPNext cannot be reached",
        "Check the network cable or Wi-Fi, and the site's address.",
    );
}

pub(super) fn somebody(name: &str, initials: &str, role: &str, tone: i32) -> Cashier {
    Cashier {
        name: name.into(),
        initials: initials.into(),
        role: role.into(),
        tone,
    }
}

pub(super) fn people(_: &Headless, window: &TillWindow) {
    step(window, EnrolStep::Person);
    let enrol = window.global::<Enrol>();
    let missing = ("No PIN yet", Level::Warning);
    enrol.set_people(model(vec![
        person(
            somebody("Maya Lindqvist", "ML", "Manager", 0),
            "Has a PIN",
            Level::Good,
            false,
        ),
        person(
            somebody("Noah", "N", "Cashier", 1),
            missing.0,
            missing.1,
            false,
        ),
        person(
            somebody("Olga Petrova", "OP", "Cashier", 2),
            missing.0,
            missing.1,
            false,
        ),
    ]));
    enrol.set_can_finish(true);
}

fn first(_: &Headless, window: &TillWindow) {
    step(window, EnrolStep::Person);
    let enrol = window.global::<Enrol>();
    enrol.set_people(model(vec![]));
    enrol.set_first_name("Maya Lindqvist".into());
    enrol.set_can_name(true);
}

fn pin(_: &Headless, window: &TillWindow) {
    step(window, EnrolStep::Pin);
    let new_pin = window.global::<NewPin>();
    new_pin.set_title("A PIN for Maya Lindqvist".into());
    new_pin.set_prompt("Type it again.".into());
    new_pin.set_step(2);
    new_pin.set_steps(2);
    new_pin.set_digits(4);
    new_pin.set_sentence("".into());
    new_pin.set_level(Level::Neutral);
    new_pin.set_blocked(false);
    new_pin.set_busy(false);
    new_pin.set_enter_text("Set the PIN".into());
}
