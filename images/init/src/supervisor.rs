//! Starts everything, keeps it running, and decides when to start over.

use std::path::Path;
use std::process::{Child, ExitCode};
use std::time::{Duration, Instant};

use rustix::system::RebootCommand;

use crate::clock::Clock;
use crate::console::say;
use crate::data_partition::{self, PLACE, durable};
use crate::framebuffer::Turn;
use crate::log_ring::LogRing;
use crate::program::{PROVEN, Program};
use crate::services::{self, Service};
use crate::till::{SOCKET, TillSocket, Word};
use crate::watchdog::Watchdog;
use crate::{
    device_nodes, discovery, factory_reset, graphics, identity_partition, loopback, mounts,
    pointer, screen, slots, sticks, tpm, wireless,
};

/// How long a start may take: until the data partition is checked, and again until the till is
/// ready.
const START: Duration = Duration::from_secs(180);
/// How long the till's event loop may stand still.
const SILENCE: Duration = Duration::from_secs(20);
/// After so many crashes in a row the other slot gets its turn.
const CRASHES: u32 = 5;
/// How often the other slot is thought of while the till does not start.
const RESCUE: Duration = Duration::from_secs(20);
/// Names of the environment that a shop may set in `settings/environment`.
const SETTABLE: [&str; 4] = [
    "RUST_LOG",
    "SLINT_DRM_OUTPUT",
    "SLINT_KMS_ROTATION",
    "SLINT_SCALE_FACTOR",
];

/// Runs the appliance. Comes back only when nothing can be started at all.
pub fn run() -> ExitCode {
    let problems = mounts::kernel_file_systems();
    for problem in &problems {
        say(&problem.to_string());
    }
    screen::begin(slots::exhausted(), slots::turn());
    screen::keep();
    let version = std::fs::read_to_string("/etc/evertill/version").unwrap_or_default();
    let slot = slots::booted().unwrap_or_else(|| "unknown".to_owned());
    let version = version.trim().to_owned();
    say(&format!("version {version}, slot {slot}"));
    let watchdog = Watchdog::start(START);
    graphics::load_drivers();
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let owner = services::user(&passwd, "evertill").unwrap_or((0, 0));
    let list = std::fs::read_to_string(services::LIST).unwrap_or_default();
    let log = LogRing::new(&Path::new(PLACE).join("log"));
    let mut services = services::parse(&list);
    services.retain(Service::is_here);
    let first = |name: &str| matches!(name, "devices");
    let mut programs: Vec<Program> = Vec::new();
    for service in services.iter().filter(|service| first(&service.name)) {
        programs.push(Program::new(service.clone()));
    }
    for program in &mut programs {
        program.start(&[], &log);
        program.wait_for_others(true);
    }
    device_nodes::make();
    discovery::begin();
    screen::doing("Checking the disk");
    if let Err(error) = data_partition::open(owner) {
        stay_without_data(&error, &watchdog);
    }
    let turn = Turn::of(&till_environment());
    screen::turn(turn);
    screen::doing("Starting");
    let clock = Clock::take_up();
    if let Err(error) = identity_partition::open(owner) {
        say(&error.to_string());
    }
    identity_partition::number();
    factory_reset::if_requested();
    mount_boot_partition();
    slots::keep_turn(turn);
    say("the disk is ready");
    if let Err(error) = loopback::up() {
        say(&format!(
            "no update can come from hawkBit, the box does not reach itself: {error}"
        ));
    }
    if let Err(error) = wireless::bring() {
        say(&format!("the wireless networks are not known: {error}"));
    }
    sticks::watch(owner);
    for service in services.iter().filter(|service| !first(&service.name)) {
        programs.push(Program::new(service.clone()));
    }
    let socket = match TillSocket::open(owner) {
        Ok(socket) => socket,
        Err(error) => {
            say(&format!("the till cannot be heard: {error}"));
            return ExitCode::FAILURE;
        }
    };
    wait_for_outputs();
    graphics::give(owner);
    tpm::give(owner.1);
    Appliance {
        programs,
        till: Program::new(Service {
            name: "till".to_owned(),
            user: "evertill".to_owned(),
            command: ["/usr/bin/evertill", "--data", "/data/till"]
                .map(str::to_owned)
                .to_vec(),
        }),
        socket,
        clock,
        log,
        watchdog,
        sold_before: slots::sold_before(&slot, &version),
        version,
        slot,
        screenless: false,
        ready: None,
        awaited: Instant::now(),
        good: false,
        next_mark: Instant::now(),
        rescued: false,
        next_rescue: Instant::now(),
    }
    .supervise()
}

