//! Somebody signs in to ERPNext, chooses the till's POS Profile, and the box gets a user of its
//! own there. The thread has the session; it signs out when it ends.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender as Orders, channel};

use appliance::vault::SecretName;
use erpnext::https::{Pin, Secret, SiteConfig, presented_pins};
use erpnext::office::{NewTill, OfficeError, OfficeSession, PosProfileOfTill};
use zeroize::Zeroizing;

use super::settle::{self, configure, folder};
use super::{EnrolDone, Failure, sentence};
use crate::preset::{Enrolled, Preset};
use crate::queue::{Message, Sender};

/// What becomes of signing in.
#[derive(Clone, Debug)]
pub enum OfficeDone {
    /// Somebody is signed in.
    SignedIn {
        /// At which site, and as whom.
        who: String,
        /// The profiles to choose from.
        profiles: Vec<PosProfileOfTill>,
    },
    /// Nobody is.
    NotSignedIn(Failure),
    /// What the box left open that has the profile of this user now, for whoever is about to replace
    /// it; no sentences where it left nothing.
    LeftOpen {
        /// The till's user.
        user: String,
        /// What, and what becomes of it.
        sentences: Vec<String>,
    },
    /// The box is no till yet; another profile or another attempt may do.
    NotEnrolled(Failure),
    /// The box is a till.
    Enrolled,
}

/// Who signs in, and where.
pub(super) struct SignIn {
    pub(super) url: String,
    pub(super) user: String,
    pub(super) password: Secret,
}

/// The thread that is signed in. Dropping it signs out.
pub(super) struct Office {
    orders: Orders<Order>,
}

/// What a signed-in person wants.
enum Order {
    /// To know what the box of this user left open.
    Look(String),
    /// The box to be the till of a profile, with this prefix.
    Enrol(PosProfileOfTill, String),
}

impl Office {
    /// Signs in and tells what becomes of it.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub(super) fn start(
        data: PathBuf,
        preset: Preset,
        wanted: SignIn,
        events: Sender,
    ) -> std::io::Result<Self> {
        let (orders, waiting) = channel();
        let desk = Desk {
            data,
            preset,
            url: wanted.url.clone(),
            events,
        };
        std::thread::Builder::new()
            .name("office".into())
            .spawn(move || desk.run(&wanted, &waiting))?;
        Ok(Self { orders })
    }

    /// Makes the box the till of a profile, with this prefix of receipt numbers.
    pub(super) fn enrol(&self, profile: PosProfileOfTill, prefix: String) {
        // A thread that has ended has said why.
        let _told = self.orders.send(Order::Enrol(profile, prefix));
    }

    /// Has it told what the box of a user left open.
    pub(super) fn look(&self, user: String) {
        let _told = self.orders.send(Order::Look(user));
    }
}

struct Desk {
    data: PathBuf,
    preset: Preset,
    url: String,
    events: Sender,
}

impl Desk {
    fn run(&self, wanted: &SignIn, waiting: &Receiver<Order>) {
        let mut session = match self.sign_in(wanted) {
            Ok(session) => session,
            Err(failure) => return self.tell(OfficeDone::NotSignedIn(failure)),
        };
        match session.pos_profiles() {
            Ok(profiles) => self.tell(OfficeDone::SignedIn {
                who: format!("{}, as {}", host(&self.url), session.user()),
                profiles,
            }),
            Err(error) => {
                self.tell(OfficeDone::NotSignedIn(failure(&error)));
                return session.sign_out();
            }
        }
        while let Ok(order) = waiting.recv() {
            let (profile, prefix) = match order {
                Order::Enrol(profile, prefix) => (profile, prefix),
                Order::Look(user) => {
                    self.look(&mut session, user);
                    continue;
                }
            };
            match self.enrol(&mut session, profile, prefix) {
                Ok(()) => {
                    session.sign_out();
                    return self.tell(OfficeDone::Enrolled);
                }
                Err(failure) => self.tell(OfficeDone::NotEnrolled(failure)),
            }
        }
        session.sign_out();
    }

