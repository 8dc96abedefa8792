//! A target of hawkBit's, which is a till, and the places where it asks and tells.

use std::fmt;

/// The longest name of a tenant or target.
const LONGEST_NAME: usize = 128;
/// The longest number of an action.
const LONGEST_ACTION: usize = 32;

/// Whether this can name a tenant or a target in an address as it is: letters, digits, `-`, `_`, `.`,
/// `~` and `@`.
#[must_use]
pub fn is_name(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~@".contains(&byte);
    (1..=LONGEST_NAME).contains(&text.len())
        && text.bytes().all(plain)
        && !text.bytes().all(|byte| byte == b'.')
}

/// What hawkBit calls one assignment of a version to one till.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ActionId(String);

impl ActionId {
    /// Reads one. `None` when it is none: it becomes a part of an address.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let plain = text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        (plain && (1..=LONGEST_ACTION).contains(&text.len())).then(|| Self(text.to_owned()))
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ActionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The paths of one target, from the host on. They are put together here and not taken from the
/// links of an answer, so that no answer sends the till, and its token, elsewhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Controller(String);

impl Controller {
    /// `below` is the path that hawkBit has at its host, usually none.
    #[must_use]
    pub fn new(below: &str, tenant: &str, target: &str) -> Self {
        let below = below.trim_end_matches('/');
        Self(format!("{below}/{tenant}/controller/v1/{target}"))
    }

    /// Where it is asked whether there is something to do.
    #[must_use]
    pub fn poll(&self) -> &str {
        &self.0
    }

    /// Where attributes of the till are told.
    #[must_use]
    pub fn attributes(&self) -> String {
        format!("{}/configData", self.0)
    }

    /// What is to be installed; `version` is what the server adds where it says that there is
    /// something, so that nothing in between gives an older answer.
    #[must_use]
    pub fn deployment(&self, action: &ActionId, version: Option<&str>) -> String {
        let version = version.map_or_else(String::new, |version| format!("?c={version}"));
        format!("{}/deploymentBase/{action}{version}", self.0)
    }

    /// Where it is told what becomes of that.
    #[must_use]
    pub fn deployment_feedback(&self, action: &ActionId) -> String {
        format!("{}/deploymentBase/{action}/feedback", self.0)
    }

    /// What is not to be installed any more.
    #[must_use]
    pub fn cancel(&self, action: &ActionId) -> String {
        format!("{}/cancelAction/{action}", self.0)
    }

    /// Where it is told what becomes of that.
    #[must_use]
    pub fn cancel_feedback(&self, action: &ActionId) -> String {
        format!("{}/cancelAction/{action}/feedback", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_leads_elsewhere_is_a_name() {
        for name in ["DEFAULT", "C1", "C1@shop.example.com", "a.b-c_d~"] {
            assert!(is_name(name), "{name}");
        }
        for wrong in [
            "",
            ".",
            "..",
            "a/b",
            "a b",
            "a?b",
            "a%2fb",
            "é",
            &"x".repeat(129),
        ] {
            assert!(!is_name(wrong), "{wrong}");
            assert_eq!(ActionId::from_text(wrong), None, "{wrong}");
        }
    }
}
