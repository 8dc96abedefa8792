//! A look at every port of the box from the other end of its network cable.

use std::collections::BTreeSet;
use std::os::unix::net::UnixDatagram;
use std::time::{Duration, Instant};

use anyhow::{bail, ensure};

use crate::hardware::Hardware;
use crate::images::Images;
use crate::vm::Vm;

const OWN_MAC: [u8; 6] = [2, 0, 0, 0, 0, 1];
const OWN: [u8; 4] = [10, 9, 8, 1];
const BOX: [u8; 4] = [10, 9, 8, 2];
/// A port that is opened on purpose, to see that the look sees.
const CONTROL: u16 = 4242;
/// Where the DHCP client hears its servers.
const DHCP: [&str; 2] = [":68", ":546"];
/// One for datagrams, of the shell's DHCP server.
const DATAGRAM_CONTROL: &str = ":67";

/// Every TCP port is closed, and nobody but the DHCP client hears datagrams.
pub fn no_open_port(images: &Images) -> anyhow::Result<String> {
    let (_, mut machine) = images.started("ports", &Hardware::default())?;
    machine.plug_network()?;
    machine.shell(
        "i=0; until [ -e /sys/class/net/eth0 ] || [ $i -gt 60 ]; do sleep 1; i=$((i+1)); done; \
         ifconfig eth0 10.9.8.2 netmask 255.255.255.0 up",
        120,
    )?;
    let wire = Wire::plug_in(&machine)?;
    let (open, silent) = wire.look()?;
    ensure!(open.is_empty(), "open ports: {open:?}");
    ensure!(
        silent.is_empty(),
        "{} ports did not answer, the first is {:?}",
        silent.len(),
        silent.first()
    );
    let datagrams = heard(&mut machine)?;
    ensure!(
        datagrams
            .iter()
            .all(|at| DHCP.iter().any(|port| at.ends_with(port))),
        "datagrams are heard at {datagrams:?}"
    );
    machine.shell(
        &format!("nc -l -p {CONTROL} </dev/null >/dev/null & sleep 1"),
        60,
    )?;
    let (open, _) = wire.look()?;
    ensure!(
        open == BTreeSet::from([CONTROL]),
        "a port was opened on purpose, seen are {open:?}"
    );
    machine.shell(
        "printf 'interface eth0\\nstart 10.9.8.20\\nend 10.9.8.30\\nlease_file /tmp/leases\\n' >/tmp/udhcpd.conf; \
         touch /tmp/leases; udhcpd -f /tmp/udhcpd.conf >/dev/null 2>&1 & sleep 3",
        60,
    )?;
    let with_control = heard(&mut machine)?;
    ensure!(
        with_control.iter().any(|at| at.ends_with(DATAGRAM_CONTROL)),
        "a port for datagrams was opened on purpose, seen are {with_control:?}"
    );
    machine.kill()?;
    Ok(format!(
        "65,535 TCP ports answer that they are closed, and datagrams are heard at {datagrams:?} (ports \
         that were opened on purpose were seen)"
    ))
}

/// Where datagrams are heard.
fn heard(machine: &mut Vm) -> anyhow::Result<Vec<String>> {
    let text = machine.shell("netstat -lnu", 60)?;
    let sockets = text.lines().filter(|line| line.starts_with("udp"));
    let places = sockets.filter_map(|line| line.split_whitespace().nth(3));
    Ok(places.map(str::to_owned).collect())
}

struct Wire {
    socket: UnixDatagram,
    their_mac: [u8; 6],
}

impl Wire {
    fn plug_in(machine: &Vm) -> anyhow::Result<Self> {
        let socket = UnixDatagram::bind(machine.folder.join("wire.far"))?;
        socket.connect(machine.folder.join("wire"))?;
        socket.set_read_timeout(Some(Duration::from_millis(300)))?;
        let patience = machine.patience(60);
        let mut request = Vec::new();
        request.extend([0xff; 6]);
        request.extend(OWN_MAC);
        request.extend([8, 6, 0, 1, 8, 0, 6, 4, 0, 1]);
        request.extend(OWN_MAC);
        request.extend(OWN);
        request.extend([0; 6]);
        request.extend(BOX);
        let mut frame = [0; 2048];
        while !patience.is_over() {
            socket.send(&request)?;
            while let Ok(length) = socket.recv(&mut frame) {
                let frame = frame.get(..length).unwrap_or_default();
                if let Some(mac) = arp_answer(frame) {
                    let wire = Self {
                        socket,
                        their_mac: mac,
                    };
                    return Ok(wire);
                }
            }
        }
        bail!("the box does not answer on its network")
    }

