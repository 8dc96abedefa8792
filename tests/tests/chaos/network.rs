//! A network without sockets, and all that can happen in it.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use erpnext::push::KEY_FIELD;
use erpnext::request::{Method, Refused, Reply, Request, Transport, TransportError, Unreachable};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use tests::stand_in::{Site, TOKEN};

use tests::random::Random;

/// The weather: of so many thousand requests so many go wrong.
pub const CALM: u64 = 0;

/// How a sale is refused for good.
#[derive(Clone, Copy, Debug)]
pub enum Bar {
    /// ERPNext says that the till's user may not.
    Forbidden,
    /// A firewall has its page for it.
    Firewall,
    /// A web server finds it too long.
    TooLong,
    /// ERPNext stumbles over it in a way of its own.
    Stumbles,
    /// Something sends it elsewhere.
    Elsewhere,
    /// Something has a page for it that says that all is well.
    Page,
    /// The database is locked as long as it is there.
    Locked,
    /// A gateway waits for it in vain.
    Gateway,
}

impl Bar {
    pub const ALL: [Self; 8] = [
        Self::Forbidden,
        Self::Firewall,
        Self::TooLong,
        Self::Stumbles,
        Self::Elsewhere,
        Self::Page,
        Self::Locked,
        Self::Gateway,
    ];

    fn answer(self) -> TransportError {
        let refused = |status, exc_type: &str| {
            TransportError::Refused(Refused {
                status,
                exc_type: exc_type.to_owned(),
                message: "Not this one.".to_owned(),
                ..Refused::default()
            })
        };
        match self {
            Self::Forbidden => refused(403, "PermissionError"),
            Self::Firewall => TransportError::Html { status: 403 },
            Self::TooLong => TransportError::Html { status: 413 },
            Self::Stumbles => refused(500, "HookOfSomebodyError"),
            Self::Elsewhere => TransportError::Redirected {
                status: 302,
                location: "https://elsewhere.example/".to_owned(),
            },
            Self::Page => TransportError::Html { status: 200 },
            Self::Locked => refused(500, "QueryTimeoutError"),
            Self::Gateway => TransportError::Html { status: 504 },
        }
    }
}

/// What a till's requests go through.
#[derive(Clone)]
pub struct Network(Rc<RefCell<Inside>>);

struct Inside {
    site: Site,
    random: Random,
    weather: u64,
    /// A sale that never gets through.
    barred: Option<(String, Bar)>,
    /// Requests that the till has given up and that arrive later: after how many others.
    late: Vec<(u64, Request)>,
    /// Steps until the till loses its power.
    fuse: Option<u64>,
    now: Timestamp,
    zone: TimeZone,
    /// What was submitted, in order.
    submitted: Vec<(String, String)>,
    /// How many requests the till made.
    requests: usize,
}

impl Network {
    pub fn of(site: Site, random: Random, now: Timestamp, zone: TimeZone) -> Self {
        Self(Rc::new(RefCell::new(Inside {
            site,
            random,
            weather: CALM,
            barred: None,
            late: Vec::new(),
            fuse: None,
            now,
            zone,
            submitted: Vec::new(),
            requests: 0,
        })))
    }

    /// Does something with the site behind the network.
    pub fn site<R>(&self, task: impl FnOnce(&mut Site) -> R) -> R {
        task(&mut self.0.borrow_mut().site)
    }

    pub fn set_weather(&self, weather: u64) {
        self.0.borrow_mut().weather = weather;
    }

    /// The power fails after so many more steps.
    pub fn set_fuse(&self, steps: Option<u64>) {
        self.0.borrow_mut().fuse = steps;
    }

    /// Takes one step; `false` when there is no power for it.
    pub fn step(&self) -> bool {
        let mut inside = self.0.borrow_mut();
        match &mut inside.fuse {
            None => true,
            Some(0) => false,
            Some(left) => {
                *left -= 1;
                true
            }
        }
    }

    pub fn is_dead(&self) -> bool {
        self.0.borrow().fuse == Some(0)
    }

    /// The true time.
    pub fn now(&self) -> Timestamp {
        self.0.borrow().now
    }

    pub fn pass(&self, time: Duration) {
        let mut inside = self.0.borrow_mut();
        inside.now += time;
        let local = inside.now.to_zoned(inside.zone.clone()).datetime();
        inside.site.set_clock(local);
    }

    /// From now on what writes the sale of this key is refused like this; or nothing is any more.
    pub fn bar(&self, sale: Option<(String, Bar)>) {
        self.0.borrow_mut().barred = sale;
    }

