//! The box's way to itself (`lo`, 127.0.0.1): RAUC reads from the till by it. A kernel starts with it
//! switched off.

use std::io;

use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketType, recv, sendto, socket};

/// The message and its parts, as the kernel has them (`linux/netlink.h`, `linux/rtnetlink.h`,
/// `linux/if.h`).
const LENGTH: u32 = 32;
const RTM_NEWLINK: u16 = 16;
const NLMSG_ERROR: u16 = 2;
const NLM_F_REQUEST_AND_ACK: u16 = 1 | 4;
const IFF_UP: u32 = 1;
/// `lo` is the first of all.
const LOOPBACK: i32 = 1;

/// Switches it on.
///
/// # Errors
/// What the kernel refuses.
pub fn up() -> io::Result<()> {
    let kernel = SocketAddrNetlink::new(0, 0);
    let route = socket(AddressFamily::NETLINK, SocketType::RAW, None)?;
    sendto(&route, &message(), SendFlags::empty(), &kernel)?;
    let mut answer = [0; 128];
    let (_, length) = recv(&route, &mut answer, RecvFlags::empty())?;
    match error(answer.get(..length).unwrap_or_default()) {
        Some(0) => Ok(()),
        Some(code) => Err(io::Error::from_raw_os_error(code.wrapping_neg())),
        None => Err(io::Error::other("the kernel does not say whether it did")),
    }
}

fn message() -> Vec<u8> {
    let mut message = Vec::new();
    message.extend(LENGTH.to_ne_bytes());
    message.extend(RTM_NEWLINK.to_ne_bytes());
    message.extend(NLM_F_REQUEST_AND_ACK.to_ne_bytes());
    // Number and sender.
    message.extend([0; 8]);
    // Any family, any type.
    message.extend([0; 4]);
    message.extend(LOOPBACK.to_ne_bytes());
    // What its flags shall be, and which of them are meant.
    message.extend(IFF_UP.to_ne_bytes());
    message.extend(IFF_UP.to_ne_bytes());
    message
}

/// What an acknowledgement says: 0, or below it why not.
fn error(answer: &[u8]) -> Option<i32> {
    let kind = u16::from_ne_bytes(answer.get(4..6)?.try_into().ok()?);
    let code = i32::from_ne_bytes(answer.get(16..20)?.try_into().ok()?);
    (kind == NLMSG_ERROR).then_some(code)
}

#[cfg(test)]
mod tests {
    use std::net::{TcpListener, TcpStream};
    use std::process::Command;

    use super::*;

    /// Runs itself again in a network of its own, whose `lo` is off.
    #[test]
    fn a_box_reaches_itself() {
        const INSIDE: &str = "EVERTILL_TEST_LOOPBACK";
        let reaches = || {
            let here = TcpListener::bind("127.0.0.1:0")?;
            TcpStream::connect_timeout(&here.local_addr()?, std::time::Duration::from_secs(1))
        };
        if std::env::var_os(INSIDE).is_some() {
            assert!(reaches().is_err(), "it is on already");
            up().unwrap();
            reaches().unwrap();
            // Again changes nothing.
            up().unwrap();
            return;
        }
        let alone = ["--map-root-user", "--net"];
        let may = Command::new("unshare").args(alone).arg("true").output();
        if !may.is_ok_and(|may| may.status.success()) {
            println!("SKIPPED: no network of its own can be had here (unshare --net)");
            return;
        }
        let mut again = Command::new("unshare");
        again.args(alone).arg(std::env::current_exe().unwrap());
        let again = again
            .args(["--exact", "loopback::tests::a_box_reaches_itself"])
            .env(INSIDE, "1");
        let output = again.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}"
        );
    }
}
