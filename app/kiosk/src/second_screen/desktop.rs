//! On a desktop: full screen on the monitor that the till is not on, else a window among others.

use std::time::Duration;

use slint::winit_030::WinitWindowAccessor;
use slint::winit_030::winit::monitor::MonitorHandle;
use slint::winit_030::winit::window::{Fullscreen, Window};
use slint::{CloseRequestResponse, ComponentHandle, Timer, TimerMode};

use super::{Placing, Shown, placing, set_shown};

/// How often it is looked whether a monitor came or went.
const EACH: Duration = Duration::from_secs(3);

/// Keeps a window on the second monitor, as long as it is held.
pub(super) struct Placed {
    _timer: Timer,
}

/// Puts a window onto the second monitor, now or when there is one.
pub(super) fn place<W: ComponentHandle + 'static>(window: &W) -> Placed {
    // The customer's window is closed with the till, not by itself.
    let keep = || CloseRequestResponse::KeepWindowShown;
    window.window().on_close_requested(keep);
    let weak = window.as_weak();
    let look = move || {
        if let Some(window) = weak.upgrade() {
            let placing = placing();
            let shown = window
                .window()
                .with_winit_window(|window| settle(window, &placing));
            if let Some(shown) = shown {
                set_shown(shown);
            }
        }
    };
    let timer = Timer::default();
    // The system's window is made when the event loop runs.
    let first = look.clone();
    Timer::single_shot(Duration::from_millis(200), first);
    timer.start(TimerMode::Repeated, EACH, look);
    Placed { _timer: timer }
}

fn settle(window: &Window, placing: &Placing) -> Shown {
    // The till's own window is on the primary monitor, or on the first where none is.
    let monitors: Vec<MonitorHandle> = window.available_monitors().collect();
    let tills = window
        .primary_monitor()
        .or_else(|| monitors.first().cloned());
    let free = monitors.into_iter().find(|monitor| match &placing.output {
        Some(output) => monitor.name().as_deref() == Some(output),
        None => Some(monitor) != tills.as_ref(),
    });
    let Some(monitor) = free else {
        if window.fullscreen().is_some() {
            window.set_fullscreen(None);
        }
        return Shown::Window;
    };
    let is_there =
        matches!(window.fullscreen(), Some(Fullscreen::Borderless(Some(on))) if on == monitor);
    let (output, size) = (monitor.name().unwrap_or_default(), monitor.size());
    if !is_there {
        window.set_fullscreen(Some(Fullscreen::Borderless(Some(monitor))));
    }
    Shown::On {
        output,
        width: size.width,
        height: size.height,
    }
}
