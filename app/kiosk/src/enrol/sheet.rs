//! A sheet is opened with its code, used up in ERPNext, and makes the box a till.

use std::path::PathBuf;

use appliance::enrolment::{Enrolment, EnrolmentCode, EnrolmentError, Sheet};
use appliance::vault::Vault;
use erpnext::https::{Client, Pin, SiteConfig};
use erpnext::office::{OfficeError, SheetUse, last_receipt, use_sheet};
use erpnext::problem::Problem;
use erpnext::request::{Request, Transport, TransportError};
use store::StoreError;

use super::renewal::{Renewal, RenewalReason, takes_all_pins};
use super::settle::{self, client, configure, folder};
use super::{EnrolDone, Failure, failure_of, sentence};
use crate::config::ScannerConfig;
use crate::preset::{Enrolled, Preset};
use crate::queue::{Message, Sender};

/// What becomes of a sheet.
#[derive(Clone, Debug)]
pub enum SheetDone {
    /// It was opened, and ERPNext is asked about it.
    Asking,
    /// The code is another sheet's, or mistyped.
    WrongCode(Failure),
    /// Something else is in the way; the same code may do later.
    TryAgain(Failure),
    /// This sheet is good for nothing any more.
    Useless(Failure),
    /// The box is a till.
    Enrolled,
}

/// A sheet and all that is needed to use it.
pub(super) struct Job {
    pub(super) sheet: Sheet,
    pub(super) code: EnrolmentCode,
    pub(super) data: PathBuf,
    pub(super) preset: Preset,
    /// The scanner that read it.
    pub(super) scanner: Option<ScannerConfig>,
    /// The box is a till that takes a new sheet.
    pub(super) renewal: Option<Renewal>,
}

/// Uses a sheet on a thread of its own and tells what becomes of it.
///
/// # Errors
/// When the system has no thread to give.
pub(super) fn start(job: Job, events: Sender) -> std::io::Result<()> {
    let run = move || {
        let tell = |done| events.send(Message::Enrol(EnrolDone::Sheet(done)));
        let done = job.open().and_then(|enrolment| {
            tell(SheetDone::Asking);
            job.enrol(&enrolment)
        });
        tell(done.map_or_else(|failed| failed, |()| SheetDone::Enrolled));
    };
    std::thread::Builder::new()
        .name("enrol".into())
        .spawn(run)
        .map(drop)
}

impl Job {
    fn open(&self) -> Result<Enrolment, SheetDone> {
        let opened = self.sheet.open(&self.code, jiff::Timestamp::now());
        opened.map_err(|error| match error {
            EnrolmentError::WrongCode | EnrolmentError::NotACode => {
                SheetDone::WrongCode(failure_of(&error))
            }
            EnrolmentError::Random(_) | EnrolmentError::OutOfMemory => {
                SheetDone::TryAgain(failure_of(&error))
            }
            _ => SheetDone::Useless(failure_of(&error)),
        })
    }

    /// The way to the site of a sheet, which knows its key, and whose it is.
    pub(super) fn greeted(
        &self,
        enrolment: &Enrolment,
        vault: Option<&mut Vault>,
    ) -> Result<(Client, String), SheetDone> {
        let again = SheetDone::TryAgain;
        let site = SiteConfig::new(&enrolment.url, &enrolment.key_and_secret());
        let site = site.map_err(|error| {
            SheetDone::Useless(Failure {
                sentence: sentence(&error.to_string()),
                remedy: "Write a new sheet with evertill-setup till add --replace.".to_owned(),
            })
        })?;
        let own_pins = self.renewal.as_ref().and_then(Renewal::own_pins);
        let pins = own_pins.unwrap_or_else(|| enrolment.pins.iter().copied().map(Pin).collect());
        let site = settle::site(&self.data, &self.preset, site, &pins, vault.as_deref());
        let mut client = client(site.map_err(again)?).map_err(again)?;
        let greeting = Request::call("frappe.auth.get_logged_user");
        let greeted = client.send(&greeting);
        let greeted = greeted.map_err(|error| again(asked(&error)))?;
        let user = greeted.data().as_str().unwrap_or_default().to_owned();
        Ok((client, user))
    }

