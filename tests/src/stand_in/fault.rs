//! What goes wrong between a till and its site.

use std::time::Duration;

/// A fault of one exchange.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The connection breaks before the site has read the request.
    DropRequest,
    /// The site does what was asked; the connection breaks before the answer.
    DropReply,
    /// The site does what was asked; the answer ends in the middle.
    TruncateReply,
    /// A page for people with this status. With `done`, the site did what was asked first.
    Html {
        /// The HTTP status.
        status: u16,
        /// Whether the request was carried out.
        done: bool,
    },
    /// Text that is neither JSON nor a page.
    Garbage,
    /// JSON of a shape that no request expects.
    StrangeJson,
    /// Too many requests, with the seconds to wait.
    TooManyRequests(u64),
    /// The key is not accepted.
    Unauthorized,
    /// The database was locked; nothing was done.
    Deadlock,
    /// The site fails inside and says so; nothing was done.
    ServerError,
    /// The site sends the till to another address.
    Redirect,
    /// The answer takes this long.
    Delay(Duration),
    /// More bytes than a till reads.
    Huge(usize),
}
