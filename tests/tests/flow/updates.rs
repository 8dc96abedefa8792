//! A manager updates the appliance, and hears what became of it.

use std::fs;
use std::path::Path;
use std::process::Command;

use appliance::keys::TillKey;
use appliance::updates::Begun;
use erpnext::https::Roots;
use kiosk::config::{Appliance, UpdatesConfig};
use kiosk::demo::PIN;
use kiosk::headless::Headless;
use tempfile::TempDir;
use tests::fixtures::totals_of;
use tests::stand_in::{Authority, Site, StandIn};

use crate::screen::on_screen;
use crate::whole_till::{NO_SITE, WholeTill};

pub const BOARD: &str = "evertill-x86-64-efi";

/// What an image has, with a script where RAUC is: it prints what RAUC 1.13 prints.
pub struct Image {
    folder: TempDir,
}

impl Image {
    pub fn new(release_key: &TillKey) -> Self {
        let image = Self {
            folder: TempDir::new().unwrap(),
        };
        let key: String = release_key
            .public_key()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        image.says("board", BOARD);
        image.says("version", "0.1.0");
        image.says("release.key", &key);
        image.says("asked", "");
        image.rauc("installed() { echo; }");
        image
    }

    /// RAUC: `installed` is a function of the shell that gets the bundle's address and may fail.
    pub fn rauc(&self, installed: &str) {
        let folder = self.path().display();
        let script = format!(
            r#"#!/usr/bin/env bash
cd {folder}
echo "$@" >> asked
{installed}
case $1 in
status) if [ -e away ]; then echo 'Error retrieving slot status' >&2; echo refused >> asked; exit 1; fi
echo '{{"booted":"A","slots":[{{"boot.0":{{"bootname":"A","boot_status":"'$(cat state 2>/dev/null || echo good)'"}}}},{{"boot.1":{{"bootname":"B","boot_status":"good"}}}}]}}' ;;
install) echo 'installing'; echo ' 40% Copying image to rootfs.1'; installed "${{@: -1}}" || exit 1; echo '100% Installing done.' ;;
esac
"#
        );
        self.says("rauc.sh", &script);
        // Copied by another program: what another test's thread starts meanwhile would still hold
        // a file that was open for writing here, and such a file cannot be executed.
        let copied = Command::new("install")
            .args(["rauc.sh", "rauc.new"])
            .current_dir(self.path())
            .status();
        assert!(copied.unwrap().success());
        fs::rename(self.path().join("rauc.new"), self.path().join("rauc")).unwrap();
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where a till finds it.
    pub fn appliance(&self) -> Appliance {
        Appliance {
            system: self.path().to_owned(),
            rauc: self.path().join("rauc"),
            state: self.path().to_owned(),
            ..Appliance::default()
        }
    }

    pub fn says(&self, name: &str, text: &str) {
        fs::write(self.path().join(name), text).unwrap();
    }

    pub fn asked(&self) -> String {
        fs::read_to_string(self.path().join("asked")).unwrap()
    }
}

/// A web server with a release.
fn source(key: &TillKey, version: &str, authority: &Authority) -> StandIn {
    let mut site = Site::harbour_books().with_totals(totals_of);
    let release = format!(
        r#"{{"compatible":"{BOARD}","version":"{version}","bundle":"till.raucb","size":63500000,"notes":"Receipts print faster."}}"#
    );
    site.publish("/updates/release.json", release.as_bytes());
    site.publish("/updates/release.json.sig", &key.sign(release.as_bytes()));
    let roots = Roots::Only(vec![authority.certificate()]);
    StandIn::https_as(site, authority.issue("localhost", 2099), roots)
}

/// A till of the demo shop on such an image.
fn appliance<'s>(
    screen: &'s Headless,
    image: &Image,
    source: &StandIn,
    authority: &Authority,
) -> WholeTill<'s> {
    let mut till = WholeTill::of_the_demo_shop(screen, NO_SITE);
    fs::write(till.data().join("updates.pem"), authority.certificate_pem()).unwrap();
    till.config.updates = UpdatesConfig {
        url: Some(format!("{}/updates", source.url())),
        certificates: Some("updates.pem".into()),
        ..UpdatesConfig::default()
    };
    till.config.appliance = image.appliance();
    restart(&mut till);
    till
}

pub fn restart(till: &mut WholeTill<'_>) {
    till.switch_off();
    till.switch_on(NO_SITE).unwrap();
    till.sign_in();
}

/// A till on an image whose source offers version 0.2.0.
struct Offered<'s> {
    till: WholeTill<'s>,
    image: Image,
    _source: StandIn,
}

impl<'s> Offered<'s> {
    fn on(screen: &'s Headless) -> Self {
        let key = TillKey::from_bytes(&[3; 32]);
        let image = Image::new(&key);
        let authority = Authority::named("Authority of the updates");
        let source = source(&key, "0.2.0", &authority);
        Self {
            till: appliance(screen, &image, &source, &authority),
            image,
            _source: source,
        }
    }
}