    /// Lets everything arrive that is still on its way.
    pub fn settle(&self) {
        let mut inside = self.0.borrow_mut();
        for (_, request) in std::mem::take(&mut inside.late) {
            inside.answer(&request);
        }
    }

    /// How many requests the till made.
    pub fn requests(&self) -> usize {
        self.0.borrow().requests
    }

    /// What was submitted, in order: doctype and name.
    pub fn submitted(&self) -> Vec<(String, String)> {
        self.0.borrow().submitted.clone()
    }
}

impl Transport for Network {
    fn send(&mut self, request: &Request) -> Result<Reply, TransportError> {
        if !self.step() {
            return Err(broken());
        }
        self.pass(Duration::from_millis(350));
        let mut inside = self.0.borrow_mut();
        inside.requests += 1;
        inside.arrivals();
        if let Some(refused) = inside.bars(request) {
            return Err(refused);
        }
        let weather = inside.weather;
        if inside.random.below(1000) >= weather {
            return read(inside.answer(request));
        }
        let writes = request.method != Method::Get && !request.path.contains("get_list");
        let fault = inside.random.below(if writes { 20 } else { 15 });
        match fault {
            0 | 1 => Err(broken()),
            2 | 3 => {
                inside.answer(request);
                Err(broken())
            }
            4 => {
                inside.answer(request);
                Err(TransportError::Truncated)
            }
            5 => Err(TransportError::Html { status: 502 }),
            6 => {
                inside.answer(request);
                Err(TransportError::Html { status: 504 })
            }
            7 => Err(TransportError::Html { status: 200 }),
            8 => refusal(401, "AuthenticationError", None),
            9 => refusal(
                429,
                "TooManyRequestsError",
                Some(1 + inside.random.below(300)),
            ),
            10 => refusal(500, "QueryDeadlockError", None),
            11 => refusal(503, "", Some(20)),
            12 => {
                inside.answer(request);
                let detail = "EOF while parsing".to_owned();
                Err(TransportError::NotJson {
                    status: 200,
                    detail,
                })
            }
            13 => Ok(Reply {
                body: json!({ "data": 7 }),
            }),
            14 => refusal(417, "DataError", None),
            // Only writes from here on.
            15 => refusal(409, "DuplicateEntryError", None),
            16 => refusal(417, "TimestampMismatchError", None),
            17 => refusal(417, "ValidationError", None),
            _ => {
                let others = 1 + inside.random.below(12);
                inside.late.push((others, request.clone()));
                Err(broken())
            }
        }
    }
}

impl Inside {
    fn bars(&self, request: &Request) -> Option<TransportError> {
        let (key, bar) = self.barred.as_ref()?;
        let body = request.body.as_ref()?;
        (body[KEY_FIELD] == key.as_str()).then(|| bar.answer())
    }

    /// What is late arrives one request later each time.
    fn arrivals(&mut self) {
        let mut arrived = Vec::new();
        self.late.retain_mut(|(others, request)| {
            *others -= 1;
            let is_here = *others == 0;
            if is_here {
                arrived.push(request.clone());
            }
            !is_here
        });
        for request in arrived {
            self.answer(&request);
        }
    }

    fn answer(&mut self, request: &Request) -> (u16, Value) {
        let path = decoded(&request.path);
        let (status, body) = self.site.ask(
            request.method.as_str(),
            &path,
            request.query.clone(),
            request.body.clone(),
            Some(TOKEN),
        );
        let sent = request.body.as_ref();
        if status == 200
            && request.method == Method::Put
            && sent.is_some_and(|sent| sent["docstatus"] == 1)
        {
            let mut parts = path.split('/').skip(3).map(str::to_owned);
            let document = (parts.next().unwrap(), parts.next().unwrap());
            if !self.submitted.contains(&document) {
                self.submitted.push(document);
            }
        }
        (status, body)
    }
}

fn read((status, body): (u16, Value)) -> Result<Reply, TransportError> {
    match status {
        200 => Ok(Reply { body }),
        _ => Err(Refused::read(status, &body, None).into()),
    }
}

fn refusal(status: u16, exc_type: &str, seconds: Option<u64>) -> Result<Reply, TransportError> {
    Err(TransportError::Refused(Refused {
        status,
        exc_type: exc_type.to_owned(),
        message: String::new(),
        retry_after: seconds.map(Duration::from_secs),
        ..Refused::default()
    }))
}

fn broken() -> TransportError {
    TransportError::Unreachable {
        host: "the site".to_owned(),
        reason: Unreachable::Broken("by chance".to_owned()),
    }
}

fn decoded(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let [byte, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(decoded) if *byte == b'%' => {
                bytes.push(decoded);
                rest = &tail[2..];
            }
            _ => {
                bytes.push(*byte);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}
