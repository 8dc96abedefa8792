//! hawkBit, asked by the till itself: an assignment becomes an offer like any other, goes through the
//! same gates, and the server hears what became of it.

use std::path::PathBuf;
use std::time::Duration;

use appliance::updates::hawkbit::{
    ActionId, Address, Assignment, Controller, Deployment, Feedback, Held, LONGEST_ANSWER,
    NotForTills, NotUnderstood, Poll, Verdict, attributes, cancelled, judged,
};
use appliance::updates::{Begun, LONGEST_RELEASE, Outcome, Release, SIGNATURE_LENGTH, System};
use erpnext::https::{Answer, Client, SiteConfig};
use erpnext::request::{Method, TransportError};
use serde_json::Value;
use zeroize::Zeroizing;

use super::folder::{CORRECT, client, release_key};
use super::relay::Relay;
use super::source::Place;
use super::worker::Failure;
use super::{FleetTill, Offer, OfferedBy};
use crate::screens::words::sentence;

/// The release that a deployment is, and where its bundle lies; or why no later look at it changes that
/// there is none.
type Described = Result<(Release, Address), Failure>;

const NETWORK: &str = "Check the network and the address in [updates.hawkbit] of till.toml.";

/// What is known where hawkBit is asked.
pub(super) struct Standing<'a> {
    pub(super) system: &'a System,
    /// RAUC has the system that runs as good: it has sold.
    pub(super) is_good: bool,
    pub(super) begun: Option<Begun>,
}

/// An assignment whose description was checked.
#[derive(Clone)]
struct Known {
    assignment: Assignment,
    release: Release,
    bundle: Address,
    held: bool,
    told: bool,
}

/// The server, as one till has it.
pub(super) struct Fleet {
    till: FleetTill,
    certificates: Option<PathBuf>,
    way: Option<Way>,
    known: Option<Known>,
    /// The last word on an action, which did not arrive.
    unsent: Option<(String, Value)>,
    sleep: Option<Duration>,
}

/// The way to the server.
struct Way {
    origin: String,
    controller: Controller,
    client: Client,
}

impl Fleet {
    pub(super) fn new(till: FleetTill, certificates: Option<PathBuf>) -> Self {
        Self {
            till,
            certificates,
            way: None,
            known: None,
            unsent: None,
            sleep: None,
        }
    }

    /// When the server wants to be asked again; `None` when it did not say.
    pub(super) fn sleep(&self) -> Option<Duration> {
        self.sleep
    }

    /// Asks the server, does what it wants to know or have given up, and answers what it has
    /// assigned if that can be installed.
    pub(super) fn look(&mut self, standing: &Standing<'_>) -> Result<Option<Offer>, Failure> {
        self.says_what_did_not_arrive()?;
        let poll = self.poll()?;
        if poll.wants_attributes
            && let Err((problem, _)) = self.tells_attributes(standing.system)
        {
            // They are for filters there; an update does not wait for them.
            tracing::warn!("the till's attributes are not told: {problem}");
        }
        if let Some(cancel) = &poll.cancel {
            self.cancels(cancel, standing)?;
        }
        let Some(assignment) = poll.assignment else {
            self.known = None;
            return match poll.awaits_confirmation {
                false => Ok(None),
                true => Err((
                    "hawkBit has an update that waits for somebody to confirm it there".to_owned(),
                    "Confirm it in hawkBit. A manager says at the till when it is installed.",
                )),
            };
        };
        let mut known = match self.known.clone() {
            Some(known) if known.assignment == assignment => known,
            Some(known) if known.assignment.action == assignment.action => {
                self.learns_again(known, assignment)?
            }
            _ => self.learns(assignment, standing.system)?,
        };
        let action = known.assignment.action.clone();
        let version = &known.release.version;
        let running = &standing.system.version;
        let begun = standing.begun.as_ref();
        match judged(&action, version, running, standing.is_good, begun) {
            Verdict::Offer { failed_before } => {
                if !known.told {
                    known.told = true;
                    self.tells(
                        &action,
                        &Feedback::scheduled(scheduled(&known, failed_before)),
                    );
                }
                let offer = Offer {
                    version: known.release.version.clone(),
                    size: known.release.size,
                    notes: known.release.notes.clone(),
                    from: OfferedBy::Hawkbit {
                        action,
                        bundle: known.bundle.clone(),
                        held: known.held,
                    },
                    failed_before,
                };
                self.known = Some(known);
                Ok(Some(offer))
            }
            Verdict::Waits => {
                self.known = Some(known);
                Ok(None)
            }
            Verdict::Close(feedback) => {
                self.tells(&action, &feedback);
                Ok(None)
            }
        }
    }

