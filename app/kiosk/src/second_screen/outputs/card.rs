//! Graphics cards and their outputs: the first that the till's own screen does not use.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::ops::Range;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use drm::buffer::{Buffer, DrmFourcc};
use drm::control::{
    ClipRect, Device, Mode, ModeTypeFlags, ResourceHandles, connector, crtc,
    dumbbuffer::DumbBuffer, framebuffer,
};
use rustix::fs::{Mode as FileMode, OFlags};
use rustix::process::{PidfdFlags, PidfdGetfdFlags};
use slint::Rgb8Pixel;

use super::super::Placing;

/// Where the kernel lists outputs.
const OUTPUTS: &str = "/sys/class/drm";
/// Where the cards are.
const CARDS: &str = "/dev/dri";
/// The files that this process has open.
const OPEN: &str = "/proc/self/fd";

/// The outputs that the kernel knows by their names (`card0-HDMI-A-2`), and whether a monitor hangs
/// on each. Nothing is asked of the monitors: the kernel tells what it knows already.
pub fn plugged() -> Vec<(String, bool)> {
    let entries = fs::read_dir(OUTPUTS).into_iter().flatten().flatten();
    let mut plugged: Vec<_> = entries
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let status = fs::read_to_string(entry.path().join("status")).ok()?;
            Some((name, status.trim() == "connected"))
        })
        .collect();
    plugged.sort();
    plugged
}

/// A card, by a file of it that may set its outputs.
#[derive(Clone)]
struct Card(Rc<OwnedFd>);

impl AsFd for Card {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl drm::Device for Card {}
impl Device for Card {}

/// The cards of the machine.
#[derive(Default)]
pub struct Cards {
    /// The one that the till's own screen is on, and its output there.
    tills: Option<(PathBuf, Card, connector::Handle)>,
    /// Those that were opened for the customer's.
    others: BTreeMap<PathBuf, Card>,
}

impl Cards {
    /// An output that has a monitor and that the till does not use; `None` where there is none.
    ///
    /// # Errors
    /// What the last of the outputs that could be meant says.
    pub fn free_output(&mut self, placing: &Placing) -> io::Result<Option<Output>> {
        self.find_tills()?;
        let Some((path, tills, used)) = &self.tills else {
            // Without a card of the till's there is none that could be shared or told from it.
            return Ok(None);
        };
        let mut failed = None;
        let on_tills = Output::find(path, tills, Some(*used), placing);
        match on_tills {
            Ok(Some(output)) => return Ok(Some(output)),
            Ok(None) => {}
            Err(error) => failed = Some(error),
        }
        let cards = cards();
        self.others.retain(|path, _| cards.contains(path));
        for other in cards.iter().filter(|other| *other != path) {
            let card = match self.others.get(other) {
                Some(card) => card.clone(),
                None => match opened(other) {
                    Ok(card) => {
                        self.others.insert(other.clone(), card.clone());
                        card
                    }
                    Err(error) => {
                        failed = Some(error);
                        continue;
                    }
                },
            };
            match Output::find(other, &card, None, placing) {
                Ok(Some(output)) => return Ok(Some(output)),
                Ok(None) => {}
                // A card without outputs, which only computes.
                Err(error) if error.kind() == io::ErrorKind::Unsupported => {}
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(None), Err)
    }

    /// Finds the card that the backend has open, and the output that it chose: the one that it was
    /// told, or the first with a monitor.
    fn find_tills(&mut self) -> io::Result<()> {
        if self.tills.is_some() {
            return Ok(());
        }
        for path in cards() {
            let Some(card) = shared(&path)? else { continue };
            let resources = card.resource_handles()?;
            let told = std::env::var("SLINT_DRM_OUTPUT").ok();
            let used = resources.connectors().iter().copied().find(|handle| {
                let info = card.get_connector(*handle, false);
                info.is_ok_and(|info| match &told {
                    Some(told) => name_of(&info) == *told,
                    None => info.state() == connector::State::Connected,
                })
            });
            if let Some(used) = used {
                self.tills = Some((path, card, used));
                return Ok(());
            }
        }
        Ok(())
    }
}

/// The cards' files.
fn cards() -> Vec<PathBuf> {
    let entries = fs::read_dir(CARDS).into_iter().flatten().flatten();
    let is_card = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with("card"))
    };
    let mut cards: Vec<_> = entries.map(|entry| entry.path()).filter(is_card).collect();
    cards.sort();
    cards
}

