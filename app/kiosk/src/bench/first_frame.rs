//! From the start of the program to the first painted frame, and the memory of the idle till.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::Context;
use slint::ComponentHandle;

use super::{Figure, spread};
use crate::demo::{self, Counter};
use crate::headless::{Clock, Headless};
use crate::ui::TillWindow;

const STARTS: u32 = 9;
const PAINTED: &str = "painted";

/// Starts the program a few times and reads what it says.
pub fn measure(data: &Path) -> anyhow::Result<Vec<Figure>> {
    let program = std::env::current_exe()?;
    let (mut starts, mut memory) = (Vec::new(), 0.0f64);
    for _ in 0..STARTS {
        let started = Instant::now();
        let mut child = Command::new(&program)
            .args(["bench", "--first-frame"])
            .arg(data)
            .stdout(Stdio::piped())
            .spawn()?;
        let said = BufReader::new(child.stdout.take().context("the program says nothing")?);
        for line in said.lines() {
            let line = line?;
            if line == PAINTED {
                starts.push(started.elapsed());
            } else if let Some(bytes) = line.strip_prefix("resident ") {
                memory = memory.max(bytes.parse::<f64>()? / 1e6);
            }
        }
        anyhow::ensure!(child.wait()?.success(), "the program did not start");
    }
    let start = spread(starts);
    Ok(vec![
        Figure {
            what: "Start to first painted frame",
            value: start.median,
            limit: 1_000.0,
            unit: "ms",
            note: format!("slowest of {STARTS}: {:.0} ms", start.p99),
        },
        Figure {
            what: "Resident memory of the idle till",
            value: memory,
            limit: 120.0,
            unit: "MB",
            note: "with the screen's own pixels".to_owned(),
        },
    ])
}

/// The started program's part: paints, says so, rests, says how much memory it holds.
pub fn paint(data: &Path) -> anyhow::Result<()> {
    let screen = Headless::install(1280, 800, Clock::Real)?;
    let devices = data.join("devices");
    std::fs::create_dir_all(&devices)?;
    let counter = Counter::new(&devices)?;
    let window = TillWindow::new()?;
    let _running = demo::open(&window, data, &counter)?;
    window.show()?;
    screen.paint();
    println!("{PAINTED}");
    let rested = Instant::now();
    while rested.elapsed() < Duration::from_millis(500) {
        screen.paint();
        std::thread::sleep(Duration::from_millis(10));
    }
    println!("resident {}", resident()?);
    Ok(())
}

/// The memory of this process that is in use, in bytes (proc(5), VmRSS).
fn resident() -> anyhow::Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next());
    Ok(kilobytes
        .context("this system does not say how much memory is used")?
        .parse::<u64>()?
        * 1024)
}
