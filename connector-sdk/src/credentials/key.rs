//! The key of a store, and the texts that say one.

use std::fmt;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::BASE64_STANDARD;
use secrecy::zeroize::Zeroizing;
use sha2::{Digest as _, Sha256};

use crate::{Error, Result, Secret};

/// The bytes of a key of AES-256.
const LENGTH: usize = 32;

const ANY_PADDING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// A key of 32 bytes. It is overwritten in memory when it is dropped.
#[derive(Clone)]
pub struct Key {
    // On the heap, so that moving a key leaves no copy behind.
    bytes: Box<Zeroizing<[u8; LENGTH]>>,
    id: String,
}

impl Key {
    /// A new key, from the operating system's randomness.
    ///
    /// # Errors
    ///
    /// [`Internal`](crate::ErrorKind::Internal) when the operating system has none to give.
    pub fn random() -> Result<Self> {
        let mut bytes = Zeroizing::new([0; LENGTH]);
        fill(bytes.as_mut_slice())?;
        Ok(Self::of(&bytes))
    }

    /// Reads a key: 64 hexadecimal digits, or base64 of 32 bytes, of either alphabet, padded or not.
    ///
    /// # Errors
    ///
    /// [`Setup`](crate::ErrorKind::Setup) for anything else. The text is not repeated.
    pub fn from_text(text: &str) -> Result<Self> {
        let text = text.trim();
        let bytes = hexadecimal(text).or_else(|| base64(text));
        bytes.map(|bytes| Self::of(&bytes)).ok_or_else(|| {
            Error::setup(
                "a key is 32 bytes, written as base64 or as 64 hexadecimal digits; `openssl rand -base64 32` \
                 makes one",
            )
        })
    }

    /// The key as base64, for whatever keeps it.
    pub fn to_text(&self) -> Secret {
        Secret::new(BASE64_STANDARD.encode(self.bytes()))
    }

    /// Which key it is: 16 hexadecimal digits that don't tell the key.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn bytes(&self) -> &[u8; LENGTH] {
        &self.bytes
    }

    fn of(bytes: &[u8; LENGTH]) -> Self {
        let hash = Sha256::new().chain_update(b"connector-sdk key id\n").chain_update(bytes).finalize();
        let id = hash.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Self { bytes: Box::new(Zeroizing::new(*bytes)), id }
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Fills bytes with the operating system's randomness.
pub(super) fn fill(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes)
        .map_err(|error| Error::internal(format!("the operating system gives no randomness: {error}")))
}

fn hexadecimal(text: &str) -> Option<Zeroizing<[u8; LENGTH]>> {
    let text = text.as_bytes();
    if text.len() != 2 * LENGTH {
        return None;
    }
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut bytes = Zeroizing::new([0; LENGTH]);
    for (byte, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}

fn base64(text: &str) -> Option<Zeroizing<[u8; LENGTH]>> {
    [&alphabet::STANDARD, &alphabet::URL_SAFE].into_iter().find_map(|alphabet| {
        let decoded = Zeroizing::new(GeneralPurpose::new(alphabet, ANY_PADDING).decode(text).ok()?);
        let bytes: &[u8; LENGTH] = decoded.as_slice().try_into().ok()?;
        Some(Zeroizing::new(*bytes))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_from_each_of_its_spellings() {
        let bytes: Vec<u8> = (0..32).map(|place| place * 8 + 7).collect();
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        let standard = BASE64_STANDARD.encode(&bytes);
        let safe = standard.replace('+', "-").replace('/', "_");
        assert_ne!(standard, safe, "the two alphabets differ here");
        for text in [
            hex.clone(),
            hex.to_uppercase(),
            standard.clone(),
            standard.trim_end_matches('=').to_owned(),
            safe.clone(),
            format!(" {safe}\n"),
        ] {
            let key = Key::from_text(&text).expect("a key");
            assert_eq!(key.bytes().as_slice(), bytes);
        }
    }

    #[test]
    fn anything_else_is_no_key_and_is_not_repeated() {
        let long = "ab".repeat(33);
        for text in ["", "password", &long, &long[..62], &"zz".repeat(32), &BASE64_STANDARD.encode([1; 31])] {
            let error = Key::from_text(text).expect_err("no key");
            assert_eq!(error.kind(), crate::ErrorKind::Setup);
            assert!(text.is_empty() || !error.message().contains(text), "{error}");
        }
    }

    #[test]
    fn a_key_is_told_by_its_id_alone() {
        let (one, other) = (Key::random().expect("random"), Key::random().expect("random"));
        assert_ne!(one.id(), other.id());
        assert_eq!(Key::from_text(one.to_text().expose()).expect("its own text").id(), one.id());
        assert_eq!(format!("{one:?}"), format!("Key {{ id: {:?}, .. }}", one.id()));
    }
}
