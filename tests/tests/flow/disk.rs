//! A disk without space.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use kiosk::demo::prepare;
use tempfile::TempDir;

use crate::screen::on_screen;
use crate::whole_till::{NO_SITE, SALT_ROAD, WholeTill};

/// A file system of its own in memory, three megabytes; only an administrator can make one.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn at(path: PathBuf) -> Option<Self> {
        std::fs::create_dir_all(&path).unwrap();
        let options = ["-t", "tmpfs", "-o", "size=3m", "tmpfs"];
        let mounted = Command::new("mount").args(options).arg(&path).output();
        let mounted = mounted.is_ok_and(|ended| ended.status.success());
        mounted.then_some(Self(path))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Also while a test fails and files are still open.
        let _ended = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

/// Takes all the space there is.
fn fill(path: &Path) {
    let mut file = std::fs::File::create(path).unwrap();
    let mut piece = vec![0u8; 64 * 1024];
    while !piece.is_empty() {
        if file.write_all(&piece).is_err() {
            piece.truncate(piece.len() / 2);
        }
    }
}

#[test]
fn a_full_disk_keeps_cart_and_tender_and_sells_when_there_is_space() {
    on_screen(|screen| {
        let folder = TempDir::new().unwrap();
        let Some(disk) = SmallDisk::at(folder.path().join("data")) else {
            eprintln!("SKIPPED: a small disk can only be mounted by root; store/full_disk.rs runs");
            return;
        };
        let filler = disk.0.join("filler");
        let till = WholeTill::on(screen, folder, NO_SITE, |folder| prepare(folder).unwrap());
        till.sign_in();
        till.open_shift();
        let first = till.sell_a_book();
        till.scan(SALT_ROAD, 1);
        till.pay();
        fill(&filler);
        till.keys("10");
        till.tap("Cash");
        till.reads("The sale was not saved");
        assert!(till.sees("The disk is full"), "no cause");
        assert!(till.sees("Free space on the till's disk"), "no remedy");
        assert!(till.sees("Remove Cash $10.00"), "the tender is gone");
        assert_eq!(till.cart().len(), 1);
        assert_eq!(till.sales().len(), 1);
        assert_eq!(till.printer().kicks().len(), 1, "the drawer opened");
        // That the cart cannot be kept either is the lesser evil; it does not hide the greater.
        std::thread::sleep(Duration::from_millis(200));
        till.reads("The sale was not saved");

        std::fs::remove_file(&filler).unwrap();
        till.tap("Complete sale");
        let second = till.done();
        assert_eq!(
            second.receipt_number.number,
            first.receipt_number.number + 1
        );
        till.reads("Receipt printed");
        assert_eq!(till.on_paper("Receipt C1-000002"), 1);
        till.check_journal();
        drop(till);
        drop(disk);
    });
}
