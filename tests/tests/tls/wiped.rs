//! What a till's client leaves in memory.

use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::PathBuf;
use std::process::Command;

use erpnext::https::{Client, Roots, SiteConfig};
use erpnext::request::{Request, Transport};
use rustls::pki_types::CertificateDer;
use tests::stand_in::{Authority, Site, StandIn};
use zeroize::Zeroizing;

/// Where the site is, for the process that looks into its own memory.
const SITE: &str = "EVERTILL_TEST_SITE";
/// The file of the authority whom it trusts.
const ROOT: &str = "EVERTILL_TEST_ROOT";

/// The API secret behind a mask, so that it stands nowhere but where it is used.
const MASKED: [u8; 24] = [0x13; 24];

fn mask(place: usize) -> u8 {
    // Letters from B on, none of them twice in a row.
    MASKED[place] ^ (b'B' + (place as u8 * 7) % 23)
}

fn secret() -> Zeroizing<String> {
    let mut secret = Zeroizing::new(String::with_capacity(MASKED.len()));
    for (place, masked) in MASKED.iter().enumerate() {
        secret.push(char::from(masked ^ mask(place)));
    }
    secret
}

/// How often the secret stands in what this process may write to: heap and stacks.
fn found() -> usize {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let memory = File::open("/proc/self/mem").unwrap();
    let mut found = 0;
    for line in maps.lines().filter(|line| line.contains(" rw-p ")) {
        let (from, rest) = line.split_once('-').unwrap();
        let (to, _) = rest.split_once(' ').unwrap();
        let [mut from, to] = [from, to].map(|at| u64::from_str_radix(at, 16).unwrap());
        let mut piece = vec![0; 64 * 1024];
        // Parts of a mapping may not be there to be read.
        while from < to
            && let Ok(read) = memory.read_at(&mut piece, from)
            && read > 0
        {
            let read = read.min((to - from) as usize);
            let is_secret = |window: &[u8]| {
                let mut places = window.iter().enumerate();
                places.all(|(place, byte)| byte ^ mask(place) == MASKED[place])
            };
            found += piece[..read]
                .windows(MASKED.len())
                .filter(|window| is_secret(window))
                .count();
            // What lies across the end of a piece is seen in the next.
            let step = if read > MASKED.len() {
                read - MASKED.len() + 1
            } else {
                read
            };
            from += step as u64;
        }
    }
    found
}

/// Asks the site who the till is, and looks before and after the client is gone.
fn asks_and_looks(url: &str, root: &PathBuf) {
    let root = CertificateDer::from(fs::read(root).unwrap());
    let mut client = {
        let secret = secret();
        let mut key = Zeroizing::new(String::with_capacity(8 + secret.len()));
        key.push_str("till-k3y:");
        key.push_str(&secret);
        let mut config = SiteConfig::new(url, &key).unwrap();
        config.roots = Roots::Only(vec![root]);
        Client::new(config).unwrap()
    };
    for _ in 0..3 {
        // No key of this site, which it says after it was told.
        let error = client
            .send(&Request::call("frappe.auth.get_logged_user"))
            .unwrap_err();
        assert!(error.to_string().contains("401"), "{error}");
    }
    assert!(found() > 0, "the search does not find what is there");
    drop(client);
    assert_eq!(found(), 0, "copies of the secret that nobody wiped");
}

/// Runs itself again, because the site holds what it was told.
#[test]
fn nothing_of_a_tills_key_is_left_when_its_client_is_gone() {
    if let (Ok(url), Some(root)) = (std::env::var(SITE), std::env::var_os(ROOT)) {
        return asks_and_looks(&url, &PathBuf::from(root));
    }
    let authority = Authority::named("Ours");
    let identity = authority.issue("localhost", 2099);
    let roots = Roots::Only(vec![authority.certificate()]);
    let site = StandIn::https_as(Site::harbour_books(), identity, roots);
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root.der");
    fs::write(&root, authority.certificate()).unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "wiped::nothing_of_a_tills_key_is_left_when_its_client_is_gone",
            "--test-threads=1",
        ])
        .env(SITE, site.url())
        .env(ROOT, &root)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "it did not look: {said}");
    assert_eq!(site.site().requests().len(), 3);
}
