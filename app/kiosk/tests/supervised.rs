//! The till says to whoever started it that it is ready, once, and that it runs, again and again.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::os::unix::net::UnixDatagram;

use appliance::wireless::WirelessNetwork;
use kiosk::supervised::Supervised;

#[test]
fn readiness_is_said_once_and_life_each_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notify");
    let listener = UnixDatagram::bind(&path).unwrap();
    let supervised = Supervised::at(path.as_os_str()).unwrap();
    for works in [false, true, true] {
        supervised.event_loop_runs(works);
    }
    let mut buffer = [0; 128];
    let mut hear = || {
        let length = listener.recv(&mut buffer).unwrap();
        String::from_utf8_lossy(&buffer[..length]).into_owned()
    };
    assert_eq!(hear(), "WATCHDOG=1");
    assert_eq!(hear(), "READY=1\nWATCHDOG=1");
    assert_eq!(hear(), "WATCHDOG=1");
    assert!(supervised.set_clock(1_764_340_000));
    assert_eq!(hear(), "EVERTILL_CLOCK=1764340000");
    let network = |text| WirelessNetwork::read(text).unwrap().unwrap();
    assert!(supervised.know_network(&network("WIFI:T:WPA;S:A b;P:12345678;H:true;;")));
    assert_eq!(hear(), "EVERTILL_WIRELESS=412062 hidden 3132333435363738");
    assert!(supervised.know_network(&network("WIFI:S:G;;")));
    assert_eq!(hear(), "EVERTILL_WIRELESS=47 seen ");
    drop(listener);
    // Nobody listens any more: nothing happens.
    supervised.event_loop_runs(true);
    assert!(!supervised.set_clock(1_764_340_000));
    assert!(Supervised::at("@abstract".as_ref()).is_none());
}
