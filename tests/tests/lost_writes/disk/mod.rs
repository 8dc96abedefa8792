//! A disk whose power can be cut. What programs wrote and did not synchronise is in its cache, and
//! a cut leaves of that what chance leaves: nothing, all, the beginning, or sectors here and there.
//! A name in a folder is as durable as the folder was synchronised, whatever is in the file.
//!
//! It is a file system in user space (FUSE), so that the real program writes to it with real system
//! calls. After the cut every call fails, until the disk is mounted again.

mod content;
mod fate;
mod fuse;
mod names;

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use fuser::Errno;

use crate::chance::Chance;
use content::Content;
pub use fate::Fate;
pub use fuse::Mounted;
use names::{Folders, Names, Node};

/// The folder at the top.
const TOP: Node = 1;

/// What a disk does when it is asked to synchronise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Synchronising {
    /// It does.
    Honest,
    /// It says that it did, as some cheap cards do: what follows must find out.
    Lying,
}

struct Entry {
    mode: u32,
    /// `None` for a folder.
    content: Option<Content>,
}

struct State {
    entries: BTreeMap<Node, Entry>,
    folders: Folders,
    synchronising: Synchronising,
    /// Calls that change something before the power is cut.
    left: Option<u64>,
    is_cut: bool,
    chance: Chance,
}

/// What the power allows a call.
enum Power {
    On,
    /// It goes in the middle of this call.
    Going,
}

type Done<T> = Result<T, Errno>;

/// A disk. Clones are the same disk.
#[derive(Clone)]
pub struct Disk(Arc<(Mutex<State>, Condvar)>);

impl Disk {
    /// An empty disk.
    pub fn new(synchronising: Synchronising, chance: Chance) -> Self {
        let folder = Entry {
            mode: 0o755,
            content: None,
        };
        Self::of(State {
            entries: BTreeMap::from([(TOP, folder)]),
            folders: Folders::durable(BTreeMap::from([(TOP, Names::new())])),
            synchronising,
            left: None,
            is_cut: false,
            chance,
        })
    }

    fn of(state: State) -> Self {
        Self(Arc::new((Mutex::new(state), Condvar::new())))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.0.lock().unwrap()
    }

    /// Puts a file on it that is durable.
    pub fn put(&self, name: &str, bytes: Vec<u8>) {
        let mut state = self.lock();
        let node = state.new_node(0o600, Some(Content::durable(bytes)));
        state.folders.add((TOP, name.into()), node);
        state.folders.synchronise(TOP);
    }

    /// Makes it a folder that programs can use.
    ///
    /// # Errors
    /// Where the system mounts no file systems of this kind.
    pub fn mount(&self, folder: &Path) -> io::Result<Mounted> {
        Mounted::new(self.clone(), folder)
    }

    /// Cuts the power in the middle of the call that is so many calls away, of those that change
    /// something.
    pub fn cut_after(&self, calls: u64) {
        self.lock().left = Some(calls);
    }

    /// Cuts the power now.
    pub fn cut(&self) {
        self.lock().is_cut = true;
        self.0.1.notify_all();
    }

    /// Waits for the cut, at most so long; whether it came.
    pub fn wait_for_the_cut(&self, limit: Duration) -> bool {
        let waited = self
            .0
            .1
            .wait_timeout_while(self.lock(), limit, |state| !state.is_cut);
        waited.unwrap().0.is_cut
    }

    /// Makes it honest or not, from now on.
    pub fn change(&self, synchronising: Synchronising) {
        self.lock().synchronising = synchronising;
    }

    /// How many changes are not synchronised.
    pub fn at_risk(&self) -> usize {
        let state = self.lock();
        let files = state.entries.values().filter_map(|e| e.content.as_ref());
        files.map(Content::at_risk).sum::<usize>() + state.folders.at_risk()
    }

    /// The disk as it is found when the power is back.
    pub fn after_the_cut(&self, fate: Fate, chance: &mut Chance) -> Self {
        let state = self.lock();
        let tree = state.folders.after_the_cut(fate, chance);
        let mut entries = BTreeMap::new();
        let mut reached = BTreeMap::new();
        let mut todo = vec![TOP];
        while let Some(node) = todo.pop() {
            let Some(entry) = state.entries.get(&node) else {
                continue;
            };
            let content = entry.content.as_ref();
            let content = content.map(|old| Content::durable(old.after_the_cut(fate, chance)));
            if content.is_none() {
                let names = tree.get(&node).cloned().unwrap_or_default();
                todo.extend(names.values());
                reached.insert(node, names);
            }
            let mode = entry.mode;
            entries.insert(node, Entry { mode, content });
        }
        Self::of(State {
            entries,
            folders: Folders::durable(reached),
            synchronising: state.synchronising,
            left: None,
            is_cut: false,
            chance: chance.clone(),
        })
    }

    /// Copies everything into a folder of the machine's own disk.
    pub fn copy_to(&self, target: &Path) {
        self.lock().copy(TOP, target);
    }
}

