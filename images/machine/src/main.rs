//! Runs the appliance's reference image in a virtual machine.
//!
//! ```text
//! machine run IMAGE                    to try it out, in a window
//! machine test FOLDER [NAME...]        to test it: FOLDER has the images that .ci/test-image made;
//!                                      CUTS in the environment is how many power cuts are tried,
//!                                      MACHINES how many machines run at once: as many as
//!                                      processors, unless it says so
//! ```

mod bad_input;
mod disk;
mod firmware;
mod fleet;
mod hardware;
mod images;
mod instructions;
mod manager;
mod migration;
mod patience;
mod ports;
mod power_cuts;
mod printers;
mod qmp;
mod sale;
mod saved;
mod screen;
mod secure_boot;
mod shell;
mod slow_printer;
mod splash;
mod sticks;
mod truth;
mod updates;
mod upkeep;
mod usb;
mod usb_counter;
mod usb_devices;
mod vm;
mod web;
mod write_log;

use std::path::Path;
use std::process::ExitCode;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use anyhow::{Context, bail};

use hardware::{Hardware, Network};
use images::Images;
use vm::Vm;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["run", image] => run(Path::new(image)),
        ["test", folder, names @ ..] => test(Path::new(folder), names),
        _ => Err(anyhow::anyhow!(
            "machine run IMAGE | machine test FOLDER [NAME...]"
        )),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("machine: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Starts a copy of an image, with a window where there is a display.
fn run(image: &Path) -> anyhow::Result<()> {
    let folder = image
        .parent()
        .context("name the image with its folder")?
        .join("run");
    std::fs::create_dir_all(&folder)?;
    let disk = folder.join("disk.img");
    if !disk.exists() {
        disk::copy(image, &disk)?;
        std::fs::File::options()
            .write(true)
            .open(&disk)?
            .set_len(1 << 30)?;
    }
    let window =
        std::env::var_os("DISPLAY").is_some() || std::env::var_os("WAYLAND_DISPLAY").is_some();
    let hardware = Hardware {
        network: Network::World,
        window,
        ..Hardware::default()
    };
    println!(
        "The machine's disk is {}; remove it to begin anew.",
        disk.display()
    );
    let mut machine = Vm::start(&disk, &folder, &hardware)?;
    if window {
        return machine.wait_for_end();
    }
    println!("There is no display here: a picture is taken once the till is ready.");
    machine.wait("the till is ready", 900)?;
    std::thread::sleep(std::time::Duration::from_secs(3));
    let picture = folder.join("screen.png");
    machine.screenshot(&picture)?;
    println!(
        "{} after {} s",
        picture.display(),
        machine.started.elapsed().as_secs()
    );
    machine.kill()
}

type Scene = fn(&Images) -> anyhow::Result<String>;

/// What is tested, in this order.
const SCENES: [(&str, Scene); 34] = [
    ("cold-boot-to-a-sale", sale::cold_boot_to_a_sale),
    ("splash", splash::splash),
    ("update-and-mark-good", updates::update_and_mark_good),
    ("refused-bundles", updates::refused_bundles),
    ("update-from-the-web", manager::update_from_the_web),
    ("update-from-hawkbit", fleet::update_from_hawkbit),
    ("update-from-a-stick", manager::update_from_a_stick),
    ("update-that-migrates", migration::update_that_migrates),
    (
        "migration-that-goes-back",
        migration::migration_that_goes_back,
    ),
    ("update-that-cannot-sell", updates::update_that_cannot_sell),
    ("corrupted-slot", updates::corrupted_slot),
    ("flipped-bit", updates::flipped_bit),
    ("hung-till", sale::hung_till),
    ("full-data-partition", sale::full_data_partition),
    ("unreadable-data", bad_input::unreadable_data),
    ("no-screen", bad_input::no_screen),
    ("no-slot-left", bad_input::no_slot_left),
    ("unknown-printer", printers::unknown_printer),
    ("clock-by-hand", upkeep::clock_by_hand),
    ("log-on-a-stick", upkeep::log_on_a_stick),
    ("emptying", upkeep::emptying),
    ("dark-screen", upkeep::dark_screen),
    ("presets-from-a-stick", upkeep::presets_from_a_stick),
    ("usb-sticks", sticks::usb_sticks),
    ("usb-allow-list", sticks::usb_allow_list),
    ("usb-devices", usb_devices::usb_devices),
    ("slow-printer", slow_printer::slow_printer),
    ("secure-boot", secure_boot::secure_boot),
    ("key-in-a-tpm", secure_boot::key_in_a_tpm),
    ("no-open-port", ports::no_open_port),
    ("plain-kills", power_cuts::plain_kills),
    ("cuts-while-selling", power_cuts::while_selling),
    ("cuts-during-an-install", power_cuts::during_an_install),
    ("boot-instructions", instructions::boot_instructions),
];

/// How many points the power is cut at, unless `CUTS` says it.
const CUTS: u64 = 100;

/// A number that the environment says.
fn number(name: &str) -> anyhow::Result<Option<u64>> {
    match std::env::var(name) {
        Ok(number) => {
            let number = number.parse();
            Ok(Some(
                number.with_context(|| format!("{name} is no number"))?,
            ))
        }
        Err(_) => Ok(None),
    }
}

/// What came of a scene.
struct Outcome {
    /// `None` where it was not tried.
    has_passed: Option<bool>,
    row: String,
}

impl Outcome {
    fn left_out(name: &str, why: &str) -> Self {
        println!("-- {name}: not tried, {why}");
        Self {
            has_passed: None,
            row: format!("| {name} | not tried | {why} | 0 |\n"),
        }
    }
}

fn test(folder: &Path, names: &[&str]) -> anyhow::Result<()> {
    for name in names {
        if !SCENES.iter().any(|(known, _)| known == name) {
            bail!(
                "there is no {name}; there are {}",
                SCENES.map(|(known, _)| known).join(", ")
            );
        }
    }
    let wanted = |(name, _): &&(&str, Scene)| names.is_empty() || names.contains(name);
    let scenes: Vec<&(&str, Scene)> = SCENES.iter().filter(wanted).collect();
    let images = Images::new(folder, number("CUTS")?.unwrap_or(CUTS));
    let processors = std::thread::available_parallelism().map_or(1, |all| all.get() as u64);
    let at_once = number("MACHINES")?.unwrap_or(processors).max(1);
    let next = AtomicUsize::new(0);
    let outcomes: Vec<OnceLock<Outcome>> = scenes.iter().map(|_| OnceLock::new()).collect();
    let all = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let (Some(scene), Some(outcome)) = (scenes.get(place), outcomes.get(place))
                    else {
                        return;
                    };
                    let is_left_out = names.is_empty() && migration::is_left_out(&images, scene.0);
                    outcome.get_or_init(|| match is_left_out {
                        true => Outcome::left_out(scene.0, migration::MISSING),
                        false => play(&images, scene),
                    });
                }
            });
        }
    });
    let outcomes: Vec<Outcome> = outcomes
        .into_iter()
        .filter_map(OnceLock::into_inner)
        .collect();
    let mut table = "| Scene | Result | Seen | Seconds |\n|---|---|---|---|\n".to_owned();
    for outcome in &outcomes {
        table.push_str(&outcome.row);
    }
    let ended = |passed| {
        let all = outcomes.iter();
        all.filter(|one| one.has_passed == Some(passed)).count()
    };
    let (passed, failed) = (ended(true), ended(false));
    std::fs::create_dir_all(&images.shared)?;
    std::fs::write(images.shared.join("results.md"), &table)?;
    println!(
        "\n{table}\n{passed} passed, {failed} failed in {} s, {at_once} at once",
        all.elapsed().as_secs()
    );
    if failed > 0 {
        bail!(
            "{failed} failed; consoles and pictures lie in {}",
            images.shared.display()
        );
    }
    Ok(())
}

/// Plays a scene in a folder of its own.
fn play(images: &Images, (name, scene): &(&str, Scene)) -> Outcome {
    println!("== {name}");
    let start = Instant::now();
    let played = images.of_scene(name).and_then(|images| scene(&images));
    let (has_passed, result, seen) = match played {
        Ok(seen) => (true, "passed", seen),
        Err(error) => (false, "FAILED", format!("{error:#}")),
    };
    let seconds = start.elapsed().as_secs();
    let seen = seen.replace(['\n', '|'], " ");
    println!("-- {name}: {result} in {seconds} s: {seen}");
    Outcome {
        has_passed: Some(has_passed),
        row: format!("| {name} | {result} | {seen} | {seconds} |\n"),
    }
}
