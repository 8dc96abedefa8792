//! A cash drawer that was left open.

use std::time::{Duration, Instant};

use hal::DrawerState;

use super::super::App;
use super::Devices;
use crate::screens::words::Words;
use crate::ui::{Level, ScreenName};

/// Since when the drawer is open, as far as its sensor tells.
#[derive(Default)]
pub(super) struct DrawerWatch {
    /// How long it may be open before it is told; `None` for ever.
    notice_after: Option<Duration>,
    open_since: Option<Instant>,
    /// Somebody has set up the sensor.
    is_set_up: bool,
    /// The sensor has told that it is closed. One that nobody set up and that never does may be none
    /// at all, or wired the other way round.
    was_closed: bool,
    /// Somebody has seen it and wants to hear no more of it.
    dismissed: bool,
}

impl DrawerWatch {
    pub(super) fn new(notice_after: Option<Duration>, is_set_up: bool) -> Self {
        Self {
            notice_after,
            is_set_up,
            ..Self::default()
        }
    }

    fn look(&mut self, drawer: Option<DrawerState>) {
        match drawer {
            Some(DrawerState::Open) if self.was_closed || self.is_set_up => {
                self.open_since.get_or_insert_with(Instant::now);
            }
            // A printer that is switched off tells nothing: an open drawer is still open.
            Some(DrawerState::Open | DrawerState::Unknown) => {}
            Some(DrawerState::Closed) | None => {
                self.was_closed = drawer.is_some();
                (self.open_since, self.dismissed) = (None, false);
            }
        }
    }

    fn is_left_open(&self) -> bool {
        let open = self.open_since.zip(self.notice_after);
        !self.dismissed && open.is_some_and(|(since, after)| since.elapsed() >= after)
    }
}

impl Devices {
    /// What the drawer's sensor says, wherever it hangs.
    pub(in crate::app) fn drawer(&self) -> Option<DrawerState> {
        let own = self.own_drawer().map(|own| own.drawer);
        own.or_else(|| self.printer_status().map(|status| status.drawer))
    }
}

impl App {
    /// Looks at the drawer; called every second and when it tells something.
    pub(in crate::app) fn look_at_drawer(&mut self) {
        let drawer = self.devices.drawer();
        self.devices.drawer_watch.look(drawer);
    }

    /// That the drawer was left open, unless it is being counted.
    pub(in crate::app) fn drawer_notice(&self, screen: ScreenName) -> Option<Words> {
        let is_at_it = matches!(
            screen,
            ScreenName::CloseShift | ScreenName::Cash | ScreenName::OpenShift
        );
        (self.devices.drawer_watch.is_left_open() && !is_at_it).then(|| {
            Words::new(
                Level::Warning,
                "The cash drawer is open",
                "",
                "Close it. This goes away by itself.",
            )
        })
    }

    /// Somebody has seen the notice.
    pub(in crate::app) fn dismiss_drawer_notice(&mut self) {
        let watch = &mut self.devices.drawer_watch;
        let was_told = watch.is_left_open();
        watch.dismissed |= was_told;
    }
}