/// The file of a card that this process has open already, once more: opened anew it would be
/// another's, which may only look.
fn shared(path: &Path) -> io::Result<Option<Card>> {
    let entries = fs::read_dir(OPEN)?.flatten();
    let number = entries
        .filter(|entry| fs::read_link(entry.path()).is_ok_and(|open| open == path))
        .find_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let Some(number) = number else {
        return Ok(None);
    };
    let itself = rustix::process::pidfd_open(rustix::process::getpid(), PidfdFlags::empty())?;
    let file = rustix::process::pidfd_getfd(itself, number, PidfdGetfdFlags::empty())?;
    Ok(Some(Card(Rc::new(file))))
}

fn opened(path: &Path) -> io::Result<Card> {
    let flags = OFlags::RDWR | OFlags::CLOEXEC | OFlags::NOCTTY;
    let file = rustix::fs::open(path, flags, FileMode::empty())?;
    Ok(Card(Rc::new(file)))
}

fn name_of(info: &connector::Info) -> String {
    format!("{}-{}", info.interface().as_str(), info.interface_id())
}

/// An output that shows a buffer of ours. Dropping it leaves it dark.
pub struct Output {
    card: Card,
    /// As the kernel lists it: `card0-HDMI-A-2`.
    listed: String,
    name: String,
    crtc: crtc::Handle,
    buffer: DumbBuffer,
    framebuffer: framebuffer::Handle,
}

impl Output {
    /// Takes the first output of a card that has a monitor, that is the one that is meant, and that
    /// is not the till's.
    fn find(
        path: &Path,
        card: &Card,
        tills: Option<connector::Handle>,
        placing: &Placing,
    ) -> io::Result<Option<Self>> {
        let resources = card.resource_handles()?;
        let taken = tills.and_then(|handle| crtc_of(card, handle));
        for handle in resources.connectors().iter().copied() {
            if Some(handle) == tills {
                continue;
            }
            let info = card.get_connector(handle, false)?;
            let name = name_of(&info);
            let is_meant = placing.output.as_ref().is_none_or(|output| *output == name);
            if !is_meant || info.state() != connector::State::Connected {
                continue;
            }
            // What it can show is asked of the monitor once, when it is new.
            let info = match info.modes() {
                [] => card.get_connector(handle, true)?,
                _ => info,
            };
            let Some(mode) = best(info.modes()) else {
                continue;
            };
            let Some(crtc) = free_crtc(card, &resources, &info, taken) else {
                return Err(io::Error::other(format!(
                    "the graphics card shows no second picture on {name}"
                )));
            };
            let card_name = path.file_name().unwrap_or_default().to_string_lossy();
            let listed = format!("{card_name}-{name}");
            return Self::take(card, listed, name, crtc, handle, mode).map(Some);
        }
        Ok(None)
    }

    fn take(
        card: &Card,
        listed: String,
        name: String,
        crtc: crtc::Handle,
        connector: connector::Handle,
        mode: Mode,
    ) -> io::Result<Self> {
        let (width, height) = mode.size();
        let size = (u32::from(width), u32::from(height));
        let buffer = card.create_dumb_buffer(size, DrmFourcc::Xrgb8888, 32)?;
        let framebuffer = match card.add_framebuffer(&buffer, 24, 32) {
            Ok(framebuffer) => framebuffer,
            Err(error) => {
                card.destroy_dumb_buffer(buffer)?;
                return Err(error);
            }
        };
        // From here on it is given back when it is dropped.
        let output = Self {
            card: card.clone(),
            listed,
            name,
            crtc,
            buffer,
            framebuffer,
        };
        card.set_crtc(crtc, Some(framebuffer), (0, 0), &[connector], Some(mode))?;
        Ok(output)
    }

