use hal::escpos::{AutomaticStatus, Report, StatusReader, apply_answers, apply_automatic_status};
use hal::printer::JobTag;
use hal::{
    Cover, DrawerProfile, DrawerState, Hindrance, JobId, Paper, PortState, PrinterFault,
    PrinterStatus, SignalLevel,
};

fn read(bytes: &[u8]) -> Vec<Report> {
    let mut reader = StatusReader::new();
    bytes.iter().filter_map(|&byte| reader.push(byte)).collect()
}

#[test]
fn answers_statuses_flow_control_and_completion_are_told_apart() {
    // XOFF stands in the middle of the automatic status.
    let stream = b"\x12\x14\x00\x13\x00\x0f\x11\x37\x22ABco\x00\x16";
    let expected = [
        Report::Answer(0x12),
        Report::Xoff,
        Report::Automatic(AutomaticStatus([0x14, 0, 0, 0x0F])),
        Report::Xon,
        Report::Completed(JobTag(*b"ABco")),
        Report::Answer(0x16),
    ];
    assert_eq!(read(stream), expected);
}

#[test]
fn after_noise_the_next_report_is_understood() {
    for noise in [
        &b"\xff"[..],
        b"\x10\x00",
        b"\x37",
        b"\x37\x22A",
        b"\x10\x00\x00\xff",
    ] {
        let mut stream = noise.to_vec();
        stream.push(0x16);
        assert_eq!(
            read(&stream).last(),
            Some(&Report::Answer(0x16)),
            "{noise:x?}"
        );
        let mut stream = noise.to_vec();
        stream.extend(b"\x37\x22ABco\x00");
        let completed = Report::Completed(JobTag(*b"ABco"));
        assert_eq!(read(&stream).last(), Some(&completed), "{noise:x?}");
    }
}

#[test]
fn a_jobs_tag_cannot_be_taken_for_another_report() {
    for number in [0, 1, 31, 32, 0x000F_FFFF, 0x1234_5678] {
        let JobTag(tag) = JobTag::of(JobId(number));
        let mut stream = vec![0x37, 0x22];
        stream.extend(tag);
        stream.push(0);
        assert_eq!(read(&stream), [Report::Completed(JobTag(tag))]);
        assert!(tag.iter().all(|byte| byte & 0x10 == 0), "{tag:x?}");
    }
    assert_ne!(JobTag::of(JobId(15)), JobTag::of(JobId(16)));
}

const READY: PrinterStatus = PrinterStatus {
    port: PortState::Open,
    responding: true,
    online: true,
    ..PrinterStatus::UNKNOWN
};

#[test]
fn each_bit_of_the_four_answers_has_its_word() {
    let after = |answers: [u8; 4]| {
        let mut status = READY;
        apply_answers(
            answers.map(|bits| bits | 0x12),
            &DrawerProfile::COMMON,
            &mut status,
        );
        status
    };
    assert_eq!(after([0, 0, 0, 0]).hindrance(), None);
    assert_eq!(after([0x08, 0, 0, 0]).hindrance(), Some(Hindrance::Offline));
    assert_eq!(after([0x08, 0x04, 0, 0]).cover, Cover::Open);
    assert_eq!(after([0x08, 0x20, 0, 0]).paper, Paper::Empty);
    assert_eq!(after([0x08, 0, 0, 0x60]).paper, Paper::Empty);
    assert_eq!(after([0, 0, 0, 0x0C]).paper, Paper::NearEnd);
    assert_eq!(after([0, 0, 0, 0x0C]).hindrance(), None);
    let faults = [
        (0x04, PrinterFault::Recoverable),
        (0x08, PrinterFault::Cutter),
        (0x20, PrinterFault::Unrecoverable),
        (0x40, PrinterFault::AutoRecoverable),
    ];
    for (bit, fault) in faults {
        let status = after([0x08, 0x40, bit, 0]);
        assert_eq!(status.hindrance(), Some(Hindrance::Fault(fault)));
    }
    assert_eq!(after([0x04, 0, 0, 0]).drawer, DrawerState::Open);
    assert_eq!(after([0, 0, 0, 0]).drawer, DrawerState::Closed);
}

#[test]
fn automatic_statuses_say_the_same() {
    let after = |bytes: [u8; 4]| {
        let mut status = READY;
        apply_automatic_status(AutomaticStatus(bytes), &DrawerProfile::COMMON, &mut status);
        status
    };
    assert_eq!(after([0x10, 0, 0, 0x0F]).hindrance(), None);
    assert_eq!(
        after([0x38, 0, 0, 0x0F]).hindrance(),
        Some(Hindrance::CoverOpen)
    );
    assert_eq!(
        after([0x18, 0, 0x0F, 0x0F]).hindrance(),
        Some(Hindrance::PaperEmpty)
    );
    assert_eq!(after([0x10, 0, 0x03, 0x0F]).paper, Paper::NearEnd);
    let cutter = Some(Hindrance::Fault(PrinterFault::Cutter));
    assert_eq!(after([0x18, 0x08, 0, 0x0F]).hindrance(), cutter);
}

#[test]
fn the_drawers_sensor_is_read_as_it_is_wired() {
    let drawer = |open_when, answer| {
        let profile = DrawerProfile {
            open_when,
            ..DrawerProfile::COMMON
        };
        let mut status = READY;
        apply_answers([answer, 0x12, 0x12, 0x12], &profile, &mut status);
        status.drawer
    };
    assert_eq!(drawer(Some(SignalLevel::Low), 0x12), DrawerState::Open);
    assert_eq!(drawer(Some(SignalLevel::Low), 0x16), DrawerState::Closed);
    assert_eq!(drawer(None, 0x16), DrawerState::Unknown);
}
