//! The only crate that knows ERPNext and HTTP.
//!
//! Two deterministic machines carry documents over a [`Transport`]: [`pull`] brings the masters a
//! sale needs, [`push`] takes what the till committed to the site exactly once. Neither has a
//! clock, a socket or randomness inside; [`https`] is the transport of a real till. [`office`] is
//! what an administrator does to a site, so that there is a till at all.

mod refused;
pub mod request;

pub mod problem;

pub mod https;

pub mod dto;

pub mod recorded;

pub mod pull;

pub mod push;

pub mod office;

pub use dto::DecodeError;
pub use problem::{Problem, backoff};
pub use pull::{Cursor, Pull, PullChange, PullConfig, PullStep, SiteClock};
pub use push::{Outcome, Push, PushContext, PushStep, payload};
pub use request::{Method, Refused, Reply, Request, Transport, TransportError};
