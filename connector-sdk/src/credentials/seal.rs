//! The format of the file: a line that says what it is, then bytes that only its key opens.

use aes_gcm::{AeadInOut as _, Aes256Gcm, KeyInit as _, Nonce};
use secrecy::zeroize::Zeroizing;

use super::key::{Key, fill};
use crate::{Error, Result};

/// How the file begins, before the number of its version.
const MAGIC: &str = "connector-sdk credentials ";
const VERSION: &str = "1";
const ID: usize = 16;
const NONCE: usize = 12;

/// Why bytes could not be opened, in words that come after the name of the file.
pub(super) struct Fault(pub(super) String);

/// Encrypts contents with a nonce of their own.
pub(super) fn seal(key: &Key, mut contents: Zeroizing<Vec<u8>>) -> Result<Vec<u8>> {
    let header = header(key.id());
    let mut nonce = [0; NONCE];
    fill(&mut nonce)?;
    Aes256Gcm::new(key.bytes().into())
        .encrypt_in_place(&Nonce::from(nonce), header.as_bytes(), &mut *contents)
        .map_err(|_| Error::internal("the credential store can't be encrypted; it is too large"))?;
    Ok([header.as_bytes(), &nonce, &contents].concat())
}

/// Decrypts what one of some keys encrypted, and says which.
pub(super) fn open<'k>(bytes: &[u8], keys: &'k [Key]) -> Result<(Zeroizing<Vec<u8>>, &'k Key), Fault> {
    let id = key_id(bytes)?;
    let Some(key) = keys.iter().find(|key| key.id() == id) else {
        let known: Vec<String> = keys.iter().map(|key| format!("`{}`", key.id())).collect();
        return Err(Fault(format!(
            "is encrypted with the key `{id}`, and the key at hand is {}; give it its own key",
            known.join(" or ")
        )));
    };
    let damaged = || {
        Fault(
            "is damaged: it was cut or changed; put a backup in its place, or move it away and connect again"
                .into(),
        )
    };
    let header = header(id);
    let rest = bytes.get(header.len()..).unwrap_or_default();
    let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or_else(damaged)?;
    let mut contents = Zeroizing::new(sealed.to_vec());
    Aes256Gcm::new(key.bytes().into())
        .decrypt_in_place(&Nonce::from(*nonce), header.as_bytes(), &mut *contents)
        .map_err(|_| damaged())?;
    Ok((contents, key))
}

fn header(id: &str) -> String {
    format!("{MAGIC}{VERSION} {id}\n")
}

/// Which key opens the file.
pub(super) fn key_id(bytes: &[u8]) -> Result<&str, Fault> {
    let other =
        || Fault("is no credential store, or was cut; move it away, or put a backup in its place".into());
    let rest = bytes.strip_prefix(MAGIC.as_bytes()).ok_or_else(other)?;
    let line = rest.iter().take(64).position(|byte| *byte == b'\n').and_then(|end| rest.get(..end));
    let line = line.and_then(|line| std::str::from_utf8(line).ok()).ok_or_else(other)?;
    let (version, id) = line.split_once(' ').ok_or_else(other)?;
    if version != VERSION {
        let digits = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
        return Err(match digits {
            true => Fault(format!(
                "is of version {version}, and this program knows version {VERSION}; use the program that wrote \
                 it, or a later one"
            )),
            false => other(),
        });
    }
    let is_id = id.len() == ID && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_id.then_some(id).ok_or_else(other)
}