impl State {
    fn new_node(&mut self, mode: u32, content: Option<Content>) -> Node {
        let node = self.entries.keys().next_back().map_or(TOP, |last| last + 1);
        self.entries.insert(node, Entry { mode, content });
        node
    }

    /// Every call that changes something begins with this.
    fn power(&mut self) -> Done<Power> {
        self.alive()?;
        match &mut self.left {
            Some(0) => {
                self.is_cut = true;
                Ok(Power::Going)
            }
            Some(left) => {
                *left -= 1;
                Ok(Power::On)
            }
            None => Ok(Power::On),
        }
    }

    fn alive(&self) -> Done<()> {
        if self.is_cut { Err(Errno::EIO) } else { Ok(()) }
    }

    fn entry(&self, node: Node) -> Done<&Entry> {
        self.alive()?;
        self.entries.get(&node).ok_or(Errno::ENOENT)
    }

    fn content(&mut self, node: Node) -> Done<&mut Content> {
        let entry = self.entries.get_mut(&node).ok_or(Errno::ENOENT)?;
        entry.content.as_mut().ok_or(Errno::EISDIR)
    }

    fn find(&self, folder: Node, name: &OsStr) -> Done<Node> {
        self.alive()?;
        self.folders.find(folder, name).ok_or(Errno::ENOENT)
    }

    fn read(&mut self, node: Node, offset: usize, size: usize) -> Done<Vec<u8>> {
        self.alive()?;
        let bytes = self.content(node)?.bytes();
        let rest = bytes.get(offset..).unwrap_or_default();
        Ok(rest[..rest.len().min(size)].to_vec())
    }

    fn write(&mut self, node: Node, offset: usize, bytes: &[u8]) -> Done<()> {
        if let Power::Going = self.power()? {
            let written = self.chance.up_to(bytes.len());
            self.content(node)?.write(offset, &bytes[..written]);
            return Err(Errno::EIO);
        }
        self.content(node)?.write(offset, bytes);
        Ok(())
    }

    fn set_size(&mut self, node: Node, size: usize) -> Done<()> {
        let power = self.power()?;
        self.content(node)?.set_size(size);
        power.is_on()
    }

    fn create(&mut self, folder: Node, name: &OsStr, mode: u32, is_folder: bool) -> Done<Node> {
        let power = self.power()?;
        if self.folders.find(folder, name).is_some() {
            return Err(Errno::EEXIST);
        }
        let content = (!is_folder).then(Content::default);
        let node = self.new_node(mode & 0o7777, content);
        if is_folder {
            self.folders.make_folder(node);
        }
        self.folders.add((folder, name.to_owned()), node);
        power.is_on()?;
        Ok(node)
    }

    fn link(&mut self, node: Node, folder: Node, name: &OsStr) -> Done<()> {
        let power = self.power()?;
        if self.folders.find(folder, name).is_some() {
            return Err(Errno::EEXIST);
        }
        self.folders.add((folder, name.to_owned()), node);
        power.is_on()
    }

    fn remove(&mut self, folder: Node, name: &OsStr) -> Done<()> {
        let power = self.power()?;
        let node = self.folders.find(folder, name).ok_or(Errno::ENOENT)?;
        if self
            .folders
            .names(node)
            .is_some_and(|names| !names.is_empty())
        {
            return Err(Errno::ENOTEMPTY);
        }
        self.folders.remove((folder, name.to_owned()));
        power.is_on()
    }

    fn rename(&mut self, from: (Node, OsString), to: (Node, OsString)) -> Done<()> {
        let power = self.power()?;
        self.folders.find(from.0, &from.1).ok_or(Errno::ENOENT)?;
        self.folders.rename(from, to);
        power.is_on()
    }

    fn synchronise(&mut self, node: Node) -> Done<()> {
        self.power()?.is_on()?;
        if self.synchronising == Synchronising::Honest {
            match &mut self.entries.get_mut(&node).ok_or(Errno::ENOENT)?.content {
                Some(content) => content.synchronise(),
                None => self.folders.synchronise(node),
            }
        }
        Ok(())
    }

    fn copy(&self, folder: Node, target: &Path) {
        use std::os::unix::fs::PermissionsExt;
        std::fs::create_dir_all(target).unwrap();
        for (name, node) in self.folders.names(folder).into_iter().flatten() {
            let path = target.join(name);
            let entry = &self.entries[node];
            match &entry.content {
                Some(content) => std::fs::write(&path, content.bytes()).unwrap(),
                None => self.copy(*node, &path),
            }
            let mode = std::fs::Permissions::from_mode(entry.mode);
            std::fs::set_permissions(&path, mode).unwrap();
        }
    }
}

impl Power {
    fn is_on(&self) -> Done<()> {
        match self {
            Self::On => Ok(()),
            Self::Going => Err(Errno::EIO),
        }
    }
}
