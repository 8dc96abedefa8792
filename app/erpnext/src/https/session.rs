//! Who a client is to its site: the holder of a key, or somebody who signed in.

use bytes::Bytes;
use ureq::http::{self, HeaderValue};
use zeroize::Zeroizing;

use super::{Client, Secret, SiteConfig, SiteError, failure};
use crate::request::{Reply, TransportError};

/// The longest session id that is taken; ERPNext's have 20 to 60 characters.
const LONGEST_SESSION: usize = 256;

/// What a request says of its sender.
pub(super) enum Identity {
    /// Nothing.
    Guest,
    /// The value of `Authorization`.
    Key(HeaderValue),
    /// The value of `Cookie`.
    Session(HeaderValue),
}

impl Identity {
    pub(super) fn of(config: &SiteConfig) -> Result<Self, SiteError> {
        if let Some(authorization) = &config.authorization {
            let value = Zeroizing::new(authorization.expose().to_owned());
            return wiped_header(value).map(Self::Key).ok_or(SiteError::Token);
        }
        if config.key.is_empty() {
            return Ok(Self::Guest);
        }
        let parts: [&str; 4] = ["token ", &config.key, ":", config.secret.expose()];
        // Room from the start: a text that grows leaves copies behind.
        let room = parts.iter().map(|part| part.len()).sum();
        let mut value = Zeroizing::new(String::with_capacity(room));
        parts.iter().for_each(|part| value.push_str(part));
        wiped_header(value).map(Self::Key).ok_or(SiteError::Key)
    }

    pub(super) fn header(&self) -> Option<(&'static str, &HeaderValue)> {
        match self {
            Self::Guest => None,
            Self::Key(value) => Some(("authorization", value)),
            Self::Session(value) => Some(("cookie", value)),
        }
    }
}

/// The value of a header that is no copy of its text but shares it, however often it is cloned, and
/// is wiped with the last of them. `None` for what cannot be in a header.
fn wiped_header(text: Zeroizing<String>) -> Option<HeaderValue> {
    let shared = Bytes::from_owner(text);
    let mut value = HeaderValue::from_maybe_shared(shared).ok()?;
    // Whoever logs a request must not log this.
    value.set_sensitive(true);
    Some(value)
}

/// A text as JSON.
fn quoted(text: &str) -> Result<Zeroizing<Vec<u8>>, TransportError> {
    // Room for a text of nothing but control characters: a vector that grows leaves copies behind.
    let mut json = Zeroizing::new(Vec::with_capacity(6 * text.len() + 2));
    serde_json::to_writer(&mut *json, text)
        .map_err(|error| TransportError::Request(error.to_string()))?;
    Ok(json)
}

impl Client {
    /// Signs in. Where ERPNext begins a session with its answer, all that this client sends from
    /// then on belongs to it; the client keeps nothing but the id of the session, in memory. Where
    /// it begins none (a second factor is asked for), the answer says why.
    pub(crate) fn sign_in(
        &mut self,
        user: &str,
        password: &Secret,
    ) -> Result<Reply, TransportError> {
        // Put together by hand, so that no value of JSON keeps the password.
        let (user, password) = (quoted(user)?, quoted(password.expose())?);
        let parts: [&[u8]; 5] = [b"{\"usr\":", &user, b",\"pwd\":", &password, b"}"];
        let room = parts.iter().map(|part| part.len()).sum();
        let mut body = Zeroizing::new(Vec::with_capacity(room));
        parts.iter().for_each(|part| body.extend_from_slice(part));
        let body =
            str::from_utf8(&body).map_err(|error| TransportError::Request(error.to_string()))?;
        let answer = self
            .run("POST", "/api/method/login", Some(body))
            .map_err(|error| failure::of(&self.config.host(), error))?;
        let session = session_of(answer.headers());
        let reply = self.read(answer)?;
        if let Some(session) = session {
            self.identity = Identity::Session(session);
        }
        Ok(reply)
    }

    /// Forgets the session.
    pub(crate) fn forget_session(&mut self) {
        // Its key was good when the client was made.
        self.identity = Identity::of(&self.config).unwrap_or(Identity::Guest);
    }
}

/// The cookie `sid`, unless it is that of everybody who did not sign in.
fn session_of(headers: &http::HeaderMap) -> Option<HeaderValue> {
    headers.get_all("set-cookie").iter().find_map(|value| {
        let pair = value.to_str().ok()?.split(';').next()?.trim();
        let id = pair.strip_prefix("sid=")?;
        let is_one = !matches!(id, "" | "Guest")
            && id.len() <= LONGEST_SESSION
            && id.bytes().all(|byte| byte.is_ascii_graphic());
        wiped_header(Zeroizing::new(pair.to_owned())).filter(|_| is_one)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn only_the_cookie_of_somebody_who_signed_in_is_a_session() {
        let session = |cookies: &[&str]| {
            let mut headers = http::HeaderMap::new();
            for cookie in cookies {
                headers.append("set-cookie", cookie.parse().unwrap());
            }
            let session = session_of(&headers)?;
            Some(session.to_str().unwrap().to_owned())
        };
        let ours = ["system_user=yes; Path=/", "sid=0a1b; HttpOnly; Path=/"];
        assert_eq!(session(&ours).as_deref(), Some("sid=0a1b"));
        for nobody in ["sid=Guest; Path=/", "sid=; Path=/", "sid=a b", "asid=1", ""] {
            assert_eq!(session(&[nobody]), None, "{nobody:?}");
        }
        assert_eq!(session(&[&format!("sid={}", "x".repeat(300))]), None);
    }

    #[test]
    fn a_header_shares_the_text_that_is_wiped_and_does_not_show_it() {
        let text = Zeroizing::new("token key:topsecret".to_owned());
        let place = text.as_ptr();
        let value = wiped_header(text).unwrap();
        for value in [value.clone(), value] {
            assert_eq!(value.as_bytes().as_ptr(), place, "a copy of the secret");
            assert!(!format!("{value:?}").contains("topsecret"));
        }
        assert!(wiped_header(Zeroizing::new("a\nb".to_owned())).is_none());
    }

    #[test]
    fn any_password_is_sent_as_it_is() {
        for password in ["", "a\"b\\c", "\u{1}\n\u{1f9fe}", &"\u{2}".repeat(200)] {
            let json = quoted(password).unwrap();
            assert_eq!(json.capacity(), 6 * password.len() + 2, "it grew");
            assert_eq!(serde_json::from_slice::<String>(&json).unwrap(), password);
        }
    }
}
