//! The firmware of virtual PCs (OVMF): where it is, and its variables with the keys of Secure Boot.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};

/// Where this machine has QEMU's firmware: the program, and its variables as they are at first.
pub fn find() -> Option<(PathBuf, PathBuf)> {
    pair(&[
        ("OVMF_CODE_4M.fd", "OVMF_VARS_4M.fd"),
        ("OVMF_CODE.fd", "OVMF_VARS.fd"),
    ])
}

/// The same, with Secure Boot.
pub fn find_secure() -> Option<(PathBuf, PathBuf)> {
    pair(&[
        ("OVMF_CODE_4M.secboot.fd", "OVMF_VARS_4M.fd"),
        ("OVMF_CODE.secboot.fd", "OVMF_VARS.fd"),
    ])
}

fn pair(names: &[(&str, &str)]) -> Option<(PathBuf, PathBuf)> {
    names.iter().find_map(|(code, variables)| {
        let folder = Path::new("/usr/share/OVMF");
        let pair = (folder.join(code), folder.join(variables));
        (pair.0.exists() && pair.1.exists()).then_some(pair)
    })
}

/// The keys that a PC goes by, as certificates (DER).
#[derive(Clone, Debug)]
pub struct Keys {
    /// Who may change the keys.
    pub platform: Vec<u8>,
    /// Who may change what may be started.
    pub exchange: Vec<u8>,
    /// Whose programs may be started.
    pub started: Vec<Vec<u8>>,
}

const GLOBAL: &str = "8be4df61-93ca-11d2-aa0d-00e098032b8c";
const SECURITY_DATABASE: &str = "d719b2cb-3d3a-4596-a3bc-dad00e67656f";
const X509: &str = "a5c059a1-94e4-4aa7-87b5-ab155c2bf072";
/// Who put the keys in: anybody.
const OWNER: &str = "4e564552-5449-4c4c-8000-000000000001";
/// Of a store whose variables may have a time, and are signed by it.
const AUTHENTICATED_STORE: &str = "aaf32c78-947b-439a-a180-2e144ec37792";
/// Kept, for programs before and after the start, and changed by its time.
const KEPT: u32 = 0x27;
const VARIABLE: [u8; 2] = [0xaa, 0x55];
/// The length of what is before a variable's name.
const HEAD: usize = 60;

/// Puts keys into the variables of a firmware that has none: Secure Boot is on from the next start.
pub fn enrol(variables: &mut [u8], keys: &Keys) -> anyhow::Result<()> {
    let strange = "these are no variables of a firmware";
    ensure!(variables.get(40..44) == Some(b"_FVH"), strange);
    let length = variables
        .get(48..50)
        .and_then(|bytes| bytes.try_into().ok())
        .context(strange)?;
    let store = usize::from(u16::from_le_bytes(length));
    let kind = variables.get(store..store + 16);
    ensure!(kind == Some(&guid(AUTHENTICATED_STORE)?), strange);
    let mut at = store + 28;
    ensure!(
        variables.get(at..at + 2) != Some(&VARIABLE),
        "the firmware has variables already"
    );
    let started: Vec<&[u8]> = keys.started.iter().map(Vec::as_slice).collect();
    for (name, vendor, certificates) in [
        ("PK", GLOBAL, &[keys.platform.as_slice()][..]),
        ("KEK", GLOBAL, &[keys.exchange.as_slice()]),
        ("db", SECURITY_DATABASE, &started),
    ] {
        let variable = variable(name, vendor, &signature_lists(certificates)?)?;
        let place = variables.get_mut(at..at + variable.len());
        place
            .context("the keys are too long")?
            .copy_from_slice(&variable);
        at += variable.len();
    }
    Ok(())
}

fn variable(name: &str, vendor: &str, data: &[u8]) -> anyhow::Result<Vec<u8>> {
    let name: Vec<u8> = name
        .encode_utf16()
        .chain([0])
        .flat_map(u16::to_le_bytes)
        .collect();
    let mut bytes = VARIABLE.to_vec();
    // It is there, as a whole.
    bytes.extend([0x3f, 0]);
    bytes.extend(KEPT.to_le_bytes());
    bytes.extend([0; 8]);
    // 1 January 2026.
    bytes.extend([0xea, 0x07, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes.extend([0; 4]);
    bytes.extend(u32::try_from(name.len())?.to_le_bytes());
    bytes.extend(u32::try_from(data.len())?.to_le_bytes());
    bytes.extend(guid(vendor)?);
    ensure!(bytes.len() == HEAD, "a strange variable");
    bytes.extend(name);
    bytes.extend(data);
    bytes.resize(bytes.len().next_multiple_of(4), 0xff);
    Ok(bytes)
}

/// A list for each certificate, as they differ in length.
fn signature_lists(certificates: &[&[u8]]) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for certificate in certificates {
        let signature = u32::try_from(16 + certificate.len())?;
        bytes.extend(guid(X509)?);
        bytes.extend((28 + signature).to_le_bytes());
        bytes.extend(0_u32.to_le_bytes());
        bytes.extend(signature.to_le_bytes());
        bytes.extend(guid(OWNER)?);
        bytes.extend(*certificate);
    }
    Ok(bytes)
}

/// A GUID as EFI has it: the first three parts begin with their lowest byte.
fn guid(text: &str) -> anyhow::Result<[u8; 16]> {
    let digits: String = text.split('-').collect();
    let mut bytes = u128::from_str_radix(&digits, 16)?.to_be_bytes();
    bytes[..4].reverse();
    bytes[4..6].reverse();
    bytes[6..8].reverse();
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_put_into_empty_variables_alone() {
        assert_eq!(
            guid(GLOBAL).unwrap()[..8],
            [0x61, 0xdf, 0xe4, 0x8b, 0xca, 0x93, 0xd2, 0x11]
        );
        let mut variables = vec![0xff; 4096];
        variables[40..44].copy_from_slice(b"_FVH");
        variables[48..50].copy_from_slice(&72_u16.to_le_bytes());
        variables[72..88].copy_from_slice(&guid(AUTHENTICATED_STORE).unwrap());
        let keys = Keys {
            platform: vec![1; 801],
            exchange: vec![2; 802],
            started: vec![vec![3; 803], vec![4; 10]],
        };
        enrol(&mut variables, &keys).unwrap();
        // The platform's key: its head, "PK" and its end, one list.
        assert_eq!(variables[100..104], [0xaa, 0x55, 0x3f, 0]);
        assert_eq!(variables[160..166], [b'P', 0, b'K', 0, 0, 0]);
        assert_eq!(variables[166 + 44..166 + 44 + 801], [1; 801]);
        // The next begins at a multiple of four.
        let next = (166 + 44 + 801_usize).next_multiple_of(4);
        assert_eq!(variables[next..next + 2], VARIABLE);
        assert!(enrol(&mut variables, &keys).is_err());
        let mut short = variables[..400].to_vec();
        short[100..].fill(0xff);
        assert!(enrol(&mut short, &keys).is_err());
        assert!(enrol(&mut [0; 100], &keys).is_err());
    }
}