#[test]
fn a_manager_installs_an_update_between_shifts_and_hears_what_became_of_it() {
    on_screen(|screen| {
        let key = TillKey::from_bytes(&[3; 32]);
        let image = Image::new(&key);
        let authority = Authority::named("Authority of the updates");
        let source = source(&key, "0.2.0", &authority);
        image.says("away", "RAUC comes up after the till");
        let mut till = appliance(screen, &image, &source, &authority);

        till.tap("Manager screen");
        till.tap("Updates");
        till.until("RAUC is asked", || image.asked().contains("refused"));
        fs::remove_file(image.path().join("away")).unwrap();
        assert!(!till.sees("Runs, and has sold"));
        till.tap("Look for updates");
        till.reads("Version 0.2.0, 64 MB");
        till.reads("Runs, and has sold");
        till.reads("Receipts print faster.");
        till.tap("Install 0.2.0");
        till.reads("To install another version of this till's system.");
        till.keys(PIN);
        till.tap("Open");
        till.reads("It is installed, and runs after the next start.");
        let certificates = till.data().join("updates.pem");
        let asked = format!(
            "install --tls-ca={} {}/updates/till.raucb\n",
            certificates.display(),
            source.url()
        );
        assert!(image.asked().contains(&asked), "{}", image.asked());
        till.tap("Start 0.2.0 now");
        // Nobody listens here who could start the box again.
        till.reads("Switch it off and on: it starts with the new version.");

        image.says("version", "0.2.0");
        restart(&mut till);
        till.reads("This till was updated to 0.2.0");

        let begun = |to: &str| Begun::new("0.2.0".parse().unwrap(), to.parse().unwrap());
        for (begun, told) in [
            (begun("0.4.0"), "Installing 0.4.0 was cut off"),
            (
                begun("0.3.0").installed(),
                "The update to 0.3.0 did not start",
            ),
        ] {
            let mut begun = serde_json::to_value(begun).unwrap();
            begun["boot"] = "an earlier start".into();
            till.switch_off();
            fs::write(till.data().join(Begun::FILE), begun.to_string()).unwrap();
            till.switch_on(NO_SITE).unwrap();
            till.sign_in();
            till.reads(told);
        }
        let journal = till.journal().join("\n");
        for told in [
            r#""update_begun":"0.2.0""#,
            r#""outcome":"runs","update":"0.2.0""#,
            r#""outcome":"cut off","update":"0.4.0""#,
            r#""outcome":"went back","update":"0.3.0""#,
        ] {
            assert!(journal.contains(told), "{told} is not in {journal}");
        }
        // It is told once.
        restart(&mut till);
        assert!(!till.sees("The update to 0.3.0 did not start"));
        till.check_journal();
    });
}

#[test]
fn a_box_is_emptied_when_a_manager_says_so_twice_and_nothing_would_be_lost() {
    on_screen(|screen| {
        let offered = Offered::on(screen);
        let (till, image) = (&offered.till, &offered.image);
        let asked = image.path().join("factory-reset");

        till.tap("Manager screen");
        till.tap("About");
        till.tap("Empty this box");
        till.keys(PIN);
        till.tap("Open");
        till.reads("This cannot be undone.");
        till.tap("Keep everything");
        assert!(!asked.exists());
        till.tap("Empty this box");
        till.tap("Empty it now");
        till.reads("Switch it off and on: it is emptied then.");
        assert!(asked.exists());

        fs::remove_file(&asked).unwrap();
        till.tap("Back");
        till.open_shift();
        till.tap("Manager screen");
        till.tap("About");
        till.tap("Empty this box");
        till.keys(PIN);
        till.tap("Open");
        till.reads("not reached ERPNext");
        assert!(!till.sees("Empty it now") && !asked.exists());
    });
}

#[test]
fn a_manager_chooses_what_time_it_is_and_is_told_where_nothing_sets_the_clock() {
    on_screen(|screen| {
        let Offered {
            till,
            image: _image,
            ..
        } = Offered::on(screen);
        let year = jiff::Zoned::now().year();
        till.tap("Manager screen");
        till.tap("About");
        till.tap("Set the clock");
        till.keys(PIN);
        till.tap("Open");
        till.tap("Year later");
        till.tap("Year later");
        till.reads(&format!(" {}, ", year + 2));
        till.tap("Leave the clock as it is");
        till.tap("Set the clock");
        till.tap("Year later");
        till.reads(&format!(" {}, ", year + 1));
        till.tap("Set the clock to this");
        // The first program of an appliance is not there.
        till.reads("The clock could not be set");
        assert!(!till.journal().join("").contains("clock_set_by"));
    });
}

#[test]
fn what_nobody_of_the_image_signed_is_not_offered() {
    on_screen(|screen| {
        let image = Image::new(&TillKey::from_bytes(&[3; 32]));
        let authority = Authority::named("Authority of the updates");
        let source = source(&TillKey::from_bytes(&[4; 32]), "0.2.0", &authority);
        let till = appliance(screen, &image, &source, &authority);
        till.tap("Manager screen");
        till.tap("Updates");
        till.tap("Look for updates");
        till.reads("not signed with the key of this system");
        assert!(!till.sees("Version 0.2.0"));
        assert!(!image.asked().contains("install"), "{}", image.asked());
    });
}

#[test]
fn nothing_is_installed_during_a_shift() {
    on_screen(|screen| {
        let offered = Offered::on(screen);
        let (till, image) = (&offered.till, &offered.image);
        till.open_shift();
        till.tap("Manager screen");
        till.tap("Updates");
        till.tap("Look for updates");
        till.reads("Close the shift first.");
        assert!(!image.asked().contains("install"), "{}", image.asked());
        assert!(!till.sees("To install another version"));
    });
}
