//! The device's end of the plug: which transfers wait for the device, and what became of them.

use std::collections::{BTreeSet, VecDeque};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::bail;

use super::descriptors::Descriptors;
use super::redirection::{Connection, Order, Setup, Status};

/// How often a device is looked at that has something to take or to give.
const TICK: Duration = Duration::from_millis(4);
/// The one setting of every interface.
const ONLY_SETTING: u8 = 0;

/// What a device does.
pub trait Function: Send + 'static {
    /// What it says about itself.
    fn descriptors(&self) -> Descriptors;

    /// Answers a request of its class or maker; `None` for one that it does not know. What is
    /// longer than was asked for is cut off.
    fn control(&mut self, setup: Setup, data: &[u8]) -> anyhow::Result<Option<Vec<u8>>>;

    /// Takes what it can now of the bytes to an endpoint; how many these are. The rest waits, as on
    /// a bus whose device answers NAK.
    fn take(&mut self, endpoint: u8, bytes: &[u8]) -> anyhow::Result<usize>;

    /// What it has to give at an endpoint, at most so much; `None` for nothing now.
    fn give(&mut self, endpoint: u8, most: usize) -> anyhow::Result<Option<Vec<u8>>>;

    /// The cable was pulled: what waited in the device's own port for the system inside is gone.
    fn pulled(&mut self) -> anyhow::Result<()>;
}

/// A device on a cable. Dropping it ends it, as pulling the cable does.
pub struct Cable<F: Function> {
    shared: Arc<Shared<F>>,
    path: PathBuf,
    thread: Option<JoinHandle<()>>,
}

struct Shared<F> {
    function: Mutex<F>,
    /// Whether the plug is in its socket.
    is_in: AtomicBool,
    /// Whether it keeps a writer waiting.
    is_unanswered: AtomicBool,
    /// Why the device ended.
    fault: Mutex<Option<String>>,
    stop: AtomicBool,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<F: Function> Cable<F> {
    /// A device that waits in a folder, under a name, for QEMU to connect.
    pub fn new(folder: &Path, name: &str, function: F) -> anyhow::Result<Self> {
        let path = folder.join(name);
        // One of an earlier machine.
        let _ = std::fs::remove_file(&path);
        let listener = UnixListener::bind(&path)?;
        let shared = Arc::new(Shared {
            function: Mutex::new(function),
            is_in: AtomicBool::new(true),
            is_unanswered: AtomicBool::new(false),
            fault: Mutex::new(None),
            stop: AtomicBool::new(false),
        });
        let running = shared.clone();
        let name = name.to_owned();
        let thread = std::thread::spawn(move || {
            if let Err(error) = accepted(&listener, &running).and_then(|stream| match stream {
                Some(stream) => Transfers::new(stream, &running)?.run(),
                None => Ok(()),
            }) {
                *lock(&running.fault) = Some(format!("the USB device {name} ended: {error:#}"));
            }
        });
        Ok(Self {
            shared,
            path,
            thread: Some(thread),
        })
    }

    /// Where QEMU finds it.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The device itself.
    pub fn function(&self) -> MutexGuard<'_, F> {
        lock(&self.shared.function)
    }

    /// Pulls it out of its socket.
    pub fn pull(&self) {
        self.shared.is_in.store(false, Ordering::Release);
    }

    /// Plugs it in again.
    pub fn plug(&self) {
        self.shared.is_in.store(true, Ordering::Release);
    }

    /// Whether the system inside has bytes for it that it did not take yet.
    pub fn is_unanswered(&self) -> bool {
        self.shared.is_unanswered.load(Ordering::Acquire)
    }

    /// Whether it still works.
    ///
    /// # Errors
    /// What QEMU sent that no device here understands, or what failed.
    pub fn check(&self) -> anyhow::Result<()> {
        match &*lock(&self.shared.fault) {
            Some(fault) => bail!("{fault}"),
            None => Ok(()),
        }
    }
}

