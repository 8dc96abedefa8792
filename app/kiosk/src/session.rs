//! What the window shows from the program's start to its end: a till, a box that is being enrolled
//! and then becomes one, or why there is neither.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use slint::ComponentHandle;

use crate::attached::DeviceSet;
use crate::config::{Config, ConfigError};
use crate::enrol::{self, Enrolling, Renewal, RenewalReason};
use crate::fault;
use crate::queue::Events;
use crate::start::{self, Running, StartError};
use crate::ui::{Fault, TillWindow};

/// A running program. Dropping it ends the till or the enrolment.
pub struct Session(Rc<RefCell<Inner>>);

struct Inner {
    window: slint::Weak<TillWindow>,
    data: PathBuf,
    now: Now,
}

enum Now {
    Fault,
    Enrolling { _enrolling: Enrolling },
    Selling(Running),
}

impl Session {
    /// Starts what a data folder holds. What keeps it from starting is shown on the screen: nobody
    /// reads a terminal at a counter.
    pub fn open(window: &TillWindow, data: &Path) -> Self {
        let inner = Rc::new(RefCell::new(Inner {
            window: window.as_weak(),
            data: data.to_owned(),
            now: Now::Fault,
        }));
        begin(&inner);
        Self(inner)
    }

    /// Whether the window shows a till or an enrolment, and not a fault.
    pub fn works(&self) -> bool {
        let inner = self.0.try_borrow();
        inner.is_ok_and(|inner| !matches!(inner.now, Now::Fault))
    }

    /// Looks at the running till; `None` while there is none.
    pub fn till<R>(&self, look: impl FnOnce(&Running) -> R) -> Option<R> {
        match &self.0.borrow().now {
            Now::Selling(running) => Some(look(running)),
            Now::Enrolling { .. } | Now::Fault => None,
        }
    }
}

/// Ends what ran before, because what comes next opens the same folder and ports. `None` when the
/// window is gone.
fn end(inner: &Rc<RefCell<Inner>>) -> Option<(TillWindow, PathBuf)> {
    let (window, data) = {
        let inner = inner.borrow();
        (inner.window.upgrade()?, inner.data.clone())
    };
    let before = std::mem::replace(&mut inner.borrow_mut().now, Now::Fault);
    drop(before);
    Some((window, data))
}

fn begin(inner: &Rc<RefCell<Inner>>) {
    let Some((window, data)) = end(inner) else {
        return;
    };
    let begun = match Config::read(&data) {
        Ok(config) => sell(&window, &data, &config).map(|running| {
            let by_manager = later(inner, |inner| renew(inner, RenewalReason::Manager));
            let for_pins = later(inner, |inner| renew(inner, RenewalReason::Pins));
            let restarted = later(inner, begin);
            let mut app = running.app().borrow_mut();
            app.on_new_sheet(by_manager, for_pins);
            app.on_restart(restarted);
            drop(app);
            Now::Selling(running)
        }),
        Err(ConfigError::Missing(_)) => {
            let done = later(inner, begin);
            enrol::start(&window, &data, done).map(|enrolling| Now::Enrolling {
                _enrolling: enrolling,
            })
        }
        Err(error) => Err(StartError::from(error)),
    };
    become_of(inner, &window, &data, begun);
}

/// The till takes a new sheet.
fn renew(inner: &Rc<RefCell<Inner>>, reason: RenewalReason) {
    let Some((window, data)) = end(inner) else {
        return;
    };
    let begun = Config::read(&data).map_err(StartError::from);
    let begun = begun.and_then(|config| {
        let renewal = Renewal { config, reason };
        enrol::renew(&window, &data, renewal, later(inner, begin))
    });
    let begun = begun.map(|enrolling| Now::Enrolling {
        _enrolling: enrolling,
    });
    become_of(inner, &window, &data, begun);
}

fn become_of(
    inner: &Rc<RefCell<Inner>>,
    window: &TillWindow,
    data: &Path,
    begun: Result<Now, StartError>,
) {
    match begun {
        Ok(now) => inner.borrow_mut().now = now,
        Err(error) => {
            eprintln!("evertill: {error}");
            fault::show(window, &error, data);
            let renewed = later(inner, |inner| renew(inner, RenewalReason::Secrets));
            window.global::<Fault>().on_acted(renewed);
        }
    }
}

/// Has something done as soon as whatever calls this has ended: it is then gone.
fn later(inner: &Rc<RefCell<Inner>>, act: fn(&Rc<RefCell<Inner>>)) -> impl Fn() + 'static {
    let inner = Rc::downgrade(inner);
    move || {
        let inner = inner.clone();
        slint::Timer::single_shot(Duration::ZERO, move || {
            if let Some(inner) = inner.upgrade() {
                act(&inner);
            }
        });
    }
}

fn sell(window: &TillWindow, data: &Path, config: &Config) -> Result<Running, StartError> {
    let mut folder = start::Folder::open(data, &config.secrets.sealing())?;
    let events = Arc::new(Events::new());
    let devices = DeviceSet::start(data, config, &events)?;
    let link = start::site(&mut folder, config.site.as_ref())?;
    start::start(window, folder, config, events, devices, link)
}
