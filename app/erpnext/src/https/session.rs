//! Who a client is to its site: the holder of a key, or somebody who signed in.

use ureq::http;
use zeroize::Zeroizing;

use super::{Client, Secret, SiteConfig, failure};
use crate::request::{Reply, TransportError};

/// The longest session id that is taken; ERPNext's have 20 to 60 characters.
const LONGEST_SESSION: usize = 256;

/// What a request says of its sender.
pub(super) enum Identity {
    /// Nothing.
    Guest,
    /// The value of `Authorization`.
    Key(Zeroizing<String>),
    /// The value of `Cookie`.
    Session(Zeroizing<String>),
}

impl Identity {
    pub(super) fn of(config: &SiteConfig) -> Self {
        if config.key.is_empty() {
            return Self::Guest;
        }
        let value = format!("token {}:{}", config.key, config.secret.expose());
        Self::Key(Zeroizing::new(value))
    }

    pub(super) fn header(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::Guest => None,
            Self::Key(value) => Some(("authorization", value)),
            Self::Session(value) => Some(("cookie", value)),
        }
    }
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
        let text = |text: &str| -> Result<Zeroizing<String>, TransportError> {
            let text = serde_json::to_string(text);
            let text = text.map_err(|error| TransportError::Request(error.to_string()))?;
            Ok(Zeroizing::new(text))
        };
        let (user, password) = (text(user)?, text(password.expose())?);
        let body = Zeroizing::new(format!(r#"{{"usr":{},"pwd":{}}}"#, *user, *password));
        let answer = self
            .run("POST", "/api/method/login", Some(&body))
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
        self.identity = Identity::of(&self.config);
    }
}

/// The cookie `sid`, unless it is that of everybody who did not sign in.
fn session_of(headers: &http::HeaderMap) -> Option<Zeroizing<String>> {
    headers.get_all("set-cookie").iter().find_map(|value| {
        let pair = value.to_str().ok()?.split(';').next()?.trim();
        let id = pair.strip_prefix("sid=")?;
        let is_one = !matches!(id, "" | "Guest")
            && id.len() <= LONGEST_SESSION
            && id.bytes().all(|byte| byte.is_ascii_graphic());
        is_one.then(|| Zeroizing::new(pair.to_owned()))
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
            session_of(&headers).map(|session| session.to_string())
        };
        let ours = ["system_user=yes; Path=/", "sid=0a1b; HttpOnly; Path=/"];
        assert_eq!(session(&ours).as_deref(), Some("sid=0a1b"));
        for nobody in ["sid=Guest; Path=/", "sid=; Path=/", "sid=a b", "asid=1", ""] {
            assert_eq!(session(&[nobody]), None, "{nobody:?}");
        }
        assert_eq!(session(&[&format!("sid={}", "x".repeat(300))]), None);
    }
}
