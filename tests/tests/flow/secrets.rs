//! Whatever happens, no secret is written down anywhere but in the vault.

use std::path::Path;
use std::sync::{Arc, Mutex};

use appliance::enrolment::{Enrolment, EnrolmentCode, Sheet};
use appliance::keys::{SecretKey, ShopKey};
use appliance::vault::Vault;
use erpnext::https::{Client, SiteConfig};
use kiosk::demo::{prepare, sealing};
use kiosk::staff_command;
use kiosk::start::Link;
use store::Role;
use tempfile::TempDir;
use tests::fixtures::totals_of;
use tests::stand_in::{Fault, Site, StandIn, TOKEN};
use zeroize::Zeroizing;

use crate::screen::on_screen;
use crate::whole_till::WholeTill;

/// Long enough to be found in nothing by chance.
const PIN: &str = "907135824601";
const WRONG_PIN: &str = "907135824602";
const CODE: &str = "K7QM2-9XW4T";
const SHOP_KEY: [u8; 32] = *b"\x91shop key of the demo, no random";

fn enrolment(url: &str) -> Enrolment {
    let (key, secret) = TOKEN.split_once(':').unwrap();
    Enrolment {
        url: url.to_owned(),
        pins: Vec::new(),
        key: key.to_owned(),
        secret: Zeroizing::new(secret.to_owned()),
        till: "C1".to_owned(),
        name: "Counter 1".to_owned(),
        pos_profile: "Counter 1".to_owned(),
        shop_key: ShopKey::from_bytes(SecretKey::new(SHOP_KEY)),
        expires: "2099-01-01T00:00:00Z".parse().unwrap(),
        sheet: String::new(),
    }
}

/// What is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Everything that is logged from now on, however small.
fn listen() -> Log {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    log
}

/// How a secret might be written.
fn forms(secret: &[u8]) -> Vec<Vec<u8>> {
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let numbers: Vec<String> = secret.iter().map(u8::to_string).collect();
    vec![
        secret.to_vec(),
        hex.to_uppercase().into_bytes(),
        hex.into_bytes(),
        numbers.join(", ").into_bytes(),
        numbers.join(",").into_bytes(),
    ]
}

fn holds(text: &[u8], secret: &[u8]) -> bool {
    forms(secret)
        .iter()
        .any(|form| text.windows(form.len()).any(|window| window == form))
}

/// What is in the files of a folder and those below it.
fn files(folder: &Path, found: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.is_file() && !path.ends_with("seal.key") {
            let bytes = std::fs::read(&path).unwrap();
            found.push((path.display().to_string(), bytes));
        }
    }
}

#[test]
fn no_secret_is_in_a_log_an_error_the_journal_the_screen_or_a_file() {
    on_screen(|screen| {
        let log = listen();
        let site = StandIn::https(Site::harbour_books().with_totals(totals_of));
        let mut seen: Vec<(String, Vec<u8>)> = Vec::new();
        let mut said = |what: &str, text: String| seen.push((what.to_owned(), text.into_bytes()));

        let code = EnrolmentCode::typed(CODE).unwrap();
        let sheet = enrolment(&site.url()).seal(&code).unwrap();
        said("the sheet", sheet.clone());
        let scanned = Sheet::read(&sheet).unwrap();
        let other = EnrolmentCode::typed("K7QM2-9XW4V").unwrap();
        let now = jiff::Timestamp::now();
        said(
            "a wrong code",
            format!("{0} {0:?}", scanned.open(&other, now).unwrap_err()),
        );
        let opened = scanned.open(&code, now).unwrap();
        said("the enrolment", format!("{opened:?} {code:?}"));

        let folder = TempDir::new().unwrap();
        let data = folder.path().join("data");
        let mut vault = Vault::open(&data.join("secrets"), &sealing(&data)).unwrap();
        vault.enrol(&opened, "till-c1@example.com").unwrap();
        said(
            "the vault",
            format!("{vault:?} {:?}", vault.pepper().unwrap()),
        );
        let till_key = vault.till_key().unwrap();
        said("the till key", format!("{till_key:?}"));
        let pepper = vault
            .get(appliance::vault::SecretName::Pepper)
            .unwrap()
            .to_vec();
        drop(vault);

        let mut config = site.config();
        config.url = enrolment(&site.url()).url;
        said(
            "the site",
            format!("{config:?} {:?}", Client::new(config.clone()).unwrap()),
        );
        said(
            "a bad key",
            format!(
                "{:?}",
                SiteConfig::new(&site.url(), &TOKEN.replace(':', "\n"))
            ),
        );

        let link = Link::Site(site.client());
        let till = WholeTill::on(screen, folder, link, |folder| {
            prepare(folder).unwrap();
            staff_command::put(folder, "Nora", Role::Manager, PIN).unwrap();
        });
        till.reads("Nora");
        till.enter_pin("Nora", WRONG_PIN);
        till.reads("4 more tries");
        said("a wrong PIN", till.labels());
        till.keys(PIN);
        till.tap("Sign in");
        till.open_shift();
        till.until("the shift is sent", || till.unsent().is_empty());
        for fault in [
            Fault::Unauthorized,
            Fault::Garbage,
            Fault::Redirect,
            Fault::Html {
                status: 502,
                done: false,
            },
            Fault::DropReply,
        ] {
            site.site().plan([Some(fault)]);
            till.sell_a_book();
            said(
                &format!("{fault:?}"),
                format!("{} {}", till.network(), till.labels()),
            );
            till.until(&format!("all is sent after {fault:?}"), || {
                if till.network() != "Connected. All is up to date." {
                    till.try_now();
                }
                till.unsent().is_empty()
            });
        }
        said("the journal", till.journal().join("\n"));
        till.check_journal();
        files(till.data(), &mut seen);
        seen.push(("the log".to_owned(), log.0.lock().unwrap().clone()));

        let (_, secret) = TOKEN.split_once(':').unwrap();
        assert!(
            seen.iter().any(|(_, text)| holds(text, b"Nora")),
            "nothing would be found"
        );
        let till_key = till_key.expose();
        let code = CODE.replace('-', "");
        for (whose, secret) in [
            ("a PIN", PIN.as_bytes()),
            ("a wrong PIN, nearly the right one", WRONG_PIN.as_bytes()),
            ("the code of a sheet", CODE.as_bytes()),
            ("the code of a sheet", code.as_bytes()),
            ("the API secret", secret.as_bytes()),
            ("the shop key", &SHOP_KEY),
            ("the till key", &*till_key),
            ("the pepper", &pepper),
        ] {
            for (place, text) in &seen {
                assert!(!holds(text, secret), "{whose} is in {place}");
            }
        }
    });
}