    /// Before an offer is installed: that it is still wanted. Answers what RAUC reads it from.
    pub(super) fn begins(
        &mut self,
        offer: &Offer,
        action: &ActionId,
        bundle: &Address,
    ) -> Result<Relay, Failure> {
        let assignment = self.poll()?.assignment;
        if assignment.is_none_or(|assignment| assignment.action != *action) {
            self.known = None;
            return Err((
                format!("hawkBit does not want {} installed any more", offer.version),
                "Look for updates again.",
            ));
        }
        let at_hand = self.way()?.origin.clone();
        let site = match bundle.is_at(&at_hand) {
            true => self.site(&bundle.origin)?,
            // A store elsewhere that hawkBit refers to must not see the token.
            false => SiteConfig::without_key(&bundle.origin).map_err(setup)?,
        };
        let client = client(site, self.certificates.as_deref())?;
        let (path, size) = (bundle.path.clone(), offer.size);
        let fetch = move |part| {
            let fetched = client.part(&path, part, size);
            fetched.map_err(|error| error.to_string())
        };
        // What RAUC is told ends as a bundle's name does.
        let relay = Relay::start("bundle.raucb", size, Box::new(fetch)).map_err(|error| {
            (
                format!("The update cannot be begun: {error}"),
                "Start the box again, and then try it again.",
            )
        })?;
        self.tells(
            action,
            &Feedback::proceeding(format!("{} is being installed", offer.version)),
        );
        Ok(relay)
    }

    /// Tells what becomes of an assignment. The last word is kept until it arrives.
    pub(super) fn tells(&mut self, action: &ActionId, feedback: &Feedback) {
        let Ok(way) = self.way() else { return };
        let path = way.controller.deployment_feedback(action);
        let body = feedback.to_json(action);
        if let Err(error) = send(&way.client, Method::Post, &path, &body) {
            tracing::warn!("hawkBit did not hear of action {action}: {error}");
            if feedback.is_last() {
                self.unsent = Some((path, body));
            }
        }
        if feedback.is_last() {
            self.known = None;
        }
    }

    fn says_what_did_not_arrive(&mut self) -> Result<(), Failure> {
        let Some((path, body)) = self.unsent.take() else {
            return Ok(());
        };
        let sent = send(&self.way()?.client, Method::Post, &path, &body);
        sent.map_err(|error| {
            self.unsent = Some((path, body));
            not_reached(&error)
        })
    }

    fn poll(&mut self) -> Result<Poll, Failure> {
        let way = self.way()?;
        let path = way.controller.poll().to_owned();
        let body = self.asks(&path)?;
        let poll = Poll::read(&body).map_err(not_understood)?;
        self.sleep = poll.sleep;
        Ok(poll)
    }

    fn tells_attributes(&mut self, system: &System) -> Result<(), Failure> {
        let version = system.version.to_string();
        let own = self.till.attributes.iter();
        let all: Vec<_> = own
            .map(|(name, value)| (*name, value.as_str()))
            .chain([
                ("compatible", system.compatible.as_str()),
                ("version", version.as_str()),
            ])
            .collect();
        let body = attributes(&all);
        let way = self.way()?;
        let path = way.controller.attributes();
        send(&way.client, Method::Put, &path, &body).map_err(|error| not_reached(&error))
    }

