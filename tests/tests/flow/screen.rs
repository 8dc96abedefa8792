//! The one screen of this program. Slint lets one thread of a process have an event loop, so each
//! test runs there, one after the other.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::LazyLock;
use std::sync::mpsc::{Sender, channel};

use kiosk::headless::{Clock, Headless};

const SCREEN_THREAD: &str = "screen";

thread_local! {
    /// Why the test failed that ran last. What the screen's thread prints is shown with whichever
    /// test happened to start it, so it is said again by the test that failed.
    static WHY: RefCell<String> = const { RefCell::new(String::new()) };
}

type Test = Box<dyn FnOnce(&Headless) + Send>;

static SCREEN: LazyLock<Sender<Test>> = LazyLock::new(|| {
    let (tests, waiting) = channel::<Test>();
    let before = take_hook();
    set_hook(Box::new(move |panic| {
        let on_screen = std::thread::current().name() == Some(SCREEN_THREAD);
        match on_screen {
            true => WHY.set(panic.to_string()),
            false => before(panic),
        }
    }));
    let run = move || {
        let screen = Headless::install(1280, 800, Clock::Real).unwrap();
        for test in waiting {
            test(&screen);
        }
    };
    std::thread::Builder::new()
        .name(SCREEN_THREAD.to_owned())
        .spawn(run)
        .unwrap();
    tests
});

/// Runs a test on the screen and fails as it fails.
pub fn on_screen(test: impl FnOnce(&Headless) + Send + 'static) {
    let (done, ended) = channel::<Result<(), String>>();
    let test = move |screen: &Headless| {
        let result = catch_unwind(AssertUnwindSafe(|| test(screen)));
        done.send(result.map_err(|_| WHY.take())).unwrap();
    };
    SCREEN.send(Box::new(test)).unwrap();
    if let Err(why) = ended.recv().unwrap() {
        panic!("{why}");
    }
}
