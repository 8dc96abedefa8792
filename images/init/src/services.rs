//! The programs besides the till: `/etc/evertill/services`, one a line, and how each is started.

use std::io;
use std::process::{Child, Command, Stdio};

use crate::log_ring::LogRing;

/// Where the list is.
pub const LIST: &str = "/etc/evertill/services";

/// A program that is started again when it ends.
#[derive(Clone, PartialEq, Debug)]
pub struct Service {
    /// How it is called in the log.
    pub name: String,
    /// Who runs it.
    pub user: String,
    /// The program and its arguments.
    pub command: Vec<String>,
}

/// Reads the list: `NAME USER PROGRAM ARGUMENT...` a line, `#` for remarks. Services whose program
/// the image does not have are left out.
pub fn parse(list: &str) -> Vec<Service> {
    let mut services = Vec::new();
    for line in list.lines().map(str::trim) {
        let mut words = line.split_whitespace().map(str::to_owned);
        if let (false, Some(name), Some(user)) = (line.starts_with('#'), words.next(), words.next())
        {
            let command: Vec<String> = words.collect();
            if !command.is_empty() {
                services.push(Service {
                    name,
                    user,
                    command,
                });
            }
        }
    }
    services
}

impl Service {
    /// Whether its program is on the image.
    pub fn is_here(&self) -> bool {
        let program = self.command.first();
        program.is_some_and(|program| std::path::Path::new(program).exists())
    }

    /// Starts it; what it says goes into the log.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(&self, environment: &[(String, String)], log: &LogRing) -> io::Result<Child> {
        let mut words = self.command.iter();
        let program = words
            .next()
            .ok_or_else(|| io::Error::other(format!("{} names no program", self.name)))?;
        let mut command = if self.user == "root" {
            Command::new(program)
        } else {
            // Gives up everything that a user may not have, for good.
            let mut command = Command::new("/usr/bin/setpriv");
            command
                .args([
                    "--reuid",
                    &self.user,
                    "--regid",
                    &self.user,
                    "--init-groups",
                ])
                .args(["--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"])
                .args(["--", program]);
            command
        };
        let mut child = command
            .args(words)
            .env_clear()
            .env("PATH", "/usr/sbin:/usr/bin")
            .env("LANG", "C.UTF-8")
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .current_dir("/")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        if let Some(output) = child.stdout.take() {
            log.follow(&self.name, output);
        }
        if let Some(output) = child.stderr.take() {
            log.follow(&self.name, output);
        }
        Ok(child)
    }
}

/// The number of a user and of its group, from the text of `/etc/passwd`.
pub fn user(passwd: &str, name: &str) -> Option<(u32, u32)> {
    let mut lines = passwd.lines();
    lines.find_map(|line| {
        let mut fields = line.split(':');
        let (_, user, group) = (
            fields.next().filter(|field| *field == name)?,
            fields.nth(1)?,
            fields.next()?,
        );
        Some((user.parse().ok()?, group.parse().ok()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_services_is_read() {
        let services = parse("# remark\n\nbus root /usr/bin/bus --system\nnobody\nlast x\n");
        assert_eq!(services.len(), 1);
        assert_eq!(services[0].name, "bus");
        assert_eq!(services[0].command, ["/usr/bin/bus", "--system"]);
    }

    #[test]
    fn a_user_is_found_by_its_whole_name() {
        let passwd = "root:x:0:0:root:/root:/bin/false\nevertill:x:900:901:The till:/:/bin/false\n";
        assert_eq!(user(passwd, "evertill"), Some((900, 901)));
        assert_eq!(user(passwd, "ever"), None);
        assert_eq!(user("evertill:x", "evertill"), None);
    }
}
