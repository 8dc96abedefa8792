//! What is to be done about an assignment.

use semver::Version;

use super::{ActionId, Feedback};
use crate::updates::{Begun, Outcome};

/// What is to be done about an assignment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It can be installed. `failed_before`: the box went back from this version before.
    Offer {
        /// The box went back from this version.
        failed_before: bool,
    },
    /// It is installed, and has not sold yet.
    Waits,
    /// There is nothing to do any more, and the server is told why.
    Close(Feedback),
}

/// Judges the assignment of a version to a till. `running` is the version that runs, `is_good`
/// whether RAUC has it as good: it has sold. Asked again, it says the same, so that an answer that
/// got lost, also across starts, is given again.
#[must_use]
pub fn judged(
    action: &ActionId,
    version: &Version,
    running: &Version,
    is_good: bool,
    begun: Option<&Begun>,
) -> Verdict {
    if version == running {
        return if is_good {
            Verdict::Close(Feedback::succeeded(format!(
                "{version} runs, and is marked good"
            )))
        } else {
            Verdict::Waits
        };
    }
    if version < running {
        return Verdict::Close(Feedback::failed(format!(
            "{version} is older than {running}, which runs: nothing older is installed"
        )));
    }
    let begun = begun.filter(|begun| begun.to == *version);
    match begun.map(|begun| (begun, begun.outcome(running))) {
        Some((_, Outcome::Waits)) => Verdict::Waits,
        Some((begun, Outcome::WentBack)) => {
            if begun.action.as_deref() == Some(action.as_str()) {
                Verdict::Close(Feedback::failed(format!(
                    "{version} was installed and did not get as far as a till that sells; the box \
                     went back to {running} by itself"
                )))
            } else {
                Verdict::Offer {
                    failed_before: true,
                }
            }
        }
        _ => Verdict::Offer {
            failed_before: false,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_a_version_ends_its_action_and_no_other() {
        let action = |text: &str| ActionId::from_text(text).unwrap();
        let (old, new) = (Version::new(0, 1, 0), Version::new(0, 2, 0));
        let begun = Begun::new(old.clone(), new.clone())
            .for_action("5")
            .installed();
        let went_back = serde_json::to_value(&begun).unwrap();
        let mut went_back = went_back;
        went_back["boot"] = "another start".into();
        let went_back: Begun = serde_json::from_value(went_back).unwrap();
        let of = |id: &str, running: &Version, good, begun: Option<&Begun>| {
            judged(&action(id), &new, running, good, begun)
        };
        let offer = |failed_before| Verdict::Offer { failed_before };
        assert_eq!(of("5", &old, true, None), offer(false));
        // Cut off while it was written.
        let cut_off = Begun::new(old.clone(), new.clone()).for_action("5");
        assert_eq!(of("5", &old, true, Some(&cut_off)), offer(false));
        assert_eq!(of("5", &old, true, Some(&begun)), Verdict::Waits);
        assert_eq!(of("5", &new, false, Some(&begun)), Verdict::Waits);
        let closed = |verdict| match verdict {
            Verdict::Close(feedback) => {
                feedback.to_json(&action("5"))["status"]["result"]["finished"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            }
            other => panic!("{other:?}"),
        };
        assert_eq!(closed(of("5", &new, true, None)), "success");
        assert_eq!(closed(of("5", &old, true, Some(&went_back))), "failure");
        // Assigned once more, it is for a manager to try.
        assert_eq!(of("6", &old, true, Some(&went_back)), offer(true));
        let newer = Version::new(0, 3, 0);
        assert_eq!(closed(of("5", &newer, true, Some(&begun))), "failure");
    }
}
