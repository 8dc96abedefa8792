//! Masters out of a folder of recorded answers: files of `{request, status, body}`, one an
//! exchange, as an integrator keeps them of a site.

use std::fs;
use std::path::{Path, PathBuf};

use checkout::masters::{Doctype, Master};
use serde_json::Value;
use thiserror::Error;

use crate::dto::{DecodeError, decode_document, decode_list, merge_children};
use crate::pull::is_read_whole;

/// Why a folder has no masters.
#[derive(Debug, Error)]
pub enum RecordedError {
    /// A file or the folder cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not JSON.
    #[error("{path} is not a recorded answer: {source}")]
    Malformed {
        /// Which.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// A document cannot be read.
    #[error("{path}: {source}")]
    Decode {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: DecodeError,
    },
}

/// What a recorded answer is of.
enum Answer {
    List,
    Children,
    Document,
}

/// The masters that were answered: lists, the child tables listed for them, and whole documents,
/// which replace what was listed. Refusals and other answers are left out.
///
/// # Errors
/// [`RecordedError`] names the file that cannot be read.
pub fn masters(folder: &Path) -> Result<Vec<Master>, RecordedError> {
    let (mut lists, mut children, mut documents) = (Vec::new(), Vec::new(), Vec::new());
    for path in files(folder)? {
        let Some((doctype, answer, body)) = read(&path)? else {
            continue;
        };
        match answer {
            // Their lists hold no more than names.
            Answer::List if is_read_whole(doctype) => {}
            Answer::List => lists.push((path, doctype, body)),
            Answer::Children => children.push((path, body)),
            Answer::Document => documents.push((path, doctype, body)),
        }
    }
    let mut masters = Vec::new();
    for (path, doctype, body) in lists {
        for master in decode_list(doctype, &body) {
            masters.push(master.map_err(|source| decode(&path, source))?);
        }
    }
    for (path, body) in children {
        if let Some(source) = merge_children(&mut masters, &body).into_iter().next() {
            return Err(decode(&path, source));
        }
    }
    for (path, doctype, body) in documents {
        let master = decode_document(doctype, &body).map_err(|source| decode(&path, source))?;
        let same =
            |other: &&mut Master| other.doctype() == doctype && other.name() == master.name();
        match masters.iter_mut().find(same) {
            Some(listed) => *listed = master,
            None => masters.push(master),
        }
    }
    Ok(masters)
}

fn decode(path: &Path, source: DecodeError) -> RecordedError {
    RecordedError::Decode {
        path: path.to_owned(),
        source,
    }
}

/// The JSON files of a folder, by name.
fn files(folder: &Path) -> Result<Vec<PathBuf>, RecordedError> {
    let failed = |source| RecordedError::Read {
        path: folder.to_owned(),
        source,
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// What a file answers, unless it is a refusal or of no master.
fn read(path: &Path) -> Result<Option<(Doctype, Answer, Value)>, RecordedError> {
    let text = fs::read_to_string(path).map_err(|source| RecordedError::Read {
        path: path.to_owned(),
        source,
    })?;
    let mut exchange: Value =
        serde_json::from_str(&text).map_err(|source| RecordedError::Malformed {
            path: path.to_owned(),
            source,
        })?;
    if exchange["status"] != 200 || exchange["request"]["method"] != "GET" {
        return Ok(None);
    }
    let asked = exchange["request"]["path"].as_str().unwrap_or_default();
    let Some(resource) = asked.strip_prefix("/api/resource/") else {
        return Ok(None);
    };
    let (doctype, name) = match resource.split_once('/') {
        Some((doctype, name)) => (doctype, Some(name)),
        None => (resource, None),
    };
    let Some(doctype) = Doctype::ALL.iter().find(|known| known.name() == doctype) else {
        return Ok(None);
    };
    let fields = exchange["request"]["query"]["fields"].as_str();
    let answer = match name {
        Some(_) => Answer::Document,
        None if fields.is_some_and(|fields| fields.contains('.')) => Answer::Children,
        None => Answer::List,
    };
    Ok(Some((*doctype, answer, exchange["body"].take())))
}
