//! Updates as a manager has them made: by finger on the Manager screen, from a folder on the web and
//! from a USB stick.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

use crate::disk;
use crate::hardware::Hardware;
use crate::images::{Images, START};
use crate::sale::sign_in;
use crate::screen::{Area, Touch};
use crate::sticks;
use crate::vm::Vm;
use crate::web::Web;

/// Everything below the bar at the top.
const WHOLE: Area = Area::new(0, 40, 1280, 760);
/// The place that is open.
pub const PLACE: Area = Area::new(260, 40, 1020, 760);
/// Where the upper of two buttons stands, and nothing where there is one.
const UPPER_BUTTON: Area = Area::new(900, 650, 360, 50);
/// The dots that fill with a manager's PIN.
const DOTS: Area = Area::new(990, 56, 150, 40);

/// What of the page that asks for it is on no other.
const CANCEL: Area = Area::new(264, 728, 108, 56);

/// From wherever it is sold to the Manager screen.
pub const MANAGER: Touch = Touch::new("Manager screen", (60, 20), WHOLE);
const BACK: Touch = Touch::new("Back", (124, 80), WHOLE);
const UPDATES: Touch = Touch::new("Updates", (120, 400), PLACE);
pub const LOOK: Touch = Touch::new("Look for updates", (1080, 752), UPPER_BUTTON);
const ACT: Touch = Touch::new("the button of the update", (1080, 752), PLACE);
/// The PIN of the demo shop's manager, who is signed in.
pub const PIN: [Touch; 5] = [
    Touch::new("2", (1064, 239), DOTS),
    Touch::new("5", (1064, 373), DOTS),
    Touch::new("8", (1064, 507), DOTS),
    Touch::new("0", (1064, 641), DOTS),
    // What comes after them begins with a heading there.
    Touch::new("Open", (1064, 752), DOTS),
];

/// From a folder on the web, through a network that is plugged in.
pub fn update_from_the_web(images: &Images) -> anyhow::Result<String> {
    let web = Web::serve(&images.folder.join("publish"))?;
    let (disk, mut machine) = images.started("web", &Hardware::default())?;
    connect(&mut machine)?;
    let settings = format!(
        "[updates]\nurl = \"{}\"\ncertificates = \"updates.pem\"\n",
        web.url()
    );
    put(&mut machine, "updates.pem", &web.certificate)?;
    without_a_shift(&mut machine, &settings)?;
    updates(&mut machine)?;
    look(images, &mut machine, "web")?;
    let told = by_finger(images, &mut machine, "web")?;
    let size = std::fs::metadata(images.folder.join("newer.raucb"))?.len();
    ended(images, &disk, machine)?;
    Ok(format!(
        "{told}; {} of {} KiB of the bundle were fetched",
        web.sent() / 1024,
        size / 1024
    ))
}

/// Plugs a network cable in that leads to this machine, and waits until the box has an address.
pub fn connect(machine: &mut Vm) -> anyhow::Result<()> {
    machine.plug_world()?;
    machine.shell(
        "i=0; until ifconfig eth0 2>/dev/null | grep -q 'inet addr:10.0.2'; do sleep 1; i=$((i+1)); [ $i -lt 120 ] || exit 1; done",
        300,
    )?;
    Ok(())
}

/// From a USB stick.
pub fn update_from_a_stick(images: &Images) -> anyhow::Result<String> {
    let stick = stick_with(images, "newer.raucb")?;
    let (disk, mut machine) = images.started("stick", &Hardware::default())?;
    without_a_shift(&mut machine, "")?;
    sticks::plug(&mut machine, &stick)?;
    machine.wait("is at /run/media/SHOP", 120)?;
    updates(&mut machine)?;
    look(images, &mut machine, "stick")?;
    let told = by_finger(images, &mut machine, "stick")?;
    ended(images, &disk, machine)?;
    Ok(told)
}

fn stick_with(images: &Images, bundle: &str) -> anyhow::Result<PathBuf> {
    let stick = images.work.join("bundle.stick");
    let from = images.folder.join(bundle);
    let file = std::fs::File::create(&stick)?;
    file.set_len(std::fs::metadata(&from)?.len() + (16 << 20))?;
    disk::run(
        Command::new("mkfs.vfat")
            .args(["-F", "32", "-n", "SHOP"])
            .arg(&stick),
    )?;
    disk::run(
        Command::new("mcopy")
            .arg("-i")
            .arg(&stick)
            .arg(&from)
            .arg("::update.raucb"),
    )?;
    Ok(stick)
}

