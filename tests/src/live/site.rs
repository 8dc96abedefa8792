//! What an integrator does to a site before its tills sell and after they are gone, and how a box
//! becomes a till of it.

use std::path::Path;

use appliance::enrolment::{Enrolment, EnrolmentCode, Sheet};
use appliance::vault::{Sealing, Vault};
use erpnext::https::{Client, Pin, SiteConfig};
use erpnext::office::{SheetUse, use_sheet};
use erpnext::push::{key_field_present, key_field_probe};
use erpnext::request::{Request, Transport};
use jiff::Timestamp;
use serde_json::{Value, json};
use setup::site::{Manner, StaffWish};
use setup::till::{Terms, Till};

/// The recorded profile that the till's own is a copy of.
const PATTERN: &str = "Counter 1";
/// What a document has of its own, which a copy has not.
const OWN: [&str; 9] = [
    "name",
    "owner",
    "creation",
    "modified",
    "modified_by",
    "parent",
    "parentfield",
    "parenttype",
    "idx",
];

fn told(error: &setup::Error) -> String {
    format!("{error}. {}", error.remedy())
}

/// Gives the site what tills need. A second time there is nothing left to do.
pub(super) fn prepare(admin: &mut Client) -> Result<(), String> {
    let wish = StaffWish {
        share_pins: true,
        ..StaffWish::default()
    };
    for _ in 0..2 {
        let mut said = Vec::new();
        setup::site::prepare(admin, wish, Manner::default(), &mut said)
            .map_err(|error| told(&error))?;
        println!("site prepare: {}", last_line(&said));
    }
    Ok(())
}

/// Makes a POS Profile that no till has, as a copy of the recorded one.
pub(super) fn make_profile(admin: &mut Client, name: &str) -> Result<(), String> {
    let pattern = admin.send(&Request::get("POS Profile", PATTERN));
    let mut profile = pattern.map_err(|error| error.to_string())?.data().clone();
    strip(&mut profile);
    profile["applicable_for_users"] = json!([]);
    profile["name"] = json!(name);
    profile["__newname"] = json!(name);
    let made = admin.send(&Request::insert("POS Profile", profile));
    let made = made.map_err(|error| format!("POS Profile {name}: {error}"))?;
    match made.data()["name"].as_str() {
        Some(own) if own == name => Ok(()),
        other => Err(format!("POS Profile {name} is called {other:?}")),
    }
}

fn strip(document: &mut Value) {
    match document {
        Value::Object(fields) => {
            for own in OWN {
                fields.remove(own);
            }
            fields.values_mut().for_each(strip);
        }
        Value::Array(rows) => rows.iter_mut().for_each(strip),
        _ => {}
    }
}

/// Adds a till, and opens the sheet that was written for it with the code that was told.
pub(super) fn add_till(
    admin: &mut Client,
    place: &SiteConfig,
    folder: &Path,
    name: &str,
    prefix: &str,
) -> Result<Enrolment, String> {
    let page = folder.join("sheet.html");
    let till = Till {
        user: format!("{}@example.com", prefix.to_ascii_lowercase()),
        name: name.to_owned(),
        pos_profile: name.to_owned(),
        prefix: Some(prefix.to_owned()),
        write_key: None,
        sheet: Some(page.clone()),
        png: None,
        terms: Terms {
            shop_key_file: Some(folder.join("shop.key")),
            expires: 1,
            no_pins: false,
            replace: false,
        },
    };
    let mut said = Vec::new();
    let now = Timestamp::now();
    setup::till::add(admin, place, &till, now, &mut said).map_err(|error| told(&error))?;
    let said = String::from_utf8_lossy(&said).into_owned();
    println!("till add: {}", said.lines().next().unwrap_or_default());
    let code = said.split_once("Its code is ").ok_or("no code was told")?.1;
    let code = code.split('.').next().unwrap_or_default();
    let page = std::fs::read_to_string(page).map_err(|error| error.to_string())?;
    // As a person would copy it from the paper: in groups, over several lines.
    let text = page.split_once("<p class=\"text\">");
    let text = text.and_then(|(_, rest)| rest.split_once("</p>"));
    let text = text.ok_or("the page has no sheet on it")?.0;
    let sheet = Sheet::read(text).map_err(|error| error.to_string())?;
    let code = EnrolmentCode::typed(code).map_err(|error| error.to_string())?;
    sheet.open(&code, now).map_err(|error| error.to_string())
}

