//! A folder on the web, as a shop's servers give updates: HTTPS, with parts of files.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// Under which address a machine on QEMU's own network finds this one.
pub const HERE: Ipv4Addr = Ipv4Addr::new(10, 0, 2, 2);
/// The longest line of a request.
const LINE: u64 = 8192;

/// A folder that is served as long as this program runs.
pub struct Web {
    port: u16,
    /// Whom to trust, in PEM.
    pub certificate: String,
    sent: Arc<AtomicU64>,
}

/// What a server shows to prove that it is [`HERE`], and who vouches for it.
pub struct Identity {
    /// Whom to trust, in PEM.
    pub authority: String,
    /// Its certificate.
    pub chain: Vec<CertificateDer<'static>>,
    /// The key of that.
    pub key: PrivateKeyDer<'static>,
}

impl Identity {
    /// A new one, of an authority that nobody else knows.
    pub fn new() -> anyhow::Result<Self> {
        let issuer = authority()?;
        let key = KeyPair::generate()?;
        let mut site = CertificateParams::new(vec![HERE.to_string()])?;
        // The machine's clock may be off.
        site.not_before = rcgen::date_time_ymd(2020, 1, 1);
        let site = site.signed_by(&key, &issuer)?;
        Ok(Self {
            authority: issuer.pem(),
            chain: vec![site.der().clone()],
            key: PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der())),
        })
    }
}

/// The certificate of an authority that nobody else knows, in PEM.
pub fn certificate() -> anyhow::Result<String> {
    Ok(authority()?.pem())
}

fn authority() -> anyhow::Result<CertifiedIssuer<'static, KeyPair>> {
    let mut authority = CertificateParams::new(Vec::new())?;
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    Ok(CertifiedIssuer::self_signed(
        authority,
        KeyPair::generate()?,
    )?)
}

impl Web {
    /// Serves the files of a folder, with a certificate for [`HERE`].
    pub fn serve(folder: &Path) -> anyhow::Result<Self> {
        let identity = Identity::new()?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(identity.chain, identity.key)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let web = Self {
            port: listener.local_addr()?.port(),
            certificate: identity.authority,
            sent: Arc::default(),
        };
        let (config, folder, sent) = (Arc::new(config), folder.to_owned(), web.sent.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let client = Client {
                    folder: folder.clone(),
                    sent: sent.clone(),
                };
                let config = config.clone();
                std::thread::spawn(move || {
                    // Who goes away has gone away.
                    let _ = client.answer(stream, config);
                });
            }
        });
        Ok(web)
    }

    /// Its address, as the machine knows it.
    pub fn url(&self) -> String {
        format!("https://{HERE}:{}/till", self.port)
    }

    /// How many bytes of files were sent.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }
}

struct Client {
    folder: PathBuf,
    sent: Arc<AtomicU64>,
}

impl Client {
    fn answer(&self, stream: TcpStream, config: Arc<ServerConfig>) -> anyhow::Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(600)))?;
        let stream = StreamOwned::new(ServerConnection::new(config)?, stream);
        let mut stream = BufReader::new(stream);
        loop {
            let request = line(&mut stream)?;
            let mut range = None;
            loop {
                let header = line(&mut stream)?;
                if header.is_empty() {
                    break;
                }
                if let Some((name, value)) = header.split_once(':')
                    && name.eq_ignore_ascii_case("range")
                {
                    range = Some(parts(value)?);
                }
            }
            let mut words = request.split(' ');
            let (method, path) = (words.next(), words.next().unwrap_or_default());
            let name = path.rsplit('/').next().unwrap_or_default();
            let found = File::open(self.folder.join(name)).ok();
            let found = found.filter(|file| file.metadata().is_ok_and(|it| it.is_file()));
            let into = stream.get_mut();
            match found {
                Some(file) => self.give(file, range, method == Some("HEAD"), into)?,
                None => into.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")?,
            }
            into.flush()?;
        }
    }

    fn give(
        &self,
        mut file: File,
        range: Option<(u64, Option<u64>)>,
        head_only: bool,
        into: &mut impl Write,
    ) -> anyhow::Result<()> {
        let size = file.metadata()?.len();
        let (status, first, last) = match range {
            Some((first, last)) if first < size => {
                let last = last.map_or(size - 1, |last| last.min(size - 1));
                ("206 Partial Content", first, last)
            }
            Some(_) => bail!("a range behind the end"),
            None => ("200 OK", 0, size.saturating_sub(1)),
        };
        let length = if size == 0 { 0 } else { last - first + 1 };
        write!(
            into,
            "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nAccept-Ranges: bytes\r\n"
        )?;
        if range.is_some() {
            write!(into, "Content-Range: bytes {first}-{last}/{size}\r\n")?;
        }
        into.write_all(b"\r\n")?;
        if !head_only {
            file.seek(SeekFrom::Start(first))?;
            let sent = std::io::copy(&mut file.take(length), into)?;
            self.sent.fetch_add(sent, Ordering::Relaxed);
        }
        Ok(())
    }
}

fn line(stream: &mut impl BufRead) -> anyhow::Result<String> {
    let mut line = String::new();
    let read = stream.take(LINE).read_line(&mut line)?;
    ensure!(read > 0, "the client is gone");
    Ok(line.trim_end().to_owned())
}

/// `bytes=5-9` is from 5 to 9, `bytes=5-` from 5 to the end.
fn parts(value: &str) -> anyhow::Result<(u64, Option<u64>)> {
    let (first, last) = value
        .trim()
        .strip_prefix("bytes=")
        .and_then(|range| range.split_once('-'))
        .context("a strange range")?;
    let last = (!last.is_empty()).then(|| last.parse()).transpose()?;
    let first = first.parse()?;
    ensure!(last.is_none_or(|last| last >= first), "a strange range");
    Ok((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_file_is_given_as_it_was_asked_for() {
        assert_eq!(parts(" bytes=5-9").unwrap(), (5, Some(9)));
        assert_eq!(parts("bytes=5-").unwrap(), (5, None));
        for strange in ["bytes=-5", "bytes=9-5", "5-9", "bytes=5-9,11-12"] {
            assert!(parts(strange).is_err(), "{strange}");
        }
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"0123456789").unwrap();
        let client = Client {
            folder: PathBuf::new(),
            sent: Arc::default(),
        };
        let given = |range, head_only| {
            let mut bytes = Vec::new();
            let file = file.try_clone().unwrap();
            client.give(file, range, head_only, &mut bytes).unwrap();
            String::from_utf8(bytes).unwrap()
        };
        let part = given(Some((8, Some(20))), false);
        assert!(part.starts_with("HTTP/1.1 206 "), "{part}");
        assert!(part.contains("Content-Range: bytes 8-9/10\r\n"), "{part}");
        assert!(part.ends_with("\r\n\r\n89"), "{part}");
        assert!(given(None, false).ends_with("\r\n\r\n0123456789"));
        assert!(given(None, true).ends_with("\r\n\r\n"));
        assert_eq!(client.sent.load(Ordering::Relaxed), 12);
    }
}
