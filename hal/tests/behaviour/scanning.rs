use std::time::Duration;

use hal::framing::FrameReader;
use hal::simulators::VirtualScanner;
use hal::traffic::{Direction, Recording};
use hal::{
    AimIdentifier, DeviceEvent, DeviceId, ErrorKind, FrameFault, Framing, ScanSignal, ScannedCode,
    Scanner, ScannerDevice, ScannerProfile, Symbology,
};

use crate::support::{Counter, until};

pub fn next_scan(counter: &Counter) -> Result<ScannedCode, FrameFault> {
    counter.wait_for("a scan", |event| match event {
        DeviceEvent::Scanned { code, .. } => Some(Ok(code.clone())),
        DeviceEvent::ScanRejected { fault, .. } => Some(Err(*fault)),
        _ => None,
    })
}

#[test]
fn ten_scans_a_second_are_neither_lost_nor_merged() {
    let counter = Counter::new();
    let device = VirtualScanner::on_pty(counter.path("scanner")).unwrap();
    let events = counter.events.clone();
    let _scanner =
        ScannerDevice::start(DeviceId(1), device.link(), Framing::default(), events).unwrap();
    let sender = std::thread::spawn(move || {
        for number in 0..20 {
            device.scan(&format!("978000000{number:04}")).unwrap();
            std::thread::sleep(Duration::from_millis(100));
        }
        device
    });
    for number in 0..20 {
        let code = next_scan(&counter).unwrap();
        assert_eq!(code.text().unwrap(), format!("978000000{number:04}"));
    }
    drop(sender.join().unwrap());
}

#[test]
fn a_scanner_without_suffix_ends_a_code_by_silence() {
    let counter = Counter::new();
    let device = VirtualScanner::on_pty(counter.path("scanner"))
        .unwrap()
        .suffix(b"");
    let events = counter.events.clone();
    let _scanner =
        ScannerDevice::start(DeviceId(1), device.link(), Framing::default(), events).unwrap();
    for code in ["4006381333931", "96385074"] {
        device.scan(code).unwrap();
        assert_eq!(next_scan(&counter).unwrap().text(), Some(code));
    }
}

#[test]
fn an_overlong_code_is_reported_and_the_next_one_is_read() {
    let counter = Counter::new();
    let device = VirtualScanner::on_pty(counter.path("scanner")).unwrap();
    let events = counter.events.clone();
    let _scanner =
        ScannerDevice::start(DeviceId(1), device.link(), Framing::default(), events).unwrap();
    device.scan(&"9".repeat(5_000)).unwrap();
    device.scan("96385074").unwrap();
    let fault = FrameFault::Overlong { length: 5_000 };
    assert_eq!(next_scan(&counter), Err(fault));
    assert_eq!(next_scan(&counter).unwrap().text(), Some("96385074"));
}

/// Reads `bytes` that come one after another without a pause.
fn read(bytes: &[u8]) -> Vec<Result<ScannedCode, FrameFault>> {
    let mut reader = FrameReader::new(Framing::default());
    let start = Duration::from_secs(1);
    let mut codes: Vec<_> = bytes
        .iter()
        .filter_map(|&byte| reader.push(byte, start))
        .collect();
    assert_eq!(reader.poll(start), None, "no silence yet");
    codes.extend(reader.poll(start + Framing::default().timeout));
    codes
}

fn code(aim: Option<(u8, u8)>, data: &[u8]) -> Result<ScannedCode, FrameFault> {
    Ok(ScannedCode {
        aim: aim.map(|(code, modifier)| AimIdentifier { code, modifier }),
        data: heapless::Vec::from_slice(data).unwrap(),
    })
}

#[test]
fn codes_end_at_each_suffix_and_empty_ones_are_none() {
    let codes = read(b"1\r\n2\n\n3\t4");
    let expected = [b"1", b"2", b"3", b"4"].map(|data| code(None, data));
    assert_eq!(codes, expected);
}

#[test]
fn codes_between_stx_and_etx_are_read_and_those_of_scales_are_not() {
    let bytes = b"\x024006381333931\x03\x02]E496385074\x03\r\n\x02\x03\x02401   1255\r12\x0334\r";
    let expected = [
        code(None, b"4006381333931"),
        code(Some((b'E', b'4')), b"96385074"),
        Err(FrameFault::Empty),
        Err(FrameFault::OtherDevice),
        // ETX alone ends nothing.
        Err(FrameFault::OtherDevice),
    ];
    assert_eq!(read(bytes), expected);
}

#[test]
fn the_aim_identifier_is_taken_off_and_kept() {
    let codes = read(b"]E09780000001009\r]C1010978\x1D10AB\r]\r]9x\r]E0\r");
    let expected = [
        code(Some((b'E', b'0')), b"9780000001009"),
        code(Some((b'C', b'1')), b"010978\x1D10AB"),
        code(None, b"]"),
        code(None, b"]9x"),
        Err(FrameFault::Empty),
    ];
    assert_eq!(codes, expected);
    let symbologies = [
        (b'E', b'0', Symbology::Ean13),
        (b'E', b'4', Symbology::Ean8),
        (b'C', b'1', Symbology::Gs1128),
        (b'e', b'0', Symbology::DataBar),
        (b'd', b'2', Symbology::Gs1DataMatrix),
        (b'Q', b'3', Symbology::Gs1Qr),
    ];
    for (code, modifier, symbology) in symbologies {
        assert_eq!(AimIdentifier { code, modifier }.symbology(), symbology);
    }
}