    /// Gives an action up, unless it is installed already.
    fn cancels(&mut self, action: &ActionId, standing: &Standing<'_>) -> Result<(), Failure> {
        let way = self.way()?;
        let path = way.controller.cancel(action);
        let body = self.asks(&path)?;
        let stopped = cancelled(&body).map_err(not_understood)?;
        let is_installed = standing.begun.as_ref().is_some_and(|begun| {
            let outcome = begun.outcome(&standing.system.version);
            begun.action.as_deref() == Some(stopped.as_str())
                && matches!(outcome, Outcome::Waits | Outcome::Runs)
        });
        let feedback = if is_installed {
            Feedback::rejected("It is installed already")
        } else {
            self.known = None;
            Feedback::succeeded("It will not be installed")
        };
        let way = self.way()?;
        let path = way.controller.cancel_feedback(&stopped);
        let body = feedback.to_json(&stopped);
        send(&way.client, Method::Post, &path, &body).map_err(|error| not_reached(&error))
    }

    /// Asks again about an assignment that has changed: it has also where the server has noted what it
    /// was asked and told. Of that it keeps at most 1,000 lines an assignment, so what is known
    /// already is neither fetched nor told again.
    fn learns_again(&mut self, known: Known, assignment: Assignment) -> Result<Known, Failure> {
        let deployment = self.deployment(&assignment)?;
        let bundle = match deployment.bundle(&known.release) {
            Ok(bundle) => bundle.clone(),
            Err(error) => return Err(self.ends(&assignment.action, not_for_tills(&error))),
        };
        Ok(Known {
            assignment,
            bundle,
            held: deployment.held == Some(Held::UntilWindow),
            ..known
        })
    }

    fn deployment(&mut self, assignment: &Assignment) -> Result<Deployment, Failure> {
        let (action, version) = (&assignment.action, assignment.version.as_deref());
        let path = self.way()?.controller.deployment(action, version);
        let body = self.asks(&path)?;
        Deployment::read(&body, action).map_err(not_understood)
    }

    /// An assignment that no till of this kind can install ends, and the server hears why.
    fn ends(&mut self, action: &ActionId, (what, remedy): Failure) -> Failure {
        self.tells(action, &Feedback::failed(format!("{what}. {remedy}")));
        (what, remedy)
    }

    /// Asks what an assignment is.
    fn learns(&mut self, assignment: Assignment, system: &System) -> Result<Known, Failure> {
        let deployment = self.deployment(&assignment)?;
        match self.described(&deployment, system)? {
            Ok((release, bundle)) => Ok(Known {
                assignment,
                release,
                bundle,
                held: deployment.held == Some(Held::UntilWindow),
                told: false,
            }),
            Err(failure) => Err(self.ends(&assignment.action, failure)),
        }
    }

    /// What a deployment is. A failure to find out may be over with the next look.
    fn described(
        &mut self,
        deployment: &Deployment,
        system: &System,
    ) -> Result<Described, Failure> {
        let key = release_key(system)?;
        let files = match deployment.files() {
            Ok(files) => files,
            Err(error) => return Ok(Err(not_for_tills(&error))),
        };
        let description = self.file(files.description, LONGEST_RELEASE)?;
        let signature = self.file(files.signature, SIGNATURE_LENGTH)?;
        let release = match Release::read(&description, &signature, key) {
            Ok(release) => release,
            Err(error) => return Ok(Err((sentence(&error.to_string()), error.remedy()))),
        };
        if release.compatible != system.compatible {
            return Ok(Err((
                format!(
                    "The update is for {}, and this box is {}",
                    release.compatible, system.compatible
                ),
                "Assign it to tills whose attribute compatible is the same.",
            )));
        }
        Ok(match deployment.bundle(&release) {
            Ok(bundle) => Ok((release, bundle.clone())),
            Err(error) => Err(not_for_tills(&error)),
        })
    }

