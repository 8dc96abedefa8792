//! How much a start costs, counted in instructions: the same on every load of whoever counts.

use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::json;

use crate::hardware::Hardware;
use crate::images::Images;
use crate::vm::Vm;

/// The clock of the ACPI power management timer, which runs on the machine's time.
const TICKS: u64 = 3_579_545;
/// Where it is read, as the firmware sets it up.
const PORT: &str = "i /w 0x608";
/// How many starts are counted.
const STARTS: usize = 2;

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
    let (mut last, mut ticks) = (0, 0);
    loop {
        if patience.is_over() {
            bail!("the till was not on the screen in time");
        }
        let now = timer(&mut machine)?;
        // It has 24 bits.
        ticks += now.wrapping_sub(last) & 0x00ff_ffff;
        last = now;
        let millions = ticks * 1000 / TICKS;
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

fn timer(machine: &mut Vm) -> anyhow::Result<u64> {
    let answer = machine
        .monitor
        .execute("human-monitor-command", json!({"command-line": PORT}))?;
    let text = answer.as_str().unwrap_or_default();
    let (_, value) = text
        .trim()
        .rsplit_once("0x")
        .with_context(|| format!("no timer: {text}"))?;
    Ok(u64::from_str_radix(value.trim(), 16)?)
}
