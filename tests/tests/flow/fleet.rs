//! Updates from hawkBit, over real TLS. The server is a stand-in of its interface for devices
//! (`servers::hawkbit`), RAUC a script; the real server could not be had.

use std::fs;
use std::net::TcpStream;
use std::path::Path;

use appliance::keys::TillKey;
use appliance::updates::Begun;
use kiosk::config::{HawkbitConfig, UpdatesConfig};
use kiosk::demo::PIN;
use kiosk::headless::Headless;
use servers::hawkbit::{Action, Hawkbit};
use tests::stand_in::{Authority, Identity};

use crate::screen::on_screen;
use crate::updates::{BOARD, Image, restart};
use crate::whole_till::{NO_SITE, SALT_ROAD, WholeTill};

const TOKEN: &str = "q8Zr51topsecret";
const BUNDLE: &str = "till-0.2.0.raucb";
/// The bundle is longer than what the till fetches at once.
const SIZE: usize = 600_000;

/// RAUC reads a part of the bundle, as its helper does with libcurl.
const READS: &str = r"
installed() {
    local rest=${1#http://}
    local host=${rest%%/*}
    exec 3<>/dev/tcp/${host%:*}/${host#*:} || return 1
    printf 'GET /%s HTTP/1.1\r\nHost: here\r\nRange: bytes=300000-300015\r\nConnection: close\r\n\r\n' \
        ${rest#*/} >&3
    cat <&3 >fetched
    grep -q '^HTTP/1.1 206 ' fetched && return
    echo 'LastError: Failed to stream bundle'
    return 1
}";

/// A till of the demo shop on an appliance that belongs to a fleet.
struct Member<'s> {
    till: WholeTill<'s>,
    image: Image,
    server: Option<Hawkbit>,
    key: TillKey,
}

impl<'s> Member<'s> {
    fn on(screen: &'s Headless) -> Self {
        let key = TillKey::from_bytes(&[3; 32]);
        let image = Image::new(&key);
        image.rauc(READS);
        let authority = Authority::named("Authority of the fleet");
        let Identity { chain, key: own } = authority.issue("localhost", 2099);
        let authorization = format!("TargetToken {TOKEN}");
        let server = Hawkbit::start("localhost", chain, own, "T1", &authorization);
        let mut till = WholeTill::of_the_demo_shop(screen, NO_SITE);
        fs::write(till.data().join("fleet.pem"), authority.certificate_pem()).unwrap();
        fs::write(till.data().join("hawkbit.token"), format!("{TOKEN}\n")).unwrap();
        till.config.updates = UpdatesConfig {
            certificates: Some("fleet.pem".into()),
            hawkbit: Some(HawkbitConfig {
                url: server.url().to_owned(),
                tenant: None,
                target: Some("T1".to_owned()),
                token_file: Some("hawkbit.token".into()),
                gateway: false,
            }),
            ..UpdatesConfig::default()
        };
        till.config.appliance = image.appliance();
        let mut member = Self {
            till,
            image,
            server: Some(server),
            key,
        };
        member.restarts();
        member
    }

    fn server(&self) -> &Hawkbit {
        self.server.as_ref().unwrap()
    }

    fn restarts(&mut self) {
        restart(&mut self.till);
        self.till.tap("Manager screen");
        self.till.tap("Updates");
    }

    /// Whoever looks after the fleet assigns a release to this till.
    fn assigned(&self, action: Action) {
        self.assigned_as(action, "0.2.0", BOARD, &self.key);
    }

    fn assigned_as(&self, action: Action, version: &str, compatible: &str, key: &TillKey) {
        let release = format!(
            r#"{{"compatible":"{compatible}","version":"{version}","bundle":"{BUNDLE}","size":{SIZE},"notes":"Receipts print faster."}}"#
        )
        .into_bytes();
        let mut state = self.server().state();
        let files = &mut state.files;
        files.insert("release.json.sig".to_owned(), key.sign(&release).to_vec());
        files.insert("release.json".to_owned(), release);
        files.insert(
            BUNDLE.to_owned(),
            (0..SIZE).map(|at| (at % 251) as u8).collect(),
        );
        state.action = Some(action);
    }

