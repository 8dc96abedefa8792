//! What an error in answer to a request means for the rest of the cycle.

use std::time::Duration;

use super::recipe::recipe;
use super::{Doing, Interrupted, Pull, PullChange, unexpected};
use crate::problem::Problem;
use crate::request::TransportError;

impl Pull {
    pub(super) fn on_error(&mut self, error: &TransportError, changes: &mut Vec<PullChange>) {
        let refused = match (Problem::of_site(error), error) {
            (None, TransportError::Refused(refused)) => refused,
            (Some(problem), TransportError::Refused(refused)) => {
                return self.fail(problem, refused.retry_after, changes);
            }
            (Some(problem), _) => return self.fail(problem, None, changes),
            (None, _) => {
                return self.fail(unexpected("the site", error.to_string()), None, changes);
            }
        };
        let about = |doctype: &str| match refused.status {
            403 => Problem::Forbidden {
                action: "read",
                doctype: doctype.to_owned(),
                message: refused.message.clone(),
            },
            _ => unexpected(doctype, refused.to_string()),
        };
        match &mut self.doing {
            None => {}
            Some(Doing::Settings(settings)) => match refused.status {
                // What the till's user may not read keeps its default.
                403 | 404 => settings.skip(changes),
                // What the site cannot tell now keeps what it was.
                _ => {
                    let problem = about(settings.reading());
                    self.fail(problem, refused.retry_after, changes);
                }
            },
            Some(Doing::Profile) => {
                let problem = match refused.status {
                    404 => Problem::ProfileMissing(self.config.pos_profile.clone()),
                    _ => about("POS Profile"),
                };
                self.fail(problem, None, changes);
            }
            Some(Doing::Company(_)) => {
                changes.push(PullChange::Problem(about("Company")));
                self.doing = None;
            }
            Some(Doing::Feed(feed)) => {
                if refused.status == 404 && feed.on_missing_document(changes) {
                    return;
                }
                let recipe = recipe(feed.doctype);
                let bearable = match refused.status {
                    403 => recipe.optional,
                    // No such doctype, or no such fields.
                    404 | 417 => recipe.prepared,
                    _ => false,
                };
                if !bearable {
                    changes.push(PullChange::Problem(about(feed.doctype.name())));
                }
                let doctype = feed.doctype;
                self.doing = None;
                // What cannot be listed cannot be compared.
                self.do_not_compare(doctype);
            }
            // Reported when the customers themselves are read.
            Some(Doing::PriceLists) => self.leave_price_lists(),
            Some(Doing::Names(names)) => {
                changes.push(PullChange::Problem(about(names.doctype.name())));
                self.doing = None;
            }
        }
    }

    /// Ends the cycle early; [`Pull::begin`] goes on with it.
    pub(super) fn fail(
        &mut self,
        problem: Problem,
        wait: Option<Duration>,
        changes: &mut Vec<PullChange>,
    ) {
        self.failures = self.failures.saturating_add(1);
        let tasks = std::mem::take(&mut self.tasks);
        self.interrupted = self
            .doing
            .take()
            .zip(self.cycle.take())
            .map(|(doing, reconcile)| Interrupted {
                reconcile,
                tasks,
                doing,
            });
        changes.push(PullChange::Failed {
            problem,
            retry_after: wait,
        });
    }
}
