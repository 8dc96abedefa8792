//! How much a start costs, counted in instructions: the same on every load of whoever counts.

use std::time::Duration;

use anyhow::{Context, bail, ensure};
use serde_json::json;

use crate::hardware::Hardware;
use crate::images::Images;
use crate::vm::Vm;

/// The clock of the ACPI power management timer, which runs on the machine's time.
const TICKS: i64 = 3_579_545;
/// Where it is read, as the firmware sets it up.
const PORT: &str = "i /w 0x608";
/// It has 24 bits.
const TURN: i64 = 1 << 24;
const DAY: i64 = 86_400;
/// How many starts are counted.
const STARTS: usize = 2;
/// The most that power-on to the first painted frame may cost, in millions of instructions: what was
/// reached, and a little. The goal was 6,000.
const LIMIT: u64 = 5_700;

/// What a start came to, in millions of instructions since power-on. Where the machine waits, time
/// passes by the nanosecond as if it worked.
#[derive(Default, Clone, Copy)]
struct Start {
    loader: u64,
    system: u64,
    frame: u64,
    ready: u64,
}

/// Counts from power-on to the first painted frame, shown apart: firmware and boot loader, kernel
/// with the initial RAM disk, the first program and devices, the till.
pub fn boot_instructions(images: &Images) -> anyhow::Result<String> {
    let mut starts = Vec::new();
    // The first start makes the data partition larger: it is not counted.
    let (disk, mut machine) = images.boot("counted", "plain.img", &Hardware::default())?;
    machine.wait("slot A is good", crate::images::START)?;
    machine.kill()?;
    for _ in 0..STARTS {
        starts.push(count(images, &disk)?);
    }
    starts.sort_by_key(|start| start.frame);
    let slower = *starts.last().context("nothing was counted")?;
    let spread = match (starts.first(), starts.last()) {
        (Some(first), Some(last)) => last.frame - first.frame,
        _ => 0,
    };
    println!("   | Part | Millions of instructions |\n   |---|---|");
    let parts = [
        ("firmware and boot loader", slower.loader),
        (
            "kernel and initial RAM disk",
            slower.system.saturating_sub(slower.loader),
        ),
        (
            "till on the screen",
            slower.frame.saturating_sub(slower.system),
        ),
        ("power-on to the first painted frame", slower.frame),
        ("power-on to ready", slower.ready),
    ];
    for (name, millions) in parts {
        println!("   | {name} | {millions} |");
    }
    ensure!(
        slower.frame <= LIMIT,
        "the first painted frame costs more than {LIMIT} M"
    );
    let table = parts.map(|(name, millions)| format!("{name} {millions} M"));
    Ok(format!(
        "{}; {STARTS} starts differ by {spread} M",
        table.join(", ")
    ))
}

fn count(images: &Images, disk: &std::path::Path) -> anyhow::Result<Start> {
    let hardware = Hardware {
        counted: true,
        ..Hardware::default()
    };
    let mut machine = images.boot_disk("counted", disk, &hardware)?;
    let patience = machine.patience(600);
    let mut start = Start::default();
    let switched_on = clock(&mut machine)?;
    loop {
        if patience.is_over() {
            bail!("the till was not on the screen in time");
        }
        // The clock says how often the timer went round: a machine that waits is quick about it.
        let fine = timer(&mut machine)?;
        let seconds = (clock(&mut machine)? - switched_on).rem_euclid(DAY);
        let turns = (seconds * TICKS - fine + TURN / 2).div_euclid(TURN);
        let ticks = u64::try_from(turns * TURN + fine).unwrap_or_default();
        let millions = ticks * 1000 / TICKS.unsigned_abs();
        let seen = |field: &mut u64, part: &str| {
            if *field == 0 && machine.count(part) > 0 {
                *field = millions;
            }
        };
        seen(&mut start.loader, "Evertill: slot A");
        seen(&mut start.system, "version ");
        seen(&mut start.ready, "the till is ready");
        if start.system > 0 && start.frame == 0 && machine.picture()?.light(0xd8) > 50 {
            start.frame = millions;
        }
        if start.frame > 0 && start.ready > 0 {
            machine.kill()?;
            return Ok(start);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn timer(machine: &mut Vm) -> anyhow::Result<i64> {
    let answer = machine
        .monitor
        .execute("human-monitor-command", json!({"command-line": PORT}))?;
    let text = answer.as_str().unwrap_or_default();
    let (_, value) = text
        .trim()
        .rsplit_once("0x")
        .with_context(|| format!("no timer: {text}"))?;
    Ok(i64::from_str_radix(value.trim(), 16)?)
}

/// Seconds of the machine's own clock, which runs on its time, too; since midnight.
fn clock(machine: &mut Vm) -> anyhow::Result<i64> {
    let time = machine.monitor.execute(
        "qom-get",
        json!({"path": "/machine", "property": "rtc-time"}),
    )?;
    let part = |name: &str| {
        let value = time[name].as_i64();
        value.with_context(|| format!("no clock: {time}"))
    };
    let minutes = part("tm_hour")? * 60 + part("tm_min")?;
    Ok(minutes * 60 + part("tm_sec")?)
}
