//! Each entry is signed by the till's key, and whoever has the files but not the key cannot write
//! another history.

use std::path::Path;

use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::{
    Fingerprint, JournalExportError, JournalFault, JournalKey, JournalKind, JournalProof,
    JournalSigner, KeyTakeover, NotedHead, Store, StoreErrorKind, verify_journal_export,
};

use crate::support::{Counter, INSTALLATION, SALT_ROAD, at};

struct Key(SigningKey);

impl Key {
    fn new(seed: u8) -> Box<Self> {
        Box::new(Self(SigningKey::from_bytes(&[seed; 32])))
    }
}

impl JournalSigner for Key {
    fn public_key(&self) -> [u8; 32] {
        self.0.verifying_key().to_bytes()
    }

    fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

fn public(seed: u8) -> JournalKey {
    JournalKey(Key::new(seed).public_key())
}

fn open(dir: &Path, seed: u8) -> Store {
    Store::open_signing(dir, INSTALLATION, Key::new(seed), at(0)).unwrap()
}

fn happens(store: &mut Store, what: &str) {
    let body = json!({ "what": what });
    store
        .journal_append(JournalKind::Program, &body, at(1))
        .unwrap();
}

fn export(store: &Store) -> Vec<Value> {
    let mut file = Vec::new();
    store.records().journal_export(&mut file).unwrap();
    let text = String::from_utf8(file).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn verify(lines: &[Value], trusted: &[Fingerprint]) -> Result<JournalProof, (u64, JournalFault)> {
    let lines: Vec<String> = lines.iter().map(Value::to_string).collect();
    match verify_journal_export(&mut lines.join("\n").as_bytes(), trusted, &[]) {
        Ok(proof) => Ok(proof),
        Err(JournalExportError::Broken(broken)) => Err((broken.entry, broken.fault)),
        Err(other) => panic!("{other}"),
    }
}

/// What somebody with the files does who knows how entries are hashed: makes the chain fit again
/// behind a change, up to the head at the end.
fn chain_anew(lines: &mut [Value]) {
    let installation = lines[0]["installation"].as_str().unwrap().to_owned();
    let mut head = Sha256::digest(format!("Evertill journal 1\n{installation}")).to_vec();
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    let end = lines.len() - 1;
    for (place, line) in lines[1..end].iter_mut().enumerate() {
        let (kind, body) = (
            line["kind"].as_str().unwrap(),
            line["body"].as_str().unwrap(),
        );
        let number = place as u64 + 1;
        let hash = Sha256::new()
            .chain_update(&head)
            .chain_update(number.to_be_bytes())
            .chain_update(line["at"].as_i64().unwrap().to_be_bytes())
            .chain_update((kind.len() as u64).to_be_bytes())
            .chain_update(kind)
            .chain_update((body.len() as u64).to_be_bytes())
            .chain_update(body)
            .finalize()
            .to_vec();
        line["number"] = json!(number);
        line["previous"] = json!(hex(&head));
        line["hash"] = json!(hex(&hash));
        head = hash;
    }
    lines[end] = json!({ "entries": end - 1, "head": hex(&head) });
}

#[test]
fn a_till_signs_all_it_writes_and_names_its_key() {
    let dir = tempfile::tempdir().unwrap();
    drop(open(dir.path(), 1));
    let mut store = open(dir.path(), 1);
    happens(&mut store, "one");
    assert_eq!(store.records().journal_key().unwrap(), Some(public(1)));
    let proof = store.records().journal_verify().unwrap().unwrap();
    assert_eq!(
        (proof.entries, proof.key, proof.unsigned),
        (2, Some(public(1)), 0)
    );
    let lines = export(&store);
    assert_eq!(lines[0]["key"], json!(public(1).to_string()));
    assert_eq!(verify(&lines, &[]).unwrap(), proof);
    let noted: Fingerprint = public(1).to_string().to_uppercase().parse().unwrap();
    assert_eq!(verify(&lines, &[noted]).unwrap(), proof);
    for wrong in ["", "12", "0123456789abcdeg", "0123456789abcdef0"] {
        assert!(wrong.parse::<Fingerprint>().is_err(), "{wrong}");
    }
}

#[test]
fn what_was_written_before_there_was_a_key_is_proven_with_the_rest() {
    let dir = tempfile::tempdir().unwrap();
    Counter::open(dir.path()).sells(SALT_ROAD);
    let mut store = open(dir.path(), 1);
    happens(&mut store, "one");
    let proof = store.records().journal_verify().unwrap().unwrap();
    assert_eq!((proof.entries, proof.unsigned), (4, 2));
    let lines = export(&store);
    assert_eq!(verify(&lines, &[public(1).fingerprint()]).unwrap(), proof);

    let mut altered = lines.clone();
    let body = altered[1]["body"]
        .as_str()
        .unwrap()
        .replace("Anna", "Berta");
    altered[1]["body"] = json!(body);
    chain_anew(&mut altered);
    assert_eq!(verify(&altered, &[]), Err((3, JournalFault::BadSignature)));
    drop(store);

    let refused = Store::open(dir.path(), INSTALLATION).unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::Inconsistent, "{refused}");
}

#[test]
fn a_history_that_was_written_anew_does_not_have_the_tills_signatures() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path(), 1);
    for what in ["one", "two", "three"] {
        happens(&mut store, what);
    }
    let lines = export(&store);
    let changed = |change: &dyn Fn(&mut Vec<Value>)| {
        let mut lines = lines.clone();
        change(&mut lines);
        chain_anew(&mut lines);
        lines
    };
    // Entry 1 names the key.
    let altered = changed(&|lines| lines[3]["body"] = json!("{\"what\":\"nothing\"}"));
    assert_eq!(verify(&altered, &[]), Err((3, JournalFault::BadSignature)));
    let left_out = changed(&|lines| drop(lines.remove(2)));
    assert_eq!(verify(&left_out, &[]), Err((2, JournalFault::BadSignature)));
    let unsigned = changed(&|lines| drop(lines[4].as_object_mut().unwrap().remove("signature")));
    assert_eq!(verify(&unsigned, &[]), Err((4, JournalFault::Unsigned)));
    let nonsense = changed(&|lines| lines[2]["signature"] = json!("zz"));
    assert_eq!(verify(&nonsense, &[]), Err((2, JournalFault::BadSignature)));
    let by_another = changed(&|lines| {
        lines[1]["body"] = json!(lines[1]["body"].as_str().unwrap().replace("a", "b"));
    });
    assert!(verify(&by_another, &[]).is_err());

    // All signatures taken away, and the key with them: found out by whoever noted the key.
    let bare = changed(&|lines| {
        lines.remove(1);
        for line in &mut lines[1..] {
            line.as_object_mut().unwrap().remove("signature");
        }
    });
    assert_eq!(verify(&bare, &[]).unwrap().key, None);
    let noted = [public(1).fingerprint()];
    assert_eq!(verify(&bare, &noted), Err((3, JournalFault::NoKey)));

    // A whole history of another till.
    let other = tempfile::tempdir().unwrap();
    let mut forger = open(other.path(), 9);
    happens(&mut forger, "one");
    let forged = export(&forger);
    verify(&forged, &[]).unwrap();
    assert_eq!(
        verify(&forged, &noted),
        Err((1, JournalFault::OtherKey(public(9))))
    );
}

