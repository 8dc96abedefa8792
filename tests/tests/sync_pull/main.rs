//! The till's masters follow the site's, however they change and wherever a cycle is cut.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod bad_line;
mod first_cycle;

mod changes;
mod trouble;

use checkout::masters::{Doctype, Master};
use erpnext::https::Client;
use erpnext::pull::Pull;
use tests::stand_in::{Site, StandIn};
use tests::sync::{Mirror, clock};

const PLENTY: usize = 10_000;

struct Till {
    stand_in: StandIn,
    client: Client,
    mirror: Mirror,
    pull: Pull,
}

impl Till {
    fn new(site: Site) -> Self {
        let stand_in = StandIn::https(site);
        let client = stand_in.client();
        let mirror = Mirror::default();
        let pull = mirror.pull("Counter 1");
        Self {
            stand_in,
            client,
            mirror,
            pull,
        }
    }

    fn cycle(&mut self, local: &str) {
        self.mirror.rows = 0;
        let ended = self
            .mirror
            .cycle(&mut self.pull, clock(local), &mut self.client, PLENTY);
        assert!(ended, "the cycle never ends");
        assert_eq!(self.mirror.failed, [], "the cycle failed");
    }

    /// As after a restart.
    fn restart(&mut self) {
        self.pull = self.mirror.pull("Counter 1");
    }

    fn barcodes(&self, item: &str) -> Vec<String> {
        match self.mirror.get(Doctype::Item, item) {
            Some(Master::Item(item)) => item
                .barcodes
                .iter()
                .map(|row| row.barcode.clone())
                .collect(),
            other => panic!("{item} is {other:?}"),
        }
    }
}
