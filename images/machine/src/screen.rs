//! The machine's screen: what it shows, and fingers on it.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Value, json};

use crate::hardware::SCREEN;
use crate::vm::Vm;

/// A part of the screen, in pixels.
#[derive(Clone, Copy, Debug)]
pub struct Area {
    /// From the left.
    pub x: usize,
    /// From the top.
    pub y: usize,
    /// How wide.
    pub width: usize,
    /// How high.
    pub height: usize,
}

impl Area {
    /// An area of the screen, in its dots.
    pub const fn new(x: usize, y: usize, width: usize, height: usize) -> Self {
        Self {
            x,
            y,
            width,
            height,
        }
    }
}

/// A touch, and where the screen answers it.
#[derive(Clone, Copy, Debug)]
pub struct Touch {
    /// What is touched, for messages.
    pub name: &'static str,
    /// Its middle.
    pub at: (u32, u32),
    /// What looks otherwise afterwards.
    pub answer: Area,
}

impl Touch {
    /// A touch of what has this middle.
    pub const fn new(name: &'static str, at: (u32, u32), answer: Area) -> Self {
        Self { name, at, answer }
    }
}

/// What the screen showed, three bytes a pixel.
pub struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<u8>,
}

impl Picture {
    /// Reads the format that QEMU writes (PPM).
    pub fn parse(bytes: &[u8]) -> anyhow::Result<Self> {
        let mut head = bytes.splitn(4, |byte| *byte == b'\n');
        let mut line = || Some(String::from_utf8_lossy(head.next()?).into_owned());
        let (kind, size, depth) = (line(), line(), line());
        let (width, height) = size
            .as_deref()
            .and_then(|size| size.split_once(' '))
            .context("a picture without a size")?;
        let (width, height) = (width.parse()?, height.parse()?);
        let pixels = head.next().unwrap_or_default().to_vec();
        let right = kind.as_deref() == Some("P6") && depth.as_deref() == Some("255");
        if !right || pixels.len() != 3_usize.saturating_mul(width).saturating_mul(height) {
            bail!("a picture of a strange kind");
        }
        Ok(Self {
            width,
            height,
            pixels,
        })
    }

    /// The pixels of a part, row by row; less than asked for where the picture ends.
    pub fn part(&self, area: Area) -> Vec<u8> {
        let end = area.x.saturating_add(area.width).min(self.width);
        let rows = area.y..area.y.saturating_add(area.height).min(self.height);
        let rows = rows.filter_map(|row| {
            let start = row * self.width;
            self.pixels.get(3 * (start + area.x)..3 * (start + end))
        });
        rows.flatten().copied().collect()
    }

    /// How wide and how high it is.
    pub fn size(&self) -> (usize, usize) {
        (self.width, self.height)
    }

    /// Whether a pixel has this colour.
    pub fn has(&self, color: [u8; 3]) -> bool {
        self.pixels.chunks_exact(3).any(|pixel| pixel == color)
    }

    /// Whether every pixel that is not in this part has this colour.
    pub fn is_plain_around(&self, area: Area, color: [u8; 3]) -> bool {
        self.plain_rows(area, color) == self.height
    }

    /// Whether it is being drawn over another picture, from the top: down to a row it is plain around
    /// this part, and below that row it is the other one.
    pub fn is_partly_drawn(&self, area: Area, color: [u8; 3], over: &Self) -> bool {
        let done = self.plain_rows(area, color);
        // A row may be drawn in part.
        let rest = Area::new(0, done + 1, usize::MAX, usize::MAX);
        done > 0 && self.size() == over.size() && self.part(rest) == over.part(rest)
    }

    /// How many rows from the top have this colour, but in this part.
    fn plain_rows(&self, area: Area, color: [u8; 3]) -> usize {
        let rows = self.pixels.chunks_exact((3 * self.width).max(1));
        let plain = rows.enumerate().take_while(|(y, row)| {
            let through = *y >= area.y && *y < area.y + area.height;
            let pixels = row.chunks_exact(3).enumerate();
            let mut around =
                pixels.filter(|(x, _)| !(through && *x >= area.x && *x < area.x + area.width));
            around.all(|(_, pixel)| pixel == color)
        });
        plain.count()
    }

