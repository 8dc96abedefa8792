//! What a real ERPNext answered, request by request.

use std::path::PathBuf;

use serde_json::Value;

/// One recorded exchange.
pub struct Recorded {
    /// The file without its extension, as `list-item`.
    pub name: String,
    /// `GET`, `POST` or `PUT`.
    pub method: String,
    /// The path, not encoded.
    pub path: String,
    /// The parameters.
    pub query: Vec<(String, String)>,
    /// The body that was sent.
    pub sent: Option<Value>,
    /// The HTTP status.
    pub status: u16,
    /// The body that came back.
    pub body: Value,
}

/// All exchanges of a folder below `app/erpnext/recorded`, in the order of their names.
pub fn exchanges(folder: &str) -> Vec<Recorded> {
    let path: PathBuf = [
        env!("CARGO_MANIFEST_DIR"),
        "../app/erpnext/recorded",
        folder,
    ]
    .iter()
    .collect();
    let mut files: Vec<_> = std::fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|file| {
        file.extension()
            .is_some_and(|extension| extension == "json")
    });
    files.sort();
    files.iter().map(read).collect()
}

fn read(file: &PathBuf) -> Recorded {
    let text = std::fs::read_to_string(file).unwrap();
    let all: Value = serde_json::from_str(&text).unwrap();
    let request = &all["request"];
    let parameter = |(key, value): (&String, &Value)| {
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        (key.clone(), value)
    };
    Recorded {
        name: file.file_stem().unwrap().to_str().unwrap().to_owned(),
        method: request["method"].as_str().unwrap().to_owned(),
        path: request["path"].as_str().unwrap().to_owned(),
        query: request["query"]
            .as_object()
            .into_iter()
            .flatten()
            .map(parameter)
            .collect(),
        sent: Some(request["body"].clone()).filter(|body| !body.is_null()),
        status: u16::try_from(all["status"].as_u64().unwrap()).unwrap(),
        body: all["body"].clone(),
    }
}