    /// The ports that accept a connection, and those that say nothing.
    fn look(&self) -> anyhow::Result<(BTreeSet<u16>, BTreeSet<u16>)> {
        let mut open = BTreeSet::new();
        let mut silent: BTreeSet<u16> = (1..=u16::MAX).collect();
        for _ in 0..5 {
            let asked: Vec<u16> = silent.iter().copied().collect();
            for ports in asked.chunks(64) {
                for port in ports {
                    self.socket.send(&self.knock(*port))?;
                }
                let mut waiting: BTreeSet<u16> = ports.iter().copied().collect();
                let end = Instant::now() + Duration::from_secs(20);
                while !waiting.is_empty() && Instant::now() < end {
                    if let Some((port, is_open)) = self.hear()? {
                        waiting.remove(&port);
                        silent.remove(&port);
                        if is_open {
                            open.insert(port);
                        }
                    }
                }
            }
            if silent.is_empty() {
                break;
            }
        }
        Ok((open, silent))
    }

    /// An answer to a knock. Whoever asks for our address gets it.
    fn hear(&self) -> anyhow::Result<Option<(u16, bool)>> {
        let mut buffer = [0; 2048];
        let Ok(length) = self.socket.recv(&mut buffer) else {
            return Ok(None);
        };
        let frame = buffer.get(..length).unwrap_or_default();
        let asks = frame.get(12..14) == Some(&[8, 6]) && frame.get(21) == Some(&1);
        if asks && frame.get(38..42) == Some(&OWN) {
            let mut answer = Vec::new();
            answer.extend(self.their_mac);
            answer.extend(OWN_MAC);
            answer.extend([8, 6, 0, 1, 8, 0, 6, 4, 0, 2]);
            answer.extend(OWN_MAC);
            answer.extend(OWN);
            answer.extend(self.their_mac);
            answer.extend(BOX);
            self.socket.send(&answer)?;
        }
        Ok(tcp_answer(frame))
    }

    /// A request for a connection to a port.
    fn knock(&self, port: u16) -> Vec<u8> {
        let mut segment = Vec::new();
        segment.extend(40_000_u16.to_be_bytes());
        segment.extend(port.to_be_bytes());
        segment.extend([0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x02, 0x40, 0, 0, 0, 0, 0]);
        let mut sum = Vec::new();
        sum.extend(OWN);
        sum.extend(BOX);
        sum.extend([0, 6, 0, 20]);
        sum.extend(&segment);
        put(&mut segment, 16, checksum(&sum));
        let mut header = vec![0x45, 0, 0, 40, 0, 1, 0x40, 0, 64, 6, 0, 0];
        header.extend(OWN);
        header.extend(BOX);
        let sum = checksum(&header);
        put(&mut header, 10, sum);
        let mut frame = Vec::new();
        frame.extend(self.their_mac);
        frame.extend(OWN_MAC);
        frame.extend([8, 0]);
        frame.extend(header);
        frame.extend(segment);
        frame
    }
}

fn put(bytes: &mut [u8], at: usize, value: u16) {
    for (byte, new) in bytes.iter_mut().skip(at).zip(value.to_be_bytes()) {
        *byte = new;
    }
}

/// The internet checksum of an even number of bytes.
fn checksum(bytes: &[u8]) -> u16 {
    let mut sum: u32 = bytes
        .chunks_exact(2)
        .map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1]))
        .sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap_or_default()
}

fn arp_answer(frame: &[u8]) -> Option<[u8; 6]> {
    let is_answer = frame.get(12..14)? == [8, 6] && *frame.get(21)? == 2;
    let from_the_box = frame.get(28..32)? == BOX;
    (is_answer && from_the_box).then(|| frame.get(22..28)?.try_into().ok())?
}

/// The port that answered, and whether it is open.
fn tcp_answer(frame: &[u8]) -> Option<(u16, bool)> {
    let is_tcp = frame.get(12..14)? == [8, 0] && *frame.get(23)? == 6;
    if !is_tcp || frame.get(26..30)? != BOX {
        return None;
    }
    let segment = frame.get(14 + 4 * usize::from(frame.get(14)? & 0x0f)..)?;
    let port = u16::from_be_bytes(segment.get(..2)?.try_into().ok()?);
    let flags = *segment.get(13)?;
    // An open port answers SYN and ACK, a closed one RST.
    match flags & 0x16 {
        0x12 => Some((port, true)),
        flags if flags & 0x04 != 0 => Some((port, false)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_with_its_checksum_sums_up_to_nothing() {
        let mut header = vec![
            0x45, 0, 0, 40, 0, 1, 0x40, 0, 64, 6, 0, 0, 10, 9, 8, 1, 10, 9, 8, 2,
        ];
        let sum = checksum(&header);
        put(&mut header, 10, sum);
        assert_eq!(checksum(&header), 0);
    }
}
