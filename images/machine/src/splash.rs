//! What the screen shows before the till's first picture, and between two tills: the box's name, never
//! the kernel's words and never nothing.

use std::time::Duration;

use anyhow::{bail, ensure};

use crate::hardware::{Hardware, SCREEN};
use crate::images::{Images, START};
use crate::screen::{Area, Picture};
use crate::vm::Vm;

/// The floor of the first program's pages.
pub const GROUND: [u8; 3] = [0x12, 0x16, 0x15];
const BLACK: [u8; 3] = [0; 3];
const NOWHERE: Area = Area::new(0, 0, 0, 0);
const WHOLE: Area = Area::new(0, 0, usize::MAX, usize::MAX);
/// Where the name stands, with what is below it; and the name alone.
const MIDDLE: Area = Area::new(400, 320, 480, 200);
const NAME: Area = Area::new(500, 330, 280, 110);
/// The same on a screen that hangs turned to the right.
const MIDDLE_TURNED: Area = Area::new(512, 150, 240, 500);
/// Where QEMU says that nothing is put out.
const QEMUS_WORDS: Area = Area::new(500, 376, 270, 34);
/// How often it is looked at.
const OFTEN: Duration = Duration::from_millis(60);

/// What a picture shows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Shows {
    /// What the firmware left there.
    Firmware,
    Nothing,
    /// Its output is switched off: QEMU says so in the middle of a black picture.
    Off,
    Name,
    NameTurned,
    Till,
    Other,
}

impl Shows {
    fn of(picture: &Picture) -> Self {
        let (width, height) = SCREEN;
        if picture.is_plain_around(NOWHERE, BLACK) {
            return Self::Nothing;
        }
        if picture.is_plain_around(QEMUS_WORDS, BLACK) {
            return Self::Off;
        }
        if picture.size() != (width as usize, height as usize) {
            return Self::Other;
        }
        if picture.is_plain_around(NOWHERE, GROUND) {
            return Self::Other;
        }
        if picture.is_plain_around(MIDDLE, GROUND) {
            return Self::Name;
        }
        if picture.is_plain_around(MIDDLE_TURNED, GROUND) {
            return Self::NameTurned;
        }
        match picture.light(0xd8) {
            51.. => Self::Till,
            _ => Self::Other,
        }
    }
}

/// Looks at the screen until it shows the till, and says what it showed, each with how many pictures
/// in a row; `when` is what its pictures are called, `from` the line of the console from which on it
/// matters.
fn until_the_till(
    images: &Images,
    machine: &mut Vm,
    when: &str,
    from: &str,
) -> anyhow::Result<Vec<(Shows, u32)>> {
    let patience = machine.patience(START);
    let mut shown: Vec<(Shows, u32)> = Vec::new();
    let mut name: Option<Vec<u8>> = None;
    let mut firmware = None;
    let mut last: Option<Picture> = None;
    loop {
        ensure!(
            !patience.is_over(),
            "the till was not on the screen: {shown:?}"
        );
        let matters = machine.count(from) > 0;
        let picture = machine.picture()?;
        if matters {
            let mut shows = Shows::of(&picture);
            let only_before = shown.iter().all(|(shows, _)| *shows == Shows::Firmware);
            if shows == Shows::Other && only_before {
                // Whatever it is, it is there from the boot loader on.
                let first = firmware.get_or_insert_with(|| picture.part(WHOLE));
                if *first == picture.part(WHOLE) {
                    shows = Shows::Firmware;
                }
            }
            let is_being_drawn = |last: &Picture| {
                let mut pages = [MIDDLE, MIDDLE_TURNED].into_iter();
                pages.any(|page| picture.is_partly_drawn(page, GROUND, last))
            };
            if shows == Shows::Other && last.as_ref().is_some_and(is_being_drawn) {
                std::thread::sleep(OFTEN);
                continue;
            }
            match shown.last_mut() {
                Some((last, count)) if *last == shows => *count += 1,
                _ => {
                    shown.push((shows, 1));
                    let number = shown.len();
                    images.picture(machine, &format!("splash-{when}-{number}.png"))?;
                }
            }
            match shows {
                Shows::Till => return Ok(shown),
                Shows::Other => {
                    images.picture(machine, "splash-wrong.png")?;
                    bail!(
                        "what is neither the name nor the till is in splash-wrong.png: {shown:?}"
                    );
                }
                Shows::Name => {
                    let part = picture.part(NAME);
                    let first = name.get_or_insert_with(|| part.clone());
                    ensure!(*first == part, "the name changed: {shown:?}");
                }
                Shows::NameTurned | Shows::Nothing | Shows::Off | Shows::Firmware => {}
            }
            last = Some(picture);
        }
        std::thread::sleep(OFTEN);
    }
}

/// What was shown, one after the other. While the kernel's driver takes the screen over from the
/// firmware its output is off for a moment, which is seldom seen.
fn kinds(shown: &[(Shows, u32)]) -> Vec<Shows> {
    let is_switching = |(shows, pictures): &&(Shows, u32)| *shows == Shows::Off && *pictures <= 2;
    let others = shown.iter().filter(|one| !is_switching(one));
    others.map(|(shows, _)| *shows).collect()
}

/// From the boot loader on the screen shows what the firmware left there, then the name, then the
/// till, and nothing in between. When the till ends, the name stands there again, turned as the shop's
/// screen is by now, and so from the first picture on at later starts.
pub fn splash(images: &Images) -> anyhow::Result<String> {
    let (_, mut machine) = images.boot("splash", "disk.img", &Hardware::default())?;
    let shown = until_the_till(images, &mut machine, "start", "Evertill: slot A")?;
    ensure!(
        kinds(&shown) == [Shows::Firmware, Shows::Name, Shows::Till],
        "from the boot loader on the screen showed {shown:?}"
    );
    machine.wait("slot A is good", START)?;
    machine.shell(
        "echo SLINT_KMS_ROTATION=90 >/data/settings/environment; kill -KILL $(pidof evertill)",
        60,
    )?;
    let again = until_the_till(images, &mut machine, "again", "the till ended")?;
    // The kernel may be seen to switch from one picture to the other.
    let allowed = [Shows::Name, Shows::NameTurned, Shows::Nothing, Shows::Till];
    ensure!(
        again.iter().all(|(shows, _)| allowed.contains(shows))
            && again.iter().any(|(shows, _)| *shows == Shows::NameTurned),
        "when the till ended the screen showed {again:?}"
    );
    machine.wait("the till is ready", START)?;
    // The first start tells the boot loader, the second is told by it.
    for when in ["first", "turned"] {
        machine.shell_start("sync; reboot -f")?;
        machine.forget_shell();
        machine.wait("Evertill: slot A", START)?;
        if when == "first" {
            machine.wait("slot A is good", START)?;
        }
    }
    let turned = until_the_till(images, &mut machine, "turned", "Evertill: slot A")?;
    ensure!(
        kinds(&turned) == [Shows::Firmware, Shows::NameTurned, Shows::Till],
        "a box whose screen hangs turned showed {turned:?}"
    );
    machine.kill()?;
    Ok(format!(
        "from the boot loader on, pictures in a row: {shown:?}; after a till that ended: {again:?}; \
         with a screen that hangs turned: {turned:?}"
    ))
}
