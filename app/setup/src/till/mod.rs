//! `evertill-setup till add`: the user that a till signs in to ERPNext with, and the sheet that
//! makes a box this till.

mod files;
mod many;

use std::io::Write;
use std::path::PathBuf;

use appliance::enrolment::{Enrolment, EnrolmentCode};
use appliance::keys::ShopKey;
use erpnext::Transport;
use erpnext::https::{Pin, SiteConfig, presented_pins};
use erpnext::office::{
    ApiKey, NewTill, check_prefix, issue_sheet, left_open, open_sheets, plan_till, retire_sheet,
};
use jiff::{Timestamp, ToSpan};
use zeroize::Zeroizing;

use crate::Error;
use crate::sheet::{Page, picture, square, write_page};
pub(crate) use files::NewFile;
use files::shop_key;

pub use many::{Many, add_many};

/// A till to add.
#[derive(clap::Args)]
pub struct Till {
    /// The e-mail address of the till's user, who needs no mailbox. One user a till: ERPNext lets
    /// only the user who sent sales close their shift.
    #[arg(long)]
    pub user: String,
    /// The name of the till, as people see it in ERPNext.
    #[arg(long)]
    pub name: String,
    /// The POS Profile of the till. One profile a till.
    #[arg(long)]
    pub pos_profile: String,
    /// The prefix of the till's receipt numbers, unique in the site: 1 to 16 letters, digits or
    /// hyphens, for example C1. Needed for a sheet.
    #[arg(long)]
    pub prefix: Option<String>,
    /// The file to write `key:secret` to, for this user alone to read. It must not exist.
    #[arg(long, value_name = "FILE", required_unless_present = "sheet")]
    pub write_key: Option<PathBuf>,
    /// The file to write the enrolment sheet to, a page to print. It must not exist.
    #[arg(
        long,
        value_name = "FILE",
        requires = "prefix",
        requires = "shop_key_file"
    )]
    pub sheet: Option<PathBuf>,
    /// The file to write the sheet's code to as a picture (PNG). It must not exist.
    #[arg(long, value_name = "FILE", requires = "sheet")]
    pub png: Option<PathBuf>,
    /// What holds for all of the shop.
    #[command(flatten)]
    pub terms: Terms,
}

/// What holds for all sheets of a shop.
#[derive(clap::Args)]
pub struct Terms {
    /// The file with what the tills of one shop share. It is made when it does not exist, for this
    /// user alone to read; keep it, and give it again for every till of the shop.
    #[arg(long, value_name = "FILE")]
    pub shop_key_file: Option<PathBuf>,
    /// How many days a sheet may be used.
    #[arg(long, value_name = "DAYS", default_value_t = 14, value_parser = clap::value_parser!(u16).range(1..=365))]
    pub expires: u16,
    /// Do not bind the till to the certificates that the site shows now.
    #[arg(long)]
    pub no_pins: bool,
    /// The till's box is replaced: its user gets a new key and the old one dies.
    #[arg(long)]
    pub replace: bool,
}

/// Creates the user with the role, links the POS Profile, generates the key and writes it to its
/// file, onto a sheet, or both. Interrupted, it is finished by giving it again with `--replace`.
///
/// `place` is how tills reach the site; the code that opens the sheet is told in the report and
/// nowhere else.
///
/// # Errors
/// When the till cannot be added ([`plan_till`]), its prefix is another till's, the site shows no
/// certificates, or a file cannot be made; then nothing was changed. Later, what the site refuses.
pub fn add(
    site: &mut dyn Transport,
    place: &SiteConfig,
    till: &Till,
    now: Timestamp,
    report: &mut dyn Write,
) -> Result<(), Error> {
    let plan = plan_till(
        site,
        NewTill {
            user: till.user.clone(),
            name: till.name.clone(),
            pos_profile: till.pos_profile.clone(),
            replace: till.terms.replace,
        },
    )?;
    let replaces = plan.replaces();
    let mut draft = match &till.sheet {
        Some(path) => Some(Draft::begin(site, place, till, path, now)?),
        None => None,
    };
    // Before the old key dies.
    let mut key_file = till.write_key.as_deref().map(NewFile::create).transpose()?;
    let key = plan.carry_out(site)?;
    if let Some(file) = &mut key_file {
        let line = Zeroizing::new(format!("{}:{}\n", key.key, *key.secret));
        file.write(line.as_bytes())?;
    }
    write!(
        report,
        "The till {} is user {} of POS Profile {}.",
        till.name, till.user, till.pos_profile
    )?;
    match key_file {
        Some(file) => writeln!(report, " Its key is in {}.", file.keep().display())?,
        None => writeln!(report)?,
    }
    if replaces {
        writeln!(report, "The key that the till had before is dead.")?;
        for sentence in left_open(site, &till.user)?.sentences() {
            writeln!(report, "{sentence}")?;
        }
    }
    if let Some(draft) = draft.take() {
        draft.finish(site, till, key, replaces, report)?;
    }
    Ok(())
}

