//! `evertill-setup till add --sheet`: from a site to a till on one page of paper.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use appliance::enrolment::{Enrolment, EnrolmentCode, EnrolmentError, Sheet};
use erpnext::https::{Client, Roots, Secret, SiteConfig, presented_pins};
use erpnext::office::{SheetUse, use_sheet};
use erpnext::push::KEY_FIELD;
use erpnext::{Request, Transport};
use jiff::{Timestamp, ToSpan};
use serde_json::json;
use setup::site::{self, Manner, StaffWish};
use setup::till::{self, Many, Terms, Till};
use tempfile::TempDir;
use tests::stand_in::{Authority, Site, StandIn, USER};

struct World {
    stand_in: StandIn,
    pins: Vec<[u8; 32]>,
    folder: TempDir,
}

fn now() -> Timestamp {
    "2026-11-23T18:00:00Z".parse().unwrap()
}

impl World {
    fn new() -> Self {
        let mut site = Site::unprepared();
        site.delete("User", USER);
        let authority = Authority::named("Authority");
        let issuer = authority.vouches_for("Issuer");
        let identity = issuer.issue("localhost", 2099);
        let pins = vec![identity.pin().0, issuer.pin().0, authority.pin().0];
        let roots = Roots::Only(vec![authority.certificate()]);
        let stand_in = StandIn::https_as(site, identity, roots);
        let administrator = &mut stand_in.administrator();
        let (staff, manner) = (StaffWish::default(), Manner::default());
        site::prepare(administrator, staff, manner, &mut Vec::new()).unwrap();
        Self {
            stand_in,
            pins,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn terms(&self, replace: bool) -> Terms {
        Terms {
            shop_key_file: Some(self.folder.path().join("shop.key")),
            expires: 7,
            no_pins: false,
            replace,
        }
    }

    fn till(&self, prefix: &str, user: &str, profile: &str, replace: bool) -> Till {
        let sheet = format!("{prefix} {replace}");
        Till {
            user: user.to_owned(),
            name: "Counter <1> & \"more\"".to_owned(),
            pos_profile: profile.to_owned(),
            prefix: Some(prefix.to_owned()),
            write_key: None,
            sheet: Some(self.folder.path().join(format!("{sheet}.html"))),
            png: Some(self.folder.path().join(format!("{sheet}.png"))),
            terms: self.terms(replace),
        }
    }

    fn add(&self, till: &Till) -> Result<String, setup::Error> {
        let mut said = Vec::new();
        let (site, place) = (&mut self.stand_in.administrator(), self.stand_in.config());
        till::add(site, &place, till, now(), &mut said)?;
        Ok(String::from_utf8(said).unwrap())
    }
}

/// The code that the command told.
fn code(said: &str) -> EnrolmentCode {
    let (_, rest) = said.split_once("Its code is ").unwrap();
    EnrolmentCode::typed(&rest[..11]).unwrap()
}

/// What a scanner reads of the page, printed with this many dots on a side of a module.
fn scan_page(path: &Path, dots: usize) -> String {
    let page = std::fs::read_to_string(path).unwrap();
    let (_, rest) = page.split_once("viewBox=\"0 0 ").unwrap();
    let width: usize = rest.split(' ').next().unwrap().parse().unwrap();
    let (_, rest) = page.split_once("fill=\"#000\" d=\"").unwrap();
    let mut grey = vec![255; width * width * dots * dots];
    for run in rest
        .split('"')
        .next()
        .unwrap()
        .split('z')
        .filter(|run| !run.is_empty())
    {
        let (at, rest) = run.strip_prefix('M').unwrap().split_once('h').unwrap();
        let (x, y) = at.split_once(' ').unwrap();
        let (x, y): (usize, usize) = (x.parse().unwrap(), y.parse().unwrap());
        let length: usize = rest.split('v').next().unwrap().parse().unwrap();
        for line in y * dots..(y + 1) * dots {
            let start = line * width * dots + x * dots;
            grey[start..start + length * dots].fill(0);
        }
    }
    let side = u32::try_from(width * dots).unwrap();
    read_code(grey, side)
}

fn scan_picture(path: &Path) -> String {
    let file = std::io::BufReader::new(std::fs::File::open(path).unwrap());
    let mut reader = png::Decoder::new(file).read_info().unwrap();
    let mut grey = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut grey).unwrap();
    assert_eq!(info.width, info.height);
    read_code(grey, info.width)
}

fn read_code(grey: Vec<u8>, side: u32) -> String {
    let codes = rxing::helpers::detect_multiple_in_luma(grey, side, side).unwrap();
    let [code] = &codes[..] else {
        panic!("{} codes", codes.len())
    };
    assert_eq!(code.getBarcodeFormat().to_string(), "qrcode");
    code.getText().to_owned()
}

fn open(text: &str, said: &str) -> Enrolment {
    let sheet = Sheet::read(text).unwrap();
    sheet.open(&code(said), now()).unwrap()
}

fn client(world: &World, enrolment: &Enrolment) -> Client {
    let mut config = SiteConfig::new(&enrolment.url, &enrolment.key_and_secret()).unwrap();
    config.roots = world.stand_in.config().roots;
    Client::new(config).unwrap()
}

#[test]
fn a_printed_sheet_makes_a_box_this_till_once() {
    let world = World::new();
    let till = world.till("C1", USER, "Counter 1", false);
    let said = world.add(&till).unwrap();
    // As a printer of 100 dots an inch puts 1.1 mm down, and finer.
    let path = till.sheet.as_deref().unwrap();
    let text = scan_page(path, 4);
    for dots in [5, 8] {
        assert_eq!(scan_page(path, dots), text, "{dots} dots a module");
    }
    assert_eq!(scan_picture(till.png.as_deref().unwrap()), text);
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b':';
    assert!(text.bytes().all(plain), "{text}");
    let width = |text: &str| setup::sheet::square(text).unwrap().width();
    let smaller = width(&text) < width(&text.to_lowercase());
    assert!(
        smaller,
        "the code is not in the mode of capitals and digits"
    );
    let enrolment = open(&text, &said);
    assert_eq!(enrolment.url, world.stand_in.url());
    assert_eq!(enrolment.pins, world.pins);
    assert_eq!(
        (enrolment.till.as_str(), enrolment.name.as_str()),
        ("C1", till.name.as_str())
    );
    assert_eq!(enrolment.pos_profile, "Counter 1");
    assert_eq!(enrolment.expires, now() + 168.hours());
    let mut box_1 = client(&world, &enrolment);
    let report = site::check(&mut box_1, None, &enrolment.pos_profile).unwrap();
    assert!(report.is_good(), "{report:#?}");
    assert_eq!(
        use_sheet(&mut box_1, &enrolment.sheet, "BOX-1"),
        Ok(SheetUse::Ours)
    );
    let second = use_sheet(&mut box_1, &enrolment.sheet, "BOX-2").unwrap();
    assert!(matches!(second, SheetUse::Used { .. }), "{second:?}");
}

#[test]
fn a_sheet_tells_nothing_without_its_code_which_stands_nowhere_on_it() {
    let world = World::new();
    let till = world.till("C1", USER, "Counter 1", false);
    let said = world.add(&till).unwrap();
    let path = till.sheet.as_deref().unwrap();
    let page = std::fs::read_to_string(path).unwrap();
    let told = code(&said).show();
    let enrolment = open(&scan_page(path, 4), &said);
    for secret in [told.as_str(), &told.replace('-', ""), &enrolment.secret] {
        assert!(!page.contains(secret), "a secret stands on the sheet");
    }
    assert!(!said.contains(enrolment.secret.as_str()), "{said}");
    for outside in ["http://", "https://", "<script", "@import"] {
        let links = page.matches(outside).count();
        let own = usize::from(outside == "https://") + usize::from(outside == "http://");
        assert!(links <= own, "the page needs {outside}");
    }
    assert!(
        page.contains("Counter &lt;1&gt; &amp; &quot;more&quot; (C1)"),
        "{page}"
    );
    for file in [
        path,
        till.png.as_deref().unwrap(),
        &world.folder.path().join("shop.key"),
    ] {
        let mode = std::fs::metadata(file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", file.display());
    }
    let sheet = Sheet::read(&scan_page(path, 4)).unwrap();
    let late = sheet.open(&code(&said), now() + 169.hours());
    assert!(
        matches!(late, Err(EnrolmentError::Expired { .. })),
        "{late:?}"
    );
}

#[test]
fn a_broken_box_is_replaced_with_a_new_sheet_and_the_old_one_is_useless() {
    let world = World::new();
    let first = world.till("C1", USER, "Counter 1", false);
    let said = world.add(&first).unwrap();
    let old = open(&scan_page(first.sheet.as_deref().unwrap(), 4), &said);
    let second = world.till("C1", USER, "Counter 1", true);
    let said = world.add(&second).unwrap();
    assert!(said.contains("dead"), "{said}");
    let new = open(&scan_page(second.sheet.as_deref().unwrap(), 4), &said);
    let who = Request::call("frappe.auth.get_logged_user");
    assert_eq!(client(&world, &new).send(&who).unwrap().data(), USER);
    client(&world, &old).send(&who).unwrap_err();
    let shop = |enrolment: &Enrolment| enrolment.shop_key.to_text();
    assert_eq!(*shop(&old), *shop(&new), "the shop has two keys");
    let sheets = world.stand_in.site().documents("ToDo");
    let open = sheets.iter().filter(|sheet| sheet["status"] == "Open");
    assert_eq!(open.count(), 1, "the old sheet is open");
}

#[test]
fn what_would_confuse_tills_is_refused_before_anything_changes() {
    let world = World::new();
    let sale = json!({ KEY_FIELD: "C9-000007-7H3K2M9Q", "owner": "other@example.com" });
    world.stand_in.site().put("POS Invoice", "POS-9", sale);
    world
        .add(&world.till("C1", USER, "Counter 1", false))
        .unwrap();
    let before = world.stand_in.site().whole();
    let refused = |till: Till| {
        let error = world.add(&till).unwrap_err();
        assert_eq!(world.stand_in.site().whole(), before, "{error}");
        assert!(
            till.sheet.as_ref().is_none_or(|sheet| !sheet.exists()),
            "{error}"
        );
        assert!(!error.remedy().is_empty());
        error.to_string()
    };
    let other = "counter2@example.com";
    let sold = refused(world.till("C9", other, "Counter 2", false));
    assert!(sold.contains("other@example.com"), "{sold}");
    // Others may begin the same.
    assert!(
        world
            .add(&world.till("C", other, "Counter 2", false))
            .is_ok()
    );
    let before = world.stand_in.site().whole();
    let refused = |till: Till| {
        let error = world.add(&till).unwrap_err();
        assert_eq!(world.stand_in.site().whole(), before, "{error}");
        error.to_string()
    };
    let third = "counter3@example.com";
    let sheet = refused(world.till("C", third, "Counter 3", true));
    assert!(sheet.contains(other), "{sheet}");
    let strange = refused(world.till("C/2", third, "Counter 3", true));
    assert!(strange.contains("cannot be a prefix"), "{strange}");
    let mut no_key = world.till("C3", third, "Counter 3", true);
    no_key.terms.shop_key_file = Some(world.folder.path().join("C1 false.html"));
    assert!(
        refused(no_key).contains("does not hold"),
        "not a shop's key"
    );
}

#[test]
fn a_site_that_takes_no_to_do_still_gets_its_till_and_says_what_is_lost() {
    let world = World::new();
    world.stand_in.site().refuses_to_dos = true;
    let till = world.till("C1", USER, "Counter 1", false);
    let said = world.add(&till).unwrap();
    assert!(
        said.contains("cannot tell whether a sheet was used"),
        "{said}"
    );
    let enrolment = open(&scan_page(till.sheet.as_deref().unwrap(), 4), &said);
    assert_eq!(enrolment.sheet, "");
}

#[test]
fn a_fleet_is_added_from_a_list_and_goes_on_where_it_was_interrupted() {
    let world = World::new();
    let list = world.folder.path().join("tills.csv");
    let sheets = world.folder.path().join("sheets");
    std::fs::create_dir(&sheets).unwrap();
    let many = |replace| Many {
        list: list.clone(),
        sheets: sheets.clone(),
        terms: world.terms(replace),
    };
    let run = |text: &str| {
        std::fs::write(&list, text).unwrap();
        let mut said = Vec::new();
        let (site, place) = (&mut world.stand_in.administrator(), world.stand_in.config());
        let done = till::add_many(site, &place, many(false), now(), &mut said);
        (done, String::from_utf8(said).unwrap())
    };
    let heading = "prefix,name,user,pos_profile\n";
    let one = format!("{heading}C1,One,{USER},Counter 1\n");
    let (done, said) = run(&format!("{one}C2,Two,two@example.com,Counter 22\n"));
    let error = done.unwrap_err().to_string();
    assert!(
        error.contains("line 3") && error.contains("Counter 22"),
        "{error}"
    );
    assert_eq!(said.matches("Its code is").count(), 1, "{said}");
    let (done, said) = run(&format!("{one}C2,Two,two@example.com,Counter 2\n"));
    done.unwrap();
    assert!(said.contains("C1 has its sheet already"), "{said}");
    let enrolment = open(&scan_page(&sheets.join("C2.html"), 4), &said);
    assert_eq!(enrolment.pos_profile, "Counter 2");
}

#[test]
fn pins_are_read_only_from_a_site_that_proves_itself() {
    let world = World::new();
    let mut place = world.stand_in.config();
    assert_eq!(presented_pins(&place).unwrap(), world.pins);
    place.secret = Secret::new("x");
    place.roots = Roots::Only(vec![Authority::named("Another").certificate()]);
    presented_pins(&place).unwrap_err();
    let plain = StandIn::http(Site::unprepared());
    assert!(presented_pins(&plain.config()).unwrap().is_empty());
}