#[test]
fn a_signature_that_was_changed_in_the_data_file_is_found() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path(), 1);
    happens(&mut store, "one");
    drop(store);
    let tool = rusqlite::Connection::open(dir.path().join("till.sqlite")).unwrap();
    let change = "UPDATE journal SET signature = zeroblob(64) WHERE number = 2";
    assert!(
        tool.execute(change, []).is_err(),
        "the journal is append-only"
    );
    tool.execute("DROP TRIGGER journal_keeps", []).unwrap();
    assert_eq!(tool.execute(change, []).unwrap(), 1);
    drop(tool);
    let broken = open(dir.path(), 1)
        .records()
        .journal_verify()
        .unwrap()
        .unwrap_err();
    assert_eq!(
        (broken.entry, broken.fault),
        (2, JournalFault::BadSignature)
    );
}

#[test]
fn a_key_hands_over_to_the_next_and_a_lost_one_has_to_be_vouched_for() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path(), 1);
    store.journal_hand_over(Key::new(2), at(1)).unwrap();
    happens(&mut store, "by the second key");
    assert_eq!(store.records().journal_key().unwrap(), Some(public(2)));
    drop(store);
    let mut store = open(dir.path(), 2);
    happens(&mut store, "after a restart");
    let proof = store.records().journal_verify().unwrap().unwrap();
    assert_eq!((proof.entries, proof.key), (4, Some(public(2))));
    let (first, second) = (public(1).fingerprint(), public(2).fingerprint());
    assert_eq!(verify(&export(&store), &[first]).unwrap(), proof);
    assert_eq!(
        verify(&export(&store), &[second]),
        Err((1, JournalFault::OtherKey(public(1))))
    );
    drop(store);

    // The till lost its secrets: it goes on with a new key, and says so to whoever proves it.
    let mut store = open(dir.path(), 3);
    happens(&mut store, "by a new key");
    let proof = store.records().journal_verify().unwrap().unwrap();
    let takeover = KeyTakeover {
        entry: 5,
        at: at(0),
        before: public(2),
        key: public(3),
    };
    assert_eq!(proof.takeovers, [takeover]);
    let lines = export(&store);
    assert_eq!(verify(&lines, &[]).unwrap(), proof);
    // Whoever knows the keys of the till from elsewhere is told of one that they did not name.
    let third = public(3).fingerprint();
    let other = verify(&lines, &[first]);
    assert_eq!(other, Err((5, JournalFault::OtherKey(public(3)))));
    assert_eq!(verify(&lines, &[first, third]).unwrap(), proof);

    let unsigned = tempfile::tempdir().unwrap();
    let mut store = Store::open(unsigned.path(), INSTALLATION).unwrap();
    let refused = store.journal_hand_over(Key::new(1), at(0)).unwrap_err();
    assert_eq!(refused.kind(), StoreErrorKind::Inconsistent);
}