    /// Looks, and reads this.
    fn looks(&self, text: &str) {
        self.till.tap("Look for updates");
        self.till.reads(text);
    }

    /// The server gives up what it assigned.
    fn cancelled(&self) {
        let mut state = self.server().state();
        state.action.as_mut().unwrap().is_cancelled = true;
    }

    fn hears(&self, told: &[&str]) {
        let heard = self.server().heard();
        let fits = heard.len() == told.len()
            && heard
                .iter()
                .zip(told)
                .all(|(heard, told)| heard.contains(told));
        assert!(fits, "{heard:?} instead of {told:?}");
    }

    fn manager_installs(&self) {
        self.till.tap("Install 0.2.0");
        self.till
            .reads("To install another version of this till's system.");
        self.till.keys(PIN);
        self.till.tap("Open");
    }

    /// The box starts again, with this version in the slot that it starts.
    fn box_starts(&mut self, version: &str) {
        self.till.switch_off();
        let file = self.till.data().join(Begun::FILE);
        let mut begun: serde_json::Value =
            serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        begun["boot"] = "an earlier start".into();
        fs::write(file, begun.to_string()).unwrap();
        self.image.says("version", version);
        self.till.switch_on(NO_SITE).unwrap();
        self.till.sign_in();
    }
}

/// All of every day but a minute that is not now, in any time zone.
fn always() -> String {
    let minute = (jiff::Timestamp::now().as_second() / 60 + 7).rem_euclid(15);
    format!("00:{:02}-00:{minute:02}", minute + 1)
}

/// Whether a text stands in any file of a folder.
fn stands_in(folder: &Path, text: &str) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return stands_in(&path, text);
        }
        let bytes = fs::read(path).unwrap_or_default();
        bytes
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    })
}

#[test]
fn what_a_fleet_assigns_is_installed_between_shifts_and_reported_once_it_has_sold() {
    on_screen(|screen| {
        let mut member = Member::on(screen);
        assert!(!member.till.data().join("hawkbit.token").exists());
        assert!(
            !stands_in(member.till.data(), TOKEN),
            "the token lies about"
        );
        member.looks("There is nothing newer.");
        let attributes = member.server().state().attributes.take().unwrap();
        assert_eq!(attributes["compatible"], BOARD);
        assert_eq!(attributes["version"], "0.1.0");
        member.hears(&[]);

        member.assigned(Action::forced(5));
        member.looks("Version 0.2.0, 1 MB, from hawkBit");
        member.till.reads("Receipts print faster.");
        member.hears(&["deploymentBase/5 scheduled none: 0.2.0 waits until no shift is open"]);
        // What is asked and told is noted there, which changes the assignment each time: it is asked
        // about until nothing new is noted, and told nothing more.
        for _ in 0..4 {
            member.looks("Version 0.2.0, 1 MB, from hawkBit");
        }
        assert_eq!(member.server().state().action.as_ref().unwrap().asked, 3);
        member.hears(&[]);
        assert!(!member.image.asked().contains("install"));

        member.manager_installs();
        member
            .till
            .reads("It is installed, and runs after the next start.");
        member.hears(&[
            "deploymentBase/5 proceeding none: 0.2.0 is being installed",
            "deploymentBase/5 proceeding none: 0.2.0 is installed, and runs after the next start",
        ]);
        let fetched = fs::read(member.image.path().join("fetched")).unwrap();
        let part: Vec<u8> = (300_000..300_016).map(|at| (at % 251) as u8).collect();
        assert!(fetched.ends_with(&part), "{fetched:?}");
        let parts = member.server().state().parts.clone();
        assert_eq!(parts, [format!("{BUNDLE} bytes=262144-524287")]);
        // RAUC was told an address of this box, which is closed by now, and no token.
        let asked = member.image.asked();
        assert!(!asked.contains(TOKEN), "{asked}");
        let address = asked.split("install http://").nth(1).unwrap();
        let address = address.split('/').next().unwrap();
        assert!(address.starts_with("127.0.0.1:"), "{asked}");
        assert!(TcpStream::connect(address).is_err(), "it still listens");

        // The new slot is being tried.
        member.image.says("state", "bad");
        member.box_starts("0.2.0");
        member.till.reads("This till was updated to 0.2.0");
        member.till.tap("Manager screen");
        member.till.tap("Updates");
        member.looks("There is nothing newer.");
        member.hears(&[]);
        let state = |member: &Member<'_>| member.server().state().action.is_some();
        assert!(state(&member), "it was reported before it had sold");
        // Too late to give it up.
        member.cancelled();
        member.looks("There is nothing newer.");
        member.hears(&["cancelAction/5 rejected failure: It is installed already"]);
        member.image.says("state", "good");
        member.looks("There is nothing newer.");
        member.hears(&["deploymentBase/5 closed success: 0.2.0 runs, and is marked good"]);
        assert!(!state(&member));
        assert!(
            !stands_in(member.till.data(), TOKEN),
            "the token lies about"
        );
    });
}

