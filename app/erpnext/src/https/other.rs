//! What is asked of servers that are no ERPNext: files, parts of files, and answers in JSON.

use std::ops::RangeInclusive;

use serde_json::Value;
use zeroize::Zeroizing;

use super::{Client, failure, redirected};
use crate::request::{Method, TransportError};

/// What such a server answered.
pub struct Answer {
    /// The HTTP status; no redirection.
    pub status: u16,
    /// The body, as it came.
    pub body: Zeroizing<Vec<u8>>,
}

impl Client {
    /// Reads a file of a web server: `path` is from the host on. It may have so many bytes.
    ///
    /// # Errors
    /// [`TransportError`]; [`TransportError::NoFile`] when the server has none to give.
    pub fn file(&self, path: &str, longest: u64) -> Result<Vec<u8>, TransportError> {
        let answer = self
            .run_with("GET", path, None, &[("accept", "*/*")])
            .map_err(|error| failure::of(&self.config.host(), error))?;
        let status = answer.status().as_u16();
        if status != 200 {
            return Err(TransportError::NoFile { status });
        }
        self.body(answer, longest).map(|body| body.to_vec())
    }

    /// Reads these bytes of a file that is `size` bytes long.
    ///
    /// # Errors
    /// [`TransportError`]; [`TransportError::NoFile`] when the server has none to give, and
    /// [`TransportError::NotThePart`] when it gives something else than this part of such a file.
    pub fn part(
        &self,
        path: &str,
        part: RangeInclusive<u64>,
        size: u64,
    ) -> Result<Vec<u8>, TransportError> {
        let (first, last) = (*part.start(), *part.end());
        let range = format!("bytes={first}-{last}");
        let headers = [("accept", "*/*"), ("range", range.as_str())];
        let answer = self
            .run_with("GET", path, None, &headers)
            .map_err(|error| failure::of(&self.config.host(), error))?;
        let status = answer.status().as_u16();
        let given = answer.headers().get("content-range");
        let given = given.and_then(|given| given.to_str().ok());
        let whole = given == Some(format!("bytes {first}-{last}/{size}").as_str());
        match status {
            206 if whole => {}
            200 | 206 | 416 => return Err(TransportError::NotThePart { status }),
            status => return Err(TransportError::NoFile { status }),
        }
        let length = last.saturating_sub(first).saturating_add(1);
        let body = self.body(answer, length)?;
        if body.len() as u64 != length {
            return Err(TransportError::Truncated);
        }
        Ok(body.to_vec())
    }

    /// Asks something in JSON and takes any answer of at most so many bytes. `path` is from the host
    /// on.
    ///
    /// # Errors
    /// [`TransportError`]; a status that says no is no error.
    pub fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        longest: u64,
    ) -> Result<Answer, TransportError> {
        let body = body.map(Value::to_string);
        let answer = self
            .run(method.as_str(), path, body.as_deref())
            .map_err(|error| failure::of(&self.config.host(), error))?;
        if let Some(redirected) = redirected(&answer) {
            return Err(redirected);
        }
        Ok(Answer {
            status: answer.status().as_u16(),
            body: self.body(answer, longest)?,
        })
    }
}
