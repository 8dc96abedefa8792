//! Whether there is anything to touch the till's keys with.

use crate::console::say;
use crate::log_ring::LogRing;

/// Where the kernel lists what gives it input.
const LIST: &str = "/proc/bus/input/devices";
/// Where on a screen a finger is, and along which axes something points or is moved.
const FINGER_X: u32 = 0x35;
const ALONG_X_AND_Y: u64 = 0b11;

/// Says it, on the console and in the log, when nothing is plugged in that a till could be worked
/// with.
pub fn tell_if_absent(log: &LogRing) {
    // A kernel that cannot say it is not spoken for.
    let Ok(list) = std::fs::read_to_string(LIST) else {
        return;
    };
    if !points(&list) {
        let line = "no touch screen and no mouse is plugged in: the till cannot be worked";
        say(line);
        log.line("init", line);
    }
}

/// Whether a device of the list is a touch screen, a mouse or the like.
fn points(list: &str) -> bool {
    list.lines().any(|line| {
        let lowest = |name: &str| {
            // The lowest bits are the last word.
            let words = line.strip_prefix("B: ")?.strip_prefix(name)?;
            u64::from_str_radix(words.split_whitespace().last()?, 16).ok()
        };
        let both = |bits: u64| bits & ALONG_X_AND_Y == ALONG_X_AND_Y;
        lowest("REL=").is_some_and(both)
            || lowest("ABS=").is_some_and(|bits| both(bits) || bits >> FINGER_X & 1 == 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A scanner that is a keyboard, as the kernel lists it.
    const SCANNER: &str = "I: Bus=0003 Vendor=05e0 Product=1200 Version=0110\n\
        N: Name=\"Symbol Bar Code Scanner\"\nH: Handlers=sysrq kbd leds event3\nB: PROP=0\n\
        B: EV=120013\nB: KEY=1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe\n\
        B: MSC=10\nB: LED=7\n\n";

    #[test]
    fn fingers_and_mice_are_told_from_keys() {
        assert!(!points(""));
        assert!(!points(SCANNER));
        for other in [
            "N: Name=\"QEMU Virtio MultiTouch\"\nB: PROP=2\nB: EV=9\nB: ABS=260800000000000\n",
            "N: Name=\"eGalax\"\nB: PROP=2\nB: EV=b\nB: KEY=400 0 0 0 0 0\nB: ABS=3\n",
            "N: Name=\"Mouse\"\nB: PROP=0\nB: EV=17\nB: KEY=70000 0 0 0 0\nB: REL=903\n",
        ] {
            assert!(points(&format!("{SCANNER}{other}")), "{other}");
        }
        // A knob alone turns.
        assert!(!points("N: Name=\"Knob\"\nB: EV=5\nB: REL=80\n"));
    }
}
