//! A screen without a display: the same software renderer the appliance uses, painting
//! into memory. The scripted demo, the gallery, the bench and the tests run on it.
//!
//! The renderer repaints only what changed, as it does on the device, so the time of
//! [`Headless::paint`] is the time of a real frame.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use i_slint_backend_testing::ElementQuery;
use slint::platform::software_renderer::{
    MinimalSoftwareWindow, PhysicalRegion, RepaintBufferType,
};
use slint::platform::{EventLoopProxy, Platform, PointerEventButton, WindowAdapter, WindowEvent};
use slint::{
    EventLoopError, LogicalPosition, PhysicalSize, PlatformError, Rgb8Pixel, SharedString,
};

use crate::second_screen::{self, Shown};
use crate::ui::TillWindow;

/// What can go wrong with a screen in memory.
#[derive(Debug, thiserror::Error)]
pub enum HeadlessError {
    /// Slint already has a platform on this thread.
    #[error("this thread already has a screen: {0}")]
    Screen(String),
    /// Nothing on the screen has the name that was to be tapped.
    #[error("nothing on the screen is called {0:?}")]
    Absent(String),
    /// The picture could not be written.
    #[error("cannot write the picture {path}: {source}. Check that the folder exists and has room")]
    Write {
        /// The file that was to be written.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
}

/// Where the time of animations, timers and the text cursor comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The machine's clock: for the bench and for a demo with threads.
    Real,
    /// Only [`Headless::advance`] moves it: pixels are the same on every run. Such a screen is
    /// driven by its owner alone: it has no event loop for other threads to post to, so that
    /// each thread of a process (each test) may have one.
    Stepped,
}

/// A closure another thread wants run on the screen's thread.
type Posted = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Queue {
    posted: VecDeque<Posted>,
    quit: bool,
}

/// The event queue and its bell.
#[derive(Clone, Default)]
struct Bell(Arc<(Mutex<Queue>, Condvar)>);

impl Bell {
    fn with<R>(&self, use_queue: impl FnOnce(&mut Queue) -> R) -> R {
        let answer = use_queue(&mut self.0.0.lock().unwrap_or_else(PoisonError::into_inner));
        self.0.1.notify_one();
        answer
    }

    /// Runs what was posted; true when the loop is to end.
    fn run_posted(&self) -> bool {
        loop {
            let (next, quit) = self.with(|queue| (queue.posted.pop_front(), queue.quit));
            match next {
                Some(posted) => posted(),
                None => return quit,
            }
        }
    }

    /// Sleeps until something is posted, at most `limit`.
    fn wait(&self, limit: Option<Duration>) {
        let queue = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        if queue.quit || !queue.posted.is_empty() {
            return;
        }
        let limit = limit.unwrap_or(Duration::from_secs(1));
        drop(self.0.1.wait_timeout(queue, limit));
    }
}

impl EventLoopProxy for Bell {
    fn quit_event_loop(&self) -> Result<(), EventLoopError> {
        self.with(|queue| queue.quit = true);
        Ok(())
    }

    fn invoke_from_event_loop(&self, posted: Posted) -> Result<(), EventLoopError> {
        self.with(|queue| queue.posted.push_back(posted));
        Ok(())
    }
}

/// A window in memory, and its pixels as last painted.
struct Glass {
    window: Rc<MinimalSoftwareWindow>,
    pixels: RefCell<Vec<Rgb8Pixel>>,
}

impl Glass {
    fn new(width: u32, height: u32) -> Self {
        let window = MinimalSoftwareWindow::new(RepaintBufferType::ReusedBuffer);
        window.set_size(PhysicalSize::new(width, height));
        Self {
            window,
            pixels: RefCell::default(),
        }
    }

    fn paint(&self) -> Option<PhysicalRegion> {
        let size = self.window.size();
        let mut painted = None;
        self.window.draw_if_needed(|renderer| {
            let mut pixels = self.pixels.borrow_mut();
            pixels.resize((size.width * size.height) as usize, Rgb8Pixel::default());
            painted = Some(renderer.render(&mut pixels, size.width as usize));
        });
        painted
    }

    fn write_png(&self, path: &Path) -> Result<(), HeadlessError> {
        let size = self.window.size();
        let pixels = self.pixels.borrow();
        let bytes: Vec<u8> = pixels
            .iter()
            .flat_map(|pixel| [pixel.r, pixel.g, pixel.b])
            .collect();
        let failed = |source: std::io::Error| HeadlessError::Write {
            path: path.into(),
            source,
        };
        let file = File::create(path).map_err(failed)?;
        let mut encoder = png::Encoder::new(BufWriter::new(file), size.width, size.height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder
            .write_header()
            .and_then(|mut writer| writer.write_image_data(&bytes))
            .map_err(|error| failed(std::io::Error::other(error)))
    }
}

struct Screen {
    till: Glass,
    customer: Glass,
    bell: Bell,
    clock: Clock,
    started: Instant,
    stepped: Cell<Duration>,
}

impl Screen {
    fn paint(&self) -> Option<PhysicalRegion> {
        slint::platform::update_timers_and_animations();
        if self.customer.window.window().is_visible() {
            self.customer.paint();
        }
        self.till.paint()
    }
}

/// Hands Slint the windows; one of each for each thread.
struct HeadlessPlatform(Rc<Screen>);

impl Platform for HeadlessPlatform {
    fn create_window_adapter(&self) -> Result<Rc<dyn WindowAdapter>, PlatformError> {
        if second_screen::is_opening() {
            let size = self.0.customer.window.size();
            second_screen::set_shown(Shown::On {
                output: String::new(),
                width: size.width,
                height: size.height,
            });
            return Ok(self.0.customer.window.clone());
        }
        Ok(self.0.till.window.clone())
    }

