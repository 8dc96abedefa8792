//! A program that is kept running.

use std::process::Child;
use std::time::{Duration, Instant};

use crate::console::say;
use crate::log_ring::LogRing;
use crate::services::Service;

/// A program that ran this long starts with a clean record.
pub const PROVEN: Duration = Duration::from_secs(60);

/// How nice they are who run only while nobody else has anything to do.
pub const LAST: i32 = 19;

/// A program and, while it runs, its process.
pub struct Program {
    /// How it is started.
    pub service: Service,
    /// The process.
    pub child: Option<Child>,
    /// When it was started last.
    pub started: Instant,
    /// How often it ended in a row.
    pub crashes: u32,
}

impl Program {
    /// One that does not run yet.
    pub fn new(service: Service) -> Self {
        Self {
            service,
            child: None,
            started: Instant::now(),
            crashes: 0,
        }
    }

    /// Starts it.
    pub fn start(&mut self, environment: &[(String, String)], log: &LogRing) {
        self.started = Instant::now();
        match self.service.start(environment, log) {
            Ok(child) => self.child = Some(child),
            Err(error) => {
                self.crashes = self.crashes.saturating_add(1);
                say(&format!("{} cannot be started: {error}", self.service.name));
            }
        }
    }

    /// Has it run only while nobody else has anything to do; or like everybody else again.
    pub fn wait_for_others(&self, wait: bool) {
        let child = self.child.as_ref();
        let pid = child.and_then(|child| i32::try_from(child.id()).ok());
        if let Some(pid) = pid.and_then(rustix::process::Pid::from_raw) {
            // Without it a start takes longer.
            let _ = rustix::process::setpriority_process(Some(pid), if wait { LAST } else { 0 });
        }
    }

    /// Whether it just ended, and how.
    pub fn ended(&mut self) -> Option<String> {
        let how = match self.child.as_mut()?.try_wait() {
            Ok(None) => return None,
            Ok(Some(status)) => status.to_string(),
            Err(error) => error.to_string(),
        };
        self.child = None;
        if self.started.elapsed() > PROVEN {
            self.crashes = 0;
        }
        self.crashes = self.crashes.saturating_add(1);
        Some(how)
    }

    /// Whether it should be started now: at once, and later the more often it ended.
    pub fn is_due(&self) -> bool {
        let pause = match self.crashes {
            0 => 0,
            crashes => 1 << (crashes - 1).min(4),
        };
        self.child.is_none() && (self.crashes == 0 || self.started.elapsed().as_secs() >= pause)
    }
}
