//! What stands on the screen until the till draws, between two tills, and in place of one. The till
//! covers it with its own picture, so that there is always one to see.

use std::sync::{Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use std::{fs, io};

use rustix::io::Errno;

use crate::console::say;
use crate::framebuffer::{self, Framebuffer, Turn};
use crate::page::Page;

/// Where the first program on the root finds which screens the one in the initial RAM disk drew: they
/// begin with the same.
pub const DRAWN: &str = "EVERTILL_DRAWN";
/// Where the kernel lists what monitors are plugged into.
const OUTPUTS: &str = "/sys/class/drm";
/// How long something may take before the screen says what it is: an ordinary start is quiet.
const PATIENCE: Duration = Duration::from_secs(4);
/// How often screens are looked for while the box starts: a driver that comes then brings a screen
/// with nothing on it.
const OFTEN: Duration = Duration::from_millis(20);
/// And while a till runs.
const SELDOM: Duration = Duration::from_millis(500);

static SHOWN: Mutex<Shown> = Mutex::new(Shown {
    page: Page::Splash(String::new()),
    since: None,
    turn: Turn::None,
    covered: false,
});
static CHANGED: Condvar = Condvar::new();

/// What is to be seen.
struct Shown {
    page: Page,
    /// Since when what the page says is being done; `None` when it is said at once.
    since: Option<Instant>,
    turn: Turn,
    /// Whether a till draws on the screen.
    covered: bool,
}

impl Shown {
    /// The page as it is to be seen by now.
    fn now(&self) -> Page {
        match &self.page {
            Page::Splash(_) if self.since.is_some_and(|since| since.elapsed() < PATIENCE) => {
                Page::Splash(String::new())
            }
            page => page.clone(),
        }
    }
}

fn shown() -> MutexGuard<'static, Shown> {
    SHOWN.lock().unwrap_or_else(|gone| gone.into_inner())
}

fn change(change: impl FnOnce(&mut Shown)) {
    change(&mut shown());
    CHANGED.notify_all();
}

/// What is seen first. A box whose boot loader tried every system that it has says so: what ends it
/// next may be the kernel, which says nothing here.
pub fn begin(exhausted: bool, turn: Turn) {
    change(|shown| shown.turn = turn);
    if exhausted {
        change(|shown| {
            shown.page = Page::Rescue {
                title: "This till did not start".to_owned(),
                detail: "Both of its systems were tried several times. It is tried again now."
                    .to_owned(),
                remedy: "If this stays, or comes back, call whoever looks after it.".to_owned(),
            };
        });
    }
}

/// Whether something is plugged into any output that the kernel knows; `None` when it knows none.
pub fn plugged() -> Option<bool> {
    let entries = fs::read_dir(OUTPUTS).into_iter().flatten().flatten();
    let states = entries.filter_map(|entry| fs::read_to_string(entry.path().join("status")).ok());
    // What cannot be told may well be one.
    states
        .map(|state| state.trim() != "disconnected")
        .reduce(|one, other| one || other)
}

/// Whether there is a screen that a till can draw on.
pub fn is_there() -> bool {
    plugged().unwrap_or_else(|| !framebuffer::all().is_empty())
}

/// Draws what is to be seen on the screens that are there, once. Gives their names for
/// [`DRAWN`].
pub fn draw_once() -> String {
    let (page, turn) = {
        let shown = shown();
        (shown.now(), shown.turn)
    };
    let mut drawn = Vec::new();
    for screen in framebuffer::all() {
        match draw(&screen, &page, turn) {
            Ok(()) => drawn.push(screen.to_string()),
            Err(error) => say(&format!("the screen is not drawn: {error}")),
        }
    }
    drawn.join(" ")
}

/// Keeps the screens drawn from now on. Without a screen it waits for one and stops nobody.
pub fn keep() {
    let thread = std::thread::Builder::new().name("screen".to_owned());
    if let Err(error) = thread.spawn(keep_drawn) {
        say(&format!("the screen is not drawn: {error}"));
    }
}

fn keep_drawn() {
    let before = std::env::var(DRAWN).unwrap_or_default();
    let mut drawn: Vec<_> = before.split(' ').filter_map(Framebuffer::parse).collect();
    let mut last = None;
    let mut told = Told::default();
    loop {
        let (page, turn, pause) = {
            let shown = shown();
            let pause = if shown.covered { SELDOM } else { OFTEN };
            (shown.now(), shown.turn, pause)
        };
        let screens = framebuffer::all();
        let wanted = Some((page.clone(), turn));
        if wanted != last {
            if last.is_some() {
                drawn.clear();
            }
            last = wanted;
        }
        drawn.retain(|screen| screens.contains(screen));
        for screen in screens {
            if !drawn.contains(&screen) {
                match draw(&screen, &page, turn) {
                    Ok(()) => drawn.push(screen),
                    Err(error) => told.tell(&error),
                }
            }
        }
        // Whoever changes something wakes this early; a lock that broke changes nothing.
        let _ = CHANGED.wait_timeout(shown(), pause);
    }
}

fn draw(screen: &Framebuffer, page: &Page, turn: Turn) -> io::Result<()> {
    screen.show(turn, |width, height| page.draw(width, height))
}

/// What was said of screens that cannot be drawn on: each thing once, as they are tried again and
/// again.
#[derive(Default)]
struct Told(Vec<String>);

impl Told {
    fn tell(&mut self, error: &io::Error) {
        let text = error.to_string();
        // A screen is listed a moment before its file is there, and a moment after it is gone.
        let gone = [Errno::NOENT, Errno::NODEV].map(Errno::raw_os_error);
        let is_gone = error.raw_os_error().is_some_and(|it| gone.contains(&it));
        if !is_gone && !self.0.contains(&text) {
            say(&format!("the screen is not drawn: {text}"));
            self.0.push(text);
        }
    }
}

/// Turns what is drawn as the shop's screen hangs.
pub fn turn(turn: Turn) {
    change(|shown| shown.turn = turn);
}

/// Something is being done that may take long; it is said once it does. What is wrong is not covered
/// by it.
pub fn doing(what: &str) {
    change(|shown| {
        if matches!(shown.page, Page::Splash(_)) {
            shown.page = Page::Splash(what.to_owned());
            shown.since = Some(Instant::now());
        }
    });
}

/// Something is being done that ends what was on the screen.
pub fn leaving(what: &str) {
    change(|shown| {
        shown.page = Page::Splash(what.to_owned());
        shown.since = None;
        shown.covered = false;
    });
}

/// A till is ready and draws on the screen, so that nothing is wrong any more.
pub fn covered() {
    change(|shown| {
        shown.covered = true;
        shown.page = Page::Splash(String::new());
        shown.since = None;
    });
}

/// The till's picture is gone.
pub fn uncovered() {
    change(|shown| shown.covered = false);
}

/// Says what is wrong, on the screen and on the console, in place of a till that cannot.
pub fn rescue(title: &str, detail: &str, remedy: &str) {
    say(&format!("{title}: {detail}. {remedy}"));
    let page = Page::Rescue {
        title: title.to_owned(),
        detail: detail.to_owned(),
        remedy: remedy.to_owned(),
    };
    change(|shown| {
        shown.page = page;
        shown.since = None;
    });
}