#[test]
fn whoever_writes_another_end_with_a_key_of_their_own_is_told_of() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = open(dir.path(), 1);
    happens(&mut store, "one");
    happens(&mut store, "two");
    let honest = export(&store);
    let noted = honest[honest.len() - 1]["head"].as_str().unwrap();
    let noted = NotedHead::new(3, noted).unwrap();
    drop(store);

    // Somebody with the disk drops the last entry, begins a section and goes on with their own key.
    let tool = rusqlite::Connection::open(dir.path().join("till.sqlite")).unwrap();
    tool.execute("DROP TRIGGER journal_stays", []).unwrap();
    tool.execute("DELETE FROM journal WHERE number = 3", [])
        .unwrap();
    drop(tool);
    let mut forger = open(dir.path(), 9);
    happens(&mut forger, "another");
    let forged = export(&forger);
    let proof = verify(&forged, &[]).unwrap();
    let told: Vec<_> = proof
        .takeovers
        .iter()
        .map(|one| (one.entry, one.key))
        .collect();
    assert_eq!(told, [(3, public(9))]);
    let known = [public(1).fingerprint()];
    assert_eq!(
        verify(&forged, &known),
        Err((3, JournalFault::OtherKey(public(9))))
    );
    let lines: Vec<String> = forged.iter().map(Value::to_string).collect();
    let file = lines.join("\n");
    let against_report = verify_journal_export(&mut file.as_bytes(), &[], &[noted]);
    assert!(matches!(
        against_report,
        Err(JournalExportError::Broken(broken)) if broken.fault == JournalFault::NotAsNoted
    ));

    // A section that does not say which key it is instead of, or where that ended, is none.
    for (told, other) in [("instead_of", "0011223344556677"), ("ended_with", "00")] {
        let mut lines = forged.clone();
        let mut body: Value = serde_json::from_str(lines[3]["body"].as_str().unwrap()).unwrap();
        body[told] = json!(other);
        lines[3]["body"] = json!(body.to_string());
        chain_anew(&mut lines);
        let hash = lines[3]["hash"].as_str().unwrap();
        let hash: [u8; 32] = std::array::from_fn(|place| {
            u8::from_str_radix(&hash[2 * place..2 * place + 2], 16).unwrap()
        });
        let mut message = b"Evertill journal signature 1\n".to_vec();
        message.extend_from_slice(&hash);
        let signature: String = Key::new(9)
            .sign(&message)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        lines[3]["signature"] = json!(signature);
        assert_eq!(
            verify(&lines, &[]),
            Err((3, JournalFault::OtherKey(public(9)))),
            "{told}"
        );
    }
}
