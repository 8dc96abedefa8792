//! A stand-in for Eclipse hawkBit: a real HTTPS server with the part of its interface for devices that
//! a till uses, as hawkBit's source describes it. It knows one target. It is not hawkBit: what a real
//! server does besides, nobody has seen here.

use std::collections::BTreeMap;
use std::io::BufReader;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

use crate::http::{self, Asked};

/// What the server holds, to look at or to change.
pub struct State {
    /// The whole of `Authorization` that it takes.
    pub authorization: String,
    /// The target's name (controllerId).
    pub target: String,
    /// The assignment that is open, if one is.
    pub action: Option<Action>,
    /// The files of the software module.
    pub files: BTreeMap<String, Vec<u8>>,
    /// What it was told: the path's last words, the execution and how it finished, and the message.
    pub heard: Vec<String>,
    /// The target's attributes; `None` until it told them.
    pub attributes: Option<Value>,
    /// The parts of files that were given.
    pub parts: Vec<String>,
    /// In the place of every answer.
    pub instead: Option<(u16, String)>,
    /// In the place of every part of a file.
    pub no_parts: bool,
}

/// An assignment.
pub struct Action {
    /// Its number.
    pub id: u64,
    /// How the update is to be handled: `forced`, `attempt` or `skip`.
    pub update: &'static str,
    /// Whether its maintenance window is open, where it has one.
    pub window: Option<&'static str>,
    /// Somebody gave it up.
    pub is_cancelled: bool,
    /// How many software modules it has.
    pub modules: usize,
    /// How often it was asked about.
    pub asked: usize,
    /// The last that the server noted of it.
    pub status: &'static str,
    /// Changes with what is noted.
    pub revision: usize,
}

impl Action {
    /// A forced one of one software module.
    pub fn forced(id: u64) -> Self {
        Self {
            id,
            update: "forced",
            window: None,
            is_cancelled: false,
            modules: 1,
            asked: 0,
            status: "scheduled",
            revision: 1,
        }
    }

    /// As hawkBit does it (`handleRegisterRetrieved`, `hashCode` of its entities).
    fn notes(&mut self, status: &'static str) {
        if self.status != status {
            self.status = status;
            self.revision += 1;
        }
    }
}

/// A running stand-in; stops when dropped.
pub struct Hawkbit {
    address: SocketAddr,
    url: String,
    state: Arc<Mutex<State>>,
    stop: Arc<AtomicBool>,
    accepting: Option<JoinHandle<()>>,
}

impl Hawkbit {
    /// A server that tills know by this name, with a certificate for it, and one target that nothing
    /// is assigned to. It listens on this machine.
    pub fn start(
        host: &str,
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
        target: &str,
        authorization: &str,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let url = format!("https://{host}:{}", address.port());
        let state = Arc::new(Mutex::new(State {
            authorization: authorization.to_owned(),
            target: target.to_owned(),
            action: None,
            files: BTreeMap::new(),
            heard: Vec::new(),
            attributes: None,
            parts: Vec::new(),
            instead: None,
            no_parts: false,
        }));
        let stop = Arc::new(AtomicBool::new(false));
        let tls = tls(chain, key);
        let accepting = std::thread::spawn({
            let (state, stop, url) = (state.clone(), stop.clone(), url.clone());
            move || {
                for stream in listener.incoming().map_while(Result::ok) {
                    if stop.load(Ordering::SeqCst) {
                        return;
                    }
                    let (state, tls, stop) = (state.clone(), tls.clone(), stop.clone());
                    let url = url.clone();
                    std::thread::spawn(move || serve(stream, tls, &url, &state, &stop));
                }
            }
        });
        Self {
            address,
            url,
            state,
            stop,
            accepting: Some(accepting),
        }
    }

    /// Its address, as tills know it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What it holds.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// What it was told, and forgets it.
    pub fn heard(&self) -> Vec<String> {
        std::mem::take(&mut self.state().heard)
    }
}

impl Drop for Hawkbit {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the thread that waits for a connection.
        let _ = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }
}

fn tls(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(chain, key);
    Arc::new(config.unwrap())
}

fn serve(
    stream: TcpStream,
    tls: Arc<ServerConfig>,
    url: &str,
    state: &Mutex<State>,
    stop: &AtomicBool,
) {
    // A client that forgets to close does not keep the thread for ever.
    let _ = stream.set_read_timeout(Some(Duration::from_secs(30)));
    let _ = stream.set_nodelay(true);
    let Ok(connection) = ServerConnection::new(tls) else {
        return;
    };
    let mut stream = BufReader::new(StreamOwned::new(connection, stream));
    while let Some(asked) = http::read(&mut stream) {
        // One that is away does not go on with who is connected.
        if stop.load(Ordering::SeqCst) {
            return;
        }
        let Ok(mut state) = state.lock() else { return };
        let Answer {
            status,
            range,
            body,
        } = state.answers(&asked, url);
        let range = range.as_deref().map(|range| ("Content-Range", range));
        let headers: Vec<_> = [("Content-Type", "application/hal+json")]
            .into_iter()
            .chain(range)
            .collect();
        if http::write(stream.get_mut(), status, &headers, &body, 0).is_err() {
            return;
        }
    }
}

struct Answer {
    status: u16,
    range: Option<String>,
    body: Vec<u8>,
}

impl Answer {
    fn of(status: u16, body: &Value) -> Self {
        Self {
            status,
            range: None,
            body: body.to_string().into_bytes(),
        }
    }

    fn no(status: u16) -> Self {
        Self::of(status, &json!({"errorCode": "hawkbit.server.error"}))
    }
}

