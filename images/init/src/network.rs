//! What the DHCP client calls when a network changed: the name servers are written down.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::Path;
use std::process::ExitCode;

const FOLDER: &str = "/run/name-servers";
const RESULT: &str = "/run/resolv.conf";

/// Writes the name servers of all networks into one file. The client tells in its environment which
/// interface it means and what a server said about it.
pub fn changed() -> ExitCode {
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let interface = variable("interface");
    if interface.is_empty() || interface.contains(['/', '.']) {
        return ExitCode::SUCCESS;
    }
    let said = format!(
        "{} {}",
        variable("new_domain_name_servers"),
        variable("new_dhcp6_name_servers")
    );
    match note(Path::new(FOLDER), &interface, &said).and_then(|text| std::fs::write(RESULT, text)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("network-changed: the name servers were not written: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Notes the servers of an interface, and gives the file that names all.
fn note(folder: &Path, interface: &str, said: &str) -> std::io::Result<String> {
    std::fs::create_dir_all(folder)?;
    let servers: Vec<&str> = said
        .split_whitespace()
        .filter(|server| server.parse::<IpAddr>().is_ok())
        .collect();
    std::fs::write(folder.join(interface), servers.join("\n"))?;
    let mut all = BTreeSet::new();
    for entry in std::fs::read_dir(folder)? {
        all.extend(
            std::fs::read_to_string(entry?.path())?
                .lines()
                .map(str::to_owned),
        );
    }
    // The resolver reads three at most.
    Ok(all
        .iter()
        .take(3)
        .map(|server| format!("nameserver {server}\n"))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_become_name_servers() {
        let folder = tempfile::tempdir().unwrap();
        let said = "192.0.2.1 options:evil 2001:db8::1 192.0.2.1\nnameserver";
        let text = note(folder.path(), "eth0", said).unwrap();
        assert_eq!(text, "nameserver 192.0.2.1\nnameserver 2001:db8::1\n");
        assert_eq!(note(folder.path(), "eth0", "").unwrap(), "");
    }
}
