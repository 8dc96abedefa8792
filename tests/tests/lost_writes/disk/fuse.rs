//! The disk as the kernel asks for it.

use std::ffi::OsStr;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use fuser::{
    BackgroundSession, BsdFileFlags, Config, Errno, FileAttr, FileHandle, FileType, Filesystem,
    FopenFlags, Generation, INodeNo, LockOwner, MountOption, OpenFlags, RenameFlags, ReplyAttr,
    ReplyCreate, ReplyData, ReplyDirectory, ReplyEmpty, ReplyEntry, ReplyOpen, ReplyStatfs,
    ReplyWrite, Request, TimeOrNow, WriteFlags,
};

use super::names::Node;
use super::{Disk, Done, State};

/// How long the kernel may remember what it was told: nothing changes but through it.
const REMEMBERED: Duration = Duration::from_secs(60);
const GENERATION: Generation = Generation(0);
const NO_HANDLE: FileHandle = FileHandle(0);
const BLOCK: u32 = 4096;

/// A disk that programs can use. Dropping it makes the folder empty again.
pub struct Mounted(Option<BackgroundSession>);

impl Mounted {
    pub(super) fn new(disk: Disk, folder: &Path) -> io::Result<Self> {
        let owner = std::fs::metadata(folder)?;
        let mut config = Config::default();
        config.mount_options = vec![MountOption::FSName("evertill-test".to_owned())];
        let system = System {
            disk,
            user: owner.uid(),
            group: owner.gid(),
        };
        let session = fuser::spawn_mount(system, folder, &config)?;
        Ok(Self(Some(session)))
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        if let Some(session) = self.0.take() {
            match session.umount_and_join() {
                // Whoever serves the disk was just waiting for its next question.
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                ended => ended.unwrap(),
            }
        }
    }
}

struct System {
    disk: Disk,
    user: u32,
    group: u32,
}

impl System {
    fn with<R>(&self, call: impl FnOnce(&mut State) -> R) -> R {
        let mut state = self.disk.lock();
        let was_cut = state.is_cut;
        let answer = call(&mut state);
        if state.is_cut && !was_cut {
            self.disk.0.1.notify_all();
        }
        answer
    }

    fn attributes(&self, state: &State, node: Node) -> Done<FileAttr> {
        let entry = state.entry(node)?;
        let (kind, size, links) = match &entry.content {
            Some(content) => {
                let links = state.folders.links(node);
                (FileType::RegularFile, content.bytes().len() as u64, links)
            }
            None => (FileType::Directory, 0, 2),
        };
        let never = SystemTime::UNIX_EPOCH;
        Ok(FileAttr {
            ino: INodeNo(node),
            size,
            blocks: size.div_ceil(512),
            atime: never,
            mtime: never,
            ctime: never,
            crtime: never,
            kind,
            perm: u16::try_from(entry.mode & 0o7777).unwrap_or(0o600),
            nlink: u32::try_from(links).unwrap_or(u32::MAX),
            uid: self.user,
            gid: self.group,
            rdev: 0,
            blksize: BLOCK,
            flags: 0,
        })
    }

    fn made(&self, reply: ReplyEntry, make: impl FnOnce(&mut State) -> Done<Node>) {
        let made = self.with(|state| {
            let node = make(state)?;
            self.attributes(state, node)
        });
        match made {
            Ok(attributes) => reply.entry(&REMEMBERED, &attributes, GENERATION),
            Err(error) => reply.error(error),
        }
    }

    fn done(&self, reply: ReplyEmpty, call: impl FnOnce(&mut State) -> Done<()>) {
        match self.with(call) {
            Ok(()) => reply.ok(),
            Err(error) => reply.error(error),
        }
    }
}

fn size_of(size: u64) -> usize {
    usize::try_from(size).unwrap_or(usize::MAX)
}