#[test]
fn what_does_not_come_to_a_till_that_sells_is_reported_as_a_failure() {
    on_screen(|screen| {
        let mut member = Member::on(screen);
        // RAUC refuses it.
        member
            .image
            .rauc("installed() { echo 'LastError: signature verification failed'; return 1; }");
        member.assigned(Action::forced(5));
        member.looks("Version 0.2.0");
        member.manager_installs();
        member.till.reads("signature verification failed");
        member.hears(&[
            "5 scheduled",
            "5 proceeding",
            "deploymentBase/5 closed failure: ",
        ]);

        // The network fails while it is installed: the assignment stays.
        member.image.rauc(READS);
        member.assigned(Action::forced(6));
        member.looks("Version 0.2.0");
        member.server().state().no_parts = true;
        member.till.tap("Install 0.2.0");
        member.till.reads("does not give parts of the file");
        member.hears(&[
            "6 scheduled",
            "6 proceeding",
            "deploymentBase/6 proceeding none: Installing 0.2.0 was cut off",
        ]);
        member.server().state().no_parts = false;

        // It does not start, and the box goes back.
        member.looks("Version 0.2.0");
        member.till.tap("Install 0.2.0");
        member
            .till
            .reads("It is installed, and runs after the next start.");
        member.hears(&["6 proceeding", "6 proceeding"]);
        member.box_starts("0.1.0");
        member.till.reads("The update to 0.2.0 did not start");
        member.till.tap("Manager screen");
        member.till.tap("Updates");
        member.looks("There is nothing newer.");
        member.hears(&["deploymentBase/6 closed failure: 0.2.0 was installed and did not get"]);

        // Assigned once more, it is for a manager to try.
        member.assigned(Action::forced(7));
        member.looks("This version was installed before and did not start on this box.");
        member.hears(&["7 scheduled none: The box went back from 0.2.0 before"]);
    });
}

#[test]
fn an_assignment_is_given_up_or_held_as_the_server_says() {
    on_screen(|screen| {
        let member = Member::on(screen);
        member.assigned(Action {
            update: "skip",
            window: Some("unavailable"),
            ..Action::forced(5)
        });
        member.looks("its maintenance window is not open.");
        assert!(!member.till.sees("Install 0.2.0"));
        {
            let mut state = member.server().state();
            let action = state.action.as_mut().unwrap();
            (action.update, action.window) = ("forced", Some("available"));
        }
        member.looks("It takes some minutes.");
        member.server().heard();

        member.cancelled();
        member.looks("There is nothing newer.");
        member.hears(&["cancelAction/5 closed success: It will not be installed"]);

        // Given up between the offer and the finger.
        member.assigned(Action::forced(6));
        member.looks("It takes some minutes.");
        member.server().state().action = None;
        member.manager_installs();
        member
            .till
            .reads("hawkBit does not want 0.2.0 installed any more");
        assert!(!member.image.asked().contains("install"));
    });
}

