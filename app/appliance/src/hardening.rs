//! What the process gives away about itself.

use rustix::process::{DumpableBehavior, Resource, Rlimit};
use rustix::process::{set_dumpable_behavior, setrlimit};

/// From now on the system writes no core dump of this process, and no other process of the same
/// user can read its memory or attach a debugger. Programs it starts are as they are. To be called
/// first of all; where the system refuses, a warning is logged and the program goes on.
pub fn keep_memory_private() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let limited = setrlimit(Resource::Core, none);
    if let Err(error) = limited.and(set_dumpable_behavior(DumpableBehavior::NotDumpable)) {
        tracing::warn!("the program's memory may be dumped: {error}");
    }
}