/// Nothing is sold without the data partition, and nothing is tried on what may still hold sales: the
/// box says what is wrong, until somebody switches it off.
fn stay_without_data(error: &std::io::Error, watchdog: &Watchdog) -> ! {
    screen::rescue(
        "This till cannot read its disk",
        &error.to_string(),
        "Switch it off and on once. If this stays, call whoever looks after it, and keep the box as it is.",
    );
    loop {
        watchdog.feed_for(START);
        std::thread::sleep(START / 2);
    }
}

/// The till needs a screen at its start, and its driver may take a moment; everything else may come
/// later.
fn wait_for_outputs() {
    let end = Instant::now() + Duration::from_secs(15);
    while screen::plugged().is_none() && Instant::now() < end {
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// GRUB keeps the boot state in a file on its partition; a Raspberry Pi has it elsewhere.
fn mount_boot_partition() {
    if let Some(boot) = crate::partition::find("esp") {
        let flags = rustix::mount::MountFlags::NOSUID
            | rustix::mount::MountFlags::NODEV
            | rustix::mount::MountFlags::NOEXEC
            | rustix::mount::MountFlags::SYNCHRONOUS;
        let device = boot.device.to_string_lossy();
        if let Err(error) = mounts::mount_at(&device, "/boot/esp", "vfat", flags, "umask=077") {
            say(&error.to_string());
        }
    }
}

struct Appliance {
    programs: Vec<Program>,
    till: Program,
    socket: TillSocket,
    clock: Clock,
    log: LogRing,
    watchdog: Watchdog,
    slot: String,
    version: String,
    /// Whether this version sold from this slot before.
    sold_before: bool,
    /// Whether there is no screen.
    screenless: bool,
    /// Since when the till is ready.
    ready: Option<Instant>,
    /// Since when it is waited for: a till that ended once after hours gets its time again.
    awaited: Instant,
    /// Whether the boot loader knows this slot to be good.
    good: bool,
    next_mark: Instant,
    /// Whether the rescue text stands on the screen.
    rescued: bool,
    /// When the other slot is thought of again.
    next_rescue: Instant,
}

impl Appliance {
    fn supervise(mut self) -> ExitCode {
        let began = Instant::now();
        let mut reaped = Instant::now();
        let mut looked = false;
        self.till.crashes = stored_crashes();
        self.watchdog.feed_for(START);
        loop {
            self.run_till();
            // The till first: nobody waits for the others.
            if self.ready.is_some() || began.elapsed() > Duration::from_secs(10) {
                self.run_services();
            }
            for word in self.socket.hear() {
                match word {
                    Word::Ready => self.till_is_ready(),
                    Word::Alive => self.watchdog.feed_for(SILENCE),
                    Word::Anew => self.begin_anew(),
                    Word::Restart => self.leave(RebootCommand::Restart),
                    Word::PowerOff => self.leave(RebootCommand::PowerOff),
                    Word::Clock(seconds) => self.clock.set(seconds),
                    Word::Wireless(network) => wireless::know(&network),
                }
            }
            self.mark_good();
            if !looked && self.ready.is_some() && discovery::is_done() {
                looked = true;
                pointer::tell_if_absent(&self.log);
            }
            self.clock.keep_when_due();
            if self.ready.is_none() && self.awaited.elapsed() > START {
                self.give_up("the till did not become ready");
            }
            if reaped.elapsed() > Duration::from_secs(30) {
                reaped = Instant::now();
                self.reap_orphans();
            }
        }
    }

    fn run_till(&mut self) {
        if let Some(how) = self.till.ended() {
            if self.ready.take().is_some() {
                self.awaited = Instant::now();
            }
            say(&format!("the till ended: {how}"));
            screen::turn(Turn::of(&till_environment()));
            screen::uncovered();
            screen::doing("Starting again");
            self.log.line("init", &format!("the till ended: {how}"));
            store_crashes(self.till.crashes);
            self.watchdog.feed_for(START);
            if self.till.crashes >= CRASHES {
                self.give_up("the till cannot stay up");
            }
        }
        if self.till.is_due() && self.has_screen() {
            self.till.start(&till_environment(), &self.log);
        }
        if self.till.child.is_none() {
            // It is waited for on purpose.
            self.watchdog.feed_for(START);
        }
        if let Some(ready) = self.ready
            && self.till.crashes > 0
            && ready.elapsed() > PROVEN
        {
            self.till.crashes = 0;
            self.rescued = false;
            store_crashes(0);
        }
    }

    /// Whether there is a screen. Without one no till is started: it would end at once, and look as if
    /// it could not sell.
    fn has_screen(&mut self) -> bool {
        if screen::is_there() {
            self.screenless = false;
            return true;
        }
        if !self.screenless {
            self.screenless = true;
            let line = "no screen is plugged in; the till starts when one is";
            say(line);
            self.log.line("init", line);
        }
        if self.sold_before {
            // What sold before is not to blame: only a new version has to find the screen in time.
            self.awaited = Instant::now();
        }
        false
    }

    /// Ends the till, which is then started; that is no crash.
    fn begin_anew(&mut self) {
        if let Some(mut till) = self.till.child.take() {
            // One that is gone already is what is wanted.
            let _ = till.kill();
            let _ = till.wait();
        }
        self.till.crashes = 0;
        self.ready = None;
        self.awaited = Instant::now();
        self.watchdog.feed_for(START);
        screen::uncovered();
        screen::doing("Starting");
    }

    fn run_services(&mut self) {
        for program in &mut self.programs {
            if let Some(how) = program.ended() {
                let line = format!("{} ended: {how}", program.service.name);
                self.log.line("init", &line);
                if program.service.name == "update" {
                    slots::forget_bundle();
                }
            }
            if program.is_due() {
                program.start(&[], &self.log);
            }
        }
    }

    fn till_is_ready(&mut self) {
        if self.ready.is_none() {
            self.ready = Some(Instant::now());
            self.watchdog.feed_for(SILENCE);
            screen::covered();
            say("the till is ready");
            for program in &self.programs {
                program.wait_for_others(false);
            }
        }
    }

    fn mark_good(&mut self) {
        let is_good = self.ready.is_some() || self.screenless && self.sold_before;
        // A till without its devices has not shown that it sells.
        let due = is_good && discovery::is_done() && !self.good && Instant::now() >= self.next_mark;
        if due && Path::new("/run/dbus/system_bus_socket").exists() {
            self.good = slots::mark_good();
            self.next_mark = Instant::now() + Duration::from_secs(5);
            if self.good {
                say(&format!("slot {} is good", self.slot));
                if !self.sold_before {
                    slots::keep_sold(&self.slot, &self.version);
                }
            }
        }
    }

    /// The other slot gets its turn if it is good; else a person is asked. It is thought of again
    /// from time to time: who knows about slots may have started later than the till failed.
    fn give_up(&mut self, why: &str) {
        if Instant::now() < self.next_rescue {
            return;
        }
        self.next_rescue = Instant::now() + RESCUE;
        if !self.rescued {
            self.log.line("init", why);
        }
        if !slots::exhausted() && slots::other_is_good() {
            say(&format!("{why}; the other slot is started"));
            slots::mark_bad();
            store_crashes(0);
            self.leave(RebootCommand::Restart);
        }
        self.rescued = true;
        if self.till.child.is_none() {
            screen::rescue(
                "The till does not start",
                why,
                "It is tried again and again. Call whoever looks after it.",
            );
        } else {
            say(&format!("{why}; there is no other slot to start"));
        }
    }

    /// Ends everything and restarts or switches off.
    fn leave(&mut self, how: RebootCommand) {
        say("everything ends");
        screen::leaving(match how {
            RebootCommand::PowerOff => "Switching off",
            _ => "Restarting",
        });
        self.clock.keep();
        let running = self.programs.iter_mut().chain([&mut self.till]);
        let children = || running.filter_map(|program| program.child.take());
        let mut ending = Vec::new();
        for child in children() {
            let pid = i32::try_from(child.id())
                .ok()
                .and_then(rustix::process::Pid::from_raw);
            if let Some(pid) = pid {
                // One that is gone already is what is wanted.
                let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
            }
            ending.push(child);
        }
        let end = Instant::now() + Duration::from_secs(10);
        for child in &mut ending {
            while matches!(child.try_wait(), Ok(None)) {
                if Instant::now() > end {
                    let _ = child.kill();
                    break;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        rustix::fs::sync();
        for place in ["/boot/esp", identity_partition::PLACE, PLACE] {
            let detach = rustix::mount::UnmountFlags::DETACH;
            let _ = rustix::mount::unmount(place, detach);
        }
        rustix::fs::sync();
        if let Err(error) = rustix::system::reboot(how) {
            say(&format!("the box cannot be restarted: {error}"));
        }
    }

    /// Buries processes whose parents are gone.
    fn reap_orphans(&self) {
        let ours: Vec<u32> = self
            .programs
            .iter()
            .chain([&self.till])
            .filter_map(|program| program.child.as_ref().map(Child::id))
            .collect();
        let Ok(entries) = std::fs::read_dir("/proc") else {
            return;
        };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let Some(number) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else {
                continue;
            };
            let state = std::fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
            let dead = state
                .rsplit_once(") ")
                .is_some_and(|(_, after)| after.starts_with("Z 1 "));
            if dead && !ours.contains(&number) {
                let pid = i32::try_from(number)
                    .ok()
                    .and_then(rustix::process::Pid::from_raw);
                let _ = rustix::process::waitpid(pid, rustix::process::WaitOptions::NOHANG);
            }
        }
    }
}

/// Where the till finds its things, and what the image and the shop set besides.
fn till_environment() -> Vec<(String, String)> {
    let mut environment = vec![
        ("HOME".to_owned(), "/data/state".to_owned()),
        (
            "XDG_STATE_HOME".to_owned(),
            identity_partition::SECRETS.to_owned(),
        ),
        ("NOTIFY_SOCKET".to_owned(), SOCKET.to_owned()),
    ];
    let image = std::fs::read_to_string("/etc/evertill/environment").unwrap_or_default();
    environment.extend(settings(&image, |_| true));
    let shop = Path::new(PLACE).join("settings/environment");
    let shop = std::fs::read_to_string(shop).unwrap_or_default();
    environment.extend(settings(&shop, |name| SETTABLE.contains(&name)));
    environment
}

fn settings(text: &str, allowed: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let pairs = text.lines().filter_map(|line| line.trim().split_once('='));
    pairs
        .filter(|(name, _)| !name.starts_with('#') && allowed(name))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn stored_crashes() -> u32 {
    let text = std::fs::read_to_string(Path::new(PLACE).join("crashes")).unwrap_or_default();
    text.trim().parse().unwrap_or(0)
}

fn store_crashes(count: u32) {
    if let Err(error) = durable(&Path::new(PLACE).join("crashes"), &format!("{count}\n")) {
        say(&format!("the count of crashes was not kept: {error}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shop_sets_only_what_it_may() {
        let text = "SLINT_KMS_ROTATION=90\nLD_PRELOAD=/data/evil.so\n# RUST_LOG=x\nRUST_LOG=info";
        let names: Vec<String> = settings(text, |name| SETTABLE.contains(&name))
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        assert_eq!(names, ["SLINT_KMS_ROTATION", "RUST_LOG"]);
    }
}
