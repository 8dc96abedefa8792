//! Device files of drivers that are loaded when somebody opens them. The kernel makes a device file
//! when its driver is there; these are needed before, and `depmod` wrote down which.

use std::path::Path;

use rustix::fs::{CWD, FileType, Mode, makedev, mknodat};

use crate::console::say;

/// Makes the device files that the modules of the running kernel ask for.
pub fn make() {
    let release = rustix::system::uname();
    let release = release.release().to_string_lossy().into_owned();
    let list = Path::new("/usr/lib/modules").join(release);
    // A kernel without modules has none.
    let list = std::fs::read_to_string(list.join("modules.devname")).unwrap_or_default();
    for node in parse(&list) {
        let path = Path::new("/dev").join(&node.name);
        if path.exists() {
            continue;
        }
        if let Some(folder) = path.parent() {
            // The answer of mknod tells more.
            let _ = std::fs::create_dir_all(folder);
        }
        let mode = Mode::RUSR | Mode::WUSR;
        let device = makedev(node.major, node.minor);
        if let Err(error) = mknodat(CWD, &path, node.kind, mode, device) {
            say(&format!("{} cannot be made: {error}", path.display()));
        }
    }
}

#[derive(PartialEq, Debug)]
struct Node {
    name: String,
    kind: FileType,
    major: u32,
    minor: u32,
}

/// Reads `MODULE NAME c10:237` a line; what is none is passed over.
fn parse(list: &str) -> Vec<Node> {
    let node = |line: &str| {
        let mut words = line.split_whitespace();
        let name = words.nth(1)?.to_owned();
        let device = words.next()?;
        let kind = match device.get(..1)? {
            "c" => FileType::CharacterDevice,
            "b" => FileType::BlockDevice,
            _ => return None,
        };
        let (major, minor) = device.get(1..)?.split_once(':')?;
        let (major, minor) = (major.parse().ok()?, minor.parse().ok()?);
        let is_below = !name.starts_with('/') && !name.split('/').any(|part| part == "..");
        is_below.then_some(Node {
            name,
            kind,
            major,
            minor,
        })
    };
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(node).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_depmod_is_read() {
        let list = "# Device nodes to trigger on-demand module loading.\n\
                    loop loop-control c10:237\ndm_mod mapper/control c10:236\n\
                    bad ../x c1:1\nbad\nworse name x1:2\nworst name c1\n";
        let nodes = parse(list);
        assert_eq!(nodes.len(), 2);
        assert_eq!(nodes[0].name, "loop-control");
        assert_eq!((nodes[1].major, nodes[1].minor), (10, 236));
    }
}