#[test]
fn a_fleet_waits_for_the_shop_whatever_it_says() {
    on_screen(|screen| {
        let mut member = Member::on(screen);
        member.till.config.updates.automatic = Some(always());
        restart(&mut member.till);
        member.till.open_shift();
        member.till.tap("Manager screen");
        member.till.tap("Updates");
        member.assigned(Action::forced(5));
        member.looks("Close the shift first.");
        member.till.tap("Back");
        member.till.scan(SALT_ROAD, 1);
        member.till.second_passes();
        member.hears(&["5 scheduled"]);
        assert!(!member.image.asked().contains("install"));
        assert!(member.server().state().action.is_some());
    });
}

#[test]
fn by_itself_it_is_installed_in_the_hours_of_the_till() {
    on_screen(|screen| {
        let mut member = Member::on(screen);
        member.till.config.updates.automatic = Some(always());
        member.restarts();
        member.assigned(Action {
            update: "attempt",
            ..Action::forced(5)
        });
        member.looks("Version 0.2.0");
        member.till.tap("Back");
        member.till.until("the till installs it by itself", || {
            member.image.asked().contains("install http://127.0.0.1:")
        });
    });
}

#[test]
fn a_server_that_is_away_or_talks_nonsense_is_told_in_a_sentence() {
    on_screen(|screen| {
        let mut member = Member::on(screen);
        let server = member.server();
        server.state().authorization = "TargetToken another".to_owned();
        member.looks("does not take this till's token for target T1");
        server.state().authorization = format!("TargetToken {TOKEN}");
        server.state().target = "T2".to_owned();
        member.looks("knows no target T1 in tenant DEFAULT");
        server.state().target = "T1".to_owned();
        for (status, body, told) in [
            (
                200,
                "{\"config\": [",
                "The answer of hawkBit cannot be understood",
            ),
            (
                200,
                "<html>Sign in to the Wi-Fi</html>",
                "The answer of hawkBit cannot be understood",
            ),
            (
                200,
                r#"{"_links":{"deploymentBase":{"href":"https://x/../.."}}}"#,
                "leads to no action",
            ),
            (302, "", "redirects (HTTP 302)"),
            (503, "", "does not answer as it should (HTTP 503)"),
        ] {
            server.state().instead = Some((status, body.to_owned()));
            member.looks(told);
        }
        server.state().instead = Some((200, " ".repeat(300 * 1024)));
        member.looks("the answer is longer than 262144 bytes");
        server.state().instead = None;

        // What no till of this kind can install ends at once, and the server hears why.
        let ends = |told: &str| {
            member.looks(told);
            let heard = member.server().heard();
            assert_eq!(heard.len(), 1, "{heard:?}");
            let fails = heard[0].starts_with("deploymentBase/5 closed failure: ");
            assert!(fails && heard[0].contains(told), "{heard:?}");
        };
        let stranger = TillKey::from_bytes(&[4; 32]);
        member.assigned_as(Action::forced(5), "0.2.0", BOARD, &stranger);
        ends("not signed with the key of this system");
        member.assigned_as(
            Action::forced(5),
            "0.2.0",
            "evertill-raspberrypi4",
            &member.key,
        );
        ends("The update is for evertill-raspberrypi4");
        member.assigned(Action {
            modules: 2,
            ..Action::forced(5)
        });
        ends("2 software modules were assigned, and a till takes one");
        member.assigned(Action {
            update: "skip",
            ..Action::forced(5)
        });
        ends("nly a download was assigned");
        member.assigned(Action::forced(5));
        member.server().state().files.remove(BUNDLE);
        ends("The software module has no file");
        member.assigned_as(Action::forced(5), "0.0.9", BOARD, &member.key);
        member.looks("There is nothing newer.");
        member.hears(&["5 closed failure: 0.0.9 is older than 0.1.0"]);
        assert!(!member.image.asked().contains("install"));

        member.server = None;
        member.looks("hawkBit cannot be asked: localhost cannot be reached");
        // It sells.
        member.till.tap("Back");
        member.till.open_shift();
    });
}