/// Puts a small file into the folder of the till that has no shift.
pub fn put(machine: &mut Vm, name: &str, text: &str) -> anyhow::Result<()> {
    for (number, line) in text.lines().enumerate() {
        let into = if number == 0 { ">" } else { ">>" };
        machine.shell(&format!("echo '{line}' {into} /data/closed/{name}"), 60)?;
    }
    Ok(())
}

/// The image's other till takes the place of the one whose shift is open, with more settings.
pub fn without_a_shift(machine: &mut Vm, settings: &str) -> anyhow::Result<()> {
    let place = "/data/closed/till.toml";
    for line in settings.lines() {
        machine.shell(&format!("echo '{line}' >> {place}"), 60)?;
    }
    machine.shell(
        "chown -R evertill:evertill /data/closed && mv /data/till /data/before && mv /data/closed /data/till && \
         mv /identity/till/evertill/closed.key /identity/till/evertill/seal.key && kill -KILL $(pidof evertill)",
        120,
    )?;
    machine.wait("the till is ready", START)?;
    Ok(())
}

/// Leaves the Manager screen, which shuts what a PIN opened there, and comes back to the same place.
pub fn leave_and_return(machine: &mut Vm) -> anyhow::Result<()> {
    machine.press(&BACK)?;
    machine.press(&MANAGER)
}

/// Signs in and opens Manager, Updates.
pub fn updates(machine: &mut Vm) -> anyhow::Result<()> {
    sign_in(machine)?;
    machine.press(&MANAGER)?;
    machine.press(&UPDATES)
}

/// On Manager, Updates: looks for updates, of which there is one.
pub fn look(images: &Images, machine: &mut Vm, name: &str) -> anyhow::Result<()> {
    images.picture(machine, &format!("update-{name}-1-place.png"))?;
    machine.press(&LOOK)?;
    images.picture(machine, &format!("update-{name}-2-offered.png"))
}

/// Has what is offered begun, by a manager's PIN.
pub fn begin(machine: &mut Vm) -> anyhow::Result<()> {
    machine.press(&ACT)?;
    let asked = machine.picture()?;
    PIN.iter().try_for_each(|touch| machine.press(touch))?;
    // Looking whether it is theirs takes a while.
    machine.answered("a manager's PIN", &asked, CANCEL)
}

/// Has what is offered installed and started; gives what was seen.
fn by_finger(images: &Images, machine: &mut Vm, name: &str) -> anyhow::Result<String> {
    begin(machine)?;
    finish(images, machine, name)
}

/// Waits until what was begun is installed, has it started, and gives what was seen.
pub fn finish(images: &Images, machine: &mut Vm, name: &str) -> anyhow::Result<String> {
    let picture = |machine: &mut Vm, step: &str| {
        images.picture(machine, &format!("update-{name}-{step}.png"))
    };
    let begun = machine.picture()?;
    picture(machine, "3-begun")?;
    let began = machine.used();
    let patience = machine.patience(START);
    loop {
        // While something is installed it answers nobody else.
        let (_, state) = machine.shell_code("rauc status --output-format=shell", 120)?;
        if state.contains("RAUC_BOOT_PRIMARY='boot.1'") {
            break;
        }
        ensure!(!patience.is_over(), "it was not installed: {state}");
        std::thread::sleep(std::time::Duration::from_secs(5));
    }
    let took = machine.used() - began;
    machine.answered("that it is installed", &begun, UPPER_BUTTON)?;
    picture(machine, "4-installed")?;
    machine.forget_shell();
    machine.touch(ACT.at)?;
    machine.wait("Evertill: slot B", START)?;
    let version = machine.wait("version ", START)?;
    ensure!(version.contains("2.0.0"), "{version}");
    machine.wait("slot B is good", START)?;
    sign_in(machine)?;
    picture(machine, "5-told")?;
    let journal = machine.shell(
        "mkdir -p /data/till/exports && evertill --data /data/till journal export /data/till/exports >/dev/null && \
         grep outcome /data/till/exports/*",
        300,
    )?;
    // What an entry says stands in it as a text of its own.
    let journal = journal.replace('\\', "");
    let noted = journal
        .lines()
        .find(|line| line.contains("\"outcome\":\"runs\""))
        .context("the journal does not say what became of the update")?;
    ensure!(noted.contains("2.0.0"), "{noted}");
    Ok(format!(
        "offered, installed in {} s of processor time, started and good: {version}; the journal says that it runs",
        took.as_secs()
    ))
}

/// What the box has afterwards is what was signed.
pub fn ended(images: &Images, disk: &Path, mut machine: Vm) -> anyhow::Result<()> {
    machine.shell("sync", 60)?;
    machine.kill()?;
    images.slot_is_as_signed(disk, "B")
}