    /// Whether it is the one that the kernel lists so.
    pub fn is_at(&self, listed: &str) -> bool {
        self.listed == listed
    }

    /// Its name: `HDMI-A-2`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Dots in a row, and rows.
    pub fn size(&self) -> (u32, u32) {
        self.buffer.size()
    }

    /// Shows these rows of a picture of its size.
    ///
    /// # Errors
    /// When the card is gone.
    pub fn show(&mut self, pixels: &[Rgb8Pixel], rows: Range<usize>) -> io::Result<()> {
        let (width, pitch) = (self.buffer.size().0, self.buffer.pitch() as usize);
        let mut mapping = self.card.map_dumb_buffer(&mut self.buffer)?;
        let lines = mapping.as_mut().chunks_exact_mut(pitch.max(1));
        let lines = lines.zip(pixels.chunks_exact((width as usize).max(1)));
        for (line, dots) in lines.skip(rows.start).take(rows.len()) {
            for (place, dot) in line.as_chunks_mut::<4>().0.iter_mut().zip(dots) {
                *place = [dot.b, dot.g, dot.r, 0];
            }
        }
        drop(mapping);
        let end = |at: u32| u16::try_from(at).unwrap_or(u16::MAX);
        let row = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
        let changed = ClipRect::new(0, row(rows.start), end(width), row(rows.end));
        match self.card.dirty_framebuffer(self.framebuffer, &[changed]) {
            // Cards that show their memory as it is have nothing to be told.
            Err(error) if is_not_needed(&error) => Ok(()),
            told => told,
        }
    }
}

fn is_not_needed(error: &io::Error) -> bool {
    let unknown = [rustix::io::Errno::NOSYS, rustix::io::Errno::INVAL];
    let number = error.raw_os_error();
    unknown.iter().any(|it| Some(it.raw_os_error()) == number)
}

impl Drop for Output {
    fn drop(&mut self) {
        // A card that was pulled answers nothing any more, and has nothing to give back.
        let dark = self.card.set_crtc(self.crtc, None, (0, 0), &[], None);
        let freed = self.card.destroy_framebuffer(self.framebuffer);
        let freed = freed.and_then(|()| self.card.destroy_dumb_buffer(self.buffer));
        if let Err(error) = dark.and(freed) {
            tracing::debug!("{} was not left in order: {error}", self.name);
        }
    }
}

/// What the monitor likes best, else its largest.
fn best(modes: &[Mode]) -> Option<Mode> {
    let worth = |mode: &&Mode| {
        let (width, height) = mode.size();
        let is_liked = mode.mode_type().contains(ModeTypeFlags::PREFERRED);
        (is_liked, u32::from(width) * u32::from(height))
    };
    modes.iter().max_by_key(worth).copied()
}

/// What drives an output now.
fn crtc_of(card: &Card, handle: connector::Handle) -> Option<crtc::Handle> {
    let info = card.get_connector(handle, false).ok()?;
    card.get_encoder(info.current_encoder()?).ok()?.crtc()
}

/// What can drive an output besides the till's: what does so already, else the first that can.
fn free_crtc(
    card: &Card,
    resources: &ResourceHandles,
    info: &connector::Info,
    taken: Option<crtc::Handle>,
) -> Option<crtc::Handle> {
    let present = info.current_encoder();
    let present = present.and_then(|encoder| card.get_encoder(encoder).ok()?.crtc());
    if let Some(present) = present.filter(|crtc| Some(*crtc) != taken) {
        return Some(present);
    }
    let encoders = info.encoders().iter();
    encoders
        .filter_map(|encoder| card.get_encoder(*encoder).ok())
        .flat_map(|encoder| resources.filter_crtcs(encoder.possible_crtcs()))
        .find(|crtc| Some(*crtc) != taken)
}
