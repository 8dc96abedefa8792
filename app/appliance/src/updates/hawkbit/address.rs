//! Where an artifact lies.

/// The longest address that is taken, in bytes.
const LONGEST: usize = 2000;

/// An address behind TLS, in two parts. What follows the host may be a secret, as it is with stores
/// that sign their addresses: [`std::fmt::Debug`] does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// `https://host[:port]`.
    pub origin: String,
    /// From the host on, with what follows a question mark.
    pub path: String,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Address({}/…)", self.origin)
    }
}

impl Address {
    /// Reads one. `None` when it is none, or not behind TLS.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let rest = text.strip_prefix("https://")?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (host, path) = rest.split_at(end);
        let of_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
        let of_path = |byte: u8| byte.is_ascii_graphic() && !b"#\\\"<>^`{|}".contains(&byte);
        let is_one = !host.is_empty()
            && path.starts_with('/')
            && text.len() <= LONGEST
            && host.bytes().all(of_host)
            && path.bytes().all(of_path);
        is_one.then(|| Self {
            origin: format!("https://{host}"),
            path: path.to_owned(),
        })
    }

    /// Whether it is the same server as this one, `https://host[:port]`: only that one may see the
    /// till's token.
    #[must_use]
    pub fn is_at(&self, origin: &str) -> bool {
        let plain = |origin: &str| {
            let origin = origin.trim_end_matches('/').to_ascii_lowercase();
            match origin.strip_suffix(":443") {
                Some(without) => without.to_owned(),
                None => origin,
            }
        };
        plain(&self.origin) == plain(origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_artifact_lies_behind_tls_and_only_its_server_is_the_same() {
        let text = "https://fleet.example.com/DEFAULT/controller/v1/C1/softwaremodules/4/artifacts/a.raucb?x=1";
        let address = Address::from_text(text).unwrap();
        assert_eq!(format!("{}{}", address.origin, address.path), text);
        assert!(address.is_at("https://Fleet.example.com:443/"));
        for other in [
            "https://fleet.example.com:8443",
            "http://fleet.example.com",
            "https://fleet.example.com.evil.example",
            "https://example.com",
        ] {
            assert!(!address.is_at(other), "{other}");
        }
        let shown = Address::from_text("https://a.example/x?signature=topsecret").unwrap();
        assert!(!format!("{shown:?}").contains("topsecret"));
        for wrong in [
            "",
            "http://fleet.example.com/a",
            "https://",
            "https:///a",
            "https://fleet.example.com",
            "https://user@fleet.example.com/a",
            "https://fleet.example.com/a b",
            "https://fleet.example.com/a#b",
            "https://fleet.example.com/a\r\nHost: b",
            &format!("https://a.example/{}", "x".repeat(LONGEST)),
        ] {
            assert_eq!(Address::from_text(wrong), None, "{wrong}");
        }
    }
}
