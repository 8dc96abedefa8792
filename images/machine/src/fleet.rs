//! Updates that a fleet's server assigns to a till.

use std::net::Ipv4Addr;

use anyhow::{Context, ensure};
use servers::hawkbit::{Action, Hawkbit};

use crate::hardware::Hardware;
use crate::images::Images;
use crate::manager::{
    LOOK, begin, connect, ended, finish, leave_and_return, look, put, updates, without_a_shift,
};
use crate::sale::wait_for;
use crate::vm::Vm;
use crate::web::{HERE, Identity};

const TARGET: &str = "box-1";
const TOKEN: &str = "Wn4tokenofthebox";

/// Assigned by a stand-in of hawkBit, over TLS: one assignment is cancelled after it was offered and
/// before it is begun, and then not installed; the next one is read by RAUC through the till, and the
/// server hears that it runs.
pub fn update_from_hawkbit(images: &Images) -> anyhow::Result<String> {
    let Identity {
        authority,
        chain,
        key,
    } = Identity::new()?;
    let host = HERE.to_string();
    let server = Hawkbit::start(&host, chain, key, TARGET, &format!("TargetToken {TOKEN}"));
    for entry in std::fs::read_dir(images.folder.join("publish"))? {
        let file = entry?.path();
        let name = file.file_name().context("a file without a name")?;
        let name = name.to_string_lossy().into_owned();
        server.state().files.insert(name, std::fs::read(&file)?);
    }
    let (disk, mut machine) = images.started("fleet", &Hardware::default())?;
    connect(&mut machine)?;
    put(&mut machine, "updates.pem", &authority)?;
    put(&mut machine, "hawkbit.token", TOKEN)?;
    machine.shell("chmod 600 /data/closed/hawkbit.token", 60)?;
    server.state().action = Some(Action::forced(1));
    let settings = format!(
        "[updates]\ncertificates = \"updates.pem\"\n[updates.hawkbit]\nurl = \"{}\"\n\
         target = \"{TARGET}\"\ntoken_file = \"hawkbit.token\"\n",
        server.url()
    );
    without_a_shift(&mut machine, &settings)?;
    updates(&mut machine)?;
    look(images, &mut machine, "cancelled")?;

    let hears = |machine: &Vm, words: &str| {
        wait_for(machine, &format!("hawkBit hears {words:?}"), || {
            let state = server.state();
            state.heard.iter().any(|heard| heard.starts_with(words))
        })
    };
    hears(&machine, "deploymentBase/1 scheduled none")?;
    server
        .state()
        .action
        .as_mut()
        .context("the assignment is gone")?
        .is_cancelled = true;
    begin(&mut machine)?;
    machine.shell("sleep 5", 60)?;
    images.picture(&mut machine, "update-cancelled-3-refused.png")?;
    machine.touch(LOOK.at)?;
    hears(&machine, "cancelAction/1 closed success")?;
    let state = machine.shell("rauc status --output-format=shell", 120)?;
    let fetched = |name: &str| {
        let state = server.state();
        let parts = state.parts.iter().filter(|part| part.starts_with(name));
        parts.count()
    };
    ensure!(
        state.contains("RAUC_BOOT_PRIMARY='boot.0'") && fetched("") == 0,
        "what was cancelled was begun: {state}"
    );

    server.state().action = Some(Action::forced(2));
    leave_and_return(&mut machine)?;
    look(images, &mut machine, "fleet")?;
    hears(&machine, "deploymentBase/2 scheduled none")?;
    begin(&mut machine)?;
    let relay = relay(&mut machine)?;
    let told = finish(images, &mut machine, "fleet")?;
    hears(&machine, "deploymentBase/2 closed success")?;
    let left = machine.shell(
        &format!("ls /data/till; grep -c {TOKEN} /data/log/*; netstat -ltn"),
        60,
    );
    // grep finds nothing, and netstat is last.
    let left = left?;
    let found = left.lines().filter(|line| line.starts_with("/data/log"));
    ensure!(
        !left.contains("hawkbit.token") && found.clone().all(|line| line.ends_with(":0")),
        "the token lies open: {left}"
    );
    ensure!(
        !left.contains("127.0.0.1:"),
        "the till still listens: {left}"
    );
    let heard = server.heard();
    let last: Vec<&str> = heard
        .iter()
        .filter_map(|heard| {
            heard
                .split_once(": ")?
                .0
                .rsplit_once('/')
                .map(|(_, told)| told)
        })
        .collect();
    ensure!(
        last == [
            "1 scheduled none",
            "1 closed success",
            "2 scheduled none",
            "2 proceeding none",
            "2 proceeding none",
            "2 closed success"
        ],
        "hawkBit heard {heard:?}"
    );
    let attributes = server.state().attributes.take();
    let attributes = attributes.context("hawkBit knows no attributes")?;
    ensure!(attributes["version"] == "1.0.0", "{attributes}");
    let parts = fetched("");
    ended(images, &disk, machine)?;
    Ok(format!(
        "one that was cancelled is not begun; {told}; RAUC read it at {relay}, in {parts} parts of the server's; \
         hawkBit heard: {}",
        heard.join("; ")
    ))
}

/// Where RAUC reads what is installed: at the box itself.
fn relay(machine: &mut Vm) -> anyhow::Result<String> {
    let lo = machine.shell("ifconfig lo", 60)?;
    ensure!(
        lo.contains("inet addr:127.0.0.1") && lo.contains("UP"),
        "lo is not switched on: {lo}"
    );
    let patience = machine.patience(120);
    let own = format!("{}:", Ipv4Addr::LOCALHOST);
    loop {
        let sockets = machine.shell("netstat -tna", 60)?;
        let sockets: Vec<Vec<&str>> = sockets
            .lines()
            .map(|line| line.split_whitespace().collect())
            .collect();
        let listening = sockets.iter().find_map(|words| match words.as_slice() {
            ["tcp", _, _, at, _, "LISTEN"] if at.starts_with(&own) => Some((*at).to_owned()),
            _ => None,
        });
        if let Some(listening) = listening {
            let is_read = sockets.iter().any(|words| {
                matches!(words.as_slice(), ["tcp", _, _, _, to, "ESTABLISHED"] if *to == listening)
            });
            if is_read {
                return Ok(listening);
            }
        }
        ensure!(
            !patience.is_over(),
            "nobody reads what the till has at {own}"
        );
    }
}
