//! What is wrong on the line between the till and a device.

/// Why what comes from an open port is not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineFault {
    /// Answers begin and break off.
    Truncated,
    /// Bytes that mean nothing: a bad cable, or the wrong speed.
    Noise,
    /// The device speaks its protocol with a parity bit where the port has none, or the other way
    /// round.
    WrongParity,
    /// The device answers, and another one speaks in between.
    TwoDevices,
    /// Another device or another protocol: what comes is whole, but not of this one.
    OtherProtocol,
    /// Another device answers where this one should be: this one says nothing by itself.
    OtherDevice,
}

impl LineFault {
    /// What the operator can do about it, in one English sentence.
    pub const fn remedy(&self) -> &'static str {
        match self {
            LineFault::Truncated => "check its cable and its plugs",
            LineFault::Noise => "check its cable, and set the port to its speed",
            LineFault::WrongParity => "set the port to the data bits and the parity it is set to",
            LineFault::TwoDevices => "give each device a port of its own",
            LineFault::OtherProtocol => {
                "choose the model or the protocol it is set to, and the port it hangs on"
            }
            LineFault::OtherDevice => "see what hangs on its port, and name the right port of each",
        }
    }
}

impl core::fmt::Display for LineFault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            LineFault::Truncated => "answers break off",
            LineFault::Noise => "noise on its line",
            LineFault::WrongParity => "wrong parity",
            LineFault::TwoDevices => "another device on its line",
            LineFault::OtherProtocol => "answers in another language",
            LineFault::OtherDevice => "another device answers on its port",
        })
    }
}
