//! The shell that test images have on a virtual port.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::vm::Vm;

/// A connection to the shell.
#[derive(Default)]
pub struct Shell {
    stream: Option<UnixStream>,
    commands: u64,
}

impl Vm {
    /// Runs a command in the shell of a test image; gives what it printed, and fails as it does.
    pub fn shell(&mut self, command: &str, seconds: u64) -> anyhow::Result<String> {
        let (code, text) = self.shell_code(command, seconds)?;
        if code != 0 {
            bail!("{command}: {code}: {text}");
        }
        Ok(text)
    }

    /// Runs a command in the shell of a test image; gives its code and what it printed.
    pub fn shell_code(&mut self, command: &str, seconds: u64) -> anyhow::Result<(i32, String)> {
        let patience = self.patience(seconds);
        self.shell.commands += 1;
        let mark = format!("{}of{}", std::process::id(), self.shell.commands);
        // In two parts, so that the echo of the command is not taken for its end.
        let line = format!("{{ {command}\n}} 2>&1; echo end'of'{mark}:$?:\n");
        let (pattern, own_echo) = (format!("endof{mark}:"), format!("end'of'{mark}"));
        let stream = self.stream()?;
        stream.set_read_timeout(Some(Duration::from_millis(500)))?;
        stream.write_all(line.as_bytes())?;
        let mut asked = Instant::now();
        let mut text = String::new();
        let mut bytes = [0; 4096];
        loop {
            if let Some((before, after)) = text.split_once(&pattern)
                && let Some((code, _)) = after.split_once(':')
            {
                let code = code.trim().parse()?;
                let lines: Vec<&str> = before.lines().map(str::trim_end).collect();
                let echo = lines.iter().rposition(|line| line.contains(&own_echo));
                let said = lines.get(echo.map_or(0, |echo| echo + 1)..);
                let said = said.unwrap_or_default();
                return Ok((code, said.join("\n").trim().to_owned()));
            }
            if patience.is_over() {
                bail!("{command}: no answer: {text}");
            }
            match stream.read(&mut bytes) {
                Ok(0) => bail!("the machine is gone"),
                Ok(length) => {
                    text.push_str(&String::from_utf8_lossy(
                        bytes.get(..length).unwrap_or_default(),
                    ));
                }
                Err(_) if text.is_empty() && asked.elapsed() > Duration::from_secs(30) => {
                    // The shell was not there yet.
                    asked = Instant::now();
                    stream.write_all(line.as_bytes())?;
                }
                Err(_) => {}
            }
        }
    }

    /// Sends a command to the shell without waiting for its end.
    pub fn shell_start(&mut self, command: &str) -> anyhow::Result<()> {
        self.shell("true", 120)?;
        let stream = self.stream()?;
        writeln!(stream, "{command}")?;
        Ok(())
    }

    /// What the command that was started last prints, a line each time; `None` when the machine is
    /// gone. Nothing else can be asked of the shell meanwhile.
    pub fn shell_lines(&mut self) -> anyhow::Result<impl Iterator<Item = String> + use<>> {
        let stream = self.stream()?.try_clone()?;
        stream.set_read_timeout(Some(Duration::from_secs(1800)))?;
        let lines = BufReader::new(stream).lines();
        Ok(lines.map_while(Result::ok))
    }

    /// The shell of another start: the old connection says nothing any more.
    pub fn forget_shell(&mut self) {
        self.shell = Shell::default();
    }

    fn stream(&mut self) -> anyhow::Result<&mut UnixStream> {
        if self.shell.stream.is_none() {
            let stream = UnixStream::connect(self.folder.join("shell"))?;
            self.shell.stream = Some(stream);
        }
        self.shell.stream.as_mut().context("no shell")
    }
}
