//! A bundle that RAUC reads through the till.
//!
//! An artifact of hawkBit's is given only to who shows a token. RAUC can be told headers, but it
//! writes them into the log (`nbd server received configuration`, `src/nbd.c` of 1.13 and 1.15) and
//! shows them to every server that it is redirected to. So RAUC gets an address of this box itself
//! (127.0.0.1, a port that the system chooses, a path that nobody can guess) as long as it installs,
//! and the till, which follows no redirection, fetches what is asked for.
//!
//! It fetches in blocks: RAUC asks for many small parts, and a server may count every request.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

/// So much is fetched at once, in bytes.
const BLOCK: u64 = 256 * 1024;
/// So many blocks are kept.
const BLOCKS: usize = 32;
/// So many connections at once; RAUC has four at most.
const CONNECTIONS: usize = 16;
/// The longest line of a request, in bytes, and the most lines.
const LINE: u64 = 2048;
const LINES: usize = 64;
/// Who says nothing for so long is let go.
const SILENCE: Duration = Duration::from_secs(60);

/// Fetches a part of the bundle, or says why it cannot.
pub(super) type Fetch = Box<dyn Fn(RangeInclusive<u64>) -> Result<Vec<u8>, String> + Send>;

/// The bundle at an address of this box, as long as this lives.
pub(super) struct Relay {
    url: String,
    address: SocketAddr,
    shared: Arc<Shared>,
    listening: Option<JoinHandle<()>>,
}

struct Shared {
    path: String,
    size: u64,
    ended: AtomicBool,
    connections: AtomicUsize,
    blocks: Mutex<Blocks>,
}

struct Blocks {
    fetch: Fetch,
    /// Those used last stand last.
    kept: VecDeque<(u64, Arc<Vec<u8>>)>,
    failure: Option<String>,
}

impl Relay {
    /// Begins to listen; `size` is the bundle's length in bytes, `name` the end of its address.
    pub(super) fn start(name: &str, size: u64, fetch: Fetch) -> std::io::Result<Self> {
        let mut secret = [0; 16];
        getrandom::fill(&mut secret).map_err(std::io::Error::other)?;
        let secret: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
        let path = format!("/{secret}/{name}");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            path,
            size,
            ended: AtomicBool::new(false),
            connections: AtomicUsize::new(0),
            blocks: Mutex::new(Blocks {
                fetch,
                kept: VecDeque::new(),
                failure: None,
            }),
        });
        let listening = std::thread::Builder::new().name("relay".into()).spawn({
            let shared = shared.clone();
            move || listen(&listener, &shared)
        })?;
        Ok(Self {
            url: format!("http://{address}{}", shared.path),
            address,
            shared,
            listening: Some(listening),
        })
    }

    /// The bundle's address.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Why the last part could not be fetched; `None` when it could.
    pub(super) fn failure(&self) -> Option<String> {
        self.shared.blocks().failure.clone()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection.
        let woken = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
        if let (Ok(_), Some(listening)) = (woken, self.listening.take()) {
            // It ends at once; a panic of it has nothing to tell.
            let _ = listening.join();
        }
    }
}

