//! What hawkBit is told.

use serde_json::{Map, Value, json};

use super::ActionId;

/// The most of a message, in letters: hawkBit keeps 512.
const LONGEST_MESSAGE: usize = 500;

/// What becomes of an action, in hawkBit's words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Feedback {
    execution: &'static str,
    finished: &'static str,
    message: String,
}

impl Feedback {
    /// It will be done when it suits the shop.
    #[must_use]
    pub fn scheduled(message: impl Into<String>) -> Self {
        Self::new("scheduled", "none", message)
    }

    /// It is being done.
    #[must_use]
    pub fn proceeding(message: impl Into<String>) -> Self {
        Self::new("proceeding", "none", message)
    }

    /// It was done; the action ends.
    #[must_use]
    pub fn succeeded(message: impl Into<String>) -> Self {
        Self::new("closed", "success", message)
    }

    /// It will not be done; the action ends.
    #[must_use]
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new("closed", "failure", message)
    }

    /// To a cancellation: it is too late, and the action goes on.
    #[must_use]
    pub fn rejected(message: impl Into<String>) -> Self {
        Self::new("rejected", "failure", message)
    }

    fn new(execution: &'static str, finished: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            execution,
            finished,
            message: message.chars().take(LONGEST_MESSAGE).collect(),
        }
    }

    /// The action ends with it, so it must arrive.
    #[must_use]
    pub fn is_last(&self) -> bool {
        self.execution == "closed"
    }

    /// The body of the request. Servers before version 0.4 want the action's number in it, too.
    #[must_use]
    pub fn to_json(&self, action: &ActionId) -> Value {
        json!({
            "id": action.as_str(),
            "status": {
                "execution": self.execution,
                "result": { "finished": self.finished },
                "details": [self.message],
            },
        })
    }
}

/// The body that tells attributes of a till, by which hawkBit's filters choose tills.
#[must_use]
pub fn attributes(attributes: &[(&str, &str)]) -> Value {
    let data: Map<String, Value> = attributes
        .iter()
        .map(|(name, value)| ((*name).to_owned(), Value::from(*value)))
        .collect();
    json!({ "mode": "merge", "data": data })
}
