//! The names in folders: as programs see them, and as they are on the disk.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

use super::fate::Fate;
use crate::chance::Chance;

/// The number of a file or folder.
pub type Node = u64;

pub type Names = BTreeMap<OsString, Node>;

/// A name in a folder.
pub type Place = (Node, OsString);

/// A change that was not synchronised yet. A disk makes each wholly or not at all.
#[derive(Clone, Debug)]
enum Change {
    Added(Place, Node),
    Removed(Place),
    Renamed { from: Place, to: Place },
}

impl Change {
    fn is_in(&self, folder: Node) -> bool {
        match self {
            Self::Added(place, _) | Self::Removed(place) => place.0 == folder,
            Self::Renamed { from, to } => from.0 == folder || to.0 == folder,
        }
    }

    fn make(&self, tree: &mut BTreeMap<Node, Names>) {
        match self {
            Self::Added((folder, name), node) => {
                tree.entry(*folder).or_default().insert(name.clone(), *node);
            }
            Self::Removed((folder, name)) => {
                tree.entry(*folder).or_default().remove(name);
            }
            Self::Renamed { from, to } => {
                if let Some(node) = tree.entry(from.0).or_default().remove(&from.1) {
                    tree.entry(to.0).or_default().insert(to.1.clone(), node);
                }
            }
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Folders {
    now: BTreeMap<Node, Names>,
    durable: BTreeMap<Node, Names>,
    pending: Vec<Change>,
}

impl Folders {
    /// Folders that are on the disk.
    pub fn durable(tree: BTreeMap<Node, Names>) -> Self {
        Self {
            durable: tree.clone(),
            now: tree,
            pending: Vec::new(),
        }
    }

    pub fn names(&self, folder: Node) -> Option<&Names> {
        self.now.get(&folder)
    }

    pub fn find(&self, folder: Node, name: &OsStr) -> Option<Node> {
        self.now.get(&folder)?.get(name).copied()
    }

    /// How many names a file has.
    pub fn links(&self, node: Node) -> usize {
        let all = self.now.values().flat_map(BTreeMap::values);
        all.filter(|named| **named == node).count()
    }

    pub fn add(&mut self, place: Place, node: Node) {
        self.change(Change::Added(place, node));
    }

    pub fn remove(&mut self, place: Place) {
        self.change(Change::Removed(place));
    }

    pub fn rename(&mut self, from: Place, to: Place) {
        self.change(Change::Renamed { from, to });
    }

    /// Makes room for the names of a new folder.
    pub fn make_folder(&mut self, node: Node) {
        self.now.insert(node, Names::new());
    }

    fn change(&mut self, change: Change) {
        change.make(&mut self.now);
        self.pending.push(change);
    }

    /// Makes durable what happened in one folder.
    pub fn synchronise(&mut self, folder: Node) {
        let (here, elsewhere): (Vec<_>, Vec<_>) = self
            .pending
            .drain(..)
            .partition(|change| change.is_in(folder));
        self.pending = elsewhere;
        for change in here {
            change.make(&mut self.durable);
        }
    }

    /// How many changes a power cut may take away.
    pub fn at_risk(&self) -> usize {
        self.pending.len()
    }

    /// What is on the disk after a power cut.
    pub fn after_the_cut(&self, fate: Fate, chance: &mut Chance) -> BTreeMap<Node, Names> {
        let mut left = self.durable.clone();
        let survivors = fate.survivors(self.pending.len(), chance);
        for (change, survives) in self.pending.iter().zip(survivors) {
            if survives {
                change.make(&mut left);
            }
        }
        left
    }
}