fn listen(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming().map_while(Result::ok) {
        if shared.ended.load(Ordering::SeqCst) {
            return;
        }
        if shared.connections.fetch_add(1, Ordering::SeqCst) >= CONNECTIONS {
            shared.connections.fetch_sub(1, Ordering::SeqCst);
            continue;
        }
        let served = shared.clone();
        let thread = std::thread::Builder::new().name("relay".into());
        let spawned = thread.spawn(move || {
            // Who goes away has gone away.
            let _ = served.serve(&stream);
            served.connections.fetch_sub(1, Ordering::SeqCst);
        });
        if spawned.is_err() {
            shared.connections.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

/// What is asked for.
struct Asked {
    path: Option<String>,
    range: Option<(u64, u64)>,
    is_last: bool,
}

impl Shared {
    fn blocks(&self) -> std::sync::MutexGuard<'_, Blocks> {
        self.blocks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(&self, stream: &TcpStream) -> std::io::Result<()> {
        stream.set_read_timeout(Some(SILENCE))?;
        stream.set_write_timeout(Some(SILENCE))?;
        stream.set_nodelay(true)?;
        let mut reader = BufReader::new(stream);
        let mut writer = stream;
        while let Some(asked) = asked(&mut reader)? {
            if self.ended.load(Ordering::SeqCst) {
                return Ok(());
            }
            self.answer(&asked, &mut writer)?;
            writer.flush()?;
            if asked.is_last {
                return Ok(());
            }
        }
        Ok(())
    }

    fn answer(&self, asked: &Asked, into: &mut impl Write) -> std::io::Result<()> {
        let refuse = |into: &mut dyn Write, status: &str| {
            write!(into, "HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n")
        };
        if asked.path.as_deref() != Some(self.path.as_str()) {
            return refuse(into, "404 Not Found");
        }
        let end = self.size.saturating_sub(1);
        let Some((first, last)) = asked.range.filter(|(first, _)| *first < self.size) else {
            return refuse(into, "416 Range Not Satisfiable");
        };
        let last = last.min(end);
        // The first part comes before the head, so that what cannot be fetched is an error.
        let Some(mut block) = self.block(first / BLOCK) else {
            return refuse(into, "502 Bad Gateway");
        };
        write!(
            into,
            "HTTP/1.1 206 Partial Content\r\nContent-Length: {}\r\nContent-Range: bytes \
             {first}-{last}/{}\r\nAccept-Ranges: bytes\r\nContent-Type: application/octet-stream\r\n\r\n",
            last - first + 1,
            self.size
        )?;
        for index in first / BLOCK..=last / BLOCK {
            let begins = index * BLOCK;
            if index > first / BLOCK {
                let cut_off = || std::io::Error::other("the rest cannot be fetched");
                block = self.block(index).ok_or_else(cut_off)?;
            }
            let from = usize::try_from(first.saturating_sub(begins)).unwrap_or(usize::MAX);
            let to = usize::try_from((last - begins).saturating_add(1)).unwrap_or(usize::MAX);
            let to = to.min(block.len());
            into.write_all(block.get(from..to).unwrap_or_default())?;
        }
        Ok(())
    }

    /// A block of the bundle, kept or fetched; `None` when it cannot be fetched. One is fetched at a
    /// time, so that nobody fetches the same twice.
    fn block(&self, index: u64) -> Option<Arc<Vec<u8>>> {
        let mut blocks = self.blocks();
        if let Some(place) = blocks.kept.iter().position(|(kept, _)| *kept == index) {
            let kept = blocks.kept.remove(place)?;
            let block = kept.1.clone();
            blocks.kept.push_back(kept);
            return Some(block);
        }
        let first = index * BLOCK;
        let last = (first + BLOCK).min(self.size).saturating_sub(1);
        let fetched = (blocks.fetch)(first..=last);
        match fetched {
            Ok(block) => {
                let block = Arc::new(block);
                blocks.failure = None;
                blocks.kept.push_back((index, block.clone()));
                if blocks.kept.len() > BLOCKS {
                    blocks.kept.pop_front();
                }
                Some(block)
            }
            Err(failure) => {
                blocks.failure = Some(failure);
                None
            }
        }
    }
}

/// The next request; `None` when nobody asks any more, or asks what nobody should.
fn asked(stream: &mut impl BufRead) -> std::io::Result<Option<Asked>> {
    let Some(request) = line(stream)?.filter(|line| !line.is_empty()) else {
        return Ok(None);
    };
    let mut words = request.split(' ');
    let path = match (words.next(), words.next()) {
        (Some("GET"), Some(path)) => Some(path.to_owned()),
        _ => None,
    };
    let mut asked = Asked {
        path,
        range: None,
        is_last: false,
    };
    for _ in 0..LINES {
        let Some(header) = line(stream)? else {
            return Ok(None);
        };
        if header.is_empty() {
            return Ok(Some(asked));
        }
        let (name, value) = header.split_once(':').unwrap_or((&header, ""));
        match name.to_ascii_lowercase().as_str() {
            "range" => asked.range = part(value),
            "connection" => asked.is_last = value.trim().eq_ignore_ascii_case("close"),
            _ => {}
        }
    }
    Ok(None)
}

/// A line without its end; `None` where there is no whole one.
fn line(stream: &mut impl BufRead) -> std::io::Result<Option<String>> {
    let mut line = Vec::new();
    stream.take(LINE).read_until(b'\n', &mut line)?;
    let whole = line.strip_suffix(b"\n");
    let text = whole.map(|line| String::from_utf8_lossy(line).trim_end().to_owned());
    Ok(text)
}

/// `bytes=5-9` is from 5 to 9, `bytes=5-` from 5 to the end.
fn part(value: &str) -> Option<(u64, u64)> {
    let (first, last) = value.trim().strip_prefix("bytes=")?.split_once('-')?;
    let first = first.parse().ok()?;
    let last = match last {
        "" => u64::MAX,
        last => last.parse().ok()?,
    };
    (first <= last).then_some((first, last))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(relay: &Relay, path: &str, range: &str) -> (String, Vec<u8>) {
        let mut stream = TcpStream::connect(relay.address).unwrap();
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: here\r\nRange: {range}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|end| end == b"\r\n\r\n");
        let body = answer.split_off(end.unwrap() + 4);
        (String::from_utf8(answer).unwrap(), body)
    }

    #[test]
    fn parts_are_given_as_asked_for_and_fetched_in_blocks() {
        let bundle: Arc<Vec<u8>> =
            Arc::new((0..3 * BLOCK + 7).map(|at| (at % 251) as u8).collect());
        let size = bundle.len() as u64;
        let fetched = Arc::new(Mutex::new(Vec::new()));
        let (from, noted) = (bundle.clone(), fetched.clone());
        let fetch = move |part: RangeInclusive<u64>| {
            noted.lock().unwrap().push(part.clone());
            Ok(from[*part.start() as usize..=*part.end() as usize].to_vec())
        };
        let relay = Relay::start("a.raucb", size, Box::new(fetch)).unwrap();
        let path = relay.shared.path.clone();
        assert_eq!(relay.url(), format!("http://{}{path}", relay.address));
        for (range, first, last) in [
            ("bytes=0-3", 0, 3),
            ("bytes=4-4099", 4, 4099),
            ("bytes=262140-786000", 262_140, 786_000),
            ("bytes=786430-", 786_430, size - 1),
            ("bytes=0-99999999", 0, size - 1),
        ] {
            let (head, body) = get(&relay, &path, range);
            assert!(head.starts_with("HTTP/1.1 206 "), "{head}");
            let content_range = format!("Content-Range: bytes {first}-{last}/{size}\r\n");
            assert!(head.contains(&content_range), "{head}");
            assert_eq!(body, bundle[first as usize..=last as usize], "{range}");
        }
        let fetched = fetched.lock().unwrap();
        let blocks = [
            0..=BLOCK - 1,
            BLOCK..=2 * BLOCK - 1,
            2 * BLOCK..=3 * BLOCK - 1,
        ];
        assert_eq!(fetched[..3], blocks);
        assert_eq!(fetched[3..], [3 * BLOCK..=size - 1]);
    }

    #[test]
    fn nobody_who_does_not_know_the_path_gets_anything() {
        let relay = Relay::start("a.raucb", 4, Box::new(|_| Ok(b"sqsh".to_vec()))).unwrap();
        let path = relay.shared.path.clone();
        for (path, range, status) in [
            ("/a.raucb", "bytes=0-3", "404"),
            ("/", "bytes=0-3", "404"),
            (path.as_str(), "bytes=4-5", "416"),
            (&path, "bytes=-3", "416"),
            (&path, "lines=0-3", "416"),
        ] {
            let (head, body) = get(&relay, path, range);
            assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{head}");
            assert!(body.is_empty());
        }
        let (address, other) = (
            relay.address,
            Relay::start("a", 1, Box::new(|_| Ok(vec![0]))),
        );
        assert_ne!(other.unwrap().shared.path, path);
        drop(relay);
        assert!(TcpStream::connect(address).is_err(), "it still listens");
    }

    #[test]
    fn what_cannot_be_fetched_is_told_until_it_can_again() {
        let up = Arc::new(AtomicBool::new(false));
        let is_up = up.clone();
        let fetch = move |_| match is_up.load(Ordering::SeqCst) {
            true => Ok(b"sqsh".to_vec()),
            false => Err("no answer in time".to_owned()),
        };
        let relay = Relay::start("a.raucb", 4, Box::new(fetch)).unwrap();
        let path = relay.shared.path.clone();
        let (head, _) = get(&relay, &path, "bytes=0-3");
        assert!(head.starts_with("HTTP/1.1 502 "), "{head}");
        assert_eq!(relay.failure().as_deref(), Some("no answer in time"));
        up.store(true, Ordering::SeqCst);
        assert_eq!(get(&relay, &path, "bytes=0-3").1, b"sqsh");
        assert_eq!(relay.failure(), None);
    }
}