/// Makes a box the till of a sheet: uses the sheet up, keeps its key in a vault, and gives the way to
/// the site with the key as the vault has it.
pub(super) fn enrol(
    enrolment: &Enrolment,
    place: &SiteConfig,
    folder: &Path,
    installation: &str,
) -> Result<Client, String> {
    let reach = |key: &str| -> Result<Client, String> {
        let site = SiteConfig::new(&enrolment.url, key).map_err(|error| error.to_string())?;
        let pins = enrolment.pins.iter().copied().map(Pin).collect();
        let site = SiteConfig {
            roots: place.roots.clone(),
            pins,
            ..site
        };
        Client::new(site).map_err(|error| error.to_string())
    };
    let mut till = reach(&enrolment.key_and_secret())?;
    let user = till.send(&Request::call("frappe.auth.get_logged_user"));
    let user = user.map_err(|error| error.to_string())?;
    let user = user.data().as_str().unwrap_or_default().to_owned();
    let mut uses = |box_of: &str| {
        let used = use_sheet(&mut till, &enrolment.sheet, box_of);
        used.map_err(|error| error.to_string())
    };
    // Asked again, as after a reply that was lost, and by a box that came too late.
    for _ in 0..2 {
        match uses(installation)? {
            SheetUse::Ours => {}
            other => return Err(format!("the sheet is {other:?}")),
        }
    }
    match uses("ANOTHER0")? {
        SheetUse::Used { .. } => {}
        other => return Err(format!("the sheet is {other:?} for a second box")),
    }
    println!("the sheet of {user} is used up");
    let sealing = Sealing::key_file(folder.join("seal.key"));
    let secrets = folder.join("secrets");
    let mut vault = Vault::open(&secrets, &sealing).map_err(|error| error.to_string())?;
    vault
        .enrol(enrolment, &user)
        .map_err(|error| error.to_string())?;
    drop(vault);
    let vault = Vault::open(&secrets, &sealing).map_err(|error| error.to_string())?;
    reach(vault.site_key().ok_or("the vault has no key")?)
}

/// Checks the site as the till and as the administrator: nothing may keep it from selling.
pub(super) fn check(till: &mut Client, admin: &mut Client, profile: &str) -> Result<(), String> {
    let report = setup::site::check(till, Some(admin), profile).map_err(|error| told(&error))?;
    for finding in &report.findings {
        println!("note: {}. {}", finding.what, finding.remedy);
    }
    if let Some(finding) = report.findings.iter().find(|finding| finding.must) {
        return Err(format!("{}. {}", finding.what, finding.remedy));
    }
    println!("site check: a till can sell");
    Ok(())
}

/// Takes everything away again, and looks that nothing is left.
pub(super) fn remove(till: &mut Client, admin: &mut Client) -> Result<(), String> {
    let mut said = Vec::new();
    setup::site::remove(admin, false, Manner::default(), &mut said)
        .map_err(|error| told(&error))?;
    println!("site remove: {}", last_line(&said));
    if key_field_present(admin.send(&key_field_probe())).is_ok() {
        return Err("the unique field is still there".to_owned());
    }
    let reads = Request::list("POS Invoice", &["name"], &json!([]));
    match till.send(&reads) {
        Err(_) => Ok(()),
        Ok(_) => Err("the till may still read".to_owned()),
    }
}

fn last_line(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let last = said.lines().rev().find(|line| !line.trim().is_empty());
    last.unwrap_or("done").trim().to_owned()
}