    fn tell(&self, done: OfficeDone) {
        self.events.send(Message::Enrol(EnrolDone::Office(done)));
    }

    fn look(&self, session: &mut OfficeSession, user: String) {
        match session.left_open(&user) {
            Ok(left) => self.tell(OfficeDone::LeftOpen {
                user,
                sentences: left.sentences(),
            }),
            // It only tells; replacing says for itself what is in its way.
            Err(error) => tracing::warn!("what {user} left open: {error}"),
        }
    }

    fn sign_in(&self, wanted: &SignIn) -> Result<OfficeSession, Failure> {
        let site = SiteConfig::without_key(&wanted.url).map_err(|error| failure(&error.into()))?;
        let site = settle::site(&self.data, &self.preset, site, &[], None)?;
        OfficeSession::sign_in(site, &wanted.user, &wanted.password)
            .map_err(|error| failure(&error))
    }

    fn enrol(
        &self,
        session: &mut OfficeSession,
        profile: PosProfileOfTill,
        prefix: String,
    ) -> Result<(), Failure> {
        // Before anything is made in ERPNext.
        let mut folder = folder(&self.data, &self.preset)?;
        let replace = profile.till.is_some();
        let till = NewTill {
            user: profile.till.unwrap_or_else(|| user_of(&prefix, &self.url)),
            name: format!("Till {prefix}"),
            pos_profile: profile.name.clone(),
            replace,
        };
        // The keys that the site shows now, as a sheet has them: its chain was just proven.
        let site = SiteConfig::without_key(&self.url).map_err(|error| failure(&error.into()))?;
        let site = settle::site(&self.data, &self.preset, site, &[], None)?;
        let pins = presented_pins(&site).map_err(|reason| {
            let doing = "read the certificates of the site".to_owned();
            failure(&OfficeError::Refused { doing, reason })
        })?;
        let key = session.add_till(till, &prefix);
        let key = key.map_err(|error| failure(&error))?;
        // Before the box is a till: a number must not come twice.
        let last = session.last_receipt(&prefix);
        let last = last.map_err(|error| failure(&error))?;
        settle::number_receipts(&mut folder, last)?;
        let mut site_key =
            Zeroizing::new(String::with_capacity(key.key.len() + key.secret.len() + 1));
        site_key.push_str(&key.key);
        site_key.push(':');
        site_key.push_str(&key.secret);
        let kept = folder
            .vault()
            .keep(&[(SecretName::SiteKey, site_key.as_bytes())]);
        kept.map_err(|error| settle::failure(error.into()))?;
        drop(folder);
        let enrolled = Enrolled {
            till: prefix,
            pos_profile: profile.name,
            url: self.url.clone(),
            pins: pins.into_iter().map(Pin).collect(),
        };
        configure(&self.data, &self.preset, enrolled, None)
    }
}

/// The name of a site without how it is reached.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', ':']).next().unwrap_or(rest)
}

/// The e-mail address of a till's user, who needs no mailbox.
fn user_of(prefix: &str, url: &str) -> String {
    let host = host(url);
    let is_name = host.contains('.') && host.contains(|letter: char| letter.is_ascii_alphabetic());
    let host = if is_name { host } else { "evertill.invalid" };
    format!("till-{}@{host}", prefix.to_lowercase())
}

fn failure(error: &OfficeError) -> Failure {
    Failure {
        sentence: sentence(&error.to_string()),
        remedy: error.remedy().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tills_user_has_an_address_of_its_site() {
        assert_eq!(
            user_of("C1", "https://erp.example.com:8443"),
            "till-c1@erp.example.com"
        );
        assert_eq!(
            user_of("C1", "http://localhost:8000"),
            "till-c1@evertill.invalid"
        );
        assert_eq!(
            user_of("C1", "http://127.0.0.1:8000"),
            "till-c1@evertill.invalid"
        );
    }
}