impl State {
    fn answers(&mut self, asked: &Asked, url: &str) -> Answer {
        if let Some((status, body)) = &self.instead {
            return Answer {
                status: *status,
                range: None,
                body: body.clone().into_bytes(),
            };
        }
        if asked.authorization.as_ref() != Some(&self.authorization) {
            return Answer::no(401);
        }
        let path: Vec<&str> = asked.path.iter().map(String::as_str).collect();
        let ["DEFAULT", "controller", "v1", target, rest @ ..] = path.as_slice() else {
            return Answer::no(404);
        };
        if *target != self.target {
            return Answer::no(404);
        }
        match (asked.method.as_str(), rest) {
            ("GET", []) => Answer::of(200, &self.polled(url)),
            ("PUT", ["configData"]) => {
                self.attributes = asked.body.as_ref().map(|body| body["data"].clone());
                Answer::of(200, &json!({}))
            }
            ("GET", ["deploymentBase", id]) => self.deployment(id, url),
            ("GET", ["cancelAction", id]) => match self.open(id) {
                Some(action) if action.is_cancelled => {
                    Answer::of(200, &json!({"id": id, "cancelAction": {"stopId": id}}))
                }
                _ => Answer::no(404),
            },
            ("POST", [kind, id, "feedback"]) => self.hears(kind, id, asked.body.as_ref()),
            ("GET", ["softwaremodules", "4", "artifacts", name]) => self.file(name, asked),
            _ => Answer::no(404),
        }
    }

    fn open(&mut self, id: &str) -> Option<&mut Action> {
        let action = self.action.as_mut();
        action.filter(|action| action.id.to_string() == id)
    }

    fn polled(&self, url: &str) -> Value {
        let base = format!("{url}/DEFAULT/controller/v1/{}", self.target);
        let mut links = json!({});
        match &self.action {
            Some(Action {
                id, is_cancelled, ..
            }) if *is_cancelled => {
                links["cancelAction"] = json!({"href": format!("{base}/cancelAction/{id}")});
            }
            Some(Action {
                id,
                update,
                window,
                revision,
                ..
            }) => {
                // It changes with what the answer about the action says, and with what is noted.
                let tag = (revision * 31 + update.len()) * 31 + window.map_or(7, str::len);
                let href = format!("{base}/deploymentBase/{id}?c=-{tag}");
                links["deploymentBase"] = json!({ "href": href });
            }
            None => {}
        }
        if self.attributes.is_none() {
            links["configData"] = json!({"href": format!("{base}/configData")});
        }
        json!({"config": {"polling": {"sleep": "00:05:00"}}, "_links": links})
    }

    fn deployment(&mut self, id: &str, url: &str) -> Answer {
        let base = format!("{url}/DEFAULT/controller/v1/{}", self.target);
        let artifacts: Vec<_> = self
            .files
            .iter()
            .map(|(name, bytes)| {
                let href = format!("{base}/softwaremodules/4/artifacts/{name}");
                json!({"filename": name, "size": bytes.len(),
                    "hashes": {"sha1": "", "md5": "", "sha256": ""},
                    "_links": {"download": {"href": href}, "md5sum": {"href": href + ".MD5SUM"}}})
            })
            .collect();
        let Some(action) = self.open(id).filter(|action| !action.is_cancelled) else {
            return Answer::no(404);
        };
        action.asked += 1;
        action.notes("retrieved");
        let module = json!({"part": "os", "version": "1", "name": "till", "artifacts": artifacts});
        let mut deployment = json!({"download": "forced", "update": action.update,
            "chunks": vec![module; action.modules]});
        if let Some(window) = action.window {
            deployment["maintenanceWindow"] = window.into();
        }
        Answer::of(200, &json!({"id": id, "deployment": deployment}))
    }

    fn hears(&mut self, kind: &str, id: &str, body: Option<&Value>) -> Answer {
        let Some(body) = body else {
            return Answer::no(400);
        };
        if self.open(id).is_none() {
            return Answer::no(410);
        }
        let status = &body["status"];
        let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
        let execution = text(&status["execution"]);
        let finished = text(&status["result"]["finished"]);
        let message = text(&status["details"][0]);
        self.heard
            .push(format!("{kind}/{id} {execution} {finished}: {message}"));
        match (kind, execution.as_str()) {
            (_, "closed") => self.action = None,
            ("cancelAction", "rejected") => {
                if let Some(action) = self.open(id) {
                    action.is_cancelled = false;
                }
            }
            _ => {
                if let Some(action) = self.open(id) {
                    action.notes("running");
                }
            }
        }
        Answer::of(200, &json!({}))
    }

    fn file(&mut self, name: &str, asked: &Asked) -> Answer {
        let Some(bytes) = self.files.get(name) else {
            return Answer::no(404);
        };
        let whole = Answer {
            status: 200,
            range: None,
            body: bytes.clone(),
        };
        let Some(range) = asked.range.as_deref() else {
            return whole;
        };
        if self.no_parts {
            return whole;
        }
        let part = range
            .strip_prefix("bytes=")
            .and_then(|range| range.split_once('-'));
        let number = |text: &str| text.parse::<usize>().ok();
        let Some((Some(first), Some(last))) =
            part.map(|(first, last)| (number(first), number(last)))
        else {
            return Answer::no(416);
        };
        let Some(part) = bytes.get(first..=last) else {
            return Answer::no(416);
        };
        self.parts.push(format!("{name} {range}"));
        Answer {
            status: 206,
            range: Some(format!("bytes {first}-{last}/{}", bytes.len())),
            body: part.to_vec(),
        }
    }
}