impl Filesystem for System {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        self.made(reply, |state| state.find(parent.0, name));
    }

    fn getattr(&self, _: &Request, ino: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        match self.with(|state| self.attributes(state, ino.0)) {
            Ok(attributes) => reply.attr(&REMEMBERED, &attributes),
            Err(error) => reply.error(error),
        }
    }

    fn setattr(
        &self,
        _: &Request,
        ino: INodeNo,
        mode: Option<u32>,
        _: Option<u32>,
        _: Option<u32>,
        size: Option<u64>,
        _: Option<TimeOrNow>,
        _: Option<TimeOrNow>,
        _: Option<SystemTime>,
        _: Option<FileHandle>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<SystemTime>,
        _: Option<BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let changed = self.with(|state| {
            if let Some(size) = size {
                state.set_size(ino.0, size_of(size))?;
            }
            if let (Some(mode), Some(entry)) = (mode, state.entries.get_mut(&ino.0)) {
                entry.mode = mode & 0o7777;
            }
            self.attributes(state, ino.0)
        });
        match changed {
            Ok(attributes) => reply.attr(&REMEMBERED, &attributes),
            Err(error) => reply.error(error),
        }
    }

    fn mkdir(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        umask: u32,
        reply: ReplyEntry,
    ) {
        self.made(reply, |state| {
            state.create(parent.0, name, mode & !umask, true)
        });
    }

    fn create(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        umask: u32,
        _: i32,
        reply: ReplyCreate,
    ) {
        let made = self.with(|state| {
            let node = state.create(parent.0, name, mode & !umask, false)?;
            self.attributes(state, node)
        });
        match made {
            Ok(attributes) => {
                let flags = FopenFlags::FOPEN_KEEP_CACHE;
                reply.created(&REMEMBERED, &attributes, GENERATION, NO_HANDLE, flags);
            }
            Err(error) => reply.error(error),
        }
    }

    fn open(&self, _: &Request, ino: INodeNo, _: OpenFlags, reply: ReplyOpen) {
        match self.with(|state| state.entry(ino.0).map(|_| ())) {
            Ok(()) => reply.opened(NO_HANDLE, FopenFlags::FOPEN_KEEP_CACHE),
            Err(error) => reply.error(error),
        }
    }

    fn read(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        match self.with(|state| state.read(ino.0, size_of(offset), size as usize)) {
            Ok(bytes) => reply.data(&bytes),
            Err(error) => reply.error(error),
        }
    }

    fn write(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        data: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        match self.with(|state| state.write(ino.0, size_of(offset), data)) {
            Ok(()) => reply.written(data.len() as u32),
            Err(error) => reply.error(error),
        }
    }

    fn flush(&self, _: &Request, _: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        reply.ok();
    }

    fn fsync(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        self.done(reply, |state| state.synchronise(ino.0));
    }

    fn fsyncdir(&self, _: &Request, ino: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        self.done(reply, |state| state.synchronise(ino.0));
    }

    fn unlink(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        self.done(reply, |state| state.remove(parent.0, name));
    }

    fn rmdir(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        self.done(reply, |state| state.remove(parent.0, name));
    }

    fn rename(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        newparent: INodeNo,
        newname: &OsStr,
        flags: RenameFlags,
        reply: ReplyEmpty,
    ) {
        self.done(reply, |state| {
            if flags.contains(RenameFlags::RENAME_NOREPLACE)
                && state.find(newparent.0, newname).is_ok()
            {
                return Err(Errno::EEXIST);
            }
            let (from, to) = (name.to_owned(), newname.to_owned());
            state.rename((parent.0, from), (newparent.0, to))
        });
    }

    fn link(
        &self,
        _: &Request,
        ino: INodeNo,
        newparent: INodeNo,
        newname: &OsStr,
        reply: ReplyEntry,
    ) {
        self.made(reply, |state| {
            state.link(ino.0, newparent.0, newname)?;
            Ok(ino.0)
        });
    }

    fn readdir(
        &self,
        _: &Request,
        ino: INodeNo,
        _: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        let listed = self.with(|state| {
            state.alive()?;
            let names = state.folders.names(ino.0).ok_or(Errno::ENOTDIR)?;
            let kind = |node: Node| match state.entries.get(&node).map(|e| &e.content) {
                Some(Some(_)) => FileType::RegularFile,
                _ => FileType::Directory,
            };
            let listed: Vec<_> = names
                .iter()
                .map(|(name, node)| (*node, kind(*node), name.clone()))
                .collect();
            Ok(listed)
        });
        match listed {
            Ok(listed) => {
                for (place, (node, kind, name)) in (1..).zip(listed) {
                    if place > offset && reply.add(INodeNo(node), place, kind, name) {
                        break;
                    }
                }
                reply.ok();
            }
            Err(error) => reply.error(error),
        }
    }

    fn statfs(&self, _: &Request, _: INodeNo, reply: ReplyStatfs) {
        let room = 1 << 20;
        reply.statfs(room, room, room, room, room, BLOCK, 255, BLOCK);
    }
}
