//! What hawkBit answers when it is asked whether there is something to do.

use std::time::Duration;

use serde::Deserialize;

use super::{ActionId, NotUnderstood, read};

/// Whatever a server says, it is asked at most so often...
const SHORTEST_SLEEP: Duration = Duration::from_secs(30);
/// ... and at least so often.
const LONGEST_SLEEP: Duration = Duration::from_secs(24 * 3600);

/// Something that is to be installed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Assignment {
    /// Which action.
    pub action: ActionId,
    /// What changes when the server changes its mind about it.
    pub version: Option<String>,
}

/// What a poll is answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Poll {
    /// When to ask again; `None` when it does not say.
    pub sleep: Option<Duration>,
    /// What is to be installed.
    pub assignment: Option<Assignment>,
    /// What is not to be installed any more.
    pub cancel: Option<ActionId>,
    /// Somebody has to confirm in hawkBit first.
    pub awaits_confirmation: bool,
    /// It wants to know the till's attributes.
    pub wants_attributes: bool,
}

#[derive(Deserialize)]
struct Answer {
    config: Option<Config>,
    #[serde(rename = "_links")]
    links: Option<Links>,
}

#[derive(Deserialize)]
struct Config {
    polling: Option<Polling>,
}

#[derive(Deserialize)]
struct Polling {
    sleep: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Links {
    deployment_base: Option<Link>,
    cancel_action: Option<Link>,
    confirmation_base: Option<Link>,
    config_data: Option<Link>,
}

#[derive(Deserialize)]
struct Link {
    href: String,
}

impl Poll {
    /// Reads the answer.
    ///
    /// # Errors
    /// [`NotUnderstood`].
    pub fn read(bytes: &[u8]) -> Result<Self, NotUnderstood> {
        let answer: Answer = read(bytes)?;
        let links = answer.links.unwrap_or_default();
        let sleep = answer.config.and_then(|config| config.polling?.sleep);
        let sleep = sleep.and_then(|text| time(&text));
        Ok(Self {
            sleep: sleep.map(|sleep| sleep.clamp(SHORTEST_SLEEP, LONGEST_SLEEP)),
            assignment: links
                .deployment_base
                .map(|link| link.assignment())
                .transpose()?,
            cancel: links
                .cancel_action
                .map(|link| link.assignment().map(|cancel| cancel.action))
                .transpose()?,
            awaits_confirmation: links.confirmation_base.is_some(),
            wants_attributes: links.config_data.is_some(),
        })
    }
}

impl Link {
    /// Which action it leads to: the last word of its path. Its host is not looked at.
    fn assignment(&self) -> Result<Assignment, NotUnderstood> {
        let (path, query) = self.href.split_once('?').unwrap_or((&self.href, ""));
        let action = path.rsplit('/').next().and_then(ActionId::from_text);
        let action = action
            .ok_or_else(|| NotUnderstood::because(format!("{:?} leads to no action", self.href)))?;
        let version = query.split('&').find_map(|part| part.strip_prefix("c="));
        let version = version.filter(|version| ActionId::from_text(version).is_some());
        Ok(Assignment {
            action,
            version: version.map(str::to_owned),
        })
    }
}

/// `HH:MM:SS`.
fn time(text: &str) -> Option<Duration> {
    let mut parts = text.split(':').map(|part| part.parse::<u32>().ok());
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    let whole = parts.next().is_none() && hours < 1000 && minutes < 60 && seconds < 60;
    whole.then(|| {
        Duration::from_secs((u64::from(hours) * 60 + u64::from(minutes)) * 60 + u64::from(seconds))
    })
}

/// Which action is to be given up, as hawkBit answers where a poll names one.
///
/// # Errors
/// [`NotUnderstood`].
pub fn cancelled(bytes: &[u8]) -> Result<ActionId, NotUnderstood> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Cancel {
        cancel_action: Stop,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Stop {
        stop_id: String,
    }
    let cancel: Cancel = read(bytes)?;
    let stop = cancel.cancel_action.stop_id;
    ActionId::from_text(&stop)
        .ok_or_else(|| NotUnderstood::because(format!("{stop:?} is no action")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_poll_says_what_is_to_be_done_and_when_to_ask_again() {
        let poll = Poll::read(
            br#"{"config":{"polling":{"sleep":"00:05:00"}},"_links":{
                "deploymentBase":{"href":"https://anywhere.example/DEFAULT/controller/v1/C1/deploymentBase/5?c=-2127183556"},
                "installedBase":{"href":"https://x/4"},
                "configData":{"href":"https://x/configData"}}}"#,
        )
        .unwrap();
        assert_eq!(poll.sleep, Some(Duration::from_secs(300)));
        let assignment = poll.assignment.unwrap();
        assert_eq!(assignment.action.as_str(), "5");
        assert_eq!(assignment.version.as_deref(), Some("-2127183556"));
        assert!(poll.wants_attributes && !poll.awaits_confirmation && poll.cancel.is_none());
        let nothing = Poll::read(b"{}").unwrap();
        assert!(nothing.assignment.is_none() && nothing.sleep.is_none());
    }

    #[test]
    fn no_server_has_a_till_ask_all_the_time_or_never_again() {
        let sleep = |text: &str| {
            let answer = format!(r#"{{"config":{{"polling":{{"sleep":"{text}"}}}}}}"#);
            Poll::read(answer.as_bytes()).unwrap().sleep
        };
        assert_eq!(sleep("00:00:00"), Some(SHORTEST_SLEEP));
        assert_eq!(sleep("999:00:00"), Some(LONGEST_SLEEP));
        for strange in ["", "5", "00:05", "00:60:00", "00:05:00:00", "-1:00:00"] {
            assert_eq!(sleep(strange), None, "{strange}");
        }
    }

    #[test]
    fn a_link_that_leads_to_no_action_is_not_followed() {
        for href in [
            "",
            "https://x/",
            "https://x/..",
            "https://x/a%2f..%2fb",
            "https://x/a b",
        ] {
            let answer = serde_json::json!({"_links": {"deploymentBase": {"href": href}}});
            assert!(Poll::read(answer.to_string().as_bytes()).is_err(), "{href}");
        }
        let stop = cancelled(br#"{"id":"11","cancelAction":{"stopId":"11"}}"#).unwrap();
        assert_eq!(stop.as_str(), "11");
        assert!(cancelled(br#"{"cancelAction":{"stopId":"../11"}}"#).is_err());
    }
}
