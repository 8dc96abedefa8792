//! The one screen of this program. Slint lets one thread of a process have an event loop, so each
//! test runs there, one after the other.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::LazyLock;
use std::sync::mpsc::{Sender, channel};

use kiosk::headless::{Clock, Headless};

type Test = Box<dyn FnOnce(&Headless) + Send>;

static SCREEN: LazyLock<Sender<Test>> = LazyLock::new(|| {
    let (tests, waiting) = channel::<Test>();
    let run = move || {
        let screen = Headless::install(1280, 800, Clock::Real).unwrap();
        for test in waiting {
            test(&screen);
        }
    };
    std::thread::Builder::new()
        .name("screen".to_owned())
        .spawn(run)
        .unwrap();
    tests
});

/// Runs a test on the screen and fails as it fails.
pub fn on_screen(test: impl FnOnce(&Headless) + Send + 'static) {
    let (done, ended) = channel::<Result<(), Box<dyn Any + Send>>>();
    let test = move |screen: &Headless| {
        let result = catch_unwind(AssertUnwindSafe(|| test(screen)));
        done.send(result).unwrap();
    };
    SCREEN.send(Box::new(test)).unwrap();
    if let Err(panic) = ended.recv().unwrap() {
        resume_unwind(panic);
    }
}