    fn run_event_loop(&self) -> Result<(), PlatformError> {
        self.0.bell.with(|queue| queue.quit = false);
        while !self.0.bell.run_posted() {
            self.0.paint();
            let limit = if self.0.till.window.has_active_animations() {
                Some(Duration::from_millis(16))
            } else {
                slint::platform::duration_until_next_timer_update()
            };
            self.0.bell.wait(limit);
        }
        Ok(())
    }

    fn new_event_loop_proxy(&self) -> Option<Box<dyn EventLoopProxy>> {
        match self.0.clock {
            Clock::Real => Some(Box::new(self.0.bell.clone())),
            Clock::Stepped => None,
        }
    }

    fn duration_since_start(&self) -> Duration {
        match self.0.clock {
            Clock::Real => self.0.started.elapsed(),
            Clock::Stepped => self.0.stepped.get(),
        }
    }
}

/// The screen in memory. Install it before the first window is made. With [`Clock::Real`],
/// `slint::run_event_loop` and `slint::invoke_from_event_loop` work as they do with a display;
/// one such screen can be in a process.
pub struct Headless(Rc<Screen>);

impl Headless {
    /// Makes this thread's windows appear in memory, `width` by `height` pixels.
    ///
    /// # Errors
    /// [`HeadlessError::Screen`] when the thread already has a platform.
    pub fn install(width: u32, height: u32, clock: Clock) -> Result<Self, HeadlessError> {
        let screen = Rc::new(Screen {
            till: Glass::new(width, height),
            customer: Glass::new(width, height),
            bell: Bell::default(),
            clock,
            started: Instant::now(),
            stepped: Cell::new(Duration::ZERO),
        });
        slint::platform::set_platform(Box::new(HeadlessPlatform(screen.clone())))
            .map_err(|error| HeadlessError::Screen(error.to_string()))?;
        Ok(Self(screen))
    }

    /// Gives the screen another size, in pixels.
    pub fn resize(&self, width: u32, height: u32) {
        self.0
            .till
            .window
            .set_size(PhysicalSize::new(width, height));
    }

    /// Gives the screen in front of the customer another size, in pixels.
    pub fn resize_customer(&self, width: u32, height: u32) {
        let size = PhysicalSize::new(width, height);
        self.0.customer.window.set_size(size);
    }

    /// Runs what other threads posted, then due timers, then paints what changed. Says which
    /// part of the screen was repainted; nothing when all was up to date.
    pub fn paint(&self) -> Option<PhysicalRegion> {
        self.0.bell.run_posted();
        self.0.paint()
    }

    /// Moves a [`Clock::Stepped`] clock on. Does nothing to a real one.
    pub fn advance(&self, by: Duration) {
        self.0.stepped.set(self.0.stepped.get() + by);
    }

    /// Touches the screen at `x`, `y` and lets go.
    pub fn tap(&self, x: f32, y: f32) {
        let position = LogicalPosition::new(x, y);
        let button = PointerEventButton::Left;
        for event in [
            WindowEvent::PointerMoved { position },
            WindowEvent::PointerPressed { position, button },
            WindowEvent::PointerReleased { position, button },
            WindowEvent::PointerExited,
        ] {
            self.0.till.window.dispatch_event(event);
        }
    }

    /// Touches the middle of the control that assistive technology calls `name` ("Pay",
    /// "Digit 5", "Cashier Maya"). Paint first: what was never painted is not there yet.
    ///
    /// # Errors
    /// [`HeadlessError::Absent`] when the screen shows nothing of that name.
    pub fn tap_named(&self, window: &TillWindow, name: &str) -> Result<(), HeadlessError> {
        let wanted = name.to_owned();
        let control = ElementQuery::from_root(window)
            .match_predicate(move |element| element.accessible_label().as_deref() == Some(&wanted))
            .find_first()
            .ok_or_else(|| HeadlessError::Absent(name.into()))?;
        let (place, size) = (control.absolute_position(), control.size());
        self.tap(place.x + size.width / 2.0, place.y + size.height / 2.0);
        Ok(())
    }

    /// Presses and releases one key: a character, or `slint::platform::Key::Return.into()`.
    pub fn key(&self, text: impl Into<SharedString>) {
        let text = text.into();
        let window = &self.0.till.window;
        window.dispatch_event(WindowEvent::KeyPressed { text: text.clone() });
        window.dispatch_event(WindowEvent::KeyReleased { text });
    }

    /// The width and height of the screen and its pixels as last painted, row by row.
    pub fn pixels(&self) -> (u32, u32, Vec<Rgb8Pixel>) {
        let size = self.0.till.window.size();
        (size.width, size.height, self.0.till.pixels.borrow().clone())
    }

    /// Paints and writes the whole screen as a PNG.
    ///
    /// # Errors
    /// [`HeadlessError::Write`] when the file cannot be written.
    pub fn write_png(&self, path: &Path) -> Result<(), HeadlessError> {
        self.paint();
        self.0.till.write_png(path)
    }

    /// The same for the screen in front of the customer.
    ///
    /// # Errors
    /// [`HeadlessError::Write`] when the file cannot be written.
    pub fn write_customer_png(&self, path: &Path) -> Result<(), HeadlessError> {
        self.paint();
        self.0.customer.write_png(path)
    }
}
