//! Faults that a person or a test switches in a file while the till runs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use super::{
    VirtualDrawer, VirtualHidPosScanner, VirtualKeyboardScanner, VirtualLineDisplay,
    VirtualPrinter, VirtualScale, VirtualScanner,
};
use crate::HalError;
use crate::vocabulary::{Cover, DrawerState, Paper, PrinterFault};

/// How often the file is looked at. What it says counts when it said the same at the look before.
const LOOK: Duration = Duration::from_millis(100);
/// The largest file that is read.
const LARGEST: usize = 64 * 1024;

/// Something whose faults can be switched by words.
pub trait Switchable: Send + Sync {
    /// Switches a fault to a value, or back to normal without one. Returns what is wrong with
    /// the words, if anything is.
    ///
    /// # Errors
    /// A sentence for the person who wrote the words.
    fn switch(&self, fault: &str, value: Option<&str>) -> Result<(), String>;
}

/// A file of faults, one a line, such as `printer paper out`: the device's name, the fault, its
/// value. What the file no longer says is normal again; `#` begins a remark.
#[derive(Debug)]
pub struct FaultFile {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// What a file says: the value of each device's faults.
type Faults = BTreeMap<(String, String), String>;

impl FaultFile {
    /// Watches a file and switches the faults it names. The file need not exist yet. Lines that
    /// mean nothing are told to `complain`, once each time the file changes.
    ///
    /// # Errors
    /// `System` when no thread can be started.
    pub fn watch(
        path: impl Into<PathBuf>,
        devices: Vec<(String, Arc<dyn Switchable>)>,
        complain: impl Fn(String) + Send + 'static,
    ) -> Result<FaultFile, HalError> {
        let path = path.into();
        let stop = Arc::new(AtomicBool::new(false));
        let stopping = stop.clone();
        let watch = move || {
            let mut text = String::new();
            let mut faults = Faults::new();
            let mut last = String::new();
            while !stopping.load(Ordering::Acquire) {
                let now = read(&path);
                // A file that is being written may be empty or gone for a moment.
                if now == last && now != text {
                    let wanted = parse(&now, &complain);
                    switch(&devices, &faults, &wanted, &complain);
                    text.clone_from(&now);
                    faults = wanted;
                }
                last = now;
                std::thread::park_timeout(LOOK);
            }
        };
        let thread = std::thread::Builder::new()
            .name("faults".to_owned())
            .spawn(watch)
            .map_err(|source| HalError::System {
                what: "watching a file of faults",
                source,
            })?;
        Ok(FaultFile {
            stop,
            thread: Some(thread),
        })
    }
}

impl Drop for FaultFile {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

fn read(path: &Path) -> String {
    let text = std::fs::read(path).unwrap_or_default();
    String::from_utf8_lossy(text.get(..LARGEST).unwrap_or(&text)).into_owned()
}

fn parse(text: &str, complain: &impl Fn(String)) -> Faults {
    let mut faults = Faults::new();
    for line in text.lines() {
        let line = line.split('#').next().unwrap_or_default();
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            [] => {}
            [device, fault, value] => {
                let key = ((*device).to_owned(), (*fault).to_owned());
                faults.insert(key, (*value).to_owned());
            }
            _ => complain(format!(
                "{line:?}: write the device, the fault and its value, such as: printer paper out"
            )),
        }
    }
    faults
}

fn switch(
    devices: &[(String, Arc<dyn Switchable>)],
    before: &Faults,
    wanted: &Faults,
    complain: &impl Fn(String),
) {
    let gone = before.keys().filter(|key| !wanted.contains_key(key));
    let changed = wanted
        .iter()
        .filter(|(key, value)| before.get(key) != Some(value));
    let all = gone
        .map(|key| (key, None))
        .chain(changed.map(|(key, value)| (key, Some(value.as_str()))));
    for ((name, fault), value) in all {
        match devices.iter().find(|(device, _)| device == name) {
            None => complain(format!("there is no device {name:?}")),
            Some((_, device)) => {
                if let Err(problem) = device.switch(fault, value) {
                    complain(format!("{name} {fault}: {problem}"));
                }
            }
        }
    }
}

pub(super) fn unknown(value: &str, known: &str) -> String {
    format!("{value:?} is none of {known}")
}

pub(super) fn number(value: &str) -> Result<usize, String> {
    value
        .parse()
        .map_err(|_| format!("{value:?} is no whole number"))
}

impl Switchable for VirtualPrinter {
    fn switch(&self, fault: &str, value: Option<&str>) -> Result<(), String> {
        match (fault, value.unwrap_or_default()) {
            ("paper", "" | "in") => self.set_paper(Paper::Present),
            ("paper", "low") => self.set_paper(Paper::NearEnd),
            ("paper", "out") => self.set_paper(Paper::Empty),
            ("paper", other) => return Err(unknown(other, "in, low, out")),
            ("cover", "" | "closed") => self.set_cover(Cover::Closed),
            ("cover", "open") => self.set_cover(Cover::Open),
            ("cover", other) => return Err(unknown(other, "open, closed")),
            ("fault", "" | "none") => self.set_fault(None),
            ("fault", "cutter") => self.set_fault(Some(PrinterFault::Cutter)),
            ("fault", "hot") => self.set_fault(Some(PrinterFault::Overheated)),
            ("fault", "jam") => self.set_fault(Some(PrinterFault::Recoverable)),
            ("fault", "broken") => self.set_fault(Some(PrinterFault::Unrecoverable)),
            ("fault", other) => return Err(unknown(other, "none, cutter, hot, jam, broken")),
            ("drawer", "" | "closed") => self.set_drawer(DrawerState::Closed),
            ("drawer", "open") => self.set_drawer(DrawerState::Open),
            ("drawer", other) => return Err(unknown(other, "open, closed")),
            ("lock", "" | "well") => self.set_drawer_stuck(false),
            ("lock", "stuck") => self.set_drawer_stuck(true),
            ("lock", other) => return Err(unknown(other, "well, stuck")),
            ("cable", "" | "in") => return self.plug().map_err(|error| error.to_string()),
            ("cable", "cut") => self.unplug(),
            ("cable", other) => return Err(unknown(other, "in, cut")),
            ("power", "" | "on") => self.set_power(true),
            ("power", "off") => self.set_power(false),
            ("power", other) => return Err(unknown(other, "on, off")),
            ("reports", "" | "on") => self.set_completion_reports(true),
            ("reports", "off") => self.set_completion_reports(false),
            ("reports", other) => return Err(unknown(other, "on, off")),
            ("buffer", "" | "free") => self.set_full(false),
            ("buffer", "full") => self.set_full(true),
            ("buffer", other) => return Err(unknown(other, "free, full")),
            ("slow", "") => self.set_slow(None),
            ("slow", rate) => self.set_slow(u32::try_from(number(rate)?).ok()),
            ("late", "") => self.set_late(Duration::ZERO),
            ("late", milliseconds) => {
                self.set_late(Duration::from_millis(number(milliseconds)? as u64));
            }
            ("parity", "" | "right") => self.set_parity_bits(false),
            ("parity", "wrong") => self.set_parity_bits(true),
            ("parity", other) => return Err(unknown(other, "right, wrong")),
            ("noise", "" | "off") => self.set_noise(None),
            ("noise", every) => self.set_noise(Some(number(every)?)),
            (other, _) => {
                let known = "paper, cover, fault, drawer, lock, cable, power, reports, buffer, \
                             slow, late, parity, noise";
                return Err(unknown(other, known));
            }
        }
        Ok(())
    }
}

impl Switchable for VirtualScale {
    fn switch(&self, fault: &str, value: Option<&str>) -> Result<(), String> {
        match (fault, value.unwrap_or_default()) {
            ("weight", "") => self.put(0),
            ("weight", grams) => self.put(
                grams
                    .parse()
                    .map_err(|_| format!("{grams:?} is no whole number of grams"))?,
            ),
            ("motion", "" | "off") => self.set_moving(false),
            ("motion", "on") => self.set_moving(true),
            ("motion", other) => return Err(unknown(other, "on, off")),
            ("zero", "" | "set") => self.set_not_zeroed(false),
            ("zero", "lost") => self.set_not_zeroed(true),
            ("zero", other) => return Err(unknown(other, "set, lost")),
            ("fault", "" | "none") => self.set_broken(false),
            ("fault", "broken") => self.set_broken(true),
            ("fault", other) => return Err(unknown(other, "none, broken")),
            ("cable", "" | "in") => return self.plug().map_err(|error| error.to_string()),
            ("cable", "cut") => self.unplug(),
            ("cable", other) => return Err(unknown(other, "in, cut")),
            ("power", "" | "on") => self.set_silent(false),
            ("power", "off") => self.set_silent(true),
            ("power", other) => return Err(unknown(other, "on, off")),
            ("parity", "" | "right") => self.set_parity_bits(false),
            ("parity", "wrong") => self.set_parity_bits(true),
            ("parity", other) => return Err(unknown(other, "right, wrong")),
            ("noise", "" | "off") => self.set_noise(None),
            ("noise", every) => self.set_noise(Some(number(every)?)),
            (other, _) => {
                let known = "weight, motion, zero, fault, cable, power, parity, noise";
                return Err(unknown(other, known));
            }
        }
        Ok(())
    }
}

impl Switchable for VirtualLineDisplay {
    fn switch(&self, fault: &str, value: Option<&str>) -> Result<(), String> {
        cable(fault, value, || self.plug(), || self.unplug())
    }
}

impl Switchable for VirtualKeyboardScanner {
    fn switch(&self, fault: &str, value: Option<&str>) -> Result<(), String> {
        cable(fault, value, || self.plug(), || self.unplug())
    }
}

impl Switchable for VirtualHidPosScanner {
    fn switch(&self, fault: &str, value: Option<&str>) -> Result<(), String> {
        cable(fault, value, || self.plug(), || self.unplug())
    }
}

/// The one fault of a device that has nothing but a cable.
fn cable(
    fault: &str,
    value: Option<&str>,
    plug: impl FnOnce() -> Result<(), HalError>,
    unplug: impl FnOnce(),
) -> Result<(), String> {
    match (fault, value.unwrap_or_default()) {
        ("cable", "" | "in") => plug().map_err(|error| error.to_string()),
        ("cable", "cut") => {
            unplug();
            Ok(())
        }
        ("cable", other) => Err(unknown(other, "in, cut")),
        (other, _) => Err(unknown(other, "cable")),
    }
}

impl Switchable for VirtualScanner {
    fn switch(&self, fault: &str, value: Option<&str>) -> Result<(), String> {
        match (fault, value.unwrap_or_default()) {
            ("cable", _) => return cable(fault, value, || self.plug(), || self.unplug()),
            ("codes", "" | "whole") => self.set_half(false),
            ("codes", "half") => self.set_half(true),
            ("codes", other) => return Err(unknown(other, "whole, half")),
            ("parity", "" | "right") => self.set_parity_bits(false),
            ("parity", "wrong") => self.set_parity_bits(true),
            ("parity", other) => return Err(unknown(other, "right, wrong")),
            ("noise", "" | "off") => self.set_noise(None),
            ("noise", every) => self.set_noise(Some(number(every)?)),
            (other, _) => return Err(unknown(other, "cable, codes, parity, noise")),
        }
        Ok(())
    }
}

impl Switchable for VirtualDrawer {
    fn switch(&self, fault: &str, value: Option<&str>) -> Result<(), String> {
        match (fault, value.unwrap_or_default()) {
            ("cable", _) => return cable(fault, value, || self.plug(), || self.unplug()),
            ("tray", "" | "in") => self.set(DrawerState::Closed),
            ("tray", "out") => self.set(DrawerState::Open),
            ("tray", other) => return Err(unknown(other, "in, out")),
            ("lock", "" | "well") => self.set_stuck(false),
            ("lock", "stuck") => self.set_stuck(true),
            ("lock", other) => return Err(unknown(other, "well, stuck")),
            ("power", "" | "on") => self.set_silent(false),
            ("power", "off") => self.set_silent(true),
            ("power", other) => return Err(unknown(other, "on, off")),
            ("noise", "" | "off") => self.set_noise(None),
            ("noise", every) => self.set_noise(Some(number(every)?)),
            (other, _) => return Err(unknown(other, "cable, tray, lock, power, noise")),
        }
        Ok(())
    }
}