impl<F: Function> Drop for Cable<F> {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// QEMU's connection; `None` when nobody waits for it any more.
fn accepted<F>(listener: &UnixListener, shared: &Shared<F>) -> anyhow::Result<Option<UnixStream>> {
    listener.set_nonblocking(true)?;
    while !shared.stop.load(Ordering::Acquire) {
        if let Ok((stream, _)) = listener.accept() {
            stream.set_nonblocking(false)?;
            return Ok(Some(stream));
        }
        std::thread::sleep(TICK);
    }
    Ok(None)
}

/// A transfer that the device has not ended.
struct Transfer {
    id: u64,
    endpoint: u8,
    what: Moved,
}

enum Moved {
    /// At most so many bytes from the device.
    In(usize),
    /// Bytes to the device, of which it took so many.
    Out { bytes: Vec<u8>, taken: usize },
}

struct Transfers<'a, F> {
    connection: Connection,
    shared: &'a Shared<F>,
    descriptors: Descriptors,
    is_connected: bool,
    configuration: u8,
    waiting: VecDeque<Transfer>,
    /// Endpoints whose reports are wanted.
    reporting: BTreeSet<u8>,
    reports: u64,
}

impl<'a, F: Function> Transfers<'a, F> {
    fn new(stream: UnixStream, shared: &'a Shared<F>) -> anyhow::Result<Self> {
        Ok(Self {
            connection: Connection::begin(stream, TICK)?,
            shared,
            descriptors: lock(&shared.function).descriptors(),
            is_connected: false,
            configuration: 0,
            waiting: VecDeque::new(),
            reporting: BTreeSet::new(),
            reports: 0,
        })
    }

    fn run(mut self) -> anyhow::Result<()> {
        while !self.shared.stop.load(Ordering::Acquire) {
            let Some(orders) = self.connection.receive()? else {
                // The machine was switched off.
                return Ok(());
            };
            for (id, order) in orders {
                // What was on its way when the plug was pulled is meant for nobody.
                if self.is_connected {
                    self.obey(id, order)?;
                }
            }
            if !self.connection.is_open() {
                continue;
            }
            let is_in = self.shared.is_in.load(Ordering::Acquire);
            match (is_in, self.is_connected) {
                (true, false) => self.connection.connect(&self.descriptors)?,
                (false, true) => self.pulled()?,
                _ => {}
            }
            self.is_connected = is_in;
            if is_in {
                self.move_bytes()?;
                self.report()?;
            }
        }
        Ok(())
    }

    fn pulled(&mut self) -> anyhow::Result<()> {
        self.connection.disconnect()?;
        self.waiting.clear();
        self.reporting.clear();
        self.configuration = 0;
        lock(&self.shared.function).pulled()
    }