    /// How many pixels in a hundred are at least this light.
    pub fn light(&self, lightness: u8) -> usize {
        let light = self
            .pixels
            .chunks_exact(3)
            .filter(|pixel| pixel.iter().all(|part| *part >= lightness))
            .count();
        100 * light / (self.pixels.len() / 3).max(1)
    }
}

/// What one finger does, as QEMU is told.
fn finger(kind: &str, id: i32, axis: &str, value: u64) -> Value {
    let finger = json!({"type": kind, "slot": 0, "tracking-id": id, "axis": axis, "value": value});
    json!({"type": "mtt", "data": finger})
}

fn down() -> Value {
    finger("begin", 1, "x", 0)
}

fn across(x: u32) -> Value {
    finger("data", 1, "x", u64::from(x) * 0x7fff / u64::from(SCREEN.0))
}

fn along(y: u32) -> Value {
    finger("data", 1, "y", u64::from(y) * 0x7fff / u64::from(SCREEN.1))
}

impl Vm {
    /// What the screen shows.
    pub fn picture(&mut self) -> anyhow::Result<Picture> {
        let file = self.folder.join("screen.ppm");
        self.monitor
            .execute("screendump", json!({"filename": file}))?;
        Picture::parse(&std::fs::read(&file)?)
    }

    /// Writes what is on the screen into a PNG file.
    pub fn screenshot(&mut self, file: &Path) -> anyhow::Result<()> {
        self.monitor
            .execute("screendump", json!({"filename": file, "format": "png"}))?;
        Ok(())
    }

    /// Touches the screen with one finger.
    pub fn touch(&mut self, (x, y): (u32, u32)) -> anyhow::Result<()> {
        self.fingers(&[down(), across(x), along(y)])?;
        std::thread::sleep(Duration::from_millis(150));
        self.lift()
    }

    /// Draws one finger over the screen.
    pub fn drag(&mut self, from: (u32, u32), to: (u32, u32)) -> anyhow::Result<()> {
        const STEPS: u32 = 12;
        for step in 0..=STEPS {
            let at = |from: u32, to: u32| (from * (STEPS - step) + to * step) / STEPS;
            let mut events = vec![across(at(from.0, to.0)), along(at(from.1, to.1))];
            if step == 0 {
                events.insert(0, down());
            }
            self.fingers(&events)?;
            std::thread::sleep(Duration::from_millis(60));
        }
        self.lift()
    }

    fn lift(&mut self) -> anyhow::Result<()> {
        self.fingers(&[finger("end", -1, "x", 0)])
    }

    fn fingers(&mut self, events: &[Value]) -> anyhow::Result<()> {
        self.monitor
            .execute("input-send-event", json!({"events": events}))?;
        Ok(())
    }

    /// Touches, and waits until the screen has answered and stands still.
    pub fn press(&mut self, touch: &Touch) -> anyhow::Result<()> {
        let before = self.picture()?;
        self.touch(touch.at)?;
        self.answered(touch.name, &before, touch.answer)
    }

    /// Waits until a part of the screen is not what it was, and stands still.
    pub fn answered(&mut self, name: &str, before: &Picture, area: Area) -> anyhow::Result<()> {
        let before = before.part(area);
        let patience = self.patience(15);
        let mut last = before.clone();
        while !patience.is_over() {
            std::thread::sleep(Duration::from_millis(400));
            let now = self.picture()?.part(area);
            if now != before && now == last {
                return Ok(());
            }
            last = now;
        }
        let stuck = self.folder.join("stuck.png");
        self.screenshot(&stuck)?;
        bail!(
            "the screen did not answer {name}; what it shows is in {}",
            stuck.display()
        )
    }
}
