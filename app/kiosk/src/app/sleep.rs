//! The screen of a till that nobody uses: it is dark until somebody touches it.

use std::time::Duration;

use appliance::backlight::{BACKLIGHTS, Backlight};
use checkout::till::{Stage, Till};
use slint::ComponentHandle;

use super::App;
use crate::config::ScreenConfig;
use crate::ui;

/// When the screen is dark.
pub(super) struct SleepState {
    after: Option<Duration>,
    light: Option<Backlight>,
    asleep: bool,
}

impl SleepState {
    /// Lights the screen, as bright as the configuration says where it does.
    pub(super) fn new(screen: &ScreenConfig) -> Self {
        let light = Backlight::find(BACKLIGHTS.as_ref());
        if let Some(light) = &light {
            // A till that ended in the dark starts in it.
            let lit = light.switch(true).and_then(|()| match screen.brightness {
                0 => Ok(()),
                per_cent => light.set(per_cent),
            });
            if let Err(error) = lit {
                tracing::warn!("the screen is as bright as it was: {error}");
            }
        }
        Self {
            after: screen.dark_after(),
            light,
            asleep: false,
        }
    }
}

impl App {
    /// Darkens the screen of a locked till that nobody touched for so long, unless something of a
    /// sale is open, or paper or an update is on its way.
    pub(super) fn sleep_when_alone(&mut self) {
        let alone = self.sleep.after;
        let alone = alone.is_some_and(|after| self.touched.elapsed() >= after);
        if alone && !self.sleep.asleep && self.may_sleep() {
            self.set_asleep(true);
        }
        if self.sleep.asleep && !self.may_sleep() {
            self.set_asleep(false);
        }
    }

    /// Somebody is there.
    pub(super) fn wake(&mut self) {
        if self.sleep.asleep {
            self.set_asleep(false);
        }
    }

    fn may_sleep(&self) -> bool {
        let rests = |till: &Till| {
            till.cashier().is_none()
                && till.cart().is_empty()
                && till.returning().is_none()
                && till.card().is_none()
                && matches!(
                    till.stage(),
                    Stage::ShiftClosed | Stage::Selling | Stage::Done(_) | Stage::Returned(_)
                )
        };
        self.till.as_ref().is_some_and(rests)
            && self.opening_step().is_none()
            && !self.devices.has_paper_waiting()
            && !self.is_being_updated()
    }

    fn set_asleep(&mut self, asleep: bool) {
        self.sleep.asleep = asleep;
        if let Some(light) = &self.sleep.light
            && let Err(error) = light.switch(!asleep)
        {
            tracing::warn!("the light of the screen stays as it is: {error}");
        }
        if let Some(window) = self.window.upgrade() {
            window.global::<ui::Sleep>().set_asleep(asleep);
        }
    }
}