    fn obey(&mut self, id: u64, order: Order) -> anyhow::Result<()> {
        let connection = &mut self.connection;
        match order {
            Order::Reset => self.configuration = 0,
            Order::SetConfiguration(configuration) => {
                self.configuration = configuration;
                connection.configuration(id, configuration)?;
            }
            Order::GetConfiguration => connection.configuration(id, self.configuration)?,
            Order::SetAlternate(interface, ONLY_SETTING) => {
                connection.alternate(id, interface, ONLY_SETTING)?;
            }
            Order::SetAlternate(interface, setting) => {
                bail!("interface {interface} has no setting {setting}")
            }
            Order::GetAlternate(interface) => connection.alternate(id, interface, ONLY_SETTING)?,
            Order::StartReports(endpoint) => {
                self.reporting.insert(endpoint);
                connection.reporting(id, endpoint)?;
            }
            Order::StopReports(endpoint) => {
                self.reporting.remove(&endpoint);
                connection.reporting(id, endpoint)?;
            }
            Order::Control(setup, data) => {
                let answer = match standard(&self.descriptors, setup) {
                    Some(answer) => Some(answer),
                    None => lock(&self.shared.function).control(setup, &data)?,
                };
                let answer = answer.map(|mut answer| {
                    answer.truncate(usize::from(setup.length));
                    answer
                });
                connection.control(id, setup, answer)?;
            }
            Order::Out(endpoint, bytes, true) => {
                let taken = lock(&self.shared.function).take(endpoint, &bytes)?;
                connection.interrupt(id, endpoint, Err(taken))?;
            }
            Order::Out(endpoint, bytes, false) => self.waiting.push_back(Transfer {
                id,
                endpoint,
                what: Moved::Out { bytes, taken: 0 },
            }),
            Order::In(endpoint, most) => self.waiting.push_back(Transfer {
                id,
                endpoint,
                what: Moved::In(most),
            }),
            Order::Cancel => {
                // One that has ended meanwhile was answered.
                let place = self.waiting.iter().position(|waiting| waiting.id == id);
                if let Some(one) = place.and_then(|place| self.waiting.remove(place)) {
                    let moved = match &one.what {
                        Moved::In(_) => Ok(&[][..]),
                        Moved::Out { taken, .. } => Err(*taken),
                    };
                    connection.bulk(id, one.endpoint, Status::Cancelled, moved)?;
                }
            }
        }
        Ok(())
    }

    /// Goes through the transfers that wait, those of an endpoint one after the other.
    fn move_bytes(&mut self) -> anyhow::Result<()> {
        let mut stuck = BTreeSet::new();
        let mut function = lock(&self.shared.function);
        let mut place = 0;
        while let Some(one) = self.waiting.get_mut(place) {
            let endpoint = one.endpoint;
            let mut has_ended = false;
            if !stuck.contains(&endpoint) {
                match &mut one.what {
                    Moved::In(most) => {
                        if let Some(bytes) = function.give(endpoint, *most)? {
                            let given = Ok(bytes.as_slice());
                            self.connection
                                .bulk(one.id, endpoint, Status::Success, given)?;
                            has_ended = true;
                        }
                    }
                    Moved::Out { bytes, taken } => {
                        let rest = bytes.get(*taken..).unwrap_or_default();
                        let now = function.take(endpoint, rest)?;
                        *taken += now;
                        if *taken == bytes.len() {
                            let all = Err(*taken);
                            self.connection
                                .bulk(one.id, endpoint, Status::Success, all)?;
                            has_ended = true;
                        } else if now > 0 {
                            // There may be room for more.
                            continue;
                        }
                    }
                }
            }
            if has_ended {
                self.waiting.remove(place);
            } else {
                stuck.insert(endpoint);
                place += 1;
            }
        }
        let is_unanswered = stuck.iter().any(|endpoint| endpoint & 0x80 == 0);
        let known = &self.shared.is_unanswered;
        known.store(is_unanswered, Ordering::Release);
        Ok(())
    }

    fn report(&mut self) -> anyhow::Result<()> {
        let mut function = lock(&self.shared.function);
        for endpoint in &self.reporting {
            while let Some(report) = function.give(*endpoint, usize::MAX)? {
                self.reports += 1;
                let report = Ok(report.as_slice());
                self.connection.interrupt(self.reports, *endpoint, report)?;
            }
        }
        Ok(())
    }
}

/// What every device answers; `None` for what is its own matter.
fn standard(descriptors: &Descriptors, setup: Setup) -> Option<Vec<u8>> {
    match (setup.kind, setup.request) {
        // GET_STATUS: a power supply of its own, nothing halted.
        (0x80, 0) => Some(vec![1, 0]),
        (0x81 | 0x82, 0) => Some(vec![0, 0]),
        // CLEAR_FEATURE: an endpoint that was halted, which none ever is.
        (0x02, 1) => Some(Vec::new()),
        (0x80, 6) => {
            let [number, kind] = setup.value.to_le_bytes();
            descriptors.get(kind, number)
        }
        _ => None,
    }
}
