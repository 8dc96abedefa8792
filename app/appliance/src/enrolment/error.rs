//! Why a sheet does not enrol a till.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use thiserror::Error;

/// Why a sheet cannot be written, or does not enrol this till.
#[derive(Debug, Error)]
pub enum EnrolmentError {
    /// Something else was scanned.
    #[error(
        "this is not an enrolment sheet; scan the large code on the sheet that evertill-setup wrote"
    )]
    NotASheet,
    /// The sheet is of a later version.
    #[error(
        "the enrolment sheet was written by a newer version of evertill-setup; update this till, \
         or write the sheet with the version that the till has"
    )]
    Newer,
    /// Some of it was lost on the way.
    #[error("the enrolment sheet was not read whole; scan it again, or print it anew and larger")]
    Damaged,
    /// What was typed cannot be a code.
    #[error(
        "a code is ten letters and digits, for example K7QM2-9XW4T; type the one that was told \
         with the sheet"
    )]
    NotACode,
    /// The code belongs to another sheet, or a letter of it is wrong.
    #[error(
        "the code does not open this sheet; type it again, and check that it was told with this \
         very sheet"
    )]
    WrongCode,
    /// The sheet was for a limited time.
    #[error(
        "the enrolment sheet was good until {}; write a new one with evertill-setup till add \
         --replace, or set the till's clock if it is wrong",
        day(*until)
    )]
    Expired {
        /// Until when.
        until: Timestamp,
    },
    /// What is to be written onto a sheet cannot stand there.
    #[error("the {field} cannot stand on an enrolment sheet: {problem}")]
    Field {
        /// Which part of it.
        field: &'static str,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers ({0}); restart the machine")]
    Random(getrandom::Error),
    /// Opening needs 64 MiB of memory, which was not to be had.
    #[error("there is not enough memory to open the enrolment sheet; restart the till")]
    OutOfMemory,
}

/// A time as people write it, to the minute.
fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC)
        .strftime("%Y-%m-%d %H:%M UTC")
        .to_string()
}