    fn file(&mut self, address: &Address, longest: usize) -> Result<Vec<u8>, Failure> {
        let way = self.way()?;
        let file = if address.is_at(&way.origin) {
            way.client.file(&address.path, longest as u64)
        } else {
            let site = SiteConfig::without_key(&address.origin).map_err(setup)?;
            let client = client(site, self.certificates.as_deref())?;
            client.file(&address.path, longest as u64)
        };
        file.map_err(|error| not_reached(&error.to_string()))
    }

    /// Asks for something that must be there.
    fn asks(&mut self, path: &str) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let way = self.way()?;
        let asked = way
            .client
            .ask(Method::Get, path, None, LONGEST_ANSWER as u64);
        let Answer { status, body } = asked.map_err(|error| unreachable(&error))?;
        let (url, target) = (&self.till.config.url, &self.till.target);
        match status {
            200..=299 => Ok(body),
            401 | 403 => Err((
                format!("hawkBit at {url} does not take this till's token for target {target}"),
                "Give the target the token that the till has, or the till another: token_file in [updates.hawkbit] of till.toml.",
            )),
            404 => Err((
                format!(
                    "hawkBit at {url} knows no target {target} in tenant {}",
                    self.till.config.tenant()
                ),
                "Create the target in hawkBit, or correct [updates.hawkbit] in till.toml.",
            )),
            status => Err((
                format!("hawkBit at {url} does not answer as it should (HTTP {status})"),
                "Whoever looks after hawkBit finds more in its log. It is asked again.",
            )),
        }
    }

    fn way(&mut self) -> Result<&Way, Failure> {
        if self.way.is_none() {
            let config = &self.till.config;
            let place = Place::at(&config.url).map_err(|problem| (problem, CORRECT))?;
            let client = client(self.site(&place.origin)?, self.certificates.as_deref())?;
            let controller = Controller::new(&place.path, config.tenant(), &self.till.target);
            self.way = Some(Way {
                origin: place.origin,
                controller,
                client,
            });
        }
        // It was made just now.
        self.way.as_ref().ok_or((String::new(), CORRECT))
    }

    /// A server that may see the token.
    fn site(&self, origin: &str) -> Result<SiteConfig, Failure> {
        let token = self.till.token.as_ref().ok_or((
            "This till has no token for hawkBit".to_owned(),
            "Put the token into a file in its data folder and name that in till.toml: token_file in [updates.hawkbit].",
        ))?;
        SiteConfig::with_token(origin, self.till.config.scheme(), token).map_err(setup)
    }
}

/// Tells something. An action that has ended meanwhile (404, 410) wants to hear nothing more.
fn send(client: &Client, method: Method, path: &str, body: &Value) -> Result<(), String> {
    let sent = client.ask(method, path, Some(body), LONGEST_ANSWER as u64);
    match sent.map_err(|error| error.to_string())?.status {
        200..=299 | 404 | 410 => Ok(()),
        status => Err(format!("it answers HTTP {status}")),
    }
}

fn scheduled(known: &Known, failed_before: bool) -> String {
    let version = &known.release.version;
    if failed_before {
        format!("The box went back from {version} before; it waits for a manager at the till")
    } else {
        format!(
            "{version} waits until no shift is open, and for a manager or the hours of the till"
        )
    }
}

fn setup(error: erpnext::https::SiteError) -> Failure {
    (sentence(&error.to_string()), CORRECT)
}

fn not_understood(error: NotUnderstood) -> Failure {
    (sentence(&error.to_string()), error.remedy())
}

fn not_for_tills(error: &NotForTills) -> Failure {
    (sentence(&error.to_string()), error.remedy())
}

fn unreachable(error: &TransportError) -> Failure {
    not_reached(&error.to_string())
}

fn not_reached(error: &str) -> Failure {
    (format!("hawkBit cannot be asked: {error}"), NETWORK)
}
