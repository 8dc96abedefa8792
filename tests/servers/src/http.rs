//! Just enough of HTTP/1.1 for one client.

use std::io::{BufRead, Write};

use serde_json::Value;

/// A request as it came.
pub struct Asked {
    /// `GET`.
    pub method: String,
    /// The parts of the path, decoded.
    pub path: Vec<String>,
    /// Keys and values, decoded.
    pub query: Vec<(String, String)>,
    /// The whole of `Authorization`.
    pub authorization: Option<String>,
    /// The whole of `Cookie`.
    pub cookie: Option<String>,
    /// The whole of `Range`.
    pub range: Option<String>,
    /// `None` where it is no JSON.
    pub body: Option<Value>,
}

impl Asked {
    /// The value of a key of the query.
    pub fn parameter(&self, key: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(own, _)| own == key)
            .map(|(_, value)| value.as_str())
    }
}

/// The next request; `None` when the client is gone.
pub fn read(stream: &mut impl BufRead) -> Option<Asked> {
    let mut line = String::new();
    stream.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut words = line.split_whitespace();
    let (method, address) = (words.next()?.to_owned(), words.next()?.to_owned());
    let (mut length, mut authorization, mut cookie, mut range) = (0, None, None, None);
    loop {
        let mut header = String::new();
        stream
            .read_line(&mut header)
            .ok()
            .filter(|read| *read > 0)?;
        let Some((name, value)) = header.trim_end().split_once(':') else {
            break;
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().ok()?,
            "cookie" => cookie = Some(value.trim().to_owned()),
            "range" => range = Some(value.trim().to_owned()),
            "authorization" => authorization = Some(value.trim().to_owned()),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    let (path, query) = address.split_once('?').unwrap_or((&address, ""));
    let pair = |pair: &str| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(key), decode(value))
    };
    Some(Asked {
        method,
        path: path.split('/').skip(1).map(decode).collect(),
        query: query
            .split('&')
            .filter(|part| !part.is_empty())
            .map(pair)
            .collect(),
        authorization,
        cookie,
        range,
        body: serde_json::from_slice(&body).ok(),
    })
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let decoded = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match (byte, decoded) {
            (b'%', Some(decoded)) => {
                bytes.push(decoded);
                rest = &tail[2..];
            }
            (b'+', _) => {
                bytes.push(b' ');
                rest = tail;
            }
            _ => {
                bytes.push(*byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Writes an answer; `cut` of its body's bytes are left out while the length promises them.
pub fn write(
    stream: &mut impl Write,
    status: u16,
    headers: &[(&str, &str)],
    body: &[u8],
    cut: usize,
) -> std::io::Result<()> {
    let mut head = format!(
        "HTTP/1.1 {status} Answer\r\nContent-Length: {}\r\n",
        body.len()
    );
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    // Whoever did not sign in is told so with every answer.
    if !headers.iter().any(|(name, _)| *name == "Set-Cookie") {
        head += "Set-Cookie: sid=Guest; Path=/\r\n";
    }
    head += "\r\n";
    stream.write_all(head.as_bytes())?;
    stream.write_all(&body[..body.len().saturating_sub(cut)])?;
    stream.flush()
}