    fn enrol(&self, enrolment: &Enrolment) -> Result<(), SheetDone> {
        let again = SheetDone::TryAgain;
        let mut folder = match &self.renewal {
            Some(renewal) => self.reopened(renewal, enrolment)?,
            None => folder(&self.data, &self.preset).map_err(again)?,
        };
        // That the site knows the key, before anything is used up.
        let (mut client, user) = self.greeted(enrolment, Some(folder.vault()))?;
        let renewal = self.renewal.as_ref();
        let unproved =
            renewal.and_then(|renewal| renewal.unproved(enrolment, folder.vault(), &user));
        if let Some(failure) = unproved {
            return Err(SheetDone::Useless(failure));
        }
        // Nor before it is known where the box before ended: a number must not come twice.
        let last = last_receipt(&mut client, &enrolment.till);
        let last = last.map_err(|error| again(untold(&error)))?;
        let installation = folder.store().installation().to_owned();
        let used = use_sheet(&mut client, &enrolment.sheet, &installation);
        match used.map_err(|error| again(asked(&error)))? {
            SheetUse::Ours | SheetUse::CannotTell => {}
            SheetUse::Used { on } => {
                return Err(SheetDone::Useless(Failure {
                    sentence: format!("This sheet was used for another box on {on}."),
                    remedy: "A sheet makes one box a till. Write a new one with evertill-setup \
                             till add --replace; the other box's key then dies."
                        .to_owned(),
                }));
            }
            SheetUse::Withdrawn => {
                return Err(SheetDone::Useless(Failure {
                    sentence: "This sheet was taken back in ERPNext.".to_owned(),
                    remedy: "Use the newest sheet of this till, or write a new one.".to_owned(),
                }));
            }
        }
        settle::number_receipts(&mut folder, last).map_err(again)?;
        if let Some(renewal) = renewal {
            let failed = |error: StoreError| again(settle::failure(error.into()));
            let store = folder.store();
            // Who looks after the site and a manager of the till agree to another shop key, and
            // with it all PINs are gone.
            let takes_pins = takes_all_pins(renewal, store, enrolment).map_err(failed)?;
            if takes_pins || renewal.reason == RenewalReason::Pins {
                // Before its key is kept, after which the same sheet proves nothing any more.
                let chosen = store.let_managers_choose(&enrolment.sheet, jiff::Timestamp::now());
                chosen.map_err(failed)?;
            }
        }
        let kept = folder.vault().enrol(enrolment, &user);
        kept.map_err(|error| again(settle::failure(error.into())))?;
        drop(folder);
        let pins = enrolment.pins.iter().copied().map(Pin).collect();
        let enrolled = Enrolled {
            till: enrolment.till.clone(),
            pos_profile: enrolment.pos_profile.clone(),
            url: enrolment.url.clone(),
            pins,
        };
        configure(&self.data, &self.preset, enrolled, self.scanner.as_ref()).map_err(again)
    }
}

/// Why the site did not tell something.
fn untold(error: &OfficeError) -> Failure {
    match error {
        OfficeError::Refused { reason, .. } => asked(reason),
        other => Failure {
            sentence: sentence(&other.to_string()),
            remedy: other.remedy().to_owned(),
        },
    }
}

/// Why the site gave no answer.
fn asked(error: &TransportError) -> Failure {
    match Problem::of_site(error) {
        Some(Problem::KeyRefused) => Failure {
            sentence: "ERPNext does not know this sheet's key any more.".to_owned(),
            remedy: "A newer sheet was written for this till: use that one.".to_owned(),
        },
        Some(problem @ Problem::Unreachable(_)) => Failure {
            sentence: sentence(&problem.to_string()),
            remedy: "Check the network, then open the sheet again.".to_owned(),
        },
        Some(problem) => Failure {
            sentence: sentence(&problem.to_string()),
            remedy: problem.remedy(),
        },
        None => Failure {
            sentence: sentence(&error.to_string()),
            remedy: "Correct in ERPNext what it names, then open the sheet again.".to_owned(),
        },
    }
}
