//! How ERPNext says no.

use std::time::Duration;

use serde_json::Value;
use thiserror::Error;

/// ERPNext's no: nothing was changed.
#[derive(Clone, PartialEq, Eq, Debug, Default, Error)]
#[error("{}", self.sentence())]
pub struct Refused {
    /// The HTTP status.
    pub status: u16,
    /// The class of the exception, what to decide by; empty when there is none.
    pub exc_type: String,
    /// The heading of the message, in the site's language.
    pub title: String,
    /// The message without HTML, in the site's language; empty when there is none.
    pub message: String,
    /// How long the site asks to wait.
    pub retry_after: Option<Duration>,
}

impl Refused {
    /// Reads the body of an answer that is not a success.
    pub fn read(status: u16, body: &Value, retry_after: Option<Duration>) -> Self {
        let text = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default();
        let (title, mut message) = server_messages(text("_server_messages"));
        if message.is_empty() {
            let exception = text("exception");
            let own = exception
                .split_once(": ")
                .map_or("", |(_, message)| message);
            let other = [text("_error_message"), text("message"), own];
            message = other
                .into_iter()
                .map(plain)
                .find(|m| !m.is_empty())
                .unwrap_or_default();
        }
        Self {
            status,
            exc_type: text("exc_type").to_owned(),
            title,
            message,
            retry_after,
        }
    }

    fn sentence(&self) -> String {
        match (self.message.as_str(), self.exc_type.as_str()) {
            ("", "") => format!("ERPNext answered HTTP {}", self.status),
            ("", exc_type) => format!("ERPNext answered {exc_type} (HTTP {})", self.status),
            (message, _) => format!("ERPNext answered: {message}"),
        }
    }
}

/// The last message is the one that was raised; those before it are notes.
fn server_messages(text: &str) -> (String, String) {
    let list: Vec<String> = serde_json::from_str(text).unwrap_or_default();
    let Some(last) = list.last() else {
        return (String::new(), String::new());
    };
    let Ok(message) = serde_json::from_str::<Value>(last) else {
        return (String::new(), plain(last));
    };
    let title = message
        .get("title")
        .and_then(Value::as_str)
        .map(plain)
        .unwrap_or_default();
    let body = match message.get("message") {
        Some(Value::String(body)) => plain(body),
        // Some checks collect what is wrong with several rows.
        Some(Value::Array(rows)) => {
            let rows = rows.iter().filter_map(Value::as_str).map(plain);
            rows.collect::<Vec<_>>().join(" ")
        }
        _ => String::new(),
    };
    (title, body)
}

/// The text of a piece of HTML: no tags, entities resolved, single spaces, at most 500 characters.
pub(crate) fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (before, tag) = rest.split_at(start);
        text.push_str(before);
        let is_tag = tag[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        match tag.find('>') {
            Some(end) if is_tag => {
                let inline = [
                    "<b>", "</b>", "<strong", "</strong", "<a ", "</a>", "<i>", "</i>",
                ];
                if !inline.iter().any(|name| tag.starts_with(name)) {
                    text.push(' ');
                }
                rest = &tag[end + 1..];
            }
            _ => {
                text.push('<');
                rest = &tag[1..];
            }
        }
    }
    text.push_str(rest);
    for (entity, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ] {
        text = text.replace(entity, character);
    }
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    words.chars().take(500).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn refusals_read_as_plain_sentences() {
        let body = json!({
            "exc_type": "ValidationError",
            "_server_messages": "[\"{\\\"message\\\": \\\"a note\\\"}\", \"{\\\"message\\\": \\\"Row #1: <strong>OOS-001</strong> is &lt;out&gt;<br>5 < 6\\\", \\\"title\\\": \\\"Item Unavailable\\\"}\"]",
        });
        let refused = Refused::read(417, &body, None);
        assert_eq!(refused.message, "Row #1: OOS-001 is <out> 5 < 6");
        assert_eq!(refused.title, "Item Unavailable");
        let listed =
            json!({"_server_messages": "[\"{\\\"message\\\": [\\\"one\\\", \\\"two\\\"]}\"]"});
        assert_eq!(Refused::read(417, &listed, None).message, "one two");
        for strange in [
            json!(null),
            json!([1]),
            json!({"_server_messages": 3, "exception": "x"}),
        ] {
            assert_eq!(
                Refused::read(500, &strange, None).to_string(),
                "ERPNext answered HTTP 500"
            );
        }
    }
}
