//! The machine's TPM, which the till asks for the key of its secrets before anything else.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;

use crate::console::say;

/// The kernel's TPM with its manager of resources; its drivers are built in.
const DEVICE: &str = "/dev/tpmrm0";

/// Lets the till use the TPM, where there is one; `group` is the till's. The rules of udev do the same
/// for the group `tss`, but may come to it later than the till, which would then believe that there is
/// none.
pub fn give(group: u32) {
    let device = Path::new(DEVICE);
    if !device.exists() {
        return;
    }
    let given = chown(device, None, Some(group))
        .and_then(|()| fs::set_permissions(device, Permissions::from_mode(0o660)));
    if let Err(error) = given {
        say(&format!("the till cannot use {DEVICE}: {error}"));
    }
}