#[test]
fn the_longest_code_fits_with_and_without_identifier() {
    let longest = "x".repeat(hal::MAX_CODE);
    for prefix in ["", "]Q1"] {
        let codes = read(format!("{prefix}{longest}\r{prefix}{longest}x\r").as_bytes());
        assert_eq!(codes[0].as_ref().unwrap().text(), Some(longest.as_str()));
        let length = prefix.len() + hal::MAX_CODE + 1;
        assert_eq!(codes[1], Err(FrameFault::Overlong { length }));
    }
}

#[test]
fn half_a_code_of_a_scanner_that_sends_a_suffix_is_none() {
    let mut reader = FrameReader::new(Framing::suffixed());
    let start = Duration::from_secs(1);
    for byte in *b"97800000" {
        assert_eq!(reader.push(byte, start), None);
    }
    let later = start + Framing::suffixed().timeout;
    let half = Err(FrameFault::Truncated { length: 8 });
    assert_eq!(reader.poll(later), Some(half));
    assert_eq!(reader.deadline(), None);
}

#[test]
fn noise_wrong_parity_and_another_device_are_told_apart_from_codes() {
    let garbled = [Err(FrameFault::Garbled)];
    assert_eq!(read(b"978\x0000\r"), garbled, "the wrong speed");
    assert_eq!(read(b"\xFF\xFE78\r"), garbled, "noise");
    let other = [Err(FrameFault::OtherDevice)];
    assert_eq!(read(b"\x02401   1255\r"), other, "a scale");
    let even = |byte: u8| byte | (((byte.count_ones() % 2) as u8) << 7);
    let with_parity: Vec<u8> = b"4006381333931".iter().copied().map(even).collect();
    let ended = [with_parity.as_slice(), b"\r"].concat();
    assert_eq!(read(&ended), [Err(FrameFault::WrongParity)]);
    // Where the suffix has a parity bit as well.
    let mut reader = FrameReader::new(Framing::suffixed());
    for byte in b"4006381333931\r".iter().copied().map(even) {
        assert_eq!(reader.push(byte, Duration::ZERO), None);
    }
    let ended = reader.poll(Framing::suffixed().timeout);
    assert_eq!(ended, Some(Err(FrameFault::WrongParity)));
    // What a port with a parity bit makes of characters that have none: zero bytes.
    let mut reader = FrameReader::new(Framing::default()).on_parity_port();
    let spoiled = b"\x000\x006\x00\x00\x000\x0093\r".iter();
    let ended = spoiled.filter_map(|&byte| reader.push(byte, Duration::ZERO));
    assert_eq!(
        ended.collect::<Vec<_>>(),
        [Err(FrameFault::WrongParity)],
        "no parity"
    );
    // What a USB adapter makes of them, which finds all characters of a packet broken or none, also
    // the suffix: it is no half code.
    let mut reader = FrameReader::new(Framing::suffixed()).on_parity_port();
    for byte in [0; 14] {
        assert_eq!(reader.push(byte, Duration::ZERO), None);
    }
    let ended = reader.poll(Framing::suffixed().timeout);
    assert_eq!(ended, Some(Err(FrameFault::WrongParity)));
    // What a scanner sends on purpose.
    let separators = b"[)>\x1E06\x1DS123\x1E\x04";
    assert_eq!(
        read(&[separators.as_slice(), b"\r"].concat()),
        [code(None, separators)]
    );
    let latin = b"Stra\xDFe";
    let identified = [b"]Q1".as_slice(), latin, b"\r"].concat();
    assert_eq!(read(&identified), [code(Some((b'Q', b'1')), latin)]);
    for fault in [
        FrameFault::Overlong { length: 1 },
        FrameFault::Empty,
        FrameFault::Truncated { length: 1 },
        FrameFault::Garbled,
        FrameFault::WrongParity,
        FrameFault::OtherDevice,
        FrameFault::Lost,
    ] {
        assert!(!fault.remedy().is_empty() && !fault.to_string().is_empty());
    }
}

#[test]
fn a_serial_scanner_sounds_when_it_is_told_to_and_keeps_its_last_bytes() {
    let counter = Counter::new();
    let device = VirtualScanner::on_pty(counter.path("scanner")).unwrap();
    let events = counter.events.clone();
    let scanner =
        ScannerDevice::start(DeviceId(1), device.link(), ScannerProfile::bell(), events).unwrap();
    device.scan("96385074").unwrap();
    assert_eq!(next_scan(&counter).unwrap().text(), Some("96385074"));
    scanner.signal(ScanSignal::Good).unwrap();
    let mut heard = Vec::new();
    until("one tone", || {
        heard.extend(device.received());
        heard == [7]
    });
    scanner.signal(ScanSignal::Error).unwrap();
    until("three more", || {
        heard.extend(device.received());
        heard == [7; 4]
    });
    let traffic = scanner.traffic();
    assert_eq!(traffic.bytes(Direction::FromDevice), b"96385074\r");
    assert_eq!(traffic.bytes(Direction::ToDevice), [7; 4]);
    scanner.forget_traffic();
    assert_eq!(scanner.traffic(), Recording::default());

    let mute = VirtualScanner::on_pty(counter.path("mute")).unwrap();
    let events = counter.events.clone();
    let framing = Framing::default();
    let scanner = ScannerDevice::start(DeviceId(2), mute.link(), framing, events).unwrap();
    let refused = scanner.signal(ScanSignal::Good).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::NotSupported);
}