/// A sheet whose files are there, empty, and that lacks only the key.
struct Draft<'a> {
    page: NewFile,
    png: Option<NewFile>,
    prefix: &'a str,
    url: &'a str,
    pins: Vec<[u8; 32]>,
    shop_key: ShopKey,
    expires: Timestamp,
}

impl<'a> Draft<'a> {
    fn begin(
        site: &mut dyn Transport,
        place: &'a SiteConfig,
        till: &'a Till,
        path: &std::path::Path,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let prefix = till.prefix.as_deref().unwrap_or_default();
        check_prefix(site, prefix, &till.user)?;
        let pins = if till.terms.no_pins {
            Vec::new()
        } else {
            presented_pins(place).map_err(Error::Certificates)?
        };
        let days = i64::from(till.terms.expires);
        Ok(Self {
            prefix,
            url: &place.url,
            pins,
            expires: now.saturating_add((days * 24).hours()).unwrap_or(now),
            shop_key: shop_key(till.terms.shop_key_file.as_deref())?,
            page: NewFile::create(path)?,
            png: till.png.as_deref().map(NewFile::create).transpose()?,
        })
    }

    /// Writes the sheet and tells its code.
    fn finish(
        mut self,
        site: &mut dyn Transport,
        till: &Till,
        key: ApiKey,
        replaces: bool,
        report: &mut dyn Write,
    ) -> Result<(), Error> {
        if replaces {
            // Their keys are dead; nobody shall wonder what they are.
            for old in open_sheets(site, &[&till.user], false)? {
                retire_sheet(site, &old)?;
            }
        }
        let sheet = match issue_sheet(site, &till.user, self.prefix, &till.name) {
            Ok(sheet) => sheet,
            Err(error) => {
                writeln!(
                    report,
                    "This site cannot tell whether a sheet was used already ({error}). Destroy it when the till has been enrolled."
                )?;
                String::new()
            }
        };
        let code = EnrolmentCode::generate().map_err(Error::Enrolment)?;
        let enrolment = Enrolment {
            url: self.url.to_owned(),
            pins: self.pins.clone(),
            key: key.key,
            secret: key.secret,
            till: self.prefix.to_owned(),
            name: till.name.clone(),
            pos_profile: till.pos_profile.clone(),
            shop_key: self.shop_key.clone(),
            expires: self.expires,
            sheet: sheet.clone(),
        };
        let text = enrolment.seal(&code).map_err(Error::Enrolment)?;
        let square = square(&text)?;
        let expires = self.expires.strftime("%Y-%m-%d %H:%M UTC").to_string();
        let page = Page {
            till: self.prefix,
            name: &till.name,
            pos_profile: &till.pos_profile,
            user: &till.user,
            url: self.url,
            expires: &expires,
            sheet: &sheet,
            text: &text,
        };
        self.page.write(write_page(&page, &square).as_bytes())?;
        if let Some(png) = &mut self.png {
            png.write(&picture(&square)?)?;
        }
        for pin in &self.pins {
            writeln!(
                report,
                "The till will know the site by the public key {}.",
                Pin(*pin)
            )?;
        }
        writeln!(
            report,
            "The sheet is in {}. It is good until {expires}.\nIts code is {}. It is told here only: pass it on apart from the sheet.",
            self.page.keep().display(),
            *code.show()
        )?;
        if let Some(png) = self.png {
            writeln!(report, "Its picture is in {}.", png.keep().display())?;
        }
        Ok(())
    }
}
