//! The customer's window as Slint sees it, painted into memory.

use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::rc::{Rc, Weak};
use std::time::Duration;

use slint::platform::software_renderer::{RenderingRotation, RepaintBufferType, SoftwareRenderer};
use slint::platform::{Renderer, WindowAdapter, WindowEvent};
use slint::{LogicalSize, PhysicalSize, Rgb8Pixel, Timer, Window};

use super::super::Turn;

/// So long after a change it is painted: by then the till's own screen has shown the same change.
const PAUSE: Duration = Duration::from_millis(12);

/// A window that is painted a moment after something in it changed.
pub struct CustomerAdapter {
    window: Window,
    renderer: SoftwareRenderer,
    /// As the window sees it: turned where the monitor is.
    size: Cell<PhysicalSize>,
    pixels: RefCell<Vec<Rgb8Pixel>>,
    /// Dots in a row of the monitor.
    width: Cell<usize>,
    changed: Cell<bool>,
    waits: Cell<bool>,
    paint: Box<dyn Fn(&Self)>,
    itself: Weak<Self>,
    timer: RefCell<Option<Timer>>,
}

impl CustomerAdapter {
    /// A window that has itself painted so.
    pub fn new(paint: impl Fn(&Self) + 'static) -> Rc<Self> {
        Rc::new_cyclic(|itself: &Weak<Self>| Self {
            window: Window::new(itself.clone()),
            renderer: SoftwareRenderer::new_with_repaint_buffer_type(
                RepaintBufferType::ReusedBuffer,
            ),
            size: Cell::default(),
            pixels: RefCell::default(),
            width: Cell::new(0),
            changed: Cell::new(false),
            waits: Cell::new(false),
            paint: Box::new(paint),
            itself: itself.clone(),
            timer: RefCell::new(None),
        })
    }

    /// Keeps a timer for as long as the window is there.
    pub fn keep(&self, timer: Timer) {
        self.timer.replace(Some(timer));
    }

    /// The monitor has so many dots and is turned so.
    pub fn resize(&self, width: u32, height: u32, turn: Turn) {
        let (rotation, is_turned) = match turn {
            Turn::None => (RenderingRotation::NoRotation, false),
            Turn::Right => (RenderingRotation::Rotate90, true),
            Turn::Over => (RenderingRotation::Rotate180, false),
            Turn::Left => (RenderingRotation::Rotate270, true),
        };
        self.renderer.set_rendering_rotation(rotation);
        let size = match is_turned {
            true => PhysicalSize::new(height, width),
            false => PhysicalSize::new(width, height),
        };
        self.size.set(size);
        self.width.set(width as usize);
        // New dots: all of them are painted.
        let dots = width as usize * height as usize;
        self.pixels.replace(vec![Rgb8Pixel::default(); dots]);
        self.renderer
            .set_repaint_buffer_type(RepaintBufferType::NewBuffer);
        let size = size.to_logical(self.window.scale_factor());
        let size = LogicalSize::new(size.width, size.height);
        self.window.dispatch_event(WindowEvent::Resized { size });
        self.changed.set(true);
    }

    /// Paints what changed and has the rows that it lies in shown; `None` where nothing changed.
    pub fn render<R>(&self, show: impl FnOnce(&[Rgb8Pixel], Range<usize>) -> R) -> Option<R> {
        let width = self.width.get();
        if width == 0 || !self.window.is_visible() || !self.changed.replace(false) {
            return None;
        }
        let mut pixels = self.pixels.borrow_mut();
        let region = self.renderer.render(&mut pixels, width);
        self.renderer
            .set_repaint_buffer_type(RepaintBufferType::ReusedBuffer);
        let rows = pixels.len() / width;
        let (at, size) = (region.bounding_box_origin(), region.bounding_box_size());
        let is_turned = self.renderer.rendering_rotation() != RenderingRotation::NoRotation;
        let from = usize::try_from(at.y).unwrap_or(0).min(rows);
        let changed = match is_turned {
            true => 0..rows,
            false => from..(from + size.height as usize).min(rows),
        };
        Some(show(&pixels, changed))
    }
}

impl WindowAdapter for CustomerAdapter {
    fn window(&self) -> &Window {
        &self.window
    }

    fn size(&self) -> PhysicalSize {
        self.size.get()
    }

    fn renderer(&self) -> &dyn Renderer {
        &self.renderer
    }

    // Once for all that changes together, and after the till's own screen.
    fn request_redraw(&self) {
        self.changed.set(true);
        if self.waits.replace(true) {
            return;
        }
        let itself = self.itself.clone();
        Timer::single_shot(PAUSE, move || {
            if let Some(adapter) = itself.upgrade() {
                adapter.waits.set(false);
                (adapter.paint)(&adapter);
            }
        });
    }
}
